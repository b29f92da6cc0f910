//! 1, 2 and 3 σ of the prior N(0, I) around its mean.

use super::{View, axes};
use crate::latent::plane::Plane;
use crate::session::{Layer, SlotId};
use crate::ui::context::Cx;
use eframe::egui::{Align2, Painter, Pos2, Shape, Stroke, vec2};

/// Beyond this radius in points a ring is nearly straight in the window, and its dashes would be thousands.
const MAX_DASHED: f32 = 4000.0;

/// Draws the rings: 1σ solid, 2σ and 3σ dashed; nothing for a model without a prior.
pub fn paint(painter: &Painter, view: &View, slot: SlotId, plane: &Plane, cx: &Cx<'_>) {
    let Some(centre) = centre(view, slot, plane, cx) else { return };
    let stroke = Stroke::new(1.0, cx.theme.rings);
    for sigma in 1..=3 {
        let radius = sigma as f32 * view.scale;
        if sigma == 1 || radius > MAX_DASHED {
            painter.circle_stroke(centre, radius, stroke);
        } else {
            painter.extend(Shape::dashed_line(&circle(centre, radius), stroke, 3.0, 4.0));
        }
    }
}

/// Names of the dashed rings, over the codes.
pub fn names(painter: &Painter, view: &View, slot: SlotId, plane: &Plane, cx: &Cx<'_>) {
    let Some(centre) = centre(view, slot, plane, cx) else { return };
    for sigma in 2..=3 {
        let at = centre + vec2(0.68, -0.73) * (sigma as f32 * view.scale);
        if view.rect.shrink(24.0).contains(at) {
            axes::patch_text(painter, at, Align2::CENTER_CENTER, &format!("{sigma}σ"), &cx.theme);
        }
    }
}

/// Where the prior's mean lies on the screen, where its rings are drawn.
fn centre(view: &View, slot: SlotId, plane: &Plane, cx: &Cx<'_>) -> Option<Pos2> {
    let is_shown = cx.session.spec().layers.contains(&Layer::PriorRings);
    let has_rings = is_shown && cx.session.capabilities_of(slot).has_prior && plane.origin.len() > 1;
    // Whatever two orthonormal directions are drawn: the prior looks the same along all.
    has_rings.then(|| view.screen(plane.plot_from_z(&vec![0.0; plane.origin.len()])))
}

fn circle(centre: Pos2, radius: f32) -> Vec<Pos2> {
    let n = (radius * 0.6).clamp(32.0, 512.0) as usize;
    (0..=n)
        .map(|i| {
            let (sin, cos) = (i as f32 / n as f32 * std::f32::consts::TAU).sin_cos();
            centre + vec2(cos, sin) * radius
        })
        .collect()
}
