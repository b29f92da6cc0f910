//! Commands of the chosen samples: what each is, its own help says.

use super::ready::{always, has_chosen, has_data, hides, reconstructs};
use super::{Command, Does, Group, Keys, Order};
use crate::session::{Action, Choice, ErrorPage, Export, Fold, Hiding, Joining, Shape, Side, Tool};
use crate::ui::files::Purpose;
use crate::ui::panels::Place;
use eframe::egui::Key;

pub static SELECT: Command = Command {
    name: "Select",
    keys: &[Keys::plain(Key::S)],
    help: "Draw around codes: their samples are chosen on every plane.",
    group: Group::Select,
    when: always,
    does: Does::Act(|_| Action::SetTool(Tool::Select)),
};

pub static QUERY: Command = Command {
    name: "Choose by words or numbers",
    keys: &[Keys::plain(Key::Slash)],
    help: "Samples by number (3, 10-20), class (class 7) or a part of their names.",
    group: Group::Select,
    when: has_data,
    does: Does::Order(Order::Query),
};

pub static FIND: Command = Command {
    name: "Find",
    keys: &[Keys::ctrl(Key::F)],
    help: "Looks for training samples like some words, a sample, or what was drawn: by code, as they are, and by PCA or LSA.",
    group: Group::Select,
    when: has_data,
    does: Does::Order(Order::Find),
};

pub static CHOOSE_ALL: Command = Command {
    name: "Choose all",
    keys: &[Keys::ctrl(Key::A)],
    help: "Chooses every training sample that is not hidden.",
    group: Group::Select,
    when: has_data,
    does: Does::Act(|_| Action::Choose(Choice::All, Joining::Instead)),
};

pub static INVERT: Command = Command {
    name: "Invert the choice",
    keys: &[Keys::plain(Key::I)],
    help: "Chooses every sample that is not, and no other; hidden ones never count.",
    group: Group::Select,
    when: has_data,
    does: Does::Act(|_| Action::Choose(Choice::Others, Joining::Instead)),
};

pub static CLEAR: Command = Command {
    name: "Choose nothing",
    keys: &[Keys::plain(Key::Delete), Keys::plain(Key::Backspace)],
    help: "Lets go of all that are chosen.",
    group: Group::Select,
    when: has_chosen,
    does: Does::Act(|_| Action::Pick(None)),
};

pub static HIDE: Command = Command {
    name: "Hide the chosen",
    keys: &[Keys::plain(Key::H)],
    help: "Leaves them out of every plane, until all are shown again.",
    group: Group::Select,
    when: has_chosen,
    does: Does::Act(|_| Action::Hide(Hiding::Chosen)),
};

pub static ALONE: Command = Command {
    name: "Show the chosen alone",
    keys: &[Keys::shift(Key::H)],
    help: "Hides all others.",
    group: Group::Select,
    when: has_chosen,
    does: Does::Act(|_| Action::Hide(Hiding::Others)),
};

pub static SHOW_ALL: Command = Command {
    name: "Show all samples again",
    keys: &[],
    help: "Those that were hidden come back; classes that are hidden stay so.",
    group: Group::Select,
    when: hides,
    does: Does::Act(|_| Action::Hide(Hiding::Nothing)),
};

pub static EXPORT_CHOSEN: Command = Command {
    name: "Export the chosen…",
    keys: &[],
    help: "Index, split, label and caption of each as a table (.csv).",
    group: Group::Select,
    when: |session| session.can_export(Export::Chosen),
    does: Does::Order(Order::File(Purpose::ExportAs(Export::Chosen))),
};

pub static WORST: Command = Command {
    name: "Choose the 50 worst",
    keys: &[],
    help: "The training samples that this model reconstructs worst; type worst 200 for as many.",
    group: Group::Select,
    when: reconstructs,
    does: Does::Act(|_| Action::Choose(Choice::Worst(50), Joining::Instead)),
};

pub static OUTLIERS: Command = Command {
    name: "Outliers",
    keys: &[],
    help: "The samples that are unlike the rest, by error, ln p(x), rarity, neighbours or Cook's distance; or folds them away.",
    group: Group::Select,
    when: has_data,
    does: Does::Order(Order::Turn(Fold::Outliers, Place::Decode)),
};

pub static RECONSTRUCTIONS: Command = Command {
    name: "Reconstructions",
    keys: &[Keys::plain(Key::X)],
    help: "The worst and the best by their error, with a histogram of all, or closes them.",
    group: Group::Select,
    when: reconstructs,
    does: Does::Act(|session| {
        let is_open = session.spec().errors.is_some();
        Action::ShowErrors((!is_open).then(ErrorPage::default))
    }),
};

pub static ATTRIBUTE: Command = Command {
    name: "Attribute vector of the chosen",
    keys: &[],
    help: "The mean code of the chosen minus that of all, as a slider in Decode.",
    group: Group::Select,
    when: |session| {
        reconstructs(session)?;
        has_chosen(session)
    },
    does: Does::Act(|session| {
        let chosen = Side::Samples(session.spec().selection.samples.clone());
        Action::AddAttribute(String::new(), chosen, Side::All)
    }),
};

pub static SHAPE: Command = Command {
    name: "Lasso or rectangle",
    keys: &[],
    help: "From one line by which the hand chooses to the other.",
    group: Group::Select,
    when: always,
    does: Does::Act(|session| {
        let is_lasso = session.spec().shape == Shape::Lasso;
        Action::SetShape(if is_lasso { Shape::Rectangle } else { Shape::Lasso })
    }),
};
