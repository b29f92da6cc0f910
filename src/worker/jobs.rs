//! The jobs thread: loading, opening and searching, one after another.

use super::compare::{rival, score};
use super::guarded;
use super::measure::{corrupted, log_p};
use super::outbox::SharedOutbox;
use super::pool::{available_threads, compute_pool};
use super::protocol::{Event, Job, JobKey, Nearest, NearestRequest, Written};
use crate::data::{Cancel, Reading, load, nearest, usual_distance};
use crate::nn::Scratch;
use crate::store;
use ndarray::ArrayView2;
use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

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
            && *running != JobKey::Save
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
        if key != JobKey::Save {
            waiting.jobs.retain(|old| old.key() != key);
            waiting.cancel(Some(key));
        }
        waiting.jobs.push_back(job);
        self.arrived.notify_one();
    }

    /// Gives up everything but files that are to be written.
    pub fn cancel_all(&self) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.jobs.retain(|job| job.key() == JobKey::Save);
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
            if let Some(job) = waiting.jobs.pop_front() {
                let cancel = Cancel::default();
                waiting.running = Some((job.key(), cancel.clone()));
                return Some((job, cancel));
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
    // At lowered priority; where threads cannot be had, the surrounding ones do.
    let pool = compute_pool("jobs-pool", available_threads(), true).ok();
    while let Some((job, cancel)) = queue.take() {
        let event = match &pool {
            Some(pool) if job.is_parallel() => pool.install(|| work(job, &cancel)),
            _ => work(job, &cancel),
        };
        if let Some(event) = event.filter(|_| !cancel.is_set()) {
            outbox.put(|out| out.events.push(event));
        }
    }
}

fn work(job: Job, cancel: &Cancel) -> Option<Event> {
    Some(match job {
        Job::LoadData(stamp, choice) => {
            let loaded = guarded("loading the data", || {
                let reading = Reading { cancel: cancel.clone(), ..Reading::default() };
                let data = load(&choice, &reading).map_err(|e| e.to_string())?;
                // Worked out here once, so that no frame of the window has to.
                data.train.checksum();
                Ok(Box::new(data))
            });
            Event::DataLoaded(stamp, choice, loaded.and_then(|loaded| loaded))
        }
        Job::OpenModel(stamp, path) => {
            let opened = guarded("opening the model", || store::open(&path));
            let opened = opened.and_then(|opened| opened.map(Box::new).map_err(|e| e.to_string()));
            Event::ModelOpened(stamp, path, opened)
        }
        Job::Save(path, written) => {
            let model = match &written {
                Written::Model(checkpoint) => Some(Arc::clone(checkpoint)),
                Written::Picture { .. } => None,
            };
            let saved = guarded("writing the file", || save(&path, written)).and_then(|saved| saved);
            Event::Saved(path, model, saved)
        }
        Job::Nearest(request) => {
            // Also an empty answer is one: the next search waits for it.
            let found = guarded("the search for near images", || find_nearest(&request, cancel)).ok().flatten();
            Event::NearestFound(Nearest { stamp: request.stamp, samples: found.unwrap_or_default() })
        }
        Job::Rival(request) => {
            let fetched = guarded("fetching the model", || rival(&request, cancel)).and_then(|fetched| fetched);
            Event::RivalReady(request.stamp, fetched.map(Box::new))
        }
        Job::Score(model, cloud, data) => {
            let scores = guarded("scoring the model", || score(&model, &cloud, &data, cancel)).ok()??;
            Event::Scored(model, scores)
        }
        Job::Corrupt(request) => {
            Event::CorruptedReady(guarded("mending corrupted images", || corrupted(&request)).ok().flatten())
        }
        Job::LogP(model, data) => {
            Event::LogPFound(guarded("working out ln p(x)", || log_p(&model, &data, cancel)).ok().flatten())
        }
        Job::Scale(data) => {
            let work = || usual_distance(&data.train, &data.test, cancel);
            Event::ScaleFound(data.train.checksum(), guarded("the search for near images", work).ok()??)
        }
    })
}

/// Writes a file in the format of its name and returns its size in bytes.
fn save(path: &Path, written: Written) -> Result<u64, String> {
    let bytes = match written {
        Written::Model(checkpoint) => store::to_bytes(&checkpoint, false),
        Written::Picture { render, n } => {
            let pixels = render().ok_or("this model has no decoder, so there is no picture to write")?;
            let is_gif = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gif"));
            if is_gif { store::gif(&pixels, n) } else { store::png(&pixels) }
        }
    };
    let bytes = bytes.map_err(|e| e.to_string())?;
    store::write(path, &bytes).map_err(|e| e.to_string())?;
    Ok(bytes.len() as u64)
}

/// Pause before each search while a training runs.
const GENTLE: Duration = Duration::from_millis(300);

fn find_nearest(request: &NearestRequest, cancel: &Cancel) -> Option<Vec<(u32, f32)>> {
    if request.is_gentle {
        std::thread::sleep(GENTLE);
    }
    let z = ArrayView2::from_shape((1, request.z.len()), &request.z).ok()?;
    let x_hat = request.model.decoder()?.decode(z, &request.labels, &mut Scratch::default());
    nearest(&request.data, x_hat.as_slice()?, request.k, cancel)
}
