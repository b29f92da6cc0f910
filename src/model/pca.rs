//! Principal component analysis (Pearson 1901; Hotelling 1933): the best linear autoencoder, exactly.
//!
//! z = Wᵀ(x − x̄) and x̂ = x̄ + W z, the columns of W being the eigenvectors of the covariance with the
//! largest eigenvalues, which are the variances of the dimensions of z. As a network it is one linear layer
//! each way, so everything that shows an autoencoder shows it. Deliberately not whitened: distances between
//! codes are distances between reconstructions.

use super::TrainError;
use super::closed_form::{ClosedForm, EachChunk, to_f32};
use super::describe::{Body, Describe};
use super::field::Field;
use super::net::{LikelihoodName, NetSpec};
use super::principal::{Principal, principal};
use crate::data::Cancel;
use crate::nn::{Activation, Param};
use serde::{Deserialize, Serialize};

/// Settings of a principal component analysis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PcaSpec {
    /// Number of components.
    pub latent_dim: usize,
}

impl Default for PcaSpec {
    fn default() -> Self {
        Self { latent_dim: 2 }
    }
}

impl Describe for PcaSpec {
    fn fields(&self) -> Vec<Field> {
        vec![NetSpec::latent_dim_field()]
    }

    fn body(&self, _n_features: usize) -> Option<Body> {
        let net = NetSpec {
            latent_dim: self.latent_dim,
            hidden: Vec::new(),
            activation: Activation::Linear,
            likelihood: LikelihoodName::Mse,
            ..NetSpec::default()
        };
        Some(Body { net, n_heads: 1, code: Activation::Linear })
    }

    fn shares_variance(&self) -> bool {
        true
    }

    fn closed_form(&self) -> Option<Box<dyn ClosedForm>> {
        Some(Box::new(Pca { latent_dim: self.latent_dim }))
    }
}

/// The solution.
pub struct Pca {
    /// Number of components.
    pub latent_dim: usize,
}

impl ClosedForm for Pca {
    fn n_passes(&self) -> u64 {
        1
    }

    fn max_features(&self) -> usize {
        usize::MAX
    }

    fn solve(
        &self,
        _pass: u64,
        params: &[Param<'_, f32>],
        samples: EachChunk<'_>,
        cancel: &Cancel,
    ) -> Result<Vec<(usize, Vec<f32>)>, TrainError> {
        let n_features = params[0].shape[1];
        let Principal { mean, components, .. } = principal((n_features, self.latent_dim), samples, cancel)?;
        let bias = -components.t().dot(&mean);
        Ok(vec![(0, to_f32(components.t())), (1, to_f32(&bias)), (2, to_f32(&components)), (3, to_f32(&mean))])
    }
}
