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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Cancel, Dataset, Labels, SampleKind, Values};
    use crate::model::{ClassifierSpec, ModelSpec, Settings};
    use crate::train::Run;

    fn data() -> DataSplit {
        let kind = SampleKind::image(1, 4, 3);
        let bytes: Vec<u8> = (0..60 * 12u32).map(|i| (i * 37 % 251) as u8).collect();
        let of: Vec<u16> = (0..60).map(|i| i % 3).collect();
        let labels = Labels { names: ["new", "half", "full"].map(String::from).into(), of: of.into() };
        let all = Dataset::new(kind, Values::Bytes(bytes.into()), Some(labels), vec![]).unwrap();
        DataSplit::new("dots".into(), all.slice(0..45).unwrap(), all.slice(45..60).unwrap())
    }

    fn checked(kind: &str, settings: &[(&str, &str)]) -> ValidSpec {
        let spec = ModelSpec::of_kind(kind).unwrap();
        let spec = settings.iter().fold(spec, |spec, (path, text)| spec.with(path, text).unwrap());
        spec.check(data().train.kind(), data().train.classes()).unwrap()
    }

    fn trained(spec: &ValidSpec, train: &TrainSpec, from: Option<&Checkpoint>) -> Trained {
        let mut run = Run::new(spec, train, &data(), from, 1).unwrap();
        while run.step() < run.last_step() {
            run.advance(&Cancel::default()).unwrap();
        }
        run.trained().unwrap()
    }

    fn weights(trained: &Trained) -> Vec<(String, Vec<f32>)> {
        trained.model.weights().into_iter().map(|param| (param.name, param.values.to_vec())).collect()
    }

    fn usual() -> TrainSpec {
        TrainSpec { epochs: 2, batch: 8, ..TrainSpec::default() }
    }

    #[test]
    fn an_encoder_comes_whole_or_by_its_hidden_layers_and_a_fixed_one_stays_as_it_is() {
        let source = trained(&checked("vae", &[("hidden", "7,5")]), &usual(), None);
        let theirs = weights(&source);
        // The classifier's code is theirs, or their second hidden layer.
        let whole = [("hidden", "7,5"), ("latent_dim", "2")];
        let part = [("hidden", "7"), ("latent_dim", "5"), ("code_activation", "relu")];
        for (settings, n_layers) in [(&whole[..], 3), (&part[..], 2)] {
            let fixed = checked("classifier", &[settings, &[("encoder", "fixed")]].concat());
            let first = on_encoder_of(&fixed, &usual(), &source, "vae", &data()).unwrap();
            for (own, theirs) in weights(&first.trained).iter().zip(&theirs).take(2 * n_layers) {
                assert_eq!(own.1, theirs.1, "{}", own.0);
            }
            // Decay in the optimizer must not pull at what stands still either.
            let train = ["adam", "adamw"].map(|name| usual().with("optimizer", name).unwrap());
            for train in train {
                let after = weights(&trained(&fixed, &train, Some(&first)));
                assert_eq!(after[..2 * n_layers], weights(&first.trained)[..2 * n_layers]);
                assert_ne!(after[2 * n_layers..], weights(&first.trained)[2 * n_layers..]);
            }
            let dropping = [settings, &[("dropout", "0.5"), ("encoder", "fixed")]].concat();
            let after = [
                trained(&fixed, &usual(), Some(&first)),
                trained(&checked("classifier", &dropping), &usual(), Some(&first)),
            ];
            // Their layers have other numbers.
            let [plain, dropping] = after.map(|after| weights(&after).into_iter().map(|(_, values)| values));
            assert!(plain.eq(dropping), "of what stands still nothing is dropped");
            let free = checked("classifier", settings);
            let after = weights(&trained(&free, &usual(), Some(&first)));
            assert!(after.iter().zip(&weights(&first.trained)).all(|(after, before)| after != before));
        }
    }

    #[test]
    fn settings_follow_the_encoder_and_what_does_not_fit_is_refused() {
        let plain = ModelSpec::of_kind("classifier").unwrap().with("labels", "9").unwrap();
        let kind = data().train.kind().clone();
        let of = |kind_of: &str, settings: &[(&str, &str)]| {
            let source = checked(kind_of, settings);
            let spec = ClassifierSpec::on_encoder_of(&plain, source.spec(), &kind).unwrap();
            let spec = spec.check(&kind, data().train.classes()).unwrap();
            let source = Trained { step: 0, ..trained(&source, &TrainSpec { epochs: 1, ..usual() }, None) };
            on_encoder_of(&spec, &usual(), &source, "it", &data()).unwrap();
            spec
        };
        let sparse = of("sparse", &[("latent_dim", "6")]);
        let said = ["hidden", "latent_dim", "code_activation", "labels"].map(|path| sparse.spec().text(path));
        assert_eq!(said, ["", "6", "sigmoid", "9"]);
        assert_eq!(of("vae", &[("arch", "conv"), ("channels", "3")]).spec().text("channels"), "3");
        assert_eq!(of("pca", &[]).spec().text("hidden"), "");
        let classifier =
            of("classifier", &[("arch", "conv"), ("channels", "2"), ("edges", "inside"), ("kernel", "1")]);
        assert_eq!(classifier.spec().text("edges"), "inside");

        let refused = |from: &str, settings: &[(&str, &str)]| {
            let source = trained(&checked(from, &[("hidden", "7,5")]), &TrainSpec { epochs: 1, ..usual() }, None);
            on_encoder_of(&checked("classifier", settings), &usual(), &source, "it", &data()).err().unwrap()
        };
        assert!(refused("vae", &[("hidden", "7,4")]).contains("encoder.2.weight of the classifier is [4, 7]"));
        assert!(
            refused("vae", &[("hidden", "7,5,2"), ("latent_dim", "9")])
                .contains("has 3 layers, the classifier's 4")
        );
        assert!(refused("cvae", &[("hidden", "7,5")]).contains("told the label"));
    }

    #[test]
    fn only_samples_whose_label_is_known_are_learned_from() {
        let few = checked("classifier", &[("hidden", "4"), ("labels", "6")]);
        let known = few.spec().learned_from(&data().train, usual().seed).unwrap();
        let run = Run::new(&few, &usual(), &data(), None, 1).unwrap();
        assert_eq!((known.len(), run.steps_per_epoch()), (6, 1));
        assert_ne!(known, few.spec().learned_from(&data().train, usual().seed + 1).unwrap(), "the seed chooses");
        // The same weights as on those samples alone, where all labels are known.
        let all = checked("classifier", &[("hidden", "4")]);
        let alone = DataSplit { train: data().train.select(&known).unwrap(), ..data() };
        let mut of_known = Run::new(&all, &usual(), &alone, None, 1).unwrap();
        while of_known.step() < of_known.last_step() {
            of_known.advance(&Cancel::default()).unwrap();
        }
        assert_eq!(weights(&trained(&few, &usual(), None)), weights(&of_known.trained().unwrap()));
    }
}
