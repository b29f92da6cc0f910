//! The document: what is open, chosen and selected. Actions in, effects out.
//!
//! [`Session::apply`] is a pure transition: it changes the session and returns what must be done outside of it. The
//! workers' results come in by [`Session::receive`]. Panels read the session and send [`Action`]s; nothing else changes it.
//! Undo keeps states between a gesture's begin and its end and never discards weights.

mod action;
mod apply;
mod compare;
mod derived;
mod files;
mod measure;
mod nearby;
mod path;
mod receive;
mod recipe;
mod run;
mod setup;
mod spec;
mod toast;
mod training;
mod undo;
mod views;

pub use crate::train::{CorruptedRows, CurvePoint, LogP, Scores};
pub use crate::worker::SlotId;
pub use action::{Action, Effect, Group};
pub use compare::{Against, MAX_RIVALS};
pub use files::{data_for, trained_models};
pub use recipe::{PictureOf, Recipe};
use setup::UnderWay;
pub use setup::{SetUp, setups};
pub use spec::{
    AxisFit, ColourBy, GridSettings, Layer, PathEnd, PathSettings, Preset, SessionSpec, SlotSpec, Tool,
};
use toast::Toasts;
pub use toast::{Toast, ToastKind};
pub use views::{MAX_LABELS_SHOWN, Picture, STRIP_TILES};

use crate::data::DataSplit;
use crate::latent::plane::Plane;
use crate::model::{Capabilities, Field, MetricId, Settings, SharedModel};
use crate::train::Checkpoint;
use crate::worker::{CodeCloud, Snapshot, TrainStatus, ViewId};
use compare::Comparison;
use derived::ModelOn;
use measure::Measured;
use nearby::Nearby;
use run::RunInHand;
pub use run::RunState;
use std::collections::BTreeMap;
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
    /// The state that the slot's file holds, or the embedded model.
    pub in_file: Option<Arc<Checkpoint>>,
    /// Seconds spent training them here; 0 where they come from elsewhere.
    pub training_secs: f32,
}

impl Weights {
    /// Address and size in bytes of each large part.
    fn heap(&self) -> Vec<(usize, usize)> {
        let mut parts = Vec::new();
        let mut model = |model: &SharedModel| {
            parts.push((Arc::as_ptr(model).cast::<u8>() as usize, model.info().n_params * 4));
        };
        if let Some(snapshot) = &self.snapshot {
            model(&snapshot.model);
        }
        for checkpoint in [&self.checkpoint, &self.in_file].into_iter().flatten() {
            model(&checkpoint.trained.model);
        }
        if let Some(learner) = self.checkpoint.as_ref().and_then(|checkpoint| checkpoint.learner.as_ref()) {
            let tensors = learner.tensors.iter();
            parts.extend(tensors.map(|tensor| (tensor.values.as_ptr() as usize, tensor.values.len() * 4)));
        }
        if let Some(cloud) = &self.cloud {
            let n_arrays = if cloud.codes.log_var.is_some() { 2 } else { 1 };
            parts.push((
                Arc::as_ptr(cloud) as usize,
                cloud.indices.len() * 4 + cloud.codes.mu.len() * 4 * n_arrays,
            ));
        }
        parts
    }
}

/// The open document and what runs on it.
pub struct Session {
    spec: SessionSpec,
    weights: BTreeMap<SlotId, Weights>,
    /// What a model without weights has.
    no_weights: Weights,
    data: Option<DataSplit>,
    run: RunInHand,
    hover: Option<Vec<f32>>,
    /// The place on the path that is looked at, and its code.
    path_t: Option<f32>,
    path_z: Option<Vec<f32>>,
    /// B while it travels with the pointer.
    path_hover: Option<PathEnd>,
    slow_motion: bool,
    history: History,
    views: Views,
    nearby: Nearby,
    comparison: Comparison,
    measured: Measured,
    toasts: Toasts,
    loads: Loads,
    /// A model that waits for its data, and its file.
    opening: Option<(PathBuf, Box<Checkpoint>)>,
    setting_up: UnderWay,
    /// Counts the random pairs drawn.
    n_drawn: u64,
    /// Trained weights in no file gave way to others and are in Undo alone.
    left_unsaved: bool,
}

/// The loads whose answers are awaited; newer ones take the place of older ones, whose answers then are stale.
#[derive(Default)]
struct Loads {
    newest: u64,
    data: Option<u64>,
    model: Option<u64>,
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
        Self {
            spec,
            weights: BTreeMap::new(),
            no_weights: Weights::default(),
            data: None,
            run: RunInHand::default(),
            hover: None,
            path_t: None,
            path_z: None,
            path_hover: None,
            slow_motion: false,
            history: History::default(),
            views: Views::default(),
            nearby: Nearby::default(),
            comparison: Comparison::default(),
            measured: Measured::default(),
            toasts: Toasts::default(),
            loads: Loads::default(),
            opening: None,
            setting_up: UnderWay::default(),
            n_drawn: 0,
            left_unsaved: false,
        }
    }

    /// The serialisable part.
    pub fn spec(&self) -> &SessionSpec {
        &self.spec
    }

    /// The active model's settings.
    pub fn slot(&self) -> &SlotSpec {
        self.spec.slot()
    }

    /// The active model's weights, codes and curves.
    pub fn weights(&self) -> &Weights {
        self.weights_of(self.spec.active)
    }

    /// A model's weights, codes and curves; empty where there are none.
    pub fn weights_of(&self, slot: SlotId) -> &Weights {
        self.weights.get(&slot).unwrap_or(&self.no_weights)
    }

    fn weights_mut(&mut self, slot: SlotId) -> &mut Weights {
        self.weights.entry(slot).or_default()
    }

    /// Seconds that the training of the shown weights took, where it took place here.
    pub fn training_secs(&self) -> Option<f32> {
        Some(self.weights().training_secs).filter(|&secs| secs > 0.0)
    }

    /// The data, once loaded.
    pub fn data(&self) -> Option<&DataSplit> {
        self.data.as_ref()
    }

    /// The active model as it stands.
    pub fn model(&self) -> Option<&SharedModel> {
        self.weights().snapshot.as_ref().map(|snapshot| &snapshot.model)
    }

    /// The active model as it stands and the data it is shown on, where these are its own kind: what is worked out is about
    /// them.
    fn model_on(&self) -> Option<ModelOn> {
        let (snapshot, data) = (self.weights().snapshot.as_ref()?, self.data.as_ref()?);
        let model = Arc::clone(&snapshot.model);
        let fits = *data.train.kind() == model.info().input;
        fits.then(|| ModelOn { generation: snapshot.generation, model, data: data.train.checksum() })
    }

    /// What the active model can do.
    pub fn capabilities(&self) -> Capabilities {
        self.weights().snapshot.as_ref().map_or(Capabilities::default(), |snapshot| snapshot.capabilities)
    }

    /// The codes to plot.
    pub fn cloud(&self) -> Option<&Arc<CodeCloud>> {
        self.weights().cloud.as_ref()
    }

    /// Where training stands, if a run is set up.
    pub fn status(&self) -> Option<&TrainStatus> {
        self.run.status.as_ref().filter(|_| self.run.state != RunState::Ended)
    }

    /// Whether training is under way, or asked for.
    pub fn is_running(&self) -> bool {
        self.run.state.is_running()
    }

    /// Whether something is being loaded or set up.
    pub fn is_busy(&self) -> bool {
        self.is_loading() || self.run.state == RunState::Building
    }

    /// Whether training can be started now.
    pub fn can_train(&self) -> bool {
        self.data.is_some() && !self.is_busy() && !self.is_running()
    }

    /// Whether data or a model is being loaded, which can be cancelled.
    pub fn is_loading(&self) -> bool {
        self.loads.data.is_some() || self.loads.model.is_some()
    }

    /// Whether a control is held down.
    pub fn in_gesture(&self) -> bool {
        self.history.in_gesture()
    }

    /// Whether each step is followed by a pause.
    pub fn slow_motion(&self) -> bool {
        self.slow_motion
    }

    /// Length of a code.
    pub fn latent_dim(&self) -> usize {
        self.slot().z.len()
    }

    /// The share of the training images' variance that each dimension explains, where the shown model's dimensions share it.
    pub fn explained_variance(&self) -> Option<Vec<f32>> {
        if !self.capabilities().shares_variance {
            return None;
        }
        let stats = &self.cloud()?.stats;
        // What the components leave over is the squared error of the training images.
        let rest = self.weights().train_curve.last()?.metrics.get(MetricId::Reconstruction)? as f32;
        let total = stats.iter().map(|stats| stats.std * stats.std).sum::<f32>() + rest;
        Some(stats.iter().map(|stats| stats.std * stats.std / total).collect())
    }

    /// The code that is shown: under the pointer, else on the path, else the kept one.
    pub fn z(&self) -> &[f32] {
        self.hover.as_deref().or(self.path_z.as_deref()).unwrap_or(&self.slot().z)
    }

    /// The code under the pointer.
    pub fn hover(&self) -> Option<&[f32]> {
        self.hover.as_deref()
    }

    /// The plane through the kept point.
    pub fn plane(&self) -> Plane {
        let SlotSpec { z, axes: [x, y], .. } = self.slot();
        Plane::axes(z, *x, *y)
    }

    /// The newest picture of a view of the active model.
    pub fn picture(&self, view: ViewId) -> Option<&Picture> {
        self.views.picture(view, self.spec.active)
    }

    /// The stamp of the newest request for a view of the active model; its picture trails while it carries an older one.
    pub fn wanted_stamp(&self, view: ViewId) -> Option<u64> {
        self.views.wanted_stamp(view, self.spec.active)
    }

    /// Messages to show, oldest first.
    pub fn toasts(&self) -> &[Toast] {
        self.toasts.list()
    }

    /// Whether the settings describe another network or training than the present weights come from.
    pub fn settings_changed(&self) -> bool {
        let slot = self.slot();
        self.weights().checkpoint.as_ref().is_none_or(|checkpoint| {
            let trained = &checkpoint.trained;
            // A model from elsewhere has no settings: training starts one of our own.
            let spec = trained.model.info().spec();
            spec.is_none_or(|spec| !slot.model.same_build(spec.spec()))
                || !slot.training.same_build(&trained.train)
        })
    }

    /// Whether the weights were worked out at once, so that training on would change nothing.
    pub fn is_solved(&self) -> bool {
        self.weights().checkpoint.as_ref().is_some_and(|checkpoint| {
            let spec = checkpoint.trained.model.info().spec();
            checkpoint.trained.step > 0 && spec.is_some_and(|spec| spec.spec().is_closed_form())
        })
    }

    /// What the primary button does now.
    pub fn next_step(&self) -> NextStep {
        let untouched = self.weights().snapshot.as_ref().is_none_or(|snapshot| snapshot.step == 0);
        if self.is_running() {
            NextStep::Pause
        } else if self.settings_changed() || untouched || self.is_solved() {
            NextStep::Train
        } else {
            NextStep::Continue
        }
    }

    /// The fields and values of a group of settings, those that apply now.
    pub fn settings(&self, group: Group) -> Vec<(Field, String)> {
        match group {
            Group::Model => self.slot().model.listed(),
            // What is solved at once is not searched for.
            Group::Training if self.slot().model.is_closed_form() => Vec::new(),
            Group::Training => self.slot().training.listed(),
        }
    }

    /// Whether there is something to undo, and to redo.
    pub fn can_undo_redo(&self) -> (bool, bool) {
        self.history.can_undo_redo()
    }
}

#[cfg(test)]
mod tests;
