//! The settings of a mixture of Gaussians.

use super::Gmm;
use crate::data::SampleKind;
use crate::model::describe::Describe;
use crate::model::em::Em;
use crate::model::field::{Field, FieldKind, field, main};
use crate::model::gaussian::Covariance;
use crate::model::info::{Latent, ModelInfo, Prior};
use crate::model::{Learner, SpecError};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Settings of a mixture of Gaussians.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GmmSpec {
    /// Components of the PCA whose coordinates are the code; 0 for none, so that a code is the sample itself.
    pub pca: usize,
    /// Gaussians in the mixture.
    pub components: usize,
    /// What shape each may have.
    pub covariance: Covariance,
}

impl Default for GmmSpec {
    fn default() -> Self {
        Self { pca: 2, components: 10, covariance: Covariance::Full }
    }
}

const COVARIANCES: &[(&str, &str)] = &[("full", "Full"), ("diagonal", "Diagonal"), ("spherical", "Spherical")];

impl GmmSpec {
    /// Length of a code for samples of `n_features`.
    pub(super) fn code_len(&self, n_features: usize) -> usize {
        if self.pca == 0 { n_features } else { self.pca }
    }

    /// Names and shapes of the tensors.
    pub(super) fn shapes(&self, n_features: usize) -> Vec<(&'static str, Vec<usize>)> {
        let (k, c) = (self.code_len(n_features), self.components);
        let mut shapes = Vec::new();
        if self.pca > 0 {
            shapes.extend([
                ("pca.mean", vec![n_features]),
                ("pca.components", vec![k, n_features]),
                ("pca.noise_variance", vec![1]),
            ]);
        }
        let covariances = match self.covariance {
            Covariance::Full => vec![c, k, k],
            Covariance::Diagonal => vec![c, k],
            Covariance::Spherical => vec![c],
        };
        shapes.extend([("weights", vec![c]), ("means", vec![c, k]), ("covariances", covariances)]);
        shapes
    }
}

impl Describe for GmmSpec {
    fn fields(&self) -> Vec<Field> {
        vec![
            main(field(
                "components",
                "Components",
                FieldKind::Int { min: 1, max: 1000, step: 1 },
                "Gaussians in the mixture; a VAE is a mixture of infinitely many.",
                "p(z) = Σ π N(z; μ, Σ)",
            )),
            main(field(
                "covariance",
                "Covariance",
                FieldKind::Choice(COVARIANCES),
                "What shape each Gaussian may have: any ellipsoid, one along the axes, or a ball.",
                "Σ, diag(σ²), σ² I",
            )),
            main(field(
                "pca",
                "PCA first",
                FieldKind::Int { min: 0, max: 1024, step: 1 },
                "Components of the PCA whose coordinates are mixed; what they leave out is noise of one variance. 0 for none.",
                "z = Wᵀ(x − x̄)",
            )),
        ]
    }

    fn length_setting(&self) -> &'static str {
        "pca"
    }

    fn latent(&self, n_features: usize) -> Option<Latent> {
        Some(Latent::new(self.code_len(n_features), Prior::Own))
    }

    fn check(&self, input: &SampleKind) -> Result<(), SpecError> {
        let n_features = input.n_features();
        let setting = |path: &str, problem: String| Err(SpecError::Setting { path: path.into(), problem });
        if self.pca >= n_features && self.pca > 0 {
            return setting(
                "pca",
                format!("samples have {n_features} features; give fewer components, or 0 for none"),
            );
        }
        if self.pca == 0 && n_features > MAX_CODE {
            return setting(
                "pca",
                format!("{n_features} features are too many without PCA; give 1 to {MAX_CODE}"),
            );
        }
        Ok(())
    }

    fn n_params(&self, input: &SampleKind) -> u128 {
        let product = |shape: Vec<usize>| shape.into_iter().map(|n| n as u128).product::<u128>();
        self.shapes(input.n_features()).into_iter().map(|(_, shape)| product(shape)).sum()
    }

    fn takes_all_samples(&self) -> bool {
        true
    }

    fn uses_training(&self, path: &str) -> bool {
        matches!(path, "epochs" | "seed" | "scaling")
    }

    fn learner(
        &self,
        info: Arc<ModelInfo>,
        weights: Option<&[&[f32]]>,
        seed: u64,
    ) -> Option<Result<Box<dyn Learner>, SpecError>> {
        let gmm = match weights {
            Some(weights) => Gmm::with(info, self, weights),
            None => Ok(Gmm::fresh(info, self)),
        };
        Some(gmm.map(|gmm| -> Box<dyn Learner> { Box::new(Em::new(gmm, weights.is_some(), seed)) }))
    }
}

/// Most numbers of a code: each Gaussian holds a matrix of its square.
const MAX_CODE: usize = 1024;
