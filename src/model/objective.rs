//! What a gradient-trained model writes.

use super::{Draw, Draws, FrozenModel, Metrics, ModelInfo};
use crate::nn::{Param, Scalar, Scratch};
use ndarray::ArrayView2;
use std::sync::Arc;

/// Samples to learn from, with the noise drawn for them; nothing in an objective is random by itself.
#[derive(Clone, Copy)]
pub struct Batch<'a, S> {
    /// Samples [n, features]: what is to be reconstructed.
    pub x: ArrayView2<'a, S>,
    /// What the encoder is shown instead, of the same shape: `x` itself, or `x` corrupted.
    pub seen: ArrayView2<'a, S>,
    /// Random numbers by what they are for: those that [`Objective::draws`] asks for.
    pub draws: Draws<'a, S>,
    /// Class of each sample, of length n; read by models that are told the label, and then one a row.
    pub labels: &'a [u16],
    /// Weight of each sample's loss in the gradients: 1 over the size of the whole batch, of which this may
    /// be a shard.
    pub weight: S,
    /// Means over the whole batch, as [`Objective::add_batch_sums`] gathers them; empty where this is the
    /// whole batch.
    pub means: &'a [f64],
    /// Step of the training; none where a model is scored.
    pub step: Option<u64>,
    /// The pair of layers that is trained alone, counted from the input; none for the whole model.
    pub stage: Option<u64>,
}

impl<'a, S: Scalar> Batch<'a, S> {
    /// Clean samples of a whole model.
    pub fn new(x: ArrayView2<'a, S>, draws: Draws<'a, S>, labels: &'a [u16], weight: S) -> Self {
        Self { x, seen: x, draws, labels, weight, means: &[], step: None, stage: None }
    }
}

/// A loss with gradients: the whole of a gradient-trained model.
pub trait Objective<S: Scalar>: Send + Sync {
    /// The loss over a batch and its parts, summed over features and samples.
    fn loss(&self, batch: &Batch<'_, S>, scratch: &mut Scratch<S>) -> Metrics;

    /// As [`Objective::loss`] (without the squared error), and sets `grads` to the gradient of `weight`·loss,
    /// flat in the order of [`Objective::params`].
    fn loss_and_grads(&self, batch: &Batch<'_, S>, grads: &mut [S], scratch: &mut Scratch<S>) -> Metrics;

    /// What the model says of itself.
    fn info(&self) -> &ModelInfo;

    /// The random numbers that each batch must bring.
    fn draws(&self) -> Vec<Draw> {
        Vec::new()
    }

    /// The part that is trained alone in an epoch, such as a pair of layers counted from the input; none
    /// where all are.
    fn stage(&self, _epoch: u64) -> Option<u64> {
        None
    }

    /// Prepares the part that is trained alone from now on; called before the first step of each.
    fn enter_stage(&mut self, _stage: u64) {}

    /// Number of means over the whole batch that the loss hangs on; 0 for a loss that is a sum over samples.
    fn n_batch_means(&self) -> usize {
        0
    }

    /// Adds to `sums` what the samples of a shard have to add to each such mean. Called for every shard
    /// before the gradients of any are taken.
    fn add_batch_sums(&self, _batch: &Batch<'_, S>, _sums: &mut [f64], _scratch: &mut Scratch<S>) {}

    /// Number of values with which the parameters begin that stand still in training; their gradients are 0.
    fn n_fixed(&self) -> usize {
        0
    }

    /// The parameters, named as in a model file.
    fn params(&self) -> Vec<Param<'_, S>>;

    /// Visits each parameter's values, in the order of [`Objective::params`].
    fn visit_mut(&mut self, visit: &mut dyn FnMut(&mut [S]));

    /// A copy as plain shared data in `f32`.
    fn freeze(&self) -> Arc<dyn FrozenModel>;

    /// Number of parameters.
    fn n_params(&self) -> usize {
        self.params().iter().map(|param| param.values.len()).sum()
    }
}
