//! `halfmoon eval`, and what the commands share.

use super::UsageError;
use super::opening::Settings;
use super::parse::{EvalArgs, Report, SplitName};
use crate::cli::say::say;
use crate::data::{Cancel, DataChoice, DataSplit, Dataset, ReadSettings, Reading, load};
use crate::model::{FrozenModel, MetricId, Metrics};
use crate::train::{self, HeldAgainst};
use crate::worker::pool::{Priority, available_threads, compute_pool};
use anyhow::{Result, anyhow};
use serde_json::{Value, json};
use std::path::Path;

/// Loads data as the settings `set` say, each `data.NAME=VALUE`; those that are not among them as `usual` has
/// them, such as a model that was trained so.
pub fn load_data(choice: &DataChoice, usual: &ReadSettings, set: &[String]) -> Result<DataSplit> {
    let data = load(choice, &reading(usual, set)?)?;
    data.notes.iter().for_each(|note| log::info!("{}: {note}", data.name));
    Ok(data)
}

/// How data are to be read.
fn reading(usual: &ReadSettings, set: &[String]) -> Result<Reading, UsageError> {
    set.iter().try_fold(usual.reading(&Cancel::default()), |reading, setting| {
        let (path, text) = name_and_value(setting)?;
        reading.with(path, text).map_err(UsageError)
    })
}

/// The two sides of a setting's equals sign.
pub fn name_and_value(setting: &str) -> Result<(&str, &str), UsageError> {
    let parts = setting.split_once('=').map(|(path, text)| (path.trim(), text));
    parts.ok_or_else(|| UsageError(format!("--set {setting:?} is not NAME=VALUE")))
}

/// Checks that a model takes the data's samples.
pub fn check_fit(model: &dyn FrozenModel, data: &DataSplit) -> Result<()> {
    model.info().fits(&data.train).map_err(|e| anyhow!("{}: {e}", data.name))
}

/// One of the two splits.
pub fn of_split(data: &DataSplit, split: SplitName) -> &Dataset {
    match split {
        SplitName::Train => &data.train,
        SplitName::Test => &data.test,
    }
}

/// The metrics as the reports name them, and perplexity where words are counted; a model without a prior has
/// a KL divergence of 0.
pub fn terms_json(terms: &Metrics) -> Value {
    let mut json = json!({ MetricId::Kl.metric().name: 0.0 });
    for (id, value) in terms.iter() {
        json[id.metric().name] = json!(value);
    }
    if let Some(perplexity) = terms.perplexity() {
        json["perplexity"] = json!(perplexity);
    }
    json
}

/// Prints the metrics for people.
pub fn report_terms(split: &str, terms: &Metrics, noun: &str) {
    let part = |(id, value): (MetricId, f64)| {
        let metric = id.metric();
        format!("{} {value:.2}{}{}", metric.name, if metric.unit.is_empty() { "" } else { " " }, metric.unit)
    };
    let perplexity =
        terms.perplexity().map_or_else(String::new, |found| format!("; perplexity {found:.2} a word"));
    say(format!("{split:>5}: {} {noun}{perplexity}", terms.iter().map(part).collect::<Vec<_>>().join(", ")));
}

/// ln p(x) of a split by `k` importance samples, and by quadrature where codes have two dimensions.
fn log_p(model: &dyn FrozenModel, data: &Dataset, k: usize) -> Result<Value> {
    let found = train::importance_weighted(model, data, usize::MAX, k, &|| false).ok_or_else(|| {
        UsageError("--samples: this model is no density; ln p(x) takes a vae or cvae with likelihood=bernoulli or gaussian".into())
    })?;
    let mut json = json!({ "samples": k, "elbo": found.elbo, "importance_weighted": found.log_p });
    if let Some(exact) = train::quadrature(model, data, usize::MAX, &|| false) {
        json["quadrature"] = json!(exact);
    }
    Ok(json)
}

/// What [`log_p`] found, for people: ELBO + gap.
fn log_p_line(found: &Value) -> String {
    let number = |name: &str| found[name].as_f64();
    let elbo = number("elbo").unwrap_or_default();
    let part = |name: &str, how: &str| {
        number(name).map(|log_p| format!("ln p(x) {log_p:.2} = ELBO {elbo:.2} + gap {:.2} {how}", log_p - elbo))
    };
    let weighted = format!("by {} importance samples", found["samples"]);
    let lines = [part("importance_weighted", &weighted), part("quadrature", "by quadrature")];
    lines.into_iter().flatten().map(|line| format!("       {line}")).collect::<Vec<_>>().join("\n")
}

/// How a generator was held against the data, and what the best discriminator would make of it.
fn game_json(game: &HeldAgainst) -> Value {
    json!({
        "best_value": game.best_value(),
        "optimum": -2.0 * std::f64::consts::LN_2,
        "modes": game.modes.map(|modes| modes.n),
        "data": if game.is_known { "known" } else { "kernel estimate" },
        "generator": if game.is_exact { "change of variables" } else { "samples" },
    })
}

/// The same for people.
fn game_line(game: &HeldAgainst) -> String {
    let data = if game.is_known { "density of the data known" } else { "density of the data by kernels" };
    let generator = if game.is_exact { "change of variables" } else { "samples" };
    let of = game.modes.map_or_else(String::new, |modes| format!("{} of {} modes, ", modes.n_covered, modes.n));
    format!(
        "       {of}value against the best D {:.3} nats, −2 ln 2 = −1.386 where nothing is left to learn; {data}, the generator's by {generator}",
        game.best_value()
    )
}

/// Scores a model.
pub fn eval(args: &EvalArgs) -> Result<()> {
    let settings = Settings::of_files(&args.set)?;
    let (data, checkpoint) = settings.open_on(&args.model, &args.data)?;
    let model = &*checkpoint.trained.model;
    check_fit(model, &data)?;
    let splits = match args.split {
        Some(split) => vec![split],
        None => vec![SplitName::Train, SplitName::Test],
    };
    let pool = compute_pool("eval", available_threads(), Priority::Normal)?;
    let mut json = json!({
        "kind": &model.info().kind,
        "parameters": model.info().n_params,
        "steps": checkpoint.trained.step,
        "threads": pool.current_num_threads(),
    });
    for split in splits {
        let score = || train::evaluate(model, of_split(&data, split), usize::MAX, &|| false);
        let mut terms = pool.install(score).unwrap_or_default();
        let game = pool.install(|| train::held_against(model, of_split(&data, split), &|| false));
        game.iter().for_each(|game| terms.add(&game.metrics()));
        let name = if split == SplitName::Train { "train" } else { "test" };
        json[name] = terms_json(&terms);
        if args.report == Report::Text {
            report_terms(name, &terms, model.info().input.each());
        }
        if let Some(game) = &game {
            json[name]["game"] = game_json(game);
            if args.report == Report::Text {
                say(game_line(game));
            }
        }
        if let Some(k) = args.samples {
            let found = pool.install(|| log_p(model, of_split(&data, split), k as usize))?;
            if args.report == Report::Text {
                say(log_p_line(&found));
            }
            json[name]["log_p"] = found;
        }
    }
    if args.report == Report::Json {
        say(json);
    }
    Ok(())
}

/// The extension of a path, or nothing.
pub fn extension(path: &Path) -> &str {
    path.extension().and_then(|extension| extension.to_str()).unwrap_or("")
}
