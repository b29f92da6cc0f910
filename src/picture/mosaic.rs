//! Images as pixels, many side by side in one.
//!
//! A picture's features are ordered channel, row, column, with one channel (grey) or three (red, green, blue)
//! and means in [0, 1]. Tiles touch: gaps, frames and scaling are left to whoever draws them.

use super::{Pixels, level};
use ndarray::ArrayView2;

/// Puts the rows of `tiles`, [n, channels·height·width], side by side, `columns` to a row, from the top left.
///
/// The image is columns·width wide; tiles are opaque and what the last row leaves free stays transparent.
/// Panics where the shapes disagree, `channels` is neither 1 nor 3, or `columns` is 0.
pub fn mosaic(tiles: ArrayView2<f32>, channels: usize, height: usize, width: usize, columns: usize) -> Pixels {
    assert!(columns > 0, "a mosaic of no columns");
    let n_rows = tiles.nrows().div_ceil(columns);
    let mut out = Pixels::new(columns * width, n_rows * height);
    let mut levels = vec![0; tiles.ncols()];
    for (i, x) in tiles.rows().into_iter().enumerate() {
        levels.iter_mut().zip(x).for_each(|(to, &mean)| *to = level(mean));
        put(&mut out, [i % columns * width, i / columns * height], [channels, height, width], &levels);
    }
    out
}

/// Writes one opaque tile of `levels`, one a feature, with its top left pixel at `place` = [x, y].
pub(super) fn put(out: &mut Pixels, place: [usize; 2], [channels, height, width]: [usize; 3], levels: &[u8]) {
    assert!(channels == 1 || channels == 3, "a picture of {channels} channels");
    assert_eq!(
        levels.len(),
        channels * height * width,
        "{} features in a picture of {channels}×{height}×{width}",
        levels.len()
    );
    // A grey picture reads its one channel three times.
    let step = if channels == 3 { height * width } else { 0 };
    for row in 0..height {
        let start = 4 * ((place[1] + row) * out.width + place[0]);
        let pixels = out.rgba[start..start + 4 * width].as_chunks_mut::<4>().0;
        let [red, green, blue] = [0, 1, 2].map(|channel| &levels[channel * step + row * width..][..width]);
        for (pixel, ((&red, &green), &blue)) in pixels.iter_mut().zip(red.iter().zip(green).zip(blue)) {
            *pixel = [red, green, blue, 255];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    fn pixel(pixels: &Pixels, x: usize, y: usize) -> [u8; 4] {
        let at = 4 * (y * pixels.width + x);
        pixels.rgba[at..at + 4].try_into().unwrap()
    }

    #[test]
    fn tiles_are_placed_row_by_row() {
        // Five tiles of 2 high and 3 wide; feature f of tile t has level 10·t + f.
        let tiles = Array2::from_shape_fn((5, 6), |(t, f)| (10 * t + f) as f32 / 255.0);
        let out = mosaic(tiles.view(), 1, 2, 3, 2);
        assert_eq!((out.width, out.height), (6, 6));
        assert_eq!(pixel(&out, 0, 0), [0, 0, 0, 255]);
        assert_eq!(pixel(&out, 2, 1), [5, 5, 5, 255]);
        assert_eq!(pixel(&out, 3, 0), [10, 10, 10, 255]);
        assert_eq!(pixel(&out, 4, 3), [34, 34, 34, 255]);
        assert_eq!(pixel(&out, 1, 5), [44, 44, 44, 255]);
        for y in 4..6 {
            assert_eq!(pixel(&out, 3, y), [0; 4]);
        }
    }

    #[test]
    fn channels_are_planes() {
        let means = Array2::from_shape_fn((1, 12), |(_, f)| f as f32 / 255.0);
        let out = mosaic(means.view(), 3, 2, 2, 1);
        assert_eq!(pixel(&out, 1, 0), [1, 5, 9, 255]);
        assert_eq!(pixel(&out, 0, 1), [2, 6, 10, 255]);
    }

    #[test]
    fn no_tiles_make_no_rows() {
        let out = mosaic(Array2::zeros((0, 4)).view(), 1, 2, 2, 3);
        assert_eq!((out.width, out.height, out.rgba.len()), (6, 0, 0));
    }

    #[test]
    #[should_panic(expected = "5 features in a picture of 1×2×2")]
    fn wrong_lengths_are_named() {
        mosaic(Array2::zeros((1, 5)).view(), 1, 2, 2, 1);
    }
}
