//! Unpooling, both ways of the lecture: put each value back where its maximum was, zeros elsewhere (Zeiler et
//! al. 2011); or repeat it over the values that were pooled.
//!
//! The places come from the encoder, which looked at a picture. A code that no picture was encoded to has
//! none: such a code is decoded by repeating, whichever way was learned.

use super::conv::Places;
use super::flat::{flat, flat_mut};
use super::geometry::MapShape;
use super::pool::{self, Pool};
use super::{Layer, Op, Repeated, Scalar, Scratch};
use ndarray::{ArrayView2, ArrayViewMut2};

/// Multiplies the maps' sides by those of a window; rows and columns of `output` beyond the last window
/// repeat the one before, or are zero with places.
#[derive(Clone, Copy, Debug)]
pub struct Unpool {
    input: MapShape,
    output: MapShape,
    window: Pool,
    /// Number of the layer whose pooling remembers the places; none means to repeat.
    pooling: Option<usize>,
}

impl Unpool {
    /// Takes maps of shape `input` to `output`, which pooled by `window` has the shape `input`.
    ///
    /// `pooling` is the number of the layer whose places are used; none means to repeat.
    pub fn new(input: MapShape, output: MapShape, window: Pool, pooling: Option<usize>) -> Self {
        assert_eq!(output.pooled(window), input, "maps of {output:?} pooled by {window:?}");
        Self { input, output, window, pooling }
    }

    /// Calls `work` with the places of all `n` samples, or with none where the pooling remembers none of
    /// these samples.
    fn with_places<S: Scalar>(&self, n: usize, scratch: &mut Scratch<S>, work: impl FnOnce(&[u8])) {
        let places: Places = self.pooling.map(|number| scratch.memory.take(number)).unwrap_or_default();
        work(if places.len() == n * self.input.n_features() { &places } else { &[] });
        if let Some(number) = self.pooling {
            scratch.memory.keep(number, places);
        }
    }

    /// Sets all maps `y` from all maps `x`, by places or without.
    fn enlarge<S: Scalar>(&self, x: &[S], y: &mut [S], places: &[u8]) {
        let (width, height) = (self.input.width, self.input.height);
        for (map, y) in y.chunks_exact_mut(self.output.height * self.output.width).enumerate() {
            for row in 0..height {
                let start = (map * height + row) * width;
                let (x, y) = (&x[start..start + width], &mut y[self.rows(row)]);
                match places.get(start..start + width) {
                    None => self.repeat(x, y),
                    Some(places) => {
                        y.fill(S::zero());
                        pool::put_back(x, places, self.window, y, self.output.width);
                    }
                }
            }
        }
    }

    /// The reverse of [`Self::enlarge`] for gradients.
    fn gather<S: Scalar>(&self, dy: &[S], dx: &mut [S], places: &[u8]) {
        let (width, out_width, height) = (self.input.width, self.output.width, self.input.height);
        for (map, dy) in dy.chunks_exact(self.output.height * out_width).enumerate() {
            for row in 0..height {
                let start = (map * height + row) * width;
                let (dy, dx) = (&dy[self.rows(row)], &mut dx[start..start + width]);
                match places.get(start..start + width) {
                    None => self.sum_up(dy, dx),
                    Some(places) => {
                        for (column, (dx, &place)) in dx.iter_mut().zip(places).enumerate() {
                            *dx = dy[pool::index_of(place, column, self.window, out_width)];
                        }
                    }
                }
            }
        }
    }

    /// The rows of a map that row `row` becomes, and what is left over below the last.
    fn rows(&self, row: usize) -> std::ops::Range<usize> {
        let height = self.window[0];
        let end = if row + 1 == self.input.height { self.output.height } else { (row + 1) * height };
        row * height * self.output.width..end * self.output.width
    }

    /// Sets the rows `y` that come of one row `x`: its values as often as a window is wide, the last one more
    /// often if need be.
    fn repeat<S: Scalar>(&self, x: &[S], y: &mut [S]) {
        let (first, others) = y.split_at_mut(self.output.width);
        for (run, &x) in first.chunks_exact_mut(self.window[1]).zip(x) {
            run.fill(x);
        }
        if let Some(&last) = x.last() {
            first[self.window[1] * x.len()..].fill(last);
        }
        others.chunks_exact_mut(self.output.width).for_each(|row| row.copy_from_slice(first));
    }

    /// The reverse of [`Self::repeat`] for gradients: sums.
    fn sum_up<S: Scalar>(&self, dy: &[S], dx: &mut [S]) {
        dx.fill(S::zero());
        for row in dy.chunks_exact(self.output.width) {
            let (whole, rest) = row.split_at(self.window[1] * self.input.width);
            for (dx, run) in dx.iter_mut().zip(whole.chunks_exact(self.window[1])) {
                *dx += run[1..].iter().fold(run[0], |sum, &d| sum + d);
            }
            if let Some(dx) = dx.last_mut() {
                *dx += S::sum(rest);
            }
        }
    }
}

impl<S: Scalar> Layer<S> for Unpool {
    fn n_in(&self) -> usize {
        self.input.n_features()
    }

    fn n_out(&self) -> usize {
        self.output.n_features()
    }

    fn n_torch_modules(&self) -> usize {
        1
    }

    fn ops(&self) -> Vec<Op<'_, S>> {
        // A free code has no places.
        vec![Op::Repeat(Repeated { input: self.input, output: self.output, window: self.window })]
    }

    fn forward(&self, x: ArrayView2<S>, mut y: ArrayViewMut2<S>, scratch: &mut Scratch<S>) {
        let n = x.nrows();
        let x = x.as_standard_layout();
        let (x, y) = (flat(&x), flat_mut(&mut y));
        self.with_places(n, scratch, |places| self.enlarge(x, y, places));
    }

    fn backward(
        &self,
        x: ArrayView2<S>,
        _y: ArrayView2<S>,
        dy: ArrayViewMut2<S>,
        dx: Option<ArrayViewMut2<S>>,
        _grads: &mut [S],
        scratch: &mut Scratch<S>,
    ) {
        if let Some(mut dx) = dx {
            let (dy, dx) = (flat(&dy), flat_mut(&mut dx));
            self.with_places(x.nrows(), scratch, |places| self.gather(dy, dx, places));
        }
    }

    fn boxed(&self) -> Box<dyn Layer<S>> {
        Box::new(*self)
    }

    fn to_f32(&self) -> Box<dyn Layer<f32>> {
        Box::new(*self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};

    #[test]
    fn repeats_or_puts_back() {
        let (input, output) =
            (MapShape { channels: 1, height: 1, width: 2 }, MapShape { channels: 1, height: 3, width: 4 });
        let unpool = Unpool::new(input, output, [2, 2], Some(0));
        let x = array![[5.0f32, 7.0]];
        let mut y = Array2::from_elem((1, 12), f32::NAN);
        let mut scratch = Scratch::default();
        unpool.forward(x.view(), y.view_mut(), &mut scratch);
        assert_eq!(y, array![[5.0, 5.0, 7.0, 7.0, 5.0, 5.0, 7.0, 7.0, 5.0, 5.0, 7.0, 7.0]]);

        scratch.memory.keep(0, vec![1u8, 2]);
        unpool.forward(x.view(), y.view_mut(), &mut scratch);
        assert_eq!(y, array![[0.0, 5.0, 0.0, 0.0, 0.0, 0.0, 7.0, 0.0, 0.0, 0.0, 0.0, 0.0]]);

        // Places of another batch are none of this one's; and a free code forgets them.
        unpool.forward(array![[5.0f32, 7.0], [1.0, 2.0]].view(), Array2::zeros((2, 12)).view_mut(), &mut scratch);
        scratch.memory.forget();
        unpool.forward(x.view(), y.view_mut(), &mut scratch);
        assert_eq!(y[[0, 0]], 5.0);
    }
}
