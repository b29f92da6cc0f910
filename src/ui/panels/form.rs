//! The one form for all settings: it draws whatever the fields describe.

use crate::model::{Field, FieldKind, parse_list};
use crate::session::{Action, Group, Setting};
use crate::ui::context::Cx;
use crate::ui::widgets::{Combo, Item, Stepper, TextField, help, row, unusual};
use eframe::egui::Ui;

/// Largest whole number that is set by steps; larger ranges are typed.
const MAX_STEPPED: u64 = 1024;

/// Draws one setting and sends its change.
pub fn setting(ui: &mut Ui, group: Group, setting: &Setting, cx: &mut Cx<'_>) {
    let Setting { field, text, .. } = setting;
    let formula = (!field.formula.is_empty()).then_some(field.formula);
    let line = ui.cursor().min;
    let changed = row(ui, field.title, |ui| {
        let (response, changed) = control(ui, field, text);
        let usually =
            if setting.is_changed() { format!(" Usually {}.", or_none(&setting.usual)) } else { String::new() };
        let sentence = format!("{}{usually}", field.help);
        help(response, field.title, &sentence, formula);
        changed
    });
    let (now, usual) = (or_none(text), or_none(&setting.usual));
    let back = setting.is_changed() && unusual(ui, line, field.title, [now, usual]).clicked();
    if let Some(text) = changed.or(back.then(|| setting.usual.clone())) {
        cx.send(Action::Set(group, field.path.into(), text));
    }
}

/// A value as words can hold it.
pub fn or_none(text: &str) -> &str {
    if text.is_empty() { "none" } else { text }
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
