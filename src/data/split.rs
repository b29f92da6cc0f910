//! Samples to train on and samples to test with, and how one set is cut into both.

use super::{Dataset, ReadOption, ReadSettings, Scaling};
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use std::collections::BTreeMap;

/// Any number does; it is fixed so that a table is always cut alike.
const SEED: u64 = 1936;

/// Samples to train on and samples to test with.
#[derive(Clone, Debug)]
pub struct DataSplit {
    /// Name to show.
    pub name: String,
    /// Samples to train on.
    pub train: Dataset,
    /// Samples the model never learns from.
    pub test: Dataset,
    /// What was understood of the files beyond what the samples show, and what was left aside, a sentence
    /// each.
    pub notes: Vec<String>,
    /// What could be read otherwise.
    pub options: Vec<ReadOption>,
    /// The settings that they were read by.
    pub reading: ReadSettings,
}

impl DataSplit {
    /// Two parts of which nothing more is to be said.
    pub fn new(name: String, train: Dataset, test: Dataset) -> Self {
        Self { name, train, test, notes: Vec::new(), options: Vec::new(), reading: ReadSettings::default() }
    }

    /// The same data in the units of a model with this scaling, as [`Dataset::scaled`].
    pub fn scaled(&self, scaling: Option<&Scaling>) -> Self {
        let (train, test) = (self.train.scaled(scaling), self.test.scaled(scaling));
        Self { train, test, ..self.clone() }
    }
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

    #[test]
    fn every_class_has_its_share_on_both_sides() {
        // Sorted by class, as tables are: 30, 20, 10 and 1 of each.
        let of: Vec<i64> =
            [(0, 30), (1, 20), (2, 10), (3, 1)].into_iter().flat_map(|(class, n)| vec![class; n]).collect();
        let is_test = test_indices(of.len(), Some(&of), 0.2);
        let n_of = |class: i64| of.iter().zip(&is_test).filter(|(of, is_test)| **of == class && **is_test).count();
        assert_eq!([0, 1, 2, 3].map(n_of), [6, 4, 2, 0]);
        assert_eq!(is_test, test_indices(of.len(), Some(&of), 0.2), "always alike");
        let one_each = test_indices(5, Some(&[1, 2, 3, 4, 5]), 0.2);
        assert_eq!(one_each.iter().filter(|is_test| **is_test).count(), 1, "classes of one sample do not count");
    }
}
