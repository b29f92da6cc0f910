//! The scrubber below the loss: plane and decoder as they stood along the training.

use crate::session::Action;
use crate::ui::commands::{ALIGN, BACK_TO_NOW};
use crate::ui::context::Cx;
use crate::ui::theme;
use crate::ui::widgets::{Checkbox, Link, Slider, help, number};
use eframe::egui::{Align, Label, Layout as Flow, RichText, Ui, vec2};

/// Height of the scrubber with the spaces around it.
const HEIGHT: f32 = 62.0;

/// Height of the scrubber; 0 where there is nothing to look back at.
pub fn height(cx: &Cx<'_>) -> f32 {
    if is_shown(cx) { HEIGHT } else { 0.0 }
}

fn is_shown(cx: &Cx<'_>) -> bool {
    cx.session.film().frames().len() > 1
}

/// Draws the scrubber, where there is something to look back at.
pub fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    if !is_shown(cx) {
        return;
    }
    let (slot, frames) = (cx.session.spec().active, cx.session.film().frames());
    let back = cx.session.looked_back(slot);
    let now = frames.len();
    let mut at = back.map_or(now, |step| frames.partition_point(|frame| frame.step < step)) as f32;
    let (width, before) = (ui.available_width(), at);
    let slider = ui.add(Slider::new("Training so far", &mut at, 0.0..=now as f32).width(width));
    let meanwhile = if cx.session.is_running() { "; training goes on meanwhile" } else { "" };
    let sentence = format!(
        "Plane and decoder as they stood earlier, {now} states{meanwhile}. Codes are of a probe of the samples, weights are kept with 11 bits. Keys , and ."
    );
    if help(slider, "Look back", &sentence, None).changed() && at.round() != before {
        cx.send(Action::LookBack(slot, frames.get(at.round() as usize).map(|frame| frame.step)));
    }
    ui.allocate_ui_with_layout(vec2(width, theme::VALUE_HEIGHT), Flow::left_to_right(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        let text = back.map_or_else(|| "Now".to_owned(), |step| format!("As at step {}", number::count(step)));
        ui.add(Label::new(RichText::new(text).font(theme::small()).color(cx.theme.weak)));
        ui.with_layout(Flow::right_to_left(Align::Center), |ui| {
            let mut is_aligned = cx.session.is_back_aligned();
            let checkbox = ui.add(Checkbox::new("Aligned", &mut is_aligned));
            let formula = Some("z·R, R = U·Vᵀ of Zᵀ·Z_now");
            if help(checkbox, "Aligned", ALIGN.help, formula).changed() {
                cx.send(Action::AlignBack(is_aligned));
            }
            if back.is_some()
                && help(ui.add(Link::new("Back to now")), BACK_TO_NOW.name, BACK_TO_NOW.help, None).clicked()
            {
                cx.send(Action::LookBack(slot, None));
            }
        });
    });
}
