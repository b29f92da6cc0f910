//! The training loop that knows no model: batches in, steps, metrics and frozen models out.

mod evaluate;
mod learner;
mod log_p;
mod noise;
mod run;
mod schedule;
mod solver;
mod spec;

pub use crate::model::{Learner, LearnerState, TrainError};
pub use evaluate::{encode, evaluate};
pub use learner::GradientLearner;
pub use log_p::{LogP, SIDE, importance_weighted, quadrature};
pub use run::{Checkpoint, CurvePoint, Plan, Recent, Run, Trained, learner_of};
pub use schedule::{Schedule, learning_rate};
pub use spec::{OptimizerName, TrainSpec};
