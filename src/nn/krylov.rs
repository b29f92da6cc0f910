//! Leading eigenvectors of a symmetric matrix that is never written down, only applied: block Lanczos with
//! the whole basis kept orthogonal and thick restarts (Golub and Underwood 1977; Wu and Simon 2000), in
//! `f64`.
//!
//! What is found is as exact as a decomposition of the whole matrix would be: it goes on until each vector
//! solves A·v = λ·v to the last digits, and not for a set number of rounds. Between two products it can be
//! given up.

use super::linalg::{Eigen, add_product, symmetric_eigen};
use super::rng::{Purpose, standard_normal, stream};
use ndarray::{Array2, ArrayView1, ArrayView2, Axis, concatenate, s};

/// ‖A·v − λ·v‖ that a vector may be off by, as a share of the largest λ.
const TOLERANCE: f64 = 1e-10;
/// Most vectors that A is applied to at once.
const MAX_BLOCK: usize = 48;
/// Products after which the best that was found is taken: eigenvalues that lie together so closely are one.
const MAX_PRODUCTS: usize = 400;
/// What is left of a direction that the basis holds already, as a share of its length.
const GONE: f64 = 1e-9;

/// The `k` largest eigenvalues of a positive semidefinite matrix A [n, n] and their vectors; `apply` gives
/// A·V [n, m] for V [n, m], or `None` to give up. None then, or where A holds what is no finite number.
///
/// The signs are those of [`symmetric_eigen`]. Panics unless 1 ≤ k ≤ n.
pub fn leading_eigen(
    n: usize,
    k: usize,
    apply: &mut dyn FnMut(&Array2<f64>) -> Option<Array2<f64>>,
) -> Option<Eigen> {
    assert!((1..=n).contains(&k), "{k} eigenvectors of {n}");
    let block = (k + 4).min(MAX_BLOCK).min(n);
    let most = (k + 4 * block).min(n);
    let mut random = Random::new(n);
    let mut fresh = orthonormal(random.block(block), None, &mut random);
    let (mut basis, mut image) = (Array2::zeros((n, 0)), Array2::zeros((n, 0)));
    let mut ritz: Option<Eigen> = None;
    for _ in 0..MAX_PRODUCTS {
        if basis.ncols() + fresh.ncols() > most
            && let Some(ritz) = &ritz
        {
            // The leading Ritz vectors stand for all directions so far, and what A makes of them is known.
            let n_kept = (most - fresh.ncols()).max(k).min(k + block).min(basis.ncols());
            let kept = ritz.vectors.slice(s![.., ..n_kept]);
            (basis, image) = (basis.dot(&kept), image.dot(&kept));
        }
        let product = apply(&fresh)?;
        basis = beside(&basis, &fresh);
        image = beside(&image, &product);
        let found = symmetric_eigen(product_of(&basis, &image).view())?;
        let residuals = residuals(&basis, &image, &found, (k + block).min(basis.ncols()));
        let limit = TOLERANCE * found.values[0].abs();
        let is_off = |residual: ArrayView1<f64>| residual.dot(&residual).sqrt() > limit;
        let off: Vec<usize> = (0..residuals.ncols()).filter(|&i| is_off(residuals.column(i))).collect();
        ritz = Some(found);
        let are_found = basis.ncols() >= k && off.first().is_none_or(|&first| first >= k);
        if basis.ncols() == n || are_found {
            break;
        }
        let off = residuals.select(Axis(1), &off[..off.len().min(block)]);
        fresh = orthonormal(off, Some(&basis), &mut random);
    }
    let Eigen { values, vectors } = ritz?;
    let vectors = basis.dot(&vectors.slice(s![.., ..k]));
    Some(Eigen { values: values.slice(s![..k]).to_owned(), vectors }.signed())
}

/// A·v − λ·v of the leading `n` Ritz vectors, one a column.
fn residuals(basis: &Array2<f64>, image: &Array2<f64>, ritz: &Eigen, n: usize) -> Array2<f64> {
    let leading = ritz.vectors.slice(s![.., ..n]);
    let vectors = basis.dot(&leading);
    let mut residuals = image.dot(&leading);
    for (i, mut residual) in residuals.columns_mut().into_iter().enumerate() {
        residual.scaled_add(-ritz.values[i], &vectors.column(i));
    }
    residuals
}

/// Aᵀ·B, made symmetric where rounding left it askew.
fn product_of(a: &Array2<f64>, b: &Array2<f64>) -> Array2<f64> {
    let mut product = Array2::zeros((a.ncols(), b.ncols()));
    add_product(&mut product, a, b);
    (&product + &product.t()) / 2.0
}

fn beside(a: &Array2<f64>, b: &Array2<f64>) -> Array2<f64> {
    let columns = [a.view(), b.view()];
    let both = concatenate(Axis(1), &columns).unwrap_or_else(|e| panic!("columns of one length: {e}"));
    both.as_standard_layout().into_owned()
}

/// Directions to begin with, and to go on with where all that is known is exhausted.
struct Random {
    n: usize,
    n_drawn: u64,
}

impl Random {
    fn new(n: usize) -> Self {
        Self { n, n_drawn: 0 }
    }

    fn block(&mut self, columns: usize) -> Array2<f64> {
        self.n_drawn += 1;
        let mut numbers = vec![0.0; self.n * columns];
        standard_normal(&mut stream(0, Purpose::Initialisation, self.n_drawn), &mut numbers);
        super::flat::shaped((self.n, columns), numbers)
    }
}

/// Orthonormal columns that span what `columns` add to a basis; where they add nothing, a random one that
/// does.
fn orthonormal(columns: Array2<f64>, basis: Option<&Array2<f64>>, random: &mut Random) -> Array2<f64> {
    let n = columns.nrows();
    let mut kept: Vec<Vec<f64>> = Vec::new();
    let mut take = |columns: ArrayView2<f64>| {
        for column in columns.columns() {
            let mut column = column.to_owned();
            let length = column.dot(&column).sqrt();
            // Twice is enough (Giraud, Langou and Rozložník 2005).
            for _ in 0..2 {
                if let Some(basis) = basis {
                    let along = basis.t().dot(&column);
                    column -= &basis.dot(&along);
                }
                for other in &kept {
                    let along: f64 = other.iter().zip(&column).map(|(a, b)| a * b).sum();
                    column.iter_mut().zip(other).for_each(|(x, other)| *x -= along * other);
                }
            }
            let left = column.dot(&column).sqrt();
            if left > GONE * length && left > 0.0 {
                kept.push((column / left).to_vec());
            }
        }
        kept.len()
    };
    if take(columns.view()) == 0 {
        take(random.block(1).view());
    }
    Array2::from_shape_fn((n, kept.len()), |(row, column)| kept[column][row])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// AᵀA/n of so many random rows, scaled so that eigenvalues spread over decades.
    fn covariance(n: usize, rows: usize) -> Array2<f64> {
        let mut x = Random { n: rows, n_drawn: 9 }.block(n);
        for (i, mut column) in x.columns_mut().into_iter().enumerate() {
            column *= 1.0 / (1.0 + i as f64);
        }
        product_of(&x, &x) / rows as f64
    }

    fn check(a: &Array2<f64>, k: usize) {
        let n = a.nrows();
        let got = leading_eigen(n, k, &mut |v| Some(a.dot(v))).unwrap();
        let want = symmetric_eigen(a.view()).unwrap();
        let scale = want.values[0].max(1e-300);
        for i in 0..k {
            assert!((got.values[i] - want.values[i]).abs() < 1e-9 * scale, "{n}, {k}: value {i}");
            let v = got.vectors.column(i);
            let off = a.dot(&v) - got.values[i] * &v;
            assert!(off.dot(&off).sqrt() <= 2.0 * TOLERANCE * scale, "{n}, {k}: vector {i} solves nothing");
        }
        let gram = got.vectors.t().dot(&got.vectors);
        assert!((gram - Array2::<f64>::eye(k)).iter().all(|off| off.abs() < 1e-10), "{n}, {k}: not orthonormal");
    }

    #[test]
    fn it_finds_what_the_whole_decomposition_finds() {
        for (n, rows, k) in [(300, 500, 2), (300, 500, 30), (120, 400, 60), (40, 200, 40), (5, 9, 1)] {
            check(&covariance(n, rows), k);
        }
    }

    #[test]
    fn vectors_are_those_of_the_whole_decomposition_sign_and_all() {
        let a = covariance(200, 300);
        let got = leading_eigen(200, 3, &mut |v| Some(a.dot(v))).unwrap();
        let want = symmetric_eigen(a.view()).unwrap();
        for i in 0..3 {
            let off = &got.vectors.column(i) - &want.vectors.column(i);
            assert!(off.dot(&off).sqrt() < 1e-7);
        }
    }

    #[test]
    fn fewer_directions_than_asked_for_are_filled_up() {
        // Ten rows span at most ten directions; the rest have no variance.
        check(&covariance(150, 10), 20);
        check(&Array2::zeros((60, 60)), 3);
        // Every vector is an eigenvector.
        check(&Array2::eye(90), 4);
    }

    #[test]
    fn it_can_be_given_up_and_refuses_what_is_no_number() {
        let mut left = 2;
        let mut apply = |v: &Array2<f64>| {
            left -= 1;
            (left > 0).then(|| covariance(80, 90).dot(v))
        };
        assert!(leading_eigen(80, 2, &mut apply).is_none());
        assert!(leading_eigen(80, 2, &mut |v| Some(v * f64::NAN)).is_none());
    }
}
