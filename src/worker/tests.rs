//! The real threads: newest wins, the most urgent first, panics become events, errors are sentences, files
//! are written.

use super::*;
use crate::data::{Cancel, DataChoice, DataSplit, Dataset, SampleKind, Values};
use crate::model::{Capabilities, Decoder, FrozenModel, ModelInfo, ModelSpec, Settings, SharedModel, ValidSpec};
use crate::nn::{Param, Scratch};
use crate::train::TrainSpec;
use ndarray::{Array2, ArrayView2};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};

const KIND: SampleKind = SampleKind::square(1, 4);

fn data(n: usize) -> DataSplit {
    let bytes: Vec<u8> = (0..n * 16).map(|i| (i * 37 % 251) as u8).collect();
    let all = Dataset::new(KIND, Values::Bytes(bytes.into()), None, vec![]).unwrap();
    DataSplit::new("Dots".into(), all.clone(), all.slice(0..20).unwrap())
}

fn valid(settings: &[(&str, &str)]) -> ValidSpec {
    let base = ModelSpec::of_kind("vae").unwrap().with("hidden", "16").unwrap();
    let spec = settings.iter().fold(base, |spec, (path, text)| spec.with(path, text).unwrap());
    spec.check(&KIND, &[]).unwrap()
}

fn begin(generation: u64, train: TrainSpec) -> TrainCommand {
    let begin = Begin { slot: SlotId(0), generation, spec: Some(valid(&[])), train, data: data(2000), from: None };
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
fn a_pause_stops_a_run_under_way() {
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
    workers.train(TrainCommand::Pause);
    let (mut is_finished, mut n_codes) = (None, 0);
    wait(&workers, "the pause and all codes", |outbox| {
        is_finished = is_finished.or(outbox.events.iter().find_map(|event| match event {
            Event::Stopped { finished, .. } => Some(*finished),
            _ => None,
        }));
        n_codes = outbox.snapshot.and_then(|new| Some(new.cloud.as_ref()?.indices.len())).unwrap_or(n_codes);
        (is_finished.is_some() && n_codes == 2000).then_some(())
    });
    assert_eq!(is_finished, Some(false));
}

#[test]
fn divergence_is_told_and_the_last_good_state_kept() {
    let workers = workers();
    let spec = valid(&[("hidden", "64,64,64")]);
    let train = TrainSpec { learning_rate: 10.0, ..long() };
    workers.train(TrainCommand::Begin(Box::new(Begin {
        slot: SlotId(0),
        generation: 4,
        spec: Some(spec),
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
    let spec = ModelSpec::default().check(&SampleKind::image(1, 1, 3), &[]).unwrap();
    let begin =
        Begin { slot: SlotId(0), generation: 1, spec: Some(spec), train: long(), data: data(10), from: None };
    workers.train(TrainCommand::Begin(Box::new(begin)));
    let error = event(&workers, "the refusal", |event| match event {
        Event::TrainFailed { error, .. } => Some(error),
        _ => None,
    });
    assert!(error.contains("the model is for"), "{error}");
}

/// A model whose decoder says what it is given and waits for a signal, or panics.
struct Odd {
    info: ModelInfo,
    panics: bool,
    gate: Mutex<()>,
    /// The first number of each code that came, as it came.
    came: Mutex<Sender<f32>>,
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
        self.came.lock().unwrap().send(z[[0, 0]]).ok();
        drop(self.gate.lock());
        Array2::from_elem((z.nrows(), 16), z[[0, 0]])
    }
}

fn odd(panics: bool) -> (Arc<Odd>, Receiver<f32>) {
    let (came, seen) = channel();
    (Arc::new(Odd { info: valid(&[]).info(), panics, gate: Mutex::new(()), came: Mutex::new(came) }), seen)
}

fn request(model: &SharedModel, view: ViewId, stamp: u64, z: f32) -> DecodeRequest {
    DecodeRequest {
        slot: SlotId(0),
        view,
        stamp,
        model: Arc::clone(model),
        z: Array2::from_elem((1, 2), z),
        writing: Default::default(),
        labels: vec![],
        columns: 1,
        against: None,
        beside_training: false,
    }
}

#[test]
fn the_newest_request_of_a_view_wins_and_the_most_urgent_view_comes_first() {
    let workers = workers();
    let (odd, seen) = odd(false);
    let model: SharedModel = odd.clone();
    assert!(Capabilities::of(&*model).decodes);
    let gate = odd.gate.lock().unwrap();
    workers.decode(request(&model, ViewId::Strip(0), 1, 0.0));
    assert_eq!(seen.recv(), Ok(0.0), "the first one holds the thread at the gate");
    workers.decode(request(&model, ViewId::Strip(1), 2, 0.25));
    workers.decode(request(&model, ViewId::Grid, 3, 0.5));
    for stamp in 4..=50 {
        workers.decode(request(&model, ViewId::Picture, stamp, stamp as f32 / 50.0));
    }
    drop(gate);
    let order: Vec<f32> = seen.iter().take(3).collect();
    assert_eq!(order, [1.0, 0.5, 0.25], "of those that piled up the last of each view, by urgency");
    let mut stamps = Vec::new();
    wait(&workers, "the least urgent", |outbox| {
        stamps.extend(outbox.decoded.iter().map(|((view, _), decoded)| (*view, decoded.stamp)));
        (stamps.len() == 4).then_some(())
    });
    let want = [(ViewId::Strip(0), 1), (ViewId::Picture, 50), (ViewId::Grid, 3), (ViewId::Strip(1), 2)];
    assert!(want.iter().all(|answer| stamps.contains(answer)), "{stamps:?}");
}

#[test]
fn a_panic_becomes_an_event_without_what_it_says_and_the_thread_lives_on() {
    let workers = workers();
    let broken: SharedModel = odd(true).0;
    workers.decode(request(&broken, ViewId::Picture, 1, 0.0));
    let said = event(&workers, "the panic", |event| match event {
        Event::DecodeFailed(said) => Some(said),
        _ => None,
    });
    assert!(said.contains("a fault in this program") && !said.contains("broken"), "{said}");
    let whole: SharedModel = odd(false).0;
    workers.decode(request(&whole, ViewId::Picture, 2, 1.0));
    wait(&workers, "a picture", |outbox| {
        outbox.decoded.get(&(ViewId::Picture, SlotId(0))).map(|decoded| decoded.stamp)
    });
}

#[test]
fn closing_does_not_wait_for_a_decoder_that_hangs() {
    let workers = workers();
    let (odd, seen) = odd(false);
    let model: SharedModel = odd.clone();
    let gate = odd.gate.lock().unwrap();
    workers.decode(request(&model, ViewId::Picture, 1, 0.5));
    assert_eq!(seen.recv(), Ok(0.5));
    // It would wait for ever: the gate opens only afterwards.
    drop(workers);
    drop(gate);
}

#[test]
fn what_cannot_be_opened_is_told() {
    let workers = workers();
    workers.job(Job::OpenModel(1, "no/such.safetensors".into(), Default::default()));
    let error = event(&workers, "the model", |event| match event {
        Event::ModelOpened(1, _, result) => result.err(),
        _ => None,
    });
    assert!(error.contains("no/such.safetensors"));
    workers.job(Job::LoadData(2, DataLoad::new(DataChoice::Path("no/folder".into()))));
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
    let (answer, question) = channel::<()>();
    workers.ask(move || {
        let _ = question.recv();
        None
    });
    workers.ask(|| Some(Event::FolderPicked("second".into())));
    workers.job(Job::LoadData(1, DataLoad::new(DataChoice::FullHalf)));
    event(&workers, "the data", |event| match event {
        Event::FolderPicked(path) => panic!("{path:?} although another dialog is open"),
        event => matches!(event, Event::DataLoaded(1, _, Ok(_))).then_some(()),
    });
    // It would wait for ever: the answer comes only afterwards.
    drop(workers);
    drop(answer);
}

/// Work that says when it begins and goes on when it is told to.
struct Gated {
    begun: Sender<&'static str>,
    name: &'static str,
    go: Receiver<()>,
}

impl Work for Gated {
    fn run(self: Box<Self>, _: &Cancel) {
        self.begun.send(self.name).ok();
        // Also when nobody is left to say so.
        self.go.recv().ok();
    }
}

/// Such work, and what lets it go on.
fn gated(what: &'static str, name: &'static str, begun: &Sender<&'static str>) -> (Derive, Sender<()>) {
    let (open, go) = channel();
    let work = Box::new(Gated { begun: begun.clone(), name, go });
    (Derive { key: (what, 0), cancel: Cancel::default(), pace: Pace::AtOnce, work }, open)
}

#[test]
fn newer_work_stops_older_work_of_its_kind_which_then_says_nothing() {
    let workers = workers();
    let (begun, order) = channel();
    let (first, open_first) = gated("a", "first", &begun);
    let (second, open_second) = gated("a", "second", &begun);
    let (third, open_third) = gated("a", "third", &begun);
    let (other, open_other) = gated("b", "other", &begun);
    let cancels = [&first, &second, &third, &other].map(|derive| derive.cancel.clone());
    workers.job(Job::Derive(first));
    assert_eq!(order.recv(), Ok("first"));
    workers.job(Job::Derive(other));
    assert!(!cancels[0].is_set());
    workers.job(Job::Derive(second));
    workers.job(Job::Derive(third));
    assert_eq!(cancels.map(|cancel| cancel.is_set()), [true, true, false, false]);
    drop((open_first, open_second, open_third, open_other));
    assert_eq!([order.recv(), order.recv()], [Ok("other"), Ok("third")]);
    let mut n_answers = 0;
    wait(&workers, "both answers", |outbox| {
        n_answers += outbox.events.iter().filter(|event| matches!(event, Event::Derived)).count();
        (n_answers == 2).then_some(())
    });
}

#[test]
fn files_do_not_wait_for_what_is_worked_out() {
    let workers = workers();
    let (begun, order) = channel();
    let (slow, open) = gated("slow", "slow", &begun);
    workers.job(Job::Derive(slow));
    assert_eq!(order.recv(), Ok("slow"));
    workers.job(Job::LoadData(1, DataLoad::new(DataChoice::FullHalf)));
    event(&workers, "the data", |event| matches!(event, Event::DataLoaded(1, _, Ok(_))).then_some(()));
    drop(open);
}

#[test]
fn a_file_that_is_being_written_is_written_whatever_happens() {
    let folder = tempfile::tempdir().unwrap();
    let files = ["first.png", "second.png"].map(|name| folder.path().join(name));
    let workers = workers();
    let (begun, is_begun) = channel();
    let (open, go) = channel::<()>();
    let first = move || {
        begun.send(()).ok();
        go.recv().ok();
        Some(Ok(crate::picture::Pixels::new(1, 1)))
    };
    let second = || Some(Ok(crate::picture::Pixels::new(2, 1)));
    workers.job(Job::Save(files[0].clone(), Written::Picture { render: Box::new(first), n: 1 }));
    is_begun.recv().unwrap();
    workers.job(Job::LoadData(1, DataLoad::new(DataChoice::Moons)));
    workers.job(Job::Save(files[1].clone(), Written::Picture { render: Box::new(second), n: 1 }));
    workers.cancel_loads();
    let closing = std::thread::spawn(move || drop(workers));
    open.send(()).unwrap();
    closing.join().unwrap();
    assert!(files.iter().all(|file| file.exists()));
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
    let other = Begin {
        slot: SlotId(0),
        generation: 2,
        spec: Some(spec),
        train: long(),
        data: data(2000),
        from: Some(trained),
    };
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
fn closing_while_training_stops_and_joins() {
    let workers = workers();
    workers.train(begin(1, long()));
    workers.train(TrainCommand::Go(Until::End));
    wait(&workers, "training", |outbox| outbox.snapshot.filter(|snapshot| snapshot.step > 0));
    // The plan is far longer than anybody waits.
    drop(workers);
}
