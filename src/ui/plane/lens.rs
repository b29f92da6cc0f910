//! The lens: a card beside the reticle with the decoded picture and, on a code, the sample it is of.

use super::Scene;
use super::codes::colour_of;
use crate::session::Layer;
use crate::ui::context::Cx;
use crate::ui::samples;
use crate::ui::textures::fitted;
use crate::ui::theme;
use crate::ui::widgets::number;
use crate::worker::ViewId;
use eframe::egui::{Align2, Image, Pos2, Rect, Stroke, StrokeKind, TextureHandle, Ui, pos2, vec2};

/// Side of a picture.
const SIDE: f32 = 84.0;
const PAD: f32 = 7.0;
const CAPTION: f32 = 20.0;
/// How near the pointer must be to a code, in points.
pub const REACH: f32 = 6.0;

/// Draws the lens for the pointer's place on a plane: what is decoded there, and on a code its sample beside
/// what the model makes of it.
pub fn of_pointer(ui: &Ui, at: Pos2, sample: Option<u32>, scene: &Scene<'_>, cx: &mut Cx<'_>) {
    if !cx.session.spec().layers.contains(&Layer::Lens) {
        return;
    }
    let original = sample.and_then(|sample| original(ui, sample, cx));
    let made = sample.and_then(|_| reconstruction(ui, scene, cx)).or_else(|| decoded(ui, scene, cx));
    let tiles: Vec<Picture> = [original, made].into_iter().flatten().collect();
    card(ui, at, scene, &tiles, cx);
}

/// Draws, at its code, what a model makes of the sample that is looked at elsewhere.
pub fn of_sample(ui: &Ui, scene: &Scene<'_>, cx: &mut Cx<'_>) {
    let looked_at = cx.session.spec().selection.looked_at();
    let place = looked_at.and_then(|sample| scene.codes.place_of(sample)).map(|at| scene.view.screen(at));
    let Some(at) = place.filter(|at| scene.view.rect.contains(*at)) else { return };
    if cx.session.spec().layers.contains(&Layer::Lens)
        && let Some(picture) = reconstruction(ui, scene, cx)
    {
        card(ui, at, scene, &[picture], cx);
    }
}

/// A picture with what is said of it.
struct Picture {
    texture: TextureHandle,
    words: String,
    class: Option<usize>,
    is_weak: bool,
}

/// What the model decodes where the pointer is.
fn decoded(ui: &Ui, scene: &Scene<'_>, cx: &mut Cx<'_>) -> Option<Picture> {
    let picture = cx.session.picture_of(scene.slot, ViewId::Picture)?;
    let texture = cx.textures.of_slot(ui.ctx(), "picture", scene.slot, picture);
    let told = cx.session.model_of(scene.slot)?.info().classes.get(cx.session.spec().label).cloned();
    let class = told.as_ref().map(|_| cx.session.spec().label);
    let words = told.map_or_else(|| "decoded here".into(), |name| format!("decoded as {name}"));
    Some(Picture { texture, words, class, is_weak: false })
}

/// What the model makes of the sample that is looked at, from its whole code, with its error.
fn reconstruction(ui: &Ui, scene: &Scene<'_>, cx: &mut Cx<'_>) -> Option<Picture> {
    let picture = cx.session.picture_of(scene.slot, ViewId::Sample)?;
    let texture = cx.textures.of_slot(ui.ctx(), "sample", scene.slot, picture);
    let is_newest = cx.session.wanted_stamp_of(scene.slot, ViewId::Sample) == Some(picture.stamp);
    let words = match picture.squared_error.filter(|_| is_newest) {
        Some(error) => format!("Σ(x̂−x)² {}", number::fixed(error, 1)),
        None => "…".into(),
    };
    Some(Picture { texture, words, class: None, is_weak: false })
}

fn original(ui: &Ui, sample: u32, cx: &mut Cx<'_>) -> Option<Picture> {
    let sample = self::sample(ui, sample, cx)?;
    Some(Picture { texture: sample.texture, words: sample.name, class: sample.class, is_weak: true })
}

/// Draws a card of pictures beside a place.
fn card(ui: &Ui, at: Pos2, scene: &Scene<'_>, pictures: &[Picture], cx: &Cx<'_>) {
    if pictures.is_empty() {
        return;
    }
    let card = place(at, scene.view.rect, pictures.len());
    ui.painter().add(cx.theme.card_shadow().as_shape(card, theme::CARD_RADIUS));
    let line = Stroke::new(1.0, cx.theme.pressed);
    ui.painter().rect(card, theme::CARD_RADIUS, cx.theme.panel, line, StrokeKind::Inside);
    let mut left = card.left() + PAD;
    for picture in pictures {
        tile(ui, left, card, &picture.texture, cx);
        let text_left = picture.class.map_or(left, |class| {
            dot(ui, left, card, class, cx);
            left + 13.0
        });
        let colour = if picture.is_weak { cx.theme.weak } else { cx.theme.text };
        caption(ui, text_left, card, &picture.words, colour);
        left += SIDE + PAD;
    }
}

struct Sample {
    /// What it is called, or its number.
    name: String,
    class: Option<usize>,
    texture: TextureHandle,
}

fn sample(ui: &Ui, idx: u32, cx: &mut Cx<'_>) -> Option<Sample> {
    let train = &cx.session.data()?.train;
    let (texture, _) = samples::stored(ui, "original", train, idx, cx);
    let class = train.labels().map(|labels| usize::from(labels.of[idx as usize]));
    let numbered = || format!("sample {}", number::count(u64::from(idx)));
    let name = train.caption(idx as usize).map_or_else(numbered, String::from);
    Some(Sample { name, class, texture })
}

/// The texture that shows a training sample.
pub fn sample_texture(ui: &Ui, idx: u32, cx: &mut Cx<'_>) -> Option<TextureHandle> {
    sample(ui, idx, cx).map(|sample| sample.texture)
}

/// Right and below the pointer, on the other side where that would leave the plane.
fn place(at: Pos2, plane: Rect, n: usize) -> Rect {
    let size = vec2(n as f32 * (SIDE + PAD) + PAD, SIDE + PAD + CAPTION);
    let away = 20.0;
    let x = if at.x + away + size.x > plane.right() { at.x - away - size.x } else { at.x + away };
    let y = if at.y + away + size.y > plane.bottom() { at.y - away - size.y } else { at.y + away };
    Rect::from_min_size(pos2(x.max(plane.left()), y.max(plane.top())), size)
}

fn tile(ui: &Ui, left: f32, card: Rect, texture: &TextureHandle, cx: &Cx<'_>) {
    let place = Rect::from_min_size(pos2(left, card.top() + PAD), vec2(SIDE, SIDE));
    let picture = Rect::from_center_size(place.center(), fitted(texture, SIDE));
    Image::new(texture).corner_radius(theme::TILE_RADIUS).paint_at(ui, picture);
    ui.painter().rect_stroke(place, theme::TILE_RADIUS, Stroke::new(1.0, cx.theme.pressed), StrokeKind::Outside);
}

/// The class's dot before a caption.
fn dot(ui: &Ui, left: f32, card: Rect, class: usize, cx: &Cx<'_>) {
    let y = card.bottom() - CAPTION / 2.0 - 1.0;
    ui.painter().circle_filled(pos2(left + 4.0, y), 4.0, colour_of(cx, class));
}

fn caption(ui: &Ui, left: f32, card: Rect, text: &str, colour: eframe::egui::Color32) {
    let at = pos2(left, card.bottom() - CAPTION / 2.0 - 1.0);
    ui.painter().text(at, Align2::LEFT_CENTER, text, theme::small(), colour);
}
