//! What the threads have to say, waiting to be drained.

use super::protocol::{Decoded, Event, SlotId, Snapshot, TrainStatus, ViewId};
use crate::train::CurvePoint;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Called when something new has arrived; must return at once.
pub type Waker = Arc<dyn Fn() + Send + Sync>;

/// Results since the last drain: the newest of what is replaced, all of what adds up.
#[derive(Default)]
pub struct Outbox {
    /// The newest state of training.
    pub status: Option<TrainStatus>,
    /// The newest model and codes.
    pub snapshot: Option<Arc<Snapshot>>,
    /// New points of the training curve, with the generation they belong to.
    pub train_points: Vec<(u64, CurvePoint)>,
    /// New points of the test curve, likewise.
    pub test_points: Vec<(u64, CurvePoint)>,
    /// The newest pictures of each view of each model.
    pub decoded: BTreeMap<(ViewId, SlotId), Decoded>,
    /// Everything that happens once.
    pub events: Vec<Event>,
}

impl Outbox {
    /// Whether nothing has come.
    pub fn is_empty(&self) -> bool {
        self.status.is_none()
            && self.snapshot.is_none()
            && self.train_points.is_empty()
            && self.test_points.is_empty()
            && self.decoded.is_empty()
            && self.events.is_empty()
    }
}

/// An outbox that all threads share.
#[derive(Clone)]
pub struct SharedOutbox {
    inner: Arc<Mutex<Outbox>>,
    waker: Waker,
}

impl SharedOutbox {
    /// An empty outbox.
    pub fn new(waker: Waker) -> Self {
        Self { inner: Arc::default(), waker }
    }

    /// Puts something in and wakes the reader.
    pub fn put(&self, change: impl FnOnce(&mut Outbox)) {
        change(&mut self.inner.lock().unwrap_or_else(PoisonError::into_inner));
        (self.waker)();
    }

    /// Takes everything out.
    pub fn drain(&self) -> Outbox {
        std::mem::take(&mut *self.inner.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
