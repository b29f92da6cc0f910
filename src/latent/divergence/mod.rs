//! Divergences between densities on a line: how far a Gaussian q lies from a mixture p, in nats, and which
//! way it goes to come nearer.
//!
//! ```text
//! KL(p‖q) = ∫ p ln (p/q)        covers: where p has mass q must have some
//! KL(q‖p) = ∫ q ln (q/p)        picks: where p has none q must have none
//! JS(p, q) = ½ KL(p‖m) + ½ KL(q‖m),   m = (p + q)/2        at most ln 2
//! ```
//!
//! Kullback and Leibler 1951; Lin 1991. All are integrals by `quadrature`; gradients are with respect to q's
//! mean and ln σ. [`descent`] follows them, [`bound`] is the evidence bound of a model small enough to know
//! ln p(x), and [`estimators`] compares two ways to estimate such gradients from draws.

pub mod bound;
pub mod descent;
pub mod estimators;
mod quadrature;

use crate::model::log_sum_exp;
use quadrature::integrate;
use serde::{Deserialize, Serialize};

/// ln √2π.
const LN_SQRT_TAU: f64 = 0.918_938_533_204_672_7;
/// Standard deviations to each side of a Gaussian beyond which it holds nothing that counts, and places
/// between, at which integrals are parted.
const REACH: [f64; 9] = [-12.0, -7.0, -4.0, -2.0, 0.0, 2.0, 4.0, 7.0, 12.0];

/// A Gaussian on a line.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Normal {
    /// Its mean.
    pub mean: f64,
    /// Its standard deviation, above 0.
    pub sigma: f64,
}

/// A Gaussian with its share of a mixture.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bump {
    /// Its share, above 0; shares are taken as parts of their sum.
    pub weight: f64,
    /// Its mean.
    pub mean: f64,
    /// Its standard deviation, above 0.
    pub sigma: f64,
}

/// A mixture of Gaussians on a line, of at least one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mixture {
    /// Its parts.
    pub bumps: Vec<Bump>,
}

impl Default for Mixture {
    /// Two bumps, far enough from one another that no Gaussian near one feels the other.
    fn default() -> Self {
        let bump = |weight, mean, sigma| Bump { weight, mean, sigma };
        Self { bumps: vec![bump(0.6, -2.5, 0.5), bump(0.4, 2.5, 0.7)] }
    }
}

/// A density on a line.
pub trait Density {
    /// Its logarithm at `x`.
    fn log_density(&self, x: f64) -> f64;

    /// Adds the places between and around which it changes, the outermost where nothing is left of it.
    fn breaks(&self, into: &mut Vec<f64>);

    /// The density at `x`.
    fn density(&self, x: f64) -> f64 {
        self.log_density(x).exp()
    }
}

impl Density for Normal {
    fn log_density(&self, x: f64) -> f64 {
        let off = (x - self.mean) / self.sigma;
        -0.5 * off * off - self.sigma.ln() - LN_SQRT_TAU
    }

    fn breaks(&self, into: &mut Vec<f64>) {
        into.extend(REACH.map(|reach| self.mean + reach * self.sigma));
    }
}

impl Bump {
    /// The Gaussian alone.
    pub const fn normal(&self) -> Normal {
        Normal { mean: self.mean, sigma: self.sigma }
    }
}

impl Mixture {
    fn log_parts(&self, x: f64) -> impl Iterator<Item = f64> + Clone + '_ {
        self.bumps.iter().map(move |bump| bump.weight.ln() + bump.normal().log_density(x))
    }

    fn log_total(&self) -> f64 {
        self.bumps.iter().map(|bump| bump.weight).sum::<f64>().ln()
    }

    /// d ln p / dx at `x`: each part's pull by its share of the density there.
    pub fn slope(&self, x: f64) -> f64 {
        let all = log_sum_exp(self.log_parts(x));
        let pulls = self.bumps.iter().map(|bump| (bump.mean - x) / (bump.sigma * bump.sigma));
        self.log_parts(x).zip(pulls).map(|(part, pull)| (part - all).exp() * pull).sum()
    }

    /// Its mean and variance.
    pub fn moments(&self) -> [f64; 2] {
        let total: f64 = self.bumps.iter().map(|bump| bump.weight).sum();
        let shares = || self.bumps.iter().map(|bump| (bump.weight / total, bump));
        let mean: f64 = shares().map(|(share, bump)| share * bump.mean).sum();
        let variance = shares().map(|(share, bump)| share * (bump.sigma.powi(2) + (bump.mean - mean).powi(2)));
        [mean, variance.sum()]
    }
}

impl Density for Mixture {
    fn log_density(&self, x: f64) -> f64 {
        log_sum_exp(self.log_parts(x)) - self.log_total()
    }

    fn breaks(&self, into: &mut Vec<f64>) {
        self.bumps.iter().for_each(|bump| bump.normal().breaks(into));
    }
}

/// How q's distance from p is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Divergence {
    /// KL(p‖q), that of maximum likelihood.
    #[default]
    Forward,
    /// KL(q‖p), that of variational inference.
    Reverse,
    /// The Jensen–Shannon divergence, that of the first GANs.
    JensenShannon,
}

impl Divergence {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Forward, Self::Reverse, Self::JensenShannon];

    /// How it is written.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Forward => "KL(p‖q)",
            Self::Reverse => "KL(q‖p)",
            Self::JensenShannon => "JS(p, q)",
        }
    }

    /// What is integrated, from ln p(x) and ln q(x).
    fn integrand_of(self, p: f64, q: f64) -> f64 {
        // 0 ln 0 is 0, also where the other is 0 too.
        let part = |of: f64, other: f64| if of.exp() == 0.0 { 0.0 } else { of.exp() * (of - other) };
        match self {
            Self::Forward => part(p, q),
            Self::Reverse => part(q, p),
            Self::JensenShannon => {
                let mean = log_mean(p, q);
                0.5 * (part(p, mean) + part(q, mean))
            }
        }
    }

    /// What is integrated, at `x`: nats for each unit of x.
    pub fn integrand(self, p: &impl Density, q: &impl Density, x: f64) -> f64 {
        self.integrand_of(p.log_density(x), q.log_density(x))
    }

    /// The divergence in nats.
    pub fn of(self, p: &impl Density, q: &impl Density) -> f64 {
        let mut breaks = Vec::new();
        p.breaks(&mut breaks);
        q.breaks(&mut breaks);
        let [value] = integrate(&breaks, |x| [self.integrand(p, q, x)]);
        value
    }

    /// The divergence, and its derivatives with respect to q's mean and ln σ.
    ///
    /// With s = d ln q / dθ they are −∫ p s, ∫ q ln (q/p) s and ½ ∫ q ln (q/m) s; what else the
    /// product rule gives integrates to 0.
    pub fn with_gradient(self, p: &Mixture, q: &Normal) -> (f64, [f64; 2]) {
        let mut breaks = Vec::new();
        p.breaks(&mut breaks);
        q.breaks(&mut breaks);
        let [value, mean, log_sigma] = integrate(&breaks, |x| {
            let (log_p, log_q) = (p.log_density(x), q.log_density(x));
            let pull = match self {
                Self::Forward => -log_p.exp(),
                Self::Reverse if log_q.exp() > 0.0 => log_q.exp() * (log_q - log_p),
                Self::JensenShannon if log_q.exp() > 0.0 => 0.5 * log_q.exp() * (log_q - log_mean(log_p, log_q)),
                _ => 0.0,
            };
            let [mean, log_sigma] = q.score(x);
            [self.integrand_of(log_p, log_q), pull * mean, pull * log_sigma]
        });
        (value, [mean, log_sigma])
    }
}

/// ln ½(eᵃ + eᵇ).
fn log_mean(a: f64, b: f64) -> f64 {
    log_sum_exp([a, b].into_iter()) - std::f64::consts::LN_2
}

impl Normal {
    /// d ln q(x) / d mean and d ln q(x) / d ln σ.
    pub fn score(&self, x: f64) -> [f64; 2] {
        let off = (x - self.mean) / self.sigma;
        [off / self.sigma, off * off - 1.0]
    }
}

#[cfg(test)]
mod tests;
