//! Adversaries: the parts of a model that learn by turns, each moved or held still by hand.

use super::{Panel, Place};
use crate::model::{Order, Part};
use crate::session::Action;
use crate::ui::context::Cx;
use crate::ui::layout::Layout;
use crate::ui::theme;
use crate::ui::widgets::{Aside, Button, Checkbox, help, section_head};
use eframe::egui::{Label, RichText, Ui};

/// The panel; there is one where the chosen kind of model has parts.
pub struct AdversariesPanel;

impl Panel for AdversariesPanel {
    fn id(&self) -> &'static str {
        "adversaries"
    }

    fn title(&self) -> &'static str {
        "Adversaries"
    }

    fn place(&self) -> Place {
        Place::Learn
    }

    fn ui(&mut self, ui: &mut Ui, _layout: &Layout, cx: &mut Cx<'_>) {
        let parts = cx.session.slot().model.parts();
        if parts.is_empty() || cx.session.has_codes_alone() {
            return;
        }
        let frozen = parts.iter().filter(|part| cx.session.stands_still(**part)).count();
        let state = if frozen == 0 { "both learn" } else { "one stands still" };
        let state = if frozen == parts.len() { "all stand still" } else { state };
        section_head(ui, self.title(), Aside::Faint(state));
        parts.iter().for_each(|part| part_row(ui, *part, cx));
        let mut slow = cx.session.slow_motion();
        let checkbox = ui.add(Checkbox::new("Slow motion", &mut slow));
        if help(checkbox, "Slow motion", "Four steps a second, each shown on the plane.", None).changed() {
            cx.send(Action::SlowMotion(slow));
        }
        let words = "No encoder: the plane shows places of z and what they decode to, and no samples.";
        ui.add(Label::new(RichText::new(words).font(theme::small()).color(cx.theme.faint)).wrap());
    }
}

/// One step of a part alone, and whether it stands still.
fn part_row(ui: &mut Ui, part: Part, cx: &mut Cx<'_>) {
    let [step, freeze] = [format!("One step of {}", part.letter), format!("Freeze {}", part.letter)];
    ui.horizontal(|ui| {
        let button = ui.add_enabled(cx.session.can_train(), Button::new(&step).quiet(true));
        let sentence =
            format!("The {} alone takes a step on one mini-batch, frozen or not.", part.title.to_lowercase());
        if help(button, &step, &sentence, None).clicked() {
            cx.send(Action::Order(Order::Only(part.name.into())));
        }
        let mut frozen = cx.session.stands_still(part);
        let checkbox = ui.add(Checkbox::new(&freeze, &mut frozen));
        let sentence = format!(
            "The {} stands still while training goes on, from the next step on.",
            part.title.to_lowercase()
        );
        if help(checkbox, &freeze, &sentence, None).changed() {
            cx.send(Action::Order(Order::Freeze(part.name.into(), frozen)));
        }
    });
}
