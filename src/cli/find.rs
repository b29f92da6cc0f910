//! `halfmoon find`: the training samples most like a text, a picture or a sample, a list for each way of
//! comparing them.

use super::UsageError;
use super::model_commands::{check_fit, check_sample, of_split};
use super::opening::Settings;
use super::parse::{FindArgs, RankBy, RankMetric, Report, SplitName};
use super::pictures::label;
use super::say::say;
use crate::data::{Cancel, DataSplit, Dataset, Distance, Frame, Reading, read_picture, typed};
use crate::model::{Kind, SharedModel};
use crate::train::{Found, Hits, KS, Ranking};
use crate::worker::pool::{Priority, available_threads, compute_pool};
use anyhow::{Result, anyhow, bail};
use clap::ValueEnum as _;
use serde_json::{Value, json};
use std::sync::Arc;

/// A ranked list.
struct List {
    by: RankBy,
    /// By what samples are compared, in words.
    title: String,
    found: Found,
    precision: Option<Hits>,
}

/// Looks for what is like the query.
pub fn find(args: &FindArgs) -> Result<()> {
    let settings = Settings::of_files(&args.set)?;
    let (data, checkpoint) = settings.open_on(&args.model, &args.data)?;
    let model = checkpoint.trained.model;
    check_fit(&*model, &data)?;
    let all = ways(args, &model, &data)?;
    let query = query(args, &data)?;
    let told = if all.contains(&RankBy::Code) { told(args, &model, &query)? } else { Vec::new() };
    let pool = compute_pool("find", available_threads(), Priority::Normal)?;
    let lists = pool.install(|| {
        let list = |by: &RankBy| list(*by, args, &model, &data, (&query, &told));
        all.iter().map(list).collect::<Result<Vec<List>>>()
    })?;
    match args.report {
        Report::Text => in_text(&lists, &data.train, args),
        Report::Json => say(in_json(&lists, &data.train, args)),
    }
    Ok(())
}

/// The ways of comparing that were asked for, or all that there are.
fn ways(args: &FindArgs, model: &SharedModel, data: &DataSplit) -> Result<Vec<RankBy>> {
    let kind = data.train.kind();
    let own = Kind::solved_for(kind);
    let linear = own.and_then(|own| RankBy::from_str(own, false).ok());
    if args.by.is_empty() {
        let fits = (1..=kind.n_features()).contains(&model.info().latent_dim());
        let by_code = model.encoder().map(|_| RankBy::Code);
        return Ok([by_code, Some(RankBy::Input), linear.filter(|_| fits)].into_iter().flatten().collect());
    }
    let mut ways: Vec<RankBy> = Vec::new();
    for &by in &args.by {
        if matches!(by, RankBy::Lsa | RankBy::Pca) && Some(by) != linear {
            let (by, nouns, other) = (name(by), kind.nouns(), own.unwrap_or("code"));
            let said = format!("--by {by}: {nouns} are not compared by its codes; give --by {other}");
            return Err(UsageError(said).into());
        }
        if !ways.contains(&by) {
            ways.push(by);
        }
    }
    Ok(ways)
}

/// How a way of comparing is written.
fn name(by: RankBy) -> String {
    by.to_possible_value().map_or_else(String::new, |by| by.get_name().to_owned())
}

/// What is looked for, as one sample.
fn query(args: &FindArgs, data: &DataSplit) -> Result<Dataset> {
    if let Some(text) = &args.text {
        return Ok(typed(text, &data.train)?);
    }
    if let Some(image) = &args.image {
        let no_pictures = || UsageError(format!("--image: {} are no pictures", data.train.kind().nouns()));
        let frame = Frame::of(&data.train).ok_or_else(no_pictures)?;
        return Ok(read_picture(image, &frame, &data.train, &Reading::default())?.sample);
    }
    let (of, sample) = (of_split(data, args.split), args.sample.unwrap_or_default());
    check_sample(sample, of, data)?;
    Ok(of.slice(sample..sample + 1)?)
}

/// The class that a model which is told one is told of the query.
fn told(args: &FindArgs, model: &SharedModel, query: &Dataset) -> Result<Vec<u16>, UsageError> {
    let classes = &*model.info().classes;
    let own = if classes.is_empty() { None } else { query.class_name_of(0) };
    let name = label(args.label.as_deref().or(own), &**model)?;
    let class = name.and_then(|name| classes.iter().position(|class| *class == name));
    Ok(class.into_iter().map(|class| class as u16).collect())
}

fn list(
    by: RankBy,
    args: &FindArgs,
    model: &SharedModel,
    data: &DataSplit,
    query: (&Dataset, &[u16]),
) -> Result<List> {
    let (kind, latent_dim, cancel) = (data.train.kind(), model.info().latent_dim(), Cancel::default());
    let linear = Kind::solved_for(kind).unwrap_or_default().to_uppercase();
    let (title, ranking) = match by {
        RankBy::Code => {
            let ranking = Ranking::by_codes_of(Arc::clone(model), &data.train, &cancel)
                .ok_or_else(|| anyhow!("this model has no encoder, so there are no codes; give --by input"))?;
            ("code".into(), Some(ranking))
        }
        RankBy::Input => {
            let scaling = model.info().scaling.as_ref();
            (kind.compared_by().into(), Ranking::by_features(&data.train, scaling, &cancel))
        }
        RankBy::Lsa | RankBy::Pca => {
            let plural = if latent_dim == 1 { "" } else { "s" };
            let title = format!("{linear} of {latent_dim} dimension{plural}");
            (title, Ranking::by_linear(data, latent_dim, &cancel))
        }
    };
    let Some(ranking) = ranking else { bail!("{}: there is no list by {title} of {}", data.name, kind.nouns()) };
    let distance = match args.metric {
        RankMetric::Euclid => Distance::Euclid,
        RankMetric::Cosine => Distance::Cosine,
    };
    let own = args.sample.filter(|_| args.split == SplitName::Train);
    let k = usize::from(args.k);
    let found = ranking.nearest(query, distance, k + usize::from(own.is_some()), &cancel);
    let mut found = found.ok_or_else(|| anyhow!("{}: the query cannot be compared by {title}", data.name))?;
    found.retain(|(sample, _)| Some(*sample as usize) != own);
    found.truncate(k);
    let precision = if args.precision { Some(precision(&ranking, data, distance, &cancel)?) } else { None };
    Ok(List { by, title, found, precision })
}

/// Over all test samples.
fn precision(ranking: &Ranking, data: &DataSplit, distance: Distance, cancel: &Cancel) -> Result<Hits> {
    let Some(known) = data.train.labels().filter(|_| data.test.labels().is_some()) else {
        bail!("{}: without classes there is no precision; leave --precision out", data.name)
    };
    let queries: Vec<u32> = (0..data.test.n_samples() as u32).collect();
    let hits = ranking.hits((&data.test, &queries), &known.of, distance, cancel);
    hits.ok_or_else(|| anyhow!("{}: its test samples cannot be compared", data.name))
}

fn in_text(lists: &[List], train: &Dataset, args: &FindArgs) {
    let how = if args.metric == RankMetric::Euclid { "Euclidean distance" } else { "cosine distance" };
    for List { title, found, .. } in lists {
        say(format!("by {title}, {how}"));
        for (rank, (sample, distance)) in (1..).zip(found) {
            let names = [train.class_name_of(*sample), train.caption(*sample as usize)];
            let names: Vec<&str> = names.into_iter().flatten().collect();
            let line = format!("{rank:>4} {sample:>7} {distance:>10.4}  {}", names.join("  "));
            say(line.trim_end());
        }
    }
    if args.precision {
        let width = lists.iter().map(|list| list.title.chars().count() + 3).max().unwrap_or(0).max(14);
        let head: String = KS.iter().map(|k| format!("{k:>7}")).collect();
        say(format!("{:<width$}{head}", "precision at k"));
        for List { title, precision, .. } in lists {
            let of = precision.iter().flat_map(Hits::precision).map(|(_, share)| format!("{share:>7.3}"));
            say(format!("{:<width$}{}", format!("by {title}"), of.collect::<String>()));
        }
    }
}

fn in_json(lists: &[List], train: &Dataset, args: &FindArgs) -> Value {
    let found = |(rank, (sample, distance)): (usize, &(u32, f32))| {
        json!({
            "rank": rank,
            "index": sample,
            "distance": distance,
            "class": train.class_name_of(*sample),
            "caption": train.caption(*sample as usize),
        })
    };
    let list = |List { by, title, found: all, precision }: &List| {
        let mut list = json!({ "by": name(*by), "title": title });
        list["found"] = (1..).zip(all).map(found).collect();
        if let Some(hits) = precision {
            let at = |(k, share): (usize, f64)| json!({ "k": k, "precision": share });
            list["precision"] = hits.precision().into_iter().map(at).collect();
            list["queries"] = json!(hits.n);
        }
        list
    };
    let metric = if args.metric == RankMetric::Euclid { "euclid" } else { "cosine" };
    json!({ "metric": metric, "lists": lists.iter().map(list).collect::<Vec<Value>>() })
}
