//! The lens: a card beside the reticle with the decoded picture and, on a code, the sample it is of.

use super::View;
use super::codes::{CodeLayer, colour_of};
use crate::session::Layer;
use crate::ui::context::Cx;
use crate::ui::samples;
use crate::ui::textures::{color_image, fitted};
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

/// What a lens shows.
pub struct Lens<'a> {
    /// The decoded picture.
    pub picture: ViewId,
    /// What is said of it.
    pub words: &'a str,
    /// The training sample beside it.
    pub sample: Option<u32>,
}

/// Draws the lens for the pointer's place on the shown model's plane.
pub fn of_pointer(ui: &Ui, at: Pos2, view: &View, codes: &CodeLayer, cx: &mut Cx<'_>) {
    let code = codes.nearest(view, at, REACH, cx.session);
    let sample = code.and_then(|code| cx.session.cloud()?.indices.get(code as usize).copied());
    show(ui, at, view, &Lens { picture: ViewId::Picture, words: "decoded here", sample }, cx);
}

/// Draws a lens beside a place.
pub fn show(ui: &Ui, at: Pos2, view: &View, lens: &Lens<'_>, cx: &mut Cx<'_>) {
    if !cx.session.spec().layers.contains(&Layer::Lens) {
        return;
    }
    let is_own = lens.picture == ViewId::Picture;
    let decoded = cx.session.picture(lens.picture).filter(|_| !is_own || cx.session.capabilities().decodes);
    let decoded = decoded.map(|picture| (picture.stamp, picture.tiles()));
    // The Decode panel holds the same picture.
    let name = if is_own { "picture".into() } else { format!("lens {:?}", lens.picture) };
    let decoded = decoded.map(|(stamp, pixels)| cx.textures.get(ui.ctx(), &name, stamp, || color_image(pixels)));
    let sample = lens.sample.and_then(|idx| sample(ui, idx, cx));
    let n = usize::from(decoded.is_some()) + usize::from(sample.is_some());
    if n == 0 {
        return;
    }
    let card = card(at, view.rect, n);
    ui.painter().add(cx.theme.card_shadow().as_shape(card, theme::CARD_RADIUS));
    let line = Stroke::new(1.0, cx.theme.pressed);
    ui.painter().rect(card, theme::CARD_RADIUS, cx.theme.panel, line, StrokeKind::Inside);
    let mut left = card.left() + PAD;
    if let Some(texture) = decoded {
        tile(ui, left, card, &texture, cx);
        let told = cx.session.model().filter(|_| is_own);
        match told.and_then(|model| model.info().classes.get(cx.session.spec().label).cloned()) {
            None => caption(ui, left, card, lens.words, cx.theme.text),
            Some(name) => {
                dot(ui, left, card, cx.session.spec().label, cx);
                caption(ui, left + 13.0, card, &format!("decoded as {name}"), cx.theme.text);
            }
        }
        left += SIDE + PAD;
    }
    if let Some(sample) = sample {
        tile(ui, left, card, &sample.texture, cx);
        let mut text_left = left;
        if let Some(class) = sample.class {
            dot(ui, left, card, class, cx);
            text_left += 13.0;
        }
        caption(ui, text_left, card, &format!("sample {}", number::count(u64::from(sample.idx))), cx.theme.weak);
    }
}

struct Sample {
    idx: u32,
    class: Option<usize>,
    texture: TextureHandle,
}

fn sample(ui: &Ui, idx: u32, cx: &mut Cx<'_>) -> Option<Sample> {
    let train = &cx.session.data()?.train;
    let (texture, _) = samples::stored(ui, "sample", train, idx, cx);
    let class = train.labels().map(|labels| usize::from(labels.of[idx as usize]));
    Some(Sample { idx, class, texture })
}

/// Right and below the pointer, on the other side where that would leave the plane.
fn card(at: Pos2, plane: Rect, n: usize) -> Rect {
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
