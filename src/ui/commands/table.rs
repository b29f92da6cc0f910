//! The table: every command in the order of the lists, and what the hand does beside them.

use super::Command;
use super::on_document::*;
use super::on_plane::*;
use super::on_selection::*;
use super::on_window::*;

/// What the hand does that no command does, with what it is for: listed beside the keys.
pub const GESTURES: [(&str, &str); 8] = [
    ("Click", "Keep the point under the pointer"),
    ("← ↑ → ↓", "Move the kept point or the grid"),
    ("Shift ←, Ctrl ←", "Ten times as far, a tenth as far"),
    ("Enter", "Keep the reticle's point, or lay a grid"),
    ("Wheel", "Zoom at the pointer"),
    ("Right drag, Space drag", "Pan"),
    ("Shift, Ctrl while choosing", "Add to the chosen, take away from them"),
    ("Shift, Ctrl while drawing", "Square, from the centre"),
];

/// Every command, in the order of the lists.
pub static ALL: [&Command; 64] = [
    &EXPLORE,
    &PATH,
    &GRID,
    &FIT,
    &CENTRE,
    &SAMPLE,
    &DRAW,
    &CLEAR_DRAWING,
    &NEXT_LABEL,
    &PREVIOUS_LABEL,
    &CODES,
    &CLASS_NAMES,
    &PRIOR_RINGS,
    &LENS,
    &LABEL_ROW,
    &SET_A,
    &SET_B,
    &PLAY,
    &SWAP,
    &RANDOM_CODES,
    &MORE,
    &FEWER,
    &SELECT,
    &QUERY,
    &CHOOSE_ALL,
    &INVERT,
    &CLEAR,
    &SHAPE,
    &TRAIN,
    &ONE_STEP,
    &ONE_EPOCH,
    &STOP,
    &RESET,
    &SLOW,
    &TRAIN_ELSEWHERE,
    &COMPARE_PCA,
    &COMPARE_ITSELF,
    &UNDO,
    &REDO,
    &OPEN,
    &SAVE,
    &SAVE_AS,
    &EXPORT,
    &EXPORT_CODES,
    &EXPORT_LOSSES,
    &EXPORT_ONNX,
    &EXPORT_PROJECTOR,
    &PALETTE,
    &HELP,
    &HINTS,
    &FIRST_MINUTE,
    &BACK_OUT,
    &FOLD,
    &FOLD_DECODE,
    &THEME,
    &LARGER,
    &SMALLER,
    &USUAL,
    &LARGER_POINTS,
    &SMALLER_POINTS,
    &USUAL_POINTS,
    &PRESENT,
    &FULL_SCREEN,
    &QUIT,
];

/// The commands that write something in a format of others.
pub static EXPORTS: [&Command; 4] = [&EXPORT_CODES, &EXPORT_LOSSES, &EXPORT_ONNX, &EXPORT_PROJECTOR];

/// The commands that show a layer, in the order of [`Layer::ALL`].
pub static LAYERS: [&Command; 5] = [&CODES, &CLASS_NAMES, &PRIOR_RINGS, &LENS, &LABEL_ROW];
