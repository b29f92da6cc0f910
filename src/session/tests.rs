//! Actions to spec and effects, and what comes back from the workers.

use super::*;
use crate::data::{DataChoice, DataSplit, Dataset, SampleKind, Values};
use crate::latent::grid::Spacing;
use crate::picture::Pixels;
use crate::train::{Run, encode};
use crate::worker::{Decoded, Event, Outbox, TrainCommand, Until, ViewId};
use std::path::PathBuf;

fn data(kind: SampleKind) -> DataSplit {
    let n = kind.n_features() * 40;
    let bytes: Vec<u8> = (0..n).map(|i| (i * 37 % 251) as u8).collect();
    let all = Dataset::new(kind, Values::Bytes(bytes.into()), None, vec![]).unwrap();
    DataSplit { name: "Dots".into(), train: all.slice(0..30).unwrap(), test: all.slice(30..40).unwrap() }
}

const KIND: SampleKind = SampleKind::Image { channels: 1, height: 2, width: 2 };
const WIDE: SampleKind = SampleKind::Image { channels: 1, height: 2, width: 3 };

/// A session whose workers are played by the test: it answers every Begin at once, as they would.
struct Stage {
    session: Session,
    /// The data and state of the run in hand.
    begun: Option<Box<crate::worker::Begin>>,
}

impl Stage {
    /// A session with data loaded and fresh weights shown.
    fn new() -> Self {
        let mut session = Session::new(SessionSpec { data: DataChoice::Moons, ..SessionSpec::default() });
        let effects = session.open(None);
        assert!(matches!(effects[..], [Effect::Job(crate::worker::Job::LoadData(DataChoice::Moons))]));
        let mut stage = Self { session, begun: None };
        stage.act(Action::Set(Group::Model, "hidden", "4".into()));
        stage.event(Event::DataLoaded(DataChoice::Moons, Ok(Box::new(data(KIND)))));
        stage
    }

    fn act(&mut self, action: Action) -> Vec<Effect> {
        let effects = self.session.apply(action);
        self.answer(effects)
    }

    fn event(&mut self, event: Event) -> Vec<Effect> {
        let effects = self.session.receive(Outbox { events: vec![event], ..Outbox::default() });
        self.answer(effects)
    }

    /// Plays the train thread for Begin; hands the effects on.
    fn answer(&mut self, effects: Vec<Effect>) -> Vec<Effect> {
        let mut rest = Vec::new();
        for effect in effects {
            match effect {
                Effect::Train(TrainCommand::Begin(begin)) => {
                    let run = self.run(&begin, 0);
                    rest.push(Effect::Train(TrainCommand::Begin(begin)));
                    let more = self.publish(&run, Phase::Paused);
                    rest.extend(more);
                }
                other => rest.push(other),
            }
        }
        if let Some(Effect::Train(TrainCommand::Begin(begin))) =
            rest.iter().rposition(|e| matches!(e, Effect::Train(TrainCommand::Begin(_)))).map(|i| rest.remove(i))
        {
            self.begun = Some(begin);
        }
        rest
    }

    fn run(&self, begin: &crate::worker::Begin, steps: u64) -> Run {
        let mut run = Run::new(&begin.spec, &begin.train, &begin.data, begin.from.as_deref(), 1).unwrap();
        for _ in 0..steps {
            run.advance().unwrap();
        }
        run
    }

    fn publish(&mut self, run: &Run, phase: Phase) -> Vec<Effect> {
        let trained = run.trained().unwrap();
        let indices: Vec<u32> = (0..30).collect();
        let codes = encode(&*trained.model, &run.data().train, &indices, &|| false).unwrap();
        let stats = crate::latent::stats::dimension_stats(codes.mu.view(), None);
        let generation = self.session.generation;
        let snapshot = Snapshot {
            slot: 0,
            generation,
            step: run.step(),
            model: trained.model,
            cloud: Some(Arc::new(CodeCloud { indices, codes, stats })),
        };
        let status = TrainStatus {
            generation,
            phase,
            step: run.step(),
            last_step: run.last_step(),
            steps_per_epoch: run.steps_per_epoch(),
            steps_per_s: 100.0,
        };
        let outbox = Outbox { status: Some(status), snapshot: Some(Arc::new(snapshot)), ..Outbox::default() };
        self.session.receive(outbox)
    }

    /// Trains some steps on the run in hand, as if it had been set going and had stopped.
    fn train(&mut self, steps: u64) {
        let begin = self.begun.take().unwrap();
        let run = self.run(&begin, steps);
        self.publish(&run, Phase::Running);
        self.publish(&run, Phase::Paused);
        let checkpoint = Arc::new(run.checkpoint().unwrap());
        let generation = self.session.generation;
        self.begun = Some(begin);
        self.event(Event::Stopped { generation, checkpoint, finished: false, training_secs: 0.1 });
    }

    fn spec(&self) -> &SessionSpec {
        self.session.spec()
    }

    fn step(&self) -> u64 {
        self.session.weights().snapshot.as_ref().unwrap().step
    }

    fn last_toast(&self) -> &str {
        self.session.toasts().last().map_or("", |toast| &toast.first)
    }
}

fn begins(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::Train(TrainCommand::Begin(_))))
}

fn goes(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::Train(TrainCommand::Go(_))))
}

fn requests(effects: &[Effect]) -> Vec<ViewId> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Decode(request) => Some(request.view),
            _ => None,
        })
        .collect()
}

#[test]
fn codes_are_kept_only_if_they_can_be() {
    let mut stage = Stage::new();
    stage.act(Action::Keep(vec![0.5, -1.0]));
    assert_eq!(stage.spec().z, [0.5, -1.0]);
    for bad in [vec![f32::NAN, 0.0], vec![f32::INFINITY, 0.0], vec![1.0], vec![1.0; 3]] {
        stage.act(Action::Keep(bad));
    }
    stage.act(Action::SetZ(1, f32::NAN));
    stage.act(Action::SetZ(7, 1.0));
    assert_eq!(stage.spec().z, [0.5, -1.0]);
    stage.act(Action::SetZ(1, 1e30));
    assert_eq!(stage.spec().z, [0.5, 1e4]);
    stage.act(Action::Hover(Some(vec![9.0, 9.0])));
    assert_eq!((stage.session.z()[0], stage.spec().z[0]), (9.0, 0.5));
    stage.act(Action::Hover(Some(vec![9.0])));
    assert_eq!(stage.session.hover(), None);
    stage.act(Action::SampleZ);
    let first = stage.spec().z.clone();
    stage.act(Action::SampleZ);
    assert_ne!(stage.spec().z, first);
    stage.act(Action::ZeroZ);
    assert_eq!(stage.spec().z, [0.0, 0.0]);
}

#[test]
fn axes_grids_and_classes_stay_sound() {
    let mut stage = Stage::new();
    stage.act(Action::SetAxis(0, 1));
    assert_eq!(stage.spec().axes, [1, 0], "the axes swap");
    stage.act(Action::SetAxis(0, 2));
    stage.act(Action::SetAxis(2, 0));
    assert_eq!(stage.spec().axes, [1, 0]);
    stage.act(Action::SetGrid(Some([[2.0, -1.0], [0.0, 1.0]])));
    assert_eq!(stage.spec().grid.rect, Some([[-1.0, 2.0], [0.0, 1.0]]));
    stage.act(Action::SetGrid(Some([[f32::NAN, 0.0], [0.0, 1.0]])));
    assert_eq!(stage.spec().grid.rect, Some([[-1.0, 2.0], [0.0, 1.0]]));
    for (asked, got) in [(0, 2), (500, 20), (7, 7)] {
        stage.act(Action::SetGridSteps(asked));
        assert_eq!(stage.spec().grid.steps, got);
    }
    stage.act(Action::SetSpacing(Spacing::Gaussian));
    stage.act(Action::ToggleClass(3));
    assert!(stage.spec().hidden.contains(&3));
    stage.act(Action::ToggleClass(3));
    assert!(stage.spec().hidden.is_empty());
}

#[test]
fn a_gesture_is_one_step_of_undo() {
    let mut stage = Stage::new();
    stage.act(Action::BeginGesture);
    for i in 1..=10 {
        stage.act(Action::SetZ(0, i as f32 / 10.0));
    }
    stage.act(Action::EndGesture);
    stage.act(Action::SetZ(1, 2.0));
    stage.act(Action::Undo);
    assert_eq!(stage.spec().z, [1.0, 0.0]);
    stage.act(Action::Undo);
    assert_eq!(stage.spec().z, [0.0, 0.0]);
    stage.act(Action::Redo);
    assert_eq!(stage.spec().z, [1.0, 0.0]);
    stage.act(Action::SetZ(0, 5.0));
    assert!(!stage.session.can_undo_redo().1, "a new change leaves nothing to redo");
    stage.act(Action::BeginGesture);
    stage.act(Action::EndGesture);
    stage.act(Action::Undo);
    assert_eq!(stage.spec().z, [1.0, 0.0], "a gesture without change leaves no step");
}

#[test]
fn bad_settings_are_refused_and_the_old_ones_kept() {
    let mut stage = Stage::new();
    let before = stage.spec().clone();
    stage.act(Action::Set(Group::Model, "latent_dim", "0".into()));
    assert!(stage.last_toast().contains("latent_dim"));
    stage.act(Action::Set(Group::Training, "learning_rate", "nan".into()));
    assert!(stage.last_toast().contains("learning_rate"));
    assert_eq!(*stage.spec(), before);
    assert!(stage.session.toasts().iter().all(|toast| toast.kind == ToastKind::Bad));
    let id = stage.session.toasts()[0].id;
    stage.act(Action::Dismiss(id));
    assert!(stage.session.toasts().iter().all(|toast| toast.id != id));
}

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

#[test]
fn views_ask_when_something_changed_and_take_only_newer_answers() {
    let mut stage = Stage::new();
    assert_eq!(requests(&stage.act(Action::Keep(vec![1.0, 1.0]))), [ViewId::Picture]);
    assert!(requests(&stage.act(Action::Keep(vec![1.0, 1.0]))).is_empty());
    assert_eq!(requests(&stage.act(Action::SetGrid(Some([[0.0, 1.0], [0.0, 1.0]])))), [ViewId::Grid]);
    assert_eq!(requests(&stage.act(Action::ShowStrips(vec![1, 9]))), [ViewId::Strip(1)]);
    stage.act(Action::SetZ(0, 2.0));
    let wanted = stage.session.wanted_stamp(ViewId::Picture).unwrap();
    let mut reply = |stamp: u64, width: usize| {
        let decoded = [(ViewId::Picture, Decoded { stamp, pixels: Pixels::new(width, 1) })].into();
        stage.session.receive(Outbox { decoded, ..Outbox::default() });
        stage.session.picture(ViewId::Picture).map(|picture| picture.pixels.width)
    };
    assert_eq!(reply(wanted - 1, 1), Some(1), "a late answer is better than none");
    assert_eq!(reply(wanted, 2), Some(2));
    assert_eq!(reply(wanted - 1, 3), Some(2), "but never replaces a newer one");
    stage.act(Action::SetGrid(None));
    assert!(stage.session.wanted_stamp(ViewId::Grid).is_none());
    let late = [(ViewId::Grid, Decoded { stamp: 1, pixels: Pixels::new(1, 1) })].into();
    stage.session.receive(Outbox { decoded: late, ..Outbox::default() });
    assert!(stage.session.picture(ViewId::Grid).is_none());
}

#[test]
fn the_spec_survives_a_file() {
    let mut stage = Stage::new();
    stage.act(Action::SetGrid(Some([[0.0, 1.0], [-2.0, 0.5]])));
    stage.act(Action::ToggleClass(2));
    let text = serde_json::to_string(stage.spec()).unwrap();
    assert_eq!(serde_json::from_str::<SessionSpec>(&text).unwrap(), *stage.spec());
}
