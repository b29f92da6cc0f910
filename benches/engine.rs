//! Training steps a second and decode latency of the VAE 784-512-256-2: `cargo bench --bench engine`.
//!
//! Batch 128, Adam, cross-entropy plus KL, the same as `benches/pytorch_reference.py`; `benches/against_pytorch.py` runs
//! the two in turn and prints medians and ratios. The last line of standard output is one JSON object.

#![allow(clippy::print_stdout, reason = "a bench reports there")]

use halfmoon::data::{Batches, Dataset, SampleKind, Values};
use halfmoon::model::{FrozenModel, ModelSpec};
use halfmoon::nn::{Purpose, standard_normal, stream};
use halfmoon::train::{GradientLearner, Learner, TrainSpec};
use halfmoon::worker::SplitDecoder;
use halfmoon::worker::pool::{available_threads, compute_pool};
use ndarray::Array2;
use std::time::{Duration, Instant};

const KIND: SampleKind = SampleKind::Image { channels: 1, height: 28, width: 28 };
const BATCH: usize = 128;

fn main() {
    let threads = std::env::var("THREADS").ok().and_then(|n| n.parse().ok()).unwrap_or_else(available_threads);
    let pool = compute_pool("bench", threads, false).expect("a thread pool");
    let bytes: Vec<u8> = (0..16 * BATCH * 784).map(|i| ((i * 2_654_435_761) >> 13) as u8).collect();
    let data = Dataset::new(KIND, Values::Bytes(bytes.into()), None, vec![]).expect("a data set");
    let spec = ModelSpec::default().check(&KIND, &[]).expect("a valid spec");
    let mut learner = GradientLearner::new(spec.build(0), None, &TrainSpec::default(), u64::MAX, threads);
    let mut batches = Batches::new(data, BATCH, 0);
    let steps_per_s = pool.install(|| {
        let step = || {
            let begin = Instant::now();
            learner.advance(&mut batches).expect("a finite step");
            begin.elapsed()
        };
        1.0 / median(step, Duration::from_secs(4)).as_secs_f64()
    });
    let model = spec.build::<f32>(0).freeze();
    let (codes_400, code_1) = (decode_latency(&*model, 400, threads), decode_latency(&*model, 1, threads));
    println!(
        "{{\"threads\":{threads},\"steps_per_s\":{steps_per_s:.1},\"latency_us_400\":{:.1},\"latency_us_1\":{:.1}}}",
        codes_400.as_secs_f64() * 1e6,
        code_1.as_secs_f64() * 1e6
    );
}

fn decode_latency(model: &dyn FrozenModel, n_codes: usize, threads: usize) -> Duration {
    let mut z = Array2::zeros((n_codes, 2));
    standard_normal(&mut stream(0, Purpose::Prior, 0), z.as_slice_mut().expect("contiguous"));
    let mut splitter = SplitDecoder::new(threads);
    let decoder = model.decoder().expect("a decoder");
    let decode = || {
        let begin = Instant::now();
        std::hint::black_box(splitter.decode(decoder, z.view(), &[]));
        begin.elapsed()
    };
    median(decode, Duration::from_secs(2))
}

/// The median time of `work`, repeated after a warm-up for about `time`.
fn median(mut work: impl FnMut() -> Duration, time: Duration) -> Duration {
    for _ in 0..20 {
        work();
    }
    let begin = Instant::now();
    let mut times = Vec::new();
    while begin.elapsed() < time {
        times.push(work());
    }
    times.sort();
    times[times.len() / 2]
}
