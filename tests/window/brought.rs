//! Models of PyTorch in the window.

use super::files::drop_file;
use super::harness::Window;
use egui_kittest::kittest::Queryable;
use halfmoon::data::DataChoice;
use halfmoon::session::{Action, NextStep, Session, Tool};
use halfmoon::ui::Options;
use halfmoon::worker::ViewId;
use std::path::{Path, PathBuf};

#[test]
fn what_a_file_does_not_say_is_answered_live() {
    let folder = tempfile::tempdir().unwrap();
    for (name, n) in [("train-images-idx3-ubyte", 40u32), ("t10k-images-idx3-ubyte", 10)] {
        let mut bytes = vec![0, 0, 8, 3];
        [n, 6, 6].iter().for_each(|dim| bytes.extend(dim.to_be_bytes()));
        bytes.extend((0..n * 36).map(|i| (i * 7 % 251) as u8));
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    let data = Some(DataChoice::Path(folder.path().into()));
    let mut window = Window::open(Options { data, ..Options::default() });
    drop_file(&mut window, &Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/torch_models/fc.pt"));
    window.wait("the model", |session| session.open_questions().is_some() && !session.is_busy());
    window.settle();
    assert_eq!(window.session().next_step(), NextStep::Continue, "training would go on from it");
    let before = window.pixels(ViewId::Picture);
    // A list a question; choosing another answer decodes anew.
    window.click("Activation of fc.pt");
    window.click("tanh");
    window.wait("the other answer", |session| {
        let asked =
            session.open_questions().and_then(|brought| brought.questions.iter().find(|q| q.name == "activation"));
        asked.is_some_and(|asked| asked.chosen == "tanh") && !session.is_busy()
    });
    window.settle();
    assert_ne!(window.pixels(ViewId::Picture), before);
    // Once it has learned, nothing is left open.
    window.act(Action::Train(halfmoon::worker::Until::Steps(2)));
    window.wait("two steps", |session| session.can_train() && session.is_unsaved());
    window.steps(2);
    assert!(window.harness.query_by_label("Activation of fc.pt").is_none());
}

/// Small pictures, and a model of another program for them, in a folder.
fn discs(folder: &Path) -> DataChoice {
    for (name, n) in [("train-images-idx3-ubyte", 60u32), ("t10k-images-idx3-ubyte", 12)] {
        let mut bytes = vec![0, 0, 8, 3];
        [n, 8, 8].iter().for_each(|dim| bytes.extend(dim.to_be_bytes()));
        bytes.extend((0..n * 64).map(|i| (i * 11 % 253) as u8));
        std::fs::write(folder.join(name), bytes).unwrap();
    }
    DataChoice::Path(folder.into())
}

fn onnx(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/onnx_models").join(name)
}

#[test]
fn a_network_is_looked_at_as_it_is_and_a_session_keeps_how() {
    let folder = tempfile::tempdir().unwrap();
    let data = discs(folder.path());
    let mut window = Window::open(Options { data: Some(data), ..Options::default() });
    window.act(Action::OpenModel(onnx("whole.onnx")));
    let is_shown = |session: &Session| session.is_frozen() && session.cloud().is_some() && !session.is_busy();
    window.wait("the network", is_shown);
    window.settle();
    assert_eq!(window.session().cloud().unwrap().codes.mu.dim(), (60, 3));
    assert!(!window.session().is_unsaved(), "its file keeps it");
    assert_eq!(window.session().next_step(), NextStep::Train, "nothing goes on from it");
    window.harness.get_by_label_contains("not trained on");
    let before = window.pixels(ViewId::Picture);
    window.act(Action::Answer("output".into(), "as-they-are".into()));
    let answered = |session: &Session| {
        let asked =
            session.open_questions().and_then(|brought| brought.questions.iter().find(|q| q.name == "output"));
        asked.is_some_and(|asked| asked.chosen == "as-they-are")
    };
    window.wait("the other answer", |session| answered(session) && is_shown(session));
    window.settle();
    let other = window.pixels(ViewId::Picture);
    assert_ne!(other, before);
    let saved = folder.path().join("looked.halfmoon");
    window.act(Action::SaveSession(saved.clone()));
    window.wait("the session", |session| session.session_file().is_some());
    assert!(!folder.path().join("looked.slot0.safetensors").exists(), "the network stays in its own file");
    let mut again = Window::open(Options { session: Some(saved), ..Options::default() });
    again.wait("the network", |session| is_shown(session) && answered(session));
    again.settle();
    assert!(again.pixels(ViewId::Picture) == other);
    // Train makes a model of our own in its place, and undo brings the network back.
    window.act(Action::Train(halfmoon::worker::Until::Steps(2)));
    window.wait("two steps", |session| session.can_train() && session.is_unsaved());
    assert!(!window.session().is_frozen());
    window.act(Action::Undo);
    window.wait("the network", is_shown);
}

#[test]
fn a_decoder_alone_has_rings_and_pictures_and_an_encoder_alone_has_codes() {
    let folder = tempfile::tempdir().unwrap();
    let data = discs(folder.path());
    for (half, encodes) in [("dynamo-decoder.onnx", false), ("traced-encoder.onnx", true)] {
        // Without the other half beside it.
        let path = folder.path().join(half);
        for file in [half.to_owned(), format!("{half}.data")] {
            std::fs::copy(onnx(&file), folder.path().join(&file)).ok();
        }
        let mut window = Window::open(Options { data: Some(data.clone()), ..Options::default() });
        window.act(Action::OpenModel(path));
        window.wait("the half", |session| session.is_frozen() && session.model().is_some() && !session.is_busy());
        window.steps(8);
        let can = window.session().capabilities();
        assert_eq!((can.encodes, can.decodes), (encodes, !encodes), "{half}");
        assert_eq!(window.session().cloud().is_some(), encodes);
        if can.decodes {
            // A code of the prior has a picture.
            window.settle();
            assert!(window.pixels(ViewId::Picture).iter().any(|&value| value > 0));
            let z = window.session().z().to_vec();
            window.act(Action::SampleZ);
            window.settle();
            assert_ne!(window.session().z(), z);
        }
        window.act(Action::SetTool(Tool::Path));
        window.act(Action::SetTool(Tool::Grid));
        window.steps(4);
    }
}

#[test]
fn a_decoder_alone_draws_the_codes_of_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("codes.csv");
    let rows: String = (0..60).map(|i| format!("{},{},{}\n", i % 3, (i % 8) as f32 / 2.0 - 2.0, i / 8)).collect();
    std::fs::write(&path, format!("label,z0,z1\n{rows}")).unwrap();
    let mut window = Window::open(Options { data: Some(DataChoice::Moons), ..Options::default() });
    window.act(Action::ChooseData(DataChoice::Path(path)));
    window.wait("the codes", |session| {
        session.model().is_some_and(|model| model.info().kind == "codes") && session.cloud().is_some()
    });
    // Of another length: it is refused, and the codes stay.
    window.act(Action::OpenModel("mnist-deep-30d".into()));
    window.wait("the refusal", |session| session.toasts().iter().any(|toast| toast.first.contains("28")));
    assert_eq!(window.session().model().unwrap().info().kind, "codes");
    window.act(Action::OpenModel("mnist-vae".into()));
    window.wait("the decoder", |session| session.capabilities().decodes && session.cloud().is_some());
    window.settle();
    let session = window.session();
    assert_eq!(session.cloud().unwrap().codes.mu.row(9).to_vec(), [-1.5, 1.0], "each row is its own code");
    assert_eq!(session.picture(ViewId::Picture).unwrap().tiles().rgba.len(), 28 * 28 * 4);
    assert!(!session.capabilities().reconstructs() && !session.is_unsaved());
    window.act(Action::Pick(Some(9)));
    window.wait("its picture", |session| session.picture(ViewId::Sample).is_some());
    let before = window.pixels(ViewId::Picture);
    window.act(Action::Keep(window.session().spec().active, vec![2.0, -1.0]));
    window.settle();
    assert_ne!(window.pixels(ViewId::Picture), before, "the hand moves the picture");
    window.steps(3);
    assert!(window.harness.query_by_label_contains("nothing to train").is_some());
}
