//! What one sample of an array is: a picture, and of which shape, or a row of numbers.

use super::Numbers;
use std::fmt;
use std::str::FromStr;

/// The shape of one sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A row of numbers.
    Numbers,
    /// A picture.
    Picture {
        /// Numbers a pixel.
        channels: usize,
        /// Rows.
        height: usize,
        /// Columns.
        width: usize,
        /// Whether a pixel's numbers lie together, as they do in files; else channel after channel.
        is_interleaved: bool,
    },
}

/// Numbers a pixel can have: grey, grey and alpha, red, green and blue, and those with alpha.
const CHANNELS: std::ops::RangeInclusive<usize> = 1..=4;
/// A side from which rows of numbers are taken for pictures, where they could be either.
const LEAST_SIDE: usize = 7;

impl Shape {
    fn picture(channels: usize, height: usize, width: usize, is_interleaved: bool) -> Self {
        Self::Picture { channels, height, width, is_interleaved }
    }

    /// The shapes that samples of these lengths can have, the likeliest first; none where they have none.
    ///
    /// Rows are pictures where their length is that of a square one and nothing in `values` speaks against
    /// it.
    pub fn of(dims: &[usize], values: &Numbers) -> Vec<Self> {
        match *dims {
            [] | [1] => vec![Self::Numbers],
            [n] => {
                let square = side(n).map(|side| Self::picture(1, side, side, false));
                let colour = n.is_multiple_of(3).then(|| side(n / 3)).flatten();
                let colour = colour.map(|side| Self::picture(3, side, side, false));
                let turned = colour.map(|shape| shape.interleaved());
                let pictures = [square, colour, turned].into_iter().flatten();
                let mut shapes: Vec<Self> = pictures.chain([Self::Numbers]).collect();
                let is_likely = match values {
                    Numbers::Bytes(_) => true,
                    _ => {
                        square.or(colour).is_some_and(|shape| shape.least_side() >= LEAST_SIDE)
                            && are_pixels(values)
                    }
                };
                if !is_likely {
                    shapes.rotate_right(1);
                }
                shapes
            }
            [height, width] => vec![Self::picture(1, height, width, false), Self::Numbers],
            [a, b, c] => {
                let last = CHANNELS.contains(&c).then(|| Self::picture(c, a, b, true));
                let first = CHANNELS.contains(&a).then(|| Self::picture(a, b, c, false));
                [last, first].into_iter().flatten().chain([Self::Numbers]).collect()
            }
            _ => Vec::new(),
        }
    }

    fn interleaved(self) -> Self {
        match self {
            Self::Picture { channels, height, width, .. } => Self::picture(channels, height, width, true),
            Self::Numbers => self,
        }
    }

    fn least_side(self) -> usize {
        match self {
            Self::Picture { height, width, .. } => height.min(width),
            Self::Numbers => 0,
        }
    }

    /// Whether a sample of `n` numbers can have it.
    pub fn holds(self, n: usize) -> bool {
        match self {
            Self::Numbers => true,
            Self::Picture { channels, height, width, .. } => {
                channels.checked_mul(height).and_then(|rows| rows.checked_mul(width)) == Some(n)
            }
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Numbers => f.write_str("numbers"),
            Self::Picture { channels: 1, height, width, .. } => write!(f, "{height}x{width}"),
            Self::Picture { channels, height, width, is_interleaved: true } => {
                write!(f, "{height}x{width}x{channels}")
            }
            Self::Picture { channels, height, width, .. } => write!(f, "{channels}x{height}x{width}"),
        }
    }
}

impl FromStr for Shape {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        if text == "numbers" {
            return Ok(Self::Numbers);
        }
        let sides: Vec<usize> = text.split(['x', '×']).map(|side| side.trim().parse().unwrap_or(0)).collect();
        match sides[..] {
            _ if sides.contains(&0) => Err(()),
            [height, width] => Ok(Self::picture(1, height, width, false)),
            [a, b, c] if CHANNELS.contains(&c) => Ok(Self::picture(c, a, b, true)),
            [a, b, c] if CHANNELS.contains(&a) => Ok(Self::picture(a, b, c, false)),
            _ => Err(()),
        }
    }
}

/// The side of a square picture of so many pixels.
fn side(n_pixels: usize) -> Option<usize> {
    let side = n_pixels.isqrt();
    (side > 1 && side * side == n_pixels).then_some(side)
}

/// Whether values could be those of pixels: none below zero, and either whole or none above one.
fn are_pixels(values: &Numbers) -> bool {
    match values {
        Numbers::Bytes(_) => true,
        Numbers::Whole(whole) => whole.iter().all(|&value| (0..=1 << 16).contains(&value)),
        Numbers::Floats(floats) => {
            let is_unit = |&value: &f32| (0.0..=1.0).contains(&value);
            let is_level = |&value: &f32| (0.0..=255.0).contains(&value) && value.fract() == 0.0;
            floats.iter().all(is_unit) || floats.iter().all(is_level)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn likeliest(dims: &[usize], values: Numbers) -> String {
        Shape::of(dims, &values).first().map_or("none".into(), Shape::to_string)
    }

    #[test]
    fn lengths_and_values_say_what_a_sample_is() {
        let bytes = || Numbers::Bytes(vec![0, 255]);
        for (dims, shape) in [
            (&[28, 28][..], "28x28"),
            (&[32, 32, 3], "32x32x3"),
            (&[3, 32, 32], "3x32x32"),
            (&[1, 28, 28], "28x28"),
            (&[28, 28, 1], "28x28"),
            (&[2, 5, 9], "2x5x9"),
            (&[1, 2, 3], "1x2x3"),
            (&[5, 6, 7], "numbers"),
            (&[784], "28x28"),
            (&[3072], "3x32x32"),
            (&[13], "numbers"),
            (&[], "numbers"),
            (&[2, 2, 2, 2], "none"),
        ] {
            assert_eq!(likeliest(dims, bytes()), shape, "{dims:?}");
        }
        assert_eq!(likeliest(&[64], Numbers::Floats(vec![0.0, 16.0])), "8x8", "scanned digits");
        assert_eq!(likeliest(&[64], Numbers::Floats(vec![0.5, -1.0])), "numbers", "what some network gave");
        assert_eq!(likeliest(&[16], Numbers::Floats(vec![0.5, 1.0])), "numbers", "too small a picture");
        assert_eq!(Shape::of(&[3072], &bytes())[1].to_string(), "32x32x3", "it can be chosen");
    }

    #[test]
    fn shapes_survive_writing() {
        for text in ["numbers", "28x20", "3x32x30", "32x30x3"] {
            let shape: Shape = text.parse().unwrap();
            assert_eq!(shape.to_string(), text);
        }
        assert!("3x32x30".parse::<Shape>().unwrap().holds(2880) && !"28x28".parse::<Shape>().unwrap().holds(783));
        for bad in ["", "28", "0x4", "5x6x7", "axb", "1x2x3x4", "99999999999999999999x2"] {
            assert!(bad.parse::<Shape>().is_err(), "{bad}");
        }
    }
}
