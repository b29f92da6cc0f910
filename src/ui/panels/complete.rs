//! The rest of a picture, drawn by the model: how many rows are given, which ending, which sample. The sheet
//! itself has the place of the plane.

use super::{Panel, Place};
use crate::model::Capabilities;
use crate::session::{Action, Completion};
use crate::ui::context::Cx;
use crate::ui::layout::Layout;
use crate::ui::theme;
use crate::ui::widgets::{Button, fold, help, number, part};
use eframe::egui::{RichText, Ui};

/// Rows that buttons give.
const ROWS: [usize; 3] = [0, 5, 10];

/// The panel.
pub struct CompletePanel;

impl Panel for CompletePanel {
    fn id(&self) -> &'static str {
        "complete"
    }

    fn title(&self) -> &'static str {
        "Complete"
    }

    fn folds(&self) -> bool {
        true
    }

    fn place(&self) -> Place {
        Place::Decode
    }

    fn is_available(&self, capabilities: &Capabilities) -> bool {
        capabilities.completes
    }

    fn ui(&mut self, ui: &mut Ui, _layout: &Layout, cx: &mut Cx<'_>) {
        let note = cx.session.sheet().map(|(_, sheet)| {
            let nats = sheet.ending.nats.iter().sum::<f64>();
            format!("{} nats", number::fixed(nats, 1))
        });
        let mut is_open = cx.session.spec().completion.is_some();
        let head = fold(ui, self.title(), note.as_deref().unwrap_or_default(), &mut is_open);
        let sentence = "What is above the edge is given, the rest is drawn pixel by pixel, each with its probability given those before it. At right −ln p of the whole sample, exactly.";
        if help(head, self.title(), sentence, Some("ln p(x) = Σ ln p(xᵢ | x before i)")).changed() {
            cx.send(Action::Complete(is_open.then(Completion::default)));
        }
        let Some(completion) = cx.session.completion() else { return };
        part(ui, "complete buttons", |ui| buttons(ui, completion, cx));
        samples(ui, cx);
    }
}

/// Rows that are given, and another ending.
fn buttons(ui: &mut Ui, (completion, n_rows): (Completion, usize), cx: &mut Cx<'_>) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        for rows in ROWS.into_iter().filter(|&rows| rows <= n_rows) {
            let (text, name) = (format!("{rows}"), format!("{rows} rows given"));
            let button = Button::new(&text).name(&name).primary(false);
            let sentence = "Gives so many rows of the sample and draws the rest.";
            if help(ui.add(button), &name, sentence, None).clicked() {
                cx.send(Action::Complete(Some(Completion { rows, ..completion })));
            }
        }
        let again = ui.add(Button::new("Again").name("Another ending"));
        let sentence = "Draws another ending to the same rows.";
        if help(again, "Again", sentence, None).clicked() {
            cx.send(Action::Complete(Some(completion.again())));
        }
    });
}

/// The way to other samples: a model without codes has none on a plane to be picked.
fn samples(ui: &mut Ui, cx: &mut Cx<'_>) {
    let n = cx.session.data().map_or(0, |data| data.train.n_samples() as u32);
    let sample = cx.session.completed_sample();
    ui.horizontal(|ui| {
        let text = format!("sample {}", number::count(u64::from(sample)));
        ui.label(RichText::new(text).font(theme::small()).color(cx.theme.faint));
        let before = Button::new("Before").name("Sample before").quiet(true);
        if ui.add_enabled(sample > 0, before).clicked() {
            cx.send(Action::Pick(Some(sample - 1)));
        }
        let next = Button::new("Next").name("Next sample").quiet(true);
        if ui.add_enabled(sample + 1 < n, next).clicked() {
            cx.send(Action::Pick(Some(sample + 1)));
        }
    });
}
