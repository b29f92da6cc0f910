//! A number for each place of a part of a plane: how dense the codes are there, how much rarer than usual,
//! how much the decoder magnifies.
//!
//! The density is a kernel estimate with Gaussians (Silverman 1986), worked out by sharing each code among
//! the four nearest places and smoothing. Colours, and what is said of them, are left to others.

use super::Decode;
use super::lattice::Lattice;
use super::plane::Plane;
use super::stats::{quantile, view_bounds};
use ndarray::Array2;

/// Numbers of the cells of a lattice.
#[derive(Clone, Debug, PartialEq)]
pub struct Heat {
    /// Where the cells lie; each number is that of a cell's middle.
    pub lattice: Lattice,
    /// The numbers, row by row from the top left.
    pub values: Vec<f32>,
    /// The number from which on all are drawn alike.
    pub top: f32,
}

impl Heat {
    /// The number at plot coordinates; none outside.
    pub fn at(&self, p: [f32; 2]) -> Option<f32> {
        let [column, row] = self.lattice.cell_of(p)?;
        self.values.get(row * self.lattice.size[0] + column).copied()
    }
}

/// Places along each side of a density.
const PLACES: usize = 128;
/// Standard deviations of the kernel beyond which it counts as 0.
const REACH: f32 = 4.0;
/// How much of Scott's bandwidth, σ n^(−1/6), the kernel has: that is right for one Gaussian, and codes of
/// several classes lie closer together.
const OF_SCOTT: f32 = 0.5;

/// How dense points lie, as a share of all in one square unit; none for fewer than two that are finite.
pub fn density(points: &[[f32; 2]]) -> Option<Heat> {
    let finite: Vec<[f32; 2]> = points.iter().filter(|p| p.iter().all(|c| c.is_finite())).copied().collect();
    if finite.len() < 2 {
        return None;
    }
    let (x, y) = view_bounds(&finite);
    let width = [0, 1].map(|axis| OF_SCOTT * spread(&finite, axis) * (finite.len() as f32).powf(-1.0 / 6.0));
    let bounds = [0, 1].map(|axis| {
        let ([low, high], beyond) = ([x, y][axis], REACH * width[axis]);
        [low - beyond, high + beyond]
    });
    let lattice = Lattice { bounds, size: [PLACES; 2] };
    let mut values = shared_out(&finite, bounds);
    for axis in 0..2 {
        let place = (bounds[axis][1] - bounds[axis][0]) / PLACES as f32;
        smooth(&mut values, axis, &kernel(width[axis] / place));
    }
    let area = lattice.side().iter().product::<f32>();
    let each = 1.0 / (finite.len() as f32 * area);
    values.iter_mut().for_each(|value| *value *= each);
    let top = values.iter().copied().fold(0.0, f32::max);
    Some(Heat { lattice, values, top })
}

/// The standard deviation that a Gaussian with the points' middle nine tenths would have.
fn spread(points: &[[f32; 2]], axis: usize) -> f32 {
    let mut along: Vec<f32> = points.iter().map(|point| point[axis]).collect();
    along.sort_unstable_by(f32::total_cmp);
    let reach = quantile(&along, 0.95) - quantile(&along, 0.05);
    (reach / 3.29).max(1e-6)
}

/// Points shared among the places around them, by nearness.
fn shared_out(points: &[[f32; 2]], bounds: [[f32; 2]; 2]) -> Vec<f32> {
    let mut values = vec![0.0f32; PLACES * PLACES];
    let along = |axis: usize, at: f32| {
        let [low, high] = bounds[axis];
        let share = if axis == 0 { at - low } else { high - at };
        share / (high - low) * PLACES as f32 - 0.5
    };
    for &[x, y] in points {
        let (x, y) = (along(0, x), along(1, y));
        let (column, row) = (x.floor(), y.floor());
        for (dx, dy) in [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)] {
            let (to_x, to_y) = (column + dx, row + dy);
            let is_inside = |at: f32| (0.0..PLACES as f32).contains(&at);
            if is_inside(to_x) && is_inside(to_y) {
                let share = (1.0 - (x - to_x).abs()) * (1.0 - (y - to_y).abs());
                values[to_y as usize * PLACES + to_x as usize] += share;
            }
        }
    }
    values
}

/// A Gaussian of `width` places, from its middle outwards, whose whole is 1.
fn kernel(width: f32) -> Vec<f32> {
    let reach = (REACH * width).ceil() as usize;
    let mut half: Vec<f32> = (0..=reach).map(|i| (-0.5 * (i as f32 / width).powi(2)).exp()).collect();
    let whole = 2.0 * half.iter().sum::<f32>() - half[0];
    half.iter_mut().for_each(|share| *share /= whole);
    half
}

fn smooth(values: &mut [f32], axis: usize, half: &[f32]) {
    let (step, across) = if axis == 0 { (1, PLACES) } else { (PLACES, 1) };
    let mut line = [0.0f32; PLACES];
    for start in (0..PLACES).map(|i| i * across) {
        for (i, value) in line.iter_mut().enumerate() {
            *value = values[start + i * step];
        }
        for i in 0..PLACES {
            let beside = half.iter().enumerate().skip(1).map(|(off, share)| {
                let below = i.checked_sub(off).map_or(0.0, |i| line[i]);
                share * (below + line.get(i + off).copied().unwrap_or(0.0))
            });
            values[start + i * step] = half[0] * line[i] + beside.sum::<f32>();
        }
    }
}

/// How much rarer a place is than the usual place of a point: the log₁₀ of the median density at the points
/// over that at the place, within 0 and `most`.
pub fn rarity(density: &Heat, points: &[[f32; 2]], most: f32) -> Heat {
    let mut there: Vec<f32> =
        points.iter().filter_map(|point| density.at(*point)).filter(|at| *at > 0.0).collect();
    there.sort_unstable_by(f32::total_cmp);
    let usual = quantile(&there, 0.5);
    let rarer = |density: &f32| if *density > 0.0 { (usual / density).log10().clamp(0.0, most) } else { most };
    Heat { lattice: density.lattice, values: density.values.iter().map(rarer).collect(), top: most }
}

/// How much a decoder magnifies a plane: √det JᵀJ, the area of x̂ that an area of one on the plane becomes,
/// where J holds the derivatives of x̂ along the plane's two directions; on a line its length. By central
/// differences of this `reach`; none where decoding is given up.
pub fn magnification(plane: &Plane, lattice: Lattice, reach: f32, decode: &mut Decode<'_>) -> Option<Heat> {
    let is_line = plane.v.iter().all(|v| *v == 0.0);
    let directions: &[[f32; 2]] = if is_line { &[[1.0, 0.0]] } else { &[[1.0, 0.0], [0.0, 1.0]] };
    let n_each = 2 * directions.len();
    // A line has one row, whatever is seen above and below.
    let lattice = if is_line { Lattice { size: [lattice.size[0], 1], ..lattice } } else { lattice };
    let [columns, rows] = lattice.size;
    let mut values = Vec::with_capacity(columns * rows);
    for row in 0..rows {
        let mut codes = Array2::zeros((columns * n_each, plane.origin.len()));
        for (i, mut code) in codes.rows_mut().into_iter().enumerate() {
            let [x, y] = lattice.middle([i / n_each, row]);
            let [along_x, along_y] = directions[i % n_each / 2];
            let by = if i % 2 == 0 { reach } else { -reach };
            let z = plane.z_from_plot([x + by * along_x, y + by * along_y]);
            code.iter_mut().zip(z).for_each(|(to, z)| *to = z);
        }
        let x_hat = decode(codes.view())?;
        for place in 0..columns {
            let slope = |d: usize, feature: usize| {
                let at = place * n_each + 2 * d;
                let rise = f64::from(x_hat[[at, feature]]) - f64::from(x_hat[[at + 1, feature]]);
                rise / (2.0 * f64::from(reach))
            };
            let dot = |a: usize, b: usize| -> f64 { (0..x_hat.ncols()).map(|f| slope(a, f) * slope(b, f)).sum() };
            let det = if is_line { dot(0, 0) } else { dot(0, 0) * dot(1, 1) - dot(0, 1).powi(2) };
            values.push(det.max(0.0).sqrt() as f32);
        }
    }
    let mut sorted = values.clone();
    sorted.sort_unstable_by(f32::total_cmp);
    // A few extreme places would leave the rest dark.
    let top = quantile(&sorted, 0.98);
    Some(Heat { lattice, values, top })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::ArrayView2;

    /// Two crowds and some stragglers.
    fn points() -> Vec<[f32; 2]> {
        let wave = |i: usize, by: f32| (i as f32 * by).sin();
        let crowd = |i: usize, at: [f32; 2]| [at[0] + 0.5 * wave(i, 1.7), at[1] + 0.3 * wave(i, 2.3)];
        let mut points: Vec<[f32; 2]> = (0..600).map(|i| crowd(i, [2.0, -1.0])).collect();
        points.extend((0..300).map(|i| crowd(i, [-1.0, 1.0])));
        points.extend((0..60).map(|i| [3.0 * wave(i, 0.9), 3.0 * wave(i, 1.3)]));
        points
    }

    #[test]
    fn density_is_the_kernel_estimate() {
        let points = points();
        let heat = density(&points).unwrap();
        let width = [0, 1].map(|axis| OF_SCOTT * spread(&points, axis) * (points.len() as f32).powf(-1.0 / 6.0));
        let estimate = |p: [f32; 2]| -> f32 {
            let kernel = |axis: usize, at: f32| {
                (-0.5 * ((p[axis] - at) / width[axis]).powi(2)).exp()
                    / (width[axis] * std::f32::consts::TAU.sqrt())
            };
            points.iter().map(|point| kernel(0, point[0]) * kernel(1, point[1])).sum::<f32>() / points.len() as f32
        };
        let most = heat.top;
        for column in (4..PLACES).step_by(17) {
            for row in (3..PLACES).step_by(13) {
                let place = heat.lattice.middle([column, row]);
                let (found, want) = (heat.values[row * PLACES + column], estimate(place));
                assert!((found - want).abs() < 0.02 * most, "at {place:?}: {found} and {want}");
                assert_eq!(heat.at(place), Some(found));
            }
        }
        let area = heat.lattice.side().iter().product::<f32>();
        let whole = heat.values.iter().sum::<f32>() * area;
        assert!((whole - 1.0).abs() < 0.02, "{whole}");
        assert!(density(&[[1.0, 2.0]]).is_none() && density(&[[f32::NAN, 0.0]; 9]).is_none());
        assert!(density(&[[1.0, 2.0]; 9]).is_some_and(|heat| heat.values.iter().all(|value| value.is_finite())));
    }

    #[test]
    fn rarity_is_counted_in_tens_from_the_usual_place_of_a_point() {
        let points = points();
        let crowded = density(&points).unwrap();
        let rare = rarity(&crowded, &points, 2.0);
        assert_eq!(rare.at([2.0, -1.0]), Some(0.0), "in a crowd");
        let corner = rare.values[0];
        assert_eq!(corner, 2.0, "nothing is near");
        let half_way = rare.at([0.5, 0.0]).unwrap();
        let want = (quantile_at(&crowded, &points) / crowded.at([0.5, 0.0]).unwrap()).log10();
        assert!((half_way - want.clamp(0.0, 2.0)).abs() < 1e-5 && half_way > 0.0, "{half_way} {want}");
    }

    fn quantile_at(density: &Heat, points: &[[f32; 2]]) -> f32 {
        let mut there: Vec<f32> = points.iter().filter_map(|point| density.at(*point)).collect();
        there.sort_by(f32::total_cmp);
        quantile(&there, 0.5)
    }

    #[test]
    fn magnification_has_closed_forms() {
        let bounds = [[0.5, 2.5], [-1.0, 1.0]];
        let plane = Plane::axes(&[0.0, 0.0], 0, 1);
        // Polar coordinates: an area of one at radius r becomes r.
        let mut polar = |z: ArrayView2<f32>| {
            Some(Array2::from_shape_fn((z.nrows(), 2), |(i, f)| z[[i, 0]] * [z[[i, 1]].cos(), z[[i, 1]].sin()][f]))
        };
        let heat = magnification(&plane, Lattice { bounds, size: [9, 7] }, 0.01, &mut polar).unwrap();
        for (i, found) in heat.values.iter().enumerate() {
            let [r, _] = heat.lattice.middle([i % 9, i / 9]);
            assert!((found / r - 1.0).abs() < 1e-4, "{found} at r = {r}");
        }
        // A paraboloid (x, y, x² + y²): √(1 + 4x² + 4y²).
        let mut bowl = |z: ArrayView2<f32>| {
            let height = |i: usize| z[[i, 0]].powi(2) + z[[i, 1]].powi(2);
            Some(Array2::from_shape_fn((z.nrows(), 3), |(i, f)| [z[[i, 0]], z[[i, 1]], height(i)][f]))
        };
        let heat = magnification(&plane, Lattice { bounds, size: [5, 5] }, 0.01, &mut bowl).unwrap();
        for (i, found) in heat.values.iter().enumerate() {
            let [x, y] = heat.lattice.middle([i % 5, i / 5]);
            let want = (1.0 + 4.0 * x * x + 4.0 * y * y).sqrt();
            assert!((found / want - 1.0).abs() < 1e-4, "{found} and {want}");
        }
        // On a line it is the length of the derivative: of (cos 3z, sin 3z) 3.
        let mut circle = |z: ArrayView2<f32>| {
            let angle = |i: usize| 3.0 * z[[i, 0]];
            Some(Array2::from_shape_fn((z.nrows(), 2), |(i, f)| [angle(i).cos(), angle(i).sin()][f]))
        };
        let line = Plane::axes(&[0.0], 0, 0);
        let heat = magnification(&line, Lattice { bounds, size: [6, 4] }, 2e-3, &mut circle).unwrap();
        assert!(heat.values.len() == 6 && heat.values.iter().all(|found| (found / 3.0 - 1.0).abs() < 1e-4));
        assert!(magnification(&plane, Lattice { bounds, size: [3, 3] }, 0.01, &mut |_| None).is_none());
    }
}
