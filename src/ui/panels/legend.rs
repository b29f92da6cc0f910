//! The legend below the plane: classes to light, hide and single out, or the scale of a column; how many
//! codes are drawn.

use crate::picture::palette::{is_ring, ramp};
use crate::session::{Action, ColourBy, PlaneAxes, Samples};
use crate::ui::context::Cx;
use crate::ui::layout::{Layout, PAD};
use crate::ui::plane::{colour_of, mode};
use crate::ui::theme;
use crate::ui::widgets::{Button, Combo, Item, LegendItem, Showing, help, legend_width, number};
use crate::worker::CodeCloud;
use eframe::egui::{
    Align, Color32, Key, Layout as Flow, Margin, Mesh, Popup, PopupCloseBehavior, Rect, RichText, ScrollArea,
    Sense, Shape, TextEdit, Ui, UiBuilder, pos2, vec2,
};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Points between two classes.
const GAP: f32 = 2.0;
/// Width of the list of what codes are coloured by, where there is room.
const CHOICE: f32 = 136.0;
/// What the button takes that the classes shrink to.
const CLASSES: f32 = 116.0;
/// So many classes are searched by name, in a field of this width.
const MANY: usize = 20;
const SEARCH: f32 = 256.0;
/// Most of the window's height that their list takes from the plane.
const LIST: f32 = 400.0;

/// What is counted over all codes or samples, kept so that no frame does it again.
#[derive(Default)]
pub struct Legend {
    hidden: Option<(Hidden, usize)>,
    /// Checksum of the data, the column, and its least and greatest value.
    ends: Option<(u32, usize, [f32; 2])>,
}

/// What the number of hidden codes follows from.
struct Hidden {
    cloud: Arc<CodeCloud>,
    data: u32,
    classes: BTreeSet<usize>,
    left_out: Samples,
    colour: ColourBy,
}

impl Hidden {
    fn is_of(&self, cloud: &Arc<CodeCloud>, cx: &Cx<'_>) -> bool {
        let spec = cx.session.spec();
        Arc::ptr_eq(&self.cloud, cloud)
            && self.data == checksum(cx)
            && (&self.classes, &self.left_out, self.colour) == (&spec.hidden, &spec.left_out, spec.colour)
    }
}

fn checksum(cx: &Cx<'_>) -> u32 {
    cx.session.data().map_or(0, |data| data.train.checksum())
}

/// Draws the legend.
pub fn show(ui: &mut Ui, layout: &Layout, legend: &mut Legend, cx: &mut Cx<'_>) {
    let rect = layout.legend.shrink2(vec2(PAD - 4.0, 0.0));
    ui.painter().rect_filled(layout.legend, 0, cx.theme.panel);
    let mut right = ui.new_child(UiBuilder::new().max_rect(rect).layout(Flow::right_to_left(Align::Center)));
    // The count gives way to the classes, in a row or behind their button, and to what colours them.
    let needed = classes_width(ui, cx);
    let has_choice = cx.session.data().is_some_and(|data| !data.train.columns().is_empty());
    let choice = if has_choice { CHOICE + 8.0 } else { 0.0 };
    let classes_room = if needed + choice <= rect.width() { needed } else { CLASSES };
    let text = count(legend.n_hidden(cx), cx);
    let count = ui.painter().layout_no_wrap(text, theme::small(), cx.theme.faint);
    if classes_room + choice + count.size().x + 16.0 <= rect.width() {
        right.label(count);
    }
    colour_by(&mut right, cx);
    let left_part = Rect::from_min_max(rect.min, pos2(right.min_rect().left() - 8.0, rect.bottom()));
    let mut left = ui.new_child(UiBuilder::new().max_rect(left_part).layout(Flow::left_to_right(Align::Center)));
    left.set_clip_rect(left_part.intersect(ui.clip_rect()));
    left.spacing_mut().item_spacing.x = GAP;
    cx.window.lit_class = None;
    match cx.session.spec().colour {
        ColourBy::Class if needed > left_part.width() => classes_menu(&mut left, cx),
        ColourBy::Class => classes(&mut left, "", cx),
        ColourBy::Column(column) => scale(&mut left, column, legend, cx),
    }
}

/// Points that all classes take in a row.
fn classes_width(ui: &Ui, cx: &Cx<'_>) -> f32 {
    let names = cx.session.data().map_or(&[][..], |data| data.train.classes());
    names.iter().map(|name| legend_width(ui, name) + GAP).sum()
}

fn count(n_hidden: usize, cx: &Cx<'_>) -> String {
    let n = counted(cx).map_or(0, |cloud| cloud.indices.len());
    let codes = match n_hidden {
        0 => number::count(n as u64),
        hidden => format!("{} of {}", number::count((n - hidden) as u64), number::count(n as u64)),
    };
    if cx.session.data_columns().is_some() {
        return format!("{codes} {} shown", cx.session.nouns());
    }
    let n_dims = cx.session.latent_dim();
    if n_dims == 0 {
        return String::new();
    }
    if let (false, Some(label)) = (cx.session.is_running(), cx.session.label_name()) {
        return format!("codes labelled {label} are lit");
    }
    match cx.session.slot().axes {
        _ if cx.session.is_running() => format!("{codes} codes, moving"),
        PlaneAxes::Dimensions(_) if n_dims > 2 => format!("{codes} codes · 2 of {n_dims} dimensions drawn"),
        PlaneAxes::Principal | PlaneAxes::Samples(_) if n_dims > 2 => {
            format!("{codes} codes · a plane in {n_dims} dimensions")
        }
        _ => format!("{codes} codes shown"),
    }
}

/// What is counted: the places of samples on the plane of the data, else their codes.
fn counted<'a>(cx: &Cx<'a>) -> Option<&'a Arc<CodeCloud>> {
    match cx.session.data_points() {
        Some(points) => Some(&points.cloud),
        None => cx.session.cloud(),
    }
}

impl Legend {
    /// How many of the codes are hidden.
    fn n_hidden(&mut self, cx: &Cx<'_>) -> usize {
        let spec = cx.session.spec();
        let hides = !spec.hidden.is_empty() || !spec.left_out.is_empty();
        let Some(cloud) = counted(cx).filter(|_| hides) else {
            self.hidden = None;
            return 0;
        };
        if let Some((_, n)) = self.hidden.as_ref().filter(|(hidden, _)| hidden.is_of(cloud, cx)) {
            return *n;
        }
        let n = cloud.indices.iter().filter(|sample| !cx.session.shows(**sample)).count();
        let of = Hidden {
            cloud: Arc::clone(cloud),
            data: checksum(cx),
            classes: spec.hidden.clone(),
            left_out: spec.left_out.clone(),
            colour: spec.colour,
        };
        self.hidden = Some((of, n));
        n
    }

    /// The least and the greatest value of a column.
    fn ends(&mut self, column: usize, cx: &Cx<'_>) -> Option<[f32; 2]> {
        let data = checksum(cx);
        if let Some((.., ends)) = self.ends.filter(|(of, at, _)| (*of, *at) == (data, column)) {
            return Some(ends);
        }
        let values = &cx.session.data()?.train.columns().get(column)?.values;
        let widen = |[low, high]: [f32; 2], value: &f32| [low.min(*value), high.max(*value)];
        let ends = values.iter().fold([f32::INFINITY, f32::NEG_INFINITY], widen);
        self.ends = Some((data, column, ends));
        Some(ends)
    }
}

/// What codes are coloured by, where there is a choice.
fn colour_by(ui: &mut Ui, cx: &mut Cx<'_>) {
    let Some(data) = cx.session.data() else { return };
    if data.train.columns().is_empty() {
        return;
    }
    let names: Vec<String> = std::iter::once("Colour: class".to_string())
        .chain(data.train.columns().iter().map(|column| format!("Colour: {}", column.name)))
        .collect();
    let items: Vec<Item<'_>> = names.iter().map(|name| Item::new(name)).collect();
    let mut chosen = match cx.session.spec().colour {
        ColourBy::Class => 0,
        ColourBy::Column(column) => column + 1,
    };
    // Beside the button that the classes shrink to.
    let width = (ui.available_width() - CLASSES).clamp(64.0, CHOICE);
    let combo = ui.add(Combo::new("Colour by", &items, &mut chosen).width(width));
    if help(combo, "Colour by", "The class of each code, or another known factor of its sample.", None).changed() {
        cx.send(Action::Colour(if chosen == 0 { ColourBy::Class } else { ColourBy::Column(chosen - 1) }));
    }
}

/// The classes whose names hold a text.
fn classes(ui: &mut Ui, query: &str, cx: &mut Cx<'_>) {
    let Some(labels) = cx.session.data().and_then(|data| data.train.labels()).cloned() else { return };
    let hidden = &cx.session.spec().hidden;
    let n_shown = labels.names.len() - hidden.len().min(labels.names.len());
    for (class, name) in labels.names.iter().enumerate().filter(|(_, name)| is_found(name, query)) {
        let showing = match (hidden.contains(&class), n_shown) {
            (true, _) => Showing::Hidden,
            (false, 1) if labels.names.len() > 1 => Showing::Alone,
            (false, _) => Showing::Shown,
        };
        let item = LegendItem::new(name, colour_of(&cx.theme, class), showing).ring(is_ring(class));
        let response = ui.add(item);
        if response.hovered() {
            cx.window.lit_class = Some(class);
        }
        if response.double_clicked() {
            cx.send(Action::ShowAlone(class));
        } else if response.clicked() {
            cx.send(Action::ToggleClass(class));
        }
    }
}

/// Whether a class of this name is found by a query.
fn is_found(name: &str, query: &str) -> bool {
    name.to_lowercase().contains(&query.trim().to_lowercase())
}

/// The classes behind a button, where there is no room for a row of them.
fn classes_menu(ui: &mut Ui, cx: &mut Cx<'_>) {
    let Some(labels) = cx.session.data().and_then(|data| data.train.labels()) else { return };
    let n_classes = labels.names.len();
    let text = format!("{n_classes} classes");
    let button = ui.add(Button::new(&text).name("Classes").caret(true));
    let shown = Popup::menu(&button).close_behavior(PopupCloseBehavior::CloseOnClickOutside).show(|ui| {
        let mut query = std::mem::take(&mut cx.window.class_query);
        if n_classes >= MANY {
            search(ui, &mut query, button.clicked(), cx);
        }
        // As many classes as there may be: those beyond the window are scrolled to.
        let height = (ui.ctx().content_rect().height() - 160.0).min(LIST);
        // The list stays as high as it was, else the field would move away from who types.
        let scroll = ScrollArea::vertical().max_height(height).min_scrolled_height(height);
        scroll.auto_shrink([false, n_classes < MANY]).show(ui, |ui| ui.vertical(|ui| classes(ui, &query, cx)));
        cx.window.class_query = query;
    });
    if shown.is_none() {
        cx.window.class_query.clear();
    }
}

/// The field above many classes, which has the keyboard from the beginning; Enter shows the first that is
/// found by itself, and again all.
fn search(ui: &mut Ui, query: &mut String, is_new: bool, cx: &mut Cx<'_>) {
    ui.set_width(SEARCH);
    let edit = TextEdit::singleline(query)
        .hint_text("Find a class… Enter shows it alone")
        .desired_width(SEARCH - 16.0)
        .margin(Margin::symmetric(8, 6));
    let field = ui.add(edit).accessible_name("Find a class");
    let names = cx.session.data().map_or(&[][..], |data| data.train.classes());
    let first = names.iter().position(|name| is_found(name, query));
    let entered = field.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
    if entered && let Some(class) = first.filter(|_| !query.trim().is_empty()) {
        cx.send(Action::ShowAlone(class));
    }
    if entered || is_new {
        field.request_focus();
    }
    if first.is_none() {
        ui.label(RichText::new("No class has such a name.").color(cx.theme.faint));
    }
}

/// The colours of a column between its least and greatest value.
fn scale(ui: &mut Ui, column: usize, legend: &mut Legend, cx: &Cx<'_>) {
    let Some([low, high]) = legend.ends(column, cx) else { return };
    let Some(column) = cx.session.data().and_then(|data| data.train.columns().get(column)) else { return };
    let label = |text: String| RichText::new(text).color(cx.theme.weak);
    ui.add_space(4.0);
    ui.label(label(number::z(low)));
    ui.add_space(6.0);
    let (rect, _) = ui.allocate_exact_size(vec2(140.0, 8.0), Sense::hover());
    let mut mesh = Mesh::default();
    const PIECES: u32 = 32;
    for i in 0..=PIECES {
        let t = i as f32 / PIECES as f32;
        let [r, g, b] = ramp(mode(&cx.theme), t);
        let x = rect.left() + t * rect.width();
        mesh.colored_vertex(pos2(x, rect.top()), Color32::from_rgb(r, g, b));
        mesh.colored_vertex(pos2(x, rect.bottom()), Color32::from_rgb(r, g, b));
        if i > 0 {
            let k = 2 * i;
            mesh.add_triangle(k - 2, k - 1, k);
            mesh.add_triangle(k - 1, k, k + 1);
        }
    }
    ui.painter().add(Shape::mesh(mesh));
    ui.add_space(6.0);
    ui.label(label(number::z(high)));
    ui.add_space(6.0);
    ui.label(label(column.unit.clone()));
}
