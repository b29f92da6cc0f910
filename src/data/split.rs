//! One set of samples cut into those to train on and those to test with.

use super::{DataError, DataSplit, Dataset, malformed};
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

/// Any number does; it is fixed so that a table is always cut alike.
const SEED: u64 = 1936;

/// Cuts `all` so that about `test_share` of every class is kept to test with; both parts keep the order of `all`.
///
/// A class of one sample is trained on. Fails where nothing would be left on one side.
pub fn split_evenly(file: &str, name: String, all: &Dataset, test_share: f64) -> Result<DataSplit, DataError> {
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    let of = all.labels().map(|labels| &*labels.of);
    let (mut train, mut test) = (Vec::new(), Vec::new());
    for class in 0..all.classes().len().max(1) {
        let is_in = |idx: &u32| of.is_none_or(|of| usize::from(of[*idx as usize]) == class);
        let mut members: Vec<u32> = (0..all.n_samples() as u32).filter(is_in).collect();
        members.shuffle(&mut rng);
        let n = members.len();
        let n_test = ((n as f64 * test_share).round() as usize).clamp(usize::from(n > 1), n.saturating_sub(1));
        test.extend(members.drain(..n_test));
        train.extend(members);
    }
    if train.is_empty() || test.is_empty() {
        let problem = format!(
            "{} rows cannot be split into training and test; use a table that has more of each class",
            all.n_samples()
        );
        return Err(malformed(file, problem));
    }
    train.sort_unstable();
    test.sort_unstable();
    Ok(DataSplit { name, train: all.select(&train)?, test: all.select(&test)? })
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
    }
}
