//! Documents: their most frequent words, each with a bar.

use super::images::row_of_tiles;
use super::{Drawn, ROW};
use crate::picture::Words;
use crate::ui::theme::{self, Theme};
use eframe::egui::{Align2, Rect, TextureHandle, Ui, pos2, vec2};

/// Share of the width that words take; bars have the rest.
const WORDS: f32 = 0.5;

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

    fn preview(&self, ui: &Ui, place: Rect, tiles: &TextureHandle, n: usize, _theme: &Theme) {
        row_of_tiles(ui, place, tiles, n);
    }
}
