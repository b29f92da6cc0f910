//! Which samples are unlike the others: by how badly they are reconstructed, how improbable the model finds
//! them, how rare their codes are, and how far they lie from their neighbours.
//!
//! The mean distance to the k nearest (Angiulli and Pizzuti 2002, "Fast outlier detection in high dimensional
//! spaces") stands for how alone a sample is. Rarity is the same thought in the space of the codes, in which
//! a density can be told: by k neighbours within r_k it is proportional to 1 / r_k^n in n dimensions
//! (Loftsgaarden and Quesenberry 1965), so that a code is 10^x times rarer than the usual one with
//! x = n log₁₀(r_k / median r_k).

use super::encode;
use super::errors::each_error;
use super::find::{Ranking, beside_itself};
use super::log_p::each_log_p;
use crate::data::{Cancel, Dataset};
use crate::latent::nearest::nearest_codes;
use crate::model::FrozenModel;
use ndarray::ArrayView2;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Draws that the ln p(x) of a sample is weighted from.
const DRAWS: usize = 32;
/// The least that a radius counts as, as a share of the usual one: codes that are equal are not infinitely
/// dense.
const LEAST: f64 = 1e-6;

/// What a sample is outlying by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutlierScore {
    /// Its error of reconstruction.
    #[default]
    Reconstruction,
    /// ln p(x): the less probable, the more.
    LogP,
    /// How many times rarer its code is than the usual one, in tens.
    Rarity,
    /// How far its k nearest neighbours lie, by its features.
    Neighbours,
    /// Cook's distance in a regression.
    Cook,
}

/// Samples and how outlying they are.
#[derive(Clone, Debug, PartialEq)]
pub struct Outliers {
    /// One a sample; none where there is no number, for the sample alone decides what it is held against.
    pub of: Vec<Option<f64>>,
    /// The samples, the most outlying first; those without a number before all, of equal ones in their order.
    pub order: Vec<u32>,
}

impl Outliers {
    /// Of values, of which the largest are outlying, or the least.
    pub fn new(of: Vec<Option<f64>>, is_least: bool) -> Self {
        let mut order: Vec<u32> = (0..of.len() as u32).collect();
        let key = |sample: u32| match of[sample as usize] {
            Some(value) if is_least => -value,
            Some(value) => value,
            None => f64::INFINITY,
        };
        order.sort_by(|&a, &b| key(b).total_cmp(&key(a)));
        Self { of, order }
    }
}

/// All samples by a score that needs no regression; none where the model cannot tell, where there are fewer
/// than two samples, or if cancelled. Without a model only neighbours can be looked at.
///
/// `k` are the neighbours that are looked at, or all others where there are fewer. Runs on the surrounding
/// pool.
pub fn outliers(
    by: OutlierScore,
    model: Option<&dyn FrozenModel>,
    data: &Dataset,
    k: usize,
    cancel: &Cancel,
) -> Option<Outliers> {
    let is_cancelled = || cancel.is_set();
    let k = k.min(data.n_samples() - 1).max(1);
    if data.n_samples() < 2 {
        return None;
    }
    let of: Vec<f64> = match by {
        OutlierScore::Reconstruction => {
            each_error(model?, data, &is_cancelled)?.into_iter().map(f64::from).collect()
        }
        OutlierScore::LogP => {
            let found = each_log_p(model?, data, usize::MAX, DRAWS, &is_cancelled)?;
            found.into_iter().map(|(_, log_p)| log_p).collect()
        }
        OutlierScore::Rarity => {
            let all: Vec<u32> = (0..data.n_samples() as u32).collect();
            let codes = encode(model?, data, &all, &is_cancelled)?;
            rarity(codes.mu.view(), k, cancel)?
        }
        OutlierScore::Neighbours => {
            let scaling = model.and_then(|model| model.info().scaling.as_ref());
            let ranking = Ranking::by_features(data, scaling, cancel)?;
            let distances = ranking.distances_within(data, k, cancel)?;
            distances
                .iter()
                .map(|of| of.iter().copied().map(f64::from).sum::<f64>() / of.len().max(1) as f64)
                .collect()
        }
        OutlierScore::Cook => return None,
    };
    Some(Outliers::new(of.into_iter().map(Some).collect(), by == OutlierScore::LogP))
}

/// How many times rarer each code is than the usual one, in tens; none if cancelled.
fn rarity(mu: ArrayView2<f32>, k: usize, cancel: &Cancel) -> Option<Vec<f64>> {
    let radius = |row: usize| {
        let z = (!cancel.is_set()).then(|| mu.row(row).to_vec())?;
        let found = nearest_codes(mu, &z, k + 1).into_iter().map(|(row, far)| (row as u32, far)).collect();
        beside_itself(row as u32, found, k).last().copied().map(f64::from)
    };
    let radii: Vec<f64> = (0..mu.nrows()).into_par_iter().map(radius).collect::<Option<_>>()?;
    let mut sorted = radii.clone();
    sorted.sort_by(f64::total_cmp);
    let usual = sorted.get(sorted.len() / 2).copied().filter(|usual| *usual > 0.0).unwrap_or(f64::MIN_POSITIVE);
    let n = mu.ncols() as f64;
    Some(radii.into_iter().map(|r| n * (r / usual).max(LEAST).log10()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{SampleKind, Values};
    use ndarray::Array2;

    /// A row of points a step apart, and one far off.
    fn table() -> Dataset {
        let values: Vec<f32> = (0..30).flat_map(|i| [i as f32, 0.0]).chain([10.0, 40.0]).collect();
        Dataset::new(SampleKind::row(2), Values::Floats(values.into()), None, vec![]).unwrap()
    }

    #[test]
    fn who_is_alone_comes_first_with_the_mean_distance_to_its_neighbours() {
        let data = table();
        let found = outliers(OutlierScore::Neighbours, None, &data, 2, &Cancel::default()).unwrap();
        assert_eq!(found.order[0], 30);
        let want = (40.0 + 40.0f64.hypot(1.0)) / 2.0;
        assert!((found.of[30].unwrap() - want).abs() < 1e-4, "{:?}", found.of[30]);
        assert_eq!((found.of[5], found.of[0]), (Some(1.0), Some(1.5)), "not itself");
        // Beside a model that scales its samples they are as far apart as it sees them.
        let pca = crate::model::ModelSpec::of_kind("pca").unwrap().check(data.kind(), &[]).unwrap();
        let halved = crate::data::Scaling::standard(2, 0.0, 2.0).unwrap();
        let model = crate::model::scaled(pca.frozen(None).unwrap(), Some(&halved));
        let seen = outliers(OutlierScore::Neighbours, Some(&*model), &data, 2, &Cancel::default()).unwrap();
        assert!((seen.of[30].unwrap() - 0.5 * want).abs() < 1e-4, "{:?}", seen.of[30]);
        let all = outliers(OutlierScore::Neighbours, None, &data, 500, &Cancel::default()).unwrap();
        assert_eq!(all.order[0], 30, "all others are neighbours where there are fewer");
        let given_up = Cancel::default();
        given_up.set();
        assert!(outliers(OutlierScore::Neighbours, None, &data, 2, &given_up).is_none());
        assert!(
            outliers(OutlierScore::Rarity, None, &data, 2, &Cancel::default()).is_none(),
            "there are no codes"
        );
    }

    #[test]
    fn pictures_are_as_far_apart_as_other_numbers() {
        let kind = SampleKind::square(1, 2);
        let bytes: Vec<u8> = (0..40).flat_map(|i| [i, 2 * i, 255 - i, 7]).collect();
        let floats: Vec<f32> = bytes.iter().map(|&byte| f32::from(byte) / 255.0).collect();
        let pictures = Dataset::new(kind, Values::Bytes(bytes.into()), None, vec![]).unwrap();
        let rows = Dataset::new(SampleKind::row(4), Values::Floats(floats.into()), None, vec![]).unwrap();
        let of = |data| outliers(OutlierScore::Neighbours, None, data, 3, &Cancel::default()).unwrap().of;
        for (picture, row) in of(&pictures).into_iter().zip(of(&rows)) {
            assert!((picture.unwrap() - row.unwrap()).abs() < 1e-3, "{picture:?} {row:?}");
        }
    }

    #[test]
    fn rarity_counts_in_tens_and_equal_codes_are_not_infinitely_dense() {
        let mu = Array2::from_shape_fn((21, 2), |(i, axis)| match (i, axis) {
            (20, 0) => 109.0,
            (_, 0) => i as f32,
            _ => 0.0,
        });
        let found = rarity(mu.view(), 1, &Cancel::default()).unwrap();
        // 90 times as far in two dimensions.
        assert!((found[20] - 2.0 * 90.0f64.log10()).abs() < 1e-6, "{}", found[20]);
        assert_eq!(found[3], 0.0);
        let found = rarity(mu.view(), 2, &Cancel::default()).unwrap();
        assert!((found[20] - 2.0 * 91.0f64.log10()).abs() < 1e-6, "the second nearest counts: {}", found[20]);
        let same = Array2::zeros((5, 2));
        assert!(rarity(same.view(), 2, &Cancel::default()).unwrap().iter().all(|rarity| rarity.is_finite()));
    }

    #[test]
    fn the_least_probable_come_first_and_who_has_no_number_before_all() {
        let found = Outliers::new(vec![Some(-3.0), Some(-9.0), Some(-1.0)], true);
        assert_eq!(found.order, [1, 0, 2]);
        let found = Outliers::new(vec![Some(0.5), None, Some(2.0)], false);
        assert_eq!(found.order, [1, 2, 0]);
    }
}
