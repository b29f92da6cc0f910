//! Grid: a rectangle that fills with decoded pictures while it is drawn; then it is moved, resized and read.

use super::{Scene, arrow_keys, is_for_tool, pan_cursor};
use crate::session::{Action, GridRect};
use crate::ui::context::Cx;
use crate::ui::panels::{cell_rect, look_at_cell, square_at};
use crate::worker::ViewId;
use eframe::egui::{
    CursorIcon, Image, Key, Modifiers, PointerButton, Pos2, Rect, Response, Stroke, StrokeKind, Ui, Vec2, pos2,
    vec2,
};

/// How near to a handle the pointer grabs it, in points.
const GRAB: f32 = 12.0;
/// Side of a handle.
const HANDLE: f32 = 8.0;

/// The drag in hand.
#[derive(Default)]
pub struct GridTool {
    drag: Option<Drag>,
}

#[derive(Clone, Copy)]
enum Drag {
    /// A new rectangle from this corner.
    New(Pos2),
    /// The whole rectangle, as it was when the drag began there.
    Move { from: Pos2, rect: Rect },
    /// The edges that a handle moves: −1 left or top, 1 right or bottom, 0 neither.
    Resize { edges: [i8; 2], rect: Rect },
}

impl GridTool {
    /// Answers the pointer and the keys and draws the grid in place.
    pub fn show(&mut self, ui: &Ui, response: &Response, scene: &Scene<'_>, cx: &mut Cx<'_>) {
        let rect = cx.session.grid_rect(scene.slot).map(|bounds| scene.view.screen_rect(bounds));
        if !pan_cursor(ui, response) {
            self.drag(ui, response, rect, scene, cx);
            cursor(ui, response, rect, self.drag);
        }
        keys(ui, response, scene, cx);
        let Some(rect) = rect else { return };
        paint(ui, rect, scene, cx);
        hover_cell(ui, response, rect, scene, cx);
    }

    fn drag(&mut self, ui: &Ui, response: &Response, rect: Option<Rect>, scene: &Scene<'_>, cx: &mut Cx<'_>) {
        let origin = ui.input(|i| i.pointer.press_origin());
        if response.drag_started_by(PointerButton::Primary)
            && is_for_tool(ui)
            && let Some(origin) = origin
        {
            self.drag = Some(begin(origin, rect));
            cx.send(Action::BeginGesture);
        }
        if response.dragged_by(PointerButton::Primary)
            && let (Some(drag), Some(pointer)) = (self.drag, response.interact_pointer_pos())
        {
            let (square, centred) = ui.input(|i| (i.modifiers.shift, i.modifiers.command));
            let dragged = dragged(drag, pointer, square, centred);
            // A rectangle without area decodes to nothing that could be told apart.
            if dragged.width() >= 2.0 && dragged.height() >= 2.0 {
                let bounds = scene.view.plot_bounds(dragged);
                cx.send(Action::SetGrid(Some(GridRect { slot: scene.slot, bounds })));
            }
        }
        if response.drag_stopped_by(PointerButton::Primary) && self.drag.take().is_some() {
            cx.window.hints_done[if rect.is_none() { 1 } else { 2 }] += 1;
        }
    }
}

fn begin(origin: Pos2, rect: Option<Rect>) -> Drag {
    let Some(rect) = rect else { return Drag::New(origin) };
    match handles(rect).into_iter().find(|(_, at)| (*at - origin).abs().max_elem() <= GRAB) {
        Some((edges, _)) => Drag::Resize { edges, rect },
        None if rect.contains(origin) => Drag::Move { from: origin, rect },
        None => Drag::New(origin),
    }
}

/// The rectangle that a drag to `pointer` makes.
fn dragged(drag: Drag, pointer: Pos2, square: bool, centred: bool) -> Rect {
    match drag {
        Drag::New(corner) => {
            let mut size = pointer - corner;
            if square {
                let side = size.abs().max_elem();
                size = vec2(side.copysign(size.x), side.copysign(size.y));
            }
            let start = if centred { corner - size } else { corner };
            Rect::from_two_pos(start, corner + size)
        }
        Drag::Move { from, rect } => rect.translate(pointer - from),
        Drag::Resize { edges: [x, y], rect } => {
            let edge = |side: i8, low: f32, high: f32, to: f32| match side {
                -1 => (to, high),
                1 => (low, to),
                _ => (low, high),
            };
            let (left, right) = edge(x, rect.left(), rect.right(), pointer.x);
            let (top, bottom) = edge(y, rect.top(), rect.bottom(), pointer.y);
            Rect::from_two_pos(pos2(left, top), pos2(right, bottom))
        }
    }
}

/// The eight handles with the edges each one moves.
fn handles(rect: Rect) -> Vec<([i8; 2], Pos2)> {
    let sides = [-1i8, 0, 1];
    let place = |side: i8, low: f32, high: f32| low + (high - low) * f32::from(side + 1) / 2.0;
    sides
        .iter()
        .flat_map(|&x| sides.iter().map(move |&y| [x, y]))
        .filter(|edges| *edges != [0, 0])
        .map(|[x, y]| ([x, y], pos2(place(x, rect.left(), rect.right()), place(y, rect.top(), rect.bottom()))))
        .collect()
}

fn cursor(ui: &Ui, response: &Response, rect: Option<Rect>, drag: Option<Drag>) {
    let Some(pointer) = response.hover_pos() else { return };
    let icon = match drag.unwrap_or_else(|| begin(pointer, rect)) {
        Drag::New(_) => CursorIcon::Crosshair,
        Drag::Move { .. } => CursorIcon::Move,
        Drag::Resize { edges: [0, _], .. } => CursorIcon::ResizeVertical,
        Drag::Resize { edges: [_, 0], .. } => CursorIcon::ResizeHorizontal,
        Drag::Resize { edges: [x, y], .. } if x == y => CursorIcon::ResizeNwSe,
        Drag::Resize { .. } => CursorIcon::ResizeNeSw,
    };
    ui.ctx().set_cursor_icon(icon);
}

/// Enter lays a square at the kept point; arrows move the grid, with Shift they resize it.
fn keys(ui: &Ui, response: &Response, scene: &Scene<'_>, cx: &mut Cx<'_>) {
    if response.has_focus() && ui.input_mut(|i| i.consume_key(Modifiers::NONE, Key::Enter)) {
        cx.send(Action::SetGrid(square_at(scene.slot, cx)));
        return;
    }
    let Some(rect) = cx.session.grid_rect(scene.slot) else { return };
    let resizes = ui.input(|i| i.modifiers.shift);
    let Some([x, y]) = arrow_keys(ui, response, scene, cx) else { return };
    let step = scene.view.rect.width() / scene.view.scale / 50.0;
    let moved = |[low, high]: [f32; 2], by: f32| {
        // With Shift the keys count tenfold, which is meant for moving.
        if resizes {
            [low, (high + by * step / 10.0).max(low + step / 10.0)]
        } else {
            [low + by * step, high + by * step]
        }
    };
    let bounds = [moved(rect[0], x), moved(rect[1], y)];
    cx.send(Action::SetGrid(Some(GridRect { slot: scene.slot, bounds })));
}

fn paint(ui: &Ui, rect: Rect, scene: &Scene<'_>, cx: &mut Cx<'_>) {
    ui.painter().add(cx.theme.card_shadow().as_shape(rect, 0));
    ui.painter().rect_filled(rect, 0, cx.theme.field);
    if let Some(picture) = cx.session.picture_of(scene.slot, ViewId::Grid) {
        let texture = cx.textures.of_slot(ui.ctx(), "grid", scene.slot, picture);
        Image::new(&texture).paint_at(ui, rect);
    }
    ui.painter().rect_stroke(rect, 0, Stroke::new(1.5, cx.theme.accent), StrokeKind::Outside);
    for (_, at) in handles(rect) {
        let handle = Rect::from_center_size(at, Vec2::splat(HANDLE));
        ui.painter().rect(handle, 1, cx.theme.plane, Stroke::new(1.5, cx.theme.accent), StrokeKind::Middle);
    }
}

/// The cell under the pointer is lit here and in the panel, and decoded by the active model.
fn hover_cell(ui: &Ui, response: &Response, rect: Rect, scene: &Scene<'_>, cx: &mut Cx<'_>) {
    let Some(grid) = cx.session.grid_of(scene.slot) else { return };
    let pointer = response.hover_pos().filter(|_| response.hovered() && !response.dragged());
    let cell = pointer.and_then(|pointer| grid.cell_at(scene.view.plot(pointer)));
    let Some((col, row)) = cell else { return };
    cx.window.grid_cell = cell;
    let keeps = response.clicked_by(PointerButton::Primary) && is_for_tool(ui);
    look_at_cell(col, row, keeps, cx);
    let place = cell_rect(rect, grid.steps, col, row);
    ui.painter().rect_stroke(place, 0, Stroke::new(2.0, cx.theme.mark), StrokeKind::Inside);
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECT: Rect = Rect { min: pos2(100.0, 100.0), max: pos2(200.0, 180.0) };

    #[test]
    fn the_press_decides_what_a_drag_does() {
        assert!(matches!(begin(pos2(150.0, 140.0), Some(RECT)), Drag::Move { .. }));
        assert!(matches!(begin(pos2(204.0, 176.0), Some(RECT)), Drag::Resize { edges: [1, 1], .. }));
        assert!(matches!(begin(pos2(150.0, 96.0), Some(RECT)), Drag::Resize { edges: [0, -1], .. }));
        assert!(matches!(begin(pos2(10.0, 10.0), Some(RECT)), Drag::New(_)));
        assert!(matches!(begin(pos2(150.0, 140.0), None), Drag::New(_)));
    }

    #[test]
    fn drags_make_the_rectangles_they_should() {
        let new = Drag::New(pos2(100.0, 100.0));
        assert_eq!(
            dragged(new, pos2(60.0, 150.0), false, false),
            Rect::from_min_max(pos2(60.0, 100.0), pos2(100.0, 150.0))
        );
        assert_eq!(dragged(new, pos2(130.0, 150.0), true, false).size(), vec2(50.0, 50.0));
        assert_eq!(dragged(new, pos2(130.0, 150.0), false, true).center(), pos2(100.0, 100.0));
        let resize = Drag::Resize { edges: [-1, 0], rect: RECT };
        assert_eq!(
            dragged(resize, pos2(90.0, 0.0), false, false),
            Rect::from_min_max(pos2(90.0, 100.0), RECT.max)
        );
        let mirrored = dragged(resize, pos2(260.0, 0.0), false, false);
        assert_eq!(mirrored, Rect::from_min_max(pos2(200.0, 100.0), pos2(260.0, 180.0)));
    }
}
