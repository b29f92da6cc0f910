//! Compute pools.

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use thread_priority::{ThreadPriority, set_current_thread_priority};

/// Number of cores this program may use.
pub fn available_threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// A pool of `threads` named after `name`; `background` ones yield to the window and the decoder.
pub fn compute_pool(
    name: &'static str,
    threads: usize,
    background: bool,
) -> Result<ThreadPool, ThreadPoolBuildError> {
    ThreadPoolBuilder::new()
        .num_threads(threads)
        .thread_name(move |i| format!("{name}-{i}"))
        .start_handler(move |_| {
            if background {
                lower_priority();
            }
        })
        .build()
}

/// Lowers the calling thread's priority; where the system refuses, it stays as it is.
pub fn lower_priority() {
    if let Err(e) = set_current_thread_priority(ThreadPriority::Min) {
        log::debug!("thread priority stays as it is: {e:?}");
    }
}
