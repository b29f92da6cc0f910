//! `halfmoon bench`: how fast this machine trains and decodes, and how near that comes to what it could do at
//! most.
//!
//! Where the time goes (two cores of an AMD EPYC with AVX-512, by `perf`): of w1 81 % in matrix products and
//! 9 % in Adam, of w2 78 and 13 % (its moments and gradients, 53 MB, exceed the cache: hence its smaller
//! share of the peak), of w3 54 % in sums of shifted runs, 10 % in max pooling, 3 % in its reverse, and 16 %
//! in laying maps out and taking them back. One code is nothing but the reading of 2.1 MB of weights at
//! 90 GB/s, about what one core gets from its third-level cache: 1, 2, 4 or 8 rows at a time take the same
//! 23 µs, and weights of 16 bits took longer to convert than to read.

use super::parse::{BenchArgs, Report};
use crate::cli::say::say;
use crate::data::{Batches, Cancel, Dataset, Labels, SampleKind, Values};
use crate::model::{FrozenModel, ModelSpec, Settings, ValidSpec};
use crate::nn::{Purpose, flat_mut, matmul, standard_normal, stream};
use crate::train::{GradientLearner, Learner, Plan, TrainSpec, learner_of};
use crate::worker::SplitDecoder;
use crate::worker::pool::{Priority, available_threads, compute_pool};
use anyhow::{Result, bail};
use ndarray::Array2;
use serde_json::json;
use std::time::{Duration, Instant};

const KIND: SampleKind = SampleKind::square(1, 28);
const BATCH: usize = 128;

/// A network that is trained.
struct Training {
    name: &'static str,
    title: &'static str,
    kind: &'static str,
    settings: &'static [(&'static str, &'static str)],
}

const TRAININGS: [Training; 4] = [
    Training { name: "w1", title: "VAE 784-512-256-2", kind: "vae", settings: &[("hidden", "512,256")] },
    Training { name: "w2", title: "AE 784-1000-500-250-2", kind: "ae", settings: &[("hidden", "1000,500,250")] },
    Training {
        name: "w3",
        title: "convolutional VAE 16-32-2",
        kind: "vae",
        settings: &[("arch", "conv"), ("channels", "16,32"), ("hidden", ""), ("up_kernel", "2")],
    },
    Training { name: "w5", title: "LeNet-5, a classifier of 10 classes", kind: "lenet", settings: &[] },
];

/// Epochs and images by which the speed of a classifier is told: those of the complete MNIST.
const CLASSIFIED: [u64; 2] = [10, 60_000];

/// Measures and prints.
pub fn bench(args: &BenchArgs) -> Result<()> {
    let threads = args.threads.map_or_else(available_threads, usize::from);
    let time = Duration::from_secs_f64(args.seconds);
    let pool = compute_pool("bench", threads, Priority::Normal)?;
    let peak = pool.install(|| peak_gflops(&pool, Duration::from_millis(300)));
    let mut json = json!({ "threads": threads, "peak_gflops": peak });
    let mut lines = vec![format!("{threads} threads, at most {peak:.0} GFLOP/s in multiply-adds")];
    for Training { name, title, kind, settings } in TRAININGS {
        let spec =
            settings.iter().try_fold(ModelSpec::of_kind(kind)?, |spec, (path, text)| spec.with(path, text))?;
        let spec = spec.check(&KIND, &classes())?;
        let steps_per_s = pool.install(|| steps_per_s(&spec, threads, time))?;
        let share = steps_per_s * 2.0 * BATCH as f64 * spec.step_products() / 1e9 / peak;
        json[name] = json!({ "steps_per_s": steps_per_s, "share_of_peak": share });
        lines.push(format!(
            "{name}  training {title}, batch {BATCH}: {steps_per_s:.0} steps/s, {:.0} % of that",
            100.0 * share
        ));
        if spec.spec().finds_the_label() {
            let [epochs, n] = CLASSIFIED;
            let seconds = (epochs * n.div_ceil(BATCH as u64)) as f64 / steps_per_s;
            json[name]["seconds"] = json!(seconds);
            lines.push(format!("    {epochs} epochs of {n} images at that speed: {seconds:.1} s"));
        }
        if name == "w1" {
            let (many, one) = decode_latencies(&*spec.frozen(None)?, threads, time / 2);
            json["w4"] = json!({ "latency_us_400": many, "latency_us_1": one });
            lines.push(format!("w4  decoding with it: 400 codes in {:.2} ms, one in {one:.1} µs", many / 1e3));
        }
    }
    let steps_per_s = pool.install(|| game_steps_per_s(threads, time))?;
    json["w6"] = json!({ "steps_per_s": steps_per_s });
    lines.push(format!(
        "w6  a game, generator 2-16-16-2, discriminator 2-16-16-1, batch {GAME_BATCH}: {steps_per_s:.0} steps/s"
    ));
    match args.report {
        Report::Json => say(json),
        Report::Text => say(lines.join("\n")),
    }
    Ok(())
}

/// Names of the ten classes that noise is given.
fn classes() -> Vec<String> {
    (0..10).map(|class| class.to_string()).collect()
}

/// Rows, depth and columns of matrix products that stay in the cache of one core and fill its registers.
const PEAK_PRODUCTS: [[usize; 3]; 2] = [[64, 128, 192], [256, 64, 384]];

/// Billions of multiplications and additions a second, all threads at once: the most that the matrix product
/// reaches on matrices in the cache, which is within a tenth of what the vector units can do.
fn peak_gflops(pool: &rayon::ThreadPool, time: Duration) -> f64 {
    const REPEATS: u32 = 16;
    let of = |[m, k, n]: [usize; 3]| {
        let (a, b) = (Array2::from_elem((m, k), 0.5f32), Array2::from_elem((k, n), 0.5f32));
        let mut c = Array2::zeros((m, n));
        let (begin, mut best) = (Instant::now(), 0.0f64);
        while begin.elapsed() < time / 2 {
            let start = Instant::now();
            (0..REPEATS).for_each(|_| matmul(c.view_mut(), a.view(), b.view(), 1));
            std::hint::black_box(&c);
            best = best.max(f64::from(REPEATS) / start.elapsed().as_secs_f64());
        }
        best * 2.0 * (m * k * n) as f64
    };
    let per_thread = pool.broadcast(|_| PEAK_PRODUCTS.map(of).into_iter().fold(0.0, f64::max));
    per_thread.iter().sum::<f64>() / 1e9
}

/// Samples in a mini-batch of the game.
const GAME_BATCH: usize = 150;

/// The median speed of steps of a discriminator and a generator, one each, on 16 batches of noise.
fn game_steps_per_s(threads: usize, time: Duration) -> Result<f64> {
    let kind = SampleKind::row(2);
    let mut values = vec![0.0; 16 * GAME_BATCH * kind.n_features()];
    standard_normal(&mut stream(0, Purpose::Evaluation, 0), &mut values);
    let data = Dataset::new(kind.clone(), Values::Floats(values.into()), None, vec![])?;
    let settings = [("generator", "16,16"), ("discriminator", "16,16")];
    let spec = settings.iter().try_fold(ModelSpec::of_kind("gan")?, |spec, (path, text)| spec.with(path, text))?;
    let plan = Plan { train: &TrainSpec::default(), last_step: u64::MAX, threads };
    let learner = learner_of(&spec.check(&kind, &[])?, None, plan)?;
    median_speed(learner, Batches::new(data, GAME_BATCH, 0), time)
}

/// The median speed of training on 16 batches of noise.
fn steps_per_s(spec: &ValidSpec, threads: usize, time: Duration) -> Result<f64> {
    let bytes: Vec<u8> = (0..16 * BATCH * 784).map(|i| ((i * 2_654_435_761) >> 13) as u8).collect();
    let labels = Labels { names: classes().into(), of: (0..16 * BATCH).map(|i| (i * 7 % 10) as u16).collect() };
    let data = Dataset::new(KIND, Values::Bytes(bytes.into()), Some(labels), vec![])?;
    let Some(objective) = spec.build(0) else { bail!("the workloads are networks") };
    let plan = Plan { train: &TrainSpec::default(), last_step: u64::MAX, threads };
    median_speed(Box::new(GradientLearner::new(objective, plan)), Batches::new(data, BATCH, 0), time)
}

/// The median speed of a learner's steps.
fn median_speed(mut learner: Box<dyn Learner>, mut batches: Batches, time: Duration) -> Result<f64> {
    let mut failed = None;
    let step = || {
        let begin = Instant::now();
        if let Err(e) = learner.advance(&mut batches, &Cancel::default()) {
            failed = Some(e);
        }
        begin.elapsed()
    };
    let median = median(step, time);
    failed.map_or(Ok(1.0 / median.as_secs_f64()), |e| Err(e.into()))
}

/// Median time of decoding 400 codes and one, in microseconds.
fn decode_latencies(model: &dyn FrozenModel, threads: usize, time: Duration) -> (f64, f64) {
    let mut splitter = SplitDecoder::new(threads);
    let mut latency = |n_codes: usize| {
        let mut z = Array2::zeros((n_codes, model.info().latent_dim()));
        standard_normal(&mut stream(0, Purpose::Prior, 0), flat_mut(&mut z));
        let decode = || {
            let begin = Instant::now();
            if let Some(decoder) = model.decoder() {
                std::hint::black_box(splitter.decode(decoder, z.view(), &[]));
            }
            begin.elapsed()
        };
        median(decode, time).as_secs_f64() * 1e6
    };
    (latency(400), latency(1))
}

/// The median time of `work`, repeated after a warm-up for about `time`.
fn median(mut work: impl FnMut() -> Duration, time: Duration) -> Duration {
    for _ in 0..20 {
        work();
    }
    let begin = Instant::now();
    let mut times = vec![work()];
    while begin.elapsed() < time {
        times.push(work());
    }
    times.sort();
    times[times.len() / 2]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        let mut times = [5u64, 1, 9].into_iter().cycle().map(Duration::from_micros);
        let median = median(|| times.next().unwrap(), Duration::from_millis(2));
        assert_eq!(median, Duration::from_micros(5));
    }
}
