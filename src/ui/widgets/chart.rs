//! A chart of curves over steps: values on hover, zoom, and grid lines with their numbers at the right.
//!
//! It shows everything until it is zoomed or moved, and then stays there until it is double-clicked. Heights
//! follow the curves that are in sight. Charts of one group share their steps.

use super::{number, paint};
use crate::picture::ticks::{decimals, ticks};
use crate::ui::theme::{self, Theme};
use eframe::egui::{
    Align2, Color32, Id, Pos2, Rangef, Rect, Response, Role, Sense, Stroke, Ui, Vec2b, WidgetInfo, pos2, vec2,
};
use egui_plot::{
    AxisHints, GridInput, GridMark, HPlacement, Line, LineStyle, Plot, PlotMemory, PlotPoints, Points, VLine,
};
use std::ops::RangeInclusive;

/// Height of the line above the curves, with the title and the newest values.
const TITLE: f32 = 18.0;
/// Points between two grid lines.
const GRID: f32 = 26.0;
/// Most points of a curve that are drawn: a chart is about as many wide.
const MAX_POINTS: usize = 256;

/// A curve and how it is drawn.
pub struct Curve {
    /// What it is called.
    pub name: String,
    /// Steps, rising, and finite values: of a long curve some hundreds ([`thinned`]).
    pub points: Vec<[f64; 2]>,
    /// Its line.
    pub stroke: Stroke,
    /// Dashes in place of a whole line.
    pub is_dashed: bool,
    /// Marked by a dot at its end, and its value shown beside the title.
    pub is_main: bool,
}

/// The chart of some curves.
pub struct Chart<'a> {
    /// What is drawn.
    pub title: &'a str,
    /// The curves, the lowest first.
    pub curves: Vec<Curve>,
    /// Decimals of values.
    pub decimals: usize,
    /// Whether the heights begin at 0.
    pub from_zero: bool,
    /// Steps from 0 to here are shown.
    pub last_step: f64,
    /// Height of the curves' room in points.
    pub height: f32,
    /// Room at the right for the numbers of the grid lines, at least.
    pub labels: f32,
    /// Charts of one group show the same steps.
    pub group: Id,
    /// The step under the pointer on any chart of the group.
    pub hovered: Option<f64>,
}

/// What became of a chart.
pub struct Shown {
    /// The title and the values beside it.
    pub title: Response,
    /// The measured step nearest to the pointer, while it is on the curves.
    pub hovered: Option<f64>,
    /// The steps in sight.
    pub steps: RangeInclusive<f64>,
}

impl Chart<'_> {
    /// Draws it, as wide as there is room.
    pub fn show(self, ui: &mut Ui) -> Shown {
        let theme = Theme::of(ui);
        let title = self.head(ui, &theme);
        let id = ui.make_persistent_id(self.title);
        let last = PlotMemory::load(ui.ctx(), id);
        // Room for the dot at the end.
        let end = self.last_step * 1.02;
        let seen = last.as_ref().map_or(0.0..=end, |memory| memory.bounds().range_x());
        // While nothing was zoomed the axis may just have grown.
        let follows = last.as_ref().is_none_or(|memory| memory.auto_bounds.x);
        let seen = if follows { 0.0..=end } else { seen };
        let heights = heights(&self.curves, &seen, self.from_zero);
        let n_lines = (self.height / GRID) as usize;
        let spacer = move |input: GridInput| grid(input, n_lines);
        let hovered = self.hovered;
        let plot = Plot::new(self.title)
            .id(id)
            .height(self.height)
            .width(ui.available_width())
            .custom_y_axes(vec![axis(self.labels, &theme)])
            .show_axes([false, true])
            .show_grid([false, true])
            .grid_color(theme.hairline)
            .grid_spacing(Rangef::new(1.0, 2.0))
            .y_grid_spacer(spacer)
            .default_x_bounds(0.0, end)
            .default_y_bounds(*heights.start(), *heights.end())
            .link_axis(self.group, [true, false])
            .allow_zoom([true, false])
            .allow_drag([true, false])
            .allow_scroll(false)
            .allow_boxed_zoom(false)
            .allow_axis_zoom_drag(false)
            .show_background(false)
            .show_crosshair(false)
            .show_x(false)
            .show_y(false);
        let nearest = |step: f64| nearest_step(&self.curves, step);
        let shown = plot.show(ui, |plot| {
            if last.is_none() {
                plot.set_auto_bounds(Vec2b::TRUE);
            }
            if let Some(step) = hovered {
                plot.vline(VLine::new("", step).stroke(Stroke::new(1.0, theme.pressed)).allow_hover(false));
            }
            for curve in &self.curves {
                let style = if curve.is_dashed { LineStyle::dashed_dense() } else { LineStyle::Solid };
                let points = PlotPoints::from(curve.points.clone());
                plot.line(Line::new(&*curve.name, points).stroke(curve.stroke).style(style).allow_hover(false));
                let end = curve.points.last().filter(|_| curve.is_main);
                let at_step = hovered.and_then(|step| at(&curve.points, step));
                let dots: Vec<[f64; 2]> = end.into_iter().chain(at_step).copied().collect();
                plot.points(Points::new("", dots).radius(3.0).color(curve.stroke.color).allow_hover(false));
            }
            plot.response().hover_pos().and_then(|pos| nearest(plot.plot_from_screen(pos).x))
        });
        let steps = shown.transform.bounds().range_x();
        if steps != seen {
            // The heights are those of the steps before.
            ui.ctx().request_repaint();
        }
        let name = format!("{} chart", self.title);
        shown.response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
        let steps = *steps.start()..=steps.end().min(self.last_step);
        Shown { title, hovered: shown.inner, steps }
    }

    /// The title, and at the right the newest values of the main curves, or of all at the step under the
    /// pointer.
    fn head(&self, ui: &mut Ui, theme: &Theme) -> Response {
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), TITLE), Sense::hover());
        let painter = ui.painter();
        let title =
            paint::text(painter, Align2::LEFT_TOP, rect.left_top(), self.title, theme::small(), theme.weak);
        let (mut right, mut said) = (rect.right(), format!("{}:", self.title));
        for curve in self.curves.iter().rev().filter(|curve| curve.is_main || self.hovered.is_some()) {
            let value = match self.hovered {
                Some(step) => at(&curve.points, step),
                None => curve.points.last(),
            };
            let Some([_, value]) = value else { continue };
            let colour = if curve.is_main { theme.text } else { theme.faint };
            let text = number::fixed(*value, self.decimals);
            said.extend([" ", &curve.name, " ", &text]);
            let galley = paint::line(painter, &text, theme::small(), colour, f32::INFINITY);
            if right - galley.size().x < title.right() + 8.0 {
                break;
            }
            right = paint::place(painter, Align2::RIGHT_TOP, pos2(right, rect.top()), galley).left() - 8.0;
        }
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &said));
        response
    }
}

/// The numbers of the grid lines, at the right.
fn axis<'a>(room: f32, theme: &Theme) -> AxisHints<'a> {
    AxisHints::new_y()
        .placement(HPlacement::Right)
        .min_thickness(room)
        .tick_label_color(theme.faint)
        .tick_label_font(theme::small())
        .label_spacing(Rangef::new(1.0, 2.0))
        .formatter(|mark, _| number::fixed(mark.value, decimals(mark.step_size)))
}

fn grid(input: GridInput, n_lines: usize) -> Vec<GridMark> {
    let (values, step_size) = ticks(input.bounds.0, input.bounds.1, n_lines);
    values.into_iter().map(|value| GridMark { value, step_size }).collect()
}

/// At most some hundreds of a long curve's points, the last one always.
pub fn thinned<T>(points: &[T]) -> impl Iterator<Item = &T> {
    let every = points.len().div_ceil(MAX_POINTS).max(1);
    let last = points.last().filter(|_| !(points.len() - 1).is_multiple_of(every));
    points.iter().step_by(every).chain(last)
}

/// The point of a curve at or before `step`, else its first.
fn at(points: &[[f64; 2]], step: f64) -> Option<&[f64; 2]> {
    let after = points.partition_point(|[at, _]| *at <= step);
    points.get(after.saturating_sub(1))
}

/// The step nearest to `step` at which a main curve, else any, was measured.
fn nearest_step(curves: &[Curve], step: f64) -> Option<f64> {
    let has_main = curves.iter().any(|curve| curve.is_main && !curve.points.is_empty());
    let measured = curves.iter().filter(|curve| curve.is_main || !has_main).flat_map(|curve| &curve.points);
    measured.map(|[at, _]| *at).min_by(|a, b| (a - step).abs().total_cmp(&(b - step).abs()))
}

/// The heights that are drawn for the steps in sight: the first steep fall may leave the chart at its top.
fn heights(curves: &[Curve], steps: &RangeInclusive<f64>, from_zero: bool) -> RangeInclusive<f64> {
    let in_sight = |curve: &Curve| -> Vec<f64> {
        let points = curve.points.iter().filter(|[step, _]| steps.contains(step));
        points.map(|[_, value]| *value).collect()
    };
    // All of the main curves, and nine tenths of the others.
    let all = curves.iter().flat_map(|curve| {
        let mut values = in_sight(curve);
        let kept = (values.len() as f64 * 0.9).ceil() as usize;
        if !curve.is_main && kept < values.len() {
            values.select_nth_unstable_by(kept, f64::total_cmp);
            values.truncate(kept);
        }
        values
    });
    let (low, high) = all.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    if !(low.is_finite() && high.is_finite()) {
        return 0.0..=1.0;
    }
    let low = if from_zero { low.min(0.0) } else { low };
    let pad = ((high - low) * 0.08).max(high.abs() * 0.01).max(1e-6);
    (if from_zero { low } else { low - pad })..=high + pad
}

/// The line of a curve with its name beside it, in a legend; gives the right end.
pub fn legend_line(ui: &Ui, at: Pos2, name: &str, stroke: Stroke, is_dashed: bool, colour: Color32) -> f32 {
    let painter = ui.painter();
    let parts: &[(f32, f32)] = if is_dashed { &[(0.0, 4.0), (7.0, 11.0), (14.0, 16.0)] } else { &[(0.0, 14.0)] };
    for (from, to) in parts {
        painter.hline(at.x + from..=at.x + to.min(14.0), at.y, stroke);
    }
    let text: Rect =
        paint::text(painter, Align2::LEFT_CENTER, pos2(at.x + 20.0, at.y), name, theme::small(), colour);
    text.right()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(points: &[[f64; 2]], is_main: bool) -> Curve {
        let (name, stroke) = (String::new(), Stroke::new(1.0, Color32::WHITE));
        Curve { name, points: points.to_vec(), stroke, is_dashed: false, is_main }
    }

    #[test]
    fn long_curves_are_thinned_and_keep_their_end() {
        let long: Vec<u32> = (0..10_008).collect();
        let kept: Vec<u32> = thinned(&long).copied().collect();
        assert!(kept.len() <= MAX_POINTS + 1);
        assert_eq!((kept[0], kept[kept.len() - 1]), (0, 10_007), "the last is no multiple");
        assert!(thinned(&long[..MAX_POINTS]).eq(&long[..MAX_POINTS]), "a short one is drawn whole");
        assert_eq!(thinned::<u32>(&[]).count(), 0);
    }

    #[test]
    fn heights_hold_the_main_curve_and_leave_the_first_fall_of_the_others_out() {
        let test = curve(&[[10.0, 140.0], [20.0, 130.0]], true);
        let train: Vec<[f64; 2]> = (0..20).map(|i| [f64::from(i), if i == 0 { 600.0 } else { 135.0 }]).collect();
        let both = [curve(&train, false), test];
        let heights_of = |steps: RangeInclusive<f64>, from_zero| heights(&both, &steps, from_zero);
        let range = heights_of(0.0..=20.0, false);
        assert!(*range.start() < 130.0 && *range.start() > 120.0 && *range.end() > 140.0 && *range.end() < 150.0);
        assert_eq!(*heights_of(0.0..=20.0, true).start(), 0.0);
        let later = heights_of(15.0..=20.0, false);
        assert!(*later.end() < 140.0, "only what is in sight counts: {later:?}");
        assert_eq!(heights_of(30.0..=40.0, false), 0.0..=1.0);
    }

    #[test]
    fn the_pointer_finds_measured_steps() {
        let curves = [curve(&[[0.0, 5.0], [1.0, 4.0], [2.0, 3.0]], false), curve(&[[0.0, 6.0], [2.0, 4.0]], true)];
        assert_eq!(nearest_step(&curves, 1.2), Some(2.0));
        assert_eq!(nearest_step(&curves[..1], 1.2), Some(1.0));
        assert_eq!(nearest_step(&[], 1.0), None);
        assert_eq!(at(&curves[0].points, 1.5), Some(&[1.0, 4.0]));
        assert_eq!(at(&curves[1].points, -1.0), Some(&[0.0, 6.0]));
    }
}
