//! The jobs thread: loading and opening, one after another.

use super::guarded;
use super::outbox::SharedOutbox;
use super::protocol::{Event, Job, JobKey};
use crate::data::{Cancel, Limits, load};
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
    /// What is being worked on, and how to make it stop.
    running: Option<(JobKey, Cancel)>,
    closed: bool,
}

impl Waiting {
    /// Gives up what is running, if it is of this kind or any kind will do.
    fn cancel(&self, key: Option<JobKey>) {
        if let Some((running, cancel)) = &self.running
            && key.is_none_or(|key| key == *running)
        {
            cancel.set();
        }
    }
}

impl JobQueue {
    /// Queues a job in the place of older ones with the same key, of which one may be running.
    pub fn put(&self, job: Job) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let key = job.key();
        waiting.jobs.retain(|old| old.key() != key);
        waiting.cancel(Some(key));
        waiting.jobs.push_back(job);
        self.arrived.notify_one();
    }

    /// Gives up everything.
    pub fn cancel_all(&self) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.jobs.clear();
        waiting.cancel(None);
    }

    /// Lets the thread end.
    pub fn close(&self) {
        self.cancel_all();
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        self.arrived.notify_one();
    }

    fn take(&self) -> Option<(Job, Cancel)> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.running = None;
        loop {
            if waiting.closed {
                return None;
            }
            if let Some(job) = waiting.jobs.pop_front() {
                let cancel = Cancel::default();
                waiting.running = Some((job.key(), cancel.clone()));
                return Some((job, cancel));
            }
            waiting = self.arrived.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Works until the queue is closed.
pub fn serve(queue: &JobQueue, outbox: &SharedOutbox) {
    while let Some((job, cancel)) = queue.take() {
        let event = work(job, &cancel);
        if !cancel.is_set() {
            outbox.put(|out| out.events.push(event));
        }
    }
}

fn work(job: Job, cancel: &Cancel) -> Event {
    match job {
        Job::LoadData(stamp, choice) => {
            let loaded = guarded("loading the data", || {
                let limits = Limits { cancel: cancel.clone(), ..Limits::default() };
                let data = load(&choice, &limits).map_err(|e| e.to_string())?;
                // Worked out here once, so that no frame of the window has to.
                data.train.checksum();
                Ok(Box::new(data))
            });
            Event::DataLoaded(stamp, choice, loaded.and_then(|loaded| loaded))
        }
        Job::OpenModel(stamp, path) => {
            let opened = guarded("opening the model", || match &path {
                Some(path) => store::open(path),
                None => store::embedded_model(),
            });
            let opened = opened.and_then(|opened| opened.map(Box::new).map_err(|e| e.to_string()));
            Event::ModelOpened(stamp, path, opened)
        }
    }
}
