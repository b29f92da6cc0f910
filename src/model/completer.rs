//! Continuing a picture pixel by pixel, and how improbable each of its pixels is.

use crate::nn::Scratch;
use ndarray::{Array2, ArrayView2};
use rand_chacha::ChaCha8Rng;

/// A pixel that stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placed {
    /// Which pixel, row after row.
    pub pixel: usize,
    /// ln p of what stands there, given all pixels before it in the order.
    pub log_p: f64,
    /// Whether it was given; else it was drawn.
    pub is_given: bool,
}

/// Knows p(x) pixel by pixel, each given those before it in an order: ln p(x) = Σ ln p(xᵢ | x before i).
///
/// A pixel has as many values as the picture has channels.
pub trait Completer: Send + Sync {
    /// Which pixel is decided at each step, counted row after row.
    fn order(&self) -> &[u32];

    /// Brings a sample \[features\] to the values that the model knows, black or white or steps of grey;
    /// where these are drawn, by the sample's number, the same ones every time.
    fn known(&self, x: &mut [f32], sample: u32);

    /// −ln p of each pixel of samples `x` [n, features] of such values, given those before it: [n, pixels]
    /// in nats. A row sums to −ln p(x), exactly.
    fn nats(&self, x: ArrayView2<f32>, scratch: &mut Scratch<f32>) -> Array2<f64>;

    /// Draws every pixel of `x` \[features\] that is not `given` \[pixels\], in the order, and calls `each`
    /// after every pixel with the picture so far; it stops where that says no, and then says no itself.
    ///
    /// A given pixel weighs on those after it. One that comes after a free pixel does not weigh on that: only
    /// what comes first in the order is asked about.
    fn complete(
        &self,
        x: &mut [f32],
        given: &[bool],
        rng: &mut ChaCha8Rng,
        each: &mut dyn FnMut(&[f32], Placed) -> bool,
        scratch: &mut Scratch<f32>,
    ) -> bool;
}
