//! The pill at the top of the plane: a hint on what to do, or how the training goes.

use super::paint;
use crate::ui::icons;
use crate::ui::theme::{self, Theme};
use eframe::egui::{
    Color32, CornerRadius, CursorIcon, Galley, Painter, Pos2, Rect, Role, Sense, Stroke, StrokeKind, Ui, Vec2,
    WidgetInfo, pos2, vec2,
};
use std::sync::Arc;

const HEIGHT: f32 = 28.0;
const PAD: f32 = 14.0;

/// The sign of a live pill.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Dot {
    /// Training runs; the opacity breathes between .5 and 1.
    Breathing(f32),
    /// Training is paused.
    Hollow,
}

/// What a hint takes beside its text.
const AROUND: f32 = PAD + paint::ICON + 8.0 + 32.0;

fn hint_text(ui: &Ui, width: f32, text: &str) -> Arc<Galley> {
    paint::line(ui.painter(), text, theme::body(), Theme::of(ui).text, (width - AROUND).max(0.0))
}

/// Where [`hint`] shows its pill.
pub fn hint_place(ui: &Ui, top: Pos2, width: f32, text: &str) -> Rect {
    place(top, AROUND + hint_text(ui, width, text).size().x)
}

/// Shows a hint whose top edge is centred on `top`, and tells whether its × was clicked.
///
/// `opacity` runs from 0 to 1 and lets it fade out; `width` is the room in points, in which the text is cut.
pub fn hint(ui: &Ui, top: Pos2, width: f32, icon: &str, text: &str, opacity: f32) -> bool {
    let theme = Theme::of(ui);
    let painter = faded(ui, opacity);
    let galley = hint_text(ui, width, text);
    let rect = ground(&painter, &theme, top, AROUND + galley.size().x);
    let y = rect.center().y;
    let left = rect.left() + PAD;
    let middle = pos2(left + paint::ICON / 2.0, y);
    paint::icon(&painter, middle, icon, paint::ICON, theme.accent);
    let (anchor, pos) = paint::left_middle(rect, left + paint::ICON + 8.0);
    paint::place(&painter, anchor, pos, galley);

    let center = pos2(rect.right() - 16.0, y);
    let target = Rect::from_center_size(center, Vec2::splat(theme::VALUE_HEIGHT));
    let id = ui.make_persistent_id("close hint");
    let close = ui.interact(target, id, Sense::click());
    close.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Close the hint"));
    let color = if close.hovered() { theme.text } else { theme.faint };
    paint::icon(&painter, center, icons::X, paint::CARET, color);
    paint::focus_ring(ui, &close, target.shrink(4.0), 8);
    close.on_hover_cursor(CursorIcon::PointingHand).clicked()
}

/// Shows the state of the training with its top edge centred on `top`: a dot, a semibold title, a weak rest.
/// Gives its place.
pub fn live(ui: &Ui, top: Pos2, dot: Dot, title: &str, rest: &str) -> Rect {
    let theme = Theme::of(ui);
    let painter = ui.painter();
    let semibold = theme::semibold(13.0);
    let title = paint::line(painter, title, semibold, theme.text, f32::INFINITY);
    let rest = paint::line(painter, rest, theme::body(), theme.weak, f32::INFINITY);
    let gap = if rest.size().x > 0.0 { 8.0 } else { 0.0 };
    let (dot_width, title_width) = (16.0, title.size().x);
    let content = dot_width + title_width + gap + rest.size().x;
    let rect = ground(painter, &theme, top, content + 2.0 * PAD);
    let left = rect.left() + PAD;
    let center = pos2(left + 4.0, rect.center().y);
    match dot {
        Dot::Breathing(alpha) => {
            painter.circle_filled(center, 4.0, theme.accent.gamma_multiply(alpha));
        }
        Dot::Hollow => {
            painter.circle_stroke(center, 3.5, Stroke::new(1.5, theme.accent));
        }
    }
    let (anchor, pos) = paint::left_middle(rect, left + dot_width);
    paint::place(painter, anchor, pos, title);
    let (anchor, pos) = paint::left_middle(rect, left + dot_width + title_width + gap);
    paint::place(painter, anchor, pos, rest);
    rect
}

fn faded(ui: &Ui, opacity: f32) -> Painter {
    let mut painter = ui.painter().clone();
    painter.multiply_opacity(opacity);
    painter
}

fn place(top: Pos2, width: f32) -> Rect {
    let width = width.ceil();
    let min = pos2((top.x - width / 2.0).round(), top.y.round());
    Rect::from_min_size(min, vec2(width, HEIGHT))
}

fn ground(painter: &Painter, theme: &Theme, top: Pos2, width: f32) -> Rect {
    let rect = place(top, width);
    let round = CornerRadius::same(14);
    let fill: Color32 = theme.panel;
    painter.add(theme.card_shadow().as_shape(rect, round));
    let stroke = Stroke::new(1.0, theme.pressed);
    painter.rect(rect, round, fill, stroke, StrokeKind::Inside);
    rect
}
