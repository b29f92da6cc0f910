//! The posterior of the sample that is looked at: 1 σ and 2 σ as ellipses, and draws from it.

use super::Scene;
use crate::latent::ellipse::Ellipse;
use crate::session::Layer;
use crate::ui::context::Cx;
use eframe::egui::{Painter, Pos2, Shape, Stroke};
use ndarray::{Array1, Array2};

/// Corners of an ellipse.
const N_CORNERS: usize = 64;
/// Draws that are shown as dots.
const N_DOTS: usize = 64;

/// Draws them where the model says how sure it is.
pub fn paint(painter: &Painter, scene: &Scene<'_>, cx: &Cx<'_>) {
    let plane = scene.plane;
    let layers = &cx.session.spec().layers;
    if plane.origin.len() < 2 {
        return;
    }
    let Some(posterior) = cx.session.posterior_of(scene.slot) else { return };
    if posterior.mean.len() != plane.origin.len() {
        return;
    }
    let view = scene.view;
    if layers.contains(&Layer::PosteriorSamples) {
        for z in posterior.draws(N_DOTS).rows() {
            let at = view.screen(plane.plot_from_z(&z.to_vec()));
            painter.circle(at, 2.5, cx.theme.accent, Stroke::new(1.0, cx.theme.plane));
        }
    }
    if layers.contains(&Layer::Posterior) {
        let covariance = Array2::from_diag(&Array1::from(posterior.variance.clone()));
        let ellipse = Ellipse::of(&posterior.mean, covariance.view(), plane);
        for (n_sigma, width) in [(2.0, 1.0), (1.0, 1.5)] {
            let corner = |k: usize| ellipse.at(n_sigma, k as f32 / N_CORNERS as f32 * std::f32::consts::TAU);
            let outline: Vec<Pos2> = (0..N_CORNERS).map(|k| view.screen(corner(k))).collect();
            // A casing in the plane's colour keeps it visible on dense codes.
            painter.add(Shape::closed_line(outline.clone(), Stroke::new(width + 2.0, cx.theme.plane)));
            painter.add(Shape::closed_line(outline, Stroke::new(width, cx.theme.accent)));
        }
    }
}
