//! The lane of files: what is loaded, opened and saved, one after another, and nothing else before them.
//!
//! A read happens on a thread of its own, which is left to itself once the read is given up: a file that does
//! not answer holds up neither the files after it nor closing. A write is waited for, whatever happens.

use super::guarded;
use super::lane::Lane;
use super::outbox::SharedOutbox;
use super::protocol::{DataLoad, Elsewhere, Event, Job, OpenAs, Written};
use crate::data::{Cancel, Reading, load};
use crate::picture::Pixels;
use crate::store::{self, Beside, StoreError};
use crate::train::Checkpoint;
use std::path::Path;
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
        Job::LoadData(stamp, DataLoad { choice, settings, progress }) => {
            let loaded = guarded("loading the data", || {
                let reading = Reading { progress, ..settings.reading(cancel) };
                let data = load(&choice, &reading).map_err(|e| e.to_string())?;
                // Worked out here once, so that no frame of the window has to.
                data.train.checksum();
                Ok(Box::new(data))
            });
            Some(Event::DataLoaded(stamp, choice, loaded.and_then(|loaded| loaded)))
        }
        Job::OpenModel(stamp, path, by) => {
            let OpenAs { answers, data } = *by;
            let data = data.as_ref().map(|data| &data.train);
            // An answer may end what another was about: that one is asked anew.
            let beside = Beside { answers: &answers, data, keeps_what_fits: true };
            let opened = guarded("opening the model", || store::open_as(&path, beside));
            let opened = opened.and_then(|opened| opened.map(Box::new).map_err(|e| e.to_string()));
            Some(Event::ModelOpened(stamp, path, opened))
        }
        Job::Recognise(stamp, path) => {
            let found = guarded("looking at the file", || store::recognise(&path));
            Some(Event::Recognised(stamp, path, found.and_then(|found| found)))
        }
        Job::Read(derive) => {
            // One that breaks tells nobody anything, which is an answer too.
            let done = guarded(derive.key.0, || derive.work.run(cancel));
            if let Err(e) = done {
                log::error!("{e}");
            }
            Some(Event::Derived)
        }
        Job::Save(..) | Job::Derive(_) => None,
    }
}

fn write(path: &Path, written: Written) -> Event {
    let guarded =
        |work: &mut dyn FnMut() -> Result<u64, String>| guarded("writing the file", work).and_then(|saved| saved);
    match written {
        Written::Model(checkpoint) => {
            let saved = guarded(&mut || save_model(path, &checkpoint));
            Event::Saved(path.into(), Some(checkpoint), saved)
        }
        Written::File { bytes, what } => Event::Exported(path.into(), what, guarded(&mut || put(path, &bytes))),
        Written::Folder { files, what } => {
            let saved = guarded(&mut || store::write_folder(path, &files).map_err(|e| e.to_string()));
            Event::Exported(path.into(), what, saved)
        }
        Written::Picture { render, n } => {
            let mut render = Some(render);
            let saved = guarded(&mut || save_picture(path, render.take().and_then(|render| render()), n));
            Event::Saved(path.into(), None, saved)
        }
        Written::Script(asked) => {
            let Elsewhere { spec, train, data, from } = *asked;
            let write = || store::write_script(path, (&spec, &train), &data, from.as_deref());
            let written = super::guarded("writing the script", write);
            Event::ScriptWritten(path.into(), written.and_then(|files| files.map_err(|e| e.to_string())))
        }
        Written::Session { text, beside } => {
            // The session comes last, so that it never names weights that could not be written.
            let saved = guarded(&mut || {
                beside.iter().try_for_each(|(file, checkpoint)| save_model(file, checkpoint).map(drop))?;
                put(path, text.as_bytes())
            });
            Event::SessionSaved(path.into(), beside, saved)
        }
    }
}

fn save_model(path: &Path, checkpoint: &Checkpoint) -> Result<u64, String> {
    put(path, &store::to_bytes(checkpoint, false).map_err(|e| e.to_string())?)
}

/// Writes a picture in the format of its file's name.
fn save_picture(path: &Path, made: Option<Result<Pixels, StoreError>>, n: usize) -> Result<u64, String> {
    let made = made.ok_or("this model has no decoder, so there is no picture to write")?;
    let pixels = made.map_err(|e| e.to_string())?;
    let is_gif = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gif"));
    let bytes = if is_gif { store::gif(&pixels, n) } else { store::png(&pixels) };
    put(path, &bytes.map_err(|e| e.to_string())?)
}

/// Writes a file and returns its size in bytes.
fn put(path: &Path, bytes: &[u8]) -> Result<u64, String> {
    store::write(path, bytes).map_err(|e| e.to_string())?;
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
