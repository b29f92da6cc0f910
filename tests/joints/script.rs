//! Every setting of every kind reaches the program that trains elsewhere: what changes neither its code nor
//! its data would be lost in silence.

use super::fields::{made_visible, needs, others};
use super::{data, model, training, with};
use halfmoon::data::Scaling;
use halfmoon::model::{KINDS, ModelSpec, Settings};
use halfmoon::store::{ScriptError, script};
use halfmoon::train::{TrainSpec, scaling_for};

/// Settings that are none of the program's.
const ELSEWHERE: &[&str] = &[
    // A batch has one gradient, into however many parts it is cut.
    "shards",
];

/// What a program is beside what it says of itself: its code without the words on top and without the header
/// of the file that it saves, which names every setting whether anything is done about it or not; and the
/// scaling in its data.
#[derive(PartialEq)]
struct Program {
    code: String,
    scaling: Option<Scaling>,
}

fn program(model: &ModelSpec, train: &TrainSpec) -> Result<Program, ScriptError> {
    let data = data();
    let spec = model.check(data.train.kind(), data.train.classes())?;
    let text = script("train", &spec, train, &data)?;
    let (_, code) = text.split_once("\nimport argparse\n").unwrap();
    let (before, header) = code.split_once("    header = {\n").unwrap();
    let (_, after) = header.split_once("\n    }\n").unwrap();
    Ok(Program { code: format!("{before}{after}"), scaling: scaling_for(&spec, train, &data.train)? })
}

/// A setting that stands at the top and is not asked for below has no use.
fn assert_all_is_used(what: &str, code: &str) {
    let is_name = |word: &&str| word.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    let constants = code.lines().filter_map(|line| line.split_once(" = ")).map(|(name, _)| name).filter(is_name);
    let words: Vec<&str> = code.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect();
    for name in constants {
        assert!(words.iter().filter(|word| **word == name).count() > 1, "{what}: {name} is not used");
    }
}

/// Whether the kind is trained by gradients, as its program's error says.
fn is_written(spec: &ModelSpec) -> bool {
    !matches!(program(spec, &training(&[])), Err(ScriptError::Spec(e)) if e.to_string().contains("for PyTorch"))
}

/// Settings that a kind may refuse to be changed at all, or have only beside others that it refuses: the
/// shape of a network whose layers are trained in pairs, or that is told the label.
const REFUSED: &[&str] = &[
    "arch",
    "channels",
    "kernel",
    "convolution",
    "downsampling",
    "down_kernel",
    "upsampling",
    "up_kernel",
    "decoder_hidden",
    "decoder_weights",
    "pretrain_by",
];

/// Asserts of each value that suits whether the program is another one than `before`; says whether any does.
fn changes(what: &str, path: &str, before: &Program, programs: Vec<Result<Program, ScriptError>>) -> bool {
    let programs: Vec<Program> = programs.into_iter().filter_map(Result::ok).collect();
    for after in &programs {
        assert_all_is_used(what, &after.code);
        assert_eq!(after != before, !ELSEWHERE.contains(&path), "{what}: is it in the program?");
    }
    !programs.is_empty()
}

#[test]
fn every_setting_of_every_kind_changes_the_program() {
    for kind in KINDS.iter().filter(|kind| kind.takes(data().train.kind()).is_ok()) {
        let (spec, train) = (model(kind.name, &[]), training(&[]));
        // Programs are written of encoders and decoders.
        let model = spec.check(data().train.kind(), data().train.classes()).unwrap().frozen(None).unwrap();
        let decodes = model.decoder().is_some();
        assert_eq!(is_written(&spec), spec.is_trained_by_gradients() && decodes, "{}", kind.name);
        if !is_written(&spec) {
            continue;
        }
        for field in spec.fields() {
            let what = format!("{}: {}", kind.name, field.path);
            let visible = made_visible(&spec, &field).into_iter().map(|spec| with(spec, needs(&field)));
            let suits = |spec: ModelSpec| Some((program(&spec, &train).ok()?, spec));
            let tried = visible.filter_map(suits).next().is_some_and(|(before, base)| {
                let others = others(&field, &base.text(field.path)).into_iter();
                let others = others.filter_map(|value| base.with(field.path, &value).ok());
                changes(&what, field.path, &before, others.map(|spec| program(&spec, &train)).collect())
            });
            assert!(tried || REFUSED.contains(&field.path), "{what} cannot be tried");
        }
        for field in train.fields() {
            let what = format!("{}: {}", kind.name, field.path);
            let base = with(made_visible(&train, &field).remove(0), needs(&field));
            let others = others(&field, &base.text(field.path)).into_iter();
            let others = others.map(|value| program(&spec, &base.with(field.path, &value).unwrap()));
            assert!(changes(&what, field.path, &program(&spec, &base).unwrap(), others.collect()), "{what}");
        }
    }
}

#[test]
fn what_is_not_trained_by_gradients_is_said_in_one_sentence() {
    for kind in ["pca", "mda", "gmm"] {
        let said = program(&model(kind, &[]), &training(&[])).err().unwrap().to_string();
        assert!(said.contains("no training to write for PyTorch") && !said.contains('\n'), "{said}");
    }
}
