//! Does LSA give nothing like it, as the lecture says of documents on a plane (Hinton and Salakhutdinov
//! 2006)? Documents by the codes of an autoencoder, of a VAE and of LSA, and by all their words.
//!
//! Every model learns from the same documents and is asked about the same others. Both ways of measuring
//! length are tried with each, for Euclid is what autoencoders are usually held to, and the cosine LSA.

use super::Findings;
use super::table::{Row, Spread, Study, held_against, spec};
use crate::cli::UsageError;
use crate::cli::parse::StudyArgs;
use crate::data::{Cancel, DataChoice, Dataset, Distance};
use crate::latent::knn::vote;
use crate::model::ModelSpec;
use crate::train::{Hits, Ranking, TrainSpec};
use anyhow::{Result, anyhow};
use std::cmp::Ordering;

const EPOCHS: u64 = 30;
/// Neighbours that vote on a document's class.
const K: usize = 5;
/// The nearest whose classes are counted.
const PRECISION_AT: usize = 10;
/// Lengths of the codes, side by side in the table.
const DIMENSIONS: [&str; 2] = ["2", "10"];
/// What is measured at each length.
const N_MEASURES: usize = 2;
const COLUMNS: [&str; DIMENSIONS.len() * N_MEASURES] =
    ["2-D: 5-NN accuracy %", "2-D: precision at 10 %", "10-D: 5-NN accuracy %", "10-D: precision at 10 %"];
/// What each of the measures is called.
const MEASURES: [&str; N_MEASURES] = ["accuracy", "precision"];
const DISTANCES: [(Distance, &str); 2] = [(Distance::Euclid, "Euclidean"), (Distance::Cosine, "cosine")];
const HIDDEN: (&str, &str) = ("hidden", "500, 250, 125");

/// A way of making codes, which the seeds are of no matter to where it is solved.
struct Coder {
    name: &'static str,
    kind: &'static str,
    settings: &'static [(&'static str, &'static str)],
    role: Role,
}

/// Which side of the claim a coder stands on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    /// The network that the claim is about.
    Claimed,
    /// What is said to be nothing like it.
    Doubted,
    /// Beside both.
    Beside,
}

const CODERS: [Coder; 4] = [
    Coder { name: "AE", kind: "ae", settings: &[HIDDEN, ("code_l2", "0")], role: Role::Claimed },
    Coder { name: "VAE", kind: "vae", settings: &[HIDDEN], role: Role::Beside },
    Coder { name: "LSA", kind: "lsa", settings: &[], role: Role::Doubted },
    Coder { name: "LSA, centred", kind: "lsa", settings: &[("centre", "mean")], role: Role::Doubted },
];

impl Coder {
    fn spec(&self, latent_dim: &str, data: &Dataset) -> Result<ModelSpec> {
        let settings: Vec<_> = self.settings.iter().copied().chain([("latent_dim", latent_dim)]).collect();
        Ok(spec(self.kind, &settings)?.fitted_to(data.kind()))
    }
}

/// How well codes of unseen documents tell their classes, and how many of the nearest are of the same.
pub fn study(args: &StudyArgs) -> Result<Findings> {
    let n_trained = CODERS.len() * DIMENSIONS.len();
    let mut study = Study::begin_on(args.data.as_ref().unwrap_or(&DataChoice::Wordnet), args, n_trained as u64)?;
    study.spread = Spread::Range;
    let (data, name) = (&study.data, &study.data.name);
    if !data.train.kind().counts_words() {
        let nouns = data.train.kind().nouns();
        return Err(UsageError(format!("--data: this study is about documents, which {nouns} are not")).into());
    }
    if data.train.labels().is_none() || data.test.labels().is_none() {
        return Err(anyhow!("{name} has no classes; give documents with labels"));
    }
    let mut rows: Vec<Row> =
        CODERS.iter().flat_map(|coder| DISTANCES.map(|(_, how)| row(coder.name, how))).collect();
    for (at, dims) in DIMENSIONS.into_iter().enumerate() {
        for (coder, rows) in CODERS.iter().zip(rows.chunks_mut(DISTANCES.len())) {
            let spec = coder.spec(dims, &data.train)?;
            let n_seeds = if spec.is_closed_form() { 1 } else { study.seeds };
            for seed in 0..n_seeds {
                let train = TrainSpec { epochs: EPOCHS, seed, ..TrainSpec::default() };
                let model = study.train(&spec, &train, |_, _| {})?;
                let ranking = study.ranking_by_codes(&model)?;
                for (row, (distance, _)) in rows.iter_mut().zip(DISTANCES) {
                    push_at(row, at, measure(&study, &ranking, distance)?);
                }
            }
        }
    }
    // Weights of tf·idf have unit length, so that both distances have the same order.
    let mut whole = Row::new(format!("TF-IDF, all {} words", data.train.n_features()), COLUMNS.len());
    let ranking = Ranking::by_features(&data.train, None, &Cancel::default());
    let ranking = ranking.ok_or_else(|| anyhow!("{name}: its documents cannot be compared"))?;
    let found = measure(&study, &ranking, Distance::Cosine)?;
    (0..DIMENSIONS.len()).for_each(|at| push_at(&mut whole, at, found));
    let said = concluded(&rows);
    rows.push(whole);
    let title = format!(
        "{} test documents: the vote of the {K} nearest training codes, and the share of the {PRECISION_AT} \
         nearest that are of the same class",
        data.test.n_samples()
    );
    Ok(study.end(&title, &COLUMNS, &rows).and_so(&said))
}

fn row(name: &str, how: &str) -> Row {
    Row::new(format!("{name}, {how}"), COLUMNS.len())
}

/// Adds what was measured at one length of code.
fn push_at(row: &mut Row, at: usize, found: [f64; N_MEASURES]) {
    let columns = row.values.iter_mut().skip(at * N_MEASURES);
    columns.zip(found).for_each(|(column, value)| column.push(value));
}

/// The accuracy of the vote and the precision, percent.
fn measure(study: &Study, ranking: &Ranking, distance: Distance) -> Result<[f64; N_MEASURES]> {
    let (data, cancel) = (&study.data, Cancel::default());
    let known = data.train.labels().map_or(&[][..], |labels| &labels.of);
    let queries: Vec<u32> = (0..data.test.n_samples() as u32).collect();
    let classes = data.test.labels_of(&queries);
    // Both are of the same nearest samples.
    let found = study.on_all_cores(|| ranking.found((&data.test, &queries), distance, &cancel));
    let found = found.and_then(|found| Some((Hits::of(&found, &classes, known)?, found)));
    let Some((hits, found)) = found else {
        return Err(anyhow!("{}: its documents cannot be compared", data.name));
    };
    let precision = hits.precision().into_iter().find(|(k, _)| *k == PRECISION_AT);
    let is_right = |(found, class): &(&Vec<u32>, &u16)| {
        vote(found.iter().take(K).map(|&sample| known[sample as usize])) == Some(**class)
    };
    let n_right = found.iter().zip(&classes).filter(is_right).count();
    let accuracy = n_right as f64 / queries.len() as f64;
    Ok([100.0 * accuracy, precision.map_or(f64::NAN, |(_, share)| 100.0 * share)])
}

/// Whether the claim holds at each length: the network in its worse distance against LSA in its best, so that
/// neither is helped by how it is measured.
fn concluded(rows: &[Row]) -> String {
    let of = |role: Role, column: usize| -> Vec<&Vec<f64>> {
        let all = CODERS.iter().zip(rows.chunks(DISTANCES.len())).filter(|(coder, _)| coder.role == role);
        all.flat_map(|(_, rows)| rows).map(|row| &row.values[column]).collect()
    };
    let mean = |values: &[f64]| super::mean_and_spread(values).0;
    let by_mean = |a: &&Vec<f64>, b: &&Vec<f64>| mean(a).total_cmp(&mean(b));
    let at_length = |(at, dims): (usize, &str)| {
        let parts = MEASURES.iter().enumerate().filter_map(|(measure, name)| {
            let column = at * N_MEASURES + measure;
            let network = of(Role::Claimed, column).into_iter().min_by(by_mean)?;
            let lsa = of(Role::Doubted, column).into_iter().max_by(by_mean)?;
            let how = match held_against(network, lsa)? {
                Ordering::Greater => "above",
                Ordering::Less => "below",
                Ordering::Equal => "no different from",
            };
            Some(format!("{name} {:.1} {how} {:.1} %", mean(network), mean(lsa)))
        });
        let parts: Vec<String> = parts.collect();
        format!("at {dims} dimensions {}", if parts.is_empty() { "nothing".into() } else { parts.join(", ") })
    };
    let lengths: Vec<String> = DIMENSIONS.into_iter().enumerate().map(at_length).collect();
    format!(
        "So the AE, by the distance that suits it less, stands to the better LSA, by the distance that suits it \
         more, as follows: {}.",
        lengths.join("; ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Count, SampleKind, Values};
    use crate::model::Settings;

    #[test]
    fn every_way_of_making_codes_takes_documents() {
        let kind = SampleKind::documents((0..40).map(|i| format!("word {i}")));
        let counts = Values::Sparse([vec![Count { feature: 3, count: 1 }]].into_iter().collect());
        let data = Dataset::new(kind, counts, None, Vec::new()).unwrap();
        for (coder, dims) in CODERS.iter().flat_map(|coder| DIMENSIONS.map(|dims| (coder, dims))) {
            let valid = coder.spec(dims, &data).unwrap().check(data.kind(), &[]).unwrap();
            assert_eq!(valid.latent_dim().to_string(), dims, "{}", coder.name);
        }
        let ae = CODERS[0].spec("2", &data).unwrap();
        assert_eq!((ae.text("likelihood"), ae.text("hidden")), ("multinomial".into(), "500, 250, 125".into()));
    }

    #[test]
    fn what_is_concluded_follows_from_the_table() {
        let rows = |network: [f64; 4], lsa: [f64; 4]| -> Vec<Row> {
            let values = CODERS.iter().flat_map(|coder| {
                let of = if coder.role == Role::Claimed { network } else { lsa };
                DISTANCES.map(|(_, how)| {
                    let mut row = row(coder.name, how);
                    (0..DIMENSIONS.len()).for_each(|at| push_at(&mut row, at, [of[2 * at], of[2 * at + 1]]));
                    row
                })
            });
            values.collect()
        };
        let said = concluded(&rows([61.0, 55.0, 40.0, f64::NAN], [24.0, 20.0, 60.0, 50.0]));
        assert!(
            said.contains("at 2 dimensions accuracy 61.0 above 24.0 %, precision 55.0 above 20.0 %"),
            "{said}"
        );
        assert!(said.contains("at 10 dimensions accuracy 40.0 below 60.0 %."), "{said}");
        let mut mixed = rows([30.0; 4], [20.0; 4]);
        // By the cosine the network is worse, and one LSA is better by it.
        mixed[1].values[0] = vec![22.0, 26.0];
        mixed[7].values[0] = vec![25.0];
        assert!(concluded(&mixed).contains("accuracy 24.0 no different from 25.0 %"), "{}", concluded(&mixed));
    }
}
