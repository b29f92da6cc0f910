//! Does depth pay? PCA against the deep autoencoder, at 2 and at 30 dimensions (Hinton and Salakhutdinov
//! 2006).

use super::Findings;
use super::table::{Row, Study, spec};
use crate::cli::parse::StudyArgs;
use crate::latent::knn::knn_accuracy;
use crate::model::{MetricId, SharedModel};
use crate::train::{Schedule, TrainSpec, evaluate};
use anyhow::{Result, anyhow};

const EPOCHS: u64 = 40;
/// Neighbours that vote on a code's class.
const K: usize = 5;
const COLUMNS: [&str; 2] = ["squared error", "5-NN accuracy %"];

/// Reconstruction of unseen images, and how well their codes tell the classes apart.
pub fn study(args: &StudyArgs) -> Result<Findings> {
    let study = Study::begin(args, 4)?;
    let mut rows = Vec::new();
    for dims in ["2", "30"] {
        for (kind, name) in [("pca", "PCA"), ("deep", "deep AE")] {
            let spec = spec(kind, &[("latent_dim", dims)])?;
            let mut row = Row::new(format!("{name}, {dims} dimensions"), COLUMNS.len());
            for seed in 0..study.seeds {
                let train = TrainSpec { epochs: EPOCHS, seed, schedule: Schedule::Cosine, ..TrainSpec::default() };
                row.push(&measure(&study, &study.train(&spec, &train, |_, _| {})?)?);
            }
            rows.push(row);
        }
    }
    Ok(study.end(
        "PCA against a deep autoencoder: test images, the vote of the 5 nearest training codes",
        &COLUMNS,
        &rows,
    ))
}

fn measure(study: &Study, model: &SharedModel) -> Result<[f64; 2]> {
    let data = &study.data;
    let (Some(known), Some(of)) = (data.train.labels(), data.test.labels()) else {
        return Err(anyhow!("{} has no classes; give data with labels", data.name));
    };
    let (references, codes) = (study.codes(model, &data.train)?, study.codes(model, &data.test)?);
    let terms = study.on_all_cores(|| evaluate(&**model, &data.test, usize::MAX, &|| false)).unwrap_or_default();
    let accuracy = study.on_all_cores(|| knn_accuracy(references.view(), &known.of, codes.view(), &of.of, K));
    Ok([terms.of(MetricId::SquaredError), 100.0 * accuracy])
}
