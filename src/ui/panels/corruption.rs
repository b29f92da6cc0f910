//! Corruption made visible: test images clean, corrupted, and as the model mends them.

use super::{Panel, Place};
use crate::model::{Capabilities, Corruption, NoiseSpec};
use crate::session::Action;
use crate::ui::context::Cx;
use crate::ui::layout::Layout;
use crate::ui::textures::color_image;
use crate::ui::theme;
use crate::ui::widgets::{Button, fold, help, number};
use eframe::egui::{Image, RichText, Sense, Ui, WidgetInfo, vec2};

/// The panel, folded until the document shows a page of such images.
pub struct CorruptionPanel;

impl Panel for CorruptionPanel {
    fn id(&self) -> &'static str {
        "corruption"
    }

    fn title(&self) -> &'static str {
        "Corrupted images"
    }

    fn place(&self) -> Place {
        Place::Decode
    }

    fn is_available(&self, capabilities: &Capabilities) -> bool {
        capabilities.encodes && capabilities.decodes
    }

    fn ui(&mut self, ui: &mut Ui, _layout: &Layout, cx: &mut Cx<'_>) {
        let note = in_words(&cx.session.shown_corruption());
        let mut is_open = cx.session.corrupted_page().is_some();
        let head = fold(ui, self.title(), &note, &mut is_open);
        let sentence = "Test images clean, corrupted, and mended by this model: under the corruption that it was trained on, else under masking.";
        if help(head, self.title(), sentence, Some("x̂ = decoder(encoder(x + noise))")).changed() {
            cx.send(Action::ShowCorrupted(is_open.then_some(0)));
        }
        if is_open {
            rows(ui, cx);
        }
    }
}

fn in_words(noise: &NoiseSpec) -> String {
    let level = number::fixed(noise.corruption_level, 2);
    match noise.corruption {
        Corruption::None => "none".into(),
        Corruption::Gaussian => format!("Gaussian, σ {level}"),
        Corruption::Masking => format!("masking, {level}"),
        Corruption::SaltPepper => format!("salt and pepper, {level}"),
    }
}

fn rows(ui: &mut Ui, cx: &mut Cx<'_>) {
    let Some((stamp, rows)) = cx.session.corrupted() else { return };
    let width = ui.available_width();
    let height = width * rows.pixels.height as f32 / rows.pixels.width.max(1) as f32;
    let errors = rows.squared_errors;
    let texture = cx.textures.get(ui.ctx(), "corrupted", stamp, || color_image(&rows.pixels));
    let (rect, response) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
    let name = format!("{} test images, clean, corrupted and mended", rows.columns);
    response.widget_info(|| WidgetInfo::labeled(eframe::egui::Role::Image, true, &name));
    Image::new(&texture).corner_radius(theme::TILE_RADIUS).paint_at(ui, rect);
    let text =
        format!("corrupted {} off, mended {} off", number::fixed(errors[0], 1), number::fixed(errors[1], 1));
    let caption = ui.label(RichText::new(text).font(theme::small()).color(cx.theme.faint));
    help(caption, "Off", "Squared error against the clean image, mean over those shown.", Some("Σ (x − x̂)²"));
    ui.horizontal(|ui| {
        let page = cx.session.corrupted_page().unwrap_or(0);
        let before = ui.add_enabled(page > 0, Button::new("Before").name("Test images before").quiet(true));
        if before.clicked() {
            cx.send(Action::ShowCorrupted(Some(page - 1)));
        }
        if ui.add(Button::new("Next").name("Next test images").quiet(true)).clicked() {
            cx.send(Action::ShowCorrupted(Some(page + 1)));
        }
    });
}
