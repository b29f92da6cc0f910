//! Models that give every sample an energy instead of a code's likelihood: p(x) = exp(−F(x)) / Z.
//!
//! F is cheap and ln Z is not: it is a sum over every state that there is. Where one layer is small its
//! states are summed one by one; else ln Z is estimated by annealed importance sampling.

use crate::nn::Scratch;
use ndarray::{Array1, Array2, ArrayView2};
use rand_chacha::ChaCha8Rng;

/// ln Z of a model, nats.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LogZ {
    /// ln Z, or the logarithm of its estimate.
    pub value: f64,
    /// Where it is an estimate, the logarithms of Ẑ three standard errors lower and higher; −∞ where
    /// the error is larger than the estimate.
    pub bounds: Option<[f64; 2]>,
}

/// How ln Z is estimated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Annealing {
    /// Chains that are annealed side by side.
    pub chains: usize,
    /// Distributions between the first and the model's own, which each chain takes a step in.
    pub temperatures: usize,
    /// What the chains are drawn by.
    pub seed: u64,
}

impl Annealing {
    /// As Salakhutdinov and Murray (2008) did it: 100 chains over 14 500 distributions.
    pub const WHOLE: Self = Self { chains: 100, temperatures: 14_500, seed: 0 };
    /// In a second or so, to follow a training.
    pub const LIVE: Self = Self { chains: 48, temperatures: 1_000, seed: 0 };
}

/// Says how probable samples are by an energy, and goes from one to the next in a Markov chain.
pub trait EnergyModel: Send + Sync {
    /// F(x) = −ln Σ_h exp(−E(x, h)) of each sample `x` [n, features], nats.
    fn free_energy(&self, x: ArrayView2<f32>) -> Array1<f64>;

    /// Number of units of the smaller layer: as a power of two the states that [`Self::log_z`] sums.
    fn n_summed(&self) -> usize;

    /// ln Z by summing every state of the smaller layer; none when cancelled. The time doubles with each
    /// unit.
    fn log_z(&self, is_cancelled: &(dyn Fn() -> bool + Sync)) -> Option<f64>;

    /// ln Z by annealed importance sampling (Neal 2001; Salakhutdinov and Murray 2008), from units that are
    /// independent and on with the probabilities `base` \[features\]; none when cancelled.
    fn annealed_log_z(
        &self,
        base: &[f32],
        annealing: Annealing,
        is_cancelled: &(dyn Fn() -> bool + Sync),
    ) -> Option<LogZ>;

    /// One step of the Gibbs chain: h drawn from P(h | x), then x from P(x | h), in place of `x` [n,
    /// features]; returns P(x | h), the picture of the state before its pixels were drawn.
    fn gibbs(&self, x: &mut Array2<f32>, rng: &mut ChaCha8Rng, scratch: &mut Scratch<f32>) -> Array2<f32>;
}
