//! Names for the icons of the bundled Phosphor subset.
//!
//! Each constant is one character of the font's private use area and keeps the name Phosphor gives it,
//! so that <https://phosphoricons.com> can be searched for it. Icons the window has no use for are left out.

/// The Explore tool.
pub const CROSSHAIR_SIMPLE: &str = "\u{e1d8}";
/// The Path tool.
pub const PATH: &str = "\u{e39c}";
/// What is drawn on the plane.
pub const STACK: &str = "\u{e466}";
/// A label that a model is told.
pub const TAG: &str = "\u{e478}";
/// Turn round.
pub const SWAP: &str = "\u{e83c}";
/// Write a picture.
pub const EXPORT: &str = "\u{eaf0}";
/// Save.
pub const FLOPPY_DISK: &str = "\u{e248}";
/// The Grid tool.
pub const GRID_FOUR: &str = "\u{e296}";
/// The Select tool.
pub const LASSO: &str = "\u{edc6}";
/// Fit the plane to its codes.
pub const CORNERS_OUT: &str = "\u{e1d0}";
/// Undo.
pub const ARROW_U_UP_LEFT: &str = "\u{e08a}";
/// Redo.
pub const ARROW_U_UP_RIGHT: &str = "\u{e08c}";
/// Open a file.
pub const FOLDER_OPEN: &str = "\u{e256}";
/// The light theme.
pub const SUN: &str = "\u{e472}";
/// The dark theme.
pub const MOON: &str = "\u{e330}";
/// Help.
pub const QUESTION: &str = "\u{e3e8}";
/// A list opens below.
pub const CARET_DOWN: &str = "\u{e136}";
/// Folded.
pub const CARET_RIGHT: &str = "\u{e13a}";
/// Train, or play a path.
pub const PLAY: &str = "\u{e3d0}";
/// Pause.
pub const PAUSE: &str = "\u{e39e}";
/// Stop.
pub const STOP: &str = "\u{e46c}";
/// Reset.
pub const ARROW_COUNTER_CLOCKWISE: &str = "\u{e038}";
/// One fewer.
pub const MINUS: &str = "\u{e32a}";
/// One more.
pub const PLUS: &str = "\u{e3d4}";
/// Draw a random sample.
pub const DICE_FIVE: &str = "\u{e1ee}";
/// Copy what is shown.
pub const COPY: &str = "\u{e1ca}";
/// Fold or unfold a side panel.
pub const SIDEBAR_SIMPLE: &str = "\u{ec24}";
/// The data.
pub const DATABASE: &str = "\u{e1de}";
/// The model.
pub const GRAPH: &str = "\u{eb58}";
/// The loss.
pub const CHART_LINE_DOWN: &str = "\u{e8b6}";
/// Settings.
pub const SLIDERS_HORIZONTAL: &str = "\u{e434}";
/// Chosen.
pub const CHECK: &str = "\u{e182}";
/// Done.
pub const CHECK_CIRCLE: &str = "\u{e184}";
/// Worth knowing.
pub const INFO: &str = "\u{e2ce}";
/// Failed.
pub const WARNING_CIRCLE: &str = "\u{e4e2}";
/// Close.
pub const X: &str = "\u{e4f6}";
