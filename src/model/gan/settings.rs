//! The settings of a generative adversarial network.

use super::{DISCRIMINATOR, GENERATOR, Gan, GanLearner, plan};
use crate::data::{SampleKind, normal_below};
use crate::model::conv::{ConvSpec, Upsampling};
use crate::model::describe::Describe;
use crate::model::field::{Field, FieldKind, field, in_training, live, main};
use crate::model::info::{Latent, ModelInfo, Prior};
use crate::model::net::{LikelihoodName, NetSpec, Output};
use crate::model::plan::Step;
use crate::model::{Learner, Part, SpecError};
use crate::nn::{Activation, standard_normal};
use ndarray::{Array2, ArrayView2};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What the generator's noise is drawn from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Noise {
    /// N(0, I).
    #[default]
    Normal,
    /// Every number alike between −1 and 1.
    Uniform,
}

impl Noise {
    /// Fills `out` with draws.
    pub fn draw(self, rng: &mut ChaCha8Rng, out: &mut [f32]) {
        match self {
            Self::Normal => standard_normal(rng, out),
            // 24 bits, as many as the number holds.
            Self::Uniform => {
                out.iter_mut().for_each(|z| *z = (rng.next_u32() >> 8) as f32 / (1 << 23) as f32 - 1.0);
            }
        }
    }

    /// Draws from N(0, 1) turned into ones of this noise.
    pub fn of_normal(self, eps: ArrayView2<f32>) -> Array2<f32> {
        match self {
            Self::Normal => eps.to_owned(),
            Self::Uniform => eps.mapv(|eps| (2.0 * normal_below(f64::from(eps)) - 1.0) as f32),
        }
    }
}

/// What the generator makes small.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GameLoss {
    /// −ln D(G(z)).
    #[default]
    Nonsaturating,
    /// ln(1 − D(G(z))).
    Minimax,
}

/// Settings of a generative adversarial network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GanSpec {
    /// Length of the noise, which is the code.
    pub latent_dim: usize,
    /// What the noise is drawn from.
    pub prior: Noise,
    /// What the generator makes small.
    pub loss: GameLoss,
    /// Dense, or with convolutional stages.
    #[serde(flatten)]
    pub conv: ConvSpec,
    /// Widths of the generator's hidden dense layers, from the noise on.
    pub generator: Vec<usize>,
    /// Widths of the discriminator's hidden dense layers, from the sample on.
    pub discriminator: Vec<usize>,
    /// Nonlinearity of the hidden layers of both.
    pub activation: Activation,
    /// Steps of the discriminator a turn, each on samples of its own.
    pub d_steps: u64,
    /// Steps of the generator a turn.
    pub g_steps: u64,
    /// Step size of the discriminator.
    pub d_rate: f64,
    /// Step size of the generator.
    pub g_rate: f64,
    /// Share of the last step that is taken again, of both.
    pub beta1: f64,
    /// Share of the running mean of the generator's weights that stays at each of its steps; the mean is what
    /// is shown. 0 shows the weights as they are.
    pub average: f64,
}

impl Default for GanSpec {
    fn default() -> Self {
        Self {
            latent_dim: 2,
            prior: Noise::default(),
            loss: GameLoss::default(),
            conv: ConvSpec::default(),
            generator: vec![64, 64],
            discriminator: vec![64, 64],
            activation: Activation::Relu,
            d_steps: 1,
            g_steps: 1,
            d_rate: 1e-3,
            g_rate: 1e-3,
            beta1: 0.5,
            average: 0.999,
        }
    }
}

const NOISES: &[(&str, &str)] = &[("normal", "Normal"), ("uniform", "Uniform")];
const LOSSES: &[(&str, &str)] = &[("nonsaturating", "Non-saturating"), ("minimax", "Minimax")];
const WIDTHS: FieldKind = FieldKind::List { max_len: 16, max: 16_384 };
/// Most steps of one side a turn.
const MAX_STEPS: u64 = 100;
const STEPS: FieldKind = FieldKind::Int { min: 1, max: MAX_STEPS, step: 1 };
const RATE: FieldKind = FieldKind::Float { min: 1e-8, max: 1.0 };

impl GanSpec {
    /// The networks as those of an autoencoder: its encoder is all of the discriminator but the last layer,
    /// its decoder the generator.
    pub(super) fn net(&self, input: &SampleKind) -> NetSpec {
        NetSpec {
            latent_dim: self.latent_dim,
            conv: self.conv.clone(),
            hidden: self.discriminator.clone(),
            decoder_hidden: Some(self.generator.clone()),
            activation: self.activation,
            likelihood: LikelihoodName::Mse,
            // Pixels lie from 0 to 1, other numbers anywhere.
            output: if input.is_unit() { Output::Sigmoid } else { Output::Linear },
            ..NetSpec::default()
        }
    }
}

impl Describe for GanSpec {
    fn fields(&self) -> Vec<Field> {
        let mut fields = vec![
            Field {
                title: "Noise numbers",
                help: "Length of the noise z that a sample is made of. Two can be seen whole.",
                ..NetSpec::latent_dim_field()
            },
            main(field(
                "prior",
                "Noise",
                FieldKind::Choice(NOISES),
                "What the noise is drawn from: a normal distribution, or evenly between −1 and 1.",
                "z ~ N(0, I) or U(−1, 1)",
            )),
            main(live(field(
                "loss",
                "Generator's loss",
                FieldKind::Choice(LOSSES),
                "Non-saturating makes D's mistake likely; minimax makes D's success unlikely, and stands still where D is sure.",
                "−E ln D(G(z)), or E ln(1 − D(G(z)))",
            ))),
            main(field(
                "generator",
                "Layers of G",
                WIDTHS,
                "Widths of the generator's dense layers, from the noise on.",
                "",
            )),
            main(field(
                "discriminator",
                "Layers of D",
                WIDTHS,
                "Widths of the discriminator's dense layers, from the sample, or its feature maps, on.",
                "",
            )),
        ];
        fields.extend(ConvSpec::fields());
        fields.extend([
            NetSpec::activation_field(),
            in_training(live(field(
                "d_steps",
                "Steps of D a turn",
                STEPS,
                "Steps of the discriminator, each on another mini-batch, before the generator moves.",
                "",
            ))),
            in_training(live(field(
                "g_steps",
                "Steps of G a turn",
                // A step of training is not given up half-way, so that these may not take long.
                FieldKind::Int { min: 1, max: 10, step: 1 },
                "Steps of the generator, each on other noise, before the discriminator moves again.",
                "",
            ))),
            in_training(live(field(
                "d_rate",
                "Learning rate of D",
                RATE,
                "Step size η of the discriminator. Far above the generator's, D is soon sure and teaches nothing.",
                "Adam: w ← w − η · m̂ / (√v̂ + ε)",
            ))),
            in_training(live(field(
                "g_rate",
                "Learning rate of G",
                RATE,
                "Step size η of the generator. Far above the discriminator's, G runs from one place of the data to the next.",
                "Adam: w ← w − η · m̂ / (√v̂ + ε)",
            ))),
            in_training(live(field(
                "beta1",
                "Momentum",
                FieldKind::Float { min: 0.0, max: 0.999 },
                "Adam's β₁ for both. Of two that chase each other, the usual .9 makes circles (Radford 2016).",
                "m ← β₁ m + (1 − β₁) g",
            ))),
            in_training(live(field(
                "average",
                "Average of G",
                FieldKind::Float { min: 0.0, max: 0.9999 },
                "A generator goes round what it looks for; the running mean of its weights, which is shown and saved, lies in the middle (Yazıcı 2019). 0 shows the weights themselves.",
                "w̄ ← a w̄ + (1 − a) w",
            ))),
        ]);
        fields
    }

    fn latent(&self, _n_features: usize) -> Option<Latent> {
        let (prior, bound) = match self.prior {
            Noise::Normal => (Prior::Normal, f32::INFINITY),
            Noise::Uniform => (Prior::Uniform, 1.0),
        };
        Some(Latent { range: [-bound, bound], ..Latent::new(self.latent_dim, prior) })
    }

    fn n_params(&self, input: &SampleKind) -> u128 {
        plan(self, input).iter().flatten().map(Step::n_params).sum()
    }

    fn takes(&self, input: &SampleKind) -> Result<(), String> {
        match input.has_words() {
            false => Ok(()),
            true => Err("it makes pictures and rows of numbers, which texts are not".into()),
        }
    }

    fn check(&self, input: &SampleKind) -> Result<(), SpecError> {
        if self.conv.is_used() && self.conv.upsampling == Upsampling::Places {
            let problem = "a generator has no encoder whose places it could remember; use transposed or repeat";
            return Err(SpecError::Setting { path: "upsampling".into(), problem: problem.into() });
        }
        self.net(input).check(input, 0)
    }

    fn takes_probabilities(&self, input: &SampleKind) -> bool {
        // What a generator gives of such samples ends in a sigmoid.
        input.is_unit()
    }

    fn uses_training(&self, path: &str) -> bool {
        matches!(path, "epochs" | "batch" | "schedule" | "warmup" | "seed" | "scaling")
    }

    fn learner(
        &self,
        info: Arc<ModelInfo>,
        weights: Option<&[&[f32]]>,
        seed: u64,
    ) -> Option<Result<Box<dyn Learner>, SpecError>> {
        let mut gan = Gan::new(info, self, seed);
        let taken = weights.map_or(Ok(()), |weights| gan.take(weights));
        Some(taken.map(|()| -> Box<dyn Learner> { Box::new(GanLearner::new(gan, seed)) }))
    }

    fn parts(&self) -> &'static [Part] {
        &PARTS
    }
}

/// The two that play, in the order in which they move.
pub const PARTS: [Part; 2] = [
    Part { name: DISCRIMINATOR, title: "Discriminator", letter: "D" },
    Part { name: GENERATOR, title: "Generator", letter: "G" },
];
