//! The jobs thread: loading, opening and dialogs, one after another.

use super::guarded;
use super::outbox::SharedOutbox;
use super::protocol::{Event, Job};
use crate::data::{Limits, load};
use crate::store;
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, PoisonError};

/// Jobs that wait, oldest first.
#[derive(Default)]
pub struct JobQueue {
    waiting: Mutex<Waiting>,
    arrived: Condvar,
}

#[derive(Default)]
struct Waiting {
    jobs: VecDeque<Job>,
    closed: bool,
}

impl JobQueue {
    /// Queues a job; an older one with the same key leaves the queue.
    pub fn put(&self, job: Job) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let key = job.key();
        waiting.jobs.retain(|old| old.key() != key);
        waiting.jobs.push_back(job);
        self.arrived.notify_one();
    }

    /// Lets the thread end.
    pub fn close(&self) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.jobs.clear();
        waiting.closed = true;
        self.arrived.notify_one();
    }

    fn take(&self) -> Option<Job> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(job) = waiting.jobs.pop_front() {
                return Some(job);
            }
            if waiting.closed {
                return None;
            }
            waiting = self.arrived.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Works until the queue is closed.
pub fn serve(queue: &JobQueue, outbox: &SharedOutbox) {
    while let Some(job) = queue.take() {
        if let Some(event) = work(job) {
            outbox.put(|out| out.events.push(event));
        }
    }
}

fn work(job: Job) -> Option<Event> {
    Some(match job {
        Job::LoadData(choice) => {
            let loaded = guarded("loading the data", || {
                let data = load(&choice, &Limits::default()).map_err(|e| e.to_string())?;
                // Worked out here once, so that no frame of the window has to.
                data.train.fingerprint();
                Ok(Box::new(data))
            });
            Event::DataLoaded(choice, loaded.and_then(|loaded| loaded))
        }
        Job::OpenModel(path) => {
            let opened = guarded("opening the model", || match &path {
                Some(path) => store::load(path),
                None => store::embedded_model(),
            });
            let opened = opened.and_then(|opened| opened.map(Box::new).map_err(|e| e.to_string()));
            Event::ModelOpened(path, opened)
        }
        Job::PickFolder(dialog) => Event::FolderPicked(guarded("the dialog", dialog).ok()??),
    })
}
