//! What pointer and keys mean on a plane, whatever the tool.

use super::{Scene, View};
use crate::ui::context::Cx;
use eframe::egui::{CursorIcon, Key, Modifiers, PointerButton, Response, Ui, Vec2};
use std::ops::RangeInclusive;

/// Pans and zooms; returns whether the user moved the view.
pub fn navigate(view: &mut View, ends: RangeInclusive<f32>, response: &Response, ui: &Ui) -> bool {
    let space = ui.input(|i| i.key_down(Key::Space)) && !ui.ctx().text_edit_focused();
    let pans = response.dragged_by(PointerButton::Secondary)
        || response.dragged_by(PointerButton::Middle)
        || (space && response.dragged_by(PointerButton::Primary));
    let mut moved = false;
    if pans && response.drag_delta() != Vec2::ZERO {
        view.pan(response.drag_delta());
        moved = true;
    }
    if let Some(pointer) = response.hover_pos() {
        let (wheel, pinch) = ui.input(|i| (i.smooth_scroll_delta().y, i.zoom_delta()));
        let factor = (wheel * 0.004).exp() * pinch;
        if factor != 1.0 {
            moved |= view.zoom(pointer, factor, ends);
        }
    }
    moved
}

/// Whether a primary drag or click belongs to the tool, not to panning.
pub fn is_for_tool(ui: &Ui) -> bool {
    !ui.input(|i| i.key_down(Key::Space)) || ui.ctx().text_edit_focused()
}

/// Whether keys are meant for this plane: it has the focus, or nothing has it.
pub fn listens(ui: &Ui, response: &Response, scene: &Scene<'_>, cx: &Cx<'_>) -> bool {
    let nothing_focused = ui.memory(|memory| memory.focused().is_none());
    let is_covered = !ui.memory(|memory| memory.allows_interaction(ui.layer_id()));
    !is_covered && (response.has_focus() || (nothing_focused && scene.has_keys(cx)))
}

/// Whether Enter was pressed for this plane; takes the key.
pub fn enter_key(ui: &Ui, response: &Response, scene: &Scene<'_>, cx: &Cx<'_>) -> bool {
    listens(ui, response, scene, cx) && ui.input_mut(|i| i.consume_key(Modifiers::NONE, Key::Enter))
}

/// How far the arrow keys ask to move, in units of a fiftieth of the view; None without a key.
pub fn arrow_keys(ui: &Ui, response: &Response, scene: &Scene<'_>, cx: &Cx<'_>) -> Option<[f32; 2]> {
    if !listens(ui, response, scene, cx) {
        return None;
    }
    let held = |key| {
        ui.input_mut(|i| {
            let times = |modifiers, factor: f32| (i.count_and_consume_key(modifiers, key)) as f32 * factor;
            let mut times = times;
            times(Modifiers::SHIFT, 10.0) + times(Modifiers::COMMAND, 0.1) + times(Modifiers::NONE, 1.0)
        })
    };
    let x = held(Key::ArrowRight) - held(Key::ArrowLeft);
    let y = held(Key::ArrowUp) - held(Key::ArrowDown);
    (x != 0.0 || y != 0.0).then_some([x, y])
}

/// The cursor while panning.
pub fn pan_cursor(ui: &Ui, response: &Response) -> bool {
    let pans = response.dragged_by(PointerButton::Secondary)
        || response.dragged_by(PointerButton::Middle)
        || (response.hovered() && !is_for_tool(ui));
    if pans {
        ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
    }
    pans
}
