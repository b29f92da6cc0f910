//! How well each sample is reconstructed, and what the reconstructions look like.

use super::evaluate::{CHUNK, as_counts};
use crate::data::{DataSplit, Dataset};
use crate::model::FrozenModel;
use crate::nn::Scratch;
use crate::picture::{Shown, held_against};
use ndarray::Array2;
use rayon::prelude::*;

/// Bars of the histograms.
const BARS: usize = 40;
/// The share of all errors that the histograms reach to: a few may lie far beyond.
const REACH: f64 = 0.995;

/// The error of every sample ([`crate::data::SampleKind::error`]), each from its mean code, in the units that
/// the model learns from.
pub struct SampleErrors {
    /// One a sample.
    pub of: Vec<f32>,
    /// The samples, the best reconstructed first; of equal ones in their order.
    pub order: Vec<u32>,
    /// Their mean.
    pub mean: f64,
    /// The share of the samples in each bar of the histogram.
    pub bars: Vec<f32>,
}

/// The errors of both splits.
pub struct Errors {
    /// Of the training samples.
    pub train: SampleErrors,
    /// Of the test samples.
    pub test: SampleErrors,
    /// The error at which the histograms of both end; what lies beyond is in their last bar.
    pub end: f32,
}

impl Errors {
    /// The bar of the histogram that an error falls into.
    pub fn bar_of(&self, error: f32) -> usize {
        bar_of(error, self.end)
    }
}

/// The errors of all samples; none for a model that cannot reconstruct them, or if cancelled.
///
/// Runs on the surrounding pool.
pub fn errors(
    model: &dyn FrozenModel,
    data: &DataSplit,
    is_cancelled: &(dyn Fn() -> bool + Sync),
) -> Option<Errors> {
    let of = |data: &Dataset| each_error(model, data, is_cancelled);
    Some(arranged(of(&data.train)?, of(&data.test)?))
}

/// The error of each sample; none for a model that cannot reconstruct them, or if cancelled.
pub(super) fn each_error(
    model: &dyn FrozenModel,
    data: &Dataset,
    is_cancelled: &(dyn Fn() -> bool + Sync),
) -> Option<Vec<f32>> {
    let all: Vec<u32> = (0..data.n_samples() as u32).collect();
    let parts: Option<Vec<Vec<f32>>> = all
        .par_chunks(data.chunk_size().min(CHUNK))
        .map(|indices| {
            let (x, x_hat) = if is_cancelled() { None } else { reconstructed(model, data, indices) }?;
            let rows = x.rows().into_iter().zip(x_hat.rows());
            Some(rows.map(|(x, x_hat)| data.kind().error(x, x_hat) as f32).collect())
        })
        .collect();
    parts.map(|parts| parts.concat())
}

/// Both splits with their order and histograms on one scale.
fn arranged(train: Vec<f32>, test: Vec<f32>) -> Errors {
    let mut all: Vec<f32> = train.iter().chain(&test).copied().collect();
    let place = ((all.len() as f64 * REACH) as usize).min(all.len().saturating_sub(1));
    let end = if all.is_empty() { 1.0 } else { *all.select_nth_unstable_by(place, f32::total_cmp).1 };
    let end = end.max(f32::MIN_POSITIVE);
    let arrange = |of: Vec<f32>| {
        let mut order: Vec<u32> = (0..of.len() as u32).collect();
        order.sort_by(|&a, &b| of[a as usize].total_cmp(&of[b as usize]));
        let n = of.len().max(1) as f64;
        let mut bars = vec![0.0; BARS];
        of.iter().for_each(|error| bars[bar_of(*error, end)] += 1.0 / n as f32);
        SampleErrors { mean: of.iter().map(|error| f64::from(*error)).sum::<f64>() / n, of, order, bars }
    };
    Errors { train: arrange(train), test: arrange(test), end }
}

fn bar_of(error: f32, end: f32) -> usize {
    // The cast takes what is no number to the first bar.
    ((error / end * BARS as f32) as usize).min(BARS - 1)
}

/// Samples and what the model makes of them [indices, features], in the units that it learns from.
fn reconstructed(model: &dyn FrozenModel, data: &Dataset, indices: &[u32]) -> Option<(Array2<f32>, Array2<f32>)> {
    let (encoder, decoder) = (model.encoder()?, model.decoder()?);
    let mut x = Array2::zeros((indices.len(), data.n_features()));
    data.gather(indices, &mut x);
    let (labels, mut scratch) = (data.labels_of(indices), Scratch::default());
    let codes = encoder.encode(x.view(), &labels, &mut scratch);
    let mut x_hat = decoder.decode(codes.mu.view(), &labels, &mut scratch);
    as_counts(model, &x, &mut x_hat);
    if let Some(scaling) = &model.info().scaling {
        scaling.apply(x.view_mut());
        scaling.apply(x_hat.view_mut());
    }
    (x.dim() == x_hat.dim()).then_some((x, x_hat))
}

/// Samples, what the model makes of them and, of pictures, where the two differ, in rows.
pub struct Reconstructions {
    /// What they look like, row by row.
    pub shown: Shown,
    /// Rows: two, or three with the difference.
    pub n_rows: usize,
}

/// The reconstructions of these samples; none for a model that cannot reconstruct them.
pub fn reconstructions(model: &dyn FrozenModel, data: &Dataset, indices: &[u32]) -> Option<Reconstructions> {
    let (mut x, mut x_hat) = reconstructed(model, data, indices)?;
    if let Some(scaling) = &model.info().scaling {
        scaling.undo(x.view_mut());
        scaling.undo(x_hat.view_mut());
    }
    let (shown, n_rows) = held_against(model, x.view(), x_hat.view());
    Some(Reconstructions { shown, n_rows })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_ordered_by_their_errors_and_counted_on_one_scale() {
        let errors = arranged(vec![4.0, 1.0, 2.0, 1.0], vec![8.0, 0.0]);
        assert_eq!(errors.train.order, [1, 3, 2, 0]);
        assert_eq!((errors.train.mean, errors.test.mean, errors.end), (2.0, 4.0, 8.0));
        assert_eq!((errors.train.bars[5], errors.train.bars[10], errors.train.bars[20]), (0.5, 0.25, 0.25));
        assert_eq!((errors.test.bars[0], errors.test.bars[BARS - 1]), (0.5, 0.5));
        assert_eq!((errors.bar_of(2.1), errors.bar_of(99.0), errors.bar_of(f32::NAN)), (10, BARS - 1, 0));
    }

    #[test]
    fn a_few_that_lie_far_beyond_do_not_stretch_the_histogram() {
        let mut of: Vec<f32> = (0..999).map(|i| i as f32 / 100.0).collect();
        of.push(1e6);
        let errors = arranged(of, vec![]);
        assert!(errors.end < 10.0, "{}", errors.end);
        assert!((errors.train.bars.iter().sum::<f32>() - 1.0).abs() < 1e-4);
    }
}
