//! Codes, losses, ONNX and the Projector's folder, from the window.

use super::harness::Window;
use eframe::egui::accesskit::Role;
use eframe::egui::{Event, Key, Modifiers};
use egui_kittest::kittest::Queryable;
use halfmoon::data::{DataChoice, Reading, load};
use halfmoon::session::{Action, Export, Group, Part, Split};
use halfmoon::store::{self, CodesFormat};
use halfmoon::ui::Options;
use halfmoon::worker::Until;
use halfmoon::worker::ViewId;
use std::path::Path;

fn moons() -> Window {
    let mut window = Window::of(DataChoice::FullHalf);
    window.act(Action::Set(Group::Model, "hidden".into(), "16".into()));
    window.act(Action::Train(Until::EpochEnd));
    window.wait("an epoch", |session| session.can_train() && !session.weights().test_curve.is_empty());
    window.settle();
    // The run may be at rest before its last model is shown.
    window.wait("the model", |session| {
        let weights = session.weights();
        let shown = weights.snapshot.as_ref().zip(weights.checkpoint.as_ref());
        let is_last = shown.is_some_and(|(shown, last)| shown.step == last.trained.step);
        is_last && session.can_export(Export::Codes(Split::All)).is_ok()
    });
    window
}

/// Finds a command by a part of its name and does it.
fn command(window: &mut Window, name: &str) {
    window.key(Modifiers::COMMAND, Key::K);
    window.steps(2);
    window.harness.event(Event::Text(name.into()));
    window.steps(2);
    window.key(Modifiers::NONE, Key::Enter);
    window.steps(4);
}

/// Types into the card's field, wherever the keyboard was, and takes it.
fn type_path(window: &mut Window, path: &Path) {
    window.steps(6);
    let field = window.harness.get_all_by_role(Role::TextInput).last().unwrap().rect().center();
    window.click_at(field);
    window.steps(1);
    super::files::type_path(window, path);
}

/// Draws frames until a message says something; keys that were pressed are taken on the way.
#[test]
fn every_export_is_a_command_with_a_card_and_says_what_it_wrote() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let mut window = moons();
    for (name, path, what) in [
        ("export codes", "codes.csv", Export::Codes(Split::All)),
        ("export losses", "losses.csv", Export::Losses),
        ("onnx", "model.onnx", Export::Onnx(Part::All)),
        ("embedding projector", "projector", Export::Projector(Split::All)),
    ] {
        command(&mut window, name);
        window.steps(6);
        assert!(window.harness.query_by_label("Export this path").is_some(), "{name}");
        window.click("Close the card");
        window.steps(2);
        window.act(Action::ExportAs(what, at(path)));
        window.written(&at(path));
        assert!(!window.session().is_exporting());
    }
    let model = window.session().model().unwrap().clone();
    let data = window.session().data().unwrap().clone();
    let parts = store::coded(&*model, &data, Split::All, &|| false).unwrap();
    assert!(std::fs::read(at("codes.csv")).unwrap() == store::codes(&parts, CodesFormat::Csv, false).unwrap());
    assert!(std::fs::read(at("model.onnx")).unwrap() == store::onnx(&*model, Part::All).unwrap());
    for (name, bytes) in store::projector(&parts).unwrap() {
        assert!(std::fs::read(at("projector").join(name)).unwrap() == bytes, "{name}");
    }
    let losses = std::fs::read_to_string(at("losses.csv")).unwrap();
    let last = window.session().weights().test_curve.last().unwrap().loss();
    assert!(
        losses.starts_with("step,epoch,train_loss,test_loss,") && losses.contains(&last.to_string()),
        "{losses}"
    );
    let opened = load(&DataChoice::Path(at("codes.csv")), &Reading::default()).unwrap();
    assert!(opened.train.are_codes());
}

#[test]
fn the_card_of_the_picture_leads_to_the_others_and_their_choices_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = moons();
    window
        .wait("a picture", |session| session.export_of().is_some() && session.picture(ViewId::Picture).is_some());
    window.key(Modifiers::COMMAND, Key::E);
    // A card finds its size, and then its middle.
    window.steps(6);
    window.click("Export codes…");
    window.steps(6);
    assert!(window.harness.query_by_label("Export the codes").is_some());
    let path = folder.path().join("test.npy");
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.steps(1);
    window.harness.event(Event::Text(path.with_extension("csv").display().to_string()));
    window.steps(2);
    // Only the test samples, for numpy.
    window.click("Samples: Test");
    window.steps(2);
    window.click("Format: npy");
    window.steps(2);
    window.click("Export this path");
    window.written(&path);
    let n = window.session().data().unwrap().test.n_samples();
    assert_eq!(std::fs::metadata(&path).unwrap().len(), 128 + n as u64 * 2 * 4);
}

#[test]
fn an_ending_that_is_none_is_refused_and_what_is_there_is_asked_about() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = moons();
    window.act(Action::ExportAs(Export::Codes(Split::All), folder.path().join("codes.txt")));
    window.told(".csv, .npy or .npz");
    let path = folder.path().join("losses.csv");
    std::fs::write(&path, "precious").unwrap();
    command(&mut window, "export losses");
    type_path(&mut window, &path);
    window.steps(5);
    assert_eq!(std::fs::read(&path).unwrap(), b"precious", "Enter alone does not");
    window.click("Replace this path");
    window.wait("the losses", |_| std::fs::read(&path).is_ok_and(|bytes| bytes.starts_with(b"step")));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn codes_alone_have_codes_to_export_and_no_network() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("codes.csv");
    std::fs::write(&path, "label,z0,z1\na,1,2\nb,3,4\na,5,6\n").unwrap();
    let mut window = Window::unsettled(Options { data: Some(DataChoice::Path(path)), ..Options::default() });
    window.wait("the codes", |session| session.cloud().is_some() && !session.is_busy());
    assert!(window.session().can_export(Export::Onnx(Part::All)).is_err());
    let out = folder.path().join("out.csv");
    window.act(Action::ExportAs(Export::Codes(Split::All), out.clone()));
    window.written(&out);
    assert_eq!(std::fs::read_to_string(&out).unwrap(), "index,label,z0,z1\n0,a,1,2\n1,b,3,4\n2,a,5,6\n");
}
