//! Elementwise kernels, compiled once a vector width and chosen at run time.
//!
//! libm's exp and ln are scalar; as polynomials they vectorise, which takes the cross-entropy of a 128×784
//! batch from about a millisecond to under a tenth. Each body is written once, generic and `inline(always)`;
//! the `single` module instantiates it for `f32` behind `multiversion`, the `double` module for `f64` with
//! the standard library's functions. Sums run over several accumulators in a fixed order, so that they
//! vectorise and give the same bits each time.

use super::Scalar;

/// What an Adam step needs beside the weights and gradients: both bias corrections are folded in.
#[derive(Clone, Copy, Debug)]
pub struct AdamStep<S> {
    /// Learning rate over 1 − β₁^t.
    pub rate: S,
    /// 1 / √(1 − β₂^t).
    pub v_scale: S,
    /// β₁.
    pub beta1: S,
    /// β₂.
    pub beta2: S,
    /// Added to √v̂.
    pub epsilon: S,
    /// What the weights are multiplied by first: 1 without weight decay.
    pub keep: S,
    /// What the gradients are multiplied by first: 1 unless they are clipped.
    pub grad_scale: S,
}

/// What a step of gradient descent needs beside the weights and gradients.
#[derive(Clone, Copy, Debug)]
pub struct SgdStep<S> {
    /// Learning rate.
    pub rate: S,
    /// Share of the last step that is taken again.
    pub momentum: S,
    /// What the gradients are multiplied by first.
    pub grad_scale: S,
}

const LANES: usize = 16;

/// e^x by range reduction to [−½ln 2, ½ln 2] and a polynomial of degree 6 (relative error below 2e-7); 0
/// below 1.7e-38.
#[inline(always)]
pub fn exp_f32(x: f32) -> f32 {
    const LN2_HIGH: f32 = 0.693_359_4;
    const LN2_LOW: f32 = -2.121_944_4e-4;
    // Adding and removing 1.5·2²³ rounds to the nearest integer without leaving the vector unit.
    const ROUND: f32 = 12_582_912.0;
    // Beyond these e^x or half the power of 2 below leaves the normal range.
    const LEAST: f32 = -86.98;
    const MOST: f32 = 88.722_83;
    // NaN must stay NaN: max/min would drop it, so it is added back at the end.
    let clamped = x.clamp(LEAST, MOST);
    let shifted = clamped * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = clamped - n * LN2_HIGH - n * LN2_LOW;
    let p =
        1.0 + r * (1.0 + r * (0.5 + r * (1.0 / 6.0 + r * (1.0 / 24.0 + r * (1.0 / 120.0 + r * (1.0 / 720.0))))));
    // 2^(n − 1), since 2^128 is no number where e^x still is one.
    let half_power = f32::from_bits((shifted.to_bits() << 23).wrapping_add(0x3f00_0000));
    let result = (p + p) * half_power;
    let result = if x > MOST { f32::INFINITY } else { result };
    if x < LEAST { 0.0 } else { result }
}

/// ln(1 + e) for e in [0, 1], as 2·atanh(e / (2 + e)); relative error below 2e-7 down to e = 0.
#[inline(always)]
pub fn ln_1p_unit_f32(e: f32) -> f32 {
    let s = e / (2.0 + e);
    let q = s * s;
    2.0 * s
        * (1.0
            + q * (1.0 / 3.0
                + q * (1.0 / 5.0 + q * (1.0 / 7.0 + q * (1.0 / 9.0 + q * (1.0 / 11.0 + q * (1.0 / 13.0)))))))
}

#[inline(always)]
fn sigmoid_one<S: Scalar>(x: S) -> S {
    let e = (-x.abs()).exp_fast();
    let d = S::one() / (S::one() + e);
    if x >= S::zero() { d } else { e * d }
}

/// tanh x from e^−2|x|, and near 0, where that difference cancels, from its series (relative error below
/// 1e-6).
#[inline(always)]
pub fn tanh_f32(x: f32) -> f32 {
    let magnitude = x.abs();
    let e = exp_f32(magnitude * -2.0);
    let far = (1.0 - e) / (1.0 + e);
    let q = x * x;
    let near = magnitude
        * (1.0
            + q * (-1.0 / 3.0
                + q * (2.0 / 15.0 + q * (-17.0 / 315.0 + q * (62.0 / 2835.0 + q * (-1382.0 / 155_925.0))))));
    let y = if magnitude < 0.3 { near } else { far };
    if x < 0.0 { -y } else { y }
}

#[inline(always)]
fn bernoulli_one<S: Scalar>(l: S, x: S) -> (S, S) {
    let e = (-l.abs()).exp_fast();
    let positive = if l > S::zero() { l } else { S::zero() };
    let loss = positive + e.ln_1p_unit() - x * l;
    let d = S::one() / (S::one() + e);
    let sigmoid = if l >= S::zero() { d } else { e * d };
    (loss, sigmoid)
}

/// Σ f(a, b) over two slices of equal length, in `LANES` accumulators that are added in order.
#[inline(always)]
fn sum_pairs<S: Scalar>(a: &[S], b: &[S], f: impl Fn(S, S) -> S) -> f64 {
    assert_eq!(a.len(), b.len());
    let mut total = 0.0;
    // A lane adds up at most this many values in S before it is folded into the f64 total.
    for (a, b) in a.chunks(LANES * 64).zip(b.chunks(LANES * 64)) {
        let mut lanes = [S::zero(); LANES];
        let (a_chunks, b_chunks) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
        for (&x, &y) in a_chunks.remainder().iter().zip(b_chunks.remainder()) {
            total += f(x, y).as_f64();
        }
        for (x, y) in a_chunks.zip(b_chunks) {
            for lane in 0..LANES {
                lanes[lane] += f(x[lane], y[lane]);
            }
        }
        total += lanes.iter().map(|lane| lane.as_f64()).sum::<f64>();
    }
    total
}

#[inline(always)]
fn bernoulli_gradient_body<S: Scalar>(logits: &mut [S], x: &[S], weight: S) -> f64 {
    assert_eq!(logits.len(), x.len());
    let mut total = 0.0;
    for (logits, x) in logits.chunks_mut(LANES * 64).zip(x.chunks(LANES * 64)) {
        let mut lanes = [S::zero(); LANES];
        let mut l_chunks = logits.chunks_exact_mut(LANES);
        let x_chunks = x.chunks_exact(LANES);
        let x_rest = x_chunks.remainder();
        for (l, x) in l_chunks.by_ref().zip(x_chunks) {
            for lane in 0..LANES {
                let (loss, sigmoid) = bernoulli_one(l[lane], x[lane]);
                lanes[lane] += loss;
                l[lane] = weight * (sigmoid - x[lane]);
            }
        }
        for (l, &x) in l_chunks.into_remainder().iter_mut().zip(x_rest) {
            let (loss, sigmoid) = bernoulli_one(*l, x);
            total += loss.as_f64();
            *l = weight * (sigmoid - x);
        }
        total += lanes.iter().map(|lane| lane.as_f64()).sum::<f64>();
    }
    total
}

#[inline(always)]
fn bias_relu_body<S: Scalar>(y: &mut [S], bias: &[S]) {
    assert!(y.len().is_multiple_of(bias.len().max(1)));
    for row in y.chunks_exact_mut(bias.len().max(1)) {
        for (y, &b) in row.iter_mut().zip(bias) {
            let sum = *y + b;
            // Written so that NaN passes: a diverged network must not look like a silent zero.
            *y = if sum < S::zero() { S::zero() } else { sum };
        }
    }
}

#[inline(always)]
fn sum_body<S: Scalar>(x: &[S]) -> S {
    let (chunks, rest) = x.as_chunks::<LANES>();
    let mut lanes = [S::zero(); LANES];
    for chunk in chunks {
        for lane in 0..LANES {
            lanes[lane] += chunk[lane];
        }
    }
    lanes.iter().chain(rest).fold(S::zero(), |sum, &x| sum + x)
}

/// Sets each value to e^(x − most), where `most` is the largest; returns that and their sum.
#[inline(always)]
fn exp_below_most_body<S: Scalar>(x: &mut [S]) -> (S, S) {
    let larger = |most: S, x: S| if x > most { x } else { most };
    let (chunks, rest) = x.as_chunks::<LANES>();
    let mut lanes = [S::neg_infinity(); LANES];
    for chunk in chunks {
        for lane in 0..LANES {
            lanes[lane] = larger(lanes[lane], chunk[lane]);
        }
    }
    let most = lanes.iter().chain(rest).fold(S::neg_infinity(), |most, &x| larger(most, x));
    let (chunks, rest) = x.as_chunks_mut::<LANES>();
    let mut lanes = [S::zero(); LANES];
    for chunk in chunks {
        for lane in 0..LANES {
            chunk[lane] = (chunk[lane] - most).exp_fast();
            lanes[lane] += chunk[lane];
        }
    }
    rest.iter_mut().for_each(|x| *x = (*x - most).exp_fast());
    (most, lanes.iter().chain(rest.iter()).fold(S::zero(), |sum, &x| sum + x))
}

/// Turns e^(l − most), of which `total` is the sum, into `weight`·(n·p − x), where `n` is the sum of `x`.
#[inline(always)]
fn multinomial_gradient_body<S: Scalar>(e: &mut [S], x: &[S], total: S, (weight, n): (S, S)) {
    for (e, &x) in e.iter_mut().zip(x) {
        *e = weight * (n * (*e / total) - x);
    }
}

#[inline(always)]
fn max_pool_body<S: Scalar>(upper: &[S], lower: &[S], y: &mut [S], places: &mut [u8]) {
    let (upper, lower) = (upper.as_chunks::<2>().0, lower.as_chunks::<2>().0);
    for (((y, place), upper), lower) in y.iter_mut().zip(places).zip(upper).zip(lower) {
        let (mut largest, mut at) = (upper[0], 0u8);
        for (i, x) in [(1, upper[1]), (2, lower[0]), (3, lower[1])] {
            // The second condition lets NaN through, as in `bias_relu_body`.
            if x > largest || x.is_nan() {
                (largest, at) = (x, i);
            }
        }
        (*y, *place) = (largest, at);
    }
}

#[inline(always)]
fn put_back_body<S: Scalar>(y: &[S], places: &[u8], upper: &mut [S], lower: &mut [S]) {
    for (rows, row) in [upper, lower].into_iter().zip([0, 2]) {
        for ((pair, &y), &place) in rows.as_chunks_mut::<2>().0.iter_mut().zip(y).zip(places) {
            *pair = [if place == row { y } else { S::zero() }, if place == row + 1 { y } else { S::zero() }];
        }
    }
}

#[inline(always)]
fn adam_one<S: Scalar>(step: &AdamStep<S>, weight: &mut S, grad: S, m: &mut S, v: &mut S) {
    let grad = grad * step.grad_scale;
    *m = step.beta1 * *m + (S::one() - step.beta1) * grad;
    *v = step.beta2 * *v + (S::one() - step.beta2) * grad * grad;
    *weight = *weight * step.keep - step.rate * *m / (v.sqrt() * step.v_scale + step.epsilon);
}

/// The gradients of all shards, each whole, and where in them a run of weights begins.
pub type Shards<'a, S> = (&'a [Vec<S>], usize);

#[inline(always)]
fn adam_body<S: Scalar>(
    step: &AdamStep<S>,
    weights: &mut [S],
    (grads, start): Shards<'_, S>,
    m: &mut [S],
    v: &mut [S],
) {
    let n = weights.len();
    let (m, v) = (&mut m[..n], &mut v[..n]);
    // The shards' gradients are summed here, in order, while they pass through the registers anyway.
    match grads {
        [a] => {
            let a = &a[start..][..n];
            for i in 0..n {
                adam_one(step, &mut weights[i], a[i], &mut m[i], &mut v[i]);
            }
        }
        [a, b] => {
            let (a, b) = (&a[start..][..n], &b[start..][..n]);
            for i in 0..n {
                adam_one(step, &mut weights[i], a[i] + b[i], &mut m[i], &mut v[i]);
            }
        }
        many => {
            for i in 0..n {
                let grad = many.iter().fold(S::zero(), |sum, shard| sum + shard[start + i]);
                adam_one(step, &mut weights[i], grad, &mut m[i], &mut v[i]);
            }
        }
    }
}

#[inline(always)]
fn sgd_body<S: Scalar>(step: &SgdStep<S>, weights: &mut [S], (grads, start): Shards<'_, S>, m: &mut [S]) {
    for (i, (weight, m)) in weights.iter_mut().zip(m).enumerate() {
        let grad = grads.iter().fold(S::zero(), |sum, shard| sum + shard[start + i]) * step.grad_scale;
        *m = step.momentum * *m + grad;
        *weight -= step.rate * *m;
    }
}

macro_rules! kernels {
    ($module:ident, $float:ty $(, $attribute:meta)?) => {
        pub mod $module {
            use super::*;

            $(#[$attribute])?
            pub fn sigmoid(x: &mut [$float]) {
                for x in x {
                    *x = sigmoid_one(*x);
                }
            }

            $(#[$attribute])?
            pub fn tanh(x: &mut [$float]) {
                for x in x {
                    *x = x.tanh_fast();
                }
            }

            $(#[$attribute])?
            pub fn exp(x: &mut [$float], scale: $float) {
                for x in x {
                    *x = (*x * scale).exp_fast();
                }
            }

            $(#[$attribute])?
            pub fn bernoulli(logits: &[$float], x: &[$float]) -> f64 {
                sum_pairs(logits, x, #[inline(always)] |l, x| bernoulli_one(l, x).0)
            }

            $(#[$attribute])?
            pub fn bernoulli_gradient(logits: &mut [$float], x: &[$float], weight: $float) -> f64 {
                bernoulli_gradient_body(logits, x, weight)
            }

            $(#[$attribute])?
            pub fn squared_error(a: &[$float], b: &[$float]) -> f64 {
                sum_pairs(a, b, #[inline(always)] |a, b| (a - b) * (a - b))
            }

            $(#[$attribute])?
            pub fn bias_relu(y: &mut [$float], bias: &[$float]) {
                bias_relu_body(y, bias);
            }

            $(#[$attribute])?
            pub fn sum(x: &[$float]) -> $float {
                sum_body(x)
            }

            $(#[$attribute])?
            pub fn exp_below_most(x: &mut [$float]) -> ($float, $float) {
                exp_below_most_body(x)
            }

            $(#[$attribute])?
            pub fn multinomial_gradient(e: &mut [$float], x: &[$float], total: $float, scale: ($float, $float)) {
                multinomial_gradient_body(e, x, total, scale);
            }

            $(#[$attribute])?
            pub fn max_pool(upper: &[$float], lower: &[$float], y: &mut [$float], places: &mut [u8]) {
                max_pool_body(upper, lower, y, places);
            }

            $(#[$attribute])?
            pub fn put_back(y: &[$float], places: &[u8], upper: &mut [$float], lower: &mut [$float]) {
                put_back_body(y, places, upper, lower);
            }

            $(#[$attribute])?
            pub fn adam(
                step: &AdamStep<$float>,
                weights: &mut [$float],
                grads: Shards<'_, $float>,
                m: &mut [$float],
                v: &mut [$float],
            ) {
                adam_body(step, weights, grads, m, v);
            }

            $(#[$attribute])?
            pub fn sgd(step: &SgdStep<$float>, weights: &mut [$float], grads: Shards<'_, $float>, m: &mut [$float]) {
                sgd_body(step, weights, grads, m);
            }
        }
    };
}

kernels!(
    single,
    f32,
    multiversion::multiversion(targets(
        "x86_64+avx512f+avx512bw+avx512dq+avx512vl",
        "x86_64+avx2+fma",
        "aarch64+neon"
    ))
);
kernels!(double, f64);

// What other processors run: the same kernels for vectors half as wide, and with no more than every x86-64
// has.
#[cfg(test)]
kernels!(narrow, f32, multiversion::multiversion(targets("x86_64+avx2+fma")));
#[cfg(test)]
kernels!(plain, f32);

#[cfg(test)]
#[path = "kernels_tests.rs"]
mod tests;
