//! Curves over a line of numbers, several panels in rows: densities, what is integrated, histograms.
//!
//! A [`Sheet`] says what is drawn, for the window and for print alike; [`sheet`] draws it for print. Points,
//! a ring, places with a name, notes and a shape are for print alone: the window shows no sheet that has any.

use super::key::{BETWEEN, PIECE, TO_NAME, key};
use super::{Anchor, Figure, Ink, LINE, Look, Mark, PLAIN, Pen, SMALL, dotted, ink, pen, strong, text, words};
use crate::picture::palette::{Rgb, class_colour};
use crate::picture::ticks::{decimals, ticks, written};

/// How a line stands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// What it is about.
    Accent,
    /// What that is held against.
    Text,
    /// What else there is.
    Weak,
    /// What has the colour of a class.
    Class(usize),
    /// What is wrong.
    Bad,
}

impl Tone {
    /// The colour of a line; words that are weak are not as faint.
    fn rgb(self, look: &Look) -> Rgb {
        let tokens = look.tokens();
        match self {
            Self::Accent => tokens.accent,
            Self::Text => tokens.text,
            Self::Weak => tokens.curve,
            Self::Class(class) => class_colour(look.mode, class),
            Self::Bad => tokens.bad,
        }
    }
}

/// A line of a panel.
#[derive(Clone, Debug, PartialEq)]
pub struct PanelLine {
    /// What it is called; empty for one without a name.
    pub name: String,
    /// Places, by rising first number.
    pub points: Vec<[f64; 2]>,
    /// How it stands out.
    pub tone: Tone,
    /// Whether it is dashed, as an optimum always is.
    pub is_dashed: bool,
    /// How strongly what lies between it and its base is filled, 0 to 1.
    pub fill: f32,
    /// The second numbers of its base, one a place; else 0.
    pub base: Option<Vec<f64>>,
}

impl PanelLine {
    /// A line that fills nothing.
    pub fn new(name: impl Into<String>, points: Vec<[f64; 2]>, tone: Tone) -> Self {
        Self { name: name.into(), points, tone, is_dashed: false, fill: 0.0, base: None }
    }

    /// The same, dashed.
    pub fn dashed(self) -> Self {
        Self { is_dashed: true, ..self }
    }

    /// The same with what lies under it filled.
    pub fn filled(self, fill: f32) -> Self {
        Self { fill, ..self }
    }

    /// Its base at a place.
    pub fn base_at(&self, i: usize) -> f64 {
        self.base.as_ref().and_then(|base| base.get(i)).copied().unwrap_or(0.0)
    }
}

/// One panel.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Panel {
    /// What it is of.
    pub title: String,
    /// The number that it comes to, with its unit.
    pub value: String,
    /// Whether title and number stand out.
    pub is_main: bool,
    /// What is seen across.
    pub x: [f64; 2],
    /// What is seen upwards.
    pub y: [f64; 2],
    /// What is across; empty where the panel below says it.
    pub x_name: String,
    /// Places across that have a name, for print; without any, round numbers do.
    pub x_named: Vec<(f64, String)>,
    /// The lines, the rearmost first.
    pub lines: Vec<PanelLine>,
    /// Samples, as ticks at the foot.
    pub samples: Vec<f64>,
    /// Points over the lines, for print.
    pub dots: Vec<(Tone, Vec<[f64; 2]>)>,
    /// A point that is looked at, in a ring, for print.
    pub ringed: Option<[f64; 2]>,
}

/// Panels in rows, each with its share of the height.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sheet {
    /// Rows from the top.
    pub rows: Vec<(f32, Vec<Panel>)>,
    /// What is said below them, in print.
    pub notes: Vec<(String, Tone)>,
    /// Height over width, in print; else nearly square.
    pub shape: Option<f32>,
}

impl Sheet {
    /// Places of its panels, row after row, in a room of this size: left, top, width, height of the curves
    /// alone. Above each is room for its title, below those that name what is across for that and for
    /// numbers.
    pub fn places(&self, size: [f32; 2], room: &Room) -> Vec<[f32; 4]> {
        let below = |panels: &[Panel]| {
            if panels.iter().any(|panel| !panel.x_name.is_empty()) { room.below } else { room.between }
        };
        let taken: f32 = self.rows.iter().map(|(_, panels)| room.title + below(panels)).sum();
        let shares: f32 = self.rows.iter().map(|(share, _)| share).sum();
        let free = (size[1] - taken).max(1.0);
        let mut places = Vec::new();
        let mut top = 0.0;
        for (share, panels) in &self.rows {
            let height = free * share / shares.max(f32::MIN_POSITIVE);
            let n = panels.len().max(1) as f32;
            let width = (size[0] - room.left * n - room.right * (n - 1.0)).max(1.0) / n;
            for i in 0..panels.len() {
                let left = room.left + (width + room.left + room.right) * i as f32;
                places.push([left, top + room.title, width, height]);
            }
            top += room.title + height + below(panels);
        }
        places
    }

    /// All its panels, row after row.
    pub fn panels(&self) -> impl Iterator<Item = &Panel> {
        self.rows.iter().flat_map(|(_, panels)| panels)
    }
}

/// The room around panels, in points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Room {
    /// Left of each, for the numbers of its heights.
    pub left: f32,
    /// Between two of a row.
    pub right: f32,
    /// Above each.
    pub title: f32,
    /// Below one that names what is across.
    pub below: f32,
    /// Below any other.
    pub between: f32,
}

/// Radius of a point.
const DOT: f32 = 1.1;
/// Least room beside a number below a panel.
const GAP: f32 = 1.5;
/// Height over width of a sheet in print.
const SHAPE: f32 = 0.95;

/// Draws a sheet.
pub fn sheet(of: &Sheet, look: &Look) -> Figure {
    let tokens = look.tokens();
    let room = Room {
        left: if look.has_axes { 28.0 } else { LINE },
        right: 8.0,
        title: if look.has_names { 13.0 } else { 3.0 },
        below: if look.has_axes { 22.0 } else { 3.0 },
        between: 5.0,
    };
    let [width, mut height] = [look.width(), look.width() * of.shape.unwrap_or(SHAPE)];
    let mut marks = Vec::new();
    let mut unnamed: Vec<&PanelLine> = Vec::new();
    for (panel, place) in of.panels().zip(of.places([width - LINE, height], &room)) {
        panel.draw(place, look, &mut marks);
        if look.has_names && !panel.names_fit(place[2]) {
            for line in panel.named() {
                if unnamed.iter().all(|other| other.name != line.name) {
                    unnamed.push(line);
                }
            }
        }
    }
    if !unnamed.is_empty() {
        let named = unnamed.into_iter().map(|line| (&*line.name, pen(line.tone.rgb(look), LINE)));
        height = key(named, [room.left, height + 5.0], look, &mut marks) + 4.0;
    }
    for (note, tone) in of.notes.iter().filter(|_| look.has_names) {
        let rgb = if *tone == Tone::Weak { tokens.weak } else { tone.rgb(look) };
        for line in text::wrapped(note.split(' '), width - room.left, SMALL) {
            let line = text::shortened(&line, width - room.left, SMALL, false);
            marks.push(words([room.left, height + 5.0], Anchor::Start, line, SMALL, rgb));
            height += 9.0;
        }
    }
    Figure { size: [width, height + LINE], ground: tokens.ground, marks }
}

impl Panel {
    /// The place of a point of the panel that lies at `place` (left, top, width, height).
    pub fn place_of(&self, [x, y]: [f64; 2], [left, top, width, height]: [f32; 4]) -> [f32; 2] {
        let share = |value: f64, [low, high]: [f64; 2]| ((value - low) / (high - low)) as f32;
        [left + width * share(x, self.x), top + height * (1.0 - share(y, self.y))]
    }

    /// The name of a dashed line stands at its highest place that is in sight.
    pub fn name_place(&self, line: &PanelLine) -> Option<[f64; 2]> {
        let in_sight = line.points.iter().copied().filter(|[x, _]| (self.x[0]..=self.x[1]).contains(x));
        in_sight.max_by(|a, b| a[1].total_cmp(&b[1]))
    }

    fn draw(&self, at: [f32; 4], look: &Look, marks: &mut Vec<Mark>) {
        let tokens = look.tokens();
        let [left, top, width, height] = at;
        let rgb = |tone: Tone| tone.rgb(look);
        if look.has_names {
            let y = top - 7.0;
            let title = text::shortened(&self.title, width, PLAIN, true);
            let x = left + text::width(&title, PLAIN, true) + 6.0;
            marks.push(strong([left, y], Anchor::Start, title, tokens.text));
            let value = text::shortened(&self.value, left + width - x, SMALL, false);
            if !["", "…"].contains(&&*value) {
                marks.push(words([x, y], Anchor::Start, value, SMALL, tokens.weak));
            }
            if self.names_fit(width) {
                self.legend([left + width, y], &rgb, &tokens.text, marks);
            }
        }
        let mut inside = Vec::new();
        if look.has_axes {
            self.axes(at, look, &mut inside, marks);
        }
        for line in &self.lines {
            let place = |(i, [x, y]): (usize, &[f64; 2])| {
                [self.place_of([*x, *y], at), self.place_of([*x, line.base_at(i)], at)]
            };
            let places: Vec<[[f32; 2]; 2]> = line.points.iter().enumerate().map(place).collect();
            let upper = || places.iter().map(|pair| pair[0]);
            if line.fill > 0.0 {
                let points = upper().chain(places.iter().rev().map(|pair| pair[1])).collect();
                inside.push(Mark::Area { points, fill: Ink { rgb: rgb(line.tone), alpha: line.fill } });
            }
            let dash = line.is_dashed.then_some([3.0, 2.0]);
            inside.push(Mark::Line {
                points: upper().collect(),
                pen: Pen { ink: ink(rgb(line.tone)), width: LINE, dash },
            });
        }
        let foot = top + height;
        for x in &self.samples {
            let x = self.place_of([*x, 0.0], at)[0];
            inside.push(Mark::Line { points: vec![[x, foot - 5.0], [x, foot]], pen: pen(tokens.text, LINE) });
        }
        for (tone, dots) in &self.dots {
            let centres = dots.iter().map(|point| self.place_of(*point, at)).collect();
            let fill = Some(Ink { rgb: rgb(*tone), alpha: 0.75 });
            inside.push(Mark::Circles { centres, radius: DOT, fill, pen: None });
        }
        if let Some(point) = self.ringed {
            let (centres, pen) = (vec![self.place_of(point, at)], Some(pen(tokens.accent, 1.0)));
            inside.push(Mark::Circles { centres, radius: 3.5, fill: None, pen });
        }
        marks.push(Mark::Clip { at: [left, top], size: [width, height], marks: inside });
        if look.has_names {
            for line in self.lines.iter().filter(|line| line.is_dashed && !line.name.is_empty()) {
                let Some(peak) = self.name_place(line) else { continue };
                let [x, y] = self.place_of(peak, at);
                let half = 0.5 * text::width(&line.name, SMALL, false);
                let x = x.clamp(left + half, (left + width - half).max(left + half));
                marks.push(words([x, (y - 5.0).max(top + 5.0)], Anchor::Middle, &*line.name, SMALL, tokens.weak));
            }
        }
        let pen = Some(pen(tokens.grid, LINE));
        marks.push(Mark::Rect { at: [left, top], size: [width, height], radius: 0.0, fill: None, pen });
    }

    /// The lines that a key names: a dashed one has its name beside it.
    fn named(&self) -> impl DoubleEndedIterator<Item = &PanelLine> {
        self.lines.iter().filter(|line| !line.is_dashed && !line.name.is_empty())
    }

    /// Whether they have room beside the title of a panel of this width; else their key is below all panels.
    fn names_fit(&self, width: f32) -> bool {
        let names: f32 = self.named().map(|line| text::width(&line.name, SMALL, false) + TO_NAME + BETWEEN).sum();
        text::width(&self.title, PLAIN, true) + names <= width
    }

    /// Names of the lines that are not dashed, right-aligned.
    fn legend(&self, at: [f32; 2], rgb: &dyn Fn(Tone) -> Rgb, text_rgb: &Rgb, marks: &mut Vec<Mark>) {
        let mut x = at[0];
        for line in self.named().rev() {
            marks.push(words([x, at[1]], Anchor::End, &*line.name, SMALL, *text_rgb));
            x -= text::width(&line.name, SMALL, false) + TO_NAME;
            let points = vec![[x, at[1]], [x + PIECE, at[1]]];
            marks.push(Mark::Line { points, pen: pen(rgb(line.tone), LINE) });
            x -= BETWEEN;
        }
    }

    fn axes(&self, at: [f32; 4], look: &Look, inside: &mut Vec<Mark>, marks: &mut Vec<Mark>) {
        let (tokens, [left, top, width, height]) = (look.tokens(), at);
        let (values, step) = ticks(self.y[0], self.y[1], (height / 20.0) as usize + 1);
        for value in values {
            let y = self.place_of([self.x[0], value], at)[1];
            inside.push(Mark::Line { points: vec![[left, y], [left + width, y]], pen: dotted(&tokens) });
            marks.push(words([left - 4.0, y], Anchor::End, written(value, decimals(step)), SMALL, tokens.faint));
        }
        if self.x_name.is_empty() {
            return;
        }
        let mut named = self.x_named.clone();
        if named.is_empty() {
            let (values, step) = ticks(self.x[0], self.x[1], (width / 40.0) as usize + 1);
            named = values.into_iter().map(|value| (value, written(value, decimals(step)))).collect();
        }
        // The ends are named before all between them.
        let last = named.len().saturating_sub(1);
        let mut taken: Vec<[f32; 2]> = Vec::new();
        for i in [0, last].into_iter().chain(1..last).take(named.len()) {
            let (value, name) = &named[i];
            let half = 0.5 * text::width(name, SMALL, false);
            let x = self.place_of([*value, self.y[0]], at)[0].clamp(left, (left + width - half).max(left));
            if taken.iter().all(|[from, to]| x + half + GAP < *from || x - half - GAP > *to) {
                taken.push([x - half, x + half]);
                marks.push(words([x, top + height + 7.0], Anchor::Middle, &**name, SMALL, tokens.faint));
            }
        }
        let middle = [left + 0.5 * width, top + height + 16.0];
        marks.push(words(middle, Anchor::Middle, &*self.x_name, SMALL, tokens.weak));
    }
}

#[cfg(test)]
#[path = "sheet_tests.rs"]
mod tests;
