//! How the values of all samples lie in memory: once, shared by whoever holds a part of them.

use super::DataError;
use std::ops::{Deref, Range};
use std::sync::Arc;

/// A part of a list that is held once and never changes; cheap to clone and to cut.
#[derive(Clone, Debug)]
pub struct Shared<T> {
    all: Arc<Vec<T>>,
    range: Range<usize>,
}

impl<T> Shared<T> {
    /// The part `range` of this part, without a copy; panics where it reaches beyond.
    pub fn part(&self, range: Range<usize>) -> Self {
        assert!(range.start <= range.end && range.end <= self.len(), "{range:?} of {} values", self.len());
        let start = self.range.start;
        Self { all: Arc::clone(&self.all), range: start + range.start..start + range.end }
    }

    /// Address and size in bytes of the whole list that this is a part of.
    pub fn heap(&self) -> (usize, usize) {
        (self.all.as_ptr() as usize, self.all.capacity() * size_of::<T>())
    }
}

impl<T> Deref for Shared<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.all[self.range.clone()]
    }
}

impl<T> AsRef<[T]> for Shared<T> {
    fn as_ref(&self) -> &[T] {
        self
    }
}

impl<T> From<Vec<T>> for Shared<T> {
    fn from(all: Vec<T>) -> Self {
        Self { range: 0..all.len(), all: Arc::new(all) }
    }
}

impl<T: Clone> From<&[T]> for Shared<T> {
    fn from(all: &[T]) -> Self {
        all.to_vec().into()
    }
}

impl<T> FromIterator<T> for Shared<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        items.into_iter().collect::<Vec<T>>().into()
    }
}

/// Rows of different lengths, one behind the other.
#[derive(Clone, Debug)]
pub struct Rows<T> {
    /// Where each row starts among the items, and where the last one ends.
    starts: Shared<usize>,
    items: Shared<T>,
}

impl<T: Clone> Rows<T> {
    /// The rows between neighbours of `starts`, which begins at 0, never falls and ends at the number of
    /// items.
    pub fn new(starts: Vec<usize>, items: Vec<T>) -> Result<Self, DataError> {
        let ends_fit = starts.first() == Some(&0) && starts.last() == Some(&items.len());
        if !ends_fit || starts.windows(2).any(|pair| pair[0] > pair[1]) {
            return Err(DataError::Mismatch(format!(
                "the rows' starts must begin at 0, never fall and end at the {} items there are",
                items.len()
            )));
        }
        Ok(Self { starts: starts.into(), items: items.into() })
    }

    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        self.starts.len() - 1
    }

    /// One row.
    pub fn row(&self, row: usize) -> &[T] {
        &self.items[self.starts[row]..self.starts[row + 1]]
    }

    /// All rows in turn.
    pub fn iter(&self) -> impl Iterator<Item = &[T]> {
        (0..self.n_rows()).map(|row| self.row(row))
    }

    /// The rows of `range`; the items are shared.
    pub(super) fn part(&self, range: Range<usize>) -> Self {
        Self { starts: self.starts.part(range.start..range.end + 1), items: self.items.clone() }
    }

    /// The rows `indices`, copied.
    pub(super) fn select(&self, indices: &[u32]) -> Self {
        indices.iter().map(|&idx| self.row(idx as usize).to_vec()).collect()
    }

    fn heap(&self) -> (usize, usize) {
        let (address, size) = self.items.heap();
        (address, size + self.starts.heap().1)
    }
}

impl<T> FromIterator<Vec<T>> for Rows<T> {
    fn from_iter<I: IntoIterator<Item = Vec<T>>>(rows: I) -> Self {
        let (mut starts, mut items) = (vec![0], Vec::new());
        for row in rows {
            items.extend(row);
            starts.push(items.len());
        }
        Self { starts: starts.into(), items: items.into() }
    }
}

/// How often one feature occurs in a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// Which feature.
    pub feature: u32,
    /// How often, at least once.
    pub count: u32,
}

/// Most that a count may be: beyond it, single precision no longer tells neighbours apart.
const MAX_COUNT: u32 = 1 << 24;

/// The stored values of all samples, sample after sample.
#[derive(Clone, Debug)]
pub enum Values {
    /// Grey levels 0 to 255; read as [0, 1].
    Bytes(Shared<u8>),
    /// Numbers as they are, all finite.
    Floats(Shared<f32>),
    /// Counts above zero, by ascending feature.
    Sparse(Rows<Count>),
    /// Tokens in their order, none of them padding.
    Tokens(Rows<u32>),
}

impl Values {
    /// How many samples of `n_features` these are, each checked; `feature_name` names a feature in an error.
    pub(super) fn check(
        &self,
        n_features: usize,
        n_tokens: usize,
        feature_name: &dyn Fn(usize) -> String,
    ) -> Result<usize, DataError> {
        let mismatch = |problem| Err(DataError::Mismatch(problem));
        match self {
            Self::Bytes(bytes) => whole_samples(bytes.len(), n_features),
            Self::Floats(floats) => {
                let n_samples = whole_samples(floats.len(), n_features)?;
                match floats.iter().position(|value| !value.is_finite()) {
                    None => Ok(n_samples),
                    Some(at) => mismatch(format!(
                        "row {}, column {:?}: {} is not a finite number; leave the row out or fill the gap",
                        at / n_features + 1,
                        feature_name(at % n_features),
                        floats[at]
                    )),
                }
            }
            Self::Sparse(rows) => {
                for (row, counts) in rows.iter().enumerate() {
                    if !counts.is_sorted_by(|a, b| a.feature < b.feature) {
                        return mismatch(format!("row {}: its features must ascend and differ", row + 1));
                    }
                    let bad = |count: &&Count| {
                        count.feature as usize >= n_features || !(1..=MAX_COUNT).contains(&count.count)
                    };
                    if let Some(Count { feature, count }) = counts.iter().find(bad) {
                        return mismatch(format!(
                            "row {}: feature {feature} occurs {count} times; counts are 1 to {MAX_COUNT} of features below {n_features}",
                            row + 1
                        ));
                    }
                }
                at_least_one(rows.n_rows())
            }
            Self::Tokens(rows) => {
                for (row, tokens) in rows.iter().enumerate() {
                    if tokens.len() > n_features {
                        return mismatch(format!(
                            "row {} has {} tokens, above the {n_features} that a sample may have",
                            row + 1,
                            tokens.len()
                        ));
                    }
                    if let Some(token) = tokens.iter().find(|&&token| token == 0 || token as usize >= n_tokens) {
                        return mismatch(format!(
                            "row {}: token {token} is not one of 1 to {}",
                            row + 1,
                            n_tokens.saturating_sub(1)
                        ));
                    }
                }
                at_least_one(rows.n_rows())
            }
        }
    }

    /// The samples of `range` without a copy; `n` features make one.
    pub(super) fn part(&self, range: Range<usize>, n: usize) -> Self {
        match self {
            Self::Bytes(bytes) => Self::Bytes(bytes.part(range.start * n..range.end * n)),
            Self::Floats(floats) => Self::Floats(floats.part(range.start * n..range.end * n)),
            Self::Sparse(rows) => Self::Sparse(rows.part(range)),
            Self::Tokens(rows) => Self::Tokens(rows.part(range)),
        }
    }

    /// The samples `indices`, copied; `n` features make one.
    pub(super) fn select(&self, indices: &[u32], n: usize) -> Self {
        match self {
            Self::Bytes(bytes) => Self::Bytes(picked(bytes, indices, n)),
            Self::Floats(floats) => Self::Floats(picked(floats, indices, n)),
            Self::Sparse(rows) => Self::Sparse(rows.select(indices)),
            Self::Tokens(rows) => Self::Tokens(rows.select(indices)),
        }
    }

    /// Address and size in bytes of what is held in memory.
    pub(super) fn heap(&self) -> (usize, usize) {
        match self {
            Self::Bytes(bytes) => bytes.heap(),
            Self::Floats(floats) => floats.heap(),
            Self::Sparse(rows) => rows.heap(),
            Self::Tokens(rows) => rows.heap(),
        }
    }

    /// Adds all values, and where ragged rows end, to a checksum.
    pub(super) fn hash(&self, hasher: &mut crc32fast::Hasher) {
        let mut number = |number: u32| hasher.update(&number.to_le_bytes());
        match self {
            Self::Bytes(bytes) => hasher.update(bytes),
            Self::Floats(floats) => floats.iter().for_each(|value| number(value.to_bits())),
            Self::Sparse(rows) => rows.iter().for_each(|row| {
                number(row.len() as u32);
                row.iter().for_each(|count| [count.feature, count.count].into_iter().for_each(&mut number));
            }),
            Self::Tokens(rows) => rows.iter().for_each(|row| {
                number(row.len() as u32);
                row.iter().copied().for_each(&mut number);
            }),
        }
    }
}

fn whole_samples(n_values: usize, n_features: usize) -> Result<usize, DataError> {
    if n_features == 0 || n_values == 0 || !n_values.is_multiple_of(n_features) {
        return Err(DataError::Mismatch(format!(
            "{n_values} values do not make whole samples of {n_features} features"
        )));
    }
    Ok(n_values / n_features)
}

fn at_least_one(n_samples: usize) -> Result<usize, DataError> {
    if n_samples == 0 { Err(DataError::Mismatch("there are no samples".into())) } else { Ok(n_samples) }
}

fn picked<T: Copy>(all: &[T], indices: &[u32], n: usize) -> Shared<T> {
    indices.iter().flat_map(|&idx| &all[idx as usize * n..(idx as usize + 1) * n]).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_shares_what_it_is_cut_from() {
        let all: Shared<u8> = (0..10).collect();
        let part = all.part(2..8).part(1..3);
        assert_eq!(*part, [3, 4]);
        assert_eq!(part.as_ptr(), all[3..].as_ptr());
        assert_eq!(part.heap(), all.heap());
    }

    #[test]
    fn rows_must_be_in_order_and_whole() {
        assert!(Rows::new(vec![0, 2, 2, 3], vec![7, 8, 9]).is_ok_and(|rows| rows.row(1).is_empty()));
        for starts in [vec![], vec![0], vec![1, 3], vec![0, 2], vec![0, 4], vec![0, 2, 1, 3]] {
            assert!(Rows::new(starts.clone(), vec![7, 8, 9]).is_err(), "{starts:?}");
        }
        let rows: Rows<u32> = [vec![1], vec![], vec![2, 3]].into_iter().collect();
        assert_eq!(rows.part(1..3).iter().collect::<Vec<_>>(), [&[][..], &[2, 3]]);
        assert_eq!(rows.select(&[2, 0, 2]).iter().collect::<Vec<_>>(), [&[2, 3][..], &[1], &[2, 3]]);
    }
}
