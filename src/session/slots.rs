//! Models side by side: each has its own settings, weights and plane, and all show the same data.

use super::derived::{Derived, Exactly, ModelOn};
use super::names::{Named, SlotName};
use super::{Effect, RunState, Session, SlotId, SlotSpec, ToastKind, Weights};
use crate::data::{Cancel, DataSplit, Dataset};
use crate::model::{Answers, Capabilities, FrozenModel, Kind, ModelSpec, Settings, SharedModel};
use crate::store::{EMBEDDED, Embedded};
use crate::train::{Checkpoint, Scores, TrainSpec, score};
use crate::worker::{CodeCloud, Pace, TrainCommand, Until};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Most models on screen: more planes would be too small to be read.
pub const MAX_VISIBLE: usize = 9;
/// Most models that a session holds: a full screen, and as many that wait.
pub const MAX_SLOTS: usize = 18;

/// A model to put beside the active one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NewSlot {
    /// PCA of as many dimensions, solved at once.
    Pca,
    /// The active model as it stands now, while that is trained on or another takes its place.
    Copy,
    /// A trained model by its name, or a model file.
    Model(PathBuf),
}

impl Session {
    /// The models on screen, in their order.
    pub fn visible(&self) -> impl Iterator<Item = &SlotSpec> {
        self.spec.slots.iter().filter(|slot| slot.is_visible)
    }

    /// Whether several models are on screen.
    pub fn is_compared(&self) -> bool {
        self.visible().nth(1).is_some()
    }

    /// What a model is called beside those on screen.
    pub fn name_of(&self, slot: SlotId) -> SlotName {
        self.names.of(slot)
    }

    /// A model as it stands.
    pub fn model_of(&self, slot: SlotId) -> Option<&SharedModel> {
        self.shown_snapshot(slot).map(|snapshot| &snapshot.model)
    }

    /// The codes that a model's plane shows.
    pub fn cloud_of(&self, slot: SlotId) -> Option<&Arc<CodeCloud>> {
        let back = self.shown_snapshot(slot).filter(|_| self.looked_back(slot).is_some());
        back.and_then(|snapshot| snapshot.cloud.as_ref()).or(self.weights_of(slot).cloud.as_ref())
    }

    /// Whether these are the codes of all training samples.
    pub(super) fn are_all(&self, cloud: Option<&Arc<CodeCloud>>) -> bool {
        let n = self.data.as_ref().map(|data| data.train.n_samples());
        cloud.is_some_and(|cloud| Some(cloud.indices.len()) == n)
    }

    /// What a model can do.
    pub fn capabilities_of(&self, slot: SlotId) -> Capabilities {
        self.shown_snapshot(slot).map_or_else(Capabilities::default, |snapshot| snapshot.capabilities)
    }

    /// Whether a model is being trained, or was asked to be.
    pub fn runs(&self, slot: SlotId) -> bool {
        self.run.slot == slot && self.run.state.is_running()
    }

    /// Whether any model is being trained.
    pub fn is_training(&self) -> bool {
        self.run.state.is_running()
    }

    /// As many dimensions as the active model's codes have; two beside one that has none.
    fn length_of_pca(&self) -> usize {
        Some(self.latent_dim()).filter(|&n| n > 0).unwrap_or(2)
    }

    /// What can be put beside the active model, each with its name and whether it is on screen already.
    pub fn addable(&self) -> Vec<(String, NewSlot, bool)> {
        let Some(data) = &self.data else { return Vec::new() };
        let mut all = Vec::new();
        if self.model().is_some_and(|model| model.info().fits(&data.train).is_ok()) {
            let n = self.length_of_pca();
            let has_pca = self.visible().any(|slot| slot.model.is_closed_form() && slot.model.latent_dim() == n);
            all.extend(Kind::solved_for(data.train.kind()).map(|kind| {
                let of = format!("{} of {n} dimension{}", kind.to_uppercase(), if n == 1 { "" } else { "s" });
                (of, NewSlot::Pca, has_pca)
            }));
            all.push(("This model as it is now".into(), NewSlot::Copy, false));
        }
        let fits = |embedded: &&Embedded| embedded.data == self.spec.data;
        all.extend(EMBEDDED.iter().filter(fits).map(|embedded| {
            let path = PathBuf::from(embedded.name);
            let is_there = self.is_on_screen(&path);
            (embedded.title.to_owned(), NewSlot::Model(path), is_there)
        }));
        all
    }

    /// Whether what this file holds is on screen, untouched.
    pub fn is_on_screen(&self, file: &Path) -> bool {
        self.visible().any(|slot| slot.file.as_deref() == Some(file) && !self.weights_of(slot.id).is_unsaved())
    }

    /// Why no model can be added now, as a message; none where one can.
    fn refusal(&self) -> Option<(&'static str, &'static str)> {
        if self.is_training() {
            Some(("Training is running", "Pause it first; nothing was changed."))
        } else if self.spec.slots.len() >= MAX_SLOTS {
            Some(("Eighteen models are open", "Take one away first; nothing was changed."))
        } else {
            None
        }
    }

    pub(super) fn add_slot(&mut self, new: NewSlot, effects: &mut Vec<Effect>) {
        if let Some((first, second)) = self.refusal() {
            return self.toast(ToastKind::Bad, first.into(), second.into());
        }
        match new {
            NewSlot::Model(path) => self.load_model(path, true, Answers::new(), effects),
            NewSlot::Copy => self.add_copy(),
            NewSlot::Pca => self.add_pca(effects),
        }
    }

    /// The active model once more, with the weights that it has now.
    fn add_copy(&mut self) {
        if self.weights().checkpoint.is_none() {
            return;
        }
        let before = self.present(true);
        let (slot, weights) = (self.slot().clone(), self.weights().clone());
        let id = self.push_slot(SlotSpec { is_copy: true, is_in_series: false, ..slot });
        self.weights.insert(id, weights);
        self.history.record(before);
    }

    /// PCA (of documents LSA) of as many dimensions as the active model has, solved at once.
    fn add_pca(&mut self, effects: &mut Vec<Effect>) {
        if self.is_busy() {
            return;
        }
        let kind = self.data.as_ref().and_then(|data| Kind::solved_for(data.train.kind()));
        let Some(kind) = kind else { return };
        let n = self.length_of_pca().to_string();
        let pca = match ModelSpec::of_kind(kind).and_then(|pca| pca.with("latent_dim", &n)) {
            Ok(pca) => pca,
            Err(e) => return self.toast(ToastKind::Bad, e.to_string(), "Nothing was changed.".into()),
        };
        let before = self.present(true);
        let id = self.push_slot(SlotSpec::new(SlotId::default(), pca, TrainSpec::default()));
        if self.begin_fresh(id, effects) {
            self.history.record(before);
            self.run.state = RunState::Running;
            effects.push(Effect::Train(TrainCommand::Go(Until::End)));
        } else {
            self.spec = before.spec;
        }
    }

    /// An opened model beside the others, unless it is for other data.
    pub(super) fn add_opened(&mut self, path: PathBuf, checkpoint: Box<Checkpoint>, effects: &mut Vec<Effect>) {
        if let Some((first, second)) = self.refusal() {
            return self.toast(ToastKind::Bad, first.into(), second.into());
        }
        let fits = self.data.as_ref().map_or(Ok(()), |data| checkpoint.trained.model.info().fits(&data.train));
        if let Err(problem) = fits {
            if self.opens_for_data(&path, &checkpoint, effects) {
                return;
            }
            return self.toast(ToastKind::Bad, problem, "Nothing was changed.".into());
        }
        let before = self.present(true);
        let trained = &checkpoint.trained;
        // A model from elsewhere has no settings of ours: those of the active one wait there to be trained.
        let own = trained.model.info().spec();
        let model = own.map_or_else(|| self.slot().model.clone(), |own| own.spec().clone());
        let spec = SlotSpec::new(SlotId::default(), model, trained.train.clone());
        let id = self.push_slot(SlotSpec { file: Some(path), ..spec });
        self.weights.insert(id, Weights::opened(*checkpoint));
        self.begin_from_checkpoint(id, effects);
        self.history.record(before);
    }

    /// Puts a model on screen under a name of its own; where that is full, another makes room and stays in
    /// the session.
    fn push_slot(&mut self, slot: SlotSpec) -> SlotId {
        self.newest_slot += 1;
        let id = SlotId(self.newest_slot);
        self.make_room();
        self.spec.slots.push(SlotSpec { id, is_visible: true, ..slot });
        id
    }

    /// Takes the oldest model but the active one off a full screen.
    fn make_room(&mut self) {
        if self.visible().count() < MAX_VISIBLE {
            return;
        }
        let active = self.spec.active;
        let oldest = self.visible().map(|slot| slot.id).find(|id| *id != active);
        if let Some(oldest) = oldest {
            let name = self.name_of(oldest).whole();
            self.spec.slot_mut(oldest).into_iter().for_each(|slot| slot.is_visible = false);
            let stands = "It is still open; Compare brings it back.".into();
            self.toast(ToastKind::Info, format!("{name} made room"), stands);
        }
    }

    /// Takes a model away; undo brings it back with its weights.
    pub(super) fn remove_slot(&mut self, id: SlotId) {
        let Some(at) = self.spec.slots.iter().position(|slot| slot.id == id) else { return };
        if self.spec.slots.len() < 2 {
            return;
        }
        if self.runs(id) {
            return self.refuse_in_training("Pause it first; nothing was changed.");
        }
        let before = self.present(true);
        let others: Vec<SlotId> = self.spec.slots.iter().map(|slot| slot.id).filter(|of| *of != id).collect();
        // Its neighbour on screen takes over, else whichever is there.
        let is_shown = |of: &&SlotId| self.spec.slot_of(**of).is_some_and(|slot| slot.is_visible);
        let neighbour = others.iter().rfind(is_shown).or(others.last()).copied();
        let heir = if self.spec.active == id { neighbour.unwrap_or(id) } else { self.spec.active };
        self.hand_over(id, heir);
        self.left_unsaved |= self.weights_of(id).is_unsaved();
        self.spec.slots.remove(at);
        self.spec.active = heir;
        self.spec.slot_mut(heir).into_iter().for_each(|slot| slot.is_visible = true);
        self.weights.remove(&id);
        self.hover.take_if(|(of, _)| *of == id);
        if self.run.slot == id {
            // What its run still has to say is about nothing.
            self.run.generation += 1;
            self.run.state = RunState::None;
        }
        self.history.record(before);
        self.fit_to_models();
    }

    /// Takes every model but the active one away.
    pub(super) fn leave_alone(&mut self) {
        let others: Vec<SlotId> = self.spec.slots.iter().map(|slot| slot.id).collect();
        let active = self.spec.active;
        others.into_iter().filter(|id| *id != active).for_each(|id| self.remove_slot(id));
    }

    /// Makes the side panels about a model, which then is on screen.
    pub(super) fn activate(&mut self, id: SlotId) {
        if self.spec.slot_of(id).is_some_and(|slot| slot.is_visible) {
            self.change(|spec| spec.active = id);
            self.fit_to_models();
        }
    }

    /// Puts a model on screen or off it; the last one stays.
    pub(super) fn show_slot(&mut self, id: SlotId, shown: bool) {
        if self.spec.slot_of(id).is_none_or(|slot| slot.is_visible == shown) {
            return;
        }
        let before = self.spec.clone();
        if shown {
            self.make_room();
        } else if !self.is_compared() {
            return;
        }
        self.spec.slot_mut(id).into_iter().for_each(|slot| slot.is_visible = shown);
        if !shown && self.spec.active == id {
            let next = self.visible().next().map(|slot| slot.id);
            self.spec.active = next.unwrap_or(id);
        }
        self.record_change(before);
        self.fit_to_models();
    }

    /// Works the names out anew where a setting, a file or the number of models on screen changed.
    pub(super) fn refresh_names(&mut self) {
        let mut names = std::mem::take(&mut self.names);
        names.update(self.visible().map(|slot| self.named(slot)).collect());
        self.names = names;
    }

    /// What a model is named by: the plane shows what the weights were trained by, whatever the settings ask
    /// for next.
    fn named<'a>(&'a self, slot: &'a SlotSpec) -> Named<'a> {
        let trained = self.weights_of(slot.id).checkpoint.as_ref().map(|checkpoint| &checkpoint.trained);
        let own = trained.and_then(|trained| trained.model.info().spec());
        Named {
            slot: slot.id,
            model: Cow::Borrowed(own.map_or(&slot.model, |own| own.spec())),
            training: Cow::Borrowed(trained.map_or(&slot.training, |trained| &trained.train)),
            file: slot.file.as_deref().map(Cow::Borrowed),
            is_copy: slot.is_copy,
        }
    }

    /// Where a model's training stands, in a few words.
    pub fn stands(&self, slot: SlotId) -> String {
        let (weights, status) = (self.weights_of(slot), self.status_of(slot));
        if let Some(step) = self.looked_back(slot) {
            return format!("as at step {step}");
        }
        let Some(step) = weights.snapshot.as_ref().map(|snapshot| snapshot.step) else {
            return if self.is_busy() || self.runs(slot) { "loading…".into() } else { "nothing trained".into() };
        };
        let per_epoch = status.map_or_else(|| self.steps_per_epoch_then(slot), |status| status.steps_per_epoch);
        // A model from a file may have been trained on more data than are open: its own count of epochs
        // holds.
        let elsewhere = weights.checkpoint.as_ref().filter(|checkpoint| {
            let is_other = |data: &DataSplit| checkpoint.trained.data != data.train.fingerprint();
            checkpoint.trained.step == step && self.data.as_ref().is_some_and(is_other)
        });
        let brought = weights.checkpoint.as_ref().and_then(|checkpoint| checkpoint.trained.brought.as_ref());
        let stands = match elsewhere {
            _ if step == 0 && brought.is_some() => "not trained here".into(),
            None if step == 0 => "untrained".into(),
            _ if self.is_solved_of(slot) => "solved".into(),
            Some(checkpoint) => epochs(checkpoint.trained.train.epochs),
            None if step.is_multiple_of(per_epoch) => epochs(step / per_epoch),
            None => format!("step {} of epoch {}", step % per_epoch, step / per_epoch + 1),
        };
        // What is shown is no longer what the settings say.
        let is_before = step > 0 && !self.runs(slot) && self.settings_changed_of(slot);
        let stands = match brought {
            Some(brought) if weights.is_frozen() => format!("{}, as it is", brought.from),
            Some(brought) => format!("{stands}, begun by {}", brought.from),
            None => stands,
        };
        if is_before { format!("{stands}, before the change") } else { stands }
    }

    /// A model's scores, once they are worked out.
    pub fn scores_of(&self, slot: SlotId) -> Option<Scores> {
        let scores = self.scored.get(&slot)?.get()?;
        // How long it took to come to where one looks back is not known.
        let is_now = self.looked_back(slot).is_none();
        let secs = Some(self.weights_of(slot).training_secs).filter(|&secs| secs > 0.0 && is_now);
        Some(Scores { secs, ..*scores })
    }

    /// Asks for the scores of models side by side, as they are shown, each once the codes of all samples are
    /// there. Of a state that is looked back at only some are, and the others are worked out with the scores.
    pub(super) fn refresh_scores(&mut self, effects: &mut Vec<Effect>) {
        let ids: Vec<SlotId> = self.visible().map(|slot| slot.id).collect();
        self.scored.retain(|slot, _| ids.len() > 1 && ids.contains(slot));
        for id in ids.iter().filter(|_| ids.len() > 1) {
            let (cloud, data) = (self.cloud_of(*id).cloned(), &self.data);
            let about = self.model_on_in(*id).map(Exactly);
            let is_back = about.as_ref().is_some_and(|about| about.0.is_back);
            let is_whole = is_back || self.are_all(cloud.as_ref());
            let pace = self.pace_at_rest(Pace::OnAllCores).filter(|_| is_whole);
            let asked = about.clone();
            let work = || {
                let data = data.clone();
                move |cancel: &Cancel| {
                    let (model, data) = (asked?.0.model, data?);
                    let cloud = all_codes(&*model, cloud?, &data.train, cancel)?;
                    score(&*model, &cloud, &data, cancel)
                }
            };
            let scored = self.scored.entry(*id).or_insert_with(|| Derived::new("scoring the model", id.0));
            scored.follow(about, pace, work, effects);
        }
    }
}

/// The codes of all training samples, where these are only some of them; none once cancelled.
pub(super) fn all_codes(
    model: &dyn FrozenModel,
    cloud: Arc<CodeCloud>,
    train: &Dataset,
    cancel: &Cancel,
) -> Option<Arc<CodeCloud>> {
    if cloud.indices.len() == train.n_samples() {
        return Some(cloud);
    }
    let all = (0..train.n_samples() as u32).collect();
    CodeCloud::new(model, train, all, &|| cancel.is_set()).map(Arc::new)
}

/// The scores of a model, as it is shown and no otherwise.
pub type Scored = Derived<Exactly<ModelOn>, Scores>;

fn epochs(n: u64) -> String {
    format!("{n} epoch{}", if n == 1 { "" } else { "s" })
}
