//! The training loop that knows no model: batches in, steps, metrics and frozen models out.

mod evaluate;
mod learner;
mod log_p;
mod noise;
mod run;
mod schedule;
mod solver;
mod spec;

pub use evaluate::{encode, evaluate};
pub use learner::{GradientLearner, Learner, OptimState, TrainError};
pub use log_p::{LogP, SIDE, importance_weighted, quadrature};
pub use run::{Checkpoint, CurvePoint, Recent, Run, Trained};
pub use schedule::{Schedule, learning_rate};
pub use spec::{OptimizerName, TrainSpec};
