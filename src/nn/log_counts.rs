//! ln(1 + count) as a layer: what an encoder of documents sees of how often each word occurs, so that the
//! tenth time counts less than the first.

use super::occurring::for_occurring;
use super::{Layer, Op, Scalar, Scratch, flat_mut};
use ndarray::{ArrayView2, ArrayViewMut2, Zip, s};

/// ln(1 + x) of the first columns; what stands behind them, such as a label, goes through as it is.
#[derive(Clone, Copy, Debug)]
pub struct LogCounts {
    n_counts: usize,
    n: usize,
}

impl LogCounts {
    /// A layer of `n` columns, of which the first `n_counts` hold counts, which are not negative.
    pub fn new(n_counts: usize, n: usize) -> Self {
        Self { n_counts: n_counts.min(n), n }
    }
}

impl<S: Scalar> Layer<S> for LogCounts {
    fn n_in(&self) -> usize {
        self.n
    }

    fn n_out(&self) -> usize {
        self.n
    }

    fn n_torch_modules(&self) -> usize {
        1
    }

    fn ops(&self) -> Vec<Op<'_, S>> {
        vec![Op::LogCounts { n_counts: self.n_counts, n: self.n }]
    }

    fn forward(&self, x: ArrayView2<S>, mut y: ArrayViewMut2<S>, _scratch: &mut Scratch<S>) {
        for (x, mut y) in x.rows().into_iter().zip(y.rows_mut()) {
            let (counts, others) = flat_mut(&mut y).split_at_mut(self.n_counts);
            // Most words do not occur in a document, and none occurs less often than never.
            counts.fill(S::zero());
            for_occurring(x.slice(s![..self.n_counts]), |word, x| counts[word] = x.max(S::zero()).ln_1p());
            others.iter_mut().zip(x.slice(s![self.n_counts..])).for_each(|(y, &x)| *y = x);
        }
    }

    fn backward(
        &self,
        x: ArrayView2<S>,
        _y: ArrayView2<S>,
        dy: ArrayViewMut2<S>,
        dx: Option<ArrayViewMut2<S>>,
        _grads: &mut [S],
        _scratch: &mut Scratch<S>,
    ) {
        let Some(mut dx) = dx else { return };
        dx.assign(&dy);
        let counts = s![.., ..self.n_counts];
        let divide = |dx: &mut S, &x: &S| *dx /= S::one() + x.max(S::zero());
        Zip::from(dx.slice_mut(counts)).and(x.slice(counts)).for_each(divide);
    }

    fn boxed(&self) -> Box<dyn Layer<S>> {
        Box::new(*self)
    }

    fn to_f32(&self) -> Box<dyn Layer<f32>> {
        Box::new(*self)
    }
}
