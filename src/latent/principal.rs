//! The two directions along which codes spread most, by the eigenvectors of their covariance (Pearson 1901).
//!
//! A plane along them shows more of a code of many dimensions than any two of its coordinates do. Nothing
//! here is exact to the last code: of many codes some thousand, spread evenly, stand for all.

use super::plane::Plane;
use super::stats::quantile;
use crate::data::spread_evenly;
use crate::nn::{add_product, symmetric_eigen};
use ndarray::{Array2, ArrayView2};

/// Codes that the directions are worked out from.
const MAX_CODES: usize = 2048;
/// Longest codes whose directions are worked out: the cost grows with the cube of their length.
const MAX_DIMS: usize = 256;

/// The principal axes of a set of codes.
#[derive(Clone, Debug, PartialEq)]
pub struct Principal {
    /// Mean of the codes, of length latent_dim.
    pub mean: Vec<f32>,
    /// Orthonormal directions of most and second most variance, each of length latent_dim.
    pub axes: [Vec<f32>; 2],
    /// 5 % and 95 % quantiles of the codes along each, measured from the mean.
    pub spread: [[f32; 2]; 2],
}

impl Principal {
    /// The axes of `codes` [n_codes, latent_dim]; none for fewer than three dimensions, too many, or codes
    /// that are not finite.
    pub fn of(codes: ArrayView2<f32>) -> Option<Self> {
        let (n, n_dims) = codes.dim();
        if n == 0 || !(3..=MAX_DIMS).contains(&n_dims) {
            return None;
        }
        let rows: Vec<usize> = spread_evenly(n, MAX_CODES).collect();
        let mut centred = Array2::from_shape_fn((rows.len(), n_dims), |(i, d)| f64::from(codes[[rows[i], d]]));
        let mean = centred.mean_axis(ndarray::Axis(0))?;
        centred -= &mean;
        let mut covariance = Array2::zeros((n_dims, n_dims));
        add_product(&mut covariance, &centred, &centred);
        let eigen = symmetric_eigen(covariance.view())?;
        let along = |i: usize| {
            let axis = eigen.vectors.column(i);
            let mut places: Vec<f32> = centred.dot(&axis).iter().map(|&place| place as f32).collect();
            places.sort_unstable_by(f32::total_cmp);
            let axis: Vec<f32> = axis.iter().map(|&part| part as f32).collect();
            (axis, [quantile(&places, 0.05), quantile(&places, 0.95)])
        };
        let ((u, x), (v, y)) = (along(0), along(1));
        Some(Self { mean: mean.iter().map(|&part| part as f32).collect(), axes: [u, v], spread: [x, y] })
    }

    /// The plane through `z` along both axes; its plot coordinates count from the codes' mean.
    pub fn plane(&self, z: &[f32]) -> Plane {
        let [u, v] = &self.axes;
        let along = |axis: &[f32]| -> f32 {
            let parts = axis.iter().zip(z).zip(&self.mean);
            parts.map(|((a, z), m)| a * (z - m)).sum()
        };
        let (x, y) = (along(u), along(v));
        let origin = z.iter().zip(u.iter().zip(v)).map(|(z, (u, v))| z - x * u - y * v).collect();
        Plane { origin, u: u.clone(), v: v.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Codes that spread along (1, 1, 0)/√2 most, along the third coordinate second, around (5, 0, 1).
    fn codes() -> Array2<f32> {
        Array2::from_shape_fn((400, 3), |(i, d)| {
            let (far, near) = ((i as f32 * 0.37).sin() * 4.0, (i as f32 * 0.91).cos());
            [5.0 + far, far, 1.0 + near][d]
        })
    }

    #[test]
    fn the_axes_are_those_of_most_spread() {
        let principal = Principal::of(codes().view()).unwrap();
        let [u, v] = &principal.axes;
        let half = 0.5f32.sqrt();
        assert!((u[0] - half).abs() < 1e-2 && (u[1] - half).abs() < 1e-2 && u[2].abs() < 1e-1, "{u:?}");
        assert!((v[2].abs() - 1.0).abs() < 1e-2, "{v:?}");
        assert!((principal.mean[0] - 5.0).abs() < 0.1 && principal.spread[0][1] > 5.0, "{principal:?}");
    }

    #[test]
    fn the_plane_goes_through_the_code_and_counts_from_the_mean() {
        let principal = Principal::of(codes().view()).unwrap();
        let z = [7.0, 1.0, 0.5];
        let plane = principal.plane(&z);
        let p = plane.plot_from_z(&z);
        assert!(plane.z_from_plot(p).iter().zip(&z).all(|(a, b)| (a - b).abs() < 1e-4));
        let at_mean = principal.plane(&principal.mean).plot_from_z(&principal.mean);
        assert!(at_mean.iter().all(|place| place.abs() < 1e-4));
    }

    #[test]
    fn flat_or_broken_codes_have_none() {
        assert!(Principal::of(Array2::zeros((9, 2)).view()).is_none());
        assert!(Principal::of(Array2::zeros((0, 5)).view()).is_none());
        assert!(Principal::of(Array2::from_elem((9, 5), f32::NAN).view()).is_none());
        assert!(Principal::of(Array2::zeros((9, 5)).view()).is_some(), "codes in one place still have directions");
    }
}
