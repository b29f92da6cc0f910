//! What happens to weights: setting runs up, training, going on, coming back.

use super::run::{RunInHand, RunState};
use super::{Effect, NextStep, Session, SlotId, ToastKind, Weights};
use crate::model::{ModelSpec, Order, Part, ValidSpec};
use crate::train::{Checkpoint, TrainSpec, Trained};
use crate::worker::{Begin, TrainCommand, Until};
use std::sync::Arc;

/// What the primary button of training would bring about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Plan {
    /// The solution, at once.
    Solve,
    /// So many epochs from new weights.
    Fresh {
        /// Epochs.
        epochs: u64,
        /// How long they will take, as far as is known.
        secs: Option<f32>,
    },
    /// So many epochs more of the present weights.
    GoOn {
        /// Epochs, the one that was begun among them.
        epochs: u64,
        /// How long they will take, as far as is known.
        secs: Option<f32>,
    },
}

impl Session {
    /// Whether what is open are codes that came without a model.
    pub fn has_codes_alone(&self) -> bool {
        self.data.as_ref().is_some_and(|data| data.train.are_codes())
    }

    pub(super) fn train(&mut self, until: Until, effects: &mut Vec<Effect>) {
        if !self.can_train() {
            if self.is_busy() {
                let second = "Something is being loaded; press Train again once it is there.".into();
                self.toast(ToastKind::Info, "Not yet".into(), second);
            }
            return;
        }
        if self.has_codes_alone() {
            let first = "These are codes: there is nothing to train".into();
            let second = "Choose the data that they are codes of, or open the table as data of its own.".into();
            return self.toast(ToastKind::Info, first, second);
        }
        let before = self.present(true);
        let starts = if self.settings_changed() || self.is_solved() {
            self.begin_fresh(self.spec.active, effects)
        } else {
            self.go_on(until, effects)
        };
        if starts {
            self.history.record(before);
            self.look(self.spec.active, |slot| slot.is_copy = false);
            self.join_series(until);
            self.run.state = RunState::Running;
            effects.push(Effect::Train(TrainCommand::Go(until)));
            if let Some(step) = self.looked_back(self.spec.active) {
                let stays =
                    format!("Step {step}, which is looked at, stays in sight and is not what is trained on.");
                self.toast(ToastKind::Info, "Training goes on from the newest state".into(), stays);
            }
        } else {
            self.spec = before.spec;
        }
    }

    /// Tells the active model's run something about the parts of its model, or takes a step of one alone.
    pub(super) fn order(&mut self, order: Order, effects: &mut Vec<Effect>) {
        let (Order::Freeze(name, _) | Order::Only(name)) = &order;
        if self.slot().model.parts().iter().all(|part| part.name != name) {
            return;
        }
        match order {
            Order::Freeze(name, frozen) => {
                let active = self.spec.active;
                self.weights_mut(active).frozen.insert(name.clone(), frozen);
                // A run that is not set up yet is told when it is.
                if self.run.slot == active && self.run.state != RunState::None {
                    effects.push(Effect::Train(TrainCommand::Order(Order::Freeze(name, frozen))));
                }
            }
            Order::Only(_) => {
                let first = effects.len();
                self.train(Until::Steps(1), effects);
                let is_go = |effect: &Effect| matches!(effect, Effect::Train(TrainCommand::Go(_)));
                if let Some(at) = effects[first..].iter().position(is_go) {
                    effects.insert(first + at, Effect::Train(TrainCommand::Order(order)));
                }
            }
        }
    }

    /// Whether a part of the active model stands still while the others learn.
    pub fn stands_still(&self, part: Part) -> bool {
        let weights = self.weights();
        let kept = || {
            let learner = weights.checkpoint.as_ref()?.learner.as_ref()?;
            let tensor = learner.tensors.iter().find(|tensor| tensor.name == part.frozen())?;
            tensor.values.first().map(|value| *value != 0.0)
        };
        weights.frozen.get(part.name).copied().or_else(kept).unwrap_or(false)
    }

    /// Makes the present weights ready to be trained further; says whether they are.
    fn go_on(&mut self, until: Until, effects: &mut Vec<Effect>) -> bool {
        self.start_over_on_other_data();
        self.plan_more_epochs(until);
        let same = self.weights().checkpoint.as_ref().is_some_and(|checkpoint| {
            checkpoint.trained.train == self.slot().training
                && checkpoint.trained.model.info().spec().is_some_and(|spec| *spec.spec() == self.slot().model)
        });
        // The run in hand goes on only if it is exactly what is shown; otherwise one is set up from the
        // checkpoint.
        (self.run.state.is_at_rest() && self.run.slot == self.spec.active && same)
            || self.begin_from_checkpoint(self.spec.active, effects)
    }

    /// Weights that were trained on other data go on from step 0: their steps and losses count another set.
    fn start_over_on_other_data(&mut self) {
        let Some(shown) = self.data.as_ref() else { return };
        let (data, reading) = (shown.train.fingerprint(), shown.reading.clone());
        let Some(checkpoint) = self.weights().checkpoint.clone().filter(|old| old.trained.data != data) else {
            return;
        };
        let trained = Trained {
            step: 0,
            data,
            reading,
            test_curve: Vec::new(),
            train_curve: Vec::new(),
            recent: Default::default(),
            ..checkpoint.trained.clone()
        };
        *self.weights_mut(self.spec.active) = Weights {
            checkpoint: Some(Arc::new(Checkpoint { trained, learner: None })),
            snapshot: self.weights().snapshot.clone(),
            cloud: self.weights().cloud.clone(),
            ..Weights::default()
        };
        self.run.state = RunState::None;
    }

    /// Training on after the planned end plans as many epochs again.
    fn plan_more_epochs(&mut self, until: Until) {
        let steps_per_epoch = self.steps_per_epoch();
        let step = self.weights().checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.trained.step);
        if self.slot().model.is_closed_form() {
            return;
        }
        self.look(self.spec.active, |slot| {
            let training = &mut slot.training;
            if step >= training.epochs * steps_per_epoch {
                let more = if until == Until::End { training.epochs } else { 1 };
                training.epochs = (step / steps_per_epoch + more.max(1)).min(TrainSpec::MAX_EPOCHS);
            }
        });
    }

    /// Where the active model's layers are trained alone, a pair at a time: which pair, from 0, of how many.
    pub fn stage(&self) -> Option<[u64; 2]> {
        let status = self.status()?;
        let model = self.model()?;
        model.info().spec()?.spec().stage(status.step / status.steps_per_epoch)
    }

    /// What the primary button would bring about, while nothing runs.
    pub fn plan(&self) -> Plan {
        let slot = self.slot();
        if slot.model.is_closed_form() {
            return Plan::Solve;
        }
        let per_epoch = self.steps_per_epoch();
        let is_fresh = self.next_step() == NextStep::Train;
        let step = self.weights().checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.trained.step);
        let planned = slot.training.epochs * per_epoch;
        let n_steps = if is_fresh || step >= planned { planned } else { planned - step };
        let a_step = self.samples_a_step(&slot.model, &slot.training);
        let secs = self.run.speed.zip(self.step_products());
        let secs = secs.map(|(speed, products)| (n_steps as f64 * a_step * products / speed) as f32);
        let secs = secs.filter(|secs| *secs > 0.0);
        if is_fresh {
            Plan::Fresh { epochs: slot.training.epochs, secs }
        } else {
            Plan::GoOn { epochs: n_steps.div_ceil(per_epoch), secs }
        }
    }

    /// Remembers how fast training is, to say how long another will take.
    pub(super) fn note_speed(&mut self) {
        let Some(status) = self.run.status.filter(|status| status.steps_per_s > 0.0 && !self.slow_motion) else {
            return;
        };
        let model = self.weights_of(self.run.slot).snapshot.as_ref().map(|snapshot| Arc::clone(&snapshot.model));
        let Some(own) = model.as_ref().and_then(|model| model.info().spec()) else { return };
        // What is solved at once takes one step of another kind, which says nothing of how long training
        // takes.
        let Some(slot) = self.spec.slot_of(self.run.slot).filter(|_| !own.spec().is_closed_form()) else { return };
        let a_step = self.samples_a_step(own.spec(), &slot.training);
        let speed = f64::from(status.steps_per_s) * a_step * own.step_products();
        self.run.speed = Some(speed).filter(|speed| *speed > 0.0).or(self.run.speed);
    }

    /// Steps in one pass over the data for the active model.
    pub fn steps_per_epoch(&self) -> u64 {
        self.steps_per_epoch_of(self.spec.active)
    }

    fn steps_per_epoch_of(&self, id: SlotId) -> u64 {
        self.spec.slot_of(id).map_or(1, |slot| self.steps_by(&slot.model, &slot.training))
    }

    /// Steps in one pass over the data when a model's weights were trained, whatever its settings say by now.
    pub(super) fn steps_per_epoch_then(&self, id: SlotId) -> u64 {
        let trained = self.weights_of(id).checkpoint.as_ref().map(|checkpoint| &checkpoint.trained);
        let then = trained.and_then(|trained| Some((trained.model.info().spec()?.spec(), &trained.train)));
        then.map_or_else(|| self.steps_per_epoch_of(id), |(model, training)| self.steps_by(model, training))
    }

    pub(super) fn steps_by(&self, model: &ModelSpec, training: &TrainSpec) -> u64 {
        let n = self.data.as_ref().map_or(1, |data| model.n_learned_from(data.train.n_samples()));
        if model.takes_all_samples() { 1 } else { n.div_ceil(training.batch.clamp(1, n)) as u64 }
    }

    /// Samples that a step takes.
    pub(super) fn samples_a_step(&self, model: &ModelSpec, training: &TrainSpec) -> f64 {
        let n = self.data.as_ref().map_or(1, |data| model.n_learned_from(data.train.n_samples()));
        if model.takes_all_samples() { n as f64 } else { training.batch.min(n) as f64 }
    }

    /// Checks a model's settings against the data; says so if they do not fit.
    fn valid_spec(&mut self, id: SlotId) -> Option<ValidSpec> {
        let data = &self.data.as_ref()?.train;
        match self.spec.slot_of(id)?.model.check(data.kind(), data.classes()) {
            Ok(spec) => Some(spec),
            Err(e) => {
                self.toast(ToastKind::Bad, e.to_string(), "Nothing was changed.".into());
                None
            }
        }
    }

    /// Sets up a run with fresh weights from the seed; says whether the settings allow it.
    pub(super) fn begin_fresh(&mut self, id: SlotId, effects: &mut Vec<Effect>) -> bool {
        self.fit_to_data(id);
        let Some(spec) = self.valid_spec(id) else { return false };
        self.left_unsaved |= self.weights_of(id).is_unsaved();
        let mut frozen = self.weights.remove(&id).map(|weights| weights.frozen).unwrap_or_default();
        // Other weights find other dimensions.
        self.look(id, |slot| (slot.file, slot.is_copy, slot.names) = (None, false, Default::default()));
        self.bring_encoder(id);
        frozen.retain(|name, _| spec.spec().parts().iter().any(|part| part.name == *name));
        self.weights_mut(id).frozen = frozen;
        self.begin(id, Some(spec), None, effects)
    }

    /// Gives a slot's model a likelihood that fits the data, where its own does not.
    fn fit_to_data(&mut self, id: SlotId) {
        let (Some(data), Some(slot)) = (&self.data, self.spec.slot_of(id)) else { return };
        let fitted = slot.model.fitted_to(data.train.kind());
        if fitted != slot.model {
            self.look(id, |slot| slot.model = fitted);
        }
    }

    /// Sets up a run that goes on from a model's checkpoint; says whether there is one.
    pub(super) fn begin_from_checkpoint(&mut self, id: SlotId, effects: &mut Vec<Effect>) -> bool {
        let Some(checkpoint) = self.weights_of(id).checkpoint.clone() else { return false };
        if self.settings_changed_of(id) {
            // Settings that ask for other weights wait for Train; these weights are shown by their own.
            let trained = &checkpoint.trained;
            let spec = trained.model.info().spec().cloned();
            return self.begin(id, spec, Some(trained.train.clone()), effects);
        }
        self.valid_spec(id).is_some_and(|spec| self.begin(id, Some(spec), None, effects))
    }

    /// Sets up a run by these settings of training, or by the model's own; without a spec, shows what is
    /// there.
    fn begin(
        &mut self,
        id: SlotId,
        spec: Option<ValidSpec>,
        train: Option<TrainSpec>,
        effects: &mut Vec<Effect>,
    ) -> bool {
        let (Some(data), Some(slot)) = (self.data.clone(), self.spec.slot_of(id)) else { return false };
        let train = train.unwrap_or_else(|| slot.training.clone());
        // What the run before still has to say is about other weights.
        let generation = self.run.generation + 1;
        let speed = self.run.speed;
        self.run = RunInHand { slot: id, generation, state: RunState::Building, status: None, speed };
        let from = self.weights_of(id).checkpoint.clone();
        let begin = Begin { slot: id, generation, spec, train, data, from };
        effects.push(Effect::Train(TrainCommand::Begin(Box::new(begin))));
        let frozen = self.weights_of(id).frozen.iter();
        let orders = frozen.map(|(part, frozen)| Order::Freeze(part.clone(), *frozen));
        effects.extend(orders.map(|order| Effect::Train(TrainCommand::Order(order))));
        true
    }

    pub(super) fn training_stopped(&mut self, checkpoint: Arc<Checkpoint>, finished: bool, training_secs: f32) {
        let test = checkpoint.trained.test_curve.last().map(|point| point.loss());
        let epochs = checkpoint.trained.train.epochs;
        let weights = self.weights_mut(self.run.slot);
        weights.checkpoint = Some(checkpoint);
        weights.training_secs += training_secs;
        self.run.state = self.run.state.stopped();
        let is_solved = self.is_solved_of(self.run.slot);
        if !finished || self.series_goes() || !(is_solved || training_secs > 1.0) {
            return;
        }
        let unit = self.unit_of_loss_in(self.run.slot);
        let loss = test.map(|loss| format!("test loss {loss:.1} {unit}")).unwrap_or_default();
        let (first, second) = if is_solved {
            (format!("Solved in {training_secs:.1} s"), loss)
        } else {
            ("Training finished".into(), format!("{epochs} epochs, {training_secs:.0} s, {loss}"))
        };
        self.toast(ToastKind::Info, first, second.trim_end_matches(", ").into());
    }

    /// What the shown losses are counted in: "nats an image", "squared error of a row".
    pub fn unit_of_loss(&self) -> String {
        self.unit_of_loss_in(self.spec.active)
    }

    fn unit_of_loss_in(&self, slot: SlotId) -> String {
        let trained = self.model_of(slot).and_then(|model| model.info().spec());
        // Of a model from elsewhere nothing but its error is measured.
        let is_foreign = self.model_of(slot).is_some() && trained.is_none();
        let unit = trained.map_or(if is_foreign { "squared error of" } else { "nats" }, ValidSpec::unit_of_loss);
        let each = self.data.as_ref().map_or("a sample", |data| data.train.kind().each());
        format!("{unit} {each}")
    }

    pub(super) fn training_failed(
        &mut self,
        error: String,
        checkpoint: Option<Arc<Checkpoint>>,
        effects: &mut Vec<Effect>,
    ) {
        (self.run.state, self.run.status) = (RunState::None, None);
        let is_of_series = self.pass_over_in_series(self.run.slot);
        let stands = match &checkpoint {
            Some(checkpoint) => format!("The model of step {} is kept.", checkpoint.trained.step),
            None if is_of_series && self.series_goes() => "The series goes on without this model.".into(),
            None => "Nothing was changed.".into(),
        };
        self.toast(ToastKind::Bad, error, stands);
        if let Some(checkpoint) = checkpoint {
            let weights = self.weights_mut(self.run.slot);
            weights.train_curve = Arc::new(checkpoint.trained.train_curve.clone());
            weights.test_curve = Arc::new(checkpoint.trained.test_curve.clone());
            weights.checkpoint = Some(checkpoint);
            self.begin_from_checkpoint(self.run.slot, effects);
        } else if self.weights_of(self.run.slot).checkpoint.is_none() {
            if is_of_series {
                // The other models of the series stand; this one shows what it was before, if it was
                // anything.
                if let Some(weights) = self.history.newest_weights_of(self.run.slot).cloned() {
                    self.weights.insert(self.run.slot, weights);
                }
            } else {
                self.take_back_weights(effects);
            }
        }
    }

    /// Shows the weights before those that could not be set up.
    fn take_back_weights(&mut self, effects: &mut Vec<Effect>) {
        let Some(state) = self.history.take_weights() else { return };
        let Some(held) = state.held else { return };
        (self.spec.data, self.spec.slots, self.spec.active) =
            (state.spec.data, state.spec.slots, state.spec.active);
        (self.weights, self.data) = (held.weights, held.data);
        self.begin_from_checkpoint(self.spec.active, effects);
        self.fit_to_models();
    }
}
