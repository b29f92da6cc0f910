//! What a classifier takes samples for, and whose labels it knows.

use super::*;
use crate::data::Labels;

/// A classifier of pictures in two classes that knows some labels.
fn classifying(labels: &str, seed: &str) -> Stage {
    let mut stage = Stage::new();
    let of = Labels { names: ["dark", "light"].map(String::from).into(), of: (0..40).map(|i| i % 2).collect() };
    let bytes: Vec<u8> = (0..160).map(|i| (i * 37 % 251) as u8).collect();
    let all = Dataset::new(KIND, Values::Bytes(bytes.into()), Some(of), vec![]).unwrap();
    stage.act(Action::ChooseData(DataChoice::FullHalf));
    stage.data_come(Ok(DataSplit::new("Dots".into(), all.slice(0..30).unwrap(), all.slice(30..40).unwrap())));
    stage.act(Action::SetKind("classifier".into()));
    stage.act(Action::Set(Group::Model, "labels".into(), labels.into()));
    stage.act(Action::Set(Group::Training, "seed".into(), seed.into()));
    stage.act(Action::Reset);
    while !stage.derive().is_empty() {}
    stage
}

#[test]
fn what_samples_are_taken_for_is_told_of_either_part_while_that_is_looked_at() {
    let mut stage = classifying("0", "1");
    assert!(stage.session.can_confuse() && stage.session.confusion(true).is_none(), "nobody asks");
    stage.act(Action::Unfold(Fold::Confusion, true));
    while !stage.derive().is_empty() {}
    let n = |is_test| stage.session.confusion(is_test).map(|found| (found.n_of(0), found.n_of(1)));
    assert_eq!((n(false), n(true)), (Some((15, 15)), Some((5, 5))));
    stage.act(Action::Unfold(Fold::Confusion, false));
    assert!(stage.session.confusion(true).is_none());
}

#[test]
fn the_samples_that_are_ringed_are_those_that_the_model_learned_from() {
    let known = |stage: &Stage| stage.session.known_labels_of(SlotId(0)).map(|samples| samples.to_vec());
    let found = ["1", "2"].map(|seed| {
        let mut stage = classifying("6", seed);
        let found = known(&stage).unwrap();
        let train = &stage.session.data().unwrap().train;
        let learned_from = stage.slot().model.learned_from(train, seed.parse().unwrap());
        assert_eq!(Some(&found), learned_from.as_ref());
        // What is set for the next training says nothing of this one.
        stage.act(Action::Set(Group::Model, "labels".into(), "8".into()));
        while !stage.derive().is_empty() {}
        assert_eq!(known(&stage), learned_from);
        stage.act(Action::ToggleLayer(Layer::KnownLabels));
        assert_eq!(known(&stage), None);
        found
    });
    assert!(found[0].len() == 6 && found[0] != found[1]);
    assert_eq!(known(&classifying("0", "1")), None, "where all are known none is ringed");
}
