//! Everything that can be done by name. One table feeds keys, menus, the list of keys and the palette.
//!
//! To add a command: a static in the file of its group and its place in [`ALL`].

mod on_document;
mod on_plane;
mod on_selection;
mod on_window;
mod orders;
mod ready;
mod table;

pub use on_document::*;
pub use on_plane::*;
pub use on_selection::*;
pub use on_window::*;
pub use orders::{Order, POINTS, POINTS_STEP, TEXT};
pub use ready::can_set_up;
pub use table::{ALL, EXPORTS, GESTURES, LAYERS};

use super::context::Cx;
use crate::session::{Action, Session};
use eframe::egui::{Context, Key, Modifiers, Ui};

/// Something that can be done by its name, and perhaps by a key.
pub struct Command {
    /// Its name: no other command has it.
    pub name: &'static str,
    /// The keys that do it, the one to show first.
    pub keys: &'static [Keys],
    /// One sentence about what it does.
    pub help: &'static str,
    /// What it is listed under.
    pub group: Group,
    /// Whether it can be done now, or in a few words why not.
    pub when: fn(&Session) -> Result<(), &'static str>,
    /// What it does.
    pub does: Does,
}

/// What a command does.
pub enum Does {
    /// It changes the document, by an action that may depend on how that stands.
    Act(fn(&Session) -> Action),
    /// It concerns the window alone.
    Order(Order),
}

/// What commands are listed under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// The tools and what is kept with them.
    Plane,
    /// The path and the grid.
    Path,
    /// The chosen samples.
    Select,
    /// Learning.
    Learn,
    /// Files and steps of undo.
    Document,
    /// The window itself.
    Window,
}

impl Group {
    /// All of them in the order of the lists, with their headings.
    pub const ALL: [(Self, &str); 6] = [
        (Self::Plane, "Plane"),
        (Self::Path, "Path and grid"),
        (Self::Select, "Select"),
        (Self::Learn, "Learn"),
        (Self::Document, "Document"),
        (Self::Window, "Window"),
    ];
}

/// A key with its modifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keys {
    /// Held with it.
    pub modifiers: Modifiers,
    /// The key.
    pub key: Key,
    /// Whether it counts when it is let go, since it means something else while it is held.
    pub on_release: bool,
}

impl Keys {
    /// A key by itself.
    const fn plain(key: Key) -> Self {
        Self { modifiers: Modifiers::NONE, key, on_release: false }
    }

    /// A key with Ctrl.
    const fn ctrl(key: Key) -> Self {
        Self { modifiers: Modifiers::COMMAND, key, on_release: false }
    }

    /// A key with Ctrl and Shift.
    const fn ctrl_shift(key: Key) -> Self {
        Self { modifiers: Modifiers::COMMAND.plus(Modifiers::SHIFT), key, on_release: false }
    }

    /// A key with Shift.
    const fn shift(key: Key) -> Self {
        Self { modifiers: Modifiers::SHIFT, key, on_release: false }
    }

    /// A key by itself that counts when it is let go.
    const fn released(key: Key) -> Self {
        Self { modifiers: Modifiers::NONE, key, on_release: true }
    }

    /// How it is written: "Ctrl Shift Z".
    pub fn text(&self) -> String {
        let name = match self.key {
            Key::Escape => "Esc",
            Key::Delete => "Del",
            Key::Slash => "/",
            Key::Minus => "−",
            Key::Plus => "+",
            Key::Equals => "=",
            Key::Backslash => "\\",
            Key::Pipe => "|",
            key => key.name(),
        };
        let ctrl = if self.modifiers.command { "Ctrl " } else { "" };
        let shift = if self.modifiers.shift { "Shift " } else { "" };
        format!("{ctrl}{shift}{name}")
    }

    fn n_modifiers(&self) -> usize {
        usize::from(self.modifiers.command) + usize::from(self.modifiers.shift)
    }
}

impl Command {
    /// The key to show beside its name; empty where it has none.
    pub fn key(&self) -> String {
        self.keys.first().map_or_else(String::new, Keys::text)
    }

    /// Its help with the key that does it, for a control that does the same.
    pub fn sentence(&self) -> String {
        self.keyed(self.help)
    }

    /// A sentence about a control that does it, with the same keys.
    pub fn keyed(&self, sentence: &str) -> String {
        match self.keys.first() {
            None => sentence.to_owned(),
            Some(keys) if keys.n_modifiers() == 0 => format!("{sentence} Key {}.", keys.text()),
            Some(keys) => format!("{sentence} {}.", keys.text()),
        }
    }

    /// Whether it can be done now.
    pub fn is_ready(&self, session: &Session) -> bool {
        (self.when)(session).is_ok()
    }

    /// Whether its key is answered: it can be done, or is told to wait.
    fn answers(&self, session: &Session) -> bool {
        matches!((self.when)(session), Ok(()) | Err(ready::LOADING))
    }

    /// Does it.
    pub fn run(&self, ui: &Ui, cx: &mut Cx<'_>) {
        match &self.does {
            Does::Act(action) => cx.send(action(cx.session)),
            Does::Order(order) => order.run(ui, cx),
        }
    }
}

/// Those of `commands` whose keys were pressed and that can be done now, or say themselves that they have to
/// wait; takes the keys.
pub fn pressed(commands: &[&'static Command], ctx: &Context, session: &Session) -> Vec<&'static Command> {
    let mut keys: Vec<(&Keys, &'static Command)> =
        commands.iter().flat_map(|command| command.keys.iter().map(move |keys| (keys, *command))).collect();
    // A key without Shift is pressed too where Shift is held with it: the longer ones come first.
    keys.sort_by_key(|(keys, _)| std::cmp::Reverse(keys.n_modifiers()));
    let is_pressed = |keys: &Keys| ctx.input_mut(|i| i.consume_key(keys.modifiers, keys.key));
    keys.into_iter()
        .filter(|(keys, command)| !keys.on_release && command.answers(session) && is_pressed(keys))
        .map(|(_, command)| command)
        .collect()
}

#[cfg(test)]
mod tests;
