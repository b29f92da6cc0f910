//! Layers one after another, named and numbered as `torch.nn.Sequential` does.

use super::{Layer, Op, Param, Scalar, Scratch};
use ndarray::{Array2, ArrayView2, ArrayViewMut2};
use std::ops::Range;

/// A sequence of layers; an empty one is the identity.
pub struct Stack<S> {
    layers: Vec<Box<dyn Layer<S>>>,
    /// Place of each layer in a `torch.nn.Sequential`.
    numbers: Vec<usize>,
    next_number: usize,
}

/// The outputs of each layer of one forward pass, kept for the backward pass.
pub type Tape<S> = Vec<Array2<S>>;

impl<S: Scalar> Clone for Stack<S> {
    fn clone(&self) -> Self {
        Self {
            layers: self.layers.iter().map(|layer| layer.boxed()).collect(),
            numbers: self.numbers.clone(),
            next_number: self.next_number,
        }
    }
}

impl<S> Default for Stack<S> {
    fn default() -> Self {
        Self { layers: Vec::new(), numbers: Vec::new(), next_number: 0 }
    }
}

impl<S: Scalar> Stack<S> {
    /// Puts a layer at the end.
    pub fn push(&mut self, layer: Box<dyn Layer<S>>) {
        self.numbers.push(self.next_number);
        self.next_number += layer.n_torch_modules();
        self.layers.push(layer);
    }

    /// Leaves a number free for what PyTorch has a module for and we need no layer: flattening maps or the
    /// reverse.
    pub fn skip_number(&mut self) {
        self.next_number += 1;
    }

    /// The layers.
    pub fn layers(&self) -> &[Box<dyn Layer<S>>] {
        &self.layers
    }

    /// Where the parameters of layer `i` lie among the stack's.
    pub fn param_range(&self, i: usize) -> Range<usize> {
        let start = self.layers[..i].iter().map(|layer| layer.n_params()).sum();
        start..start + self.layers[i].n_params()
    }

    /// Number of parameters.
    pub fn n_params(&self) -> usize {
        self.layers.iter().map(|layer| layer.n_params()).sum()
    }

    /// Calls `work` with each layer's weights, biases left out, and where among the stack's parameters they
    /// begin.
    pub fn for_weights(&self, work: &mut dyn FnMut(usize, &[S])) {
        let mut start = 0;
        for layer in &self.layers {
            work(start, layer.weights());
            start += layer.n_params();
        }
    }

    /// Runs all layers on `x` [batch, in] and returns each one's output; the last is the stack's.
    pub fn forward(&self, x: ArrayView2<S>, scratch: &mut Scratch<S>) -> Tape<S> {
        let mut tape: Tape<S> = scratch.list();
        for layer in &self.layers {
            let mut y = scratch.array(x.nrows(), layer.n_out());
            layer.forward(tape.last().map_or(x, |x| x.view()), y.view_mut(), scratch);
            tape.push(y);
        }
        tape
    }

    /// Runs all layers and keeps only the last output [batch, out].
    pub fn infer(&self, x: ArrayView2<S>, scratch: &mut Scratch<S>) -> Array2<S> {
        let mut current: Option<Array2<S>> = None;
        for layer in &self.layers {
            let mut y = scratch.array(x.nrows(), layer.n_out());
            layer.forward(current.as_ref().map_or(x, |x| x.view()), y.view_mut(), scratch);
            if let Some(used) = current.replace(y) {
                scratch.give_back(used);
            }
        }
        current.unwrap_or_else(|| x.to_owned())
    }

    /// Takes the gradient `dy` at the output back to the parameters and, where wanted, to the input `dx`.
    ///
    /// `tape` is the forward pass of the same `x`. `grads` follow the order of [`Stack::params`].
    pub fn backward(
        &self,
        x: ArrayView2<S>,
        tape: &Tape<S>,
        dy: Array2<S>,
        mut dx: Option<ArrayViewMut2<S>>,
        grads: &mut [S],
        scratch: &mut Scratch<S>,
    ) {
        let mut dy = dy;
        let mut end = grads.len();
        // Nobody reads a gradient below the first weights, unless the input's is wanted.
        let first =
            if dx.is_some() { 0 } else { self.layers.iter().take_while(|layer| layer.n_params() == 0).count() };
        for (i, layer) in self.layers.iter().enumerate().skip(first).rev() {
            let start = end - layer.n_params();
            let grads = &mut grads[start..end];
            end = start;
            let input = if i == 0 { x } else { tape[i - 1].view() };
            if i == first {
                let dx = dx.as_mut().map(|dx| dx.view_mut());
                layer.backward(input, tape[i].view(), dy.view_mut(), dx, grads, scratch);
            } else {
                let mut before = scratch.array(x.nrows(), layer.n_in());
                layer.backward(input, tape[i].view(), dy.view_mut(), Some(before.view_mut()), grads, scratch);
                scratch.give_back(std::mem::replace(&mut dy, before));
            }
        }
        if self.layers.is_empty()
            && let Some(dx) = &mut dx
        {
            dx.assign(&dy);
        }
        scratch.give_back(dy);
    }

    /// Takes the gradient `dy` at the output back to the input `dx` alone, past parameters that stand still.
    ///
    /// `tape` is the forward pass of the same `x`.
    pub fn backward_to_input(
        &self,
        x: ArrayView2<S>,
        tape: &Tape<S>,
        mut dy: Array2<S>,
        mut dx: ArrayViewMut2<S>,
        scratch: &mut Scratch<S>,
    ) {
        for (i, layer) in self.layers.iter().enumerate().skip(1).rev() {
            let mut before = scratch.array(x.nrows(), layer.n_in());
            let (input, output) = (tape[i - 1].view(), tape[i].view());
            layer.backward_to_input(input, output, dy.view_mut(), before.view_mut(), scratch);
            scratch.give_back(std::mem::replace(&mut dy, before));
        }
        match (self.layers.first(), tape.first()) {
            (Some(layer), Some(y)) => layer.backward_to_input(x, y.view(), dy.view_mut(), dx, scratch),
            _ => dx.assign(&dy),
        }
        scratch.give_back(dy);
    }

    /// The parameters, named `prefix.N.weight` and `prefix.N.bias`.
    pub fn params(&self, prefix: &str) -> Vec<Param<'_, S>> {
        let numbered = self.layers.iter().zip(self.numbers.iter().copied());
        numbered
            .flat_map(|(layer, number)| layer.params().into_iter().map(move |param| (number, param)))
            .map(|(number, param)| Param { name: format!("{prefix}.{number}.{}", param.name), ..param })
            .collect()
    }

    /// What it computes when it does not learn, step by step, its parameters named as in [`Stack::params`].
    pub fn ops(&self, prefix: &str) -> Vec<Op<'_, S>> {
        let numbered = self.layers.iter().zip(self.numbers.iter().copied());
        numbered
            .flat_map(|(layer, number)| layer.ops().into_iter().map(move |op| (number, op)))
            .map(|(number, op)| op.named(&format!("{prefix}.{number}")))
            .collect()
    }

    /// Visits the values of each parameter, in the order of [`Stack::params`].
    pub fn visit_mut(&mut self, visit: &mut dyn FnMut(&mut [S])) {
        for layer in &mut self.layers {
            layer.visit_mut(visit);
        }
    }

    /// This stack in `f32`.
    pub fn cast(&self) -> Stack<f32> {
        Stack {
            layers: self.layers.iter().map(|layer| layer.to_f32()).collect(),
            numbers: self.numbers.clone(),
            next_number: self.next_number,
        }
    }
}
