//! Pixels brought to a range from 0 to 1, channel by channel.

use super::Numbers;
use crate::data::Values;

/// The numbers from and to which pixels go.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    low: f64,
    high: f64,
}

/// The range of numbers that are not bytes, or are bytes of few levels; none where bytes use theirs.
pub fn range_of(values: &Numbers) -> Option<Range> {
    /// Bytes up to this are levels of their own, such as 0 and 1, or the 17 of scanned digits.
    const FEW_LEVELS: u8 = 16;
    match values {
        Numbers::Bytes(bytes) => {
            let high = bytes.iter().copied().max().unwrap_or(0);
            (1..=FEW_LEVELS).contains(&high).then_some(Range { low: 0.0, high: high.into() })
        }
        Numbers::Whole(whole) => extremes(whole.iter().map(|&value| f64::from(value)), 255.0),
        Numbers::Floats(floats) => extremes(floats.iter().map(|&value| f64::from(value)), 1.0),
    }
}

/// Of numbers from 0 to `usual` that; else from the lowest, or 0, to the highest.
fn extremes(values: impl Iterator<Item = f64>, usual: f64) -> Option<Range> {
    let (low, high) = values.fold((0.0f64, 0.0f64), |(low, high), value| (low.min(value), high.max(value)));
    let is_within = |top: f64| low >= 0.0 && high <= top;
    let high = if is_within(usual) && high > usual / 16.0 {
        usual
    } else if is_within(255.0) && high > 1.0 && usual == 1.0 {
        255.0
    } else {
        high
    };
    (high > low).then_some(Range { low, high })
}

/// Values from 0 to 1, or from 0 to 255 as bytes.
pub enum Pixels {
    Bytes(Vec<u8>),
    Floats(Vec<f32>),
}

impl Pixels {
    /// Bytes stay bytes; everything else is brought from `range` to 0 to 1.
    pub fn new(values: Numbers, range: Option<Range>, notes: &mut Vec<String>) -> Self {
        match range {
            Some(Range { low: 0.0, high: 1.0 }) if matches!(values, Numbers::Bytes(_)) => {
                notes.push("pixels are 0 and 1, which is shown as black and white".into());
            }
            Some(Range { low, high }) if low != 0.0 || ![1.0, 255.0].contains(&high) => {
                notes.push(format!("pixels go from {low} to {high}, which is shown as black to white"));
            }
            _ => {}
        }
        let Range { low, high } = range.unwrap_or(Range { low: 0.0, high: 1.0 });
        let in_unit = |value: f64| ((value - low) / (high - low)).clamp(0.0, 1.0) as f32;
        match values {
            Numbers::Bytes(bytes) if range.is_none() => Self::Bytes(bytes),
            Numbers::Bytes(mut bytes) => {
                bytes
                    .iter_mut()
                    .for_each(|byte| *byte = (f64::from(*byte) * 255.0 / high).min(255.0).round() as u8);
                Self::Bytes(bytes)
            }
            Numbers::Whole(whole) => {
                Self::Floats(whole.into_iter().map(|value| in_unit(f64::from(value))).collect())
            }
            Numbers::Floats(mut floats) => {
                // What is not finite stays so, and is refused at its place when the samples are put together.
                floats
                    .iter_mut()
                    .filter(|value| value.is_finite())
                    .for_each(|value| *value = in_unit(f64::from(*value)));
                Self::Floats(floats)
            }
        }
    }

    /// [pixel, channel] turned to [channel, pixel] within each image, in place.
    pub fn turn(&mut self, n_pixels: usize, channels: usize) {
        match self {
            _ if channels == 1 => {}
            Self::Bytes(bytes) => channels_first(bytes, n_pixels, channels),
            Self::Floats(floats) => channels_first(floats, n_pixels, channels),
        }
    }

    /// A last channel that says how opaque a pixel is, laid over white paper; `n_values` are an image's.
    pub fn over_paper(self, n_pixels: usize, channels: usize) -> Self {
        match self {
            Self::Bytes(bytes) => {
                let over = |colour: u8, alpha: u8| {
                    (f32::from(colour) * f32::from(alpha) / 255.0 + 255.0 - f32::from(alpha)).round() as u8
                };
                Self::Bytes(without_alpha(bytes, n_pixels, channels, over))
            }
            Self::Floats(floats) => {
                let over = |colour: f32, alpha: f32| colour * alpha + 1.0 - alpha;
                Self::Floats(without_alpha(floats, n_pixels, channels, over))
            }
        }
    }

    pub fn into_values(self) -> Values {
        match self {
            Self::Bytes(bytes) => Values::Bytes(bytes.into()),
            Self::Floats(floats) => Values::Floats(floats.into()),
        }
    }
}

fn channels_first<T: Copy>(values: &mut [T], n_pixels: usize, channels: usize) {
    let mut stored = Vec::with_capacity(n_pixels * channels);
    for image in values.chunks_exact_mut(n_pixels * channels) {
        stored.clear();
        stored.extend_from_slice(image);
        for (channel, plane) in image.chunks_exact_mut(n_pixels).enumerate() {
            plane.iter_mut().zip(stored[channel..].iter().step_by(channels)).for_each(|(to, &from)| *to = from);
        }
    }
}

/// Each image of [channel, pixel] without its last channel, which `over` lays the others by; nothing is
/// copied twice.
fn without_alpha<T: Copy>(
    mut values: Vec<T>,
    n_pixels: usize,
    channels: usize,
    over: impl Fn(T, T) -> T,
) -> Vec<T> {
    let (n_images, kept) = (values.len() / (n_pixels * channels), n_pixels * (channels - 1));
    for image in 0..n_images {
        let from = image * n_pixels * channels;
        for i in 0..kept {
            values[image * kept + i] = over(values[from + i], values[from + kept + i % n_pixels]);
        }
    }
    values.truncate(n_images * kept);
    values.shrink_to_fit();
    values
}
