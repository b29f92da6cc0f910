//! Joints: what settings promise, seen in the weights that the learner leaves, and not in the parts alone.
//!
//! `fields` changes every setting of every kind and looks whether twelve steps know it; `reference` holds the
//! learner to a loop of ten lines that draws, schedules, clips and steps by itself; `script` looks whether
//! each setting is in the program that trains elsewhere.

#![allow(clippy::unwrap_used, reason = "in a test this is how what must not fail fails")]

mod fields;
mod measuring;
mod reference;
mod script;

use halfmoon::data::{Cancel, Count, DataSplit, Dataset, FIRST_WORD, Labels, Rows, SampleKind, Values};
use halfmoon::model::{KINDS, ModelSpec, Settings};
use halfmoon::train::{Run, TrainSpec};

/// Steps of every training here, and those of one pass over the data.
const STEPS: u64 = 12;
const EPOCH: u64 = 3;
const BATCH: usize = 8;
const SIDE: usize = 8;

/// Grey images of two classes, each unlike every other.
fn data() -> DataSplit {
    let n = BATCH * EPOCH as usize;
    let kind = SampleKind::square(1, SIDE);
    let pixel = |i: usize| {
        let (sample, at) = (i / (SIDE * SIDE), i % (SIDE * SIDE));
        (128.0 + 120.0 * ((at as f64 * 0.3 + sample as f64 * 1.7).sin() * (sample as f64 * 0.9).cos())) as u8
    };
    let values = Values::Bytes((0..n * SIDE * SIDE).map(pixel).collect::<Vec<_>>().into());
    let of: Vec<u16> = (0..n).map(|i| (i % 2) as u16).collect();
    let labels = Labels { names: ["even", "odd"].map(String::from).into(), of: of.into() };
    let train = Dataset::new(kind, values, Some(labels), vec![]).unwrap();
    DataSplit::new("images".into(), train.clone(), train)
}

/// As many documents of eight words, or sentences of at most seven.
fn texts(is_in_order: bool) -> DataSplit {
    let n = BATCH * EPOCH as usize;
    let word = |i: usize, at: usize| ((i * 7 + at * at * 3 + i / 3) % 8) as u32;
    let length = |i: usize| 3 + i % 5;
    let (kind, values) = if is_in_order {
        let rows: Rows<u32> =
            (0..n).map(|i| (0..length(i)).map(|at| FIRST_WORD + word(i, at)).collect::<Vec<_>>()).collect();
        (SampleKind::sentences((0..8).map(|i| format!("w{i}")), 7), Values::Tokens(rows))
    } else {
        let row = |i: usize| {
            let mut words: Vec<u32> = (0..length(i)).map(|at| word(i, at)).collect();
            words.sort_unstable();
            let counts = words.chunk_by(|a, b| a == b);
            counts.map(|same| Count { feature: same[0], count: same.len() as u32 }).collect::<Vec<_>>()
        };
        (SampleKind::documents((0..8).map(|i| format!("w{i}"))), Values::Sparse((0..n).map(row).collect()))
    };
    let of: Vec<u16> = (0..n).map(|i| (i % 2) as u16).collect();
    let labels = Labels { names: ["even", "odd"].map(String::from).into(), of: of.into() };
    let train = Dataset::new(kind, values, Some(labels), vec![]).unwrap();
    DataSplit::new("texts".into(), train.clone(), train)
}

/// Data that a kind takes, images where it can; none where they are too small for it.
fn data_for(kind: &str) -> Option<DataSplit> {
    let kind = KINDS.iter().find(|entry| entry.name == kind.replace('_', "-")).unwrap();
    let all = [data(), texts(false), texts(true)];
    all.into_iter().find(|data| kind.takes(data.train.kind()).is_ok())
}

/// A small model of a kind, with settings on top.
fn model(kind: &str, settings: &[(&str, &str)]) -> ModelSpec {
    let spec = ModelSpec::of_kind(kind).unwrap();
    let has = |spec: &ModelSpec, path: &str| spec.fields().iter().any(|field| field.path == path);
    // A kind that trains layers in pairs first gets to the whole model.
    let pairs = if has(&spec, "pretrain") && spec.text("pretrain") != "0" { "1" } else { "0" };
    let small = [
        ("latent_dim", "3"),
        ("hidden", "6"),
        ("channels", "2"),
        ("components", "2"),
        ("pca", "3"),
        ("units", "5"),
        ("embedding", "4"),
    ];
    let small = small.into_iter().chain([("pretrain", pairs)]).filter(|(path, _)| has(&spec, path));
    let spec = with(spec.clone(), &small.collect::<Vec<_>>());
    with(spec, settings)
}

/// Settings on top of others.
fn with<T: Settings>(spec: T, settings: &[(&str, &str)]) -> T {
    let set = |spec: T, &(path, text): &(&str, &str)| {
        spec.with(path, text).unwrap_or_else(|e| panic!("{path}={text}: {e}"))
    };
    settings.iter().fold(spec, set)
}

fn training(settings: &[(&str, &str)]) -> TrainSpec {
    let (batch, epochs) = (BATCH.to_string(), (STEPS / EPOCH).to_string());
    with(TrainSpec::default(), &[&[("batch", &*batch), ("epochs", &*epochs)], settings].concat())
}

/// Every weight after twelve steps, or after all there are, with its tensor's name.
fn weights_after(model: &ModelSpec, training: &TrainSpec) -> Result<Vec<(String, Vec<f32>)>, String> {
    let data = data_for(model.kind()).unwrap();
    let spec = model.check(data.train.kind(), data.train.classes()).map_err(|e| e.to_string())?;
    let mut run = Run::new(&spec, training, &data, None, 1).map_err(|e| e.to_string())?;
    for _ in 0..STEPS.min(run.last_step()) {
        run.advance(&Cancel::default()).map_err(|e| e.to_string())?;
    }
    let model = run.trained().map_err(|e| e.to_string())?.model;
    Ok(model.weights().into_iter().map(|param| (param.name, param.values.to_vec())).collect())
}
