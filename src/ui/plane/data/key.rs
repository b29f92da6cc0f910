//! The key of the curves of one column, in the corner that they leave free.

use super::line::{Curve, Scale, runs};
use crate::session::{DataCurves, DensityBy};
use crate::ui::context::Cx;
use crate::ui::theme;
use crate::ui::widgets::number;
use eframe::egui::{Align2, Pos2, Rect, Role, Sense, Shape, Stroke, Ui, Vec2, WidgetInfo, pos2, vec2};

/// A row, the piece of line in it, and the width of all.
const ROW: f32 = 20.0;
const SAMPLE: f32 = 22.0;
const KEY_WIDTH: f32 = 264.0;

/// What each curve is, with its value under the pointer, in the corner with the fewest curves behind it.
pub fn show(
    ui: &Ui,
    scale: &Scale<'_>,
    curves: &DataCurves,
    drawn: &[Curve],
    (column, x): (usize, Option<f32>),
    cx: &Cx<'_>,
) {
    let rect = scale.rect();
    if rect.width() < 1.6 * KEY_WIDTH {
        return;
    }
    let size = vec2(KEY_WIDTH, ROW * (drawn.len() + 1) as f32 + 8.0);
    let lines: Vec<Vec<Pos2>> = drawn.iter().flat_map(|curve| runs(scale, &curves.x, curve)).collect();
    let place = free_corner(rect, scale.top(), size, &lines);
    let painter = ui.painter();
    painter.rect_filled(place, theme::TILE_RADIUS, cx.theme.plane.gamma_multiply(0.88));
    let inner = place.shrink2(vec2(8.0, 4.0));
    let line = |i: usize| inner.top() + ROW * (i as f32 + 0.5);
    for (i, curve) in drawn.iter().enumerate() {
        let (left, y) = (inner.left(), line(i));
        let stroke = Stroke::new(1.75, curve.colour);
        let ends = [pos2(left, y), pos2(left + SAMPLE, y)];
        match curve.is_dashed {
            true => painter.extend(Shape::dashed_line(&ends, stroke, 4.0, 3.0)),
            false => drop(painter.line_segment(ends, stroke)),
        }
        let at = pos2(left + SAMPLE + 8.0, y);
        painter.text(at, Align2::LEFT_CENTER, &curve.name, theme::body(), cx.theme.text);
        if let Some(here) = &curve.here {
            painter.text(pos2(inner.right(), y), Align2::RIGHT_CENTER, here, theme::body(), cx.theme.text);
        }
    }
    let name = super::name_of(column, cx);
    let foot = x.map_or_else(|| how(curves), |x| format!("{name} = {}", number::fixed(f64::from(x), 2)));
    let at = pos2(inner.left(), line(drawn.len()));
    painter.text(at, Align2::LEFT_CENTER, &foot, theme::small(), cx.theme.faint);
    let said: Vec<&str> = drawn.iter().map(|curve| curve.name.as_str()).collect();
    let response = ui.interact(place, ui.scope_id().with("key of curves"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("Curves: {}", said.join("; "))));
}

/// How the model's density was come by, in a few words.
fn how(curves: &DataCurves) -> String {
    match curves.model.as_ref().map(|(_, by)| *by) {
        None => "p smoothed".into(),
        Some(DensityBy::Formula) => "p smoothed, q by its formula".into(),
        Some(DensityBy::Codes(n)) => format!("p smoothed, q the mean over {} codes", number::count(n as u64)),
        Some(DensityBy::Samples(n)) => format!("both smoothed, q from {} samples", number::count(n as u64)),
    }
}

/// The corner, top left or right, over which the shortest piece of lines runs.
fn free_corner(rect: Rect, top: f32, size: Vec2, lines: &[Vec<Pos2>]) -> Rect {
    const EDGE: f32 = 40.0;
    let lefts = [rect.right() - EDGE - size.x, rect.left() + EDGE];
    let places = lefts.map(|left| Rect::from_min_size(pos2(left, top - 12.0), size));
    let covered = |place: &Rect| {
        let pieces = lines.iter().flat_map(|line| line.windows(2));
        let under = pieces.filter(|piece| place.expand(4.0).intersects(Rect::from_two_pos(piece[0], piece[1])));
        under.map(|piece| piece[0].distance(piece[1])).sum::<f32>()
    };
    places.into_iter().min_by(|a, b| covered(a).total_cmp(&covered(b))).unwrap_or(places[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_lies_where_no_curve_runs() {
        let rect = Rect::from_min_size(pos2(256.0, 44.0), vec2(768.0, 720.0));
        let size = vec2(KEY_WIDTH, 90.0);
        let at = |lines: &[Vec<Pos2>]| free_corner(rect, 108.0, size, lines);
        let right = at(&[]);
        assert!(right.left() > rect.center().x);
        let over = |place: Rect| vec![place.left_top(), place.right_bottom()];
        let left = at(&[over(right)]);
        assert!(left.right() < rect.center().x);
        let back = at(&[over(left)]);
        assert_eq!(back, right);
    }
}
