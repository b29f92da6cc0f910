//! What models of sentences promise beside their gradients, which the registry's check covers.

use super::*;
use crate::model::{Draws, ModelSpec, Settings};
use crate::nn::{Method, Optimizer};
use ndarray::array;

fn kind(n_words: usize, max_len: usize) -> SampleKind {
    SampleKind::sentences((0..n_words).map(|i| char::from(b'a' + i as u8)), max_len)
}

fn model(name: &str, kind: &SampleKind, settings: &[(&str, &str)]) -> Sentence<f64> {
    let spec = settings
        .iter()
        .fold(ModelSpec::of_kind(name).unwrap(), |spec, (path, text)| spec.with(path, text).unwrap());
    let valid = spec.check(kind, &[]).unwrap();
    let small = |text: &str| spec.text(text).parse().unwrap();
    let net = SentenceSpec {
        latent_dim: small("latent_dim"),
        embedding: small("embedding"),
        units: small("units"),
        ..SentenceSpec::default()
    };
    Sentence::new(Arc::new(valid.info()), SentenceVaeSpec { net, ..SentenceVaeSpec::default() }, false, 7)
}

/// Every sentence of up to `max_len` of the words from 2 to `n` + 1.
fn all_sentences(n: u32, max_len: usize) -> Vec<Vec<f64>> {
    let mut all = vec![Vec::new()];
    let mut longest = all.clone();
    for _ in 0..max_len {
        longest = longest
            .iter()
            .flat_map(|of: &Vec<f64>| (2..n + 2).map(move |word| [&of[..], &[f64::from(word)]].concat()))
            .collect();
        all.extend(longest.clone());
    }
    all.iter_mut().for_each(|sentence| sentence.resize(max_len, 0.0));
    all
}

#[test]
fn beam_search_finds_the_likeliest_of_all_sentences_where_it_is_wide_enough() {
    let kind = kind(5, 3);
    for seed in 0..4 {
        let mut model = model("sentence-ae", &kind, &[("latent_dim", "2"), ("embedding", "4"), ("units", "6")]);
        // Far from even odds, so that the best sentence is no narrow matter.
        model.visit_mut(&mut |values| values.iter_mut().for_each(|w| *w *= 3.0));
        let (z, mut scratch) = (array![[0.3 * seed as f64, -1.0]], Scratch::default());
        let all = all_sentences(5, 3);
        let x = Array2::from_shape_vec((all.len(), 3), all.concat()).unwrap();
        let read = Read::new(x.view(), model.start(), None, &mut scratch);
        let many = Array2::from_shape_fn((all.len(), 2), |(_, d)| z[[0, d]]);
        let logs = model.log_p(&read, many.view(), &mut scratch);
        let total: f64 = logs.iter().map(|log| log.exp()).sum();
        assert!(total < 1.0, "with what is unknown, and longer ones, all sum to 1: {total}");
        // By odds among the words that can be written, as the search has them.
        let best = (0..all.len())
            .max_by(|&a, &b| written_log_p(&model, &all[a], &z).total_cmp(&written_log_p(&model, &all[b], &z)));
        let wide = Writing { choose: Choose::Beam { width: 200 }, ..Writing::default() };
        let found = model.write(z.view(), &wide, &mut scratch);
        let want: Vec<f32> = all[best.unwrap()].iter().map(|&token| token as f32).collect();
        assert_eq!(found.row(0).to_vec(), want, "seed {seed}");
        let narrow = Writing { choose: Choose::Beam { width: 1 }, ..Writing::default() };
        let greedy = model.write(z.view(), &Writing::default(), &mut scratch);
        let narrow = model.write(z.view(), &narrow, &mut scratch);
        let of = |row: Vec<f32>| written_log_p(&model, &row.iter().map(|&t| f64::from(t)).collect::<Vec<_>>(), &z);
        assert!(of(narrow.row(0).to_vec()) >= of(greedy.row(0).to_vec()) - 1e-12);
        let given = Writing { first: vec![4, 2], choose: Choose::Likeliest };
        assert_eq!(model.write(z.view(), &given, &mut scratch).row(0).to_vec()[..2], [4.0, 2.0]);
    }
}

/// ln p of a sentence where nothing unknown may be written, step by step.
fn written_log_p(model: &Sentence<f64>, sentence: &[f64], z: &Array2<f64>) -> f64 {
    let words: Vec<u32> = sentence.iter().map(|&token| token as u32).take_while(|&token| token > 0).collect();
    let mut state = model.state_of(z.view(), &mut Scratch::default());
    let (mut last, mut log_p) = (model.start(), 0.0);
    for step in 0..=words.len() {
        let token = words.get(step).copied().unwrap_or(0);
        let mut out = model.step(&[last], z.view(), &mut state, &mut Scratch::default());
        log_p += categorical::log_p(&mut out, &[token])[0];
        last = token;
    }
    log_p
}

#[test]
fn what_is_drawn_follows_its_seed_and_a_low_temperature_the_likeliest() {
    let model = model("sentence-ae", &kind(5, 6), &[("latent_dim", "2"), ("embedding", "4"), ("units", "6")]);
    let (z, mut scratch) = (array![[0.5, -1.0], [2.0, 0.1]], Scratch::default());
    let mut write = |temperature: f32, seed: u64| {
        let choose = Choose::Drawn { temperature, seed };
        model.write(z.view(), &Writing { choose, ..Writing::default() }, &mut scratch)
    };
    assert_eq!(write(1.0, 3), write(1.0, 3));
    let drawn = Writing { choose: Choose::Drawn { temperature: 1.0, seed: 3 }, ..Writing::default() };
    let alone = model.write(z.slice(ndarray::s![..1, ..]), &drawn, &mut Scratch::default());
    assert_eq!(alone.row(0), write(1.0, 3).row(0), "whatever stands beside it");
    let twice = model.write(array![[0.5, -1.0], [0.5, -1.0]].view(), &drawn, &mut Scratch::default());
    assert_eq!(twice.row(0), twice.row(1), "what differs between two are their codes");
    assert!((4..20).any(|seed| write(1.0, seed) != write(1.0, 3)));
    let cold = write(1e-3, 9);
    assert_eq!(cold, model.write(z.view(), &Writing::default(), &mut Scratch::default()));
    assert!(cold.iter().all(|&token| token != 1.0), "nothing unknown is written");
}

#[test]
fn how_probable_a_sentence_is_does_not_hang_on_those_beside_it() {
    let spec = ModelSpec::of_kind("sentence-vae").unwrap().with("latent_dim", "2").unwrap();
    let model = spec.check(&kind(5, 4), &[]).unwrap().frozen(None).unwrap();
    let density = model.density().unwrap();
    let x = array![[2.0f32, 0.0, 0.0, 0.0], [3.0, 4.0, 5.0, 6.0], [4.0, 2.0, 0.0, 0.0]];
    let z = array![[3.0f32, -2.0], [-5.0, 1.0]];
    let all = density.log_density(x.view(), z.view(), 0, &mut Scratch::default());
    for ((row, code), log) in all.indexed_iter() {
        let [x, z] = [x.row(row), z.row(code)].map(|row| row.insert_axis(Axis(0)));
        let alone = density.log_density(x, z, 0, &mut Scratch::default())[[0, 0]];
        assert!((log - alone).abs() < 1e-3, "{row} {code}: {log} for {alone}");
    }
    assert!((all[[1, 0]] - all[[1, 1]]).abs() > 0.05, "the code matters: {all}");
}

#[test]
fn it_learns_to_copy_strings() {
    let kind = kind(8, 5);
    let spec = [("latent_dim", "24"), ("embedding", "16"), ("units", "64"), ("word_dropout", "0")];
    let spec = spec
        .iter()
        .fold(ModelSpec::of_kind("sentence-ae").unwrap(), |spec, (path, text)| spec.with(path, text).unwrap());
    let mut model = spec.check(&kind, &[]).unwrap().build::<f32>(1).unwrap();
    let mut optimizer = Optimizer::new(Method::Adam, model.n_params());
    let mut scratch = Scratch::default();
    let mut grads = [vec![0.0; model.n_params()]];
    let strings = |index: u64, n: usize| {
        let mut numbers = vec![0.0f32; n * 5];
        standard_normal(&mut stream(1, Purpose::Evaluation, index), &mut numbers);
        let words = numbers.iter().map(|x| 2.0 + ((x * 1000.0).abs() % 8.0).floor()).collect();
        shaped((n, 5), words)
    };
    const STEPS: u64 = 2500;
    for step in 0..STEPS {
        let x = strings(step, 64);
        let batch = Batch::new(x.view(), Draws::default(), &[], 1.0 / 64.0);
        model.loss_and_grads(&batch, &mut grads[0], &mut scratch);
        let rate = 4e-3 * (1.0 - step as f64 / STEPS as f64) + 1e-4;
        let (update, mut offset) = (optimizer.begin(rate, 1.0), 0);
        model.visit_mut(&mut |values| {
            optimizer.update(&update, offset, values, &grads);
            offset += values.len();
        });
    }
    let unseen = strings(STEPS + 1, 500);
    let terms = model.loss(&Batch::new(unseen.view(), Draws::default(), &[], 1.0 / 500.0), &mut scratch);
    assert_eq!(terms.of(MetricId::Whole), 500.0, "{} words wrong", terms.of(MetricId::WrongWords));
}

#[test]
fn what_a_step_costs_grows_with_the_weights_and_is_known_of_every_kind_that_learns_in_steps() {
    let products = |name: &str, settings: &[(&str, &str)]| {
        let kind =
            if name.starts_with("sentence") || name == "dcnn" { kind(50, 12) } else { SampleKind::square(1, 28) };
        let spec = settings
            .iter()
            .fold(ModelSpec::of_kind(name).unwrap(), |spec, (path, text)| spec.with(path, text).unwrap());
        spec.check(&kind, &["a".into()]).unwrap().step_products()
    };
    for kind in crate::model::KINDS {
        let spec = ModelSpec::of_kind(kind.name).unwrap();
        if spec.is_trained_by_gradients() {
            assert!(products(kind.name, &[]) > 0.0, "{}", kind.name);
        }
    }
    for name in ["sentence-ae", "sentence-vae"] {
        let [small, large] = ["64", "640"].map(|units| products(name, &[("units", units)]));
        assert!(large > 20.0 * small && large < 100.0 * small, "{name}: {small} {large}");
        // By hand: 3·(once + at each word), a GRU of 4 units on vectors of 3, codes of 2, 52 tokens, 7
        // steps.
        let little = [("units", "4"), ("embedding", "3"), ("latent_dim", "2"), ("cell", "gru")];
        let gates = 12 * (3 + 4 + 2) + 12 * (3 + 2 + 4 + 2);
        let heads = if name == "sentence-ae" { 1 } else { 2 };
        let once = (heads + 1) * 5 * 2;
        let rest = heads * 5 * 2 + 3 * 4 + gates + 5 * 52 - once;
        assert_eq!(products(name, &little), 3.0 * f64::from(once + 7 * rest), "{name}");
    }
    let [small, large] = ["40,60", "80,120"].map(|channels| products("dcnn", &[("channels", channels)]));
    assert!(large > 1.5 * small && large < 4.0 * small, "{small} {large}");
}
