//! Files dropped on the window.

use super::harness::Window;
use eframe::egui::DroppedFile;
use halfmoon::data::DataChoice;
use halfmoon::store;
use halfmoon::worker::ViewId;
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[derive(Debug)]
struct Dropped(PathBuf);

impl DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|e| e.to_string())
    }
}

fn drop_file(window: &mut Window, path: &Path) {
    window.harness.input_mut().dropped_files.push(Arc::new(Dropped(path.into())));
    window.steps(2);
}

#[test]
fn what_is_neither_model_nor_folder_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let notes = folder.path().join("notes.txt");
    std::fs::write(&notes, "no model").unwrap();
    let mut window = Window::opening();
    let (spec, picture) = (window.session().spec().clone(), window.pixels(ViewId::Picture));
    drop_file(&mut window, &notes);
    let toasts = window.session().toasts();
    assert_eq!(toasts.len(), 1, "{toasts:?}");
    assert!(toasts[0].first.contains("notes.txt is neither a model"), "{toasts:?}");
    window.settle();
    assert_eq!(*window.session().spec(), spec);
    assert_eq!(window.pixels(ViewId::Picture), picture);
    assert!(!window.session().is_busy());
    window.click("Close the message");
    assert!(window.session().toasts().is_empty());
}

#[test]
fn a_file_that_only_pretends_to_be_a_model_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join("broken.safetensors");
    std::fs::write(&broken, [0xff; 64]).unwrap();
    let mut window = Window::opening();
    let (spec, picture) = (window.session().spec().clone(), window.pixels(ViewId::Picture));
    drop_file(&mut window, &broken);
    window.wait("the message", |session| !session.toasts().is_empty() && !session.is_busy());
    assert!(window.session().toasts()[0].first.contains("broken.safetensors"));
    assert_eq!(*window.session().spec(), spec);
    assert_eq!(window.pixels(ViewId::Picture), picture);
}

#[test]
fn a_model_opens() {
    let folder = tempfile::tempdir().unwrap();
    let path = super::decode::ten_dimensions(folder.path());
    let mut window = Window::opening();
    drop_file(&mut window, &path);
    window.wait("the model", |session| session.latent_dim() == 10 && !session.is_busy());
    let step = store::load(&path).unwrap().trained.step;
    assert_eq!(window.session().weights().snapshot.as_ref().unwrap().step, step);
}

#[test]
fn a_folder_of_idx_files_is_loaded() {
    let folder = tempfile::tempdir().unwrap();
    for (name, n) in [("train-images-idx3-ubyte", 40u32), ("t10k-images-idx3-ubyte", 10)] {
        let mut bytes = vec![0, 0, 8, 3];
        [n, 28, 28].iter().for_each(|dim| bytes.extend(dim.to_be_bytes()));
        bytes.extend((0..n * 28 * 28).map(|i| (i % 251) as u8));
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    let mut window = Window::opening();
    drop_file(&mut window, folder.path());
    window.wait("the folder", |session| {
        session.data().is_some_and(|data| data.train.n_samples() == 40) && !session.is_busy()
    });
    assert_eq!(window.session().spec().data, DataChoice::Folder(folder.path().into()));
    window.wait("its codes", |session| session.cloud().is_some_and(|cloud| cloud.indices.len() == 40));
}
