//! The random numbers of a batch, so that no model is random by itself.

use crate::nn::{Purpose, Scalar};
use ndarray::{ArrayView2, Axis, Slice};

/// Random numbers that a model asks for: independent draws from N(0, 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Draw {
    /// What they are for.
    pub purpose: Purpose,
    /// Numbers a sample.
    pub per_sample: usize,
    /// What has a stream of its own.
    pub scope: Scope,
}

/// What has a stream of random numbers of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Each batch, so that the numbers do not hang on how it is cut into shards.
    Batch,
    /// Each shard of a batch, so that shards draw side by side.
    Shard,
}

/// Most kinds of random numbers that one batch brings.
const MAX_DRAWS: usize = 4;

/// A batch's random numbers, each kind [n, per sample], by what they are for.
#[derive(Clone, Copy)]
pub struct Draws<'a, S> {
    of: [Option<(Purpose, ArrayView2<'a, S>)>; MAX_DRAWS],
}

impl<S> Default for Draws<'_, S> {
    fn default() -> Self {
        Self { of: [None; MAX_DRAWS] }
    }
}

impl<'a, S: Scalar> Draws<'a, S> {
    /// These and `numbers` [n, per sample] for a purpose.
    pub fn with(mut self, purpose: Purpose, numbers: ArrayView2<'a, S>) -> Self {
        let free = self.of.iter().position(Option::is_none);
        let free = free.unwrap_or_else(|| panic!("a batch brings at most {MAX_DRAWS} kinds of random numbers"));
        self.of[free] = Some((purpose, numbers));
        self
    }

    /// The numbers for a purpose, if they were brought.
    pub fn get(&self, purpose: Purpose) -> Option<ArrayView2<'a, S>> {
        self.of.iter().flatten().find(|(of, _)| *of == purpose).map(|(_, numbers)| *numbers)
    }

    /// The numbers for a purpose that the model asked for, row after row.
    pub fn flat(&self, purpose: Purpose) -> &'a [S] {
        let numbers = self.get(purpose).unwrap_or_else(|| panic!("the batch brings no numbers for {purpose:?}"));
        let shape = numbers.dim();
        numbers.to_slice().unwrap_or_else(|| panic!("numbers {shape:?} for {purpose:?} are not row after row"))
    }

    /// The numbers of the samples `rows` alone.
    pub fn rows(&self, rows: std::ops::Range<usize>) -> Draws<'_, S> {
        let mut cut = Draws::default();
        for (purpose, numbers) in self.of.iter().flatten() {
            cut = cut.with(*purpose, numbers.slice_axis(Axis(0), Slice::from(rows.clone())));
        }
        cut
    }
}
