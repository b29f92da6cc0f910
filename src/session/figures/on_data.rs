//! A figure of the data themselves: samples by their own columns, and what models say of them; of one column
//! its curves.

use super::planes::coloured_by;
use crate::data::{Cancel, Dataset, ReadSettings};
use crate::latent::densest::densest;
use crate::latent::heat::Heat;
use crate::latent::lattice::Lattice;
use crate::latent::plane::Plane;
use crate::latent::stats::{view_bounds, wider};
use crate::model::{Capabilities, FrozenModel};
use crate::picture::Pixels;
use crate::picture::colours::colours_of;
use crate::picture::figure::{
    ASPECT, Figure, Ink, Look, Panel, PanelLine, Pen, PlanePanel, Sheet, Tone, planes, sheet,
};
use crate::picture::palette::{FALSE_REAL, JUDGE, MADE, Rgb, TINT_ALPHA, class_colour};
use crate::session::command_words::{CommandWords, ranges};
use crate::session::on_data::{GridOfCodes, can_say};
use crate::session::{DataPlaces, Layer, Samples};
use crate::train::{Asking, DataCurves, DataPoints, Hidden};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// What a command calls the layers of what a model says.
pub const SAYS: [(&str, Layer); 6] = [
    ("density", Layer::ModelDensity),
    ("discriminator", Layer::Discriminator),
    ("samples", Layer::Made),
    ("reconstructions", Layer::Remade),
    ("gaussians", Layer::Components),
    ("grid", Layer::Warped),
];
/// Cells of a heat, about, and pixels along a side of one: between cells it is smooth.
const N_CELLS: usize = 8000;
const SMOOTH: usize = 4;
/// Corners of an ellipse.
const N_CORNERS: u16 = 72;
/// Samples that are drawn as ticks.
const N_TICKS: usize = 400;

/// One model of the figure.
#[derive(Clone, Debug, PartialEq)]
pub struct SaidOf {
    /// What stands above it; or nothing.
    pub title: Option<String>,
    /// What it is asked to say.
    pub layers: BTreeSet<Layer>,
    /// The class that it is told.
    pub label: usize,
    /// The plane of its codes, whose grid is drawn where that is asked for; else that of its first two.
    pub(in crate::session) grid: Option<GridOfCodes>,
}

impl SaidOf {
    /// One that is asked to say these of some columns as far as it can, as a command asks it.
    pub fn new(
        title: Option<String>,
        layers: &BTreeSet<Layer>,
        columns: [usize; 2],
        model: &dyn FrozenModel,
    ) -> Self {
        let (n, can) = (model.info().latent_dim(), Capabilities::of(model));
        // How far codes reach is known of those that it draws.
        let reaches = |layer: Layer| layer != Layer::Warped || can.samples;
        let can_say = |layer: &Layer| can_say(*layer, (model, can), columns[0] == columns[1]) && reaches(*layer);
        let layers: BTreeSet<Layer> = layers.iter().copied().filter(can_say).collect();
        let of_z = Plane::axes(&vec![0.0; n], 0, 1.min(n.saturating_sub(1)));
        let grid = layers.contains(&Layer::Warped).then_some((of_z, None));
        Self { title, layers, label: 0, grid }
    }
}

/// What a figure of the data shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DataOf {
    /// The columns across and up; the same one twice for its curves.
    pub columns: [usize; 2],
    /// What each model says, from the left.
    pub said: Vec<SaidOf>,
    /// What is seen of it, in plot coordinates; else what the samples take.
    pub range: Option<[[f32; 2]; 2]>,
    /// The column that samples are coloured by; else by class.
    pub column: Option<usize>,
    /// Classes that are not drawn.
    pub hidden: BTreeSet<usize>,
    /// Samples that are not drawn, whatever their class.
    pub left_out: Samples,
    /// The samples that are made again, each with a line to where it comes out; none stand for all.
    pub chosen: Samples,
    /// Whether classes are named on the plane.
    pub has_class_names: bool,
}

impl DataOf {
    /// Draws samples of `data` with what the models say of them; none once it is cancelled.
    pub fn figure(
        &self,
        models: &[&dyn FrozenModel],
        data: &Dataset,
        look: &Look,
        cancel: &Cancel,
    ) -> Option<Figure> {
        let points = DataPoints::of(data, self.columns, cancel)?;
        let places: Vec<[f32; 2]> = points.cloud.codes.mu.rows().into_iter().map(|at| [at[0], at[1]]).collect();
        let of = |said: &SaidOf, model| Asking {
            model,
            label: said.label as u16,
            plane: points.plane,
            means: &points.means,
            cancel,
        };
        let all = || self.said.iter().zip(models).map(|(said, model)| (said, of(said, *model)));
        if points.plane.is_line() {
            let (x, _) = view_bounds(&places);
            let x = self.range.map_or_else(|| wider(x), |range| range[0]).map(|x| x / points.plane.units[0]);
            let curves: Option<Vec<_>> =
                all().map(|(said, asking)| Some((said, asking.curves(data, x)?))).collect();
            return Some(sheet(&self.curves(&curves?, &points, data), look));
        }
        let (x, y) = view_bounds(&places);
        let bounds = shaped(self.range.unwrap_or([x, y]));
        let panel = |(said, asking)| self.panel(said, &asking, (&places, bounds), data, look);
        let panels: Option<Vec<PlanePanel>> = all().map(panel).collect();
        let (colours, named) = coloured_by(self.column, &self.hidden, data, look);
        Some(planes(&panels?, &colours, &named, look))
    }

    fn hides(&self) -> Hidden<'_> {
        Hidden { classes: &self.hidden, samples: &self.left_out }
    }

    fn panel(
        &self,
        said: &SaidOf,
        asking: &Asking<'_>,
        (points, bounds): (&[[f32; 2]], [[f32; 2]; 2]),
        data: &Dataset,
        look: &Look,
    ) -> Option<PlanePanel> {
        let tokens = look.tokens();
        let [x, y] = bounds;
        let side = ((x[1] - x[0]) * (y[1] - y[0]) / N_CELLS as f32).sqrt();
        let lattice = Lattice::covering(bounds, 1.05 * side, N_CELLS)?;
        let mut panel = PlanePanel {
            title: said.title.clone(),
            bounds,
            axes: self.columns.map(|column| Some(data.kind().feature_name(column))),
            units: Some(asking.plane.units),
            ..PlanePanel::default()
        };
        // One tint at a time, the first that the window would show.
        let first = Layer::HEATS_ON_DATA.iter().find(|layer| said.layers.contains(layer));
        if first == Some(&Layer::ModelDensity) {
            let density = asking.density(lattice)?;
            let pen = Pen { ink: Ink { rgb: tokens.accent, alpha: 0.55 }, width: 0.5, dash: None };
            panel.lines.extend(density.lines.iter().flatten().map(|piece| (pen, piece.to_vec())));
            panel.tint = Some(tint(&density.heat, |share| (tokens.accent, share)));
        }
        if first == Some(&Layer::Discriminator) {
            let heat = asking.judgement(lattice)?;
            let colour = |share: f32| {
                let rgb = class_colour(look.mode, FALSE_REAL[usize::from(share > 0.5)]);
                (rgb, (2.0 * share - 1.0).abs())
            };
            panel.tint = Some(tint(&heat, colour));
        }
        let says = DataPlaces::of(asking, data, &said.layers, &self.chosen, said.grid.as_ref())?;
        let pen = Pen { ink: Ink { rgb: tokens.text, alpha: 0.5 }, width: 0.5, dash: None };
        panel.lines.extend(says.lines.into_iter().map(|line| (pen, line)));
        let largest = says.components.iter().map(|(weight, _)| *weight).fold(f32::MIN_POSITIVE, f32::max);
        panel.lines.extend(says.components.iter().map(|(weight, ellipse)| {
            let angle = |k: u16| f32::from(k) / f32::from(N_CORNERS) * std::f32::consts::TAU;
            let alpha = 0.25 + 0.75 * weight / largest;
            let pen = Pen { ink: Ink { rgb: tokens.accent, alpha }, width: 0.75, dash: None };
            (pen, (0..=N_CORNERS).map(|k| ellipse.at(1.0, angle(k))).collect())
        }));
        let hidden = self.hides();
        let remade = says.remade.samples.into_iter().zip(says.remade.places);
        let remade: Vec<(u32, [f32; 2])> = remade.filter(|(sample, _)| hidden.shows(data, *sample)).collect();
        if !self.chosen.is_empty() {
            let pen = Pen { ink: Ink { rgb: tokens.weak, alpha: 1.0 }, width: 0.5, dash: None };
            panel.lines.extend(remade.iter().map(|(sample, to)| (pen, vec![points[*sample as usize], *to])));
        }
        let hollow: Vec<[f32; 2]> = says.made.into_iter().chain(remade.into_iter().map(|(_, to)| to)).collect();
        let ink = Ink { rgb: tokens.text, alpha: 0.9 };
        panel.hollow = (!hollow.is_empty()).then_some((ink, hollow));
        let shown: Vec<u32> = (0..points.len() as u32).filter(|sample| hidden.shows(data, *sample)).collect();
        panel.points = shown.iter().map(|&sample| points[sample as usize]).collect();
        panel.colour = colours_of(data, &shown, self.column);
        if self.has_class_names && self.column.is_none() {
            let class_of = |i: usize| data.class_of(shown[i]).map(|class| class as u16);
            let named = densest(&panel.points, class_of, data.classes().len());
            let named = named.into_iter().zip(data.classes()).enumerate();
            panel.names = named.filter_map(|(class, (place, name))| Some((class, name.clone(), place?))).collect();
        }
        Some(panel)
    }

    /// Densities above, what discriminators say below; a column of panels for each model.
    fn curves(&self, all: &[(&SaidOf, DataCurves)], points: &DataPoints, data: &Dataset) -> Sheet {
        let column = data.kind().feature_name(self.columns[0]);
        let has_judged = all.iter().any(|(_, curves)| curves.judged.is_some());
        let name_below = |is_last: bool| if is_last { column.clone() } else { String::new() };
        let bounds = |curves: &DataCurves| curves.bounds.map(f64::from);
        let shown = data.spread(N_TICKS).into_iter().filter(|sample| self.hides().shows(data, *sample));
        let x = |sample: u32| points.cloud.codes.mu[[sample as usize, 0]] / points.plane.units[0];
        let ticks: Vec<f64> = shown.map(|sample| f64::from(x(sample))).collect();
        let densities = all.iter().map(|(said, curves)| {
            let mut lines = vec![histogram(curves)];
            lines.push(PanelLine::new("p, the data", curve(&curves.x, &curves.data), Tone::Text));
            if let Some((q, _)) = &curves.model {
                lines.push(PanelLine::new("q, what the model makes", curve(&curves.x, q), Tone::Class(MADE)));
            }
            let heights = lines.iter().flat_map(|line| &line.points).map(|point| point[1]);
            Panel {
                title: said.title.clone().unwrap_or_else(|| "Densities".into()),
                y: [0.0, 1.06 * heights.fold(f64::MIN_POSITIVE, f64::max)],
                x: bounds(curves),
                x_name: name_below(!has_judged),
                lines,
                samples: ticks.clone(),
                ..Panel::default()
            }
        });
        let mut rows = vec![(1.6, densities.collect())];
        if has_judged {
            let judged = all.iter().map(|(_, curves)| {
                let mut lines = Vec::new();
                for (i, run) in curves.best.iter().flat_map(|best| runs(&curves.x, best)).enumerate() {
                    let name = if i == 0 { "best D, p / (p + q)" } else { "" };
                    lines.push(PanelLine::new(name, run, Tone::Class(JUDGE)).dashed());
                }
                if let Some(judged) = &curves.judged {
                    lines.push(PanelLine::new("D", curve(&curves.x, judged), Tone::Class(JUDGE)));
                }
                Panel {
                    title: "D, “this is real”".into(),
                    x: bounds(curves),
                    y: [0.0, 1.05],
                    x_name: name_below(true),
                    lines,
                    ..Panel::default()
                }
            });
            rows.push((1.0, judged.collect()));
        }
        Sheet { rows, shape: Some(if has_judged { 0.8 } else { 0.5 }), ..Sheet::default() }
    }

    /// The command that draws the same; none where more is asked than it can say, such as which samples are
    /// left out.
    pub(in crate::session) fn command_line(
        &self,
        models: &[PathBuf],
        (data, reading, dataset): (&str, &ReadSettings, &Dataset),
        look: &Look,
        out: &str,
    ) -> Option<String> {
        let says = &self.said.first()?.layers;
        // One class is told to all and is the first, and a grid is of codes that no encoder gave.
        let is_plain = |said: &SaidOf| {
            let is_first_plane =
                said.grid.as_ref().is_none_or(|(of_z, spread)| spread.is_none() && of_z.origin.len() <= 2);
            said.layers == *says && said.label == 0 && is_first_plane
        };
        let is_of_all = self.left_out.is_empty() && self.chosen.is_empty();
        if !is_of_all || !self.said.iter().all(is_plain) {
            return None;
        }
        let mut command = CommandWords::of("plane");
        command.models(models);
        command.data(data, reading);
        let [across, up] = self.columns.map(|column| dataset.kind().feature_name(column));
        command
            .option("columns", if self.columns[0] == self.columns[1] { across } else { format!("{across},{up}") });
        let said: Vec<&str> =
            SAYS.iter().filter(|(_, layer)| says.contains(layer)).map(|(word, _)| *word).collect();
        if !said.is_empty() {
            command.option("says", said.join(","));
        }
        self.said.iter().filter_map(|said| said.title.as_ref()).for_each(|title| command.option("title", title));
        if let Some(range) = self.range {
            command.option("range", ranges(range));
        }
        let is_plane = self.columns[0] != self.columns[1];
        if let Some(column) = self.column.filter(|_| is_plane).and_then(|column| dataset.columns().get(column)) {
            command.option("colour-by", &column.name);
        }
        let hidden = self.hidden.iter().filter_map(|class| dataset.classes().get(*class));
        hidden.for_each(|name| command.option("hide", name));
        command.flag("no-class-names", is_plane && !self.has_class_names);
        command.look(look, out);
        Some(command.line())
    }
}

/// Bounds with some more at the shorter side, where a plane of their shape would be too narrow or too wide.
fn shaped([x, y]: [[f32; 2]; 2]) -> [[f32; 2]; 2] {
    let grown = |[low, high]: [f32; 2], to: f32| {
        let more = ((to - (high - low)) / 2.0).max(0.0);
        [low - more, high + more]
    };
    let (width, height) = (x[1] - x[0], y[1] - y[0]);
    [grown(x, height * ASPECT[0]), grown(y, width / ASPECT[1])]
}

/// A heat as pixels of colours at their opacity, with the rectangle that they fill.
fn tint(heat: &Heat, colour: impl Fn(f32) -> (Rgb, f32)) -> (Pixels, [[f32; 2]; 2]) {
    let [columns, rows] = heat.lattice.size;
    let [width, height] = [columns * SMOOTH, rows * SMOOTH];
    let mut rgba = Vec::with_capacity(4 * width * height);
    // Between the middles of cells values go over into one another.
    let at = |i: usize, n: usize| {
        let place = ((i as f32 + 0.5) / SMOOTH as f32 - 0.5).clamp(0.0, (n - 1) as f32);
        (place as usize, (place as usize + 1).min(n - 1), place.fract())
    };
    let value = |column: usize, row: usize| heat.values[row * columns + column];
    for y in 0..height {
        let (above, below, down) = at(y, rows);
        for x in 0..width {
            let (left, right, along) = at(x, columns);
            let of_row = |row| value(left, row) * (1.0 - along) + value(right, row) * along;
            let mean = of_row(above) * (1.0 - down) + of_row(below) * down;
            let (rgb, strength) = colour((mean / heat.top.max(f32::MIN_POSITIVE)).clamp(0.0, 1.0));
            let alpha = TINT_ALPHA * strength;
            rgba.extend(rgb.map(|part| (f32::from(part) * alpha).round() as u8));
            rgba.push((255.0 * alpha).round() as u8);
        }
    }
    (Pixels { width, height, rgba }, heat.lattice.bounds)
}

fn curve(x: &[f32], y: &[f32]) -> Vec<[f64; 2]> {
    x.iter().zip(y).map(|(x, y)| [f64::from(*x), f64::from(*y)]).collect()
}

/// The stretches of a curve in which it is known.
fn runs(x: &[f32], y: &[Option<f32>]) -> Vec<Vec<[f64; 2]>> {
    let place = |(x, y): (&f32, &Option<f32>)| y.map(|y| [*x, y].map(f64::from));
    let places: Vec<Option<[f64; 2]>> = x.iter().zip(y).map(place).collect();
    let runs = places.split(Option::is_none).filter(|run| run.len() > 1);
    runs.map(|run| run.iter().copied().flatten().collect()).collect()
}

/// The outline of a histogram, filled.
fn histogram(curves: &DataCurves) -> PanelLine {
    let [low, high] = curves.bounds.map(f64::from);
    let length = (high - low) / curves.histogram.len().max(1) as f64;
    let corners = curves.histogram.iter().enumerate().flat_map(|(i, share)| {
        let left = low + length * i as f64;
        [[left, f64::from(*share)], [left + length, f64::from(*share)]]
    });
    PanelLine::new("", corners.collect(), Tone::Weak).filled(0.25)
}

#[cfg(test)]
#[path = "on_data_tests.rs"]
mod tests;
