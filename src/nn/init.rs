//! First weights.

use super::Scalar;
use super::rng::{Purpose, stream};
use rand_distr::{Distribution, Uniform};

/// Fills a layer's weight and bias uniformly in ±1/√`fan_in`, as PyTorch's `Linear` and convolutions do by default.
///
/// That equals Kaiming initialisation with a = √5 (He et al. 2015). `layer` counts the layers of a model, so that each
/// has numbers of its own.
pub fn fill<S: Scalar>(seed: u64, layer: u64, fan_in: usize, weight: &mut [S], bias: &mut [S]) {
    let bound = 1.0 / (fan_in.max(1) as f64).sqrt();
    let Ok(uniform) = Uniform::new_inclusive(-bound, bound) else {
        return; // the bound is positive and finite for every fan-in
    };
    let mut rng = stream(seed, Purpose::Initialisation, layer);
    for value in weight.iter_mut().chain(bias) {
        *value = S::of(uniform.sample(&mut rng));
    }
}
