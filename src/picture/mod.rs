//! What is shown, without a window: samples of every kind, the palette, mosaics of tiles and the plane's
//! rasteriser.
//!
//! All pixels are sRGB, eight bits a channel, with premultiplied alpha. Blending is done on the sRGB values
//! themselves, as egui blends its colours. Nothing here writes a file or knows a screen.

mod bars;
pub mod colours;
mod curve;
pub mod figure;
mod filters;
pub mod mosaic;
pub mod palette;
pub mod render;
pub mod scatter;
pub mod sheet;
mod shown;
pub mod sprite;
mod stamp;
pub mod ticks;
mod wording;
mod writing;

pub use bars::Bar;
pub use filters::{End, Units};
pub use shown::{Numbers, Said, Sentences, Shown, Words, held_against};
pub use wording::{new_words, wrong_words};
pub use writing::{WordSearch, WritingSettings};

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

    /// The same with `scale` pixels along each side for every one.
    pub fn enlarged(self, scale: usize) -> Self {
        if scale <= 1 {
            return self;
        }
        let (pixels, _) = self.rgba.as_chunks::<4>();
        let mut rgba = Vec::with_capacity(self.rgba.len() * scale * scale);
        for row in pixels.chunks(self.width.max(1)) {
            let line: Vec<u8> = row.iter().flat_map(|pixel| [*pixel].repeat(scale)).flatten().collect();
            (0..scale).for_each(|_| rgba.extend(&line));
        }
        Self { width: self.width * scale, height: self.height * scale, rgba }
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
    fn enlarged_pixels_are_squares() {
        let rgba = vec![1, 1, 1, 255, 2, 2, 2, 255, 3, 3, 3, 255, 4, 4, 4, 255];
        let large = Pixels { width: 2, height: 2, rgba }.enlarged(3);
        assert_eq!((large.width, large.height), (6, 6));
        let at = |x: usize, y: usize| large.rgba[4 * (y * 6 + x)];
        assert_eq!([at(0, 0), at(2, 2), at(3, 2), at(2, 3), at(5, 5)], [1, 1, 2, 3, 4]);
    }

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
