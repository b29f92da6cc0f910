//! The masked dense layer of an autoregressive network (Germain et al. 2015): y = f(x·(W ⊙ M)ᵀ + b).
//!
//! Every unit has a degree, and a unit sees those of a smaller degree than its own bound; the mask M says
//! nothing else, so it is never stored. A masked weight is 0 from the first and is set to 0 after every
//! visit, and gets no gradient: each pass, and what is saved, is that of a plain dense layer.

use super::flat::{flat, flat_mut, shaped, shaped_mut};
use super::matmul::{Stairs, matmul_stairs};
use super::{Activation, Param, Scalar, Scratch, init};
use ndarray::{Array1, Array2, ArrayView2, ArrayViewMut2};

/// A dense layer whose units see only some of its inputs.
#[derive(Clone, Debug)]
pub struct Masked<S> {
    /// [out, in], 0 wherever it is masked.
    weight: Array2<S>,
    bias: Array1<S>,
    activation: Activation,
    /// The degree of each input.
    degrees: Vec<u32>,
    /// Of each output, the bound below which the degrees lie that it sees.
    bounds: Vec<u32>,
    /// Where neither degrees nor bounds ever fall, so that the weights are stairs: how many inputs each
    /// output sees from the first on, and for each input the first output that sees it.
    stairs: Option<[Vec<usize>; 2]>,
}

impl<S: Scalar> Masked<S> {
    /// A layer with first weights from `seed`, drawn as those of a dense layer are; `layer` is its number in
    /// the model.
    pub fn new(degrees: Vec<u32>, bounds: Vec<u32>, activation: Activation, seed: u64, layer: u64) -> Self {
        let (n_in, n_out) = (degrees.len(), bounds.len());
        let (mut weight, mut bias) = (vec![S::zero(); n_out * n_in], vec![S::zero(); n_out]);
        init::fill(seed, layer, n_in, &mut weight, &mut bias);
        mask(&mut weight, &degrees, &bounds);
        let stairs = (degrees.is_sorted() && bounds.is_sorted()).then(|| {
            let seen = |bound: &u32| degrees.partition_point(|degree| degree < bound);
            let seers = |degree: &u32| bounds.partition_point(|bound| bound <= degree);
            [bounds.iter().map(seen).collect(), degrees.iter().map(seers).collect()]
        });
        Self { weight: shaped((n_out, n_in), weight), bias: bias.into(), activation, degrees, bounds, stairs }
    }

    /// Number of output features.
    pub fn n_out(&self) -> usize {
        self.bounds.len()
    }

    /// The nonlinearity.
    pub fn activation(&self) -> Activation {
        self.activation
    }

    /// The biases, one an output.
    pub fn bias(&self) -> &[S] {
        flat(&self.bias)
    }

    /// The weights [out, in], 0 wherever they are masked.
    pub fn weight(&self) -> ArrayView2<'_, S> {
        self.weight.view()
    }

    /// Number of parameters, masked ones among them.
    pub fn n_params(&self) -> usize {
        self.weight.len() + self.bias.len()
    }

    /// The parameters with names and shapes.
    pub fn params(&self) -> [Param<'_, S>; 2] {
        let (weight, bias) = (&self.weight, &self.bias);
        [Param::new("weight", weight.shape(), flat(weight)), Param::new("bias", bias.shape(), flat(bias))]
    }

    /// Visits the values of each parameter, in the order of [`Self::params`].
    pub fn visit_mut(&mut self, visit: &mut dyn FnMut(&mut [S])) {
        let weight = flat_mut(&mut self.weight);
        visit(weight);
        mask(weight, &self.degrees, &self.bounds);
        visit(flat_mut(&mut self.bias));
    }

    /// This layer in `f32`.
    pub fn cast(&self) -> Masked<f32> {
        Masked {
            weight: self.weight.mapv(|w| w.as_f64() as f32),
            bias: self.bias.mapv(|b| b.as_f64() as f32),
            activation: self.activation,
            degrees: self.degrees.clone(),
            bounds: self.bounds.clone(),
            stairs: self.stairs.clone(),
        }
    }

    /// The zeros that a product need not go through, where they lie as stairs do.
    fn stairs<'a>(&'a self, of: fn(&'a [Vec<usize>; 2]) -> Stairs<'a>) -> Stairs<'a> {
        self.stairs.as_ref().map_or(Stairs::None, of)
    }

    /// Sets `y` [batch, out] from `x` [batch, in].
    pub fn forward(&self, x: ArrayView2<S>, mut y: ArrayViewMut2<S>, scratch: &mut Scratch<S>) {
        let stairs = self.stairs(|[reach, _]| Stairs::Reach(reach));
        matmul_stairs(y.view_mut(), x, self.weight.t(), scratch.threads(), stairs);
        self.activation.apply_with_bias(flat_mut(&mut y), flat(&self.bias));
    }

    /// Turns `dy`, the loss gradient at the output `y`, into `dx` (where wanted) and sets `grads`, which
    /// follow the order of [`Self::params`]. `dy` is used up.
    pub fn backward(
        &self,
        x: ArrayView2<S>,
        y: ArrayView2<S>,
        mut dy: ArrayViewMut2<S>,
        dx: Option<ArrayViewMut2<S>>,
        grads: &mut [S],
        scratch: &mut Scratch<S>,
    ) {
        assert_eq!(grads.len(), self.n_params());
        let (d_weight, d_bias) = grads.split_at_mut(self.weight.len());
        self.activation.backward_with_bias(flat(&y), flat_mut(&mut dy), d_bias);
        let stairs = self.stairs(|[reach, _]| Stairs::Wanted(reach));
        matmul_stairs(shaped_mut(self.weight.dim(), d_weight), dy.t(), x, scratch.threads(), stairs);
        mask(d_weight, &self.degrees, &self.bounds);
        if let Some(dx) = dx {
            let stairs = self.stairs(|[_, from]| Stairs::From(from));
            matmul_stairs(dx, dy.view(), self.weight.view(), scratch.threads(), stairs);
        }
    }
}

/// Sets to 0 what lies between units that do not see each other.
fn mask<S: Scalar>(weight: &mut [S], degrees: &[u32], bounds: &[u32]) {
    for (row, &bound) in weight.chunks_exact_mut(degrees.len().max(1)).zip(bounds) {
        for (weight, &degree) in row.iter_mut().zip(degrees) {
            *weight = if degree < bound { *weight } else { S::zero() };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn what_is_masked_is_not_seen_whatever_its_weight() {
        let mut layer = Masked::<f64>::new(vec![1, 2, 3], vec![1, 3], Activation::Linear, 5, 1);
        let masked = |layer: &Masked<f64>| layer.params()[0].values.iter().map(|w| *w == 0.0).collect::<Vec<_>>();
        assert_eq!(masked(&layer), [true, true, true, false, false, true]);
        layer.visit_mut(&mut |values| values.fill(1.0));
        let mut y = Array2::zeros((1, 2));
        let (x, mut scratch) = (array![[10.0, 20.0, 40.0]], Scratch::default());
        layer.forward(x.view(), y.view_mut(), &mut scratch);
        assert_eq!(y, array![[1.0, 31.0]]);
        assert_eq!(layer.weight(), array![[0.0, 0.0, 0.0], [1.0, 1.0, 0.0]]);
        assert_eq!(layer.cast().params()[0].values, [0.0, 0.0, 0.0, 1.0, 1.0, 0.0]);
        let (mut dx, mut grads) = (Array2::zeros((1, 3)), vec![f64::NAN; 8]);
        let mut dy = array![[1.0, 2.0]];
        layer.backward(x.view(), y.view(), dy.view_mut(), Some(dx.view_mut()), &mut grads, &mut scratch);
        assert_eq!(grads, [0.0, 0.0, 0.0, 20.0, 40.0, 0.0, 1.0, 2.0]);
        assert_eq!(dx, array![[2.0, 2.0, 0.0]]);
    }

    /// What is stepped over in single precision is 0 in double precision, which goes through all.
    #[test]
    fn stairs_of_weights_are_stepped_over_and_others_gone_through() {
        let sorted: Vec<u32> = (1..=90).collect();
        let mixed: Vec<u32> = (0..90).map(|i| 1 + i * 7 % 90).collect();
        let bounds: Vec<u32> = (0..70).map(|unit| 1 + unit * 90 / 70).collect();
        for (degrees, are_stairs) in [(sorted, true), (mixed, false)] {
            let exact = Masked::<f64>::new(degrees, bounds.clone(), Activation::Tanh, 3, 1);
            let layer = exact.cast();
            assert_eq!(layer.stairs.is_some(), are_stairs);
            let x = Array2::from_shape_fn((9, 90), |(i, j)| ((i * 31 + j * 17) % 23) as f32 / 11.0 - 1.0);
            let dy = Array2::from_shape_fn((9, 70), |(i, j)| ((i * 13 + j * 5) % 19) as f32 / 9.0 - 1.0);
            let single = pass(&layer, &x, &dy);
            let double = pass(&exact, &x.mapv(f64::from), &dy.mapv(f64::from));
            for (single, double) in single.iter().zip(&double) {
                assert!((f64::from(*single) - double).abs() < 1e-4, "{single} {double}");
            }
        }
    }

    /// Outputs, gradients of the inputs and of the parameters, one after another.
    fn pass<S: Scalar>(layer: &Masked<S>, x: &Array2<S>, dy: &Array2<S>) -> Vec<S> {
        let nan = S::of(f64::NAN);
        let (mut y, mut dx) = (Array2::from_elem(dy.dim(), nan), Array2::from_elem(x.dim(), nan));
        let (mut grads, mut scratch) = (vec![nan; layer.n_params()], Scratch::default());
        layer.forward(x.view(), y.view_mut(), &mut scratch);
        let into = Some(dx.view_mut());
        layer.backward(x.view(), y.view(), dy.clone().view_mut(), into, &mut grads, &mut scratch);
        y.iter().chain(&dx).copied().chain(grads).collect()
    }
}
