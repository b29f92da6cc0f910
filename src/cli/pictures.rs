//! `halfmoon decode` and `halfmoon grid`: pictures by the same path as the window's.

use super::model_commands::extension;
use super::parse::{DecodeArgs, GridArgs, parse_dims, parse_range, parse_z};
use crate::latent::grid::GridSpec;
use crate::session::{PictureOf, Recipe};
use crate::store;
use anyhow::{Result, anyhow, bail};
use ndarray::ArrayView2;

/// Decodes one code.
pub fn decode(args: &DecodeArgs) -> Result<()> {
    let checkpoint = store::open(&args.model)?;
    let model = &*checkpoint.trained.model;
    let z = parse_z(&args.z, model.spec().latent_dim())?;
    let bytes = match extension(&args.out) {
        "png" => picture(&Recipe { model: args.model.clone(), of: PictureOf::Code { z } }, model)?,
        "npy" => {
            let decoder = model.decoder().ok_or_else(|| anyhow!("this model has no decoder"))?;
            let z = ArrayView2::from_shape((1, z.len()), &z)?;
            store::npy(decoder.decode(z, &mut Default::default()).view())?
        }
        _ => bail!("{}: an image can be written as .png or .npy", args.out.display()),
    };
    Ok(store::write(&args.out, &bytes)?)
}

/// Decodes a grid of codes.
pub fn grid(args: &GridArgs) -> Result<()> {
    let checkpoint = store::open(&args.model)?;
    let model = &*checkpoint.trained.model;
    if extension(&args.out) != "png" {
        bail!("{}: a grid can be written as .png", args.out.display());
    }
    let recipe = grid_recipe(args, model.spec().latent_dim())?;
    let bytes = picture(&recipe, model)?;
    Ok(store::write(&args.out, &bytes)?)
}

/// What the arguments describe, for a model with codes of length `latent_dim`.
pub fn grid_recipe(args: &GridArgs, latent_dim: usize) -> Result<Recipe> {
    let dims = if latent_dim == 1 { [0, 0] } else { parse_dims(&args.dims, latent_dim)? };
    let [x, y] = parse_range(&args.range)?;
    let z = match &args.z {
        Some(text) => parse_z(text, latent_dim)?,
        None => vec![0.0; latent_dim],
    };
    let grid = GridSpec { x, y, steps: usize::from(args.steps), spacing: args.spacing };
    Ok(Recipe { model: args.model.clone(), of: PictureOf::Grid { dims, grid, z } })
}

fn picture(recipe: &Recipe, model: &dyn crate::model::FrozenModel) -> Result<Vec<u8>> {
    let pixels = recipe
        .render(model, &mut Default::default())
        .ok_or_else(|| anyhow!("this model does not decode to images; use decode --out FILE.npy"))?;
    Ok(store::png(&pixels)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{Args, Command};
    use crate::latent::grid::Spacing;
    use clap::Parser;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_recipe_prints_as_a_command_that_parses_back(
            low in -5.0f32..0.0, width in 0.01f32..9.0, steps in 1usize..=200, gaussian: bool,
            z in proptest::collection::vec(-4.0f32..4.0, 3..6), name in "[a-z ']{1,8}"
        ) {
            let spacing = if gaussian { Spacing::Gaussian } else { Spacing::Linear };
            let grid = GridSpec { x: [low, low + width], y: [low - 1.0, low + width], steps, spacing };
            let of = PictureOf::Grid { dims: [2, 0], grid, z: z.clone() };
            let recipe = Recipe { model: format!("{name}.safetensors").into(), of };
            let words = recipe.words("out.png");
            let parsed = Args::try_parse_from(&words).unwrap();
            let Some(Command::Grid(args)) = parsed.command else { panic!("not a grid") };
            prop_assert_eq!(grid_recipe(&args, z.len()).unwrap(), recipe);
        }
    }
}
