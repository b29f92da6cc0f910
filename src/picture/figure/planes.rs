//! The latent plane of one or several models: codes, classes, rings of the prior, the path, the grid's edge.

use super::{
    Anchor, Figure, Ink, LINE, Look, Mark, PLAIN, Pen, SMALL, Tokens, dotted, ink, pen, strong, text, words,
};
use crate::picture::Pixels;
use crate::picture::colours::{Colours, radius};
use crate::picture::scatter::{self, Scatter, rasterise};
use crate::picture::ticks::{decimals, ticks, written};

/// What one model's plane shows.
#[derive(Clone, Debug, Default)]
pub struct PlanePanel {
    /// What stands above it; or nothing.
    pub title: Option<String>,
    /// The codes in plot coordinates.
    pub points: Vec<[f32; 2]>,
    /// For each code its place in the table of colours; one that is beyond its end is not drawn.
    pub colour: Vec<u8>,
    /// For each code how near it lies to the plane, where codes have further dimensions.
    pub weight: Option<Vec<f32>>,
    /// What is seen, across and up.
    pub bounds: [[f32; 2]; 2],
    /// What runs across and up; nothing where there is only a line.
    pub axes: [Option<String>; 2],
    /// Names on the plane, each with its place in the table of colours and where it lies.
    pub names: Vec<(usize, String, [f32; 2])>,
    /// Where the prior's mean lies, where its rings are drawn.
    pub prior: Option<[f32; 2]>,
    /// The places of the steps of a path.
    pub path: Vec<[f32; 2]>,
    /// The edge of a grid, across and up.
    pub grid: Option<[[f32; 2]; 2]>,
    /// A tint under all else, and the rectangle that it fills, across and up.
    pub tint: Option<(Pixels, [[f32; 2]; 2])>,
    /// Lines under the points: their colour and width, and the places along each.
    pub lines: Vec<(Pen, Vec<[f32; 2]>)>,
    /// Hollow points over the others, in a colour.
    pub hollow: Option<(Ink, Vec<[f32; 2]>)>,
    /// Plot units for one unit of what runs across and up, where that is not one.
    pub units: Option<[f32; 2]>,
}

/// Most pixels of a plane's codes, a quarter of a gigabyte: of a poster they are as fine as that allows.
const MAX_PIXELS: f32 = (1u32 << 26) as f32;
/// Most codes that are drawn as circles; more of them are one picture.
const MAX_CIRCLES: usize = 20_000;
/// Opacity of codes.
const OPACITY: f32 = 0.75;
/// Room for the numbers left of a plane and below it, for a title, and between planes.
const LEFT: f32 = 28.0;
const BELOW: f32 = 20.0;
const TITLE: f32 = 14.0;
const BETWEEN: f32 = 10.0;
/// Height of a line of the legend, and between two of its names.
const LEGEND_LINE: f32 = 12.0;
const LEGEND_GAP: f32 = 10.0;
/// Space between two grid lines, about.
const EVERY: f32 = 48.0;
/// Width over height of a plane: the narrowest and the widest.
pub const ASPECT: [f32; 2] = [0.6, 1.6];

/// Draws planes in a row, with one legend of the classes `named` (place in the table, name) below them.
pub fn planes(panels: &[PlanePanel], colours: &Colours, named: &[(usize, String)], look: &Look) -> Figure {
    let tokens = look.tokens();
    let n = panels.len().max(1) as f32;
    let [left, below] = if look.has_axes { [LEFT, BELOW] } else { [LINE, LINE] };
    let width = ((look.width() - (n - 1.0) * BETWEEN) / n - left - LINE).max(1.0);
    let has_titles = look.has_names && panels.iter().any(|panel| panel.title.is_some());
    let top = if has_titles { TITLE } else { LINE };
    let aspects = panels.iter().map(|panel| aspect(panel.bounds)).filter(|aspect| aspect.is_finite());
    let height = width / aspects.fold(f32::INFINITY, f32::min).clamp(ASPECT[0], ASPECT[1]);

    let mut marks = Vec::new();
    for (i, panel) in panels.iter().enumerate() {
        let x = i as f32 * (left + width + LINE + BETWEEN) + left;
        let frame = Frame::new([x, top], [width, height], panel);
        if let Some(title) = panel.title.as_ref().filter(|_| has_titles) {
            let title = text::shortened(title, width, PLAIN, true);
            marks.push(strong([x, TITLE / 2.0 - 1.0], Anchor::Start, title, tokens.text));
        }
        panel.draw(&frame, colours, look, &mut marks);
    }
    let mut bottom = top + height + below;
    if look.has_names && !named.is_empty() {
        bottom += legend(named, colours, [left, bottom + 4.0], look, &mut marks) + 4.0;
    }
    Figure { size: [look.width(), bottom], ground: tokens.ground, marks }
}

fn aspect([x, y]: [[f32; 2]; 2]) -> f32 {
    (x[1] - x[0]) / (y[1] - y[0])
}

/// A plane's rectangle, and the part of the plane that fills it with one scale for both axes.
struct Frame {
    at: [f32; 2],
    size: [f32; 2],
    centre: [f32; 2],
    /// Points of the figure for one unit of the plane.
    scale: f32,
    /// Units of the plane for one unit of what runs across and up.
    units: [f32; 2],
}

impl Frame {
    fn new(at: [f32; 2], size: [f32; 2], panel: &PlanePanel) -> Self {
        let [x, y] = panel.bounds;
        let scale = (size[0] / (x[1] - x[0])).min(size[1] / (y[1] - y[0])).max(f32::MIN_POSITIVE);
        let centre = [(x[0] + x[1]) / 2.0, (y[0] + y[1]) / 2.0];
        Self { at, size, centre, scale, units: panel.units.unwrap_or([1.0; 2]) }
    }

    /// Where plot coordinates lie in the figure.
    fn place(&self, p: [f32; 2]) -> [f32; 2] {
        [
            self.at[0] + self.size[0] / 2.0 + (p[0] - self.centre[0]) * self.scale,
            self.at[1] + self.size[1] / 2.0 - (p[1] - self.centre[1]) * self.scale,
        ]
    }

    fn holds(&self, [x, y]: [f32; 2]) -> bool {
        (self.at[0]..=self.at[0] + self.size[0]).contains(&x)
            && (self.at[1]..=self.at[1] + self.size[1]).contains(&y)
    }

    /// Round values along an axis that are seen: where each lies, and its number.
    fn values(&self, axis: usize) -> impl Iterator<Item = (f32, String)> {
        let unit = self.units[axis];
        let half = f64::from(self.size[axis] / self.scale / 2.0 / unit);
        let middle = f64::from(self.centre[axis] / unit);
        let (values, step) = ticks(middle - half, middle + half, (self.size[axis] / EVERY) as usize + 1);
        let place = move |value: f64| self.place([value as f32 * unit; 2])[axis];
        values.into_iter().map(move |value| (place(value), written(value, decimals(step))))
    }
}

impl PlanePanel {
    fn draw(&self, frame: &Frame, colours: &Colours, look: &Look, marks: &mut Vec<Mark>) {
        let tokens = look.tokens();
        let mut inside = Vec::new();
        if let Some((pixels, [x, y])) = &self.tint {
            let (low, high) = (frame.place([x[0], y[0]]), frame.place([x[1], y[1]]));
            let size = [high[0] - low[0], low[1] - high[1]];
            inside.push(Mark::Image { at: [low[0], high[1]], size, pixels: pixels.clone() });
        }
        if look.has_axes {
            self.grid_lines(frame, &tokens, &mut inside);
        }
        for (pen, places) in &self.lines {
            let points = places.iter().map(|place| frame.place(*place)).collect();
            inside.push(Mark::Line { points, pen: *pen });
        }
        if let Some(prior) = self.prior {
            rings(frame, prior, &tokens, &mut inside);
        }
        self.codes(frame, colours, look, &mut inside);
        if let Some((ink, places)) = &self.hollow {
            let centres = places.iter().map(|place| frame.place(*place)).filter(|at| frame.holds(*at)).collect();
            let pen = Some(Pen { ink: *ink, width: 0.5, dash: None });
            inside.push(Mark::Circles { centres, radius: 1.1, fill: None, pen });
        }
        if let Some([x, y]) = self.grid {
            let (low, high) = (frame.place([x[0], y[0]]), frame.place([x[1], y[1]]));
            let size = [high[0] - low[0], low[1] - high[1]];
            let pen = Some(pen(tokens.accent, 1.0));
            inside.push(Mark::Rect { at: [low[0], high[1]], size, radius: 0.0, fill: None, pen });
        }
        self.walk(frame, &tokens, &mut inside);
        marks.push(Mark::Clip { at: frame.at, size: frame.size, marks: inside });
        if look.has_names && self.path.is_empty() {
            self.name(frame, colours, &tokens, marks);
        }
        let pen = Some(pen(tokens.grid, LINE));
        marks.push(Mark::Rect { at: frame.at, size: frame.size, radius: 0.0, fill: None, pen });
        if look.has_axes {
            self.numbers(frame, &tokens, marks);
        }
    }

    /// Lines at round values; where there is one dimension there are none along the other.
    fn grid_lines(&self, frame: &Frame, tokens: &Tokens, marks: &mut Vec<Mark>) {
        let fine = dotted(tokens);
        let [x, y] = frame.at;
        let [width, height] = frame.size;
        for (at, _) in frame.values(0) {
            marks.push(Mark::Line { points: vec![[at, y], [at, y + height]], pen: fine });
        }
        for (at, _) in frame.values(1).filter(|_| self.axes[1].is_some()) {
            marks.push(Mark::Line { points: vec![[x, at], [x + width, at]], pen: fine });
        }
    }

    fn numbers(&self, frame: &Frame, tokens: &Tokens, marks: &mut Vec<Mark>) {
        let [x, y] = frame.at;
        let [width, height] = frame.size;
        let name = |axis: usize, arrow| self.axes[axis].as_ref().map(|name| format!("{name} {arrow}"));
        let mut end = x + width;
        if let Some(name) = name(0, '→') {
            end -= text::width(&name, SMALL, false) + 6.0;
            marks.push(words([x + width, y + height + 8.0], Anchor::End, name, SMALL, tokens.weak));
        }
        for (at, number) in frame.values(0) {
            let half = text::width(&number, SMALL, false) / 2.0;
            if at + half < end && at - half >= x - LEFT {
                marks.push(words([at, y + height + 8.0], Anchor::Middle, number, SMALL, tokens.faint));
            }
        }
        let Some(up) = name(1, '↑') else { return };
        marks.push(words([x - 4.0, y + 5.0], Anchor::End, up, SMALL, tokens.weak));
        for (at, number) in frame.values(1) {
            if at > y + 13.0 && at < y + height {
                marks.push(words([x - 4.0, at], Anchor::End, number, SMALL, tokens.faint));
            }
        }
    }

    fn codes(&self, frame: &Frame, colours: &Colours, look: &Look, marks: &mut Vec<Mark>) {
        // A dot is as large as it is on a plane of 600 points, in proportion.
        let radius = (radius(self.points.len()) * frame.size[0] / 600.0).clamp(0.3, 2.0);
        let seen = self.points.iter().filter(|point| frame.holds(frame.place(**point))).count();
        if seen > MAX_CIRCLES || self.weight.is_some() {
            marks.push(self.as_picture(frame, colours, radius, look));
            return;
        }
        for (class, (&rgb, &is_hollow)) in colours.colours.iter().zip(&colours.hollow).enumerate() {
            let of_class =
                self.points.iter().zip(&self.colour).filter(|(_, colour)| usize::from(**colour) == class);
            let places = of_class.map(|(point, _)| frame.place(*point)).filter(|place| frame.holds(*place));
            let centres: Vec<[f32; 2]> = places.collect();
            if centres.is_empty() {
                continue;
            }
            let ink = Ink { rgb, alpha: OPACITY };
            let ring = Pen { ink, width: 0.4 * radius, dash: None };
            marks.push(match is_hollow {
                true => Mark::Circles { centres, radius: 0.8 * radius, fill: None, pen: Some(ring) },
                false => Mark::Circles { centres, radius, fill: Some(ink), pen: None },
            });
        }
    }

    /// The codes as pixels: too many for circles, or fading by how near they lie.
    fn as_picture(&self, frame: &Frame, colours: &Colours, radius: f32, look: &Look) -> Mark {
        let density = density(frame.size, look.dpi);
        let pixels_of = |length: f32| (length * density).round().max(1.0) as usize;
        let view = scatter::View {
            centre: frame.centre,
            pixels_per_unit: frame.scale * density,
            width: pixels_of(frame.size[0]),
            height: pixels_of(frame.size[1]),
        };
        let scatter = Scatter {
            points: &self.points,
            colour: &self.colour,
            colours: &colours.colours,
            hollow: &colours.hollow,
            alpha: &vec![1.0; colours.colours.len()],
            weight: self.weight.as_deref(),
            radius: radius * density,
            opacity: OPACITY,
        };
        let mut pixels = Pixels::default();
        rasterise(&scatter, &view, &mut pixels);
        Mark::Image { at: frame.at, size: frame.size, pixels }
    }

    /// The path with a casing, its steps, and the letters of its ends.
    fn walk(&self, frame: &Frame, tokens: &Tokens, marks: &mut Vec<Mark>) {
        let [Some(&a), Some(&b)] = [self.path.first(), self.path.last()] else { return };
        let points: Vec<[f32; 2]> = self.path.iter().map(|point| frame.place(*point)).collect();
        marks.push(Mark::Line { points: points.clone(), pen: pen(tokens.ground, 3.5) });
        marks.push(Mark::Line { points: points.clone(), pen: pen(tokens.accent, 1.25) });
        let fill = Some(ink(tokens.accent));
        marks.push(Mark::Circles { centres: points, radius: 1.75, fill, pen: Some(pen(tokens.ground, 0.5)) });
        for (end, letter) in [(a, "A"), (b, "B")] {
            let at = frame.place(end);
            let (fill, pen) = (Some(ink(tokens.ground)), Some(pen(tokens.accent, 1.0)));
            marks.push(Mark::Circles { centres: vec![at], radius: 6.0, fill, pen });
            marks.push(strong(at, Anchor::Middle, letter, tokens.text));
        }
    }

    /// Names of classes, over a patch of the ground.
    fn name(&self, frame: &Frame, colours: &Colours, tokens: &Tokens, marks: &mut Vec<Mark>) {
        let mut pills: Vec<(usize, &str, [f32; 2], f32)> = Vec::new();
        for (class, name, place) in &self.names {
            let half = text::width(name, PLAIN, true) / 2.0 + 4.0;
            let place = frame.place(*place);
            // A name may be as wide as the plane; what is left of a class is in the legend.
            if frame.holds(place) && half * 2.0 < frame.size[0] {
                let [x, width] = [frame.at[0], frame.size[0]];
                pills.push((*class, name, [place[0].clamp(x + half, x + width - half), place[1]], half));
            }
        }
        push_apart(&mut pills);
        for (class, name, [x, y], half) in pills {
            let rgb = colours.colours.get(class).copied().unwrap_or(tokens.text);
            let fill = Some(Ink { rgb: tokens.ground, alpha: 0.85 });
            let (at, size) = ([x - half, y - 6.0], [2.0 * half, 12.0]);
            marks.push(Mark::Rect { at, size, radius: 6.0, fill, pen: Some(pen(rgb, 1.0)) });
            marks.push(strong([x, y], Anchor::Middle, name, tokens.text));
        }
    }
}

/// Moves names that lie on one another apart, upwards and downwards.
fn push_apart(pills: &mut [(usize, &str, [f32; 2], f32)]) {
    for _ in 0..12 {
        for i in 0..pills.len() {
            for j in 0..i {
                let ([x, y], [other_x, other_y]) = (pills[i].2, pills[j].2);
                let across = pills[i].3 + pills[j].3 + 1.0 - (x - other_x).abs();
                let missing = 13.0 - (y - other_y).abs();
                if across > 0.0 && missing > 0.0 {
                    let shift = missing / 2.0 * if y < other_y { -1.0 } else { 1.0 };
                    pills[i].2[1] += shift;
                    pills[j].2[1] -= shift;
                }
            }
        }
    }
}

/// Pixels a point of a picture of this size in points, for `dpi` pixels an inch.
fn density([width, height]: [f32; 2], dpi: u16) -> f32 {
    (f32::from(dpi) / 72.0).min((MAX_PIXELS / (width * height)).sqrt())
}

/// 1σ solid, 2σ and 3σ dashed, around the prior's mean.
fn rings(frame: &Frame, prior: [f32; 2], tokens: &Tokens, marks: &mut Vec<Mark>) {
    let centre = frame.place(prior);
    for sigma in 1..=3u8 {
        let radius = f32::from(sigma) * frame.scale;
        let dash = (sigma > 1).then_some([2.25, 3.0]);
        let pen = Some(Pen { dash, ..pen(tokens.rings, LINE) });
        marks.push(Mark::Circles { centres: vec![centre], radius, fill: None, pen });
    }
}

/// Draws the names with their dots from `at`, in as many lines as they take; returns how high that is.
fn legend(named: &[(usize, String)], colours: &Colours, at: [f32; 2], look: &Look, marks: &mut Vec<Mark>) -> f32 {
    let tokens = look.tokens();
    let [mut x, mut y] = [at[0], at[1] + LEGEND_LINE / 2.0];
    for (class, name) in named {
        let name = text::shortened(name, look.width() - at[0] - 8.0, SMALL, false);
        let width = 8.0 + text::width(&name, SMALL, false);
        if x > at[0] && x + width > look.width() {
            (x, y) = (at[0], y + LEGEND_LINE);
        }
        let rgb = colours.colours.get(*class).copied().unwrap_or(tokens.text);
        let is_hollow = colours.hollow.get(*class).is_some_and(|is_hollow| *is_hollow);
        let centres = vec![[x + 2.5, y]];
        marks.push(match is_hollow {
            true => Mark::Circles { centres, radius: 2.0, fill: None, pen: Some(pen(rgb, 1.0)) },
            false => Mark::Circles { centres, radius: 2.5, fill: Some(ink(rgb)), pen: None },
        });
        marks.push(words([x + 8.0, y], Anchor::Start, name, SMALL, tokens.text));
        x += width + LEGEND_GAP;
    }
    y + LEGEND_LINE / 2.0 - at[1]
}

#[cfg(test)]
#[path = "planes_tests.rs"]
mod tests;
