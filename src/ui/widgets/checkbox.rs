//! A row with a box, a name and the key that switches it, as in the list of layers.

use super::paint;
use crate::ui::icons;
use crate::ui::theme::{self, Theme};
use eframe::egui::{CursorIcon, Pos2, Rect, Response, Role, Sense, Stroke, Ui, Vec2, Widget, WidgetInfo, vec2};

/// A box that is on or off, with its name, as wide as there is room.
#[must_use = "add it to a ui"]
pub struct Checkbox<'a> {
    name: &'a str,
    on: &'a mut bool,
    key: Option<&'a str>,
}

impl<'a> Checkbox<'a> {
    /// A box for `on`.
    pub const fn new(name: &'a str, on: &'a mut bool) -> Self {
        Self { name, on, key: None }
    }

    /// Shows the key that does the same at the right end.
    pub const fn key(mut self, key: &'a str) -> Self {
        self.key = Some(key);
        self
    }
}

impl Widget for Checkbox<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let theme = Theme::of(ui);
        let size = vec2(ui.available_width(), theme::VALUE_HEIGHT);
        let mut response = paint::named(ui, self.name, size, Sense::click());
        if response.clicked() {
            *self.on = !*self.on;
            response.mark_changed();
        }
        let (is_enabled, is_on) = (ui.is_enabled(), *self.on);
        response.widget_info(|| WidgetInfo::selected(Role::CheckBox, is_enabled, is_on, self.name));

        let rect = response.rect;
        let center = Pos2::new(rect.left() + 8.0, rect.center().y);
        let square = Rect::from_center_size(center, Vec2::splat(16.0));
        let (fill, line) = match (is_on, response.hovered()) {
            (true, true) => (theme.accent_hovered, theme.accent_hovered),
            (true, false) => (theme.accent, theme.accent),
            (false, true) => (theme.hover, theme.pressed),
            (false, false) => (theme.field, theme.pressed),
        };
        let painter = ui.painter();
        paint::frame(painter, square, 4, fill, Stroke::new(1.0, line));
        if is_on {
            paint::icon(painter, center, icons::CHECK, paint::CARET, theme.on_accent);
        }
        let (anchor, pos) = paint::left_middle(rect, rect.left() + 24.0);
        paint::text(painter, anchor, pos, self.name, theme::body(), theme.text);
        if let Some(key) = self.key {
            let (anchor, pos) = paint::right_middle(rect, rect.right());
            paint::text(painter, anchor, pos, key, theme::small(), theme.faint);
        }
        paint::focus_ring(ui, &response, square, 4);
        response.on_hover_cursor(CursorIcon::PointingHand)
    }
}
