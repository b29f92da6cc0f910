//! What a model can do it still can behind a scaling or a turn of its codes.

use super::*;
use crate::data::{SampleKind, Scaling};
use crate::nn::{Purpose, stream};
use ndarray::array;

/// A fresh model of a kind, on samples that the kind is for, with codes of two numbers.
fn fresh(kind: &Kind) -> SharedModel {
    let kinds = [
        SampleKind::Image { channels: 1, height: 3, width: 4 },
        SampleKind::square(1, 28),
        SampleKind::documents(["a", "b", "c"]),
        SampleKind::sentences(["a", "b", "c"], 4),
    ];
    let samples = kinds.iter().find(|samples| kind.takes(samples).is_ok()).expect(kind.name);
    let spec = ModelSpec::of_kind(kind.name).unwrap();
    // Some have no codes at all.
    let spec = spec.with(spec.length_setting(), "2").unwrap_or(spec);
    let classes = ["x", "y"].map(String::from);
    spec.check(samples, &classes).unwrap().frozen(None).unwrap()
}

fn wrapped(model: &SharedModel) -> [SharedModel; 2] {
    let (sin, cos) = 0.7f32.sin_cos();
    let scaling = Scaling::standard(model.info().n_features(), 0.0, 1.0).unwrap();
    [scaled(Arc::clone(model), Some(&scaling)), turned(Arc::clone(model), array![[cos, sin], [-sin, cos]])]
}

#[test]
fn a_wrapper_hands_every_capability_of_every_kind_on() {
    let mut seen = Vec::new();
    for kind in KINDS {
        let model = fresh(kind);
        let can = Capabilities::of(&*model);
        seen.push(can);
        let [scaled, turned] = wrapped(&model).map(|model| Capabilities::of(&*model));
        assert_eq!(scaled, can, "{} scaled", kind.name);
        // Shares of the variance are of single coordinates, and a turned spread is no operation of others.
        let want = Capabilities { shares_variance: false, is_graph: false, ..can };
        assert_eq!(turned, want, "{} turned", kind.name);
    }
    let some = |can: fn(&Capabilities) -> bool| seen.iter().any(can) && !seen.iter().all(can);
    assert!(
        some(|can| can.writes) && some(|can| can.is_mixture) && some(|can| can.is_density),
        "else it is empty"
    );
}

#[test]
fn behind_a_turn_the_same_sentences_are_written_and_the_same_mixture_is_drawn_from() {
    let of = |name: &str| fresh(KINDS.iter().find(|kind| *kind.name == *name).unwrap());
    let model = of("sentence-vae");
    let [_, turned] = wrapped(&model);
    let (sin, cos) = 0.7f32.sin_cos();
    let rotation = array![[cos, sin], [-sin, cos]];
    let z = array![[30.0f32, -20.0], [-50.0, 10.0]];
    let writing = Writing { choose: Choose::Drawn { temperature: 1.0, seed: 2 }, ..Writing::default() };
    let write = |model: &SharedModel, z: &Array2<f32>| {
        model.writer().unwrap().write(z.view(), &writing, &mut Scratch::default())
    };
    assert_eq!(write(&turned, &z.dot(&rotation)), write(&model, &z));

    let model = of("gmm");
    let [_, turned] = wrapped(&model);
    let (own, other) = (model.mixture().unwrap(), turned.mixture().unwrap());
    let close = |a: &[f32], b: &[f32]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-4);
    let turn = |z: &[f32]| ndarray::ArrayView1::from(z).dot(&rotation).to_vec();
    let n = own.components().len();
    assert!(n > 0 && other.components().len() == n);
    for (a, b) in own.components().iter().zip(other.components()) {
        assert!(close(&turn(&a.mean), &b.mean) && a.weight == b.weight);
        let about = rotation.t().dot(&a.covariance).dot(&rotation);
        assert!(about.iter().zip(&b.covariance).all(|(a, b)| (a - b).abs() < 1e-4));
    }
    let z = [0.4f32, -0.9];
    assert!(close(&own.responsibilities(&z), &other.responsibilities(&turn(&z))));
    let rng = || stream(3, Purpose::Prior, 0);
    let drawn = |model: &SharedModel| model.sampler().unwrap().sample(&mut rng(), &|| false).unwrap();
    assert!(close(&turn(&drawn(&model)), &drawn(&turned)));
    assert!(close(&turn(&own.sample_of(0, &mut rng())), &other.sample_of(0, &mut rng())));
    assert_eq!(own.choose(&mut rng()), other.choose(&mut rng()));
}
