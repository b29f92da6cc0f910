//! What does a linear autoencoder learn? PCA's plane; and a linear VAE the likelihood of probabilistic PCA.

use super::Findings;
use super::table::{Row, Study, spec};
use crate::cli::parse::StudyArgs;
use crate::model::{MetricId, SharedModel};
use crate::nn::symmetric_eigen;
use crate::train::{Schedule, TrainSpec, evaluate};
use anyhow::{Result, anyhow};
use ndarray::{Array2, ArrayView2, Axis};

/// Steps of the full batch; the rate falls to 0 by the last one.
const STEPS: u64 = 6000;
const RATE: f64 = 1e-2;
const COLUMNS: [&str; 3] = ["angle, °", "excess error", "ELBO − log p, nats"];

/// The largest angle between the planes, the relative excess of squared error over PCA's, and the gap of a
/// linear VAE.
pub fn study(args: &StudyArgs) -> Result<Findings> {
    let study = Study::begin(args, 3)?;
    let pca = study.train(&spec("pca", &[])?, &TrainSpec::default(), |_, _| {})?;
    let best = squared_error(&study, &pca);
    let mut rows = Vec::new();
    for (name, weights) in [("linear AE", "free"), ("linear AE, tied", "tied")] {
        let mut row = Row::new(name, COLUMNS.len());
        for seed in 0..study.seeds {
            let model = study.train(
                &spec("linear", &[("decoder_weights", weights)])?,
                &full_batch(&study, seed),
                |_, _| {},
            )?;
            let angle = largest_angle(&plane(&pca)?, &plane(&model)?)?;
            row.push(&[angle, squared_error(&study, &model) / best - 1.0, f64::NAN]);
        }
        rows.push(row);
    }
    let mut row = Row::new("linear VAE", COLUMNS.len());
    let settings = [("hidden", ""), ("likelihood", "gaussian"), ("noise", "learned"), ("sigma", "0.3")];
    let log_p = probabilistic_pca(&study, &pca, best)?;
    for seed in 0..study.seeds {
        let model = study.train(&spec("vae", &settings)?, &full_batch(&study, seed), |_, _| {})?;
        let terms = study.on_all_cores(|| evaluate(&*model, &study.data.train, usize::MAX, &|| false));
        let angle = largest_angle(&plane(&pca)?, &plane(&model)?)?;
        row.push(&[angle, squared_error(&study, &model) / best - 1.0, -terms.unwrap_or_default().loss() - log_p]);
    }
    rows.push(row);
    Ok(study.end(
        "Linear autoencoders in 2 dimensions against PCA, on the training images; full batch, Adam, cosine decay",
        &COLUMNS,
        &rows,
    ))
}

fn full_batch(study: &Study, seed: u64) -> TrainSpec {
    let batch = study.data.train.n_samples().min(65_536);
    let per_epoch = study.data.train.n_samples().div_ceil(batch) as u64;
    let (epochs, schedule) = (STEPS / per_epoch, Schedule::Cosine);
    TrainSpec { epochs, batch, seed, schedule, learning_rate: RATE, ..TrainSpec::default() }
}

fn squared_error(study: &Study, model: &SharedModel) -> f64 {
    let terms = study.on_all_cores(|| evaluate(&**model, &study.data.train, usize::MAX, &|| false));
    terms.unwrap_or_default().of(MetricId::SquaredError)
}

/// The best mean log-likelihood of probabilistic PCA (Tipping and Bishop 1999, equation 4 at its
/// maximum), in nats: with the variances λ of the kept components and the mean σ² of the others, −½ (D ln
/// 2π + Σ ln λ + (D − k) ln σ² + D).
fn probabilistic_pca(study: &Study, pca: &SharedModel, squared_error: f64) -> Result<f64> {
    let codes = study.codes(pca, &study.data.train)?.mapv(f64::from);
    let (d, k) = (study.data.train.n_features() as f64, codes.ncols() as f64);
    let noise = squared_error / (d - k);
    let kept: f64 = codes.var_axis(Axis(0), 0.0).iter().map(|variance| variance.ln()).sum();
    Ok(-0.5 * (d * (2.0 * std::f64::consts::PI).ln() + kept + (d - k) * noise.ln() + d))
}

/// The directions that a linear model decodes into [features, latent_dim].
fn plane(model: &SharedModel) -> Result<Array2<f64>> {
    let params = model.weights();
    let weight = |name: &str| {
        let param = params.iter().find(|param| param.name == name)?;
        let weight = ArrayView2::from_shape((param.shape[0], param.shape[1]), param.values).ok()?;
        Some(weight.mapv(f64::from))
    };
    // A tied decoder has no weights of its own.
    let tied = || weight("mu.weight").map(|weight| weight.reversed_axes());
    weight("decoder.0.weight").or_else(tied).ok_or_else(|| anyhow!("the model is not linear"))
}

/// The largest principal angle between the spans of two matrices [n, k], in degrees.
fn largest_angle(a: &Array2<f64>, b: &Array2<f64>) -> Result<f64> {
    let (a, b) = (orthonormal(a)?, orthonormal(b)?);
    // The sine is measured, for the cosine of a small angle has no digits left.
    let off = &b - &a.dot(&a.t().dot(&b));
    let eigen = symmetric_eigen(off.t().dot(&off).view()).ok_or_else(|| anyhow!("the weights are not finite"))?;
    Ok(eigen.values[0].max(0.0).sqrt().clamp(0.0, 1.0).asin().to_degrees())
}

/// An orthonormal basis of the span of a matrix's columns: W (WᵀW)^−½.
fn orthonormal(w: &Array2<f64>) -> Result<Array2<f64>> {
    let eigen = symmetric_eigen(w.t().dot(w).view()).ok_or_else(|| anyhow!("the weights are not finite"))?;
    let scale = eigen.values.mapv(|value| 1.0 / value.max(f64::MIN_POSITIVE).sqrt());
    Ok(w.dot(&(&eigen.vectors * &scale)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn angles_are_those_between_the_planes_not_the_vectors() {
        let a = array![[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]];
        let turned_within = array![[1.0, 3.0], [-2.0, 1.0], [0.0, 0.0]];
        assert!(largest_angle(&a, &turned_within).unwrap() < 1e-6);
        let t = 0.01f64;
        let tilted = array![[1.0, 0.0], [0.0, t.cos()], [0.0, t.sin()]];
        assert!((largest_angle(&a, &tilted).unwrap() - t.to_degrees()).abs() < 1e-9);
    }
}
