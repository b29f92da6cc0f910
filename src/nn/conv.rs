//! Convolution (LeCun et al. 1989), full or depthwise, with its pooling, bias and activation in the same pass.
//!
//! y = f(pool(x ∗ W + b)). As f rises, pooling before it gives what pooling after it would, with a quarter of the work; and the
//! maps before pooling, the largest of the network, never leave the processor's cache. Max pooling remembers where each
//! maximum was (Zeiler et al. 2011): the places lie in the [`Scratch`] for the gradient and for [`super::Unpool`].

use super::geometry::{Geometry, MapShape, Window};
use super::layer::{in_parts, shared};
use super::{Activation, Layer, Param, Scalar, Scratch, init};
use ndarray::{ArrayView2, ArrayViewMut2};

/// A convolution that keeps or divides the size of its maps; weight [out, in of a group, kernel, kernel] as in PyTorch.
#[derive(Clone, Debug)]
pub struct Conv2d<S> {
    geometry: Geometry,
    /// Where the places of the maxima are kept, if there is 2 × 2 pooling.
    pool: Option<usize>,
    activation: Activation,
    weight: Vec<S>,
    bias: Vec<S>,
}

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
    /// A layer from `input` to `channels` maps with first weights from `seed`; `layer` is its number in the model.
    ///
    /// `pool` is the number under which 2 × 2 pooling keeps its places; none means no pooling.
    pub fn new(
        input: MapShape,
        channels: usize,
        window: Window,
        pool: Option<usize>,
        activation: Activation,
        (seed, layer): (u64, u64),
    ) -> Self {
        let side = |large: usize| (large + 2 * window.padding - window.kernel) / window.stride + 1;
        let small = MapShape { channels, height: side(input.height), width: side(input.width) };
        let geometry = Geometry::new(input, small, window);
        let [n_out, n_in, kernel, _] = geometry.weight_shape();
        let fan_in = n_in * kernel * kernel;
        let (mut weight, mut bias) = (vec![S::zero(); n_out * fan_in], vec![S::zero(); n_out]);
        init::fill(seed, layer, fan_in, &mut weight, &mut bias);
        Self { geometry, pool, activation, weight, bias }
    }

    /// Shape of the maps it gives.
    pub fn output(&self) -> MapShape {
        if self.pool.is_some() { self.geometry.small.pooled() } else { self.geometry.small }
    }

    /// One part of a batch forward; `buffer` holds a laid-out large map and what comes down from it.
    fn forward_part(&self, x: &[S], y: &mut [S], places: &mut [u8], buffer: &mut [S]) {
        let (large, wide) = buffer.split_at_mut(self.geometry.large_len());
        large.fill(S::zero());
        let n_out = self.n_out();
        for (n, (x, y)) in x.chunks_exact(self.n_in()).zip(y.chunks_exact_mut(n_out)).enumerate() {
            self.geometry.lay_large(x, large);
            self.geometry.down(&self.weight, &self.bias, large, wide);
            match self.pool {
                Some(_) => self.geometry.take_small_maxima(wide, y, &mut places[n * n_out..][..n_out]),
                None => self.geometry.take_small(wide, y),
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
        let (zeros, wide) = rest.split_at_mut(geometry.large.channels);
        let (n_in, n_out, n_map) = (self.n_in(), self.n_out(), self.n_out() / self.bias.len());
        let groups = part.x.chunks(group * n_in).zip(part.dy.chunks(group * n_out));
        for ((at, (x, dy)), grads) in groups.enumerate().zip(part.grads.chunks_exact_mut(self.n_params())) {
            let (d_weight, d_bias) = grads.split_at_mut(self.weight.len());
            d_bias.fill(S::zero());
            for (n, (x, dy)) in x.chunks_exact(n_in).zip(dy.chunks_exact(n_out)).enumerate() {
                let laid = &mut small[n * small_len..][..small_len];
                let sample = at * group + n;
                match self.pool {
                    Some(_) => geometry.lay_small_at_places(dy, &part.places[sample * n_out..][..n_out], laid),
                    None => geometry.lay_small(dy, laid),
                }
                d_bias.iter_mut().zip(dy.chunks_exact(n_map)).for_each(|(sum, dy)| *sum += S::sum(dy));
                geometry.lay_large(x, &mut large[n * large_len..][..large_len]);
                if let Some(dx) = part.dx.get_mut(sample * n_in..(sample + 1) * n_in) {
                    geometry.up(turned, zeros, laid, wide);
                    geometry.take_large(wide, dx);
                }
            }
            geometry.weight_grads(small, large, x.len() / n_in, d_weight);
        }
    }
}

impl<S: Scalar> Layer<S> for Conv2d<S> {
    fn n_in(&self) -> usize {
        self.geometry.large.n_features()
    }

    fn n_out(&self) -> usize {
        self.output().n_features()
    }

    fn n_torch_modules(&self) -> usize {
        1 + usize::from(self.activation != Activation::Linear) + usize::from(self.pool.is_some())
    }

    fn n_params(&self) -> usize {
        self.weight.len() + self.bias.len()
    }

    fn forward(&self, x: ArrayView2<S>, mut y: ArrayViewMut2<S>, scratch: &mut Scratch<S>) {
        let (n, threads) = (x.nrows(), scratch.threads().min(x.nrows()).max(1));
        let per_part = n.div_ceil(threads);
        let (n_in, n_out) = (self.n_in(), self.n_out());
        let buffer_len = self.geometry.large_len() + self.geometry.down_len();
        let mut buffers = scratch.array(threads, buffer_len);
        let mut places = self.pool.map(|pool| scratch.take_places(pool, n * n_out)).unwrap_or_default();
        if let (Some(x), Some(y), Some(buffers)) = (x.as_slice(), y.as_slice_mut(), buffers.as_slice_mut()) {
            let parts = x.chunks(per_part * n_in).zip(y.chunks_mut(per_part * n_out));
            let mut place_parts = places.chunks_mut(per_part * n_out);
            let parts = parts.zip(buffers.chunks_exact_mut(buffer_len));
            let parts = parts.map(|((x, y), buffer)| (x, y, place_parts.next().unwrap_or_default(), buffer));
            in_parts(threads, parts, |(x, y, places, buffer)| self.forward_part(x, y, places, buffer));
        }
        scratch.give_back(buffers);
        if let Some(pool) = self.pool {
            scratch.keep_places(pool, places);
        }
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
        let geometry = &self.geometry;
        let shares = shared(x.nrows(), geometry.large_len() + geometry.small_len(), scratch.threads());
        let (n_in, n_out, n_params) = (self.n_in(), self.n_out(), self.n_params());
        let buffer_len = shares.group * (geometry.large_len() + geometry.small_len())
            + geometry.large.channels
            + geometry.up_len();
        let mut buffers = scratch.array(shares.n_parts, buffer_len);
        let mut partial = scratch.array(shares.n_groups, n_params);
        let mut turned = scratch.array(1, self.weight.len());
        let places = self.pool.map(|pool| scratch.take_places(pool, x.nrows() * n_out)).unwrap_or_default();
        let slices = (x.as_slice(), y.as_slice(), dy.as_slice_mut(), buffers.as_slice_mut());
        if let (Some(x), Some(y), Some(dy), Some(buffers)) = slices
            && let (Some(partial), Some(turned)) = (partial.as_slice_mut(), turned.as_slice_mut())
        {
            self.activation.backward(y, dy);
            let mut dx = dx;
            let dx = dx.as_mut().and_then(|dx| dx.as_slice_mut()).unwrap_or_default();
            if !dx.is_empty() {
                geometry.turn_weights(&self.weight, turned);
            }
            let mut dx_parts = dx.chunks_mut(shares.per_part * n_in);
            let mut place_parts = places.chunks(shares.per_part * n_out);
            let parts = x.chunks(shares.per_part * n_in).zip(dy.chunks(shares.per_part * n_out));
            let parts = parts.zip(partial.chunks_mut(shares.groups_per_part * n_params));
            let parts = parts.zip(buffers.chunks_exact_mut(buffer_len)).map(|(((x, dy), grads), buffer)| {
                let places = place_parts.next().unwrap_or_default();
                Part { x, dy, places, dx: dx_parts.next().unwrap_or_default(), grads, buffer }
            });
            in_parts(shares.n_parts, parts, |part| self.backward_part(part, turned, shares.group));
            sum_rows(partial, grads);
        }
        [buffers, partial, turned].into_iter().for_each(|array| scratch.give_back(array));
        if let Some(pool) = self.pool {
            scratch.keep_places(pool, places);
        }
    }

    fn params(&self) -> Vec<Param<'_, S>> {
        conv_params(&self.geometry, &self.weight, &self.bias)
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
            pool: self.pool,
            activation: self.activation,
            weight: cast(&self.weight),
            bias: cast(&self.bias),
        })
    }
}

/// Weight and bias as parameters.
pub fn conv_params<'a, S>(geometry: &Geometry, weight: &'a [S], bias: &'a [S]) -> Vec<Param<'a, S>> {
    vec![
        Param { name: "weight".into(), shape: geometry.weight_shape().to_vec(), values: weight },
        Param { name: "bias".into(), shape: vec![bias.len()], values: bias },
    ]
}

/// Sets `sums` to the rows' sum, in order.
pub fn sum_rows<S: Scalar>(rows: &[S], sums: &mut [S]) {
    sums.fill(S::zero());
    for row in rows.chunks_exact(sums.len()) {
        sums.iter_mut().zip(row).for_each(|(sum, &value)| *sum += value);
    }
}
