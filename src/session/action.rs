//! What can be done to a session, and what it asks to be done outside.

use super::compare::Against;
use super::spec::{AxisFit, ColourBy, Layer, PathEnd, Preset, Tool};
use crate::data::DataChoice;
use crate::latent::grid::Spacing;
use crate::latent::path::Walk;
use crate::worker::{DecodeRequest, Job, TrainCommand, Until};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// A group of settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// The model's.
    Model,
    /// Training's.
    Training,
}

/// Everything a user can do. Menus, keys and panels all send these.
///
/// As data it is JSON with names that stay: `"zero_z"`, `{"set":["model","beta","2"]}`. Numbers that are not finite, and paths
/// that are no Unicode, cannot be written down so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Load other data.
    ChooseData(DataChoice),
    /// Open a model file.
    OpenModel(PathBuf),
    /// Open a trained model by its name, with its data.
    OpenTrained(String),
    /// Bring about the set-up of this name.
    SetUp(String),
    /// Save the model, by default to the file it came from or went to.
    SaveModel(Option<PathBuf>),
    /// Write what the tool in hand shows to a picture file.
    Export(PathBuf),
    /// Give up what is being loaded.
    CancelLoad,
    /// Turn the settings into those of another kind of model.
    SetKind(String),
    /// Change one setting, given as text.
    Set(Group, String, String),
    /// Train, or go on.
    Train(Until),
    /// Stop between two steps.
    Pause,
    /// End the run between two steps; its model stays.
    Stop,
    /// Wait after each step.
    SlowMotion(bool),
    /// New weights from the seed, untrained.
    Reset,
    /// Look at a code without keeping it; none when the pointer leaves.
    Hover(Option<Vec<f32>>),
    /// Keep a code.
    Keep(Vec<f32>),
    /// Change one value of the kept code.
    SetZ(usize, f32),
    /// All values to zero.
    ZeroZ,
    /// A draw from the prior.
    SampleZ,
    /// Draw a dimension across (0) or up (1).
    SetAxis(usize, usize),
    /// Choose what the pointer does.
    SetTool(Tool),
    /// Move, resize, draw or remove the grid.
    SetGrid(Option<[[f32; 2]; 2]>),
    /// Images a side.
    SetGridSteps(usize),
    /// How the grid is divided.
    SetSpacing(Spacing),
    /// Put an end of the path (0 is A, 1 is B) somewhere, or take it away.
    SetEnd(usize, Option<PathEnd>),
    /// Put an end of the path on a training sample.
    SetEndAtSample(usize, u32),
    /// Let B travel with the pointer before it is set.
    HoverEnd(Option<PathEnd>),
    /// Turn the path round.
    SwapPath,
    /// Set both ends to a pair of codes worth walking between.
    Preset(Preset),
    /// Pictures along the path.
    SetPathSteps(usize),
    /// How the path runs.
    SetWalk(Walk),
    /// Look at a place on the path, 0 to 1; none looks at the kept point.
    LookAt(Option<f32>),
    /// Tell the model this class.
    SetLabel(usize),
    /// Draw something on the plane, or leave it away.
    ToggleLayer(Layer),
    /// Show or hide a class.
    ToggleClass(usize),
    /// Show a class alone, or all again if it is.
    ShowAlone(usize),
    /// What codes are coloured by.
    Colour(ColourBy),
    /// Whether the view follows the codes.
    Fit(AxisFit),
    /// Which dimensions' strips are on screen.
    ShowStrips(Vec<usize>),
    /// How many nearest training images there is room for.
    ShowNearest(usize),
    /// Hold another model beside the shown one.
    Compare(Against),
    /// Take the model of this place away again.
    DropRival(usize),
    /// Point at a training sample on every plane; none when the pointer leaves its code.
    Link(Option<u32>),
    /// Mark a training sample on every plane.
    Mark(Option<u32>),
    /// Look at a code on a rival's plane; none when the pointer leaves.
    HoverRival(Option<(usize, Vec<f32>)>),
    /// Show a page of test images corrupted and mended, or none.
    ShowCorrupted(Option<usize>),
    /// A gesture begins: its changes are one step of undo.
    BeginGesture,
    /// A gesture ends.
    EndGesture,
    /// Take the last step back.
    Undo,
    /// Do it again.
    Redo,
    /// Tell the user that something was done outside of the session.
    Tell(String, String),
    /// Tell the user something went wrong outside of the session.
    Complain(String, String),
    /// Close a message.
    Dismiss(u64),
}

/// What must be done outside of the session.
pub enum Effect {
    /// For the train thread.
    Train(TrainCommand),
    /// For the decode thread.
    Decode(DecodeRequest),
    /// For a lane of jobs.
    Job(Job),
    /// Give up what is being loaded, opened or fetched.
    CancelLoads,
}
