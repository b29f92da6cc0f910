//! What is measured of a model, and what stops a training.

use super::{BATCH, data, model, training, weights_after};
use halfmoon::data::{Cancel, Count, DataSplit, Dataset, SampleKind, Values};
use halfmoon::model::MetricId;
use halfmoon::nn::Scratch;
use halfmoon::train::{Run, TrainError, encode, evaluate, squared_error};
use ndarray::Array2;

/// Samples twice over: as many as are scored at a time, and the same again.
fn twice(data: &Dataset) -> Dataset {
    let n = data.n_samples() as u32;
    let indices: Vec<u32> = (0..1000).map(|i| i % 500 % n).collect();
    data.select(&indices).unwrap()
}

#[test]
fn each_sample_is_scored_under_a_draw_of_its_own() {
    let data = data();
    let spec = model("vae", &[]).check(data.train.kind(), data.train.classes()).unwrap();
    let vae = Run::new(&spec, &training(&[]), &data, None, 1).unwrap().trained().unwrap().model;
    let twice = twice(&data.train);
    let loss = |n| evaluate(&*vae, &twice, n, &|| false).unwrap().loss();
    assert_eq!(loss(1000), loss(1000), "the draws are the same every time");
    assert_ne!(loss(500), loss(1000), "the second half has the same samples and draws of its own");
    assert!((loss(500) / loss(1000) - 1.0).abs() < 0.05);
}

#[test]
fn the_loss_of_a_step_is_that_of_the_whole_batch() {
    let data = data();
    let spec = model("vae", &[]).check(data.train.kind(), data.train.classes()).unwrap();
    let loss = |shards: &str| {
        let mut run = Run::new(&spec, &training(&[("shards", shards)]), &data, None, 1).unwrap();
        run.advance(&Cancel::default()).unwrap().loss()
    };
    for shards in ["2", "3", "8"] {
        assert!((loss(shards) / loss("1") - 1.0).abs() < 1e-5, "{shards} shards: {} {}", loss(shards), loss("1"));
    }
}

#[test]
fn a_free_code_does_not_know_the_picture_before() {
    let data = data();
    let places = [("arch", "conv"), ("upsampling", "places")];
    let spec = model("vae", &places).check(data.train.kind(), data.train.classes()).unwrap();
    let vae = Run::new(&spec, &training(&[]), &data, None, 1).unwrap().trained().unwrap().model;
    let (encoder, decoder) = (vae.encoder().unwrap(), vae.decoder().unwrap());
    let mut x = Array2::zeros((1, data.train.n_features()));
    data.train.gather(&[0], &mut x);
    let mut scratch = Scratch::default();
    let z = encoder.encode(x.view(), &[0], &mut scratch).mu;
    let after_a_picture = decoder.decode(z.view(), &[0], &mut scratch);
    assert_eq!(after_a_picture, decoder.decode(z.view(), &[0], &mut Scratch::default()));
}

#[test]
fn weights_that_are_no_numbers_are_found() {
    // The loss before the step is finite; its gradient is not, once descent has taken it so far.
    let spec = model("ae", &[("likelihood", "mse"), ("hidden", "")]);
    let e = weights_after(&spec, &training(&[("optimizer", "sgd"), ("learning_rate", "10")])).unwrap_err();
    assert!(e.contains("learning rate"), "{e}");
    let data = data();
    let valid = spec.check(data.train.kind(), data.train.classes()).unwrap();
    let model = valid.build::<f32>(0).unwrap();
    let weights: Vec<Vec<f32>> = model.params().iter().map(|param| param.values.to_vec()).collect();
    for i in 0..weights.len() {
        let mut broken = weights.clone();
        *broken[i].last_mut().unwrap() = f32::NAN;
        let broken: Vec<&[f32]> = broken.iter().map(Vec::as_slice).collect();
        let plan = halfmoon::train::Plan { train: &training(&[]), last_step: 1, threads: 1 };
        let learner = halfmoon::train::learner_of(&valid, Some(&broken), plan).unwrap();
        match learner.freeze() {
            Err(TrainError::Diverged { quantity, .. }) => assert!(quantity.contains(&model.params()[i].name)),
            _ => panic!("{}: NaN was not found", model.params()[i].name),
        }
    }
}

#[test]
fn a_test_loss_that_is_no_number_ends_the_training() {
    let kind = SampleKind::table(["a", "b"]);
    let table = |scale: f32| {
        let values = (0..2 * BATCH).map(|i| (i % 5) as f32 * scale).collect::<Vec<_>>();
        Dataset::new(kind.clone(), Values::Floats(values.into()), None, vec![]).unwrap()
    };
    let data = DataSplit::new("table".into(), table(1.0), table(1e30));
    let spec = model("ae", &[("likelihood", "mse"), ("latent_dim", "1")]).check(&kind, &[]).unwrap();
    let mut run = Run::new(&spec, &training(&[("scaling", "none")]), &data, None, 1).unwrap();
    run.advance(&Cancel::default()).unwrap();
    let Err(TrainError::Diverged { quantity, .. }) = run.measure(BATCH, &|| false) else {
        panic!("a squared error beyond all numbers was taken")
    };
    assert!(quantity.ends_with("on the test split"), "{quantity}");
    assert!(run.test_curve().is_empty(), "nothing of it is charted");
}

#[test]
fn the_error_of_one_sample_is_in_the_units_of_the_loss() {
    let names = ["length", "width"].map(String::from).into();
    let values = (0..60).map(|i| (i * 37 % 101) as f32 * if i % 2 == 0 { 1.0 } else { 100.0 }).collect::<Vec<_>>();
    let all = Dataset::new(SampleKind::Vector { names }, Values::Floats(values.into()), None, vec![]).unwrap();
    let data = DataSplit::new("table".into(), all.clone(), all);
    let spec = model("ae", &[("likelihood", "mse"), ("latent_dim", "1")]).check(data.train.kind(), &[]).unwrap();
    let ae = Run::new(&spec, &training(&[]), &data, None, 1).unwrap().trained().unwrap().model;
    let n = data.train.n_samples();
    let codes = encode(&*ae, &data.train, &(0..n as u32).collect::<Vec<_>>(), &|| false).unwrap();
    let x_hat = ae.decoder().unwrap().decode(codes.mu.view(), &[], &mut Scratch::default());
    let error = |i: usize| squared_error(&*ae, &data.train, i as u32, x_hat.row(i));
    let mean = (0..n).map(error).sum::<f64>() / n as f64;
    let loss = evaluate(&*ae, &data.train, n, &|| false).unwrap().of(MetricId::SquaredError);
    assert!((mean / loss - 1.0).abs() < 1e-5, "{mean} {loss}");
}

#[test]
fn perplexity_is_of_every_word_of_the_documents_that_are_scored() {
    let vocabulary = ["cat", "dog", "sun"].map(String::from).into();
    // Documents of two to five words.
    let document = |i: u32| {
        let mut counts = [Count { feature: i % 3, count: 1 + i % 4 }, Count { feature: (i + 1) % 3, count: 1 }];
        counts.sort_by_key(|count| count.feature);
        counts.to_vec()
    };
    let all = (0..60).map(document).collect();
    let all = Dataset::new(SampleKind::Bag { vocabulary }, Values::Sparse(all), None, vec![]).unwrap();
    let data = DataSplit::new("notes".into(), all.clone(), all);
    let n = data.train.n_samples();
    let mut x = Array2::zeros((n, 3));
    data.train.gather(&(0..n as u32).collect::<Vec<_>>(), &mut x);
    let n_words = f64::from(x.sum());
    for kind in ["ae", "vae"] {
        let settings = [("likelihood", "multinomial"), ("latent_dim", "1")];
        let spec = model(kind, &settings).check(data.train.kind(), &[]).unwrap();
        let model = Run::new(&spec, &training(&[]), &data, None, 1).unwrap().trained().unwrap().model;
        let found = evaluate(&*model, &data.train, n, &|| false).unwrap();
        assert!((found.of(MetricId::Words) - n_words / n as f64).abs() < 1e-6, "{kind}");
        let nats = n as f64 * (found.of(MetricId::Reconstruction) + found.of(MetricId::Kl));
        assert!((found.perplexity().unwrap() / (nats / n_words).exp() - 1.0).abs() < 1e-9, "{kind}");
        if kind == "ae" {
            let codes = encode(&*model, &data.train, &(0..n as u32).collect::<Vec<_>>(), &|| false).unwrap();
            let shares = model.decoder().unwrap().decode(codes.mu.view(), &[], &mut Scratch::default());
            let nats: f64 = -x.iter().zip(&shares).map(|(x, p)| f64::from(*x) * f64::from(*p).ln()).sum::<f64>();
            assert!((found.perplexity().unwrap() / (nats / n_words).exp() - 1.0).abs() < 1e-4);
        }
    }
}
