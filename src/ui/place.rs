//! A window that was left on a screen which is no longer there comes back onto one that is.

use eframe::egui::{Context, Pos2, Rect, ViewportCommand, pos2, vec2};

/// How much of a window's top must lie on a screen, in pixels, for a hand to take hold of it.
const HOLD: [f32; 2] = [64.0, 16.0];
/// How far from a screen's corner a window is put.
const MARGIN: f32 = 40.0;

/// Frames after which the system has put the window where it was left.
const FRAMES: u8 = 3;

/// Looks once, some frames after the window opened, whether it can be reached.
#[derive(Default)]
pub struct OnScreen {
    frames: u8,
}

impl OnScreen {
    /// Counts a frame, and looks where it is time.
    pub fn look(&mut self, ctx: &Context, frame: &eframe::Frame) {
        self.frames = self.frames.saturating_add(1);
        if self.frames == FRAMES {
            bring_on_screen(ctx, frame);
        } else if self.frames < FRAMES {
            ctx.request_repaint();
        }
    }
}

/// Moves the window onto a screen, where none holds its top.
fn bring_on_screen(ctx: &Context, frame: &eframe::Frame) {
    let Some(window) = frame.winit_window() else { return };
    // Not every system tells where its windows are; those keep them in sight themselves.
    let Ok(place) = window.outer_position() else { return };
    let size = window.outer_size();
    let at = |x: i32, y: i32, width: u32, height: u32| {
        Rect::from_min_size(pos2(x as f32, y as f32), vec2(width as f32, height as f32))
    };
    let screens: Vec<Rect> = window
        .available_monitors()
        .map(|screen| (screen.position(), screen.size()))
        .map(|(place, size)| at(place.x, place.y, size.width, size.height))
        .collect();
    if let Some(to) = moved(at(place.x, place.y, size.width, size.height), &screens) {
        let pixels = window.scale_factor() as f32 * ctx.zoom_factor();
        ctx.send_viewport_cmd(ViewportCommand::OuterPosition(pos2(to.x / pixels, to.y / pixels)));
    }
}

/// Where a window must go to be taken hold of; none where it can be, or where no screen is known.
fn moved(window: Rect, screens: &[Rect]) -> Option<Pos2> {
    let top = Rect::from_min_size(window.min, vec2(window.width(), HOLD[1]));
    let holds = |screen: &Rect| {
        let shared = screen.intersect(top);
        shared.width() >= HOLD[0].min(window.width()) && shared.height() >= HOLD[1] / 2.0
    };
    if screens.iter().any(holds) {
        return None;
    }
    screens.first().map(|screen| screen.min + vec2(MARGIN, MARGIN))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_moved_only_where_no_screen_holds_its_top() {
        let rect = |x: f32, y: f32, width: f32, height: f32| Rect::from_min_size(pos2(x, y), vec2(width, height));
        let screens = [rect(0.0, 0.0, 1920.0, 1080.0), rect(1920.0, 200.0, 1280.0, 720.0)];
        let to = Some(pos2(MARGIN, MARGIN));
        for (window, wanted) in [
            (rect(100.0, 100.0, 1280.0, 800.0), None),
            (rect(2000.0, 300.0, 1280.0, 800.0), None),
            (rect(1900.0, 210.0, 1280.0, 800.0), None),
            (rect(5000.0, 5000.0, 1280.0, 800.0), to),
            (rect(-1270.0, 100.0, 1280.0, 800.0), to),
            (rect(100.0, -790.0, 1280.0, 800.0), to),
            (rect(2000.0, 1075.0, 1280.0, 800.0), to),
        ] {
            assert_eq!(moved(window, &screens), wanted, "{window}");
        }
        assert_eq!(moved(rect(5000.0, 0.0, 10.0, 10.0), &[]), None);
    }
}
