//! The training loop that knows no model: batches in, steps, metrics and frozen models out. And what is
//! measured of a model: its codes, scores, neighbours, ln p(x), each sample's error, and how it mends
//! corrupted samples.

mod cloud;
mod corrupted;
mod decoding;
mod dimensions;
mod errors;
mod evaluate;
mod film;
mod find;
mod game;
mod learner;
mod log_p;
mod near;
mod noise;
mod on_plane;
mod placed;
mod run;
mod schedule;
mod score;
mod solver;
mod spec;
mod walked;

pub use crate::model::{Learner, LearnerState, TrainError};
pub use cloud::CodeCloud;
pub use corrupted::{CorruptedRows, corrupted};
pub use decoding::decoding;
pub use dimensions::{ACTIVE_VARIANCE, DimensionTable, Factor, dimension_table};
pub use errors::{Errors, Reconstructions, SampleErrors, errors, reconstructions};
pub use evaluate::{encode, evaluate, squared_error};
pub use film::{Film, Frame, MAX_FRAMES, PackedModel};
pub use find::{Found, Hits, KS, Ranking};
pub use game::{HeldAgainst, Modes, held_against};
pub use learner::GradientLearner;
pub use log_p::{LogP, importance_weighted, live_log_p, quadrature};
pub use near::{nearest_by_code, nearest_to_code, usual_code_distance};
pub use on_plane::{Hidden, Thumbnails, Underneath, codes_on, thumbnails, underneath};
pub use placed::{Placed, placed};
pub use run::{Checkpoint, CurvePoint, Plan, Recent, Run, Trained, learner_of, scaling_for};
pub use schedule::{Schedule, learning_rate};
pub use score::{Scores, score};
pub use spec::{OptimizerName, TrainSpec};
pub use walked::{Walked, walked};
