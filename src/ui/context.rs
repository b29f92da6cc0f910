//! What panels are handed: the session to read, a list to put actions in, and the window's own bits of state.

use super::files::Files;
use super::first_minute::FirstMinute;
use super::layout::Sizes;
use super::pad::Brush;
use super::palette::Palette;
use super::series::SeriesCard;
use super::textures::Textures;
use super::theme::Theme;
use super::widgets::fold;
use crate::session::{Action, Fold, Session, SlotId};
use eframe::egui::{Align, Context, Response, Ui};
use std::time::Instant;

/// Whether a place of the window points at a sample, so that it lets go of just that one.
#[derive(Default)]
pub struct Pointing(bool);

impl Pointing {
    /// The sample under the pointer in this place; none where there is none.
    pub fn at(&mut self, sample: Option<u32>, cx: &mut Cx<'_>) {
        let was_pointed = std::mem::replace(&mut self.0, sample.is_some());
        if (sample.is_some() || was_pointed) && cx.session.spec().selection.hovered != sample {
            cx.send(Action::Point(sample));
        }
    }

    /// The same on a model's plane. Once the pointer is on another, that one says what is pointed at.
    pub fn on_plane(&mut self, sample: Option<u32>, slot: SlotId, cx: &mut Cx<'_>) {
        if sample.is_some() || cx.window.plane_under.is_none_or(|under| under == slot) {
            self.at(sample, cx);
        } else {
            self.0 = false;
        }
    }
}

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
    /// Notes an action; one that keeps another code ends the play of a path.
    pub fn send(&mut self, action: Action) {
        if matches!(
            action,
            Action::Keep(..)
                | Action::MoveAlong(..)
                | Action::Pick(_)
                | Action::SetZ(..)
                | Action::Centre
                | Action::SampleZ
        ) {
            self.window.playing = None;
            self.actions.retain(|other| !matches!(other, Action::LookAt(_)));
        }
        self.actions.push(action);
    }

    /// Looks at a code of a model in this frame, as the tools do that draw on the plane.
    pub fn look(&mut self, slot: SlotId, z: Vec<f32>) {
        self.window.looks = true;
        if self.session.hover_of(slot) != Some(&z[..]) {
            self.send(Action::Hover(Some((slot, z))));
        }
    }

    /// Copies a text and says so, for nothing else shows that it was done.
    pub fn copy(&mut self, ctx: &Context, what: &str, text: String) {
        self.send(Action::Tell(format!("Copied {what}"), text.clone()));
        ctx.copy_text(text);
    }

    /// Draws the row that something folds under, and says whether that is to be shown.
    pub fn fold(&mut self, ui: &mut Ui, which: Fold, title: &str, note: &str) -> bool {
        self.fold_row(ui, which, title, note).1
    }

    /// The same, with the row itself.
    pub fn fold_row(&mut self, ui: &mut Ui, which: Fold, title: &str, note: &str) -> (Response, bool) {
        let was_open = self.session.spec().unfolded.contains(&which);
        let (row, is_open) = self.turned_row(ui, which, (title, note), was_open);
        if is_open != was_open {
            self.send(Action::Unfold(which, is_open));
        }
        (row, is_open)
    }

    /// The row of what is open by a state of its own, and whether it is to be. A command that turns it brings
    /// it to the top of its column; it folds away only what is in sight.
    pub fn turned_row(
        &mut self,
        ui: &mut Ui,
        which: Fold,
        (title, note): (&str, &str),
        was_open: bool,
    ) -> (Response, bool) {
        let mut is_open = was_open;
        let row = fold(ui, title, note, &mut is_open);
        if self.window.turned.take_if(|turned| *turned == which).is_some() {
            is_open = !(was_open && ui.clip_rect().contains_rect(row.rect));
            row.scroll_to_me(is_open.then_some(Align::TOP));
        }
        (row, is_open)
    }

    /// Makes what happens from a press on a control one step of undo; the window ends it once no button is
    /// down.
    pub fn begin_gesture(&mut self, response: &Response) {
        // A slider takes a value at the press already, before egui calls it a drag.
        if response.is_pointer_button_down_on() && response.ctx.input(|i| i.pointer.any_pressed()) {
            self.send(Action::BeginGesture);
        }
    }
}

/// A path that is played there and back.
#[derive(Clone, Copy, Debug)]
pub struct Playing {
    /// Time of the window when it began, in seconds.
    pub since: f64,
    /// Where on the path it began.
    pub from: f32,
}

impl Playing {
    /// Seconds from one end to the other.
    const CROSSING: f64 = 2.4;

    /// Where on the path it is at `time`: there and back, for ever.
    pub fn t_at(&self, time: f64) -> f32 {
        let phase = (f64::from(self.from) + (time - self.since) / Self::CROSSING).rem_euclid(2.0);
        (if phase > 1.0 { 2.0 - phase } else { phase }) as f32
    }
}

/// A side of the window, and how it is folded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Side {
    /// Whether it is to be folded, where the user said so.
    pub folded: Option<bool>,
    /// Whether it is folded in this frame.
    pub is_folded: bool,
    /// Whether there is room for it beside the plane.
    pub fits: bool,
    /// Whether it lies over the plane, while it is folded.
    pub is_over: bool,
}

impl Side {
    /// Folds or unfolds it; over the plane where there is no room for it.
    pub fn toggle(&mut self) {
        if self.fits {
            self.folded = Some(!self.is_folded);
            self.is_over = false;
        } else {
            self.is_over = !self.is_over;
        }
    }
}

/// State of the window that no document keeps.
pub struct WindowState {
    /// When the program started; animations count from here.
    pub start: Instant,
    /// Learn, which may be folded to a rail.
    pub learn: Side,
    /// Decode, or the grid's panel in its place, which may be folded too.
    pub decode: Side,
    /// Whether the plane has the window to itself, and all is larger, as for a projector.
    pub presents: bool,
    /// The user's own factor on the radius of the codes.
    pub point_factor: f32,
    /// How large things are drawn in this frame.
    pub sizes: Sizes,
    /// Where the column that is being drawn begins: it may be scrolled out of sight.
    pub column_top: f32,
    /// Class whose codes the legend lights.
    pub lit_class: Option<usize>,
    /// What is typed above the list of many classes.
    pub class_query: String,
    /// Whether the keys are listed.
    pub help_open: bool,
    /// The card that finds commands by their names.
    pub palette: Palette,
    /// The card in which a series is put together.
    pub series: SeriesCard,
    /// Dimensions whose strips are in sight this frame.
    pub strips: Vec<usize>,
    /// Whether a dialog of the system is awaited.
    pub waits_for_dialog: bool,
    /// Ask for a folder in a dialog.
    pub wants_folder: bool,
    /// Fit the view at the next frame.
    pub fit_requested: bool,
    /// The cell of the grid under the pointer: column and row.
    pub grid_cell: Option<(usize, usize)>,
    /// The cell that was under the pointer in the frame before, wherever the grid is drawn.
    pub lit_cell: Option<(usize, usize)>,
    /// Whether a drawing tool looks at something under the pointer in this frame.
    pub looks: bool,
    /// How often each hint's action was done; at two the hint goes.
    pub hints_done: [u32; 9],
    /// What a command unfolds or folds away, until its row is drawn.
    pub turned: Option<Fold>,
    /// Type what to choose.
    pub query_asked: bool,
    /// Type what to look for.
    pub find_asked: bool,
    /// The end of the path that keys move: 0 is A, 1 is B.
    pub path_focus: usize,
    /// Keys asked for an end to be set at the pointer.
    pub set_end: [bool; 2],
    /// Since when the path is played, and from where.
    pub playing: Option<Playing>,
    /// Files to open, save and export.
    pub files: Files,
    /// Whether the keyboard was used last to go from control to control, and not the pointer.
    pub keys_lead: bool,
    /// Whether a list or menu was open when the frame began, to which Escape then belongs.
    pub popup_was_open: bool,
    /// Whether a card over the window has the keyboard to itself in this frame.
    pub has_modal: bool,
    /// The ids of the planes that are drawn.
    pub plane_ids: Vec<eframe::egui::Id>,
    /// The model whose plane lies under the pointer.
    pub plane_under: Option<SlotId>,
    /// Whether the Space key was held while a button was down, which pans and does not play.
    pub space_pans: bool,
    /// Nearest training images that there is room for this frame.
    pub n_nearest: usize,
    /// The card that lies over the plane.
    pub over_plane: Option<eframe::egui::Rect>,
    /// The first minute.
    pub first_minute: FirstMinute,
    /// What is drawn with on the pad.
    pub brush: Brush,
}

impl Default for WindowState {
    fn default() -> Self {
        Self {
            start: Instant::now(),
            learn: Side::default(),
            decode: Side::default(),
            presents: false,
            point_factor: 1.0,
            sizes: Sizes::default(),
            column_top: 0.0,
            lit_class: None,
            class_query: String::new(),
            help_open: false,
            palette: Palette::default(),
            series: SeriesCard::default(),
            strips: Vec::new(),
            waits_for_dialog: false,
            wants_folder: false,
            fit_requested: false,
            grid_cell: None,
            lit_cell: None,
            looks: false,
            hints_done: [0; 9],
            turned: None,
            query_asked: false,
            find_asked: false,
            path_focus: 0,
            set_end: [false; 2],
            playing: None,
            files: Files::default(),
            keys_lead: false,
            popup_was_open: false,
            has_modal: false,
            plane_ids: Vec::new(),
            plane_under: None,
            space_pans: false,
            n_nearest: 0,
            over_plane: None,
            first_minute: FirstMinute::default(),
            brush: Brush::default(),
        }
    }
}
