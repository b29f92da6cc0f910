//! What a generator has learned, held against what the data were drawn from: the divergence, and the modes
//! that are covered.
//!
//! For samples of one or two columns both distributions are masses in the cells of one grid. Those of the
//! data are integrals over the cells, exact where it is known what they were drawn from, of a kernel estimate
//! else. Those of the generator are exact up to the grid for one column made of one number of noise, by
//! change of variables: the noise is cut into short pieces of known mass, each of which covers what its ends
//! are mapped to. Else they are the shares of many samples, drawn by a stream of their own, so that a model
//! always has the same.
//!
//! JS(p, q) = ½ KL(p ‖ m) + ½ KL(q ‖ m) with m = ½(p + q); against the best discriminator the value of the
//! game is 2 JS − 2 ln 2 (Goodfellow et al. 2014, theorem 1).

use super::said_of_data::codes_drawn;
use crate::data::{Dataset, Population, normal_below};
use crate::model::{FrozenModel, MetricId, Metrics, Prior};
use crate::nn::Scratch;
use ndarray::{Array2, ArrayView1, ArrayView2, Axis, concatenate};
use rayon::prelude::*;

/// Cells of a line.
const ON_LINE: usize = 400;
/// Cells of a side of a plane.
const ON_SIDE: usize = 64;
/// Pieces that one number of noise is cut into.
const N_PIECES: usize = 40_000;
/// Samples that are drawn where there is no other way, and how many at a time.
const N_DRAWN: usize = 100_000;
const CHUNK: usize = 2_000;
/// Standard deviations from a mode within which a sample is the mode's.
const NEAR: f64 = 3.0;
/// Share of its due that makes a mode a covered one.
const COVERED: f64 = 0.25;

/// The distributions of data and generator as masses in the cells of a grid. What lies beyond the grid is
/// counted to the cells at its edge.
#[derive(Clone, Debug, PartialEq)]
pub struct HeldAgainst {
    /// Mass of the data in each cell; the last column's cells are next to each other.
    pub p: Vec<f64>,
    /// Mass of the generator's samples, likewise.
    pub q: Vec<f64>,
    /// Whether it is known what the data were drawn from.
    pub is_known: bool,
    /// Whether the generator's masses are worked out, and not counted from samples.
    pub is_exact: bool,
    /// Modes that the generator reaches, of how many, and the share of its samples that lie at one; none
    /// where the data gather at no places that are known.
    pub modes: Option<Modes>,
}

/// How the modes of the data are met.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Modes {
    /// Those that have a quarter of their due at least.
    pub n_covered: usize,
    /// All there are.
    pub n: usize,
    /// Share of the generated samples within 3 σ of one.
    pub share: f64,
}

impl HeldAgainst {
    /// JS(p, q), nats.
    pub fn jensen_shannon(&self) -> f64 {
        let part = |p: f64, q: f64| if p > 0.0 { 0.5 * p * (2.0 * p / (p + q)).ln() } else { 0.0 };
        self.p.iter().zip(&self.q).map(|(&p, &q)| part(p, q) + part(q, p)).sum()
    }

    /// The value of the game against the best discriminator there is, 2 JS − 2 ln 2.
    pub fn best_value(&self) -> f64 {
        2.0 * (self.jensen_shannon() - std::f64::consts::LN_2)
    }

    /// What is measured of it.
    pub fn metrics(&self) -> Metrics {
        let mut metrics = Metrics::default().with(MetricId::JensenShannon, self.jensen_shannon());
        if let Some(modes) = self.modes {
            metrics.set(MetricId::ModesCovered, modes.n_covered as f64);
            metrics.set(MetricId::InModes, modes.share);
        }
        metrics
    }
}

/// Holds a generator against the data that it learned from, in their own units; none for models that are no
/// generator, for samples of more than two columns, or when cancelled.
///
/// Runs on the surrounding pool.
pub fn held_against(
    model: &dyn FrozenModel,
    data: &Dataset,
    is_cancelled: &(dyn Fn() -> bool + Sync),
) -> Option<HeldAgainst> {
    if model.discriminator().is_none() || !data.has_plane() || data.kind() != &model.info().output {
        return None;
    }
    let data = data.scaled(None);
    let estimated = if data.population().is_none() { Population::estimated(&data) } else { None };
    let population = data.population().or(estimated.as_ref())?;
    let bounds = population.bounds();
    let n_cells = if bounds.len() == 1 { ON_LINE } else { ON_SIDE };
    let edge = |[low, high]: [f64; 2], i: usize| low + (high - low) * i as f64 / n_cells as f64;
    let mut edges: Vec<Vec<f64>> =
        bounds.iter().map(|&bounds| (0..=n_cells).map(|i| edge(bounds, i)).collect()).collect();
    for edges in &mut edges {
        (edges[0], edges[n_cells]) = (f64::NEG_INFINITY, f64::INFINITY);
    }
    let p = population.masses(&edges);
    let is_exact = bounds.len() == 1 && model.info().latent_dim() == 1;
    let mut q = vec![0.0; p.len()];
    let modes = if is_exact {
        let line = Line { low: bounds[0][0], width: (bounds[0][1] - bounds[0][0]) / n_cells as f64 };
        let pieces = pieces(model, is_cancelled)?;
        pieces.iter().for_each(|piece| line.add(*piece, &mut q));
        let middles: Vec<[f64; 1]> = pieces.iter().map(|piece| [0.5 * (piece.ends[0] + piece.ends[1])]).collect();
        modes_of(population, middles.iter().map(|x| &x[..]).zip(pieces.iter().map(|piece| piece.mass)))
    } else {
        let x = decoded(model, &codes_drawn(model, N_DRAWN, is_cancelled)?, is_cancelled)?;
        let place = |x: f32, [low, high]: [f64; 2]| {
            ((f64::from(x) - low) / (high - low) * n_cells as f64).clamp(0.0, n_cells as f64 - 1.0) as usize
        };
        for x in x.rows() {
            let cell = x.iter().zip(&bounds).fold(0, |at, (&x, &bounds)| at * n_cells + place(x, bounds));
            q[cell] += 1.0 / N_DRAWN as f64;
        }
        let x: Vec<f64> = x.iter().copied().map(f64::from).collect();
        modes_of(population, x.chunks(bounds.len()).map(|x| (x, 1.0 / N_DRAWN as f64)))
    };
    Some(HeldAgainst { p, q, is_known: population.is_known(), is_exact, modes })
}

/// What a short piece of noise is mapped to: its ends, and its mass.
#[derive(Clone, Copy)]
struct Piece {
    ends: [f64; 2],
    mass: f64,
}

/// The one number of noise cut into pieces, each with what a generator of one column maps it to.
fn pieces(model: &dyn FrozenModel, is_cancelled: &(dyn Fn() -> bool + Sync)) -> Option<Vec<Piece>> {
    let is_uniform = model.info().latent.is_some_and(|latent| latent.prior == Prior::Uniform);
    let reach = if is_uniform { 1.0 } else { 6.0 };
    let below = |z: f64| if is_uniform { 0.5 * (z + 1.0) } else { normal_below(z) };
    let z: Vec<f64> = (0..=N_PIECES).map(|i| reach * (2.0 * i as f64 / N_PIECES as f64 - 1.0)).collect();
    let codes = Array2::from_shape_fn((z.len(), 1), |(i, _)| z[i] as f32);
    let x = decoded(model, &codes, is_cancelled)?;
    let piece =
        |i: usize| Piece { ends: [x[[i, 0]], x[[i + 1, 0]]].map(f64::from), mass: below(z[i + 1]) - below(z[i]) };
    Some((0..N_PIECES).map(piece).collect())
}

/// What codes decode to, chunk by chunk.
fn decoded(
    model: &dyn FrozenModel,
    codes: &Array2<f32>,
    is_cancelled: &(dyn Fn() -> bool + Sync),
) -> Option<Array2<f32>> {
    let decoder = model.decoder()?;
    let part =
        |codes: ArrayView2<f32>| (!is_cancelled()).then(|| decoder.decode(codes, &[], &mut Scratch::default()));
    let chunks: Vec<ArrayView2<f32>> = codes.axis_chunks_iter(Axis(0), CHUNK).collect();
    let parts: Option<Vec<Array2<f32>>> = chunks.into_par_iter().map(part).collect();
    let parts = parts?;
    let views: Vec<ArrayView2<f32>> = parts.iter().map(|part| part.view()).collect();
    concatenate(Axis(0), &views).ok()
}

/// The cells of one column.
struct Line {
    low: f64,
    width: f64,
}

impl Line {
    /// Adds what a piece covers to each cell.
    fn add(&self, piece: Piece, masses: &mut [f64]) {
        let last = masses.len() - 1;
        let at = piece.ends.map(|x| ((x - self.low) / self.width).clamp(0.0, masses.len() as f64));
        let (from, to) = (at[0].min(at[1]), at[0].max(at[1]));
        let (first, end) = ((from as usize).min(last), (to as usize).min(last));
        if first == end || to - from < 1e-12 {
            masses[first] += piece.mass;
            return;
        }
        for (cell, mass) in masses.iter_mut().enumerate().take(end + 1).skip(first) {
            let covered = to.min(cell as f64 + 1.0) - from.max(cell as f64);
            *mass += piece.mass * covered / (to - from);
        }
    }
}

/// How points with their masses meet the modes of a population; none where it has none.
fn modes_of<'a>(population: &Population, points: impl Iterator<Item = (&'a [f64], f64)>) -> Option<Modes> {
    let modes = population.modes()?;
    let mut of_modes = vec![0.0; modes.nrows()];
    for (x, mass) in points {
        let off = |mode: ArrayView1<f64>| -> f64 {
            mode.iter().zip(x).zip(population.sigma()).map(|((mode, x), sigma)| ((x - mode) / sigma).powi(2)).sum()
        };
        let nearest = (0..modes.nrows()).map(|i| (i, off(modes.row(i)))).min_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((mode, off)) = nearest
            && off <= NEAR * NEAR
        {
            of_modes[mode] += mass;
        }
    }
    let n = of_modes.len();
    let n_covered = of_modes.iter().filter(|mass| **mass >= COVERED / n as f64).count();
    Some(Modes { n_covered, n, share: of_modes.iter().sum() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{DataChoice, Reading, load};
    use crate::model::{ModelSpec, SharedModel, scaled};
    use std::f64::consts::LN_2;

    fn data(choice: DataChoice) -> Dataset {
        load(&choice, &Reading::default()).unwrap().train
    }

    /// A generator that is one linear map of `n` numbers to as many: x = Wz + b, and behind it the scaling of
    /// the data where that is asked for.
    fn linear(data: &Dataset, n: usize, w: f32, b: f32, is_scaled: bool) -> SharedModel {
        let settings =
            [("latent_dim", n.to_string()), ("generator", String::new()), ("discriminator", String::new())];
        let spec = settings.iter().fold(ModelSpec::of_kind("gan").unwrap(), |spec, (path, text)| {
            crate::model::Settings::with(&spec, path, text).unwrap()
        });
        let spec = spec.check(data.kind(), &[]).unwrap();
        let weight: Vec<f32> = (0..n * n).map(|i| if i % (n + 1) == 0 { w } else { 0.0 }).collect();
        let (bias, judge) = (vec![b; n], vec![0.0; n]);
        let model = spec.frozen(Some(&[&weight, &bias, &judge, &[0.0]])).unwrap();
        let scaling = is_scaled.then(|| crate::data::Scaling::standard(n, 0.25, 2.0).unwrap());
        scaled(model, scaling.as_ref())
    }

    /// Data of one Gaussian around 0.
    fn gaussian(n: usize, sigma: f64) -> Dataset {
        let choice = if n == 1 { DataChoice::Bumps } else { DataChoice::Ring };
        data(choice).drawn_from(Population::new(Array2::zeros((1, n)), vec![sigma; n], true))
    }

    #[test]
    fn the_same_distribution_is_at_no_distance() {
        for is_scaled in [false, true] {
            let data = gaussian(1, 0.5);
            let (w, b) = if is_scaled { (0.25, -0.125) } else { (0.5, 0.0) };
            let found = held_against(&*linear(&data, 1, w, b, is_scaled), &data, &|| false).unwrap();
            assert!(found.is_exact && found.is_known);
            assert!(found.jensen_shannon() < 1e-6, "{}", found.jensen_shannon());
            assert!((found.best_value() + 2.0 * LN_2).abs() < 1e-5);
            let modes = found.modes.unwrap();
            assert_eq!((modes.n_covered, modes.n), (1, 1));
            assert!((modes.share - 0.9973).abs() < 1e-3, "{}", modes.share);
        }
        let data = gaussian(2, 0.5);
        let found = held_against(&*linear(&data, 2, 0.5, 0.0, false), &data, &|| false).unwrap();
        assert!(!found.is_exact);
        assert!(found.jensen_shannon() < 5e-3, "what drawing alone makes of it: {}", found.jensen_shannon());
    }

    #[test]
    fn uniform_noise_is_spread_evenly_over_what_it_is_mapped_to() {
        let data = gaussian(1, 0.5);
        let spec = ModelSpec::of_kind("gan").unwrap();
        let settings = [("latent_dim", "1"), ("generator", ""), ("discriminator", ""), ("prior", "uniform")];
        let with = |spec, (path, text): &(&str, &str)| crate::model::Settings::with(&spec, path, text).unwrap();
        let spec = settings.iter().fold(spec, with).check(data.kind(), &[]).unwrap();
        // x = z, from −1 to 1.
        let model = spec.frozen(Some(&[&[1.0], &[0.0], &[0.0], &[0.0]])).unwrap();
        let found = held_against(&*model, &data, &|| false).unwrap();
        let width = 2.0 * 4.5 * 0.5 / ON_LINE as f64;
        assert!(found.is_exact && (found.q.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        for x in [-0.9, 0.0, 0.7] {
            let cell = ((x + 2.25) / width) as usize;
            assert!((found.q[cell] - 0.5 * width).abs() < 1e-5, "{} at {x}", found.q[cell]);
        }
    }

    #[test]
    fn divergence_is_that_of_an_independent_quadrature() {
        // N(0, .5²) against N(.4, 1): a sum of many points.
        let normal = |x: f64, mean: f64, sigma: f64| {
            (-0.5 * ((x - mean) / sigma).powi(2)).exp() / (sigma * (2.0 * std::f64::consts::PI).sqrt())
        };
        let (n, low, high) = (200_000, -8.0, 8.0);
        let step = (high - low) / f64::from(n);
        let mut want = 0.0;
        for i in 0..n {
            let x = low + (f64::from(i) + 0.5) * step;
            let (p, q) = (normal(x, 0.0, 0.5), normal(x, 0.4, 1.0));
            let part = |p: f64, q: f64| if p > 0.0 { 0.5 * p * (2.0 * p / (p + q)).ln() } else { 0.0 };
            want += (part(p, q) + part(q, p)) * step;
        }
        let data = gaussian(1, 0.5);
        let found = held_against(&*linear(&data, 1, 1.0, 0.4, false), &data, &|| false).unwrap();
        // Beyond the grid, which ends at 4.5 σ of the data, next to nothing of p lies.
        assert!((found.jensen_shannon() - want).abs() < 2e-4, "{} where it is {want}", found.jensen_shannon());
        let apart = held_against(&*linear(&data, 1, 0.1, 50.0, false), &data, &|| false).unwrap();
        assert!((apart.jensen_shannon() - LN_2).abs() < 1e-3, "nothing in common");
        assert_eq!(apart.modes.map(|modes| modes.n_covered), Some(0));
    }

    #[test]
    fn one_mode_of_eight_is_seen_to_be_one_and_other_models_are_no_generators() {
        let ring = data(DataChoice::Ring);
        // All at (√2, √2), where the second mode is.
        let found = held_against(&*linear(&ring, 2, 0.1, 2.0f32.sqrt(), false), &ring, &|| false).unwrap();
        let modes = found.modes.unwrap();
        assert_eq!((modes.n_covered, modes.n), (1, 8));
        assert!(modes.share > 0.99 && found.jensen_shannon() > 0.4);
        assert!(held_against(&*linear(&ring, 2, 0.1, 0.0, false), &ring, &|| true).is_none(), "given up");
        let moons = data(DataChoice::TwoMoons);
        assert!(held_against(&*linear(&moons, 2, 1.0, 0.0, false), &moons, &|| false).unwrap().modes.is_none());
        let pca = ModelSpec::of_kind("pca").unwrap().check(ring.kind(), &[]).unwrap().frozen(None).unwrap();
        assert!(held_against(&*pca, &ring, &|| false).is_none());
    }

    #[test]
    fn columns_are_held_against_their_own_and_a_mode_needs_a_quarter_of_its_due() {
        // Of two modes beside one another the generator has the right one, so that m = ¾ of it and ¼ of the
        // other.
        let means = ndarray::array![[-2.0, 0.0], [2.0, 0.0]];
        let beside = data(DataChoice::Ring).drawn_from(Population::new(means.clone(), vec![0.4; 2], true));
        let spec = ModelSpec::of_kind("gan").unwrap();
        let settings = [("generator", ""), ("discriminator", "")];
        let with = |spec, (path, text): &(&str, &str)| crate::model::Settings::with(&spec, path, text).unwrap();
        let spec = settings.iter().fold(spec, with).check(beside.kind(), &[]).unwrap();
        let model = spec.frozen(Some(&[&[0.4, 0.0, 0.0, 0.4], &[2.0, 0.0], &[0.0; 2], &[0.0]])).unwrap();
        let found = held_against(&*model, &beside, &|| false).unwrap();
        let want = 0.25 * ((2.0f64 / 3.0).ln() + 2.0f64.ln()) + 0.5 * (4.0f64 / 3.0).ln();
        assert!((found.jensen_shannon() - want).abs() < 5e-3, "{} where it is {want}", found.jensen_shannon());
        assert_eq!(found.modes.map(|modes| modes.n_covered), Some(1));

        let population = Population::new(means, vec![0.4; 2], true);
        let covered = |mass: f64| {
            let points = [([-2.0, 0.1], 1.0 - mass - 0.05), ([2.3, 0.0], mass), ([0.0, 0.0], 0.05)];
            modes_of(&population, points.iter().map(|(x, mass)| (&x[..], *mass))).unwrap()
        };
        assert_eq!([0.12, 0.13].map(|mass| covered(mass).n_covered), [1, 2], "an eighth is a quarter of a half");
        assert!((covered(0.12).share - 0.95).abs() < 1e-12, "between them lies nobody's");
    }
}
