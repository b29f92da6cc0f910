//! Whether weights are in a file, and in which.

use super::*;

#[test]
fn a_model_of_the_slots_file_is_in_a_file_until_it_is_trained_on() {
    let mut stage = Stage::new();
    stage.act(Action::Train(Until::Steps(2)));
    stage.train(2);
    let checkpoint = stage.session.weights().checkpoint.clone().unwrap();
    stage.model_comes("a.safetensors", (*checkpoint).clone());
    assert_eq!(stage.session.model_file(), Some("a.safetensors".into()));
    stage.act(Action::Train(Until::Steps(1)));
    stage.train(1);
    assert_eq!(stage.session.model_file(), None);
    stage.act(Action::Undo);
    assert_eq!(stage.session.model_file(), Some("a.safetensors".into()));
}

#[test]
fn undoing_a_slider_does_not_undo_where_the_model_was_saved() {
    let mut stage = Stage::new();
    stage.act(Action::Train(Until::Steps(2)));
    stage.train(2);
    stage.act(Action::SetZ(0, 1.0));
    let checkpoint = stage.session.weights().checkpoint.clone();
    stage.event(Event::Saved("b.safetensors".into(), checkpoint, Ok(1000)));
    assert_eq!(stage.session.save_target(), Some("b.safetensors".into()));
    stage.act(Action::Undo);
    assert_eq!(stage.slot().z, stage.centre());
    assert_eq!(stage.session.save_target(), Some("b.safetensors".into()));
    assert!(!stage.session.is_unsaved());
}

#[test]
fn what_gave_way_unsaved_is_remembered_until_it_comes_back() {
    let mut stage = Stage::new();
    stage.act(Action::Train(Until::Steps(2)));
    stage.train(2);
    assert!(stage.session.is_unsaved() && !stage.session.left_unsaved());
    stage.act(Action::Reset);
    assert!(!stage.session.is_unsaved() && stage.session.left_unsaved());
    stage.act(Action::Undo);
    assert!(stage.session.is_unsaved() && !stage.session.left_unsaved());
}
