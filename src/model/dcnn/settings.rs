//! The settings of a convolutional autoencoder of sentences.

use crate::data::SampleKind;
use crate::model::SpecError;
use crate::model::describe::Describe;
use crate::model::field::{Field, FieldKind, field, main};
use crate::model::info::{Latent, Prior};
use crate::model::net::NetSpec;
use crate::model::sentence::takes_sentences;
use crate::nn::{MapShape, Window};
use serde::{Deserialize, Serialize};

/// Places from one step of a convolution to the next, and those that a kernel sees.
const STRIDE: usize = 2;
const KERNEL: usize = 5;
/// Settings of a convolutional autoencoder of sentences.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DcnnSpec {
    /// Length of a code.
    pub latent_dim: usize,
    /// Length of the vector that stands for a word.
    pub embedding: usize,
    /// Maps of each convolution, the first one's first; each halves the places.
    pub channels: Vec<usize>,
    /// τ: how sharply words are told apart by the angles to their vectors.
    pub temperature: f64,
}

impl Default for DcnnSpec {
    fn default() -> Self {
        Self { latent_dim: 32, embedding: 64, channels: vec![128, 256], temperature: 0.05 }
    }
}

impl DcnnSpec {
    /// The maps from the vectors of the words down to the last convolution's.
    pub fn maps(&self, max_len: usize) -> Vec<MapShape> {
        // The end has a place of its own.
        let mut maps = vec![MapShape { channels: self.embedding, height: max_len + 1, width: 1 }];
        for &channels in &self.channels {
            let last = maps[maps.len() - 1];
            maps.push(WINDOW.small(last, channels));
        }
        maps
    }
}

/// Along the sentence alone.
pub const WINDOW: Window =
    Window { kernel: [KERNEL, 1], stride: [STRIDE, 1], padding: [KERNEL / 2, 0], groups: 1 };

impl Describe for DcnnSpec {
    fn fields(&self) -> Vec<Field> {
        vec![
            NetSpec::latent_dim_field(),
            main(field(
                "channels",
                "Feature maps",
                FieldKind::List { max_len: 6, max: MAX_CHANNELS },
                "Maps of each convolution along the sentence, every one of which halves the places; the decoder mirrors them.",
                "",
            )),
            field(
                "embedding",
                "Embedding",
                FieldKind::Int { min: 1, max: 4096, step: 1 },
                "Length of the vector that stands for a word, to encoder and decoder alike.",
                "",
            ),
            field(
                "temperature",
                "Temperature τ",
                FieldKind::Float { min: 1e-3, max: 1.0 },
                "How sharply words are told apart by the angles between what is decoded and their vectors.",
                "p(w) = softmax cos(y, e_w)/τ",
            ),
        ]
    }

    fn latent(&self, _n_features: usize) -> Option<Latent> {
        Some(Latent::new(self.latent_dim, Prior::None))
    }

    fn n_params(&self, input: &SampleKind) -> u128 {
        let SampleKind::Tokens { vocabulary, max_len } = input else { return 0 };
        let maps = self.maps(*max_len);
        let size = |n: usize| n as u128;
        let convolved = maps.windows(2).map(|pair| {
            let [large, small] = [pair[0].channels, pair[1].channels].map(size);
            // A weight for both ways, and the bias of each.
            2 * large * small * KERNEL as u128 + large + small
        });
        let last = maps.last().map_or(0, MapShape::n_features);
        let codes = (size(last) + 1) * size(self.latent_dim) + (size(self.latent_dim) + 1) * size(last);
        size(vocabulary.len()) * size(self.embedding) + convolved.sum::<u128>() + codes
    }

    fn step_products(&self, input: &SampleKind) -> f64 {
        let SampleKind::Tokens { vocabulary, max_len } = input else { return 0.0 };
        let maps = self.maps(*max_len);
        let convolved = maps.windows(2).map(|pair| {
            // There and back, at each place of the smaller map.
            let places = pair[1].n_features() as f64;
            2.0 * places * pair[0].channels as f64 * KERNEL as f64
        });
        let codes = 2.0 * maps.last().map_or(0, MapShape::n_features) as f64 * self.latent_dim as f64;
        // Each word that is written is held against all.
        let words = (*max_len * vocabulary.len() * self.embedding) as f64;
        3.0 * (convolved.sum::<f64>() + codes + words)
    }

    fn takes(&self, input: &SampleKind) -> Result<(), String> {
        takes_sentences(input)
    }

    fn check(&self, input: &SampleKind) -> Result<(), SpecError> {
        let SampleKind::Tokens { max_len, .. } = input else { return Ok(()) };
        let n_values = self.maps(*max_len).iter().map(MapShape::n_features).max().unwrap_or(0);
        if n_values <= MAX_VALUES {
            return Ok(());
        }
        let problem =
            format!("a sentence would take {n_values} values between two layers; use fewer feature maps");
        Err(SpecError::Setting { path: "channels".into(), problem })
    }

    fn has_gradients(&self) -> bool {
        true
    }

    fn about_reconstruction(&self) -> Option<(&'static str, &'static str)> {
        Some((
            "−ln p of a sentence's words and of its end, each given the code alone; mean over sentences, in nats.",
            "−Σ ln p(wₜ | z)",
        ))
    }

    fn uses_training(&self, path: &str) -> bool {
        path != "scaling"
    }
}

/// Most values that a sentence may take between two layers.
const MAX_VALUES: usize = 1 << 22;
/// Most maps of one convolution.
const MAX_CHANNELS: u64 = 1024;
