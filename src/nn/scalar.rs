//! The number type of a network: `f32` at work, `f64` in gradient checks.

use super::kernels::{self, Shards};
use super::matmul::{self, Product};
use super::scratch::Scratch;
use super::simd::{self, Dots, Runs};

/// A floating-point number that networks can be built from.
///
/// The slice functions are the elementwise kernels; for `f32` they are vectorised polynomials, for `f64` the
/// standard library's functions, which serve as their reference.
pub trait Scalar: ndarray::NdFloat + bytemuck::Pod + Default {
    /// The nearest value to `x`.
    fn of(x: f64) -> Self;

    /// This value as `f64`, exactly.
    fn as_f64(self) -> f64;

    /// e^x.
    fn exp_fast(self) -> Self;

    /// tanh x.
    fn tanh_fast(self) -> Self;

    /// ln(1 + e) for e in [0, 1].
    fn ln_1p_unit(self) -> Self;

    /// Sets every element to 1 / (1 + e^−x).
    fn sigmoid_slice(x: &mut [Self]);

    /// Sets every element to tanh x.
    fn tanh_slice(x: &mut [Self]);

    /// Sets every element to e^(scale·x).
    fn exp_slice(x: &mut [Self], scale: Self);

    /// Cross-entropy of targets `x` in [0, 1] under Bernoulli `logits`, summed: Σ softplus(l) − x·l.
    fn bernoulli(logits: &[Self], x: &[Self]) -> f64;

    /// As [`Scalar::bernoulli`], and turns the logits into the gradient `weight`·(sigmoid(l) − x).
    fn bernoulli_gradient(logits: &mut [Self], x: &[Self], weight: Self) -> f64;

    /// Σ (a − b)².
    fn squared_error(a: &[Self], b: &[Self]) -> f64;

    /// A matrix product; see [`super::matmul()`].
    fn product(product: Product<'_, Self>);

    /// Adds `bias` and applies max(0, ·) to each row.
    fn bias_relu(y: &mut [Self], bias: &[Self]);

    /// Sums of shifted runs; see [`Runs`].
    fn runs(runs: Runs<'_, Self>);

    /// Dot products of shifted runs; see [`Dots`].
    fn dots(dots: Dots<'_, Self>);

    /// Σ x.
    fn sum(x: &[Self]) -> Self;

    /// Sets each value to e^(x − most), where `most` is the largest; returns that and their sum.
    fn exp_below_most(x: &mut [Self]) -> (Self, Self);

    /// Turns e^(l − most) of outputs l, of which `total` is the sum, into the gradient of a multinomial loss,
    /// weight·(n·p − x); `scale` is (weight, n), and n the sum of the counts `x`.
    fn multinomial_gradient(e: &mut [Self], x: &[Self], total: Self, scale: (Self, Self));

    /// The largest of each 2 × 2 values of two rows and its place: 0 and 1 in the upper row, 2 and 3 in the
    /// lower.
    fn max_pool(upper: &[Self], lower: &[Self], y: &mut [Self], places: &mut [u8]);

    /// The reverse of [`Scalar::max_pool`]: each value of `y` at its place, zeros at the other three.
    fn put_back(y: &[Self], places: &[u8], upper: &mut [Self], lower: &mut [Self]);

    /// One SGD update of a run of weights; see [`super::Optimizer`].
    fn sgd(step: &kernels::SgdStep<Self>, weights: &mut [Self], grads: Shards<'_, Self>, m: &mut [Self]);

    /// One Adam update of a run of weights; see [`super::Optimizer`].
    fn adam(
        step: &kernels::AdamStep<Self>,
        weights: &mut [Self],
        grads: Shards<'_, Self>,
        m: &mut [Self],
        v: &mut [Self],
    );
}

macro_rules! scalar {
    ($float:ty, $module:ident, $product:path, $runs:path, $dots:path, $exp:path, $tanh:path, $ln_1p:expr) => {
        impl Scalar for $float {
            #[inline(always)]
            fn of(x: f64) -> Self {
                x as Self
            }
            #[inline(always)]
            fn as_f64(self) -> f64 {
                f64::from(self)
            }
            #[inline(always)]
            fn exp_fast(self) -> Self {
                $exp(self)
            }
            #[inline(always)]
            fn tanh_fast(self) -> Self {
                $tanh(self)
            }
            #[inline(always)]
            fn ln_1p_unit(self) -> Self {
                $ln_1p(self)
            }
            fn sigmoid_slice(x: &mut [Self]) {
                kernels::$module::sigmoid(x);
            }
            fn tanh_slice(x: &mut [Self]) {
                kernels::$module::tanh(x);
            }
            fn exp_slice(x: &mut [Self], scale: Self) {
                kernels::$module::exp(x, scale);
            }
            fn bernoulli(logits: &[Self], x: &[Self]) -> f64 {
                kernels::$module::bernoulli(logits, x)
            }
            fn bernoulli_gradient(logits: &mut [Self], x: &[Self], weight: Self) -> f64 {
                kernels::$module::bernoulli_gradient(logits, x, weight)
            }
            fn squared_error(a: &[Self], b: &[Self]) -> f64 {
                kernels::$module::squared_error(a, b)
            }
            fn product(product: Product<'_, Self>) {
                $product(product);
            }
            fn bias_relu(y: &mut [Self], bias: &[Self]) {
                kernels::$module::bias_relu(y, bias);
            }
            fn runs(runs: Runs<'_, Self>) {
                $runs(runs);
            }
            fn dots(dots: Dots<'_, Self>) {
                $dots(dots);
            }
            fn sum(x: &[Self]) -> Self {
                kernels::$module::sum(x)
            }
            fn exp_below_most(x: &mut [Self]) -> (Self, Self) {
                kernels::$module::exp_below_most(x)
            }
            fn multinomial_gradient(e: &mut [Self], x: &[Self], total: Self, scale: (Self, Self)) {
                kernels::$module::multinomial_gradient(e, x, total, scale);
            }
            fn max_pool(upper: &[Self], lower: &[Self], y: &mut [Self], places: &mut [u8]) {
                kernels::$module::max_pool(upper, lower, y, places);
            }
            fn put_back(y: &[Self], places: &[u8], upper: &mut [Self], lower: &mut [Self]) {
                kernels::$module::put_back(y, places, upper, lower);
            }
            fn sgd(step: &kernels::SgdStep<Self>, weights: &mut [Self], grads: Shards<'_, Self>, m: &mut [Self]) {
                kernels::$module::sgd(step, weights, grads, m);
            }
            fn adam(
                step: &kernels::AdamStep<Self>,
                weights: &mut [Self],
                grads: Shards<'_, Self>,
                m: &mut [Self],
                v: &mut [Self],
            ) {
                kernels::$module::adam(step, weights, grads, m, v);
            }
        }
    };
}

scalar!(
    f32,
    single,
    matmul::product_f32,
    simd::runs_f32,
    simd::dots_f32,
    kernels::exp_f32,
    kernels::tanh_f32,
    kernels::ln_1p_unit_f32
);
scalar!(f64, double, matmul::product_f64, simd::runs_f64, simd::dots_f64, f64::exp, f64::tanh, f64::ln_1p);

// A frozen model must be plain data that any thread may read.
const _: fn() = || {
    fn shared<T: Send + Sync>() {}
    shared::<Scratch<f32>>();
};
