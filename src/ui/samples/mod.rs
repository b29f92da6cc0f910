//! How samples of each kind are drawn: one file a kind, each with the same few functions.
//!
//! Panels and tools hand over what is to be shown and never look at what it is; [`drawn`] alone does, and a
//! kind without a file does not compile.

mod images;
mod numbers;
mod sentences;
mod tiles;
mod words;

pub use sentences::{WRITTEN, write_words};
pub use tiles::{Tiles, write_faintly};
pub use words::ALONG;

use super::context::Cx;
use super::textures::color_image;
use super::theme::Theme;
use crate::data::{Dataset, Scaling};
use crate::picture::Shown;
use crate::session::Session;
use crate::worker::ViewId;
use eframe::egui::{Painter, Rect, TextureHandle, Ui, Vec2, pos2, vec2};

/// Height of a line in a list of numbers or words.
const ROW: f32 = 20.0;
/// Lines that a large view has room for; of more, the rest is counted.
const MAX_ROWS: usize = 16;

/// What every kind of sample can do on screen.
trait Drawn {
    /// Height of the large view of one sample, where a picture would have `side`.
    fn height(&self, side: f32) -> f32;

    /// Whether the large view takes the whole width, so that nothing can stand beside it.
    fn is_wide(&self) -> bool;

    /// Draws the first sample large; `tiles` holds all as small pictures.
    fn large(&self, ui: &Ui, place: Rect, tiles: &TextureHandle, theme: &Theme);

    /// What sample `i` is, in a line of text, where text can say it.
    fn line(&self, i: usize) -> Option<String>;

    /// Draws the first samples of some data; `tiles` holds `n` of them in a row.
    fn preview(&self, ui: &Ui, place: Rect, tiles: &TextureHandle, n: usize, theme: &Theme);

    /// Whether samples are drawn as text in little room too, and not as pictures with a shape of their own.
    fn is_text(&self) -> bool {
        false
    }

    /// Sample `i` where it is a sentence: words that are read from left to right, each at its own place.
    fn sentence(&self, _i: usize) -> Option<&str> {
        None
    }

    /// Draws sample `i` as text in little room; of a sentence the words that are `wrong` are lit.
    fn tile(&self, _painter: &Painter, _place: Rect, _i: usize, _wrong: &[bool], _theme: &Theme) {}

    /// Rows that [`Self::along`] is drawn in where there is room for them.
    fn n_along(&self) -> usize {
        0
    }

    /// Draws how the samples change from the first to the last, whose middles lie `inset` within `place`;
    /// returns what it shows in words, or nothing where there is nothing to draw.
    fn along(&self, _painter: &Painter, _place: Rect, _inset: f32, _theme: &Theme) -> Option<String> {
        None
    }
}

/// What draws these samples.
fn drawn(shown: &Shown) -> &dyn Drawn {
    match shown {
        Shown::Pictures(pixels) => pixels,
        Shown::Numbers(numbers) => numbers,
        Shown::Words(words) => words,
        Shown::Sentences(sentences) => sentences,
    }
}

/// What the open model takes for usual of each column of `data`; none where it scales nothing or is for other
/// data.
fn scaling<'a>(data: &Dataset, cx: &Cx<'a>) -> Option<&'a Scaling> {
    let info = cx.session.model()?.info();
    info.scaling.as_ref().filter(|_| info.input == *data.kind())
}

/// One stored sample of some data.
pub fn stored<'t>(ui: &Ui, name: &str, data: &Dataset, idx: u32, cx: &mut Cx<'_>) -> Tiles<'t> {
    let scaling = scaling(data, cx);
    let stamp = (u64::from(data.checksum()) << 32 | u64::from(idx)) ^ scaling.map_or(0, Scaling::stamp);
    let shown = cx.textures.shown(ui.ctx(), name, stamp, || Shown::samples(data, scaling, &[idx], 1));
    Tiles::one(ui, (name, stamp), shown, cx)
}

/// Whether text can say what samples of some data are, and says more than a small picture.
pub fn say_lines(ui: &Ui, data: &Dataset, cx: &mut Cx<'_>) -> bool {
    let stamp = u64::from(data.checksum());
    let first = cx.textures.shown(ui.ctx(), "the first as text", stamp, || Shown::samples(data, None, &[0], 1));
    drawn(&first).line(0).is_some()
}

/// Rows in which the samples along a path of the active model are drawn beside their tiles.
pub fn n_along(session: &Session) -> usize {
    session.picture(ViewId::Picture).map_or(0, |picture| drawn(&picture.shown).n_along())
}

/// Whether what the active model decodes are sentences, which are read in lines and not in tiles.
pub fn are_sentences(session: &Session) -> bool {
    session.picture(ViewId::Picture).is_some_and(|picture| drawn(&picture.shown).sentence(0).is_some())
}

/// Room that the large view of what `view` shows takes, where a picture would have `side`.
pub fn room(ui: &Ui, view: ViewId, side: f32, cx: &Cx<'_>) -> Vec2 {
    let drawn = cx.session.picture(view).map(|picture| drawn(&picture.shown));
    let width = if drawn.is_some_and(Drawn::is_wide) { ui.available_width() } else { side };
    vec2(width, drawn.map_or(side, |drawn| drawn.height(side)))
}

/// Whether the large view of what `view` shows takes the whole width, so that nothing can stand beside it.
pub fn is_wide(view: ViewId, cx: &Cx<'_>) -> bool {
    cx.session.picture(view).is_some_and(|picture| drawn(&picture.shown).is_wide())
}

/// Draws what `view` shows large; returns it in a line of text, where text can say it.
pub fn large(ui: &Ui, place: Rect, view: ViewId, cx: &mut Cx<'_>) -> Option<String> {
    let picture = cx.session.picture(view)?;
    // The same texture as where it is a tile among others.
    let name = tiles::name(view, cx.session.spec().active);
    let tiles = cx.textures.get(ui.ctx(), &name, picture.stamp, || color_image(picture.tiles()));
    let drawn = drawn(&picture.shown);
    drawn.large(ui, place, &tiles, &cx.theme);
    drawn.line(0)
}

/// Draws `n` samples of some data, with a texture called `name`.
pub fn preview(ui: &Ui, place: Rect, name: &str, data: &Dataset, n: usize, cx: &mut Cx<'_>) {
    let scaling = scaling(data, cx);
    let first = || {
        let usual = if scaling.is_none() { usual_scaling(data) } else { None };
        Shown::samples(data, scaling.or(usual.as_ref()), &of_several_classes(data, n), n)
    };
    let stamp = u64::from(data.checksum()) ^ scaling.map_or(0, Scaling::stamp);
    let shown = cx.textures.shown(ui.ctx(), name, stamp, first);
    let tiles = cx.textures.get(ui.ctx(), name, stamp, || color_image(shown.tiles()));
    drawn(&shown).preview(ui, place, &tiles, n, &cx.theme);
}

/// How columns of data that no model knows are brought to one scale, as bars side by side need it; judged by
/// a few samples from all over the data, so that no frame waits for the rest.
fn usual_scaling(data: &Dataset) -> Option<Scaling> {
    const JUDGED: usize = 200;
    Scaling::fit(data.kind().usual_scaling(), &data.select(&data.spread(JUDGED)).ok()?)
}

/// The first samples or, where those are of one class, some from all over the data.
fn of_several_classes(data: &Dataset, n: usize) -> Vec<u32> {
    let n = n.min(data.n_samples());
    let is_sorted = data.labels().is_some_and(|labels| labels.of[..n].windows(2).all(|pair| pair[0] == pair[1]));
    let step = if is_sorted { data.n_samples() / n.max(1) } else { 1 };
    (0..n).map(|i| (i * step) as u32).collect()
}

/// The part of a texture of `n` tiles in a row that holds tile `i`.
fn uv(i: usize, n: usize) -> Rect {
    Rect::from_min_max(pos2(i as f32 / n as f32, 0.0), pos2((i + 1) as f32 / n as f32, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Labels, SampleKind, Values};

    #[test]
    fn the_row_of_sorted_data_shows_several_classes() {
        let data = |of: &[u16]| {
            let kind = SampleKind::Vector { names: ["x".to_string()].into() };
            let labels = Labels { names: ["a", "b"].map(String::from).into(), of: of.into() };
            Dataset::new(kind, Values::Floats(vec![0.0; of.len()].into()), Some(labels), vec![]).unwrap()
        };
        assert_eq!(of_several_classes(&data(&[0, 0, 0, 1, 1, 1]), 2), [0, 3]);
        assert_eq!(of_several_classes(&data(&[0, 1, 0, 1, 0, 1]), 2), [0, 1]);
        assert_eq!(of_several_classes(&data(&[0, 0]), 8), [0, 1]);
    }
}
