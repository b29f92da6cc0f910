//! More than two dimensions: one row each, sorted by what they carry, with a strip of what they do.

use super::decode::{slider, value};
use crate::session::{Action, Fold, STRIP_TILES};
use crate::ui::context::Cx;
use crate::ui::layout::PAD;
use crate::ui::samples::Tiles;
use crate::ui::theme;
use crate::ui::widgets::{Chip, help, number, part, progress};
use crate::worker::ViewId;
use eframe::egui::{Align, Layout as Flow, Rect, RichText, Ui, pos2, vec2};

/// Height of one dimension beside the tiles of its strip.
const ROW: f32 = 58.0;
/// What lies below the rows: the fold, the buttons, what folds away below them, margins.
const BELOW: f32 = 180.0;

/// Draws as many dimensions as fit (at least two), or all.
pub fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    let order = cx.session.dimensions_by_kl();
    // Measured within the panel: scrolling moves it, and makes no room.
    let above = ui.cursor().top() - ui.min_rect().top();
    let room = ui.clip_rect().height() - PAD - above - BELOW;
    let row = ROW + ui.available_width() / STRIP_TILES as f32;
    // The table of what each does wants to be seen with its first rows, not below the window.
    let has_table = cx.session.spec().unfolded.contains(&Fold::DimensionTable);
    let n_fit = if has_table { 2 } else { ((room / row) as usize).clamp(2, order.len()) };
    let shows_all = cx.session.spec().unfolded.contains(&Fold::Dimensions);
    let (first, rest) = order.split_at(if shows_all { order.len() } else { n_fit });
    for &dim in first {
        part(ui, ("dimension", dim), |ui| dimension(ui, dim, cx));
    }
    if !rest.is_empty() || shows_all {
        let hidden = if shows_all { &order[n_fit..] } else { rest };
        let n = hidden.len();
        let title = format!("{n} more dimension{}", if n == 1 { "" } else { "s" });
        cx.fold(ui, Fold::Dimensions, &title, &kl_range(hidden, cx));
    }
}

fn kl(dim: usize, cx: &Cx<'_>) -> Option<f32> {
    cx.session.cloud()?.stats.get(dim)?.kl_nats
}

fn kl_range(dims: &[usize], cx: &Cx<'_>) -> String {
    let values: Vec<f32> = dims.iter().filter_map(|&dim| kl(dim, cx)).collect();
    let low = values.iter().copied().fold(f32::INFINITY, f32::min);
    let high = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    if values.is_empty() { String::new() } else { format!("{} to {} nats", number::nats(low), number::nats(high)) }
}

fn dimension(ui: &mut Ui, dim: usize, cx: &mut Cx<'_>) {
    ui.spacing_mut().item_spacing.y = 2.0;
    header(ui, dim, cx);
    let width = ui.available_width();
    // The slider's ends sit on the centres of the first and last tile.
    slider(ui, dim, width, width / STRIP_TILES as f32 / 2.0, cx);
    strip(ui, dim, cx);
    ui.add_space(4.0);
}

fn header(ui: &mut Ui, dim: usize, cx: &mut Cx<'_>) {
    ui.allocate_ui_with_layout(vec2(ui.available_width(), 24.0), Flow::left_to_right(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        ui.label(RichText::new(cx.session.slot().name_of(dim)).color(cx.theme.text));
        let shares = cx.session.explained_variance();
        if let Some(nats) = kl(dim, cx) {
            let most = (0..cx.session.latent_dim()).filter_map(|dim| kl(dim, cx)).fold(1e-3, f32::max);
            let sentence = "Nats this dimension carries, mean over samples. Near 0: the decoder ignores it.";
            let text = format!("{} nats", number::nats(nats));
            carries(ui, nats / most, &text, ("KL of this dimension", sentence), cx);
        } else if let Some(share) = shares.as_ref().and_then(|shares| shares.get(dim)) {
            let most = shares.iter().flatten().copied().fold(1e-6, f32::max);
            let sentence = "Share of the training samples' variance that this component explains.";
            let text = format!("{} %", number::nats(100.0 * share));
            carries(ui, share / most, &text, ("Explained variance", sentence), cx);
        }
        ui.with_layout(Flow::right_to_left(Align::Center), |ui| {
            value(ui, dim, cx);
            ui.spacing_mut().item_spacing.x = 0.0;
            for (axis, name) in [(1, "y"), (0, "x")] {
                let slot = cx.session.slot();
                let chosen = slot.axes.dimensions().is_some_and(|dims| dims[axis] == dim);
                let chip = ui.add(Chip::new(name, &format!("Draw z {dim} along {name}"), chosen));
                let sentence = "Draw this dimension along the plane's axis; the others stay at their sliders.";
                if help(chip, name, sentence, None).clicked() {
                    cx.send(Action::SetAxis(slot.id, axis, dim));
                }
            }
        });
    });
}

/// How much a dimension carries, as a bar and in words.
fn carries(ui: &mut Ui, fraction: f32, text: &str, (title, sentence): (&str, &str), cx: &Cx<'_>) {
    let (rect, response) = ui.allocate_exact_size(vec2(34.0, 24.0), eframe::egui::Sense::hover());
    let bar = Rect::from_center_size(rect.center(), vec2(34.0, 4.0));
    progress::paint_bar(ui.painter(), bar, fraction, cx.theme.track, cx.theme.faint);
    help(response, title, sentence, None);
    ui.label(RichText::new(text).font(theme::small()).color(cx.theme.weak));
}

/// What the dimension does: the shown code with this one swept; a click takes the tile's value.
fn strip(ui: &mut Ui, dim: usize, cx: &mut Cx<'_>) {
    let width = ui.available_width();
    let side = width / STRIP_TILES as f32;
    let (rect, _) = ui.allocate_exact_size(vec2(width, side), eframe::egui::Sense::hover());
    if !ui.is_rect_visible(rect) {
        return;
    }
    cx.window.strips.push(dim);
    ui.painter().rect_filled(rect, 2, cx.theme.field);
    let Some(tiles) = Tiles::of_view(ui, cx.session.spec().active, ViewId::Strip(dim), cx) else { return };
    let range = cx.session.slider_range(dim);
    for tile in 0..STRIP_TILES {
        let place = Rect::from_min_size(pos2(rect.left() + tile as f32 * side, rect.top()), vec2(side, side));
        let at = range.start() + (range.end() - range.start()) * tile as f32 / (STRIP_TILES - 1) as f32;
        let name = tiles.named(&format!("z {dim} at {}", number::z(at)), tile);
        if ui.put(place, tiles.tile(&name, tile, vec2(side, side))).clicked() {
            cx.send(Action::SetZ(dim, at));
        }
    }
}
