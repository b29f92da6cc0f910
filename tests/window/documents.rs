//! Documents in the window: counts of words on the plane, words decoded, the text of the one that is picked.

use super::harness::Window;
use halfmoon::data::DataChoice;
use halfmoon::session::{Action, Group, NewSlot, SlotId, Tool};
use halfmoon::ui::Options;
use halfmoon::worker::{Until, ViewId};
use std::path::Path;

/// Forty notes of two kinds, each with a title.
pub fn notes(folder: &Path) -> DataChoice {
    let words = [["cat dog fur", "paw cat tail"], ["moon sun sky", "star moon night"]];
    let row = |i: usize| {
        let class = i % 2;
        format!(
            "{}\tnote {i}\t{} {}\n",
            ["animals", "heaven"][class],
            words[class][i / 2 % 2],
            words[class][i / 3 % 2]
        )
    };
    let path = folder.join("notes.tsv");
    std::fs::write(&path, format!("label\ttitle\ttext\n{}", (0..40).map(row).collect::<String>())).unwrap();
    DataChoice::Path(path)
}

#[test]
fn notes_are_learned_decoded_as_words_and_read_when_picked() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = Window::open(Options { data: Some(notes(folder.path())), ..Options::default() });
    assert!(window.session().data().unwrap().train.kind().counts_words());
    window.act(Action::Set(Group::Model, "hidden".into(), "8".into()));
    window.act(Action::Train(Until::Steps(3)));
    window.wait("three steps", |session| session.can_train() && session.is_unsaved() && !session.is_busy());
    window.settle();
    // What is decoded says words of the notes.
    let picture = window.session().picture(ViewId::Picture).unwrap();
    assert!(matches!(&picture.shown, halfmoon::picture::Shown::Words(words) if !words.documents[0].is_empty()));
    assert!(["moon", "cat"].iter().any(|word| window.says(word)));
    let sample = 5;
    let text = window.session().data().unwrap().train.text(sample).unwrap().to_owned();
    window.act(Action::Pick(Some(sample as u32)));
    window.wait("its document", |session| session.picture(ViewId::Sample).is_some());
    window.steps(3);
    assert!(window.says(&text), "{text:?} is to be read");
    // A path and a grid are of words too, and no picture is asked for.
    for tool in [Tool::Path, Tool::Grid, Tool::Select, Tool::Explore] {
        window.act(Action::SetTool(tool));
        window.steps(3);
    }
}

#[test]
fn lsa_stands_beside_an_autoencoder_of_documents_and_is_not_for_pictures() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = Window::open(Options { data: Some(notes(folder.path())), ..Options::default() });
    let added: Vec<String> = window.session().addable().into_iter().map(|(name, ..)| name).collect();
    assert!(added.iter().any(|name| name == "LSA of 2 dimensions"), "{added:?}");
    window.act(Action::AddSlot(NewSlot::Pca));
    window.wait("the analysis", |session| {
        session.weights_of(SlotId(1)).checkpoint.as_ref().is_some_and(|solved| solved.trained.step == 1)
            && session.cloud_of(SlotId(1)).is_some_and(|cloud| cloud.indices.len() > 30)
    });
    window.steps(3);
    assert_eq!(window.planes().len(), 2);
    window.act(Action::ChooseData(DataChoice::Moons));
    window.wait("the moons", |session| {
        let are_moons = session.data().is_some_and(|data| !data.train.kind().counts_words());
        are_moons && session.picture(ViewId::Picture).is_some() && !session.is_busy()
    });
    window.act(Action::SetKind("lsa".into()));
    window.act(Action::Train(Until::End));
    window.steps(2);
    assert!(!window.session().is_training());
    let toasts = window.session().toasts();
    assert!(toasts.iter().any(|toast| toast.first.contains("words of documents")), "{toasts:?}");
}
