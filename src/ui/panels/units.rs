//! What units see: the weights of the first and the last layer as pictures.

use super::{Panel, Place};
use crate::model::{Capabilities, SharedModel};
use crate::picture::{End, Units};
use crate::session::Fold;
use crate::ui::context::Cx;
use crate::ui::layout::Layout;
use crate::ui::plane::mode;
use crate::ui::textures::color_image;
use crate::ui::theme;
use crate::ui::widgets::{Button, Segmented, help, number};
use eframe::egui::{Image, RichText, Role, Sense, Ui, WidgetInfo, vec2};
use std::sync::Arc;

/// Units in a row and on a page.
const COLUMNS: usize = 6;
const ON_PAGE: usize = 24;
const ENDS: [End; 2] = [End::First, End::Last];

/// The panel, folded until it is asked for.
#[derive(Default)]
pub struct UnitsPanel {
    end: usize,
    page: usize,
    /// The model that was drawn last, held so that no other can lie at its address, and how many there were.
    drawn: Option<SharedModel>,
    n_drawn: u64,
}

impl Panel for UnitsPanel {
    fn id(&self) -> &'static str {
        "units"
    }

    fn title(&self) -> &'static str {
        "What units see"
    }

    fn folds(&self) -> bool {
        true
    }

    fn place(&self) -> Place {
        Place::Decode
    }

    fn is_available(&self, capabilities: &Capabilities) -> bool {
        capabilities.encodes || capabilities.decodes
    }

    fn ui(&mut self, ui: &mut Ui, _layout: &Layout, cx: &mut Cx<'_>) {
        let Some(model) = cx.session.model().cloned() else { return };
        let of = ENDS.map(|end| Units::of(&*model, end));
        if of.iter().all(Option::is_none) {
            return;
        }
        if !cx.fold(ui, Fold::Units, self.title(), "") {
            return;
        }
        if of[self.end].is_none() {
            self.end = 1 - self.end;
        }
        if of.iter().all(Option::is_some) {
            let words = ["First layer", "Last layer"];
            let switch = Segmented::new("Units of", &words, &mut self.end).width(ui.available_width());
            let sentence = "What units of the first layer look for, or what those of the last layer paint.";
            if help(ui.add(switch), "First or last layer", sentence, None).changed() {
                self.page = 0;
            }
        }
        let Some(units) = &of[self.end] else { return };
        let n_pages = units.n().div_ceil(ON_PAGE).max(1);
        self.page = self.page.min(n_pages - 1);
        let shown = self.page * ON_PAGE..((self.page + 1) * ON_PAGE).min(units.n());
        if !self.drawn.as_ref().is_some_and(|drawn| Arc::ptr_eq(drawn, &model)) {
            self.drawn = Some(Arc::clone(&model));
            self.n_drawn += 1;
        }
        let view = (self.page as u64) << 2 | (self.end as u64) << 1 | u64::from(cx.theme.is_dark);
        let stamp = self.n_drawn << 32 | view;
        let ground = theme::rgb(cx.theme.plane);
        let mode = mode(&cx.theme);
        let texture = cx
            .textures
            .get(ui.ctx(), "units", stamp, || color_image(&units.picture(shown.clone(), COLUMNS, mode, ground)));
        let width = ui.available_width();
        let size = texture.size_vec2() * (width / texture.size_vec2().x.max(1.0));
        let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
        Image::new(&texture).paint_at(ui, rect);
        let name = format!("Weights of units {} to {}", shown.start, shown.end.saturating_sub(1));
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
        let sentence =
            "Each unit's weights, brought to unit norm: orange above 0, blue below, the plane's colour at 0.";
        help(response, self.title(), sentence, Some("w / ‖w‖"));
        self.pages(ui, n_pages, units, cx);
    }
}

impl UnitsPanel {
    fn pages(&mut self, ui: &mut Ui, n_pages: usize, units: &Units<'_>, cx: &Cx<'_>) {
        ui.horizontal(|ui| {
            let [height, width] = units.side();
            let count = number::count(units.n() as u64);
            let text = RichText::new(format!("{count} units, {height} × {width}")).font(theme::small());
            ui.label(text.color(cx.theme.faint));
            if n_pages < 2 {
                return;
            }
            ui.add_space((ui.available_width() - 112.0).max(0.0));
            ui.spacing_mut().item_spacing = vec2(2.0, 0.0);
            let before = Button::new("Before").name("Units before").quiet(true);
            if ui.add_enabled(self.page > 0, before).clicked() {
                self.page -= 1;
            }
            let next = Button::new("Next").name("Next units").quiet(true);
            if ui.add_enabled(self.page + 1 < n_pages, next).clicked() {
                self.page += 1;
            }
        });
    }
}
