//! The settings that every network of ours shares, and the two stacks they describe.

use super::field::{Applies, Field, FieldKind};
use crate::nn::Scalar;
use crate::nn::{Activation, Likelihood, Stack};
use serde::{Deserialize, Serialize};

/// Shape of an encoder and its decoder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NetSpec {
    /// Length of a code.
    pub latent_dim: usize,
    /// Widths of the encoder's hidden layers, from the input on.
    pub hidden: Vec<usize>,
    /// Widths of the decoder's hidden layers, from the code on; none given means the encoder's turned round.
    pub decoder_hidden: Option<Vec<usize>>,
    /// Nonlinearity of the hidden layers.
    pub activation: Activation,
    /// Distribution of x given the code.
    pub likelihood: LikelihoodName,
    /// Standard deviation of a Gaussian likelihood.
    pub sigma: f64,
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
}

impl Default for NetSpec {
    fn default() -> Self {
        Self {
            latent_dim: 2,
            hidden: vec![512, 256],
            decoder_hidden: None,
            activation: Activation::Relu,
            likelihood: LikelihoodName::Bernoulli,
            sigma: 1.0,
        }
    }
}

/// Largest width of one layer.
const MAX_WIDTH: u64 = 16_384;
/// Most hidden layers.
const MAX_LAYERS: usize = 16;

const ACTIVATIONS: &[(&str, &str)] = &[
    ("relu", "ReLU"),
    ("leaky_relu", "Leaky ReLU"),
    ("elu", "ELU"),
    ("tanh", "tanh"),
    ("sigmoid", "Sigmoid"),
    ("softplus", "Softplus"),
    ("linear", "Linear"),
];
const LIKELIHOODS: &[(&str, &str)] =
    &[("bernoulli", "Bernoulli"), ("gaussian", "Gaussian"), ("mse", "Squared error")];

impl NetSpec {
    /// The shared fields.
    pub fn fields() -> Vec<Field> {
        let field = |path, title, kind, help, formula| Field {
            path,
            title,
            kind,
            help,
            formula,
            visible_if: None,
            applies: Applies::Rebuild,
        };
        vec![
            field(
                "latent_dim",
                "Latent dimensions",
                FieldKind::Int { min: 1, max: 1024 },
                "Length of the code z. Two can be seen whole; more reconstruct better.",
                "",
            ),
            field(
                "hidden",
                "Hidden layers",
                FieldKind::List { max_len: MAX_LAYERS, max: MAX_WIDTH },
                "Widths of the encoder's layers from the image to the code; the decoder mirrors them.",
                "",
            ),
            field(
                "decoder_hidden",
                "Decoder layers",
                FieldKind::MirroredList { max_len: MAX_LAYERS, max: MAX_WIDTH },
                "Widths of the decoder's layers from the code to the image, or “mirror”.",
                "",
            ),
            field(
                "activation",
                "Activation",
                FieldKind::Choice(ACTIVATIONS),
                "Nonlinearity after each hidden layer.",
                "ReLU(x) = max(0, x)",
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
        ]
    }

    /// The likelihood with its sigma.
    pub fn likelihood(&self) -> Likelihood {
        match self.likelihood {
            LikelihoodName::Bernoulli => Likelihood::Bernoulli,
            LikelihoodName::Gaussian => Likelihood::Gaussian { sigma: self.sigma },
            LikelihoodName::Mse => Likelihood::Mse,
        }
    }

    /// Widths of the decoder's hidden layers, the mirror worked out.
    pub fn decoder_widths(&self) -> Vec<usize> {
        self.decoder_hidden.clone().unwrap_or_else(|| self.hidden.iter().rev().copied().collect())
    }

    /// Width of what the heads read: the last hidden layer, or the input itself.
    pub fn trunk_width(&self, n_in: usize) -> usize {
        self.hidden.last().copied().unwrap_or(n_in)
    }

    /// The encoder up to its heads, reading `n_in` numbers.
    pub fn trunk<S: Scalar>(&self, n_in: usize, seed: u64) -> Stack<S> {
        let widths: Vec<usize> = std::iter::once(n_in).chain(self.hidden.iter().copied()).collect();
        Stack::dense(&widths, self.activation, self.activation, seed, 0)
    }

    /// The decoder, reading `n_in` numbers; `first` is the number of its first layer in the model.
    pub fn decoder<S: Scalar>(&self, n_in: usize, n_features: usize, seed: u64, first: u64) -> Stack<S> {
        let mut widths = vec![n_in];
        widths.extend(self.decoder_widths());
        widths.push(n_features);
        Stack::dense(&widths, self.activation, Activation::Linear, seed, first)
    }

    /// Number of weights and biases with `n_heads` heads and `n_classes` labels to be told, in a type that cannot overflow.
    pub fn n_params(&self, n_features: usize, n_classes: usize, n_heads: usize) -> u128 {
        let dense = |n_in: usize, n_out: usize| (n_in as u128 + 1) * n_out as u128;
        let chain = |widths: &[usize]| widths.windows(2).map(|pair| dense(pair[0], pair[1])).sum::<u128>();
        let n_in = n_features + n_classes;
        let encoder: Vec<usize> = std::iter::once(n_in).chain(self.hidden.iter().copied()).collect();
        let first = std::iter::once(self.latent_dim + n_classes);
        let decoder: Vec<usize> = first.chain(self.decoder_widths()).chain([n_features]).collect();
        chain(&encoder) + n_heads as u128 * dense(self.trunk_width(n_in), self.latent_dim) + chain(&decoder)
    }
}
