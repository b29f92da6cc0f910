//! Learners: whatever can advance on data and be frozen.

use super::{FrozenModel, Metrics};
use crate::data::{Batches, Cancel};
use crate::nn::{Method, Optimizer, Param};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Why training cannot go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrainError {
    /// A quantity left the finite numbers.
    #[error("training stopped at step {step}: {quantity} became {value}; a smaller learning rate often helps")]
    Diverged {
        /// The step, counted from 1.
        step: u64,
        /// Such as `KL`.
        quantity: String,
        /// `infinite` or `not a number`.
        value: &'static str,
    },
    /// The compute threads could not be had.
    #[error("could not start the compute threads: {0}")]
    Threads(String),
    /// The data are not what the model takes, or leave nothing to solve.
    #[error("{0}")]
    Data(String),
    /// The step was given up; nothing has changed.
    #[error("given up")]
    Cancelled,
}

impl TrainError {
    /// A quantity left the finite numbers at a step, counted from 1.
    pub fn diverged(step: u64, quantity: impl Into<String>, value: f64) -> Self {
        let value = if value.is_nan() { "not a number" } else { "infinite" };
        Self::Diverged { step, quantity: quantity.into(), value }
    }
}

/// Something that learns. It *pulls* the data it needs: a mini-batch for a gradient step, all of it for a
/// closed form.
pub trait Learner: Send {
    /// One step of learning, after which `batches` stands at the next; the metrics are means over the samples
    /// used.
    ///
    /// A step that takes long gives up with [`TrainError::Cancelled`] soon after `cancel` is set, and leaves
    /// all as it was.
    fn advance(&mut self, batches: &mut Batches, cancel: &Cancel) -> Result<Metrics, TrainError>;

    /// The model as it stands, after a check that its weights are finite.
    fn freeze(&self) -> Result<Arc<dyn FrozenModel>, TrainError>;

    /// What a resumed run needs beside the model, such as an optimizer's moments; none where the weights are
    /// all there is to go on from.
    fn state(&self) -> Option<LearnerState> {
        None
    }

    /// Goes on from a state; says whether it is one of such a learner. Another is not taken.
    fn restore(&mut self, _state: &LearnerState) -> bool {
        false
    }

    /// Takes what the settings of training say to one that goes by gradients; called before it learns or is
    /// restored.
    fn follow(&mut self, _course: Course) {}

    /// Whether each step takes all the samples.
    fn takes_all_samples(&self) -> bool {
        false
    }

    /// Follows an order about its parts; says whether it has such a part. A learner without parts follows
    /// none.
    fn order(&mut self, _order: &Order) -> bool {
        false
    }

    /// Steps after which there is nothing left to learn, where that does not hang on the settings of
    /// training.
    fn n_steps(&self) -> Option<u64> {
        None
    }
}

/// What the settings of training say to a learner of its own that goes by gradients.
pub struct Course {
    /// What turns gradients into steps.
    pub method: Method,
    /// Greatest norm of the gradient; 0 for any.
    pub clip_norm: f64,
    /// Samples in a mini-batch.
    pub batch: usize,
    /// Parts that a batch is cut into.
    pub shards: usize,
    /// Threads of the surrounding pool.
    pub threads: usize,
    /// Step size where nothing holds it down.
    pub learning_rate: f64,
    /// The share of the full rate that warm-up and schedule leave to the step that comes after so many
    /// others.
    pub share: Box<dyn Fn(u64) -> f64 + Send>,
}

impl Course {
    /// The learning rate of the step that comes after `step` others.
    pub fn rate(&self, step: u64) -> f64 {
        self.learning_rate * (self.share)(step)
    }
}

impl Default for Course {
    fn default() -> Self {
        Self {
            method: Method::Adam,
            clip_norm: 0.0,
            batch: 128,
            shards: 1,
            threads: 1,
            learning_rate: 1e-3,
            share: Box::new(|_| 1.0),
        }
    }
}

/// A part of a model that can learn, or stand still, by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its name in orders and before its tensors.
    pub name: &'static str,
    /// Its title in the window.
    pub title: &'static str,
    /// What it is called for short.
    pub letter: &'static str,
}

impl Part {
    /// Name of the state's tensor that says whether the part stands still.
    pub fn frozen(self) -> String {
        format!("frozen.{}", self.name)
    }
}

/// What a learner of several parts can be told beyond "step". As data it is JSON:
/// `{"freeze":["generator",true]}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Let the part of this name stand still while the others learn, or learn again.
    Freeze(String, bool),
    /// The next step is of this part alone, frozen or not.
    Only(String),
}

/// All that a learner remembers beside the model's weights.
#[derive(Clone, Debug, PartialEq)]
pub struct LearnerState {
    /// Steps taken.
    pub steps: u64,
    /// The tensors, in an order that is always the same.
    pub tensors: Vec<StateTensor>,
}

/// One tensor of a learner's state.
#[derive(Clone, Debug, PartialEq)]
pub struct StateTensor {
    /// Its name.
    pub name: String,
    /// Lengths of its axes, outermost first.
    pub shape: Vec<usize>,
    /// The values in row-major order.
    pub values: Arc<[f32]>,
}

/// Names of an optimizer's moments, before those of the parameters they are of.
const MOMENTS: [&str; 2] = ["m", "v"];

impl StateTensor {
    /// The moments of an optimizer of `params`, each under the name of the parameter that it is of.
    pub fn of_moments(optimizer: &Optimizer<f32>, params: &[Param<'_, f32>]) -> Vec<Self> {
        let mut tensors = Vec::new();
        for (name, moments) in MOMENTS.iter().zip([&optimizer.m, &optimizer.v]) {
            let mut start = 0;
            for param in params {
                let end = start + param.values.len();
                // Gradient descent has no second moment.
                tensors.extend(moments.get(start..end).map(|values| Self {
                    name: format!("{name}.{}", param.name),
                    shape: param.shape.clone(),
                    values: values.into(),
                }));
                start = end;
            }
        }
        tensors
    }

    /// Puts back what [`Self::of_moments`] gave, of parameters of the same lengths.
    pub fn put_moments<'a>(tensors: impl Iterator<Item = &'a Self>, optimizer: &mut Optimizer<f32>) {
        let moments = optimizer.m.iter_mut().chain(&mut optimizer.v);
        let values = tensors.flat_map(|tensor| tensor.values.iter());
        moments.zip(values).for_each(|(moment, &value)| *moment = value);
    }
}

/// Whether two states hold tensors of the same names and lengths, in the same order.
pub fn are_alike<'a>(
    a: impl IntoIterator<Item = &'a StateTensor>,
    b: impl IntoIterator<Item = &'a StateTensor>,
) -> bool {
    let known = |tensor: &'a StateTensor| (&tensor.name, tensor.values.len());
    a.into_iter().map(known).eq(b.into_iter().map(known))
}

/// Checks that weights are finite after `step` steps; an error names the first tensor that is not.
pub fn check_finite(params: &[Param<'_, f32>], step: u64) -> Result<(), TrainError> {
    for param in params {
        // A sum is finite only if every part is, and it vectorises.
        let sum: f32 = param.values.iter().map(|w| w * 0.0).sum();
        if sum != 0.0 {
            return Err(TrainError::diverged(step, format!("the weights {}", param.name), f64::NAN));
        }
    }
    Ok(())
}
