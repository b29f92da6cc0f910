//! Attribute vectors: sliders along the differences of mean codes, and the way to make others.

use super::{Panel, Place};
use crate::model::Capabilities;
use crate::session::{Action, Fold, Side};
use crate::ui::context::Cx;
use crate::ui::layout::Layout;
use crate::ui::widgets::{Button, Combo, IconButton, Item, Slider, TextField, Value, help, part};
use crate::ui::{icons, theme};
use eframe::egui::{RichText, Ui};

/// How far a slider reaches, in units of the vector.
const REACH: f32 = 2.0;

/// The panel, folded until it is asked for.
#[derive(Default)]
pub struct AttributesPanel {
    /// The sides of a new one, once they were chosen.
    plus: Option<Side>,
    minus: Option<Side>,
}

impl Panel for AttributesPanel {
    fn id(&self) -> &'static str {
        "attributes"
    }

    fn title(&self) -> &'static str {
        "Attribute vectors"
    }

    fn folds(&self) -> bool {
        true
    }

    fn place(&self) -> Place {
        Place::Decode
    }

    fn is_available(&self, capabilities: &Capabilities) -> bool {
        capabilities.reconstructs()
    }

    fn ui(&mut self, ui: &mut Ui, _layout: &Layout, cx: &mut Cx<'_>) {
        let n = cx.session.spec().attributes.len();
        let note = if n == 0 { String::new() } else { n.to_string() };
        let (head, is_open) = cx.fold_row(ui, Fold::Attributes, self.title(), &note);
        let sentence = "The mean code of some samples minus that of others: what these have and those lack. Added to \
                        another sample's code it is an analogy: A − B + C.";
        help(head, self.title(), sentence, Some("v = mean(A) − mean(B)"));
        if !is_open {
            return;
        }
        for attribute in 0..n {
            part(ui, ("attribute", attribute), |ui| slider(ui, attribute, cx));
        }
        self.new_one(ui, cx);
    }
}

/// An attribute: its name, where the code lies along it, and a slider.
fn slider(ui: &mut Ui, attribute: usize, cx: &mut Cx<'_>) {
    let mut name = cx.session.spec().attributes[attribute].name.clone();
    let said = name.clone();
    let share = cx.session.attribute_share(attribute);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let width = ui.available_width() - 86.0;
        let field = TextField::new("Name of the attribute", &mut name).width(width);
        if help(ui.add(field), "Name", "What the vector is called; click to call it otherwise.", None).changed() {
            cx.send(Action::RenameAttribute(attribute, name.clone()));
        }
        let mut typed = share.unwrap_or(0.0);
        let units = format!("{said}, units");
        let value = Value::new(&units, &mut typed).speed(0.01).width(54.0);
        let value = ui.add_enabled(share.is_some(), value);
        cx.begin_gesture(&value);
        if value.changed() {
            cx.send(Action::MoveAlong(attribute, typed));
        }
        let close = ui.add(IconButton::new(icons::X, "Take the attribute away").size(24.0));
        if help(close, "Take away", "Undo brings it back.", None).clicked() {
            cx.send(Action::RemoveAttribute(attribute));
        }
    });
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let mut shown = share.unwrap_or(0.0);
        let width = ui.available_width() - 48.0;
        let slider = Slider::new(&said, &mut shown, -REACH..=REACH).width(width);
        let response = ui.add_enabled(share.is_some(), slider);
        cx.begin_gesture(&response);
        let sentence = "Moves the code along the vector, in units of it: at 0 it is as the mean of B, at 1 as that of A.";
        if help(response, &said, sentence, Some("z + (t − t₀) v")).changed() {
            cx.send(Action::MoveAlong(attribute, shown));
        }
        let add = ui.add_enabled(share.is_some(), Button::new("+1").name(&format!("Add {said} once")));
        let sentence = "Adds the vector to the kept code: A − B + C, with C the sample that is picked or the point that is kept.";
        if help(add, "Analogy", sentence, Some("z + v")).clicked() {
            cx.send(Action::MoveAlong(attribute, share.unwrap_or(0.0) + 1.0));
        }
    });
}

impl AttributesPanel {
    /// Whose mean minus whose, and the button that keeps it.
    fn new_one(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let sides = sides(cx);
        let names: Vec<String> = sides.iter().map(|side| side_name(side, cx)).collect();
        let items: Vec<Item<'_>> = names.iter().map(|name| Item::new(name)).collect();
        let place = |side: &Option<Side>, usual: usize| {
            let place = side.as_ref().and_then(|side| sides.iter().position(|other| other == side));
            place.unwrap_or(usual.min(sides.len() - 1))
        };
        let (mut first, mut second) = (place(&self.plus, 1), place(&self.minus, 0));
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            let width = (ui.available_width() - 18.0) / 2.0;
            let plus = ui.add(Combo::new("Mean of", &items, &mut first).width(width));
            help(plus, "A", "Those that have it.", None);
            ui.label(RichText::new("\u{2212}").color(cx.theme.weak));
            let minus = ui.add(Combo::new("Minus the mean of", &items, &mut second).width(width));
            help(minus, "B", "Those that lack it.", None);
        });
        let button = Button::new("Save").name("Save the attribute vector");
        let button = ui.add_enabled(first != second, button);
        let sentence = "Keeps the vector in the session; each model has its own of the same samples.";
        if help(button, "Save", sentence, None).clicked() {
            let (plus, minus) = (sides[first].clone(), sides[second].clone());
            cx.send(Action::AddAttribute(String::new(), plus, minus));
        }
        (self.plus, self.minus) = (Some(sides[first].clone()), Some(sides[second].clone()));
        if cx.session.spec().attributes.is_empty() {
            let words = "Choose two groups: what the first has and the second lacks becomes a slider.";
            ui.label(RichText::new(words).font(theme::small()).color(cx.theme.faint));
        }
    }
}

/// What there is to choose from: all, what is chosen or picked, and the classes.
fn sides(cx: &Cx<'_>) -> Vec<Side> {
    let selection = &cx.session.spec().selection;
    let mut sides = vec![Side::All];
    if selection.is_lit() {
        sides.push(Side::Samples(selection.samples.clone()));
    }
    sides.extend(selection.focused.map(|sample| Side::Samples([sample].into())));
    let n_classes = cx.session.data().map_or(0, |data| data.train.classes().len());
    sides.extend((0..n_classes).map(Side::Class));
    sides
}

fn side_name(side: &Side, cx: &Cx<'_>) -> String {
    let name = cx.session.side_name(side);
    if matches!(side, Side::Class(_)) { format!("class {name}") } else { name }
}
