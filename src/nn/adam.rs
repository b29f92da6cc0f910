//! Adam (Kingma and Ba 2015, algorithm 1), fused into one pass over weights, gradients and moments.

use super::Scalar;
use super::kernels::AdamStep;
use rayon::prelude::*;

/// Adam's constants; the defaults are the paper's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdamSettings {
    /// Decay of the first moment.
    pub beta1: f64,
    /// Decay of the second moment.
    pub beta2: f64,
    /// Added to √v̂.
    pub epsilon: f64,
}

impl Default for AdamSettings {
    fn default() -> Self {
        Self { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }
    }
}

/// First and second moments of every parameter, flat, in the order of the model's parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Adam<S> {
    /// Running mean of the gradient.
    pub m: Vec<S>,
    /// Running mean of its square.
    pub v: Vec<S>,
    /// Steps taken.
    pub t: u64,
    settings: AdamSettings,
}

/// Weights that one task updates; small enough to share out, large enough to be worth it.
const CHUNK: usize = 1 << 15;

impl<S: Scalar> Adam<S> {
    /// Moments at zero for `n_params` parameters.
    pub fn new(n_params: usize) -> Self {
        Self {
            m: vec![S::zero(); n_params],
            v: vec![S::zero(); n_params],
            t: 0,
            settings: AdamSettings::default(),
        }
    }

    /// Begins a step: counts it and works out the bias corrections.
    pub fn begin(&mut self, learning_rate: f64) -> AdamStep<S> {
        self.t += 1;
        let AdamSettings { beta1, beta2, epsilon } = self.settings;
        let t = self.t as f64;
        AdamStep {
            rate: S::of(learning_rate / (1.0 - beta1.powf(t))),
            v_scale: S::of(1.0 / (1.0 - beta2.powf(t)).sqrt()),
            beta1: S::of(beta1),
            beta2: S::of(beta2),
            epsilon: S::of(epsilon),
        }
    }

    /// Updates the parameters that start at `offset` of the flat order; each of `grads` is one shard's whole gradient,
    /// and they are summed in order. Elementwise, so the bits do not depend on how it is shared out.
    pub fn update(&mut self, step: &AdamStep<S>, offset: usize, weights: &mut [S], grads: &[Vec<S>]) {
        let range = offset..offset + weights.len();
        weights
            .par_chunks_mut(CHUNK)
            .zip(self.m[range.clone()].par_chunks_mut(CHUNK))
            .zip(self.v[range].par_chunks_mut(CHUNK))
            .enumerate()
            .for_each(|(chunk, ((weights, m), v))| {
                let start = offset + chunk * CHUNK;
                let end = start + weights.len();
                match grads {
                    [a] => S::adam(step, weights, &[&a[start..end]], m, v),
                    [a, b] => S::adam(step, weights, &[&a[start..end], &b[start..end]], m, v),
                    many => {
                        let shards: Vec<&[S]> = many.iter().map(|grad| &grad[start..end]).collect();
                        S::adam(step, weights, &shards, m, v);
                    }
                }
            });
    }
}
