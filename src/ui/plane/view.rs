//! From plot coordinates to points on the screen and back, with equal scales on both axes.

use eframe::egui::{Pos2, Rect, Vec2, pos2, vec2};
use std::ops::RangeInclusive;

/// What part of the plane is seen, and where on the screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    /// The plane's rectangle on the screen.
    pub rect: Rect,
    /// Plot coordinates at its middle.
    pub centre: [f32; 2],
    /// Points on the screen per plot unit.
    pub scale: f32,
}

/// The scale stays where `f32` still tells neighbouring codes apart.
const SCALES: RangeInclusive<f32> = 1e-3..=1e6;

impl View {
    /// The view that shows these bounds whole.
    pub fn fitted(rect: Rect, x: [f32; 2], y: [f32; 2]) -> Self {
        let scale = (rect.width() / (x[1] - x[0])).min(rect.height() / (y[1] - y[0]));
        let centre = [(x[0] + x[1]) / 2.0, (y[0] + y[1]) / 2.0];
        Self { rect, centre, scale: scale.clamp(*SCALES.start(), *SCALES.end()) }
    }

    /// The view of at least so much around a middle, `half` of it to each side.
    pub fn seeing(rect: Rect, centre: [f32; 2], half: [f32; 2]) -> Self {
        let scale = (rect.width() / (2.0 * half[0])).min(rect.height() / (2.0 * half[1]));
        Self { rect, centre, scale: scale.clamp(*SCALES.start(), *SCALES.end()) }
    }

    /// The view that shows these bounds of one column from side to side, whatever its height.
    pub fn line(rect: Rect, [left, right]: [f32; 2]) -> Self {
        let scale = rect.width() / (right - left);
        Self { rect, centre: [(left + right) / 2.0, 0.0], scale: scale.clamp(*SCALES.start(), *SCALES.end()) }
    }

    /// Half of what is seen across and up, in plot units.
    pub fn half(&self) -> [f32; 2] {
        [self.rect.width() / self.scale / 2.0, self.rect.height() / self.scale / 2.0]
    }

    /// The place on the screen of plot coordinates.
    pub fn screen(&self, p: [f32; 2]) -> Pos2 {
        let middle = self.rect.center();
        pos2(middle.x + (p[0] - self.centre[0]) * self.scale, middle.y - (p[1] - self.centre[1]) * self.scale)
    }

    /// The plot coordinates of a place on the screen.
    pub fn plot(&self, at: Pos2) -> [f32; 2] {
        let from_middle = at - self.rect.center();
        [self.centre[0] + from_middle.x / self.scale, self.centre[1] - from_middle.y / self.scale]
    }

    /// The rectangle on the screen of plot bounds.
    pub fn screen_rect(&self, [x, y]: [[f32; 2]; 2]) -> Rect {
        Rect::from_two_pos(self.screen([x[0], y[0]]), self.screen([x[1], y[1]]))
    }

    /// The plot bounds across and up of a rectangle on the screen.
    pub fn plot_bounds(&self, rect: Rect) -> [[f32; 2]; 2] {
        let (low, high) = (self.plot(rect.left_bottom()), self.plot(rect.right_top()));
        [[low[0], high[0]], [low[1], high[1]]]
    }

    /// Moves what is seen by `delta` points.
    pub fn pan(&mut self, delta: Vec2) {
        self.centre[0] -= delta.x / self.scale;
        self.centre[1] += delta.y / self.scale;
    }

    /// Enlarges by `factor` about a place that stays put, no further than to these scales; tells whether the
    /// view is another than before.
    pub fn zoom(&mut self, at: Pos2, factor: f32, ends: RangeInclusive<f32>) -> bool {
        let (fixed, before) = (self.plot(at), self.scale);
        // A view that was asked for beyond the ends may come back to them.
        let (least, most) = (ends.start().min(before), ends.end().max(before));
        self.scale = (before * factor).clamp(least.max(*SCALES.start()), most.min(*SCALES.end()));
        if self.scale == before {
            return false;
        }
        let moved = self.screen(fixed) - at;
        self.pan(vec2(-moved.x, -moved.y));
        true
    }

    /// Whether another view is so near that jumping to it would only tremble.
    pub fn is_near(&self, other: &Self) -> bool {
        let ratio = self.scale / other.scale;
        let shift = self.screen(other.centre) - self.rect.center();
        (0.9..1.12).contains(&ratio) && shift.length() < 0.06 * self.rect.width()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view() -> View {
        View::fitted(Rect::from_min_size(pos2(256.0, 44.0), vec2(768.0, 720.0)), [-3.0, 3.0], [-2.0, 4.0])
    }

    #[test]
    fn screen_and_plot_are_inverse() {
        let view = view();
        let there = view.screen([1.5, -0.5]);
        let back = view.plot(there);
        assert!((back[0] - 1.5).abs() < 1e-5 && (back[1] + 0.5).abs() < 1e-5);
        assert!(view.screen([0.0, 1.0]).y < view.screen([0.0, 0.0]).y, "up is up");
    }

    #[test]
    fn zooming_keeps_the_place_under_the_pointer() {
        let mut view = view();
        let pointer = pos2(400.0, 300.0);
        let before = view.plot(pointer);
        assert!(view.zoom(pointer, 1.7, 1.0..=1000.0));
        let after = view.plot(pointer);
        assert!((before[0] - after[0]).abs() < 1e-4 && (before[1] - after[1]).abs() < 1e-4);
        assert!(view.zoom(pointer, f32::MAX, 1.0..=1000.0));
        assert_eq!(view.scale, 1000.0);
        assert!(!view.zoom(pointer, 2.0, 1.0..=1000.0), "this is the end");
        assert!(view.zoom(pointer, 0.5, 1.0..=100.0), "from beyond an end the way back is free");
        assert_eq!(view.scale, 500.0);
    }

    #[test]
    fn what_is_seen_is_seen_in_a_plane_of_another_size_too() {
        let view = view();
        let same = View::seeing(view.rect, view.centre, view.half());
        assert!((same.scale - view.scale).abs() < 1e-3);
        let narrow = Rect::from_min_size(pos2(0.0, 0.0), vec2(384.0, 720.0));
        let seen = View::seeing(narrow, view.centre, view.half()).half();
        assert!(seen[0] >= view.half()[0] * 0.999 && seen[1] >= view.half()[1] * 0.999, "{seen:?}");
    }

    #[test]
    fn bounds_survive_the_screen() {
        let view = view();
        let bounds = [[-1.0, 2.0], [0.5, 1.5]];
        let back = view.plot_bounds(view.screen_rect(bounds));
        for (a, b) in bounds.as_flattened().iter().zip(back.as_flattened()) {
            assert!((a - b).abs() < 1e-4);
        }
    }
}
