//! Pictures that lie on the plane: faint ones of what is decoded there, underneath everything, and those of
//! samples at their codes, where there is room.

use super::View;
use super::codes::colour_of;
use crate::picture::Pixels;
use crate::session::{Layer, SlotId};
use crate::ui::context::Cx;
use crate::ui::samples::{Tiles, write_faintly};
use crate::ui::theme::Theme;
use eframe::egui::{Color32, ColorImage, Mesh, Rect, Shape, Stroke, StrokeKind, Ui, Vec2, pos2, vec2};

/// Opacity of the brightest pixel underneath.
const FAINT: f32 = 0.40;
/// How much of its room a sample's picture takes.
const OF_ROOM: f32 = 0.92;

/// Draws what the model decodes at places of its plane.
pub fn underneath(ui: &Ui, view: &View, slot: SlotId, cx: &mut Cx<'_>) {
    if !cx.session.spec().layers.contains(&Layer::Underneath) {
        return;
    }
    let Some((stamp, tiles)) = cx.session.underneath_of(slot) else { return };
    let theme = cx.theme;
    let room = tiles.lattice.side()[0] * view.scale;
    let middles = tiles.lattice.cells().map(|cell| view.screen(tiles.lattice.middle(cell)));
    let rooms = middles.map(|middle| Rect::from_center_size(middle, Vec2::splat(room)));
    if write_faintly(ui, &tiles.shown, rooms) {
        return;
    }
    let pixels = tiles.shown.tiles();
    let stamp = 2 * stamp + u64::from(theme.is_dark);
    let name = format!("underneath {}", slot.0);
    let texture = cx.textures.get(ui.ctx(), &name, stamp, || inked(pixels, &theme));
    let [columns, rows] = tiles.lattice.size;
    let picture = shape(pixels, columns, rows);
    let mut mesh = Mesh::with_texture(texture.id());
    for cell in tiles.lattice.cells() {
        let place = Rect::from_center_size(view.screen(tiles.lattice.middle(cell)), picture * room);
        if place.intersects(view.rect) {
            mesh.add_rect_with_uv(place, uv(cell, columns, rows), Color32::WHITE);
        }
    }
    ui.painter().add(Shape::mesh(mesh));
}

/// Draws the samples that have room at their codes, framed in their class's colour.
pub fn samples(ui: &Ui, view: &View, slot: SlotId, cx: &mut Cx<'_>) {
    if !cx.session.spec().layers.contains(&Layer::SamplePictures) {
        return;
    }
    let Some((stamp, pictures)) = cx.session.thumbnails_of(slot).filter(|(_, of)| !of.samples.is_empty()) else {
        return;
    };
    let name = format!("samples {}", slot.0);
    let rows = pictures.samples.len().div_ceil(pictures.columns);
    let tiles = Tiles::new(ui, (&name, stamp), &pictures.shown, [pictures.columns, rows], cx);
    let size = tiles.fitted(Vec2::splat(OF_ROOM * pictures.side * view.scale));
    let labels = cx.session.data().and_then(|data| data.train.labels());
    let (mut rooms, mut frames) = (Vec::new(), Vec::new());
    for (i, (sample, place)) in pictures.samples.iter().zip(&pictures.places).enumerate() {
        let place = Rect::from_center_size(view.screen(*place), size);
        if !place.intersects(view.rect) {
            continue;
        }
        rooms.push((i, place));
        let class = labels.and_then(|labels| labels.of.get(*sample as usize));
        let frame = class.map_or(cx.theme.pressed, |class| colour_of(&cx.theme, usize::from(*class)));
        frames.push(Shape::Rect(eframe::egui::epaint::RectShape::stroke(
            place,
            0,
            Stroke::new(1.0, frame),
            StrokeKind::Outside,
        )));
    }
    tiles.paint_each(ui, rooms.into_iter());
    ui.painter().extend(frames);
}

/// The largest size within a square of one that has the shape of a picture of so many.
fn shape(pixels: &Pixels, columns: usize, rows: usize) -> Vec2 {
    let one = vec2(pixels.width as f32 / columns as f32, pixels.height as f32 / rows as f32);
    one / one.max_elem().max(1.0)
}

fn uv([column, row]: [usize; 2], columns: usize, rows: usize) -> Rect {
    let size = vec2(1.0 / columns as f32, 1.0 / rows as f32);
    Rect::from_min_size(pos2(column as f32 * size.x, row as f32 * size.y), size)
}

/// Pixels as ink of one colour, the stronger the brighter they are: dark ones let the plane through.
fn inked(pixels: &Pixels, theme: &Theme) -> ColorImage {
    let ink =
        if theme.is_dark { Color32::from_rgb(0xa0, 0xb0, 0xcd) } else { Color32::from_rgb(0x46, 0x54, 0x6e) };
    let inked = pixels.rgba.as_chunks::<4>().0.iter().map(|[red, green, blue, alpha]| {
        let bright = 0.299 * f32::from(*red) + 0.587 * f32::from(*green) + 0.114 * f32::from(*blue);
        ink.gamma_multiply(FAINT * bright / 255.0 * f32::from(*alpha) / 255.0)
    });
    ColorImage::new([pixels.width, pixels.height], inked.collect())
}
