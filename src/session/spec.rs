//! The serialisable part of a session.

use super::attributes::Attribute;
use super::complete::Completion;
use super::divergences::Divergences;
use super::errors::ErrorPage;
use super::find::FindPage;
use super::outliers::OutlierPage;
use super::selection::{Samples, Selection, Shape};
use super::sketch::Sketch;
use super::slot_spec::{AxisFit, SlotSpec};
use super::tools::{GridSettings, PathSettings, Query, Staging, Tool};
use crate::data::{DataChoice, ReadSettings};
use crate::latent::grid::Spacing;
use crate::latent::path::Walk;
use crate::model::ModelSpec;
use crate::picture::WritingSettings;
use crate::store::OPENING;
use crate::train::TrainSpec;
use crate::worker::SlotId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Everything that describes a session but the weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SessionSpec {
    /// What is learned from.
    pub data: DataChoice,
    /// How it is read.
    pub reading: ReadSettings,
    /// The models; never empty.
    pub slots: Vec<SlotSpec>,
    /// Which of them the side panels are about; it is visible.
    pub active: SlotId,
    /// The training samples that are pointed at and picked, on every plane.
    pub selection: Selection,
    /// What the models are asked about.
    pub query: Option<Query>,
    /// What the pointer does on the plane.
    pub tool: Tool,
    /// The line by which the hand chooses samples.
    pub shape: Shape,
    /// The grid and how it is divided.
    pub grid: GridSettings,
    /// The path and how it is walked.
    pub path: PathSettings,
    /// The class that a model which is told the label is told.
    pub label: usize,
    /// How models that write sentences write them.
    pub writing: WritingSettings,
    /// Whether the planes show the data themselves, and how.
    pub data_view: DataView,
    /// What is drawn on the plane.
    pub layers: BTreeSet<Layer>,
    /// Classes that are not shown.
    pub hidden: BTreeSet<usize>,
    /// Training samples that are not shown, whatever their class.
    pub left_out: Samples,
    /// What codes are coloured by.
    pub colour: ColourBy,
    /// What is unfolded in the window.
    pub unfolded: BTreeSet<Fold>,
    /// Differences of mean codes, by name.
    pub attributes: Vec<Attribute>,
    /// The page of reconstructions that is looked at; none while that is folded away.
    pub errors: Option<ErrorPage>,
    /// How outliers are looked at; none while that is folded away.
    pub outliers: Option<OutlierPage>,
    /// How what is like the query is looked at; none while that is folded away.
    pub find: Option<FindPage>,
    /// The page of test samples that is shown corrupted and mended; none while that is folded away.
    pub corrupted_page: Option<usize>,
    /// What is given of the sample that is completed; none while that is folded away.
    pub completion: Option<Completion>,
    /// One sample that is shown large, corrupted and mended, in the place of the planes; none while these are
    /// shown.
    pub stage: Option<Staging>,
    /// The figure of divergences, in the place of the planes; none while these are shown.
    pub divergences: Option<Divergences>,
    /// The table that is being drawn by hand, in the place of the planes; none while these are shown.
    pub sketch: Option<Sketch>,
}

impl SessionSpec {
    /// The model that the side panels are about.
    pub fn slot(&self) -> &SlotSpec {
        self.slot_of(self.active).unwrap_or(&self.slots[0])
    }

    /// Shows the planes, whatever has taken their place.
    pub(super) fn show_planes(&mut self) {
        self.clear_stage();
        if let Some(page) = &mut self.outliers {
            page.is_staged = false;
        }
    }

    /// Takes away what has the place of the planes, but a regression.
    pub(super) fn clear_stage(&mut self) {
        (self.stage, self.divergences, self.sketch) = (None, None, None);
    }

    /// What has the place of the planes, but for a regression.
    pub(super) fn on_stage(&self) -> (Option<Staging>, Option<&Divergences>, Option<&Sketch>) {
        (self.stage, self.divergences.as_ref(), self.sketch.as_ref())
    }

    /// The model of this name, while it is there.
    pub fn slot_of(&self, id: SlotId) -> Option<&SlotSpec> {
        self.slots.iter().find(|slot| slot.id == id)
    }

    /// Classes that are not shown: colours of a column show every class.
    pub(super) fn hidden_classes(&self) -> &BTreeSet<usize> {
        static NONE: BTreeSet<usize> = BTreeSet::new();
        if self.colour == ColourBy::Class { &self.hidden } else { &NONE }
    }

    pub(super) fn slot_mut(&mut self, id: SlotId) -> Option<&mut SlotSpec> {
        self.slots.iter_mut().find(|slot| slot.id == id)
    }
}

/// Something drawn on the plane that can be left away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    /// The codes.
    Codes,
    /// Names of the classes where their codes are densest.
    ClassNames,
    /// 1, 2 and 3 σ of the prior.
    PriorRings,
    /// The card with the decoded picture at the pointer.
    Lens,
    /// The row of every label at z, below the plane.
    LabelRow,
    /// 1 σ and 2 σ of the posterior of the sample that is looked at.
    Posterior,
    /// Draws from that posterior, on the plane and decoded.
    PosteriorSamples,
    /// How dense the codes lie.
    Density,
    /// A tint where codes are rare.
    Rarity,
    /// How much the decoder magnifies.
    Magnification,
    /// Faint pictures of what is decoded, underneath everything.
    Underneath,
    /// Pictures of samples at their codes, where there is room.
    SamplePictures,
    /// Rings around the samples whose label a classifier knows.
    KnownLabels,
    /// Samples as the model makes them again, on the plane of the data.
    Remade,
    /// Samples that the model makes, on the plane of the data.
    Made,
    /// How dense the model takes the data to lie.
    ModelDensity,
    /// The Gaussians of a mixture, where its codes are the data.
    Components,
    /// What the discriminator says of places.
    Discriminator,
    /// A grid of codes, decoded.
    Warped,
}

impl Layer {
    /// All of them, in the order of menu and keys, with their names.
    pub const ALL: [(Self, &str); 19] = [
        (Self::Codes, "Codes"),
        (Self::ClassNames, "Class names"),
        (Self::PriorRings, "Prior rings"),
        (Self::Lens, "Lens at the pointer"),
        (Self::LabelRow, "Every label at this z"),
        (Self::Posterior, "Posterior of the sample"),
        (Self::PosteriorSamples, "Draws from the posterior"),
        (Self::Density, "Density of the codes"),
        (Self::Rarity, "Tint where codes are rare"),
        (Self::Magnification, "Magnification"),
        (Self::Underneath, "Decoded pictures underneath"),
        (Self::SamplePictures, "Pictures of samples"),
        (Self::KnownLabels, "Known labels"),
        (Self::Remade, "Reconstructions"),
        (Self::Made, "Samples of the model"),
        (Self::ModelDensity, "Density of the model"),
        (Self::Components, "Gaussians of the mixture"),
        (Self::Discriminator, "Discriminator"),
        (Self::Warped, "Grid of codes, decoded"),
    ];
    /// Those that are drawn unless they are left away.
    pub const USUAL: [Self; 11] = [
        Self::Codes,
        Self::ClassNames,
        Self::PriorRings,
        Self::Lens,
        Self::LabelRow,
        Self::Posterior,
        Self::KnownLabels,
        Self::Made,
        Self::ModelDensity,
        Self::Components,
        Self::Discriminator,
    ];
    /// Those that tint the whole plane, of codes and of the data: one at a time, the first that there is.
    pub const HEATS: [&[Self]; 2] = [&[Self::Density, Self::Rarity, Self::Magnification], Self::HEATS_ON_DATA];
    /// Those of the data.
    pub const HEATS_ON_DATA: &[Self] = &[Self::Discriminator, Self::ModelDensity];
    /// Those that are worked out beside the window.
    pub const WORKED_OUT: [Self; 5] =
        [Self::Density, Self::Rarity, Self::Magnification, Self::Underneath, Self::SamplePictures];
}

/// Something in the window that is folded away until it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fold {
    /// The settings that matter less often.
    Settings,
    /// What else can be added to a kind: corruptions and penalties.
    Kinds,
    /// The rest of the network.
    Network,
    /// The course of training.
    Course,
    /// What few will ever change.
    Expert,
    /// Data and model while training is paused.
    Paused,
    /// The dimensions that carry least.
    Dimensions,
    /// The training samples whose codes are nearest.
    Nearest,
    /// Differences of mean codes.
    Attributes,
    /// The samples that stand apart; their page says whether it is open.
    Outliers,
    /// What a classifier takes samples for.
    Confusion,
    /// Weights as pictures.
    Units,
    /// The Gibbs chain from a sample.
    Chain,
    /// What each dimension does.
    DimensionTable,
    /// The table of scores under the strips of a path.
    Scores,
    /// The pad that is drawn on.
    Pad,
    /// How often what is found is of the query's class.
    Precision,
}

/// How the data themselves are looked at, in the place of codes: each sample where its columns say.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataView {
    /// Whether they are looked at.
    pub is_shown: bool,
    /// The columns across and up; one that is named twice is drawn alone, as a figure of curves.
    pub columns: [usize; 2],
    /// What is seen of them.
    pub fit: AxisFit,
}

impl DataView {
    /// Most columns of data that are looked at themselves unless their codes are asked for.
    const FEW: usize = 2;

    /// How data of so many columns are looked at first; none have columns that can be drawn.
    pub fn usual(n_columns: Option<usize>) -> Self {
        let Some(n) = n_columns.filter(|n| *n > 0) else { return Self::default() };
        Self { is_shown: n <= Self::FEW, columns: [0, usize::from(n > 1)], fit: AxisFit::Fitted }
    }
}

impl Default for DataView {
    fn default() -> Self {
        Self { is_shown: false, columns: [0, 1], fit: AxisFit::Fitted }
    }
}

/// What codes are coloured by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColourBy {
    /// Their class.
    Class,
    /// A column of the data, by its number.
    Column(usize),
}

impl ColourBy {
    /// The column, where it is one.
    pub const fn column(self) -> Option<usize> {
        match self {
            Self::Class => None,
            Self::Column(column) => Some(column),
        }
    }
}

impl Default for SessionSpec {
    fn default() -> Self {
        let first = SlotSpec::new(SlotId(0), ModelSpec::default(), TrainSpec::default());
        Self {
            reading: ReadSettings::default(),
            data: OPENING.data.clone(),
            active: first.id,
            slots: vec![first],
            selection: Selection::default(),
            query: None,
            tool: Tool::Explore,
            shape: Shape::default(),
            grid: GridSettings { rect: None, steps: 8, spacing: Spacing::Linear },
            path: PathSettings { ends: [None, None], steps: 9, walk: Walk::Linear, at: None },
            label: 0,
            writing: WritingSettings::default(),
            data_view: DataView::default(),
            layers: Layer::USUAL.into(),
            hidden: BTreeSet::new(),
            left_out: Samples::default(),
            colour: ColourBy::Class,
            unfolded: BTreeSet::new(),
            attributes: Vec::new(),
            errors: None,
            outliers: None,
            find: None,
            corrupted_page: None,
            // What a model that completes is for is in sight at once.
            completion: Some(Completion::default()),
            stage: None,
            divergences: None,
            sketch: None,
        }
    }
}
