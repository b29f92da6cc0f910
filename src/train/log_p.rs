//! How probable a model finds samples: ln p(x), of which the evidence bound is a part.
//!
//! ln p(x) = ELBO + gap, the gap being the KL divergence from q(z | x) to the true posterior. By k importance samples
//! (Burda, Grosse and Salakhutdinov 2016): ln 1/k Σ p(x | z) p(z) / q(z | x), z ~ q, which tends to ln p(x) from below. In two
//! dimensions also by quadrature: Σ p(x | z) p(z) h² over a square grid, which converges faster than any power of its step.

use crate::data::Dataset;
use crate::model::{Density, FrozenModel};
use crate::nn::{Purpose, Scratch, flat_mut, standard_normal, stream};
use ndarray::{Array2, ArrayView2, s};
use rayon::prelude::*;

/// Mean log-likelihood of samples, nats.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LogP {
    /// The evidence bound, mean over the draws.
    pub elbo: f64,
    /// ln p(x), or its estimate.
    pub log_p: f64,
    /// Samples that it is the mean of.
    pub n_samples: usize,
}

/// Half the side of the square of codes that is summed over: beyond lies 4e-9 of the prior.
const REACH: f64 = 6.0;
/// Grid points a side for scores: a step of .06, fine against posteriors of σ .05 and wider.
pub const SIDE: usize = 201;
/// Grid points decoded at a time.
const CHUNK: usize = 1024;

/// The bound and ln p(x) of the first `n` samples with `k` draws each; none if the model is no density or when cancelled.
pub fn importance_weighted(
    model: &dyn FrozenModel,
    data: &Dataset,
    n: usize,
    k: usize,
    is_cancelled: &(dyn Fn() -> bool + Sync),
) -> Option<LogP> {
    let (density, encoder) = (model.density()?, model.encoder()?);
    let n = n.min(data.n_samples());
    let of_sample = |idx: usize| {
        if is_cancelled() {
            return None;
        }
        let (x, label) = sample(model, data, idx);
        let mut scratch = Scratch::default();
        let codes = encoder.encode(x.view(), &[label], &mut scratch);
        let log_var = codes.log_var?;
        let mut eps = Array2::<f32>::zeros((k, log_var.ncols()));
        standard_normal(&mut stream(0, Purpose::Importance, idx as u64), flat_mut(&mut eps));
        let z = Array2::from_shape_fn(eps.dim(), |(i, d)| {
            codes.mu[[0, d]] + (0.5 * log_var[[0, d]]).exp() * eps[[i, d]]
        });
        let log_density = density.log_density(x.view(), z.view(), label, &mut scratch);
        let log_weight = |i: usize| {
            // ln p(z) − ln q(z | x), the constants of both gone.
            let prior: f64 = (0..z.ncols())
                .map(|d| {
                    let (z, eps, log_var) =
                        (f64::from(z[[i, d]]), f64::from(eps[[i, d]]), f64::from(log_var[[0, d]]));
                    0.5 * (eps * eps - z * z + log_var)
                })
                .sum();
            log_density[[0, i]] + prior
        };
        let weights: Vec<f64> = (0..k).map(log_weight).collect();
        let mut sum = LogSum::default();
        weights.iter().for_each(|&weight| sum.add(weight));
        Some((weights.iter().sum::<f64>() / k as f64, sum.ln() - (k as f64).ln()))
    };
    let found: Option<Vec<(f64, f64)>> = (0..n).into_par_iter().map(of_sample).collect();
    let found = found?;
    let mean = |part: fn(&(f64, f64)) -> f64| found.iter().map(part).sum::<f64>() / n as f64;
    Some(LogP { elbo: mean(|found| found.0), log_p: mean(|found| found.1), n_samples: n })
}

/// ln p(x) of the first `n` samples, mean in nats, by quadrature over `side`² points; none unless codes have two dimensions, or when cancelled.
pub fn quadrature(
    model: &dyn FrozenModel,
    data: &Dataset,
    n: usize,
    side: usize,
    is_cancelled: &(dyn Fn() -> bool + Sync),
) -> Option<f64> {
    let density = model.density().filter(|_| model.info().latent_dim() == 2)?;
    let n = n.min(data.n_samples());
    let classes = model.info().classes.len().max(1) as u16;
    let mut total = 0.0;
    for label in 0..classes {
        // A model that is told the label has a likelihood for each.
        let of_label: Vec<usize> =
            (0..n).filter(|&idx| classes == 1 || data.labels_of(&[idx as u32]).first() == Some(&label)).collect();
        let parts: Option<Vec<f64>> = of_label
            .par_chunks(of_label.len().div_ceil(rayon::current_num_threads()).max(1))
            .map(|part| of_part((model, density), data, part, label, side, is_cancelled))
            .collect();
        total += parts?.iter().sum::<f64>();
    }
    Some(total / n as f64)
}

/// Σ ln p(x) over some samples of one label.
fn of_part(
    (model, density): (&dyn FrozenModel, &dyn Density),
    data: &Dataset,
    part: &[usize],
    label: u16,
    side: usize,
    is_cancelled: &(dyn Fn() -> bool + Sync),
) -> Option<f64> {
    let mut x = Array2::zeros((part.len(), data.n_features()));
    for (mut row, &idx) in x.rows_mut().into_iter().zip(part) {
        row.assign(&sample(model, data, idx).0.row(0));
    }
    let step = 2.0 * REACH / (side - 1) as f64;
    let at = |i: usize| -REACH + step * i as f64;
    let z = Array2::from_shape_fn((side * side, 2), |(i, d)| at(if d == 0 { i % side } else { i / side }) as f32);
    let mut sums = vec![LogSum::default(); part.len()];
    let mut scratch = Scratch::default();
    for start in (0..z.nrows()).step_by(CHUNK) {
        if is_cancelled() {
            return None;
        }
        let z: ArrayView2<f32> = z.slice(s![start..(start + CHUNK).min(side * side), ..]);
        let log_density = density.log_density(x.view(), z, label, &mut scratch);
        for (sum, row) in sums.iter_mut().zip(log_density.rows()) {
            for (&log_density, z) in row.iter().zip(z.rows()) {
                sum.add(log_density - 0.5 * z.iter().map(|&z| f64::from(z).powi(2)).sum::<f64>());
            }
        }
    }
    let cell = (step * step / (2.0 * std::f64::consts::PI)).ln();
    Some(sums.iter().map(|sum| sum.ln() + cell).sum())
}

/// One sample [1, features] as the model is scored on it, with its label.
fn sample(model: &dyn FrozenModel, data: &Dataset, idx: usize) -> (Array2<f32>, u16) {
    let mut x = Array2::zeros((1, data.n_features()));
    data.gather(&[idx as u32], &mut x);
    model.info().samples.binarise(flat_mut(&mut x), idx as u32);
    (x, data.labels_of(&[idx as u32]).first().copied().unwrap_or_default())
}

/// ln Σ exp of terms that come one by one.
#[derive(Clone, Copy, Debug)]
struct LogSum {
    largest: f64,
    /// Σ exp(term − largest).
    sum: f64,
}

impl Default for LogSum {
    fn default() -> Self {
        Self { largest: f64::NEG_INFINITY, sum: 0.0 }
    }
}

impl LogSum {
    fn add(&mut self, term: f64) {
        if term > self.largest {
            self.sum = self.sum * (self.largest - term).exp() + 1.0;
            self.largest = term;
        } else if term > f64::NEG_INFINITY {
            self.sum += (term - self.largest).exp();
        }
    }

    fn ln(&self) -> f64 {
        self.largest + self.sum.ln()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_of_exponentials_neither_overflow_nor_vanish() {
        let mut sum = LogSum::default();
        [-1000.0, -1001.0, f64::NEG_INFINITY, -999.5].into_iter().for_each(|term| sum.add(term));
        let want = -999.5 + ((-0.5f64).exp() + (-1.5f64).exp() + 1.0).ln();
        assert!((sum.ln() - want).abs() < 1e-12);
    }
}
