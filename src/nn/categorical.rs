//! One class of many under the softmax of outputs: −ln p(class), in nats, as of the next word.

use super::multinomial::{softmax, softmax_row};
use super::{Scalar, flat, flat_mut};
use ndarray::Array2;

/// ln p of the right class of each row, of which `right` holds one; turns `out` [rows, classes] into
/// probabilities.
pub fn log_p<S: Scalar>(out: &mut Array2<S>, right: &[u32]) -> Vec<f64> {
    assert_eq!(out.nrows(), right.len(), "a row of outputs has one right class");
    let n = out.ncols();
    let own: Vec<S> = flat(out).chunks_exact(n).zip(right).map(|(row, &right)| row[right as usize]).collect();
    softmax(out).into_iter().zip(own).map(|(log, own)| (own - log).as_f64()).collect()
}

/// Turns `out` [rows, classes] into probabilities, which sum to 1 in each row.
pub fn probabilities<S: Scalar>(out: &mut Array2<S>) {
    softmax(out);
}

/// Turns outputs into the gradient of `weight`·loss, weight·(p − one-hot), and returns the loss −Σ ln p.
pub fn gradient<S: Scalar>(out: &mut Array2<S>, right: &[u32], weight: S) -> f64 {
    assert_eq!(out.nrows(), right.len(), "a row of outputs has one right class");
    let mut log_p = 0.0;
    for (mut row, &right) in out.rows_mut().into_iter().zip(right) {
        let own = row[right as usize];
        log_p += (own - softmax_row(flat_mut(&mut row))).as_f64();
        row[right as usize] -= S::one();
        row.mapv_inplace(|d| d * weight);
    }
    -log_p
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn a_class_is_as_probable_as_its_share_and_the_gradient_is_its_slope() {
        let out = array![[0.5f64, -1.0, 2.0], [900.0, 899.0, 0.0]];
        let right = [2, 1];
        let p = |row: usize, class: usize| {
            (out[[row, class]] - 900.0 * row as f64).exp()
                / (0..3).map(|c| (out[[row, c]] - 900.0 * row as f64).exp()).sum::<f64>()
        };
        let logs = log_p(&mut out.clone(), &right);
        assert!((logs[0] - p(0, 2).ln()).abs() < 1e-12 && (logs[1] - p(1, 1).ln()).abs() < 1e-12);
        let mut slope = out.clone();
        let loss = gradient(&mut slope, &right, 0.5);
        assert!((loss + logs.iter().sum::<f64>()).abs() < 1e-12);
        for ((row, class), d) in slope.indexed_iter() {
            let moved = |by: f64| {
                let mut out = out.clone();
                out[[row, class]] += by;
                -0.5 * log_p(&mut out, &right).iter().sum::<f64>()
            };
            assert!(((moved(1e-5) - moved(-1e-5)) / 2e-5 - d).abs() < 1e-8);
        }
    }
}
