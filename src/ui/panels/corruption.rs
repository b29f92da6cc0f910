//! Corruption made visible: test images clean, corrupted, and as the model mends them.

use super::{Panel, Place};
use crate::model::{Capabilities, Corruption, NoiseSpec};
use crate::session::{Action, SlotId};
use crate::ui::commands::STAGE;
use crate::ui::context::Cx;
use crate::ui::layout::Layout;
use crate::ui::samples::Tiles;
use crate::ui::theme;
use crate::ui::widgets::{Button, fold, help, number};
use eframe::egui::{Label, RichText, Role, Sense, Ui, WidgetInfo, vec2};
use std::ops::Range;

/// The panel, folded until the document shows a page of such images.
pub struct CorruptionPanel;

impl Panel for CorruptionPanel {
    fn id(&self) -> &'static str {
        "corruption"
    }

    fn title(&self) -> &'static str {
        "Corrupted images"
    }

    fn folds(&self) -> bool {
        true
    }

    fn place(&self) -> Place {
        Place::Decode
    }

    fn is_available(&self, capabilities: &Capabilities) -> bool {
        capabilities.mends()
    }

    fn ui(&mut self, ui: &mut Ui, _layout: &Layout, cx: &mut Cx<'_>) {
        let nouns = cx.session.nouns();
        let note = in_words(&cx.session.shown_corruption());
        let mut is_open = cx.session.spec().corrupted_page.is_some();
        let head = fold(ui, &format!("Corrupted {nouns}"), &note, &mut is_open);
        let sentence = format!(
            "Test {nouns} clean, corrupted, and mended by each model that is shown: under the corruption that the active one was trained on, else under masking."
        );
        if help(head, self.title(), &sentence, Some("x̂ = decoder(encoder(x + noise))")).changed() {
            cx.send(Action::ShowCorrupted(is_open.then_some(0)));
        }
        if let Some(page) = cx.session.spec().corrupted_page {
            pictures(ui, nouns, cx);
            pages(ui, nouns, page, cx);
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

/// Clean and corrupted once, and below them a row of what each model on screen makes of them.
fn pictures(ui: &mut Ui, nouns: &str, cx: &mut Cx<'_>) {
    let active = cx.session.spec().active;
    if let Some((_, rows)) = cx.session.corrupted(active) {
        let (n, off) = (rows.columns, number::fixed(rows.squared_errors[0], 1));
        part(ui, active, 0..2, &format!("{n} test {nouns}, clean and corrupted"), cx);
        caption(ui, format!("corrupted {off} off"), cx);
    }
    let slots: Vec<SlotId> = cx.session.visible().map(|slot| slot.id).collect();
    for slot in slots {
        let Some((_, rows)) = cx.session.corrupted(slot) else { continue };
        let name = cx.session.name_of(slot).whole();
        let (n, off) = (rows.columns, number::fixed(rows.squared_errors[1], 1));
        part(ui, slot, 2..3, &format!("{n} test {nouns}, mended by {name}"), cx);
        let who = if cx.session.is_compared() { format!("{name}: ") } else { String::new() };
        caption(ui, format!("{who}mended {off} off"), cx);
    }
}

/// Some of the three rows that a model's picture has.
fn part(ui: &mut Ui, slot: SlotId, rows: Range<usize>, name: &str, cx: &mut Cx<'_>) {
    let Some((stamp, found)) = cx.session.corrupted(slot) else { return };
    let key = format!("corrupted {}", slot.0);
    let tiles = Tiles::new(ui, (&key, stamp), &found.shown, [found.columns, 3], cx);
    let width = ui.available_width();
    let height = tiles.height(width / found.columns.max(1) as f32) * rows.len() as f32;
    let (rect, response) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
    tiles.paint_rows(ui, rows, rect);
}

fn caption(ui: &mut Ui, text: String, cx: &Cx<'_>) {
    let line = Label::new(RichText::new(text).font(theme::small()).color(cx.theme.faint)).truncate();
    let sentence = format!("Squared error against the clean {}, mean over those shown.", cx.session.nouns());
    help(ui.add(line), "Off", &sentence, Some("Σ (x − x̂)²"));
}

fn pages(ui: &mut Ui, nouns: &str, page: usize, cx: &mut Cx<'_>) {
    ui.horizontal(|ui| {
        let name = format!("Previous corrupted {nouns}");
        if ui.add_enabled(page > 0, Button::new("Before").name(&name).quiet(true)).clicked() {
            cx.send(Action::ShowCorrupted(Some(page - 1)));
        }
        let name = format!("Next corrupted {nouns}");
        if ui.add(Button::new("Next").name(&name).quiet(true)).clicked() {
            cx.send(Action::ShowCorrupted(Some(page + 1)));
        }
        let stage = ui.add(Button::new("On stage").quiet(true));
        if help(stage, STAGE.name, &STAGE.sentence(), None).clicked() {
            STAGE.run(ui, cx);
        }
    });
}
