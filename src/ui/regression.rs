//! The figure behind Cook's distance, in the place of the planes: the fit with and without a point that can
//! be dragged, and residuals against leverage with the contours of the distance.

use super::context::{Cx, Pointing};
use super::plane::mark_of;
use super::widgets::{Button, IconButton, help, number};
use super::{icons, theme};
use crate::latent::regression::Fit;
use crate::session::{Action, Influence, Moved, OutlierPage};
use eframe::egui::{
    Align, Align2, Layout as Flow, Pos2, Rect, Response, RichText, Role, Sense, Shape, Stroke, Ui, UiBuilder,
    WidgetInfo, pos2, vec2,
};

/// Heights of the row of controls, and of what is said below.
const HEAD: f32 = 44.0;
const FOOT: f32 = 96.0;
const MARGIN: f32 = 16.0;
const GAP: f32 = 28.0;
/// Room for what stands at the axes.
const AXIS: f32 = 20.0;
/// How near the pointer takes a point.
const REACH: f32 = 12.0;
/// Distances that have a contour.
const CONTOURS: [f64; 2] = [0.5, 1.0];

/// Where numbers lie on screen.
#[derive(Clone, Copy)]
struct Frame {
    rect: Rect,
    x: [f64; 2],
    y: [f64; 2],
}

impl Frame {
    fn at(&self, x: f64, y: f64) -> Pos2 {
        let share = |value: f64, [low, high]: [f64; 2]| ((value - low) / (high - low)) as f32;
        let (x, y) = (share(x, self.x), share(y, self.y));
        pos2(self.rect.left() + x * self.rect.width(), self.rect.bottom() - y * self.rect.height())
    }

    fn value(&self, at: Pos2) -> [f64; 2] {
        let at = self.rect.clamp(at);
        let x = f64::from((at.x - self.rect.left()) / self.rect.width());
        let y = f64::from((self.rect.bottom() - at.y) / self.rect.height());
        [self.x[0] + x * (self.x[1] - self.x[0]), self.y[0] + y * (self.y[1] - self.y[0])]
    }
}

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
    let layout = Flow::left_to_right(Align::Center);
    let mut row = ui.new_child(UiBuilder::new().id_salt("regression head").max_rect(head).layout(layout));
    controls(&mut row, &page, cx);
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
    let plots = Rect::from_min_max(room.min, room.max - vec2(0.0, FOOT));
    let beside = plots.width() > 1.2 * plots.height();
    let (first, second) =
        if beside { plots.split_left_right_at_fraction(0.5) } else { plots.split_top_bottom_at_fraction(0.5) };
    let inset = |place: Rect| Rect::from_min_max(place.min + vec2(4.0, AXIS), place.max - vec2(GAP / 2.0, AXIS));
    let pointed = [fitted(ui, inset(first), found, &page, cx), spread(ui, inset(second), found, cx)];
    let pointed = pointed.into_iter().flatten().next();
    pointing.at(pointed, cx);
    facts(ui, Rect::from_min_max(pos2(room.left(), plots.bottom()), room.max), found, cx);
}

fn controls(ui: &mut Ui, page: &OutlierPage, cx: &mut Cx<'_>) {
    let column = cx.session.regressed_column().unwrap_or_default();
    ui.label(RichText::new(format!("Fit of {column}")).font(theme::semibold(13.0)));
    let words = if page.moved.is_some() { "a point lies elsewhere than in the data" } else { "drag a point" };
    ui.label(RichText::new(words).font(theme::small()).color(cx.theme.weak));
    ui.with_layout(Flow::right_to_left(Align::Center), |ui| {
        let close = ui.add(IconButton::new(icons::X, "Leave the fit"));
        if help(close, "Leave the fit", "Shows the planes again. Esc.", None).clicked() {
            cx.send(Action::ShowOutliers(Some(OutlierPage { is_staged: false, ..page.clone() })));
        }
        let back = ui.add_enabled(page.moved.is_some(), Button::new("Put back").quiet(true));
        if help(back, "Put back", "The dragged point lies where the data have it.", None).clicked() {
            cx.send(Action::ShowOutliers(Some(OutlierPage { moved: None, ..page.clone() })));
        }
    });
}

/// The regressor along which the fit is drawn: the one that moves it most.
fn along(found: &Influence) -> usize {
    let (x, fit) = (&found.of.design.x, &found.of.fit);
    let reach = |column: usize| {
        let of = x.column(column);
        let (low, high) = of.iter().fold((f64::MAX, f64::MIN), |(low, high), x| (low.min(*x), high.max(*x)));
        (fit.slopes[column] * (high - low)).abs()
    };
    (0..x.ncols()).max_by(|&a, &b| reach(a).total_cmp(&reach(b))).unwrap_or(0)
}

/// The value of a fit at `x` along one regressor, all others at `means`.
fn line_at(fit: &Fit, along: usize, means: &[f64], x: f64) -> f64 {
    let row: Vec<f64> = means.iter().enumerate().map(|(at, mean)| if at == along { x } else { *mean }).collect();
    fit.predict(&row)
}

/// The bounds of values with some room around them.
fn bounds(values: impl Iterator<Item = f64>) -> [f64; 2] {
    let (low, high) = values.fold((f64::MAX, f64::MIN), |(low, high), value| (low.min(value), high.max(value)));
    let room = ((high - low) * 0.12).max(1e-9 * high.abs().max(1.0));
    [low - room, high + room]
}

/// The points with the fit, and faintly the fit without the one that is looked at; returns the sample that is
/// pointed at. A drag moves a point.
fn fitted(ui: &mut Ui, place: Rect, found: &Influence, page: &OutlierPage, cx: &mut Cx<'_>) -> Option<u32> {
    let (design, fit) = (&found.of.design, &found.of.fit);
    let (k, means) = (along(found), &fit.means.0);
    // What the other regressors make of a point is taken off, so that its residual is how far it lies off.
    let point = |row: usize| {
        let x = design.x[[row, k]];
        [x, line_at(fit, k, means, x) + fit.residuals[row]]
    };
    let points: Vec<[f64; 2]> = (0..design.y.len()).map(point).collect();
    let id = ui.scope_id().with("fit");
    let response = ui.interact(place, id, Sense::click_and_drag());
    let drag: Option<Drag> = ui.data(|data| data.get_temp(id));
    let [x, y] =
        drag.map_or_else(|| [0, 1].map(|axis| bounds(points.iter().map(|p| p[axis]))), |drag| drag.bounds);
    let frame = Frame { rect: place, x, y };
    let name = &design.names[k];
    let unit = if design.column.1.is_empty() { String::new() } else { format!(", {}", design.column.1) };
    axes(ui, &frame, [name, &format!("{}{unit}", design.column.0)], cx);
    let line = |fit: &Fit| frame.x.map(|x| frame.at(x, line_at(fit, k, means, x)));
    let painter = ui.painter().with_clip_rect(place.expand(1.0));
    if let Some((_, Ok(without))) = &found.apart {
        painter.extend(Shape::dashed_line(&line(without), Stroke::new(1.5, cx.theme.faint), 6.0, 4.0));
    }
    painter.line_segment(line(fit), Stroke::new(2.0, cx.theme.accent));
    let places: Vec<Pos2> = points.iter().map(|[x, y]| frame.at(*x, *y)).collect();
    dots(ui, &places, found, cx);
    let said = format!(
        "Fit of {} along {name}: slope {}, {} points",
        design.column.0,
        number::fixed(fit.slopes[k], 4),
        points.len()
    );
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &said));
    cx.begin_gesture(&response);
    let near = nearest(&response, &places);
    if response.drag_started()
        && let Some(row) = ui.input(|i| i.pointer.press_origin()).and_then(|at| nearest_to(at, &places))
    {
        ui.data_mut(|data| data.insert_temp(id, Drag { sample: design.samples[row], bounds: [x, y] }));
        cx.send(Action::Pick(Some(design.samples[row])));
    } else if let (true, Some(drag), Some(at)) = (response.dragged(), drag, response.interact_pointer_pos()) {
        move_to(frame.value(at), drag.sample, k, found, page, cx);
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
    let (design, fit) = (&found.of.design, &found.of.fit);
    let s = if fit.is_exact() { 1.0 } else { fit.s2.sqrt() };
    let most = fit.leverage.iter().copied().fold(0.0, f64::max);
    let frame = Frame {
        rect: place,
        x: [0.0, (1.15 * most).clamp(1e-9, 1.02)],
        y: bounds(fit.residuals.iter().map(|r| r / s).chain([-2.0, 2.0])),
    };
    axes(ui, &frame, ["leverage h", "residual in units of s"], cx);
    let painter = ui.painter().with_clip_rect(place.expand(1.0));
    painter.hline(place.x_range(), frame.at(0.0, 0.0).y, Stroke::new(1.0, cx.theme.plane_grid));
    for distance in CONTOURS.into_iter().filter(|_| !fit.is_exact()) {
        let places = (1..=160).map(|i| f64::from(i) / 160.0 * frame.x[1]).filter(|h| *h < 1.0);
        let curve: Vec<[f64; 2]> = places.map(|h| [h, fit.residual_at(distance, h) / s]).collect();
        for sign in [-1.0, 1.0] {
            let curve: Vec<Pos2> = curve.iter().map(|[h, r]| frame.at(*h, sign * r)).collect();
            let label = curve.iter().rfind(|at| place.contains(**at)).copied();
            painter.extend(Shape::dashed_line(&curve, Stroke::new(1.0, cx.theme.weak), 5.0, 4.0));
            if let Some(at) = label {
                let text = format!("D = {}", number::fixed(distance, 1));
                painter.text(at - vec2(2.0, 2.0), Align2::RIGHT_BOTTOM, text, theme::small(), cx.theme.weak);
            }
        }
    }
    let place_of = |row: usize| frame.at(fit.leverage[row], fit.residuals[row] / s);
    let places: Vec<Pos2> = (0..design.y.len()).map(place_of).collect();
    dots(ui, &places, found, cx);
    let response = ui.interact(place, ui.scope_id().with("spread"), Sense::click());
    let said = format!("Residuals against leverage, with Cook's distance .5 and 1: {} points", places.len());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &said));
    let near = nearest(&response, &places);
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

/// The points in the colours of their classes; the one that is looked at in a ring.
fn dots(ui: &Ui, places: &[Pos2], found: &Influence, cx: &Cx<'_>) {
    let samples = &found.of.design.samples;
    let data = cx.session.data();
    for (at, sample) in places.iter().zip(samples) {
        match data.and_then(|data| data.train.class_of(*sample)) {
            Some(class) => mark_of(ui.painter(), *at, class, cx),
            None => drop(ui.painter().circle_filled(*at, 3.0, cx.theme.weak)),
        }
    }
    let hovered = cx.session.spec().selection.hovered.and_then(|sample| found.of.design.row_of(sample));
    let apart = found.apart.as_ref().map(|(row, _)| *row);
    for (row, width) in [(apart, 2.0), (hovered, 1.0)] {
        if let Some(at) = row.and_then(|row| places.get(row)) {
            ui.painter().circle_stroke(*at, 7.0, Stroke::new(width, cx.theme.accent));
        }
    }
}

/// The row under the pointer.
fn nearest(response: &Response, places: &[Pos2]) -> Option<usize> {
    nearest_to(response.hover_pos()?, places)
}

fn nearest_to(pointer: Pos2, places: &[Pos2]) -> Option<usize> {
    let far = |row: &usize| places[*row].distance(pointer);
    let near = (0..places.len()).min_by(|a, b| far(a).total_cmp(&far(b)))?;
    (far(&near) <= REACH).then_some(near)
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
    let mut area = ui.new_child(UiBuilder::new().id_salt("facts").max_rect(place));
    for (words, colour) in said(found, cx) {
        area.label(RichText::new(words).font(theme::small()).color(colour));
    }
}

fn said(found: &Influence, cx: &Cx<'_>) -> Vec<(String, eframe::egui::Color32)> {
    let (of, fit) = (&found.of, &found.of.fit);
    let mut lines: Vec<_> = of.left_out().into_iter().take(1).map(|line| (line, cx.theme.weak)).collect();
    let Some((row, without)) = &found.apart else { return lines };
    let (row, sample) = (*row, of.design.samples[*row]);
    let name = cx.session.data().and_then(|data| data.train.caption(sample as usize));
    let name = name.map_or_else(|| format!("Sample {sample}"), |name| format!("Sample {sample}, {name}"));
    let (h, r) = (number::fixed(fit.leverage[row], 3), number::fixed(fit.residuals[row], 3));
    if let Some(why) = of.why_none(row) {
        lines.push((format!("{name} has no distance: {why}"), cx.theme.text));
        return lines;
    }
    let (Some(distance), Some(products)) = (fit.cook(row), fit.products(row)) else { return lines };
    let moved = without.as_ref().ok().and_then(|without| fit.moved(of.design.x.view(), without));
    let d = |value: f64| number::fixed(value, 4);
    lines.push((format!("{name}: D = {}, leverage {h}, residual {r}", d(distance)), cx.theme.text));
    let left = moved.map_or_else(|| "—".into(), d);
    let right =
        format!("r² h / (p s² (1 − h)²) = {} and Σ (ŷ − ŷ(i))² / (p s²) = {left} are one number.", d(distance));
    lines.push((right, cx.theme.weak));
    let off = |product: f64| {
        let by = (product / distance - 1.0) * 100.0;
        if distance > 0.0 { format!("{} ({} %)", d(product), number::fixed(by, 0)) } else { d(product) }
    };
    let wrong = format!(
        "The lecture multiplies both, and that is no distance: D² = {}; with r² written once {}.",
        off(products.whole),
        off(products.lifted)
    );
    lines.push((wrong, cx.theme.bad));
    lines
}
