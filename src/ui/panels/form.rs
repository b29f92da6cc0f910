//! The one form for all settings: it draws whatever the fields describe.

use crate::model::{Field, FieldKind, parse_list};
use crate::session::{Action, Group, Setting};
use crate::ui::context::Cx;
use crate::ui::widgets::{Combo, Item, Stepper, TextField, child, help, row};
use eframe::egui::{CursorIcon, Rect, Role, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};

/// Largest whole number that is set by steps; larger ranges are typed.
const MAX_STEPPED: u64 = 1024;

/// Draws one setting and sends its change.
pub fn setting(ui: &mut Ui, group: Group, setting: &Setting, cx: &mut Cx<'_>) {
    let Setting { field, text, .. } = setting;
    let formula = (!field.formula.is_empty()).then_some(field.formula);
    let line = Rect::from_min_size(ui.cursor().min, vec2(ui.available_width(), 24.0));
    let changed = row(ui, field.title, |ui| {
        let (response, changed) = control(ui, field, text);
        let sentence = match setting.is_changed() {
            true => format!("{} Usually {}.", field.help, or_none(&setting.usual)),
            false => field.help.to_owned(),
        };
        help(response, field.title, &sentence, formula);
        changed
    });
    let back = setting.is_changed() && back(ui, line, setting, cx);
    if let Some(text) = changed.or(back.then(|| setting.usual.clone())) {
        cx.send(Action::Set(group, field.path.into(), text));
    }
}

/// A value as words can hold it.
pub fn or_none(text: &str) -> &str {
    if text.is_empty() { "none" } else { text }
}

/// The dot beside a value that is not the usual one; a click on it or the name sets that again.
fn back(ui: &mut Ui, line: Rect, setting: &Setting, cx: &Cx<'_>) -> bool {
    // It begins in the margin and ends where the control may begin.
    let place = Rect::from_min_max(line.min - vec2(12.0, 0.0), pos2(line.left() + 96.0, line.bottom()));
    let mut beside = child(ui, ("back", setting.field.path), UiBuilder::new().max_rect(place));
    let response = beside.allocate_rect(place, Sense::click());
    let (title, usual) = (setting.field.title, or_none(&setting.usual));
    let name = format!("{title}: back to {usual}");
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    ui.painter().circle_filled(pos2(line.left() - 8.0, line.center().y), 2.0, cx.theme.accent);
    if response.has_focus() {
        let ring = eframe::egui::Stroke::new(1.5, cx.theme.accent);
        ui.painter().rect_stroke(place, 4, ring, eframe::egui::StrokeKind::Inside);
    }
    let sentence = format!("It is {} now; a click takes that back.", or_none(&setting.text));
    help(response, &name, &sentence, None).on_hover_cursor(CursorIcon::PointingHand).clicked()
}

fn control(ui: &mut Ui, field: &Field, text: &str) -> (eframe::egui::Response, Option<String>) {
    match field.kind {
        FieldKind::Int { min, max, step } if max <= MAX_STEPPED => {
            let mut value: usize = text.parse().unwrap_or(min as usize);
            let response =
                ui.add(Stepper::new(field.title, &mut value, min as usize..=max as usize).step(step as usize));
            let changed = response.changed().then(|| value.to_string());
            (response, changed)
        }
        FieldKind::Choice(choices) => {
            let items: Vec<Item<'_>> = choices.iter().map(|choice| Item::new(choice.1)).collect();
            let mut chosen = choices.iter().position(|choice| choice.0 == text).unwrap_or(0);
            let response = ui.add(Combo::new(field.title, &items, &mut chosen).width(120.0).in_row());
            let changed = response.changed().then(|| choices[chosen].0.to_string());
            (response, changed)
        }
        FieldKind::Int { .. }
        | FieldKind::Float { .. }
        | FieldKind::List { .. }
        | FieldKind::MirroredList { .. } => {
            let mut typed = text.to_string();
            let accepts = |text: &str| field.parse(text).is_ok();
            let is_list = parse_list(text).is_some_and(|list| list.len() > 1) || text == "mirror";
            let width = if is_list || matches!(field.kind, FieldKind::List { .. }) { 104.0 } else { 64.0 };
            let field = TextField::new(field.title, &mut typed).check(&accepts).width(width).right().hint("none");
            let response = ui.add(field);
            let changed = (response.changed() && typed != text).then_some(typed);
            (response, changed)
        }
    }
}
