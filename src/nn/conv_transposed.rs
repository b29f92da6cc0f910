//! Transposed convolution: the map from small to large that a convolution's gradient is (Dumoulin and Visin 2016, ch. 4).
//!
//! Each value of the input lays its multiple of the kernel down on the output. The same numbers come of convolving the input,
//! with zeros put between and around its values, with the flipped kernel; a test states that.

use super::conv::{conv_params, sum_rows};
use super::geometry::{Geometry, MapShape, Window};
use super::layer::{in_parts, shared};
use super::{Activation, Layer, Param, Scalar, Scratch, init};
use ndarray::{ArrayView2, ArrayViewMut2};

/// A transposed convolution with bias and activation; weight [in, out, kernel, kernel] as in PyTorch.
#[derive(Clone, Debug)]
pub struct ConvTranspose2d<S> {
    geometry: Geometry,
    activation: Activation,
    weight: Vec<S>,
    bias: Vec<S>,
}

/// What one part of a batch works on.
struct Part<'a, S> {
    x: &'a [S],
    dy: &'a [S],
    dx: &'a mut [S],
    grads: &'a mut [S],
    buffer: &'a mut [S],
}

impl<S: Scalar> ConvTranspose2d<S> {
    /// A layer from `input` to `output` maps, whose sizes fit the window, with first weights from `seed`; `layer` is its
    /// number in the model.
    pub fn new(
        input: MapShape,
        output: MapShape,
        window: Window,
        activation: Activation,
        (seed, layer): (u64, u64),
    ) -> Self {
        let geometry = Geometry::new(output, input, window);
        let [n_in, n_out, kernel, _] = geometry.weight_shape();
        // PyTorch counts the fan-in from the weight's second axis, here too.
        let fan_in = n_out * kernel * kernel;
        let (mut weight, mut bias) = (vec![S::zero(); n_in * fan_in], vec![S::zero(); output.channels]);
        init::fill(seed, layer, fan_in, &mut weight, &mut bias);
        Self { geometry, activation, weight, bias }
    }

    fn forward_part(&self, x: &[S], y: &mut [S], turned: &[S], buffer: &mut [S]) {
        let (small, wide) = buffer.split_at_mut(self.geometry.small_len());
        small.fill(S::zero());
        for (x, y) in x.chunks_exact(self.n_in()).zip(y.chunks_exact_mut(self.n_out())) {
            self.geometry.lay_small(x, small);
            self.geometry.up(turned, &self.bias, small, wide);
            self.geometry.take_large(wide, y);
            self.activation.apply(y);
        }
    }

    /// One part of a batch backward: a run of groups of `group` samples, each with gradients of its own.
    fn backward_part(&self, part: Part<'_, S>, group: usize) {
        let geometry = &self.geometry;
        let (large_len, small_len) = (geometry.large_len(), geometry.small_len());
        part.buffer.fill(S::zero());
        let (large, rest) = part.buffer.split_at_mut(group * large_len);
        let (small, rest) = rest.split_at_mut(group * small_len);
        let (zeros, wide) = rest.split_at_mut(geometry.small.channels);
        let (n_in, n_out, n_map) = (self.n_in(), self.n_out(), self.n_out() / self.bias.len());
        let groups = part.x.chunks(group * n_in).zip(part.dy.chunks(group * n_out));
        for ((at, (x, dy)), grads) in groups.enumerate().zip(part.grads.chunks_exact_mut(self.n_params())) {
            let (d_weight, d_bias) = grads.split_at_mut(self.weight.len());
            d_bias.fill(S::zero());
            for (n, (x, dy)) in x.chunks_exact(n_in).zip(dy.chunks_exact(n_out)).enumerate() {
                let laid = &mut large[n * large_len..][..large_len];
                geometry.lay_large(dy, laid);
                d_bias.iter_mut().zip(dy.chunks_exact(n_map)).for_each(|(sum, dy)| *sum += S::sum(dy));
                geometry.lay_small(x, &mut small[n * small_len..][..small_len]);
                let sample = at * group + n;
                if let Some(dx) = part.dx.get_mut(sample * n_in..(sample + 1) * n_in) {
                    geometry.down(&self.weight, zeros, laid, wide);
                    geometry.take_small(wide, dx);
                }
            }
            geometry.weight_grads(small, large, x.len() / n_in, d_weight);
        }
    }
}

impl<S: Scalar> Layer<S> for ConvTranspose2d<S> {
    fn n_in(&self) -> usize {
        self.geometry.small.n_features()
    }

    fn n_out(&self) -> usize {
        self.geometry.large.n_features()
    }

    fn n_torch_modules(&self) -> usize {
        1 + usize::from(self.activation != Activation::Linear)
    }

    fn n_params(&self) -> usize {
        self.weight.len() + self.bias.len()
    }

    fn forward(&self, x: ArrayView2<S>, mut y: ArrayViewMut2<S>, scratch: &mut Scratch<S>) {
        let threads = scratch.threads().min(x.nrows()).max(1);
        let per_part = x.nrows().div_ceil(threads);
        let buffer_len = self.geometry.small_len() + self.geometry.up_len();
        let mut buffers = scratch.array(threads, buffer_len);
        let mut turned = scratch.array(1, self.weight.len());
        let slices = (x.as_slice(), y.as_slice_mut(), buffers.as_slice_mut(), turned.as_slice_mut());
        if let (Some(x), Some(y), Some(buffers), Some(turned)) = slices {
            self.geometry.turn_weights(&self.weight, turned);
            let parts = x.chunks(per_part * self.n_in()).zip(y.chunks_mut(per_part * self.n_out()));
            let parts = parts.zip(buffers.chunks_exact_mut(buffer_len));
            in_parts(threads, parts, |((x, y), buffer)| self.forward_part(x, y, turned, buffer));
        }
        [buffers, turned].into_iter().for_each(|array| scratch.give_back(array));
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
            + geometry.small.channels
            + geometry.down_len();
        let mut buffers = scratch.array(shares.n_parts, buffer_len);
        let mut partial = scratch.array(shares.n_groups, n_params);
        let slices = (x.as_slice(), y.as_slice(), dy.as_slice_mut(), buffers.as_slice_mut());
        if let (Some(x), Some(y), Some(dy), Some(buffers)) = slices
            && let Some(partial) = partial.as_slice_mut()
        {
            self.activation.backward(y, dy);
            let mut dx = dx;
            let dx = dx.as_mut().and_then(|dx| dx.as_slice_mut()).unwrap_or_default();
            let mut dx_parts = dx.chunks_mut(shares.per_part * n_in);
            let parts = x.chunks(shares.per_part * n_in).zip(dy.chunks(shares.per_part * n_out));
            let parts = parts.zip(partial.chunks_mut(shares.groups_per_part * n_params));
            let parts = parts.zip(buffers.chunks_exact_mut(buffer_len)).map(|(((x, dy), grads), buffer)| Part {
                x,
                dy,
                dx: dx_parts.next().unwrap_or_default(),
                grads,
                buffer,
            });
            in_parts(shares.n_parts, parts, |part| self.backward_part(part, shares.group));
            sum_rows(partial, grads);
        }
        [buffers, partial].into_iter().for_each(|array| scratch.give_back(array));
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
        Box::new(ConvTranspose2d {
            geometry: self.geometry.clone(),
            activation: self.activation,
            weight: cast(&self.weight),
            bias: cast(&self.bias),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::Conv2d;
    use ndarray::Array2;

    fn values(n: usize, seed: usize) -> Vec<f64> {
        (0..n).map(|i| ((i * 37 + seed * 11) % 101) as f64 / 50.0 - 1.0).collect()
    }

    /// The lecture's sentence: a transposed convolution is a convolution, over the zero-padded input, with the flipped kernel.
    #[test]
    fn is_a_convolution_over_the_zero_padded_input_with_the_flipped_kernel() {
        for (kernel, stride, padding, extra) in
            [(3, 1, 0, 0), (3, 1, 1, 0), (2, 2, 0, 0), (4, 2, 1, 0), (3, 2, 1, 1), (5, 3, 2, 2)]
        {
            let input = MapShape { channels: 3, height: 4, width: 5 };
            let side = |small: usize| (small - 1) * stride + kernel + extra - 2 * padding;
            let output = MapShape { channels: 2, height: side(4), width: side(5) };
            let window = Window { kernel, stride, padding, groups: 1 };
            let transposed = ConvTranspose2d::<f32>::new(input, output, window, Activation::Linear, (3, 0));
            let x: Vec<f32> = values(2 * input.n_features(), 1).iter().map(|&x| x as f32).collect();
            let x = Array2::from_shape_vec((2, input.n_features()), x).unwrap();
            let mut y = Array2::zeros((2, output.n_features()));
            transposed.forward(x.view(), y.view_mut(), &mut Scratch::default());

            // stride − 1 zeros between the values, kernel − 1 − padding around them, and `extra` at the end.
            let around = kernel - 1 - padding;
            let spread = |side: usize| (side - 1) * stride + 1 + 2 * around + extra;
            let padded = MapShape { channels: 3, height: spread(4), width: spread(5) };
            let mut zeros = Array2::zeros((2, padded.n_features()));
            for ((n, i), &value) in x.indexed_iter() {
                let (c, row, column) = (i / 20, i % 20 / 5, i % 5);
                let at = (c * padded.height + around + row * stride) * padded.width + around + column * stride;
                zeros[[n, at]] = value;
            }
            let window = Window { kernel, stride: 1, padding: 0, groups: 1 };
            let mut plain = Conv2d::<f32>::new(padded, 2, window, None, Activation::Linear, (3, 0));
            let taps = kernel * kernel;
            let mut flipped = vec![0.0; 2 * 3 * taps];
            for (o, c, tap) in (0..2).flat_map(|o| (0..3).flat_map(move |c| (0..taps).map(move |tap| (o, c, tap))))
            {
                flipped[(o * 3 + c) * taps + tap] = transposed.weight[(c * 2 + o) * taps + taps - 1 - tap];
            }
            let mut tensors = [flipped, transposed.bias.clone()].into_iter();
            plain.visit_mut(&mut |values| values.copy_from_slice(&tensors.next().unwrap()));
            let mut want = Array2::zeros((2, Layer::<f32>::n_out(&plain)));
            plain.forward(zeros.view(), want.view_mut(), &mut Scratch::default());
            assert_eq!(y.dim(), want.dim());
            assert!(y.iter().zip(&want).all(|(a, b)| (a - b).abs() < 1e-6), "{kernel} {stride} {padding} {extra}");
        }
    }
}
