//! Loss: the headline number and two charts, reconstruction and KL apart, for their sizes differ twentyfold.

use super::{Panel, Place};
use crate::session::CurvePoint;
use crate::ui::context::Cx;
use crate::ui::layout::Layout;
use crate::ui::theme;
use crate::ui::ticks::{decimals, ticks};
use crate::ui::widgets::{Aside, help, number, section_head};
use eframe::egui::{Align2, Pos2, Rect, RichText, Sense, Shape, Stroke, Ui, pos2, vec2};

/// Room at the right of a chart for the numbers of its grid lines.
const LABELS: f32 = 44.0;

/// The panel.
pub struct LossPanel;

/// One chart: which number of a point it draws, and where its axis begins.
struct Chart {
    title: &'static str,
    value: fn(&CurvePoint) -> f64,
    from_zero: bool,
    decimals: usize,
    help: (&'static str, &'static str),
}

const RECONSTRUCTION: Chart = Chart {
    title: "Reconstruction",
    value: |point| point.reconstruction,
    from_zero: false,
    decimals: 1,
    help: (
        "Cross-entropy, summed over pixels, mean over images, in nats (or what the likelihood says).",
        "−Σ x ln x̂ + (1−x) ln(1−x̂)",
    ),
};

const KL: Chart = Chart {
    title: "KL",
    value: |point| point.kl,
    from_zero: true,
    decimals: 1,
    help: (
        "How far the codes stray from the prior. The lecture's Σ exp(s) − (1+s) + m², s = ln σ², is twice this.",
        "½ Σ (μ² + σ² − ln σ² − 1)",
    ),
};

const SIGMA: Chart = Chart {
    title: "Mean σ",
    value: |point| point.sigma,
    from_zero: true,
    decimals: 3,
    help: (
        "Posterior standard deviation, mean over dimensions and images. With β = 0 it falls towards 0: the VAE turns into an AE.",
        "σ = exp(½ ln σ²)",
    ),
};

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
        let newest = weights
            .test_curve
            .last()
            .map(|point| (point, "test"))
            .or(weights.train_curve.last().map(|point| (point, "train")));
        let Some((newest, which)) = newest else { return };
        // A prior comes with a KL term in the loss.
        let has_kl = cx.session.capabilities().has_prior;
        section_head(ui, self.title(), Aside::Faint("nats an image"));
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 8.0;
            ui.label(RichText::new(number::nats(newest.loss as f32)).font(theme::headline()).color(cx.theme.text));
            let parts = if has_kl { "reconstruction + β · KL" } else { "reconstruction" };
            ui.label(RichText::new(format!("{which} = {parts}")).font(theme::small()).color(cx.theme.weak));
        });
        if let Some(shares) = cx.session.explained_variance() {
            let share = number::nats(100.0 * shares.iter().sum::<f32>());
            let text = format!("explains {share} % of the images' variance");
            ui.label(RichText::new(text).font(theme::small()).color(cx.theme.weak));
        }
        if let Some(found) = cx.session.log_p() {
            let (elbo, gap) = (number::nats(found.elbo as f32), number::nats((found.log_p - found.elbo) as f32));
            let text = format!("ln p(x) {} = ELBO {elbo} + gap {gap}", number::nats(found.log_p as f32));
            let line = ui.label(RichText::new(text).font(theme::small()).color(cx.theme.weak));
            let sentence = format!(
                "By quadrature over the plane, mean of {} test images. The gap is what the posterior misses; with β = 1 the loss is −ELBO.",
                found.n_samples
            );
            help(line, "How probable test images are", &sentence, Some("ln Σ p(x | z) p(z) h²"));
        }
        let (tall, short) = match (layout.is_low, cx.session.is_running()) {
            (true, _) => (56.0, 36.0),
            (false, true) => (150.0, 76.0),
            (false, false) => (96.0, 56.0),
        };
        let last_step = self.last_step(cx);
        chart(ui, &RECONSTRUCTION, tall, last_step, cx);
        if has_kl {
            chart(ui, &KL, short, last_step, cx);
        }
        // Models that were trained before σ was noted have none to show.
        if !layout.is_low && weights.train_curve.iter().any(|point| point.sigma > 0.0) {
            chart(ui, &SIGMA, short * 0.6, last_step, cx);
        }
        footer(ui, last_step, cx);
    }
}

impl LossPanel {
    /// Where the charts end: the axis is already as long as the planned run.
    fn last_step(&self, cx: &Cx<'_>) -> u64 {
        let weights = cx.session.weights();
        let measured =
            weights.test_curve.last().into_iter().chain(weights.train_curve.last()).map(|point| point.step).max();
        cx.session.status().map_or(0, |status| status.last_step).max(measured.unwrap_or(1)).max(1)
    }
}

fn chart(ui: &mut Ui, chart: &Chart, height: f32, last_step: u64, cx: &Cx<'_>) {
    let width = ui.available_width();
    let (rect, response) = ui.allocate_exact_size(vec2(width, height + 18.0), Sense::hover());
    help(response, chart.title, chart.help.0, Some(chart.help.1));
    let (test, train) = (&cx.session.weights().test_curve, &cx.session.weights().train_curve);
    let value = chart.value;
    let painter = ui.painter();
    painter.text(rect.left_top(), Align2::LEFT_TOP, chart.title, theme::small(), cx.theme.weak);
    if let Some(newest) = test.last().or(train.last()) {
        painter.text(
            rect.right_top(),
            Align2::RIGHT_TOP,
            number::fixed(value(newest), chart.decimals),
            theme::small(),
            cx.theme.text,
        );
    }
    let plot =
        Rect::from_min_max(pos2(rect.left(), rect.top() + 18.0), pos2(rect.right() - LABELS, rect.bottom()));
    let (low, high) = bounds(chart, test, train);
    let place = |point: &CurvePoint| -> Pos2 {
        let x = point.step as f64 / last_step as f64;
        let y = (value(point) - low) / (high - low);
        pos2(plot.left() + x as f32 * plot.width(), plot.bottom() - y as f32 * plot.height())
    };
    let (values, step) = ticks(low, high, (height / 30.0) as usize);
    for tick in values {
        let y = plot.bottom() - ((tick - low) / (high - low)) as f32 * plot.height();
        painter.hline(plot.x_range(), y, Stroke::new(1.0, cx.theme.hairline));
        let text = number::fixed(tick, decimals(step));
        painter.text(pos2(rect.right(), y), Align2::RIGHT_CENTER, text, theme::small(), cx.theme.faint);
    }
    let clipped = painter.with_clip_rect(plot.expand(2.0));
    let line = |curve: &[CurvePoint]| -> Vec<Pos2> { thin(curve).map(place).collect() };
    clipped.add(Shape::line(line(train), Stroke::new(1.25, cx.theme.track_filled)));
    clipped.add(Shape::line(line(test), Stroke::new(1.75, cx.theme.accent)));
    if let Some(newest) = test.last() {
        clipped.circle_filled(place(newest), 3.0, cx.theme.accent);
    }
}

/// At most a few hundred points of a long curve, the last one always.
fn thin(curve: &[CurvePoint]) -> impl Iterator<Item = &CurvePoint> {
    let every = curve.len().div_ceil(400).max(1);
    let last = curve.last().filter(|_| !(curve.len() - 1).is_multiple_of(every));
    curve.iter().step_by(every).chain(last)
}

/// The range of values drawn: the first steep fall may leave the chart at its top.
fn bounds(chart: &Chart, test: &[CurvePoint], train: &[CurvePoint]) -> (f64, f64) {
    let value = chart.value;
    let mut values: Vec<f64> = thin(train).map(value).filter(|value| value.is_finite()).collect();
    values.sort_by(f64::total_cmp);
    // Nine tenths of the training curve, and all of the test curve.
    let kept = (values.len() as f64 * 0.9).ceil() as usize;
    let all = values[..kept].iter().copied().chain(test.iter().map(value));
    let (low, high) = all.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    if !(low.is_finite() && high.is_finite()) {
        return (0.0, 1.0);
    }
    let low = if chart.from_zero { low.min(0.0) } else { low };
    let pad = ((high - low) * 0.08).max(high.abs() * 0.01).max(1e-6);
    (if chart.from_zero { low } else { low - pad }, high + pad)
}

fn footer(ui: &mut Ui, last_step: u64, cx: &Cx<'_>) {
    let width = ui.available_width();
    let (rect, _) = ui.allocate_exact_size(vec2(width, 30.0), Sense::hover());
    let painter = ui.painter();
    painter.text(rect.left_top(), Align2::LEFT_TOP, "0", theme::small(), cx.theme.faint);
    let end = pos2(rect.right() - LABELS, rect.top());
    painter.text(
        end,
        Align2::RIGHT_TOP,
        format!("{} step{}", number::count(last_step), if last_step == 1 { "" } else { "s" }),
        theme::small(),
        cx.theme.faint,
    );
    let mut x = rect.left();
    for (name, colour, thickness) in [("test", cx.theme.accent, 1.75), ("train", cx.theme.track_filled, 1.25)] {
        let y = rect.bottom() - 5.0;
        painter.hline(x..=x + 14.0, y, Stroke::new(thickness, colour));
        let text = painter.text(pos2(x + 20.0, y), Align2::LEFT_CENTER, name, theme::small(), cx.theme.weak);
        x = text.right() + 14.0;
    }
}
