//! A network that is no longer trained, as a model with capabilities.

use super::network::Network;
use super::{Codes, Decoder, Encoder, FrozenModel, Objective, ValidSpec};
use crate::nn::Scratch;
use ndarray::{Array2, ArrayView2};

/// A network that is no longer trained, with the spec it was built from.
pub struct Frozen {
    /// What it was built from.
    pub spec: ValidSpec,
    /// The weights.
    pub network: Network<f32>,
}

impl FrozenModel for Frozen {
    fn spec(&self) -> &ValidSpec {
        &self.spec
    }

    fn encoder(&self) -> Option<&dyn Encoder> {
        Some(&self.network)
    }

    fn decoder(&self) -> Option<&dyn Decoder> {
        Some(&self.network)
    }

    fn has_prior(&self) -> bool {
        // A second head says how far a code may lie from its mean, and the loss keeps both near N(0, I).
        self.network.n_heads() > 1
    }

    fn thaw(&self) -> Box<dyn Objective<f32>> {
        self.spec.objective(self.network.clone())
    }
}

impl Encoder for Network<f32> {
    fn encode(&self, x: ArrayView2<f32>, labels: &[u16], scratch: &mut Scratch<f32>) -> Codes {
        let mut heads = self.infer_heads(x, labels, scratch).into_iter();
        Codes { mu: heads.next().unwrap_or_default(), log_var: heads.next() }
    }
}

impl Decoder for Network<f32> {
    fn decode(&self, z: ArrayView2<f32>, labels: &[u16], scratch: &mut Scratch<f32>) -> Array2<f32> {
        // Whatever was encoded with this scratch before, `z` is a free code: no maximum of a picture belongs to it.
        scratch.forget_places();
        let mut x_hat = self.infer_out(z, labels, scratch);
        self.likelihood().mean(&mut x_hat);
        x_hat
    }
}
