//! One class in the legend: its colour, its name, and whether its codes are shown.

use super::paint;
use crate::ui::theme::{self, Theme};
use eframe::egui::{Color32, CursorIcon, Pos2, Response, Role, Sense, Stroke, Ui, Widget, WidgetInfo, vec2};

/// Room for a name, in points; a longer one is cut.
const MAX_NAME: f32 = 160.0;

/// How a class is shown on the plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Showing {
    /// With all others.
    Shown,
    /// Not at all: hollow disc, faint name.
    Hidden,
    /// By itself.
    Alone,
    /// Lit among all others, as the label a picture is made with.
    Lit,
}

/// A disc of 8 points and a name, 24 points high; a click hides, a double click shows it alone.
#[must_use = "add it to a ui"]
pub struct LegendItem<'a> {
    name: &'a str,
    color: Color32,
    showing: Showing,
    ring: bool,
}

impl<'a> LegendItem<'a> {
    /// The class called `name`, in its own `color`.
    pub const fn new(name: &'a str, color: Color32, showing: Showing) -> Self {
        Self { name, color, showing, ring: false }
    }

    /// Draws a ring with a heavy line, for classes whose colour is used a second time.
    pub const fn ring(mut self, ring: bool) -> Self {
        self.ring = ring;
        self
    }
}

/// Width of the item called `name`, in points.
pub fn legend_width(ui: &Ui, name: &str) -> f32 {
    (paint::line(ui.painter(), name, theme::body(), Color32::WHITE, MAX_NAME).size().x + 30.0).ceil()
}

impl Widget for LegendItem<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let theme = Theme::of(ui);
        let is_hidden = self.showing == Showing::Hidden;
        let color = if is_hidden { theme.faint } else { theme.text };
        let galley = paint::line(ui.painter(), self.name, theme::body(), color, MAX_NAME);
        let size = vec2(legend_width(ui, self.name), theme::VALUE_HEIGHT);
        let response = ui.allocate_response(size, Sense::click());
        let verb = if is_hidden { "Show" } else { "Hide" };
        let is_enabled = ui.is_enabled();
        let name = format!("{verb} class {}", self.name);
        response.widget_info(|| WidgetInfo::selected(Role::Button, is_enabled, !is_hidden, &name));
        let rect = response.rect;
        let (fill, line) = match self.showing {
            Showing::Alone | Showing::Lit => (theme.accent_ground, theme.accent_line),
            Showing::Shown | Showing::Hidden => paint::quiet(&theme, &response),
        };
        let painter = ui.painter();
        paint::frame(painter, rect, theme::CONTROL_RADIUS, fill, Stroke::new(1.0, line));
        let center = Pos2::new(rect.left() + 12.0, rect.center().y);
        if is_hidden {
            painter.circle_stroke(center, 3.5, Stroke::new(1.0, self.color));
        } else {
            paint::class_mark(painter, center, self.color, self.ring);
        }
        let (anchor, pos) = paint::left_middle(rect, rect.left() + 22.0);
        paint::place(painter, anchor, pos, galley);
        paint::focus_ring(ui, &response, rect, theme::CONTROL_RADIUS);
        response.on_hover_cursor(CursorIcon::PointingHand)
    }
}
