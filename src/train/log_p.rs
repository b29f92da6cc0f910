//! How probable a model finds samples: ln p(x), of which the evidence bound is a part.
//!
//! ln p(x) = ELBO + gap, the gap being the KL divergence from q(z | x) to the true posterior. By k importance
//! samples (Burda, Grosse and Salakhutdinov 2016): ln 1/k Σ p(x | z) p(z) / q(z | x), z ~ q, which tends to
//! ln p(x) from below. In two dimensions also by quadrature: Σ p(x | z) p(z) h² over a square grid, which
//! converges faster than any power of its step once that is about as small as the narrowest posterior.

use super::evaluate::seen;
use super::log_z::live_by_energy;
use crate::data::Dataset;
use crate::model::{Density, FrozenModel, LogZ};
use crate::nn::{Purpose, Scratch, flat_mut, standard_normal, stream};
use ndarray::Array2;
use rayon::prelude::*;

/// Mean log-likelihood of samples, nats.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LogP {
    /// The evidence bound, mean over the draws; ln p(x) itself where the posterior is exact.
    pub elbo: f64,
    /// ln p(x), or its estimate.
    pub log_p: f64,
    /// Samples that it is the mean of.
    pub n_samples: usize,
    /// ln Z, of a model with an energy.
    pub log_z: Option<LogZ>,
}

/// Half the side of the square of codes that is summed over: beyond lies 4e-9 of the prior.
const REACH: f64 = 6.0;
/// Cells a side of the coarse grid: a step of .12.
const SIDE: usize = 100;
/// Largest step of the fine grid in units of the smallest posterior σ. A midpoint sum over a Gaussian of this
/// σ is then off by 2 exp(−2π²) or 5e-9 of it, and by 1e-4 where a correlated posterior is narrower than q by
/// the most it can, √2.
const STEP_OF_SIGMA: f64 = 1.0;
/// Most fine cells a side of a coarse one: a step of .0075.
const MAX_CUT: usize = 16;
/// A cell this many nats below the greatest is left coarse: it adds less than a millionth of it.
const FLOOR: f64 = 14.0;
/// A code's cells are fine this many posterior σ around it, whatever the coarse grid shows.
const AROUND: f64 = 6.0;
/// Samples summed up together: their fine cells are decoded once.
const BLOCK: usize = 256;
/// Codes decoded at a time.
const CHUNK: usize = 512;
/// Test images of the live ln p(x): few enough to follow a training.
const N_LIVE: usize = 64;
/// Draws that the live bound is the mean of.
const K_LIVE: usize = 16;

/// The bound and ln p(x) over a few samples, by quadrature or by an energy; none for a model that has neither
/// an energy nor a density in two dimensions, or when cancelled.
pub fn live_log_p(
    model: &dyn FrozenModel,
    data: &Dataset,
    is_cancelled: &(dyn Fn() -> bool + Sync),
) -> Option<LogP> {
    if model.energy().is_some() {
        return live_by_energy(model, data, is_cancelled);
    }
    let log_p = quadrature(model, data, N_LIVE, is_cancelled)?;
    let bound = importance_weighted(model, data, N_LIVE, K_LIVE, is_cancelled)?;
    Some(LogP { log_p, ..bound })
}

/// The bound and ln p(x) of the first `n` samples with `k` draws each; none if the model is no density or
/// when cancelled.
pub fn importance_weighted(
    model: &dyn FrozenModel,
    data: &Dataset,
    n: usize,
    k: usize,
    is_cancelled: &(dyn Fn() -> bool + Sync),
) -> Option<LogP> {
    let found = each_log_p(model, data, n, k, is_cancelled)?;
    let n = found.len();
    let mean = |part: fn(&(f64, f64)) -> f64| found.iter().map(part).sum::<f64>() / n as f64;
    Some(LogP { elbo: mean(|found| found.0), log_p: mean(|found| found.1), n_samples: n, log_z: None })
}

/// The bound and ln p(x) of each of the first `n` samples, as [`importance_weighted`].
pub(super) fn each_log_p(
    model: &dyn FrozenModel,
    data: &Dataset,
    n: usize,
    k: usize,
    is_cancelled: &(dyn Fn() -> bool + Sync),
) -> Option<Vec<(f64, f64)>> {
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
    (0..n).into_par_iter().map(of_sample).collect()
}

/// ln p(x) of the first `n` samples, mean in nats, by quadrature; none unless codes have two dimensions, or
/// when cancelled.
///
/// The cells of a coarse grid are cut finer where a posterior lies, so finely that the narrowest is resolved:
/// the cost grows with the number of samples and hardly with how narrow they are. Runs on the surrounding
/// pool.
pub fn quadrature(
    model: &dyn FrozenModel,
    data: &Dataset,
    n: usize,
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
        for block in of_label.chunks(BLOCK) {
            let mut x = Array2::zeros((block.len(), data.n_features()));
            for (mut row, &idx) in x.rows_mut().into_iter().zip(block) {
                row.assign(&sample(model, data, idx).0.row(0));
            }
            let block = Block { model, density, x, label, is_cancelled };
            total += block.sum()?;
        }
    }
    Some(total / n as f64)
}

/// Some samples of one label, whose ln p(x) are summed up over the same codes.
struct Block<'a> {
    model: &'a dyn FrozenModel,
    density: &'a dyn Density,
    x: Array2<f32>,
    label: u16,
    is_cancelled: &'a (dyn Fn() -> bool + Sync),
}

impl Block<'_> {
    /// Σ ln p(x) over the samples; none when cancelled.
    fn sum(&self) -> Option<f64> {
        let step = 2.0 * REACH / SIDE as f64;
        let centre = |cell: usize| [cell % SIDE, cell / SIDE].map(|i| -REACH + step * (i as f64 + 0.5));
        let coarse: Vec<[f64; 2]> = (0..SIDE * SIDE).map(centre).collect();
        let chunks = self.over(&coarse, |log_joint| log_joint)?;
        let (cut, mut is_fine) = self.around_codes(step)?;
        if cut > 1 {
            mark_greatest(&chunks, self.x.nrows(), &mut is_fine);
        } else {
            is_fine.fill(false);
        }
        let mut sums = vec![LogSum::default(); self.x.nrows()];
        let area = |step: f64| (step * step / (2.0 * std::f64::consts::PI)).ln();
        let cells = (0..).step_by(CHUNK).zip(&chunks).flat_map(|(first, chunk)| {
            chunk.columns().into_iter().enumerate().map(move |(i, column)| (first + i, column))
        });
        for (_, column) in cells.filter(|(cell, _)| !is_fine[*cell]) {
            sums.iter_mut().zip(column).for_each(|(sum, log_joint)| sum.add(log_joint + area(step)));
        }
        let step = step / cut as f64;
        let offset = |i: usize| (i as f64 - (cut - 1) as f64 / 2.0) * step;
        let fine: Vec<[f64; 2]> = (0..coarse.len())
            .filter(|&cell| is_fine[cell])
            .flat_map(|cell| {
                let [x, y] = coarse[cell];
                (0..cut * cut).map(move |i| [x + offset(i % cut), y + offset(i / cut)])
            })
            .collect();
        let parts = self.over(&fine, |log_joint| {
            let mut sums = vec![LogSum::default(); log_joint.nrows()];
            for (sum, row) in sums.iter_mut().zip(log_joint.rows()) {
                row.iter().for_each(|log_joint| sum.add(log_joint + area(step)));
            }
            sums
        });
        for part in parts? {
            sums.iter_mut().zip(part).for_each(|(sum, part)| sum.add_all(part));
        }
        Some(sums.iter().map(LogSum::ln).sum())
    }

    /// How finely cells are cut so that the narrowest posterior is resolved, and the cells around the codes'
    /// means.
    fn around_codes(&self, step: f64) -> Option<(usize, Vec<bool>)> {
        let labels = vec![self.label; self.x.nrows()];
        let codes = self.model.encoder()?.encode(self.x.view(), &labels, &mut Scratch::default());
        let sigma = codes.log_var?.mapv(|log_var| (0.5 * f64::from(log_var)).exp());
        let narrowest = sigma.iter().copied().fold(f64::INFINITY, f64::min);
        let cut = (step / (STEP_OF_SIGMA * narrowest)).ceil().clamp(1.0, MAX_CUT as f64) as usize;
        let mut is_near = vec![false; SIDE * SIDE];
        let place = |z: f64| ((z + REACH) / step).clamp(0.0, (SIDE - 1) as f64) as usize;
        for (mu, sigma) in codes.mu.rows().into_iter().zip(sigma.rows()) {
            let [xs, ys] = [0, 1].map(|d| {
                let (mu, reach) = (f64::from(mu[d]), AROUND * sigma[d]);
                place(mu - reach)..=place(mu + reach)
            });
            ys.for_each(|y| is_near[y * SIDE + xs.start()..=y * SIDE + xs.end()].fill(true));
        }
        Some((cut, is_near))
    }

    /// What `each` makes of ln p(x | z) − ½|z|² [samples, codes], chunk by chunk of the codes; none when
    /// cancelled.
    fn over<T: Send>(&self, codes: &[[f64; 2]], each: impl Fn(Array2<f64>) -> T + Sync) -> Option<Vec<T>> {
        let of_chunk = |chunk: &[[f64; 2]]| {
            if (self.is_cancelled)() {
                return None;
            }
            let z = Array2::from_shape_fn((chunk.len(), 2), |(i, d)| chunk[i][d] as f32);
            let mut log_joint =
                self.density.log_density(self.x.view(), z.view(), self.label, &mut Scratch::default());
            for (mut column, z) in log_joint.columns_mut().into_iter().zip(chunk) {
                column -= 0.5 * (z[0] * z[0] + z[1] * z[1]);
            }
            Some(each(log_joint))
        };
        codes.par_chunks(CHUNK).map(of_chunk).collect()
    }
}

/// Marks the cells that are not far below a sample's greatest.
fn mark_greatest(chunks: &[Array2<f64>], n: usize, is_marked: &mut [bool]) {
    for i in 0..n {
        let row = || chunks.iter().flat_map(|chunk| chunk.row(i).into_iter().copied());
        let greatest = row().fold(f64::NEG_INFINITY, f64::max);
        is_marked.iter_mut().zip(row()).for_each(|(is_marked, cell)| *is_marked |= cell > greatest - FLOOR);
    }
}

/// One sample [1, features] as the model is scored on it, with its label.
fn sample(model: &dyn FrozenModel, data: &Dataset, idx: usize) -> (Array2<f32>, u16) {
    let idx = [idx as u32];
    (seen(data, &idx, model.info().samples), data.labels_of(&idx).first().copied().unwrap_or_default())
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

    /// Takes in what another has summed up.
    fn add_all(&mut self, other: Self) {
        if other.largest > self.largest {
            self.sum = self.sum * (self.largest - other.largest).exp() + other.sum;
            self.largest = other.largest;
        } else if other.largest > f64::NEG_INFINITY {
            self.sum += other.sum * (other.largest - self.largest).exp();
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
        let mut both = LogSum::default();
        both.add_all(LogSum::default());
        both.add_all(sum);
        both.add_all(sum);
        let mut more = LogSum::default();
        more.add(-998.0);
        both.add_all(more);
        let want = -998.0 + (2.0 * (want + 998.0).exp() + 1.0).ln();
        assert!((both.ln() - want).abs() < 1e-12);
    }
}
