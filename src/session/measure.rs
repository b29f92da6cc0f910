//! What is worked out of models beside their codes: rows of corrupted images, ln p(x), and what the
//! dimensions do.

use super::derived::{About, Derived, ModelOn};
use super::slots::all_codes;
use super::{Effect, Fold, Session, SlotId, Staging};
use crate::data::Cancel;
use crate::model::{Corruption, NoiseSpec};
use crate::train::{CorruptedRows, DimensionTable, LogP, corrupted, dimension_table, live_log_p};
use crate::worker::Pace;
use std::collections::BTreeMap;
use std::time::Instant;

/// Images in a row.
pub const N_CORRUPTED: usize = 8;
/// Fewest snapshots between two looks at ln p(x) while training: some two seconds.
const SNAPSHOTS: u64 = 20;
/// Snapshots for each second that the last look took: ten come in a second, so that looking takes a sixteenth
/// of the time, and training has the rest.
const SNAPSHOTS_PER_SECOND: f64 = 150.0;

/// What is looked at and what was found.
pub struct Measured {
    /// Of each model on screen.
    rows: BTreeMap<SlotId, Derived<Rows, CorruptedRows>>,
    /// The sample on the stage, by each model on screen.
    staged: BTreeMap<SlotId, Derived<Staged, CorruptedRows>>,
    /// What was found, and the seconds that it took.
    log_p: Derived<ModelOn, (LogP, f64)>,
    /// What the active model's dimensions do.
    dimensions: Derived<ModelOn, DimensionTable>,
    n_snapshots: u64,
    /// Snapshots that had come when ln p(x) was last asked for.
    log_p_at: u64,
}

impl Default for Measured {
    fn default() -> Self {
        let log_p = Derived::new("working out ln p(x)", 0);
        let dimensions = Derived::new("holding dimensions against factors", 0);
        Self { rows: BTreeMap::new(), staged: BTreeMap::new(), log_p, dimensions, n_snapshots: 0, log_p_at: 0 }
    }
}

/// Which rows of corrupted images. While others are being made, those made last stand.
#[derive(Clone, PartialEq)]
struct Rows {
    on: ModelOn,
    page: usize,
    noise: NoiseSpec,
}

impl About for Rows {
    fn keeps(&self, older: &Self) -> bool {
        self.on.keeps(&older.on)
    }
}

/// Which sample, corrupted how. While another is being made, the one made last stands.
#[derive(Clone, PartialEq)]
struct Staged {
    on: ModelOn,
    sample: u32,
    staging: Staging,
}

impl About for Staged {
    fn keeps(&self, older: &Self) -> bool {
        self.on.keeps(&older.on)
    }
}

impl Session {
    /// The training sample on the stage: the one that is picked, else the one whose code lies in the middle.
    pub fn staged_sample(&self) -> Option<u32> {
        self.spec.selection.focused.or_else(|| self.cloud()?.centre())
    }

    /// The sample on the stage clean, corrupted and mended by a model, once it is there, with a number that
    /// tells it from others.
    pub fn staged(&self, slot: SlotId) -> Option<(u64, &CorruptedRows)> {
        let staged = self.measured.staged.get(&slot)?;
        staged.get().map(|found| (staged.stamp(), found))
    }

    /// The rows of test images clean, corrupted and mended by a model, once they are there, with a number
    /// that tells them from others.
    pub fn corrupted(&self, slot: SlotId) -> Option<(u64, &CorruptedRows)> {
        let rows = self.measured.rows.get(&slot)?;
        rows.get().map(|found| (rows.stamp(), found))
    }

    /// The corruption that images are shown under, to every model: the one that the active model learned to
    /// undo, else some masking.
    pub fn shown_corruption(&self) -> NoiseSpec {
        let own = self.model().map(|model| model.info().samples).filter(NoiseSpec::corrupts);
        own.unwrap_or(NoiseSpec { corruption: Corruption::Masking, ..NoiseSpec::default() })
    }

    /// The bound and ln p(x) of the shown model in two dimensions, or by its energy, a few test images' mean.
    pub fn log_p(&self) -> Option<LogP> {
        self.measured.log_p.get().map(|(found, _)| *found)
    }

    /// What the active model's dimensions do, once it is worked out.
    pub fn dimension_table(&self) -> Option<&DimensionTable> {
        self.measured.dimensions.get()
    }

    pub(super) fn count_snapshot(&mut self) {
        self.measured.n_snapshots += 1;
    }

    /// Asks for what the shown model has changed, and forgets what was of another.
    pub(super) fn refresh_measured(&mut self, effects: &mut Vec<Effect>) {
        let ids: Vec<SlotId> = self.visible().map(|slot| slot.id).collect();
        self.measured.rows.retain(|slot, _| ids.contains(slot));
        self.measured.staged.retain(|slot, _| ids.contains(slot));
        for slot in ids {
            self.refresh_corrupted(slot, effects);
            self.refresh_staged(slot, effects);
        }
        self.refresh_log_p(effects);
        self.refresh_dimensions(effects);
    }

    /// Asks what the dimensions do, while that is in sight and once the codes of all samples are there.
    fn refresh_dimensions(&mut self, effects: &mut Vec<Effect>) {
        let is_shown = self.spec.unfolded.contains(&Fold::DimensionTable);
        let (about, cloud, data) = (self.model_on().filter(|_| is_shown), self.cloud().cloned(), &self.data);
        let is_whole = about.as_ref().is_some_and(|on| on.is_back) || self.are_all(cloud.as_ref());
        let pace = self.pace_at_rest(Pace::AtOnce).filter(|_| is_whole);
        let asked = about.clone();
        let work = || {
            let data = data.clone();
            move |cancel: &Cancel| {
                let (model, train) = (asked?.model, data?.train);
                let cloud = all_codes(&*model, cloud?, &train, cancel)?;
                dimension_table(&*model, &cloud, &train, cancel)
            }
        };
        self.measured.dimensions.follow(about, pace, work, effects);
    }

    fn refresh_corrupted(&mut self, slot: SlotId, effects: &mut Vec<Effect>) {
        let about = self
            .spec
            .corrupted_page
            .and_then(|page| Some(Rows { on: self.model_on_in(slot)?, page, noise: self.shown_corruption() }));
        let (asked, data) = (about.clone(), &self.data);
        let mend = || {
            let data = data.clone();
            move |_: &Cancel| {
                let (Rows { on, page, noise }, test) = (asked?, data?.test);
                let n = test.n_samples();
                let of_page = (0..N_CORRUPTED.min(n)).map(|i| ((page * N_CORRUPTED + i) % n) as u32);
                corrupted(&*on.model, (&noise, 0), &test, &of_page.collect::<Vec<_>>())
            }
        };
        let pace = (!self.is_busy()).then_some(Pace::AtOnce);
        let rows = self.measured.rows.entry(slot);
        rows.or_insert_with(|| Derived::new("mending corrupted images", slot.0))
            .follow(about, pace, mend, effects);
    }

    fn refresh_staged(&mut self, slot: SlotId, effects: &mut Vec<Effect>) {
        let (sample, data) = (self.staged_sample(), &self.data);
        let about = self
            .spec
            .stage
            .and_then(|staging| Some(Staged { on: self.model_on_in(slot)?, sample: sample?, staging }));
        let asked = about.clone();
        let mend = || {
            let data = data.clone();
            move |_: &Cancel| {
                let (Staged { on, sample, staging }, train) = (asked?, data?.train);
                corrupted(&*on.model, (&staging.noise(), staging.draw), &train, &[sample])
            }
        };
        let pace = (!self.is_busy()).then_some(Pace::AtOnce);
        let staged = self.measured.staged.entry(slot);
        staged
            .or_insert_with(|| Derived::new("mending the sample on the stage", slot.0))
            .follow(about, pace, mend, effects);
    }

    fn refresh_log_p(&mut self, effects: &mut Vec<Effect>) {
        let can = self.capabilities();
        let has_log_p = can.has_energy || can.is_density && self.latent_dim() == 2;
        // It takes long, and who looks back goes on to the next state meanwhile.
        let about = self.model_on().filter(|on| has_log_p && !on.is_back);
        let (asked, data) = (about.clone(), &self.data);
        let work = || {
            let data = data.clone();
            move |cancel: &Cancel| {
                let begin = Instant::now();
                let found = live_log_p(&*asked?.model, &data?.test, &|| cancel.is_set())?;
                Some((found, begin.elapsed().as_secs_f64()))
            }
        };
        let took = self.measured.log_p.get().map_or(0.0, |(_, secs)| *secs);
        let between = SNAPSHOTS.max((SNAPSHOTS_PER_SECOND * took) as u64);
        let is_due = !self.is_running() || self.measured.n_snapshots >= self.measured.log_p_at + between;
        let pace = (is_due && !self.is_busy()).then_some(Pace::OnAllCores);
        let n_before = effects.len();
        self.measured.log_p.follow(about, pace, work, effects);
        if effects.len() > n_before {
            self.measured.log_p_at = self.measured.n_snapshots;
        }
    }
}
