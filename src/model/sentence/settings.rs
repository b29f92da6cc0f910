//! The settings of models of sentences.

use crate::data::{FIRST_WORD, MAX_SENTENCE, SampleKind};
use crate::model::describe::Describe;
use crate::model::field::{Field, FieldKind, field, in_training, live, main, makes_kind};
use crate::model::info::{Latent, Prior};
use crate::model::net::NetSpec;
use crate::nn::Cell;
use serde::{Deserialize, Serialize};

/// Settings of an autoencoder of sentences.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SentenceSpec {
    /// Length of a code.
    pub latent_dim: usize,
    /// Length of the vector that stands for a word.
    pub embedding: usize,
    /// Hidden units of the encoder, and of the decoder.
    pub units: usize,
    /// What both do at each word.
    pub cell: Cell,
    /// Share of the words before that the decoder is not told in training.
    pub word_dropout: f64,
}

impl Default for SentenceSpec {
    fn default() -> Self {
        Self { latent_dim: 16, embedding: 64, units: 128, cell: Cell::Gru, word_dropout: 0.3 }
    }
}

/// Settings of a variational autoencoder of sentences.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SentenceVaeSpec {
    /// Shape of the networks.
    #[serde(flatten)]
    pub net: SentenceSpec,
    /// Weight of the KL divergence.
    pub beta: f64,
    /// Steps over which that weight rises from 0.
    pub kl_warmup: u64,
    /// Nats of each dimension's KL divergence that cost nothing.
    pub free_bits: f64,
}

impl Default for SentenceVaeSpec {
    fn default() -> Self {
        Self { net: SentenceSpec::default(), beta: 1.0, kl_warmup: 1000, free_bits: 0.0 }
    }
}

/// The cells as they are written and as they are called.
pub const CELLS: &[(&str, &str)] = &[("gru", "GRU"), ("lstm", "LSTM")];
/// Widest embedding and most hidden units.
const MAX_WIDTH: u64 = 4096;

impl SentenceSpec {
    /// Number of weights and biases with `n_heads` heads, in a type that cannot overflow.
    fn count(&self, input: &SampleKind, n_heads: usize) -> u128 {
        let SampleKind::Tokens { vocabulary, .. } = input else { return 0 };
        let [words, z, e, h] = [vocabulary.len(), self.latent_dim, self.embedding, self.units].map(|n| n as u128);
        let gates = self.cell.n_gates() as u128 * h;
        let encoder = gates * (e + h + 2);
        let decoder = gates * (e + z + h + 2);
        (words + 1) * e + encoder + n_heads as u128 * (h + 1) * z + (z + 1) * h + decoder + (h + 1) * words
    }

    /// Multiply-adds of a sentence's training step: each weight but the words' vectors, which are looked up,
    /// at each word, forward and twice that backward. Sentences are taken as half as long as they may be.
    fn products(&self, input: &SampleKind, n_heads: usize) -> f64 {
        let SampleKind::Tokens { vocabulary, max_len } = input else { return 0.0 };
        let looked_up = (vocabulary.len() as u128 + 1) * self.embedding as u128;
        let once = (n_heads + 1) as u128 * (self.units as u128 + 1) * self.latent_dim as u128;
        let at_each = (self.count(input, n_heads) - looked_up).saturating_sub(once) as f64;
        3.0 * (once as f64 + at_each * (*max_len as f64 / 2.0 + 1.0))
    }

    fn space(&self, prior: Prior) -> Latent {
        Latent {
            len: self.latent_dim,
            prior,
            range: [f32::NEG_INFINITY, f32::INFINITY],
            shares_variance: false,
            needs_places: false,
        }
    }

    fn own_fields() -> Vec<Field> {
        vec![
            NetSpec::latent_dim_field(),
            main(field(
                "units",
                "Hidden units",
                FieldKind::Int { min: 1, max: MAX_WIDTH, step: 1 },
                "What the encoder remembers of the words so far, and the decoder of those it has written.",
                "",
            )),
            field(
                "embedding",
                "Embedding",
                FieldKind::Int { min: 1, max: MAX_WIDTH, step: 1 },
                "Length of the vector that stands for a word, to encoder and decoder alike.",
                "",
            ),
            field(
                "cell",
                "Cell",
                FieldKind::Choice(CELLS),
                "What happens at each word: a gated recurrent unit (Cho 2014), or long short-term memory (Hochreiter 1997).",
                "h′ = (1 − u) ⊙ n + u ⊙ h",
            ),
            in_training(field(
                "word_dropout",
                "Word dropout",
                FieldKind::Float { min: 0.0, max: 1.0 },
                "Share of the words before that the decoder is not told in training, so that it must ask the code (Bowman 2015).",
                "",
            )),
        ]
    }
}

/// Sentences, whose vocabulary has room for what is no word.
pub fn takes(input: &SampleKind) -> Result<(), String> {
    match input {
        SampleKind::Tokens { max_len, .. } if *max_len > MAX_SENTENCE => {
            Err(format!("its sentences are of up to {max_len} words, more than the {MAX_SENTENCE} that are read"))
        }
        SampleKind::Tokens { vocabulary, .. } if vocabulary.len() > FIRST_WORD as usize => Ok(()),
        SampleKind::Tokens { .. } => Err("its sentences have no words".into()),
        other => Err(format!("it reads sentences word by word, which {} are not", other.nouns())),
    }
}

/// What the reconstruction of a sentence is: one sentence, and its formula.
const ABOUT: (&str, &str) = (
    "−ln p of a sentence's words and of its end, each given the code and the words before; mean over sentences, in nats.",
    "−Σ ln p(wₜ | w₁ … wₜ₋₁, z)",
);

impl Describe for SentenceSpec {
    fn fields(&self) -> Vec<Field> {
        Self::own_fields()
    }

    fn latent(&self, _n_features: usize) -> Option<Latent> {
        Some(self.space(Prior::None))
    }

    fn n_params(&self, input: &SampleKind) -> u128 {
        self.count(input, 1)
    }

    fn step_products(&self, input: &SampleKind) -> f64 {
        self.products(input, 1)
    }

    fn takes(&self, input: &SampleKind) -> Result<(), String> {
        takes(input)
    }

    fn has_gradients(&self) -> bool {
        true
    }

    fn about_reconstruction(&self) -> Option<(&'static str, &'static str)> {
        Some(ABOUT)
    }

    fn uses_training(&self, path: &str) -> bool {
        path != "scaling"
    }
}

impl Describe for SentenceVaeSpec {
    fn fields(&self) -> Vec<Field> {
        let mut fields = SentenceSpec::own_fields();
        fields.extend([
            makes_kind(live(field(
                "beta",
                "β",
                FieldKind::Float { min: 0.0, max: 1e4 },
                "Weight of KL against reconstruction. Too heavy, and the decoder writes without asking the code.",
                "Loss = reconstruction + β · KL",
            ))),
            in_training(live(field(
                "kl_warmup",
                "KL warm-up steps",
                FieldKind::Int { min: 0, max: 1_000_000, step: 1 },
                "Steps over which β rises from 0 to its full height, so that the code is worth asking first (Bowman 2015).",
                "β · min(1, step / warm-up)",
            ))),
            in_training(live(field(
                "free_bits",
                "Free nats",
                FieldKind::Float { min: 0.0, max: 10.0 },
                "Nats of each dimension's KL that cost nothing, so that none need fall to 0 (Kingma 2016).",
                "Σ max(λ, KL of a dimension)",
            ))),
        ]);
        fields
    }

    fn latent(&self, _n_features: usize) -> Option<Latent> {
        Some(self.net.space(Prior::Normal))
    }

    fn n_params(&self, input: &SampleKind) -> u128 {
        self.net.count(input, 2)
    }

    fn step_products(&self, input: &SampleKind) -> f64 {
        self.net.products(input, 2)
    }

    fn takes(&self, input: &SampleKind) -> Result<(), String> {
        takes(input)
    }

    fn has_gradients(&self) -> bool {
        true
    }

    fn about_reconstruction(&self) -> Option<(&'static str, &'static str)> {
        Some(ABOUT)
    }

    fn uses_training(&self, path: &str) -> bool {
        path != "scaling"
    }
}
