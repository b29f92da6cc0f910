//! Path: two clicks set A and B; the letters and the place between them are dragged; the tray shows the walk.

use super::{Scene, arrow_keys, is_for_tool, pan_cursor};
use crate::latent::path::PathSpec;
use crate::session::{Action, PathEnd};
use crate::ui::context::Cx;
use crate::ui::samples::Tiles;
use crate::ui::theme;
use crate::worker::ViewId;
use eframe::egui::{
    Align2, Color32, CursorIcon, Painter, PointerButton, Pos2, Rect, Response, Shape, Stroke, StrokeKind, Ui,
    Vec2, pos2, vec2,
};

const LETTERS: [&str; 2] = ["A", "B"];
/// How near the pointer takes a letter or the line, in points.
const GRAB: f32 = 12.0;
/// How near a code the pointer must be to stand on it.
const SNAP: f32 = 6.0;
/// Side of a picture beside a letter.
const THUMBNAIL: f32 = 56.0;
/// Pieces that a curved line is drawn in.
const PIECES: usize = 48;

/// The drag in hand.
#[derive(Default)]
pub struct PathTool {
    drag: Option<Drag>,
}

#[derive(Clone, Copy, PartialEq)]
enum Drag {
    /// A letter.
    End(usize),
    /// The place on the path that is looked at.
    Walk,
}

impl PathTool {
    /// Answers the pointer and the keys and draws the path.
    pub fn show(&mut self, ui: &Ui, response: &Response, scene: &Scene<'_>, cx: &mut Cx<'_>) {
        keys(ui, response, scene, cx);
        // A button that is let go outside the plane is let go all the same.
        if !ui.input(|i| i.pointer.primary_down()) && !response.drag_stopped() {
            self.drag = None;
        }
        let pointer = response.hover_pos().filter(|_| response.hovered() || response.dragged());
        let pointer = pointer.filter(|_| !pan_cursor(ui, response));
        let next = cx.session.spec().path.ends.iter().position(Option::is_none);
        paint(ui, scene, pointer, cx);
        match (next, pointer) {
            (Some(end), Some(at)) => travel(ui, response, scene, (end, at), cx),
            (None, Some(at)) => self.drag(ui, response, scene, at, cx),
            (_, None) if cx.window.plane_under.is_none() && cx.session.path_hover().is_some() => {
                cx.send(Action::HoverEnd(None));
            }
            _ => {}
        }
    }

    /// Drags of a whole path's letters and of the place between them; a click elsewhere begins another path.
    fn drag(&mut self, ui: &Ui, response: &Response, scene: &Scene<'_>, at: Pos2, cx: &mut Cx<'_>) {
        let Some(path) = cx.session.path_of(scene.slot) else { return };
        let origin = ui.input(|i| i.pointer.press_origin());
        if response.drag_started_by(PointerButton::Primary) && is_for_tool(ui) {
            self.drag = origin.and_then(|origin| grabbed(origin, &path, scene));
            if matches!(self.drag, Some(Drag::End(_))) {
                cx.send(Action::BeginGesture);
            }
        }
        if response.dragged_by(PointerButton::Primary) {
            match self.drag {
                Some(Drag::End(end)) => {
                    cx.window.path_focus = end;
                    cx.send(Action::SetEnd(end, Some(end_at(at, scene, cx))));
                }
                Some(Drag::Walk) => {
                    cx.window.playing = None;
                    cx.send(Action::LookAt(Some(nearest_t(at, &path, scene).0)));
                }
                None => {}
            }
        }
        if response.drag_stopped_by(PointerButton::Primary) && self.drag.take().is_some() {
            cx.window.hints_done[6] += 1;
        }
        let under = self.drag.or_else(|| grabbed(at, &path, scene));
        if response.clicked_by(PointerButton::Primary) && is_for_tool(ui) {
            match under {
                Some(Drag::Walk) => cx.send(Action::LookAt(Some(nearest_t(at, &path, scene).0))),
                Some(Drag::End(end)) => {
                    cx.window.path_focus = end;
                    cx.send(Action::LookAt(Some(end as f32)));
                }
                None => {
                    let start = end_at(at, scene, cx);
                    cx.send(Action::BeginGesture);
                    cx.send(Action::SetEnd(1, None));
                    cx.send(Action::SetEnd(0, Some(start)));
                    cx.window.playing = None;
                }
            }
        }
        ui.ctx().set_cursor_icon(match (self.drag, under) {
            (Some(_), _) => CursorIcon::Grabbing,
            (None, Some(_)) => CursorIcon::Grab,
            (None, None) => CursorIcon::Default,
        });
    }
}

/// The next letter travels with the pointer until a click sets it down.
fn travel(ui: &Ui, response: &Response, scene: &Scene<'_>, (end, at): (usize, Pos2), cx: &mut Cx<'_>) {
    let place = end_at(at, scene, cx);
    let (mut tip, mut code) = (at, scene.code(at));
    if let PathEnd::Sample(sample) = place
        && let Some(z) = cx.session.code_by(scene.slot, sample)
    {
        tip = scene.place(&z);
        ui.painter().circle_stroke(tip, 6.0, Stroke::new(1.5, cx.theme.accent));
        code = z;
    }
    if end == 1 && cx.session.path_hover() != Some(&place) {
        cx.send(Action::HoverEnd(Some(place.clone())));
    }
    letter(ui.painter(), tip + vec2(18.0, 16.0), LETTERS[end], cx);
    cx.look(scene.slot, code);
    if response.clicked_by(PointerButton::Primary) && is_for_tool(ui) {
        cx.send(Action::SetEnd(end, Some(place)));
        cx.window.path_focus = end;
        cx.window.hints_done[4 + end] += 1;
    }
}

/// The end at a place: a sample where one is near, else the place itself.
fn end_at(at: Pos2, scene: &Scene<'_>, cx: &Cx<'_>) -> PathEnd {
    let place = || PathEnd::Place { slot: scene.slot, z: scene.code(at) };
    scene.sample_at(at, SNAP, cx).map_or_else(place, PathEnd::Sample)
}

/// What a press at `at` takes hold of.
fn grabbed(at: Pos2, path: &PathSpec, scene: &Scene<'_>) -> Option<Drag> {
    let ends = [&path.from, &path.to].map(|z| scene.place(z).distance(at));
    let nearer = usize::from(ends[1] < ends[0]);
    if ends[nearer] <= GRAB {
        return Some(Drag::End(nearer));
    }
    (nearest_t(at, path, scene).1 <= GRAB).then_some(Drag::Walk)
}

/// The place on the drawn line nearest to `at`, 0 to 1, and its distance in points.
fn nearest_t(at: Pos2, path: &PathSpec, scene: &Scene<'_>) -> (f32, f32) {
    let line = line(path, scene);
    let mut best = (0.0, f32::INFINITY);
    for (i, piece) in line.windows(2).enumerate() {
        let along = piece[1] - piece[0];
        let share = ((at - piece[0]).dot(along) / along.length_sq().max(1e-6)).clamp(0.0, 1.0);
        let distance = (piece[0] + along * share).distance(at);
        if distance < best.1 {
            best = ((i as f32 + share) / PIECES as f32, distance);
        }
    }
    best
}

fn line(path: &PathSpec, scene: &Scene<'_>) -> Vec<Pos2> {
    (0..=PIECES).map(|i| scene.place(&path.at(i as f32 / PIECES as f32))).collect()
}

/// Places that names would cover.
pub fn covered(scene: &Scene<'_>, cx: &Cx<'_>) -> Vec<Rect> {
    let Some(path) = cx.session.path_of(scene.slot) else { return Vec::new() };
    let mut covered: Vec<Rect> =
        line(&path, scene).into_iter().map(|at| Rect::from_center_size(at, Vec2::splat(10.0))).collect();
    if !cx.session.is_compared() {
        covered.extend(thumbnails(&path, scene));
    }
    covered
}

/// Where the pictures of both ends lie: beside their letters, on the side away from the line.
fn thumbnails(path: &PathSpec, scene: &Scene<'_>) -> [Rect; 2] {
    let [a, b] = [scene.place(&path.from), scene.place(&path.to)];
    [(a, b), (b, a)].map(|(end, other)| {
        let away = THUMBNAIL / 2.0 + 16.0;
        // An end that lies straight above or below the other has its picture on the left.
        let mut x = if end.x > other.x + 8.0 { end.x + away } else { end.x - away };
        if !(scene.view.rect.left() + 4.0..scene.view.rect.right() - 4.0)
            .contains(&(x + (x - end.x).signum() * 28.0))
        {
            x = 2.0 * end.x - x;
        }
        let top = scene.view.rect.top() + 50.0 + THUMBNAIL / 2.0;
        let bottom = (scene.view.rect.bottom() - 8.0 - THUMBNAIL / 2.0).max(top);
        Rect::from_center_size(pos2(x, end.y.clamp(top, bottom)), Vec2::splat(THUMBNAIL))
    })
}

fn paint(ui: &Ui, scene: &Scene<'_>, pointer: Option<Pos2>, cx: &mut Cx<'_>) {
    let painter = ui.painter();
    let is_whole = cx.session.spec().path.ends.iter().all(Option::is_some);
    let Some(path) = cx.session.path_of(scene.slot) else {
        if let Some(a) = cx.session.end_of(scene.slot, 0) {
            letter(painter, scene.place(&a), LETTERS[0], cx);
        }
        return;
    };
    let points = line(&path, scene);
    painter.add(Shape::line(points.clone(), Stroke::new(6.0, cx.theme.plane.gamma_multiply(0.9))));
    let stroke = Stroke::new(2.0, cx.theme.accent);
    if is_whole {
        painter.add(Shape::line(points, stroke));
    } else if pointer.is_some() || cx.session.is_compared() {
        painter.extend(Shape::dashed_line(&points, stroke, 6.0, 5.0));
    }
    let rim = Stroke::new(1.5, cx.theme.plane);
    for step in 1..path.steps - 1 {
        painter.circle(scene.place(&path.at(path.t_of(step))), 3.5, cx.theme.accent, rim);
    }
    // Side by side the strips below show them.
    if !cx.session.is_compared() {
        pictures(ui, &path, scene, is_whole, cx);
    }
    if let Some(t) = cx.session.path_t() {
        painter.circle(scene.place(&path.at(t)), 7.0, cx.theme.accent, rim);
    }
    letter(painter, scene.place(&path.from), LETTERS[0], cx);
    if is_whole {
        letter(painter, scene.place(&path.to), LETTERS[1], cx);
    }
}

/// The decoded pictures of both ends beside their letters.
fn pictures(ui: &Ui, path: &PathSpec, scene: &Scene<'_>, is_whole: bool, cx: &mut Cx<'_>) {
    let Some(tiles) = Tiles::of_view(ui, scene.slot, ViewId::Path, cx) else { return };
    let size = tiles.fitted(Vec2::splat(THUMBNAIL));
    for (end, place) in thumbnails(path, scene).into_iter().enumerate() {
        if end == 1 && !is_whole {
            continue;
        }
        let place = Rect::from_center_size(place.center(), size);
        ui.painter().add(cx.theme.card_shadow().as_shape(place, theme::TILE_RADIUS));
        ui.painter().rect_filled(place, theme::TILE_RADIUS, cx.theme.field);
        // The pictures may still be those of a path with another number of steps.
        tiles.paint(ui, if end == 0 { 0 } else { tiles.columns().saturating_sub(1) }, place);
        let frame = Stroke::new(1.0, cx.theme.accent);
        ui.painter().rect_stroke(place, theme::TILE_RADIUS, frame, StrokeKind::Outside);
    }
}

fn letter(painter: &Painter, at: Pos2, letter: &str, cx: &Cx<'_>) {
    let ink: Color32 = cx.theme.on_accent;
    painter.circle(at, 11.0, cx.theme.accent, Stroke::new(1.5, cx.theme.plane));
    painter.text(at, Align2::CENTER_CENTER, letter, theme::semibold(13.0), ink);
}

/// A and B set an end at the pointer, or at the kept point; arrows move the end touched last.
fn keys(ui: &Ui, response: &Response, scene: &Scene<'_>, cx: &mut Cx<'_>) {
    let Some(slot) = cx.session.spec().slot_of(scene.slot) else { return };
    for end in 0..2 {
        if scene.has_keys(cx) && std::mem::take(&mut cx.window.set_end[end]) {
            let place = match response.hover_pos().filter(|_| response.hovered()) {
                Some(at) => end_at(at, scene, cx),
                None => PathEnd::Place { slot: scene.slot, z: slot.z.clone() },
            };
            cx.window.path_focus = end;
            cx.send(Action::SetEnd(end, Some(place)));
        }
    }
    let focus = cx.window.path_focus;
    let Some(z) = cx.session.end_of(scene.slot, focus) else { return };
    if let Some([x, y]) = arrow_keys(ui, response, scene, cx) {
        let step = scene.view.rect.width() / scene.view.scale / 50.0;
        let plane = scene.plane;
        let by = |axis: &[f32], dim: usize| axis[dim] * step;
        let z = z.iter().enumerate().map(|(dim, z)| z + x * by(&plane.u, dim) + y * by(&plane.v, dim)).collect();
        cx.send(Action::SetEnd(focus, Some(PathEnd::Place { slot: scene.slot, z })));
    }
}
