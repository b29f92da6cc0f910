//! The real threads: stop latency, newest wins, panics become events, errors are sentences.

use super::*;
use crate::data::{DataChoice, DataSplit, Dataset, SampleKind, Values};
use crate::model::{Capabilities, Decoder, FrozenModel, ModelInfo, ModelSpec, Settings, SharedModel, ValidSpec};
use crate::nn::{Param, Scratch};
use crate::train::TrainSpec;
use ndarray::{Array2, ArrayView2};
use std::time::{Duration, Instant};

const KIND: SampleKind = SampleKind::Image { channels: 1, height: 4, width: 4 };

fn data(n: usize) -> DataSplit {
    let bytes: Vec<u8> = (0..n * 16).map(|i| (i * 37 % 251) as u8).collect();
    let all = Dataset::new(KIND, Values::Bytes(bytes.into()), None, vec![]).unwrap();
    DataSplit { name: "Dots".into(), train: all.clone(), test: all.slice(0..20).unwrap() }
}

fn valid(settings: &[(&str, &str)]) -> ValidSpec {
    let base = ModelSpec::of_kind("vae").unwrap().with("hidden", "16").unwrap();
    let spec = settings.iter().fold(base, |spec, (path, text)| spec.with(path, text).unwrap());
    spec.check(&KIND, &[]).unwrap()
}

fn begin(generation: u64, train: TrainSpec) -> TrainCommand {
    let begin = Begin { slot: SlotId(0), generation, spec: valid(&[]), train, data: data(2000), from: None };
    TrainCommand::Begin(Box::new(begin))
}

fn workers() -> Workers {
    Workers::start(Arc::new(|| {})).unwrap()
}

/// Drains until something is found; everything that came is shown to `find`.
fn wait<T>(workers: &Workers, what: &str, mut find: impl FnMut(Outbox) -> Option<T>) -> T {
    let begin = Instant::now();
    loop {
        if let Some(found) = find(workers.drain()) {
            return found;
        }
        assert!(begin.elapsed() < Duration::from_secs(60), "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn event<T>(workers: &Workers, what: &str, mut find: impl FnMut(Event) -> Option<T>) -> T {
    wait(workers, what, |outbox| outbox.events.into_iter().find_map(&mut find))
}

fn long() -> TrainSpec {
    TrainSpec { epochs: 10_000, batch: 32, ..TrainSpec::default() }
}

#[test]
fn a_run_is_shown_before_its_first_step() {
    let workers = workers();
    workers.train(begin(1, long()));
    let snapshot = wait(&workers, "the codes", |outbox| outbox.snapshot);
    assert_eq!((snapshot.generation, snapshot.step), (1, 0));
    let cloud = snapshot.cloud.as_ref().unwrap();
    assert_eq!((cloud.indices.len(), cloud.codes.mu.dim(), cloud.stats.len()), (2000, (2000, 2), 2));
}

#[test]
fn codes_come_even_if_commands_do() {
    let workers = workers();
    workers.train(begin(1, long()));
    (0..20).for_each(|i| workers.train(TrainCommand::SlowMotion(i % 2 == 0)));
    let cloud = wait(&workers, "the codes", |outbox| outbox.snapshot.and_then(|snapshot| snapshot.cloud.clone()));
    assert_eq!(cloud.indices.len(), 2000);
}

#[test]
fn steps_are_counted_and_the_checkpoint_is_exact() {
    let workers = workers();
    workers.train(begin(1, long()));
    workers.train(TrainCommand::Go(Until::Steps(3)));
    let checkpoint = event(&workers, "the stop", |event| match event {
        Event::Stopped { checkpoint, finished: false, .. } => Some(checkpoint),
        _ => None,
    });
    assert_eq!(checkpoint.trained.step, 3);
    assert_eq!(checkpoint.learner.as_ref().unwrap().steps, 3);
    workers.train(TrainCommand::Go(Until::EpochEnd));
    let step = event(&workers, "the epoch", |event| match event {
        Event::Stopped { checkpoint, .. } => Some(checkpoint.trained.step),
        _ => None,
    });
    assert_eq!(step, 2000_u64.div_ceil(32));
}

#[test]
fn a_run_ends_at_its_plan() {
    let workers = workers();
    workers.train(begin(1, TrainSpec { epochs: 2, ..long() }));
    workers.train(TrainCommand::Go(Until::End));
    let mut test_points = 0;
    let finished = wait(&workers, "the end", |outbox| {
        test_points += outbox.test_points.len();
        outbox.events.into_iter().find_map(|event| match event {
            Event::Stopped { finished, .. } => Some(finished),
            _ => None,
        })
    });
    assert!(finished && test_points == 2);
}

#[test]
fn pausing_takes_a_mini_batch() {
    let workers = workers();
    workers.train(begin(1, long()));
    workers.train(TrainCommand::Go(Until::End));
    let mut probes = 0;
    wait(&workers, "three probes", |outbox| {
        let probe = outbox.snapshot.filter(|snapshot| snapshot.step > 0)?;
        if let Some(cloud) = &probe.cloud {
            assert_eq!(cloud.indices.len(), 1024);
            assert!(cloud.indices.last() > Some(&1990), "the probe spans all samples");
        }
        probes += 1;
        (probes == 3).then_some(())
    });
    let asked = Instant::now();
    workers.train(TrainCommand::Pause);
    event(&workers, "the pause", |event| matches!(event, Event::Stopped { .. }).then_some(()));
    // A mini-batch of this takes well under a millisecond; the rest is room for a busy machine.
    assert!(asked.elapsed() < Duration::from_secs(2));
    let status = wait(&workers, "quiet", |outbox| Some(outbox.status));
    assert!(status.is_none_or(|status| status.phase == Phase::Paused));
}

#[test]
fn divergence_is_told_and_the_last_good_state_kept() {
    let workers = workers();
    let spec = valid(&[("hidden", "64,64,64")]);
    let train = TrainSpec { learning_rate: 10.0, ..long() };
    workers.train(TrainCommand::Begin(Box::new(Begin {
        slot: SlotId(0),
        generation: 4,
        spec,
        train,
        data: data(500),
        from: None,
    })));
    workers.train(TrainCommand::Go(Until::End));
    let (generation, error, checkpoint) = event(&workers, "the failure", |event| match event {
        Event::TrainFailed { generation, error, checkpoint } => Some((generation, error, checkpoint)),
        _ => None,
    });
    assert_eq!(generation, 4);
    assert!(error.contains("stopped at step") && error.contains("learning rate"), "{error}");
    let model = Arc::clone(&checkpoint.unwrap().trained.model);
    assert!(model.weights().iter().all(|param| param.values.iter().all(|weight| weight.is_finite())));
    workers.train(begin(5, long()));
    let snapshot =
        wait(&workers, "another run", |outbox| outbox.snapshot.filter(|snapshot| snapshot.generation == 5));
    assert_eq!(snapshot.step, 0, "the thread lives on");
}

#[test]
fn a_model_that_does_not_fit_the_data_is_an_error_not_a_panic() {
    let workers = workers();
    let spec = ModelSpec::default().check(&SampleKind::Image { channels: 1, height: 1, width: 3 }, &[]).unwrap();
    let begin = Begin { slot: SlotId(0), generation: 1, spec, train: long(), data: data(10), from: None };
    workers.train(TrainCommand::Begin(Box::new(begin)));
    let error = event(&workers, "the refusal", |event| match event {
        Event::TrainFailed { error, .. } => Some(error),
        _ => None,
    });
    assert!(error.contains("the model is for"), "{error}");
}

/// A model whose decoder waits for a signal, or panics.
struct Odd {
    info: ModelInfo,
    panics: bool,
    gate: std::sync::Mutex<()>,
}

impl FrozenModel for Odd {
    fn info(&self) -> &ModelInfo {
        &self.info
    }
    fn decoder(&self) -> Option<&dyn Decoder> {
        Some(self)
    }
    fn weights(&self) -> Vec<Param<'_, f32>> {
        Vec::new()
    }
}

impl Decoder for Odd {
    fn decode(&self, z: ArrayView2<f32>, _: &[u16], _: &mut Scratch<f32>) -> Array2<f32> {
        assert!(!self.panics, "a broken decoder");
        drop(self.gate.lock());
        Array2::from_elem((z.nrows(), 16), z[[0, 0]])
    }
}

fn odd(panics: bool) -> Arc<Odd> {
    Arc::new(Odd { info: valid(&[]).info(), panics, gate: std::sync::Mutex::new(()) })
}

fn request(model: &SharedModel, view: ViewId, stamp: u64, z: f32) -> DecodeRequest {
    DecodeRequest {
        slot: SlotId(0),
        view,
        stamp,
        model: Arc::clone(model),
        z: Array2::from_elem((1, 2), z),
        labels: vec![],
        columns: 1,
    }
}

#[test]
fn the_newest_request_of_a_view_wins() {
    let workers = workers();
    let odd = odd(false);
    let model: SharedModel = odd.clone();
    assert!(Capabilities::of(&*model).decodes);
    let gate = odd.gate.lock().unwrap();
    // The first one holds the thread at the gate; of those that pile up behind it only the last is decoded.
    workers.decode(request(&model, ViewId::Strip(0), 1, 0.0));
    for stamp in 2..=50 {
        workers.decode(request(&model, ViewId::Picture, stamp, stamp as f32 / 50.0));
    }
    drop(gate);
    let mut seen = Vec::new();
    wait(&workers, "the newest", |outbox| {
        seen.extend(
            outbox
                .decoded
                .get(&(ViewId::Picture, SlotId(0)))
                .map(|decoded| (decoded.stamp, decoded.shown.tiles().rgba[0])),
        );
        seen.last().filter(|(stamp, _)| *stamp == 50).copied()
    });
    assert_eq!(seen.last(), Some(&(50, 255)));
    assert!(seen.len() <= 2, "{seen:?}");
}

#[test]
fn a_panic_becomes_an_event_and_the_thread_lives_on() {
    let workers = workers();
    let broken: SharedModel = odd(true);
    workers.decode(request(&broken, ViewId::Picture, 1, 0.0));
    let said = event(&workers, "the panic", |event| match event {
        Event::DecodeFailed(said) => Some(said),
        _ => None,
    });
    assert!(said.contains("a broken decoder"), "{said}");
    let whole: SharedModel = odd(false);
    workers.decode(request(&whole, ViewId::Picture, 2, 1.0));
    wait(&workers, "a picture", |outbox| {
        outbox.decoded.get(&(ViewId::Picture, SlotId(0))).map(|decoded| decoded.stamp)
    });
}

#[test]
fn what_cannot_be_opened_is_told() {
    let workers = workers();
    workers.job(Job::OpenModel(1, "no/such.safetensors".into()));
    let error = event(&workers, "the model", |event| match event {
        Event::ModelOpened(1, _, result) => result.err(),
        _ => None,
    });
    assert!(error.contains("no/such.safetensors"));
    workers.job(Job::LoadData(2, DataChoice::Folder("no/folder".into())));
    let error = event(&workers, "the data", |event| match event {
        Event::DataLoaded(2, _, result) => result.err(),
        _ => None,
    });
    assert!(error.contains("no/folder"));
    workers.ask(|| Some(Event::FolderPicked("chosen".into())));
    let path = event(&workers, "the folder", |event| match event {
        Event::FolderPicked(path) => Some(path),
        _ => None,
    });
    assert_eq!(path, std::path::PathBuf::from("chosen"));
}

#[test]
fn an_open_dialog_holds_nothing_up() {
    let workers = workers();
    let (answer, question) = std::sync::mpsc::channel::<()>();
    workers.ask(move || {
        let _ = question.recv();
        None
    });
    workers.ask(|| Some(Event::FolderPicked("second".into())));
    workers.job(Job::LoadData(1, DataChoice::FullHalf));
    event(&workers, "the data", |event| match event {
        Event::FolderPicked(path) => panic!("{path:?} although another dialog is open"),
        event => matches!(event, Event::DataLoaded(1, _, Ok(_))).then_some(()),
    });
    let begin = Instant::now();
    drop(workers);
    assert!(begin.elapsed() < Duration::from_secs(5), "closing does not wait for an answer");
    drop(answer);
}

#[test]
fn a_job_that_is_given_up_says_nothing() {
    let workers = workers();
    workers.job(Job::LoadData(1, DataChoice::Mnist));
    workers.job(Job::LoadData(2, DataChoice::Moons));
    workers.cancel_jobs();
    workers.job(Job::LoadData(3, DataChoice::FullHalf));
    let stamp = event(&workers, "the last one", |event| match event {
        Event::DataLoaded(stamp, ..) => Some(stamp),
        _ => None,
    });
    assert_eq!(stamp, 3);
}

#[test]
fn a_run_that_cannot_be_set_up_hands_out_no_other_runs_state() {
    let workers = workers();
    workers.train(begin(1, long()));
    workers.train(TrainCommand::Go(Until::Steps(2)));
    let trained = event(&workers, "the stop", |event| match event {
        Event::Stopped { checkpoint, .. } => Some(checkpoint),
        _ => None,
    });
    let spec = valid(&[("latent_dim", "3")]);
    let other =
        Begin { slot: SlotId(0), generation: 2, spec, train: long(), data: data(2000), from: Some(trained) };
    workers.train(TrainCommand::Begin(Box::new(other)));
    let (generation, checkpoint) = event(&workers, "the refusal", |event| match event {
        Event::TrainFailed { generation, error, checkpoint } => {
            assert!(error.contains("another shape"), "{error}");
            Some((generation, checkpoint))
        }
        _ => None,
    });
    assert!(generation == 2 && checkpoint.is_none());
}

#[test]
fn a_test_that_a_pause_cuts_short_is_made_up_for() {
    let workers = workers();
    workers.train(begin(1, TrainSpec { epochs: 3, ..long() }));
    let mut points = Vec::new();
    let mut finished = false;
    // Pauses fall anywhere, also into the scoring of the test split at the end of each epoch.
    while !finished {
        workers.train(TrainCommand::Go(Until::End));
        std::thread::sleep(Duration::from_millis(3));
        workers.train(TrainCommand::Pause);
        finished = wait(&workers, "a stop", |outbox| {
            points.extend(outbox.test_points.iter().map(|(_, point)| point.step));
            outbox.events.into_iter().find_map(|event| match event {
                Event::Stopped { checkpoint, finished, .. } => {
                    Some(finished && checkpoint.trained.test_curve.len() == 3)
                }
                _ => None,
            })
        });
    }
    points.extend(workers.drain().test_points.iter().map(|(_, point)| point.step));
    assert_eq!(points, [63, 126, 189]);
}

#[test]
fn closing_while_training_stops_and_joins() {
    let workers = workers();
    workers.train(begin(1, long()));
    workers.train(TrainCommand::Go(Until::End));
    wait(&workers, "training", |outbox| outbox.snapshot.filter(|snapshot| snapshot.step > 0));
    let begin = Instant::now();
    drop(workers);
    assert!(begin.elapsed() < Duration::from_secs(5));
}
