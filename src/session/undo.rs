//! Undo: whole states of the spec, with the weights and data they had.

use super::{SessionSpec, SlotId, Weights};
use crate::data::DataSplit;
use std::collections::{BTreeMap, BTreeSet};

/// A state to go back to.
#[derive(Clone)]
pub struct State {
    /// The spec.
    pub spec: SessionSpec,
    /// The weights and data, where the step changed them; shared, so that most cost little to keep. A step
    /// that moved a slider holds none: taking it back must not take back the training that happened
    /// meanwhile.
    pub held: Option<Held>,
}

/// What a spec was shown with.
#[derive(Clone)]
pub struct Held {
    /// Each model's weights.
    pub weights: BTreeMap<SlotId, Weights>,
    /// The data.
    pub data: Option<DataSplit>,
}

/// States before and after the present one.
pub struct History {
    undo: Vec<State>,
    redo: Vec<State>,
    gesture: Gesture,
    /// Steps that were ever noted.
    n_recorded: u64,
    /// Bytes of weights and data that only undo remembers; beyond it the oldest steps go.
    max_bytes: usize,
}

impl Default for History {
    fn default() -> Self {
        Self { undo: Vec::new(), redo: Vec::new(), gesture: Gesture::None, n_recorded: 0, max_bytes: MAX_BYTES }
    }
}

/// A press on a control until its release; its changes are one step.
#[derive(Default)]
enum Gesture {
    /// No button is down.
    #[default]
    None,
    /// Nothing has changed yet; the state before.
    Begun(Box<State>),
    /// The state before is noted.
    Noted,
}

/// Steps that are kept.
const MAX_STEPS: usize = 100;
const MAX_BYTES: usize = 512 << 20;

impl History {
    /// Notes the state before a change; within a gesture only the first counts, unless weights would be lost.
    pub fn record(&mut self, state: State) {
        let holds_weights = state.held.is_some();
        match std::mem::take(&mut self.gesture) {
            Gesture::None => return self.push(state),
            Gesture::Begun(first) => {
                self.push(*first);
                if holds_weights {
                    self.push(state);
                }
            }
            Gesture::Noted if holds_weights => self.push(state),
            Gesture::Noted => {}
        }
        self.gesture = Gesture::Noted;
    }

    /// Begins a gesture on `spec`.
    pub fn begin(&mut self, spec: &SessionSpec) {
        if matches!(self.gesture, Gesture::None) {
            self.gesture = Gesture::Begun(Box::new(State { spec: spec.clone(), held: None }));
        }
    }

    /// Ends a gesture; one that came back to where it began leaves no step behind.
    pub fn end(&mut self, spec: &SessionSpec) {
        let noted = matches!(std::mem::take(&mut self.gesture), Gesture::Noted);
        if noted && self.undo.last().is_some_and(|state| state.held.is_none() && state.spec == *spec) {
            self.undo.pop();
        }
    }

    /// Steps that were ever noted.
    pub fn n_recorded(&self) -> u64 {
        self.n_recorded
    }

    /// Makes one step of those noted since there were `n` of them; it goes back to the weights before the
    /// first that changed any.
    pub fn join_since(&mut self, n: u64) {
        let n_joined = (self.n_recorded.saturating_sub(n) as usize).min(self.undo.len());
        let later = self.undo.split_off(self.undo.len() - n_joined.saturating_sub(1));
        if let (Some(first), true) = (self.undo.last_mut(), n_joined > 1)
            && first.held.is_none()
        {
            first.held = later.into_iter().find_map(|state| state.held);
        }
        self.n_recorded -= n_joined.saturating_sub(1) as u64;
    }

    /// Whether a gesture is under way.
    pub fn in_gesture(&self) -> bool {
        !matches!(self.gesture, Gesture::None)
    }

    /// Whether the next step back, or forward, changes weights.
    pub fn touches_weights(&self, redo: bool) -> bool {
        let next = if redo { self.redo.last() } else { self.undo.last() };
        next.is_some_and(|state| state.held.is_some())
    }

    /// Swaps the present state, which `present` makes with or without weights, for the one before or after.
    pub fn go(&mut self, redo: bool, present: impl FnOnce(bool) -> State) -> Option<State> {
        self.gesture = Gesture::None;
        let (from, to) = if redo { (&mut self.redo, &mut self.undo) } else { (&mut self.undo, &mut self.redo) };
        let state = from.pop()?;
        to.push(present(state.held.is_some()));
        Some(state)
    }

    /// Takes out the newest state with weights, for a change that came to nothing, with the steps since then:
    /// they may speak of a model that is not there.
    pub fn take_weights(&mut self) -> Option<State> {
        let last = self.undo.iter().rposition(|state| state.held.is_some())?;
        self.undo.truncate(last + 1);
        self.undo.pop()
    }

    /// The weights that a model had at the newest step that changed any.
    pub fn newest_weights_of(&self, slot: SlotId) -> Option<&Weights> {
        self.undo.iter().rev().find_map(|state| state.held.as_ref())?.weights.get(&slot)
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
        self.n_recorded += 1;
        self.trim(self.max_bytes);
    }

    /// Drops the oldest steps beyond `max_bytes`; the newest stays whatever it holds.
    fn trim(&mut self, max_bytes: usize) {
        let (mut seen, mut total) = (BTreeSet::new(), 0);
        let mut fits = |state: &State| {
            let Some(held) = &state.held else { return true };
            // What two states share costs once.
            let mut parts: Vec<(usize, usize)> = held.weights.values().flat_map(Weights::heap).collect();
            parts.extend(held.data.iter().flat_map(|data| [data.train.heap(), data.test.heap()]));
            total +=
                parts.into_iter().filter(|(address, _)| seen.insert(*address)).map(|part| part.1).sum::<usize>();
            total <= max_bytes
        };
        let n_kept = self.undo.iter().rev().take_while(|state| fits(state)).count().max(1);
        let n_old = self.undo.len().saturating_sub(n_kept);
        self.undo.drain(..n_old);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Dataset, SampleKind, Values};

    fn spec(z: f32) -> SessionSpec {
        let mut spec = SessionSpec::default();
        spec.slots[0].z = vec![z];
        spec
    }

    fn light(z: f32) -> State {
        State { spec: spec(z), held: None }
    }

    /// A state that holds data of `n` bytes, twice.
    fn heavy(z: f32, n: usize) -> State {
        let kind = SampleKind::square(1, 1);
        let all = Dataset::new(kind, Values::Bytes(vec![0; n].into()), None, vec![]).unwrap();
        let data = DataSplit::new(String::new(), all.clone(), all);
        State { spec: spec(z), held: Some(Held { weights: BTreeMap::new(), data: Some(data) }) }
    }

    #[test]
    fn a_gesture_is_one_step_and_one_without_change_is_none() {
        let mut history = History::default();
        history.record(light(0.0));
        history.go(false, |_| light(1.0));
        history.begin(&spec(0.0));
        history.end(&spec(0.0));
        assert_eq!(history.can_undo_redo(), (false, true), "a click that changes nothing keeps the redo");
        history.begin(&spec(0.0));
        history.record(light(0.0));
        history.record(light(0.5));
        history.end(&spec(0.7));
        assert_eq!((history.undo.len(), history.redo.len()), (1, 0));
        assert_eq!(history.undo[0].spec.slot().z, [0.0]);
    }

    #[test]
    fn steps_can_be_joined_to_one_that_goes_back_to_the_first() {
        let mut history = History::default();
        history.record(light(0.0));
        let n = history.n_recorded();
        history.join_since(n);
        assert_eq!(history.undo.len(), 1, "there is nothing to join");
        history.record(light(1.0));
        history.record(heavy(2.0, 10));
        history.join_since(n);
        history.record(light(3.0));
        history.record(heavy(4.0, 20));
        history.join_since(n);
        assert_eq!(history.undo.len(), 2);
        let (joined, held) = (history.undo[1].spec.slot().z[0], history.undo[1].held.as_ref().unwrap());
        assert_eq!((joined, held.data.as_ref().unwrap().train.n_samples()), (1.0, 10));
        assert_eq!(history.undo[0].spec.slot().z, [0.0]);
        history.record(light(5.0));
        assert_eq!(history.undo.len(), 3, "what comes later is a step of its own");
    }

    #[test]
    fn weights_that_change_within_a_gesture_are_not_lost() {
        let mut history = History::default();
        history.begin(&spec(0.0));
        history.record(heavy(0.0, 10));
        history.record(light(0.5));
        history.record(heavy(0.6, 10));
        history.end(&spec(0.6));
        let holds: Vec<bool> = history.undo.iter().map(|state| state.held.is_some()).collect();
        assert_eq!(holds, [false, true, true]);
    }

    #[test]
    fn old_steps_go_when_they_are_too_many_or_too_large() {
        let mut history = History::default();
        (0..MAX_STEPS + 50).for_each(|i| history.record(light(i as f32)));
        assert_eq!((history.undo.len(), history.undo[0].spec.slot().z[0]), (MAX_STEPS, 50.0));
        let mut history = History { max_bytes: 2500, ..History::default() };
        (0..5).for_each(|i| history.record(heavy(i as f32, 1000)));
        let kept: Vec<f32> = history.undo.iter().map(|state| state.spec.slot().z[0]).collect();
        assert_eq!(kept, [3.0, 4.0], "what is recorded is held to the bound");
    }

    #[test]
    fn a_change_that_came_to_nothing_takes_later_steps_along() {
        let mut history = History::default();
        history.record(light(0.0));
        history.record(heavy(1.0, 10));
        history.record(light(2.0));
        assert_eq!(history.take_weights().unwrap().spec.slot().z, [1.0]);
        assert_eq!(history.undo.len(), 1);
    }

    #[test]
    fn the_oldest_weights_go_first_and_the_newest_stays() {
        let mut history = History::default();
        (0..5).for_each(|i| history.record(heavy(i as f32, 1000)));
        history.trim(2500);
        let kept: Vec<f32> = history.undo.iter().map(|state| state.spec.slot().z[0]).collect();
        assert_eq!(kept, [3.0, 4.0]);
        history.trim(10);
        assert_eq!(history.undo.len(), 1);
        let shared = history.undo[0].clone();
        (0..5).for_each(|_| history.record(shared.clone()));
        history.trim(1500);
        assert_eq!(history.undo.len(), 6, "what states share costs once");
    }
}
