//! The plane of the data: samples by two of their own columns, and what a model says of them.
//!
//! It is looked at like a plane of codes, by the same points, the same tool to choose them and the same
//! selection; a place on it is a sample, not a code.

mod axes;
mod key;
mod line;
mod said;
mod tool;

use super::codes::CodeLayer;
use super::input::navigate;
use super::{CONTROLS, Scene};
use super::{View, axes as lines, describe_as, heat, hint, names, of_model, progress_line, select_tool, selected};
use crate::latent::plane::Plane;
use crate::latent::stats::wider;
use crate::session::{Action, AxisFit, Layer, PlanePart, SlotId, Tool};
use crate::ui::context::Cx;
use crate::ui::layout::IN_A_ROW;
use crate::ui::theme;
use crate::ui::widgets::number;
use eframe::egui::{Align2, Rect, Response, Ui};

/// The data on one model's plane, with what is cached for it.
#[derive(Default)]
pub struct DataView {
    /// The samples.
    points: CodeLayer,
    fitted: Option<(Rect, View)>,
    point: tool::PointTool,
    select: select_tool::SelectTool,
}

impl DataView {
    /// Draws the data by these columns, and answers the pointer.
    pub fn show(&mut self, ui: &mut Ui, slot: SlotId, columns: [usize; 2], response: &Response, cx: &mut Cx<'_>) {
        let rect = response.rect;
        describe(response, slot, columns, cx);
        let plane = Plane::axes(&[0.0; 2], 0, 1);
        self.points.update_data(&plane, cx.session);
        let is_line = columns[0] == columns[1];
        let has_ways = cx.session.data_curves(slot).is_some_and(|curves| !curves.ways.is_empty());
        let view = self.view(rect, response, is_line.then_some(has_ways), ui, cx);
        let units = cx.session.data_points().map_or([1.0; 2], |points| points.plane.units);

        ui.set_clip_rect(rect.intersect(ui.clip_rect()));
        ui.painter().rect_filled(rect, 0, cx.theme.plane);
        tell_part(&view, slot, cx);
        heat::paint(ui, &view, slot, cx);
        lines::grid_lines(ui.painter(), &view, if is_line { 1 } else { 2 }, units, &cx.theme);
        let controls = CONTROLS.iter().filter_map(|name| ui.ctx().read_response(ui.scope_id().with(name)));
        let controls: Vec<Rect> = controls.map(|response| response.rect).chain(cx.window.over_plane).collect();
        let scene = Scene { slot, plane: &plane, view: &view, codes: &self.points, controls: &controls };
        said::under(ui.painter(), &scene, cx);
        if is_line {
            line::show(ui, &scene, (columns[0], units[0]), cx);
        } else if cx.session.spec().layers.contains(&Layer::Codes) {
            self.points.paint(ui, &view, slot, cx);
        }
        let scene = Scene { slot, plane: &plane, view: &view, codes: &self.points, controls: &controls };
        said::over(ui.painter(), &scene, cx);
        if cx.session.visible().count() <= IN_A_ROW {
            if !is_line {
                lines::ticks(ui.painter(), &view, 2, units, &cx.theme);
                names::paint(ui, &scene, &[], cx);
            }
            axes::names(ui, &view, columns, cx);
            heat::key(ui, &scene, cx);
        }
        waiting(ui, rect, cx);
        selected::rings(ui.painter(), &scene, cx);
        match cx.session.spec().tool {
            Tool::Select => self.select.show(ui, response, &scene, cx),
            // Paths and grids are of codes, and choosing their tools shows these.
            Tool::Explore | Tool::Path | Tool::Grid => self.point.show(ui, response, &scene, cx),
        }
        if !cx.session.is_compared() {
            progress_line(ui, rect, slot, cx);
            hint::show(ui, rect, cx);
        }
    }

    /// This frame's view, after fitting, panning and zooming: one for all models, for the data are the same.
    /// Of one column `line` says whether the ways of codes are drawn below it.
    fn view(&mut self, rect: Rect, response: &Response, line: Option<bool>, ui: &Ui, cx: &mut Cx<'_>) -> View {
        let is_line = line.is_some();
        let fit = cx.session.spec().data_view.fit;
        let mut view = match fit {
            AxisFit::Fixed { centre, half } if !cx.window.fit_requested && is_line => {
                View::line(rect, [centre[0] - half[0], centre[0] + half[0]])
            }
            AxisFit::Fixed { centre, half } if !cx.window.fit_requested => View::seeing(rect, centre, half),
            _ => self.fitted(rect, is_line),
        };
        if let Some(has_ways) = line {
            line::put_on_foot(&mut view, has_ways);
        }
        let fitted = self.fitted(rect, is_line).scale;
        let ends = if is_line { fitted / 8.0..=fitted * 1000.0 } else { self.points.zoom_ends(rect) };
        if navigate(&mut view, ends, response, ui) {
            if let Some(has_ways) = line {
                line::put_on_foot(&mut view, has_ways);
            }
            cx.send(Action::FitData(AxisFit::Fixed { centre: view.centre, half: view.half() }));
        } else if cx.window.fit_requested && fit != AxisFit::Fitted {
            cx.send(Action::FitData(AxisFit::Fitted));
        }
        view
    }

    fn fitted(&mut self, rect: Rect, is_line: bool) -> View {
        let has_moved = self.points.has_new_codes();
        if let Some((_, view)) = self.fitted.filter(|(of, _)| *of == rect && !has_moved) {
            return view;
        }
        let (x, y) = self.points.bounds();
        let view = if is_line { View::line(rect, wider(x)) } else { View::fitted(rect, x, y) };
        self.fitted = (!self.points.points().is_empty()).then_some((rect, view));
        view
    }
}

/// Says what of the plane is on screen, of which what the model says is worked out.
fn tell_part(view: &View, slot: SlotId, cx: &mut Cx<'_>) {
    let part = PlanePart { bounds: view.plot_bounds(view.rect), scale: view.scale };
    if cx.session.data_points().is_some() && cx.session.part_of(slot) != Some(part) {
        cx.send(Action::ShowPart(slot, part));
    }
}

/// What a column of the data is called.
fn name_of(column: usize, cx: &Cx<'_>) -> String {
    cx.session.data().map_or_else(String::new, |data| data.train.kind().feature_name(column))
}

fn describe(response: &Response, slot: SlotId, [across, up]: [usize; 2], cx: &Cx<'_>) {
    let n = cx.session.data().map_or(0, |data| data.train.n_samples()) as u64;
    let along = if across == up {
        name_of(across, cx)
    } else {
        format!("{} across, {} up", name_of(across, cx), name_of(up, cx))
    };
    let (of, nouns) = (of_model(slot, cx), cx.session.nouns());
    describe_as(response, format!("Plane of the data{of}, {} {nouns}, {along}", number::count(n)));
}

/// One word while the places of samples are being worked out.
fn waiting(ui: &Ui, rect: Rect, cx: &Cx<'_>) {
    if cx.session.data_points().is_none() {
        let painter = ui.painter();
        painter.text(rect.center(), Align2::CENTER_CENTER, "Loading…", theme::body(), cx.theme.weak);
    }
}
