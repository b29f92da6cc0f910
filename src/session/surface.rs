//! What lies on a model's plane beside its codes, worked out elsewhere: how dense the codes are, how much the
//! decoder magnifies, what it makes of places, and pictures of samples where there is room.

use super::derived::{About, Derived, ModelOn};
use super::{Effect, Layer, Samples, Session, SlotId};
use crate::data::Cancel;
use crate::latent::heat::{Heat, density, magnification, rarity};
use crate::latent::lattice::Lattice;
use crate::latent::plane::Plane;
use crate::train::{Hidden, Thumbnails, Underneath, codes_on, decoding, thumbnails, underneath};
use crate::worker::{CodeCloud, Pace};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Side of a cell of magnification, and of a picture, in points on the screen, about.
const HEAT_CELL: f32 = 16.0;
const PICTURE_CELL: f32 = 48.0;
/// Most cells of either, however large the window is.
const MAX_HEAT_CELLS: usize = 6000;
const MAX_PICTURES: usize = 900;
/// Most numbers that all pictures on a plane may hold: of large ones there are fewer.
const MAX_FEATURES: usize = 8 << 20;
/// Tens by which a place counts as rarer than usual, at most.
const MOST_RARE: f32 = 2.0;
/// Reach of the differences that magnification is worked out by, as a share of the codes' spread.
const REACH: f32 = 2e-3;

/// What of a model's plane is on screen.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlanePart {
    /// Bounds across and up, in plot coordinates.
    pub bounds: [[f32; 2]; 2],
    /// Points on the screen for one plot unit.
    pub scale: f32,
}

/// What was worked out of one model's plane.
pub struct Surface {
    part: Option<PlanePart>,
    crowd: Derived<CodesOn, [Heat; 2]>,
    magnification: Derived<PlaceOn, Heat>,
    underneath: Derived<PlaceOn, Underneath>,
    thumbnails: Derived<CodesOn, Thumbnails>,
}

/// Codes on a plane, and the cells that pictures of them may take.
#[derive(Clone)]
struct CodesOn {
    on: ModelOn,
    cloud: Arc<CodeCloud>,
    plane: Plane,
    /// Classes and samples that are not shown.
    hidden: BTreeSet<usize>,
    left_out: Samples,
    lattice: Option<Lattice>,
}

impl CodesOn {
    fn hidden(&self) -> Hidden<'_> {
        Hidden { classes: &self.hidden, samples: &self.left_out }
    }
}

impl PartialEq for CodesOn {
    fn eq(&self, other: &Self) -> bool {
        self.keeps(other)
            && Arc::ptr_eq(&self.cloud, &other.cloud)
            && (&self.plane, self.lattice) == (&other.plane, other.lattice)
    }
}

impl About for CodesOn {
    fn keeps(&self, older: &Self) -> bool {
        self.on.keeps(&older.on)
            && are_along(&self.plane, &older.plane)
            && (&self.hidden, &self.left_out) == (&older.hidden, &older.left_out)
    }
}

/// Places on a plane.
#[derive(Clone, PartialEq)]
struct PlaceOn {
    on: ModelOn,
    plane: Plane,
    lattice: Lattice,
    reach: f32,
    label: usize,
}

impl About for PlaceOn {
    fn keeps(&self, older: &Self) -> bool {
        self.on.keeps(&older.on) && are_along(&self.plane, &older.plane)
    }
}

/// Whether two planes run along the same directions, so that places on one look like places on the other.
fn are_along(a: &Plane, b: &Plane) -> bool {
    (&a.u, &a.v) == (&b.u, &b.v)
}

impl Surface {
    fn new(slot: SlotId) -> Self {
        Self {
            part: None,
            crowd: Derived::new("how dense the codes are", slot.0),
            magnification: Derived::new("magnification", slot.0),
            underneath: Derived::new("pictures underneath", slot.0),
            thumbnails: Derived::new("pictures of samples", slot.0),
        }
    }
}

impl Session {
    /// The heat that a layer draws on a model's plane, once it is there, with a number that tells it from
    /// others.
    pub fn heat_of(&self, slot: SlotId, layer: Layer) -> Option<(u64, &Heat)> {
        if self.data_columns().is_some() {
            return self.heat_on_data(slot, layer);
        }
        let surface = self.surfaces.get(&slot)?;
        let crowd = |which: usize| Some((surface.crowd.stamp(), &surface.crowd.get()?[which]));
        match layer {
            Layer::Density => crowd(0),
            Layer::Rarity => crowd(1),
            Layer::Magnification => Some((surface.magnification.stamp(), surface.magnification.get()?)),
            _ => None,
        }
    }

    /// What a model decodes at places of its plane, once it is there, with a number that tells it from
    /// others.
    pub fn underneath_of(&self, slot: SlotId) -> Option<(u64, &Underneath)> {
        let found = &self.surfaces.get(&slot)?.underneath;
        found.get().map(|tiles| (found.stamp(), tiles))
    }

    /// Pictures of samples on a model's plane, once they are there, with a number that tells them from
    /// others.
    pub fn thumbnails_of(&self, slot: SlotId) -> Option<(u64, &Thumbnails)> {
        let found = &self.surfaces.get(&slot)?.thumbnails;
        found.get().map(|pictures| (found.stamp(), pictures))
    }

    /// What of a model's plane the window has said is on screen.
    pub fn part_of(&self, slot: SlotId) -> Option<PlanePart> {
        if self.data_columns().is_some() {
            return self.data_part_of(slot);
        }
        self.surfaces.get(&slot)?.part
    }

    pub(super) fn show_part(&mut self, slot: SlotId, part: PlanePart) {
        if self.data_columns().is_some() {
            self.show_data_part(slot, part);
        } else if self.spec.slot_of(slot).is_some() {
            self.surfaces.entry(slot).or_insert_with(|| Surface::new(slot)).part = Some(part);
        }
    }

    /// Shows a layer or leaves it away; of those that tint the whole plane one is shown at a time.
    pub(super) fn toggle_layer(&mut self, layer: Layer) {
        self.change(|spec| {
            if spec.layers.remove(&layer) {
                return;
            }
            for heats in Layer::HEATS.iter().filter(|heats| heats.contains(&layer)) {
                spec.layers.retain(|other| !heats.contains(other));
            }
            spec.layers.insert(layer);
        });
    }

    /// Asks for what the layers of each plane on screen need, and forgets what none shows.
    pub(super) fn refresh_surfaces(&mut self, effects: &mut Vec<Effect>) {
        let shows = |layer: Layer| self.spec.layers.contains(&layer);
        let is_any = Layer::WORKED_OUT.into_iter().any(shows);
        let ids: Vec<SlotId> = self.spec.slots.iter().map(|slot| slot.id).collect();
        // What is left of a model that was taken away stays empty: numbers of answers go on where it comes
        // back.
        for id in ids.iter().filter(|_| is_any) {
            self.surfaces.entry(*id).or_insert_with(|| Surface::new(*id));
        }
        let mut surfaces = std::mem::take(&mut self.surfaces);
        for (id, surface) in &mut surfaces {
            self.refresh_crowd(*id, surface, effects);
            self.refresh_places(*id, surface, effects);
            self.refresh_thumbnails(*id, surface, effects);
        }
        self.surfaces = surfaces;
    }

    /// A pace for what is looked at: gentle while a model is trained.
    pub(super) fn pace_of_looks(&self) -> Option<Pace> {
        (!self.is_busy()).then_some(if self.is_training() { Pace::Gently } else { Pace::AtOnce })
    }

    /// A pace for what waits until no model is being trained.
    pub(super) fn pace_at_rest(&self, pace: Pace) -> Option<Pace> {
        (!self.is_busy() && !self.is_training()).then_some(pace)
    }

    /// A model's codes on its plane, where it is on screen with one of these layers and has two dimensions.
    fn codes_on(&self, slot: SlotId, layers: &[Layer], lattice: Option<Lattice>) -> Option<CodesOn> {
        let is_shown = self.spec.slot_of(slot)?.is_visible
            && layers.iter().any(|layer| self.spec.layers.contains(layer) && self.offers_on(slot, *layer));
        let (on, cloud) = (self.model_on_in(slot).filter(|_| is_shown)?, Arc::clone(self.cloud_of(slot)?));
        let plane = self.plane_of(slot);
        // Codes lie at the same places of all planes that run along coordinates, wherever the kept code is
        // moved.
        let is_along = self.spec.slot_of(slot)?.axes.dimensions().is_some();
        let origin = if is_along { vec![0.0; plane.origin.len()] } else { plane.origin };
        let plane = Plane { origin, ..plane };
        let (hidden, left_out) = (self.spec.hidden_classes().clone(), self.spec.left_out.clone());
        let fits = cloud.codes.mu.ncols() == plane.origin.len();
        fits.then_some(CodesOn { on, cloud, plane, hidden, left_out, lattice })
    }

    fn refresh_crowd(&self, slot: SlotId, surface: &mut Surface, effects: &mut Vec<Effect>) {
        let about = self.codes_on(slot, &[Layer::Density, Layer::Rarity], None);
        let asked = about.clone();
        let work = || {
            let data = self.data.clone();
            move |_: &Cancel| {
                let asked = asked?;
                let (points, _) = codes_on(&asked.cloud, &asked.plane, &data?, asked.hidden());
                let density = density(&points)?;
                let rarity = rarity(&density, &points, MOST_RARE);
                Some([density, rarity])
            }
        };
        surface.crowd.follow(about, self.pace_of_looks(), work, effects);
    }

    /// The cells of a model's plane that are on screen.
    pub(super) fn cells(part: Option<PlanePart>, side: f32, most: usize) -> Option<Lattice> {
        let PlanePart { bounds, scale } = part?;
        Lattice::covering(bounds, side / scale, most)
    }

    /// How many pictures may lie on a model's plane.
    fn most_pictures(&self, slot: SlotId) -> usize {
        let n_features = self.model_of(slot).map_or(1, |model| model.info().output.n_features());
        MAX_PICTURES.min(MAX_FEATURES / n_features.max(1)).max(4)
    }

    fn refresh_places(&self, slot: SlotId, surface: &mut Surface, effects: &mut Vec<Effect>) {
        let about = |layer: Layer, side: f32, most: usize| {
            let is_shown = self.spec.slot_of(slot)?.is_visible
                && self.spec.layers.contains(&layer)
                && self.offers_on(slot, layer);
            let on = self.model_on_in(slot).filter(|_| is_shown)?;
            let plane = self.plane_of(slot);
            let fits = on.model.info().latent_dim() == plane.origin.len();
            let widths = self.spread_of(slot).map(|[low, high]| high - low);
            let lattice = Self::cells(surface.part, side, most).filter(|_| fits)?;
            Some(PlaceOn { on, plane, lattice, reach: REACH * widths[0].max(widths[1]), label: self.spec.label })
        };
        let magnified = about(Layer::Magnification, HEAT_CELL, MAX_HEAT_CELLS);
        let decoded = about(Layer::Underneath, PICTURE_CELL, self.most_pictures(slot));
        let asked = magnified.clone();
        let work = || {
            move |cancel: &Cancel| {
                let PlaceOn { on, plane, lattice, reach, label } = asked?;
                let mut decode = decoding(&*on.model, label as u16, cancel)?;
                magnification(&plane, lattice, reach, &mut *decode)
            }
        };
        surface.magnification.follow(magnified, self.pace_of_looks(), work, effects);
        let asked = decoded.clone();
        let work = || {
            move |cancel: &Cancel| {
                let PlaceOn { on, plane, lattice, label, .. } = asked?;
                underneath(&*on.model, label as u16, &plane, lattice, cancel)
            }
        };
        surface.underneath.follow(decoded, self.pace_of_looks(), work, effects);
    }

    fn refresh_thumbnails(&self, slot: SlotId, surface: &mut Surface, effects: &mut Vec<Effect>) {
        let lattice = Self::cells(surface.part, PICTURE_CELL, self.most_pictures(slot));
        let about = lattice.and_then(|_| self.codes_on(slot, &[Layer::SamplePictures], lattice));
        let asked = about.clone();
        let work = || {
            let data = self.data.clone();
            move |_: &Cancel| {
                let (asked, data) = (asked?, data?);
                let CodesOn { on, cloud, plane, lattice, .. } = &asked;
                Some(thumbnails(&*on.model, cloud, plane, (*lattice)?, (&data, asked.hidden())))
            }
        };
        surface.thumbnails.follow(about, self.pace_of_looks(), work, effects);
    }
}

/// What was worked out of each model's plane.
pub type Surfaces = BTreeMap<SlotId, Surface>;
