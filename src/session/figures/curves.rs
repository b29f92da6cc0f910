//! A figure of loss curves.

use crate::model::METRICS;
use crate::picture::figure::{Chart, Curve, Figure, Look, curves};
use crate::picture::palette::class_colour;
use crate::session::command_words::CommandWords;
use crate::train::CurvePoint;
use std::path::PathBuf;

/// Most points of a line.
const MAX_POINTS: usize = 1000;

/// The curves of one model: its name, those of training, those of the test split.
pub type NamedCurves<'a> = (String, &'a [CurvePoint], &'a [CurvePoint]);

/// Draws the development of everything that was measured, of one model or of several; none where nothing was.
pub fn curves_figure(models: &[NamedCurves<'_>], look: &Look) -> Option<Figure> {
    let tokens = look.tokens();
    let is_measured = |metric: &crate::model::Metric| {
        let mut points = models.iter().flat_map(|(_, train, test)| train.iter().chain(*test));
        metric.has_chart && points.any(|point| point.metrics.get(metric.id).is_some())
    };
    let charts = METRICS.iter().filter(|metric| is_measured(metric)).map(|metric| {
        let points = |curve: &[CurvePoint]| {
            let every = curve.len().div_ceil(MAX_POINTS).max(1);
            let kept = curve.iter().enumerate().filter(|(i, _)| i % every == 0 || i + 1 == curve.len());
            let measured = kept.filter_map(|(_, point)| Some([point.step as f64, point.metrics.get(metric.id)?]));
            measured.filter(|[_, value]| value.is_finite()).collect::<Vec<_>>()
        };
        let is_alone = models.len() == 1;
        let lines = models.iter().enumerate().flat_map(|(i, (name, train, test))| {
            let of = |what: &str| if is_alone { what.into() } else { format!("{name}, {what}") };
            let rgb = if is_alone { tokens.accent } else { class_colour(look.mode, i) };
            let train_rgb = if is_alone { tokens.curve } else { rgb };
            [
                Curve {
                    name: of("train"),
                    points: points(train),
                    rgb: train_rgb,
                    width: 0.75,
                    is_dashed: !is_alone,
                },
                Curve { name: of("test"), points: points(test), rgb, width: 1.25, is_dashed: false },
            ]
        });
        let unit = if metric.unit.is_empty() { String::new() } else { format!(", {}", metric.unit) };
        Chart {
            title: format!("{}{unit}", metric.title),
            curves: lines.filter(|curve| !curve.points.is_empty()).collect(),
            from_zero: false,
        }
    });
    let charts: Vec<Chart> = charts.collect();
    (!charts.is_empty()).then(|| curves(&charts, look))
}

/// The command that draws the same of the models in these files, which have these names where there are
/// several.
pub fn curves_line(models: &[PathBuf], names: &[String], look: &Look, out: &str) -> String {
    let mut command = CommandWords::of("curves");
    command.models(models);
    if models.len() > 1 {
        names.iter().for_each(|name| command.option("title", name));
    }
    command.look(look, out);
    command.line()
}
