//! A number in a field: drag to change it, click to type it.

use super::edit::Edit;
use super::{number, paint};
use crate::ui::theme;
use eframe::egui::emath::{Numeric, round_to_decimals};
use eframe::egui::{
    Align, CursorIcon, EventFilter, Key, Modifiers, Response, Role, Sense, Ui, Widget, WidgetInfo, vec2,
};
use std::ops::RangeInclusive;

/// A number field 54 × 24 points, right-aligned.
///
/// Typing takes any number inside the range (without one: any finite number); dragging and the arrow keys
/// stop at its ends.
#[must_use = "add it to a ui"]
pub struct Value<'a, N: Numeric> {
    name: &'a str,
    value: &'a mut N,
    decimals: usize,
    speed: f64,
    range: RangeInclusive<f64>,
    width: f32,
    align: Align,
}

impl<'a, N: Numeric> Value<'a, N> {
    /// A field called `name` ("z 0 value") with two decimals, or none for whole numbers.
    pub fn new(name: &'a str, value: &'a mut N) -> Self {
        let (decimals, speed) = if N::INTEGRAL { (0, 0.1) } else { (2, 0.01) };
        let range = N::MIN.to_f64()..=N::MAX.to_f64();
        Self { name, value, decimals, speed, range, width: 54.0, align: Align::Max }
    }

    /// Sets how many decimals are shown and dragged.
    pub const fn decimals(mut self, decimals: usize) -> Self {
        self.decimals = decimals;
        self
    }

    /// Sets the change a point of dragging, or an arrow key, makes.
    pub const fn speed(mut self, speed: f64) -> Self {
        self.speed = speed;
        self
    }

    /// Sets the numbers that can be taken.
    pub const fn range(mut self, range: RangeInclusive<f64>) -> Self {
        self.range = range;
        self
    }

    /// Sets the width in points.
    pub const fn width(mut self, width: f32) -> Self {
        self.width = width;
        self
    }

    /// Sets the number in the middle, between the buttons of a stepper.
    pub(super) const fn centered(mut self) -> Self {
        self.align = Align::Center;
        self
    }

    fn set(&mut self, response: &mut Response, value: f64) {
        let value = N::from_f64(value);
        if value != *self.value {
            *self.value = value;
            response.mark_changed();
        }
    }

    /// The change asked for by dragging, in points.
    fn dragged(response: &Response) -> f64 {
        let delta = response.drag_delta();
        f64::from(delta.x - delta.y)
    }

    /// The change asked for by ↑ and ↓, in their steps: ones for whole numbers, else the speed.
    fn arrows(ui: &Ui, response: &Response) -> f64 {
        if !response.has_focus() {
            return 0.0;
        }
        let filter = EventFilter { vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        let finest = if N::INTEGRAL { 1.0 } else { 0.1 };
        ui.input_mut(|input| {
            let mut steps = 0.0;
            // egui ignores further modifiers when it matches, so the plain keys come last.
            for (modifiers, size) in [(Modifiers::SHIFT, 10.0), (Modifiers::CTRL, finest), (Modifiers::NONE, 1.0)]
            {
                let up = input.count_and_consume_key(modifiers, Key::ArrowUp) as f64;
                let down = input.count_and_consume_key(modifiers, Key::ArrowDown) as f64;
                steps += size * (up - down);
            }
            steps
        })
    }

    fn moved(&mut self, ui: &Ui, response: &mut Response) {
        let arrow = if N::INTEGRAL { 1.0 } else { self.speed };
        let by_arrows = Self::arrows(ui, response) * arrow;
        let by_hand = Self::dragged(response) * self.speed;
        let (low, high) = (*self.range.start(), *self.range.end());
        if by_arrows != 0.0 {
            let value = self.value.to_f64() + by_arrows;
            let value = round_to_decimals(value, self.decimals + 1);
            self.set(response, value.clamp(low, high));
        }
        // What is dragged is rounded; the exact value is kept while the hand moves, or slow drags would stand
        // still.
        let exact_id = response.id.with("exact");
        if by_hand != 0.0 {
            let kept = ui.data(|data| data.get_temp::<f64>(exact_id));
            let from = kept.unwrap_or_else(|| self.value.to_f64());
            let exact = (from + by_hand).clamp(low, high);
            paint::remember(ui, exact_id, Some(exact));
            self.set(response, round_to_decimals(exact, self.decimals));
        } else if !response.dragged() {
            paint::remember::<f64>(ui, exact_id, None);
        }
    }
}

impl<N: Numeric> Widget for Value<'_, N> {
    fn ui(mut self, ui: &mut Ui) -> Response {
        let size = vec2(self.width, theme::VALUE_HEIGHT);
        let mut response = paint::named(ui, self.name, size, Sense::click_and_drag());
        self.moved(ui, &mut response);
        let shown = number::fixed(self.value.to_f64(), self.decimals);
        let range = self.range.clone();
        let taken = Edit {
            name: self.name,
            shown: &shown,
            hint: "",
            check: &|text| number::parse(text).is_some_and(|value| range.contains(&value)),
            opens: |c| c.is_ascii_digit() || matches!(c, '-' | '\u{2212}' | '.'),
            align: self.align,
            is_asked: false,
        }
        .show(ui, &response);
        if let Some(value) = taken.and_then(|text| number::parse(&text)) {
            self.set(&mut response, value);
        }

        let (is_enabled, value) = (ui.is_enabled(), self.value.to_f64());
        response.widget_info(|| WidgetInfo {
            enabled: is_enabled,
            label: Some(self.name.to_owned()),
            value: Some(value),
            current_text_value: Some(shown.clone()),
            ..WidgetInfo::new(Role::SpinButton)
        });
        response.on_hover_and_drag_cursor(CursorIcon::ResizeHorizontal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use eframe::egui::{Event, vec2};
    use egui_kittest::{Harness, kittest::Queryable as _};

    fn harness(value: f32) -> Harness<'static, f32> {
        let show = |ui: &mut Ui, value: &mut f32| {
            theme::install(ui.ctx());
            ui.add(Value::new("z 0 value", value).range(-5.0..=5.0));
        };
        let mut harness = Harness::builder().with_size(vec2(200.0, 100.0)).build_ui_state(show, value);
        harness.run();
        harness
    }

    fn typed(harness: &mut Harness<'_, f32>, text: &str, last: Key) {
        harness.get_by_label("z 0 value").click();
        harness.run();
        harness.event(Event::Text(text.to_owned()));
        harness.run();
        harness.key_press(last);
        harness.run();
    }

    #[test]
    fn enter_takes_what_was_typed_and_escape_brings_the_old_back() {
        let mut harness = harness(0.5);
        typed(&mut harness, "\u{2212}1.25", Key::Enter);
        assert_eq!(*harness.state(), -1.25);
        typed(&mut harness, "3", Key::Escape);
        assert_eq!(*harness.state(), -1.25);
        typed(&mut harness, "2", Key::Tab);
        assert_eq!(*harness.state(), 2.0);
    }

    #[test]
    fn what_is_no_number_or_out_of_range_is_not_taken() {
        for bad in ["abc", "9", ""] {
            let mut harness = harness(0.5);
            typed(&mut harness, bad, Key::Enter);
            assert_eq!(*harness.state(), 0.5, "{bad}");
            harness.key_press(Key::Escape);
            harness.run();
            assert_eq!(*harness.state(), 0.5, "{bad}");
        }
    }

    #[test]
    fn the_arrows_of_a_focused_field_step_and_stop_at_the_end() {
        let mut harness = harness(4.9);
        harness.get_by_label("z 0 value").focus();
        harness.run();
        harness.key_press(Key::ArrowDown);
        harness.run();
        assert!((*harness.state() - 4.89).abs() < 1e-4);
        for _ in 0..3 {
            harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowUp);
            harness.run();
        }
        assert_eq!(*harness.state(), 5.0);
    }
}
