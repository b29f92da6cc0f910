//! What a picture was made from: it prints as the command that makes it again.

use crate::latent::grid::{GridSpec, Spacing};
use crate::latent::plane::Plane;
use crate::model::FrozenModel;
use crate::nn::Scratch;
use crate::picture::Pixels;
use crate::picture::render::render;
use ndarray::ArrayView2;
use std::path::PathBuf;

/// A picture's origin; the command line parses what [`Recipe::words`] prints.
#[derive(Clone, Debug, PartialEq)]
pub struct Recipe {
    /// The model file, or the embedded model's name.
    pub model: PathBuf,
    /// What is decoded.
    pub of: PictureOf,
}

/// What is decoded into a picture.
#[derive(Clone, Debug, PartialEq)]
pub enum PictureOf {
    /// One code.
    Code {
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
}

impl Recipe {
    /// Makes the picture; none if the model does not decode images.
    pub fn render(&self, model: &dyn FrozenModel, scratch: &mut Scratch<f32>) -> Option<Pixels> {
        match &self.of {
            PictureOf::Code { z } => render(model, &ArrayView2::from_shape((1, z.len()), z).ok()?, 1, scratch),
            PictureOf::Grid { dims: [x, y], grid, z } => {
                render(model, &grid.codes(&Plane::axes(z, *x, *y)).view(), grid.steps, scratch)
            }
        }
    }

    /// The command that writes the picture to `out`, word by word.
    pub fn words(&self, out: &str) -> Vec<String> {
        let mut words: Vec<String> = vec!["halfmoon".into()];
        let mut option = |name: &str, value: String| words.extend([format!("--{name}"), value]);
        option("model", self.model.display().to_string());
        let command = match &self.of {
            PictureOf::Code { z } => {
                option("z", list(z));
                "decode"
            }
            PictureOf::Grid { dims: [x, y], grid, z } => {
                option("dims", format!("{x},{y}"));
                option("range", format!("{}:{},{}:{}", grid.x[0], grid.x[1], grid.y[0], grid.y[1]));
                option("steps", grid.steps.to_string());
                option("spacing", if grid.spacing == Spacing::Linear { "linear" } else { "gaussian" }.into());
                option("z", list(z));
                "grid"
            }
        };
        option("out", out.into());
        words.insert(1, command.into());
        words
    }

    /// The command as one line for a shell, words quoted where they must be.
    pub fn command_line(&self, out: &str) -> String {
        let plain = |c: char| c.is_alphanumeric() || "-_.,:/+=".contains(c);
        let quote = |word: String| {
            if !word.is_empty() && word.chars().all(plain) {
                word
            } else {
                format!("'{}'", word.replace('\'', r"'\''"))
            }
        };
        self.words(out).into_iter().map(quote).collect::<Vec<_>>().join(" ")
    }
}

fn list(z: &[f32]) -> String {
    z.iter().map(f32::to_string).collect::<Vec<_>>().join(",")
}
