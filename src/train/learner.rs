//! The learner of every model that is trained by gradients.

use super::noise::{Drawn, Noisy, ShardStream, with_drawn};
use super::run::Plan;
use super::{TrainSpec, learning_rate};
use crate::data::{Batches, Cancel, SampleBatch};
use crate::model::{
    Batch, Draws, FrozenModel, Learner, LearnerState, MetricId, Metrics, Objective, Scope, StateTensor, TrainError,
};
use crate::nn::{Optimizer, Purpose, Scratch, clip_scale, stream};
use ndarray::Axis;
use rand::Rng;
use rayon::prelude::*;
use std::sync::Arc;

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
    terms: Metrics,
}

impl GradientLearner {
    /// A learner at the objective's present weights.
    pub fn new(objective: Box<dyn Objective<f32>>, plan: Plan<'_>) -> Self {
        let Plan { train, last_step, threads } = plan;
        let (n_params, shards) = (objective.n_params(), train.shards);
        let optimizer = Optimizer::new(train.method(), n_params);
        let draws = objective.draws();
        let shard = |_| Shard {
            scratch: Scratch::new(threads.div_ceil(shards)),
            drawn: Drawn::all(&draws, Scope::Shard),
            terms: Metrics::default(),
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
    fn backward(&mut self, (step, stage): (u64, Option<u64>), sample: &SampleBatch<'_>) -> Metrics {
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
                shard.terms = Metrics::default();
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
        let mut terms = Metrics::default();
        self.shards.iter().for_each(|shard| terms.add(&shard.terms));
        terms
    }
}

/// Names of an optimizer's moments, before those of the parameters they are of.
const MOMENTS: [&str; 2] = ["m", "v"];

impl Learner for GradientLearner {
    fn advance(&mut self, batches: &mut Batches, _cancel: &Cancel) -> Result<Metrics, TrainError> {
        let step = batches.step();
        let stage = self.stage(step, batches.steps_per_epoch());
        let sample = batches.advance();
        let n = sample.indices.len();
        let terms = self.backward((step, stage), &sample).scaled(1.0 / n as f64);
        if let Some((id, value)) = terms.first_not_finite() {
            return Err(TrainError::diverged(step + 1, quantity(id), value));
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
                let quantity = format!("the weights {}", param.name);
                return Err(TrainError::diverged(self.optimizer.t, quantity, f64::NAN));
            }
        }
        Ok(self.objective.freeze())
    }

    fn state(&self) -> Option<LearnerState> {
        let mut tensors = Vec::new();
        for (name, moments) in MOMENTS.iter().zip([&self.optimizer.m, &self.optimizer.v]) {
            let mut start = 0;
            for param in self.objective.params() {
                let end = start + param.values.len();
                // Gradient descent has no second moment.
                tensors.extend(moments.get(start..end).map(|values| StateTensor {
                    name: format!("{name}.{}", param.name),
                    shape: param.shape,
                    values: values.into(),
                }));
                start = end;
            }
        }
        Some(LearnerState { steps: self.optimizer.t, tensors })
    }

    fn restore(&mut self, state: &LearnerState) -> bool {
        let lens = |tensors: &[StateTensor]| -> Vec<(String, usize)> {
            tensors.iter().map(|tensor| (tensor.name.clone(), tensor.values.len())).collect()
        };
        let own = self.state().map(|own| lens(&own.tensors));
        if own.as_ref() != Some(&lens(&state.tensors)) {
            return false;
        }
        self.optimizer.t = state.steps;
        let moments = self.optimizer.m.iter_mut().chain(&mut self.optimizer.v);
        let values = state.tensors.iter().flat_map(|tensor| tensor.values.iter());
        moments.zip(values).for_each(|(moment, &value)| *moment = value);
        true
    }
}

/// A metric as an error names it: the loss is a word, the others go by their titles.
pub fn quantity(id: MetricId) -> &'static str {
    match id {
        MetricId::Loss => "loss",
        MetricId::Reconstruction => "reconstruction",
        id => id.metric().title,
    }
}
