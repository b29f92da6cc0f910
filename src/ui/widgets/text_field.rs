//! A line of text that is typed and taken whole, such as the list "256, 128".

use super::edit::Edit;
use super::paint;
use crate::ui::theme;
use eframe::egui::{Align, CursorIcon, Response, Role, Sense, Ui, Widget, WidgetInfo, vec2};

/// A text field 24 points high; `changed()` tells that a new text was taken.
#[must_use = "add it to a ui"]
pub struct TextField<'a> {
    name: &'a str,
    text: &'a mut String,
    check: &'a dyn Fn(&str) -> bool,
    hint: &'a str,
    width: Option<f32>,
    align: Align,
    opened: bool,
}

impl<'a> TextField<'a> {
    /// A field called `name` for `text`, as wide as there is room.
    pub fn new(name: &'a str, text: &'a mut String) -> Self {
        Self { name, text, check: &|_| true, hint: "", width: None, align: Align::Min, opened: false }
    }

    /// Takes only texts that `check` accepts; while typing, others turn the line bad.
    pub const fn check(mut self, check: &'a dyn Fn(&str) -> bool) -> Self {
        self.check = check;
        self
    }

    /// Shows `hint` while the text is empty.
    pub const fn hint(mut self, hint: &'a str) -> Self {
        self.hint = hint;
        self
    }

    /// Sets the width in points.
    pub const fn width(mut self, width: f32) -> Self {
        self.width = Some(width);
        self
    }

    /// Begins to be typed into in this frame, as if it were clicked.
    pub const fn opened(mut self, opened: bool) -> Self {
        self.opened = opened;
        self
    }

    /// Aligns the text to the right, as values are.
    pub const fn right(mut self) -> Self {
        self.align = Align::Max;
        self
    }
}

impl Widget for TextField<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let width = self.width.unwrap_or_else(|| ui.available_width());
        let size = vec2(width, theme::VALUE_HEIGHT);
        let mut response = paint::named(ui, self.name, size, Sense::click());
        let taken = Edit {
            name: self.name,
            shown: self.text,
            hint: self.hint,
            check: self.check,
            opens: |c| !c.is_control() && !c.is_alphabetic() && c != ' ',
            align: self.align,
            is_asked: self.opened,
        }
        .show(ui, &response);
        if let Some(text) = taken {
            *self.text = text;
            response.mark_changed();
        }
        let is_enabled = ui.is_enabled();
        response.widget_info(|| WidgetInfo {
            enabled: is_enabled,
            label: Some(self.name.to_owned()),
            current_text_value: Some(self.text.clone()),
            ..WidgetInfo::new(Role::TextInput)
        });
        response.on_hover_cursor(CursorIcon::Text)
    }
}
