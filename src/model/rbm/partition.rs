//! ln Z of a machine: exactly, or by annealed importance sampling.

use super::Rbm;
use crate::model::draw_binary;
use crate::model::energy::{Annealing, LogZ};
use crate::model::gaussian::log_sum_exp;
use crate::nn::softplus;
use crate::nn::{Activation, Purpose, Scratch, flat_mut, stream};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2};
use rayon::prelude::*;

/// Units whose states are gone through one flip at a time; each further one doubles the number of such walks.
const WALKED: usize = 12;
/// Chains that are annealed by one task, from a stream of their own.
const GROUP: usize = 4;
/// Where the distributions of Salakhutdinov and Murray lie: up to β, so many of 14 500.
const SPACING: [(f64, f64); 3] = [(0.5, 500.0), (0.9, 4_000.0), (1.0, 10_000.0)];
/// A unit of the first distribution is on and off at least so often.
const LEAST: f64 = 1e-3;

/// ln Z = ln Σ_h exp(c·h) Π (1 + exp(b + Wᵀ h)), or the same with the layers changed over where the
/// visible one is smaller; none when cancelled.
pub fn exact(rbm: &Rbm, is_cancelled: &(dyn Fn() -> bool + Sync)) -> Option<f64> {
    let weight = rbm.weight.mapv(f64::from);
    let (b, c) = (rbm.visible_bias.mapv(f64::from), rbm.hidden_bias.mapv(f64::from));
    if weight.nrows() <= weight.ncols() {
        summed(weight.view(), c.view(), b.view(), is_cancelled)
    } else {
        summed(weight.t(), b.view(), c.view(), is_cancelled)
    }
}

/// ln Σ over the states s of some units of exp(`own`·s) Π (1 + exp(`other` + `weight`ᵀ s)); `weight` is
/// [units, others].
pub fn summed(
    weight: ArrayView2<f64>,
    own: ArrayView1<f64>,
    other: ArrayView1<f64>,
    is_cancelled: &(dyn Fn() -> bool + Sync),
) -> Option<f64> {
    let n = own.len();
    let walked = n.min(WALKED);
    let walk = |first: u64| {
        if is_cancelled() {
            return None;
        }
        // Where the walk begins: the units beyond it as the bits of `first` say.
        let (mut energy, mut driven) = (0.0, other.to_owned());
        for unit in (walked..n).filter(|unit| first >> (unit - walked) & 1 == 1) {
            energy += own[unit];
            driven += &weight.row(unit);
        }
        let mut terms = Vec::with_capacity(1 << walked);
        terms.push(energy + log_of_sums(&driven));
        let mut state = 0u64;
        for step in 1u64..1 << walked {
            // Gray's code: each state differs from the one before in one unit.
            let unit = step.trailing_zeros() as usize;
            state ^= 1 << unit;
            let sign = if state >> unit & 1 == 1 { 1.0 } else { -1.0 };
            energy += sign * own[unit];
            driven.scaled_add(sign, &weight.row(unit));
            terms.push(energy + log_of_sums(&driven));
        }
        Some(log_sum_exp(terms.iter().copied()))
    };
    let walks: Option<Vec<f64>> = (0..1u64 << (n - walked)).into_par_iter().map(walk).collect();
    Some(log_sum_exp(walks?.iter().copied()))
}

/// Σ ln(1 + exp(a)). Each factor 1 + exp(−|a|) is at most 2, so that one logarithm serves 512 of them.
fn log_of_sums(a: &Array1<f64>) -> f64 {
    let of_chunk = |chunk: &[f64]| {
        let (sum, product) = chunk
            .iter()
            .fold((0.0, 1.0), |(sum, product), a| (sum + a.max(0.0), product * (1.0 + (-a.abs()).exp())));
        sum + f64::ln(product)
    };
    a.as_slice().map_or(f64::NAN, |a| a.chunks(512).map(of_chunk).sum())
}

/// The inverse temperatures from 0 to 1, `n` steps spaced as in the paper.
fn temperatures(n: usize) -> Vec<f64> {
    let whole: f64 = SPACING.iter().map(|(_, share)| share).sum();
    let at = |i: usize| {
        let mut place = i as f64 / n as f64 * whole;
        let mut from = 0.0;
        for (to, share) in SPACING {
            if place <= share {
                return from + (to - from) * place / share;
            }
            place -= share;
            from = to;
        }
        1.0
    };
    (0..=n).map(at).collect()
}

/// What chains are annealed from and to.
struct Path<'a> {
    rbm: &'a Rbm,
    /// Biases of the first distribution, whose units are independent.
    base: Array1<f32>,
    temperatures: Vec<f64>,
}

/// ln Z by annealed importance sampling; none when cancelled.
///
/// p_β(v) ∝ exp((1−β) v·b₀ + β v·b) Π (1 + exp(β (c + W v))); each chain's weight is
/// Π p_β'(v) / p_β(v) along its way, and Z / Z₀ their mean.
pub fn annealed(
    rbm: &Rbm,
    base: &[f32],
    annealing: Annealing,
    is_cancelled: &(dyn Fn() -> bool + Sync),
) -> Option<LogZ> {
    let logit = |&p: &f32| {
        let p = f64::from(p).clamp(LEAST, 1.0 - LEAST);
        (p / (1.0 - p)).ln() as f32
    };
    let base: Array1<f32> = base.iter().map(logit).collect();
    let first = base.iter().map(|&b| softplus(f64::from(b))).sum::<f64>()
        + rbm.weight.nrows() as f64 * std::f64::consts::LN_2;
    let path = Path { rbm, base, temperatures: temperatures(annealing.temperatures.max(1)) };
    let of_group = |group: usize| {
        let n = GROUP.min(annealing.chains.max(1) - group * GROUP);
        path.log_weights(n, (annealing.seed, group as u64), is_cancelled)
    };
    let groups: Option<Vec<Vec<f64>>> =
        (0..annealing.chains.max(1).div_ceil(GROUP)).into_par_iter().map(of_group).collect();
    let weights: Vec<f64> = groups?.into_iter().flatten().collect();
    let n = weights.len() as f64;
    let mean = log_sum_exp(weights.iter().copied()) - n.ln();
    // Of weights relative to their mean, which is then 1.
    let spread = weights.iter().map(|weight| ((weight - mean).exp() - 1.0).powi(2)).sum::<f64>();
    let error = (spread / (n - 1.0).max(1.0) / n).sqrt();
    let value = first + mean;
    let bound = |factor: f64| value + if factor > 0.0 { factor.ln() } else { f64::NEG_INFINITY };
    Some(LogZ { value, bounds: Some([bound(1.0 - 3.0 * error), bound(1.0 + 3.0 * error)]) })
}

impl Path<'_> {
    /// The logarithms of the weights of `n` chains, drawn by a seed and a stream.
    fn log_weights(
        &self,
        n: usize,
        (seed, group): (u64, u64),
        is_cancelled: &(dyn Fn() -> bool + Sync),
    ) -> Option<Vec<f64>> {
        let rbm = self.rbm;
        let (mut rng, mut scratch) = (stream(seed, Purpose::Annealing, group), Scratch::default());
        let mut v = Array2::zeros((n, self.base.len()));
        v += &self.base;
        Activation::Sigmoid.apply(flat_mut(&mut v));
        draw_binary(flat_mut(&mut v), &mut rng);
        let mut weights = vec![0.0; n];
        for pair in self.temperatures.windows(2) {
            if is_cancelled() {
                return None;
            }
            let mut a = rbm.to_hidden(v.view(), &mut scratch);
            for ((weight, v), a) in weights.iter_mut().zip(v.rows()).zip(a.rows()) {
                *weight += self.log_ratio([pair[0], pair[1]], (v, a));
            }
            let beta = pair[1] as f32;
            a *= beta;
            Activation::Sigmoid.apply(flat_mut(&mut a));
            draw_binary(flat_mut(&mut a), &mut rng);
            let p = rbm.to_visible(a.view(), &mut scratch);
            v.assign(&p);
            v *= beta;
            v.rows_mut().into_iter().for_each(|mut v| v.scaled_add(1.0 - beta, &self.base));
            Activation::Sigmoid.apply(flat_mut(&mut v));
            draw_binary(flat_mut(&mut v), &mut rng);
            [a, p].into_iter().for_each(|array| scratch.give_back(array));
        }
        Some(weights)
    }

    /// ln p_β'(v) − ln p_β(v), not normalised, of a state whose hidden units are driven by `a`.
    fn log_ratio(&self, [from, to]: [f64; 2], (v, a): (ArrayView1<f32>, ArrayView1<f32>)) -> f64 {
        let biases = v.iter().zip(self.rbm.visible_bias.iter().zip(&self.base));
        let ties: f64 = biases.map(|(&v, (&b, &base))| f64::from(v) * f64::from(b - base)).sum();
        let hidden: f64 = a.iter().map(|&a| softplus(to * f64::from(a)) - softplus(from * f64::from(a))).sum();
        (to - from) * ties + hidden
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn temperatures_rise_from_nothing_to_one_as_in_the_paper() {
        let all = temperatures(14_500);
        assert_eq!((all[0], all[14_500]), (0.0, 1.0));
        assert!((all[500] - 0.5).abs() < 1e-12 && (all[4_500] - 0.9).abs() < 1e-12);
        assert!(all.windows(2).all(|pair| pair[1] > pair[0]));
        assert_eq!(temperatures(1), [0.0, 1.0]);
    }
}
