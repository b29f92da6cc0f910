//! What a picture was made from: it prints as the command that makes it again.

use super::Session;
use super::command_words::{CommandWords, list, ranges};
use crate::data::ReadSettings;
use crate::latent::grid::{GridSpec, Spacing};
use crate::latent::path::{PathSpec, Walk};
use crate::latent::plane::Plane;
use crate::model::FrozenModel;
use crate::nn::Scratch;
use crate::picture::figure::said_tiles;
use crate::picture::render::{Asked, shown};
use crate::picture::{Pixels, Said, Shown, WritingSettings};
use crate::store::{self, StoreError};
use ndarray::Array2;
use std::path::PathBuf;

/// Pixels an inch of words in tiles: two a point.
const WORDS_DPI: usize = 144;
/// How many times as large the words of an animation are.
const ANIMATED: usize = 3;

/// A picture's origin; the command line parses what [`Recipe::words`] prints.
#[derive(Clone, Debug, PartialEq)]
pub struct Recipe {
    /// The model file, or an embedded model's name.
    pub model: PathBuf,
    /// The class that the model is told, by name, if it is told any.
    pub label: Option<String>,
    /// What is decoded.
    pub of: PictureOf,
    /// How sentences are written, where the model writes any.
    pub writing: WritingSettings,
    /// Pixels along a side for each of the model's, 1 to 16.
    pub scale: usize,
}

/// What is decoded into a picture.
#[derive(Clone, Debug, PartialEq)]
pub enum PictureOf {
    /// One code.
    Code {
        /// The code.
        z: Vec<f32>,
    },
    /// One code under every label, in a row.
    Labels {
        /// The code.
        z: Vec<f32>,
    },
    /// A grid on the plane of two dimensions.
    Grid {
        /// The dimensions across and up.
        dims: [usize; 2],
        /// Bounds, count and spacing.
        grid: GridSpec,
        /// The other dimensions' values.
        z: Vec<f32>,
    },
    /// A grid on a plane along other directions, for which there is no command.
    GridOn {
        /// The plane.
        plane: Plane,
        /// Bounds, count and spacing.
        grid: GridSpec,
    },
    /// The codes along a path, in a row.
    Path(PathSpec),
}

impl PictureOf {
    /// What it is called, also as a file.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Code { .. } => "picture",
            Self::Labels { .. } => "labels",
            Self::Grid { .. } | Self::GridOn { .. } => "grid",
            Self::Path(_) => "path",
        }
    }

    /// The codes [n, latent_dim].
    pub fn codes(&self, n_classes: usize) -> Array2<f32> {
        match self {
            Self::Code { z } => repeated(z, 1),
            Self::Labels { z } => repeated(z, n_classes),
            Self::Grid { dims: [x, y], grid, z } => grid.codes(&Plane::axes(z, *x, *y)),
            Self::GridOn { plane, grid } => grid.codes(plane),
            Self::Path(path) => path.codes(),
        }
    }

    /// How many of them stand in a row.
    fn columns(&self, n_classes: usize) -> usize {
        match self {
            Self::Code { .. } => 1,
            Self::Labels { .. } => n_classes.max(1),
            Self::Grid { grid, .. } | Self::GridOn { grid, .. } => grid.steps,
            Self::Path(path) => path.steps,
        }
    }

    /// Whether what is said stands in lines below one another: sentences along a path are read so.
    pub(super) const fn is_list(&self, said: &Said) -> bool {
        said.is_running && matches!(self, Self::Path(_))
    }

    /// The command that makes it.
    const fn command(&self) -> &'static str {
        match self {
            Self::Code { .. } | Self::Labels { .. } => "decode",
            Self::Grid { .. } | Self::GridOn { .. } => "grid",
            Self::Path(_) => "interpolate",
        }
    }
}

fn repeated(z: &[f32], n: usize) -> Array2<f32> {
    Array2::from_shape_fn((n, z.len()), |(_, dim)| z[dim])
}

impl Recipe {
    /// A picture for which no file of weights is needed, of sentences written as usual.
    pub fn shown(of: PictureOf, label: Option<String>) -> Self {
        Self { model: PathBuf::new(), label, of, writing: WritingSettings::default(), scale: 1 }
    }

    /// Makes the picture, for an animation its pictures in one row; none if the model has no decoder, or is
    /// told labels and not this one.
    ///
    /// What is text is drawn as words; of sentences along a path each has a line to itself.
    pub fn render(
        &self,
        model: &dyn FrozenModel,
        is_animated: bool,
        scratch: &mut Scratch<f32>,
    ) -> Option<Result<Pixels, StoreError>> {
        let shown = self.decoded(model, scratch)?;
        let Some(said) = shown.said() else { return Some(Ok(shown.into_tiles().enlarged(self.scale))) };
        let is_list = self.of.is_list(&said) && !is_animated;
        let columns = if is_list { 1 } else { self.of.columns(model.info().classes.len()) };
        // An animation would enlarge letters with their pixels.
        let scale = if is_animated { self.scale.max(ANIMATED) } else { self.scale };
        let dpi = u16::try_from(WORDS_DPI * scale).unwrap_or(u16::MAX);
        Some(store::figure_pixels(&said_tiles(&said, columns), dpi, "fewer steps or a smaller scale"))
    }

    /// What the picture is of; as [`Self::render`].
    pub fn decoded(&self, model: &dyn FrozenModel, scratch: &mut Scratch<f32>) -> Option<Shown> {
        let classes = &*model.info().classes;
        let z = self.of.codes(classes.len());
        let labels = match (&self.of, &self.label) {
            _ if classes.is_empty() => Vec::new(),
            (PictureOf::Labels { .. }, _) => (0..classes.len() as u16).collect(),
            (_, label) => {
                let label = label.as_ref().and_then(|name| classes.iter().position(|class| class == name))?;
                vec![label as u16; z.nrows()]
            }
        };
        let asked = Asked { z: z.view(), labels: &labels, writing: &self.writing };
        shown(model, asked, self.of.columns(classes.len()), scratch)
    }

    /// The command that writes the picture to `out`, word by word, where there is one.
    pub fn words(&self, out: &str) -> Option<Vec<String>> {
        self.written_to(None, out).map(CommandWords::words)
    }

    /// That command, with the data past whose codes a path may go.
    fn written_to(&self, data: Option<DataNamed<'_>>, out: &str) -> Option<CommandWords> {
        let mut command = self.command(data)?;
        command.option("out", out);
        Some(command)
    }

    /// The command that makes the picture, but for where it goes.
    pub(super) fn command(&self, data: Option<DataNamed<'_>>) -> Option<CommandWords> {
        let mut command = CommandWords::of(self.of.command());
        command.option("model", self.model.display().to_string());
        match &self.of {
            PictureOf::Code { z } => command.option("z", list(z)),
            PictureOf::Labels { z } => {
                command.option("z", list(z));
                command.option("label", "all");
            }
            PictureOf::Grid { dims: [x, y], grid, z } => {
                command.option("dims", format!("{x},{y}"));
                command.option("range", ranges([grid.x, grid.y]));
                command.option("steps", grid.steps.to_string());
                command.option("spacing", if grid.spacing == Spacing::Linear { "linear" } else { "gaussian" });
                command.option("z", list(z));
            }
            PictureOf::GridOn { .. } => return None,
            PictureOf::Path(path) => {
                if !path.is_known() {
                    return None;
                }
                if path.walk == Walk::Neighbours {
                    let (name, reading) = data?;
                    command.data(&name, reading);
                }
                command.option("from-z", list(&path.from));
                command.option("to-z", list(&path.to));
                command.option("steps", path.steps.to_string());
                command.option("path", path.walk.word());
            }
        }
        if let Some(label) = &self.label {
            command.option("label", label);
        }
        command.options(self.writing.options());
        if self.scale > 1 {
            command.option("scale", self.scale.to_string());
        }
        Some(command)
    }

    /// The command as one line for a shell, words quoted where they must be, where there is one.
    pub fn command_line(&self, out: &str) -> Option<String> {
        self.written_to(None, out).map(CommandWords::line)
    }
}

impl Session {
    /// A picture of the active model as it is shown, for which no file of weights is needed.
    pub fn recipe(&self, of: PictureOf) -> Recipe {
        Recipe { writing: self.writing_of(self.spec.active), ..Recipe::shown(of, self.label_name()) }
    }

    /// Its data, for commands that need them.
    pub(super) fn data_named(&self) -> Option<DataNamed<'_>> {
        Some((self.spec.data.to_string(), &self.spec.reading))
    }

    /// The command that makes what `recipe` does into `out`, as one line for a shell, where there is one.
    pub fn command_of(&self, recipe: &Recipe, out: &str) -> Option<String> {
        recipe.written_to(self.data_named(), out).map(CommandWords::line)
    }
}

/// The name of data and how they are read.
pub(super) type DataNamed<'a> = (String, &'a ReadSettings);
