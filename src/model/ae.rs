//! The plain autoencoder (Hinton and Salakhutdinov 2006, without pre-training).
//!
//! z = W·encoder(x) + b and x̂ = decoder(z); loss = reconstruction + λ Σ z². The last term is the lecture's way of
//! keeping codes near 0, since nothing else in a plain autoencoder does.

use super::field::{Applies, Field, FieldKind};
use super::net::NetSpec;
use super::{Batch, Codes, Decoder, Encoder, FrozenModel, Objective, Terms, ValidSpec};
use crate::nn::{Activation, Dense, Layer, Likelihood, Param, Scalar, Scratch, Stack};
use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Settings of a plain autoencoder.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AeSpec {
    /// Shape of the networks.
    #[serde(flatten)]
    pub net: NetSpec,
    /// λ, the weight of Σ z² in the loss.
    pub code_l2: f64,
}

impl AeSpec {
    /// The settings beyond the shared ones.
    pub fn own_fields() -> Vec<Field> {
        vec![Field {
            path: "code_l2",
            title: "L2 on the code",
            kind: FieldKind::Float { min: 0.0, max: 1e4 },
            help: "Keeps codes near 0; without it a plain autoencoder may put them anywhere.",
            formula: "Loss = reconstruction + λ Σ z²",
            visible_if: None,
            applies: Applies::Live,
        }]
    }
}

/// A plain autoencoder with its weights.
#[derive(Clone)]
pub struct Ae<S: Scalar> {
    spec: ValidSpec,
    trunk: Stack<S>,
    mu: Dense<S>,
    decoder: Stack<S>,
    likelihood: Likelihood,
    code_l2: f64,
}

impl<S: Scalar> Ae<S> {
    /// First weights from `seed`.
    pub fn new(spec: &ValidSpec, settings: &AeSpec, seed: u64) -> Self {
        let (net, n_features) = (&settings.net, spec.n_features());
        let trunk = net.trunk(n_features, seed);
        let first = trunk.n_layers() as u64;
        Self {
            spec: spec.clone(),
            mu: Dense::new(net.trunk_width(n_features), net.latent_dim, Activation::Linear, seed, first),
            decoder: net.decoder(n_features, seed, first + 1),
            trunk,
            likelihood: net.likelihood(),
            code_l2: settings.code_l2,
        }
    }
}

impl<S: Scalar> Objective<S> for Ae<S> {
    fn loss(&self, batch: &Batch<'_, S>, scratch: &mut Scratch<S>) -> Terms {
        let h = self.trunk.infer(batch.x, scratch);
        let mut z = scratch.array(h.nrows(), self.mu.n_out());
        self.mu.forward(h.view(), z.view_mut(), scratch);
        let mut out = self.decoder.infer(z.view(), scratch);
        let reconstruction = self.likelihood.score(&mut out, batch.x);
        let penalty = self.code_l2 * sum_of_squares(&z);
        [h, z, out].into_iter().for_each(|array| scratch.give_back(array));
        Terms {
            loss: reconstruction.loss + penalty,
            reconstruction: reconstruction.loss,
            kl: 0.0,
            squared_error: reconstruction.squared_error,
        }
    }

    fn loss_and_grads(&self, batch: &Batch<'_, S>, grads: &mut [S], scratch: &mut Scratch<S>) -> Terms {
        let n = batch.x.nrows();
        let encoded = self.trunk.forward(batch.x, scratch);
        let h = encoded.last().map_or(batch.x, |h| h.view());
        let mut z = scratch.array(n, self.mu.n_out());
        self.mu.forward(h, z.view_mut(), scratch);
        let mut decoded = self.decoder.forward(z.view(), scratch);

        let mut d_out = decoded.pop().unwrap_or_else(|| scratch.array(n, 0));
        let reconstruction = self.likelihood.gradient(&mut d_out, batch.x, batch.weight);
        // The output layer is linear: its backward needs no output, only an array of that shape.
        decoded.push(scratch.array(n, d_out.ncols()));

        let (encoder_grads, rest) = grads.split_at_mut(self.trunk.n_params());
        let (mu_grads, decoder_grads) = rest.split_at_mut(self.mu.n_params());
        let mut dz = scratch.array(n, z.ncols());
        self.decoder.backward(z.view(), &decoded, d_out, Some(dz.view_mut()), decoder_grads, scratch);
        let penalty = self.code_l2 * sum_of_squares(&z);
        let factor = S::of(2.0 * self.code_l2) * batch.weight;
        dz.zip_mut_with(&z, |dz, &z| *dz += factor * z);

        let mut dh = scratch.array(n, h.ncols());
        self.mu.backward(h, z.view(), dz.view_mut(), Some(dh.view_mut()), mu_grads, scratch);
        self.trunk.backward(batch.x, &encoded, dh, None, encoder_grads, scratch);
        for array in encoded.into_iter().chain(decoded).chain([z, dz]) {
            scratch.give_back(array);
        }
        Terms { loss: reconstruction + penalty, reconstruction, ..Terms::default() }
    }

    fn latent_dim(&self) -> usize {
        self.mu.n_out()
    }

    fn params(&self) -> Vec<Param<'_, S>> {
        let mut params = self.trunk.params("encoder");
        params.extend(head_params("mu", &self.mu));
        params.extend(self.decoder.params("decoder"));
        params
    }

    fn visit_mut(&mut self, visit: &mut dyn FnMut(&mut [S])) {
        self.trunk.visit_mut(visit);
        self.mu.visit_mut(visit);
        self.decoder.visit_mut(visit);
    }

    fn freeze(&self) -> Arc<dyn FrozenModel> {
        Arc::new(Ae::<f32> {
            spec: self.spec.clone(),
            trunk: self.trunk.cast(),
            mu: self.mu.cast(),
            decoder: self.decoder.cast(),
            likelihood: self.likelihood,
            code_l2: self.code_l2,
        })
    }
}

impl FrozenModel for Ae<f32> {
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
        false
    }

    fn thaw(&self) -> Box<dyn Objective<f32>> {
        Box::new(self.clone())
    }
}

impl Encoder for Ae<f32> {
    fn encode(&self, x: ArrayView2<f32>, scratch: &mut Scratch<f32>) -> Codes {
        let h = self.trunk.infer(x, scratch);
        let mut mu = Array2::zeros((x.nrows(), self.mu.n_out()));
        self.mu.forward(h.view(), mu.view_mut(), scratch);
        scratch.give_back(h);
        Codes { mu, log_var: None }
    }
}

impl Decoder for Ae<f32> {
    fn decode(&self, z: ArrayView2<f32>, scratch: &mut Scratch<f32>) -> Array2<f32> {
        let mut x_hat = self.decoder.infer(z, scratch);
        self.likelihood.mean(&mut x_hat);
        x_hat
    }
}

/// A head's parameters under its name.
pub(super) fn head_params<'a, S: Scalar>(name: &'a str, head: &'a Dense<S>) -> impl Iterator<Item = Param<'a, S>> {
    head.params().into_iter().map(move |param| Param { name: format!("{name}.{}", param.name), ..param })
}

fn sum_of_squares<S: Scalar>(z: &Array2<S>) -> f64 {
    z.iter().map(|z| z.as_f64().powi(2)).sum()
}
