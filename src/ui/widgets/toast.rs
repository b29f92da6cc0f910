//! One message in the corner of the plane: what happened, and what stands now.

use super::button::Link;
use super::paint;
use crate::ui::icons;
use crate::ui::theme::{self, Theme};
use eframe::egui::{CursorIcon, Pos2, Rect, Role, Sense, Ui, UiBuilder, Vec2, WidgetInfo, pos2, vec2};

/// Width of a toast where there is room, in points.
pub const WIDTH: f32 = 392.0;

const PAD: f32 = 12.0;
const TEXT_LEFT: f32 = 41.0;
const CLOSE: f32 = 40.0;

/// What a toast is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Something is done.
    Good,
    /// Something is worth knowing.
    Info,
    /// Something failed.
    Bad,
}

/// A card with two sentences, perhaps a link, and a ×.
#[derive(Clone, Copy, Debug)]
pub struct Toast<'a> {
    /// Its icon.
    pub kind: Kind,
    /// What happened.
    pub first: &'a str,
    /// What stands now; may be empty.
    pub second: &'a str,
    /// A word to click.
    pub link: Option<&'a str>,
}

/// What was clicked on a [`Toast`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The link.
    pub link: bool,
    /// The ×.
    pub close: bool,
}

impl Toast<'_> {
    /// Shows the card, [`WIDTH`] points wide where there is room, and as high as its text.
    pub fn show(&self, ui: &mut Ui) -> Answer {
        let theme = Theme::of(ui);
        let (icon, color) = match self.kind {
            Kind::Good => (icons::CHECK_CIRCLE, theme.good),
            Kind::Info => (icons::INFO, theme.accent),
            Kind::Bad => (icons::WARNING_CIRCLE, theme.bad),
        };
        let painter = ui.painter();
        let link = self.link.map_or(0.0, |text| {
            let font = theme::body();
            paint::line(painter, text, font, theme.accent, f32::INFINITY).size().x + 12.0
        });
        let width = WIDTH.min(ui.available_width());
        let room = width - TEXT_LEFT - CLOSE - link;
        let first = paint::lines(painter, self.first, theme::body(), theme.text, room);
        let second = paint::lines(painter, self.second, theme::small(), theme.weak, room + link);
        let second_height = if self.second.is_empty() { 0.0 } else { second.size().y + 3.0 };
        let height = (first.size().y + second_height + 2.0 * PAD).ceil();

        let (id, rect) = ui.allocate_space(vec2(width, height));
        let painter = ui.painter();
        painter.add(theme.card(0).paint(rect));
        // Icon, link and × stand on the middle of the first line.
        let y = rect.top() + PAD + 8.0;
        paint::icon(painter, pos2(rect.left() + 22.0, y), icon, 18.0, color);
        let left = rect.left() + TEXT_LEFT;
        let below = rect.top() + PAD + first.size().y + 3.0;
        painter.galley(Pos2::new(left, rect.top() + PAD), first, theme.text);
        painter.galley(Pos2::new(left, below.round()), second, theme.weak);

        let mut answer = Answer::default();
        if let Some(text) = self.link {
            let right = rect.right() - CLOSE;
            let place = Rect::from_min_max(pos2(right - link + 12.0, y - 8.0), pos2(right, y + 8.0));
            let mut child = ui.new_child(UiBuilder::new().id_salt(id).max_rect(place));
            answer.link = child.add(Link::new(text).size(13.0)).clicked();
        }
        let center = pos2(rect.right() - 20.0, y);
        let target = Rect::from_center_size(center, Vec2::splat(theme::VALUE_HEIGHT));
        let close = ui.interact(target, id.with("close"), Sense::click());
        close.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Close the message"));
        let color = if close.hovered() { theme.text } else { theme.faint };
        paint::icon(ui.painter(), center, icons::X, 14.0, color);
        paint::focus_ring(ui, &close, target.shrink(3.0), theme::VALUE_RADIUS);
        answer.close = close.on_hover_cursor(CursorIcon::PointingHand).clicked();
        let role = Role::Alert;
        ui.ctx().accesskit_node_builder(id, |node| {
            node.set_role(role);
            node.set_label(format!("{}. {}", self.first, self.second));
        });
        answer
    }
}
