//! What holds the variances up? The VAE with its KL term and without: σ collapses, and a VAE turns into an
//! AE.

use super::Findings;
use super::table::{Row, Study, spec};
use crate::cli::parse::StudyArgs;
use crate::model::MetricId;
use crate::train::{TrainSpec, evaluate};
use anyhow::Result;

const EPOCHS: u64 = 20;
/// Epochs after which σ is looked at.
const LOOKS: [u64; 4] = [1, 5, 10, EPOCHS];
const COLUMNS: [&str; 5] = ["σ, epoch 1", "epoch 5", "epoch 10", "epoch 20", "squared error"];

/// Mean posterior standard deviation of unseen images as training goes on, and their reconstruction at the
/// end.
pub fn study(args: &StudyArgs) -> Result<Findings> {
    let study = Study::begin(args, 3)?;
    let mut rows = Vec::new();
    for (name, beta) in [("β = 1", "1"), ("β = 0.1", "0.1"), ("KL off, β = 0", "0")] {
        let spec = spec("vae", &[("beta", beta)])?;
        let mut row = Row::new(name, COLUMNS.len());
        for seed in 0..study.seeds {
            let train = TrainSpec { epochs: EPOCHS, seed, ..TrainSpec::default() };
            let mut seen = Vec::new();
            study.train(&spec, &train, |epoch, model| {
                if LOOKS.contains(&epoch) {
                    let terms = evaluate(&**model, &study.data.test, usize::MAX, &|| false).unwrap_or_default();
                    seen.push(terms.of(MetricId::Sigma));
                    if epoch == EPOCHS {
                        seen.push(terms.of(MetricId::SquaredError));
                    }
                }
            })?;
            row.push(&seen);
        }
        rows.push(row);
    }
    Ok(study.end("Mean posterior σ of test images with the KL term and without", &COLUMNS, &rows))
}
