//! What must be decoded for the window, and what has been.
//!
//! Each view's codes follow from the session alone. When they or the model change, a new request goes out
//! under a new stamp; a reply that is older than the picture shown is dropped.

use super::posterior::N_DECODED;
use super::{Effect, Input, Layer, Session, Tool};
use crate::data::Dataset;
use crate::model::SharedModel;
use crate::picture::{Pixels, Shown, WritingSettings};
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
    /// Σ (x̂ − x)² against the sample that it is to show, for the view of one.
    pub squared_error: Option<f64>,
    /// What was asked of the writing and could not be done.
    pub problem: Option<String>,
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
    writing: WritingSettings,
    against: Option<(u32, u32)>,
}

/// Codes that a view is to show.
struct Codes {
    /// [n, latent_dim].
    z: Array2<f32>,
    /// One a code, for a model that is told them.
    labels: Vec<u16>,
    /// How sentences are written; as usual for a model that writes none.
    writing: WritingSettings,
    /// Images in a row.
    columns: usize,
    /// The sample that the picture is held against, and where it is from.
    against: Option<(Dataset, u32)>,
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
            let Decoded { stamp, shown, columns, squared_error, problem } = decoded;
            let picture = Picture { stamp, shown, columns: columns.max(1), squared_error, problem };
            self.pictures.insert(view, picture);
        }
    }

    /// The stamp of a view's newest request.
    pub fn wanted_stamp(&self, view: ViewId, slot: SlotId) -> Option<u64> {
        self.wanted.get(&(view, slot)).map(|wanted| wanted.stamp)
    }

    /// A request, unless the view was asked for just that, or the codes are not ones of this model.
    fn want(
        &mut self,
        (view, slot): (ViewId, SlotId),
        model: &SharedModel,
        codes: Codes,
        beside_training: bool,
    ) -> Option<Effect> {
        let Codes { z, labels, writing, columns, against } = codes;
        let held_against = against.as_ref().map(|(data, sample)| (data.checksum(), *sample));
        if z.ncols() != model.info().latent_dim() {
            return None;
        }
        if let Some(wanted) = self.wanted.get(&(view, slot))
            && Arc::ptr_eq(&wanted.model, model)
            && wanted.z == z
            && wanted.labels == labels
            && wanted.writing == writing
            && wanted.against == held_against
        {
            return None;
        }
        self.next_stamp += 1;
        let (stamp, model) = (self.next_stamp, Arc::clone(model));
        let wanted = Wanted {
            stamp,
            model: Arc::clone(&model),
            z: z.clone(),
            labels: labels.clone(),
            writing: writing.clone(),
            against: held_against,
        };
        self.wanted.insert((view, slot), wanted);
        let request =
            DecodeRequest { view, slot, stamp, model, z, labels, writing, columns, against, beside_training };
        Some(Effect::Decode(Box::new(request)))
    }

    fn forget(&mut self, keep: impl Fn((ViewId, SlotId)) -> bool) {
        self.wanted.retain(|view, _| keep(*view));
        self.pictures.retain(|view, _| keep(*view));
    }
}

impl Session {
    /// Requests for every view whose codes or model changed.
    pub(super) fn refresh_views(&mut self, effects: &mut Vec<Effect>) {
        self.refresh_nearest(effects);
        self.refresh_errors(effects);
        self.refresh_told(effects);
        self.refresh_outliers(effects);
        self.refresh_find(effects);
        self.refresh_chosen(effects);
        self.refresh_attributes(effects);
        self.refresh_scores(effects);
        self.refresh_measured(effects);
        self.refresh_completion(effects);
        self.refresh_chain(effects);
        self.refresh_descent(effects);
        self.refresh_picks(effects);
        self.refresh_surfaces(effects);
        self.refresh_on_data(effects);
        let ids: Vec<SlotId> = self.visible().map(|slot| slot.id).collect();
        let mut wanted = Vec::new();
        for id in ids {
            if let Some(model) = self.model_of(id).filter(|model| model.decoder().is_some()).map(Arc::clone) {
                let views = self.views_of(id, &model);
                wanted.extend(views.into_iter().map(|(view, codes)| ((view, id), Arc::clone(&model), codes)));
            }
        }
        let beside_training = self.is_running();
        self.views.forget(|view| wanted.iter().any(|(of, ..)| *of == view));
        for (view, model, codes) in wanted {
            effects.extend(self.views.want(view, &model, codes, beside_training));
        }
    }

    /// What a model on screen is to decode.
    fn views_of(&self, id: SlotId, model: &SharedModel) -> Vec<(ViewId, Codes)> {
        let told = !model.info().classes.is_empty();
        let plain = |z: Array2<f32>, columns: usize| {
            let labels = if told { vec![self.spec.label as u16; z.nrows()] } else { Vec::new() };
            Codes { z, labels, writing: self.writing_of(id), columns, against: None }
        };
        let mut views = vec![(ViewId::Picture, plain(row(self.z_of(id)), 1))];
        views.extend(self.sample_codes(id, told).map(|codes| (ViewId::Sample, codes)));
        match self.spec.tool {
            Tool::Path => {
                views.extend(self.path_of(id).map(|path| (ViewId::Path, plain(path.codes(), path.steps))));
            }
            Tool::Grid => {
                let grid = self.grid_of(id);
                views.extend(grid.map(|grid| (ViewId::Grid, plain(grid.codes(&self.plane_of(id)), grid.steps))));
            }
            Tool::Explore | Tool::Select => {}
        }
        if id == self.spec.active {
            if self.shows_posterior_draws()
                && let Some(posterior) = self.posterior_of(id)
            {
                views.push((ViewId::Posterior, plain(posterior.draws(N_DECODED), N_DECODED)));
            }
            if self.shows_label_row() {
                let (n, z) = (self.n_labels().min(MAX_LABELS_SHOWN), self.z());
                let codes = Array2::from_shape_fn((n, z.len()), |(_, dim)| z[dim]);
                let labels = (0..n as u16).collect();
                let writing = self.writing_of(id);
                views.push((ViewId::Labels, Codes { z: codes, labels, writing, columns: n, against: None }));
            }
            let strips = self.views.strips.iter().filter(|&&dim| dim < self.latent_dim());
            views.extend(strips.map(|&dim| (ViewId::Strip(dim), plain(self.strip_codes(dim), STRIP_TILES))));
        }
        views
    }

    /// The whole code of what is looked at, to be held against that itself.
    fn sample_codes(&self, id: SlotId, told: bool) -> Option<Codes> {
        let output = &self.model_of(id)?.info().output;
        let (z, label, against) = match self.input_of(id)? {
            Input::Sample(sample) => {
                let data = &self.data.as_ref()?.train;
                let against = data.as_kind(output).map(|data| (data.clone(), sample));
                (self.code_by(id, sample)?, data.labels_of(&[sample]), against)
            }
            Input::Query => {
                let asked = &self.asked()?.sample;
                let against = asked.as_kind(output).map(|asked| (asked.clone(), 0));
                (self.placed(id)?.mu.clone(), vec![self.spec.label as u16], against)
            }
        };
        let labels = if told { label } else { Vec::new() };
        // What a model makes of a sample is what is measured of it, however else it may write.
        Some(Codes { z: row(&z), labels, writing: WritingSettings::default(), columns: 1, against })
    }

    /// How a model writes sentences; as usual where it writes none.
    pub(super) fn writing_of(&self, slot: SlotId) -> WritingSettings {
        if self.capabilities_of(slot).writes { self.spec.writing.clone() } else { WritingSettings::default() }
    }

    /// Number of classes that the active model is told; 0 for one that is told none.
    pub fn n_labels(&self) -> usize {
        self.n_labels_of(self.spec.active)
    }

    /// Number of classes that a model is told; 0 for one that is told none.
    pub fn n_labels_of(&self, slot: SlotId) -> usize {
        self.model_of(slot).map_or(0, |model| model.info().classes.len())
    }

    /// Whether the shown model has anything to draw on this layer.
    pub fn offers(&self, layer: Layer) -> bool {
        self.offers_on(self.spec.active, layer)
    }

    /// Whether a model has anything to draw on this layer of its plane.
    pub(super) fn offers_on(&self, slot: SlotId, layer: Layer) -> bool {
        let capabilities = self.capabilities_of(slot);
        let cloud = self.cloud_of(slot);
        let is_plane = self.spec.slot_of(slot).is_some_and(|slot| slot.z.len() > 1);
        if self.data_columns().is_some() {
            return match layer {
                Layer::Codes | Layer::Lens | Layer::ClassNames => true,
                Layer::LabelRow => self.n_labels_of(slot) > 0,
                _ => self.offers_on_data(slot, layer),
            };
        }
        match layer {
            Layer::Codes | Layer::Lens => true,
            Layer::ClassNames => self.n_labels_of(slot) == 0,
            Layer::PriorRings => capabilities.has_prior || capabilities.is_mixture,
            Layer::LabelRow => self.n_labels_of(slot) > 0,
            Layer::Posterior | Layer::PosteriorSamples => cloud.is_some_and(|cloud| cloud.codes.log_var.is_some()),
            Layer::Density | Layer::Rarity | Layer::SamplePictures => cloud.is_some() && is_plane,
            Layer::KnownLabels => self.knows_some_labels(slot),
            Layer::Magnification => capabilities.decodes,
            Layer::Underneath => capabilities.decodes && is_plane,
            // On planes of the data alone.
            Layer::Remade
            | Layer::Made
            | Layer::ModelDensity
            | Layer::Components
            | Layer::Discriminator
            | Layer::Warped => false,
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

    /// The dimensions, those that carry most first.
    pub fn dimensions_by_kl(&self) -> Vec<usize> {
        let kl = |dim: usize| self.cloud().and_then(|cloud| cloud.stats.get(dim)?.kl_nats).unwrap_or(0.0);
        let mut order: Vec<usize> = (0..self.latent_dim()).collect();
        // While training the order would flicker; it settles on pause.
        if !self.is_running() {
            order.sort_by(|&a, &b| kl(b).total_cmp(&kl(a)));
        }
        order
    }

    /// Codes of the strip under the slider of `dim`: the shown code with that dimension swept over the
    /// slider's range.
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
}

fn row(z: &[f32]) -> Array2<f32> {
    Array2::from_shape_fn((1, z.len()), |(_, i)| z[i])
}
