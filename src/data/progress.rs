//! How work is followed from outside, and given up.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

/// How far work has come, written by one thread and read by another; clones share it.
#[derive(Clone, Debug)]
pub struct Progress {
    done: Arc<AtomicU64>,
    all: Arc<AtomicU64>,
    begun: Instant,
}

impl Default for Progress {
    fn default() -> Self {
        Self { done: Arc::default(), all: Arc::default(), begun: Instant::now() }
    }
}

impl Progress {
    /// Says that `done` of `all` is done.
    pub fn set(&self, done: u64, all: u64) {
        self.done.store(done, Ordering::Relaxed);
        self.all.store(all, Ordering::Relaxed);
    }

    /// How much is done, from 0 to 1; none while nobody knows.
    pub fn share(&self) -> Option<f64> {
        let (done, all) = (self.done.load(Ordering::Relaxed), self.all.load(Ordering::Relaxed));
        (all > 0).then(|| (done as f64 / all as f64).min(1.0))
    }

    /// How much is done and how long the rest will take, in words.
    pub fn in_words(&self) -> String {
        match self.share() {
            Some(share) if share > 0.02 => {
                let left_secs = self.begun.elapsed().as_secs_f64() * (1.0 - share) / share;
                format!("Reading… {:.0} %, {left_secs:.0} s left", 100.0 * share)
            }
            _ => "Reading…".into(),
        }
    }
}

/// Set by one thread so that another gives up what it is doing; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Asks the work to stop.
    pub fn set(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Takes the wish back, for a thread that is asked again and again.
    pub fn clear(&self) {
        self.0.store(false, Ordering::Release);
    }

    /// Whether the work is to stop.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}
