//! What is done to samples before a network learns from them: their pixels drawn as black or white, and what
//! the encoder sees corrupted.
//!
//! A denoising autoencoder is shown a corrupted sample and asked for the clean one (Vincent et al. 2010).
//! Binarised data make a Bernoulli likelihood exact: each pixel is 1 from one half on, or with the
//! probability that its grey level gives (Salakhutdinov and Murray 2008), drawn once for all or anew at each
//! step (Burda et al. 2016). Every draw comes from a stream that is passed in.

use super::Torch;
use super::field::{Field, FieldKind, field, in_training, live, makes_kind};
use crate::nn::{Purpose, standard_normal, stream};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// Settings of the noise.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct NoiseSpec {
    /// What the encoder's input suffers in training.
    pub corruption: Corruption,
    /// Standard deviation, or share of the pixels.
    pub corruption_level: f64,
    /// Whether pixels are drawn as 0 or 1.
    pub binarise: Binarise,
}

impl Default for NoiseSpec {
    fn default() -> Self {
        Self { corruption: Corruption::None, corruption_level: 0.3, binarise: Binarise::None }
    }
}

/// How the encoder's input is corrupted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Corruption {
    /// Not at all.
    #[default]
    None,
    /// A normal draw is added to each pixel.
    Gaussian,
    /// Some pixels become 0.
    Masking,
    /// Some pixels become 0 or 1.
    SaltPepper,
}

/// Whether pixels are drawn as 0 or 1 with their grey level as the probability.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Binarise {
    /// They stay grey.
    #[default]
    None,
    /// White from one half on; nothing is drawn.
    Threshold,
    /// Drawn once a sample.
    Static,
    /// Drawn anew at each step; scores use the draw of [`Binarise::Static`].
    Dynamic,
}

impl Corruption {
    /// Those that change anything, with their names.
    pub const ALL: [(Self, &str); 3] = [
        (Self::Gaussian, CORRUPTIONS[1].1),
        (Self::Masking, CORRUPTIONS[2].1),
        (Self::SaltPepper, CORRUPTIONS[3].1),
    ];
}

/// Each corruption as it is written and as it is called, in the order of [`Corruption`].
const CORRUPTIONS: &[(&str, &str)] =
    &[("none", "None"), ("gaussian", "Gaussian"), ("masking", "Masking"), ("salt_pepper", "Salt and pepper")];
pub(super) const BINARISATIONS: &[(&str, &str)] =
    &[("none", "None"), ("threshold", "Threshold"), ("static", "Static"), ("dynamic", "Dynamic")];

impl NoiseSpec {
    /// The settings.
    pub fn fields() -> Vec<Field> {
        vec![
            makes_kind(live(field(
                "corruption",
                "Corruption",
                FieldKind::Choice(CORRUPTIONS),
                "What the encoder sees is corrupted in training; the target stays the clean image (Vincent 2010).",
                "Loss = reconstruction(x, decoder(encoder(x + noise)))",
            ))),
            makes_kind(live(Field {
                visible_if: Some(("corruption", "gaussian|masking|salt_pepper")),
                ..field(
                    "corruption_level",
                    "Corruption level",
                    FieldKind::Float { min: 0.0, max: 1.0 },
                    "Standard deviation of the Gaussian noise, or the share of pixels that is masked or set to 0 or 1.",
                    "",
                )
            })),
            in_training(live(field(
                "binarise",
                "Binarisation",
                FieldKind::Choice(BINARISATIONS),
                "Makes each pixel 1 from ½ on (threshold), or draws it with its grey level as the probability: once (static) or at each step (dynamic).",
                "P(x = 1) = grey level",
            ))),
        ]
    }

    /// Says what the samples suffer, for a program of PyTorch.
    pub fn torch(&self, torch: &mut Torch) {
        torch.say("threshold", self.binarise == Binarise::Threshold);
        torch.say("static", self.binarise == Binarise::Static);
        torch.say("dynamic", self.binarise == Binarise::Dynamic);
        torch.say("corrupts", self.corrupts());
        let (noise, about) = match self.corruption {
            Corruption::None => return,
            Corruption::Gaussian => {
                ("x + CORRUPTION_LEVEL * torch.randn_like(x)", "standard deviation of the noise that is added")
            }
            Corruption::Masking => {
                ("x * (torch.rand_like(x) >= CORRUPTION_LEVEL)", "share of the values that become 0")
            }
            Corruption::SaltPepper => (
                "torch.where(torch.rand_like(x) < CORRUPTION_LEVEL, (torch.rand_like(x) < 0.5).float(), x)",
                "share of the values that become 0 or 1",
            ),
        };
        if self.corrupts() {
            torch.put("corruption", noise);
            torch.constant("corruption_level", self.corruption_level, about);
        }
    }

    /// Whether the encoder sees anything else than the target in training.
    pub fn corrupts(&self) -> bool {
        self.corruption != Corruption::None && self.corruption_level > 0.0
    }

    /// Corrupts pixels in [0, 1] in place.
    pub fn corrupt(&self, x: &mut [f32], rng: &mut ChaCha8Rng) {
        let level = self.corruption_level;
        // A share of u32's range; the last bit of a share of 1 does not matter.
        let hit = (level * f64::from(u32::MAX)) as u32;
        match self.corruption {
            Corruption::None => {}
            Corruption::Gaussian => {
                let mut draws = [0.0f32; 64];
                for x in x.chunks_mut(draws.len()) {
                    standard_normal(rng, &mut draws[..x.len()]);
                    x.iter_mut().zip(draws).for_each(|(x, draw)| *x += level as f32 * draw);
                }
            }
            Corruption::Masking => {
                x.iter_mut().for_each(|x| *x = if rng.next_u32() < hit { 0.0 } else { *x });
            }
            Corruption::SaltPepper => {
                for x in x {
                    let draw = rng.next_u32();
                    // Below the share, the draw's last bit is a coin of its own.
                    *x = if draw < hit { (draw & 1) as f32 } else { *x };
                }
            }
        }
    }

    /// Makes one sample's pixels 0 or 1, where that is asked for: as it is scored, the same ones every time.
    pub fn binarise(&self, x: &mut [f32], sample_idx: u32) {
        match self.binarise {
            Binarise::None => {}
            Binarise::Threshold => x.iter_mut().for_each(|x| *x = f32::from(u8::from(*x >= 0.5))),
            Binarise::Static | Binarise::Dynamic => {
                draw_binary(x, &mut stream(0, Purpose::Binarisation, u64::from(sample_idx)));
            }
        }
    }

    /// Whether pixels are made 0 or 1 at all.
    pub fn binarises(&self) -> bool {
        self.binarise != Binarise::None
    }

    /// Whether each training step draws the pixels anew.
    pub fn is_dynamic(&self) -> bool {
        self.binarise == Binarise::Dynamic
    }
}

/// Draws each value in [0, 1] as 1 with that probability, else as 0.
pub fn draw_binary(x: &mut [f32], rng: &mut ChaCha8Rng) {
    // 24 bits are what f32 holds exactly.
    x.iter_mut().for_each(|x| *x = f32::from(((rng.next_u32() >> 8) as f32) < *x * 16_777_216.0));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn corrupted(corruption: Corruption, level: f64) -> Vec<f32> {
        let mut x = vec![0.6; 40_000];
        let spec = NoiseSpec { corruption, corruption_level: level, ..NoiseSpec::default() };
        spec.corrupt(&mut x, &mut stream(3, Purpose::Corruption, 0));
        x
    }

    #[test]
    fn each_corruption_does_what_it_says() {
        let share = |x: &[f32], of: f32| x.iter().filter(|&&x| x == of).count() as f64 / x.len() as f64;
        assert_eq!(share(&corrupted(Corruption::None, 1.0), 0.6), 1.0);
        let gaussian = corrupted(Corruption::Gaussian, 0.2);
        let (mean, spread) = gaussian.iter().fold((0.0, 0.0), |(sum, squares), &x| {
            let off = f64::from(x) - 0.6;
            (sum + off / 4e4, squares + off * off / 4e4)
        });
        assert!(mean.abs() < 0.005 && (spread.sqrt() - 0.2).abs() < 0.005);
        let masked = corrupted(Corruption::Masking, 0.3);
        assert!((share(&masked, 0.0) - 0.3).abs() < 0.01 && (share(&masked, 0.6) - 0.7).abs() < 0.01);
        let peppered = corrupted(Corruption::SaltPepper, 0.4);
        assert!((share(&peppered, 0.0) - 0.2).abs() < 0.01 && (share(&peppered, 1.0) - 0.2).abs() < 0.01);
    }

    #[test]
    fn binary_draws_have_the_grey_levels_as_their_mean() {
        let spec = NoiseSpec { binarise: Binarise::Static, ..NoiseSpec::default() };
        let (mut x, mut again) = (vec![0.25; 40_000], vec![0.25; 40_000]);
        spec.binarise(&mut x, 5);
        spec.binarise(&mut again, 5);
        assert_eq!(x, again, "one draw serves for all scores");
        assert!(x.iter().all(|&x| x == 0.0 || x == 1.0));
        assert!((x.iter().sum::<f32>() / 4e4 - 0.25).abs() < 0.01);
        let cut = NoiseSpec { binarise: Binarise::Threshold, ..spec };
        let mut halves = [0.0, 0.499, 0.5, 1.0];
        cut.binarise(&mut halves, 7);
        assert_eq!(halves, [0.0, 0.0, 1.0, 1.0]);
        let mut extremes = [0.0, 1.0];
        spec.binarise(&mut extremes, 0);
        assert_eq!(extremes, [0.0, 1.0]);
    }
}
