//! The transitions.

use super::undo::{Held, State};
use super::{
    Action, Effect, GridRect, GridSettings, Group, Loads, NextStep, PathSettings, Session, SessionSpec, SlotId,
    SlotSpec, ToastKind,
};
use crate::data::{DataChoice, ReadSettings};
use crate::model::{Answers, Settings};
use crate::store::{OPENING, embedded};
use crate::worker::{DataLoad, Job, OpenAs, TrainCommand};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

impl Session {
    /// Loads the spec's data, and the model to show on it: a file, or the embedded model where the data are
    /// its own.
    pub fn open(&mut self, model: Option<PathBuf>) -> Vec<Effect> {
        let mut effects = Vec::new();
        // The model comes first, so that the data find it waiting and no fresh one is set up for a moment.
        if model.is_some() || self.spec.data == OPENING.data {
            let path = model.unwrap_or_else(|| OPENING.name.into());
            self.load_model(path, false, Answers::new(), &mut effects);
        }
        self.start_loading(self.spec.data.clone(), self.spec.reading.clone(), false, &mut effects);
        effects
    }

    /// Applies one action and says what must be done outside.
    pub fn apply(&mut self, action: Action) -> Vec<Effect> {
        let mut effects = Vec::new();
        if ends_setting_up(&action) {
            self.give_up_setting_up();
            // What is refused while a training runs changes nothing, the series neither.
            if !(self.is_training() && replaces_weights(&action)) {
                self.pause_series();
            }
        }
        self.transition(action, &mut effects);
        self.go_on_setting_up(&mut effects);
        self.go_on_with_series(&mut effects);
        self.refresh(&mut effects);
        effects
    }

    pub(super) fn transition(&mut self, action: Action, effects: &mut Vec<Effect>) {
        if replaces_weights(&action) && self.is_training() {
            // What was learned since the last pause is in no checkpoint yet and would be lost.
            return self.refuse_in_training("Pause it first; nothing was changed.");
        }
        match action {
            Action::Open(path) => self.recognise(path, false, effects),
            Action::Drop(path) => self.recognise(path, true, effects),
            Action::ChooseData(choice) => self.load_data(choice, effects),
            Action::ReviewData => self.review_data(effects),
            Action::ReadOtherwise(name, text) => self.read_otherwise(&name, &text, effects),
            Action::TakeData => self.take_data(effects),
            Action::OpenModel(path) => self.load_model(path, false, Answers::new(), effects),
            Action::Answer(name, text) => self.answer(name, text, effects),
            Action::OpenTrained(name) => self.open_trained(&name, effects),
            Action::SetUp(name) => self.set_up(&name, effects),
            Action::OpenSession(path) => self.load_session(path, effects),
            Action::SaveSession(path) => self.save_session(path, effects),
            Action::SaveModel(path) => self.save_model(path, effects),
            Action::Export(path) => self.export(path, effects),
            Action::ExportAs(what, path) => self.export_as(what, path, effects),
            Action::WriteScript(path) => self.write_script(path, effects),
            Action::CancelLoad => {
                self.give_up_exports();
                self.loads = Loads { newest: self.loads.newest, ..Loads::default() };
                (self.opening, self.preview) = (None, None);
                effects.push(Effect::CancelLoads);
            }
            Action::SetKind(kind) => {
                let changed = self.slot().model.to_kind(&kind).map_err(|e| e.to_string());
                let changed = changed.map(|model| match &self.data {
                    Some(data) => model.fitted_to(data.train.kind()),
                    None => model,
                });
                if changed.as_ref().is_ok_and(|model| model.corrupts()) {
                    // What it is for is seen on images that are corrupted.
                    self.spec.corrupted_page.get_or_insert(0);
                }
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
            Action::LookBack(slot, step) => self.look_back(slot, step),
            Action::AlignBack(is_aligned) => self.align_back(is_aligned),
            Action::TrainSeries(series) => self.train_series(&series, effects),
            Action::ResumeSeries => self.resume_series(effects),
            Action::Pause => {
                self.pause_series();
                if self.is_training() {
                    effects.push(Effect::Train(TrainCommand::Pause));
                }
            }
            Action::Stop => {
                self.pause_series();
                self.run.state = self.run.state.asked_to_end();
                if self.is_training() {
                    effects.push(Effect::Train(TrainCommand::Pause));
                }
            }
            Action::SlowMotion(slow) => {
                self.slow_motion = slow;
                effects.push(Effect::Train(TrainCommand::SlowMotion(slow)));
            }
            Action::Order(order) => self.order(order, effects),
            Action::Reset => {
                let before = self.present(true);
                if self.begin_fresh(self.spec.active, effects) {
                    self.history.record(before);
                }
            }
            Action::TakeEncoder(of) => self.take_encoder(of, effects),
            Action::Hover(at) => self.hover_at(at),
            Action::Keep(slot, z) => self.keep(slot, &z),
            Action::Point(sample) => self.spec.selection.hovered = sample,
            Action::Pick(sample) => self.pick(sample),
            Action::PickAlso(sample) => self.pick_also(sample),
            Action::Choose(choice, joining) => self.choose(choice, joining),
            Action::Hide(hiding) => self.hide(hiding),
            Action::SetShape(shape) => self.spec.shape = shape,
            Action::Ask(query) => self.ask(query),
            Action::SetZ(dim, value) => self.set_z(dim, value),
            Action::Centre => self.centre(),
            Action::SampleZ => self.sample_z(),
            Action::SetAxis(slot, axis, dim) => self.set_axis(slot, axis, dim),
            Action::NameDimension(slot, dim, name) => self.name_dimension(slot, dim, &name),
            Action::DrawPrincipal(slot) => self.draw_principal(slot),
            Action::DrawThrough(slot, samples) => self.draw_through(slot, samples),
            // A tool is for the planes, which these hide; some are for planes of codes alone.
            Action::SetTool(tool) => {
                self.change(|spec| {
                    spec.show_planes();
                    spec.tool = tool;
                });
            }
            Action::SetGrid(rect) => self.set_grid(rect),
            Action::SetGridSteps(steps) => {
                let range = GridSettings::STEPS;
                self.change(|spec| spec.grid.steps = steps.clamp(*range.start(), *range.end()));
            }
            Action::SetSpacing(spacing) => self.change(|spec| spec.grid.spacing = spacing),
            Action::SetEnd(end, at) => self.set_end(end, at),
            Action::HoverEnd(at) => self.path_hover = at.filter(|at| self.is_place(at)),
            Action::SwapPath => {
                self.change(|spec| spec.path.ends.swap(0, 1));
                self.spec.path.at = self.spec.path.at.map(|t| 1.0 - t);
            }
            Action::Preset(preset) => self.use_preset(&preset),
            Action::SetPathSteps(steps) => {
                let range = PathSettings::STEPS;
                self.change(|spec| spec.path.steps = steps.clamp(*range.start(), *range.end()));
            }
            Action::SetWalk(walk) => self.change(|spec| spec.path.walk = walk),
            Action::LookAt(t) => {
                self.give_up_draw();
                self.hover = None;
                self.spec.path.at = t.filter(|t| t.is_finite()).map(|t| t.clamp(0.0, 1.0));
            }
            Action::SetLabel(label) => {
                if label < self.n_labels() {
                    self.change(|spec| spec.label = label);
                }
            }
            Action::SetWriting(writing) => {
                if writing.is_sound() {
                    self.change(|spec| spec.writing = writing);
                }
            }
            Action::ToggleLayer(layer) => self.toggle_layer(layer),
            Action::ToggleClass(class) => self.hide_classes(|hidden| {
                if !hidden.remove(&class) {
                    hidden.insert(class);
                }
            }),
            Action::ShowAlone(class) => self.show_alone(class),
            Action::Colour(colour) => self.change(|spec| spec.colour = colour),
            Action::Fit(slot, fit) => self.look(slot, |slot| slot.fit = fit),
            Action::ShowData(is_shown) => self.show_data(is_shown),
            Action::SetColumn(axis, column) => self.set_column(axis, column),
            Action::FitData(fit) => self.spec.data_view.fit = fit,
            Action::SketchData(begins) => self.sketch(begins),
            Action::Spray(at) => self.spray(at),
            Action::Wipe(at) => self.wipe(at),
            Action::DrawClass(class) => self.draw_class(class),
            Action::TakeSketch => self.take_sketch(effects),
            Action::ShowPart(slot, part) => self.show_part(slot, part),
            Action::ShowStrips(dims) => self.views.strips = dims,
            Action::ShowNearest(n) => self.nearby.want(n),
            Action::ShowGallery => self.show_gallery(),
            Action::AddSlot(new) => self.add_slot(new, effects),
            Action::RemoveSlot(slot) => self.remove_slot(slot),
            Action::LeaveAlone => self.leave_alone(),
            Action::Activate(slot) => self.activate(slot),
            Action::ShowSlot(slot, shown) => self.show_slot(slot, shown),
            Action::AddAttribute(name, plus, minus) => self.add_attribute(name, plus, minus),
            Action::RenameAttribute(attribute, name) => self.rename_attribute(attribute, &name),
            Action::RemoveAttribute(attribute) => self.remove_attribute(attribute),
            Action::MoveAlong(attribute, to) => self.move_along(attribute, to),
            Action::ShowErrors(page) => self.show_errors(page),
            Action::ShowOutliers(page) => self.show_outliers(page),
            Action::Find(page) => self.show_find(page),
            Action::Complete(completion) => self.complete(completion),
            Action::ShowCorrupted(page) => self.spec.corrupted_page = page,
            Action::SetStage(stage) => {
                if stage.is_none_or(|stage| stage.is_sound()) {
                    self.change(|spec| {
                        spec.show_planes();
                        spec.stage = stage;
                    });
                }
            }
            Action::Diverge(diverge) => self.diverge(diverge),
            Action::Unfold(fold, true) => drop(self.spec.unfolded.insert(fold)),
            Action::Unfold(fold, false) => drop(self.spec.unfolded.remove(&fold)),
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
        // Weights that are still being set up are nothing to come back to.
        let holds = with_weights && self.weights.values().any(|weights| weights.checkpoint.is_some());
        let held = || Held { weights: self.weights.clone(), data: self.data.clone() };
        State { spec: self.spec.clone(), held: holds.then(held) }
    }

    /// A change of the spec that is one step of undo, unless it changes nothing.
    pub(super) fn change(&mut self, change: impl FnOnce(&mut SessionSpec)) {
        let before = self.spec.clone();
        change(&mut self.spec);
        self.record_change(before);
    }

    /// Notes the spec before a change as one step of undo, unless nothing has changed.
    pub(super) fn record_change(&mut self, before: SessionSpec) {
        if before != self.spec {
            self.history.record(State { spec: before, held: None });
        }
    }

    /// A change of a model's settings or view that is one step of undo, unless it changes nothing.
    pub(super) fn change_slot(&mut self, id: SlotId, change: impl FnOnce(&mut SlotSpec)) {
        self.change(|spec| {
            if let Some(slot) = spec.slot_mut(id) {
                change(slot);
            }
        });
    }

    /// A change of a model's settings or view that is no step of undo of its own.
    pub(super) fn look(&mut self, id: SlotId, change: impl FnOnce(&mut SlotSpec)) {
        if let Some(slot) = self.spec.slot_mut(id) {
            change(slot);
        }
    }

    fn change_settings<T>(&mut self, changed: Result<T, String>, put: impl FnOnce(&mut SlotSpec, T)) {
        match changed {
            Ok(value) => self.change_slot(self.spec.active, |slot| put(slot, value)),
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

    /// Says that something does not go while a training runs, and what to do.
    pub(super) fn refuse_in_training(&mut self, remedy: &str) {
        self.toast(ToastKind::Bad, "Training is running".into(), remedy.into());
    }

    /// Sees what lies at a path, to open it as what it is.
    fn recognise(&mut self, path: PathBuf, is_dropped: bool, effects: &mut Vec<Effect>) {
        self.loads.newest += 1;
        self.loads.path = Some((self.loads.newest, is_dropped));
        effects.push(Effect::Job(Job::Recognise(self.loads.newest, path)));
    }

    fn load_data(&mut self, choice: DataChoice, effects: &mut Vec<Effect>) {
        self.preview = None;
        self.start_loading(choice, ReadSettings::default(), false, effects);
    }

    /// Loads data to take them, or to look at them first.
    pub(super) fn start_loading(
        &mut self,
        choice: DataChoice,
        settings: ReadSettings,
        is_preview: bool,
        effects: &mut Vec<Effect>,
    ) {
        self.loads.newest += 1;
        let load = DataLoad { settings, ..DataLoad::new(choice) };
        (self.loads.data, self.loads.is_preview) = (Some(self.loads.newest), is_preview);
        self.loads.progress = load.progress.clone();
        effects.push(Effect::Job(Job::LoadData(self.loads.newest, load)));
    }

    /// Opens a trained model and, where others are open, its data; the model comes first and waits for them.
    fn open_trained(&mut self, name: &str, effects: &mut Vec<Effect>) {
        let Some(trained) = embedded(Path::new(name)) else { return };
        self.load_model(name.into(), false, Answers::new(), effects);
        // Data on their way may be others than those that are shown.
        if self.data.is_none() || self.loads.data.is_some() || self.spec.data != trained.data {
            self.load_data(trained.data.clone(), effects);
        }
    }

    /// Loads a model into the active one's place, or beside the others; one from elsewhere by the `answers`
    /// to what its file does not say, and by the data that are open.
    pub(super) fn load_model(
        &mut self,
        path: PathBuf,
        is_beside: bool,
        answers: Answers,
        effects: &mut Vec<Effect>,
    ) {
        self.loads.newest += 1;
        let stamp = self.loads.newest;
        let data = self.data.clone().filter(|_| self.loads.data.is_none());
        self.loads.model = Some(stamp);
        (self.loads.is_beside, self.loads.knows_data) = (is_beside, data.is_some());
        effects.push(Effect::Job(Job::OpenModel(stamp, path, Box::new(OpenAs { answers, data }))));
    }

    fn set_grid(&mut self, rect: Option<GridRect>) {
        let is_sound = |rect: &GridRect| {
            self.spec.slot_of(rect.slot).is_some()
                && rect.bounds.as_flattened().iter().all(|bound| bound.is_finite())
        };
        if rect.as_ref().is_none_or(is_sound) {
            let sorted = rect.map(|rect| GridRect { bounds: rect.bounds.map(sorted), ..rect });
            self.change(|spec| spec.grid.rect = sorted);
        }
    }

    fn show_alone(&mut self, class: usize) {
        let n = self.data.as_ref().and_then(|data| data.train.labels()).map_or(0, |labels| labels.names.len());
        let all: BTreeSet<usize> = (0..n).collect();
        let mut alone = all.clone();
        alone.remove(&class);
        // A double click comes after a first click, which hid or showed the class by itself.
        self.hide_classes(|hidden| {
            let was_alone = *hidden == alone || *hidden == all;
            *hidden = if was_alone { Default::default() } else { alone };
        });
    }

    /// Changes which classes are hidden; their samples are chosen no longer.
    fn hide_classes(&mut self, change: impl FnOnce(&mut BTreeSet<usize>)) {
        let train = self.data.as_ref().map(|data| data.train.clone());
        self.change(|spec| {
            change(&mut spec.hidden);
            Self::let_go_of_hidden(spec, train.as_ref());
        });
    }

    /// Whether the primary button is the thing to do next: training has not happened or would start anew.
    pub fn invites_training(&self) -> bool {
        let is_done = self.is_solved() && !self.settings_changed();
        self.next_step() == NextStep::Train && self.spec.sketch.is_none() && !is_done && !self.is_busy()
    }
}

/// Whether an action would take the place of weights that are being trained.
fn replaces_weights(action: &Action) -> bool {
    matches!(
        action,
        Action::ChooseData(_)
            | Action::TakeData
            | Action::TakeSketch
            | Action::OpenModel(_)
            | Action::Answer(..)
            | Action::OpenSession(_)
            | Action::OpenTrained(_)
            | Action::SetUp(_)
            | Action::Reset
            | Action::TakeEncoder(_)
    )
}

/// Whether a user who does this has given up waiting for a set-up.
fn ends_setting_up(action: &Action) -> bool {
    matches!(
        action,
        Action::ChooseData(_)
            | Action::TakeSketch
            | Action::OpenModel(_)
            | Action::Answer(..)
            | Action::OpenSession(_)
            | Action::OpenTrained(_)
            | Action::CancelLoad
            | Action::Train(_)
            | Action::Order(_)
            | Action::TrainSeries(_)
            | Action::Reset
            | Action::TakeEncoder(_)
            | Action::Undo
            | Action::Redo
    )
}

fn sorted([a, b]: [f32; 2]) -> [f32; 2] {
    [a.min(b), a.max(b)]
}
