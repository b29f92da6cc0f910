//! What commands do to the window.

use crate::session::{Action, Diverge, Fold, OutlierPage, Tool};
use crate::ui::context::{Cx, Playing};
use crate::ui::files::Purpose;
use crate::ui::panels::Place;
use eframe::egui::{Context, Theme, ThemePreference, Ui, ViewportCommand};
use std::ops::RangeInclusive;

/// Smallest and largest text, and points of the codes, as factors of the usual ones.
pub const TEXT: RangeInclusive<f32> = 0.8..=2.0;
pub const POINTS: RangeInclusive<f32> = 0.5..=4.0;
/// From one size of the points to the next.
pub const POINTS_STEP: f32 = 0.25;

/// Something that concerns the window alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Show all codes.
    Fit,
    /// Fold Learn, or unfold it.
    FoldLearn,
    /// Fold Decode, or unfold it.
    FoldDecode,
    /// Show the list of keys, or close it.
    Help,
    /// Find a command by its name.
    Palette,
    /// Show the hints again.
    Hints,
    /// Show the first minute again.
    FirstMinute,
    /// Put a series together.
    Series,
    /// Ask for a file.
    File(Purpose),
    /// Save to the model's own file, or ask for one.
    Save,
    /// Fill the screen, or leave it.
    FullScreen,
    /// Close the window.
    Close,
    /// From dark to light and back.
    Theme,
    /// Larger (1) or smaller (−1) text, or that of the beginning (0).
    Text(i8),
    /// Larger (1) or smaller (−1) points of the codes, or the usual ones (0).
    Points(i8),
    /// Give the window to the plane and draw all larger, or end that.
    Present,
    /// Play the path, or stop it there.
    Play,
    /// Set an end of the path at the pointer.
    SetEnd(usize),
    /// Type what to choose.
    Query,
    /// Type what to look for.
    Find,
    /// Bring what folds away on a side into sight, unfolded; or fold it away where it is in sight.
    Turn(Fold, Place),
    /// One step back from whatever is open.
    BackOut,
}

impl Order {
    /// Does it.
    pub fn run(self, ui: &Ui, cx: &mut Cx<'_>) {
        let ctx = ui.ctx();
        match self {
            Self::Fit => cx.window.fit_requested = true,
            Self::FoldLearn => cx.window.learn.toggle(),
            Self::FoldDecode => cx.window.decode.toggle(),
            Self::Help => cx.window.help_open = !cx.window.help_open,
            Self::Palette => cx.window.palette.open(),
            Self::Series => cx.window.series.open(cx.session),
            Self::Hints => cx.window.hints_done = Default::default(),
            Self::FirstMinute => {
                cx.window.first_minute.begin();
                cx.window.help_open = false;
            }
            Self::File(purpose) => cx.window.files.open(purpose, cx.session),
            Self::Save if cx.session.session_file().is_some() => {
                let path = cx.session.session_file().map(Into::into);
                cx.actions.extend(path.map(Action::SaveSession));
            }
            Self::Save if cx.session.save_target().is_some() => cx.send(Action::SaveModel(None)),
            Self::Save => cx.window.files.open(Purpose::Save, cx.session),
            Self::FullScreen => {
                let is_full = ctx.input(|i| i.viewport().fullscreen.unwrap_or(false));
                ctx.send_viewport_cmd(ViewportCommand::Fullscreen(!is_full));
            }
            Self::Close => ctx.send_viewport_cmd(ViewportCommand::Close),
            Self::Theme => toggle_theme(ctx),
            Self::Text(by) => resize_text(ctx, by),
            Self::Points(by) => resize_points(&mut cx.window.point_factor, by),
            Self::Present => present(!cx.window.presents, cx),
            Self::Play => toggle_play(ui, cx),
            Self::SetEnd(end) => cx.window.set_end[end] = true,
            Self::Query => {
                cx.send(Action::SetTool(Tool::Select));
                cx.window.query_asked = true;
            }
            Self::Find => {
                cx.send(Action::Find(Some(cx.session.spec().find.unwrap_or_default())));
                cx.window.find_asked = true;
            }
            Self::Turn(fold, place) => turn(fold, place, cx),
            Self::BackOut => back_out(cx),
        }
        ctx.request_repaint();
    }
}

fn toggle_theme(ctx: &Context) {
    ctx.set_theme(match ctx.theme() {
        Theme::Dark => ThemePreference::Light,
        Theme::Light => ThemePreference::Dark,
    });
}

/// Makes the text a tenth larger or smaller.
fn resize_text(ctx: &Context, by: i8) {
    let factor = if by == 0 { 1.0 } else { ctx.zoom_factor() + 0.1 * f32::from(by) };
    ctx.set_zoom_factor(((factor * 10.0).round() / 10.0).clamp(*TEXT.start(), *TEXT.end()));
}

/// Makes the points of the codes a quarter larger or smaller.
fn resize_points(factor: &mut f32, by: i8) {
    let wanted = if by == 0 { 1.0 } else { *factor + POINTS_STEP * f32::from(by) };
    *factor = wanted.clamp(*POINTS.start(), *POINTS.end());
}

/// Begins or ends presenting; what lies over the plane would lie over what is presented.
fn present(presents: bool, cx: &mut Cx<'_>) {
    cx.window.presents = presents;
    cx.window.learn.is_over = false;
    cx.window.decode.is_over = false;
}

/// Starts the walk where the path is looked at, or stops it there.
fn toggle_play(ui: &Ui, cx: &mut Cx<'_>) {
    cx.window.playing = match cx.window.playing {
        Some(_) => None,
        None => Some(Playing { since: ui.input(|i| i.time), from: cx.session.path_t().unwrap_or(0.0) }),
    };
}

/// Asks the column of `place` to turn what folds away, and shows that column first where it is not shown.
fn turn(fold: Fold, place: Place, cx: &mut Cx<'_>) {
    if place == Place::Decode && cx.session.spec().tool == Tool::Grid {
        cx.send(Action::SetTool(Tool::Explore));
    }
    let window = &mut *cx.window;
    let (side, other) = match place {
        Place::Learn => (&mut window.learn, &mut window.decode),
        Place::Decode | Place::Grid => (&mut window.decode, &mut window.learn),
    };
    if side.is_folded && !side.is_over {
        side.toggle();
        // Both over the plane would lie on one another.
        other.is_over = false;
    }
    window.turned = Some(fold);
}

/// Closes what lies on top, else undoes the tool's last step, else goes back to Explore.
fn back_out(cx: &mut Cx<'_>) {
    let failure = cx.session.toasts().iter().rfind(|toast| toast.kind == crate::session::ToastKind::Bad);
    if cx.window.popup_was_open {
        // Escape closes the list or menu.
    } else if cx.window.help_open {
        cx.window.help_open = false;
    } else if cx.session.is_exporting() || (cx.session.is_loading() && cx.session.data().is_some()) {
        cx.send(Action::CancelLoad);
    } else if let Some(id) = failure.map(|toast| toast.id) {
        cx.send(Action::Dismiss(id));
    } else if cx.window.learn.is_over || cx.window.decode.is_over {
        cx.window.learn.is_over = false;
        cx.window.decode.is_over = false;
    } else if cx.session.spec().divergences.is_some() {
        cx.send(Action::Diverge(Diverge::Close));
    } else if cx.session.spec().sketch.is_some() {
        cx.send(Action::SketchData(false));
    } else if cx.session.spec().stage.is_some() {
        cx.send(Action::SetStage(None));
    } else if let Some(page) = cx.session.spec().outliers.clone().filter(|_| cx.session.stages_regression()) {
        cx.send(Action::ShowOutliers(Some(OutlierPage { is_staged: false, ..page })));
    } else if cx.session.spec().unfolded.contains(&Fold::Pad) {
        cx.send(Action::Unfold(Fold::Pad, false));
    } else if cx.window.presents {
        present(false, cx);
    } else if cx.session.spec().errors.is_some() {
        cx.send(Action::ShowErrors(None));
    } else if cx.session.spec().find.is_some() {
        cx.send(Action::Find(None));
    } else if cx.session.spec().tool == Tool::Path {
        let ends = &cx.session.spec().path.ends;
        let last = ends.iter().rposition(Option::is_some);
        cx.window.playing = None;
        cx.send(last.map_or(Action::SetTool(Tool::Explore), |end| Action::SetEnd(end, None)));
    } else if cx.session.spec().tool == Tool::Grid {
        let has_grid = cx.session.spec().grid.rect.is_some();
        cx.send(if has_grid { Action::SetGrid(None) } else { Action::SetTool(Tool::Explore) });
    } else if cx.session.spec().selection.is_lit() {
        cx.send(Action::Pick(None));
    } else if cx.session.spec().tool == Tool::Select {
        cx.send(Action::SetTool(Tool::Explore));
    }
}
