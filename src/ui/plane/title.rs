//! The line above a plane where several models are on screen: what the model is called, where it stands, and
//! its end.

use super::progress;
use crate::session::{Action, SlotId};
use crate::ui::context::Cx;
use crate::ui::widgets::{IconButton, help};
use crate::ui::{icons, theme};
use eframe::egui::{Align2, CursorIcon, FontId, Rect, Sense, Stroke, Ui, UiBuilder, WidgetInfo, pos2, vec2};

/// Height of the line.
const HEIGHT: f32 = 28.0;

/// Draws the line at the top of `rect` and returns its place.
pub fn show(ui: &mut Ui, rect: Rect, slot: SlotId, cx: &mut Cx<'_>) -> Rect {
    let bar = Rect::from_min_size(rect.min, vec2(rect.width(), HEIGHT));
    let is_active = cx.session.spec().active == slot;
    let (name, stands) = (cx.session.name_of(slot), stands(slot, cx));
    let response = ui.interact(bar, ui.scope_id().with("title"), Sense::click());
    let said = format!("{}, {stands}{}", name.whole(), if is_active { ", active" } else { "" });
    response.widget_info(|| WidgetInfo::selected(eframe::egui::Role::Tab, true, is_active, &said));
    let fill = if response.hovered() && !is_active { cx.theme.hover } else { cx.theme.panel };
    ui.painter().rect_filled(bar, 0, fill);
    let sentence = "Learn, Decode and Loss are about the active model; a click makes this one active.";
    let response = help(response, &name.whole(), sentence, None).on_hover_cursor(CursorIcon::PointingHand);
    if response.clicked() && !is_active {
        cx.send(Action::Activate(slot));
    }
    let mut left = bar.left() + 12.0;
    let right = bar.right() - 34.0;
    let mut word = |text: &str, font: FontId, colour| {
        let room = Rect::from_min_max(pos2(left, bar.top()), pos2(right.max(left), bar.bottom()));
        let painter = ui.painter().with_clip_rect(room.intersect(ui.clip_rect()));
        let at = pos2(left, bar.center().y);
        left = painter.text(at, Align2::LEFT_CENTER, text, font, colour).right() + 8.0;
    };
    // A model of a series is titled by its value, which is what tells it from the others.
    let is_of_series = cx.session.spec().slot_of(slot).is_some_and(|slot| slot.is_in_series);
    if is_of_series && !name.differs.is_empty() {
        word(&name.differs, theme::semibold(13.0), cx.theme.text);
        word(&format!("{} · {stands}", name.kind), theme::small(), cx.theme.weak);
    } else {
        word(&name.kind, theme::semibold(13.0), cx.theme.text);
        let weak = if name.differs.is_empty() { stands } else { format!("{} · {stands}", name.differs) };
        word(&weak, theme::small(), cx.theme.weak);
    }
    close(ui, bar, slot, &name.whole(), cx);
    underline(ui, bar, slot, is_active, cx);
    bar
}

/// Where the training stands: the epoch while it runs, else what is done.
fn stands(slot: SlotId, cx: &Cx<'_>) -> String {
    let Some(status) = cx.session.status_of(slot).filter(|_| cx.session.runs(slot)) else {
        return cx.session.stands(slot);
    };
    let epochs = status.last_step.div_ceil(status.steps_per_epoch);
    format!("epoch {} of {epochs}", (status.step / status.steps_per_epoch + 1).min(epochs))
}

fn close(ui: &mut Ui, bar: Rect, slot: SlotId, name: &str, cx: &mut Cx<'_>) {
    let place = Rect::from_center_size(pos2(bar.right() - 18.0, bar.center().y), vec2(26.0, 26.0));
    let mut corner = ui.new_child(UiBuilder::new().id_salt("close").max_rect(place));
    let title = format!("Take {name} away");
    let button = corner.add(IconButton::new(icons::X, &title));
    if help(button, &title, "The other models stay; Ctrl Z brings it back.", None).clicked() {
        cx.send(Action::RemoveSlot(slot));
    }
}

/// The accent line under the active model's title; while a model is trained it fills with the plan's
/// progress.
fn underline(ui: &Ui, bar: Rect, slot: SlotId, is_active: bool, cx: &Cx<'_>) {
    let y = bar.bottom() - 1.0;
    ui.painter().hline(bar.x_range(), bar.bottom() - 0.5, Stroke::new(1.0, cx.theme.hairline));
    let training = progress(slot, cx).filter(|_| cx.session.runs(slot));
    let ground = if training.is_some() { cx.theme.track_filled } else { cx.theme.accent };
    if is_active {
        ui.painter().hline(bar.x_range(), y, Stroke::new(2.0, ground));
    }
    if let Some(fraction) = training {
        let right = bar.left() + bar.width() * fraction;
        ui.painter().hline(bar.left()..=right, y, Stroke::new(2.0, cx.theme.accent));
    }
}
