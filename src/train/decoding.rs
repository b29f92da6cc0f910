//! A model's decoder as a plain function of codes.

use crate::data::Cancel;
use crate::latent::Decode;
use crate::model::FrozenModel;
use crate::nn::Scratch;
use ndarray::{Array2, ArrayView2};

/// What a model decodes `z` [n, latent_dim] to in the data's own units, told `label` where it takes any; none
/// without a decoder, or once cancelled.
pub fn decoded(model: &dyn FrozenModel, label: u16, z: ArrayView2<f32>, cancel: &Cancel) -> Option<Array2<f32>> {
    decode(model, label, z, &mut Scratch::default(), cancel)
}

fn decode(
    model: &dyn FrozenModel,
    label: u16,
    z: ArrayView2<f32>,
    scratch: &mut Scratch<f32>,
    cancel: &Cancel,
) -> Option<Array2<f32>> {
    let decoder = model.decoder().filter(|_| !cancel.is_set())?;
    let labels = if model.info().classes.is_empty() { Vec::new() } else { vec![label; z.nrows()] };
    Some(decoder.decode(z, &labels, scratch))
}

/// A model's decoder as a function to samples in the units that it learns from, in which all columns count
/// alike; it gives up once cancelled.
pub fn decoding<'a>(model: &'a dyn FrozenModel, label: u16, cancel: &'a Cancel) -> Option<Box<Decode<'a>>> {
    model.decoder()?;
    let mut scratch = Scratch::default();
    Some(Box::new(move |z: ArrayView2<f32>| {
        let mut x_hat = decode(model, label, z, &mut scratch, cancel)?;
        if let Some(scaling) = &model.info().scaling {
            scaling.apply(x_hat.view_mut());
        }
        Some(x_hat)
    }))
}
