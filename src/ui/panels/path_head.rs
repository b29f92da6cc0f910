//! The head of a path's tray: what is walked and how, and what is done with it.

use crate::latent::path::Walk;
use crate::session::{Action, PathEnd, PathSettings, PictureOf, Recipe, Tool};
use crate::ui::commands::PLAY;
use crate::ui::context::Cx;
use crate::ui::files::Purpose;
use crate::ui::widgets::{Button, IconButton, Segmented, Stepper, ended, help};
use crate::ui::{icons, theme};
use eframe::egui::{Popup, PopupCloseBehavior, Rect, RichText, Ui};

/// What the left part of the head needs.
const LEFT: f32 = 546.0;
/// Room that the course takes with every word.
const WORDS: f32 = 580.0;

/// What is walked and how, and at the right what is done with it.
pub fn show(ui: &mut Ui, head: Rect, cx: &mut Cx<'_>) {
    let is_narrow = head.width() < 520.0;
    let rest = |ui: &mut Ui, cx: &mut Cx<'_>| {
        let has_words = ui.available_width() >= WORDS;
        course(ui, has_words, cx);
        if cx.session.is_compared() {
            whose_ends(ui, cx);
        }
    };
    ended(ui, "head", (head, 0.0), cx, rest, |ui, cx| buttons(ui, is_narrow, cx));
}

/// Between what it walks, how, and in how many steps.
fn course(ui: &mut Ui, has_words: bool, cx: &mut Cx<'_>) {
    ui.label(RichText::new("Path").font(theme::semibold(13.0)));
    presets(ui, cx);
    walk(ui, cx);
    if has_words {
        ui.add_space(4.0);
        ui.label(RichText::new("Steps").color(cx.theme.weak));
    }
    let mut steps = cx.session.spec().path.steps;
    let stepper = ui.add(Stepper::new("Steps", &mut steps, PathSettings::STEPS));
    if help(stepper, "Steps", "Pictures along the path. Keys + and −.", None).changed() {
        cx.send(Action::SetPathSteps(steps));
    }
}

/// The sample that an end stands on.
fn sample_at(end: usize, cx: &Cx<'_>) -> Option<u32> {
    match cx.session.spec().path.ends[end] {
        Some(PathEnd::Sample(sample)) => Some(sample),
        _ => None,
    }
}

/// How the path runs: a choice of four.
fn walk(ui: &mut Ui, cx: &mut Cx<'_>) {
    let walk = cx.session.spec().path.walk;
    let mut chosen = Walk::ALL.iter().position(|(of, _)| *of == walk).unwrap_or(0);
    let words = Walk::ALL.map(|(_, name)| name);
    let switch = ui.add(Segmented::new("Course", &words, &mut chosen));
    let (sentence, formula) = match walk {
        Walk::Linear => ("Straight from A to B in z.", "(1−t) a + t b"),
        Walk::Spherical => (
            "Keeps the length of z between those of the ends.",
            "slerp(a, b; t) = (sin((1−t)ω) a + sin(tω) b) / sin ω",
        ),
        Walk::Neighbours => (
            "From code to code, each among the ten nearest of the one before: never where no code lies.",
            "shortest Σ ‖z(k+1) − z(k)‖ in the graph",
        ),
        Walk::Geodesic => (
            "Where what is decoded changes least and evenly, from the straight line to the nearest such way.",
            "least Σ ‖x̂(k+1) − x̂(k)‖²",
        ),
    };
    if help(switch, Walk::ALL[chosen].1, sentence, Some(formula)).changed() {
        cx.send(Action::SetWalk(Walk::ALL[chosen].0));
    }
}

/// Between what each model walks.
fn whose_ends(ui: &mut Ui, cx: &Cx<'_>) {
    let words = match (sample_at(0, cx), sample_at(1, cx)) {
        (Some(a), Some(b)) => format!("samples {a} and {b}, each model's own codes"),
        _ if cx.session.path().is_none() => return,
        _ if !cx.session.spec().path.ends.iter().flatten().any(|end| matches!(end, PathEnd::Place { .. })) => {
            "each model's own codes".into()
        }
        _ => "the same shares of each model's spread".into(),
    };
    let galley = ui.painter().layout_no_wrap(words, theme::small(), cx.theme.weak);
    if ui.available_width() > galley.size().x + 12.0 {
        ui.add_space(6.0);
        ui.label(galley);
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
    let train = &cx.session.data()?.train;
    let class = |end: usize| train.class_name_of(sample_at(end, cx)?);
    Some(format!("{} → {}", class(0)?, class(1)?))
}

/// The buttons at the right end, from there on; where it is narrow only those that are used most.
fn buttons(ui: &mut Ui, is_narrow: bool, cx: &mut Cx<'_>) {
    let close = ui.add(IconButton::new(icons::X, "Close the path"));
    if help(close, "Close", "Back to Explore; the path stays. Key Esc.", None).clicked() {
        cx.send(Action::SetTool(Tool::Explore));
    }
    let is_whole = cx.session.spec().path.ends.iter().all(Option::is_some);
    let (word, icon) = if cx.window.playing.is_some() { ("Pause", icons::PAUSE) } else { ("Play", icons::PLAY) };
    let name = if cx.window.playing.is_some() { "Pause the path" } else { "Play" };
    let text = if is_narrow { "" } else { word };
    let play = ui.add_enabled(is_whole, Button::new(text).name(name).icon(icon).primary(is_whole));
    if help(play, word, &PLAY.sentence(), None).clicked() {
        PLAY.run(ui, cx);
    }
    if !is_narrow {
        let save = ui.add_enabled(is_whole, IconButton::new(icons::EXPORT, "Export the path"));
        if help(save, "Export…", "The strip as PNG, or the walk as GIF. Ctrl E.", None).clicked() {
            cx.window.files.open(Purpose::Export, cx.session);
        }
    }
    if ui.available_width() > LEFT {
        let swap = ui.add_enabled(is_whole, IconButton::new(icons::SWAP, "Swap A and B"));
        if help(swap, "Swap A and B", "Turns the path round.", None).clicked() {
            cx.send(Action::SwapPath);
        }
    }
    if ui.available_width() > LEFT
        && let Some(command) = recipe(cx).and_then(|recipe| cx.session.command_of(&recipe, "path.png"))
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
    let of = PictureOf::Path(cx.session.path()?);
    Some(Recipe { model: cx.session.model_file()?, ..cx.session.recipe(of) })
}
