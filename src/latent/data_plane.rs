//! A plane of the data: two of their columns across and up, or one alone.
//!
//! Columns have units of their own, so that equal scales on both axes may show a line where there is a
//! cloud. Plot coordinates then count the column upwards in other units, a round number of them.

use super::stats::view_bounds;

/// Which columns run across and up, and in which units they are drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DataPlane {
    /// The columns; the same one twice is a line.
    pub columns: [usize; 2],
    /// Plot units for one unit of each.
    pub units: [f32; 2],
}

/// Up to this ratio of their spreads columns share one scale: a shape keeps its proportions.
const ALIKE: f32 = 4.0;
/// Spreads that are drawn in the column's own unit: a view tells smaller and larger ones no longer apart.
const USUAL: std::ops::RangeInclusive<f32> = 0.01..=1e4;

impl DataPlane {
    /// The plane of two columns whose values are `points`: with one scale for both, unless they spread very
    /// differently.
    pub fn of(columns: [usize; 2], points: &[[f32; 2]]) -> Self {
        let ([left, right], [low, high]) = view_bounds(points);
        let (width, height) = (right - left, high - low);
        let across = if USUAL.contains(&width) || width <= 0.0 { 1.0 } else { round(10.0 / width) };
        let ratio = width / height;
        let is_alike = (1.0 / ALIKE..=ALIKE).contains(&ratio) || !ratio.is_finite() || ratio <= 0.0;
        Self { columns, units: [across, if is_alike { across } else { across * round(ratio) }] }
    }

    /// Whether one column is drawn alone.
    pub const fn is_line(&self) -> bool {
        self.columns[0] == self.columns[1]
    }

    /// Where values of the two columns lie, in plot coordinates; one column alone lies along a line.
    pub const fn plot(&self, [across, up]: [f32; 2]) -> [f32; 2] {
        [across * self.units[0], if self.is_line() { 0.0 } else { up * self.units[1] }]
    }

    /// The values of the two columns at plot coordinates.
    pub const fn values(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        [x / self.units[0], y / self.units[1]]
    }

    /// Where a whole sample lies, in plot coordinates.
    pub fn place(&self, sample: ndarray::ArrayView1<'_, f32>) -> [f32; 2] {
        self.plot(self.columns.map(|column| sample[column]))
    }
}

/// The nearest of 1, 2 and 5 times a power of ten.
fn round(ratio: f32) -> f32 {
    let ten = 10f32.powf(ratio.log10().floor());
    let off = |step: &f32| (ratio / (step * ten)).ln().abs();
    let steps = [1.0, 2.0, 5.0, 10.0];
    steps.into_iter().min_by(|a, b| off(a).total_cmp(&off(b))).unwrap_or(1.0) * ten
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cloud(width: f32, height: f32) -> Vec<[f32; 2]> {
        (0..=100).map(|i| [width * i as f32 / 100.0, height * (i * 37 % 101) as f32 / 100.0]).collect()
    }

    #[test]
    fn columns_of_one_size_keep_their_proportions_and_others_fill_the_plane() {
        assert_eq!(DataPlane::of([0, 1], &cloud(3.0, 1.0)).units, [1.0; 2]);
        assert_eq!(DataPlane::of([0, 1], &cloud(4.0, 1400.0)).units, [1.0, 0.002]);
        assert_eq!(DataPlane::of([0, 1], &cloud(900.0, 1.0)).units, [1.0, 1000.0]);
        assert_eq!(DataPlane::of([0, 1], &cloud(1.0, 0.0)).units, [1.0; 2]);
        let [across, up] = DataPlane::of([0, 1], &cloud(2e7, 3e7)).units;
        assert!(across == up && (1.0..100.0).contains(&(2e7 * across)), "{across}");
    }

    #[test]
    fn values_and_places_are_inverse() {
        let plane = DataPlane { columns: [2, 0], units: [10.0, 0.002] };
        let sample = ndarray::array![1400.0, 7.0, 3.0];
        let place = plane.place(sample.view());
        assert_eq!(place[0], 30.0);
        let back = plane.values(place);
        assert!((back[0] - 3.0).abs() < 1e-6 && (back[1] - 1400.0).abs() < 1e-3, "{back:?}");
        assert!(!plane.is_line());
        let line = DataPlane { columns: [1, 1], units: [1.0; 2] };
        assert!(line.is_line() && line.place(sample.view()) == [7.0, 0.0]);
    }
}
