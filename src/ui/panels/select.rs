//! The tray of the chosen samples: which they are, what they have in common, and the ways to choose others.

use super::path::MARGIN;
use crate::session::{Action, Choice, Joining, Shape};
use crate::ui::commands::{
    ALONE, ATTRIBUTE, CHOOSE_ALL, CLEAR, Command, EXPORT_CHOSEN, FIND, HIDE, INVERT, QUERY, RECONSTRUCTIONS,
    SHOW_ALL, WORST,
};
use crate::ui::context::{Cx, Pointing};
use crate::ui::plane::{joining, mark_of};
use crate::ui::samples::{self, Tiles};
use crate::ui::theme;
use crate::ui::widgets::{Button, Segmented, TextField, child, cut_text, ended, help, menu_entry, number, part};
use eframe::egui::{
    Align2, Popup, Rect, RichText, Role, ScrollArea, Sense, Ui, UiBuilder, Vec2, WidgetInfo, pos2, vec2,
};

/// Height of the tray, and the least at which all of it is in sight or can be scrolled to.
pub const HEIGHTS: [f32; 2] = [204.0, HEAD + SIDE + 2.0 * LINE + 14.0];
const HEAD: f32 = 44.0;
/// Width of the field for what to choose, and of the buttons beside it.
const FIELD: f32 = 180.0;
const BUTTONS: f32 = 180.0;
/// Side of a sample, and the width of its column.
const SIDE: f32 = 48.0;
const COLUMN: f32 = 70.0;
/// Height of a line of text.
const LINE: f32 = 14.0;
/// Side of the mean at most, and width of the counts beside it.
const MEAN: f32 = 112.0;
const COUNTS: f32 = 92.0;
/// Classes that are counted one by one.
const MAX_COUNTS: usize = 6;
/// Rows of samples in sight at once, at most.
const MAX_ROWS: usize = 4;

/// The commands of the menu.
const MORE: [&Command; 8] =
    [&WORST, &HIDE, &ALONE, &SHOW_ALL, &RECONSTRUCTIONS, &FIND, &ATTRIBUTE, &EXPORT_CHOSEN];

/// The tray.
#[derive(Default)]
pub struct SelectTray {
    query: String,
    pointing: Pointing,
}

impl SelectTray {
    /// Draws the tray.
    pub fn show(&mut self, ui: &mut Ui, tray: Rect, cx: &mut Cx<'_>) {
        let inner = tray.shrink2(vec2(MARGIN, 0.0));
        let head = Rect::from_min_size(inner.min, vec2(inner.width(), HEAD));
        self.head(ui, head, cx);
        let body = Rect::from_min_max(pos2(inner.left(), head.bottom()), inner.max - vec2(0.0, 6.0));
        let mut pointed = None;
        if cx.session.spec().selection.samples.is_empty() {
            let words = if cx.session.waits_for_errors() {
                "Measuring the error of every sample…"
            } else {
                "Nothing chosen. Draw around codes, or type what to choose."
            };
            let (at, font) = (body.center() - vec2(0.0, HEAD / 4.0), theme::body());
            ui.painter().text(at, Align2::CENTER_CENTER, words, font, cx.theme.weak);
        } else {
            let counts = if inner.width() > 600.0 { COUNTS } else { 0.0 };
            // Beside the mean there is room for two columns at least, and below it for its name.
            let mean =
                if inner.width() > MEAN + 2.0 * COLUMN + 24.0 { MEAN.min(body.height() - 20.0) } else { 0.0 };
            let mut left = body.left();
            if mean > 0.0 {
                common(ui, body, mean, counts, cx);
                left += mean + 12.0 + counts + if counts > 0.0 { 16.0 } else { 0.0 };
            }
            pointed = gallery(ui, Rect::from_min_max(pos2(left, body.top()), body.max), cx);
        }
        self.pointing.at(pointed, cx);
    }

    /// How many are chosen, and how others are: what there is no room for beside the buttons is scrolled.
    fn head(&mut self, ui: &mut Ui, head: Rect, cx: &mut Cx<'_>) {
        let is_narrow = head.width() < 640.0;
        let least = 2.0 * BUTTONS;
        let rest = |ui: &mut Ui, cx: &mut Cx<'_>| {
            how_many(ui, is_narrow, cx);
            shape(ui, is_narrow, cx);
            by_class(ui, cx);
            more(ui, cx);
            if head.width() >= least {
                // The field is at the right end where there is room for more than it.
                ui.add_space((ui.available_width() - FIELD).max(0.0));
            }
            self.query(ui, cx);
        };
        ended(ui, "head", (head, least), cx, rest, buttons);
    }

    /// What to choose, typed.
    fn query(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let is_asked = std::mem::take(&mut cx.window.query_asked);
        let field = TextField::new("Choose by words or numbers", &mut self.query)
            .hint("12, 40-60, class 7…")
            .opened(is_asked)
            .width(FIELD);
        if help(ui.add(field), QUERY.name, &QUERY.sentence(), None).changed() {
            let said = std::mem::take(&mut self.query);
            if !said.trim().is_empty() {
                cx.send(Action::Choose(Choice::Said(said), Joining::Instead));
            }
        }
    }
}

/// How many samples are chosen, and of how many.
fn how_many(ui: &mut Ui, is_narrow: bool, cx: &Cx<'_>) {
    let (n, all) = (cx.session.spec().selection.samples.len(), cx.session.data());
    let all = all.map_or(0, |data| data.train.n_samples());
    let (n, all) = (number::count(n as u64), number::count(all as u64));
    ui.label(RichText::new(format!("{n} chosen")).font(theme::semibold(13.0)));
    if !is_narrow {
        ui.label(RichText::new(format!("of {all}")).color(cx.theme.weak));
        ui.add_space(6.0);
    }
}

/// What a drag on the plane draws.
fn shape(ui: &mut Ui, is_narrow: bool, cx: &mut Cx<'_>) {
    let mut shape = usize::from(cx.session.spec().shape == Shape::Rectangle);
    let words = if is_narrow { ["Lasso", "Box"] } else { ["Lasso", "Rectangle"] };
    let switch = ui.add(Segmented::new("Draw", &words, &mut shape));
    let sentence =
        "What a drag on the plane draws. Shift adds to the chosen, Ctrl takes away. Hidden classes never count.";
    if help(switch, "Lasso or rectangle", sentence, None).changed() {
        cx.send(Action::SetShape(if shape == 0 { Shape::Lasso } else { Shape::Rectangle }));
    }
}

/// What is done with all samples or with the chosen ones; in either direction.
fn buttons(ui: &mut Ui, cx: &mut Cx<'_>) {
    ui.spacing_mut().item_spacing.x = 2.0;
    let mut all = [(&CHOOSE_ALL, "All"), (&INVERT, "Invert"), (&CLEAR, "Clear")];
    if ui.layout().prefer_right_to_left() {
        all.reverse();
    }
    for (command, text) in all {
        let is_ready = command.is_ready(cx.session);
        let button = ui.add_enabled(is_ready, Button::new(text).name(command.name).quiet(true));
        if help(button, command.name, &command.sentence(), None).clicked() {
            command.run(ui, cx);
        }
    }
}

/// The list of classes, each to be chosen whole.
fn by_class(ui: &mut Ui, cx: &mut Cx<'_>) {
    let names = cx.session.data().map_or(&[][..], |data| data.train.classes());
    if names.is_empty() {
        return;
    }
    let button = ui.add(Button::new("Class").name("Choose a class").caret(true));
    let sentence = "All of a class. Shift adds to the chosen, Ctrl takes away.";
    let button = help(button, "Choose a class", sentence, None);
    Popup::menu(&button).frame(cx.theme.card(5)).width(160.0).show(|ui| {
        ScrollArea::vertical().max_height(320.0).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for (class, name) in names.iter().enumerate() {
                if menu_entry(ui, name).clicked() {
                    let joining = joining(ui);
                    cx.send(Action::Choose(Choice::Class(class), joining));
                }
            }
        });
    });
}

/// What else can be done with them.
fn more(ui: &mut Ui, cx: &mut Cx<'_>) {
    let button = ui.add(Button::new("More").name("More about the chosen").caret(true));
    let sentence = "Hide them or all others, choose the worst reconstructed, write them to a file.";
    let button = help(button, "More", sentence, None);
    Popup::menu(&button).frame(cx.theme.card(5)).width(232.0).show(|ui| {
        ui.set_width(232.0);
        ui.spacing_mut().item_spacing.y = 0.0;
        for command in MORE.into_iter().filter(|command| command.is_ready(cx.session)) {
            if menu_entry(ui, command.name).clicked() {
                command.run(ui, cx);
            }
        }
    });
}

/// The mean of the chosen samples and how many are of each class.
fn common(ui: &mut Ui, body: Rect, side: f32, counts: f32, cx: &mut Cx<'_>) {
    let place = Rect::from_min_size(body.min, Vec2::splat(side));
    let Some((stamp, common)) = cx.session.common() else {
        ui.painter().rect_filled(place, theme::TILE_RADIUS, cx.theme.field);
        return;
    };
    if let Some(mean) = &common.mean {
        ui.painter().rect_filled(place, theme::TILE_RADIUS, cx.theme.field);
        let tiles = Tiles::new(ui, ("the mean", stamp), mean, [1, 1], cx);
        tiles.paint(ui, 0, place);
        let response = ui.interact(place, ui.scope_id().with("mean"), Sense::hover());
        let name = tiles.named("Mean of the chosen samples", 0);
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
        help(response, "Mean", "The mean of the chosen samples, feature by feature.", Some("x̄ = (1/n) Σ x"));
        let at = pos2(place.center().x, place.bottom() + 10.0);
        ui.painter().text(at, Align2::CENTER_CENTER, "mean", theme::small(), cx.theme.faint);
    }
    if counts > 0.0 {
        let place = Rect::from_min_size(pos2(place.right() + 12.0, body.top()), vec2(counts, body.height()));
        class_lines(ui, place, &common.class_counts, cx);
    }
}

/// A line a class, the one with most first.
fn class_lines(ui: &Ui, place: Rect, counts: &[usize], cx: &Cx<'_>) {
    let Some(data) = cx.session.data() else { return };
    let mut order: Vec<usize> = (0..counts.len()).filter(|class| counts[*class] > 0).collect();
    order.sort_by_key(|class| std::cmp::Reverse(counts[*class]));
    let n_lines = if order.len() > MAX_COUNTS + 1 { MAX_COUNTS } else { order.len() };
    let line = |i: usize| Rect::from_min_size(place.min + vec2(0.0, 18.0 * i as f32), vec2(place.width(), 18.0));
    let count = |n: usize, at: Rect| {
        let text = number::count(n as u64);
        let galley = ui.painter().layout_no_wrap(text, theme::small(), cx.theme.weak);
        let left = at.right() - galley.size().x;
        ui.painter().galley(pos2(left, at.center().y - galley.size().y / 2.0), galley, cx.theme.weak);
        left
    };
    for (i, &class) in order[..n_lines].iter().enumerate() {
        let at = line(i);
        let right = count(counts[class], at) - 6.0;
        mark_of(ui.painter(), pos2(at.left() + 4.0, at.center().y), class, cx);
        let name = Rect::from_min_max(pos2(at.left() + 14.0, at.top()), pos2(right, at.bottom()));
        cut_text(ui.painter(), name, &data.train.classes()[class], theme::body(), cx.theme.text);
    }
    if n_lines < order.len() {
        let at = line(n_lines);
        let right = count(order[n_lines..].iter().map(|class| counts[*class]).sum(), at) - 6.0;
        let name = Rect::from_min_max(pos2(at.left() + 14.0, at.top()), pos2(right, at.bottom()));
        let text = format!("{} more", order.len() - n_lines);
        cut_text(ui.painter(), name, &text, theme::body(), cx.theme.faint);
    }
}

/// The chosen samples in rows that scroll; only those in sight are drawn. Returns the one under the pointer.
fn gallery(ui: &mut Ui, place: Rect, cx: &mut Cx<'_>) -> Option<u32> {
    let data = cx.session.data()?.train.clone();
    let chosen = cx.session.spec().selection.samples.clone();
    let columns = ((place.width() - 12.0) / COLUMN).floor().max(1.0) as usize;
    let n_lines = if data.caption(0).is_some() { 2.0 } else { 1.0 };
    let height = SIDE + n_lines * LINE + 6.0;
    let mut pointed = None;
    let mut area = child(ui, "gallery", UiBuilder::new().max_rect(place));
    area.spacing_mut().item_spacing = Vec2::ZERO;
    let scroll = ScrollArea::vertical().id_salt("chosen").auto_shrink(false);
    scroll.show_rows(&mut area, height, chosen.len().div_ceil(columns), |ui, rows| {
        for row in rows {
            let (line, _) = ui.allocate_exact_size(vec2(columns as f32 * COLUMN, height), Sense::hover());
            let first = row * columns;
            for (i, &sample) in chosen[first..chosen.len().min(first + columns)].iter().enumerate() {
                let at =
                    Rect::from_min_size(line.min + vec2(i as f32 * COLUMN, 2.0), vec2(COLUMN - 6.0, height - 2.0));
                // As many textures as can be in sight, each taken by what comes into it.
                let texture = (first + i) % (columns * MAX_ROWS);
                if part(ui, ("chosen", sample), |ui| sample_tile(ui, at, sample, texture, cx)).inner {
                    pointed = Some(sample);
                }
            }
        }
    });
    pointed
}

/// A chosen sample with its class, its index and its name; says whether the pointer is on it.
fn sample_tile(ui: &mut Ui, at: Rect, sample: u32, texture: usize, cx: &mut Cx<'_>) -> bool {
    let Some(data) = cx.session.data() else { return false };
    let train = data.train.clone();
    let tiles = samples::stored(ui, &format!("chosen {texture}"), &train, sample, cx);
    let class = train.labels().and_then(|labels| labels.of.get(sample as usize)).map(|class| usize::from(*class));
    let caption = train.caption(sample as usize);
    let said: Vec<String> = [
        Some(format!("Chosen {sample}")),
        class.map(|class| format!("class {}", train.classes()[class])),
        caption.map(str::to_owned),
        tiles.line(0),
    ]
    .into_iter()
    .flatten()
    .collect();
    let said = said.join(", ");
    let size = tiles.fitted(Vec2::splat(SIDE));
    let is_focused = cx.session.spec().selection.focused == Some(sample);
    let tile = tiles.tile(&said, 0, size).chosen(is_focused);
    let square = Rect::from_min_size(at.min + vec2(2.0, 0.0), Vec2::splat(SIDE));
    let response = ui.put(Rect::from_center_size(square.center(), size), tile);
    if response.clicked() {
        cx.send(Action::Pick(Some(sample)));
    }
    let mut text = Rect::from_min_size(at.min + vec2(2.0, SIDE + 2.0), vec2(at.width() - 2.0, LINE));
    if let Some(class) = class {
        mark_of(ui.painter(), pos2(text.left() + 4.0, text.center().y), class, cx);
        text.min.x += 12.0;
    }
    cut_text(ui.painter(), text, &number::count(u64::from(sample)), theme::small(), cx.theme.weak);
    if let Some(caption) = caption {
        let below = Rect::from_min_size(pos2(at.left() + 2.0, text.bottom()), vec2(at.width() - 2.0, LINE));
        cut_text(ui.painter(), below, caption, theme::small(), cx.theme.faint);
    }
    response.hovered()
}
