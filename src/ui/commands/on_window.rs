//! Commands of the window itself: what each is, its own help says.

use super::ready::always;
use super::{Command, Does, Group, Keys, Order};
use eframe::egui::Key;

pub static PALETTE: Command = Command {
    name: "Find a command",
    keys: &[Keys::ctrl(Key::K)],
    help: "Does anything by its name.",
    group: Group::Window,
    when: always,
    does: Does::Order(Order::Palette),
};

pub static HELP: Command = Command {
    name: "Keys and help",
    keys: &[Keys::plain(Key::F1)],
    help: "Help on the focused control, or the list of keys.",
    group: Group::Window,
    when: always,
    does: Does::Order(Order::Help),
};

pub static HINTS: Command = Command {
    name: "Show the hints again",
    keys: &[],
    help: "The sentences above the plane come back.",
    group: Group::Window,
    when: always,
    does: Does::Order(Order::Hints),
};

pub static FIRST_MINUTE: Command = Command {
    name: "Show the first minute",
    keys: &[],
    help: "Four things to do, one after the other, that show what a latent space is.",
    group: Group::Window,
    when: always,
    does: Does::Order(Order::FirstMinute),
};

pub static BACK_OUT: Command = Command {
    name: "Back out one step",
    keys: &[Keys::plain(Key::Escape)],
    help: "Closes what lies on top, else takes the tool's last step back.",
    group: Group::Window,
    when: always,
    does: Does::Order(Order::BackOut),
};

pub static FOLD: Command = Command {
    name: "Fold Learn",
    keys: &[Keys::plain(Key::Backslash)],
    help: "Leaves its room to the plane, or shows data, model and training beside it.",
    group: Group::Window,
    when: always,
    does: Does::Order(Order::FoldLearn),
};

pub static FOLD_DECODE: Command = Command {
    name: "Fold Decode",
    keys: &[Keys::plain(Key::Pipe)],
    help: "Leaves its room to the plane, or shows it beside the plane, or over it where the window is narrow.",
    group: Group::Window,
    when: always,
    does: Does::Order(Order::FoldDecode),
};

pub static THEME: Command = Command {
    name: "Light or dark theme",
    keys: &[],
    help: "Night sky for a screen, paper for a projector.",
    group: Group::Window,
    when: always,
    does: Does::Order(Order::Theme),
};

pub static LARGER: Command = Command {
    name: "Larger text",
    keys: &[Keys::ctrl(Key::Plus), Keys::ctrl(Key::Equals)],
    help: "Makes everything a tenth larger.",
    group: Group::Window,
    when: always,
    does: Does::Order(Order::Text(1)),
};

pub static SMALLER: Command = Command {
    name: "Smaller text",
    keys: &[Keys::ctrl(Key::Minus)],
    help: "Makes everything a tenth smaller.",
    group: Group::Window,
    when: always,
    does: Does::Order(Order::Text(-1)),
};

pub static USUAL: Command = Command {
    name: "Usual text size",
    keys: &[Keys::ctrl(Key::Num0)],
    help: "Makes text as large as at the beginning.",
    group: Group::Window,
    when: always,
    does: Does::Order(Order::Text(0)),
};

pub static LARGER_POINTS: Command = Command {
    name: "Larger points",
    keys: &[],
    help: "Draws the codes a quarter larger.",
    group: Group::Window,
    when: always,
    does: Does::Order(Order::Points(1)),
};

pub static SMALLER_POINTS: Command = Command {
    name: "Smaller points",
    keys: &[],
    help: "Draws the codes a quarter smaller.",
    group: Group::Window,
    when: always,
    does: Does::Order(Order::Points(-1)),
};

pub static USUAL_POINTS: Command = Command {
    name: "Usual size of points",
    keys: &[],
    help: "Draws the codes as large as at the beginning.",
    group: Group::Window,
    when: always,
    does: Does::Order(Order::Points(0)),
};

pub static PRESENT: Command = Command {
    name: "Present",
    keys: &[Keys::plain(Key::F5)],
    help: "Gives the window to the plane, with points, names and pictures as a projector wants them; Esc ends it.",
    group: Group::Window,
    when: always,
    does: Does::Order(Order::Present),
};

pub static FULL_SCREEN: Command = Command {
    name: "Full screen",
    keys: &[Keys::plain(Key::F11)],
    help: "Fills the screen, or leaves it.",
    group: Group::Window,
    when: always,
    does: Does::Order(Order::FullScreen),
};

pub static QUIT: Command = Command {
    name: "Close the window",
    keys: &[Keys::ctrl(Key::Q)],
    help: "Asks first where something would be lost.",
    group: Group::Window,
    when: always,
    does: Does::Order(Order::Close),
};
