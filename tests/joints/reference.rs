//! The learner against a loop of ten lines.
//!
//! The loop takes a model's gradients for granted (they are held to differences elsewhere) and does by itself
//! what the learner promises around them: noise drawn anew at each step, stages, the course of β and of the
//! learning rate, clipping, and Adam or descent with momentum; all in 64 bits.

use super::{BATCH, EPOCH, SIDE, STEPS, data, model, training, weights_after};
use halfmoon::data::{Batches, Cancel};
use halfmoon::model::{Batch, Binarise, Draws, ModelSpec, Objective, Scope, Settings, draw_binary};
use halfmoon::nn::{Purpose, Scratch, standard_normal, stream};
use halfmoon::train::{Run, TrainSpec};
use ndarray::Array2;
use rand::Rng;
use std::f64::consts::PI;

/// Name and value.
type Setting = (&'static str, &'static str);

const SEED: u64 = 0;
const RATE: f64 = 1e-3;

/// What the loop does at each step.
struct Rules {
    learning_rate: fn(u64) -> f64,
    max_norm: f64,
    /// Weight of the KL divergence; none for a model without.
    beta: Option<fn(u64) -> f64>,
    /// Which pair of layers is trained alone in an epoch.
    stage: fn(u64) -> Option<u64>,
    /// Descent with momentum; else Adam.
    momentum: Option<f64>,
}

const PLAIN: Rules =
    Rules { learning_rate: |_| RATE, max_norm: f64::INFINITY, beta: None, stage: |_| None, momentum: None };

/// A model's gradients at a step, with the noise drawn for that step alone.
fn gradients(spec: &ModelSpec, weights: &[f64], step: u64, stage: Option<u64>) -> Vec<f64> {
    let data = data();
    let valid = spec.check(data.train.kind(), data.train.classes()).unwrap();
    let mut objective = valid.build::<f64>(SEED).unwrap();
    put(&mut *objective, weights);
    let mut batches = Batches::new(data.train, BATCH, SEED);
    batches.seek(step);
    let sample = batches.advance();
    let (mut x, noise) = (sample.x.to_owned(), valid.samples());
    match noise.binarise {
        Binarise::None => {}
        Binarise::Threshold => x.mapv_inplace(|x| if x < 0.5 { 0.0 } else { 1.0 }),
        Binarise::Dynamic => {
            draw_binary(x.as_slice_mut().unwrap(), &mut stream(SEED, Purpose::Binarisation, step << 6));
        }
        Binarise::Static => {
            for (mut x, &idx) in x.rows_mut().into_iter().zip(sample.indices) {
                draw_binary(x.as_slice_mut().unwrap(), &mut stream(0, Purpose::Binarisation, u64::from(idx)));
            }
        }
    }
    let mut seen = x.clone();
    noise.corrupt(seen.as_slice_mut().unwrap(), &mut stream(SEED, Purpose::Corruption, step << 6));
    let drawn: Vec<(Purpose, Array2<f64>)> = objective
        .draws()
        .into_iter()
        .map(|draw| {
            let mut numbers = Array2::zeros((x.nrows(), draw.per_sample));
            let index = if draw.scope == Scope::Batch { step } else { step << 6 };
            standard_normal(&mut stream(SEED, draw.purpose, index), numbers.as_slice_mut().unwrap());
            (draw.purpose, numbers)
        })
        .collect();
    let draws = drawn.iter().fold(Draws::default(), |draws, (of, numbers)| draws.with(*of, numbers.view()));
    let (x, seen) = (x.mapv(f64::from), seen.mapv(f64::from));
    let batch = Batch::new(x.view(), draws, sample.labels, 1.0 / x.nrows() as f64);
    let mut scratch = Scratch::default();
    scratch.noise_seed = Some(stream(SEED, Purpose::Dropout, step).next_u64());
    let mut grads = vec![0.0; weights.len()];
    objective.loss_and_grads(&Batch { seen: seen.view(), stage, ..batch }, &mut grads, &mut scratch);
    grads
}

fn put(objective: &mut dyn Objective<f64>, weights: &[f64]) {
    let mut rest = weights;
    objective.visit_mut(&mut |own| {
        let (first, others) = rest.split_at(own.len());
        own.copy_from_slice(first);
        rest = others;
    });
}

/// The loop: first weights, and those after twelve steps.
fn reference(spec: &ModelSpec, rules: &Rules) -> (Vec<f64>, Vec<f64>) {
    let data = data();
    let valid = spec.check(data.train.kind(), data.train.classes()).unwrap();
    let objective = valid.build::<f64>(SEED).unwrap();
    let first: Vec<f64> = objective.params().iter().flat_map(|param| param.values.to_vec()).collect();
    let (mut w, mut m, mut v, mut t) = (first.clone(), vec![0.0; first.len()], vec![0.0; first.len()], 0);
    for step in 0..STEPS {
        let epoch = step / (EPOCH);
        let stage = (rules.stage)(epoch);
        if step > 0 && stage != (rules.stage)((step - 1) / (EPOCH)) {
            (m, v, t) = (vec![0.0; w.len()], vec![0.0; w.len()], 0);
        }
        let mut g = match rules.beta {
            None => gradients(spec, &w, step, stage),
            // The loss is linear in β.
            Some(beta) => {
                let of = |beta: &str| {
                    gradients(&spec.with("beta", beta).unwrap().with("kl_warmup", "0").unwrap(), &w, step, stage)
                };
                of("0").iter().zip(of("1")).map(|(zero, one)| zero + beta(step) * (one - zero)).collect()
            }
        };
        let norm = g.iter().map(|g| g * g).sum::<f64>().sqrt();
        g.iter_mut().for_each(|g| *g *= (rules.max_norm / norm).min(1.0));
        t += 1;
        let rate = (rules.learning_rate)(step);
        for i in 0..w.len() {
            if let Some(momentum) = rules.momentum {
                m[i] = momentum * m[i] + g[i];
                w[i] -= rate * m[i];
                continue;
            }
            m[i] = 0.9 * m[i] + 0.1 * g[i];
            v[i] = 0.999 * v[i] + 0.001 * g[i] * g[i];
            let (m_hat, v_hat) = (m[i] / (1.0 - 0.9f64.powi(t)), v[i] / (1.0 - 0.999f64.powi(t)));
            w[i] -= rate * m_hat / (v_hat.sqrt() + 1e-8);
        }
    }
    (first, w)
}

/// Asserts that the learner ends where the loop does: what they differ by is a thousandth of the way they
/// went.
fn agree(name: &str, spec: &ModelSpec, train: &TrainSpec, rules: &Rules) {
    let norm = |values: &mut dyn Iterator<Item = f64>| values.map(|x| x * x).sum::<f64>().sqrt();
    let got: Vec<f32> = weights_after(spec, train).unwrap().into_iter().flat_map(|(_, values)| values).collect();
    let (first, want) = reference(spec, rules);
    let way = norm(&mut want.iter().zip(&first).map(|(a, b)| a - b));
    let off = norm(&mut got.iter().zip(&want).map(|(a, b)| f64::from(*a) - b));
    assert!(way > 1e-3 && off < 1e-3 * way, "{name}: {off:e} off after a way of {way:e}");
}

/// Settings of training on one shard, so that the loop needs none.
fn one_shard(settings: &[(&str, &str)]) -> TrainSpec {
    training(&[&[("shards", "1")], settings].concat())
}

#[test]
fn rate_clipping_and_momentum_are_those_of_the_settings() {
    let ae = model("ae", &[]);
    agree("plain Adam", &ae, &one_shard(&[]), &PLAIN);
    let warm = Rules { learning_rate: |step| RATE * ((step + 1) as f64 / 7.0).min(1.0), ..PLAIN };
    agree("warm-up", &ae, &one_shard(&[("warmup", "7")]), &warm);
    let cosine =
        Rules { learning_rate: |step| RATE * (1.0 + (PI * step as f64 / STEPS as f64).cos()) / 2.0, ..PLAIN };
    agree("cosine", &ae, &one_shard(&[("schedule", "cosine")]), &cosine);
    // Adam does not see how long a gradient is; descent does.
    let sgd = [("optimizer", "sgd"), ("momentum", "0.5")];
    let plain = Rules { momentum: Some(0.5), ..PLAIN };
    agree("momentum", &ae, &one_shard(&sgd), &plain);
    let clipped = [&sgd[..], &[("clip_norm", "0.5"), ("learning_rate", "0.01")]].concat();
    agree("clipping", &ae, &one_shard(&clipped), &Rules { max_norm: 0.5, learning_rate: |_| 0.01, ..plain });
}

#[test]
fn noise_is_drawn_anew_at_each_step() {
    let cases: [(&str, &str, &[Setting]); 10] = [
        ("dropout", "ae", &[("dropout", "0.4")]),
        ("Gaussian noise", "ae", &[("corruption", "gaussian"), ("corruption_level", "0.5")]),
        ("masking", "denoising", &[("corruption", "masking"), ("corruption_level", "0.5")]),
        ("salt and pepper", "ae", &[("corruption", "salt_pepper"), ("corruption_level", "0.5")]),
        ("dynamic binarisation", "ae", &[("binarise", "dynamic")]),
        ("static binarisation", "ae", &[("binarise", "static")]),
        ("a threshold", "ae", &[("binarise", "threshold")]),
        ("drawn pixels of a masked autoencoder", "made", &[("pixels", "dynamic")]),
        ("both", "ae", &[("binarise", "dynamic"), ("corruption", "masking")]),
        ("a probed encoder", "contractive", &[("hidden", "6,5"), ("contractive", "5")]),
    ];
    for (name, kind, settings) in cases {
        agree(name, &model(kind, settings), &one_shard(&[]), &PLAIN);
    }
}

#[test]
fn eps_is_drawn_anew_and_beta_rises() {
    for kind in ["vae", "cvae"] {
        let whole = Rules { beta: Some(|_| 2.0), ..PLAIN };
        agree(kind, &model(kind, &[("beta", "2")]), &one_shard(&[]), &whole);
        // Draws of the whole batch do not hang on how it is cut.
        agree(kind, &model(kind, &[("beta", "2")]), &training(&[("shards", "3")]), &whole);
        let rising = Rules { beta: Some(|step| 4.0 * (step as f64 / 8.0).min(1.0)), ..PLAIN };
        agree(kind, &model(kind, &[("beta", "4"), ("kl_warmup", "8")]), &one_shard(&[]), &rising);
    }
}

#[test]
fn layers_are_trained_in_pairs_first_and_then_together() {
    let two = Rules { stage: |epoch| (epoch < 2).then_some(epoch), ..PLAIN };
    agree("two pairs", &model("stacked", &[("hidden", "6"), ("pretrain", "1")]), &one_shard(&[]), &two);
    let one = Rules { stage: |epoch| (epoch < 2).then_some(0), ..PLAIN };
    agree("one pair", &model("stacked", &[("hidden", ""), ("pretrain", "2")]), &one_shard(&[]), &one);
}

#[test]
fn layers_that_begin_as_a_boltzmann_machine_have_one_weight_until_all_are_trained() {
    let data = data();
    let settings = [("pretrain", "1"), ("pretrain_by", "rbm"), ("activation", "sigmoid")];
    let spec = model("ae", &settings).check(data.train.kind(), data.train.classes()).unwrap();
    let mut run = Run::new(&spec, &training(&[]), &data, None, 1).unwrap();
    // The pair at the input, then the pair at the code, as [out, in] of the encoder's layer.
    let shapes = [[6, SIDE * SIDE], [3, 6]];
    let are_one = |run: &Run, [n_out, n_in]: [usize; 2]| {
        let model = run.trained().unwrap().model;
        let all = model.weights();
        let of = |shape: [usize; 2]| all.iter().find(|param| param.shape == shape).unwrap().values;
        let (encode, decode) = (of([n_out, n_in]), of([n_in, n_out]));
        (0..n_in * n_out).all(|i| encode[i / n_in * n_in + i % n_in] == decode[i % n_in * n_out + i / n_in])
    };
    assert!(!are_one(&run, shapes[0]), "they are drawn apart");
    let advance = |run: &mut Run| {
        for _ in 0..EPOCH {
            run.advance(&Cancel::default()).unwrap();
        }
    };
    advance(&mut run);
    assert!(are_one(&run, shapes[0]) && !are_one(&run, shapes[1]));
    advance(&mut run);
    assert!(are_one(&run, shapes[0]) && are_one(&run, shapes[1]));
    advance(&mut run);
    assert!(!are_one(&run, shapes[0]) && !are_one(&run, shapes[1]), "each is its own when all are trained");
}
