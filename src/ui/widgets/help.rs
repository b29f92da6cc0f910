//! Hover help: a title, one sentence, perhaps a formula.
//!
//! It comes after the pointer has rested, and on F1 while the control has the focus, since nothing may be
//! found by hovering alone.

use crate::ui::theme::{self, Theme};
use eframe::egui::{Key, Modifiers, Response, RichText, Tooltip, Ui};

const WIDTH: f32 = 320.0;

/// Gives `response` a help card, shown on hover (also while disabled) and on F1.
pub fn help(response: Response, title: &str, sentence: &str, formula: Option<&str>) -> Response {
    let id = response.id.with("help");
    let was_asked = response.ctx.data(|data| data.get_temp::<bool>(id)).is_some();
    let mut is_asked = was_asked && response.has_focus();
    if response.has_focus() && response.ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::F1)) {
        is_asked = !is_asked;
    }
    if is_asked != was_asked {
        response.ctx.data_mut(|data| {
            if is_asked {
                data.insert_temp(id, true);
            } else {
                data.remove::<bool>(id);
            }
        });
    }
    // What lies below a card over the window is not in use; its help would lie on the card.
    if !response.ctx.memory(|memory| memory.is_above_modal_layer(response.layer_id)) {
        return response;
    }
    let tooltip = if is_asked {
        Tooltip::for_widget(&response)
    } else if response.enabled() {
        Tooltip::for_enabled(&response)
    } else {
        Tooltip::for_disabled(&response)
    };
    let mut tooltip = tooltip.width(WIDTH).gap(6.0);
    tooltip.popup = tooltip.popup.frame(Theme::of_context(&response.ctx).card(12));
    tooltip.show(|ui| card(ui, title, sentence, formula));
    response
}

fn card(ui: &mut Ui, title: &str, sentence: &str, formula: Option<&str>) {
    let theme = Theme::of(ui);
    ui.set_max_width(WIDTH - 24.0);
    ui.spacing_mut().item_spacing.y = 5.0;
    ui.label(RichText::new(title).font(theme::semibold(13.0)).color(theme.text));
    ui.label(RichText::new(sentence).font(theme::body()).color(theme.weak));
    if let Some(formula) = formula {
        ui.label(RichText::new(theme::crisp(formula)).font(theme::body()).color(theme.text));
    }
}
