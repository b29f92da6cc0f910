//! The card in which data are looked at before they are taken: what was understood, and how else they could
//! be read.

use super::context::Cx;
use super::modal::{Left, Modal};
use super::samples;
use super::theme;
use super::widgets::{Button, Combo, Item, help, number};
use crate::data::{DataSplit, Dataset, ReadOption};
use crate::session::Action;
use eframe::egui::{Align, Grid, Id, Key, Layout as Flow, Modifiers, RichText, ScrollArea, Sense, Ui, vec2};
use std::time::Duration;

const WIDTH: f32 = 480.0;
/// Samples in the row.
const N_SAMPLES: usize = 12;
/// Classes that are named.
const N_CLASSES: usize = 12;
/// Width of a setting's values.
const VALUE_WIDTH: f32 = 132.0;
/// Time between two looks at how far reading has come.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Draws the card while there are data to look at.
pub fn show(ui: &Ui, cx: &mut Cx<'_>) {
    if cx.session.preview().is_none() {
        return;
    }
    let (_, left) = Modal::new(Id::unique("preview"), WIDTH).show(ui, cx, |ui, cx| {
        ui.spacing_mut().item_spacing = vec2(8.0, 6.0);
        card(ui, cx);
    });
    // What was read for a while is not given up by a click beside it.
    if left == Some(Left::Key) {
        cx.send(Action::CancelLoad);
    }
    // Enter is the first button's, unless it is for what has the keyboard.
    let is_free = ui.ctx().memory(|memory| memory.focused().is_none());
    if can_be_taken(cx) && is_free && ui.input_mut(|i| i.consume_key(Modifiers::NONE, Key::Enter)) {
        cx.send(Action::TakeData);
    }
}

fn can_be_taken(cx: &Cx<'_>) -> bool {
    cx.session.preview().is_some_and(|preview| preview.found().is_some()) && !cx.session.is_loading()
}

fn card(ui: &mut Ui, cx: &mut Cx<'_>) {
    let session = cx.session;
    let Some(preview) = session.preview() else { return };
    ui.label(RichText::new(preview.title()).font(theme::semibold(15.0)).color(cx.theme.text));
    let height = (ui.ctx().content_rect().height() - 160.0).max(120.0);
    ScrollArea::vertical().max_height(height).auto_shrink([false, true]).show(ui, |ui| match preview.found() {
        Some(found) => {
            understood(ui, found, cx);
            if let Some(error) = preview.error() {
                ui.label(RichText::new(error).font(theme::small()).color(cx.theme.bad));
            }
            ui.add_space(4.0);
            choices(ui, &found.options, cx);
        }
        None => small(ui, "What lies there is being read.", cx),
    });
    ui.add_space(4.0);
    bottom(ui, cx);
}

fn small(ui: &mut Ui, text: &str, cx: &Cx<'_>) {
    ui.label(RichText::new(text).font(theme::small()).color(cx.theme.weak));
}

/// What was understood: samples, kind, parts, classes, and what is to be said.
fn understood(ui: &mut Ui, found: &DataSplit, cx: &mut Cx<'_>) {
    let width = ui.available_width();
    let (rect, _) = ui.allocate_exact_size(vec2(width, width / N_SAMPLES as f32), Sense::hover());
    samples::preview(ui, rect, "preview", &found.train, N_SAMPLES, cx);
    small(ui, &facts(found), cx);
    if !found.train.classes().is_empty() {
        let counts = cx.session.preview().map_or(&[][..], |preview| preview.class_counts());
        let all = classes(&found.train, counts);
        let more = all.len().saturating_sub(N_CLASSES);
        let shown = all[..all.len().min(N_CLASSES)].join(", ");
        let more = if more > 0 { format!(" … and {more} more") } else { String::new() };
        small(ui, &format!("{} classes: {shown}{more}", all.len()), cx);
    }
    let factors: Vec<&str> = found.train.columns().iter().map(|column| &*column.name).collect();
    if !factors.is_empty() && factors.len() <= N_CLASSES {
        small(ui, &format!("to colour by: {}", factors.join(", ")), cx);
    }
    for note in &found.notes {
        small(ui, note, cx);
    }
}

/// How many samples, and of what kind.
fn facts(found: &DataSplit) -> String {
    let count = |data: &Dataset| number::count(data.n_samples() as u64);
    let kind = found.train.kind();
    if found.train.are_codes() {
        return format!("{} codes of {}", count(&found.train), kind);
    }
    format!("{} to train on, {} to test with · {kind}", count(&found.train), count(&found.test))
}

/// The classes, each with the number of its training samples.
fn classes(data: &Dataset, counts: &[usize]) -> Vec<String> {
    let named = data.classes().iter().zip(counts);
    named.map(|(name, n)| format!("{name} ({})", number::count(*n as u64))).collect()
}

/// What could be chosen otherwise, two in a row where there is room.
fn choices(ui: &mut Ui, options: &[ReadOption], cx: &mut Cx<'_>) {
    let columns = if ui.available_width() >= WIDTH - 1.0 { 2 } else { 1 };
    Grid::new("choices").num_columns(2 * columns).spacing(vec2(16.0, 6.0)).show(ui, |ui| {
        for row in options.chunks(columns) {
            row.iter().for_each(|option| choice(ui, option, cx));
            ui.end_row();
        }
    });
}

fn choice(ui: &mut Ui, option: &ReadOption, cx: &mut Cx<'_>) {
    let Some(setting) = option.setting() else { return };
    ui.label(RichText::new(setting.title).font(theme::body()).color(cx.theme.weak));
    let mut values = option.choices.clone();
    if !values.contains(&option.value) {
        values.insert(0, option.value.clone());
    }
    let in_words = |value: &String| if value.is_empty() { "–".to_string() } else { value.clone() };
    let titles: Vec<String> = values.iter().map(in_words).collect();
    let items: Vec<Item<'_>> = titles.iter().map(|title| Item::new(title)).collect();
    let mut chosen = values.iter().position(|value| *value == option.value).unwrap_or(0);
    let combo = ui.add(Combo::new(setting.title, &items, &mut chosen).width(VALUE_WIDTH).in_row());
    if help(combo.clone(), setting.title, setting.help, Some(setting.name)).changed() {
        cx.send(Action::ReadOtherwise(setting.name.into(), values[chosen].clone()));
    }
}

/// How far reading has come, and the buttons.
fn bottom(ui: &mut Ui, cx: &mut Cx<'_>) {
    let is_loading = cx.session.is_loading();
    ui.with_layout(Flow::right_to_left(Align::Center), |ui| {
        let take = Button::new("Use these data").primary(true);
        if ui.add_enabled(can_be_taken(cx), take).clicked() {
            cx.send(Action::TakeData);
        }
        if ui.add(Button::new("Cancel").name("Leave these data")).clicked() {
            cx.send(Action::CancelLoad);
        }
        if is_loading {
            small(ui, &cx.session.progress().in_words(), cx);
            ui.ctx().request_repaint_after(LOOK_EVERY);
        }
    });
}
