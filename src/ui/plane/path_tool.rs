//! Path: two clicks set A and B; the letters and the place between them are dragged; the tray shows the walk.

use super::codes::CodeLayer;
use super::{View, arrow_keys, is_for_tool, pan_cursor};
use crate::latent::path::PathSpec;
use crate::session::{Action, PathEnd};
use crate::ui::context::Cx;
use crate::ui::textures::color_image;
use crate::ui::theme;
use crate::worker::ViewId;
use eframe::egui::{
    Align2, Color32, CursorIcon, Image, Painter, PointerButton, Pos2, Rect, Response, Shape, Stroke, StrokeKind,
    Ui, Vec2, pos2, vec2,
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
    pub fn show(&mut self, ui: &Ui, response: &Response, view: &View, codes: &CodeLayer, cx: &mut Cx<'_>) {
        if cx.session.hover().is_some() {
            cx.send(Action::Hover(None));
        }
        keys(ui, response, view, codes, cx);
        // A button that is let go outside the plane is let go all the same.
        if !ui.input(|i| i.pointer.primary_down()) && !response.drag_stopped() {
            self.drag = None;
        }
        let pointer = response.hover_pos().filter(|_| response.hovered() || response.dragged());
        let pointer = pointer.filter(|_| !pan_cursor(ui, response));
        let next = cx.session.spec().path.ends.iter().position(Option::is_none);
        paint(ui, view, pointer, cx);
        match (next, pointer) {
            (Some(end), Some(at)) => travel(ui, response, view, codes, (end, at), cx),
            (None, Some(at)) => self.drag(ui, response, view, codes, at, cx),
            (_, None) if cx.session.path_hover().is_some() => cx.send(Action::HoverEnd(None)),
            _ => {}
        }
    }

    /// Drags of a whole path's letters and of the place between them; a click elsewhere begins another path.
    fn drag(&mut self, ui: &Ui, response: &Response, view: &View, codes: &CodeLayer, at: Pos2, cx: &mut Cx<'_>) {
        let Some(path) = cx.session.path() else { return };
        let origin = ui.input(|i| i.pointer.press_origin());
        if response.drag_started_by(PointerButton::Primary) && is_for_tool(ui) {
            self.drag = origin.and_then(|origin| grabbed(origin, &path, view, cx));
            if matches!(self.drag, Some(Drag::End(_))) {
                cx.send(Action::BeginGesture);
            }
        }
        if response.dragged_by(PointerButton::Primary) {
            match self.drag {
                Some(Drag::End(end)) => {
                    cx.window.path_focus = end;
                    cx.send(Action::SetEnd(end, Some(end_at(view, at, codes, cx))));
                }
                Some(Drag::Walk) => {
                    cx.window.playing = None;
                    cx.send(Action::LookAt(Some(nearest_t(at, &path, view, cx).0)));
                }
                None => {}
            }
        }
        if response.drag_stopped_by(PointerButton::Primary) && self.drag.take().is_some() {
            cx.window.hints_done[6] += 1;
        }
        let under = self.drag.or_else(|| grabbed(at, &path, view, cx));
        if response.clicked_by(PointerButton::Primary) && is_for_tool(ui) {
            match under {
                Some(Drag::Walk) => cx.send(Action::LookAt(Some(nearest_t(at, &path, view, cx).0))),
                Some(Drag::End(end)) => {
                    cx.window.path_focus = end;
                    cx.send(Action::LookAt(Some(end as f32)));
                }
                None => {
                    let start = end_at(view, at, codes, cx);
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
fn travel(
    ui: &Ui,
    response: &Response,
    view: &View,
    codes: &CodeLayer,
    (end, at): (usize, Pos2),
    cx: &mut Cx<'_>,
) {
    let place = end_at(view, at, codes, cx);
    let mut tip = at;
    if place.sample.is_some() {
        tip = view.screen(cx.session.plane().plot_from_z(&place.z));
        ui.painter().circle_stroke(tip, 6.0, Stroke::new(1.5, cx.theme.accent));
    }
    if end == 1 && cx.session.path_hover() != Some(&place) {
        cx.send(Action::HoverEnd(Some(place.clone())));
    }
    letter(ui.painter(), tip + vec2(18.0, 16.0), LETTERS[end], cx);
    if response.clicked_by(PointerButton::Primary) && is_for_tool(ui) {
        cx.send(Action::SetEnd(end, Some(place)));
        cx.window.path_focus = end;
        cx.window.hints_done[4 + end] += 1;
    }
}

/// The code at a place: a sample's where one is near, else where the place itself is on the plane.
fn end_at(view: &View, at: Pos2, codes: &CodeLayer, cx: &Cx<'_>) -> PathEnd {
    let code = codes.nearest(view, at, SNAP, cx.session);
    let sample = code.and_then(|code| cx.session.cloud()?.indices.get(code as usize).copied());
    match sample.and_then(|sample| Some((sample, cx.session.code_of(sample)?))) {
        Some((sample, z)) => PathEnd { z, sample: Some(sample) },
        None => PathEnd { z: cx.session.plane().z_from_plot(view.plot(at)), sample: None },
    }
}

fn on_screen(z: &[f32], view: &View, cx: &Cx<'_>) -> Pos2 {
    view.screen(cx.session.plane().plot_from_z(z))
}

/// What a press at `at` takes hold of.
fn grabbed(at: Pos2, path: &PathSpec, view: &View, cx: &Cx<'_>) -> Option<Drag> {
    let ends = [&path.from, &path.to].map(|z| on_screen(z, view, cx).distance(at));
    let nearer = usize::from(ends[1] < ends[0]);
    if ends[nearer] <= GRAB {
        return Some(Drag::End(nearer));
    }
    (nearest_t(at, path, view, cx).1 <= GRAB).then_some(Drag::Walk)
}

/// The place on the drawn line nearest to `at`, 0 to 1, and its distance in points.
fn nearest_t(at: Pos2, path: &PathSpec, view: &View, cx: &Cx<'_>) -> (f32, f32) {
    let line = line(path, view, cx);
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

fn line(path: &PathSpec, view: &View, cx: &Cx<'_>) -> Vec<Pos2> {
    (0..=PIECES).map(|i| on_screen(&path.at(i as f32 / PIECES as f32), view, cx)).collect()
}

/// Places that names would cover.
pub fn covered(view: &View, cx: &Cx<'_>) -> Vec<Rect> {
    let Some(path) = cx.session.path() else { return Vec::new() };
    let mut covered: Vec<Rect> =
        line(&path, view, cx).into_iter().map(|at| Rect::from_center_size(at, Vec2::splat(10.0))).collect();
    covered.extend(thumbnails(&path, view, cx));
    covered
}

/// Where the pictures of both ends lie: beside their letters, on the side away from the line.
fn thumbnails(path: &PathSpec, view: &View, cx: &Cx<'_>) -> [Rect; 2] {
    let [a, b] = [on_screen(&path.from, view, cx), on_screen(&path.to, view, cx)];
    [(a, b), (b, a)].map(|(end, other)| {
        let away = THUMBNAIL / 2.0 + 16.0;
        // An end that lies straight above or below the other has its picture on the left.
        let mut x = if end.x > other.x + 8.0 { end.x + away } else { end.x - away };
        if !(view.rect.left() + 4.0..view.rect.right() - 4.0).contains(&(x + (x - end.x).signum() * 28.0)) {
            x = 2.0 * end.x - x;
        }
        let top = view.rect.top() + 50.0 + THUMBNAIL / 2.0;
        let bottom = (view.rect.bottom() - 8.0 - THUMBNAIL / 2.0).max(top);
        Rect::from_center_size(pos2(x, end.y.clamp(top, bottom)), Vec2::splat(THUMBNAIL))
    })
}

fn paint(ui: &Ui, view: &View, pointer: Option<Pos2>, cx: &mut Cx<'_>) {
    let painter = ui.painter();
    let ends = cx.session.spec().path.ends.clone();
    let Some(path) = cx.session.path() else {
        if let Some(a) = &ends[0] {
            letter(painter, on_screen(&a.z, view, cx), LETTERS[0], cx);
        }
        return;
    };
    let is_whole = ends.iter().all(Option::is_some);
    let points = line(&path, view, cx);
    painter.add(Shape::line(points.clone(), Stroke::new(6.0, cx.theme.plane.gamma_multiply(0.9))));
    let stroke = Stroke::new(2.0, cx.theme.accent);
    if is_whole {
        painter.add(Shape::line(points, stroke));
    } else if pointer.is_some() {
        painter.extend(Shape::dashed_line(&points, stroke, 6.0, 5.0));
    }
    let rim = Stroke::new(1.5, cx.theme.plane);
    for step in 1..path.steps - 1 {
        painter.circle(on_screen(&path.at(path.t_of(step)), view, cx), 3.5, cx.theme.accent, rim);
    }
    pictures(ui, &path, view, is_whole, cx);
    if let Some(t) = cx.session.path_t() {
        painter.circle(on_screen(&path.at(t), view, cx), 7.0, cx.theme.accent, rim);
    }
    letter(painter, on_screen(&path.from, view, cx), LETTERS[0], cx);
    if is_whole {
        letter(painter, on_screen(&path.to, view, cx), LETTERS[1], cx);
    }
}

/// The decoded pictures of both ends beside their letters.
fn pictures(ui: &Ui, path: &PathSpec, view: &View, is_whole: bool, cx: &mut Cx<'_>) {
    let Some(picture) = cx.session.picture(ViewId::Path) else { return };
    let picture_columns = picture.columns;
    let texture = cx.textures.get(ui.ctx(), "path", picture.stamp, || color_image(picture.tiles()));
    // The picture may still be that of a path with another number of steps.
    let n = picture_columns as f32;
    for (end, place) in thumbnails(path, view, cx).into_iter().enumerate() {
        if end == 1 && !is_whole {
            continue;
        }
        let left = if end == 0 { 0.0 } else { 1.0 - 1.0 / n };
        let uv = Rect::from_min_max(pos2(left, 0.0), pos2(left + 1.0 / n, 1.0));
        ui.painter().add(cx.theme.card_shadow().as_shape(place, theme::TILE_RADIUS));
        Image::new(&texture).uv(uv).corner_radius(theme::TILE_RADIUS).paint_at(ui, place);
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
fn keys(ui: &Ui, response: &Response, view: &View, codes: &CodeLayer, cx: &mut Cx<'_>) {
    for end in 0..2 {
        if std::mem::take(&mut cx.window.set_end[end]) {
            let place = match response.hover_pos().filter(|_| response.hovered()) {
                Some(at) => end_at(view, at, codes, cx),
                None => PathEnd { z: cx.session.slot().z.clone(), sample: None },
            };
            cx.window.path_focus = end;
            cx.send(Action::SetEnd(end, Some(place)));
        }
    }
    let focus = cx.window.path_focus;
    let Some(z) = cx.session.spec().path.ends[focus].as_ref().map(|end| end.z.clone()) else { return };
    if let Some([x, y]) = arrow_keys(ui, response) {
        let step = view.rect.width() / view.scale / 50.0;
        let mut z = z;
        let [x_dim, y_dim] = cx.session.slot().axes;
        z[x_dim] += x * step;
        if y_dim != x_dim {
            z[y_dim] += y * step;
        }
        cx.send(Action::SetEnd(focus, Some(PathEnd { z, sample: None })));
    }
}
