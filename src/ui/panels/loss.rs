//! Loss: the headline number and a chart for each of its parts, apart, for their sizes differ twentyfold.

use super::{Panel, Place, film};
use crate::model::{METRICS, Metric, MetricId, ValidSpec};
use crate::session::{CurvePoint, Weights};
use crate::ui::context::Cx;
use crate::ui::layout::Layout;
use crate::ui::theme::{self, Theme};
use crate::ui::widgets::chart::{Chart, Curve, Shown, legend_line, thinned};
use crate::ui::widgets::{Aside, help, number, section_head};
use eframe::egui::{Align2, Label, RichText, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

/// Room at the right of a chart for the numbers of its grid lines.
const LABELS: f32 = 44.0;
/// Height of the legend with the ends of the axis.
const FOOTER: f32 = 30.0;
/// Points of the test curve among which a metric is looked for.
const LAST_MEASURED: usize = 512;
/// Height of another model's line in the legend, with the space below it.
const LINE: f32 = 20.0;

/// The panel.
#[derive(Default)]
pub struct LossPanel {
    /// The step under the pointer on any of the charts.
    hovered: Option<f64>,
}

impl Panel for LossPanel {
    fn id(&self) -> &'static str {
        "loss"
    }

    fn title(&self) -> &'static str {
        "Loss"
    }

    fn place(&self) -> Place {
        Place::Learn
    }

    fn ui(&mut self, ui: &mut Ui, layout: &Layout, cx: &mut Cx<'_>) {
        let weights = cx.session.weights();
        if weights.test_curve.is_empty() && weights.train_curve.is_empty() {
            return;
        }
        section_head(ui, self.title(), Aside::Faint(&cx.session.unit_of_loss()));
        headline(ui, cx);
        facts(ui, cx);
        if cx.session.is_solved() {
            // What is worked out at once has no course: one dot a chart would say nothing.
            return numbers(ui, cx);
        }
        self.charts(ui, layout, cx);
    }
}

/// Training and test values of each metric that would have a chart, a line each.
fn numbers(ui: &mut Ui, cx: &Cx<'_>) {
    let weights = cx.session.weights();
    let of = |curve: &[CurvePoint], metric: &Metric| curve.last()?.metrics.get(metric.id);
    let value = |found: Option<f64>, metric: &Metric| {
        found.map_or_else(|| "–".into(), |value| number::fixed(value, metric.decimals))
    };
    for metric in METRICS.iter().filter(|metric| metric.has_chart || metric.id == MetricId::SquaredError) {
        let (train, test) = (of(&weights.train_curve, metric), of(&weights.test_curve, metric));
        if train.or(test).is_none() {
            continue;
        }
        let text = format!("{}: train {}, test {}", metric.title, value(train, metric), value(test, metric));
        let label = ui.label(RichText::new(text).font(theme::small()).color(cx.theme.weak));
        let (sentence, formula) = about(metric, cx);
        help(label, metric.title, sentence, Some(formula));
    }
}

/// What a metric is of the shown model: its sentence and its formula.
fn about(metric: &Metric, cx: &Cx<'_>) -> (&'static str, &'static str) {
    let own = cx.session.model().and_then(|model| model.info().spec());
    let own = own.filter(|_| metric.id == MetricId::Reconstruction).and_then(ValidSpec::about_reconstruction);
    own.unwrap_or((metric.help, metric.formula))
}

/// The newest loss, and what it is the sum of.
fn headline(ui: &mut Ui, cx: &Cx<'_>) {
    let weights = cx.session.weights();
    let test = weights.test_curve.last().map(|point| (point, "test"));
    let Some((newest, which)) = test.or(weights.train_curve.last().map(|point| (point, "train"))) else { return };
    let parts: Vec<&str> = newest.metrics.iter().filter_map(|(id, _)| id.metric().in_loss).collect();
    let number = RichText::new(number::fixed(newest.loss(), newest.metrics.loss_decimals()))
        .font(theme::headline())
        .color(cx.theme.text);
    let words = format!("{which} = {}", parts.join(" + "));
    let galley = |text: &str, font| ui.painter().layout_no_wrap(text.to_owned(), font, cx.theme.text).size().x;
    let needed = galley(number.text(), theme::headline()) + 8.0 + galley(&words, theme::small());
    let words = Label::new(RichText::new(words).font(theme::small()).color(cx.theme.weak)).truncate();
    // A long number leaves the words to the next line.
    if needed <= ui.available_width() {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 8.0;
            ui.label(number);
            ui.add(words);
        });
    } else {
        ui.label(number);
        ui.add(words);
    }
}

/// What else is known of how good the model is, each in a line.
fn facts(ui: &mut Ui, cx: &Cx<'_>) {
    let line = |text: String| RichText::new(text).font(theme::small()).color(cx.theme.weak);
    if let Some(shares) = cx.session.explained_variance() {
        let share = number::nats(100.0 * shares.iter().sum::<f32>());
        let nouns = cx.session.nouns();
        ui.label(line(format!("explains {share} % of the {nouns}' variance")));
    }
    let newest = cx.session.weights().test_curve.last();
    if let Some(perplexity) = newest.and_then(|point| point.metrics.perplexity()) {
        let text = format!("perplexity {} a word of test {}", number::fixed(perplexity, 1), cx.session.nouns());
        let sentence = "Among how many equally probable words the model would be as unsure. Nats of reconstruction and KL \
                        over all words together.";
        let label = ui.label(line(text));
        help(label, "Perplexity", sentence, Some("exp((−ln p(x | z) + KL) / words)"));
    }
    let found = cx.session.log_p();
    if let Some((found, log_z)) = found.and_then(|found| Some((found, found.log_z?))) {
        let (free, whole) = ((-found.log_p - log_z.value) as f32, number::nats(log_z.value as f32));
        let text =
            format!("ln p(x) {} = −F {} − ln Z {whole}", number::nats(found.log_p as f32), number::nats(-free));
        let how = log_z.bounds.map_or_else(
            || "Z is summed over every state of the smaller layer".to_owned(),
            |[low, high]| {
                let [low, high] = [low, high].map(|bound| number::nats(bound as f32));
                format!("Z is estimated by annealed importance sampling: three standard errors reach from {low} to {high}")
            },
        );
        let sentence = format!("Mean of {} test samples, nats. {how}.", number::count(found.n_samples as u64));
        let label = ui.label(line(text));
        help(label, "How probable test samples are", &sentence, Some("ln p(v) = −F(v) − ln Z"));
    } else if let Some(found) = found {
        let (elbo, gap) = (number::nats(found.elbo as f32), number::nats((found.log_p - found.elbo) as f32));
        let text = format!("ln p(x) {} = ELBO {elbo} + gap {gap}", number::nats(found.log_p as f32));
        let sentence = format!(
            "By quadrature over the plane, mean of {} test samples. The gap is what the posterior misses; with β = 1 the loss is −ELBO.",
            found.n_samples
        );
        let label = ui.label(line(text));
        help(label, "How probable test samples are", &sentence, Some("ln Σ p(x | z) p(z) h²"));
    }
}

impl LossPanel {
    fn charts(&mut self, ui: &mut Ui, layout: &Layout, cx: &mut Cx<'_>) {
        let weights = cx.session.weights();
        let Some(newest) = weights.test_curve.last().or(weights.train_curve.last()) else { return };
        // Where room is scarce only the parts of the loss are drawn.
        let is_drawn = |metric: &&Metric| metric.has_chart && (metric.in_loss.is_some() || !layout.is_low);
        // Some are measured at the end of every so many epochs alone.
        let last = || weights.test_curve.iter().rev().take(LAST_MEASURED).chain([newest]);
        let measured = METRICS.iter().filter(|metric| last().any(|point| point.metrics.get(metric.id).is_some()));
        let parts: Vec<&'static Metric> = measured.filter(is_drawn).collect();
        let others = others(cx);
        let room = layout.learn.height() - (ui.cursor().top() - cx.window.column_top);
        let room = room - LINE * others.len() as f32 - film::height(cx);
        let heights = heights(&parts, room, cx.session.is_running());
        let last_step = last_step(&others, cx);
        let (group, mut hovered, mut steps) = (ui.scope_id().with("steps"), None, 0.0..=last_step as f64);
        for (part, height) in parts.into_iter().zip(heights) {
            let chart = Chart {
                title: part.title,
                curves: optimum(part.id, last_step, &cx.theme)
                    .into_iter()
                    .chain(curves(weights, &others, part.id, &cx.theme))
                    .collect(),
                decimals: part.decimals,
                // Of the first only the end is of interest; the others are small beside 0.
                from_zero: !matches!(part.id, MetricId::Reconstruction | MetricId::Loss | MetricId::GameValue),
                last_step: last_step as f64,
                height,
                labels: LABELS,
                group,
                hovered: self.hovered,
            };
            let Shown { title, hovered: at, steps: in_sight } = chart.show(ui);
            let (sentence, formula) = about(part, cx);
            help(title, part.title, &format!("{sentence} {READING}"), Some(formula));
            hovered = hovered.or(at);
            steps = in_sight;
        }
        if hovered != self.hovered {
            self.hovered = hovered;
            ui.ctx().request_repaint();
        }
        footer(ui, *steps.start(), *steps.end(), hovered, cx);
        others.iter().for_each(|other| other.legend(ui, &cx.theme));
        film::show(ui, cx);
    }
}

/// Another model on screen, whose curves lie behind those of the one that the panel is about.
struct Other<'a> {
    name: String,
    weights: &'a Weights,
    stroke: Stroke,
    is_dashed: bool,
    /// Whether its losses are counted in the same unit, so that they may stand on one scale.
    is_alike: bool,
}

/// The other models on screen that were measured.
fn others<'a>(cx: &Cx<'a>) -> Vec<Other<'a>> {
    let session = cx.session;
    let unit = |slot| session.model_of(slot)?.info().spec().map(ValidSpec::unit_of_loss);
    let active = session.slot().id;
    let measured = session.visible().filter(|slot| slot.id != active).map(|slot| {
        let is_alike = unit(slot.id) == unit(active);
        (session.name_of(slot.id).whole(), session.weights_of(slot.id), is_alike)
    });
    let measured =
        measured.filter(|(_, weights, _)| !weights.test_curve.is_empty() || !weights.train_curve.is_empty());
    // Whole and dashed by turns, two of each tone.
    let tones = [cx.theme.weak, cx.theme.faint, cx.theme.curve, cx.theme.track_filled];
    let stroke = |i: usize| Stroke::new(1.25, tones[i / 2 % tones.len()]);
    let other = |(i, (name, weights, is_alike))| Other {
        name,
        weights,
        stroke: stroke(i),
        is_dashed: i % 2 == 1,
        is_alike,
    };
    measured.enumerate().map(other).collect()
}

impl Other<'_> {
    /// Its test curve, else that of training.
    fn curve(&self, id: MetricId) -> Curve {
        let curve =
            if self.weights.test_curve.is_empty() { &self.weights.train_curve } else { &self.weights.test_curve };
        let is_loss = matches!(id, MetricId::Loss | MetricId::Reconstruction);
        let points = if is_loss && !self.is_alike { Vec::new() } else { points(curve, id) };
        Curve { name: self.name.clone(), points, stroke: self.stroke, is_dashed: self.is_dashed, is_main: false }
    }

    /// The last step that was measured.
    fn last_step(&self) -> Option<u64> {
        let last = |curve: &[CurvePoint]| curve.last().map(|point| point.step);
        last(&self.weights.test_curve).max(last(&self.weights.train_curve))
    }

    /// Its line with its name, below those of the panel's own model.
    fn legend(&self, ui: &mut Ui, theme: &Theme) {
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), LINE - 6.0), Sense::hover());
        let at = pos2(rect.left(), rect.center().y);
        legend_line(ui, at, &self.name, self.stroke, self.is_dashed, theme.weak);
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("Curve of {}", self.name)));
        if !self.is_alike {
            help(
                response,
                &self.name,
                "Its losses are counted in another unit, so they are not drawn on this scale.",
                None,
            );
        }
    }
}

/// How a chart is read.
const READING: &str = "Ctrl wheel zooms, a drag moves, a double click shows all.";

fn points(curve: &[CurvePoint], id: MetricId) -> Vec<[f64; 2]> {
    let measured = thinned(curve).filter_map(|point| Some([point.step as f64, point.metrics.get(id)?]));
    measured.filter(|[_, value]| value.is_finite()).collect()
}

/// The value that a metric has where all is learned, as a dashed line across its chart.
fn optimum(id: MetricId, last_step: u64, theme: &Theme) -> Option<Curve> {
    let (value, name) = id.optimum()?;
    Some(Curve {
        name: name.into(),
        points: vec![[0.0, value], [last_step as f64, value]],
        stroke: Stroke::new(1.0, theme.weak),
        is_dashed: true,
        is_main: false,
    })
}

/// Test in accent, train behind it, and behind both the other models on screen.
fn curves(weights: &Weights, others: &[Other<'_>], id: MetricId, theme: &Theme) -> Vec<Curve> {
    let [(train, train_stroke), (test, test_stroke)] = strokes(theme);
    let mut curves: Vec<Curve> = others.iter().map(|other| other.curve(id)).collect();
    curves.extend([
        Curve {
            name: train.to_owned(),
            points: points(&weights.train_curve, id),
            stroke: train_stroke,
            is_dashed: false,
            is_main: weights.test_curve.is_empty(),
        },
        Curve {
            name: test.to_owned(),
            points: points(&weights.test_curve, id),
            stroke: test_stroke,
            is_dashed: false,
            is_main: true,
        },
    ]);
    curves
}

fn strokes(theme: &Theme) -> [(&'static str, Stroke); 2] {
    [("train", Stroke::new(1.25, theme.curve)), ("test", Stroke::new(1.75, theme.accent))]
}

/// Where the charts end: the axis is already as long as the planned run.
fn last_step(others: &[Other<'_>], cx: &Cx<'_>) -> u64 {
    let weights = cx.session.weights();
    let own = weights.test_curve.last().into_iter().chain(weights.train_curve.last()).map(|point| point.step);
    let measured = own.chain(others.iter().filter_map(Other::last_step)).max();
    cx.session.status().map_or(0, |status| status.last_step).max(measured.unwrap_or(1)).max(1)
}

/// Points of height of a chart: the least, and the most at rest and while training. The first is the tallest.
fn range(place: usize, part: &Metric) -> [f32; 3] {
    match (place, part.in_loss) {
        (0, _) => [44.0, 104.0, 150.0],
        (_, Some(_)) => [28.0, 64.0, 76.0],
        (_, None) => [22.0, 40.0, 46.0],
    }
}

/// The height of each chart, so that all fit into `room` with their titles and the footer where that is
/// possible.
fn heights(parts: &[&Metric], room: f32, is_running: bool) -> Vec<f32> {
    // Its title, and the space above and below it.
    const AROUND: f32 = 30.0;
    let ranges: Vec<[f32; 3]> = parts.iter().enumerate().map(|(place, part)| range(place, part)).collect();
    let most = |range: &[f32; 3]| range[if is_running { 2 } else { 1 }];
    let left = room - FOOTER - 24.0 - AROUND * parts.len() as f32;
    let share = left / ranges.iter().map(most).sum::<f32>();
    ranges.iter().map(|range| (most(range) * share).floor().clamp(range[0], most(range))).collect()
}

/// The ends of the axis, or the step under the pointer, and what the lines are.
fn footer(ui: &mut Ui, first: f64, last: f64, hovered: Option<f64>, cx: &Cx<'_>) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), FOOTER), Sense::hover());
    let count = |step: f64| number::count(step.max(0.0).round() as u64);
    let said = match hovered {
        Some(step) => format!("At step {}", count(step)),
        None => format!("Steps {} to {}", count(first), count(last)),
    };
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &said));
    let painter = ui.painter();
    painter.text(rect.left_top(), Align2::LEFT_TOP, count(first), theme::small(), cx.theme.faint);
    let (text, colour) = match hovered {
        Some(step) => (format!("step {}", count(step)), cx.theme.text),
        None if last.round() == 1.0 => ("1 step".to_owned(), cx.theme.faint),
        None => (format!("{} steps", count(last)), cx.theme.faint),
    };
    painter.text(pos2(rect.right() - LABELS, rect.top()), Align2::RIGHT_TOP, text, theme::small(), colour);
    let mut x = rect.left();
    for (name, stroke) in strokes(&cx.theme).into_iter().rev() {
        let at = pos2(x, rect.bottom() - 5.0);
        x = legend_line(ui, at, name, stroke, false, cx.theme.weak) + 14.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charts_share_the_room_and_keep_what_can_be_read() {
        let parts = [MetricId::Reconstruction, MetricId::Kl, MetricId::Sigma].map(MetricId::metric);
        let total = |room, is_running| heights(&parts, room, is_running).iter().sum::<f32>() + 3.0 * 30.0 + FOOTER;
        assert!(total(300.0, false) <= 300.0);
        assert!(total(300.0, true) <= 300.0);
        assert_eq!(heights(&parts, 1000.0, true), [150.0, 76.0, 46.0]);
        assert_eq!(heights(&parts, 50.0, true), [44.0, 28.0, 22.0], "then the column scrolls");
    }
}
