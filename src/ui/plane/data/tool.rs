//! Explore on the plane of the data: a sample under the pointer is looked at, a click picks it.

use super::super::{Scene, input::is_for_tool, input::pan_cursor, lens};
use crate::session::Action;
use crate::ui::context::{Cx, Pointing};
use eframe::egui::{PointerButton, Response, Ui};

/// What is pointed at.
#[derive(Default)]
pub struct PointTool {
    pointing: Pointing,
}

impl PointTool {
    /// Answers the pointer.
    pub fn show(&mut self, ui: &Ui, response: &Response, scene: &Scene<'_>, cx: &mut Cx<'_>) {
        let pans = pan_cursor(ui, response);
        // A code that was looked at on a plane of codes is under no pointer here.
        if cx.session.hover_of(scene.slot).is_some() {
            cx.send(Action::Hover(None));
        }
        let at = response.hover_pos().filter(|_| response.hovered() && !pans);
        let sample = at.and_then(|at| scene.sample_at(at, lens::REACH, cx));
        self.pointing.on_plane(sample, scene.slot, cx);
        if response.clicked_by(PointerButton::Primary) && is_for_tool(ui) {
            let also = ui.input(|i| i.modifiers.command);
            match sample {
                Some(sample) if also => cx.send(Action::PickAlso(sample)),
                Some(_) => cx.send(Action::Pick(sample)),
                None if !also && cx.session.spec().selection.focused.is_some() => cx.send(Action::Pick(None)),
                None => {}
            }
            cx.window.hints_done[0] += 1;
        }
        if let (Some(at), Some(_)) = (at, sample) {
            lens::of_pointer(ui, at, sample, scene, cx);
        } else if at.is_none() && cx.session.is_compared() {
            lens::of_sample(ui, scene, cx);
        }
    }
}
