//! Data: what is learned from.

use super::model::{is_locked, locked_head};
use super::{Panel, Place};
use crate::data::{DataChoice, DataSplit};
use crate::session::Action;
use crate::ui::commands::SKETCH;
use crate::ui::context::Cx;
use crate::ui::files::{WAITING, set_texture, typed};
use crate::ui::layout::Layout;
use crate::ui::samples::preview;
use crate::ui::widgets::{Aside, Button, Combo, IconButton, Item, Link, TextField, help, number, section_head};
use crate::ui::{icons, theme};
use eframe::egui::{RichText, TextureHandle, Ui, vec2};

/// Most notes that are shown; the rest stand in a help, and `halfmoon inspect` lists them all.
const MAX_NOTES: usize = 3;
/// Samples shown in the row.
const N_SHOWN: usize = 8;

/// The panel, with the path being typed.
#[derive(Default)]
pub struct DataPanel {
    is_opening: bool,
    /// The field has just come, and takes the keyboard.
    is_new: bool,
    path: String,
}

impl Panel for DataPanel {
    fn id(&self) -> &'static str {
        "data"
    }

    fn title(&self) -> &'static str {
        "Data"
    }

    fn place(&self) -> Place {
        Place::Learn
    }

    fn ui(&mut self, ui: &mut Ui, _layout: &Layout, cx: &mut Cx<'_>) {
        if is_locked(cx) {
            let name = cx.session.data().map_or("", |data| data.name.as_str());
            locked_head(ui, self.title(), name, cx);
            samples(ui, cx);
            return;
        }
        let open = section_head(ui, self.title(), Aside::Link("Open…"));
        if help(
            open,
            "Open…",
            "A folder of pictures or of idx files, such as the complete MNIST, or a table as CSV. Each can also be dropped on the window.",
            None,
        )
        .clicked()
        {
            self.is_opening = !self.is_opening;
            self.is_new = self.is_opening;
        }
        choose(ui, cx);
        if self.is_opening {
            self.type_path(ui, cx);
        }
        samples(ui, cx);
        if cx.session.is_loading() {
            loading(ui, cx);
        } else if let Some(data) = cx.session.data() {
            let faint = cx.theme.faint;
            let small = |text: &str| RichText::new(text).font(theme::small()).color(faint);
            ui.label(small(&facts(data)));
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 12.0;
                let own = ui.add(Link::new("Draw your own"));
                if help(own, "Draw your own", &SKETCH.sentence(), None).clicked() {
                    cx.send(Action::SketchData(true));
                }
                if !data.options.is_empty() {
                    let link = ui.add(Link::new("Read otherwise…"));
                    let text = "Shows what was understood of these data, and what could be chosen instead.";
                    if help(link, "Read otherwise…", text, None).clicked() {
                        cx.send(Action::ReviewData);
                    }
                }
            });
            for note in data.notes.iter().take(MAX_NOTES) {
                ui.label(small(note)).on_hover_text(note);
            }
            if let Some(more) = data.notes.get(MAX_NOTES..).filter(|more| !more.is_empty()) {
                ui.label(small(&format!("… and {} more", more.len()))).on_hover_text(more.join("\n"));
            }
        }
    }
}

impl DataPanel {
    fn type_path(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        ui.horizontal(|ui| {
            let width = ui.available_width() - 36.0;
            let field =
                ui.add(TextField::new("Folder", &mut self.path).hint("Type a folder or .csv…").width(width));
            if std::mem::take(&mut self.is_new) {
                field.request_focus();
            }
            if field.changed() && !self.path.trim().is_empty() {
                cx.send(Action::Open(typed(&self.path)));
                self.is_opening = false;
            }
            let browse = ui.add(IconButton::new(icons::FOLDER_OPEN, "Browse").framed());
            if help(browse, "Browse…", "Choose the folder in a dialog.", None).clicked() {
                cx.window.wants_folder = true;
            }
        });
        if cx.window.waits_for_dialog {
            let words = RichText::new(WAITING).font(theme::small()).color(cx.theme.faint);
            ui.label(words);
        }
    }
}

/// What is under way, with a way out.
fn loading(ui: &mut Ui, cx: &mut Cx<'_>) {
    ui.horizontal(|ui| {
        ui.label(RichText::new("Loading…").font(theme::small()).color(cx.theme.faint));
        let cancel = ui.add(Button::new("Cancel").quiet(true));
        if help(cancel, "Cancel", "Gives up loading; what is open stays. Key Esc.", None).clicked() {
            cx.send(Action::CancelLoad);
        }
    });
}

fn choose(ui: &mut Ui, cx: &mut Cx<'_>) {
    let current = &cx.session.spec().data;
    let mut choices = DataChoice::EMBEDDED.to_vec();
    if !choices.contains(current) {
        choices.push(current.clone());
    }
    let titles: Vec<String> = choices.iter().map(DataChoice::title).collect();
    let strips: Vec<Option<TextureHandle>> = (0..choices.len()).map(|set| set_texture(ui, set, cx)).collect();
    let item = |set: usize| {
        let item = Item::new(&titles[set]);
        if set >= DataChoice::EMBEDDED.len() {
            return item;
        }
        let strip = strips[set].as_ref().map(|strip| (strip.id(), strip.aspect_ratio()));
        let line = cx.session.set_in_small(set).map_or("", |set| &set.line);
        item.note(line).strip(strip)
    };
    let items: Vec<Item<'_>> = (0..choices.len()).map(item).collect();
    let mut chosen = choices.iter().position(|choice| choice == current).unwrap_or(0);
    let combo = ui.add(Combo::new("Data", &items, &mut chosen).width(ui.available_width()));
    if combo.clicked() && !cx.session.shows_gallery() {
        cx.send(Action::ShowGallery);
    }
    if combo.changed() {
        cx.send(Action::ChooseData(choices[chosen].clone()));
    }
}

/// The first samples in a row.
fn samples(ui: &mut Ui, cx: &mut Cx<'_>) {
    let width = ui.available_width();
    let Some(data) = cx.session.data() else {
        let (rect, _) = ui.allocate_exact_size(vec2(width, width / N_SHOWN as f32), eframe::egui::Sense::hover());
        ui.painter().rect_filled(rect, 2, cx.theme.field);
        return;
    };
    let (rect, _) = ui.allocate_exact_size(vec2(width, width / N_SHOWN as f32), eframe::egui::Sense::hover());
    preview(ui, rect, "samples", &data.train, N_SHOWN, cx);
}

fn facts(data: &DataSplit) -> String {
    if data.train.are_codes() {
        let n = data.train.n_features();
        let numbers = if n == 1 { "number" } else { "numbers" };
        return format!("{} codes of {n} {numbers}", number::count(data.train.n_samples() as u64));
    }
    format!(
        "{} to train · {} to test · {}",
        number::count(data.train.n_samples() as u64),
        number::count(data.test.n_samples() as u64),
        data.train.kind().size()
    )
}
