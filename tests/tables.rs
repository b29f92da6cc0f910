//! Tables as samples: scaled columns inside the model, values in the data's own units outside.

#![allow(clippy::unwrap_used, reason = "in a test this is how what must not fail fails")]

use halfmoon::data::{Cancel, DataChoice, DataSplit, Dataset, Reading, SampleKind, Values, load};
use halfmoon::model::{Capabilities, KINDS, ModelSpec, Settings, SharedModel, scaled};
use halfmoon::nn::Scratch;
use halfmoon::store;
use halfmoon::train::{Checkpoint, Run, TrainSpec, encode, evaluate, importance_weighted};
use ndarray::{Array2, Axis};
use safetensors::SafeTensors;

/// One tensor of scikit-learn's answers, as a matrix.
fn oracle(name: &str) -> Array2<f64> {
    let bytes = include_bytes!("sklearn/wine.safetensors");
    let tensors = SafeTensors::deserialize(bytes).unwrap();
    let tensor = tensors.tensor(name).unwrap();
    let values: Vec<f64> = tensor.data().as_chunks().0.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect();
    let rows = if tensor.shape().len() == 2 { tensor.shape()[0] } else { 1 };
    Array2::from_shape_vec((rows, values.len() / rows), values).unwrap()
}

fn table(x: &Array2<f64>) -> DataSplit {
    let names = (0..x.ncols()).map(|column| format!("c{column}")).collect();
    let values = Values::Floats(x.iter().map(|&x| x as f32).collect());
    let all = Dataset::new(SampleKind::Vector { names }, values, None, vec![]).unwrap();
    DataSplit::new("wines".into(), all.clone(), all)
}

fn spec(kind: &str, settings: &[(&str, &str)], data: &DataSplit) -> ModelSpec {
    let spec = ModelSpec::of_kind(kind).unwrap().fitted_to(data.train.kind());
    settings.iter().fold(spec, |spec, (path, text)| spec.with(path, text).unwrap())
}

fn trained(spec: &ModelSpec, train: &TrainSpec, data: &DataSplit, epochs: u64) -> Checkpoint {
    let valid = spec.check(data.train.kind(), data.train.classes()).unwrap();
    let train = TrainSpec { epochs, ..train.clone() };
    let mut run = Run::new(&valid, &train, data, None, 1).unwrap();
    while run.step() < run.last_step() {
        run.advance(&Cancel::default()).unwrap();
    }
    run.checkpoint().unwrap()
}

fn decode(model: &SharedModel, z: &Array2<f32>) -> Array2<f32> {
    model.decoder().unwrap().decode(z.view(), &[], &mut Scratch::default())
}

fn all(data: &Dataset) -> Vec<u32> {
    (0..data.n_samples() as u32).collect()
}

#[test]
fn pca_of_standardised_wines_is_that_of_scikit_learn() {
    let data = table(&oracle("x"));
    let model = trained(&spec("pca", &[], &data), &TrainSpec::default(), &data, 1).trained.model;
    let mut z = encode(&*model, &data.train, &all(&data.train), &|| false).unwrap().mu;
    let reconstruction = decode(&model, &z);
    let want = oracle("codes");
    for (mut z, want) in z.columns_mut().into_iter().zip(want.columns()) {
        let sign = z.iter().zip(want).map(|(&z, want)| f64::from(z) * want).sum::<f64>().signum() as f32;
        z.mapv_inplace(|z| sign * z);
    }
    let apart = z.iter().zip(&want).map(|(&z, want)| (f64::from(z) - want).abs()).fold(0.0, f64::max);
    assert!(apart < 1e-5, "{apart}");
    // Values up to 1 680 in single precision: relative to each.
    for (&x_hat, want) in reconstruction.iter().zip(&oracle("reconstruction")) {
        assert!((f64::from(x_hat) - want).abs() < 1e-5 * want.abs().max(1.0), "{x_hat} {want}");
    }
    let variance = z.mapv(f64::from).var_axis(Axis(0), 0.0) / 13.0;
    for (share, want) in variance.iter().zip(&oracle("explained_variance_ratio")) {
        assert!((share - want).abs() < 1e-5, "{share} {want}");
    }
}

#[test]
fn a_scaling_is_part_of_the_model_and_of_its_file() {
    let data = load(&DataChoice::Wine, &Reading::default()).unwrap();
    let checkpoint = trained(&spec("vae", &[("hidden", "16")], &data), &TrainSpec::default(), &data, 3);
    let model = &checkpoint.trained.model;
    assert_eq!(model.info().scaling, TrainSpec::default().scaling_of(&data.train));
    let opened = store::from_bytes("file", &store::to_bytes(&checkpoint, false).unwrap()).unwrap();
    assert_eq!(opened.trained.model.info().scaling, model.info().scaling);
    let z = ndarray::array![[0.3, -0.2], [1.0, 2.0]];
    assert_eq!(decode(&opened.trained.model, &z), decode(model, &z));
    let proline = decode(model, &z)[[0, 12]];
    assert!((100.0..2000.0).contains(&proline), "{proline} in the data's own units");

    // Resumed, the scaling is the file's, whatever the training split now says.
    let valid = opened.trained.model.info().spec().unwrap().clone();
    let half = data.train.slice(0..70).unwrap();
    let other = DataSplit { train: half, ..data.clone() };
    let resumed = Run::new(&valid, &opened.trained.train, &other, Some(&opened), 1).unwrap();
    assert_eq!(resumed.trained().unwrap().model.info().scaling, model.info().scaling);
}

#[test]
fn without_scaling_nothing_is_changed() {
    let data = load(&DataChoice::Iris, &Reading::default()).unwrap();
    let plain = TrainSpec::default().with("scaling", "none").unwrap();
    let checkpoint = trained(&spec("ae", &[("hidden", "8")], &data), &plain, &data, 1);
    assert_eq!(checkpoint.trained.model.info().scaling, None);
    let bytes = store::to_bytes(&checkpoint, true).unwrap();
    assert!(!String::from_utf8_lossy(&bytes).contains("\"shift\""), "no word of a scaling in the file");
}

#[test]
fn a_density_is_over_the_datas_units_and_scores_over_the_models() {
    let data = load(&DataChoice::Iris, &Reading::default()).unwrap();
    let checkpoint = trained(&spec("vae", &[("hidden", "8")], &data), &TrainSpec::default(), &data, 2);
    let model = &checkpoint.trained.model;
    let scaling = model.info().scaling.clone().unwrap();
    // The same weights without the change of scale, on data that are already scaled.
    let valid = model.info().spec().unwrap();
    let params = model.weights();
    let weights: Vec<&[f32]> = params.iter().map(|param| param.values).collect();
    let bare = valid.frozen(Some(&weights)).unwrap();
    let score =
        |model: &SharedModel, data: &Dataset| evaluate(&**model, data, usize::MAX, &|| false).unwrap().loss();
    assert!((score(model, &data.test) - score(&bare, &data.test.scaled(Some(&scaling)))).abs() < 1e-9);
    let log_p = |model: &SharedModel, data: &Dataset| {
        importance_weighted(&**model, data, usize::MAX, 20, &|| false).unwrap().log_p
    };
    let gain = log_p(model, &data.test) - log_p(&bare, &data.test.scaled(Some(&scaling)));
    assert!((gain - scaling.log_volume()).abs() < 1e-4, "{gain} {}", scaling.log_volume());
    assert!(std::sync::Arc::ptr_eq(&scaled(bare.clone(), None), &bare), "no scaling, no wrapper");
}

#[test]
fn a_likelihood_that_does_not_fit_is_refused_with_its_remedy() {
    let data = load(&DataChoice::Iris, &Reading::default()).unwrap();
    let error = ModelSpec::of_kind("vae").unwrap().check(data.train.kind(), &[]).unwrap_err().to_string();
    assert!(error.contains("likelihood") && error.contains("choose gaussian or mse"), "{error}");
    assert_eq!(spec("vae", &[], &data).text("likelihood"), "gaussian");
    assert_eq!(spec("ae", &[], &data).text("likelihood"), "mse");
    let images = load(&DataChoice::FullHalf, &Reading::default()).unwrap();
    assert_eq!(spec("vae", &[], &images).text("likelihood"), "bernoulli");
    let valid = ModelSpec::of_kind("vae").unwrap().check(images.train.kind(), &[]).unwrap();
    let train = TrainSpec::default().with("scaling", "standard").unwrap();
    let error = Run::new(&valid, &train, &images, None, 1).err().unwrap().to_string();
    assert!(error.contains("scaling=unit"), "{error}");
}

#[test]
fn what_a_model_can_do_it_can_do_on_scaled_columns_too() {
    let data = load(&DataChoice::Iris, &Reading::default()).unwrap();
    for kind in KINDS.iter().filter(|kind| kind.takes(data.train.kind()).is_ok()) {
        let spec = spec(kind.name, &[], &data);
        let valid = spec.check(data.train.kind(), data.train.classes()).unwrap();
        let model = trained(&spec, &TrainSpec::default(), &data, 1).trained.model;
        assert!(model.info().scaling.is_some(), "{}", kind.name);
        let bare = Capabilities::of(&*valid.frozen(None).unwrap());
        assert_eq!(Capabilities::of(&*model), bare, "{}", kind.name);
    }
    let mixture = trained(&spec("gmm", &[], &data), &TrainSpec::default(), &data, 5).trained.model;
    let responsibilities = mixture.mixture().unwrap().responsibilities(&[0.0, 0.0]);
    assert!((responsibilities.iter().sum::<f32>() - 1.0).abs() < 1e-5);
}
