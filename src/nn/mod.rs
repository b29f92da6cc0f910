//! Networks from the ground up: scalars, layers, losses, the optimizer and the matrix product they stand on.
//!
//! Between layers there is always one `Array2<S>` of shape [batch, features]; what reads step by step
//! ([`Recurrent`]) goes over the rows of [`Packed`] sequences. Forward and backward are
//! written out by hand, layer by layer; there is deliberately no automatic differentiation and no graph. `S`
//! is `f32` at work and `f64` in gradient checks, where central differences in `f32` would be too coarse to
//! trust.
//!
//! Nothing here does input or output, or knows a thread, a clock or a screen.

mod activation;
pub mod categorical;
mod cells;
mod conv;
mod dense;
mod dropout;
mod flat;
mod geometry;
mod half;
mod init;
mod kernels;
mod krylov;
mod layer;
mod likelihood;
mod linalg;
mod log_counts;
mod masked;
mod math;
mod matmul;
mod multinomial;
mod occurring;
mod op;
mod optimizer;
mod pool;
mod recurrent;
mod rng;
mod scalar;
mod scratch;
mod sequences;
mod simd;
mod stack;
mod unpool;

pub use activation::{Activation, LEAK};
pub use conv::Conv2d;
pub use dense::Dense;
pub use dropout::Dropout;
pub use flat::{flat, flat_mut, shaped, shaped_mut, shaped_view};
pub use geometry::{MapShape, Window};
pub use half::{from_half, to_half};
pub use kernels::AdamStep;
pub use krylov::leading_eigen;
pub use layer::{Layer, Param};
pub use likelihood::{Likelihood, Reconstruction};
pub use linalg::{
    Eigen, PivotedQr, add_product, inverse_cholesky, nearest_orthogonal, pivoted_qr, solve_positive_definite,
    symmetric_eigen,
};
pub use log_counts::LogCounts;
pub use masked::Masked;
pub use math::{kl_divergence, kl_gradient, largest, reparameterize, reparameterize_gradient, softplus};
pub use matmul::matmul;
pub use op::{Affine, Arithmetic, Convolved, Op, Repeated, ToldLabel};
pub use optimizer::{Method, OptimStep, Optimizer, clip_scale};
pub use pool::Pool;
pub use recurrent::{Cell, Pass, Reads, Recurrent, State, Wanted};
pub use rng::{Purpose, standard_normal, stream};
pub use scalar::Scalar;
pub use scratch::{Memory, Scratch};
pub use sequences::Packed;
pub use simd::{Dots, LANES, Runs};
pub use stack::{Stack, Tape};
pub use unpool::Unpool;
