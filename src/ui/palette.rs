//! The palette: a card with a field that finds commands by their names.

use super::commands::{ALL, Command, can_set_up};
use super::context::Cx;
use super::modal::Modal;
use super::widgets::palette_entry;
use crate::session::{Action, Session, SetUp, setups};
use eframe::egui::{Id, Key, Margin, Modifiers, RichText, ScrollArea, TextEdit, Ui, vec2};

const WIDTH: f32 = 480.0;
/// Greatest height of the list.
const HEIGHT: f32 = 336.0;

/// The card, while it is open.
#[derive(Default)]
pub struct Palette {
    card: Option<Card>,
}

#[derive(Default)]
struct Card {
    query: String,
    /// The line that Enter takes.
    lit: usize,
    /// Whether it was shown before.
    is_old: bool,
}

impl Palette {
    /// Opens the card with an empty field.
    pub fn open(&mut self) {
        self.card = Some(Card::default());
    }
}

/// Draws the card and does what is chosen in it.
pub fn show(ui: &Ui, cx: &mut Cx<'_>) {
    let Some(mut card) = cx.window.palette.card.take() else { return };
    let room = ui.ctx().content_rect();
    // Where it is looked for first, above the middle; lower down the list would leave a small window.
    let top = (room.height() * 0.16).min(120.0);
    let moved = walk(ui, &mut card);
    let modal = Modal::new(Id::unique("palette"), WIDTH).margin(10).below(top);
    let (chosen, left) = modal.show(ui, cx, |ui, cx| {
        let entered = field(ui, &mut card);
        let found = found(&card.query);
        card.lit = card.lit.min(found.len().saturating_sub(1));
        ui.add_space(4.0);
        let height = HEIGHT.min(room.height() - top - 96.0);
        let clicked = list(ui, &found, &mut card.lit, moved || !card.is_old, height, cx);
        let taken = clicked.or(entered.then_some(card.lit));
        taken.and_then(|at| found.get(at).copied()).filter(|line| line.why_not(cx.session).is_none())
    });
    if let Some(line) = chosen {
        line.run(ui, cx);
    } else if left.is_none() {
        card.is_old = true;
        cx.window.palette.card = Some(card);
    }
}

/// Up and down through the list, before the field could take the keys; says whether they were pressed.
fn walk(ui: &Ui, card: &mut Card) -> bool {
    let pressed = |key| ui.input_mut(|i| i.count_and_consume_key(Modifiers::NONE, key));
    let (up, down) = (pressed(Key::ArrowUp), pressed(Key::ArrowDown));
    card.lit = (card.lit + down).saturating_sub(up);
    up + down > 0
}

/// The field, which keeps the keyboard; says whether Enter was pressed.
fn field(ui: &mut Ui, card: &mut Card) -> bool {
    let entered = ui.input_mut(|i| i.consume_key(Modifiers::NONE, Key::Enter));
    let edit = TextEdit::singleline(&mut card.query)
        .hint_text("Find a command…")
        .desired_width(f32::INFINITY)
        .margin(Margin::symmetric(8, 6));
    let field = ui.add(edit).accessible_name("Command");
    field.request_focus();
    if field.changed() {
        card.lit = 0;
    }
    entered
}

/// The lines; gives the one that was clicked.
fn list(ui: &mut Ui, found: &[Line], lit: &mut usize, scrolls: bool, height: f32, cx: &Cx<'_>) -> Option<usize> {
    if found.is_empty() {
        ui.label(RichText::new("Nothing has such a name.").color(cx.theme.faint));
        return None;
    }
    let mut clicked = None;
    // Else the card would stay as low as a short list once made it.
    ScrollArea::vertical().max_height(height).min_scrolled_height(height).show(ui, |ui| {
        ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
        for (i, line) in found.iter().enumerate() {
            let response = palette_entry(ui, line.name(), line.why_not(cx.session), &line.key(), i == *lit);
            if response.hovered() && ui.input(|input| input.pointer.is_moving()) {
                *lit = i;
            }
            if scrolls && i == *lit {
                response.scroll_to_me(None);
            }
            if response.clicked() {
                clicked = Some(i);
            }
        }
    });
    clicked
}

/// Something that the palette finds.
#[derive(Clone, Copy)]
enum Line {
    Command(&'static Command),
    SetUp(&'static SetUp),
}

impl Line {
    fn name(self) -> &'static str {
        match self {
            Self::Command(command) => command.name,
            Self::SetUp(setup) => &setup.name,
        }
    }

    fn key(self) -> String {
        match self {
            Self::Command(command) => command.key(),
            Self::SetUp(_) => String::new(),
        }
    }

    fn why_not(self, session: &Session) -> Option<&'static str> {
        match self {
            Self::Command(command) => (command.when)(session).err(),
            Self::SetUp(_) => can_set_up(session).err(),
        }
    }

    fn run(self, ui: &Ui, cx: &mut Cx<'_>) {
        match self {
            Self::Command(command) => command.run(ui, cx),
            Self::SetUp(setup) => cx.send(Action::SetUp(setup.name.clone())),
        }
    }
}

/// What a query finds, the best first; everything, as it is listed, for an empty one.
fn found(query: &str) -> Vec<Line> {
    let all = ALL.into_iter().map(Line::Command).chain(setups().iter().map(Line::SetUp));
    let mut ranked: Vec<(u32, Line)> = all.filter_map(|line| Some((rank(query, line.name())?, line))).collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, line)| line).collect()
}

/// How well a query fits a name, 0 best: its beginning, that of a word in it, a part of it, its letters in
/// their order.
fn rank(query: &str, name: &str) -> Option<u32> {
    let (query, name) = (query.trim().to_lowercase(), name.to_lowercase());
    if let Some(at) = name.find(&query) {
        let is_word = name[..at].chars().next_back().is_none_or(|before| !before.is_alphanumeric());
        return Some(if at == 0 {
            0
        } else if is_word {
            1
        } else {
            2
        });
    }
    let mut rest = name.chars();
    let mut skipped = 0;
    for letter in query.chars().filter(|letter| !letter.is_whitespace()) {
        skipped += rest.by_ref().position(|other| other == letter)? as u32;
    }
    Some(3 + skipped)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(query: &str) -> Vec<&'static str> {
        found(query).into_iter().map(Line::name).collect()
    }

    #[test]
    fn names_are_found_by_their_beginning_a_word_or_letters_in_order() {
        assert_eq!(names("undo"), ["Undo"]);
        assert_eq!(names("  SAVE")[..2], ["Save", "Save as…"]);
        assert_eq!(names("theme")[0], "Light or dark theme");
        assert!(names("tr").starts_with(&["Train, pause or continue", "Train one step", "Train one epoch"]));
        assert_eq!(names("trep")[0], "Train one epoch");
        assert!(names("quark").is_empty());
    }

    #[test]
    fn an_empty_query_finds_every_command_and_set_up_in_the_order_of_the_lists() {
        let all = names(" ");
        assert_eq!(all[..ALL.len()], ALL.map(|command| command.name));
        assert_eq!(all.len(), ALL.len() + setups().len());
        assert_eq!(names("moon vae"), ["Full moon to half moon, with the VAE"]);
    }
}
