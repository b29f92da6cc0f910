//! The variational autoencoder (Kingma and Welling 2014; β of Higgins et al. 2017), and the one that is told
//! the label.
//!
//! q(z|x) = N(mu, exp(log_var)), z = mu + exp(log_var / 2)·eps, loss = reconstruction + β·KL(q ‖ N(0, I)).
//! With β = 1 this is the negative evidence lower bound; with β = 0 nothing holds the variances up, and the
//! VAE turns into an AE. Where the network is told the label (Sohn, Lee and Yan 2015), everything is given
//! it: q(z|x, y) and p(x|z, y).

use super::describe::{Body, Describe};
use super::field::{Field, FieldKind, field, in_training, live, makes_kind};
use super::net::NetSpec;
use super::network::{Network, Write};
use super::{
    Batch, Decoder, Density, Draw, Encoder, FrozenModel, Graph, MetricId, Metrics, ModelInfo, Objective, Scope,
    Scorer, Torch,
};
use crate::data::SampleKind;
use crate::nn::{
    Activation, Likelihood, Param, Purpose, Scalar, Scratch, flat, flat_mut, kl_divergence, kl_gradient,
    reparameterize, reparameterize_gradient,
};
use ndarray::Array2;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Settings of a variational autoencoder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VaeSpec {
    /// Shape of the networks.
    #[serde(flatten)]
    pub net: NetSpec,
    /// Weight of the KL divergence.
    pub beta: f64,
    /// Steps over which that weight rises from 0.
    #[serde(default)]
    pub kl_warmup: u64,
}

impl Default for VaeSpec {
    fn default() -> Self {
        Self { net: NetSpec::default(), beta: 1.0, kl_warmup: 0 }
    }
}

/// Settings of a variational autoencoder that is told the label: the same.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CvaeSpec(pub VaeSpec);

impl Describe for CvaeSpec {
    fn fields(&self) -> Vec<Field> {
        self.0.fields()
    }

    fn body(&self, n_features: usize) -> Option<Body> {
        self.0.body(n_features)
    }

    fn is_told_the_label(&self) -> bool {
        true
    }

    fn torch(&self, torch: &mut Torch, input: &SampleKind) {
        self.0.torch(torch, input);
    }
}

impl Describe for VaeSpec {
    fn fields(&self) -> Vec<Field> {
        let mut fields = NetSpec::fields();
        fields.extend([
            makes_kind(live(field(
                "beta",
                "β",
                FieldKind::Float { min: 0.0, max: 1e4 },
                "Weight of KL against reconstruction. β = 1 is the evidence bound; 0 forgets the prior, and σ falls towards 0.",
                "Loss = reconstruction + β · KL",
            ))),
            in_training(live(field(
                "kl_warmup",
                "KL warm-up steps",
                FieldKind::Int { min: 0, max: 1_000_000, step: 1 },
                "Steps over which β rises from 0 to its full height, so that no dimension is given up early (Sønderby 2016).",
                "β · min(1, step / warm-up)",
            ))),
        ]);
        fields
    }

    fn body(&self, _n_features: usize) -> Option<Body> {
        Some(Body { net: self.net.clone(), n_heads: 2, code: Activation::Linear })
    }

    fn torch(&self, torch: &mut Torch, _input: &SampleKind) {
        torch.say("draws", true);
        torch.constant("beta", self.beta, "weight of KL against reconstruction");
        if self.kl_warmup > 0 {
            torch.say("kl_warmup", true);
            torch.constant("kl_warmup", self.kl_warmup, "steps over which that weight rises from 0");
        }
    }
}

/// A variational autoencoder with its weights.
pub struct Vae<S: Scalar> {
    info: Arc<ModelInfo>,
    network: Network<S>,
    beta: f64,
    kl_warmup: u64,
}

impl<S: Scalar> Vae<S> {
    /// The objective of `network`.
    pub fn new(info: Arc<ModelInfo>, settings: &VaeSpec, network: Network<S>) -> Self {
        Self { info, network, beta: settings.beta, kl_warmup: settings.kl_warmup }
    }

    /// The loss and its parts.
    fn terms(&self, reconstruction: f64, (beta, kl): (f64, f64), sigma: f64, penalty: f64) -> Metrics {
        let mut terms = Metrics::default()
            .with(MetricId::Loss, reconstruction + beta * kl)
            .with(MetricId::Reconstruction, reconstruction)
            .with(MetricId::Kl, kl)
            .with(MetricId::Sigma, sigma);
        if self.network.penalises_weights() {
            terms.add_to_loss(MetricId::WeightNorm, penalty);
        }
        terms
    }
}

impl<S: Scalar> Objective<S> for Vae<S> {
    fn loss(&self, batch: &Batch<'_, S>, scratch: &mut Scratch<S>) -> Metrics {
        let heads = self.network.infer_heads(batch.seen, batch.labels, scratch);
        let z = sample(&heads, batch, scratch);
        let mut out = self.network.infer_out(z.view(), batch.labels, scratch);
        let reconstruction = self.network.likelihood().score(&mut out, batch.x);
        let kl = kl_divergence(flat(&heads[0]), flat(&heads[1]));
        let sigma = sum_of_sigma(&heads[1]);
        let penalty = batch.x.nrows() as f64 * self.network.weight_penalty(None);
        heads.into_iter().chain([z, out]).for_each(|array| scratch.give_back(array));
        let mut terms = self.terms(
            reconstruction.loss,
            (warmed_up(self.beta, self.kl_warmup, batch.step), kl),
            sigma,
            penalty,
        );
        if let Some(n_words) = self.network.likelihood().n_words(batch.x) {
            terms.set(MetricId::Words, n_words);
        }
        terms.with(MetricId::SquaredError, reconstruction.squared_error)
    }

    fn loss_and_grads(&self, batch: &Batch<'_, S>, grads: &mut [S], scratch: &mut Scratch<S>) -> Metrics {
        let encoded = self.network.encode(batch.seen, batch.labels, scratch);
        let z = sample(&encoded.heads, batch, scratch);
        let (decoded, mut d_out) = self.network.decode(z.view(), batch.labels, scratch);
        let reconstruction = self.network.reconstruction_gradient(&mut d_out, batch.x, batch.weight, grads);
        let mut d_mu = self.network.backward_decoder(z.view(), decoded, d_out, grads, scratch);
        scratch.give_back(z);

        let (mu, log_var) = (flat(&encoded.heads[0]), flat(&encoded.heads[1]));
        let mut d_log_var = scratch.array(d_mu.nrows(), d_mu.ncols());
        d_log_var.fill(S::zero());
        reparameterize_gradient(log_var, eps(batch), flat(&d_mu), flat_mut(&mut d_log_var));
        let kl = kl_divergence(mu, log_var);
        let sigma = sum_of_sigma(&encoded.heads[1]);
        let beta = warmed_up(self.beta, self.kl_warmup, batch.step);
        let kl_weight = S::of(beta) * batch.weight;
        kl_gradient(mu, log_var, kl_weight, flat_mut(&mut d_mu), flat_mut(&mut d_log_var));

        let mut d_heads = scratch.list();
        d_heads.extend([d_mu, d_log_var]);
        self.network.backward_encoder(batch.seen, encoded, d_heads, (grads, Write::Set), scratch);
        let n = batch.x.nrows() as f64;
        let penalty = n * self.network.weight_penalty(Some((grads, S::of(n) * batch.weight)));
        self.terms(reconstruction, (beta, kl), sigma, penalty)
    }

    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn draws(&self) -> Vec<Draw> {
        vec![Draw { purpose: Purpose::Eps, per_sample: self.info.latent_dim(), scope: Scope::Batch }]
    }

    fn params(&self) -> Vec<Param<'_, S>> {
        self.network.params()
    }

    fn visit_mut(&mut self, visit: &mut dyn FnMut(&mut [S])) {
        self.network.visit_mut(visit);
    }

    fn freeze(&self) -> Arc<dyn FrozenModel> {
        Arc::new(Vae::<f32> {
            info: Arc::clone(&self.info),
            network: self.network.cast(),
            beta: self.beta,
            kl_warmup: self.kl_warmup,
        })
    }
}

impl FrozenModel for Vae<f32> {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn encoder(&self) -> Option<&dyn Encoder> {
        Some(&self.network)
    }

    fn decoder(&self) -> Option<&dyn Decoder> {
        Some(&self.network)
    }

    fn density(&self) -> Option<&dyn Density> {
        (self.network.likelihood() != Likelihood::Mse).then_some(&self.network as &dyn Density)
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

/// β as it counts at a step, over the first `kl_warmup` of which it rises; a model that is scored counts it
/// whole.
pub(super) fn warmed_up(beta: f64, kl_warmup: u64, step: Option<u64>) -> f64 {
    match step {
        Some(step) if step < kl_warmup => beta * step as f64 / kl_warmup as f64,
        _ => beta,
    }
}

/// Σ over samples of the posterior's standard deviation exp(log_var / 2), mean over dimensions.
pub(super) fn sum_of_sigma<S: Scalar>(log_var: &Array2<S>) -> f64 {
    let sum: f64 = log_var.iter().map(|s| (S::of(0.5) * *s).exp_fast().as_f64()).sum();
    sum / log_var.ncols() as f64
}

/// z = mu + exp(log_var / 2)·eps.
fn sample<S: Scalar>(heads: &[Array2<S>], batch: &Batch<'_, S>, scratch: &mut Scratch<S>) -> Array2<S> {
    let mut z = scratch.array(heads[0].nrows(), heads[0].ncols());
    reparameterize(flat(&heads[0]), flat(&heads[1]), eps(batch), flat_mut(&mut z));
    z
}

/// The batch's draws of eps, row after row.
fn eps<'a, S: Scalar>(batch: &Batch<'a, S>) -> &'a [S] {
    batch.draws.flat(Purpose::Eps)
}
