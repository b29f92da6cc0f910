//! What a kind of model says of itself from its settings alone.

use super::closed_form::ClosedForm;
use super::field::Field;
use super::info::{Latent, ModelInfo};
use super::net::{LikelihoodName, NetSpec};
use super::noise::NoiseSpec;
use super::plan::Step;
use super::{Learner, Part, SpecError, Torch};
use crate::data::SampleKind;
use crate::nn::Activation;
use serde::Serialize;
use std::sync::Arc;

/// The network that a kind of model is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Body {
    /// Its layers.
    pub net: NetSpec,
    /// Heads of the encoder: the code, or its mean and log-variance.
    pub n_heads: usize,
    /// What the code passes through.
    pub code: Activation,
}

impl Body {
    /// Whether samples are taken for probabilities of pixels.
    pub fn is_bernoulli(&self) -> bool {
        self.net.likelihood == LikelihoodName::Bernoulli
    }
}

/// A kind of model's settings as the rest of the program asks them; each model's own file implements it.
pub trait Describe {
    /// Every setting, in the order of the form.
    fn fields(&self) -> Vec<Field>;

    /// The network that it is, for samples of `n_features`; none for a model that is no network.
    fn body(&self, _n_features: usize) -> Option<Body> {
        None
    }

    /// The setting that says how long a code is.
    fn length_setting(&self) -> &'static str {
        "latent_dim"
    }

    /// The space of its codes, for a model that is no network; the others have it from their network.
    fn latent(&self, _n_features: usize) -> Option<Latent> {
        None
    }

    /// What a model that is no network has done to samples before it learns from them.
    fn samples(&self) -> NoiseSpec {
        NoiseSpec::default()
    }

    /// Whether a model that is no network takes samples for probabilities, values from 0 to 1.
    fn takes_probabilities(&self, _input: &SampleKind) -> bool {
        false
    }

    /// Whether the loss of a model that is no network is counted in nats; else it is a squared error.
    fn is_in_nats(&self) -> bool {
        true
    }

    /// Whether a model that is no network decodes documents to the shares of their words.
    fn decodes_shares(&self) -> bool {
        false
    }

    /// Its layers one after another, told `n_classes` classes to tell samples of, for a model that is a stack
    /// of them and no such network.
    fn layers(&self, _input: &SampleKind, _n_classes: usize) -> Vec<Step> {
        Vec::new()
    }

    /// Number of parameters beside its [layers](Self::layers) of a model for samples of kind `input`, where
    /// it is no such network.
    fn n_params(&self, _input: &SampleKind) -> u128 {
        0
    }

    /// Multiply-adds of one sample's training step, forward and backward, beside those of its
    /// [layers](Self::layers), of a model that is no such network; 0 where its training is no matter of
    /// steps.
    fn step_products(&self, _input: &SampleKind) -> f64 {
        0.0
    }

    /// Whether it is trained by the gradients of its loss, though it is no such network.
    fn has_gradients(&self) -> bool {
        false
    }

    /// What the reconstruction of a model that is no such network is: one sentence, and its formula.
    fn about_reconstruction(&self) -> Option<(&'static str, &'static str)> {
        None
    }

    /// Whether it is for samples of kind `input` at all; the error is a sentence for the user.
    fn takes(&self, input: &SampleKind) -> Result<(), String> {
        if input.is_dense() {
            Ok(())
        } else {
            Err("it learns from rows of numbers, which sentences are not".into())
        }
    }

    /// Checks what no single field can, for samples of kind `input`.
    fn check(&self, _input: &SampleKind) -> Result<(), SpecError> {
        Ok(())
    }

    /// Whether the best weights are worked out at once.
    fn is_solved_at_once(&self) -> bool {
        self.closed_form().is_some()
    }

    /// Whether each step of training takes all the samples.
    fn takes_all_samples(&self) -> bool {
        self.closed_form().is_some()
    }

    /// Whether a setting of training matters to it.
    fn uses_training(&self, _path: &str) -> bool {
        // What is solved at once is not searched for.
        self.closed_form().is_none()
    }

    /// What trains a model that is no network, from `weights` or from nothing; none for the others.
    fn learner(
        &self,
        _info: Arc<ModelInfo>,
        _weights: Option<&[&[f32]]>,
        _seed: u64,
    ) -> Option<Result<Box<dyn Learner>, SpecError>> {
        None
    }

    /// The parts of it that learn by turns and can be told apart by orders; none where all learns as one.
    fn parts(&self) -> &'static [Part] {
        &[]
    }

    /// While layers are trained alone, a pair at a time: the pair of an epoch, from 0, and how many there
    /// are.
    fn stage(&self, _epoch: u64) -> Option<[u64; 2]> {
        None
    }

    /// Whether encoder and decoder are told the label.
    fn is_told_the_label(&self) -> bool {
        false
    }

    /// Whether it learns to tell the label, of as many classes as the data have.
    fn finds_the_label(&self) -> bool {
        false
    }

    /// How many labels are known, where it learns from samples whose label is known alone; none for all.
    fn n_labels(&self) -> Option<usize> {
        None
    }

    /// Whether the variances of the code's dimensions are shares of the data's.
    fn shares_variance(&self) -> bool {
        false
    }

    /// How the weights are worked out, for a model that is not trained by gradients.
    fn closed_form(&self) -> Option<Box<dyn ClosedForm>> {
        None
    }

    /// Why no program of PyTorch is written for a model that is trained by gradients.
    fn torch_obstacle(&self) -> Option<&'static str> {
        None
    }

    /// Says what its loss has beside the network's own, and how it is trained, for a program of PyTorch.
    ///
    /// A setting that is not said there would be lost in silence; a test changes each of every kind.
    fn torch(&self, _torch: &mut Torch, _input: &SampleKind) {}
}
