//! The system's dialogs for files and folders.

use super::context::WindowState;
use super::files::Purpose;
use crate::session::{EXTENSION, Export};
use crate::worker::{Event, Workers};
use std::time::{Duration, Instant};

/// How the names of files end that can be opened and saved, and those of pictures.
const OPENED: [&str; 2] = ["safetensors", EXTENSION];
const PICTURES: [&str; 7] = ["png", "jpg", "jpeg", "webp", "bmp", "gif", "tiff"];

/// Asks the system for files. Made here, as some systems open dialogs from the main thread only, and
/// waited for elsewhere.
pub fn ask(workers: &Workers, window: &mut WindowState, frame: &eframe::Frame) {
    if std::mem::take(&mut window.wants_folder) {
        let answer = rfd::AsyncFileDialog::new().set_parent(frame).pick_folder();
        let picked = |folder: rfd::FileHandle| Event::FolderPicked(folder.path().into());
        window.waits_for_dialog |= workers.ask(move || answered(answer, picked));
    }
    let Some((purpose, path)) = window.files.wants_dialog.take() else { return };
    let dialog = rfd::AsyncFileDialog::new().set_file_name(path.file_name().unwrap_or_default().to_string_lossy());
    let picked = |file: rfd::FileHandle| Event::FilePicked(file.path().into());
    let asked = match purpose {
        Purpose::Open | Purpose::Beside => {
            let dialog = dialog.set_file_name("").add_filter("Models and sessions", &OPENED);
            let answer = dialog.add_filter("Pictures", &PICTURES).pick_file();
            workers.ask(move || answered(answer, picked))
        }
        Purpose::Save | Purpose::Close => {
            let answer = dialog.add_filter("Models and sessions", &OPENED).save_file();
            workers.ask(move || answered(answer, picked))
        }
        Purpose::ExportAs(Export::Projector(_)) => {
            let answer = dialog.pick_folder();
            workers.ask(move || answered(answer, picked))
        }
        Purpose::ExportAs(what) => {
            let formats: &[&str] = match what {
                Export::Codes(_) => &["csv", "npy", "npz"],
                Export::Onnx(_) => &["onnx"],
                Export::Pixels(_) => &["png"],
                Export::Figure(..) => &["svg", "png"],
                Export::Losses | Export::Chosen | Export::Projector(_) => &["csv"],
            };
            let answer = dialog.add_filter("Files", formats).save_file();
            workers.ask(move || answered(answer, picked))
        }
        Purpose::TrainElsewhere => {
            let answer = dialog.add_filter("Python", &["py"]).save_file();
            workers.ask(move || answered(answer, picked))
        }
        Purpose::Export => {
            let answer = dialog.add_filter("Pictures", &["png", "gif"]).save_file();
            workers.ask(move || answered(answer, picked))
        }
    };
    if asked {
        window.files.asked_for = Some(purpose);
        window.waits_for_dialog = true;
    }
}

/// Waits for a dialog. Where the system has none it is as if it were cancelled, but sooner than any hand
/// could.
fn answered<T>(answer: impl Future<Output = Option<T>>, event: impl FnOnce(T) -> Event) -> Option<Event> {
    const HAND: Duration = Duration::from_millis(200);
    let asked = Instant::now();
    match pollster::block_on(answer) {
        Some(file) => Some(event(file)),
        None if asked.elapsed() < HAND => Some(Event::NoDialog),
        None => Some(Event::DialogClosed),
    }
}
