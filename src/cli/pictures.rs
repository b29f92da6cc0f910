//! `halfmoon decode`, `grid` and `interpolate`: pictures by the same path as the window's.

use super::model_commands::{check_fit, check_sample, extension, of_split};
use super::opening::Settings;
use super::parse::{DecodeArgs, GridArgs, InterpolateArgs};
use super::values::{parse_dims, parse_range, parse_z};
use super::{UsageError, figures};
use crate::data::{Cancel, DataSplit};
use crate::latent::grid::GridSpec;
use crate::latent::path::{PathSpec, Walk};
use crate::model::FrozenModel;
use crate::picture::render::{self, Asked};
use crate::picture::{Pixels, WritingSettings};
use crate::session::{PictureOf, Recipe};
use crate::store;
use crate::train;
use anyhow::{Result, anyhow, bail};
use ndarray::{Array2, ArrayView2};
use std::path::Path;

/// Decodes one code.
pub fn decode(args: &DecodeArgs) -> Result<()> {
    let checkpoint = Settings::of_files(&args.set)?.open_alone(&args.model)?;
    let model = &*checkpoint.trained.model;
    check_codes(model)?;
    let z = parse_z("--z", &args.z, model.info().latent_dim())?;
    let (scale, writing) = (usize::from(args.scale), args.writing.settings(model)?);
    let recipe = if args.label.as_deref() == Some("all") && !model.info().classes.is_empty() {
        Recipe { model: args.model.clone(), label: None, of: PictureOf::Labels { z: z.clone() }, writing, scale }
    } else {
        let label = label(args.label.as_deref(), model)?;
        Recipe { model: args.model.clone(), label, of: PictureOf::Code { z: z.clone() }, writing, scale }
    };
    let Some(out) = args.writing.picture_at(args.out.as_deref(), model)? else {
        args.figure.are_asked(text_at(args.out.as_deref()), args.scale)?;
        let z = ArrayView2::from_shape((1, z.len()), &z)?;
        return args.writing.write(z, model, args.out.as_deref());
    };
    if args.figure.are_asked(out, args.scale)? {
        return figures::picture(recipe, model, &args.figure, out);
    }
    let bytes = match extension(out) {
        "png" => store::png(&render(&recipe, model, false)?)?,
        ending @ ("npy" | "csv") => {
            let z = ArrayView2::from_shape((1, z.len()), &z)?;
            let classes = &*model.info().classes;
            let label = recipe.label.and_then(|name| classes.iter().position(|class| *class == name));
            if label.is_none() && !classes.is_empty() {
                bail!("--label all makes a row of pictures; write it as .png or give one label");
            }
            let labels: Vec<u16> = label.into_iter().map(|label| label as u16).collect();
            let asked = Asked { z, labels: &labels, writing: &recipe.writing };
            let x_hat = render::decoded(model, asked, &mut Default::default())
                .ok_or_else(|| anyhow!("this model has no decoder"))?;
            if ending == "csv" {
                store::rows_csv(&model.info().output, x_hat.view())?
            } else {
                store::npy(x_hat.view())?
            }
        }
        _ => bail!("{}: what a code decodes to can be written as .png, .npy or .csv", out.display()),
    };
    Ok(store::write(out, &bytes)?)
}

/// Where text goes, for what is said of options that it cannot follow.
fn text_at(out: Option<&Path>) -> &Path {
    out.unwrap_or(Path::new("text"))
}

/// The class that the model is to be told, which must be given if and only if it is told one.
pub fn label(given: Option<&str>, model: &dyn FrozenModel) -> Result<Option<String>, UsageError> {
    let classes = &*model.info().classes;
    match given {
        None if classes.is_empty() => Ok(None),
        Some(name) if classes.iter().any(|class| class == name) => Ok(Some(name.into())),
        _ if classes.is_empty() => Err(UsageError("--label: this model is told no label; leave it out".into())),
        _ => {
            let some: Vec<&str> = classes.iter().take(20).map(String::as_str).collect();
            let given =
                given.map_or_else(|| "is missing".into(), |name| format!("{name:?} is none of its classes"));
            Err(UsageError(format!(
                "--label {given}: this model is told the label; give one of {}",
                some.join(", ")
            )))
        }
    }
}

/// Checks that a model has codes at all.
pub fn check_codes(model: &dyn FrozenModel) -> Result<()> {
    if model.info().latent.is_some() {
        return Ok(());
    }
    let instead =
        if model.completer().is_some() { "; `complete` draws the rest of a picture with it" } else { "" };
    bail!("{}: this model has no codes{instead}", model.info().title)
}

/// Decodes a grid of codes.
pub fn grid(args: &GridArgs) -> Result<()> {
    let checkpoint = Settings::of_files(&args.set)?.open_alone(&args.model)?;
    let model = &*checkpoint.trained.model;
    check_codes(model)?;
    if !matches!(extension(&args.out), "png" | "svg") {
        bail!("{}: a grid can be written as .png, or as a figure, .svg", args.out.display());
    }
    let mut recipe = grid_recipe(args, model.info().latent_dim())?;
    recipe.label = label(args.label.as_deref(), model)?;
    recipe.writing = args.writing.settings(model)?;
    if args.figure.are_asked(&args.out, args.scale)? {
        return figures::picture(recipe, model, &args.figure, &args.out);
    }
    Ok(store::write(&args.out, &store::png(&render(&recipe, model, false)?)?)?)
}

/// What the arguments describe, for a model with codes of length `latent_dim`.
fn grid_recipe(args: &GridArgs, latent_dim: usize) -> Result<Recipe> {
    let dims = if latent_dim == 1 { [0, 0] } else { parse_dims(&args.dims, latent_dim)? };
    let [x, y] = parse_range(&args.range)?;
    let z = match &args.z {
        Some(text) => parse_z("--z", text, latent_dim)?,
        None => vec![0.0; latent_dim],
    };
    let grid = GridSpec { x, y, steps: usize::from(args.steps), spacing: args.spacing };
    Ok(Recipe {
        model: args.model.clone(),
        label: args.label.clone(),
        of: PictureOf::Grid { dims, grid, z },
        writing: WritingSettings::default(),
        scale: usize::from(args.scale),
    })
}

/// Walks from one code to another.
pub fn interpolate(args: &InterpolateArgs) -> Result<()> {
    let settings = Settings::of_files(&args.set)?;
    let (data, checkpoint) = match &args.data {
        Some(data) => settings.open_on(&args.model, data).map(|(data, model)| (Some(data), model))?,
        None => (None, settings.open(&args.model, None)?),
    };
    let model = &*checkpoint.trained.model;
    check_codes(model)?;
    let picture_at = args.writing.picture_at(args.out.as_deref(), model)?;
    if let Some(out) = picture_at.filter(|out| !matches!(extension(out), "png" | "gif" | "svg")) {
        bail!("{}: a walk can be written as a strip, .png or .svg, or an animation, .gif", out.display());
    }
    let mut recipe = path_recipe(args, model, data.as_ref())?;
    recipe.label = label(args.label.as_deref(), model)?;
    recipe.writing = args.writing.settings(model)?;
    if let PictureOf::Path(path) = &mut recipe.of {
        let codes = match &data {
            Some(data) if path.walk == Walk::Neighbours => Some(training_codes(model, data)?),
            _ => None,
        };
        let codes = codes.as_ref().map(|codes| codes.view());
        *path = with_way(path.clone(), model, recipe.label.as_deref(), codes)?;
    }
    let Some(out) = picture_at else {
        args.figure.are_asked(text_at(args.out.as_deref()), args.scale)?;
        return args.writing.write(recipe.of.codes(model.info().classes.len()).view(), model, args.out.as_deref());
    };
    if args.figure.are_asked(out, args.scale)? {
        return figures::picture(recipe, model, &args.figure, out);
    }
    let is_gif = extension(out) == "gif";
    let pixels = render(&recipe, model, is_gif)?;
    let bytes = if is_gif { store::gif(&pixels, usize::from(args.steps))? } else { store::png(&pixels)? };
    Ok(store::write(out, &bytes)?)
}

/// What the arguments describe.
fn path_recipe(args: &InterpolateArgs, model: &dyn FrozenModel, data: Option<&DataSplit>) -> Result<Recipe> {
    let latent_dim = model.info().latent_dim();
    let (from, to) = match (data, args.from, args.to, &args.from_z, &args.to_z) {
        (_, _, _, Some(from), Some(to)) => {
            (parse_z("--from-z", from, latent_dim)?, parse_z("--to-z", to, latent_dim)?)
        }
        (Some(data), Some(from), Some(to), ..) => codes_of(model, data, args, [from, to])?,
        _ => return Err(UsageError("give --data with --from and --to, or --from-z and --to-z".into()).into()),
    };
    if data.is_some() && args.from.is_none() && args.path != Walk::Neighbours {
        let said = "--data: give --from and --to, which count in them, or --path knn, which goes past their codes";
        return Err(UsageError(said.into()).into());
    }
    let path = PathSpec { from, to, steps: usize::from(args.steps), walk: args.path, way: None };
    Ok(Recipe {
        model: args.model.clone(),
        label: args.label.clone(),
        of: PictureOf::Path(path),
        writing: WritingSettings::default(),
        scale: usize::from(args.scale),
    })
}

/// A path with the way that it takes, where that must be worked out: under the class `label` for a model that
/// is told one, past the `codes` of samples where it goes past any.
pub fn with_way(
    path: PathSpec,
    model: &dyn FrozenModel,
    label: Option<&str>,
    codes: Option<ArrayView2<f32>>,
) -> Result<PathSpec> {
    let word = path.walk.word();
    if !path.walk.is_worked_out() {
        return Ok(path);
    }
    if path.walk == Walk::Neighbours && codes.is_none() {
        let said = format!("--path {word} goes past the codes of samples; give the --data that they are of");
        return Err(UsageError(said).into());
    }
    let none = Array2::zeros((0, path.from.len()));
    let label = label.and_then(|label| model.info().classes.iter().position(|class| class == label));
    let label = label.unwrap_or_default() as u16;
    let codes = codes.unwrap_or(none.view());
    let walked = train::walked(model, label, path.clone(), codes, &Cancel::default())
        .ok_or_else(|| anyhow!("this model has no decoder, so there is no path to walk"))?;
    if walked.path.way.is_none() {
        bail!("--path {word}: no such way joins the two codes; walk it linear or slerp");
    }
    Ok(PathSpec { way: walked.path.way, ..path })
}

/// The codes of all training samples.
fn training_codes(model: &dyn FrozenModel, data: &DataSplit) -> Result<Array2<f32>> {
    check_fit(model, data)?;
    let all: Vec<u32> = (0..data.train.n_samples() as u32).collect();
    let codes = train::encode(model, &data.train, &all, &|| false);
    Ok(codes.ok_or_else(|| anyhow!("this model has no encoder, so there are no codes to go past"))?.mu)
}

/// The codes of two samples.
fn codes_of(
    model: &dyn FrozenModel,
    data: &DataSplit,
    args: &InterpolateArgs,
    samples: [usize; 2],
) -> Result<(Vec<f32>, Vec<f32>)> {
    check_fit(model, data)?;
    let dataset = of_split(data, args.split);
    samples.iter().try_for_each(|&sample| check_sample(sample, dataset, data))?;
    let codes = train::encode(model, dataset, &samples.map(|idx| idx as u32), &|| false)
        .ok_or_else(|| anyhow!("this model has no encoder; give --from-z and --to-z"))?;
    Ok((codes.mu.row(0).to_vec(), codes.mu.row(1).to_vec()))
}

/// Most numbers that the pictures of one file may have together: a gigabyte of them.
const MAX_VALUES: usize = 1 << 28;

/// Checks that `n` pictures of one file, `scale` times as large as the model's, are not more than memory
/// holds; where they are, `remedy` says how to have fewer.
pub fn check_size(
    n: usize,
    scale: usize,
    remedy: Option<&str>,
    model: &dyn FrozenModel,
) -> Result<(), UsageError> {
    if n.saturating_mul(model.info().output.n_features()).saturating_mul(scale * scale) <= MAX_VALUES {
        return Ok(());
    }
    let many = if n == 1 { "1 picture of this model is" } else { &format!("{n} pictures of this model are") };
    let remedies: Vec<&str> = remedy.into_iter().chain((scale > 1).then_some("a smaller --scale")).collect();
    Err(UsageError(format!("{many} more than one file can hold; give {}", remedies.join(" or "))))
}

/// Checks the size of what a recipe makes.
pub fn check_size_of(recipe: &Recipe, model: &dyn FrozenModel) -> Result<(), UsageError> {
    let (n, remedy) = match &recipe.of {
        PictureOf::Code { .. } => (1, None),
        PictureOf::Labels { .. } => (model.info().classes.len(), Some("one --label")),
        PictureOf::Grid { grid, .. } | PictureOf::GridOn { grid, .. } => {
            (grid.steps * grid.steps, Some("fewer --steps"))
        }
        PictureOf::Path(path) => (path.steps, Some("fewer --steps")),
    };
    check_size(n, recipe.scale, remedy, model)
}

fn render(recipe: &Recipe, model: &dyn FrozenModel, is_animated: bool) -> Result<Pixels> {
    check_size_of(recipe, model)?;
    let made = recipe.render(model, is_animated, &mut Default::default());
    Ok(made.ok_or_else(|| anyhow!("this model has no decoder, so there is no picture to write"))??)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{Args, Command};
    use crate::latent::grid::Spacing;
    use crate::model::ModelSpec;
    use clap::Parser;
    use proptest::prelude::*;
    use std::sync::Arc;

    proptest! {
        #[test]
        fn a_recipe_prints_as_a_command_that_parses_back(
            low in -5.0f32..0.0, width in 0.01f32..9.0, steps in 1usize..=200, gaussian: bool,
            z in proptest::collection::vec(-4.0f32..4.0, 3..6), name in "[a-z ']{1,8}"
        ) {
            let spacing = if gaussian { Spacing::Gaussian } else { Spacing::Linear };
            let grid = GridSpec { x: [low, low + width], y: [low - 1.0, low + width], steps, spacing };
            let of = PictureOf::Grid { dims: [2, 0], grid, z: z.clone() };
            let label = gaussian.then(|| name.trim().to_string());
            let recipe = Recipe { model: format!("{name}.safetensors").into(), label, of, writing: WritingSettings::default(), scale: 1 };
            let words = recipe.words("out.png").unwrap();
            let parsed = Args::try_parse_from(&words).unwrap();
            let Some(Command::Grid(args)) = parsed.command else { panic!("not a grid") };
            prop_assert_eq!(grid_recipe(&args, z.len()).unwrap(), recipe);
        }

        #[test]
        fn a_path_prints_as_a_command_that_parses_back(
            from in proptest::collection::vec(-4.0f32..4.0, 2), to in proptest::collection::vec(-4.0f32..4.0, 2),
            steps in 2usize..=33, arc: bool
        ) {
            let walk = if arc { Walk::Spherical } else { Walk::Linear };
            let of = PictureOf::Path(PathSpec { from, to, steps, walk, way: None });
            let recipe = Recipe { model: "m.safetensors".into(), label: None, of, writing: WritingSettings::default(), scale: 3 };
            let parsed = Args::try_parse_from(recipe.words("out.gif").unwrap()).unwrap();
            let Some(Command::Interpolate(args)) = parsed.command else { panic!("not a path") };
            let kind = crate::data::SampleKind::square(1, 1);
            let model = ModelSpec::default().check(&kind, &[]).unwrap().frozen(None).unwrap();
            prop_assert_eq!(path_recipe(&args, &*model, None).unwrap(), recipe);
        }
    }

    #[test]
    fn a_way_that_was_worked_out_is_worked_out_anew_by_its_command() {
        let path = |walk, way| PathSpec { from: vec![0.5, 0.0], to: vec![-1.0, 2.0], steps: 3, walk, way };
        let way = || Some(Arc::new(Array2::zeros((5, 2))));
        let words = |path| {
            let of = PictureOf::Path(path);
            Recipe { model: "m.safetensors".into(), ..Recipe::shown(of, None) }.words("out.png")
        };
        let parsed = Args::try_parse_from(words(path(Walk::Geodesic, way())).unwrap()).unwrap();
        let Some(Command::Interpolate(args)) = parsed.command else { panic!("not a path") };
        assert_eq!(args.path, Walk::Geodesic);
        assert_eq!(words(path(Walk::Geodesic, None)), None, "what is shown meanwhile is another path");
        assert_eq!(words(path(Walk::Neighbours, way())), None, "it goes past the codes of data");
    }
}
