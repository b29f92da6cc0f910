//! Forward, loss, gradients and five optimizer steps against PyTorch, with fixed weights and fixed noise, in
//! `f64` and `f32`.
//!
//! The fixtures and the script that makes them lie in `tests/pytorch/`. Tensors are compared by norm: ‖a −
//! b‖ / ‖b‖.

#![allow(clippy::unwrap_used, reason = "in a test this is how what must not fail fails")]

mod games;

use halfmoon::data::SampleKind;
use halfmoon::model::{Batch, Draws, MetricId, Metrics, ModelSpec, Objective, Settings};
use halfmoon::nn::{Optimizer, Purpose, Scalar, Scratch, clip_scale};
use halfmoon::train::TrainSpec;
use ndarray::{Array2, ArrayView2};
use safetensors::SafeTensors;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The images of the dense cases; the others say theirs.
const IMAGE: [usize; 3] = [1, 3, 4];

/// One fixture: the settings and every tensor with its shape.
struct Fixture {
    name: String,
    settings: BTreeMap<String, String>,
    tensors: BTreeMap<String, (Vec<usize>, Vec<f64>)>,
}

fn fixtures() -> Vec<Fixture> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pytorch");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "safetensors"));
    paths.sort();
    paths.iter().map(|path| read(path)).collect()
}

fn read(path: &Path) -> Fixture {
    let bytes = std::fs::read(path).unwrap();
    let (_, metadata) = SafeTensors::read_metadata(&bytes).unwrap();
    let settings = serde_json::from_str(&metadata.metadata().as_ref().unwrap()["case"]).unwrap();
    let values = |data: &[u8]| data.chunks_exact(8).map(|b| f64::from_le_bytes(b.try_into().unwrap())).collect();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let tensors =
        tensors.iter().map(|(name, view)| (name.to_string(), (view.shape().to_vec(), values(view.data()))));
    Fixture { name: path.file_stem().unwrap().to_string_lossy().into(), settings, tensors: tensors.collect() }
}

impl Fixture {
    fn values<S: Scalar>(&self, name: &str) -> Vec<S> {
        self.tensors[name].1.iter().map(|x| S::of(*x)).collect()
    }

    fn matrix<S: Scalar>(&self, name: &str) -> Array2<S> {
        let (shape, _) = &self.tensors[name];
        Array2::from_shape_vec((shape[0], shape[1]), self.values(name)).unwrap()
    }

    /// Noise of one step [batch, latent_dim].
    fn eps<S: Scalar>(&self, step: usize) -> Array2<S> {
        let shape = &self.tensors["eps"].0;
        let n = shape[1] * shape[2];
        Array2::from_shape_vec((shape[1], shape[2]), self.values("eps")[step * n..(step + 1) * n].to_vec())
            .unwrap()
    }

    fn spec(&self) -> halfmoon::model::ValidSpec {
        let mut spec = ModelSpec::of_kind(&self.settings["kind"]).unwrap();
        let image =
            self.settings.get("image").map(|text| text.split(',').map(|side| side.parse().unwrap()).collect());
        let image: Vec<usize> = image.unwrap_or(IMAGE.to_vec());
        let words = ["a", "b", "c", "d", "e", "f"];
        let input = match &*self.settings["kind"] {
            "sentence-ae" | "sentence-vae" | "dcnn" => SampleKind::sentences(words, 5),
            _ => SampleKind::image(image[0], image[1], image[2]),
        };
        let is_models = |path: &str| {
            !["kind", "image"].contains(&path) && !TrainSpec::default().fields().iter().any(|f| f.path == path)
        };
        for (path, text) in self.settings.iter().filter(|(path, _)| is_models(path)) {
            spec = spec.with(path, text).unwrap();
        }
        spec.check(&input, &["a", "b", "c"].map(String::from)).unwrap()
    }

    /// How the five steps are taken.
    fn train(&self) -> TrainSpec {
        let mut train = TrainSpec::default();
        let known = train.fields();
        for (path, text) in self.settings.iter().filter(|(path, _)| known.iter().any(|f| f.path == *path)) {
            train = train.with(path, text).unwrap();
        }
        train
    }

    /// Classes of the samples, the same in every case.
    const LABELS: [u16; 6] = [0, 2, 1, 1, 0, 2];

    /// The model at the fixture's weights.
    fn model<S: Scalar>(&self) -> Box<dyn Objective<S>> {
        let mut model = self.spec().build::<S>(0).unwrap();
        let names: Vec<(String, Vec<usize>)> =
            model.params().into_iter().map(|param| (param.name, param.shape)).collect();
        let mut next = names.iter();
        model.visit_mut(&mut |values| {
            let (name, shape) = next.next().unwrap();
            assert_eq!(&self.tensors[name].0, shape, "{name}");
            values.copy_from_slice(&self.values(name));
        });
        model
    }

    fn close<S: Scalar>(&self, what: &str, got: &[S], tolerance: f64) {
        let want = &self.tensors[&format!("want.{what}")].1;
        assert_eq!(got.len(), want.len(), "{}: {what}", self.name);
        let norm = |values: &mut dyn Iterator<Item = f64>| values.map(|x| x * x).sum::<f64>().sqrt();
        let error = norm(&mut got.iter().zip(want).map(|(a, b)| a.as_f64() - b));
        let error = error / norm(&mut want.iter().copied()).max(1e-12);
        assert!(error < tolerance, "{}: {what} is off by {error:e}", self.name);
    }
}

fn check<S: Scalar>(fixture: &Fixture, tolerance: f64) {
    let mut model = fixture.model::<S>();
    let x: Array2<S> = fixture.matrix("x");
    let n = x.nrows();
    let mut scratch = Scratch::default();
    let train = fixture.train();
    let mut optimizer = Optimizer::new(train.method(), model.n_params());
    let mut grads = vec![vec![S::of(f64::NAN); model.n_params()]];
    for step in 0..5 {
        let eps = fixture.eps::<S>(step);
        let draws = Draws::default().with(Purpose::Eps, eps.view());
        let batch = Batch::new(x.view(), draws, &Fixture::LABELS, S::of(1.0 / n as f64));
        let terms = model.loss_and_grads(&batch, &mut grads[0], &mut scratch).scaled(1.0 / n as f64);
        if step == 0 {
            fixture.close("terms", &parts(&terms).map(S::of), tolerance);
            let scored = model.loss(&batch, &mut scratch).scaled(1.0 / n as f64);
            fixture.close("terms", &parts(&scored).map(S::of), tolerance);
            for (name, range) in ranges(&*model) {
                fixture.close(&format!("grad.{name}"), &grads[0][range], tolerance);
            }
        }
        let grad_scale =
            if train.clip_norm > 0.0 { clip_scale(&grads, train.clip_norm, &mut Vec::new()) } else { 1.0 };
        let update = optimizer.begin(train.learning_rate, grad_scale);
        let mut offset = 0;
        model.visit_mut(&mut |weights| {
            optimizer.update(&update, offset, weights, &grads);
            offset += weights.len();
        });
    }
    for param in model.params() {
        fixture.close(&format!("after.{}", param.name), param.values, tolerance);
    }
}

/// The parts of a loss that the fixtures hold.
fn parts(metrics: &Metrics) -> [f64; 3] {
    [MetricId::Loss, MetricId::Reconstruction, MetricId::Kl].map(|id| metrics.of(id))
}

fn ranges<S: Scalar>(model: &dyn Objective<S>) -> Vec<(String, std::ops::Range<usize>)> {
    let mut offset = 0;
    let range = |param: halfmoon::nn::Param<'_, S>| {
        let start = offset;
        offset += param.values.len();
        (param.name, start..offset)
    };
    model.params().into_iter().map(range).collect()
}

#[test]
fn double_precision_agrees() {
    let fixtures = fixtures();
    assert!(fixtures.len() >= 21);
    fixtures.iter().for_each(|fixture| check::<f64>(fixture, 1e-10));
}

#[test]
fn single_precision_agrees() {
    fixtures().iter().for_each(|fixture| check::<f32>(fixture, 1e-5));
}

#[test]
fn frozen_models_encode_and_decode_alike() {
    for fixture in fixtures() {
        let frozen = fixture.model::<f32>().freeze();
        let mut scratch = Scratch::default();
        let x: Array2<f32> = fixture.matrix("x");
        // What has no code has been held to its loss.
        let Some(encoder) = frozen.encoder() else { continue };
        let codes = encoder.encode(x.view(), &Fixture::LABELS, &mut scratch);
        fixture.close("mu", codes.mu.as_slice().unwrap(), 1e-5);
        if let Some(log_var) = &codes.log_var {
            fixture.close("log_var", log_var.as_slice().unwrap(), 1e-5);
        }
        // With remembered places a code is decoded otherwise than its picture is reconstructed.
        if fixture.settings.get("upsampling").is_some_and(|way| way == "places") {
            continue;
        }
        let mu: Array2<f32> = fixture.matrix("want.mu");
        // What tells classes has no decoder: their probabilities take its place.
        let decode = |z: ArrayView2<f32>| match frozen.decoder() {
            Some(decoder) => decoder.decode(z, &Fixture::LABELS, &mut Scratch::default()),
            None => frozen.classifier().unwrap().probabilities(x.view(), &mut Scratch::default()),
        };
        fixture.close("x_hat", decode(mu.view()).as_slice().unwrap(), 1e-5);
    }
}
