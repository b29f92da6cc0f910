//! A two-dimensional affine plane in latent space: z = origin + x·u + y·v.
//!
//! Its plainest case draws two chosen dimensions with the others fixed. Nothing here asks u and v to be
//! orthogonal or of unit length; finding good directions (principal axes, say) is left to others.

use ndarray::{ArrayView1, ArrayView2};

/// A plane in z, spanned by two directions from an origin; all three have length latent_dim.
#[derive(Debug, Clone, PartialEq)]
pub struct Plane {
    /// The code at plot coordinates (0, 0).
    pub origin: Vec<f32>,
    /// The change of z for one plot unit to the right.
    pub u: Vec<f32>,
    /// The change of z for one plot unit upwards; all zero where the plane is only a line.
    pub v: Vec<f32>,
}

impl Plane {
    /// The plane of dimensions `x_dim` and `y_dim` through `z`, so plot coordinates are those two coordinates
    /// of a code.
    ///
    /// A `y_dim` that equals `x_dim` or does not exist (one latent dimension) gives v = 0: a line.
    pub fn axes(z: &[f32], x_dim: usize, y_dim: usize) -> Self {
        let unit = |dim: usize| -> Vec<f32> { (0..z.len()).map(|d| if d == dim { 1.0 } else { 0.0 }).collect() };
        let mut origin = z.to_vec();
        for (d, value) in origin.iter_mut().enumerate() {
            if d == x_dim || d == y_dim {
                *value = 0.0;
            }
        }
        let v = if y_dim == x_dim { vec![0.0; z.len()] } else { unit(y_dim) };
        Self { origin, u: unit(x_dim), v }
    }

    /// The plane through three codes, whose plot coordinates count from the first in units of z: across
    /// towards the second, up on the side of the third. None where they lie in one line.
    pub fn through([a, b, c]: [&[f32]; 3]) -> Option<Self> {
        let from_a =
            |z: &[f32]| -> Vec<f64> { z.iter().zip(a).map(|(z, a)| f64::from(*z) - f64::from(*a)).collect() };
        let dot = |x: &[f64], y: &[f64]| -> f64 { x.iter().zip(y).map(|(x, y)| x * y).sum() };
        let (across, other) = (from_a(b), from_a(c));
        let along = dot(&across, &other) / dot(&across, &across);
        let up: Vec<f64> = other.iter().zip(&across).map(|(other, across)| other - along * across).collect();
        let unit = |direction: &[f64], of: &[f64]| -> Option<Vec<f32>> {
            let length = dot(direction, direction).sqrt();
            // What rounding leaves of a direction is none.
            let is_one = length > 1e-5 * dot(of, of).sqrt() && length.is_finite();
            is_one.then(|| direction.iter().map(|part| (part / length) as f32).collect())
        };
        let (u, v) = (unit(&across, &across)?, unit(&up, &other)?);
        Some(Self { origin: a.to_vec(), u, v })
    }

    /// The code at plot coordinates `p`, of length latent_dim.
    pub fn z_from_plot(&self, p: [f32; 2]) -> Vec<f32> {
        let directions = self.u.iter().zip(&self.v);
        self.origin.iter().zip(directions).map(|(o, (u, v))| o + p[0] * u + p[1] * v).collect()
    }

    /// The plot coordinates of the point of the plane nearest to `z`, by least squares.
    ///
    /// Where u and v are parallel, or one is zero, the longer of them alone is used and the other coordinate
    /// is 0. Panics where `z` has another length than the origin.
    pub fn plot_from_z(&self, z: &[f32]) -> [f32; 2] {
        assert_eq!(
            z.len(),
            self.origin.len(),
            "a code of {} dimensions on a plane of {}",
            z.len(),
            self.origin.len()
        );
        let [mut uu, mut uv, mut vv, mut ud, mut vd] = [0.0f64; 5];
        for (((u, v), o), z) in self.u.iter().zip(&self.v).zip(&self.origin).zip(z) {
            let (u, v, d) = (f64::from(*u), f64::from(*v), f64::from(*z) - f64::from(*o));
            uu += u * u;
            uv += u * v;
            vv += v * v;
            ud += u * d;
            vd += v * d;
        }
        let det = uu * vv - uv * uv;
        if det > 1e-12 * uu * vv {
            let (x, y) = ((vv * ud - uv * vd) / det, (uu * vd - uv * ud) / det);
            [x as f32, y as f32]
        } else if uu > 0.0 && uu >= vv {
            [(ud / uu) as f32, 0.0]
        } else if vv > 0.0 {
            [0.0, (vd / vv) as f32]
        } else {
            [0.0, 0.0]
        }
    }

    /// How near each of `codes` [n, latent_dim] lies to the plane: .15 + .85·exp(−d²/2s²), d its distance
    /// from it, s such that a tenth of the codes stay above one half. The directions must be orthonormal.
    pub fn nearness(&self, codes: ArrayView2<f32>) -> Vec<f32> {
        let Self { origin, u, v } = self;
        let squared = |code: ArrayView1<f32>| -> f32 {
            let [mut x, mut y] = [0.0f32; 2];
            for (dim, z) in code.iter().enumerate() {
                x += (z - origin[dim]) * u[dim];
                y += (z - origin[dim]) * v[dim];
            }
            code.iter().enumerate().map(|(dim, z)| (z - origin[dim] - x * u[dim] - y * v[dim]).powi(2)).sum()
        };
        let mut weights: Vec<f32> = codes.rows().into_iter().map(squared).collect();
        if weights.is_empty() {
            return weights;
        }
        let mut sorted = weights.clone();
        let tenth = sorted.len() / 10;
        let (_, d2, _) = sorted.select_nth_unstable_by(tenth, f32::total_cmp);
        // .15 + .85·e^−x = .5 at x = .887.
        let rate = 0.887 / d2.max(1e-9);
        weights.iter_mut().for_each(|d2| *d2 = 0.15 + 0.85 * (-*d2 * rate).exp());
        weights
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;
    use proptest::prelude::*;

    #[test]
    fn axes_draw_two_dimensions_and_keep_the_others() {
        let plane = Plane::axes(&[5.0, 6.0, 7.0], 2, 0);
        assert_eq!(plane.z_from_plot([1.5, -2.0]), [-2.0, 6.0, 1.5]);
        assert_eq!(plane.plot_from_z(&[3.0, 99.0, 4.0]), [4.0, 3.0]);
    }

    #[test]
    fn three_codes_span_a_plane_that_goes_through_them() {
        let [a, b, c] = [[1.0f32, 0.0, 2.0, -1.0], [3.0, 1.0, 2.0, 0.0], [0.0, 4.0, -1.0, 1.0]];
        let plane = Plane::through([&a, &b, &c]).unwrap();
        for z in [a, b, c] {
            let back = plane.z_from_plot(plane.plot_from_z(&z));
            assert!(back.iter().zip(&z).all(|(a, b)| (a - b).abs() < 1e-5), "{back:?}");
        }
        let ([ax, ay], [bx, by], [_, cy]) = (plane.plot_from_z(&a), plane.plot_from_z(&b), plane.plot_from_z(&c));
        assert!(ax.abs() < 1e-6 && ay.abs() < 1e-6 && by.abs() < 1e-5 && cy > 0.0);
        assert!((bx - 6f32.sqrt()).abs() < 1e-5, "in units of z: {bx}");
        let middle = [2.0, 0.5, 2.0, -0.5];
        assert_eq!(Plane::through([&a, &b, &middle]), None, "in one line");
        assert_eq!(Plane::through([&a, &a, &c]), None);
    }

    #[test]
    fn one_dimension_is_a_line() {
        for y_dim in [0, 1] {
            let plane = Plane::axes(&[2.0], 0, y_dim);
            assert_eq!(plane.z_from_plot([0.5, 9.0]), [0.5]);
            assert_eq!(plane.plot_from_z(&[0.5]), [0.5, 0.0]);
        }
    }

    #[test]
    fn parallel_directions_do_not_divide_by_zero() {
        let plane = |u: f32, v: f32| Plane { origin: vec![0.0, 0.0], u: vec![u, 0.0], v: vec![v, 0.0] };
        assert_eq!(plane(1.0, 2.0).plot_from_z(&[3.0, 1.0]), [0.0, 1.5]);
        assert_eq!(plane(0.0, 0.0).plot_from_z(&[3.0, 1.0]), [0.0, 0.0]);
    }

    proptest! {
        #[test]
        fn plot_survives_the_way_through_z(
            origin in prop::collection::vec(-5.0f32..5.0, 4),
            p in [-10.0f32..10.0, -10.0f32..10.0],
            lengths in [0.1f32..10.0, 0.1f32..10.0],
            shear in -2.0f32..2.0,
        ) {
            // Two orthogonal directions, then sheared: never parallel, hardly ever orthogonal.
            let u = vec![lengths[0], 0.0, 0.0, lengths[0]];
            let v = vec![shear, lengths[1], -lengths[1], shear];
            let plane = Plane { origin, u, v };
            let back = plane.plot_from_z(&plane.z_from_plot(p));
            // z rounds at about 1e-5; a short direction magnifies that.
            let tolerance = 2e-5 * (1.0 + shear.abs()) / lengths[0].min(lengths[1]).min(1.0);
            prop_assert!((back[0] - p[0]).abs() < 10.0 * tolerance, "{back:?} {p:?}");
            prop_assert!((back[1] - p[1]).abs() < 10.0 * tolerance, "{back:?} {p:?}");
        }

        #[test]
        fn projection_is_the_nearest_point(
            z in prop::collection::vec(-5.0f32..5.0, 3),
            nudge in [-0.5f32..0.5, -0.5f32..0.5],
        ) {
            let plane = Plane { origin: vec![1.0, 0.0, -1.0], u: vec![1.0, 1.0, 0.0], v: vec![0.0, 1.0, 2.0] };
            let squared = |p| -> f32 {
                plane.z_from_plot(p).iter().zip(&z).map(|(a, b)| (a - b) * (a - b)).sum()
            };
            let best = plane.plot_from_z(&z);
            let other = [best[0] + nudge[0], best[1] + nudge[1]];
            prop_assert!(squared(best) <= squared(other) + 1e-4);
        }
    }

    #[test]
    fn a_tenth_of_the_codes_stay_above_one_half_and_far_ones_fade_away() {
        // Distances 0, 1, 2, … from the plane of the first two dimensions through 3 in the third.
        let codes = Array2::from_shape_fn((100, 3), |(i, dim)| [i as f32, -(i as f32), 3.0 + i as f32][dim]);
        let weights = Plane::axes(&[9.0, 9.0, 3.0], 0, 1).nearness(codes.view());
        assert!((weights[0] - 1.0).abs() < 1e-6);
        assert!((weights[10] - 0.5).abs() < 1e-3, "the tenth: {}", weights[10]);
        assert_eq!(weights.iter().filter(|weight| **weight > 0.501).count(), 10);
        assert!(weights[40] < 0.1501);
    }

    #[test]
    fn distances_are_from_the_plane_whatever_its_directions() {
        let half = 0.5f32.sqrt();
        let plane = Plane { origin: vec![0.0; 3], u: vec![half, half, 0.0], v: vec![half, -half, 0.0] };
        let codes = Array2::from_shape_fn((30, 3), |(i, dim)| [i as f32, 2.0 * i as f32, (i % 7 + 1) as f32][dim]);
        assert_eq!(plane.nearness(codes.view()).len(), 30);
        let along = Plane::axes(&[0.0; 3], 0, 1).nearness(codes.view());
        let turned = plane.nearness(codes.view());
        assert!(along.iter().zip(&turned).all(|(a, b)| (a - b).abs() < 1e-3));
    }
}
