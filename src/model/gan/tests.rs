//! Gradients of both losses in `f64`, turns, orders and resuming.

use super::{DISCRIMINATOR, GENERATOR, Gan, GanSpec};
use crate::data::{Batches, Cancel, Dataset, SampleKind, Values};
use crate::model::{Batch, Course, Draws, Learner, MetricId, ModelSpec, Order, SpecError, Training, ValidSpec};
use crate::nn::{Method, Optimizer, Purpose, Scratch, Stack, standard_normal, stream};
use ndarray::Array2;
use std::sync::Arc;

fn spec(settings: &GanSpec, input: &SampleKind) -> ValidSpec {
    ModelSpec::from(settings.clone()).check(input, &[]).unwrap()
}

fn small() -> GanSpec {
    let widths = vec![5, 4];
    GanSpec {
        generator: widths.clone(),
        discriminator: widths,
        activation: crate::nn::Activation::Tanh,
        ..GanSpec::default()
    }
}

fn normal(shape: (usize, usize), index: u64) -> Array2<f64> {
    let mut values = Array2::zeros(shape);
    standard_normal(&mut stream(5, Purpose::Evaluation, index), values.as_slice_mut().unwrap());
    values
}

/// Samples, noise, and the gradients of both losses.
struct Checked {
    gan: Gan<f64>,
    x: Array2<f64>,
    z: Array2<f64>,
}

impl Checked {
    fn losses(&self) -> [f64; 2] {
        let mut scratch = Scratch::default();
        let fakes = self.gan.generator.infer(self.z.view(), &mut scratch);
        let judged = self.gan.judge(self.x.view(), fakes.view(), None, &mut scratch);
        [judged.discriminator, judged.generator]
    }

    /// Central difference of fourth order of a part's loss in its value `i`.
    fn difference(&mut self, part: usize, i: usize) -> f64 {
        let step = 2e-4;
        let mut moved = |by: f64| {
            let mut at = 0;
            let [generator, discriminator] = self.gan.parts_mut();
            [discriminator, generator][part].visit_mut(&mut |values| {
                if let Some(value) = i.checked_sub(at).and_then(|i| values.get_mut(i)) {
                    *value += by;
                }
                at += values.len();
            });
            self.losses()[part]
        };
        let (right, far_right) = (moved(step), moved(step));
        let (left, far_left) = (moved(-3.0 * step), moved(-step));
        moved(2.0 * step);
        (8.0 * (right - left) - (far_right - far_left)) / (12.0 * step)
    }
}

fn check(settings: &GanSpec, input: &SampleKind) {
    let valid = spec(settings, input);
    let mut gan = Gan::<f64>::new(Arc::new(valid.info()), settings, 3);
    let n_params = gan.parts_mut().map(|part| part.n_params());
    assert_eq!(n_params.iter().sum::<usize>() as u128, valid.n_params());
    // First weights are so small that the differences would drown.
    for part in gan.parts_mut() {
        part.visit_mut(&mut |values| values.iter_mut().for_each(|w| *w *= 2.0));
    }
    let n = 3;
    let mut x = normal((n, input.n_features()), 0);
    if input.is_unit() {
        x.mapv_inplace(|x| 1.0 / (1.0 + (-x).exp()));
    }
    let mut checked = Checked { gan, x, z: normal((n, settings.latent_dim), 1) };
    let (mut scratch, weight) = (Scratch::default(), 0.25);
    let [mut of_g, mut of_d] = n_params.map(|n| vec![f64::NAN; n]);
    let tape = checked.gan.generate(checked.z.view(), &mut scratch);
    let fakes = tape.last().unwrap().clone();
    let deceived = checked.gan.deceive((checked.z.view(), &tape), weight, &mut of_g, &mut scratch);
    let judged = checked.gan.judge(checked.x.view(), fakes.view(), Some((&mut of_d, weight)), &mut scratch);
    let [d, g] = checked.losses();
    assert!((judged.discriminator - d).abs() + (judged.generator - g).abs() + (deceived - g).abs() < 1e-10);
    for (part, grads) in [of_d, of_g].iter().enumerate() {
        let numeric: Vec<f64> = (0..grads.len()).map(|i| weight * checked.difference(part, i)).collect();
        let norm = |values: &mut dyn Iterator<Item = f64>| values.map(|x| x * x).sum::<f64>().sqrt();
        let scale = norm(&mut grads.iter().copied());
        let error = norm(&mut grads.iter().zip(&numeric).map(|(a, b)| a - b)) / scale;
        assert!(scale > 1e-4 && error < 1e-6, "part {part} of {settings:?}: relative error {error:e}");
    }
}

#[test]
fn gradients_of_both_players_are_those_of_their_losses() {
    let row = SampleKind::row(2);
    let minimax = GanSpec { loss: super::GameLoss::Minimax, ..small() };
    for settings in [small(), minimax.clone(), GanSpec { latent_dim: 1, generator: vec![], ..small() }] {
        check(&settings, &row);
    }
    check(&minimax, &SampleKind::square(1, 3));
    let mut conv = minimax;
    conv.conv.arch = crate::model::Arch::Conv;
    conv.conv.channels = vec![3, 2];
    conv.conv.up_kernel = 2;
    let colour = SampleKind::image(3, 5, 4);
    check(&conv, &colour);
    conv.conv.convolution = crate::model::Convolution::Separable;
    conv.conv.upsampling = crate::model::Upsampling::Repeat;
    check(&GanSpec { loss: super::GameLoss::Nonsaturating, ..conv }, &colour);
}

#[test]
fn a_generator_has_no_places_to_remember_and_learns_no_texts() {
    let mut settings = small();
    settings.conv.arch = crate::model::Arch::Conv;
    settings.conv.upsampling = crate::model::Upsampling::Places;
    let refused = ModelSpec::from(settings).check(&SampleKind::square(1, 8), &[]).unwrap_err();
    assert!(matches!(&refused, SpecError::Setting { path, .. } if path == "upsampling"), "{refused}");
    assert!(ModelSpec::from(small()).check(&SampleKind::documents(["cat", "dog"]), &[]).is_err());
}

/// Ten points.
fn data() -> Dataset {
    let values: Vec<f32> = (0..20).map(|i| (i as f32 * 0.7).sin()).collect();
    Dataset::new(SampleKind::row(2), Values::Floats(values.into()), None, vec![]).unwrap()
}

fn learner(settings: &GanSpec, weights: Option<&[&[f32]]>) -> Box<dyn Learner> {
    match spec(settings, &SampleKind::row(2)).training(weights, 7).unwrap() {
        Training::Own(learner) => learner,
        _ => panic!("a game is learned in its own way"),
    }
}

/// Weights and state, bit by bit.
fn bits(learner: &dyn Learner) -> Vec<u32> {
    let state = learner.state().unwrap();
    let model = learner.freeze().unwrap();
    let weights = model.weights().into_iter().flat_map(|param| param.values.to_vec());
    weights.chain(state.tensors.iter().flat_map(|tensor| tensor.values.to_vec())).map(f32::to_bits).collect()
}

/// The weights of a part, the discriminator's or the generator's.
fn part(learner: &dyn Learner, name: &str) -> Vec<f32> {
    let model = learner.freeze().unwrap();
    let params = model.weights().into_iter().filter(|param| param.name.starts_with(name));
    params.flat_map(|param| param.values.to_vec()).collect()
}

#[test]
fn resumed_is_as_if_it_had_never_stopped_whatever_the_turns() {
    let minimax = GanSpec { loss: super::GameLoss::Minimax, prior: super::settings::Noise::Uniform, ..small() };
    for settings in [small(), GanSpec { d_steps: 3, ..small() }, GanSpec { g_steps: 2, ..minimax }] {
        let (mut whole, mut batches) = (learner(&settings, None), Batches::new(data(), 4, 7));
        let mut stopped = None;
        for step in 0..8 {
            if step == 4 {
                whole.order(&Order::Freeze(GENERATOR.into(), true));
                stopped = Some((whole.freeze().unwrap(), whole.state().unwrap()));
            }
            whole.advance(&mut batches, &Cancel::default()).unwrap();
        }
        let (model, state) = stopped.unwrap();
        let weights = model.weights();
        let weights: Vec<&[f32]> = weights.iter().map(|param| param.values).collect();
        let mut resumed = learner(&settings, Some(&weights));
        assert!(resumed.restore(&state));
        let mut batches = Batches::new(data(), 4, 7);
        batches.seek(4);
        for _ in 0..4 {
            resumed.advance(&mut batches, &Cancel::default()).unwrap();
        }
        assert_eq!(bits(&*whole), bits(&*resumed), "{settings:?}");
        assert!(!learner(&GanSpec { generator: vec![6], ..settings }, None).restore(&state), "of another shape");
    }
}

/// The generator's weights as it plays, which the file keeps beside their mean.
fn own(learner: &dyn Learner) -> Vec<f32> {
    let state = learner.state().unwrap();
    let own = state.tensors.iter().filter(|tensor| tensor.name.starts_with("own."));
    own.flat_map(|tensor| tensor.values.to_vec()).collect()
}

#[test]
fn what_is_shown_of_the_generator_is_the_running_mean_of_its_weights() {
    let settings = GanSpec { average: 0.8, ..small() };
    let (mut learner, mut batches) = (learner(&settings, None), Batches::new(data(), 4, 7));
    let mut mean = own(&*learner);
    assert_eq!(part(&*learner, GENERATOR), mean, "it begins at the first weights");
    // Until the share that stays is as it was set, and beyond.
    for t in 1..=60 {
        learner.advance(&mut batches, &Cancel::default()).unwrap();
        let stays = (f64::from(1 + t) / f64::from(10 + t)).min(0.8) as f32;
        mean.iter_mut().zip(own(&*learner)).for_each(|(mean, w)| *mean = stays * *mean + (1.0 - stays) * w);
        assert_eq!(part(&*learner, GENERATOR), mean, "after {t} steps");
    }
    assert_ne!(own(&*learner), mean);
    let mut plain = self::learner(&GanSpec { average: 0.0, ..small() }, None);
    for _ in 0..3 {
        plain.advance(&mut batches, &Cancel::default()).unwrap();
        assert_eq!(part(&*plain, GENERATOR), own(&*plain), "without a mean the weights themselves are shown");
    }
}

#[test]
fn both_rates_follow_the_schedule() {
    let moved = |share: f64| {
        let (mut learner, mut batches) = (learner(&small(), None), Batches::new(data(), 4, 7));
        learner.follow(Course { share: Box::new(move |_| share), ..Course::default() });
        let before = [part(&*learner, DISCRIMINATOR), own(&*learner)];
        learner.advance(&mut batches, &Cancel::default()).unwrap();
        let after = [part(&*learner, DISCRIMINATOR), own(&*learner)];
        [0, 1].map(|i| before[i].iter().zip(&after[i]).map(|(a, b)| (a - b).abs()).sum::<f32>())
    };
    // Adam's first step is as long as the rate, whatever the gradient.
    let (whole, half) = (moved(1.0), moved(0.5));
    assert_eq!(moved(0.0), [0.0; 2]);
    assert!((0..2).all(|i| (half[i] / whole[i] - 0.5).abs() < 0.01), "{half:?} of {whole:?}");
}

#[test]
fn who_is_frozen_stands_still_and_who_moves_alone_moves_even_so() {
    let mut learner = learner(&small(), None);
    let mut batches = Batches::new(data(), 4, 7);
    let mut moved = |learner: &mut Box<dyn Learner>| {
        let before = [DISCRIMINATOR, GENERATOR].map(|name| part(&**learner, name));
        let terms = learner.advance(&mut batches, &Cancel::default()).unwrap();
        assert!(terms.get(MetricId::GeneratorLoss).is_some() && terms.get(MetricId::GameValue).is_some());
        let after = [DISCRIMINATOR, GENERATOR].map(|name| part(&**learner, name));
        [before[0] != after[0], before[1] != after[1]]
    };
    assert_eq!(moved(&mut learner), [true, true]);
    assert!(learner.order(&Order::Freeze(DISCRIMINATOR.into(), true)));
    assert_eq!(moved(&mut learner), [false, true]);
    assert!(learner.order(&Order::Only(DISCRIMINATOR.into())));
    assert_eq!(moved(&mut learner), [true, false], "an order for one step goes before");
    assert_eq!(moved(&mut learner), [false, true], "and is over with it");
    assert!(learner.order(&Order::Freeze(GENERATOR.into(), true)));
    assert_eq!(moved(&mut learner), [false, false]);
    assert!(!learner.order(&Order::Freeze("encoder".into(), true)), "there is no such part");
}

#[test]
fn the_generator_moves_at_the_end_of_a_turn() {
    let mut learner = learner(&GanSpec { d_steps: 3, ..small() }, None);
    let mut batches = Batches::new(data(), 4, 7);
    let mut last = part(&*learner, GENERATOR);
    let moves: Vec<bool> = (0..6)
        .map(|_| {
            learner.advance(&mut batches, &Cancel::default()).unwrap();
            let now = part(&*learner, GENERATOR);
            std::mem::replace(&mut last, now.clone()) != now
        })
        .collect();
    assert_eq!(moves, [false, false, true, false, false, true]);
}

#[test]
fn what_leaves_the_finite_numbers_is_said() {
    let mut learner = learner(&GanSpec { d_rate: 1.0, g_rate: 1.0, ..small() }, None);
    let model = learner.freeze().unwrap();
    let weights: Vec<Vec<f32>> = model.weights().iter().map(|param| vec![f32::MAX; param.values.len()]).collect();
    let weights: Vec<&[f32]> = weights.iter().map(|values| &values[..]).collect();
    learner = self::learner(&small(), Some(&weights));
    let error = learner.advance(&mut Batches::new(data(), 4, 7), &Cancel::default()).unwrap_err().to_string();
    assert!(error.contains("step 1") && error.contains("the loss of"), "{error}");
}

#[test]
fn a_turn_judges_noise_of_its_own_deceives_on_it_and_then_on_fresh_noise() {
    let settings = GanSpec { g_steps: 2, d_rate: 3e-3, g_rate: 7e-3, beta1: 0.3, average: 0.0, ..small() };
    let (mut learner, mut batches) = (learner(&settings, None), Batches::new(data(), 10, 7));
    let mut gan = Gan::<f32>::new(Arc::new(spec(&settings, &SampleKind::row(2)).info()), &settings, 7);
    let [n_g, n_d] = gan.parts_mut().map(|part| part.n_params());
    let optimizer = |n| Optimizer::<f32>::new(Method::Adam, n).with_beta1(settings.beta1);
    let (mut of_g, mut of_d) = (optimizer(n_g), optimizer(n_d));
    let move_along = |part: &mut Stack<f32>, optimizer: &mut Optimizer<f32>, rate: f64, grads: Vec<f32>| {
        let (update, grads, mut offset) = (optimizer.begin(rate, 1.0), [grads], 0);
        part.visit_mut(&mut |weights| {
            optimizer.update(&update, offset, weights, &grads);
            offset += weights.len();
        });
    };
    let (mut by_hand, mut scratch, weight) = (Batches::new(data(), 10, 7), Scratch::default(), 1.0 / 10.0);
    for step in 0..2 {
        learner.advance(&mut batches, &Cancel::default()).unwrap();
        let noise = |draw: u64| {
            let mut z = Array2::<f32>::zeros((10, 2));
            standard_normal(&mut stream(7, Purpose::Eps, step << 7 | draw), z.as_slice_mut().unwrap());
            z
        };
        let (judged, x) = (noise(0), by_hand.advance().x.to_owned());
        let tape = gan.generate(judged.view(), &mut scratch);
        let (fakes, mut grads) = (tape.last().unwrap().clone(), vec![0.0; n_d]);
        gan.judge(x.view(), fakes.view(), Some((&mut grads, weight)), &mut scratch);
        move_along(gan.parts_mut()[1], &mut of_d, settings.d_rate, grads);
        for z in [judged, noise(2)] {
            let (tape, mut grads) = (gan.generate(z.view(), &mut scratch), vec![0.0; n_g]);
            gan.deceive((z.view(), &tape), weight, &mut grads, &mut scratch);
            move_along(gan.parts_mut()[0], &mut of_g, settings.g_rate, grads);
        }
        for name in [DISCRIMINATOR, GENERATOR] {
            let own = gan.params().into_iter().filter(|param| param.name.starts_with(name));
            let own: Vec<f32> = own.flat_map(|param| param.values.to_vec()).collect();
            assert_eq!(part(&*learner, name), own, "{name} after step {step}");
        }
    }
}

#[test]
fn samples_and_scores_are_of_the_noise_that_is_learned_from() {
    // x = z, and D looks at the first column.
    let plain = GanSpec { generator: vec![], discriminator: vec![], ..small() };
    let model = |prior| {
        let settings = GanSpec { prior, ..plain.clone() };
        let weights: [&[f32]; 4] = [&[1.0, 0.0, 0.0, 1.0], &[0.0; 2], &[1.0, 0.0], &[0.0]];
        spec(&settings, &SampleKind::row(2)).frozen(Some(&weights)).unwrap()
    };
    let (uniform, normal) = (model(super::settings::Noise::Uniform), model(super::settings::Noise::Normal));
    let mut rng = stream(1, Purpose::Prior, 0);
    let mut farthest = |model: &crate::model::SharedModel| {
        let drawn = (0..400).flat_map(|_| model.sampler().unwrap().sample(&mut rng, &|| false).unwrap());
        drawn.fold(0.0, |far: f32, z| far.max(z.abs()))
    };
    assert!((0.95..=1.0).contains(&farthest(&uniform)) && farthest(&normal) > 2.0);
    let (x, eps) = (Array2::<f32>::zeros((1, 2)), Array2::<f32>::from_elem((1, 2), 1.5));
    for (model, z) in [(uniform, 2.0 * crate::data::normal_below(1.5) - 1.0), (normal, 1.5)] {
        let batch = Batch::new(x.view(), Draws::default().with(Purpose::Eps, eps.view()), &[], 1.0);
        let found = model.scorer().unwrap().score(&batch, &mut Scratch::default());
        let want = crate::nn::softplus(-z);
        assert!((found.of(MetricId::GeneratorLoss) - want).abs() < 1e-6, "{found:?}: {want}");
    }
}
