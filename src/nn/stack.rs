//! Layers one after another, named and numbered as `torch.nn.Sequential` does.

use super::{Activation, Dense, Layer, Param, Scalar, Scratch};
use ndarray::{Array2, ArrayView2, ArrayViewMut2};

/// A sequence of layers; an empty one is the identity.
pub struct Stack<S> {
    layers: Vec<Box<dyn Layer<S>>>,
}

/// The outputs of each layer of one forward pass, kept for the backward pass.
pub type Tape<S> = Vec<Array2<S>>;

impl<S: Scalar> Clone for Stack<S> {
    fn clone(&self) -> Self {
        Self { layers: self.layers.iter().map(|layer| layer.boxed()).collect() }
    }
}

impl<S: Scalar> Stack<S> {
    /// Dense layers between the given widths, the last one with activation `last`, the others with `hidden`.
    ///
    /// `first` is the number of its first layer in the model; it seeds the weights.
    pub fn dense(widths: &[usize], hidden: Activation, last: Activation, seed: u64, first: u64) -> Self {
        let n = widths.len().saturating_sub(1);
        let layer = |i: usize| -> Box<dyn Layer<S>> {
            let activation = if i + 1 == n { last } else { hidden };
            Box::new(Dense::new(widths[i], widths[i + 1], activation, seed, first + i as u64))
        };
        Self { layers: (0..n).map(layer).collect() }
    }

    /// Number of layers.
    pub fn n_layers(&self) -> usize {
        self.layers.len()
    }

    /// Number of parameters.
    pub fn n_params(&self) -> usize {
        self.layers.iter().map(|layer| layer.n_params()).sum()
    }

    /// Runs all layers on `x` [batch, in] and returns each one's output; the last is the stack's.
    pub fn forward(&self, x: ArrayView2<S>, scratch: &mut Scratch<S>) -> Tape<S> {
        let mut tape: Tape<S> = Vec::with_capacity(self.layers.len());
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
        for (i, layer) in self.layers.iter().enumerate().rev() {
            let start = end - layer.n_params();
            let grads = &mut grads[start..end];
            end = start;
            let input = if i == 0 { x } else { tape[i - 1].view() };
            if i == 0 {
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

    /// The parameters, named `prefix.N.weight` and `prefix.N.bias`.
    pub fn params(&self, prefix: &str) -> Vec<Param<'_, S>> {
        let mut number = 0;
        let mut params = Vec::new();
        for layer in &self.layers {
            for param in layer.params() {
                params.push(Param { name: format!("{prefix}.{number}.{}", param.name), ..param });
            }
            number += layer.n_torch_modules();
        }
        params
    }

    /// Visits the values of each parameter, in the order of [`Stack::params`].
    pub fn visit_mut(&mut self, visit: &mut dyn FnMut(&mut [S])) {
        for layer in &mut self.layers {
            layer.visit_mut(visit);
        }
    }

    /// This stack in `f32`.
    pub fn cast(&self) -> Stack<f32> {
        Stack { layers: self.layers.iter().map(|layer| layer.to_f32()).collect() }
    }
}
