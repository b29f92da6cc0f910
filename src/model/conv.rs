//! The convolutional stages of a network: their settings, and the layers they describe.
//!
//! An encoder's stage convolves its maps and keeps the largest of each 2 × 2 values, or moves its kernel by
//! two pixels; the decoder's stages undo that, the last one first.

use super::SpecError;
use super::field::{Field, FieldKind, field, main};
use super::plan::Step;
use crate::data::SampleKind;
use crate::nn::{Activation, MapShape, Pool, Window};
use serde::{Deserialize, Serialize};

/// Whether there are convolutional stages, and which.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConvSpec {
    /// Dense or convolutional.
    pub arch: Arch,
    /// Feature maps of the encoder's stages, from the image on; each halves the maps' sides.
    pub channels: Vec<usize>,
    /// How the encoder's stages halve the maps' sides.
    pub downsampling: Downsampling,
    /// Side of the convolutions' kernels, odd.
    pub kernel: usize,
    /// Side of the kernels of convolutions that halve the maps by their strides.
    pub down_kernel: usize,
    /// How a stage convolves.
    pub convolution: Convolution,
    /// What becomes of a map's edges under a kernel that moves by one pixel; a setting of encoders alone,
    /// since decoders lead back to padded maps.
    #[serde(skip)]
    pub edges: Edges,
    /// How the decoder's stages double the maps' sides.
    pub upsampling: Upsampling,
    /// Side of the transposed convolutions' kernels.
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

/// How an encoder's stage halves the maps' sides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Downsampling {
    /// The largest of each 2 × 2 values is kept.
    #[default]
    Pool,
    /// The kernel moves by two pixels.
    Stride,
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

/// What becomes of a map's edges under a kernel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edges {
    /// Zeros are laid around the map, so that it keeps its size.
    #[default]
    Padded,
    /// The kernel stays inside, and the map loses what it cannot reach (LeCun et al. 1998).
    Inside,
}

impl Edges {
    fn is_padded(self) -> bool {
        self == Self::Padded
    }
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
            downsampling: Downsampling::default(),
            kernel: 3,
            down_kernel: 4,
            convolution: Convolution::default(),
            edges: Edges::default(),
            upsampling: Upsampling::default(),
            up_kernel: 4,
        }
    }
}

/// Window of a stage's pooling.
const POOL: Pool = [2, 2];
/// Most feature maps of one stage.
const MAX_CHANNELS: u64 = 1024;

const ARCHS: &[(&str, &str)] = &[("dense", "Dense"), ("conv", "Convolution")];
const DOWNSAMPLINGS: &[(&str, &str)] = &[("pool", "Pooling"), ("stride", "Strides")];
const CONVOLUTIONS: &[(&str, &str)] = &[("full", "Full"), ("separable", "Separable")];
const EDGES: &[(&str, &str)] = &[("padded", "Padded"), ("inside", "Inside")];
const UPSAMPLINGS: &[(&str, &str)] = &[("transposed", "Transposed"), ("repeat", "Repeat"), ("places", "Places")];

/// The same setting, of convolutional networks alone.
const fn only_conv(field: Field) -> Field {
    Field { visible_if: Some(("arch", "conv")), ..field }
}

impl ConvSpec {
    /// The settings of the convolutional stages of encoder and decoder.
    pub fn fields() -> Vec<Field> {
        let mut fields = Self::encoder_fields();
        fields.extend([
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
                    FieldKind::Int { min: 2, max: 11, step: 1 },
                    "Side of a transposed convolution's kernel; 2 lays patches edge to edge, 4 overlaps them.",
                    "",
                )
            },
        ]);
        fields
    }

    /// The setting that says what becomes of a map's edges, for networks that need not lead back to the
    /// image.
    pub fn edges_field() -> Field {
        Field {
            visible_if: Some(("downsampling", "pool")),
            ..field(
                "edges",
                "Edges of a map",
                FieldKind::Choice(EDGES),
                "Padded maps keep their size under a kernel; inside, a side of n loses k − 1 pixels before it is halved, as in LeNet-5.",
                "inside: 28 → 24 → 12 → 8 → 4 by kernels of 5",
            )
        }
    }

    /// The settings of the encoder's stages.
    pub fn encoder_fields() -> Vec<Field> {
        vec![
            field(
                "arch",
                "Network",
                FieldKind::Choice(ARCHS),
                "Dense layers see all pixels at once; convolutional stages look for the same small patterns everywhere.",
                "",
            ),
            only_conv(main(field(
                "channels",
                "Feature maps",
                FieldKind::List { max_len: 8, max: MAX_CHANNELS },
                "Maps of each convolutional stage, from the image on; each stage halves width and height.",
                "stage: convolve, keep the largest of 2 × 2, activate",
            ))),
            only_conv(field(
                "downsampling",
                "Downsampling",
                FieldKind::Choice(DOWNSAMPLINGS),
                "How the encoder halves its maps: it keeps the largest of each 2 × 2 values, or moves the kernel by two pixels.",
                "",
            )),
            Field {
                visible_if: Some(("downsampling", "stride")),
                ..field(
                    "down_kernel",
                    "Strided kernel",
                    FieldKind::Int { min: 2, max: 11, step: 1 },
                    "Side of the kernel of a convolution that moves by two pixels.",
                    "y(h, w) = Σ k(i, j) x(2h + i, 2w + j)",
                )
            },
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
        ]
    }

    /// Whether there are convolutional stages.
    pub fn is_used(&self) -> bool {
        self.arch == Arch::Conv && !self.channels.is_empty()
    }

    /// The image that the stages begin with; none where there are no stages, or samples are no images.
    pub fn image(&self, input: &SampleKind) -> Option<MapShape> {
        match *input {
            SampleKind::Image { channels, height, width } if self.is_used() => {
                Some(MapShape { channels, height, width })
            }
            _ => None,
        }
    }

    /// Shapes of the maps from the image on, a stage after the other.
    pub fn maps(&self, image: MapShape) -> Vec<MapShape> {
        let mut maps = vec![image];
        for &channels in &self.channels {
            let last = maps[maps.len() - 1];
            maps.push(match self.downsampling {
                Downsampling::Pool => self.window().small(last, channels).pooled(POOL),
                Downsampling::Stride => halving(self.down_kernel).small(last, channels),
            });
        }
        maps
    }

    /// The encoder's stage from maps `from` to `channels` of half the sides.
    pub fn halve(&self, from: MapShape, channels: usize, activation: Activation) -> Vec<Step> {
        match self.downsampling {
            Downsampling::Pool => self.convolve(from, channels, self.window(), Some(POOL), activation),
            Downsampling::Stride => self.convolve(from, channels, halving(self.down_kernel), None, activation),
        }
    }

    /// The window of a convolution that moves by one pixel.
    fn window(&self) -> Window {
        Window::square(self.kernel, 1, if self.edges.is_padded() { self.kernel / 2 } else { 0 })
    }

    /// Whether the decoder wants the places of the encoder's maxima, which a free code has not got.
    pub fn needs_places(&self) -> bool {
        self.is_used() && self.upsampling == Upsampling::Places
    }

    /// What cannot be convolved so, and back again.
    pub fn check(&self, input: &SampleKind) -> Result<(), SpecError> {
        let refuse =
            |path: &str, problem: &str| Err(SpecError::Setting { path: path.into(), problem: problem.into() });
        self.check_encoder(input)?;
        let Some(image) = self.image(input) else { return Ok(()) };
        if self.downsampling == Downsampling::Stride && self.upsampling == Upsampling::Places {
            return refuse("upsampling", "strides remember no places; use transposed or repeat");
        }
        self.check_mirror(image)
    }

    /// What cannot be convolved so by an encoder.
    pub fn check_encoder(&self, input: &SampleKind) -> Result<(), SpecError> {
        let refuse = |path: &str, problem: String| Err(SpecError::Setting { path: path.into(), problem });
        if !self.is_used() {
            return Ok(());
        }
        let Some(image) = self.image(input) else {
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
        if self.edges.is_padded() || self.downsampling == Downsampling::Stride {
            return Ok(());
        }
        let mut side = image.height.min(image.width);
        for stage in 1..=self.channels.len() {
            if side < self.kernel + 1 {
                return refuse(
                    "edges",
                    format!(
                        "stage {stage} has maps of {side} pixels, too few for a kernel of {} and a pooling; use padded",
                        self.kernel
                    ),
                );
            }
            side = (side + 1 - self.kernel) / 2;
        }
        Ok(())
    }

    /// Whether each of the decoder's stages gives maps as large as the encoder's stage read.
    fn check_mirror(&self, image: MapShape) -> Result<(), SpecError> {
        let is_undone = |pair: &[MapShape]| match self.upsampling {
            Upsampling::Transposed => halving(self.up_kernel).small(pair[0], pair[1].channels) == pair[1],
            Upsampling::Repeat | Upsampling::Places => {
                pair[0].pooled(POOL) == MapShape { channels: pair[0].channels, ..pair[1] }
            }
        };
        let Some(pair) = self.maps(image).windows(2).find(|pair| !is_undone(pair)).map(<[MapShape]>::to_vec)
        else {
            return Ok(());
        };
        let (from, to) = (pair[1], pair[0]);
        Err(SpecError::Setting {
            path: if self.upsampling == Upsampling::Transposed { "up_kernel" } else { "upsampling" }.into(),
            problem: format!(
                "maps of {} × {} are not made {} × {} again; kernels of an odd side round halves up, those of an even one and pooling down",
                from.width, from.height, to.width, to.height
            ),
        })
    }

    /// One convolution of `input` to `channels` maps, in one or two steps, of which the last pools or does
    /// not.
    fn convolve(
        &self,
        input: MapShape,
        channels: usize,
        window: Window,
        pool: Option<Pool>,
        activation: Activation,
    ) -> Vec<Step> {
        match self.convolution {
            Convolution::Full => vec![Step::Conv { input, channels, window, pool, activation }],
            Convolution::Separable => {
                let depthwise = Window { groups: input.channels, ..window };
                let pointwise = Window::square(1, 1, 0);
                vec![
                    Step::Conv {
                        input,
                        channels: input.channels,
                        window: depthwise,
                        pool: None,
                        activation: Activation::Linear,
                    },
                    Step::Conv {
                        input: window.small(input, input.channels),
                        channels,
                        window: pointwise,
                        pool,
                        activation,
                    },
                ]
            }
        }
    }

    /// The decoder's stage from maps `from` to maps `to`; `pooling` is the number of the encoder's step that
    /// pools between them, if one does.
    pub fn enlarge(
        &self,
        from: MapShape,
        to: MapShape,
        pooling: Option<usize>,
        activation: Activation,
    ) -> Vec<Step> {
        let pooling = match self.upsampling {
            Upsampling::Transposed => {
                let window = halving(self.up_kernel);
                return vec![Step::Transposed { input: from, output: to, window, activation }];
            }
            Upsampling::Repeat => None,
            Upsampling::Places => pooling,
        };
        let enlarged = MapShape { channels: from.channels, ..to };
        let mut steps = vec![Step::Unpool { input: from, output: enlarged, window: POOL, pooling }];
        steps.extend(self.convolve(enlarged, to.channels, self.window(), None, activation));
        steps
    }
}

/// The window by which a large map is twice as high and wide as its small one: half a side is rounded up by
/// kernels of an odd side, down by those of an even one.
fn halving(kernel: usize) -> Window {
    Window::square(kernel, 2, (kernel - 1) / 2)
}

#[cfg(test)]
#[path = "conv_tests.rs"]
mod tests;
