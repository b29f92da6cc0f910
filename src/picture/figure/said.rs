//! What samples say, as words in tiles: those of documents below one another, those of sentences in lines.

use super::{Anchor, Figure, LINE, Look, Mark, SMALL, Tokens, ink, pen, text};
use crate::picture::Said;

/// Least size of the words of a tile, how many of them are as wide as it, and the height of a line of them.
const LEAST: f32 = 4.0;
const LETTERS: f32 = 6.0;
const LEADING: f32 = 1.25;
/// Space at the edges of a tile of words: at either side, above and below.
const SIDE_EDGE: f32 = 2.0;
const EDGE: f32 = 1.0;
/// The most that a tile is higher than wide so that its sentence has room.
const HIGHEST: f32 = 2.5;
/// Width of a tile among others, and of one that has a row to itself: of a document, and of a sentence.
const AMONG: f32 = 48.0;
const ALONE: [f32; 2] = [72.0, 240.0];

/// Size of the words in tiles of this width.
fn size_in(width: f32) -> f32 {
    (width / LETTERS).clamp(LEAST, SMALL)
}

/// The lines that some words take in a width.
fn lines(said: &[String], is_running: bool, width: f32) -> Vec<String> {
    if !is_running {
        return said.to_vec();
    }
    text::wrapped(said.iter().map(String::as_str), width - 2.0 * SIDE_EDGE, size_in(width))
}

/// Height of tiles of a width that would have room for every sentence; none for documents, whose first words
/// say most.
pub(super) fn height(said: &Said, width: f32) -> Option<f32> {
    let most = said.words.iter().map(|words| lines(words, true, width).len()).max().unwrap_or(1).max(1);
    let all = most as f32 * LEADING * size_in(width) + 2.0 * EDGE;
    said.is_running.then(|| all.min(HIGHEST * width))
}

/// The words of a tile in lines around its middle, as many as fit, but one at least; a sentence that is cut
/// short says so.
pub(super) fn of_words(
    said: &[String],
    is_running: bool,
    at: [f32; 2],
    [width, height]: [f32; 2],
    tokens: &Tokens,
) -> Vec<Mark> {
    let size = size_in(width);
    let (room, line_height) = (width - 2.0 * SIDE_EDGE, LEADING * size);
    // A height that was made for so many lines has room for them.
    let n = (((height - 2.0 * EDGE) / line_height + 1e-3) as usize).max(1);
    let mut lines = lines(said, is_running, width);
    let is_cut = lines.len() > n;
    lines.truncate(n);
    if let Some(last) = lines.last_mut().filter(|_| is_cut && is_running) {
        last.push_str(" …");
    }
    let top = at[1] + (height - lines.len() as f32 * line_height) / 2.0;
    let is_strong = |i: usize| i == 0 && !is_running;
    let mark = |(i, line): (usize, String)| Mark::Text {
        at: [at[0] + width / 2.0, top + (i as f32 + 0.5) * line_height],
        anchor: Anchor::Middle,
        text: text::shortened(&line, room, size, is_strong(i)),
        size,
        is_strong: is_strong(i),
        ink: ink(if i == 0 || is_running { tokens.text } else { tokens.weak }),
    };
    lines.into_iter().enumerate().map(mark).collect()
}

/// Tiles of words in rows of `columns`, as a picture of pixels would hold them: all of one size and without
/// anything around them, light.
///
/// Sentences get the height that the longest takes; a document that has a row to itself, all its words.
pub fn said_tiles(said: &Said, columns: usize) -> Figure {
    let (columns, tokens) = (columns.max(1), Look::default().tokens());
    let width = if columns > 1 { AMONG } else { ALONE[usize::from(said.is_running)] };
    let line = LEADING * size_in(width);
    let all = said.words.iter().map(Vec::len).max().unwrap_or(1).max(1) as f32 * line + 2.0 * EDGE;
    let height = height(said, width).unwrap_or(if columns > 1 { width } else { all }).ceil();
    let rows = said.words.len().div_ceil(columns).max(1);
    let mut marks = Vec::new();
    for (i, words) in said.words.iter().enumerate() {
        let (at, size) = ([(i % columns) as f32 * width, (i / columns) as f32 * height], [width, height]);
        marks.push(Mark::Clip { at, size, marks: of_words(words, said.is_running, at, size, &tokens) });
        // One tile alone has nothing to be told from.
        if said.words.len() > 1 {
            let pen = Some(pen(tokens.grid, LINE / 3.0));
            marks.push(Mark::Rect { at, size, radius: 0.0, fill: None, pen });
        }
    }
    Figure { size: [columns as f32 * width, rows as f32 * height], ground: tokens.ground, marks }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(all: &[&str], is_running: bool) -> Said {
        let words = |text: &&str| text.split(' ').map(String::from).collect();
        Said { words: all.iter().map(words).collect(), is_running }
    }

    #[test]
    fn every_word_of_sentences_is_there_and_the_longest_sets_the_height() {
        let long = "a rather long sentence that runs on over many lines of a tile until all of it was said";
        let figure = said_tiles(&said(&["short", long], true), 2);
        assert_eq!(figure.size[0], 2.0 * AMONG);
        assert!(figure.size[1] > AMONG);
        let texts: Vec<&str> = figure.texts().collect();
        assert_eq!((texts[0], texts[1..].join(" ")), ("short", long.into()));
        // Beyond what is a tile the rest is left out, and that is said.
        let longest = said_tiles(&said(&["", &[long; 9].join(" ")], true), 2);
        assert!(longest.size[1] <= (HIGHEST * AMONG).ceil());
        assert!(longest.texts().last().is_some_and(|line| line.ends_with('…')));
        let line = said_tiles(&said(&["short", "another that stands in a line"], true), 1);
        assert_eq!(line.texts().count(), 2, "with a row to itself a sentence is a line");
    }

    #[test]
    fn a_document_alone_says_all_its_words_and_among_others_the_first() {
        let words = "a b c d e f g h i j k l";
        assert_eq!(said_tiles(&said(&[words], false), 1).texts().count(), 12);
        let square = said_tiles(&said(&[words; 4], false), 2);
        assert_eq!(square.size, [2.0 * AMONG; 2]);
        assert_eq!(square.texts().take(6).collect::<Vec<_>>(), ["a", "b", "c", "d", "e", "a"]);
    }
}
