//! The bar on top: name, tools, view, and what concerns the whole document.

use super::commands::{self, Command, FIT, HELP, LAYERS, THEME};
use super::context::Cx;
use super::files::Purpose;
use super::layout::{Layout, PAD, SIDE};
use super::widgets::{
    Button, Checkbox, IconButton, Tool as ToolEntry, ToolSwitch, help, mark, marked_entry, menu_entry,
};
use super::{icons, theme};
use crate::session::{Action, AxisFit, Layer, NewSlot, Tool};
use eframe::egui::{Align, Align2, Layout as Flow, Popup, PopupCloseBehavior, Rect, Ui, UiBuilder, pos2, vec2};

const TOOLS: [(Tool, &Command, &str); 4] = [
    (Tool::Explore, &commands::EXPLORE, icons::CROSSHAIR_SIMPLE),
    (Tool::Path, &commands::PATH, icons::PATH),
    (Tool::Grid, &commands::GRID, icons::GRID_FOUR),
    (Tool::Select, &commands::SELECT, icons::LASSO),
];

/// Draws the bar.
pub fn show(ui: &mut Ui, layout: &Layout, cx: &mut Cx<'_>) {
    let bar = layout.top;
    let name_left = bar.left() + PAD;
    mark(ui.painter(), pos2(name_left + 9.0, bar.center().y), 8.0, cx.theme.accent);
    let name = pos2(name_left + 27.0, bar.center().y);
    ui.painter().text(name, Align2::LEFT_CENTER, "halfmoon", theme::semibold(15.0), cx.theme.text);

    let name_width = if layout.is_folded { 162.0 } else { SIDE + 12.0 };
    let tools = Rect::from_min_max(pos2(bar.left() + name_width, bar.top()), bar.max);
    part(ui, tools, Flow::left_to_right(Align::Center), |ui| tool_switch(ui, layout, cx));
    let document = Rect::from_min_max(bar.min, pos2(bar.right() - 10.0, bar.bottom()));
    let taken = part(ui, document, Flow::right_to_left(Align::Center), |ui| document_buttons(ui, cx));
    let view_right = layout.plane.right().min(bar.right() - SIDE).min(taken - 8.0);
    let view = Rect::from_min_max(bar.min, pos2(view_right - 12.0, bar.bottom()));
    part(ui, view, Flow::right_to_left(Align::Center), |ui| view_buttons(ui, layout, cx));
}

/// Draws a part of the bar and returns its left end.
fn part(ui: &mut Ui, rect: Rect, flow: Flow, add: impl FnOnce(&mut Ui)) -> f32 {
    let mut child = ui.new_child(UiBuilder::new().max_rect(rect).layout(flow));
    child.spacing_mut().item_spacing = vec2(2.0, 0.0);
    add(&mut child);
    child.min_rect().left()
}

fn tool_switch(ui: &mut Ui, layout: &Layout, cx: &mut Cx<'_>) {
    let current = cx.session.spec().tool;
    let mut chosen = TOOLS.iter().position(|(tool, ..)| *tool == current).unwrap_or(0);
    let sentences = TOOLS.map(|(_, command, _)| command.sentence());
    let entries: Vec<ToolEntry<'_>> = TOOLS
        .iter()
        .zip(&sentences)
        .map(|((_, command, icon), sentence)| ToolEntry { icon, name: command.name, help: sentence })
        .collect();
    if ui.add(ToolSwitch::new(&entries, &mut chosen).icons_only(layout.is_narrow)).changed() {
        TOOLS[chosen].1.run(ui, cx);
    }
}

fn view_buttons(ui: &mut Ui, layout: &Layout, cx: &mut Cx<'_>) {
    let follows = cx.session.slot().fit == AxisFit::Fitted;
    let fit = IconButton::new(icons::CORNERS_OUT, FIT.name).chosen(follows && cx.session.is_running());
    if help(ui.add(fit), FIT.name, &FIT.sentence(), None).clicked() {
        FIT.run(ui, cx);
    }
    layers(ui, layout, cx);
    compare(ui, layout, cx);
}

/// The list of the models that are open and of those that can be put beside them.
fn compare(ui: &mut Ui, layout: &Layout, cx: &mut Cx<'_>) {
    let text = if layout.is_narrow { "" } else { "Compare" };
    let button = Button::new(text).name("Compare").icon(icons::COPY).quiet(true).caret(!layout.is_narrow);
    let button = ui.add_enabled(cx.session.data().is_some() && !cx.session.is_loading(), button);
    let sentence =
        "Another model's plane beside this one: the same samples, the same path, and a table of all. Up to three.";
    let button = help(button, "Compare", sentence, None);
    Popup::menu(&button).width(304.0).frame(cx.theme.card(5)).show(|ui| {
        ui.set_width(304.0);
        ui.spacing_mut().item_spacing.y = 0.0;
        open_models(ui, cx);
        for (name, new, is_there) in cx.session.addable() {
            if marked_entry(ui, &name, is_there).clicked() && !is_there {
                cx.send(Action::AddSlot(new));
            }
        }
        for path in cx.window.files.recent.clone() {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let is_there = cx.session.is_on_screen(&path);
            if path.extension().is_some_and(|extension| extension == "safetensors")
                && marked_entry(ui, &name, is_there).clicked()
                && !is_there
            {
                cx.send(Action::AddSlot(NewSlot::Model(path)));
            }
        }
        if menu_entry(ui, "Open a file…").clicked() {
            cx.window.files.open(Purpose::Beside, cx.session);
        }
    });
}

/// The models that are open, where they are several: a click puts one on screen or off it.
fn open_models(ui: &mut Ui, cx: &mut Cx<'_>) {
    let slots = &cx.session.spec().slots;
    if slots.len() < 2 {
        return;
    }
    let open: Vec<_> = slots.iter().map(|slot| (slot.id, slot.is_visible, slot.model.title())).collect();
    for (id, is_visible, title) in open {
        let name = if is_visible { cx.session.name_of(id).whole() } else { title.to_owned() };
        let entry = marked_entry(ui, &format!("{name}: {}", cx.session.stands(id)), is_visible);
        if entry.clicked() {
            cx.send(Action::ShowSlot(id, !is_visible));
        }
    }
    ui.separator();
}

/// The list of what is drawn on the plane.
fn layers(ui: &mut Ui, layout: &Layout, cx: &mut Cx<'_>) {
    let text = if layout.is_narrow { "" } else { "Layers" };
    let button = ui.add(Button::new(text).name("Layers").icon(icons::STACK).quiet(true).caret(!layout.is_narrow));
    let button = help(button, "Layers", "What is drawn on the plane. Keys 1 to 5.", None);
    Popup::menu(&button).close_behavior(PopupCloseBehavior::CloseOnClickOutside).width(200.0).show(|ui| {
        ui.vertical(|ui| {
            for ((layer, name), command) in Layer::ALL.into_iter().zip(LAYERS) {
                if !command.is_ready(cx.session) {
                    continue;
                }
                let mut on = cx.session.spec().layers.contains(&layer);
                if ui.add(Checkbox::new(name, &mut on).key(&command.key())).changed() {
                    command.run(ui, cx);
                }
            }
        });
    });
}

fn document_buttons(ui: &mut Ui, cx: &mut Cx<'_>) {
    let keys = ui.add(IconButton::new(icons::QUESTION, "Help").chosen(cx.window.help_open));
    if help(keys, "Help", &HELP.sentence(), None).clicked() {
        HELP.run(ui, cx);
    }
    let (icon, other) = if cx.theme.is_dark { (icons::SUN, "Light theme") } else { (icons::MOON, "Dark theme") };
    if help(ui.add(IconButton::new(icon, other)), other, &THEME.sentence(), None).clicked() {
        THEME.run(ui, cx);
    }
    button(ui, &commands::EXPORT, icons::EXPORT, "Export", cx);
    button(ui, &commands::SAVE, icons::FLOPPY_DISK, "Save", cx);
    button(ui, &commands::OPEN, icons::FOLDER_OPEN, "Open", cx);
    button(ui, &commands::REDO, icons::ARROW_U_UP_RIGHT, "Redo", cx);
    button(ui, &commands::UNDO, icons::ARROW_U_UP_LEFT, "Undo", cx);
}

/// A button that does a command and says why where it cannot.
fn button(ui: &mut Ui, command: &Command, icon: &str, name: &str, cx: &mut Cx<'_>) {
    let why_not = (command.when)(cx.session).err();
    let button = ui.add_enabled(why_not.is_none(), IconButton::new(icon, name));
    let sentence = match why_not {
        Some(reason) => format!("{} Now {reason}.", command.sentence()),
        None => command.sentence(),
    };
    if help(button, name, &sentence, None).clicked() {
        command.run(ui, cx);
    }
}
