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
        let first = Layer::HEATS[1].iter().find(|layer| said.layers.contains(layer));
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
        if let Some(column) = self.column.and_then(|column| dataset.columns().get(column)) {
            command.option("colour-by", &column.name);
        }
        let hidden = self.hidden.iter().filter_map(|class| dataset.classes().get(*class));
        hidden.for_each(|name| command.option("hide", name));
        command.flag("no-class-names", !self.has_class_names);
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
mod tests {
    use super::*;
    use crate::data::{Column, Labels, Reading, SampleKind, Values, load};
    use crate::model::ModelSpec;
    use crate::model::{Settings, SharedModel};
    use crate::picture::figure::Mark;

    fn fresh(kind: &str, data: &Dataset) -> SharedModel {
        let layers = if kind == "gan" { "generator" } else { "hidden" };
        let spec = ModelSpec::of_kind(kind).unwrap().fitted_to(data.kind()).with(layers, "8").unwrap();
        let train = crate::train::TrainSpec::default();
        let split = crate::data::DataSplit::new("Toy".into(), data.clone(), data.clone());
        let spec = spec.check(data.kind(), data.classes()).unwrap();
        crate::train::Run::new(&spec, &train, &split, None, 1).unwrap().trained().unwrap().model.clone()
    }

    fn toy(name: &str) -> Dataset {
        load(&name.parse().unwrap(), &Reading::default()).unwrap().train
    }

    fn of(layers: &[Layer], columns: [usize; 2], model: &SharedModel) -> DataOf {
        let said = vec![SaidOf::new(None, &layers.iter().copied().collect(), columns, &**model)];
        DataOf { columns, said, ..DataOf::default() }
    }

    /// Rows of two columns in two classes, with an age beside them.
    fn table() -> Dataset {
        let values: Vec<f32> = (0..80).map(|i| (i * 37 % 101) as f32 / 50.0 - 1.0).collect();
        let labels =
            Labels { names: ["elm", "oak"].map(String::from).into(), of: (0..40).map(|i| i % 2).collect() };
        let age = Column { name: "age".into(), unit: "a".into(), values: (0..40).map(|i| i as f32).collect() };
        let kind = SampleKind::table(["x", "y"]);
        Dataset::new(kind, Values::Floats(values.into()), Some(labels), vec![age]).unwrap()
    }

    fn inside(figure: &Figure) -> Vec<&Mark> {
        let clips = figure.marks.iter().filter_map(|mark| match mark {
            Mark::Clip { marks, .. } => Some(marks.iter()),
            _ => None,
        });
        clips.flatten().collect()
    }

    #[test]
    fn a_plane_of_the_data_has_the_heat_the_samples_made_and_the_grid_that_are_asked_for() {
        let data = toy("ring");
        let model = fresh("gan", &data);
        let layers = [Layer::Discriminator, Layer::ModelDensity, Layer::Made, Layer::Warped];
        let draw = |layers: &[Layer]| {
            of(layers, [0, 1], &model).figure(&[&*model], &data, &Look::default(), &Cancel::default()).unwrap()
        };
        let count = |figure: &Figure| {
            let n = |is: &dyn Fn(&Mark) -> bool| inside(figure).into_iter().filter(|mark| is(mark)).count();
            [
                n(&|mark| matches!(mark, Mark::Image { .. })),
                n(&|mark| matches!(mark, Mark::Line { pen, .. } if pen.dash.is_none())),
                n(&|mark| matches!(mark, Mark::Circles { fill: None, .. })),
            ]
        };
        let all = draw(&layers);
        let [images, lines, hollow] = count(&all);
        assert_eq!((images, hollow), (1, 1));
        assert!(lines >= 13, "{lines} lines of a grid of codes");
        assert_eq!(count(&draw(&[])), [0, 0, 0]);
        assert!(all.texts().any(|text| text.starts_with('x')), "the columns are named");
        let Some(Mark::Image { pixels, at, size }) =
            inside(&all).into_iter().find(|mark| matches!(mark, Mark::Image { .. }))
        else {
            panic!("a heat")
        };
        assert!(at[0] < 40.0 && size[0] > 200.0 && pixels.width > 200, "it fills the plane");
    }

    #[test]
    fn one_column_is_curves_with_the_best_discriminator_beside_the_one_there_is() {
        let data = toy("bumps");
        let model = fresh("gan", &data);
        let figure = of(&[], [0, 0], &model);
        let figure = figure.figure(&[&*model], &data, &Look::default(), &Cancel::default()).unwrap();
        let texts: Vec<&str> = figure.texts().collect();
        for said in ["p, the data", "q, what the model makes", "D", "best D, p / (p + q)", "x"] {
            assert!(texts.contains(&said), "{said} of {texts:?}");
        }
        let cancel = Cancel::default();
        cancel.set();
        assert!(of(&[], [0, 0], &model).figure(&[&*model], &data, &Look::default(), &cancel).is_none());
    }

    #[test]
    fn samples_and_what_is_made_of_them_are_those_that_the_window_shows() {
        let data = table();
        let model = fresh("ae", &data);
        let all = || of(&[Layer::Remade], [0, 1], &model);
        let draw = |of: &DataOf| of.figure(&[&*model], &data, &Look::default(), &Cancel::default()).unwrap();
        // Dots, hollow ones, lines of which none is of the grid, and colours of dots.
        let count = |of: &DataOf| {
            let figure = draw(of);
            let circles = |is_hollow: bool| {
                inside(&figure).into_iter().filter_map(move |mark| match mark {
                    Mark::Circles { centres, fill, .. } if fill.is_none() == is_hollow => Some(centres.len()),
                    _ => None,
                })
            };
            let is_line = |mark: &&Mark| matches!(mark, Mark::Line { pen, .. } if pen.dash.is_none());
            let n_lines = inside(&figure).into_iter().filter(is_line).count();
            (circles(false).sum::<usize>(), circles(true).sum::<usize>(), n_lines, circles(false).count())
        };
        assert_eq!(count(&all()), (40, 40, 0, 2));
        assert_eq!(count(&DataOf { hidden: [1].into(), ..all() }), (20, 20, 0, 1));
        assert_eq!(count(&DataOf { left_out: [0, 1, 2].into(), ..all() }), (37, 37, 0, 2));
        assert_eq!(count(&DataOf { chosen: [3, 8].into(), ..all() }), (40, 2, 2, 2));
        let shades = DataOf { column: Some(0), has_class_names: true, ..all() };
        assert!(count(&shades).3 > 20, "a shade for each age");
        assert!(draw(&shades).texts().all(|text| text != "oak"), "which are no classes to be named");
        assert!(draw(&DataOf { has_class_names: true, ..all() }).texts().any(|text| text == "oak"));
        // Ticks of one column.
        let line = |hidden: &[usize]| {
            let of = DataOf { hidden: hidden.iter().copied().collect(), ..of(&[], [1, 1], &model) };
            draw(&of)
                .marks
                .iter()
                .map(|mark| if let Mark::Clip { marks, .. } = mark { marks.len() } else { 0 })
                .sum()
        };
        let (whole, half): (usize, usize) = (line(&[]), line(&[0]));
        assert_eq!(whole - half, 20);
    }

    #[test]
    fn what_a_model_cannot_say_is_left_away_and_the_rest_is_drawn() {
        let data = table();
        let model = fresh("ae", &data);
        let asked = SAYS.map(|(_, layer)| layer);
        let plane = of(&asked, [0, 1], &model);
        assert_eq!(plane.said[0].layers, [Layer::Remade].into(), "it draws no codes");
        assert!(plane.figure(&[&*model], &data, &Look::default(), &Cancel::default()).is_some());
        let game = fresh("gan", &data);
        let says = |columns| of(&asked, columns, &game).said[0].layers.clone();
        assert_eq!(says([1, 1]), [Layer::ModelDensity, Layer::Discriminator].into(), "curves of one column");
        assert!(says([0, 1]).is_superset(&[Layer::Made, Layer::Warped].into()));
    }

    #[test]
    fn a_command_names_the_column_of_the_colours_and_there_is_none_for_single_samples() {
        let data = table();
        let model = fresh("gan", &data);
        let command = |of: DataOf| {
            let named = ("table.csv", &ReadSettings::default(), &data);
            of.command_line(&["gan.safetensors".into()], named, &Look::default(), "data.svg")
        };
        let all = || of(&[Layer::Made], [0, 1], &model);
        assert!(command(DataOf { column: Some(0), ..all() }).unwrap().contains("--colour-by age"));
        assert!(!command(all()).unwrap().contains("--colour-by"));
        assert_eq!(command(DataOf { left_out: [3].into(), ..all() }), None);
        assert_eq!(command(DataOf { chosen: [3].into(), ..all() }), None);
    }
}
