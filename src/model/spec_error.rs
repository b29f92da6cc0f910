//! Why a model's settings cannot be used, and the limits that they must keep.

use super::closed_form;
use super::kinds::KINDS;

/// Why a setting or a combination of settings cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpecError {
    /// A value out of its range or of the wrong kind.
    #[error("setting {path}: {problem}")]
    Setting {
        /// The setting.
        path: String,
        /// What is wrong and what would fit.
        problem: String,
    },
    /// No such setting.
    #[error("there is no setting {path:?} here; known are {known}")]
    Unknown {
        /// The name given.
        path: String,
        /// The names known.
        known: String,
    },
    /// No such kind of model.
    #[error("there is no model kind {name:?}; known are {}", known_kinds())]
    Kind {
        /// The name given.
        name: String,
    },
    /// A kind that is for other samples.
    #[error("{title}: {problem}; choose another kind, or other data")]
    OtherSamples {
        /// Title of the kind.
        title: &'static str,
        /// Which it is for, and which these are.
        problem: String,
    },
    /// Samples of no or absurd size.
    #[error("samples of {0} features cannot be learned; between 1 and {MAX_FEATURES} can")]
    Input(usize),
    /// Together the settings ask for too much.
    #[error(
        "this network would have {0} parameters, more than the {MAX_PARAMS} allowed; use fewer or narrower hidden layers"
    )]
    TooLarge(u128),
    /// Weights of another network.
    #[error("the weights are those of a network of another shape")]
    Weights,
    /// No classes, or too many, for a model that is told the label.
    #[error(
        "a model that is told the label, or learns to tell it, needs data with 1 to {MAX_CLASSES} classes; these have {0}"
    )]
    Classes(usize),
    /// Too many features to be worked out at once.
    #[error(
        "samples of {0} features are too long to be solved for at once; {max} is the most, train an autoencoder instead",
        max = closed_form::MAX_FEATURES
    )]
    ClosedForm(usize),
    /// A training that is no descent by gradients.
    #[error("{title}: {how}, so there is no training to write for PyTorch; train it here, or choose another kind")]
    NotByGradients {
        /// Title of the kind.
        title: &'static str,
        /// How it is trained instead.
        how: &'static str,
    },
    /// Images that are neither grey nor coloured.
    #[error("images of {0} channels cannot be shown; 1 (grey) and 3 (red, green, blue) can")]
    Channels(usize),
}

/// Most features that a sample may have.
pub(super) const MAX_FEATURES: usize = 1 << 20;
/// Most classes that a network may be told.
pub(super) const MAX_CLASSES: usize = 1000;
/// Most parameters a network may have: 1.6 GB in `f32` with Adam's moments and gradients.
pub(super) const MAX_PARAMS: u128 = 100_000_000;

fn known_kinds() -> String {
    KINDS.iter().map(|kind| kind.name).collect::<Vec<_>>().join(", ")
}
