//! What a kind of model says of itself from its settings alone.

use super::SpecError;
use super::closed_form::ClosedForm;
use super::field::Field;
use super::net::NetSpec;
use crate::nn::Activation;
use serde::Serialize;

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

/// A kind of model's settings as the rest of the program asks them; each model's own file implements it.
pub trait Describe {
    /// Every setting, in the order of the form.
    fn fields(&self) -> Vec<Field>;

    /// The network that it is, for samples of `n_features`.
    fn body(&self, n_features: usize) -> Body;

    /// Length of a code.
    fn latent_dim(&self) -> usize;

    /// Checks what no single field can.
    fn check(&self) -> Result<(), SpecError> {
        Ok(())
    }

    /// Whether encoder and decoder are told the label.
    fn is_told_the_label(&self) -> bool {
        false
    }

    /// Whether the variances of the code's dimensions are shares of the data's.
    fn shares_variance(&self) -> bool {
        false
    }

    /// How the weights are worked out, for a model that is not trained by gradients.
    fn closed_form(&self) -> Option<Box<dyn ClosedForm>> {
        None
    }
}
