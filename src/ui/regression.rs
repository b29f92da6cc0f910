//! The figure behind Cook's distance, in the place of the planes: the fit with and without a point that can
//! be dragged, and residuals against leverage with the contours of the distance.

use super::context::{Cx, Pointing};
use super::frame::Frame;
use super::plane::mark_of;
use super::widgets::{Button, IconButton, child, ended, help, number};
use super::{icons, theme};
use crate::latent::regression::Fit;
use crate::picture::figure::Tone;
use crate::session::{Action, Influence, Moved, OutlierPage};
use eframe::egui::{
    Align2, Pos2, Rect, Response, RichText, Role, ScrollArea, Sense, Shape, Stroke, Ui, UiBuilder, WidgetInfo,
    pos2, vec2,
};

/// Heights of the row of controls, and of what is said below.
const HEAD: f32 = 44.0;
const FOOT: f32 = 96.0;
/// Width below which the buttons stand in one row with the title, and all of it is scrolled.
const LEAST: f32 = 240.0;
const MARGIN: f32 = 16.0;
const GAP: f32 = 28.0;
/// Room for what stands at the axes.
const AXIS: f32 = 20.0;
/// How near the pointer takes a point.
const REACH: f32 = 12.0;

/// A drag under way: which sample, in which bounds, which stay until it ends.
#[derive(Clone, Copy)]
struct Drag {
    sample: u32,
    bounds: [[f64; 2]; 2],
}

/// Draws the figure.
pub fn show(ui: &mut Ui, pointing: &mut Pointing, cx: &mut Cx<'_>) {
    let rect = ui.max_rect();
    ui.painter().rect_filled(rect, 0, cx.theme.plane);
    let Some(page) = cx.session.spec().outliers.clone() else { return };
    let head = Rect::from_min_size(rect.min, vec2(rect.width(), HEAD)).shrink2(vec2(MARGIN, 0.0));
    ended(
        ui,
        "regression head",
        (head, LEAST),
        cx,
        |ui, cx| title(ui, &page, cx),
        |ui, cx| controls(ui, &page, cx),
    );
    let room = Rect::from_min_max(pos2(rect.left(), rect.top() + HEAD), rect.max).shrink(MARGIN);
    let session = cx.session;
    let found = match session.influence() {
        Some(Ok(found)) => found,
        other => {
            let words = other.and_then(Result::err).unwrap_or("The regression is on its way.");
            ui.painter().text(room.center(), Align2::CENTER_CENTER, words, theme::body(), cx.theme.weak);
            return;
        }
    };
    let plots = Rect::from_min_max(room.min, room.max - vec2(0.0, FOOT.min(room.height() / 3.0)));
    let beside = plots.width() > 1.2 * plots.height();
    let (first, second) =
        if beside { plots.split_left_right_at_fraction(0.5) } else { plots.split_top_bottom_at_fraction(0.5) };
    let inset = |place: Rect| Rect::from_min_max(place.min + vec2(4.0, AXIS), place.max - vec2(GAP / 2.0, AXIS));
    let pointed = [fitted(ui, inset(first), found, &page, cx), spread(ui, inset(second), found, cx)];
    let pointed = pointed.into_iter().flatten().next();
    pointing.at(pointed, cx);
    facts(ui, Rect::from_min_max(pos2(room.left(), plots.bottom()), room.max), found, cx);
}

/// What is looked at, and what a hand can do.
fn title(ui: &mut Ui, page: &OutlierPage, cx: &Cx<'_>) {
    let column = cx.session.regressed_column().unwrap_or_default();
    ui.label(RichText::new(format!("Fit of {column}")).font(theme::semibold(13.0)));
    let words = if page.moved.is_some() { "a point lies elsewhere than in the data" } else { "drag a point" };
    ui.label(RichText::new(words).font(theme::small()).color(cx.theme.weak));
}

/// The way back, of the point and to the planes.
fn controls(ui: &mut Ui, page: &OutlierPage, cx: &mut Cx<'_>) {
    let close = ui.add(IconButton::new(icons::X, "Leave the fit"));
    if help(close, "Leave the fit", "Shows the planes again. Esc.", None).clicked() {
        cx.send(Action::ShowOutliers(Some(OutlierPage { is_staged: false, ..page.clone() })));
    }
    let back = ui.add_enabled(page.moved.is_some(), Button::new("Put back").quiet(true));
    if help(back, "Put back", "The dragged point lies where the data have it.", None).clicked() {
        cx.send(Action::ShowOutliers(Some(OutlierPage { moved: None, ..page.clone() })));
    }
}

/// The points with the fit, and faintly the fit without the one that is looked at; returns the sample that is
/// pointed at. A drag moves a point.
fn fitted(ui: &mut Ui, place: Rect, found: &Influence, page: &OutlierPage, cx: &mut Cx<'_>) -> Option<u32> {
    let (design, fit, k) = (&found.of.design, &found.of.fit, found.drawn.along);
    let id = ui.scope_id().with("fit");
    let response = ui.interact(place, id, Sense::click_and_drag());
    let drag: Option<Drag> = ui.data(|data| data.get_temp(id));
    let [x, y] = drag.map_or(found.drawn.bounds, |drag| drag.bounds);
    let frame = Frame { rect: place, x, y };
    let name = &design.names[k];
    axes(ui, &frame, [name, &found.column_named()], cx);
    let line = |fit: &Fit| frame.x.map(|x| frame.at([x, found.line_at(fit, x)]));
    let painter = ui.painter().with_clip_rect(place.expand(1.0));
    if let Some((_, Ok(without))) = &found.apart {
        painter.extend(Shape::dashed_line(&line(without), Stroke::new(1.5, cx.theme.faint), 6.0, 4.0));
    }
    painter.line_segment(line(fit), Stroke::new(2.0, cx.theme.accent));
    let place_of = |row: usize| frame.at(found.point(row));
    let places = dots(ui, &place_of, found, cx);
    let said = format!(
        "Fit of {} along {name}: slope {}, {} points",
        design.column.0,
        number::fixed(fit.slopes[k], 4),
        number::count(design.y.len() as u64)
    );
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &said));
    cx.begin_gesture(&response);
    let near = nearest(&response, &places, found);
    if response.drag_started()
        && let Some(row) = ui.input(|i| i.pointer.press_origin()).and_then(|at| nearest_to(at, &places, found))
    {
        ui.data_mut(|data| data.insert_temp(id, Drag { sample: design.samples[row], bounds: [x, y] }));
        cx.send(Action::Pick(Some(design.samples[row])));
    } else if let (true, Some(drag), Some(at)) = (response.dragged(), drag, response.interact_pointer_pos()) {
        move_to(frame.point(frame.inside(at, 0.0)), drag.sample, k, found, page, cx);
    }
    if response.drag_stopped() || !ui.input(|i| i.pointer.any_down()) {
        ui.data_mut(|data| data.remove::<Drag>(id));
    }
    picked(&response, near, found, cx)
}

/// Lets a point lie where the pointer is: its value, and along an only regressor that too.
fn move_to([x, value]: [f64; 2], sample: u32, k: usize, found: &Influence, page: &OutlierPage, cx: &mut Cx<'_>) {
    let (design, fit) = (&found.of.design, &found.of.fit);
    let Some(row) = design.row_of(sample) else { return };
    let own = design.x.row(row);
    let others = (0..own.len()).filter(|&at| at != k).map(|at| fit.slopes[at] * (own[at] - fit.means.0[at]));
    let moved = Moved { sample, x: (own.len() == 1).then_some(x), y: value + others.sum::<f64>() };
    if page.moved != Some(moved) {
        cx.send(Action::ShowOutliers(Some(OutlierPage { moved: Some(moved), ..page.clone() })));
    }
}

/// Residuals in units of s against leverage, with the contours of Cook's distance; returns the sample that is
/// pointed at.
fn spread(ui: &mut Ui, place: Rect, found: &Influence, cx: &mut Cx<'_>) -> Option<u32> {
    let x = [0.0, found.drawn.leverage];
    let frame = Frame { rect: place, x, y: found.drawn.residuals };
    axes(ui, &frame, ["leverage h", "residual in units of s"], cx);
    let painter = ui.painter().with_clip_rect(place.expand(1.0));
    painter.hline(place.x_range(), frame.at([0.0; 2]).y, Stroke::new(1.0, cx.theme.plane_grid));
    for (distance, curve) in &found.drawn.contours {
        for sign in [-1.0, 1.0] {
            let curve: Vec<Pos2> = curve.iter().map(|[h, r]| frame.at([*h, sign * r])).collect();
            let label = curve.iter().rfind(|at| place.contains(**at)).copied();
            painter.extend(Shape::dashed_line(&curve, Stroke::new(1.0, cx.theme.weak), 5.0, 4.0));
            if let Some(at) = label {
                let text = format!("D = {}", number::fixed(*distance, 1));
                // Between the two contours, where neither runs through it.
                let (by, anchor) =
                    if sign > 0.0 { (5.0, Align2::RIGHT_TOP) } else { (-5.0, Align2::RIGHT_BOTTOM) };
                painter.text(at + vec2(-2.0, by), anchor, text, theme::small(), cx.theme.weak);
            }
        }
    }
    let place_of = |row: usize| frame.at(found.spread(row));
    let places = dots(ui, &place_of, found, cx);
    let response = ui.interact(place, ui.scope_id().with("spread"), Sense::click());
    let said = format!(
        "Residuals against leverage, with Cook's distance .5 and 1: {} points",
        number::count(found.of.design.y.len() as u64)
    );
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &said));
    let near = nearest(&response, &places, found);
    picked(&response, near, found, cx)
}

/// A frame with its ends and names.
fn axes(ui: &Ui, frame: &Frame, [across, up]: [&str; 2], cx: &Cx<'_>) {
    let (rect, painter) = (frame.rect, ui.painter());
    let line = Stroke::new(1.0, cx.theme.plane_grid);
    painter.hline(rect.x_range(), rect.bottom(), line);
    painter.vline(rect.left(), rect.y_range(), line);
    let text = |at, anchor: Align2, words: &str, colour| {
        painter.text(at, anchor, words, theme::small(), colour);
    };
    let digits = |[low, high]: [f64; 2]| {
        let size = (high - low).abs();
        if size < 5.0 { 2 } else { usize::from(size < 100.0) }
    };
    let below = rect.bottom() + 4.0;
    let (x, y) = (digits(frame.x), digits(frame.y));
    text(pos2(rect.left(), below), Align2::LEFT_TOP, &number::fixed(frame.x[0], x), cx.theme.faint);
    text(pos2(rect.right(), below), Align2::RIGHT_TOP, &number::fixed(frame.x[1], x), cx.theme.faint);
    text(pos2(rect.center().x, below), Align2::CENTER_TOP, across, cx.theme.weak);
    text(pos2(rect.left(), rect.top() - 4.0), Align2::LEFT_BOTTOM, up, cx.theme.weak);
    let inside = rect.left() + 4.0;
    text(pos2(inside, rect.top() + 2.0), Align2::LEFT_TOP, &number::fixed(frame.y[1], y), cx.theme.faint);
    text(pos2(inside, rect.bottom() - 2.0), Align2::LEFT_BOTTOM, &number::fixed(frame.y[0], y), cx.theme.faint);
}

/// The points that are drawn in the colours of their classes; the one that is looked at in a ring. Returns
/// where they lie.
fn dots(ui: &Ui, place_of: &dyn Fn(usize) -> Pos2, found: &Influence, cx: &Cx<'_>) -> Vec<Pos2> {
    let (design, rows) = (&found.of.design, &found.drawn.rows);
    let data = cx.session.data();
    let places: Vec<Pos2> = rows.iter().map(|&row| place_of(row as usize)).collect();
    for (at, row) in places.iter().zip(rows) {
        match data.and_then(|data| data.train.class_of(design.samples[*row as usize])) {
            Some(class) => mark_of(ui.painter(), *at, class, cx),
            None => drop(ui.painter().circle_filled(*at, 3.0, cx.theme.weak)),
        }
    }
    let hovered = cx.session.spec().selection.hovered.and_then(|sample| design.row_of(sample));
    let apart = found.apart.as_ref().map(|(row, _)| *row);
    for (row, width) in [(apart, 2.0), (hovered, 1.0)] {
        if let Some(row) = row {
            ui.painter().circle_stroke(place_of(row), 7.0, Stroke::new(width, cx.theme.accent));
        }
    }
    places
}

/// The row under the pointer, of those that are drawn at `places`.
fn nearest(response: &Response, places: &[Pos2], found: &Influence) -> Option<usize> {
    nearest_to(response.hover_pos()?, places, found)
}

fn nearest_to(pointer: Pos2, places: &[Pos2], found: &Influence) -> Option<usize> {
    let far = |at: &usize| places[*at].distance(pointer);
    let near = (0..places.len()).min_by(|a, b| far(a).total_cmp(&far(b)))?;
    (far(&near) <= REACH).then(|| found.drawn.rows[near] as usize)
}

/// A click picks; returns the sample that is pointed at.
fn picked(response: &Response, near: Option<usize>, found: &Influence, cx: &mut Cx<'_>) -> Option<u32> {
    let sample = near.map(|row| found.of.design.samples[row]);
    if response.clicked() && sample.is_some() {
        cx.send(Action::Pick(sample));
    }
    sample
}

/// What there is to say of the point that is looked at, with the lecture's product beside the distance.
fn facts(ui: &mut Ui, place: Rect, found: &Influence, cx: &Cx<'_>) {
    let mut area = child(ui, "facts", UiBuilder::new().max_rect(place));
    // In little room they are scrolled.
    ScrollArea::vertical().auto_shrink(false).show(&mut area, |ui| {
        let Some(data) = cx.session.data() else { return };
        for (words, tone) in found.said(&data.train) {
            let colour = match tone {
                Tone::Bad => cx.theme.bad,
                Tone::Text => cx.theme.text,
                _ => cx.theme.weak,
            };
            ui.label(RichText::new(words).font(theme::small()).color(colour));
        }
    });
}
