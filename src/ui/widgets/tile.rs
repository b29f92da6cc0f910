//! A picture in a thin frame that can be hovered and chosen.

use super::paint;
use crate::ui::theme::{self, Theme};
use eframe::egui::{
    CornerRadius, CursorIcon, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, Vec2, Widget, WidgetInfo,
};

/// A picture of `size` points, which is drawn by what made the tile.
#[must_use = "add it to a ui"]
pub struct Tile<'a, F> {
    name: &'a str,
    size: Vec2,
    paint: F,
    chosen: bool,
    sense: Option<Sense>,
}

impl<'a, F: Fn(&Ui, Rect)> Tile<'a, F> {
    /// A tile called `name` ("Step 3 of 9"), whose picture `paint` draws into its place.
    pub const fn new(name: &'a str, size: Vec2, paint: F) -> Self {
        Self { name, size, paint, chosen: false, sense: None }
    }

    /// Frames it as the chosen one.
    pub fn chosen(mut self, chosen: bool) -> Self {
        self.chosen = chosen;
        self
    }

    /// Sets what it answers to; [`Sense::hover`] for a picture that only shows.
    pub fn sense(mut self, sense: Sense) -> Self {
        self.sense = Some(sense);
        self
    }
}

impl<F: Fn(&Ui, Rect)> Widget for Tile<'_, F> {
    fn ui(self, ui: &mut Ui) -> Response {
        let theme = Theme::of(ui);
        let sense = self.sense.unwrap_or(Sense::click());
        let response = ui.allocate_response(self.size, sense);
        let is_enabled = ui.is_enabled();
        let is_button = sense.senses_click();
        let role = if is_button { Role::Button } else { Role::Image };
        response.widget_info(|| WidgetInfo::labeled(role, is_enabled, self.name));
        let rect = response.rect;
        let round = CornerRadius::same(theme::TILE_RADIUS);
        (self.paint)(ui, rect);
        // The frame lies around the picture, so that none of its pixels is covered.
        let stroke = if self.chosen {
            Stroke::new(2.0, theme.accent)
        } else if is_button && response.hovered() {
            Stroke::new(1.0, theme.accent)
        } else {
            Stroke::new(1.0, theme.pressed)
        };
        ui.painter().rect_stroke(rect, round, stroke, StrokeKind::Outside);
        paint::focus_ring(ui, &response, rect.expand(1.0), theme::TILE_RADIUS);
        if is_button { response.on_hover_cursor(CursorIcon::PointingHand) } else { response }
    }
}
