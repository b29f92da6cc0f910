//! Where everything lies, and what gives way when the window is small.

use crate::session::Tool;
use eframe::egui::{Rect, pos2};

/// Height of the top bar.
pub const TOP: f32 = 44.0;
/// Height of the legend.
pub const LEGEND: f32 = 36.0;
/// Width of the side panels.
pub const SIDE: f32 = 256.0;
/// Width of folded Learn.
pub const RAIL: f32 = 44.0;
/// Inner margin of the side panels.
pub const PAD: f32 = 16.0;

/// What lies in the strip below the legend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tray {
    /// Nothing.
    None,
    /// Every label at one code.
    Labels,
    /// The pictures along a path, by so many models, and perhaps the table of their scores.
    Path {
        /// Models on screen.
        n_models: usize,
        /// Whether the table is unfolded.
        shows_scores: bool,
    },
    /// The chosen samples.
    Select,
    /// A table of so many models side by side.
    Compare(usize),
}

impl Tray {
    /// Height in points.
    fn height(self) -> f32 {
        match self {
            Self::None => 0.0,
            Self::Labels => 136.0,
            Self::Select => super::panels::select::HEIGHT,
            Self::Path { n_models, shows_scores } => super::panels::path::height(n_models, shows_scores),
            Self::Compare(n_models) => super::panels::compare::height(n_models),
        }
    }
}

/// The rectangles of one frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Layout {
    /// The bar on top, full width.
    pub top: Rect,
    /// Learn, or the rail it folds to.
    pub learn: Rect,
    /// Where Learn lies when it is opened over the plane.
    pub learn_over: Rect,
    /// The latent plane.
    pub plane: Rect,
    /// Class names below the plane.
    pub legend: Rect,
    /// A strip of pictures below the legend; without height while there is none.
    pub tray: Rect,
    /// Decode, or the grid.
    pub decode: Rect,
    /// Whether Learn is a rail.
    pub is_folded: bool,
    /// Whether tools show icons only and the legend is short.
    pub is_narrow: bool,
    /// Whether sections close up.
    pub is_low: bool,
}

impl Layout {
    /// The layout of a window of size `area`; `folded` is the user's own wish, which wins over the width.
    pub fn new(area: Rect, tool: Tool, tray: Tray, folded: Option<bool>) -> Self {
        let width = area.width();
        let is_folded = folded.unwrap_or(width < 1120.0);
        let learn_width = if is_folded { RAIL } else { SIDE };
        let decode_width = match tool {
            _ if width < 700.0 => 0.0,
            Tool::Explore | Tool::Path | Tool::Select => SIDE,
            Tool::Grid if width - learn_width - 368.0 < 320.0 => SIDE,
            Tool::Grid if width < 1120.0 => 368.0,
            Tool::Grid => 424.0,
        };
        let (left, right) = (area.left() + learn_width, area.right() - decode_width);
        // The plane keeps its least height, and the tray what is left.
        let room = (area.height() - TOP - LEGEND - 240.0).max(0.0);
        let tray_top = area.bottom() - tray.height().min(room);
        let (top, legend_top) = (area.top() + TOP, tray_top - LEGEND);
        let rect =
            |x0: f32, y0: f32, x1: f32, y1: f32| Rect::from_min_max(pos2(x0, y0), pos2(x1.max(x0), y1.max(y0)));
        Self {
            top: rect(area.left(), area.top(), area.right(), top),
            learn: rect(area.left(), top, left, area.bottom()),
            learn_over: rect(left, top, left + SIDE, area.bottom()),
            plane: rect(left, top, right, legend_top),
            legend: rect(left, legend_top, right, tray_top),
            tray: rect(left, tray_top, right, area.bottom()),
            decode: rect(right, top, area.right(), area.bottom()),
            is_folded,
            is_narrow: width < 860.0,
            is_low: area.height() < 720.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use eframe::egui::vec2;

    fn layout(width: f32, height: f32, tool: Tool) -> Layout {
        Layout::new(
            Rect::from_min_size(pos2(0.0, 0.0), vec2(width, height)),
            tool,
            Tray::Path { n_models: 1, shows_scores: false },
            None,
        )
    }

    #[test]
    fn the_plane_has_its_measure_at_the_default_size() {
        let area = Rect::from_min_size(pos2(0.0, 0.0), vec2(1280.0, 800.0));
        let at_default = Layout::new(area, Tool::Explore, Tray::None, None);
        assert_eq!(at_default.plane.size(), vec2(768.0, 720.0));
        assert_eq!(layout(1280.0, 800.0, Tool::Path).tray.height(), 172.0);
        assert_eq!(layout(1280.0, 800.0, Tool::Grid).decode.width(), 424.0);
    }

    #[test]
    fn the_plane_stays_usable_in_every_size() {
        for width in (640..2000).step_by(20) {
            for tool in [Tool::Explore, Tool::Path, Tool::Grid, Tool::Select] {
                let layout = layout(width as f32, 480.0, tool);
                assert!(layout.plane.width() >= 320.0 && layout.plane.height() >= 240.0, "{width}: {layout:?}");
            }
        }
    }
}
