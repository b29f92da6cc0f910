//! What happens to the weights: training, undo, data, opened models, failures.

use super::*;

#[test]
fn train_starts_anew_or_goes_on_as_the_settings_say() {
    let mut stage = Stage::new();
    assert_eq!(stage.session.next_step(), NextStep::Train);
    assert!(goes(&stage.act(Action::Train(Until::Steps(3)))));
    stage.train(3);
    assert_eq!((stage.step(), stage.session.next_step()), (3, NextStep::Continue));
    let generation = stage.session.generation;
    assert!(goes(&stage.act(Action::Train(Until::Steps(1)))));
    let unchanged = stage.session.generation == generation;
    stage.train(4);
    stage.act(Action::Set(Group::Model, "beta", "2".into()));
    assert_eq!(stage.session.next_step(), NextStep::Continue, "beta applies live");
    stage.act(Action::Train(Until::Steps(1)));
    assert!(unchanged && stage.session.generation == generation + 1);
    assert!(stage.begun.as_ref().unwrap().from.is_some(), "a live setting goes on from the checkpoint");
    stage.act(Action::Set(Group::Model, "latent_dim", "3".into()));
    assert_eq!(stage.session.next_step(), NextStep::Train);
    stage.act(Action::Train(Until::End));
    assert!(stage.begun.as_ref().unwrap().from.is_none(), "another network begins fresh");
    assert_eq!(stage.session.latent_dim(), 3);
}

#[test]
fn training_past_the_plan_plans_more() {
    let mut stage = Stage::new();
    stage.act(Action::Set(Group::Training, "epochs", "2".into()));
    stage.act(Action::Set(Group::Training, "batch", "10".into()));
    stage.act(Action::Train(Until::End));
    stage.train(6);
    stage.act(Action::Train(Until::End));
    assert_eq!(stage.session.slot().training.epochs, 4);
}

#[test]
fn reset_can_be_undone_with_the_weights() {
    let mut stage = Stage::new();
    stage.act(Action::Train(Until::Steps(5)));
    stage.train(5);
    let trained = stage.session.weights().checkpoint.clone().unwrap();
    stage.act(Action::Reset);
    assert_eq!(stage.step(), 0);
    stage.act(Action::Undo);
    assert_eq!(stage.step(), 5);
    assert!(Arc::ptr_eq(&trained, stage.session.weights().checkpoint.as_ref().unwrap()));
    assert!(stage.begun.as_ref().unwrap().from.is_some());
}

#[test]
fn taking_back_a_slider_does_not_take_back_the_training() {
    let mut stage = Stage::new();
    stage.act(Action::Train(Until::Steps(5)));
    stage.act(Action::SetZ(0, 1.0));
    stage.train(5);
    stage.act(Action::Undo);
    assert_eq!((stage.spec().z[0], stage.step()), (0.0, 5));
    stage.act(Action::Undo);
    assert_eq!(stage.step(), 0, "the training is the step before");
    stage.act(Action::Redo);
    stage.act(Action::Redo);
    assert_eq!((stage.spec().z[0], stage.step()), (1.0, 5));
}

#[test]
fn a_running_training_is_not_pulled_away() {
    let mut stage = Stage::new();
    stage.act(Action::Train(Until::End));
    let run = stage.run(stage.begun.as_ref().unwrap(), 2);
    stage.publish(&run, Phase::Running);
    assert_eq!(stage.session.next_step(), NextStep::Pause);
    let generation = stage.session.generation;
    for action in
        [Action::Reset, Action::ChooseData(DataChoice::Mnist), Action::OpenModel("x".into()), Action::Undo]
    {
        let effects = stage.act(action);
        assert!(!begins(&effects) && !effects.iter().any(|effect| matches!(effect, Effect::Job(_))));
    }
    assert_eq!(stage.session.generation, generation);
    assert_eq!(stage.step(), 2);
    let effects = stage.act(Action::Pause);
    assert!(matches!(effects[..], [Effect::Train(TrainCommand::Pause)]));
}

#[test]
fn stop_ends_the_run_once_it_has_paused() {
    let mut stage = Stage::new();
    stage.act(Action::Train(Until::End));
    let run = stage.run(stage.begun.as_ref().unwrap(), 2);
    stage.publish(&run, Phase::Running);
    stage.act(Action::Stop);
    stage.publish(&run, Phase::Running);
    assert!(stage.session.is_running(), "the last snapshot of the run may still come");
    stage.publish(&run, Phase::Paused);
    assert!(stage.session.status().is_none());
}

#[test]
fn a_failed_training_keeps_the_last_good_model() {
    let mut stage = Stage::new();
    stage.act(Action::Train(Until::End));
    let good = Arc::new(stage.run(stage.begun.as_ref().unwrap(), 4).checkpoint().unwrap());
    let generation = stage.session.generation;
    let error = "training stopped at step 9: KL became infinite".to_string();
    stage.event(Event::TrainFailed { generation, error, checkpoint: Some(good) });
    assert_eq!(stage.step(), 4);
    let toast = stage.session.toasts().last().unwrap();
    assert_eq!(
        (toast.first.as_str(), toast.kind),
        ("Training stopped at step 9: KL became infinite", ToastKind::Bad)
    );
    assert!(toast.second.contains("step 4"));
}

#[test]
fn data_that_cannot_be_loaded_change_nothing() {
    let mut stage = Stage::new();
    let before = stage.spec().clone();
    stage.act(Action::ChooseData(DataChoice::Folder("nowhere".into())));
    assert!(stage.session.is_busy());
    stage.event(Event::DataLoaded(DataChoice::Folder("nowhere".into()), Err("could not read nowhere".into())));
    assert_eq!(*stage.spec(), before);
    assert!(!stage.session.is_busy() && stage.last_toast().contains("nowhere"));
    assert!(stage.session.model().is_some());
}

#[test]
fn other_data_begin_fresh_and_undo_asks_for_the_old_ones() {
    let mut stage = Stage::new();
    stage.act(Action::Train(Until::Steps(2)));
    stage.train(2);
    stage.act(Action::ToggleClass(1));
    stage.event(Event::DataLoaded(DataChoice::FullHalf, Ok(Box::new(data(WIDE)))));
    assert_eq!((stage.step(), stage.spec().hidden.len()), (0, 0));
    let effects = stage.act(Action::Undo);
    assert!(matches!(&effects[..], [Effect::Job(crate::worker::Job::LoadData(DataChoice::Moons)), ..]));
    stage.event(Event::DataLoaded(DataChoice::Moons, Ok(Box::new(data(KIND)))));
    assert_eq!(stage.step(), 2, "the trained model came back with its data");
}

#[test]
fn a_model_of_another_shape_is_refused() {
    let mut stage = Stage::new();
    stage.act(Action::Train(Until::Steps(2)));
    stage.train(2);
    let mut other = Stage::new();
    other.event(Event::DataLoaded(DataChoice::FullHalf, Ok(Box::new(data(WIDE)))));
    let wide = other.session.weights().snapshot.as_ref().unwrap().model.clone();
    let trained = crate::train::Trained {
        model: wide,
        ..stage.session.weights().checkpoint.as_ref().unwrap().trained.clone()
    };
    let checkpoint = Box::new(Checkpoint { trained, optim: None });
    let (before, path) = (stage.spec().clone(), PathBuf::from("wide.safetensors"));
    stage.event(Event::ModelOpened(Some(path), Ok(checkpoint)));
    assert_eq!(stage.step(), 2);
    assert_eq!(*stage.spec(), before);
    assert!(stage.last_toast().contains("model is for"));
}

#[test]
fn an_opened_model_waits_for_its_data() {
    let mut stage = Stage::new();
    stage.act(Action::Train(Until::Steps(2)));
    stage.train(2);
    let checkpoint = stage.session.weights().checkpoint.clone().unwrap();
    let mut session = Session::new(SessionSpec { data: DataChoice::Moons, ..SessionSpec::default() });
    session.open(Some("two.safetensors".into()));
    let mut stage = Stage { session, begun: None };
    stage.event(Event::ModelOpened(Some("two.safetensors".into()), Ok(Box::new((*checkpoint).clone()))));
    assert!(stage.session.model().is_none());
    stage.event(Event::DataLoaded(DataChoice::Moons, Ok(Box::new(data(KIND)))));
    assert_eq!(stage.step(), 2);
    assert_eq!(stage.session.model_file(), Some("two.safetensors".into()));
    assert_eq!(stage.session.slot().model.net().hidden, [4]);
}

#[test]
fn weights_from_other_data_start_a_run_of_their_own() {
    let mut stage = Stage::new();
    stage.act(Action::Train(Until::Steps(2)));
    stage.train(2);
    let mut foreign = (*stage.session.weights().checkpoint.clone().unwrap()).clone();
    foreign.trained.data = "crc32:other".into();
    foreign.trained.step = 1000;
    stage.event(Event::ModelOpened(None, Ok(Box::new(foreign))));
    stage.act(Action::Train(Until::End));
    let begun = stage.begun.as_ref().unwrap();
    assert_eq!(begun.from.as_ref().unwrap().trained.step, 0);
    assert!(begun.from.as_ref().unwrap().trained.test_curve.is_empty());
}

#[test]
fn what_comes_from_an_older_run_is_ignored() {
    let mut stage = Stage::new();
    let run = stage.run(stage.begun.as_ref().unwrap(), 3);
    let trained = run.trained().unwrap();
    stage.act(Action::Reset);
    let stale = stage.session.generation - 1;
    let snapshot = Snapshot { slot: 0, generation: stale, step: 3, model: trained.model, cloud: None };
    let point = CurvePoint { step: 3, reconstruction: 1.0, kl: 0.0, loss: 1.0 };
    let outbox = Outbox {
        snapshot: Some(Arc::new(snapshot)),
        train_points: vec![(stale, point)],
        test_points: vec![(stale, point), (stale + 1, point)],
        ..Outbox::default()
    };
    stage.session.receive(outbox);
    assert_eq!(stage.step(), 0);
    assert_eq!(stage.session.weights().train_curve.len(), 0);
    assert_eq!(stage.session.weights().test_curve.len(), 1);
}
