//! Loss curves: a chart a metric, one below the other, on one axis of steps.

use super::key::key;
use super::{Anchor, Figure, LINE, Look, Mark, PLAIN, Pen, SMALL, dotted, ink, pen, strong, text, words};
use crate::picture::palette::Rgb;
use crate::picture::ticks::{decimals, ticks, written};

/// One line of a chart.
#[derive(Clone, Debug)]
pub struct Curve {
    /// What it is of.
    pub name: String,
    /// Step and value, by rising step.
    pub points: Vec<[f64; 2]>,
    /// Its colour.
    pub rgb: Rgb,
    /// Its width in points.
    pub width: f32,
    /// Whether it is dashed.
    pub is_dashed: bool,
}

/// One chart.
#[derive(Clone, Debug)]
pub struct Chart {
    /// What it is of, with its unit.
    pub title: String,
    /// Its lines, the rearmost first.
    pub curves: Vec<Curve>,
    /// Whether its axis begins at 0.
    pub from_zero: bool,
}

const LEFT: f32 = 30.0;
const TITLE: f32 = 14.0;
const BETWEEN: f32 = 10.0;
const BELOW: f32 = 16.0;
/// Height over width of a chart, and the least height.
const SHAPE: f32 = 0.38;
const LEAST: f32 = 40.0;

/// Draws charts below one another, with one axis of steps and one legend.
pub fn curves(charts: &[Chart], look: &Look) -> Figure {
    let tokens = look.tokens();
    let left = if look.has_axes { LEFT } else { LINE };
    let width = (look.width() - left - LINE).max(1.0);
    let height = (width * SHAPE).max(LEAST);
    let steps = charts.iter().flat_map(|chart| &chart.curves).flat_map(|curve| &curve.points);
    let last = steps.map(|[step, _]| *step).fold(1.0, f64::max);
    let (mut marks, mut y) = (Vec::new(), 0.0);
    for chart in charts {
        if look.has_names {
            marks.push(strong([left, y + TITLE / 2.0], Anchor::Start, &*chart.title, tokens.text));
            y += TITLE;
        }
        chart.draw([left, y + LINE], [width, height], last, look, &mut marks);
        y += height + BETWEEN;
    }
    y -= if charts.is_empty() { 0.0 } else { BETWEEN - LINE };
    if look.has_axes {
        let (values, step) = ticks(0.0, last, (width / 60.0) as usize + 1);
        let end = left + width - text::width("steps", SMALL, false) - 4.0;
        for value in values {
            let x = left + (value / last) as f32 * width;
            if x < end {
                let number = written(value, decimals(step));
                marks.push(words([x, y + 8.0], Anchor::Middle, number, SMALL, tokens.faint));
            }
        }
        marks.push(words([left + width, y + 8.0], Anchor::End, "steps", SMALL, tokens.weak));
        y += BELOW;
    }
    if look.has_names {
        y = legend(charts, [left, y], look, &mut marks);
    }
    Figure { size: [look.width(), y + LINE], ground: tokens.ground, marks }
}

impl Chart {
    /// The least and the greatest value, with a little room.
    fn range(&self) -> [f64; 2] {
        let values = || self.curves.iter().flat_map(|curve| &curve.points).map(|point| point[1]);
        let low = if self.from_zero { 0.0 } else { values().fold(f64::INFINITY, f64::min) };
        let high = values().fold(f64::NEG_INFINITY, f64::max);
        match high - low {
            span if span.is_finite() && span > 0.0 => {
                [if self.from_zero { 0.0 } else { low - 0.05 * span }, high + 0.05 * span]
            }
            _ if high.is_finite() => [high - 1.0, high + 1.0],
            _ => [0.0, 1.0],
        }
    }

    fn draw(&self, at: [f32; 2], size: [f32; 2], last: f64, look: &Look, marks: &mut Vec<Mark>) {
        let tokens = look.tokens();
        let [low, high] = self.range();
        let y_of = |value: f64| at[1] + size[1] * ((high - value) / (high - low)) as f32;
        let mut inside = Vec::new();
        if look.has_axes {
            let (values, step) = ticks(low, high, (size[1] / 24.0) as usize + 1);
            for value in values {
                let y = y_of(value);
                inside.push(Mark::Line { points: vec![[at[0], y], [at[0] + size[0], y]], pen: dotted(&tokens) });
                let number = written(value, decimals(step));
                marks.push(words([at[0] - 4.0, y], Anchor::End, number, SMALL, tokens.faint));
            }
        }
        for curve in &self.curves {
            let points = curve.points.iter();
            let points = points.map(|[step, value]| [at[0] + (step / last) as f32 * size[0], y_of(*value)]);
            inside.push(Mark::Line { points: points.collect(), pen: curve.pen() });
        }
        marks.push(Mark::Clip { at, size, marks: inside });
        let pen = Some(pen(tokens.grid, LINE));
        marks.push(Mark::Rect { at, size, radius: 0.0, fill: None, pen });
    }
}

impl Curve {
    fn pen(&self) -> Pen {
        Pen { ink: ink(self.rgb), width: self.width, dash: self.is_dashed.then_some([3.0, 2.0]) }
    }
}

/// Draws each name once, with a piece of its line; returns where it ends.
fn legend(charts: &[Chart], at: [f32; 2], look: &Look, marks: &mut Vec<Mark>) -> f32 {
    let mut named: Vec<&Curve> = Vec::new();
    // The foremost is named first.
    for curve in charts.iter().flat_map(|chart| chart.curves.iter().rev()) {
        if named.iter().all(|other| other.name != curve.name) {
            named.push(curve);
        }
    }
    let named = named.into_iter().map(|curve| (&*curve.name, curve.pen()));
    key(named, [at[0], at[1] + PLAIN], look, marks) + PLAIN
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(values: &[f64]) -> Chart {
        let points = values.iter().enumerate().map(|(i, value)| [100.0 * i as f64, *value]).collect();
        let curve = Curve { name: "test".into(), points, rgb: [1, 2, 3], width: 1.0, is_dashed: false };
        Chart { title: "Loss, nats".into(), curves: vec![curve], from_zero: false }
    }

    #[test]
    fn lower_values_lie_lower_and_later_steps_further_right() {
        let figure = curves(&[chart(&[5.0, 3.0, 2.0])], &Look::default());
        let line = figure.marks.iter().find_map(|mark| match mark {
            Mark::Clip { marks, .. } => marks.iter().find_map(|mark| match mark {
                Mark::Line { points, pen } if pen.ink.rgb == [1, 2, 3] => Some(points.clone()),
                _ => None,
            }),
            _ => None,
        });
        let line = line.unwrap();
        assert!(line.windows(2).all(|pair| pair[1][0] > pair[0][0] && pair[1][1] > pair[0][1]), "{line:?}");
        assert!((line[2][0] - Look::default().width()).abs() < 2.0);
    }

    #[test]
    fn charts_have_room_for_their_values_and_names_come_once() {
        assert_eq!(chart(&[2.0, 2.0]).range(), [1.0, 3.0]);
        assert_eq!(chart(&[]).range(), [0.0, 1.0]);
        let [low, high] = chart(&[1.0, 3.0]).range();
        assert!(low < 1.0 && high > 3.0);
        let figure = curves(&[chart(&[2.0, 1.0]), chart(&[2.0, 1.0])], &Look::default());
        let n =
            figure.marks.iter().filter(|mark| matches!(mark, Mark::Text { text, .. } if text == "test")).count();
        assert_eq!(n, 1);
    }
}
