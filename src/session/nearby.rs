//! The training images nearest to the one that is shown, asked for one search at a time.

use super::{Effect, Session};
use crate::model::SharedModel;
use crate::worker::{Job, Nearest, NearestRequest};
use std::sync::Arc;

/// The search in hand and the last answer.
#[derive(Default)]
pub struct Nearby {
    /// Images that the window has room for; none while it shows none.
    n_wanted: usize,
    next_stamp: u64,
    /// What the search under way looks for.
    asked: Option<Asked>,
    is_searching: bool,
    found: Vec<(u32, f32)>,
    /// Checksum of the data that was found in.
    found_in: u32,
    /// Checksum of the data whose scale is asked for or known, and the scale.
    scale: Option<(u32, Option<f32>)>,
}

/// What a search was for.
struct Asked {
    stamp: u64,
    model: SharedModel,
    z: Vec<f32>,
    labels: Vec<u16>,
    k: usize,
    data: u32,
}

impl Nearby {
    /// Says how many images the window has room for.
    pub fn want(&mut self, n: usize) {
        self.n_wanted = n;
    }

    /// Takes an answer.
    pub fn receive(&mut self, nearest: Nearest) {
        self.is_searching = false;
        if self.asked.as_ref().is_some_and(|asked| asked.stamp == nearest.stamp) {
            self.found_in = self.asked.as_ref().map_or(0, |asked| asked.data);
            self.found = nearest.samples;
        }
    }

    /// Takes the scale of the data with this checksum.
    pub fn receive_scale(&mut self, data: u32, distance: f32) {
        if let Some((_, scale)) = self.scale.as_mut().filter(|(asked, _)| *asked == data) {
            *scale = Some(distance);
        }
    }

    /// Forgets what is under way, which is given up.
    pub fn cancel(&mut self) {
        (self.is_searching, self.asked, self.scale) = (false, None, None);
    }
}

impl Session {
    /// The training images nearest to the shown one: index and √Σ(x̂ − x)², nearest first.
    pub fn nearest(&self) -> &[(u32, f32)] {
        &self.nearby.found
    }

    /// How many nearest images the window has room for.
    pub fn n_nearest(&self) -> usize {
        self.nearby.n_wanted
    }

    /// How far an unseen image usually lies from its nearest training image.
    pub fn usual_distance(&self) -> Option<f32> {
        self.nearby.scale.and_then(|(_, scale)| scale)
    }

    /// Starts a search if the shown image is another than the one last looked for and no search is under way.
    pub(super) fn refresh_nearest(&mut self, effects: &mut Vec<Effect>) {
        let Some(data) = self.data.clone() else { return };
        let Some(model) = self.model().filter(|_| self.capabilities().decodes).map(Arc::clone) else {
            self.nearby.found.clear();
            return;
        };
        let checksum = data.train.checksum();
        if self.nearby.found_in != checksum {
            // Indices into other data mean nothing.
            self.nearby.found.clear();
        }
        if self.nearby.n_wanted == 0 || *data.train.kind() != model.info().input || self.is_busy() {
            return;
        }
        if self.nearby.scale.is_none_or(|(asked, _)| asked != checksum) {
            self.nearby.scale = Some((checksum, None));
            effects.push(Effect::Job(Job::Scale(data.clone())));
        }
        let (z, labels, k) = (self.z().to_vec(), self.labels(1), self.nearby.n_wanted);
        let is_same = self.nearby.asked.as_ref().is_some_and(|asked| {
            asked.k == k
                && asked.data == checksum
                && asked.z == z
                && asked.labels == labels
                && Arc::ptr_eq(&asked.model, &model)
        });
        if is_same || self.nearby.is_searching {
            return;
        }
        self.nearby.next_stamp += 1;
        let stamp = self.nearby.next_stamp;
        self.nearby.is_searching = true;
        let request = NearestRequest {
            stamp,
            model: Arc::clone(&model),
            z: z.clone(),
            labels: labels.clone(),
            k,
            data: data.train,
            is_gentle: self.is_running(),
        };
        self.nearby.asked = Some(Asked { stamp, model, z, labels, k, data: checksum });
        effects.push(Effect::Job(Job::Nearest(request)));
    }
}
