//! What anyone may ask of any model, whoever built it.

use super::ValidSpec;
use super::noise::NoiseSpec;
use crate::data::{Dataset, SampleKind, Scaling};
use std::sync::Arc;

/// What codes are asked to be distributed like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Prior {
    /// N(0, I).
    Normal,
    /// Every number alike between −1 and 1.
    Uniform,
    /// A distribution of the model's own, which its sampler draws from.
    Own,
    /// Nothing: codes lie wherever the reconstruction wants them.
    #[default]
    None,
}

/// The space of a model's codes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Latent {
    /// Length of a code.
    pub len: usize,
    /// What codes are distributed like.
    pub prior: Prior,
    /// Bounds that no number of a code leaves, as those of a sigmoid; infinite where any number may come.
    pub range: [f32; 2],
    /// Whether the dimensions are orthogonal directions that share out the variance of x, so that each has a
    /// share.
    pub shares_variance: bool,
    /// Whether the decoder was trained with places of maxima from the encoder, which a free code does not
    /// have.
    pub needs_places: bool,
}

impl Latent {
    /// Codes of `len` numbers that may be any.
    pub fn new(len: usize, prior: Prior) -> Self {
        let range = [f32::NEG_INFINITY, f32::INFINITY];
        Self { len, prior, range, shares_variance: false, needs_places: false }
    }
}

/// Where a model comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Origin {
    /// Built here, from this description.
    Ours(Box<ValidSpec>),
    /// Brought from elsewhere.
    Imported {
        /// The file.
        from: String,
        /// What it was understood as.
        what: String,
    },
}

/// A model's description of itself.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelInfo {
    /// Title in the window.
    pub title: String,
    /// The kind in reports.
    pub kind: String,
    /// What it takes.
    pub input: SampleKind,
    /// What its decoder gives: the same, but for a decoder of codes that came as data.
    pub output: SampleKind,
    /// Whether what its decoder gives of a document are the shares that words have in it, and not their
    /// counts.
    pub decodes_shares: bool,
    /// What is done to its columns before they are encoded, and undone after decoding.
    pub scaling: Option<Scaling>,
    /// Names of the classes that encoder and decoder are told; none for a model that is told no label.
    pub classes: Arc<[String]>,
    /// Names of the classes that it tells samples of; none for a model that tells none.
    pub finds: Arc<[String]>,
    /// The space of its codes; none for a model that has no codes.
    pub latent: Option<Latent>,
    /// What is done to samples before they are learned from.
    pub samples: NoiseSpec,
    /// Number of parameters.
    pub n_params: usize,
    /// Where it comes from.
    pub origin: Origin,
}

impl ModelInfo {
    /// The description it was built from, if it was built here.
    pub fn spec(&self) -> Option<&ValidSpec> {
        match &self.origin {
            Origin::Ours(spec) => Some(spec),
            Origin::Imported { .. } => None,
        }
    }

    /// Length of a code; 0 for a model that has no codes.
    pub fn latent_dim(&self) -> usize {
        self.latent.map_or(0, |latent| latent.len)
    }

    /// Whether codes follow the prior N(0, I).
    pub fn has_prior(&self) -> bool {
        self.latent.is_some_and(|latent| latent.prior == Prior::Normal)
    }

    /// Number of features of a sample.
    pub fn n_features(&self) -> usize {
        self.input.n_features()
    }

    /// Whether `data` are what the model takes; the error is a sentence for the user.
    pub fn fits(&self, data: &Dataset) -> Result<(), String> {
        if !self.finds.is_empty() && !data.classes().is_empty() {
            return fits(&self.input, (&self.finds, false), data);
        }
        fits(&self.input, (&self.classes, true), data)
    }
}

/// Whether `data` are samples of the kind `input` with these `classes`, where there are any, which the model
/// is told or else tells samples of.
pub fn fits(input: &SampleKind, (classes, is_told): (&[String], bool), data: &Dataset) -> Result<(), String> {
    if data.kind() != input && data.kind().to_string() == input.to_string() {
        return Err(format!(
            "the model is for {input}, and those of the data are others; open the data that it was trained on"
        ));
    }
    if data.kind() != input {
        return Err(format!(
            "the model is for {input}, the data hold {}; open data of the model's shape",
            data.kind()
        ));
    }
    if !classes.is_empty() && *classes != *data.classes() {
        let first = |classes: &[String]| classes.iter().take(3).cloned().collect::<Vec<_>>().join(", ");
        return Err(format!(
            "the model {} of {} classes ({}), the data have {}; open data with the model's classes",
            if is_told { "is told labels" } else { "tells samples" },
            classes.len(),
            first(classes),
            match data.classes() {
                [] => "none".into(),
                classes => format!("{} ({})", classes.len(), first(classes)),
            }
        ));
    }
    Ok(())
}
