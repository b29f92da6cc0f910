//! What is worked out of the shown model beside its codes: rows of corrupted images, and ln p(x).

use super::{Effect, Session};
use crate::model::{Corruption, NoiseSpec, SharedModel};
use crate::train::LogP;
use crate::worker::{CorruptedRequest, CorruptedRows, Job};
use std::sync::Arc;

/// Images in a row.
pub const N_CORRUPTED: usize = 8;
/// Snapshots between two looks at ln p(x) while training: some two seconds.
const SNAPSHOTS: u64 = 20;

/// What was asked for and what was found.
#[derive(Default)]
pub struct Measured {
    /// The page of test images that is shown corrupted; none while that is folded away.
    page: Option<usize>,
    next_stamp: u64,
    /// What the rows were last asked of.
    asked: Option<(u64, SharedModel, usize, NoiseSpec)>,
    rows: Option<CorruptedRows>,
    /// The model that ln p(x) was last asked of, and whether the answer is awaited.
    log_p_of: Option<SharedModel>,
    awaits_log_p: bool,
    log_p: Option<LogP>,
    n_snapshots: u64,
}

impl Session {
    /// The rows of test images clean, corrupted and mended, once they are there.
    pub fn corrupted(&self) -> Option<&CorruptedRows> {
        self.measured.rows.as_ref().filter(|_| self.measured.page.is_some())
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
        let is_density = self.capabilities().is_density && self.latent_dim() == 2;
        self.measured.log_p.filter(|_| is_density)
    }

    pub(super) fn show_corrupted(&mut self, page: Option<usize>) {
        self.measured.page = page;
    }

    pub(super) fn corrupted_ready(&mut self, rows: Option<CorruptedRows>) {
        if let Some(rows) = rows
            && self.measured.rows.as_ref().is_none_or(|shown| shown.stamp < rows.stamp)
        {
            self.measured.rows = Some(rows);
        }
    }

    pub(super) fn log_p_found(&mut self, log_p: Option<LogP>) {
        self.measured.awaits_log_p = false;
        self.measured.log_p = log_p;
    }

    pub(super) fn count_snapshot(&mut self) {
        self.measured.n_snapshots += 1;
    }

    /// Forgets what was asked for and is given up.
    pub(super) fn cancel_measured(&mut self) {
        (self.measured.awaits_log_p, self.measured.log_p_of, self.measured.asked) = (false, None, None);
    }

    /// Asks for what the shown model has changed.
    pub(super) fn refresh_measured(&mut self, effects: &mut Vec<Effect>) {
        let (Some(model), Some(data)) = (self.model().cloned(), self.data.clone()) else { return };
        if self.is_busy() || *data.test.kind() != model.info().input {
            return;
        }
        self.refresh_corrupted(&model, &data, effects);
        let is_due = !self.is_running() || self.measured.n_snapshots.is_multiple_of(SNAPSHOTS);
        let is_same = self.measured.log_p_of.as_ref().is_some_and(|of| Arc::ptr_eq(of, &model));
        let is_density = self.capabilities().is_density && self.latent_dim() == 2;
        if is_density && is_due && !is_same && !self.measured.awaits_log_p {
            self.measured.awaits_log_p = true;
            self.measured.log_p_of = Some(Arc::clone(&model));
            effects.push(Effect::Job(Job::LogP(model, data)));
        }
    }

    fn refresh_corrupted(
        &mut self,
        model: &SharedModel,
        data: &crate::data::DataSplit,
        effects: &mut Vec<Effect>,
    ) {
        let Some(page) = self.measured.page else { return };
        let noise = self.shown_corruption();
        let is_same =
            self.measured.asked.as_ref().is_some_and(|(_, of, old_page, old)| {
                Arc::ptr_eq(of, model) && *old_page == page && *old == noise
            });
        if is_same {
            return;
        }
        self.measured.next_stamp += 1;
        let stamp = self.measured.next_stamp;
        self.measured.asked = Some((stamp, Arc::clone(model), page, noise));
        let n = data.test.n_samples();
        let indices = (0..N_CORRUPTED.min(n)).map(|i| ((page * N_CORRUPTED + i) % n) as u32).collect();
        let (model, data) = (Arc::clone(model), data.clone());
        effects.push(Effect::Job(Job::Corrupt(Box::new(CorruptedRequest { stamp, model, noise, indices, data }))));
    }
}
