//! What the forms show of a model's settings, worked out where these change and in no frame: a setting's text
//! goes by way of JSON.

use super::{Group, Session, SlotId, SlotSpec};
use crate::model::{Field, Kind, ModelSpec, Settings};
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
    kind: &'static Kind,
    of_model: Vec<(Field, String)>,
    of_training: Vec<(Field, String)>,
}

/// An answer with all that it hangs on.
struct Changed {
    model: ModelSpec,
    training: TrainSpec,
    checkpoint: Arc<Checkpoint>,
    is_changed: bool,
}

impl Changed {
    fn is_about(&self, slot: &SlotSpec, checkpoint: &Arc<Checkpoint>) -> bool {
        let is_same = Arc::ptr_eq(&self.checkpoint, checkpoint);
        is_same && self.model == slot.model && self.training == slot.training
    }
}

impl Form {
    fn new(model: &ModelSpec, training: &TrainSpec) -> Self {
        let of_training = training.listed().into_iter().filter(|(field, _)| model.uses_training(field.path));
        Self {
            kind: model.entry(),
            of_model: model.listed(),
            of_training: of_training.collect(),
            model: model.clone(),
            training: training.clone(),
        }
    }
}

impl Session {
    /// The fields and values of a group of the active model's settings, those that apply now.
    pub fn settings(&self, group: Group) -> &[(Field, String)] {
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

    /// Works out what has changed since the last time.
    pub(super) fn refresh_forms(&mut self) {
        let slot = self.slot();
        let is_known = |form: &Form| form.model == slot.model && form.training == slot.training;
        if !self.forms.form.as_ref().is_some_and(is_known) {
            self.forms.form = Some(Form::new(&slot.model, &slot.training));
        }
        let mut before = std::mem::take(&mut self.forms.changed);
        for slot in &self.spec.slots {
            let Some(checkpoint) = &self.weights_of(slot.id).checkpoint else { continue };
            let known = before.remove(&slot.id).filter(|known| known.is_about(slot, checkpoint));
            let answer = known.unwrap_or_else(|| Changed {
                is_changed: has_changed(checkpoint, &slot.model, &slot.training),
                model: slot.model.clone(),
                training: slot.training.clone(),
                checkpoint: Arc::clone(checkpoint),
            });
            self.forms.changed.insert(slot.id, answer);
        }
    }
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
