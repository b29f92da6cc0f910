//! The machine against sums over all its states, and its learner against itself.

use super::learn::Divergence;
use super::partition::{exact, summed};
use super::*;
use crate::data::{Batches, Cancel, Dataset, SampleKind, Values};
use crate::model::{Binarise, Course, FrozenModel, Learner, LearnerState, ModelSpec, Settings, TrainError};
use crate::nn::Method;
use rayon::ThreadPoolBuilder;

fn spec(n_hidden: usize, settings: &[(&str, &str)]) -> RbmSpec {
    let spec = ModelSpec::of_kind("rbm").unwrap().with("latent_dim", &n_hidden.to_string()).unwrap();
    let spec = settings.iter().fold(spec, |spec, (path, text)| spec.with(path, text).unwrap());
    serde_json::from_value(spec.values()).unwrap()
}

fn machine(spec: &RbmSpec, [height, width]: [usize; 2]) -> Rbm {
    let kind = SampleKind::Image { channels: 1, height, width };
    let usual = ModelSpec::of_kind("rbm").unwrap().with("latent_dim", &spec.latent_dim.to_string()).unwrap();
    let binarise = if spec.binarise == Binarise::None { "none" } else { "dynamic" };
    let info = usual.with("binarise", binarise).unwrap().check(&kind, &[]).unwrap().info();
    Rbm::fresh(Arc::new(info), spec, 7)
}

/// A machine whose weights are large enough to tie its units.
fn strong(n_hidden: usize, sides: [usize; 2], scale: f32) -> Rbm {
    let mut rbm = machine(&spec(n_hidden, &[]), sides);
    let mut at = 0;
    rbm.visit_mut(&mut |values| {
        for value in values {
            at += 1;
            *value = scale * ((at * at) as f32 * 0.37 + at as f32).sin();
        }
    });
    rbm
}

/// ln Z by its definition: every state of both layers, its energy written out.
fn brute(rbm: &Rbm) -> f64 {
    let (n_hidden, n_visible) = rbm.weight.dim();
    let bit = |state: u64, unit: usize| (state >> unit & 1) as f64;
    let energy = |h: u64, v: u64| {
        let mut energy = 0.0;
        for j in 0..n_hidden {
            energy -= bit(h, j) * f64::from(rbm.hidden_bias[j]);
            for i in 0..n_visible {
                energy -= bit(h, j) * f64::from(rbm.weight[[j, i]]) * bit(v, i);
            }
        }
        (0..n_visible).fold(energy, |energy, i| energy - bit(v, i) * f64::from(rbm.visible_bias[i]))
    };
    let states = (0..1u64 << n_hidden).flat_map(|h| (0..1u64 << n_visible).map(move |v| (h, v)));
    states.map(|(h, v)| (-energy(h, v)).exp()).sum::<f64>().ln()
}

#[test]
fn ln_z_is_the_sum_over_every_state_whichever_layer_is_summed() {
    for (n_hidden, sides) in [(4, [2, 3]), (6, [2, 2]), (5, [1, 5])] {
        let rbm = strong(n_hidden, sides, 1.5);
        let (want, found) = (brute(&rbm), exact(&rbm, &|| false).unwrap());
        assert!((found - want).abs() < 1e-9, "{n_hidden} over {sides:?}: {found} {want}");
    }
}

#[test]
fn twenty_hidden_units_are_summed_as_exactly_as_the_layer_below() {
    // More states than one walk takes, and each layer's sum the other's oracle.
    let rbm = strong(20, [2, 4], 1.2);
    let weight = rbm.weight.mapv(f64::from);
    let (b, c) = (rbm.visible_bias.mapv(f64::from), rbm.hidden_bias.mapv(f64::from));
    let by_hidden = summed(weight.view(), c.view(), b.view(), &|| false).unwrap();
    let by_visible = summed(weight.t(), b.view(), c.view(), &|| false).unwrap();
    assert!((by_hidden - by_visible).abs() < 1e-9, "{by_hidden} {by_visible}");
    assert_eq!(summed(weight.view(), c.view(), b.view(), &|| true), None, "it can be given up");
}

#[test]
fn probabilities_of_all_samples_sum_to_one() {
    let rbm = strong(5, [2, 3], 2.0);
    let all = Array2::from_shape_fn((1 << 6, 6), |(state, unit)| (state >> unit & 1) as f32);
    let log_z = exact(&rbm, &|| false).unwrap();
    let whole: f64 = rbm.free_energy(all.view()).iter().map(|f| (-f - log_z).exp()).sum();
    assert!((whole - 1.0).abs() < 1e-6, "{whole}");
}

#[test]
fn annealing_finds_ln_z_within_half_a_nat_and_says_how_surely() {
    let rbm = strong(20, [4, 4], 1.0);
    let want = exact(&rbm, &|| false).unwrap();
    let annealing = Annealing { chains: 40, temperatures: 400, seed: 1 };
    let found = rbm.annealed_log_z(&[0.4; 16], annealing, &|| false).unwrap();
    let [low, high] = found.bounds.unwrap();
    assert!((found.value - want).abs() < 0.5, "{} {want}", found.value);
    assert!(low < found.value && found.value < high && high - low < 1.5, "{low} {high}");
    assert_eq!(rbm.annealed_log_z(&[0.4; 16], annealing, &|| false), Some(found), "the same draws each time");
    // Without ties the first distribution is the last but for its biases: nothing is left to chance.
    let mut free = strong(3, [2, 2], 1.0);
    free.weight.fill(0.0);
    free.visible_bias.fill(0.0);
    let (want, base) = (exact(&free, &|| false).unwrap(), [0.5; 4]);
    let found = free.annealed_log_z(&base, Annealing { chains: 3, temperatures: 7, seed: 0 }, &|| false).unwrap();
    assert!((found.value - want).abs() < 1e-6, "{} {want}", found.value);
    assert_eq!(rbm.annealed_log_z(&[0.4; 16], Annealing::WHOLE, &|| true), None, "it can be given up");
}

#[test]
fn one_layer_given_the_other_is_as_probable_as_energies_say() {
    let rbm = strong(1, [1, 2], 1.3);
    let v = Array2::from_shape_fn((1, 2), |(_, i)| i as f32);
    let p = f64::from(rbm.hidden_given(v.view(), &mut Scratch::default())[[0, 0]]);
    let drive = f64::from(rbm.hidden_bias[0] + rbm.weight[[0, 1]]);
    assert!((p - drive.exp() / (1.0 + drive.exp())).abs() < 1e-6);
    // The chain visits states as often as they are probable.
    let (mut v, mut counts) = (Array2::zeros((1, 2)), [0.0; 4]);
    let (mut rng, mut scratch) = (stream(3, Purpose::Chain, 0), Scratch::default());
    let n = 20_000;
    for _ in 0..n {
        let p = rbm.gibbs(&mut v, &mut rng, &mut scratch);
        scratch.give_back(p);
        counts[v[[0, 0]] as usize + 2 * v[[0, 1]] as usize] += 1.0 / f64::from(n);
    }
    let all = Array2::from_shape_fn((4, 2), |(state, unit)| (state >> unit & 1) as f32);
    let log_z = exact(&rbm, &|| false).unwrap();
    for (count, f) in counts.iter().zip(rbm.free_energy(all.view())) {
        let p = (-f - log_z).exp();
        assert!((count - p).abs() < 0.02, "{count} {p}");
    }
}

fn data(n: usize) -> Dataset {
    // Two patterns and a little of others.
    let pixel = |i: usize| {
        let (sample, at) = (i / 4, i % 4);
        let on = if sample % 7 == 0 { sample / 7 % 4 == at } else { (sample + at) % 2 == 0 };
        if on { 255 } else { 0 }
    };
    let values = Values::Bytes((0..n * 4).map(pixel).collect::<Vec<u8>>().into());
    Dataset::new(SampleKind::square(1, 2), values, None, vec![]).unwrap()
}

fn course(shards: usize, rate: f64) -> Course {
    let method = Method::Sgd { momentum: 0.5 };
    Course { method, shards, batch: 8, learning_rate: rate, ..Course::default() }
}

fn learner(spec: &RbmSpec, course: Course) -> Divergence {
    let mut learner = Divergence::new(machine(spec, [2, 2]), spec.clone(), 5);
    learner.follow(course);
    learner
}

fn bytes(learner: &Divergence) -> Vec<f32> {
    let model = learner.freeze().unwrap();
    let weights: Vec<f32> = model.weights().iter().flat_map(|param| param.values.to_vec()).collect();
    let state = learner.state().unwrap();
    weights.into_iter().chain(state.tensors.iter().flat_map(|tensor| tensor.values.to_vec())).collect()
}

#[test]
fn the_step_follows_the_free_energies_of_samples_and_of_where_chains_ended() {
    // With one step of plain descent the weights move by −η times the gradient of F(v) − F(v'), v' being
    // where the chains ended; ours end where persistent ones say.
    let spec = spec(3, &[("chains", "persistent"), ("binarise", "none")]);
    let mut rbm = strong(3, [2, 2], 0.7);
    rbm.info = Arc::clone(&machine(&spec, [2, 2]).info);
    let mut learner = Divergence::new(rbm.clone(), spec, 5);
    let method = Method::Sgd { momentum: 0.0 };
    learner.follow(Course { method, shards: 2, batch: 8, learning_rate: 1.0, ..Course::default() });
    let mut batches = Batches::new(data(8), 8, 0);
    learner.advance(&mut batches, &Cancel::default()).unwrap();
    let state = learner.state().unwrap();
    let ended = state.tensors.iter().find(|tensor| tensor.name == "chains.visible").unwrap();
    let ended = Array2::from_shape_vec((8, 4), ended.values.to_vec()).unwrap();
    let mut x = Array2::zeros((8, 4));
    data(8).gather(&[0, 1, 2, 3, 4, 5, 6, 7], &mut x);
    let objective =
        |rbm: &Rbm| rbm.free_energy(x.view()).mean().unwrap() - rbm.free_energy(ended.view()).mean().unwrap();
    let stepped: Vec<Vec<f32>> =
        learner.freeze().unwrap().weights().iter().map(|param| param.values.to_vec()).collect();
    let first: Vec<Vec<f32>> = rbm.weights().iter().map(|param| param.values.to_vec()).collect();
    for (tensor, (stepped, first)) in stepped.iter().zip(&first).enumerate() {
        for i in 0..first.len() {
            let moved = |by: f32| {
                let (mut other, mut at) = (rbm.clone(), 0);
                other.visit_mut(&mut |values| {
                    if at == tensor {
                        values[i] += by;
                    }
                    at += 1;
                });
                objective(&other)
            };
            let slope = (moved(1e-2) - moved(-1e-2)) / 2e-2;
            let step = f64::from(stepped[i] - first[i]);
            assert!((step + slope).abs() < 1e-4, "tensor {tensor}, {i}: {step} {slope}");
        }
    }
}

#[test]
fn learning_makes_samples_probable() {
    // Persistent chains must mix faster than the weights move, so that they learn more slowly.
    let persistent = [("chains", "persistent"), ("gibbs_steps", "5")];
    for (settings, rate) in [([("chains", "data"), ("gibbs_steps", "3")], 0.1), (persistent, 0.02)] {
        let spec = spec(6, &settings);
        let (data, mut learner) = (data(70), learner(&spec, course(2, rate)));
        let mut batches = Batches::new(data.clone(), 35, 1);
        let mut x = Array2::zeros((70, 4));
        data.gather(&(0..70).collect::<Vec<_>>(), &mut x);
        let log_p = |learner: &Divergence| {
            let model = learner.freeze().unwrap();
            let energy = model.energy().unwrap();
            -energy.free_energy(x.view()).mean().unwrap() - energy.log_z(&|| false).unwrap()
        };
        let first = log_p(&learner);
        for _ in 0..2000 {
            learner.advance(&mut batches, &Cancel::default()).unwrap();
        }
        // 30 of each pattern and ten that are spread over four: −1.20 nats is what the best model has.
        let last = log_p(&learner);
        assert!(first < -2.5 && last > -1.45, "{settings:?}: {first} to {last}");
    }
}

#[test]
fn a_resumed_training_is_the_uninterrupted_one_on_any_number_of_threads() {
    for chains in ["data", "persistent"] {
        let spec = spec(5, &[("chains", chains), ("gibbs_steps", "2"), ("weight_l2", "0.001")]);
        // Batches of 8 and a last one of 4: some shards are smaller, one empty.
        let run = |threads: usize, breaks: &[u64]| {
            let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let own = || Course { threads, ..course(3, 0.05) };
                let mut batches = Batches::new(data(20), 8, 2);
                let mut at = learner(&spec, own());
                for step in 0..10 {
                    if breaks.contains(&step) {
                        let (weights, state) = (at.freeze().unwrap(), at.state().unwrap());
                        let tensors: Vec<Vec<f32>> =
                            weights.weights().iter().map(|param| param.values.to_vec()).collect();
                        let tensors: Vec<&[f32]> = tensors.iter().map(Vec::as_slice).collect();
                        let info = Arc::clone(&machine(&spec, [2, 2]).info);
                        at = Divergence::new(Rbm::with(info, &spec, &tensors).unwrap(), spec.clone(), 5);
                        at.follow(own());
                        assert!(at.restore(&state), "it is its own state");
                        batches = Batches::new(data(20), 8, 2);
                        batches.seek(step);
                    }
                    at.advance(&mut batches, &Cancel::default()).unwrap();
                }
                bytes(&at)
            })
        };
        let whole = run(1, &[]);
        assert_eq!(whole, run(3, &[]), "{chains}: threads");
        assert_eq!(whole, run(2, &[0, 4, 9]), "{chains}: resumed");
    }
}

#[test]
fn what_is_given_up_or_diverges_leaves_the_last_good_state() {
    let spec = spec(4, &[("chains", "persistent"), ("gibbs_steps", "2")]);
    let mut at = learner(&spec, course(2, 0.05));
    let mut batches = Batches::new(data(20), 8, 2);
    at.advance(&mut batches, &Cancel::default()).unwrap();
    let (before, cancel) = (bytes(&at), Cancel::default());
    cancel.set();
    assert_eq!(at.advance(&mut batches, &cancel), Err(TrainError::Cancelled));
    assert_eq!((bytes(&at), batches.step()), (before, 1));
    // A penalty whose steps are longer than the weights are: each turns them round and makes them larger.
    let spec = RbmSpec { weight_l2: 50.0, ..spec };
    let mut at = learner(&spec, course(2, 1.0));
    let mut batches = Batches::new(data(20), 8, 2);
    let error = (0..100).find_map(|_| at.advance(&mut batches, &Cancel::default()).err()).unwrap();
    assert!(matches!(error, TrainError::Diverged { .. }), "{error}");
    let of_other = LearnerState { steps: 1, tensors: Vec::new() };
    assert!(!at.restore(&of_other), "the state of another learner is not taken");
}

#[test]
fn a_free_run_of_the_chain_draws_codes_of_hidden_units() {
    let rbm = strong(6, [2, 3], 1.0);
    let z = rbm.sample(&mut stream(1, Purpose::Prior, 0), &|| false).unwrap();
    assert!(rbm.sample(&mut stream(1, Purpose::Prior, 0), &|| true).is_none(), "it is given up within the chain");
    assert!(z.len() == 6 && z.iter().all(|&h| h == 0.0 || h == 1.0));
}

#[test]
fn a_code_is_drawn_from_a_chain_that_has_mixed() {
    // One step after another, as many as are promised, from pixels that are on by halves.
    let rbm = strong(6, [2, 3], 1.0);
    for seed in 0..8 {
        let (mut rng, mut scratch) = (stream(seed, Purpose::Prior, 0), Scratch::default());
        let mut v = Array2::from_elem((1, 6), 0.5);
        draw_binary(flat_mut(&mut v), &mut rng);
        for _ in 0..200 {
            rbm.gibbs(&mut v, &mut rng, &mut scratch);
        }
        let mut h = rbm.hidden_given(v.view(), &mut scratch);
        draw_binary(flat_mut(&mut h), &mut rng);
        let drawn = rbm.sample(&mut stream(seed, Purpose::Prior, 0), &|| false).unwrap();
        assert_eq!(drawn, flat(&h));
    }
}

/// How far one step moves every number of a machine with strong ties, by plain descent at the rate 1.
fn first_step(settings: &[(&str, &str)], clip_norm: f64, share: f64) -> Vec<f32> {
    let spec = spec(3, &[&[("binarise", "none")], settings].concat());
    let mut rbm = strong(3, [2, 2], 0.7);
    rbm.info = Arc::clone(&machine(&spec, [2, 2]).info);
    rbm.weight_l2 = spec.weight_l2;
    let numbers = |rbm: &dyn FrozenModel| -> Vec<f32> {
        rbm.weights().iter().flat_map(|param| param.values.to_vec()).collect()
    };
    let (first, mut learner) = (numbers(&rbm), Divergence::new(rbm, spec, 5));
    let method = Method::Sgd { momentum: 0.0 };
    let share = Box::new(move |_| share);
    let course = Course { method, shards: 2, batch: 8, learning_rate: 1.0, clip_norm, share, ..Course::default() };
    learner.follow(course);
    learner.advance(&mut Batches::new(data(8), 8, 0), &Cancel::default()).unwrap();
    numbers(&*learner.freeze().unwrap()).iter().zip(&first).map(|(after, before)| after - before).collect()
}

#[test]
fn decay_schedule_clipping_and_the_steps_of_the_chain_all_reach_the_step() {
    let plain = first_step(&[], 0.0, 1.0);
    let near = |found: &[f32], want: &mut dyn FnMut(usize) -> f32| {
        assert!((0..found.len()).all(|i| (found[i] - want(i)).abs() < 1e-5), "{found:?}");
    };
    // The gradient of λ Σ w² is 2 λ w, of weights alone and no biases.
    let weights: Vec<f32> = strong(3, [2, 2], 0.7).weight.iter().copied().collect();
    let decays = first_step(&[("weight_l2", "0.05")], 0.0, 1.0);
    near(&decays, &mut |i| plain[i] - 2.0 * 0.05 * weights.get(i).copied().unwrap_or_default());
    near(&first_step(&[], 0.0, 0.25), &mut |i| 0.25 * plain[i]);
    let norm = plain.iter().map(|x| x * x).sum::<f32>().sqrt();
    assert!(norm > 0.1, "{norm} would be no test");
    near(&first_step(&[], 0.02, 1.0), &mut |i| plain[i] * 0.02 / norm);
    assert_ne!(first_step(&[("gibbs_steps", "4")], 0.0, 1.0), plain);
}

#[test]
fn a_fresh_machine_begins_with_pixels_on_as_often_as_in_the_data() {
    let mut learner = learner(&spec(3, &[]), Course { share: Box::new(|_| 0.0), ..course(1, 0.1) });
    // The last unit is always on, and begins as if it were off once in a hundred.
    let bytes = (0..20 * 4).map(|i| if i % 4 == 3 || i / 4 % (2 + i % 4) == 0 { 255 } else { 0 });
    let values = Values::Bytes(bytes.collect::<Vec<u8>>().into());
    let data = Dataset::new(SampleKind::square(1, 2), values, None, vec![]).unwrap();
    learner.advance(&mut Batches::new(data, 8, 2), &Cancel::default()).unwrap();
    let model = learner.freeze().unwrap();
    let biases = model.weights()[2].values.to_vec();
    for (bias, p) in biases.iter().zip([0.5f32, 0.35, 0.25, 0.99]) {
        assert!((bias - (p / (1.0 - p)).ln()).abs() < 1e-5, "{biases:?}");
    }
}

#[test]
fn grey_pixels_are_drawn_anew_at_each_step() {
    let spec = spec(3, &[]);
    let mut learner = Divergence::new(strong(3, [2, 2], 0.7), spec, 5);
    learner.follow(Course { share: Box::new(|_| 0.0), ..course(1, 0.1) });
    let values = Values::Bytes(vec![127; 8 * 4].into());
    let data = Dataset::new(SampleKind::square(1, 2), values, None, vec![]).unwrap();
    let mut batches = Batches::new(data, 8, 2);
    let mut energy = |at: u64| {
        batches.seek(at);
        let terms = learner.advance(&mut batches, &Cancel::default()).unwrap();
        terms.get(MetricId::FreeEnergy).unwrap()
    };
    let [first, second] = [energy(0), energy(1)];
    assert_eq!(energy(0), first, "but of one step always alike");
    assert_ne!(first, second);
}

#[test]
fn the_bounds_of_an_estimate_are_three_standard_errors_wide() {
    // So wide they leave few estimates out; two standard errors would leave out one of twenty, one a third.
    let rbm = strong(4, [2, 2], 1.5);
    let want = exact(&rbm, &|| false).unwrap();
    let is_within = |seed: u64| {
        let annealing = Annealing { chains: 60, temperatures: 4, seed };
        let [low, high] = rbm.annealed_log_z(&[0.5; 4], annealing, &|| false).unwrap().bounds.unwrap();
        low < want && want < high
    };
    let n = (0..200).filter(|seed| is_within(*seed)).count();
    assert!(n >= 195, "{n} of 200");
}
