//! Codes, losses, ONNX and the Projector's folder, from the window.

use super::files::type_path;
use super::harness::Window;
use eframe::egui::{Event, Key, Modifiers};
use egui_kittest::kittest::Queryable;
use halfmoon::data::{DataChoice, Reading, load};
use halfmoon::session::{Action, Export, Group, Split};
use halfmoon::store::{self, CodesFormat};
use halfmoon::ui::Options;
use halfmoon::worker::Until;
use std::path::Path;

fn moons() -> Window {
    let mut window = Window::open(Options { data: Some(DataChoice::FullHalf), ..Options::default() });
    window.act(Action::Set(Group::Model, "hidden".into(), "16".into()));
    window.act(Action::Train(Until::EpochEnd));
    window.wait("an epoch", |session| session.can_train() && !session.weights().test_curve.is_empty());
    window.settle();
    window
}

/// Finds a command by a part of its name and does it.
fn command(window: &mut Window, name: &str) {
    window.key(Modifiers::COMMAND, Key::K);
    window.steps(2);
    window.harness.event(Event::Text(name.into()));
    window.steps(2);
    window.key(Modifiers::NONE, Key::Enter);
}

fn wait_for(window: &mut Window, path: &Path) {
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let said = format!("Wrote {name}");
    window.wait(&said, |session| session.toasts().iter().any(|toast| toast.first == said));
    assert!(path.exists());
}

#[test]
fn every_export_is_a_command_with_a_card_and_says_what_it_wrote() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let mut window = moons();
    for (name, path) in [
        ("export codes", "codes.csv"),
        ("export losses", "losses.csv"),
        ("onnx", "model.onnx"),
        ("embedding projector", "projector"),
    ] {
        command(&mut window, name);
        type_path(&mut window, &at(path));
        wait_for(&mut window, &at(path));
        assert!(!window.session().is_exporting());
    }
    let model = window.session().model().unwrap().clone();
    let data = window.session().data().unwrap().clone();
    let parts = store::coded(&*model, &data, Split::All, &|| false).unwrap();
    assert_eq!(std::fs::read(at("codes.csv")).unwrap(), store::codes(&parts, CodesFormat::Csv, false).unwrap());
    assert_eq!(std::fs::read(at("model.onnx")).unwrap(), store::onnx(&*model, store::Part::All).unwrap());
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
    window.key(Modifiers::COMMAND, Key::E);
    window.steps(2);
    window.click("Export codes…");
    assert!(window.harness.query_by_label("Export the codes").is_some());
    // Only the test samples, for numpy.
    window.click("Samples: Test");
    window.click("Format: npy");
    let path = folder.path().join("test.npy");
    type_path(&mut window, &path);
    wait_for(&mut window, &path);
    let n = window.session().data().unwrap().test.n_samples();
    assert_eq!(std::fs::metadata(&path).unwrap().len(), 128 + n as u64 * 2 * 4);
}

#[test]
fn an_ending_that_is_none_is_refused_and_what_is_there_is_asked_about() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = moons();
    command(&mut window, "export codes");
    type_path(&mut window, &folder.path().join("codes.txt"));
    window.wait("the message", |session| {
        session.toasts().iter().any(|toast| toast.first.contains(".csv, .npy or .npz"))
    });
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
    assert!(window.session().can_export(Export::Onnx(halfmoon::session::Part::All)).is_err());
    let out = folder.path().join("out.csv");
    window.act(Action::ExportAs(Export::Codes(Split::All), out.clone()));
    wait_for(&mut window, &out);
    assert_eq!(std::fs::read_to_string(&out).unwrap(), "index,label,z0,z1\n0,a,1,2\n1,b,3,4\n2,a,5,6\n");
}
