//! Going back and forth through what was done.

use super::undo::State;
use super::{Effect, PathSettings, RunState, Session, SessionSpec};

impl Session {
    /// Takes the last step back, or does again what was taken back.
    pub(super) fn go_through_history(&mut self, redo: bool, effects: &mut Vec<Effect>) {
        if self.run.state == RunState::Building && self.history.touches_weights(redo) {
            // What is being set up has no state yet that could be come back to.
            return;
        }
        if self.is_training() && self.history.touches_weights(redo) {
            return self.refuse_in_training("Pause it first; then its model can be taken back and brought back.");
        }
        let mut history = std::mem::take(&mut self.history);
        let state = history.go(redo, |with_weights| self.present(with_weights));
        self.history = history;
        if let Some(state) = state {
            self.restore(state, effects);
        }
    }

    /// Makes a recorded state the present one.
    fn restore(&mut self, state: State, effects: &mut Vec<Effect>) {
        let files: Vec<_> = self.spec.slots.iter().map(|slot| (slot.id, slot.file.clone())).collect();
        // What is folded away is no part of what was done, nor the line that the hand draws, nor where one
        // looks on a path that stays.
        let (unfolded, corrupted_page) = (std::mem::take(&mut self.spec.unfolded), self.spec.corrupted_page);
        let (errors, find, shape) = (self.spec.errors, self.spec.find, self.spec.shape);
        let completion = self.spec.completion;
        let outliers = self.outliers_after(&state.spec);
        let stays = state.spec.path.ends == self.spec.path.ends;
        let at = if stays { self.spec.path.at } else { state.spec.path.at };
        let path = PathSettings { at, ..state.spec.path };
        self.spec = SessionSpec {
            unfolded,
            corrupted_page,
            completion,
            errors,
            find,
            outliers,
            shape,
            path,
            ..state.spec
        };
        (self.hover, self.spec.selection.hovered) = (None, None);
        self.give_up_draw();
        if let Some(held) = state.held {
            self.weights = held.weights;
            self.data = held.data;
            self.left_unsaved = false;
            if !self.begin_from_checkpoint(self.spec.active, effects) {
                // What the run in hand still has to say is about weights that are gone.
                self.run.generation += 1;
                self.run.state = RunState::None;
            }
        } else {
            // Which file the weights are in is theirs, and they stay.
            for (id, file) in files {
                self.look(id, |slot| slot.file = file);
            }
        }
        self.fit_to_models();
    }
}
