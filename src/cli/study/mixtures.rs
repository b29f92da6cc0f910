//! "A VAE is a mixture of infinitely many Gaussians": ln p(x) of unseen digits under mixtures of more and
//! more of them, beside a VAE's bound and its importance-weighted estimate.
//!
//! All are densities over the same pixels in [0, 1]: the mixtures stand on the coordinates of a PCA with
//! noise outside its plane, the VAE has a Gaussian likelihood whose noise is learned.

use super::Findings;
use super::curves::curves;
use super::table::{Row, Study, spec};
use crate::cli::parse::StudyArgs;
use crate::model::MetricId;
use crate::train::{TrainSpec, evaluate, importance_weighted};
use anyhow::{Result, anyhow};

/// Components of the PCA, and dimensions of the VAE's code.
const DIMENSIONS: &str = "20";
/// Gaussians in each mixture.
const COMPONENTS: [u8; 5] = [1, 3, 10, 30, 100];
/// Sweeps of expectation maximisation.
const SWEEPS: u64 = 60;
/// Epochs of the VAE.
const EPOCHS: u64 = 40;
/// Importance samples an image, and the images that they are drawn for.
const IMPORTANCE: usize = 500;
const N_IMPORTANCE: usize = 500;
const COLUMNS: [&str; 2] = ["test ln p(x), nats", "bound"];

/// Mean ln p(x) of test images under each.
pub fn study(args: &StudyArgs) -> Result<Findings> {
    let study = Study::begin(args, COMPONENTS.len() as u64 + 1)?;
    let test = &study.data.test;
    let mut rows = Vec::new();
    for components in COMPONENTS {
        let spec = spec("gmm", &[("pca", DIMENSIONS), ("components", &components.to_string())])?;
        let plural = if components == 1 { "" } else { "s" };
        let row = Row::new(format!("{components} Gaussian{plural}"), COLUMNS.len());
        let mut row = row.at(f64::from(components), components);
        for seed in 0..study.seeds {
            let model =
                study.train(&spec, &TrainSpec { epochs: SWEEPS, seed, ..TrainSpec::default() }, |_, _| {})?;
            let terms = study.on_all_cores(|| evaluate(&*model, test, usize::MAX, &|| false));
            let log_p = terms.and_then(|terms| terms.get(MetricId::NegLogP)).map(|nats| -nats);
            let log_p = log_p.ok_or_else(|| anyhow!("the mixture gave no density"))?;
            row.push(&[log_p, log_p]);
        }
        rows.push(row);
    }
    let vae = spec("vae", &[("latent_dim", DIMENSIONS), ("likelihood", "gaussian"), ("noise", "learned")])?;
    let mut row = Row::new("VAE, infinitely many", COLUMNS.len());
    for seed in 0..study.seeds {
        let model = study.train(&vae, &TrainSpec { epochs: EPOCHS, seed, ..TrainSpec::default() }, |_, _| {})?;
        let found = study.on_all_cores(|| importance_weighted(&*model, test, N_IMPORTANCE, IMPORTANCE, &|| false));
        let found = found.ok_or_else(|| anyhow!("the VAE gave no density"))?;
        row.push(&[found.log_p, found.elbo]);
    }
    rows.push(row);
    let drawn = curves(COLUMNS[0], "Gaussians", &["mixtures"], &rows);
    let title = "Mixtures of Gaussians on 20 principal components, and a VAE of 20 dimensions";
    Ok(study.end(title, &COLUMNS, &rows).drawn(drawn))
}
