//! A key: names with a piece of their lines, in as many lines of text as they need.

use super::{Anchor, Look, Mark, Pen, SMALL, text, words};

/// The piece of a line, the room from its beginning to its name, and from a name to the next.
pub const PIECE: f32 = 12.0;
pub const TO_NAME: f32 = 15.0;
pub const BETWEEN: f32 = 8.0;
const LINE_HEIGHT: f32 = 11.0;

/// Draws a key from `at`, the middle of its first line, on; returns the middle of its last one.
pub fn key<'a>(
    named: impl Iterator<Item = (&'a str, Pen)>,
    at: [f32; 2],
    look: &Look,
    marks: &mut Vec<Mark>,
) -> f32 {
    let [mut x, mut y] = at;
    for (name, pen) in named {
        let name = text::shortened(name, look.width() - at[0] - TO_NAME, SMALL, false);
        let width = TO_NAME + text::width(&name, SMALL, false);
        if x > at[0] && x + width > look.width() {
            (x, y) = (at[0], y + LINE_HEIGHT);
        }
        marks.push(Mark::Line { points: vec![[x, y], [x + PIECE, y]], pen });
        marks.push(words([x + TO_NAME, y], Anchor::Start, name, SMALL, look.tokens().text));
        x += width + BETWEEN;
    }
    y
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::figure::{ink, pen};

    #[test]
    fn names_go_on_in_the_next_line_and_none_runs_off_the_paper() {
        let look = Look::default();
        let long =
            "a name that no column of a paper could ever hold in one single line of its text, however small";
        let mut marks = Vec::new();
        let pen = pen([1, 2, 3], 1.0);
        assert_eq!(pen.ink, ink([1, 2, 3]));
        let named = ["one", "a second of some length", "a third of some length", long].map(|name| (name, pen));
        let last = key(named.into_iter(), [20.0, 5.0], &look, &mut marks);
        let mut lines = Vec::new();
        for mark in &marks {
            if let Mark::Text { at, text, size, .. } = mark {
                assert!(at[0] + text::width(text, *size, false) <= look.width() + 0.01, "{text}");
                lines.push(at[1]);
            }
        }
        assert_eq!((lines[0], lines[3]), (5.0, last));
        assert!(last > lines[0] && lines.is_sorted());
    }
}
