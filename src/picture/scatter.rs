//! The plane's rasteriser: many small anti-aliased dots into one texture, on one thread.
//!
//! A dot is a mask of coverage times alpha, made once for each of 4 × 4 places within a pixel, each radius,
//! alpha and shape. Drawing one is then `dst = colour·m + dst·(1 − m)` in sixteen-bit integers, four pixels
//! at a time, which the compiler turns into vector instructions. Dots keep the order of the samples, so that
//! classes mix and none hides another. Density, names and picking are not here.

use super::Pixels;
use super::palette::Rgb;
use super::stamp::{Mark, PLACES, QuadMask, add_marks, blend, draw_cut, fits};

/// What the texture shows of the plot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View {
    /// The plot coordinates of the texture's middle; y grows upwards in the plot, downwards in the texture.
    pub centre: [f32; 2],
    /// The scale of both axes, in physical pixels for one plot unit.
    pub pixels_per_unit: f32,
    /// Width of the texture in physical pixels.
    pub width: usize,
    /// Height of the texture in physical pixels.
    pub height: usize,
}

/// The dots to draw; `colours`, `hollow` and `alpha` are tables of the same length that `colour` points into.
#[derive(Debug, Clone, Copy)]
pub struct Scatter<'a> {
    /// The dots' centres in plot coordinates; those that are not finite are skipped.
    pub points: &'a [[f32; 2]],
    /// For each point its place in the tables below; a place beyond their end is not drawn.
    pub colour: &'a [u8],
    /// The colours.
    pub colours: &'a [Rgb],
    /// For each colour, whether its dots are rings.
    pub hollow: &'a [bool],
    /// For each colour, a factor on `opacity`: 0 is hidden, 1 is full.
    pub alpha: &'a [f32],
    /// For each point, its nearness in [0, 1]: a factor on alpha, in sixteen steps. Near ones are drawn last,
    /// and up to a quarter larger than far ones. `None` draws all alike.
    pub weight: Option<&'a [f32]>,
    /// A full dot's radius in physical pixels, at most 64.
    pub radius: f32,
    /// Alpha of a dot's inside, in [0, 1].
    pub opacity: f32,
}

/// Steps of nearness.
const LEVELS: usize = 16;

/// The largest radius, in pixels, which bounds the masks' memory.
const MAX_RADIUS: f32 = 64.0;

/// How far outside, in pixels, a centre may lie and its dot still show; whole, so that it keeps places within
/// pixels.
const REACH: f32 = MAX_RADIUS + 1.0;

/// Draws `scatter` into `out`, which takes the view's size and is transparent wherever no dot lies.
///
/// `out` keeps its memory between calls of the same size. Panics where the lengths of points, colours or
/// tables disagree.
pub fn rasterise(scatter: &Scatter, view: &View, out: &mut Pixels) {
    let n = scatter.points.len();
    assert_eq!(scatter.colour.len(), n, "one colour a point");
    assert!(scatter.weight.is_none_or(|w| w.len() == n), "one weight a point");
    let n_colours = scatter.colours.len();
    assert_eq!(scatter.hollow.len(), n_colours, "one shape a colour");
    assert_eq!(scatter.alpha.len(), n_colours, "one alpha a colour");

    out.width = view.width;
    out.height = view.height;
    out.rgba.clear();
    out.rgba.resize(4 * view.width * view.height, 0);
    let mut canvas = Canvas::new(scatter, view, out);
    match scatter.weight {
        None => {
            draw_all(&mut canvas, scatter.points, scatter.colour);
        }
        Some(weight) => {
            for (idx, level) in nearest_last(weight) {
                canvas.draw(scatter.points[idx], scatter.colour[idx], level);
            }
        }
    }
}

/// Draws points of equal weight: the loop a million codes go through, compiled once a vector width.
#[multiversion::multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2"))]
fn draw_all(canvas: &mut Canvas, points: &[[f32; 2]], colour: &[u8]) {
    for (p, colour) in points.iter().zip(colour) {
        canvas.draw(*p, *colour, 0);
    }
}

fn level_of(weight: f32) -> usize {
    // The cast takes NaN and what lies below 0 to 0.
    ((weight * (LEVELS - 1) as f32 + 0.5) as usize).min(LEVELS - 1)
}

/// The points as (index, level), by rising level and within one in the order of the samples.
fn nearest_last(weight: &[f32]) -> impl Iterator<Item = (usize, usize)> {
    let mut starts = [0usize; LEVELS + 1];
    for w in weight {
        starts[level_of(*w) + 1] += 1;
    }
    for level in 0..LEVELS {
        starts[level + 1] += starts[level];
    }
    let mut sorted = vec![(0, 0); weight.len()];
    for (idx, w) in weight.iter().enumerate() {
        let level = level_of(*w);
        sorted[starts[level]] = (idx, level);
        starts[level] += 1;
    }
    sorted.into_iter()
}

/// A texture being drawn on, with all that is the same for every dot.
struct Canvas<'a> {
    rgba: &'a mut [u8],
    width: usize,
    height: usize,
    centre: [f32; 2],
    scale: f32,
    middle: [f32; 2],
    colours: Vec<[u16; 4]>,
    /// By 256·level + colour, where its marks begin, or `usize::MAX` where nothing is drawn.
    first_mark: Vec<usize>,
    marks: Vec<Mark>,
    masks: Vec<QuadMask>,
}

impl<'a> Canvas<'a> {
    fn new(scatter: &Scatter, view: &View, out: &'a mut Pixels) -> Self {
        let radius = scatter.radius.min(MAX_RADIUS);
        let n_levels = if scatter.weight.is_some() { LEVELS } else { 1 };
        let (mut marks, mut masks) = (Vec::new(), Vec::new());
        let mut made: Vec<(u16, bool, usize)> = Vec::new();
        let mut first_mark = vec![usize::MAX; 256 * n_levels];
        for level in 0..n_levels {
            let weight = if n_levels > 1 { level as f32 / (LEVELS - 1) as f32 } else { 1.0 };
            let tables = scatter.alpha.iter().zip(scatter.hollow).take(256);
            for (colour, (alpha, hollow)) in tables.enumerate() {
                let alpha = (alpha * scatter.opacity * weight).min(1.0);
                let key = ((256.0 * alpha + 0.5) as u16, *hollow, level);
                if key.0 == 0 || radius.is_nan() || radius <= 0.0 {
                    continue;
                }
                let place = made.iter().position(|k| *k == key).unwrap_or_else(|| {
                    let radius = radius * (0.8 + 0.2 * weight);
                    add_marks(radius, alpha, *hollow, &mut marks, &mut masks);
                    made.push(key);
                    made.len() - 1
                });
                first_mark[256 * level + colour] = PLACES * PLACES * place;
            }
        }
        let opaque = |[r, g, b]: &Rgb| [*r, *g, *b, 255].map(u16::from);
        Self {
            rgba: &mut out.rgba,
            width: view.width,
            height: view.height,
            centre: view.centre,
            scale: view.pixels_per_unit,
            middle: [view.width as f32 / 2.0, view.height as f32 / 2.0],
            colours: scatter.colours.iter().map(opaque).collect(),
            first_mark,
            marks,
            masks,
        }
    }

    #[inline(always)]
    fn draw(&mut self, p: [f32; 2], colour: u8, level: usize) {
        let x = self.middle[0] + (p[0] - self.centre[0]) * self.scale;
        let y = self.middle[1] - (p[1] - self.centre[1]) * self.scale;
        let inside = |at: f32, size: usize| at > -REACH && at < size as f32 + REACH;
        if !(inside(x, self.width) && inside(y, self.height)) {
            return;
        }
        // Moved above 0, where a cast rounds down.
        let [(x, kx), (y, ky)] = [x, y].map(|at| {
            let places = ((at + REACH) * PLACES as f32) as usize;
            ((places / PLACES) as i32 - REACH as i32, places % PLACES)
        });
        let first_mark = self.first_mark[256 * level + usize::from(colour)];
        let Some(mark) = self.marks.get(first_mark.saturating_add(PLACES * ky + kx)) else {
            return;
        };
        let (x, y) = (x + mark.first[0], y + mark.first[1]);
        let masks = &self.masks[mark.start..mark.start + mark.rows * mark.columns];
        let colour = &self.colours[usize::from(colour)];
        if fits(x, 4 * mark.columns, self.width) && fits(y, mark.rows, self.height) {
            // Chunked iterators would divide a few times for each dot.
            for column in 0..mark.columns {
                let mut at = 4 * (y as usize * self.width + x as usize + 4 * column);
                for mask in &masks[column * mark.rows..(column + 1) * mark.rows] {
                    if let Some(dst) = self.rgba[at..].first_chunk_mut() {
                        blend(dst, colour, mask);
                    }
                    at += 4 * self.width;
                }
            }
        } else {
            draw_cut(self.rgba, [self.width, self.height], [x, y], mark.rows, colour, masks);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const VIEW: View = View { centre: [0.0, 0.0], pixels_per_unit: 10.0, width: 48, height: 40 };

    const DOTS: Scatter = Scatter {
        points: &[[0.0, 0.0]],
        colour: &[0],
        colours: &[[255, 255, 255], [200, 0, 100]],
        hollow: &[false, false],
        alpha: &[1.0, 1.0],
        weight: None,
        radius: 2.0,
        opacity: 0.8,
    };

    fn drawn(scatter: &Scatter) -> Pixels {
        let mut out = Pixels::default();
        rasterise(scatter, &VIEW, &mut out);
        assert_eq!((out.width, out.height, out.rgba.len()), (48, 40, 7680));
        out
    }

    fn pixel(pixels: &Pixels, x: usize, y: usize) -> [u8; 4] {
        let at = 4 * (y * pixels.width + x);
        pixels.rgba[at..at + 4].try_into().unwrap()
    }

    fn total_alpha(pixels: &Pixels) -> f32 {
        let alphas = pixels.rgba.iter().skip(3).step_by(4);
        alphas.map(|a| f32::from(*a) / 255.0).sum()
    }

    #[test]
    fn y_grows_upwards() {
        let out = drawn(&Scatter { points: &[[1.05, 1.55]], ..DOTS });
        // 10.5 pixels right of the middle (24, 20) and 15.5 above it.
        assert_eq!(pixel(&out, 34, 4), [204; 4]);
        assert_eq!(pixel(&out, 34, 35), [0; 4]);
    }

    #[test]
    fn later_dots_cover_earlier_ones() {
        let out = drawn(&Scatter { points: &[[0.0, 0.0]; 2], colour: &[0, 1], opacity: 1.0, ..DOTS });
        assert_eq!(pixel(&out, 24, 20), [200, 0, 100, 255]);
    }

    #[test]
    fn near_dots_cover_far_ones() {
        let out = drawn(&Scatter {
            points: &[[0.0, 0.0]; 3],
            colour: &[1, 0, 0],
            weight: Some(&[1.0, 0.5, f32::NAN]),
            opacity: 1.0,
            ..DOTS
        });
        assert_eq!(pixel(&out, 24, 20), [200, 0, 100, 255]);
        let faint = drawn(&Scatter { weight: Some(&[0.2]), ..DOTS });
        assert_eq!(pixel(&faint, 24, 20)[3], (255.0f32 * 0.2 * 0.8).round() as u8);
    }

    #[test]
    fn hidden_classes_and_broken_points_draw_nothing() {
        let hidden = Scatter {
            points: &[[0.0, 0.0], [f32::NAN, 0.0], [0.0, f32::INFINITY], [1e30, 0.0], [0.5, 0.5]],
            colour: &[1, 0, 0, 0, 7],
            alpha: &[1.0, 0.0],
            ..DOTS
        };
        for radius in [2.0, 0.0, -1.0, f32::NAN] {
            let out = drawn(&Scatter { radius, ..hidden });
            assert!(out.rgba.iter().all(|byte| *byte == 0), "radius {radius}");
        }
    }

    #[test]
    fn rings_are_open() {
        let out = drawn(&Scatter { hollow: &[true, false], radius: 5.0, opacity: 1.0, ..DOTS });
        assert_eq!(pixel(&out, 24, 20), [0; 4]);
        assert_eq!(pixel(&out, 28, 20), [255; 4]);
    }

    #[test]
    fn an_old_picture_is_cleared() {
        let mut out = Pixels::new(3, 3);
        out.rgba.fill(9);
        rasterise(&Scatter { points: &[], colour: &[], ..DOTS }, &VIEW, &mut out);
        assert_eq!(out, Pixels::new(48, 40));
    }

    proptest! {
        #[test]
        fn a_dot_covers_its_area(
            x in -0.5f32..0.5, y in -0.5f32..0.5, radius in 1.0f32..9.0, opacity in 0.2f32..1.0,
        ) {
            let out = drawn(&Scatter { points: &[[x, y]], radius, opacity, ..DOTS });
            let expected = std::f32::consts::PI * radius * radius * opacity;
            let found = total_alpha(&out);
            // Each pixel's alpha is rounded to a level, half a level off at most.
            let rounding = 0.5 / 255.0 * (2.0 * radius + 2.0).powi(2);
            prop_assert!((found - expected).abs() < 0.01 * expected + rounding, "{found} {expected}");
        }

        #[test]
        fn a_dot_is_centred_to_a_place(x in -0.5f32..0.5, y in -0.5f32..0.5, radius in 1.0f32..6.0) {
            let out = drawn(&Scatter { points: &[[x, y]], radius, ..DOTS });
            let mut sums = [0.0f32; 2];
            for (i, rgba) in out.rgba.as_chunks::<4>().0.iter().enumerate() {
                sums[0] += f32::from(rgba[3]) * ((i % 48) as f32 + 0.5);
                sums[1] += f32::from(rgba[3]) * ((i / 48) as f32 + 0.5);
            }
            let mean = sums.map(|sum| sum / 255.0 / total_alpha(&out));
            prop_assert!((mean[0] - (24.0 + 10.0 * x)).abs() < 0.16, "{mean:?} {x}");
            prop_assert!((mean[1] - (20.0 - 10.0 * y)).abs() < 0.16, "{mean:?} {y}");
        }

        #[test]
        fn edges_cut_dots_without_changing_them(x in -192i16..192, y in -192i16..192, radius in 0.3f32..70.0) {
            // Places that single precision holds exactly in either view: others may be rounded to the next
            // one.
            let [x, y] = [x, y].map(|place| f32::from(place) / 64.0);
            let scatter = Scatter { points: &[[x, y]], radius, ..DOTS };
            let mut large = Pixels::default();
            // Grown by whole pixels on each side, so the same dot falls on the same places.
            let wide = View { width: 48 + 200, height: 40 + 200, ..VIEW };
            rasterise(&scatter, &wide, &mut large);
            let small = drawn(&scatter);
            for row in 0..40 {
                for col in 0..48 {
                    prop_assert_eq!(pixel(&small, col, row), pixel(&large, col + 100, row + 100));
                }
            }
        }

        #[test]
        fn colours_stay_premultiplied(
            points in prop::collection::vec(([-3.0f32..3.0, -3.0f32..3.0], 0u8..2), 1..80),
        ) {
            let (points, colour): (Vec<_>, Vec<_>) = points.into_iter().unzip();
            let out = drawn(&Scatter { points: &points, colour: &colour, radius: 4.0, ..DOTS });
            for rgba in out.rgba.as_chunks::<4>().0 {
                prop_assert!(rgba.iter().all(|c| *c <= rgba[3]), "{rgba:?}");
            }
        }
    }
}
