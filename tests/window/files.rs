//! Files: dropped on the window, opened, saved, and not lost.

use super::harness::Window;
use eframe::egui::{DroppedFile, Event, Key, Modifiers, ViewportCommand};
use egui_kittest::kittest::Queryable;
use halfmoon::data::DataChoice;
use halfmoon::session::{Action, Group, PathEnd};
use halfmoon::store;
use halfmoon::worker::{Until, ViewId};
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

pub fn drop_file(window: &mut Window, path: &Path) {
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
    window.wait("the message", |session| !session.toasts().is_empty());
    let toasts = window.session().toasts();
    assert_eq!(toasts.len(), 1, "{toasts:?}");
    assert!(toasts[0].first.contains("notes.txt: it has no column of numbers"), "{toasts:?}");
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
    window
        .wait("what was understood", |session| session.preview().is_some_and(|preview| preview.found().is_some()));
    window.steps(2);
    window.click("Use these data");
    window.wait("the folder", |session| {
        session.data().is_some_and(|data| data.train.n_samples() == 40) && !session.is_busy()
    });
    assert_eq!(window.session().spec().data, DataChoice::Path(folder.path().into()));
    window.wait("its codes", |session| session.cloud().is_some_and(|cloud| cloud.indices.len() == 40));
}

/// Types into the card's field, which has the keyboard, and takes it.
pub fn type_path(window: &mut Window, path: &Path) {
    window.steps(2);
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.steps(1);
    window.harness.event(Event::Text(path.display().to_string()));
    window.steps(2);
    window.key(Modifiers::NONE, Key::Enter);
}

/// Some training that is in no file.
fn trained() -> Window {
    let mut window = Window::of(DataChoice::FullHalf);
    window.act(Action::Set(Group::Model, "hidden".into(), "16".into()));
    window.act(Action::Train(Until::Steps(3)));
    window.wait("three steps", |session| session.can_train() && session.is_unsaved());
    window
}

#[test]
fn a_model_is_saved_under_a_typed_name_and_then_without_asking() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = trained();
    window.key(Modifiers::COMMAND, Key::S);
    let path = folder.path().join("mine");
    type_path(&mut window, &path);
    let file = path.with_extension("safetensors");
    window.wait("the file", |session| !session.is_unsaved());
    assert_eq!(window.session().save_target().as_deref(), Some(file.as_path()));
    // The codes of the last step may still be on their way.
    window.wait("a name for commands", |session| session.model_file().as_deref() == Some(file.as_path()));
    assert!(window.session().toasts().last().unwrap().first.contains("Saved mine.safetensors"));
    let first = std::fs::read(&file).unwrap();
    window.act(Action::Train(Until::Steps(1)));
    window.wait("another step", |session| session.can_train() && session.is_unsaved());
    window.key(Modifiers::COMMAND, Key::S);
    window.wait("the file", |session| !session.is_unsaved());
    assert_ne!(std::fs::read(&file).unwrap(), first);
    assert_eq!(store::load(&file).unwrap().trained.step, 4);
}

#[test]
fn a_name_that_cannot_be_written_loses_nothing() {
    let mut window = trained();
    window.key(Modifiers::COMMAND | Modifiers::SHIFT, Key::S);
    type_path(&mut window, Path::new("/proc/no/such/model.safetensors"));
    window.wait("the message", |session| !session.toasts().is_empty());
    assert!(window.session().toasts()[0].first.contains("/proc/no/such"));
    assert!(window.session().is_unsaved());
}

#[test]
fn the_card_opens_trained_models_files_and_the_walk_between_moons() {
    let mut window = Window::opening();
    window.key(Modifiers::COMMAND, Key::O);
    window.steps(2);
    window.click("Moons, AE");
    window.wait("the moons", |session| session.spec().data == DataChoice::Moons && session.can_train());
    assert_eq!(
        (window.session().slot().model.kind(), window.session().document_name().as_str()),
        ("ae", "moons-ae")
    );
    assert!(!window.session().is_unsaved());
    window.click("Undo");
    window.wait("the digits", |session| session.spec().data == DataChoice::Mnist && session.can_train());
    window.click("Open");
    window.steps(2);
    window.click("Full moon to half moon, with the VAE");
    window.wait("the walk", |session| session.path_t() == Some(0.0) && session.can_train());
    let labels = window.session().data().unwrap().train.labels().unwrap().clone();
    let class = |end: usize| {
        let Some(PathEnd::Sample(sample)) = window.session().spec().path.ends[end] else { panic!("a sample") };
        labels.names[usize::from(labels.of[sample as usize])].clone()
    };
    assert_eq!((class(0).as_str(), class(1).as_str()), ("full", "half"));
    let folder = tempfile::tempdir().unwrap();
    window.key(Modifiers::COMMAND, Key::O);
    type_path(&mut window, &folder.path().join("gone.safetensors"));
    window.wait("the message", |session| session.toasts().iter().any(|toast| toast.first.contains("gone")));
    window.key(Modifiers::COMMAND, Key::O);
    window.steps(2);
    window.click("Close the card");
    assert!(window.harness.query_by_label("Close the card").is_none());
}

#[test]
fn closing_asks_where_something_would_be_lost() {
    let close = |window: &mut Window| {
        let input = window.harness.input_mut();
        let viewport = input.viewports.entry(eframe::egui::ViewportId::ROOT).or_default();
        viewport.events.push(eframe::egui::ViewportEvent::Close);
        window.steps(4);
    };
    let commands = |window: &Window| -> Vec<ViewportCommand> {
        window.harness.output().viewport_output.values().flat_map(|output| output.commands.clone()).collect()
    };
    let mut window = Window::opening();
    close(&mut window);
    assert!(window.harness.query_by_label("Close without saving").is_none(), "nothing would be lost");
    let mut window = trained();
    close(&mut window);
    assert!(window.harness.query_by_label("Close without saving").is_some());
    window.click("Keep the window open");
    assert!(window.harness.query_by_label("Close without saving").is_none());
    close(&mut window);
    let at = window.harness.get_by_label("Close without saving").rect().center();
    window.move_to(at);
    window.button(at, eframe::egui::PointerButton::Primary, true);
    window.button(at, eframe::egui::PointerButton::Primary, false);
    assert!(commands(&window).contains(&ViewportCommand::Close));
}

#[test]
fn the_keyboard_alone_answers_whether_to_save_before_closing() {
    let mut window = trained();
    let ask = |window: &mut Window| {
        let viewport = window.harness.input_mut().viewports.entry(eframe::egui::ViewportId::ROOT).or_default();
        viewport.events.push(eframe::egui::ViewportEvent::Close);
        window.steps(4);
    };
    let has_focus = |window: &Window, name: &str| window.harness.get_by_label(name).is_focused();
    ask(&mut window);
    assert!(has_focus(&window, "Save before closing"), "the safe answer has the keyboard");
    for name in ["Close without saving", "Keep the window open", "Save before closing", "Close without saving"] {
        window.key(Modifiers::NONE, Key::Tab);
        assert!(has_focus(&window, name), "Tab stays on the card and comes to “{name}”");
    }
    window.key(Modifiers::NONE, Key::Escape);
    assert!(window.harness.query_by_label("Save before closing").is_none());
    ask(&mut window);
    window.key(Modifiers::NONE, Key::Enter);
    window.steps(2);
    assert!(window.harness.query_by_label("Save before closing").is_none(), "Enter saves: a name is asked for");
    assert!(window.harness.query_all_by_label_contains("Save").next().is_some());
}

#[test]
fn save_before_closing_closes_once_it_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = trained();
    let input = window.harness.input_mut();
    input
        .viewports
        .entry(eframe::egui::ViewportId::ROOT)
        .or_default()
        .events
        .push(eframe::egui::ViewportEvent::Close);
    window.steps(4);
    window.click("Save before closing");
    let file = folder.path().join("last.safetensors");
    type_path(&mut window, &file);
    window.wait("the file", |session| !session.is_unsaved());
    assert!(file.exists());
}

#[test]
fn a_wish_to_close_that_came_to_nothing_closes_nothing_later() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = trained();
    let input = window.harness.input_mut();
    let viewport = input.viewports.entry(eframe::egui::ViewportId::ROOT).or_default();
    viewport.events.push(eframe::egui::ViewportEvent::Close);
    window.steps(4);
    window.click("Save before closing");
    // Training goes on meanwhile, so the model cannot be saved under the name that is typed.
    window.act(Action::Set(Group::Training, "epochs".into(), "10000".into()));
    window.act(Action::Train(Until::End));
    type_path(&mut window, &folder.path().join("refused.safetensors"));
    assert!(window.session().toasts().iter().any(|toast| toast.first.contains("Training is running")));
    window.act(Action::Pause);
    window.wait("the pause", |session| session.can_train());
    let later = folder.path().join("later.safetensors");
    window.act(Action::SaveModel(Some(later.clone())));
    for _ in 0..10_000 {
        window.steps(1);
        let output = window.harness.output();
        let mut commands = output.viewport_output.values().flat_map(|output| &output.commands);
        assert!(!commands.any(|command| *command == ViewportCommand::Close), "nobody wants it closed any more");
        if !window.session().is_unsaved() {
            break;
        }
    }
    window.steps(3);
    assert!(later.exists() && !folder.path().join("refused.safetensors").exists());
}

#[test]
fn a_file_is_written_over_only_by_a_click_that_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("there.png");
    std::fs::write(&path, "precious").unwrap();
    let mut window = Window::opening();
    window.key(Modifiers::COMMAND, Key::E);
    type_path(&mut window, &path);
    window.steps(5);
    assert_eq!(std::fs::read(&path).unwrap(), b"precious", "Enter alone does not");
    window.click("Replace this path");
    window.wait("the picture", |_| std::fs::read(&path).is_ok_and(|bytes| bytes.starts_with(b"\x89PNG")));
}

#[test]
fn keys_belong_to_the_card_while_it_is_open() {
    let mut window = Window::opening();
    let kept = window.session().slot().z.clone();
    window.key(Modifiers::COMMAND, Key::E);
    window.steps(2);
    window.click("What is exported: Picture");
    for key in [Key::T, Key::G, Key::R] {
        window.key(Modifiers::NONE, key);
    }
    assert!(!window.session().is_running());
    assert_eq!(window.session().spec().tool, halfmoon::session::Tool::Explore);
    assert_eq!(window.session().slot().z, kept);
}

#[test]
fn a_training_is_written_for_other_machines() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = Window::of(DataChoice::Moons);
    window.act(Action::Set(Group::Model, "beta".into(), "2.5".into()));
    window.act(Action::Set(Group::Model, "hidden".into(), "48".into()));
    let spec = window.session().spec().clone();
    window.click("Train elsewhere…");
    window.steps(2);
    let path = folder.path().join("moons.py");
    type_path(&mut window, &path);
    window.wait("the message", |session| !session.toasts().is_empty());
    let toast = &window.session().toasts()[0];
    assert_eq!(toast.first, "Wrote moons.py and moons.npz", "{toast:?}");
    assert!(toast.second.contains("python moons.py"), "{toast:?}");
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains("BETA = 2.5 ") && text.contains("nn.Linear(784, 48)"), "the present settings: {text}");
    assert!(folder.path().join("moons.npz").exists());
    assert_eq!(*window.session().spec(), spec, "the document is as it was");

    // Data that are there already are written over by a click alone, as the program is.
    std::fs::remove_file(&path).unwrap();
    window.click("Train elsewhere…");
    type_path(&mut window, &path);
    window.steps(5);
    assert!(!path.exists() && window.harness.query_by_label("Replace this path").is_some());
    window.click("Close the card");

    // What is solved at once has nothing to be trained elsewhere.
    window.act(Action::SetKind("pca".into()));
    assert!(window.harness.query_by_label("Train elsewhere…").is_none());
    window.act(Action::SetKind("gmm".into()));
    window.act(Action::WriteScript(path.clone()));
    let said = |session: &halfmoon::session::Session| {
        session.toasts().iter().any(|toast| toast.first.contains("for PyTorch"))
    };
    window.wait("the sentence", said);
    assert!(!path.exists());
}
