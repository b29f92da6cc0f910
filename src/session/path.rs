//! The path from A to B and the grid: where they lie in each model, where on the path the window looks, and
//! pairs of codes worth walking between.

use super::setup::walks;
use super::{GridRect, GridSettings, PathEnd, PathSettings, Preset, Query, Session, SlotId, Tool};
use crate::latent::grid::GridSpec;
use crate::latent::path::PathSpec;
use crate::latent::stats::nearest_row;
use crate::nn::{Purpose, standard_normal, stream};
use ndarray::Axis;
use std::collections::BTreeMap;

impl Session {
    /// The active model's path as it is drawn: its ends are set, or the second travels with the pointer.
    pub fn path(&self) -> Option<PathSpec> {
        self.path_of(self.spec.active)
    }

    /// A model's path: between its own codes of both ends.
    pub fn path_of(&self, slot: SlotId) -> Option<PathSpec> {
        let way = self.walked_of(slot).and_then(|walked| walked.path.way.clone());
        Some(PathSpec { way, ..self.path_between(slot)? })
    }

    /// A model's path by its ends, whatever way it takes between them.
    pub(super) fn path_between(&self, slot: SlotId) -> Option<PathSpec> {
        let PathSettings { ends: [_, b], steps, walk, .. } = &self.spec.path;
        let from = self.end_of(slot, 0)?;
        let to = match b {
            Some(_) => self.end_of(slot, 1)?,
            None => self.end_code(slot, self.path_hover.as_ref()?)?,
        };
        Some(PathSpec { from, to, steps: *steps, walk: *walk, way: None })
    }

    /// A model's code of an end of the path (0 is A, 1 is B), once that is set.
    pub fn end_of(&self, slot: SlotId, end: usize) -> Option<Vec<f32>> {
        let (of, z) = self.ends.get(&(slot, end))?;
        (self.spec.path.ends.get(end)?.as_ref() == Some(of)).then(|| z.clone())
    }

    /// Where on the path the window looks, 0 to 1; none while it looks at the kept point.
    pub fn path_t(&self) -> Option<f32> {
        let is_walked = self.spec.tool == Tool::Path && self.spec.path.ends.iter().all(Option::is_some);
        self.spec.path.at.filter(|_| is_walked)
    }

    /// B while it travels with the pointer.
    pub fn path_hover(&self) -> Option<&PathEnd> {
        self.path_hover.as_ref()
    }

    /// A model's code of an end: its own of a sample and of what was typed, and of a place that was set on
    /// another's plane the one that lies at the same share of its codes' spread.
    fn end_code(&self, slot: SlotId, end: &PathEnd) -> Option<Vec<f32>> {
        match end {
            PathEnd::Sample(sample) => self.code_by(slot, *sample),
            PathEnd::Text(text) => self.typed_ends.code(slot, text),
            PathEnd::Place { slot: of, z } => {
                // A code of other weights than are there now has no place.
                self.spec.slot_of(*of).filter(|of| of.z.len() == z.len())?;
                if *of == slot {
                    return Some(z.clone());
                }
                let there = self.carried(*of, slot, self.plane_of(*of).plot_from_z(z));
                Some(self.plane_of(slot).z_from_plot(there))
            }
        }
    }

    /// Works out each model's codes of the ends. While training only some samples have codes; an end on
    /// another stays where it was seen last.
    pub(super) fn refresh_ends(&mut self) {
        let ids: Vec<SlotId> = self.visible().map(|slot| slot.id).collect();
        let mut ends = BTreeMap::new();
        for id in ids {
            let latent_dim = self.spec.slot_of(id).map_or(0, |slot| slot.z.len());
            for (i, end) in self.spec.path.ends.iter().enumerate() {
                let Some(end) = end else { continue };
                let last = self.ends.get(&(id, i)).filter(|(of, z)| of == end && z.len() == latent_dim);
                let code = self.end_code(id, end).or_else(|| Some(last?.1.clone()));
                ends.extend(code.map(|z| ((id, i), (end.clone(), z))));
            }
        }
        self.ends = ends;
    }

    pub(super) fn set_end(&mut self, end: usize, at: Option<PathEnd>) {
        if end > 1 || !at.as_ref().is_none_or(|at| self.is_place(at)) {
            return;
        }
        if let Some(PathEnd::Sample(sample)) = at
            && self.visible().all(|slot| self.code_by(slot.id, sample).is_none())
        {
            return self.complain_of_sample(sample);
        }
        if let Some(PathEnd::Text(text)) = &at
            && !self.takes_end(text)
        {
            return;
        }
        self.path_hover = None;
        self.change(|spec| spec.path.ends[end] = at);
        let is_whole = self.spec.path.ends.iter().all(Option::is_some);
        // A path that has just become whole is looked at from its start.
        self.spec.path.at = is_whole.then(|| self.spec.path.at.unwrap_or(0.0));
    }

    /// Whether an end is a sample, or a code that its model can have.
    pub(super) fn is_place(&self, end: &PathEnd) -> bool {
        match end {
            PathEnd::Sample(_) => true,
            PathEnd::Text(text) => Query::is_text(text),
            PathEnd::Place { slot, z } => {
                let fits = self.spec.slot_of(*slot).is_some_and(|slot| slot.z.len() == z.len());
                fits && z.iter().all(|z| z.is_finite())
            }
        }
    }

    /// What was set on the plane of a model that goes is set on another's from now on, where it lies there.
    pub(super) fn hand_over(&mut self, from: SlotId, to: SlotId) {
        for end in 0..2 {
            let is_there = |end: &PathEnd| matches!(end, PathEnd::Place { slot, .. } if *slot == from);
            if self.spec.path.ends[end].as_ref().is_some_and(is_there) {
                let z = self.end_of(to, end);
                self.spec.path.ends[end] = z.map(|z| PathEnd::Place { slot: to, z });
            }
        }
        let grid = self.spec.grid.rect.filter(|rect| rect.slot == from);
        if let Some(bounds) = grid.and_then(|_| self.grid_rect(to)) {
            self.spec.grid.rect = Some(GridRect { slot: to, bounds });
        }
    }

    /// Ends whose model has other codes now are taken away; so is a rectangle of one that is gone.
    pub(super) fn drop_lost_places(&mut self) {
        for end in 0..2 {
            let is_lost = self.spec.path.ends[end].as_ref().is_some_and(|end| !self.is_place(end));
            if is_lost {
                self.spec.path.ends[end] = None;
            }
        }
        if self.spec.grid.rect.is_some_and(|rect| self.spec.slot_of(rect.slot).is_none()) {
            self.spec.grid.rect = None;
        }
    }

    /// The grid's bounds on a model's plane.
    pub fn grid_rect(&self, slot: SlotId) -> Option<[[f32; 2]; 2]> {
        let GridRect { slot: of, bounds: [x, y] } = self.spec.grid.rect?;
        let [low, high] = [[x[0], y[0]], [x[1], y[1]]].map(|corner| self.carried(of, slot, corner));
        Some([[low[0], high[0]], [low[1], high[1]]])
    }

    /// The grid on a model's plane, if there is one.
    pub fn grid_of(&self, slot: SlotId) -> Option<GridSpec> {
        let GridSettings { steps, spacing, .. } = self.spec.grid;
        self.grid_rect(slot).map(|[x, y]| GridSpec { x, y, steps, spacing })
    }

    /// Pairs of codes to walk between that the data offer, each with its name.
    pub fn presets(&self) -> Vec<(String, Preset)> {
        let classes = self.data.as_ref().map_or(&[][..], |data| data.train.classes());
        let walks = walks().iter().filter(|walk| walk.iter().all(|name| classes.contains(name)));
        let mut presets: Vec<(String, Preset)> =
            walks.map(|[a, b]| (format!("{a} → {b}"), Preset::Classes(a.clone(), b.clone()))).collect();
        if self.cloud().is_some() {
            presets.push(("Two random codes".to_string(), Preset::RandomCodes));
        }
        if classes.len() > 1 {
            presets.push(("Two random classes".to_string(), Preset::RandomClasses));
        }
        presets
    }

    pub(super) fn use_preset(&mut self, preset: &Preset) {
        self.n_drawn += 1;
        let Some(ends) = self.ends_of(preset) else { return };
        self.path_hover = None;
        self.spec.path.at = Some(0.0);
        self.change(|spec| {
            spec.show_planes();
            spec.tool = Tool::Path;
            spec.path.ends = ends;
        });
    }

    /// The pair of ends that a preset means now.
    fn ends_of(&self, preset: &Preset) -> Option<[Option<PathEnd>; 2]> {
        let indices = &self.cloud()?.indices;
        let [a, b] = self.random();
        let samples = match preset {
            Preset::Classes(a, b) => {
                let classes = self.data.as_ref()?.train.classes();
                let class = |name: &str| classes.iter().position(|class| class == name);
                [self.typical(class(a)?)?, self.typical(class(b)?)?]
            }
            Preset::RandomCodes => {
                let at = |share: f32| indices.get((share * indices.len() as f32) as usize).copied();
                [at(a)?, at(b)?]
            }
            Preset::RandomClasses => {
                let n = self.data.as_ref()?.train.classes().len();
                // Only classes that have codes; a set's numbering may leave some empty.
                let typical: Vec<u32> = (0..n).filter_map(|class| self.typical(class)).collect();
                let first = (a * typical.len() as f32) as usize;
                let others = typical.len().checked_sub(1).filter(|&others| others > 0)?;
                let second = (first + 1 + (b * others as f32) as usize) % typical.len();
                [*typical.get(first)?, typical[second]]
            }
        };
        Some(samples.map(|sample| Some(PathEnd::Sample(sample))))
    }

    /// The sample of a class whose code lies nearest to the mean of its class.
    fn typical(&self, class: usize) -> Option<u32> {
        let (cloud, labels) = (self.cloud()?, self.data.as_ref()?.train.labels()?);
        let is_of_class = |row: &usize| usize::from(labels.of[cloud.indices[*row] as usize]) == class;
        let rows: Vec<usize> = (0..cloud.indices.len()).filter(is_of_class).collect();
        let codes = cloud.codes.mu.select(Axis(0), &rows);
        let mean = codes.mean_axis(Axis(0))?;
        nearest_row(codes.view(), mean.as_slice()?).map(|row| cloud.indices[rows[row]])
    }

    /// Two numbers in [0, 1), other ones for each draw.
    fn random(&self) -> [f32; 2] {
        let mut normal = [0.0f32; 4];
        standard_normal(&mut stream(self.n_drawn, Purpose::Prior, 1), &mut normal);
        // The angle of a pair of normal draws is uniform.
        let share = |x: f32, y: f32| (y.atan2(x) / std::f32::consts::TAU + 0.5).clamp(0.0, 0.999_999);
        [share(normal[0], normal[1]), share(normal[2], normal[3])]
    }
}
