//! The registry: every kind of model, its settings, and how it is built. The one place that knows the kinds.

use super::ae::{Ae, AeSpec};
use super::classifier::{ClassifierSpec, SoftmaxClassifier};
use super::dcnn::{Dcnn, DcnnSpec};
use super::describe::{Body, Describe};
use super::field::{Field, Settings};
use super::gan::GanSpec;
use super::lsa::LsaSpec;
use super::made::{Made, MadeSpec};
use super::mda::MdaSpec;
use super::mixture::GmmSpec;
use super::net::LikelihoodName;
use super::network::Network;
use super::pca::PcaSpec;
use super::pixel_rnn::{PixelRnn, PixelRnnSpec};
use super::rbm::RbmSpec;
use super::sentence::{Sentence, SentenceSpec, SentenceVaeSpec};
use super::spec_error::{MAX_CLASSES, MAX_FEATURES, MAX_PARAMS, SpecError};
use super::vae::{CvaeSpec, Vae, VaeSpec};
use super::{ModelInfo, Objective, Part, ValidSpec};
use crate::data::{Dataset, SampleKind};
use crate::nn::Scalar;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A model's description as plain data; [`ModelSpec::check`] turns it into something that can be built.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ModelSpec {
    /// Principal component analysis.
    Pca(PcaSpec),
    /// A marginalised denoising autoencoder.
    Mda(MdaSpec),
    /// An autoencoder.
    Ae(AeSpec),
    /// A variational autoencoder.
    Vae(VaeSpec),
    /// A variational autoencoder that is told the label.
    Cvae(CvaeSpec),
    /// An encoder with a softmax on top.
    Classifier(ClassifierSpec),
    /// A mixture of Gaussians.
    Gmm(GmmSpec),
    /// A restricted Boltzmann machine.
    Rbm(RbmSpec),
    /// A generative adversarial network.
    Gan(GanSpec),
    /// Latent semantic analysis.
    Lsa(LsaSpec),
    /// A masked autoencoder of pixels.
    Made(MadeSpec),
    /// A recurrent network over pixels.
    PixelRnn(PixelRnnSpec),
    /// An autoencoder of sentences.
    SentenceAe(SentenceSpec),
    /// A variational autoencoder of sentences.
    SentenceVae(SentenceVaeSpec),
    /// A convolutional autoencoder of sentences.
    Dcnn(DcnnSpec),
}

impl Default for ModelSpec {
    fn default() -> Self {
        Self::Vae(VaeSpec::default())
    }
}

impl ModelSpec {
    /// An autoencoder whose encoder has one head, or two and a prior, told the label or not, with these
    /// settings.
    pub fn of_network(n_heads: usize, is_told: bool, settings: &[(&str, String)]) -> Result<Self, SpecError> {
        let plain = match (n_heads, is_told) {
            (1, _) => Self::Ae(AeSpec::default()),
            (_, false) => Self::Vae(VaeSpec::default()),
            (_, true) => Self::Cvae(CvaeSpec::default()),
        };
        settings.iter().try_fold(plain, |spec, (path, text)| spec.with(path, text))
    }

    /// The usual kind for samples of kind `input`.
    pub fn usual_for(input: &SampleKind) -> Self {
        let usual = Self::default();
        if usual.takes(input).is_ok() { usual } else { Self::SentenceVae(SentenceVaeSpec::default()) }
    }

    /// The default settings of a variant.
    pub(super) fn of_base(base: &str) -> Option<Self> {
        match base {
            "pca" => Some(Self::Pca(PcaSpec::default())),
            "mda" => Some(Self::Mda(MdaSpec::default())),
            "ae" => Some(Self::Ae(AeSpec::default())),
            "vae" => Some(Self::Vae(VaeSpec::default())),
            "cvae" => Some(Self::Cvae(CvaeSpec::default())),
            "classifier" => Some(Self::Classifier(ClassifierSpec::default())),
            "gmm" => Some(Self::Gmm(GmmSpec::default())),
            "rbm" => Some(Self::Rbm(RbmSpec::default())),
            "gan" => Some(Self::Gan(GanSpec::default())),
            "lsa" => Some(Self::Lsa(LsaSpec::default())),
            "made" => Some(Self::Made(MadeSpec::default())),
            "pixel_rnn" => Some(Self::PixelRnn(PixelRnnSpec::default())),
            "sentence_ae" => Some(Self::SentenceAe(SentenceSpec::default())),
            "dcnn" => Some(Self::Dcnn(DcnnSpec::default())),
            "sentence_vae" => Some(Self::SentenceVae(SentenceVaeSpec::default())),
            _ => None,
        }
    }

    pub(super) fn with_all(self, settings: &[(&str, &str)]) -> Result<Self, SpecError> {
        settings.iter().try_fold(self, |spec, (path, text)| spec.with(path, text))
    }

    /// The same, with a likelihood that fits samples of kind `input`: numbers beyond [0, 1] take a Gaussian
    /// one with learned noise where codes have a prior to be weighed against it, else the squared error; and
    /// with codes that a closed form can find in them, where its kind asks for longer ones.
    pub fn fitted_to(&self, input: &SampleKind) -> Self {
        let body = self.described().body(input.n_features());
        if !input.counts_words() && body.is_some_and(|body| body.net.likelihood == LikelihoodName::Multinomial) {
            // What was fitted to documents is fitted anew.
            let before = self.with("likelihood", "bernoulli").unwrap_or_else(|_| Self::default());
            return before.fitted_to(input);
        }
        let is_usual = self
            .entry()
            .settings
            .iter()
            .any(|(path, text)| *path == self.length_setting() && text.parse() == Ok(self.latent_dim()));
        if is_usual && self.is_closed_form() && self.latent_dim() > input.n_features() {
            let len = input.n_features().min(Self::default().latent_dim()).to_string();
            let shorter = self.with(self.length_setting(), &len);
            return shorter.map_or_else(|_| self.clone(), |shorter| shorter.fitted_to(input));
        }
        let Some(body) = self.described().body(input.n_features()).filter(Body::is_bernoulli) else {
            return self.clone();
        };
        if input.is_unit() {
            return self.clone();
        }
        let settings: &[_] = if input.counts_words() {
            &[("likelihood", "multinomial")]
        } else if body.n_heads > 1 {
            &[("likelihood", "gaussian"), ("noise", "learned")]
        } else {
            &[("likelihood", "mse")]
        };
        let fitted = settings.iter().try_fold(self.clone(), |spec, (path, text)| spec.with(path, text));
        fitted.unwrap_or_else(|_| self.clone())
    }

    /// What the variant says of itself.
    pub(super) fn described(&self) -> &dyn Describe {
        match self {
            Self::Pca(spec) => spec,
            Self::Mda(spec) => spec,
            Self::Ae(spec) => spec,
            Self::Vae(spec) => spec,
            Self::Cvae(spec) => spec,
            Self::Classifier(spec) => spec,
            Self::Gmm(spec) => spec,
            Self::Rbm(spec) => spec,
            Self::Gan(spec) => spec,
            Self::Lsa(spec) => spec,
            Self::Made(spec) => spec,
            Self::PixelRnn(spec) => spec,
            Self::SentenceAe(spec) => spec,
            Self::SentenceVae(spec) => spec,
            Self::Dcnn(spec) => spec,
        }
    }

    /// The loss with first weights, of `network` or of layers of the kind's own drawn by `seed`; none for a
    /// model that is not trained by gradients.
    pub(super) fn objective<S: Scalar>(
        &self,
        info: Arc<ModelInfo>,
        network: impl FnOnce() -> Option<Network<S>>,
        seed: u64,
    ) -> Option<Box<dyn Objective<S>>> {
        Some(match self {
            // The closed forms are linear autoencoders whose weights come from elsewhere.
            Self::Pca(_) | Self::Mda(_) => Box::new(Ae::new(info, &AeSpec::default(), network()?)),
            Self::Ae(settings) => Box::new(Ae::new(info, settings, network()?)),
            Self::Vae(settings) | Self::Cvae(CvaeSpec(settings)) => Box::new(Vae::new(info, settings, network()?)),
            Self::Made(settings) => Box::new(Made::new(info, settings, seed)),
            Self::PixelRnn(settings) => Box::new(PixelRnn::new(info, settings, seed)),
            Self::Classifier(settings) => Box::new(SoftmaxClassifier::new(info, settings, seed)),
            Self::SentenceAe(net) => {
                let settings = SentenceVaeSpec { net: net.clone(), ..SentenceVaeSpec::default() };
                Box::new(Sentence::new(info, settings, false, seed))
            }
            Self::SentenceVae(settings) => Box::new(Sentence::new(info, settings.clone(), true, seed)),
            Self::Dcnn(settings) => Box::new(Dcnn::new(info, settings, seed)),
            Self::Gmm(_) | Self::Gan(_) | Self::Rbm(_) | Self::Lsa(_) => return None,
        })
    }

    /// Name of the variant in files.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Pca(_) => "pca",
            Self::Mda(_) => "mda",
            Self::Ae(_) => "ae",
            Self::Vae(_) => "vae",
            Self::Cvae(_) => "cvae",
            Self::Classifier(_) => "classifier",
            Self::Gmm(_) => "gmm",
            Self::Rbm(_) => "rbm",
            Self::Gan(_) => "gan",
            Self::Lsa(_) => "lsa",
            Self::Made(_) => "made",
            Self::PixelRnn(_) => "pixel_rnn",
            Self::SentenceAe(_) => "sentence_ae",
            Self::SentenceVae(_) => "sentence_vae",
            Self::Dcnn(_) => "dcnn",
        }
    }

    /// Title in the window.
    pub fn title(&self) -> &'static str {
        self.entry().title
    }

    /// Length of a code.
    pub fn latent_dim(&self) -> usize {
        let (described, n_features) = (self.described(), 0);
        let of_network = described.body(n_features).map(|body| body.net.latent_dim);
        of_network.or(described.latent(n_features).map(|latent| latent.len)).unwrap_or(0)
    }

    /// Whether the best weights are worked out at once, so that settings of training do not matter.
    pub fn is_closed_form(&self) -> bool {
        self.described().is_solved_at_once()
    }

    /// Whether it is trained by the gradients of its loss.
    pub fn is_trained_by_gradients(&self) -> bool {
        let n_features = 0;
        let described = self.described();
        !self.is_closed_form() && (described.has_gradients() || described.body(n_features).is_some())
    }

    /// While its layers are trained alone, a pair at a time: the pair of an epoch, from 0, and how many there
    /// are.
    pub fn stage(&self, epoch: u64) -> Option<[u64; 2]> {
        self.described().stage(epoch)
    }

    /// Whether the encoder sees anything else than the target in training.
    pub fn corrupts(&self) -> bool {
        let n_features = 0;
        self.described().body(n_features).is_some_and(|body| body.net.samples.corrupts())
    }

    /// The setting that says how long a code is.
    pub fn length_setting(&self) -> &'static str {
        self.described().length_setting()
    }

    /// The parts that learn by turns and can be told apart by orders; none where all learns as one.
    pub fn parts(&self) -> &'static [Part] {
        self.described().parts()
    }

    /// Whether each step of training takes all the samples.
    pub fn takes_all_samples(&self) -> bool {
        self.described().takes_all_samples()
    }

    /// Whether a setting of training matters to it.
    pub fn uses_training(&self, path: &str) -> bool {
        self.described().uses_training(path)
    }

    /// Checks what a closed form asks for.
    fn check_closed_form(&self, n_features: usize) -> Result<(), SpecError> {
        if self.described().closed_form().is_some_and(|form| n_features > form.max_features()) {
            return Err(SpecError::ClosedForm(n_features));
        }
        if self.latent_dim() > n_features {
            return Err(SpecError::Setting {
                path: "latent_dim".into(),
                problem: format!("samples of {n_features} features have no more directions than that"),
            });
        }
        Ok(())
    }

    /// Whether encoder and decoder are told the label.
    pub fn is_told_the_label(&self) -> bool {
        self.described().is_told_the_label()
    }

    /// Whether it learns to tell the label.
    pub fn finds_the_label(&self) -> bool {
        self.described().finds_the_label()
    }

    /// How many of `n` samples it learns from: those whose label is known, where it needs one.
    pub fn n_learned_from(&self, n: usize) -> usize {
        self.described().n_labels().map_or(n, |known| known.min(n))
    }

    /// Which samples of `data` it learns from, in order, where these are not all: as many of each class,
    /// chosen by `seed` whatever the model.
    pub fn learned_from(&self, data: &Dataset, seed: u64) -> Option<Vec<u32>> {
        let n = self.described().n_labels().filter(|n| *n < data.n_samples())?;
        Some(data.evenly_by_class(n, seed))
    }

    /// Whether it is for samples of kind `input` at all; the error is a sentence for the user.
    pub fn takes(&self, input: &SampleKind) -> Result<(), String> {
        self.described().takes(input)
    }

    /// Whether it is for samples of kind `input` with its present settings.
    pub(super) fn suits(&self, input: &SampleKind) -> Result<(), String> {
        self.takes(input)?;
        self.described().check(input).map_err(|e| match e {
            SpecError::Setting { problem, .. } => problem,
            other => other.to_string(),
        })
    }

    /// Checks every setting and the size of the whole for samples of kind `input`.
    ///
    /// `classes` are the names of the data's classes, none if they have none; only a model that is told the
    /// label keeps them.
    pub fn check(&self, input: &SampleKind, classes: &[String]) -> Result<ValidSpec, SpecError> {
        self.check_ranges()?;
        if !(1..=MAX_FEATURES).contains(&input.n_features()) {
            return Err(SpecError::Input(input.n_features()));
        }
        if let SampleKind::Image { channels, .. } = input
            && !matches!(channels, 1 | 3)
        {
            return Err(SpecError::Channels(*channels));
        }
        let is_of_labels = self.is_told_the_label() || self.finds_the_label();
        let classes = if is_of_labels { classes } else { &[] };
        if is_of_labels && !(1..=MAX_CLASSES).contains(&classes.len()) {
            return Err(SpecError::Classes(classes.len()));
        }
        if let Err(problem) = self.described().takes(input) {
            return Err(SpecError::OtherSamples { title: self.title(), problem });
        }
        self.described().check(input)?;
        if self.is_closed_form() {
            self.check_closed_form(input.n_features())?;
        }
        let body = self.described().body(input.n_features());
        if let Some(body) = &body {
            body.net.check(input, classes.len())?;
        }
        if !input.is_unit() && body.as_ref().is_some_and(Body::is_bernoulli) {
            return Err(SpecError::Setting {
                path: "likelihood".into(),
                problem: format!(
                    "bernoulli takes values from 0 to 1, which {} are not; choose {}",
                    input.nouns(),
                    if input.counts_words() { "multinomial" } else { "gaussian or mse" }
                ),
            });
        }
        let valid = ValidSpec { spec: self.clone(), body, input: input.clone(), classes: classes.into() };
        match valid.n_params() {
            n if n > MAX_PARAMS => Err(SpecError::TooLarge(n)),
            _ => Ok(valid),
        }
    }
}

#[cfg(test)]
impl From<GanSpec> for ModelSpec {
    fn from(settings: GanSpec) -> Self {
        Self::Gan(settings)
    }
}

impl Settings for ModelSpec {
    fn fields(&self) -> Vec<Field> {
        self.described().fields()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Settings;

    #[test]
    fn operations_of_a_step_are_those_of_its_products() {
        let image = SampleKind::Image { channels: 1, height: 28, width: 28 };
        let spec = ModelSpec::of_kind("ae").unwrap().with("hidden", "10").unwrap();
        let (first, rest) = (784.0 * 10.0, 10.0 * 2.0 + 2.0 * 10.0 + 10.0 * 784.0);
        assert_eq!(spec.check(&image, &[]).unwrap().step_products(), 2.0 * first + 3.0 * rest);
    }

    #[test]
    fn a_likelihood_that_was_fitted_to_documents_is_fitted_anew_to_pictures() {
        let words = SampleKind::documents(["cat", "dog"]);
        let image = SampleKind::square(1, 4);
        for kind in ["ae", "vae", "cvae", "denoising"] {
            let usual = ModelSpec::of_kind(kind).unwrap();
            let fitted = usual.fitted_to(&words);
            assert_eq!(fitted.text("likelihood"), "multinomial");
            assert_eq!(fitted.fitted_to(&image), usual);
            let row = SampleKind::row(3);
            assert_eq!(fitted.fitted_to(&row), usual.fitted_to(&row));
        }
    }
}
