//! Pictures of many samples as tiles of one sheet that is no larger than graphics cards take.

use super::mosaic::put;
use super::{Pixels, level};
use crate::data::Dataset;
use ndarray::ArrayView1;

/// Longest side of a sheet, in pixels: a texture of the web has no more everywhere.
pub const MAX_SIDE: usize = 8192;

/// A sheet of tiles, row by row from the top left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sprite {
    /// The sheet; what the last row leaves free is transparent.
    pub pixels: Pixels,
    /// Width and height of a tile.
    pub tile: [usize; 2],
}

/// How tiles are laid out, and how many pixels of a sample become one of its tile, each way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Layout {
    shrink: usize,
    tile: [usize; 2],
    columns: usize,
}

/// A tile for every sample of all `parts`, in their order; none where samples are no pictures, or are more
/// than a sheet has pixels.
///
/// Tiles that would not fit are made smaller, all by the same whole factor.
pub fn sprite(parts: &[&Dataset]) -> Option<Sprite> {
    let [channels, height, width] = parts.first()?.kind().sides()?;
    let n = parts.iter().map(|part| part.n_samples()).sum();
    let Layout { shrink, tile, columns } = layout(n, [width, height])?;
    let mut pixels = Pixels::new(columns * tile[0], n.div_ceil(columns) * tile[1]);
    let mut levels = vec![0; channels * tile[0] * tile[1]];
    let mut i = 0;
    for part in parts {
        for (_, x) in part.chunks(part.chunk_size()) {
            for x in x.rows() {
                shrunk(x, [channels, height, width], shrink, &mut levels);
                let place = [i % columns * tile[0], i / columns * tile[1]];
                put(&mut pixels, place, [channels, tile[1], tile[0]], &levels);
                i += 1;
            }
        }
    }
    Some(Sprite { pixels, tile })
}

/// The layout of `n` pictures of this width and height that shrinks them least, about as wide as it is high.
fn layout(n: usize, [width, height]: [usize; 2]) -> Option<Layout> {
    (1..=width.max(height)).find_map(|shrink| {
        let tile = [width.div_ceil(shrink), height.div_ceil(shrink)];
        let [most_columns, most_rows] = tile.map(|side| MAX_SIDE / side);
        let fits = most_columns.checked_mul(most_rows).is_some_and(|most| (1..=most).contains(&n));
        let square = (n as f64 * tile[1] as f64 / tile[0] as f64).sqrt().ceil() as usize;
        let columns = square.max(n.div_ceil(most_rows.max(1))).min(most_columns);
        fits.then_some(Layout { shrink, tile, columns })
    })
}

/// Sets the levels of a tile: means over squares of `shrink` pixels a side, smaller ones at the far edges.
fn shrunk(x: ArrayView1<f32>, [channels, height, width]: [usize; 3], shrink: usize, levels: &mut [u8]) {
    let [tile_width, tile_height] = [width, height].map(|side| side.div_ceil(shrink));
    let of = |channel: usize, row: usize, column: usize| x[(channel * height + row) * width + column];
    for (i, to) in levels.iter_mut().enumerate() {
        let (channel, row, column) =
            (i / (tile_width * tile_height), i / tile_width % tile_height, i % tile_width);
        let reach = |from: usize, end: usize| from * shrink..((from + 1) * shrink).min(end);
        let (mut sum, mut n) = (0.0, 0);
        for row in reach(row, height) {
            for column in reach(column, width) {
                (sum, n) = (sum + of(channel, row, column), n + 1);
            }
        }
        *to = level(sum / n as f32);
    }
    debug_assert_eq!(levels.len(), channels * tile_width * tile_height);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{SampleKind, Values};
    use proptest::prelude::*;

    fn images(n: u8, height: usize, width: usize) -> Dataset {
        let kind = SampleKind::Image { channels: 1, height, width };
        let of = |i: usize| (i / (height * width)) as u8 * 10 + (i % (height * width)) as u8;
        let values = (0..usize::from(n) * height * width).map(of).collect();
        Dataset::new(kind, Values::Bytes(values), None, vec![]).unwrap()
    }

    #[test]
    fn every_sample_of_every_part_has_its_tile_in_order() {
        let (first, second) = (images(3, 2, 3), images(2, 2, 3));
        let Sprite { pixels, tile } = sprite(&[&first, &second]).unwrap();
        assert_eq!(tile, [3, 2]);
        let columns = pixels.width / 3;
        // Five tiles of 3 × 2, about as wide as high: two to a row.
        assert_eq!((columns, pixels.height), (2, 6));
        for (i, first_level) in [0, 10, 20, 0, 10].into_iter().enumerate() {
            for (row, column) in (0..2).flat_map(|row| (0..3).map(move |column| (row, column))) {
                let (x, y) = (i % columns * 3 + column, i / columns * 2 + row);
                let level = first_level + (row * 3 + column) as u8;
                assert_eq!(pixels.rgba[4 * (y * pixels.width + x)..][..4], [level, level, level, 255], "tile {i}");
            }
        }
        let names = ["a".to_string()].into();
        let numbers =
            Dataset::new(SampleKind::Vector { names }, Values::Floats([1.0].as_slice().into()), None, vec![]);
        assert_eq!(sprite(&[&numbers.unwrap()]), None);
    }

    #[test]
    fn what_does_not_fit_is_averaged_down() {
        let mut levels = [0; 2];
        let x = ndarray::array![0.0, 1.0, 0.2, 1.0, 0.0, 0.4];
        shrunk(x.view(), [1, 2, 3], 2, &mut levels);
        // The four at the left, and the two that are left over.
        assert_eq!(levels, [128, 77]);
        assert_eq!(layout(60_000, [28, 28]).unwrap(), Layout { shrink: 1, tile: [28, 28], columns: 245 });
        assert_eq!(layout(70_000, [64, 64]).unwrap().shrink, 3);
        assert_eq!(layout(MAX_SIDE * MAX_SIDE + 1, [2, 2]), None);
    }

    proptest! {
        #[test]
        fn a_sheet_holds_all_tiles_and_is_never_too_large(n in 1usize..3_000_000, width in 1usize..600, height in 1usize..600) {
            let Layout { tile, columns, .. } = layout(n, [width, height]).unwrap();
            prop_assert!(columns * tile[0] <= MAX_SIDE && n.div_ceil(columns) * tile[1] <= MAX_SIDE);
        }
    }
}
