//! Figures for print: `halfmoon plane`, `traverse` and `curves`, and pictures as figures.

use super::UsageError;
use super::model_commands::extension;
use super::opening::Settings;
use super::parse::{CurvesArgs, FigureArgs, FigureTheme, PlaneArgs, TraverseArgs};
use super::pictures::{check_size, check_size_of, label, with_way};
use super::values::{parse_dims, parse_range, parse_ranges, parse_z};
use crate::data::{Cancel, Dataset};
use crate::latent::path::{PathSpec, Walk};
use crate::model::FrozenModel;
use crate::picture::figure::{Figure, Look};
use crate::picture::palette::Mode;
use crate::session::{
    DataOf, FigureFormat, Layer, PlaneAxes, PlaneOf, PlanesOf, Recipe, SAYS, SaidOf, Traversals, curves_figure,
    tiles_figure,
};
use crate::store;
use crate::train::{Checkpoint, CodeCloud};
use anyhow::{Result, anyhow, bail};
use std::collections::BTreeSet;
use std::path::Path;

impl FigureArgs {
    /// Whether a figure is asked for, where something else than one could be written to `out` too: pixels
    /// alone, enlarged by `scale`, or numbers. What only the other could follow is refused.
    pub fn are_asked(&self, out: &Path, scale: u8) -> Result<bool, UsageError> {
        let refused = |said: String| Err(UsageError(said));
        if self.width.is_some() && FigureFormat::of(out).is_none() {
            return refused(format!(
                "--width: a figure is written as .svg or .png, not as {}; leave it out, or choose another ending",
                out.display()
            ));
        }
        if self.width.is_some() || FigureFormat::of(out) == Some(FigureFormat::Svg) {
            return match scale {
                1 => Ok(true),
                _ => refused("--scale: a figure is as large as --width says; leave it out".into()),
            };
        }
        match self.given() {
            Some(name) => {
                refused(format!("--{name}: only a figure has that; give its --width too, or write it as .svg"))
            }
            None if scale > 1 && !["png", "gif"].contains(&extension(out)) => {
                refused("--scale: only a picture has pixels to enlarge; leave it out".into())
            }
            None => Ok(false),
        }
    }

    /// The first that is given of what only a figure has.
    fn given(&self) -> Option<&'static str> {
        let usual = Look::default();
        let only_in_figures = [
            ("width", self.width.is_some()),
            ("dpi", self.dpi != usual.dpi),
            ("theme", self.theme == FigureTheme::Dark),
            ("no-names", self.no_names),
            ("no-axes", self.no_axes),
        ];
        only_in_figures.into_iter().find_map(|(name, is_given)| is_given.then_some(name))
    }

    /// Refuses what only a figure has, where nothing is written.
    pub fn check_none(&self) -> Result<(), UsageError> {
        let said = |name| UsageError(format!("--{name}: only a figure has that; say with --out where it goes"));
        self.given().map_or(Ok(()), |name| Err(said(name)))
    }

    /// How the figure looks.
    pub fn look(&self) -> Result<Look, UsageError> {
        let usual = Look::default();
        let width = self.width.unwrap_or(usual.width_cm());
        if !Look::WIDTHS.contains(&width) {
            let (low, high) = (Look::WIDTHS.start(), Look::WIDTHS.end());
            return Err(UsageError(format!("--width {width} is not between {low} and {high} cm")));
        }
        Ok(Look {
            mode: if self.theme == FigureTheme::Dark { Mode::Dark } else { Mode::Light },
            width_tenth_mm: (100.0 * width).round() as u16,
            dpi: self.dpi,
            has_names: !self.no_names,
            has_axes: !self.no_axes,
        })
    }

    /// Writes a figure as the ending says.
    pub fn write(&self, figure: Option<Figure>, out: &Path) -> Result<()> {
        let figure = figure.ok_or_else(|| anyhow!("this model has no decoder, so there is nothing to draw"))?;
        let format = FigureFormat::of(out)
            .ok_or_else(|| anyhow!("{}: a figure can be written as .svg or .png", out.display()))?;
        Ok(store::write(out, &format.write(&figure, &self.look()?)?)?)
    }
}

/// Writes what a recipe makes as a figure.
pub fn picture(recipe: Recipe, model: &dyn FrozenModel, args: &FigureArgs, out: &Path) -> Result<()> {
    let look = args.look()?;
    check_size_of(&recipe, model)?;
    args.write(tiles_figure(&[(recipe, model, String::new())], &look), out)
}

/// Draws the planes of one or several models.
pub fn plane(args: &PlaneArgs) -> Result<()> {
    let look = args.figure.look()?;
    check_format(&args.out)?;
    let settings = Settings::of_files(&args.set)?;
    let [first, others @ ..] = &args.model[..] else {
        return Err(UsageError("--model is missing".into()).into());
    };
    let (data, checkpoint) = settings.open_on(first, &args.data)?;
    let mut models = vec![checkpoint];
    for path in others {
        models.push(settings.open(path, Some(&data.train))?);
    }
    if let Some(columns) = &args.columns {
        return plane_of_data(args, columns, &models, &data.train);
    }
    let mut clouds = Vec::new();
    for (checkpoint, path) in models.iter().zip(&args.model) {
        let model = &*checkpoint.trained.model;
        model.info().fits(&data.train).map_err(|e| anyhow!("{}: {e}", path.display()))?;
        let all = (0..data.train.n_samples() as u32).collect();
        let cloud = CodeCloud::new(model, &data.train, all, &|| false);
        clouds.push(cloud.ok_or_else(|| anyhow!("{}: this model has no encoder, so no codes", path.display()))?);
    }
    let planes = planes_of(args, &models, &clouds, &data.train)?;
    let clouds: Vec<&CodeCloud> = clouds.iter().collect();
    args.figure.write(Some(planes.figure(&clouds, &data.train, &look)), &args.out)
}

/// Draws the data by their own columns, with what models say of them.
fn plane_of_data(args: &PlaneArgs, columns: &str, models: &[Checkpoint], data: &Dataset) -> Result<()> {
    check_count("title", &args.title, models.len(), "models")?;
    check_count("range", &args.range, 1, "plane of the data, which all models share")?;
    let known = data.kind().drawable_columns().map_err(|why| UsageError(format!("--columns {columns}: {why}")))?;
    let find = |name: &str| {
        let at = known.iter().position(|known| known == name.trim());
        at.ok_or_else(|| UsageError(format!("--columns: {name:?} is none of the columns: {}", known.join(", "))))
    };
    let columns = match columns.split_once(',') {
        // A name may hold a comma itself.
        Some((across, up)) if find(columns).is_err() => [find(across)?, find(up)?],
        _ => [find(columns)?; 2],
    };
    let only_of_two = [("colour-by", args.colour_by.is_some()), ("no-class-names", args.no_class_names)];
    if columns[0] == columns[1]
        && let Some((name, _)) = only_of_two.into_iter().find(|(_, is_given)| *is_given)
    {
        let said = format!("--{name}: only two columns make a plane of samples; name another, or leave it out");
        return Err(UsageError(said).into());
    }
    let mut layers = BTreeSet::new();
    for word in args.says.iter().flat_map(|says| says.split(',')).map(str::trim) {
        let layer = SAYS.iter().find(|(name, _)| *name == word).map(|(_, layer)| *layer);
        let names = || SAYS.map(|(name, _)| name).join(", ");
        layers.insert(layer.ok_or_else(|| UsageError(format!("--says {word}: it is none of {}", names())))?);
    }
    let mut said = Vec::new();
    for (i, (checkpoint, path)) in models.iter().zip(&args.model).enumerate() {
        let model = &*checkpoint.trained.model;
        model.info().fits(data).map_err(|e| anyhow!("{}: {e}", path.display()))?;
        said.push(SaidOf::new(args.title.get(i).cloned(), &layers, columns, model));
    }
    let is_unsaid = |layer: &Layer| layers.contains(layer) && said.iter().all(|said| !said.layers.contains(layer));
    if let Some((word, _)) = SAYS.iter().find(|(_, layer)| is_unsaid(layer)) {
        return Err(
            UsageError(format!("--says {word}: no model here says that of these columns; leave it out")).into()
        );
    }
    let of = DataOf {
        columns,
        said,
        range: args.range.first().filter(|text| *text != "codes").map(|text| parse_range(text)).transpose()?,
        column: args.colour_by.as_ref().map(|name| column_named(name, data)).transpose()?,
        hidden: args.hide.iter().map(|name| class_named(name, data)).collect::<Result<_, _>>()?,
        left_out: Default::default(),
        chosen: Default::default(),
        has_class_names: !args.no_class_names,
    };
    let models: Vec<&dyn FrozenModel> = models.iter().map(|model| &*model.trained.model).collect();
    args.figure.write(of.figure(&models, data, &args.figure.look()?, &Cancel::default()), &args.out)
}

/// Checks that an option is given no more often than there is something that it could be for.
fn check_count(name: &str, given: &[String], n: usize, of: &str) -> Result<(), UsageError> {
    if given.len() <= n {
        return Ok(());
    }
    Err(UsageError(format!("--{name} is given {} times, for {n} {of}", given.len())))
}

/// The class of this name.
fn class_named(name: &String, data: &Dataset) -> Result<usize, UsageError> {
    let at = data.classes().iter().position(|class| class == name);
    at.ok_or_else(|| UsageError(format!("--hide {name:?} is none of the classes: {}", data.classes().join(", "))))
}

/// The column of this name that samples are coloured by.
fn column_named(name: &String, data: &Dataset) -> Result<usize, UsageError> {
    let names: Vec<&str> = data.columns().iter().map(|column| column.name.as_str()).collect();
    let at = names.iter().position(|column| column == name);
    at.ok_or_else(|| UsageError(format!("--colour-by {name:?} is none of the columns: {}", names.join(", "))))
}

/// Whether a figure can be written to `out`, by its ending.
pub fn check_format(out: &Path) -> Result<()> {
    if FigureFormat::of(out).is_none() {
        bail!("{}: a figure can be written as .svg or .png", out.display());
    }
    Ok(())
}

/// What the arguments describe.
fn planes_of(args: &PlaneArgs, models: &[Checkpoint], clouds: &[CodeCloud], data: &Dataset) -> Result<PlanesOf> {
    let n = models.len();
    for (name, given) in [
        ("title", &args.title),
        ("z", &args.z),
        ("dims", &args.dims),
        ("range", &args.range),
        ("grid", &args.grid),
        ("from-z", &args.from_z),
        ("to-z", &args.to_z),
    ] {
        check_count(name, given, n, "models")?;
    }
    let planes = models
        .iter()
        .zip(clouds)
        .enumerate()
        .map(|(i, (checkpoint, cloud))| plane_of(args, i, &*checkpoint.trained.model, cloud));
    Ok(PlanesOf {
        planes: planes.collect::<Result<_, _>>()?,
        column: args.colour_by.as_ref().map(|name| column_named(name, data)).transpose()?,
        hidden: args.hide.iter().map(|name| class_named(name, data)).collect::<Result<_, _>>()?,
        left_out: Default::default(),
        has_class_names: !args.no_class_names,
    })
}

fn plane_of(args: &PlaneArgs, i: usize, model: &dyn FrozenModel, cloud: &CodeCloud) -> Result<PlaneOf> {
    let len = model.info().latent_dim();
    let centre = || cloud.centre().and_then(|sample| cloud.code_of(sample)).unwrap_or_else(|| vec![0.0; len]);
    let path = match (args.from_z.get(i), args.to_z.get(i)) {
        (Some(from), Some(to)) => Some(PathSpec {
            from: parse_z("--from-z", from, len)?,
            to: parse_z("--to-z", to, len)?,
            steps: usize::from(args.steps),
            walk: args.path,
            way: None,
        }),
        (None, None) => None,
        _ => return Err(UsageError("--from-z and --to-z are given together".into()).into()),
    };
    if path.is_some() && args.path == Walk::Geodesic && !model.info().classes.is_empty() {
        let said = "--path geodesic: this model is told a class, on which the way hangs; walk it knn or linear";
        return Err(UsageError(said.into()).into());
    }
    let path = path.map(|path| with_way(path, model, None, Some(cloud.codes.mu.view()))).transpose()?;
    let axes = args.dims.get(i).map_or(Ok(PlaneAxes::first(len)), |text| axes_of(text, len, cloud))?;
    let range = args.range.get(i).filter(|text| *text != "codes");
    Ok(PlaneOf {
        title: args.title.get(i).cloned(),
        z: args.z.get(i).map(|text| parse_z("--z", text, len)).transpose()?.unwrap_or_else(centre),
        axes,
        range: range.map(|text| parse_range(text)).transpose()?,
        path,
        grid: args.grid.get(i).map(|text| parse_range(text)).transpose()?,
        has_rings: !args.no_rings && model.info().has_prior() && len > 1,
    })
}

/// What a plane of codes of length `len` is drawn along, as `--dims` says it.
fn axes_of(text: &str, len: usize, cloud: &CodeCloud) -> Result<PlaneAxes, UsageError> {
    let refused = |why: String| Err(UsageError(format!("--dims {text}: {why}")));
    match text.strip_prefix("samples:") {
        _ if text == "principal" => match &cloud.principal {
            Some(_) => Ok(PlaneAxes::Principal),
            None if len < 3 => {
                refused(format!("the codes have {len} dimensions, which are drawn as they are; leave it out"))
            }
            None => refused("these codes have no directions along which they spread most; name two".into()),
        },
        Some(samples) => {
            let samples = three(samples, cloud)?;
            match cloud.plane_through(samples) {
                Some(_) => Ok(PlaneAxes::Samples(samples)),
                None => refused("the codes of these samples lie in one line; give three others".into()),
            }
        }
        None if len == 1 => Ok(PlaneAxes::first(len)),
        None => parse_dims(text, len).map(PlaneAxes::Dimensions),
    }
}

/// Three training samples.
fn three(text: &str, cloud: &CodeCloud) -> Result<[u32; 3], UsageError> {
    let samples: Option<Vec<u32>> = text.split(',').map(|part| part.trim().parse().ok()).collect();
    let samples = samples.and_then(|samples| <[u32; 3]>::try_from(samples).ok());
    let are_there = |samples: &[u32; 3]| samples.iter().all(|sample| cloud.place_of(*sample).is_some());
    samples.filter(are_there).ok_or_else(|| {
        UsageError(format!("--dims samples:{text}: give three training samples by number, like samples:3,7,12"))
    })
}

/// Draws what dimensions do.
pub fn traverse(args: &TraverseArgs) -> Result<()> {
    let look = args.figure.look()?;
    check_format(&args.out)?;
    let checkpoint = Settings::of_files(&args.set)?.open_alone(&args.model)?;
    let model = &*checkpoint.trained.model;
    super::pictures::check_codes(model)?;
    let traversals = traversals_of(args, model)?;
    check_size(traversals.swept.len() * traversals.steps, 1, Some("fewer --dims or --steps"), model)?;
    args.figure.write(traversals.figure(model, &look), &args.out)
}

/// What the arguments describe.
fn traversals_of(args: &TraverseArgs, model: &dyn FrozenModel) -> Result<Traversals, UsageError> {
    let len = model.info().latent_dim();
    let dims: Vec<usize> = match &args.dims {
        None => (0..len.min(64)).collect(),
        Some(text) => {
            let dims: Option<Vec<usize>> = text.split(',').map(|part| part.trim().parse().ok()).collect();
            dims.filter(|dims| dims.iter().all(|dim| *dim < len)).ok_or_else(|| {
                let last = len.saturating_sub(1);
                UsageError(format!(
                    "--dims {text:?} does not name dimensions from 0 to {last}; write it like 0,1,4"
                ))
            })?
        }
    };
    let ranges = parse_ranges(&args.range, dims.len())?;
    Ok(Traversals {
        z: args.z.as_ref().map_or_else(|| Ok(vec![0.0; len]), |text| parse_z("--z", text, len))?,
        swept: dims.into_iter().zip(ranges).collect(),
        steps: usize::from(args.steps),
        label: label(args.label.as_deref(), model)?,
        writing: args.writing.settings(model)?,
    })
}

/// Draws the loss curves that model files hold.
pub fn curves(args: &CurvesArgs) -> Result<()> {
    let look = args.figure.look()?;
    check_format(&args.out)?;
    let settings = Settings::of_files(&args.set)?;
    let models = args.model.iter().map(|path| settings.open_alone(path)).collect::<Result<Vec<_>>>()?;
    let name = |i: usize| {
        let stem = || args.model[i].file_stem().unwrap_or_default().to_string_lossy().into_owned();
        args.title.get(i).cloned().unwrap_or_else(stem)
    };
    let named: Vec<_> = models
        .iter()
        .enumerate()
        .map(|(i, model)| (name(i), &*model.trained.train_curve, &*model.trained.test_curve))
        .collect();
    let figure = curves_figure(&named, &look)
        .ok_or_else(|| anyhow!("{}: the file holds no losses; train a model here", args.model[0].display()))?;
    args.figure.write(Some(figure), &args.out)
}
