//! The tray of labels: one code decoded under every label, "same style, other digits".

use super::path::{HEAD, MARGIN};
use super::strip::FRAME;
use crate::session::{Action, Layer, MAX_LABELS_SHOWN};
use crate::ui::context::Cx;
use crate::ui::files::Purpose;
use crate::ui::layout::Sizes;
use crate::ui::plane::mark_of;
use crate::ui::samples::Tiles;
use crate::ui::widgets::{Chip, Combo, IconButton, Item, help, part};
use crate::ui::{icons, theme};
use crate::worker::ViewId;
use eframe::egui::{Align, Align2, Layout as Flow, Rect, RichText, ScrollArea, Sense, Ui, UiBuilder, pos2, vec2};

/// Least side of a tile, and by how much one is smaller than those of a path, and where labels are many.
const TILE_LEAST: f32 = 40.0;
const SMALLER: [f32; 2] = [8.0, 16.0];
/// Room for the names below the tiles.
const CAPTION: f32 = 24.0;

/// Height of the tray, and the least at which all of it is in sight.
pub fn heights(sizes: &Sizes) -> [f32; 2] {
    [HEAD + sizes.tiles[0] - SMALLER[0] + CAPTION + 4.0, HEAD + TILE_LEAST + CAPTION]
}

/// Draws the tray.
pub fn show(ui: &mut Ui, tray: Rect, cx: &mut Cx<'_>) {
    let inner = tray.shrink2(vec2(MARGIN, 0.0));
    let head = Rect::from_min_size(inner.min, vec2(inner.width(), HEAD - 3.0));
    let mut row = ui.new_child(UiBuilder::new().max_rect(head).layout(Flow::left_to_right(Align::Center)));
    row.spacing_mut().item_spacing.x = 6.0;
    let has_words = inner.width() > 380.0;
    row.label(
        RichText::new(if has_words { "Every label at this z" } else { "Labels" }).font(theme::semibold(13.0)),
    );
    if has_words {
        let words = match cx.session.n_labels() {
            n if n > MAX_LABELS_SHOWN => format!("the first {MAX_LABELS_SHOWN} of {n}"),
            _ => "same style, other labels".into(),
        };
        row.label(RichText::new(words).color(cx.theme.weak));
    }
    row.with_layout(Flow::right_to_left(Align::Center), |ui| {
        let close = ui.add(IconButton::new(icons::X, "Close the row of labels"));
        if help(close, "Close", "Layers brings it back. Key 5.", None).clicked() {
            cx.send(Action::ToggleLayer(Layer::LabelRow));
        }
        let export = ui.add(IconButton::new(icons::EXPORT, "Export the row"));
        if help(export, "Export…", "The row as PNG. Ctrl E.", None).clicked() {
            cx.window.files.open(Purpose::Export, cx.session);
        }
    });
    let strip = Rect::from_min_max(pos2(inner.left(), head.bottom()), inner.max);
    tiles(ui, strip, cx);
}

fn tiles(ui: &mut Ui, rect: Rect, cx: &mut Cx<'_>) {
    let Some(model) = cx.session.model().cloned() else { return };
    let classes = &model.info().classes[..model.info().classes.len().min(MAX_LABELS_SHOWN)];
    let Some(tiles) = Tiles::of_view(ui, cx.session.spec().active, ViewId::Labels, cx) else { return };
    let n = classes.len() as f32;
    let [side, smaller] = SMALLER.map(|by| cx.window.sizes.tiles[0] - by);
    let side = if n * (side + 8.0) <= rect.width() + 8.0 { side } else { smaller };
    let side = side.min(rect.height() - FRAME - CAPTION).max(TILE_LEAST);
    let gap = ((rect.width() - side * n) / (n - 1.0).max(1.0)).clamp(6.0, 10.0).floor();
    let scroll = ScrollArea::horizontal().id_salt("label strip");
    let mut area = ui.new_child(UiBuilder::new().max_rect(rect.expand2(vec2(FRAME, 0.0))));
    area.style_mut().always_scroll_the_only_direction = true;
    scroll.show(&mut area, |ui| {
        let size = vec2(n * (side + gap) - gap + 2.0 * FRAME, side + CAPTION + FRAME);
        let (strip, _) = ui.allocate_exact_size(size, Sense::hover());
        for (label, name) in classes.iter().enumerate() {
            let place = Rect::from_min_size(
                strip.min + vec2(FRAME + label as f32 * (side + gap), FRAME),
                vec2(side, side),
            );
            let is_told = cx.session.spec().label == label;
            let called = tiles.named(&format!("Label {name} at this z"), label);
            if ui.put(place, tiles.tile(&called, label, vec2(side, side)).chosen(is_told)).clicked() {
                cx.send(Action::SetLabel(label));
            }
            caption(ui, place, label, name, is_told, cx);
        }
    });
}

fn caption(ui: &Ui, place: Rect, label: usize, name: &str, is_told: bool, cx: &Cx<'_>) {
    let font = if is_told { theme::semibold(13.0) } else { theme::body() };
    let colour = if is_told { cx.theme.accent } else { cx.theme.text };
    let galley = ui.painter().layout_no_wrap(name.into(), font, colour);
    let width = (galley.size().x + 14.0).min(place.width());
    let (left, y) = (place.center().x - width / 2.0, place.bottom() + 14.0);
    mark_of(ui.painter(), pos2(left + 4.0, y), label, cx);
    let clip = Rect::from_min_max(pos2(left, y - 10.0), pos2(place.right(), y + 10.0));
    ui.painter().with_clip_rect(clip.intersect(ui.clip_rect())).galley(
        Align2::LEFT_CENTER.anchor_size(pos2(left + 14.0, y), galley.size()).min,
        galley,
        colour,
    );
}

/// The label to choose, in the Decode panel: chips where they fit, else a list.
pub fn choose(ui: &mut Ui, cx: &mut Cx<'_>) {
    let Some(model) = cx.session.model().cloned() else { return };
    let classes = &*model.info().classes;
    if classes.is_empty() {
        return;
    }
    part(ui, "label", |ui| chips(ui, classes, cx));
}

fn chips(ui: &mut Ui, classes: &[String], cx: &mut Cx<'_>) {
    let told = cx.session.spec().label;
    let sentence = "What the model is told; z holds only what the label leaves open. Keys L and Shift L.";
    ui.horizontal(|ui| {
        ui.set_height(24.0);
        ui.spacing_mut().item_spacing.x = 0.0;
        let head = ui.label(RichText::new("Label").color(cx.theme.weak));
        help(head, "Label", sentence, None);
        ui.add_space(10.0);
        let fits = classes.iter().all(|name| name.chars().count() == 1) && classes.len() <= 10;
        if fits {
            let width = (ui.available_width() / classes.len() as f32).min(24.0);
            for (label, name) in classes.iter().enumerate() {
                let chip = ui.add(Chip::new(name, &format!("Tell label {name}"), label == told).width(width));
                if chip.clicked() {
                    cx.send(Action::SetLabel(label));
                }
            }
            return;
        }
        let items: Vec<Item<'_>> = classes.iter().map(|name| Item::new(name)).collect();
        let mut chosen = told;
        if ui.add(Combo::new("Label", &items, &mut chosen).width(ui.available_width())).changed() {
            cx.send(Action::SetLabel(chosen));
        }
    });
}
