//! A picture of which some rows are given, and the rest as a model draws it.

use super::*;

/// A model that completes the pictures, with an ending on the sheet.
fn completing(completion: Completion) -> Stage {
    let mut stage = Stage::new();
    stage.act(Action::ChooseData(DataChoice::FullHalf));
    stage.data_come(Ok(data(SampleKind::square(1, 5))));
    stage.act(Action::SetKind("made".into()));
    stage.act(Action::Set(Group::Model, "hidden".into(), "6".into()));
    stage.act(Action::Reset);
    stage.act(Action::Complete(Some(completion)));
    while !stage.derive().is_empty() {}
    stage
}

#[test]
fn another_ending_waits_under_the_one_before_and_another_sample_does_not() {
    let first = Completion { rows: 2, seed: 0 };
    let mut stage = completing(first);
    let sheet =
        |stage: &Stage| stage.session.sheet().map(|(_, sheet)| (sheet.ending.n_drawn(), sheet.ending.x.clone()));
    let (n_drawn, x) = sheet(&stage).unwrap();
    assert_eq!((n_drawn, stage.session.n_rows_to_complete()), (15, Some(5)));
    stage.act(Action::Complete(Some(Completion { rows: 4, ..first.again() })));
    assert_eq!(sheet(&stage), Some((15, x.clone())), "there is something to look at meanwhile");
    while !stage.derive().is_empty() {}
    assert!(sheet(&stage).is_some_and(|(n, other)| n == 5 && other[..10] == x[..10]));
    stage.act(Action::Pick(Some(7)));
    assert_eq!((sheet(&stage), stage.session.completed_sample()), (None, 7), "that is another picture");
    while !stage.derive().is_empty() {}
    assert!(sheet(&stage).is_some_and(|(_, other)| other[..20] != x[..20]));
    stage.act(Action::Complete(None));
    assert!(sheet(&stage).is_none());
}
