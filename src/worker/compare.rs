//! Models held beside the shown one: fetched or solved, encoded, and scored.

use super::protocol::{Rival, RivalRequest, RivalSource};
use crate::data::{Cancel, DataSplit};
use crate::model::SharedModel;
use crate::store;
use crate::train::{CodeCloud, Run, Scores, TrainSpec, score};
use std::sync::Arc;
use std::time::Instant;

/// Fetches a model, encodes all training samples by it and scores it.
pub fn rival(request: &RivalRequest, cancel: &Cancel) -> Result<Rival, String> {
    let data = &request.data;
    let (name, model, secs) = fetch(&request.source, data, cancel)?;
    model.info().fits(&data.train)?;
    let all: Vec<u32> = (0..data.train.n_samples() as u32).collect();
    let cloud = CodeCloud::new(&*model, &data.train, all, &|| cancel.is_set());
    let cloud = Arc::new(cloud.ok_or("this model has no encoder to plot")?);
    let scores = score(&*model, &cloud, data, cancel).ok_or("given up")?;
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
