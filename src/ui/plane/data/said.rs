//! What a model says on the plane of the data: lines of equal density, Gaussians of a mixture, a grid of
//! codes decoded, samples made, and samples made again.

use super::super::Scene;
use super::super::codes::colour_of;
use crate::session::{DataPlaces, Layer};
use crate::ui::context::Cx;
use eframe::egui::{Painter, Shape, Stroke};
use std::f32::consts::TAU;

/// Corners of an ellipse.
const N_CORNERS: usize = 72;
/// Radius of a hollow point.
const RADIUS: f32 = 2.2;

/// Draws lines and Gaussians, which lie under the samples.
pub fn under(painter: &Painter, scene: &Scene<'_>, cx: &Cx<'_>) {
    let shows = |layer: Layer| cx.session.spec().layers.contains(&layer);
    if let Some(density) = cx.session.model_density(scene.slot).filter(|_| shows(Layer::ModelDensity)) {
        let stroke = Stroke::new(1.0, cx.theme.accent.gamma_multiply(0.55));
        let pieces = density.lines.iter().flatten();
        let lines = pieces.map(|piece| Shape::line_segment(piece.map(|at| scene.view.screen(at)), stroke));
        painter.extend(lines);
    }
    let Some(places) = cx.session.data_places(scene.slot) else { return };
    let stroke = Stroke::new(1.0, cx.theme.text.gamma_multiply(0.5));
    for line in &places.lines {
        painter.add(Shape::line(line.iter().map(|at| scene.view.screen(*at)).collect(), stroke));
    }
    let largest = places.components.iter().map(|(weight, _)| *weight).fold(f32::MIN_POSITIVE, f32::max);
    for (weight, ellipse) in &places.components {
        let corner = |k: usize| scene.view.screen(ellipse.at(1.0, k as f32 / N_CORNERS as f32 * TAU));
        let stroke = Stroke::new(1.5, cx.theme.accent.gamma_multiply(0.25 + 0.75 * weight / largest));
        painter.add(Shape::closed_line((0..N_CORNERS).map(corner).collect(), stroke));
    }
}

/// Draws hollow points, which lie over the samples: in ink, which is the colour of no class.
pub fn over(painter: &Painter, scene: &Scene<'_>, cx: &Cx<'_>) {
    let Some(places) = cx.session.data_places(scene.slot) else { return };
    let (radius, stroke) = (RADIUS * cx.window.sizes.points, Stroke::new(1.0, cx.theme.text));
    let seen = scene.view.rect.expand(radius);
    for at in places.made.iter().map(|at| scene.view.screen(*at)).filter(|at| seen.contains(*at)) {
        painter.circle_stroke(at, radius, stroke);
    }
    remade(painter, scene, places, cx);
}

/// Samples as they are made again, in the colour of their class, each with a line from the sample where some
/// are chosen.
fn remade(painter: &Painter, scene: &Scene<'_>, places: &DataPlaces, cx: &Cx<'_>) {
    let data = cx.session.data();
    let has_chosen = !cx.session.spec().selection.samples.is_empty();
    let radius = RADIUS * cx.window.sizes.points;
    for (sample, to) in places.remade.samples.iter().zip(&places.remade.places) {
        if !cx.session.shows(*sample) {
            continue;
        }
        let to = scene.view.screen(*to);
        let class = data.and_then(|data| data.train.class_of(*sample));
        let colour = class.map_or(cx.theme.text, |class| colour_of(&cx.theme, class));
        if let Some(from) = scene.codes.place_of(*sample).filter(|_| has_chosen) {
            painter.line_segment([scene.view.screen(from), to], Stroke::new(1.0, cx.theme.weak));
        }
        painter.circle_stroke(to, radius, Stroke::new(1.0, colour));
    }
}
