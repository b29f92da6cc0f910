//! The variational autoencoder (Kingma and Welling 2014; β of Higgins et al. 2017).
//!
//! q(z|x) = N(mu, exp(log_var)), z = mu + exp(log_var / 2)·eps, loss = reconstruction + β·KL(q ‖ N(0, I)). With β = 1
//! this is the negative evidence lower bound.

use super::ae::head_params;
use super::field::{Applies, Field, FieldKind};
use super::net::NetSpec;
use super::{Batch, Codes, Decoder, Encoder, FrozenModel, Objective, Terms, ValidSpec};
use crate::nn::{
    Activation, Dense, Layer, Likelihood, Param, Scalar, Scratch, Stack, kl_divergence, kl_gradient,
    reparameterize, reparameterize_gradient,
};
use ndarray::{Array2, ArrayView2};
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
#[derive(Clone)]
pub struct Vae<S: Scalar> {
    spec: ValidSpec,
    trunk: Stack<S>,
    mu: Dense<S>,
    log_var: Dense<S>,
    decoder: Stack<S>,
    likelihood: Likelihood,
    beta: f64,
}

impl<S: Scalar> Vae<S> {
    /// First weights from `seed`.
    pub fn new(spec: &ValidSpec, settings: &VaeSpec, seed: u64) -> Self {
        let (net, n_features) = (&settings.net, spec.n_features());
        let trunk = net.trunk(n_features, seed);
        let first = trunk.n_layers() as u64;
        let head = |number| {
            Dense::new(net.trunk_width(n_features), net.latent_dim, Activation::Linear, seed, first + number)
        };
        Self {
            spec: spec.clone(),
            mu: head(0),
            log_var: head(1),
            decoder: net.decoder(n_features, seed, first + 2),
            trunk,
            likelihood: net.likelihood(),
            beta: settings.beta,
        }
    }

    fn heads(&self, h: ArrayView2<S>, scratch: &mut Scratch<S>) -> (Array2<S>, Array2<S>) {
        let mut mu = scratch.array(h.nrows(), self.mu.n_out());
        let mut log_var = scratch.array(h.nrows(), self.mu.n_out());
        self.mu.forward(h, mu.view_mut(), scratch);
        self.log_var.forward(h, log_var.view_mut(), scratch);
        (mu, log_var)
    }
}

impl<S: Scalar> Objective<S> for Vae<S> {
    fn loss(&self, batch: &Batch<'_, S>, scratch: &mut Scratch<S>) -> Terms {
        let h = self.trunk.infer(batch.x, scratch);
        let (mu, log_var) = self.heads(h.view(), scratch);
        let mut z = scratch.array(mu.nrows(), mu.ncols());
        let eps = batch.eps.as_standard_layout();
        reparameterize(flat(&mu), flat(&log_var), eps.as_slice().unwrap_or_default(), flat_mut(&mut z));
        let mut out = self.decoder.infer(z.view(), scratch);
        let reconstruction = self.likelihood.score(&mut out, batch.x);
        let kl = kl_divergence(flat(&mu), flat(&log_var));
        [h, mu, log_var, z, out].into_iter().for_each(|array| scratch.give_back(array));
        Terms {
            loss: reconstruction.loss + self.beta * kl,
            reconstruction: reconstruction.loss,
            kl,
            squared_error: reconstruction.squared_error,
        }
    }

    fn loss_and_grads(&self, batch: &Batch<'_, S>, grads: &mut [S], scratch: &mut Scratch<S>) -> Terms {
        let n = batch.x.nrows();
        let encoded = self.trunk.forward(batch.x, scratch);
        let h = encoded.last().map_or(batch.x, |h| h.view());
        let (mu, log_var) = self.heads(h, scratch);
        let mut z = scratch.array(n, mu.ncols());
        let eps = batch.eps.as_standard_layout();
        let eps = eps.as_slice().unwrap_or_default();
        reparameterize(flat(&mu), flat(&log_var), eps, flat_mut(&mut z));
        let mut decoded = self.decoder.forward(z.view(), scratch);
        let mut d_out = decoded.pop().unwrap_or_else(|| scratch.array(n, 0));
        let reconstruction = self.likelihood.gradient(&mut d_out, batch.x, batch.weight);
        // The output layer is linear: its backward needs no output, only an array of that shape.
        decoded.push(scratch.array(n, d_out.ncols()));

        let (encoder_grads, rest) = grads.split_at_mut(self.trunk.n_params());
        let (mu_grads, rest) = rest.split_at_mut(self.mu.n_params());
        let (log_var_grads, decoder_grads) = rest.split_at_mut(self.log_var.n_params());
        let mut d_mu = scratch.array(n, mu.ncols());
        self.decoder.backward(z.view(), &decoded, d_out, Some(d_mu.view_mut()), decoder_grads, scratch);
        let mut d_log_var = scratch.array(n, mu.ncols());
        d_log_var.fill(S::zero());
        reparameterize_gradient(flat(&log_var), eps, flat(&d_mu), flat_mut(&mut d_log_var));
        let kl = kl_divergence(flat(&mu), flat(&log_var));
        let kl_weight = S::of(self.beta) * batch.weight;
        kl_gradient(flat(&mu), flat(&log_var), kl_weight, flat_mut(&mut d_mu), flat_mut(&mut d_log_var));

        let (mut dh, mut dh_log_var) = (scratch.array(n, h.ncols()), scratch.array(n, h.ncols()));
        self.mu.backward(h, mu.view(), d_mu.view_mut(), Some(dh.view_mut()), mu_grads, scratch);
        let d_h = Some(dh_log_var.view_mut());
        self.log_var.backward(h, log_var.view(), d_log_var.view_mut(), d_h, log_var_grads, scratch);
        dh += &dh_log_var;
        self.trunk.backward(batch.x, &encoded, dh, None, encoder_grads, scratch);
        for array in encoded.into_iter().chain(decoded).chain([mu, log_var, z, d_mu, d_log_var, dh_log_var]) {
            scratch.give_back(array);
        }
        Terms { loss: reconstruction + self.beta * kl, reconstruction, kl, ..Terms::default() }
    }

    fn latent_dim(&self) -> usize {
        self.mu.n_out()
    }

    fn params(&self) -> Vec<Param<'_, S>> {
        let mut params = self.trunk.params("encoder");
        params.extend(head_params("mu", &self.mu));
        params.extend(head_params("log_var", &self.log_var));
        params.extend(self.decoder.params("decoder"));
        params
    }

    fn visit_mut(&mut self, visit: &mut dyn FnMut(&mut [S])) {
        self.trunk.visit_mut(visit);
        self.mu.visit_mut(visit);
        self.log_var.visit_mut(visit);
        self.decoder.visit_mut(visit);
    }

    fn freeze(&self) -> Arc<dyn FrozenModel> {
        Arc::new(Vae::<f32> {
            spec: self.spec.clone(),
            trunk: self.trunk.cast(),
            mu: self.mu.cast(),
            log_var: self.log_var.cast(),
            decoder: self.decoder.cast(),
            likelihood: self.likelihood,
            beta: self.beta,
        })
    }
}

impl FrozenModel for Vae<f32> {
    fn spec(&self) -> &ValidSpec {
        &self.spec
    }

    fn encoder(&self) -> Option<&dyn Encoder> {
        Some(self)
    }

    fn decoder(&self) -> Option<&dyn Decoder> {
        Some(self)
    }

    fn has_prior(&self) -> bool {
        true
    }

    fn thaw(&self) -> Box<dyn Objective<f32>> {
        Box::new(self.clone())
    }
}

impl Encoder for Vae<f32> {
    fn encode(&self, x: ArrayView2<f32>, scratch: &mut Scratch<f32>) -> Codes {
        let h = self.trunk.infer(x, scratch);
        let (mu, log_var) = self.heads(h.view(), scratch);
        scratch.give_back(h);
        Codes { mu, log_var: Some(log_var) }
    }
}

impl Decoder for Vae<f32> {
    fn decode(&self, z: ArrayView2<f32>, scratch: &mut Scratch<f32>) -> Array2<f32> {
        let mut x_hat = self.decoder.infer(z, scratch);
        self.likelihood.mean(&mut x_hat);
        x_hat
    }
}

fn flat<S: Scalar>(array: &Array2<S>) -> &[S] {
    array.as_slice().unwrap_or_default()
}

fn flat_mut<S: Scalar>(array: &mut Array2<S>) -> &mut [S] {
    array.as_slice_mut().unwrap_or_default()
}
