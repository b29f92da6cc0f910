//! Do codes of a contractive autoencoder stand stiller? The same noise on the same images, with and without
//! the penalty.

use super::Findings;
use super::table::{Row, Study, spec};
use crate::cli::parse::StudyArgs;
use crate::model::{Corruption, MetricId, NoiseSpec, SharedModel};
use crate::nn::{Purpose, Scratch, flat_mut, stream};
use crate::train::{TrainSpec, evaluate};
use anyhow::{Result, anyhow};
use ndarray::{Array2, Axis};

const EPOCHS: u64 = 20;
/// Standard deviation of the noise on each pixel.
const NOISE: f64 = 0.1;
/// Weights of the penalty, and the encoders: one sigmoid layer, where it is exact, and a deep one, where it
/// is estimated.
const LAMBDAS: [&str; 4] = ["0", "0.1", "1", "10"];
const ENCODERS: [(&str, [(&str, &str); 3]); 2] = [
    ("one sigmoid layer", [("hidden", ""), ("code_activation", "sigmoid"), ("latent_dim", "64")]),
    ("512-256-16", [("hidden", "512,256"), ("code_activation", "linear"), ("latent_dim", "16")]),
];
const COLUMNS: [&str; 2] = ["codes move, %", "squared error"];

/// How far codes move under noise, as a share of how far apart the codes of different images are.
pub fn study(args: &StudyArgs) -> Result<Findings> {
    let study = Study::begin(args, (ENCODERS.len() * LAMBDAS.len()) as u64)?;
    let mut rows = Vec::new();
    for (name, settings) in ENCODERS {
        for lambda in LAMBDAS {
            let spec = spec("ae", &settings)?;
            let spec = crate::model::Settings::with(&spec, "contractive", lambda)?;
            let mut row = Row::new(format!("{name}, λ = {lambda}"), COLUMNS.len());
            for seed in 0..study.seeds {
                let train = TrainSpec { epochs: EPOCHS, seed, ..TrainSpec::default() };
                let model = study.train(&spec, &train, |_, _| {})?;
                let terms = study.on_all_cores(|| evaluate(&*model, &study.data.test, usize::MAX, &|| false));
                row.push(&[100.0 * moved(&study, &model)?, terms.unwrap_or_default().of(MetricId::SquaredError)]);
            }
            rows.push(row);
        }
    }
    Ok(study.end(
        "How far codes of test images move under Gaussian noise (σ = 0.1 a pixel), in % of the codes' own spread",
        &COLUMNS,
        &rows,
    ))
}

/// √ of mean ‖z(x + noise) − z(x)‖² over mean ‖z(x) − z̄‖².
fn moved(study: &Study, model: &SharedModel) -> Result<f64> {
    let data = &study.data.test;
    let encoder = model.encoder().ok_or_else(|| anyhow!("the model has no encoder"))?;
    let all: Vec<u32> = (0..data.n_samples() as u32).collect();
    let mut x = Array2::zeros((all.len(), data.n_features()));
    data.gather(&all, &mut x);
    let encode =
        |x: &Array2<f32>| study.on_all_cores(|| encoder.encode(x.view(), &[], &mut Scratch::default()).mu);
    let still = encode(&x);
    let noise = NoiseSpec { corruption: Corruption::Gaussian, corruption_level: NOISE, ..NoiseSpec::default() };
    noise.corrupt(flat_mut(&mut x), &mut stream(0, Purpose::Corruption, 0));
    let shaken = encode(&x);
    let squares = |d: Array2<f32>| d.iter().map(|d| f64::from(*d).powi(2)).sum::<f64>();
    let mean = still.mean_axis(Axis(0)).unwrap_or_default();
    Ok((squares(&shaken - &still) / squares(&still - &mean)).sqrt())
}
