//! Optimizers: Adam (Kingma and Ba 2015, algorithm 1), AdamW (Loshchilov and Hutter 2019, algorithm 2) and
//! SGD with momentum (as PyTorch writes it: m ← μ·m + g, w ← w − η·m), each fused into one pass over
//! weights, gradients and moments.

use super::Scalar;
use super::kernels::{AdamStep, SgdStep};
use rayon::prelude::*;

/// Which optimizer, with its constants.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Method {
    /// Adam with the paper's constants.
    Adam,
    /// Adam whose weights also shrink by η·`decay` each step, apart from the gradient.
    AdamW {
        /// λ.
        decay: f64,
    },
    /// Gradient descent with momentum.
    Sgd {
        /// μ; 0 is plain descent.
        momentum: f64,
    },
}

const BETA1: f64 = 0.9;
const BETA2: f64 = 0.999;
const EPSILON: f64 = 1e-8;

/// An optimizer with its moments, flat, in the order of the model's parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Optimizer<S> {
    /// Running mean of the gradient, or its running sum for SGD.
    pub m: Vec<S>,
    /// Running mean of its square; empty for SGD.
    pub v: Vec<S>,
    /// Steps taken.
    pub t: u64,
    method: Method,
    beta1: f64,
}

/// One step of some optimizer, its constants worked out.
#[derive(Clone, Copy, Debug)]
pub enum OptimStep<S> {
    /// Of Adam or AdamW.
    Adam(AdamStep<S>),
    /// Of SGD.
    Sgd(SgdStep<S>),
}

/// Weights that one task updates; small enough to share out, large enough to be worth it.
const CHUNK: usize = 1 << 15;

impl<S: Scalar> Optimizer<S> {
    /// Forgets every step taken.
    pub fn reset(&mut self) {
        self.t = 0;
        self.m.fill(S::zero());
        self.v.fill(S::zero());
    }

    /// Moments at zero for `n_params` parameters.
    pub fn new(method: Method, n_params: usize) -> Self {
        let n_second = if matches!(method, Method::Sgd { .. }) { 0 } else { n_params };
        Self { m: vec![S::zero(); n_params], v: vec![S::zero(); n_second], t: 0, method, beta1: BETA1 }
    }

    /// The same with another β₁ than Adam's usual .9.
    pub fn with_beta1(self, beta1: f64) -> Self {
        Self { beta1, ..self }
    }

    /// Begins a step: counts it and works out its constants. Gradients are multiplied by `grad_scale` first.
    pub fn begin(&mut self, learning_rate: f64, grad_scale: f64) -> OptimStep<S> {
        self.t += 1;
        let t = self.t as f64;
        let decay = match self.method {
            Method::Sgd { momentum } => {
                return OptimStep::Sgd(SgdStep {
                    rate: S::of(learning_rate),
                    momentum: S::of(momentum),
                    grad_scale: S::of(grad_scale),
                });
            }
            Method::Adam => 0.0,
            Method::AdamW { decay } => decay,
        };
        OptimStep::Adam(AdamStep {
            rate: S::of(learning_rate / (1.0 - self.beta1.powf(t))),
            v_scale: S::of(1.0 / (1.0 - BETA2.powf(t)).sqrt()),
            beta1: S::of(self.beta1),
            beta2: S::of(BETA2),
            epsilon: S::of(EPSILON),
            keep: S::of(1.0 - learning_rate * decay),
            grad_scale: S::of(grad_scale),
        })
    }

    /// Updates the parameters that start at `offset` of the flat order; each of `grads` is one shard's whole
    /// gradient, and they are summed in order. Elementwise, so the bits do not depend on how it is shared
    /// out.
    pub fn update(&mut self, step: &OptimStep<S>, offset: usize, weights: &mut [S], grads: &[Vec<S>]) {
        let range = offset..offset + weights.len();
        let chunks = weights.par_chunks_mut(CHUNK).zip(self.m[range.clone()].par_chunks_mut(CHUNK));
        match step {
            OptimStep::Adam(step) => {
                let chunks = chunks.zip(self.v[range].par_chunks_mut(CHUNK)).enumerate();
                chunks.for_each(|(chunk, ((weights, m), v))| {
                    let start = offset + chunk * CHUNK;
                    S::adam(step, weights, (grads, start), m, v);
                });
            }
            OptimStep::Sgd(step) => chunks.enumerate().for_each(|(chunk, (weights, m))| {
                let start = offset + chunk * CHUNK;
                S::sgd(step, weights, (grads, start), m);
            }),
        }
    }
}

/// What gradients must be multiplied by so that their norm is at most `max_norm` (Pascanu, Mikolov and Bengio
/// 2013).
///
/// Each of `grads` is one shard's whole gradient; their sum is meant. Summed in a fixed order, whatever the
/// threads; `squares` is room for the sums of parts, whatever it holds.
pub fn clip_scale<S: Scalar>(grads: &[Vec<S>], max_norm: f64, squares: &mut Vec<f64>) -> f64 {
    let n = grads.first().map_or(0, Vec::len);
    let of_chunk = |chunk: usize| {
        let range = chunk * CHUNK..((chunk + 1) * CHUNK).min(n);
        let sum = |i: usize| grads.iter().fold(S::zero(), |sum, shard| sum + shard[i]).as_f64();
        range.map(|i| sum(i).powi(2)).sum()
    };
    (0..n.div_ceil(CHUNK)).into_par_iter().map(of_chunk).collect_into_vec(squares);
    let norm = squares.iter().sum::<f64>().sqrt();
    // As PyTorch has it; a norm that is no number is left for the check of the loss to find.
    if norm > max_norm { max_norm / (norm + 1e-6) } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gradients_are_clipped_by_the_norm_of_their_sum() {
        let grads = vec![vec![3.0f64, 0.0], vec![0.0, 4.0]];
        let mut squares = vec![9.0; 3];
        assert!((clip_scale(&grads, 1.0, &mut squares) - 0.2).abs() < 1e-6);
        assert_eq!(clip_scale(&grads, 5.0, &mut squares), 1.0);
        assert_eq!(clip_scale(&[vec![f32::NAN]], 1.0, &mut squares), 1.0);
    }

    #[test]
    fn shards_are_summed_whatever_their_number() {
        // Longer than a task's share, so that parts begin in the middle.
        let n = CHUNK + 5;
        let whole: Vec<f64> = (0..n).map(|i| (i as f64 * 0.37).sin()).collect();
        for method in [Method::Adam, Method::Sgd { momentum: 0.5 }] {
            let step_with = |n_shards: usize| {
                let share = |i: usize| whole.iter().map(|g| g * (i + 1) as f64).collect::<Vec<_>>();
                let total: f64 = (1..=n_shards).map(|i| i as f64).sum();
                let grads: Vec<Vec<f64>> =
                    (0..n_shards).map(|i| share(i).iter().map(|g| g / total).collect()).collect();
                let (mut optimizer, mut weights) = (Optimizer::new(method, n + 3), vec![1.0; n]);
                let step = optimizer.begin(0.1, 1.0);
                // As the second tensor of a model would be.
                let grads: Vec<Vec<f64>> = grads.into_iter().map(|grad| [vec![9.0; 3], grad].concat()).collect();
                optimizer.update(&step, 3, &mut weights, &grads);
                weights
            };
            let one = step_with(1);
            assert!(one.iter().any(|&w| (w - 1.0).abs() > 0.01));
            for n_shards in [2, 3, 4] {
                assert!(step_with(n_shards).iter().zip(&one).all(|(a, b)| (a - b).abs() < 1e-9), "{n_shards}");
            }
        }
    }

    #[test]
    fn momentum_gathers_and_decay_shrinks() {
        let grads = vec![vec![1.0f64]];
        let mut sgd = Optimizer::new(Method::Sgd { momentum: 0.5 }, 1);
        let mut w = [0.0];
        for want in [-0.1, -0.25, -0.425] {
            let step = sgd.begin(0.1, 1.0);
            sgd.update(&step, 0, &mut w, &grads);
            assert!((w[0] - want).abs() < 1e-12);
        }
        let mut adamw = Optimizer::new(Method::AdamW { decay: 0.5 }, 1);
        let mut w = [2.0];
        let step = adamw.begin(0.1, 1.0);
        adamw.update(&step, 0, &mut w, &[vec![0.0]]);
        assert!((w[0] - 1.9f64).abs() < 1e-12, "without a gradient only the decay moves a weight");
    }
}
