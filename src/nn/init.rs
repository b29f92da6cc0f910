//! First weights.

use super::Scalar;
use super::rng::{Purpose, stream};
use rand_distr::{Distribution, Uniform};

/// Fills a layer's weight and bias uniformly in ±1/√`fan_in`, as PyTorch's `Linear` and convolutions do by
/// default.
///
/// That equals Kaiming initialisation with a = √5 (He et al. 2015). `layer` counts the layers of a model, so
/// that each has numbers of its own.
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

#[cfg(test)]
mod tests {
    use crate::nn::{Activation, Conv2d, Dense, Layer, MapShape, Window};

    /// The layer's values beside the bound ±1/√fan-in that PyTorch gives its kind.
    fn layers(seed: u64, number: u64) -> Vec<(Box<dyn Layer<f64>>, f64)> {
        let map = MapShape { channels: 8, height: 6, width: 5 };
        let large = MapShape { channels: 16, height: 7, width: 7 };
        let window = Window { kernel: [2, 3], ..Window::square(1, 1, 0) };
        let depthwise = Window { groups: 8, ..window };
        let first = (seed, number);
        let bound = |fan_in: f64| 1.0 / fan_in.sqrt();
        vec![
            (Box::new(Dense::new(100, 40, Activation::Relu, seed, number)), bound(100.0)),
            // Maps seen × taps; a depthwise one sees one map.
            (Box::new(Conv2d::new(map, 40, window, None, Activation::Relu, first)), bound(8.0 * 6.0)),
            (Box::new(Conv2d::new(map, 80, depthwise, None, Activation::Relu, first)), bound(6.0)),
            // The way up PyTorch counts the maps given.
            (Box::new(Conv2d::transposed(map, large, window, Activation::Relu, first)), bound(16.0 * 6.0)),
        ]
    }

    #[test]
    fn first_weights_are_spread_evenly_within_the_bound_of_their_fan_in() {
        for (at, (layer, bound)) in layers(3, 1).iter().enumerate() {
            for param in layer.params() {
                let (n, name) = (param.values.len() as f64, &param.name);
                let largest = param.values.iter().fold(0.0f64, |largest, w| largest.max(w.abs()));
                assert!(largest <= *bound, "{name} of layer {at}: {largest} beyond {bound}");
                // Of n even draws the largest is about 1/n short of the bound; ten times that is one in
                // 20 000.
                assert!(largest > bound * (1.0 - 10.0 / n), "{name} of layer {at}: {largest} well within {bound}");
                let mean = param.values.iter().sum::<f64>() / n;
                let spread = (param.values.iter().map(|w| w * w).sum::<f64>() / n).sqrt();
                // Four standard errors of each.
                let wanted = bound / 3f64.sqrt();
                assert!(mean.abs() < 4.0 * wanted / n.sqrt(), "{name} of layer {at}: mean {mean}");
                assert!((spread / wanted - 1.0).abs() < 4.0 * 0.45 / n.sqrt(), "{name} of layer {at}: {spread}");
            }
        }
    }

    #[test]
    fn layers_and_seeds_begin_differently_and_the_same_ones_alike() {
        let values = |seed: u64, number: u64| -> Vec<Vec<f64>> {
            let layers = layers(seed, number);
            layers.iter().map(|(layer, _)| layer.params()[0].values.to_vec()).collect()
        };
        let (first, again, next, other) = (values(3, 1), values(3, 1), values(3, 2), values(4, 1));
        for (((first, again), next), other) in first.iter().zip(&again).zip(&next).zip(&other) {
            assert_eq!(first, again);
            let shared = |others: &[f64]| first.iter().zip(others).filter(|(a, b)| a == b).count();
            assert_eq!(shared(next), 0, "two layers of one model share weights");
            assert_eq!(shared(other), 0, "two seeds share weights");
        }
    }
}
