//! What is worked out of the shown model beside its codes: rows of corrupted images, and ln p(x).

use super::derived::{About, Derived, ModelOn};
use super::{Effect, Session};
use crate::data::{Cancel, DataSplit};
use crate::model::{Corruption, NoiseSpec};
use crate::train::{CorruptedRows, LogP, corrupted, live_log_p};
use crate::worker::Pace;

/// Images in a row.
pub const N_CORRUPTED: usize = 8;
/// Snapshots between two looks at ln p(x) while training: some two seconds.
const SNAPSHOTS: u64 = 20;

/// What is looked at and what was found.
pub struct Measured {
    /// The page of test images that is shown corrupted; none while that is folded away.
    page: Option<usize>,
    rows: Derived<Rows, CorruptedRows>,
    log_p: Derived<ModelOn, LogP>,
    n_snapshots: u64,
    /// Snapshots that had come when ln p(x) was last asked for.
    log_p_at: u64,
}

impl Default for Measured {
    fn default() -> Self {
        let (rows, log_p) = (Derived::new("mending corrupted images", 0), Derived::new("working out ln p(x)", 0));
        Self { page: None, rows, log_p, n_snapshots: 0, log_p_at: 0 }
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

impl Session {
    /// The rows of test images clean, corrupted and mended, once they are there, with a number that tells
    /// them from others.
    pub fn corrupted(&self) -> Option<(u64, &CorruptedRows)> {
        self.measured.rows.get().map(|rows| (self.measured.rows.stamp(), rows))
    }

    /// The page of test images that is shown corrupted.
    pub fn corrupted_page(&self) -> Option<usize> {
        self.measured.page
    }

    /// The corruption that images are shown under: the one that the shown model learned to undo, else some masking.
    pub fn shown_corruption(&self) -> NoiseSpec {
        let own = self.model().map(|model| model.info().samples).filter(NoiseSpec::corrupts);
        own.unwrap_or(NoiseSpec { corruption: Corruption::Masking, ..NoiseSpec::default() })
    }

    /// The bound and ln p(x) of the shown model in two dimensions, a few test images' mean.
    pub fn log_p(&self) -> Option<LogP> {
        self.measured.log_p.get().copied()
    }

    pub(super) fn show_corrupted(&mut self, page: Option<usize>) {
        self.measured.page = page;
    }

    pub(super) fn count_snapshot(&mut self) {
        self.measured.n_snapshots += 1;
    }

    /// Asks for what the shown model has changed, and forgets what was of another.
    pub(super) fn refresh_measured(&mut self, effects: &mut Vec<Effect>) {
        let (on, data) = (self.model_on(), self.data.clone());
        self.refresh_corrupted(on.clone(), data.clone(), effects);
        self.refresh_log_p(on, data, effects);
    }

    fn refresh_corrupted(&mut self, on: Option<ModelOn>, data: Option<DataSplit>, effects: &mut Vec<Effect>) {
        let (page, noise) = (self.measured.page, self.shown_corruption());
        let about = on.zip(page).map(|(on, page)| Rows { on, page, noise });
        let asked = about.clone();
        let mend = || {
            move |_: &Cancel| {
                let (Rows { on, page, noise }, test) = (asked?, data?.test);
                let n = test.n_samples();
                let of_page = (0..N_CORRUPTED.min(n)).map(|i| ((page * N_CORRUPTED + i) % n) as u32);
                corrupted(&*on.model, &noise, &test, &of_page.collect::<Vec<_>>())
            }
        };
        let pace = (!self.is_busy()).then_some(Pace::AtOnce);
        self.measured.rows.follow(about, pace, mend, effects);
    }

    fn refresh_log_p(&mut self, on: Option<ModelOn>, data: Option<DataSplit>, effects: &mut Vec<Effect>) {
        let is_density = self.capabilities().is_density && self.latent_dim() == 2;
        let about = on.filter(|_| is_density);
        let asked = about.clone();
        let work = || move |cancel: &Cancel| live_log_p(&*asked?.model, &data?.test, &|| cancel.is_set());
        let is_due = !self.is_running() || self.measured.n_snapshots >= self.measured.log_p_at + SNAPSHOTS;
        let pace = (is_due && !self.is_busy()).then_some(Pace::OnAllCores);
        let n_before = effects.len();
        self.measured.log_p.follow(about, pace, work, effects);
        if effects.len() > n_before {
            self.measured.log_p_at = self.measured.n_snapshots;
        }
    }
}
