//! The geodesic between two codes: the way between them along which the decoded sample changes least.
//!
//! Lengths are those of the metric that the decoder pulls back from the space of samples, JᵀJ with
//! J = ∂x̂/∂z (Arvanitidis et al. 2018; Chen et al. 2018, both of decoders of VAEs). A curve of codes
//! z₀ … z_K with fixed ends is moved until its energy ½ Σ ‖x̂ᵢ₊₁ − x̂ᵢ‖² is least, by
//! Gauss–Newton steps with Levenberg's damping; J is taken by central differences, so that any decoder will
//! do. Where a decoder bends sharply a chord cuts corners and its piece grows long; so the codes are spread
//! evenly along the finished curve, by its length in x̂.
//!
//! It begins on the straight line and ends in the nearest valley, which need not be the deepest. What a
//! decoder does where no code ever lay counts like the rest.

use super::Decode;
use super::path::at_even_lengths;
use crate::nn::solve_positive_definite;
use ndarray::{Array1, Array2, ArrayView2, Axis, concatenate, s};

/// Pieces of the curve.
pub const PIECES: usize = 64;
/// Places of a piece at which the finished curve is measured.
const FINE: usize = 8;
/// Most steps; some dozen are usual.
const MAX_STEPS: usize = 50;
/// Longest codes: the cost of a step grows with their length.
const MAX_DIMS: usize = 64;
/// A difference's reach, as a share of the distance between the ends: single precision is worn out by a
/// shorter one.
const REACH: f64 = 5e-3;
/// Codes that are decoded at once for differences.
const BATCH: usize = 256;
/// A step that lowers the energy by a smaller share is the last.
const ENOUGH: f64 = 1e-5;

/// The codes of a geodesic from one code to another [PIECES + 1, latent_dim], both ends among them; none
/// where `decode` gives up, or the codes are too long.
pub fn geodesic(from: &[f32], to: &[f32], decode: &mut Decode<'_>) -> Option<Array2<f32>> {
    let n_dims = from.len();
    if !(1..=MAX_DIMS).contains(&n_dims) {
        return None;
    }
    let t = |i: usize| i as f64 / PIECES as f64;
    let mut z = Array2::from_shape_fn((PIECES + 1, n_dims), |(i, d)| {
        (1.0 - t(i)) * f64::from(from[d]) + t(i) * f64::from(to[d])
    });
    let apart = from.iter().zip(to).map(|(a, b)| f64::from(a - b).powi(2)).sum::<f64>().sqrt();
    let mut x = decode(single(&z).view())?;
    let mut energy = energy_of(x.view());
    let mut damping = 1e-3;
    for _ in 0..MAX_STEPS {
        if apart == 0.0 || energy == 0.0 {
            break;
        }
        let system = System::at(&z, x.view(), REACH * apart, decode)?;
        let Some((moved, x_moved, lower)) = descend(&z, energy, &system, &mut damping, decode)? else { break };
        let gained = (energy - lower) / energy;
        (z, x, energy) = (moved, x_moved, lower);
        if gained < ENOUGH {
            break;
        }
    }
    evenly(&single(&z), decode)
}

/// As many codes on the line through the rows of `curve`, at even lengths of x̂.
fn evenly(curve: &Array2<f32>, decode: &mut Decode<'_>) -> Option<Array2<f32>> {
    let (last, n_dims) = (curve.nrows() - 1, curve.ncols());
    let fine = Array2::from_shape_fn((last * FINE + 1, n_dims), |(i, d)| {
        let (before, share) = ((i / FINE).min(last - 1), i as f32 / FINE as f32);
        curve[[before, d]] + (share - before as f32) * (curve[[before + 1, d]] - curve[[before, d]])
    });
    let mut lengths = vec![0.0];
    // Some at a time, for samples may be large; each begins with the last one before.
    for start in (0..last * FINE).step_by(BATCH) {
        let end = (start + BATCH).min(last * FINE);
        for step in steps(decode(fine.slice(s![start..=end, ..]))?.view()) {
            lengths.push(lengths[lengths.len() - 1] + step);
        }
    }
    if lengths[lengths.len() - 1] == 0.0 {
        return Some(curve.clone());
    }
    let mut spread = at_even_lengths(fine.view(), &lengths, last);
    for end in [0, last] {
        spread.row_mut(end).assign(&curve.row(end));
    }
    Some(spread)
}

/// ½ Σ ‖x̂ᵢ₊₁ − x̂ᵢ‖² of the rows of `x`.
fn energy_of(x: ArrayView2<f32>) -> f64 {
    0.5 * steps(x).iter().map(|step| step * step).sum::<f64>()
}

/// ‖x̂ᵢ₊₁ − x̂ᵢ‖ of neighbouring rows of `x`.
pub fn steps(x: ArrayView2<f32>) -> Vec<f64> {
    let pairs = x.rows().into_iter().zip(x.rows().into_iter().skip(1));
    pairs.map(|(a, b)| a.iter().zip(b).map(|(a, b)| f64::from(b - a).powi(2)).sum::<f64>().sqrt()).collect()
}

fn single(z: &Array2<f64>) -> Array2<f32> {
    z.mapv(|z| z as f32)
}

/// Curve, decoded curve and energy after a step that lowers it; none where no step does any more.
type Step = (Array2<f64>, Array2<f32>, f64);

/// A step along the system's solution, damped until it lowers the energy. None where decoding is given up.
fn descend(
    z: &Array2<f64>,
    energy: f64,
    system: &System,
    damping: &mut f64,
    decode: &mut Decode<'_>,
) -> Option<Option<Step>> {
    const MOST: f64 = 1e6;
    while *damping < MOST {
        if let Some(delta) = system.solve(*damping) {
            let mut moved = z.clone();
            let mut inner = moved.slice_mut(s![1..PIECES, ..]);
            inner += &delta;
            let x = decode(single(&moved).view())?;
            let lower = energy_of(x.view());
            if lower < energy {
                *damping = (*damping / 5.0).max(1e-9);
                return Some(Some((moved, x, lower)));
            }
        }
        *damping *= 4.0;
    }
    Some(None)
}

/// The normal equations of a step: block tridiagonal, a block an inner code.
struct System {
    /// 2 JᵢᵀJᵢ.
    diagonal: Vec<Array2<f64>>,
    /// −JᵢᵀJᵢ₊₁.
    beside: Vec<Array2<f64>>,
    /// −Jᵢᵀ(2 x̂ᵢ − x̂ᵢ₋₁ − x̂ᵢ₊₁).
    down: Vec<Array1<f64>>,
}

impl System {
    /// At the curve `z`, whose decode is `x`.
    fn at(z: &Array2<f64>, x: ArrayView2<f32>, reach: f64, decode: &mut Decode<'_>) -> Option<Self> {
        let n_dims = z.ncols();
        let mut system = Self { diagonal: Vec::new(), beside: Vec::new(), down: Vec::new() };
        let inner: Vec<usize> = (1..PIECES).collect();
        let mut before: Option<Array2<f64>> = None;
        for some in inner.chunks((BATCH / (2 * n_dims)).max(1)) {
            let there = Array2::from_shape_fn((some.len() * 2 * n_dims, n_dims), |(row, d)| {
                let (point, which) = (some[row / (2 * n_dims)], row % (2 * n_dims));
                let sign = if which % 2 == 0 { reach } else { -reach };
                (z[[point, d]] + if which / 2 == d { sign } else { 0.0 }) as f32
            });
            let decoded = decode(there.view())?;
            for (i, &point) in some.iter().enumerate() {
                let of_point = decoded.slice(s![i * 2 * n_dims..(i + 1) * 2 * n_dims, ..]);
                let jacobian = Array2::from_shape_fn((n_dims, x.ncols()), |(d, feature)| {
                    let rise = f64::from(of_point[[2 * d, feature]]) - f64::from(of_point[[2 * d + 1, feature]]);
                    rise / (2.0 * reach)
                });
                let bend = Array1::from_shape_fn(x.ncols(), |feature| {
                    let at = |i: usize| f64::from(x[[i, feature]]);
                    at(point - 1) + at(point + 1) - 2.0 * at(point)
                });
                system.diagonal.push(2.0 * jacobian.dot(&jacobian.t()));
                system.down.push(jacobian.dot(&bend));
                system.beside.extend(before.map(|before| -before.dot(&jacobian.t())));
                before = Some(jacobian);
            }
        }
        Some(system)
    }

    /// The change of the inner codes [PIECES − 1, latent_dim]; none where the damped system is still no
    /// positive definite one.
    fn solve(&self, damping: f64) -> Option<Array2<f64>> {
        let (n, n_dims) = (self.diagonal.len(), self.diagonal[0].nrows());
        let trace: f64 = self.diagonal.iter().map(|block| block.diag().sum()).sum();
        let added = damping * (trace / (n * n_dims) as f64).max(f64::MIN_POSITIVE);
        let damped = Array2::from_diag_elem(n_dims, added);
        // Of each block, forwards: S⁻¹ [beside | right].
        let mut solved: Vec<Array2<f64>> = Vec::with_capacity(n);
        for i in 0..n {
            let (mut block, mut right) = (&self.diagonal[i] + &damped, self.down[i].clone().insert_axis(Axis(1)));
            if i > 0 {
                let (beside, known) = (&self.beside[i - 1], &solved[i - 1]);
                block -= &beside.t().dot(&known.slice(s![.., ..n_dims]));
                right -= &beside.t().dot(&known.slice(s![.., n_dims..]));
            }
            let none = Array2::zeros((n_dims, n_dims));
            let beside = self.beside.get(i).unwrap_or(&none);
            let wanted = concatenate(Axis(1), &[beside.view(), right.view()]).ok()?;
            solved.push(solve_positive_definite(block.view(), wanted.view())?);
        }
        let mut delta = Array2::zeros((n, n_dims));
        for i in (0..n).rev() {
            let mut row = solved[i].slice(s![.., n_dims]).to_owned();
            if i + 1 < n {
                row -= &solved[i].slice(s![.., ..n_dims]).dot(&delta.row(i + 1));
            }
            delta.row_mut(i).assign(&row);
        }
        delta.iter().all(|part: &f64| part.is_finite()).then_some(delta)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The plane in polar coordinates: (r, θ) to (r cos θ, r sin θ), whose geodesics are straight lines.
    fn polar(z: ArrayView2<f32>) -> Option<Array2<f32>> {
        Some(Array2::from_shape_fn((z.nrows(), 2), |(i, feature)| {
            let (sin, cos) = z[[i, 1]].sin_cos();
            z[[i, 0]] * [cos, sin][feature]
        }))
    }

    fn length(z: &Array2<f32>, decode: &mut Decode<'_>) -> f64 {
        steps(decode(z.view()).unwrap().view()).iter().sum()
    }

    #[test]
    fn in_polar_coordinates_it_is_the_chord() {
        let path = geodesic(&[1.0, -1.0], &[1.0, 1.0], &mut polar).unwrap();
        // 2 sin 1, where the line that is straight in (r, θ) runs along the arc and is 2 long.
        assert!((length(&path, &mut polar) - 1.682_942).abs() < 1e-4, "{}", length(&path, &mut polar));
        assert_eq!((path.row(0).to_vec(), path.row(PIECES).to_vec()), (vec![1.0, -1.0], vec![1.0, 1.0]));
        let middle = path.row(PIECES / 2);
        assert!((middle[0] - 1f32.cos()).abs() < 1e-3 && middle[1].abs() < 1e-3, "{middle}");
        let steps = steps(polar(path.view()).unwrap().view());
        let mean = steps.iter().sum::<f64>() / PIECES as f64;
        assert!(steps.iter().all(|step| (step / mean - 1.0).abs() < 1e-2), "even in the picture: {steps:?}");
    }

    #[test]
    fn on_a_sphere_it_is_the_great_circle() {
        // (longitude, latitude) in radians, to a ball of radius 2.
        let mut sphere = |z: ArrayView2<f32>| {
            Some(Array2::from_shape_fn((z.nrows(), 3), |(i, feature)| {
                let (longitude, latitude) = (z[[i, 0]], z[[i, 1]]);
                let (sin, cos) = longitude.sin_cos();
                2.0 * [latitude.cos() * cos, latitude.cos() * sin, latitude.sin()][feature]
            }))
        };
        let path = geodesic(&[-1.2, 0.8], &[1.2, 0.8], &mut sphere).unwrap();
        let angle = (0.8f64.sin().powi(2) + 0.8f64.cos().powi(2) * 2.4f64.cos()).acos();
        // Chords of 64 pieces fall short of the arc by a share of angle² / (24 · 64²).
        assert!((length(&path, &mut sphere) - 2.0 * angle).abs() < 2e-3, "{}", length(&path, &mut sphere));
        assert!(path[[PIECES / 2, 1]] > 1.0, "over the pole rather than along the circle of latitude");
    }

    #[test]
    fn where_nothing_changes_or_decoding_ends_there_is_no_harm() {
        let mut flat = |z: ArrayView2<f32>| Some(Array2::zeros((z.nrows(), 3)));
        let path = geodesic(&[0.0, 0.0], &[1.0, 2.0], &mut flat).unwrap();
        assert_eq!(path.row(PIECES / 2).to_vec(), [0.5, 1.0], "the straight line");
        assert!(geodesic(&[1.0], &[1.0], &mut |z| Some(z.to_owned())).is_some());
        let mut n = 0;
        let mut given_up = |z: ArrayView2<f32>| {
            n += 1;
            if n < 3 { polar(z) } else { None }
        };
        assert!(geodesic(&[1.0, -1.0], &[1.0, 1.0], &mut given_up).is_none());
        assert!(geodesic(&[0.0; 65], &[1.0; 65], &mut flat).is_none());
    }
}
