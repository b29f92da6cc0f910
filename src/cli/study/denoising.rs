//! Does training on corrupted images help with corrupted images? The plain autoencoder against the denoising
//! one.

use super::Findings;
use super::table::{Row, Study, spec};
use crate::cli::parse::StudyArgs;
use crate::data::Dataset;
use crate::model::{Corruption, NoiseSpec, SharedModel};
use crate::nn::{Purpose, Scratch, flat_mut, stream};
use crate::train::TrainSpec;
use anyhow::{Result, anyhow};
use ndarray::Array2;

const EPOCHS: u64 = 20;
const LATENT_DIM: &str = "16";
/// Each corruption at its level.
const CORRUPTIONS: [(Corruption, &str, &str); 3] = [
    (Corruption::Gaussian, "gaussian", "0.4"),
    (Corruption::Masking, "masking", "0.4"),
    (Corruption::SaltPepper, "salt_pepper", "0.3"),
];
const COLUMNS: [&str; 2] = ["of corrupted images", "of clean images"];

/// Squared error against the clean image, of unseen images shown corrupted and clean.
pub fn study(args: &StudyArgs) -> Result<Findings> {
    let study = Study::begin(args, 7)?;
    let base = [("latent_dim", LATENT_DIM)];
    let trained =
        |spec, seed| study.train(&spec, &TrainSpec { epochs: EPOCHS, seed, ..TrainSpec::default() }, |_, _| {});
    let plain: Vec<SharedModel> =
        (0..study.seeds).map(|seed| trained(spec("ae", &base)?, seed)).collect::<Result<_>>()?;
    let mut rows = Vec::new();
    for (corruption, name, level) in CORRUPTIONS {
        let level_number = level.parse().unwrap_or_default();
        let noise = NoiseSpec { corruption, corruption_level: level_number, ..NoiseSpec::default() };
        let measure = |model: &SharedModel| -> Result<[f64; 2]> {
            let of = |noise| study.on_all_cores(|| squared_error(model, &study.data.test, noise));
            Ok([of(Some(&noise))?, of(None)?])
        };
        let settings = [base[0], ("corruption", name), ("corruption_level", level)];
        let (denoising, marginalised) = (spec("ae", &settings)?, spec("mda", &settings)?);
        let of_name = |model: &str| Row::new(format!("{name} {level}, {model}"), COLUMNS.len());
        let mut of = [of_name("plain AE"), of_name("denoising AE"), of_name("marginalised (linear)")];
        for seed in 0..study.seeds {
            of[0].push(&measure(&plain[seed as usize])?);
            of[1].push(&measure(&trained(denoising.clone(), seed)?)?);
            of[2].push(&measure(&trained(marginalised.clone(), seed)?)?);
        }
        rows.extend(of);
    }
    Ok(study.end("Squared error of test images against the clean image, codes of 16 dimensions", &COLUMNS, &rows))
}

/// Mean of Σ (x − x̂)² over a split whose images the encoder sees under `noise`, the same draws for every
/// model.
fn squared_error(model: &SharedModel, data: &Dataset, noise: Option<&NoiseSpec>) -> Result<f64> {
    let (Some(encoder), Some(decoder)) = (model.encoder(), model.decoder()) else {
        return Err(anyhow!("the model does not encode and decode"));
    };
    let all: Vec<u32> = (0..data.n_samples() as u32).collect();
    let mut x = Array2::zeros((all.len(), data.n_features()));
    data.gather(&all, &mut x);
    let mut seen = x.clone();
    if let Some(noise) = noise {
        let mut rng = stream(0, Purpose::Corruption, 0);
        noise.corrupt(flat_mut(&mut seen), &mut rng);
    }
    let mut scratch = Scratch::new(rayon::current_num_threads());
    let codes = encoder.encode(seen.view(), &[], &mut scratch);
    let x_hat = decoder.decode(codes.mu.view(), &[], &mut scratch);
    let sum: f64 = x.iter().zip(&x_hat).map(|(x, x_hat)| f64::from(x - x_hat).powi(2)).sum();
    Ok(sum / all.len() as f64)
}
