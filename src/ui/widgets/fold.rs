//! A row that folds further settings away and says what they are set to.

use super::paint;
use crate::ui::icons;
use crate::ui::theme::{self, Theme};
use eframe::egui::{CursorIcon, Pos2, Response, Role, Sense, Ui, WidgetInfo, vec2};

/// Shows "› title   note", 24 points high, and turns `open` when it is clicked; the caller shows what is
/// inside.
pub fn fold(ui: &mut Ui, title: &str, note: &str, open: &mut bool) -> Response {
    let theme = Theme::of(ui);
    let size = vec2(ui.available_width(), theme::VALUE_HEIGHT);
    let mut response = paint::named(ui, title, size, Sense::click());
    if response.clicked() {
        *open = !*open;
        response.mark_changed();
    }
    let is_enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::selected(Role::DisclosureTriangle, is_enabled, *open, title));
    let rect = response.rect;
    let color = if response.hovered() { theme.text } else { theme.weak };
    let painter = ui.painter();
    let caret = if *open { icons::CARET_DOWN } else { icons::CARET_RIGHT };
    let center = Pos2::new(rect.left() + 6.0, rect.center().y);
    paint::icon(painter, center, caret, paint::CARET, color);
    let (anchor, pos) = paint::left_middle(rect, rect.left() + 16.0);
    let placed = paint::text(painter, anchor, pos, title, theme::body(), color);
    let room = (rect.right() - placed.right() - 8.0).max(0.0);
    let galley = paint::line(painter, note, theme::small(), theme.faint, room);
    let (anchor, pos) = paint::right_middle(rect, rect.right());
    paint::place(painter, anchor, pos, galley);
    paint::focus_ring(ui, &response, rect, theme::VALUE_RADIUS);
    response.on_hover_cursor(CursorIcon::PointingHand)
}
