//! What is like the query.

use super::super::file::SessionFileV1;
use super::*;
use crate::data::{Count, Distance, Labels, Rows};
use std::path::Path;

/// Notes of two kinds, 30 to train on and 10 to test with.
fn notes() -> DataSplit {
    let words = ["moon", "star", "night", "cat", "dog", "fur"].map(String::from);
    let row = |i: u32| {
        // Three words a kind, of each note other two, and some of them twice.
        let (kind, left_out) = (i % 2, i / 2 % 3);
        let of_kind = (0..3).filter(|word| *word != left_out);
        of_kind.map(|word| Count { feature: 3 * kind + word, count: 1 + i / 6 % 2 }).collect::<Vec<_>>()
    };
    let rows: Rows<Count> = (0..40).map(row).collect();
    let of: Vec<u16> = (0..40).map(|i| i % 2).collect();
    let labels = Labels { names: ["heaven", "animals"].map(String::from).into(), of: of.into() };
    let kind = SampleKind::documents(words);
    let all = Dataset::new(kind, Values::Sparse(rows), Some(labels), vec![]).unwrap();
    DataSplit::new("Notes".into(), all.slice(0..30).unwrap(), all.slice(30..40).unwrap())
}

fn settle(stage: &mut Stage) {
    while !stage.derive().is_empty() {}
}

fn find(distance: Distance) -> Action {
    Action::Find(Some(FindPage { distance }))
}

/// A session on notes with the tray open.
fn on_notes() -> Stage {
    let mut stage = Stage::new();
    stage.act(Action::ChooseData(DataChoice::FullHalf));
    stage.data_come(Ok(notes()));
    stage.act(find(Distance::Euclid));
    settle(&mut stage);
    stage
}

fn samples(stage: &Stage, list: Listed) -> Vec<u32> {
    stage.session.found(list).unwrap().iter().map(|found| found.0).collect()
}

#[test]
fn a_sample_is_ranked_against_all_others_by_code_as_it_is_and_by_pca() {
    let mut stage = Stage::new();
    settle(&mut stage);
    stage.act(find(Distance::Euclid));
    settle(&mut stage);
    let slot = SlotId(0);
    assert_eq!(stage.session.lists(), [Listed::Code(slot), Listed::Features, Listed::Linear]);
    let titles: Vec<String> =
        stage.session.lists().into_iter().map(|list| stage.session.title_of_list(list)).collect();
    assert_eq!(titles, ["by code", "by pixels", "by PCA, 2-D"]);
    assert!(stage.session.found(Listed::Features).is_none(), "nothing is asked yet");
    stage.act(Action::Ask(Some(Query::Sample(4))));
    settle(&mut stage);
    assert_eq!(stage.slot().anchor, Anchor::Query);
    let code = stage.session.code_of(4).unwrap();
    assert!(stage.slot().z.iter().zip(&code).all(|(z, code)| (z - code).abs() < 1e-4), "it is where it is");
    for list in stage.session.lists() {
        let found = stage.session.found(list).unwrap();
        assert_eq!(found.len(), N_FOUND);
        assert!(found.iter().all(|(sample, _)| *sample != 4), "it is not like itself: {found:?}");
        assert!(found.windows(2).all(|pair| pair[0].1 <= pair[1].1), "{found:?}");
    }
    // By code, worked out plainly.
    let far = |sample: u32| {
        let other = stage.session.code_of(sample).unwrap();
        other.iter().zip(&stage.slot().z).map(|(a, b)| (a - b).powi(2)).sum::<f32>().sqrt()
    };
    let mut all: Vec<f32> = (0..30).filter(|sample| *sample != 4).map(far).collect();
    all.sort_by(f32::total_cmp);
    let found = stage.session.found(Listed::Code(slot)).unwrap();
    assert!(found.iter().zip(all).all(|(found, wanted)| (found.1 - wanted).abs() < 1e-5));

    stage.act(find(Distance::Cosine));
    assert!(stage.session.found(Listed::Features).is_none(), "by another distance nothing is known yet");
    settle(&mut stage);
    let found = stage.session.found(Listed::Features).unwrap();
    assert!(found.iter().all(|(_, distance)| (-1e-5..=2.0).contains(distance)), "{found:?}");
    stage.act(Action::Undo);
    assert_eq!((stage.spec().query.clone(), stage.spec().find.is_some()), (None, true), "the tray is no step");
    stage.act(Action::Find(None));
    assert!(stage.session.found(Listed::Features).is_none());
    stage.act(Action::Ask(Some(Query::Sample(30))));
    assert!(stage.last_toast().contains("There is no sample 30"), "{}", stage.last_toast());
    assert_eq!(stage.spec().query, None);
}

#[test]
fn a_model_on_screen_that_is_that_list_takes_its_place() {
    let (mut stage, pca) = Stage::with_pca();
    stage.act(find(Distance::Euclid));
    let lists = [Listed::Code(SlotId(0)), Listed::Code(pca), Listed::Features];
    assert_eq!(stage.session.lists(), lists, "PCA of as many dimensions stands there already");
    stage.act(Action::ShowSlot(pca, false));
    assert_eq!(stage.session.lists(), [Listed::Code(SlotId(0)), Listed::Features, Listed::Linear]);
    stage.act(Action::ShowSlot(pca, true));
    stage.act(Action::Activate(pca));
    stage.act(Action::Set(Group::Model, "latent_dim".into(), "3".into()));
    assert!(stage.session.lists().contains(&Listed::Linear), "what it is to be it is not yet");
}

#[test]
fn words_are_a_document_and_without_any_of_the_data_they_are_refused() {
    let mut stage = on_notes();
    assert_eq!(stage.session.title_of_list(Listed::Features), "by TF-IDF");
    assert_eq!(stage.session.title_of_list(Listed::Linear), "by LSA, 2-D");
    assert!(stage.session.has_words());
    assert_eq!(stage.session.query_of(" 12 "), Some(Query::Text("12".into())));
    assert_eq!(stage.session.query_of("  "), None);
    stage.act(Action::Ask(stage.session.query_of("a Cat, a DOG")));
    settle(&mut stage);
    assert!(stage.session.placed(SlotId(0)).is_some(), "it has its place on the plane");
    // Of notes about animals those without fur hold just these words.
    for list in [Listed::Features, Listed::Linear] {
        assert!(
            samples(&stage, list).iter().all(|sample| sample % 2 == 1),
            "{list:?}: {:?}",
            samples(&stage, list)
        );
    }
    let nearest = stage.session.found(Listed::Features).unwrap()[0];
    assert!(nearest.1 < 5e-3 && nearest.0 / 2 % 3 == 2, "{nearest:?}");

    let file = SessionFileV1::new(stage.spec(), &BTreeMap::new(), Path::new("/")).unwrap();
    let read = SessionFileV1::parse(file.to_text().unwrap().as_bytes()).unwrap().check(Path::new("/")).unwrap().0;
    assert_eq!((read.query, read.find), (stage.spec().query.clone(), stage.spec().find));

    stage.act(Action::Ask(Some(Query::Text("zebra".into()))));
    settle(&mut stage);
    assert!(stage.last_toast().contains("No word of “zebra”"), "{}", stage.last_toast());
    assert_eq!((stage.spec().query.clone(), stage.slot().anchor), (None, Anchor::Centre));
    let mut stage = Stage::new();
    assert!(!stage.session.has_words());
    assert_eq!(stage.session.query_of("12"), Some(Query::Sample(12)));
    stage.act(Action::Ask(Some(Query::Text("twelve".into()))));
    settle(&mut stage);
    assert!(stage.last_toast().contains("neither words nor names"), "{}", stage.last_toast());
}

#[test]
fn precision_is_measured_once_it_is_shown_and_forgotten_with_what_it_is_of() {
    let mut stage = on_notes();
    assert!(stage.session.has_precision() && stage.session.precision(Listed::Features).is_none());
    stage.act(Action::Unfold(Fold::Precision, true));
    settle(&mut stage);
    assert_eq!(stage.session.precision_share(), 1.0);
    for list in stage.session.lists() {
        let precision = stage.session.precision(list).unwrap();
        assert_eq!(precision.iter().map(|(k, _)| *k).collect::<Vec<_>>(), [1, 2, 5, 10, 20]);
        assert!(precision.iter().all(|(_, share)| (0.0..=1.0).contains(share)), "{precision:?}");
    }
    // No word is of both kinds: the 15 notes of its own come before all others.
    let of_words = stage.session.precision(Listed::Features).unwrap();
    assert_eq!(of_words[..4].iter().map(|(_, share)| *share).collect::<Vec<_>>(), [1.0; 4]);
    assert_eq!(of_words[4].1, 0.75);
    stage.act(find(Distance::Cosine));
    assert!(stage.session.precision(Listed::Features).is_none(), "by another distance it is another");
    settle(&mut stage);
    assert_eq!(stage.session.precision_share(), 1.0);
    let stage = {
        let mut stage = Stage::new();
        stage.act(find(Distance::Euclid));
        stage.act(Action::Unfold(Fold::Precision, true));
        settle(&mut stage);
        stage
    };
    assert!(!stage.session.has_precision() && stage.session.precision(Listed::Features).is_none());
}

#[test]
fn one_tray_that_was_asked_for_gives_way_to_another() {
    let mut stage = Stage::new();
    stage.act(find(Distance::Cosine));
    stage.act(Action::ShowErrors(Some(ErrorPage::default())));
    assert_eq!((stage.spec().find, stage.spec().errors.is_some()), (None, true));
    stage.act(find(Distance::Euclid));
    assert_eq!((stage.spec().find, stage.spec().errors), (Some(FindPage::default()), None));
}

#[test]
fn an_end_of_the_path_can_be_typed_and_is_where_each_model_places_it() {
    let mut stage = on_notes();
    assert_eq!(stage.session.typed_end(" 12 "), Some(PathEnd::Sample(12)));
    assert_eq!(stage.session.typed_end("  "), None);
    stage.act(Action::SetTool(Tool::Path));
    stage.act(Action::SetEnd(0, stage.session.typed_end("a Cat, a DOG")));
    stage.act(Action::SetEnd(1, stage.session.typed_end("5")));
    assert!(stage.session.path().is_none(), "its place is being worked out");
    settle(&mut stage);
    let path = stage.session.path().unwrap();
    assert_eq!(Some(&path.to), stage.session.code_of(5).as_ref());
    // What is asked about in the same words lies there too.
    stage.act(Action::Ask(stage.session.query_of("a Cat, a DOG")));
    settle(&mut stage);
    assert_eq!(path.from, stage.session.placed(SlotId(0)).unwrap().mu);

    stage.act(Action::SwapPath);
    settle(&mut stage);
    assert_eq!(stage.session.path().unwrap().to, path.from);
    let before = stage.spec().path.ends.clone();
    stage.act(Action::SetEnd(0, stage.session.typed_end("zebra")));
    assert!(stage.last_toast().contains("zebra"), "{}", stage.last_toast());
    assert_eq!(stage.spec().path.ends, before, "words that no note has are no end");
    stage.act(Action::Train(Until::End));
    stage.train(4);
    settle(&mut stage);
    assert_ne!(stage.session.path().unwrap().to, path.from, "it goes where the model now places it");
}

#[test]
fn pictures_without_names_take_no_words_as_an_end() {
    let mut stage = Stage::new();
    settle(&mut stage);
    assert_eq!(stage.session.typed_end("a cat"), None);
    stage.act(Action::SetEnd(0, Some(PathEnd::Text("a cat".into()))));
    assert_eq!(stage.spec().path.ends[0], None);
}
