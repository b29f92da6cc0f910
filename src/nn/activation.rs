//! Elementwise nonlinearities, each a pair of value and derivative.

use super::Scalar;
use serde::{Deserialize, Serialize};

/// The nonlinearity after a dense layer. Every derivative here follows from the output alone, so inputs need
/// not be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activation {
    /// y = x.
    Linear,
    /// y = max(0, x).
    Relu,
    /// y = x for x > 0, x/100 otherwise.
    LeakyRelu,
    /// y = x for x > 0, e^x − 1 otherwise.
    Elu,
    /// y = tanh x.
    Tanh,
    /// y = 1 / (1 + e^−x).
    Sigmoid,
    /// y = ln(1 + e^x).
    Softplus,
}

/// Slope of the leaky ReLU below 0.
pub const LEAK: f64 = 0.01;

impl Activation {
    /// The bounds that no output leaves, infinite where there is none.
    pub const fn range(self) -> [f32; 2] {
        match self {
            Self::Linear | Self::LeakyRelu => [f32::NEG_INFINITY, f32::INFINITY],
            Self::Relu | Self::Softplus => [0.0, f32::INFINITY],
            Self::Elu => [-1.0, f32::INFINITY],
            Self::Tanh => [-1.0, 1.0],
            Self::Sigmoid => [0.0, 1.0],
        }
    }

    /// Adds `bias` to each row of as many values and applies the nonlinearity.
    pub fn apply_with_bias<S: Scalar>(self, y: &mut [S], bias: &[S]) {
        if self == Self::Relu {
            return S::bias_relu(y, bias);
        }
        for row in y.chunks_exact_mut(bias.len().max(1)) {
            row.iter_mut().zip(bias).for_each(|(y, &b)| *y += b);
        }
        self.apply(y);
    }

    /// As [`Self::backward`] for rows of as many values as `d_bias` has, and sets that to their sum, which is
    /// the gradient of the bias.
    pub fn backward_with_bias<S: Scalar>(self, y: &[S], dy: &mut [S], d_bias: &mut [S]) {
        self.backward(y, dy);
        d_bias.fill(S::zero());
        for row in dy.chunks_exact(d_bias.len().max(1)) {
            d_bias.iter_mut().zip(row).for_each(|(sum, &d)| *sum += d);
        }
    }

    /// Applies the nonlinearity to every value.
    pub fn apply<S: Scalar>(self, y: &mut [S]) {
        match self {
            Self::Linear => {}
            // Written so that NaN passes: a diverged network must not look like a silent zero.
            Self::Relu => map(y, |x| if x < S::zero() { S::zero() } else { x }),
            Self::LeakyRelu => map(y, |x| if x < S::zero() { x * S::of(LEAK) } else { x }),
            Self::Elu => map(y, |x| if x < S::zero() { x.exp_m1() } else { x }),
            Self::Tanh => S::tanh_slice(y),
            Self::Sigmoid => S::sigmoid_slice(y),
            Self::Softplus => map(y, |x| x.max(S::zero()) + (-x.abs()).exp_fast().ln_1p_unit()),
        }
    }

    /// Multiplies `dy` by the derivative, given the outputs `y`: dy becomes the gradient before the
    /// nonlinearity.
    pub fn backward<S: Scalar>(self, y: &[S], dy: &mut [S]) {
        let one = S::one();
        let scale = |dy: &mut [S], f: &dyn Fn(S) -> S| {
            for (dy, &y) in dy.iter_mut().zip(y) {
                *dy *= f(y);
            }
        };
        match self {
            Self::Linear => {}
            // The commonest case stays free of the indirect call, so that it vectorises.
            Self::Relu => {
                for (dy, &y) in dy.iter_mut().zip(y) {
                    *dy = if y > S::zero() { *dy } else { S::zero() };
                }
            }
            Self::LeakyRelu => scale(dy, &|y| if y < S::zero() { S::of(LEAK) } else { one }),
            Self::Elu => scale(dy, &|y| if y < S::zero() { y + one } else { one }),
            Self::Tanh => scale(dy, &|y| one - y * y),
            Self::Sigmoid => scale(dy, &|y| y * (one - y)),
            Self::Softplus => scale(dy, &|y| one - (-y).exp_fast()),
        }
    }
}

fn map<S: Scalar>(y: &mut [S], f: impl Fn(S) -> S) {
    for y in y {
        *y = f(*y);
    }
}
