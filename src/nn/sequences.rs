//! Sequences of several lengths side by side, step after step, without room for what is not there.

/// How sequences of several lengths lie one step after another: at each step those that go on, the longest
/// first.
///
/// Row `row(i, t)` of such an array belongs to the sequence that is `order[i]` of the batch, at step t. It is
/// PyTorch's `pack_padded_sequence` without its copies.
#[derive(Clone, Debug, Default)]
pub struct Packed {
    order: Vec<usize>,
    lens: Vec<usize>,
    starts: Vec<usize>,
}

impl Packed {
    /// The order of sequences of these lengths, each at least 1.
    pub fn new(lens: &[usize]) -> Self {
        let mut packed = Self::default();
        packed.fill(lens);
        packed
    }

    /// As [`Self::new`], in the room that there is.
    pub fn fill(&mut self, lens: &[usize]) {
        assert!(lens.iter().all(|&len| len > 0), "a sequence has at least one step");
        let Self { order, lens: sorted, starts } = self;
        order.clear();
        order.extend(0..lens.len());
        // Of equally long ones the first comes first.
        order.sort_unstable_by_key(|&sequence| (std::cmp::Reverse(lens[sequence]), sequence));
        sorted.clear();
        sorted.extend(order.iter().map(|&sequence| lens[sequence]));
        starts.clear();
        starts.push(0);
        for step in 0..sorted.first().copied().unwrap_or(0) {
            starts.push(starts[step] + sorted.partition_point(|&len| len > step));
        }
    }

    /// Which sequence of the batch each is, the longest first.
    pub fn order(&self) -> &[usize] {
        &self.order
    }

    /// Number of sequences.
    pub fn n_sequences(&self) -> usize {
        self.order.len()
    }

    /// Number of rows: the sum of all lengths.
    pub fn n_rows(&self) -> usize {
        self.starts.last().copied().unwrap_or(0)
    }

    /// Number of steps of the longest.
    pub fn n_steps(&self) -> usize {
        self.starts.len() - 1
    }

    /// The rows of a step; there are never more than at the step before.
    pub fn rows(&self, step: usize) -> std::ops::Range<usize> {
        self.starts[step]..self.starts[step + 1]
    }

    /// The row of the last step of sequence `i`, counted as in [`Self::order`].
    pub fn last_row(&self, i: usize) -> usize {
        self.starts[self.lens[i] - 1] + i
    }

    /// Calls `visit` with each row, the sequence of the batch that it belongs to, and its step.
    pub fn for_rows(&self, mut visit: impl FnMut(usize, usize, usize)) {
        for step in 0..self.n_steps() {
            for (i, row) in self.rows(step).enumerate() {
                visit(row, self.order[i], step);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_steps_that_are_there_have_rows() {
        let packed = Packed::new(&[1, 3, 2]);
        assert_eq!((packed.order(), packed.n_rows(), packed.n_steps()), (&[1, 2, 0][..], 6, 3));
        assert_eq!([0, 1, 2].map(|step| packed.rows(step)), [0..3, 3..5, 5..6]);
        assert_eq!([0, 1, 2].map(|i| packed.last_row(i)), [5, 4, 2]);
        let mut rows = Vec::new();
        packed.for_rows(|row, sequence, step| rows.push((row, sequence, step)));
        assert_eq!(rows, [(0, 1, 0), (1, 2, 0), (2, 0, 0), (3, 1, 1), (4, 2, 1), (5, 1, 2)]);
        assert_eq!(Packed::new(&[]).n_rows(), 0);
        // Of equally long ones the first comes first, and nothing is left of what was there.
        let mut packed = packed;
        packed.fill(&[2, 2]);
        assert_eq!((packed.order(), packed.n_rows(), packed.n_steps()), (&[0, 1][..], 4, 2));
    }
}
