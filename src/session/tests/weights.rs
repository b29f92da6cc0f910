//! What happens to the weights: training, undo, data, opened models, failures.

use super::*;

#[test]
fn train_starts_anew_or_goes_on_as_the_settings_say() {
    let mut stage = Stage::new();
    assert_eq!(stage.session.next_step(), NextStep::Train);
    assert!(goes(&stage.act(Action::Train(Until::Steps(3)))));
    stage.train(3);
    assert_eq!((stage.step(), stage.session.next_step()), (3, NextStep::Continue));
    let generation = stage.session.run.generation;
    assert!(goes(&stage.act(Action::Train(Until::Steps(1)))));
    let unchanged = stage.session.run.generation == generation;
    stage.train(4);
    stage.act(Action::Set(Group::Model, "beta".into(), "2".into()));
    assert_eq!(stage.session.next_step(), NextStep::Continue, "beta applies live");
    stage.act(Action::Train(Until::Steps(1)));
    assert!(unchanged && stage.session.run.generation == generation + 1);
    assert!(stage.begun.as_ref().unwrap().from.is_some(), "a live setting goes on from the checkpoint");
    stage.train(1);
    stage.act(Action::Set(Group::Model, "latent_dim".into(), "3".into()));
    assert_eq!(stage.session.next_step(), NextStep::Train);
    stage.act(Action::Train(Until::End));
    assert!(stage.begun.as_ref().unwrap().from.is_none(), "another network begins fresh");
    assert_eq!(stage.session.latent_dim(), 3);
}

#[test]
fn training_past_the_plan_plans_more() {
    let mut stage = Stage::new();
    stage.act(Action::Set(Group::Training, "epochs".into(), "2".into()));
    stage.act(Action::Set(Group::Training, "batch".into(), "10".into()));
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
    assert_eq!((stage.slot().z.clone(), stage.step()), (stage.centre(), 5));
    stage.act(Action::Undo);
    assert_eq!(stage.step(), 0, "the training is the step before");
    stage.act(Action::Redo);
    stage.act(Action::Redo);
    assert_eq!((stage.slot().z[0], stage.step()), (1.0, 5));
}

#[test]
fn a_running_training_is_not_pulled_away() {
    let mut stage = Stage::new();
    stage.act(Action::Train(Until::End));
    let run = stage.run(stage.begun.as_ref().unwrap(), 2);
    stage.publish(&run, Phase::Running);
    assert_eq!(stage.session.next_step(), NextStep::Pause);
    let generation = stage.session.run.generation;
    assert!(!goes(&stage.act(Action::Train(Until::End))), "it runs already");
    for action in
        [Action::Reset, Action::ChooseData(DataChoice::Mnist), Action::OpenModel("x".into()), Action::Undo]
    {
        let effects = stage.act(action);
        assert!(!begins(&effects) && !effects.iter().any(|effect| matches!(effect, Effect::Job(_))));
    }
    assert_eq!(stage.session.run.generation, generation);
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
    let (generation, checkpoint) = (stage.session.run.generation, Arc::new(run.checkpoint().unwrap()));
    stage.event(Event::Stopped { generation, checkpoint, finished: false, training_secs: 0.1 });
    stage.publish(&run, Phase::Paused);
    assert!(stage.session.status().is_none());
    assert!(goes(&stage.act(Action::Train(Until::End))), "its model can be trained on");
}

#[test]
fn what_has_finished_is_never_called_paused() {
    let mut stage = Stage::new();
    stage.act(Action::Set(Group::Training, "epochs".into(), "1".into()));
    stage.act(Action::Train(Until::End));
    let begin = stage.begun.take().unwrap();
    let before = stage.run(&begin, 1);
    stage.publish(&before, Phase::Running);
    let run = stage.run(&begin, before.last_step());
    let (generation, checkpoint) = (stage.session.run.generation, Arc::new(run.checkpoint().unwrap()));
    assert!(before.step() < run.last_step(), "the status is of a step before the last");
    // All codes, and with them the last status, come a while after.
    stage.event(Event::Stopped { generation, checkpoint, finished: true, training_secs: 0.1 });
    assert!(!stage.session.is_running() && stage.session.paused().is_none());
    stage.begun = Some(begin);
}

#[test]
fn a_failed_training_keeps_the_last_good_model() {
    let mut stage = Stage::new();
    stage.act(Action::Train(Until::End));
    let good = Arc::new(stage.run(stage.begun.as_ref().unwrap(), 4).checkpoint().unwrap());
    let generation = stage.session.run.generation;
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
    stage.act(Action::ChooseData(DataChoice::Path("nowhere".into())));
    assert!(stage.session.is_busy());
    stage.data_come(Err("could not read nowhere".into()));
    assert_eq!(*stage.spec(), before);
    assert!(!stage.session.is_busy() && stage.last_toast().contains("nowhere"));
    assert!(stage.session.model().is_some());
}

#[test]
fn other_data_begin_fresh_and_undo_brings_the_old_ones_back() {
    let mut stage = Stage::new();
    stage.act(Action::Train(Until::Steps(2)));
    stage.train(2);
    stage.act(Action::ToggleClass(1));
    stage.act(Action::ChooseData(DataChoice::FullHalf));
    stage.data_come(Ok(data(WIDE)));
    assert_eq!((stage.step(), stage.spec().hidden.len()), (0, 0));
    stage.act(Action::Undo);
    assert_eq!(stage.step(), 2, "the trained model came back");
    let shown = stage.session.data().unwrap();
    assert_eq!((&stage.spec().data, shown.train.kind()), (&DataChoice::Moons, &KIND), "and its data with it");
    stage.act(Action::Redo);
    assert_eq!((&stage.spec().data, stage.step()), (&DataChoice::FullHalf, 0));
}

#[test]
fn a_model_of_another_shape_is_refused() {
    let mut stage = Stage::new();
    stage.act(Action::Train(Until::Steps(2)));
    stage.train(2);
    let mut other = Stage::new();
    other.act(Action::ChooseData(DataChoice::FullHalf));
    other.data_come(Ok(data(WIDE)));
    let wide = other.session.weights().snapshot.as_ref().unwrap().model.clone();
    let trained = crate::train::Trained {
        model: wide,
        ..stage.session.weights().checkpoint.as_ref().unwrap().trained.clone()
    };
    let before = stage.spec().clone();
    stage.model_comes("wide.safetensors", Checkpoint { trained, learner: None });
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
    let effects = session.open(None);
    let mut stage = Stage { session, begun: None, loading: None, deriving: Vec::new() };
    stage.answer(effects);
    stage.model_comes("two.safetensors", (*checkpoint).clone());
    assert!(stage.session.model().is_none());
    stage.data_come(Ok(data(KIND)));
    assert_eq!(stage.step(), 2);
    assert_eq!(stage.session.model_file(), Some("two.safetensors".into()));
    assert_eq!(stage.session.slot().model.text("hidden"), "4");
}

#[test]
fn weights_from_other_data_start_a_run_of_their_own() {
    let mut stage = Stage::new();
    stage.act(Action::Train(Until::Steps(2)));
    stage.train(2);
    let mut foreign = (*stage.session.weights().checkpoint.clone().unwrap()).clone();
    foreign.trained.data = "crc32:other".into();
    foreign.trained.step = 1000;
    stage.model_comes("foreign.safetensors", foreign);
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
    let stale = stage.session.run.generation - 1;
    let snapshot = Snapshot {
        slot: SlotId(0),
        generation: stale,
        step: 3,
        capabilities: Capabilities::of(&*trained.model),
        model: trained.model,
        cloud: None,
        packed: None,
    };
    let point = CurvePoint { step: 3, metrics: crate::model::Metrics::default().with(MetricId::Loss, 1.0) };
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

#[test]
fn undo_after_other_settings_were_trained_shows_the_weights_before_by_their_own() {
    let mut stage = Stage::new();
    stage.act(Action::Train(Until::Steps(2)));
    stage.train(2);
    let trained = stage.session.weights().checkpoint.clone().unwrap();
    for (path, text) in [("latent_dim", "3"), ("activation", "tanh")] {
        stage.act(Action::Set(Group::Model, path.into(), text.into()));
    }
    stage.act(Action::Train(Until::Steps(1)));
    stage.train(1);
    assert_eq!((stage.session.latent_dim(), stage.step()), (3, 1));
    stage.act(Action::Undo);
    let begun = stage.begun.as_ref().unwrap();
    assert_eq!(
        begun.spec.as_ref(),
        trained.trained.model.info().spec(),
        "relu and two dimensions, as it was trained"
    );
    assert_eq!((stage.session.latent_dim(), stage.step()), (2, 2));
    assert_eq!(stage.session.slot().model.latent_dim(), 3, "the settings are those of before the training");
    assert_eq!(stage.session.next_step(), NextStep::Train);
    stage.act(Action::Redo);
    assert_eq!((stage.session.latent_dim(), stage.step()), (3, 1));
}

#[test]
fn settings_that_cannot_be_built_start_nothing_and_leave_no_step_of_undo() {
    let mut stage = Stage::new();
    stage.act(Action::Train(Until::Steps(2)));
    stage.train(2);
    let huge = vec!["16384"; 16].join(",");
    stage.act(Action::Set(Group::Model, "hidden".into(), huge));
    let before = stage.spec().clone();
    for action in [Action::Train(Until::End), Action::Reset] {
        let effects = stage.act(action);
        assert!(!goes(&effects) && !begins(&effects) && !stage.session.is_running());
        assert!(stage.last_toast().contains("parameters"));
    }
    assert_eq!((stage.step(), stage.spec()), (2, &before));
    stage.act(Action::ChooseData(DataChoice::FullHalf));
    stage.data_come(Ok(data(WIDE)));
    assert_eq!((stage.step(), stage.spec()), (2, &before), "other data for it are refused too");
    assert_eq!(stage.session.data().unwrap().train.kind(), &KIND);
    stage.act(Action::Undo);
    assert_eq!(stage.session.slot().model.text("hidden"), "4", "the setting is the step before");
}

#[test]
fn training_waits_for_what_is_being_loaded() {
    let mut stage = Stage::new();
    stage.act(Action::ChooseData(DataChoice::FullHalf));
    assert!(!goes(&stage.act(Action::Train(Until::End))));
    assert_eq!(stage.last_toast(), "Not yet", "a key that was pressed too early is answered");
    let first = stage.loading.clone().unwrap();
    stage.act(Action::ChooseData(DataChoice::Mnist));
    let late = Event::DataLoaded(first.0, first.1, Ok(Box::new(data(WIDE))));
    stage.event(late);
    assert!(stage.session.is_loading(), "the answer to an older question is not taken for the newer one's");
    assert_eq!(stage.spec().data, DataChoice::Moons);
    let effects = stage.act(Action::CancelLoad);
    assert!(matches!(effects.first(), Some(Effect::CancelLoads)) && !stage.session.is_loading());
    stage.data_come(Ok(data(WIDE)));
    assert_eq!(stage.spec().data, DataChoice::Moons, "what was given up does not come after all");
    assert!(goes(&stage.act(Action::Train(Until::End))));
}

#[test]
fn the_same_data_again_change_nothing() {
    let mut stage = Stage::new();
    stage.act(Action::Train(Until::Steps(2)));
    stage.train(2);
    stage.act(Action::ChooseData(DataChoice::Moons));
    stage.data_come(Ok(data(KIND)));
    assert_eq!(stage.step(), 2);
    assert!(stage.last_toast().contains("open already"));
}

#[test]
fn weights_that_cannot_be_set_up_give_way_to_those_before() {
    let mut stage = Stage::new();
    stage.act(Action::Train(Until::Steps(2)));
    stage.train(2);
    // The train thread's word comes instead of the stage's.
    let effects = stage.session.apply(Action::Reset);
    assert!(begins(&effects));
    let generation = stage.session.run.generation;
    let failed = Event::TrainFailed { generation, error: "no memory".into(), checkpoint: None };
    stage.event(failed);
    assert_eq!(stage.step(), 2);
    assert!(!stage.session.is_busy());
}

#[test]
fn a_set_up_ends_with_what_it_waits_for() {
    let mut stage = Stage::new();
    let walk = || Action::SetUp("Full moon to half moon, with the VAE".into());
    let effects = stage.act(walk());
    let loads = effects.iter().filter(|effect| matches!(effect, Effect::Job(_))).count();
    assert_eq!(loads, 2, "the model and its data");
    assert!(stage.session.is_setting_up());
    stage.act(Action::SetZ(0, 0.5));
    assert!(stage.session.is_setting_up(), "a slider does not end it");
    stage.act(Action::CancelLoad);
    assert!(!stage.session.is_setting_up(), "it was given up");
    let before = stage.spec().clone();
    stage.act(Action::SetUp("Denoising, 16 dimensions".into()));
    stage.act(Action::CancelLoad);
    assert_eq!(*stage.spec(), before, "what waited for the load does not go on without it");
    stage.act(Action::Reset);
    stage.act(walk());
    stage.act(Action::ChooseData(DataChoice::Mnist));
    assert!(!stage.session.is_setting_up(), "something else was asked for");
    stage.data_come(Ok(data(WIDE)));
    stage.act(walk());
    stage.data_come(Err("could not read the moons".into()));
    assert!(!stage.session.is_setting_up(), "its data cannot come");
    assert_eq!(stage.spec().tool, Tool::Explore);
    stage.act(Action::SetUp("nonsense".into()));
    assert!(!stage.session.is_setting_up());
}

#[test]
fn weights_are_not_taken_back_while_others_are_being_set_up() {
    let mut stage = Stage::new();
    stage.act(Action::Train(Until::Steps(2)));
    stage.train(2);
    // The train thread has not answered yet.
    stage.session.apply(Action::Reset);
    let effects = stage.session.apply(Action::Undo);
    assert!(!begins(&effects));
    assert_eq!(stage.session.can_undo_redo(), (true, false));
}

#[test]
fn a_part_that_is_frozen_before_the_first_training_stands_still_in_it() {
    use crate::model::Order;
    let mut stage = Stage::new();
    stage.act(Action::SetKind("gan".into()));
    let order = Order::Freeze("discriminator".into(), true);
    stage.act(Action::Order(order.clone()));
    let effects = stage.act(Action::Train(Until::End));
    let told = |effect: &Effect| matches!(effect, Effect::Train(TrainCommand::Order(of)) if *of == order);
    assert!(effects.iter().any(told), "the run that is set up is told");
    let [discriminator, _] = stage.session.slot().model.parts() else { panic!("two play") };
    assert!(stage.session.stands_still(*discriminator));
    let mut stage = Stage::new();
    stage.act(Action::SetKind("gan".into()));
    stage.act(Action::Order(order));
    stage.act(Action::SetKind("ae".into()));
    stage.act(Action::Train(Until::End));
    assert!(stage.session.is_running() && stage.session.weights().frozen.is_empty(), "it has no such part");
}

#[test]
fn orders_about_parts_reach_the_run_before_it_goes() {
    use crate::model::Order;
    let freeze = |frozen| Action::Order(Order::Freeze("generator".into(), frozen));
    let orders = |effects: &[Effect]| {
        let of = |effect: &Effect| match effect {
            Effect::Train(TrainCommand::Order(order)) => Some(order.clone()),
            _ => None,
        };
        effects.iter().filter_map(of).collect::<Vec<_>>()
    };
    let mut stage = Stage::new();
    assert!(orders(&stage.act(freeze(true))).is_empty(), "a VAE has no such part");
    stage.act(Action::SetKind("gan".into()));
    for part in ["generator", "discriminator"] {
        stage.act(Action::Set(Group::Model, part.into(), "4".into()));
    }
    let only = Order::Only("discriminator".into());
    let effects = stage.act(Action::Order(only.clone()));
    let place = |is: &dyn Fn(&TrainCommand) -> bool| {
        effects.iter().position(|effect| matches!(effect, Effect::Train(command) if is(command))).unwrap()
    };
    let order = place(&|command| matches!(command, TrainCommand::Order(order) if *order == only));
    assert!(order < place(&|command| matches!(command, TrainCommand::Go(Until::Steps(1)))));
    let [_, generator] = stage.session.slot().model.parts() else { panic!("two play") };
    assert!(!stage.session.stands_still(*generator));
    assert_eq!(orders(&stage.act(freeze(true))), [Order::Freeze("generator".into(), true)], "while it runs");
    assert!(stage.session.stands_still(*generator));
    assert!(orders(&stage.act(Action::Order(only))).is_empty(), "a step waits for the pause");
}
