//! The lane of everything that is worked out beside training and pictures, one after another, the newest of
//! each kind.

use super::guarded;
use super::lane::Lane;
use super::outbox::SharedOutbox;
use super::pool::{Priority, available_threads, compute_pool};
use super::protocol::{Derive, Event, Job, Pace};
use rayon::ThreadPool;

/// Works until the lane is closed.
pub fn serve(lane: &Lane, outbox: &SharedOutbox) {
    // Before a training, which has time; where threads cannot be had, this one does.
    let pool = compute_pool("derive-pool", available_threads(), Priority::Lowered).ok();
    while let Some((job, _)) = lane.take() {
        if let Job::Derive(derive) = job {
            let cancel = derive.cancel.clone();
            run(derive, pool.as_ref());
            if !cancel.is_set() {
                outbox.put(|out| out.events.push(Event::Derived));
            }
        }
    }
}

/// Runs a piece of work; one that breaks tells nobody anything, which is an answer too.
fn run(Derive { key, cancel, pace, work }: Derive, pool: Option<&ThreadPool>) {
    if cancel.is_set() {
        return;
    }
    let work = || guarded(key.0, || work.run(&cancel));
    let done = if pace == Pace::OnAllCores { on(pool, work) } else { work() };
    if let Err(e) = done {
        log::error!("{e}");
    }
}

fn on<T: Send>(pool: Option<&ThreadPool>, work: impl FnOnce() -> T + Send) -> T {
    match pool {
        Some(pool) => pool.install(work),
        None => work(),
    }
}
