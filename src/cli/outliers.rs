//! `halfmoon outliers`: the samples that are unlike the others, by a score of a model, by their neighbours,
//! or by how much of a regression hangs on them.

use super::UsageError;
use super::model_commands::{check_fit, extension, load_data};
use super::opening::Settings;
use super::parse::{EncodedSplit, OutliersArgs, Report};
use super::say::say;
use crate::data::{Cancel, DataSplit, Dataset, ReadSettings};
use crate::model::SharedModel;
use crate::session::FigureFormat;
use crate::store::{self, OutlierRow};
use crate::train::{
    CodeCloud, Design, Influence, OutlierScore, Outliers, RegressOn, Regressed, outliers as outliers_of, regressed,
};
use crate::worker::pool::{Priority, available_threads, compute_pool};
use anyhow::{Result, anyhow, bail};
use serde_json::{Value, json};
use std::path::Path;

/// What was measured, in columns; the first is what samples are ordered by.
struct Found {
    title: String,
    columns: Vec<&'static str>,
    /// Of all samples, the most outlying first: split, number, a value a column.
    rows: Vec<(&'static str, u32, Vec<Option<f64>>)>,
    regression: Option<Regressed>,
    /// What is to be said beside the table.
    notes: Vec<String>,
}

/// Lists outliers.
pub fn outliers(args: &OutliersArgs) -> Result<()> {
    let is_figure = args.out.as_ref().is_some_and(|out| FigureFormat::of(out).is_some());
    match &args.out {
        Some(_) if is_figure => check_figure(args)?,
        Some(out) if extension(out) != "csv" => {
            let said = "outliers are written as .csv, by cook as a figure .svg or .png too";
            return Err(UsageError(format!("--out {}: {said}", out.display())).into());
        }
        Some(_) if args.sample.is_some() => {
            let said = "--sample: only a figure shows the fit without one; write .svg or .png, or leave it out";
            return Err(UsageError(said.into()).into());
        }
        Some(out) => drop(args.figure.are_asked(out, 1)?),
        None => args.figure.check_none()?,
    }
    let settings = Settings::of_files(&args.set)?;
    let (data, model) = match &args.model {
        Some(model) => {
            let (data, checkpoint) = settings.open_on(model, &args.data)?;
            check_fit(&*checkpoint.trained.model, &data)?;
            (data, Some(checkpoint.trained.model))
        }
        None => (load_data(&args.data, &ReadSettings::default(), &settings.of_data)?, None),
    };
    let pool = compute_pool("outliers", available_threads(), Priority::Normal)?;
    let found = pool.install(|| match args.by {
        OutlierScore::Cook => by_cook(args, &data, model.as_ref()),
        _ => by_score(args, &data, model.as_ref()),
    })?;
    match (&args.out, &found.regression) {
        (Some(out), Some(of)) if is_figure => draw(args, of, &data, out)?,
        (Some(out), _) => {
            let rows: Vec<OutlierRow<'_>> = found.rows.iter().map(|row| row_of(row, &data)).collect();
            store::write(out, &store::outliers_csv(&found.columns, &rows)?)?;
        }
        (None, _) => {}
    }
    match args.report {
        Report::Text => in_text(&found, &data, args),
        Report::Json => say(in_json(&found, &data, args)),
    }
    Ok(())
}

/// Whether what is asked for can be a figure.
fn check_figure(args: &OutliersArgs) -> Result<()> {
    args.figure.look()?;
    let said = match (args.by, args.split) {
        (OutlierScore::Cook, Some(EncodedSplit::Train | EncodedSplit::Test)) => return Ok(()),
        (OutlierScore::Cook, _) => "a figure is of one split; add --split train or --split test",
        _ => "only --by cook draws a figure; write .csv",
    };
    Err(UsageError(format!("--out: {said}")).into())
}

/// Draws the regression.
fn draw(args: &OutliersArgs, of: &Regressed, data: &DataSplit, out: &Path) -> Result<()> {
    let part = if args.split == Some(EncodedSplit::Test) { &data.test } else { &data.train };
    if let Some(sample) = args.sample.filter(|sample| of.design.row_of(*sample).is_none()) {
        return Err(
            UsageError(format!("--sample {sample}: it is none of the {} in the fit", of.design.y.len())).into()
        );
    }
    let influence = Influence::of(of.clone(), args.sample, &Cancel::default());
    let look = args.figure.look()?;
    args.figure.write(influence.map(|influence| influence.figure(part, &look)), out)
}

/// The parts of the data that are asked about, each with its name.
fn parts(split: EncodedSplit, data: &DataSplit) -> Vec<(&'static str, &Dataset)> {
    let (train, test) = (("train", &data.train), ("test", &data.test));
    match split {
        EncodedSplit::Train => vec![train],
        EncodedSplit::Test => vec![test],
        EncodedSplit::All => vec![train, test],
    }
}

/// The samples of the class that is asked for, or all.
fn wanted(data: &Dataset, class: Option<&str>) -> Result<Vec<u32>> {
    let all = 0..data.n_samples() as u32;
    let Some(class) = class else { return Ok(all.collect()) };
    let known = data.classes();
    if !known.iter().any(|known| known == class) {
        let said = if known.is_empty() {
            "the data have no classes".into()
        } else {
            format!("there are {}", known.join(", "))
        };
        return Err(UsageError(format!("--class {class}: {said}")).into());
    }
    Ok(all.filter(|&sample| data.class_name_of(sample) == Some(class)).collect())
}

fn by_score(args: &OutliersArgs, data: &DataSplit, model: Option<&SharedModel>) -> Result<Found> {
    if args.column.is_some() {
        return Err(UsageError("--column: only --by cook regresses a column; leave it out".into()).into());
    }
    let split = args.split.unwrap_or(EncodedSplit::Train);
    let by = args.by;
    let (name, title, why) = match by {
        OutlierScore::Reconstruction => {
            let why = "this model does not reconstruct such samples; choose --by neighbours";
            ("error", format!("error, {}", data.train.kind().error_words()[0]), why)
        }
        OutlierScore::LogP => {
            let why =
                "this model is no density; ln p(x) takes a vae or cvae with likelihood=bernoulli or gaussian";
            ("ln_p", "ln p(x), nats".into(), why)
        }
        OutlierScore::Rarity => {
            let why = "this model has no encoder, so there are no codes; choose --by neighbours";
            ("rarity", format!("rarity of the code in tens, by {} neighbours", args.k), why)
        }
        OutlierScore::Neighbours | OutlierScore::Cook => {
            let why = "there are too few samples to have neighbours";
            let title = format!("mean distance to {} neighbours by {}", args.k, data.train.kind().compared_by());
            ("distance", title, why)
        }
    };
    let is_within = matches!(by, OutlierScore::Rarity | OutlierScore::Neighbours);
    if is_within && split == EncodedSplit::All {
        let said = "--split all: samples are held against those of one split; choose train or test";
        return Err(UsageError(said.into()).into());
    }
    if model.is_none() && by != OutlierScore::Neighbours {
        return Err(UsageError("--model is missing: only neighbours and columns need none".into()).into());
    }
    let (mut of, mut samples) = (Vec::new(), Vec::new());
    for (split, data) in parts(split, data) {
        let kept = wanted(data, args.class.as_deref())?;
        let cancel = Cancel::default();
        let found = outliers_of(by, model.map(|model| &**model), data, usize::from(args.k), &cancel);
        let found = found.ok_or_else(|| anyhow!("{why}"))?;
        of.extend(kept.iter().map(|&sample| found.of[sample as usize]));
        samples.extend(kept.iter().map(|&sample| (split, sample)));
    }
    let ordered = Outliers::new(of, by == OutlierScore::LogP);
    let row = |&at: &u32| {
        let (split, sample) = samples[at as usize];
        (split, sample, vec![ordered.of[at as usize]])
    };
    let rows = ordered.order.iter().map(row).collect();
    Ok(Found { title, columns: vec![name], rows, regression: None, notes: Vec::new() })
}

fn by_cook(args: &OutliersArgs, data: &DataSplit, model: Option<&SharedModel>) -> Result<Found> {
    let Some(column) = &args.column else {
        let known = Design::columns_of(&data.train).join(", ");
        return Err(UsageError(format!("--column is missing: say which column is regressed, of {known}")).into());
    };
    let on = match args.on.as_deref() {
        None => RegressOn::Others,
        Some("codes") => RegressOn::Codes,
        Some(names) => RegressOn::Columns(names.split(',').map(|name| name.trim().into()).collect()),
    };
    let (mut whole, mut samples) = (None::<Design>, Vec::new());
    for (split, part) in parts(args.split.unwrap_or(EncodedSplit::All), data) {
        let kept = wanted(part, args.class.as_deref())?;
        let all = || (0..part.n_samples() as u32).collect();
        let cloud = match (&on, model) {
            (RegressOn::Codes, Some(model)) => CodeCloud::new(&**model, part, all(), &|| false),
            _ => None,
        };
        samples.extend(kept.iter().map(|&sample| (split, sample)));
        let design = Design::new(part, kept, (column, &on), cloud.as_ref(), &Cancel::default());
        let design = design.map_err(|e| UsageError(format!("--column {column}: {e}")))?;
        whole =
            Some(whole.map_or_else(|| design.clone(), |first| first.with(&design, data.train.n_samples() as u32)));
    }
    let Some(design) = whole else { bail!("{}: there is nothing to regress", data.name) };
    let found = regressed(design).map_err(|e| anyhow!("{}: {e}", data.name))?;
    let ordered = found.outliers();
    let row = |&at: &u32| {
        let (at, fit) = (at as usize, &found.fit);
        let (split, sample) = samples[at];
        let products = fit.products(at);
        let numbers = [fit.leverage[at], fit.residuals[at], fit.fitted[at]].map(Some);
        let wrong = [products.map(|products| products.whole), products.map(|products| products.lifted)];
        (split, sample, [&[ordered.of[at]], &numbers[..], &wrong[..]].concat())
    };
    let rows: Vec<_> = ordered.order.iter().map(row).collect();
    let fixed = ordered.order.iter().filter_map(|&at| {
        let (split, sample) = samples[at as usize];
        Some(format!("{split} sample {sample} has no distance: {}", found.why_none(at as usize)?))
    });
    // Where the fit is exact one sentence stands for all.
    let fixed = fixed.take(if found.fit.is_exact() { 1 } else { 20 });
    let notes = found.left_out().into_iter().chain(fixed).collect();
    let title = format!("Cook's distance, {column} regressed on {}", found.design.names.join(", "));
    let columns = vec!["cook", "leverage", "residual", "fitted", "product", "product_lifted"];
    Ok(Found { title, columns, rows, regression: Some(found), notes })
}

/// A row with all that is known of its sample.
fn row_of<'a>(row: &'a (&'static str, u32, Vec<Option<f64>>), data: &'a DataSplit) -> OutlierRow<'a> {
    let (split, index, values) = row;
    let part = if *split == "test" { &data.test } else { &data.train };
    let (label, caption) = (part.class_name_of(*index), part.caption(*index as usize));
    OutlierRow { index: *index, split, label, caption, values: values.clone() }
}

fn in_text(found: &Found, data: &DataSplit, args: &OutliersArgs) {
    say(format!("by {}", found.title));
    if let Some(Regressed { fit, .. }) = &found.regression {
        let (n, p, s) = (fit.fitted.len(), fit.n_coefficients, fit.s2.sqrt());
        say(format!("{n} samples, p = {p} coefficients, s = {s:.6}"));
        let names = std::iter::once("intercept")
            .chain(found.regression.iter().flat_map(|of| of.design.names.iter().map(String::as_str)));
        let values = std::iter::once(fit.intercept()).chain(fit.slopes.iter().copied());
        say(names.zip(values).map(|(name, value)| format!("{name} {value:.6}")).collect::<Vec<_>>().join("  "));
    }
    found.notes.iter().for_each(say);
    let head: String = found.columns.iter().map(|column| format!("{column:>15}")).collect();
    say(format!("{:>4} {:>6} {:>7}{head}", "rank", "split", "index"));
    for (rank, row) in (1..).zip(found.rows.iter().take(args.n as usize)) {
        let row = row_of(row, data);
        let value = |value: &Option<f64>| {
            value.map_or_else(|| format!("{:>15}", "none"), |value| format!("{value:>15.6}"))
        };
        let values: String = row.values.iter().map(value).collect();
        let names: Vec<&str> = [row.label, row.caption].into_iter().flatten().collect();
        let line = format!("{rank:>4} {:>6} {:>7}{values}  {}", row.split, row.index, names.join("  "));
        say(line.trim_end());
    }
    if found.regression.is_some() {
        say(
            "D = r² h / (p s² (1 − h)²) = Σ (ŷ − ŷ(i))² / (p s²); the lecture multiplies the two forms, and that is no distance:",
        );
        say("product is D², product_lifted Σ (ŷ − ŷ(i))² / (p s²) · h / (1 − h)², which also changes the order.");
    }
}

fn in_json(found: &Found, data: &DataSplit, args: &OutliersArgs) -> Value {
    let row = |(rank, row): (usize, &(&'static str, u32, Vec<Option<f64>>))| {
        let row = row_of(row, data);
        let mut json = json!({
            "rank": rank, "index": row.index, "split": row.split, "class": row.label, "caption": row.caption,
        });
        found.columns.iter().zip(&row.values).for_each(|(column, value)| json[column] = json!(value));
        json
    };
    let rows: Vec<Value> = (1..).zip(found.rows.iter().take(args.n as usize)).map(row).collect();
    let mut json = json!({ "by": found.columns[0], "title": found.title, "samples": found.rows.len(), "notes": found.notes, "outliers": rows });
    if let Some(Regressed { fit, design }) = &found.regression {
        let slopes: serde_json::Map<String, Value> =
            design.names.iter().zip(&fit.slopes).map(|(name, slope)| (name.clone(), json!(slope))).collect();
        json["regression"] = json!({
            "column": design.column.0, "intercept": fit.intercept(), "slopes": slopes,
            "coefficients": fit.n_coefficients, "s2": fit.s2,
        });
    }
    json
}
