//! Explore: the decoder answers wherever the pointer is; a click keeps the point.

use super::{Scene, arrow_keys, enter_key, is_for_tool, lens, pan_cursor};
use crate::session::{Action, Anchor, AxisFit};
use crate::ui::context::Cx;
use crate::ui::layout::IN_A_ROW;
use crate::ui::theme::Theme;
use crate::ui::widgets::help;
use eframe::egui::{
    CursorIcon, Painter, PointerButton, Pos2, Rect, Response, Role, Sense, Shape, Stroke, Ui, Vec2, WidgetInfo,
    vec2,
};

/// How far from the plane's edge an arrow points to the kept point beyond it.
const ARROW: f32 = 20.0;

/// Where the pointer was, and whether a sample there was pointed at.
#[derive(Default)]
pub struct ExploreTool {
    pointer: Option<Pos2>,
    points: bool,
}

impl ExploreTool {
    /// Answers the pointer and the keys and draws kept point, reticle and lens.
    pub fn show(&mut self, ui: &Ui, response: &Response, scene: &Scene<'_>, cx: &mut Cx<'_>) {
        kept_point(ui, scene, cx);
        keys(ui, response, scene, cx);
        let pointer = response.hover_pos().filter(|_| response.hovered() || response.dragged());
        let Some(at) = pointer.filter(|_| !pan_cursor(ui, response)) else {
            return self.leave(ui, scene, cx);
        };
        let sample = scene.sample_at(at, lens::REACH, cx);
        let z = code_at(at, sample, scene, cx);
        // After a key the kept point is looked at, until the pointer moves.
        let has_moved = self.pointer.replace(at) != Some(at);
        if has_moved || cx.session.hover_of(scene.slot).is_some() {
            if cx.session.hover_of(scene.slot) != Some(&z[..]) {
                cx.send(Action::Hover(Some((scene.slot, z.clone()))));
            }
            self.points = sample.is_some();
            if cx.session.spec().selection.hovered != sample {
                cx.send(Action::Point(sample));
            }
        }
        keep(ui, response, sample, z, scene, cx);
        ui.ctx().set_cursor_icon(CursorIcon::None);
        reticle(ui.painter(), at, &cx.theme);
        lens::of_pointer(ui, at, sample, scene, cx);
    }

    /// The pointer is elsewhere: what it looked at here is let go, and the sample that is looked at on
    /// another plane shown.
    fn leave(&mut self, ui: &Ui, scene: &Scene<'_>, cx: &mut Cx<'_>) {
        self.pointer = None;
        let pointed = std::mem::take(&mut self.points);
        // On another plane it looks at something else by now, which must not be taken back.
        if cx.window.plane_under.is_none_or(|under| under == scene.slot) {
            if cx.session.hover_of(scene.slot).is_some() {
                cx.send(Action::Hover(None));
            }
            if pointed {
                cx.send(Action::Point(None));
            }
        }
        // In a mosaic one lens is enough, that of the pointer.
        if (2..=IN_A_ROW).contains(&cx.session.visible().count()) {
            lens::of_sample(ui, scene, cx);
        }
    }
}

/// The code at a place: of many dimensions the whole one of the sample there, else the place itself.
pub fn code_at(at: Pos2, sample: Option<u32>, scene: &Scene<'_>, cx: &Cx<'_>) -> Vec<f32> {
    let has_more = scene.plane.origin.len() > 2;
    let whole = sample.filter(|_| has_more).and_then(|sample| cx.session.code_by(scene.slot, sample));
    whole.unwrap_or_else(|| scene.code(at))
}

/// A click on a code picks its sample, with Ctrl beside others; elsewhere, or in a drag, the place is kept.
fn keep(ui: &Ui, response: &Response, sample: Option<u32>, z: Vec<f32>, scene: &Scene<'_>, cx: &mut Cx<'_>) {
    if !is_for_tool(ui) {
        return;
    }
    if response.drag_started_by(PointerButton::Primary) {
        cx.send(Action::BeginGesture);
    }
    if response.dragged_by(PointerButton::Primary) {
        cx.send(Action::Keep(scene.slot, z));
    } else if response.clicked_by(PointerButton::Primary) {
        let also = ui.input(|i| i.modifiers.command);
        cx.send(match sample {
            Some(sample) if also => Action::PickAlso(sample),
            Some(sample) => Action::Pick(Some(sample)),
            None => Action::Keep(scene.slot, z),
        });
        cx.window.hints_done[0] += 1;
    }
}

/// Arrows move the kept point by a fiftieth of the view; Enter keeps what is under the reticle.
fn keys(ui: &Ui, response: &Response, scene: &Scene<'_>, cx: &mut Cx<'_>) {
    let Some(slot) = cx.session.spec().slot_of(scene.slot) else { return };
    if let Some([x, y]) = arrow_keys(ui, response, scene, cx) {
        let step = scene.view.rect.width() / scene.view.scale / 50.0;
        let [px, py] = scene.plane.plot_from_z(&slot.z);
        cx.send(Action::Keep(scene.slot, scene.plane.z_from_plot([px + x * step, py + y * step])));
    }
    if enter_key(ui, response, scene, cx)
        && let Some(z) = cx.session.hover_of(scene.slot)
    {
        cx.send(Action::Keep(scene.slot, z.to_vec()));
    }
}

/// Draws the kept point; beyond the plane's edge an arrow points to it, and a click there brings it into
/// sight.
pub fn kept_point(ui: &Ui, scene: &Scene<'_>, cx: &mut Cx<'_>) {
    let Some(slot) = cx.session.spec().slot_of(scene.slot) else { return };
    if cx.session.model_of(scene.slot).is_none() {
        return;
    }
    let at = scene.place(&slot.z);
    let room = scene.view.rect.shrink(ARROW);
    if scene.view.rect.contains(at) || !room.is_positive() {
        // The code of a drawing has a mark of its own.
        if slot.anchor != Anchor::Query || cx.session.placed(scene.slot).is_none() {
            ui.painter().circle(at, 5.5, cx.theme.accent, Stroke::new(1.5, cx.theme.plane));
        }
        return;
    }
    let edge = room.clamp(at);
    let direction = (at - edge).normalized();
    let place = Rect::from_center_size(edge, Vec2::splat(24.0));
    let arrow = ui.interact(place, ui.scope_id().with("kept point"), Sense::click_and_drag());
    arrow.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Show the kept point"));
    let across = direction.rot90() * 6.0;
    let corners = vec![edge + direction * 9.0, edge - direction * 4.0 + across, edge - direction * 4.0 - across];
    let line = Stroke::new(1.5, cx.theme.plane);
    ui.painter().add(Shape::convex_polygon(corners, cx.theme.accent, line));
    let sentence = "It lies beyond the edge, in this direction; a click brings it into sight.";
    if help(arrow, "Kept point", sentence, None).clicked() {
        let centre = scene.view.plot(at);
        cx.send(Action::Fit(scene.slot, AxisFit::Fixed { centre, half: scene.view.half() }));
    }
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
