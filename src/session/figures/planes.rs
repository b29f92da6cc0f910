//! A figure of one or several planes.

use crate::data::{Dataset, ReadSettings};
use crate::latent::densest::densest;
use crate::latent::lanes::lanes;
use crate::latent::path::PathSpec;
use crate::latent::stats::view_bounds;
use crate::picture::colours::{Colours, colours_of};
use crate::picture::figure::{Figure, Look, PlanePanel, planes};
use crate::session::command_words::{CommandWords, list, ranges};
use crate::session::{PlaneAxes, Samples};
use crate::train::{CodeCloud, Hidden};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// What a figure shows of one model's plane.
#[derive(Clone, Debug, PartialEq)]
pub struct PlaneOf {
    /// What stands above it; or nothing.
    pub title: Option<String>,
    /// The code that the plane goes through.
    pub z: Vec<f32>,
    /// What it is drawn along.
    pub axes: PlaneAxes,
    /// What is seen, across and up; else what the codes take.
    pub range: Option<[[f32; 2]; 2]>,
    /// The path over it.
    pub path: Option<PathSpec>,
    /// The edge of a grid on it, across and up.
    pub grid: Option<[[f32; 2]; 2]>,
    /// Whether its codes follow a prior whose rings are drawn.
    pub has_rings: bool,
}

/// What a figure of planes shows of all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlanesOf {
    /// The planes, from the left.
    pub planes: Vec<PlaneOf>,
    /// The column that codes are coloured by; else by class.
    pub column: Option<usize>,
    /// Classes that are not drawn.
    pub hidden: BTreeSet<usize>,
    /// Samples that are not drawn, whatever their class.
    pub left_out: Samples,
    /// Whether classes are named on the plane.
    pub has_class_names: bool,
}

impl PlaneOf {
    fn names_of_axes(&self) -> [Option<String>; 2] {
        match self.axes {
            _ if self.z.len() < 2 => [Some("z[0]".into()), None],
            PlaneAxes::Dimensions(dims) => dims.map(|dim| Some(format!("z[{dim}]"))),
            PlaneAxes::Principal => [1, 2].map(|axis| Some(format!("axis {axis}"))),
            PlaneAxes::Samples([a, b, c]) => [Some(format!("{a}, {b}, {c}")), Some(String::new())],
        }
    }

    fn panel(&self, cloud: &CodeCloud, data: &Dataset, all: &PlanesOf) -> PlanePanel {
        let (plane, mu) = (self.axes.plane(&self.z, Some(cloud)), &cloud.codes.mu);
        let labels = data.labels();
        let class_of = |i: usize| labels?.of.get(cloud.indices[i] as usize).copied();
        let n_classes = labels.map_or(0, |labels| labels.names.len());
        let points: Vec<[f32; 2]> = match self.axes {
            _ if mu.ncols() == 1 => lanes(mu.column(0), |i| class_of(i).unwrap_or(0), n_classes),
            PlaneAxes::Dimensions([x, y]) => mu.rows().into_iter().map(|z| [z[x], z[y]]).collect(),
            PlaneAxes::Principal | PlaneAxes::Samples(_) => {
                mu.rows().into_iter().map(|z| plane.plot_from_z(&z.to_vec())).collect()
            }
        };
        let bounds = self.range.unwrap_or_else(|| {
            let (x, y) = view_bounds(&points);
            [x, y]
        });
        let names_classes = all.column.is_none() && all.has_class_names;
        let hidden = Hidden { classes: &all.hidden, samples: &all.left_out };
        let is_shown = |i: usize| hidden.shows(data, cloud.indices[i]);
        let shown_class = |i: usize| class_of(i).filter(|_| is_shown(i));
        let named = densest(&points, shown_class, if names_classes { n_classes } else { 0 });
        let names = named.into_iter().zip(data.classes()).enumerate().filter_map(|(class, (place, name))| {
            Some((class, name.clone(), place.filter(|_| !all.hidden.contains(&class))?))
        });
        let names = names.collect();
        let colour = colours_of(data, &cloud.indices, all.column);
        let weight = (mu.ncols() > 2).then(|| plane.nearness(mu.view()));
        let shown: Vec<usize> = (0..points.len()).filter(|i| is_shown(*i)).collect();
        PlanePanel {
            title: self.title.clone(),
            points: shown.iter().map(|&i| points[i]).collect(),
            colour: shown.iter().map(|&i| colour[i]).collect(),
            weight: weight.map(|weight| shown.iter().map(|&i| weight[i]).collect()),
            bounds,
            axes: self.names_of_axes(),
            names,
            prior: self.has_rings.then(|| plane.plot_from_z(&vec![0.0; self.z.len()])),
            path: self.path.as_ref().map_or_else(Vec::new, |path| {
                path.codes().rows().into_iter().map(|z| plane.plot_from_z(&z.to_vec())).collect()
            }),
            grid: self.grid,
            ..PlanePanel::default()
        }
    }
}

impl PlanesOf {
    /// Draws the planes of the codes `clouds`, one a plane, which are of training samples of `data`.
    pub fn figure(&self, clouds: &[&CodeCloud], data: &Dataset, look: &Look) -> Figure {
        let panels: Vec<PlanePanel> =
            self.planes.iter().zip(clouds).map(|(plane, cloud)| plane.panel(cloud, data, self)).collect();
        let (colours, named) = coloured_by(self.column, &self.hidden, data, look);
        planes(&panels, &colours, &named, look)
    }

    /// The command that draws the same of the models in these files, as one line for a shell; none while the
    /// way of a path is not known, or where single samples are left out, which is not in a command's reach.
    pub fn command_line(
        &self,
        models: &[PathBuf],
        (data, reading, dataset): (&str, &ReadSettings, &Dataset),
        look: &Look,
        out: &str,
    ) -> Option<String> {
        let mut paths = self.planes.iter().filter_map(|plane| plane.path.as_ref());
        if paths.any(|path| !path.is_known()) || !self.left_out.is_empty() {
            return None;
        }
        let mut command = CommandWords::of("plane");
        command.models(models);
        command.data(data, reading);
        self.planes.iter().for_each(|plane| plane.words(&mut command));
        // All paths are walked alike.
        if let Some(path) = self.planes.iter().find_map(|plane| plane.path.as_ref()) {
            command.option("steps", path.steps.to_string());
            command.option("path", path.walk.word());
        }
        if let Some(column) = self.column.and_then(|column| dataset.columns().get(column)) {
            command.option("colour-by", &column.name);
        }
        let hidden = self.hidden.iter().filter_map(|class| dataset.classes().get(*class));
        hidden.for_each(|name| command.option("hide", name));
        command.flag("no-class-names", !self.has_class_names);
        command.flag("no-rings", self.planes.iter().all(|plane| !plane.has_rings));
        command.look(look, out);
        Some(command.line())
    }
}

/// The colours of samples by a column or by class, and the classes that a legend names.
pub(super) fn coloured_by(
    column: Option<usize>,
    hidden: &BTreeSet<usize>,
    data: &Dataset,
    look: &Look,
) -> (Colours, Vec<(usize, String)>) {
    if column.is_some() {
        return (Colours::shades(look.mode), Vec::new());
    }
    let named = data.classes().iter().cloned().enumerate().filter(|(class, _)| !hidden.contains(class));
    (Colours::classes(look.mode, data.classes().len()), named.collect())
}

impl PlaneOf {
    fn words(&self, command: &mut CommandWords) {
        if let Some(title) = &self.title {
            command.option("title", title);
        }
        command.option("z", list(&self.z));
        let dims = match self.axes {
            PlaneAxes::Dimensions([x, y]) => format!("{x},{y}"),
            PlaneAxes::Principal => "principal".into(),
            PlaneAxes::Samples([a, b, c]) => format!("samples:{a},{b},{c}"),
        };
        command.option("dims", dims);
        command.option("range", self.range.map_or_else(|| "codes".into(), ranges));
        if let Some(grid) = self.grid {
            command.option("grid", ranges(grid));
        }
        if let Some(path) = &self.path {
            command.option("from-z", list(&path.from));
            command.option("to-z", list(&path.to));
        }
    }
}
