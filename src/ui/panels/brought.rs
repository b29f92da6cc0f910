//! A model from elsewhere: what its file does not say, a row a question, answered live.

use crate::session::Action;
use crate::ui::context::Cx;
use crate::ui::theme;
use crate::ui::widgets::{Combo, Item, help, row};
use eframe::egui::{RichText, Ui};

/// Width of a list of answers.
const WIDTH: f32 = 132.0;

/// Draws the questions that are open; nothing where none are.
pub fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    let session = cx.session;
    let Some(brought) = session.open_questions() else { return };
    let words = format!("From {}; what it does not say is assumed:", brought.from);
    let about = [std::slice::from_ref(&brought.what), &brought.notes].concat().join("\n");
    ui.label(RichText::new(words).font(theme::small()).color(cx.theme.faint)).on_hover_text(about);
    // A question with one answer is none.
    for asked in brought.questions.iter().filter(|asked| asked.choices.len() > 1) {
        let items: Vec<Item<'_>> = asked.choices.iter().map(|(_, title)| Item::new(title)).collect();
        let mut chosen = asked.choices.iter().position(|(value, _)| *value == asked.chosen).unwrap_or(0);
        row(ui, asked.title, |ui| {
            // A setting of the same title may stand below.
            let name = format!("{} of {}", asked.title, brought.from);
            let combo = ui.add(Combo::new(&name, &items, &mut chosen).width(WIDTH).in_row());
            if help(combo, asked.title, asked.help, None).changed() {
                cx.send(Action::Answer(asked.name.into(), asked.choices[chosen].0.clone()));
            }
        });
    }
    if session.is_frozen() && !session.has_codes_alone() {
        let words = "Its network is run as it is: it can be looked at, not trained on. Train makes a new model by the settings below.";
        ui.label(RichText::new(words).font(theme::small()).color(cx.theme.faint));
    }
}
