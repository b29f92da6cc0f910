//! The evidence bound of a model so small that ln p(x) is known: which of two Gaussians a number came from.
//!
//! ```text
//! p(z = 1) = w,  p(x | z) = N(μ_z, σ²),  q(z = 1 | x) = sigmoid(offset + slope · x)
//! ln p(x) = ELBO + KL(q(z|x) ‖ p(z|x)),   ELBO = E_q [ln p(x, z) − ln q(z|x)]
//! ```
//!
//! The exact posterior of this model is such a sigmoid, so that a q which sees x can reach it: then improving
//! q and p in turn is the EM algorithm, and ln p(x) never falls (Neal and Hinton 1998). A q that is blind to
//! x cannot, and then a better bound may come from a posterior that moves towards q, at the price of ln p(x).
//! Everything is in nats, a mean over the samples.

use super::{LN_SQRT_TAU, log_sum_exp};
use crate::nn::softplus;
use serde::{Deserialize, Serialize};

/// The numbers that are observed: two heaps.
pub const SAMPLES: [f64; 12] = [-3.1, -2.5, -2.2, -1.9, -1.6, -1.2, -0.7, 1.3, 1.8, 2.1, 2.4, 3.0];

/// The narrowest that the two Gaussians may become.
const MIN_SIGMA: f64 = 0.05;
/// The least share of one of them.
const MIN_SHARE: f64 = 1e-6;

/// p(x, z): two Gaussians of one width.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TwoGaussians {
    /// w, the share of the second.
    pub share: f64,
    /// μ of the first and of the second.
    pub means: [f64; 2],
    /// σ of both.
    pub sigma: f64,
}

/// q(z = 1 | x), a sigmoid of x.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Encoder {
    /// How quickly its logit grows with x; 0 is blind to x.
    pub slope: f64,
    /// Its logit at 0.
    pub offset: f64,
}

/// The bound and what it bounds, nats a sample.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bound {
    /// ln p(x).
    pub log_p: f64,
    /// E_q [ln p(x, z) − ln q(z|x)].
    pub elbo: f64,
    /// KL(q(z|x) ‖ p(z|x)).
    pub kl: f64,
}

fn sigmoid(x: f64) -> f64 {
    if x >= 0.0 { 1.0 / (1.0 + (-x).exp()) } else { x.exp() / (1.0 + x.exp()) }
}

impl Encoder {
    /// ln q(z = 1 | x) − ln q(z = 0 | x).
    pub fn logit(&self, x: f64) -> f64 {
        self.offset + self.slope * x
    }

    /// q(z = 1 | x).
    pub fn at(&self, x: f64) -> f64 {
        sigmoid(self.logit(x))
    }
}

impl TwoGaussians {
    /// ln p(x, z) for either z.
    pub fn log_joint(&self, x: f64) -> [f64; 2] {
        let of = |share: f64, mean: f64| {
            share.ln() - 0.5 * ((x - mean) / self.sigma).powi(2) - self.sigma.ln() - LN_SQRT_TAU
        };
        [of(1.0 - self.share, self.means[0]), of(self.share, self.means[1])]
    }

    /// ln p(x).
    pub fn log_density(&self, x: f64) -> f64 {
        log_sum_exp(self.log_joint(x).into_iter())
    }

    /// p(z = 1 | x), which is a sigmoid too.
    pub fn posterior(&self) -> Encoder {
        let variance = self.sigma * self.sigma;
        let [first, second] = self.means;
        Encoder {
            slope: (second - first) / variance,
            offset: (self.share / (1.0 - self.share)).ln() - (second * second - first * first) / (2.0 * variance),
        }
    }

    /// The bound at some samples under `q`; each part is worked out by itself.
    pub fn bound(&self, q: &Encoder, samples: &[f64]) -> Bound {
        let (mut bound, posterior) = (Bound { log_p: 0.0, elbo: 0.0, kl: 0.0 }, self.posterior());
        for &x in samples {
            let (guess, exact) = (q.logit(x), posterior.logit(x));
            let [first, second] = self.log_joint(x);
            bound.log_p += log_sum_exp([first, second].into_iter());
            // ln q(1) = −softplus(−logit), ln q(0) = −softplus(logit).
            let terms =
                [sigmoid(-guess) * (first + softplus(guess)), sigmoid(guess) * (second + softplus(-guess))];
            bound.elbo += terms[0] + terms[1];
            bound.kl += sigmoid(guess) * (softplus(-exact) - softplus(-guess))
                + sigmoid(-guess) * (softplus(exact) - softplus(guess));
        }
        let n = samples.len().max(1) as f64;
        Bound { log_p: bound.log_p / n, elbo: bound.elbo / n, kl: bound.kl / n }
    }

    /// The q with the highest bound: the posterior, or of those that are blind to x the one whose logit is
    /// the mean of the posterior's.
    pub fn best_q(&self, sees_x: bool, samples: &[f64]) -> Encoder {
        let posterior = self.posterior();
        if sees_x {
            return posterior;
        }
        let mean = samples.iter().map(|&x| posterior.logit(x)).sum::<f64>() / samples.len().max(1) as f64;
        Encoder { slope: 0.0, offset: mean }
    }

    /// The p with the highest bound under `q`: shares, means and width as q weighs the samples.
    pub fn best_p(&self, q: &Encoder, samples: &[f64]) -> Self {
        let n = samples.len().max(1) as f64;
        let weighted = |of: &dyn Fn(f64) -> f64| samples.iter().map(|&x| of(x)).sum::<f64>();
        let total = weighted(&|x| q.at(x));
        let mean = |total: f64, sum: f64, before: f64| if total > MIN_SHARE { sum / total } else { before };
        let means = [
            mean(n - total, weighted(&|x| (1.0 - q.at(x)) * x), self.means[0]),
            mean(total, weighted(&|x| q.at(x) * x), self.means[1]),
        ];
        let variance = weighted(&|x| {
            let q = q.at(x);
            (1.0 - q) * (x - means[0]).powi(2) + q * (x - means[1]).powi(2)
        });
        Self {
            share: (total / n).clamp(MIN_SHARE, 1.0 - MIN_SHARE),
            means,
            sigma: (variance / n).sqrt().max(MIN_SIGMA),
        }
    }

    /// The end of improving q and p in turn, with a q that sees x: a maximum of ln p(x).
    pub fn fitted(mut self, samples: &[f64]) -> Self {
        for _ in 0..500 {
            let next = self.best_p(&self.best_q(true, samples), samples);
            if next == self {
                break;
            }
            self = next;
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: TwoGaussians = TwoGaussians { share: 0.4, means: [-0.5, 1.0], sigma: 1.4 };

    #[test]
    fn the_likelihood_is_the_bound_and_the_gap() {
        for (slope, offset) in [(0.0, 0.0), (1.3, -0.4), (-3.0, 2.0), (40.0, 10.0)] {
            let q = Encoder { slope, offset };
            let Bound { log_p, elbo, kl } = START.bound(&q, &SAMPLES);
            assert!((log_p - elbo - kl).abs() < 1e-12, "{log_p} is not {elbo} + {kl}");
            assert!(kl >= 0.0);
            // By the definitions, with probabilities.
            let mut sums = [0.0; 2];
            for x in SAMPLES {
                let density = |mean: f64| {
                    (-0.5 * ((x - mean) / 1.4f64).powi(2)).exp() / (1.4 * std::f64::consts::TAU.sqrt())
                };
                let joint = [0.6 * density(-0.5), 0.4 * density(1.0)];
                let r = q.at(x);
                sums[0] += (joint[0] + joint[1]).ln() / 12.0;
                if r < 1.0 && r > 0.0 {
                    sums[1] += ((1.0 - r) * (joint[0] / (1.0 - r)).ln() + r * (joint[1] / r).ln()) / 12.0;
                }
            }
            assert!((log_p - sums[0]).abs() < 1e-12);
            assert!((elbo - sums[1]).abs() < 1e-10 || slope == 40.0, "{elbo} {}", sums[1]);
        }
        assert!(START.bound(&START.posterior(), &SAMPLES).kl.abs() < 1e-15, "the posterior leaves no gap");
    }

    #[test]
    fn nothing_near_the_best_is_better() {
        let q = Encoder { slope: 0.7, offset: 0.2 };
        let best = START.best_p(&q, &SAMPLES);
        let at = |p: TwoGaussians| p.bound(&q, &SAMPLES).elbo;
        let top = at(best);
        for by in [-0.01, 0.01] {
            for other in [
                TwoGaussians { share: best.share + by, ..best },
                TwoGaussians { means: [best.means[0] + by, best.means[1]], ..best },
                TwoGaussians { means: [best.means[0], best.means[1] + by], ..best },
                TwoGaussians { sigma: best.sigma + by, ..best },
            ] {
                assert!(at(other) < top, "{other:?}");
            }
            let blind = START.best_q(false, &SAMPLES);
            let of = |q: Encoder| START.bound(&q, &SAMPLES).elbo;
            assert!(of(Encoder { offset: blind.offset + by, ..blind }) < of(blind));
        }
    }

    #[test]
    fn with_a_q_that_sees_x_neither_bound_nor_likelihood_falls() {
        let (mut p, mut q) = (START, Encoder { slope: 0.0, offset: 0.0 });
        let mut before = p.bound(&q, &SAMPLES);
        for turn in 0..30 {
            q = p.best_q(true, &SAMPLES);
            let mid = p.bound(&q, &SAMPLES);
            assert!(
                mid.elbo >= before.elbo - 1e-14 && mid.log_p == before.log_p,
                "improving q leaves ln p(x) as it is"
            );
            p = p.best_p(&q, &SAMPLES);
            let after = p.bound(&q, &SAMPLES);
            assert!(after.elbo >= mid.elbo - 1e-14 && after.log_p >= mid.log_p - 1e-14, "turn {turn}");
            before = after;
        }
        assert!(before.log_p > START.bound(&q, &SAMPLES).log_p + 0.1);
    }

    #[test]
    fn with_a_blind_q_the_bound_rises_while_the_likelihood_falls() {
        let p = START.fitted(&SAMPLES);
        let q = p.best_q(false, &SAMPLES);
        let before = p.bound(&q, &SAMPLES);
        let after = p.best_p(&q, &SAMPLES).bound(&q, &SAMPLES);
        assert!(after.elbo > before.elbo + 1.0, "{before:?} {after:?}");
        assert!(after.log_p < before.log_p - 0.1, "{before:?} {after:?}");
        assert!(after.kl < 1e-9, "the posterior has come to q, and z says nothing of x any more");
    }
}
