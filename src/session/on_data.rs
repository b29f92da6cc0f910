//! The data themselves in the place of codes: by which columns, where each sample lies, and what each model
//! says of them.

use super::derived::{About, Derived, Exactly, ModelOn};
use super::{Effect, Layer, PlanePart, Samples, Session, SlotId, Tool};
use crate::data::{Cancel, Dataset};
use crate::latent::data_plane::DataPlane;
use crate::latent::ellipse::Ellipse;
use crate::latent::heat::Heat;
use crate::latent::lattice::Lattice;
use crate::latent::plane::Plane;
use crate::model::{Capabilities, FrozenModel};
use crate::train::{Asking, DataCurves, DataPoints, ModelDensity, Remade, codes_drawn};
use crate::worker::Pace;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Side of a cell of a heat in points on the screen, about, and most cells of one.
const HEAT_CELL: f32 = 10.0;
const MAX_HEAT_CELLS: usize = 8000;
/// Samples that a model is asked to make, and most that it is asked to make again.
const N_MADE: usize = 800;
const N_REMADE: usize = 1500;
/// Lines of a grid of codes, each way.
const N_LINES: usize = 13;

/// What was worked out of the plane of the data.
pub(super) struct OnData {
    /// About a checksum of the data, and columns of them.
    points: Derived<Exactly<(u32, [usize; 2])>, DataPoints>,
    said: BTreeMap<SlotId, Said>,
}

impl Default for OnData {
    fn default() -> Self {
        Self { points: Derived::new("where the data lie", 0), said: BTreeMap::new() }
    }
}

/// What one model says.
struct Said {
    part: Option<PlanePart>,
    places: Derived<PlacesOn, DataPlaces>,
    density: Derived<HeatOn, ModelDensity>,
    judged: Derived<HeatOn, Heat>,
    curves: Derived<HeatOn, DataCurves>,
}

impl Said {
    fn new(slot: SlotId) -> Self {
        Self {
            part: None,
            places: Derived::new("what a model makes of the data", slot.0),
            density: Derived::new("how dense a model takes the data to lie", slot.0),
            judged: Derived::new("what a discriminator says", slot.0),
            curves: Derived::new("curves of a column", slot.0),
        }
    }
}

/// Where things lie on the plane of the data that a model says, in plot coordinates.
#[derive(Default)]
pub struct DataPlaces {
    /// Samples that it makes.
    pub made: Vec<[f32; 2]>,
    /// Samples as it makes them again.
    pub remade: Remade,
    /// Lines of a grid of codes, decoded.
    pub lines: Vec<Vec<[f32; 2]>>,
    /// The Gaussians of a mixture, with the weight of each.
    pub components: Vec<(f32, Ellipse)>,
}

/// A plane of codes whose grid is decoded, and how far it reaches where the codes say.
pub(super) type GridOfCodes = (Plane, Option<[[f32; 2]; 2]>);

impl DataPlaces {
    /// What a model says of these layers; of the samples that are `chosen` where there are any. None where it
    /// cannot say one of them, and once it is cancelled.
    pub(super) fn of(
        asking: &Asking<'_>,
        data: &Dataset,
        layers: &BTreeSet<Layer>,
        chosen: &[u32],
        grid: Option<&GridOfCodes>,
    ) -> Option<Self> {
        let mut places = Self::default();
        if layers.contains(&Layer::Made) {
            places.made = asking.made(N_MADE)?;
        }
        if layers.contains(&Layer::Remade) {
            let all = || data.spread(N_REMADE);
            let some = || chosen.iter().copied().take(N_REMADE).collect();
            places.remade = asking.remade(data, if chosen.is_empty() { all() } else { some() })?;
        }
        if let Some((of_z, spread)) = grid {
            let ranges = spread.or_else(|| drawn_over(asking, of_z))?;
            places.lines = asking.warped(of_z, ranges, N_LINES)?;
        }
        if layers.contains(&Layer::Components) {
            let marginals = asking.marginals().unwrap_or_default();
            let ellipse = |of: &crate::train::Marginal| (of.weight as f32, of.ellipse(&asking.plane));
            places.components = marginals.iter().map(ellipse).collect();
        }
        Some(places)
    }
}

/// What places are asked for.
#[derive(Clone, PartialEq)]
struct PlacesOn {
    on: ModelOn,
    plane: DataPlane,
    label: usize,
    layers: BTreeSet<Layer>,
    /// The samples that are to be made again, while single ones are chosen; none stands for all.
    chosen: Samples,
    grid: Option<GridOfCodes>,
}

impl About for PlacesOn {
    fn keeps(&self, older: &Self) -> bool {
        let same = |on: &Self| (on.plane, on.label, on.layers.clone(), on.chosen.clone());
        self.on.keeps(&older.on) && same(self) == same(older)
    }
}

/// A part of a plane that a heat or curves are asked of.
#[derive(Clone, PartialEq)]
struct HeatOn {
    on: ModelOn,
    plane: DataPlane,
    label: usize,
    lattice: Lattice,
}

impl About for HeatOn {
    fn keeps(&self, older: &Self) -> bool {
        self.on.keeps(&older.on) && (self.plane, self.label) == (older.plane, older.label)
    }
}

impl Session {
    /// Whether the data can be looked at themselves, or in a few words why not.
    pub fn can_show_data(&self) -> Result<(), &'static str> {
        let Some(data) = &self.data else { return Err("there are no data yet") };
        data.train.kind().drawable_columns().map(|_| ())
    }

    /// Number of columns that the data can be drawn by.
    fn n_drawable(&self) -> usize {
        let names = self.data.as_ref().and_then(|data| data.train.kind().drawable_columns().ok());
        names.map_or(0, <[String]>::len)
    }

    /// The columns by which the data are drawn in the place of codes; none while codes are.
    pub fn data_columns(&self) -> Option<[usize; 2]> {
        let (view, n) = (self.spec.data_view, self.n_drawable());
        // Some tools are for planes of codes alone, which stand while these are chosen.
        let is_shown = view.is_shown && !self.spec.tool.is_of_codes();
        (is_shown && view.columns.iter().all(|&column| column < n)).then_some(view.columns)
    }

    /// Where each sample lies on the plane of the data, once that is worked out.
    pub fn data_points(&self) -> Option<&DataPoints> {
        self.data_columns()?;
        self.on_data.points.get()
    }

    /// What a model says of the plane of the data in places, as far as the layers show it, once it is there.
    pub fn data_places(&self, slot: SlotId) -> Option<&DataPlaces> {
        self.on_data.said.get(&slot)?.places.get()
    }

    /// How dense a model takes the data to lie, while that is shown and once it is there.
    pub fn model_density(&self, slot: SlotId) -> Option<&ModelDensity> {
        self.on_data.said.get(&slot)?.density.get()
    }

    /// The curves of the one column that is drawn, as a model says them, once they are there.
    pub fn data_curves(&self, slot: SlotId) -> Option<&DataCurves> {
        self.on_data.said.get(&slot)?.curves.get()
    }

    pub(super) fn heat_on_data(&self, slot: SlotId, layer: Layer) -> Option<(u64, &Heat)> {
        let said = self.on_data.said.get(&slot)?;
        match layer {
            Layer::ModelDensity => said.density.get().map(|density| (said.density.stamp(), &density.heat)),
            Layer::Discriminator => said.judged.get().map(|heat| (said.judged.stamp(), heat)),
            _ => None,
        }
    }

    pub(super) fn data_part_of(&self, slot: SlotId) -> Option<PlanePart> {
        self.on_data.said.get(&slot)?.part
    }

    pub(super) fn show_data_part(&mut self, slot: SlotId, part: PlanePart) {
        if self.spec.slot_of(slot).is_some() {
            self.on_data.said.entry(slot).or_insert_with(|| Said::new(slot)).part = Some(part);
        }
    }

    /// Whether a model has anything to draw on this layer of the plane of the data.
    pub(super) fn offers_on_data(&self, slot: SlotId, layer: Layer) -> bool {
        let Some(model) = self.model_on_in(slot).map(|on| on.model) else { return false };
        let is_line = self.data_columns().is_some_and(|[across, up]| across == up);
        can_say(layer, (&*model, self.capabilities_of(slot)), is_line)
    }

    pub(super) fn show_data(&mut self, is_shown: bool) {
        if is_shown && self.can_show_data().is_err() {
            return;
        }
        let last = self.n_drawable().saturating_sub(1);
        self.change(|spec| {
            spec.data_view.is_shown = is_shown;
            if is_shown {
                spec.data_view.columns = spec.data_view.columns.map(|column| column.min(last));
                spec.show_planes();
                if spec.tool.is_of_codes() {
                    spec.tool = Tool::Explore;
                }
            }
        });
    }

    /// Draws another column across (0) or up (1). A column that runs across already gives its place up; one
    /// that runs up is drawn alone where the other joins it.
    pub(super) fn set_column(&mut self, axis: usize, column: usize) {
        if axis > 1 || column >= self.n_drawable() {
            return;
        }
        self.change(|spec| {
            let view = &mut spec.data_view;
            let [across, up] = view.columns;
            view.columns = match axis {
                0 if across == up => [column; 2],
                0 if column == up => [up, across],
                0 => [column, up],
                _ => [across, column],
            };
            view.fit = super::AxisFit::Fitted;
        });
    }

    /// Asks for what the plane of the data needs, and forgets it while codes are shown.
    pub(super) fn refresh_on_data(&mut self, effects: &mut Vec<Effect>) {
        let columns = self.data_columns();
        let data = self.data.as_ref().filter(|_| columns.is_some()).map(|data| data.train.clone());
        let about = data.as_ref().zip(columns).map(|(data, columns)| Exactly((data.checksum(), columns)));
        let work = || {
            move |cancel: &Cancel| {
                let (data, columns) = data.zip(columns)?;
                DataPoints::of(&data, columns, cancel)
            }
        };
        self.on_data.points.follow(about, Some(Pace::AtOnce), work, effects);
        let ids: Vec<SlotId> = self.spec.slots.iter().map(|slot| slot.id).collect();
        if columns.is_some() {
            for id in &ids {
                self.on_data.said.entry(*id).or_insert_with(|| Said::new(*id));
            }
        }
        let mut said = std::mem::take(&mut self.on_data.said);
        said.retain(|slot, _| ids.contains(slot));
        for (slot, said) in &mut said {
            self.refresh_places_on_data(*slot, said, effects);
            self.refresh_heats_on_data(*slot, said, effects);
        }
        self.on_data.said = said;
    }

    /// The layers among these that a model shows on the plane of the data.
    pub(super) fn shown_on_data(&self, slot: SlotId, among: &[Layer]) -> BTreeSet<Layer> {
        let is_visible = self.spec.slot_of(slot).is_some_and(|slot| slot.is_visible);
        let is_shown =
            |layer: &Layer| is_visible && self.spec.layers.contains(layer) && self.offers_on_data(slot, *layer);
        among.iter().copied().filter(is_shown).collect()
    }

    fn refresh_places_on_data(&self, slot: SlotId, said: &mut Said, effects: &mut Vec<Effect>) {
        let layers = self.shown_on_data(slot, &[Layer::Made, Layer::Remade, Layer::Warped, Layer::Components]);
        let points = self.data_points().filter(|_| !layers.is_empty());
        let chosen =
            if layers.contains(&Layer::Remade) { &self.spec.selection.samples } else { &Samples::default() };
        let about = points.zip(self.model_on_in(slot)).map(|(points, on)| PlacesOn {
            grid: layers.contains(&Layer::Warped).then(|| self.grid_of_codes(slot)),
            on,
            plane: points.plane,
            label: self.spec.label,
            layers,
            chosen: chosen.clone(),
        });
        let (asked, data) = (about.clone(), self.data.as_ref().map(|data| data.train.clone()));
        let means = points.map(|points| Arc::clone(&points.means));
        let work = || {
            move |cancel: &Cancel| {
                let (asked, data, means) = (asked?, data?, means?);
                let PlacesOn { on, plane, label, layers, chosen, grid } = &asked;
                let asking =
                    Asking { model: &*on.model, label: *label as u16, plane: *plane, means: &means, cancel };
                DataPlaces::of(&asking, &data, layers, chosen, grid.as_ref())
            }
        };
        said.places.follow(about, self.pace_of_looks(), work, effects);
    }

    /// The plane of a model's codes, with how far they reach where there are any.
    pub(super) fn grid_of_codes(&self, slot: SlotId) -> GridOfCodes {
        let spread = self.cloud_of(slot).is_some().then(|| self.spread_of(slot));
        (self.plane_of(slot), spread)
    }

    fn refresh_heats_on_data(&self, slot: SlotId, said: &mut Said, effects: &mut Vec<Effect>) {
        // The first of those that tint the plane.
        let heats = self.shown_on_data(slot, Layer::HEATS_ON_DATA);
        let first = Layer::HEATS_ON_DATA.iter().find(|layer| heats.contains(layer)).copied();
        let points = self.data_points().filter(|_| self.spec.slot_of(slot).is_some_and(|slot| slot.is_visible));
        let means = points.map(|points| Arc::clone(&points.means));
        let about = |is_wanted: bool, side: f32| {
            let (points, on) = points.filter(|_| is_wanted).zip(self.model_on_in(slot))?;
            let lattice = Self::cells(said.part, side, MAX_HEAT_CELLS)?;
            Some(HeatOn { on, plane: points.plane, label: self.spec.label, lattice })
        };
        let is_line = points.is_some_and(|points| points.plane.is_line());
        let density = about(first == Some(Layer::ModelDensity) && !is_line, HEAT_CELL);
        let judged = about(first == Some(Layer::Discriminator) && !is_line, HEAT_CELL);
        let curves = about(is_line, HEAT_CELL);
        let pace = self.pace_of_looks();
        let (asked, of) = (density.clone(), means.clone());
        let work =
            || move |cancel: &Cancel| asking(&asked?, &of?, cancel, |asking, on| asking.density(on.lattice));
        said.density.follow(density, pace, work, effects);
        let (asked, of) = (judged.clone(), means.clone());
        let work =
            || move |cancel: &Cancel| asking(&asked?, &of?, cancel, |asking, on| asking.judgement(on.lattice));
        said.judged.follow(judged, pace, work, effects);
        let (asked, data) = (curves.clone(), self.data.as_ref().map(|data| data.train.clone()));
        let work = || {
            move |cancel: &Cancel| {
                let data = data?;
                let curves = |on_plane: &Asking<'_>, on: &HeatOn| {
                    let unit = on.plane.units[0];
                    on_plane.curves(&data, on.lattice.bounds[0].map(|x| x / unit))
                };
                asking(&asked?, &means?, cancel, curves)
            }
        };
        said.curves.follow(curves, pace, work, effects);
    }
}

/// Whether a model that can do so much has anything to draw on this layer of a plane of the data, which is a
/// line where one column is drawn alone.
pub(super) fn can_say(layer: Layer, (model, can): (&dyn FrozenModel, Capabilities), is_line: bool) -> bool {
    let makes = can.decodes && can.gives_what_it_takes;
    match layer {
        Layer::Remade => can.reconstructs() && !is_line,
        Layer::Made => makes && can.samples && !is_line,
        Layer::ModelDensity => makes && can.samples,
        Layer::Components => makes && can.is_mixture && !is_line,
        Layer::Discriminator => model.discriminator().is_some(),
        Layer::Warped => makes && !is_line,
        _ => false,
    }
}

/// Asks the model that something is about.
fn asking<T>(
    about: &HeatOn,
    means: &[f32],
    cancel: &Cancel,
    ask: impl FnOnce(&Asking<'_>, &HeatOn) -> Option<T>,
) -> Option<T> {
    let HeatOn { on, plane, label, .. } = about;
    ask(&Asking { model: &*on.model, label: *label as u16, plane: *plane, means, cancel }, about)
}

/// How far the codes reach on a plane of theirs that the model draws.
fn drawn_over(asking: &Asking<'_>, of_z: &Plane) -> Option<[[f32; 2]; 2]> {
    let drawn = codes_drawn(asking.model, 512, &|| asking.cancel.is_set())?;
    let places = drawn.rows().into_iter().map(|z| of_z.plot_from_z(&z.to_vec()));
    let places: Vec<[f32; 2]> = places.collect();
    let ([left, right], [low, high]) = crate::latent::stats::view_bounds(&places);
    Some([[left, right], [low, high]])
}
