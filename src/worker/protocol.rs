//! What goes to the threads and what comes back.
//!
//! Answers carry what they are about: those of training the generation of their run, loads and pictures the stamp of their
//! request.

use crate::data::{DataChoice, DataSplit, Dataset};
use crate::latent::stats::DimensionStats;
use crate::model::{Capabilities, Codes, ModelSpec, NoiseSpec, SharedModel, ValidSpec};
use crate::picture::{Pixels, Shown};
use crate::train::{Checkpoint, LogP, TrainSpec};
use ndarray::Array2;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;

/// Names a model of a session; never used again in the same session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SlotId(pub u32);

/// A run to set up, paused.
pub struct Begin {
    /// Which model of the session.
    pub slot: SlotId,
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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

impl CodeCloud {
    /// Where the code of a training sample stands, if it is here: a probe holds some samples, in order.
    pub fn place_of(&self, sample: u32) -> Option<usize> {
        self.indices.binary_search(&sample).ok()
    }

    /// The code of a training sample, if it is here.
    pub fn code_of(&self, sample: u32) -> Option<Vec<f32>> {
        Some(self.codes.mu.row(self.place_of(sample)?).to_vec())
    }
}

/// A model as it stood at some step, and codes by it.
pub struct Snapshot {
    /// Which model of the session.
    pub slot: SlotId,
    /// The run it is of.
    pub generation: u64,
    /// Steps taken.
    pub step: u64,
    /// The model.
    pub model: SharedModel,
    /// What it can do.
    pub capabilities: Capabilities,
    /// Codes of a fixed probe while training, of all training samples otherwise; none without an encoder.
    pub cloud: Option<Arc<CodeCloud>>,
}

/// A place in the window that shows decoded pictures. The order is that of urgency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ViewId {
    /// The picture at z.
    Picture,
    /// The pictures along the path.
    Path,
    /// The grid.
    Grid,
    /// Every label at z.
    Labels,
    /// The strip under a slider.
    Strip(usize),
    /// The picture by a model beside the shown one.
    Rival(usize),
    /// The grid by a model beside the shown one.
    RivalGrid(usize),
}

/// Codes to decode into one picture.
pub struct DecodeRequest {
    /// Where it will be shown.
    pub view: ViewId,
    /// Whose picture it is.
    pub slot: SlotId,
    /// Counts the requests; a reply carries it back.
    pub stamp: u64,
    /// The decoder.
    pub model: SharedModel,
    /// Codes [n, latent_dim].
    pub z: Array2<f32>,
    /// Their labels, one a code, for a model that is told them.
    pub labels: Vec<u16>,
    /// Images in a row of the picture.
    pub columns: usize,
}

/// A decoded picture.
pub struct Decoded {
    /// The stamp of its request.
    pub stamp: u64,
    /// What the codes decode to.
    pub shown: Shown,
    /// Samples in a row of it.
    pub columns: usize,
}

/// Names a piece of work, so that newer work can take its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobKey {
    /// Loading data.
    LoadData,
    /// Opening a model.
    OpenModel,
    /// Looking for the images nearest to a decoded one.
    Nearest,
    /// Working out the scale of such distances.
    Scale,
    /// Fetching a model to hold beside the shown one.
    Rival,
    /// Scoring the shown model.
    Score,
    /// Mending corrupted images.
    Corrupt,
    /// Working out ln p(x).
    LogP,
    /// Writing a file; never given up.
    Save,
}

/// Work for the jobs thread.
pub enum Job {
    /// Load data, under a stamp.
    LoadData(u64, DataChoice),
    /// Open a model file, or an embedded model by its name, under a stamp.
    OpenModel(u64, PathBuf),
    /// Write something to a file.
    Save(PathBuf, Written),
    /// Find the training images nearest to what a code decodes to.
    Nearest(NearestRequest),
    /// Work out how far unseen images usually lie from their nearest training image.
    Scale(DataSplit),
    /// Fetch a model to hold beside the shown one.
    Rival(Box<RivalRequest>),
    /// Score a model with these codes of all training samples.
    Score(SharedModel, Arc<CodeCloud>, DataSplit),
    /// Corrupt some test images and let a model mend them.
    Corrupt(Box<CorruptedRequest>),
    /// Work out how probable a model finds test images.
    LogP(SharedModel, DataSplit),
}

/// Test images to be corrupted and mended.
pub struct CorruptedRequest {
    /// Counts the requests.
    pub stamp: u64,
    /// The model.
    pub model: SharedModel,
    /// The corruption.
    pub noise: NoiseSpec,
    /// Which test images.
    pub indices: Vec<u32>,
    /// Where they are from.
    pub data: DataSplit,
}

/// Test images clean, corrupted and mended: three rows of one picture.
pub struct CorruptedRows {
    /// The stamp of its request.
    pub stamp: u64,
    /// The pixels.
    pub pixels: Pixels,
    /// Images in a row.
    pub columns: usize,
    /// Mean Σ (x − ·)² of the corrupted and of the mended images.
    pub squared_errors: [f64; 2],
}

/// A model to hold beside the shown one.
pub struct RivalRequest {
    /// Counts the requests.
    pub stamp: u64,
    /// Which model.
    pub source: RivalSource,
    /// What it is shown on.
    pub data: DataSplit,
}

/// Where a model to compare with comes from.
pub enum RivalSource {
    /// A model file, or an embedded model by its name.
    Model(PathBuf),
    /// A closed form, solved on the data.
    Solve(Box<ModelSpec>),
    /// A model that is there already: what to call it, and the seconds that its training took.
    Shown(String, SharedModel, Option<f32>),
}

/// A model beside the shown one.
pub struct Rival {
    /// What it is called.
    pub name: String,
    /// The model.
    pub model: SharedModel,
    /// Codes of all training samples.
    pub cloud: Arc<CodeCloud>,
    /// How good it is.
    pub scores: Scores,
}

/// How good a model is, on test samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scores {
    /// Σ (x − x̂)², mean over images.
    pub squared_error: f64,
    /// KL divergence, nats; none for a model without a prior.
    pub kl: Option<f64>,
    /// Number of parameters.
    pub n_params: usize,
    /// Seconds of training, where they are known.
    pub secs: Option<f32>,
    /// Share of test codes whose class the 5 nearest training codes vote for; none without classes.
    pub accuracy: Option<f64>,
}

/// What is written to a file.
pub enum Written {
    /// A model with its optimizer.
    Model(Arc<Checkpoint>),
    /// A picture in one row of `n`; as an animation where the file is a GIF.
    Picture {
        /// Makes it.
        render: Box<dyn FnOnce() -> Option<Pixels> + Send>,
        /// Pictures in it, if they stand in one row.
        n: usize,
    },
}

/// A code whose decoded image is compared with the training images.
pub struct NearestRequest {
    /// Counts the requests.
    pub stamp: u64,
    /// The decoder.
    pub model: SharedModel,
    /// The code.
    pub z: Vec<f32>,
    /// Its label, for a model that is told it; else none.
    pub labels: Vec<u16>,
    /// Samples to find.
    pub k: usize,
    /// The samples to look among.
    pub data: Dataset,
    /// Whether to wait a little first, so that a training under way keeps its pace.
    pub is_gentle: bool,
}

/// The training images nearest to a decoded one.
pub struct Nearest {
    /// The stamp of its request.
    pub stamp: u64,
    /// Indices of the samples and √Σ(x̂ − x)², nearest first.
    pub samples: Vec<(u32, f32)>,
}

impl Job {
    /// Whether it encodes or scores whole sets, which the jobs' own compute pool shares out.
    pub fn is_parallel(&self) -> bool {
        matches!(self, Self::Rival(_) | Self::Score(..) | Self::LogP(..))
    }

    /// The key that newer work of the same kind takes the place by.
    pub fn key(&self) -> JobKey {
        match self {
            Self::LoadData(..) => JobKey::LoadData,
            Self::OpenModel(..) => JobKey::OpenModel,
            Self::Nearest(_) => JobKey::Nearest,
            Self::Scale(_) => JobKey::Scale,
            Self::Rival(_) => JobKey::Rival,
            Self::Score(..) => JobKey::Score,
            Self::Corrupt(_) => JobKey::Corrupt,
            Self::LogP(..) => JobKey::LogP,
            Self::Save(..) => JobKey::Save,
        }
    }
}

/// Something that happened once. Errors are sentences for the user.
pub enum Event {
    /// Data arrived, or could not; with the stamp of their job.
    DataLoaded(u64, DataChoice, Result<Box<DataSplit>, String>),
    /// A model arrived, or could not; with the stamp of its job.
    ModelOpened(u64, PathBuf, Result<Box<Checkpoint>, String>),
    /// A file was written, or could not be; the model in it, if it is one, and how large it is or what went wrong.
    Saved(PathBuf, Option<Arc<Checkpoint>>, Result<u64, String>),
    /// A file was named in a dialog.
    FilePicked(PathBuf),
    /// The nearest images were found.
    NearestFound(Nearest),
    /// How far unseen images usually lie from their nearest training image, for training data with this checksum.
    ScaleFound(u32, f32),
    /// A model to hold beside the shown one arrived, or could not; with the stamp of its request.
    RivalReady(u64, Result<Box<Rival>, String>),
    /// A model was scored.
    Scored(SharedModel, Scores),
    /// Images were corrupted and mended; none where the model cannot.
    CorruptedReady(Option<CorruptedRows>),
    /// How probable the model finds test images; none where it is no density.
    LogPFound(Option<LogP>),
    /// The system has no dialog to ask in.
    NoDialog,
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
