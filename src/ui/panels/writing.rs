//! How sentences are written: which word comes next, and which come first.

use crate::picture::{WordSearch, WritingSettings};
use crate::session::Action;
use crate::ui::context::Cx;
use crate::ui::icons;
use crate::ui::theme;
use crate::ui::widgets::{Button, Segmented, Stepper, TextField, Value, help, part, row};
use crate::worker::ViewId;
use eframe::egui::{Label, RichText, Ui};

/// Most beginnings that beam search keeps in the window, where one waits for what it finds.
const MAX_WIDTH: usize = 20;
/// Temperatures that a drag stops at.
const TEMPERATURES: [f64; 2] = [0.05, 5.0];

/// Draws the settings where the model writes sentences.
pub fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    if !cx.session.capabilities().writes {
        return;
    }
    ui.add_space(4.0);
    part(ui, "writing", |ui| {
        ui.horizontal_wrapped(|ui| {
            search(ui, cx);
            match cx.session.spec().writing.search {
                WordSearch::Greedy => {}
                WordSearch::Drawn => drawn(ui, cx),
                WordSearch::Beam => beam(ui, cx),
            }
        });
        beginning(ui, cx);
    });
}

/// Sends the settings, changed.
fn set(cx: &mut Cx<'_>, change: impl FnOnce(&mut WritingSettings)) {
    let mut writing = cx.session.spec().writing.clone();
    change(&mut writing);
    cx.send(Action::SetWriting(writing));
}

fn search(ui: &mut Ui, cx: &mut Cx<'_>) {
    let words = WordSearch::ALL.map(|(_, word)| word);
    let now = cx.session.spec().writing.search;
    let mut chosen = WordSearch::ALL.iter().position(|(search, _)| *search == now).unwrap_or(0);
    let switch = ui.add(Segmented::new("Next word", &words, &mut chosen));
    let sentence = "How a sentence is written: always the likeliest word; words drawn by their odds; or the likeliest sentence \
                    that several beginnings at a time lead to (beam search).";
    if help(switch, "Next word", sentence, Some("p(word | words before, z)")).changed() {
        set(cx, |writing| writing.search = WordSearch::ALL[chosen].0);
    }
}

fn drawn(ui: &mut Ui, cx: &mut Cx<'_>) {
    let WritingSettings { mut temperature, seed, .. } = cx.session.spec().writing;
    let [low, high] = TEMPERATURES;
    let value = ui.add(Value::new("Temperature", &mut temperature).range(low..=high).width(48.0));
    let sentence = "Below 1 likely words are likelier still, above 1 less so.";
    let value = help(value, "Temperature", sentence, Some("p^(1/T)"));
    cx.begin_gesture(&value);
    if value.changed() {
        set(cx, |writing| writing.temperature = temperature);
    }
    let again = ui.add(Button::new("Again").icon(icons::DICE_FIVE).name("Draw words again"));
    let sentence = format!("Draws by other random numbers, those of seed {}.", seed.wrapping_add(1));
    if help(again, "Draw again", &sentence, None).clicked() {
        set(cx, |writing| writing.seed = seed.wrapping_add(1));
    }
}

fn beam(ui: &mut Ui, cx: &mut Cx<'_>) {
    let mut width = cx.session.spec().writing.width;
    let most = MAX_WIDTH.max(width);
    let stepper = ui.add(Stepper::new("Beam width", &mut width, 1..=most));
    let sentence = "Beginnings that are kept at each word; of 1 it is the likeliest word that follows.";
    if help(stepper, "Beam width", sentence, None).changed() {
        set(cx, |writing| writing.width = width);
    }
}

/// The words that a sentence begins with, and why it does not.
fn beginning(ui: &mut Ui, cx: &mut Cx<'_>) {
    let mut first = cx.session.spec().writing.first.clone();
    row(ui, "Begins with", |ui| {
        let width = (ui.available_width() - 84.0).max(60.0);
        let field = TextField::new("Begins with", &mut first).check(&WritingSettings::is_beginning);
        let field = ui.add(field.hint("any words").width(width));
        let most = WritingSettings::MAX_FIRST;
        let sentence =
            format!("Words that every sentence begins with, {most} at most; what follows is the model's.");
        if help(field, "Begins with", &sentence, None).changed() {
            set(cx, |writing| writing.first = first.trim().to_owned());
        }
    });
    let picture = cx.session.picture(ViewId::Picture);
    if let Some(problem) = picture.and_then(|picture| picture.problem.as_ref()) {
        let text = RichText::new(problem).font(theme::small()).color(cx.theme.bad);
        ui.add(Label::new(text).wrap());
    }
}
