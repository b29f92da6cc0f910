//! The bar on top: name, tools, view, and what concerns the whole document.

use super::commands::{self, Command, FIT, FULL_SCREEN, HELP, LAYERS, POINTS, POINTS_STEP, PRESENT, TEXT, THEME};
use super::context::Cx;
use super::files::Purpose;
use super::icons;
use super::layout::{self, Layout, PAD, SIDE};
use super::theme::{self, Theme};
use super::widgets::{
    Button, Checkbox, IconButton, Stepper, Tool as ToolEntry, ToolSwitch, help, mark, marked_entry, menu_entry,
};
use crate::session::{Action, AxisFit, Layer, NewSlot, Tool};
use eframe::egui::{
    Align, Align2, Layout as Flow, Popup, PopupCloseBehavior, Rect, RichText, ScrollArea, Ui, UiBuilder, Widget,
    pos2, vec2,
};
use std::ops::RangeInclusive;

const TOOLS: [(Tool, &Command, &str); 4] = [
    (Tool::Explore, &commands::EXPLORE, icons::CROSSHAIR_SIMPLE),
    (Tool::Path, &commands::PATH, icons::PATH),
    (Tool::Grid, &commands::GRID, icons::GRID_FOUR),
    (Tool::Select, &commands::SELECT, icons::LASSO),
];

/// Left end of the tools beside the program's name, beside its mark alone, and without both.
const LEFT: [f32; 3] = [162.0, 44.0, 8.0];
/// Least distance between two parts, and of the last from the window's right end.
const GAP: f32 = 12.0;
const END: f32 = 10.0;
/// Side of an icon button, and distance between two.
const ICON: f32 = 30.0;
const BETWEEN: f32 = 2.0;
/// Buttons at the right end.
const N_DOCUMENT: usize = 7;

/// Draws the bar. Its parts are laid out from left to right, which is also the order of the Tab key.
pub fn show(ui: &mut Ui, layout: &Layout, cx: &mut Cx<'_>) {
    let bar = layout.top;
    let form = Form::new(ui, layout, cx);
    let middle = bar.left_center();
    if form.left > LEFT[2] {
        mark(ui.painter(), middle + vec2(PAD + 9.0, 0.0), 8.0, cx.theme.accent);
    }
    if form.left > LEFT[1] {
        let at = middle + vec2(PAD + 27.0, 0.0);
        ui.painter().text(at, Align2::LEFT_CENTER, "halfmoon", theme::semibold(15.0), cx.theme.text);
    }
    let tools = part(ui, bar, bar.left() + form.left, |ui| tool_switch(ui, form.has_tool_names, cx));
    let document_left = bar.right() - END - icons_width(form.n_document);
    // Above the right end of the plane, where there is room.
    let view_width = view_width(ui, form.has_view_words, form.has_sizes);
    let wanted = layout.plane.right().min(bar.right() - SIDE) - GAP - view_width;
    let view_left = wanted.min(document_left - GAP - view_width).max(tools + GAP);
    part(ui, bar, view_left, |ui| view_buttons(ui, &form, cx));
    part(ui, bar, document_left, |ui| document_buttons(ui, &form, cx));
}

/// Draws the bar while the plane is presented: the tools, and the way back.
pub fn presented(ui: &mut Ui, layout: &Layout, cx: &mut Cx<'_>) {
    let bar = layout.top;
    let sentences = sentences();
    let switch = |names: bool| ToolSwitch::new(&entries(&sentences), &mut 0).icons_only(!names).width(ui);
    let has_names = PAD + switch(true) + GAP + ICON + END <= bar.width();
    part(ui, bar, bar.left() + PAD, |ui| tool_switch(ui, has_names, cx));
    part(ui, bar, bar.right() - END - ICON, |ui| {
        let end = ui.add(IconButton::new(icons::X, "End the presentation"));
        if help(end, "End the presentation", "All is again as it was before. Esc or F5.", None).clicked() {
            PRESENT.run(ui, cx);
        }
    });
}

/// Draws a part of the bar from its left end on and returns its right end.
fn part(ui: &mut Ui, bar: Rect, left: f32, add: impl FnOnce(&mut Ui)) -> f32 {
    let rect = Rect::from_min_max(pos2(left, bar.top()), bar.max);
    let mut child = ui.new_child(UiBuilder::new().max_rect(rect).layout(Flow::left_to_right(Align::Center)));
    child.spacing_mut().item_spacing = vec2(BETWEEN, 0.0);
    add(&mut child);
    child.min_rect().right()
}

fn icons_width(n: usize) -> f32 {
    n as f32 * (ICON + BETWEEN) - BETWEEN
}

/// How much the bar says in words, and how many buttons it has room for.
struct Form {
    /// Left end of the tools.
    left: f32,
    has_tool_names: bool,
    has_view_words: bool,
    /// Whether Sizes and Fit have buttons of their own; else what they do is in the menu.
    has_sizes: bool,
    /// Buttons at the right end; where they are not all, the last is a menu of the others.
    n_document: usize,
}

impl Form {
    /// The fullest form that fits. The names of the tools are the last words to go: they say what can be
    /// done.
    fn new(ui: &Ui, layout: &Layout, cx: &Cx<'_>) -> Self {
        let sentences = sentences();
        let entries = entries(&sentences);
        let switch = |names: bool| ToolSwitch::new(&entries, &mut 0).icons_only(!names).width(ui);
        let switch = [false, true].map(switch);
        let beside_learn = if cx.window.learn.is_folded { LEFT[0] } else { layout.learn.right() + GAP };
        // What is said, and how many buttons there must be room for at least.
        let forms = [
            (beside_learn, true, true, true, N_DOCUMENT),
            (LEFT[0], true, true, true, N_DOCUMENT),
            (LEFT[0], true, false, true, N_DOCUMENT),
            (LEFT[1], true, false, true, 2),
            (LEFT[1], false, false, true, 2),
            (LEFT[2], false, false, false, 1),
        ];
        let forms = forms.map(|(left, has_tool_names, has_view_words, has_sizes, least)| {
            let view = view_width(ui, has_view_words, has_sizes);
            let taken = left + switch[usize::from(has_tool_names)] + view;
            let room = layout.top.width() - END - taken - 2.0 * GAP;
            let n_document = (((room + BETWEEN) / (ICON + BETWEEN)).max(1.0) as usize).min(N_DOCUMENT);
            let fits = icons_width(least) <= room;
            (fits, Self { left, has_tool_names, has_view_words, has_sizes, n_document })
        });
        let [.., (_, smallest)] = &forms;
        let smallest = Self { ..*smallest };
        forms.into_iter().find_map(|(fits, form)| fits.then_some(form)).unwrap_or(smallest)
    }
}

fn sentences() -> [String; TOOLS.len()] {
    TOOLS.map(|(_, command, _)| command.sentence())
}

fn entries(sentences: &[String; TOOLS.len()]) -> [ToolEntry<'_>; TOOLS.len()] {
    std::array::from_fn(|i| ToolEntry { icon: TOOLS[i].2, name: TOOLS[i].1.name, help: &sentences[i] })
}

fn tool_switch(ui: &mut Ui, has_names: bool, cx: &mut Cx<'_>) {
    let current = cx.session.spec().tool;
    let mut chosen = TOOLS.iter().position(|(tool, ..)| *tool == current).unwrap_or(0);
    let sentences = sentences();
    let entries = entries(&sentences);
    if ui.add(ToolSwitch::new(&entries, &mut chosen).icons_only(!has_names)).changed() {
        TOOLS[chosen].1.run(ui, cx);
    }
}

/// The buttons that open what concerns the view, in words or as icons.
fn compare_button(has_words: bool) -> Button<'static> {
    menu_button("Compare", icons::COPY, has_words)
}

fn layers_button(has_words: bool) -> Button<'static> {
    menu_button("Layers", icons::STACK, has_words)
}

fn menu_button(name: &'static str, icon: &'static str, has_words: bool) -> Button<'static> {
    Button::new(if has_words { name } else { "" }).name(name).icon(icon).quiet(true).caret(has_words)
}

fn view_width(ui: &Ui, has_words: bool, has_sizes: bool) -> f32 {
    let menus = [compare_button(has_words), layers_button(has_words)];
    let menus = menus.iter().map(|button| button.natural_width(ui)).sum::<f32>() + BETWEEN;
    menus + if has_sizes { BETWEEN + icons_width(2) } else { 0.0 }
}

fn view_buttons(ui: &mut Ui, form: &Form, cx: &mut Cx<'_>) {
    compare(ui, form.has_view_words, cx);
    layers(ui, form.has_view_words, cx);
    if !form.has_sizes {
        return;
    }
    sizes(ui, cx);
    let follows = cx.session.slot().fit == AxisFit::Fitted;
    let fit = IconButton::new(icons::CORNERS_OUT, FIT.name).chosen(follows && cx.session.is_running());
    if help(ui.add(fit), FIT.name, &FIT.sentence(), None).clicked() {
        FIT.run(ui, cx);
    }
}

/// The list of the models that are open and of those that can be put beside them.
fn compare(ui: &mut Ui, has_words: bool, cx: &mut Cx<'_>) {
    let is_ready = cx.session.data().is_some() && !cx.session.is_loading();
    let button = ui.add_enabled(is_ready, compare_button(has_words));
    let sentence =
        "Another model's plane beside this one: the same samples, the same path, and a table of all. Up to nine.";
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
        ui.separator();
        if menu_entry(ui, commands::TRAIN_SERIES.name).clicked() && commands::TRAIN_SERIES.is_ready(cx.session) {
            commands::TRAIN_SERIES.run(ui, cx);
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
fn layers(ui: &mut Ui, has_words: bool, cx: &mut Cx<'_>) {
    let button = ui.add(layers_button(has_words));
    let button = help(button, "Layers", "What is drawn on the plane. Keys 1 to 9, M, U and V.", None);
    Popup::menu(&button).close_behavior(PopupCloseBehavior::CloseOnClickOutside).width(232.0).show(|ui| {
        let height = ui.ctx().content_rect().height() - layout::TOP - 32.0;
        ScrollArea::vertical().max_height(height).show(ui, |ui| {
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

/// How large text and points are, and what the window fills.
fn sizes(ui: &mut Ui, cx: &mut Cx<'_>) {
    let button = ui.add(Button::new("Aa").name("Sizes").quiet(true).width(ICON));
    let sentence = "How large text and points are; full screen; a presentation.";
    let button = help(button, "Sizes", sentence, None);
    Popup::menu(&button).close_behavior(PopupCloseBehavior::CloseOnClickOutside).width(216.0).show(|ui| {
        ui.set_width(216.0);
        let mut text = percent(ui.ctx().zoom_factor());
        if percentage(ui, "Text size", &mut text, TEXT, 10) {
            ui.ctx().set_zoom_factor(text as f32 / 100.0);
        }
        let mut points = percent(cx.window.point_factor);
        if percentage(ui, "Point size", &mut points, POINTS, percent(POINTS_STEP)) {
            cx.window.point_factor = points as f32 / 100.0;
        }
        ui.add_space(2.0);
        let is_full = ui.input(|i| i.viewport().fullscreen.unwrap_or(false));
        for (command, mut is_on) in [(&FULL_SCREEN, is_full), (&PRESENT, cx.window.presents)] {
            if ui.add(Checkbox::new(command.name, &mut is_on).key(&command.key())).changed() {
                command.run(ui, cx);
            }
        }
    });
}

fn percent(factor: f32) -> usize {
    (100.0 * factor).round() as usize
}

/// A row to set a percentage; tells whether it was changed.
fn percentage(ui: &mut Ui, name: &str, value: &mut usize, range: RangeInclusive<f32>, step: usize) -> bool {
    let range = percent(*range.start())..=percent(*range.end());
    let changed = ui.horizontal(|ui| {
        ui.label(RichText::new(name).color(Theme::of(ui).text));
        ui.with_layout(Flow::right_to_left(Align::Center), |ui| {
            ui.label(RichText::new("%").color(Theme::of(ui).weak));
            ui.add(Stepper::new(name, value, range).step(step)).changed()
        })
    });
    changed.inner.inner
}

/// What concerns the whole document and the window: as many buttons as there is room for, and in a menu the
/// others.
fn document_buttons(ui: &mut Ui, form: &Form, cx: &mut Cx<'_>) {
    let (icon, other) = if cx.theme.is_dark { (icons::SUN, "Light theme") } else { (icons::MOON, "Dark theme") };
    let all: [(&Command, &str, &str); N_DOCUMENT] = [
        (&commands::UNDO, icons::ARROW_U_UP_LEFT, "Undo"),
        (&commands::REDO, icons::ARROW_U_UP_RIGHT, "Redo"),
        (&commands::OPEN, icons::FOLDER_OPEN, "Open"),
        (&commands::SAVE, icons::FLOPPY_DISK, "Save"),
        (&commands::EXPORT, icons::EXPORT, "Export"),
        (&THEME, icon, other),
        (&HELP, icons::QUESTION, "Help"),
    ];
    let n_buttons = if form.n_document < N_DOCUMENT { form.n_document - 1 } else { N_DOCUMENT };
    let (shown, others) = all.split_at(n_buttons);
    for &(command, icon, name) in shown {
        let is_open = std::ptr::eq(command, &HELP) && cx.window.help_open;
        document_button(ui, IconButton::new(icon, name).chosen(is_open), name, command, cx);
    }
    if others.is_empty() {
        return;
    }
    let more = ui.add(Button::new("…").name("More").quiet(true).width(ICON));
    Popup::menu(&help(more, "More", "What else there is.", None)).show(|ui| {
        ui.vertical(|ui| {
            for &(command, icon, name) in others {
                document_button(ui, Button::new(name).icon(icon).quiet(true), name, command, cx);
            }
            let of_view = [&FIT, &commands::SMALLER, &commands::LARGER, &FULL_SCREEN, &PRESENT];
            for command in of_view.into_iter().filter(|_| !form.has_sizes) {
                document_button(ui, Button::new(command.name).quiet(true), command.name, command, cx);
            }
        });
    });
}

/// A button that does a command and says why where it cannot.
fn document_button(ui: &mut Ui, button: impl Widget, name: &str, command: &Command, cx: &mut Cx<'_>) {
    let why_not = (command.when)(cx.session).err();
    let button = ui.add_enabled(why_not.is_none(), button);
    let sentence = match why_not {
        Some(reason) => format!("{} Now {reason}.", command.sentence()),
        None => command.sentence(),
    };
    if help(button, name, &sentence, None).clicked() {
        command.run(ui, cx);
    }
}
