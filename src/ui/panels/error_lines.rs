//! Reconstructions of sentences: one below the other, each under the sentence that it should be, with its
//! wrong words lit.

use super::errors::Facts;
use crate::session::{Action, ErrorPage};
use crate::ui::context::Cx;
use crate::ui::plane::mark_of;
use crate::ui::samples::{Tiles, write_words};
use crate::ui::theme;
use crate::ui::widgets::{help, number, row_ground};
use eframe::egui::{Align2, Rect, ScrollArea, Sense, Ui, UiBuilder, pos2, vec2};

/// Height of a line, and of two with the room around them.
const LINE: f32 = 18.0;
const PAIR: f32 = 2.0 * LINE + 6.0;
/// Room for what a line is, and at the right for the error and the sample's number.
const WHAT: f32 = 26.0;
const FACTS: f32 = 56.0;
/// Room for the bar that scrolls.
const BAR: f32 = 12.0;

/// Draws the sentences of a page, of which `tiles`, once they are made, holds a row and below it one of their
/// reconstructions;
/// returns the training sample under the pointer.
pub fn show(
    ui: &mut Ui,
    place: Rect,
    (page, samples): (ErrorPage, &[u32]),
    tiles: Option<&Tiles<'_>>,
    cx: &mut Cx<'_>,
) -> Option<u32> {
    let mut pointed = None;
    let mut area = ui.new_child(UiBuilder::new().max_rect(place));
    ScrollArea::vertical().id_salt("pairs of sentences").auto_shrink(false).show(&mut area, |ui| {
        let size = vec2(place.width() - BAR, PAIR * samples.len() as f32);
        let (all, _) = ui.allocate_exact_size(size, Sense::hover());
        for (i, &sample) in samples.iter().enumerate() {
            let at = pos2(all.left(), all.top() + i as f32 * PAIR);
            let at = Rect::from_min_size(at, vec2(all.width(), PAIR));
            if pair(ui, at, (sample, page), (tiles, i, i + samples.len()), cx) {
                pointed = Some(sample);
            }
        }
    });
    pointed
}

/// The sentence of a tile; nothing before it is made.
fn sentence<'t>(tiles: Option<&'t Tiles<'_>>, tile: usize) -> &'t str {
    tiles.and_then(|tiles| tiles.sentence(tile)).unwrap_or_default()
}

/// A sentence and its reconstruction, tiles `of` and `made`; a click picks a training sample. Says whether
/// the pointer is on one.
fn pair(
    ui: &Ui,
    at: Rect,
    (sample, page): (u32, ErrorPage),
    (tiles, of, made): (Option<&Tiles<'_>>, usize, usize),
    cx: &mut Cx<'_>,
) -> bool {
    let Some(facts) = Facts::of(sample, page, cx) else { return false };
    let said = format!("{}, reconstruction: {}", facts.said, sentence(tiles, made));
    let response = facts.control(ui, at, &said, (sample, page));
    let is_focused = !page.is_test && cx.session.spec().selection.focused == Some(sample);
    if !page.is_test {
        row_ground(ui.painter(), at, &response, is_focused, &cx.theme);
    }
    let error = number::fixed(f64::from(facts.error), 1);
    let lines =
        [("in", of, error, cx.theme.text), ("out", made, number::count(u64::from(sample)), cx.theme.faint)];
    for (k, (what, tile, fact, colour)) in lines.into_iter().enumerate() {
        let corner = pos2(at.left() + 4.0, at.top() + 3.0 + k as f32 * LINE);
        let line = Rect::from_min_max(corner, pos2(at.right() - 4.0, corner.y + LINE));
        let small = theme::small();
        ui.painter().text(line.left_center(), Align2::LEFT_CENTER, what, small.clone(), cx.theme.weak);
        ui.painter().text(line.right_center(), Align2::RIGHT_CENTER, fact, small, colour);
        let words =
            Rect::from_min_max(pos2(line.left() + WHAT, line.top()), pos2(line.right() - FACTS, line.bottom()));
        let wrong = tiles.map_or(&[][..], |tiles| tiles.lit(tile));
        write_words(ui.painter(), words, sentence(tiles, tile), (wrong, cx.theme.bad), &cx.theme);
        if let Some(class) = facts.class.filter(|_| k == 0) {
            mark_of(ui.painter(), pos2(words.right() + 8.0, line.center().y), class, cx);
        }
    }
    let is_pointed = response.hovered() && !page.is_test;
    if help(response, &said, "A click picks the sample.", None).clicked() {
        cx.send(Action::Pick(Some(sample)));
    }
    is_pointed
}
