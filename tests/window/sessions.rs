//! Sessions: written, opened again, dropped on the window, refused.

use super::files::{drop_file, type_path};
use super::harness::Window;
use eframe::egui::{Key, Modifiers};
use halfmoon::data::DataChoice;
use halfmoon::session::{Action, AxisFit, Fold, NewSlot, PathEnd, SessionSpec, SlotId, Tool};
use halfmoon::ui::Options;
use halfmoon::worker::ViewId;
use std::path::Path;

const SLOTS: [SlotId; 3] = [SlotId(0), SlotId(1), SlotId(2)];

/// Draws frames until every model's path and picture are the newest.
fn settle(window: &mut Window) {
    for view in [ViewId::Picture, ViewId::Path] {
        SLOTS.into_iter().for_each(|slot| window.newest(slot, view));
    }
    window.steps(4);
}

/// Moons by a VAE, an AE and PCA, with a path, a kept code and a view of its own.
fn lecture() -> Window {
    let mut window = Window::trained("moons-vae", DataChoice::Moons);
    window.act(Action::AddSlot(NewSlot::Model("moons-ae".into())));
    window.wait("the AE", |session| session.cloud_of(SLOTS[1]).is_some() && !session.is_busy());
    window.act(Action::AddSlot(NewSlot::Pca));
    window.wait("PCA", |session| {
        session.cloud_of(SLOTS[2]).is_some() && !session.is_busy() && !session.is_training()
    });
    window.act(Action::SetTool(Tool::Path));
    window.act(Action::SetEnd(0, Some(PathEnd::Sample(10))));
    window.act(Action::SetEnd(1, Some(PathEnd::Sample(1400))));
    window.act(Action::SetPathSteps(5));
    window.act(Action::Pick(Some(77)));
    // One view is the user's own, the others follow the codes.
    window.act(Action::Fit(SLOTS[1], AxisFit::Fixed { centre: [0.25, -0.5], half: [30.0, 30.0] }));
    window.act(Action::Unfold(Fold::Scores, true));
    window.act(Action::LookAt(Some(0.25)));
    settle(&mut window);
    window
}

fn save(window: &mut Window, path: &Path) {
    window.key(Modifiers::COMMAND | Modifiers::SHIFT, Key::S);
    type_path(window, path);
    window.wait("the session", |session| session.session_file() == Some(path));
}

#[test]
fn a_session_reopens_to_the_same_planes_pictures_and_tray() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("class.halfmoon");
    let mut window = lecture();
    assert!(window.session().is_unsaved(), "PCA is in no file");
    save(&mut window, &path);
    assert!(!window.session().is_unsaved());
    assert!(folder.path().join("class.slot2.safetensors").exists(), "but now it is, beside the session");
    assert_eq!(window.session().document_name(), "class.halfmoon");
    let first = std::fs::read(&path).unwrap();
    window.key(Modifiers::COMMAND, Key::S);
    window.wait("it once more", |session| {
        session.toasts().iter().filter(|toast| toast.first.contains("class")).count() > 1
    });
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains("\"class.slot2.safetensors\""), "weights are named relative to it: {text}");
    assert_eq!(text.len(), first.len(), "saving changes nothing");

    // The folder may have moved meanwhile.
    let elsewhere = tempfile::tempdir().unwrap();
    let moved = elsewhere.path().join("moved");
    std::fs::rename(folder.path(), &moved).unwrap();
    let session = Some(moved.join("class.halfmoon"));
    let mut again = Window::open(Options { session, ..Options::default() });
    settle(&mut again);
    let mut spec = again.session().spec().clone();
    assert_eq!(spec.slots[2].file.as_deref(), Some(&*moved.join("class.slot2.safetensors")));
    spec.slots[2].file = window.session().spec().slots[2].file.clone();
    assert_eq!(spec, *window.session().spec());
    for slot in SLOTS {
        for view in [ViewId::Picture, ViewId::Path] {
            let tiles = |window: &Window| window.session().picture_of(slot, view).unwrap().tiles().clone();
            assert_eq!(tiles(&again), tiles(&window), "{view:?} of {slot:?}");
        }
    }
    let (planes, again) = (window.planes(), again.planes());
    assert_eq!(planes.len(), 3);
    assert!(planes == again, "the planes show other pixels");
    std::fs::create_dir(folder.path()).unwrap();
}

#[test]
fn a_dropped_session_is_one_step_of_undo() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("class.halfmoon");
    save(&mut lecture(), &path);
    let mut window = Window::opening();
    window.act(Action::Keep(SLOTS[0], vec![0.5, -0.5]));
    let before = window.session().spec().clone();
    drop_file(&mut window, &path);
    window.wait("the session", |session| session.spec().slots.len() == 3 && !session.is_busy());
    settle(&mut window);
    assert_eq!(window.session().data().unwrap().name, "Moons");
    window.act(Action::Undo);
    window.wait("what was open before", |session| session.spec().slots.len() == 1 && !session.is_busy());
    // What is folded away is no part of what was done.
    assert_eq!(window.session().spec().unfolded, [Fold::Scores].into());
    assert_eq!(SessionSpec { unfolded: before.unfolded.clone(), ..window.session().spec().clone() }, before);
}

#[test]
fn what_is_no_session_changes_nothing_and_leaves_the_window_with_its_model() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("broken.halfmoon");
    std::fs::write(&path, r#"{"version": 7}"#).unwrap();
    let mut window = Window::open(Options { session: Some(path.clone()), ..Options::default() });
    assert!(window.session().toasts()[0].first.contains("broken.halfmoon: it is of version 7"));
    assert_eq!(window.session().data().unwrap().name, "MNIST digits");
    let before = window.session().spec().clone();
    drop_file(&mut window, &folder.path().join("gone.halfmoon"));
    window.wait("the message", |session| session.toasts().len() > 1);
    assert!(window.session().toasts()[1].first.contains("gone.halfmoon"));
    assert_eq!(*window.session().spec(), before);
}
