//! Painting that the controls share: text and icons set on whole pixels, frames, the focus ring.

use crate::ui::theme::{self, Theme};
use eframe::egui::emath::GuiRounding as _;
use eframe::egui::text::{LayoutJob, TextFormat, TextWrapping};
use eframe::egui::{
    Align, Align2, Color32, CornerRadius, FontId, Galley, Id, Painter, Pos2, Rect, Response, Sense, Stroke,
    StrokeKind, Ui, Vec2,
};
use std::sync::Arc;

/// Size of an icon in a button, in points.
pub(super) const ICON: f32 = 16.0;
/// Size of a caret, in points.
pub(super) const CARET: f32 = 11.0;
/// Space between an icon and its text, in points.
pub(super) const ICON_GAP: f32 = 6.0;

/// Takes room of `size` and senses it under an identity that `name` gives within `ui`.
pub(super) fn named(ui: &mut Ui, name: &str, size: Vec2, sense: Sense) -> Response {
    let id = ui.make_persistent_id(name);
    let (_, rect) = ui.allocate_space(size);
    ui.interact(rect, id, sense)
}

/// One line of text, cut with "…" at `width` points.
pub(super) fn line(painter: &Painter, text: &str, font: FontId, color: Color32, width: f32) -> Arc<Galley> {
    let mut job = LayoutJob::single_section(text.to_owned(), TextFormat::simple(font, color));
    job.wrap = TextWrapping::truncate_at_width(width);
    painter.layout_job(job)
}

/// Width of one line of text in points.
pub(super) fn width(painter: &Painter, text: &str, font: FontId) -> f32 {
    line(painter, text, font, Color32::PLACEHOLDER, f32::INFINITY).size().x
}

/// Text wrapped at `width` points.
pub(super) fn lines(painter: &Painter, text: &str, font: FontId, color: Color32, width: f32) -> Arc<Galley> {
    painter.layout(text.to_owned(), font, color, width)
}

/// Sets a laid out text at `anchor` of `pos`, on whole pixels, and tells where.
pub(super) fn place(painter: &Painter, anchor: Align2, pos: Pos2, galley: Arc<Galley>) -> Rect {
    let rect = anchor.anchor_size(pos, galley.size()).round_to_pixels(painter.pixels_per_point());
    painter.galley(rect.min, galley, Color32::PLACEHOLDER);
    rect
}

/// Sets one line at `anchor` of `pos` and tells where.
pub(super) fn text(
    painter: &Painter,
    anchor: Align2,
    pos: Pos2,
    text: &str,
    font: FontId,
    color: Color32,
) -> Rect {
    let galley = line(painter, text, font, color, f32::INFINITY);
    place(painter, anchor, pos, galley)
}

/// Sets one line at the left middle of `place`, cut with "…" where it is too long, and tells where.
pub fn cut_text(painter: &Painter, place: Rect, text: &str, font: FontId, color: Color32) -> Rect {
    let galley = line(painter, text, font, color, place.width());
    let (anchor, pos) = left_middle(place, place.left());
    self::place(painter, anchor, pos, galley)
}

/// Sets one line into the middle of `place`, cut with "…" where it is too long.
///
/// What fits is laid out without regard to the width, so that it is laid out once while the place grows.
pub fn middle_text(painter: &Painter, place: Rect, text: &str, font: FontId, color: Color32) {
    const STEP: f32 = 4.0;
    let mut galley = painter.layout_no_wrap(text.to_owned(), font.clone(), color);
    if galley.size().x > place.width() {
        galley = line(painter, text, font, color, (place.width() / STEP).floor() * STEP);
    }
    self::place(painter, Align2::CENTER_CENTER, place.center(), galley);
}

/// Draws the mark of a class: a disc of 8 points, or a ring where its colour is used a second time.
pub fn class_mark(painter: &Painter, center: Pos2, color: Color32, is_ring: bool) {
    if is_ring {
        painter.circle_stroke(center, 3.0, Stroke::new(2.0, color));
    } else {
        painter.circle_filled(center, 4.0, color);
    }
}

/// Draws an icon whose square of `size` points is centred on `center`.
pub(super) fn icon(painter: &Painter, center: Pos2, icon: &str, size: f32, color: Color32) {
    text(painter, Align2::CENTER_CENTER, center, icon, theme::regular(size), color);
}

/// Fills a rounded rectangle with a line inside its edge.
pub(super) fn frame(painter: &Painter, rect: Rect, radius: u8, fill: Color32, line: impl Into<Stroke>) {
    painter.rect(rect, CornerRadius::same(radius), fill, line, StrokeKind::Inside);
}

/// Rings a focused control: accent, 1.5 wide, 2 off its edge.
pub(super) fn focus_ring(ui: &Ui, response: &Response, rect: Rect, radius: u8) {
    if response.has_focus() {
        // The ring lies outside the control and must not be cut by a tight layout around it.
        let painter = ui.painter().with_clip_rect(ui.clip_rect().expand(4.0));
        painter.rect_stroke(
            rect.expand(2.0),
            CornerRadius::same(radius.saturating_add(2)),
            Stroke::new(1.5, Theme::of(ui).accent),
            StrokeKind::Outside,
        );
    }
}

/// Whether the pointer or the keyboard holds `response` down.
pub(super) fn is_pressed(response: &Response) -> bool {
    response.is_pointer_button_down_on()
}

/// Fill and line of a plain control in its present state.
pub(super) fn control(theme: &Theme, response: &Response) -> (Color32, Color32) {
    if is_pressed(response) {
        (theme.pressed, theme.pressed)
    } else if response.hovered() {
        (theme.hover, theme.control_line)
    } else {
        (theme.control, theme.control_line)
    }
}

/// Fill and line of a control that has no frame at rest.
pub(super) fn quiet(theme: &Theme, response: &Response) -> (Color32, Color32) {
    if is_pressed(response) {
        (theme.pressed, Color32::TRANSPARENT)
    } else if response.hovered() {
        (theme.hover, Color32::TRANSPARENT)
    } else {
        (Color32::TRANSPARENT, Color32::TRANSPARENT)
    }
}

/// A galley's place for text that starts at `left` and is centred on the height of `rect`.
pub(super) fn left_middle(rect: Rect, left: f32) -> (Align2, Pos2) {
    let pos = Pos2::new(left, rect.center().y);
    (Align2([Align::Min, Align::Center]), pos)
}

/// A galley's place for text that ends at `right` and is centred on the height of `rect`.
pub(super) fn right_middle(rect: Rect, right: f32) -> (Align2, Pos2) {
    let pos = Pos2::new(right, rect.center().y);
    (Align2([Align::Max, Align::Center]), pos)
}

/// Keeps `value` for `id` until the context ends, or forgets it.
pub(super) fn remember<T>(ui: &Ui, id: Id, value: Option<T>)
where
    T: Clone + Send + Sync + 'static,
{
    ui.data_mut(|data| match value {
        Some(value) => {
            data.insert_temp(id, value);
        }
        None => data.remove::<T>(id),
    });
}

/// The ground of a row in a list: of the current one, of one that is pointed at, and around the one that has
/// the keys.
pub fn row_ground(painter: &Painter, at: Rect, response: &Response, is_current: bool, theme: &Theme) {
    if is_current || response.hovered() {
        let ground = if is_current { theme.accent_ground } else { theme.hover };
        painter.rect_filled(at, theme::TILE_RADIUS, ground);
    }
    if response.has_focus() {
        painter.rect_stroke(at, theme::TILE_RADIUS, Stroke::new(1.0, theme.accent), StrokeKind::Inside);
    }
}
