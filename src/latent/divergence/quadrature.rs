//! Integrals of smooth functions to about thirteen digits: Gauss–Legendre on pieces that are halved until
//! the halves say the same as the whole.

use std::sync::LazyLock;

/// Points of a piece.
const N: usize = 20;
/// A piece is halved no more often than so.
const MAX_HALVINGS: u32 = 24;
/// How far halves and whole may differ: as a share of the integral of the absolute values, or by so much
/// where that is below 1, as differences of logarithms are known no better.
const TOLERANCE: f64 = 1e-14;

/// Nodes and weights on [−1, 1]: the zeros of the Legendre polynomial P_N by Newton's method, and
/// 2 / ((1 − x²) P_N′(x)²) (Abramowitz and Stegun 1964, 25.4.29).
static RULE: LazyLock<[[f64; 2]; N]> = LazyLock::new(|| {
    std::array::from_fn(|i| {
        let mut x = (std::f64::consts::PI * (i as f64 + 0.75) / (N as f64 + 0.5)).cos();
        let mut slope = 1.0;
        for _ in 0..64 {
            let (mut before, mut value) = (1.0, x);
            for n in 2..=N {
                let n = n as f64;
                (before, value) = (value, ((2.0 * n - 1.0) * x * value - (n - 1.0) * before) / n);
            }
            slope = N as f64 * (x * value - before) / (x * x - 1.0);
            let step = value / slope;
            x -= step;
            if step.abs() < 1e-16 {
                break;
            }
        }
        [x, 2.0 / ((1.0 - x * x) * slope * slope)]
    })
});

/// Integrals of several functions at once, from the first to the last of `breaks`, which are the places at
/// which the functions may change quickly, in any order; 0 where there are fewer than two.
pub fn integrate<const M: usize>(breaks: &[f64], mut of: impl FnMut(f64) -> [f64; M]) -> [f64; M] {
    let mut breaks = breaks.to_vec();
    breaks.sort_by(f64::total_cmp);
    breaks.dedup();
    let pieces: Vec<Piece<M>> = breaks.windows(2).map(|ends| Piece::new([ends[0], ends[1]], &mut of)).collect();
    let size: [f64; M] = std::array::from_fn(|i| pieces.iter().map(|piece| piece.sizes[i]).sum::<f64>().max(1.0));
    let mut sum = [0.0; M];
    pieces.into_iter().for_each(|piece| piece.add(MAX_HALVINGS, &size, &mut of, &mut sum));
    sum
}

struct Piece<const M: usize> {
    ends: [f64; 2],
    values: [f64; M],
    /// Of the absolute values.
    sizes: [f64; M],
}

impl<const M: usize> Piece<M> {
    fn new(ends: [f64; 2], of: &mut impl FnMut(f64) -> [f64; M]) -> Self {
        let (middle, half) = (0.5 * (ends[0] + ends[1]), 0.5 * (ends[1] - ends[0]));
        let (mut values, mut sizes) = ([0.0; M], [0.0; M]);
        for [node, weight] in *RULE {
            let found = of(middle + half * node);
            for i in 0..M {
                values[i] += weight * half * found[i];
                sizes[i] += weight * half * found[i].abs();
            }
        }
        Self { ends, values, sizes }
    }

    /// Adds its integrals, by halves where these say otherwise than the whole.
    fn add(self, halvings: u32, size: &[f64; M], of: &mut impl FnMut(f64) -> [f64; M], sum: &mut [f64; M]) {
        let middle = 0.5 * (self.ends[0] + self.ends[1]);
        let halves = [[self.ends[0], middle], [middle, self.ends[1]]].map(|ends| Self::new(ends, of));
        let is_same = |i: usize| {
            let of_halves = halves[0].values[i] + halves[1].values[i];
            (of_halves - self.values[i]).abs() <= TOLERANCE * size[i]
        };
        if halvings == 0 || (0..M).all(is_same) {
            for half in halves {
                sum.iter_mut().zip(half.values).for_each(|(sum, value)| *sum += value);
            }
        } else {
            halves.into_iter().for_each(|half| half.add(halvings - 1, size, of, sum));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polynomials_up_to_the_degree_of_the_rule_are_exact() {
        for degree in 0..2 * N as i32 {
            let value: f64 = RULE.iter().map(|[x, weight]| weight * x.powi(degree)).sum();
            let exact = if degree % 2 == 0 { 2.0 / f64::from(degree + 1) } else { 0.0 };
            assert!((value - exact).abs() < 1e-14, "x^{degree}: {value}");
        }
    }

    #[test]
    fn rounding_of_what_is_nearly_nothing_costs_no_halvings() {
        let mut n = 0;
        let [sum] = integrate(&[0.0, 1.0], |x| {
            n += 1;
            [1e-16 * (1e9 * x).sin()]
        });
        assert!(sum.abs() < 1e-16 && n == 3 * N, "{n} places were looked at");
    }

    #[test]
    fn what_changes_quickly_within_a_piece_is_found() {
        // ∫ 1/(1 + (x/w)²) from −1 to 2 is w (atan(2/w) + atan(1/w)).
        let w = 1e-3f64;
        let [peak, cosine] = integrate(&[2.0, -1.0], |x| [1.0 / (1.0 + (x / w).powi(2)), x.cos()]);
        assert!((peak - w * ((2.0 / w).atan() + (1.0 / w).atan())).abs() < 1e-13, "{peak}");
        assert!((cosine - (2.0f64.sin() + 1.0f64.sin())).abs() < 1e-14);
        assert_eq!(integrate(&[1.0], |x| [x]), [0.0]);
    }
}
