//! Convolution (LeCun et al. 1989), full or depthwise, and its transpose (Dumoulin and Visin 2016, ch. 4),
//! with pooling, bias and activation in the same pass.
//!
//! Down, from a large map to a small one, y = f(pool(x ∗ W + b)). As f rises, pooling before it gives what
//! pooling after it would, with a quarter of the work; and the maps before pooling, the largest of the
//! network, never leave the processor's cache. Max pooling remembers where each maximum was (Zeiler et al.
//! 2011): the places lie in the pass's [`super::Memory`], for the gradient and for [`super::Unpool`].
//!
//! Up, each value of the small map lays its multiple of the kernel down on the large one, which is what the
//! gradient of the way down does. The same numbers come of convolving the input, with zeros put between and
//! around its values, with the flipped kernel; a test states that. One is the other's gradient, so both are
//! one layer read in two directions.

use super::flat::{flat, flat_mut};
use super::geometry::{Geometry, MapShape, Window};
use super::layer::{in_parts, shared};
use super::{Activation, Convolved, Layer, Op, Param, Pool, Scalar, Scratch, init};
use ndarray::{ArrayView2, ArrayViewMut2};

/// A convolution; weight [small, large of a group, kernel's height, kernel's width], which is PyTorch's [out,
/// in, …] down and [in, out, …] up.
#[derive(Clone, Debug)]
pub struct Conv2d<S> {
    geometry: Geometry,
    direction: Direction,
    activation: Activation,
    /// The layer's own number in its model, under which pooling remembers the places of its maxima.
    number: usize,
    weight: Vec<S>,
    bias: Vec<S>,
}

/// Which of its maps a layer reads and which it gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    /// From large to small: `torch.nn.Conv2d`, with pooling or without.
    Down { pool: Option<Pool> },
    /// From small to large: `torch.nn.ConvTranspose2d`.
    Up,
}

/// Where each maximum of a pooling was in its window, for all samples of a pass.
pub type Places = Vec<u8>;

/// What one part of a batch works on.
struct Part<'a, S> {
    x: &'a [S],
    dy: &'a [S],
    places: &'a [u8],
    dx: &'a mut [S],
    grads: &'a mut [S],
    buffer: &'a mut [S],
}

impl<S: Scalar> Conv2d<S> {
    /// A convolution of `input` to `channels` maps with first weights from `seed`; `layer` is its number in
    /// the model.
    ///
    /// With `pool`, the largest value of each such window is kept alone, and [`Self::numbered`] says where
    /// the places are remembered.
    pub fn new(
        input: MapShape,
        channels: usize,
        window: Window,
        pool: Option<Pool>,
        activation: Activation,
        first_weights: (u64, u64),
    ) -> Self {
        assert!(
            pool.is_none_or(|[height, width]| height * width <= 256),
            "windows of {pool:?} have too many places"
        );
        let geometry = Geometry::new(input, window.small(input, channels), window);
        Self::with_first_weights(geometry, Direction::Down { pool }, activation, first_weights)
    }

    /// A transposed convolution of `input` to `output` maps, whose sizes fit the window; the rest as in
    /// [`Self::new`].
    pub fn transposed(
        input: MapShape,
        output: MapShape,
        window: Window,
        activation: Activation,
        first_weights: (u64, u64),
    ) -> Self {
        let geometry = Geometry::new(output, input, window);
        Self::with_first_weights(geometry, Direction::Up, activation, first_weights)
    }

    fn with_first_weights(
        geometry: Geometry,
        direction: Direction,
        activation: Activation,
        (seed, layer): (u64, u64),
    ) -> Self {
        let [n_small, n_large, height, width] = geometry.weight_shape();
        // PyTorch counts the fan-in from the weight's second axis, in both directions.
        let fan_in = n_large * height * width;
        let n_bias = match direction {
            Direction::Down { .. } => geometry.small.channels,
            Direction::Up => geometry.large.channels,
        };
        let (mut weight, mut bias) = (vec![S::zero(); n_small * fan_in], vec![S::zero(); n_bias]);
        init::fill(seed, layer, fan_in, &mut weight, &mut bias);
        Self { geometry, direction, activation, number: 0, weight, bias }
    }

    /// This layer under its own `number` in its model.
    pub fn numbered(self, number: usize) -> Self {
        Self { number, ..self }
    }

    /// Shape of the maps it gives.
    pub fn output(&self) -> MapShape {
        match self.direction {
            Direction::Down { pool: Some(pool) } => self.geometry.small.pooled(pool),
            Direction::Down { pool: None } => self.geometry.small,
            Direction::Up => self.geometry.large,
        }
    }

    fn input(&self) -> MapShape {
        match self.direction {
            Direction::Down { .. } => self.geometry.large,
            Direction::Up => self.geometry.small,
        }
    }

    /// Weight and bias under their names.
    fn named(&self) -> [Param<'_, S>; 2] {
        let shape = self.geometry.weight_shape().to_vec();
        [
            Param { name: "weight".into(), shape, values: &self.weight },
            Param { name: "bias".into(), shape: vec![self.bias.len()], values: &self.bias },
        ]
    }

    fn pools(&self) -> bool {
        matches!(self.direction, Direction::Down { pool: Some(_) })
    }

    /// Numbers that a laid-out input takes, and what comes of it before it is taken out.
    fn forward_lens(&self) -> [usize; 2] {
        match self.direction {
            Direction::Down { .. } => [self.geometry.large_len(), self.geometry.down_len()],
            Direction::Up => [self.geometry.small_len(), self.geometry.up_len()],
        }
    }

    /// Numbers that the gradient at the input takes before it is taken out.
    fn wide_dx_len(&self) -> usize {
        match self.direction {
            Direction::Down { .. } => self.geometry.up_len(),
            Direction::Up => self.geometry.down_len(),
        }
    }

    /// One part of a batch forward; `buffer` has [`Self::forward_lens`], `turned` the turned weights on the
    /// way up.
    fn forward_part(&self, x: &[S], y: &mut [S], places: &mut [u8], turned: &[S], buffer: &mut [S]) {
        let (laid, wide) = buffer.split_at_mut(self.forward_lens()[0]);
        laid.fill(S::zero());
        let n_out = self.n_out();
        for (n, (x, y)) in x.chunks_exact(self.n_in()).zip(y.chunks_exact_mut(n_out)).enumerate() {
            match self.direction {
                Direction::Down { pool } => {
                    self.geometry.lay_large(x, laid);
                    self.geometry.down(&self.weight, &self.bias, laid, wide);
                    match pool {
                        Some(pool) => {
                            self.geometry.take_small_maxima(wide, pool, y, &mut places[n * n_out..][..n_out]);
                        }
                        None => self.geometry.take_small(wide, y),
                    }
                }
                Direction::Up => {
                    self.geometry.lay_small(x, laid);
                    self.geometry.up(turned, &self.bias, laid, wide);
                    self.geometry.take_large(wide, y);
                }
            }
            self.activation.apply(y);
        }
    }

    /// One part of a batch backward: a run of groups of `group` samples, each with gradients of its own.
    fn backward_part(&self, part: Part<'_, S>, turned: &[S], group: usize) {
        let geometry = &self.geometry;
        let (large_len, small_len) = (geometry.large_len(), geometry.small_len());
        part.buffer.fill(S::zero());
        let (large, rest) = part.buffer.split_at_mut(group * large_len);
        let (small, rest) = rest.split_at_mut(group * small_len);
        let (zeros, wide) = rest.split_at_mut(self.input().channels);
        let (n_in, n_out, n_map) = (self.n_in(), self.n_out(), self.n_out() / self.bias.len());
        let groups = part.x.chunks(group * n_in).zip(part.dy.chunks(group * n_out));
        for ((at, (x, dy)), grads) in groups.enumerate().zip(part.grads.chunks_exact_mut(self.n_params())) {
            let (d_weight, d_bias) = grads.split_at_mut(self.weight.len());
            d_bias.fill(S::zero());
            for (n, (x, dy)) in x.chunks_exact(n_in).zip(dy.chunks_exact(n_out)).enumerate() {
                let sample = at * group + n;
                let large = &mut large[n * large_len..][..large_len];
                let small = &mut small[n * small_len..][..small_len];
                let dx = part.dx.get_mut(sample * n_in..(sample + 1) * n_in);
                d_bias.iter_mut().zip(dy.chunks_exact(n_map)).for_each(|(sum, dy)| *sum += S::sum(dy));
                match self.direction {
                    Direction::Down { pool } => {
                        match pool {
                            Some(pool) => {
                                let places = &part.places[sample * n_out..][..n_out];
                                geometry.lay_small_at_places(dy, places, pool, small);
                            }
                            None => geometry.lay_small(dy, small),
                        }
                        geometry.lay_large(x, large);
                        if let Some(dx) = dx {
                            geometry.up(turned, zeros, small, wide);
                            geometry.take_large(wide, dx);
                        }
                    }
                    Direction::Up => {
                        geometry.lay_large(dy, large);
                        geometry.lay_small(x, small);
                        if let Some(dx) = dx {
                            geometry.down(&self.weight, zeros, large, wide);
                            geometry.take_small(wide, dx);
                        }
                    }
                }
            }
            geometry.weight_grads(small, large, x.len() / n_in, d_weight);
        }
    }

    /// Borrows the memory of this layer's pooling; empty without pooling.
    fn take_places(&self, scratch: &mut Scratch<S>) -> Places {
        if self.pools() { scratch.memory.take(self.number) } else { Places::new() }
    }

    fn keep_places(&self, places: Places, scratch: &mut Scratch<S>) {
        if self.pools() {
            scratch.memory.keep(self.number, places);
        }
    }
}

impl<S: Scalar> Layer<S> for Conv2d<S> {
    fn n_in(&self) -> usize {
        self.input().n_features()
    }

    fn n_out(&self) -> usize {
        self.output().n_features()
    }

    fn n_torch_modules(&self) -> usize {
        1 + usize::from(self.activation != Activation::Linear) + usize::from(self.pools())
    }

    fn n_params(&self) -> usize {
        self.weight.len() + self.bias.len()
    }

    fn forward(&self, x: ArrayView2<S>, mut y: ArrayViewMut2<S>, scratch: &mut Scratch<S>) {
        let (n, threads) = (x.nrows(), scratch.threads().min(x.nrows()).max(1));
        let (n_in, n_out, per_part) = (self.n_in(), self.n_out(), n.div_ceil(threads));
        let buffer_len = self.forward_lens().iter().sum();
        let mut buffers = scratch.array(threads, buffer_len);
        let mut turned = scratch.array(1, self.weight.len());
        let mut places = self.take_places(scratch);
        if self.pools() {
            places.resize(n * n_out, 0);
        }
        let x = x.as_standard_layout();
        let (x, y) = (flat(&x), flat_mut(&mut y));
        let (buffers_slice, turned_slice) = (flat_mut(&mut buffers), flat_mut(&mut turned));
        if self.direction == Direction::Up {
            self.geometry.turn_weights(&self.weight, turned_slice);
        }
        let parts = x.chunks(per_part * n_in).zip(y.chunks_mut(per_part * n_out));
        let mut place_parts = places.chunks_mut(per_part * n_out);
        let parts = parts.zip(buffers_slice.chunks_exact_mut(buffer_len));
        let parts = parts.map(|((x, y), buffer)| (x, y, place_parts.next().unwrap_or_default(), buffer));
        in_parts(threads, parts, |(x, y, places, buffer)| self.forward_part(x, y, places, turned_slice, buffer));
        [buffers, turned].into_iter().for_each(|array| scratch.give_back(array));
        self.keep_places(places, scratch);
    }

    fn backward(
        &self,
        x: ArrayView2<S>,
        y: ArrayView2<S>,
        mut dy: ArrayViewMut2<S>,
        mut dx: Option<ArrayViewMut2<S>>,
        grads: &mut [S],
        scratch: &mut Scratch<S>,
    ) {
        let (n_in, n_out, n_params) = (self.n_in(), self.n_out(), self.n_params());
        let sample_len = self.geometry.large_len() + self.geometry.small_len();
        let shares = shared(x.nrows(), sample_len, scratch.threads());
        let buffer_len = shares.group * sample_len + self.input().channels + self.wide_dx_len();
        let mut buffers = scratch.array(shares.n_parts, buffer_len);
        let mut partial = scratch.array(shares.n_groups, n_params);
        let mut turned = scratch.array(1, self.weight.len());
        let places = self.take_places(scratch);
        let standard = x.as_standard_layout();
        let (x, dy) = (flat(&standard), flat_mut(&mut dy));
        let (buffers_slice, partial_slice) = (flat_mut(&mut buffers), flat_mut(&mut partial));
        let turned_slice = flat_mut(&mut turned);
        self.activation.backward(flat(&y), dy);
        let dx = dx.as_mut().map(|dx| flat_mut(dx)).unwrap_or_default();
        if !dx.is_empty() && self.direction != Direction::Up {
            self.geometry.turn_weights(&self.weight, turned_slice);
        }
        let mut dx_parts = dx.chunks_mut(shares.per_part * n_in);
        let mut place_parts = places.chunks(shares.per_part * n_out);
        let parts = x.chunks(shares.per_part * n_in).zip(dy.chunks(shares.per_part * n_out));
        let parts = parts.zip(partial_slice.chunks_mut(shares.groups_per_part * n_params));
        let parts = parts.zip(buffers_slice.chunks_exact_mut(buffer_len)).map(|(((x, dy), grads), buffer)| {
            let places = place_parts.next().unwrap_or_default();
            Part { x, dy, places, dx: dx_parts.next().unwrap_or_default(), grads, buffer }
        });
        in_parts(shares.n_parts, parts, |part| self.backward_part(part, turned_slice, shares.group));
        sum_rows(partial_slice, grads);
        [buffers, partial, turned].into_iter().for_each(|array| scratch.give_back(array));
        self.keep_places(places, scratch);
    }

    fn params(&self) -> Vec<Param<'_, S>> {
        self.named().into()
    }

    fn ops(&self) -> Vec<Op<'_, S>> {
        let ([weight, bias], Geometry { large, small, window, .. }) = (self.named(), &self.geometry);
        let (large, small, window) = (*large, *small, *window);
        let mut ops = match self.direction {
            Direction::Down { .. } => {
                vec![Op::Conv(Convolved { input: large, output: small, window, weight, bias })]
            }
            Direction::Up => vec![Op::Transposed(Convolved { input: small, output: large, window, weight, bias })],
        };
        if let Direction::Down { pool: Some(pool) } = self.direction {
            ops.push(Op::MaxPool(small, pool));
        }
        ops.extend(Op::activation(self.activation));
        ops
    }

    fn weights(&self) -> &[S] {
        &self.weight
    }

    fn visit_mut(&mut self, visit: &mut dyn FnMut(&mut [S])) {
        visit(&mut self.weight);
        visit(&mut self.bias);
    }

    fn boxed(&self) -> Box<dyn Layer<S>> {
        Box::new(self.clone())
    }

    fn to_f32(&self) -> Box<dyn Layer<f32>> {
        let cast = |values: &[S]| values.iter().map(|w| w.as_f64() as f32).collect();
        Box::new(Conv2d {
            geometry: self.geometry.clone(),
            direction: self.direction,
            activation: self.activation,
            number: self.number,
            weight: cast(&self.weight),
            bias: cast(&self.bias),
        })
    }
}

/// Sets `sums` to the rows' sum, in order.
fn sum_rows<S: Scalar>(rows: &[S], sums: &mut [S]) {
    sums.fill(S::zero());
    for row in rows.chunks_exact(sums.len()) {
        sums.iter_mut().zip(row).for_each(|(sum, &value)| *sum += value);
    }
}

#[cfg(test)]
#[path = "conv_tests.rs"]
mod tests;
