//! Expectation maximisation for mixtures of Gaussians: one step is one sweep over all the samples.
//!
//! The first sweep solves the PCA, takes the codes of all samples, and begins with the means of
//! k-means (seeds by Arthur and Vassilvitskii 2007). Each sweep then works out responsibilities r,
//! and with N_c = Σ r: π = N_c / N, μ = Σ r z / N_c, Σ = Σ r (z − μ)(z − μ)ᵀ / N_c + ε I. What is
//! learned is rounded to `f32` after each sweep, as a file holds it, so that a resumed training goes
//! on with the same bits.

use super::closed_form::{each_chunk, give_up_if};
use super::gaussian::{Covariance, log_sum_exp};
use super::mixture::{Gmm, Projection};
use super::principal::{Principal, principal};
use super::{FrozenModel, Learner, MetricId, Metrics, TrainError};
use crate::data::{Batches, Cancel, Dataset};
use crate::nn::{Purpose, add_product, stream};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, concatenate, s};
use rand::Rng;
use rayon::prelude::*;
use std::sync::Arc;

/// Added to each variance, so that a Gaussian cannot shrink onto one sample.
const LEAST_VARIANCE: f64 = 1e-6;
/// Sweeps of k-means that the first means are found by.
const K_MEANS: usize = 10;
/// Codes worked on at a time, after which a sweep can be given up.
const CHUNK: usize = 1000;

/// Trains a mixture.
pub struct Em {
    gmm: Gmm,
    /// Whether the mixture has learned something to go on from.
    has_begun: bool,
    seed: u64,
    /// The codes of all samples and Σ of the squares that they leave out; of the data with this checksum.
    codes: Option<(u32, Array2<f64>, Array1<f64>)>,
}

impl Em {
    /// A learner that goes on from `gmm` where it has learned something, and else begins.
    pub fn new(gmm: Gmm, has_begun: bool, seed: u64) -> Self {
        Self { gmm, has_begun, seed, codes: None }
    }

    /// Projects all samples, chunk by chunk.
    fn project(gmm: &Gmm, data: &Dataset, cancel: &Cancel) -> Result<(Array2<f64>, Array1<f64>), TrainError> {
        let n = data.n_samples();
        let (mut z, mut left) = (Array2::zeros((n, gmm.info().latent_dim())), Array1::zeros(n));
        for (rows, x) in data.chunks(data.chunk_size()) {
            give_up_if(cancel)?;
            let (codes, rest) = gmm.project(x.view());
            z.slice_mut(s![rows.clone(), ..]).assign(&codes);
            left.slice_mut(s![rows]).assign(&rest);
        }
        Ok((z, left))
    }

    /// The first mixture: PCA, and the groups that k-means finds on its coordinates.
    fn begin(&self, data: &Dataset, cancel: &Cancel) -> Result<Gmm, TrainError> {
        let mut gmm = self.gmm.clone();
        if gmm.projection().is_some() {
            gmm.set_projection(projection(data, gmm.info().latent_dim(), cancel)?);
        }
        let (z, _) = Self::project(&gmm, data, cancel)?;
        let groups = k_means(&z, gmm.n_components(), self.seed, cancel)?;
        let own = |c: usize| groups.iter().map(|&group| f64::from(group == c)).collect::<Array1<f64>>();
        let responsibilities: Vec<Array1<f64>> = (0..gmm.n_components()).map(own).collect();
        maximise(&mut gmm, &z, &responsibilities, cancel)?;
        Ok(gmm)
    }
}

impl Learner for Em {
    fn advance(&mut self, batches: &mut Batches, cancel: &Cancel) -> Result<Metrics, TrainError> {
        let data = batches.data().clone();
        let mut gmm = if self.has_begun { self.gmm.clone() } else { self.begin(&data, cancel)? };
        let is_known = self.has_begun && self.codes.as_ref().is_some_and(|(of, ..)| *of == data.checksum());
        let codes = match self.codes.take_if(|_| is_known) {
            Some(codes) => codes,
            None => {
                let (z, left) = Self::project(&gmm, &data, cancel)?;
                (data.checksum(), z, left)
            }
        };
        let swept = sweep(&mut gmm, &codes.1, &codes.2, cancel);
        self.codes = Some(codes);
        let terms = swept?;
        (self.gmm, self.has_begun) = (gmm, true);
        batches.seek(batches.step() + 1);
        Ok(terms)
    }

    fn freeze(&self) -> Result<Arc<dyn FrozenModel>, TrainError> {
        Ok(Arc::new(self.gmm.clone()))
    }

    fn takes_all_samples(&self) -> bool {
        true
    }
}

/// One sweep over the codes `z`; the terms are of the mixture before it.
fn sweep(gmm: &mut Gmm, z: &Array2<f64>, left: &Array1<f64>, cancel: &Cancel) -> Result<Metrics, TrainError> {
    let joint = |c| {
        let of_rows = |rows: ArrayView2<f64>| {
            give_up_if(cancel)?;
            Ok(gmm.log_joint(rows, c))
        };
        let parts: Result<Vec<Array1<f64>>, TrainError> =
            z.axis_chunks_iter(Axis(0), CHUNK).map(of_rows).collect();
        let parts = parts?;
        let views: Vec<ArrayView1<f64>> = parts.iter().map(|part| part.view()).collect();
        Ok(concatenate(Axis(0), &views).unwrap_or_default())
    };
    let joint: Result<Vec<Array1<f64>>, TrainError> = (0..gmm.n_components()).into_par_iter().map(joint).collect();
    let mut joint = joint?;
    let whole = Array1::from_shape_fn(z.nrows(), |i| log_sum_exp(joint.iter().map(|of| of[i])));
    let log_p: f64 = whole.iter().zip(left).map(|(log_p, &left)| log_p + gmm.log_noise(left)).sum();
    joint.iter_mut().for_each(|of| of.zip_mut_with(&whole, |joint, whole| *joint = (*joint - whole).exp()));
    maximise(gmm, z, &joint, cancel)?;
    let n = z.nrows() as f64;
    let mut terms = Metrics::default().with(MetricId::SquaredError, left.sum() / n);
    terms.add_to_loss(MetricId::NegLogP, -log_p / n);
    Ok(terms)
}

/// How many samples are a Gaussian's, its covariance row after row, and its mean.
type Likeliest = (f64, Vec<f64>, Array1<f64>);

/// Takes the Gaussians that are likeliest under these responsibilities, one array of length n a component.
fn maximise(
    gmm: &mut Gmm,
    z: &Array2<f64>,
    responsibilities: &[Array1<f64>],
    cancel: &Cancel,
) -> Result<(), TrainError> {
    let covariance = gmm.covariance();
    let of = |r: &Array1<f64>| {
        let n = r.sum() + 10.0 * f64::EPSILON;
        let mean = r.dot(z) / n;
        Ok((n, covariance_of(covariance, z, (r, n, &mean), cancel)?, mean))
    };
    let found = responsibilities.par_iter().map(of).collect::<Result<Vec<Likeliest>, TrainError>>()?;
    let total: f64 = found.iter().map(|(n, ..)| n).sum();
    let weights = found.iter().map(|(n, ..)| (n / total) as f32).collect();
    let means = Array2::from_shape_fn((found.len(), z.ncols()), |(c, i)| found[c].2[i] as f32);
    let covariances = found.iter().flat_map(|(_, values, _)| values.iter().map(|&value| value as f32)).collect();
    if gmm.set_gaussians(weights, means, covariances) {
        Ok(())
    } else {
        Err(TrainError::Data(
            "a Gaussian has become flat: give fewer components, fewer dimensions of PCA, or another covariance"
                .into(),
        ))
    }
}

/// Σ of one Gaussian in the shape asked for, row after row; `r` is the share of each sample that is its, `n`
/// their sum.
fn covariance_of(
    shape: Covariance,
    z: &Array2<f64>,
    (r, n, mean): (&Array1<f64>, f64, &Array1<f64>),
    cancel: &Cancel,
) -> Result<Vec<f64>, TrainError> {
    let k = z.ncols();
    let mut squares = Array2::zeros(if shape == Covariance::Full { (k, k) } else { (1, k) });
    for (z, r) in z.axis_chunks_iter(Axis(0), CHUNK).zip(r.axis_chunks_iter(Axis(0), CHUNK)) {
        give_up_if(cancel)?;
        let off = &z - mean;
        let weighted = &off * &r.insert_axis(Axis(1));
        if shape == Covariance::Full {
            add_product(&mut squares, &weighted, &off);
        } else {
            squares += &(weighted * &off).sum_axis(Axis(0));
        }
    }
    squares.mapv_inplace(|sum| sum / n);
    if shape == Covariance::Full {
        squares.diag_mut().mapv_inplace(|variance| variance + LEAST_VARIANCE);
        return Ok(squares.into_iter().collect());
    }
    squares.mapv_inplace(|variance| variance + LEAST_VARIANCE);
    Ok(match shape {
        Covariance::Spherical => vec![squares.mean().unwrap_or(LEAST_VARIANCE)],
        _ => squares.into_iter().collect(),
    })
}

/// The leading `k` principal components of the data, and the mean variance of what they leave out.
fn projection(data: &Dataset, k: usize, cancel: &Cancel) -> Result<Projection, TrainError> {
    let mut each = |see: &mut dyn FnMut(ArrayView2<f32>)| each_chunk(data, cancel, see);
    let Principal { mean, components, noise_variance } = principal((data.n_features(), k), &mut each, cancel)?;
    Ok(Projection {
        mean: mean.mapv(|value| value as f32),
        components: components.t().mapv(|value| value as f32).as_standard_layout().into_owned(),
        noise_variance: noise_variance.max(LEAST_VARIANCE) as f32,
    })
}

/// The group of each code by k-means, from seeds drawn with probability by their squared distance from those
/// before.
fn k_means(z: &Array2<f64>, k: usize, seed: u64, cancel: &Cancel) -> Result<Vec<usize>, TrainError> {
    let distance =
        |a: ArrayView1<f64>, b: ArrayView1<f64>| a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>();
    let mut rng = stream(seed, Purpose::Initialisation, 0);
    let mut uniform = || f64::from(rng.next_u32()) / f64::from(u32::MAX);
    let n = z.nrows();
    let mut means = Array2::zeros((k, z.ncols()));
    let mut nearest = vec![f64::INFINITY; n];
    let mut chosen = (uniform() * (n - 1) as f64) as usize;
    for c in 0..k {
        give_up_if(cancel)?;
        means.row_mut(c).assign(&z.row(chosen));
        nearest.par_iter_mut().enumerate().for_each(|(i, nearest)| {
            *nearest = nearest.min(distance(z.row(i), means.row(c)));
        });
        let mut rest = uniform() * nearest.iter().sum::<f64>();
        chosen = nearest
            .iter()
            .position(|squared| {
                rest -= squared;
                rest <= 0.0
            })
            .unwrap_or(n - 1);
    }
    let mut groups = vec![0; n];
    for _ in 0..K_MEANS {
        give_up_if(cancel)?;
        groups.par_iter_mut().enumerate().for_each(|(i, group)| {
            if cancel.is_set() {
                return;
            }
            let off = |c: &usize| distance(z.row(i), means.row(*c));
            *group = (0..k).min_by(|a, b| off(a).total_cmp(&off(b))).unwrap_or(0);
        });
        give_up_if(cancel)?;
        let (mut sums, mut counts) = (Array2::<f64>::zeros(means.dim()), vec![0.0; k]);
        for (row, &group) in z.rows().into_iter().zip(&groups) {
            sums.row_mut(group).scaled_add(1.0, &row);
            counts[group] += 1.0;
        }
        for c in (0..k).filter(|&c| counts[c] > 0.0) {
            means.row_mut(c).assign(&(&sums.row(c) / counts[c]));
        }
    }
    Ok(groups)
}
