//! The autoencoder and what shapes it (Hinton and Salakhutdinov 2006).
//!
//! z = f(W·encoder(x) + b) and x̂ = decoder(z); loss = reconstruction + penalties on code, encoder and
//! weights. Variants are settings that combine: linear without activation, tied, denoising (corrupted input,
//! clean target), sparse, contractive, and trained layer by layer first. A plain one keeps its codes near 0
//! by λ Σ z², since nothing else does.

use super::describe::{Body, Describe};
use super::field::{Field, FieldKind, field, makes_kind};
use super::net::{LikelihoodName, NetSpec};
use super::network::{Encoded, Network, Write};
use super::penalty::{OfCodes, PenaltySpec};
use super::stacked::PairAs;
use super::{
    Batch, Decoder, Draw, Encoder, FrozenModel, Graph, MetricId, Metrics, ModelInfo, Objective, Scope, Scorer,
    SpecError, Torch, contractive, stacked,
};
use crate::data::SampleKind;
use crate::nn::{Activation, Param, Purpose, Scalar, Scratch};
use ndarray::Array2;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Settings of an autoencoder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AeSpec {
    /// Shape of the networks.
    #[serde(flatten)]
    pub net: NetSpec,
    /// Nonlinearity of the code.
    #[serde(default = "linear")]
    pub code_activation: Activation,
    /// What is added to the reconstruction.
    #[serde(flatten)]
    pub penalty: PenaltySpec,
    /// Epochs for which each pair of layers is trained alone before the whole.
    #[serde(default)]
    pub pretrain: u64,
    /// What each pair is meanwhile.
    #[serde(default)]
    pub pretrain_by: PairAs,
}

fn linear() -> Activation {
    Activation::Linear
}

impl Default for AeSpec {
    fn default() -> Self {
        Self {
            net: NetSpec::default(),
            code_activation: linear(),
            penalty: PenaltySpec::default(),
            pretrain: 0,
            pretrain_by: PairAs::default(),
        }
    }
}

const PAIRS: &[(&str, &str)] = &[("autoencoders", "Autoencoders"), ("rbm", "Boltzmann machines")];
/// What a code may pass through.
pub(super) const CODES: &[(&str, &str)] =
    &[("linear", "Linear"), ("sigmoid", "Sigmoid"), ("tanh", "tanh"), ("relu", "ReLU")];

impl Describe for AeSpec {
    fn fields(&self) -> Vec<Field> {
        let mut fields = NetSpec::fields();
        fields.push(makes_kind(field(
            "code_activation",
            "Code activation",
            FieldKind::Choice(CODES),
            "Nonlinearity of the code itself; sigmoid for a sparse code, which wants activations between 0 and 1.",
            "z = f(W h + b)",
        )));
        fields.extend(PenaltySpec::fields());
        fields.push(makes_kind(field(
            "pretrain",
            "Epochs a layer",
            FieldKind::Int { min: 0, max: 1000, step: 1 },
            "Of the planned epochs, so many for each pair of layers alone before the whole is fine-tuned (Bengio 2007); 0 for none.",
            "n→m→n, then m→k→m on the codes, …",
        )));
        fields.push(makes_kind(field(
            "pretrain_by",
            "Layers begin as",
            FieldKind::Choice(PAIRS),
            "What each pair of layers is while it is trained alone: an autoencoder, or a restricted Boltzmann machine whose one weight both layers take (Hinton 2006).",
            "ΔW = ⟨h vᵀ⟩ of data − ⟨h vᵀ⟩ after a step",
        )));
        fields
    }

    fn body(&self, _n_features: usize) -> Option<Body> {
        Some(Body { net: self.net.clone(), n_heads: 1, code: self.code_activation })
    }

    fn stage(&self, epoch: u64) -> Option<[u64; 2]> {
        let n_stages = stacked::n_stages(self.net.hidden.len());
        Some([stacked::stage(self.pretrain, n_stages, epoch)?, n_stages])
    }

    /// Layers can be trained in pairs only where the decoder mirrors the encoder.
    fn check(&self, _input: &SampleKind) -> Result<(), SpecError> {
        let obstacle = match self {
            Self { pretrain: 0, .. } => return Ok(()),
            Self { net, .. } if net.conv.is_used() => "dense layers; use arch=dense",
            Self { net, .. } if net.is_tied() => "free decoder weights; use decoder_weights=free",
            Self { net, .. } if net.decoder_hidden.is_some() => {
                "a decoder that mirrors the encoder; use decoder_hidden=mirror"
            }
            Self { pretrain_by: PairAs::Autoencoders, .. } => return Ok(()),
            Self { net, code_activation, .. } => match self.obstacle_to_machines(net, *code_activation) {
                Some((path, problem)) => return Err(SpecError::Setting { path: path.into(), problem }),
                None => return Ok(()),
            },
        };
        Err(SpecError::Setting {
            path: "pretrain".into(),
            problem: format!("training layer by layer wants {obstacle}"),
        })
    }

    fn torch_obstacle(&self) -> Option<&'static str> {
        let has_machines = self.pretrain > 0 && self.pretrain_by == PairAs::Rbm;
        has_machines.then_some("its pairs of layers begin as Boltzmann machines; use pretrain_by=autoencoders")
    }

    fn torch(&self, torch: &mut Torch, input: &SampleKind) {
        let (net, code) = (&self.net, self.code_activation);
        self.penalty.torch(torch, code == Activation::Sigmoid);
        if self.penalty.contractive > 0.0 {
            let slope = contractive::torch_slope(code).filter(|_| net.encoder(input, 0).is_empty());
            let probes = slope.is_none();
            torch.say("probes", probes);
            torch.say("draws", probes);
            // Both passes of a probe go through the same mask: what they differ by is the step alone.
            torch.say("keeps_dropout", probes && net.dropout > 0.0);
            torch.put("slope", slope.unwrap_or_default());
            torch.put("probe", format!("{:?}", contractive::PROBE));
        }
        if self.pretrain > 0 {
            torch.say("pairs", true);
            torch.constant("pretrain", self.pretrain, "of these epochs, so many for each pair of layers alone");
            net.torch_pairs(torch, input, code);
        }
    }
}

impl AeSpec {
    /// Which setting keeps pairs of layers from being Boltzmann machines, and how.
    fn obstacle_to_machines(&self, net: &NetSpec, code: Activation) -> Option<(&'static str, String)> {
        let wants = |what: &str| format!("pretrain_by=rbm has binary units; {what}");
        if net.activation != Activation::Sigmoid {
            Some(("activation", wants("use activation=sigmoid")))
        } else if !matches!(code, Activation::Sigmoid | Activation::Linear) {
            Some(("code_activation", wants("use code_activation=linear or sigmoid")))
        } else if net.likelihood != LikelihoodName::Bernoulli {
            Some(("likelihood", wants("use likelihood=bernoulli")))
        } else {
            None
        }
    }
}

/// An autoencoder with its weights.
#[derive(Clone)]
pub struct Ae<S: Scalar> {
    info: Arc<ModelInfo>,
    network: Network<S>,
    in_unit: bool,
    penalty: PenaltySpec,
    /// Epochs for which each pair of layers is trained alone, and how many pairs there are.
    pretrain: u64,
    pretrain_by: PairAs,
    n_stages: u64,
}

impl<S: Scalar> Ae<S> {
    /// The objective of `network`.
    pub fn new(info: Arc<ModelInfo>, settings: &AeSpec, network: Network<S>) -> Self {
        Self {
            info,
            network,
            in_unit: settings.code_activation == Activation::Sigmoid,
            penalty: settings.penalty,
            pretrain: settings.pretrain,
            pretrain_by: settings.pretrain_by,
            n_stages: stacked::n_stages(settings.net.hidden.len()),
        }
    }

    /// Adds the penalties that the settings ask for to the loss, each under its own name.
    fn add_penalties(&self, terms: &mut Metrics, of_codes: OfCodes, contraction: f64, of_weights: f64) {
        let asked = &self.penalty;
        let parts = [
            (MetricId::CodeNorm, asked.code_l1 > 0.0 || asked.code_l2 > 0.0, of_codes.norm),
            (MetricId::Sparsity, asked.sparsity > 0.0 && self.in_unit, of_codes.sparsity),
            (MetricId::Contraction, asked.contractive > 0.0, contraction),
            (MetricId::WeightNorm, self.network.penalises_weights(), of_weights),
        ];
        parts.into_iter().filter(|part| part.1).for_each(|(id, _, value)| terms.add_to_loss(id, value));
    }

    /// The contractive penalty of a batch with codes `z`, without gradients.
    fn contraction(&self, batch: &Batch<'_, S>, z: &Array2<S>, scratch: &mut Scratch<S>) -> f64 {
        if self.penalty.contractive == 0.0 {
            return 0.0;
        }
        let norm = if contractive::is_exact(&self.network) {
            contractive::exact(&self.network, z, None, scratch)
        } else {
            contractive::probe(&self.network, batch, z, scratch).map_or(0.0, |probe| {
                let estimate = probe.estimate();
                probe.give_back(scratch);
                estimate
            })
        };
        self.penalty.contractive * norm
    }

    /// Takes the gradient at the code back through the encoder, the contractive penalty added; returns that
    /// penalty.
    fn backward_encoder(
        &self,
        batch: &Batch<'_, S>,
        encoded: Encoded<S>,
        mut dz: Array2<S>,
        grads: &mut [S],
        scratch: &mut Scratch<S>,
    ) -> f64 {
        let (network, lambda) = (&self.network, self.penalty.contractive);
        let factor = S::of(lambda) * batch.weight;
        if lambda > 0.0 && contractive::is_exact(network) {
            let mut z = scratch.array(dz.nrows(), dz.ncols());
            z.assign(&encoded.heads[0]);
            let norm = contractive::exact(network, &z, Some((&mut dz, factor)), scratch);
            self.encoder_grads(batch, encoded, dz, grads, scratch);
            contractive::add_weight_gradient(network, &z, factor, grads);
            scratch.give_back(z);
            return lambda * norm;
        }
        let wanted = lambda > 0.0;
        let probe = wanted.then(|| contractive::probe(network, batch, &encoded.heads[0], scratch)).flatten();
        if let Some(probe) = &probe {
            probe.add_code_gradient(factor, &mut dz);
        }
        self.encoder_grads(batch, encoded, dz, grads, scratch);
        let Some(probe) = probe else { return 0.0 };
        let norm = probe.estimate();
        probe.backward(network, factor, grads, scratch);
        lambda * norm
    }

    /// Sets the gradients of the encoder from that at the code.
    fn encoder_grads(
        &self,
        batch: &Batch<'_, S>,
        encoded: Encoded<S>,
        dz: Array2<S>,
        grads: &mut [S],
        scratch: &mut Scratch<S>,
    ) {
        let mut d_heads = scratch.list();
        d_heads.push(dz);
        self.network.backward_encoder(batch.seen, encoded, d_heads, (grads, Write::Set), scratch);
    }
}

impl<S: Scalar> Objective<S> for Ae<S> {
    fn loss(&self, batch: &Batch<'_, S>, scratch: &mut Scratch<S>) -> Metrics {
        if let Some(stage) = batch.stage {
            return stacked::loss(&self.network, (stage, self.pretrain_by), batch, None, scratch);
        }
        let heads = self.network.infer_heads(batch.seen, batch.labels, scratch);
        let mut out = self.network.infer_out(heads[0].view(), batch.labels, scratch);
        let reconstruction = self.network.likelihood().score(&mut out, batch.x);
        let mut terms = Metrics::default()
            .with(MetricId::Loss, reconstruction.loss)
            .with(MetricId::Reconstruction, reconstruction.loss)
            .with(MetricId::SquaredError, reconstruction.squared_error);
        if let Some(n_words) = self.network.likelihood().n_words(batch.x) {
            terms.set(MetricId::Words, n_words);
        }
        let contraction = self.contraction(batch, &heads[0], scratch);
        let of_codes = self.penalty.of_codes(&heads[0], self.in_unit, batch.means, None);
        let n = batch.x.nrows() as f64;
        self.add_penalties(&mut terms, of_codes, contraction, n * self.network.weight_penalty(None));
        heads.into_iter().chain([out]).for_each(|array| scratch.give_back(array));
        terms
    }

    fn loss_and_grads(&self, batch: &Batch<'_, S>, grads: &mut [S], scratch: &mut Scratch<S>) -> Metrics {
        if let Some(stage) = batch.stage {
            return stacked::loss(&self.network, (stage, self.pretrain_by), batch, Some(grads), scratch);
        }
        let encoded = self.network.encode(batch.seen, batch.labels, scratch);
        let z = &encoded.heads[0];
        let (decoded, mut d_out) = self.network.decode(z.view(), batch.labels, scratch);
        let reconstruction = self.network.reconstruction_gradient(&mut d_out, batch.x, batch.weight, grads);
        let mut dz = self.network.backward_decoder(z.view(), decoded, d_out, grads, scratch);
        let of_codes = self.penalty.of_codes(z, self.in_unit, batch.means, Some((&mut dz, batch.weight)));
        let contraction = self.backward_encoder(batch, encoded, dz, grads, scratch);
        let n = batch.x.nrows() as f64;
        let of_weights = n * self.network.weight_penalty(Some((grads, S::of(n) * batch.weight)));
        let mut terms =
            Metrics::default().with(MetricId::Loss, reconstruction).with(MetricId::Reconstruction, reconstruction);
        self.add_penalties(&mut terms, of_codes, contraction, of_weights);
        terms
    }

    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn draws(&self) -> Vec<Draw> {
        // Only a deep encoder is probed; one layer has its norm in closed form.
        let probes = self.penalty.contractive > 0.0 && !contractive::is_exact(&self.network);
        let probe = Draw { purpose: Purpose::Probe, per_sample: self.info.n_features(), scope: Scope::Shard };
        if probes { vec![probe] } else { Vec::new() }
    }

    fn n_batch_means(&self) -> usize {
        if self.penalty.is_sparse(self.in_unit) { self.network.code_head().n_out() } else { 0 }
    }

    fn add_batch_sums(&self, batch: &Batch<'_, S>, sums: &mut [f64], scratch: &mut Scratch<S>) {
        let encoded = self.network.encode(batch.seen, batch.labels, scratch);
        for z in encoded.heads[0].rows() {
            sums.iter_mut().zip(z).for_each(|(sum, z)| *sum += z.as_f64());
        }
        encoded.give_back(scratch);
    }

    fn stage(&self, epoch: u64) -> Option<u64> {
        stacked::stage(self.pretrain, self.n_stages, epoch)
    }

    fn enter_stage(&mut self, stage: u64) {
        if self.pretrain_by == PairAs::Rbm {
            stacked::tie(&mut self.network, stage);
        }
    }

    fn params(&self) -> Vec<Param<'_, S>> {
        self.network.params()
    }

    fn visit_mut(&mut self, visit: &mut dyn FnMut(&mut [S])) {
        self.network.visit_mut(visit);
    }

    fn freeze(&self) -> Arc<dyn FrozenModel> {
        Arc::new(Ae::<f32> {
            info: Arc::clone(&self.info),
            network: self.network.cast(),
            in_unit: self.in_unit,
            penalty: self.penalty,
            pretrain: self.pretrain,
            pretrain_by: self.pretrain_by,
            n_stages: self.n_stages,
        })
    }
}

impl FrozenModel for Ae<f32> {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn encoder(&self) -> Option<&dyn Encoder> {
        Some(&self.network)
    }

    fn decoder(&self) -> Option<&dyn Decoder> {
        Some(&self.network)
    }

    fn scorer(&self) -> Option<&dyn Scorer> {
        Some(self)
    }

    fn graph(&self) -> Option<Graph<'_>> {
        Some(self.network.graph())
    }

    fn weights(&self) -> Vec<Param<'_, f32>> {
        self.network.params()
    }
}
