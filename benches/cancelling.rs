//! How long a command waits for what runs: `cargo bench --bench cancelling`.
//!
//! Each kind of work is set going on the real threads and stopped after a while; measured is the time from
//! the command to the answer, the median and the longest of some rounds, and how long closing takes
//! meanwhile. What must not take longer than a tenth of a second: a training step, a sweep of EM, a PCA of
//! 3 000 images of 64 × 64, and the reading of a large file.

#![allow(clippy::print_stdout, reason = "a bench reports there")]

use halfmoon::data::{DataChoice, DataSplit, Dataset, Reading, SampleKind, Values, load};
use halfmoon::model::{ModelSpec, Settings};
use halfmoon::train::TrainSpec;
use halfmoon::worker::{Begin, DataLoad, Event, Job, Outbox, SlotId, TrainCommand, Until, Workers};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

const ROUNDS: u64 = 9;

fn main() {
    let digits = load(&DataChoice::Mnist, &Reading::default()).expect("the digits are embedded");
    let deep = [("hidden", "1000,500,250"), ("latent_dim", "2")];
    pausing("a step of an AE 784-1000-500-250-2", "ae", &deep, &digits);
    let gmm = [("components", "100"), ("pca", "50"), ("covariance", "full")];
    pausing("a sweep of EM, 100 Gaussians on 50 components of 10 000 digits", "gmm", &gmm, &digits);
    pausing("a PCA of 10 000 digits", "pca", &[("latent_dim", "30")], &digits);
    pausing("a PCA of 3 000 images of 64 × 64", "pca", &[("latent_dim", "30")], &pictures());
    reading();
}

/// Soft spots in places of their own.
fn pictures() -> DataSplit {
    let (n, side) = (3000, 64);
    let kind = SampleKind::square(1, side);
    let pixel = |i: usize| {
        let (sample, y, x) = (i / (side * side), i / side % side, i % side);
        let (cy, cx) = ((sample * 37 % 64) as f32, (sample * 11 % 61) as f32);
        let r2 = (y as f32 - cy).powi(2) + (x as f32 - cx).powi(2);
        (255.0 * (-r2 / (20.0 + (sample % 50) as f32)).exp()) as u8 ^ (i * 7919 % 13) as u8
    };
    let values = Values::Bytes((0..n * side * side).map(pixel).collect::<Vec<_>>().into());
    let train = Dataset::new(kind, values, None, vec![]).expect("the images are sound");
    let test = train.slice(0..100).expect("there are as many");
    DataSplit::new("spots".into(), train, test)
}

fn workers() -> Workers {
    Workers::start(Arc::new(|| {})).expect("threads start")
}

fn wait(workers: &Workers, mut is_there: impl FnMut(&Outbox) -> bool) {
    let begin = Instant::now();
    while !is_there(&workers.drain()) {
        assert!(begin.elapsed() < Duration::from_secs(120), "nothing came");
        std::thread::sleep(Duration::from_micros(200));
    }
}

/// Begins work, commands something, and waits until it is so; and begins it anew and closes. Prints both
/// times.
fn measure(
    what: &str,
    begin: impl Fn(u64) -> Workers,
    command: impl Fn(&Workers),
    is_answered: impl Fn(&Event) -> bool,
) {
    let (mut answers, mut closes) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let workers = begin(round);
        let commanded = Instant::now();
        command(&workers);
        wait(&workers, |outbox| outbox.events.iter().any(&is_answered));
        answers.push(commanded.elapsed());
        drop(workers);
        let workers = begin(round);
        let commanded = Instant::now();
        drop(workers);
        closes.push(commanded.elapsed());
    }
    println!("{what}: answered after {}, closed after {}", in_words(answers), in_words(closes));
}

/// Trains, at another place of the work each time, and pauses.
fn pausing(what: &str, kind: &str, settings: &[(&str, &str)], data: &DataSplit) {
    let spec = ModelSpec::of_kind(kind).expect("the kind is known");
    let spec =
        settings.iter().fold(spec, |spec, (path, text)| spec.with(path, text).expect("the settings are sound"));
    let spec = spec.check(data.train.kind(), data.train.classes()).expect("the model fits");
    let train = TrainSpec { epochs: 10_000, ..TrainSpec::default() };
    let begin = |round: u64| {
        let (spec, train, data) = (spec.clone(), train.clone(), data.clone());
        let workers = workers();
        let begin = Begin { slot: SlotId(0), generation: 1, spec: Some(spec), train, data, from: None };
        workers.train(TrainCommand::Begin(Box::new(begin)));
        wait(&workers, |outbox| outbox.snapshot.is_some());
        workers.train(TrainCommand::Go(Until::End));
        std::thread::sleep(Duration::from_millis(60 + 53 * round));
        workers
    };
    let pause = |workers: &Workers| workers.train(TrainCommand::Pause);
    measure(what, begin, pause, |event| matches!(event, Event::Stopped { .. }));
}

/// Reads a large file, gives that up, and asks for something small.
fn reading() {
    let folder = std::env::temp_dir().join("halfmoon-cancelling");
    write_large(&folder).expect("there is room for 400 MB");
    let begin = |round: u64| {
        let workers = workers();
        workers.job(Job::LoadData(1, DataLoad::new(DataChoice::Path(folder.clone()))));
        std::thread::sleep(Duration::from_millis(20 + 17 * round));
        workers
    };
    let other_data = |workers: &Workers| {
        workers.cancel_loads();
        workers.job(Job::LoadData(2, DataLoad::new(DataChoice::Iris)));
    };
    measure("a file of 400 MB, other data", begin, other_data, |event| matches!(event, Event::DataLoaded(2, ..)));
    std::fs::remove_dir_all(&folder).expect("it was written here");
}

/// Half a million images of zeros, as idx.
fn write_large(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let n: u32 = 510_000;
    let mut images = [0x0803_u32, n, 28, 28].map(u32::to_be_bytes).concat();
    images.resize(16 + n as usize * 784, 0);
    std::fs::write(folder.join("train-images-idx3-ubyte"), &images)?;
    let mut labels = [0x0801_u32, n].map(u32::to_be_bytes).concat();
    labels.resize(8 + n as usize, 0);
    std::fs::write(folder.join("train-labels-idx1-ubyte"), &labels)
}

fn in_words(mut times: Vec<Duration>) -> String {
    times.sort();
    let ms = |time: &Duration| format!("{:.0}", 1e3 * time.as_secs_f64());
    format!("{} ms (at most {})", ms(&times[times.len() / 2]), times.last().map_or_else(String::new, ms))
}
