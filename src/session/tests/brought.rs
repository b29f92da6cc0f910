//! Models from elsewhere: what their files do not say is answered live, and kept.

use super::*;
use crate::model::{Answers, Brought, Question};
use crate::train::{Checkpoint, Trained};
use crate::worker::{OpenAs, Written};

/// A checkpoint of the stage's model, as if it came out of `net.pt` with one question open.
fn brought(stage: &Stage, chosen: &str) -> Checkpoint {
    let of_here = stage.session.weights().checkpoint.as_ref().unwrap().trained.clone();
    let choices = ["relu", "tanh"].map(|value| (value.to_owned(), value.to_uppercase()));
    let asked = Question {
        name: "activation",
        title: "Activation",
        help: "",
        choices: choices.to_vec(),
        chosen: chosen.into(),
    };
    let brought = Brought {
        from: "net.pt".into(),
        answers: [("activation".to_owned(), chosen.to_owned())].into(),
        questions: vec![asked],
        file: "net.pt".into(),
        ..Brought::default()
    };
    let trained = Trained { data: String::new(), step: 0, brought: Some(Arc::new(brought)), ..of_here };
    Checkpoint { trained, learner: None }
}

/// What a model is opened by, of the one order to open one among `effects`.
fn asked(effects: Vec<Effect>) -> (PathBuf, Box<OpenAs>) {
    let mut jobs = effects.into_iter().filter_map(|effect| match effect {
        Effect::Job(Job::OpenModel(_, path, by)) => Some((path, by)),
        _ => None,
    });
    jobs.next().expect("no model was asked for")
}

#[test]
fn weights_from_elsewhere_are_no_untrained_ones() {
    let mut stage = Stage::new();
    assert_eq!(
        (stage.session.next_step(), stage.session.stands(SlotId(0))),
        (NextStep::Train, "untrained".into())
    );
    let checkpoint = brought(&stage, "relu");
    stage.model_comes("net.pt", checkpoint);
    assert_eq!(stage.session.next_step(), NextStep::Continue);
    assert_eq!(stage.session.stands(SlotId(0)), "not trained here, begun by net.pt");
    // Save never writes over a file of another program, and a session keeps what was answered.
    assert_eq!(stage.session.save_target(), None);
    assert_eq!(stage.session.suggested_file(), "net.safetensors");
    let effects = stage.act(Action::SaveSession("here.halfmoon".into()));
    let beside = effects.iter().find_map(|effect| match effect {
        Effect::Job(Job::Save(_, Written::Session { beside, .. })) => Some(beside.len()),
        _ => None,
    });
    assert_eq!(beside, Some(1), "the weights lie beside the session");
    // Training goes on from them; then nothing is left to be answered.
    let before = stage.session.weights().checkpoint.as_ref().unwrap().trained.model.weights()[0].values.to_vec();
    let effects = stage.act(Action::Train(Until::Steps(2)));
    assert!(goes(&effects));
    let begun = stage.begun.as_ref().unwrap().from.as_ref().unwrap();
    assert_eq!(begun.trained.model.weights()[0].values, before);
    stage.train(2);
    assert!(stage.session.open_questions().is_none());
    assert!(stage.session.stands(SlotId(0)).ends_with(", begun by net.pt"));
}

#[test]
fn another_answer_opens_the_file_anew_and_undo_takes_it_back() {
    let mut stage = Stage::new();
    let checkpoint = brought(&stage, "relu");
    stage.model_comes("net.pt", checkpoint);
    assert_eq!(stage.session.model_file(), Some("net.pt".into()));
    let (path, by) = asked(stage.act(Action::Answer("activation".into(), "tanh".into())));
    assert_eq!(path, PathBuf::from("net.pt"));
    assert_eq!(by.answers, Answers::from([("activation".into(), "tanh".into())]));
    assert!(by.data.is_some(), "the open data say what samples are");
    let checkpoint = brought(&stage, "tanh");
    let stamp = stage.session.loads.model.unwrap();
    stage.event(Event::ModelOpened(stamp, path, Ok(Box::new(checkpoint))));
    let chosen = |stage: &Stage| stage.session.open_questions().unwrap().questions[0].chosen.clone();
    assert_eq!(chosen(&stage), "tanh");
    assert_eq!(stage.session.model_file(), None, "a command would open it by the likeliest answers");
    stage.act(Action::Undo);
    assert_eq!(chosen(&stage), "relu");
}

#[test]
fn a_model_that_was_opened_before_its_data_is_opened_for_them() {
    let mut stage = Stage::new();
    let wide = {
        let mut other = Stage::new();
        other.act(Action::ChooseData(DataChoice::FullHalf));
        other.data_come(Ok(data(SampleKind::image(1, 1, 4))));
        brought(&other, "relu")
    };
    // As if the file had been read while the data were still on their way.
    stage.act(Action::OpenModel("net.pt".into()));
    stage.session.loads.knows_data = false;
    let stamp = stage.session.loads.model.unwrap();
    let again = Checkpoint { trained: wide.trained.clone(), learner: None };
    let (path, by) = asked(stage.event(Event::ModelOpened(stamp, "net.pt".into(), Ok(Box::new(wide)))));
    assert!(*path == *"net.pt" && by.data.is_some());
    // Opened for the data and still not for them: that is said, once.
    let stamp = stage.session.loads.model.unwrap();
    let effects = stage.event(Event::ModelOpened(stamp, path, Ok(Box::new(again))));
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Job(Job::OpenModel(..)))));
    assert!(stage.last_toast().contains("model is for"), "{:?}", stage.session.toasts());
}
