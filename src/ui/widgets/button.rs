//! Buttons: with text, with an icon alone, a link in the text, and the small chip that is on or off.

use super::paint;
use crate::ui::icons;
use crate::ui::theme::{self, Theme};
use eframe::egui::{
    Align2, Color32, CursorIcon, FontId, Pos2, Rect, Response, Role, Sense, Stroke, Ui, Vec2, Widget, WidgetInfo,
    vec2,
};

/// A button with a text and perhaps an icon, 28 points high.
#[must_use = "add it to a ui"]
pub struct Button<'a> {
    text: &'a str,
    icon: Option<&'a str>,
    name: &'a str,
    primary: bool,
    quiet: bool,
    flush: bool,
    caret: bool,
    width: Option<f32>,
}

impl<'a> Button<'a> {
    /// A plain button as wide as its text; the text is its accessible name.
    pub const fn new(text: &'a str) -> Self {
        Self {
            text,
            icon: None,
            name: text,
            primary: false,
            quiet: false,
            flush: false,
            caret: false,
            width: None,
        }
    }

    /// Puts an icon of [`crate::ui::icons`] before the text.
    pub const fn icon(mut self, icon: &'a str) -> Self {
        self.icon = Some(icon);
        self
    }

    /// Gives another accessible name, where the text alone does not say what happens.
    pub const fn name(mut self, name: &'a str) -> Self {
        self.name = name;
        self
    }

    /// Fills it with the accent: the one next thing to do.
    pub const fn primary(mut self, primary: bool) -> Self {
        self.primary = primary;
        self
    }

    /// Leaves out the frame until the pointer comes.
    pub const fn quiet(mut self, quiet: bool) -> Self {
        self.quiet = quiet;
        self
    }

    /// Leaves out the frame, and begins the text where the column begins.
    pub const fn flush(mut self) -> Self {
        self.quiet = true;
        self.flush = true;
        self
    }

    /// Adds the caret of a button that opens a list.
    pub const fn caret(mut self, caret: bool) -> Self {
        self.caret = caret;
        self
    }

    /// Sets the width in points; the text stays in the middle and is cut where it does not fit.
    pub const fn width(mut self, width: f32) -> Self {
        self.width = Some(width);
        self
    }

    /// How wide it is by itself, in points.
    pub fn natural_width(&self, ui: &Ui) -> f32 {
        let text = paint::width(ui.painter(), self.text, self.font());
        (text + self.around_text() + 2.0 * self.padding()).ceil()
    }

    fn font(&self) -> FontId {
        if self.primary { theme::semibold(13.0) } else { theme::body() }
    }

    const fn padding(&self) -> f32 {
        if self.icon.is_some() { 12.0 } else { 11.0 }
    }

    const fn icon_width(&self) -> f32 {
        match self.icon {
            Some(_) if self.text.is_empty() => paint::ICON,
            Some(_) => paint::ICON + paint::ICON_GAP,
            None => 0.0,
        }
    }

    /// Width of icon and caret with their gaps.
    const fn around_text(&self) -> f32 {
        self.icon_width() + if self.caret { paint::CARET + paint::ICON_GAP } else { 0.0 }
    }
}

impl Widget for Button<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let theme = Theme::of(ui);
        let (padding, icon_width, around) = (self.padding(), self.icon_width(), self.around_text());
        let room = self.width.map_or(f32::INFINITY, |width| (width - 8.0 - around).max(0.0));
        let color = if self.primary { theme.on_accent } else { theme.text };
        let galley = paint::line(ui.painter(), self.text, self.font(), color, room);
        let content = around + galley.size().x;
        let outside = if self.flush { padding } else { 0.0 };
        let width = self.width.unwrap_or((content + 2.0 * padding - outside).ceil());
        let response = ui.allocate_response(vec2(width, theme::CONTROL_HEIGHT), Sense::click());
        let is_enabled = ui.is_enabled();
        response.widget_info(|| WidgetInfo::labeled(Role::Button, is_enabled, self.name));

        let mut rect = response.rect;
        rect.min.x -= outside;
        let (fill, line) = match (self.primary, self.quiet) {
            (true, _) => (primary_fill(&theme, &response), Color32::TRANSPARENT),
            (false, true) => paint::quiet(&theme, &response),
            (false, false) => paint::control(&theme, &response),
        };
        let painter = ui.painter();
        paint::frame(painter, rect, theme::CONTROL_RADIUS, fill, Stroke::new(1.0, line));
        let left = rect.center().x - content / 2.0;
        if let Some(icon) = self.icon {
            let center = Pos2::new(left + paint::ICON / 2.0, rect.center().y);
            paint::icon(painter, center, icon, paint::ICON, color);
        }
        let (anchor, pos) = paint::left_middle(rect, left + icon_width);
        paint::place(painter, anchor, pos, galley);
        if self.caret {
            let center = Pos2::new(left + content - paint::CARET / 2.0, rect.center().y);
            paint::icon(painter, center, icons::CARET_DOWN, paint::CARET, theme.weak);
        }
        paint::focus_ring(ui, &response, rect, theme::CONTROL_RADIUS);
        response.on_hover_cursor(CursorIcon::PointingHand)
    }
}

fn primary_fill(theme: &Theme, response: &Response) -> Color32 {
    if paint::is_pressed(response) {
        theme.accent.lerp_to_gamma(theme.panel, 0.18)
    } else if response.hovered() {
        theme.accent_hovered
    } else {
        theme.accent
    }
}

/// A square button with an icon alone, 30 points wide unless told otherwise.
#[must_use = "add it to a ui"]
pub struct IconButton<'a> {
    icon: &'a str,
    name: &'a str,
    framed: bool,
    chosen: bool,
    size: Vec2,
}

impl<'a> IconButton<'a> {
    /// A button without a frame; `name` is what it is called where it cannot be seen.
    pub const fn new(icon: &'a str, name: &'a str) -> Self {
        Self { icon, name, framed: false, chosen: false, size: Vec2::splat(30.0) }
    }

    /// Frames it like the text buttons beside it, 28 points square.
    pub const fn framed(mut self) -> Self {
        self.framed = true;
        self.size = Vec2::splat(theme::CONTROL_HEIGHT);
        self
    }

    /// Shows it as switched on.
    pub const fn chosen(mut self, chosen: bool) -> Self {
        self.chosen = chosen;
        self
    }

    /// Sets the side in points, at least 24.
    pub const fn size(mut self, size: f32) -> Self {
        self.size = Vec2::splat(size);
        self
    }
}

impl Widget for IconButton<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let theme = Theme::of(ui);
        let response = ui.allocate_response(self.size, Sense::click());
        let is_enabled = ui.is_enabled();
        response.widget_info(|| WidgetInfo::labeled(Role::Button, is_enabled, self.name));
        let (fill, line) = if self.chosen {
            (theme.accent_ground, theme.accent_line)
        } else if self.framed {
            paint::control(&theme, &response)
        } else {
            paint::quiet(&theme, &response)
        };
        let color = if self.chosen {
            theme.accent
        } else if self.framed || response.hovered() {
            theme.text
        } else {
            theme.weak
        };
        let rect = response.rect;
        paint::frame(ui.painter(), rect, theme::CONTROL_RADIUS, fill, Stroke::new(1.0, line));
        paint::icon(ui.painter(), rect.center(), self.icon, paint::ICON, color);
        paint::focus_ring(ui, &response, rect, theme::CONTROL_RADIUS);
        response.on_hover_cursor(CursorIcon::PointingHand)
    }
}

/// A word in the accent that does something: "Open…", "Show".
#[must_use = "add it to a ui"]
pub struct Link<'a> {
    text: &'a str,
    size: f32,
}

impl<'a> Link<'a> {
    /// A link of 11 points.
    pub const fn new(text: &'a str) -> Self {
        Self { text, size: 11.0 }
    }

    /// Sets the size of the text in points.
    pub const fn size(mut self, size: f32) -> Self {
        self.size = size;
        self
    }
}

impl Widget for Link<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let theme = Theme::of(ui);
        let font = theme::regular(self.size);
        let galley = paint::line(ui.painter(), self.text, font, theme.accent, f32::INFINITY);
        let (_, rect) = ui.allocate_space(galley.size());
        // A target of 24 around text of 14, without pushing the line apart.
        let target = Rect::from_center_size(rect.center(), vec2(rect.width().max(24.0), theme::VALUE_HEIGHT));
        let response = ui.interact(target, ui.make_persistent_id(self.text), Sense::click());
        let is_enabled = ui.is_enabled();
        response.widget_info(|| WidgetInfo::labeled(Role::Link, is_enabled, self.text));
        let placed = paint::place(ui.painter(), Align2::CENTER_CENTER, rect.center(), galley);
        if response.hovered() {
            let stroke = Stroke::new(1.0, theme.accent);
            ui.painter().hline(placed.x_range(), placed.bottom() - 0.5, stroke);
        }
        paint::focus_ring(ui, &response, rect.expand2(vec2(2.0, 0.0)), 2);
        response.on_hover_cursor(CursorIcon::PointingHand)
    }
}

/// A small square letter that is on or off, such as the x and y that put a dimension on an axis.
#[must_use = "add it to a ui"]
pub struct Chip<'a> {
    text: &'a str,
    name: &'a str,
    chosen: bool,
    width: f32,
}

impl<'a> Chip<'a> {
    /// A chip of 18×20 points in a target of 24×24, called `name`.
    pub const fn new(text: &'a str, name: &'a str, chosen: bool) -> Self {
        Self { text, name, chosen, width: 24.0 }
    }

    /// Sets the width of the target, where chips stand close together.
    pub const fn width(mut self, width: f32) -> Self {
        self.width = width;
        self
    }
}

impl Widget for Chip<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let theme = Theme::of(ui);
        let response = ui.allocate_response(vec2(self.width, 24.0), Sense::click());
        let is_enabled = ui.is_enabled();
        response.widget_info(|| WidgetInfo::selected(Role::Button, is_enabled, self.chosen, self.name));
        let rect = Rect::from_center_size(response.rect.center(), vec2(18.0f32.min(self.width), 20.0));
        let (font, color, (fill, line)) = if self.chosen {
            let ground = (theme.accent_ground, theme.accent_line);
            (theme::semibold(11.0), theme.accent, ground)
        } else {
            (theme::small(), theme.weak, paint::quiet(&theme, &response))
        };
        paint::frame(ui.painter(), rect, theme::VALUE_RADIUS, fill, Stroke::new(1.0, line));
        paint::text(ui.painter(), Align2::CENTER_CENTER, rect.center(), self.text, font, color);
        paint::focus_ring(ui, &response, rect, theme::VALUE_RADIUS);
        response.on_hover_cursor(CursorIcon::PointingHand)
    }
}
