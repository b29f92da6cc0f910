//! The plane of a model beside the shown one: its codes in the same colours, linked by sample.

use super::codes::{CodeLayer, Source};
use super::lens::{self, Lens};
use super::{View, axes, link, names, navigate};
use crate::latent::stats::view_bounds;
use crate::session::{Action, Tool};
use crate::ui::context::Cx;
use crate::ui::icons;
use crate::ui::textures::color_image;
use crate::ui::widgets::{IconButton, number};
use crate::worker::ViewId;
use eframe::egui::{Image, Rect, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, pos2, vec2};

/// One such plane with its view and what is cached for it.
#[derive(Default)]
pub struct RivalPlane {
    view: Option<View>,
    codes: CodeLayer,
}

impl RivalPlane {
    /// Draws the plane of rival `i` and answers the pointer.
    pub fn show(&mut self, ui: &mut Ui, i: usize, cx: &mut Cx<'_>) {
        let rect = ui.max_rect();
        let response = ui.interact(rect, ui.scope_id().with(("rival plane", i)), Sense::click_and_drag());
        let rival = &cx.session.rivals()[i];
        let (name, n_codes) = (rival.name.clone(), rival.cloud.indices.len() as u64);
        let label = format!("Plane of {name}, {} codes", number::count(n_codes));
        response.widget_info(|| WidgetInfo::labeled(eframe::egui::Role::Canvas, true, &label));
        let n_dims = rival.model.info().latent_dim();
        let z = vec![0.0; n_dims];
        self.codes.update_points(&Source { cloud: Some(&rival.cloud), axes: [0, 1], z: &z }, cx.session);
        if self.codes.has_new_codes() || self.view.is_none() || response.double_clicked() {
            let (x, y) = view_bounds(self.codes.points());
            self.view = Some(View::fitted(rect, x, y));
        }
        let mut view = self.view.unwrap_or_else(|| View::fitted(rect, [-3.0, 3.0], [-3.0, 3.0]));
        view = view.resized(rect);
        navigate(&mut view, &response, ui);
        self.view = Some(view);

        ui.painter().rect_filled(rect, 0, cx.theme.plane);
        axes::grid_lines(ui.painter(), &view, n_dims, &cx.theme);
        self.codes.paint(ui, &view, None, cx);
        let grid = cx.session.spec().grid.rect.filter(|_| cx.session.spec().tool == Tool::Grid);
        let covered: Vec<Rect> = grid.map(|bounds| view.screen_rect(bounds)).into_iter().collect();
        names::paint(ui, &view, self.codes.densest(), &covered, cx);
        axes::ticks(ui.painter(), &view, n_dims, &cx.theme);
        if let Some(rect) = covered.first() {
            grid_picture(ui, i, *rect, cx);
        }
        let place = |sample: u32| self.codes.place_of(sample);
        link::rings(ui.painter(), &view, &place, cx);
        self.pointer(ui, &response, &view, i, cx);
        link::title(ui, rect, &name, cx);
        close(ui, rect, i, &name, cx);
    }

    /// The place under the pointer is decoded, and the code there linked; else the linked sample is shown as this model sees it.
    fn pointer(&self, ui: &Ui, response: &eframe::egui::Response, view: &View, i: usize, cx: &mut Cx<'_>) {
        let pointer = response.hover_pos().filter(|_| response.hovered() && !response.dragged());
        let code = pointer.and_then(|at| self.codes.nearest(view, at, lens::REACH, cx.session));
        let cloud = &cx.session.rivals()[i].cloud;
        let sample = code.and_then(|code| cloud.indices.get(code as usize).copied());
        if let Some(at) = pointer {
            link::send(sample, response, cx);
            let z = cx.session.rival_plane(i).z_from_plot(view.plot(at));
            // A pointer at rest asks for nothing, and nothing is painted again.
            if cx.session.rival_hover(i) != Some(&z[..]) {
                cx.send(Action::HoverRival(Some((i, z))));
            }
        } else if cx.session.rival_hover(i).is_some() {
            cx.send(Action::HoverRival(None));
        }
        let shown = sample.or(cx.session.linked()).or(cx.session.marked());
        let at = pointer.or_else(|| Some(view.screen(self.codes.place_of(shown?)?)));
        if let Some(at) = at.filter(|at| view.rect.contains(*at)) {
            let words = if pointer.is_some() { "decoded here" } else { "as decoded" };
            lens::show(ui, at, view, &Lens { picture: ViewId::Rival(i), words, sample: shown }, cx);
        }
    }
}

/// The same rectangle as in the shown model's plane, decoded by this one.
fn grid_picture(ui: &Ui, i: usize, rect: Rect, cx: &mut Cx<'_>) {
    let Some(picture) = cx.session.picture(ViewId::RivalGrid(i)) else { return };
    let texture =
        cx.textures.get(ui.ctx(), &format!("rival grid {i}"), picture.stamp, || color_image(picture.tiles()));
    Image::new(&texture).paint_at(ui, rect);
    ui.painter().rect_stroke(rect, 0, Stroke::new(1.5, cx.theme.accent), StrokeKind::Outside);
}

fn close(ui: &mut Ui, rect: Rect, i: usize, name: &str, cx: &mut Cx<'_>) {
    let place = Rect::from_min_size(pos2(rect.right() - 40.0, rect.top() + 10.0), vec2(30.0, 30.0));
    let mut corner = ui.new_child(UiBuilder::new().id_salt(("close rival", i)).max_rect(place));
    let title = format!("Take {name} away");
    let button = corner.add(IconButton::new(icons::X, &title));
    if crate::ui::widgets::help(button, &title, "The other model stays.", None).clicked() {
        cx.send(Action::DropRival(i));
    }
}
