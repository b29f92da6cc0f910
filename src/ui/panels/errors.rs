//! The tray of reconstructions: samples, what the model makes of them and where the two differ, by their
//! error, beside the histogram of all errors; and the heading in Decode that opens it.

use super::path::{HEAD, MARGIN};
use super::{Panel, Place, error_lines};
use crate::model::Capabilities;
use crate::session::{Action, Choice, ErrorOrder, ErrorPage, Errors, ErrorsOf, Joining, Samples};
use crate::ui::commands::RECONSTRUCTIONS;
use crate::ui::context::{Cx, Pointing};
use crate::ui::layout::Layout;
use crate::ui::plane::mark_of;
use crate::ui::samples::{self, Tiles};
use crate::ui::widgets::{Button, Combo, IconButton, Item, Segmented, fold, help, number};
use crate::ui::{icons, theme};
use eframe::egui::{
    Align, Align2, Color32, Galley, Layout as Flow, Rect, Response, RichText, Role, Sense, Shape, Stroke,
    StrokeKind, Ui, UiBuilder, Vec2, WidgetInfo, pos2, vec2,
};
use std::sync::Arc;

/// Height of the tray, and the least at which all of it is in sight.
pub const HEIGHTS: [f32; 2] = [HEAD + 3.0 * SIDE + 2.0 * GAP + 2.0 * LINE + 12.0; 2];
/// Largest side of a sample.
const SIDE: f32 = 46.0;
/// Width of a class's mark with the gap behind it.
const MARK: f32 = 12.0;
const GAP: f32 = 2.0;
const LINE: f32 = 15.0;
/// Samples side by side.
const COLUMNS: f32 = crate::session::N_ON_PAGE as f32;
/// Width of the histogram.
const HISTOGRAM: f32 = 148.0;
/// Widths of the head from which on it has room for its title, for the number of the page, and for the button
/// that chooses what is on it.
const WITH_TITLE: f32 = 712.0;
const WITH_COUNT: f32 = 790.0;
const WITH_CHOICE: f32 = 600.0;
/// What is said of the rows.
const ROWS: [&str; 3] = ["Samples", "Reconstructions", "Differences"];

/// The heading in Decode.
pub struct ErrorPanel;

impl Panel for ErrorPanel {
    fn id(&self) -> &'static str {
        "errors"
    }

    fn title(&self) -> &'static str {
        "Reconstructions"
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
        let mut is_open = cx.session.spec().errors.is_some();
        let mean = cx.session.errors().map(|errors| number::fixed(errors.test.mean, 1));
        let note = mean.map_or_else(String::new, |mean| format!("test {mean}"));
        let head = fold(ui, self.title(), &note, &mut is_open);
        let head = help(head, self.title(), &RECONSTRUCTIONS.sentence(), Some(cx.session.error_words()[0]));
        if head.changed() {
            cx.send(Action::ShowErrors(is_open.then(ErrorPage::default)));
        }
    }
}

/// The tray.
#[derive(Default)]
pub struct ErrorTray {
    pointing: Pointing,
}

impl ErrorTray {
    /// Draws the tray.
    pub fn show(&mut self, ui: &mut Ui, tray: Rect, cx: &mut Cx<'_>) {
        let Some(page) = cx.session.spec().errors else { return };
        let inner = tray.shrink2(vec2(MARGIN, 0.0));
        let head = Rect::from_min_size(inner.min, vec2(inner.width(), HEAD));
        let mut row = ui.new_child(UiBuilder::new().max_rect(head).layout(Flow::left_to_right(Align::Center)));
        row.spacing_mut().item_spacing.x = 6.0;
        self::head(&mut row, page, cx);
        let body = Rect::from_min_max(pos2(inner.left(), head.bottom()), inner.max - vec2(0.0, 6.0));
        let has_histogram = body.width() > 520.0;
        let left = body.left() + if has_histogram { HISTOGRAM + 20.0 } else { 0.0 };
        let pictures = Rect::from_min_max(pos2(left, body.top()), body.max);
        let Some(errors) = cx.session.errors() else {
            let words = if !RECONSTRUCTIONS.is_ready(cx.session) {
                "This model reconstructs nothing."
            } else if cx.session.is_training() {
                "The errors are measured once training rests."
            } else {
                "Measuring the error of every sample…"
            };
            let font = theme::body();
            ui.painter().text(body.center(), Align2::CENTER_CENTER, words, font, cx.theme.weak);
            return;
        };
        if has_histogram {
            let place = Rect::from_min_size(body.min, vec2(HISTOGRAM, body.height()));
            histogram(ui, place, page, errors, cx);
        }
        let pointed = samples(ui, pictures, page, cx);
        self.pointing.at(pointed, cx);
    }
}

/// Which reconstructions, and the way to others.
fn head(ui: &mut Ui, page: ErrorPage, cx: &mut Cx<'_>) {
    let show = |page: ErrorPage| Action::ShowErrors(Some(page));
    let room = ui.available_width();
    if room > WITH_TITLE {
        ui.label(RichText::new("Reconstructions").font(theme::semibold(13.0)));
        ui.add_space(2.0);
    }
    let mut split = usize::from(page.is_test);
    if ui.add(Segmented::new("Split", &["Train", "Test"], &mut split)).changed() {
        cx.send(show(ErrorPage { is_test: split == 1, page: 0, ..page }));
    }
    let orders = [ErrorOrder::Worst, ErrorOrder::Best, ErrorOrder::Index];
    let mut order = orders.iter().position(|order| *order == page.order).unwrap_or(0);
    if ui.add(Segmented::new("First", &["Worst", "Best", "Index"], &mut order)).changed() {
        cx.send(show(ErrorPage { order: orders[order], page: 0, ..page }));
    }
    which(ui, page, cx);
    ui.with_layout(Flow::right_to_left(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        let close = ui.add(IconButton::new(icons::X, "Close the reconstructions"));
        if help(close, "Close", "Decode brings them back. Key X.", None).clicked() {
            cx.send(Action::ShowErrors(None));
        }
        let Some((samples, n_pages)) = cx.session.error_page() else { return };
        let samples: Samples = samples.iter().copied().collect();
        let at = page.page.min(n_pages - 1);
        let next = ui.add_enabled(at + 1 < n_pages, Button::new("Next").name("Next reconstructions").quiet(true));
        if next.clicked() {
            cx.send(show(ErrorPage { page: at + 1, ..page }));
        }
        let before = Button::new("Before").name("Reconstructions before").quiet(true);
        if ui.add_enabled(at > 0, before).clicked() {
            cx.send(show(ErrorPage { page: at - 1, ..page }));
        }
        if room > WITH_COUNT {
            let text = format!("{} of {}", number::count(at as u64 + 1), number::count(n_pages as u64));
            ui.label(RichText::new(text).font(theme::small()).color(cx.theme.faint));
        }
        if room < WITH_CHOICE {
            return;
        }
        let choose = Button::new("Choose").name("Choose these samples").quiet(true);
        let choose = ui.add_enabled(!page.is_test && !samples.is_empty(), choose);
        let sentence = "Chooses the samples of this page, which lights them on every plane.";
        if help(choose, "Choose these", sentence, None).clicked() {
            cx.send(Action::Choose(Choice::These(samples), Joining::Instead));
        }
    });
}

/// All, a class, or the chosen.
fn which(ui: &mut Ui, page: ErrorPage, cx: &mut Cx<'_>) {
    let classes = cx.session.data().map_or(&[][..], |data| data.train.classes());
    let mut all = vec![(ErrorsOf::All, "All"), (ErrorsOf::Chosen, "Chosen")];
    all.extend(classes.iter().enumerate().map(|(class, name)| (ErrorsOf::Class(class), &**name)));
    let items: Vec<Item<'_>> = all.iter().map(|(_, name)| Item::new(name)).collect();
    let mut chosen = all.iter().position(|(of, _)| *of == page.of).unwrap_or(0);
    let combo = ui.add(Combo::new("Reconstructions of", &items, &mut chosen).width(96.0));
    let sentence = "All samples, those that are chosen, or those of a class.";
    if help(combo, "Which samples", sentence, None).changed() {
        cx.send(Action::ShowErrors(Some(ErrorPage { of: all[chosen].0, page: 0, ..page })));
    }
}

/// How the errors of both splits are spread, and where the samples of the page lie.
fn histogram(ui: &mut Ui, place: Rect, page: ErrorPage, errors: &Errors, cx: &Cx<'_>) {
    let response = ui.interact(place, ui.scope_id().with("histogram"), Sense::hover());
    let said = format!(
        "Histogram of the errors, 0 to {}: training mean {}, test mean {}",
        number::fixed(f64::from(errors.end), 1),
        number::fixed(errors.train.mean, 1),
        number::fixed(errors.test.mean, 1)
    );
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &said));
    let sentence = "Share of the samples by their error: bars of training, line of test; ticks are those shown.";
    help(response, "Errors", sentence, Some(cx.session.error_words()[0]));
    let plot = Rect::from_min_max(place.min + vec2(0.0, 34.0), place.max - vec2(0.0, 24.0));
    let most = errors.train.bars.iter().chain(&errors.test.bars).copied().fold(1e-9, f32::max);
    let n = errors.train.bars.len();
    let x = |bar: usize| plot.left() + plot.width() * bar as f32 / n as f32;
    let y = |share: f32| plot.bottom() - plot.height() * share / most;
    for (bar, share) in errors.train.bars.iter().enumerate() {
        let rect = Rect::from_min_max(pos2(x(bar), y(*share)), pos2(x(bar + 1) - 1.0, plot.bottom()));
        ui.painter().rect_filled(rect, 0, cx.theme.track_filled);
    }
    let steps = errors.test.bars.iter().enumerate();
    let line = steps.flat_map(|(bar, share)| [pos2(x(bar), y(*share)), pos2(x(bar + 1), y(*share))]).collect();
    ui.painter().add(Shape::line(line, Stroke::new(1.5, cx.theme.accent)));
    ui.painter().hline(plot.x_range(), plot.bottom(), Stroke::new(1.0, cx.theme.pressed));
    let of = if page.is_test { &errors.test.of } else { &errors.train.of };
    let shown = cx.session.error_page().map_or(&[][..], |(samples, _)| samples);
    for error in shown.iter().filter_map(|sample| of.get(*sample as usize)) {
        let at = (x(errors.bar_of(*error)) + x(errors.bar_of(*error) + 1)) / 2.0;
        ui.painter().vline(at, plot.bottom() + 2.0..=plot.bottom() + 8.0, Stroke::new(1.5, cx.theme.accent));
    }
    let text = |at, anchor: Align2, words: String, colour| {
        ui.painter().text(at, anchor, words, theme::small(), colour);
    };
    let foot = plot.bottom() + 16.0;
    text(pos2(plot.left(), foot), Align2::LEFT_CENTER, "0".into(), cx.theme.faint);
    text(pos2(plot.center().x, foot), Align2::CENTER_CENTER, cx.session.error_words()[0].into(), cx.theme.faint);
    let end = format!("{}+", number::fixed(f64::from(errors.end), 0));
    text(pos2(plot.right(), foot), Align2::RIGHT_CENTER, end, cx.theme.faint);
    let train = format!("train {}", number::fixed(errors.train.mean, 1));
    let test = format!("test {}", number::fixed(errors.test.mean, 1));
    text(place.min + vec2(0.0, 7.0), Align2::LEFT_CENTER, format!("mean of {train}"), cx.theme.weak);
    text(place.min + vec2(0.0, 21.0), Align2::LEFT_CENTER, format!("mean of {test}"), cx.theme.accent);
}

/// The samples of the page; returns the training sample under the pointer.
fn samples(ui: &mut Ui, place: Rect, page: ErrorPage, cx: &mut Cx<'_>) -> Option<u32> {
    let (samples, _) = cx.session.error_page()?;
    let samples = samples.to_vec();
    if samples.is_empty() {
        let words = match page.of {
            ErrorsOf::Chosen if page.is_test => "Chosen are training samples.",
            ErrorsOf::Chosen => "Nothing chosen.",
            _ => "No sample of this class.",
        };
        ui.painter().text(place.center(), Align2::CENTER_CENTER, words, theme::body(), cx.theme.weak);
        return None;
    }
    if samples::are_sentences(cx.session) {
        let n = samples.len();
        let tiles = cx.session.reconstructions().map(|(stamp, found)| {
            let mut tiles = Tiles::new(ui, ("reconstructions", stamp), &found.shown, [n, found.n_rows], cx);
            tiles.hold_rows(ui, cx);
            tiles
        });
        return error_lines::show(ui, place, (page, &samples), tiles.as_ref(), cx);
    }
    let step = (place.width() / COLUMNS).min(72.0);
    let side = (step - 4.0).min(SIDE);
    let left = |i: usize| place.left() + i as f32 * step;
    if let Some((stamp, found)) = cx.session.reconstructions() {
        let n = samples.len();
        let tiles = Tiles::new(ui, ("reconstructions", stamp), &found.shown, [n, found.n_rows], cx);
        for (row, what) in ROWS.iter().enumerate().take(found.n_rows) {
            let top = place.top() + row as f32 * (side + GAP);
            let line = Rect::from_min_size(pos2(left(0), top), vec2(step * n as f32, side));
            let response = ui.interact(line, ui.scope_id().with(("row", row)), Sense::hover());
            let name = format!("{what} of {} samples", samples.len());
            response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
            for i in 0..n {
                tiles.paint(ui, row * n + i, Rect::from_min_size(pos2(left(i), top), Vec2::splat(side)));
            }
        }
    }
    let mut pointed = None;
    for (i, &sample) in samples.iter().enumerate() {
        let column = Rect::from_min_max(pos2(left(i), place.top()), pos2(left(i) + side, place.bottom()));
        if column_of(ui, column, side, sample, page, cx) {
            pointed = Some(sample);
        }
    }
    pointed
}

/// What is said of a sample of the page.
pub struct Facts {
    /// Its error.
    pub error: f32,
    /// Its class.
    pub class: Option<usize>,
    /// All of it in words.
    pub said: String,
}

impl Facts {
    /// What is known of a sample.
    pub fn of(sample: u32, page: ErrorPage, cx: &Cx<'_>) -> Option<Self> {
        let (errors, data) = (cx.session.errors()?, cx.session.data()?);
        let (errors, data) = if page.is_test { (&errors.test, &data.test) } else { (&errors.train, &data.train) };
        let error = *errors.of.get(sample as usize)?;
        let class = data.class_of(sample);
        let in_words = number::fixed(f64::from(error), 1);
        let split = if page.is_test { "Test" } else { "Training" };
        let of_class = data.class_name_of(sample).map_or_else(String::new, |class| format!(", class {class}"));
        let caption = data.caption(sample as usize).map_or_else(String::new, |caption| format!(", {caption}"));
        Some(Self { error, class, said: format!("{split} sample {sample}{of_class}{caption}, error {in_words}") })
    }

    /// A place of the sample that is pointed at and, of a training sample, clicked.
    pub fn control(&self, ui: &Ui, at: Rect, said: &str, (sample, page): (u32, ErrorPage)) -> Response {
        let sense = if page.is_test { Sense::hover() } else { Sense::click() };
        let response = ui.interact(at, ui.scope_id().with(("column", sample)), sense);
        let role = if page.is_test { Role::Image } else { Role::Button };
        response.widget_info(|| WidgetInfo::labeled(role, true, said));
        response
    }
}

/// A sample's column: its error and number below the pictures; a click picks a training sample. Says whether
/// the pointer is on one.
fn column_of(ui: &mut Ui, at: Rect, side: f32, sample: u32, page: ErrorPage, cx: &mut Cx<'_>) -> bool {
    let Some(facts) = Facts::of(sample, page, cx) else { return false };
    let response = facts.control(ui, at, &facts.said, (sample, page));
    let Facts { error, class, said: name } = facts;
    let in_words = number::fixed(f64::from(error), 1);
    let pictures = Rect::from_min_size(at.min, vec2(side, 3.0 * side + 2.0 * GAP));
    let is_focused = !page.is_test && cx.session.spec().selection.focused == Some(sample);
    if is_focused || response.hovered() && !page.is_test || response.has_focus() {
        let width = if is_focused { 2.0 } else { 1.0 };
        let stroke = Stroke::new(width, cx.theme.accent);
        ui.painter().rect_stroke(pictures, theme::TILE_RADIUS, stroke, StrokeKind::Outside);
    }
    let y = pictures.bottom() + LINE / 2.0 + 2.0;
    // What is wider than its column would lie on the next one's: the mark goes first, then the decimal.
    let galley = |text: &str, colour| ui.painter().layout_no_wrap(text.to_owned(), theme::small(), colour);
    let room = side + 3.0;
    let mut of_error = galley(&in_words, cx.theme.text);
    let mut left = at.left();
    if let Some(class) = class.filter(|_| of_error.size().x + MARK <= room) {
        mark_of(ui.painter(), pos2(left + 4.0, y), class, cx);
        left += MARK;
    }
    if of_error.size().x > room {
        of_error = galley(&number::fixed(f64::from(error), 0), cx.theme.text);
    }
    let put = |galley: Arc<Galley>, left: f32, y: f32| {
        if galley.size().x <= room {
            let at = pos2(left, y - galley.size().y / 2.0);
            ui.painter().galley(at, galley, Color32::PLACEHOLDER);
        }
    };
    put(of_error, left, y);
    put(galley(&number::count(u64::from(sample)), cx.theme.faint), at.left(), y + LINE);
    let is_pointed = response.hovered() && !page.is_test;
    let response = help(response, &name, "A click picks the sample.", None);
    if response.clicked() {
        cx.send(Action::Pick(Some(sample)));
    }
    is_pointed
}
