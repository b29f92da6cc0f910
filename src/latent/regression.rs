//! Ordinary least squares with an intercept, and how much of it hangs on each point: leverage and Cook's
//! distance.
//!
//! ŷ = H y with the leverages h_i on H's diagonal, p coefficients, residuals r = y − ŷ and
//! s² = Σ r² / (n − p). Cook (1977), "Detection of influential observation in linear regression", measures
//! how far all ŷ move when point i is left out; two forms are the same number:
//!
//! ```text
//! D_i = Σ_j (ŷ_j − ŷ_j(i))² / (p s²)  =  r_i² / (p s²) · h_i / (1 − h_i)²
//! ```
//!
//! By a Householder QR of the centred columns, each at length 1, the one first of which most is left: squares
//! are never summed into a matrix to be inverted, which would lose twice the digits.

use crate::nn::{PivotedQr, pivoted_qr};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, s};

/// What is left of a column of length 1 beside the columns before it, below which it is nothing new.
const RANK: f64 = 1e-10;
/// A column that varies by less than this share of its size is constant.
const CONSTANT: f64 = 1e-12;
/// A leverage as near to 1 as this is 1: what is left is rounding.
const FIXED: f64 = 1e-11;
/// Residuals below this share of what is fitted are rounding.
const EXACT: f64 = 1e-12;

/// Why nothing could be fitted.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FitError {
    /// As many points as coefficients, or fewer.
    #[error("{points} points are too few for {coefficients} coefficients: it takes one point more than there are")]
    TooFew {
        /// Points.
        points: usize,
        /// Coefficients, the intercept among them.
        coefficients: usize,
    },
    /// No regressor was given, or none varies.
    #[error("no column varies that could be regressed on; choose another")]
    NothingVaries,
    /// A value is no finite number.
    #[error("a value of the regression is not a finite number; leave its row out or fill the gap")]
    NotFinite,
}

/// A regressor that is left out of a fit, since it says nothing that the others do not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependent {
    /// Which column.
    pub column: usize,
    /// The columns that make it together with a constant; none where it is constant itself.
    pub of: Vec<usize>,
}

/// A regression of y on columns and a constant.
#[derive(Clone, Debug)]
pub struct Fit {
    /// Coefficient of each column; 0 of one that is left out.
    pub slopes: Vec<f64>,
    /// Mean of each column, and of y: the fit goes through them.
    pub means: (Vec<f64>, f64),
    /// ŷ, one a point.
    pub fitted: Vec<f64>,
    /// y − ŷ, one a point.
    pub residuals: Vec<f64>,
    /// h, one a point, 1/n to 1.
    pub leverage: Vec<f64>,
    /// s², the residuals' variance; 0 where nothing is left of them.
    pub s2: f64,
    /// p, the coefficients that are fitted, the intercept among them.
    pub n_coefficients: usize,
    /// Columns that are left out.
    pub dependent: Vec<Dependent>,
}

/// Fits y to the columns of `x` [points, columns] and a constant.
pub fn fit(x: ArrayView2<f64>, y: &[f64]) -> Result<Fit, FitError> {
    let (n, columns) = x.dim();
    assert_eq!(n, y.len(), "fit: {n} rows for {} values", y.len());
    if !x.iter().chain(y).all(|value| value.is_finite()) {
        return Err(FitError::NotFinite);
    }
    let too_few = |coefficients: usize| FitError::TooFew { points: n, coefficients };
    if n < 3 {
        return Err(too_few(2));
    }
    let (scaled, lengths, means) = standardised(x);
    let varying: Vec<usize> = (0..columns).filter(|&column| lengths[column] > 0.0).collect();
    if varying.is_empty() {
        return Err(FitError::NothingVaries);
    }
    let PivotedQr { q, r, order } =
        pivoted_qr(scaled.select(Axis(1), &varying).view()).ok_or_else(|| too_few(varying.len() + 1))?;
    let order: Vec<usize> = order.into_iter().map(|column| varying[column]).collect();
    let rank = r.diag().iter().take_while(|r| r.abs() > RANK).count();
    let n_coefficients = rank + 1;
    if n <= n_coefficients {
        return Err(too_few(n_coefficients));
    }
    let q = q.slice(s![.., ..rank]);
    let mean = y.iter().sum::<f64>() / n as f64;
    let centred: Array1<f64> = y.iter().map(|y| y - mean).collect();
    let mut along = q.t().dot(&centred);
    let mut residuals = &centred - &q.dot(&along);
    // What rounding left in the columns' space is taken off too.
    let rest = q.t().dot(&residuals);
    residuals -= &q.dot(&rest);
    along += &rest;
    let of_scaled = solve_upper(r.slice(s![..rank, ..rank]), along.view());
    let mut slopes = vec![0.0; columns];
    order.iter().zip(&of_scaled).for_each(|(&column, slope)| slopes[column] = slope / lengths[column]);
    let size = y.iter().fold(0.0, |most: f64, y| most.max(y.abs()));
    let is_exact = residuals.iter().all(|r| r.abs() <= EXACT * size);
    let squares = residuals.dot(&residuals);
    let constant = (0..columns).filter(|&column| lengths[column] == 0.0);
    let constant = constant.map(|column| Dependent { column, of: Vec::new() });
    let sums = (rank..order.len()).map(|at| {
        let weights = solve_upper(r.slice(s![..rank, ..rank]), r.slice(s![..rank, at]));
        let mut of: Vec<usize> = order
            .iter()
            .zip(&weights)
            .filter(|(_, weight)| weight.abs() > 1e-6)
            .map(|(&column, _)| column)
            .collect();
        of.sort_unstable();
        Dependent { column: order[at], of }
    });
    let mut dependent: Vec<Dependent> = constant.chain(sums).collect();
    dependent.sort_by_key(|dependent| dependent.column);
    Ok(Fit {
        slopes,
        means: (means, mean),
        fitted: y.iter().zip(&residuals).map(|(y, r)| y - r).collect(),
        leverage: q.rows().into_iter().map(|row| (1.0 / n as f64 + row.dot(&row)).min(1.0)).collect(),
        s2: if is_exact { 0.0 } else { squares / (n - n_coefficients) as f64 },
        residuals: residuals.to_vec(),
        n_coefficients,
        dependent,
    })
}

/// The columns with their mean taken off and at length 1, their lengths (0 of one that is constant) and
/// means.
fn standardised(x: ArrayView2<f64>) -> (Array2<f64>, Vec<f64>, Vec<f64>) {
    let (mut scaled, n) = (x.to_owned(), x.nrows() as f64);
    let (mut lengths, mut means) = (Vec::new(), Vec::new());
    for mut column in scaled.columns_mut() {
        let size = column.iter().fold(0.0, |most: f64, x| most.max(x.abs()));
        let mean = column.sum() / n;
        column -= mean;
        let length = column.dot(&column).sqrt();
        let length = if length <= CONSTANT * size * n.sqrt() { 0.0 } else { length };
        if length > 0.0 {
            column /= length;
        }
        lengths.push(length);
        means.push(mean);
    }
    (scaled, lengths, means)
}

/// w with R w = b, R upper triangular.
fn solve_upper(r: ArrayView2<f64>, b: ArrayView1<f64>) -> Vec<f64> {
    let mut w = b.to_vec();
    for row in (0..w.len()).rev() {
        let known: f64 = (row + 1..w.len()).map(|col| r[[row, col]] * w[col]).sum();
        w[row] = (w[row] - known) / r[[row, row]];
    }
    w
}

impl Fit {
    /// The value where the columns are 0.
    pub fn intercept(&self) -> f64 {
        let (means, mean) = &self.means;
        mean - self.slopes.iter().zip(means).map(|(slope, mean)| slope * mean).sum::<f64>()
    }

    /// ŷ of a row of columns.
    pub fn predict<'x>(&self, row: impl IntoIterator<Item = &'x f64>) -> f64 {
        let (means, mean) = &self.means;
        let parts = self.slopes.iter().zip(means).zip(row);
        mean + parts.map(|((slope, mean), x)| slope * (x - mean)).sum::<f64>()
    }

    /// Whether the fit goes through a point whatever its value is: its leverage is 1, so that without it a
    /// coefficient could not be told.
    pub fn is_fixed(&self, point: usize) -> bool {
        self.leverage[point] >= 1.0 - FIXED
    }

    /// Whether the fit goes through all points, so that nothing tells how far one may be off.
    pub fn is_exact(&self) -> bool {
        self.s2 == 0.0
    }

    /// Cook's distance of a point; none where it is 0/0: at leverage 1, or where the fit is exact.
    pub fn cook(&self, point: usize) -> Option<f64> {
        let h = self.leverage[point];
        let is_one = !self.is_fixed(point) && !self.is_exact();
        is_one.then(|| self.residuals[point].powi(2) / (self.n_coefficients as f64 * self.s2) * lift(h))
    }

    /// The other form of Cook's distance: how far the predictions of all rows of `x` move to those of
    /// `without`, the fit without a point, Σ (ŷ − ŷ(i))² / (p s²).
    pub fn moved(&self, x: ArrayView2<f64>, without: &Self) -> Option<f64> {
        let moves = x.rows().into_iter().zip(&self.fitted).map(|(row, fitted)| fitted - without.predict(row));
        (!self.is_exact()).then(|| moves.map(|by| by * by).sum::<f64>() / (self.n_coefficients as f64 * self.s2))
    }

    /// What a point has by products of the two forms; none where it has no distance.
    pub fn products(&self, point: usize) -> Option<Products> {
        let distance = self.cook(point)?;
        Some(Products { whole: distance * distance, lifted: distance * lift(self.leverage[point]) })
    }

    /// The residual at which a point of this leverage has this distance, 0 or more.
    pub fn residual_at(&self, distance: f64, leverage: f64) -> f64 {
        (distance * self.n_coefficients as f64 * self.s2 / lift(leverage)).sqrt()
    }
}

/// h / (1 − h)².
fn lift(h: f64) -> f64 {
    h / (1.0 - h).powi(2)
}

/// The fit without one point.
pub fn without(x: ArrayView2<f64>, y: &[f64], point: usize) -> Result<Fit, FitError> {
    let rows: Vec<usize> = (0..y.len()).filter(|&row| row != point).collect();
    let y: Vec<f64> = rows.iter().map(|&row| y[row]).collect();
    fit(x.select(Axis(0), &rows).view(), &y)
}

/// What becomes of Cook's distance where its two forms are multiplied, as the lecture prints it. Neither is a
/// distance: the first is right only at 0 and 1, the second puts points into another order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Products {
    /// Both forms whole: D².
    pub whole: f64,
    /// Σ (ŷ − ŷ(i))² / (p s²) times what stands behind the residual in the other form:
    /// D h / (1 − h)².
    pub lifted: f64,
}

#[cfg(test)]
#[path = "regression_tests.rs"]
mod tests;
