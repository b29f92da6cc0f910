//! Grid: a rectangle that fills with decoded pictures while it is drawn; then it is moved, resized and read.

use super::explore::code_at;
use super::lens::REACH;
use super::{Scene, arrow_keys, enter_key, is_for_tool, pan_cursor};
use crate::latent::grid::GridSpec;
use crate::session::{Action, GridRect};
use crate::ui::context::Cx;
use crate::ui::panels::{look_at_cell, square_at};
use crate::ui::samples::Tiles;
use crate::worker::ViewId;
use eframe::egui::{CursorIcon, PointerButton, Pos2, Rect, Response, Stroke, StrokeKind, Ui, Vec2, pos2, vec2};

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
        if let Some(rect) = rect {
            paint(ui, rect, scene, cx);
        }
        if let Some((col, row)) = self.look(ui, response, scene, cx)
            && let Some(grid) = cx.session.grid_of(scene.slot).filter(|grid| col.max(row) < grid.steps)
        {
            let [columns, rows] = grid.bounds();
            let cell = scene.view.screen_rect([columns[col], rows[row]]);
            ui.painter().rect_stroke(cell, 0, Stroke::new(2.0, cx.theme.mark), StrokeKind::Inside);
        }
    }

    /// Looks at what lies under the pointer: a cell by the active model, lit wherever the grid is drawn, and
    /// beside the cells the place itself. The cell to be lit.
    fn look(&self, ui: &Ui, response: &Response, scene: &Scene<'_>, cx: &mut Cx<'_>) -> Option<(usize, usize)> {
        let lit = cx.window.lit_cell;
        let is_free = response.hovered() && !response.dragged() && self.drag.is_none();
        let Some(at) = response.hover_pos().filter(|_| is_free) else { return lit };
        let grid = cx.session.grid_of(scene.slot);
        let Some((col, row)) = grid.and_then(|grid| grid.cell_at(scene.view.plot(at))) else {
            let sample = scene.sample_at(at, REACH, cx);
            cx.look(scene.slot, code_at(at, sample, scene, cx));
            return None;
        };
        cx.window.grid_cell = Some((col, row));
        look_at_cell(col, row, response.clicked_by(PointerButton::Primary) && is_for_tool(ui), cx);
        Some((col, row))
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
    if enter_key(ui, response, scene, cx) {
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
    tiles(ui, scene, cx);
    ui.painter().rect_stroke(rect, 0, Stroke::new(1.5, cx.theme.accent), StrokeKind::Outside);
    for (_, at) in handles(rect) {
        let handle = Rect::from_center_size(at, Vec2::splat(HANDLE));
        ui.painter().rect(handle, 1, cx.theme.plane, Stroke::new(1.5, cx.theme.accent), StrokeKind::Middle);
    }
}

/// What is decoded in each cell.
fn tiles(ui: &Ui, scene: &Scene<'_>, cx: &mut Cx<'_>) {
    let Some(tiles) = Tiles::of_view(ui, scene.slot, ViewId::Grid, cx) else { return };
    // While others are being decoded the pictures may still be those of another number.
    let n = tiles.columns();
    let Some(grid) = cx.session.grid_of(scene.slot).map(|grid| GridSpec { steps: n, ..grid }) else { return };
    let [columns, rows] = grid.bounds();
    let of_row = |y: [f32; 2]| columns.iter().map(move |&x| scene.view.screen_rect([x, y]));
    tiles.paint_each(ui, rows.into_iter().flat_map(of_row).enumerate());
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
