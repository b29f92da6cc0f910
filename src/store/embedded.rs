//! The trained models inside the program. The README has the command line that makes each again.

use super::{ModelFileError, from_bytes};
use crate::data::DataChoice;
use crate::train::Checkpoint;
use std::path::Path;

/// A trained model that needs no file.
pub struct Embedded {
    /// Name by which commands know it.
    pub name: &'static str,
    /// Name to show.
    pub title: &'static str,
    /// The data to show it on; of the digits it was trained on the complete set.
    pub data: DataChoice,
    bytes: &'static [u8],
}

macro_rules! embedded {
    ($name:literal, $title:literal, $data:ident) => {
        Embedded {
            name: $name,
            title: $title,
            data: DataChoice::$data,
            bytes: include_bytes!(concat!("../../models/", $name, ".safetensors")),
        }
    };
}

/// The model that the window opens on.
pub static OPENING: &Embedded = &EMBEDDED[0];

/// Every trained model, the one that the window opens on first.
pub static EMBEDDED: [Embedded; 22] = [
    embedded!("mnist-vae", "Digits, VAE", Mnist),
    embedded!("mnist-ae", "Digits, AE", Mnist),
    embedded!("mnist-cvae", "Digits, CVAE", Mnist),
    embedded!("mnist-vae-10d", "Digits, VAE of 10 dimensions", Mnist),
    embedded!("mnist-deep-2d", "Digits, deep AE", Mnist),
    embedded!("mnist-deep-30d", "Digits, deep AE of 30 dimensions", Mnist),
    embedded!("mnist-conv-vae", "Digits, convolutional VAE", Mnist),
    embedded!("made-digits", "Digits, pixel by pixel", Mnist),
    embedded!("rbm-digits", "Digits, Boltzmann machine", Mnist),
    embedded!("emoji-conv-vae", "Emoji, convolutional VAE", Emoji),
    embedded!("emoji-256", "Emoji, codes of 256 to search by", Emoji),
    embedded!("emoji-pixel-rnn", "Emoji, pixel by pixel", EmojiSmall),
    embedded!("gan-ring", "Ring of eight, adversaries", Ring),
    embedded!("moons-vae", "Moons, VAE", Moons),
    embedded!("moons-ae", "Moons, AE", Moons),
    embedded!("full-half-vae", "Full and half moons, VAE", FullHalf),
    embedded!("full-half-ae", "Full and half moons, AE", FullHalf),
    embedded!("wordnet-ae", "Nouns by definition, AE", Wordnet),
    embedded!("wordnet-vae", "Nouns by definition, VAE", Wordnet),
    embedded!("sentences-vae", "Sentences, VAE", Sentences),
    embedded!("sentences-ae", "Sentences, AE", Sentences),
    embedded!("sentences-dcnn", "Sentences, convolutional AE", Sentences),
];

/// The trained model of this name.
pub fn embedded(name: &Path) -> Option<&'static Embedded> {
    EMBEDDED.iter().find(|model| Path::new(model.name) == name)
}

impl Embedded {
    /// Opens it.
    pub fn open(&self) -> Result<Checkpoint, ModelFileError> {
        from_bytes(self.name, self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Reading, load};
    use crate::train::evaluate;

    #[test]
    fn each_opens_slim_and_fits_its_data() {
        for model in &EMBEDDED {
            let checkpoint = model.open().unwrap();
            assert!(checkpoint.learner.is_none() && checkpoint.trained.test_curve.len() > 5, "{}", model.name);
            let data = load(&model.data, &Reading::default()).unwrap();
            let shown = &checkpoint.trained.model;
            shown.info().fits(&data.train).unwrap();
            // What it says of its own training holds on the data that are shown, a part of them for the
            // digits.
            let score = evaluate(&**shown, &data.test, 500, &|| false).unwrap();
            let told = checkpoint.trained.test_curve.last().unwrap();
            assert!(
                (score.loss() / told.loss() - 1.0).abs() < 0.1,
                "{}: {} and {}",
                model.name,
                score.loss(),
                told.loss()
            );
        }
    }
}
