//! From codes to what is shown: the one path that the window, the command line and exports all take.

use super::{Shown, WritingSettings};
use crate::model::FrozenModel;
use crate::nn::Scratch;
use ndarray::{Array2, ArrayView2};

/// Codes to decode, and what a model is told about them.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// Codes [n, latent_dim].
    pub z: ArrayView2<'a, f32>,
    /// Their labels, one a code, where the model takes any.
    pub labels: &'a [u16],
    /// How sentences are written, where the model writes any.
    pub writing: &'a WritingSettings,
}

/// Decodes codes to x̂ [n, features]; none if the model has no decoder.
pub fn decoded(model: &dyn FrozenModel, asked: Asked<'_>, scratch: &mut Scratch<f32>) -> Option<Array2<f32>> {
    let Asked { z, labels, writing } = asked;
    Some(match model.writer() {
        Some(writer) if !writing.is_plain() => writer.write(z, &writing.of(model).0, scratch),
        _ => model.decoder()?.decode(z, labels, scratch),
    })
}

/// Decodes codes and lays the samples out in rows of `columns`; none if the model has no decoder.
pub fn shown(
    model: &dyn FrozenModel,
    asked: Asked<'_>,
    columns: usize,
    scratch: &mut Scratch<f32>,
) -> Option<Shown> {
    let x_hat = decoded(model, asked, scratch)?;
    let shown = Shown::decoded(model, x_hat.view(), columns);
    scratch.give_back(x_hat);
    Some(shown)
}
