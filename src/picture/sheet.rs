//! A picture that appears pixel by pixel below the edge of a sheet, and how improbable each pixel is as heat.

use super::Pixels;
use crate::model::Placed;

/// How much of what lies under the sheet is the sheet's own colour, of 255.
const VEIL: u32 = 153;
/// Most of the heat's colour over the ground, of 255.
const HOTTEST: f64 = 230.0;
/// Share of the pixels that are not the hottest: the most improbable few would leave all others dark.
const NOT_HOTTEST: f64 = 0.99;

/// `ground` with so much of `over`, of 255.
fn mixed(ground: [u8; 3], over: [u8; 3], share: u32) -> [u8; 3] {
    let one = |i: usize| (u32::from(ground[i]) * (255 - share) + u32::from(over[i]) * share + 127) / 255;
    [0, 1, 2].map(|i| one(i) as u8)
}

fn empty(pixels: &Pixels, [r, g, b]: [u8; 3]) -> Pixels {
    let rgba = [r, g, b, 255].repeat(pixels.width * pixels.height);
    Pixels { width: pixels.width, height: pixels.height, rgba }
}

fn put(on: &mut Pixels, pixel: usize, [r, g, b]: [u8; 3]) {
    if let Some(to) = on.rgba.get_mut(4 * pixel..4 * pixel + 4) {
        to.copy_from_slice(&[r, g, b, 255]);
    }
}

/// The `picture` while `n` of its drawn pixels have appeared: what is given at full strength, these under a
/// veil of 60 % of `ground`, and the rest not yet there.
pub fn sheet(picture: &Pixels, placed: &[Placed], n: usize, ground: [u8; 3]) -> Pixels {
    let mut on = empty(picture, ground);
    for one in shown(placed, n) {
        let Some(&[r, g, b]) = picture.rgba.get(4 * one.pixel..4 * one.pixel + 3) else { continue };
        let colour = if one.is_given { [r, g, b] } else { mixed([r, g, b], ground, VEIL) };
        put(&mut on, one.pixel, colour);
    }
    on
}

/// The nats of each pixel that has appeared, as `heat` over `ground`; `most` are hottest.
pub fn nats_heat(
    picture: &Pixels,
    placed: &[Placed],
    n: usize,
    most: f64,
    [ground, heat]: [[u8; 3]; 2],
) -> Pixels {
    let mut on = empty(picture, ground);
    for one in shown(placed, n) {
        let share = (HOTTEST * (-one.log_p / most.max(f64::MIN_POSITIVE)).clamp(0.0, 1.0)) as u32;
        put(&mut on, one.pixel, mixed(ground, heat, share));
    }
    on
}

/// The nats that are hottest: all but the most improbable few have less.
pub fn hottest(placed: &[Placed]) -> f64 {
    let mut nats: Vec<f64> = placed.iter().map(|one| -one.log_p).collect();
    nats.sort_by(f64::total_cmp);
    let place = (nats.len() as f64 * NOT_HOTTEST) as usize;
    nats.get(place.min(nats.len().saturating_sub(1))).copied().unwrap_or(1.0).max(0.01)
}

/// What is given, and the first `n` of what was drawn.
fn shown(placed: &[Placed], n: usize) -> impl Iterator<Item = &Placed> {
    let mut n_drawn = 0;
    placed.iter().filter(move |one| {
        n_drawn += usize::from(!one.is_given);
        one.is_given || n_drawn <= n
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(pixels: &Pixels, pixel: usize) -> [u8; 3] {
        [0, 1, 2].map(|channel| pixels.rgba[4 * pixel + channel])
    }

    #[test]
    fn given_pixels_are_whole_drawn_ones_veiled_and_the_rest_not_there() {
        let rgba = [[250, 250, 250, 255], [0, 0, 0, 255], [200, 100, 0, 255], [9, 9, 9, 255]].concat();
        let picture = Pixels { width: 2, height: 2, rgba };
        let one = |pixel: usize, nats: f64| Placed { pixel, log_p: -nats, is_given: pixel < 1 };
        let placed = [one(0, 1.0), one(1, 0.0), one(2, 2.0), one(3, 8.0)];
        let ground = [10, 20, 30];
        let on = sheet(&picture, &placed, 2, ground);
        assert_eq!([at(&on, 0), at(&on, 1), at(&on, 3)], [[250; 3], [6, 12, 18], ground]);
        // Two fifths of the picture, three of the plane.
        assert_eq!(at(&on, 2), [86, 52, 18]);
        assert_eq!(at(&sheet(&picture, &placed, 0, ground), 1), ground);
        let heat = nats_heat(&picture, &placed, 3, 4.0, [[0; 3], [255; 3]]);
        assert_eq!([0, 1, 2, 3].map(|pixel| at(&heat, pixel)[0]), [57, 0, 115, 230]);
    }
}
