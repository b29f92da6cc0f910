//! The weights of short trainings, held from one version to the next: the same data, settings and seed give
//! the weights of version 0.1.0.
//!
//! Each file in `tests/trainings/` was written by that version; its settings are read from the file itself.
//! Tensors are compared by norm: the same bits are promised on one kind of processor alone, and rounding
//! differs between kinds.

use halfmoon::data::{Cancel, DataChoice, Reading, load};
use halfmoon::store;
use halfmoon::train::Run;
use std::path::Path;

/// Each file with the data it was trained on.
const TRAININGS: [(&str, DataChoice); 5] = [
    ("vae", DataChoice::Moons),
    ("denoising", DataChoice::Moons),
    ("sparse", DataChoice::Moons),
    ("stacked", DataChoice::Moons),
    ("cvae", DataChoice::FullHalf),
];

#[test]
fn the_same_settings_give_the_weights_of_the_first_version() {
    for (name, data) in TRAININGS {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/trainings/{name}.safetensors"));
        let held = store::load(&path).unwrap().trained;
        let data = load(&data, &Reading::default()).unwrap();
        assert_eq!(data.train.fingerprint(), held.data, "{name}: other data");
        let spec = held.model.info().spec().unwrap().clone();
        let mut run = Run::new(&spec, &held.train, &data, None, 1).unwrap();
        while run.step() < run.last_step() {
            run.advance(&Cancel::default()).unwrap();
        }
        let model = run.trained().unwrap().model;
        for (got, want) in model.weights().iter().zip(held.model.weights()) {
            assert_eq!((&got.name, &got.shape), (&want.name, &want.shape), "{name}");
            let norm =
                |values: &mut dyn Iterator<Item = f32>| values.map(|x| f64::from(x).powi(2)).sum::<f64>().sqrt();
            let scale = norm(&mut want.values.iter().copied()).max(1e-12);
            let off = norm(&mut got.values.iter().zip(want.values).map(|(a, b)| a - b)) / scale;
            assert!(off < 1e-4, "{name}: {} is off by {off:e}", got.name);
        }
        // The losses on the way are held too: those of the training batches, to their last point.
        let (got, want) = (run.train_curve().last().unwrap().loss(), held.train_curve.last().unwrap().loss());
        assert!((got / want - 1.0).abs() < 1e-4, "{name}: training loss {got} where it was {want}");
    }
}
