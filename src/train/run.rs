//! One training run: its data, its learner, where it stands and what it measured.

use super::evaluate;
use super::game::held_against;
use super::learner::{GradientLearner, quantity};
use super::schedule::share_of_rate;
use super::solver::Solver;
use super::spec::TrainSpec;
use crate::data::{Batches, Cancel, DataSplit, Dataset, ReadSettings, Scaling, ScalingRule};
use crate::model::{
    Brought, Course, FrozenModel, Learner, LearnerState, Metrics, Order, TrainError, Training, ValidSpec, scaled,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A point of the charts: means over samples.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// Steps taken.
    pub step: u64,
    /// What was measured there.
    #[serde(flatten)]
    pub metrics: Metrics,
}

impl CurvePoint {
    /// What is minimised.
    pub fn loss(&self) -> f64 {
        self.metrics.loss()
    }
}

/// A model together with how it came to be: what a file holds and what the window keeps.
#[derive(Clone)]
pub struct Trained {
    /// The model.
    pub model: Arc<dyn FrozenModel>,
    /// How it was trained.
    pub train: TrainSpec,
    /// Steps taken.
    pub step: u64,
    /// Fingerprint of the training data.
    pub data: String,
    /// How the data were read, so that they can be read so again.
    pub reading: ReadSettings,
    /// Loss on the test split, at the end of each epoch.
    pub test_curve: Vec<CurvePoint>,
    /// Loss on the training batches, averaged over about a tenth of an epoch each.
    pub train_curve: Vec<CurvePoint>,
    /// What the next point of the training curve has gathered so far.
    pub recent: Recent,
    /// Where its first weights are from, if they were not drawn here.
    pub brought: Option<Arc<Brought>>,
}

impl Trained {
    /// Whether its weights are first ones as they were drawn, which carry nothing.
    pub fn is_untrained(&self) -> bool {
        self.step == 0 && self.brought.is_none()
    }
}

/// A mean in the making.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Recent {
    /// Sums over steps.
    pub sums: Metrics,
    /// Steps summed.
    pub n_steps: u64,
}

/// A trained model with what is needed to go on as if it had never stopped.
#[derive(Clone)]
pub struct Checkpoint {
    /// The model and its history.
    pub trained: Trained,
    /// What the learner remembers; none in a slim file.
    pub learner: Option<LearnerState>,
}

/// How a learner is to learn.
#[derive(Clone, Copy)]
pub struct Plan<'a> {
    /// The settings.
    pub train: &'a TrainSpec,
    /// The planned end, which schedules run towards.
    pub last_step: u64,
    /// Threads of the surrounding pool.
    pub threads: usize,
}

/// What trains a model, from `weights` (one slice a parameter, in order) or from first weights.
pub fn learner_of(
    spec: &ValidSpec,
    weights: Option<&[&[f32]]>,
    plan: Plan<'_>,
) -> Result<Box<dyn Learner>, TrainError> {
    let training = spec.training(weights, plan.train.seed).map_err(|e| TrainError::Data(e.to_string()))?;
    Ok(match training {
        Training::Gradient(objective) => Box::new(GradientLearner::new(objective, plan)),
        Training::Solved(objective, form) => Box::new(Solver::new(objective, form)),
        Training::Own(mut learner) => {
            learner.follow(course(plan));
            learner
        }
    })
}

/// What the settings of training say to a learner of its own.
fn course(plan: Plan<'_>) -> Course {
    let (train, last_step) = (plan.train.clone(), plan.last_step);
    Course {
        method: train.method(),
        clip_norm: train.clip_norm,
        batch: train.batch,
        shards: train.shards,
        threads: plan.threads,
        learning_rate: train.learning_rate,
        share: Box::new(move |step| share_of_rate(&train, step, last_step)),
    }
}

/// The scaling with which a model of `spec` is trained on `data` from fresh weights; an error where these are
/// nothing that it learns from.
pub fn scaling_for(spec: &ValidSpec, train: &TrainSpec, data: &Dataset) -> Result<Option<Scaling>, TrainError> {
    spec.fits(data).map_err(TrainError::Data)?;
    let scaling = train.scaling_of(data);
    check_scaling(spec, scaling.as_ref())?;
    Ok(scaling)
}

fn check_scaling(spec: &ValidSpec, scaling: Option<&Scaling>) -> Result<(), TrainError> {
    if scaling.is_some() && spec.input().counts_words() {
        let problem = "setting scaling: documents are counts of words, which are not scaled; choose scaling=none";
        return Err(TrainError::Data(problem.into()));
    }
    if scaling.is_some_and(|scaling| scaling.rule() == ScalingRule::Standard) && spec.takes_probabilities() {
        let problem = "setting scaling: standardised values are not between 0 and 1, as likelihood=bernoulli, a Boltzmann \
                       machine and a generator of pictures take them; choose scaling=unit, or another likelihood";
        return Err(TrainError::Data(problem.into()));
    }
    Ok(())
}

/// What a model of `spec` learns from: all samples of `data`, or those whose label is known.
fn learned_from(spec: &ValidSpec, train: &TrainSpec, data: &Dataset) -> Result<Dataset, TrainError> {
    match spec.spec().learned_from(data, train.seed) {
        Some(known) => data.select(&known).map_err(|e| TrainError::Data(e.to_string())),
        None => Ok(data.clone()),
    }
}

/// Steps that one point of the training curve averages over, as a share of an epoch.
const POINTS_PER_EPOCH: u64 = 10;

/// Most epochs between two at which a generator is held against the data.
const MAX_BETWEEN: u64 = 256;

/// A run in progress.
pub struct Run {
    spec: ValidSpec,
    train: TrainSpec,
    data: DataSplit,
    scaling: Option<Scaling>,
    learner: Box<dyn Learner>,
    batches: Batches,
    test_curve: Vec<CurvePoint>,
    train_curve: Vec<CurvePoint>,
    recent: Recent,
    brought: Option<Arc<Brought>>,
}

impl Run {
    /// A run on `data` from fresh weights, or from a checkpoint of the same spec. `threads` is what the pool
    /// has.
    pub fn new(
        spec: &ValidSpec,
        train: &TrainSpec,
        data: &DataSplit,
        from: Option<&Checkpoint>,
        threads: usize,
    ) -> Result<Self, TrainError> {
        spec.fits(&data.train).map_err(TrainError::Data)?;
        let scaling = match from {
            Some(from) => from.trained.model.info().scaling.clone(),
            None => train.scaling_of(&data.train),
        };
        check_scaling(spec, scaling.as_ref())?;
        // Live settings such as beta may differ, so the weights move into a model of the new spec.
        let old = from.map(|from| from.trained.model.weights());
        let weights: Option<Vec<&[f32]>> = old.as_ref().map(|old| old.iter().map(|param| param.values).collect());
        let learned = learned_from(spec, train, &data.train)?;
        let per_epoch = Batches::new(learned.clone(), train.batch, train.seed).steps_per_epoch();
        let plan = Plan { train, last_step: train.epochs * per_epoch, threads };
        let mut learner = learner_of(spec, weights.as_deref(), plan)?;
        if let Some(state) = from.and_then(|from| from.learner.as_ref())
            && !learner.restore(state)
        {
            log::info!("the optimizer is another one now and begins anew");
        }
        let batch = if learner.takes_all_samples() { learned.n_samples() } else { train.batch };
        let mut batches = Batches::new(learned.scaled(scaling.as_ref()), batch, train.seed);
        batches.seek(from.map_or(0, |from| from.trained.step));
        Ok(Self {
            spec: spec.clone(),
            train: train.clone(),
            data: data.clone(),
            scaling,
            learner,
            batches,
            test_curve: from.map(|from| from.trained.test_curve.clone()).unwrap_or_default(),
            train_curve: from.map(|from| from.trained.train_curve.clone()).unwrap_or_default(),
            recent: from.map(|from| from.trained.recent).unwrap_or_default(),
            brought: from.and_then(|from| from.trained.brought.clone()),
        })
    }

    /// Takes one step and returns what it measured; one that is cancelled leaves all as it was.
    pub fn advance(&mut self, cancel: &Cancel) -> Result<Metrics, TrainError> {
        let terms = self.learner.advance(&mut self.batches, cancel)?;
        let recent = &mut self.recent;
        recent.sums.add(&terms);
        recent.n_steps += 1;
        let every = (self.batches.steps_per_epoch() / POINTS_PER_EPOCH).max(1);
        if self.batches.step().is_multiple_of(every) {
            let metrics = recent.sums.scaled(1.0 / recent.n_steps as f64);
            self.train_curve.push(CurvePoint { step: self.batches.step(), metrics });
            *recent = Recent::default();
        }
        Ok(terms)
    }

    /// Scores the test split (its first `n` samples) and adds the point to the curve; none if cancelled.
    pub fn measure(
        &mut self,
        n: usize,
        is_cancelled: &(dyn Fn() -> bool + Sync),
    ) -> Result<Option<Metrics>, TrainError> {
        let model = self.freeze()?;
        let Some(mut terms) = evaluate(&*model, &self.data.test, n, is_cancelled) else { return Ok(None) };
        if self.is_held_against() {
            let found = held_against(&*model, &self.data.test, is_cancelled);
            if is_cancelled() {
                return Ok(None);
            }
            found.iter().for_each(|found| terms.add(&found.metrics()));
        }
        if let Some((id, value)) = terms.first_not_finite() {
            let quantity = format!("{} on the test split", quantity(id));
            return Err(TrainError::diverged(self.step(), quantity, value));
        }
        let step = self.step();
        self.test_curve.retain(|point| point.step != step);
        self.test_curve.push(CurvePoint { step, metrics: terms });
        Ok(Some(terms))
    }

    /// Whether a generator is held against the data at the end of this epoch: it takes longer than a short
    /// epoch, so later on only every so many of them are, and the last.
    fn is_held_against(&self) -> bool {
        let epoch = self.step() / self.steps_per_epoch();
        let octave = 1u64 << epoch.max(1).ilog2();
        self.step() >= self.last_step() || epoch.is_multiple_of((octave / 8).clamp(1, MAX_BETWEEN))
    }

    /// Whether the end of an epoch is reached and the test split not yet scored there.
    pub fn owes_test(&self) -> bool {
        let at_end = self.step() > 0 && self.step().is_multiple_of(self.steps_per_epoch());
        at_end && self.test_curve.last().is_none_or(|point| point.step != self.step())
    }

    /// Follows an order about the parts of what is trained; says whether there is such a part.
    pub fn order(&mut self, order: &Order) -> bool {
        self.learner.order(order)
    }

    /// Steps taken.
    pub fn step(&self) -> u64 {
        self.batches.step()
    }

    /// Steps in one pass over the data.
    pub fn steps_per_epoch(&self) -> u64 {
        self.batches.steps_per_epoch()
    }

    /// Steps at which the run is done.
    pub fn last_step(&self) -> u64 {
        self.learner.n_steps().unwrap_or_else(|| self.train.epochs * self.steps_per_epoch())
    }

    /// What is being trained.
    pub fn spec(&self) -> &ValidSpec {
        &self.spec
    }

    /// What is learned from.
    pub fn data(&self) -> &DataSplit {
        &self.data
    }

    /// Loss on the training batches so far.
    pub fn train_curve(&self) -> &[CurvePoint] {
        &self.train_curve
    }

    /// Loss on the test split so far.
    pub fn test_curve(&self) -> &[CurvePoint] {
        &self.test_curve
    }

    /// The model as it stands; an error names this run's step, which an optimizer begun anew does not know.
    fn freeze(&self) -> Result<Arc<dyn FrozenModel>, TrainError> {
        let model = self.learner.freeze().map_err(|e| match e {
            TrainError::Diverged { quantity, value, .. } => {
                TrainError::Diverged { step: self.step(), quantity, value }
            }
            other => other,
        })?;
        Ok(scaled(model, self.scaling.as_ref()))
    }

    /// The model as it stands, with its history.
    pub fn trained(&self) -> Result<Trained, TrainError> {
        Ok(Trained {
            model: self.freeze()?,
            train: self.train.clone(),
            step: self.step(),
            data: self.data.train.fingerprint(),
            reading: self.data.reading.clone(),
            test_curve: self.test_curve.clone(),
            train_curve: self.train_curve.clone(),
            recent: self.recent,
            brought: self.brought.as_ref().map(|brought| match self.step() {
                0 => Arc::clone(brought),
                _ => Arc::new(brought.settled()),
            }),
        })
    }

    /// The model as it stands, with all that is needed to go on.
    pub fn checkpoint(&self) -> Result<Checkpoint, TrainError> {
        Ok(Checkpoint { trained: self.trained()?, learner: self.learner.state() })
    }
}
