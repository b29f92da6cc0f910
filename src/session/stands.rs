//! Where training stands, and what its button would do.

use super::{RunState, Session, SlotId, TrainStatus};

/// What the primary training button would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextStep {
    /// Start anew, for there is nothing or the settings have changed.
    Train,
    /// Go on with the present weights.
    Continue,
    /// Stop between two steps.
    Pause,
}

impl Session {
    /// Where the active model's training stands, if a run is set up.
    pub fn status(&self) -> Option<&TrainStatus> {
        self.status_of(self.spec.active)
    }

    /// Where a model's training stands, if a run is set up.
    pub fn status_of(&self, slot: SlotId) -> Option<&TrainStatus> {
        self.run.status.as_ref().filter(|_| self.run.slot == slot && self.run.state != RunState::Ended)
    }

    /// Where the active model's training was paused, if it was, and can go on by its plan.
    pub fn paused(&self) -> Option<TrainStatus> {
        // What stopped says where, together with that it did; the status may still be that of a step before.
        let step = self.weights().checkpoint.as_ref()?.trained.step;
        let status = TrainStatus { step, ..*self.status()? };
        let is_within = (1..status.last_step).contains(&step);
        (is_within && !self.is_running() && self.next_step() == NextStep::Continue).then_some(status)
    }

    /// Whether training of the active model is under way, or asked for.
    pub fn is_running(&self) -> bool {
        self.runs(self.spec.active)
    }

    /// Whether the active model's weights were worked out at once, so that training on would change nothing.
    pub fn is_solved(&self) -> bool {
        self.is_solved_of(self.spec.active)
    }

    pub(super) fn is_solved_of(&self, slot: SlotId) -> bool {
        self.weights_of(slot).checkpoint.as_ref().is_some_and(|checkpoint| {
            let spec = checkpoint.trained.model.info().spec();
            checkpoint.trained.step > 0 && spec.is_some_and(|spec| spec.spec().is_closed_form())
        })
    }

    /// What the primary button does now.
    pub fn next_step(&self) -> NextStep {
        let untouched = self.weights().checkpoint.as_ref().is_none_or(|checkpoint| {
            let shown = self.weights().snapshot.as_ref().map_or(0, |snapshot| snapshot.step);
            shown == 0 && checkpoint.trained.brought.is_none()
        });
        if self.is_training() {
            NextStep::Pause
        } else if self.settings_changed() || untouched || self.is_solved() {
            NextStep::Train
        } else {
            NextStep::Continue
        }
    }
}
