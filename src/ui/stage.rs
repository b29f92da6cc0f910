//! The stage for denoising: one sample large, clean, corrupted, and as every model on screen mends it.
//!
//! It takes the place of the planes, so that it is as large as the window allows.

use super::context::Cx;
use super::icons;
use super::samples::Tiles;
use super::theme;
use super::widgets::{Button, Combo, IconButton, Item, Slider, help, number};
use crate::model::Corruption;
use crate::session::{Action, SlotId, Staging};
use eframe::egui::{
    Align, Align2, Layout as Flow, Rect, RichText, Role, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo,
    pos2, vec2,
};

/// Height of the row of controls.
const HEAD: f32 = 44.0;
/// Height of the name and the error under a picture.
const CAPTION: f32 = 44.0;
const MARGIN: f32 = 16.0;
const GAP: f32 = 16.0;

/// One picture on the stage.
struct Tile {
    name: String,
    /// Σ (x − ·)² against the clean sample; none for the clean one.
    error: Option<f64>,
    /// Which third of a model's picture it is, and whose.
    part: usize,
    slot: SlotId,
}

/// Draws the stage.
pub fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    let rect = ui.max_rect();
    ui.painter().rect_filled(rect, 0, cx.theme.plane);
    let Some(staging) = cx.session.spec().stage else { return };
    let head = Rect::from_min_size(rect.min, vec2(rect.width(), HEAD)).shrink2(vec2(MARGIN, 0.0));
    let mut row =
        ui.new_child(UiBuilder::new().id_salt("stage").max_rect(head).layout(Flow::left_to_right(Align::Center)));
    row.spacing_mut().item_spacing.x = 8.0;
    controls(&mut row, staging, cx);
    let room = Rect::from_min_max(pos2(rect.left(), rect.top() + HEAD), rect.max).shrink(MARGIN);
    let tiles = tiles(cx);
    if tiles.is_empty() {
        let text = match cx.session.staged_sample() {
            Some(_) => "The model's answer is on its way.",
            None => "There are no data to take a sample from.",
        };
        ui.painter().text(room.center(), Align2::CENTER_CENTER, text, theme::body(), cx.theme.weak);
        return;
    }
    let mended = tiles.iter().filter(|tile| tile.part == 2);
    let best = mended.clone().filter_map(|tile| tile.error).min_by(f64::total_cmp).filter(|_| mended.count() > 1);
    for (tile, place) in tiles.iter().zip(places(room, tiles.len())) {
        let is_best = tile.part == 2 && best.is_some() && tile.error == best;
        picture(ui, place, tile, is_best, cx);
    }
}

/// How the sample is corrupted, and which it is.
fn controls(ui: &mut Ui, staging: Staging, cx: &mut Cx<'_>) {
    let items = Corruption::ALL.map(|(_, name)| Item::new(name));
    let mut chosen = Corruption::ALL.iter().position(|(kind, _)| *kind == staging.corruption).unwrap_or(0);
    let combo = ui.add(Combo::new("Corruption on the stage", &items, &mut chosen).width(132.0));
    let sentence = "What the models are shown in the clean sample's place, whatever they were trained on.";
    if help(combo, "Corruption", sentence, None).changed() {
        cx.send(Action::SetStage(Some(Staging { corruption: Corruption::ALL[chosen].0, ..staging })));
    }
    let mut level = staging.level as f32;
    let room = (ui.available_width() - 262.0).clamp(60.0, 200.0);
    let slider = ui.add(Slider::new("Strength", &mut level, 0.0..=1.0).width(room));
    cx.begin_gesture(&slider);
    let sentence =
        "Standard deviation of the Gaussian noise, or the share of the values that is masked or set to 0 or 1.";
    if help(slider, "Strength", sentence, None).changed() {
        cx.send(Action::SetStage(Some(Staging { level: f64::from(level), ..staging })));
    }
    ui.label(RichText::new(number::fixed(staging.level, 2)).color(cx.theme.text));
    let anew = ui.add(IconButton::new(icons::DICE_FIVE, "Draw anew").framed());
    if help(anew, "Draw anew", "Corrupts the same sample by another draw of the noise.", None).clicked() {
        cx.send(Action::SetStage(Some(Staging { draw: staging.draw.wrapping_add(1), ..staging })));
    }
    let another = ui.add(Button::new("Another"));
    let sentence = "Picks the next training sample. A sample that is picked on the plane comes here too.";
    if help(another, "Another sample", sentence, None).clicked() {
        let n = cx.session.data().map_or(1, |data| data.train.n_samples().max(1)) as u32;
        let next = cx.session.staged_sample().map(|sample| (sample + 1) % n);
        cx.send(Action::Pick(next));
    }
    ui.with_layout(Flow::right_to_left(Align::Center), |ui| {
        let close = ui.add(IconButton::new(icons::X, "Leave the stage"));
        if help(close, "Leave the stage", "Shows the planes again. Esc.", None).clicked() {
            cx.send(Action::SetStage(None));
        }
    });
}

/// Clean and corrupted once, then what each model on screen makes of it.
fn tiles(cx: &Cx<'_>) -> Vec<Tile> {
    let slots: Vec<SlotId> = cx.session.visible().map(|slot| slot.id).collect();
    let answered: Vec<_> = slots.iter().filter_map(|&slot| Some((slot, cx.session.staged(slot)?.1))).collect();
    let Some((first, rows)) = answered.first() else { return Vec::new() };
    let clean = Tile { name: "Clean".into(), error: None, part: 0, slot: *first };
    let corrupted = Tile { name: "Corrupted".into(), error: Some(rows.squared_errors[0]), part: 1, slot: *first };
    let mended = answered.iter().map(|(slot, rows)| Tile {
        name: format!("By {}", cx.session.name_of(*slot).whole()),
        error: Some(rows.squared_errors[1]),
        part: 2,
        slot: *slot,
    });
    [clean, corrupted].into_iter().chain(mended).collect()
}

/// Places of so many pictures with their captions, as large as the room allows.
fn places(room: Rect, n: usize) -> Vec<Rect> {
    let side = |columns: usize| {
        let rows = n.div_ceil(columns);
        let width = (room.width() - GAP * (columns - 1) as f32) / columns as f32;
        let height = (room.height() - GAP * (rows - 1) as f32) / rows as f32 - CAPTION;
        width.min(height)
    };
    let columns = (1..=n).max_by(|a, b| side(*a).total_cmp(&side(*b))).unwrap_or(1);
    let (side, rows) = (side(columns).max(24.0).floor(), n.div_ceil(columns));
    let size = vec2(side, side + CAPTION);
    let whole = vec2(columns as f32 * (side + GAP) - GAP, rows as f32 * (size.y + GAP) - GAP);
    let min = Rect::from_center_size(room.center(), whole).min;
    let place = |i: usize| {
        let at = vec2((i % columns) as f32 * (side + GAP), (i / columns) as f32 * (size.y + GAP));
        Rect::from_min_size(min + at, size)
    };
    (0..n).map(place).collect()
}

fn picture(ui: &Ui, place: Rect, tile: &Tile, is_best: bool, cx: &mut Cx<'_>) {
    let Some((stamp, found)) = cx.session.staged(tile.slot) else { return };
    let key = format!("staged {}", tile.slot.0);
    let tiles = Tiles::new(ui, (&key, stamp), &found.shown, [1, 3], cx);
    let frame = Rect::from_min_size(place.min, vec2(place.width(), place.width()));
    ui.painter().rect_filled(frame, theme::TILE_RADIUS, cx.theme.field);
    tiles.paint(ui, tile.part, frame);
    let line =
        Stroke::new(if is_best { 2.0 } else { 1.0 }, if is_best { cx.theme.accent } else { cx.theme.pressed });
    ui.painter().rect_stroke(frame, theme::TILE_RADIUS, line, StrokeKind::Outside);
    let painter = ui.painter().with_clip_rect(place.intersect(ui.clip_rect()));
    let at = pos2(place.left(), frame.bottom() + 6.0);
    painter.text(at, Align2::LEFT_TOP, &tile.name, theme::semibold(15.0), cx.theme.text);
    let [sign, _] = cx.session.error_words();
    let error = tile.error.map(|error| format!("{sign} {}", number::fixed(error, 1))).unwrap_or_default();
    let colour = if is_best { cx.theme.accent } else { cx.theme.weak };
    painter.text(at + vec2(0.0, 20.0), Align2::LEFT_TOP, &error, theme::body(), colour);
    let response = ui.interact(place, ui.scope_id().with((tile.part, tile.slot.0)), Sense::hover());
    let said = if error.is_empty() { tile.name.clone() } else { format!("{}, {error}", tile.name) };
    let said = tiles.named(&said, tile.part);
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &said));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_as_large_as_the_room_allows_and_lie_in_it() {
        let room = Rect::from_min_size(pos2(10.0, 20.0), vec2(736.0, 640.0));
        for n in 1..=11 {
            let places = places(room, n);
            assert_eq!(places.len(), n);
            assert!(places.iter().all(|place| room.expand(0.5).contains_rect(*place)), "{n}");
        }
        assert!(places(room, 3)[0].width() >= 260.0, "two above, one below");
        assert!(places(room, 4)[0].width() >= 260.0, "two by two: {}", places(room, 4)[0].width());
    }
}
