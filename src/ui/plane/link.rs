//! What links the planes of models that are compared: the sample under the pointer, and the one that was clicked.

use super::View;
use crate::session::Action;
use crate::ui::context::Cx;
use crate::ui::theme;
use eframe::egui::{Painter, PointerButton, Rect, Response, Stroke, StrokeKind, Ui, pos2, vec2};

/// Points at a sample on every plane, and marks it at a click.
pub fn send(sample: Option<u32>, response: &Response, cx: &mut Cx<'_>) {
    if cx.session.linked() != sample {
        cx.send(Action::Link(sample));
    }
    if response.clicked_by(PointerButton::Primary) {
        cx.send(Action::Mark(sample));
    }
}

/// Rings around the codes of the linked and the marked sample; `place` gives a sample's code in plot coordinates.
pub fn rings(painter: &Painter, view: &View, place: &dyn Fn(u32) -> Option<[f32; 2]>, cx: &Cx<'_>) {
    for (sample, radius) in [(cx.session.marked(), 9.0), (cx.session.linked(), 6.5)] {
        let Some(at) = sample.and_then(place).map(|at| view.screen(at)) else { continue };
        // A casing in the plane's colour keeps it visible on dense codes.
        painter.circle_stroke(at, radius, Stroke::new(4.0, cx.theme.plane));
        painter.circle_stroke(at, radius, Stroke::new(1.5, cx.theme.accent));
    }
}

/// What a plane is of, at its top.
pub fn title(ui: &Ui, rect: Rect, name: &str, cx: &Cx<'_>) {
    let galley = ui.painter().layout_no_wrap(name.to_owned(), theme::semibold(13.0), cx.theme.text);
    let size = galley.size() + vec2(24.0, 10.0);
    let pill = Rect::from_min_size(pos2(rect.center().x - size.x / 2.0, rect.top() + 12.0), size);
    let fill = cx.theme.panel.gamma_multiply(0.92);
    ui.painter().rect(pill, 14, fill, Stroke::new(1.0, cx.theme.pressed), StrokeKind::Inside);
    ui.painter().galley(pill.min + vec2(12.0, 5.0), galley, cx.theme.text);
}
