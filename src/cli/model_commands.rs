//! `halfmoon eval`, and what the commands share.

use super::UsageError;
use super::opening::Settings;
use super::parse::{EvalArgs, Report, SplitName};
use crate::cli::say::say;
use crate::data::{Cancel, DataChoice, DataSplit, Dataset, ReadSettings, Reading, load};
use crate::model::{Annealing, FrozenModel, LogZ, MetricId, Metrics};
use crate::train::{self, Confusion, HeldAgainst};
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

/// Checks that there is such a sample in a split of the data.
pub fn check_sample(sample: usize, split: &Dataset, data: &DataSplit) -> Result<(), UsageError> {
    if sample < split.n_samples() {
        return Ok(());
    }
    let last = split.n_samples().saturating_sub(1);
    Err(UsageError(format!("sample {sample} is beyond the last of {}, {last}", data.name)))
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
        let decimals = if id == MetricId::Loss { terms.loss_decimals() } else { metric.decimals };
        // Lines are held against one another, so that one digit more is of use; what is counted is whole.
        let decimals = if decimals == 0 { 0 } else { decimals.max(2) };
        let gap = if metric.unit.is_empty() { "" } else { " " };
        format!("{} {value:.decimals$}{gap}{}", metric.name, metric.unit)
    };
    let perplexity =
        terms.perplexity().map_or_else(String::new, |found| format!("; perplexity {found:.2} a word"));
    say(format!("{split:>5}: {} {noun}{perplexity}", terms.iter().map(part).collect::<Vec<_>>().join(", ")));
}

/// ln Z of a model with an energy, worked out once for all splits: summed, or by `k` annealed chains.
fn log_z(model: &dyn FrozenModel, train: &Dataset, k: usize) -> Option<LogZ> {
    let annealing = Annealing { chains: k, ..Annealing::WHOLE };
    train::log_z(model, train, annealing, &|| false)
}

/// ln p(x) of a split by an energy.
fn log_p_by_energy(model: &dyn FrozenModel, data: &Dataset, k: usize, log_z: LogZ) -> Result<Value> {
    let found = train::log_p_by_energy(model, data, usize::MAX, log_z, &|| false)
        .ok_or_else(|| anyhow!("this model has no energy"))?;
    let mut json = json!({ "by_energy": found.log_p, "log_z": log_z.value });
    if let Some(bounds) = log_z.bounds {
        json["chains"] = json!(k);
        json["log_z_bounds"] = json!(bounds);
    }
    Ok(json)
}

/// What [`log_p_by_energy`] found, for people: −F − ln Z.
fn energy_line(found: &Value) -> Option<String> {
    let number = |value: &Value| value.as_f64();
    let (log_p, log_z) = (number(&found["by_energy"])?, number(&found["log_z"])?);
    let bounds = [0, 1].map(|i| number(&found["log_z_bounds"][i]));
    let how = match (found["chains"].as_u64(), bounds) {
        (None, _) => "summed over every state".to_owned(),
        (Some(k), [Some(low), Some(high)]) => format!("by {k} annealed chains, {low:.2} to {high:.2}"),
        (Some(k), [_, high]) => {
            let high = high.map_or_else(String::new, |high| format!(", at most {high:.2}"));
            format!("by {k} annealed chains{high}")
        }
    };
    Some(format!("       ln p(x) {log_p:.2} = −F(x) {:.2} − ln Z {log_z:.2} {how}", log_p + log_z))
}

/// ln p(x) of a split by `k` importance samples, and by quadrature where codes have two dimensions.
fn log_p(model: &dyn FrozenModel, data: &Dataset, k: usize) -> Result<Value> {
    let found = train::importance_weighted(model, data, usize::MAX, k, &|| false).ok_or_else(|| {
        UsageError("--samples: this model is no density; ln p(x) takes an rbm, or a vae or cvae with likelihood=bernoulli or gaussian".into())
    })?;
    let mut json = json!({ "samples": k, "elbo": found.elbo, "importance_weighted": found.log_p });
    if let Some(exact) = train::quadrature(model, data, usize::MAX, &|| false) {
        json["quadrature"] = json!(exact);
    }
    Ok(json)
}

/// What [`log_p`] found, for people: ELBO + gap.
fn log_p_line(found: &Value) -> String {
    if let Some(line) = energy_line(found) {
        return line;
    }
    let number = |name: &str| found[name].as_f64();
    let elbo = number("elbo").unwrap_or_default();
    let part = |name: &str, how: &str| {
        number(name).map(|log_p| format!("ln p(x) {log_p:.2} = ELBO {elbo:.2} + gap {:.2} {how}", log_p - elbo))
    };
    let weighted = format!("by {} importance samples", found["samples"]);
    let lines = [part("importance_weighted", &weighted), part("quadrature", "by quadrature")];
    lines.into_iter().flatten().map(|line| format!("       {line}")).collect::<Vec<_>>().join("\n")
}

/// What a classifier takes the samples of a split for, for people: a row a class, a column what it is taken
/// for.
fn confusion_lines(found: &Confusion) -> String {
    let classes = &*found.classes;
    let len = |text: &str| text.chars().count();
    let name_width = classes.iter().map(|name| len(name)).max().unwrap_or(0);
    let width = found.n().to_string().len().max(name_width.min(12));
    let short = |name: &str| name.chars().take(12).collect::<String>();
    let mut lines = vec![format!(
        "       accuracy {:.2} %; of each class (row) so many are taken for a class (column):",
        100.0 * found.accuracy()
    )];
    let head: Vec<String> = classes.iter().map(|name| format!("{:>width$}", short(name))).collect();
    lines.push(format!("       {:name_width$} {}", "", head.join(" ")));
    for (name, row) in classes.iter().zip(found.rows()) {
        let counts: Vec<String> = row.iter().map(|count| format!("{count:>width$}")).collect();
        lines.push(format!("       {name:name_width$} {}", counts.join(" ")));
    }
    lines.join("\n")
}

/// What a model scores on a split, and how it is held against the data where it plays a game.
pub struct Scored {
    /// All metrics, those of the game among them.
    pub terms: Metrics,
    game: Option<HeldAgainst>,
}

/// Scores a model on a split, on the threads of the pool at hand.
pub fn scored(model: &dyn FrozenModel, split: &Dataset) -> Scored {
    let mut terms = train::evaluate(model, split, usize::MAX, &|| false).unwrap_or_default();
    let game = train::held_against(model, split, &|| false);
    game.iter().for_each(|game| terms.add(&game.metrics()));
    Scored { terms, game }
}

/// The score as the reports name it.
pub fn scored_json(scored: &Scored) -> Value {
    let mut json = terms_json(&scored.terms);
    scored.game.iter().for_each(|game| json["game"] = game_json(game));
    json
}

/// Prints the score for people.
pub fn report_scored(split: &str, scored: &Scored, noun: &str) {
    report_terms(split, &scored.terms, noun);
    scored.game.iter().for_each(|game| say(game_line(game)));
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
        "       {of}JS {:.4} nats, value against the best D {:.3} nats, −2 ln 2 = −1.386 where nothing is left to learn; {data}, the generator's by {generator}",
        game.jensen_shannon(),
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
    let k = args.samples.unwrap_or_default() as usize;
    let log_z = args.samples.and_then(|_| pool.install(|| log_z(model, &data.train, k)));
    for split in splits {
        let score = pool.install(|| scored(model, of_split(&data, split)));
        let name = if split == SplitName::Train { "train" } else { "test" };
        json[name] = scored_json(&score);
        if args.report == Report::Text {
            report_scored(name, &score, model.info().input.each());
        }
        let found = pool.install(|| train::confusion(model, of_split(&data, split), &|| false));
        if let Some(found) = found {
            json["classes"] = json!(&*found.classes);
            json[name]["accuracy"] = json!(found.accuracy());
            json[name]["confusion"] = json!(found.rows());
            if args.report == Report::Text {
                say(confusion_lines(&found));
            }
        }
        if args.samples.is_some() {
            let found = pool.install(|| match log_z {
                Some(log_z) => log_p_by_energy(model, of_split(&data, split), k, log_z),
                None => log_p(model, of_split(&data, split), k),
            })?;
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
