//! An image from outside of the data, drawn by hand or read from a file, as one sample of theirs.
//!
//! MNIST's images came about so (Y. LeCun, C. Cortes, C. Burges, <http://yann.lecun.com/exdb/mnist/>): they
//! "were size normalized to fit in a 20x20 pixel box while preserving their aspect ratio", which gave them
//! grey levels, and "were centered in a 28x28 image by computing the center of mass of the pixels, and
//! translating the image so as to position this point at the center of the 28x28 field". To an encoder that
//! has seen nothing else, a digit drawn smaller or in a corner is none. The same is done here, with the box
//! and the middle that the open data are seen to have ([`Frame`]); what varies from sample to sample is left
//! as it was drawn.

mod canvas;
mod frame;

pub use frame::Frame;

use super::images::read_one;
use super::{DataError, Dataset, Reading, Values, malformed};
use canvas::Canvas;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// A line of a round brush. The longer side of the image is 1, and places count from its top left corner.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stroke {
    /// Where it passes, across and down; one point is a dot.
    pub points: Vec<[f32; 2]>,
    /// Half its width.
    pub radius: f32,
    /// Red, green and blue; an image without colours takes the brightness.
    pub colour: [u8; 3],
}

/// An image as a sample of some data.
#[derive(Clone, Debug)]
pub struct Framed {
    /// The one sample.
    pub sample: Dataset,
    /// What it was brought to; none for a picture that had the data's own size.
    pub frame: Option<Frame>,
}

/// What was drawn, as a sample of `data` with this frame; none where nothing is to be seen.
pub fn drawn(strokes: &[Stroke], frame: &Frame, data: &Dataset) -> Option<Framed> {
    let mut canvas = Canvas::empty(frame);
    for stroke in strokes {
        canvas.draw(stroke);
    }
    framed(&canvas, frame, data)?.ok()
}

/// The picture in a file as a sample of `data` with this frame; one of their own size is taken as it is.
pub fn read_picture(path: &Path, frame: &Frame, data: &Dataset, reading: &Reading) -> Result<Framed, DataError> {
    let empty = Canvas::empty(frame);
    let one = read_one(path, frame.sides(), empty.fine(), frame.is_even(), reading)?;
    let values = one.bytes.iter().map(|&byte| f32::from(byte) / 255.0).collect();
    if one.is_whole {
        return Ok(Framed { sample: sample(values, data)?, frame: None });
    }
    let canvas = empty.holding(values, one.ground, frame);
    let name = path.display().to_string();
    framed(&canvas, frame, data).unwrap_or_else(|| Err(malformed(&name, "nothing can be seen on it")))
}

/// What a canvas shows, brought to a frame; none where it shows nothing.
fn framed(canvas: &Canvas, frame: &Frame, data: &Dataset) -> Option<Result<Framed, DataError>> {
    let values = frame.bring(canvas)?;
    Some(sample(values, data).map(|sample| Framed { sample, frame: Some(frame.clone()) }))
}

fn sample(values: Vec<f32>, data: &Dataset) -> Result<Dataset, DataError> {
    Dataset::new(data.kind().clone(), Values::Floats(values.into()), None, Vec::new())
}

#[cfg(test)]
mod tests;
