//! Sentences: their text.

use super::tiles::letters;
use super::{Drawn, ROW};
use crate::picture::Sentences;
use crate::ui::theme::{self, Theme};
use eframe::egui::text::{LayoutJob, TextFormat, TextWrapping};
use eframe::egui::{Align, Color32, FontId, Painter, Rect, TextureHandle, Ui, pos2, vec2};

/// Space around the text of a tile.
const EDGE: [f32; 2] = [3.0, 2.0];
/// Letters that a line of a tile may hold for each point of its width over the size of one: narrow ones.
const NARROW: f32 = 4.0;

/// Height of a line of a sentence that is written.
pub const WRITTEN: f32 = 16.0;

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

    fn is_text(&self) -> bool {
        true
    }

    fn sentence(&self, i: usize) -> Option<&str> {
        self.texts.get(i).map(String::as_str)
    }

    fn tile(&self, painter: &Painter, place: Rect, i: usize, wrong: &[bool], theme: &Theme) {
        let Some(text) = self.texts.get(i) else { return };
        let (size, line) = letters(place.size());
        let room = place.shrink2(EDGE.into());
        let n_rows = ((room.height() / line) as usize).max(1);
        // Of a long text no more is laid out than can be seen.
        let n_letters = (n_rows as f32 * NARROW * room.width() / size).max(1.0) as usize;
        let seen = text.char_indices().nth(n_letters).map_or(&**text, |(end, _)| &text[..end]);
        let mut job = job(seen, &theme::regular(size), theme.text, (wrong, theme.bad));
        job.wrap = TextWrapping { max_width: room.width(), max_rows: n_rows, ..TextWrapping::default() };
        job.halign = Align::Center;
        let galley = painter.layout_job(job);
        let top = room.center().y - galley.size().y / 2.0;
        painter.galley(pos2(room.center().x, top), galley, theme.text);
    }
}

/// A sentence whose lit words have a colour of their own.
fn job(text: &str, font: &FontId, colour: Color32, (lit, lit_colour): (&[bool], Color32)) -> LayoutJob {
    let mut job = LayoutJob::default();
    let mut put = |text: &str, colour| job.append(text, 0.0, TextFormat::simple(font.clone(), colour));
    if !lit.contains(&true) {
        put(text, colour);
        return job;
    }
    for (k, word) in text.split(' ').enumerate() {
        if k > 0 {
            put(" ", colour);
        }
        put(word, if lit.get(k) == Some(&true) { lit_colour } else { colour });
    }
    job
}

/// Writes a sentence into its place, from the left in the middle of its height, in as many lines as there is
/// room for, with the lit words in a colour of their own.
pub fn write_words(painter: &Painter, place: Rect, text: &str, lit: (&[bool], Color32), theme: &Theme) {
    let font = theme::body();
    let mut job = job(text, &font, theme.text, lit);
    let max_rows = ((place.height() / WRITTEN) as usize).max(1);
    job.wrap = TextWrapping { max_width: place.width(), max_rows, ..TextWrapping::default() };
    let galley = painter.layout_job(job);
    painter.galley(pos2(place.left(), place.center().y - galley.size().y / 2.0), galley, theme.text);
}
