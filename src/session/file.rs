//! Session files: what is open and how it is looked at, as JSON that later versions still read.
//!
//! Their types are apart from the live ones, so that these may change; what they share with them are names
//! that actions have too. Weights are named, not held: a trained model, or a file, relative to the session's
//! where it lies below it. Everything read is hostile until [`SessionFileV1::check`] and [`fits`] have seen
//! it.

mod fits;

pub use fits::fits;

use super::attributes::{MAX_ATTRIBUTES, MAX_NAME};
use super::places::{WeightsAt, from_folder, moved, moved_query};
use super::runs::{AttributeV1, MAX_SAMPLES, Runs};
use super::{
    Anchor, AxisFit, ColourBy, Completion, DataView, Divergences, ErrorPage, FindPage, Fold, GridRect,
    GridSettings, Layer, MAX_VISIBLE, OutlierPage, PathEnd, PathSettings, PlaneAxes, Query, Selection,
    SessionSpec, Shape, Sketch, SlotId, SlotSpec, Staging, Tool,
};
use crate::data::{DataChoice, ReadSettings};
use crate::latent::grid::Spacing;
use crate::latent::path::Walk;
use crate::model::{ModelSpec, Settings};
use crate::picture::WritingSettings;
use crate::store;
use crate::train::TrainSpec;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// How the name of a session file ends.
pub const EXTENSION: &str = "halfmoon";
const VERSION: u32 = 1;
/// Most bytes of a session file.
pub const MAX_BYTES: u64 = 16 << 20;
/// Most models of a session.
const MAX_SLOTS: usize = super::slots::MAX_SLOTS;
/// Farthest a number of a code or a bound of a view may lie: beyond it `f32` products overflow.
const MAX_PLACE: f32 = 1e6;
/// Last page of corrupted or reconstructed samples; data of more samples than these pages hold do not fit
/// into memory.
const MAX_PAGE: usize = 1 << 28;
/// Most numbers of a code.
const MAX_LENGTH: usize = 1 << 16;

/// A session as its file holds it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionFileV1 {
    version: u32,
    data: DataChoice,
    #[serde(default, skip_serializing_if = "ReadSettings::is_empty")]
    reading: ReadSettings,
    slots: Vec<SlotV1>,
    active: u32,
    samples: Runs,
    focused: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    query: Option<Query>,
    tool: Tool,
    #[serde(default)]
    shape: Shape,
    grid: GridV1,
    path: PathV1,
    label: usize,
    #[serde(default, skip_serializing_if = "is_usual")]
    writing: WritingSettings,
    #[serde(default, skip_serializing_if = "is_usual")]
    data_view: DataView,
    layers: BTreeSet<Layer>,
    hidden_classes: BTreeSet<usize>,
    #[serde(default)]
    left_out: Runs,
    colour: ColourBy,
    unfolded: BTreeSet<Fold>,
    corrupted_page: Option<usize>,
    #[serde(default)]
    completion: Option<Completion>,
    #[serde(default)]
    attributes: Vec<AttributeV1>,
    #[serde(default)]
    errors: Option<ErrorPage>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    outliers: Option<OutlierPage>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    find: Option<FindPage>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stage: Option<Staging>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sketch: Option<Sketch>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    divergences: Option<Divergences>,
}

/// Whether nothing else was set than what every session begins with.
fn is_usual<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A model, where its weights are, and how it is looked at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SlotV1 {
    id: u32,
    model: ModelSpec,
    training: TrainSpec,
    weights: Option<WeightsAt>,
    is_copy: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    is_in_series: bool,
    z: Vec<f32>,
    anchor: Anchor,
    axes: PlaneAxes,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    names: BTreeMap<usize, String>,
    is_visible: bool,
    view: AxisFit,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct GridV1 {
    rect: Option<GridRect>,
    steps: usize,
    spacing: Spacing,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PathV1 {
    ends: [Option<PathEnd>; 2],
    steps: usize,
    walk: Walk,
    at: Option<f32>,
}

impl SessionFileV1 {
    /// The file of a session that lies in `folder`, with the weights of each model that has any.
    pub fn new(spec: &SessionSpec, weights: &BTreeMap<SlotId, WeightsAt>, folder: &Path) -> Result<Self, String> {
        let slot = |slot: &SlotSpec| SlotV1 {
            id: slot.id.0,
            model: slot.model.clone(),
            training: slot.training.clone(),
            weights: weights.get(&slot.id).map(|at| at.moved(|path| from_folder(path, folder))),
            is_copy: slot.is_copy,
            is_in_series: slot.is_in_series,
            z: slot.z.clone(),
            anchor: slot.anchor,
            axes: slot.axes,
            names: slot.names.clone(),
            is_visible: slot.is_visible,
            view: slot.fit,
        };
        let file = Self {
            version: VERSION,
            data: moved(&spec.data, |path| from_folder(path, folder))?,
            reading: spec.reading.moved(|path| from_folder(path, folder)),
            slots: spec.slots.iter().map(slot).collect(),
            active: spec.active.0,
            samples: Runs::of(&spec.selection.samples),
            focused: spec.selection.focused,
            query: spec.query.as_ref().map(|query| moved_query(query, |path| from_folder(path, folder))),
            tool: spec.tool,
            shape: spec.shape,
            grid: GridV1 { rect: spec.grid.rect, steps: spec.grid.steps, spacing: spec.grid.spacing },
            path: PathV1 {
                ends: spec.path.ends.clone(),
                steps: spec.path.steps,
                walk: spec.path.walk,
                at: spec.path.at,
            },
            label: spec.label,
            writing: spec.writing.clone(),
            data_view: spec.data_view,
            layers: spec.layers.clone(),
            hidden_classes: spec.hidden.clone(),
            left_out: Runs::of(&spec.left_out),
            colour: spec.colour,
            unfolded: spec.unfolded.clone(),
            corrupted_page: spec.corrupted_page,
            completion: spec.completion,
            attributes: spec.attributes.iter().map(AttributeV1::of).collect(),
            errors: spec.errors,
            outliers: spec.outliers.clone(),
            find: spec.find,
            stage: spec.stage,
            divergences: spec.divergences.clone(),
            sketch: spec.sketch.clone(),
        };
        // What would be refused when it is read is not written.
        file.check_samples().map_err(|e| format!("the session cannot be written: {e}"))?;
        Ok(file)
    }

    /// Its text.
    pub fn to_text(&self) -> Result<String, String> {
        let text = serde_json::to_string_pretty(self);
        let text = text.map_err(|e| format!("the session cannot be written: {e}"))? + "\n";
        if text.len() as u64 > MAX_BYTES {
            let size = super::files::size(text.len() as u64);
            return Err(format!(
                "the session would take {size}, more than the {} that are read; choose or hide fewer samples",
                super::files::size(MAX_BYTES)
            ));
        }
        Ok(text)
    }

    /// Whether it names no more samples than can be held.
    fn check_samples(&self) -> Result<(), String> {
        let of_attributes = self.attributes.iter().map(AttributeV1::n);
        let n: u64 = of_attributes.chain([self.samples.n(), self.left_out.n()]).sum();
        if n > MAX_SAMPLES {
            return Err(format!(
                "it names {n} samples, more than the {MAX_SAMPLES} that a session can; choose fewer"
            ));
        }
        Ok(())
    }

    /// Reads a text; what it says still is to be checked.
    pub fn parse(text: &[u8]) -> Result<Self, String> {
        /// What every version holds.
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        let Versioned { version } = serde_json::from_slice(text)
            .map_err(|e| format!("it is no session of halfmoon ({e}); choose another file"))?;
        if version != VERSION {
            return Err(format!(
                "it is of version {version}, and this program reads version {VERSION}; open it with a newer halfmoon"
            ));
        }
        serde_json::from_slice(text).map_err(|e| format!("it cannot be understood ({e}); save the session again"))
    }

    /// The session that it describes, and where the weights of each model are, for a file in `folder`. The
    /// error is the problem and what to do, without the file's name.
    pub fn check(self, folder: &Path) -> Result<(SessionSpec, BTreeMap<SlotId, WeightsAt>), String> {
        let n_visible = self.slots.iter().filter(|slot| slot.is_visible).count();
        if !(1..=MAX_SLOTS).contains(&self.slots.len()) || !(1..=MAX_VISIBLE).contains(&n_visible) {
            return Err(format!(
                "it has {} models, {n_visible} of them visible; there are 1 to {MAX_SLOTS}, of which 1 to {MAX_VISIBLE} are",
                self.slots.len()
            ));
        }
        let mut lengths = BTreeMap::new();
        for slot in &self.slots {
            slot.check()?;
            if lengths.insert(slot.id, slot.z.len()).is_some() {
                return Err(format!("two models are named {}; give one another number", slot.id));
            }
        }
        if !self.slots.iter().any(|slot| slot.id == self.active && slot.is_visible) {
            return Err(format!("model {} is to be active and is not there or not visible", self.active));
        }
        self.check_tools(&lengths)?;
        self.check_samples()?;
        let weights = self
            .slots
            .iter()
            .filter_map(|slot| Some((SlotId(slot.id), slot.weights.as_ref()?.moved(|path| folder.join(path)))));
        let weights: BTreeMap<SlotId, WeightsAt> = weights.collect();
        let slot = |slot: SlotV1| SlotSpec {
            id: SlotId(slot.id),
            model: slot.model,
            training: slot.training,
            file: weights.get(&SlotId(slot.id)).map(WeightsAt::path),
            is_copy: slot.is_copy,
            is_in_series: slot.is_in_series,
            encoder_of: None,
            z: slot.z,
            anchor: slot.anchor,
            axes: slot.axes,
            names: slot.names,
            is_visible: slot.is_visible,
            fit: slot.view,
        };
        let spec = SessionSpec {
            reading: self.reading.moved(|path| folder.join(path)),
            data: moved(&self.data, |path| folder.join(path))?,
            slots: self.slots.into_iter().map(slot).collect(),
            active: SlotId(self.active),
            selection: Selection { samples: self.samples.samples(), focused: self.focused, hovered: None },
            query: self.query.map(|query| moved_query(&query, |path| folder.join(path))),
            tool: self.tool,
            shape: self.shape,
            grid: GridSettings { rect: self.grid.rect, steps: self.grid.steps, spacing: self.grid.spacing },
            path: PathSettings {
                ends: self.path.ends,
                steps: self.path.steps,
                walk: self.path.walk,
                at: self.path.at,
            },
            label: self.label,
            writing: self.writing,
            data_view: self.data_view,
            layers: self.layers,
            hidden: self.hidden_classes,
            left_out: self.left_out.samples(),
            colour: self.colour,
            unfolded: self.unfolded,
            corrupted_page: self.corrupted_page,
            completion: self.completion,
            attributes: self.attributes.iter().map(AttributeV1::attribute).collect(),
            errors: self.errors,
            outliers: self.outliers,
            // There is one place for both.
            find: self.find.filter(|_| self.errors.is_none()),
            // The stage takes the same place.
            divergences: self.divergences.filter(|_| self.stage.is_none()),
            stage: self.stage,
            sketch: self.sketch,
        };
        Ok((spec, weights))
    }

    /// `lengths` of the codes of each model.
    fn check_tools(&self, lengths: &BTreeMap<u32, usize>) -> Result<(), String> {
        if !GridSettings::STEPS.contains(&self.grid.steps) || !PathSettings::STEPS.contains(&self.path.steps) {
            return Err(format!(
                "it has {} grid images a side and {} along the path; there are 2 to 20 and 2 to 33",
                self.grid.steps, self.path.steps
            ));
        }
        if !is_view(self.data_view.fit) {
            return Err("its view of the data is no part of a plane; save it again".into());
        }
        if let Some(page) = self.corrupted_page.filter(|&page| page > MAX_PAGE) {
            return Err(format!("it shows page {page} of corrupted images, which no data have; save it again"));
        }
        if let Some(ErrorPage { page, .. }) = self.errors.filter(|errors| errors.page > MAX_PAGE) {
            return Err(format!("it shows page {page} of reconstructions, which no data have; save it again"));
        }
        if self.outliers.as_ref().is_some_and(|page| !page.is_sound()) {
            return Err("its outliers are by no neighbours, or a point lies nowhere; choose them again".into());
        }
        let is_long = |attribute: &AttributeV1| attribute.name.chars().count() > MAX_NAME;
        if self.attributes.len() > MAX_ATTRIBUTES || self.attributes.iter().any(is_long) {
            return Err(format!(
                "it has more than {MAX_ATTRIBUTES} attribute vectors, or one whose name is longer than {MAX_NAME} letters"
            ));
        }
        if !self.writing.is_sound() {
            return Err(
                "it has sentences begun with too many words, or written as none can be; set it again".into()
            );
        }
        let is_drawn = match &self.data {
            DataChoice::Drawn(points) => points.is_sound(),
            _ => true,
        };
        if !is_drawn || self.sketch.as_ref().is_some_and(|sketch| !sketch.is_sound()) {
            return Err("it holds points drawn by hand that cannot be: too many or too far off; draw anew".into());
        }
        if self.stage.is_some_and(|stage| !stage.is_sound()) {
            return Err("its stage corrupts in no way that there is; set it again".into());
        }
        if self.divergences.as_ref().is_some_and(|figure| !figure.is_sound()) {
            return Err("its figure of divergences holds numbers out of their bounds; open it anew".into());
        }
        if let Some(GridRect { slot, bounds }) = &self.grid.rect {
            let is_sound = bounds.iter().all(|[low, high]| is_place(*low) && is_place(*high) && low <= high);
            if !is_sound || !lengths.contains_key(&slot.0) {
                return Err("its grid has bounds that are no rectangle on a model's plane; draw it again".into());
            }
        }
        if self.query.as_ref().is_some_and(|query| !query.is_sound()) {
            let problem =
                "it holds a drawing with lines far off its paper or too many, or too long a text; ask again";
            return Err(problem.into());
        }
        if self.path.at.is_some_and(|at| !(0.0..=1.0).contains(&at)) {
            return Err("it looks at a place that is not on its path; save it again".into());
        }
        for end in self.path.ends.iter().flatten() {
            if let PathEnd::Text(text) = end
                && !Query::is_text(text)
            {
                return Err("an end of its path is no text, or too long a one; set it again".into());
            }
            if let PathEnd::Place { slot, z } = end
                && (lengths.get(&slot.0) != Some(&z.len()) || !z.iter().copied().all(is_place))
            {
                return Err("an end of its path is no code of a model; set it again".into());
            }
        }
        Ok(())
    }
}

impl SlotV1 {
    fn check(&self) -> Result<(), String> {
        let wrong = |problem: String| Err(format!("model {}: {problem}", self.id));
        // As long as the codes of the weights, which the settings may have left behind; that is seen once
        // they are open.
        let n = self.z.len();
        if !(1..=MAX_LENGTH).contains(&n) || !self.z.iter().copied().all(is_place) {
            return wrong(format!("its kept code is not 1 to {MAX_LENGTH} finite numbers within ±{MAX_PLACE}"));
        }
        let is_drawable = self.axes.dimensions().is_none_or(|[x, y]| x < n && y < n && (x != y || n == 1));
        if !is_drawable {
            return wrong(format!("it is drawn along dimensions that its codes of {n} do not have"));
        }
        let is_name =
            |name: &String| name.trim() == name && (1..=SlotSpec::MAX_NAME).contains(&name.chars().count());
        if !self.names.iter().all(|(dim, name)| *dim < n && is_name(name)) {
            return wrong(format!("it names dimensions that its codes of {n} do not have, or by no name"));
        }
        if !is_view(self.view) {
            return wrong("its view is no part of a plane".into());
        }
        if let Some(WeightsAt::Trained(name)) = &self.weights
            && store::embedded(Path::new(name)).is_none()
        {
            return wrong(format!("there is no trained model {name:?} in this program"));
        }
        let ranges = self.model.check_ranges().and_then(|()| self.training.check_ranges());
        ranges.map_err(|e| format!("model {}: {e}", self.id))
    }
}

fn is_view(fit: AxisFit) -> bool {
    let AxisFit::Fixed { centre, half } = fit else { return true };
    centre.into_iter().all(is_place) && half.into_iter().all(|h| is_place(h) && h > 0.0)
}

fn is_place(value: f32) -> bool {
    value.is_finite() && value.abs() <= MAX_PLACE
}

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;
