//! The list of keys.

use super::commands::{ALL, Command, FIRST_MINUTE, GESTURES, Group, HINTS, Keys};
use super::context::Cx;
use super::theme;
use super::widgets::Button;
use eframe::egui::{Align2, Area, Grid, Id, Order, RichText, ScrollArea, Ui, vec2};

/// Width of a column of the list, and of the keys in it.
const COLUMN: f32 = 384.0;
const KEYS: f32 = 156.0;
/// Height of a line.
const LINE: f32 = 20.0;
const GAP: f32 = 28.0;

/// A heading and the lines below it: keys, and what they do.
type Section = (&'static str, Vec<(String, &'static str)>);

/// Draws the list over the window while it is open; a click elsewhere closes it, unless it is the one that
/// opened it.
pub fn show(ui: &Ui, was_open: bool, cx: &mut Cx<'_>) {
    if !cx.window.help_open {
        return;
    }
    let room = ui.ctx().content_rect().size();
    let is_wide = room.x > 2.0 * COLUMN + GAP + 80.0;
    let area =
        Area::new(Id::unique("keys")).order(Order::Foreground).anchor(Align2::CENTER_CENTER, vec2(0.0, 0.0));
    let response = area.show(ui.ctx(), |ui| {
        cx.theme.card(16).show(ui, |ui| {
            ui.set_width(if is_wide { 2.0 * COLUMN + GAP } else { COLUMN.min(room.x - 64.0) });
            ui.label(RichText::new("Keys").font(theme::semibold(15.0)));
            ui.add_space(4.0);
            // The head and foot of the card, and a margin around it.
            let height = (room.y - 176.0).max(80.0);
            // Else the card would stay as low as it once was.
            let scroll = ScrollArea::vertical().max_height(height).min_scrolled_height(height);
            scroll.auto_shrink([false, true]).show(ui, |ui| columns(ui, is_wide, cx));
            ui.add_space(6.0);
            ui.horizontal(|ui| {
                for command in [&HINTS, &FIRST_MINUTE] {
                    if ui.add(Button::new(command.name)).clicked() {
                        command.run(ui, cx);
                    }
                }
            });
            ui.add_space(6.0);
            let about = concat!(
                "halfmoon ",
                env!("CARGO_PKG_VERSION"),
                " · losses: sum over features, mean over samples, nats"
            );
            ui.label(RichText::new(about).font(theme::small()).color(cx.theme.faint));
        });
    });
    if was_open && response.response.clicked_elsewhere() {
        cx.window.help_open = false;
    }
}

/// Everything that is listed: the commands that have keys, and what the hand does beside them.
fn sections() -> Vec<Section> {
    let keys = |command: &Command| command.keys.iter().map(Keys::text).collect::<Vec<_>>().join(", ");
    let of_group = |group: Group| {
        let commands = ALL.iter().filter(|command| command.group == group && !command.keys.is_empty());
        commands.map(|command| (keys(command), command.name)).collect()
    };
    let hand = GESTURES.iter().map(|(keys, what)| ((*keys).to_owned(), *what)).collect();
    let groups = Group::ALL.into_iter().map(|(group, title)| (title, of_group(group)));
    groups.chain([("On the plane", hand)]).collect()
}

/// The sections one under the other, in two columns where there is room.
fn columns(ui: &mut Ui, is_wide: bool, cx: &Cx<'_>) {
    let sections = sections();
    let n_lines = |sections: &[Section]| sections.iter().map(|(_, lines)| lines.len() + 2).sum::<usize>();
    let half = n_lines(&sections).div_ceil(2);
    let in_first = (0..=sections.len()).rfind(|&n| n_lines(&sections[..n]) <= half + 2).unwrap_or(0);
    let n_first = if is_wide { in_first } else { sections.len() };
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = GAP;
        for part in [&sections[..n_first], &sections[n_first..]].into_iter().filter(|part| !part.is_empty()) {
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                ui.set_width(COLUMN.min(ui.available_width()));
                part.iter().for_each(|section| list(ui, section, cx));
            });
        }
    });
}

fn list(ui: &mut Ui, (title, lines): &Section, cx: &Cx<'_>) {
    ui.add_space(6.0);
    ui.label(RichText::new(*title).font(theme::semibold(13.0)).color(cx.theme.text));
    ui.add_space(2.0);
    let grid = Grid::new(*title).num_columns(2).min_col_width(KEYS).min_row_height(LINE).spacing(vec2(8.0, 0.0));
    grid.show(ui, |ui| {
        for (keys, what) in lines {
            ui.label(RichText::new(keys).color(cx.theme.text));
            ui.label(RichText::new(*what).color(cx.theme.weak));
            ui.end_row();
        }
    });
    ui.add_space(8.0);
}
