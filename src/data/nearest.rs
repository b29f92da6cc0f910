//! The samples nearest to a given one, exactly and by their features.

use super::words::counted;
use super::{Best, Cancel, Count, Dataset, SampleKind, Scaling, Values};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Samples looked at between two looks at whether to stop.
const CHUNK: usize = 1024;
/// Features summed before a sample is given up as too far.
const STRIDE: usize = 112;

/// How far apart two rows of numbers are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Distance {
    /// √Σ(a − b)².
    #[default]
    Euclid,
    /// 1 − a·b / (‖a‖ ‖b‖): only directions count, not lengths. What has no length lies at 1 from all.
    Cosine,
}

/// As [`nearest`], by some distance; documents, whose directions are those of their shares, by the counts as
/// they are.
pub fn nearest_by(
    data: &Dataset,
    x: &[f32],
    distance: Distance,
    k: usize,
    cancel: &Cancel,
) -> Option<Vec<(u32, f32)>> {
    if distance == Distance::Euclid {
        return nearest(data, x, k, cancel);
    }
    assert_eq!(x.len(), data.n_features(), "nearest: x is of another shape");
    let length = x.iter().map(|x| x * x).sum::<f32>().sqrt();
    let x: Vec<f32> = x.iter().map(|x| if length > 0.0 { x / length } else { 0.0 }).collect();
    let mut best = Best::new(k);
    if let (Values::Bytes(bytes), None) = (data.values(), data.scaling()) {
        for (chunk, samples) in bytes.chunks(CHUNK * x.len()).enumerate() {
            if cancel.is_set() {
                return None;
            }
            scan_byte_directions(samples, &x, chunk * CHUNK, &mut best);
        }
        return Some(best.into_vec());
    }
    for (range, samples) in data.chunks(data.chunk_size()) {
        if cancel.is_set() {
            return None;
        }
        scan_directions(samples.as_slice()?, &x, range.start, &mut best);
    }
    Some(best.into_vec())
}

#[multiversion::multiversion(targets("x86_64+avx512f", "x86_64+avx2+fma"))]
fn scan_byte_directions(samples: &[u8], x: &[f32], first: usize, best: &mut Best<u32>) {
    directions(samples, x, first, best, f32::from);
}

#[multiversion::multiversion(targets("x86_64+avx512f", "x86_64+avx2+fma"))]
fn scan_directions(samples: &[f32], x: &[f32], first: usize, best: &mut Best<u32>) {
    directions(samples, x, first, best, |value| value);
}

/// Looks at samples, the first of them number `first`, by the angle to `x`, which has unit length or none.
#[inline(always)]
fn directions<T: Copy>(
    samples: &[T],
    x: &[f32],
    first: usize,
    best: &mut Best<u32>,
    number: impl Fn(T) -> f32 + Copy,
) {
    for (i, sample) in samples.chunks_exact(x.len()).enumerate() {
        let dot = product(sample, x, number, |x| x);
        let square = product(sample, sample, number, number);
        let distance = if square > 0.0 { 1.0 - dot / square.sqrt() } else { 1.0 };
        best.see((first + i) as u32, distance);
    }
}

/// Σ a·x, as several sums side by side, which is what lets the compiler use vectors. One loop for this and
/// Σ a² together would not be vectorised, and six times as slow as one for each.
#[inline(always)]
fn product<A: Copy, X: Copy>(a: &[A], x: &[X], of_a: impl Fn(A) -> f32, of_x: impl Fn(X) -> f32) -> f32 {
    let mut sums = [0.0f32; 16];
    let (samples, rest) = a.as_chunks::<16>();
    let (xs, x_rest) = x.as_chunks::<16>();
    for (sample, x) in samples.iter().zip(xs) {
        for lane in 0..16 {
            sums[lane] += of_a(sample[lane]) * of_x(x[lane]);
        }
    }
    sums.iter().sum::<f32>() + rest.iter().zip(x_rest).map(|(&a, &x)| of_a(a) * of_x(x)).sum::<f32>()
}

/// The `k` samples nearest to `x`, of length features, nearest first, each with √Σ(x − sample)²; none if
/// cancelled.
///
/// `x` is in the units in which `data` are gathered. Documents are compared by the shares that words have in
/// them, however long they are, and so are sentences.
pub fn nearest(data: &Dataset, x: &[f32], k: usize, cancel: &Cancel) -> Option<Vec<(u32, f32)>> {
    assert_eq!(x.len(), data.n_features(), "nearest: x is of another shape");
    let mut best = Best::new(k);
    match (data.values(), data.kind()) {
        (Values::Sparse(rows), _) => return nearest_shares(rows.iter().map(Cow::Borrowed), x, k, cancel),
        (Values::Tokens(rows), SampleKind::Tokens { vocabulary, .. }) => {
            let mut counts = vec![0.0; vocabulary.len()];
            for count in counted(x.iter().map(|&token| token as u32)) {
                if let Some(x) = counts.get_mut(count.feature as usize) {
                    *x = count.count as f32;
                }
            }
            let rows = rows.iter().map(|row| Cow::Owned(counted(row.iter().copied())));
            return nearest_shares(rows, &counts, k, cancel);
        }
        _ => {}
    }
    // Bytes are compared in their own unit, so that no sample need be scaled.
    let scale = if matches!(data.values(), Values::Bytes(_)) { 255.0 } else { 1.0 };
    let x: Vec<f32> = x.iter().map(|x| x * scale).collect();
    if let Some(scaling) = data.scaling() {
        return nearest_scaled(data, scaling, &x, k, cancel);
    }
    for start in (0..data.n_samples()).step_by(CHUNK) {
        if cancel.is_set() {
            return None;
        }
        let range = start..(start + CHUNK).min(data.n_samples());
        match data.values() {
            Values::Bytes(bytes) => scan_bytes(bytes, &x, range, &mut best),
            Values::Floats(floats) => scan_floats(floats, &x, range, &mut best),
            Values::Sparse(_) | Values::Tokens(_) => {}
        }
    }
    Some(best.into_vec().into_iter().map(|(idx, squared)| (idx, squared.sqrt() / scale)).collect())
}

#[multiversion::multiversion(targets("x86_64+avx512f", "x86_64+avx2+fma"))]
fn scan_bytes(all: &[u8], x: &[f32], range: std::ops::Range<usize>, best: &mut Best<u32>) {
    scan(all, x, range, best, f32::from);
}

#[multiversion::multiversion(targets("x86_64+avx512f", "x86_64+avx2+fma"))]
fn scan_floats(all: &[f32], x: &[f32], range: std::ops::Range<usize>, best: &mut Best<u32>) {
    scan(all, x, range, best, |value| value);
}

#[inline(always)]
fn scan<T: Copy>(
    all: &[T],
    x: &[f32],
    range: std::ops::Range<usize>,
    best: &mut Best<u32>,
    number: impl Fn(T) -> f32 + Copy,
) {
    for idx in range {
        let sample = &all[idx * x.len()..(idx + 1) * x.len()];
        let limit = best.limit();
        let mut sum = 0.0;
        for (sample, x) in sample.chunks(STRIDE).zip(x.chunks(STRIDE)) {
            sum += squared_distance(sample, x, number);
            if sum >= limit {
                break;
            }
        }
        best.see(idx as u32, sum);
    }
}

/// As [`nearest`], where distances are those of scaled columns, as `x` already is.
fn nearest_scaled(
    data: &Dataset,
    scaling: &Scaling,
    x: &[f32],
    k: usize,
    cancel: &Cancel,
) -> Option<Vec<(u32, f32)>> {
    let Values::Floats(floats) = data.values() else { return Some(Vec::new()) };
    let mut best = Best::new(k);
    for (idx, sample) in floats.chunks_exact(x.len()).enumerate() {
        if idx.is_multiple_of(CHUNK) && cancel.is_set() {
            return None;
        }
        let squares = sample.iter().zip(x).enumerate();
        let squared: f32 = squares.map(|(column, (&value, x))| (scaling.scaled(column, value) - x).powi(2)).sum();
        best.see(idx as u32, squared);
    }
    Some(best.into_vec().into_iter().map(|(idx, squared): (u32, f32)| (idx, squared.sqrt())).collect())
}

/// Of documents: √Σ(p − q)² between the shares of words in `x` and in each. Only what a document holds
/// is looked at: Σ(p − q)² = Σp² + Σ q·(q − 2p) over its words.
fn nearest_shares<'a>(
    all: impl Iterator<Item = Cow<'a, [Count]>>,
    x: &[f32],
    k: usize,
    cancel: &Cancel,
) -> Option<Vec<(u32, f32)>> {
    let n: f64 = x.iter().map(|&x| f64::from(x)).sum();
    let p: Vec<f64> = x.iter().map(|&x| f64::from(x) / if n > 0.0 { n } else { 1.0 }).collect();
    let none: f64 = p.iter().map(|p| p * p).sum();
    let mut best = Best::new(k);
    for (idx, row) in all.enumerate() {
        if idx.is_multiple_of(CHUNK) && cancel.is_set() {
            return None;
        }
        let n: f64 = row.iter().map(|count| f64::from(count.count)).sum();
        let change = |count: &Count| {
            let q = f64::from(count.count) / n;
            q * (q - 2.0 * p[count.feature as usize])
        };
        let squared = none + row.iter().map(change).sum::<f64>();
        best.see(idx as u32, squared.max(0.0) as f32);
    }
    Some(best.into_vec().into_iter().map(|(idx, squared): (u32, f32)| (idx, squared.sqrt())).collect())
}

/// Several sums side by side, which is what lets the compiler use vectors.
#[inline(always)]
fn squared_distance<T: Copy>(sample: &[T], x: &[f32], number: impl Fn(T) -> f32) -> f32 {
    let mut sums = [0.0f32; 16];
    let (samples, rest) = sample.as_chunks::<16>();
    let (xs, x_rest) = x.as_chunks::<16>();
    for (sample, x) in samples.iter().zip(xs) {
        for lane in 0..16 {
            let difference = number(sample[lane]) - x[lane];
            sums[lane] += difference * difference;
        }
    }
    let rest: f32 = rest.iter().zip(x_rest).map(|(&sample, x)| (number(sample) - x).powi(2)).sum();
    sums.iter().sum::<f32>() + rest
}

/// Test samples whose distance to their nearest training sample gives the scale.
const N_SCALE: usize = 50;

/// How far an unseen sample lies from its nearest training sample: the median over some test samples; none if
/// cancelled.
pub fn usual_distance(train: &Dataset, test: &Dataset, cancel: &Cancel) -> Option<f32> {
    let indices = test.spread(N_SCALE);
    let mut x = ndarray::Array2::zeros((indices.len(), test.n_features()));
    test.gather(&indices, &mut x);
    let mut distances = Vec::new();
    for row in x.rows() {
        distances.push(nearest(train, row.as_slice()?, 1, cancel)?.first()?.1);
    }
    distances.sort_by(f32::total_cmp);
    distances.get(indices.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::SampleKind;
    use proptest::prelude::*;

    fn dataset(values: Values, width: usize) -> Dataset {
        let kind = SampleKind::Image { channels: 1, height: 1, width };
        Dataset::new(kind, values, None, vec![]).unwrap()
    }

    proptest! {
        #[test]
        fn equals_sorting_all_distances(
            bytes in proptest::collection::vec(any::<u8>(), 130 * 40), seed in 0u8..200, k in 1usize..6
        ) {
            let x: Vec<f32> = (0..130).map(|i| f32::from((i as u8).wrapping_mul(seed)) / 255.0).collect();
            let distance = |sample: &[u8]| {
                let squares = sample.iter().zip(&x).map(|(&b, x)| (f64::from(b) / 255.0 - f64::from(*x)).powi(2));
                squares.sum::<f64>().sqrt() as f32
            };
            let mut all: Vec<f32> = bytes.chunks(130).map(distance).collect();
            all.sort_by(f32::total_cmp);
            let floats: Vec<f32> = bytes.iter().map(|&b| f32::from(b) / 255.0).collect();
            for values in [Values::Bytes(bytes.clone().into()), Values::Floats(floats.into())] {
                let found = nearest(&dataset(values, 130), &x, k, &Cancel::default()).unwrap();
                prop_assert_eq!(found.len(), k);
                for ((idx, got), want) in found.iter().zip(&all) {
                    prop_assert!((got - want).abs() < 1e-3, "{} {}", got, want);
                    prop_assert!((distance(&bytes[*idx as usize * 130..][..130]) - got).abs() < 1e-3);
                }
            }
        }
    }

    proptest! {
        #[test]
        fn documents_are_compared_by_shares_of_words(dense in proptest::collection::vec(0u8..4, 5 * 30), x in proptest::collection::vec(0.0f32..4.0, 5)) {
            let documents: Vec<&[u8]> = dense.chunks(5).filter(|row| row.iter().any(|count| *count > 0)).collect();
            prop_assume!(documents.len() > 4 && x.iter().sum::<f32>() > 0.1);
            let shares = |of: &[f32]| -> Vec<f32> { of.iter().map(|x| x / of.iter().sum::<f32>()).collect() };
            let p = shares(&x);
            let distance = |row: &[u8]| {
                let q = shares(&row.iter().map(|&count| f32::from(count)).collect::<Vec<_>>());
                p.iter().zip(q).map(|(p, q)| (p - q).powi(2)).sum::<f32>().sqrt()
            };
            let mut wanted: Vec<f32> = documents.iter().map(|row| distance(row)).collect();
            wanted.sort_by(f32::total_cmp);
            let rows = documents.iter().map(|row| {
                let present = row.iter().enumerate().filter(|(_, count)| **count > 0);
                present.map(|(feature, &count)| Count { feature: feature as u32, count: u32::from(count) }).collect()
            });
            let kind = SampleKind::Bag { vocabulary: (0..5).map(|i| i.to_string()).collect() };
            let data = Dataset::new(kind, Values::Sparse(rows.collect()), None, vec![]).unwrap();
            let found = nearest(&data, &x, 4, &Cancel::default()).unwrap();
            for ((idx, got), want) in found.iter().zip(&wanted) {
                prop_assert!((got - want).abs() < 1e-4, "{} {}", got, want);
                prop_assert!((distance(documents[*idx as usize]) - got).abs() < 1e-4);
            }
        }
    }

    #[test]
    fn by_direction_only_angles_count() {
        let bytes: Vec<u8> = (0..20 * 40u32).map(|i| (i * i * 37 % 251) as u8).chain([0; 20]).collect();
        let floats: Vec<f32> = bytes.iter().map(|&b| f32::from(b) / 255.0).collect();
        let x: Vec<f32> = (0..20).map(|i| ((i * 7 % 11) as f32 - 3.0) / 5.0).collect();
        let length = |row: &[f32]| row.iter().map(|v| f64::from(*v).powi(2)).sum::<f64>().sqrt();
        let distance = |row: &[f32]| {
            let dot: f64 = row.iter().zip(&x).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum();
            if length(row) > 0.0 { 1.0 - dot / (length(row) * length(&x)) } else { 1.0 }
        };
        let mut wanted: Vec<(u32, f64)> = (0..).zip(floats.chunks(20).map(distance)).collect();
        wanted.sort_by(|a, b| a.1.total_cmp(&b.1));
        for values in [Values::Bytes(bytes.into()), Values::Floats(floats.clone().into())] {
            let data = dataset(values, 20);
            let found = nearest_by(&data, &x, Distance::Cosine, 41, &Cancel::default()).unwrap();
            assert_eq!(found.len(), 41);
            for ((idx, found), (_, wanted)) in found.iter().zip(&wanted) {
                assert!((f64::from(*found) - wanted).abs() < 1e-5, "{idx}: {found} for {wanted}");
            }
            let euclid = nearest_by(&data, &x, Distance::Euclid, 5, &Cancel::default());
            assert_eq!(euclid, nearest(&data, &x, 5, &Cancel::default()));
        }
    }

    #[test]
    fn of_samples_as_near_the_first_comes_first() {
        let kind = SampleKind::Image { channels: 1, height: 1, width: 1 };
        let data = Dataset::new(kind, Values::Bytes(vec![9, 5, 5, 1, 9, 5].into()), None, vec![]).unwrap();
        let found = nearest(&data, &[5.0 / 255.0], 6, &Cancel::default()).unwrap();
        assert_eq!(found.iter().map(|found| found.0).collect::<Vec<_>>(), [1, 2, 5, 0, 3, 4]);
    }

    #[test]
    fn scaled_columns_weigh_alike() {
        let values = Values::Floats([0.0, 0.0, 1.0, 1000.0, 2.0, 0.0].as_slice().into());
        let kind = SampleKind::table(["a", "b"]);
        let data = Dataset::new(kind, values, None, vec![]).unwrap();
        let unit = Scaling::fit(crate::data::ScalingRule::Unit, &data).unwrap();
        let order = |data: &Dataset, x: &[f32]| -> Vec<u32> {
            nearest(data, x, 3, &Cancel::default()).unwrap().into_iter().map(|found| found.0).collect()
        };
        assert_eq!(order(&data, &[0.0, 800.0]), [1, 0, 2]);
        let found = nearest(&data.scaled(Some(&unit)), &[0.9, 0.8], 3, &Cancel::default()).unwrap();
        assert_eq!(found.iter().map(|found| found.0).collect::<Vec<_>>(), [1, 2, 0]);
        assert!((found[0].1 - (0.4f32 * 0.4 + 0.2 * 0.2).sqrt()).abs() < 1e-6);
    }

    #[test]
    fn the_usual_distance_is_the_median() {
        let train = dataset(Values::Floats([0.0].as_slice().into()), 1);
        let test = dataset(Values::Floats([9.0, 1.0, 4.0, 100.0, 5.0].as_slice().into()), 1);
        assert_eq!(usual_distance(&train, &test, &Cancel::default()), Some(5.0));
    }

    #[test]
    fn a_sample_lies_nowhere_from_itself_and_a_search_can_be_given_up() {
        let data = dataset(Values::Bytes((0..100).collect()), 2);
        let cancel = Cancel::default();
        assert_eq!(nearest(&data, &[10.0 / 255.0, 11.0 / 255.0], 1, &cancel).unwrap()[0].0, 5);
        assert!(usual_distance(&data, &data, &cancel).unwrap() < 1e-6);
        cancel.set();
        assert!(nearest(&data, &[0.0, 0.0], 1, &cancel).is_none());
    }
}
