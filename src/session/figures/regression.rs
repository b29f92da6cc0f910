//! The figure behind Cook's distance: the fit with and without a point, residuals against leverage with the
//! contours of the distance, and what there is to say, with the lecture's product beside it.

use crate::data::{Dataset, ReadSettings};
use crate::picture::figure::{Figure, Look, Panel, PanelLine, Sheet, Tone, sheet};
use crate::picture::ticks::written;
use crate::session::command_words::CommandWords;
use crate::train::{Influence, RegressOn};
use std::path::PathBuf;

/// Height over width: two squares beside one another.
const SHAPE: f32 = 0.55;

impl Influence {
    /// What the column is called, with its unit.
    pub fn column_named(&self) -> String {
        let (name, unit) = &self.of.design.column;
        if unit.is_empty() { name.clone() } else { format!("{name}, {unit}") }
    }

    /// What there is to say of the point that is looked at, with the lecture's product beside the distance.
    pub fn said(&self, data: &Dataset) -> Vec<(String, Tone)> {
        let (of, fit) = (&self.of, &self.of.fit);
        let mut lines: Vec<_> = of.left_out().into_iter().take(1).map(|line| (line, Tone::Weak)).collect();
        let Some((row, _)) = self.apart else { return lines };
        let sample = of.design.samples[row];
        let name = data.caption(sample as usize);
        let name = name.map_or_else(|| format!("Sample {sample}"), |name| format!("Sample {sample}, {name}"));
        let (h, r) = (written(fit.leverage[row], 3), written(fit.residuals[row], 3));
        if let Some(why) = of.why_none(row) {
            lines.push((format!("{name} has no distance: {why}"), Tone::Text));
            return lines;
        }
        let (Some(distance), Some(products)) = (fit.cook(row), fit.products(row)) else { return lines };
        let d = |value: f64| written(value, 4);
        lines.push((format!("{name}: D = {}, leverage {h}, residual {r}", d(distance)), Tone::Text));
        let left = self.moved_by.map_or_else(|| "—".into(), d);
        let right = format!(
            "r² h / (p s² (1 − h)²) = {} and Σ (ŷ − ŷ(i))² / (p s²) = {left} are one number.",
            d(distance)
        );
        lines.push((right, Tone::Weak));
        let off = |product: f64| {
            let by = (product / distance - 1.0) * 100.0;
            if distance > 0.0 { format!("{} ({} %)", d(product), written(by, 0)) } else { d(product) }
        };
        let wrong = format!(
            "The lecture multiplies both, and that is no distance: D² = {}; with r² written once {}.",
            off(products.whole),
            off(products.lifted)
        );
        lines.push((wrong, Tone::Bad));
        lines
    }

    /// The figure for print, of samples of `data`.
    pub fn figure(&self, data: &Dataset, look: &Look) -> Figure {
        sheet(&self.sheet(data), look)
    }

    fn sheet(&self, data: &Dataset) -> Sheet {
        let (fit, drawn) = (&self.of.fit, &self.drawn);
        let [x, y] = drawn.bounds;
        let line_of =
            |name: &str, fit, tone| PanelLine::new(name, x.map(|x| [x, self.line_at(fit, x)]).into(), tone);
        let mut lines = Vec::new();
        if let Some((_, Ok(without))) = &self.apart {
            lines.push(line_of("without it", without, Tone::Weak).dashed());
        }
        lines.push(line_of("", fit, Tone::Accent));
        let apart = self.apart.as_ref().map(|(row, _)| *row);
        let fitted = Panel {
            title: self.column_named(),
            value: format!("n = {}, s = {}", fit.fitted.len(), written(fit.s2.sqrt(), 3)),
            x,
            y,
            x_name: self.of.design.names.get(drawn.along).cloned().unwrap_or_default(),
            lines,
            dots: self.dots(data, &|row| self.point(row)),
            ringed: apart.map(|row| self.point(row)),
            ..Panel::default()
        };
        let contours = drawn.contours.iter().flat_map(|(distance, places)| {
            let below = places.iter().map(|[h, r]| [*h, -r]).collect();
            // Named where it leaves the figure or ends.
            let seen = places.iter().copied().filter(|[_, r]| *r <= drawn.residuals[1]).collect();
            let name = format!("D = {}", written(*distance, 1));
            [(name, seen), (String::new(), below)]
        });
        let spread = Panel {
            title: "Residual in units of s".into(),
            x: [0.0, drawn.leverage],
            y: drawn.residuals,
            x_name: "leverage h".into(),
            lines: contours.map(|(name, places)| PanelLine::new(name, places, Tone::Weak).dashed()).collect(),
            dots: self.dots(data, &|row| self.spread(row)),
            ringed: apart.map(|row| self.spread(row)),
            ..Panel::default()
        };
        Sheet { rows: vec![(1.0, vec![fitted, spread])], notes: self.said(data), shape: Some(SHAPE) }
    }

    /// The points that are drawn, those of a class together.
    fn dots(&self, data: &Dataset, place: &dyn Fn(usize) -> [f64; 2]) -> Vec<(Tone, Vec<[f64; 2]>)> {
        let n_classes = data.classes().len();
        let mut of_class: Vec<Vec<[f64; 2]>> = vec![Vec::new(); n_classes + 1];
        for &row in &self.drawn.rows {
            let class = data.class_of(self.of.design.samples[row as usize]);
            of_class[class.unwrap_or(n_classes)].push(place(row as usize));
        }
        let tone = |class: usize| if class < n_classes { Tone::Class(class) } else { Tone::Text };
        let all = of_class.into_iter().enumerate().map(|(class, dots)| (tone(class), dots));
        all.filter(|(_, dots)| !dots.is_empty()).collect()
    }

    /// The command that draws the same of training samples, by the codes of the model in a file where it is
    /// on codes.
    pub(in crate::session) fn command_line(
        &self,
        on: &RegressOn,
        model: Option<PathBuf>,
        (data, reading): (&str, &ReadSettings),
        (look, out): (&Look, &str),
    ) -> String {
        let mut command = CommandWords::of("outliers");
        command.models(model.as_slice());
        command.data(data, reading);
        command.option("by", "cook");
        command.option("column", &self.of.design.column.0);
        match on {
            RegressOn::Others => {}
            RegressOn::Codes => command.option("on", "codes"),
            RegressOn::Columns(names) => command.option("on", names.join(",")),
        }
        command.option("split", "train");
        if let Some((row, _)) = self.apart {
            command.option("sample", self.of.design.samples[row].to_string());
        }
        command.look(look, out);
        command.line()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Cancel, SampleKind, Values};
    use crate::train::{Design, regressed};

    #[test]
    fn the_figure_has_both_plots_the_contours_and_the_error_of_the_product() {
        let y = |i: usize| if i == 9 { 30.0 } else { 2.0 * i as f32 + (i % 3) as f32 };
        let values: Vec<f32> = (0..30).flat_map(|i| [i as f32, y(i)]).collect();
        let data =
            Dataset::new(SampleKind::table(["x", "y"]), Values::Floats(values.into()), None, vec![]).unwrap();
        let all = (0..30).collect();
        let design = Design::new(&data, all, ("y", &RegressOn::Others), None, &Cancel::default()).unwrap();
        let found = Influence::of(regressed(design).unwrap(), None, &Cancel::default()).unwrap();
        let sheet = found.sheet(&data);
        let panels: Vec<&Panel> = sheet.panels().collect();
        assert_eq!((panels[0].title.as_str(), panels[0].x_name.as_str()), ("y", "x"));
        assert!(panels[0].ringed.is_some_and(|[x, y]| x == 9.0 && (y - 30.0).abs() < 1e-9), "on which most hangs");
        assert_eq!(panels[0].dots[0].1.len(), 30);
        let names: Vec<&str> = panels[1].lines.iter().map(|line| line.name.as_str()).collect();
        assert_eq!(names, ["D = 0.5", "", "D = 1.0", ""]);
        // A contour is the same distance all along.
        let [h, r] = *panels[1].lines[0].points.last().unwrap();
        let fit = &found.of.fit;
        let distance = r * r / fit.n_coefficients as f64 * h / (1.0 - h).powi(2);
        assert!((distance - 0.5).abs() < 1e-9, "{distance}");
        let drawn = found.figure(&data, &Look::default());
        let texts = drawn.texts().collect::<Vec<_>>().join(" ");
        let cook = fit.cook(9).unwrap();
        assert!(texts.contains(&format!("D = {}", written(cook, 4))), "{texts}");
        let whole = written((cook - 1.0) * 100.0, 0);
        assert!(texts.contains(&format!("D² = {} ({whole} %)", written(cook * cook, 4))), "{texts}");
    }
}
