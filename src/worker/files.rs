//! The lane of files: what is loaded, opened and saved, one after another, and nothing else before them.
//!
//! A read happens on a thread of its own, which is left to itself once the read is given up: a file that does
//! not answer holds up neither the files after it nor closing. A write is waited for, whatever happens.

use super::guarded;
use super::lane::Lane;
use super::outbox::SharedOutbox;
use super::protocol::{Event, Job, Written};
use crate::data::{Cancel, Reading, load};
use crate::store;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

/// Time between two looks at whether a read is given up.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// Reads and writes until the lane is closed.
pub fn serve(lane: &Lane, outbox: &SharedOutbox) {
    while let Some((job, cancel)) = lane.take() {
        let event = match job {
            Job::Save(path, written) => Some(write(&path, written)),
            job => {
                let of_reader = cancel.clone();
                aside(move || read(job, &of_reader), &cancel)
            }
        };
        if let Some(event) = event.filter(|_| !cancel.is_set()) {
            outbox.put(|out| out.events.push(event));
        }
    }
}

/// Reads on another thread, as long as it takes or until it is given up.
fn aside<T: Send + 'static>(read: impl FnOnce() -> Option<T> + Send + 'static, cancel: &Cancel) -> Option<T> {
    let (sender, answer) = sync_channel(1);
    // Nobody may be waiting any more.
    let reader = move || drop(sender.send(read()));
    if let Err(e) = std::thread::Builder::new().name("read".into()).spawn(reader) {
        log::error!("no thread to read files: {e}");
        return None;
    }
    while !cancel.is_set() {
        match answer.recv_timeout(LOOK_EVERY) {
            Ok(found) => return found,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return None,
        }
    }
    None
}

fn read(job: Job, cancel: &Cancel) -> Option<Event> {
    match job {
        Job::LoadData(stamp, choice) => {
            let loaded = guarded("loading the data", || {
                let reading = Reading { cancel: cancel.clone(), ..Reading::default() };
                let data = load(&choice, &reading).map_err(|e| e.to_string())?;
                // Worked out here once, so that no frame of the window has to.
                data.train.checksum();
                Ok(Box::new(data))
            });
            Some(Event::DataLoaded(stamp, choice, loaded.and_then(|loaded| loaded)))
        }
        Job::OpenModel(stamp, path) => {
            let opened = guarded("opening the model", || store::open(&path));
            let opened = opened.and_then(|opened| opened.map(Box::new).map_err(|e| e.to_string()));
            Some(Event::ModelOpened(stamp, path, opened))
        }
        Job::Save(..) | Job::Derive(_) => None,
    }
}

fn write(path: &Path, written: Written) -> Event {
    let model = match &written {
        Written::Model(checkpoint) => Some(Arc::clone(checkpoint)),
        Written::Picture { .. } => None,
    };
    let saved = guarded("writing the file", || save(path, written)).and_then(|saved| saved);
    Event::Saved(path.into(), model, saved)
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[test]
    fn a_read_that_hangs_holds_nothing_up_once_it_is_given_up() {
        let (answer, file) = channel::<u8>();
        let (begun, is_begun) = channel();
        let cancel = Cancel::default();
        let give_up = cancel.clone();
        let hangs = move || {
            begun.send(()).ok();
            file.recv().ok()
        };
        let user = std::thread::spawn(move || {
            is_begun.recv().unwrap();
            give_up.set();
        });
        // It would wait for ever: the file answers only afterwards.
        assert_eq!(aside(hangs, &cancel), None);
        user.join().unwrap();
        drop(answer);
        assert_eq!(aside(|| Some(7), &Cancel::default()), Some(7));
    }
}
