//! `halfmoon bench`: how fast this machine trains and decodes, and how near that comes to what it could do at most.

use super::parse::{BenchArgs, Report};
use crate::data::{Batches, Dataset, SampleKind, Values};
use crate::model::{FrozenModel, ModelSpec, Settings, ValidSpec};
use crate::nn::{Purpose, matmul, standard_normal, stream};
use crate::train::{GradientLearner, Learner, TrainSpec};
use crate::worker::SplitDecoder;
use crate::worker::pool::{available_threads, compute_pool};
use anyhow::Result;
use ndarray::Array2;
use serde_json::json;
use std::time::{Duration, Instant};

const KIND: SampleKind = SampleKind::Image { channels: 1, height: 28, width: 28 };
const BATCH: usize = 128;

/// A network that is trained: its name, what it is, its kind and its hidden layers.
const TRAININGS: [(&str, &str, &str, &str); 2] =
    [("w1", "VAE 784-512-256-2", "vae", "512,256"), ("w2", "AE 784-1000-500-250-2", "ae", "1000,500,250")];

/// Measures and prints.
#[expect(clippy::print_stdout, reason = "the report is the command's output")]
pub fn bench(args: &BenchArgs) -> Result<()> {
    let threads = args.threads.map_or_else(available_threads, usize::from);
    let time = Duration::from_secs_f64(args.seconds);
    let pool = compute_pool("bench", threads, false)?;
    let peak = pool.install(|| peak_gflops(&pool, Duration::from_millis(300)));
    let mut json = json!({ "threads": threads, "peak_gflops": peak });
    let mut lines = vec![format!("{threads} threads, at most {peak:.0} GFLOP/s in multiply-adds")];
    for (name, title, kind, hidden) in TRAININGS {
        let spec = ModelSpec::of_kind(kind)?.with("hidden", hidden)?.check(&KIND, &[])?;
        let steps_per_s = pool.install(|| steps_per_s(&spec, threads, time))?;
        let share = steps_per_s * step_flops(&spec) / 1e9 / peak;
        json[name] = json!({ "steps_per_s": steps_per_s, "share_of_peak": share });
        lines.push(format!(
            "{name}  training {title}, batch {BATCH}: {steps_per_s:.0} steps/s, {:.0} % of that",
            100.0 * share
        ));
        if name == "w1" {
            let (many, one) = decode_latencies(&*spec.build::<f32>(0).freeze(), threads, time / 2);
            json["w4"] = json!({ "latency_us_400": many, "latency_us_1": one });
            lines.push(format!("w4  decoding with it: 400 codes in {:.2} ms, one in {one:.1} µs", many / 1e3));
        }
    }
    match args.report {
        Report::Json => println!("{json}"),
        Report::Text => println!("{}", lines.join("\n")),
    }
    Ok(())
}

/// Side of the matrices whose product gives the peak: three of them fit the cache of one core.
const PEAK_SIDE: usize = 256;

/// Billions of multiplications and additions a second, all threads at once: what the matrix product reaches on matrices
/// in the cache, within a few percent of what the vector units can do.
fn peak_gflops(pool: &rayon::ThreadPool, time: Duration) -> f64 {
    let per_thread = pool.broadcast(|_| {
        let a = Array2::from_elem((PEAK_SIDE, PEAK_SIDE), 0.5f32);
        let mut c = Array2::zeros((PEAK_SIDE, PEAK_SIDE));
        let (begin, mut best) = (Instant::now(), 0.0f64);
        while begin.elapsed() < time {
            let start = Instant::now();
            (0..8).for_each(|_| matmul(c.view_mut(), a.view(), a.view(), 1));
            std::hint::black_box(&c);
            best = best.max(8.0 / start.elapsed().as_secs_f64());
        }
        best * 2.0 * (PEAK_SIDE as f64).powi(3)
    });
    per_thread.iter().sum::<f64>() / 1e9
}

/// Floating-point operations of one training step in matrix products: forward, and twice that backward, but the first
/// layer, which hands no gradient further down.
fn step_flops(spec: &ValidSpec) -> f64 {
    let model = spec.build::<f32>(0);
    let products: Vec<f64> = model
        .params()
        .iter()
        .filter(|param| param.shape.len() == 2)
        .map(|param| param.values.len() as f64)
        .collect();
    let first = products.first().copied().unwrap_or(0.0);
    2.0 * BATCH as f64 * (3.0 * products.iter().sum::<f64>() - first)
}

/// The median speed of training on 16 batches of noise.
fn steps_per_s(spec: &ValidSpec, threads: usize, time: Duration) -> Result<f64> {
    let bytes: Vec<u8> = (0..16 * BATCH * 784).map(|i| ((i * 2_654_435_761) >> 13) as u8).collect();
    let data = Dataset::new(KIND, Values::Bytes(bytes.into()), None, vec![])?;
    let mut learner = GradientLearner::new(spec.build(0), None, &TrainSpec::default(), u64::MAX, threads);
    let mut batches = Batches::new(data, BATCH, 0);
    let mut failed = None;
    let step = || {
        let begin = Instant::now();
        if let Err(e) = learner.advance(&mut batches) {
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
        let mut z = Array2::zeros((n_codes, model.spec().latent_dim()));
        standard_normal(&mut stream(0, Purpose::Prior, 0), z.as_slice_mut().unwrap_or_default());
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
    fn operations_of_a_step_are_those_of_its_products() {
        let spec = ModelSpec::of_kind("ae").unwrap().with("hidden", "10").unwrap();
        let flops = step_flops(&spec.check(&KIND, &[]).unwrap());
        let (first, rest) = (784.0 * 10.0, 10.0 * 2.0 + 2.0 * 10.0 + 10.0 * 784.0);
        assert_eq!(flops, 2.0 * 128.0 * (2.0 * first + 3.0 * rest));
    }

    #[test]
    fn the_median_is_in_the_middle() {
        let mut times = [5u64, 1, 9].into_iter().cycle().map(Duration::from_micros);
        let median = median(|| times.next().unwrap(), Duration::from_millis(2));
        assert_eq!(median, Duration::from_micros(5));
    }
}
