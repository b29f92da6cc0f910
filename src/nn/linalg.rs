//! Eigenvectors and linear systems, in `f64`: the one file that names the linear algebra crate.
//!
//! It runs on one thread, so that the bits do not depend on how many there are.

use super::flat::{flat, flat_mut};
use faer::linalg::matmul::matmul;
use faer::linalg::solvers::Solve;
use faer::{Accum, Mat, MatMut, MatRef, Par, Side};
use ndarray::{Array1, Array2, ArrayView2};

/// Eigenvalues in descending order and their orthonormal eigenvectors, one a column.
#[derive(Clone, Debug)]
pub struct Eigen {
    /// The values, of length n.
    pub values: Array1<f64>,
    /// The vectors [n, n].
    pub vectors: Array2<f64>,
}

/// The eigenvalues and eigenvectors of a symmetric matrix [n, n], of which the lower half is read; none if it
/// holds what is no finite number.
///
/// Each vector's entry of largest size is positive, so that the sign does not hang on rounding.
pub fn symmetric_eigen(matrix: ArrayView2<f64>) -> Option<Eigen> {
    if !matrix.iter().all(|value| value.is_finite()) {
        return None;
    }
    let n = matrix.nrows();
    let eigen = to_faer(matrix).self_adjoint_eigen(Side::Lower).ok()?;
    let (values, vectors) = (eigen.S().column_vector(), eigen.U());
    // faer's values ascend.
    let out = Eigen {
        values: Array1::from_shape_fn(n, |i| values[n - 1 - i]),
        vectors: Array2::from_shape_fn((n, n), |(row, i)| vectors[(row, n - 1 - i)]),
    };
    Some(out.signed())
}

impl Eigen {
    /// The same with each vector's entry of largest size positive.
    pub(super) fn signed(mut self) -> Self {
        for mut vector in self.vectors.columns_mut() {
            let largest = vector.iter().copied().fold(0.0, |a: f64, b| if b.abs() > a.abs() { b } else { a });
            if largest < 0.0 {
                vector.mapv_inplace(|value| -value);
            }
        }
        self
    }
}

/// The orthogonal matrix nearest to a square one [n, n]: U·Vᵀ of its singular values' U·S·Vᵀ; none if it
/// holds what is no finite number.
pub fn nearest_orthogonal(matrix: ArrayView2<f64>) -> Option<Array2<f64>> {
    if !matrix.iter().all(|value| value.is_finite()) {
        return None;
    }
    let svd = to_faer(matrix).svd().ok()?;
    let product = svd.U() * svd.V().transpose();
    Some(Array2::from_shape_fn(matrix.dim(), |(row, col)| product[(row, col)]))
}

/// X with A·X = B for a symmetric positive definite A [n, n] and B [n, m]; none where A is not positive
/// definite.
pub fn solve_positive_definite(a: ArrayView2<f64>, b: ArrayView2<f64>) -> Option<Array2<f64>> {
    let x = to_faer(a).llt(Side::Lower).ok()?.solve(to_faer(b));
    Some(Array2::from_shape_fn(b.dim(), |(row, col)| x[(row, col)]))
}

/// L⁻¹ [n, n], lower triangular, of a symmetric positive definite A = L·Lᵀ [n, n]; none where A is not
/// positive definite.
pub fn inverse_cholesky(a: ArrayView2<f64>) -> Option<Array2<f64>> {
    let n = a.nrows();
    let llt = to_faer(a).llt(Side::Lower).ok()?;
    let l = llt.L();
    let mut inverse = Array2::zeros((n, n));
    for col in 0..n {
        for row in col..n {
            let known: f64 = (col..row).map(|i| l[(row, i)] * inverse[[i, col]]).sum();
            inverse[[row, col]] = (f64::from(u8::from(row == col)) - known) / l[(row, row)];
        }
    }
    inverse.iter().all(|value| value.is_finite()).then_some(inverse)
}

/// A·P = Q·R of a matrix [rows, columns] with at least as many rows as columns.
#[derive(Clone, Debug)]
pub struct PivotedQr {
    /// Orthonormal columns [rows, columns].
    pub q: Array2<f64>,
    /// Upper triangular [columns, columns]; its diagonal falls in size.
    pub r: Array2<f64>,
    /// Which column of A each column of Q·R is.
    pub order: Vec<usize>,
}

/// The QR decomposition by Householder reflections with the column first of which most is left; none if the
/// matrix holds what is no finite number or has fewer rows than columns.
pub fn pivoted_qr(matrix: ArrayView2<f64>) -> Option<PivotedQr> {
    let (rows, columns) = matrix.dim();
    if rows < columns || !matrix.iter().all(|value| value.is_finite()) {
        return None;
    }
    let qr = to_faer(matrix).col_piv_qr();
    let (q, r, order) = (qr.compute_thin_Q(), qr.thin_R(), qr.P().arrays().0);
    Some(PivotedQr {
        q: Array2::from_shape_fn((rows, columns), |(row, col)| q[(row, col)]),
        r: Array2::from_shape_fn((columns, columns), |(row, col)| if col < row { 0.0 } else { r[(row, col)] }),
        order: order.to_vec(),
    })
}

/// Adds Aᵀ·B to `sum` [n_a, n_b], A [rows, n_a] and B [rows, n_b]. Both are read row by row as they lie.
///
/// Panics where the shapes disagree or an array is not contiguous.
pub fn add_product(sum: &mut Array2<f64>, a: &Array2<f64>, b: &Array2<f64>) {
    assert_eq!(
        (sum.dim(), a.nrows()),
        ((a.ncols(), b.ncols()), b.nrows()),
        "Aᵀ·B of {:?} and {:?}",
        a.dim(),
        b.dim()
    );
    let (n_a, n_b) = sum.dim();
    let (a, b, sum) = (flat(a), flat(b), flat_mut(sum));
    let rows = a.len() / n_a.max(1);
    let (a, b) = (MatRef::from_row_major_slice(a, rows, n_a), MatRef::from_row_major_slice(b, rows, n_b));
    let sum = MatMut::from_row_major_slice_mut(sum, n_a, n_b);
    matmul(sum, Accum::Add, a.transpose(), b, 1.0, Par::Seq);
}

fn to_faer(matrix: ArrayView2<f64>) -> Mat<f64> {
    Mat::from_fn(matrix.nrows(), matrix.ncols(), |row, col| matrix[[row, col]])
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn eigenvectors_are_orthonormal_and_make_the_matrix_again() {
        let a = Array2::from_shape_fn((7, 5), |(i, j)| ((3 * i + 5 * j) as f64).sin());
        let symmetric = a.t().dot(&a);
        let eigen = symmetric_eigen(symmetric.view()).unwrap();
        assert!(eigen.values.windows(2).into_iter().all(|pair| pair[0] >= pair[1]));
        let v = &eigen.vectors;
        let again = v.dot(&Array2::from_diag(&eigen.values)).dot(&v.t());
        let close = |a: &Array2<f64>, b: &Array2<f64>| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-12);
        assert!(close(&again, &symmetric) && close(&v.t().dot(v), &Array2::eye(5)));
        assert!(symmetric_eigen(array![[f64::NAN]].view()).is_none());
    }

    #[test]
    fn the_nearest_orthogonal_matrix_is_one_and_that_of_the_polar_form() {
        let a = array![[2.0, 0.5, -0.3], [0.1, 1.5, 0.4], [-0.2, 0.3, 1.0]];
        let q = nearest_orthogonal(a.view()).unwrap();
        assert!((q.t().dot(&q) - Array2::<f64>::eye(3)).iter().all(|error| error.abs() < 1e-12));
        // Qᵀ·A is then symmetric and positive definite.
        let rest = q.t().dot(&a);
        assert!((&rest - &rest.t()).iter().all(|error| error.abs() < 1e-12));
        assert!(symmetric_eigen(rest.view()).unwrap().values.iter().all(|value| *value > 0.0));
        assert!(nearest_orthogonal(array![[f64::NAN]].view()).is_none());
    }

    #[test]
    fn inverse_factors_whiten() {
        let a = array![[4.0, 1.0, 0.5], [1.0, 3.0, -1.0], [0.5, -1.0, 2.0]];
        let inverse = inverse_cholesky(a.view()).unwrap();
        let whitened = inverse.dot(&a).dot(&inverse.t());
        assert!((whitened - Array2::<f64>::eye(3)).iter().all(|error| error.abs() < 1e-14));
        assert_eq!((inverse[[0, 1]], inverse[[1, 2]]), (0.0, 0.0));
        assert!(inverse_cholesky(array![[1.0, 2.0], [2.0, 1.0]].view()).is_none());
    }

    #[test]
    fn a_pivoted_qr_makes_the_matrix_again_and_shows_its_rank() {
        let mut a = Array2::from_shape_fn((6, 4), |(i, j)| {
            ((3 * i + 5 * j + i * i * j) as f64).sin() * [1.0, 9.0, 0.1, 1.0][j]
        });
        let sum = &a.column(0) - &a.column(1);
        a.column_mut(3).assign(&sum);
        let PivotedQr { q, r, order } = pivoted_qr(a.view()).unwrap();
        assert!((q.t().dot(&q) - Array2::<f64>::eye(4)).iter().all(|error| error.abs() < 1e-14));
        let again = q.dot(&r);
        for (column, &of) in order.iter().enumerate() {
            assert!(
                again.column(column).iter().zip(a.column(of)).all(|(a, b)| (a - b).abs() < 1e-13),
                "{order:?}"
            );
        }
        let diagonal: Vec<f64> = r.diag().iter().map(|r| r.abs()).collect();
        assert!(diagonal.is_sorted_by(|a, b| a >= b) && diagonal[2] > 0.01 && diagonal[3] < 1e-13, "{diagonal:?}");
        assert!(pivoted_qr(a.t()).is_none() && pivoted_qr(array![[f64::NAN]].view()).is_none());
    }

    #[test]
    fn systems_are_solved_and_singular_ones_refused() {
        let a = array![[4.0, 1.0], [1.0, 3.0]];
        let x = solve_positive_definite(a.view(), array![[1.0, 0.0], [2.0, 1.0]].view()).unwrap();
        assert!((a.dot(&x) - array![[1.0, 0.0], [2.0, 1.0]]).iter().all(|error| error.abs() < 1e-14));
        assert!(solve_positive_definite(array![[1.0, 1.0], [1.0, 1.0 - 1e-9]].view(), x.view()).is_none());
    }
}
