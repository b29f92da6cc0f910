//! What a trained masked autoencoder answers: how improbable each pixel is, and how a picture goes on.

use super::Made;
use crate::model::{Completer, FrozenModel, ModelInfo, Objective, Placed, Scorer};
use crate::nn::{Masked, Param, Scalar, Scratch, flat, softplus};
use ndarray::{Array2, ArrayView2};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

impl<S: Scalar> Made<S> {
    /// As [`Completer::nats`], in any precision.
    pub(super) fn nats_of(&self, x: ArrayView2<S>, scratch: &mut Scratch<S>) -> Array2<f64> {
        let logits = self.logits(x, scratch);
        let n_pixels = self.order.len();
        let mut nats = Array2::zeros((x.nrows(), n_pixels));
        for ((row, feature), logit) in logits.indexed_iter() {
            nats[[row, feature % n_pixels]] += nats_at(*logit, x[[row, feature]]);
        }
        scratch.give_back(logits);
        nats
    }

    /// As [`Completer::complete`], in any precision.
    ///
    /// What the first layer sees grows by a column of its weights with every feature that stands, so that a
    /// pixel costs no more than the layers above it.
    pub(super) fn complete_in(
        &self,
        x: &mut [f32],
        given: &[bool],
        rng: &mut ChaCha8Rng,
        each: &mut dyn FnMut(&[f32], Placed) -> bool,
    ) -> bool {
        let weights: Vec<ArrayView2<S>> = self.layers.iter().map(Masked::weight).collect();
        let Some((first, above)) = weights.split_first() else { return true };
        let mut seen: Vec<S> = self.layers[0].bias().to_vec();
        let channels = self.features.len() / self.order.len().max(1);
        for (&pixel, features) in self.order.iter().zip(self.features.chunks(channels.max(1))) {
            let pixel = pixel as usize;
            let mut log_p = 0.0;
            for &feature in features {
                let feature = feature as usize;
                let logit = self.logit_of(feature, &seen, above);
                if !given[pixel] {
                    let p = 1.0 / (1.0 + (-logit.as_f64()).exp());
                    x[feature] = f32::from(u8::from(rng.random::<f64>() < p));
                }
                let value = S::of(f64::from(x[feature]));
                log_p -= nats_at(logit, value);
                for (seen, &weight) in seen.iter_mut().zip(first.column(feature)) {
                    *seen += weight * value;
                }
            }
            if !each(x, Placed { pixel, log_p, is_given: given[pixel] }) {
                return false;
            }
        }
        true
    }

    /// The logit of a feature, from what the first layer has `seen` and the weights of those `above`.
    fn logit_of(&self, feature: usize, seen: &[S], above: &[ArrayView2<S>]) -> S {
        let Some((last, between)) = above.split_last() else { return seen[feature] };
        let dot = |weight: &[S], h: &[S]| weight.iter().zip(h).fold(S::zero(), |sum, (&w, &h)| sum + w * h);
        let mut h = seen.to_vec();
        self.layers[0].activation().apply(&mut h);
        for (weight, layer) in between.iter().zip(&self.layers[1..]) {
            let n = h.len().max(1);
            let mut next: Vec<S> = flat(weight).chunks_exact(n).map(|row| dot(row, &h)).collect();
            layer.activation().apply_with_bias(&mut next, layer.bias());
            h = next;
        }
        let bias = self.layers[self.layers.len() - 1].bias()[feature];
        bias + dot(&flat(last)[feature * h.len()..(feature + 1) * h.len()], &h)
    }
}

/// −ln p of one value under its logit.
fn nats_at<S: Scalar>(logit: S, value: S) -> f64 {
    let (logit, value) = (logit.as_f64(), value.as_f64());
    softplus(logit) - value * logit
}

impl Completer for Made<f32> {
    fn order(&self) -> &[u32] {
        &self.order
    }

    fn known(&self, x: &mut [f32], sample: u32) {
        self.info.samples.binarise(x, sample);
    }

    fn nats(&self, x: ArrayView2<f32>, scratch: &mut Scratch<f32>) -> Array2<f64> {
        self.nats_of(x, scratch)
    }

    fn complete(
        &self,
        x: &mut [f32],
        given: &[bool],
        rng: &mut ChaCha8Rng,
        each: &mut dyn FnMut(&[f32], Placed) -> bool,
        _scratch: &mut Scratch<f32>,
    ) -> bool {
        self.complete_in(x, given, rng, each)
    }
}

impl FrozenModel for Made<f32> {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn scorer(&self) -> Option<&dyn Scorer> {
        Some(self)
    }

    fn completer(&self) -> Option<&dyn Completer> {
        Some(self)
    }

    fn weights(&self) -> Vec<Param<'_, f32>> {
        Objective::params(self)
    }
}
