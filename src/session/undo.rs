//! Undo: whole states of the spec, with the weights they had.

use super::{SessionSpec, Weights};

/// A state to go back to.
#[derive(Clone)]
pub struct State {
    /// The spec.
    pub spec: SessionSpec,
    /// The weights, where the step changed them; shared, so that they cost little to keep. A step that moved a slider
    /// holds none: taking it back must not take back the training that happened meanwhile.
    pub weights: Option<Vec<Weights>>,
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

    /// Whether the next step back, or forward, changes weights.
    pub fn touches_weights(&self, redo: bool) -> bool {
        let next = if redo { self.redo.last() } else { self.undo.last() };
        next.is_some_and(|state| state.weights.is_some())
    }

    /// Swaps the present state for the one before.
    pub fn undo(&mut self, spec: &SessionSpec, weights: &[Weights]) -> Option<State> {
        self.in_gesture = false;
        let state = self.undo.pop()?;
        self.redo.push(counterpart(&state, spec, weights));
        Some(state)
    }

    /// Swaps the present state for the one after.
    pub fn redo(&mut self, spec: &SessionSpec, weights: &[Weights]) -> Option<State> {
        self.in_gesture = false;
        let state = self.redo.pop()?;
        self.undo.push(counterpart(&state, spec, weights));
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

/// The present state, as much of it as going to `state` changes.
fn counterpart(state: &State, spec: &SessionSpec, weights: &[Weights]) -> State {
    State { spec: spec.clone(), weights: state.weights.as_ref().map(|_| weights.to_vec()) }
}
