//! Sentences: their text.

use super::{Drawn, ROW};
use crate::picture::Sentences;
use crate::ui::theme::{self, Theme};
use eframe::egui::{Rect, TextureHandle, Ui, vec2};

impl Drawn for Sentences {
    fn height(&self, _side: f32) -> f32 {
        4.0 * ROW
    }

    fn is_wide(&self) -> bool {
        true
    }

    fn large(&self, ui: &Ui, place: Rect, _tiles: &TextureHandle, theme: &Theme) {
        let text = self.texts.first().cloned().unwrap_or_default();
        let wrapped = ui.painter().layout(text, theme::body(), theme.text, place.width());
        ui.painter().with_clip_rect(place.intersect(ui.clip_rect())).galley(place.min, wrapped, theme.text);
    }

    fn line(&self, i: usize) -> Option<String> {
        self.texts.get(i).cloned()
    }

    fn preview(&self, ui: &Ui, place: Rect, _tiles: &TextureHandle, _n: usize, theme: &Theme) {
        let painter = ui.painter().with_clip_rect(place.intersect(ui.clip_rect()));
        for (i, text) in self.texts.iter().take((place.height() / ROW) as usize).enumerate() {
            let line = painter.layout_no_wrap(text.clone(), theme::body(), theme.weak);
            painter.galley(place.min + vec2(0.0, i as f32 * ROW), line, theme.weak);
        }
    }
}
