//! Explore: the decoder answers wherever the pointer is; a click keeps the point.

use super::codes::CodeLayer;
use super::{View, arrow_keys, is_for_tool, lens, pan_cursor};
use crate::session::Action;
use crate::ui::context::Cx;
use crate::ui::theme::Theme;
use eframe::egui::{CursorIcon, Key, Modifiers, Painter, PointerButton, Pos2, Response, Stroke, Ui, vec2};

/// Answers the pointer and the keys and draws kept point, reticle and lens.
pub fn show(ui: &Ui, response: &Response, view: &View, codes: &CodeLayer, cx: &mut Cx<'_>) {
    kept_point(ui.painter(), view, cx);
    keys(ui, response, view, cx);
    let pointer = response.hover_pos().filter(|_| response.hovered() || response.dragged());
    let Some(at) = pointer.filter(|_| !pan_cursor(ui, response)) else {
        if cx.session.hover().is_some() {
            cx.send(Action::Hover(None));
        }
        return;
    };
    let z = cx.session.plane().z_from_plot(view.plot(at));
    if cx.session.hover() != Some(&z[..]) {
        cx.send(Action::Hover(Some(z.clone())));
    }
    keep(ui, response, z, cx);
    ui.ctx().set_cursor_icon(CursorIcon::None);
    reticle(ui.painter(), at, &cx.theme);
    lens::of_pointer(ui, at, view, codes, cx);
}

fn keep(ui: &Ui, response: &Response, z: Vec<f32>, cx: &mut Cx<'_>) {
    if !is_for_tool(ui) {
        return;
    }
    if response.drag_started_by(PointerButton::Primary) {
        cx.send(Action::BeginGesture);
    }
    if response.clicked_by(PointerButton::Primary) || response.dragged_by(PointerButton::Primary) {
        cx.send(Action::Keep(z));
    }
    if response.clicked_by(PointerButton::Primary) {
        cx.window.hints_done[0] += 1;
    }
}

/// Arrows move the kept point by a fiftieth of the view; Enter keeps what is under the reticle.
fn keys(ui: &Ui, response: &Response, view: &View, cx: &mut Cx<'_>) {
    if let Some([x, y]) = arrow_keys(ui, response) {
        let step = view.rect.width() / view.scale / 50.0;
        let plane = cx.session.plane();
        let [px, py] = plane.plot_from_z(&cx.session.slot().z);
        cx.send(Action::Keep(plane.z_from_plot([px + x * step, py + y * step])));
    }
    let enter = response.has_focus() && ui.input_mut(|i| i.consume_key(Modifiers::NONE, Key::Enter));
    if enter && let Some(z) = cx.session.hover() {
        cx.send(Action::Keep(z.to_vec()));
    }
}

fn kept_point(painter: &Painter, view: &View, cx: &Cx<'_>) {
    if cx.session.model().is_none() {
        return;
    }
    let at = view.screen(cx.session.plane().plot_from_z(&cx.session.slot().z));
    painter.circle(at, 5.5, cx.theme.accent, Stroke::new(1.5, cx.theme.plane));
}

fn reticle(painter: &Painter, at: Pos2, theme: &Theme) {
    // A casing in the plane's colour keeps it visible on dense codes.
    for (width, colour) in [(4.0, theme.plane), (1.5, theme.accent)] {
        let stroke = Stroke::new(width, colour);
        painter.circle_stroke(at, 8.0, stroke);
        for direction in [vec2(1.0, 0.0), vec2(-1.0, 0.0), vec2(0.0, 1.0), vec2(0.0, -1.0)] {
            painter.line_segment([at + direction * 8.0, at + direction * 14.0], stroke);
        }
    }
}
