//! The tray of a path: its pictures in a row, how it runs, and its animation.

use super::strip::{self, FRAME, Strips};
use super::{compare, lines, path_head};
use crate::session::{Action, Fold, PathEnd, SlotId};
use crate::ui::context::Cx;
use crate::ui::layout::Sizes;
use crate::ui::samples::{self, ALONG};
use crate::ui::theme;
use crate::ui::widgets::{TextField, help, low, number, part};
use eframe::egui::{
    Align, Align2, Layout as Flow, Rect, RichText, ScrollArea, Sense, Ui, UiBuilder, Vec2, WidgetInfo, pos2, vec2,
};

/// Margin at the left and right of a tray.
pub const MARGIN: f32 = 24.0;
/// Height of a tray's head.
pub const HEAD: f32 = 44.0;
/// Width of a strip's name where there are several, and what its height is beside that of its tiles.
const NAME: f32 = 116.0;
const AROUND: f32 = 18.0;
/// The least room in which several strips are scrolled: one of the smallest is seen whole.
const SCROLLED: f32 = strip::LEAST + AROUND;
/// The least height of the tray with several strips, which are scrolled by themselves; in less all of it is.
pub const LOW: f32 = HEAD + 36.0;
/// Least side of the tiles beside which a name has a third line.
const THREE_LINES: f32 = 52.0;
/// Height of the foot, with the samples that the ends stand on.
const FOOT: f32 = 30.0;
/// Height of a model's name above its list, and of the bar below the lists that scrolls them.
const LIST_NAME: f32 = 40.0;
const LIST_BAR: f32 = 12.0;
/// Width of the field for an end, where that can be words.
const WITH_WORDS: f32 = 128.0;
/// Least width of a list, and what lies between two.
const LIST: f32 = 180.0;
const LIST_GAP: f32 = 16.0;
/// Height of the heading that the table of scores folds under.
const FOLD: f32 = 32.0;

/// Height of the tray for so many models, and the least at which all of it is in sight or can be scrolled to.
///
/// A strip that is alone has `n_along` rows below it; of `n_lines` a list is made in its place.
pub fn heights(
    (n_models, shows_scores): (usize, bool),
    n_along: usize,
    n_lines: usize,
    sizes: &Sizes,
) -> [f32; 2] {
    if n_lines > 0 {
        let [most, least] = [lines::MOST, lines::LEAST].map(|n| n.min(n_lines) as f32 * lines::LINE);
        if n_models < 2 {
            return [HEAD + most + FOOT + 3.0, HEAD + least];
        }
        return [HEAD + lists_height(n_models, shows_scores, n_lines.min(lines::MOST)), HEAD + SCROLLED];
    }
    if n_models < 2 {
        let along = n_along as f32 * ALONG;
        return [HEAD + strip::height(sizes.tiles[0]) + along + FOOT + 3.0, HEAD + strip::height(strip::LEAST)];
    }
    [HEAD + strips_height(n_models, shows_scores, sizes.tiles[1]), HEAD + SCROLLED]
}

/// Height of the strips of several models, with tiles of this side, and of the table below them.
fn strips_height(n_models: usize, shows_scores: bool, side: f32) -> f32 {
    let table = if shows_scores { compare::height(n_models) } else { 0.0 };
    (side + AROUND) * n_models as f32 + FOLD + table
}

/// Height of the lists of several models side by side, each of so many lines, and of the table below them.
fn lists_height(n_models: usize, shows_scores: bool, n_lines: usize) -> f32 {
    let table = if shows_scores { compare::height(n_models) } else { 0.0 };
    LIST_NAME + n_lines as f32 * lines::LINE + LIST_BAR + FOLD + table
}

/// Side of the tiles where several models have a strip each: in little room they are smaller, so that one
/// strip at least is seen whole.
fn side_in(height: f32, sizes: &Sizes) -> f32 {
    sizes.tiles[1].min(height - AROUND).max(strip::LEAST)
}

/// The tray.
#[derive(Default)]
pub struct PathTray {
    strips: Strips,
    typed: [String; 2],
}

impl PathTray {
    /// Draws the tray.
    pub fn show(&mut self, ui: &mut Ui, tray: Rect, cx: &mut Cx<'_>) {
        play(ui, cx);
        let inner = tray.shrink2(vec2(MARGIN, 0.0));
        let head = Rect::from_min_size(inner.min, vec2(inner.width(), HEAD));
        path_head::show(ui, head, cx);
        let mut rest = Rect::from_min_max(pos2(inner.left(), head.bottom()), inner.max);
        if cx.session.is_compared() {
            let shows_scores = cx.session.spec().unfolded.contains(&Fold::Scores);
            if samples::are_sentences(cx.session) {
                let needed = lists_height(cx.session.visible().count(), shows_scores, lines::LEAST);
                return low(ui, "lists", rest, needed, |ui, rect| self.lists(ui, rect, shows_scores, cx));
            }
            let side = side_in(rest.height(), &cx.window.sizes);
            let needed = strips_height(cx.session.visible().count(), shows_scores, side);
            return low(ui, "strips", rest, needed, |ui, rect| self.strips(ui, rect, side, cx));
        }
        // The foot gives its room to the pictures where there is little.
        if rest.height() >= strip::height(strip::LEAST) + FOOT {
            self.foot(ui, inner, cx);
            rest.max.y -= FOOT;
        }
        match cx.session.path() {
            Some(path) => {
                let most = cx.window.sizes.tiles[0];
                self.strips.show(ui, rest, cx.session.spec().active, (path.steps, most), cx);
            }
            None => set_ends(ui, rest, cx),
        }
    }

    /// One strip a model, its name at the left, and below them the table of scores, folded.
    fn strips(&mut self, ui: &mut Ui, rect: Rect, side: f32, cx: &mut Cx<'_>) {
        let slots: Vec<SlotId> = cx.session.visible().map(|slot| slot.id).collect();
        self.strips.retain(&slots);
        let height = side + AROUND;
        let all = Rect::from_min_size(rect.min, vec2(rect.width(), height * slots.len() as f32));
        if cx.session.path().is_none() {
            set_ends(ui, all, cx);
        }
        // A name leaves its strip two tiles at least.
        let name_width = NAME.min(rect.width() - 2.0 * side).max(0.0);
        for (i, &slot) in slots.iter().enumerate() {
            let top = rect.top() + height * i as f32;
            let line = Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), height));
            if let Some(path) = cx.session.path_of(slot) {
                strip_name(ui, Rect::from_min_size(line.min, vec2(name_width - 8.0, side)), slot, cx);
                let strip = Rect::from_min_max(pos2(line.left() + name_width, line.top()), line.max);
                part(ui, ("strip", slot.0), |ui| self.strips.show(ui, strip, slot, (path.steps, side), cx));
            }
        }
        scores(ui, rect, all.bottom(), cx);
    }

    /// One list a model side by side, its name above it, and below them the table of scores, folded.
    fn lists(&mut self, ui: &mut Ui, rect: Rect, shows_scores: bool, cx: &mut Cx<'_>) {
        let slots: Vec<SlotId> = cx.session.visible().map(|slot| slot.id).collect();
        self.strips.retain(&slots);
        let n = slots.len();
        let below = lists_height(n, shows_scores, 0) - LIST_NAME;
        let all = Rect::from_min_max(rect.min, pos2(rect.right(), rect.bottom() - below));
        if cx.session.path().is_none() {
            set_ends(ui, all, cx);
        }
        // What there is no room for is scrolled to.
        let width = ((all.width() + LIST_GAP) / n.max(1) as f32 - LIST_GAP).max(LIST);
        let mut area = ui.new_child(UiBuilder::new().max_rect(all.with_max_y(all.bottom() + LIST_BAR)));
        ScrollArea::horizontal().id_salt("path lists").auto_shrink(false).show(&mut area, |ui| {
            let size = vec2((width + LIST_GAP) * n as f32 - LIST_GAP, all.height());
            // Lists take no room of the column that they are scrolled in.
            ui.spacing_mut().item_spacing = Vec2::ZERO;
            let (whole, _) = ui.allocate_exact_size(size, Sense::hover());
            for (i, &slot) in slots.iter().enumerate() {
                let corner = whole.min + vec2(i as f32 * (width + LIST_GAP), 0.0);
                let place = Rect::from_min_size(corner, vec2(width, whole.height()));
                if let Some(path) = cx.session.path_of(slot) {
                    strip_name(ui, Rect::from_min_size(place.min, vec2(width, LIST_NAME)), slot, cx);
                    let list = place.with_min_y(place.top() + LIST_NAME);
                    part(ui, ("strip", slot.0), |ui| self.strips.show(ui, list, slot, (path.steps, 0.0), cx));
                }
            }
        });
        scores(ui, rect, all.bottom() + LIST_BAR, cx);
    }

    /// What the bars mean, and the samples that the ends stand on, to type.
    fn foot(&mut self, ui: &mut Ui, inner: Rect, cx: &mut Cx<'_>) {
        let active = cx.session.spec().active;
        let foot = Rect::from_min_max(
            pos2(inner.left(), inner.bottom() - FOOT),
            pos2(inner.right(), inner.bottom() - 4.0),
        );
        let mut row = ui.new_child(UiBuilder::new().max_rect(foot).layout(Flow::right_to_left(Align::Center)));
        row.spacing_mut().item_spacing.x = 6.0;
        for (end, letter) in [(1, "B"), (0, "A")] {
            self.typed[end] = match &cx.session.spec().path.ends[end] {
                Some(PathEnd::Sample(sample)) => sample.to_string(),
                Some(PathEnd::Text(text)) => text.clone(),
                Some(PathEnd::Place { .. }) | None => String::new(),
            };
            let name = format!("Sample at {letter}");
            let session = cx.session;
            let is_end = |text: &str| session.typed_end(text).is_some();
            let field = TextField::new(&name, &mut self.typed[end]).check(&is_end);
            let (field, sentence) = if session.has_words() {
                let sentence = "What this end stands on: type a training sample's number, or words to place.";
                (field.hint("sample or words").width(WITH_WORDS), sentence)
            } else {
                let sentence = "The training sample that this end stands on: type its number.";
                (field.hint("sample").width(64.0).right(), sentence)
            };
            let response = row.add(field);
            if help(response, &name, sentence, None).changed()
                && let Some(at) = session.typed_end(&self.typed[end])
            {
                cx.send(Action::SetEnd(end, Some(at)));
            }
            row.label(RichText::new(letter).color(cx.theme.weak));
            row.add_space(6.0);
        }
        let left = row.min_rect().left();
        let is_list = samples::are_sentences(cx.session);
        let meant = if is_list { "Lit: new words" } else { "Bars: how far what is decoded moves in each step" };
        let words = format!("{meant} · {}", evenness(active, cx));
        let at = pos2(foot.left(), foot.center().y);
        let galley = ui.painter().layout_no_wrap(words, theme::small(), cx.theme.faint);
        let galley = if foot.left() + galley.size().x + 12.0 < left {
            galley
        } else {
            ui.painter().layout_no_wrap(evenness(active, cx), theme::small(), cx.theme.faint)
        };
        let place = Align2::LEFT_CENTER.anchor_size(at, galley.size());
        let said = galley.text().to_owned();
        ui.painter().galley(place.min, galley, cx.theme.faint);
        let response = ui.interact(place, ui.scope_id().with("bars"), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(eframe::egui::Role::Label, true, &said));
        let sentence = if is_list {
            "Length: the whole change of what is decoded along the path. Unevenness: the longest of 64 steps over \
             their mean; 1 is even."
        } else {
            "The change from step to step; even bars: an even path. Length: the whole change along it. Unevenness: \
             the longest of 64 steps over their mean; 1 is even."
        };
        let title = if is_list { "Length and unevenness" } else { "Bars, length and unevenness" };
        help(response, title, sentence, Some("‖x̂(k+1) − x̂(k)‖"));
    }
}

/// The table of scores below the strips or lists that end at `top`, folded.
fn scores(ui: &mut Ui, rect: Rect, top: f32, cx: &mut Cx<'_>) {
    let fold_place = Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), FOLD));
    let mut line = ui.new_child(UiBuilder::new().max_rect(fold_place));
    if cx.fold(&mut line, Fold::Scores, "Scores", "") {
        let table = Rect::from_min_max(fold_place.left_bottom() - vec2(MARGIN, 0.0), rect.max + vec2(MARGIN, 0.0));
        compare::show(ui, table, cx);
    }
}

/// How long a model's path is and how even, or why it is not known.
fn evenness(slot: SlotId, cx: &Cx<'_>) -> String {
    let is_worked_out = cx.session.spec().path.walk.is_worked_out();
    match cx.session.walked_of(slot) {
        Some(walked) if is_worked_out && walked.path.way.is_none() => "no such way joins A and B: straight".into(),
        Some(walked) => {
            format!(
                "length {}, unevenness {}",
                number::fixed(walked.length, 1),
                number::fixed(walked.unevenness, 2)
            )
        }
        None if !cx.session.capabilities_of(slot).decodes => String::new(),
        None if is_worked_out && cx.session.is_training() => "straight until training pauses".into(),
        None if cx.session.is_training() => "length known once training pauses".into(),
        None if cx.session.spec().path.ends.contains(&None) => String::new(),
        None => "working out the way…".into(),
    }
}

/// What is to be done before there is a path.
fn set_ends(ui: &Ui, rect: Rect, cx: &Cx<'_>) {
    let (at, colour) = (rect.center() - vec2(0.0, 12.0), cx.theme.weak);
    ui.painter().text(at, Align2::CENTER_CENTER, "Set A and B on a plane.", theme::body(), colour);
}

/// A model's name beside its strip, with what tells it from the others.
fn strip_name(ui: &Ui, place: Rect, slot: SlotId, cx: &Cx<'_>) {
    let name = cx.session.name_of(slot);
    let second = if name.differs.is_empty() { cx.session.stands(slot) } else { name.differs };
    let painter = ui.painter().with_clip_rect(place.intersect(ui.clip_rect()));
    let middle = place.center().y + FRAME;
    let is_worked_out = cx.session.spec().path.walk.is_worked_out();
    let third = match cx.session.walked_of(slot) {
        Some(walked) if is_worked_out && walked.path.way.is_none() => "no such way: straight".into(),
        Some(walked) => {
            format!("{} long, {} ×", number::fixed(walked.length, 1), number::fixed(walked.unevenness, 2))
        }
        // The names beside strips have less room.
        None if is_worked_out && cx.session.is_training() => "straight for now".into(),
        None => String::new(),
    };
    let n_lines = if place.height() < THREE_LINES { 2 } else { 3 };
    let lines = [
        (name.kind, theme::semibold(13.0), cx.theme.text, middle - 17.0),
        (second, theme::small(), cx.theme.weak, middle),
        (third, theme::small(), cx.theme.faint, middle + 16.0),
    ];
    for (text, font, colour, y) in lines.into_iter().take(n_lines) {
        painter.text(pos2(place.left(), y), Align2::LEFT_CENTER, text, font, colour);
    }
}

/// While it is played, looks at where the path is now.
fn play(ui: &Ui, cx: &mut Cx<'_>) {
    let Some(playing) = cx.window.playing else { return };
    if cx.session.spec().path.ends.iter().any(Option::is_none) {
        cx.window.playing = None;
        return;
    }
    cx.send(Action::LookAt(Some(playing.t_at(ui.input(|i| i.time)))));
    ui.ctx().request_repaint();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_several_strips_is_seen_whole_in_little_room() {
        let sizes = Sizes::default();
        for rest in [SCROLLED, 70.0, 90.0, 400.0] {
            let side = side_in(rest, &sizes);
            assert!(side + AROUND <= rest && (strip::LEAST..=sizes.tiles[1]).contains(&side), "{rest}: {side}");
        }
        assert_eq!(side_in(400.0, &sizes), sizes.tiles[1]);
    }
}
