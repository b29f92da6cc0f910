//! An entry of a list with a picture beside or above what it is called.

use super::paint;
use crate::ui::textures::fitted;
use crate::ui::theme::{self, Theme};
use eframe::egui::{
    CursorIcon, Image, Rect, Response, Role, Sense, Stroke, StrokeKind, TextureHandle, Ui, Vec2, Widget,
    WidgetInfo, vec2,
};

const PAD: f32 = 5.0;
/// Height of its name and of its line.
const NAME: f32 = 17.0;
const LINE: f32 = 14.0;

/// A picture, a name, and a line about it; a click chooses it.
#[must_use = "add it to a ui"]
pub struct PictureEntry<'a> {
    name: &'a str,
    line: &'a str,
    picture: Option<&'a TextureHandle>,
    room: Vec2,
    width: f32,
}

impl<'a> PictureEntry<'a> {
    /// An entry `width` wide called `name`, whose picture has a `room`; without a picture that stays empty.
    /// The words stand beside it, or below where it is as wide as the entry.
    pub const fn new(
        name: &'a str,
        line: &'a str,
        picture: Option<&'a TextureHandle>,
        room: Vec2,
        width: f32,
    ) -> Self {
        Self { name, line, picture, room, width }
    }
}

impl Widget for PictureEntry<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let theme = Theme::of(ui);
        let is_beside = self.room.x + 2.0 * PAD < self.width;
        let words = NAME + LINE;
        let height = if is_beside { self.room.y.max(words) } else { self.room.y + 4.0 + words };
        let response = paint::named(ui, self.name, vec2(self.width, height + 2.0 * PAD), Sense::click());
        let is_enabled = ui.is_enabled();
        response.widget_info(|| WidgetInfo::labeled(Role::Button, is_enabled, self.name));
        let rect = response.rect;
        if response.hovered() {
            ui.painter().rect_filled(rect, theme::CONTROL_RADIUS, theme.hover);
        }
        let room = Rect::from_min_size(rect.min + Vec2::splat(PAD), self.room);
        let room = if is_beside { room } else { room.intersect(rect.shrink(PAD)) };
        ui.painter().rect_filled(room, theme::TILE_RADIUS, theme.plane);
        if let Some(picture) = self.picture {
            let size = fitted(picture, room.width());
            let size = size * (room.height() / size.y).min(1.0);
            Image::new(picture)
                .corner_radius(theme::TILE_RADIUS)
                .paint_at(ui, Rect::from_center_size(room.center(), size));
        }
        ui.painter().rect_stroke(room, theme::TILE_RADIUS, Stroke::new(1.0, theme.hairline), StrokeKind::Outside);
        let at = if is_beside {
            room.right_top() + vec2(10.0, (room.height() - words) / 2.0)
        } else {
            room.left_bottom() + vec2(0.0, 4.0)
        };
        let wide = rect.right() - PAD - at.x;
        let name = Rect::from_min_size(at, vec2(wide, NAME));
        paint::cut_text(ui.painter(), name, self.name, theme::body(), theme.text);
        let line = Rect::from_min_size(at + vec2(0.0, NAME), vec2(wide, LINE));
        paint::cut_text(ui.painter(), line, self.line, theme::small(), theme.faint);
        paint::focus_ring(ui, &response, rect, theme::CONTROL_RADIUS);
        response.on_hover_cursor(CursorIcon::PointingHand)
    }
}
