//! One Gaussian of a mixture: its density, and draws from it.

use crate::nn::{inverse_cholesky, standard_normal};
use ndarray::{Array1, Array2, ArrayView2, Axis};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// What shape a Gaussian may have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Covariance {
    /// Any ellipsoid.
    #[default]
    Full,
    /// An ellipsoid along the axes.
    Diagonal,
    /// A ball.
    Spherical,
}

/// A Gaussian with its share of the whole, ready for its density to be worked out.
#[derive(Clone)]
pub struct Gaussian {
    mean: Array1<f64>,
    whitening: Whitening,
    /// ln π − ½ ln |2πΣ|.
    log_height: f64,
}

/// What turns z − μ into independent draws from N(0, 1).
#[derive(Clone)]
enum Whitening {
    /// L⁻¹ of Σ = L Lᵀ.
    Matrix(Array2<f64>),
    /// 1/σ of each axis.
    Axes(Array1<f64>),
}

/// ln 2π.
pub const LN_TAU: f64 = 1.837_877_066_409_345_3;

impl Gaussian {
    /// π N(μ, Σ), Σ as its shape says, row after row; none where it is not positive definite.
    pub fn new(weight: f64, mean: Array1<f64>, shape: Covariance, covariance: &[f32]) -> Option<Self> {
        let k = mean.len();
        let whitening = match shape {
            Covariance::Full => {
                let sigma = ArrayView2::from_shape((k, k), covariance).ok()?.mapv(f64::from);
                Whitening::Matrix(inverse_cholesky(sigma.view())?)
            }
            Covariance::Diagonal | Covariance::Spherical => {
                let variances = Array1::from_shape_fn(k, |i| f64::from(covariance[i % covariance.len()]));
                let is_fit = variances.iter().all(|&variance| variance > 0.0 && variance.is_finite());
                Whitening::Axes(is_fit.then(|| variances.mapv(|variance| variance.sqrt().recip()))?)
            }
        };
        let log_det: f64 = match &whitening {
            Whitening::Matrix(inverse) => inverse.diag().iter().map(|d| d.ln()).sum(),
            Whitening::Axes(inverse) => inverse.iter().map(|d| d.ln()).sum(),
        };
        let log_height = weight.ln() + log_det - 0.5 * k as f64 * LN_TAU;
        Some(Self { mean, whitening, log_height })
    }

    /// ln π + ln N(z; μ, Σ) of codes `z` [n, codes], of length n.
    pub fn log_joint(&self, z: ArrayView2<f64>) -> Array1<f64> {
        let off = &z - &self.mean;
        let white = match &self.whitening {
            Whitening::Matrix(inverse) => off.dot(&inverse.t()),
            Whitening::Axes(inverse) => off * inverse,
        };
        white.map_axis(Axis(1), |row| self.log_height - 0.5 * row.dot(&row))
    }

    /// A draw from N(μ, Σ).
    pub fn sample(&self, rng: &mut ChaCha8Rng) -> Vec<f32> {
        let mut draws = vec![0.0f64; self.mean.len()];
        standard_normal(rng, &mut draws);
        let off: Vec<f64> = match &self.whitening {
            Whitening::Axes(inverse) => draws.iter().zip(inverse).map(|(draw, inverse)| draw / inverse).collect(),
            Whitening::Matrix(inverse) => {
                // L⁻¹ off = draws, solved from the first number on.
                let mut off = Vec::<f64>::with_capacity(draws.len());
                for (i, draw) in draws.iter().enumerate() {
                    let known: f64 = off.iter().enumerate().map(|(j, off)| inverse[[i, j]] * off).sum();
                    off.push((draw - known) / inverse[[i, i]]);
                }
                off
            }
        };
        self.mean.iter().zip(off).map(|(mean, off)| (mean + off) as f32).collect()
    }
}

/// ln Σ exp of some terms.
pub fn log_sum_exp(terms: impl Iterator<Item = f64> + Clone) -> f64 {
    let largest = terms.clone().fold(f64::NEG_INFINITY, f64::max);
    if largest == f64::NEG_INFINITY {
        largest
    } else {
        largest + terms.map(|t| (t - largest).exp()).sum::<f64>().ln()
    }
}
