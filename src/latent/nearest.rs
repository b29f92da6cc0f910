//! The codes nearest to a given one, exactly: each is looked at.
//!
//! In two dimensions sixty thousand take less time than walking an index would save, and in thirty no index
//! saves anything.

use crate::data::{Best, Distance};
use ndarray::ArrayView2;

/// Rows measured before they are compared with the nearest so far.
const CHUNK: usize = 1024;
/// Sums side by side, which is what lets the compiler use vectors.
const LANES: usize = 8;

/// The `k` rows of `codes` [n, d] nearest to `z`, nearest first, each with ‖row − z‖; of equal ones the
/// first comes first.
///
/// Panics where `z` has another length than the rows.
pub fn nearest_codes(codes: ArrayView2<f32>, z: &[f32], k: usize) -> Vec<(usize, f32)> {
    let best = best(codes, z, k, squared_distances);
    best.into_iter().map(|(row, squared)| (row, squared.sqrt())).collect()
}

/// As [`nearest_codes`], by some distance.
pub fn nearest_codes_by(codes: ArrayView2<f32>, z: &[f32], distance: Distance, k: usize) -> Vec<(usize, f32)> {
    match distance {
        Distance::Euclid => nearest_codes(codes, z, k),
        Distance::Cosine => best(codes, z, k, cosine_distances),
    }
}

/// The `k` rows of the least measure, each with it; `measure` is given rows, `z`, and a place for each row's.
fn best(
    codes: ArrayView2<f32>,
    z: &[f32],
    k: usize,
    measure: impl Fn(&[f32], &[f32], &mut [f32]),
) -> Vec<(usize, f32)> {
    assert_eq!(codes.ncols(), z.len(), "a code of {} dimensions among ones of {}", z.len(), codes.ncols());
    let codes = codes.as_standard_layout();
    let all = codes.as_slice().unwrap_or_default();
    let mut best = Best::new(k);
    if z.is_empty() {
        return Vec::new();
    }
    let mut measures = [0.0; CHUNK];
    for (chunk, rows) in all.chunks(CHUNK * z.len()).enumerate() {
        let measures = &mut measures[..rows.len() / z.len()];
        measure(rows, z, measures);
        for (i, &measured) in measures.iter().enumerate() {
            best.see(chunk * CHUNK + i, measured);
        }
    }
    best.into_vec()
}

/// 1 − row·z / (‖row‖ ‖z‖), and 1 where either has no length.
#[multiversion::multiversion(targets("x86_64+avx512f", "x86_64+avx2+fma"))]
fn cosine_distances(rows: &[f32], z: &[f32], out: &mut [f32]) {
    let of_z: f32 = z.iter().map(|z| z * z).sum();
    for (out, row) in out.iter_mut().zip(rows.chunks_exact(z.len())) {
        let (mut dot, mut square) = (0.0, 0.0);
        for (row, z) in row.iter().zip(z) {
            dot += row * z;
            square += row * row;
        }
        let lengths = (square * of_z).sqrt();
        *out = if lengths > 0.0 { 1.0 - dot / lengths } else { 1.0 };
    }
}

#[multiversion::multiversion(targets("x86_64+avx512f", "x86_64+avx2+fma"))]
fn squared_distances(rows: &[f32], z: &[f32], out: &mut [f32]) {
    if let [x, y] = *z {
        let pairs = rows.as_chunks::<2>().0;
        out.iter_mut().zip(pairs).for_each(|(out, [a, b])| *out = (a - x) * (a - x) + (b - y) * (b - y));
        return;
    }
    let (zs, z_rest) = z.as_chunks::<LANES>();
    for (out, row) in out.iter_mut().zip(rows.chunks_exact(z.len())) {
        let (parts, rest) = row.as_chunks::<LANES>();
        let mut sums = [0.0f32; LANES];
        for (part, z) in parts.iter().zip(zs) {
            for lane in 0..LANES {
                let difference = part[lane] - z[lane];
                sums[lane] += difference * difference;
            }
        }
        let rest: f32 = rest.iter().zip(z_rest).map(|(a, b)| (a - b) * (a - b)).sum();
        *out = sums.iter().sum::<f32>() + rest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};
    use proptest::prelude::*;

    #[test]
    fn of_codes_as_near_the_first_comes_first() {
        let codes = Array2::from_shape_vec((5, 1), vec![3.0, -1.0, 1.0, 7.0, 1.0]).unwrap();
        assert_eq!(nearest_codes(codes.view(), &[0.0], 3), [(1, 1.0), (2, 1.0), (4, 1.0)]);
        assert_eq!(nearest_codes(codes.view(), &[0.0], 9).len(), 5);
        assert_eq!(nearest_codes(Array2::zeros((0, 2)).view(), &[0.0, 0.0], 2), []);
    }

    #[test]
    fn by_direction_only_angles_count() {
        let codes = array![[9.0f32, 9.0], [1.0, 0.0], [-1.0, -1.0], [0.0, 0.0], [0.1, 0.2]];
        let found = nearest_codes_by(codes.view(), &[2.0, 2.0], Distance::Cosine, 9);
        assert_eq!(found.iter().map(|found| found.0).collect::<Vec<_>>(), [0, 4, 1, 3, 2]);
        let wanted = [0.0, 1.0 - 0.3 / (0.1f32).sqrt(), 1.0 - 0.5f32.sqrt(), 1.0, 2.0];
        assert!(found.iter().zip(wanted).all(|(found, wanted)| (found.1 - wanted).abs() < 1e-5), "{found:?}");
        let euclid = nearest_codes_by(codes.view(), &[2.0, 2.0], Distance::Euclid, 2);
        assert_eq!(euclid, nearest_codes(codes.view(), &[2.0, 2.0], 2));
    }

    proptest! {
        #[test]
        fn equals_sorting_all_distances(
            values in prop::collection::vec(-4.0f32..4.0, 3000), d in 1usize..20, k in 1usize..6, which in 0usize..100
        ) {
            let n = values.len() / d;
            let codes = Array2::from_shape_vec((n, d), values[..n * d].to_vec()).unwrap();
            let z: Vec<f32> = codes.row(which % n).iter().map(|z| z + 0.1).collect();
            let distance = |row: usize| {
                codes.row(row).iter().zip(&z).map(|(a, b)| f64::from(a - b).powi(2)).sum::<f64>().sqrt()
            };
            let mut all: Vec<f64> = (0..n).map(distance).collect();
            all.sort_by(f64::total_cmp);
            let found = nearest_codes(codes.view(), &z, k);
            prop_assert_eq!(found.len(), k);
            for ((row, got), want) in found.into_iter().zip(all) {
                prop_assert!((f64::from(got) - want).abs() < 1e-4 && (distance(row) - want).abs() < 1e-4);
            }
        }
    }
}
