//! A list that opens below its button.

use super::paint;
use crate::ui::icons;
use crate::ui::theme::{self, Theme};
use eframe::egui;
use eframe::egui::{
    CursorIcon, EventFilter, Id, Key, Modifiers, Popup, PopupCloseBehavior, Pos2, Rect, RectAlign, Response, Role,
    ScrollArea, Sense, SetOpenCommand, Stroke, TextureId, Ui, Vec2, Widget, WidgetInfo, vec2,
};

/// Height of a strip of pictures in the list.
const STRIP: f32 = 24.0;

/// One line of a [`Combo`].
#[derive(Clone, Copy, Debug)]
pub struct Item<'a> {
    /// What stands on the button when it is chosen.
    pub text: &'a str,
    /// A second, weak line in the list.
    pub note: Option<&'a str>,
    /// A strip of pictures below, once it is there: its texture, and its width over its height.
    pub strip: Option<Option<(TextureId, f32)>>,
    /// What is to be done before it can be chosen; none where it can.
    pub why_not: Option<&'a str>,
}

impl<'a> Item<'a> {
    /// An item of one line.
    pub const fn new(text: &'a str) -> Self {
        Self { text, note: None, strip: None, why_not: None }
    }

    /// Gives it a second line.
    pub const fn note(mut self, note: &'a str) -> Self {
        self.note = Some(note);
        self
    }

    /// Makes it one that cannot be chosen before something is done.
    pub const fn not_before(mut self, why_not: &'a str) -> Self {
        self.why_not = Some(why_not);
        self
    }

    /// Gives it room for a strip of pictures, and the strip if it is there.
    pub const fn strip(mut self, strip: Option<(TextureId, f32)>) -> Self {
        self.strip = Some(strip);
        self
    }
}

/// A button 28 points high with the chosen item, which opens the list of all.
///
/// A click, Enter or ↓ opens the list, arrows and Home and End walk it, Enter chooses, Escape closes.
#[must_use = "add it to a ui"]
pub struct Combo<'a> {
    name: &'a str,
    items: &'a [Item<'a>],
    chosen: &'a mut usize,
    width: Option<f32>,
    height: f32,
}

impl<'a> Combo<'a> {
    /// A list called `name` of `items`, as wide as there is room; `chosen` counts from 0.
    pub const fn new(name: &'a str, items: &'a [Item<'a>], chosen: &'a mut usize) -> Self {
        Self { name, items, chosen, width: None, height: theme::CONTROL_HEIGHT }
    }

    /// Sets the width in points.
    pub const fn width(mut self, width: f32) -> Self {
        self.width = Some(width);
        self
    }

    /// Makes the button as low as the other controls in a row of settings.
    pub const fn in_row(mut self) -> Self {
        self.height = theme::VALUE_HEIGHT;
        self
    }

    fn text(&self) -> &'a str {
        self.items.get(*self.chosen).map_or("", |item| item.text)
    }

    fn button(&self, ui: &Ui, response: &Response, is_open: bool) {
        let theme = Theme::of(ui);
        let rect = response.rect;
        let (fill, line) = if is_open { (theme.hover, theme.pressed) } else { paint::control(&theme, response) };
        let painter = ui.painter();
        paint::frame(painter, rect, theme::CONTROL_RADIUS, fill, Stroke::new(1.0, line));
        let room = rect.width() - 20.0 - paint::CARET - 6.0;
        let galley = paint::line(painter, self.text(), theme::body(), theme.text, room);
        let (anchor, pos) = paint::left_middle(rect, rect.left() + 10.0);
        paint::place(painter, anchor, pos, galley);
        let caret = Pos2::new(rect.right() - 10.0 - paint::CARET / 2.0, rect.center().y);
        paint::icon(painter, caret, icons::CARET_DOWN, paint::CARET, theme.weak);
        if !is_open {
            paint::focus_ring(ui, response, rect, theme::CONTROL_RADIUS);
        }
    }

    /// Shows the items, the one under the pointer or the keys lit, and gives the one that was clicked.
    fn list(&self, ui: &mut Ui, id: Id, lit: &mut usize, moved: bool) -> Option<usize> {
        let mut picked = None;
        ui.spacing_mut().item_spacing = Vec2::ZERO;
        // Pictures make it long; a small window scrolls it.
        let most = (ui.ctx().content_rect().height() - 160.0).clamp(160.0, 480.0);
        ScrollArea::vertical().max_height(most).show(ui, |ui| {
            for (i, item) in self.items.iter().enumerate() {
                let response = entry(ui, id.with(i), item, i == *self.chosen, i == *lit);
                if response.hovered() && ui.input(|input| input.pointer.is_moving()) {
                    *lit = i;
                }
                if moved && i == *lit {
                    response.scroll_to_me(None);
                }
                if response.clicked() {
                    picked = Some(i);
                }
            }
        });
        picked
    }

    /// What the keys ask for while the button has the focus; the focus stays there while the list is walked.
    fn keys(ui: &Ui, id: Id, is_open: bool) -> Option<Move> {
        if !ui.memory(|memory| memory.has_focus(id)) {
            return None;
        }
        let filter = EventFilter { vertical_arrows: true, escape: is_open, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
        ui.input_mut(|input| {
            let mut pressed = |key| input.consume_key(Modifiers::NONE, key);
            if !is_open {
                return pressed(Key::ArrowDown).then_some(Move::Open);
            }
            [
                (Key::ArrowDown, Move::By(1)),
                (Key::ArrowUp, Move::By(-1)),
                (Key::Home, Move::By(isize::MIN)),
                (Key::End, Move::By(isize::MAX)),
                (Key::Enter, Move::Pick),
                (Key::Space, Move::Pick),
                (Key::Escape, Move::Close),
            ]
            .into_iter()
            .find_map(|(key, asked)| pressed(key).then_some(asked))
        })
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Move {
    Open,
    By(isize),
    Pick,
    Close,
}

impl Widget for Combo<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let width = self.width.unwrap_or_else(|| ui.available_width());
        let size = vec2(width, self.height);
        let button_id = ui.make_persistent_id(self.name);
        let id = button_id.with("list");
        let was_open = Popup::is_id_open(ui.ctx(), id);
        // Before the button, which would take Enter for a click.
        let asked = Self::keys(ui, button_id, was_open);
        let mut response = paint::named(ui, self.name, size, Sense::click());
        let toggle = response.clicked() || matches!(asked, Some(Move::Open | Move::Close));
        self.button(ui, &response, was_open);

        let kept = ui.data(|data| data.get_temp::<usize>(id));
        let mut lit = kept.filter(|_| was_open).unwrap_or(*self.chosen);
        if let Some(Move::By(step)) = asked {
            lit = lit.saturating_add_signed(step).min(self.items.len().saturating_sub(1));
        }
        let list = Popup::from_response(&response)
            .id(id)
            .open_memory(toggle.then_some(SetOpenCommand::Toggle))
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .align(RectAlign::BOTTOM_START)
            .gap(4.0)
            .width(width - 12.0)
            .frame(Theme::of(ui).card(5))
            .accessible_name(self.name)
            .show(|ui| {
                ui.set_width(width - 12.0);
                self.list(ui, id, &mut lit, asked.is_some() || !was_open)
            });
        let clicked = list.and_then(|list| list.inner);
        let picked = clicked.or((asked == Some(Move::Pick)).then_some(lit));
        let can_be = |at: &usize| self.items.get(*at).is_none_or(|item| item.why_not.is_none());
        if let Some(picked) = picked.filter(can_be) {
            if picked != *self.chosen {
                *self.chosen = picked;
                response.mark_changed();
            }
            Popup::close_id(ui.ctx(), id);
        }
        if toggle && !was_open {
            response.request_focus();
            // So that the keys are the list's own before the first of them comes.
            ui.ctx().request_repaint();
        }
        paint::remember(ui, id, Some(lit));

        let (is_enabled, text) = (ui.is_enabled(), self.text());
        response.widget_info(|| WidgetInfo {
            enabled: is_enabled,
            label: Some(self.name.to_owned()),
            current_text_value: Some(text.to_owned()),
            ..WidgetInfo::new(Role::ComboBox)
        });
        response.on_hover_cursor(CursorIcon::PointingHand)
    }
}

/// An entry of a menu: a line that does something.
pub fn menu_entry(ui: &mut Ui, text: &str) -> Response {
    marked_entry(ui, text, false)
}

/// An entry of a menu, marked where it holds already.
pub fn marked_entry(ui: &mut Ui, text: &str, is_marked: bool) -> Response {
    let id = ui.next_auto_id();
    let is_lit = ui.ctx().read_response(id).is_some_and(|response| response.hovered());
    let item = Item::new(text);
    let response = entry(ui, id, &item, is_marked, is_lit);
    response.widget_info(|| WidgetInfo::labeled(Role::MenuItem, true, text));
    response
}

fn entry(ui: &mut Ui, id: Id, item: &Item<'_>, is_chosen: bool, is_lit: bool) -> Response {
    let theme = Theme::of(ui);
    let height = if item.note.is_some() { 42.0 } else { theme::CONTROL_HEIGHT };
    let height = height + if item.strip.is_some() { STRIP + 6.0 } else { 0.0 };
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), height));
    let response = ui.interact(rect, id, Sense::CLICK);
    let can_be = item.why_not.is_none();
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, can_be, is_chosen, item.text));
    let fill = if is_lit { theme.hover } else { egui::Color32::TRANSPARENT };
    let painter = ui.painter();
    paint::frame(painter, rect, theme::VALUE_RADIUS, fill, Stroke::NONE);
    let (font, color) = match (is_chosen, can_be) {
        (true, _) => (theme::semibold(13.0), theme.accent),
        (false, true) => (theme::body(), theme.text),
        (false, false) => (theme::body(), theme.faint),
    };
    let (left, room) = (rect.left() + 6.0, rect.width() - 30.0);
    let first = Rect::from_min_size(rect.min, vec2(rect.width(), theme::CONTROL_HEIGHT));
    let (anchor, pos) = paint::left_middle(first, left);
    let galley = paint::line(painter, item.text, font, color, room);
    paint::place(painter, anchor, pos, galley);
    if let Some(note) = item.note {
        let galley = paint::line(painter, note, theme::small(), theme.faint, room);
        painter.galley(Pos2::new(left, rect.top() + 23.0), galley, theme.faint);
    }
    if let Some(Some((texture, aspect))) = item.strip {
        let wide = (rect.width() - 12.0).min(STRIP * aspect);
        let place = Rect::from_min_size(Pos2::new(left, rect.bottom() - STRIP - 4.0), vec2(wide, wide / aspect));
        painter.image(texture, place, Rect::from_min_max(Pos2::ZERO, Pos2::new(1.0, 1.0)), egui::Color32::WHITE);
    }
    if is_chosen {
        let center = Pos2::new(rect.right() - 13.0, first.center().y);
        paint::icon(painter, center, icons::CHECK, 12.0, theme.accent);
    }
    match item.why_not {
        Some(why_not) => response.on_hover_text(why_not),
        None => response.on_hover_cursor(CursorIcon::PointingHand),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui_kittest::{Harness, kittest::Queryable as _};

    fn harness() -> Harness<'static, usize> {
        let show = |ui: &mut Ui, chosen: &mut usize| {
            theme::install(ui.ctx());
            let items = ["AE", "VAE", "CVAE"].map(Item::new);
            ui.add(Combo::new("Model", &items, chosen).width(200.0));
        };
        let mut harness = Harness::builder().with_size(vec2(240.0, 240.0)).build_ui_state(show, 1);
        harness.run();
        harness
    }

    fn press(harness: &mut Harness<'_, usize>, key: Key) {
        harness.key_press(key);
        harness.run();
    }

    #[test]
    fn a_click_opens_the_list_and_another_chooses() {
        let mut harness = harness();
        assert!(harness.query_by_label("CVAE").is_none());
        harness.get_by_label("Model").click();
        harness.run();
        harness.get_by_label("CVAE").click();
        harness.run();
        assert_eq!(*harness.state(), 2);
        assert!(harness.query_by_label("CVAE").is_none());
    }

    #[test]
    fn what_needs_something_first_is_listed_and_not_chosen() {
        let show = |ui: &mut Ui, chosen: &mut usize| {
            theme::install(ui.ctx());
            let items = [Item::new("AE"), Item::new("VAE").not_before("Open data first.")];
            ui.add(Combo::new("Model", &items, chosen).width(200.0));
        };
        let mut harness = Harness::builder().with_size(vec2(240.0, 240.0)).build_ui_state(show, 0);
        harness.run();
        harness.get_by_label("Model").click();
        harness.run();
        for key in [Key::End, Key::Enter] {
            press(&mut harness, key);
        }
        assert_eq!(*harness.state(), 0);
        harness.get_by_label("VAE").click();
        harness.run_steps(2);
        assert_eq!(*harness.state(), 0);
        harness.get_by_label("AE");
    }

    #[test]
    fn the_keys_open_walk_choose_and_close() {
        let mut harness = harness();
        harness.get_by_label("Model").focus();
        harness.run();
        for key in [Key::ArrowDown, Key::ArrowUp, Key::ArrowUp, Key::Enter] {
            press(&mut harness, key);
        }
        assert_eq!(*harness.state(), 0);
        for key in [Key::Enter, Key::End, Key::Escape] {
            press(&mut harness, key);
        }
        assert_eq!(*harness.state(), 0);
        assert!(harness.query_by_label("CVAE").is_none());
    }
}
