//! What a masked autoencoder promises beside its gradients, which the registry's check covers.

use super::*;
use crate::data::SampleKind;
use crate::model::{ModelSpec, Placed, Settings};
use crate::nn::{Purpose, stream};

/// Settings that between them reach every way to make the masks.
const SETTINGS: [&[(&str, &str)]; 4] = [
    &[("hidden", "20")],
    &[("hidden", "")],
    &[("hidden", "16,12"), ("activation", "tanh"), ("degrees", "random"), ("mask_seed", "5")],
    &[("hidden", "32"), ("order", "random"), ("order_seed", "4")],
];

fn model(input: &SampleKind, settings: &[(&str, &str)]) -> Made<f64> {
    let kind = ModelSpec::of_kind("made").unwrap();
    let spec = settings.iter().fold(kind, |spec, (path, text)| spec.with(path, text).unwrap());
    let info = Arc::new(spec.check(input, &[]).unwrap().info());
    let settings = serde_json::from_value(spec.values()).unwrap();
    let mut made = Made::new(info, &settings, 7);
    // Large enough that pictures differ in their probability.
    made.visit_mut(&mut |values| values.iter_mut().for_each(|w| *w *= 4.0));
    made
}

/// Every picture of so many black and white values.
pub fn all_pictures(n_values: usize) -> Array2<f64> {
    Array2::from_shape_fn((1 << n_values, n_values), |(picture, at)| f64::from(picture as u32 >> at & 1))
}

#[test]
fn the_probabilities_of_all_pictures_sum_to_1() {
    for settings in SETTINGS {
        for input in [SampleKind::square(1, 3), SampleKind::image(3, 1, 3)] {
            let made = model(&input, settings);
            let nats = made.nats_of(all_pictures(9).view(), &mut Scratch::default());
            let p: Vec<f64> = nats.rows().into_iter().map(|row| (-row.sum()).exp()).collect();
            let sum: f64 = p.iter().sum();
            assert!((sum - 1.0).abs() < 1e-10, "{settings:?}: {sum}");
            let [least, most] = [f64::min, f64::max].map(|f| p.iter().copied().reduce(f).unwrap());
            assert!(most > 4.0 * least, "{settings:?}: {least} to {most} would be no test");
        }
    }
}

#[test]
fn a_pixel_hangs_on_those_before_it_alone_and_on_each_of_them() {
    for settings in SETTINGS {
        let made = model(&SampleKind::square(1, 3), settings);
        let mut scratch = Scratch::default();
        let x = all_pictures(9);
        let before = made.nats_of(x.view(), &mut scratch);
        for (step, &pixel) in made.order.iter().enumerate() {
            let mut turned = x.clone();
            turned.column_mut(pixel as usize).mapv_inplace(|x| 1.0 - x);
            let after = made.nats_of(turned.view(), &mut scratch);
            let moves = |other: u32| {
                let pairs = before.column(other as usize).into_iter().zip(after.column(other as usize));
                pairs.fold(0.0, |most: f64, (a, b)| most.max((a - b).abs()))
            };
            assert!(made.order[..step].iter().all(|&earlier| moves(earlier) < 1e-12), "{settings:?}");
            // Drawn degrees may leave a pixel without a unit that knows it.
            let is_known = settings.iter().any(|(path, _)| *path == "degrees")
                || made.order[step + 1..].iter().all(|&later| moves(later) > 1e-9);
            assert!(is_known, "{settings:?}: nobody asks for pixel {pixel}");
        }
    }
}

#[test]
fn what_is_drawn_has_the_probability_that_is_said() {
    for settings in SETTINGS {
        for input in [SampleKind::square(1, 3), SampleKind::image(3, 1, 3)] {
            let made = model(&input, settings);
            let (n_pixels, mut scratch) = (made.order.len(), Scratch::default());
            let mut x: Vec<f32> = [1.0, 0.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0].into();
            let before = x.clone();
            let given: Vec<bool> = (0..n_pixels).map(|pixel| pixel % 2 == 0).collect();
            let mut placed = Vec::new();
            let mut each = |_: &[f32], one: Placed| {
                placed.push(one);
                true
            };
            assert!(made.complete_in(&mut x, &given, &mut stream(3, Purpose::Completion, 0), &mut each));
            assert!(placed.iter().map(|one| one.pixel as u32).eq(made.order.iter().copied()));
            let row = Array2::from_shape_fn((1, 9), |(_, at)| f64::from(x[at]));
            let nats = made.nats_of(row.view(), &mut scratch);
            for one in placed {
                assert!((one.log_p + nats[[0, one.pixel]]).abs() < 1e-9, "{settings:?}: {one:?}");
                assert_eq!(one.is_given, given[one.pixel]);
            }
            let stays = |at: usize| !given[at % n_pixels] || x[at] == before[at];
            assert!((0..9).all(stays) && x.iter().all(|&x| x == 0.0 || x == 1.0));
        }
    }
}

#[test]
fn endings_are_drawn_as_often_as_they_are_probable_and_can_be_given_up() {
    let made = model(&SampleKind::square(1, 2), &[("hidden", "8")]);
    let mut scratch = Scratch::default();
    let nats = made.nats_of(all_pictures(4).view(), &mut scratch);
    let mut counts = [0.0; 16];
    let n = 20_000;
    for seed in 0..n {
        let mut x = [0.0; 4];
        let mut rng = stream(seed, Purpose::Completion, 0);
        made.complete_in(&mut x, &[false; 4], &mut rng, &mut |_, _| true);
        let picture: usize = (0..4).map(|at| (x[at] as usize) << at).sum();
        counts[picture] += 1.0 / n as f64;
    }
    for (row, share) in nats.rows().into_iter().zip(counts) {
        let p = (-row.sum()).exp();
        // Five standard errors.
        assert!((p - share).abs() < 5.0 * (p / n as f64).sqrt() + 1e-4, "{p} drawn {share}");
    }
    let mut n_placed = 0;
    let mut each = |_: &[f32], _: Placed| {
        n_placed += 1;
        n_placed < 2
    };
    assert!(!made.complete_in(&mut [0.0; 4], &[false; 4], &mut stream(0, Purpose::Completion, 0), &mut each));
    assert_eq!(n_placed, 2);
}

#[test]
fn masked_weights_stay_at_0_in_training_and_are_0_in_a_file_whatever_they_were() {
    let mut made = model(&SampleKind::square(1, 3), &[("hidden", "10")]);
    let masked: Vec<bool> = made.params()[0].values.iter().map(|w| *w == 0.0).collect();
    assert!(masked.iter().filter(|masked| **masked).count() > 10);
    let mut grads = vec![1.0; made.n_params()];
    let x = all_pictures(9);
    let batch = Batch::new(x.view(), crate::model::Draws::default(), &[], 1.0);
    made.loss_and_grads(&batch, &mut grads, &mut Scratch::default());
    assert!(masked.iter().zip(&grads).all(|(masked, d)| !masked || *d == 0.0));
    made.visit_mut(&mut |values| values.fill(1.0));
    let frozen = made.freeze();
    let weights = frozen.weights();
    assert_eq!((&*weights[0].name, &*weights[2].name), ("net.0.weight", "net.2.weight"));
    assert!(masked.iter().zip(weights[0].values).all(|(masked, w)| *masked == (*w == 0.0)));
}
