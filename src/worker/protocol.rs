//! What goes to the threads and what comes back.
//!
//! Answers carry what they are about: those of training the generation of their run, loads and pictures the stamp of their
//! request.

use crate::data::{DataChoice, DataSplit};
use crate::latent::stats::DimensionStats;
use crate::model::{Codes, SharedModel, ValidSpec};
use crate::picture::Pixels;
use crate::train::{Checkpoint, TrainSpec};
use ndarray::Array2;
use std::path::PathBuf;
use std::sync::Arc;

/// A run to set up, paused.
pub struct Begin {
    /// Which model of the session.
    pub slot: usize,
    /// Counts the runs of a session; answers about older ones are stale.
    pub generation: u64,
    /// The model.
    pub spec: ValidSpec,
    /// How to train it.
    pub train: TrainSpec,
    /// What to learn from.
    pub data: DataSplit,
    /// Weights to go on from; else fresh ones.
    pub from: Option<Arc<Checkpoint>>,
}

/// How far to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// To the planned number of epochs.
    End,
    /// This many steps.
    Steps(u64),
    /// To the end of the present epoch.
    EpochEnd,
}

/// Orders for the train thread.
pub enum TrainCommand {
    /// Set up a run in place of any other and show its codes.
    Begin(Box<Begin>),
    /// Train.
    Go(Until),
    /// Stop after the present mini-batch and show all codes.
    Pause,
    /// Wait after each step, so that one can watch.
    SlowMotion(bool),
}

/// Whether training is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Steps are being taken.
    Running,
    /// Between steps.
    Paused,
    /// The planned epochs are done.
    Finished,
}

/// Where a run stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrainStatus {
    /// The run.
    pub generation: u64,
    /// Whether it is under way.
    pub phase: Phase,
    /// Steps taken.
    pub step: u64,
    /// Steps planned.
    pub last_step: u64,
    /// Steps in one pass over the data.
    pub steps_per_epoch: u64,
    /// Speed of the last second or so.
    pub steps_per_s: f32,
}

/// Codes of many samples, with what the sliders need to know of them.
pub struct CodeCloud {
    /// Which training sample each code is of.
    pub indices: Vec<u32>,
    /// The codes.
    pub codes: Codes,
    /// Spread and KL of each dimension.
    pub stats: Vec<DimensionStats>,
}

/// A model as it stood at some step, and codes by it.
pub struct Snapshot {
    /// Which model of the session.
    pub slot: usize,
    /// The run it is of.
    pub generation: u64,
    /// Steps taken.
    pub step: u64,
    /// The model.
    pub model: SharedModel,
    /// Codes of a fixed probe while training, of all training samples otherwise; none without an encoder.
    pub cloud: Option<Arc<CodeCloud>>,
}

/// A place in the window that shows decoded pictures. The order is that of urgency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ViewId {
    /// The picture at z.
    Picture,
    /// The grid.
    Grid,
    /// The strip under a slider.
    Strip(usize),
}

/// Codes to decode into one picture.
pub struct DecodeRequest {
    /// Where it will be shown.
    pub view: ViewId,
    /// Counts the requests; a reply carries it back.
    pub stamp: u64,
    /// The decoder.
    pub model: SharedModel,
    /// Codes [n, latent_dim].
    pub z: Array2<f32>,
    /// Images in a row of the picture.
    pub columns: usize,
}

/// A decoded picture.
pub struct Decoded {
    /// The stamp of its request.
    pub stamp: u64,
    /// The picture.
    pub pixels: Pixels,
}

/// Names a piece of work, so that newer work can take its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobKey {
    /// Loading data.
    LoadData,
    /// Opening a model.
    OpenModel,
}

/// Work for the jobs thread.
pub enum Job {
    /// Load data, under a stamp.
    LoadData(u64, DataChoice),
    /// Open a model file, or the embedded model if none is named, under a stamp.
    OpenModel(u64, Option<PathBuf>),
}

impl Job {
    /// The key that newer work of the same kind takes the place by.
    pub fn key(&self) -> JobKey {
        match self {
            Self::LoadData(..) => JobKey::LoadData,
            Self::OpenModel(..) => JobKey::OpenModel,
        }
    }
}

/// Something that happened once. Errors are sentences for the user.
pub enum Event {
    /// Data arrived, or could not; with the stamp of their job.
    DataLoaded(u64, DataChoice, Result<Box<DataSplit>, String>),
    /// A model arrived, or could not; with the stamp of its job.
    ModelOpened(u64, Option<PathBuf>, Result<Box<Checkpoint>, String>),
    /// A folder was chosen.
    FolderPicked(PathBuf),
    /// A run is set up; the checkpoint is what it starts from.
    Ready {
        /// The run.
        generation: u64,
        /// Where it stands.
        checkpoint: Arc<Checkpoint>,
    },
    /// A run stopped between steps; the checkpoint is exact.
    Stopped {
        /// The run.
        generation: u64,
        /// Where it stands.
        checkpoint: Arc<Checkpoint>,
        /// Whether the planned epochs are done.
        finished: bool,
        /// Seconds spent training since it was last set going.
        training_secs: f32,
    },
    /// A run cannot go on; `checkpoint` is the last good state.
    TrainFailed {
        /// The run.
        generation: u64,
        /// Why.
        error: String,
        /// The last good state, if there is one.
        checkpoint: Option<Arc<Checkpoint>>,
    },
    /// A picture could not be decoded.
    DecodeFailed(String),
}
