//! Toy sets in one and two dimensions, drawn by the program, whose distribution is known: what a generator
//! should learn can be held against what it has learned.
//!
//! `bumps` (x) and `ring` (x, y) are mixtures of Gaussians. `two-moons` and `spiral` are points of a curve
//! with Gaussian noise around them, which is a mixture too: of Gaussians so close along the curve that no
//! gap shows.

use super::{DataError, DataSplit, Dataset, Labels, Population, SampleKind, Values};
use ndarray::Array2;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, StandardNormal, Uniform};
use std::f64::consts::PI;
use std::sync::Arc;

const N_TRAIN: usize = 10_000;
const N_TEST: usize = 2_000;
/// Any number does; it is fixed so that everybody has the same points.
const SEED: u64 = 1801;
/// Gaussians along a curve: their distance is a small part of their spread.
const N_ON_CURVE: usize = 400;

/// A toy set: classes of points, each a place or a curve, with Gaussian noise around.
struct Toy {
    title: &'static str,
    columns: &'static [&'static str],
    classes: Vec<String>,
    /// Standard deviation of the noise in each column.
    sigma: f64,
    /// Whether each class is one place, and not a curve.
    has_modes: bool,
    /// The point of a class at a share t of its curve, from 0 to 1.
    point: fn(usize, f64) -> [f64; 2],
}

/// Two Gaussians of σ = .5 around ∓1.5 on a line.
pub fn bumps() -> Result<DataSplit, DataError> {
    Toy {
        title: "Two bumps",
        columns: &["x"],
        classes: ["left", "right"].map(String::from).into(),
        sigma: 0.5,
        has_modes: true,
        point: |class, _| [if class == 0 { -1.5 } else { 1.5 }, 0.0],
    }
    .split()
}

/// Eight Gaussians of σ = .15 on a circle of radius 2.
pub fn ring() -> Result<DataSplit, DataError> {
    Toy {
        title: "Ring of eight",
        columns: &["x", "y"],
        classes: (0..8).map(|i| format!("{}°", 45 * i)).collect(),
        sigma: 0.15,
        has_modes: true,
        point: |class, _| {
            let (sin, cos) = (class as f64 * PI / 4.0).sin_cos();
            [2.0 * cos, 2.0 * sin]
        },
    }
    .split()
}

/// Two half circles that reach into each other, σ = .1.
pub fn two_moons() -> Result<DataSplit, DataError> {
    Toy {
        title: "Two moons",
        columns: &["x", "y"],
        classes: ["upper", "lower"].map(String::from).into(),
        sigma: 0.1,
        has_modes: false,
        point: |class, t| {
            let (sin, cos) = (PI * t).sin_cos();
            if class == 0 { [cos, sin] } else { [1.0 - cos, 0.5 - sin] }
        },
    }
    .split()
}

/// Two arms of a spiral of Archimedes, σ = .06.
pub fn spiral() -> Result<DataSplit, DataError> {
    Toy {
        title: "Spiral",
        columns: &["x", "y"],
        classes: ["first arm", "second arm"].map(String::from).into(),
        sigma: 0.06,
        has_modes: false,
        point: |class, t| {
            // Even along the arm, and not along the angle.
            let turn = t.sqrt() * 3.0 * PI;
            let (sin, cos) = (turn + class as f64 * PI).sin_cos();
            let radius = 2.0 * (0.15 + 0.85 * t.sqrt());
            [radius * cos, radius * sin]
        },
    }
    .split()
}

impl Toy {
    fn split(self) -> Result<DataSplit, DataError> {
        let (train, test) = (self.drawn(N_TRAIN, 0)?, self.drawn(N_TEST, 1)?);
        Ok(DataSplit::new(self.title.into(), train, test))
    }

    fn drawn(&self, n: usize, stream: u64) -> Result<Dataset, DataError> {
        let mut rng = ChaCha8Rng::seed_from_u64(SEED);
        rng.set_stream(stream);
        let unit = Uniform::new(0.0, 1.0).map_err(|e| DataError::Mismatch(e.to_string()))?;
        let (mut values, mut of) = (Vec::with_capacity(n * self.columns.len()), Vec::with_capacity(n));
        for i in 0..n {
            let class = i % self.classes.len();
            let at = (self.point)(class, unit.sample(&mut rng));
            for at in &at[..self.columns.len()] {
                let noise: f64 = StandardNormal.sample(&mut rng);
                values.push((at + self.sigma * noise) as f32);
            }
            of.push(class as u16);
        }
        let names: Arc<[String]> = self.columns.iter().map(|name| (*name).into()).collect();
        let labels = Labels { names: self.classes.clone().into(), of: of.into() };
        let data = Dataset::new(SampleKind::Vector { names }, Values::Floats(values.into()), Some(labels), vec![]);
        Ok(data?.drawn_from(self.population()))
    }

    /// What the points are drawn from.
    fn population(&self) -> Population {
        let n = if self.has_modes { 1 } else { N_ON_CURVE };
        let k = self.columns.len();
        let means = Array2::from_shape_fn((n * self.classes.len(), k), |(i, column)| {
            (self.point)(i / n, (i % n) as f64 / n as f64 + 0.5 / n as f64)[column]
        });
        Population::new(means, vec![self.sigma; k], self.has_modes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> [DataSplit; 4] {
        [bumps(), ring(), two_moons(), spiral()].map(Result::unwrap)
    }

    #[test]
    fn points_lie_where_their_population_says() {
        for data in all() {
            let population = data.train.population().unwrap();
            let k = data.train.n_features();
            assert_eq!((data.train.n_samples(), data.test.n_samples()), (N_TRAIN, N_TEST));
            // Shares of the samples in bins, against the masses there.
            let (low, high, n) = (-3.0, 3.0, 12);
            let edges = vec![(0..=n).map(|i| low + (high - low) * i as f64 / n as f64).collect::<Vec<_>>(); k];
            let masses = population.masses(&edges);
            assert!((masses.iter().sum::<f64>() - 1.0).abs() < 2e-3, "{}", data.name);
            let mut shares = vec![0.0; masses.len()];
            for (_, x) in data.train.chunks(1000) {
                for x in x.rows() {
                    let place = |x: f32| (((f64::from(x) - low) / (high - low) * n as f64) as usize).min(n - 1);
                    shares[x.iter().fold(0, |at, &x| at * n + place(x))] += 1.0 / N_TRAIN as f64;
                }
            }
            let off = masses.iter().zip(&shares).map(|(p, q)| (p - q).abs()).sum::<f64>();
            assert!(off < 0.08, "{}: off by {off}", data.name);
        }
    }

    #[test]
    fn sets_whose_classes_are_places_have_as_many_modes() {
        let n = all().map(|data| data.train.population().and_then(Population::modes).map(|modes| modes.nrows()));
        assert_eq!(n, [Some(2), Some(8), None, None]);
    }

    #[test]
    fn a_part_of_the_samples_is_not_said_to_be_drawn_from_the_whole() {
        let ring = ring().unwrap().train;
        assert!(ring.scaled(None).population().is_some());
        assert!(ring.select(&[0, 8, 16]).unwrap().population().is_none());
        assert!(ring.slice(0..3).unwrap().population().is_none());
    }
}
