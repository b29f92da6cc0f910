//! Figures for print: what they are of, how they are drawn, and the commands that make the same again.
//!
//! Window and command line draw by the same functions, so that a command makes the window's file.

mod asked;
mod curves;
mod divergences;
mod on_data;
mod planes;
mod regression;
mod tiles;

pub use asked::FigureOf;
pub use curves::curves_figure;
pub use on_data::{DataOf, SAYS, SaidOf};
pub use planes::{PlaneOf, PlanesOf};
pub use tiles::{Traversals, tiles_figure};

use crate::picture::figure::{Figure, Look};
use crate::store::{self, StoreError};
use std::path::Path;

/// What a file's ending says of how a figure is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FigureFormat {
    /// Shapes and text.
    Svg,
    /// Pixels.
    Png,
}

impl FigureFormat {
    /// What the ending of `path` says; none for another.
    pub fn of(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?.to_ascii_lowercase();
        match ending.as_str() {
            "svg" => Some(Self::Svg),
            "png" => Some(Self::Png),
            _ => None,
        }
    }

    /// A figure as bytes.
    pub fn write(self, figure: &Figure, look: &Look) -> Result<Vec<u8>, StoreError> {
        match self {
            Self::Svg => store::svg(figure),
            Self::Png => store::figure_png(figure, look.dpi),
        }
    }
}
