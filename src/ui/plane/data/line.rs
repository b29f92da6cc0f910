//! One column of the data as a figure of curves: samples as ticks at the foot, a histogram, how dense data
//! and model lie, what a discriminator says beside the best there is, and the way of codes to samples below.

use super::super::axes::patch_text;
use super::super::codes::colour_of;
use super::super::{Scene, View, axes as lines};
use super::key;
use crate::picture::palette::{JUDGE, MADE};
use crate::picture::ticks::decimals;
use crate::session::DataCurves;
use crate::ui::context::Cx;
use crate::ui::frame::band;
use crate::ui::theme;
use crate::ui::widgets::number;
use eframe::egui::{Align2, Color32, Mesh, Painter, Pos2, Rect, Shape, Stroke, Ui, pos2, vec2};

/// Most samples that are drawn as ticks, and their height.
pub const MAX_TICKS: usize = 400;
const TICK: f32 = 8.0;
/// Room above the curves, below the ticks for numbers, and below the ways for the codes' numbers.
const ABOVE: f32 = 64.0;
const NUMBERS: f32 = 36.0;
const BELOW: f32 = 44.0;
/// Share of the height that the ways of codes take.
const WAYS: f32 = 0.34;
/// Room above the greatest density.
const ROOM: f32 = 1.06;
/// Ways of codes that are drawn.
const N_WAYS: usize = 25;

/// How high the parts of the figure lie.
#[derive(Clone, Copy)]
struct Parts {
    top: f32,
    foot: f32,
    /// Where the codes lie, below.
    codes: f32,
}

impl Parts {
    fn of(rect: Rect, has_ways: bool) -> Self {
        let codes = rect.bottom() - BELOW;
        let foot = if has_ways { codes - WAYS * rect.height() - NUMBERS } else { codes - NUMBERS };
        Self { top: rect.top() + ABOVE, foot, codes }
    }
}

/// Where the figure lies on the screen.
#[derive(Clone, Copy)]
pub(super) struct Scale<'a> {
    parts: Parts,
    view: &'a View,
    /// Plot units for one unit of the column.
    unit: f32,
}

impl Scale<'_> {
    /// The height on the screen of a share of the whole scale.
    fn height(&self, share: f32) -> f32 {
        self.parts.foot + (self.parts.top - self.parts.foot) * share
    }

    /// Where a value of the column lies across the screen.
    fn across(&self, x: f32) -> f32 {
        self.view.screen([x * self.unit, 0.0]).x
    }

    /// The highest place of the curves.
    pub const fn top(&self) -> f32 {
        self.parts.top
    }

    /// The whole plane.
    pub const fn rect(&self) -> Rect {
        self.view.rect
    }
}

/// Moves a view up or down so that the samples, which lie at 0, are at the foot of the curves.
pub fn put_on_foot(view: &mut View, has_ways: bool) {
    let foot = Parts::of(view.rect, has_ways).foot;
    view.centre[1] = (foot + TICK / 2.0 - view.rect.center().y) / view.scale;
}

/// A curve of the figure.
pub(super) struct Curve {
    /// What it is.
    pub name: String,
    /// Its colour.
    pub colour: Color32,
    /// Whether it is an optimum.
    pub is_dashed: bool,
    /// Shares of the scale, where there are any.
    pub shares: Vec<Option<f32>>,
    /// Its value at the pointer.
    pub here: Option<String>,
}

/// Draws the figure.
pub fn show(ui: &Ui, scene: &Scene<'_>, (column, unit): (usize, f32), cx: &Cx<'_>) {
    let rect = scene.view.rect;
    let curves = cx.session.data_curves(scene.slot);
    let parts = Parts::of(rect, curves.is_some_and(|curves| !curves.ways.is_empty()));
    let scale = Scale { parts, view: scene.view, unit };
    let painter = ui.painter();
    axis(painter, &scale, cx);
    ticks(painter, scene, &scale, cx);
    let Some(curves) = curves else { return };
    let most = curves.data.iter().chain(curves.model.iter().flat_map(|(q, _)| q)).chain(&curves.histogram);
    let most = ROOM * most.copied().fold(f32::MIN_POSITIVE, f32::max);
    histogram(painter, &scale, curves, most, cx);
    let pointer = ui.input(|i| i.pointer.hover_pos()).filter(|_| cx.window.plane_under == Some(scene.slot));
    let x = pointer.filter(|at| rect.contains(*at)).map(|at| scene.view.plot(at)[0] / unit);
    let drawn = curves_of(curves, most, x, cx);
    fill(painter, &scale, curves, &drawn[0], cx);
    for curve in drawn.iter().rev() {
        paint(painter, &scale, &curves.x, curve);
    }
    if curves.judged.is_some() {
        judged_scale(painter, &scale, cx);
    }
    ways(painter, scene, &scale, curves, cx);
    if let Some(x) = x.filter(|_| pointer.is_some_and(|at| at.y < scale.parts.foot)) {
        painter.vline(scale.across(x), scale.parts.top..=scale.parts.foot, Stroke::new(1.0, cx.theme.rings));
    }
    key::show(ui, &scale, curves, &drawn, (column, x), cx);
}

/// The curves there are: the data's first.
fn curves_of(curves: &DataCurves, most: f32, x: Option<f32>, cx: &Cx<'_>) -> Vec<Curve> {
    let at = x.and_then(|x| place_of(&curves.x, x));
    let judge = colour_of(&cx.theme, JUDGE);
    let density = |name: &str, colour, values: &[f32]| Curve {
        name: name.into(),
        colour,
        is_dashed: false,
        shares: values.iter().map(|value| Some(value / most)).collect(),
        here: at.map(|at| number::fixed(f64::from(values[at]), 2)),
    };
    let percent = |value: f32| format!("{} %", number::fixed(f64::from(100.0 * value), 0));
    let mut all = vec![density("p, the data", cx.theme.weak, &curves.data)];
    if let Some((q, _)) = &curves.model {
        all.push(density("q, what the model makes", colour_of(&cx.theme, MADE), q));
    }
    if let Some(judged) = &curves.judged {
        all.push(Curve {
            name: "D, “this is real”".into(),
            colour: judge,
            is_dashed: false,
            shares: judged.iter().copied().map(Some).collect(),
            here: at.map(|at| percent(judged[at])),
        });
    }
    if let Some(best) = &curves.best {
        all.push(Curve {
            name: "best D there is, p / (p + q)".into(),
            colour: judge,
            is_dashed: true,
            shares: best.clone(),
            here: at.and_then(|at| best[at]).map(percent),
        });
    }
    all
}

/// The place in an ascending list that is nearest to a number; none beyond its ends.
fn place_of(x: &[f32], at: f32) -> Option<usize> {
    let (first, last) = (*x.first()?, *x.last()?);
    let share = (at - first) / (last - first);
    (0.0..=1.0).contains(&share).then(|| (share * (x.len() - 1) as f32).round() as usize)
}

/// The foot with its numbers.
fn axis(painter: &Painter, scale: &Scale<'_>, cx: &Cx<'_>) {
    painter.hline(scale.rect().x_range(), scale.parts.foot, Stroke::new(1.0, cx.theme.rings));
    let (values, step) = lines::values(scale.view, 0, scale.unit);
    for value in values {
        let at = pos2(scale.across(value as f32), scale.parts.foot + TICK + 14.0);
        let text = number::fixed(value, decimals(step));
        patch_text(painter, at, Align2::CENTER_CENTER, &text, &cx.theme);
    }
}

/// Samples as ticks, in the colours of their classes.
fn ticks(painter: &Painter, scene: &Scene<'_>, scale: &Scale<'_>, cx: &Cx<'_>) {
    let Some(data) = cx.session.data() else { return };
    let selection = &cx.session.spec().selection;
    let spread = data.train.spread(MAX_TICKS);
    let chosen = selection.samples.iter().copied().take(MAX_TICKS);
    for (sample, is_spread) in spread.into_iter().map(|s| (s, true)).chain(chosen.map(|s| (s, false))) {
        let place = scene.codes.place_of(sample).filter(|_| cx.session.shows(sample));
        let Some(x) = place.map(|at| scene.view.screen(at).x) else { continue };
        let colour = data.train.class_of(sample).map_or(cx.theme.weak, |class| colour_of(&cx.theme, class));
        let is_lit = !is_spread || !selection.is_lit();
        let line = Stroke::new(1.0, colour.gamma_multiply(if is_lit { 0.75 } else { 0.2 }));
        painter.vline(x, scale.parts.foot + 1.0..=scale.parts.foot + 1.0 + TICK, line);
    }
}

fn histogram(painter: &Painter, scale: &Scale<'_>, curves: &DataCurves, most: f32, cx: &Cx<'_>) {
    let [low, high] = curves.bounds;
    let width = (high - low) / curves.histogram.len().max(1) as f32;
    let mut mesh = Mesh::default();
    for (i, value) in curves.histogram.iter().enumerate().filter(|(_, value)| **value > 0.0) {
        let [left, right] = [i, i + 1].map(|i| scale.across(low + i as f32 * width));
        let high = scale.height(value / most);
        let bar = Rect::from_min_max(pos2(left, high), pos2(right - 1.0, scale.parts.foot));
        mesh.add_colored_rect(bar, cx.theme.weak.gamma_multiply(0.14));
    }
    painter.add(Shape::mesh(mesh));
}

/// Where the curve is at each place, in runs without gaps.
pub(super) fn runs(scale: &Scale<'_>, x: &[f32], curve: &Curve) -> Vec<Vec<Pos2>> {
    let place = |(x, share): (&f32, &Option<f32>)| share.map(|share| pos2(scale.across(*x), scale.height(share)));
    let places: Vec<Option<Pos2>> = x.iter().zip(&curve.shares).map(place).collect();
    let runs = places.split(Option::is_none).filter(|run| run.len() > 1);
    runs.map(|run| run.iter().copied().flatten().collect()).collect()
}

fn paint(painter: &Painter, scale: &Scale<'_>, x: &[f32], curve: &Curve) {
    for run in runs(scale, x, curve) {
        let stroke = Stroke::new(if curve.is_dashed { 1.25 } else { 1.75 }, curve.colour);
        match curve.is_dashed {
            true => painter.extend(Shape::dashed_line(&run, stroke, 4.0, 3.0)),
            false => drop(painter.add(Shape::line(run, stroke))),
        }
    }
}

/// A tint below the data's curve.
fn fill(painter: &Painter, scale: &Scale<'_>, curves: &DataCurves, curve: &Curve, cx: &Cx<'_>) {
    for run in runs(scale, &curves.x, curve) {
        let pairs = run.into_iter().map(|at| [at, pos2(at.x, scale.parts.foot)]);
        painter.add(Shape::mesh(band(pairs, cx.theme.weak.gamma_multiply(0.10))));
    }
}

/// 0, ½ and 1 of the discriminator, at the right.
fn judged_scale(painter: &Painter, scale: &Scale<'_>, cx: &Cx<'_>) {
    let judge = colour_of(&cx.theme, JUDGE);
    for (share, text) in [(0.0, "0"), (0.5, "½"), (1.0, "1")] {
        let at = pos2(scale.rect().right() - 10.0, scale.height(share));
        painter.text(at, Align2::RIGHT_CENTER, text, theme::small(), judge);
    }
}

/// The way of each code to what it is decoded to, and that of the kept code.
fn ways(painter: &Painter, scene: &Scene<'_>, scale: &Scale<'_>, curves: &DataCurves, cx: &Cx<'_>) {
    let (Some([low, _]), Some([high, _])) = (curves.ways.first(), curves.ways.last()) else { return };
    if low >= high {
        return;
    }
    let room = scene.view.rect.shrink2(vec2(72.0, 0.0));
    let place = |z: f32| pos2(room.left() + room.width() * (z - low) / (high - low), scale.parts.codes);
    let end = |x: f32| pos2(scale.across(x), scale.parts.foot + NUMBERS);
    painter.hline(room.x_range(), scale.parts.codes, Stroke::new(1.0, cx.theme.rings));
    let colour = colour_of(&cx.theme, MADE);
    let every = (curves.ways.len() / N_WAYS).max(1);
    for [z, x] in curves.ways.iter().step_by(every) {
        way(painter, place(*z), end(*x), Stroke::new(1.0, colour.gamma_multiply(0.45)));
    }
    for (z, align) in [(low, Align2::CENTER_TOP), (high, Align2::CENTER_TOP)] {
        let at = place(*z) + vec2(0.0, 6.0);
        patch_text(painter, at, align, &number::z(*z), &cx.theme);
    }
    let at = pos2(room.center().x, scale.parts.codes + 6.0);
    patch_text(painter, at, Align2::CENTER_TOP, "each z is decoded to an x", &cx.theme);
    let kept = cx.session.z_of(scene.slot).first().copied().filter(|z| (*low..=*high).contains(z));
    if let Some(z) = kept {
        let share = (z - low) / (high - low) * (curves.ways.len() - 1) as f32;
        let (i, t) = (share as usize, share.fract());
        let next = (i + 1).min(curves.ways.len() - 1);
        let x = curves.ways[i][1] + t * (curves.ways[next][1] - curves.ways[i][1]);
        way(painter, place(z), end(x), Stroke::new(2.0, colour));
        let rim = Stroke::new(1.5, cx.theme.plane);
        painter.circle(place(z), 5.5, cx.theme.accent, rim);
        painter.circle(pos2(end(x).x, scale.parts.foot), 5.5, cx.theme.accent, rim);
    }
}

fn way(painter: &Painter, from: Pos2, to: Pos2, stroke: Stroke) {
    painter.line_segment([from, to], stroke);
    let along = (to - from).normalized();
    for side in [along.rot90(), -along.rot90()] {
        painter.line_segment([to, to - along * 5.0 + side * 2.5], stroke);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_lie_at_the_foot_whatever_the_scale() {
        let rect = Rect::from_min_size(pos2(256.0, 44.0), vec2(768.0, 720.0));
        for bounds in [[-1.0, 1.0], [200.0, 900.0]] {
            let mut view = View::line(rect, bounds);
            put_on_foot(&mut view, true);
            let at = view.screen([bounds[0], 0.0]);
            assert!((at.x - rect.left()).abs() < 0.1);
            assert!((at.y - Parts::of(rect, true).foot - TICK / 2.0).abs() < 0.1, "{at:?}");
        }
    }

    #[test]
    fn values_are_those_of_the_nearest_place() {
        let x: Vec<f32> = (0..=10).map(|i| i as f32).collect();
        assert_eq!([-0.1, 0.2, 9.6, 10.5].map(|at| place_of(&x, at)), [None, Some(0), Some(10), None]);
    }
}
