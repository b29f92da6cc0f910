//! The tray of Find: what is asked about, the training samples most like it, in a ranked list for each way of
//! comparing them, and how much each list is worth.

use super::path::{HEAD, MARGIN};
use super::ranked::{FACTS, ROW, Ranked, SIDE, STEP};
use crate::data::Distance;
use crate::session::{Action, FindPage, Fold, Listed, N_FOUND, Query};
use crate::ui::commands::FIND;
use crate::ui::context::{Cx, Pointing};
use crate::ui::widgets::chart::legend_line;
use crate::ui::widgets::progress::paint_bar;
use crate::ui::widgets::{
    Button, IconButton, Link, Segmented, TextField, child, cut_text, ended, help, number, part,
};
use crate::ui::{icons, samples, theme};
use eframe::egui::{
    Align2, Color32, Pos2, Rect, RichText, Role, ScrollArea, Sense, Shape, Stroke, Ui, UiBuilder, WidgetInfo,
    pos2, vec2,
};

/// Height of the tray, and the least at which all of it is in sight or can be scrolled to.
pub const HEIGHTS: [f32; 2] = [HEAD + TITLE + ROW * N_FOUND as f32 + 10.0, HEAD + TITLE + 3.0 * ROW + 6.0];
/// Height of what is said above a list.
const TITLE: f32 = 20.0;
/// Least width of a list.
const COLUMN: f32 = 176.0;
const GAP: f32 = 16.0;
/// Width of the field for what to look for, of the chart, and of the buttons at the right of the head.
const FIELD: f32 = 190.0;
const CHART: f32 = 220.0;
const BUTTONS: f32 = 250.0;
/// Height of a line of the chart's legend.
const LINE: f32 = 15.0;
/// Width of the head from which on it has room for its title.
const WITH_TITLE: f32 = 712.0;

/// The tray.
#[derive(Default)]
pub struct FindTray {
    typed: String,
    pointing: Pointing,
}

impl FindTray {
    /// Draws the tray.
    pub fn show(&mut self, ui: &mut Ui, tray: Rect, cx: &mut Cx<'_>) {
        let Some(page) = cx.session.spec().find else { return };
        let inner = tray.shrink2(vec2(MARGIN, 0.0));
        let head = Rect::from_min_size(inner.min, vec2(inner.width(), HEAD));
        self.head(ui, head, page, cx);
        let mut body = Rect::from_min_max(pos2(inner.left(), head.bottom()), inner.max - vec2(0.0, 4.0));
        if cx.session.spec().unfolded.contains(&Fold::Precision) {
            let width = CHART.min(body.width() / 2.0);
            let place = Rect::from_min_max(pos2(body.right() - width, body.top()), body.max);
            precision(ui, place, cx);
            body.max.x -= width + GAP;
        }
        let pointed = lists(ui, body, page, cx);
        self.pointing.at(pointed, cx);
    }

    /// What is asked about; what there is no room for beside the buttons is scrolled.
    fn head(&mut self, ui: &mut Ui, head: Rect, page: FindPage, cx: &mut Cx<'_>) {
        let rest = |ui: &mut Ui, cx: &mut Cx<'_>| {
            if head.width() > WITH_TITLE {
                ui.label(RichText::new("Find").font(theme::semibold(13.0)));
            }
            self.field(ui, cx);
            chosen(ui, cx);
            part(ui, "asked", |ui| asked(ui, &self.typed, cx));
        };
        ended(ui, "head", (head, 2.0 * BUTTONS), cx, rest, |ui, cx| buttons(ui, page, cx));
    }

    /// What to look for, typed.
    fn field(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let is_asked = std::mem::take(&mut cx.window.find_asked);
        let hint = if cx.session.has_words() { "Words to look for…" } else { "Number of a sample…" };
        let field = TextField::new("What to look for", &mut self.typed).hint(hint).opened(is_asked).width(FIELD);
        if help(ui.add(field), FIND.name, &FIND.sentence(), None).changed()
            && let Some(query) = cx.session.query_of(&self.typed)
        {
            cx.send(Action::Ask(Some(query)));
        }
    }
}

/// The way to ask about the sample that was picked, unless it is asked about.
fn chosen(ui: &mut Ui, cx: &mut Cx<'_>) {
    let focused = cx.session.spec().selection.focused;
    if focused.is_some() && cx.session.spec().query == focused.map(Query::Sample) {
        return;
    }
    let button = ui.add_enabled(focused.is_some(), Button::new("The chosen sample").quiet(true));
    let sentence = "Looks for what is like the sample that was picked last, on the plane or in a list.";
    if help(button, "The chosen sample", sentence, None).clicked()
        && let Some(sample) = focused
    {
        cx.send(Action::Ask(Some(Query::Sample(sample))));
    }
}

/// What is asked about now, where the field does not say it, and the way to forget it.
fn asked(ui: &mut Ui, typed: &str, cx: &mut Cx<'_>) {
    let Some(words) = cx.session.query_in_words() else { return };
    if !matches!(&cx.session.spec().query, Some(Query::Text(text)) if text == typed) {
        let mut short: String = words.chars().take(32).collect();
        if short.len() < words.len() {
            short.push('…');
        }
        ui.label(RichText::new(format!("like {short}")).color(cx.theme.weak));
    }
    if help(ui.add(Link::new("Clear")), "Clear", "Forgets it; Undo brings it back.", None).clicked() {
        cx.send(Action::Ask(None));
    }
}

/// How samples are compared, precision, and the way out; in either direction.
fn buttons(ui: &mut Ui, page: FindPage, cx: &mut Cx<'_>) {
    let is_turned = ui.layout().prefer_right_to_left();
    let close = |ui: &mut Ui, cx: &mut Cx<'_>| {
        let close = ui.add(IconButton::new(icons::X, "Close Find"));
        if help(close, "Close", &FIND.keyed("What was asked about stays on the plane. Key Esc; back by"), None)
            .clicked()
        {
            cx.send(Action::Find(None));
        }
    };
    let fold = |ui: &mut Ui, cx: &mut Cx<'_>| {
        let is_open = cx.session.spec().unfolded.contains(&Fold::Precision);
        let button = Button::new("Precision").name("Precision at k").quiet(!is_open);
        let sentence = "How often the k nearest training samples are of the class of what was asked about, over \
                        all test samples.";
        if help(ui.add(button), "Precision at k", sentence, Some("hits among the first k / k")).clicked() {
            cx.send(Action::Unfold(Fold::Precision, !is_open));
        }
    };
    let switch = |ui: &mut Ui, cx: &mut Cx<'_>| {
        let mut at = usize::from(page.distance == Distance::Cosine);
        let switch = ui.add(Segmented::new("Distance", &["Euclid", "Cosine"], &mut at));
        let sentence = "Euclid: how far apart two samples are. Cosine: the angle between them alone, however long \
                        they are.";
        let formula = "√Σ(a − b)², 1 − a·b / (‖a‖ ‖b‖)";
        if help(switch, "Distance", sentence, Some(formula)).changed() {
            let distance = if at == 1 { Distance::Cosine } else { Distance::Euclid };
            cx.send(Action::Find(Some(FindPage { distance })));
        }
    };
    if is_turned {
        close(ui, cx);
        fold(ui, cx);
        switch(ui, cx);
    } else {
        switch(ui, cx);
        fold(ui, cx);
        close(ui, cx);
    }
}

/// Says something in the middle of a place.
fn say(ui: &Ui, place: Rect, words: &str, cx: &Cx<'_>) {
    let galley = ui.painter().layout(words.into(), theme::body(), cx.theme.weak, place.width() - 8.0);
    let at = Align2::CENTER_CENTER.anchor_size(place.center(), galley.size()).min;
    ui.painter().galley(at, galley, cx.theme.weak);
}

/// The lists side by side; returns the training sample under the pointer.
fn lists(ui: &mut Ui, body: Rect, page: FindPage, cx: &mut Cx<'_>) -> Option<u32> {
    let lists = cx.session.lists();
    if cx.session.spec().query.is_none() {
        let words = match (cx.session.has_words(), cx.session.can_ask()) {
            (true, _) => "Type what to look for, or take the chosen sample.",
            (false, true) => "Give the number of a sample, take the chosen one, or draw one (D).",
            (false, false) => "Give the number of a sample, or take the chosen one.",
        };
        say(ui, body, words, cx);
        return None;
    }
    if lists.is_empty() {
        say(ui, body, "Nothing is open by which samples can be compared.", cx);
        return None;
    }
    let train = cx.session.data()?.train.clone();
    // Text says more than a small picture, where it can say what a sample is.
    let is_text = samples::say_lines(ui, &train, cx);
    let n = lists.len() as f32;
    let width = ((body.width() - GAP * (n - 1.0)) / n).max(COLUMN);
    let per_row = (width / STEP).floor().max(1.0);
    let rows = if is_text { ROW * N_FOUND as f32 } else { (SIDE + FACTS) * (N_FOUND as f32 / per_row).ceil() };
    let mut area = child(ui, "lists", UiBuilder::new().max_rect(body));
    let mut pointed = None;
    ScrollArea::both().id_salt("lists").auto_shrink(false).show(&mut area, |ui| {
        let size = vec2(n * width + (n - 1.0) * GAP, TITLE + rows);
        let (all, _) = ui.allocate_exact_size(size, Sense::hover());
        for (i, &list) in lists.iter().enumerate() {
            let left = all.left() + i as f32 * (width + GAP);
            let place = Rect::from_min_size(pos2(left, all.top()), vec2(width, all.height()));
            let found = part(ui, ("list", i), |ui| column(ui, place, (i, list), (is_text, page), cx)).inner;
            pointed = pointed.or(found);
        }
    });
    pointed
}

/// One list; returns the training sample under the pointer.
fn column(
    ui: &mut Ui,
    place: Rect,
    (number, list): (usize, Listed),
    (is_text, page): (bool, FindPage),
    cx: &mut Cx<'_>,
) -> Option<u32> {
    let title = cx.session.title_of_list(list);
    let head = Rect::from_min_size(place.min, vec2(place.width(), TITLE));
    cut_text(ui.painter(), head, &title, theme::small(), cx.theme.weak);
    let response = ui.interact(head, ui.scope_id().with("title"), Sense::hover());
    let formula =
        if page.distance == Distance::Cosine { "1 − a·b / (‖a‖ ‖b‖)" } else { "√Σ(a − b)²" };
    let sentence =
        "The training samples nearest to what is asked about, the nearest first; all of them were looked at.";
    help(response, &title, sentence, Some(formula));
    let session = cx.session;
    let found = session.found(list).unwrap_or_default();
    if found.is_empty() {
        let words = if session.found(list).is_none() { "Looking…" } else { "Nothing can be compared so." };
        let at = pos2(place.left(), head.bottom() + ROW / 2.0);
        ui.painter().text(at, Align2::LEFT_CENTER, words, theme::small(), cx.theme.faint);
        return None;
    }
    let per_row = (place.width() / STEP).floor().max(1.0) as usize;
    let mut pointed = None;
    for (rank, &(sample, distance)) in found.iter().enumerate() {
        let (value, title) = (far(distance), format!("Found {title}"));
        let said = format!("distance {value}");
        let one = Ranked { title: &title, texture: format!("found {number} {rank}"), rank, sample, value, said };
        let is_pointed = if is_text {
            let at = head.left_bottom() + vec2(0.0, rank as f32 * ROW);
            one.line(ui, Rect::from_min_size(at, vec2(place.width(), ROW)), cx)
        } else {
            let (row, column) = (rank / per_row, rank % per_row);
            let at = head.left_bottom() + vec2(2.0 + column as f32 * STEP, 2.0 + row as f32 * (SIDE + FACTS));
            one.tile(ui, Rect::from_min_size(at, vec2(SIDE, SIDE + FACTS)), cx)
        };
        if is_pointed {
            pointed = Some(sample);
        }
    }
    pointed
}

/// A distance: three digits, as there is room for.
fn far(distance: f32) -> String {
    let decimals = if distance < 1.0 { 3 } else { usize::from(distance < 100.0) };
    number::fixed(f64::from(distance), decimals)
}

/// Precision at k, a curve a list.
fn precision(ui: &mut Ui, place: Rect, cx: &Cx<'_>) {
    if !cx.session.has_precision() {
        return say(ui, place, "The data have no classes, so there is no precision.", cx);
    }
    let lists = cx.session.lists();
    let curves: Vec<(String, Vec<(usize, f64)>)> = lists
        .iter()
        .map(|list| (cx.session.title_of_list(*list), cx.session.precision(*list).unwrap_or_default()))
        .collect();
    let share = cx.session.precision_share();
    let response = ui.interact(place, ui.scope_id().with("precision"), Sense::hover());
    let said = |(title, points): &(String, Vec<(usize, f64)>)| {
        let ends = [points.first(), points.last()].into_iter().flatten();
        let ends: Vec<String> = ends.map(|(k, share)| format!("{} at {k}", percent(*share))).collect();
        format!("{title} {}", ends.join(", "))
    };
    let all: Vec<String> = curves.iter().map(said).collect();
    response.widget_info(|| {
        WidgetInfo::labeled(Role::Image, true, format!("Chart of precision at k: {}", all.join("; ")))
    });
    let sentence = "The share of the k nearest training samples that are of the class of what was asked about, the \
                    mean over all test samples.";
    help(response, "Precision at k", sentence, Some("hits among the first k / k"));
    let painter = ui.painter().with_clip_rect(place.intersect(ui.clip_rect()));
    let text = |at: Pos2, anchor: Align2, words: &str, colour: Color32| {
        painter.text(at, anchor, words, theme::small(), colour);
    };
    text(place.left_top() + vec2(0.0, 10.0), Align2::LEFT_CENTER, "precision at k", cx.theme.weak);
    if share < 1.0 {
        let bar = Rect::from_min_size(place.right_top() + vec2(-60.0, 8.0), vec2(60.0, 4.0));
        paint_bar(&painter, bar, share, cx.theme.track, cx.theme.accent);
    }
    let legend = LINE * curves.len() as f32;
    let plot = Rect::from_min_max(
        pos2(place.left() + 34.0, place.top() + TITLE + 4.0),
        pos2(place.right() - 6.0, (place.bottom() - legend - LINE).max(place.top() + TITLE + 28.0)),
    );
    let values = || curves.iter().flat_map(|(_, points)| points.iter().map(|(_, share)| *share));
    let low = (values().fold(1.0, f64::min) * 10.0).floor() / 10.0;
    let high = ((values().fold(0.0, f64::max) * 10.0).ceil() / 10.0).max(low + 0.1);
    let ks: &[(usize, f64)] =
        curves.iter().map(|(_, points)| points.as_slice()).max_by_key(|p| p.len()).unwrap_or(&[]);
    let x = |i: usize| plot.left() + plot.width() * i as f32 / (ks.len().max(2) - 1) as f32;
    let y = |share: f64| plot.bottom() - plot.height() * ((share - low) / (high - low)) as f32;
    let lines = [low, high];
    for &share in lines.iter().take(if ks.is_empty() { 0 } else { lines.len() }) {
        painter.hline(plot.x_range(), y(share), Stroke::new(1.0, cx.theme.hairline));
        text(pos2(plot.left() - 6.0, y(share)), Align2::RIGHT_CENTER, &percent(share), cx.theme.faint);
    }
    for (i, (k, _)) in ks.iter().enumerate() {
        text(pos2(x(i), plot.bottom() + 9.0), Align2::CENTER_CENTER, &k.to_string(), cx.theme.faint);
    }
    for (i, (title, points)) in curves.iter().enumerate() {
        let (stroke, is_dashed) = pen(i, cx);
        let line: Vec<Pos2> = points.iter().enumerate().map(|(i, (_, share))| pos2(x(i), y(*share))).collect();
        if is_dashed {
            painter.extend(Shape::dashed_line(&line, stroke, 4.0, 3.0));
        } else {
            painter.add(Shape::line(line, stroke));
        }
        let at = pos2(place.left(), plot.bottom() + LINE + 4.0 + (i as f32 + 0.5) * LINE);
        let last = points.first().map(|(_, share)| format!("{title}, {} at 1", percent(*share)));
        if at.y + LINE / 2.0 <= place.bottom() + 2.0 {
            legend_line(ui, at, &last.unwrap_or_else(|| title.clone()), stroke, is_dashed, cx.theme.weak);
        }
    }
}

/// The line of a list, whole and dashed by turns.
fn pen(i: usize, cx: &Cx<'_>) -> (Stroke, bool) {
    let tones = [cx.theme.accent, cx.theme.text, cx.theme.weak];
    (Stroke::new(1.5, tones[i % tones.len()]), i / tones.len() % 2 == 1)
}

fn percent(share: f64) -> String {
    format!("{} %", number::fixed(100.0 * share, 0))
}
