//! A decoder that is the encoder turned round: each layer multiplies by the transpose of the encoder's
//! weight.
//!
//! y = f(x·W + b) with W [out, in] of the encoder's layer and a bias of its own. The gradients of both uses
//! of a weight are summed. Dense layers alone; the weights stay the encoder's and are lent to every call.

use crate::nn::{Activation, Affine, Op, Param, Scalar, Scratch, Tape, flat, flat_mut, matmul, shaped_mut};
use ndarray::{Array2, ArrayView2};
use std::ops::Range;

/// The biases and nonlinearities of a tied decoder, its layers in order from the code on.
#[derive(Clone)]
pub struct TiedDecoder<S> {
    biases: Vec<Vec<S>>,
    hidden: Activation,
    output: Activation,
}

impl<S: Scalar> TiedDecoder<S> {
    /// A decoder with layers of these widths, its biases at 0.
    pub fn new(widths: &[usize], hidden: Activation, output: Activation) -> Self {
        Self { biases: widths.iter().map(|&width| vec![S::zero(); width]).collect(), hidden, output }
    }

    fn activation(&self, layer: usize) -> Activation {
        if layer + 1 == self.biases.len() { self.output } else { self.hidden }
    }

    /// Number of parameters of its own.
    pub fn n_params(&self) -> usize {
        self.biases.iter().map(Vec::len).sum()
    }

    /// Runs all layers on `z` [n, latent_dim] and returns each one's output; `weight` gives the weight of
    /// each layer.
    pub fn forward<'a>(
        &self,
        z: ArrayView2<S>,
        weight: impl Fn(usize) -> ArrayView2<'a, S>,
        scratch: &mut Scratch<S>,
    ) -> Tape<S> {
        let mut tape: Tape<S> = scratch.list();
        for (layer, bias) in self.biases.iter().enumerate() {
            let mut y = scratch.array(z.nrows(), bias.len());
            let x = tape.last().map_or(z, |x| x.view());
            matmul(y.view_mut(), x, weight(layer), scratch.threads());
            for mut row in y.rows_mut() {
                self.activation(layer).apply_with_bias(flat_mut(&mut row), bias);
            }
            tape.push(y);
        }
        tape
    }

    /// Takes the gradient `dy` at the output back to the code, which it returns.
    ///
    /// `d_weights` are set where each layer's weight lies in `weight_grads`, in order; `d_biases` are those
    /// of [`Self::params`].
    #[expect(clippy::too_many_arguments, reason = "a backward pass has as many parts")]
    pub fn backward<'a>(
        &self,
        z: ArrayView2<S>,
        tape: &Tape<S>,
        dy: Array2<S>,
        weight: impl Fn(usize) -> ArrayView2<'a, S>,
        weight_range: impl Fn(usize) -> Range<usize>,
        weight_grads: &mut [S],
        d_biases: &mut [S],
        scratch: &mut Scratch<S>,
    ) -> Array2<S> {
        let mut dy = dy;
        let mut end = d_biases.len();
        for layer in (0..self.biases.len()).rev() {
            let start = end - self.biases[layer].len();
            let d_bias = &mut d_biases[start..end];
            end = start;
            d_bias.fill(S::zero());
            for (mut dy, y) in dy.rows_mut().into_iter().zip(tape[layer].rows()) {
                let dy = flat_mut(&mut dy);
                self.activation(layer).backward(flat(&y), dy);
                d_bias.iter_mut().zip(dy.iter()).for_each(|(sum, &d)| *sum += d);
            }
            let x = if layer == 0 { z } else { tape[layer - 1].view() };
            let weight = weight(layer);
            let d_weight = shaped_mut(weight.dim(), &mut weight_grads[weight_range(layer)]);
            matmul(d_weight, x.t(), dy.view(), scratch.threads());
            let mut dx = scratch.array(z.nrows(), weight.nrows());
            matmul(dx.view_mut(), dy.view(), weight.t(), scratch.threads());
            scratch.give_back(std::mem::replace(&mut dy, dx));
        }
        dy
    }

    /// The biases, numbered as the layers of an untied decoder are.
    pub fn params(&self) -> Vec<Param<'_, S>> {
        let per_layer = if self.hidden == Activation::Linear { 1 } else { 2 };
        let name = |layer: usize| format!("decoder.{}.bias", layer * per_layer);
        let layers = self.biases.iter().enumerate();
        layers.map(|(layer, bias)| Param { name: name(layer), shape: vec![bias.len()], values: bias }).collect()
    }

    /// What it computes, step by step; `weight` gives the weight of each layer under its name.
    pub fn ops<'a>(&'a self, weight: impl Fn(usize) -> Param<'a, S>) -> Vec<Op<'a, S>> {
        let layer = |(layer, bias)| {
            let turned = Op::Turned(Affine { weight: weight(layer), bias: Some(bias) });
            [turned].into_iter().chain(Op::activation(self.activation(layer)))
        };
        self.params().into_iter().enumerate().flat_map(layer).collect()
    }

    /// Visits each bias, in the order of [`Self::params`].
    pub fn visit_mut(&mut self, visit: &mut dyn FnMut(&mut [S])) {
        self.biases.iter_mut().for_each(|bias| visit(bias));
    }

    /// This decoder in `f32`.
    pub fn cast(&self) -> TiedDecoder<f32> {
        let cast = |bias: &Vec<S>| bias.iter().map(|b| b.as_f64() as f32).collect();
        TiedDecoder { biases: self.biases.iter().map(cast).collect(), hidden: self.hidden, output: self.output }
    }
}
