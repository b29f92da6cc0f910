//! Two ways to estimate the gradient of KL(q‖p) from draws, and how far they scatter.
//!
//! ```text
//! reparameterised   x = m + σ ε, ε ~ N(0, 1):   d/dθ [ln q(x) − ln p(x)] along x's own way with θ
//! score function    x ~ q, whose sampler hides θ:   (ln q(x) − ln p(x)) · d ln q(x) / dθ
//! ```
//!
//! Both have the same mean, the gradient (Kingma and Welling 2014; Williams 1992). The first knows the slope
//! of ln p, the second only its values, and mostly scatters more; where the slope changes steeply under q, as
//! between two bumps, the first may.

use super::{Density, Divergence, Mixture, Normal, integrate};
use crate::nn::{Purpose, standard_normal, stream};

/// How a gradient is estimated from one draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Estimator {
    /// Through a draw that is a function of mean and σ.
    Reparameterised,
    /// Through the probability of a draw whose sampler hides them.
    Score,
}

impl Estimator {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Reparameterised, Self::Score];

    /// What it is called.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reparameterised => "Reparameterised",
            Self::Score => "Score function",
        }
    }

    /// The estimates of d KL(q‖p) / d mean and d ln σ from the draw x = m + σ ε.
    pub fn at(self, p: &Mixture, q: &Normal, eps: f64) -> [f64; 2] {
        let x = q.mean + q.sigma * eps;
        match self {
            // ln q(m + σ ε) is −ln σ − ½ε² and a constant.
            Self::Reparameterised => {
                let slope = p.slope(x);
                [-slope, -1.0 - slope * q.sigma * eps]
            }
            Self::Score => {
                let difference = q.log_density(x) - p.log_density(x);
                q.score(x).map(|score| difference * score)
            }
        }
    }

    /// Mean and variance of one estimate of each, by quadrature over all draws.
    pub fn moments(self, p: &Mixture, q: &Normal) -> [[f64; 2]; 2] {
        let mut breaks = Vec::new();
        p.breaks(&mut breaks);
        q.breaks(&mut breaks);
        let reach = [q.mean - 12.0 * q.sigma, q.mean + 12.0 * q.sigma];
        breaks.retain(|x| (reach[0]..=reach[1]).contains(x));
        let [a, b, aa, bb] = integrate(&breaks, |x| {
            let density = q.density(x);
            let [a, b] = self.at(p, q, (x - q.mean) / q.sigma);
            [density * a, density * b, density * a * a, density * b * b]
        });
        [[a, aa - a * a], [b, bb - b * b]]
    }
}

/// Estimates from one draw each.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimated {
    /// The estimates \[draws\], for mean and ln σ.
    pub all: [Vec<f64>; 2],
    /// Their means.
    pub means: [f64; 2],
    /// Their variances.
    pub variances: [f64; 2],
}

/// The same draws seen by either estimator.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimates {
    /// d KL(q‖p) / d mean and d ln σ, by quadrature.
    pub exact: [f64; 2],
    /// In the order of [`Estimator::ALL`].
    pub of: [Estimated; 2],
}

/// What `n` draws under `seed` estimate; as many numbers from the stream for either estimator.
pub fn estimates(p: &Mixture, q: &Normal, n: usize, seed: u64) -> Estimates {
    let mut eps = vec![0.0f64; n];
    standard_normal(&mut stream(seed, Purpose::Eps, 0), &mut eps);
    let of = Estimator::ALL.map(|estimator| {
        let all: Vec<[f64; 2]> = eps.iter().map(|&eps| estimator.at(p, q, eps)).collect();
        let all = [0, 1].map(|i| all.iter().map(|pair| pair[i]).collect::<Vec<f64>>());
        let means = [0, 1].map(|i: usize| all[i].iter().sum::<f64>() / n.max(1) as f64);
        let variance = |i: usize| {
            all[i].iter().map(|value| (value - means[i]).powi(2)).sum::<f64>() / n.saturating_sub(1).max(1) as f64
        };
        let variances = [0, 1].map(variance);
        Estimated { all, means, variances }
    });
    Estimates { exact: Divergence::Reverse.with_gradient(p, q).1, of }
}

#[cfg(test)]
mod tests {
    use super::super::Bump;
    use super::*;

    fn bumps() -> Mixture {
        let bump = |weight, mean, sigma| Bump { weight, mean, sigma };
        Mixture { bumps: vec![bump(0.6, -2.0, 0.7), bump(0.4, 1.8, 1.0)] }
    }

    #[test]
    fn both_estimate_the_gradient_and_the_score_scatters_more() {
        let (p, q) = (bumps(), Normal { mean: 1.0, sigma: 0.8 });
        let exact = Divergence::Reverse.with_gradient(&p, &q).1;
        let [paths, scores] = Estimator::ALL.map(|estimator| estimator.moments(&p, &q));
        for i in 0..2 {
            for [mean, _] in [paths[i], scores[i]] {
                assert!((mean - exact[i]).abs() < 1e-10, "{i}: {mean} against {}", exact[i]);
            }
            assert!(scores[i][1] > 2.0 * paths[i][1], "{i}: {scores:?} {paths:?}");
        }
    }

    #[test]
    fn a_seeded_sample_agrees_with_the_moments() {
        let (p, q, n) = (bumps(), Normal { mean: 1.0, sigma: 0.8 }, 20_000);
        let found = estimates(&p, &q, n, 3);
        for (estimated, estimator) in found.of.iter().zip(Estimator::ALL) {
            for (i, [mean, variance]) in estimator.moments(&p, &q).into_iter().enumerate() {
                let off = (estimated.means[i] - mean).abs() / (variance / n as f64).sqrt();
                assert!(off < 4.0, "{estimator:?}, {i}: {off} standard errors off");
                let ratio = estimated.variances[i] / variance;
                assert!((ratio - 1.0).abs() < 0.3, "{estimator:?}, {i}: {ratio}");
                assert_eq!(estimated.all[i].len(), n);
            }
        }
        assert_eq!(found, estimates(&p, &q, n, 3), "the same seed gives the same draws");
        assert_ne!(found, estimates(&p, &q, n, 4));
    }

    #[test]
    fn a_path_is_known_exactly_where_q_is_p() {
        // Then ln q − ln p is 0 everywhere: the score has nothing to weigh, and the path's slope
        // −ln p′ − … is zero only on average.
        let p = Mixture { bumps: vec![Bump { weight: 1.0, mean: 0.5, sigma: 2.0 }] };
        let q = p.bumps[0].normal();
        for eps in [-1.7, 0.0, 0.4] {
            assert!(Estimator::Score.at(&p, &q, eps).iter().all(|part| part.abs() < 1e-14));
        }
        let [[mean, variance], _] = Estimator::Reparameterised.moments(&p, &q);
        assert!(mean.abs() < 1e-12 && (variance - 0.25).abs() < 1e-10, "ε/σ: {variance}");
    }
}
