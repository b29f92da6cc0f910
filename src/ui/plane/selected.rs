//! Rings around the codes of the samples that are chosen and pointed at, the same on every plane.

use super::Scene;
use crate::session::Layer;
use crate::ui::context::Cx;
use eframe::egui::{Painter, Stroke};

/// Radius of a ring around a chosen code, the one picked last, and the one under the pointer.
const RADII: [f32; 3] = [4.0, 9.0, 6.5];
/// Most chosen codes that are ringed: of more the light tells alone.
const MAX_RINGS: usize = 400;

/// Most samples with a known label that are ringed: more hide the codes.
const MAX_KNOWN: usize = 1500;

/// Draws rings around the samples whose label the model knows, where it does not know all.
pub fn known(painter: &Painter, scene: &Scene<'_>, cx: &Cx<'_>) {
    let is_drawn = cx.session.spec().layers.contains(&Layer::KnownLabels);
    let Some(known) = cx.session.known_labels_of(scene.slot).filter(|_| is_drawn) else { return };
    if known.len() > MAX_KNOWN {
        return;
    }
    let shown = known.iter().filter(|sample| cx.session.shows(**sample));
    for at in shown.filter_map(|sample| scene.codes.place_of(*sample)) {
        let at = scene.view.screen(at);
        painter.circle_stroke(at, RADII[0] + 1.0, Stroke::new(3.0, cx.theme.plane));
        painter.circle_stroke(at, RADII[0] + 1.0, Stroke::new(1.0, cx.theme.text));
    }
}

/// Draws the rings.
pub fn rings(painter: &Painter, scene: &Scene<'_>, cx: &Cx<'_>) {
    let selection = &cx.session.spec().selection;
    let place = |sample: u32| scene.codes.place_of(sample).map(|at| scene.view.screen(at));
    if selection.samples.len() <= MAX_RINGS {
        for at in selection.samples.iter().filter_map(|sample| place(*sample)) {
            painter.circle_stroke(at, RADII[0], Stroke::new(1.0, cx.theme.text));
        }
    }
    for (sample, radius) in [(selection.focused, RADII[1]), (selection.hovered, RADII[2])] {
        let Some(at) = sample.and_then(place) else { continue };
        // A casing in the plane's colour keeps it visible on dense codes.
        painter.circle_stroke(at, radius, Stroke::new(4.0, cx.theme.plane));
        painter.circle_stroke(at, radius, Stroke::new(1.5, cx.theme.accent));
    }
}
