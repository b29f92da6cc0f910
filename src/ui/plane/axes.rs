//! Grid lines, ticks and the names of the axes, inside the plane.

use super::{CONTROLS, View, shield};
use crate::picture::ticks::{decimals, ticks as round_values};
use crate::session::{Action, PlaneAxes, SlotId};
use crate::ui::context::Cx;
use crate::ui::theme::{self, Theme};
use crate::ui::widgets::{Combo, Item, help, number};
use eframe::egui::{Align2, Mesh, Painter, Pos2, Rect, Shape, Ui, Vec2, pos2, vec2};

/// Distance between two grid lines, about, in points.
const EVERY: f32 = 100.0;
/// A dot of a grid line, and from one to the next: seen from afar, and quiet beside the codes.
const DOT: f32 = 1.0;
const DOTS: f32 = 6.0;

/// Round values along an axis of which one is so many plot units, and their distance.
pub fn values(view: &View, axis: usize, unit: f32) -> (Vec<f64>, f64) {
    let length = if axis == 0 { view.rect.width() } else { view.rect.height() };
    let half = f64::from(length / view.scale / unit / 2.0);
    let middle = f64::from(view.centre[axis] / unit);
    round_values(middle - half, middle + half, (length / EVERY) as usize + 1)
}

/// Lines at round numbers; with one dimension the other direction only tells classes apart and has none. One
/// of each axis is so many plot `units`.
pub fn grid_lines(painter: &Painter, view: &View, n_dims: usize, units: [f32; 2], theme: &Theme) {
    let (rect, mut dots) = (view.rect, Mesh::default());
    let mut dot = |x: f32, y: f32| {
        dots.add_colored_rect(Rect::from_min_size(pos2(x, y), Vec2::splat(DOT)), theme.plane_grid);
    };
    let places = |length: f32| (0..(length / DOTS) as usize).map(|i| i as f32 * DOTS);
    for value in values(view, 0, units[0]).0 {
        let x = view.screen([value as f32 * units[0], 0.0]).x.round();
        places(rect.height()).for_each(|y| dot(x, rect.top() + y));
    }
    if n_dims > 1 {
        for value in values(view, 1, units[1]).0 {
            let y = view.screen([0.0, value as f32 * units[1]]).y.round();
            places(rect.width()).for_each(|x| dot(rect.left() + x, y));
        }
    }
    painter.add(Shape::mesh(dots));
}

/// The numbers of the lines, over patches of the plane's colour; one of each axis is so many plot `units`.
pub fn ticks(painter: &Painter, view: &View, n_dims: usize, units: [f32; 2], theme: &Theme) {
    let (x_values, x_step) = values(view, 0, units[0]);
    let bottom = view.rect.bottom() - 12.0;
    for value in x_values {
        let x = view.screen([value as f32 * units[0], 0.0]).x;
        // Room is left for the names of the axes at both corners.
        if x > view.rect.left() + 44.0 && x < view.rect.right() - 74.0 {
            patch_text(
                painter,
                pos2(x, bottom),
                Align2::CENTER_CENTER,
                &number::fixed(value, decimals(x_step)),
                theme,
            );
        }
    }
    if n_dims < 2 {
        return;
    }
    let (y_values, y_step) = values(view, 1, units[1]);
    for value in y_values {
        let y = view.screen([0.0, value as f32 * units[1]]).y;
        if y > view.rect.top() + 44.0 && y < view.rect.bottom() - 26.0 {
            let at = pos2(view.rect.left() + 8.0, y);
            patch_text(painter, at, Align2::LEFT_CENTER, &number::fixed(value, decimals(y_step)), theme);
        }
    }
}

/// A small text over a patch of the plane's colour.
pub fn patch_text(painter: &Painter, at: Pos2, align: Align2, text: &str, theme: &Theme) {
    let galley = painter.layout_no_wrap(text.into(), theme::small(), theme.faint);
    let rect = align.anchor_size(at, galley.size());
    painter.rect_filled(rect.expand2(vec2(3.0, 1.0)), 2, theme.plane.gamma_multiply(0.88));
    painter.galley(rect.min, galley, theme.faint);
}

/// What is drawn along each axis: words where there is no choice, lists where there is.
pub fn names(ui: &mut Ui, view: &View, slot: SlotId, cx: &mut Cx<'_>) {
    let Some(spec) = cx.session.spec().slot_of(slot) else { return };
    let (n_dims, dims, rect) = (spec.z.len(), spec.axes.dimensions(), view.rect);
    if n_dims <= 2 {
        let [x, y] = dims.unwrap_or([0, 1]);
        let arrow = |dim, arrow| format!("{} {arrow}", spec.name_of(dim));
        let at = pos2(rect.right() - 16.0, rect.bottom() - 12.0);
        patch_text(ui.painter(), at, Align2::RIGHT_CENTER, &arrow(x, '→'), &cx.theme);
        if n_dims == 2 {
            let at = pos2(rect.left() + 8.0, rect.top() + 19.0);
            patch_text(ui.painter(), at, Align2::LEFT_CENTER, &arrow(y, '↑'), &cx.theme);
        }
        return;
    }
    let size = vec2(74.0, 24.0);
    let places = [
        Rect::from_min_size(rect.right_bottom() - vec2(8.0, 8.0) - size, size),
        Rect::from_min_size(rect.left_top() + vec2(8.0, 8.0), size),
    ];
    let has_principal = cx.session.cloud_of(slot).is_some_and(|cloud| cloud.principal.is_some());
    let axes = spec.axes;
    let through = match axes {
        PlaneAxes::Samples(samples) => Some(samples),
        PlaneAxes::Dimensions(_) | PlaneAxes::Principal => cx.session.three_picked(),
    };
    for (axis, place) in places.into_iter().enumerate() {
        let dimension = |dim| (spec.name_of(dim), Some(Action::SetAxis(slot, axis, dim)));
        let mut choices: Vec<(String, Option<Action>)> = (0..n_dims).map(dimension).collect();
        // After the dimensions, the direction of most or second most spread, and the plane of three codes.
        choices.extend(has_principal.then(|| (format!("axis {}", axis + 1), Some(Action::DrawPrincipal(slot)))));
        choices.push(("3 codes".to_owned(), through.map(|samples| Action::DrawThrough(slot, samples))));
        let items = choices.iter().map(|(title, action)| match action {
            Some(_) => Item::new(title),
            None => Item::new(title).not_before("Pick just three samples first: Ctrl-click their codes."),
        });
        let items: Vec<Item<'_>> = items.collect();
        let mut chosen = match axes {
            PlaneAxes::Dimensions(dims) => dims[axis],
            PlaneAxes::Principal => n_dims,
            PlaneAxes::Samples(_) => choices.len() - 1,
        };
        let name = if axis == 0 { "Axis across" } else { "Axis up" };
        shield(ui, place, CONTROLS[axis]);
        let combo = ui.put(place, Combo::new(name, &items, &mut chosen).width(size.x));
        let sentence = "Which dimension is drawn along this axis; the others stay at their sliders. Axis 1 and 2 are the \
                        directions along which the codes spread most. With three samples picked (Ctrl-click): the plane \
                        through their codes.";
        if help(combo, name, sentence, None).changed()
            && let Some((_, Some(action))) = choices.into_iter().nth(chosen)
        {
            cx.send(action);
        }
    }
}
