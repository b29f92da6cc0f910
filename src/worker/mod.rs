//! The only threads: `train`, `decode`, two lanes for `files` and for what is to `derive`, the compute pools,
//! `read` while a file is read, and `dialog` while the system asks something.
//!
//! Commands go in through bounded queues, beside a flag that running work reads every mini-batch. Results
//! come out through one [`Outbox`] of latest-only slots and short lists, which the window drains once a
//! frame. A decode request overwrites the one before it for the same view; newer work of a lane takes the
//! place of older work of its key, but for files that are to be written. No lock is held across compute. A
//! panic in any piece of work becomes an event. What is worked out lives in the rooms before this one.
//! Dropping [`Workers`] writes the files that wait and stops everything else.

mod decode;
mod derive;
mod dialog;
mod files;
mod lane;
mod mailbox;
mod outbox;
pub mod pool;
mod protocol;
mod shown;
mod train;

pub use crate::train::CodeCloud;
pub use decode::SplitDecoder;
pub use outbox::{Outbox, SharedOutbox, Waker};
pub use protocol::{
    Begin, DataLoad, DecodeRequest, Decoded, Derive, Elsewhere, Event, Job, JobKey, OpenAs, Pace, Phase, SlotId,
    Snapshot, TrainCommand, TrainStatus, Until, ViewId, Work, Written,
};

use decode::DecodeQueue;
use dialog::Dialogs;
use lane::Lane;
use mailbox::Mailbox;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The running threads; dropping it stops them.
pub struct Workers {
    train: Arc<Mailbox<TrainCommand>>,
    decode: Arc<DecodeQueue>,
    files: Arc<Lane>,
    derive: Arc<Lane>,
    dialogs: Dialogs,
    outbox: SharedOutbox,
    /// Those that stop at once, or are left to end with the program.
    threads: Vec<JoinHandle<()>>,
    /// The one that writes files, which is waited for.
    writer: Option<JoinHandle<()>>,
}

/// Time that closing leaves a thread to stop by itself: longer than a mini-batch, a picture or a sweep of a
/// solver should be.
const CLOSING: Duration = Duration::from_millis(80);

impl Workers {
    /// Starts the threads; `waker` is called whenever the outbox has something new.
    pub fn start(waker: Waker) -> std::io::Result<Self> {
        let outbox = SharedOutbox::new(waker);
        let (train, decode) = (Arc::<Mailbox<TrainCommand>>::default(), Arc::<DecodeQueue>::default());
        let (files, derive) = (Arc::<Lane>::default(), Arc::<Lane>::default());
        let spawn =
            |name: &str, work: Box<dyn FnOnce() + Send>| std::thread::Builder::new().name(name.into()).spawn(work);
        let (out, queue) = (outbox.clone(), Arc::clone(&train));
        let of_train = spawn("train", Box::new(move || train::serve(&queue, &out)))?;
        let (out, queue) = (outbox.clone(), Arc::clone(&decode));
        let of_decode = spawn("decode", Box::new(move || decode::serve(&queue, &out)))?;
        let (out, lane) = (outbox.clone(), Arc::clone(&derive));
        let of_derive = spawn("derive", Box::new(move || derive::serve(&lane, &out)))?;
        let (out, lane) = (outbox.clone(), Arc::clone(&files));
        let writer = spawn("files", Box::new(move || files::serve(&lane, &out)))?;
        let threads = vec![of_train, of_decode, of_derive];
        let dialogs = Dialogs::default();
        Ok(Self { train, decode, files, derive, dialogs, outbox, threads, writer: Some(writer) })
    }

    /// Tells the train thread something; work in progress there looks up within a mini-batch.
    pub fn train(&self, command: TrainCommand) {
        if !self.train.send(command) {
            log::warn!("the train thread does not take commands");
        }
    }

    /// Asks for pictures; an unanswered request for the same view is replaced.
    pub fn decode(&self, request: DecodeRequest) {
        self.decode.put(request);
    }

    /// Queues work; waiting or running work of the same kind is given up in its favour, unless it writes a
    /// file.
    pub fn job(&self, job: Job) {
        if job.is_file() { self.files.put(job) } else { self.derive.put(job) }
    }

    /// Gives up what is being loaded or opened.
    pub fn cancel_loads(&self) {
        self.files.cancel(|_| true);
    }

    /// Asks the user something that may take long, such as for a file, unless something is being asked; the
    /// answer comes as an event.
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
        self.train.close();
        self.decode.close();
        self.derive.close();
        self.files.close();
        let end = Instant::now() + CLOSING;
        for thread in self.threads.drain(..) {
            while !thread.is_finished() && Instant::now() < end {
                std::thread::sleep(Duration::from_millis(1));
            }
            if thread.is_finished() {
                join(thread);
            } else {
                log::debug!("{} is left to end by itself", thread.thread().name().unwrap_or_default());
            }
        }
        if let Some(writer) = self.writer.take() {
            join(writer);
        }
    }
}

fn join(thread: JoinHandle<()>) {
    if thread.join().is_err() {
        log::error!("a worker thread had panicked");
    }
}

/// Runs a piece of work; a panic goes into the log and becomes a sentence for the user.
fn guarded<T>(what: &str, work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        let said = panic
            .downcast_ref::<&str>()
            .map(ToString::to_string)
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_default();
        log::error!("{what} panicked: {said}");
        // What an assertion says is for who mends it, not for who met it.
        format!("{what} came upon a fault in this program; the log has the details")
    })
}

#[cfg(test)]
mod tests;
