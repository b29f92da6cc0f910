//! A small count with a button on either side.

use super::paint;
use super::value::Value;
use crate::ui::icons;
use crate::ui::theme::{self, Theme};
use eframe::egui::{
    Align, CursorIcon, Layout, Response, Role, Sense, Stroke, Ui, UiBuilder, Vec2, Widget, WidgetInfo, vec2,
};
use std::ops::RangeInclusive;

const SIDE: f32 = 24.0;
const GAP: f32 = 2.0;
/// Room for a count of two digits, and what each further one takes.
const VALUE: f32 = 36.0;
const DIGIT: f32 = 8.0;

/// A count between a minus and a plus, 88 × 24 points, wider where it may have more than two digits.
#[must_use = "add it to a ui"]
pub struct Stepper<'a> {
    name: &'a str,
    count: &'a mut usize,
    range: RangeInclusive<usize>,
    step: usize,
}

impl<'a> Stepper<'a> {
    /// A stepper called `name` ("Latent dimensions"); its buttons are "Fewer" and "More" of it.
    pub const fn new(name: &'a str, count: &'a mut usize, range: RangeInclusive<usize>) -> Self {
        Self { name, count, range, step: 1 }
    }

    /// From one count to the next.
    pub const fn step(mut self, step: usize) -> Self {
        self.step = step;
        self
    }
}

impl Widget for Stepper<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let (low, high) = (*self.range.start(), *self.range.end());
        let n_digits = high.max(1).ilog10() + 1;
        let width = VALUE + DIGIT * n_digits.saturating_sub(2) as f32;
        let (_, rect) = ui.allocate_space(vec2(2.0 * (SIDE + GAP) + width, SIDE));
        let builder = UiBuilder::new().max_rect(rect).layout(Layout::left_to_right(Align::Center));
        let mut row = ui.new_child(builder);
        row.spacing_mut().item_spacing = Vec2::splat(GAP);
        let fewer = format!("{}: fewer", self.name);
        let fewer = row.add_enabled_ui(*self.count > low, |ui| side(ui, icons::MINUS, &fewer)).inner;
        let before = *self.count;
        if fewer.clicked() {
            *self.count = self.count.saturating_sub(self.step).clamp(low, high);
        }
        let value = Value::new(self.name, self.count).range(low as f64..=high as f64).width(width).centered();
        let mut response = row.add(value);
        let more = format!("{}: more", self.name);
        let more = row.add_enabled_ui(*self.count < high, |ui| side(ui, icons::PLUS, &more)).inner;
        if more.clicked() {
            *self.count = self.count.saturating_add(self.step).clamp(low, high);
        }
        if *self.count != before {
            response.mark_changed();
        }
        response
    }
}

fn side(ui: &mut Ui, icon: &str, name: &str) -> Response {
    let theme = Theme::of(ui);
    let response = paint::named(ui, name, Vec2::splat(SIDE), Sense::click());
    let is_enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::labeled(Role::Button, is_enabled, name));
    let (fill, line) = paint::control(&theme, &response);
    let rect = response.rect;
    paint::frame(ui.painter(), rect, theme::VALUE_RADIUS, fill, Stroke::new(1.0, line));
    paint::icon(ui.painter(), rect.center(), icon, 12.0, theme.weak);
    paint::focus_ring(ui, &response, rect, theme::VALUE_RADIUS);
    response.on_hover_cursor(CursorIcon::PointingHand)
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui_kittest::{Harness, kittest::Queryable as _};

    #[test]
    fn the_buttons_count_and_stop_at_the_ends() {
        let show = |ui: &mut Ui, count: &mut usize| {
            theme::install(ui.ctx());
            ui.add(Stepper::new("Latent dimensions", count, 1..=3));
        };
        let mut harness = Harness::builder().build_ui_state(show, 2);
        harness.run();
        for expected in [3, 3] {
            harness.get_by_label("Latent dimensions: more").click();
            harness.run();
            assert_eq!(*harness.state(), expected);
        }
        for expected in [2, 1, 1] {
            harness.get_by_label("Latent dimensions: fewer").click();
            harness.run();
            assert_eq!(*harness.state(), expected);
        }
    }
}
