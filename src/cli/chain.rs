//! `halfmoon chain`: the Gibbs chain of a Boltzmann machine from a sample, as a strip or a film.

use super::model_commands::{check_fit, check_sample, extension, of_split};
use super::opening::Settings;
use super::parse::ChainArgs;
use crate::cli::pictures::check_size;
use crate::picture::Shown;
use crate::store;
use crate::train::gibbs_chain;
use anyhow::{Result, anyhow, bail};

/// Runs a chain and writes every so many of its states.
pub fn chain(args: &ChainArgs) -> Result<()> {
    let settings = Settings::of_files(&args.set)?;
    let (data, checkpoint) = settings.open_on(&args.model, &args.data)?;
    let model = &*checkpoint.trained.model;
    check_fit(model, &data)?;
    if !matches!(extension(&args.out), "png" | "gif") {
        bail!("{}: a chain can be written as a strip, .png, or a film, .gif", args.out.display());
    }
    let (of, sample) = (of_split(&data, args.split), args.sample);
    check_sample(sample as usize, of, &data)?;
    let every = usize::from(args.every);
    let n = usize::from(args.tiles);
    check_size(n + 1, usize::from(args.scale), Some("fewer --tiles"), model)?;
    let pictures = gibbs_chain(model, (of, sample), (n, every), args.seed, &|| false)
        .ok_or_else(|| anyhow!("this model has no energy, so it has no chain; train one with --kind rbm"))?;
    let strip = Shown::decoded(model, pictures.view(), n + 1).into_tiles();
    let strip = strip.enlarged(usize::from(args.scale));
    let bytes =
        if extension(&args.out) == "gif" { store::gif_onward(&strip, n + 1)? } else { store::png(&strip)? };
    Ok(store::write(&args.out, &bytes)?)
}
