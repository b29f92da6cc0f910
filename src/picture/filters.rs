//! What units see: the weights of the first and the last layer as pictures.
//!
//! Each unit's weights are brought to unit norm, so that all have one scale, and shown in two colours that
//! meet in the ground's at 0. Layers are told by their shapes: the first that takes a whole image, the last
//! that gives one, else convolutions.

use super::Pixels;
use super::palette::{FALSE_REAL, Mode, Rgb, class_colour};
use crate::model::FrozenModel;
use std::ops::Range;

/// Weights of unit norm over n pixels have a root mean square of 1/√n; so many of these are full colour.
const FULL: f32 = 3.0;

/// The layers whose weights have the shape of images.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// What units of the first layer look for.
    First,
    /// What units of the last layer paint.
    Last,
}

/// How a unit's weights lie in memory.
#[derive(Debug, Clone, Copy)]
enum Lie {
    /// Units one behind the other, each `stride` long.
    Rows { stride: usize },
    /// All units of a pixel beside one another.
    Columns,
}

/// The units of a layer, each with a picture of weights.
#[derive(Debug)]
pub struct Units<'a> {
    values: &'a [f32],
    lie: Lie,
    n: usize,
    channels: usize,
    /// Height and width.
    side: [usize; 2],
}

impl<'a> Units<'a> {
    /// The units at one end of a model of images; none where no layer there has weights of such a shape.
    pub fn of(model: &'a dyn FrozenModel, end: End) -> Option<Self> {
        let [channels, height, width] = model.info().input.sides()?;
        let n_features = channels * height * width;
        let mut weights: Vec<_> = model.weights().into_iter().filter(|weight| weight.shape.len() > 1).collect();
        if end == End::Last {
            weights.reverse();
        }
        weights.into_iter().find_map(|weight| {
            let image = Self { values: weight.values, lie: Lie::Columns, n: 0, channels, side: [height, width] };
            match (end, weight.shape.as_slice()) {
                // A label that a model is told stands behind the image.
                (End::First, &[n, stride]) if stride >= n_features => {
                    Some(Self { lie: Lie::Rows { stride }, n, ..image })
                }
                (End::Last, &[features, n]) if features == n_features => Some(Self { n, ..image }),
                (_, &[a, b, height, width]) if a.min(b) <= channels.max(1) && height * width > 1 => Some(Self {
                    lie: Lie::Rows { stride: height * width },
                    n: a * b,
                    channels: 1,
                    side: [height, width],
                    ..image
                }),
                _ => None,
            }
        })
    }

    /// How many there are.
    pub const fn n(&self) -> usize {
        self.n
    }

    /// Height and width of a unit's picture.
    pub const fn side(&self) -> [usize; 2] {
        self.side
    }

    /// A unit's weights, summed over the channels of a pixel and brought to unit norm.
    fn weights(&self, unit: usize) -> Vec<f32> {
        let n_pixels = self.side[0] * self.side[1];
        let at = |feature: usize| match self.lie {
            Lie::Rows { stride } => self.values[unit * stride + feature],
            Lie::Columns => self.values[feature * self.n + unit],
        };
        let of_pixel =
            |pixel: usize| (0..self.channels).map(|channel| at(channel * n_pixels + pixel)).sum::<f32>();
        let weights: Vec<f32> = (0..n_pixels).map(of_pixel).collect();
        let norm = weights.iter().map(|weight| weight * weight).sum::<f32>().sqrt();
        // A unit without weights sees nothing.
        weights.into_iter().map(|weight| if norm > 0.0 { weight / norm } else { 0.0 }).collect()
    }

    /// Some of the units, `columns` to a row with a pixel between them, on `ground`.
    pub fn picture(&self, units: Range<usize>, columns: usize, mode: Mode, ground: Rgb) -> Pixels {
        let [height, width] = self.side;
        let units = units.start.min(self.n)..units.end.min(self.n);
        let n_rows = units.len().div_ceil(columns.max(1));
        let mut out = Pixels::new(columns * (width + 1) - 1, (n_rows * (height + 1)).saturating_sub(1));
        let colours = FALSE_REAL.map(|class| class_colour(mode, class));
        let full = FULL / ((height * width) as f32).sqrt();
        for (i, unit) in units.enumerate() {
            let (left, top) = (i % columns * (width + 1), i / columns * (height + 1));
            for (pixel, weight) in self.weights(unit).into_iter().enumerate() {
                let at = 4 * ((top + pixel / width) * out.width + left + pixel % width);
                let [r, g, b] = signed(weight / full, colours, ground);
                out.rgba[at..at + 4].copy_from_slice(&[r, g, b, 255]);
            }
        }
        out
    }
}

/// The colour of a value from −1 to 1: the first of two at −1, the ground at 0, the second at 1.
fn signed(value: f32, colours: [Rgb; 2], ground: Rgb) -> Rgb {
    let colour = colours[usize::from(value > 0.0)];
    let share = value.abs().min(1.0);
    [0, 1, 2].map(|i| (f32::from(ground[i]) + (f32::from(colour[i]) - f32::from(ground[i])) * share).round() as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLOURS: [Rgb; 2] = [[0, 0, 200], [200, 100, 0]];

    fn units(lie: Lie, values: &[f32], n: usize) -> Units<'_> {
        Units { values, lie, n, channels: 1, side: [1, 2] }
    }

    #[test]
    fn colours_meet_at_nothing_and_are_full_at_one() {
        let ground = [10, 10, 10];
        assert_eq!(
            [0.0, -1.0, 1.0, 7.0].map(|v| signed(v, COLOURS, ground)),
            [ground, COLOURS[0], COLOURS[1], COLOURS[1]]
        );
        assert_eq!(signed(0.5, COLOURS, ground), [105, 55, 5]);
    }

    #[test]
    fn units_are_read_as_they_lie_and_have_one_norm() {
        // Two units of two pixels and a label: [3, 4] and [0, −2].
        let rows = units(Lie::Rows { stride: 3 }, &[3.0, 4.0, 9.0, 0.0, -2.0, 9.0], 2);
        assert_eq!((rows.weights(0), rows.weights(1)), (vec![0.6, 0.8], vec![0.0, -1.0]));
        // The same, a pixel's units beside one another.
        let columns = units(Lie::Columns, &[3.0, 0.0, 4.0, -2.0], 2);
        assert_eq!((columns.weights(0), columns.weights(1)), (vec![0.6, 0.8], vec![0.0, -1.0]));
        assert_eq!(units(Lie::Columns, &[0.0, 0.0], 1).weights(0), [0.0, 0.0]);
        let channels = Units { channels: 2, side: [1, 1], ..units(Lie::Rows { stride: 2 }, &[1.0, 2.0], 1) };
        assert_eq!(channels.weights(0), [1.0], "channels are summed");
    }

    #[test]
    fn pictures_stand_in_rows_with_a_pixel_between() {
        let layer = units(Lie::Rows { stride: 2 }, &[1.0, 0.0, 0.0, -1.0, 1.0, 0.0], 3);
        let out = layer.picture(0..9, 2, Mode::Dark, [0, 0, 0]);
        assert_eq!((out.width, out.height), (5, 3));
        let pixel = |x: usize, y: usize| &out.rgba[4 * (y * out.width + x)..][..4];
        let [below, above] = FALSE_REAL.map(|class| class_colour(Mode::Dark, class));
        let share = (1.0f32 / (FULL / 2.0f32.sqrt())).min(1.0);
        let shaded = |colour: Rgb| colour.map(|level| (f32::from(level) * share).round() as u8);
        assert_eq!((&pixel(0, 0)[..3], pixel(1, 0)), (&shaded(above)[..], &[0, 0, 0, 255][..]));
        assert_eq!((pixel(2, 0), &pixel(4, 0)[..3]), (&[0; 4][..], &shaded(below)[..]));
        assert_eq!((&pixel(0, 2)[..3], pixel(3, 2)), (&shaded(above)[..], &[0; 4][..]));
    }
}
