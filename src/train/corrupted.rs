//! How a model mends corrupted samples.

use super::evaluate::as_counts;
use crate::data::Dataset;
use crate::model::{FrozenModel, NoiseSpec};
use crate::nn::{Purpose, Scratch, flat_mut, stream};
use crate::picture::Shown;
use ndarray::{Array2, Axis, concatenate};

/// Samples clean, corrupted and mended: three rows.
pub struct CorruptedRows {
    /// What they look like, row by row.
    pub shown: Shown,
    /// Images in a row.
    pub columns: usize,
    /// Mean Σ (x − ·)² of the corrupted and of the mended samples.
    pub squared_errors: [f64; 2],
}

/// These samples clean, corrupted, and as the model mends them; none for one that cannot. Each `draw`
/// corrupts in another way.
pub fn corrupted(
    model: &dyn FrozenModel,
    (noise, draw): (&NoiseSpec, u64),
    data: &Dataset,
    indices: &[u32],
) -> Option<CorruptedRows> {
    let (encoder, decoder) = (model.encoder()?, model.decoder()?);
    let mut x = Array2::zeros((indices.len(), data.n_features()));
    // Corruption and errors are in the units that the model learns from; what is shown is in the data's own.
    let scaling = model.info().scaling.as_ref();
    data.scaled(scaling).gather(indices, &mut x);
    let mut seen = x.clone();
    for (mut row, &idx) in seen.rows_mut().into_iter().zip(indices) {
        // Each image has its own draw, so that it is the same whatever stands beside it.
        let mut rng = stream(draw, Purpose::Corruption, u64::from(idx));
        noise.corrupt(flat_mut(&mut row), &mut rng);
    }
    let (labels, mut scratch) = (data.labels_of(indices), Scratch::default());
    let squares = |a: &Array2<f32>| (a - &x).mapv(|d| f64::from(d).powi(2)).sum() / indices.len() as f64;
    let off = squares(&seen);
    let own_units = |mut x: Array2<f32>| {
        if let Some(scaling) = scaling {
            scaling.undo(x.view_mut());
        }
        x
    };
    let seen = own_units(seen);
    let codes = encoder.encode(seen.view(), &labels, &mut scratch);
    let mut x_hat = decoder.decode(codes.mu.view(), &labels, &mut scratch);
    as_counts(model, &x, &mut x_hat);
    let mut mended = x_hat.clone();
    if let Some(scaling) = scaling {
        scaling.apply(mended.view_mut());
    }
    let squared_errors = [off, squares(&mended)];
    let x = own_units(x);
    let all = concatenate(Axis(0), &[x.view(), seen.view(), x_hat.view()]).ok()?;
    let shown = Shown::decoded(model, all.view(), indices.len());
    Some(CorruptedRows { shown, columns: indices.len(), squared_errors })
}
