//! The variational autoencoder (Kingma and Welling 2014; β of Higgins et al. 2017), and the one that is told the label.
//!
//! q(z|x) = N(mu, exp(log_var)), z = mu + exp(log_var / 2)·eps, loss = reconstruction + β·KL(q ‖ N(0, I)). With β = 1
//! this is the negative evidence lower bound. Where the network is told the label (Sohn, Lee and Yan 2015), everything
//! is given it: q(z|x, y) and p(x|z, y).

use super::field::{Applies, Field, FieldKind};
use super::net::NetSpec;
use super::network::{Frozen, Network, flat, flat_mut};
use super::{Batch, FrozenModel, Objective, Terms, ValidSpec};
use crate::nn::{Param, Scalar, Scratch, kl_divergence, kl_gradient, reparameterize, reparameterize_gradient};
use ndarray::Array2;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Settings of a variational autoencoder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VaeSpec {
    /// Shape of the networks.
    #[serde(flatten)]
    pub net: NetSpec,
    /// Weight of the KL divergence.
    pub beta: f64,
}

impl Default for VaeSpec {
    fn default() -> Self {
        Self { net: NetSpec::default(), beta: 1.0 }
    }
}

impl VaeSpec {
    /// The settings beyond the shared ones.
    pub fn own_fields() -> Vec<Field> {
        vec![Field {
            path: "beta",
            title: "β",
            kind: FieldKind::Float { min: 0.0, max: 1e4 },
            help: "Weight of KL against reconstruction. β = 1 is the evidence bound; 0 forgets the prior.",
            formula: "Loss = reconstruction + β · KL",
            visible_if: None,
            applies: Applies::Live,
        }]
    }
}

/// A variational autoencoder with its weights.
pub struct Vae<S: Scalar> {
    spec: ValidSpec,
    network: Network<S>,
    beta: f64,
}

impl<S: Scalar> Vae<S> {
    /// Heads of its network: mean and log-variance of the code.
    pub const HEADS: usize = 2;

    /// The objective of `network`.
    pub fn new(spec: &ValidSpec, settings: &VaeSpec, network: Network<S>) -> Self {
        Self { spec: spec.clone(), network, beta: settings.beta }
    }
}

impl<S: Scalar> Objective<S> for Vae<S> {
    fn loss(&self, batch: &Batch<'_, S>, scratch: &mut Scratch<S>) -> Terms {
        let heads = self.network.infer_heads(batch.x, batch.labels, scratch);
        let z = sample(&heads, batch, scratch);
        let mut out = self.network.infer_out(z.view(), batch.labels, scratch);
        let reconstruction = self.network.likelihood.score(&mut out, batch.x);
        let kl = kl_divergence(flat(&heads[0]), flat(&heads[1]));
        heads.into_iter().chain([z, out]).for_each(|array| scratch.give_back(array));
        Terms {
            loss: reconstruction.loss + self.beta * kl,
            reconstruction: reconstruction.loss,
            kl,
            squared_error: reconstruction.squared_error,
        }
    }

    fn loss_and_grads(&self, batch: &Batch<'_, S>, grads: &mut [S], scratch: &mut Scratch<S>) -> Terms {
        let encoded = self.network.encode(batch.x, batch.labels, scratch);
        let z = sample(&encoded.heads, batch, scratch);
        let (decoded, mut d_out) = self.network.decode(z.view(), batch.labels, scratch);
        let reconstruction = self.network.likelihood.gradient(&mut d_out, batch.x, batch.weight);
        let mut d_mu = self.network.backward_decoder(z.view(), decoded, d_out, grads, scratch);
        scratch.give_back(z);

        let (mu, log_var) = (flat(&encoded.heads[0]), flat(&encoded.heads[1]));
        let mut d_log_var = scratch.array(d_mu.nrows(), d_mu.ncols());
        d_log_var.fill(S::zero());
        let eps = batch.eps.as_standard_layout();
        let eps = eps.as_slice().unwrap_or_default();
        reparameterize_gradient(log_var, eps, flat(&d_mu), flat_mut(&mut d_log_var));
        let kl = kl_divergence(mu, log_var);
        let kl_weight = S::of(self.beta) * batch.weight;
        kl_gradient(mu, log_var, kl_weight, flat_mut(&mut d_mu), flat_mut(&mut d_log_var));

        let mut d_heads = scratch.list();
        d_heads.extend([d_mu, d_log_var]);
        self.network.backward_encoder(batch.x, encoded, d_heads, grads, scratch);
        Terms { loss: reconstruction + self.beta * kl, reconstruction, kl, ..Terms::default() }
    }

    fn latent_dim(&self) -> usize {
        self.network.latent_dim()
    }

    fn params(&self) -> Vec<Param<'_, S>> {
        self.network.params()
    }

    fn visit_mut(&mut self, visit: &mut dyn FnMut(&mut [S])) {
        self.network.visit_mut(visit);
    }

    fn freeze(&self) -> Arc<dyn FrozenModel> {
        Arc::new(Frozen { spec: self.spec.clone(), network: self.network.cast() })
    }
}

/// z = mu + exp(log_var / 2)·eps.
fn sample<S: Scalar>(heads: &[Array2<S>], batch: &Batch<'_, S>, scratch: &mut Scratch<S>) -> Array2<S> {
    let mut z = scratch.array(heads[0].nrows(), heads[0].ncols());
    let eps = batch.eps.as_standard_layout();
    reparameterize(flat(&heads[0]), flat(&heads[1]), eps.as_slice().unwrap_or_default(), flat_mut(&mut z));
    z
}
