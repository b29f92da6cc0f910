//! What the tools, the stage and the pad have to show: the ends of a path, the rectangle of a grid, a
//! corruption, an image from outside of the data.

use crate::data::Stroke;
use crate::latent::grid::Spacing;
use crate::latent::path::Walk;
use crate::model::{Corruption, NoiseSpec};
use crate::worker::SlotId;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// What the pointer does on the plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tool {
    /// Decode wherever it points.
    Explore,
    /// Walk from one point to another.
    Path,
    /// Drag a rectangle open into a grid of images.
    Grid,
    /// Draw a line around codes to choose their samples.
    Select,
}

impl Tool {
    /// Whether it is for planes of codes alone, and not for one of the data.
    pub const fn is_of_codes(self) -> bool {
        matches!(self, Self::Path | Self::Grid)
    }
}

/// The path: its ends, once they are set, and how it is walked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PathSettings {
    /// A and B.
    pub ends: [Option<PathEnd>; 2],
    /// Pictures along it, both ends among them, 2 to 33.
    pub steps: usize,
    /// Straight or along the arc.
    pub walk: Walk,
    /// Where on it the window looks, 0 to 1; none while it looks at the kept point.
    pub at: Option<f32>,
}

impl PathSettings {
    /// Fewest and most pictures along a path.
    pub const STEPS: std::ops::RangeInclusive<usize> = 2..=33;
}

/// An end of the path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PathEnd {
    /// A training sample: each model has its own code of it, and the end goes where that goes.
    Sample(u32),
    /// What was typed, as a sample: each model places it by itself.
    Text(String),
    /// A free place in one model's codes; for others it lies at the same share of their plane's spread.
    Place {
        /// Whose code it is.
        slot: SlotId,
        /// The code.
        z: Vec<f32>,
    },
}

/// A rectangle on one model's plane; for others it spans the same shares of their plane's spread.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct GridRect {
    /// Whose plane it was drawn on.
    pub slot: SlotId,
    /// Bounds across and up, in that plane's coordinates, each in ascending order.
    pub bounds: [[f32; 2]; 2],
}

/// Pairs of codes worth walking between.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// A typical sample of the first class and one of the second, by their names.
    Classes(String, String),
    /// Any two samples.
    RandomCodes,
    /// Typical samples of any two classes.
    RandomClasses,
}

/// The grid: its rectangle, once one is drawn, and how it is divided.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct GridSettings {
    /// Where it lies; none before the first drag.
    pub rect: Option<GridRect>,
    /// Images a side, 2 to 20.
    pub steps: usize,
    /// Even steps, or steps of equal prior probability.
    pub spacing: Spacing,
}

impl GridSettings {
    /// Fewest and most images a side.
    pub const STEPS: std::ops::RangeInclusive<usize> = 2..=20;
}

/// What the models are asked about: an image from outside of the data, words, or one of their samples.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Query {
    /// Drawn by hand.
    Drawn(Vec<Stroke>),
    /// The picture in a file.
    File(PathBuf),
    /// A document in its words; of data without words the sample of that name.
    Text(String),
    /// A training sample.
    Sample(u32),
}

impl Query {
    /// Most points of a drawing.
    pub const MAX_POINTS: usize = 100_000;
    /// Most bytes of a text.
    pub const MAX_TEXT: usize = 1 << 16;

    /// Whether it is an image, which is brought to the frame of the data.
    pub(super) const fn is_image(&self) -> bool {
        matches!(self, Self::Drawn(_) | Self::File(_))
    }

    /// Whether words can be asked about: there are some, and not too many.
    pub(super) fn is_text(text: &str) -> bool {
        !text.trim().is_empty() && text.len() <= Self::MAX_TEXT
    }

    /// Whether it is a drawing of sound numbers, a text of some length, or whatever else.
    pub(super) fn is_sound(&self) -> bool {
        let strokes = match self {
            Self::Drawn(strokes) => strokes,
            Self::Text(text) => return Self::is_text(text),
            Self::File(_) | Self::Sample(_) => return true,
        };
        let is_sound = |stroke: &Stroke| {
            (0.0..=1.0).contains(&stroke.radius) && stroke.points.as_flattened().iter().all(|x| x.abs() <= 2.0)
        };
        let n_points: usize = strokes.iter().map(|stroke| stroke.points.len()).sum();
        n_points <= Self::MAX_POINTS && strokes.iter().all(is_sound)
    }
}

/// How the sample on the stage is corrupted.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Staging {
    /// In which way.
    pub corruption: Corruption,
    /// How much: a standard deviation, or a share of the values.
    pub level: f64,
    /// Which draw.
    pub draw: u64,
}

impl Staging {
    /// Whether it can be shown.
    pub fn is_sound(&self) -> bool {
        (0.0..=1.0).contains(&self.level) && self.corruption != Corruption::None
    }

    /// The noise, as models are told it.
    pub fn noise(&self) -> NoiseSpec {
        NoiseSpec { corruption: self.corruption, corruption_level: self.level, ..NoiseSpec::default() }
    }
}
