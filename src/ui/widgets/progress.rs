//! How far something is: a bar, and the ring around the pause button of a folded panel.

use crate::ui::theme::Theme;
use eframe::egui;
use eframe::egui::{
    CornerRadius, Painter, Pos2, Rect, Response, Role, Sense, Shape, Stroke, Ui, WidgetInfo, vec2,
};
use std::f32::consts::TAU;

/// Shows a bar of `height` points (4 to 6) as wide as there is room, filled to `fraction` (0 to 1).
pub fn bar(ui: &mut Ui, name: &str, fraction: f32, height: f32) -> Response {
    let theme = Theme::of(ui);
    let response = ui.allocate_response(vec2(ui.available_width(), height), Sense::hover());
    let fraction = clamped(fraction);
    let percent = f64::from(fraction) * 100.0;
    response.widget_info(|| WidgetInfo {
        label: Some(name.to_owned()),
        value: Some(percent),
        ..WidgetInfo::new(Role::ProgressIndicator)
    });
    let rect = response.rect;
    paint_bar(ui.painter(), rect, fraction, theme.track, theme.accent);
    response
}

/// Paints a bar with round ends into `rect`, filled to `fraction` (0 to 1): a KL bar, say, or a progress
/// line.
pub fn paint_bar(painter: &Painter, rect: Rect, fraction: f32, track: egui::Color32, filled: egui::Color32) {
    let round = CornerRadius::same((rect.height() / 2.0) as u8);
    painter.rect_filled(rect, round, track);
    let width = rect.width() * clamped(fraction);
    if width > 0.0 {
        // No shorter than it is high, or its round ends would bulge out of the track.
        let size = vec2(width.max(rect.height()).min(rect.width()), rect.height());
        painter.rect_filled(Rect::from_min_size(rect.min, size), round, filled);
    }
}

/// Paints a ring 2.5 points wide around `center`, filled clockwise from the top to `fraction` (0 to 1).
pub fn ring(painter: &Painter, center: Pos2, radius: f32, fraction: f32, theme: &Theme) {
    painter.circle_stroke(center, radius, Stroke::new(2.5, theme.track));
    let fraction = clamped(fraction);
    if fraction > 0.0 {
        let steps = (64.0 * fraction).ceil().max(2.0) as usize;
        let points = (0..=steps)
            .map(|i| {
                let turn = TAU * (fraction * i as f32 / steps as f32 - 0.25);
                center + radius * egui::Vec2::angled(turn)
            })
            .collect();
        painter.add(Shape::line(points, Stroke::new(2.5, theme.accent)));
    }
}

/// A fraction that is not a number counts as none.
fn clamped(fraction: f32) -> f32 {
    if fraction.is_nan() { 0.0 } else { fraction.clamp(0.0, 1.0) }
}
