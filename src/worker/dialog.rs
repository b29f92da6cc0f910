//! Dialogs of the system: each waits on a thread of its own, which nothing else waits for.

use super::guarded;
use super::outbox::SharedOutbox;
use super::protocol::Event;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// At most one dialog at a time.
#[derive(Default)]
pub struct Dialogs {
    is_open: Arc<AtomicBool>,
}

impl Dialogs {
    /// Asks the user something, unless another question is open, and says whether; the thread ends with the
    /// answer or with the program.
    pub fn ask(&self, question: impl FnOnce() -> Option<Event> + Send + 'static, outbox: &SharedOutbox) -> bool {
        if self.is_open.swap(true, Ordering::AcqRel) {
            return false;
        }
        let (is_open, outbox) = (Arc::clone(&self.is_open), outbox.clone());
        let ask = move || {
            let answer = guarded("the dialog", question).ok().flatten();
            is_open.store(false, Ordering::Release);
            if let Some(event) = answer {
                outbox.put(|out| out.events.push(event));
            }
        };
        let started = std::thread::Builder::new().name("dialog".into()).spawn(ask);
        if let Err(e) = &started {
            log::warn!("no dialog: {e}");
            self.is_open.store(false, Ordering::Release);
        }
        started.is_ok()
    }
}
