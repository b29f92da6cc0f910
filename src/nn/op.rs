//! What layers compute when they do not learn, as elementary operations one after another: for formats that
//! hold a network as a graph. What only counts in training, such as dropout, is no operation.

use super::{Activation, MapShape, Param, Pool, Window};

/// One operation on a batch of rows, or of maps.
pub enum Op<'a, S> {
    /// y = x·Wᵀ + b with a weight [out, in].
    Dense(Affine<'a, S>),
    /// y = x·W + b with a weight [in, out]: a dense layer turned round.
    Turned(Affine<'a, S>),
    /// A convolution, weight [out, in of a group, height, width].
    Conv(Convolved<'a, S>),
    /// A transposed convolution, weight [in, out of a group, height, width].
    Transposed(Convolved<'a, S>),
    /// The largest value of each window of these maps; rows and columns that fill no window fall away.
    MaxPool(MapShape, Pool),
    /// Each value as often as a window is large.
    Repeat(Repeated),
    /// A nonlinearity of every value.
    Activation(Activation),
    /// Each column with a number of its own.
    Columns(Arithmetic, Param<'a, S>),
    /// ln(1 + x) of the first columns.
    LogCounts {
        /// How many these are.
        n_counts: usize,
        /// How many columns there are.
        n: usize,
    },
    /// Each row as probabilities: e^x over their sum.
    Softmax,
    /// The label beside the row, or as maps beside the maps.
    Told(ToldLabel),
}

/// A matrix and what is added.
pub struct Affine<'a, S> {
    /// The matrix.
    pub weight: Param<'a, S>,
    /// What is added to each row, if anything.
    pub bias: Option<Param<'a, S>>,
}

/// A kernel on its way over maps.
pub struct Convolved<'a, S> {
    /// Maps that are read.
    pub input: MapShape,
    /// Maps that are given.
    pub output: MapShape,
    /// How the kernel moves.
    pub window: Window,
    /// The kernel.
    pub weight: Param<'a, S>,
    /// One number a map of the output.
    pub bias: Param<'a, S>,
}

/// Maps that are enlarged by repeating.
#[derive(Clone, Copy, Debug)]
pub struct Repeated {
    /// Maps that are read.
    pub input: MapShape,
    /// Maps that are given; where windows do not fill them, the last row and column come more often.
    pub output: MapShape,
    /// How often each value comes down and across.
    pub window: Pool,
}

/// A label as a one-hot vector.
#[derive(Clone, Copy, Debug)]
pub struct ToldLabel {
    /// Its length.
    pub n_classes: usize,
    /// How often each of its numbers comes: once beside a row, as often as a map has pixels beside maps.
    pub times: usize,
}

/// What is done with a column and its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arithmetic {
    /// x + number.
    Add,
    /// x − number.
    Subtract,
    /// x · number.
    Multiply,
    /// x / number.
    Divide,
}

impl<'a, S> Op<'a, S> {
    /// The nonlinearity as an operation; none for a linear layer.
    pub fn activation(activation: Activation) -> Option<Self> {
        (activation != Activation::Linear).then_some(Self::Activation(activation))
    }

    /// The same with `prefix` and a point before the names of its parameters.
    pub fn named(mut self, prefix: &str) -> Self {
        for param in self.params_mut() {
            param.name = format!("{prefix}.{}", param.name);
        }
        self
    }

    fn params_mut(&mut self) -> Vec<&mut Param<'a, S>> {
        match self {
            Self::Dense(Affine { weight, bias }) | Self::Turned(Affine { weight, bias }) => {
                [weight].into_iter().chain(bias).collect()
            }
            Self::Conv(Convolved { weight, bias, .. }) | Self::Transposed(Convolved { weight, bias, .. }) => {
                vec![weight, bias]
            }
            Self::Columns(_, numbers) => vec![numbers],
            Self::MaxPool(..)
            | Self::Repeat(_)
            | Self::Activation(_)
            | Self::LogCounts { .. }
            | Self::Softmax
            | Self::Told(_) => Vec::new(),
        }
    }
}
