//! The transitions.

use super::undo::State;
use super::{Action, Effect, GridSettings, Group, NextStep, Session, Toast, ToastKind, Weights};
use crate::data::DataChoice;
use crate::model::{Settings, ValidSpec};
use crate::nn::{Purpose, standard_normal, stream};
use crate::train::{Checkpoint, Trained};
use crate::worker::{Begin, Job, Phase, TrainCommand, Until};
use std::path::PathBuf;
use std::sync::Arc;

/// Farthest a typed value of z may lie: beyond it `f32` products overflow.
const MAX_Z: f32 = 1e4;

impl Session {
    /// Loads the spec's data, and the model to show on it: a file, or the embedded model where the data are its own.
    pub fn open(&mut self, model: Option<PathBuf>) -> Vec<Effect> {
        let load = Effect::Job(Job::LoadData(self.spec.data.clone()));
        // The model comes first, so that the data find it waiting and no fresh one is set up for a moment.
        match model {
            None if self.spec.data != DataChoice::Mnist => vec![load],
            model => vec![Effect::Job(Job::OpenModel(model)), load],
        }
    }

    /// Applies one action and says what must be done outside.
    pub fn apply(&mut self, action: Action) -> Vec<Effect> {
        let mut effects = Vec::new();
        self.transition(action, &mut effects);
        self.refresh_views(&mut effects);
        effects
    }

    fn transition(&mut self, action: Action, effects: &mut Vec<Effect>) {
        let replaces_weights = matches!(action, Action::ChooseData(_) | Action::OpenModel(_) | Action::Reset);
        if replaces_weights && self.is_running() {
            // What was learned since the last pause is in no checkpoint yet and would be lost.
            let stands = "Pause it first; nothing was changed.".into();
            return self.toast(ToastKind::Bad, "Training is running".into(), stands);
        }
        match action {
            Action::ChooseData(choice) => self.choose_data(choice, effects),
            Action::OpenModel(path) => {
                self.is_loading = true;
                effects.push(Effect::Job(Job::OpenModel(Some(path))));
            }
            Action::SetKind(kind) => {
                let changed = self.slot().model.to_kind(kind).map_err(|e| e.to_string());
                self.change_settings(changed, |slot, model| slot.model = model);
            }
            Action::Set(Group::Model, path, text) => {
                let changed = self.slot().model.with(path, &text).map_err(|e| e.to_string());
                self.change_settings(changed, |slot, model| slot.model = model);
            }
            Action::Set(Group::Training, path, text) => {
                let changed = self.slot().training.with(path, &text).map_err(|e| e.to_string());
                self.change_settings(changed, |slot, training| slot.training = training);
            }
            Action::Train(until) => self.train(until, effects),
            Action::Pause => {
                if self.is_running() {
                    effects.push(Effect::Train(TrainCommand::Pause));
                }
            }
            Action::Stop => {
                if self.is_running() {
                    self.is_stopping = true;
                    effects.push(Effect::Train(TrainCommand::Pause));
                } else {
                    self.status = None;
                }
            }
            Action::SlowMotion(slow) => {
                self.slow_motion = slow;
                effects.push(Effect::Train(TrainCommand::SlowMotion(slow)));
            }
            Action::Reset => {
                self.record();
                self.begin_fresh(effects);
            }
            Action::Hover(z) => self.hover = z.filter(|z| z.len() == self.latent_dim()),
            Action::Keep(z) => self.keep(z),
            Action::SetZ(dim, value) => {
                let mut z = self.spec.z.clone();
                if let (Some(slot), true) = (z.get_mut(dim), value.is_finite()) {
                    *slot = value;
                    self.keep(z);
                }
            }
            Action::ZeroZ => self.keep(vec![0.0; self.latent_dim()]),
            Action::SampleZ => self.sample_z(),
            Action::SetAxis(axis, dim) => self.set_axis(axis, dim),
            Action::SetTool(tool) => self.change(|spec| spec.tool = tool),
            Action::SetGrid(rect) => {
                let finite = rect.is_none_or(|rect| rect.as_flattened().iter().all(|bound| bound.is_finite()));
                if finite {
                    self.change(|spec| spec.grid.rect = rect.map(|bounds| bounds.map(sorted)));
                }
            }
            Action::SetGridSteps(steps) => {
                let range = GridSettings::STEPS;
                self.change(|spec| spec.grid.steps = steps.clamp(*range.start(), *range.end()));
            }
            Action::SetSpacing(spacing) => self.change(|spec| spec.grid.spacing = spacing),
            Action::ToggleClass(class) => self.change(|spec| {
                if !spec.hidden.remove(&class) {
                    spec.hidden.insert(class);
                }
            }),
            Action::ShowAlone(class) => self.show_alone(class),
            Action::Colour(colour) => self.change(|spec| spec.colour = colour),
            Action::Fit(fit) => self.spec.fit = fit,
            Action::ShowStrips(dims) => self.views.strips = dims,
            Action::BeginGesture => self.history.begin(State { spec: self.spec.clone(), weights: None }),
            Action::EndGesture => self.history.end(&self.spec),
            Action::Undo => self.go_through_history(false, effects),
            Action::Redo => self.go_through_history(true, effects),
            Action::Complain(first, second) => self.toast(ToastKind::Bad, first, second),
            Action::Dismiss(id) => self.toasts.retain(|toast| toast.id != id),
        }
    }

    /// Notes the state before a change of weights.
    pub(super) fn record(&mut self) {
        self.history.record(State { spec: self.spec.clone(), weights: Some(self.weights.clone()) });
    }

    /// A change of the spec that is one step of undo, unless it changes nothing.
    fn change(&mut self, change: impl FnOnce(&mut super::SessionSpec)) {
        let before = self.spec.clone();
        change(&mut self.spec);
        if before != self.spec {
            self.history.record(State { spec: before, weights: None });
        }
    }

    fn change_settings<T>(&mut self, changed: Result<T, String>, put: impl FnOnce(&mut super::ModelSlot, T)) {
        match changed {
            Ok(value) => self.change(|spec| put(&mut spec.models[spec.active], value)),
            Err(e) => self.toast(ToastKind::Bad, e, "The setting before it is kept.".into()),
        }
    }

    pub(super) fn toast(&mut self, kind: ToastKind, first: String, second: String) {
        let first = sentence_case(first);
        if kind == ToastKind::Bad {
            log::warn!("{first}");
        }
        let id = self.toasts.last().map_or(0, |toast| toast.id) + 1;
        self.toasts.push(Toast { id, kind, first, second });
        if self.toasts.len() > 3 {
            self.toasts.remove(0);
        }
    }

    fn choose_data(&mut self, choice: DataChoice, effects: &mut Vec<Effect>) {
        self.is_loading = true;
        effects.push(Effect::Job(Job::LoadData(choice)));
    }

    fn keep(&mut self, z: Vec<f32>) {
        if z.len() == self.latent_dim() && z.iter().all(|value| value.is_finite()) {
            self.change(|spec| spec.z = z.iter().map(|value| value.clamp(-MAX_Z, MAX_Z)).collect());
        }
    }

    fn sample_z(&mut self) {
        // The present code seeds the next draw: no state to keep, and each press still gives another sample.
        let seed = self.spec.z.iter().fold(1u64, |seed, value| {
            seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(u64::from(value.to_bits()))
        });
        let mut z = vec![0.0; self.latent_dim()];
        standard_normal(&mut stream(seed, Purpose::Prior, 0), &mut z);
        self.keep(z);
    }

    fn set_axis(&mut self, axis: usize, dim: usize) {
        if axis > 1 || dim >= self.latent_dim() {
            return;
        }
        self.change(|spec| {
            // A dimension cannot be drawn both ways: the axes swap.
            if spec.axes[1 - axis] == dim {
                spec.axes[1 - axis] = spec.axes[axis];
            }
            spec.axes[axis] = dim;
        });
    }

    fn show_alone(&mut self, class: usize) {
        let n = self.data.as_ref().and_then(|data| data.train.labels()).map_or(0, |labels| labels.names.len());
        let all: std::collections::BTreeSet<usize> = (0..n).collect();
        let mut alone = all.clone();
        alone.remove(&class);
        // A double click comes after a first click, which hid or showed the class by itself.
        self.change(|spec| {
            let was_alone = spec.hidden == alone || spec.hidden == all;
            spec.hidden = if was_alone { Default::default() } else { alone };
        });
    }

    /// Checks the settings against the data; says so if they do not fit.
    fn valid_spec(&mut self) -> Option<ValidSpec> {
        let kind = self.data.as_ref()?.train.kind().clone();
        match self.slot().model.check(&kind) {
            Ok(spec) => Some(spec),
            Err(e) => {
                self.toast(ToastKind::Bad, e.to_string(), "Nothing was changed.".into());
                None
            }
        }
    }

    fn train(&mut self, until: Until, effects: &mut Vec<Effect>) {
        if self.is_running() || self.is_busy() || self.data.is_none() {
            return;
        }
        self.record();
        let is_fresh = self.weights().snapshot.as_ref().is_none_or(|snapshot| snapshot.step == 0);
        if self.settings_changed() || (is_fresh && self.status.is_none()) {
            self.begin_fresh(effects);
        } else {
            self.start_over_on_other_data();
            self.plan_more_epochs(until);
            let same = self.weights().checkpoint.as_ref().is_some_and(|checkpoint| {
                checkpoint.trained.train == self.slot().training
                    && checkpoint.trained.model.spec().spec() == &self.slot().model
            });
            // The run in hand goes on only if it is exactly what is shown; otherwise one is set up from the checkpoint.
            if self.status.is_none() || !same {
                self.begin_from_checkpoint(effects);
            }
        }
        // Shown as running at once: the thread's own word comes with its first snapshot.
        if let Some(status) = &mut self.status {
            status.phase = Phase::Running;
        }
        effects.push(Effect::Train(TrainCommand::Go(until)));
    }

    /// Weights that were trained on other data go on from step 0: their steps and losses count another set.
    fn start_over_on_other_data(&mut self) {
        let Some(data) = self.data.as_ref().map(|data| data.train.fingerprint().to_string()) else { return };
        let Some(checkpoint) = self.weights().checkpoint.clone().filter(|old| old.trained.data != data) else {
            return;
        };
        self.record();
        let trained = Trained {
            step: 0,
            data,
            test_curve: Vec::new(),
            train_curve: Vec::new(),
            recent: Default::default(),
            ..checkpoint.trained.clone()
        };
        *self.weights_mut() = Weights {
            checkpoint: Some(Arc::new(Checkpoint { trained, optim: None })),
            snapshot: self.weights().snapshot.clone(),
            cloud: self.weights().cloud.clone(),
            ..Weights::default()
        };
        self.status = None;
    }

    /// Training on after the planned end plans as many epochs again.
    fn plan_more_epochs(&mut self, until: Until) {
        let steps_per_epoch = self.steps_per_epoch();
        let step = self.weights().checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.trained.step);
        let training = &mut self.slot_mut().training;
        if step >= training.epochs * steps_per_epoch {
            let more = if until == Until::End { training.epochs } else { 1 };
            training.epochs = step / steps_per_epoch + more.max(1);
        }
    }

    /// Steps in one pass over the data.
    pub fn steps_per_epoch(&self) -> u64 {
        let n = self.data.as_ref().map_or(1, |data| data.train.n_samples());
        n.div_ceil(self.slot().training.batch.clamp(1, n)) as u64
    }

    /// Sets up a run with fresh weights from the seed.
    pub(super) fn begin_fresh(&mut self, effects: &mut Vec<Effect>) {
        let Some(spec) = self.valid_spec() else { return };
        *self.weights_mut() = Weights::default();
        self.slot_mut().file = None;
        self.begin(spec, effects);
    }

    /// Sets up a run that goes on from the slot's checkpoint.
    pub(super) fn begin_from_checkpoint(&mut self, effects: &mut Vec<Effect>) {
        if let Some(spec) = self.valid_spec() {
            self.begin(spec, effects);
        }
    }

    fn begin(&mut self, spec: ValidSpec, effects: &mut Vec<Effect>) {
        let Some(data) = self.data.clone() else { return };
        self.generation += 1;
        self.status = None;
        self.is_building = true;
        let from = self.weights().checkpoint.clone();
        // A shard without samples would be a core without work.
        let train = self.slot().training.clone();
        let begin = Begin { slot: self.spec.active, generation: self.generation, spec, train, data, from };
        effects.push(Effect::Train(TrainCommand::Begin(Box::new(begin))));
    }

    fn go_through_history(&mut self, redo: bool, effects: &mut Vec<Effect>) {
        if self.is_running() && self.history.touches_weights(redo) {
            let stands = "Pause it first; then its model can be taken back and brought back.".into();
            return self.toast(ToastKind::Bad, "Training is running".into(), stands);
        }
        let state = match redo {
            true => self.history.redo(&self.spec, &self.weights),
            false => self.history.undo(&self.spec, &self.weights),
        };
        if let Some(state) = state {
            self.restore(state, effects);
        }
    }

    fn restore(&mut self, state: State, effects: &mut Vec<Effect>) {
        let same_data = self.spec.data == state.spec.data;
        self.spec = state.spec;
        self.hover = None;
        if !same_data {
            self.is_loading = true;
            effects.push(Effect::Job(Job::LoadData(self.spec.data.clone())));
        }
        if let Some(weights) = state.weights {
            self.weights = weights;
            // What the run before still has to say is about other weights.
            self.generation += 1;
            self.status = None;
            if same_data && self.weights().checkpoint.is_some() {
                self.begin_from_checkpoint(effects);
            }
        }
        self.fit_to_model();
    }

    /// Draws the two dimensions that carry most, where the model says how much each does.
    pub(super) fn draw_what_carries_most(&mut self) {
        let Some(cloud) = self.cloud() else { return };
        let kl = |dim: usize| cloud.stats[dim].kl_nats.unwrap_or(0.0);
        let mut dims: Vec<usize> = (0..cloud.stats.len()).collect();
        dims.sort_by(|&a, &b| kl(b).total_cmp(&kl(a)));
        if let [x, y, _, ..] = dims[..] {
            self.spec.axes = [x, y];
        }
    }

    /// Makes z and the axes fit the shown model's codes.
    pub(super) fn fit_to_model(&mut self) {
        let latent_dim = self.model().map_or(self.latent_dim(), |model| model.spec().latent_dim());
        if self.spec.z.len() != latent_dim {
            self.spec.z.resize(latent_dim, 0.0);
            self.hover = None;
        }
        if self.spec.axes.iter().any(|&dim| dim >= latent_dim)
            || (latent_dim > 1 && self.spec.axes[0] == self.spec.axes[1])
        {
            self.spec.axes = [0, 1.min(latent_dim - 1)];
        }
    }

    /// Whether the primary button is the thing to do next: training has not happened or would start anew.
    pub fn invites_training(&self) -> bool {
        self.next_step() == NextStep::Train && !self.is_busy()
    }
}

fn sorted([a, b]: [f32; 2]) -> [f32; 2] {
    [a.min(b), a.max(b)]
}

/// An error's text as a sentence: a first word takes a capital, a file name keeps its letters.
fn sentence_case(mut text: String) -> String {
    let word = text.split(' ').next().unwrap_or_default();
    let is_word = word.chars().all(|c| c.is_ascii_lowercase());
    if is_word && let Some(first) = text.get_mut(0..1) {
        first.make_ascii_uppercase();
    }
    text
}
