//! A table that the user draws: points sprayed on an empty plane, in classes.

use super::split::test_indices;
use super::{DataError, DataSplit, Dataset, Labels, SampleKind, Values};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Parts of a unit that places are kept in.
const PARTS: f32 = 1000.0;
/// Farthest from the middle that a point may lie along either axis, in units.
const FARTHEST: f32 = 100.0;
/// Fewest points that are a table to learn from.
const FEWEST: usize = 10;
/// Share of each class that is kept to test with.
const TEST_SHARE: f64 = 0.2;

/// A point: x and y in thousandths of a unit, and its class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrawnPoint(i32, i32, u8);

impl DrawnPoint {
    /// A point of a class, as near to a place as can be kept.
    pub fn new(at: [f32; 2], class: u8) -> Self {
        let [x, y] = at.map(|at| (at.clamp(-FARTHEST, FARTHEST) * PARTS).round() as i32);
        Self(x, y, class)
    }

    /// Where it lies.
    pub const fn place(self) -> [f32; 2] {
        [self.0 as f32 / PARTS, self.1 as f32 / PARTS]
    }

    /// Its class.
    pub const fn class(self) -> u8 {
        self.2
    }
}

/// Points drawn by hand; cheap to clone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ByHand(Arc<[DrawnPoint]>);

impl ByHand {
    /// Classes that there may be.
    pub const MAX_CLASSES: u8 = 10;
    /// Most points.
    pub const MAX_POINTS: usize = 20_000;

    /// The points in the order in which they were drawn.
    pub fn points(&self) -> &[DrawnPoint] {
        &self.0
    }

    /// These and more, as many as there may be.
    pub fn with(&self, more: impl IntoIterator<Item = DrawnPoint>) -> Self {
        Self(self.0.iter().copied().chain(more).take(Self::MAX_POINTS).collect())
    }

    /// These but for those that lie within `radius` of a place.
    pub fn without(&self, at: [f32; 2], radius: f32) -> Self {
        let is_left = |point: &DrawnPoint| {
            let [x, y] = point.place();
            (x - at[0]).hypot(y - at[1]) > radius
        };
        Self(self.0.iter().copied().filter(is_left).collect())
    }

    /// Whether they could have been drawn.
    pub fn is_sound(&self) -> bool {
        let most = (FARTHEST * PARTS) as i32;
        let is_one = |DrawnPoint(x, y, class): &DrawnPoint| {
            (-most..=most).contains(x) && (-most..=most).contains(y) && *class < Self::MAX_CLASSES
        };
        self.0.len() <= Self::MAX_POINTS && self.0.iter().all(is_one)
    }

    /// The table of two columns that they are, labelled where there are several classes, in two parts.
    pub fn table(&self) -> Result<DataSplit, DataError> {
        let n = self.0.len();
        if n < FEWEST || !self.is_sound() {
            return Err(DataError::Mismatch(format!(
                "{n} points are drawn; draw {FEWEST} to {}, no farther than {FARTHEST} from the middle",
                Self::MAX_POINTS
            )));
        }
        let values: Vec<f32> = self.0.iter().flat_map(|point| point.place()).collect();
        let n_classes = self.0.iter().map(|point| usize::from(point.class()) + 1).max().unwrap_or(1);
        let labels = (n_classes > 1).then(|| Labels {
            names: (1..=n_classes).map(|class| class.to_string()).collect(),
            of: self.0.iter().map(|point| u16::from(point.class())).collect(),
        });
        let kind = SampleKind::table(["x", "y"]);
        let all = Dataset::new(kind, Values::Floats(values.into()), labels, Vec::new())?;
        let of: Vec<i64> = self.0.iter().map(|point| i64::from(point.class())).collect();
        let is_test = test_indices(n, Some(&of), TEST_SHARE);
        let part = |test: bool| {
            let chosen = (0..n as u32).filter(|&idx| is_test[idx as usize] == test);
            all.select(&chosen.collect::<Vec<u32>>())
        };
        Ok(DataSplit::new("Drawn by hand".into(), part(false)?, part(true)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(n: usize, n_classes: u8) -> ByHand {
        let point = |i: usize| DrawnPoint::new([i as f32 * 0.25, -(i as f32)], (i % usize::from(n_classes)) as u8);
        ByHand::default().with((0..n).map(point))
    }

    #[test]
    fn points_are_a_table_of_two_columns_in_two_parts() {
        let split = drawn(50, 2).table().unwrap();
        assert_eq!((split.train.n_samples(), split.test.n_samples()), (40, 10));
        assert_eq!(split.train.kind().drawable_columns().unwrap(), ["x", "y"]);
        assert_eq!(split.train.classes(), ["1", "2"]);
        let mut x = ndarray::Array2::zeros((40, 2));
        split.train.gather(&(0..40).collect::<Vec<u32>>(), &mut x);
        assert!(x.rows().into_iter().all(|row| row[1] == -4.0 * row[0]));
        assert!(drawn(50, 1).table().unwrap().train.labels().is_none(), "one class says nothing");
        // Of each class a fifth, however few are of it.
        let point = |i: u8| DrawnPoint::new([f32::from(i), 0.0], if i < 60 { 0 } else { 1 + i % 2 });
        let uneven = ByHand::default().with((0..100).map(point)).table().unwrap();
        let of = &uneven.test.labels().unwrap().of;
        assert_eq!([0, 1, 2].map(|class| of.iter().filter(|of| **of == class).count()), [12, 4, 4]);
        let error = drawn(9, 1).table().unwrap_err().to_string();
        assert!(error.contains("9 points are drawn; draw 10"), "{error}");
    }

    #[test]
    fn points_survive_writing_and_what_could_not_be_drawn_is_none() {
        let points = drawn(12, 3);
        let text = serde_json::to_string(&points).unwrap();
        assert!(text.starts_with("[[0,0,0],[250,-1000,1],"), "{text}");
        assert_eq!(serde_json::from_str::<ByHand>(&text).unwrap(), points);
        assert!(points.is_sound());
        for wrong in ["[[100001,0,0]]", "[[0,-100001,0]]", "[[0,0,10]]", "[[-2147483648,0,0]]"] {
            assert!(!serde_json::from_str::<ByHand>(wrong).unwrap().is_sound(), "{wrong}");
        }
        assert_eq!(points.without([0.25, -1.0], 0.5).points().len(), 11);
        assert_eq!(points.with(drawn(30_000, 1).points().iter().copied()).points().len(), ByHand::MAX_POINTS);
    }
}
