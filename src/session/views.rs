//! What must be decoded for the window, and what has been.
//!
//! Each view's codes follow from the session alone. When they or the model change, a new request goes out under a new
//! stamp; a reply that is older than the picture shown is dropped.

use super::{Effect, Layer, Session, Tool};
use crate::model::SharedModel;
use crate::picture::{Pixels, Shown};
use crate::worker::{DecodeRequest, Decoded, SlotId, ViewId};
use ndarray::Array2;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Most labels that the row of every label shows.
pub const MAX_LABELS_SHOWN: usize = 64;
/// Tiles in the strip under a slider.
pub const STRIP_TILES: usize = 8;

/// A decoded picture and which request it answers.
pub struct Picture {
    /// The request's stamp; grows with each.
    pub stamp: u64,
    /// What the codes decode to.
    pub shown: Shown,
    /// Samples in a row of it.
    pub columns: usize,
}

impl Picture {
    /// The samples as small pictures side by side.
    pub fn tiles(&self) -> &Pixels {
        self.shown.tiles()
    }
}

/// What a view was last asked to show.
struct Wanted {
    stamp: u64,
    model: SharedModel,
    z: Array2<f32>,
    labels: Vec<u16>,
}

/// The views' requests and pictures.
#[derive(Default)]
pub struct Views {
    wanted: BTreeMap<(ViewId, SlotId), Wanted>,
    pictures: BTreeMap<(ViewId, SlotId), Picture>,
    next_stamp: u64,
    /// Dimensions whose strips are on screen.
    pub strips: Vec<usize>,
}

impl Views {
    /// The newest picture of a view.
    pub fn picture(&self, view: ViewId, slot: SlotId) -> Option<&Picture> {
        self.pictures.get(&(view, slot))
    }

    /// Takes a reply, unless a newer one is shown already.
    pub fn receive(&mut self, view: ViewId, slot: SlotId, decoded: Decoded) {
        let view = (view, slot);
        let is_wanted = self.wanted.get(&view).is_some_and(|wanted| decoded.stamp <= wanted.stamp);
        if is_wanted && self.pictures.get(&view).is_none_or(|shown| shown.stamp < decoded.stamp) {
            self.pictures.insert(
                view,
                Picture { stamp: decoded.stamp, shown: decoded.shown, columns: decoded.columns.max(1) },
            );
        }
    }

    /// The stamp of a view's newest request.
    pub fn wanted_stamp(&self, view: ViewId, slot: SlotId) -> Option<u64> {
        self.wanted.get(&(view, slot)).map(|wanted| wanted.stamp)
    }

    fn want(
        &mut self,
        (view, slot): (ViewId, SlotId),
        model: &SharedModel,
        z: Array2<f32>,
        labels: Vec<u16>,
        columns: usize,
    ) -> Option<Effect> {
        if let Some(wanted) = self.wanted.get(&(view, slot))
            && Arc::ptr_eq(&wanted.model, model)
            && wanted.z == z
            && wanted.labels == labels
        {
            return None;
        }
        self.next_stamp += 1;
        let stamp = self.next_stamp;
        self.wanted.insert(
            (view, slot),
            Wanted { stamp, model: Arc::clone(model), z: z.clone(), labels: labels.clone() },
        );
        Some(Effect::Decode(DecodeRequest { view, slot, stamp, model: Arc::clone(model), z, labels, columns }))
    }

    fn forget(&mut self, keep: impl Fn((ViewId, SlotId)) -> bool) {
        self.wanted.retain(|view, _| keep(*view));
        self.pictures.retain(|view, _| keep(*view));
    }
}

impl Session {
    /// Requests for every view whose codes or model changed.
    pub(super) fn refresh_views(&mut self, effects: &mut Vec<Effect>) {
        self.path_z = self.path_z();
        self.refresh_nearest(effects);
        self.refresh_comparison(effects);
        self.refresh_measured(effects);
        let decodes = self.capabilities().decodes;
        let Some(model) = self.model().filter(|_| decodes).map(Arc::clone) else {
            self.views.forget(|_| false);
            return;
        };
        let mut wanted = vec![(ViewId::Picture, row(self.z()), 1)];
        if let Some(path) = self.path().filter(|_| self.spec.tool == Tool::Path) {
            wanted.push((ViewId::Path, path.codes(), path.steps));
        }
        if let Some(grid) = self.spec.grid.spec().filter(|_| self.spec.tool == Tool::Grid) {
            wanted.push((ViewId::Grid, grid.codes(&self.plane()), grid.steps));
        }
        let n_shown = self.n_labels().min(MAX_LABELS_SHOWN);
        if self.shows_label_row() {
            let z = self.z();
            wanted.push((ViewId::Labels, Array2::from_shape_fn((n_shown, z.len()), |(_, dim)| z[dim]), n_shown));
        }
        let strips = self.views.strips.iter().filter(|&&dim| dim < self.latent_dim());
        wanted.extend(strips.map(|&dim| (ViewId::Strip(dim), self.strip_codes(dim), STRIP_TILES)));
        let rivals = self.rival_views();
        let active = self.spec.active;
        let is_wanted = |(view, slot)| {
            slot == active
                && (wanted.iter().any(|(of, ..)| *of == view) || rivals.iter().any(|(of, ..)| *of == view))
        };
        self.views.forget(is_wanted);
        for (view, z, columns) in wanted {
            let labels = match view {
                ViewId::Labels => (0..n_shown as u16).collect(),
                _ => self.labels(z.nrows()),
            };
            effects.extend(self.views.want((view, active), &model, z, labels, columns));
        }
        for (view, model, z, columns) in rivals {
            let told = !model.info().classes.is_empty();
            let labels = if told { vec![self.spec.label as u16; z.nrows()] } else { Vec::new() };
            effects.extend(self.views.want((view, active), &model, z, labels, columns));
        }
    }

    /// What the models beside the shown one decode: the code in hand, and the same rectangle.
    fn rival_views(&self) -> Vec<(ViewId, SharedModel, Array2<f32>, usize)> {
        let mut wanted = Vec::new();
        for (i, rival) in self.rivals().iter().enumerate().filter(|(_, rival)| rival.model.decoder().is_some()) {
            if let Some(z) = self.rival_z(i) {
                wanted.push((ViewId::Rival(i), Arc::clone(&rival.model), row(&z), 1));
            }
            if let Some(grid) = self.spec.grid.spec().filter(|_| self.spec.tool == Tool::Grid) {
                let codes = grid.codes(&self.rival_plane(i));
                wanted.push((ViewId::RivalGrid(i), Arc::clone(&rival.model), codes, grid.steps));
            }
        }
        wanted
    }

    /// Number of classes that the shown model is told; 0 for one that is told none.
    pub fn n_labels(&self) -> usize {
        self.model().map_or(0, |model| model.info().classes.len())
    }

    /// Whether the shown model has anything to draw on this layer.
    pub fn offers(&self, layer: Layer) -> bool {
        match layer {
            Layer::Codes | Layer::Lens => true,
            Layer::ClassNames => self.n_labels() == 0,
            Layer::PriorRings => self.capabilities().has_prior,
            Layer::LabelRow => self.n_labels() > 0,
        }
    }

    /// Whether every label at this z is shown in a row below the plane.
    pub fn shows_label_row(&self) -> bool {
        self.n_labels() > 0 && self.spec.tool == Tool::Explore && self.spec.layers.contains(&Layer::LabelRow)
    }

    /// The chosen label for `n` codes; none for a model that is told none.
    pub(super) fn labels(&self, n: usize) -> Vec<u16> {
        if self.n_labels() > 0 { vec![self.spec.label as u16; n] } else { Vec::new() }
    }

    /// Codes of the strip under the slider of `dim`: the shown code with that dimension swept over the slider's range.
    fn strip_codes(&self, dim: usize) -> Array2<f32> {
        let range = self.slider_range(dim);
        let (low, high) = (*range.start(), *range.end());
        Array2::from_shape_fn((STRIP_TILES, self.latent_dim()), |(tile, d)| {
            if d == dim { low + (high - low) * tile as f32 / (STRIP_TILES - 1) as f32 } else { self.z()[d] }
        })
    }

    /// Dimensions whose strips are asked for.
    pub fn strips(&self) -> &[usize] {
        &self.views.strips
    }

    /// The range of a dimension's slider: ±3, or as far as the codes reach.
    pub fn slider_range(&self, dim: usize) -> std::ops::RangeInclusive<f32> {
        let stats = self.cloud().and_then(|cloud| cloud.stats.get(dim));
        let (min, max) = stats.map_or((-3.0, 3.0), |stats| (stats.min.min(-3.0), stats.max.max(3.0)));
        // Whole numbers, so that the range does not creep with every snapshot.
        min.floor()..=max.ceil()
    }
}

fn row(z: &[f32]) -> Array2<f32> {
    Array2::from_shape_fn((1, z.len()), |(_, i)| z[i])
}
