//! Tiles in rows and columns with what each row and column is: a grid, a path, every label, traversals. Those
//! of documents are their words.

use super::said::{self, of_words};
use super::{Anchor, Figure, LINE, Look, Mark, PLAIN, SMALL, pen, text, words};
use crate::picture::{Pixels, Said};

/// Tiles and what they are.
#[derive(Clone, Debug, Default)]
pub struct Matrix {
    /// The tiles, in `rows` and `columns`, without anything between them.
    pub tiles: Pixels,
    /// What the tiles say in the pixels' place, row by row, where they are text.
    pub said: Option<Said>,
    /// How many rows.
    pub rows: usize,
    /// How many columns.
    pub columns: usize,
    /// What each row is, from the top; or nothing.
    pub row_names: Vec<String>,
    /// What each column is, from the left; or nothing.
    pub column_names: Vec<String>,
    /// What runs from left to right, below the columns' names.
    pub across: Option<String>,
    /// What runs upwards, above the rows' names.
    pub up: Option<String>,
    /// Whether rows have space between them, as strips that are no parts of one picture.
    pub is_parted: bool,
}

/// What a reader's typeface may be wider than ours, at the edge.
const SLACK: f32 = 2.0;
/// Space between names and tiles, and between parted rows.
const GAP: f32 = 4.0;
/// Height of a line of small text.
const LINE_HEIGHT: f32 = 10.0;
/// Draws tiles; as wide as the look says, as high as it takes.
pub fn matrix(matrix: &Matrix, look: &Look) -> Figure {
    let tokens = look.tokens();
    let (rows, columns) = (matrix.rows.max(1), matrix.columns.max(1));
    let row_names: &[String] = if look.has_names { &matrix.row_names } else { &[] };
    let column_names: &[String] = if look.has_names { &matrix.column_names } else { &[] };
    let [across, up] = [&matrix.across, &matrix.up].map(|title| title.as_ref().filter(|_| look.has_axes));

    let widest = row_names.iter().map(|name| text::width(name, SMALL, false)).fold(0.0, f32::max);
    let widest = up.map_or(widest, |up| widest.max(text::width(up, PLAIN, false)));
    // Half of a frame's line lies outside of it.
    let left = if widest > 0.0 { widest.min(look.width() / 3.0) + GAP + SLACK } else { LINE / 2.0 };
    let top = if up.is_some() { LINE_HEIGHT + GAP } else { LINE / 2.0 };
    let width = (look.width() - left - LINE / 2.0).max(1.0);
    let tile_width = width / columns as f32;
    let tile_height =
        tile_width * (matrix.tiles.height.max(1) * columns) as f32 / (matrix.tiles.width.max(1) * rows) as f32;
    let of_said = matrix.said.as_ref().and_then(|said| said::height(said, tile_width));
    let tile_height = of_said.unwrap_or(tile_height);
    let gap = if matrix.is_parted { GAP } else { 0.0 };
    let height = tile_height * rows as f32 + gap * (rows - 1) as f32;

    let mut marks = Vec::new();
    let of_row = |row: usize| top + row as f32 * (tile_height + gap);
    if let Some(said) = &matrix.said {
        let size = [tile_width, tile_height];
        for (i, said_by) in said.words.iter().enumerate().take(rows * columns) {
            let at = [left + (i % columns) as f32 * tile_width, of_row(i / columns)];
            marks.push(Mark::Clip { at, size, marks: of_words(said_by, said.is_running, at, size, &tokens) });
            marks.push(Mark::Rect { at, size, radius: 0.0, fill: None, pen: Some(pen(tokens.grid, LINE / 3.0)) });
        }
    } else if matrix.is_parted {
        for row in 0..rows {
            marks.push(Mark::Image {
                at: [left, of_row(row)],
                size: [width, tile_height],
                pixels: matrix.row(row),
            });
        }
    } else {
        marks.push(Mark::Image { at: [left, top], size: [width, height], pixels: matrix.tiles.clone() });
    }
    let n_frames = if matrix.is_parted { rows } else { 1 };
    for row in 0..n_frames {
        let size = [width, if matrix.is_parted { tile_height } else { height }];
        let pen = Some(pen(tokens.grid, LINE));
        marks.push(Mark::Rect { at: [left, of_row(row)], size, radius: 0.0, fill: None, pen });
    }
    for (row, name) in row_names.iter().enumerate().take(rows) {
        let at = [left - GAP, of_row(row) + tile_height / 2.0];
        marks.push(words(at, Anchor::End, text::shortened(name, left - GAP, SMALL, false), SMALL, tokens.weak));
    }
    let mut bottom = top + height;
    if !column_names.is_empty() {
        // Of names that are too wide every second, third, … is written.
        let widest = column_names.iter().map(|name| text::width(name, SMALL, false)).fold(0.0, f32::max);
        let every = (((widest + GAP) / tile_width).ceil() as usize).max(1);
        for (column, name) in column_names.iter().enumerate().take(columns).step_by(every) {
            let at = [left + (column as f32 + 0.5) * tile_width, bottom + GAP + LINE_HEIGHT / 2.0];
            marks.push(words(at, Anchor::Middle, name.clone(), SMALL, tokens.weak));
        }
        bottom += GAP + LINE_HEIGHT;
    }
    if let Some(across) = across {
        let at = [left + width, bottom + GAP + LINE_HEIGHT / 2.0];
        marks.push(words(at, Anchor::End, format!("{across} →"), PLAIN, tokens.text));
        bottom += GAP + LINE_HEIGHT;
    }
    if let Some(up) = up {
        marks.push(words([left, LINE_HEIGHT / 2.0], Anchor::Start, format!("{up} ↑"), PLAIN, tokens.text));
    }
    Figure { size: [look.width(), bottom + LINE / 2.0], ground: tokens.ground, marks }
}

impl Matrix {
    /// The pixels of one row of tiles.
    fn row(&self, row: usize) -> Pixels {
        let height = self.tiles.height / self.rows.max(1);
        let bytes = 4 * self.tiles.width * height;
        Pixels { width: self.tiles.width, height, rgba: self.tiles.rgba[row * bytes..][..bytes].to_vec() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tiles() -> Matrix {
        let rgba = (0..4 * 12 * 8).map(|i| (i % 251) as u8).collect();
        Matrix {
            tiles: Pixels { width: 12, height: 8, rgba },
            rows: 2,
            columns: 3,
            row_names: vec!["z[0]".into(), "z[1]".into()],
            column_names: vec!["−3".into(), "0".into(), "3".into()],
            across: Some("z[0]".into()),
            up: None,
            ..Matrix::default()
        }
    }

    #[test]
    fn documents_are_their_words_and_sentences_run_on() {
        let words = |words: &[&str]| words.iter().map(ToString::to_string).collect::<Vec<_>>();
        let documents = vec![words(&["cat", "fur"]), words(&["moon", "sun"])];
        let bare = Look { has_names: false, has_axes: false, ..Look::default() };
        let of = |words: Vec<Vec<String>>, is_running| {
            let said = Some(Said { words, is_running });
            matrix(&Matrix { said, rows: 1, columns: 2, ..tiles() }, &bare)
        };
        let figure = of(documents, false);
        assert_eq!(figure.texts().collect::<Vec<_>>(), ["cat", "fur", "moon", "sun"]);
        assert!(!figure.marks.iter().any(|mark| matches!(mark, Mark::Image { .. })), "in the pictures' place");
        let strong = |marks: &[Mark]| {
            let is_strong = |mark: &Mark| matches!(mark, Mark::Text { is_strong: true, .. });
            marks.iter().position(is_strong)
        };
        let clips = figure
            .marks
            .iter()
            .filter_map(|mark| if let Mark::Clip { marks, .. } = mark { Some(marks) } else { None });
        assert!(clips.clone().count() == 2 && clips.into_iter().all(|marks| strong(marks) == Some(0)));
        let sentence = of(vec![words(&["the", "cat", "sleeps"]), Vec::new()], true);
        assert_eq!(sentence.texts().collect::<Vec<_>>(), ["the cat sleeps"]);
        // In low tiles one line is left.
        let flat = Matrix { tiles: Pixels::new(100, 1), rows: 1, columns: 1, ..tiles() };
        let said = Some(Said { words: vec![words(&["cat", "fur"])], is_running: false });
        assert_eq!(matrix(&Matrix { said, ..flat }, &bare).texts().collect::<Vec<_>>(), ["cat"]);
    }

    #[test]
    fn tiles_keep_their_shape_and_fill_the_width() {
        let look = Look::default();
        let figure = matrix(&tiles(), &look);
        let Mark::Image { at, size, pixels } = &figure.marks[0] else { panic!() };
        assert_eq!(*pixels, tiles().tiles);
        assert!((size[0] / size[1] - 12.0 / 8.0).abs() < 1e-4);
        assert!((at[0] + size[0] - look.width()).abs() < LINE);
        assert!(figure.size[0] == look.width() && figure.size[1] > at[1] + size[1]);
        assert_eq!(figure.texts().collect::<Vec<_>>(), ["z[0]", "z[1]", "−3", "0", "3", "z[0] →"]);
    }

    #[test]
    fn names_and_axes_can_be_left_away() {
        let bare = matrix(&tiles(), &Look { has_names: false, has_axes: false, ..Look::default() });
        assert_eq!(bare.texts().count(), 0);
        assert!((bare.size[0] / bare.size[1] - 12.0 / 8.0).abs() < 0.02, "nothing but the tiles");
    }

    #[test]
    fn rows_of_their_own_are_parted_and_hold_their_own_pixels() {
        let figure = matrix(&Matrix { is_parted: true, ..tiles() }, &Look::default());
        let images: Vec<_> = figure
            .marks
            .iter()
            .filter_map(
                |mark| if let Mark::Image { at, size, pixels } = mark { Some((at, size, pixels)) } else { None },
            )
            .collect();
        assert_eq!(images.len(), 2);
        assert!(images[1].0[1] > images[0].0[1] + images[0].1[1]);
        assert_eq!([images[0].2.rgba.clone(), images[1].2.rgba.clone()].concat(), tiles().tiles.rgba);
    }
}
