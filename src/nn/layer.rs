//! What a layer is, and how a batch is shared out among threads.

use super::{Op, Scalar, Scratch, flat_mut};
use ndarray::{ArrayView2, ArrayViewMut2};

/// One tensor of a layer, by its PyTorch name.
pub struct Param<'a, S> {
    /// `weight` or `bias`; a model puts its part's name before it.
    pub name: String,
    /// Lengths of the axes, outermost first.
    pub shape: Vec<usize>,
    /// The values in row-major order.
    pub values: &'a [S],
}

impl<'a, S> Param<'a, S> {
    /// A tensor of this shape under its name.
    pub fn new(name: &str, shape: &[usize], values: &'a [S]) -> Self {
        Self { name: name.into(), shape: shape.into(), values }
    }
}

/// A differentiable map from [batch, in] to [batch, out] with parameters of its own.
///
/// A layer is plain data: whatever a pass needs beside the parameters lies in the caller's [`Scratch`], where
/// a layer may also remember a forward pass until its way back, under its own number ([`super::Memory`]).
/// What is read may lie in memory anyhow; what is written must lie row after row.
pub trait Layer<S: Scalar>: Send + Sync {
    /// Number of input features.
    fn n_in(&self) -> usize;

    /// Number of output features.
    fn n_out(&self) -> usize;

    /// Number of places the layer takes in a `torch.nn.Sequential`: a fused activation counts as one more.
    fn n_torch_modules(&self) -> usize;

    /// Number of parameters, which is the length of `grads` in [`Layer::backward`].
    fn n_params(&self) -> usize {
        0
    }

    /// Sets `y` [batch, out] from `x` [batch, in].
    fn forward(&self, x: ArrayView2<S>, y: ArrayViewMut2<S>, scratch: &mut Scratch<S>);

    /// Turns `dy`, the loss gradient at the output `y`, into `dx` (where wanted) and sets `grads`.
    ///
    /// `dy` is used up: afterwards it holds the gradient before the activation. `grads` follow the order of
    /// [`Layer::params`].
    fn backward(
        &self,
        x: ArrayView2<S>,
        y: ArrayView2<S>,
        dy: ArrayViewMut2<S>,
        dx: Option<ArrayViewMut2<S>>,
        grads: &mut [S],
        scratch: &mut Scratch<S>,
    );

    /// As [`Layer::backward`], where only the gradient at the input is wanted.
    fn backward_to_input(
        &self,
        x: ArrayView2<S>,
        y: ArrayView2<S>,
        dy: ArrayViewMut2<S>,
        dx: ArrayViewMut2<S>,
        scratch: &mut Scratch<S>,
    ) {
        let mut unused = scratch.array(1, self.n_params());
        self.backward(x, y, dy, Some(dx), flat_mut(&mut unused), scratch);
        scratch.give_back(unused);
    }

    /// The parameters with names and shapes.
    fn params(&self) -> Vec<Param<'_, S>> {
        Vec::new()
    }

    /// The values of the weight, with which the parameters begin (the bias comes after it); empty where there
    /// is none.
    fn weights(&self) -> &[S] {
        &[]
    }

    /// What it computes when it does not learn, step by step, its parameters named as in [`Layer::params`].
    fn ops(&self) -> Vec<Op<'_, S>>;

    /// The weights of a dense layer [out, in]; none for any other.
    fn weight(&self) -> Option<ArrayView2<'_, S>> {
        None
    }

    /// Visits the values of each parameter, in the order of [`Layer::params`].
    fn visit_mut(&mut self, _visit: &mut dyn FnMut(&mut [S])) {}

    /// A copy.
    fn boxed(&self) -> Box<dyn Layer<S>>;

    /// A copy in `f32`, for a frozen model.
    fn to_f32(&self) -> Box<dyn Layer<f32>>;
}

/// How a batch is shared out among threads, and in which groups its gradients are summed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shares {
    /// Samples whose gradients are summed in one go; independent of the threads, as the rounding is.
    pub group: usize,
    /// Groups in the batch.
    pub n_groups: usize,
    /// Groups that one thread takes.
    pub groups_per_part: usize,
    /// Samples that one thread takes.
    pub per_part: usize,
    /// Threads that take any.
    pub n_parts: usize,
}

/// Numbers that a group's working memory may hold to stay in the cache of one core.
const GROUP_LEN: usize = 1 << 17;
/// Most samples in a group: more would not shorten its sums' overhead, but leave threads idle.
const MAX_GROUP: usize = 8;

/// Shares `n` samples of `sample_len` numbers of working memory each out among `threads`.
pub fn shared(n: usize, sample_len: usize, threads: usize) -> Shares {
    let group = (GROUP_LEN / sample_len.max(1)).clamp(1, MAX_GROUP);
    let n_groups = n.div_ceil(group).max(1);
    let groups_per_part = n_groups.div_ceil(threads.max(1));
    Shares {
        group,
        n_groups,
        groups_per_part,
        per_part: groups_per_part * group,
        n_parts: n_groups.div_ceil(groups_per_part),
    }
}

/// Works on each part, side by side where there are `threads` for it.
pub fn in_parts<T: Send>(threads: usize, parts: impl Iterator<Item = T>, work: impl Fn(T) + Sync) {
    if threads <= 1 {
        parts.for_each(work);
    } else {
        let work = &work;
        rayon::in_place_scope(|scope| parts.for_each(|part| scope.spawn(move |_| work(part))));
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Activation, Conv2d, Dense, Dropout, LogCounts, MapShape, Unpool, Window};
    use super::*;
    use ndarray::Array2;

    /// One layer of each kind, all of 12 values in; the convolutions read 2 × 3 × 2.
    fn layers() -> Vec<Box<dyn Layer<f64>>> {
        let map = MapShape { channels: 2, height: 3, width: 2 };
        let window = Window::square(3, 1, 1);
        let large = MapShape { channels: 3, ..map };
        vec![
            Box::new(Dense::new(12, 5, Activation::Tanh, 1, 0)),
            Box::new(Conv2d::new(map, 3, window, Some([2, 2]), Activation::Tanh, (1, 0))),
            Box::new(Conv2d::transposed(map, large, window, Activation::Tanh, (1, 0))),
            Box::new(Unpool::new(map, MapShape { channels: 2, height: 6, width: 5 }, [2, 2], None)),
            Box::new(Dropout::new(12, 0.5, 0, 0)),
            Box::new(LogCounts::new(10, 12)),
        ]
    }

    /// Equal numbers, the other order in memory.
    fn turned(x: &Array2<f64>) -> Array2<f64> {
        x.t().as_standard_layout().into_owned().reversed_axes()
    }

    #[test]
    fn the_layout_of_what_a_layer_reads_does_not_matter() {
        let x = Array2::from_shape_fn((4, 12), |(n, i)| ((n * 12 + i) as f64).sin() * 0.9);
        for (at, layer) in layers().iter().enumerate() {
            let pass = |x: &Array2<f64>| {
                let (mut scratch, mut grads) = (Scratch::default(), vec![f64::NAN; layer.n_params()]);
                let (mut y, mut dx) = (Array2::zeros((4, layer.n_out())), Array2::zeros((4, 12)));
                layer.forward(x.view(), y.view_mut(), &mut scratch);
                let mut dy = y.clone();
                layer.backward(x.view(), y.view(), dy.view_mut(), Some(dx.view_mut()), &mut grads, &mut scratch);
                let (mut dy, mut alone) = (y.clone(), Array2::zeros((4, 12)));
                layer.backward_to_input(x.view(), y.view(), dy.view_mut(), alone.view_mut(), &mut scratch);
                assert_eq!(dx, alone, "layer {at} where no gradients of parameters are wanted");
                (y, dx, grads)
            };
            let ((y, dx, grads), (y_turned, dx_turned, grads_turned)) = (pass(&x), pass(&turned(&x)));
            assert!(y.iter().any(|&y| y != 0.0), "layer {at} computed nothing");
            let close = |a: &f64, b: &f64| (a - b).abs() < 1e-12;
            assert!(y.iter().zip(&y_turned).all(|(a, b)| close(a, b)), "outputs of layer {at}");
            assert!(dx.iter().zip(&dx_turned).all(|(a, b)| close(a, b)), "gradient at the input of layer {at}");
            assert!(grads.iter().zip(&grads_turned).all(|(a, b)| close(a, b)), "gradients of layer {at}");
        }
    }

    #[test]
    #[should_panic(expected = "rows must lie one after another")]
    fn what_a_dense_layer_writes_lies_row_by_row() {
        let (x, mut y) = (Array2::zeros((4, 12)), Array2::zeros((5, 4)).reversed_axes());
        layers()[0].forward(x.view(), y.view_mut(), &mut Scratch::default());
    }
}
