//! The decode thread: codes to pixels, the newest request of each view, the most urgent view first.

use super::guarded;
use super::outbox::SharedOutbox;
use super::protocol::{DecodeRequest, Decoded, Event, ViewId};
use crate::nn::Scratch;
use crate::picture::render::render;
use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, PoisonError};

/// Requests that wait: one a view, the newest.
#[derive(Default)]
pub struct DecodeQueue {
    waiting: Mutex<Waiting>,
    arrived: Condvar,
}

#[derive(Default)]
struct Waiting {
    requests: BTreeMap<ViewId, DecodeRequest>,
    closed: bool,
}

impl DecodeQueue {
    /// Puts a request in the place of any other of its view.
    pub fn put(&self, request: DecodeRequest) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.requests.insert(request.view, request);
        self.arrived.notify_one();
    }

    /// Lets the thread end.
    pub fn close(&self) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        self.arrived.notify_one();
    }

    fn take(&self) -> Option<DecodeRequest> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if waiting.closed {
                return None;
            }
            if let Some((_, request)) = waiting.requests.pop_first() {
                return Some(request);
            }
            waiting = self.arrived.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Decodes until the queue is closed.
pub fn serve(queue: &DecodeQueue, outbox: &SharedOutbox) {
    let mut scratch = Scratch::default();
    while let Some(request) = queue.take() {
        let work = || render(&*request.model, &request.z.view(), &request.labels, request.columns, &mut scratch);
        match guarded("the decoder", work) {
            Ok(Some(pixels)) => {
                let decoded = Decoded { stamp: request.stamp, pixels };
                outbox.put(|out| {
                    out.decoded.insert(request.view, decoded);
                });
            }
            Ok(None) => {}
            Err(error) => outbox.put(|out| out.events.push(Event::DecodeFailed(error))),
        }
    }
}
