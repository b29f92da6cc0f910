//! The settings of a recurrent network over pixels.

use crate::data::SampleKind;
use crate::model::SpecError;
use crate::model::describe::Describe;
use crate::model::field::{Field, FieldKind, field, main};
use crate::model::made::{pixels, takes_pictures};
use crate::model::sentence::CELLS;
use crate::nn::Cell;
use serde::{Deserialize, Serialize};

/// Settings of a recurrent network over pixels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PixelRnnSpec {
    /// Hidden units: what is remembered of the pixels so far.
    pub units: usize,
    /// What happens at each pixel.
    pub cell: Cell,
    /// Steps from black to white, of colours in each of red, green and blue.
    pub levels: usize,
}

impl Default for PixelRnnSpec {
    fn default() -> Self {
        Self { units: 128, cell: Cell::Gru, levels: 4 }
    }
}

/// Most pixels that are gone through one by one.
const MAX_PIXELS: usize = 64 * 64;
/// Most colours of a palette.
const MAX_COLOURS: usize = 216;
/// Most hidden units.
const MAX_UNITS: u64 = 2048;

impl PixelRnnSpec {
    /// Number of values that a pixel of so many channels may have.
    pub fn n_colours(&self, channels: usize) -> usize {
        self.levels.pow(channels as u32)
    }
}

impl Describe for PixelRnnSpec {
    fn fields(&self) -> Vec<Field> {
        vec![
            main(field(
                "units",
                "Hidden units",
                FieldKind::Int { min: 1, max: MAX_UNITS, step: 1 },
                "What is remembered of the pixels so far.",
                "",
            )),
            field(
                "cell",
                "Cell",
                FieldKind::Choice(CELLS),
                "What happens at each pixel: a gated recurrent unit (Cho 2014), or long short-term memory (Hochreiter 1997).",
                "h′ = (1 − u) ⊙ n + u ⊙ h",
            ),
            main(field(
                "levels",
                "Steps of grey",
                FieldKind::Int { min: 2, max: 16, step: 1 },
                "Greys that a pixel may have; of colours as many of red, of green and of blue, each mixture one of the palette.",
                "p(xᵢ) = softmax(W hᵢ + b)",
            )),
        ]
    }

    fn step_products(&self, input: &SampleKind) -> f64 {
        let [n_pixels, channels] = pixels(input);
        let (units, gates) = (self.units as f64, (self.cell.n_gates() * self.units) as f64);
        3.0 * n_pixels as f64 * (gates * (units + 2.0) + units * self.n_colours(channels) as f64)
    }

    fn n_params(&self, input: &SampleKind) -> u128 {
        let n_colours = self.n_colours(pixels(input)[1]) as u128;
        let units = self.units as u128;
        // The pixel before is one of the colours, and its place two numbers.
        let gates = self.cell.n_gates() as u128 * units;
        gates * (n_colours + 2 + units + 2) + (units + 1) * n_colours
    }

    fn takes(&self, input: &SampleKind) -> Result<(), String> {
        takes_pictures(input)
    }

    fn check(&self, input: &SampleKind) -> Result<(), SpecError> {
        let [n_pixels, channels] = pixels(input);
        if self.n_colours(channels) > MAX_COLOURS {
            let problem = format!(
                "{} steps of {channels} channels make {} colours, more than the {MAX_COLOURS} of a palette; use fewer",
                self.levels,
                self.n_colours(channels)
            );
            return Err(SpecError::Setting { path: "levels".into(), problem });
        }
        if n_pixels > MAX_PIXELS {
            let problem = format!(
                "it goes through pixels one by one, and {n_pixels} are more than the {MAX_PIXELS} allowed; read the images smaller"
            );
            return Err(SpecError::Setting { path: "data.side".into(), problem });
        }
        Ok(())
    }

    fn has_gradients(&self) -> bool {
        true
    }

    fn uses_training(&self, path: &str) -> bool {
        path != "scaling"
    }
}
