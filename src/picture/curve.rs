//! Images of one row or column, such as spectra, as curves: a line of pixels shows nothing.

use super::{Pixels, level};
use ndarray::ArrayView2;

/// Least and greatest height of a tile; between them it is half as high as wide.
const HEIGHTS: [usize; 2] = [16, 128];

/// A tile a row of `x` [n, values], `columns` tiles to a row from the top left: each value from 0 to 1 fills
/// its column from below, white on black.
///
/// Panics if `columns` is 0.
pub fn tiles(x: ArrayView2<f32>, columns: usize) -> Pixels {
    assert!(columns > 0, "tiles in no columns");
    let width = x.ncols();
    let height = (width / 2).clamp(HEIGHTS[0], HEIGHTS[1]);
    let mut out = Pixels::new(columns * width, x.nrows().div_ceil(columns) * height);
    for (i, row) in x.rows().into_iter().enumerate() {
        let (left, top) = (i % columns * width, i / columns * height);
        for (column, &value) in row.iter().enumerate() {
            let filled = value.clamp(0.0, 1.0) * height as f32;
            for y in 0..height {
                // What is filled of this pixel; the topmost one is grey.
                let grey = level(filled - (height - 1 - y) as f32);
                let at = 4 * ((top + y) * out.width + left + column);
                out.rgba[at..at + 4].copy_from_slice(&[grey, grey, grey, 255]);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn a_value_fills_its_column_from_below() {
        let out = tiles(array![[0.0, 0.5, 1.0], [0.25, 0.53125, f32::NAN]].view(), 2);
        assert_eq!((out.width, out.height), (6, 16));
        let column = |x: usize| -> Vec<u8> { (0..16).map(|y| out.rgba[4 * (y * 6 + x)]).collect() };
        let filled = |n: usize| [vec![0; 16 - n], vec![255; n]].concat();
        assert_eq!([column(0), column(1), column(2), column(3)], [0, 8, 16, 4].map(filled));
        let mut half = filled(8);
        half[7] = 128;
        assert_eq!(column(4), half);
        assert_eq!(column(5), filled(0), "what is no number is nothing");
        assert!(out.rgba.as_chunks::<4>().0.iter().all(|pixel| pixel[3] == 255));
        assert_eq!(tiles(ndarray::Array2::zeros((1, 64)).view(), 1).height, 32);
    }
}
