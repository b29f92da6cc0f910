//! One setting over several values.

use super::*;

fn series(values: &[&str]) -> Series {
    Series {
        group: Group::Model,
        setting: "beta".into(),
        values: values.iter().map(ToString::to_string).collect(),
    }
}

impl Stage {
    /// A session whose model is trained in two steps.
    fn short() -> Self {
        let mut stage = Self::new();
        stage.act(Action::Set(Group::Training, "epochs".into(), "2".into()));
        stage.act(Action::Set(Group::Training, "batch".into(), "30".into()));
        stage
    }

    fn betas(&self) -> Vec<String> {
        self.session.visible().map(|slot| slot.model.text("beta")).collect()
    }

    fn step_in(&self, slot: SlotId) -> u64 {
        self.session.weights_of(slot).checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.trained.step)
    }
}

#[test]
fn a_model_for_each_value_is_trained_one_after_the_other_and_undo_is_one_step() {
    let mut stage = Stage::short();
    let effects = stage.act(Action::TrainSeries(series(&[".1", "1", "10"])));
    assert!(goes(&effects));
    assert_eq!(stage.betas(), ["0.1", "1", "10"], "the first model is off the screen");
    assert_eq!(stage.ids(), [0, 1, 2, 3]);
    for (n_done, slot) in [1, 2, 3].map(SlotId).into_iter().enumerate() {
        let state = stage.session.series_state().unwrap();
        assert_eq!((state.n_done, state.n, state.goes), (n_done, 3, true));
        assert!(stage.session.runs(slot) && stage.spec().active == slot, "Learn follows");
        stage.train(2);
    }
    let state = stage.session.series_state().unwrap();
    assert_eq!((state.n_done, state.goes, stage.session.is_training()), (3, false, false));
    assert_eq!([1, 2, 3].map(|slot| stage.step_in(SlotId(slot))), [2; 3]);
    assert_eq!(stage.session.name_of(SlotId(1)).differs, "β .1");
    assert!(stage.last_toast().contains("3 models"), "{}", stage.last_toast());
    stage.act(Action::Undo);
    assert_eq!((stage.ids(), stage.session.visible().count()), (vec![0], 1));
}

#[test]
fn a_paused_series_goes_on_where_it_stood() {
    let mut stage = Stage::short();
    stage.act(Action::TrainSeries(series(&["1", "2"])));
    stage.act(Action::Pause);
    stage.train(1);
    assert!(!stage.session.is_training() && stage.session.can_resume_series());
    assert_eq!(stage.session.series_state().unwrap().n_done, 0);
    let effects = stage.act(Action::ResumeSeries);
    assert!(goes(&effects));
    let begin = stage.begun.as_ref().unwrap();
    assert_eq!((begin.slot, begin.from.as_ref().unwrap().trained.step), (SlotId(1), 1), "not anew");
    stage.train(1);
    assert!(stage.session.runs(SlotId(2)));
    // Continue, as for any model, goes on with all of it.
    stage.act(Action::Pause);
    stage.train(1);
    stage.act(Action::Train(Until::End));
    assert!(stage.session.series_state().unwrap().goes);
    stage.train(2);
    assert!(!stage.session.can_resume_series() && !stage.session.is_training());
    assert_eq!(stage.session.series_state().unwrap().n_done, 2);
}

#[test]
fn a_model_that_cannot_be_trained_does_not_hold_the_others_up() {
    let mut stage = Stage::short();
    stage.act(Action::TrainSeries(series(&["1", "2"])));
    let generation = stage.session.run.generation;
    stage.event(Event::TrainFailed { generation, error: "KL became infinite".into(), checkpoint: None });
    assert!(stage.session.runs(SlotId(2)), "the next one");
    stage.train(2);
    assert!(!stage.session.series_state().unwrap().goes && stage.last_toast().contains("1 model"));
}

#[test]
fn a_new_series_takes_the_place_of_the_one_before_and_nonsense_is_refused() {
    let mut stage = Stage::short();
    let before = stage.spec().clone();
    for (values, problem) in
        [(&["1"][..], "2 to 9"), (&["1", "1.0"], "twice"), (&["1", "many"], "β"), (&["1", "-2"], "β")]
    {
        let error = stage.session.models_of(&series(values)).unwrap_err();
        assert!(error.contains(problem) || error.contains("beta"), "{error}");
        stage.act(Action::TrainSeries(series(values)));
        assert_eq!(*stage.spec(), before);
    }
    stage.act(Action::TrainSeries(series(&["1", "2"])));
    stage.train(2);
    stage.train(2);
    let dims = Series { setting: "latent_dim".into(), ..series(&["2", "3", "4"]) };
    stage.act(Action::TrainSeries(dims));
    assert_eq!(stage.ids(), [0, 3, 4, 5]);
    let names: Vec<String> = (3..6).map(|slot| stage.session.name_of(SlotId(slot)).differs).collect();
    assert_eq!(names, ["2-D", "3-D", "4-D"]);
}

#[test]
fn settings_of_the_kind_come_first_with_values_around_the_present_one() {
    let stage = Stage::short();
    let settings = stage.session.series_settings();
    let (_, first) = settings[0];
    assert_eq!(
        (first.field.path, first.field.proposals(&first.text)),
        ("beta", ["0.1", "1", "10"].map(String::from).into())
    );
    assert!(settings.iter().any(|(group, setting)| *group == Group::Training && setting.field.path == "seed"));
    assert!(settings.iter().all(|(_, setting)| setting.field.path != "hidden"), "lists have no order");
}

#[test]
fn a_series_that_a_session_has_no_room_for_is_refused_and_says_how_many_must_go() {
    let mut stage = Stage::short();
    for _ in 0..16 {
        stage.act(Action::AddSlot(NewSlot::Copy));
    }
    let ids = stage.ids();
    stage.act(Action::TrainSeries(series(&["1", "2", "3"])));
    assert_eq!(stage.ids(), ids);
    assert!(stage.last_toast().contains("take 2 of them away"), "{}", stage.last_toast());
}

#[test]
fn weights_that_a_series_trains_anew_come_back_by_undo() {
    let mut stage = Stage::short();
    stage.act(Action::TrainSeries(series(&["1", "2"])));
    stage.train(2);
    stage.train(2);
    let trained = stage.session.weights_of(SlotId(2)).checkpoint.clone().unwrap();
    assert_eq!(stage.spec().active, SlotId(2));
    stage.act(Action::Set(Group::Model, "hidden".into(), "5".into()));
    stage.act(Action::ResumeSeries);
    stage.train(2);
    let anew = stage.session.weights_of(SlotId(2)).checkpoint.clone().unwrap();
    let weights = |of: &Checkpoint| -> Vec<Vec<f32>> {
        of.trained.model.weights().iter().map(|param| param.values.to_vec()).collect()
    };
    assert!(weights(&anew) != weights(&trained) && !stage.session.is_training());
    stage.act(Action::Undo);
    let back = stage.session.weights_of(SlotId(2)).checkpoint.clone().unwrap();
    assert!(weights(&back) == weights(&trained));
    assert_eq!((stage.ids(), stage.step_in(SlotId(1))), (vec![0, 1, 2], 2), "the series stands");
}

#[test]
fn a_model_that_cannot_be_set_up_takes_nothing_of_the_series_back() {
    let mut stage = Stage::short();
    stage.act(Action::TrainSeries(series(&["1", "2", "3"])));
    stage.train(2);
    assert!(stage.session.runs(SlotId(2)));
    // As if it had never been set up.
    stage.session.weights.remove(&SlotId(2));
    let generation = stage.session.run.generation;
    stage.event(Event::TrainFailed { generation, error: "No memory".into(), checkpoint: None });
    assert_eq!((stage.ids(), stage.step_in(SlotId(1))), (vec![0, 1, 2, 3], 2));
    assert!(stage.session.runs(SlotId(3)), "the next one");
    let said = &stage.session.toasts().last().unwrap().second;
    assert!(said.contains("goes on without"), "{said}");
}

#[test]
fn what_is_refused_while_a_series_trains_does_not_pause_it() {
    let mut stage = Stage::short();
    stage.act(Action::TrainSeries(series(&["1", "2"])));
    for kind in [PathKind::Model, PathKind::Session, PathKind::Data] {
        stage.act(Action::Drop("other".into()));
        stage.is_recognised("other", kind);
        assert!(stage.last_toast().contains("Training is running"), "{}", stage.last_toast());
        assert!(stage.session.series_state().unwrap().goes);
    }
}

#[test]
fn other_data_end_the_series() {
    let mut stage = Stage::short();
    stage.act(Action::TrainSeries(series(&["1", "2"])));
    stage.train(2);
    stage.train(2);
    stage.act(Action::ChooseData(DataChoice::FullHalf));
    stage.data_come(Ok(data(WIDE)));
    assert!(stage.session.series_state().is_none() && stage.spec().slots.iter().all(|slot| !slot.is_in_series));
}

#[test]
fn what_is_solved_at_once_says_nothing_of_how_long_training_takes() {
    let mut stage = Stage::short();
    let speed = stage.session.run.speed;
    assert!(speed.is_some());
    stage.act(Action::AddSlot(NewSlot::Pca));
    stage.train(1);
    assert_eq!(stage.session.run.speed, speed);
}
