//! A direction in z from the mean of some codes to the mean of others: what these have and those lack.

use ndarray::ArrayView2;

/// From one mean code to another.
#[derive(Debug, Clone, PartialEq)]
pub struct Direction {
    /// Where it begins: the mean code of those that lack it.
    pub from: Vec<f32>,
    /// The way to the mean code of those that have it.
    pub vector: Vec<f32>,
}

impl Direction {
    /// The direction from one place to another of the same length.
    pub fn between(from: Vec<f32>, to: &[f32]) -> Self {
        let vector = to.iter().zip(&from).map(|(to, from)| to - from).collect();
        Self { from, vector }
    }

    /// How far along it `z` lies, in units of the vector: 0 beside its beginning, 1 beside its end,
    /// ((z − from)·v) / (v·v); none along a vector of no length, or of another.
    pub fn share(&self, z: &[f32]) -> Option<f32> {
        if z.len() != self.vector.len() {
            return None;
        }
        let length: f64 = self.vector.iter().map(|v| f64::from(*v).powi(2)).sum();
        let ways = z.iter().zip(&self.from).zip(&self.vector);
        let along: f64 = ways.map(|((z, from), v)| f64::from(z - from) * f64::from(*v)).sum();
        (length > 0.0).then_some((along / length) as f32)
    }

    /// `z` moved along it by `units` of the vector.
    pub fn moved(&self, z: &[f32], units: f32) -> Vec<f32> {
        z.iter().zip(&self.vector).map(|(z, v)| z + units * v).collect()
    }
}

/// The mean of some rows of `codes` [n, d]; none of no rows.
pub fn mean_code(codes: ArrayView2<f32>, rows: impl Iterator<Item = usize>) -> Option<Vec<f32>> {
    let mut sums = vec![0.0f64; codes.ncols()];
    let mut n = 0u64;
    for row in rows {
        sums.iter_mut().zip(codes.row(row)).for_each(|(sum, z)| *sum += f64::from(*z));
        n += 1;
    }
    (n > 0).then(|| sums.into_iter().map(|sum| (sum / n as f64) as f32).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;
    use proptest::prelude::*;

    #[test]
    fn means_lie_at_0_and_1_and_what_is_beside_the_way_does_not_count() {
        let codes = array![[1.0, 0.0], [3.0, 0.0], [2.0, 4.0], [2.0, 8.0]];
        let mean = |rows: [usize; 2]| mean_code(codes.view(), rows.into_iter()).unwrap();
        assert_eq!(mean_code(codes.view(), std::iter::empty()), None);
        let direction = Direction::between(mean([0, 1]), &mean([2, 3]));
        assert_eq!(direction, Direction { from: vec![2.0, 0.0], vector: vec![0.0, 6.0] });
        assert_eq!(
            [[7.0, 0.0], [-5.0, 6.0], [2.0, -3.0]].map(|z| direction.share(&z)),
            [0.0, 1.0, -0.5].map(Some)
        );
        assert_eq!(direction.share(&[1.0]), None);
        assert_eq!(Direction::between(vec![1.0], &[1.0]).share(&[3.0]), None);
    }

    proptest! {
        #[test]
        fn a_move_changes_the_share_and_nothing_else(
            from in prop::collection::vec(-3.0f32..3.0, 5), to in prop::collection::vec(-3.0f32..3.0, 5),
            z in prop::collection::vec(-3.0f32..3.0, 5), units in -2.0f32..2.0
        ) {
            let direction = Direction::between(from, &to);
            prop_assume!(direction.vector.iter().map(|v| v * v).sum::<f32>() > 0.5);
            let moved = direction.moved(&z, units);
            let (before, after) = (direction.share(&z).unwrap(), direction.share(&moved).unwrap());
            prop_assert!((after - before - units).abs() < 1e-3, "{before} {after} {units}");
            // What is left of both without the share is the same.
            for ((z, moved), v) in z.iter().zip(&moved).zip(&direction.vector) {
                prop_assert!((z - before * v - (moved - after * v)).abs() < 1e-2);
            }
        }
    }
}
