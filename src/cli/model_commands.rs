//! `halfmoon eval`, and what the commands share.

use super::UsageError;
use super::opening::Settings;
use super::parse::{EvalArgs, Report, SplitName};
use crate::cli::say::say;
use crate::data::{Cancel, DataChoice, DataSplit, Dataset, ReadSettings, Reading, load};
use crate::model::{FrozenModel, MetricId, Metrics};
use crate::train::{self, Confusion};
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
        let terms = pool.install(score).unwrap_or_default();
        let name = if split == SplitName::Train { "train" } else { "test" };
        json[name] = terms_json(&terms);
        if args.report == Report::Text {
            report_terms(name, &terms, model.info().input.each());
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
