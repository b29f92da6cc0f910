//! Some samples, as many of each class.

use super::Dataset;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

/// The purpose of the stream that chooses: a number apart from those of batches and networks.
const CHOICE: u64 = 0x81 << 56;

impl Dataset {
    /// `n` samples in order, as many of each class, as far as there are as many; all samples are of one class
    /// where none is known.
    ///
    /// They hang on classes and `seed` alone, and more are those of fewer and some beside them.
    pub fn evenly_by_class(&self, n: usize, seed: u64) -> Vec<u32> {
        let mut members = vec![Vec::new(); self.classes().len().max(1)];
        for sample in 0..self.n_samples() as u32 {
            members[self.class_of(sample).unwrap_or(0)].push(sample);
        }
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(CHOICE);
        members.iter_mut().for_each(|of| of.shuffle(&mut rng));
        // Where n is no multiple of the classes, chance says which have one more.
        members.shuffle(&mut rng);
        let most = members.iter().map(Vec::len).max().unwrap_or(0);
        let rounds = (0..most).flat_map(|round| members.iter().filter_map(move |of| of.get(round)));
        let mut chosen: Vec<u32> = rounds.take(n).copied().collect();
        chosen.sort_unstable();
        chosen
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Labels, SampleKind, Values};

    fn data(of: &[u16]) -> Dataset {
        let names = ["new", "half", "full"].map(String::from).into();
        let bytes: Vec<u8> = (0..of.len()).map(|i| i as u8).collect();
        let labels = Labels { names, of: of.into() };
        Dataset::new(SampleKind::square(1, 1), Values::Bytes(bytes.into()), Some(labels), vec![]).unwrap()
    }

    #[test]
    fn each_class_has_as_many_and_more_are_those_of_fewer_with_some_beside() {
        // 30, 20 and 2 of each, sorted.
        let of: Vec<u16> = [(0, 30), (1, 20), (2, 2)].into_iter().flat_map(|(class, n)| vec![class; n]).collect();
        let data = data(&of);
        let chosen = |n: usize, seed: u64| data.evenly_by_class(n, seed);
        let counts = |chosen: &[u32]| {
            [0, 1, 2].map(|class| chosen.iter().filter(|sample| of[**sample as usize] == class).count())
        };
        assert_eq!(counts(&chosen(6, 1)), [2, 2, 2]);
        assert_eq!(counts(&chosen(20, 1)), [9, 9, 2], "a class that has no more leaves its place to others");
        assert_eq!(chosen(100, 1), (0..52).collect::<Vec<_>>());
        let [few, more] = [7, 19].map(|n| chosen(n, 1));
        assert!(few.iter().all(|sample| more.contains(sample)) && few.is_sorted() && few.len() == 7);
        assert_ne!(chosen(6, 1), chosen(6, 2));
    }
}
