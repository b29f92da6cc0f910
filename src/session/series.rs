//! A series: one setting over several values, a model each, trained one after the other.
//!
//! Which models are of it is part of the document, and how far each has come is seen from its weights; so a
//! series that was paused, or opened from a file, goes on where it stands.

use super::forms::Setting;
use super::slots::{MAX_SLOTS, MAX_VISIBLE};
use super::{Effect, Group, NextStep, Session, SlotId, SlotSpec, ToastKind};
use crate::model::{Settings, ValidSpec};
use crate::worker::{TrainCommand, Until};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::ops::RangeInclusive;

/// One setting over several values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Series {
    /// Whose setting it is.
    pub group: Group,
    /// The setting, by its path.
    pub setting: String,
    /// Its values, as they are typed.
    pub values: Vec<String>,
}

impl Series {
    /// Fewest and most models of a series.
    pub const LENGTHS: RangeInclusive<usize> = 2..=MAX_VISIBLE;
}

/// Whether the series goes on by itself.
#[derive(Default)]
pub(super) struct SeriesRun {
    goes: bool,
    /// Models whose training failed; it is not tried again.
    failed: BTreeSet<SlotId>,
}

/// How far a series has come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SeriesState {
    /// Models of it that are trained.
    pub n_done: usize,
    /// All of its models.
    pub n: usize,
    /// Whether the next model is trained as soon as one is done.
    pub goes: bool,
    /// How long the rest will take, in seconds, as far as is known.
    pub secs_left: Option<f32>,
}

impl Session {
    /// The settings that a series can go over, what makes the model its kind first: numbers, and words to
    /// choose from.
    pub fn series_settings(&self) -> Vec<(Group, &Setting)> {
        let of = |group| self.settings(group).iter().map(move |setting| (group, setting));
        let mut all: Vec<_> = of(Group::Model).chain(of(Group::Training)).collect();
        all.retain(|(_, setting)| !setting.field.proposals(&setting.text).is_empty());
        all.sort_by_key(|(_, setting)| (!setting.is_own, !setting.is_in_sight()));
        all
    }

    /// The models of a series, or why there can be none.
    pub fn models_of(&self, series: &Series) -> Result<Vec<SlotSpec>, String> {
        let data = self.data.as_ref().ok_or("There are no data yet.")?;
        let n = series.values.len();
        if !Series::LENGTHS.contains(&n) {
            let (least, most) = (Series::LENGTHS.start(), Series::LENGTHS.end());
            return Err(format!("A series has {least} to {most} values, these are {n}."));
        }
        // Those of a series before make way for it.
        let n_others = self.spec.slots.iter().filter(|slot| !slot.is_in_series).count();
        if n_others + n > MAX_SLOTS {
            return Err(format!(
                "A session holds {MAX_SLOTS} models, and {n_others} are open beside these {n}; take {} of them away first.",
                n_others + n - MAX_SLOTS
            ));
        }
        let (kind, classes) = (data.train.kind(), data.train.classes());
        let slot = |text: &String| -> Result<SlotSpec, String> {
            let (mut model, mut training) = (self.slot().model.clone(), self.slot().training.clone());
            match series.group {
                Group::Model => model = model.with(&series.setting, text).map_err(|e| e.to_string())?,
                Group::Training => training = training.with(&series.setting, text).map_err(|e| e.to_string())?,
            }
            let model = model.fitted_to(kind);
            model.check(kind, classes).map_err(|e| e.to_string())?;
            Ok(SlotSpec { is_in_series: true, ..SlotSpec::new(SlotId::default(), model, training) })
        };
        let slots: Vec<SlotSpec> = series.values.iter().map(slot).collect::<Result<_, _>>()?;
        let is_twin = |i: usize| slots[..i].iter().any(|other| *other == slots[i]);
        match (1..n).find(|&i| is_twin(i)) {
            Some(i) => Err(format!("{} is there twice.", series.values[i])),
            None => Ok(slots),
        }
    }

    /// How long the models of a series will train, in seconds, as far as is known.
    pub fn secs_of(&self, models: &[SlotSpec]) -> Option<f32> {
        let (speed, data) = (self.run.speed?, self.data.as_ref()?);
        let secs = models.iter().map(|slot| {
            let n_steps = slot.training.epochs * self.steps_by(&slot.model, &slot.training);
            let spec = slot.model.check(data.train.kind(), data.train.classes());
            let products = spec.as_ref().map_or(0.0, ValidSpec::step_products);
            n_steps as f64 * self.samples_a_step(&slot.model, &slot.training) * products / speed
        });
        Some(secs.sum::<f64>() as f32).filter(|secs| *secs > 0.0)
    }

    /// Puts a model for each value on screen in the place of all others, and trains one after the other. The
    /// other models stay open; those of a series before are taken away. All of it is one step of undo.
    pub(super) fn train_series(&mut self, series: &Series, effects: &mut Vec<Effect>) {
        if !self.can_train() || self.has_codes_alone() {
            let stands = "It needs data, and nothing that is being trained or loaded.".into();
            return self.toast(ToastKind::Bad, "No series can be trained now".into(), stands);
        }
        let models = match self.models_of(series) {
            Ok(models) => models,
            Err(e) => return self.toast(ToastKind::Bad, e, "Nothing was changed.".into()),
        };
        let before = self.present(true);
        let gone: Vec<SlotId> = self.of_series().map(|slot| slot.id).collect();
        self.left_unsaved |= gone.iter().any(|id| self.weights_of(*id).is_unsaved());
        self.spec.slots.retain(|slot| !slot.is_in_series);
        self.weights.retain(|id, _| !gone.contains(id));
        self.hover = None;
        self.spec.slots.iter_mut().for_each(|slot| slot.is_visible = false);
        let first = SlotId(self.newest_slot + 1);
        for slot in models {
            self.newest_slot += 1;
            self.spec.slots.push(SlotSpec { id: SlotId(self.newest_slot), ..slot });
        }
        self.spec.active = first;
        self.series = SeriesRun { goes: true, failed: BTreeSet::new() };
        self.fit_to_models();
        self.history.record(before);
        self.train_next_of_series(effects);
    }

    /// Goes on with a series that was paused, or opened from a file.
    pub(super) fn resume_series(&mut self, effects: &mut Vec<Effect>) {
        if self.can_train() && self.series_state().is_some_and(|series| series.n_done < series.n) {
            self.series.goes = true;
            self.train_next_of_series(effects);
        }
    }

    /// Whether training that was just asked for is a part of the series, which then goes on with it.
    pub(super) fn join_series(&mut self, until: Until) {
        // Who is trained by hand is given another try.
        let active = self.spec.active;
        self.series.failed.remove(&active);
        let is_member = self.slot().is_in_series && self.waits_in_series(self.slot());
        self.series.goes = is_member && until == Until::End;
    }

    /// Lets the series rest after the present model.
    pub(super) fn pause_series(&mut self) {
        self.series.goes = false;
    }

    /// The series does not wait for a model whose training failed; says whether it is one of it.
    pub(super) fn pass_over_in_series(&mut self, slot: SlotId) -> bool {
        let is_member = self.spec.slot_of(slot).is_some_and(|slot| slot.is_in_series);
        if is_member {
            self.series.failed.insert(slot);
        }
        is_member
    }

    /// Nothing is known of the series that is open: it rests, and none of its models has failed.
    pub(super) fn rest_series(&mut self) {
        self.series = SeriesRun::default();
    }

    /// The series is over: its models are gone, or stand by themselves.
    pub(super) fn end_series(&mut self) {
        self.spec.slots.iter_mut().for_each(|slot| slot.is_in_series = false);
        self.rest_series();
    }

    /// Whether a series goes on by itself.
    pub(super) fn series_goes(&self) -> bool {
        self.series.goes
    }

    /// The models of the series, in its order.
    fn of_series(&self) -> impl Iterator<Item = &SlotSpec> {
        self.spec.slots.iter().filter(|slot| slot.is_in_series)
    }

    /// Steps that a model has taken, and those that are planned for it.
    fn steps_of(&self, slot: &SlotSpec) -> [u64; 2] {
        let taken = self.weights_of(slot.id).checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.trained.step);
        let planned = slot.training.epochs * self.steps_by(&slot.model, &slot.training);
        [taken, if slot.model.is_closed_form() { 1 } else { planned }]
    }

    fn waits_in_series(&self, slot: &SlotSpec) -> bool {
        let [taken, planned] = self.steps_of(slot);
        (taken < planned || self.settings_changed_of(slot.id)) && !self.series.failed.contains(&slot.id)
    }

    /// Whether a model is to be trained by a series that goes on.
    pub fn comes_in_series(&self, id: SlotId) -> bool {
        self.series.goes && self.of_series().any(|slot| slot.id == id && self.waits_in_series(slot))
    }

    /// How far the series has come, if there is one.
    pub fn series_state(&self) -> Option<SeriesState> {
        let n = self.of_series().count();
        let waiting: Vec<&SlotSpec> = self.of_series().filter(|slot| self.waits_in_series(slot)).collect();
        let speed = self.run.status.as_ref().filter(|_| self.is_training()).map(|status| status.steps_per_s);
        let left = waiting.iter().map(|slot| {
            let [taken, planned] = self.steps_of(slot);
            let now = self.status_of(slot.id).filter(|_| self.runs(slot.id)).map_or(taken, |status| status.step);
            planned.saturating_sub(now)
        });
        let left = left.sum::<u64>() as f32;
        let secs_left = speed.filter(|speed| *speed > 0.0).map(|speed| left / speed);
        (n > 0).then_some(SeriesState { n_done: n - waiting.len(), n, goes: self.series.goes, secs_left })
    }

    /// Trains the next model of the series, once that before is done and its codes are all there.
    pub(super) fn go_on_with_series(&mut self, effects: &mut Vec<Effect>) {
        let is_over = self.series.failed.contains(&self.run.slot) || self.is_whole(self.run.slot);
        let is_done = !self.is_busy() && !self.is_training() && is_over;
        if self.series.goes && is_done {
            self.train_next_of_series(effects);
        }
    }

    /// Whether what is shown of a model is its newest state, with the codes of all samples.
    fn is_whole(&self, id: SlotId) -> bool {
        let weights = self.weights_of(id);
        let Some(checkpoint) = &weights.checkpoint else { return true };
        // A training may be over before its first state is shown.
        let Some(snapshot) = &weights.snapshot else { return false };
        let has_all = self.are_all(weights.cloud.as_ref()) || !snapshot.capabilities.encodes;
        snapshot.step == checkpoint.trained.step && has_all
    }

    fn train_next_of_series(&mut self, effects: &mut Vec<Effect>) {
        let Some(id) = self.of_series().find(|slot| self.waits_in_series(slot)).map(|slot| slot.id) else {
            self.series.goes = false;
            let n = self.of_series().filter(|slot| !self.series.failed.contains(&slot.id)).count();
            let models = if n == 1 { "1 model".into() } else { format!("{n} models") };
            let stands = "The table below the planes holds their scores.".into();
            return self.toast(ToastKind::Info, format!("The series is done: {models}"), stands);
        };
        if self.spec.active == self.run.slot || !self.slot().is_in_series {
            // Learn and Loss follow what is trained, unless the user looks at another.
            self.spec.active = id;
        }
        let is_trained =
            self.weights_of(id).checkpoint.as_ref().is_some_and(|checkpoint| checkpoint.trained.step > 0);
        let begins = if is_trained && !self.settings_changed_of(id) {
            self.begin_from_checkpoint(id, effects)
        } else {
            // Weights that it was trained to by other settings give way, and undo brings them back.
            let before = is_trained.then(|| self.present(true));
            let begins = self.begin_fresh(id, effects);
            before.filter(|_| begins).into_iter().for_each(|before| self.history.record(before));
            begins
        };
        if begins {
            self.run.state = super::RunState::Running;
            effects.push(Effect::Train(TrainCommand::Go(Until::End)));
        } else {
            self.series.goes = false;
        }
    }

    /// Whether the series waits for someone to go on with it.
    pub fn can_resume_series(&self) -> bool {
        let waits = self.series_state().is_some_and(|series| series.n_done < series.n && !series.goes);
        waits && self.can_train() && self.next_step() != NextStep::Pause
    }
}
