//! What a trained network can do: encode, decode, and say how probable samples are.

use super::network::Network;
use super::{Codes, Decoder, Density, Encoder};
use crate::nn::Scratch;
use ndarray::{Array2, ArrayView2};

impl Encoder for Network<f32> {
    fn encode(&self, x: ArrayView2<f32>, labels: &[u16], scratch: &mut Scratch<f32>) -> Codes {
        let mut heads = self.infer_heads(x, labels, scratch).into_iter();
        Codes { mu: heads.next().unwrap_or_default(), log_var: heads.next() }
    }
}

impl Density for Network<f32> {
    fn log_density(
        &self,
        x: ArrayView2<f32>,
        z: ArrayView2<f32>,
        label: u16,
        scratch: &mut Scratch<f32>,
    ) -> Array2<f64> {
        scratch.memory.forget();
        let out = self.infer_out(z, &vec![label; z.nrows()], scratch);
        let density = self.likelihood().log_density(&out, x, scratch.threads());
        scratch.give_back(out);
        // Offered only where the likelihood is a density.
        density.unwrap_or_else(|| Array2::from_elem((x.nrows(), z.nrows()), f64::NAN))
    }
}

impl Decoder for Network<f32> {
    fn decode(&self, z: ArrayView2<f32>, labels: &[u16], scratch: &mut Scratch<f32>) -> Array2<f32> {
        // Whatever was encoded with this scratch before, `z` is a free code: no maximum of a picture belongs
        // to it.
        scratch.memory.forget();
        let mut x_hat = self.infer_out(z, labels, scratch);
        self.likelihood().mean(&mut x_hat);
        x_hat
    }
}
