//! The tray of a path: its pictures in a row, how it runs, and its animation.

use super::compare;
use super::strip::{FRAME, Strips, TILE};
use crate::latent::path::Walk;
use crate::session::{Action, Fold, PathEnd, PathSettings, PictureOf, Recipe, SlotId, Tool};
use crate::ui::commands::PLAY;
use crate::ui::context::Cx;
use crate::ui::files::Purpose;
use crate::ui::layout::Layout;
use crate::ui::widgets::{Button, IconButton, Segmented, Stepper, TextField, help, part};
use crate::ui::{icons, theme};
use eframe::egui::{
    Align, Align2, Layout as Flow, Popup, PopupCloseBehavior, Rect, RichText, Ui, UiBuilder, pos2, vec2,
};

/// Margin at the left and right of a tray.
pub const MARGIN: f32 = 24.0;
/// Height of a tray's head.
pub const HEAD: f32 = 44.0;
/// Height of the tray of one model.
const HEIGHT: f32 = 172.0;
/// Side of a tile, height of a strip and width of its name where there are several.
const SIDE: f32 = 56.0;
const STRIP: f32 = 74.0;
const NAME: f32 = 116.0;
/// Height of the heading that the table of scores folds under.
const FOLD: f32 = 32.0;

/// Height of the tray for so many models.
pub const fn height(n_models: usize, shows_scores: bool) -> f32 {
    if n_models < 2 {
        return HEIGHT;
    }
    let scores = if shows_scores { compare::height(n_models) } else { 0.0 };
    HEAD + STRIP * n_models as f32 + FOLD + scores
}

/// The tray.
#[derive(Default)]
pub struct PathTray {
    strips: Strips,
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
        let rest = Rect::from_min_max(pos2(inner.left(), head.bottom()), inner.max);
        if cx.session.is_compared() {
            return self.strips(ui, rest, cx);
        }
        match cx.session.path() {
            Some(path) => self.strips.show(ui, rest, cx.session.spec().active, (path.steps, *TILE.end()), cx),
            None => set_ends(ui, rest, cx),
        }
        self.foot(ui, inner, cx);
    }

    /// One strip a model, its name at the left, and below them the table of scores, folded.
    fn strips(&mut self, ui: &mut Ui, rect: Rect, cx: &mut Cx<'_>) {
        let slots: Vec<SlotId> = cx.session.visible().map(|slot| slot.id).collect();
        self.strips.retain(&slots);
        let all = Rect::from_min_size(rect.min, vec2(rect.width(), STRIP * slots.len() as f32));
        if cx.session.path().is_none() {
            set_ends(ui, all, cx);
        }
        for (i, &slot) in slots.iter().enumerate() {
            let top = rect.top() + STRIP * i as f32;
            let line = Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), STRIP));
            if let Some(path) = cx.session.path_of(slot) {
                strip_name(ui, line, slot, cx);
                let strip = Rect::from_min_max(pos2(line.left() + NAME, line.top()), line.max);
                part(ui, ("strip", slot.0), |ui| self.strips.show(ui, strip, slot, (path.steps, SIDE), cx));
            }
        }
        let fold_place = Rect::from_min_size(all.left_bottom(), vec2(rect.width(), FOLD));
        let mut line = ui.new_child(UiBuilder::new().max_rect(fold_place));
        if cx.fold(&mut line, Fold::Scores, "Scores", "") {
            let table =
                Rect::from_min_max(fold_place.left_bottom() - vec2(MARGIN, 0.0), rect.max + vec2(MARGIN, 0.0));
            compare::show(ui, table, cx);
        }
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
        ui.with_layout(Flow::right_to_left(Align::Center), |ui| {
            buttons(ui, cx);
            if cx.session.is_compared() {
                whose_ends(ui, cx);
            }
        });
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
            let sample = sample_at(end, cx);
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
                cx.send(Action::SetEnd(end, Some(PathEnd::Sample(sample))));
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

/// The sample that an end stands on.
fn sample_at(end: usize, cx: &Cx<'_>) -> Option<u32> {
    match cx.session.spec().path.ends[end] {
        Some(PathEnd::Sample(sample)) => Some(sample),
        _ => None,
    }
}

/// What is to be done before there is a path.
fn set_ends(ui: &Ui, rect: Rect, cx: &Cx<'_>) {
    let (at, colour) = (rect.center() - vec2(0.0, 12.0), cx.theme.weak);
    ui.painter().text(at, Align2::CENTER_CENTER, "Set A and B on a plane.", theme::body(), colour);
}

/// Between what each model walks.
fn whose_ends(ui: &mut Ui, cx: &Cx<'_>) {
    let words = match (sample_at(0, cx), sample_at(1, cx)) {
        (Some(a), Some(b)) => format!("samples {a} and {b}, each model's own codes"),
        _ if cx.session.path().is_none() => return,
        _ => "the same shares of each model's spread".into(),
    };
    let galley = ui.painter().layout_no_wrap(words, theme::small(), cx.theme.weak);
    if ui.available_width() > galley.size().x + 12.0 {
        ui.add_space(6.0);
        ui.label(galley);
    }
}

/// A model's name beside its strip, with what tells it from the others.
fn strip_name(ui: &Ui, line: Rect, slot: SlotId, cx: &Cx<'_>) {
    let name = cx.session.name_of(slot);
    let second = if name.differs.is_empty() { cx.session.stands(slot) } else { name.differs };
    let clip = Rect::from_min_size(line.min, vec2(NAME - 8.0, line.height()));
    let painter = ui.painter().with_clip_rect(clip.intersect(ui.clip_rect()));
    let middle = line.top() + FRAME + SIDE / 2.0;
    for (text, font, colour, y) in [
        (name.kind, theme::semibold(13.0), cx.theme.text, middle - 9.0),
        (second, theme::small(), cx.theme.weak, middle + 9.0),
    ] {
        painter.text(pos2(line.left(), y), Align2::LEFT_CENTER, text, font, colour);
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
        let sample = sample_at(end, cx)? as usize;
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
    if help(play, word, &PLAY.sentence(), None).clicked() {
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
        && let Some(command) = recipe(cx).and_then(|recipe| recipe.command_line("path.png"))
    {
        let copy = ui.add(IconButton::new(icons::COPY, "Copy the path's command"));
        let sentence = "Copies the command that writes this path to a file.";
        if help(copy, "Copy as command", sentence, None).clicked() {
            cx.copy(ui.ctx(), "the command", command);
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
