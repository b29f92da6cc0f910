//! Codes of one dimension, spread out by class so that they can be told apart.

use super::stats::view_bounds;
use ndarray::ArrayView1;

/// Codes of one dimension as points on a line: a lane each class, together six tenths as high as the codes
/// are wide.
///
/// `class_of` says the class of a code by its number, 0 where it has none.
pub fn lanes(codes: ArrayView1<f32>, class_of: impl Fn(usize) -> u16, n_classes: usize) -> Vec<[f32; 2]> {
    let n_lanes = n_classes.max(1) as f32;
    let (x, _) = view_bounds(&codes.iter().map(|&z| [z, 0.0]).collect::<Vec<_>>());
    let lane_height = 0.6 * (x[1] - x[0]) / n_lanes;
    let lane = |i: usize| {
        // A fixed jitter within the class's lane, so that codes do not lie on one another.
        let jitter = (i as f32 * 0.618_034).fract() - 0.5;
        ((n_lanes - 1.0) / 2.0 - f32::from(class_of(i)) - 0.7 * jitter) * lane_height
    };
    codes.iter().enumerate().map(|(i, &z)| [z, lane(i)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_lie_below_one_another_and_codes_keep_their_value() {
        let codes = ndarray::Array1::from_shape_fn(90, |i| i as f32 / 30.0);
        let points = lanes(codes.view(), |i| (i % 3) as u16, 3);
        let of_class = |class: usize| points.iter().skip(class).step_by(3).map(|point| point[1]);
        for class in 0..2 {
            assert!(of_class(class).fold(f32::MAX, f32::min) > of_class(class + 1).fold(f32::MIN, f32::max));
        }
        assert!(points.iter().zip(&codes).all(|(point, &z)| point[0] == z));
    }
}
