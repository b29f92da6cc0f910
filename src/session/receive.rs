//! The workers' results.

use super::undo::State;
use super::{AxisFit, DataView, Effect, PlaneAxes, RunState, Selection, Session, ToastKind, Weights};
use crate::data::{DataChoice, DataSplit, ReadSettings};
use crate::model::{Answers, ModelSpec};
use crate::store::PathKind;
use crate::train::{Checkpoint, CurvePoint};
use crate::worker::{Event, Outbox, Snapshot};
use std::path::PathBuf;
use std::sync::Arc;

impl Session {
    /// Takes in what arrived and says what must be done next.
    pub fn receive(&mut self, outbox: Outbox) -> Vec<Effect> {
        let mut effects = Vec::new();
        if outbox.is_empty() {
            return effects;
        }
        let (generation, of) = (self.run.generation, self.run.slot);
        if let Some(status) = outbox.status.filter(|status| status.generation == generation) {
            self.run.status = Some(status);
        }
        if let Some(snapshot) = outbox.snapshot.filter(|snapshot| snapshot.generation == generation) {
            self.take_snapshot(snapshot);
        }
        self.note_speed();
        let of_this_run = |points: Vec<(u64, CurvePoint)>| {
            points.into_iter().filter(move |(of, _)| *of == generation).map(|(_, point)| point)
        };
        extend(&mut self.weights_mut(of).train_curve, of_this_run(outbox.train_points));
        extend(&mut self.weights_mut(of).test_curve, of_this_run(outbox.test_points));
        for ((view, slot), decoded) in outbox.decoded {
            self.views.receive(view, slot, decoded);
        }
        // What happened once comes last: it may set up another run, which the rest is not about.
        for event in outbox.events {
            self.happen(event, &mut effects);
        }
        self.receive_session(&mut effects);
        self.write_exports(&mut effects);
        self.go_on_setting_up(&mut effects);
        self.go_on_with_series(&mut effects);
        self.refresh(&mut effects);
        effects
    }

    fn take_snapshot(&mut self, snapshot: Arc<Snapshot>) {
        let slot = snapshot.slot;
        self.run.state = self.run.state.shown();
        self.count_snapshot();
        let weights = self.weights_mut(slot);
        if let Some(cloud) = &snapshot.cloud {
            weights.cloud = Some(Arc::clone(cloud));
        }
        weights.film_snapshot(&snapshot);
        let (is_first, is_trained) = (weights.snapshot.is_none(), snapshot.step > 0 || weights.is_brought());
        let has_codes = snapshot.capabilities.encodes;
        weights.snapshot = Some(snapshot);
        if is_first {
            self.anchor_anew(slot);
        }
        self.fit_to_models();
        if is_first && !is_trained && !has_codes {
            // A plane of codes would be empty, where few columns can be looked at themselves.
            self.spec.data_view.is_shown |= self.data.as_ref().is_some_and(|data| usual_view(data).is_shown);
        }
        // What an untrained network carries says nothing.
        if is_first && is_trained {
            self.draw_what_carries_most(slot);
        }
    }

    fn happen(&mut self, event: Event, effects: &mut Vec<Effect>) {
        match event {
            Event::DataLoaded(stamp, choice, loaded) => {
                if self.loads.data.take_if(|awaited| *awaited == stamp).is_some() {
                    match self.loads.is_preview {
                        true => self.preview_loaded(loaded),
                        false => self.data_loaded(choice, loaded, effects),
                    }
                }
            }
            Event::Recognised(stamp, path, found) => {
                if let Some((_, is_dropped)) = self.loads.path.take_if(|(awaited, _)| *awaited == stamp) {
                    self.recognised(path, found, is_dropped, effects);
                }
            }
            Event::ModelOpened(stamp, path, opened) => {
                if self.loads.model == Some(stamp) {
                    self.loads.model = None;
                    self.model_opened(path, opened, effects);
                }
            }
            Event::Saved(path, model, saved) => self.saved(&path, model, saved),
            Event::SessionSaved(path, beside, saved) => self.session_saved(&path, &beside, saved),
            Event::Exported(path, what, saved) => self.exported(&path, &what, saved),
            Event::ScriptWritten(path, written) => self.script_written(&path, written),
            Event::FilePicked(_) | Event::DialogClosed => {}
            Event::NoDialog => self.toast(
                ToastKind::Bad,
                "No file dialog on this system".into(),
                "Type the path, or drop the file on the window.".into(),
            ),
            // Who asked takes its answer when the views are refreshed.
            Event::Derived => {}
            Event::FolderPicked(path) => {
                effects.extend(self.apply(super::Action::Open(path)));
            }
            Event::Ready { generation, checkpoint } => {
                if generation == self.run.generation {
                    self.weights_mut(self.run.slot).checkpoint = Some(checkpoint);
                }
            }
            Event::Stopped { generation, checkpoint, finished, training_secs } => {
                if generation == self.run.generation {
                    self.training_stopped(checkpoint, finished, training_secs);
                }
            }
            Event::TrainFailed { generation, error, checkpoint } => {
                if generation == self.run.generation {
                    self.training_failed(error, checkpoint, effects);
                }
            }
            Event::DecodeFailed(e) => self.toast(
                ToastKind::Bad,
                "The decoder failed at this z".into(),
                format!("The picture before it is still shown. ({e})"),
            ),
        }
    }

    /// Opens what lies at a path as what it is.
    fn recognised(
        &mut self,
        path: PathBuf,
        found: Result<PathKind, String>,
        is_dropped: bool,
        effects: &mut Vec<Effect>,
    ) {
        if found.as_ref().is_ok_and(|kind| *kind != PathKind::Picture) {
            // A picture is asked about whatever goes on; all else takes the place of what is open.
            self.give_up_setting_up();
            if self.is_training() {
                // What is refused changes nothing, the series neither.
                return self.refuse_in_training("Pause it first; nothing was changed.");
            }
            self.pause_series();
        }
        match found {
            // Where several models are compared, one that is dropped stands beside them.
            Ok(PathKind::Model) if is_dropped && self.is_compared() => {
                self.load_model(path, true, Answers::new(), effects);
            }
            Ok(PathKind::Model) => self.load_model(path, false, Answers::new(), effects),
            Ok(PathKind::Session) => self.load_session(path, effects),
            Ok(PathKind::Data) => self.preview_path(path, effects),
            Ok(PathKind::Picture) => self.ask_about_file(path),
            Err(e) => self.toast(ToastKind::Bad, e, "Nothing was changed.".into()),
        }
    }

    pub(super) fn data_loaded(
        &mut self,
        choice: DataChoice,
        loaded: Result<Box<DataSplit>, String>,
        effects: &mut Vec<Effect>,
    ) {
        let data = match loaded {
            Ok(data) => *data,
            Err(e) => {
                // A model that waited for these data may be for those that are shown.
                if let Some((path, model)) = self.opening.take_if(|_| self.data.is_some()) {
                    self.show_model(path, model, effects);
                }
                return self.toast(ToastKind::Bad, e, self.still_open());
            }
        };
        match &self.data {
            _ if self.opening.is_some() => self.show_data_with_model(choice, data, effects),
            None => self.show_first_data(choice, data, effects),
            Some(shown)
                if self.spec.data == choice
                    && shown.reading == data.reading
                    && shown.train.fingerprint() == data.train.fingerprint() =>
            {
                // What was drawn once more just so is shown where it is open.
                self.change(|spec| spec.sketch = None);
                let stands = "Nothing was changed.".into();
                self.toast(ToastKind::Info, format!("{} is open already", data.name), stands);
            }
            Some(_) => self.show_other_data(choice, data, effects),
        }
    }

    fn show_first_data(&mut self, choice: DataChoice, data: DataSplit, effects: &mut Vec<Effect>) {
        if matches!(choice, DataChoice::Drawn(_)) {
            self.spec.sketch = None;
        }
        (self.spec.data, self.spec.reading) = (choice, data.reading.clone());
        self.spec.data_view = usual_view(&data);
        self.fit_training(data.train.n_samples(), usize::MAX);
        self.data = Some(data);
        if self.loads.model.is_none() {
            self.choose_kind_for_data();
            self.begin_fresh(self.spec.active, effects);
        }
    }

    /// Shows data together with the model that waited for them, as one step.
    fn show_data_with_model(&mut self, choice: DataChoice, data: DataSplit, effects: &mut Vec<Effect>) {
        let Some((path, model)) = self.opening.take() else { return };
        let before = self.present(true);
        let reading = data.reading.clone();
        let held_before = self.data.replace(data);
        if held_before.is_none() {
            // The first data are looked at in their usual way, whether a model came before them or not.
            self.spec.data_view = self.data.as_ref().map_or_else(DataView::default, usual_view);
        }
        self.choose_shown(choice, reading);
        if !self.show_model(path, model, effects) && held_before.is_some() {
            self.take_back(held_before, before);
        } else if before.held.is_some() {
            self.history.record(before);
        }
    }

    /// Notes which data are shown, with all that concerned the data before at its first state.
    fn choose_shown(&mut self, choice: DataChoice, reading: ReadSettings) {
        if self.spec.data != choice || self.spec.reading != reading {
            self.spec.hidden.clear();
            self.spec.colour = super::ColourBy::Class;
            self.spec.sketch = None;
            self.spec.data_view = self.data.as_ref().map_or_else(DataView::default, usual_view);
            self.look(self.spec.active, |slot| {
                slot.fit = AxisFit::Fitted;
                slot.encoder_of = None;
                if matches!(slot.axes, PlaneAxes::Samples(_)) {
                    slot.axes = PlaneAxes::first(slot.z.len());
                }
            });
            self.spec.selection = Selection::default();
            self.spec.query = None;
            self.spec.left_out = Default::default();
            if let Some(page) = &mut self.spec.outliers {
                page.moved = None;
            }
            self.spec.errors = None;
            self.spec.attributes.clear();
            self.spec.path.ends = [None, None];
            self.spec.grid.rect = None;
            // The other models were trained on what is gone.
            let active = self.spec.active;
            let others = self.weights.iter().filter(|(slot, _)| **slot != active);
            self.left_unsaved |= others.into_iter().any(|(_, weights)| weights.is_unsaved());
            self.spec.slots.retain(|slot| slot.id == active);
            self.weights.retain(|slot, _| *slot == active);
            self.end_series();
        }
        (self.spec.data, self.spec.reading) = (choice, reading);
    }

    /// Shows other data with fresh weights for them, unless the settings do not allow any.
    fn show_other_data(&mut self, choice: DataChoice, data: DataSplit, effects: &mut Vec<Effect>) {
        let before = self.present(true);
        let n_samples = data.train.n_samples();
        let reading = data.reading.clone();
        let held_before = self.data.replace(data);
        self.choose_shown(choice, reading);
        self.choose_kind_for_data();
        self.fit_training(n_samples, held_before.as_ref().map_or(usize::MAX, |data| data.train.n_samples()));
        if self.begin_fresh(self.spec.active, effects) {
            self.history.record(before);
        } else {
            self.take_back(held_before, before);
        }
    }

    /// A kind that is for other samples than these gives way to the usual one.
    fn choose_kind_for_data(&mut self) {
        let Some(data) = &self.data else { return };
        let kind = data.train.kind();
        if self.slot().model.takes(kind).is_err() {
            let usual = ModelSpec::usual_for(kind);
            self.look(self.spec.active, |slot| slot.model = usual);
        }
    }

    /// Plans as long a training as suits so many samples, where there were so many before.
    fn fit_training(&mut self, n_samples: usize, n_before: usize) {
        self.look(self.spec.active, |slot| slot.training = slot.training.fitted_to(n_samples, n_before));
    }

    /// Shows what was shown before a change that came to nothing.
    fn take_back(&mut self, data: Option<DataSplit>, before: State) {
        self.data = data;
        self.spec = before.spec;
        if let Some(held) = before.held {
            self.weights = held.weights;
        }
    }

    fn model_opened(&mut self, path: PathBuf, opened: Result<Box<Checkpoint>, String>, effects: &mut Vec<Effect>) {
        match opened {
            Ok(checkpoint) if self.loads.is_beside => self.add_opened(path, checkpoint, effects),
            // Data that are on their way are the model's.
            Ok(checkpoint) if self.data.is_some() && self.loads.data.is_none() => {
                let before = self.present(true);
                if self.show_model(path, checkpoint, effects) && before.held.is_some() {
                    self.history.record(before);
                }
            }
            Ok(checkpoint) => {
                if self.loads.data.is_none() {
                    let stands = "It is shown once data are chosen.".into();
                    self.toast(ToastKind::Info, "The model waits for data".into(), stands);
                }
                self.opening = Some((path, checkpoint));
            }
            Err(e) => {
                let stands = match self.model() {
                    Some(_) => "Nothing was changed; the model before it is still open.",
                    None => "A fresh one is shown instead.",
                };
                self.toast(ToastKind::Bad, e, stands.into());
                if self.data.is_some()
                    && self.weights().checkpoint.is_none()
                    && self.run.state != RunState::Building
                {
                    self.begin_fresh(self.spec.active, effects);
                }
            }
        }
    }

    /// Shows an opened model on the data; says whether it is for such data.
    fn show_model(&mut self, path: PathBuf, checkpoint: Box<Checkpoint>, effects: &mut Vec<Effect>) -> bool {
        let fits = self.data.as_ref().map_or(Ok(()), |data| checkpoint.trained.model.info().fits(&data.train));
        if let Err(problem) = fits {
            if self.opens_for_data(&path, &checkpoint, effects) {
                return true;
            }
            self.toast(ToastKind::Bad, problem, "Nothing was changed.".into());
            if self.weights().checkpoint.is_none() {
                self.begin_fresh(self.spec.active, effects);
            }
            return false;
        }
        let id = self.spec.active;
        self.left_unsaved |= self.weights().is_unsaved();
        let trained = &checkpoint.trained;
        self.look(id, |slot| {
            slot.file = Some(path);
            (slot.is_copy, slot.is_in_series) = (false, false);
            slot.names.clear();
            slot.encoder_of = None;
            if let Some(spec) = trained.model.info().spec() {
                slot.model = spec.spec().clone();
            }
            slot.training = trained.train.clone();
            slot.fit = AxisFit::Fitted;
        });
        self.weights.insert(id, Weights::opened(*checkpoint));
        self.begin_from_checkpoint(id, effects)
    }
}

fn usual_view(data: &DataSplit) -> DataView {
    DataView::usual(data.train.kind().drawable_columns().ok().map(<[String]>::len))
}

fn extend(curve: &mut Arc<Vec<CurvePoint>>, points: impl Iterator<Item = CurvePoint>) {
    let mut points = points.peekable();
    // A curve that undo keeps is copied only when it really grows.
    if points.peek().is_some() {
        Arc::make_mut(curve).extend(points);
    }
}
