//! Rows of numbers as pictures of bars, where there is no room for words.
//!
//! A bar leaves the line of its column's usual value, to the right for more, to the left for less. The ground
//! is transparent, so that the pictures stand on either theme and on paper.

use super::Pixels;
use crate::data::spread_evenly;
use ndarray::ArrayView2;

/// Side of a tile in pixels, and where very many stand in a row.
const SIDE: usize = 48;
const SIDE_OF_MANY: usize = 24;
/// Tiles in a row above which they are small.
const MANY: usize = 40;
/// Share of a tile's side that stays free at each edge, so that tiles side by side are told apart.
const EDGE: f32 = 1.0 / 12.0;
/// Most bars of a tile; of more columns, as many are picked, evenly.
const MAX_BARS: usize = 16;

/// The bars' blue and the line's grey, premultiplied.
const BAR: [u8; 4] = [76, 141, 214, 255];
const LINE: [u8; 4] = [64, 64, 64, 128];

/// How far a bar reaches from its line, from −1 to 1 of its room, and whether there is room on the left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bar {
    /// Where it ends: from 0, the line, to 1 on the right or −1 on the left.
    pub reach: f32,
    /// Whether the line stands in the middle, not at the left edge.
    pub is_centred: bool,
}

impl Bar {
    /// Its ends from left to right, and its line, as shares of the whole width.
    pub fn span(self) -> ([f32; 2], f32) {
        let (line, room) = if self.is_centred { (0.5, 0.5) } else { (0.0, 1.0) };
        let end = line + room * self.reach.clamp(-1.0, 1.0);
        ([line.min(end).max(0.0), line.max(end)], line)
    }
}

/// Which of `n` columns a tile shows.
pub fn picked(n: usize) -> impl Iterator<Item = usize> {
    spread_evenly(n, MAX_BARS)
}

/// Tiles of bars, one a row of `reach` [n, columns shown], `columns` tiles to a row from the top left.
///
/// Panics if `columns` is 0.
pub fn tiles(reach: ArrayView2<f32>, is_centred: bool, columns: usize) -> Pixels {
    assert!(columns > 0, "tiles in no columns");
    let side = if columns > MANY { SIDE_OF_MANY } else { SIDE };
    let edge = (EDGE * side as f32).round() as usize;
    let inner = side - 2 * edge;
    let mut out = Pixels::new(columns * side, reach.nrows().div_ceil(columns) * side);
    for (i, row) in reach.rows().into_iter().enumerate() {
        let (left, top) = (i % columns * side + edge, i / columns * side + edge);
        for (k, &reach) in row.iter().enumerate() {
            let ([from, to], line) = Bar { reach, is_centred }.span();
            let at = |share: f32| (share * inner as f32).round() as usize;
            // A pixel stays free between neighbours.
            let (above, below) = (k * inner / row.len(), ((k + 1) * inner / row.len()).saturating_sub(1));
            for y in above..below.max(above + 1) {
                fill(&mut out, top + y, left + at(from)..left + at(to), BAR);
                let line = left + at(line).min(inner - 1);
                fill(&mut out, top + y, line..line + 1, LINE);
            }
        }
    }
    out
}

fn fill(out: &mut Pixels, y: usize, x: std::ops::Range<usize>, colour: [u8; 4]) {
    let row = y * out.width;
    out.rgba[4 * (row + x.start)..4 * (row + x.end)].as_chunks_mut::<4>().0.fill(colour);
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    fn pixel(pixels: &Pixels, x: usize, y: usize) -> [u8; 4] {
        let at = 4 * (y * pixels.width + x);
        pixels.rgba[at..at + 4].try_into().unwrap()
    }

    #[test]
    fn bars_leave_their_line_to_the_side_of_their_sign() {
        let out = tiles(array![[1.0, -0.5], [0.0, 7.0]].view(), true, 2);
        assert_eq!((out.width, out.height), (96, 48));
        assert_eq!([pixel(&out, 40, 4), pixel(&out, 10, 4)], [BAR, [0; 4]], "more lies right");
        assert_eq!([pixel(&out, 14, 30), pixel(&out, 8, 30), pixel(&out, 40, 30)], [BAR, [0; 4], [0; 4]]);
        assert_eq!([pixel(&out, 24, 4), pixel(&out, 72, 4)], [LINE, LINE]);
        assert_eq!([pixel(&out, 91, 30), pixel(&out, 92, 30)], [BAR, [0; 4]], "what is beyond ends at the edge");
        assert_eq!(pixel(&out, 40, 23), [0; 4], "a gap between two bars");
        assert_eq!([pixel(&out, 40, 3), pixel(&out, 40, 4)], [[0; 4], BAR], "a free edge");
    }

    #[test]
    fn bars_of_counts_begin_at_the_edge() {
        let out = tiles(array![[0.25]].view(), false, 1);
        assert_eq!([pixel(&out, 3, 20), pixel(&out, 6, 20), pixel(&out, 20, 20)], [[0; 4], BAR, [0; 4]]);
    }

    #[test]
    fn of_many_columns_some_are_picked_evenly() {
        assert_eq!(picked(4).collect::<Vec<_>>(), [0, 1, 2, 3]);
        let some: Vec<usize> = picked(64).collect();
        assert_eq!((some.len(), some[1], some[15]), (MAX_BARS, 4, 60));
        assert_eq!(tiles(ndarray::Array2::zeros((41, 1)).view(), true, 41).height, SIDE_OF_MANY);
    }
}
