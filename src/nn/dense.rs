//! The dense layer: y = f(x·Wᵀ + b).

use super::flat::{flat, flat_mut, shaped, shaped_mut};
use super::occurring::Occurring;
use super::{Activation, Affine, Layer, Op, Param, Scalar, Scratch, init, matmul};
use ndarray::{Array1, Array2, ArrayView2, ArrayViewMut2};

/// A dense layer with its activation fused: y = f(x·Wᵀ + b), weight [out, in] as in PyTorch.
#[derive(Clone, Debug)]
pub struct Dense<S> {
    weight: Array2<S>,
    bias: Array1<S>,
    activation: Activation,
    /// Where it reads counts of words, of which most are zero: its number, under which it remembers which
    /// occur.
    reads_counts: Option<usize>,
}

impl<S: Scalar> Dense<S> {
    /// A layer with first weights from `seed`; `layer` is its number in the model.
    pub fn new(n_in: usize, n_out: usize, activation: Activation, seed: u64, layer: u64) -> Self {
        let (mut weight, mut bias) = (vec![S::zero(); n_out * n_in], vec![S::zero(); n_out]);
        init::fill(seed, layer, n_in, &mut weight, &mut bias);
        Self { weight: shaped((n_out, n_in), weight), bias: bias.into(), activation, reads_counts: None }
    }

    /// The same, for rows that are mostly zeros, which it then steps over; `number` is that of the layer in
    /// the model.
    pub fn reading_counts(self, number: usize) -> Self {
        Self { reads_counts: Some(number), ..self }
    }

    /// Number of input features.
    pub fn n_in(&self) -> usize {
        self.weight.ncols()
    }

    /// Number of output features.
    pub fn n_out(&self) -> usize {
        self.weight.nrows()
    }

    /// The nonlinearity.
    pub fn activation(&self) -> Activation {
        self.activation
    }

    /// This layer in `f32`.
    pub fn cast(&self) -> Dense<f32> {
        Dense {
            weight: self.weight.mapv(|w| w.as_f64() as f32),
            bias: self.bias.mapv(|b| b.as_f64() as f32),
            activation: self.activation,
            reads_counts: self.reads_counts,
        }
    }

    fn values(&self) -> (&[S], &[S]) {
        (flat(&self.weight), flat(&self.bias))
    }

    /// Weight and bias under their names.
    fn named(&self) -> [Param<'_, S>; 2] {
        let (weight, bias) = self.values();
        [
            Param { name: "weight".into(), shape: self.weight.shape().to_vec(), values: weight },
            Param { name: "bias".into(), shape: vec![bias.len()], values: bias },
        ]
    }
}

impl<S: Scalar> Layer<S> for Dense<S> {
    fn n_in(&self) -> usize {
        self.weight.ncols()
    }

    fn n_out(&self) -> usize {
        self.weight.nrows()
    }

    fn n_torch_modules(&self) -> usize {
        if self.activation == Activation::Linear { 1 } else { 2 }
    }

    fn n_params(&self) -> usize {
        self.weight.len() + self.bias.len()
    }

    fn forward(&self, x: ArrayView2<S>, mut y: ArrayViewMut2<S>, scratch: &mut Scratch<S>) {
        let (_, bias) = self.values();
        match self.reads_counts {
            None => matmul(y.view_mut(), x, self.weight.t(), scratch.threads()),
            Some(number) => {
                let mut occurring: Occurring<S> = scratch.memory.take(number);
                occurring.read(x);
                occurring.product(y.view_mut(), x, self.weight.view(), scratch);
                scratch.memory.keep(number, occurring);
            }
        }
        self.activation.apply_with_bias(flat_mut(&mut y), bias);
    }

    fn backward(
        &self,
        x: ArrayView2<S>,
        y: ArrayView2<S>,
        mut dy: ArrayViewMut2<S>,
        dx: Option<ArrayViewMut2<S>>,
        grads: &mut [S],
        scratch: &mut Scratch<S>,
    ) {
        assert_eq!(grads.len(), self.weight.len() + self.bias.len());
        let (d_weight, d_bias) = grads.split_at_mut(self.weight.len());
        self.activation.backward_with_bias(flat(&y), flat_mut(&mut dy), d_bias);
        let d_weight = shaped_mut(self.weight.dim(), d_weight);
        match self.reads_counts {
            None => matmul(d_weight, dy.t(), x, scratch.threads()),
            Some(number) => {
                let occurring: Occurring<S> = scratch.memory.take(number);
                occurring.gradient(d_weight, dy.view(), x, scratch);
                scratch.memory.keep(number, occurring);
            }
        }
        if let Some(dx) = dx {
            matmul(dx, dy.view(), self.weight.view(), scratch.threads());
        }
    }

    fn backward_to_input(
        &self,
        _x: ArrayView2<S>,
        y: ArrayView2<S>,
        mut dy: ArrayViewMut2<S>,
        dx: ArrayViewMut2<S>,
        scratch: &mut Scratch<S>,
    ) {
        self.activation.backward(flat(&y), flat_mut(&mut dy));
        matmul(dx, dy.view(), self.weight.view(), scratch.threads());
    }

    fn params(&self) -> Vec<Param<'_, S>> {
        self.named().into()
    }

    fn ops(&self) -> Vec<Op<'_, S>> {
        let [weight, bias] = self.named();
        let dense = Op::Dense(Affine { weight, bias: Some(bias) });
        [dense].into_iter().chain(Op::activation(self.activation)).collect()
    }

    fn weights(&self) -> &[S] {
        flat(&self.weight)
    }

    fn weight(&self) -> Option<ArrayView2<'_, S>> {
        Some(self.weight.view())
    }

    fn visit_mut(&mut self, visit: &mut dyn FnMut(&mut [S])) {
        visit(flat_mut(&mut self.weight));
        visit(flat_mut(&mut self.bias));
    }

    fn boxed(&self) -> Box<dyn Layer<S>> {
        Box::new(self.clone())
    }

    fn to_f32(&self) -> Box<dyn Layer<f32>> {
        Box::new(self.cast())
    }
}
