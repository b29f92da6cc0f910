//! The plain autoencoder (Hinton and Salakhutdinov 2006, without pre-training).
//!
//! z = W·encoder(x) + b and x̂ = decoder(z); loss = reconstruction + λ Σ z². The last term is the lecture's way of
//! keeping codes near 0, since nothing else in a plain autoencoder does.

use super::field::{Applies, Field, FieldKind};
use super::net::NetSpec;
use super::network::{Frozen, Network};
use super::{Batch, FrozenModel, Objective, Terms, ValidSpec};
use crate::nn::{Param, Scalar, Scratch};
use ndarray::Array2;
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
pub struct Ae<S: Scalar> {
    spec: ValidSpec,
    network: Network<S>,
    code_l2: f64,
}

impl<S: Scalar> Ae<S> {
    /// Heads of its network: the code.
    pub const HEADS: usize = 1;

    /// The objective of `network`.
    pub fn new(spec: &ValidSpec, settings: &AeSpec, network: Network<S>) -> Self {
        Self { spec: spec.clone(), network, code_l2: settings.code_l2 }
    }
}

impl<S: Scalar> Objective<S> for Ae<S> {
    fn loss(&self, batch: &Batch<'_, S>, scratch: &mut Scratch<S>) -> Terms {
        let heads = self.network.infer_heads(batch.x, batch.labels, scratch);
        let mut out = self.network.infer_out(heads[0].view(), batch.labels, scratch);
        let reconstruction = self.network.likelihood.score(&mut out, batch.x);
        let penalty = self.code_l2 * sum_of_squares(&heads[0]);
        heads.into_iter().chain([out]).for_each(|array| scratch.give_back(array));
        Terms {
            loss: reconstruction.loss + penalty,
            reconstruction: reconstruction.loss,
            kl: 0.0,
            squared_error: reconstruction.squared_error,
        }
    }

    fn loss_and_grads(&self, batch: &Batch<'_, S>, grads: &mut [S], scratch: &mut Scratch<S>) -> Terms {
        let encoded = self.network.encode(batch.x, batch.labels, scratch);
        let z = &encoded.heads[0];
        let (decoded, mut d_out) = self.network.decode(z.view(), batch.labels, scratch);
        let reconstruction = self.network.likelihood.gradient(&mut d_out, batch.x, batch.weight);
        let mut dz = self.network.backward_decoder(z.view(), decoded, d_out, grads, scratch);
        let penalty = self.code_l2 * sum_of_squares(z);
        let factor = S::of(2.0 * self.code_l2) * batch.weight;
        dz.zip_mut_with(z, |dz, &z| *dz += factor * z);
        let mut d_heads = scratch.list();
        d_heads.push(dz);
        self.network.backward_encoder(batch.x, encoded, d_heads, grads, scratch);
        Terms { loss: reconstruction + penalty, reconstruction, ..Terms::default() }
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

fn sum_of_squares<S: Scalar>(z: &Array2<S>) -> f64 {
    z.iter().map(|z| z.as_f64().powi(2)).sum()
}
