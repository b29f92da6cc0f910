//! Mixtures of Gaussians against scikit-learn from the same start, and against probabilistic PCA's density by
//! scipy.

#![allow(clippy::unwrap_used, reason = "in a test this is how what must not fail fails")]

use halfmoon::data::{Batches, Cancel, DataSplit, Dataset, SampleKind, Values};
use halfmoon::model::{MetricId, ModelSpec, Settings, TrainError, ValidSpec};
use halfmoon::nn::{Purpose, Scratch, stream};
use halfmoon::train::{Learner, Plan, Run, TrainSpec, evaluate, learner_of};
use ndarray::{Array2, s};
use safetensors::SafeTensors;

/// One tensor of the fixture, flat, with the length of its last axis.
fn oracle(name: &str) -> (Vec<f64>, usize) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sklearn/mixtures.safetensors");
    let bytes = std::fs::read(path).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let tensor = tensors.tensor(name).unwrap();
    let values = tensor.data().as_chunks().0.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect();
    (values, *tensor.shape().last().unwrap())
}

fn samples(n_features: usize) -> Dataset {
    let (values, width) = oracle("x");
    let x = Array2::from_shape_vec((values.len() / width, width), values).unwrap();
    let values: Vec<f32> = x.slice(s![.., ..n_features]).iter().map(|&x| x as f32).collect();
    let kind = SampleKind::image(1, 1, n_features);
    Dataset::new(kind, Values::Floats(values.into()), None, vec![]).unwrap()
}

fn spec(settings: &[(&str, &str)], n_features: usize) -> ValidSpec {
    let spec = ModelSpec::of_kind("gmm").unwrap();
    let spec = settings.iter().fold(spec, |spec, (path, text)| spec.with(path, text).unwrap());
    spec.check(samples(n_features).kind(), &[]).unwrap()
}

/// The learner at the start that the oracle had.
fn at_the_start(covariance: &str) -> (ValidSpec, Box<dyn Learner>) {
    let spec = spec(&[("pca", "0"), ("components", "3"), ("covariance", covariance)], 4);
    let tensor = |part: &str| -> Vec<f32> {
        oracle(&format!("{covariance}.{part}")).0.into_iter().map(|value| value as f32).collect()
    };
    let tensors = ["weights", "means", "covariances"].map(tensor);
    let slices = tensors.each_ref().map(Vec::as_slice);
    let train = TrainSpec::default();
    let plan = Plan { train: &train, last_step: 20, threads: 1 };
    let learner = learner_of(&spec, Some(&slices), plan).unwrap();
    (spec, learner)
}

#[test]
fn each_covariance_finds_what_scikit_learn_finds() {
    let data = samples(4);
    for covariance in ["full", "diagonal", "spherical"] {
        let (_, mut learner) = at_the_start(covariance);
        let mut batches = Batches::new(data.clone(), data.n_samples(), 0);
        for sweep in 1..=20 {
            learner.advance(&mut batches, &Cancel::default()).unwrap();
            if [1, 5, 20].contains(&sweep) {
                let model = learner.freeze().unwrap();
                let found = -evaluate(&*model, &data, usize::MAX, &|| false).unwrap().of(MetricId::NegLogP);
                let want = oracle(&format!("{covariance}.log_likelihood.{sweep}")).0[0];
                assert!((found - want).abs() < 1e-6, "{covariance}, {sweep} sweeps: {found}, not {want}");
            }
        }
        let model = learner.freeze().unwrap();
        let (want, n_components) = oracle(&format!("{covariance}.responsibilities"));
        let mut x = Array2::zeros((20, 4));
        data.gather(&(0..20).collect::<Vec<u32>>(), &mut x);
        for (x, want) in x.rows().into_iter().zip(want.chunks_exact(n_components)) {
            let found = model.mixture().unwrap().responsibilities(&x.to_vec());
            assert!(found.iter().zip(want).all(|(a, b)| (f64::from(*a) - b).abs() < 1e-4), "{found:?} {want:?}");
        }
    }
}

#[test]
fn one_component_on_a_pca_is_probabilistic_pca() {
    let data = samples(12);
    let split = DataSplit::new("made up".into(), data.clone(), data.clone());
    for k in ["2", "5"] {
        let spec = spec(&[("pca", k), ("components", "1")], 12);
        let mut run = Run::new(&spec, &TrainSpec { epochs: 3, ..TrainSpec::default() }, &split, None, 1).unwrap();
        while run.step() < run.last_step() {
            run.advance(&Cancel::default()).unwrap();
        }
        let model = run.trained().unwrap().model;
        let found = -evaluate(&*model, &data, usize::MAX, &|| false).unwrap().of(MetricId::NegLogP);
        let want = oracle(&format!("ppca.{k}")).0[0];
        assert!((found / want - 1.0).abs() < 1e-8, "{k}: {found}, not {want}: {:e}", found - want);
        // What is decoded of a code is the projection onto the plane.
        let mut x = Array2::zeros((5, 12));
        data.gather(&[0, 1, 2, 3, 4], &mut x);
        let z = model.encoder().unwrap().encode(x.view(), &[], &mut Scratch::default()).mu;
        let x_hat = model.decoder().unwrap().decode(z.view(), &[], &mut Scratch::default());
        let again = model.encoder().unwrap().encode(x_hat.view(), &[], &mut Scratch::default()).mu;
        assert!((again - z).iter().all(|off| off.abs() < 1e-5));
    }
}

#[test]
fn draws_choose_a_gaussian_and_then_a_place_in_it() {
    let (_, mut learner) = at_the_start("full");
    let data = samples(4);
    let mut batches = Batches::new(data.clone(), data.n_samples(), 0);
    for _ in 0..5 {
        learner.advance(&mut batches, &Cancel::default()).unwrap();
    }
    let model = learner.freeze().unwrap();
    let mixture = model.mixture().unwrap();
    let components = mixture.components();
    let mut rng = stream(1, Purpose::Prior, 0);
    let n = 20_000;
    let mut counts = vec![0.0; components.len()];
    (0..n).for_each(|_| counts[mixture.choose(&mut rng)] += 1.0 / f64::from(n));
    for (component, share) in components.iter().zip(&counts) {
        assert!((f64::from(component.weight) - share).abs() < 0.02, "{components:?} {counts:?}");
    }
    // The draws of one Gaussian have its mean and its covariance.
    let draws: Vec<f32> = (0..n).flat_map(|_| mixture.sample_of(1, &mut rng)).collect();
    let draws = Array2::from_shape_vec((n as usize, 4), draws).unwrap();
    let mean = draws.mean_axis(ndarray::Axis(0)).unwrap();
    let off = &draws - &mean;
    let covariance = off.t().dot(&off) / n as f32;
    assert!(mean.iter().zip(&components[1].mean).all(|(a, b)| (a - b).abs() < 0.02));
    assert!(covariance.iter().zip(&components[1].covariance).all(|(a, b)| (a - b).abs() < 0.01));
}

#[test]
fn a_sweep_that_is_given_up_changes_nothing_and_resuming_is_exact() {
    let data = samples(12);
    let split = DataSplit::new("made up".into(), data.clone(), data.clone());
    let spec = spec(&[("components", "4")], 12);
    let train = TrainSpec { epochs: 6, ..TrainSpec::default() };
    let advance = |run: &mut Run, to: u64| {
        while run.step() < to {
            run.advance(&Cancel::default()).unwrap();
        }
    };
    let weights = |run: &Run| -> Vec<Vec<f32>> {
        run.trained().unwrap().model.weights().iter().map(|param| param.values.to_vec()).collect()
    };
    let mut whole = Run::new(&spec, &train, &split, None, 1).unwrap();
    let cancel = Cancel::default();
    cancel.set();
    let before = weights(&whole);
    assert_eq!(whole.advance(&cancel).unwrap_err(), TrainError::Cancelled);
    assert_eq!((weights(&whole), whole.step()), (before, 0));
    advance(&mut whole, 2);
    let half = whole.checkpoint().unwrap();
    assert_eq!(whole.advance(&cancel).unwrap_err(), TrainError::Cancelled);
    advance(&mut whole, 6);
    let mut resumed = Run::new(&spec, &train, &split, Some(&half), 1).unwrap();
    assert_eq!(resumed.step(), 2);
    advance(&mut resumed, 6);
    assert_eq!(weights(&resumed), weights(&whole));
    // Likelihood rises with each sweep, which is what EM promises.
    let losses: Vec<f64> = whole.train_curve().iter().map(|point| point.loss()).collect();
    assert!(losses.len() == 6 && losses.windows(2).all(|pair| pair[1] < pair[0] + 1e-6), "{losses:?}");
}
