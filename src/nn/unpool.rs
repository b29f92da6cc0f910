//! Unpooling, both ways of the lecture: put each value back where its maximum was, zeros elsewhere (Zeiler et al. 2011); or
//! repeat it over the 2 × 2 values that were pooled.
//!
//! The places come from the encoder, which looked at a picture. A code that no picture was encoded to has none: such a code is
//! decoded by repeating, whichever way was learned.

use super::geometry::MapShape;
use super::{Layer, Param, Scalar, Scratch};
use ndarray::{ArrayView2, ArrayViewMut2};

/// Doubles the maps' sides; an odd last row or column of `output` repeats the one before, or is zero with places.
#[derive(Clone, Copy, Debug)]
pub struct Unpool {
    input: MapShape,
    output: MapShape,
    /// Number of the pooling whose places are used; none means to repeat.
    places: Option<usize>,
}

impl Unpool {
    /// Takes maps of shape `input` to twice the size, or one more where `output` is odd.
    pub fn new(input: MapShape, output: MapShape, places: Option<usize>) -> Self {
        Self { input, output, places }
    }

    /// The pooling whose places are there for all `n` samples.
    fn pool<S: Scalar>(&self, n: usize, scratch: &Scratch<S>) -> Option<usize> {
        self.places.filter(|&pool| scratch.n_places(pool) == n * self.input.n_features())
    }

    /// Calls `work` with each output's place in the batch and that of the input it comes from, with its number, 0 to 3, in
    /// the 2 × 2 values; a leftover row or column counts as part of the last ones.
    fn for_each(&self, n: usize, mut work: impl FnMut(usize, usize, u8)) {
        let (from, to) = (self.input, self.output);
        for map in 0..n * to.channels {
            for y in 0..to.height {
                let row = (y / 2).min(from.height - 1);
                for x in 0..to.width {
                    let column = (x / 2).min(from.width - 1);
                    let inside = y < 2 * from.height && x < 2 * from.width;
                    let number = if inside { (y % 2 * 2 + x % 2) as u8 } else { u8::MAX };
                    work(
                        (map * to.height + y) * to.width + x,
                        (map * from.height + row) * from.width + column,
                        number,
                    );
                }
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

    fn n_params(&self) -> usize {
        0
    }

    fn forward(&self, x: ArrayView2<S>, mut y: ArrayViewMut2<S>, scratch: &mut Scratch<S>) {
        let n = x.nrows();
        let (Some(x), Some(y)) = (x.as_slice(), y.as_slice_mut()) else { return };
        match self.pool(n, scratch) {
            None => self.for_each(n, |to, from, _| y[to] = x[from]),
            Some(pool) => {
                let places = scratch.take_places(pool, x.len());
                let value = |from: usize, number| if places[from] == number { x[from] } else { S::zero() };
                self.for_each(n, |to, from, number| y[to] = value(from, number));
                scratch.keep_places(pool, places);
            }
        }
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
        let (n, Some(mut dx)) = (x.nrows(), dx) else { return };
        let (Some(dy), Some(dx)) = (dy.as_slice(), dx.as_slice_mut()) else { return };
        dx.fill(S::zero());
        match self.pool(n, scratch) {
            None => self.for_each(n, |to, from, _| dx[from] += dy[to]),
            Some(pool) => {
                let places = scratch.take_places(pool, dx.len());
                self.for_each(n, |to, from, number| {
                    if places[from] == number {
                        dx[from] += dy[to];
                    }
                });
                scratch.keep_places(pool, places);
            }
        }
    }

    fn params(&self) -> Vec<Param<'_, S>> {
        Vec::new()
    }

    fn visit_mut(&mut self, _visit: &mut dyn FnMut(&mut [S])) {}

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
        let unpool = Unpool::new(input, output, Some(0));
        let x = array![[5.0f32, 7.0]];
        let mut y = Array2::from_elem((1, 12), f32::NAN);
        let mut scratch = Scratch::default();
        unpool.forward(x.view(), y.view_mut(), &mut scratch);
        assert_eq!(y, array![[5.0, 5.0, 7.0, 7.0, 5.0, 5.0, 7.0, 7.0, 5.0, 5.0, 7.0, 7.0]]);

        let mut places = scratch.take_places(0, 2);
        places.copy_from_slice(&[1, 2]);
        scratch.keep_places(0, places);
        unpool.forward(x.view(), y.view_mut(), &mut scratch);
        assert_eq!(y, array![[0.0, 5.0, 0.0, 0.0, 0.0, 0.0, 7.0, 0.0, 0.0, 0.0, 0.0, 0.0]]);

        // Places of another batch are none of this one's; and a free code forgets them.
        scratch.forget_places();
        unpool.forward(x.view(), y.view_mut(), &mut scratch);
        assert_eq!(y[[0, 0]], 5.0);
    }
}
