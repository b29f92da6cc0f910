//! A line of the palette: a name, why it cannot be done now, and the key that does it.

use super::paint;
use crate::ui::theme::{self, Theme};
use eframe::egui::{Color32, CursorIcon, Pos2, Response, Role, Sense, Stroke, Ui, WidgetInfo, vec2};

/// Draws the line, faint and with the reason where there is one, and lit where the keys stand on it.
pub fn palette_entry(ui: &mut Ui, name: &str, why_not: Option<&str>, key: &str, is_lit: bool) -> Response {
    let theme = Theme::of(ui);
    let size = vec2(ui.available_width(), theme::CONTROL_HEIGHT);
    let response = paint::named(ui, name, size, Sense::CLICK);
    let rect = response.rect;
    let painter = ui.painter();
    let fill = if is_lit { theme.hover } else { Color32::TRANSPARENT };
    paint::frame(painter, rect, theme::VALUE_RADIUS, fill, Stroke::NONE);

    let (name_colour, key_colour) =
        if why_not.is_some() { (theme.faint, theme.faint) } else { (theme.text, theme.weak) };
    let (anchor, right) = paint::right_middle(rect, rect.right() - 8.0);
    let key_rect = paint::text(painter, anchor, right, key, theme::body(), key_colour);
    let room = key_rect.left() - rect.left() - 16.0;
    let (anchor, left) = paint::left_middle(rect, rect.left() + 8.0);
    let galley = paint::line(painter, name, theme::body(), name_colour, room);
    let name_rect = paint::place(painter, anchor, left, galley);
    if let Some(reason) = why_not {
        let at = Pos2::new(name_rect.right() + 10.0, rect.center().y);
        let galley = paint::line(painter, reason, theme::small(), theme.faint, key_rect.left() - at.x - 8.0);
        paint::place(painter, anchor, at, galley);
    }
    response.widget_info(|| {
        let label = why_not.map_or_else(|| name.to_owned(), |reason| format!("{name}: {reason}"));
        WidgetInfo::labeled(Role::MenuItem, why_not.is_none(), label)
    });
    if why_not.is_some() { response } else { response.on_hover_cursor(CursorIcon::PointingHand) }
}
