//! The settings of a restricted Boltzmann machine.

use super::Rbm;
use super::learn::Divergence;

use crate::data::SampleKind;
use crate::model::describe::Describe;
use crate::model::field::{Field, FieldKind, field, in_training, live, main};
use crate::model::info::{Latent, ModelInfo, Prior};
use crate::model::noise::{Binarise, NoiseSpec};
use crate::model::{Learner, SpecError};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Settings of a restricted Boltzmann machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RbmSpec {
    /// Hidden units.
    pub latent_dim: usize,
    /// Steps k of the Gibbs chain before each update.
    pub gibbs_steps: usize,
    /// Where the chain of an update begins.
    pub chains: Chains,
    /// Weight of Σ w² in what is minimised.
    pub weight_l2: f64,
    /// Whether pixels are drawn as 0 or 1.
    pub binarise: Binarise,
}

/// Where the Gibbs chains of an update begin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Chains {
    /// At the samples of the batch: contrastive divergence.
    #[default]
    Data,
    /// Where those of the update before ended.
    Persistent,
}

impl Default for RbmSpec {
    fn default() -> Self {
        Self { latent_dim: 64, gibbs_steps: 1, chains: Chains::Data, weight_l2: 0.0, binarise: Binarise::Dynamic }
    }
}

const CHAINS: &[(&str, &str)] = &[("data", "At the data (CD)"), ("persistent", "Where they ended (PCD)")];
/// Most hidden units.
const MAX_HIDDEN: u64 = 1024;

impl Describe for RbmSpec {
    fn fields(&self) -> Vec<Field> {
        let binarise = NoiseSpec::fields().into_iter().filter(|field| field.path == "binarise");
        let mut fields = vec![
            main(field(
                "latent_dim",
                "Hidden units",
                FieldKind::Int { min: 1, max: MAX_HIDDEN, step: 1 },
                "Binary units that each look for something in the image; a code is how probably each is on.",
                "P(h = 1 | v) = σ(c + W v)",
            )),
            main(live(field(
                "gibbs_steps",
                "Gibbs steps k",
                FieldKind::Int { min: 1, max: 1000, step: 1 },
                "Steps that a chain takes before it is asked what the model believes; more come nearer to the likelihood's own gradient.",
                "CD-k: ΔW = ⟨h vᵀ⟩ of data − ⟨h vᵀ⟩ after k steps",
            ))),
            main(field(
                "chains",
                "Chains begin",
                FieldKind::Choice(CHAINS),
                "At the samples of each batch (contrastive divergence, Hinton 2002), or where the chains of the update before ended (Tieleman 2008).",
                "",
            )),
            in_training(live(field(
                "weight_l2",
                "L2 on weights",
                FieldKind::Float { min: 0.0, max: 100.0 },
                "Keeps weights small, and so the chain mixing.",
                "λ Σ w²",
            ))),
        ];
        fields.extend(binarise.map(in_training));
        fields
    }

    fn latent(&self, _n_features: usize) -> Option<Latent> {
        Some(Latent { range: [0.0, 1.0], ..Latent::new(self.latent_dim, Prior::Own) })
    }

    fn samples(&self) -> NoiseSpec {
        NoiseSpec { binarise: self.binarise, ..NoiseSpec::default() }
    }

    fn takes_probabilities(&self, _input: &SampleKind) -> bool {
        true
    }

    fn about_reconstruction(&self) -> Option<(&'static str, &'static str)> {
        Some((
            "Cross-entropy of samples given back through P(h | v), nats. A sign of life alone: learning follows ln p(x), which the free energies of training and test samples tell more of.",
            "−Σ v ln v̂ + (1−v) ln(1−v̂)",
        ))
    }

    fn takes(&self, input: &SampleKind) -> Result<(), String> {
        if input.is_unit() {
            Ok(())
        } else {
            Err(format!("its units are on or off, and {} are no values from 0 to 1", input.nouns()))
        }
    }

    fn n_params(&self, input: &SampleKind) -> u128 {
        let (h, v) = (self.latent_dim as u128, input.n_features() as u128);
        h * v + h + v
    }

    fn learner(
        &self,
        info: Arc<ModelInfo>,
        weights: Option<&[&[f32]]>,
        seed: u64,
    ) -> Option<Result<Box<dyn Learner>, SpecError>> {
        let rbm = match weights {
            Some(weights) => Rbm::with(info, self, weights),
            None => Ok(Rbm::fresh(info, self, seed)),
        };
        Some(rbm.map(|rbm| -> Box<dyn Learner> { Box::new(Divergence::new(rbm, self.clone(), seed)) }))
    }
}
