//! What each code is coloured by, as places in a table of colours.

use super::palette::{Mode, Rgb, class_colour, is_ring, ramp};
use crate::data::Dataset;

/// Steps of a continuous colour scale.
const SHADES: usize = 64;

/// A table of colours, and which of them are drawn as rings.
#[derive(Clone, Debug, PartialEq)]
pub struct Colours {
    /// The colours.
    pub colours: Vec<Rgb>,
    /// For each, whether its dots are rings.
    pub hollow: Vec<bool>,
}

impl Colours {
    /// Those of `n` classes, at most 256.
    pub fn classes(mode: Mode, n: usize) -> Self {
        let all = 0..n.clamp(1, 256);
        Self {
            colours: all.clone().map(|class| class_colour(mode, class)).collect(),
            hollow: all.map(is_ring).collect(),
        }
    }

    /// Those of a column, from its least value to its greatest.
    pub fn shades(mode: Mode) -> Self {
        let colours = (0..SHADES).map(|i| ramp(mode, i as f32 / (SHADES - 1) as f32)).collect();
        Self { colours, hollow: vec![false; SHADES] }
    }
}

/// The place in the table of colours of each of the samples `indices`: its class, or the shade of a column.
pub fn colours_of(train: &Dataset, indices: &[u32], column: Option<usize>) -> Vec<u8> {
    let n = train.n_samples();
    let samples = indices.iter().map(|&idx| (idx as usize).min(n - 1));
    match column {
        Some(column) => {
            let Some(column) = train.columns().get(column) else { return vec![0; indices.len()] };
            let low = column.values.iter().copied().fold(f32::INFINITY, f32::min);
            let high = column.values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let shade = |value: f32| ((value - low) / (high - low).max(1e-9) * (SHADES - 1) as f32).round() as u8;
            samples.map(|idx| shade(column.values[idx])).collect()
        }
        None => match train.labels() {
            Some(labels) => samples.map(|idx| labels.of[idx].min(255) as u8).collect(),
            None => vec![0; indices.len()],
        },
    }
}

/// Radius of a code in points; it falls with their number. At a million it is .6, so small that they can be
/// panned.
pub fn radius(n_codes: usize) -> f32 {
    (1.9 * (10_000.0 / n_codes.max(1) as f32).powf(0.25)).clamp(0.6, 2.6)
}
