//! The latent plane: codes, axes, and what the tools draw on it.
//!
//! It is painted and panned here rather than by a plotting crate, because its ticks lie inside it on patches
//! of its own colour, its scales are equal on both axes, the wheel zooms, and three kinds of drag mean three
//! things.

mod axes;
mod codes;
mod data;
mod ellipses;
mod explore;
mod grid_tool;
mod heat;
mod hint;
mod input;
mod lens;
mod names;
mod path_tool;
mod pictures;
mod posterior;
mod query;
mod rings;
mod select_tool;
mod selected;
mod title;
mod view;

pub use axes::{grid_lines, ticks};
pub use codes::{colour_of, mark_of};
pub use lens::sample_tile;
pub use select_tool::joining;
pub use view::View;

use super::context::Cx;
use super::layout::IN_A_ROW;
use super::sheet_view::SheetView;
use super::theme::{self, Theme};
use super::widgets::number;
use crate::latent::outline::Outline;
use crate::latent::plane::Plane;
use crate::picture::palette::Mode;
use crate::session::{Action, AxisFit, Layer, PlanePart, Samples, SlotId, Tool};
use codes::CodeLayer;
use eframe::egui::{Align2, EventFilter, Pos2, Rect, Response, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
use input::{arrow_keys, enter_key, is_for_tool, navigate, pan_cursor};

/// A model's plane, drawn once for each that is on screen, with what is cached for it.
#[derive(Default)]
pub struct PlaneView {
    /// The view that shows all codes, while the document asks for no other.
    fitted: Option<View>,
    /// Whether its model was being trained in the frame before.
    was_trained: bool,
    codes: CodeLayer,
    /// The tool of the frame before.
    tool: Option<Tool>,
    explore: explore::ExploreTool,
    grid: grid_tool::GridTool,
    path: path_tool::PathTool,
    select: select_tool::SelectTool,
    data: data::DataView,
    sheet: SheetView,
}

/// Where a tool draws: a model's plane as it is seen now.
pub struct Scene<'a> {
    /// The model.
    pub slot: SlotId,
    /// Its plane, through its kept point.
    pub plane: &'a Plane,
    /// The part of it that is seen.
    pub view: &'a View,
    /// Its codes.
    pub codes: &'a CodeLayer,
    /// Where controls lie on it.
    pub controls: &'a [Rect],
}

/// What is under each control that lies on a plane: it keeps the pointer from the plane.
const CONTROLS: [&str; 3] = ["axis across", "axis up", "pill"];

/// Keeps the pointer from the plane in a place that a control takes, called as in [`CONTROLS`].
fn shield(ui: &Ui, place: Rect, name: &str) {
    ui.interact(place, ui.scope_id().with(name), Sense::CLICK | Sense::DRAG);
}

impl Scene<'_> {
    /// Where a code of the model lies on the screen.
    pub fn place(&self, z: &[f32]) -> Pos2 {
        self.view.screen(self.plane.plot_from_z(z))
    }

    /// The code on the plane at a place on the screen.
    pub fn code(&self, at: Pos2) -> Vec<f32> {
        self.plane.z_from_plot(self.view.plot(at))
    }

    /// The training sample whose code lies nearest to a place, within `reach` points.
    pub fn sample_at(&self, at: Pos2, reach: f32, cx: &Cx<'_>) -> Option<u32> {
        self.codes.sample_at((self.view, at), reach, cx.session)
    }

    /// The samples whose codes lie within an outline in plot coordinates, but for hidden ones.
    pub fn samples_within(&self, outline: &Outline, cx: &Cx<'_>) -> Samples {
        self.codes.within(outline, cx.session)
    }

    /// Whether keys that name no plane are meant for this one: it lies under the pointer, or is the active
    /// model's and none does.
    pub fn has_keys(&self, cx: &Cx<'_>) -> bool {
        cx.window.plane_under.map_or(self.slot == cx.session.spec().active, |under| under == self.slot)
    }
}

/// The palette's name for a theme.
pub fn mode(theme: &Theme) -> Mode {
    if theme.is_dark { Mode::Dark } else { Mode::Light }
}

impl PlaneView {
    /// Draws a model's plane, under a title where several are on screen, and answers the pointer and the
    /// keys.
    pub fn show(&mut self, ui: &mut Ui, slot: SlotId, cx: &mut Cx<'_>) {
        let mut rect = ui.max_rect();
        if cx.session.is_compared() {
            let bar = title::show(ui, rect, slot, cx);
            rect.min.y = bar.bottom();
        }
        let response = ui.interact(rect, ui.scope_id().with("latent plane"), Sense::click_and_drag());
        cx.window.plane_ids.push(response.id);
        if let Some(columns) = cx.session.data_columns() {
            self.data.show(ui, slot, columns, &response, cx);
            focus_ring(ui, &response, cx);
            return;
        }
        // What is drawn beyond the plane would lie on its title.
        ui.set_clip_rect(rect.intersect(ui.clip_rect()));
        ui.painter().rect_filled(rect, 0, cx.theme.plane);
        let plane = cx.session.plane_of(slot);
        let n_dims = plane.origin.len();
        if n_dims > 0 {
            describe(&response, slot, cx);
        } else {
            // There are no codes and no places: nothing to look at, and nothing for a tool to do.
            let name = format!("No codes{}", of_model(slot, cx));
            response.widget_info(|| WidgetInfo::labeled(eframe::egui::Role::Canvas, true, &name));
            (self.explore, self.grid, self.path, self.select) = Default::default();
            // What was pointed at on another plane is no longer.
            if cx.window.plane_under == Some(slot) && cx.session.hover_of(slot).is_some() {
                cx.send(Action::Hover(None));
            }
            if slot != cx.session.spec().active || !self.sheet.show(ui, rect, cx) {
                empty_words(ui, rect, slot, cx);
            }
            return over_all(ui, rect, &response, slot, cx);
        }
        self.codes.update_points(slot, &plane, cx.session);
        let view = self.view(rect, &response, slot, ui, cx);

        tell_part(&view, slot, cx);
        pictures::underneath(ui, &view, slot, cx);
        heat::paint(ui, &view, slot, cx);
        grid_lines(ui.painter(), &view, n_dims, [1.0; 2], &cx.theme);
        rings::paint(ui.painter(), &view, slot, &plane, cx);
        if cx.session.spec().layers.contains(&Layer::Codes) {
            self.codes.paint(ui, &view, slot, cx);
        }
        pictures::samples(ui, &view, slot, cx);
        ellipses::paint(ui.painter(), &view, slot, &plane, cx);
        rings::names(ui.painter(), &view, slot, &plane, cx);
        let controls = CONTROLS.iter().filter_map(|name| ui.ctx().read_response(ui.scope_id().with(name)));
        let controls: Vec<Rect> = controls.map(|response| response.rect).chain(cx.window.over_plane).collect();
        let scene = Scene { slot, plane: &plane, view: &view, codes: &self.codes, controls: &controls };
        posterior::paint(ui.painter(), &scene, cx);
        let covered = match cx.session.spec().tool {
            Tool::Explore | Tool::Select => Vec::new(),
            Tool::Path => path_tool::covered(&scene, cx),
            Tool::Grid => cx.session.grid_rect(slot).map(|bounds| view.screen_rect(bounds)).into_iter().collect(),
        };
        // In a mosaic there is no room for words.
        if cx.session.visible().count() <= IN_A_ROW {
            ticks(ui.painter(), &view, n_dims, [1.0; 2], &cx.theme);
            names::paint(ui, &scene, &covered, cx);
            axes::names(ui, &view, slot, cx);
            heat::key(ui, &scene, cx);
        }
        empty_words(ui, rect, slot, cx);
        selected::known(ui.painter(), &scene, cx);
        selected::rings(ui.painter(), &scene, cx);
        query::paint(ui.painter(), &scene, cx);

        let tool = cx.session.spec().tool;
        if self.tool.replace(tool) != Some(tool) {
            // What another tool had in hand is let go with it.
            (self.explore, self.grid, self.path, self.select) = Default::default();
        }
        match tool {
            Tool::Explore => self.explore.show(ui, &response, &scene, cx),
            Tool::Path => self.path.show(ui, &response, &scene, cx),
            Tool::Grid => self.grid.show(ui, &response, &scene, cx),
            Tool::Select => {
                explore::kept_point(ui, &scene, cx);
                self.select.show(ui, &response, &scene, cx);
            }
        }
        over_all(ui, rect, &response, slot, cx);
    }

    /// This frame's view, after fitting, panning and zooming.
    fn view(&mut self, rect: Rect, response: &Response, slot: SlotId, ui: &Ui, cx: &mut Cx<'_>) -> View {
        let fit = cx.session.spec().slot_of(slot).map_or(AxisFit::Fitted, |slot| slot.fit);
        let mut view = match fit {
            AxisFit::Fixed { centre, half } if !cx.window.fit_requested => View::seeing(rect, centre, half),
            // Nor does it while one looks back along the training.
            _ => {
                let moves = cx.session.runs(slot) || cx.session.looked_back(slot).is_some();
                self.fitted(rect, cx.window.fit_requested, moves)
            }
        };
        if navigate(&mut view, self.codes.zoom_ends(rect), response, ui) {
            cx.send(Action::Fit(slot, AxisFit::Fixed { centre: view.centre, half: view.half() }));
        } else if cx.window.fit_requested && fit != AxisFit::Fitted {
            cx.send(Action::Fit(slot, AxisFit::Fitted));
        }
        view
    }

    /// The view that shows all codes. While these are trained it stays where another would be nearly the
    /// same, so that it does not tremble; at rest it follows from codes and room alone.
    fn fitted(&mut self, rect: Rect, is_asked: bool, is_trained: bool) -> View {
        let comes_to_rest = std::mem::replace(&mut self.was_trained, is_trained) && !is_trained;
        let has_moved =
            comes_to_rest || self.codes.has_new_codes() || self.fitted.is_none_or(|view| view.rect != rect);
        if let Some(view) = self.fitted.filter(|_| !is_asked && !has_moved) {
            return view;
        }
        let (x, y) = self.codes.bounds();
        let fitted = View::fitted(rect, x, y);
        let stays = |view: &View| is_trained && !is_asked && view.rect == rect && view.is_near(&fitted);
        let view = self.fitted.filter(stays).unwrap_or(fitted);
        self.fitted = (!self.codes.points().is_empty()).then_some(view);
        view
    }
}

/// Says what of the plane is on screen, where a layer is worked out for just that.
fn tell_part(view: &View, slot: SlotId, cx: &mut Cx<'_>) {
    let of_a_part = [Layer::Magnification, Layer::Underneath, Layer::SamplePictures];
    let part = PlanePart { bounds: view.plot_bounds(view.rect), scale: view.scale };
    if of_a_part.iter().any(|layer| cx.session.spec().layers.contains(layer))
        && cx.session.part_of(slot) != Some(part)
    {
        cx.send(Action::ShowPart(slot, part));
    }
}

fn describe(response: &Response, slot: SlotId, cx: &Cx<'_>) {
    let n = cx.session.cloud_of(slot).map_or(0, |cloud| cloud.indices.len()) as u64;
    let z: Vec<String> = cx.session.z_of(slot).iter().take(4).map(|z| number::z(*z)).collect();
    let name = format!("Latent plane{}, {} codes, z {}", of_model(slot, cx), number::count(n), z.join(", "));
    describe_as(response, name);
}

/// Which model's a plane is, where there are several.
fn of_model(slot: SlotId, cx: &Cx<'_>) -> String {
    if cx.session.is_compared() { format!(" of {}", cx.session.name_of(slot).whole()) } else { String::new() }
}

/// Gives a plane its name, and the focus when it is clicked.
fn describe_as(response: &Response, name: String) {
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
fn empty_words(ui: &Ui, rect: Rect, slot: SlotId, cx: &Cx<'_>) {
    let capabilities = cx.session.capabilities_of(slot);
    let n_classes = cx.session.data().and_then(|data| data.train.labels()).map_or(0, |labels| labels.names.len());
    let is_coming = cx.session.is_busy() || cx.session.runs(slot);
    let words = if is_coming && cx.session.cloud_of(slot).is_none() {
        "Loading…"
    } else if cx.session.model_of(slot).is_none() && cx.session.comes_in_series(slot) {
        "Waits for its turn in the series."
    } else if cx.session.model_of(slot).is_none() {
        "Nothing trained yet. Press Train, and codes appear here after the first batch."
    } else if capabilities.completes && cx.session.spec().completion.is_none() {
        "This model has no codes: it knows pictures pixel by pixel. Complete, at right, draws the rest of one."
    } else if capabilities.completes && slot == cx.session.spec().active {
        "The rest of the picture is being drawn."
    } else if capabilities.completes {
        "A click on its title shows what this model draws."
    } else if !capabilities.encodes {
        "This model has no encoder: no codes to plot, but every place still decodes."
    } else if !capabilities.decodes {
        "This model has no decoder: codes, but no pictures."
    } else if n_classes > 0 && cx.session.spec().hidden.len() >= n_classes {
        "Every class is hidden. Click a name below to show it."
    } else if cx.session.data().is_some_and(|data| cx.session.spec().left_out.len() >= data.train.n_samples()) {
        "Every sample is hidden. More, in the tray of Select, shows all again."
    } else {
        return;
    };
    // Below the codes, where there are any, and the places that decode.
    let has_codes = cx.session.cloud_of(slot).is_some() && !capabilities.decodes;
    let has_places = capabilities.decodes && !capabilities.encodes;
    let at = if has_codes || has_places { pos2(rect.center().x, rect.bottom() - 44.0) } else { rect.center() };
    let galley = ui.painter().layout(words.into(), theme::body(), cx.theme.weak, rect.width() - 24.0);
    let place = Align2::CENTER_CENTER.anchor_size(at, galley.size());
    // Over codes it is read on a patch of the plane's colour.
    ui.painter().rect_filled(place.expand2(vec2(6.0, 3.0)), 4, cx.theme.plane.gamma_multiply(0.88));
    ui.painter().galley(place.min, galley, cx.theme.weak);
}

/// The plan's progress along the top edge.
fn progress_line(ui: &Ui, rect: Rect, slot: SlotId, cx: &Cx<'_>) {
    if let Some(fraction) = progress(slot, cx) {
        let line = Rect::from_min_size(rect.min, vec2(rect.width() * fraction, 2.0));
        ui.painter().rect_filled(line, 0, cx.theme.accent);
    }
}

/// How far the plan of a model's training is done, while it is under way or paused.
fn progress(slot: SlotId, cx: &Cx<'_>) -> Option<f32> {
    let status = cx.session.status_of(slot)?;
    let is_shown = cx.session.runs(slot) || (1..status.last_step).contains(&status.step);
    is_shown.then(|| (status.step as f32 / status.last_step.max(1) as f32).min(1.0))
}

/// What lies over all else: how far training is and the tool's hint, where there is one plane, and the focus.
fn over_all(ui: &Ui, rect: Rect, response: &Response, slot: SlotId, cx: &mut Cx<'_>) {
    if !cx.session.is_compared() {
        progress_line(ui, rect, slot, cx);
        hint::show(ui, rect, cx);
    }
    focus_ring(ui, response, cx);
}

fn focus_ring(ui: &Ui, response: &Response, cx: &Cx<'_>) {
    // A click focuses the plane too; only the keyboard needs to see where it is.
    if response.has_focus() && cx.window.keys_lead {
        let stroke = Stroke::new(1.5, cx.theme.accent);
        ui.painter().rect_stroke(response.rect.shrink(2.0), 0, stroke, eframe::egui::StrokeKind::Inside);
    }
}
