//! Does searching by pixels give bad results, as the lecture says (Krizhevsky and Hinton 2011)? How many of
//! the nearest pictures are of the query's class, by pixels, by the codes of PCA, and by those of an
//! autoencoder as long.

use super::Findings;
use super::table::{Row, Study, held_against, spec};
use crate::cli::parse::StudyArgs;
use crate::data::{Cancel, DataChoice, Distance};
use crate::model::Kind;
use crate::train::{Ranking, Schedule, TrainSpec};
use anyhow::{Result, anyhow};
use std::cmp::Ordering;

/// The nearest that are looked at.
const KS: [usize; 3] = [1, 10, 50];
const COLUMNS: [&str; KS.len()] = ["precision at 1 %", "at 10 %", "at 50 %"];

/// An autoencoder, and how it is trained.
struct Network {
    latent_dim: usize,
    settings: &'static [(&'static str, &'static str)],
    epochs: u64,
    learning_rate: f64,
}

/// Of emoji: the convolutions of the trained model, and at once the code, so that no layer is narrower than
/// it.
const COLOUR: Network = Network {
    latent_dim: 256,
    settings: &[("arch", "conv"), ("channels", "16,32,32"), ("hidden", "")],
    epochs: 60,
    learning_rate: 3e-3,
};
/// Of digits, and of whatever else is given.
const DENSE: Network =
    Network { latent_dim: 30, settings: &[("hidden", "512,256")], epochs: 20, learning_rate: 1e-3 };

/// How often what is found is of the class that was looked for.
pub fn study(args: &StudyArgs) -> Result<Findings> {
    let embedded = [(DataChoice::Emoji, COLOUR), (DataChoice::Mnist, DENSE)];
    let all = match &args.data {
        Some(choice) => vec![(choice.clone(), DENSE)],
        None => embedded.into(),
    };
    let findings: Result<Vec<Findings>> = all.iter().map(|(choice, network)| on(choice, network, args)).collect();
    Ok(Findings::together(findings?))
}

fn on(choice: &DataChoice, network: &Network, args: &StudyArgs) -> Result<Findings> {
    let study = Study::begin_on(choice, args, 1)?;
    let (data, name, cancel) = (&study.data, &study.data.name, Cancel::default());
    let kind = data.train.kind();
    if data.train.labels().is_none() || data.test.labels().is_none() {
        return Err(anyhow!("{name} has no classes; give data with labels"));
    }
    // No more numbers than there are, nor than samples to find directions in.
    let latent_dim = network.latent_dim.min(data.train.n_features()).min(data.train.n_samples());
    let length = latent_dim.to_string();
    let scaling = TrainSpec::default().scaling_of(&data.train);
    let by_features = Ranking::by_features(&data.train, scaling.as_ref(), &cancel);
    let linear = Kind::solved_for(kind).map(str::to_uppercase).unwrap_or_default();
    let by_linear = study.on_all_cores(|| Ranking::by_linear(data, latent_dim, &cancel));
    let mut rows = Vec::new();
    for (title, ranking) in
        [(kind.compared_by().to_owned(), by_features), (format!("{linear} of {length}"), by_linear)]
    {
        let Some(ranking) = ranking else { continue };
        let mut row = Row::new(title, COLUMNS.len());
        row.push(&precision(&study, &ranking)?);
        rows.push(row);
    }
    let settings: Vec<_> = network.settings.iter().copied().chain([("latent_dim", &*length)]).collect();
    let spec = spec("ae", &settings)?.fitted_to(kind);
    let mut row = Row::new(format!("AE of {length}"), COLUMNS.len());
    for seed in 0..study.seeds {
        let train = TrainSpec {
            epochs: network.epochs,
            learning_rate: network.learning_rate,
            schedule: Schedule::Cosine,
            seed,
            ..TrainSpec::default()
        };
        let model = study.train(&spec, &train, |_, _| {})?;
        row.push(&precision(&study, &study.ranking_by_codes(&model)?)?);
    }
    rows.push(row);
    let said = concluded(&rows);
    let title = format!(
        "The nearest training {} of {} unseen ones: the share of the same class",
        kind.nouns(),
        data.test.n_samples()
    );
    Ok(study.end(&title, &COLUMNS, &rows).and_so(&said))
}

/// Precision at each of [`KS`], percent; none where there are not as many training samples.
fn precision(study: &Study, ranking: &Ranking) -> Result<[f64; KS.len()]> {
    let (data, cancel) = (&study.data, Cancel::default());
    let known = data.train.labels().map_or(&[][..], |labels| &labels.of);
    let queries: Vec<u32> = (0..data.test.n_samples() as u32).collect();
    let hits = study.on_all_cores(|| ranking.hits((&data.test, &queries), known, Distance::Euclid, &cancel));
    let found = hits.ok_or_else(|| anyhow!("{}: its samples cannot be compared", data.name))?.precision();
    Ok(KS.map(|k| found.iter().find(|(at, _)| *at == k).map_or(f64::NAN, |(_, share)| 100.0 * share)))
}

/// How the codes of the network, which are the last row, stand to each of the others.
fn concluded(rows: &[Row]) -> String {
    let Some((network, others)) = rows.split_last() else { return String::new() };
    let against = |other: &Row| {
        let at = |wanted: Ordering| -> Vec<String> {
            let pairs = KS.iter().zip(network.values.iter().zip(&other.values));
            pairs.filter(|(_, (a, b))| held_against(a, b) == Some(wanted)).map(|(k, _)| k.to_string()).collect()
        };
        let parts = [(Ordering::Greater, "more"), (Ordering::Equal, "as much"), (Ordering::Less, "less")];
        let parts: Vec<String> = parts
            .into_iter()
            .map(|(order, word)| (word, at(order)))
            .filter(|(_, ks)| !ks.is_empty())
            .map(|(word, ks)| format!("{word} at {}", ks.join(", ")))
            .collect();
        format!("beside {} {}", other.name, parts.join(" and "))
    };
    let all: Vec<String> = others.iter().map(against).collect();
    format!("So the codes of the {} find of the class that is looked for: {}.", network.name, all.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::SampleKind;
    use crate::model::Settings;

    #[test]
    fn the_networks_take_what_they_are_for() {
        for (network, kind) in [(COLOUR, SampleKind::square(3, 32)), (DENSE, SampleKind::square(1, 28))] {
            let valid = spec("ae", network.settings).unwrap().with("latent_dim", "30").unwrap();
            assert_eq!(valid.check(&kind, &[]).unwrap().latent_dim(), 30);
        }
    }

    #[test]
    fn what_is_concluded_follows_from_the_table() {
        let row = |name: &str, values: [&[f64]; KS.len()]| Row {
            values: values.map(<[f64]>::to_vec).into(),
            ..Row::new(name, 0)
        };
        let rows = [
            row("pixels", [&[90.0], &[80.0], &[60.0]]),
            row("PCA of 30", [&[91.0], &[82.0], &[f64::NAN]]),
            row("AE of 30", [&[91.0, 92.0], &[79.0, 83.0], &[50.0, 55.0]]),
        ];
        let said = concluded(&rows);
        assert!(said.contains("the AE of 30 find"), "{said}");
        assert!(said.contains("beside pixels more at 1 and as much at 10 and less at 50"), "{said}");
        assert!(said.ends_with("beside PCA of 30 as much at 1, 10."), "{said}");
    }
}
