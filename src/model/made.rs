//! MADE, a masked autoencoder for distribution estimation (Germain, Gregor, Murray and Larochelle 2015).
//!
//! One network gives the probability of every pixel at once, each from the pixels before it alone: hidden
//! unit k may know the first m(k) pixels, so it sees inputs and units of no larger degree, and the output of
//! a pixel sees units of a smaller one. Masks on the weights of plain dense layers say so. The product of the
//! probabilities is a distribution, hence −ln p(x) = Σ softplus(lᵢ) − xᵢ lᵢ is exact, in the nats
//! that the bound of a VAE of the same black and white pictures is counted in.
//!
//! It has no code. Deliberately not done: masks that change from batch to batch, as the paper's ensembles of
//! orders do, and connections from the pixels past the hidden layers.

mod frozen;
mod masks;
mod settings;

pub(super) use masks::pixels;
pub use settings::MadeSpec;
pub(super) use settings::takes_pictures;

use super::sentence::within;
use super::{Batch, FrozenModel, MetricId, Metrics, ModelInfo, Objective};
use crate::nn::{Activation, Likelihood, Masked, Param, Scalar, Scratch};
use masks::Masks;
use ndarray::{Array2, ArrayView2};
use std::sync::Arc;

/// A masked autoencoder with its weights.
pub struct Made<S: Scalar> {
    info: Arc<ModelInfo>,
    /// Which pixel comes at each step, and which feature.
    order: Vec<u32>,
    features: Vec<u32>,
    layers: Vec<Masked<S>>,
}

impl<S: Scalar> Made<S> {
    /// One with first weights from `seed`.
    pub fn new(info: Arc<ModelInfo>, settings: &MadeSpec, seed: u64) -> Self {
        let Masks { order, features, inputs, hidden } = Masks::new(settings, &info.input);
        let mut layers = Vec::new();
        let mut below = inputs.clone();
        for (degrees, layer) in hidden.into_iter().zip(1..) {
            // A hidden unit sees what has no larger degree than itself.
            let bounds = degrees.iter().map(|degree| degree + 1).collect();
            layers.push(Masked::new(below, bounds, settings.activation, seed, layer));
            below = degrees;
        }
        let last = layers.len() as u64 + 1;
        layers.push(Masked::new(below, inputs, Activation::Linear, seed, last));
        Self { info, order, features, layers }
    }

    /// What every layer gives for `x` [n, features]; the last ones are the logits.
    fn outputs(&self, x: ArrayView2<S>, scratch: &mut Scratch<S>) -> Vec<Array2<S>> {
        let mut outputs = scratch.list();
        for layer in &self.layers {
            let mut y = scratch.array(x.nrows(), layer.n_out());
            layer.forward(outputs.last().map_or(x, |y: &Array2<S>| y.view()), y.view_mut(), scratch);
            outputs.push(y);
        }
        outputs
    }

    /// The logit of every feature of `x` [n, features].
    fn logits(&self, x: ArrayView2<S>, scratch: &mut Scratch<S>) -> Array2<S> {
        let mut outputs = self.outputs(x, scratch);
        let logits = outputs.pop().unwrap_or_default();
        scratch.give_back_list(outputs);
        logits
    }
}

impl<S: Scalar> Objective<S> for Made<S> {
    fn loss(&self, batch: &Batch<'_, S>, scratch: &mut Scratch<S>) -> Metrics {
        let mut logits = self.logits(batch.x, scratch);
        let nats = Likelihood::Bernoulli.score(&mut logits, batch.x).loss;
        scratch.give_back(logits);
        Metrics::default().with(MetricId::Loss, nats).with(MetricId::NegLogP, nats)
    }

    fn loss_and_grads(&self, batch: &Batch<'_, S>, grads: &mut [S], scratch: &mut Scratch<S>) -> Metrics {
        let mut outputs = self.outputs(batch.x, scratch);
        let mut dy = outputs.pop().unwrap_or_default();
        let nats = Likelihood::Bernoulli.gradient(&mut dy, batch.x, batch.weight);
        let mut end = grads.len();
        for (i, layer) in self.layers.iter().enumerate().rev() {
            let own = end - layer.n_params()..end;
            end = own.start;
            let x = i.checked_sub(1).map_or(batch.x, |below| outputs[below].view());
            // The last layer is linear, and does not look at its outputs on the way back.
            let y = outputs.get(i).map_or(x, |y| y.view());
            let mut dx = scratch.array(x.nrows(), if i > 0 { x.ncols() } else { 0 });
            let wanted = (i > 0).then(|| dx.view_mut());
            layer.backward(x, y, dy.view_mut(), wanted, &mut grads[own], scratch);
            scratch.give_back(std::mem::replace(&mut dy, dx));
        }
        scratch.give_back(dy);
        scratch.give_back_list(outputs);
        Metrics::default().with(MetricId::Loss, nats).with(MetricId::NegLogP, nats)
    }

    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn params(&self) -> Vec<Param<'_, S>> {
        // As a `torch.nn.Sequential` counts, in which each activation is a module.
        let numbered = self.layers.iter().enumerate();
        numbered.flat_map(|(i, layer)| within(&format!("net.{}", 2 * i), layer.params().into())).collect()
    }

    fn visit_mut(&mut self, visit: &mut dyn FnMut(&mut [S])) {
        self.layers.iter_mut().for_each(|layer| layer.visit_mut(visit));
    }

    fn freeze(&self) -> Arc<dyn FrozenModel> {
        Arc::new(Made::<f32> {
            info: Arc::clone(&self.info),
            order: self.order.clone(),
            features: self.features.clone(),
            layers: self.layers.iter().map(Masked::cast).collect(),
        })
    }
}

#[cfg(test)]
mod tests;
