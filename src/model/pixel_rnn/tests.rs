//! What a recurrent network over pixels promises beside its gradients, which the registry's check covers.

use super::*;
use crate::model::{Completer as _, ModelSpec, Placed, Settings};
use crate::nn::{Purpose, stream};
use ndarray::s;

fn model(input: &SampleKind, settings: &[(&str, &str)]) -> PixelRnn<f64> {
    let kind = ModelSpec::of_kind("pixel-rnn").unwrap().with("units", "6").unwrap();
    let spec = settings.iter().fold(kind, |spec, (path, text)| spec.with(path, text).unwrap());
    let info = Arc::new(spec.check(input, &[]).unwrap().info());
    let settings = serde_json::from_value(spec.values()).unwrap();
    let mut rnn = PixelRnn::new(info, &settings, 7);
    // Large enough that pictures differ in their probability.
    rnn.visit_mut(&mut |values| values.iter_mut().for_each(|w| *w *= 3.0));
    rnn
}

/// Every picture of so many values of so many steps.
fn all_pictures(n_values: u32, levels: usize) -> Array2<f64> {
    Array2::from_shape_fn((levels.pow(n_values), n_values as usize), |(picture, at)| {
        (picture / levels.pow(at as u32) % levels) as f64 / (levels - 1) as f64
    })
}

/// Pictures in two steps, in more, and in colours of a palette.
fn cases() -> Vec<(PixelRnn<f64>, Array2<f64>)> {
    let grey = SampleKind::square(1, 3);
    vec![
        (model(&grey, &[("levels", "2")]), all_pictures(9, 2)),
        (model(&grey, &[("levels", "2"), ("cell", "lstm")]), all_pictures(9, 2)),
        (model(&SampleKind::square(1, 2), &[("levels", "5")]), all_pictures(4, 5)),
        (model(&SampleKind::image(3, 1, 3), &[("levels", "2")]), all_pictures(9, 2)),
    ]
}

#[test]
fn the_probabilities_of_all_pictures_sum_to_1() {
    for (rnn, pictures) in cases() {
        let nats = rnn.nats_of(pictures.view(), &mut Scratch::default());
        let p: Vec<f64> = nats.rows().into_iter().map(|row| (-row.sum()).exp()).collect();
        let sum: f64 = p.iter().sum();
        assert!((sum - 1.0).abs() < 1e-10, "{} pictures: {sum}", p.len());
        let [least, most] = [f64::min, f64::max].map(|f| p.iter().copied().reduce(f).unwrap());
        assert!(most > 1.5 * least, "{least} to {most} would be no test");
    }
}

#[test]
fn what_is_drawn_has_the_probability_that_is_said_and_is_of_the_palette() {
    for (rnn, pictures) in cases() {
        let n_pixels = rnn.order.len();
        let mut x: Vec<f32> = pictures.row(pictures.nrows() / 3).iter().map(|x| *x as f32).collect();
        let before = x.clone();
        let given: Vec<bool> = (0..n_pixels).map(|pixel| pixel != 1 && pixel + 1 < n_pixels).collect();
        let (mut placed, mut scratch) = (Vec::new(), Scratch::default());
        let mut each = |_: &[f32], one: Placed| {
            placed.push(one);
            true
        };
        let mut rng = stream(3, Purpose::Completion, 0);
        assert!(rnn.complete_in(&mut x, &given, &mut rng, &mut each, &mut scratch));
        let row = Array2::from_shape_fn((1, x.len()), |(_, at)| f64::from(x[at]));
        let nats = rnn.nats_of(row.view(), &mut scratch);
        assert_eq!(placed.len(), n_pixels);
        for (pixel, one) in placed.into_iter().enumerate() {
            assert_eq!((one.pixel, one.is_given), (pixel, given[pixel]));
            assert!((one.log_p + nats[[0, pixel]]).abs() < 1e-9, "{one:?}");
        }
        let stays = |at: usize| !given[at % n_pixels] || x[at] == before[at];
        let is_known = |at: usize| x[at] == rnn.value_of(rnn.step_of(f64::from(x[at])));
        assert!((0..x.len()).all(|at| stays(at) && is_known(at)));
    }
}

#[test]
fn endings_are_drawn_as_often_as_they_are_probable_and_can_be_given_up() {
    let rnn = model(&SampleKind::square(1, 2), &[("levels", "2")]);
    let mut scratch = Scratch::default();
    let nats = rnn.nats_of(all_pictures(4, 2).view(), &mut scratch);
    let mut counts = [0.0; 16];
    let n = 10_000;
    for seed in 0..n {
        let mut x = [0.0; 4];
        let mut rng = stream(seed, Purpose::Completion, 0);
        rnn.complete_in(&mut x, &[false; 4], &mut rng, &mut |_, _| true, &mut scratch);
        let picture: usize = (0..4).map(|at| (x[at] as usize) << at).sum();
        counts[picture] += 1.0 / n as f64;
    }
    for (row, share) in nats.rows().into_iter().zip(counts) {
        let p = (-row.sum()).exp();
        // Five standard errors.
        assert!((p - share).abs() < 5.0 * (p / n as f64).sqrt() + 1e-4, "{p} drawn {share}");
    }
    let mut rng = stream(0, Purpose::Completion, 0);
    let mut n_placed = 0;
    let mut each = |_: &[f32], _: Placed| {
        n_placed += 1;
        n_placed < 3
    };
    assert!(!rnn.complete_in(&mut [0.0; 4], &[false; 4], &mut rng, &mut each, &mut scratch));
    assert_eq!(n_placed, 3);
}

#[test]
fn pictures_are_brought_to_the_nearest_colours() {
    let rnn = model(&SampleKind::image(3, 1, 1), &[("levels", "3")]);
    let frozen = PixelRnn::<f32> {
        info: Arc::clone(&rnn.info),
        order: rnn.order.clone(),
        levels: rnn.levels,
        channels: rnn.channels,
        width: rnn.width,
        state: rnn.state.cast(),
        colours: rnn.colours.cast(),
    };
    let mut x = [0.2, 0.3, 0.9];
    frozen.known(&mut x, 0);
    assert_eq!(x, [0.0, 0.5, 1.0]);
    let colour = frozen.colour_at(ArrayView1::from(&x), 0);
    assert_eq!(colour, 5);
    let mut painted = [0.7; 3];
    frozen.paint(&mut painted, 0, colour);
    assert_eq!(painted, x);
}

#[test]
fn a_batch_in_parts_has_the_gradients_of_the_whole() {
    let rnn = model(&SampleKind::square(1, 3), &[("levels", "2")]);
    let x = all_pictures(9, 2);
    let x = x.slice(s![40..47, ..]);
    let grads_of = |at_once: usize| {
        let mut grads = vec![f64::NAN; rnn.n_params()];
        let nats = rnn.in_parts(x, at_once, 0.5, &mut grads, &mut Scratch::default());
        (nats, grads)
    };
    let ((nats, whole), (sum, parts)) = (grads_of(7), grads_of(2));
    assert!((nats - sum).abs() < 1e-9 && whole.iter().any(|d| d.abs() > 1e-3));
    assert!(whole.iter().zip(&parts).all(|(whole, part)| (whole - part).abs() < 1e-9));
}
