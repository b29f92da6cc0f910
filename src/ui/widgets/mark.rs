//! The program's sign: a disc lit on its right half.

use eframe::egui::{Color32, Painter, Pos2, Shape, Stroke, Vec2};
use std::f32::consts::{FRAC_PI_2, PI};

/// Paints the half-lit disc of `radius` points around `center`.
pub fn mark(painter: &Painter, center: Pos2, radius: f32, color: Color32) {
    let line = (radius / 6.0).max(1.0);
    let half = (0..=32).map(|i| center + radius * Vec2::angled(PI * i as f32 / 32.0 - FRAC_PI_2)).collect();
    painter.add(Shape::convex_polygon(half, color, Stroke::NONE));
    painter.circle_stroke(center, radius - line / 2.0, Stroke::new(line, color));
}
