//! What a model says on a plane of the data: samples that it makes, what it makes of samples, how dense it
//! takes them to lie, the Gaussians of a mixture, what a discriminator says, and how the decoder warps a grid
//! of codes.

use super::{decoding::decoded, encode};
use crate::data::{Cancel, Dataset};
use crate::latent::contours::{Piece, contour};
use crate::latent::data_plane::DataPlane;
use crate::latent::ellipse::Ellipse;
use crate::latent::heat::{Heat, density as smoothed};
use crate::latent::lattice::Lattice;
use crate::latent::plane::Plane;
use crate::model::FrozenModel;
use crate::nn::{Purpose, Scratch, standard_normal, stream};
use ndarray::{Array1, Array2};

/// Codes that ln p(x) is the mean over, where a model is a density given codes.
pub(super) const N_CODES: usize = 1024;
/// Codes among which the likelihood is shared out at a time.
const AT_A_TIME: usize = 32;
/// Samples by which the density of a model is smoothed that says none.
const N_SMOOTHED: usize = 8192;
/// Shares of the greatest density that lines run at.
const LEVELS: [f32; 4] = [0.05, 0.2, 0.5, 0.8];
/// Most columns of a mixture whose Gaussians are brought back to them.
const MAX_COLUMNS: usize = 256;

/// How a model's density was come by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DensityBy {
    /// By the formula of a mixture.
    Formula,
    /// As the mean of p(x | z) over so many codes drawn.
    Codes(usize),
    /// Smoothed from so many samples that the model made.
    Samples(usize),
}

/// How dense a model takes the data to lie on a plane.
pub struct ModelDensity {
    /// In one square unit of the two columns.
    pub heat: Heat,
    /// Lines of equal density, outermost first.
    pub lines: Vec<Vec<Piece>>,
    /// How it was come by.
    pub by: DensityBy,
}

/// Samples as a model makes them again, where they lie in plot coordinates.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Remade {
    /// The samples.
    pub samples: Vec<u32>,
    /// Where each comes out.
    pub places: Vec<[f32; 2]>,
}

/// A model that is asked about a plane of the data.
#[derive(Clone, Copy)]
pub struct Asking<'a> {
    /// The model.
    pub model: &'a dyn FrozenModel,
    /// The class that it is told, where it is told any.
    pub label: u16,
    /// The plane.
    pub plane: DataPlane,
    /// Values of the columns that are not drawn.
    pub means: &'a [f32],
    /// Whether the answer is still wanted.
    pub cancel: &'a Cancel,
}

/// A Gaussian over the two columns of a plane, in their units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Marginal {
    /// Its share of the whole.
    pub weight: f64,
    /// μ.
    pub mean: [f64; 2],
    /// Σ.
    pub covariance: [[f64; 2]; 2],
}

impl Marginal {
    /// Its density at values of both columns, without its weight.
    pub fn density(&self, x: [f64; 2]) -> f64 {
        let [[a, b], [_, c]] = self.covariance;
        let (dx, dy, det) = (x[0] - self.mean[0], x[1] - self.mean[1], a * c - b * b);
        let squared = (c * dx * dx - 2.0 * b * dx * dy + a * dy * dy) / det;
        (-0.5 * squared).exp() / (std::f64::consts::TAU * det.sqrt())
    }

    /// The density of the first column alone.
    pub fn density_along(&self, x: f64) -> f64 {
        let variance = self.covariance[0][0];
        (-0.5 * (x - self.mean[0]).powi(2) / variance).exp() / (std::f64::consts::TAU * variance).sqrt()
    }

    /// It as an ellipse, in plot coordinates.
    pub fn ellipse(&self, plane: &DataPlane) -> Ellipse {
        let unit = plane.units.map(f64::from);
        let covariance =
            Array2::from_shape_fn((2, 2), |(i, j)| (self.covariance[i][j] * unit[i] * unit[j]) as f32);
        let mean = [0, 1].map(|axis| (self.mean[axis] * unit[axis]) as f32);
        Ellipse::of(&mean, covariance.view(), &Plane::axes(&[0.0; 2], 0, 1))
    }
}

/// Codes that a model draws of its own or from its prior [n, latent_dim], the same ones each time; none for
/// one that has neither, and once it is cancelled.
pub fn codes_drawn(
    model: &dyn FrozenModel,
    n: usize,
    is_cancelled: &(dyn Fn() -> bool + Sync),
) -> Option<Array2<f32>> {
    let mut z = Array2::zeros((n, model.info().latent_dim()));
    let mut rng = stream(0, Purpose::Prior, 1);
    match model.sampler() {
        Some(sampler) => {
            for mut row in z.rows_mut() {
                let drawn = sampler.sample(&mut rng, is_cancelled)?;
                row.iter_mut().zip(drawn).for_each(|(to, from)| *to = from);
            }
        }
        None if model.info().has_prior() => standard_normal(&mut rng, crate::nn::flat_mut(&mut z)),
        None => return None,
    }
    Some(z)
}

impl Asking<'_> {
    /// Where codes [n, latent_dim] are decoded to, in plot coordinates.
    fn places(&self, z: &Array2<f32>) -> Option<Vec<[f32; 2]>> {
        let x = decoded(self.model, self.label, z.view(), self.cancel)?;
        Some(x.rows().into_iter().map(|row| self.plane.place(row)).collect())
    }

    /// Where `n` samples lie that the model makes: of codes that it draws, what they are decoded to.
    pub fn made(&self, n: usize) -> Option<Vec<[f32; 2]>> {
        self.places(&codes_drawn(self.model, n, &|| self.cancel.is_set())?)
    }

    /// Where samples come out that are encoded and decoded again.
    pub fn remade(&self, data: &Dataset, samples: Vec<u32>) -> Option<Remade> {
        let decoder = self.model.decoder()?;
        let codes = encode(self.model, data, &samples, &|| self.cancel.is_set())?;
        let told = !self.model.info().classes.is_empty();
        let labels = if told { data.labels_of(&samples) } else { Vec::new() };
        let x = decoder.decode(codes.mu.view(), &labels, &mut Scratch::default());
        let places = x.rows().into_iter().map(|row| self.plane.place(row)).collect();
        Some(Remade { samples, places })
    }

    /// What the lines of a grid in z become, in plot coordinates: of one dimension the line itself. `ranges`
    /// of the plane `of_z` are divided by `n_lines`.
    pub fn warped(&self, of_z: &Plane, ranges: [[f32; 2]; 2], n_lines: usize) -> Option<Vec<Vec<[f32; 2]>>> {
        const N_PLACES: usize = 65;
        let at = |axis: usize, i: usize, n: usize| {
            let [low, high] = ranges[axis];
            low + (high - low) * i as f32 / (n.max(2) - 1) as f32
        };
        let is_line = of_z.v.iter().all(|v| *v == 0.0);
        let axes = if is_line { 0..1 } else { 0..2 };
        let mut lines = Vec::new();
        for axis in axes {
            for line in 0..if is_line { 1 } else { n_lines } {
                let mut z = Array2::zeros((N_PLACES, of_z.origin.len()));
                for (i, mut row) in z.rows_mut().into_iter().enumerate() {
                    let along = at(axis, i, N_PLACES);
                    let across = if is_line { 0.0 } else { at(1 - axis, line, n_lines) };
                    let place = if axis == 0 { [along, across] } else { [across, along] };
                    row.iter_mut().zip(of_z.z_from_plot(place)).for_each(|(to, from)| *to = from);
                }
                lines.push(self.places(&z)?);
            }
        }
        Some(lines)
    }

    /// The Gaussians of a mixture over the two columns, where its codes are the data but for a turn, a shift
    /// and a scale: the decoder then is affine, x = x₀ + J z, and takes N(μ, Σ) to N(x₀ + J μ, J Σ
    /// Jᵀ). None where codes hold less than the data.
    pub fn marginals(&self) -> Option<Vec<Marginal>> {
        let (mixture, n) = (self.model.mixture()?, self.model.info().n_features());
        if self.model.info().latent_dim() != n || n > MAX_COLUMNS {
            return None;
        }
        // The origin, a step along each dimension, and one along all, which must add up.
        let z = Array2::from_shape_fn((n + 2, n), |(i, d)| f32::from(i == d + 1 || i == n + 1));
        let x = decoded(self.model, self.label, z.view(), self.cancel)?;
        let column = |axis: usize| self.plane.columns[axis];
        let step = |axis: usize, i: usize| f64::from(x[[i, column(axis)]]) - f64::from(x[[0, column(axis)]]);
        let is_affine = [0, 1].iter().all(|&axis| {
            let (sum, size) =
                (1..=n).fold((0.0, 1e-6), |(sum, size), i| (sum + step(axis, i), size + step(axis, i).abs()));
            (sum - step(axis, n + 1)).abs() < 1e-3 * size + 1e-5 * f64::from(x[[0, column(axis)]].abs())
        });
        if !is_affine {
            return None;
        }
        let marginal = |component: crate::model::Component| {
            let along = |axis: usize| -> Array1<f64> { (1..=n).map(|i| step(axis, i)).collect() };
            let j = [along(0), along(1)];
            let mean: Array1<f64> = component.mean.iter().map(|m| f64::from(*m)).collect();
            let sigma = component.covariance.mapv(f64::from);
            Marginal {
                weight: f64::from(component.weight),
                mean: [0, 1].map(|axis| f64::from(x[[0, column(axis)]]) + j[axis].dot(&mean)),
                covariance: [0, 1].map(|a| [0, 1].map(|b| j[a].dot(&sigma.dot(&j[b])))),
            }
        };
        Some(mixture.components().into_iter().map(marginal).collect())
    }

    /// The rows of samples at values of the columns drawn, the others at their means.
    fn rows(&self, values: impl ExactSizeIterator<Item = [f32; 2]>) -> Array2<f32> {
        let mut x = Array2::zeros((values.len(), self.means.len()));
        for (mut row, values) in x.rows_mut().into_iter().zip(values) {
            row.iter_mut().zip(self.means).for_each(|(to, mean)| *to = *mean);
            for axis in [1, 0] {
                row[self.plane.columns[axis]] = values[axis];
            }
        }
        x
    }

    fn middles(&self, lattice: Lattice) -> Vec<[f32; 2]> {
        lattice.cells().map(|cell| self.plane.values(lattice.middle(cell))).collect()
    }

    /// How dense the model takes the data to lie: by the formula of a mixture; as the mean of p(x | z) over
    /// codes drawn, where the columns drawn are all there are; else smoothed from samples that it makes. None
    /// for one that says nothing of the kind.
    pub fn density(&self, lattice: Lattice) -> Option<ModelDensity> {
        let at = self.middles(lattice);
        let on_lattice = |values: Vec<f32>| {
            let top = values.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
            Heat { lattice, values, top }
        };
        let (heat, by) = if let Some(marginals) = self.marginals() {
            let density = |x: &[f32; 2]| {
                let x = x.map(f64::from);
                marginals.iter().map(|marginal| marginal.weight * marginal.density(x)).sum::<f64>() as f32
            };
            (on_lattice(at.iter().map(density).collect()), DensityBy::Formula)
        } else if let Some(values) = self.given_codes(&at) {
            (on_lattice(values), DensityBy::Codes(N_CODES))
        } else {
            let mut heat = smoothed(&self.made(N_SMOOTHED)?)?;
            // In the columns' own units.
            let area = self.plane.units.iter().product::<f32>();
            heat.values.iter_mut().for_each(|value| *value *= area);
            heat.top *= area;
            (heat, DensityBy::Samples(N_SMOOTHED))
        };
        let lines = LEVELS.iter().map(|share| contour(&heat, share * heat.top)).collect();
        Some(ModelDensity { heat, lines, by })
    }

    /// p(x) = E p(x | z) at values of the columns, over codes drawn; none for a model that is no density, or
    /// where there are more columns than those drawn.
    pub fn given_codes(&self, at: &[[f32; 2]]) -> Option<Vec<f32>> {
        let density = self.model.density()?;
        let n_drawn = if self.plane.is_line() { 1 } else { 2 };
        if self.means.len() != n_drawn {
            return None;
        }
        let (z, x) = (codes_drawn(self.model, N_CODES, &|| self.cancel.is_set())?, self.rows(at.iter().copied()));
        let mut sums = vec![0.0f64; at.len()];
        let mut scratch = Scratch::default();
        for some in z.axis_chunks_iter(ndarray::Axis(0), AT_A_TIME) {
            if self.cancel.is_set() {
                return None;
            }
            let log_density = density.log_density(x.view(), some, self.label, &mut scratch);
            for (sum, row) in sums.iter_mut().zip(log_density.rows()) {
                *sum += row.iter().map(|log_density| log_density.exp()).sum::<f64>();
            }
        }
        Some(sums.iter().map(|sum| (sum / N_CODES as f64) as f32).collect())
    }

    /// D(x), what the discriminator says, at values of the columns.
    pub fn judged(&self, at: &[[f32; 2]]) -> Option<Vec<f32>> {
        const CHUNK: usize = 1024;
        let discriminator = self.model.discriminator()?;
        let (mut said, mut scratch) = (Vec::with_capacity(at.len()), Scratch::default());
        for some in at.chunks(CHUNK) {
            if self.cancel.is_set() {
                return None;
            }
            let x = self.rows(some.iter().copied());
            said.extend(discriminator.probability_real(x.view(), &mut scratch));
        }
        Some(said)
    }

    /// The same over a plane, from 0 to 1.
    pub fn judgement(&self, lattice: Lattice) -> Option<Heat> {
        Some(Heat { lattice, values: self.judged(&self.middles(lattice))?, top: 1.0 })
    }
}

#[cfg(test)]
#[path = "said_of_data_tests.rs"]
mod tests;
