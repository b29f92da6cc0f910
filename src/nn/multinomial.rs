//! Counts of words under the softmax of a decoder's outputs: −Σ x ln p, in nats a document.
//!
//! The multinomial coefficient, which does not depend on the outputs, is left out, as is usual (Miao, Yu and
//! Blunsom 2016).

use super::occurring::for_occurring;
use super::{Scalar, flat, flat_mut, matmul};
use ndarray::{Array2, ArrayView1, ArrayView2, Axis};

/// Turns a row of outputs into probabilities, and returns ln Σ eˡ.
pub(super) fn softmax_row<S: Scalar>(row: &mut [S]) -> S {
    let (most, total) = S::exp_below_most(row);
    row.iter_mut().for_each(|p| *p /= total);
    most + total.ln()
}

/// Turns each row of outputs into probabilities, and returns ln Σ eˡ of each.
pub(super) fn softmax<S: Scalar>(out: &mut Array2<S>) -> Vec<S> {
    out.rows_mut().into_iter().map(|mut row| softmax_row(flat_mut(&mut row))).collect()
}

/// How many words a row of counts has, and Σ x·l over those that occur.
fn words<S: Scalar>(x: ArrayView1<S>, out: &[S]) -> (S, f64) {
    let (mut n, mut product) = (S::zero(), 0.0);
    for_occurring(x, |word, x| {
        n += x;
        product += x.as_f64() * out[word].as_f64();
    });
    (n, product)
}

/// Turns outputs into probabilities in place.
pub fn mean<S: Scalar>(out: &mut Array2<S>) {
    out.rows_mut().into_iter().for_each(|mut row| {
        softmax_row(flat_mut(&mut row));
    });
}

/// Scores outputs against counts `x`, both [documents, words]: −Σ x ln p and Σ (x − n·p)², where n is
/// how many words a document has. `out` holds the probabilities afterwards.
pub fn score<S: Scalar>(out: &mut Array2<S>, x: ArrayView2<S>) -> (f64, f64) {
    let (mut loss, mut squared_error) = (0.0, 0.0);
    for (mut out, x) in out.rows_mut().into_iter().zip(x.rows()) {
        let out = flat_mut(&mut out);
        let (n, product) = words(x, out);
        loss += n.as_f64() * softmax_row(out).as_f64() - product;
        squared_error += out.iter().zip(x).map(|(&p, &x)| (n * p - x).as_f64().powi(2)).sum::<f64>();
    }
    (loss, squared_error)
}

/// Turns outputs into the gradient of `weight`·loss, weight·(n·p − x), and returns the loss.
pub fn gradient<S: Scalar>(out: &mut Array2<S>, x: ArrayView2<S>, weight: S) -> f64 {
    let mut loss = 0.0;
    for (mut out, x) in out.rows_mut().into_iter().zip(x.rows()) {
        let out = flat_mut(&mut out);
        let (n, product) = words(x, out);
        let (most, total) = S::exp_below_most(out);
        loss += n.as_f64() * (most + total.ln()).as_f64() - product;
        S::multinomial_gradient(out, flat(&x), total, (weight, n));
    }
    loss
}

/// ln p(x | out) of each row of counts `x` [n, words] under each row of `out` [m, words]: [n, m], in nats,
/// without the multinomial coefficient.
pub fn log_density<S: Scalar>(out: ArrayView2<S>, x: ArrayView2<S>, threads: usize) -> Array2<f64> {
    let mut products = Array2::zeros((x.nrows(), out.nrows()));
    matmul(products.view_mut(), x.view(), out.t(), threads);
    let logs = softmax(&mut out.to_owned());
    let counts = x.sum_axis(Axis(1));
    let (logs, counts) = (&logs, flat(&counts));
    Array2::from_shape_fn(products.dim(), |(i, j)| {
        products[[i, j]].as_f64() - counts[i].as_f64() * logs[j].as_f64()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn a_document_is_as_probable_as_its_words_are() {
        let (out, x) =
            (array![[1.0f64, -2.0, 0.5], [800.0, 0.0, 799.0]], array![[2.0, 0.0, 1.0], [1.0, 0.0, 3.0]]);
        let p = |row: usize, word: usize| {
            let most = out.row(row).fold(f64::MIN, |a, &b| a.max(b));
            let e = out.row(row).mapv(|l| (l - most).exp());
            e[word] / e.sum()
        };
        let want: f64 = -(2.0 * p(0, 0).ln() + p(0, 2).ln() + p(1, 0).ln() + 3.0 * p(1, 2).ln());
        let mut scored = out.clone();
        let (loss, squared_error) = score(&mut scored, x.view());
        assert!((loss - want).abs() < 1e-12 && (scored[[0, 1]] - p(0, 1)).abs() < 1e-15);
        let off = |row: usize, n: f64| (0..3).map(|word| (n * p(row, word) - x[[row, word]]).powi(2)).sum::<f64>();
        assert!((squared_error - off(0, 3.0) - off(1, 4.0)).abs() < 1e-12);
        let density = log_density(out.view(), x.view(), 1);
        assert!((density[[0, 0]] + density[[1, 1]] + want).abs() < 1e-12);
    }

    #[test]
    fn the_gradient_is_that_of_the_loss() {
        let (out, x) = (array![[0.3f64, -1.0, 0.5, 0.0]], array![[2.0, 0.0, 1.0, 1.0]]);
        let mut found = out.clone();
        gradient(&mut found, x.view(), 0.5);
        for word in 0..4 {
            let at = |step: f64| {
                let mut out = out.clone();
                out[[0, word]] += step;
                score(&mut out, x.view()).0
            };
            let want = 0.5 * (at(1e-6) - at(-1e-6)) / 2e-6;
            assert!((found[[0, word]] - want).abs() < 1e-8, "{word}: {} for {want}", found[[0, word]]);
        }
    }
}
