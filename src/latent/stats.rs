//! Statistics of a cloud of codes: what each dimension spans and carries, and where the view opens.
//!
//! Moments are population moments, summed in double precision. Nothing here is streaming: each call sees all
//! codes.

use ndarray::ArrayView2;

/// The quantile `q` in [0, 1] of values in ascending order, linear between neighbours; NaN for an empty
/// slice.
pub fn quantile(sorted: &[f32], q: f32) -> f32 {
    let Some(last) = sorted.len().checked_sub(1) else {
        return f32::NAN;
    };
    let at = f64::from(q).clamp(0.0, 1.0) * last as f64;
    let (below, t) = (at as usize, at.fract());
    let [a, b] = [sorted[below], sorted[(below + 1).min(last)]].map(f64::from);
    (a + t * (b - a)) as f32
}

/// What one latent dimension does over a set of codes, in units of z.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DimensionStats {
    /// The 5 % quantile.
    pub q05: f32,
    /// The 95 % quantile.
    pub q95: f32,
    /// The smallest value.
    pub min: f32,
    /// The largest value.
    pub max: f32,
    /// The mean.
    pub mean: f32,
    /// The standard deviation (divided by n, not n − 1).
    pub std: f32,
    /// The divergence from the prior, mean over codes, in nats; `None` for an encoder without variance.
    pub kl_nats: Option<f32>,
}

/// The statistics of each dimension of `mu`, [n_codes, latent_dim], with `log_var` of the same shape where
/// there is one.
///
/// KL is ½(μ² + exp(log_var) − log_var − 1), mean over codes (Kingma and Welling 2014, appendix B). Values
/// that are not finite are left out of all but the KL; a dimension with no finite value gets zeros. Panics
/// where the shapes differ.
pub fn dimension_stats(mu: ArrayView2<f32>, log_var: Option<ArrayView2<f32>>) -> Vec<DimensionStats> {
    if let Some(log_var) = log_var {
        assert_eq!(mu.dim(), log_var.dim(), "mu and log_var differ in shape");
    }
    let n_codes = mu.nrows();
    let mut values = Vec::with_capacity(n_codes);
    let mut all = Vec::with_capacity(mu.ncols());
    for (d, column) in mu.columns().into_iter().enumerate() {
        values.clear();
        values.extend(column.iter().filter(|value| value.is_finite()));
        values.sort_unstable_by(f32::total_cmp);
        let kl_nats = log_var.map(|log_var| {
            let pairs = column.iter().zip(log_var.column(d));
            let sum: f64 = pairs.map(|(m, s)| kl(*m, *s)).sum();
            (sum / n_codes.max(1) as f64) as f32
        });
        all.push(of_sorted(&values, kl_nats));
    }
    all
}

fn kl(mu: f32, log_var: f32) -> f64 {
    let (mu, log_var) = (f64::from(mu), f64::from(log_var));
    // exp_m1 keeps the digits of a posterior close to the prior, where 1 would cancel.
    0.5 * (mu * mu + log_var.exp_m1() - log_var)
}

fn of_sorted(values: &[f32], kl_nats: Option<f32>) -> DimensionStats {
    let (Some(min), Some(max)) = (values.first(), values.last()) else {
        let [q05, q95, min, max, mean, std] = [0.0; 6];
        return DimensionStats { q05, q95, min, max, mean, std, kl_nats };
    };
    let n = values.len() as f64;
    let mean = values.iter().map(|v| f64::from(*v)).sum::<f64>() / n;
    let squares = values.iter().map(|v| (f64::from(*v) - mean).powi(2));
    let variance = squares.sum::<f64>() / n;
    DimensionStats {
        q05: quantile(values, 0.05),
        q95: quantile(values, 0.95),
        min: *min,
        max: *max,
        mean: mean as f32,
        std: variance.sqrt() as f32,
        kl_nats,
    }
}

/// The row of `codes` [n_codes, latent_dim] that lies nearest to `mean`; none where no distance is a number.
pub fn nearest_row(codes: ArrayView2<f32>, mean: &[f32]) -> Option<usize> {
    let distance =
        |z: ndarray::ArrayView1<f32>| z.iter().zip(mean).map(|(z, m)| f64::from(z - m).powi(2)).sum::<f64>();
    let all = codes.rows().into_iter().map(distance).enumerate().filter(|(_, distance)| !distance.is_nan());
    all.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(row, _)| row)
}

/// The rectangle the view opens on, as x and y bounds: the points' .4 % to 99.6 % quantiles plus 5 % of that
/// on each side.
///
/// Points that are not finite are left out. The bounds are always finite and ascending: an axis without
/// extent gets ±1 around its place, and no points at all give ±3, where the prior lies.
pub fn view_bounds(points: &[[f32; 2]]) -> ([f32; 2], [f32; 2]) {
    let bounds = |axis: usize| {
        let finite = points.iter().filter(|p| p.iter().all(|c| c.is_finite()));
        let mut values: Vec<f32> = finite.map(|p| p[axis]).collect();
        values.sort_unstable_by(f32::total_cmp);
        if values.is_empty() {
            return [-3.0, 3.0];
        }
        let [lo, hi] = [0.004, 0.996].map(|q| f64::from(quantile(&values, q)));
        let margin = if hi > lo {
            0.05 * (hi - lo)
        } else {
            // Far from 0 one unit is less than f32 can hold.
            (1e-6 * lo.abs()).max(1.0)
        };
        let widest = f64::from(f32::MAX);
        [(lo - margin).max(-widest), (hi + margin).min(widest)].map(|bound| bound as f32)
    };
    (bounds(0), bounds(1))
}

/// Bounds that reach a little further at both ends, so that a curve over what they hold comes down to its
/// foot.
pub fn wider([low, high]: [f32; 2]) -> [f32; 2] {
    let more = 0.1 * (high - low);
    [low - more, high + more]
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;
    use proptest::prelude::*;

    #[test]
    fn quantile_is_linear_between_neighbours() {
        let sorted = [0.0, 10.0, 20.0, 40.0];
        assert_eq!(quantile(&sorted, 0.0), 0.0);
        assert_eq!(quantile(&sorted, 0.5), 15.0);
        assert_eq!(quantile(&sorted, 1.0), 40.0);
        assert_eq!(quantile(&[7.0], 0.3), 7.0);
        assert!(quantile(&[], 0.5).is_nan());
    }

    #[test]
    fn dimension_stats_match_hand_figures() {
        let mu = array![[1.0f32, 0.0], [3.0, 0.0], [5.0, f32::NAN], [7.0, f32::INFINITY]];
        let stats = dimension_stats(mu.view(), None);
        let first = stats[0];
        assert_eq!((first.min, first.max, first.mean), (1.0, 7.0, 4.0));
        assert!((first.std - 5f32.sqrt()).abs() < 1e-6);
        assert!((first.q05 - 1.3).abs() < 1e-6 && (first.q95 - 6.7).abs() < 1e-6);
        assert_eq!(first.kl_nats, None);
        assert_eq!((stats[1].max, stats[1].std), (0.0, 0.0));
    }

    #[test]
    fn kl_is_the_mean_in_nats() {
        let mu = array![[0.0f32, 2.0], [0.0, 0.0]];
        let log_var = array![[0.0f32, 0.0], [0.0, 1.0]];
        let stats = dimension_stats(mu.view(), Some(log_var.view()));
        assert_eq!(stats[0].kl_nats, Some(0.0));
        // Halves of (4 + 1 − 0 − 1) and (0 + e − 1 − 1), averaged.
        let expected = (2.0 + 0.5 * (std::f32::consts::E - 2.0)) / 2.0;
        let found = stats[1].kl_nats.unwrap();
        assert!((found - expected).abs() < 1e-6, "{found} {expected}");
    }

    #[test]
    fn no_codes_give_zeros() {
        let none = ndarray::Array2::<f32>::zeros((0, 2));
        let stats = dimension_stats(none.view(), Some(none.view()));
        assert_eq!(stats.len(), 2);
        assert_eq!((stats[0].q95, stats[0].kl_nats), (0.0, Some(0.0)));
    }

    #[test]
    fn the_row_nearest_to_a_place_is_found_and_broken_ones_passed_over() {
        let codes = array![[f32::NAN, 0.0], [4.0, 4.0], [1.0, 0.5], [-3.0, 0.0]];
        assert_eq!(nearest_row(codes.view(), &[0.0, 0.0]), Some(2));
        assert_eq!(nearest_row(codes.view(), &[-9.0, 0.0]), Some(3));
        assert_eq!(nearest_row(codes.slice(ndarray::s![..1, ..]), &[0.0, 0.0]), None);
    }

    #[test]
    fn view_leaves_outliers_out() {
        let mut points: Vec<[f32; 2]> = (0..=1000).map(|i| [i as f32, -(i as f32) / 10.0]).collect();
        let (x, y) = view_bounds(&points);
        assert!((x[0] + 45.6).abs() < 1e-3 && (x[1] - 1045.6).abs() < 1e-3, "{x:?}");
        assert!((y[0] + 104.56).abs() < 1e-3 && (y[1] - 4.56).abs() < 1e-3, "{y:?}");
        points.push([1e9, f32::NAN]);
        assert_eq!(view_bounds(&points), (x, y));
    }

    #[test]
    fn view_is_never_empty() {
        assert_eq!(view_bounds(&[]), ([-3.0, 3.0], [-3.0, 3.0]));
        assert_eq!(view_bounds(&[[2.0, -1.0]; 9]), ([1.0, 3.0], [-2.0, 0.0]));
    }

    proptest! {
        #[test]
        fn view_is_finite_and_ascending(points in prop::collection::vec([any::<f32>(), any::<f32>()], 0..6), same: bool) {
            let points = if same { points.iter().map(|_| points[0]).collect() } else { points };
            let (x, y) = view_bounds(&points);
            for [lo, hi] in [x, y] {
                prop_assert!(lo.is_finite() && hi.is_finite() && lo < hi, "{lo} {hi}");
            }
        }
    }
}
