//! Commands of learning and of the document: what each is, its own help says.

use super::ready::{
    always, can_compare, can_compare_solved, can_descend, can_redo, can_resume_series, can_train,
    can_train_elsewhere, can_train_or_pause, can_undo, completes, has_chain, has_codes, has_data, has_film,
    has_picture, has_weights, is_running, looks_back, mends, reconstructs, tells_classes,
};
use super::{Command, Does, Group, Keys, Order};
use crate::session::{
    Action, Completion, Diverge, DivergencePage, Export, Fold, NewSlot, NextStep, Part, Session, Split, Staging,
};
use crate::ui::files::Purpose;
use crate::ui::panels::Place;
use crate::worker::Until;
use eframe::egui::Key;

pub static TRAIN: Command = Command {
    name: "Train, pause or continue",
    keys: &[Keys::plain(Key::T)],
    help: "Trains with the present settings, or stops after the present mini-batch.",
    group: Group::Learn,
    when: can_train_or_pause,
    does: Does::Act(train_or_pause),
};

pub static ONE_STEP: Command = Command {
    name: "Train one step",
    keys: &[],
    help: "Takes a single mini-batch.",
    group: Group::Learn,
    when: can_train,
    does: Does::Act(|_| Action::Train(Until::Steps(1))),
};

pub static ONE_EPOCH: Command = Command {
    name: "Train one epoch",
    keys: &[],
    help: "Trains to the end of this pass over the data.",
    group: Group::Learn,
    when: can_train,
    does: Does::Act(|_| Action::Train(Until::EpochEnd)),
};

pub static STOP: Command = Command {
    name: "Stop the training",
    keys: &[],
    help: "Ends this training; its model stays.",
    group: Group::Learn,
    when: is_running,
    does: Does::Act(|_| Action::Stop),
};

pub static RESET: Command = Command {
    name: "Reset the weights",
    keys: &[],
    help: "New weights from the seed; the trained model stays in Undo.",
    group: Group::Learn,
    when: can_train,
    does: Does::Act(|_| Action::Reset),
};

pub static SLOW: Command = Command {
    name: "Slow motion",
    keys: &[],
    help: "Four steps a second, each shown on the plane.",
    group: Group::Learn,
    when: always,
    does: Does::Act(|session| Action::SlowMotion(!session.slow_motion())),
};

pub static TRAIN_ELSEWHERE: Command = Command {
    name: "Train elsewhere…",
    keys: &[],
    help: "Writes this training as a program of PyTorch with its data, for a cluster or a graphics card; what comes of it opens here.",
    group: Group::Learn,
    when: can_train_elsewhere,
    does: Does::Order(Order::File(Purpose::TrainElsewhere)),
};

pub static TRAIN_SERIES: Command = Command {
    name: "Train a series…",
    keys: &[],
    help: "One setting over several values: a model each, trained one after the other and shown side by side.",
    group: Group::Learn,
    when: can_train,
    does: Does::Order(Order::Series),
};

pub static RESUME_SERIES: Command = Command {
    name: "Go on with the series",
    keys: &[],
    help: "Trains the models of the series that are not done yet.",
    group: Group::Learn,
    when: can_resume_series,
    does: Does::Act(|_| Action::ResumeSeries),
};

pub static COMPARE_PCA: Command = Command {
    name: "Compare with PCA",
    keys: &[],
    help: "Holds PCA of as many dimensions beside this model.",
    group: Group::Learn,
    when: can_compare_solved,
    does: Does::Act(|_| Action::AddSlot(NewSlot::Pca)),
};

pub static COMPARE_ITSELF: Command = Command {
    name: "Compare with this model as it is now",
    keys: &[],
    help: "Holds this model as it is now beside what becomes of it.",
    group: Group::Learn,
    when: can_compare,
    does: Does::Act(|_| Action::AddSlot(NewSlot::Copy)),
};

pub static EARLIER: Command = Command {
    name: "Look back in the training",
    keys: &[Keys::plain(Key::Comma)],
    help: "Shows plane and decoder as they stood a little earlier; a training that runs goes on.",
    group: Group::Learn,
    when: has_film,
    does: Does::Act(|session| look_back(session, -1)),
};

pub static LATER: Command = Command {
    name: "Look forward in the training",
    keys: &[Keys::plain(Key::Period)],
    help: "Shows plane and decoder as they stood a little later, at the end as they stand now.",
    group: Group::Learn,
    when: looks_back,
    does: Does::Act(|session| look_back(session, 1)),
};

pub static BACK_TO_NOW: Command = Command {
    name: "Back to now",
    keys: &[],
    help: "Shows the model as it stands now.",
    group: Group::Learn,
    when: looks_back,
    does: Does::Act(|session| Action::LookBack(session.spec().active, None)),
};

pub static ALIGN: Command = Command {
    name: "Align what is looked back at",
    keys: &[],
    help: "Turns earlier codes about zero to lie as near those of now as they can, the decoder with them; or leaves them as they were.",
    group: Group::Learn,
    when: has_film,
    does: Does::Act(|session| Action::AlignBack(!session.is_back_aligned())),
};

fn look_back(session: &Session, by: i64) -> Action {
    Action::LookBack(session.spec().active, session.stepped_back(by))
}

pub static STAGE: Command = Command {
    name: "Stage for denoising",
    keys: &[Keys::plain(Key::N)],
    help: "One sample large: clean, corrupted as you set it, and mended by every model on screen; or the planes again.",
    group: Group::Learn,
    when: mends,
    does: Does::Act(|session| Action::SetStage(staging(session))),
};

/// The corruption that images are shown under elsewhere; none while the stage is shown.
fn staging(session: &Session) -> Option<Staging> {
    let noise = session.shown_corruption();
    let first = Staging { corruption: noise.corruption, level: noise.corruption_level, draw: 0 };
    session.spec().stage.is_none().then_some(first)
}

pub static DIVERGENCES: Command = Command {
    name: "Divergences…",
    keys: &[Keys::shift(Key::D)],
    help: "KL both ways and JS between two bumps and a Gaussian under the hand, the evidence bound, and two gradients; or the planes again.",
    group: Group::Learn,
    when: always,
    does: Does::Act(|session| Action::Diverge(opened_or_closed(session))),
};

fn opened_or_closed(session: &Session) -> Diverge {
    match session.spec().divergences {
        Some(_) => Diverge::Close,
        None => Diverge::Open(DivergencePage::default()),
    }
}

pub static DESCEND: Command = Command {
    name: "Let it descend",
    keys: &[],
    help: "Lets q go down the chosen divergence until it rests.",
    group: Group::Learn,
    when: can_descend,
    does: Does::Act(|_| Action::Diverge(Diverge::Descend)),
};

pub static DIMENSIONS: Command = Command {
    name: "What each dimension does",
    keys: &[],
    help: "Shows the table of the dimensions: KL, effect on what is decoded, and what each goes with; or folds it away.",
    group: Group::Learn,
    when: has_codes,
    does: Does::Order(Order::Turn(Fold::DimensionTable, Place::Decode)),
};

pub static UNITS: Command = Command {
    name: "What units see",
    keys: &[],
    help: "Shows the weights of the first and the last layer as pictures, or folds them away.",
    group: Group::Learn,
    when: has_weights,
    does: Does::Order(Order::Turn(Fold::Units, Place::Decode)),
};

pub static CONFUSION: Command = Command {
    name: "Confusion of classes",
    keys: &[],
    help: "Shows which classes a classifier takes for which, or folds that away.",
    group: Group::Learn,
    when: tells_classes,
    does: Does::Order(Order::Turn(Fold::Confusion, Place::Decode)),
};

pub static CHAIN: Command = Command {
    name: "Gibbs chain",
    keys: &[],
    help: "Shows what a Boltzmann machine makes of the chosen sample step by step, as a film and a strip; or folds it away.",
    group: Group::Learn,
    when: has_chain,
    does: Does::Order(Order::Turn(Fold::Chain, Place::Decode)),
};

pub static COMPLETE: Command = Command {
    name: "Complete a picture",
    keys: &[],
    help: "Lays a sheet over a sample: what is above its edge is given, the model draws the rest; or takes it away.",
    group: Group::Learn,
    when: completes,
    does: Does::Act(|session| {
        let is_open = session.spec().completion.is_some();
        Action::Complete((!is_open).then(Completion::default))
    }),
};

pub static ANOTHER_ENDING: Command = Command {
    name: "Another ending",
    keys: &[],
    help: "Draws another rest to the same rows of the picture that is completed.",
    group: Group::Learn,
    when: completes,
    does: Does::Act(|session| Action::Complete(Some(session.spec().completion.unwrap_or_default().again()))),
};

pub static ATTRIBUTES: Command = Command {
    name: "Attribute vectors",
    keys: &[],
    help: "Shows the sliders that add the difference of two mean codes, and where a new one is made; or folds them away.",
    group: Group::Learn,
    when: reconstructs,
    does: Does::Order(Order::Turn(Fold::Attributes, Place::Decode)),
};

pub static SETTINGS: Command = Command {
    name: "More settings",
    keys: &[],
    help: "Shows the settings that matter less often, or folds them away.",
    group: Group::Learn,
    when: has_data,
    does: Does::Order(Order::Turn(Fold::Settings, Place::Learn)),
};

pub static UNDO: Command = Command {
    name: "Undo",
    keys: &[Keys::ctrl(Key::Z)],
    help: "Takes the last step back; trained models come back too.",
    group: Group::Document,
    when: can_undo,
    does: Does::Act(|_| Action::Undo),
};

pub static REDO: Command = Command {
    name: "Redo",
    keys: &[Keys::ctrl_shift(Key::Z), Keys::ctrl(Key::Y)],
    help: "Does the step again that was taken back.",
    group: Group::Document,
    when: can_redo,
    does: Does::Act(|_| Action::Redo),
};

pub static OPEN: Command = Command {
    name: "Open…",
    keys: &[Keys::ctrl(Key::O)],
    help: "A trained model, a file, or a folder of data.",
    group: Group::Document,
    when: always,
    does: Does::Order(Order::File(Purpose::Open)),
};

pub static SAVE: Command = Command {
    name: "Save",
    keys: &[Keys::ctrl(Key::S)],
    help: "Writes the session or the model to its file, or asks for one.",
    group: Group::Document,
    when: has_weights,
    does: Does::Order(Order::Save),
};

pub static SAVE_AS: Command = Command {
    name: "Save as…",
    keys: &[Keys::ctrl_shift(Key::S)],
    help: "Writes the model, or the session (.halfmoon), to a file of another name.",
    group: Group::Document,
    when: has_weights,
    does: Does::Order(Order::File(Purpose::Save)),
};

pub static EXPORT: Command = Command {
    name: "Export…",
    keys: &[Keys::ctrl(Key::E)],
    help: "The picture, row, path or grid to a file.",
    group: Group::Document,
    when: has_picture,
    does: Does::Order(Order::File(Purpose::Export)),
};

pub static EXPORT_CODES: Command = Command {
    name: "Export codes…",
    keys: &[],
    help: "The codes with labels and names, as a table (.csv) or for numpy (.npy, .npz).",
    group: Group::Document,
    when: |session| session.can_export(Export::Codes(Split::All)),
    does: Does::Order(Order::File(Purpose::ExportAs(Export::Codes(Split::All)))),
};

pub static EXPORT_LOSSES: Command = Command {
    name: "Export losses…",
    keys: &[],
    help: "The loss curves of training and test split as a table (.csv).",
    group: Group::Document,
    when: |session| session.can_export(Export::Losses),
    does: Does::Order(Order::File(Purpose::ExportAs(Export::Losses))),
};

pub static EXPORT_ONNX: Command = Command {
    name: "Export model as ONNX…",
    keys: &[],
    help: "Encoder, decoder or both, for programs that run networks.",
    group: Group::Document,
    when: |session| session.can_export(Export::Onnx(Part::All)),
    does: Does::Order(Order::File(Purpose::ExportAs(Export::Onnx(Part::All)))),
};

pub static EXPORT_PROJECTOR: Command = Command {
    name: "Export for the Embedding Projector…",
    keys: &[],
    help: "A folder with codes, labels and pictures for TensorBoard's projector.",
    group: Group::Document,
    when: |session| session.can_export(Export::Projector(Split::All)),
    does: Does::Order(Order::File(Purpose::ExportAs(Export::Projector(Split::All)))),
};

fn train_or_pause(session: &Session) -> Action {
    match session.next_step() {
        NextStep::Pause => Action::Pause,
        NextStep::Train | NextStep::Continue => Action::Train(Until::End),
    }
}
