//! An image from outside of the data.

use super::*;
use crate::data::Stroke;

fn line(points: &[[f32; 2]]) -> Query {
    Query::Drawn(vec![Stroke { points: points.to_vec(), radius: 0.2, colour: [255; 3] }])
}

/// Both models' places of what was asked, once the lane has worked them out: frame, sample, place.
fn settle(stage: &mut Stage) {
    while !stage.derive().is_empty() {}
}

#[test]
fn what_is_drawn_is_kept_by_its_code_until_something_else_is() {
    let mut stage = Stage::new();
    settle(&mut stage);
    let before = stage.slot().z.clone();
    stage.act(Action::Ask(Some(line(&[[0.1, 0.1], [0.9, 0.9]]))));
    assert_eq!(stage.slot().anchor, Anchor::Query);
    settle(&mut stage);
    let placed = stage.session.placed(SlotId(0)).unwrap().clone();
    assert_eq!((&stage.slot().z, stage.session.z()), (&placed.mu, &placed.mu[..]));
    assert!(placed.log_var.is_some() && placed.nearest.len() == 4 && placed.mu != before);
    assert_eq!(stage.session.input_of(SlotId(0)), Some(Input::Query));
    // A sample that is pointed at is looked at first.
    stage.act(Action::Point(Some(3)));
    assert_eq!(stage.session.input_of(SlotId(0)), Some(Input::Sample(3)));
    stage.act(Action::Point(None));

    let first = line(&[[0.1, 0.1], [0.9, 0.9]]);
    let second = line(&[[0.1, 0.9], [0.4, 0.9]]);
    stage.act(Action::Ask(Some(second.clone())));
    assert!(stage.session.placed(SlotId(0)).is_some(), "the place before stands meanwhile");
    settle(&mut stage);
    assert_ne!(stage.slot().z, placed.mu);
    stage.act(Action::Undo);
    settle(&mut stage);
    assert_eq!((stage.spec().query.clone(), &stage.slot().z), (Some(first), &placed.mu));
    stage.act(Action::Redo);
    settle(&mut stage);
    assert_eq!(stage.spec().query, Some(second));

    stage.act(Action::Pick(Some(3)));
    settle(&mut stage);
    assert_eq!(Some(&stage.slot().z), stage.session.code_of(3).as_ref(), "what is picked is kept");
    assert!(stage.session.placed(SlotId(0)).is_some(), "the drawing stays on the plane");
    stage.act(Action::Ask(None));
    assert_eq!(stage.slot().anchor, Anchor::Sample(3), "it is not the drawing that is kept");
    assert!(stage.session.placed(SlotId(0)).is_none());
}

#[test]
fn each_model_places_it_anew_while_it_learns_and_one_that_is_opened_does_too() {
    let mut stage = Stage::new();
    stage.act(Action::Ask(Some(line(&[[0.2, 0.2], [0.8, 0.3]]))));
    settle(&mut stage);
    let before = stage.slot().z.clone();
    stage.act(Action::Train(Until::End));
    stage.train(4);
    settle(&mut stage);
    assert_ne!(stage.slot().z, before, "the code goes where the model now places it");
    assert_eq!(stage.slot().z, stage.session.placed(SlotId(0)).unwrap().mu);
    // Another length of codes.
    stage.act(Action::Set(Group::Model, "latent_dim".into(), "3".into()));
    stage.act(Action::Reset);
    settle(&mut stage);
    assert_eq!((stage.slot().anchor, stage.slot().z.len()), (Anchor::Query, 3));
    assert_eq!(stage.slot().z, stage.session.placed(SlotId(0)).unwrap().mu);
    stage.act(Action::ChooseData(DataChoice::FullHalf));
    stage.data_come(Ok(data(WIDE)));
    assert_eq!(stage.spec().query, None, "other data, other drawings");
    assert_eq!(stage.slot().z, stage.centre());
}

#[test]
fn what_cannot_be_asked_is_not() {
    let mut stage = Stage::new();
    for bad in [[f32::NAN, 0.0], [0.0, 9.0], [f32::INFINITY, 0.0]] {
        stage.act(Action::Ask(Some(line(&[bad]))));
        assert_eq!(stage.spec().query, None);
    }
    let many = vec![[0.5, 0.5]; Query::MAX_POINTS + 1];
    stage.act(Action::Ask(Some(line(&many))));
    assert_eq!(stage.spec().query, None);
    let iris = crate::data::load(&DataChoice::Iris, &crate::data::Reading::default()).unwrap();
    stage.act(Action::ChooseData(DataChoice::Iris));
    stage.data_come(Ok(iris));
    assert!(!stage.session.can_ask());
    stage.act(Action::Open("digit.png".into()));
    stage.is_recognised("digit.png", PathKind::Picture);
    assert!(stage.last_toast().contains("digit.png is one picture"), "{}", stage.last_toast());
    assert_eq!(stage.spec().query, None);
}

#[test]
fn samples_that_are_chosen_together_stay_chosen_while_something_is_asked() {
    let mut stage = Stage::new();
    stage.act(Action::Choose(Choice::These([3, 4, 5].into()), Joining::Instead));
    stage.act(Action::Ask(Some(line(&[[0.1, 0.1], [0.9, 0.9]]))));
    assert_eq!(*stage.spec().selection.samples, [3, 4, 5]);
    stage.act(Action::Choose(Choice::These([3].into()), Joining::Instead));
    stage.act(Action::Ask(Some(line(&[[0.1, 0.2], [0.9, 0.9]]))));
    assert!(stage.spec().selection.samples.is_empty(), "one alone is what is looked at");
}

#[test]
fn a_picture_that_is_dropped_is_asked_about_while_training_goes_on_and_nothing_else_is_opened() {
    let mut stage = Stage::new();
    stage.act(Action::Train(Until::End));
    let mut dropped = |name: &str, kind: PathKind| {
        stage.act(Action::Drop(name.into()));
        let effects = stage.is_recognised(name, kind);
        assert!(stage.session.is_running());
        (
            !effects.iter().any(|effect| matches!(effect, Effect::Job(Job::OpenModel(..)))),
            stage.last_toast().to_owned(),
            stage.spec().query.clone(),
        )
    };
    let (_, said, query) = dropped("digit.png", PathKind::Picture);
    assert_eq!((said.as_str(), query), ("", Some(Query::File("digit.png".into()))));
    let (is_nothing, said, _) = dropped("other.safetensors", PathKind::Model);
    assert!(is_nothing && said.contains("Training is running"), "{said}");
}
