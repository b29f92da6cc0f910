//! Work that waits for a thread of its own: the newest of each kind, and every file that is to be written.
//! Gentle work is followed by a rest, in which nothing but other work is done.

use super::protocol::{Job, JobKey};
use crate::data::Cancel;
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The rest after gentle work.
const REST: Duration = Duration::from_millis(300);

/// Jobs that wait, oldest first, and the one that is worked on.
#[derive(Default)]
pub struct Lane {
    waiting: Mutex<Waiting>,
    arrived: Condvar,
}

#[derive(Default)]
struct Waiting {
    jobs: VecDeque<Job>,
    /// What is being worked on, and how to make it stop.
    running: Option<(JobKey, Cancel)>,
    /// Whether that is gentle work.
    is_gentle: bool,
    /// When gentle work may be done again.
    rested_at: Option<Instant>,
    is_closed: bool,
}

impl Waiting {
    /// Gives up what waits and what runs, where `key` says so; never a file that is to be written.
    fn cancel(&mut self, key: impl Fn(JobKey) -> bool) {
        let is_given_up = |of: JobKey| of != JobKey::Save && key(of);
        self.jobs.retain(|job| {
            let stays = !is_given_up(job.key());
            if !stays {
                job.cancel().set();
            }
            stays
        });
        if let Some((running, cancel)) = &self.running
            && is_given_up(*running)
        {
            cancel.set();
        }
    }

    /// Takes the oldest job that may be done now.
    fn next(&mut self) -> Option<Job> {
        let rests = self.rest().is_some();
        let at = self.jobs.iter().position(|job| !rests || !job.is_gentle())?;
        self.jobs.remove(at)
    }

    /// How long gentle work still has to wait.
    fn rest(&self) -> Option<Duration> {
        let left = self.rested_at?.saturating_duration_since(Instant::now());
        (!left.is_zero()).then_some(left)
    }
}

impl Lane {
    /// Queues a job in the place of older ones with the same key, of which one may be running.
    pub fn put(&self, job: Job) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let key = job.key();
        waiting.cancel(|of| of == key);
        waiting.jobs.push_back(job);
        self.arrived.notify_one();
    }

    /// Gives up what has such a key; a file that is to be written never is.
    pub fn cancel(&self, key: impl Fn(JobKey) -> bool) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).cancel(key);
    }

    /// Lets the thread end once the files that wait are written.
    pub fn close(&self) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.cancel(|_| true);
        waiting.is_closed = true;
        self.arrived.notify_one();
    }

    /// Takes the oldest job that may be done now, with what makes it stop; none once the lane is closed and
    /// empty.
    pub fn take(&self) -> Option<(Job, Cancel)> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.running = None;
        if std::mem::take(&mut waiting.is_gentle) {
            waiting.rested_at = Some(Instant::now() + REST);
        }
        loop {
            if let Some(job) = waiting.next() {
                let cancel = job.cancel();
                waiting.running = Some((job.key(), cancel.clone()));
                waiting.is_gentle = job.is_gentle();
                return Some((job, cancel));
            }
            if waiting.is_closed {
                return None;
            }
            waiting = match waiting.rest().filter(|_| !waiting.jobs.is_empty()) {
                Some(rest) => self.arrived.wait_timeout(waiting, rest).unwrap_or_else(PoisonError::into_inner).0,
                None => self.arrived.wait(waiting).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::DataChoice;
    use crate::worker::{DataLoad, Derive, Pace, Work, Written};

    fn load(stamp: u64) -> Job {
        Job::LoadData(stamp, DataLoad::new(DataChoice::Moons))
    }

    fn save(name: &str) -> Job {
        Job::Save(name.into(), Written::Picture { render: Box::new(|| None), n: 1 })
    }

    fn stamp((job, _): &(Job, Cancel)) -> u64 {
        match job {
            Job::LoadData(stamp, _) => *stamp,
            _ => panic!("no load"),
        }
    }

    #[test]
    fn newer_work_takes_the_place_of_what_waits_and_stops_what_runs() {
        let lane = Lane::default();
        lane.put(load(1));
        let running = lane.take().unwrap();
        lane.put(Job::OpenModel(7, "model".into(), Default::default()));
        assert!(!running.1.is_set(), "work of another kind lets it be");
        lane.put(load(2));
        assert!(running.1.is_set(), "newer work of its kind stops it");
        lane.put(load(3));
        assert!(matches!(lane.take(), Some((Job::OpenModel(7, ..), _))));
        let newest = lane.take().unwrap();
        assert!(stamp(&newest) == 3 && !newest.1.is_set());
    }

    #[test]
    fn what_is_wanted_at_once_does_not_wait_for_the_rest_of_gentle_work() {
        struct Nothing;
        impl Work for Nothing {
            fn run(self: Box<Self>, _: &Cancel) {}
        }
        let derive = |what: &'static str, pace: Pace| {
            Job::Derive(Derive { key: (what, 0), cancel: Cancel::default(), pace, work: Box::new(Nothing) })
        };
        let lane = Lane::default();
        let next = || match lane.take().unwrap().0.key() {
            JobKey::Derive(what, _) => what,
            _ => panic!("another job"),
        };
        lane.put(derive("first", Pace::Gently));
        assert_eq!(next(), "first");
        let begin = Instant::now();
        lane.put(derive("second", Pace::Gently));
        lane.put(derive("at once", Pace::AtOnce));
        assert_eq!(next(), "at once");
        assert_eq!(next(), "second", "once it has rested");
        assert!(begin.elapsed() >= REST);
        lane.put(derive("third", Pace::Gently));
        lane.close();
        assert!(lane.take().is_none(), "closing waits for no rest");
    }

    #[test]
    fn files_that_are_to_be_written_are_never_given_up() {
        let lane = Lane::default();
        lane.put(save("a"));
        let running = lane.take().unwrap();
        lane.put(save("b"));
        lane.put(load(1));
        lane.put(save("c"));
        lane.cancel(|_| true);
        lane.close();
        assert!(!running.1.is_set(), "not while it is being written");
        let next = || lane.take().map(|(job, _)| matches!(job, Job::Save(..)));
        assert_eq!([next(), next(), next()], [Some(true), Some(true), None], "the load alone is gone");
    }
}
