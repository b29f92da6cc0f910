//! Masks of dots and how they are blended: what the rasteriser repeats a million times.
//!
//! A mask holds coverage times alpha in 256ths, so a product with a byte fits sixteen bits. Coverage of a
//! pixel by a disc is the mean of sixteen chords.

/// Places told apart within a pixel, along each axis; a power of two.
pub(super) const PLACES: usize = 4;

/// Four pixels, RGBA.
pub(super) type Quad = [u8; 16];

/// A factor for each channel of four pixels, in 256ths.
pub(super) type QuadMask = [u16; 16];

/// Where one dot's mask lies, around the pixel that holds the dot's centre.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    /// Column and row of the mask's first pixel, from that pixel, at most 0.
    pub first: [i32; 2],
    pub rows: usize,
    /// Columns of four pixels; each holds its rows one after another.
    pub columns: usize,
    /// Where the mask begins among all masks.
    pub start: usize,
}

/// Adds the masks of one dot at every place within a pixel, row by row of places.
pub(super) fn add_marks(
    radius: f32,
    alpha: f32,
    is_hollow: bool,
    marks: &mut Vec<Mark>,
    masks: &mut Vec<QuadMask>,
) {
    let place = |k: usize| (k as f32 + 0.5) / PLACES as f32;
    let first = |k: usize| (place(k) - radius).floor() as i32;
    let span = |k: usize| ((place(k) + radius).floor() as i32 - first(k)) as usize + 1;
    let hole = if is_hollow { 0.6 * radius } else { 0.0 };
    for (ky, kx) in (0..PLACES).flat_map(|ky| (0..PLACES).map(move |kx| (ky, kx))) {
        let mark = Mark {
            first: [first(kx), first(ky)],
            rows: span(ky),
            columns: span(kx).div_ceil(4),
            start: masks.len(),
        };
        for i in 0..mark.columns * mark.rows {
            let (column, row) = (i / mark.rows, i % mark.rows);
            let y = (mark.first[1] + row as i32) as f32 - place(ky);
            let ms: [u16; 4] = std::array::from_fn(|i| {
                let x = (mark.first[0] + (4 * column + i) as i32) as f32 - place(kx);
                let coverage = disc_coverage(x, y, radius) - disc_coverage(x, y, hole);
                (256.0 * alpha * coverage + 0.5) as u16
            });
            masks.push(std::array::from_fn(|i| ms[i / 4]));
        }
        marks.push(mark);
    }
}

/// The part of the pixel from (x, y) to (x + 1, y + 1) that lies in a disc around the origin.
fn disc_coverage(x: f32, y: f32, radius: f32) -> f32 {
    let distance = (x + 0.5).hypot(y + 0.5);
    let half_diagonal = 0.708;
    if distance + half_diagonal <= radius {
        return 1.0;
    }
    if distance - half_diagonal >= radius {
        return 0.0;
    }
    let lines = (0..16).map(|i| {
        let y = y + (i as f32 + 0.5) / 16.0;
        let half_chord = (radius * radius - y * y).max(0.0).sqrt();
        ((x + 1.0).min(half_chord) - x.max(-half_chord)).max(0.0)
    });
    lines.sum::<f32>() / 16.0
}

/// Whether `length` pixels from `at` lie within `size`.
pub(super) fn fits(at: i32, length: usize, size: usize) -> bool {
    at >= 0 && at as usize + length <= size
}

/// Draws what lies within the texture of a mask whose first pixel is at [x, y].
#[cold]
pub(super) fn draw_cut(
    rgba: &mut [u8],
    [width, height]: [usize; 2],
    [x, y]: [i32; 2],
    rows: usize,
    colour: &[u16; 4],
    masks: &[QuadMask],
) {
    for (i, mask) in masks.iter().enumerate() {
        let (left, y) = (x + 4 * (i / rows) as i32, y + (i % rows) as i32);
        for (i, m) in mask.iter().enumerate() {
            let x = left + (i / 4) as i32;
            if fits(x, 1, width) && fits(y, 1, height) {
                let at = 4 * (y as usize * width + x as usize) + i % 4;
                rgba[at] = mix(rgba[at], colour[i % 4], *m);
            }
        }
    }
}

/// `(colour·m + dst·(256 − m)) / 256`, rounded; m is in 256ths and what is premultiplied stays so.
#[inline(always)]
fn mix(dst: u8, colour: u16, m: u16) -> u8 {
    ((colour * m + u16::from(dst) * (256 - m) + 128) >> 8) as u8
}

#[inline(always)]
pub(super) fn blend(dst: &mut Quad, colour: &[u16; 4], mask: &QuadMask) {
    *dst = std::array::from_fn(|i| mix(dst[i], colour[i % 4], mask[i]));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mix_rounds_exactly() {
        for colour in [0, 1, 200, 255] {
            for dst in 0..=255u8 {
                for m in 0..=256u16 {
                    let (c, d) = (f64::from(colour), f64::from(dst));
                    let exact = (c * f64::from(m) + d * f64::from(256 - m)) / 256.0;
                    assert_eq!(mix(dst, colour, m), exact.round() as u8);
                }
            }
        }
    }

    #[test]
    fn coverage_adds_up_to_the_disc() {
        for radius in [0.4f32, 1.0, 1.9, 6.3] {
            let cells = (-8..8).flat_map(|y| (-8..8).map(move |x| (x as f32 - 0.3, y as f32 + 0.1)));
            let sum: f32 = cells.map(|(x, y)| disc_coverage(x, y, radius)).sum();
            let area = std::f32::consts::PI * radius * radius;
            assert!((sum / area - 1.0).abs() < 0.01, "{radius}: {sum} {area}");
        }
    }
}
