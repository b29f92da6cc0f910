//! A layer that tints the whole plane, with a small key that says what it means.

use super::{Scene, View, colour_of};
use crate::latent::heat::Heat;
use crate::picture::palette::{FALSE_REAL, TINT_ALPHA};
use crate::session::{DensityBy, Layer, SlotId};
use crate::ui::context::Cx;
use crate::ui::theme::{self, Theme};
use crate::ui::widgets::{help, number};
use eframe::egui::{
    Align2, Color32, ColorImage, Mesh, Painter, Rect, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2,
};

/// Size of the key and of its bar.
const KEY: [f32; 2] = [176.0, 50.0];
const BAR: f32 = 6.0;
/// Room below the key for ticks and the axis' name.
const FOOT: f32 = 40.0;
/// Opacity of the grey that lies where codes are rarest.
const ALPHA_RARE: f32 = 0.35;

/// What is said of a heat.
struct Said {
    title: &'static str,
    sentence: &'static str,
    formula: Option<&'static str>,
    unit: &'static str,
}

fn said(layer: Layer, by: Option<DensityBy>) -> Said {
    match layer {
        Layer::Discriminator => Said {
            title: "D, “this is real”",
            sentence: "How probable the discriminator takes it that a sample there is from the data: blue it calls false, \
                       orange real. Columns that are not drawn are held at their means.",
            formula: Some("0 ≤ D(x) ≤ 1"),
            unit: "",
        },
        Layer::ModelDensity => Said {
            title: "Density of the model",
            sentence: match by {
                Some(DensityBy::Formula) => "How dense the model takes the data to lie, by its formula.",
                Some(DensityBy::Codes(_)) => {
                    "How dense the model takes the data to lie: the mean of p(x | z) over 1024 codes drawn."
                }
                _ => {
                    "How dense samples lie that the model makes, smoothed by Gaussians: it says no density itself."
                }
            },
            formula: match by {
                Some(DensityBy::Formula) => Some("Σ π N(x; μ, Σ)"),
                Some(DensityBy::Codes(_)) => Some("1/K Σ p(x | zₖ)"),
                _ => Some("1/n Σ N(x; G(zᵢ), h²)"),
            },
            unit: "a unit²",
        },
        Layer::Rarity => Said {
            title: "Rarer than usual",
            sentence: "How many times less dense the codes are than where they usually lie: what is decoded in the tint was \
                       hardly ever learned.",
            formula: Some("median density at the codes / density"),
            unit: "×",
        },
        Layer::Magnification => Said {
            title: "Magnification",
            sentence: "How much what is decoded changes with z: areas of the plane become so much larger. Ridges part what \
                       the decoder tells apart.",
            formula: Some("√det JᵀJ,  J = ∂x̂/∂(across, up)"),
            unit: "",
        },
        _ => Said {
            title: "Density of the codes",
            sentence: "The share of all codes in one square unit, smoothed by Gaussians.",
            formula: Some("1/n Σ N(z; zᵢ, h²)"),
            unit: "a unit²",
        },
    }
}

/// The heat that is chosen, where this model's plane has it.
fn chosen<'a>(slot: SlotId, cx: &Cx<'a>) -> Option<(Layer, u64, &'a Heat)> {
    let shown = Layer::HEATS.into_iter().flatten().filter(|layer| cx.session.spec().layers.contains(layer));
    let found = |layer: &Layer| cx.session.heat_of(slot, *layer).map(|(stamp, heat)| (*layer, stamp, heat));
    shown.into_iter().find_map(found)
}

fn colour(layer: Layer, theme: &Theme, share: f32) -> Color32 {
    if layer == Layer::Discriminator {
        let colour = colour_of(theme, FALSE_REAL[usize::from(share > 0.5)]);
        let sure = (2.0 * share - 1.0).abs().clamp(0.0, 1.0);
        return colour.gamma_multiply(TINT_ALPHA * sure);
    }
    let (colour, most) =
        if layer == Layer::Rarity { (theme.faint, ALPHA_RARE) } else { (theme.accent, TINT_ALPHA) };
    colour.gamma_multiply(most * share.clamp(0.0, 1.0))
}

/// Tints the plane.
pub fn paint(ui: &Ui, view: &View, slot: SlotId, cx: &mut Cx<'_>) {
    let Some((layer, stamp, heat)) = chosen(slot, cx) else { return };
    let theme = cx.theme;
    let name = format!("heat {layer:?} {}", slot.0);
    let pixels = || {
        let share = |value: &f32| value / heat.top.max(f32::MIN_POSITIVE);
        let pixels = heat.values.iter().map(|value| colour(layer, &theme, share(value))).collect();
        ColorImage::new(heat.lattice.size, pixels)
    };
    let texture = cx.textures.smooth(ui.ctx(), &name, 2 * stamp + u64::from(theme.is_dark), pixels);
    let whole = view.screen_rect(heat.lattice.bounds);
    // Beyond the codes their density stays what it is at the rim; what was worked out of places ends with
    // them.
    let shown = if layer == Layer::Magnification { view.rect.intersect(whole) } else { view.rect };
    let share = |at: eframe::egui::Pos2| ((at - whole.min) / whole.size()).to_pos2();
    let mut mesh = Mesh::with_texture(texture.id());
    mesh.add_rect_with_uv(shown, Rect::from_min_max(share(shown.min), share(shown.max)), Color32::WHITE);
    ui.painter().add(Shape::mesh(mesh));
}

/// What the heat means, with its range and its value under the pointer.
pub fn key(ui: &Ui, scene: &Scene<'_>, cx: &Cx<'_>) {
    let Some((layer, _, heat)) = chosen(scene.slot, cx) else { return };
    let plane = scene.view.rect;
    let [width, height] = KEY;
    let foot = plane.right_bottom() - vec2(width + 8.0, height + FOOT);
    let place = beside(Rect::from_min_size(foot, vec2(width, height)), cx.window.over_plane);
    if plane.width() < 2.0 * width || plane.height() < 4.0 * height || !plane.contains_rect(place) {
        return;
    }
    let by = cx.session.model_density(scene.slot).map(|density| density.by);
    let (painter, said) = (ui.painter(), said(layer, by));
    painter.rect_filled(place, theme::TILE_RADIUS, cx.theme.plane.gamma_multiply(0.88));
    let inner = place.shrink2(vec2(8.0, 5.0));
    painter.text(inner.left_top(), Align2::LEFT_TOP, said.title, theme::small(), cx.theme.weak);
    let bar = Rect::from_min_size(pos2(inner.left(), inner.top() + 17.0), vec2(inner.width(), BAR));
    gradient(painter, bar, layer, &cx.theme);
    let [low, high] = [0.0, heat.top].map(|value| shown(layer, value));
    let ends = format!("{high} {}", said.unit);
    painter.text(inner.left_bottom(), Align2::LEFT_BOTTOM, &low, theme::small(), cx.theme.faint);
    painter.text(inner.right_bottom(), Align2::RIGHT_BOTTOM, ends.trim_end(), theme::small(), cx.theme.faint);
    let pointer = ui.input(|i| i.pointer.hover_pos()).filter(|_| cx.window.plane_under == Some(scene.slot));
    let here = pointer.and_then(|at| heat.at(scene.view.plot(at)));
    if let Some(value) = here {
        let x = bar.left() + bar.width() * (value / heat.top.max(f32::MIN_POSITIVE)).clamp(0.0, 1.0);
        painter.vline(x, bar.expand(3.0).y_range(), Stroke::new(1.5, cx.theme.text));
        painter.text(inner.right_top(), Align2::RIGHT_TOP, shown(layer, value), theme::small(), cx.theme.text);
    }
    let response = ui.interact(place, ui.scope_id().with("heat key"), Sense::hover());
    let name = format!("{}: {low} to {}", said.title, ends.trim_end());
    response.widget_info(|| WidgetInfo::labeled(eframe::egui::Role::Label, true, &name));
    help(response, said.title, said.sentence, said.formula);
}

/// The key's place, above a card that would lie on it.
fn beside(place: Rect, card: Option<Rect>) -> Rect {
    const GAP: f32 = 8.0;
    let card = card.filter(|card| card.intersects(place));
    card.map_or(place, |card| place.translate(vec2(0.0, card.top() - GAP - place.bottom())))
}

fn gradient(painter: &Painter, bar: Rect, layer: Layer, theme: &Theme) {
    let mut mesh = Mesh::default();
    // The middle too, where one colour may give way to another.
    for share in [0.0, 0.5, 1.0] {
        let (x, colour) = (bar.left() + share * bar.width(), colour(layer, theme, share));
        mesh.colored_vertex(pos2(x, bar.top()), colour);
        mesh.colored_vertex(pos2(x, bar.bottom()), colour);
    }
    for corner in [0, 2] {
        mesh.add_triangle(corner, corner + 1, corner + 2);
        mesh.add_triangle(corner + 2, corner + 1, corner + 3);
    }
    painter.add(Shape::mesh(mesh));
    painter.rect_stroke(bar, 0, Stroke::new(1.0, theme.hairline), eframe::egui::StrokeKind::Outside);
}

/// A value as the key shows it: rarity as a factor.
fn shown(layer: Layer, value: f32) -> String {
    let value = if layer == Layer::Rarity { 10f32.powf(value) } else { value };
    let decimals = match value {
        0.0 => 0,
        _ if value >= 100.0 => 0,
        _ if value >= 10.0 => 1,
        _ if value >= 0.1 => 2,
        _ => 3,
    };
    number::fixed(f64::from(value), decimals)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_gives_way_to_a_card_upwards() {
        let place = Rect::from_min_size(pos2(580.0, 500.0), vec2(176.0, 50.0));
        let card = Rect::from_min_max(pos2(160.0, 470.0), pos2(600.0, 560.0));
        let moved = beside(place, Some(card));
        assert!(!moved.intersects(card) && moved.left() == place.left() && moved.size() == place.size());
        assert_eq!(beside(place, Some(card.translate(vec2(-100.0, 0.0)))), place);
        assert_eq!(beside(place, None), place);
    }

    #[test]
    fn rarity_is_shown_as_a_factor_and_small_numbers_keep_their_digits() {
        assert_eq!([0.0, 1.0, 2.0].map(|value| shown(Layer::Rarity, value)), ["1.00", "10.0", "100"]);
        assert_eq!(
            [0.0, 0.0312, 0.25, 12.34].map(|value| shown(Layer::Density, value)),
            ["0", "0.031", "0.25", "12.3"]
        );
    }
}
