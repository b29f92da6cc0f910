//! How fast networks of other programs decode: `cargo bench --no-default-features --bench onnx --
//! FILE.onnx…`.
//!
//! For each decoder, seconds for one code and for 400 at once: medians of many, printed as one line of JSON
//! that `tests/onnx/decoding.py` sets beside ONNX Runtime's.

#![allow(clippy::print_stdout, reason = "a benchmark prints what it measures")]

use halfmoon::model::Answers;
use halfmoon::store::{self, Beside};
use ndarray::Array2;
use std::path::Path;
use std::time::{Duration, Instant};

/// Time spent on each number of codes.
const FOR: Duration = Duration::from_millis(1500);

fn main() {
    for file in std::env::args().skip(1).filter(|arg| arg.ends_with(".onnx")) {
        let answers = Answers::from([("other".into(), "none".into())]);
        let beside = Beside { answers: &answers, data: None, keeps_what_fits: true };
        let model = match store::open_as(Path::new(&file), beside) {
            Ok(model) => model.trained.model,
            Err(e) => return eprintln!("{e}"),
        };
        let Some(decoder) = model.decoder() else { return eprintln!("{file} has no decoder") };
        let median = |n: usize| {
            let z = Array2::from_shape_fn((n, model.info().latent_dim()), |(row, column)| {
                ((row * 7 + column * 3) % 11) as f32 / 5.0 - 1.0
            });
            let mut times = Vec::new();
            let begin = Instant::now();
            while begin.elapsed() < FOR {
                let begin = Instant::now();
                std::hint::black_box(decoder.decode(z.view(), &[], &mut Default::default()));
                times.push(begin.elapsed().as_secs_f64());
            }
            times.sort_by(f64::total_cmp);
            times[times.len() / 2]
        };
        println!("{{\"file\": {file:?}, \"one\": {:e}, \"many\": {:e}}}", median(1), median(400));
    }
}
