//! The learner of every model that is trained by gradients.

use super::noise::{Drawn, Noisy, ShardStream, with_drawn};
use super::run::Plan;
use super::{TrainSpec, learning_rate};
use crate::data::{Batches, Cancel, SampleBatch};
use crate::model::{
    Batch, Draws, FrozenModel, Learner, LearnerState, MetricId, Metrics, Objective, Scope, StateTensor,
    TrainError, are_alike, check_finite,
};
use crate::nn::{Optimizer, Purpose, Scratch, clip_scale, stream};
use ndarray::Axis;
use rand::Rng;
use rayon::prelude::*;
use std::sync::Arc;

/// Trains any [`Objective`] by its gradients.
///
/// Each batch is cut into `shards`, whose gradients are summed in order; so the bits depend on the shards,
/// never on the number of threads. Cores beyond the shards split the matrix products.
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
    /// Means over the whole batch that the loss hangs on.
    means: Vec<f64>,
}

/// What one shard works with beside the shared model.
struct Shard {
    scratch: Scratch<f32>,
    /// Random numbers of its own.
    drawn: Vec<Drawn>,
    /// What its samples add to the means over the batch.
    sums: Vec<f64>,
    terms: Metrics,
}

/// What the shards of one step share.
struct Step<'a, 'b> {
    objective: &'a dyn Objective<f32>,
    sample: &'a SampleBatch<'b>,
    draws: Draws<'a, f32>,
    means: &'a [f64],
    seed: u64,
    step: u64,
    stage: Option<u64>,
    noise_seed: u64,
    per_shard: usize,
}

impl Step<'_, '_> {
    /// Calls `work` with the samples of shard `i` as the model learns from them, unless there are none left
    /// for it.
    fn with_batch(
        &self,
        i: usize,
        (scratch, drawn): (&mut Scratch<f32>, &mut [Drawn]),
        work: impl FnOnce(&Batch<'_, f32>, &mut Scratch<f32>),
    ) {
        let Self { objective, sample, seed, step, .. } = *self;
        let x = sample.x;
        let n = x.nrows();
        let (start, end) = ((i * self.per_shard).min(n), ((i + 1) * self.per_shard).min(n));
        if start == end {
            return;
        }
        let x = x.slice_axis(Axis(0), ndarray::Slice::from(start..end));
        let own = ShardStream { seed, step, shard: i as u64 };
        drawn.iter_mut().for_each(|drawn| drawn.draw(end - start, seed, drawn.purpose(), own.index()));
        let noisy = Noisy::new(objective.info().samples, x, &sample.indices[start..end], own, scratch);
        let labels = sample.labels.get(start..end).unwrap_or_default();
        let draws = self.draws.rows(start..end);
        let batch = Batch {
            seen: noisy.seen(x),
            means: self.means,
            step: Some(step),
            stage: self.stage,
            ..Batch::new(noisy.target(x), with_drawn(draws, drawn), labels, 1.0 / n as f32)
        };
        scratch.noise_seed = Some(self.noise_seed.wrapping_add(i as u64));
        work(&batch, scratch);
        noisy.give_back(scratch);
    }
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
            sums: Vec::new(),
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
            means: Vec::new(),
        }
    }

    /// The pair of layers that is trained alone at a step, if any; where that changes, the optimizer begins
    /// anew.
    fn stage(&mut self, step: u64, steps_per_epoch: u64) -> Option<u64> {
        let epoch = step / steps_per_epoch;
        let stage = self.objective.stage(epoch);
        let changed = |before: u64| self.objective.stage(before) != stage;
        if step.is_multiple_of(steps_per_epoch) {
            if epoch.checked_sub(1).is_some_and(changed) {
                self.optimizer.reset();
            }
            if let Some(stage) = stage.filter(|_| epoch.checked_sub(1).is_none_or(changed)) {
                self.objective.enter_stage(stage);
            }
        }
        stage
    }

    /// The gradients of all shards; returns the terms summed over the batch.
    fn backward(&mut self, (step, stage): (u64, Option<u64>), sample: &SampleBatch<'_>) -> Metrics {
        let n = sample.indices.len();
        let seed = self.train.seed;
        self.drawn.iter_mut().for_each(|drawn| drawn.draw(n, seed, drawn.purpose(), step));
        let mut step = Step {
            objective: &*self.objective,
            sample,
            draws: with_drawn(Draws::default(), &self.drawn),
            means: &[],
            seed,
            step,
            stage,
            noise_seed: stream(seed, Purpose::Dropout, step).next_u64(),
            per_shard: n.div_ceil(self.shards.len()).max(1),
        };
        if stage.is_none() && self.shards.len() > 1 && step.objective.n_batch_means() > 0 {
            gather_means(&step, &mut self.shards, n, &mut self.means);
            step.means = &self.means;
        }
        let work = |(i, (shard, grads)): (usize, (&mut Shard, &mut Vec<f32>))| {
            let Shard { scratch, drawn, terms, .. } = shard;
            *terms = Metrics::default();
            if i * step.per_shard >= n {
                grads.fill(0.0);
            }
            step.with_batch(i, (scratch, drawn), |batch, scratch| {
                *terms = step.objective.loss_and_grads(batch, grads, scratch);
            });
        };
        self.shards.par_iter_mut().zip(self.grads.par_iter_mut()).enumerate().for_each(work);
        let mut terms = Metrics::default();
        self.shards.iter().for_each(|shard| terms.add(&shard.terms));
        terms
    }
}

/// Sets `means` to those over the whole batch of `n` samples that the loss hangs on; each shard's sums are
/// added in order.
fn gather_means(step: &Step<'_, '_>, shards: &mut [Shard], n: usize, means: &mut Vec<f64>) {
    means.clear();
    means.resize(step.objective.n_batch_means(), 0.0);
    shards.par_iter_mut().enumerate().for_each(|(i, shard)| {
        let Shard { scratch, drawn, sums, .. } = shard;
        sums.clear();
        sums.resize(step.objective.n_batch_means(), 0.0);
        step.with_batch(i, (scratch, drawn), |batch, scratch| step.objective.add_batch_sums(batch, sums, scratch));
    });
    for shard in shards {
        means.iter_mut().zip(&shard.sums).for_each(|(mean, sum)| *mean += sum / n as f64);
    }
}

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
        let (mut offset, n_fixed) = (0, self.objective.n_fixed());
        self.objective.visit_mut(&mut |weights| {
            // What stands still does not decay either.
            if offset >= n_fixed {
                optimizer.update(&update, offset, weights, grads);
            }
            offset += weights.len();
        });
        Ok(terms)
    }

    fn freeze(&self) -> Result<Arc<dyn FrozenModel>, TrainError> {
        check_finite(&self.objective.params(), self.optimizer.t)?;
        Ok(self.objective.freeze())
    }

    fn state(&self) -> Option<LearnerState> {
        let tensors = StateTensor::of_moments(&self.optimizer, &self.objective.params());
        Some(LearnerState { steps: self.optimizer.t, tensors })
    }

    fn restore(&mut self, state: &LearnerState) -> bool {
        let own = StateTensor::of_moments(&self.optimizer, &self.objective.params());
        if !are_alike(&own, &state.tensors) {
            return false;
        }
        self.optimizer.t = state.steps;
        StateTensor::put_moments(state.tensors.iter(), &mut self.optimizer);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Dataset, SampleKind, Values};
    use crate::model::{ModelSpec, Settings};

    /// Weights after one step of plain descent on a batch cut into `shards`, from the same first weights.
    fn after_a_step(settings: &[(&str, &str)], shards: usize) -> Vec<f32> {
        let kind = SampleKind::image(1, 4, 3);
        // Dark samples and bright ones, so that no two shards are alike.
        let bytes: Vec<u8> = (0..8 * 12).map(|i| ((i * 37 % 101) / (1 + i / 24) + i / 12 * 20) as u8).collect();
        let data = Dataset::new(kind.clone(), Values::Bytes(bytes.into()), None, vec![]).unwrap();
        let spec = ModelSpec::of_kind("ae").unwrap();
        let spec = settings.iter().fold(spec, |spec, (path, text)| spec.with(path, text).unwrap());
        let objective = spec.check(&kind, &[]).unwrap().build(1).unwrap();
        let train = [("optimizer", "sgd"), ("momentum", "0"), ("learning_rate", "0.1")];
        let train = train.iter().fold(TrainSpec::default(), |train, (path, text)| train.with(path, text).unwrap());
        let train = TrainSpec { shards, ..train };
        let mut learner = GradientLearner::new(objective, Plan { train: &train, last_step: 1, threads: 1 });
        learner.advance(&mut Batches::new(data, 7, 0), &Cancel::default()).unwrap();
        learner.objective.params().iter().flat_map(|param| param.values.to_vec()).collect()
    }

    #[test]
    fn the_gradient_does_not_hang_on_the_number_of_shards() {
        let sparse = [("code_activation", "sigmoid"), ("sparsity", "5"), ("latent_dim", "3")];
        let deep = [("hidden", "6"), ("activation", "tanh")];
        let tied = [("decoder_weights", "tied"), ("likelihood", "mse"), ("weight_l2", "0.1")];
        for settings in [deep.to_vec(), [&deep[..], &sparse].concat(), [&deep[..], &sparse, &tied].concat()] {
            let one = after_a_step(&settings, 1);
            // Seven samples in four shards leave the last a single one; in eight, none.
            for shards in [2, 3, 4, 8] {
                let many = after_a_step(&settings, shards);
                for (a, b) in one.iter().zip(&many) {
                    assert!((a - b).abs() < 2e-6, "{shards} shards of {settings:?}: {a} {b}");
                }
            }
        }
    }
}
