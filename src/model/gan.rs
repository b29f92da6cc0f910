//! The generative adversarial network (Goodfellow et al. 2014): two networks that play against each other.
//!
//! The generator G turns noise z into samples, the discriminator D says how probable it is of a sample x that
//! it is from the data. The value of their game is V = E ln D(x) + E ln(1 − D(G(z))), which D makes as
//! large as it can. G makes it small, as the minimax game has it (Loss = E ln(1 − D(G(z)))), or makes D's
//! mistake likely instead (non-saturating, Loss = −E ln D(G(z))), whose gradient does not vanish where D is
//! sure. Against the best D there is, p/(p + q), V is 2 · JS(p, q) − 2 ln 2.
//!
//! D is worked with before its sigmoid, so that no logarithm meets 0. There is deliberately no encoder: what
//! code a sample has is not known.

mod learner;
mod settings;
#[cfg(test)]
mod tests;

pub use learner::GanLearner;
pub use settings::{GameLoss, GanSpec};

use super::plan::{Step, build, n_layers};
use super::valid::put_weights;
use super::{
    Batch, Decoder, Discriminator, Draw, FrozenModel, Graph, MetricId, Metrics, ModelInfo, Sampler, Scope, Scorer,
    SpecError,
};
use crate::data::SampleKind;
use crate::nn::{Activation, Param, Purpose, Scalar, Scratch, Stack, Tape, flat, flat_mut};
use ndarray::{Array2, ArrayView2, s};
use rand_chacha::ChaCha8Rng;
use std::sync::Arc;

/// Generator and discriminator with their weights.
pub struct Gan<S: Scalar> {
    info: Arc<ModelInfo>,
    settings: GanSpec,
    generator: Stack<S>,
    discriminator: Stack<S>,
}

/// What a pass of the discriminator over samples and fakes has found, summed over as many of each.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Judged {
    /// −Σ ln D(x) − Σ ln(1 − D(G(z))).
    pub discriminator: f64,
    /// What the generator makes small, before its own step.
    pub generator: f64,
}

impl Judged {
    /// The metrics that these are, as sums.
    pub fn terms(self) -> Metrics {
        let mut terms = Metrics::default().with(MetricId::GameValue, -self.discriminator);
        terms.add_to_loss(MetricId::DiscriminatorLoss, self.discriminator);
        terms.add_to_loss(MetricId::GeneratorLoss, self.generator);
        terms
    }
}

/// The layers of the generator, those of the discriminator, and the latter's last one.
fn plan(settings: &GanSpec, input: &SampleKind) -> [Vec<Step>; 2] {
    let net = settings.net(input);
    let mut judge = net.encoder(input, 0);
    judge.push(Step::Dense { n_in: net.trunk_width(input, 0), n_out: 1, activation: Activation::Linear });
    [net.decoder(input, 0), judge]
}

impl<S: Scalar> Gan<S> {
    /// One with first weights from `seed`.
    pub fn new(info: Arc<ModelInfo>, settings: &GanSpec, seed: u64) -> Self {
        let [generator, discriminator] = plan(settings, &info.input);
        let n_generator = n_layers(&generator);
        Self {
            generator: build(&generator, seed, (0, 0)),
            discriminator: build(&discriminator, seed, (generator.len(), n_generator)),
            settings: settings.clone(),
            info,
        }
    }

    /// Takes other weights, one slice a parameter, in order.
    fn take(&mut self, weights: &[&[S]]) -> Result<(), SpecError> {
        put_weights(weights, |put| {
            self.generator.visit_mut(put);
            self.discriminator.visit_mut(put);
        })
    }

    /// Generator and discriminator.
    pub fn parts_mut(&mut self) -> [&mut Stack<S>; 2] {
        [&mut self.generator, &mut self.discriminator]
    }

    /// The parameters, the generator's first.
    pub fn params(&self) -> Vec<Param<'_, S>> {
        let mut params = self.generator.params(GENERATOR);
        params.extend(self.discriminator.params(DISCRIMINATOR));
        params
    }

    /// The generator's pass over noise `z` [n, latent_dim]; its last array are the fakes [n, features].
    pub fn generate(&self, z: ArrayView2<S>, scratch: &mut Scratch<S>) -> Tape<S> {
        self.generator.forward(z, scratch)
    }

    /// Samples [n, features] above as many fakes, one array for one pass.
    fn joined(x: ArrayView2<S>, fakes: ArrayView2<S>, scratch: &mut Scratch<S>) -> Array2<S> {
        let n = x.nrows();
        let mut both = scratch.array(n + fakes.nrows(), x.ncols());
        both.slice_mut(s![..n, ..]).assign(&x);
        both.slice_mut(s![n.., ..]).assign(&fakes);
        both
    }

    /// The losses on samples `x` and fakes, as many, summed; sets `grads` to the gradient of `weight` times
    /// the discriminator's loss in its parameters, where they are wanted.
    pub fn judge(
        &self,
        x: ArrayView2<S>,
        fakes: ArrayView2<S>,
        gradient: Option<(&mut [S], S)>,
        scratch: &mut Scratch<S>,
    ) -> Judged {
        let n = x.nrows();
        let both = Self::joined(x, fakes, scratch);
        let tape = self.discriminator.forward(both.view(), scratch);
        let mut dy = scratch.array(2 * n, 1);
        let Some(logits) = tape.last() else { return Judged::default() };
        dy.assign(logits);
        let weight = gradient.as_ref().map_or(S::one(), |(_, weight)| *weight);
        let (real, fake) = flat_mut(&mut dy).split_at_mut(n);
        let mut wanted = scratch.array(1, 2 * n);
        flat_mut(&mut wanted)[..n].fill(S::one());
        flat_mut(&mut wanted)[n..].fill(S::zero());
        let (ones, zeros) = flat(&wanted).split_at(n);
        let generator = match self.settings.loss {
            GameLoss::Nonsaturating => S::bernoulli(fake, ones),
            GameLoss::Minimax => -S::bernoulli(fake, zeros),
        };
        // The cross-entropy of "from the data" is −ln D, that of "not from the data" −ln(1 − D).
        let discriminator = S::bernoulli_gradient(real, ones, weight) + S::bernoulli_gradient(fake, zeros, weight);
        scratch.give_back(wanted);
        match gradient {
            Some((grads, _)) => self.discriminator.backward(both.view(), &tape, dy, None, grads, scratch),
            None => scratch.give_back(dy),
        }
        scratch.give_back_list(tape);
        scratch.give_back(both);
        Judged { discriminator, generator }
    }

    /// The generator's loss on noise `z`, of which `tape` is its pass, summed; sets `grads` to the gradient
    /// of `weight` times that in the generator's parameters.
    pub fn deceive(
        &self,
        (z, tape): (ArrayView2<S>, &Tape<S>),
        weight: S,
        grads: &mut [S],
        scratch: &mut Scratch<S>,
    ) -> f64 {
        let Some(fakes) = tape.last() else { return 0.0 };
        let n = fakes.nrows();
        // What layers remember of the generator's pass waits for its way back.
        let memory = scratch.set_memory_aside();
        let judged = self.discriminator.forward(fakes.view(), scratch);
        let mut dy = scratch.array(n, 1);
        let mut wanted = scratch.array(1, n);
        if let Some(logits) = judged.last() {
            dy.assign(logits);
        }
        let loss = match self.settings.loss {
            GameLoss::Nonsaturating => {
                wanted.fill(S::one());
                S::bernoulli_gradient(flat_mut(&mut dy), flat(&wanted), weight)
            }
            GameLoss::Minimax => {
                wanted.fill(S::zero());
                -S::bernoulli_gradient(flat_mut(&mut dy), flat(&wanted), -weight)
            }
        };
        scratch.give_back(wanted);
        let mut d_fakes = scratch.array(n, fakes.ncols());
        self.discriminator.backward_to_input(fakes.view(), &judged, dy, d_fakes.view_mut(), scratch);
        scratch.give_back_list(judged);
        let used = scratch.put_memory(memory);
        scratch.give_back_memory(used);
        self.generator.backward(z, tape, d_fakes, None, grads, scratch);
        loss
    }

    /// A copy as plain shared data.
    fn frozen(&self) -> Gan<f32> {
        Gan {
            info: Arc::clone(&self.info),
            settings: self.settings.clone(),
            generator: self.generator.cast(),
            discriminator: self.discriminator.cast(),
        }
    }
}

/// Names of the parts, before those of their parameters and in orders.
pub const GENERATOR: &str = "generator";
/// Likewise.
pub const DISCRIMINATOR: &str = "discriminator";

impl FrozenModel for Gan<f32> {
    fn info(&self) -> &ModelInfo {
        &self.info
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

    fn discriminator(&self) -> Option<&dyn Discriminator> {
        Some(self)
    }

    fn graph(&self) -> Option<Graph<'_>> {
        Some(Graph { encoder: None, decoder: self.generator.ops(GENERATOR) })
    }

    fn weights(&self) -> Vec<Param<'_, f32>> {
        self.params()
    }
}

impl Decoder for Gan<f32> {
    fn decode(&self, z: ArrayView2<f32>, _labels: &[u16], scratch: &mut Scratch<f32>) -> Array2<f32> {
        self.generator.infer(z, scratch)
    }
}

impl Discriminator for Gan<f32> {
    fn probability_real(&self, x: ArrayView2<f32>, scratch: &mut Scratch<f32>) -> Vec<f32> {
        let mut logits = self.discriminator.infer(x, scratch);
        f32::sigmoid_slice(flat_mut(&mut logits));
        let found = flat(&logits).to_vec();
        scratch.give_back(logits);
        found
    }
}

impl Sampler for Gan<f32> {
    fn sample(&self, rng: &mut ChaCha8Rng, _: &dyn Fn() -> bool) -> Option<Vec<f32>> {
        let mut z = vec![0.0; self.settings.latent_dim];
        self.settings.prior.draw(rng, &mut z);
        Some(z)
    }
}

impl Scorer for Gan<f32> {
    fn draws(&self) -> Vec<Draw> {
        vec![Draw { purpose: Purpose::Eps, per_sample: self.settings.latent_dim, scope: Scope::Batch }]
    }

    fn score(&self, batch: &Batch<'_, f32>, scratch: &mut Scratch<f32>) -> Metrics {
        let Some(eps) = batch.draws.get(Purpose::Eps) else { return Metrics::default() };
        let z = self.settings.prior.of_normal(eps);
        let fakes = self.generator.infer(z.view(), scratch);
        let judged = self.judge(batch.x, fakes.view(), None, scratch);
        scratch.give_back(fakes);
        judged.terms()
    }
}
