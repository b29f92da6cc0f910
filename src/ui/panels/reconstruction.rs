//! The row that Decode begins with: the sample that is looked at, its code, what the model makes of that, and
//! the error.

use crate::ui::context::Cx;
use crate::ui::plane::{mark_of, sample_texture};
use crate::ui::textures::fitted;
use crate::ui::theme;
use crate::ui::widgets::{help, number};
use crate::worker::ViewId;
use eframe::egui::{
    Align2, Image, Rect, Sense, Stroke, StrokeKind, TextureHandle, Ui, Vec2, WidgetInfo, pos2, vec2,
};

/// Side of a tile.
const SIDE: f32 = 64.0;
/// Room under the tiles for what is said of them.
const CAPTION: f32 = 18.0;
/// Most numbers of a code that are drawn.
const MAX_BARS: usize = 32;

/// Draws the row; without a sample only what is decoded at z.
pub fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    let width = ui.available_width();
    let (row, response) = ui.allocate_exact_size(vec2(width, SIDE + CAPTION), Sense::hover());
    let gap = (width - 3.0 * SIDE) / 2.0;
    let place = |i: usize| Rect::from_min_size(row.min + vec2(i as f32 * (SIDE + gap), 0.0), Vec2::splat(SIDE));
    let sentence = "Input, code, output: the sample that is pointed at or picked, and what the model makes of its whole code.";
    let response = help(response, "Reconstruction", sentence, Some("Σ (x̂ − x)²"));
    let active = cx.session.spec().active;
    let Some(sample) = cx.session.spec().selection.looked_at() else {
        if let Some(picture) = cx.session.picture(ViewId::Picture) {
            let texture = cx.textures.of_slot(ui.ctx(), "picture", active, picture);
            tile(ui, place(2), &texture, cx);
        }
        let at = pos2(row.left(), place(0).center().y);
        let words = "Point at a code, or click it,\nto see its sample here.";
        ui.painter().text(at, Align2::LEFT_CENTER, words, theme::small(), cx.theme.faint);
        return;
    };
    if let Some(texture) = sample_texture(ui, sample, cx) {
        tile(ui, place(0), &texture, cx);
    }
    code(ui, place(1), sample, cx);
    let mut said = format!("Sample {sample}");
    if let Some(picture) = cx.session.picture(ViewId::Sample) {
        let texture = cx.textures.of_slot(ui.ctx(), "sample", active, picture);
        tile(ui, place(2), &texture, cx);
        let is_newest = cx.session.wanted_stamp(ViewId::Sample) == Some(picture.stamp);
        if let Some(error) = picture.squared_error.filter(|_| is_newest) {
            let words = format!("Σ(x̂−x)² {}", number::fixed(error, 1));
            let at = row.right_bottom() - vec2(0.0, CAPTION / 2.0);
            ui.painter().text(at, Align2::RIGHT_CENTER, &words, theme::small(), cx.theme.text);
            said = format!("{said}, squared error {error:.1}");
        }
    }
    response.widget_info(|| WidgetInfo::labeled(eframe::egui::Role::Image, true, &said));
    for i in 0..2 {
        let at = pos2(place(i).right() + gap / 2.0, place(i).center().y);
        ui.painter().text(at, Align2::CENTER_CENTER, "→", theme::body(), cx.theme.faint);
    }
    captions(ui, row, place(1), sample, cx);
}

fn tile(ui: &Ui, place: Rect, texture: &TextureHandle, cx: &Cx<'_>) {
    ui.painter().rect_filled(place, theme::TILE_RADIUS, cx.theme.field);
    let picture = Rect::from_center_size(place.center(), fitted(texture, place.width()));
    Image::new(texture).corner_radius(theme::TILE_RADIUS).paint_at(ui, picture);
    ui.painter().rect_stroke(place, theme::TILE_RADIUS, Stroke::new(1.0, cx.theme.pressed), StrokeKind::Outside);
}

/// The numbers of a code as bars from 0, on the scale of the largest of all codes.
fn code(ui: &Ui, place: Rect, sample: u32, cx: &Cx<'_>) {
    let (Some(z), Some(cloud)) = (cx.session.code_of(sample), cx.session.cloud()) else { return };
    ui.painter().rect_filled(place, theme::TILE_RADIUS, cx.theme.field);
    ui.painter().rect_stroke(place, theme::TILE_RADIUS, Stroke::new(1.0, cx.theme.pressed), StrokeKind::Outside);
    let inner = place.shrink(5.0);
    let most = cloud.stats.iter().map(|stats| stats.min.abs().max(stats.max.abs())).fold(1e-9, f32::max);
    let n = z.len().min(MAX_BARS);
    let step = inner.width() / n as f32;
    ui.painter().hline(inner.x_range(), inner.center().y, Stroke::new(1.0, cx.theme.pressed));
    for (i, value) in z.iter().take(n).enumerate() {
        let x = inner.left() + (i as f32 + 0.5) * step;
        let tip = inner.center().y - value / most * inner.height() / 2.0;
        let half = (step * 0.35).clamp(0.5, 5.0);
        let bar = Rect::from_two_pos(pos2(x - half, inner.center().y), pos2(x + half, tip));
        ui.painter().rect_filled(bar, 1, cx.theme.accent);
    }
}

/// The sample with its class under the input, and under the code how far it may lie from its mean.
fn captions(ui: &Ui, row: Rect, code: Rect, sample: u32, cx: &Cx<'_>) {
    let y = row.bottom() - CAPTION / 2.0;
    let mut left = row.left();
    let labels = cx.session.data().and_then(|data| data.train.labels());
    if let Some(class) = labels.and_then(|labels| labels.of.get(sample as usize)) {
        mark_of(ui.painter(), pos2(left + 4.0, y), usize::from(*class), cx);
        left += 12.0;
    }
    let words = number::count(u64::from(sample));
    ui.painter().text(pos2(left, y), Align2::LEFT_CENTER, words, theme::small(), cx.theme.weak);
    let sigma = cx.session.cloud().and_then(|cloud| {
        let log_var = cloud.codes.log_var.as_ref()?.row(cloud.place_of(sample)?);
        Some(log_var.iter().map(|log_var| (0.5 * log_var).exp()).sum::<f32>() / log_var.len() as f32)
    });
    if let Some(sigma) = sigma {
        let words = format!("σ {}", number::fixed(f64::from(sigma), 2));
        ui.painter().text(pos2(code.center().x, y), Align2::CENTER_CENTER, words, theme::small(), cx.theme.weak);
    }
}
