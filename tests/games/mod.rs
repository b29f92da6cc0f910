//! Adversarial networks: a step of each player against PyTorch, a game from command to file and back, and
//! games that come out well.
//!
//! The fixtures and the script that makes them lie beside this file.

use halfmoon::data::{Cancel, DataChoice, DataSplit, Reading, SampleKind, load};
use halfmoon::model::{Gan, MetricId, ModelSpec, Order, Settings};
use halfmoon::nn::{Method, Optimizer, Scratch, Stack};
use halfmoon::store;
use halfmoon::train::{Run, TrainSpec, held_against};
use ndarray::Array2;
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;

/// The numbers in nested lists, in their order.
fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(items) => items.iter().flat_map(numbers).collect(),
        value => vec![value.as_f64().unwrap()],
    }
}

fn matrix(value: &Value) -> Array2<f64> {
    let (n, values) = (value.as_array().unwrap().len(), numbers(value));
    Array2::from_shape_vec((n, values.len() / n), values).unwrap()
}

fn assert_close(what: &str, got: &[f64], want: &[f64]) {
    assert_eq!(got.len(), want.len(), "{what}");
    let norm = |values: &mut dyn Iterator<Item = f64>| values.map(|x| x * x).sum::<f64>().sqrt();
    let error = norm(&mut got.iter().zip(want).map(|(a, b)| a - b)) / norm(&mut want.iter().copied()).max(1e-12);
    assert!(error < 1e-9, "{what} is off by {error:e}");
}

/// Moves one player along its gradients.
fn step(player: &mut Stack<f64>, mut optimizer: Optimizer<f64>, rate: f64, grads: &[Vec<f64>]) {
    let (step, mut offset) = (optimizer.begin(rate, 1.0), 0);
    player.visit_mut(&mut |weights| {
        optimizer.update(&step, offset, weights, grads);
        offset += weights.len();
    });
}

#[test]
fn a_step_of_each_player_is_as_in_pytorch() {
    for case in ["nonsaturating", "minimax"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/games/{case}.json"));
        let held: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let mut spec = ModelSpec::of_kind("gan").unwrap();
        for (path, value) in held["settings"].as_object().unwrap() {
            let text = value.as_str().map_or_else(|| value.to_string(), String::from);
            spec = spec.with(path, &text).unwrap();
        }
        let valid = spec.check(&SampleKind::row(2), &[]).unwrap();
        let ModelSpec::Gan(settings) = &spec else { panic!("{spec:?}") };
        let mut gan = Gan::<f64>::new(Arc::new(valid.info()), settings, 0);
        let names: Vec<String> = gan.params().into_iter().map(|param| param.name).collect();
        let mut next = names.iter();
        for part in gan.parts_mut() {
            part.visit_mut(&mut |values| values.copy_from_slice(&numbers(&held["weights"][next.next().unwrap()])));
        }
        let (x, z, mut scratch) = (matrix(&held["x"]), matrix(&held["z"]), Scratch::default());
        let n = x.nrows() as f64;
        let [n_g, n_d] = gan.parts_mut().map(|part| part.n_params());
        let of = |gradients: &str, part: &str| -> Vec<f64> {
            let own = names.iter().filter(|name| name.starts_with(part));
            own.flat_map(|name| numbers(&held[gradients][name])).collect()
        };
        let optimizer = |n| Optimizer::<f64>::new(Method::Adam, n).with_beta1(settings.beta1);

        let (tape, mut grads) = (gan.generate(z.view(), &mut scratch), vec![vec![0.0; n_d]]);
        let fakes = tape.last().unwrap().clone();
        let judged = gan.judge(x.view(), fakes.view(), Some((&mut grads[0], 1.0 / n)), &mut scratch);
        assert_close(&format!("{case}: loss of D"), &[judged.discriminator / n], &numbers(&held["d_loss"]));
        assert_close(&format!("{case}: gradients of D"), &grads[0], &of("d_gradients", "discriminator"));
        step(gan.parts_mut()[1], optimizer(n_d), settings.d_rate, &grads);

        let mut grads = vec![vec![0.0; n_g]];
        let loss = gan.deceive((z.view(), &tape), 1.0 / n, &mut grads[0], &mut scratch);
        assert_close(&format!("{case}: loss of G"), &[loss / n], &numbers(&held["g_loss"]));
        assert_close(&format!("{case}: gradients of G"), &grads[0], &of("g_gradients", "generator"));
        step(gan.parts_mut()[0], optimizer(n_g), settings.g_rate, &grads);
        for param in gan.params() {
            assert_close(&format!("{case}: {}", param.name), param.values, &numbers(&held["after"][&param.name]));
        }
    }
}

fn data(choice: DataChoice) -> DataSplit {
    load(&choice, &Reading::default()).unwrap()
}

/// A run of these settings of model and training.
fn run(data: &DataSplit, settings: &[(&str, &str)], train: &TrainSpec, threads: usize) -> Run {
    let spec = ModelSpec::of_kind("gan").unwrap();
    let spec = settings.iter().fold(spec, |spec, (path, text)| spec.with(path, text).unwrap());
    let spec = spec.check(data.train.kind(), data.train.classes()).unwrap();
    Run::new(&spec, train, data, None, threads).unwrap()
}

#[test]
fn a_game_goes_on_from_its_file_to_the_same_bytes_on_any_number_of_threads() {
    let (data, train) = (data(DataChoice::Ring), TrainSpec { batch: 500, ..TrainSpec::default() });
    let folder = tempfile::tempdir().unwrap();
    let settings = [("d_steps", "2"), ("generator", "16,16"), ("discriminator", "16,16")];
    let (mut whole, mut half) = (run(&data, &settings, &train, 1), run(&data, &settings, &train, 1));
    let file = folder.path().join("half.safetensors");
    for run in [&mut whole, &mut half] {
        for _ in 0..25 {
            run.advance(&Cancel::default()).unwrap();
        }
        assert!(run.order(&Order::Freeze("discriminator".into(), true)));
    }
    half.measure(usize::MAX, &|| false).unwrap();
    whole.measure(usize::MAX, &|| false).unwrap();
    store::save(&file, &half.checkpoint().unwrap(), false).unwrap();
    let held = store::load(&file).unwrap();
    let spec = held.trained.model.info().spec().unwrap().clone();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
    let mut resumed = pool.install(|| Run::new(&spec, &held.trained.train, &data, Some(&held), 3).unwrap());
    for _ in 0..20 {
        whole.advance(&Cancel::default()).unwrap();
        pool.install(|| resumed.advance(&Cancel::default()).unwrap());
    }
    let [a, b] = [&whole, &resumed].map(|run| run.checkpoint().unwrap());
    assert_eq!(a.learner, b.learner);
    for (a, b) in a.trained.model.weights().iter().zip(b.trained.model.weights()) {
        assert_eq!((&a.name, a.values), (&b.name, b.values));
    }
}

#[test]
fn the_test_curve_holds_value_divergence_and_modes() {
    let data = data(DataChoice::Ring);
    let mut run = run(&data, &[("generator", "8"), ("discriminator", "8")], &TrainSpec::default(), 1);
    while !run.owes_test() {
        run.advance(&Cancel::default()).unwrap();
    }
    let measured = run.measure(usize::MAX, &|| false).unwrap().unwrap();
    let value = measured.get(MetricId::GameValue).unwrap();
    assert!((measured.of(MetricId::DiscriminatorLoss) + value).abs() < 1e-9 && value < 0.0);
    let of_model = held_against(&*run.trained().unwrap().model, &data.test, &|| false).unwrap();
    assert_eq!(measured.get(MetricId::JensenShannon), Some(of_model.jensen_shannon()));
    assert!(measured.get(MetricId::ModesCovered).is_some_and(|n| n < 8.0), "after one epoch");
}
