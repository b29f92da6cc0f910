//! The paper that is drawn on: finer than a sample, so that what is drawn can be brought to a size.

use super::{Frame, Stroke};

/// Pixels along the longer side that a canvas has at least, unless the samples are finer than that.
const LEAST: usize = 112;
/// Most pixels of a canvas along one of a sample.
const MAX_FINE: usize = 4;
/// How far a pixel is from the ground where something is seen.
const SEEN: f32 = 0.1;

/// An image that is several times as fine as a sample.
pub struct Canvas {
    /// Pixels along one of a sample.
    fine: usize,
    /// Channels, rows and columns.
    sides: [usize; 3],
    /// Values from 0 to 1, ordered channel, row, column.
    values: Vec<f32>,
    /// What lies beside what is shown, a value a channel.
    ground: Vec<f32>,
}

/// Where something is seen on an image.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Seen {
    /// First and last column with something, and rows likewise.
    pub bounds: [[usize; 2]; 2],
    /// The centre of mass, across and down, in pixels from the image's corner.
    pub mass: [f32; 2],
}

impl Seen {
    /// What is seen on an image over a ground; none where that is nothing.
    pub fn on(values: &[f32], [channels, height, width]: [usize; 3], ground: &[f32]) -> Option<Self> {
        let n = height * width;
        let (mut bounds, mut sum, mut moment) = ([[usize::MAX, 0]; 2], 0.0f64, [0.0f64; 2]);
        for i in 0..n {
            let far = (0..channels).map(|c| (values[c * n + i] - ground[c]).abs()).fold(0.0, f32::max);
            let at = [i % width, i / width];
            for axis in 0..2 {
                moment[axis] += f64::from(far) * (at[axis] as f64 + 0.5);
                if far > SEEN {
                    bounds[axis] = [bounds[axis][0].min(at[axis]), bounds[axis][1].max(at[axis])];
                }
            }
            sum += f64::from(far);
        }
        let is_seen = bounds[0][0] != usize::MAX;
        is_seen.then(|| Self { bounds, mass: moment.map(|moment| (moment / sum) as f32) })
    }

    /// Columns and rows of the box around it.
    pub fn size(&self) -> [f32; 2] {
        self.bounds.map(|[first, last]| (last - first + 1) as f32)
    }

    /// The longer side of that box.
    pub fn longer(&self) -> f32 {
        let [across, down] = self.size();
        across.max(down)
    }
}

impl Canvas {
    /// Paper of a frame's ground.
    pub fn empty(frame: &Frame) -> Self {
        let [channels, height, width] = frame.sides();
        let fine = LEAST.div_ceil(height.max(width)).clamp(1, MAX_FINE);
        let sides = [channels, fine * height, fine * width];
        let values = frame.ground().iter().flat_map(|ground| vec![*ground; sides[1] * sides[2]]).collect();
        Self { fine, sides, values, ground: frame.ground().to_vec() }
    }

    /// Pixels along one of a sample.
    pub fn fine(&self) -> usize {
        self.fine
    }

    /// This paper with a picture of its size on it, whose own ground this is.
    ///
    /// Grey pictures take the ground of the data, and what is farthest from it becomes as strong as can be:
    /// pen on paper is to data that are light on dark what they know.
    pub fn holding(mut self, values: Vec<f32>, ground: [f32; 3], frame: &Frame) -> Self {
        self.values = values;
        if let ([from], true) = (&ground[..self.sides[0]], frame.is_even()) {
            let to = self.ground[0];
            let far = self
                .values
                .iter()
                .map(|value| value - from)
                .fold(0.0f32, |far, by| if by.abs() > far.abs() { by } else { far });
            let ink = if to < 0.5 { 1.0 } else { 0.0 };
            let share = |value: f32| if far.abs() > SEEN { ((value - from) / far).max(0.0) } else { 0.0 };
            self.values.iter_mut().for_each(|value| *value = to + share(*value) * (ink - to));
        } else {
            self.ground = ground[..self.sides[0]].to_vec();
        }
        self
    }

    /// What is seen on it.
    pub fn seen(&self) -> Option<Seen> {
        Seen::on(&self.values, self.sides, &self.ground)
    }

    /// Draws a line with smooth edges.
    pub fn draw(&mut self, stroke: &Stroke) {
        let [channels, height, width] = self.sides;
        let unit = height.max(width) as f32;
        let radius = stroke.radius * unit;
        // A line covers a pixel once, however often it crosses it.
        let mut covered = vec![0.0f32; height * width];
        let points: Vec<[f32; 2]> = stroke.points.iter().map(|point| point.map(|x| x * unit)).collect();
        let ends = points.windows(2).map(|pair| [pair[0], pair[1]]);
        let dot = points.first().filter(|_| points.len() == 1).map(|point| [*point, *point]);
        for [a, b] in ends.chain(dot) {
            let reach = |axis: usize, most: usize| {
                let low = (a[axis].min(b[axis]) - radius - 1.0).clamp(0.0, most as f32) as usize;
                let high = (a[axis].max(b[axis]) + radius + 1.0).clamp(0.0, most as f32) as usize;
                low..high
            };
            for y in reach(1, height) {
                for x in reach(0, width) {
                    let from = distance([x as f32 + 0.5, y as f32 + 0.5], a, b);
                    let cover = (radius - from + 0.5).clamp(0.0, 1.0);
                    let pixel = &mut covered[y * width + x];
                    *pixel = pixel.max(cover);
                }
            }
        }
        let rgb = stroke.colour.map(|level| f32::from(level) / 255.0);
        let luma = [0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2]];
        let ink: &[f32] = if channels == 3 { &rgb } else { &luma };
        for (channel, values) in self.values.chunks_exact_mut(height * width).enumerate() {
            let ink = ink[channel.min(ink.len() - 1)];
            values.iter_mut().zip(&covered).for_each(|(value, cover)| *value += (ink - *value) * cover);
        }
    }

    /// The value of a channel at a place between pixels; beside the canvas lies its ground.
    pub fn at(&self, channel: usize, [x, y]: [f32; 2]) -> f32 {
        let [_, height, width] = self.sides;
        let values = &self.values[channel * height * width..][..height * width];
        let value = |x: f32, y: f32| {
            let is_inside = x >= 0.0 && y >= 0.0 && x < width as f32 && y < height as f32;
            if is_inside { values[y as usize * width + x as usize] } else { self.ground[channel] }
        };
        let (x, y) = (x - 0.5, y - 0.5);
        let (left, top) = (x.floor(), y.floor());
        let (right, below) = (x - left, y - top);
        let upper = value(left, top) * (1.0 - right) + value(left + 1.0, top) * right;
        let lower = value(left, top + 1.0) * (1.0 - right) + value(left + 1.0, top + 1.0) * right;
        upper * (1.0 - below) + lower * below
    }
}

/// How far a place is from the nearest place between `a` and `b`.
fn distance(at: [f32; 2], a: [f32; 2], b: [f32; 2]) -> f32 {
    let (along, from) = ([b[0] - a[0], b[1] - a[1]], [at[0] - a[0], at[1] - a[1]]);
    let length = along[0] * along[0] + along[1] * along[1];
    let t = if length > 0.0 { ((from[0] * along[0] + from[1] * along[1]) / length).clamp(0.0, 1.0) } else { 0.0 };
    (from[0] - t * along[0]).hypot(from[1] - t * along[1])
}
