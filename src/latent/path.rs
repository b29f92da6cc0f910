//! A walk from one code to another: straight, along the arc between them, or by a way that was worked out.

use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How a path runs between its ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Walk {
    /// Straight: (1 − t)·a + t·b.
    Linear,
    /// Along the arc (Shoemake 1985; White 2016 for codes): the length of z stays between those of the ends.
    Spherical,
    /// From code to code, each among the next one's nearest.
    Neighbours,
    /// Where the decoded sample changes least.
    Geodesic,
}

impl Walk {
    /// All of them, with their names.
    pub const ALL: [(Self, &str); 4] = [
        (Self::Linear, "Linear"),
        (Self::Spherical, "Spherical"),
        (Self::Neighbours, "k-NN"),
        (Self::Geodesic, "Geodesic"),
    ];

    /// As it is written in a command.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Linear => "linear",
            Self::Spherical => "slerp",
            Self::Neighbours => "knn",
            Self::Geodesic => "geodesic",
        }
    }

    /// Whether its way does not follow from its ends, and must be worked out.
    pub const fn is_worked_out(self) -> bool {
        matches!(self, Self::Neighbours | Self::Geodesic)
    }
}

/// A path with its ends and the number of pictures along it.
#[derive(Debug, Clone, PartialEq)]
pub struct PathSpec {
    /// Where it starts, of length latent_dim.
    pub from: Vec<f32>,
    /// Where it ends, of the same length.
    pub to: Vec<f32>,
    /// Codes along it, both ends among them; at least 2.
    pub steps: usize,
    /// How it runs.
    pub walk: Walk,
    /// The codes that it runs through at even steps of t [pieces + 1, latent_dim], both ends among them; none
    /// for one that follows from its ends, or while its way is not known, which is walked straight.
    pub way: Option<Arc<Array2<f32>>>,
}

/// Below this sine of the angle between the ends an arc cannot be told from a line (or runs anywhere).
const MIN_SINE: f64 = 1e-4;

impl PathSpec {
    /// The code at `t`, 0 at the start and 1 at the end, where it is the very end given.
    ///
    /// A spherical path whose ends lie in one line with 0 (or at 0) has no arc and is walked straight.
    pub fn at(&self, t: f32) -> Vec<f32> {
        if t <= 0.0 {
            return self.from.clone();
        }
        if t >= 1.0 {
            return self.to.clone();
        }
        if let Some(way) = self.way.as_ref().filter(|way| way.nrows() > 1) {
            let at = t * (way.nrows() - 1) as f32;
            let (before, share) = ((at as usize).min(way.nrows() - 2), at.fract());
            let pairs = way.row(before).into_iter().zip(way.row(before + 1));
            return pairs.map(|(a, b)| a + share * (b - a)).collect();
        }
        let (a, b) = self.weights(f64::from(t));
        self.from
            .iter()
            .zip(&self.to)
            .map(|(&from, &to)| (a * f64::from(from) + b * f64::from(to)) as f32)
            .collect()
    }

    /// Whether all is known of how it runs: the way of a walk that must be worked out too.
    pub const fn is_known(&self) -> bool {
        self.way.is_some() || !self.walk.is_worked_out()
    }

    /// Weights of start and end at `t`.
    fn weights(&self, t: f64) -> (f64, f64) {
        let straight = (1.0 - t, t);
        if self.walk != Walk::Spherical {
            return straight;
        }
        let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
        let lengths = (dot(&self.from, &self.from) * dot(&self.to, &self.to)).sqrt();
        let cosine = (dot(&self.from, &self.to) / lengths).clamp(-1.0, 1.0);
        let angle = cosine.acos();
        // NaN, where an end is 0, is not larger either.
        if angle.sin() > MIN_SINE {
            (((1.0 - t) * angle).sin() / angle.sin(), (t * angle).sin() / angle.sin())
        } else {
            straight
        }
    }

    /// The codes of all steps [steps, latent_dim], from start to end.
    pub fn codes(&self) -> Array2<f32> {
        let mut codes = Array2::zeros((self.steps, self.from.len()));
        for (step, mut row) in codes.rows_mut().into_iter().enumerate() {
            for (to, from) in row.iter_mut().zip(self.at(self.t_of(step))) {
                *to = from;
            }
        }
        codes
    }

    /// Where a step lies, 0 to 1.
    pub fn t_of(&self, step: usize) -> f32 {
        step as f32 / (self.steps.max(2) - 1) as f32
    }

    /// The step nearest to `t`.
    pub fn step_at(&self, t: f32) -> usize {
        (t.clamp(0.0, 1.0) * (self.steps.max(2) - 1) as f32).round() as usize
    }
}

/// Codes at even lengths on the line through the rows of `way` [rows, latent_dim], both ends among them
/// [`pieces` + 1, latent_dim], where `lengths` says how long it is up to each row, from 0.
pub(super) fn at_even_lengths(way: ArrayView2<f32>, lengths: &[f64], pieces: usize) -> Array2<f32> {
    let last = way.nrows() - 1;
    Array2::from_shape_fn((pieces + 1, way.ncols()), |(i, d)| {
        let at = lengths[last] * i as f64 / pieces as f64;
        let before = lengths.partition_point(|length| *length <= at).clamp(1, last.max(1)) - 1;
        let after = (before + 1).min(last);
        let (low, high) = (lengths[before], lengths[after]);
        let share = if high > low { ((at - low) / (high - low)).clamp(0.0, 1.0) as f32 } else { 0.0 };
        way[[before, d]] + share * (way[[after, d]] - way[[before, d]])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn length(z: &[f32]) -> f32 {
        z.iter().map(|z| z * z).sum::<f32>().sqrt()
    }

    #[test]
    fn a_quarter_turn_goes_through_its_middle() {
        let path =
            PathSpec { from: vec![2.0, 0.0], to: vec![0.0, 2.0], steps: 3, walk: Walk::Spherical, way: None };
        let half = path.at(0.5);
        assert!((half[0] - 2f32.sqrt()).abs() < 1e-6 && (half[1] - 2f32.sqrt()).abs() < 1e-6);
        assert_eq!(PathSpec { walk: Walk::Linear, ..path }.at(0.5), [1.0, 1.0]);
    }

    #[test]
    fn ends_without_an_arc_are_joined_straight() {
        for (from, to) in [([0.0, 0.0], [1.0, 1.0]), ([1.0, 1.0], [2.0, 2.0]), ([1.0, 0.0], [-1.0, 0.0])] {
            let path = PathSpec { from: from.into(), to: to.into(), steps: 5, walk: Walk::Spherical, way: None };
            assert_eq!(path.codes(), PathSpec { walk: Walk::Linear, ..path }.codes());
        }
    }

    #[test]
    fn a_way_that_was_worked_out_is_walked_through_its_codes() {
        let way = ndarray::array![[0.0, 0.0], [2.0, 0.0], [2.0, 4.0]];
        let ends = [vec![0.0, 0.0], vec![2.0, 4.0]];
        let [from, to] = ends;
        let path = PathSpec { from, to, steps: 5, walk: Walk::Geodesic, way: Some(Arc::new(way)) };
        assert_eq!([path.at(0.0), path.at(0.25), path.at(0.5)], [[0.0, 0.0], [1.0, 0.0], [2.0, 0.0]]);
        assert_eq!([path.at(0.75), path.at(1.0)], [[2.0, 2.0], [2.0, 4.0]]);
        assert_eq!(PathSpec { way: None, ..path }.at(0.5), [1.0, 2.0], "straight until it is known");
    }

    proptest! {
        #[test]
        fn both_walks_keep_their_ends_and_the_arc_keeps_lengths_between(
            from in proptest::collection::vec(-4.0f32..4.0, 3), to in proptest::collection::vec(-4.0f32..4.0, 3),
            steps in 2usize..=33
        ) {
            for walk in [Walk::Linear, Walk::Spherical] {
                let path = PathSpec { from: from.clone(), to: to.clone(), steps, walk, way: None };
                let codes = path.codes();
                prop_assert_eq!(codes.row(0).to_vec(), from.clone());
                prop_assert_eq!(codes.row(steps - 1).to_vec(), to.clone());
                prop_assert!(codes.iter().all(|z| z.is_finite()));
                prop_assert!((0..steps).all(|step| path.step_at(path.t_of(step)) == step));
            }
            // Of equal length, the ends' length is kept all along.
            let (a, b) = (length(&from), length(&to));
            prop_assume!(a > 0.1 && b > 0.1);
            let scaled: Vec<f32> = to.iter().map(|z| z * a / b).collect();
            let path = PathSpec { from, to: scaled, steps, walk: Walk::Spherical, way: None };
            let (sine, _) = path.weights(0.5);
            prop_assume!((sine - 0.5).abs() > 1e-6);
            for row in path.codes().rows() {
                prop_assert!((length(&row.to_vec()) - a).abs() < 1e-3 * a.max(1.0));
            }
        }
    }
}
