//! The document: what is open, chosen and selected. Actions in, effects out.
//!
//! [`Session::apply`] is a pure transition: it changes the session and returns what must be done outside of it. The
//! workers' results come in by [`Session::receive`]. Panels read the session and send [`Action`]s; nothing else changes it.
//! Undo keeps states between a gesture's begin and its end and never discards weights.

mod action;
mod apply;
mod receive;
mod recipe;
mod spec;
mod toast;
mod undo;
mod views;

pub use crate::train::CurvePoint;
pub use action::{Action, Effect, Group};
pub use recipe::{PictureOf, Recipe};
pub use spec::{AxisFit, ColourBy, GridSettings, ModelSlot, SessionSpec, Tool};
pub use toast::{Toast, ToastKind};
pub use views::{Picture, STRIP_TILES};

use crate::data::DataSplit;
use crate::latent::plane::Plane;
use crate::model::{Capabilities, Field, Settings, SharedModel};
use crate::train::Checkpoint;
use crate::worker::{CodeCloud, Phase, Snapshot, TrainStatus};
use std::path::PathBuf;
use std::sync::Arc;
use undo::History;
use views::Views;

/// A trained (or fresh) model of a slot with its codes and curves; behind `Arc`s, so that undo can keep it.
#[derive(Clone, Default)]
pub struct Weights {
    /// The newest model and codes.
    pub snapshot: Option<Arc<Snapshot>>,
    /// The newest codes of all samples or of the probe.
    pub cloud: Option<Arc<CodeCloud>>,
    /// An exact state to go on from.
    pub checkpoint: Option<Arc<Checkpoint>>,
    /// Loss on the training batches.
    pub train_curve: Arc<Vec<CurvePoint>>,
    /// Loss on the test split.
    pub test_curve: Arc<Vec<CurvePoint>>,
}

/// The open document and what runs on it.
pub struct Session {
    spec: SessionSpec,
    weights: Vec<Weights>,
    data: Option<DataSplit>,
    status: Option<TrainStatus>,
    /// Set by a Begin until its first snapshot arrives.
    is_building: bool,
    generation: u64,
    hover: Option<Vec<f32>>,
    slow_motion: bool,
    /// Stop was pressed: once the run has paused, it is over.
    is_stopping: bool,
    history: History,
    views: Views,
    toasts: Vec<Toast>,
    /// The weights that came from the slot's file, or from the embedded one.
    opened: Option<Arc<Checkpoint>>,
    /// A model that waits for its data, and its file.
    opening: Option<(Option<PathBuf>, Box<Checkpoint>)>,
    is_loading: bool,
}

/// What the primary training button would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextStep {
    /// Start anew, for there is nothing or the settings have changed.
    Train,
    /// Go on with the present weights.
    Continue,
    /// Stop between two steps.
    Pause,
}

impl Session {
    /// A session on a spec; [`Session::open`] says what must be loaded for it.
    pub fn new(spec: SessionSpec) -> Self {
        let weights = vec![Weights::default(); spec.models.len()];
        Self {
            spec,
            weights,
            data: None,
            status: None,
            is_building: false,
            generation: 0,
            hover: None,
            slow_motion: false,
            is_stopping: false,
            history: History::default(),
            views: Views::default(),
            toasts: Vec::new(),
            opened: None,
            opening: None,
            is_loading: true,
        }
    }

    /// The serialisable part.
    pub fn spec(&self) -> &SessionSpec {
        &self.spec
    }

    /// The active model's place.
    pub fn slot(&self) -> &ModelSlot {
        &self.spec.models[self.spec.active]
    }

    fn slot_mut(&mut self) -> &mut ModelSlot {
        &mut self.spec.models[self.spec.active]
    }

    /// The active model's weights, codes and curves.
    pub fn weights(&self) -> &Weights {
        &self.weights[self.spec.active]
    }

    fn weights_mut(&mut self) -> &mut Weights {
        &mut self.weights[self.spec.active]
    }

    /// The data, once loaded.
    pub fn data(&self) -> Option<&DataSplit> {
        self.data.as_ref()
    }

    /// The active model as it stands.
    pub fn model(&self) -> Option<&SharedModel> {
        self.weights().snapshot.as_ref().map(|snapshot| &snapshot.model)
    }

    /// Where commands find the weights shown; none while they are in no file.
    pub fn model_file(&self) -> Option<PathBuf> {
        let checkpoint = self.weights().checkpoint.as_ref()?;
        let snapshot = self.weights().snapshot.as_ref()?;
        let is_opened = Arc::ptr_eq(checkpoint, self.opened.as_ref()?) && snapshot.step == checkpoint.trained.step;
        is_opened.then(|| self.slot().file.clone().unwrap_or_else(|| crate::store::EMBEDDED_MODEL.into()))
    }

    /// What the active model can do.
    pub fn capabilities(&self) -> Capabilities {
        let nothing = Capabilities { encodes: false, decodes: false, has_prior: false };
        self.model().map_or(nothing, |model| Capabilities::of(&**model))
    }

    /// The codes to plot.
    pub fn cloud(&self) -> Option<&Arc<CodeCloud>> {
        self.weights().cloud.as_ref()
    }

    /// Where training stands, if a run is set up.
    pub fn status(&self) -> Option<&TrainStatus> {
        self.status.as_ref()
    }

    /// Whether training is under way.
    pub fn is_running(&self) -> bool {
        self.status.is_some_and(|status| status.phase == Phase::Running)
    }

    /// Whether something is being loaded or set up.
    pub fn is_busy(&self) -> bool {
        self.is_loading || self.is_building
    }

    /// Whether each step is followed by a pause.
    pub fn slow_motion(&self) -> bool {
        self.slow_motion
    }

    /// Length of a code.
    pub fn latent_dim(&self) -> usize {
        self.spec.z.len()
    }

    /// The code that is shown: under the pointer, else the kept one.
    pub fn z(&self) -> &[f32] {
        self.hover.as_deref().unwrap_or(&self.spec.z)
    }

    /// The code under the pointer.
    pub fn hover(&self) -> Option<&[f32]> {
        self.hover.as_deref()
    }

    /// The plane through the kept point.
    pub fn plane(&self) -> Plane {
        let [x, y] = self.spec.axes;
        Plane::axes(&self.spec.z, x, y)
    }

    /// The newest picture of a view.
    pub fn picture(&self, view: crate::worker::ViewId) -> Option<&Picture> {
        self.views.picture(view)
    }

    /// The stamp of a view's newest request; its picture trails while it carries an older one.
    pub fn wanted_stamp(&self, view: crate::worker::ViewId) -> Option<u64> {
        self.views.wanted_stamp(view)
    }

    /// Messages to show, oldest first.
    pub fn toasts(&self) -> &[Toast] {
        &self.toasts
    }

    /// Whether the settings describe another network or training than the present weights come from.
    pub fn settings_changed(&self) -> bool {
        let slot = self.slot();
        match (self.model(), &self.weights().checkpoint) {
            (Some(model), Some(checkpoint)) => {
                !same_build(&slot.model, model.spec().spec())
                    || !same_build(&slot.training, &checkpoint.trained.train)
            }
            _ => true,
        }
    }

    /// What the primary button does now.
    pub fn next_step(&self) -> NextStep {
        let untouched = self.weights().snapshot.as_ref().is_none_or(|snapshot| snapshot.step == 0);
        if self.is_running() {
            NextStep::Pause
        } else if self.settings_changed() || untouched {
            NextStep::Train
        } else {
            NextStep::Continue
        }
    }

    /// The fields and values of a group of settings, those that apply now.
    pub fn settings(&self, group: Group) -> Vec<(Field, String)> {
        fn list<T: Settings>(settings: &T) -> Vec<(Field, String)> {
            let text = |field: Field| (field, settings.text(field.path));
            settings.visible_fields().into_iter().map(text).collect()
        }
        match group {
            Group::Model => list(&self.slot().model),
            Group::Training => list(&self.slot().training),
        }
    }

    /// Whether there is something to undo, and to redo.
    pub fn can_undo_redo(&self) -> (bool, bool) {
        self.history.can_undo_redo()
    }
}

/// Whether two settings agree in everything that weights depend on.
fn same_build<T: Settings>(a: &T, b: &T) -> bool {
    let (a_values, b_values) = (a.values(), b.values());
    let rebuilds = |field: &Field| field.applies == crate::model::Applies::Rebuild;
    a_values.get("kind") == b_values.get("kind")
        && a.fields().iter().filter(|field| rebuilds(field)).all(|f| a_values.get(f.path) == b_values.get(f.path))
}

#[cfg(test)]
mod tests;
