//! Products with rows that are mostly zeros, such as documents: of 3 000 words a definition has seven.
//!
//! A row of which less than an eighth is something else than zero is gone through by what occurs in it; the
//! others go through [`matmul`]. Which way a row goes depends on that row alone, and so does the order in
//! which an element is summed.

use super::{Scalar, Scratch, flat, flat_mut, matmul};
use ndarray::{Array2, ArrayView1, ArrayView2, ArrayViewMut2, Axis};
use std::ops::Range;

/// One row in this many columns, at most, may be something else than zero for a row to be sparse.
const SPARSE: usize = 8;

/// Values that are looked at together, to see whether any is not zero.
const TOGETHER: usize = 32;
/// Rows of weights that are gone through together.
const ROWS: usize = 4;

/// Calls `work` with the place and the value of whatever in `row` is not zero, from the first to the last.
pub(super) fn for_occurring<S: Scalar>(row: ArrayView1<S>, mut work: impl FnMut(usize, S)) {
    let mut in_run = |start: usize, run: &[S]| {
        // Counted, and not sought, for that is done several at a time.
        if run.iter().map(|&value| u32::from(value != S::zero())).sum::<u32>() > 0 {
            let places = run.iter().enumerate().filter(|(_, value)| **value != S::zero());
            places.for_each(|(i, &value)| work(start + i, value));
        }
    };
    match row.as_slice() {
        Some(row) => row.chunks(TOGETHER).enumerate().for_each(|(i, run)| in_run(i * TOGETHER, run)),
        None => row.iter().enumerate().for_each(|(i, value)| in_run(i, std::slice::from_ref(value))),
    }
}

/// Which values of a batch of rows are not zero.
#[derive(Clone, Debug, Default)]
pub struct Occurring<S> {
    /// Numbers of the columns, row after row.
    columns: Vec<u32>,
    values: Vec<S>,
    /// The sparse rows, each with its part of `columns` and `values`.
    sparse: Vec<(usize, Range<usize>)>,
    /// The other rows.
    full: Vec<usize>,
}

impl<S: Scalar> Occurring<S> {
    /// Notes what occurs in `x` [batch, in]; allocates only where it holds more than ever before.
    pub fn read(&mut self, x: ArrayView2<S>) {
        self.columns.clear();
        self.values.clear();
        self.sparse.clear();
        self.full.clear();
        for (i, row) in x.rows().into_iter().enumerate() {
            let start = self.columns.len();
            for_occurring(row, |column, value| {
                self.columns.push(column as u32);
                self.values.push(value);
            });
            if (self.columns.len() - start) * SPARSE < x.ncols() {
                self.sparse.push((i, start..self.columns.len()));
            } else {
                self.columns.truncate(start);
                self.values.truncate(start);
                self.full.push(i);
            }
        }
    }

    /// Sets `y` [batch, out] = x·Wᵀ, where `x` is what was read and `weight` is [out, in].
    pub fn product(
        &self,
        mut y: ArrayViewMut2<S>,
        x: ArrayView2<S>,
        weight: ArrayView2<S>,
        scratch: &mut Scratch<S>,
    ) {
        // Few rows of weights at a time stay in the nearest caches, whatever is picked from them.
        let n_in = x.ncols().max(1);
        for (block, weight) in flat(&weight).chunks(ROWS * n_in).enumerate() {
            let mut rows = [[].as_slice(); ROWS];
            rows.iter_mut().zip(weight.chunks_exact(n_in)).for_each(|(row, weight)| *row = weight);
            let n_rows = weight.len() / n_in;
            for (i, range) in &self.sparse {
                let mut sums = [S::zero(); ROWS];
                if n_rows == ROWS {
                    for (column, value) in self.of(range) {
                        for (sum, row) in sums.iter_mut().zip(&rows) {
                            *sum += row[column] * value;
                        }
                    }
                } else {
                    for (sum, row) in sums.iter_mut().zip(&rows[..n_rows]) {
                        *sum = self.of(range).fold(S::zero(), |sum, (column, value)| sum + row[column] * value);
                    }
                }
                let mut y = y.row_mut(*i);
                flat_mut(&mut y)[block * ROWS..][..n_rows].copy_from_slice(&sums[..n_rows]);
            }
        }
        let Some(full) = self.full_rows(x, scratch) else { return };
        let mut of_full = scratch.array(full.nrows(), y.ncols());
        matmul(of_full.view_mut(), full.view(), weight.t(), scratch.threads());
        self.full.iter().zip(of_full.rows()).for_each(|(&i, from)| y.row_mut(i).assign(&from));
        scratch.give_back(full);
        scratch.give_back(of_full);
    }

    /// Sets `d_weight` [out, in] = dyᵀ·x, where `x` is what was read and `dy` is [batch, out].
    pub fn gradient(
        &self,
        mut d_weight: ArrayViewMut2<S>,
        dy: ArrayView2<S>,
        x: ArrayView2<S>,
        scratch: &mut Scratch<S>,
    ) {
        let is_set = match self.full_rows(x, scratch) {
            None => false,
            Some(full) => {
                let mut of_full = scratch.array(full.nrows(), dy.ncols());
                self.full.iter().zip(of_full.rows_mut()).for_each(|(&i, mut to)| to.assign(&dy.row(i)));
                matmul(d_weight.view_mut(), of_full.t(), full.view(), scratch.threads());
                scratch.give_back(full);
                scratch.give_back(of_full);
                true
            }
        };
        for (mut d_weight, dy) in d_weight.rows_mut().into_iter().zip(dy.columns()) {
            let d_weight = flat_mut(&mut d_weight);
            // Just before it is written to, so that it is in the nearest cache.
            if !is_set {
                d_weight.fill(S::zero());
            }
            for (i, range) in &self.sparse {
                let dy = dy[*i];
                self.of(range).for_each(|(column, value)| d_weight[column] += dy * value);
            }
        }
    }

    fn of(&self, range: &Range<usize>) -> impl Iterator<Item = (usize, S)> {
        let columns = self.columns[range.clone()].iter().map(|&column| column as usize);
        columns.zip(self.values[range.clone()].iter().copied())
    }

    /// The rows that are not sparse, one below the other; none where there are none.
    fn full_rows(&self, x: ArrayView2<S>, scratch: &mut Scratch<S>) -> Option<Array2<S>> {
        if self.full.is_empty() {
            return None;
        }
        let mut full = scratch.array(self.full.len(), x.ncols());
        for (&i, mut row) in self.full.iter().zip(full.axis_iter_mut(Axis(0))) {
            row.assign(&x.row(i));
        }
        Some(full)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every third row is full, the second is empty, and the others have a value every 37 columns.
    fn rows() -> Array2<f64> {
        let value = |i: usize, j: usize| (i * 7 + j) as f64 * 0.01 - 0.5;
        Array2::from_shape_fn((7, 120), |(i, j)| match i {
            1 => 0.0,
            i if i % 3 == 0 || (i + j) % 37 == 0 => value(i, j),
            _ => 0.0,
        })
    }

    #[test]
    fn products_of_sparse_and_full_rows_are_those_of_whole_matrices() {
        let x = rows();
        let weight = Array2::from_shape_fn((5, 120), |(i, j)| ((i * 31 + j * 17) % 23) as f64 * 0.1 - 1.0);
        let dy = Array2::from_shape_fn((7, 5), |(i, j)| (i as f64 - 3.0) * 0.3 + j as f64);
        let (mut occurring, mut scratch) = (Occurring::default(), Scratch::default());
        // Read twice, so that nothing is left of the first time.
        occurring.read(dy.view());
        occurring.read(x.view());
        assert_eq!((occurring.sparse.len(), occurring.full.len()), (4, 3));
        let (mut y, mut d_weight) = (Array2::from_elem((7, 5), 9.0), Array2::from_elem((5, 120), 9.0));
        occurring.product(y.view_mut(), x.view(), weight.view(), &mut scratch);
        occurring.gradient(d_weight.view_mut(), dy.view(), x.view(), &mut scratch);
        let off = |a: &Array2<f64>, b: &Array2<f64>| (a - b).mapv(f64::abs).fold(0.0, |a: f64, &b| a.max(b));
        assert!(off(&y, &x.dot(&weight.t())) < 1e-12);
        assert!(off(&d_weight, &dy.t().dot(&x)) < 1e-12);
    }

    #[test]
    fn a_row_gives_the_same_bits_whatever_its_neighbours_are() {
        let x = rows().mapv(|x| x as f32);
        let weight = Array2::from_shape_fn((5, 120), |(i, j)| ((i * 31 + j * 17) % 23) as f32 * 0.1 - 1.0);
        let product = |x: ArrayView2<f32>| {
            let (mut occurring, mut y) = (Occurring::default(), Array2::zeros((x.nrows(), 5)));
            occurring.read(x);
            occurring.product(y.view_mut(), x, weight.view(), &mut Scratch::default());
            y
        };
        let all = product(x.view());
        for (i, row) in x.axis_chunks_iter(Axis(0), 1).enumerate() {
            assert_eq!(product(row).row(0), all.row(i), "row {i}");
        }
    }
}
