//! The mixture of Gaussians (Dempster, Laird and Rubin 1977; Bishop 2006, chapter 9), on the coordinates of a
//! PCA.
//!
//! z = Wᵀ(x − x̄) and p(z) = Σ π_c N(z; μ_c, Σ_c). What PCA leaves out is noise of one variance in every
//! direction, as in probabilistic PCA (Tipping and Bishop 1999), so that ln p(x) = ln p(z) + ln N(x − x̄ − W
//! z; 0, σ² I) is a density over x: of one component with a full covariance it is that of probabilistic PCA
//! itself. Without PCA z is x. The weights are found by expectation maximisation, in `em.rs`.

mod settings;

pub use settings::GmmSpec;

use super::gaussian::{Covariance, Gaussian, LN_TAU, log_sum_exp};
use super::info::ModelInfo;
use super::{
    Batch, Codes, Component, Decoder, Draw, Encoder, EncoderGraph, FrozenModel, Graph, MetricId, Metrics, Mixture,
    Sampler, Scorer, SpecError,
};
use crate::nn::{Affine, Arithmetic, Op, Param, Scratch, inverse_cholesky};
use ndarray::{Array1, Array2, ArrayView2, Axis};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use std::sync::Arc;

/// What PCA makes codes by.
#[derive(Clone)]
pub struct Projection {
    /// x̄ [features].
    pub mean: Array1<f32>,
    /// W as rows [codes, features].
    pub components: Array2<f32>,
    /// Variance σ² of each direction that is left out.
    pub noise_variance: f32,
}

impl Projection {
    /// Its tensors under their names.
    fn named(&self) -> [Param<'_, f32>; 3] {
        let (k, n) = self.components.dim();
        [
            Param::new("pca.mean", &[n], crate::nn::flat(&self.mean)),
            Param::new("pca.components", &[k, n], crate::nn::flat(&self.components)),
            Param::new("pca.noise_variance", &[1], std::slice::from_ref(&self.noise_variance)),
        ]
    }

    /// ½ ln |W Wᵀ|: 0 but for the rounding of W, which a density over x must make up for.
    fn log_volume(&self) -> f64 {
        let w = self.components.mapv(f64::from);
        let inverse = inverse_cholesky(w.dot(&w.t()).view());
        inverse.map_or(0.0, |inverse| -inverse.diag().iter().map(|d| d.ln()).sum::<f64>())
    }
}

/// A mixture with its weights.
#[derive(Clone)]
pub struct Gmm {
    info: Arc<ModelInfo>,
    covariance: Covariance,
    projection: Option<Projection>,
    /// π [components].
    weights: Array1<f32>,
    /// μ [components, codes].
    means: Array2<f32>,
    /// Σ, as the covariance's shape says, row after row.
    covariances: Vec<f32>,
    /// What densities are worked out by.
    gaussians: Vec<Gaussian>,
    /// Of the projection.
    log_volume: f64,
}

impl Gmm {
    /// One that has learned nothing: N(0, I) as often as there are components.
    fn fresh(info: Arc<ModelInfo>, spec: &GmmSpec) -> Self {
        let (n_features, k, c) = (info.n_features(), info.latent_dim(), spec.components);
        let projection = (spec.pca > 0).then(|| Projection {
            mean: Array1::zeros(n_features),
            components: Array2::from_shape_fn((k, n_features), |(row, col)| f32::from(row == col)),
            noise_variance: 1.0,
        });
        let covariances = match spec.covariance {
            Covariance::Full => (0..c * k * k).map(|i| f32::from(i % (k * k) % (k + 1) == 0)).collect(),
            Covariance::Diagonal => vec![1.0; c * k],
            Covariance::Spherical => vec![1.0; c],
        };
        let mut gmm = Self {
            info,
            covariance: spec.covariance,
            projection,
            weights: Array1::from_elem(c, 1.0 / c as f32),
            means: Array2::zeros((c, k)),
            covariances,
            gaussians: Vec::new(),
            log_volume: 0.0,
        };
        gmm.gaussians = gmm.worked_out().unwrap_or_default();
        gmm
    }

    /// One with given tensors, in the order of their names.
    fn with(info: Arc<ModelInfo>, spec: &GmmSpec, tensors: &[&[f32]]) -> Result<Self, SpecError> {
        let shapes = spec.shapes(info.n_features());
        let lens = shapes.iter().map(|(_, shape)| shape.iter().product::<usize>());
        if !lens.eq(tensors.iter().map(|tensor| tensor.len())) {
            return Err(SpecError::Weights);
        }
        let mut gmm = Self::fresh(info, spec);
        let mut next = tensors.iter();
        let mut fill = |to: &mut dyn Iterator<Item = &mut f32>| {
            let from = next.next().into_iter().flat_map(|values| values.iter());
            to.zip(from).for_each(|(to, &from)| *to = from);
        };
        if let Some(projection) = &mut gmm.projection {
            fill(&mut projection.mean.iter_mut());
            fill(&mut projection.components.iter_mut());
            fill(&mut std::iter::once(&mut projection.noise_variance));
        }
        fill(&mut gmm.weights.iter_mut());
        fill(&mut gmm.means.iter_mut());
        fill(&mut gmm.covariances.iter_mut());
        gmm.gaussians = gmm.worked_out().ok_or(SpecError::Weights)?;
        gmm.log_volume = gmm.projection.as_ref().map_or(0.0, Projection::log_volume);
        Ok(gmm)
    }

    /// The projection that makes codes, if there is one.
    pub fn projection(&self) -> Option<&Projection> {
        self.projection.as_ref()
    }

    /// Puts a projection in the place of the one before.
    pub fn set_projection(&mut self, projection: Projection) {
        self.log_volume = projection.log_volume();
        self.projection = Some(projection);
    }

    /// What shape each Gaussian has.
    pub fn covariance(&self) -> Covariance {
        self.covariance
    }

    /// Number of Gaussians.
    pub fn n_components(&self) -> usize {
        self.weights.len()
    }

    /// Takes other Gaussians: π, μ, and Σ in the covariance's shape. Says whether they are any; if not,
    /// nothing changes.
    pub fn set_gaussians(&mut self, weights: Array1<f32>, means: Array2<f32>, covariances: Vec<f32>) -> bool {
        let next = Self { weights, means, covariances, ..self.clone() };
        let Some(gaussians) = next.worked_out() else { return false };
        *self = Self { gaussians, ..next };
        true
    }

    /// Σ of one Gaussian, as the covariance's shape says.
    fn covariance_of(&self, c: usize) -> &[f32] {
        let len = self.covariances.len() / self.n_components();
        &self.covariances[c * len..(c + 1) * len]
    }

    /// The Gaussians as densities need them; none where a covariance is not positive definite.
    fn worked_out(&self) -> Option<Vec<Gaussian>> {
        let of = |c: usize| {
            let mean = self.means.row(c).mapv(f64::from);
            Gaussian::new(f64::from(self.weights[c]), mean, self.covariance, self.covariance_of(c))
        };
        (0..self.n_components()).map(of).collect()
    }

    /// The code of each sample `x` [n, features]: its coordinates [n, codes], and Σ of the squares that they
    /// leave out.
    pub fn project(&self, x: ArrayView2<f32>) -> (Array2<f64>, Array1<f64>) {
        let x = x.mapv(f64::from);
        let Some(projection) = &self.projection else {
            let n = x.nrows();
            return (x, Array1::zeros(n));
        };
        let components = projection.components.mapv(f64::from);
        let centred = x - projection.mean.mapv(f64::from);
        let z = centred.dot(&components.t());
        // Rounded to f32, W is not quite orthonormal: a difference of squares would feel it, this does not at
        // first order.
        let left = (centred - z.dot(&components)).map_axis(Axis(1), |row| row.dot(&row));
        (z, left)
    }

    /// ln π + ln N(z; μ, Σ) of codes `z` [n, codes] under the Gaussian `c`, of length n.
    pub fn log_joint(&self, z: ArrayView2<f64>, c: usize) -> Array1<f64> {
        self.gaussians[c].log_joint(z)
    }

    /// ln N(x − x̄ − W z; 0, σ² I) from Σ of the squares that codes leave out.
    pub fn log_noise(&self, left: f64) -> f64 {
        let Some(projection) = &self.projection else { return 0.0 };
        let n_left = (self.info.n_features() - self.means.ncols()) as f64;
        let variance = f64::from(projection.noise_variance);
        self.log_volume - 0.5 * (n_left * (LN_TAU + variance.ln()) + left / variance)
    }

    /// ln p(x) of each sample `x` [n, features], nats.
    pub fn log_density(&self, x: ArrayView2<f32>) -> Array1<f64> {
        let (z, left) = self.project(x);
        let joint: Vec<Array1<f64>> = (0..self.n_components()).map(|c| self.log_joint(z.view(), c)).collect();
        Array1::from_shape_fn(z.nrows(), |i| {
            log_sum_exp(joint.iter().map(|of_component| of_component[i])) + self.log_noise(left[i])
        })
    }
}

impl FrozenModel for Gmm {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn encoder(&self) -> Option<&dyn Encoder> {
        Some(self)
    }

    fn decoder(&self) -> Option<&dyn Decoder> {
        Some(self)
    }

    fn scorer(&self) -> Option<&dyn Scorer> {
        Some(self)
    }

    fn sampler(&self) -> Option<&dyn Sampler> {
        Some(self)
    }

    fn mixture(&self) -> Option<&dyn Mixture> {
        Some(self)
    }

    fn graph(&self) -> Option<Graph<'_>> {
        let Some(projection) = &self.projection else {
            // A sample is its own code.
            let encoder = EncoderGraph { trunk: Vec::new(), z: Vec::new(), log_var: None };
            return Some(Graph { encoder: Some(encoder), decoder: Vec::new() });
        };
        let [mean, components, _] = projection.named();
        let trunk =
            vec![Op::Columns(Arithmetic::Subtract, mean), Op::Dense(Affine { weight: components, bias: None })];
        let [mean, components, _] = projection.named();
        let decoder = vec![Op::Turned(Affine { weight: components, bias: Some(mean) })];
        Some(Graph { encoder: Some(EncoderGraph { trunk, z: Vec::new(), log_var: None }), decoder })
    }

    fn weights(&self) -> Vec<Param<'_, f32>> {
        let mut params: Vec<_> = self.projection.iter().flat_map(Projection::named).collect();
        let (c, k) = self.means.dim();
        let shape = match self.covariance {
            Covariance::Full => vec![c, k, k],
            Covariance::Diagonal => vec![c, k],
            Covariance::Spherical => vec![c],
        };
        params.push(Param::new("weights", &[c], crate::nn::flat(&self.weights)));
        params.push(Param::new("means", &[c, k], crate::nn::flat(&self.means)));
        params.push(Param::new("covariances", &shape, &self.covariances));
        params
    }
}

impl Encoder for Gmm {
    fn encode(&self, x: ArrayView2<f32>, _labels: &[u16], _scratch: &mut Scratch<f32>) -> Codes {
        Codes { mu: self.project(x).0.mapv(|z| z as f32), log_var: None }
    }
}

impl Decoder for Gmm {
    fn decode(&self, z: ArrayView2<f32>, _labels: &[u16], _scratch: &mut Scratch<f32>) -> Array2<f32> {
        match &self.projection {
            Some(projection) => z.dot(&projection.components) + &projection.mean,
            None => z.to_owned(),
        }
    }
}

impl Scorer for Gmm {
    fn draws(&self) -> Vec<Draw> {
        Vec::new()
    }

    fn score(&self, batch: &Batch<'_, f32>, _scratch: &mut Scratch<f32>) -> Metrics {
        let (_, left) = self.project(batch.x);
        let mut terms = Metrics::default().with(MetricId::SquaredError, left.sum());
        terms.add_to_loss(MetricId::NegLogP, -self.log_density(batch.x).sum());
        terms
    }
}

impl Sampler for Gmm {
    fn sample(&self, rng: &mut ChaCha8Rng, _: &dyn Fn() -> bool) -> Option<Vec<f32>> {
        let c = self.choose(rng);
        Some(self.sample_of(c, rng))
    }
}

impl Mixture for Gmm {
    fn components(&self) -> Vec<Component> {
        let k = self.means.ncols();
        let full = |c: usize| {
            let values = self.covariance_of(c);
            Array2::from_shape_fn((k, k), |(i, j)| match self.covariance {
                Covariance::Full => values[i * k + j],
                _ if i == j => values[i % values.len()],
                _ => 0.0,
            })
        };
        let of = |c| Component { weight: self.weights[c], mean: self.means.row(c).to_vec(), covariance: full(c) };
        (0..self.n_components()).map(of).collect()
    }

    fn responsibilities(&self, z: &[f32]) -> Vec<f32> {
        let Ok(z) = ArrayView2::from_shape((1, z.len()), z) else { return Vec::new() };
        let z = z.mapv(f64::from);
        let joint: Vec<f64> = (0..self.n_components()).map(|c| self.log_joint(z.view(), c)[0]).collect();
        let whole = log_sum_exp(joint.iter().copied());
        joint.iter().map(|joint| (joint - whole).exp() as f32).collect()
    }

    fn choose(&self, rng: &mut ChaCha8Rng) -> usize {
        let mut rest = rng.next_u32() as f32 / u32::MAX as f32 * self.weights.sum();
        let last = self.n_components() - 1;
        (0..last)
            .find(|&c| {
                rest -= self.weights[c];
                rest < 0.0
            })
            .unwrap_or(last)
    }

    fn sample_of(&self, component: usize, rng: &mut ChaCha8Rng) -> Vec<f32> {
        self.gaussians[component].sample(rng)
    }
}
