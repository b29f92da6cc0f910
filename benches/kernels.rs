//! The kernels that training and decoding stand on: `cargo bench --no-default-features --bench kernels`.
//!
//! One thread each. The counters are multiply-adds (items) where there are any, so that "items/s" doubled is
//! FLOP/s.

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use halfmoon::nn::{
    Activation, Conv2d, Dense, Layer, MapShape, Method, Optimizer, Scalar, Scratch, Window, matmul,
};
use ndarray::Array2;

fn main() {
    divan::main();
}

/// Samples of one shard.
const BATCH: usize = 64;

fn noise(rows: usize, columns: usize) -> Array2<f32> {
    let value = |i: usize| (i.wrapping_mul(2_654_435_761) >> 8 & 0xffff) as f32 / 65_536.0 - 0.5;
    Array2::from_shape_fn((rows, columns), |(r, c)| value(r * columns + c))
}

/// Input and output features of the layers of w1 and w2.
const WIDTHS: [(usize, usize); 3] = [(784, 512), (512, 256), (1000, 500)];

#[divan::bench(args = WIDTHS)]
fn forward_product(bencher: Bencher<'_, '_>, (n_in, n_out): (usize, usize)) {
    let (x, weight, mut y) = (noise(BATCH, n_in), noise(n_out, n_in), noise(BATCH, n_out));
    let bencher = bencher.counter(ItemsCount::new(BATCH * n_in * n_out));
    bencher.bench_local(|| matmul(y.view_mut(), x.view(), black_box(&weight).t(), 1));
}

#[divan::bench(args = WIDTHS)]
fn input_gradient_product(bencher: Bencher<'_, '_>, (n_in, n_out): (usize, usize)) {
    let (dy, weight, mut dx) = (noise(BATCH, n_out), noise(n_out, n_in), noise(BATCH, n_in));
    let bencher = bencher.counter(ItemsCount::new(BATCH * n_in * n_out));
    bencher.bench_local(|| matmul(dx.view_mut(), dy.view(), black_box(&weight).view(), 1));
}

#[divan::bench(args = WIDTHS)]
fn weight_gradient_product(bencher: Bencher<'_, '_>, (n_in, n_out): (usize, usize)) {
    let (x, dy, mut d_weight) = (noise(BATCH, n_in), noise(BATCH, n_out), noise(n_out, n_in));
    let bencher = bencher.counter(ItemsCount::new(BATCH * n_in * n_out));
    bencher.bench_local(|| matmul(d_weight.view_mut(), dy.t(), black_box(&x).view(), 1));
}

/// One code through one layer: bound by the reading of its weights.
#[divan::bench(args = WIDTHS)]
fn one_row(bencher: Bencher<'_, '_>, (n_in, n_out): (usize, usize)) {
    let layer = Dense::<f32>::new(n_in, n_out, Activation::Relu, 0, 0);
    let (x, mut y, mut scratch) = (noise(1, n_in), noise(1, n_out), Scratch::default());
    let bencher = bencher.counter(BytesCount::new(4 * n_in * n_out));
    bencher.bench_local(|| layer.forward(black_box(&x).view(), y.view_mut(), &mut scratch));
}

const SMALL: MapShape = MapShape { channels: 16, height: 14, width: 14 };

fn conv() -> Conv2d<f32> {
    let window = Window::square(3, 1, 1);
    Conv2d::new(SMALL, 32, window, Some([2, 2]), Activation::Relu, (0, 0))
}

/// w3's second convolution, with its pooling.
#[divan::bench]
fn conv_forward(bencher: Bencher<'_, '_>) {
    let (layer, mut scratch) = (conv(), Scratch::default());
    let (x, mut y) = (noise(BATCH, SMALL.n_features()), noise(BATCH, layer.output().n_features()));
    let bencher = bencher.counter(ItemsCount::new(BATCH * 32 * 16 * 9 * 14 * 14));
    bencher.bench_local(|| layer.forward(black_box(&x).view(), y.view_mut(), &mut scratch));
}

#[divan::bench]
fn conv_backward(bencher: Bencher<'_, '_>) {
    let (layer, mut scratch) = (conv(), Scratch::default());
    let (x, mut y) = (noise(BATCH, SMALL.n_features()), noise(BATCH, layer.output().n_features()));
    let (mut dy, mut dx) = (y.clone(), x.clone());
    let mut grads = vec![0.0; layer.n_params()];
    layer.forward(x.view(), y.view_mut(), &mut scratch);
    let bencher = bencher.counter(ItemsCount::new(2 * BATCH * 32 * 16 * 9 * 14 * 14));
    bencher.bench_local(|| {
        let dx = Some(dx.view_mut());
        layer.backward(black_box(&x).view(), y.view(), dy.view_mut(), dx, &mut grads, &mut scratch);
    });
}

/// w3's first transposed convolution.
#[divan::bench]
fn transposed_forward(bencher: Bencher<'_, '_>) {
    let small = MapShape { channels: 32, height: 7, width: 7 };
    let window = Window::square(2, 2, 0);
    let layer = Conv2d::<f32>::transposed(small, SMALL, window, Activation::Relu, (0, 0));
    let (x, mut y) = (noise(BATCH, small.n_features()), noise(BATCH, SMALL.n_features()));
    let mut scratch = Scratch::default();
    let bencher = bencher.counter(ItemsCount::new(BATCH * 32 * 16 * 4 * 7 * 7));
    bencher.bench_local(|| layer.forward(black_box(&x).view(), y.view_mut(), &mut scratch));
}

/// Loss and gradient of a batch of 128 digits.
#[divan::bench]
fn cross_entropy(bencher: Bencher<'_, '_>) {
    let x = noise(128, 784).mapv(|x| x + 0.5).into_raw_vec_and_offset().0;
    let mut logits = noise(128, 784).into_raw_vec_and_offset().0;
    let bencher = bencher.counter(ItemsCount::new(x.len()));
    bencher.bench_local(|| f32::bernoulli_gradient(&mut logits, black_box(&x), 0.01));
}

/// One step over the parameters of w1, gradients of two shards.
#[divan::bench]
fn adam(bencher: Bencher<'_, '_>) {
    let n = 1_071_108;
    let (mut optimizer, mut weights) = (Optimizer::new(Method::Adam, n), vec![0.1f32; n]);
    let grads = vec![vec![0.01; n], vec![0.02; n]];
    let step = optimizer.begin(1e-3, 1.0);
    let bencher = bencher.counter(ItemsCount::new(n));
    bencher.bench_local(|| optimizer.update(&step, 0, &mut weights, black_box(&grads)));
}
