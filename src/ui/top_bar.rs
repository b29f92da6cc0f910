//! The bar on top: name, tools, view, and what concerns the whole document.

use super::context::Cx;
use super::files::Purpose;
use super::layout::{Layout, PAD, SIDE};
use super::widgets::{Button, Checkbox, IconButton, Tool as ToolEntry, ToolSwitch, help, mark, menu_entry};
use super::{icons, keys, theme};
use crate::session::{Action, AxisFit, Layer, Tool};
use eframe::egui::{Align, Align2, Layout as Flow, Popup, PopupCloseBehavior, Rect, Ui, UiBuilder, pos2, vec2};

const TOOLS: [(Tool, ToolEntry<'static>); 3] = [
    (
        Tool::Explore,
        ToolEntry {
            icon: icons::CROSSHAIR_SIMPLE,
            name: "Explore",
            help: "The picture follows the pointer; a click keeps the point. Key E.",
        },
    ),
    (
        Tool::Path,
        ToolEntry {
            icon: icons::PATH,
            name: "Path",
            help: "Walk from one point to another and watch the picture change. Key P.",
        },
    ),
    (
        Tool::Grid,
        ToolEntry {
            icon: icons::GRID_FOUR,
            name: "Grid",
            help: "Drag a rectangle: it fills with decoded pictures. Key G.",
        },
    ),
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
    let mut chosen = TOOLS.iter().position(|(tool, _)| *tool == current).unwrap_or(0);
    let entries = TOOLS.map(|(_, entry)| entry);
    if ui.add(ToolSwitch::new(&entries, &mut chosen).icons_only(layout.is_narrow)).changed() {
        cx.send(Action::SetTool(TOOLS[chosen].0));
    }
}

fn view_buttons(ui: &mut Ui, layout: &Layout, cx: &mut Cx<'_>) {
    let follows = cx.session.slot().fit == AxisFit::Fitted;
    let fit =
        ui.add(IconButton::new(icons::CORNERS_OUT, "Fit the plane").chosen(follows && cx.session.is_running()));
    let sentence =
        "Shows all codes. While training the view then follows them, until it is panned or zoomed. Key F.";
    if help(fit, "Fit the plane", sentence, None).clicked() {
        if follows && cx.session.is_running() {
            cx.send(Action::Fit(AxisFit::Fixed));
        } else {
            cx.window.fit_requested = true;
        }
    }
    layers(ui, layout, cx);
    compare(ui, layout, cx);
}

/// The list of what can be held beside the shown model.
fn compare(ui: &mut Ui, layout: &Layout, cx: &mut Cx<'_>) {
    let text = if layout.is_narrow { "" } else { "Compare" };
    let button = Button::new(text).name("Compare").icon(icons::COPY).quiet(true).caret(!layout.is_narrow);
    let button = ui.add_enabled(cx.session.data().is_some() && !cx.session.awaits_rival(), button);
    let sentence =
        "Another model's plane beside this one: the same samples, the same rectangle, and a table of both.";
    let button = help(button, "Compare", sentence, None);
    Popup::menu(&button).width(304.0).frame(cx.theme.card(5)).show(|ui| {
        ui.set_width(304.0);
        ui.spacing_mut().item_spacing.y = 0.0;
        for (name, against) in cx.session.comparables() {
            if menu_entry(ui, &name).clicked() {
                cx.send(Action::Compare(against));
            }
        }
    });
}

/// The list of what is drawn on the plane.
fn layers(ui: &mut Ui, layout: &Layout, cx: &mut Cx<'_>) {
    let text = if layout.is_narrow { "" } else { "Layers" };
    let button = ui.add(Button::new(text).name("Layers").icon(icons::STACK).quiet(true).caret(!layout.is_narrow));
    let button = help(button, "Layers", "What is drawn on the plane. Keys 1 to 5.", None);
    Popup::menu(&button).close_behavior(PopupCloseBehavior::CloseOnClickOutside).width(200.0).show(|ui| {
        ui.vertical(|ui| {
            for (i, (layer, name)) in Layer::ALL.into_iter().enumerate() {
                if !cx.session.offers(layer) {
                    continue;
                }
                let mut on = cx.session.spec().layers.contains(&layer);
                let key = (i + 1).to_string();
                if ui.add(Checkbox::new(name, &mut on).key(&key)).changed() {
                    cx.send(Action::ToggleLayer(layer));
                }
            }
        });
    });
}

fn document_buttons(ui: &mut Ui, cx: &mut Cx<'_>) {
    let keys = ui.add(IconButton::new(icons::QUESTION, "Help").chosen(cx.window.help_open));
    if help(keys, "Help", "Lists the keys. F1.", None).clicked() {
        cx.window.help_open = !cx.window.help_open;
    }
    let (icon, other) = if cx.theme.is_dark { (icons::SUN, "Light theme") } else { (icons::MOON, "Dark theme") };
    if help(ui.add(IconButton::new(icon, other)), other, "Night sky for a screen, paper for a projector.", None)
        .clicked()
    {
        keys::toggle_theme(ui.ctx());
    }
    for (icon, name, sentence, purpose) in [
        (icons::EXPORT, "Export", "The picture, row, path or grid to a file. Ctrl E.", Purpose::Export),
        (
            icons::FLOPPY_DISK,
            "Save",
            "The model to a file, Ctrl S; under another name, Ctrl Shift S.",
            Purpose::Save,
        ),
        (icons::FOLDER_OPEN, "Open", "A trained model, a file, or a folder of data. Ctrl O.", Purpose::Open),
    ] {
        let is_ready = purpose == Purpose::Open || cx.session.model().is_some();
        let button = ui.add_enabled(is_ready, IconButton::new(icon, name));
        if help(button, name, sentence, None).clicked() {
            cx.window.files.open(purpose, cx.session);
        }
    }
    let (can_undo, can_redo) = cx.session.can_undo_redo();
    let redo = ui.add_enabled(can_redo, IconButton::new(icons::ARROW_U_UP_RIGHT, "Redo"));
    if help(redo, "Redo", "Ctrl Shift Z.", None).clicked() {
        cx.send(Action::Redo);
    }
    let undo = ui.add_enabled(can_undo, IconButton::new(icons::ARROW_U_UP_LEFT, "Undo"));
    let sentence = "Takes the last step back; trained models come back too. Ctrl Z.";
    if help(undo, "Undo", sentence, None).clicked() {
        cx.send(Action::Undo);
    }
}
