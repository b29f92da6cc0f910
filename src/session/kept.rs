//! The code that each model shows: under the pointer, on the path, or kept; and how places on one plane lie
//! on another's.

use super::{Anchor, AxisFit, Effect, PlaneAxes, Samples, Session, SlotId, SlotSpec, ToastKind};
use crate::latent::plane::Plane;

/// Farthest a typed value of z may lie: beyond it `f32` products overflow.
const MAX_Z: f32 = 1e4;

impl Session {
    /// The code that the active model shows: under the pointer, else on the path, else of the sample that is
    /// pointed at on another plane, else the kept one.
    pub fn z(&self) -> &[f32] {
        self.z_of(self.spec.active)
    }

    /// The code that a model shows.
    pub fn z_of(&self, slot: SlotId) -> &[f32] {
        let kept = self.spec.slot_of(slot).map_or(&[][..], |slot| &slot.z);
        // A code of another length is one of weights that have just gone.
        self.shown.get(&slot).filter(|z| z.len() == kept.len()).map_or(kept, Vec::as_slice)
    }

    /// The code under the pointer on the active model's plane.
    pub fn hover(&self) -> Option<&[f32]> {
        self.hover_of(self.spec.active)
    }

    /// The code under the pointer on a model's plane.
    pub fn hover_of(&self, slot: SlotId) -> Option<&[f32]> {
        self.hover.as_ref().filter(|(of, _)| *of == slot).map(|(_, z)| z.as_slice())
    }

    /// Whether a code under the pointer is looked at, of any model.
    pub fn is_hovered(&self) -> bool {
        self.hover.is_some()
    }

    /// The code of a training sample by the active model, if it is among those shown.
    pub fn code_of(&self, sample: u32) -> Option<Vec<f32>> {
        self.code_by(self.spec.active, sample)
    }

    /// The code of a training sample by a model, if it is among those shown.
    pub fn code_by(&self, slot: SlotId, sample: u32) -> Option<Vec<f32>> {
        self.cloud_of(slot)?.code_of(sample)
    }

    /// The active model's plane through its kept point.
    pub fn plane(&self) -> Plane {
        self.plane_of(self.spec.active)
    }

    /// A model's plane through its kept point.
    pub fn plane_of(&self, slot: SlotId) -> Plane {
        let Some(spec) = self.spec.slot_of(slot) else { return Plane::axes(&[], 0, 0) };
        spec.axes.plane(&spec.z, self.cloud_of(slot).map(|cloud| &**cloud))
    }

    /// Where nine tenths of a model's codes lie on its plane: bounds across and up.
    pub(super) fn spread_of(&self, slot: SlotId) -> [[f32; 2]; 2] {
        let spread = |slot: &SlotSpec| -> Option<[[f32; 2]; 2]> {
            let cloud = self.cloud_of(slot.id)?;
            match slot.axes {
                PlaneAxes::Principal => Some(cloud.principal.as_ref()?.spread),
                // The same three samples span every model's plane.
                PlaneAxes::Samples(samples) => {
                    let plane = self.plane_of(slot.id);
                    let places = samples.map(|sample| Some(plane.plot_from_z(&cloud.code_of(sample)?)));
                    let [a, b, c] = places;
                    let along = [a?, b?, c?];
                    Some([0, 1].map(|axis| {
                        let places = along.map(|place| place[axis]);
                        [
                            places.into_iter().fold(f32::INFINITY, f32::min),
                            places.into_iter().fold(f32::MIN, f32::max),
                        ]
                    }))
                }
                PlaneAxes::Dimensions([x, y]) => {
                    let bounds = |dim: usize| cloud.stats.get(dim).map(|stats| [stats.q05, stats.q95]);
                    Some([bounds(x)?, if x == y { [-1.0, 1.0] } else { bounds(y)? }])
                }
            }
        };
        let found = self.spec.slot_of(slot).and_then(spread).unwrap_or([[-1.0, 1.0]; 2]);
        // Codes in one place have a spread all the same, so that shares of it are numbers.
        found.map(|[low, high]| if high - low > 1e-6 { [low, high] } else { [low - 1.0, low + 1.0] })
    }

    /// The place on one model's plane that lies at the same share of the spread of its codes as `p` on
    /// another's.
    pub(super) fn carried(&self, from: SlotId, to: SlotId, p: [f32; 2]) -> [f32; 2] {
        if from == to {
            return p;
        }
        let (a, b) = (self.spread_of(from), self.spread_of(to));
        [0, 1].map(|axis| {
            let share = (p[axis] - a[axis][0]) / (a[axis][1] - a[axis][0]);
            b[axis][0] + share * (b[axis][1] - b[axis][0])
        })
    }

    /// Works out the code that each model on screen shows.
    pub(super) fn refresh_codes(&mut self) {
        let ids: Vec<SlotId> = self.visible().map(|slot| slot.id).collect();
        self.shown = ids.into_iter().filter_map(|id| Some((id, self.shown_code(id)?))).collect();
    }

    fn shown_code(&self, slot: SlotId) -> Option<Vec<f32>> {
        let hovered = || self.code_by(slot, self.spec.selection.hovered?);
        let on_path = || Some(self.path_of(slot)?.at(self.path_t()?));
        let kept = || Some(self.spec.slot_of(slot)?.z.clone());
        self.hover_of(slot).map(<[f32]>::to_vec).or_else(on_path).or_else(hovered).or_else(kept)
    }

    /// Looks at a code of a model, unless it fits no such code.
    pub(super) fn hover_at(&mut self, at: Option<(SlotId, Vec<f32>)>) {
        let fits = |(slot, z): &(SlotId, Vec<f32>)| {
            self.spec.slot_of(*slot).is_some_and(|slot| slot.z.len() == z.len()) && z.iter().all(|z| z.is_finite())
        };
        self.hover = at.filter(fits);
    }

    /// Keeps a code that stands on nothing; a sample that was picked is let go.
    pub(super) fn keep(&mut self, slot: SlotId, z: &[f32]) {
        let fits = self.spec.slot_of(slot).is_some_and(|slot| slot.z.len() == z.len());
        if !fits || !z.iter().all(|value| value.is_finite()) {
            return;
        }
        self.look_at_what_is_kept();
        self.change(|spec| {
            spec.selection.focus(None);
            if let Some(slot) = spec.slot_mut(slot) {
                slot.z = z.iter().map(|value| value.clamp(-MAX_Z, MAX_Z)).collect();
                slot.anchor = Anchor::Free;
            }
        });
    }

    /// What is kept is looked at, not the path and not what lies under a pointer at rest, nor what is still
    /// to be drawn.
    pub(super) fn look_at_what_is_kept(&mut self) {
        self.give_up_draw();
        (self.spec.path.at, self.hover, self.spec.selection.hovered) = (None, None, None);
    }

    /// The code that is moved by a slider or along an attribute: where one looks on the path, else the kept
    /// one.
    pub(super) fn z_to_move(&self) -> Vec<f32> {
        self.path_t().map_or_else(|| self.slot().z.clone(), |_| self.z().to_vec())
    }

    pub(super) fn set_z(&mut self, dim: usize, value: f32) {
        let mut z = self.z_to_move();
        if let (Some(slot), true) = (z.get_mut(dim), value.is_finite()) {
            *slot = value;
            self.keep(self.spec.active, &z);
        }
    }

    /// Every model keeps the code nearest to the mean of its codes.
    pub(super) fn centre(&mut self) {
        self.anchor_all(Anchor::Centre, None);
    }

    /// Every model keeps the code of a training sample; none lets go of all that are chosen.
    pub(super) fn pick(&mut self, sample: Option<u32>) {
        match sample {
            Some(sample) if !self.can_pick(sample) => self.complain_of_sample(sample),
            Some(sample) => self.anchor_all(Anchor::Sample(sample), Some(sample)),
            None => self.change(|spec| spec.selection.choose(Samples::default())),
        }
    }

    /// Whether a sample is there and, where any model gives samples codes, has one.
    fn can_pick(&self, sample: u32) -> bool {
        let slots = &self.spec.slots;
        let is_there = self.data.as_ref().is_some_and(|data| (sample as usize) < data.train.n_samples());
        let have_codes = slots.iter().any(|slot| self.capabilities_of(slot.id).encodes);
        // On the plane of the data all are shown, whether their codes are there yet or not.
        let needs_code = have_codes && self.data_columns().is_none();
        is_there && (!needs_code || slots.iter().any(|slot| self.code_by(slot.id, sample).is_some()))
    }

    /// Picks a training sample beside the others, or lets go of it.
    pub(super) fn pick_also(&mut self, sample: u32) {
        let n = self.data.as_ref().map_or(0, |data| data.train.n_samples());
        if (sample as usize) < n {
            self.give_up_draw();
            self.change(|spec| {
                let (chosen, it) = (&spec.selection.samples, Samples::from([sample]));
                let is_chosen = chosen.holds(sample);
                spec.selection.choose(if is_chosen { chosen.without(&it) } else { chosen.with(&it) });
            });
        }
    }

    fn anchor_all(&mut self, anchor: Anchor, focused: Option<u32>) {
        self.look_at_what_is_kept();
        let before = self.spec.clone();
        self.spec.selection.focus(focused);
        let ids: Vec<SlotId> = self.spec.slots.iter().map(|slot| slot.id).collect();
        for id in ids {
            // A model whose codes are not all here keeps what it has until they are.
            self.spec.slot_mut(id).into_iter().for_each(|slot| slot.anchor = anchor);
            self.follow_anchor(id);
        }
        self.record_change(before);
    }

    /// The kept code goes where what it stands on has gone.
    pub(super) fn follow_anchor(&mut self, id: SlotId) {
        let (Some(slot), Some(cloud)) = (self.spec.slot_of(id), self.cloud_of(id).cloned()) else { return };
        let sample = match slot.anchor {
            Anchor::Free => None,
            Anchor::Sample(sample) => Some(sample),
            Anchor::Query => return self.follow_query(id),
            Anchor::Centre => {
                // While training, the same sample from probe to probe, so that the picture changes and does
                // not jump.
                let held = self.centres.get(&id).copied().filter(|_| self.runs(id));
                held.filter(|sample| cloud.place_of(*sample).is_some()).or_else(|| cloud.centre())
            }
        };
        if let (Anchor::Centre, Some(sample)) = (slot.anchor, sample) {
            self.centres.insert(id, sample);
        }
        if let Some(z) = sample.and_then(|sample| cloud.code_of(sample)) {
            self.spec.slot_mut(id).into_iter().for_each(|slot| slot.z.clone_from(&z));
        }
    }

    /// What a model that has just come keeps: the picked sample's code, else its centre, never another
    /// model's numbers.
    pub(super) fn anchor_anew(&mut self, id: SlotId) {
        let asked = if self.is_asked() { Anchor::Query } else { Anchor::Centre };
        let anchor = self.spec.selection.focused.map_or(asked, Anchor::Sample);
        self.centres.remove(&id);
        self.spec.slot_mut(id).into_iter().for_each(|slot| slot.anchor = anchor);
    }

    /// Says why there is no code of a sample.
    pub(super) fn complain_of_sample(&mut self, sample: u32) {
        let n = self.data.as_ref().map_or(0, |data| data.train.n_samples());
        let (first, second) = if (sample as usize) < n {
            ("its code is not shown".to_string(), "While training only some codes are; pause it first.".into())
        } else {
            (format!("the last is {}", n.saturating_sub(1)), "Nothing was changed.".into())
        };
        self.toast(ToastKind::Bad, format!("There is no sample {sample} to go to: {first}"), second);
    }

    pub(super) fn set_axis(&mut self, id: SlotId, axis: usize, dim: usize) {
        let Some(slot) = self.spec.slot_of(id) else { return };
        if axis > 1 || dim >= slot.z.len() {
            return;
        }
        let other = if dim == 0 { 1.min(slot.z.len() - 1) } else { 0 };
        let mut dims = slot.axes.dimensions().unwrap_or([other; 2]);
        // A dimension cannot be drawn both ways: the axes swap.
        if dims[1 - axis] == dim {
            dims[1 - axis] = dims[axis];
        }
        dims[axis] = dim;
        self.change_slot(id, |slot| slot.axes = PlaneAxes::Dimensions(dims));
    }

    /// Gives a dimension a name of its own, or takes it away.
    pub(super) fn name_dimension(&mut self, id: SlotId, dim: usize, name: &str) {
        let name: String = name.trim().chars().take(SlotSpec::MAX_NAME).collect();
        self.change_slot(id, |slot| {
            if name.trim().is_empty() || dim >= slot.z.len() {
                slot.names.remove(&dim);
            } else {
                slot.names.insert(dim, name.trim().into());
            }
        });
    }

    pub(super) fn draw_principal(&mut self, id: SlotId) {
        if self.cloud_of(id).is_some_and(|cloud| cloud.principal.is_some()) {
            self.change_slot(id, |slot| slot.axes = PlaneAxes::Principal);
        }
    }

    /// Draws the plane through three samples' codes, where these span one.
    pub(super) fn draw_through(&mut self, id: SlotId, samples: [u32; 3]) {
        if let Some(missing) = samples.into_iter().find(|sample| self.code_by(id, *sample).is_none()) {
            return self.complain_of_sample(missing);
        }
        if self.cloud_of(id).and_then(|cloud| cloud.plane_through(samples)).is_none() {
            let stands = "Pick three others; nothing was changed.".into();
            return self.toast(ToastKind::Bad, "The three codes lie in one line".into(), stands);
        }
        self.change_slot(id, |slot| {
            slot.axes = PlaneAxes::Samples(samples);
            slot.fit = AxisFit::Fitted;
        });
    }

    /// The three samples that are picked, where there are just three.
    pub fn three_picked(&self) -> Option<[u32; 3]> {
        <[u32; 3]>::try_from(&self.spec.selection.samples[..]).ok()
    }

    /// Draws the two dimensions that carry most, where the model says how much each does; else, of many, the
    /// directions along which the codes spread most.
    pub(super) fn draw_what_carries_most(&mut self, id: SlotId) {
        let Some(cloud) = self.cloud_of(id) else { return };
        let kl = |dim: usize| cloud.stats[dim].kl_nats;
        let mut dims: Vec<usize> = (0..cloud.stats.len()).collect();
        let axes = if dims.len() > 2 && kl(0).is_none() && cloud.principal.is_some() {
            // Components in the order of their variance are such directions themselves, and have names.
            let are_components = self.capabilities_of(id).shares_variance;
            if are_components { PlaneAxes::first(dims.len()) } else { PlaneAxes::Principal }
        } else {
            dims.sort_by(|&a, &b| kl(b).unwrap_or(0.0).total_cmp(&kl(a).unwrap_or(0.0)));
            let [x, y, _, ..] = dims[..] else { return };
            PlaneAxes::Dimensions([x, y])
        };
        self.spec.slot_mut(id).into_iter().for_each(|slot| slot.axes = axes);
    }

    /// Makes each model's kept code and axes fit its codes.
    pub(super) fn fit_to_models(&mut self) {
        let ids: Vec<SlotId> = self.spec.slots.iter().map(|slot| slot.id).collect();
        ids.into_iter().for_each(|id| self.fit_to_model(id));
        if self.spec.label >= self.n_labels().max(1) {
            self.spec.label = 0;
        }
        self.drop_lost_places();
        self.path_hover = None;
    }

    fn fit_to_model(&mut self, id: SlotId) {
        let Some(latent_dim) = self.model_of(id).map(|model| model.info().latent_dim()) else { return };
        let Some(slot) = self.spec.slot_mut(id) else { return };
        if slot.z.len() != latent_dim {
            slot.z = vec![0.0; latent_dim];
            slot.axes = PlaneAxes::first(latent_dim);
            slot.names.clear();
            self.hover.take_if(|(of, _)| *of == id);
            self.anchor_anew(id);
        }
        let fits =
            |dims: [usize; 2]| dims.iter().all(|&dim| dim < latent_dim) && (latent_dim == 1 || dims[0] != dims[1]);
        if let Some(slot) = self.spec.slot_mut(id)
            && !slot.axes.dimensions().is_none_or(fits)
        {
            slot.axes = PlaneAxes::first(latent_dim);
        }
        self.follow_anchor(id);
    }

    /// The range of a dimension's slider: as far as the codes reach, and at least ±3 where a prior lies.
    pub fn slider_range(&self, dim: usize) -> std::ops::RangeInclusive<f32> {
        let stats = self.cloud().and_then(|cloud| cloud.stats.get(dim)).map(|stats| [stats.min, stats.max]);
        match (stats, self.capabilities().has_prior) {
            (None, _) => -3.0..=3.0,
            (Some([min, max]), true) => rounded_outward([min.min(-3.0), max.max(3.0)], 1.0),
            (Some([min, max]), false) => {
                let reach = max - min;
                // A tenth of what they span, as a power of ten: the range does not creep with every snapshot.
                let step = if reach > 0.0 { 10f32.powf(reach.log10().floor()) / 2.0 } else { 1.0 };
                rounded_outward([min, max], step)
            }
        }
    }

    /// Works out what follows from the present state, and asks for what is missing.
    pub(super) fn refresh(&mut self, effects: &mut Vec<Effect>) {
        self.refresh_back(effects);
        self.refresh_sampled(effects);
        self.refresh_typed_ends(effects);
        self.refresh_ends();
        self.refresh_walks(effects);
        self.refresh_query(effects);
        self.refresh_gallery(effects);
        self.refresh_codes();
        self.refresh_names();
        self.refresh_forms();
        self.refresh_views(effects);
    }
}

/// The bounds moved outward to whole multiples of `step`, and apart where they are one.
fn rounded_outward([min, max]: [f32; 2], step: f32) -> std::ops::RangeInclusive<f32> {
    let (low, high) = ((min / step).floor() * step, (max / step).ceil() * step);
    if low < high { low..=high } else { low - step..=high + step }
}
