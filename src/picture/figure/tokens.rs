//! The colours of a figure's parts, by theme; those of classes are the palette's.

use crate::picture::palette::{Mode, Rgb};

/// Colours by what they are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tokens {
    /// What everything lies on: white, or the dark plane.
    pub ground: Rgb,
    /// Names.
    pub text: Rgb,
    /// Captions.
    pub weak: Rgb,
    /// Numbers of axes.
    pub faint: Rgb,
    /// Grid lines and frames.
    pub grid: Rgb,
    /// The prior's rings.
    pub rings: Rgb,
    /// The path, the grid's edge, the curve of the test split.
    pub accent: Rgb,
    /// The curve of the training split.
    pub curve: Rgb,
    /// What is wrong.
    pub bad: Rgb,
}

impl Tokens {
    /// Those of a theme.
    pub const fn of(mode: Mode) -> Self {
        match mode {
            Mode::Light => Self {
                ground: [0xff, 0xff, 0xff],
                text: [0x17, 0x1b, 0x22],
                weak: [0x4b, 0x55, 0x63],
                faint: [0x67, 0x72, 0x81],
                grid: [0x89, 0x8f, 0x99],
                rings: [0x87, 0x8f, 0x9b],
                accent: [0x2c, 0x4a, 0x8e],
                curve: [0x7e, 0x88, 0x98],
                bad: [0xb3, 0x26, 0x1e],
            },
            Mode::Dark => Self {
                ground: [0x0b, 0x0e, 0x14],
                text: [0xe7, 0xea, 0xf0],
                weak: [0xa8, 0xb2, 0xc0],
                faint: [0x7b, 0x87, 0x99],
                grid: [0x5c, 0x63, 0x6f],
                rings: [0x5a, 0x64, 0x73],
                accent: [0xf1, 0xe4, 0xb9],
                curve: [0x5e, 0x6a, 0x7e],
                bad: [0xff, 0x8a, 0x7a],
            },
        }
    }
}
