//! Trained models and sets of data on the card that opens things, each with a picture.

use super::small;
use crate::data::DataChoice;
use crate::session::{Action, trained_models};
use crate::ui::context::Cx;
use crate::ui::textures::color_image;
use crate::ui::widgets::PictureEntry;
use eframe::egui::{Grid, TextureHandle, Ui, Vec2, vec2};

/// Between two columns.
const GAP: f32 = 8.0;
/// Room of a picture of codes.
const PLANE: Vec2 = vec2(48.0, 38.0);

/// The trained models; says whether the card stays.
pub fn trained(ui: &mut Ui, cx: &mut Cx<'_>) -> bool {
    small(ui, "Trained models", cx);
    let mut stays = true;
    let (n_columns, width) = columns(ui);
    Grid::new("trained").num_columns(n_columns).spacing(vec2(GAP, 2.0)).show(ui, |ui| {
        for (i, (name, title)) in trained_models().enumerate() {
            let found = cx.session.model_in_small(name);
            let line = found.map_or("", |found| &found.line);
            let picture = found.map(|found| {
                let mode = usize::from(!cx.theme.is_dark);
                cx.textures.get(ui.ctx(), &format!("small {name} {mode}"), 0, || color_image(&found.planes[mode]))
            });
            let entry = PictureEntry::new(title, line, picture.as_ref(), PLANE, width);
            if ui.add(entry).clicked() {
                cx.send(Action::OpenTrained(name.into()));
                stays = false;
            }
            if (i + 1) % n_columns == 0 {
                ui.end_row();
            }
        }
    });
    stays
}

/// The sets of data; says whether the card stays.
pub fn sets(ui: &mut Ui, cx: &mut Cx<'_>) -> bool {
    ui.add_space(6.0);
    small(ui, "Data to train on", cx);
    let mut stays = true;
    let (n_columns, width) = columns(ui);
    Grid::new("sets").num_columns(n_columns).spacing(vec2(GAP, 2.0)).show(ui, |ui| {
        for (i, choice) in DataChoice::EMBEDDED.into_iter().enumerate() {
            let found = cx.session.set_in_small(i);
            let line = found.map_or("", |found| &found.line);
            let picture = set_texture(ui, i, cx);
            let title = choice.title();
            // All of a set at once is a picture like those of models; samples are a strip.
            let room = if found.is_some_and(|found| found.all.is_some()) { PLANE } else { vec2(width, 22.0) };
            let entry = PictureEntry::new(&title, line, picture.as_ref(), room, width);
            if ui.add(entry).clicked() {
                cx.send(Action::ChooseData(choice));
                stays = false;
            }
            if (i + 1) % n_columns == 0 {
                ui.end_row();
            }
        }
    });
    stays
}

/// An embedded set by its number, once it is there: its samples in a row, or all of them as they lie.
pub fn set_texture(ui: &Ui, set: usize, cx: &mut Cx<'_>) -> Option<TextureHandle> {
    let found = cx.session.set_in_small(set)?;
    let mode = usize::from(!cx.theme.is_dark);
    let pixels = found.all.as_ref().map_or(&found.samples, |all| &all[mode]);
    Some(cx.textures.get(ui.ctx(), &format!("small set {set} {mode}"), 0, || color_image(pixels)))
}

/// How many entries stand in a row, and how wide each is.
fn columns(ui: &Ui) -> (usize, f32) {
    const LEAST: f32 = 250.0;
    let room = ui.available_width();
    let n = ((room + GAP) / (LEAST + GAP)).clamp(1.0, 3.0).floor();
    (n as usize, ((room - (n - 1.0) * GAP) / n).floor())
}
