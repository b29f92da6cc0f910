//! A model as ONNX, which most programs that run networks read.
//!
//! What is written is what halfmoon computes: the scaling of columns is inside, and so is the link that turns
//! the decoder's last numbers into means, so that x̂ comes in the data's own units. Samples are `x` and
//! `x_hat` ([batch, channels, height, width] for images, else [batch, features]), codes `z` and `log_var`
//! [batch, latent_dim], and a label that the model is told `label` [batch, classes], one-hot. The number of
//! samples is left open. A code that comes from nowhere has no remembered places: unpooling repeats.
//!
//! Format: <https://onnx.ai/onnx/repo-docs/IR.html>, operators of set 17.

mod graph;
pub mod protobuf;

use crate::data::SampleKind;
use crate::model::{EncoderGraph, FrozenModel, Graph};
use crate::nn::MapShape;
use crate::store::StoreError;
use graph::{Builder, Form};
use protobuf::Message;
use serde::{Deserialize, Serialize};

/// Which half of a model is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// From `x` to `z`, and `log_var` where the model is variational.
    Encoder,
    /// From `z` to `x_hat`.
    Decoder,
    /// Both in one: from `x` to `z`, `log_var` and `x_hat`, which is decoded from `z`.
    All,
}

/// Version of the format, and of the set of operators.
const IR_VERSION: i64 = 8;
const OPSET: i64 = 17;
/// Most bytes that readers of protocol buffers take.
const MAX_BYTES: usize = i32::MAX as usize;

/// A part of a model as the bytes of an `.onnx` file.
pub fn onnx(model: &dyn FrozenModel, part: Part) -> Result<Vec<u8>, StoreError> {
    let problem = |problem: &str| StoreError::Format { format: "ONNX", problem: problem.into() };
    let Some(Graph { encoder, decoder }) = model.graph() else {
        return Err(problem("this model is not made of operations that ONNX has; save it as a model file"));
    };
    let info = model.info();
    let (sample, code) = (form_of(&info.input), Form::Rows(info.latent_dim()));
    let mut builder = Builder::new(info.classes.len());
    let z = match part {
        Part::Decoder => builder.input("z", code),
        Part::Encoder if encoder.is_none() => {
            return Err(problem("this model has no encoder; write its decoder"));
        }
        Part::Encoder | Part::All => {
            let Some(EncoderGraph { trunk, z, log_var }) = encoder else { return onnx(model, Part::Decoder) };
            let x = builder.input("x", sample);
            let h = builder.ops(trunk, x);
            let z = builder.output("z", z, h.clone(), code);
            if let Some(log_var) = log_var {
                builder.output("log_var", log_var, h, code);
            }
            z
        }
    };
    if part != Part::Encoder {
        builder.output("x_hat", decoder, z, sample);
    }
    let bytes = Message::default()
        .int(1, IR_VERSION)
        .text(2, "halfmoon")
        .text(3, env!("CARGO_PKG_VERSION"))
        .message(7, &builder.finish(&info.kind))
        .message(8, &Message::default().text(1, "").int(2, OPSET))
        .each(facts(model), |model, (key, value)| {
            model.message(14, &Message::default().text(1, key).text(2, &value))
        })
        .into_bytes();
    if bytes.len() > MAX_BYTES {
        return Err(problem("its weights are more than the 2 GB that such a file may hold"));
    }
    Ok(bytes)
}

/// How samples of a kind stand in the file.
fn form_of(kind: &SampleKind) -> Form {
    kind.sides().map_or(Form::Rows(kind.n_features()), |[channels, height, width]| {
        Form::Maps(MapShape { channels, height, width })
    })
}

/// What else is worth knowing of a model, under names of our own; lists as JSON.
fn facts(model: &dyn FrozenModel) -> Vec<(&'static str, String)> {
    let info = model.info();
    let list = |list: &[String]| serde_json::to_string(list).unwrap_or_default();
    let mut facts = vec![("halfmoon.title", info.title.clone()), ("halfmoon.kind", info.kind.clone())];
    if !info.classes.is_empty() {
        facts.push(("halfmoon.classes", list(&info.classes)));
    }
    if info.input.sides().is_none() {
        let names: Vec<String> = (0..info.n_features()).map(|feature| info.input.feature_name(feature)).collect();
        facts.push(("halfmoon.features", list(&names)));
    }
    facts
}

#[cfg(test)]
mod reader;
#[cfg(test)]
mod tests;
