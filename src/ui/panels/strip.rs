//! A path's pictures in a row, by one model: each with its place on the path, and between them how far the
//! picture moves; sentences as a list.

use super::lines::List;
use crate::picture::Pixels;
use crate::session::{Action, SlotId};
use crate::ui::context::Cx;
use crate::ui::samples::{ALONG, Tiles};
use crate::ui::theme;
use crate::ui::widgets::help;
use crate::worker::ViewId;
use eframe::egui::{
    Align2, Key, Modifiers, Pos2, Rect, Role, ScrollArea, Sense, Ui, UiBuilder, Vec2, WidgetInfo, pos2, vec2,
};
use std::collections::BTreeMap;

/// Least side of a tile; above it the side changes by steps.
pub const LEAST: f32 = 40.0;
const TILE_STEP: f32 = 4.0;
/// Room that a tile's frame takes.
pub const FRAME: f32 = 3.0;
/// Greatest height of a bar.
const BAR: f32 = 14.0;

/// Room for the numbers below the tiles of a strip that is alone.
const CAPTION: f32 = 20.0;

/// Height of a strip that is alone, with tiles of this side.
pub fn height(side: f32) -> f32 {
    FRAME + side + CAPTION
}

/// The strips, with what was worked out of their pictures.
#[derive(Default)]
pub struct Strips {
    /// How far each model's picture moves in each step, and the stamp of the picture that these are of.
    changes: BTreeMap<SlotId, (u64, Vec<f32>)>,
    /// The step of each that was looked at last, and how far it is scrolled.
    followed: BTreeMap<SlotId, (Option<usize>, f32)>,
}

impl Strips {
    /// Forgets the strips of all other models.
    pub fn retain(&mut self, slots: &[SlotId]) {
        self.changes.retain(|slot, _| slots.contains(slot));
        self.followed.retain(|slot, _| slots.contains(slot));
    }

    /// A model's pictures with their places on the path, and between them how far the picture moves; as large
    /// as fits across and up, and at most of this side.
    pub fn show(&mut self, ui: &mut Ui, rect: Rect, slot: SlotId, (steps, most): (usize, f32), cx: &mut Cx<'_>) {
        let Some(picture) = cx.session.picture_of(slot, ViewId::Path) else { return };
        let (stamp, n_pictures) = (picture.stamp, picture.columns);
        let Some(mut tiles) = Tiles::of_view(ui, slot, ViewId::Path, cx) else { return };
        if tiles.sentence(0).is_some() {
            tiles.hold_along(ui, cx);
            let followed = self.followed.entry(slot).or_default();
            return List { slot, steps, n: n_pictures, tiles }.show(ui, rect, followed, cx);
        }
        if self.changes.get(&slot).is_none_or(|(of, _)| *of != stamp) {
            self.changes.insert(slot, (stamp, changes(picture.tiles(), n_pictures)));
        }
        let is_alone = !cx.session.is_compared();
        let below = if is_alone { CAPTION } else { BAR };
        let (side, gap) = tile_side(rect.width(), steps, most.min(rect.height() - FRAME - below));
        let current = cx.session.path_t().zip(cx.session.path_of(slot)).map(|(t, path)| path.step_at(t));
        // Frames lie around the tiles, and the scrolled area cuts what lies outside it.
        let builder = UiBuilder::new().max_rect(rect.expand2(vec2(FRAME, 0.0)));
        let scroll = ScrollArea::horizontal().id_salt("path strip");
        let width = steps as f32 * (side + gap) - gap;
        let (before, offset) = self.followed.get(&slot).copied().unwrap_or_default();
        let hidden = current.filter(|_| current != before).and_then(|step| {
            let left = step as f32 * (side + gap) + FRAME;
            let is_seen = left >= offset && left + side <= offset + rect.width();
            (!is_seen).then_some(left - (rect.width() - side) / 2.0)
        });
        // Play and keys take the strip along.
        let scroll = match hidden {
            Some(left) => scroll.horizontal_scroll_offset(left.clamp(0.0, (width - rect.width()).max(0.0))),
            None => scroll,
        };
        let mut area = ui.new_child(builder);
        // There is but one way to scroll, so the wheel need not be held sideways.
        area.style_mut().always_scroll_the_only_direction = true;
        let shown = scroll.show(&mut area, |ui| {
            let n_along = ((rect.height() - side - FRAME - below) / ALONG).max(0.0) as usize;
            let along = if is_alone { n_along as f32 * ALONG } else { 0.0 };
            let size = vec2(width + 2.0 * FRAME, side + FRAME + below + along);
            // In the middle, where they are fewer than there is room for.
            let beside = if is_alone { ((rect.width() - width) / 2.0).floor().max(0.0) } else { 0.0 };
            let room = size + vec2(beside, 0.0);
            let (mut strip, _) = ui.allocate_exact_size(room, Sense::hover());
            strip.min.x += beside;
            for step in 0..steps {
                let place = Rect::from_min_size(
                    strip.min + vec2(FRAME + step as f32 * (side + gap), FRAME),
                    vec2(side, side),
                );
                let t = step as f32 / (steps - 1) as f32;
                let is_current = current == Some(step);
                // While others are being decoded the pictures may still be those of fewer steps.
                let shown = step.min(n_pictures.saturating_sub(1));
                let name = tiles.named(&step_name(step, steps, slot, cx), shown);
                let response = ui.put(place, tiles.tile(&name, shown, vec2(side, side)).chosen(is_current));
                look(ui, &response, slot, t, cx);
                if response.clicked() {
                    // So that the arrow keys go on from here.
                    response.request_focus();
                    cx.window.playing = None;
                    cx.send(Action::LookAt(Some(t)));
                }
                arrow_walk(ui, &response, (step, steps), [Key::ArrowLeft, Key::ArrowRight], cx);
                if is_alone {
                    caption(ui, place, step, steps, is_current, cx);
                }
                if step + 1 < steps {
                    // Below the tiles, and where they have captions, beside these.
                    let bottom = place.bottom() + if is_alone { 19.0 } else { BAR + 1.0 };
                    self.bar(ui, slot, pos2(place.right() + gap / 2.0, bottom), (step, gap), cx);
                }
            }
            if along > 0.0 {
                let corner = strip.min + vec2(FRAME, FRAME + side + below);
                self::along(ui, Rect::from_min_size(corner, vec2(width, along)), side / 2.0, &tiles);
            }
        });
        self.followed.insert(slot, (current, shown.state.unclamped_offset().x));
    }

    /// How far a model's picture moves in a step, on the scale of its own greatest move.
    fn bar(&self, ui: &Ui, slot: SlotId, foot: Pos2, (step, gap): (usize, f32), cx: &Cx<'_>) {
        let Some((_, changes)) = self.changes.get(&slot) else { return };
        let most = changes.iter().copied().fold(1e-6, f32::max);
        let height = (changes.get(step).copied().unwrap_or(0.0) / most * BAR).max(1.0);
        // Narrow between captions that stand close.
        let half = if gap < 8.0 { 2.0 } else { 5.0 };
        let bar = Rect::from_min_max(foot - vec2(half, height), foot + vec2(half, 0.0));
        ui.painter().rect_filled(bar, half.min(2.0), cx.theme.curve);
    }
}

/// How what is decoded changes along the path, where its kind can say it.
fn along(ui: &Ui, place: Rect, inset: f32, tiles: &Tiles<'_>) {
    let Some(words) = tiles.along(ui, place, inset) else { return };
    let response = ui.interact(place, ui.scope_id().with("along"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, format!("Along the path: {words}")));
    let sentence = "Each band swells where its word is probable: the most probable anywhere on the path, in the order in which \
                    they come.";
    help(response, "Words along the path", sentence, None);
}

/// A name of a step for those who do not see it, with its model's where there are several.
pub fn step_name(step: usize, steps: usize, slot: SlotId, cx: &Cx<'_>) -> String {
    let is_alone = !cx.session.is_compared();
    let of = if is_alone { String::new() } else { format!(" by {}", cx.session.name_of(slot).whole()) };
    format!("Step {} of {steps}{of}", step + 1)
}

/// The picture under the pointer is looked at, until something else is while the pointer rests.
pub fn look(ui: &Ui, response: &eframe::egui::Response, slot: SlotId, t: f32, cx: &mut Cx<'_>) {
    if !response.hovered() || cx.window.playing.is_some() {
        return;
    }
    let Some(z) = cx.session.path_of(slot).map(|path| path.at(t)) else { return };
    let has_moved = ui.input(|i| i.pointer.delta() != Vec2::ZERO);
    if has_moved || cx.session.hover_of(slot) == Some(&z[..]) {
        cx.look(slot, z);
    }
}

/// Two arrows on a focused picture go along the path, the first back.
pub fn arrow_walk(
    ui: &Ui,
    response: &eframe::egui::Response,
    (step, steps): (usize, usize),
    [back, on]: [Key; 2],
    cx: &mut Cx<'_>,
) {
    if !response.has_focus() {
        return;
    }
    let is_down = on == Key::ArrowDown;
    let arrows =
        eframe::egui::EventFilter { horizontal_arrows: !is_down, vertical_arrows: is_down, ..Default::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
    let pressed = |key| ui.input_mut(|i| i.consume_key(Modifiers::NONE, key));
    let at = cx.session.path_t().unwrap_or(step as f32 / (steps - 1) as f32);
    let by = 1.0 / (steps - 1) as f32;
    let to = match (pressed(back), pressed(on)) {
        (true, false) => at - by,
        (false, true) => at + by,
        _ => return,
    };
    cx.window.playing = None;
    cx.send(Action::LookAt(Some(to)));
}

fn caption(ui: &Ui, place: Rect, step: usize, steps: usize, is_current: bool, cx: &Cx<'_>) {
    // Every picture has its number where there is room for it.
    let every = (34.0 / place.width()).ceil() as usize;
    let is_end = step == 0 || step + 1 == steps;
    if !is_end && !step.is_multiple_of(every) {
        return;
    }
    let text = match step {
        0 => "A".to_string(),
        _ if is_end => "B".to_string(),
        _ => format!("{:.2}", step as f32 / (steps - 1) as f32).trim_start_matches('0').to_string(),
    };
    let font = if is_end || is_current { theme::semibold(11.0) } else { theme::small() };
    let colour = match (is_end, is_current) {
        (true, _) => cx.theme.text,
        (_, true) => cx.theme.accent,
        _ => cx.theme.weak,
    };
    ui.painter().text(pos2(place.center().x, place.bottom() + 12.0), Align2::CENTER_CENTER, text, font, colour);
}

/// Side of a tile and the gap between two, for `n` in `width`; no tile is larger than `most`.
fn tile_side(width: f32, n: usize, most: f32) -> (f32, f32) {
    let fitted = |gap: f32| ((width - gap * (n - 1) as f32) / n as f32 / TILE_STEP).floor() * TILE_STEP;
    let most = ((most / TILE_STEP).floor() * TILE_STEP).max(LEAST);
    let wide = fitted(8.0);
    if wide >= LEAST {
        let side = wide.min(most);
        // What is left goes between the tiles, up to what looks like one strip.
        (side, gap(width, side, n))
    } else {
        (fitted(4.0).clamp(LEAST, most), 4.0)
    }
}

/// What is left between `n` tiles in `width`, within what looks like one strip.
fn gap(width: f32, side: f32, n: usize) -> f32 {
    ((width - side * n as f32) / (n.max(2) - 1) as f32).clamp(8.0, 14.0).floor()
}

/// ‖x̂(k+1) − x̂(k)‖ of neighbouring pictures, from their pixels; all are opaque.
fn changes(pixels: &Pixels, n: usize) -> Vec<f32> {
    let tile = 4 * (pixels.width / n.max(1));
    let mut squares = vec![0u64; n.saturating_sub(1)];
    for row in pixels.rgba.chunks_exact((4 * pixels.width).max(1)) {
        for (step, sum) in squares.iter_mut().enumerate() {
            let (a, b) = row[step * tile..(step + 2) * tile].split_at(tile);
            let square = |(a, b): (&u8, &u8)| (i32::from(*a) - i32::from(*b)).pow(2);
            *sum += u64::from(a.iter().zip(b).map(square).sum::<i32>().unsigned_abs());
        }
    }
    squares.into_iter().map(|sum| (sum as f32).sqrt()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_shrink_by_steps_and_then_the_strip_scrolls() {
        for n in 2..=33 {
            let (side, gap) = tile_side(720.0, n, 72.0);
            assert!((LEAST..=72.0).contains(&side) && side % TILE_STEP == 0.0 && gap >= 4.0, "{n}: {side}, {gap}");
            let width = n as f32 * (side + gap) - gap;
            assert!(width <= 720.0 || side == LEAST, "{n}: {width}");
        }
        assert_eq!(tile_side(720.0, 9, 72.0), (72.0, 9.0));
        assert_eq!(tile_side(720.0, 4, 72.0).0, 72.0);
        assert_eq!(tile_side(565.0, 9, 56.0).0, 52.0, "beside a name there is less room");
    }

    #[test]
    fn bars_measure_the_change_of_the_picture() {
        let levels = [0u8, 0, 30, 30, 30, 70];
        let rgba = levels.iter().flat_map(|&level| [level, level, level, 255]).collect();
        let pixels = Pixels { width: 6, height: 1, rgba };
        let [first, second] = changes(&pixels, 3)[..] else { panic!("two changes") };
        // Three channels, two pixels: √(3·2·30²), and one pixel: √(3·40²).
        assert!((first - (5400.0f32).sqrt()).abs() < 1e-3 && (second - (4800.0f32).sqrt()).abs() < 1e-3);
    }
}
