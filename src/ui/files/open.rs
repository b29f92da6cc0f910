//! The card that opens things: trained models and data in small, what is worth seeing, and what was used
//! last.

use super::names::kind;
use super::{Card, gallery, head, path_row, small};
use crate::session::{Action, setups};
use crate::ui::context::Cx;
use crate::ui::theme;
use crate::ui::widgets::{Button, Link, cut_text, help};
use eframe::egui::{Grid, ScrollArea, Sense, Ui, vec2};

/// Width of the words that say what a file is.
const KIND: f32 = 48.0;

/// Draws the card; says whether it stays.
pub fn card(ui: &mut Ui, card: &mut Card, cx: &mut Cx<'_>) -> bool {
    head(ui, "Open", cx);
    if !cx.session.shows_gallery() {
        cx.send(Action::ShowGallery);
    }
    let mut stays = true;
    // What lies below the lists takes its room first: a small window scrolls them.
    let height = (ui.ctx().content_rect().height() - 196.0).max(96.0);
    let lists = ScrollArea::vertical().max_height(height).min_scrolled_height(height);
    lists.auto_shrink([false, true]).show(ui, |ui| {
        stays &= gallery::trained(ui, cx);
        stays &= set_ups(ui, cx);
        stays &= gallery::sets(ui, cx);
        stays &= recent(ui, card, cx);
    });
    ui.add_space(6.0);
    small(
        ui,
        "A model (.safetensors, or PyTorch's .pt), a session (.halfmoon) or a folder of data; each can be dropped on the window too",
        cx,
    );
    stays & path_row(ui, card, "Open", cx)
}

/// What can be brought about at once, such as the lecture's pairs.
fn set_ups(ui: &mut Ui, cx: &mut Cx<'_>) -> bool {
    ui.add_space(6.0);
    small(ui, "Worth seeing", cx);
    let mut stays = true;
    Grid::new("set-ups").num_columns(2).spacing(vec2(16.0, 2.0)).show(ui, |ui| {
        for (i, setup) in setups().iter().enumerate() {
            let button = ui.add(Button::new(&setup.name).quiet(true));
            if help(button, &setup.name, &setup.help, None).clicked() {
                cx.send(Action::SetUp(setup.name.clone()));
                stays = false;
            }
            if i % 2 == 1 {
                ui.end_row();
            }
        }
    });
    stays
}

/// Files and folders that were used last.
fn recent(ui: &mut Ui, card: &mut Card, cx: &mut Cx<'_>) -> bool {
    let mut stays = true;
    let recent = cx.window.files.recent.clone();
    if !recent.is_empty() {
        ui.add_space(6.0);
        small(ui, "Used last", cx);
        for path in recent {
            let text = path.display().to_string();
            let shown = if text.chars().count() > 58 {
                let tail: String = text.chars().skip(text.chars().count() - 56).collect();
                format!("…{tail}")
            } else {
                text.clone()
            };
            ui.horizontal(|ui| {
                let (place, _) = ui.allocate_exact_size(vec2(KIND, theme::VALUE_HEIGHT), Sense::hover());
                cut_text(ui.painter(), place, kind(&path), theme::small(), cx.theme.faint);
                if ui.add(Link::new(&shown)).clicked() {
                    card.path = text;
                    cx.actions.extend(card.action());
                    stays = false;
                }
            });
        }
    }
    stays
}
