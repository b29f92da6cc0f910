//! A rectangle on a plane in z, cut into steps × steps cells, each of which shows the code at its centre.
//!
//! With Gaussian spacing the codes stand at equal steps of prior probability, as in the manifold figures of
//! Kingma and Welling (2014, appendix A), but between the rectangle's own bounds: Φ⁻¹(Φ(lo) + t·(Φ(hi) −
//! Φ(lo))). The cells' edges then stand at such steps too, so that each cell lies where it is decoded.
//! Decoding and drawing are done elsewhere.

use super::plane::Plane;
use ndarray::Array2;
use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, Normal};

/// How the codes of a grid are spread between its bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Spacing {
    /// Equal steps of z.
    Linear,
    /// Equal steps of the standard normal's probability, dense near 0.
    Gaussian,
}

/// A rectangle in plot coordinates and the number of cells along each side.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GridSpec {
    /// The horizontal bounds, in plot units, in either order.
    pub x: [f32; 2],
    /// The vertical bounds, in plot units, in either order.
    pub y: [f32; 2],
    /// Cells along each side; the caller bounds it, for memory grows with its square.
    pub steps: usize,
    /// How the codes are spread along each side.
    pub spacing: Spacing,
}

impl GridSpec {
    /// The coordinates of the cells' codes between two bounds, from the first bound to the second.
    ///
    /// Always within the bounds, and so finite where they are. A range that holds no probability in double
    /// precision (beyond some 36σ) is spaced linearly.
    pub fn values(range: [f32; 2], steps: usize, spacing: Spacing) -> Vec<f32> {
        (0..steps).map(|i| place(range, spacing, (i as f64 + 0.5) / steps as f64)).collect()
    }

    /// Where the cells end between two bounds, from the first bound to the second: one more than there are
    /// cells.
    pub fn edges(range: [f32; 2], steps: usize, spacing: Spacing) -> Vec<f32> {
        let inner = (1..steps).map(|i| place(range, spacing, i as f64 / steps as f64));
        std::iter::once(range[0]).chain(inner).chain([range[1]]).collect()
    }

    /// The codes of all cells, [steps², latent_dim], row by row: row 0 at the top (largest y), column 0 at
    /// the smallest x.
    pub fn codes(&self, plane: &Plane) -> Array2<f32> {
        let spec = self.normalised();
        let xs = Self::values(spec.x, spec.steps, spec.spacing);
        let ys = Self::values(spec.y, spec.steps, spec.spacing);
        let mut codes = Array2::zeros((xs.len() * ys.len(), plane.origin.len()));
        let cells = ys.iter().rev().flat_map(|y| xs.iter().map(|x| [*x, *y]));
        for (mut code, p) in codes.rows_mut().into_iter().zip(cells) {
            for (to, from) in code.iter_mut().zip(plane.z_from_plot(p)) {
                *to = from;
            }
        }
        codes
    }

    /// The cell that holds plot coordinates `p`, as (column, row), or `None` outside the rectangle or where
    /// it is empty.
    pub fn cell_at(&self, p: [f32; 2]) -> Option<(usize, usize)> {
        let spec = self.normalised();
        let along = |range: [f32; 2], at: f32| {
            let is_inside = spec.steps > 0 && range[0] < range[1] && (range[0]..=range[1]).contains(&at);
            let edges = is_inside.then(|| Self::edges(range, spec.steps, spec.spacing))?;
            Some(edges[1..spec.steps].partition_point(|edge| *edge <= at))
        };
        let (col, from_below) = (along(spec.x, p[0])?, along(spec.y, p[1])?);
        Some((col, spec.steps - 1 - from_below))
    }

    /// The bounds of all columns from the left, and of all rows from the top, in plot coordinates.
    pub fn bounds(&self) -> [Vec<[f32; 2]>; 2] {
        let spec = self.normalised();
        let pairs = |range| {
            let edges = Self::edges(range, spec.steps, spec.spacing);
            edges.windows(2).map(|pair| [pair[0], pair[1]]).collect::<Vec<_>>()
        };
        [pairs(spec.x), pairs(spec.y).into_iter().rev().collect()]
    }

    /// The plot coordinates of a cell's code.
    ///
    /// Panics where the grid has no such cell.
    pub fn centre(&self, col: usize, row: usize) -> [f32; 2] {
        let (spec, n) = (self.normalised(), self.steps);
        assert!(col < n && row < n, "cell ({col}, {row}) of a grid of {n} steps");
        let along = |range, i: usize| place(range, spec.spacing, (i as f64 + 0.5) / n as f64);
        [along(spec.x, col), along(spec.y, n - 1 - row)]
    }

    /// The same grid with its bounds in ascending order.
    #[must_use]
    pub fn normalised(self) -> Self {
        let ascending = |[a, b]: [f32; 2]| [a.min(b), a.max(b)];
        Self { x: ascending(self.x), y: ascending(self.y), ..self }
    }
}

/// What lies at the share `t` of the way between two bounds.
fn place(range: [f32; 2], spacing: Spacing, t: f64) -> f32 {
    let [lo, hi] = range.map(f64::from);
    let linear = lo + t * (hi - lo);
    let value = match spacing {
        Spacing::Linear => linear,
        Spacing::Gaussian => {
            // Φ has no digits left near 1, so what lies above 0 is taken from the mirrored lower tail.
            let sign = if lo + hi > 0.0 { -1.0 } else { 1.0 };
            let normal = Normal::standard();
            let (p_lo, p_hi) = (normal.cdf(sign * lo), normal.cdf(sign * hi));
            if (p_hi - p_lo).abs() > 1e-290 { sign * normal.inverse_cdf(p_lo + t * (p_hi - p_lo)) } else { linear }
        }
    };
    value.max(lo.min(hi)).min(lo.max(hi)) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SPEC: GridSpec = GridSpec { x: [-2.0, 2.0], y: [-1.0, 3.0], steps: 4, spacing: Spacing::Linear };

    #[test]
    fn linear_values_are_cell_centres() {
        let values = GridSpec::values([-2.0, 2.0], 4, Spacing::Linear);
        assert_eq!(values, [-1.5, -0.5, 0.5, 1.5]);
        assert!(GridSpec::values([-2.0, 2.0], 0, Spacing::Linear).is_empty());
    }

    #[test]
    fn gaussian_values_are_known_quantiles() {
        // Two halves of the normal between bounds that hold nearly all of it: its quartiles.
        let values = GridSpec::values([-30.0, 30.0], 2, Spacing::Gaussian);
        assert!((values[0] + 0.674_489_8).abs() < 1e-6, "{values:?}");
        assert!((values[1] - 0.674_489_8).abs() < 1e-6, "{values:?}");
        let upper = GridSpec::values([10.0, 10.5], 3, Spacing::Gaussian);
        // Far out the tail falls so fast that all codes crowd to the inner bound.
        assert!(upper[0] > 10.0 && upper[1] < 10.1 && upper[2] < 10.2, "{upper:?}");
    }

    #[test]
    fn cells_end_at_quantiles_of_the_prior() {
        let edges = GridSpec::edges([-30.0, 30.0], 4, Spacing::Gaussian);
        let want = [-30.0, -0.674_489_8, 0.0, 0.674_489_8, 30.0];
        assert!(edges.iter().zip(want).all(|(edge, want)| (edge - want).abs() < 1e-6), "{edges:?}");
        assert_eq!(GridSpec::edges([-2.0, 2.0], 4, Spacing::Linear), [-2.0, -1.0, 0.0, 1.0, 2.0]);
        let [columns, rows] = SPEC.bounds();
        assert_eq!((columns[0], rows[0], rows[3]), ([-2.0, -1.0], [2.0, 3.0], [-1.0, 0.0]), "rows from the top");
    }

    #[test]
    fn codes_run_from_the_top_left() {
        let plane = Plane::axes(&[0.0, 0.0, 8.0], 0, 1);
        let codes = SPEC.codes(&plane);
        assert_eq!(codes.dim(), (16, 3));
        assert_eq!(codes.row(0).to_vec(), [-1.5, 2.5, 8.0]);
        assert_eq!(codes.row(1).to_vec(), [-0.5, 2.5, 8.0]);
        assert_eq!(codes.row(15).to_vec(), [1.5, -0.5, 8.0]);
    }

    #[test]
    fn reversed_bounds_make_the_same_grid() {
        let turned = GridSpec { x: [2.0, -2.0], y: [3.0, -1.0], ..SPEC };
        let plane = Plane::axes(&[0.0, 0.0], 0, 1);
        assert_eq!(turned.normalised(), SPEC);
        assert_eq!(turned.codes(&plane), SPEC.codes(&plane));
        assert_eq!(turned.cell_at([-1.9, 2.9]), Some((0, 0)));
    }

    #[test]
    fn cells_end_at_the_rectangle() {
        assert_eq!(SPEC.cell_at([-2.0, 3.0]), Some((0, 0)));
        assert_eq!(SPEC.cell_at([2.0, -1.0]), Some((3, 3)));
        for outside in [[-2.01, 0.0], [2.01, 0.0], [0.0, 3.01], [f32::NAN, 0.0]] {
            assert_eq!(SPEC.cell_at(outside), None, "{outside:?}");
        }
        let flat = GridSpec { y: [1.0, 1.0], ..SPEC };
        assert_eq!(flat.cell_at([0.0, 1.0]), None);
        assert_eq!(GridSpec { steps: 0, ..SPEC }.cell_at([0.0, 0.0]), None);
    }

    #[test]
    fn spec_reads_back_from_json() {
        let gaussian = GridSpec { spacing: Spacing::Gaussian, ..SPEC };
        let json = serde_json::to_string(&gaussian).unwrap();
        assert!(json.contains(r#""spacing":"gaussian""#), "{json}");
        assert_eq!(serde_json::from_str::<GridSpec>(&json).unwrap(), gaussian);
    }

    proptest! {
        #[test]
        fn gaussian_is_symmetric(half in 0.01f32..50.0, steps in 1usize..30) {
            let values = GridSpec::values([-half, half], steps, Spacing::Gaussian);
            for (a, b) in values.iter().zip(values.iter().rev()) {
                prop_assert!((a + b).abs() < 1e-5, "{values:?}");
            }
        }

        #[test]
        fn values_rise_within_finite_bounds(a in -1e3f32..1e3, b in -1e3f32..1e3, near in -9f32..9.0, steps in 1usize..30) {
            for [lo, hi] in [[a.min(b), a.max(b)], [near, near + 0.5], [f32::MIN, f32::MAX]] {
                for spacing in [Spacing::Linear, Spacing::Gaussian] {
                    let values = GridSpec::values([lo, hi], steps, spacing);
                    prop_assert_eq!(values.len(), steps);
                    prop_assert!(values.iter().all(|v| v.is_finite() && (lo..=hi).contains(v)), "{:?}", values);
                    prop_assert!(values.is_sorted(), "{:?}", values);
                }
            }
        }

        #[test]
        fn a_cell_lies_where_it_is_decoded(steps in 1usize..25, at in (0usize..25, 0usize..25), gaussian: bool) {
            let (col, row) = (at.0 % steps, at.1 % steps);
            let spacing = if gaussian { Spacing::Gaussian } else { Spacing::Linear };
            let spec = GridSpec { steps, spacing, ..SPEC };
            let [columns, rows] = spec.bounds();
            let middle = |[lo, hi]: [f32; 2]| (lo + hi) / 2.0;
            prop_assert_eq!(spec.cell_at([middle(columns[col]), middle(rows[row])]), Some((col, row)));
            prop_assert_eq!(spec.cell_at(spec.centre(col, row)), Some((col, row)));
            let code = spec.codes(&Plane::axes(&[0.0, 0.0], 0, 1)).row(row * steps + col).to_vec();
            prop_assert_eq!(code, spec.centre(col, row).to_vec());
        }
    }
}
