//! ONNX models of PyTorch's two exporters, scikit-learn and Keras: opened, they give what ONNX Runtime gives.
//!
//! `tests/onnx_models/make.py` writes the files.

#![allow(clippy::unwrap_used, reason = "in a test this is how what must not fail fails")]

use halfmoon::data::{Dataset, SampleKind, Values};
use halfmoon::model::{Answers, Capabilities, MetricId, Prior};
use halfmoon::store::{self, Beside, Part, PathKind};
use halfmoon::train::{Checkpoint, evaluate};
use ndarray::Array2;
use safetensors::SafeTensors;
use std::path::{Path, PathBuf};

fn at(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/onnx_models").join(name)
}

fn opening(path: &Path, given: &[(&str, &str)], data: Option<&Dataset>) -> Result<Checkpoint, String> {
    let answers: Answers = given.iter().map(|(name, text)| (name.to_string(), text.to_string())).collect();
    store::open_as(path, Beside { answers: &answers, data, keeps_what_fits: false }).map_err(|e| e.to_string())
}

fn open(name: &str, given: &[(&str, &str)]) -> Checkpoint {
    opening(&at(name), given, None).unwrap()
}

fn refused(name: &str, given: &[(&str, &str)]) -> String {
    opening(&at(name), given, None).err().unwrap_or_else(|| panic!("{name} opened"))
}

/// An array beside a model; none where there is none.
fn kept(io: &str, name: &str) -> Option<Array2<f32>> {
    let bytes = std::fs::read(at(&format!("{io}.io.safetensors"))).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let tensor = file.tensor(name).ok()?;
    let values = tensor.data().chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
    Some(Array2::from_shape_vec((tensor.shape()[0], tensor.shape()[1]), values).unwrap())
}

fn close(what: &str, a: &Array2<f32>, b: &Array2<f32>) {
    assert_eq!(a.dim(), b.dim(), "{what}");
    let farthest = a.iter().zip(b).fold(0.0f32, |most, (a, b)| most.max((a - b).abs()));
    assert!(farthest < 1e-5, "{what}: {farthest} off");
}

/// Holds a model to what ONNX Runtime made of the samples beside it.
fn equals(checkpoint: &Checkpoint, io: &str) {
    let model = &checkpoint.trained.model;
    let mut scratch = Default::default();
    let mu = kept(io, "mu").unwrap();
    if let Some(encoder) = model.encoder() {
        let codes = encoder.encode(kept(io, "x").unwrap().view(), &[], &mut scratch);
        close(&format!("{io}, μ"), &codes.mu, &mu);
        assert_eq!(codes.log_var.is_some(), kept(io, "log_var").is_some(), "{io}");
        codes.log_var.into_iter().for_each(|log_var| close(io, &log_var, &kept(io, "log_var").unwrap()));
    }
    if let Some(decoder) = model.decoder() {
        let x_hat = decoder.decode(mu.view(), &[], &mut scratch);
        close(&format!("{io}, x̂"), &x_hat, &kept(io, "x_hat").unwrap());
    }
}

fn notes(checkpoint: &Checkpoint) -> String {
    checkpoint.trained.brought.as_ref().unwrap().notes.join("; ")
}

fn chosen(checkpoint: &Checkpoint, name: &str) -> String {
    checkpoint.trained.brought.as_ref().unwrap().answers[name].clone()
}

#[test]
fn either_half_brings_the_other_and_both_give_what_onnx_runtime_gives() {
    for (io, halves) in [("traced", "traced"), ("dynamo", "dynamo"), ("keras", "keras")] {
        for half in ["encoder", "decoder"] {
            let model = open(&format!("{halves}-{half}.onnx"), &[]);
            equals(&model, io);
            let info = model.trained.model.info();
            assert_eq!((info.latent_dim(), info.latent.unwrap().prior), (2, Prior::Normal), "{io}");
            let channels = if io == "keras" { 3 } else { 1 };
            assert_eq!(info.input, SampleKind::square(channels, 8));
            assert_eq!(info.title, "ONNX, encoder and decoder");
            let both = notes(&model);
            assert!(
                both.contains("encoder: ") && both.contains("decoder: ") && both.contains("not trained on"),
                "{both}"
            );
        }
    }
}

#[test]
fn a_half_alone_is_a_model_of_what_it_can_do() {
    let encoder = open("traced-encoder.onnx", &[("other", "none")]);
    equals(&encoder, "traced");
    let can = Capabilities::of(&*encoder.trained.model);
    assert!(can.encodes && !can.decodes && !can.scores && !can.is_graph, "{can:?}");
    let decoder = open("dynamo-decoder.onnx", &[("other", "none")]);
    equals(&decoder, "dynamo");
    let can = Capabilities::of(&*decoder.trained.model);
    assert!(!can.encodes && can.decodes && can.samples && can.has_prior, "{can:?}");
    // Of two files that are not one model, both are named.
    let error = refused("traced-encoder.onnx", &[("other", "mlp.onnx")]);
    assert!(
        error.contains("traced-encoder.onnx") && error.contains("\"mlp.onnx\": it is not the other half"),
        "{error}"
    );
}

#[test]
fn one_network_is_taken_apart_at_its_narrowest_place() {
    let whole = open("whole.onnx", &[]);
    equals(&whole, "whole");
    let info = whole.trained.model.info();
    assert_eq!(
        (info.latent_dim(), info.latent.unwrap().prior, info.n_params),
        (3, Prior::None, 64 * 20 * 2 + 60 * 2 + 107)
    );
    // It gives logits, which is seen from what it draws.
    assert_eq!((chosen(&whole, "output").as_str(), chosen(&whole, "shape").as_str()), ("sigmoid", "1x8x8"));
    equals(&open("mlp.onnx", &[]), "mlp");
    let pca = open("pca.onnx", &[]);
    equals(&pca, "pca");
    assert!(pca.trained.model.decoder().is_none());
}

#[test]
fn what_the_file_does_not_say_can_be_chosen() {
    let rows = open("whole.onnx", &[("shape", "64"), ("prior", "normal")]);
    let info = rows.trained.model.info();
    assert_eq!((info.input.n_features(), info.input.sides()), (64, None));
    assert!(info.has_prior());
    let plain = open("whole.onnx", &[("output", "as-they-are")]);
    let z = kept("whole", "mu").unwrap();
    let logits = plain.trained.model.decoder().unwrap().decode(z.view(), &[], &mut Default::default());
    close("logits", &logits.mapv(|logit| 1.0 / (1.0 + (-logit).exp())), &kept("whole", "x_hat").unwrap());
    let other = open("traced-encoder.onnx", &[("code", "logvar"), ("log_var", "none")]);
    let codes = other.trained.model.encoder().unwrap();
    let codes = codes.encode(kept("traced", "x").unwrap().view(), &[], &mut Default::default());
    close("the other output", &codes.mu, &kept("traced", "log_var").unwrap());
    assert!(codes.log_var.is_none());
    // Pixels from −1 to 1 outside, from 0 to 1 here.
    let scaled = open("traced-encoder.onnx", &[("values", "0.5:0.5"), ("output", "as-they-are")]);
    let x = kept("traced", "x").unwrap().mapv(|x| 0.5 * x + 0.5);
    let codes = scaled.trained.model.encoder().unwrap().encode(x.view(), &[], &mut Default::default());
    close("scaled", &codes.mu, &kept("traced", "mu").unwrap());
    let x_hat = scaled.trained.model.decoder().unwrap().decode(codes.mu.view(), &[], &mut Default::default());
    close("scaled back", &x_hat, &kept("traced", "x_hat").unwrap().mapv(|x| 0.5 * x + 0.5));
    let error = refused("whole.onnx", &[("shape", "1x8x9")]);
    assert!(error.contains("model.shape") && error.contains("choose one of"), "{error}");
}

#[test]
fn what_halfmoon_exports_opens_again() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["mnist-vae", "mnist-cvae", "mnist-conv-vae"] {
        let ours = store::open(Path::new(name)).unwrap().trained.model;
        let path = folder.path().join(format!("{name}.onnx"));
        std::fs::write(&path, store::onnx(&*ours, Part::All).unwrap()).unwrap();
        let theirs = opening(&path, &[], None).unwrap().trained.model;
        assert_eq!(
            (theirs.info().latent_dim(), &theirs.info().input),
            (ours.info().latent_dim(), &ours.info().input)
        );
        assert_eq!(theirs.info().classes, ours.info().classes, "{name}");
        let x = Array2::from_shape_fn((7, 784), |(row, column)| ((row * 31 + column * 7) % 97) as f32 / 97.0);
        let labels: Vec<u16> = (0..7).collect();
        let mut scratch = Default::default();
        let [a, b] = [&ours, &theirs]
            .map(|model| model.encoder().unwrap().encode(x.view(), &labels, &mut Default::default()));
        close(name, &a.mu, &b.mu);
        assert_eq!(a.log_var.is_some(), b.log_var.is_some(), "{name}");
        let [a, b] =
            [&ours, &theirs].map(|model| model.decoder().unwrap().decode(a.mu.view(), &labels, &mut scratch));
        close(name, &a, &b);
    }
}

#[test]
fn such_a_model_is_measured_by_what_can_be_said_of_any() {
    let (x, mu) = (kept("traced", "x").unwrap(), kept("traced", "mu").unwrap());
    let (log_var, x_hat) = (kept("traced", "log_var").unwrap(), kept("traced", "x_hat").unwrap());
    let data =
        Dataset::new(SampleKind::square(1, 8), Values::Floats(x.iter().copied().collect()), None, Vec::new())
            .unwrap();
    let model = opening(&at("traced-encoder.onnx"), &[], Some(&data)).unwrap().trained.model;
    let measured = evaluate(&*model, &data, usize::MAX, &|| false).unwrap();
    let error = x.iter().zip(&x_hat).map(|(x, x_hat)| f64::from(x - x_hat).powi(2)).sum::<f64>() / 5.0;
    let kl =
        mu.iter().zip(&log_var).map(|(&mu, &log_var)| 0.5 * f64::from(mu * mu + log_var.exp() - log_var - 1.0));
    let kl = kl.sum::<f64>() / 5.0;
    let of = |id| measured.get(id).unwrap();
    assert!((of(MetricId::SquaredError) - error).abs() < 1e-4 && (of(MetricId::Kl) - kl).abs() < 1e-4);
    assert_eq!(measured.get(MetricId::Reconstruction), None, "its likelihood is not known");
}

#[test]
fn files_and_folders_are_known_by_what_they_hold() {
    let folder = tempfile::tempdir().unwrap();
    let named = folder.path().join("model.csv");
    std::fs::copy(at("pca.onnx"), &named).unwrap();
    assert_eq!(store::recognise(&named), Ok(PathKind::Model));
    assert_eq!(store::recognise(&at("traced.io.safetensors")), Ok(PathKind::Model));
    // A folder with a model and nothing else is one; a network among other files is no reason to look no
    // further.
    let alone = folder.path().join("alone");
    std::fs::create_dir(&alone).unwrap();
    for file in
        ["dynamo-encoder.onnx", "dynamo-encoder.onnx.data", "dynamo-decoder.onnx", "dynamo-decoder.onnx.data"]
    {
        std::fs::copy(at(file), alone.join(file)).unwrap();
    }
    assert_eq!(store::recognise(&alone), Ok(PathKind::Model));
    equals(&opening(&alone, &[], None).unwrap(), "dynamo");
    std::fs::write(alone.join("picture.png"), b"").unwrap();
    assert_eq!(store::recognise(&alone), Ok(PathKind::Data));
}

#[test]
fn what_cannot_be_run_is_said_with_its_place() {
    let error = refused("operator.onnx", &[]);
    assert!(error.contains("operator.onnx") && error.contains("Det"), "{error}");
    let folder = tempfile::tempdir().unwrap();
    let lonely = folder.path().join("dynamo-encoder.onnx");
    std::fs::copy(at("dynamo-encoder.onnx"), &lonely).unwrap();
    let error = opening(&lonely, &[], None).err().unwrap();
    assert!(error.contains("dynamo-encoder.onnx.data") && error.contains("keep that file beside it"), "{error}");
    // Weights that are cut off.
    std::fs::write(folder.path().join("dynamo-encoder.onnx.data"), [0; 99]).unwrap();
    let error = opening(&lonely, &[], None).err().unwrap();
    assert!(error.contains("dynamo-encoder.onnx"), "{error}");
    let error = refused("traced-encoder.onnx", &[("other", "no-such.onnx")]);
    assert!(error.contains("model.other") && error.contains("traced-decoder.onnx"), "{error}");
}
