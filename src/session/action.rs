//! What can be done to a session, and what it asks to be done outside.

use super::attributes::Side;
use super::complete::Completion;
use super::divergences::Diverge;
use super::errors::ErrorPage;
use super::exports::Export;
use super::find::FindPage;
use super::outliers::OutlierPage;
use super::selection::{Choice, Hiding, Joining, Shape};
use super::series::Series;
use super::slot_spec::AxisFit;
use super::slots::NewSlot;
use super::spec::{ColourBy, Fold, Layer};
use super::surface::PlanePart;
use super::tools::{GridRect, PathEnd, Preset, Query, Staging, Tool};
use crate::data::DataChoice;
use crate::latent::grid::Spacing;
use crate::latent::path::Walk;
use crate::model::Order;
use crate::picture::WritingSettings;
use crate::worker::{DecodeRequest, Job, SlotId, TrainCommand, Until};
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
/// As data it is JSON with names that stay: `"centre"`, `{"set":["model","beta","2"]}`. Numbers that are not
/// finite, and paths that are no Unicode, cannot be written down so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Open what lies at a path: data, a model or a session, as its content says.
    Open(PathBuf),
    /// Open what was dropped on the window: as above, but a model stands beside others where there are some.
    Drop(PathBuf),
    /// Load other data, read as they usually are.
    ChooseData(DataChoice),
    /// Look at the open data once more, to read them otherwise.
    ReviewData,
    /// Read the data that are looked at by another setting, by name and value.
    ReadOtherwise(String, String),
    /// Take the data that are looked at.
    TakeData,
    /// Open a model file.
    OpenModel(PathBuf),
    /// Open the active model anew, with another answer to something that its file does not say.
    Answer(String, String),
    /// Open a trained model by its name, with its data.
    OpenTrained(String),
    /// Bring about the set-up of this name.
    SetUp(String),
    /// Open a session file, with its data and models.
    OpenSession(PathBuf),
    /// Save the session, and beside it the weights that are in no file.
    SaveSession(PathBuf),
    /// Save the model, by default to the file it came from or went to.
    SaveModel(Option<PathBuf>),
    /// Write what the tool in hand shows to a picture file.
    Export(PathBuf),
    /// Write something in a format of others, to a file or a folder.
    ExportAs(Export, PathBuf),
    /// Write the training with the present settings as a program of PyTorch, and its data beside it.
    WriteScript(PathBuf),
    /// Give up what is being loaded, or worked out for a file.
    CancelLoad,
    /// Turn the settings into those of another kind of model.
    SetKind(String),
    /// Change one setting, given as text.
    Set(Group, String, String),
    /// Train, or go on.
    Train(Until),
    /// Train a model for each value of a setting, one after the other.
    TrainSeries(Series),
    /// Go on with the series where it stands.
    ResumeSeries,
    /// Show a model as it stood at a step of its training; none shows it as it stands now.
    LookBack(SlotId, Option<u64>),
    /// Turn codes that are looked back at to lie as near those of now as they can, or leave them as they
    /// were.
    AlignBack(bool),
    /// Stop between two steps.
    Pause,
    /// End the run between two steps; its model stays.
    Stop,
    /// Wait after each step.
    SlowMotion(bool),
    /// Freeze a part of the active model or let it learn again, or take one step of it alone.
    Order(Order),
    /// New weights from the seed, untrained.
    Reset,
    /// Begin the active classifier anew with the encoder of another model; none draws one of its own.
    TakeEncoder(Option<SlotId>),
    /// Look at a code of a model without keeping it; none when the pointer leaves.
    Hover(Option<(SlotId, Vec<f32>)>),
    /// Keep a code of a model, wherever it lies.
    Keep(SlotId, Vec<f32>),
    /// Point at a training sample on every plane; none when the pointer leaves its code.
    Point(Option<u32>),
    /// Pick a training sample: every model keeps its code. None picks nothing.
    Pick(Option<u32>),
    /// Pick a training sample beside the others, or let go of it.
    PickAlso(u32),
    /// Choose training samples, in the place of those that are chosen, beside them, or take them away.
    Choose(Choice, Joining),
    /// Hide training samples, or show all again.
    Hide(Hiding),
    /// The line by which the hand chooses samples.
    SetShape(Shape),
    /// Ask the models about an image from outside of the data, words or a sample: each keeps its code. None
    /// forgets it.
    Ask(Option<Query>),
    /// Change one value of the active model's kept code.
    SetZ(usize, f32),
    /// Keep the code nearest to the mean of the codes, in every model.
    Centre,
    /// A draw from the active model's prior.
    SampleZ,
    /// Draw a dimension of a model across (0) or up (1).
    SetAxis(SlotId, usize, usize),
    /// Call a dimension of a model something; nothing takes its name away.
    NameDimension(SlotId, usize, String),
    /// Draw a model's plane along the two directions of most spread.
    DrawPrincipal(SlotId),
    /// Draw a model's plane through the codes of three samples.
    DrawThrough(SlotId, [u32; 3]),
    /// Choose what the pointer does.
    SetTool(Tool),
    /// Move, resize, draw or remove the grid.
    SetGrid(Option<GridRect>),
    /// Images a side.
    SetGridSteps(usize),
    /// How the grid is divided.
    SetSpacing(Spacing),
    /// Put an end of the path (0 is A, 1 is B) somewhere, or take it away.
    SetEnd(usize, Option<PathEnd>),
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
    /// How models that write sentences write them.
    SetWriting(WritingSettings),
    /// Draw something on the plane, or leave it away.
    ToggleLayer(Layer),
    /// Show or hide a class.
    ToggleClass(usize),
    /// Show a class alone, or all again if it is.
    ShowAlone(usize),
    /// What codes are coloured by.
    Colour(ColourBy),
    /// Whether a model's view follows the codes.
    Fit(SlotId, AxisFit),
    /// Show the data themselves on the planes, or codes again.
    ShowData(bool),
    /// Draw the data by another column across (0) or up (1); one and the same column both ways is drawn
    /// alone.
    SetColumn(usize, usize),
    /// What is seen of the data.
    FitData(AxisFit),
    /// Begin to draw a table by hand on an empty plane, or give it up.
    SketchData(bool),
    /// Spray points of the class in hand around a place.
    Spray([f32; 2]),
    /// Wipe away the points around a place.
    Wipe([f32; 2]),
    /// The class of the points that are drawn next.
    DrawClass(u8),
    /// Open what is drawn as the data.
    TakeSketch,
    /// What of a model's plane is on screen.
    ShowPart(SlotId, PlanePart),
    /// Which dimensions' strips are on screen.
    ShowStrips(Vec<usize>),
    /// How many nearest training images there is room for.
    ShowNearest(usize),
    /// Make small pictures of all that opens without a file.
    ShowGallery,
    /// Put another model beside the active one.
    AddSlot(NewSlot),
    /// Take a model away.
    RemoveSlot(SlotId),
    /// Take every model but the active one away.
    LeaveAlone,
    /// Make the side panels about this model.
    Activate(SlotId),
    /// Put a model on screen, or off it.
    ShowSlot(SlotId, bool),
    /// Show a page of test images corrupted and mended, or none.
    ShowCorrupted(Option<usize>),
    /// Complete the picked sample from so many rows, or no more.
    Complete(Option<Completion>),
    /// Keep the mean code of some samples minus that of others, by name or by what they are.
    AddAttribute(String, Side, Side),
    /// Call an attribute otherwise.
    RenameAttribute(usize, String),
    /// Take an attribute away.
    RemoveAttribute(usize),
    /// Move the active model's kept code to so many units of an attribute.
    MoveAlong(usize, f32),
    /// Look at a page of reconstructions, or at none.
    ShowErrors(Option<ErrorPage>),
    /// Look at which samples are unlike the others, or no more.
    ShowOutliers(Option<OutlierPage>),
    /// Look at what is like the query, or no more.
    Find(Option<FindPage>),
    /// Show one sample large, corrupted and mended by every model, or the planes again.
    SetStage(Option<Staging>),
    /// Do something to the figure of divergences.
    Diverge(Diverge),
    /// Unfold something, or fold it away.
    Unfold(Fold, bool),
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
    Decode(Box<DecodeRequest>),
    /// For a lane of jobs.
    Job(Job),
    /// Give up what is being loaded, opened or fetched.
    CancelLoads,
}
