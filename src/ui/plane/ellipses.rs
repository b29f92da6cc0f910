//! The Gaussians of a mixture on the plane: each an ellipse at 1 σ, the stronger the larger its share of the
//! whole.

use super::View;
use crate::latent::ellipse::Ellipse;
use crate::latent::plane::Plane;
use crate::session::{Layer, SlotId};
use crate::ui::context::Cx;
use eframe::egui::{Painter, Shape, Stroke};

/// Corners of an ellipse.
const N_CORNERS: usize = 72;

/// Draws the ellipses, and the two steps of the last draw: the Gaussian that was chosen, and the way to the
/// place in it.
pub fn paint(painter: &Painter, view: &View, slot: SlotId, plane: &Plane, cx: &Cx<'_>) {
    let Some(mixture) = cx.session.model_of(slot).and_then(|model| model.mixture()) else { return };
    if !cx.session.spec().layers.contains(&Layer::PriorRings) || plane.origin.len() < 2 {
        return;
    }
    let (drawn, kept) = (cx.session.drawn_from(slot), cx.session.spec().slot_of(slot).map(|slot| &slot.z));
    let components = mixture.components();
    let largest = components.iter().map(|component| component.weight).fold(0.0, f32::max);
    for (i, component) in components.iter().enumerate() {
        let ellipse = Ellipse::of(&component.mean, component.covariance.view(), plane);
        let corner = |k: usize| view.screen(ellipse.at(1.0, k as f32 / N_CORNERS as f32 * std::f32::consts::TAU));
        let outline = (0..N_CORNERS).map(corner).collect();
        if let (true, Some(z)) = (drawn == Some(i), kept) {
            painter.add(Shape::closed_line(outline, Stroke::new(2.0, cx.theme.accent)));
            let way = [view.screen(ellipse.centre), view.screen(plane.plot_from_z(z))];
            painter.line_segment(way, Stroke::new(1.5, cx.theme.accent));
        } else {
            let alpha = 0.25 + 0.75 * component.weight / largest.max(f32::MIN_POSITIVE);
            let stroke = Stroke::new(1.5, cx.theme.accent.gamma_multiply(0.6 * alpha));
            painter.add(Shape::closed_line(outline, stroke));
        }
    }
}
