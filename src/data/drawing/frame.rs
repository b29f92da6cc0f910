//! How samples lie in their images: how large, and where.

use super::canvas::{Canvas, Seen};
use crate::data::Dataset;
use ndarray::Array2;
use std::fmt;

/// Samples that are looked at.
const N_SEEN: usize = 200;
/// Share of them that must be alike for the data to have it so.
const MOST: f32 = 0.9;
/// How far apart sizes and middles may be that are alike, as a share of the image's longer side: what is in
/// one image of MNIST is up to two pixels wider than in another, for its faintest pixels are not counted.
const ALIKE: f32 = 0.075;
/// How far values of the border may be from the ground.
const GROUND: f32 = 0.1;
/// Most times that what is drawn is enlarged: a speck stays one.
const MAX_ENLARGED: f32 = 2.0;
/// Places that a pixel is averaged over, each way.
const N_PLACES: usize = 4;

/// How the images of some data lie in their field.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// Channels, rows and columns.
    sides: [usize; 3],
    /// What lies at their borders, a value a channel.
    ground: Vec<f32>,
    /// Whether nearly all borders are so.
    is_even: bool,
    /// The longer side of the box around what is shown, in pixels, where all are alike.
    side: Option<f32>,
    /// Where their centres of mass lie, across and down, in pixels, where all are alike.
    middle: Option<[f32; 2]>,
}

impl Frame {
    /// The frame of grey or coloured images; none for other samples.
    pub fn of(data: &Dataset) -> Option<Self> {
        let sides @ [channels, height, width] =
            data.kind().sides().filter(|[channels, ..]| matches!(channels, 1 | 3))?;
        let indices = data.spread(N_SEEN);
        let mut x = Array2::zeros((indices.len(), data.n_features()));
        data.gather(&indices, &mut x);
        let rows: Vec<&[f32]> = x.rows().into_iter().filter_map(|row| row.to_slice()).collect();
        let n = height * width;
        let on_border =
            |i: usize| i < width || i >= n - width || i.is_multiple_of(width) || i % width == width - 1;
        let border = |c: usize| -> Vec<f32> {
            rows.iter().flat_map(|row| (0..n).filter(|&i| on_border(i)).map(|i| row[c * n + i])).collect()
        };
        let borders: Vec<Vec<f32>> = (0..channels).map(border).collect();
        let ground: Vec<f32> = borders.iter().map(|values| median(values.clone())).collect();
        let near = |(values, ground): (&Vec<f32>, &f32)| {
            values.iter().filter(|value| (*value - ground).abs() <= GROUND).count() as f32
                >= MOST * values.len() as f32
        };
        let is_even = borders.iter().zip(&ground).all(near);
        let seen: Vec<Seen> = rows.iter().filter_map(|row| Seen::on(row, sides, &ground)).collect();
        let tolerance = ALIKE * height.max(width) as f32;
        let alike = |values: Vec<f32>| {
            let middle = median(values.clone());
            let n = values.iter().filter(|value| (*value - middle).abs() <= tolerance).count();
            (is_even && n as f32 >= MOST * values.len() as f32 && n > 1).then_some(middle)
        };
        let side = alike(seen.iter().map(Seen::longer).collect());
        let middle = |axis: usize| alike(seen.iter().map(|seen| seen.mass[axis]).collect());
        let middle = middle(0).zip(middle(1)).map(|(x, y)| [x, y]);
        Some(Self { sides, ground, is_even, side, middle })
    }

    /// Channels, rows and columns of the images.
    pub fn sides(&self) -> [usize; 3] {
        self.sides
    }

    /// What lies at their borders, a value a channel.
    pub fn ground(&self) -> &[f32] {
        &self.ground
    }

    /// Whether something is shown over a ground, as a digit on paper is and a landscape is not.
    pub fn is_even(&self) -> bool {
        self.is_even
    }

    /// Where their centres of mass lie, across and down, in pixels, where all are alike.
    #[cfg(test)]
    pub fn middle(&self) -> Option<[f32; 2]> {
        self.middle
    }

    /// The values of a sample with what a canvas shows brought to this frame; none where it shows nothing.
    pub(super) fn bring(&self, canvas: &Canvas) -> Option<Vec<f32>> {
        let seen = canvas.seen()?;
        let fine = canvas.fine() as f32;
        // Pixels of a sample along one of the canvas.
        let scale = self.side.map_or(1.0 / fine, |side| (side / seen.longer()).min(MAX_ENLARGED / fine));
        let [from, to] = match self.middle {
            Some(middle) => [seen.mass, middle],
            None => {
                let middle = seen.bounds.map(|[first, last]| (first + last + 1) as f32 / 2.0);
                [middle, middle.map(|at| at / fine)]
            }
        };
        let [channels, height, width] = self.sides;
        let place = |at: usize, k: usize, axis: usize| {
            let within = at as f32 + (k as f32 + 0.5) / N_PLACES as f32;
            from[axis] + (within - to[axis]) / scale
        };
        let mut values = Vec::with_capacity(channels * height * width);
        for channel in 0..channels {
            for (y, x) in (0..height).flat_map(|y| (0..width).map(move |x| (y, x))) {
                let places =
                    (0..N_PLACES * N_PLACES).map(|k| [place(x, k % N_PLACES, 0), place(y, k / N_PLACES, 1)]);
                let sum: f32 = places.map(|at| canvas.at(channel, at)).sum();
                values.push((sum / (N_PLACES * N_PLACES) as f32).clamp(0.0, 1.0));
            }
        }
        Some(values)
    }
}

/// What is done to a drawing: "fitted into 20 × 20, centred by mass".
impl fmt::Display for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.side.map(f32::round), self.middle) {
            (Some(side), Some(_)) => write!(f, "fitted into {side} × {side} and centred by mass, as the data are"),
            (Some(side), None) => write!(f, "fitted into {side} × {side}, as the data are"),
            (None, Some(_)) => write!(f, "centred by mass, as the data are"),
            (None, None) => write!(f, "as it stands"),
        }
    }
}

fn median(mut values: Vec<f32>) -> f32 {
    values.sort_unstable_by(f32::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}
