//! A picture in a thin frame that can be hovered and chosen.

use super::paint;
use crate::ui::theme::{self, Theme};
use eframe::egui::epaint::RectShape;
use eframe::egui::{
    Color32, CornerRadius, CursorIcon, Rect, Response, Role, Sense, Stroke, StrokeKind, TextureId, Ui, Vec2,
    Widget, WidgetInfo, pos2, vec2,
};

/// A picture of `size` points from a part of a texture, perhaps one that many tiles share.
#[must_use = "add it to a ui"]
pub struct Tile<'a> {
    name: &'a str,
    texture: TextureId,
    uv: Rect,
    size: Vec2,
    chosen: bool,
    sense: Option<Sense>,
    aspect: f32,
}

impl<'a> Tile<'a> {
    /// A tile called `name` ("Step 3 of 9"); `uv` runs from 0 to 1, see [`Self::WHOLE`].
    pub const fn new(name: &'a str, texture: TextureId, uv: Rect, size: Vec2) -> Self {
        Self { name, texture, uv, size, chosen: false, sense: None, aspect: 1.0 }
    }

    /// The `uv` of a whole texture.
    pub const WHOLE: Rect = Rect { min: pos2(0.0, 0.0), max: pos2(1.0, 1.0) };

    /// Shows a picture whose width over height is not the tile's, as large as fits.
    pub const fn aspect(mut self, aspect: f32) -> Self {
        self.aspect = aspect;
        self
    }

    /// Frames it as the chosen one.
    pub const fn chosen(mut self, chosen: bool) -> Self {
        self.chosen = chosen;
        self
    }

    /// Sets what it answers to; [`Sense::hover`] for a picture that only shows.
    pub const fn sense(mut self, sense: Sense) -> Self {
        self.sense = Some(sense);
        self
    }
}

impl Widget for Tile<'_> {
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
        let fitted =
            vec2(rect.width().min(rect.height() * self.aspect), rect.height().min(rect.width() / self.aspect));
        let picture = RectShape::filled(Rect::from_center_size(rect.center(), fitted), round, Color32::WHITE);
        ui.painter().add(picture.with_texture(self.texture, self.uv));
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
