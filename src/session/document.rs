//! Session files written and read: what becomes of weights that are in no file, and what an opened session
//! brings.

use super::derived::Answering;
use super::file::{MAX_BYTES, SessionFileV1, fits};
use super::places::WeightsAt;
use super::{Effect, Session, SessionSpec, SlotId, SlotSpec, ToastKind, Weights};
use crate::data::{Cancel, DataSplit, NotRead, load, read_whole, reason};
use crate::model::Capabilities;
use crate::store::{self, Beside};
use crate::train::{Checkpoint, CodeCloud, Run};
use crate::worker::{Derive, Job, Pace, Snapshot, Written};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};

/// A session that was read: everything that it shows.
pub struct Opened {
    spec: SessionSpec,
    data: DataSplit,
    models: BTreeMap<SlotId, (Checkpoint, Option<CodeCloud>)>,
}

/// A session that is being read.
pub struct OpeningSession {
    path: PathBuf,
    cancel: Cancel,
    /// None where reading was given up.
    answer: Receiver<Option<Result<Opened, String>>>,
}

impl Drop for OpeningSession {
    fn drop(&mut self) {
        self.cancel.set();
    }
}

impl Session {
    /// The session file that is open.
    pub fn session_file(&self) -> Option<&Path> {
        self.session_file.as_deref()
    }

    /// Writes the session, and beside it the weights that are in no file.
    pub(super) fn save_session(&mut self, path: PathBuf, effects: &mut Vec<Effect>) {
        if self.is_training() {
            return self.refuse_in_training("Pause it first; nothing was written.");
        }
        let folder = folder_of(&path);
        let (mut weights, mut beside) = (BTreeMap::new(), Vec::new());
        for slot in &self.spec.slots {
            let Some(at) = self.weights_at(slot, &path, &mut beside) else { continue };
            weights.insert(slot.id, at);
        }
        let text = SessionFileV1::new(&self.spec, &weights, &folder).and_then(|file| file.to_text());
        match text {
            Ok(text) => effects.push(Effect::Job(Job::Save(path, Written::Session { text, beside }))),
            Err(e) => self.toast(ToastKind::Bad, e, "Nothing was written.".into()),
        }
    }

    /// Where the weights of a model are, or will be once those `beside` the session are written.
    fn weights_at(
        &self,
        slot: &SlotSpec,
        session: &Path,
        beside: &mut Vec<(PathBuf, Arc<Checkpoint>)>,
    ) -> Option<WeightsAt> {
        let weights = self.weights_of(slot.id);
        let checkpoint = weights.checkpoint.as_ref()?;
        if let Some(brought) = weights.brought().filter(|_| weights.is_frozen()) {
            if let Some(trained) = store::embedded(&brought.file) {
                return Some(WeightsAt::Trained(trained.name.into()));
            }
            // Its network is not ours to write: its file keeps it.
            let answers = brought.chosen().map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
            return Some(WeightsAt::Foreign { file: brought.file.clone(), answers });
        }
        // A file from elsewhere does not say what was chosen where it says nothing.
        let is_in_file = !weights.is_unsaved() && !self.is_in_foreign_file(slot.id);
        if let Some(file) = slot.file.as_ref().filter(|_| is_in_file) {
            let trained = store::embedded(file);
            return Some(trained.map_or_else(
                || WeightsAt::File(file.clone()),
                |trained| WeightsAt::Trained(trained.name.into()),
            ));
        }
        // Those that nothing was learned by follow from settings and seed.
        if checkpoint.trained.is_untrained() && !self.settings_changed_of(slot.id) {
            return None;
        }
        let stem = session.file_stem().unwrap_or_default().to_string_lossy();
        let path = session.with_file_name(format!("{stem}.slot{}.safetensors", slot.id.0));
        beside.push((path.clone(), Arc::clone(checkpoint)));
        Some(WeightsAt::File(path))
    }

    /// Takes note of a session that was written, or could not be.
    pub(super) fn session_saved(
        &mut self,
        path: &Path,
        beside: &[(PathBuf, Arc<Checkpoint>)],
        saved: Result<u64, String>,
    ) {
        match saved {
            Err(e) => self.toast(ToastKind::Bad, e, "The session was not written; all is still here.".into()),
            Ok(_) => {
                for (file, checkpoint) in beside {
                    self.note_file(file, checkpoint);
                }
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                let models = match beside.len() {
                    0 => String::new(),
                    1 => "with the weights of one model beside it, ".into(),
                    n => format!("with the weights of {n} models beside it, "),
                };
                let is_back = self.spec.slots.iter().any(|slot| self.looked_back(slot.id).is_some());
                let now = if is_back { "with the models as they stand now, " } else { "" };
                let about = format!("{models}{now}in {}", super::files::folder_of(path));
                self.session_file = Some(path.into());
                self.tell_written(path, format!("Saved {name}"), about);
            }
        }
    }

    /// Reads a session; what is open stays until it is there.
    pub(super) fn load_session(&mut self, path: PathBuf, effects: &mut Vec<Effect>) {
        let (sender, answer) = sync_channel(1);
        let cancel = Cancel::default();
        let from = path.clone();
        let read = move |cancel: &Cancel| Some(read(&from, cancel));
        let work = Box::new(Answering { work: read, answer: sender });
        self.loads.session = Some(OpeningSession { path, cancel: cancel.clone(), answer });
        let derive = Derive { key: ("opening the session", 0), cancel, pace: Pace::AtOnce, work };
        effects.push(Effect::Job(Job::Read(derive)));
    }

    /// Shows a session that has been read, as one step of undo.
    pub(super) fn receive_session(&mut self, effects: &mut Vec<Effect>) {
        let Some(opening) = &self.loads.session else { return };
        let opened = match opening.answer.try_recv() {
            Err(TryRecvError::Empty) => return,
            Ok(Some(opened)) => opened,
            Ok(None) | Err(TryRecvError::Disconnected) => {
                Err(format!("{} could not be read; the log has the details", opening.path.display()))
            }
        };
        let path = opening.path.clone();
        self.loads.session = None;
        match opened {
            Ok(opened) => self.show_session(path, opened, effects),
            Err(e) => {
                self.toast(ToastKind::Bad, e, "Nothing was changed.".into());
                if self.data.is_none() {
                    // The window shows what it opens on by itself.
                    effects.extend(self.open(None));
                }
            }
        }
    }

    fn show_session(&mut self, path: PathBuf, opened: Opened, effects: &mut Vec<Effect>) {
        let before = self.present(true);
        self.left_unsaved |= self.weights.values().any(Weights::is_unsaved);
        self.rest_series();
        self.spec = opened.spec;
        self.data = Some(opened.data);
        self.newest_slot = self.spec.slots.iter().map(|slot| slot.id.0).fold(self.newest_slot, u32::max);
        self.weights.clear();
        for (slot, (checkpoint, cloud)) in opened.models {
            // Each as if it were of a run of its own, so that nothing worked out of one is taken for
            // another's.
            self.run.generation += 1;
            let snapshot = Snapshot {
                slot,
                generation: self.run.generation,
                step: checkpoint.trained.step,
                capabilities: Capabilities::of(&*checkpoint.trained.model),
                model: Arc::clone(&checkpoint.trained.model),
                cloud: cloud.map(Arc::new),
                packed: None,
            };
            let cloud = snapshot.cloud.clone();
            let weights = Weights { snapshot: Some(Arc::new(snapshot)), cloud, ..Weights::opened(checkpoint) };
            self.weights.insert(slot, weights);
        }
        self.hover = None;
        if !self.begin_from_checkpoint(self.spec.active, effects) {
            self.begin_fresh(self.spec.active, effects);
        }
        self.fit_to_models();
        self.session_file = Some(path);
        if before.held.is_some() {
            self.history.record(before);
        }
    }
}

/// Reads a session file with its data and models, and encodes the data by each. The error is a sentence for
/// the user.
fn read(path: &Path, cancel: &Cancel) -> Result<Opened, String> {
    let of_file = |problem: String| format!("{}: {problem}", path.display());
    let text = read_text(path).map_err(of_file)?;
    let folder = folder_of(path);
    let (spec, weights) = SessionFileV1::parse(&text).and_then(|file| file.check(&folder)).map_err(of_file)?;
    let data = load(&spec.data, &spec.reading.reading(cancel)).map_err(|e| e.to_string())?;
    // Worked out here once, so that no frame of the window has to.
    data.train.checksum();
    fits(&spec, &data).map_err(of_file)?;
    let mut models = BTreeMap::new();
    // Codes that came without a model are shown as they are.
    let is_shown_by_model = |slot: &&SlotSpec| !data.train.are_codes() || weights.contains_key(&slot.id);
    for slot in spec.slots.iter().filter(is_shown_by_model) {
        let checkpoint = match weights.get(&slot.id) {
            Some(at) => {
                let answers = at.answers();
                let beside = Beside { answers: &answers, data: Some(&data.train), keeps_what_fits: true };
                store::open_as(&at.path(), beside).map_err(|e| e.to_string())?
            }
            None => fresh(slot, &data).map_err(of_file)?,
        };
        let model = &checkpoint.trained.model;
        model.info().fits(&data.train).map_err(|e| of_file(format!("model {}: {e}", slot.id.0)))?;
        let (has, n) = (slot.z.len(), model.info().latent_dim());
        if has != n {
            let problem = format!("its kept code has {has} numbers, its codes have {n}; save the session again");
            return Err(of_file(format!("model {}: {problem}", slot.id.0)));
        }
        let all = (0..data.train.n_samples() as u32).collect();
        let cloud = CodeCloud::new(&**model, &data.train, all, &|| cancel.is_set());
        models.insert(slot.id, (checkpoint, cloud));
    }
    Ok(Opened { spec, data, models })
}

fn read_text(path: &Path) -> Result<Vec<u8>, String> {
    read_whole(path, MAX_BYTES).map_err(|e| match e {
        NotRead::Is(what) => format!("it is {what}, not a file; choose a session file"),
        NotRead::TooLong => format!("it holds more than {MAX_BYTES} bytes, more than any session"),
        NotRead::Io(e) => format!("it could not be read ({}); check the path and its permissions", reason(&e)),
    })
}

/// The weights that follow from a model's seed.
fn fresh(slot: &SlotSpec, data: &DataSplit) -> Result<Checkpoint, String> {
    let wrong = |e: String| format!("model {}: {e}", slot.id.0);
    let spec = slot.model.check(data.train.kind(), data.train.classes()).map_err(|e| wrong(e.to_string()))?;
    let run = Run::new(&spec, &slot.training, data, None, 1).map_err(|e| wrong(e.to_string()))?;
    run.checkpoint().map_err(|e| wrong(e.to_string()))
}

fn folder_of(path: &Path) -> PathBuf {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.into());
    whole.parent().map_or(PathBuf::new(), Path::to_path_buf)
}
