//! Looking back: a model and its codes as they stood earlier in the training, while that may go on.
//!
//! What is shown is a frame of the film that a training leaves, and scores and measures are of it too; what
//! is trained on and saved is the model as it stands now.

use super::derived::{About, Derived};
use super::{Effect, Session, SlotId};
use crate::data::Cancel;
use crate::model::Capabilities;
use crate::train::Film;
use crate::worker::{CodeCloud, Pace, Snapshot};
use std::sync::Arc;

/// Which frame is looked at, and what was made of it.
pub(super) struct LookingBack {
    at: Option<(SlotId, u64)>,
    /// Whether codes are turned onto those of now.
    is_aligned: bool,
    developed: Derived<FrameOf, Arc<Snapshot>>,
    /// The answer that was last taken in.
    taken: u64,
}

impl Default for LookingBack {
    fn default() -> Self {
        let developed = Derived::new("looking back", 0);
        Self { at: None, is_aligned: true, developed, taken: 0 }
    }
}

/// A frame of a model's film. While another one is made ready the one before stands.
#[derive(Clone)]
struct FrameOf {
    slot: SlotId,
    generation: u64,
    step: u64,
    is_aligned: bool,
    /// The codes that it is turned onto; none while these move on with a training.
    onto: Option<Arc<CodeCloud>>,
}

impl PartialEq for FrameOf {
    fn eq(&self, other: &Self) -> bool {
        let frame =
            |of: &Self| (of.slot, of.generation, of.step, of.is_aligned, of.onto.as_ref().map(Arc::as_ptr));
        frame(self) == frame(other)
    }
}

impl About for FrameOf {
    fn keeps(&self, older: &Self) -> bool {
        self.slot == older.slot
    }
}

impl Session {
    /// How the active model stood along its training.
    pub fn film(&self) -> &Film {
        &self.weights().film
    }

    /// The step that is looked back at in a model's training; none while it is shown as it stands now.
    pub fn looked_back(&self, slot: SlotId) -> Option<u64> {
        let (of, step) = self.back.at?;
        let frame = self.weights_of(slot).film.at(step).filter(|_| of == slot)?;
        Some(frame.step)
    }

    /// Whether codes that are looked back at are turned to lie as near those of now as they can.
    pub fn is_back_aligned(&self) -> bool {
        self.back.is_aligned
    }

    pub(super) fn look_back(&mut self, slot: SlotId, step: Option<u64>) {
        let has_film = !self.weights_of(slot).film.frames().is_empty();
        self.back.at = step.filter(|_| has_film).map(|step| (slot, step));
        self.hover = None;
    }

    pub(super) fn align_back(&mut self, is_aligned: bool) {
        self.back.is_aligned = is_aligned;
    }

    /// One frame earlier, or later: after the last comes now.
    pub fn stepped_back(&self, by: i64) -> Option<u64> {
        let frames = self.film().frames();
        let now = frames.len() as i64;
        let at = self.looked_back(self.spec.active);
        let at = at.map_or(now, |step| frames.iter().take_while(|frame| frame.step < step).count() as i64);
        frames.get((at + by).clamp(0, now) as usize).map(|frame| frame.step)
    }

    /// What is shown of a model: as it is looked back at, else its newest state.
    pub(super) fn shown_snapshot(&self, slot: SlotId) -> Option<&Arc<Snapshot>> {
        let back = self.looked_back(slot).and_then(|_| self.back.developed.get());
        back.filter(|snapshot| snapshot.slot == slot).or(self.weights_of(slot).snapshot.as_ref())
    }

    /// Asks for the frame that is looked at, and lets kept codes follow once it is there.
    pub(super) fn refresh_back(&mut self, effects: &mut Vec<Effect>) {
        let at = self.back.at.filter(|(slot, _)| self.looked_back(*slot).is_some());
        self.back.at = at;
        let about = at.and_then(|(slot, step)| {
            let weights = self.weights_of(slot);
            let (generation, step) = (weights.snapshot.as_ref()?.generation, weights.film.at(step)?.step);
            let is_aligned = self.back.is_aligned;
            let onto = weights.cloud.clone().filter(|_| is_aligned && !self.runs(slot));
            Some(FrameOf { slot, generation, step, is_aligned, onto })
        });
        let (asked, weights) = (about.clone(), at.map(|(slot, _)| self.weights_of(slot)));
        let (frame, now) =
            (weights.zip(at).and_then(|(weights, (_, step))| weights.film.at(step).cloned()), weights);
        let now = now.and_then(|weights| weights.cloud.clone());
        let develop = || {
            move |_: &Cancel| {
                let FrameOf { slot, generation, step, is_aligned, .. } = asked?;
                let (model, cloud) = frame?.developed(now.as_deref().filter(|_| is_aligned))?;
                let capabilities = Capabilities::of(&*model);
                let cloud = Some(Arc::new(cloud));
                Some(Arc::new(Snapshot { slot, generation, step, capabilities, model, cloud, packed: None }))
            }
        };
        self.back.developed.follow(about, Some(Pace::AtOnce), develop, effects);
        let stamp = if at.is_some() { self.back.developed.stamp() } else { 0 };
        if std::mem::replace(&mut self.back.taken, stamp) != stamp {
            self.fit_to_models();
        }
    }
}
