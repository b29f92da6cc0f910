//! From codes to what is shown: the one path that the window, the command line and exports all take.

use super::Shown;
use crate::model::FrozenModel;
use crate::nn::Scratch;
use ndarray::ArrayView2;

/// Decodes `z` [n, latent_dim], told `labels` where the model takes any, and lays the samples out in rows of
/// `columns`; none if the model has no decoder.
pub fn shown(
    model: &dyn FrozenModel,
    z: &ArrayView2<f32>,
    labels: &[u16],
    columns: usize,
    scratch: &mut Scratch<f32>,
) -> Option<Shown> {
    let x_hat = model.decoder()?.decode(z.view(), labels, scratch);
    let shown = Shown::decoded(model, x_hat.view(), columns);
    scratch.give_back(x_hat);
    Some(shown)
}
