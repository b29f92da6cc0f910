//! The rotation (or reflection) that brings codes onto others of the same samples, as near as one can:
//! orthogonal Procrustes (Schönemann 1966).

use crate::nn::{add_product, nearest_orthogonal};
use ndarray::{Array2, ArrayView2};

/// Longest codes that are turned: the cost grows with the cube of their length.
const MAX_DIMS: usize = 256;

/// The orthogonal R [dims, dims] for which Σ ‖from·R − onto‖² is least, `from` and `onto` [n, dims]
/// holding a code of one sample in each row: U·Vᵀ of fromᵀ·onto = U·S·Vᵀ. None for codes that are
/// not finite, or longer than is worth while.
///
/// It turns about zero and moves nothing, so that what is known of a prior around zero holds as before.
pub fn procrustes(from: ArrayView2<f32>, onto: ArrayView2<f32>) -> Option<Array2<f32>> {
    let n_dims = from.ncols();
    if from.dim() != onto.dim() || from.is_empty() || n_dims > MAX_DIMS {
        return None;
    }
    let mut product = Array2::zeros((n_dims, n_dims));
    add_product(&mut product, &from.mapv(f64::from), &onto.mapv(f64::from));
    nearest_orthogonal(product.view()).map(|rotation| rotation.mapv(|value| value as f32))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    fn codes(n_dims: usize) -> Array2<f32> {
        Array2::from_shape_fn((200, n_dims), |(i, d)| {
            ((i * (3 + 2 * d)) as f32 * 0.37).sin() * (1.0 + d as f32) + 0.5 * d as f32
        })
    }

    #[test]
    fn a_known_rotation_is_undone() {
        let (sin, cos) = 0.7f32.sin_cos();
        let turn = array![[cos, sin, 0.0], [-sin, cos, 0.0], [0.0, 0.0, -1.0]];
        let onto = codes(3);
        let from = onto.dot(&turn);
        let found = procrustes(from.view(), onto.view()).unwrap();
        assert!((&found - &turn.t()).iter().all(|error| error.abs() < 1e-5), "{found}");
        assert!((from.dot(&found) - onto).iter().all(|error| error.abs() < 1e-4));
    }

    #[test]
    fn in_the_plane_the_angle_is_that_of_the_closed_form() {
        // tan θ = Σ (from × onto) / Σ (from · onto).
        let from = codes(2);
        let onto =
            Array2::from_shape_fn((200, 2), |(i, d)| from[[i, 1 - d]] * 0.3 + from[[i, d]] + (i as f32).cos());
        let (mut cross, mut dot) = (0.0f64, 0.0f64);
        for (a, b) in from.rows().into_iter().zip(onto.rows()) {
            cross += f64::from(a[0] * b[1] - a[1] * b[0]);
            dot += f64::from(a[0] * b[0] + a[1] * b[1]);
        }
        let found = procrustes(from.view(), onto.view()).unwrap();
        let product = from.t().dot(&onto);
        let is_rotation = product[[0, 0]] * product[[1, 1]] > product[[0, 1]] * product[[1, 0]];
        assert!(is_rotation, "else the nearest one reflects");
        let theta = cross.atan2(dot);
        assert!(
            (f64::from(found[[0, 1]]) - theta.sin()).abs() < 1e-5
                && (f64::from(found[[0, 0]]) - theta.cos()).abs() < 1e-5
        );
    }

    #[test]
    fn what_cannot_be_brought_together_has_none() {
        assert!(procrustes(codes(2).view(), codes(3).view()).is_none());
        assert!(procrustes(Array2::from_elem((3, 2), f32::NAN).view(), Array2::zeros((3, 2)).view()).is_none());
        assert!(procrustes(Array2::zeros((0, 2)).view(), Array2::zeros((0, 2)).view()).is_none());
    }
}
