//! How a decoder's output is read and scored: sum over features, mean over the batch, nats.

use super::{Scalar, flat, flat_mut, matmul, multinomial};
use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};

/// The distribution of x given the decoder's output.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Likelihood {
    /// Outputs are logits; cross-entropy Σ softplus(l) − x·l, finite for any logit.
    Bernoulli,
    /// Outputs are means; SE/(2σ²) + D/2·ln(2πσ²) with D features.
    Gaussian {
        /// Standard deviation of a feature.
        sigma: f64,
    },
    /// Outputs are means; the plain squared error Σ (x − x̂)².
    Mse,
    /// Outputs are unnormalised log-probabilities of words, and x counts them: −Σ x ln softmax(l). Means are
    /// the probabilities.
    Multinomial,
}

/// Reconstruction of a batch, both as trained and as squared error, summed over features and samples.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Reconstruction {
    /// The likelihood's own loss.
    pub loss: f64,
    /// Σ (x − x̂)².
    pub squared_error: f64,
}

impl Likelihood {
    /// Turns decoder outputs into means x̂ in place.
    pub fn mean<S: Scalar>(self, out: &mut Array2<S>) {
        match self {
            Self::Bernoulli => S::sigmoid_slice(flat_mut(out)),
            Self::Multinomial => multinomial::mean(out),
            Self::Gaussian { .. } | Self::Mse => {}
        }
    }

    /// How many words the samples `x` have together, where their words are scored.
    pub fn n_words<S: Scalar>(self, x: ArrayView2<S>) -> Option<f64> {
        (self == Self::Multinomial).then(|| x.rows().into_iter().map(|x| x.sum().as_f64()).sum())
    }

    /// Scores outputs against `x`, both [batch, features]; `out` holds the means x̂ afterwards.
    pub fn score<S: Scalar>(self, out: &mut Array2<S>, x: ArrayView2<S>) -> Reconstruction {
        let x = x.as_standard_layout();
        if self == Self::Multinomial {
            let (loss, squared_error) = multinomial::score(out, x.view());
            return Reconstruction { loss, squared_error };
        }
        let x = flat(&x);
        let cross_entropy = (self == Self::Bernoulli).then(|| S::bernoulli(flat(out), x));
        self.mean(out);
        let squared_error = S::squared_error(flat(out), x);
        let loss = cross_entropy.unwrap_or_else(|| self.loss_of(squared_error, out.len()));
        Reconstruction { loss, squared_error }
    }

    /// Turns outputs into the gradient of `weight`·loss and returns the loss, summed over features and
    /// samples.
    pub fn gradient<S: Scalar>(self, out: &mut Array2<S>, x: ArrayView2<S>, weight: S) -> f64 {
        let x = x.as_standard_layout();
        let n = out.len();
        match self {
            Self::Multinomial => multinomial::gradient(out, x.view(), weight),
            Self::Bernoulli => S::bernoulli_gradient(flat_mut(out), flat(&x), weight),
            Self::Gaussian { .. } | Self::Mse => {
                let (out, x) = (flat_mut(out), flat(&x));
                let squared_error = S::squared_error(out, x);
                let factor = weight
                    * match self {
                        Self::Gaussian { sigma } => S::of(1.0 / (sigma * sigma)),
                        _ => S::of(2.0),
                    };
                for (out, &x) in out.iter_mut().zip(x) {
                    *out = factor * (*out - x);
                }
                self.loss_of(squared_error, n)
            }
        }
    }

    /// ln p(x | out) of each row of `x` [n, features] under each row of `out` [m, features]: [n, m], in nats.
    ///
    /// None for the plain squared error, which is no density.
    pub fn log_density<S: Scalar>(self, out: &Array2<S>, x: ArrayView2<S>, threads: usize) -> Option<Array2<f64>> {
        let (x, out) = (x.as_standard_layout(), out.as_standard_layout());
        match self {
            Self::Mse => None,
            Self::Multinomial => Some(multinomial::log_density(out.view(), x.view(), threads)),
            // Σ x·l − softplus(l): one matrix product serves all pairs.
            Self::Bernoulli => {
                let mut products = Array2::zeros((x.nrows(), out.nrows()));
                matmul(products.view_mut(), x.view(), out.t(), threads);
                let zeros = vec![S::zero(); out.ncols()];
                let softplus = |row: ndarray::ArrayView1<S>| S::bernoulli(flat(&row), &zeros);
                let totals: Vec<f64> = out.rows().into_iter().map(softplus).collect();
                Some(Array2::from_shape_fn(products.dim(), |(i, j)| products[[i, j]].as_f64() - totals[j]))
            }
            Self::Gaussian { .. } => {
                let error = |i: usize, j: usize| S::squared_error(flat(&out.row(j)), flat(&x.row(i)));
                let pairs = (x.nrows(), out.nrows());
                Some(Array2::from_shape_fn(pairs, |(i, j)| -self.loss_of(error(i, j), x.ncols())))
            }
        }
    }

    fn loss_of(self, squared_error: f64, n_features: usize) -> f64 {
        match self {
            Self::Gaussian { sigma } => {
                let variance = sigma * sigma;
                squared_error / (2.0 * variance)
                    + n_features as f64 / 2.0 * (2.0 * std::f64::consts::PI * variance).ln()
            }
            _ => squared_error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn gaussian_is_the_density() {
        let (mut out, x) = (array![[0.5f64, -1.0]], array![[1.0, 0.0]]);
        let sigma: f64 = 0.3;
        let density =
            |d: f64| (-d * d / (2.0 * sigma * sigma)).exp() / (2.0 * std::f64::consts::PI * sigma * sigma).sqrt();
        let want = -(density(0.5).ln() + density(1.0).ln());
        let got = Likelihood::Gaussian { sigma }.score(&mut out, x.view());
        assert!((got.loss - want).abs() < 1e-12);
        assert!((got.squared_error - 1.25).abs() < 1e-12);
    }

    #[test]
    fn the_layout_of_what_is_read_does_not_matter() {
        let (out, x) = (array![[0.5f64, -1.0, 0.2], [0.1, 0.9, -0.3]], array![[1.0, 0.0, 0.5], [0.25, 0.75, 0.0]]);
        let turned = |array: &Array2<f64>| array.t().as_standard_layout().into_owned().reversed_axes();
        for likelihood in
            [Likelihood::Bernoulli, Likelihood::Gaussian { sigma: 0.3 }, Likelihood::Mse, Likelihood::Multinomial]
        {
            let score = |x: &Array2<f64>| likelihood.score(&mut out.clone(), x.view());
            assert_eq!(score(&turned(&x)), score(&x));
            let gradient = |x: &Array2<f64>| {
                let mut out = out.clone();
                (likelihood.gradient(&mut out, x.view(), 0.5), out)
            };
            assert_eq!(gradient(&turned(&x)), gradient(&x));
            let density = |out: &Array2<f64>, x: &Array2<f64>| likelihood.log_density(out, x.view(), 1);
            assert_eq!(density(&turned(&out), &turned(&x)), density(&out, &x));
        }
    }

    #[test]
    #[should_panic(expected = "an array of shape [3, 2]")]
    fn what_is_written_lies_row_by_row() {
        Likelihood::Bernoulli.mean(&mut Array2::<f32>::zeros((2, 3)).reversed_axes());
    }

    #[test]
    fn bernoulli_is_finite_at_extreme_logits() {
        let mut out = array![[200.0f32, -200.0]];
        let score = Likelihood::Bernoulli.score(&mut out, array![[0.0, 1.0]].view());
        assert_eq!(score.loss, 400.0);
    }
}
