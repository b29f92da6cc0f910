//! What are few labels worth? A classifier 784-1000-1000-500-10 from scratch, on a fixed encoder, and
//! fine-tuned from one that an autoencoder learned of all samples without their labels (Hinton and
//! Salakhutdinov 2006; Bengio et al. 2007).

use super::curves::curves;
use super::table::{Row, Study, held_against, spec};
use super::{Findings, mean_and_spread};
use crate::cli::parse::StudyArgs;
use crate::model::{MetricId, ModelSpec, Settings};
use crate::train::{Checkpoint, TrainSpec, Trained, evaluate, on_encoder_of};
use anyhow::{Result, anyhow};
use serde_json::{Value, json};
use std::cmp::Ordering;

/// Labels that are known, before all.
const KNOWN: [usize; 6] = [10, 50, 100, 500, 1000, 5000];
/// Steps of each training with labels, so that few are not learned from less often than many.
const STEPS: u64 = 1500;
const BATCH: usize = 100;
/// Epochs of the autoencoder, which sees no label.
const EPOCHS: u64 = 10;
/// The classifier's layers: the last one before the softmax is its code.
const LAYERS: [(&str, &str); 4] =
    [("hidden", "1000,1000"), ("latent_dim", "500"), ("activation", "relu"), ("code_activation", "relu")];
/// The autoencoder whose hidden layers are those; it mends what is masked, so that it cannot copy.
const AUTOENCODER: [(&str, &str); 3] =
    [("hidden", "1000,1000,500"), ("latent_dim", "30"), ("corruption_level", "0.25")];
/// How the encoder begins, and whether it learns.
const WAYS: [&str; 3] = ["from scratch", "fixed encoder", "fine-tuned"];

/// Error on unseen samples by the number of labels.
pub fn study(args: &StudyArgs) -> Result<Findings> {
    let study = Study::begin(args, 0)?;
    let n = study.data.train.n_samples();
    if study.data.train.labels().is_none() {
        return Err(anyhow!("{} has no classes; give data with labels", study.data.name));
    }
    let known: Vec<usize> = KNOWN.into_iter().filter(|known| *known < n).chain([n]).collect();
    study.expect(1 + 3 * known.len() as u64);
    let row = |known: &usize| Row::new(format!("{known} labels"), WAYS.len()).at(*known as f64, known);
    let mut rows: Vec<Row> = known.iter().map(row).collect();
    let mut chosen = serde_json::Map::new();
    for seed in 0..study.seeds {
        let of_all = TrainSpec { epochs: EPOCHS, seed, ..TrainSpec::default() };
        let autoencoder = study.train_from(&spec("denoising", &AUTOENCODER)?, &of_all, None, |_, _| {})?;
        for (known, row) in known.iter().zip(&mut rows) {
            let plain = spec("classifier", &LAYERS)?.with("labels", &known.to_string())?;
            if let Some(samples) = plain.learned_from(&study.data.train, seed) {
                chosen.insert(format!("{known}, seed {seed}"), json!(samples));
            }
            let errors = errors(&study, &plain, (*known, seed), &autoencoder)?;
            row.push(&errors);
        }
    }
    let said = rows.iter().map(said).collect::<Vec<_>>().join(" ");
    let title = "What few labels are worth: error on unseen samples, %, of 784-1000-1000-500-10";
    let mut findings = study.end(title, &WAYS, &rows);
    findings.json["steps"] = json!(STEPS);
    findings.json["batch"] = json!(BATCH);
    findings.json["known"] = Value::Object(chosen);
    let drawn = curves("Error on unseen samples, %", "labels that are known", &WAYS, &rows);
    Ok(findings.and_so(&said).drawn(drawn))
}

/// The errors of the three ways with some labels, in %.
fn errors(study: &Study, plain: &ModelSpec, (known, seed): (usize, u64), encoder: &Trained) -> Result<[f64; 3]> {
    let per_epoch = known.div_ceil(BATCH.min(known)) as u64;
    let train = TrainSpec { epochs: STEPS.div_ceil(per_epoch), batch: BATCH, seed, ..TrainSpec::default() };
    let error = |spec: &ModelSpec, first: Option<&Checkpoint>| -> Result<f64> {
        let model = study.train_from(spec, &train, first, |_, _| {})?.model;
        let terms = study.on_all_cores(|| evaluate(&*model, &study.data.test, usize::MAX, &|| false));
        Ok(100.0 * terms.unwrap_or_default().of(MetricId::ErrorRate))
    };
    let on_encoder = |way: &str| -> Result<f64> {
        let spec = plain.with("encoder", way)?;
        let valid = spec.check(study.data.train.kind(), study.data.train.classes())?;
        let first =
            on_encoder_of(&valid, &train, encoder, "the autoencoder", &study.data).map_err(|e| anyhow!(e))?;
        error(&spec, Some(&first))
    };
    Ok([error(plain, None)?, on_encoder("fixed")?, on_encoder("trained")?])
}

/// What a line of the table says of pre-training.
fn said(row: &Row) -> String {
    let [scratch, fixed, tuned] = [0, 1, 2].map(|way| &row.values[way]);
    let mean = |values: &[f64]| mean_and_spread(values).0;
    // The better of the two that begin with the encoder.
    let (best, way) = if mean(fixed) < mean(tuned) { (fixed, "fixed") } else { (tuned, "fine-tuned") };
    let how = match held_against(best, scratch) {
        Some(Ordering::Less) => "pre-training gains with every seed",
        Some(Ordering::Greater) => "pre-training loses with every seed",
        _ => "seeds differ by more than pre-training",
    };
    format!("With {} {how} ({way} {:.2} %, from scratch {:.2} %).", row.name, mean(best), mean(scratch))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_who_gains_where_every_seed_does() {
        let row =
            |values: [[f64; 2]; 3]| Row { values: values.map(Vec::from).to_vec(), ..Row::new("100 labels", 0) };
        assert_eq!(
            said(&row([[30.0, 28.0], [20.0, 22.0], [25.0, 27.0]])),
            "With 100 labels pre-training gains with every seed (fixed 21.00 %, from scratch 29.00 %)."
        );
        assert!(said(&row([[30.0, 28.0], [40.0, 42.0], [29.0, 27.0]])).contains("seeds differ by more"));
        assert!(
            said(&row([[3.0, 2.0], [9.0, 8.0], [5.0, 7.0]])).contains("loses with every seed (fine-tuned 6.00 %")
        );
    }
}
