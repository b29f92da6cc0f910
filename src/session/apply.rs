//! The transitions.

use super::undo::{Held, State};
use super::{
    Action, Effect, GridSettings, Group, Loads, NextStep, PathSettings, RunState, Session, SlotSpec, ToastKind,
};
use crate::data::DataChoice;
use crate::model::Settings;
use crate::nn::{Purpose, standard_normal, stream};
use crate::store::{OPENING, embedded};
use crate::worker::{Job, TrainCommand};
use std::path::{Path, PathBuf};

/// Farthest a typed value of z may lie: beyond it `f32` products overflow.
const MAX_Z: f32 = 1e4;

impl Session {
    /// Loads the spec's data, and the model to show on it: a file, or the embedded model where the data are its own.
    pub fn open(&mut self, model: Option<PathBuf>) -> Vec<Effect> {
        let mut effects = Vec::new();
        // The model comes first, so that the data find it waiting and no fresh one is set up for a moment.
        if model.is_some() || self.spec.data == OPENING.data {
            self.load_model(model.unwrap_or_else(|| OPENING.name.into()), &mut effects);
        }
        self.load_data(self.spec.data.clone(), &mut effects);
        effects
    }

    /// Applies one action and says what must be done outside.
    pub fn apply(&mut self, action: Action) -> Vec<Effect> {
        let mut effects = Vec::new();
        if ends_setting_up(&action) {
            self.give_up_setting_up();
        }
        self.transition(action, &mut effects);
        self.go_on_setting_up(&mut effects);
        self.refresh_views(&mut effects);
        effects
    }

    pub(super) fn transition(&mut self, action: Action, effects: &mut Vec<Effect>) {
        let replaces_weights = matches!(
            action,
            Action::ChooseData(_)
                | Action::OpenModel(_)
                | Action::OpenTrained(_)
                | Action::SetUp(_)
                | Action::Reset
        );
        if replaces_weights && self.is_running() {
            // What was learned since the last pause is in no checkpoint yet and would be lost.
            let stands = "Pause it first; nothing was changed.".into();
            return self.toast(ToastKind::Bad, "Training is running".into(), stands);
        }
        match action {
            Action::ChooseData(choice) => self.load_data(choice, effects),
            Action::OpenModel(path) => self.load_model(path, effects),
            Action::OpenTrained(name) => self.open_trained(&name, effects),
            Action::SetUp(name) => self.set_up(&name, effects),
            Action::SaveModel(path) => self.save_model(path, effects),
            Action::Export(path) => self.export(path, effects),
            Action::CancelLoad => {
                self.loads = Loads { newest: self.loads.newest, ..Loads::default() };
                self.opening = None;
                self.cancel_comparison();
                effects.push(Effect::CancelLoads);
            }
            Action::SetKind(kind) => {
                let changed = self.slot().model.to_kind(&kind).map_err(|e| e.to_string());
                self.change_settings(changed, |slot, model| slot.model = model);
            }
            Action::Set(Group::Model, path, text) => {
                let changed = self.slot().model.with(&path, &text).map_err(|e| e.to_string());
                self.change_settings(changed, |slot, model| slot.model = model);
            }
            Action::Set(Group::Training, path, text) => {
                let changed = self.slot().training.with(&path, &text).map_err(|e| e.to_string());
                self.change_settings(changed, |slot, training| slot.training = training);
            }
            Action::Train(until) => self.train(until, effects),
            Action::Pause => {
                if self.is_running() {
                    effects.push(Effect::Train(TrainCommand::Pause));
                }
            }
            Action::Stop => {
                self.run.state = self.run.state.asked_to_end();
                if self.is_running() {
                    effects.push(Effect::Train(TrainCommand::Pause));
                }
            }
            Action::SlowMotion(slow) => {
                self.slow_motion = slow;
                effects.push(Effect::Train(TrainCommand::SlowMotion(slow)));
            }
            Action::Reset => {
                let before = self.present(true);
                if self.begin_fresh(effects) {
                    self.history.record(before);
                }
            }
            Action::Hover(z) => self.hover = z.filter(|z| z.len() == self.latent_dim()),
            Action::Keep(z) => self.keep(z),
            Action::SetZ(dim, value) => {
                let mut z = self.path_z.clone().unwrap_or_else(|| self.slot().z.clone());
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
            Action::SetEnd(end, at) => self.set_end(end, at),
            Action::SetEndAtSample(end, sample) => self.set_end_at_sample(end, sample),
            Action::HoverEnd(at) => self.path_hover = at.filter(|at| at.z.len() == self.latent_dim()),
            Action::SwapPath => {
                self.change(|spec| spec.path.ends.swap(0, 1));
                self.path_t = self.path_t.map(|t| 1.0 - t);
            }
            Action::Preset(preset) => self.use_preset(&preset),
            Action::SetPathSteps(steps) => {
                let range = PathSettings::STEPS;
                self.change(|spec| spec.path.steps = steps.clamp(*range.start(), *range.end()));
            }
            Action::SetWalk(walk) => self.change(|spec| spec.path.walk = walk),
            Action::LookAt(t) => self.path_t = t.filter(|t| t.is_finite()).map(|t| t.clamp(0.0, 1.0)),
            Action::SetLabel(label) => {
                if label < self.n_labels() {
                    self.change(|spec| spec.label = label);
                }
            }
            Action::ToggleLayer(layer) => self.change(|spec| {
                if !spec.layers.remove(&layer) {
                    spec.layers.insert(layer);
                }
            }),
            Action::ToggleClass(class) => self.change(|spec| {
                if !spec.hidden.remove(&class) {
                    spec.hidden.insert(class);
                }
            }),
            Action::ShowAlone(class) => self.show_alone(class),
            Action::Colour(colour) => self.change(|spec| spec.colour = colour),
            Action::Fit(fit) => self.look(|slot| slot.fit = fit),
            Action::ShowStrips(dims) => self.views.strips = dims,
            Action::ShowNearest(n) => self.nearby.want(n),
            Action::Compare(against) => self.compare(against, effects),
            Action::DropRival(rival) => self.drop_rival(rival),
            Action::Link(sample) => self.link(sample),
            Action::Mark(sample) => self.mark(sample),
            Action::HoverRival(hover) => self.hover_rival(hover),
            Action::ShowCorrupted(page) => self.show_corrupted(page),
            Action::BeginGesture => self.history.begin(&self.spec),
            Action::EndGesture => self.history.end(&self.spec),
            Action::Undo => self.go_through_history(false, effects),
            Action::Redo => self.go_through_history(true, effects),
            Action::Tell(first, second) => self.toast(ToastKind::Good, first, second),
            Action::Complain(first, second) => self.toast(ToastKind::Bad, first, second),
            Action::Dismiss(id) => self.toasts.dismiss(id),
        }
    }

    /// The state to come back to from a change of weights, or of the spec alone.
    pub(super) fn present(&self, with_weights: bool) -> State {
        let held = || Held { weights: self.weights.clone(), data: self.data.clone() };
        // Weights that are still being set up are nothing to come back to.
        let has_weights = self.weights().checkpoint.is_some();
        State { spec: self.spec.clone(), held: (with_weights && has_weights).then(held) }
    }

    /// A change of the spec that is one step of undo, unless it changes nothing.
    pub(super) fn change(&mut self, change: impl FnOnce(&mut super::SessionSpec)) {
        let before = self.spec.clone();
        change(&mut self.spec);
        if before != self.spec {
            self.history.record(State { spec: before, held: None });
        }
    }

    /// A change of the active model's settings or view that is one step of undo, unless it changes nothing.
    fn change_slot(&mut self, change: impl FnOnce(&mut SlotSpec)) {
        let active = self.spec.active;
        self.change(|spec| {
            if let Some(slot) = spec.slot_mut(active) {
                change(slot);
            }
        });
    }

    fn change_settings<T>(&mut self, changed: Result<T, String>, put: impl FnOnce(&mut SlotSpec, T)) {
        match changed {
            Ok(value) => self.change_slot(|slot| put(slot, value)),
            Err(e) => self.toast(ToastKind::Bad, e, "The setting before it is kept.".into()),
        }
    }

    pub(super) fn toast(&mut self, kind: ToastKind, first: String, second: String) {
        if kind == ToastKind::Bad {
            // What was to come about rests on what failed.
            self.give_up_setting_up();
        }
        self.toasts.push(kind, first, second);
    }

    fn load_data(&mut self, choice: DataChoice, effects: &mut Vec<Effect>) {
        self.loads.newest += 1;
        let stamp = self.loads.newest;
        self.loads.data = Some(stamp);
        effects.push(Effect::Job(Job::LoadData(stamp, choice)));
    }

    /// Opens a trained model and, where others are open, its data; the model comes first and waits for them.
    fn open_trained(&mut self, name: &str, effects: &mut Vec<Effect>) {
        let Some(trained) = embedded(Path::new(name)) else { return };
        self.load_model(name.into(), effects);
        // Data on their way may be others than those that are shown.
        if self.data.is_none() || self.loads.data.is_some() || self.spec.data != trained.data {
            self.load_data(trained.data.clone(), effects);
        }
    }

    fn load_model(&mut self, path: PathBuf, effects: &mut Vec<Effect>) {
        self.loads.newest += 1;
        let stamp = self.loads.newest;
        self.loads.model = Some(stamp);
        effects.push(Effect::Job(Job::OpenModel(stamp, path)));
    }

    fn keep(&mut self, z: Vec<f32>) {
        if z.len() == self.latent_dim() && z.iter().all(|value| value.is_finite()) {
            // What is kept is looked at, not the path.
            self.path_t = None;
            self.change_slot(|slot| slot.z = z.iter().map(|value| value.clamp(-MAX_Z, MAX_Z)).collect());
        }
    }

    fn sample_z(&mut self) {
        // The present code seeds the next draw: no state to keep, and each press still gives another sample.
        let seed = self.slot().z.iter().fold(1u64, |seed, value| {
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
        self.change_slot(|slot| {
            // A dimension cannot be drawn both ways: the axes swap.
            if slot.axes[1 - axis] == dim {
                slot.axes[1 - axis] = slot.axes[axis];
            }
            slot.axes[axis] = dim;
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

    fn go_through_history(&mut self, redo: bool, effects: &mut Vec<Effect>) {
        if self.run.state == RunState::Building && self.history.touches_weights(redo) {
            // What is being set up has no state yet that could be come back to.
            return;
        }
        if self.is_running() && self.history.touches_weights(redo) {
            let stands = "Pause it first; then its model can be taken back and brought back.".into();
            return self.toast(ToastKind::Bad, "Training is running".into(), stands);
        }
        let mut history = std::mem::take(&mut self.history);
        let state = history.go(redo, |with_weights| self.present(with_weights));
        self.history = history;
        if let Some(state) = state {
            self.restore(state, effects);
        }
    }

    fn restore(&mut self, state: State, effects: &mut Vec<Effect>) {
        let files: Vec<_> = self.spec.slots.iter().map(|slot| (slot.id, slot.file.clone())).collect();
        self.spec = state.spec;
        self.hover = None;
        if let Some(held) = state.held {
            self.weights = held.weights;
            self.data = held.data;
            self.left_unsaved = false;
            self.begin_from_checkpoint(effects);
        } else {
            // Which file the weights are in is theirs, and they stay.
            for (id, file) in files {
                self.spec.slot_mut(id).into_iter().for_each(|slot| slot.file.clone_from(&file));
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
            self.look(|slot| slot.axes = [x, y]);
        }
    }

    /// Makes z and the axes fit the shown model's codes.
    pub(super) fn fit_to_model(&mut self) {
        let latent_dim = self.model().map_or(self.latent_dim(), |model| model.info().latent_dim());
        if self.latent_dim() != latent_dim {
            self.look(|slot| slot.z.resize(latent_dim, 0.0));
            self.hover = None;
        }
        self.follow_samples();
        if self.spec.label >= self.n_labels().max(1) {
            self.spec.label = 0;
        }
        let axes = self.slot().axes;
        if axes.iter().any(|&dim| dim >= latent_dim) || (latent_dim > 1 && axes[0] == axes[1]) {
            self.look(|slot| slot.axes = [0, 1.min(latent_dim - 1)]);
        }
    }

    /// A change of how the active model is looked at that is no step of undo.
    pub(super) fn look(&mut self, change: impl FnOnce(&mut SlotSpec)) {
        if let Some(slot) = self.spec.slot_mut(self.spec.active) {
            change(slot);
        }
    }

    /// Whether the primary button is the thing to do next: training has not happened or would start anew.
    pub fn invites_training(&self) -> bool {
        let is_done = self.is_solved() && !self.settings_changed();
        self.next_step() == NextStep::Train && !is_done && !self.is_busy()
    }
}

/// Whether a user who does this has given up waiting for a set-up.
fn ends_setting_up(action: &Action) -> bool {
    matches!(
        action,
        Action::ChooseData(_)
            | Action::OpenModel(_)
            | Action::OpenTrained(_)
            | Action::CancelLoad
            | Action::Train(_)
            | Action::Reset
            | Action::Undo
            | Action::Redo
    )
}

fn sorted([a, b]: [f32; 2]) -> [f32; 2] {
    [a.min(b), a.max(b)]
}
