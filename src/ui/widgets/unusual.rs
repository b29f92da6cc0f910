//! The mark of a value that is not the usual one.

use super::{child, help, paint};
use crate::ui::theme::{self, Theme};
use eframe::egui::{CursorIcon, Pos2, Rect, Response, Role, Sense, Ui, UiBuilder, Vec2, WidgetInfo, vec2};

/// Where the dot stands in the margin, and how far the title may reach that answers with it.
const MARGIN: f32 = 8.0;
const TITLE: f32 = 96.0;

/// Shows a dot in the margin of the row that begins at `line`; a click on it or on the row's title asks for
/// the usual value again. What it is and what it usually is are said in words.
pub fn unusual(ui: &mut Ui, line: Pos2, title: &str, [now, usual]: [&str; 2]) -> Response {
    let theme = Theme::of(ui);
    let place = Rect::from_min_max(line - vec2(12.0, 0.0), line + vec2(TITLE, theme::VALUE_HEIGHT));
    let mut beside = child(ui, ("unusual", title), UiBuilder::new().max_rect(place));
    let response = beside.allocate_rect(place, Sense::click());
    let name = format!("{title}: back to {usual}");
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    let centre = line + Vec2::new(-MARGIN, theme::VALUE_HEIGHT / 2.0);
    ui.painter().circle_filled(centre, 2.0, theme.accent);
    paint::focus_ring(ui, &response, place.shrink(2.0), theme::VALUE_RADIUS);
    let sentence = format!("It is {now} now; a click takes that back.");
    help(response, &name, &sentence, None).on_hover_cursor(CursorIcon::PointingHand)
}
