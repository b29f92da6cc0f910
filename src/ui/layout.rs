//! Where everything lies, and what gives way when the window is small.

use super::context::Side;
use crate::session::Tool;
use eframe::egui::{Rect, Vec2, pos2, vec2};

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
/// The least plane, as long as the window is no smaller than it may be at the usual text size.
const PLANE: Vec2 = vec2(320.0, 240.0);
/// Width of the Grid tool's panel, and the next where that leaves the plane too little.
const GRID: [f32; 2] = [424.0, 368.0];

/// How large things are drawn that are looked at from some way off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sizes {
    /// Factor on the radius of the codes.
    pub points: f32,
    /// Class names of one letter on the plane, and longer ones.
    pub names: [f32; 2],
    /// Side of a picture in the lens.
    pub lens: f32,
    /// Side of a picture in a tray, and where several models have a strip each.
    pub tiles: [f32; 2],
    /// Width of Decode.
    pub decode: f32,
}

impl Sizes {
    /// The sizes in a window of size `area`; `points` is the user's own factor. Presented, codes have a
    /// radius of at least 3 where they have 1.9 else.
    pub fn new(area: Vec2, presents: bool, points: f32) -> Self {
        let usual = match area {
            area if area.x >= 3200.0 && area.y >= 1600.0 => {
                let (names, tiles) = ([18.0; 2], [144.0, 96.0]);
                Self { points: 1.6 * points, names, lens: 126.0, tiles, decode: 424.0 }
            }
            area if area.x >= 1800.0 && area.y >= 900.0 => {
                let (names, tiles) = ([15.0, 13.0], [96.0, 72.0]);
                Self { points: 1.2 * points, names, lens: 84.0, tiles, decode: 312.0 }
            }
            _ => Self { points, names: [15.0, 13.0], lens: 84.0, tiles: [72.0, 56.0], decode: SIDE },
        };
        if !presents {
            return usual;
        }
        let tiles = usual.tiles.map(|side| side.max(96.0));
        Self { points: usual.points.max(3.0 / 1.9), names: [18.0; 2], lens: usual.lens.max(126.0), tiles, ..usual }
    }
}

impl Default for Sizes {
    fn default() -> Self {
        Self::new(Vec2::ZERO, false, 1.0)
    }
}

/// Most planes in one row; more are a mosaic.
pub const IN_A_ROW: usize = 3;
/// Least height of each plane of a mosaic, with its title.
const SMALL_PLANE: f32 = 208.0;

/// Rows of so many planes, each of at most [`IN_A_ROW`].
const fn rows(n_planes: usize) -> usize {
    n_planes.div_ceil(IN_A_ROW)
}

/// The places of so many planes in their room, with a line between them: rows of equal heights, in each of
/// which the planes are equally wide.
pub fn planes(room: Rect, n_planes: usize) -> Vec<Rect> {
    let n_rows = rows(n_planes).max(1);
    let (per_row, height) = (n_planes.div_ceil(n_rows), (room.height() / n_rows as f32).floor());
    let place = |i: usize| {
        let (row, column) = (i / per_row, i % per_row);
        let in_row = per_row.min(n_planes - row * per_row);
        let width = (room.width() / in_row as f32).floor();
        let at = room.min + vec2(width * column as f32, height * row as f32);
        let right = if column + 1 == in_row { room.right() } else { at.x + width - 1.0 };
        let bottom = if row + 1 == n_rows { room.bottom() } else { at.y + height - 1.0 };
        Rect::from_min_max(at, pos2(right, bottom))
    };
    (0..n_planes).map(place).collect()
}

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
        /// Rows that say how what is decoded changes.
        n_along: usize,
        /// Lines of the list, where what is decoded is read in lines; else none.
        n_lines: usize,
    },
    /// The chosen samples.
    Select,
    /// A page of reconstructions.
    Errors,
    /// What is like the query.
    Find,
    /// A table of so many models side by side.
    Compare(usize),
}

impl Tray {
    /// Models on screen.
    const fn n_models(self) -> usize {
        match self {
            Self::None | Self::Labels | Self::Select | Self::Errors | Self::Find => 1,
            Self::Path { n_models, .. } | Self::Compare(n_models) => n_models,
        }
    }

    /// Height in points, and the least at which all of it is in sight.
    fn heights(self, sizes: &Sizes) -> [f32; 2] {
        match self {
            Self::None => [0.0; 2],
            Self::Labels => super::panels::labels::heights(sizes),
            Self::Select => super::panels::select::HEIGHTS,
            Self::Errors => super::panels::errors::HEIGHTS,
            Self::Find => super::panels::find::HEIGHTS,
            Self::Path { n_models, shows_scores, n_along, n_lines } => {
                super::panels::path::heights((n_models, shows_scores), n_along, n_lines, sizes)
            }
            // Below a mosaic two rows are enough; the rest is scrolled.
            Self::Compare(n_models) => {
                [n_models, if n_models > IN_A_ROW { 2 } else { n_models }].map(super::panels::compare::height)
            }
        }
    }

    /// The least height at which all of it is in sight; with less it is scrolled.
    pub fn least(self) -> f32 {
        match self {
            Self::Path { n_models, .. } if n_models > 1 => super::panels::path::LOW,
            _ => self.heights(&Sizes::default())[1],
        }
    }

    /// Its height above a plane where `room` is for both: the plane keeps its least height as long as half of
    /// the room is not more than that.
    fn height(self, room: f32, sizes: &Sizes) -> f32 {
        let [wanted, least] = self.heights(sizes);
        let plane = match rows(self.n_models()) {
            0 | 1 => PLANE.y,
            n_rows => SMALL_PLANE * n_rows as f32,
        };
        wanted.min((room - plane).max(least.min(room / 2.0))).max(0.0)
    }
}

/// How the sides are to be.
#[derive(Clone, Copy, Debug, Default)]
pub struct Folds {
    /// Whether Learn is to be folded, where the user said so.
    pub learn: Option<bool>,
    /// Whether Decode is to be folded, where the user said so.
    pub decode: Option<bool>,
    /// Whether both sides give all their room to the plane.
    pub presents: bool,
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
    /// Decode, or the grid, or the rail that they fold to.
    pub decode: Rect,
    /// Where Decode or the grid lie when they are opened over the plane.
    pub decode_over: Rect,
    /// Whether Learn is folded, and whether there is room for it beside the plane.
    pub learn_side: [bool; 2],
    /// Whether Decode is folded, and whether there is room for it beside the plane.
    pub decode_side: [bool; 2],
    /// Whether sections close up.
    pub is_low: bool,
}

impl Layout {
    /// The layout of a window of size `area`. The user's own wish to fold a side wins over the width, and the
    /// plane's least width over a wish to unfold one.
    pub fn new(area: Rect, tool: Tool, tray: Tray, folds: Folds, sizes: &Sizes) -> Self {
        let width = area.width();
        let rail = if folds.presents { 0.0 } else { RAIL };
        let side = |wish: Option<bool>, usual: f32, room: f32| {
            let fits = !folds.presents && room >= PLANE.x;
            [!fits || wish.unwrap_or(width < usual), fits]
        };
        let learn_side = side(folds.learn, 1120.0, width - SIDE - rail);
        let learn_width = if learn_side[0] { rail } else { SIDE };
        let decode_side = side(folds.decode, 700.0, width - learn_width - sizes.decode);
        let unfolded = match tool {
            Tool::Explore | Tool::Path | Tool::Select => sizes.decode,
            Tool::Grid => {
                let taken = learn_width + if decode_side[0] { rail } else { 0.0 };
                let beside = |side: &f32| width - taken - side >= PLANE.x;
                let widths = [GRID[0].max(1.5 * sizes.decode), GRID[1]];
                widths.into_iter().skip(usize::from(width < 1120.0)).find(beside).unwrap_or(SIDE)
            }
        };
        let decode_width = if decode_side[0] { rail } else { unfolded };
        let (left, right) = (area.left() + learn_width, area.right() - decode_width);
        let (top, bottom) = (area.top() + TOP, area.bottom());
        let tray_top = bottom - tray.height(area.height() - TOP - LEGEND, sizes);
        let legend_top = tray_top - LEGEND;
        let rect =
            |x0: f32, y0: f32, x1: f32, y1: f32| Rect::from_min_max(pos2(x0, y0), pos2(x1.max(x0), y1.max(y0)));
        Self {
            top: rect(area.left(), area.top(), area.right(), top),
            learn: rect(area.left(), top, left, bottom),
            learn_over: rect(left, top, left + SIDE, bottom),
            plane: rect(left, top, right, legend_top),
            legend: rect(left, legend_top, right, tray_top),
            tray: rect(left, tray_top, right, bottom),
            decode: rect(right, top, area.right(), bottom),
            decode_over: rect((right - unfolded).max(area.left()), top, right, bottom),
            learn_side,
            decode_side,
            is_low: area.height() < 720.0,
        }
    }

    /// Tells the state of both sides how they are now.
    pub fn tell(&self, learn: &mut Side, decode: &mut Side) {
        [learn.is_folded, learn.fits] = self.learn_side;
        [decode.is_folded, decode.fits] = self.decode_side;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATH: Tray = Tray::Path { n_models: 1, shows_scores: false, n_along: 0, n_lines: 0 };

    fn layout(width: f32, height: f32, tool: Tool, folds: Folds) -> Layout {
        let tray = if tool == Tool::Path { PATH } else { Tray::None };
        let area = Rect::from_min_size(pos2(0.0, 0.0), vec2(width, height));
        Layout::new(area, tool, tray, folds, &Sizes::new(area.size(), folds.presents, 1.0))
    }

    #[test]
    fn the_plane_has_its_measure_at_the_default_size() {
        let at_default = |tool| layout(1280.0, 800.0, tool, Folds::default());
        assert_eq!(at_default(Tool::Explore).plane.size(), vec2(768.0, 720.0));
        assert_eq!(at_default(Tool::Path).tray.height(), 172.0);
        assert_eq!(at_default(Tool::Grid).decode.width(), 424.0);
    }

    #[test]
    fn a_series_is_a_mosaic_of_planes_that_can_be_read() {
        let area = Rect::from_min_size(pos2(0.0, 0.0), vec2(1280.0, 800.0));
        for n in 1..=9 {
            let room =
                Layout::new(area, Tool::Explore, Tray::Compare(n), Folds::default(), &Sizes::default()).plane;
            let places = planes(room, n);
            assert_eq!(places.len(), n);
            for (i, place) in places.iter().enumerate() {
                assert!(place.width() >= 220.0 && place.height() >= 207.0, "{n}: {place:?}");
                assert!(room.contains_rect(*place));
                assert!(places[..i].iter().all(|other| !other.intersects(place.shrink(0.5))), "{n}");
            }
        }
        let columns = |n: usize| planes(area, n).iter().filter(|place| place.top() == 0.0).count();
        assert_eq!([1, 2, 3, 4, 5, 6, 7, 9].map(columns), [1, 2, 3, 2, 3, 3, 3, 3]);
    }

    #[test]
    fn the_plane_stays_usable_in_every_size_whatever_is_folded() {
        for width in (640..2000).step_by(20) {
            for tool in [Tool::Explore, Tool::Path, Tool::Grid, Tool::Select] {
                for wish in [None, Some(true), Some(false)] {
                    let folds = Folds { learn: wish, decode: wish, presents: false };
                    let layout = layout(width as f32, 480.0, tool, folds);
                    let plane = layout.plane;
                    assert!(plane.width() >= 320.0 && plane.height() >= 240.0, "{width} {wish:?}: {layout:?}");
                    let over = [layout.learn_over, layout.decode_over];
                    assert!(over.iter().all(|over| over.left() >= 0.0 && over.right() <= width as f32));
                }
            }
        }
    }

    #[test]
    fn a_wish_wins_over_the_width_and_the_plane_over_a_wish() {
        let open = Folds { learn: Some(false), decode: Some(false), presents: false };
        let sides = |width| {
            let layout = layout(width, 480.0, Tool::Explore, open);
            (layout.learn.width(), layout.decode.width())
        };
        assert_eq!(sides(860.0), (SIDE, SIDE), "both, though it is narrow");
        assert_eq!(sides(680.0), (SIDE, RAIL), "Decode gives way first");
        assert_eq!(sides(600.0), (RAIL, RAIL), "and then Learn");
        assert_eq!(layout(600.0, 480.0, Tool::Explore, open).learn_side, [true, false]);
        let folded = Folds { learn: Some(true), decode: Some(true), presents: false };
        assert_eq!(layout(1280.0, 800.0, Tool::Grid, folded).plane.width(), 1280.0 - 2.0 * RAIL);
    }

    #[test]
    fn presenting_gives_both_sides_to_the_plane() {
        let folds = Folds { presents: true, learn: Some(false), decode: Some(false) };
        let presented = layout(1280.0, 800.0, Tool::Grid, folds);
        assert_eq!((presented.plane.width(), presented.learn.width()), (1280.0, 0.0));
        assert!(presented.learn_side[0] && presented.decode_side[0]);
        assert_eq!(layout(1280.0, 800.0, Tool::Path, folds).tray.height(), 172.0 + 96.0 - 72.0);
    }

    #[test]
    fn what_is_looked_at_grows_with_the_window_and_the_presentation() {
        let sizes = |width, height, presents| Sizes::new(vec2(width, height), presents, 1.0);
        assert_eq!(sizes(1280.0, 800.0, false), Sizes::default());
        let [usual, hd, uhd] =
            [(1280.0, 800.0), (1920.0, 1080.0), (3840.0, 2160.0)].map(|(x, y)| sizes(x, y, false));
        assert!(usual.tiles[0] < hd.tiles[0] && hd.tiles[0] < uhd.tiles[0]);
        assert!(usual.decode < hd.decode && hd.decode < uhd.decode);
        let presented = sizes(1280.0, 800.0, true);
        assert_eq!((presented.names[0], presented.lens, presented.tiles[0]), (18.0, 126.0, 96.0));
        assert!((1.9 * presented.points - 3.0).abs() < 1e-6);
        assert_eq!(Sizes::new(vec2(1280.0, 800.0), true, 2.0).points, 2.0, "the user's own wish may be for more");
    }

    #[test]
    fn a_list_has_nine_lines_where_there_is_room_and_three_in_the_smallest_window() {
        let tray = |n_models| Tray::Path { n_models, shows_scores: false, n_along: 0, n_lines: 33 };
        let height = |width: f32, height: f32, n_models| {
            let area = Rect::from_min_size(pos2(0.0, 0.0), vec2(width, height));
            Layout::new(area, Tool::Path, tray(n_models), Folds::default(), &Sizes::default()).tray.height()
        };
        assert_eq!(height(1280.0, 800.0, 1), 44.0 + 9.0 * 20.0 + 33.0);
        assert!(height(1280.0, 800.0, 2) >= height(1280.0, 800.0, 1), "names stand above the lists");
        let lowest = height(683.0, 427.0, 1);
        assert!(lowest >= tray(1).least() && lowest >= 44.0 + 3.0 * 20.0, "{lowest}");
    }

    #[test]
    fn a_tray_keeps_its_least_height_and_the_plane_half_the_room() {
        // 1024×640 at 150 %: a strip of the smallest tiles, above it the plane.
        let small = layout(683.0, 427.0, Tool::Path, Folds::default());
        assert!(small.tray.height() >= PATH.least(), "{small:?}");
        assert!(small.plane.height() >= 230.0, "{small:?}");
        let smallest = layout(320.0, 240.0, Tool::Path, Folds::default());
        assert_eq!(smallest.tray.height(), smallest.plane.height());
    }
}
