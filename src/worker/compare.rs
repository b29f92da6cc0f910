//! Models held beside the shown one: fetched or solved, encoded, and scored.

use super::protocol::{CodeCloud, Rival, RivalRequest, RivalSource, Scores};
use super::train::code_cloud;
use crate::data::{Cancel, DataSplit, Dataset};
use crate::latent::knn::knn_accuracy;
use crate::model::{FrozenModel, MetricId, SharedModel};
use crate::store;
use crate::train::{Run, TrainSpec, encode, evaluate};
use std::sync::Arc;
use std::time::Instant;

/// Neighbours that vote on a code's class.
const K: usize = 5;
/// Most codes that are voted on, and most that vote; as many of larger sets, spread evenly.
const MAX_VOTED_ON: usize = 2_000;
const MAX_VOTERS: usize = 10_000;

/// Fetches a model, encodes all training samples by it and scores it.
pub fn rival(request: &RivalRequest, cancel: &Cancel) -> Result<Rival, String> {
    let data = &request.data;
    let (name, model, secs) = fetch(&request.source, data, cancel)?;
    model.info().fits(&data.train)?;
    let all: Vec<u32> = (0..data.train.n_samples() as u32).collect();
    let cloud = code_cloud(&model, &data.train, all, &|| cancel.is_set());
    let cloud = Arc::new(cloud.ok_or("this model has no encoder to plot")?);
    let scores = score(&model, &cloud, data, cancel).ok_or("given up")?;
    Ok(Rival { name, model, cloud, scores: Scores { secs, ..scores } })
}

/// The model, what to call it, and the seconds that its training took, where they are known.
fn fetch(
    source: &RivalSource,
    data: &DataSplit,
    cancel: &Cancel,
) -> Result<(String, SharedModel, Option<f32>), String> {
    match source {
        RivalSource::Shown(name, model, secs) => Ok((name.clone(), Arc::clone(model), *secs)),
        RivalSource::Model(path) => {
            let checkpoint = store::open(path).map_err(|e| e.to_string())?;
            let model = checkpoint.trained.model;
            Ok((model.info().title.clone(), model, None))
        }
        RivalSource::Solve(spec) => {
            let begin = Instant::now();
            let valid = spec.check(data.train.kind(), data.train.classes()).map_err(|e| e.to_string())?;
            let mut run = Run::new(&valid, &TrainSpec::default(), data, None, 1).map_err(|e| e.to_string())?;
            while run.step() < run.last_step() {
                run.advance(cancel).map_err(|e| e.to_string())?;
            }
            let model = run.trained().map_err(|e| e.to_string())?.model;
            Ok((spec.title().to_owned(), model, Some(begin.elapsed().as_secs_f32())))
        }
    }
}

/// The scores of a model whose training codes are known, but for the seconds of its training; none when cancelled.
pub fn score(model: &SharedModel, cloud: &CodeCloud, data: &DataSplit, cancel: &Cancel) -> Option<Scores> {
    let terms = evaluate(&**model, &data.test, usize::MAX, &|| cancel.is_set())?;
    Some(Scores {
        squared_error: terms.of(MetricId::SquaredError),
        kl: model.info().has_prior().then(|| terms.of(MetricId::Kl)),
        n_params: model.info().n_params,
        secs: None,
        accuracy: accuracy(&**model, cloud, data, cancel),
    })
}

/// The share of test codes whose class their nearest training codes vote for; none without classes.
fn accuracy(model: &dyn FrozenModel, cloud: &CodeCloud, data: &DataSplit, cancel: &Cancel) -> Option<f64> {
    let (known, of) = (data.train.labels()?, data.test.labels()?);
    let spread = |data: &Dataset, most: usize| -> Vec<u32> {
        let (n, kept) = (data.n_samples(), data.n_samples().min(most));
        (0..kept).map(|i| (i * n / kept) as u32).collect()
    };
    let (voters, voted) = (spread(&data.train, MAX_VOTERS), spread(&data.test, MAX_VOTED_ON));
    let codes = encode(model, &data.test, &voted, &|| cancel.is_set())?.mu;
    let places: Vec<usize> = voters.iter().map(|&idx| idx as usize).collect();
    let references = cloud.codes.mu.select(ndarray::Axis(0), &places);
    let class = |labels: &crate::data::Labels, indices: &[u32]| -> Vec<u16> {
        indices.iter().map(|&idx| labels.of[idx as usize]).collect()
    };
    Some(knn_accuracy(references.view(), &class(known, &voters), codes.view(), &class(of, &voted), K))
}
