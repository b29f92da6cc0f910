//! The lens: a card beside the reticle with the decoded picture and, on a code, the sample it is of.

use super::Scene;
use super::codes::mark_of;
use crate::session::Layer;
use crate::ui::context::Cx;
use crate::ui::samples::{self, Tiles};
use crate::ui::theme;
use crate::ui::widgets::{cut_text, number};
use crate::worker::ViewId;
use eframe::egui::{Pos2, Rect, Stroke, StrokeKind, Ui, Vec2, pos2, vec2};

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
    let wanted = original.as_ref().map(|original| &original.tiles);
    let made = sample.and_then(|_| reconstruction(ui, scene, wanted, cx)).or_else(|| decoded(ui, scene, cx));
    let pictures: Vec<Picture<'_>> = [original, made].into_iter().flatten().collect();
    card(ui, at, scene, &pictures, cx);
}

/// Draws, at its code, what a model makes of the sample that is looked at elsewhere.
pub fn of_sample(ui: &Ui, scene: &Scene<'_>, cx: &mut Cx<'_>) {
    let looked_at = cx.session.spec().selection.looked_at();
    let place = looked_at.and_then(|sample| scene.codes.place_of(sample)).map(|at| scene.view.screen(at));
    let Some(at) = place.filter(|at| scene.view.rect.contains(*at)) else { return };
    if !cx.session.spec().layers.contains(&Layer::Lens) {
        return;
    }
    let original = looked_at.and_then(|sample| sample_tile(ui, sample, cx));
    let wanted = original.as_ref();
    if let Some(picture) = reconstruction(ui, scene, wanted, cx) {
        card(ui, at, scene, &[picture], cx);
    }
}

/// A picture with what is said of it.
struct Picture<'a> {
    tiles: Tiles<'a>,
    words: String,
    class: Option<usize>,
    is_weak: bool,
}

/// What the model decodes where the pointer is.
fn decoded<'a>(ui: &Ui, scene: &Scene<'_>, cx: &mut Cx<'a>) -> Option<Picture<'a>> {
    let tiles = Tiles::of_view(ui, scene.slot, ViewId::Picture, cx)?;
    let told = cx.session.model_of(scene.slot)?.info().classes.get(cx.session.spec().label).cloned();
    let class = told.as_ref().map(|_| cx.session.spec().label);
    let words = told.map_or_else(|| "decoded here".into(), |name| format!("decoded as {name}"));
    Some(Picture { tiles, words, class, is_weak: false })
}

/// What the model makes of the sample that is looked at, from its whole code, with its error; of a sentence
/// those words are lit that are not the `wanted` ones.
fn reconstruction<'a>(
    ui: &Ui,
    scene: &Scene<'_>,
    wanted: Option<&Tiles<'_>>,
    cx: &mut Cx<'a>,
) -> Option<Picture<'a>> {
    let picture = cx.session.picture_of(scene.slot, ViewId::Sample)?;
    let mut tiles = Tiles::of_view(ui, scene.slot, ViewId::Sample, cx)?;
    let is_newest = cx.session.wanted_stamp_of(scene.slot, ViewId::Sample) == Some(picture.stamp);
    if let Some(wanted) = wanted.filter(|_| is_newest) {
        tiles.hold_against(ui, wanted, cx);
    }
    let words = match picture.squared_error.filter(|_| is_newest) {
        Some(error) => format!("{} {}", cx.session.error_words()[0], number::fixed(error, 1)),
        None => "…".into(),
    };
    Some(Picture { tiles, words, class: None, is_weak: false })
}

fn original<'a>(ui: &Ui, sample: u32, cx: &mut Cx<'_>) -> Option<Picture<'a>> {
    let sample = self::sample(ui, sample, cx)?;
    Some(Picture { tiles: sample.tiles, words: sample.name, class: sample.class, is_weak: true })
}

/// Draws a card of pictures beside a place.
fn card(ui: &Ui, at: Pos2, scene: &Scene<'_>, pictures: &[Picture<'_>], cx: &Cx<'_>) {
    if pictures.is_empty() {
        return;
    }
    let side = cx.window.sizes.lens;
    let step = vec2(side + PAD, side + CAPTION);
    // Where the plane is narrow they stand one under the other, and less of the codes is covered.
    let n = pictures.len() as f32;
    let is_narrow = n * step.x > 0.45 * scene.view.rect.width();
    let (step, n) = if is_narrow { (vec2(0.0, step.y), vec2(1.0, n)) } else { (vec2(step.x, 0.0), vec2(n, 1.0)) };
    let size = vec2(n.x * (side + PAD) + PAD, n.y * (side + CAPTION) + PAD);
    let card = place(at, scene, size);
    ui.painter().add(cx.theme.card_shadow().as_shape(card, theme::CARD_RADIUS));
    let line = Stroke::new(1.0, cx.theme.pressed);
    ui.painter().rect(card, theme::CARD_RADIUS, cx.theme.panel, line, StrokeKind::Inside);
    for (i, picture) in pictures.iter().enumerate() {
        let corner = card.min + Vec2::splat(PAD) + step * i as f32;
        show(ui, Rect::from_min_size(corner, Vec2::splat(side)), picture, cx);
    }
}

/// Draws a picture in its place, and below it what is said of it after its class's mark.
fn show(ui: &Ui, place: Rect, picture: &Picture<'_>, cx: &Cx<'_>) {
    tile(ui, place, &picture.tiles, cx);
    let mut line = Rect::from_min_size(place.left_bottom(), vec2(place.width(), CAPTION - 2.0));
    if let Some(class) = picture.class {
        mark_of(ui.painter(), line.left_center() + vec2(4.0, 0.0), class, cx);
        line.min.x += 13.0;
    }
    let colour = if picture.is_weak { cx.theme.weak } else { cx.theme.text };
    cut_text(ui.painter(), line, &picture.words, theme::small(), colour);
}

struct Sample<'a> {
    /// What it is called, or its number.
    name: String,
    class: Option<usize>,
    tiles: Tiles<'a>,
}

fn sample<'a>(ui: &Ui, idx: u32, cx: &mut Cx<'_>) -> Option<Sample<'a>> {
    let train = &cx.session.data()?.train;
    let tiles = samples::stored(ui, "original", train, idx, cx);
    let class = train.labels().map(|labels| usize::from(labels.of[idx as usize]));
    let numbered = || format!("sample {}", number::count(u64::from(idx)));
    let name = train.caption(idx as usize).map_or_else(numbered, String::from);
    Some(Sample { name, class, tiles })
}

/// A training sample as a tile.
pub fn sample_tile<'a>(ui: &Ui, idx: u32, cx: &mut Cx<'_>) -> Option<Tiles<'a>> {
    sample(ui, idx, cx).map(|sample| sample.tiles)
}

/// Right and below the pointer, on the other side where that would leave the plane or lie on a control of it.
fn place(at: Pos2, scene: &Scene<'_>, size: Vec2) -> Rect {
    let plane = scene.view.rect;
    let away = vec2(20.0, 20.0);
    let sides = [vec2(1.0, 1.0), vec2(-1.0, 1.0), vec2(1.0, -1.0), vec2(-1.0, -1.0)];
    let cards = sides.map(|side| Rect::from_center_size(at + side * (away + size / 2.0), size));
    let is_free = |card: &&Rect| {
        plane.contains_rect(**card) && !scene.controls.iter().any(|control| control.intersects(**card))
    };
    cards.iter().find(is_free).copied().unwrap_or_else(|| {
        let x = if cards[0].right() > plane.right() { cards[1].left() } else { cards[0].left() };
        let y = if cards[0].bottom() > plane.bottom() { cards[2].top() } else { cards[0].top() };
        Rect::from_min_size(pos2(x.max(plane.left()), y.max(plane.top())), size)
    })
}

fn tile(ui: &Ui, place: Rect, tiles: &Tiles<'_>, cx: &Cx<'_>) {
    tiles.paint(ui, 0, place);
    ui.painter().rect_stroke(place, theme::TILE_RADIUS, Stroke::new(1.0, cx.theme.pressed), StrokeKind::Outside);
}
