//! Arrays of numbers as samples: what idx files and NumPy's hold, once it is read.

mod pixels;
mod samples;
mod shape;

pub use samples::{Part, assemble, numbers, together, whole};
pub use shape::Shape;

/// Numbers in a grid of any number of axes, as a file holds them.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    /// Lengths of the axes, outermost first: one for labels, two or more for samples.
    pub dims: Vec<usize>,
    /// The values in row-major order.
    pub values: Numbers,
}

/// Values as they are stored.
#[derive(Clone, Debug, PartialEq)]
pub enum Numbers {
    /// Bytes.
    Bytes(Vec<u8>),
    /// Whole numbers of up to four bytes, with a sign.
    Whole(Vec<i32>),
    /// Fractions; double ones are rounded.
    Floats(Vec<f32>),
}
