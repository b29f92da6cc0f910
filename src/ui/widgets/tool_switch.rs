//! Choosing one of a few: the tool switch of the top bar, and the smaller segmented choice.

use super::{help, paint};
use crate::ui::theme::{self, Theme};
use eframe::egui;
use eframe::egui::{
    Align2, Color32, CursorIcon, EventFilter, Key, Modifiers, Pos2, Rect, Response, Role, Sense, Stroke, Ui,
    Widget, WidgetInfo, vec2,
};

/// One tool of a [`ToolSwitch`].
#[derive(Clone, Copy, Debug)]
pub struct Tool<'a> {
    /// An icon of [`crate::ui::icons`].
    pub icon: &'a str,
    /// Its name.
    pub name: &'a str,
    /// One sentence on what it does.
    pub help: &'a str,
}

/// The tools side by side in one frame 32 points high, the chosen one in the accent.
#[must_use = "add it to a ui"]
pub struct ToolSwitch<'a> {
    tools: &'a [Tool<'a>],
    chosen: &'a mut usize,
    icons_only: bool,
}

impl<'a> ToolSwitch<'a> {
    /// A switch between `tools`; `chosen` counts from 0.
    pub const fn new(tools: &'a [Tool<'a>], chosen: &'a mut usize) -> Self {
        Self { tools, chosen, icons_only: false }
    }

    /// Leaves out the names, where the window is narrow.
    pub const fn icons_only(mut self, icons_only: bool) -> Self {
        self.icons_only = icons_only;
        self
    }

    /// Width of each tool in points.
    fn widths(&self, ui: &Ui) -> Vec<f32> {
        // The semibold text is the wider one: with it in every place nothing moves when the choice does.
        let font = theme::semibold(13.0);
        let text = |tool: &Tool<'_>| {
            let width = paint::width(ui.painter(), tool.name, font.clone());
            if self.icons_only { 0.0 } else { paint::ICON_GAP + width }
        };
        self.tools.iter().map(|tool| (paint::ICON + text(tool) + 20.0).ceil()).collect()
    }

    /// Width of the whole in points.
    pub fn width(&self, ui: &Ui) -> f32 {
        let gaps = TOOL_GAP * self.tools.len().saturating_sub(1) as f32;
        self.widths(ui).iter().sum::<f32>() + gaps + 2.0 * INSET
    }
}

const INSET: f32 = 3.0;
const TOOL_GAP: f32 = 2.0;

impl Widget for ToolSwitch<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let theme = Theme::of(ui);
        let widths = self.widths(ui);
        let size = vec2(self.width(ui), 32.0);
        let mut whole = ui.allocate_response(size, Sense::hover());
        let rect = whole.rect;
        let line = Stroke::new(1.0, theme.control_line);
        paint::frame(ui.painter(), rect, theme::CARD_RADIUS, theme.field, line);

        let mut left = rect.left() + INSET;
        for (i, (tool, width)) in self.tools.iter().zip(widths).enumerate() {
            let cell =
                Rect::from_min_size(Pos2::new(left, rect.top() + INSET), vec2(width, rect.height() - 2.0 * INSET));
            left += width + TOOL_GAP;
            let response = ui.interact(cell, whole.id.with(i), Sense::click());
            if response.clicked() && *self.chosen != i {
                *self.chosen = i;
                whole.mark_changed();
            }
            let is_chosen = *self.chosen == i;
            segment(ui, &theme, &response, tool.name, is_chosen);
            let (font, color) = segment_text(&theme, is_chosen);
            let color = if is_chosen { color } else { theme.weak };
            let galley = paint::line(ui.painter(), tool.name, font, color, f32::INFINITY);
            let text = if self.icons_only { 0.0 } else { paint::ICON_GAP + galley.size().x };
            let start = cell.center().x - (paint::ICON + text) / 2.0;
            let middle = Pos2::new(start + paint::ICON / 2.0, cell.center().y);
            paint::icon(ui.painter(), middle, tool.icon, paint::ICON, color);
            if !self.icons_only {
                let at = start + paint::ICON + paint::ICON_GAP;
                let (anchor, pos) = paint::left_middle(cell, at);
                paint::place(ui.painter(), anchor, pos, galley);
            }
            help(response, tool.name, tool.help, None);
        }
        whole
    }
}

/// Two to four words side by side, one of them chosen, 28 points high.
#[must_use = "add it to a ui"]
pub struct Segmented<'a> {
    name: &'a str,
    words: &'a [&'a str],
    chosen: &'a mut usize,
    width: Option<f32>,
}

impl<'a> Segmented<'a> {
    /// A choice called `name` between `words`; `chosen` counts from 0.
    pub const fn new(name: &'a str, words: &'a [&'a str], chosen: &'a mut usize) -> Self {
        Self { name, words, chosen, width: None }
    }

    /// Shares `width` points among the words evenly.
    pub const fn width(mut self, width: f32) -> Self {
        self.width = Some(width);
        self
    }
}

impl Widget for Segmented<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let theme = Theme::of(ui);
        let each = self.width.map(|width| (width - 4.0) / self.words.len().max(1) as f32);
        let widths: Vec<f32> = self
            .words
            .iter()
            .map(|word| {
                let font = theme::semibold(13.0);
                let text = paint::line(ui.painter(), &theme::crisp(word), font, theme.text, f32::INFINITY);
                each.unwrap_or((text.size().x + 18.0).ceil())
            })
            .collect();
        let size = vec2(widths.iter().sum::<f32>() + 4.0, theme::CONTROL_HEIGHT);
        let mut whole = paint::named(ui, self.name, size, Sense::hover());
        let rect = whole.rect;
        let line = Stroke::new(1.0, theme.control_line);
        paint::frame(ui.painter(), rect, theme::CONTROL_RADIUS, theme.field, line);
        let mut left = rect.left() + 2.0;
        for (i, (word, width)) in self.words.iter().zip(widths).enumerate() {
            let cell = Rect::from_min_size(Pos2::new(left, rect.top() + 2.0), vec2(width, rect.height() - 4.0));
            left += width;
            let response = ui.interact(cell, whole.id.with(i), Sense::click());
            let step = arrow_step(ui, &response);
            let last = self.words.len() as isize - 1;
            let next = (i as isize + step).clamp(0, last) as usize;
            let wanted = if response.clicked() { i } else { next };
            if (response.clicked() || step != 0) && *self.chosen != wanted {
                *self.chosen = wanted;
                whole.mark_changed();
            }
            if step != 0 {
                ui.memory_mut(|memory| memory.request_focus(whole.id.with(wanted)));
            }
            let is_chosen = *self.chosen == i;
            let name = format!("{}: {word}", self.name);
            segment(ui, &theme, &response, &name, is_chosen);
            let (font, color) = segment_text(&theme, is_chosen);
            let pos = cell.center();
            paint::text(ui.painter(), Align2::CENTER_CENTER, pos, &theme::crisp(word), font, color);
        }
        whole
    }
}

/// −1, 0 or 1, as the arrow keys say while `response` has the focus.
fn arrow_step(ui: &Ui, response: &Response) -> isize {
    if !response.has_focus() {
        return 0;
    }
    let filter = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    ui.input_mut(|input| {
        let right = input.consume_key(Modifiers::NONE, Key::ArrowRight);
        let left = input.consume_key(Modifiers::NONE, Key::ArrowLeft);
        isize::from(right) - isize::from(left)
    })
}

fn segment_text(theme: &Theme, is_chosen: bool) -> (egui::FontId, Color32) {
    if is_chosen { (theme::semibold(13.0), theme.accent) } else { (theme::body(), theme.text) }
}

/// Names one choice, paints its ground and its ring.
fn segment(ui: &Ui, theme: &Theme, response: &Response, name: &str, is_chosen: bool) {
    let is_enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, is_enabled, is_chosen, name));
    let (fill, line) =
        if is_chosen { (theme.accent_ground, theme.accent_line) } else { paint::quiet(theme, response) };
    let stroke = Stroke::new(1.0, line);
    paint::frame(ui.painter(), response.rect, theme::CONTROL_RADIUS, fill, stroke);
    paint::focus_ring(ui, response, response.rect, theme::CONTROL_RADIUS);
    if response.hovered() {
        ui.set_cursor_icon(CursorIcon::PointingHand);
    }
}
