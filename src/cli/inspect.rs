//! `halfmoon inspect`: what a data or model file is understood as.

use super::model_commands::load_data;
use super::opening::Settings;
use super::parse::{InspectArgs, Report};
use crate::cli::say::say;
use crate::data::{DataChoice, DataSplit, Dataset, ReadOption, ReadSettings};
use crate::model::{Brought, FrozenModel, Prior, Question};
use crate::store;
use crate::train::Checkpoint;
use anyhow::Result;
use serde_json::{Value, json};

/// Facts by their names, in the order that people read them in.
type Facts = Vec<(&'static str, Value)>;

/// Most classes that are listed one by one.
const MAX_LISTED: usize = 40;

/// Prints what lies at a path, or under an embedded name.
pub fn inspect(args: &InspectArgs) -> Result<()> {
    let path = args.path.as_path();
    let is_model = store::embedded(path).is_some() || store::is_model_file(path);
    let settings = Settings::of_files(&args.set)?;
    let found = if is_model {
        of_model(&settings.open(path, None)?)
    } else {
        let choice = DataChoice::of_os(path.as_os_str()).map_err(super::UsageError)?;
        of_data(&load_data(&choice, &ReadSettings::default(), &settings.of_data)?)
    };
    match args.report {
        Report::Json => say(found.into_iter().collect::<Value>()),
        Report::Text => say(in_words(&found)),
    }
    Ok(())
}

fn of_data(data: &DataSplit) -> Facts {
    vec![
        ("data", json!(data.name)),
        ("samples", json!(data.train.kind().to_string())),
        ("train", json!(data.train.n_samples())),
        ("test", json!(data.test.n_samples())),
        ("classes", json!(classes(&data.train))),
        ("columns", json!(data.train.columns().iter().map(|column| column.name.clone()).collect::<Vec<_>>())),
        ("fingerprint", json!(data.train.fingerprint())),
        ("notes", json!(data.notes)),
        ("choices", json!(data.options.iter().map(choice).collect::<Vec<_>>())),
    ]
}

/// The classes in their order, each with the number of its training samples.
fn classes(data: &Dataset) -> Vec<(String, usize)> {
    data.classes().iter().cloned().zip(data.class_counts()).collect()
}

/// What could be read otherwise, as it would be written.
fn choice(option: &ReadOption) -> String {
    let others = option.choices.iter().filter(|choice| **choice != option.value);
    let others: Vec<&str> = others.map(|choice| if choice.is_empty() { "nothing" } else { choice }).collect();
    format!("--set {}={} (or {})", option.name, option.value, others.join(", "))
}

fn of_model(checkpoint: &Checkpoint) -> Facts {
    let trained = &checkpoint.trained;
    let model: &dyn FrozenModel = &*trained.model;
    let info = model.info();
    let mut facts = vec![
        ("model", json!(info.title)),
        ("kind", json!(info.kind)),
        ("samples", json!(info.input.to_string())),
        ("parameters", json!(info.n_params)),
        ("latent_dim", json!(info.latent_dim())),
        ("prior", json!(info.latent.map(|latent| prior(latent.prior)))),
        ("told_the_classes", json!(info.classes.to_vec())),
        ("steps", json!(trained.step)),
        ("trained_on", json!(trained.data)),
        (
            "data_read_by",
            json!(trained.reading.iter().map(|(name, text)| format!("{name}={text}")).collect::<Vec<_>>()),
        ),
        ("can_go_on", json!(can_go_on(checkpoint))),
    ];
    if let Some(brought) = &trained.brought {
        facts.extend(of_brought(brought));
    }
    facts
}

/// Whether the model can be trained on: its learner is in the file, or it begins from weights of elsewhere in
/// layers of ours.
fn can_go_on(checkpoint: &Checkpoint) -> bool {
    let trained = &checkpoint.trained;
    let begins = trained.step == 0 && trained.brought.is_some() && trained.model.info().spec().is_some();
    checkpoint.learner.is_some() || begins
}

/// Where a model's first weights are from, how they were understood, and what can be chosen.
fn of_brought(brought: &Brought) -> Facts {
    let prefix = Question::PREFIX;
    let chosen = brought.answers.iter().map(|(name, answer)| format!("{prefix}{name}={answer}"));
    let choices = brought.questions.iter().map(|asked| {
        let values = asked.choices.iter().map(|choice| choice.0.as_str()).collect::<Vec<_>>().join(", ");
        json!({ "name": format!("{prefix}{}", asked.name), "help": asked.help, "choices": values })
    });
    vec![
        ("imported_from", json!(brought.from)),
        ("understood_as", json!(brought.what)),
        ("notes", json!(brought.notes)),
        ("assumed", json!(chosen.collect::<Vec<_>>())),
        ("can_be_chosen", json!(choices.collect::<Vec<_>>())),
    ]
}

fn prior(prior: Prior) -> &'static str {
    match prior {
        Prior::Normal => "N(0, I)",
        Prior::Uniform => "U(−1, 1)",
        Prior::Own => "its own",
        Prior::None => "none",
    }
}

/// One line a fact; what is empty is left out.
fn in_words(found: &Facts) -> String {
    let word = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Array(parts) => {
            parts.iter().map(|part| part.as_str().unwrap_or_default()).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    };
    let mut lines = Vec::new();
    for (name, value) in found {
        let name = name.replace('_', " ");
        match (name.as_str(), value) {
            (_, Value::Null) => {}
            (_, Value::Array(parts)) if parts.is_empty() => {}
            ("classes", Value::Array(parts)) => {
                let listed = parts.iter().take(MAX_LISTED).map(|part| format!("{} ({})", word(&part[0]), part[1]));
                let mut listed: Vec<String> = listed.collect();
                if parts.len() > MAX_LISTED {
                    listed.push(format!("and {} more", parts.len() - MAX_LISTED));
                }
                lines.push(format!("{} classes: {}", parts.len(), listed.join(", ")));
            }
            ("choices", Value::Array(parts)) => {
                lines.extend(parts.iter().map(|part| format!("choice: {}", word(part))));
            }
            ("notes", Value::Array(parts)) => {
                lines.extend(parts.iter().map(|part| format!("note: {}", word(part))));
            }
            ("can be chosen", Value::Array(parts)) => {
                let line = |part: &Value| {
                    format!("--set {}= {}: {}", word(&part["name"]), word(&part["choices"]), word(&part["help"]))
                };
                lines.extend(parts.iter().map(line));
            }
            _ => lines.push(format!("{name}: {}", word(value))),
        }
    }
    lines.join("\n")
}
