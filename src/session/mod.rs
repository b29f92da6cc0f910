//! The document: what is open, chosen and selected. Actions in, effects out.
//!
//! [`Session::apply`] is a pure transition: it changes the session and returns what must be done outside of
//! it. The workers' results come in by [`Session::receive`]. Panels read the session and send [`Action`]s;
//! nothing else changes it. Undo keeps states between a gesture's begin and its end and never discards
//! weights.

mod action;
mod apply;
mod attributes;
mod back;
mod brought;
mod chain;
mod chosen;
mod command_words;
mod complete;
mod derived;
mod divergences;
mod document;
mod errors;
mod exports;
mod figures;
mod file;
mod files;
mod find;
mod forms;
mod gallery;
mod history;
mod kept;
mod measure;
mod names;
mod nearby;
mod on_data;
mod outliers;
mod path;
mod places;
mod posterior;
mod preview;
mod query;
mod receive;
mod recipe;
mod run;
mod runs;
mod sampled;
mod selection;
mod series;
mod setup;
mod sketch;
mod slot_spec;
mod slots;
mod spec;
mod stands;
mod surface;
mod toast;
mod told;
mod tools;
mod training;
mod typed_ends;
mod undo;
mod views;
mod walks;
mod weights;

pub use crate::store::{ModelInSmall, Part, SetInSmall, Split, script_data};
pub use crate::train::Ending;
pub use crate::train::{
    ACTIVE_VARIANCE, Confusion, CorruptedRows, CurvePoint, DataCurves, DataPoints, DensityBy, DimensionTable,
    Errors, Factor, Influence, LogP, MAX_DRAWN, ModelDensity, OutlierScore, Placed, RegressOn, Regressed, Scores,
    Thumbnails, Underneath, Walked,
};
pub use crate::worker::SlotId;
pub use action::{Action, Effect, Group};
pub use attributes::{Attribute, Side};
use chain::Chain;
pub use chain::{CHAIN_STEPS, ChainStates};
pub use chosen::Common;
pub use complete::{Completion, Sheet};
use divergences::Descended;
pub use divergences::{BoundSpec, Diverge, DivergencePage, Divergences, Improved, Rests, Stand};
use document::OpeningSession;
pub use errors::{ErrorOrder, ErrorPage, ErrorsOf, N_ON_PAGE};
pub use exports::Export;
use exports::Exports;
pub use figures::{
    DataOf, FigureFormat, FigureOf, PlaneOf, PlanesOf, SAYS, SaidOf, Traversals, curves_figure, tiles_figure,
};
pub use file::EXTENSION;
pub use files::{data_for, trained_models};
use find::Lists;
pub use find::{FindPage, Listed, N_FOUND};
use forms::Forms;
pub use forms::Setting;
use gallery::Gallery;
pub use names::SlotName;
pub use on_data::DataPlaces;
pub use outliers::{MAX_NEIGHBOURS, Moved, N_OUTLIERS, OutlierPage};
pub use recipe::{PictureOf, Recipe};
pub use selection::{Choice, Hiding, Joining, Samples, Selection, Shape};
use series::SeriesRun;
pub use series::{Series, SeriesState};
use setup::UnderWay;
pub use setup::{Lesson, SetUp, first_minute, setups};
pub use sketch::Sketch;
pub use slot_spec::{Anchor, AxisFit, PlaneAxes, SlotSpec};
pub use slots::{MAX_VISIBLE, NewSlot};
pub use spec::{ColourBy, DataView, Fold, Layer, SessionSpec};
pub use stands::NextStep;
pub use surface::PlanePart;
use surface::Surfaces;
use toast::Toasts;
pub use toast::{Toast, ToastKind};
pub use tools::{GridRect, GridSettings, PathEnd, PathSettings, Preset, Query, Staging, Tool};
pub use views::{MAX_LABELS_SHOWN, Picture, STRIP_TILES};

use crate::data::{DataSplit, Progress};
use crate::model::{Capabilities, MetricId, SharedModel};
use crate::train::Checkpoint;
use crate::worker::{CodeCloud, TrainStatus, ViewId};
use back::LookingBack;
use derived::ModelOn;
use measure::Measured;
use names::Names;
pub use nearby::By;
use nearby::Nearby;
pub use posterior::Posterior;
pub use preview::Preview;
use query::Asked;
pub use query::Input;
use run::RunInHand;
pub use run::RunState;
use slots::Scored;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
pub use training::Plan;
use undo::History;
use views::Views;
use walks::Walks;
pub use weights::Weights;

/// The open document and what runs on it.
pub struct Session {
    spec: SessionSpec,
    weights: BTreeMap<SlotId, Weights>,
    /// What a model without weights has.
    no_weights: Weights,
    data: Option<DataSplit>,
    run: RunInHand,
    /// How many models were put on screen; names are never used again.
    newest_slot: u32,
    /// The plane under the pointer, and the code there.
    hover: Option<(SlotId, Vec<f32>)>,
    /// The code that each model on screen shows.
    shown: BTreeMap<SlotId, Vec<f32>>,
    /// Each model's codes of the path's ends, and the ends that they are of.
    ends: BTreeMap<(SlotId, usize), (PathEnd, Vec<f32>)>,
    typed_ends: typed_ends::TypedEnds,
    /// The sample whose code is nearest to the mean of each model's codes.
    centres: BTreeMap<SlotId, u32>,
    names: Names,
    forms: Forms,
    /// B while it travels with the pointer.
    path_hover: Option<PathEnd>,
    /// The Gaussian that the last draw chose, and the code drawn in it.
    drawn: Option<(SlotId, usize, Vec<f32>)>,
    sampled: sampled::Sampled,
    slow_motion: bool,
    history: History,
    views: Views,
    nearby: Nearby,
    chosen: chosen::Chosen,
    asked: Asked,
    gallery: Gallery,
    completed: complete::Completed,
    reconstructed: errors::Reconstructed,
    told: told::Told,
    outlying: outliers::Outlying,
    lists: Lists,
    directions: attributes::Directions,
    scored: BTreeMap<SlotId, Scored>,
    walks: Walks,
    surfaces: Surfaces,
    on_data: on_data::OnData,
    measured: Measured,
    chain: Chain,
    exports: Exports,
    toasts: Toasts,
    loads: Loads,
    /// The session file that is open.
    session_file: Option<PathBuf>,
    /// Data that are looked at before they are taken.
    preview: Option<Preview>,
    /// A model that waits for its data, and its file.
    opening: Option<(PathBuf, Box<Checkpoint>)>,
    setting_up: UnderWay,
    descended: Descended,
    picks: divergences::Picks,
    series: SeriesRun,
    back: LookingBack,
    /// Counts the random pairs drawn.
    n_drawn: u64,
    /// Trained weights in no file gave way to others and are in Undo alone.
    left_unsaved: bool,
}

/// The loads whose answers are awaited; newer ones take the place of older ones, whose answers then are
/// stale.
#[derive(Default)]
struct Loads {
    newest: u64,
    /// What lies at a path is being looked at; whether it was dropped on the window.
    path: Option<(u64, bool)>,
    data: Option<u64>,
    /// Whether the data are only to be looked at.
    is_preview: bool,
    progress: Progress,
    model: Option<u64>,
    /// Whether the model is to stand beside the others, and not in the active one's place.
    is_beside: bool,
    /// Whether the model is opened for the data that are open.
    knows_data: bool,
    session: Option<OpeningSession>,
}

impl Session {
    /// A session on a spec; [`Session::open`] says what must be loaded for it.
    pub fn new(spec: SessionSpec) -> Self {
        let newest_slot = spec.slots.iter().map(|slot| slot.id.0).max().unwrap_or(0);
        Self {
            spec,
            weights: BTreeMap::new(),
            no_weights: Weights::default(),
            data: None,
            run: RunInHand::default(),
            newest_slot,
            hover: None,
            shown: BTreeMap::new(),
            ends: BTreeMap::new(),
            typed_ends: typed_ends::TypedEnds::default(),
            centres: BTreeMap::new(),
            names: Names::default(),
            forms: Forms::default(),
            path_hover: None,
            drawn: None,
            sampled: sampled::Sampled::default(),
            slow_motion: false,
            history: History::default(),
            views: Views::default(),
            nearby: Nearby::default(),
            chosen: chosen::nothing(),
            asked: Asked::default(),
            gallery: Gallery::default(),
            completed: complete::Completed::default(),
            reconstructed: errors::Reconstructed::default(),
            told: told::Told::default(),
            outlying: outliers::Outlying::default(),
            lists: Lists::default(),
            directions: attributes::nothing(),
            scored: BTreeMap::new(),
            walks: Walks::new(),
            surfaces: Surfaces::new(),
            on_data: on_data::OnData::default(),
            measured: Measured::default(),
            chain: Chain::default(),
            exports: Exports::default(),
            toasts: Toasts::default(),
            loads: Loads::default(),
            session_file: None,
            preview: None,
            opening: None,
            setting_up: UnderWay::default(),
            descended: Descended::default(),
            picks: divergences::Picks::default(),
            series: SeriesRun::default(),
            back: LookingBack::default(),
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

    /// The data, once loaded.
    pub fn data(&self) -> Option<&DataSplit> {
        self.data.as_ref()
    }

    /// What several samples of the data are called.
    pub fn nouns(&self) -> &'static str {
        self.data.as_ref().map_or("samples", |data| data.train.kind().nouns())
    }

    /// What several of what the active model decodes are called.
    pub fn decoded_nouns(&self) -> &'static str {
        self.model().map_or("pictures", |model| model.info().output.decoded_nouns())
    }

    /// What the error of a reconstruction is: its formula, and its title.
    pub fn error_words(&self) -> [&'static str; 2] {
        self.data.as_ref().map_or(["Σ(x̂−x)²", "Squared error"], |data| data.train.kind().error_words())
    }

    /// The active model as it stands.
    pub fn model(&self) -> Option<&SharedModel> {
        self.model_of(self.spec.active)
    }

    /// The active model as it stands and the data it is shown on, where these are its own kind: what is
    /// worked out is about them.
    fn model_on(&self) -> Option<ModelOn> {
        self.model_on_in(self.spec.active)
    }

    fn model_on_in(&self, slot: SlotId) -> Option<ModelOn> {
        let (snapshot, data) = (self.shown_snapshot(slot)?, self.data.as_ref()?);
        let model = Arc::clone(&snapshot.model);
        let fits = *data.train.kind() == model.info().input;
        let is_back = self.weights_of(slot).snapshot.as_ref().is_none_or(|now| !Arc::ptr_eq(now, snapshot));
        let (generation, data) = (snapshot.generation, data.train.checksum());
        fits.then_some(ModelOn { slot, generation, is_back, model, data })
    }

    /// What the active model can do.
    pub fn capabilities(&self) -> Capabilities {
        self.capabilities_of(self.spec.active)
    }

    /// The codes to plot.
    pub fn cloud(&self) -> Option<&Arc<CodeCloud>> {
        self.cloud_of(self.spec.active)
    }

    /// Whether something is being loaded or set up.
    pub fn is_busy(&self) -> bool {
        self.is_loading() || self.run.state == RunState::Building
    }

    /// Whether training can be started now.
    pub fn can_train(&self) -> bool {
        self.data.is_some() && !self.is_busy() && !self.is_training()
    }

    /// Whether data, a model or a session is being loaded, which can be cancelled.
    pub fn is_loading(&self) -> bool {
        let Loads { path, data, model, session, .. } = &self.loads;
        path.is_some() || data.is_some() || model.is_some() || session.is_some()
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

    /// The share of the training images' variance that each dimension explains, where the shown model's
    /// dimensions share it.
    pub fn explained_variance(&self) -> Option<Vec<f32>> {
        if !self.capabilities().shares_variance {
            return None;
        }
        let stats = &self.cloud()?.stats;
        // What the components leave over is the squared error of the training images.
        let rest = self.weights().train_curve.last()?.metrics.get(MetricId::Reconstruction)? as f32;
        let total = stats.iter().map(|stats| stats.std * stats.std).sum::<f32>() + rest;
        // Data that do not vary have nothing to explain.
        let share = |variance: f32| if total > 0.0 { variance / total } else { 0.0 };
        Some(stats.iter().map(|stats| share(stats.std * stats.std)).collect())
    }

    /// The Gaussian of a mixture that a model's kept code was drawn from, while it stays where it was drawn.
    pub fn drawn_from(&self, id: SlotId) -> Option<usize> {
        let (slot, component, z) = self.drawn.as_ref()?;
        let stays = self.spec.slot_of(id).is_some_and(|kept| kept.z == *z);
        (*slot == id && stays).then_some(*component)
    }

    /// The newest picture of a view of the active model.
    pub fn picture(&self, view: ViewId) -> Option<&Picture> {
        self.views.picture(view, self.spec.active)
    }

    /// The newest picture of a view of a model.
    pub fn picture_of(&self, slot: SlotId, view: ViewId) -> Option<&Picture> {
        self.views.picture(view, slot)
    }

    /// The stamp of the newest request for a view of a model.
    pub fn wanted_stamp_of(&self, slot: SlotId, view: ViewId) -> Option<u64> {
        self.views.wanted_stamp(view, slot)
    }

    /// The stamp of the newest request for a view of the active model; its picture trails while it carries an
    /// older one.
    pub fn wanted_stamp(&self, view: ViewId) -> Option<u64> {
        self.views.wanted_stamp(view, self.spec.active)
    }

    /// Messages to show, oldest first.
    pub fn toasts(&self) -> &[Toast] {
        self.toasts.list()
    }

    /// Whether there is something to undo, and to redo.
    pub fn can_undo_redo(&self) -> (bool, bool) {
        self.history.can_undo_redo()
    }
}

#[cfg(test)]
mod tests;
