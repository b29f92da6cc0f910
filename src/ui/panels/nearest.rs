//! The training images nearest to the decoded one, with what their distance is worth.

use super::{Panel, Place};
use crate::data::SampleKind;
use crate::model::Capabilities;
use crate::session::Action;
use crate::ui::context::Cx;
use crate::ui::layout::Layout;
use crate::ui::plane::mark_of;
use crate::ui::samples;
use crate::ui::theme;
use crate::ui::widgets::{Aside, Tile, child, help, section_head};
use eframe::egui::{Align2, Rect, RichText, Ui, UiBuilder, Vec2, pos2, vec2};

/// Images shown in a row below the buttons, and beside a small picture.
const N_ROW: usize = 4;
const SIDE: f32 = 50.0;
pub const N_BESIDE: usize = 3;
const SIDE_BESIDE: f32 = 48.0;

/// The panel below Decode, where there is room for it.
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
        // With many dimensions, or little height, they stand beside the picture.
        let decodes = cx.session.capabilities().decodes;
        if decodes && (cx.session.latent_dim() > 2 || layout.is_low) {
            return;
        }
        // Without a decoder only codes that are samples themselves have neighbours.
        if !decodes && !cx.session.has_codes_alone() {
            return;
        }
        let kind = cx.session.data().map(|data| data.train.kind());
        let (nouns, features) = kind.map_or(("samples", "features"), |kind| (kind.nouns(), kind.features()));
        let head = section_head(ui, &format!("Nearest training {nouns}"), Aside::Faint(&format!("by {features}")));
        explain(head);
        cx.window.n_nearest = N_ROW;
        row(ui, "Nearest", cx.session.nearest(), cx);
        if let Some(distance) = cx.session.usual_distance() {
            let noun = kind.map_or("sample", SampleKind::noun);
            let text = format!("For scale: an unseen test {noun} lies {distance:.1} from its nearest.");
            ui.label(RichText::new(text).font(theme::small()).color(cx.theme.faint));
        }
    }
}

/// Four images side by side, called by `name` and their number, with their classes and distances.
pub fn row(ui: &mut Ui, name: &str, found: &[(u32, f32)], cx: &mut Cx<'_>) {
    let width = ui.available_width();
    let gap = (width - N_ROW as f32 * SIDE) / (N_ROW - 1) as f32;
    let (row, _) = ui.allocate_exact_size(vec2(width, SIDE + 18.0), eframe::egui::Sense::hover());
    for i in 0..N_ROW {
        let place = Rect::from_min_size(row.min + vec2(i as f32 * (SIDE + gap), 0.0), Vec2::splat(SIDE));
        image(ui, (name, i), place, found, cx);
        facts(ui, found.get(i), pos2(place.left(), place.bottom() + 10.0), place.right(), cx);
    }
}

/// Three images in a column, beside a small picture whose top left corner is `at`.
pub fn beside(ui: &mut Ui, at: Rect, cx: &mut Cx<'_>) {
    cx.window.n_nearest = N_BESIDE;
    let gap = (at.height() - N_BESIDE as f32 * SIDE_BESIDE) / (N_BESIDE - 1) as f32;
    for i in 0..N_BESIDE {
        let top = at.top() + i as f32 * (SIDE_BESIDE + gap);
        let place = Rect::from_min_size(pos2(at.left(), top), Vec2::splat(SIDE_BESIDE));
        image(ui, ("Nearest", i), place, cx.session.nearest(), cx);
    }
}

fn explain(response: eframe::egui::Response) {
    let sentence = "A near one can show copying; a far one does not prove invention.";
    help(response, "Nearest training samples", sentence, Some("√Σ(x̂ − x)²"));
}

/// One image; a click picks its sample.
fn image(ui: &mut Ui, (called, i): (&str, usize), place: Rect, found: &[(u32, f32)], cx: &mut Cx<'_>) {
    ui.painter().rect_filled(place, theme::TILE_RADIUS, cx.theme.field);
    let (Some(&(sample, distance)), Some(data)) = (found.get(i), cx.session.data()) else { return };
    let train = &data.train;
    let (texture, line) = samples::stored(ui, &format!("{called} {i}"), train, sample, cx);
    let class = train.labels().and_then(|labels| {
        let class = usize::from(*labels.of.get(sample as usize)?);
        labels.names.get(class).cloned()
    });
    let name = format!(
        "{called} {} {}, sample {sample}{}, distance {distance:.1}{}",
        train.kind().noun(),
        i + 1,
        class.map_or_else(String::new, |class| format!(", class {class}")),
        line.map_or_else(String::new, |line| format!(": {line}"))
    );
    let size = crate::ui::textures::fitted(&texture, place.width());
    let tile = Tile::new(&name, texture.id(), Tile::WHOLE, size);
    // In a child: where the images stand is settled, and does not move what comes below.
    let place = Rect::from_center_size(place.center(), size);
    let response = child(ui, (called, i), UiBuilder::new().max_rect(place)).add(tile);
    if response.clicked() {
        cx.send(Action::Pick(Some(sample)));
    }
    explain(response);
}

/// Its class's dot and name, and its distance.
fn facts(ui: &Ui, found: Option<&(u32, f32)>, at: eframe::egui::Pos2, right: f32, cx: &Cx<'_>) {
    let Some(&(sample, distance)) = found else { return };
    let labels = cx.session.data().and_then(|data| data.train.labels());
    if let Some(labels) = labels
        && let Some(&class) = labels.of.get(sample as usize)
    {
        let class = usize::from(class);
        mark_of(ui.painter(), pos2(at.x + 4.0, at.y), class, cx);
        let name = &labels.names[class];
        if name.chars().count() <= 2 {
            let font = theme::small();
            ui.painter().text(pos2(at.x + 12.0, at.y), Align2::LEFT_CENTER, name, font, cx.theme.weak);
        }
    }
    let text = format!("{distance:.1}");
    ui.painter().text(pos2(right, at.y), Align2::RIGHT_CENTER, text, theme::small(), cx.theme.faint);
}
