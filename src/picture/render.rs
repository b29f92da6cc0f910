//! From codes to a picture: the one path that the window, the command line and exports all take.

use super::Pixels;
use super::mosaic::mosaic;
use crate::data::SampleKind;
use crate::model::FrozenModel;
use crate::nn::Scratch;
use ndarray::ArrayView2;

/// Decodes `z` [n, latent_dim], told `labels` where the model takes any, and lays the images out in rows of `columns`; none if the model does not decode images.
pub fn render(
    model: &dyn FrozenModel,
    z: &ArrayView2<f32>,
    labels: &[u16],
    columns: usize,
    scratch: &mut Scratch<f32>,
) -> Option<Pixels> {
    let x_hat = model.decoder()?.decode(z.view(), labels, scratch);
    let pixels = lay_out(model, x_hat.view(), columns);
    scratch.give_back(x_hat);
    pixels
}

/// Lays decoded images `x_hat` [n, features] out in rows of `columns`; none if they are no images.
pub fn lay_out(model: &dyn FrozenModel, x_hat: ArrayView2<f32>, columns: usize) -> Option<Pixels> {
    let SampleKind::Image { channels, height, width } = model.info().input else { return None };
    Some(mosaic(x_hat, channels, height, width, columns))
}
