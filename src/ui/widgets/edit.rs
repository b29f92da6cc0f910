//! Text that is shown until it is clicked and then typed: the ground of value and text fields.
//!
//! A click, Enter, or the first typed digit or sign opens it; letters never do, for they are keys of the
//! window. Enter or a click elsewhere takes the text, Escape brings the old one back, and the field lets the
//! keyboard go. While what is typed cannot be read the line turns bad, and leaving keeps the old text.

use super::paint;
use crate::ui::theme::{self, Theme};
use eframe::egui::epaint::RectShape;
use eframe::egui::text::{CCursor, CCursorRange};
use eframe::egui::{
    Align, Align2, CornerRadius, Event, Frame, Id, Key, Modifiers, Rect, Response, Shape, Stroke, StrokeKind,
    TextEdit, Ui, UiBuilder, Vec2, vec2,
};

/// How an [`Edit`] looks and what it takes.
pub(super) struct Edit<'a> {
    /// The accessible name of the whole field.
    pub(super) name: &'a str,
    /// What stands there while nothing is typed.
    pub(super) shown: &'a str,
    /// What stands there, fainter, while it is empty.
    pub(super) hint: &'a str,
    /// Whether a text can be taken.
    pub(super) check: &'a dyn Fn(&str) -> bool,
    /// Whether a character may open the field by being typed.
    pub(super) opens: fn(char) -> bool,
    /// Where the text stands.
    pub(super) align: Align,
    /// Whether it is to be typed into from now on, as if it were clicked.
    pub(super) is_asked: bool,
}

#[derive(Clone)]
struct Draft(String);

impl Edit<'_> {
    /// Shows the field in the room of `response` and gives the text that was just taken, if any.
    pub(super) fn show(&self, ui: &mut Ui, response: &Response) -> Option<String> {
        let draft = ui.data(|data| data.get_temp::<Draft>(response.id));
        if let Some(draft) = draft
            && ui.is_enabled()
        {
            return self.typing(ui, response, draft);
        }
        // As many identities as typing takes, so that those of later widgets stay.
        ui.skip_ahead_auto_ids(1);
        if let Some(text) = self.opened(ui, response) {
            self.open(ui, response, text);
        }
        self.still(ui, response);
        None
    }

    /// The text to start from, where the field was just opened.
    fn opened(&self, ui: &Ui, response: &Response) -> Option<String> {
        let mut typed = String::new();
        if response.has_focus() {
            ui.input_mut(|input| {
                input.events.retain(|event| match event {
                    Event::Text(text) if text.chars().all(self.opens) => {
                        typed.push_str(text);
                        false
                    }
                    _ => true,
                });
            });
        }
        if !typed.is_empty() {
            return Some(typed);
        }
        // A focused widget answers Enter and Space as a click.
        (response.clicked() || self.is_asked).then(|| self.shown.to_owned())
    }

    /// Lets the text be typed from the next frame on: a text field that is born and focused in the frame of a
    /// click would take that click for one elsewhere and lose the focus at once.
    fn open(&self, ui: &Ui, response: &Response, text: String) {
        let id = typed_id(response);
        let end = CCursor::new(text.chars().count());
        let start = if text == self.shown { CCursor::new(0) } else { end };
        let mut state = TextEdit::load_state(ui.ctx(), id).unwrap_or_default();
        state.cursor.set_char_range(Some(CCursorRange::two(start, end)));
        state.store(ui.ctx(), id);
        ui.memory_mut(|memory| memory.request_focus(id));
        paint::remember(ui, response.id, Some(Draft(text)));
        ui.ctx().request_repaint();
    }

    fn still(&self, ui: &Ui, response: &Response) {
        let theme = Theme::of(ui);
        let rect = response.rect;
        let is_held = response.dragged();
        let fill = if response.hovered() || is_held { theme.hover } else { theme.field };
        let line = if is_held { theme.pressed } else { theme.control_line };
        paint::frame(ui.painter(), rect, theme::VALUE_RADIUS, fill, Stroke::new(1.0, line));
        let inner = inner(rect);
        let (text, color) =
            if self.shown.is_empty() { (self.hint, theme.faint) } else { (self.shown, theme.text) };
        let galley = paint::line(ui.painter(), text, theme::body(), color, inner.width());
        let at = Align2([self.align, Align::Center]);
        paint::place(ui.painter(), at, at.pos_in_rect(&inner), galley);
        paint::focus_ring(ui, response, rect, theme::VALUE_RADIUS);
    }

    fn typing(&self, ui: &mut Ui, response: &Response, draft: Draft) -> Option<String> {
        let theme = Theme::of(ui);
        let Draft(mut text) = draft;
        let rect = response.rect;
        let ground = ui.painter().add(Shape::Noop);
        let inner = inner(rect);
        let mut child = ui.new_child(UiBuilder::new().max_rect(inner));
        child.spacing_mut().interact_size = Vec2::ZERO;
        child.visuals_mut().selection.bg_fill = theme.accent_line;
        child.visuals_mut().selection.stroke.color = theme.text;
        let typed = TextEdit::singleline(&mut text)
            .id(typed_id(response))
            .font(theme::body())
            .text_color(theme.text)
            .frame(Frame::NONE)
            .margin(0.0)
            .min_size(vec2(0.0, inner.height()))
            .desired_width(inner.width())
            .align(Align2([self.align, Align::Center]))
            .show(&mut child)
            .response
            .response
            .accessible_name(format!("{}, typed", self.name));
        let is_good = (self.check)(&text);
        let stroke = Stroke::new(1.5, if is_good { theme.accent } else { theme.bad });
        let round = CornerRadius::same(theme::VALUE_RADIUS);
        let frame = RectShape::new(rect, round, theme.field, stroke, StrokeKind::Inside);
        ui.painter().set(ground, frame);
        self.left(ui, response, &typed, text, is_good)
    }

    /// Takes, refuses or gives up the text when the field is left, else keeps it for the next frame.
    fn left(&self, ui: &Ui, response: &Response, typed: &Response, text: String, is_good: bool) -> Option<String> {
        if typed.has_focus() {
            paint::remember(ui, response.id, Some(Draft(text)));
            return None;
        }
        let (escaped, entered) = ui.input_mut(|input| {
            let escaped = input.consume_key(Modifiers::NONE, Key::Escape);
            (escaped, input.consume_key(Modifiers::NONE, Key::Enter))
        });
        if entered && !is_good {
            typed.request_focus();
            paint::remember(ui, response.id, Some(Draft(text)));
            return None;
        }
        paint::remember::<Draft>(ui, response.id, None);
        (is_good && !escaped && typed.lost_focus() && text != self.shown).then_some(text)
    }
}

fn typed_id(response: &Response) -> Id {
    response.id.with("typed")
}

fn inner(rect: Rect) -> Rect {
    rect.shrink2(vec2(8.0, 2.0))
}
