//! Documents in the window: counts of words on the plane, words decoded, the text of the one that is picked.

use super::harness::Window;
use eframe::egui::{Rect, pos2, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use halfmoon::data::{DataChoice, SampleKind};
use halfmoon::session::{Action, GridRect, Group, Layer, NewSlot, PathEnd, SlotId, Tool};
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
    window.wait("what is decoded", |session| session.picture(ViewId::Picture).is_some());
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
    let title = window.session().data().unwrap().train.caption(sample).unwrap().to_owned();
    assert!(window.says(&format!("Sample {sample}, {title}")), "and what it is called");
    // A path and a grid are of words too, and no picture is asked for.
    for tool in [Tool::Path, Tool::Grid, Tool::Select, Tool::Explore] {
        window.act(Action::SetTool(tool));
        window.steps(3);
    }
}

/// The words that a view shows, the most frequent of each document first.
fn words(window: &Window, view: ViewId) -> Vec<Vec<String>> {
    let halfmoon::picture::Shown::Words(words) = &window.session().picture(view).unwrap().shown else {
        panic!("no words")
    };
    let of = |document: &Vec<(String, f32)>| document.iter().map(|word| word.0.clone()).collect();
    words.documents.iter().map(of).collect()
}

#[test]
fn each_cell_of_a_grid_says_its_first_words_and_each_step_of_a_path_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = Window::open(Options { data: Some(notes(folder.path())), ..Options::default() });
    window.act(Action::SetTool(Tool::Grid));
    let bounds = [[-1.0, 1.0], [-1.0, 1.0]];
    window.act(Action::SetGrid(Some(GridRect { slot: SlotId(0), bounds })));
    window.settle();
    let cells = words(&window, ViewId::Grid);
    assert!(window.says("8 × 8 documents") && window.has("Documents: more"), "words follow the kind");
    let panel = window.harness.get_by_label("Grid of 8 × 8").rect();
    let size = panel.size() / 8.0;
    let texts = window.texts();
    for (i, words) in cells.iter().enumerate() {
        let corner = panel.min + vec2((i % 8) as f32, (i / 8) as f32) * size;
        let cell = Rect::from_min_size(corner, size);
        let mut said: Vec<&(String, Rect)> = texts.iter().filter(|text| cell.contains(text.1.center())).collect();
        said.sort_by(|a, b| a.1.top().total_cmp(&b.1.top()));
        assert!(said.len() > 1 && said.iter().all(|text| cell.contains_rect(text.1)), "{cell:?}: {said:?}");
        assert!(
            said.iter().zip(words).all(|(text, word)| text.0 == *word),
            "{said:?} where {words:?} are decoded"
        );
    }
    assert!(window.textured()[0].is_empty(), "no pictures of bars on the plane");
    window.move_to(panel.min + size / 2.0);
    window.steps(2);
    assert!(window.says(&format!("Grid of 8 × 8, column 1, row 1: {}", cells[0].join(" "))));

    window.act(Action::SetTool(Tool::Path));
    for (end, sample) in [(0, 0), (1, 1)] {
        window.act(Action::SetEnd(end, Some(PathEnd::Sample(sample))));
    }
    window.newest(SlotId(0), ViewId::Path);
    window.steps(3);
    let steps = words(&window, ViewId::Path);
    for (i, words) in steps.iter().enumerate() {
        let name = format!("Step {} of {}: {}", i + 1, steps.len(), words.join(" "));
        let tile = window.harness.get_by_label(&name).rect();
        let is_said = |(text, at): &(String, Rect)| tile.contains_rect(*at) && *text == words[0];
        assert!(window.texts().iter().any(is_said), "{name}");
    }
    // Below the strip a band each for the words that are the most probable anywhere.
    let along =
        window.harness.get_by(|node| node.label().is_some_and(|name| name.starts_with("Along the path: ")));
    let (named, place) = (along.accesskit_node().label().unwrap(), along.rect());
    let named: Vec<&str> = named.trim_start_matches("Along the path: ").split(", ").collect();
    assert_eq!(named.len(), 5);
    for word in named {
        let is_on_its_band = |(text, at): &(String, Rect)| text == word && place.expand(1.0).contains_rect(*at);
        assert!(window.texts().iter().any(is_on_its_band), "{word} in {place:?}");
        assert!(steps.iter().any(|words| words.iter().any(|other| other == word)));
    }
}

#[test]
fn on_the_plane_places_and_samples_say_their_words() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = Window::open(Options { data: Some(notes(folder.path())), ..Options::default() });
    let SampleKind::Bag { vocabulary } = window.session().data().unwrap().train.kind().clone() else { panic!() };
    let n_said = |window: &Window| {
        let is_word = |word: &String| vocabulary.contains(word);
        let on_plane = Rect::from_min_max(pos2(256.0, 44.0), pos2(1020.0, 760.0));
        window.texts().into_iter().filter(|(word, at)| is_word(word) && on_plane.contains_rect(*at)).count()
    };
    let before = n_said(&window);
    window.act(Action::ToggleLayer(Layer::Underneath));
    window.wait("the words", |session| session.underneath_of(SlotId(0)).is_some());
    window.steps(2);
    assert!(n_said(&window) > before + 50, "{} where {before} were", n_said(&window));
    assert!(window.textured()[0].is_empty(), "no pictures of bars");
    window.act(Action::ToggleLayer(Layer::Underneath));
    window.act(Action::ToggleLayer(Layer::SamplePictures));
    window.wait("the samples", |session| session.thumbnails_of(SlotId(0)).is_some());
    window.steps(2);
    assert!(n_said(&window) > before && window.textured()[0].is_empty());
}

#[test]
fn a_document_has_its_title_where_there_is_little_height() {
    let folder = tempfile::tempdir().unwrap();
    let data = Some(notes(folder.path()));
    let mut window = Window::open_sized(Options { data, ..Options::default() }, 1024.0, 640.0);
    window.act(Action::Pick(Some(5)));
    window.wait("its document", |session| session.picture(ViewId::Sample).is_some());
    window.steps(3);
    let train = &window.session().data().unwrap().train;
    assert!(window.has(train.caption(5).unwrap()) && !window.says(train.text(5).unwrap()));
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
