//! Commands of the chosen samples: what each is, its own help says.

use super::ready::{always, has_chosen, has_data};
use super::{Command, Does, Group, Keys, Order};
use crate::session::{Action, Choice, Joining, Shape, Tool};
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
