//! The latent plane: codes, axes, and what the tools draw on it.
//!
//! It is painted and panned here rather than by a plotting crate, because its ticks lie inside it on patches of its own
//! colour, its scales are equal on both axes, the wheel zooms, and three kinds of drag mean three things.

mod axes;
mod codes;
mod explore;
mod grid_tool;
mod lens;
mod link;
mod names;
mod path_tool;
mod rings;
mod rival;
mod view;

pub use codes::colour_of;
pub use rival::RivalPlane;
pub use view::View;

use super::context::Cx;
use super::icons;
use super::theme::{self, Theme};
use super::widgets::{number, pill};
use crate::latent::stats::view_bounds;
use crate::picture::palette::Mode;
use crate::session::{Action, AxisFit, Layer, Tool};
use crate::worker::TrainStatus;
use codes::{CodeLayer, Source};
use eframe::egui::{
    Align2, CursorIcon, EventFilter, Key, Modifiers, PointerButton, Pos2, Rect, Response, Sense, Stroke, Ui,
    WidgetInfo, pos2,
};

/// The plane with its view and what is cached for it.
#[derive(Default)]
pub struct PlaneView {
    view: Option<View>,
    codes: CodeLayer,
    grid: grid_tool::GridTool,
    path: path_tool::PathTool,
}

/// The palette's name for a theme.
pub fn mode(theme: &Theme) -> Mode {
    if theme.is_dark { Mode::Dark } else { Mode::Light }
}

impl PlaneView {
    /// Draws the plane and answers the pointer and the keys.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let rect = ui.max_rect();
        let response = ui.interact(rect, ui.scope_id().with("latent plane"), Sense::click_and_drag());
        cx.window.plane_id = Some(response.id);
        describe(&response, cx);
        let slot = cx.session.slot();
        let source = Source { cloud: cx.session.cloud(), axes: slot.axes, z: &slot.z };
        self.codes.update_points(&source, cx.session);
        let view = self.view(rect, &response, ui, cx);

        ui.painter().rect_filled(rect, 0, cx.theme.plane);
        let n_dims = cx.session.latent_dim();
        axes::grid_lines(ui.painter(), &view, n_dims, &cx.theme);
        rings::paint(ui.painter(), &view, cx);
        if cx.session.spec().layers.contains(&Layer::Codes) {
            let label = (cx.session.n_labels() > 0).then_some(cx.session.spec().label);
            self.codes.paint(ui, &view, label, cx);
        }
        rings::names(ui.painter(), &view, cx);
        let covered = match cx.session.spec().tool {
            Tool::Explore => Vec::new(),
            Tool::Path => path_tool::covered(&view, cx),
            Tool::Grid => cx.session.spec().grid.rect.map(|bounds| view.screen_rect(bounds)).into_iter().collect(),
        };
        names::paint(ui, &view, self.codes.densest(), &covered, cx);
        axes::ticks(ui.painter(), &view, n_dims, &cx.theme);
        axes::names(ui, &view, cx);
        empty_words(ui, rect, cx);
        progress_line(ui, rect, cx);

        match cx.session.spec().tool {
            Tool::Explore => explore::show(ui, &response, &view, &self.codes, cx),
            Tool::Path => self.path.show(ui, &response, &view, &self.codes, cx),
            Tool::Grid => self.grid.show(ui, &response, &view, cx),
        }
        if cx.session.rivals().is_empty() {
            pill_on_top(ui, rect, cx);
        } else {
            self.linked(ui, &response, &view, cx);
        }
        focus_ring(ui, &response, &cx.theme);
    }

    /// What links this plane with those beside it.
    fn linked(&self, ui: &Ui, response: &Response, view: &View, cx: &mut Cx<'_>) {
        let place = |sample: u32| self.codes.place_of(sample);
        link::rings(ui.painter(), view, &place, cx);
        let pointer = response.hover_pos().filter(|_| response.hovered());
        let code = pointer.and_then(|at| self.codes.nearest(view, at, lens::REACH, cx.session));
        let sample = code.and_then(|code| cx.session.cloud()?.indices.get(code as usize).copied());
        if pointer.is_some() {
            link::send(sample, response, cx);
        }
        let title = cx.session.model().map_or_else(String::new, |model| model.info().title.clone());
        link::title(ui, view.rect, &title, cx);
    }

    /// This frame's view, after fitting, panning and zooming.
    fn view(&mut self, rect: Rect, response: &Response, ui: &Ui, cx: &mut Cx<'_>) -> View {
        let fit_asked = std::mem::take(&mut cx.window.fit_requested);
        let follows = cx.session.slot().fit == AxisFit::Fitted;
        let moved = follows && self.codes.has_new_codes();
        let has_points = !self.codes.points().is_empty();
        if fit_asked || self.view.is_none() || moved {
            let (x, y) = view_bounds(self.codes.points());
            let fitted = View::fitted(rect, x, y);
            // Fitting to every snapshot would tremble: small changes are let pass.
            if fit_asked || self.view.is_none_or(|view| !view.is_near(&fitted)) {
                self.view = has_points.then_some(fitted);
            }
            if fit_asked {
                cx.send(Action::Fit(AxisFit::Fitted));
            }
            if !has_points {
                return fitted;
            }
        }
        let mut view = self.view.unwrap_or_else(|| View::fitted(rect, [-3.0, 3.0], [-3.0, 3.0]));
        // Planes beside it take their room from it: as much of it is seen as before.
        view = if cx.session.rivals().is_empty() { View { rect, ..view } } else { view.resized(rect) };
        if navigate(&mut view, response, ui) && follows {
            cx.send(Action::Fit(AxisFit::Fixed));
        }
        self.view = Some(view);
        view
    }
}

/// Pans and zooms; returns whether the user moved the view.
fn navigate(view: &mut View, response: &Response, ui: &Ui) -> bool {
    let space = ui.input(|i| i.key_down(Key::Space)) && !ui.ctx().text_edit_focused();
    let pans = response.dragged_by(PointerButton::Secondary)
        || response.dragged_by(PointerButton::Middle)
        || (space && response.dragged_by(PointerButton::Primary));
    let mut moved = false;
    if pans && response.drag_delta() != eframe::egui::Vec2::ZERO {
        view.pan(response.drag_delta());
        moved = true;
    }
    if let Some(pointer) = response.hover_pos() {
        let (wheel, pinch) = ui.input(|i| (i.smooth_scroll_delta().y, i.zoom_delta()));
        let factor = (wheel * 0.004).exp() * pinch;
        if factor != 1.0 {
            view.zoom(pointer, factor);
            moved = true;
        }
    }
    moved
}

/// Whether a primary drag or click belongs to the tool, not to panning.
fn is_for_tool(ui: &Ui) -> bool {
    !ui.input(|i| i.key_down(Key::Space)) || ui.ctx().text_edit_focused()
}

/// How far the arrow keys ask to move, in units of a fiftieth of the view; None without a key.
fn arrow_keys(ui: &Ui, response: &Response) -> Option<[f32; 2]> {
    let nothing_focused = ui.memory(|memory| memory.focused().is_none());
    if !response.has_focus() && !nothing_focused {
        return None;
    }
    let held = |key| {
        ui.input_mut(|i| {
            let times = |modifiers, factor: f32| (i.count_and_consume_key(modifiers, key)) as f32 * factor;
            let mut times = times;
            times(Modifiers::SHIFT, 10.0) + times(Modifiers::COMMAND, 0.1) + times(Modifiers::NONE, 1.0)
        })
    };
    let x = held(Key::ArrowRight) - held(Key::ArrowLeft);
    let y = held(Key::ArrowUp) - held(Key::ArrowDown);
    (x != 0.0 || y != 0.0).then_some([x, y])
}

fn describe(response: &Response, cx: &Cx<'_>) {
    let n = cx.session.cloud().map_or(0, |cloud| cloud.indices.len()) as u64;
    let z: Vec<String> = cx.session.z().iter().take(4).map(|z| number::z(*z)).collect();
    let name = format!("Latent plane, {} codes, z {}", number::count(n), z.join(", "));
    response.widget_info(|| WidgetInfo::labeled(eframe::egui::Role::Canvas, true, &name));
    if response.clicked() || response.drag_started() {
        response.request_focus();
    }
    if response.has_focus() {
        let arrows = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..Default::default() };
        response.ctx.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
    }
}

/// One sentence where there is nothing to see.
fn empty_words(ui: &Ui, rect: Rect, cx: &Cx<'_>) {
    let capabilities = cx.session.capabilities();
    let n_classes = cx.session.data().and_then(|data| data.train.labels()).map_or(0, |labels| labels.names.len());
    let words = if cx.session.is_busy() && cx.session.cloud().is_none() {
        "Loading…"
    } else if cx.session.model().is_none() {
        "Nothing trained yet. Press Train, and codes appear here after the first batch."
    } else if !capabilities.encodes {
        "This model has no encoder: no codes to plot, but every place still decodes."
    } else if !capabilities.decodes {
        "This model has no decoder: codes, but no pictures."
    } else if n_classes > 0 && cx.session.spec().hidden.len() >= n_classes {
        "Every class is hidden. Click a name below to show it."
    } else {
        return;
    };
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, words, theme::body(), cx.theme.weak);
}

/// The plan's progress along the top edge.
fn progress_line(ui: &Ui, rect: Rect, cx: &Cx<'_>) {
    let Some(status) = cx
        .session
        .status()
        .filter(|status| cx.session.is_running() || (1..status.last_step).contains(&status.step))
    else {
        return;
    };
    let fraction = status.step as f32 / status.last_step.max(1) as f32;
    let line = Rect::from_min_size(rect.min, eframe::egui::vec2(rect.width() * fraction.min(1.0), 2.0));
    ui.painter().rect_filled(line, 0, cx.theme.accent);
}

/// The live pill while training, else the tool's hint.
fn pill_on_top(ui: &Ui, rect: Rect, cx: &mut Cx<'_>) {
    let top = pos2(rect.center().x, rect.top() + 12.0);
    if let Some(status) = cx.session.status().copied() {
        if cx.session.is_running() {
            return live_pill(ui, top, &status, cx);
        }
        if (1..status.last_step).contains(&status.step) {
            let text = format!("Paused at step {}", number::count(status.step));
            return pill::live(ui, top, pill::Dot::Hollow, &text, "");
        }
    }
    let spec = cx.session.spec();
    let (hint, icon, text) = match (spec.tool, spec.grid.rect) {
        _ if cx.session.model().is_none() => return,
        (Tool::Explore, _) if cx.session.latent_dim() > 2 && cx.window.hints_done[0] >= 2 => {
            let n_others = cx.session.latent_dim() - 2;
            (
                3,
                icons::SLIDERS_HORIZONTAL,
                format!("Bright codes lie near the other {n_others} values; faint ones far from them."),
            )
        }
        (Tool::Explore, _) if cx.session.n_labels() > 0 && cx.window.hints_done[7] < 2 => {
            (7, icons::TAG, "The label is given, so the plane holds only style: slant and stroke.".to_string())
        }
        (Tool::Explore, _) => (
            0,
            icons::CROSSHAIR_SIMPLE,
            "Move over the plane: the decoder answers. Click to keep a point.".to_string(),
        ),
        (Tool::Path, _) => match cx.session.spec().path.ends.iter().position(Option::is_none) {
            Some(0) => (4, icons::PATH, "Click where the path starts.".into()),
            Some(_) => (5, icons::PATH, "Click where it ends.".into()),
            None => (6, icons::PATH, "Drag A or B, or click a third point to start anew. Space plays.".into()),
        },
        (Tool::Grid, None) => (1, icons::GRID_FOUR, "Drag a rectangle: it fills with decoded pictures.".into()),
        (Tool::Grid, Some(_)) => {
            (2, icons::GRID_FOUR, "Drag to move, handles to resize. Drag elsewhere for a new grid.".into())
        }
    };
    let fits = rect.width() > 440.0;
    if cx.window.hints_done[hint] < 2 && fits && pill::hint(ui, top, rect.width() - 24.0, icon, &text, 1.0) {
        cx.window.hints_done[hint] = 2;
    }
}

fn live_pill(ui: &Ui, top: Pos2, status: &TrainStatus, cx: &Cx<'_>) {
    // One breath takes 1.6 s; snapshots repaint ten times a second, which is enough for it.
    let phase = cx.window.start.elapsed().as_secs_f32() / 1.6 * std::f32::consts::TAU;
    let alpha = 0.75 + 0.25 * phase.sin();
    let epochs = status.last_step.div_ceil(status.steps_per_epoch);
    let epoch = (status.step / status.steps_per_epoch + 1).min(epochs);
    let left = status.last_step.saturating_sub(status.step) as f32 / status.steps_per_s.max(1e-3);
    let rest = format!("epoch {epoch} of {epochs}   {} left", number::time_left(left));
    pill::live(ui, top, pill::Dot::Breathing(alpha), "Live", &rest);
}

fn focus_ring(ui: &Ui, response: &Response, theme: &Theme) {
    // A click focuses the plane too; only the keyboard needs to see where it is.
    if response.has_focus() && !ui.input(|i| i.pointer.has_pointer()) {
        let stroke = Stroke::new(1.5, theme.accent);
        ui.painter().rect_stroke(response.rect.shrink(2.0), 0, stroke, eframe::egui::StrokeKind::Inside);
    }
}

/// The cursor while panning.
fn pan_cursor(ui: &Ui, response: &Response) -> bool {
    let pans = response.dragged_by(PointerButton::Secondary)
        || response.dragged_by(PointerButton::Middle)
        || (response.hovered() && !is_for_tool(ui));
    if pans {
        ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
    }
    pans
}
