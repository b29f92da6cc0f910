//! What goes to the threads and what comes back.
//!
//! Answers carry what they are about: those of training the generation of their run, loads and pictures the
//! stamp of their request.

use crate::data::{Cancel, DataChoice, DataSplit, Dataset, Progress, ReadSettings};
use crate::model::{Answers, Capabilities, Order, SharedModel, ValidSpec};
use crate::picture::{Pixels, Shown, WritingSettings};
use crate::store::{NamedFile, PathKind, ScriptFiles, StoreError};
use crate::train::{Checkpoint, CodeCloud, PackedModel, TrainSpec};
use ndarray::Array2;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;

/// Names a model of a session; never used again in the same session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SlotId(pub u32);

/// A run to set up, paused; or a model to show that cannot be trained.
pub struct Begin {
    /// Which model of the session.
    pub slot: SlotId,
    /// Counts the runs of a session; answers about older ones are stale.
    pub generation: u64,
    /// The model; none for one that came from elsewhere and is shown as it is.
    pub spec: Option<ValidSpec>,
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
    /// Tell the run in hand something about the parts of its model.
    Order(Order),
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
    /// Speed of the last second or so; 0 until it is known.
    pub steps_per_s: f32,
}

impl TrainStatus {
    /// Seconds until the planned steps are taken at the present speed; infinite while that is not known.
    pub fn secs_left(&self) -> f32 {
        let steps = self.last_step.saturating_sub(self.step) as f32;
        if self.steps_per_s > 0.0 { steps / self.steps_per_s } else { f32::INFINITY }
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
    /// The model in little room, for the film of a training under way.
    pub packed: Option<Arc<PackedModel>>,
}

/// A place in the window that shows decoded pictures. The order is that of urgency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ViewId {
    /// The picture at z.
    Picture,
    /// The sample that is looked at, from its whole code.
    Sample,
    /// Draws from the posterior of that sample.
    Posterior,
    /// The pictures along the path.
    Path,
    /// The grid.
    Grid,
    /// Every label at z.
    Labels,
    /// The strip under a slider.
    Strip(usize),
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
    /// How sentences are written, where the model writes any.
    pub writing: WritingSettings,
    /// Images in a row of the picture.
    pub columns: usize,
    /// The sample that the first picture is held against, and where it is from.
    pub against: Option<(Dataset, u32)>,
    /// Whether a training goes on beside it, which large pictures then leave time to.
    pub beside_training: bool,
}

impl DecodeRequest {
    /// Whether it takes so long that a training beside it would feel one every frame.
    pub fn is_large(&self) -> bool {
        const N_CODES: usize = 64;
        self.beside_training && self.z.nrows() >= N_CODES
    }
}

/// A decoded picture.
pub struct Decoded {
    /// The stamp of its request.
    pub stamp: u64,
    /// What the codes decode to.
    pub shown: Shown,
    /// Samples in a row of it.
    pub columns: usize,
    /// Σ (x̂ − x)² against the sample that the request named.
    pub squared_error: Option<f64>,
    /// What was asked of the writing and could not be done.
    pub problem: Option<String>,
}

/// Names a piece of work, so that newer work can take its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobKey {
    /// Loading data.
    LoadData,
    /// Opening a model.
    OpenModel,
    /// Seeing what lies at a path.
    Recognise,
    /// Writing a file; never given up.
    Save,
    /// Working something out: what, and which of several.
    Derive(&'static str, u32),
}

/// Data to load.
pub struct DataLoad {
    /// Where they lie.
    pub choice: DataChoice,
    /// How they are read.
    pub settings: ReadSettings,
    /// How far reading has come, for whoever waits.
    pub progress: Progress,
}

impl DataLoad {
    /// Data read as they usually are.
    pub fn new(choice: DataChoice) -> Self {
        Self { choice, settings: ReadSettings::default(), progress: Progress::default() }
    }
}

/// What is known of a model from elsewhere that its file does not say.
#[derive(Clone, Default)]
pub struct OpenAs {
    /// What was chosen.
    pub answers: Answers,
    /// The data that it is to be shown on.
    pub data: Option<DataSplit>,
}

/// Work for the two lanes: files, and everything else.
pub enum Job {
    /// Load data, under a stamp.
    LoadData(u64, DataLoad),
    /// Open a model file, or an embedded model by its name, under a stamp.
    OpenModel(u64, PathBuf, Box<OpenAs>),
    /// See what lies at a path.
    Recognise(u64, PathBuf),
    /// Read files, by work that tells whoever asked.
    Read(Derive),
    /// Write something to a file.
    Save(PathBuf, Written),
    /// Work something out.
    Derive(Derive),
}

/// Something to be worked out of models and data. The lane runs it and does not know what it is.
pub trait Work: Send {
    /// Works it out and tells whoever asked; breaks off once `cancel` is set.
    fn run(self: Box<Self>, cancel: &Cancel);
}

/// How pressing a piece of work is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// At once, on one thread.
    AtOnce,
    /// On one thread, with a short rest before other such work, so that a training under way keeps its pace.
    Gently,
    /// On all cores, at lowered priority.
    OnAllCores,
}

/// A piece of work for the lane of derived things.
pub struct Derive {
    /// What it is and which of several, for newer work to take its place.
    pub key: (&'static str, u32),
    /// Set to give it up.
    pub cancel: Cancel,
    /// How pressing it is.
    pub pace: Pace,
    /// The work.
    pub work: Box<dyn Work>,
}

/// A training that is to be done elsewhere.
pub struct Elsewhere {
    /// The model.
    pub spec: ValidSpec,
    /// How to train it.
    pub train: TrainSpec,
    /// What to learn from.
    pub data: DataSplit,
    /// Where the data were read.
    pub from: Option<PathBuf>,
}

/// What is written to a file.
pub enum Written {
    /// A session, after the weights beside it.
    Session {
        /// Its text.
        text: String,
        /// Models that are in no other file.
        beside: Vec<(PathBuf, Arc<Checkpoint>)>,
    },
    /// Something that was made for a file, and what it is.
    File {
        /// What the file holds.
        bytes: Vec<u8>,
        /// What it is, for people.
        what: String,
    },
    /// Something that was made for a folder, and what it is.
    Folder {
        /// What its files hold.
        files: Vec<NamedFile>,
        /// What it is, for people.
        what: String,
    },
    /// A model with its optimizer.
    Model(Arc<Checkpoint>),
    /// A training as a program of PyTorch, with its data beside it.
    Script(Box<Elsewhere>),
    /// A picture in one row of `n`; as an animation where the file is a GIF.
    Picture {
        /// Makes it.
        render: Box<dyn FnOnce() -> Option<Result<Pixels, StoreError>> + Send>,
        /// Pictures in it, if they stand in one row.
        n: usize,
    },
}

impl Job {
    /// Whether it reads or writes files, which have a lane of their own.
    pub fn is_file(&self) -> bool {
        matches!(
            self,
            Self::LoadData(..) | Self::OpenModel(..) | Self::Recognise(..) | Self::Read(_) | Self::Save(..)
        )
    }

    /// Whether it leaves time for a training under way.
    pub fn is_gentle(&self) -> bool {
        matches!(self, Self::Derive(Derive { pace: Pace::Gently, .. }))
    }

    /// The key that newer work of the same kind takes the place by.
    pub fn key(&self) -> JobKey {
        match self {
            Self::LoadData(..) => JobKey::LoadData,
            Self::OpenModel(..) => JobKey::OpenModel,
            Self::Recognise(..) => JobKey::Recognise,
            Self::Save(..) => JobKey::Save,
            Self::Derive(Derive { key: (what, which), .. }) | Self::Read(Derive { key: (what, which), .. }) => {
                JobKey::Derive(what, *which)
            }
        }
    }

    /// What makes it stop: what it came with, or one of its own.
    pub fn cancel(&self) -> Cancel {
        match self {
            Self::Derive(derive) | Self::Read(derive) => derive.cancel.clone(),
            _ => Cancel::default(),
        }
    }
}

/// Something that happened once. Errors are sentences for the user.
pub enum Event {
    /// Data arrived, or could not; with the stamp of their job.
    DataLoaded(u64, DataChoice, Result<Box<DataSplit>, String>),
    /// A model arrived, or could not; with the stamp of its job.
    ModelOpened(u64, PathBuf, Result<Box<Checkpoint>, String>),
    /// What lies at a path was seen, or nothing could be; with the stamp of its job.
    Recognised(u64, PathBuf, Result<PathKind, String>),
    /// A file was written, or could not be; the model in it, if it is one, and how large it is or what went
    /// wrong.
    Saved(PathBuf, Option<Arc<Checkpoint>>, Result<u64, String>),
    /// Something that was made for others was written, or could not be: what it is, and how large or what
    /// went wrong.
    Exported(PathBuf, String, Result<u64, String>),
    /// A session was written, with the weights that lie beside it, or could not be.
    SessionSaved(PathBuf, Vec<(PathBuf, Arc<Checkpoint>)>, Result<u64, String>),
    /// A training was written for other machines, or could not be.
    ScriptWritten(PathBuf, Result<ScriptFiles, String>),
    /// A file was named in a dialog.
    FilePicked(PathBuf),
    /// The system has no dialog to ask in.
    NoDialog,
    /// A dialog was closed without an answer.
    DialogClosed,
    /// Something was worked out; its answer went to whoever asked.
    Derived,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_time_is_foretold_before_a_speed_is_known() {
        let at = |steps_per_s: f32| TrainStatus {
            generation: 1,
            phase: Phase::Running,
            step: 20,
            last_step: 100,
            steps_per_epoch: 10,
            steps_per_s,
        };
        assert_eq!((at(0.0).secs_left(), at(40.0).secs_left()), (f32::INFINITY, 2.0));
    }
}
