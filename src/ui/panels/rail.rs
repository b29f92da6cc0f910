//! The sides folded to rails: icons that open them, and at the foot of Learn's the training button.

use super::Place;
use crate::session::{Action, NextStep};
use crate::ui::commands::{FOLD, FOLD_DECODE, TRAIN};
use crate::ui::context::{Cx, Side};
use crate::ui::icons;
use crate::ui::theme::{self, Theme};
use crate::ui::widgets::{IconButton, help, number, progress};
use crate::worker::Until;
use eframe::egui::{Align2, Rect, Ui, pos2, vec2};

/// Distance between two icons, and of the first and the last from the rail's end.
const STEP: f32 = 36.0;
const END: f32 = 24.0;

/// An icon of a rail: what it is called, and what its help says.
type Entry<'a> = (&'a str, &'a str, &'a str);

/// Draws Learn's rail.
pub fn learn(ui: &mut Ui, cx: &mut Cx<'_>) {
    let unfolds = FOLD.keyed("Shows data, model and training beside the plane.");
    let entries = [
        (icons::SIDEBAR_SIMPLE, "Unfold Learn", &*unfolds),
        (icons::DATABASE, "Data", "What is learned from."),
        (icons::GRAPH, "Model", "What is learned."),
        (icons::CHART_LINE_DOWN, "Loss", "How well it is learned."),
    ];
    let n_entries = entries.len() as f32;
    if rail(ui, &entries, &mut cx.window.learn, &cx.theme) {
        // Both over the plane would lie on one another.
        cx.window.decode.is_over = false;
    }
    let rect = ui.max_rect();
    let has_room = rect.height() > END + STEP * (n_entries + 1.0);
    foot(ui, place(rect, rect.bottom() - END), has_room, cx);
}

/// Draws the rail of Decode, or of the grid in its place.
pub fn decode(ui: &mut Ui, of: Place, cx: &mut Cx<'_>) {
    let unfolds = FOLD_DECODE.keyed("Shows the picture with all that concerns it beside the plane.");
    let panel = match of {
        Place::Grid => (icons::GRID_FOUR, "Grid panel", "The pictures, large, and their settings."),
        Place::Decode | Place::Learn => {
            (icons::SLIDERS_HORIZONTAL, "Decode", "The picture, its sliders and what concerns it.")
        }
    };
    let entries = [(icons::SIDEBAR_SIMPLE, "Unfold Decode", &*unfolds), panel];
    if rail(ui, &entries, &mut cx.window.decode, &cx.theme) {
        cx.window.learn.is_over = false;
    }
}

fn place(rail: Rect, y: f32) -> Rect {
    Rect::from_center_size(pos2(rail.center().x, y), vec2(30.0, 30.0))
}

/// The icons; the first unfolds the side, the others open it over the plane. Tells whether it was opened so.
fn rail(ui: &mut Ui, entries: &[Entry<'_>], side: &mut Side, theme: &Theme) -> bool {
    let was_over = side.is_over;
    let rect = ui.max_rect();
    ui.painter().rect_filled(rect, 0, theme.panel);
    for (i, (icon, name, sentence)) in entries.iter().enumerate() {
        let button = ui.put(place(rect, rect.top() + END + STEP * i as f32), IconButton::new(icon, name));
        if help(button, name, sentence, None).clicked() {
            if i == 0 {
                side.toggle();
            } else {
                side.is_over = !side.is_over;
            }
        }
    }
    side.is_over && !was_over
}

/// Train, or Pause in a ring of progress with the time left above it, where there is room.
fn foot(ui: &mut Ui, place: Rect, has_room: bool, cx: &mut Cx<'_>) {
    let next = cx.session.next_step();
    if let (NextStep::Pause, Some(status)) = (next, cx.session.status()) {
        let fraction = status.step as f32 / status.last_step.max(1) as f32;
        progress::ring(ui.painter(), place.center(), 15.0, fraction, &cx.theme);
        if has_room {
            let above = pos2(place.center().x, place.top() - 6.0);
            let font = theme::small();
            ui.painter().text(
                above,
                Align2::CENTER_BOTTOM,
                number::time_left(status.secs_left()),
                font,
                cx.theme.weak,
            );
        }
        let pause = ui.put(place, IconButton::new(icons::PAUSE, "Pause"));
        if help(pause, "Pause", &TRAIN.keyed("Stops after the present mini-batch."), None).clicked() {
            cx.send(Action::Pause);
        }
        return;
    }
    let word = if next == NextStep::Continue { "Continue" } else { "Train" };
    let can_train = cx.session.can_train();
    let train = ui.add_enabled_ui(can_train, |ui| ui.put(place, IconButton::new(icons::PLAY, word))).inner;
    if help(train, word, &TRAIN.keyed("Trains with the present settings."), None).clicked() {
        cx.send(Action::Train(Until::End));
    }
}
