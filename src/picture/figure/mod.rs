//! Figures for print: what the window shows as shapes and text, in points of 1/72 inch, without a screen.
//!
//! [`planes`], [`matrix`], [`curves`] and [`sheet`] draw them; writing one as SVG or PNG is left to others.
//! Lines are three quarters of a point, text is 7 to 9 points, as printed figures have them; y grows
//! downwards.

mod curves;
mod key;
mod matrix;
mod planes;
mod said;
mod sheet;
pub mod text;
mod tokens;

pub use curves::{Chart, Curve, curves};
pub use matrix::{Matrix, matrix};
pub use planes::{ASPECT, PlanePanel, planes};
pub use said::said_tiles;
pub use sheet::{Panel, PanelLine, Room, Sheet, Tone, sheet};
pub use tokens::Tokens;

use super::Pixels;
use super::palette::{Mode, Rgb};
use serde::{Deserialize, Serialize};

/// How a figure is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Look {
    /// Light on white, or dark.
    pub mode: Mode,
    /// Its width in tenths of a millimetre.
    pub width_tenth_mm: u16,
    /// Pixels an inch of what is no vector.
    pub dpi: u16,
    /// Whether classes, models and tiles are named.
    pub has_names: bool,
    /// Whether axes have lines and numbers.
    pub has_axes: bool,
}

impl Default for Look {
    /// One column of a paper.
    fn default() -> Self {
        Self { mode: Mode::Light, width_tenth_mm: 850, dpi: 300, has_names: true, has_axes: true }
    }
}

impl Look {
    /// Narrowest and widest, in centimetres.
    pub const WIDTHS: std::ops::RangeInclusive<f32> = 2.0..=100.0;
    /// Fewest and most pixels an inch.
    pub const DPI: std::ops::RangeInclusive<u16> = 36..=1200;

    /// Its width in points.
    pub fn width(&self) -> f32 {
        f32::from(self.width_tenth_mm) * 72.0 / 254.0
    }

    /// Its width in centimetres.
    pub fn width_cm(&self) -> f32 {
        f32::from(self.width_tenth_mm) / 100.0
    }

    /// The colours of everything but classes.
    pub const fn tokens(&self) -> Tokens {
        Tokens::of(self.mode)
    }
}

/// A figure: marks over a ground, drawn in their order.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// Width and height in points.
    pub size: [f32; 2],
    /// The ground.
    pub ground: Rgb,
    /// What is drawn.
    pub marks: Vec<Mark>,
}

impl Figure {
    /// All its texts.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        texts(&self.marks).into_iter()
    }
}

fn texts(marks: &[Mark]) -> Vec<&str> {
    let mut all = Vec::new();
    for mark in marks {
        match mark {
            Mark::Text { text, .. } => all.push(text.as_str()),
            Mark::Clip { marks, .. } => all.extend(texts(marks)),
            _ => {}
        }
    }
    all
}

/// A colour that may let through what lies below.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ink {
    /// The colour.
    pub rgb: Rgb,
    /// 0 is nothing, 1 is opaque.
    pub alpha: f32,
}

/// How a line is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pen {
    /// Its colour.
    pub ink: Ink,
    /// Its width in points.
    pub width: f32,
    /// Lengths of dashes and of what lies between them; none for a solid line.
    pub dash: Option<[f32; 2]>,
}

/// Which place of a text lies where it is put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// Its beginning.
    Start,
    /// Its middle.
    Middle,
    /// Its end.
    End,
}

/// One thing that is drawn.
#[derive(Clone, Debug, PartialEq)]
pub enum Mark {
    /// A line through places.
    Line {
        /// The places.
        points: Vec<[f32; 2]>,
        /// How it is drawn.
        pen: Pen,
    },
    /// What a line around some places holds.
    Area {
        /// The places.
        points: Vec<[f32; 2]>,
        /// What fills it.
        fill: Ink,
    },
    /// A rectangle.
    Rect {
        /// Its upper left corner.
        at: [f32; 2],
        /// Its width and height.
        size: [f32; 2],
        /// How far its corners are rounded.
        radius: f32,
        /// What fills it.
        fill: Option<Ink>,
        /// What is drawn around it.
        pen: Option<Pen>,
    },
    /// Circles of one look, as the codes of a class are.
    Circles {
        /// Their middles.
        centres: Vec<[f32; 2]>,
        /// Their radius.
        radius: f32,
        /// What fills them.
        fill: Option<Ink>,
        /// What is drawn around each.
        pen: Option<Pen>,
    },
    /// A line of text; its middle lies on the height of `at`.
    Text {
        /// Where.
        at: [f32; 2],
        /// Which place of it lies there.
        anchor: Anchor,
        /// The words.
        text: String,
        /// Its size in points.
        size: f32,
        /// Whether it is semibold.
        is_strong: bool,
        /// Its colour.
        ink: Ink,
    },
    /// A picture of pixels with sharp edges.
    Image {
        /// Its upper left corner.
        at: [f32; 2],
        /// Its width and height.
        size: [f32; 2],
        /// The pixels.
        pixels: Pixels,
    },
    /// Marks of which only what lies in a rectangle is seen.
    Clip {
        /// Its upper left corner.
        at: [f32; 2],
        /// Its width and height.
        size: [f32; 2],
        /// The marks.
        marks: Vec<Mark>,
    },
}

/// Width of lines.
const LINE: f32 = 0.75;
/// Sizes of text: of captions and ticks, and of names.
const SMALL: f32 = 7.0;
const PLAIN: f32 = 8.0;

const fn ink(rgb: Rgb) -> Ink {
    Ink { rgb, alpha: 1.0 }
}

const fn pen(rgb: Rgb, width: f32) -> Pen {
    Pen { ink: ink(rgb), width, dash: None }
}

/// The fine dotted pen of the lines at round values.
const fn dotted(tokens: &Tokens) -> Pen {
    Pen { ink: Ink { rgb: tokens.grid, alpha: 0.5 }, width: 0.5, dash: Some([0.5, 2.0]) }
}

fn words(at: [f32; 2], anchor: Anchor, text: impl Into<String>, size: f32, rgb: Rgb) -> Mark {
    Mark::Text { at, anchor, text: text.into(), size, is_strong: false, ink: ink(rgb) }
}

fn strong(at: [f32; 2], anchor: Anchor, text: impl Into<String>, rgb: Rgb) -> Mark {
    Mark::Text { at, anchor, text: text.into(), size: PLAIN, is_strong: true, ink: ink(rgb) }
}
