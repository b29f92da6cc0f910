//! The plane of the data: samples by two of their own columns, and what a model says of them.
//!
//! It is looked at like a plane of codes, by the same points, the same tool to choose them and the same
//! selection; a place on it is a sample, not a code.

mod axes;
mod tool;

use super::codes::CodeLayer;
use super::input::navigate;
use super::{CONTROLS, Scene};
use super::{View, axes as lines, describe_as, hint, names, of_model, progress_line, select_tool, selected};
use crate::latent::plane::Plane;
use crate::session::{Action, AxisFit, Layer, SlotId, Tool};
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
        let view = self.view(rect, response, ui, cx);
        let up = cx.session.data_points().map_or(1.0, |points| points.plane.up);

        ui.set_clip_rect(rect.intersect(ui.clip_rect()));
        ui.painter().rect_filled(rect, 0, cx.theme.plane);
        lines::grid_lines(ui.painter(), &view, 2, up, &cx.theme);
        if cx.session.spec().layers.contains(&Layer::Codes) {
            self.points.paint(ui, &view, slot, cx);
        }
        let controls = CONTROLS.iter().filter_map(|name| ui.ctx().read_response(ui.scope_id().with(name)));
        let controls: Vec<Rect> = controls.map(|response| response.rect).chain(cx.window.over_plane).collect();
        let scene = Scene { slot, plane: &plane, view: &view, codes: &self.points, controls: &controls };
        if cx.session.visible().count() <= IN_A_ROW {
            lines::ticks(ui.painter(), &view, 2, up, &cx.theme);
            names::paint(ui, &scene, &[], cx);
            axes::names(ui, &view, columns, cx);
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
    fn view(&mut self, rect: Rect, response: &Response, ui: &Ui, cx: &mut Cx<'_>) -> View {
        let fit = cx.session.spec().data_view.fit;
        let mut view = match fit {
            AxisFit::Fixed { centre, half } if !cx.window.fit_requested => View::seeing(rect, centre, half),
            _ => self.fitted(rect),
        };
        if navigate(&mut view, self.points.zoom_ends(rect), response, ui) {
            cx.send(Action::FitData(AxisFit::Fixed { centre: view.centre, half: view.half() }));
        } else if cx.window.fit_requested && fit != AxisFit::Fitted {
            cx.send(Action::FitData(AxisFit::Fitted));
        }
        view
    }

    fn fitted(&mut self, rect: Rect) -> View {
        if let Some((_, view)) = self.fitted.filter(|(of, _)| *of == rect && !self.points.has_new_codes()) {
            return view;
        }
        let (x, y) = self.points.bounds();
        let view = View::fitted(rect, x, y);
        self.fitted = (!self.points.points().is_empty()).then_some((rect, view));
        view
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
