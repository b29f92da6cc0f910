//! The settings that every network of ours shares, and the layers they describe.
//!
//! A dense network is encoder layers, heads, and decoder layers. A convolutional one (`arch=conv`) puts
//! stages of convolution that halve the maps before the encoder's dense layers, and their mirror image after
//! the decoder's.

mod layers;

use super::SpecError;
use super::conv::ConvSpec;
use super::field::{Field, FieldKind, field, live, main};
use super::noise::{Binarise, Corruption, NoiseSpec};
use super::plan::Step;
use crate::data::SampleKind;
use crate::nn::{Activation, Likelihood};
use serde::{Deserialize, Serialize};

/// Shape of an encoder and its decoder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NetSpec {
    /// Length of a code.
    pub latent_dim: usize,
    /// Dense, or with convolutional stages.
    #[serde(flatten)]
    pub conv: ConvSpec,
    /// Widths of the encoder's hidden dense layers, from the input on.
    pub hidden: Vec<usize>,
    /// Widths of the decoder's hidden dense layers, from the code on; none given means the encoder's turned
    /// round.
    pub decoder_hidden: Option<Vec<usize>>,
    /// Nonlinearity of the hidden layers.
    pub activation: Activation,
    /// Probability with which a hidden value is dropped in training.
    #[serde(default)]
    pub dropout: f64,
    /// Distribution of x given the code.
    pub likelihood: LikelihoodName,
    /// Standard deviation of a Gaussian likelihood.
    pub sigma: f64,
    /// Whether that standard deviation is learned.
    #[serde(default)]
    pub noise: Noise,
    /// What the decoder's output passes through where the likelihood does not say.
    #[serde(default)]
    pub output: Output,
    /// Whether the decoder has weights of its own.
    #[serde(default)]
    pub decoder_weights: DecoderWeights,
    /// λ of Σ |w| over all weights.
    #[serde(default)]
    pub weight_l1: f64,
    /// λ of Σ w² over all weights.
    #[serde(default)]
    pub weight_l2: f64,
    /// What is done to samples before they are learned from.
    #[serde(flatten)]
    pub samples: NoiseSpec,
}

/// Whether the noise of a Gaussian likelihood is learned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Noise {
    /// It stays as it was set.
    #[default]
    Fixed,
    /// It is a parameter.
    Learned,
}

/// What the decoder's output passes through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Output {
    /// Nothing: means may be any number.
    #[default]
    Linear,
    /// A sigmoid: means lie between 0 and 1.
    Sigmoid,
    /// A hyperbolic tangent: means lie between −1 and 1.
    Tanh,
}

/// Where the decoder's weights come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecoderWeights {
    /// They are its own.
    #[default]
    Free,
    /// They are the encoder's, transposed.
    Tied,
}

/// A likelihood by name; the Gaussian's sigma is a setting of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LikelihoodName {
    /// Cross-entropy.
    Bernoulli,
    /// Normal with a fixed sigma.
    Gaussian,
    /// Squared error.
    Mse,
    /// Counts of words under the probabilities of a softmax.
    Multinomial,
}

impl LikelihoodName {
    /// What the reconstruction is by this likelihood: one sentence, and its formula.
    pub const fn about(self) -> (&'static str, &'static str) {
        match self {
            Self::Bernoulli => {
                ("Cross-entropy, summed over features, mean over samples, in nats.", "−Σ x ln x̂ + (1−x) ln(1−x̂)")
            }
            Self::Gaussian => (
                "−ln p(x | z) of a normal likelihood, summed over features, mean over samples, in nats.",
                "Σ (x − x̂)²/2σ² + ½ ln 2πσ²",
            ),
            Self::Mse => ("Squared error, summed over features, mean over samples.", "Σ (x − x̂)²"),
            Self::Multinomial => (
                "−ln p of a document's words, each drawn from the decoded probabilities, mean over documents, in nats.",
                "−Σ x ln softmax(h)",
            ),
        }
    }
}

impl Default for NetSpec {
    fn default() -> Self {
        Self {
            latent_dim: 2,
            conv: ConvSpec::default(),
            hidden: vec![512, 256],
            decoder_hidden: None,
            activation: Activation::Relu,
            dropout: 0.0,
            likelihood: LikelihoodName::Bernoulli,
            sigma: 1.0,
            noise: Noise::default(),
            output: Output::default(),
            decoder_weights: DecoderWeights::default(),
            weight_l1: 0.0,
            weight_l2: 0.0,
            samples: NoiseSpec::default(),
        }
    }
}

/// Largest width of one layer.
const MAX_WIDTH: u64 = 16_384;
/// Most hidden layers.
const MAX_LAYERS: usize = 16;
/// Most values that one sample may take between two layers.
const MAX_VALUES: usize = 1 << 24;

const NOISES: &[(&str, &str)] = &[("fixed", "Fixed"), ("learned", "Learned")];
const OUTPUTS: &[(&str, &str)] = &[("linear", "Linear"), ("sigmoid", "Sigmoid"), ("tanh", "tanh")];
const DECODER_WEIGHTS: &[(&str, &str)] = &[("free", "Free"), ("tied", "Tied")];

pub(super) const ACTIVATIONS: &[(&str, &str)] = &[
    ("relu", "ReLU"),
    ("leaky_relu", "Leaky ReLU"),
    ("elu", "ELU"),
    ("tanh", "tanh"),
    ("sigmoid", "Sigmoid"),
    ("softplus", "Softplus"),
    ("linear", "Linear"),
];
const LIKELIHOODS: &[(&str, &str)] = &[
    ("bernoulli", "Bernoulli"),
    ("gaussian", "Gaussian"),
    ("mse", "Squared error"),
    ("multinomial", "Multinomial"),
];

impl NetSpec {
    /// The length of a code, which every kind has.
    pub fn latent_dim_field() -> Field {
        main(field(
            "latent_dim",
            "Latent dimensions",
            FieldKind::Int { min: 1, max: 1024, step: 1 },
            "Length of the code z. Two can be seen whole; more reconstruct better.",
            "",
        ))
    }

    /// What the hidden layers pass through, of every kind that has some.
    pub fn activation_field() -> Field {
        field(
            "activation",
            "Activation",
            FieldKind::Choice(ACTIVATIONS),
            "Nonlinearity after each hidden layer.",
            "ReLU(x) = max(0, x)",
        )
    }

    /// The shared fields.
    pub fn fields() -> Vec<Field> {
        let mut fields = vec![Self::latent_dim_field()];
        fields.extend(ConvSpec::fields());
        fields.extend([
            main(field(
                "hidden",
                "Hidden layers",
                FieldKind::List { max_len: MAX_LAYERS, max: MAX_WIDTH },
                "Widths of the encoder's dense layers from the image, or its feature maps, to the code; the decoder mirrors them.",
                "",
            )),
            field(
                "decoder_hidden",
                "Decoder layers",
                FieldKind::MirroredList { max_len: MAX_LAYERS, max: MAX_WIDTH },
                "Widths of the decoder's dense layers from the code on, or “mirror”.",
                "",
            ),
            Self::activation_field(),
            field(
                "dropout",
                "Dropout",
                FieldKind::Float { min: 0.0, max: 0.95 },
                "Probability with which each hidden value is set to 0 in training, so that none is relied on.",
                "y = x · mask / (1 − p)",
            ),
            field(
                "likelihood",
                "Likelihood",
                FieldKind::Choice(LIKELIHOODS),
                "How an image is scored against its reconstruction, summed over pixels.",
                "Bernoulli: −Σ x ln x̂ + (1−x) ln(1−x̂)",
            ),
            Field {
                visible_if: Some(("likelihood", "gaussian")),
                ..field(
                    "sigma",
                    "Noise σ",
                    FieldKind::Float { min: 1e-3, max: 1e3 },
                    "Standard deviation of a pixel around its mean; smaller weighs reconstruction more.",
                    "SE/(2σ²) + D/2 · ln(2πσ²)",
                )
            },
            Field {
                visible_if: Some(("likelihood", "gaussian")),
                ..field(
                    "noise",
                    "Noise is",
                    FieldKind::Choice(NOISES),
                    "Fixed at σ, or a parameter that starts there; learned, it balances reconstruction against KL (Rybkin 2021).",
                    "best σ² = mean squared error a pixel",
                )
            },
            Field {
                visible_if: Some(("likelihood", "gaussian|mse")),
                ..field(
                    "output",
                    "Output",
                    FieldKind::Choice(OUTPUTS),
                    "What the decoder ends in: nothing, a sigmoid that keeps values between 0 and 1, or a tanh between −1 and 1.",
                    "x̂ = σ(W h + b)",
                )
            },
            field(
                "decoder_weights",
                "Weights",
                FieldKind::Choice(DECODER_WEIGHTS),
                "The decoder's own are free; tied ones are the encoder's transposed: half as many, each learned from both its uses.",
                "x̂ = f(Wᵀ z + b)",
            ),
            live(field(
                "weight_l2",
                "L2 on weights",
                FieldKind::Float { min: 0.0, max: 100.0 },
                "Keeps all weights small (weight decay in the loss; biases are left alone).",
                "Loss + λ Σ w²",
            )),
            live(field(
                "weight_l1",
                "L1 on weights",
                FieldKind::Float { min: 0.0, max: 100.0 },
                "Pulls weights that are of little use to 0.",
                "Loss + λ Σ |w|",
            )),
        ]);
        fields.extend(NoiseSpec::fields());
        fields
    }

    /// The likelihood with its sigma.
    pub fn likelihood(&self) -> Likelihood {
        match self.likelihood {
            LikelihoodName::Bernoulli => Likelihood::Bernoulli,
            LikelihoodName::Gaussian => Likelihood::Gaussian { sigma: self.sigma },
            LikelihoodName::Mse => Likelihood::Mse,
            LikelihoodName::Multinomial => Likelihood::Multinomial,
        }
    }

    /// Whether the decoder's weights are the encoder's.
    pub fn is_tied(&self) -> bool {
        self.decoder_weights == DecoderWeights::Tied
    }

    /// Whether the noise of the likelihood is a parameter.
    pub fn learns_sigma(&self) -> bool {
        self.likelihood == LikelihoodName::Gaussian && self.noise == Noise::Learned
    }

    /// Nonlinearity of the decoder's last layer; Bernoulli and multinomial likelihoods want logits and bring
    /// their own.
    pub fn output_activation(&self) -> Activation {
        match (self.likelihood, self.output) {
            (LikelihoodName::Bernoulli | LikelihoodName::Multinomial, _) | (_, Output::Linear) => {
                Activation::Linear
            }
            (_, Output::Sigmoid) => Activation::Sigmoid,
            (_, Output::Tanh) => Activation::Tanh,
        }
    }

    /// Widths of the decoder's hidden layers, the mirror worked out.
    pub fn decoder_widths(&self) -> Vec<usize> {
        self.decoder_hidden.clone().unwrap_or_else(|| self.hidden.iter().rev().copied().collect())
    }

    /// Checks of an encoder alone what no single field can, for samples of kind `input`.
    pub fn check_encoder(&self, input: &SampleKind) -> Result<(), SpecError> {
        self.conv.check_encoder(input)?;
        check_values(&self.encoder(input, 0))
    }

    /// Checks what no single field can: whether samples of kind `input` can be convolved as told.
    pub fn check(&self, input: &SampleKind, n_classes: usize) -> Result<(), SpecError> {
        self.conv.check(input)?;
        if self.likelihood == LikelihoodName::Multinomial && !input.counts_words() {
            return Err(SpecError::Setting {
                path: "likelihood".into(),
                problem: format!(
                    "multinomial counts the words of documents, which {} are not; choose another",
                    input.nouns()
                ),
            });
        }
        self.check_counts(input)?;
        self.check_tied(n_classes)?;
        check_values(&[self.encoder(input, n_classes), self.decoder(input, n_classes)].concat())
    }

    /// Counts of words are whole and not negative, which noise must leave them.
    fn check_counts(&self, input: &SampleKind) -> Result<(), SpecError> {
        let (path, instead) = match &self.samples {
            _ if !input.counts_words() => return Ok(()),
            NoiseSpec { corruption: Corruption::Gaussian, .. } => ("corruption", "masking drops words"),
            NoiseSpec { binarise: Binarise::None, .. } => return Ok(()),
            _ => ("binarise", "choose none"),
        };
        let problem = format!("documents hold counts of words, which would be none any more; {instead}");
        Err(SpecError::Setting { path: path.into(), problem })
    }

    /// Tied weights need a decoder that is the encoder's mirror image.
    fn check_tied(&self, n_classes: usize) -> Result<(), SpecError> {
        let obstacle = match self {
            net if !net.is_tied() => return Ok(()),
            net if net.conv.is_used() => "arch=conv has no mirror image; use arch=dense",
            net if net.decoder_hidden.is_some() => "decoder_hidden must be \"mirror\"",
            net if net.dropout > 0.0 => "dropout must be 0",
            _ if n_classes > 0 => "a model that is told the label cannot be tied",
            _ => return Ok(()),
        };
        Err(SpecError::Setting {
            path: "decoder_weights".into(),
            problem: format!("with tied weights {obstacle}"),
        })
    }
}

/// Refuses layers between which one sample would take too much room.
fn check_values(steps: &[Step]) -> Result<(), SpecError> {
    match steps.iter().map(Step::n_values).max() {
        Some(n) if n > MAX_VALUES => Err(SpecError::Setting {
            path: "channels".into(),
            problem: format!(
                "one sample would take {n} values between two layers, more than the {MAX_VALUES} allowed; use fewer feature maps"
            ),
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ModelSpec, Settings};

    #[test]
    fn counts_of_words_stay_counts() {
        let words = SampleKind::documents(["cat", "dog", "sun"]);
        let refused = |kind: &str, path: &str, text: &str| {
            let spec = ModelSpec::of_kind(kind).unwrap().fitted_to(&words).with(path, text).unwrap();
            spec.check(&words, &[]).map(|_| ()).map_err(|e| e.to_string())
        };
        assert!(refused("denoising", "corruption", "gaussian").unwrap_err().contains("masking drops words"));
        assert!(refused("vae", "binarise", "static").unwrap_err().contains("choose none"));
        assert!(refused("vae", "likelihood", "bernoulli").unwrap_err().contains("multinomial"));
        assert_eq!(refused("denoising", "corruption", "masking"), Ok(()));
        let image = SampleKind::Image { channels: 1, height: 2, width: 2 };
        let counted = ModelSpec::of_kind("ae").unwrap().with("likelihood", "multinomial").unwrap();
        assert!(counted.check(&image, &[]).unwrap_err().to_string().contains("which images are not"));
    }
}
