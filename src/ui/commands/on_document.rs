//! Commands of learning and of the document: what each is, its own help says.

use super::ready::{
    always, can_compare, can_redo, can_train, can_train_elsewhere, can_train_or_pause, can_undo, has_model,
    has_weights, is_running,
};
use super::{Command, Does, Group, Keys, Order};
use crate::session::{Action, Export, NewSlot, NextStep, Part, Session, Split};
use crate::ui::files::Purpose;
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

pub static COMPARE_PCA: Command = Command {
    name: "Compare with PCA",
    keys: &[],
    help: "Holds PCA of as many dimensions beside this model.",
    group: Group::Learn,
    when: can_compare,
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
    when: has_model,
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
