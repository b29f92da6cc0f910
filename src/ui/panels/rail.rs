//! Learn folded to a rail: icons that open it, and the training button at its foot.

use crate::session::{Action, NextStep};
use crate::ui::commands::{FOLD, TRAIN};
use crate::ui::context::Cx;
use crate::ui::widgets::{IconButton, help, number, progress};
use crate::ui::{icons, theme};
use crate::worker::Until;
use eframe::egui::{Align2, Rect, Ui, pos2, vec2};

/// Draws the rail.
pub fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    let rect = ui.max_rect();
    ui.painter().rect_filled(rect, 0, cx.theme.panel);
    let place = |y: f32| Rect::from_center_size(pos2(rect.center().x, y), vec2(30.0, 30.0));
    let unfolds = FOLD.keyed("Shows data, model and training beside the plane.");
    let entries = [
        (icons::SIDEBAR_SIMPLE, "Unfold Learn", &*unfolds),
        (icons::DATABASE, "Data", "What is learned from."),
        (icons::GRAPH, "Model", "What is learned."),
        (icons::CHART_LINE_DOWN, "Loss", "How well it is learned."),
    ];
    for (i, (icon, name, sentence)) in entries.into_iter().enumerate() {
        let button = ui.put(place(rect.top() + 24.0 + 36.0 * i as f32), IconButton::new(icon, name));
        if help(button, name, sentence, None).clicked() {
            if i == 0 {
                cx.window.learn_folded = Some(false);
            } else {
                cx.window.learn_over = !cx.window.learn_over;
            }
        }
    }
    foot(ui, place(rect.bottom() - 24.0), cx);
}

/// Train, or Pause in a ring of progress with the time left above it.
fn foot(ui: &mut Ui, place: Rect, cx: &mut Cx<'_>) {
    let next = cx.session.next_step();
    if let (NextStep::Pause, Some(status)) = (next, cx.session.status()) {
        let fraction = status.step as f32 / status.last_step.max(1) as f32;
        progress::ring(ui.painter(), place.center(), 15.0, fraction, &cx.theme);
        let left = (status.last_step.saturating_sub(status.step)) as f32 / status.steps_per_s.max(1e-3);
        let above = pos2(place.center().x, place.top() - 6.0);
        ui.painter().text(above, Align2::CENTER_BOTTOM, number::time_left(left), theme::small(), cx.theme.weak);
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
