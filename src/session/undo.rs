//! Undo: whole states of the spec, with the weights they had.

use super::{SessionSpec, Weights};

/// A state to go back to.
#[derive(Clone)]
pub struct State {
    /// The spec.
    pub spec: SessionSpec,
    /// The weights; shared, so that a state costs little.
    pub weights: Vec<Weights>,
}

/// States before and after the present one.
#[derive(Default)]
pub struct History {
    undo: Vec<State>,
    redo: Vec<State>,
    in_gesture: bool,
}

/// Steps that are kept; weights of models that only undo remembers are freed with the oldest.
const MAX_STEPS: usize = 100;

impl History {
    /// Notes the state before a change; within a gesture only the first counts.
    pub fn record(&mut self, state: State) {
        if self.in_gesture && !self.undo.is_empty() {
            self.redo.clear();
            return;
        }
        self.push(state);
    }

    /// Begins a gesture on `state`.
    pub fn begin(&mut self, state: State) {
        if !self.in_gesture {
            self.push(state);
            self.in_gesture = true;
        }
    }

    /// Ends a gesture; one that changed nothing leaves no step behind.
    pub fn end(&mut self, spec: &SessionSpec) {
        if self.in_gesture && self.undo.last().is_some_and(|state| state.spec == *spec) {
            self.undo.pop();
        }
        self.in_gesture = false;
    }

    /// Swaps the present state for the one before.
    pub fn undo(&mut self, present: State) -> Option<State> {
        self.in_gesture = false;
        let state = self.undo.pop()?;
        self.redo.push(present);
        Some(state)
    }

    /// Swaps the present state for the one after.
    pub fn redo(&mut self, present: State) -> Option<State> {
        self.in_gesture = false;
        let state = self.redo.pop()?;
        self.undo.push(present);
        Some(state)
    }

    /// Whether there are states before and after.
    pub fn can_undo_redo(&self) -> (bool, bool) {
        (!self.undo.is_empty(), !self.redo.is_empty())
    }

    fn push(&mut self, state: State) {
        self.redo.clear();
        if self.undo.len() == MAX_STEPS {
            self.undo.remove(0);
        }
        self.undo.push(state);
    }
}
