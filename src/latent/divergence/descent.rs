//! q lets itself down a divergence: natural gradient steps, shortened where one would lead uphill.

use super::{Density, Divergence, Mixture, Normal};

/// Where q may lie, and how wide it may be.
pub const MEANS: std::ops::RangeInclusive<f64> = -8.0..=8.0;
/// Least and greatest standard deviation.
pub const SIGMAS: std::ops::RangeInclusive<f64> = 0.05..=6.0;
/// Most steps of a descent.
pub const MAX_STEPS: usize = 600;
/// Share of the natural gradient that a step goes.
const RATE: f64 = 0.2;
/// A step goes no further than so, in standard deviations and in ln σ.
const MAX_STEP: f64 = 0.25;
/// A descent ends where the natural gradient is shorter than this.
const SETTLED: f64 = 1e-7;
/// A step that leads uphill is halved so often at most.
const MAX_HALVINGS: i32 = 20;

/// One step of q down a divergence from p; none where it has come to rest.
///
/// The gradient is taken in the metric of Fisher's information of a Gaussian, diag(1/σ², 2) for mean and
/// ln σ (Amari 1998), so that steps are as long for a narrow q as for a wide one. It never leads uphill.
pub fn step(which: Divergence, p: &Mixture, q: Normal) -> Option<Normal> {
    let (value, [mean, log_sigma]) = which.with_gradient(p, &q);
    // In standard deviations, and in ln σ. JS curves a quarter as much at q = p as the others.
    let rate = if which == Divergence::JensenShannon { 4.0 * RATE } else { RATE };
    let natural = [q.sigma * mean, 0.5 * log_sigma];
    if natural[0].hypot(natural[1]) < SETTLED {
        return None;
    }
    let wanted = natural.map(|part| -rate * part);
    let longest = wanted.iter().fold(0.0, |longest: f64, part| longest.max(part.abs()));
    let shortened = if longest > MAX_STEP { MAX_STEP / longest } else { 1.0 };
    (0..MAX_HALVINGS).find_map(|halvings| {
        let share = shortened * 0.5f64.powi(halvings);
        let next = held(Normal {
            mean: q.mean + share * wanted[0] * q.sigma,
            sigma: q.sigma * (share * wanted[1]).exp(),
        });
        (next != q && which.of(p, &next) < value).then_some(next)
    })
}

/// A Gaussian brought within the bounds.
pub fn held(q: Normal) -> Normal {
    Normal {
        mean: q.mean.clamp(*MEANS.start(), *MEANS.end()),
        sigma: q.sigma.clamp(*SIGMAS.start(), *SIGMAS.end()),
    }
}

/// The whole way from `q` down, with both ends: at least one place. A step takes up to a millisecond; one who
/// cancels has what was come to so far.
pub fn descent(which: Divergence, p: &Mixture, q: Normal, is_cancelled: &dyn Fn() -> bool) -> Vec<Normal> {
    let mut trail = vec![q];
    let mut at = q;
    while trail.len() <= MAX_STEPS && !is_cancelled() {
        let Some(next) = step(which, p, at) else { break };
        trail.push(next);
        at = next;
    }
    trail
}

/// Where descents come to rest, the nearest to p first: of KL(p‖q) the one Gaussian with p's mean and
/// variance; of the others what is reached from each bump and from that one.
pub fn optima(which: Divergence, p: &Mixture, is_cancelled: &dyn Fn() -> bool) -> Vec<Normal> {
    let [mean, variance] = p.moments();
    let covering = Normal { mean, sigma: variance.sqrt() };
    if which == Divergence::Forward {
        return vec![covering];
    }
    let starts = p.bumps.iter().map(super::Bump::normal).chain([covering]);
    let mut found: Vec<Normal> = Vec::new();
    for start in starts {
        let trail = descent(which, p, held(start), is_cancelled);
        let end = trail[trail.len() - 1];
        let is_other = |other: &Normal| {
            (other.mean - end.mean).abs() > 1e-3 * end.sigma || (other.sigma / end.sigma).ln().abs() > 1e-3
        };
        if found.iter().all(is_other) {
            found.push(end);
        }
    }
    found.sort_by(|a, b| which.of(p, a).total_cmp(&which.of(p, b)));
    found
}

/// How much of p lies under q's bulk, mean ± 2 σ: near 1 where q covers p, the share of a bump where it has
/// picked that.
pub fn covered(p: &Mixture, q: &Normal) -> f64 {
    let mut breaks = Vec::new();
    p.breaks(&mut breaks);
    let ends = [q.mean - 2.0 * q.sigma, q.mean + 2.0 * q.sigma];
    breaks.retain(|x| (ends[0]..=ends[1]).contains(x));
    breaks.extend(ends);
    super::integrate(&breaks, |x| [p.density(x)])[0]
}
