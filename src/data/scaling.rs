//! Columns brought to one scale before they are learned from, and back to their own units afterwards.
//!
//! Columns of a table have units of their own, and a squared error in thousands of dollars would drown one in
//! grams. A scaling is fitted on the training samples alone and belongs to the model: x ↦ (x − shift) /
//! scale, column by column.

use super::Dataset;
use ndarray::ArrayViewMut2;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How a scaling is fitted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScalingRule {
    /// Values as they are.
    #[default]
    None,
    /// From the least to the greatest training value, to [0, 1].
    Unit,
    /// By mean and standard deviation (the population's, divided by n) of the training samples.
    Standard,
}

/// A change of scale of every column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scaling {
    rule: ScalingRule,
    shift: Arc<[f32]>,
    scale: Arc<[f32]>,
}

impl Scaling {
    /// The scaling that `rule` makes of training samples; none where values stay as they are.
    ///
    /// A column that never changes keeps the scale 1. Panics for sentences, which have no columns.
    pub fn fit(rule: ScalingRule, train: &Dataset) -> Option<Self> {
        let (shift, scale): (Vec<f64>, Vec<f64>) = match rule {
            ScalingRule::None => return None,
            ScalingRule::Unit => {
                let mut range = vec![(f64::INFINITY, f64::NEG_INFINITY); train.n_features()];
                each(train, |column, value| {
                    range[column] = (range[column].0.min(value), range[column].1.max(value));
                });
                range.into_iter().map(|(low, high)| (low, high - low)).unzip()
            }
            ScalingRule::Standard => {
                let n = train.n_samples() as f64;
                let (mut sums, mut squares) = (vec![0.0; train.n_features()], vec![0.0; train.n_features()]);
                each(train, |column, value| sums[column] += value);
                let means: Vec<f64> = sums.into_iter().map(|sum| sum / n).collect();
                // Around the mean in a second pass: Σx² − n·m² would lose the digits of a column far from
                // zero.
                each(train, |column, value| squares[column] += (value - means[column]).powi(2));
                let deviations = squares.into_iter().map(|square| (square / n).sqrt());
                means.into_iter().zip(deviations).unzip()
            }
        };
        let scale = scale.into_iter().zip(&shift).map(|(scale, shift)| {
            // What rounding alone leaves of a column that never changes is no spread.
            let is_constant = scale <= 1e-9 * shift.abs() || (scale as f32) < f32::MIN_POSITIVE;
            if is_constant { 1.0 } else { scale as f32 }
        });
        let scale = scale.collect();
        Some(Self { rule, shift: shift.into_iter().map(|shift| shift as f32).collect(), scale })
    }

    /// The scaling x ↦ (x − mean) / deviation of `n_features` columns alike, as files from elsewhere ask for;
    /// none where the deviation is not above 0.
    pub fn standard(n_features: usize, mean: f32, deviation: f32) -> Option<Self> {
        let (shift, scale) = (vec![mean; n_features].into(), vec![deviation; n_features].into());
        Some(Self { rule: ScalingRule::Standard, shift, scale }).filter(|scaling| scaling.is_valid(n_features))
    }

    /// How it was fitted.
    pub fn rule(&self) -> ScalingRule {
        self.rule
    }

    /// What is taken away from each column first.
    pub fn shift(&self) -> &[f32] {
        &self.shift
    }

    /// What each column is divided by then.
    pub fn scale(&self) -> &[f32] {
        &self.scale
    }

    /// Whether it scales samples of `n_features`, by finite numbers of which no scale is zero or less.
    pub fn is_valid(&self, n_features: usize) -> bool {
        let usable = |scale: &f32| scale.is_finite() && *scale > 0.0;
        self.rule != ScalingRule::None
            && self.shift.len() == n_features
            && self.scale.len() == n_features
            && self.shift.iter().all(|shift| shift.is_finite())
            && self.scale.iter().all(usable)
    }

    /// A number that tells it from most others, to recognise what was drawn by it.
    pub fn stamp(&self) -> u64 {
        let bits = self.shift.iter().chain(self.scale.iter()).map(|value| u64::from(value.to_bits()));
        bits.fold(0, |stamp, bits| (stamp ^ bits).wrapping_mul(0x0100_0000_01b3))
    }

    /// Brings `x` [n, features] from the data's units to the model's.
    pub fn apply(&self, mut x: ArrayViewMut2<'_, f32>) {
        for mut row in x.rows_mut() {
            row.iter_mut().enumerate().for_each(|(column, x)| *x = self.scaled(column, *x));
        }
    }

    /// Brings `x` [n, features] from the model's units back to the data's.
    pub fn undo(&self, mut x: ArrayViewMut2<'_, f32>) {
        for mut row in x.rows_mut() {
            row.iter_mut()
                .zip(self.shift.iter().zip(self.scale.iter()))
                .for_each(|(x, (shift, scale))| *x = *x * scale + shift);
        }
    }

    /// One value of a column in the model's units.
    pub fn scaled(&self, column: usize, x: f32) -> f32 {
        (x - self.shift[column]) / self.scale[column]
    }

    /// ln |d scaled / dx| of a sample, in nats: what a density over the model's units gains in the data's
    /// own.
    pub fn log_volume(&self) -> f64 {
        -self.scale.iter().map(|scale| f64::from(*scale).ln()).sum::<f64>()
    }
}

/// Calls `visit` with the column and value of everything in `data`.
fn each(data: &Dataset, mut visit: impl FnMut(usize, f64)) {
    for (_, x) in data.chunks(data.chunk_size()) {
        x.indexed_iter().for_each(|((_, column), &value)| visit(column, f64::from(value)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{SampleKind, Values};
    use ndarray::{Array1, Array2, Axis, array};
    use proptest::prelude::*;

    fn table(rows: &Array2<f32>) -> Dataset {
        let names = (0..rows.ncols()).map(|column| format!("c{column}")).collect();
        Dataset::new(SampleKind::Vector { names }, Values::Floats(rows.iter().copied().collect()), None, vec![])
            .unwrap()
    }

    #[test]
    fn standardised_columns_have_mean_zero_and_deviation_one() {
        // A column far from zero, one that never changes, one of a few values.
        let rows = Array2::from_shape_fn((3000, 3), |(i, column)| match column {
            0 => 1000.0 + (i % 7) as f32,
            1 => 0.1,
            _ => (i % 2) as f32,
        });
        let scaling = Scaling::fit(ScalingRule::Standard, &table(&rows)).unwrap();
        let mut x = rows.clone();
        scaling.apply(x.view_mut());
        let (mean, deviation) = (x.mean_axis(Axis(0)).unwrap(), x.std_axis(Axis(0), 0.0));
        assert!(mean.iter().all(|mean| mean.abs() < 1e-3), "{mean}");
        assert!((deviation - Array1::from(vec![1.0, 0.0, 1.0])).iter().all(|off| off.abs() < 1e-3));
        assert_eq!(scaling.scaled(2, 1.0), 1.0);
        assert!((scaling.log_volume() - -(2.0f64.ln() + 0.5f64.ln())).abs() < 1e-3, "{}", scaling.log_volume());
    }

    #[test]
    fn unit_columns_run_from_zero_to_one_and_none_stay() {
        let rows = array![[2.0, -5.0], [4.0, 5.0], [3.0, 0.0]];
        let mut x = rows.clone();
        Scaling::fit(ScalingRule::Unit, &table(&rows)).unwrap().apply(x.view_mut());
        assert_eq!(x, array![[0.0, 0.0], [1.0, 1.0], [0.5, 0.5]]);
        assert_eq!(Scaling::fit(ScalingRule::None, &table(&rows)), None);
    }

    #[test]
    fn what_a_file_says_is_checked() {
        let of = |shift: &[f32], scale: &[f32]| Scaling {
            rule: ScalingRule::Unit,
            shift: shift.into(),
            scale: scale.into(),
        };
        assert!(of(&[0.0, 1.0], &[1.0, 2.0]).is_valid(2));
        for bad in [of(&[0.0], &[1.0]), of(&[0.0, f32::NAN], &[1.0, 1.0]), of(&[0.0, 0.0], &[1.0, 0.0])] {
            assert!(!bad.is_valid(2), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn undone_is_as_before(values in proptest::collection::vec(-1e6f32..1e6, 12)) {
            let rows = Array2::from_shape_vec((4, 3), values).unwrap();
            for rule in [ScalingRule::Unit, ScalingRule::Standard] {
                let scaling = Scaling::fit(rule, &table(&rows)).unwrap();
                prop_assert!(scaling.is_valid(3));
                let mut x = rows.clone();
                scaling.apply(x.view_mut());
                scaling.undo(x.view_mut());
                let widest = rows.iter().fold(1.0f32, |most, x| most.max(x.abs()));
                prop_assert!((&x - &rows).iter().all(|off| off.abs() <= 1e-5 * widest), "{} {}", x, rows);
            }
        }
    }
}
