//! Shuffled mini-batches, in an order that is a pure function of seed and epoch.

use super::Dataset;
use ndarray::{Array2, ArrayView2, s};
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

/// The purpose of the shuffling stream: a number apart from those that the networks use.
const SHUFFLE: u64 = 0x80 << 56;

/// An endless source of mini-batches; each epoch visits every sample once, and its last batch may be smaller.
///
/// Any step can be jumped to, so that a resumed run sees exactly what an uninterrupted one would have.
pub struct Batches {
    data: Dataset,
    batch: usize,
    seed: u64,
    step: u64,
    order: Vec<u32>,
    order_epoch: Option<u64>,
    /// None before the first batch: who takes all samples at once never asks for one.
    buffer: Option<Array2<f32>>,
    labels: Vec<u16>,
}

/// The samples of one step.
pub struct SampleBatch<'a> {
    /// Their indices in the data set.
    pub indices: &'a [u32],
    /// What they are [n, features], as a model takes it.
    pub x: ArrayView2<'a, f32>,
    /// Their classes; none without labels.
    pub labels: &'a [u16],
}

impl Batches {
    /// Batches of `batch` samples (at least 1) in the order that `seed` gives.
    pub fn new(data: Dataset, batch: usize, seed: u64) -> Self {
        let batch = batch.clamp(1, data.n_samples());
        Self { data, batch, seed, step: 0, order: Vec::new(), order_epoch: None, buffer: None, labels: Vec::new() }
    }

    /// The samples drawn from.
    pub fn data(&self) -> &Dataset {
        &self.data
    }

    /// Steps that visit every sample once.
    pub fn steps_per_epoch(&self) -> u64 {
        self.data.n_samples().div_ceil(self.batch) as u64
    }

    /// Jumps to a step, counted from the first of the first epoch.
    pub fn seek(&mut self, step: u64) {
        self.step = step;
    }

    /// The step that comes next.
    pub fn step(&self) -> u64 {
        self.step
    }

    /// The next batch.
    pub fn advance(&mut self) -> SampleBatch<'_> {
        let (epoch, in_epoch) = (self.step / self.steps_per_epoch(), self.step % self.steps_per_epoch());
        if self.order_epoch != Some(epoch) {
            self.order.clear();
            self.order.extend(0..self.data.n_samples() as u32);
            let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
            rng.set_stream(SHUFFLE | epoch);
            self.order.shuffle(&mut rng);
            self.order_epoch = Some(epoch);
        }
        let start = in_epoch as usize * self.batch;
        let end = (start + self.batch).min(self.order.len());
        let indices = &self.order[start..end];
        self.labels.clear();
        if let Some(labels) = self.data.labels() {
            self.labels.extend(indices.iter().map(|&idx| labels.of[idx as usize]));
        }
        self.step += 1;
        let shape = (self.batch, self.data.n_features());
        let buffer = self.buffer.get_or_insert_with(|| Array2::zeros(shape));
        let rows = s![..indices.len(), ..];
        self.data.gather_rows(indices, buffer.slice_mut(rows));
        SampleBatch { indices, x: buffer.slice(rows), labels: &self.labels }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{SampleKind, Values};

    fn data() -> Dataset {
        let kind = SampleKind::Image { channels: 1, height: 1, width: 1 };
        Dataset::new(kind, Values::Bytes((0..10).collect()), None, vec![]).unwrap()
    }

    #[test]
    fn an_epoch_visits_every_sample_once() {
        let mut batches = Batches::new(data(), 4, 1);
        assert_eq!(batches.steps_per_epoch(), 3);
        let mut epochs = Vec::new();
        for _ in 0..2 {
            let mut seen = Vec::new();
            for size in [4, 4, 2] {
                let batch = batches.advance();
                assert_eq!(batch.indices.len(), size);
                for (&idx, x) in batch.indices.iter().zip(&batch.x) {
                    assert_eq!(*x, idx as f32 / 255.0);
                }
                seen.extend_from_slice(batch.indices);
            }
            epochs.push(seen.clone());
            seen.sort_unstable();
            assert_eq!(seen, (0..10).collect::<Vec<_>>());
        }
        assert_ne!(epochs[0], epochs[1]);
    }

    #[test]
    fn sentences_come_as_tokens() {
        let vocabulary = ["", "the", "cat"].map(String::from).into();
        let rows = [vec![1, 2], vec![2], vec![]].into_iter().collect();
        let kind = SampleKind::Tokens { vocabulary, max_len: 2 };
        let mut batches = Batches::new(Dataset::new(kind, Values::Tokens(rows), None, vec![]).unwrap(), 2, 1);
        for _ in 0..2 {
            let batch = batches.advance();
            for (&idx, row) in batch.indices.iter().zip(batch.x.rows()) {
                assert_eq!(row.to_vec(), [[1.0, 2.0], [2.0, 0.0], [0.0, 0.0]][idx as usize]);
            }
        }
    }

    #[test]
    fn seeking_gives_what_walking_gives() {
        let mut walked = Batches::new(data(), 3, 7);
        let all: Vec<Vec<u32>> = (0..12).map(|_| walked.advance().indices.to_vec()).collect();
        let mut jumped = Batches::new(data(), 3, 7);
        for step in [9, 2, 5, 6] {
            jumped.seek(step);
            assert_eq!(jumped.advance().indices, all[step as usize]);
        }
    }
}
