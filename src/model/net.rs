//! The settings that every network of ours shares, and the layers they describe.
//!
//! A dense network is encoder layers, heads, and decoder layers. A convolutional one (`arch=conv`) puts stages of convolution
//! and 2 × 2 pooling before the encoder's dense layers, and their mirror image after the decoder's.

use super::SpecError;
use super::field::{Applies, Field, FieldKind};
use super::plan::Step;
use crate::data::SampleKind;
use crate::nn::{Activation, Likelihood, MapShape, Window};
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
    /// Widths of the decoder's hidden dense layers, from the code on; none given means the encoder's turned round.
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
}

/// Whether there are convolutional stages, and which.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConvSpec {
    /// Dense or convolutional.
    pub arch: Arch,
    /// Feature maps of the encoder's stages, from the image on; each halves the maps' sides.
    pub channels: Vec<usize>,
    /// Side of the convolutions' kernels, odd.
    pub kernel: usize,
    /// How a stage convolves.
    pub convolution: Convolution,
    /// How the decoder's stages double the maps' sides.
    pub upsampling: Upsampling,
    /// Side of the transposed convolutions' kernels, even.
    pub up_kernel: usize,
}

/// Kind of network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arch {
    /// Dense layers alone.
    #[default]
    Dense,
    /// Convolutional stages before and after them.
    Conv,
}

/// How a stage convolves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Convolution {
    /// Every map out of every map.
    #[default]
    Full,
    /// Each map by itself, then a mixture of the maps at each pixel (Chollet 2017).
    Separable,
}

/// How a decoder's stage doubles the maps' sides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Upsampling {
    /// Transposed convolution.
    #[default]
    Transposed,
    /// Each value repeated, then a convolution.
    Repeat,
    /// Each value put where the encoder's maximum was, then a convolution.
    Places,
}

impl Default for ConvSpec {
    fn default() -> Self {
        Self {
            arch: Arch::default(),
            channels: vec![16, 32],
            kernel: 3,
            convolution: Convolution::default(),
            upsampling: Upsampling::default(),
            up_kernel: 4,
        }
    }
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
            conv: ConvSpec::default(),
            hidden: vec![512, 256],
            decoder_hidden: None,
            activation: Activation::Relu,
            dropout: 0.0,
            likelihood: LikelihoodName::Bernoulli,
            sigma: 1.0,
        }
    }
}

/// Largest width of one layer.
const MAX_WIDTH: u64 = 16_384;
/// Most hidden layers.
const MAX_LAYERS: usize = 16;
/// Most feature maps of one stage.
const MAX_CHANNELS: u64 = 1024;
/// Most values that one sample may take between two layers.
const MAX_VALUES: usize = 1 << 24;

const ACTIVATIONS: &[(&str, &str)] = &[
    ("relu", "ReLU"),
    ("leaky_relu", "Leaky ReLU"),
    ("elu", "ELU"),
    ("tanh", "tanh"),
    ("sigmoid", "Sigmoid"),
    ("softplus", "Softplus"),
    ("linear", "Linear"),
];
const ARCHS: &[(&str, &str)] = &[("dense", "Dense"), ("conv", "Convolution")];
const CONVOLUTIONS: &[(&str, &str)] = &[("full", "Full"), ("separable", "Separable")];
const UPSAMPLINGS: &[(&str, &str)] = &[("transposed", "Transposed"), ("repeat", "Repeat"), ("places", "Places")];
const LIKELIHOODS: &[(&str, &str)] =
    &[("bernoulli", "Bernoulli"), ("gaussian", "Gaussian"), ("mse", "Squared error")];

const fn field(
    path: &'static str,
    title: &'static str,
    kind: FieldKind,
    help: &'static str,
    formula: &'static str,
) -> Field {
    Field { path, title, kind, help, formula, visible_if: None, applies: Applies::Rebuild }
}

impl ConvSpec {
    /// The settings of the convolutional stages.
    fn fields() -> Vec<Field> {
        let only_conv = |field: Field| Field { visible_if: Some(("arch", "conv")), ..field };
        vec![
            field(
                "arch",
                "Network",
                FieldKind::Choice(ARCHS),
                "Dense layers see all pixels at once; convolutional stages look for the same small patterns everywhere.",
                "",
            ),
            only_conv(field(
                "channels",
                "Feature maps",
                FieldKind::List { max_len: 8, max: MAX_CHANNELS },
                "Maps of each convolutional stage, from the image on; each stage halves width and height.",
                "stage: convolve, keep the largest of 2 × 2, activate",
            )),
            only_conv(field(
                "kernel",
                "Kernel",
                FieldKind::Int { min: 1, max: 11, step: 2 },
                "Side of a convolution's kernel in pixels, an odd number.",
                "y(h, w) = Σ k(i, j) x(h + i, w + j)",
            )),
            only_conv(field(
                "convolution",
                "Convolution",
                FieldKind::Choice(CONVOLUTIONS),
                "Full mixes all maps at every tap; depthwise separable convolves each map alone, then mixes them.",
                "full: k²·m·n weights; separable: k²·m + m·n",
            )),
            only_conv(field(
                "upsampling",
                "Upsampling",
                FieldKind::Choice(UPSAMPLINGS),
                "How the decoder enlarges. Remembered places come from the encoder; a free code has none and is repeated.",
                "transposed: the zero-padded input with the flipped kernel",
            )),
            Field {
                visible_if: Some(("upsampling", "transposed")),
                ..field(
                    "up_kernel",
                    "Transposed kernel",
                    FieldKind::Int { min: 2, max: 10, step: 2 },
                    "Side of a transposed convolution's kernel, an even number; 2 lays patches edge to edge, 4 overlaps them.",
                    "",
                )
            },
        ]
    }

    /// Whether there are convolutional stages.
    pub fn is_used(&self) -> bool {
        self.arch == Arch::Conv && !self.channels.is_empty()
    }

    /// Shapes of the maps from the image on, a stage after the other.
    fn maps(&self, image: MapShape) -> Vec<MapShape> {
        let mut maps = vec![image];
        for &channels in &self.channels {
            let last = maps[maps.len() - 1];
            maps.push(MapShape { channels, ..last }.pooled());
        }
        maps
    }

    /// Whether the decoder wants the places of the encoder's maxima, which a free code has not got.
    pub fn needs_places(&self) -> bool {
        self.is_used() && self.upsampling == Upsampling::Places
    }

    /// What cannot be convolved so.
    fn check(&self, input: &SampleKind) -> Result<(), SpecError> {
        let refuse = |path: &str, problem: String| Err(SpecError::Setting { path: path.into(), problem });
        if !self.is_used() {
            return Ok(());
        }
        let Some(image) = image(input) else {
            return refuse("arch", format!("convolutions need images, these samples are {input}; use dense"));
        };
        let halvings = image.height.min(image.width).ilog2() as usize;
        if self.channels.len() > halvings {
            let n = self.channels.len();
            return refuse(
                "channels",
                format!("{input} can be halved {halvings} times, not {n}; name at most {halvings} stages"),
            );
        }
        Ok(())
    }

    /// One convolution of `input` to `channels` maps, in one or two steps.
    fn convolve(
        &self,
        input: MapShape,
        channels: usize,
        pool: Option<usize>,
        activation: Activation,
    ) -> Vec<Step> {
        let window = Window { kernel: self.kernel, stride: 1, padding: self.kernel / 2, groups: 1 };
        match self.convolution {
            Convolution::Full => vec![Step::Conv { input, channels, window, pool, activation }],
            Convolution::Separable => {
                let depthwise = Window { groups: input.channels, ..window };
                let pointwise = Window { kernel: 1, padding: 0, ..window };
                vec![
                    Step::Conv {
                        input,
                        channels: input.channels,
                        window: depthwise,
                        pool: None,
                        activation: Activation::Linear,
                    },
                    Step::Conv { input, channels, window: pointwise, pool, activation },
                ]
            }
        }
    }

    /// The decoder's stage from maps `from` to maps `to`; `pool` is the number of the encoder's pooling between them.
    fn enlarge(&self, from: MapShape, to: MapShape, pool: usize, activation: Activation) -> Vec<Step> {
        let places = match self.upsampling {
            Upsampling::Transposed => {
                let padding = (self.up_kernel - 2) / 2;
                let window = Window { kernel: self.up_kernel, stride: 2, padding, groups: 1 };
                return vec![Step::Transposed { input: from, output: to, window, activation }];
            }
            Upsampling::Repeat => None,
            Upsampling::Places => Some(pool),
        };
        let enlarged = MapShape { channels: from.channels, ..to };
        let mut steps = vec![Step::Unpool { input: from, output: enlarged, places }];
        steps.extend(self.convolve(enlarged, to.channels, None, activation));
        steps
    }
}

/// Samples as feature maps, if they are images.
fn image(input: &SampleKind) -> Option<MapShape> {
    match *input {
        SampleKind::Image { channels, height, width } => Some(MapShape { channels, height, width }),
        SampleKind::Vector { .. } => None,
    }
}

impl NetSpec {
    /// The shared fields.
    pub fn fields() -> Vec<Field> {
        let mut fields = vec![field(
            "latent_dim",
            "Latent dimensions",
            FieldKind::Int { min: 1, max: 1024, step: 1 },
            "Length of the code z. Two can be seen whole; more reconstruct better.",
            "",
        )];
        fields.extend(ConvSpec::fields());
        fields.extend([
            field(
                "hidden",
                "Hidden layers",
                FieldKind::List { max_len: MAX_LAYERS, max: MAX_WIDTH },
                "Widths of the encoder's dense layers from the image, or its feature maps, to the code; the decoder mirrors them.",
                "",
            ),
            field(
                "decoder_hidden",
                "Decoder layers",
                FieldKind::MirroredList { max_len: MAX_LAYERS, max: MAX_WIDTH },
                "Widths of the decoder's dense layers from the code on, or “mirror”.",
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
        ]);
        fields
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

    /// Checks what no single field can: whether samples of kind `input` can be convolved as told.
    pub fn check(&self, input: &SampleKind, n_classes: usize) -> Result<(), SpecError> {
        self.conv.check(input)?;
        let steps = self.encoder(input, n_classes).into_iter().chain(self.decoder(input, n_classes));
        match steps.map(|step| step.n_values()).max() {
            Some(n) if n > MAX_VALUES => Err(SpecError::Setting {
                path: "channels".into(),
                problem: format!(
                    "one sample would take {n} values between two layers, more than the {MAX_VALUES} allowed; use fewer feature maps"
                ),
            }),
            _ => Ok(()),
        }
    }

    /// Numbers by which the encoder is told one label: a plane for convolutions, else one.
    pub fn label_len(&self, input: &SampleKind) -> usize {
        match image(input).filter(|_| self.conv.is_used()) {
            Some(image) => image.height * image.width,
            None => 1,
        }
    }

    /// Width of what the heads read: the last hidden layer, the last maps, or the input itself.
    pub fn trunk_width(&self, input: &SampleKind, n_classes: usize) -> usize {
        match (self.hidden.last(), image(input).filter(|_| self.conv.is_used())) {
            (Some(&width), _) => width,
            (None, Some(image)) => self.conv.maps(image).last().map_or(0, MapShape::n_features),
            (None, None) => input.n_features() + n_classes,
        }
    }

    /// The encoder up to its heads, told `n_classes` labels.
    pub fn encoder(&self, input: &SampleKind, n_classes: usize) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut n_in = input.n_features() + n_classes;
        if let Some(image) = image(input).filter(|_| self.conv.is_used()) {
            let maps = self.conv.maps(MapShape { channels: image.channels + n_classes, ..image });
            for (stage, pair) in maps.windows(2).enumerate() {
                steps.extend(self.conv.convolve(pair[0], pair[1].channels, Some(stage), self.activation));
                self.drop(&mut steps, pair[1].n_features());
            }
            steps.push(Step::Reshape);
            n_in = maps.last().map_or(0, MapShape::n_features);
        }
        self.dense(&mut steps, n_in, &self.hidden);
        steps
    }

    /// The decoder, told `n_classes` labels.
    pub fn decoder(&self, input: &SampleKind, n_classes: usize) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut widths = self.decoder_widths();
        let n_code = self.latent_dim + n_classes;
        let Some(image) = image(input).filter(|_| self.conv.is_used()) else {
            let n_in = self.dense(&mut steps, n_code, &widths);
            steps.push(Step::Dense { n_in, n_out: input.n_features(), activation: Activation::Linear });
            return steps;
        };
        let maps = self.conv.maps(image);
        widths.extend(maps.last().map(MapShape::n_features));
        self.dense(&mut steps, n_code, &widths);
        steps.push(Step::Reshape);
        for (stage, pair) in maps.windows(2).enumerate().rev() {
            let activation = if stage == 0 { Activation::Linear } else { self.activation };
            steps.extend(self.conv.enlarge(pair[1], pair[0], stage, activation));
            if stage > 0 {
                self.drop(&mut steps, pair[0].n_features());
            }
        }
        steps
    }

    /// Hidden dense layers of these widths; returns the last one's.
    fn dense(&self, steps: &mut Vec<Step>, n_in: usize, widths: &[usize]) -> usize {
        widths.iter().fold(n_in, |n_in, &n_out| {
            steps.push(Step::Dense { n_in, n_out, activation: self.activation });
            self.drop(steps, n_out);
            n_out
        })
    }

    /// Dropout of `n` values, where any is asked for.
    fn drop(&self, steps: &mut Vec<Step>, n: usize) {
        if self.dropout > 0.0 {
            steps.push(Step::Dropout { n, p: self.dropout });
        }
    }

    /// Number of weights and biases with `n_heads` heads and `n_classes` labels to be told, in a type that cannot overflow.
    pub fn n_params(&self, input: &SampleKind, n_classes: usize, n_heads: usize) -> u128 {
        let steps = self.encoder(input, n_classes).into_iter().chain(self.decoder(input, n_classes));
        let head = (self.trunk_width(input, n_classes) as u128 + 1) * self.latent_dim as u128;
        steps.map(|step| step.n_params()).sum::<u128>() + n_heads as u128 * head
    }
}
