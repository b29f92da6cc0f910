//! The game: turns of the discriminator and the generator, each with an optimizer of its own.

use super::settings::PARTS;
use super::{DISCRIMINATOR, GENERATOR, Gan};
use crate::data::{Batches, Cancel};
use crate::model::{
    Course, FrozenModel, Learner, LearnerState, MetricId, Metrics, Order, StateTensor, TrainError, are_alike,
    check_finite,
};
use crate::nn::{Method, Optimizer, Param, Purpose, Scratch, Stack, flat_mut, stream};
use std::sync::Arc;

/// Trains a generator against a discriminator.
///
/// A step takes one mini-batch: the discriminator moves, and after as many steps as it has a turn the
/// generator does. The generator's first step is on the noise that the discriminator has just judged.
pub struct GanLearner {
    gan: Gan<f32>,
    /// Running mean of the generator's weights, which is what is shown.
    mean: Vec<f32>,
    course: Course,
    seed: u64,
    /// Of the discriminator and the generator.
    sides: [Side; 2],
    /// Which part alone takes the next step.
    next: Option<usize>,
    scratch: Scratch<f32>,
    steps: u64,
}

/// What is kept of one part beside its weights.
struct Side {
    optimizer: Optimizer<f32>,
    grads: Vec<Vec<f32>>,
    is_frozen: bool,
}

/// Places in [`PARTS`].
const D: usize = 0;
const G: usize = 1;

impl GanLearner {
    /// One that goes on from these weights.
    pub fn new(mut gan: Gan<f32>, seed: u64) -> Self {
        let beta1 = gan.settings.beta1;
        let [g, d] = gan.parts_mut().map(|part| part.n_params());
        let side = |n| Side {
            optimizer: Optimizer::new(Method::Adam, n).with_beta1(beta1),
            grads: vec![vec![0.0; n]],
            is_frozen: false,
        };
        let scratch = Scratch::new(rayon::current_num_threads());
        let sides = [side(d), side(g)];
        let mut mean = Vec::with_capacity(g);
        gan.generator.visit_mut(&mut |weights| mean.extend_from_slice(weights));
        Self { gan, mean, course: Course::default(), seed, sides, next: None, scratch, steps: 0 }
    }

    /// Moves one part along its gradients.
    fn update(&mut self, which: usize, step: u64) {
        let full = if which == D { self.gan.settings.d_rate } else { self.gan.settings.g_rate };
        let rate = full * (self.course.share)(step);
        let [generator, discriminator] = self.gan.parts_mut();
        let Side { optimizer, grads, .. } = &mut self.sides[which];
        let update = optimizer.begin(rate, 1.0);
        let mut offset = 0;
        let part: &mut Stack<f32> = if which == D { discriminator } else { generator };
        part.visit_mut(&mut |weights| {
            optimizer.update(&update, offset, weights, grads);
            offset += weights.len();
        });
        if which == G {
            self.take_into_mean();
        }
    }

    /// Takes the generator's weights into their running mean. Of the first steps it is nearly the plain mean
    /// of the last nine tenths, since it would hang on to the first weights else.
    fn take_into_mean(&mut self) {
        let t = self.sides[G].optimizer.t as f64;
        let stays = self.gan.settings.average.min((1.0 + t) / (10.0 + t)) as f32;
        let mut means = self.mean.iter_mut();
        self.gan.generator.visit_mut(&mut |weights| {
            weights.iter().zip(&mut means).for_each(|(w, mean)| *mean = stays * *mean + (1.0 - stays) * w);
        });
    }

    /// Noise for `n` samples, the draw `k` of a step.
    fn noise(&mut self, n: usize, step: u64, k: u64) -> ndarray::Array2<f32> {
        let mut z = self.scratch.array(n, self.gan.settings.latent_dim);
        self.gan.settings.prior.draw(&mut stream(self.seed, Purpose::Eps, step << 7 | k), flat_mut(&mut z));
        z
    }

    /// Which parts move in a step, the discriminator first.
    fn moves(&mut self, step: u64) -> [bool; 2] {
        if let Some(only) = self.next.take() {
            return [only == D, only == G];
        }
        let ends_turn = (step + 1).is_multiple_of(self.gan.settings.d_steps);
        [!self.sides[D].is_frozen, ends_turn && !self.sides[G].is_frozen]
    }

    fn parameters_of(&self, which: usize) -> Vec<Param<'_, f32>> {
        if which == D {
            self.gan.discriminator.params(DISCRIMINATOR)
        } else {
            self.gan.generator.params(GENERATOR)
        }
    }
}

impl Learner for GanLearner {
    fn advance(&mut self, batches: &mut Batches, _cancel: &Cancel) -> Result<Metrics, TrainError> {
        let step = batches.step();
        let sample = batches.advance();
        let n = sample.indices.len();
        let [moves_d, moves_g] = self.moves(step);
        let weight = 1.0 / n as f32;
        let mut z = self.noise(n, step, 0);
        let mut tape = self.gan.generate(z.view(), &mut self.scratch);
        let judged = match tape.last() {
            Some(fakes) => {
                let gradient = moves_d.then_some((&mut self.sides[D].grads[0][..], weight));
                // What layers remember of the generator's pass waits for its way back.
                let memory = self.scratch.set_memory_aside();
                let judged = self.gan.judge(sample.x, fakes.view(), gradient, &mut self.scratch);
                let used = self.scratch.put_memory(memory);
                self.scratch.give_back_memory(used);
                judged
            }
            None => return Err(TrainError::Data("the generator has no layers".into())),
        };
        let terms = judged.terms().scaled(1.0 / n as f64);
        if let Some((id, value)) = terms.first_not_finite() {
            return Err(TrainError::diverged(step + 1, quantity(id), value));
        }
        if moves_d {
            self.update(D, step);
        }
        for k in 1..=if moves_g { self.gan.settings.g_steps } else { 0 } {
            if k > 1 {
                self.scratch.give_back_list(tape);
                self.scratch.give_back(z);
                z = self.noise(n, step, k);
                tape = self.gan.generate(z.view(), &mut self.scratch);
            }
            let grads = &mut self.sides[G].grads[0];
            let loss = self.gan.deceive((z.view(), &tape), weight, grads, &mut self.scratch);
            if !loss.is_finite() {
                return Err(TrainError::diverged(step + 1, quantity(MetricId::GeneratorLoss), loss));
            }
            self.update(G, step);
        }
        self.scratch.give_back_list(tape);
        self.scratch.give_back(z);
        self.steps += 1;
        Ok(terms)
    }

    fn freeze(&self) -> Result<Arc<dyn FrozenModel>, TrainError> {
        check_finite(&self.gan.params(), self.steps)?;
        let mut shown = self.gan.frozen();
        let mut means = &self.mean[..];
        shown.generator.visit_mut(&mut |weights| {
            let (own, rest) = means.split_at(weights.len());
            weights.copy_from_slice(own);
            means = rest;
        });
        Ok(Arc::new(shown))
    }

    fn state(&self) -> Option<LearnerState> {
        let mut tensors = Vec::new();
        let single = |name: String, value: f32| StateTensor { name, shape: vec![1], values: [value].into() };
        for (which, part) in PARTS.iter().enumerate() {
            let Side { optimizer, is_frozen, .. } = &self.sides[which];
            tensors.extend(StateTensor::of_moments(optimizer, &self.parameters_of(which)));
            // In halves, which a 32-bit float holds exactly.
            tensors.push(single(format!("t_high.{}", part.name), (optimizer.t >> 24) as f32));
            tensors.push(single(format!("t.{}", part.name), (optimizer.t & 0xff_ffff) as f32));
            tensors.push(single(part.frozen(), f32::from(u8::from(*is_frozen))));
        }
        // The file's weights of the generator are the mean.
        tensors.extend(self.parameters_of(G).into_iter().map(|param| StateTensor {
            name: format!("own.{}", param.name),
            shape: param.shape.clone(),
            values: param.values.into(),
        }));
        Some(LearnerState { steps: self.steps, tensors })
    }

    fn restore(&mut self, state: &LearnerState) -> bool {
        if !self.state().is_some_and(|own| are_alike(&own.tensors, &state.tensors)) {
            return false;
        }
        self.steps = state.steps;
        let mut next = state.tensors.iter();
        for which in [D, G] {
            let n_tensors = self.parameters_of(which).len();
            let Side { optimizer, is_frozen, .. } = &mut self.sides[which];
            // Two moments of each parameter.
            StateTensor::put_moments(next.by_ref().take(2 * n_tensors), optimizer);
            let mut single = || next.next().and_then(|tensor| tensor.values.first().copied()).unwrap_or_default();
            optimizer.t = (single() as u64) << 24 | single() as u64;
            *is_frozen = single() != 0.0;
        }
        self.gan.generator.visit_mut(&mut |weights| {
            next.next().into_iter().for_each(|own| weights.copy_from_slice(&own.values));
        });
        true
    }

    fn follow(&mut self, course: Course) {
        self.course = course;
    }

    fn order(&mut self, order: &Order) -> bool {
        let place = |name: &str| PARTS.iter().position(|part| part.name == name);
        match order {
            Order::Freeze(part, frozen) => {
                let Some(which) = place(part) else { return false };
                self.sides[which].is_frozen = *frozen;
            }
            Order::Only(part) => {
                let Some(which) = place(part) else { return false };
                self.next = Some(which);
            }
        }
        true
    }
}

/// A metric as an error names it.
fn quantity(id: MetricId) -> &'static str {
    match id {
        MetricId::DiscriminatorLoss => "the loss of D",
        MetricId::GeneratorLoss => "the loss of G",
        id => id.metric().title,
    }
}
