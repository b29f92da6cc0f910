//! In which order pixels come, and which units see which.

use super::settings::{Degrees, MadeSpec, Order};
use crate::data::SampleKind;
use crate::nn::{Purpose, stream};
use rand::RngExt;
use rand::seq::SliceRandom;

/// The order of a picture's pixels, and the degree of every unit.
pub struct Masks {
    /// Which pixel comes at each step.
    pub order: Vec<u32>,
    /// The features in the order: of each pixel one a channel.
    pub features: Vec<u32>,
    /// The degree of each feature: its place in that order, from 1.
    pub inputs: Vec<u32>,
    /// The degrees of each hidden layer's units: each may know the features up to its own.
    pub hidden: Vec<Vec<u32>>,
}

/// Number of pixels and channels of a picture; what is none is taken for pixels of one.
pub fn pixels(input: &SampleKind) -> [usize; 2] {
    input.sides().map_or([input.n_features(), 1], |[channels, height, width]| [height * width, channels])
}

/// Degrees from 1 to `most` of `width` units, spread over all of them. They never fall from one unit to the
/// next, so that what is masked lies together and is stepped over.
fn even(width: u64, most: u64) -> Vec<u32> {
    (0..width).map(|unit| (unit * most / width) as u32 + 1).collect()
}

impl Masks {
    /// Those of a model of pictures of kind `input`.
    pub fn new(settings: &MadeSpec, input: &SampleKind) -> Self {
        let [n_pixels, channels] = pixels(input);
        let mut order: Vec<u32> = (0..n_pixels as u32).collect();
        if settings.order == Order::Random {
            order.shuffle(&mut stream(settings.order_seed, Purpose::PixelOrder, 0));
        }
        let of_pixel = |&pixel: &u32| (0..channels as u32).map(move |channel| channel * n_pixels as u32 + pixel);
        let features: Vec<u32> = order.iter().flat_map(of_pixel).collect();
        let mut inputs = vec![0; features.len()];
        features.iter().zip(1..).for_each(|(&feature, degree)| inputs[feature as usize] = degree);
        // The last feature is seen by none, and a unit that saw nothing would be of no use.
        let most = (features.len() as u32).saturating_sub(1).max(1);
        let mut least = 1;
        let mut hidden = Vec::new();
        for (layer, &width) in settings.hidden.iter().enumerate() {
            let degrees: Vec<u32> = match settings.degrees {
                Degrees::Even => even(width as u64, most.into()),
                Degrees::Random => {
                    let mut rng = stream(settings.mask_seed, Purpose::PixelOrder, 1 + layer as u64);
                    (0..width).map(|_| rng.random_range(least..=most)).collect()
                }
            };
            // Below the least degree of the layer before there would be nothing to see.
            least = degrees.iter().copied().min().unwrap_or(least);
            hidden.push(degrees);
        }
        Self { order, features, inputs, hidden }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_units_know_pixels_of_the_whole_picture() {
        assert_eq!(even(4, 8), [1, 3, 5, 7]);
        assert_eq!(even(3, 8), [1, 3, 6]);
        assert_eq!(even(8, 8), [1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(even(10, 4), [1, 1, 1, 2, 2, 3, 3, 3, 4, 4]);
        let digits = even(392, 783);
        assert_eq!((digits[0], digits[391]), (1, 782));
    }

    #[test]
    fn orders_and_degrees_hang_on_their_seeds_and_no_unit_sees_nothing() {
        let spec = MadeSpec { hidden: vec![4, 30, 30], ..MadeSpec::default() };
        let of = |spec: MadeSpec| Masks::new(&spec, &SampleKind::square(1, 5));
        let shuffled = |order_seed| of(MadeSpec { order: Order::Random, order_seed, ..spec.clone() }).order;
        assert!(shuffled(3) == shuffled(3) && shuffled(3) != shuffled(4));
        let drawn = |mask_seed| of(MadeSpec { degrees: Degrees::Random, mask_seed, ..spec.clone() }).hidden;
        assert!(drawn(3) == drawn(3) && drawn(3) != drawn(4));
        for seed in 0..10 {
            let hidden = drawn(seed);
            let least = |layer: usize| *hidden[layer].iter().min().unwrap();
            assert!(least(1) >= least(0) && least(2) >= least(1), "seed {seed}: {hidden:?}");
            assert!(hidden.concat().iter().all(|degree| (1..25).contains(degree)));
        }
    }
}
