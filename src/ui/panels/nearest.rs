//! The training samples nearest to what is decoded, by their features and by their codes, with what their
//! distance is worth.

use super::{Panel, Place};
use crate::model::Capabilities;
use crate::session::{Action, By, Fold};
use crate::ui::context::Cx;
use crate::ui::layout::Layout;
use crate::ui::plane::mark_of;
use crate::ui::samples;
use crate::ui::theme;
use crate::ui::widgets::{Aside, child, help, number, section_head};
use crate::worker::ViewId;
use eframe::egui::{Align2, Rect, Sense, Ui, UiBuilder, Vec2, pos2, vec2};

/// Samples in a row, the side of each, and the height of what is said below them.
const N_ROW: usize = 4;
const SIDE: f32 = 42.0;
const FACTS: f32 = 14.0;
/// Samples beside a small picture.
const N_BESIDE: usize = 3;
const SIDE_BESIDE: f32 = 36.0;
const FACTS_BESIDE: f32 = 14.0;

/// The panel below Decode.
pub struct NearestPanel;

impl Panel for NearestPanel {
    fn id(&self) -> &'static str {
        "nearest"
    }

    fn title(&self) -> &'static str {
        "Nearest training samples"
    }

    fn place(&self) -> Place {
        Place::Decode
    }

    fn is_available(&self, capabilities: &Capabilities) -> bool {
        capabilities.decodes || capabilities.encodes
    }

    fn ui(&mut self, ui: &mut Ui, layout: &Layout, cx: &mut Cx<'_>) {
        let (decodes, encodes) = (cx.session.capabilities().decodes, cx.session.cloud().is_some());
        // Those near by their features stand beside the picture with many dimensions, or little height;
        // without a decoder only codes that are samples themselves have any, and those are near by code too.
        let has_features = decodes && cx.session.finds_decoded() && !stands_beside(layout, cx);
        let has_codes = encodes && (decodes || cx.session.has_codes_alone());
        if !has_features && !has_codes {
            return;
        }
        if decodes && cx.session.finds_decoded() && !has_features {
            let nearest = cx.session.nearest(By::Code).first().map(|near| decimals(near.1));
            if cx.fold(ui, Fold::Nearest, "Nearest by code", &nearest.unwrap_or_default()) {
                cx.window.n_nearest = N_ROW;
                row_by(ui, By::Code, cx);
            }
            return;
        }
        let nouns = cx.session.data().map_or("samples", |data| data.train.kind().nouns());
        explain(section_head(ui, &format!("Nearest training {nouns}"), Aside::None), None);
        cx.window.n_nearest = N_ROW;
        if has_features {
            row_by(ui, By::Features, cx);
        }
        if has_codes {
            row_by(ui, By::Code, cx);
        }
    }
}

/// Whether the nearest by their features stand beside the picture, and not below.
pub fn stands_beside(layout: &Layout, cx: &Cx<'_>) -> bool {
    (cx.session.latent_dim() > 2 || layout.is_low) && !samples::is_wide(ViewId::Picture, cx)
}

/// What samples are near by, in a word.
fn word(by: By, cx: &Cx<'_>) -> &'static str {
    match by {
        By::Features => cx.session.data().map_or("features", |data| data.train.kind().features()),
        By::Code => "code",
    }
}

/// The nearest samples in a row, below the words that say by what, and the scale to read them by.
fn row_by(ui: &mut Ui, by: By, cx: &mut Cx<'_>) {
    let width = ui.available_width();
    let (head, response) = ui.allocate_exact_size(vec2(width, 14.0), Sense::hover());
    explain(response, Some(if by == By::Code { "‖μ − z‖" } else { "√Σ(x̂ − x)²" }));
    let text = format!("by {}", word(by, cx));
    ui.painter().text(head.left_center(), Align2::LEFT_CENTER, text, theme::small(), cx.theme.weak);
    if let Some(distance) = cx.session.usual_distance(by) {
        let noun = cx.session.data().map_or("sample", |data| data.train.kind().noun());
        let text = format!("a test {noun} usually lies {}", decimals(distance));
        ui.painter().text(head.right_center(), Align2::RIGHT_CENTER, text, theme::small(), cx.theme.faint);
    }
    row(ui, &called(by, cx), cx.session.nearest(by), cx);
}

/// What the nearest by something are called.
fn called(by: By, cx: &Cx<'_>) -> String {
    format!("Nearest by {}:", word(by, cx))
}

/// Four samples side by side, called by `name` and their number, with their classes and distances.
pub fn row(ui: &mut Ui, name: &str, found: &[(u32, f32)], cx: &mut Cx<'_>) {
    let width = ui.available_width();
    let gap = (width - N_ROW as f32 * SIDE) / (N_ROW - 1) as f32;
    let (row, _) = ui.allocate_exact_size(vec2(width, SIDE + FACTS), Sense::hover());
    for i in 0..N_ROW {
        let place = Rect::from_min_size(row.min + vec2(i as f32 * (SIDE + gap), 0.0), Vec2::splat(SIDE));
        image(ui, (name, i), place, found, cx);
        facts(ui, found.get(i), Rect::from_min_size(place.left_bottom(), vec2(SIDE, FACTS)), cx);
    }
}

/// Three samples in a column, beside a small picture, with their class and distance.
pub fn beside(ui: &mut Ui, at: Rect, cx: &mut Cx<'_>) {
    cx.window.n_nearest = cx.window.n_nearest.max(N_BESIDE);
    let head = Rect::from_min_size(at.min, vec2(at.width(), FACTS_BESIDE));
    let response = ui.interact(head, ui.scope_id().with("nearest beside"), Sense::hover());
    explain(response, Some("√Σ(x̂ − x)²"));
    let font = theme::small();
    ui.painter().text(head.left_center(), Align2::LEFT_CENTER, "nearest", font, cx.theme.faint);
    let each = (at.height() - FACTS_BESIDE) / N_BESIDE as f32;
    let (name, found) = (called(By::Features, cx), cx.session.nearest(By::Features));
    for i in 0..N_BESIDE {
        let top = head.bottom() + i as f32 * each;
        let left = at.center().x - SIDE_BESIDE / 2.0;
        let place = Rect::from_min_size(pos2(left, top), Vec2::splat(SIDE_BESIDE));
        image(ui, (&name, i), place, found, cx);
        let below = Rect::from_min_size(pos2(at.left(), top + SIDE_BESIDE), vec2(at.width(), FACTS_BESIDE));
        facts(ui, found.get(i), below, cx);
    }
}

fn explain(response: eframe::egui::Response, formula: Option<&str>) {
    let sentence = "A near one shows that copying is possible; that unseen ones lie as near does not prove it, and a \
                    far one does not prove that anything was invented.";
    help(response, "Nearest training samples", sentence, formula);
}

/// A distance: codes lie closer together than pictures, and there is no room for a 0 before the point.
fn decimals(distance: f32) -> String {
    let text = number::fixed(f64::from(distance), if distance < 1.0 { 2 } else { 1 });
    text.strip_prefix('0').map_or(text.clone(), str::to_owned)
}

/// One sample; a click picks it.
fn image(ui: &mut Ui, (called, i): (&str, usize), place: Rect, found: &[(u32, f32)], cx: &mut Cx<'_>) {
    ui.painter().rect_filled(place, theme::TILE_RADIUS, cx.theme.field);
    let (Some(&(sample, distance)), Some(data)) = (found.get(i), cx.session.data()) else { return };
    let train = &data.train;
    let tiles = samples::stored(ui, &format!("{called} {i}"), train, sample, cx);
    let name = format!(
        "{called} {} {}, sample {sample}{}{}, distance {}{}",
        train.kind().noun(),
        i + 1,
        train.caption(sample as usize).map_or_else(String::new, |caption| format!(", {caption}")),
        train.class_name_of(sample).map_or_else(String::new, |class| format!(", class {class}")),
        decimals(distance),
        tiles.line(0).map_or_else(String::new, |line| format!(": {line}"))
    );
    let size = tiles.fitted(place.size());
    let tile = tiles.tile(&name, 0, size);
    // In a child: where the images stand is settled, and does not move what comes below.
    let place = Rect::from_center_size(place.center(), size);
    let response = child(ui, (called, i), UiBuilder::new().max_rect(place)).add(tile);
    if response.clicked() {
        cx.send(Action::Pick(Some(sample)));
    }
    explain(response, None);
}

/// Its class's dot and name, and its distance.
fn facts(ui: &Ui, found: Option<&(u32, f32)>, line: Rect, cx: &Cx<'_>) {
    let Some(&(sample, distance)) = found else { return };
    let labels = cx.session.data().and_then(|data| data.train.labels());
    if let Some(labels) = labels
        && let Some(&class) = labels.of.get(sample as usize)
    {
        let class = usize::from(class);
        mark_of(ui.painter(), pos2(line.left() + 4.0, line.center().y), class, cx);
        let name = &labels.names[class];
        if name.chars().count() <= 1 {
            let at = pos2(line.left() + 11.0, line.center().y);
            ui.painter().text(at, Align2::LEFT_CENTER, name, theme::small(), cx.theme.weak);
        }
    }
    let text = decimals(distance);
    ui.painter().text(line.right_center(), Align2::RIGHT_CENTER, text, theme::small(), cx.theme.faint);
}
