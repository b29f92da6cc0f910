//! What panels are handed: the session to read, a list to put actions in, and the window's own bits of state.

use super::textures::Textures;
use super::theme::Theme;
use crate::session::{Action, Session};
use std::time::Instant;

/// Handed to every panel each frame.
pub struct Cx<'a> {
    /// The document, read only.
    pub session: &'a Session,
    /// The colours.
    pub theme: Theme,
    /// What the user did; applied at the end of the pass.
    pub actions: &'a mut Vec<Action>,
    /// Pictures on the GPU.
    pub textures: &'a mut Textures,
    /// State of the window that no document keeps.
    pub window: &'a mut WindowState,
}

impl Cx<'_> {
    /// Notes an action.
    pub fn send(&mut self, action: Action) {
        self.actions.push(action);
    }

    /// Makes what happens from a press on a control one step of undo; the window ends it once no button is down.
    pub fn begin_gesture(&mut self, response: &eframe::egui::Response) {
        // A slider takes a value at the press already, before egui calls it a drag.
        if response.is_pointer_button_down_on() && response.ctx.input(|i| i.pointer.any_pressed()) {
            self.send(Action::BeginGesture);
        }
    }
}

/// State of the window that no document keeps.
pub struct WindowState {
    /// When the program started; animations count from here.
    pub start: Instant,
    /// Whether Learn is folded to a rail, where the user said so.
    pub learn_folded: Option<bool>,
    /// Whether Learn lies over the plane, opened from the rail.
    pub learn_over: bool,
    /// Class whose codes the legend lights.
    pub lit_class: Option<usize>,
    /// Whether the keys are listed.
    pub help_open: bool,
    /// Dimensions whose strips are in sight this frame.
    pub strips: Vec<usize>,
    /// Ask for a folder in a dialog.
    pub wants_folder: bool,
    /// Fit the view at the next frame.
    pub fit_requested: bool,
    /// The cell of the grid under the pointer: column and row.
    pub grid_cell: Option<(usize, usize)>,
    /// How often each hint's action was done; at two the hint goes.
    pub hints_done: [u32; 4],
}

impl Default for WindowState {
    fn default() -> Self {
        Self {
            start: Instant::now(),
            learn_folded: None,
            learn_over: false,
            lit_class: None,
            help_open: false,
            strips: Vec::new(),
            wants_folder: false,
            fit_requested: false,
            grid_cell: None,
            hints_done: [0; 4],
        }
    }
}
