//! Learning by contrastive divergence (Hinton 2002) and its persistent form (Tieleman 2008).
//!
//! ∂ ln p(v) / ∂W = E[h vᵀ | data] − E[h vᵀ | model]; the second mean is taken after k steps of
//! Gibbs chains, which begin at the batch, or where those of the step before ended. The estimate goes through
//! the optimizer of the training like any gradient.
//!
//! A batch is cut into shards with a stream each, whose parts are added in order: the bits depend on the
//! shards, never on the number of threads.

use super::{Chains, Rbm, RbmSpec};
use crate::data::{Batches, Cancel};
use crate::model::closed_form::{each_chunk, give_up_if};
use crate::model::{
    Course, FrozenModel, Learner, LearnerState, Metrics, StateTensor, TrainError, are_alike, check_finite,
    draw_binary,
};
use crate::nn::{Optimizer, Purpose, Scratch, clip_scale, flat, flat_mut, matmul, shaped_mut, stream};
use ndarray::{Array1, Array2, ArrayView2, Axis, concatenate, s};
use rayon::prelude::*;
use std::ops::Range;
use std::sync::Arc;

/// Name of the states at which persistent chains stand.
const STATES: &str = "chains.visible";
/// Streams of random numbers that one step may have: one a shard, and the last for where chains begin.
const STREAMS: u64 = 128;
/// A unit that is never on, or always, begins as if it were at least so seldom.
const LEAST: f64 = 1e-2;

/// Trains a machine.
pub struct Divergence {
    rbm: Rbm,
    spec: RbmSpec,
    seed: u64,
    course: Course,
    optimizer: Optimizer<f32>,
    shards: Vec<Shard>,
    /// One shard's whole gradient each.
    grads: Vec<Vec<f32>>,
    squares: Vec<f64>,
    /// The visible states of persistent chains [batch, visible], of no meaning before the first step.
    states: Option<Array2<f32>>,
}

/// What one shard works with.
#[derive(Default)]
struct Shard {
    scratch: Scratch<f32>,
    terms: Metrics,
    /// Where its chains ended.
    ended: Option<Array2<f32>>,
}

/// What the shards of one step share.
struct Step<'a> {
    rbm: &'a Rbm,
    spec: &'a RbmSpec,
    x: ArrayView2<'a, f32>,
    indices: &'a [u32],
    states: Option<&'a Array2<f32>>,
    seed: u64,
    step: u64,
    n_shards: usize,
    cancel: &'a Cancel,
}

impl Divergence {
    /// A learner that goes on from `rbm`.
    pub fn new(rbm: Rbm, spec: RbmSpec, seed: u64) -> Self {
        let course = Course::default();
        let n_params = rbm.weights().iter().map(|param| param.values.len()).sum();
        let optimizer = Optimizer::new(course.method, n_params);
        let mut learner = Self {
            rbm,
            spec,
            seed,
            course: Course::default(),
            optimizer,
            shards: Vec::new(),
            grads: Vec::new(),
            squares: Vec::new(),
            states: None,
        };
        learner.follow(course);
        learner
    }

    /// The machine before the first step: visible biases at which each unit is on as often as in the data
    /// (Hinton 2012, section 8.1).
    fn begin(&mut self, batches: &Batches, cancel: &Cancel) -> Result<(), TrainError> {
        let data = batches.data();
        let (mut n, mut sum) = (0, Array1::<f64>::zeros(data.n_features()));
        each_chunk(data, cancel, &mut |x: ArrayView2<f32>| {
            n += x.nrows();
            sum += &x.mapv(f64::from).sum_axis(Axis(0));
        });
        give_up_if(cancel)?;
        let logit = |sum: &f64| {
            let p = (sum / n.max(1) as f64).clamp(LEAST, 1.0 - LEAST);
            (p / (1.0 - p)).ln() as f32
        };
        self.rbm.visible_bias = sum.iter().map(logit).collect();
        Ok(())
    }

    /// Where persistent chains begin: at as many samples as there are chains, drawn as 0 or 1.
    fn begin_chains(&mut self, x: ArrayView2<f32>) {
        let Some(states) = self.states.as_mut().filter(|_| self.optimizer.t == 0) else { return };
        for (i, mut state) in states.rows_mut().into_iter().enumerate() {
            state.assign(&x.row(i % x.nrows()));
        }
        draw_binary(flat_mut(states), &mut stream(self.seed, Purpose::Gibbs, STREAMS - 1));
    }

    /// Takes the step that the shards' gradients ask for, and keeps where persistent chains ended.
    fn step(&mut self, step: u64) {
        let factor = 2.0 * self.spec.weight_l2 as f32;
        if factor > 0.0 {
            self.grads[0].iter_mut().zip(&self.rbm.weight).for_each(|(grad, &w)| *grad += factor * w);
        }
        let course = &self.course;
        let scale = match course.clip_norm {
            clip if clip > 0.0 => clip_scale(&self.grads, clip, &mut self.squares),
            _ => 1.0,
        };
        let update = self.optimizer.begin(course.rate(step), scale);
        let (optimizer, grads) = (&mut self.optimizer, &self.grads);
        let mut offset = 0;
        self.rbm.visit_mut(&mut |weights| {
            optimizer.update(&update, offset, weights, grads);
            offset += weights.len();
        });
        if self.states.is_some() {
            let ended: Vec<ArrayView2<f32>> =
                self.shards.iter().filter_map(|shard| Some(shard.ended.as_ref()?.view())).collect();
            self.states = concatenate(Axis(0), &ended).ok();
        }
    }
}

impl Step<'_> {
    /// The rows of shard `i` of `n`.
    fn rows(&self, i: usize, n: usize) -> Range<usize> {
        let per_shard = n.div_ceil(self.n_shards).max(1);
        (i * per_shard).min(n)..((i + 1) * per_shard).min(n)
    }

    /// The samples of shard `i` as they are learned from.
    fn samples(&self, i: usize, stream_of: u64) -> Array2<f32> {
        let rows = self.rows(i, self.x.nrows());
        let mut v = self.x.slice(s![rows.clone(), ..]).to_owned();
        let noise = self.rbm.info().samples;
        if noise.is_dynamic() {
            draw_binary(flat_mut(&mut v), &mut stream(self.seed, Purpose::Binarisation, stream_of));
        } else {
            let rows = v.rows_mut().into_iter().zip(&self.indices[rows]);
            rows.for_each(|(mut v, &idx)| noise.binarise(flat_mut(&mut v), idx));
        }
        v
    }

    /// Sets the gradient of shard `i`, what it measured, and where its chains ended.
    fn work(&self, i: usize, shard: &mut Shard, grads: &mut [f32]) {
        let Shard { scratch, terms, ended } = shard;
        let stream_of = self.step * STREAMS + i as u64;
        let v = self.samples(i, stream_of);
        let (measured, h) = self.rbm.measure(v.view(), scratch);
        *terms = if v.is_empty() { Metrics::default() } else { measured };
        // Of chains that begin at the samples it is known what their hidden units are.
        let (mut state, mut known) = match self.states {
            Some(states) => (states.slice(s![self.rows(i, states.nrows()), ..]).to_owned(), None),
            None => (v.clone(), Some(h.clone())),
        };
        let mut rng = stream(self.seed, Purpose::Gibbs, stream_of);
        for _ in 0..self.spec.gibbs_steps {
            if self.cancel.is_set() {
                break;
            }
            let h = known.take().unwrap_or_else(|| self.rbm.hidden_given(state.view(), scratch));
            let p = self.rbm.onward(&mut state, h, &mut rng, scratch);
            scratch.give_back(p);
        }
        self.gradient((&v, &h), &state, grads, scratch);
        scratch.give_back(h);
        *ended = Some(state);
    }

    /// The gradient of −ln p as estimated: −⟨h vᵀ⟩ of the samples `v`, whose P(h | v) is given, and
    /// +⟨h vᵀ⟩ of the chains at `state`, means over the whole batch and over all chains, of which these are a
    /// part.
    fn gradient(
        &self,
        (v, h_of_v): (&Array2<f32>, &Array2<f32>),
        state: &Array2<f32>,
        grads: &mut [f32],
        scratch: &mut Scratch<f32>,
    ) {
        let (n, n_chains) = (self.x.nrows(), self.states.map_or(self.x.nrows(), Array2::nrows));
        let mut both = scratch.array(v.nrows() + state.nrows(), v.ncols());
        both.slice_mut(s![..v.nrows(), ..]).assign(v);
        both.slice_mut(s![v.nrows().., ..]).assign(state);
        let h_of_state = self.rbm.hidden_given(state.view(), scratch);
        let mut h = scratch.array(both.nrows(), h_of_v.ncols());
        h.slice_mut(s![..v.nrows(), ..]).assign(h_of_v);
        h.slice_mut(s![v.nrows().., ..]).assign(&h_of_state);
        scratch.give_back(h_of_state);
        let (data, model) = (-1.0 / n as f32, 1.0 / n_chains.max(1) as f32);
        let weight_of = |row: usize| if row < v.nrows() { data } else { model };
        h.rows_mut().into_iter().enumerate().for_each(|(i, mut row)| row *= weight_of(i));
        let (n_hidden, n_visible) = self.rbm.weight.dim();
        let (of_weight, rest) = grads.split_at_mut(n_hidden * n_visible);
        let (of_hidden, of_visible) = rest.split_at_mut(n_hidden);
        matmul(shaped_mut((n_hidden, n_visible), of_weight), h.t(), both.view(), scratch.threads());
        of_hidden.copy_from_slice(flat(&h.sum_axis(Axis(0))));
        of_visible.fill(0.0);
        for (i, row) in both.rows().into_iter().enumerate() {
            of_visible.iter_mut().zip(row).for_each(|(sum, &v)| *sum += weight_of(i) * v);
        }
        [both, h].into_iter().for_each(|array| scratch.give_back(array));
    }
}

impl Learner for Divergence {
    fn follow(&mut self, course: Course) {
        let n_params = self.rbm.weights().iter().map(|param| param.values.len()).sum();
        self.optimizer = Optimizer::new(course.method, n_params);
        let threads = course.threads.div_ceil(course.shards.max(1));
        let shard = |_| Shard { scratch: Scratch::new(threads), ..Shard::default() };
        self.shards = (0..course.shards.clamp(1, STREAMS as usize - 1)).map(shard).collect();
        self.grads = vec![vec![0.0; n_params]; self.shards.len()];
        let shape = (course.batch.max(1), self.rbm.weight.ncols());
        self.states = (self.spec.chains == Chains::Persistent).then(|| Array2::zeros(shape));
        self.course = course;
    }

    fn advance(&mut self, batches: &mut Batches, cancel: &Cancel) -> Result<Metrics, TrainError> {
        let step = batches.step();
        if step == 0 && self.rbm.visible_bias.iter().all(|&b| b == 0.0) {
            self.begin(batches, cancel)?;
        }
        let sample = batches.advance();
        let n = sample.indices.len();
        self.begin_chains(sample.x);
        let work = Step {
            rbm: &self.rbm,
            spec: &self.spec,
            x: sample.x,
            indices: sample.indices,
            states: self.states.as_ref(),
            seed: self.seed,
            step,
            n_shards: self.shards.len(),
            cancel,
        };
        let shards = self.shards.par_iter_mut().zip(self.grads.par_iter_mut()).enumerate();
        shards.for_each(|(i, (shard, grads))| work.work(i, shard, grads));
        if let Err(given_up) = give_up_if(cancel) {
            batches.seek(step);
            return Err(given_up);
        }
        let mut terms = Metrics::default();
        self.shards.iter().for_each(|shard| terms.add(&shard.terms));
        let terms = terms.scaled(1.0 / n as f64);
        if let Some((id, value)) = terms.first_not_finite() {
            return Err(TrainError::diverged(step + 1, id.metric().title, value));
        }
        self.step(step);
        Ok(terms)
    }

    fn freeze(&self) -> Result<Arc<dyn FrozenModel>, TrainError> {
        check_finite(&self.rbm.weights(), self.optimizer.t)?;
        Ok(Arc::new(self.rbm.clone()))
    }

    fn state(&self) -> Option<LearnerState> {
        let mut tensors = StateTensor::of_moments(&self.optimizer, &self.rbm.weights());
        tensors.extend(self.states.as_ref().map(|states| StateTensor {
            name: STATES.into(),
            shape: states.shape().to_vec(),
            values: flat(states).into(),
        }));
        Some(LearnerState { steps: self.optimizer.t, tensors })
    }

    fn restore(&mut self, state: &LearnerState) -> bool {
        let (chains, moments): (Vec<&StateTensor>, Vec<&StateTensor>) =
            state.tensors.iter().partition(|tensor| tensor.name == STATES);
        let own = StateTensor::of_moments(&self.optimizer, &self.rbm.weights());
        let has_chains = chains.iter().map(|tensor| tensor.values.len()).eq(self.states.iter().map(Array2::len));
        if !are_alike(&own, moments.iter().copied()) || !has_chains {
            return false;
        }
        self.optimizer.t = state.steps;
        StateTensor::put_moments(moments.into_iter(), &mut self.optimizer);
        for (states, tensor) in self.states.iter_mut().zip(chains) {
            flat_mut(states).copy_from_slice(&tensor.values);
        }
        true
    }
}
