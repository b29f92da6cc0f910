//! The image from outside of the data on a plane: a diamond at its code, and around it the Gaussian that it
//! is encoded as, at one and two σ.

use super::Scene;
use crate::latent::ellipse::Ellipse;
use crate::ui::context::Cx;
use eframe::egui::{Painter, Shape, Stroke, vec2};
use ndarray::Array2;
use std::f32::consts::TAU;

/// Half of the diamond across.
const HALF: f32 = 5.5;
const N_CORNERS: usize = 72;

/// Draws them.
pub fn paint(painter: &Painter, scene: &Scene<'_>, cx: &Cx<'_>) {
    let Some(placed) = cx.session.placed(scene.slot) else { return };
    let plane = scene.plane;
    if placed.mu.len() != plane.origin.len() {
        return;
    }
    if let (Some(log_var), true) = (&placed.log_var, plane.origin.len() > 1) {
        let n = log_var.len();
        let covariance = Array2::from_shape_fn((n, n), |(i, j)| if i == j { log_var[i].exp() } else { 0.0 });
        let ellipse = Ellipse::of(&placed.mu, covariance.view(), plane);
        for (n_sigma, strength) in [(1.0, 1.0), (2.0, 0.5)] {
            let corner = |k: usize| scene.view.screen(ellipse.at(n_sigma, k as f32 / N_CORNERS as f32 * TAU));
            let outline = (0..N_CORNERS).map(corner).collect();
            painter.add(Shape::closed_line(outline, Stroke::new(1.5, cx.theme.accent.gamma_multiply(strength))));
        }
    }
    let at = scene.place(&placed.mu);
    let corners = [vec2(0.0, -1.0), vec2(1.0, 0.0), vec2(0.0, 1.0), vec2(-1.0, 0.0)];
    let around = |half: f32| corners.iter().map(|corner| at + *corner * half).collect();
    // A casing in the plane's colour keeps it visible on dense codes.
    painter.add(Shape::convex_polygon(around(HALF + 3.0), cx.theme.plane, Stroke::NONE));
    painter.add(Shape::convex_polygon(around(HALF), cx.theme.accent, Stroke::NONE));
}
