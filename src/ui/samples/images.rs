//! Images: as they are.

use super::{Drawn, uv};
use crate::picture::Pixels;
use crate::ui::textures::fitted;
use crate::ui::theme::{self, Theme};
use eframe::egui::{Image, Rect, TextureHandle, Ui, vec2};

impl Drawn for Pixels {
    fn height(&self, side: f32) -> f32 {
        side
    }

    fn is_wide(&self) -> bool {
        false
    }

    fn large(&self, ui: &Ui, place: Rect, tiles: &TextureHandle, _theme: &Theme) {
        let size = fitted(tiles, place.height());
        let picture = Rect::from_center_size(place.center(), size);
        Image::new(tiles).corner_radius(theme::TILE_RADIUS).paint_at(ui, picture);
    }

    fn line(&self, _i: usize) -> Option<String> {
        None
    }

    fn preview(&self, ui: &Ui, place: Rect, tiles: &TextureHandle, n: usize, _theme: &Theme) {
        row_of_tiles(ui, place, tiles, n);
    }
}

/// `n` tiles side by side in their own shape, each in a square.
pub fn row_of_tiles(ui: &Ui, place: Rect, tiles: &TextureHandle, n: usize) {
    let side = place.width() / n as f32;
    let size = tiles.size_vec2() / vec2(n as f32, 1.0);
    let fitted = size * (side / size.x.max(size.y).max(1.0));
    for i in 0..n {
        let centre = place.min + vec2((i as f32 + 0.5) * side, place.height() / 2.0);
        Image::new(tiles).uv(uv(i, n)).paint_at(ui, Rect::from_center_size(centre, fitted));
    }
}
