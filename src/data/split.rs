//! One set of samples cut into those to train on and those to test with.

use super::{DataError, DataSplit, Dataset, malformed};
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use std::collections::BTreeMap;

/// Any number does; it is fixed so that a table is always cut alike.
const SEED: u64 = 1936;

/// Cuts `all` so that about `test_share` of every class is kept to test with; both parts keep the order of
/// `all`.
///
/// Fails where nothing would be left on one side.
pub fn split_evenly(file: &str, name: String, all: &Dataset, test_share: f64) -> Result<DataSplit, DataError> {
    let n = all.n_samples();
    if n < 2 {
        let problem = "one row alone cannot be split into training and test; use a table that has more";
        return Err(malformed(file, problem));
    }
    let of: Option<Vec<i64>> = all.labels().map(|labels| labels.of.iter().map(|&of| of.into()).collect());
    let is_test = test_indices(n, of.as_deref(), test_share);
    let part = |of_test: bool| (0..n as u32).filter(|&i| is_test[i as usize] == of_test).collect::<Vec<u32>>();
    Ok(DataSplit { name, train: all.select(&part(false))?, test: all.select(&part(true))?, notes: Vec::new() })
}

/// Which of `n` samples (at least 2), of classes `of`, are kept to test with: by seed, about `share` of every
/// class, and at least one sample on either side.
///
/// A class of one sample is trained on, unless all are: then the classes do not count.
pub fn test_indices(n: usize, of: Option<&[i64]>, share: f64) -> Vec<bool> {
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    let mut is_test = vec![false; n];
    let mut members: BTreeMap<i64, Vec<u32>> = BTreeMap::new();
    for i in 0..n {
        members.entry(of.map_or(0, |of| of[i])).or_default().push(i as u32);
    }
    let n_of_share =
        |n: usize| ((n as f64 * share).round() as usize).clamp(usize::from(n > 1), n.saturating_sub(1));
    for members in members.values_mut() {
        members.shuffle(&mut rng);
        members[..n_of_share(members.len())].iter().for_each(|&i| is_test[i as usize] = true);
    }
    if !is_test.contains(&true) {
        let mut all: Vec<usize> = (0..n).collect();
        all.shuffle(&mut rng);
        all[..n_of_share(n)].iter().for_each(|&i| is_test[i] = true);
    }
    is_test
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Labels, SampleKind, Values};

    #[test]
    fn every_class_has_its_share_on_both_sides_and_no_sample_is_on_both() {
        // Sorted by class, as tables are: 30, 20, 10 and 1 of each.
        let of: Vec<u16> =
            [(0, 30), (1, 20), (2, 10), (3, 1)].into_iter().flat_map(|(class, n)| vec![class; n]).collect();
        let names = ["a", "b", "c", "d"].map(String::from).into();
        let kind = SampleKind::Vector { names: ["x".to_string()].into() };
        let values = Values::Floats((0..61).map(|i| i as f32).collect());
        let all = Dataset::new(kind, values, Some(Labels { names, of: of.into() }), vec![]).unwrap();
        let split = split_evenly("file", "name".into(), &all, 0.2).unwrap();
        let counts = |part: &Dataset| {
            [0, 1, 2, 3].map(|class| part.labels().unwrap().of.iter().filter(|&&of| of == class).count())
        };
        assert_eq!((counts(&split.train), counts(&split.test)), ([24, 16, 8, 1], [6, 4, 2, 0]));
        let mut seen: Vec<f32> = Vec::new();
        for part in [&split.train, &split.test] {
            let mut x = ndarray::Array2::zeros((part.n_samples(), 1));
            part.gather(&(0..part.n_samples() as u32).collect::<Vec<_>>(), &mut x);
            assert!(x.iter().is_sorted());
            seen.extend(x);
        }
        seen.sort_by(f32::total_cmp);
        assert_eq!(seen, (0..61).map(|i| i as f32).collect::<Vec<_>>());
        assert!(split_evenly("file", "name".into(), &all.slice(60..61).unwrap(), 0.2).is_err());
        let one_each = test_indices(5, Some(&[1, 2, 3, 4, 5]), 0.2);
        assert_eq!(one_each.iter().filter(|is_test| **is_test).count(), 1, "classes of one sample do not count");
    }
}
