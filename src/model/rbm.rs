//! The restricted Boltzmann machine (Smolensky 1986; Hinton 2002): binary units in two layers, none tied to
//! another of its own.
//!
//! E(v, h) = −v·b − h·c − hᵀ W v and p(v, h) = exp(−E) / Z. Given one layer the units of the
//! other are independent: P(h = 1 | v) = σ(c + W v), P(v = 1 | h) = σ(b + Wᵀ h); so a code is P(h | v),
//! and the decoder gives P(v | h). Summed over h, F(v) = −v·b − Σ ln(1 + exp(c + W v)). How it learns
//! is in `learn.rs`, ln Z in `partition.rs`.

mod learn;
mod partition;
mod settings;
#[cfg(test)]
mod tests;

pub use settings::{Chains, RbmSpec};

use super::energy::{Annealing, EnergyModel, LogZ};
use super::info::ModelInfo;
use super::valid::put_weights;
use super::{
    Batch, Codes, Decoder, Draw, Encoder, EncoderGraph, FrozenModel, Graph, MetricId, Metrics, Sampler, Scorer,
    SpecError, draw_binary,
};
use crate::nn::{
    Activation, Affine, Likelihood, Op, Param, Purpose, Scratch, flat, flat_mut, matmul, softplus,
    standard_normal, stream,
};
use ndarray::{Array1, Array2, ArrayView2};
use rand_chacha::ChaCha8Rng;
use std::sync::Arc;

/// Standard deviation of first weights (Hinton 2012, section 8).
const FIRST: f32 = 0.01;
/// Steps of the chain from which a code is drawn.
pub const RBM_MIXING: usize = 200;
/// Names of the tensors.
const NAMES: [&str; 3] = ["weight", "hidden_bias", "visible_bias"];

/// A machine with its weights.
#[derive(Clone)]
pub struct Rbm {
    info: Arc<ModelInfo>,
    /// W [hidden, visible].
    weight: Array2<f32>,
    /// c [hidden].
    hidden_bias: Array1<f32>,
    /// b [visible].
    visible_bias: Array1<f32>,
    /// Weight of Σ w² in what is minimised.
    weight_l2: f64,
}

impl Rbm {
    /// One that has learned nothing: small weights drawn by `seed`, biases at 0.
    fn fresh(info: Arc<ModelInfo>, spec: &RbmSpec, seed: u64) -> Self {
        let (n_hidden, n_visible) = (info.latent_dim(), info.n_features());
        let mut weight = Array2::zeros((n_hidden, n_visible));
        standard_normal(&mut stream(seed, Purpose::Initialisation, 0), flat_mut(&mut weight));
        weight *= FIRST;
        let (hidden_bias, visible_bias) = (Array1::zeros(n_hidden), Array1::zeros(n_visible));
        Self { info, weight, hidden_bias, visible_bias, weight_l2: spec.weight_l2 }
    }

    /// One with given tensors, in the order of their names.
    fn with(info: Arc<ModelInfo>, spec: &RbmSpec, tensors: &[&[f32]]) -> Result<Self, SpecError> {
        let mut rbm = Self::fresh(info, spec, 0);
        put_weights(tensors, |put| rbm.visit_mut(put))?;
        Ok(rbm)
    }

    /// Visits the values of each tensor, in the order of their names.
    fn visit_mut(&mut self, visit: &mut dyn FnMut(&mut [f32])) {
        visit(flat_mut(&mut self.weight));
        visit(flat_mut(&mut self.hidden_bias));
        visit(flat_mut(&mut self.visible_bias));
    }

    /// The tensors under their names.
    fn named(&self) -> [Param<'_, f32>; 3] {
        let (n_hidden, n_visible) = self.weight.dim();
        [
            Param::new(NAMES[0], &[n_hidden, n_visible], flat(&self.weight)),
            Param::new(NAMES[1], &[n_hidden], flat(&self.hidden_bias)),
            Param::new(NAMES[2], &[n_visible], flat(&self.visible_bias)),
        ]
    }

    /// c + W v of each row of `v` [n, visible].
    fn to_hidden(&self, v: ArrayView2<f32>, scratch: &mut Scratch<f32>) -> Array2<f32> {
        let mut out = scratch.array(v.nrows(), self.weight.nrows());
        matmul(out.view_mut(), v, self.weight.t(), scratch.threads());
        out += &self.hidden_bias;
        out
    }

    /// b + Wᵀ h of each row of `h` [n, hidden].
    fn to_visible(&self, h: ArrayView2<f32>, scratch: &mut Scratch<f32>) -> Array2<f32> {
        let mut out = scratch.array(h.nrows(), self.weight.ncols());
        matmul(out.view_mut(), h, self.weight.view(), scratch.threads());
        out += &self.visible_bias;
        out
    }

    /// P(h = 1 | v) of each row of `v` [n, visible].
    fn hidden_given(&self, v: ArrayView2<f32>, scratch: &mut Scratch<f32>) -> Array2<f32> {
        let mut h = self.to_hidden(v, scratch);
        Activation::Sigmoid.apply(flat_mut(&mut h));
        h
    }

    /// P(v = 1 | h) of each row of `h` [n, hidden].
    fn visible_given(&self, h: ArrayView2<f32>, scratch: &mut Scratch<f32>) -> Array2<f32> {
        let mut v = self.to_visible(h, scratch);
        Activation::Sigmoid.apply(flat_mut(&mut v));
        v
    }

    /// −v·b − Σ ln(1 + exp(a)) of each row of `v` whose hidden units are driven by `a` = c + W v.
    fn free_energy_of(&self, v: ArrayView2<f32>, a: ArrayView2<f32>) -> Array1<f64> {
        let of = |(v, a): (ndarray::ArrayView1<f32>, ndarray::ArrayView1<f32>)| {
            let ties: f64 = v.iter().zip(&self.visible_bias).map(|(&v, &b)| f64::from(v) * f64::from(b)).sum();
            -ties - a.iter().map(|&a| softplus(f64::from(a))).sum::<f64>()
        };
        v.rows().into_iter().zip(a.rows()).map(of).collect()
    }

    /// How well samples `x` are given back by P(v | P(h | v)), and their free energy, summed over samples;
    /// and P(h | v) of each.
    fn measure(&self, x: ArrayView2<f32>, scratch: &mut Scratch<f32>) -> (Metrics, Array2<f32>) {
        let mut h = self.to_hidden(x, scratch);
        let free_energy = self.free_energy_of(x, h.view()).sum();
        Activation::Sigmoid.apply(flat_mut(&mut h));
        let mut out = self.to_visible(h.view(), scratch);
        let found = Likelihood::Bernoulli.score(&mut out, x);
        scratch.give_back(out);
        let mut terms = Metrics::default()
            .with(MetricId::SquaredError, found.squared_error)
            .with(MetricId::FreeEnergy, free_energy);
        terms.add_to_loss(MetricId::Reconstruction, found.loss);
        if self.weight_l2 > 0.0 {
            let squares: f64 = self.weight.iter().map(|&w| f64::from(w) * f64::from(w)).sum();
            terms.add_to_loss(MetricId::WeightNorm, x.nrows() as f64 * self.weight_l2 * squares);
        }
        (terms, h)
    }

    /// The rest of a step of the Gibbs chain at `x` whose P(h | x) is `h`; returns P(x | h), as the step
    /// does.
    fn onward(
        &self,
        x: &mut Array2<f32>,
        mut h: Array2<f32>,
        rng: &mut ChaCha8Rng,
        scratch: &mut Scratch<f32>,
    ) -> Array2<f32> {
        draw_binary(flat_mut(&mut h), rng);
        let p = self.visible_given(h.view(), scratch);
        scratch.give_back(h);
        x.assign(&p);
        draw_binary(flat_mut(x), rng);
        p
    }
}

impl FrozenModel for Rbm {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn encoder(&self) -> Option<&dyn Encoder> {
        Some(self)
    }

    fn decoder(&self) -> Option<&dyn Decoder> {
        Some(self)
    }

    fn scorer(&self) -> Option<&dyn Scorer> {
        Some(self)
    }

    fn sampler(&self) -> Option<&dyn Sampler> {
        Some(self)
    }

    fn energy(&self) -> Option<&dyn EnergyModel> {
        Some(self)
    }

    fn graph(&self) -> Option<Graph<'_>> {
        let sigmoid = || Op::Activation(Activation::Sigmoid);
        let [weight, hidden_bias, _] = self.named();
        let trunk = vec![Op::Dense(Affine { weight, bias: Some(hidden_bias) }), sigmoid()];
        let [weight, _, visible_bias] = self.named();
        let decoder = vec![Op::Turned(Affine { weight, bias: Some(visible_bias) }), sigmoid()];
        Some(Graph { encoder: Some(EncoderGraph { trunk, z: Vec::new(), log_var: None }), decoder })
    }

    fn weights(&self) -> Vec<Param<'_, f32>> {
        self.named().into()
    }
}

impl Encoder for Rbm {
    fn encode(&self, x: ArrayView2<f32>, _labels: &[u16], scratch: &mut Scratch<f32>) -> Codes {
        Codes { mu: self.hidden_given(x, scratch), log_var: None }
    }
}

impl Decoder for Rbm {
    fn decode(&self, z: ArrayView2<f32>, _labels: &[u16], scratch: &mut Scratch<f32>) -> Array2<f32> {
        self.visible_given(z, scratch)
    }
}

impl Scorer for Rbm {
    fn draws(&self) -> Vec<Draw> {
        Vec::new()
    }

    fn score(&self, batch: &Batch<'_, f32>, scratch: &mut Scratch<f32>) -> Metrics {
        let (terms, h) = self.measure(batch.x, scratch);
        scratch.give_back(h);
        terms
    }
}

impl Sampler for Rbm {
    fn sample(&self, rng: &mut ChaCha8Rng, is_cancelled: &dyn Fn() -> bool) -> Option<Vec<f32>> {
        let mut scratch = Scratch::default();
        let mut v = Array2::from_elem((1, self.weight.ncols()), 0.5);
        draw_binary(flat_mut(&mut v), rng);
        for _ in 0..RBM_MIXING {
            if is_cancelled() {
                return None;
            }
            let p = self.gibbs(&mut v, rng, &mut scratch);
            scratch.give_back(p);
        }
        let mut h = self.hidden_given(v.view(), &mut scratch);
        draw_binary(flat_mut(&mut h), rng);
        Some(flat(&h).to_vec())
    }
}

impl EnergyModel for Rbm {
    fn free_energy(&self, x: ArrayView2<f32>) -> Array1<f64> {
        let a = self.to_hidden(x, &mut Scratch::default());
        self.free_energy_of(x, a.view())
    }

    fn n_summed(&self) -> usize {
        self.weight.nrows().min(self.weight.ncols())
    }

    fn log_z(&self, is_cancelled: &(dyn Fn() -> bool + Sync)) -> Option<f64> {
        partition::exact(self, is_cancelled)
    }

    fn annealed_log_z(
        &self,
        base: &[f32],
        annealing: Annealing,
        is_cancelled: &(dyn Fn() -> bool + Sync),
    ) -> Option<LogZ> {
        partition::annealed(self, base, annealing, is_cancelled)
    }

    fn gibbs(&self, x: &mut Array2<f32>, rng: &mut ChaCha8Rng, scratch: &mut Scratch<f32>) -> Array2<f32> {
        let h = self.hidden_given(x.view(), scratch);
        self.onward(x, h, rng, scratch)
    }
}
