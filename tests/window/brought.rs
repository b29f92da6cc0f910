//! Models of PyTorch in the window.

use super::files::drop_file;
use super::harness::Window;
use egui_kittest::kittest::Queryable;
use halfmoon::data::DataChoice;
use halfmoon::session::{Action, NextStep};
use halfmoon::ui::Options;
use halfmoon::worker::ViewId;
use std::path::Path;

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
