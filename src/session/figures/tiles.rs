//! Figures of decoded pictures: what the tool shows, with names, and what every dimension does.

use crate::latent::grid::GridSpec;
use crate::model::FrozenModel;
use crate::nn::Scratch;
use crate::picture::figure::{Figure, Look, Matrix, matrix};
use crate::picture::render::{Asked, shown};
use crate::picture::ticks::written;
use crate::picture::{Pixels, Shown, WritingSettings};
use crate::session::command_words::{CommandWords, list};
use crate::session::recipe::{DataNamed, PictureOf, Recipe};
use ndarray::Array2;
use std::path::Path;

/// Draws what recipes make, each of its own model with its name, a row below a row; none where a model has no
/// decoder or what is drawn is no row.
pub fn tiles_figure(of: &[(Recipe, &dyn FrozenModel, String)], look: &Look) -> Option<Figure> {
    let [(recipe, model, _), others @ ..] = of else { return None };
    let first = recipe.decoded(*model, &mut Scratch::default())?;
    let mut all = recipe.of.matrix(first, &model.info().classes, others.is_empty());
    for (recipe, model, _) in others {
        let more = recipe.decoded(*model, &mut Scratch::default())?;
        if let (Some(all), Some(more)) = (&mut all.said, more.said()) {
            all.words.extend(more.words);
        }
        let more = more.tiles();
        if more.width != all.tiles.width || all.rows > 1 && !all.is_parted {
            return None;
        }
        all.tiles.rgba.extend(&more.rgba);
        all.tiles.height += more.height;
        (all.rows, all.is_parted) = (all.rows + 1, true);
    }
    if !others.is_empty() {
        all.row_names = of.iter().map(|(.., name)| name.clone()).collect();
    }
    Some(matrix(&all, look))
}

impl PictureOf {
    /// The tiles with their names; `is_alone` where no other model's stand below.
    fn matrix(&self, shown: Shown, classes: &[String], is_alone: bool) -> Matrix {
        let (said, tiles) = (shown.said(), shown.into_tiles());
        let is_list = is_alone && said.as_ref().is_some_and(|said| self.is_list(said));
        let all = match self {
            Self::Code { z } => {
                let name = z.iter().map(|z| written(f64::from(*z), 2)).collect::<Vec<_>>().join(", ");
                let column_names = if z.len() <= 4 { vec![format!("z = {name}")] } else { Vec::new() };
                Matrix { tiles, rows: 1, columns: 1, column_names, ..Matrix::default() }
            }
            Self::Labels { .. } => {
                let column_names = classes.to_vec();
                Matrix { tiles, rows: 1, columns: classes.len(), column_names, ..Matrix::default() }
            }
            Self::Grid { dims, grid, .. } => grid_matrix(tiles, grid, dims.map(|dim| format!("z[{dim}]"))),
            Self::GridOn { grid, .. } => grid_matrix(tiles, grid, ["axis 1".into(), "axis 2".into()]),
            Self::Path(path) => {
                let names = (0..path.steps).map(|step| match step {
                    0 => "A".into(),
                    step if step + 1 == path.steps => "B".into(),
                    step => written(f64::from(path.t_of(step)), 2),
                });
                if is_list {
                    Matrix { tiles, rows: path.steps, columns: 1, row_names: names.collect(), ..Matrix::default() }
                } else {
                    let column_names = names.collect();
                    Matrix { tiles, rows: 1, columns: path.steps, column_names, ..Matrix::default() }
                }
            }
        };
        Matrix { said, ..all }
    }
}

fn grid_matrix(tiles: Pixels, grid: &GridSpec, [across, up]: [String; 2]) -> Matrix {
    let spec = grid.normalised();
    let names = |range: [f32; 2]| {
        let decimals = if range[1] - range[0] < 10.0 { 2 } else { 1 };
        let values = GridSpec::values(range, spec.steps, spec.spacing);
        values.into_iter().map(move |value| written(f64::from(value), decimals)).collect::<Vec<_>>()
    };
    let row_names = names(spec.y).into_iter().rev().collect();
    Matrix {
        tiles,
        rows: spec.steps,
        columns: spec.steps,
        row_names,
        column_names: names(spec.x),
        across: Some(across),
        up: Some(up),
        ..Matrix::default()
    }
}

impl Recipe {
    /// The command that draws the same as a figure, as one line for a shell, where there is one; `data` are
    /// those of the session.
    pub fn figure_line(&self, data: Option<DataNamed<'_>>, look: &Look, out: &str) -> Option<String> {
        let mut command = self.command(data)?;
        command.look(look, out);
        Some(command.line())
    }
}

/// What each of some dimensions does: a row a dimension, swept while the others stay.
#[derive(Clone, Debug, PartialEq)]
pub struct Traversals {
    /// The code whose other dimensions stay.
    pub z: Vec<f32>,
    /// The dimensions, from the top, each with the bounds it is swept between.
    pub swept: Vec<(usize, [f32; 2])>,
    /// Pictures in a row, at least 2.
    pub steps: usize,
    /// The class that the model is told, by name, if it is told any.
    pub label: Option<String>,
    /// How sentences are written, where the model writes any.
    pub writing: WritingSettings,
}

impl Traversals {
    /// Fewest and most pictures in a row.
    pub const STEPS: std::ops::RangeInclusive<usize> = 2..=33;

    /// Draws them; none where the model has no decoder or is told another label.
    pub fn figure(&self, model: &dyn FrozenModel, look: &Look) -> Option<Figure> {
        let n = self.swept.len() * self.steps;
        let value =
            |[low, high]: [f32; 2], step: usize| low + (high - low) * step as f32 / (self.steps - 1) as f32;
        let z = Array2::from_shape_fn((n, self.z.len()), |(i, dim)| {
            let (swept, range) = self.swept[i / self.steps];
            if dim == swept { value(range, i % self.steps) } else { self.z[dim] }
        });
        let classes = &model.info().classes;
        let labels = match &self.label {
            _ if classes.is_empty() => Vec::new(),
            Some(name) => vec![classes.iter().position(|class| class == name)? as u16; n],
            None => return None,
        };
        let asked = Asked { z: z.view(), labels: &labels, writing: &self.writing };
        let decoded = shown(model, asked, self.steps, &mut Scratch::default())?;
        let ranges: Vec<[f32; 2]> = self.swept.iter().map(|(_, range)| *range).collect();
        let are_alike = ranges.windows(2).all(|pair| pair[0] == pair[1]);
        let number = |value: f32| written(f64::from(value), if value.abs() < 10.0 { 1 } else { 0 });
        // Where rows sweep over other stretches, each says its own.
        let row_names = self.swept.iter().map(|(dim, [low, high])| match are_alike {
            true => format!("z[{dim}]"),
            false => format!("z[{dim}]  {} … {}", number(*low), number(*high)),
        });
        let columns = ranges.first().filter(|_| are_alike);
        let column_names = columns.map(|range| (0..self.steps).map(|step| number(value(*range, step))).collect());
        let all = Matrix {
            said: decoded.said(),
            tiles: decoded.into_tiles(),
            rows: self.swept.len(),
            columns: self.steps,
            row_names: row_names.collect(),
            column_names: column_names.unwrap_or_default(),
            is_parted: true,
            ..Matrix::default()
        };
        Some(matrix(&all, look))
    }

    /// The command that draws the same of the model in a file, as one line for a shell.
    pub fn command_line(&self, model: &Path, look: &Look, out: &str) -> String {
        let mut command = CommandWords::of("traverse");
        command.option("model", model.display().to_string());
        command.option("z", list(&self.z));
        let joined = |parts: Vec<String>| parts.join(",");
        command.option("dims", joined(self.swept.iter().map(|(dim, _)| dim.to_string()).collect()));
        command
            .option("range", joined(self.swept.iter().map(|(_, [low, high])| format!("{low}:{high}")).collect()));
        command.option("steps", self.steps.to_string());
        if let Some(label) = &self.label {
            command.option("label", label);
        }
        command.options(self.writing.options());
        command.look(look, out);
        command.line()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::SampleKind;
    use crate::latent::grid::Spacing;
    use crate::latent::path::{PathSpec, Walk};
    use crate::model::{ModelSpec, Settings};
    use crate::store;
    use std::collections::BTreeSet;

    #[test]
    fn what_is_decoded_to_words_is_drawn_as_words() {
        let vocabulary = ["cat", "moon", "sun"];
        let kind = SampleKind::documents(vocabulary);
        let spec = ModelSpec::of_kind("ae").unwrap().with("likelihood", "multinomial").unwrap();
        let model = spec.check(&kind, &[]).unwrap().frozen(None).unwrap();
        let grid = GridSpec { x: [-1.0, 1.0], y: [-1.0, 1.0], steps: 2, spacing: Spacing::Linear };
        let of = PictureOf::Grid { dims: [0, 1], grid, z: vec![0.0; model.info().latent_dim()] };
        let bare = Look { has_names: false, has_axes: false, ..Look::default() };
        let figure = tiles_figure(&[(Recipe::shown(of, None), &*model, String::new())], &bare).unwrap();
        let said: Vec<&str> = figure.texts().collect();
        assert_eq!(said.len(), 4 * vocabulary.len(), "three words in each of four cells: {said:?}");
        assert_eq!(said.into_iter().collect::<BTreeSet<_>>(), BTreeSet::from(vocabulary));
    }

    #[test]
    fn a_path_of_sentences_is_a_list_with_a_place_before_each() {
        let checkpoint = store::embedded(Path::new("sentences-vae")).unwrap().open().unwrap();
        let model = &*checkpoint.trained.model;
        let n = model.info().latent_dim();
        let path = PathSpec { from: vec![-1.0; n], to: vec![1.0; n], steps: 3, walk: Walk::Linear, way: None };
        let recipe = || Recipe::shown(PictureOf::Path(path.clone()), None);
        let wide = Look { width_tenth_mm: 4000, ..Look::default() };
        let lines = recipe().decoded(model, &mut Scratch::default()).unwrap().said().unwrap().words;
        let lines: Vec<String> = lines.iter().map(|words| words.join(" ")).collect();
        let figure = tiles_figure(&[(recipe(), model, String::new())], &wide).unwrap();
        let want: Vec<&str> = lines.iter().map(String::as_str).chain(["A", "0.50", "B"]).collect();
        assert_eq!(figure.texts().collect::<Vec<_>>(), want);
        // As pixels too, and an animation has its pictures side by side.
        let size = |is_animated| {
            let pixels = recipe().render(model, is_animated, &mut Scratch::default()).unwrap().unwrap();
            (pixels.width, pixels.height)
        };
        assert!(size(false).0 > 2 * size(false).1, "{:?}", size(false));
        assert_eq!(size(true).0 % 3, 0);
        assert!(size(true).0 > size(true).1);
    }
}
