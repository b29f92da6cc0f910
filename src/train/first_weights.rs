//! A classifier whose first weights are another model's encoder.

use super::run::{Checkpoint, Recent, Trained};
use super::spec::TrainSpec;
use crate::data::{DataSplit, ReadSettings};
use crate::model::{Brought, Objective, ValidSpec, scaled};
use crate::nn::Param;
use std::sync::Arc;

/// The parts of a model file that are an encoder's, in the order in which they read.
const ENCODER: [&str; 2] = ["encoder.", "mu."];

/// A model of `spec` with the layers of the encoder of `from` as its first weights and the others as `train`
/// draws them; of its columns that model's scaling. `name` is what `from` is called.
///
/// The encoder may have more layers: a classifier of its hidden layers alone takes those. The error is a
/// sentence for the user.
pub fn on_encoder_of(
    spec: &ValidSpec,
    train: &TrainSpec,
    from: &Trained,
    name: &str,
    data: &DataSplit,
) -> Result<Checkpoint, String> {
    let info = from.model.info();
    if info.input != *spec.input() {
        return Err(format!(
            "{name} is for {}, these samples are {}; choose a model of such samples",
            info.input,
            spec.input()
        ));
    }
    if !info.classes.is_empty() {
        return Err(format!(
            "the encoder of {name} is told the label, which is what is to be found; choose another model"
        ));
    }
    let fresh: Box<dyn Objective<f32>> =
        spec.build(train.seed).ok_or_else(|| format!("{} has no first weights", spec.spec().title()))?;
    let (own, theirs) = (fresh.params(), from.model.weights());
    let (of_encoder, theirs) = (layers(&own), layers(&theirs));
    let n_own = of_encoder.len();
    if theirs.is_empty() {
        return Err(format!("{name} has no encoder with layers; choose another model"));
    }
    let differs = of_encoder.iter().zip(&theirs).find(|(own, theirs)| own.shape != theirs.shape);
    if let Some((own, theirs)) = differs {
        return Err(format!(
            "{} of the classifier is {:?}, {} of {name} is {:?}; use the settings of its encoder",
            own.name, own.shape, theirs.name, theirs.shape
        ));
    }
    if theirs.len() < n_own {
        return Err(format!(
            "the encoder of {name} has {} layers, the classifier's {}; use the settings of its encoder",
            theirs.len() / 2,
            n_own / 2
        ));
    }
    // The encoder's parameters are a model's first ones.
    let brought: Vec<&[f32]> = theirs[..n_own].iter().copied().chain(&own[n_own..]).map(|p| p.values).collect();
    let model = scaled(spec.frozen(Some(&brought)).map_err(|e| e.to_string())?, info.scaling.as_ref());
    let note = match from.step {
        0 => "its weights are first ones, as they were drawn".into(),
        step => format!("trained for {step} steps"),
    };
    let origin = Brought {
        from: name.into(),
        what: format!("the encoder of a model of kind {}", info.kind),
        notes: vec![note],
        ..Brought::default()
    };
    Ok(Checkpoint {
        trained: Trained {
            model,
            train: train.clone(),
            step: 0,
            data: data.train.fingerprint(),
            reading: ReadSettings::clone(&data.reading),
            test_curve: Vec::new(),
            train_curve: Vec::new(),
            recent: Recent::default(),
            brought: Some(Arc::new(origin)),
        },
        learner: None,
    })
}

/// The parameters of an encoder from samples to codes.
fn layers<'a, 'b>(params: &'b [Param<'a, f32>]) -> Vec<&'b Param<'a, f32>> {
    ENCODER.iter().flat_map(|part| params.iter().filter(move |param| param.name.starts_with(part))).collect()
}
