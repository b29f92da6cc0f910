//! What is shown, without a window: samples of every kind, the palette, mosaics of tiles and the plane's
//! rasteriser.
//!
//! All pixels are sRGB, eight bits a channel, with premultiplied alpha. Blending is done on the sRGB values
//! themselves, as egui blends its colours. Nothing here writes a file or knows a screen.

mod bars;
pub mod colours;
mod curve;
mod filters;
pub mod mosaic;
pub mod palette;
pub mod render;
pub mod scatter;
mod shown;
pub mod sprite;
mod stamp;
pub mod ticks;

pub use bars::Bar;
pub use filters::{End, Units};
pub use shown::{Numbers, Sentences, Shown, Words, held_against};

/// An image in memory: RGBA, eight bits a channel, premultiplied, row by row from the top.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pixels {
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// The channels, 4·width·height bytes.
    pub rgba: Vec<u8>,
}

impl Pixels {
    /// A transparent image.
    pub fn new(width: usize, height: usize) -> Self {
        Self { width, height, rgba: vec![0; 4 * width * height] }
    }
}

/// The grey level of a mean in [0, 1]: 255·mean, rounded; values outside are clamped and NaN is 0.
pub fn level(mean: f32) -> u8 {
    // Through i32, which is what vectorises; the cast takes NaN to 0.
    (mean.clamp(0.0, 1.0) * 255.0 + 0.5) as i32 as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_rounded_and_clamped() {
        for n in 0..=255u8 {
            let mean = f32::from(n) / 255.0;
            assert_eq!(level(mean), n);
            assert_eq!(level(mean + 0.4 / 255.0), n);
            assert_eq!(level(mean - 0.4 / 255.0), n);
        }
        let odd = [-1.0, 2.0, f32::NAN, f32::NEG_INFINITY].map(level);
        assert_eq!(odd, [0, 255, 0, 0]);
    }
}
