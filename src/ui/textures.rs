//! Pictures on the GPU, uploaded when they change and not before, and what is worked out of samples to draw
//! them, kept in the same way.

use crate::picture::{Pixels, Shown};
use eframe::egui::{ColorImage, Context, TextureHandle, TextureOptions, Vec2, vec2};
use std::collections::HashMap;
use std::sync::Arc;

/// Seconds for which a texture is kept that nothing draws: what is folded away and back again is there at
/// once, and what is gone with its model leaves the graphics card.
const KEPT: f64 = 30.0;

/// A texture, the stamp of the picture it holds, and when it was asked for last.
struct Held {
    stamp: u64,
    texture: TextureHandle,
    asked: f64,
}

/// What was worked out, the stamps of what it follows from, and when it was asked for last.
struct Made<T> {
    of: Arc<T>,
    stamps: [u64; 2],
    asked: f64,
}

/// Which words of each of some sentences are lit.
pub type Lit = Vec<Vec<bool>>;

/// Textures by name.
#[derive(Default)]
pub struct Textures {
    held: HashMap<String, Held>,
    /// Samples by name.
    shown: HashMap<String, Made<Shown>>,
    /// Lit words by the name of their sentences.
    lit: HashMap<String, Made<Lit>>,
}

impl Textures {
    /// The texture `name` showing the picture with this stamp; `pixels` is asked only if it holds another.
    pub fn get(
        &mut self,
        ctx: &Context,
        name: &str,
        stamp: u64,
        pixels: impl FnOnce() -> ColorImage,
    ) -> TextureHandle {
        self.filtered(ctx, name, stamp, options(), pixels)
    }

    /// As [`Self::get`], but smooth where it is enlarged.
    pub fn smooth(
        &mut self,
        ctx: &Context,
        name: &str,
        stamp: u64,
        pixels: impl FnOnce() -> ColorImage,
    ) -> TextureHandle {
        self.filtered(ctx, name, stamp, TextureOptions::LINEAR, pixels)
    }

    fn filtered(
        &mut self,
        ctx: &Context,
        name: &str,
        stamp: u64,
        options: TextureOptions,
        pixels: impl FnOnce() -> ColorImage,
    ) -> TextureHandle {
        let asked = ctx.input(|i| i.time);
        if let Some(held) = self.held.get_mut(name) {
            held.asked = asked;
            if held.stamp != stamp {
                held.stamp = stamp;
                held.texture.set(within_limits(ctx, pixels()), options);
            }
            return held.texture.clone();
        }
        let texture = ctx.load_texture(name, within_limits(ctx, pixels()), options);
        self.held.insert(name.into(), Held { stamp, texture: texture.clone(), asked });
        texture
    }
}

impl Textures {
    /// Forgets what nothing has drawn for a while.
    pub fn forget(&mut self, ctx: &Context) {
        let now = ctx.input(|i| i.time);
        self.held.retain(|_, held| now - held.asked < KEPT);
        self.shown.retain(|_, held| now - held.asked < KEPT);
        self.lit.retain(|_, held| now - held.asked < KEPT);
    }

    /// Samples called `name`; `make` is asked only if others are held under this name.
    pub fn shown(&mut self, ctx: &Context, name: &str, stamp: u64, make: impl FnOnce() -> Shown) -> Arc<Shown> {
        made(&mut self.shown, ctx, name, [stamp, 0], make)
    }

    /// The lit words of the sentences called `name`, which follow from what has these two stamps: worked out
    /// once, and not in each frame that draws them.
    pub fn lit(&mut self, ctx: &Context, name: &str, stamps: [u64; 2], make: impl FnOnce() -> Lit) -> Arc<Lit> {
        made(&mut self.lit, ctx, name, stamps, make)
    }
}

/// What is held under a name; `make` is asked only if it follows from something else.
fn made<T>(
    held: &mut HashMap<String, Made<T>>,
    ctx: &Context,
    name: &str,
    stamps: [u64; 2],
    make: impl FnOnce() -> T,
) -> Arc<T> {
    let asked = ctx.input(|i| i.time);
    match held.get_mut(name).filter(|held| held.stamps == stamps) {
        Some(held) => {
            held.asked = asked;
            Arc::clone(&held.of)
        }
        None => {
            let of = Arc::new(make());
            held.insert(name.into(), Made { of: Arc::clone(&of), stamps, asked });
            of
        }
    }
}

/// The image, thinned out where it is larger than the graphics system takes.
fn within_limits(ctx: &Context, image: ColorImage) -> ColorImage {
    let limit = ctx.input(|i| i.max_texture_side);
    let factor = image.width().max(image.height()).div_ceil(limit.max(1));
    if factor <= 1 {
        return image;
    }
    let size = [image.width() / factor, image.height() / factor].map(|side| side.max(1));
    let mut thinned = ColorImage::filled(size, eframe::egui::Color32::BLACK);
    for (i, pixel) in thinned.pixels.iter_mut().enumerate() {
        *pixel = image[(i % size[0] * factor, i / size[0] * factor)];
    }
    thinned
}

/// Exact pixels when enlarged, smooth when reduced.
fn options() -> TextureOptions {
    TextureOptions { minification: eframe::egui::TextureFilter::Linear, ..TextureOptions::NEAREST }
}

/// Pixels as egui takes them.
pub fn color_image(pixels: &Pixels) -> ColorImage {
    ColorImage::from_rgba_premultiplied([pixels.width, pixels.height], &pixels.rgba)
}

/// The size at which a picture fills a square of `side` points without being stretched.
pub fn fitted(texture: &TextureHandle, side: f32) -> Vec2 {
    let size = texture.size_vec2();
    let longest = size.x.max(size.y).max(1.0);
    vec2(size.x / longest * side, size.y / longest * side)
}

#[cfg(test)]
mod tests {
    use super::*;
    use eframe::egui::{Color32, RawInput};

    #[test]
    fn what_nothing_draws_for_a_while_is_forgotten_and_made_again() {
        let (ctx, mut textures, mut n_made) = (Context::default(), Textures::default(), 0);
        let mut frame = |time: f64, names: &[&str]| {
            let input = RawInput { time: Some(time), ..RawInput::default() };
            let _ = ctx.run_ui(input, |ui| {
                for name in names {
                    let texture = textures.get(ui.ctx(), name, 1, || {
                        n_made += 1;
                        ColorImage::filled([2, 2], Color32::BLACK)
                    });
                    assert_eq!(texture.size(), [2, 2]);
                }
                textures.forget(ui.ctx());
            });
            (textures.held.len(), n_made)
        };
        assert_eq!(frame(0.0, &["plane", "tile"]), (2, 2));
        assert_eq!(frame(KEPT - 1.0, &["plane"]), (2, 2));
        assert_eq!(frame(KEPT + 1.0, &["plane"]), (1, 2), "the tile was drawn too long ago");
        assert_eq!(frame(KEPT + 2.0, &["plane", "tile"]), (2, 3));
    }

    #[test]
    fn lit_words_are_worked_out_once_an_answer() {
        let (ctx, mut textures, mut n_made) = (Context::default(), Textures::default(), 0);
        let mut lit = |stamps| {
            textures.lit(&ctx, "made", stamps, || {
                n_made += 1;
                vec![vec![n_made > 1]]
            })
        };
        let first = lit([7, 3]);
        assert!(Arc::ptr_eq(&first, &lit([7, 3])), "in the next frame nothing is worked out");
        assert_eq!(*lit([8, 3]), [[true]], "another answer");
        assert_eq!(*lit([8, 4]), [[true]], "or another sentence that it is held against");
        assert_eq!(n_made, 3);
    }
}
