//! What the forms show of a model's settings, worked out where these change and in no frame: a setting's text
//! goes by way of JSON.

use super::{Group, Session, SlotId, SlotSpec};
use crate::data::DataSplit;
use crate::model::{Applies, Field, Kind, ModelSpec, Section, Settings};
use crate::train::{Checkpoint, TrainSpec};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The forms of the active model, and which models' settings ask for other weights than they have.
#[derive(Default)]
pub struct Forms {
    form: Option<Form>,
    changed: BTreeMap<SlotId, Changed>,
}

struct Form {
    model: ModelSpec,
    training: TrainSpec,
    /// Checksum of the data.
    data: Option<u32>,
    kind: &'static Kind,
    /// Multiplications and additions that a step takes for each sample.
    step_products: Option<f64>,
    of_model: Vec<Setting>,
    of_training: Vec<Setting>,
}

/// A setting that applies now.
#[derive(Clone, Debug)]
pub struct Setting {
    /// What it is.
    pub field: Field,
    /// Its value, as the user writes it.
    pub text: String,
    /// The value that it usually has in such a model, trained on as many samples.
    pub usual: String,
    /// Whether it is part of what makes the model the kind that it is.
    pub is_own: bool,
}

impl Setting {
    /// Whether it is set to something else than usual.
    pub fn is_changed(&self) -> bool {
        self.text != self.usual
    }

    /// Whether it is in sight without unfolding anything: what makes the model what it is, whether it is
    /// usual for its kind or was brought along.
    pub fn is_in_sight(&self) -> bool {
        match self.field.section {
            Section::Main => true,
            Section::Kind => self.is_own || self.is_changed(),
            Section::Network | Section::Training | Section::Expert => false,
        }
    }
}

/// An answer with all that it hangs on.
struct Changed {
    model: ModelSpec,
    training: TrainSpec,
    checkpoint: Arc<Checkpoint>,
    is_changed: bool,
    /// The settings that take hold as training goes on, by which the weights were made otherwise: title,
    /// value then, value now.
    live: Vec<[String; 3]>,
}

impl Changed {
    fn is_about(&self, slot: &SlotSpec, checkpoint: &Arc<Checkpoint>) -> bool {
        let is_same = Arc::ptr_eq(&self.checkpoint, checkpoint);
        is_same && self.model == slot.model && self.training == slot.training
    }
}

impl Form {
    fn new(model: &ModelSpec, training: &TrainSpec, data: Option<&DataSplit>) -> Self {
        let kind = model.entry();
        let usual_model = ModelSpec::of_kind(kind.name).unwrap_or_else(|_| model.clone());
        let usual_model = data.map_or(usual_model.clone(), |data| usual_model.fitted_to(data.train.kind()));
        let usual = TrainSpec::default();
        let usual = data.map_or(usual.clone(), |data| usual.fitted_to(data.train.n_samples(), usize::MAX));
        let of_training = training.listed().into_iter().filter(|(field, _)| model.uses_training(field.path));
        let of_training = of_training.map(|(field, text)| {
            let usual = usual.text(field.path);
            Setting { field, text, usual, is_own: false }
        });
        let mut of_model: Vec<Setting> = Vec::new();
        for (field, text) in model.listed() {
            // What says more about a setting in sight is as much a part of it.
            let leads = |other: &Setting| field.visible_if.is_some_and(|(path, _)| path == other.field.path);
            let follows = of_model.iter().any(|other| leads(other) && other.is_in_sight());
            let (usual, is_own) = (usual_model.text(field.path), follows || kind.own.contains(&field.path));
            of_model.push(Setting { field, text, usual, is_own });
        }
        let checked = data.and_then(|data| model.check(data.train.kind(), data.train.classes()).ok());
        Self {
            kind,
            step_products: checked.map(|spec| spec.step_products()),
            of_model,
            of_training: of_training.collect(),
            model: model.clone(),
            training: training.clone(),
            data: data.map(|data| data.train.checksum()),
        }
    }
}

impl Session {
    /// A group of the active model's settings, those that apply now.
    pub fn settings(&self, group: Group) -> &[Setting] {
        self.forms.form.as_ref().map_or(&[], |form| match group {
            Group::Model => &form.of_model,
            Group::Training => &form.of_training,
        })
    }

    /// The kind that says most about the active model's settings.
    pub fn kind(&self) -> Option<&'static Kind> {
        self.forms.form.as_ref().map(|form| form.kind)
    }

    /// Whether the active model's settings describe another network or training than its weights come from.
    pub fn settings_changed(&self) -> bool {
        self.settings_changed_of(self.spec.active)
    }

    pub(super) fn settings_changed_of(&self, id: SlotId) -> bool {
        let (Some(checkpoint), Some(slot)) = (&self.weights_of(id).checkpoint, self.spec.slot_of(id)) else {
            return true;
        };
        let known = self.forms.changed.get(&id).filter(|known| known.is_about(slot, checkpoint));
        known.map_or_else(|| has_changed(checkpoint, &slot.model, &slot.training), |known| known.is_changed)
    }

    /// Multiplications and additions that a step by the active model's settings takes for each sample.
    pub(super) fn step_products(&self) -> Option<f64> {
        self.forms.form.as_ref()?.step_products
    }

    /// The settings of the active model that take hold as training goes on, and by which its weights were
    /// made otherwise: title, value then, value now. None where other weights are asked for anyway.
    pub fn changed_live(&self) -> &[[String; 3]] {
        let known = self.forms.changed.get(&self.spec.active).filter(|known| !known.is_changed);
        known.map_or(&[], |known| &known.live)
    }

    /// Works out what has changed since the last time.
    pub(super) fn refresh_forms(&mut self) {
        let slot = self.slot();
        let data = self.data.as_ref();
        let checksum = data.map(|data| data.train.checksum());
        let is_known =
            |form: &Form| form.model == slot.model && form.training == slot.training && form.data == checksum;
        if !self.forms.form.as_ref().is_some_and(is_known) {
            self.forms.form = Some(Form::new(&slot.model, &slot.training, data));
        }
        let mut before = std::mem::take(&mut self.forms.changed);
        for slot in &self.spec.slots {
            let Some(checkpoint) = &self.weights_of(slot.id).checkpoint else { continue };
            let known = before.remove(&slot.id).filter(|known| known.is_about(slot, checkpoint));
            let answer = known.unwrap_or_else(|| Changed {
                is_changed: has_changed(checkpoint, &slot.model, &slot.training),
                live: changed_live(checkpoint, &slot.model),
                model: slot.model.clone(),
                training: slot.training.clone(),
                checkpoint: Arc::clone(checkpoint),
            });
            self.forms.changed.insert(slot.id, answer);
        }
    }
}

/// The model's settings that take hold at the next step and are others than those that the weights were made
/// by.
fn changed_live(checkpoint: &Checkpoint, model: &ModelSpec) -> Vec<[String; 3]> {
    let Some(own) = checkpoint.trained.model.info().spec().filter(|_| checkpoint.trained.step > 0) else {
        return Vec::new();
    };
    let live = model.fields().into_iter().filter(|field| field.applies == Applies::Live);
    let changed = live.filter_map(|field| {
        let (then, now) = (own.spec().text(field.path), model.text(field.path));
        (then != now).then(|| [field.title.into(), then, now])
    });
    changed.collect()
}

/// Whether these settings ask for other weights than those.
fn has_changed(checkpoint: &Checkpoint, model: &ModelSpec, training: &TrainSpec) -> bool {
    let trained = &checkpoint.trained;
    // A model from elsewhere has no settings: training starts one of our own.
    let own = trained.model.info().spec();
    let is_other_network = own.is_none_or(|own| !model.same_build(own.spec()));
    // Weights that were trained elsewhere have no settings of training to keep to.
    let is_fresh = trained.step == 0 && trained.brought.is_some();
    is_other_network || !is_fresh && !training.same_build(&trained.train)
}
