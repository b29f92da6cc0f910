//! Learners: whatever can advance on data and be frozen. One of them serves every gradient-trained model.

use super::noise::{Drawn, Noisy, ShardStream, with_drawn};
use super::{TrainSpec, learning_rate};
use crate::data::{Batches, SampleBatch};
use crate::model::{Batch, Draws, FrozenModel, Objective, Scope, Terms};
use crate::nn::{Optimizer, Purpose, Scratch, clip_scale, stream};
use ndarray::Axis;
use rand::Rng;
use rayon::prelude::*;
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
}

/// Something that learns. It *pulls* the data it needs: a mini-batch for a gradient step, all of it for a closed form.
pub trait Learner: Send {
    /// One step of learning; the terms are means over the samples used.
    fn advance(&mut self, batches: &mut Batches) -> Result<Terms, TrainError>;

    /// The model as it stands, after a check that its weights are finite.
    fn freeze(&self) -> Result<Arc<dyn FrozenModel>, TrainError>;

    /// What a resumed run needs beside the model, if anything.
    fn optim_state(&self) -> Option<OptimState>;

    /// Steps after which there is nothing left to learn, where that does not hang on the settings of training.
    fn n_steps(&self) -> Option<u64> {
        None
    }
}

/// The optimizer's moments, flat, in the order of the model's parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct OptimState {
    /// Steps taken.
    pub t: u64,
    /// Running mean of the gradient, or SGD's running sum.
    pub m: Arc<[f32]>,
    /// Running mean of its square; empty for SGD.
    pub v: Arc<[f32]>,
}

/// Trains any [`Objective`] by its gradients.
///
/// Each batch is cut into `shards`, whose gradients are summed in order; so the bits depend on the shards, never on the
/// number of threads. Cores beyond the shards split the matrix products.
pub struct GradientLearner {
    objective: Box<dyn Objective<f32>>,
    optimizer: Optimizer<f32>,
    train: TrainSpec,
    last_step: u64,
    shards: Vec<Shard>,
    grads: Vec<Vec<f32>>,
    /// Room for the sums by which gradients are clipped.
    squares: Vec<f64>,
    /// Random numbers of the whole batch.
    drawn: Vec<Drawn>,
}

/// What one shard works with beside the shared model.
struct Shard {
    scratch: Scratch<f32>,
    /// Random numbers of its own.
    drawn: Vec<Drawn>,
    terms: Terms,
}

impl GradientLearner {
    /// A learner at the objective's present weights, going on from `optim` where one is given.
    ///
    /// `last_step` is the planned end, which schedules run towards; `threads` is what the surrounding pool has.
    pub fn new(
        objective: Box<dyn Objective<f32>>,
        optim: Option<&OptimState>,
        train: &TrainSpec,
        last_step: u64,
        threads: usize,
    ) -> Self {
        let n_params = objective.n_params();
        let shards = train.shards;
        let mut optimizer = Optimizer::new(train.method(), n_params);
        let fits = |optim: &&OptimState| optim.m.len() == optimizer.m.len() && optim.v.len() == optimizer.v.len();
        if let Some(optim) = optim.filter(fits) {
            optimizer.t = optim.t;
            optimizer.m.copy_from_slice(&optim.m);
            optimizer.v.copy_from_slice(&optim.v);
        }
        let draws = objective.draws();
        let shard = |_| Shard {
            scratch: Scratch::new(threads.div_ceil(shards)),
            drawn: Drawn::all(&draws, Scope::Shard),
            terms: Terms::default(),
        };
        Self {
            objective,
            optimizer,
            train: train.clone(),
            last_step,
            shards: (0..shards).map(shard).collect(),
            grads: vec![vec![0.0; n_params]; shards],
            squares: Vec::new(),
            drawn: Drawn::all(&draws, Scope::Batch),
        }
    }

    /// The pair of layers that is trained alone at a step, if any; where that changes, the optimizer begins anew.
    fn stage(&mut self, step: u64, steps_per_epoch: u64) -> Option<u64> {
        let epoch = step / steps_per_epoch;
        let stage = self.objective.stage(epoch);
        let changed = |before: u64| self.objective.stage(before) != stage;
        if step.is_multiple_of(steps_per_epoch) && epoch.checked_sub(1).is_some_and(changed) {
            self.optimizer.reset();
        }
        stage
    }

    /// The gradients of all shards; returns the terms summed over the batch.
    fn backward(&mut self, (step, stage): (u64, Option<u64>), sample: &SampleBatch<'_>) -> Terms {
        let (x, labels, indices) = (sample.samples.dense(), sample.labels, sample.indices);
        let n = x.nrows();
        let per_shard = n.div_ceil(self.shards.len()).max(1);
        let weight = 1.0 / n as f32;
        let seed = self.train.seed;
        self.drawn.iter_mut().for_each(|drawn| drawn.draw(n, seed, drawn.purpose(), step));
        let (objective, draws) = (&*self.objective, with_drawn(Draws::default(), &self.drawn));
        let noise_seed = stream(self.train.seed, Purpose::Dropout, step).next_u64();
        let work = |(i, (shard, grads)): (usize, (&mut Shard, &mut Vec<f32>))| {
            let (start, end) = ((i * per_shard).min(n), ((i + 1) * per_shard).min(n));
            if start == end {
                grads.fill(0.0);
                shard.terms = Terms::default();
                return;
            }
            let x = x.slice_axis(Axis(0), ndarray::Slice::from(start..end));
            let own = ShardStream { seed, step, shard: i as u64 };
            shard.drawn.iter_mut().for_each(|drawn| drawn.draw(end - start, seed, drawn.purpose(), own.index()));
            let noise = objective.info().samples;
            let noisy = Noisy::new(noise, x, &indices[start..end], own, &mut shard.scratch);
            let draws = with_drawn(draws.rows(start..end), &shard.drawn);
            let labels = labels.get(start..end).unwrap_or_default();
            let batch = Batch {
                seen: noisy.seen(x),
                step: Some(step),
                stage,
                ..Batch::new(noisy.target(x), draws, labels, weight)
            };
            shard.scratch.noise_seed = Some(noise_seed.wrapping_add(i as u64));
            shard.terms = objective.loss_and_grads(&batch, grads, &mut shard.scratch);
            noisy.give_back(&mut shard.scratch);
        };
        self.shards.par_iter_mut().zip(self.grads.par_iter_mut()).enumerate().for_each(work);
        let mut terms = Terms::default();
        self.shards.iter().for_each(|shard| terms.add(shard.terms));
        terms
    }
}

fn diverged(step: u64, quantity: impl Into<String>, value: f64) -> TrainError {
    TrainError::Diverged {
        step,
        quantity: quantity.into(),
        value: if value.is_nan() { "not a number" } else { "infinite" },
    }
}

impl Learner for GradientLearner {
    fn advance(&mut self, batches: &mut Batches) -> Result<Terms, TrainError> {
        let step = batches.step();
        let stage = self.stage(step, batches.steps_per_epoch());
        let sample = batches.advance();
        let n = sample.indices.len();
        let terms = self.backward((step, stage), &sample).scaled(1.0 / n as f64);
        if let Some((quantity, value)) = terms.first_not_finite() {
            return Err(diverged(step + 1, quantity, value));
        }
        let (optimizer, grads) = (&mut self.optimizer, &self.grads);
        let grad_scale = if self.train.clip_norm > 0.0 {
            clip_scale(grads, self.train.clip_norm, &mut self.squares)
        } else {
            1.0
        };
        let update = optimizer.begin(learning_rate(&self.train, step, self.last_step), grad_scale);
        let mut offset = 0;
        self.objective.visit_mut(&mut |weights| {
            optimizer.update(&update, offset, weights, grads);
            offset += weights.len();
        });
        Ok(terms)
    }

    fn freeze(&self) -> Result<Arc<dyn FrozenModel>, TrainError> {
        for param in self.objective.params() {
            // A sum is finite only if every part is, and it vectorises.
            let sum: f32 = param.values.iter().map(|w| w * 0.0).sum();
            if sum != 0.0 {
                return Err(diverged(self.optimizer.t, format!("the weights {}", param.name), f64::NAN));
            }
        }
        Ok(self.objective.freeze())
    }

    fn optim_state(&self) -> Option<OptimState> {
        let Optimizer { t, m, v, .. } = &self.optimizer;
        Some(OptimState { t: *t, m: m.as_slice().into(), v: v.as_slice().into() })
    }
}
