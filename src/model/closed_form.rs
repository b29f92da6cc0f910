//! Models whose best weights are worked out from moments of the data instead of searched for.

use super::TrainError;
use crate::data::{Cancel, Dataset};
use crate::nn::{Param, add_product};
use ndarray::{Array1, Array2, ArrayView2};

/// Largest number of features where a matrix of its square must be held and taken apart.
pub const MAX_FEATURES: usize = 4096;

/// Hands the samples to a function, a chunk [n, features] at a time.
pub type EachChunk<'a> = &'a mut dyn FnMut(&mut dyn FnMut(ArrayView2<f32>));

/// A model that is solved in passes over all the data.
pub trait ClosedForm: Send {
    /// Passes it takes.
    fn n_passes(&self) -> u64;

    /// Most features that its samples may have.
    fn max_features(&self) -> usize {
        MAX_FEATURES
    }

    /// The new values of some parameters, each with its index, after pass `pass` over the samples; `params`
    /// are those of the passes before. Soon after `cancel` is set it gives up.
    fn solve(
        &self,
        pass: u64,
        params: &[Param<'_, f32>],
        samples: EachChunk<'_>,
        cancel: &Cancel,
    ) -> Result<Vec<(usize, Vec<f32>)>, TrainError>;
}

/// Calls `see` with all samples, a chunk [n, features] at a time, until it is given up.
pub fn each_chunk(data: &Dataset, cancel: &Cancel, mut see: impl FnMut(ArrayView2<f32>)) {
    data.chunks(data.chunk_size()).take_while(|_| !cancel.is_set()).for_each(|(_, x)| see(x.view()));
}

/// Gives up where that is wished.
pub fn give_up_if(cancel: &Cancel) -> Result<(), TrainError> {
    if cancel.is_set() { Err(TrainError::Cancelled) } else { Ok(()) }
}

/// What eigenvectors are not found of.
pub fn not_finite() -> TrainError {
    TrainError::Data("the data hold what is no finite number".into())
}

/// Means and second moments of samples x beside their targets y, in `f64`.
pub struct Moments {
    n: usize,
    sum_x: Array1<f64>,
    sum_y: Array1<f64>,
    xx: Array2<f64>,
    yx: Array2<f64>,
}

impl Moments {
    /// Of no samples yet, x of `n_x` features and y of `n_y`.
    pub fn new(n_x: usize, n_y: usize) -> Self {
        Self {
            n: 0,
            sum_x: Array1::zeros(n_x),
            sum_y: Array1::zeros(n_y),
            xx: Array2::zeros((n_x, n_x)),
            yx: Array2::zeros((n_y, n_x)),
        }
    }

    /// Adds samples x [n, n_x] with their targets y [n, n_y]; without y, moments of x alone.
    pub fn add(&mut self, x: ArrayView2<f32>, y: Option<ArrayView2<f32>>) {
        let x = x.mapv(f64::from);
        self.n += x.nrows();
        self.sum_x += &x.sum_axis(ndarray::Axis(0));
        add_product(&mut self.xx, &x, &x);
        if let Some(y) = y {
            let y = y.mapv(f64::from);
            self.sum_y += &y.sum_axis(ndarray::Axis(0));
            add_product(&mut self.yx, &y, &x);
        }
    }

    fn n(&self) -> f64 {
        self.n.max(1) as f64
    }

    /// E[x].
    pub fn mean_x(&self) -> Array1<f64> {
        &self.sum_x / self.n()
    }

    /// E[y].
    pub fn mean_y(&self) -> Array1<f64> {
        &self.sum_y / self.n()
    }

    /// E[x²] of each feature.
    pub fn mean_square_x(&self) -> Array1<f64> {
        self.xx.diag().mapv(|sum| sum / self.n())
    }

    /// Cov(x, x) [n_x, n_x].
    pub fn cov_xx(&self) -> Array2<f64> {
        covariance(&self.xx, &self.mean_x(), &self.mean_x(), self.n())
    }

    /// Cov(y, x) [n_y, n_x].
    pub fn cov_yx(&self) -> Array2<f64> {
        covariance(&self.yx, &self.mean_y(), &self.mean_x(), self.n())
    }
}

fn covariance(sums: &Array2<f64>, mean_rows: &Array1<f64>, mean_cols: &Array1<f64>, n: f64) -> Array2<f64> {
    Array2::from_shape_fn(sums.dim(), |(i, j)| sums[[i, j]] / n - mean_rows[i] * mean_cols[j])
}

/// Values in row-major order, in `f32`.
pub fn to_f32<'a>(values: impl IntoIterator<Item = &'a f64>) -> Vec<f32> {
    values.into_iter().map(|&value| value as f32).collect()
}
