//! `halfmoon complete`: endings of a sample of which some rows are given, drawn pixel by pixel.

use super::UsageError;
use super::model_commands::{check_fit, check_sample, extension, of_split};
use super::opening::Settings;
use super::parse::{CompleteArgs, Report};
use super::pictures::check_size;
use super::say::say;
use crate::data::{Cancel, Dataset};
use crate::model::FrozenModel;
use crate::picture::Shown;
use crate::store;
use crate::train::{Ending, ending, sides};
use anyhow::{Result, anyhow, bail};
use ndarray::Array2;
use serde_json::{Value, json};

/// Draws endings and writes them.
pub fn complete(args: &CompleteArgs) -> Result<()> {
    let (data, checkpoint) = Settings::of_files(&args.set)?.open_on(&args.model, &args.data)?;
    let model = &*checkpoint.trained.model;
    check_fit(model, &data)?;
    if model.completer().is_none() {
        let said = "this model completes nothing: it does not know pictures pixel by pixel; train one with --kind made or pixel-rnn";
        return Err(anyhow!("{}: {said}", args.model.display()));
    }
    if !matches!(extension(&args.out), "png" | "npy") {
        bail!("{}: endings can be written as .png or .npy", args.out.display());
    }
    let of = of_split(&data, args.split);
    check_sample(args.sample, of, &data)?;
    let n_rows = sides(of.kind())[0];
    if args.given > n_rows {
        let said = format!("--given {}: its pictures have {n_rows} rows; give no more", args.given);
        return Err(UsageError(said).into());
    }
    check_size(usize::from(args.endings), usize::from(args.scale), Some("fewer --endings"), model)?;
    let endings = endings(args, model, of)?;
    let rows: Vec<f32> = endings.iter().flat_map(|ending| ending.x.iter().copied()).collect();
    let x = Array2::from_shape_vec((endings.len(), of.n_features()), rows)?;
    let bytes = match extension(&args.out) {
        "npy" => store::npy(x.view())?,
        _ => {
            let shown = Shown::new(of.kind(), None, x.view(), endings.len());
            store::png(&shown.into_tiles().enlarged(usize::from(args.scale)))?
        }
    };
    store::write(&args.out, &bytes)?;
    match args.report {
        Report::Text => in_text(&endings, args),
        Report::Json => say(in_json(&endings, args)),
    }
    Ok(())
}

fn endings(args: &CompleteArgs, model: &dyn FrozenModel, of: &Dataset) -> Result<Vec<Ending>> {
    let one = |seed: u64| {
        let of_sample = (args.sample as u32, args.given);
        let ending = ending(model, of, of_sample, seed, &Cancel::default());
        ending.ok_or_else(|| anyhow!("{}: the sample could not be completed", args.model.display()))
    };
    (0..u64::from(args.endings)).map(|i| one(args.seed.wrapping_add(i))).collect()
}

fn in_text(endings: &[Ending], args: &CompleteArgs) {
    for (seed, ending) in (args.seed..).zip(endings) {
        let off =
            ending.share_off().map_or_else(String::new, |off| format!(", {:.1} % of its pixels off", 100.0 * off));
        say(format!(
            "seed {seed}: {} pixels drawn, {:.2} nats; the sample's own ending {:.2} nats{off}",
            ending.n_drawn(),
            ending.drawn_nats(),
            ending.true_nats()
        ));
    }
}

fn in_json(endings: &[Ending], args: &CompleteArgs) -> Value {
    let one = |(seed, ending): (u64, &Ending)| {
        json!({
            "seed": seed,
            "drawn": ending.n_drawn(),
            "nats": ending.drawn_nats(),
            "true_nats": ending.true_nats(),
            "share_off": ending.share_off(),
            "log_p": ending.placed.iter().map(|placed| placed.log_p).collect::<Vec<f64>>(),
        })
    };
    let neg_log_p: Option<f64> = endings.first().map(|ending| ending.nats.iter().sum());
    json!({
        "sample": args.sample,
        "given": args.given,
        "neg_log_p": neg_log_p,
        "endings": (args.seed..).zip(endings).map(one).collect::<Vec<Value>>(),
    })
}
