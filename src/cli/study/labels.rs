//! Does a CVAE obey the label? Samples of the prior, each told a class, are read by their nearest neighbours.

use super::Findings;
use crate::cli::UsageError;
use crate::cli::model_commands::load_data;
use crate::cli::parse::StudyArgs;
use crate::data::{Cancel, DataChoice, ReadSettings, nearest};
use crate::latent::knn::vote;
use crate::nn::{Purpose, Scratch, flat, standard_normal, stream};
use crate::store;
use crate::worker::pool::{Priority, available_threads, compute_pool};
use anyhow::{Result, anyhow};
use ndarray::ArrayView2;
use rayon::prelude::*;
use serde_json::json;

/// Samples of the prior.
const N_SAMPLES: usize = 1000;
/// Neighbours that vote on what a picture shows.
const K: usize = 5;

/// Decodes draws from the prior, the labels in turn, and lets the nearest training images vote on each.
pub fn study(args: &StudyArgs) -> Result<Findings> {
    let path = args.model.clone().unwrap_or_else(|| "mnist-cvae".into());
    let checkpoint = store::open(&path)?;
    let model = &*checkpoint.trained.model;
    let data = load_data(args.data.as_ref().unwrap_or(&DataChoice::Mnist), &ReadSettings::default(), &args.set)?;
    model.info().fits(&data.train).map_err(|e| anyhow!("{}: {e}", data.name))?;
    let classes = &*model.info().classes;
    let (Some(labels), false) = (data.train.labels(), classes.is_empty()) else {
        return Err(UsageError(format!("{}: this model is told no label; give a cvae", path.display())).into());
    };
    let decoder = model.decoder().ok_or_else(|| anyhow!("this model has no decoder"))?;
    let latent_dim = model.info().latent_dim();
    let obeys = |i: usize| -> bool {
        let label = (i % classes.len()) as u16;
        let mut z = vec![0.0; latent_dim];
        standard_normal(&mut stream(0, Purpose::Prior, i as u64), &mut z);
        let Ok(z) = ArrayView2::from_shape((1, latent_dim), &z) else { return false };
        let x_hat = decoder.decode(z, &[label], &mut Scratch::default());
        let neighbours = nearest(&data.train, flat(&x_hat), K, &Cancel::default()).unwrap_or_default();
        vote(neighbours.iter().map(|&(idx, _)| labels.of[idx as usize])) == Some(label)
    };
    let pool = compute_pool("study", available_threads(), Priority::Normal)?;
    let obeyed: Vec<bool> = pool.install(|| (0..N_SAMPLES).into_par_iter().map(obeys).collect());
    let n = obeyed.iter().filter(|&&obeyed| obeyed).count();
    let of_class = |label: usize| {
        let told = obeyed.iter().enumerate().filter(|(i, _)| i % classes.len() == label);
        let (n_told, n_obeyed) =
            told.fold((0, 0), |(n_told, n_obeyed), (_, &obeyed)| (n_told + 1, n_obeyed + usize::from(obeyed)));
        100.0 * n_obeyed as f64 / f64::from(n_told).max(1.0)
    };
    let each: Vec<(String, f64)> =
        classes.iter().enumerate().map(|(i, name)| (name.clone(), of_class(i))).collect();
    let share = 100.0 * n as f64 / N_SAMPLES as f64;
    let lines: Vec<String> = each.iter().map(|(name, share)| format!("  told {name}: {share:.0} %")).collect();
    let text = format!(
        "{} on {}: {n} of {N_SAMPLES} samples of the prior ({share:.1} %) show the label they were told,\nas their {K} nearest training images vote (the nearest decides a tie).\n{}",
        path.display(),
        data.name,
        lines.join("\n")
    );
    Ok(Findings::new(text, json!({ "obeyed_percent": share, "samples": N_SAMPLES, "k": K, "by_class": each })))
}
