//! A path's sentences one below the other, by one model: a line a step, the words lit that were not in the
//! line before.

use super::strip::{arrow_walk, look, step_name};
use crate::session::{Action, SlotId};
use crate::ui::context::Cx;
use crate::ui::samples::{Tiles, write_words};
use crate::ui::theme;
use crate::ui::widgets::row_ground;
use eframe::egui::{Align2, Key, Rect, Response, Role, ScrollArea, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};

/// Height of a line.
pub const LINE: f32 = 20.0;
/// Lines that the tray is high enough for, where there are as many and room for them; and in little room.
pub const MOST: usize = 9;
pub const LEAST: usize = 3;
/// Room before a line's words for its place on the path.
const PLACE: f32 = 30.0;
/// Room at the right for the bar that scrolls.
const BAR: f32 = 12.0;

/// Which steps have which words.
pub struct List<'a> {
    pub slot: SlotId,
    pub steps: usize,
    /// Sentences that are there; while others are being decoded there may be fewer.
    pub n: usize,
    pub tiles: Tiles<'a>,
}

impl List<'_> {
    /// Draws the list; `followed` is the step that was looked at last and how far it is scrolled.
    pub fn show(&self, ui: &mut Ui, rect: Rect, followed: &mut (Option<usize>, f32), cx: &mut Cx<'_>) {
        let current = cx.session.path_t().zip(cx.session.path_of(self.slot)).map(|(t, path)| path.step_at(t));
        let (before, offset) = *followed;
        let hidden = current.filter(|_| current != before).and_then(|step| {
            let top = step as f32 * LINE;
            let is_seen = top >= offset && top + LINE <= offset + rect.height();
            (!is_seen).then_some(top - (rect.height() - LINE) / 2.0)
        });
        let height = self.steps as f32 * LINE;
        let scroll = ScrollArea::vertical().id_salt("path lines").auto_shrink(false);
        // Play and keys take the list along.
        let scroll = match hidden {
            Some(top) => scroll.vertical_scroll_offset(top.clamp(0.0, (height - rect.height()).max(0.0))),
            None => scroll,
        };
        let mut area = ui.new_child(UiBuilder::new().max_rect(rect));
        let shown = scroll.show(&mut area, |ui| {
            let (all, _) = ui.allocate_exact_size(vec2(rect.width() - BAR, height), Sense::hover());
            for step in 0..self.steps {
                let top = all.top() + step as f32 * LINE;
                let line = Rect::from_min_size(pos2(all.left(), top), vec2(all.width(), LINE));
                self.line(ui, line, step, current == Some(step), cx);
            }
        });
        *followed = (current, shown.state.unclamped_offset().y);
    }

    /// The sentence of a step.
    fn sentence(&self, step: usize) -> &str {
        self.tiles.sentence(step.min(self.n.saturating_sub(1))).unwrap_or_default()
    }

    fn paint(&self, ui: &Ui, at: Rect, (step, is_current): (usize, bool), response: &Response, cx: &Cx<'_>) {
        let text = self.sentence(step);
        row_ground(ui.painter(), at, response, is_current, &cx.theme);
        let (place, is_end) = match step {
            0 => ("A".to_owned(), true),
            _ if step + 1 == self.steps => ("B".to_owned(), true),
            _ => {
                let t = step as f32 / (self.steps - 1) as f32;
                (format!("{t:.2}").trim_start_matches('0').to_owned(), false)
            }
        };
        let (font, colour) = match (is_end, is_current) {
            (true, _) => (theme::semibold(11.0), cx.theme.text),
            (_, true) => (theme::semibold(11.0), cx.theme.accent),
            _ => (theme::small(), cx.theme.weak),
        };
        let middle = pos2(at.left() + 4.0, at.center().y);
        ui.painter().text(middle, Align2::LEFT_CENTER, place, font, colour);
        let words = Rect::from_min_max(pos2(at.left() + PLACE, at.top()), at.max);
        write_words(ui.painter(), words, text, (self.tiles.lit(step), cx.theme.accent), &cx.theme);
    }

    fn line(&self, ui: &Ui, at: Rect, step: usize, is_current: bool, cx: &mut Cx<'_>) {
        let text = self.sentence(step);
        let response = ui.interact(at, ui.scope_id().with(("line", step)), Sense::click());
        let said = format!("{}: {text}", step_name(step, self.steps, self.slot, cx));
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_current, &said));
        // What is scrolled away is told and reached all the same.
        if ui.is_rect_visible(at) {
            self.paint(ui, at, (step, is_current), &response, cx);
        }
        let t = step as f32 / (self.steps - 1) as f32;
        look(ui, &response, self.slot, t, cx);
        if response.clicked() {
            // So that the arrow keys go on from here.
            response.request_focus();
            cx.window.playing = None;
            cx.send(Action::LookAt(Some(t)));
        }
        arrow_walk(ui, &response, (step, self.steps), [Key::ArrowUp, Key::ArrowDown], cx);
    }
}
