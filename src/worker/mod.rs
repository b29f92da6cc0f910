//! The only threads: `train`, `decode`, `jobs`, the compute pools, and `dialog` while the system asks something.
//!
//! Commands go in through bounded channels, beside an atomic flag that running work reads every mini-batch. Results come
//! out through one [`Outbox`] of latest-only slots and short lists, which the window drains once a frame. A decode
//! request overwrites the one before it for the same view. No lock is held across compute. A panic in any piece of work
//! becomes an event. Dropping [`Workers`] stops and joins all threads but an open dialog's, which ends with the program.

mod compare;
mod decode;
mod dialog;
mod jobs;
mod measure;
mod outbox;
pub mod pool;
mod protocol;
mod train;

pub use decode::SplitDecoder;
pub use outbox::{Outbox, SharedOutbox, Waker};
pub use protocol::{
    Begin, CodeCloud, CorruptedRequest, CorruptedRows, DecodeRequest, Decoded, Event, Job, JobKey, Nearest,
    NearestRequest, Phase, Rival, RivalRequest, RivalSource, Scores, SlotId, Snapshot, TrainCommand, TrainStatus,
    Until, ViewId, Written,
};

use decode::DecodeQueue;
use dialog::Dialogs;
use jobs::JobQueue;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;

/// The running threads; dropping it stops and joins them.
pub struct Workers {
    train: Option<SyncSender<TrainCommand>>,
    interrupt: train::Interrupt,
    decode: Arc<DecodeQueue>,
    jobs: Arc<JobQueue>,
    dialogs: Dialogs,
    outbox: SharedOutbox,
    threads: Vec<JoinHandle<()>>,
}

/// Commands that may wait for the train thread; it answers within a mini-batch, so more never pile up.
const TRAIN_COMMANDS: usize = 64;

impl Workers {
    /// Starts the threads; `waker` is called whenever the outbox has something new.
    pub fn start(waker: Waker) -> std::io::Result<Self> {
        let outbox = SharedOutbox::new(waker);
        let (sender, receiver) = sync_channel(TRAIN_COMMANDS);
        let interrupt = train::Interrupt::default();
        let (decode, jobs) = (Arc::<DecodeQueue>::default(), Arc::<JobQueue>::default());
        let mut threads = Vec::new();
        let mut spawn = |name: &str, work: Box<dyn FnOnce() + Send>| {
            std::thread::Builder::new().name(name.into()).spawn(work).map(|thread| threads.push(thread))
        };
        let (out, flag) = (outbox.clone(), interrupt.clone());
        spawn("train", Box::new(move || train::serve(&receiver, &flag, &out)))?;
        let (out, queue) = (outbox.clone(), Arc::clone(&decode));
        spawn("decode", Box::new(move || decode::serve(&queue, &out)))?;
        let (out, queue) = (outbox.clone(), Arc::clone(&jobs));
        spawn("jobs", Box::new(move || jobs::serve(&queue, &out)))?;
        Ok(Self { train: Some(sender), interrupt, decode, jobs, dialogs: Dialogs::default(), outbox, threads })
    }

    /// Tells the train thread something; work in progress there looks up within a mini-batch.
    pub fn train(&self, command: TrainCommand) {
        self.interrupt.set();
        if let Some(train) = &self.train
            && train.try_send(command).is_err()
        {
            log::warn!("the train thread does not take commands");
        }
    }

    /// Asks for pictures; an unanswered request for the same view is replaced.
    pub fn decode(&self, request: DecodeRequest) {
        self.decode.put(request);
    }

    /// Queues work; waiting or running work of the same kind is given up in its favour.
    pub fn job(&self, job: Job) {
        self.jobs.put(job);
    }

    /// Gives up all queued and running work of the jobs thread.
    pub fn cancel_jobs(&self) {
        self.jobs.cancel_all();
    }

    /// Asks the user something that may take long, such as for a file, unless something is being asked; the answer comes
    /// as an event.
    pub fn ask(&self, question: impl FnOnce() -> Option<Event> + Send + 'static) -> bool {
        self.dialogs.ask(question, &self.outbox)
    }

    /// Takes everything that has arrived.
    pub fn drain(&self) -> Outbox {
        self.outbox.drain()
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.train = None;
        self.interrupt.set();
        self.decode.close();
        self.jobs.close();
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                log::error!("a worker thread had panicked");
            }
        }
    }
}

/// Runs a piece of work; a panic becomes a message.
fn guarded<T>(what: &str, work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        let said = panic
            .downcast_ref::<&str>()
            .map(ToString::to_string)
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_default();
        log::error!("{what} panicked: {said}");
        format!("{what} failed: {said}")
    })
}

#[cfg(test)]
mod tests;
