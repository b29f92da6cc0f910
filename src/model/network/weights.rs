//! The weights of a network: their names and places, and the penalty on them.

use super::{HEADS, LOG_SIGMA, NetDecoder, Network};
use crate::model::penalty::sign;
use crate::nn::{Dense, Layer, Param, Scalar};
use std::ops::Range;

impl<S: Scalar> Network<S> {
    /// Whether the weights are penalised at all.
    pub fn penalises_weights(&self) -> bool {
        self.weight_l1 > 0.0 || self.weight_l2 > 0.0
    }

    /// The penalty on the weights, λ₁ Σ |w| + λ₂ Σ w², biases left out; adds `factor` times its gradient
    /// to `grads`.
    pub fn weight_penalty(&self, gradient: Option<(&mut [S], S)>) -> f64 {
        if !self.penalises_weights() {
            return 0.0;
        }
        let (mut penalty, mut gradient) = (0.0, gradient);
        self.for_weights(&mut |start, weights| {
            let of_weight = |w: &S| self.weight_l1 * w.as_f64().abs() + self.weight_l2 * w.as_f64() * w.as_f64();
            penalty += weights.iter().map(of_weight).sum::<f64>();
            if let Some((grads, factor)) = &mut gradient {
                let (l1, l2) = (S::of(self.weight_l1) * *factor, S::of(2.0 * self.weight_l2) * *factor);
                for (d, &w) in grads[start..][..weights.len()].iter_mut().zip(weights) {
                    *d += l1 * sign(w) + l2 * w;
                }
            }
        });
        penalty
    }

    /// Calls `work` with the weights of each layer, biases left out, and where among the parameters they
    /// begin.
    fn for_weights(&self, work: &mut dyn FnMut(usize, &[S])) {
        self.trunk.for_weights(work);
        for (i, head) in self.heads.iter().enumerate() {
            work(self.head_range(i).start, head.weights());
        }
        if let NetDecoder::Free(stack) = &self.decoder {
            let first = self.decoder_range().start;
            stack.for_weights(&mut |start, weights| work(first + start, weights));
        }
    }

    /// Where the parameters of a head lie.
    pub fn head_range(&self, i: usize) -> Range<usize> {
        let start = self.trunk.n_params() + self.heads[..i].iter().map(Layer::n_params).sum::<usize>();
        start..start + self.heads[i].n_params()
    }

    /// Where the decoder's own parameters lie.
    pub fn decoder_range(&self) -> Range<usize> {
        let start = self.head_range(self.heads.len() - 1).end;
        let n = match &self.decoder {
            NetDecoder::Free(stack) => stack.n_params(),
            NetDecoder::Tied(tied) => tied.n_params(),
        };
        start..start + n
    }

    /// The parameters, named as in a model file.
    pub fn params(&self) -> Vec<Param<'_, S>> {
        let mut params = self.trunk.params("encoder");
        for (name, head) in HEADS.iter().zip(&self.heads) {
            params.extend(
                head.params().into_iter().map(|param| Param { name: format!("{name}.{}", param.name), ..param }),
            );
        }
        params.extend(match &self.decoder {
            NetDecoder::Free(stack) => stack.params("decoder"),
            NetDecoder::Tied(tied) => tied.params(),
        });
        params.extend(self.log_sigma.as_ref().map(|values| Param {
            name: LOG_SIGMA.into(),
            shape: vec![1],
            values,
        }));
        params
    }

    /// [`Self::tied_weight`] under its name: layers with weights and the code's head have a weight and a bias
    /// each.
    pub(super) fn tied_param(&self, i: usize) -> Param<'_, S> {
        let n_layers = self.trunk.layers().iter().filter(|layer| layer.n_params() > 0).count();
        self.params().swap_remove(2 * (n_layers - i))
    }

    /// Visits each parameter's values, in the order of [`Self::params`].
    pub fn visit_mut(&mut self, visit: &mut dyn FnMut(&mut [S])) {
        self.trunk.visit_mut(visit);
        self.heads.iter_mut().for_each(|head| head.visit_mut(visit));
        match &mut self.decoder {
            NetDecoder::Free(stack) => stack.visit_mut(visit),
            NetDecoder::Tied(tied) => tied.visit_mut(visit),
        }
        if let Some(log_sigma) = &mut self.log_sigma {
            visit(log_sigma);
        }
    }

    /// This network in `f32`.
    pub fn cast(&self) -> Network<f32> {
        Network {
            trunk: self.trunk.cast(),
            heads: self.heads.iter().map(Dense::cast).collect(),
            decoder: match &self.decoder {
                NetDecoder::Free(stack) => NetDecoder::Free(stack.cast()),
                NetDecoder::Tied(tied) => NetDecoder::Tied(tied.cast()),
            },
            output: self.output,
            likelihood: self.likelihood,
            log_sigma: self.log_sigma.map(|[log_sigma]| [log_sigma.as_f64() as f32]),
            weight_l1: self.weight_l1,
            weight_l2: self.weight_l2,
            n_classes: self.n_classes,
            label_len: self.label_len,
        }
    }
}
