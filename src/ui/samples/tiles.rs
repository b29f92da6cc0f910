//! Samples side by side, each in little room: pictures as they are, what is text as text.

use super::drawn;
use crate::picture::{Shown, new_words, wrong_words};
use crate::session::{Picture, SlotId};
use crate::ui::context::Cx;
use crate::ui::textures::{Lit, color_image};
use crate::ui::theme::{self, Theme};
use crate::ui::widgets::Tile;
use crate::worker::ViewId;
use eframe::egui::epaint::RectShape;
use eframe::egui::{Color32, Mesh, Painter, Rect, Shape, Stroke, StrokeKind, TextureHandle, Ui, Vec2, pos2, vec2};
use std::ops::Range;
use std::sync::Arc;

/// Least and greatest size of a tile's letters, in points.
const LETTERS: [f32; 2] = [9.0, 13.0];
/// How many of a tile's lines are as high as it.
const LINES: f32 = 6.0;
/// How much fainter words after the first are where all are faint.
const FAINT: f32 = 0.6;
/// Least height of a tile of text whose width alone is given.
const LOW: f32 = 40.0;
/// Height of a line for each point of its letters.
const LINE: f32 = 1.25;

/// Samples that stand in rows, and the texture that holds all of them as small pictures; none of what is
/// text.
pub struct Tiles<'a> {
    of: Of<'a>,
    texture: Option<TextureHandle>,
    size: [usize; 2],
    /// What they are called where they are text, and a number that tells them from others under the same
    /// name.
    name: String,
    stamp: u64,
    /// Of sentences that are held against others, which words of each tile are lit.
    lit: Option<Arc<Lit>>,
}

/// Samples that are lent by what was worked out, or held with others that are drawn.
enum Of<'a> {
    Lent(&'a Shown),
    Held(Arc<Shown>),
}

impl<'a> Tiles<'a> {
    /// Samples in so many columns and rows, with a texture called `name`.
    pub fn new(ui: &Ui, (name, stamp): (&str, u64), shown: &'a Shown, size: [usize; 2], cx: &mut Cx<'_>) -> Self {
        let texture = || cx.textures.get(ui.ctx(), name, stamp, || color_image(shown.tiles()));
        let texture = (!drawn(shown).is_text()).then(texture);
        let name = if texture.is_none() { name.into() } else { String::new() };
        Self { of: Of::Lent(shown), texture, size, name, stamp, lit: None }
    }

    /// What a view of a model shows.
    pub fn of_view(ui: &Ui, slot: SlotId, view: ViewId, cx: &mut Cx<'a>) -> Option<Self> {
        let picture: &Picture = cx.session.picture_of(slot, view)?;
        // A grid is a square, all else one row.
        let rows = if view == ViewId::Grid { picture.columns } else { 1 };
        Some(Self::new(ui, (&name(view, slot), picture.stamp), &picture.shown, [picture.columns, rows], cx))
    }

    /// One sample that is held, with a texture called `name`.
    pub(super) fn one(ui: &Ui, (name, stamp): (&str, u64), shown: Arc<Shown>, cx: &mut Cx<'_>) -> Self {
        let texture = || cx.textures.get(ui.ctx(), name, stamp, || color_image(shown.tiles()));
        let texture = (!drawn(&shown).is_text()).then(texture);
        let name = if texture.is_none() { name.into() } else { String::new() };
        Self { of: Of::Held(shown), texture, size: [1, 1], name, stamp, lit: None }
    }

    fn shown(&self) -> &Shown {
        match &self.of {
            Of::Lent(shown) => shown,
            Of::Held(shown) => shown,
        }
    }

    /// Tiles in a row.
    pub fn columns(&self) -> usize {
        self.size[0]
    }

    /// What tile `i` shows in a line of text, where text can say it.
    pub fn line(&self, i: usize) -> Option<String> {
        drawn(self.shown()).line(i)
    }

    /// What tile `i` says, where it is a sentence.
    pub fn sentence(&self, i: usize) -> Option<&str> {
        drawn(self.shown()).sentence(i)
    }

    /// Which words of sentence `i` are lit; none before it is held against another.
    pub fn lit(&self, i: usize) -> &[bool] {
        self.lit.as_ref().and_then(|lit| lit.get(i)).map_or(&[], Vec::as_slice)
    }

    /// Holds the first tile against the first of `wanted`, which it should be: from now on its wrong words
    /// are lit, where it is a sentence.
    pub fn hold_against(&mut self, ui: &Ui, wanted: &Tiles<'_>, cx: &mut Cx<'_>) {
        self.light(ui, ("against what it should be", wanted.stamp), cx, |tiles| {
            let both = wanted.sentence(0).zip(tiles.sentence(0));
            both.map(|(wanted, said)| wrong_words(wanted, said)).into_iter().collect()
        });
    }

    /// Holds each tile of the second row against the one above it, which it should be.
    pub fn hold_rows(&mut self, ui: &Ui, cx: &mut Cx<'_>) {
        let n = self.columns();
        self.light(ui, ("row against row", 0), cx, |tiles| {
            let wrong = |i: usize| Some(wrong_words(tiles.sentence(i.checked_sub(n)?)?, tiles.sentence(i)?));
            (0..2 * n).map(|i| wrong(i).unwrap_or_default()).collect()
        });
    }

    /// Holds each tile of a row against the one before it: the words that it does not have are lit.
    pub fn hold_along(&mut self, ui: &Ui, cx: &mut Cx<'_>) {
        self.light(ui, ("along", 0), cx, |tiles| {
            let new = |i: usize| Some(new_words(tiles.sentence(i.checked_sub(1)?)?, tiles.sentence(i)?));
            (0..tiles.columns()).map(|i| new(i).unwrap_or_default()).collect()
        });
    }

    /// Lights words by what `how` the tiles, if they are sentences, are held against something with a stamp.
    fn light(&mut self, ui: &Ui, (how, against): (&str, u64), cx: &mut Cx<'_>, make: impl FnOnce(&Self) -> Lit) {
        if self.sentence(0).is_some() {
            let name = format!("{} {how}", self.name);
            self.lit = Some(cx.textures.lit(ui.ctx(), &name, [self.stamp, against], || make(self)));
        }
    }

    /// A name of tile `i` for those who do not see it: what it is called and, where it is text, its text.
    pub fn named(&self, name: &str, i: usize) -> String {
        let line = if self.texture.is_none() { self.line(i) } else { None };
        line.map_or_else(|| name.to_owned(), |line| format!("{name}: {line}"))
    }

    /// How large a tile is in this room: a picture keeps its shape, text takes all of it.
    pub fn fitted(&self, room: Vec2) -> Vec2 {
        self.fitted_all(room, [1.0 / self.size[0].max(1) as f32, 1.0 / self.size[1].max(1) as f32])
    }

    /// How high a tile of this width is.
    pub fn height(&self, width: f32) -> f32 {
        if self.texture.is_none() { width.max(LOW) } else { self.fitted(vec2(width, f32::INFINITY)).y }
    }

    /// As [`Self::fitted`], of all tiles together.
    pub fn all_fitted(&self, room: Vec2) -> Vec2 {
        self.fitted_all(room, [1.0, 1.0])
    }

    fn fitted_all(&self, room: Vec2, share: [f32; 2]) -> Vec2 {
        let Some(texture) = &self.texture else { return room };
        let size = texture.size_vec2() * Vec2::from(share);
        size * (room / size.max(Vec2::splat(1.0))).min_elem()
    }

    /// The part of the texture that holds tile `i`.
    fn uv(&self, i: usize) -> Rect {
        let [columns, rows] = self.size.map(|n| n.max(1));
        let size = vec2(1.0 / columns as f32, 1.0 / rows as f32);
        Rect::from_min_size(pos2((i % columns) as f32 * size.x, (i / columns) as f32 * size.y), size)
    }

    /// Draws tile `i` into its room.
    pub fn paint(&self, ui: &Ui, i: usize, room: Rect) {
        match &self.texture {
            Some(texture) => {
                let place = Rect::from_center_size(room.center(), self.fitted(room.size()));
                picture(ui, place, texture, self.uv(i));
            }
            None => write(ui.painter(), (self.shown(), i, self.lit(i)), room, &Theme::of(ui)),
        }
    }

    /// Draws tiles, each into its room: pictures as one mesh.
    pub fn paint_each(&self, ui: &Ui, rooms: impl Iterator<Item = (usize, Rect)>) {
        let Some(texture) = &self.texture else {
            let theme = Theme::of(ui);
            let line = Stroke::new(1.0, theme.hairline);
            return rooms.for_each(|(i, room)| {
                ui.painter().rect(room, 0, theme.field, line, StrokeKind::Middle);
                write(ui.painter(), (self.shown(), i, self.lit(i)), room, &theme);
            });
        };
        let mut mesh = Mesh::with_texture(texture.id());
        for (i, room) in rooms {
            let place = Rect::from_center_size(room.center(), self.fitted(room.size()));
            mesh.add_rect_with_uv(place, self.uv(i), Color32::WHITE);
        }
        ui.painter().add(Shape::mesh(mesh));
    }

    /// Draws all tiles into one room, without anything between them.
    pub fn paint_all(&self, ui: &Ui, room: Rect) {
        self.paint_rows(ui, 0..self.size[1], room);
    }

    /// As [`Self::paint_all`], some rows.
    pub fn paint_rows(&self, ui: &Ui, rows: Range<usize>, room: Rect) {
        let columns = self.size[0].max(1);
        let (first, end) = (rows.start * columns, rows.end * columns);
        if let Some(texture) = &self.texture {
            let all = self.uv(first).union(self.uv(end.saturating_sub(1)));
            return picture(ui, room, texture, all);
        }
        let size = room.size() / vec2(columns as f32, rows.len() as f32);
        let place = |i: usize| vec2((i % columns) as f32, (i / columns - rows.start) as f32) * size;
        self.paint_each(ui, (first..end).map(|i| (i, Rect::from_min_size(room.min + place(i), size))));
    }

    /// Tile `i` as a control.
    pub fn tile<'t>(&'t self, name: &'t str, i: usize, size: Vec2) -> Tile<'t, impl Fn(&Ui, Rect) + 't> {
        Tile::new(name, size, move |ui, place| self.paint(ui, i, place))
    }

    /// Draws how the samples of one row change from left to right, where their kind can say it: the middles
    /// of the first and last lie `inset` within `place`. Returns what it shows in words.
    pub fn along(&self, ui: &Ui, place: Rect, inset: f32) -> Option<String> {
        drawn(self.shown()).along(ui.painter(), place, inset, &Theme::of(ui))
    }
}

/// Draws samples that are text, each into its room, so faintly that what comes over them is seen; says
/// whether they are text.
pub fn write_faintly(ui: &Ui, shown: &Shown, rooms: impl Iterator<Item = Rect>) -> bool {
    let is_text = drawn(shown).is_text();
    if is_text {
        let theme = Theme::of(ui);
        let faint = theme.faint.gamma_multiply(FAINT);
        let theme = Theme { text: theme.faint, weak: faint, ..theme };
        rooms.enumerate().for_each(|(i, room)| write(ui.painter(), (shown, i, &[]), room, &theme));
    }
    is_text
}

fn picture(ui: &Ui, place: Rect, texture: &TextureHandle, uv: Rect) {
    let picture = RectShape::filled(place, theme::TILE_RADIUS, Color32::WHITE);
    ui.painter().add(picture.with_texture(texture.id(), uv));
}

/// Draws sample `i` as text with its wrong words lit, unless nothing of it would be seen.
fn write(painter: &Painter, (shown, i, wrong): (&Shown, usize, &[bool]), room: Rect, theme: &Theme) {
    if painter.clip_rect().intersects(room) {
        let is_low = room.height() < LETTERS[0] * LINE;
        let cut = is_low.then(|| painter.with_clip_rect(room.intersect(painter.clip_rect())));
        drawn(shown).tile(cut.as_ref().unwrap_or(painter), room, i, wrong, theme);
    }
}

/// What the texture of a model's view is called.
pub(super) fn name(view: ViewId, slot: SlotId) -> String {
    format!("{view:?} {}", slot.0)
}

/// Size of the letters of a tile, in whole points so that few sizes are in use, and the height of a line.
pub(super) fn letters(room: Vec2) -> (f32, f32) {
    let size = (room.min_elem() / LINES).round().clamp(LETTERS[0], LETTERS[1]);
    (size, LINE * size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_grow_with_the_tile_and_are_never_too_small() {
        assert_eq!(letters(vec2(12.0, 300.0)).0, 9.0);
        assert_eq!(letters(vec2(72.0, 72.0)).0, 12.0);
        assert_eq!(letters(vec2(400.0, 400.0)).0, 13.0);
    }
}
