//! Rings around the codes of the samples that are picked and pointed at, the same on every plane.

use super::Scene;
use crate::ui::context::Cx;
use eframe::egui::{Painter, Stroke};

/// Radius of a ring around a picked code, the one picked last, and the one under the pointer.
const RADII: [f32; 3] = [5.0, 9.0, 6.5];

/// Draws the rings.
pub fn rings(painter: &Painter, scene: &Scene<'_>, cx: &Cx<'_>) {
    let selection = &cx.session.spec().selection;
    let also = selection.samples.iter().filter(|sample| Some(**sample) != selection.focused);
    let all = also.map(|sample| (*sample, RADII[0])).chain(selection.focused.map(|sample| (sample, RADII[1])));
    for (sample, radius) in all.chain(selection.hovered.map(|sample| (sample, RADII[2]))) {
        let Some(at) = scene.codes.place_of(sample).map(|at| scene.view.screen(at)) else { continue };
        // A casing in the plane's colour keeps it visible on dense codes.
        painter.circle_stroke(at, radius, Stroke::new(4.0, cx.theme.plane));
        painter.circle_stroke(at, radius, Stroke::new(1.5, cx.theme.accent));
    }
}
