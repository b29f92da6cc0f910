//! How dense numbers lie on a line: a kernel estimate with Gaussians (Silverman 1986, section 3.4), and the
//! share of them in equal parts of a line.

use super::stats::quantile;

/// Standard deviations of the kernel beyond which it counts as 0.
const REACH: f32 = 5.0;
/// How much of Silverman's bandwidth the kernel has: that is right for one Gaussian, and data often crowd in
/// several places.
const OF_SILVERMAN: f32 = 0.5;

/// The width of the kernel for these numbers: ½ · 0.9 · min(σ, IQR / 1.34) · n^(−1/5); more than 0.
pub fn bandwidth(values: &[f32]) -> f32 {
    let n = values.len().max(1) as f64;
    let mean = values.iter().map(|v| f64::from(*v)).sum::<f64>() / n;
    let deviation = (values.iter().map(|v| (f64::from(*v) - mean).powi(2)).sum::<f64>() / n).sqrt() as f32;
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f32::total_cmp);
    let middle = if sorted.is_empty() { 0.0 } else { (quantile(&sorted, 0.75) - quantile(&sorted, 0.25)) / 1.34 };
    // Half of all may be one number.
    let spread = if middle > 0.0 { deviation.min(middle) } else { deviation };
    (OF_SILVERMAN * 0.9 * spread * (n as f32).powf(-0.2)).max(1e-6 * (1.0 + mean.abs() as f32))
}

/// The density of `values` at the ascending places `at`, by a kernel of this width.
pub fn density(values: &[f32], width: f32, at: &[f32]) -> Vec<f32> {
    let mut sums = vec![0.0f64; at.len()];
    for value in values {
        let from = at.partition_point(|x| *x < value - REACH * width);
        for (x, sum) in at[from..].iter().zip(&mut sums[from..]) {
            let off = (x - value) / width;
            if off > REACH {
                break;
            }
            *sum += f64::from((-0.5 * off * off).exp());
        }
    }
    let each = 1.0 / (values.len().max(1) as f64 * f64::from(width) * std::f64::consts::TAU.sqrt());
    sums.iter().map(|sum| (sum * each) as f32).collect()
}

/// The density of `values` in each of `n` equal parts of `bounds`, as the share of all values in it over its
/// length.
pub fn histogram(values: &[f32], bounds: [f32; 2], n: usize) -> Vec<f32> {
    let [low, high] = bounds;
    let length = (high - low) / n.max(1) as f32;
    let mut counts = vec![0u32; n];
    for value in values.iter().filter(|value| (low..high).contains(*value)) {
        let part = ((value - low) / length) as usize;
        counts[part.min(n - 1)] += 1;
    }
    counts.iter().map(|count| *count as f32 / (values.len().max(1) as f32 * length)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers as a standard normal distribution has them, evenly by their probability.
    fn normal(n: usize) -> Vec<f32> {
        let mut values = vec![0.0; n];
        crate::nn::standard_normal(&mut crate::nn::stream(3, crate::nn::Purpose::Prior, 0), &mut values);
        values
    }

    #[test]
    fn many_draws_have_the_density_that_they_are_drawn_from() {
        let values = normal(20_000);
        let at: Vec<f32> = (-30..=30).map(|i| i as f32 / 10.0).collect();
        let found = density(&values, bandwidth(&values), &at);
        for (x, found) in at.iter().zip(found) {
            let exact = (-0.5 * x * x).exp() / std::f32::consts::TAU.sqrt();
            assert!((found - exact).abs() < 0.04, "{x}: {found} for {exact}");
        }
    }

    #[test]
    fn parts_hold_the_share_of_what_lies_in_them() {
        let parts = histogram(&[0.1, 0.2, 0.6, 5.0], [0.0, 1.0], 2);
        assert_eq!(parts, [2.0 / (4.0 * 0.5), 1.0 / (4.0 * 0.5)]);
        assert!(bandwidth(&[2.0; 9]) > 0.0 && bandwidth(&[]) > 0.0);
    }
}
