//! The slider of one coordinate: where the data lies is part of its track.

use super::paint;
use crate::ui::theme::{self, Theme};
use eframe::egui::accesskit::{Action, ActionData};
use eframe::egui::{
    CornerRadius, CursorIcon, EventFilter, Key, Modifiers, Pos2, Rangef, Rect, Response, Sense, Stroke, Ui,
    Widget, WidgetInfo, emath, pos2, vec2,
};
use std::ops::RangeInclusive;

const KNOB: f32 = 7.0;
const TRACK: f32 = 4.0;

/// A slider 24 points high whose knob is held to the track while its value may lie outside.
#[must_use = "add it to a ui"]
pub struct Slider<'a> {
    name: &'a str,
    value: &'a mut f32,
    range: RangeInclusive<f32>,
    quantiles: Option<(f32, f32)>,
    ghost: Option<f32>,
    width: Option<f32>,
    inset: f32,
}

impl<'a> Slider<'a> {
    /// A slider called `name` ("z 0") for `value` over `range`, as wide as there is room.
    pub const fn new(name: &'a str, value: &'a mut f32, range: RangeInclusive<f32>) -> Self {
        Self { name, value, range, quantiles: None, ghost: None, width: None, inset: KNOB }
    }

    /// Fills the track between two values: the 5 % and 95 % quantiles of the codes.
    pub const fn quantiles(mut self, quantiles: Option<(f32, f32)>) -> Self {
        self.quantiles = quantiles;
        self
    }

    /// Marks the kept value by a hollow dot while the knob follows the pointer on the plane.
    pub const fn ghost(mut self, ghost: Option<f32>) -> Self {
        self.ghost = ghost;
        self
    }

    /// Sets the width in points.
    pub const fn width(mut self, width: f32) -> Self {
        self.width = Some(width);
        self
    }

    /// Sets how far the ends of the range lie from the ends of the track, in points: half a tile
    /// where a strip of tiles stands below.
    pub const fn inset(mut self, inset: f32) -> Self {
        self.inset = inset;
        self
    }

    fn value_from_x(&self, scale: Rangef, x: f32) -> f32 {
        let ends = *self.range.start()..=*self.range.end();
        emath::remap_clamp(x, scale.min..=scale.max, ends)
    }

    fn x_from_value(&self, scale: Rangef, value: f32) -> f32 {
        let ends = *self.range.start()..=*self.range.end();
        emath::remap_clamp(value, ends, scale.min..=scale.max)
    }

    /// The step the arrow keys ask for, in units of a fiftieth of the range.
    fn keys(ui: &Ui, response: &Response) -> f32 {
        if !response.has_focus() {
            return 0.0;
        }
        let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        ui.input_mut(|input| {
            let mut steps = 0.0;
            // egui ignores further modifiers when it matches, so the plain keys come last.
            for (modifiers, size) in [(Modifiers::SHIFT, 10.0), (Modifiers::CTRL, 0.1), (Modifiers::NONE, 1.0)] {
                for (key, sign) in
                    [(Key::ArrowRight, 1.0), (Key::ArrowUp, 1.0), (Key::ArrowLeft, -1.0), (Key::ArrowDown, -1.0)]
                {
                    steps += sign * size * input.count_and_consume_key(modifiers, key) as f32;
                }
            }
            steps
        })
    }

    /// What a screen reader asks for: a value, or steps.
    fn spoken(&self, ui: &Ui, response: &Response) -> Option<f32> {
        ui.input(|input| {
            let count = |action| input.num_accesskit_action_requests(response.id, action) as f32;
            let steps = count(Action::Increment) - count(Action::Decrement);
            let asked = input.accesskit_action_requests(response.id, Action::SetValue);
            let set = asked.filter_map(|request| match request.data {
                Some(ActionData::NumericValue(value)) => Some(value as f32),
                _ => None,
            });
            set.last().or((steps != 0.0).then(|| *self.value + steps * self.step()))
        })
    }

    fn step(&self) -> f32 {
        (self.range.end() - self.range.start()) / 50.0
    }

    fn set(&mut self, response: &mut Response, value: f32) {
        if value.is_finite() && value != *self.value {
            *self.value = value;
            response.mark_changed();
        }
    }

    fn describe(&self, ui: &Ui, response: &Response) {
        let (is_enabled, value) = (ui.is_enabled(), f64::from(*self.value));
        response.widget_info(|| WidgetInfo::slider(is_enabled, value, self.name));
        ui.ctx().accesskit_node_builder(response.id, |node| {
            node.set_min_numeric_value(f64::from(*self.range.start()));
            node.set_max_numeric_value(f64::from(*self.range.end()));
            node.set_numeric_value_step(f64::from(self.step()));
            node.add_action(Action::SetValue);
            node.add_action(Action::Increment);
            node.add_action(Action::Decrement);
        });
    }

    fn paint(&self, ui: &Ui, response: &Response, scale: Rangef) {
        let theme = Theme::of(ui);
        let painter = ui.painter();
        let rect = response.rect;
        let y = rect.center().y.round();
        let bar =
            |left: f32, right: f32| Rect::from_min_max(pos2(left, y - TRACK / 2.0), pos2(right, y + TRACK / 2.0));
        let round = CornerRadius::same(2);
        painter.rect_filled(bar(rect.left() + 2.0, rect.right() - 2.0), round, theme.track);
        if let Some((low, high)) = self.quantiles {
            let filled = bar(self.x_from_value(scale, low), self.x_from_value(scale, high));
            painter.rect_filled(filled, round, theme.track_filled);
        }
        if self.range.contains(&0.0) {
            let x = painter.round_to_pixel_center(self.x_from_value(scale, 0.0));
            let stroke = Stroke::new(1.0, theme.track_filled);
            painter.vline(x, Rangef::new(y - 7.0, y - 4.0), stroke);
            painter.vline(x, Rangef::new(y + 4.0, y + 7.0), stroke);
        }
        if let Some(ghost) = self.ghost {
            let center = pos2(self.x_from_value(scale, ghost), y);
            painter.circle(center, 4.0, theme.panel, Stroke::new(1.5, theme.weak));
        }
        let center = Pos2::new(self.x_from_value(scale, *self.value), y);
        let is_held = response.dragged() || paint::is_pressed(response);
        let grown = if is_held || response.hovered() { 1.0 } else { 0.0 };
        if is_held {
            painter.circle_filled(center, 12.0, theme.accent.gamma_multiply(0.28));
        } else if response.has_focus() {
            painter.circle_filled(center, KNOB + 3.5, theme.panel);
            painter.circle_stroke(center, KNOB + 2.75, Stroke::new(1.5, theme.accent));
        } else {
            painter.circle_filled(center, KNOB + grown + 2.0, theme.panel);
        }
        let knob = if ui.is_enabled() { theme.accent } else { theme.weak };
        painter.circle_filled(center, KNOB + grown, knob);
    }
}

impl Widget for Slider<'_> {
    fn ui(mut self, ui: &mut Ui) -> Response {
        let width = self.width.unwrap_or_else(|| ui.available_width());
        let size = vec2(width, theme::VALUE_HEIGHT);
        let mut response = paint::named(ui, self.name, size, Sense::click_and_drag());
        let scale = response.rect.x_range().shrink(self.inset);
        if let Some(pointer) = response.interact_pointer_pos()
            && (response.dragged() || response.clicked() || paint::is_pressed(&response))
        {
            let value = self.value_from_x(scale, pointer.x);
            self.set(&mut response, value);
        }
        let steps = Self::keys(ui, &response);
        if steps != 0.0 {
            let value = *self.value + steps * self.step();
            self.set(&mut response, value.clamp(*self.range.start(), *self.range.end()));
        }
        if let Some(value) = self.spoken(ui, &response) {
            self.set(&mut response, value);
        }
        self.describe(ui, &response);
        self.paint(ui, &response, scale);
        response.on_hover_and_drag_cursor(CursorIcon::ResizeHorizontal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui_kittest::{Harness, kittest::Queryable as _};

    fn harness(value: f32) -> Harness<'static, f32> {
        let show = |ui: &mut Ui, value: &mut f32| {
            theme::install(ui.ctx());
            ui.add(Slider::new("z 0", value, -2.0..=2.0).width(200.0));
        };
        let mut harness = Harness::builder().with_size(vec2(240.0, 60.0)).build_ui_state(show, value);
        harness.run();
        harness
    }

    #[test]
    fn arrows_move_by_a_fiftieth_of_the_range_and_its_tenfold() {
        let mut harness = harness(0.0);
        harness.get_by_label("z 0").focus();
        harness.run();
        harness.key_press(Key::ArrowRight);
        harness.run();
        assert!((*harness.state() - 0.08).abs() < 1e-6);
        harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowLeft);
        harness.run();
        assert!((*harness.state() + 0.72).abs() < 1e-6);
        harness.key_press_modifiers(Modifiers::CTRL, Key::ArrowUp);
        harness.run();
        assert!((*harness.state() + 0.712).abs() < 1e-6);
    }

    #[test]
    fn a_press_on_the_track_moves_the_knob_there() {
        let mut harness = harness(0.0);
        let rect = harness.get_by_label("z 0").rect();
        let pos = pos2(rect.right() - KNOB, rect.center().y);
        harness.hover_at(pos);
        harness.drag_at(pos);
        harness.run();
        assert_eq!(*harness.state(), 2.0);
        harness.drop_at(rect.left_center());
        harness.run();
        assert_eq!(*harness.state(), -2.0);
    }

    #[test]
    fn a_value_outside_is_shown_at_the_end_and_left_alone() {
        let harness = harness(7.5);
        assert_eq!(*harness.state(), 7.5);
    }
}
