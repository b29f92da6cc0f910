//! Compute pools.

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use thread_priority::{ThreadPriority, ThreadPriorityValue, set_current_thread_priority};

/// Number of cores this program may use.
pub fn available_threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Who comes first where cores are short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    /// As any program has it.
    Normal,
    /// Yields to the window and the decoder, and still has its share beside other busy programs: somebody
    /// waits for it.
    Lowered,
    /// Yields to everything else: it goes on for long, and nobody waits for its next step.
    Least,
}

/// Half of what can be yielded: niceness 9 or 10 on Linux, "below normal" on Windows.
const LOWERED: u8 = 24;

/// A pool of `threads` named after `name`, all at one priority.
pub fn compute_pool(
    name: &'static str,
    threads: usize,
    priority: Priority,
) -> Result<ThreadPool, ThreadPoolBuildError> {
    ThreadPoolBuilder::new()
        .num_threads(threads)
        .thread_name(move |i| format!("{name}-{i}"))
        .start_handler(move |_| run_at(priority))
        .build()
}

/// Gives the calling thread a priority; where the system refuses, it stays as it is.
pub fn run_at(priority: Priority) {
    let set = match priority {
        Priority::Normal => return,
        Priority::Lowered => ThreadPriorityValue::try_from(LOWERED).map(ThreadPriority::Crossplatform),
        Priority::Least => Ok(ThreadPriority::Min),
    };
    match set.map(set_current_thread_priority) {
        Ok(Ok(())) => {}
        Ok(Err(e)) => log::debug!("thread priority stays as it is: {e:?}"),
        Err(e) => log::debug!("thread priority stays as it is: {e}"),
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;

    /// The niceness of the calling thread, as the system has it.
    fn niceness() -> i32 {
        let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap();
        let (_, after_name) = stat.rsplit_once(')').unwrap();
        after_name.split_whitespace().nth(16).unwrap().parse().unwrap()
    }

    #[test]
    fn what_somebody_waits_for_yields_half_as_much_as_a_training() {
        let of = |priority| std::thread::spawn(move || (run_at(priority), niceness()).1).join().unwrap();
        let usual = of(Priority::Normal);
        // Where the tests themselves are nice, no thread can become less so.
        if usual == 0 {
            let lowered = of(Priority::Lowered);
            assert!((9..=11).contains(&lowered), "{lowered}");
            assert_eq!(of(Priority::Least), 19);
        }
    }
}
