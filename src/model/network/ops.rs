//! A network as elementary operations, which is what is written for other programs.

use super::{HEADS, NetDecoder, Network};
use crate::model::graph::{EncoderGraph, Graph};
use crate::nn::{Activation, Layer, Likelihood, Op, Scalar, ToldLabel};

impl<S: Scalar> Network<S> {
    /// A label that is told, as the first operation of either half.
    fn told_op<'a>(&self, times: usize) -> Option<Op<'a, S>> {
        (self.n_classes > 0).then_some(Op::Told(ToldLabel { n_classes: self.n_classes, times }))
    }

    /// The encoder's operations up to the heads.
    fn trunk_ops(&self) -> Vec<Op<'_, S>> {
        self.told_op(self.label_len).into_iter().chain(self.trunk.ops("encoder")).collect()
    }

    /// The operations of a head.
    fn head_ops(&self, i: usize) -> Option<Vec<Op<'_, S>>> {
        Some(self.heads.get(i)?.ops().into_iter().map(|op| op.named(HEADS[i])).collect())
    }

    /// The decoder's operations up to the likelihood's link.
    fn decoder_ops(&self) -> Vec<Op<'_, S>> {
        let layers = match &self.decoder {
            NetDecoder::Free(stack) => stack.ops("decoder"),
            NetDecoder::Tied(tied) => tied.ops(|i| self.tied_param(i)),
        };
        self.told_op(1).into_iter().chain(layers).collect()
    }
}

impl Network<f32> {
    /// What it computes as elementary operations.
    pub fn graph(&self) -> Graph<'_> {
        let mut decoder = self.decoder_ops();
        // The likelihood's link.
        decoder.extend(match self.likelihood {
            Likelihood::Bernoulli => Some(Op::Activation(Activation::Sigmoid)),
            Likelihood::Multinomial => Some(Op::Softmax),
            Likelihood::Gaussian { .. } | Likelihood::Mse => None,
        });
        let encoder = EncoderGraph {
            trunk: self.trunk_ops(),
            z: self.head_ops(0).unwrap_or_default(),
            log_var: self.head_ops(1),
        };
        Graph { encoder: Some(encoder), decoder }
    }
}
