//! Models, one file each, readable beside its paper, and the spec that describes and builds them.
//!
//! A model writes an [`Objective`] for training and answers as a [`FrozenModel`] afterwards. The rest of the
//! program asks what a model *can do* ([`FrozenModel::encoder`], [`FrozenModel::decoder`], …), never what it
//! *is*: `match` on the kind lives in `spec.rs` alone.
//!
//! To add a model: its own file with its settings, what these say of it, and its objective (or its
//! [`ClosedForm`]), one variant of [`ModelSpec`], and one entry of [`KINDS`]. A variant of the autoencoder
//! that only makes settings needs the entry alone.

mod ae;
mod answers;
mod brought;
mod classifier;
mod closed_form;
mod codes;
mod completer;
mod contractive;
mod conv;
mod dcnn;
mod describe;
mod draws;
mod em;
mod energy;
mod field;
mod gan;
mod gaussian;
mod graph;
mod info;
mod kinds;
mod learner;
mod lsa;
mod made;
mod mda;
mod metrics;
mod mixture;
mod net;
mod network;
mod noise;
mod objective;
mod pca;
mod penalty;
mod pixel_rnn;
mod plan;
mod principal;
mod rbm;
mod scaled;
mod sentence;
mod spec;
mod spec_error;
mod stacked;
mod tied;
mod torch;
mod turned;
mod vae;
mod valid;

#[cfg(test)]
mod gradient_check;
#[cfg(test)]
mod wrapped_tests;

pub use brought::{Answers, Brought, Question};
pub use classifier::ClassifierSpec;
pub use closed_form::{ClosedForm, EachChunk, each_chunk};
pub use codes::{decoder_of_codes, given_codes};
pub use completer::{Completer, Placed};
pub use conv::{Arch, ConvSpec, Convolution, Downsampling, Upsampling};
pub use draws::{Draw, Draws, Scope};
pub use energy::{Annealing, EnergyModel, LogZ};
pub use field::{Applies, Field, FieldKind, Section, Settings, Visible, parse_list};
pub use gan::{Gan, GanSpec};
pub use gaussian::log_sum_exp;
pub use graph::{EncoderGraph, Graph};
pub use info::{Latent, ModelInfo, Origin, Prior};
pub use kinds::{KINDS, Kind};
pub use learner::{Course, Learner, LearnerState, Order, Part, StateTensor, TrainError, are_alike, check_finite};
pub use metrics::{Better, METRICS, Metric, MetricId, Metrics};
pub use net::NetSpec;
pub use noise::{Binarise, Corruption, NoiseSpec, draw_binary};
pub use objective::{Batch, Objective};
pub use rbm::RBM_MIXING;
pub use scaled::scaled;
pub use sentence::{Choose, Sentence, Writing};
pub use spec::ModelSpec;
pub use spec_error::SpecError;
pub use torch::{Torch, TorchConstant};
pub use turned::turned;
pub use valid::{Training, ValidSpec};

use crate::nn::{Param, Scratch};
use ndarray::{Array2, ArrayView2};
use rand_chacha::ChaCha8Rng;
use std::sync::Arc;

/// What an encoder says of samples: the means of their codes, and the spread where the model is variational.
#[derive(Clone, Debug, PartialEq)]
pub struct Codes {
    /// Means [n_codes, latent_dim]; for a plain autoencoder the codes themselves.
    pub mu: Array2<f32>,
    /// Log-variances [n_codes, latent_dim].
    pub log_var: Option<Array2<f32>>,
}

/// Maps samples to codes.
pub trait Encoder: Send + Sync {
    /// Encodes `x` [n, features]; a sample's code does not depend on its neighbours in the batch.
    ///
    /// `labels`, of length n, are read where the model is told the label ([`ModelInfo::classes`]).
    fn encode(&self, x: ArrayView2<f32>, labels: &[u16], scratch: &mut Scratch<f32>) -> Codes;
}

/// Maps codes to the mean of x.
pub trait Decoder: Send + Sync {
    /// Decodes `z` [n, latent_dim] to x̂ [n, features]; `labels` as in [`Encoder::encode`].
    fn decode(&self, z: ArrayView2<f32>, labels: &[u16], scratch: &mut Scratch<f32>) -> Array2<f32>;
}

/// Tells samples' classes.
pub trait Classifier: Send + Sync {
    /// p(class | x) of samples `x` [n, features] for each class that [`ModelInfo::finds`] names: [n,
    /// classes], each row of sum 1.
    fn probabilities(&self, x: ArrayView2<f32>, scratch: &mut Scratch<f32>) -> Array2<f32>;
}

/// Writes sentences, word by word.
pub trait Writer: Send + Sync {
    /// The sentences of codes `z` [n, latent_dim] as rows of tokens [n, max_len], padding after the last
    /// word.
    fn write(&self, z: ArrayView2<f32>, writing: &Writing, scratch: &mut Scratch<f32>) -> Array2<f32>;
}

/// Says how probable samples are given codes.
pub trait Density: Send + Sync {
    /// ln p(x | z) of each sample `x` [n, features] under each code `z` [m, latent_dim]: [n, m], in nats.
    ///
    /// All are told `label` where the model takes any.
    fn log_density(
        &self,
        x: ArrayView2<f32>,
        z: ArrayView2<f32>,
        label: u16,
        scratch: &mut Scratch<f32>,
    ) -> Array2<f64>;
}

/// Scores samples.
pub trait Scorer: Send + Sync {
    /// The random numbers that a batch to be scored must bring.
    fn draws(&self) -> Vec<Draw>;

    /// The terms of the loss, summed over the samples of `batch`.
    fn score(&self, batch: &Batch<'_, f32>, scratch: &mut Scratch<f32>) -> Metrics;
}

impl<O: Objective<f32>> Scorer for O {
    fn draws(&self) -> Vec<Draw> {
        Objective::draws(self)
    }

    fn score(&self, batch: &Batch<'_, f32>, scratch: &mut Scratch<f32>) -> Metrics {
        self.loss(batch, scratch)
    }
}

/// Draws codes from a model's own distribution.
pub trait Sampler: Send + Sync {
    /// A draw, of the length of a code; none once it is cancelled.
    fn sample(&self, rng: &mut ChaCha8Rng, is_cancelled: &dyn Fn() -> bool) -> Option<Vec<f32>>;
}

/// Tells samples of the data from those of a generator.
pub trait Discriminator: Send + Sync {
    /// D(x), how probable it is of each sample `x` [n, features] that it is from the data: \[n\], from 0 to
    /// 1.
    fn probability_real(&self, x: ArrayView2<f32>, scratch: &mut Scratch<f32>) -> Vec<f32>;
}

/// One Gaussian of a mixture of codes.
#[derive(Clone, Debug, PartialEq)]
pub struct Component {
    /// π, its share of the whole.
    pub weight: f32,
    /// μ, of the length of a code.
    pub mean: Vec<f32>,
    /// Σ [codes, codes].
    pub covariance: Array2<f32>,
}

/// A distribution of codes that is mixed of Gaussians.
pub trait Mixture: Send + Sync {
    /// The Gaussians.
    fn components(&self) -> Vec<Component>;

    /// How probable it is of each Gaussian that the code `z` is its own; they sum to 1.
    fn responsibilities(&self, z: &[f32]) -> Vec<f32>;

    /// The first step of a draw: which Gaussian.
    fn choose(&self, rng: &mut ChaCha8Rng) -> usize;

    /// The second step: where in that Gaussian.
    fn sample_of(&self, component: usize, rng: &mut ChaCha8Rng) -> Vec<f32>;
}

/// A trained (or fresh) model as plain shared data, offering capabilities, each of which stands alone.
pub trait FrozenModel: Send + Sync {
    /// What the model says of itself.
    fn info(&self) -> &ModelInfo;

    /// Maps samples to codes, if the model can.
    fn encoder(&self) -> Option<&dyn Encoder> {
        None
    }

    /// Maps codes to samples, if the model can.
    fn decoder(&self) -> Option<&dyn Decoder> {
        None
    }

    /// Writes sentences of codes as one likes, if what the model decodes to is written word by word.
    fn writer(&self) -> Option<&dyn Writer> {
        None
    }

    /// Tells samples' classes, if the model learned to.
    fn classifier(&self) -> Option<&dyn Classifier> {
        None
    }

    /// Says how probable samples are, if the model is a density: it has a prior, and a likelihood that is
    /// one.
    fn density(&self) -> Option<&dyn Density> {
        None
    }

    /// Completes pictures pixel by pixel and says how probable each pixel is, if the model knows that.
    fn completer(&self) -> Option<&dyn Completer> {
        None
    }

    /// Scores samples in named terms, if the model can.
    fn scorer(&self) -> Option<&dyn Scorer> {
        None
    }

    /// Draws codes, if the model has a distribution of its own for them.
    fn sampler(&self) -> Option<&dyn Sampler> {
        None
    }

    /// The parts that the distribution of codes is mixed of, if it is.
    fn mixture(&self) -> Option<&dyn Mixture> {
        None
    }

    /// Tells the data from what is decoded, if the model was trained against such a judge.
    fn discriminator(&self) -> Option<&dyn Discriminator> {
        None
    }

    /// The energy that it gives samples, and the chain by which it goes from one to the next, if it is such a
    /// model.
    fn energy(&self) -> Option<&dyn EnergyModel> {
        None
    }

    /// What it computes as elementary operations, if it is made of such.
    fn graph(&self) -> Option<Graph<'_>> {
        None
    }

    /// The weights by name, to be saved, counted, drawn or trained on.
    fn weights(&self) -> Vec<Param<'_, f32>>;
}

/// What a model can do; windows and commands ask this instead of its kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// It has an encoder.
    pub encodes: bool,
    /// It has a decoder.
    pub decodes: bool,
    /// Its decoder gives what it takes, so that the two can be held against each other.
    pub gives_what_it_takes: bool,
    /// What it takes can be corrupted a little: numbers can, words cannot.
    pub takes_numbers: bool,
    /// Its codes follow a prior.
    pub has_prior: bool,
    /// Codes can be drawn: from the prior, or from a distribution of the model's own.
    pub samples: bool,
    /// That distribution is a mixture of Gaussians.
    pub is_mixture: bool,
    /// It says how probable samples are.
    pub is_density: bool,
    /// It completes pictures pixel by pixel.
    pub completes: bool,
    /// It tells samples' classes.
    pub classifies: bool,
    /// It gives samples an energy, and goes from one to the next in a chain.
    pub has_energy: bool,
    /// It scores samples.
    pub scores: bool,
    /// Its decoder was trained with places from the encoder, which a free code does not have.
    pub needs_places: bool,
    /// Its dimensions are orthogonal directions that share out the variance of x, so each has a share.
    pub shares_variance: bool,
    /// It is told the label, and decodes one z differently for each.
    pub takes_label: bool,
    /// It writes sentences, so that it can be told how.
    pub writes: bool,
    /// It is made of operations that other formats have.
    pub is_graph: bool,
}

impl Capabilities {
    /// Whether it makes of a sample one like it.
    pub const fn reconstructs(&self) -> bool {
        self.encodes && self.decodes && self.gives_what_it_takes
    }

    /// Whether it can be asked to mend what is corrupted.
    pub const fn mends(&self) -> bool {
        self.reconstructs() && self.takes_numbers
    }

    /// What `model` can do.
    pub fn of(model: &dyn FrozenModel) -> Self {
        let info = model.info();
        Self {
            encodes: model.encoder().is_some(),
            decodes: model.decoder().is_some(),
            gives_what_it_takes: model.decoder().is_some() && info.input == info.output,
            takes_numbers: info.input.is_dense(),
            has_prior: info.has_prior(),
            samples: info.has_prior() || model.sampler().is_some(),
            is_mixture: model.mixture().is_some(),
            is_density: model.density().is_some(),
            completes: model.completer().is_some(),
            classifies: model.classifier().is_some(),
            has_energy: model.energy().is_some(),
            scores: model.scorer().is_some(),
            needs_places: info.latent.is_some_and(|latent| latent.needs_places),
            shares_variance: info.latent.is_some_and(|latent| latent.shares_variance),
            takes_label: !info.classes.is_empty(),
            writes: model.writer().is_some(),
            is_graph: model.graph().is_some(),
        }
    }
}

/// A frozen model that is passed around.
pub type SharedModel = Arc<dyn FrozenModel>;
