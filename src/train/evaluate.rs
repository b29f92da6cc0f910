//! Scoring and encoding whole data sets.

use super::noise::{Drawn, with_drawn};
use crate::data::Dataset;
use crate::model::{Batch, Codes, Draws, FrozenModel, Metrics, NoiseSpec, Scope};
use crate::nn::{Purpose, Scratch, flat_mut};
use ndarray::{Array2, concatenate, prelude::*};
use rayon::prelude::*;

/// Samples scored at a time: large enough for a fast product, small enough to stay in cache.
pub(super) const CHUNK: usize = 500;

/// The mean terms over the first `n` samples, one draw of eps a sample; none if the model has no scores.
///
/// The draws depend on the position of a sample alone, so that two models are scored under the same noise; a
/// model of binarised data is scored on one fixed draw of their pixels, any model on clean input. Chunks run
/// in parallel on the surrounding pool; `is_cancelled` is asked before each, and none is returned once it
/// says so.
pub fn evaluate(
    model: &dyn FrozenModel,
    data: &Dataset,
    n: usize,
    is_cancelled: &(dyn Fn() -> bool + Sync),
) -> Option<Metrics> {
    let scorer = model.scorer()?;
    // Scores are of what the model learns from; one inside a scaling is given its own units already.
    let in_own_units = model.info().scaling.as_ref().map(|scaling| data.scaled(Some(scaling)));
    let data = in_own_units.as_ref().unwrap_or(data);
    let (draws, noise) = (scorer.draws(), model.info().samples);
    let n = n.min(data.n_samples());
    let score = |chunk: usize| {
        if is_cancelled() {
            return None;
        }
        let indices = chunk_indices(chunk, n);
        let x = seen(data, &indices, noise);
        let mut drawn: Vec<Drawn> =
            [Scope::Batch, Scope::Shard].into_iter().flat_map(|scope| Drawn::all(&draws, scope)).collect();
        for drawn in &mut drawn {
            let purpose = if drawn.purpose() == Purpose::Eps { Purpose::Evaluation } else { drawn.purpose() };
            drawn.draw(indices.len(), 0, purpose, chunk as u64);
        }
        let labels = data.labels_of(&indices);
        let batch = Batch::new(x.view(), with_drawn(Draws::default(), &drawn), &labels, 1.0);
        Some(scorer.score(&batch, &mut Scratch::default()))
    };
    let parts: Option<Vec<Metrics>> = (0..n.div_ceil(CHUNK)).into_par_iter().map(score).collect();
    let mut total = Metrics::default();
    // Summed in order, so that the digits do not depend on which thread was first.
    parts?.into_iter().for_each(|part| total.add(&part));
    Some(total.scaled(1.0 / n as f64))
}

/// Samples [indices, features] as a model of such `samples` is scored on them.
pub(super) fn seen(data: &Dataset, indices: &[u32], samples: NoiseSpec) -> Array2<f32> {
    let mut x = Array2::zeros((indices.len(), data.n_features()));
    data.gather(indices, &mut x);
    for (mut x, &idx) in x.rows_mut().into_iter().zip(indices) {
        samples.binarise(flat_mut(&mut x), idx);
    }
    x
}

/// Turns shares of words `x_hat` [n, features], where `model` decodes to such, into counts, as many as each
/// of the documents `x` has.
pub(super) fn as_counts(model: &dyn FrozenModel, x: &Array2<f32>, x_hat: &mut Array2<f32>) {
    if model.info().decodes_shares {
        x_hat.rows_mut().into_iter().zip(x.rows()).for_each(|(mut x_hat, x)| x_hat *= x.sum());
    }
}

/// Σ (x̂ − x)² of one decoded sample, in the units that the model learns from.
pub fn squared_error(model: &dyn FrozenModel, data: &Dataset, sample: u32, x_hat: ArrayView1<f32>) -> f64 {
    let scaling = model.info().scaling.as_ref();
    let (mut x, mut x_hat) = (Array2::zeros((1, data.n_features())), x_hat.to_owned().insert_axis(Axis(0)));
    data.scaled(scaling).gather(&[sample], &mut x);
    as_counts(model, &x, &mut x_hat);
    if let Some(scaling) = scaling {
        scaling.apply(x_hat.view_mut());
    }
    data.kind().error(x.row(0), x_hat.row(0))
}

pub(super) fn chunk_indices(chunk: usize, n: usize) -> Vec<u32> {
    (chunk * CHUNK..((chunk + 1) * CHUNK).min(n)).map(|idx| idx as u32).collect()
}

/// The codes of the given samples [indices, latent_dim]; none if the model has no encoder or the work is
/// cancelled.
pub fn encode(
    model: &dyn FrozenModel,
    data: &Dataset,
    indices: &[u32],
    is_cancelled: &(dyn Fn() -> bool + Sync),
) -> Option<Codes> {
    let encoder = model.encoder()?;
    let encode = |indices: &[u32]| {
        if is_cancelled() {
            return None;
        }
        let mut x = Array2::zeros((indices.len(), data.n_features()));
        data.gather(indices, &mut x);
        Some(encoder.encode(x.view(), &data.labels_of(indices), &mut Scratch::default()))
    };
    let parts: Option<Vec<Codes>> = indices.par_chunks(data.chunk_size().min(CHUNK)).map(encode).collect();
    let parts = parts?;
    let stack = |parts: Vec<ArrayView2<f32>>| concatenate(Axis(0), &parts).ok();
    Some(Codes {
        mu: stack(parts.iter().map(|codes| codes.mu.view()).collect())?,
        log_var: parts
            .iter()
            .map(|codes| codes.log_var.as_ref().map(|log_var| log_var.view()))
            .collect::<Option<Vec<_>>>()
            .and_then(stack),
    })
}
