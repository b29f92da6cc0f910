//! Documents: their most frequent words, large each with a bar, small one below the other, and in order as
//! bands that swell where a word is frequent.

use super::tiles::letters;
use super::{Drawn, ROW};
use crate::picture::Words;
use crate::ui::frame::band;
use crate::ui::theme::{self, Theme};
use crate::ui::widgets::middle_text;
use eframe::egui::{Align2, Color32, Mesh, Painter, Rect, Shape, TextureHandle, Ui, pos2, vec2};
use std::collections::HashMap;

/// Share of the width that words take; bars have the rest.
const WORDS: f32 = 0.5;
/// Height of a word's band, and how many there are where there is room for them.
pub const ALONG: f32 = 15.0;
const N_ALONG: usize = 5;
/// Space around the words of a tile.
const EDGE: [f32; 2] = [3.0, 2.0];

impl Drawn for Words {
    fn height(&self, _side: f32) -> f32 {
        ROW * self.documents.first().map_or(1, |words| words.len().max(1)) as f32
    }

    fn is_wide(&self) -> bool {
        true
    }

    fn large(&self, ui: &Ui, place: Rect, _tiles: &TextureHandle, theme: &Theme) {
        let Some(words) = self.documents.first() else { return };
        let most = words.first().map_or(1.0, |word| word.1);
        for (i, (word, count)) in words.iter().enumerate() {
            let row = Rect::from_min_size(place.min + vec2(0.0, i as f32 * ROW), vec2(place.width(), ROW));
            ui.painter().text(row.left_center(), Align2::LEFT_CENTER, word, theme::body(), theme.text);
            let left = row.left() + WORDS * row.width();
            let right = left + (1.0 - WORDS) * row.width() * count / most;
            let bar = Rect::from_min_max(pos2(left, row.center().y - 4.0), pos2(right, row.center().y + 4.0));
            ui.painter().rect_filled(bar, 1, theme.track_filled);
        }
    }

    fn line(&self, i: usize) -> Option<String> {
        let words = self.documents.get(i)?.iter().map(|word| word.0.as_str());
        Some(words.collect::<Vec<_>>().join(" "))
    }

    fn preview(&self, ui: &Ui, place: Rect, _tiles: &TextureHandle, n: usize, theme: &Theme) {
        // Words are wider than they are high: half as many have room for them.
        let n = (n / 2).max(1);
        let size = vec2(place.width() / n as f32, place.height());
        for i in 0..n {
            let room = Rect::from_min_size(place.min + vec2(i as f32 * size.x, 0.0), size);
            self.tile(ui.painter(), room, i, &[], theme);
        }
    }

    fn is_text(&self) -> bool {
        true
    }

    fn tile(&self, painter: &Painter, place: Rect, i: usize, _wrong: &[bool], theme: &Theme) {
        let Some(words) = self.documents.get(i) else { return };
        let (size, line) = letters(place.size());
        let room = place.shrink2(EDGE.into());
        let n = ((room.height() / line) as usize).max(1).min(words.len());
        let top = room.center().y - n as f32 * line / 2.0;
        for (k, (word, _)) in words[..n].iter().enumerate() {
            let at = Rect::from_min_size(pos2(room.left(), top + k as f32 * line), vec2(room.width(), line));
            let (font, colour) = match k {
                0 => (theme::semibold(size), theme.text),
                _ => (theme::regular(size), theme.weak),
            };
            middle_text(painter, at, word, font, colour);
        }
    }

    fn n_along(&self) -> usize {
        N_ALONG
    }

    fn along(&self, painter: &Painter, place: Rect, inset: f32, theme: &Theme) -> Option<String> {
        let bands = bands(&self.documents, (place.height() / ALONG) as usize);
        let most = bands.iter().flat_map(|band| &band.counts).copied().fold(f32::MIN_POSITIVE, f32::max);
        let step = (place.width() - 2.0 * inset) / (self.documents.len().max(2) - 1) as f32;
        for (row, band) in bands.iter().enumerate() {
            let middle = place.top() + (row as f32 + 0.5) * ALONG;
            let x = |i: usize| place.left() + inset + i as f32 * step;
            let half = |count: f32| count / most * (ALONG - 1.0) / 2.0;
            painter.add(Shape::mesh(ribbon(&band.counts, x, half, middle, theme.track_filled)));
            // Where it is most frequent a word stands on its band.
            let galley = painter.layout_no_wrap(band.word.to_owned(), theme::small(), theme.text);
            let room = (place.width() - galley.size().x).max(0.0);
            let left = (x(band.peak()) - galley.size().x / 2.0).clamp(place.left(), place.left() + room);
            painter.galley(pos2(left, middle - galley.size().y / 2.0), galley, theme.text);
        }
        let words: Vec<&str> = bands.iter().map(|band| band.word).collect();
        (!words.is_empty()).then(|| words.join(", "))
    }
}

/// A word with how often it occurs in each of some documents.
#[derive(Debug, PartialEq)]
struct Band<'a> {
    word: &'a str,
    counts: Vec<f32>,
}

impl Band<'_> {
    /// The first document in which the word is most frequent.
    fn peak(&self) -> usize {
        let rising = |best: usize, i: usize| if self.counts[i] > self.counts[best] { i } else { best };
        (0..self.counts.len()).fold(0, rising)
    }
}

/// The `n` words that are the most frequent anywhere, in the order in which they come.
fn bands(documents: &[Vec<(String, f32)>], n: usize) -> Vec<Band<'_>> {
    let mut bands: Vec<Band<'_>> = Vec::new();
    let mut at = HashMap::new();
    for (i, document) in documents.iter().enumerate() {
        for (word, count) in document {
            let band = *at.entry(&**word).or_insert_with(|| {
                bands.push(Band { word, counts: vec![0.0; documents.len()] });
                bands.len() - 1
            });
            bands[band].counts[i] = *count;
        }
    }
    bands.sort_by(|a, b| b.counts[b.peak()].total_cmp(&a.counts[a.peak()]));
    bands.truncate(n);
    bands.sort_by_key(Band::peak);
    bands
}

/// A band around a middle line, from the first count to the last.
fn ribbon(
    counts: &[f32],
    x: impl Fn(usize) -> f32,
    half: impl Fn(f32) -> f32,
    middle: f32,
    colour: Color32,
) -> Mesh {
    let pair = |(i, &count): (usize, &f32)| [middle - half(count), middle + half(count)].map(|y| pos2(x(i), y));
    band(counts.iter().enumerate().map(pair), colour)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_along_a_path_are_the_most_frequent_in_the_order_in_which_they_come() {
        let document = |words: &[(&str, f32)]| words.iter().map(|(word, n)| ((*word).to_owned(), *n)).collect();
        let documents: Vec<Vec<(String, f32)>> = vec![
            document(&[("cat", 0.5), ("fur", 0.25), ("and", 0.1)]),
            document(&[("moon", 0.3), ("cat", 0.2)]),
            document(&[("moon", 0.6), ("sun", 0.4)]),
        ];
        let found = bands(&documents, 3);
        assert_eq!(
            found,
            [
                Band { word: "cat", counts: vec![0.5, 0.2, 0.0] },
                Band { word: "moon", counts: vec![0.0, 0.3, 0.6] },
                Band { word: "sun", counts: vec![0.0, 0.0, 0.4] },
            ]
        );
        assert_eq!(found.iter().map(Band::peak).collect::<Vec<_>>(), [0, 2, 2]);
        assert!(bands(&[], 3).is_empty() && bands(&documents, 0).is_empty());
    }

    #[test]
    fn a_band_is_as_high_as_its_word_is_frequent() {
        let mesh = ribbon(&[1.0, 0.0, 2.0], |i| 10.0 * i as f32, |n| 3.0 * n, 50.0, Color32::WHITE);
        let at: Vec<[f32; 2]> = mesh.vertices.iter().map(|vertex| [vertex.pos.x, vertex.pos.y]).collect();
        assert_eq!(at, [[0.0, 47.0], [0.0, 53.0], [10.0, 50.0], [10.0, 50.0], [20.0, 44.0], [20.0, 56.0]]);
        assert_eq!(mesh.indices.len(), 4 * 3);
    }
}
