//! What a model's halves compute, as elementary operations: for formats that hold a network as a graph.

use crate::nn::Op;

/// The halves of a model, each from its input to what [`super::Encoder`] and [`super::Decoder`] give.
pub struct Graph<'a> {
    /// From samples to codes, if the model has an encoder.
    pub encoder: Option<EncoderGraph<'a>>,
    /// From codes to samples.
    pub decoder: Vec<Op<'a, f32>>,
}

/// From samples to codes.
pub struct EncoderGraph<'a> {
    /// What the code and its spread are both made of.
    pub trunk: Vec<Op<'a, f32>>,
    /// The code, or its mean.
    pub z: Vec<Op<'a, f32>>,
    /// Its log-variance, where the model is variational.
    pub log_var: Option<Vec<Op<'a, f32>>>,
}
