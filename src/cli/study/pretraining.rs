//! Must a deep autoencoder begin as a stack of Boltzmann machines (Hinton and Salakhutdinov 2006)? These, a
//! stack of autoencoders (Bengio 2007) and no pre-training at all, at equal steps.

use super::Findings;
use super::table::{Row, Study, held_against, spec};
use crate::cli::parse::StudyArgs;
use crate::data::Dataset;
use crate::model::{MetricId, SharedModel};
use crate::train::{TrainSpec, evaluate};
use anyhow::{Result, anyhow};
use std::cmp::Ordering;

/// Epochs of every training, pre-training among them.
const EPOCHS: u64 = 40;
/// Of these for each of the four pairs of layers.
const EACH: &str = "4";
const COLUMNS: [&str; 2] = ["of test images", "of training images"];
/// Name, and settings on top of a deep network of sigmoids.
const ROWS: [(&str, &[(&str, &str)]); 4] = [
    ("Boltzmann machines", &[("pretrain", EACH), ("pretrain_by", "rbm")]),
    ("autoencoders", &[("pretrain", EACH), ("pretrain_by", "autoencoders")]),
    ("none", &[]),
    ("none, and ELU for sigmoid", &[("activation", "elu")]),
];

/// Squared error of unseen and of seen images.
pub fn study(args: &StudyArgs) -> Result<Findings> {
    let study = Study::begin(args, ROWS.len() as u64)?;
    let deep = [("latent_dim", "30"), ("hidden", "1000,500,250"), ("activation", "sigmoid")];
    let mut rows = Vec::new();
    for (name, settings) in ROWS {
        let spec = spec("ae", &[&deep[..], settings].concat())?;
        let mut row = Row::new(name, COLUMNS.len());
        for seed in 0..study.seeds {
            let model =
                study.train(&spec, &TrainSpec { epochs: EPOCHS, seed, ..TrainSpec::default() }, |_, _| {})?;
            let of = |data: &Dataset| squared_error(&study, &model, data);
            row.push(&[of(&study.data.test)?, of(&study.data.train)?]);
        }
        rows.push(row);
    }
    let said = said(&rows);
    let title =
        "Squared error of 784-1000-500-250-30 begun in three ways, 40 epochs each with those of pre-training";
    Ok(study.end(title, &COLUMNS, &rows).and_so(&said))
}

fn squared_error(study: &Study, model: &SharedModel, data: &Dataset) -> Result<f64> {
    let terms = study.on_all_cores(|| evaluate(&**model, data, usize::MAX, &|| false));
    let error = terms.and_then(|terms| terms.get(MetricId::SquaredError));
    error.ok_or_else(|| anyhow!("the model is not scored"))
}

/// What the errors of test images say of the claim.
fn said(rows: &[Row]) -> String {
    let [machines, others @ ..] = rows else { return String::new() };
    let against = |other: &Row| {
        let how = match held_against(&machines.values[0], &other.values[0]) {
            Some(Ordering::Less) => "less than",
            Some(Ordering::Greater) => "more than",
            _ => "no clear difference to",
        };
        format!("{how} “{}”", other.name)
    };
    let all: Vec<String> = others.iter().map(against).collect();
    format!("Test error begun by Boltzmann machines: {}.", all.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::SampleKind;

    fn row(name: &str, test: &[f64]) -> Row {
        Row { values: vec![test.to_vec(), vec![]], ..Row::new(name, 0) }
    }

    #[test]
    fn what_is_said_follows_from_the_errors_of_every_seed() {
        let rows = [row("machines", &[3.0, 3.2]), row("a", &[4.0, 5.0]), row("b", &[2.0]), row("c", &[3.1])];
        let said = said(&rows);
        assert!(said.ends_with("less than “a”, more than “b”, no clear difference to “c”."), "{said}");
    }

    #[test]
    fn every_row_can_be_trained_and_leaves_epochs_for_the_whole() {
        for (name, settings) in ROWS {
            let deep = [("latent_dim", "30"), ("hidden", "1000,500,250"), ("activation", "sigmoid")];
            let spec = spec("ae", &[&deep[..], settings].concat()).unwrap();
            assert!(spec.check(&SampleKind::square(1, 28), &[]).is_ok(), "{name}");
            assert_eq!(spec.stage(EPOCHS / 2), None, "{name}: half of the epochs are for the whole");
            assert_eq!(spec.stage(EPOCHS / 2 - 5).is_some(), settings.len() == 2, "{name}");
        }
    }
}
