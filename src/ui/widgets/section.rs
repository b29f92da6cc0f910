//! The head of a section, and the row of a label with its control.

use super::button::Link;
use super::child;
use super::paint;
use crate::ui::theme::{self, Theme};
use eframe::egui::{Align, Layout, Rect, Response, Role, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};

/// What stands at the right end of a section's head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aside<'a> {
    /// Nothing.
    None,
    /// A unit or a count, 11 points.
    Faint(&'a str),
    /// What is chosen while the section is locked, 13 points.
    Weak(&'a str),
    /// What goes on now, 11 points in the accent.
    Accent(&'a str),
    /// Something to click, 11 points in the accent.
    Link(&'a str),
}

/// Shows a semibold title at the left and `aside` at the right, 18 points high, and gives the response of the
/// link, or of the whole head where there is none.
pub fn section_head(ui: &mut Ui, title: &str, aside: Aside<'_>) -> Response {
    let theme = Theme::of(ui);
    let head = ui.allocate_response(vec2(ui.available_width(), 18.0), Sense::hover());
    head.widget_info(|| WidgetInfo::labeled(Role::Heading, true, title));
    let rect = head.rect;
    let painter = ui.painter();
    let (anchor, pos) = paint::left_middle(rect, rect.left());
    let placed = paint::text(painter, anchor, pos, title, theme::semibold(13.0), theme.text);
    let (text, font, color) = match aside {
        Aside::None => return head,
        Aside::Faint(text) => (text, theme::small(), theme.faint),
        Aside::Weak(text) => (text, theme::body(), theme.weak),
        Aside::Accent(text) | Aside::Link(text) => (text, theme::small(), theme.accent),
    };
    let room = (rect.right() - placed.right() - 8.0).max(0.0);
    let galley = paint::line(painter, text, font, color, room);
    if let Aside::Link(text) = aside {
        let left = rect.right() - galley.size().x;
        let top = (rect.center().y - galley.size().y / 2.0).round();
        let place = Rect::from_min_max(pos2(left, top), rect.max);
        return ui.new_child(UiBuilder::new().id_salt(title).max_rect(place)).add(Link::new(text));
    }
    let (anchor, pos) = paint::right_middle(rect, rect.right());
    paint::place(painter, anchor, pos, galley);
    head
}

/// Shows `label` at the left and, at the right end of the same row of 24 points, what `add` shows;
/// controls added there run from right to left.
pub fn row<R>(ui: &mut Ui, label: &str, add: impl FnOnce(&mut Ui) -> R) -> R {
    let theme = Theme::of(ui);
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), theme::VALUE_HEIGHT));
    let (anchor, pos) = paint::left_middle(rect, rect.left());
    paint::text(ui.painter(), anchor, pos, label, theme::body(), theme.weak);
    let layout = Layout::right_to_left(Align::Center);
    add(&mut child(ui, label, UiBuilder::new().max_rect(rect).layout(layout)))
}
