//! The tray of a path: its pictures in a row, how it runs, and its animation.

use crate::latent::path::Walk;
use crate::picture::Pixels;
use crate::session::{Action, PathSettings, PictureOf, Recipe, Tool};
use crate::ui::commands::PLAY;
use crate::ui::context::Cx;
use crate::ui::files::Purpose;
use crate::ui::layout::Layout;
use crate::ui::textures::color_image;
use crate::ui::widgets::{Button, IconButton, Segmented, Stepper, TextField, Tile, help};
use crate::ui::{icons, theme};
use crate::worker::ViewId;
use eframe::egui::{
    Align, Align2, Key, Layout as Flow, Modifiers, Popup, PopupCloseBehavior, Rect, RichText, ScrollArea, Ui,
    UiBuilder, pos2, vec2,
};

/// Margin at the left and right of a tray.
pub const MARGIN: f32 = 24.0;
/// Height of a tray's head.
pub const HEAD: f32 = 44.0;
/// Largest and smallest side of a tile; between them it changes by steps.
const TILE: std::ops::RangeInclusive<f32> = 40.0..=72.0;
const TILE_STEP: f32 = 4.0;
/// Room that a tile's frame takes.
pub const FRAME: f32 = 3.0;
/// Greatest height of a bar.
const BAR: f32 = 14.0;

/// The tray, with what it worked out of the pictures.
#[derive(Default)]
pub struct PathTray {
    /// Stamp of the picture that the changes are of.
    stamp: Option<u64>,
    /// How far the picture moves in each step.
    changes: Vec<f32>,
    typed: [String; 2],
}

impl PathTray {
    /// Draws the tray.
    pub fn show(&mut self, ui: &mut Ui, layout: &Layout, cx: &mut Cx<'_>) {
        play(ui, cx);
        let rect = layout.tray;
        let inner = rect.shrink2(vec2(MARGIN, 0.0));
        let head = Rect::from_min_size(inner.min, vec2(inner.width(), HEAD));
        let mut row = ui.new_child(UiBuilder::new().max_rect(head).layout(Flow::left_to_right(Align::Center)));
        row.spacing_mut().item_spacing.x = 6.0;
        self.head(&mut row, cx);
        let strip = Rect::from_min_max(pos2(inner.left(), head.bottom()), inner.max);
        let Some(path) = cx.session.path() else {
            let (at, colour) = (strip.center() - vec2(0.0, 12.0), cx.theme.weak);
            ui.painter().text(at, Align2::CENTER_CENTER, "Set A and B on the plane.", theme::body(), colour);
            return self.foot(ui, inner, cx);
        };
        self.strip(ui, strip, path.steps, cx);
        self.foot(ui, inner, cx);
    }

    fn head(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let is_wide = ui.available_width() > 640.0;
        let is_narrow = ui.available_width() < 520.0;
        ui.label(RichText::new("Path").font(theme::semibold(13.0)));
        if !is_narrow {
            presets(ui, cx);
        }
        let mut chosen = usize::from(cx.session.spec().path.walk == Walk::Spherical);
        let (words, width) = if is_narrow { (["Line", "Arc"], 104.0) } else { (["Linear", "Spherical"], 152.0) };
        let switch = ui.add(Segmented::new("Course", &words, &mut chosen).width(width));
        let (sentence, formula) = (
            "Keeps the length of z between those of the ends.",
            "slerp(a, b; t) = (sin((1−t)ω) a + sin(tω) b) / sin ω",
        );
        if help(switch, "Spherical", sentence, Some(formula)).changed() {
            cx.send(Action::SetWalk(if chosen == 0 { Walk::Linear } else { Walk::Spherical }));
        }
        if is_wide {
            ui.add_space(4.0);
            ui.label(RichText::new("Steps").color(cx.theme.weak));
        }
        let mut steps = cx.session.spec().path.steps;
        let stepper = ui.add(Stepper::new("Steps", &mut steps, PathSettings::STEPS));
        if help(stepper, "Steps", "Pictures along the path. Keys + and −.", None).changed() {
            cx.send(Action::SetPathSteps(steps));
        }
        ui.with_layout(Flow::right_to_left(Align::Center), |ui| buttons(ui, cx));
    }

    /// The pictures with their places on the path, and between them how far the picture moves.
    fn strip(&mut self, ui: &mut Ui, rect: Rect, steps: usize, cx: &mut Cx<'_>) {
        let Some(picture) = cx.session.picture(ViewId::Path) else { return };
        let (stamp, n_pictures) = (picture.stamp, picture.columns);
        let aspect = picture.tiles().width as f32 / n_pictures as f32 / picture.tiles().height.max(1) as f32;
        if self.stamp != Some(stamp) {
            self.stamp = Some(stamp);
            self.changes = changes(picture.tiles(), n_pictures);
        }
        let texture = cx.textures.get(ui.ctx(), "path", stamp, || color_image(picture.tiles()));
        let (side, gap) = tile_side(rect.width(), steps);
        let current = cx.session.path_t().zip(cx.session.path()).map(|(t, path)| path.step_at(t));
        // Frames lie around the tiles, and the scrolled area cuts what lies outside it.
        let builder = UiBuilder::new().max_rect(rect.expand2(vec2(FRAME, 0.0)));
        let scroll = ScrollArea::horizontal().id_salt("path strip");
        scroll.show(&mut ui.new_child(builder), |ui| {
            let width = steps as f32 * (side + gap) - gap;
            let size = vec2(width + 2.0 * FRAME, side + FRAME + 20.0);
            let (strip, _) = ui.allocate_exact_size(size, eframe::egui::Sense::hover());
            for step in 0..steps {
                let place = Rect::from_min_size(
                    strip.min + vec2(FRAME + step as f32 * (side + gap), FRAME),
                    vec2(side, side),
                );
                let low = step.min(n_pictures.saturating_sub(1)) as f32 / n_pictures.max(1) as f32;
                let uv = Rect::from_min_max(pos2(low, 0.0), pos2(low + 1.0 / n_pictures.max(1) as f32, 1.0));
                let t = step as f32 / (steps - 1) as f32;
                let is_current = current == Some(step);
                let name = format!("Step {} of {steps}", step + 1);
                let tile = Tile::new(&name, texture.id(), uv, vec2(side, side)).chosen(is_current).aspect(aspect);
                let response = ui.put(place, tile);
                if response.clicked() {
                    // So that the arrow keys go on from here.
                    response.request_focus();
                    cx.window.playing = None;
                    cx.send(Action::LookAt(Some(t)));
                }
                arrow_walk(ui, &response, step, steps, cx);
                caption(ui, place, step, steps, is_current, cx);
                if step + 1 < steps && gap >= 8.0 {
                    self.bar(ui, place, gap, step, cx);
                }
            }
        });
    }

    fn bar(&self, ui: &Ui, place: Rect, gap: f32, step: usize, cx: &Cx<'_>) {
        let most = self.changes.iter().copied().fold(1e-6, f32::max);
        let height = (self.changes.get(step).copied().unwrap_or(0.0) / most * BAR).max(1.0);
        let bottom = place.bottom() + 19.0;
        let centre = place.right() + gap / 2.0;
        let bar = Rect::from_min_max(pos2(centre - 5.0, bottom - height), pos2(centre + 5.0, bottom));
        ui.painter().rect_filled(bar, 2, cx.theme.track_filled);
    }

    /// What the bars mean, and the samples that the ends stand on, to type.
    fn foot(&mut self, ui: &mut Ui, inner: Rect, cx: &mut Cx<'_>) {
        let foot = Rect::from_min_max(
            pos2(inner.left(), inner.bottom() - 30.0),
            pos2(inner.right(), inner.bottom() - 4.0),
        );
        let mut row = ui.new_child(UiBuilder::new().max_rect(foot).layout(Flow::right_to_left(Align::Center)));
        row.spacing_mut().item_spacing.x = 6.0;
        for (end, letter) in [(1, "B"), (0, "A")] {
            let sample = cx.session.spec().path.ends[end].as_ref().and_then(|end| end.sample);
            self.typed[end] = sample.map_or_else(String::new, |sample| sample.to_string());
            let name = format!("Sample at {letter}");
            let is_index = |text: &str| text.trim().parse::<u32>().is_ok();
            let field =
                TextField::new(&name, &mut self.typed[end]).hint("sample").check(&is_index).width(64.0).right();
            let response = row.add(field);
            let sentence = "The training sample that this end stands on: type its number.";
            if help(response, &name, sentence, None).changed()
                && let Ok(sample) = self.typed[end].trim().parse()
            {
                cx.send(Action::SetEndAtSample(end, sample));
            }
            row.label(RichText::new(letter).color(cx.theme.weak));
            row.add_space(6.0);
        }
        if foot.width() > 520.0 {
            let words = "Bars: how far the picture moves in each step";
            let at = pos2(foot.left(), foot.center().y);
            let drawn = ui.painter().text(at, Align2::LEFT_CENTER, words, theme::small(), cx.theme.faint);
            let response = ui.interact(drawn, ui.scope_id().with("bars"), eframe::egui::Sense::hover());
            let sentence = "The change between neighbouring pictures. Even bars: an even path.";
            help(response, "Bars", sentence, Some("‖x̂(k+1) − x̂(k)‖"));
        }
    }
}

/// A list of pairs worth walking between, under the name of the present one.
fn presets(ui: &mut Ui, cx: &mut Cx<'_>) {
    let presets = cx.session.presets();
    if presets.is_empty() {
        return;
    }
    let title = class_pair(cx).unwrap_or_else(|| "Examples".into());
    let button = ui.add(Button::new(&title).quiet(true).caret(true).name("Path examples"));
    let button = help(button, "Examples", "Pairs of codes worth walking between.", None);
    Popup::menu(&button).close_behavior(PopupCloseBehavior::CloseOnClick).show(|ui| {
        ui.vertical(|ui| {
            for (name, preset) in &presets {
                if ui.add(Button::new(name).quiet(true)).clicked() {
                    // The pair may lie where the tray has taken the plane's room.
                    cx.window.fit_requested = true;
                    cx.send(Action::Preset(preset.clone()));
                }
            }
        });
    });
}

/// The classes of both ends, where they stand on labelled samples.
fn class_pair(cx: &Cx<'_>) -> Option<String> {
    let labels = cx.session.data()?.train.labels()?;
    let class = |end: usize| {
        let sample = cx.session.spec().path.ends[end].as_ref()?.sample? as usize;
        labels.names.get(usize::from(*labels.of.get(sample)?))
    };
    Some(format!("{} → {}", class(0)?, class(1)?))
}

fn buttons(ui: &mut Ui, cx: &mut Cx<'_>) {
    let close = ui.add(IconButton::new(icons::X, "Close the path"));
    if help(close, "Close", "Back to Explore; the path stays. Key Esc.", None).clicked() {
        cx.send(Action::SetTool(Tool::Explore));
    }
    let is_whole = cx.session.spec().path.ends.iter().all(Option::is_some);
    let (word, icon) = if cx.window.playing.is_some() { ("Pause", icons::PAUSE) } else { ("Play", icons::PLAY) };
    let name = if cx.window.playing.is_some() { "Pause the path" } else { "Play" };
    let play = ui.add_enabled(is_whole, Button::new(word).name(name).icon(icon).primary(is_whole));
    if help(play, word, "Walks the path there and back. Key Space.", None).clicked() {
        PLAY.run(ui, cx);
    }
    if ui.available_width() > 34.0 {
        let save = ui.add_enabled(is_whole, IconButton::new(icons::EXPORT, "Export the path"));
        if help(save, "Export…", "The strip as PNG, or the walk as GIF. Ctrl E.", None).clicked() {
            cx.window.files.open(Purpose::Export, cx.session);
        }
    }
    if ui.available_width() > 40.0 {
        let swap = ui.add_enabled(is_whole, IconButton::new(icons::SWAP, "Swap A and B"));
        if help(swap, "Swap A and B", "Turns the path round.", None).clicked() {
            cx.send(Action::SwapPath);
        }
    }
    if ui.available_width() > 40.0
        && let Some(recipe) = recipe(cx)
    {
        let copy = ui.add(IconButton::new(icons::COPY, "Copy the path's command"));
        let sentence = "Copies the command that writes this path to a file.";
        if help(copy, "Copy as command", sentence, None).clicked() {
            cx.copy(ui.ctx(), "the command", recipe.command_line("path.png"));
        }
    }
}

/// What the strip is made from; none without a path, or where the weights are in no file.
fn recipe(cx: &Cx<'_>) -> Option<Recipe> {
    Some(Recipe {
        model: cx.session.model_file()?,
        label: cx.session.label_name(),
        of: PictureOf::Path(cx.session.path()?),
    })
}

/// While it is played, looks at where the path is now.
fn play(ui: &Ui, cx: &mut Cx<'_>) {
    let Some(playing) = cx.window.playing else { return };
    if cx.session.spec().path.ends.iter().any(Option::is_none) {
        cx.window.playing = None;
        return;
    }
    cx.send(Action::LookAt(Some(playing.t_at(ui.input(|i| i.time)))));
    ui.ctx().request_repaint();
}

/// Left and right on a focused picture go along the path.
fn arrow_walk(ui: &Ui, response: &eframe::egui::Response, step: usize, steps: usize, cx: &mut Cx<'_>) {
    if !response.has_focus() {
        return;
    }
    let arrows = eframe::egui::EventFilter { horizontal_arrows: true, ..Default::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
    let pressed = |key| ui.input_mut(|i| i.consume_key(Modifiers::NONE, key));
    let at = cx.session.path_t().unwrap_or(step as f32 / (steps - 1) as f32);
    let by = 1.0 / (steps - 1) as f32;
    let to = match (pressed(Key::ArrowLeft), pressed(Key::ArrowRight)) {
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

/// Side of a tile and the gap between two, for `n` in `width`.
fn tile_side(width: f32, n: usize) -> (f32, f32) {
    let fitted = |gap: f32| ((width - gap * (n - 1) as f32) / n as f32 / TILE_STEP).floor() * TILE_STEP;
    let (least, most) = (*TILE.start(), *TILE.end());
    let wide = fitted(8.0);
    if wide >= least {
        let side = wide.min(most);
        // What is left goes between the tiles, up to what looks like one strip.
        let gap = ((width - side * n as f32) / (n.max(2) - 1) as f32).clamp(8.0, 14.0);
        (side, gap.floor())
    } else {
        (fitted(4.0).clamp(least, most), 4.0)
    }
}

/// ‖x̂(k+1) − x̂(k)‖ of neighbouring pictures, from their pixels.
fn changes(pixels: &Pixels, n: usize) -> Vec<f32> {
    let width = pixels.width / n.max(1);
    let level = |step: usize, x: usize, y: usize| {
        let at = 4 * (y * pixels.width + step * width + x);
        [pixels.rgba[at], pixels.rgba[at + 1], pixels.rgba[at + 2]].map(f32::from)
    };
    let change = |step: usize| {
        let places = (0..pixels.height).flat_map(|y| (0..width).map(move |x| (x, y)));
        let squares = places.flat_map(|(x, y)| {
            let (a, b) = (level(step, x, y), level(step + 1, x, y));
            [0, 1, 2].map(|channel| (a[channel] - b[channel]).powi(2))
        });
        squares.sum::<f32>().sqrt()
    };
    (0..n.saturating_sub(1)).map(change).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_shrink_by_steps_and_then_the_strip_scrolls() {
        for n in 2..=33 {
            let (side, gap) = tile_side(720.0, n);
            assert!(TILE.contains(&side) && side % TILE_STEP == 0.0 && gap >= 4.0, "{n}: {side}, {gap}");
            let width = n as f32 * (side + gap) - gap;
            assert!(width <= 720.0 || side == *TILE.start(), "{n}: {width}");
        }
        assert_eq!(tile_side(720.0, 9), (72.0, 9.0));
        assert_eq!(tile_side(720.0, 4).0, 72.0);
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
