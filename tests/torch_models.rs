//! Models as PyTorch saves them: opened, they give what they gave there, and training goes on from them.
//!
//! `tests/torch_models/make.py` writes the files.

#![allow(clippy::unwrap_used, reason = "in a test this is how what must not fail fails")]

use halfmoon::data::{DataSplit, Dataset, SampleKind, Values};
use halfmoon::model::{Answers, MetricId, Settings};
use halfmoon::store;
use halfmoon::train::{Checkpoint, Run, TrainSpec, evaluate};
use ndarray::Array2;
use safetensors::SafeTensors;
use std::path::{Path, PathBuf};

fn at(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/torch_models").join(name)
}

fn answers(given: &[(&str, &str)]) -> Answers {
    given.iter().map(|(name, text)| (name.to_string(), text.to_string())).collect()
}

fn opening(name: &str, given: &[(&str, &str)], data: Option<&Dataset>) -> Result<Checkpoint, String> {
    let answers = answers(given);
    let beside = store::Beside { answers: &answers, data, keeps_what_fits: false };
    store::open_as(&at(name), beside).map_err(|e| e.to_string())
}

fn open(name: &str, given: &[(&str, &str)]) -> Checkpoint {
    opening(name, given, None).unwrap()
}

fn refused(name: &str, given: &[(&str, &str)]) -> String {
    opening(name, given, None).err().unwrap_or_else(|| panic!("{name} opened"))
}

/// A tensor of the outputs beside a model, [n, …]; none where there is none.
fn output(bytes: &[u8], name: &str) -> Option<Array2<f32>> {
    let file = SafeTensors::deserialize(bytes).unwrap();
    let tensor = file.tensor(name).ok()?;
    let values = tensor.data().chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
    let n = tensor.shape()[0];
    let width = tensor.shape().get(1).copied().unwrap_or(1);
    Some(Array2::from_shape_vec((n, width), values).unwrap())
}

fn farthest(a: &Array2<f32>, b: &Array2<f32>) -> f32 {
    assert_eq!(a.dim(), b.dim());
    a.iter().zip(b).fold(0.0, |most, (a, b)| most.max((a - b).abs()))
}

#[test]
fn what_weights_do_not_show_is_said_to_be_assumed() {
    let says = |name: &str| {
        let brought = open(name, &[]).trained.brought.unwrap();
        brought.notes.iter().any(|note| note.contains("assumed") && note.contains("pad by"))
    };
    assert!(says("conv.pt") && !says("fc.pt"));
}

/// Holds a model to what it gave in PyTorch.
fn equals(checkpoint: &Checkpoint, io: &str, tolerance: f32) {
    let bytes = std::fs::read(at(&format!("{io}.io.safetensors"))).unwrap();
    let model = &checkpoint.trained.model;
    let x = output(&bytes, "x").unwrap();
    let told: Vec<u16> = output(&bytes, "y").map(|y| y.iter().map(|&y| y as u16).collect()).unwrap_or_default();
    let mu = output(&bytes, "mu").unwrap();
    let codes = model.encoder().unwrap().encode(x.view(), &told, &mut Default::default());
    assert!(farthest(&codes.mu, &mu) < tolerance, "{io}: mu is {} off", farthest(&codes.mu, &mu));
    let log_var = output(&bytes, "log_var");
    assert_eq!(codes.log_var.is_some(), log_var.is_some(), "{io}");
    if let (Some(got), Some(wanted)) = (codes.log_var, log_var) {
        assert!(farthest(&got, &wanted) < tolerance, "{io}: log_var is {} off", farthest(&got, &wanted));
    }
    let x_hat = model.decoder().unwrap().decode(mu.view(), &told, &mut Default::default());
    let wanted = output(&bytes, "x_hat").unwrap();
    assert!(farthest(&x_hat, &wanted) < tolerance, "{io}: x_hat is {} off", farthest(&x_hat, &wanted));
}

/// A model, the outputs beside it, and what its file does not say.
type Case = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

/// Every model.
const MODELS: &[Case] = &[
    ("fc.pt", "fc", &[]),
    ("fc.safetensors", "fc", &[]),
    ("legacy.pt", "legacy", &[]),
    ("strided.pt", "strided", &[]),
    ("checkpoint.pth", "checkpoint", &[]),
    ("f16.pt", "f16", &[]),
    ("f64.pt", "f64", &[]),
    ("bf16.pt", "bf16", &[]),
    ("sides.pt", "sides", &[("activation", "tanh"), ("likelihood", "mse"), ("output", "linear")]),
    (
        "sequential.pt",
        "sequential",
        // What lies between −1 and 1 ends in a tanh.
        &[("activation", "elu"), ("values", "0.5:0.5")],
    ),
    ("halves.pt", "halves", &[("spread", "log_std")]),
    ("told.pt", "told", &[]),
    ("conv.pt", "conv", &[("shape", "8x8")]),
    ("conv-norm.pt", "conv-norm", &[("shape", "8x8")]),
    ("strided-3.safetensors", "strided-3", &[("shape", "1x8x8")]),
    ("strided-4.safetensors", "strided-4", &[("shape", "1x8x8")]),
    ("pythae", "pythae", &[]),
    ("pythae/model.pt", "pythae", &[]),
];

#[test]
fn models_give_what_they_gave_in_pytorch() {
    for (file, io, given) in MODELS {
        equals(&open(file, given), io, if *file == "bf16.pt" { 1e-4 } else { 1e-5 });
    }
}

#[test]
fn what_a_file_does_not_say_matters_and_is_kept() {
    let example = open("fc.pt", &[("activation", "tanh"), ("mu", "fc22")]);
    let other = open("fc.pt", &[]);
    let x = Array2::from_elem((1, 36), 0.5);
    let encode = |opened: &Checkpoint| {
        opened.trained.model.encoder().unwrap().encode(x.view(), &[], &mut Default::default())
    };
    let (swapped, plain) = (encode(&example), encode(&other));
    assert!(farthest(&swapped.mu, &plain.mu) > 1e-2 && swapped.log_var.is_some());
    let kept = |opened: &Checkpoint| opened.trained.brought.as_ref().unwrap().answers.clone();
    assert_eq!((kept(&example)["activation"].as_str(), kept(&other)["activation"].as_str()), ("tanh", "relu"));
    // The file of our own says the same, and where it all began.
    let bytes = store::to_bytes(&example, false).unwrap();
    let back = store::from_bytes("mine.safetensors", &bytes).unwrap();
    assert_eq!(encode(&back), swapped);
    let brought = back.trained.brought.as_ref().unwrap();
    assert_eq!((brought.from.as_str(), kept(&back)), ("fc.pt", kept(&example)));
    assert!(brought.questions.is_empty(), "a file of our own leaves nothing open");
}

#[test]
fn questions_come_with_the_likeliest_answer_first() {
    let opened = open("fc.pt", &[]);
    let brought = opened.trained.brought.as_ref().unwrap();
    let chosen =
        |name: &str| brought.questions.iter().find(|asked| asked.name == name).map(|asked| asked.chosen.as_str());
    let all = ["shape", "values", "activation", "likelihood", "mu", "spread"].map(chosen);
    let wanted = ["1x6x6", "as-they-are", "relu", "bernoulli", "fc21", "log_var"].map(Some);
    assert_eq!(all, wanted);
    assert_eq!(brought.chosen().count(), 0);
    // What the numbering of a Sequential and the configuration of a folder say is no question of chance.
    let sequential = open("sequential.pt", &[]).trained.brought.unwrap();
    let code = sequential.questions.iter().find(|asked| asked.name == "code_activation").unwrap();
    assert_eq!(code.chosen, "linear", "no module stands behind the code");
    let folder = open("pythae", &[]);
    assert_eq!(folder.trained.brought.as_ref().unwrap().answers["likelihood"], "gaussian");
    assert_eq!(folder.trained.model.info().spec().unwrap().spec().text("beta"), "4");
}

#[test]
fn answers_that_do_not_fit_are_refused() {
    assert!(refused("fc.pt", &[("shape", "1x5x5")]).contains("model.shape: \"1x5x5\" does not fit"));
    assert!(refused("fc.pt", &[("activation", "swish")]).contains("relu"));
    assert!(refused("fc.pt", &[("colour", "red")]).contains("known are model.shape, "));
    assert!(refused("fc.pt", &[("values", "1:0")]).contains("model.values"));
    // What may be typed beside what is offered.
    let typed = open("fc.pt", &[("shape", "4x9"), ("values", "0.25:2")]);
    assert_eq!(typed.trained.model.info().input, SampleKind::image(1, 4, 9));
    let scaling = typed.trained.model.info().scaling.clone().unwrap();
    assert_eq!(scaling.scaled(0, 0.75), 0.25);
}

#[test]
fn what_is_no_state_dict_is_named() {
    for (file, words) in [
        ("refused/whole.pt", "a whole module (__main__.Example), which only Python could build"),
        ("refused/tensor.pt", "one tensor; save a state dict: torch.save(model.state_dict()"),
        ("refused/classifier.pt", "its layer 2, Linear(5, 3), gives 3 numbers, where 0 takes 9"),
        ("refused/encoder.pt", "an encoder alone"),
        ("refused/recurrent.pt", "its tensor weight_ih_l0 of shape [16, 3] belongs to no layer"),
        ("refused/complex.pt", "is of type ComplexFloatStorage"),
        ("refused/script.pt", "a TorchScript program; save the weights alone"),
        ("refused/other.zip", "a zip file and none of PyTorch's (it holds letter.txt)"),
        ("refused/runs.pt", "its pickle names posix.system, which is never run here"),
        ("make.py", "it is no model but a text; a table is opened as data"),
    ] {
        let said = refused(file, &[]);
        assert!(said.contains(words) && said.contains(file), "{file}: {said}");
    }
}

/// Pictures of 6 × 6 that a small network learns: bars that stand and lie.
fn bars() -> DataSplit {
    let bytes: Vec<u8> = (0..96usize)
        .flat_map(|i| {
            (0..36).map(move |at| if (if i % 2 == 0 { at % 6 } else { at / 6 }) == i % 6 { 250 } else { 5 })
        })
        .collect();
    let kind = SampleKind::square(1, 6);
    let set = || Dataset::new(kind.clone(), Values::Bytes(bytes.clone().into()), None, vec![]).unwrap();
    DataSplit::new("bars".into(), set(), set())
}

#[test]
fn training_goes_on_from_there() {
    let data = bars();
    for (file, given) in [("fc.pt", &[][..]), ("sequential.pt", &[("values", "0.5:0.5"), ("likelihood", "mse")])] {
        let opened = opening(file, given, Some(&data.train)).unwrap();
        let before = evaluate(&*opened.trained.model, &data.train, 96, &|| false).unwrap();
        let spec = opened.trained.model.info().spec().unwrap().clone();
        let train = TrainSpec { epochs: 12, ..opened.trained.train.clone() };
        let mut run = Run::new(&spec, &train, &data, Some(&opened), 1).unwrap();
        let first = run.checkpoint().unwrap();
        let values = |checkpoint: &Checkpoint| -> Vec<f32> {
            checkpoint.trained.model.weights().iter().flat_map(|param| param.values.to_vec()).collect()
        };
        assert_eq!(values(&first), values(&opened), "{file} begins with the weights of its file");
        while run.step() < run.last_step() {
            run.advance(&Default::default()).unwrap();
        }
        let learned = run.checkpoint().unwrap();
        let after = evaluate(&*learned.trained.model, &data.train, 96, &|| false).unwrap();
        let loss = |terms: &halfmoon::model::Metrics| terms.of(MetricId::Loss);
        assert!(loss(&after) < 0.9 * loss(&before), "{file}: {} after {}", loss(&after), loss(&before));
        let brought = learned.trained.brought.as_ref().unwrap();
        assert!(brought.from == file && brought.questions.is_empty(), "what has learned leaves nothing open");
    }
}

#[test]
fn the_open_data_say_what_samples_are() {
    let rows: Vec<f32> = (0..36 * 40).map(|i| 100.0 + (i % 7) as f32).collect();
    let names = (0..36).map(|i| format!("c{i}")).collect();
    let table = Dataset::new(SampleKind::Vector { names }, Values::Floats(rows.into()), None, vec![]).unwrap();
    let opened = opening("fc.pt", &[], Some(&table)).unwrap();
    let info = opened.trained.model.info();
    assert_eq!(info.input, *table.kind());
    assert!(info.scaling.is_some(), "columns of a table are standardised unless it is said otherwise");
    let raw = opening("fc.pt", &[("values", "as-they-are")], Some(&table)).unwrap();
    assert_eq!(raw.trained.model.info().scaling, None);
    // Data of another size say nothing.
    let opened = opening("told.pt", &[], Some(&bars().train)).unwrap();
    assert_eq!(opened.trained.model.info().classes.to_vec(), ["0", "1", "2", "3"]);
}
