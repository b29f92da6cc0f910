//! Model files: one `.safetensors` that PyTorch opens.
//!
//! Tensors are named and laid out as `torch.nn.Sequential` does (`encoder.0.weight` is [out, in]); the optimizer's
//! moments lie beside them under `optim.m.` and `optim.v.` unless the file is slim. One metadata key, `halfmoon`, holds JSON
//! with sorted keys: format version, spec, training settings, step, fingerprint of the data, and the loss curves. There
//! is no time, duration, thread count or path in it, so equal trainings give equal bytes. The random state needs no
//! place of its own: every draw follows from seed and step.

use super::StoreError;
use crate::data::SampleKind;
use crate::model::Settings;
use crate::model::{ModelSpec, Objective, SpecError};
use crate::train::{Checkpoint, CurvePoint, OptimState, OptimizerName, Recent, TrainSpec, Trained};
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Why a model file cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum ModelFileError {
    /// The file could not be read at all.
    #[error("could not read {path}: {source}; check the path and its permissions")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It is no safetensors file, or a damaged one.
    #[error("{file} is not a whole safetensors file ({problem}); save the model again")]
    Container {
        /// The file.
        file: String,
        /// What is wrong.
        problem: String,
    },
    /// The metadata cannot be used.
    #[error("{file}: {problem}")]
    Metadata {
        /// The file.
        file: String,
        /// What is wrong and what to do.
        problem: String,
    },
    /// Its spec cannot be built.
    #[error("{file}: {source}")]
    Spec {
        /// The file.
        file: String,
        /// What is wrong with it.
        source: SpecError,
    },
    /// A tensor is missing, extra, misshapen or not finite.
    #[error("{file}: {problem}")]
    Tensor {
        /// The file.
        file: String,
        /// The tensor, what was seen and what was wanted.
        problem: String,
    },
}

const KEY: &str = "halfmoon";
const VERSION: u32 = 1;
/// Most bytes of a model file.
const MAX_BYTES: u64 = 4 << 30;
/// Most steps a training may have taken.
const MAX_STEPS: u64 = 1 << 40;

/// The JSON under the metadata key.
#[derive(Serialize, Deserialize)]
struct Header {
    version: u32,
    model: ModelSpec,
    input: SampleKind,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    classes: Vec<String>,
    training: TrainSpec,
    step: u64,
    data: String,
    test_curve: Vec<CurvePoint>,
    train_curve: Vec<CurvePoint>,
    recent: Recent,
    optim_steps: Option<u64>,
}

/// The bytes of a model file; `slim` leaves the optimizer out.
pub fn to_bytes(checkpoint: &Checkpoint, slim: bool) -> Result<Vec<u8>, StoreError> {
    let format = |problem: String| StoreError::Format { format: "the model file", problem };
    let trained = &checkpoint.trained;
    let optim = checkpoint.optim.as_ref().filter(|_| !slim);
    let Some(spec) = trained.model.info().spec() else {
        return Err(format("the model was not built here; keep the file that it came from".into()));
    };
    let header = Header {
        version: VERSION,
        model: spec.spec().clone(),
        input: spec.input().clone(),
        classes: spec.classes().to_vec(),
        training: trained.train.clone(),
        step: trained.step,
        data: trained.data.clone(),
        test_curve: trained.test_curve.clone(),
        train_curve: trained.train_curve.clone(),
        recent: trained.recent,
        optim_steps: optim.map(|optim| optim.t),
    };
    // By way of a Value, whose objects are sorted by key.
    let header = serde_json::to_value(&header).map_err(|e| format(e.to_string()))?.to_string();
    let mut tensors = Vec::new();
    let mut offset = 0;
    for param in trained.model.weights() {
        let range = offset..offset + param.values.len();
        offset = range.end;
        if let Some(optim) = optim {
            tensors.push((format!("optim.m.{}", param.name), param.shape.clone(), &optim.m[range.clone()]));
            // SGD has no second moment.
            if let Some(v) = optim.v.get(range) {
                tensors.push((format!("optim.v.{}", param.name), param.shape.clone(), v));
            }
        }
        tensors.push((param.name, param.shape, param.values));
    }
    let views: Result<Vec<_>, _> = tensors
        .into_iter()
        .map(|(name, shape, values)| {
            TensorView::new(Dtype::F32, shape, bytemuck::cast_slice(values)).map(|view| (name, view))
        })
        .collect();
    let views = views.map_err(|e| format(e.to_string()))?;
    let metadata = HashMap::from([(KEY.to_string(), header)]);
    safetensors::serialize(views, Some(metadata)).map_err(|e| format(e.to_string()))
}

/// Saves a model file.
pub fn save(path: &Path, checkpoint: &Checkpoint, slim: bool) -> Result<(), StoreError> {
    super::write(path, &to_bytes(checkpoint, slim)?)
}

/// Opens a model file.
pub fn load(path: &Path) -> Result<Checkpoint, ModelFileError> {
    let io = |source| ModelFileError::Io { path: path.into(), source };
    let file = path.display().to_string();
    let not_ours = |problem: String| ModelFileError::Container { file: file.clone(), problem };
    let from = std::fs::File::open(path).map_err(io)?;
    if !from.metadata().map_err(io)?.is_file() {
        return Err(not_ours("it is not a file but a folder, pipe or device".into()));
    }
    let mut bytes = Vec::new();
    from.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(io)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(not_ours(format!("it holds more than {MAX_BYTES} bytes, more than any model of ours")));
    }
    from_bytes(&file, &bytes)
}

/// Opens a model by path, or an embedded one by its name.
pub fn open(path: &Path) -> Result<Checkpoint, ModelFileError> {
    super::embedded(path).map_or_else(|| load(path), super::Embedded::open)
}

/// Reads a model file from memory; `file` is its name for messages.
pub fn from_bytes(file: &str, bytes: &[u8]) -> Result<Checkpoint, ModelFileError> {
    let container =
        |e: safetensors::SafeTensorError| ModelFileError::Container { file: file.into(), problem: e.to_string() };
    let header = read_header(file, bytes)?;
    let tensors = SafeTensors::deserialize(bytes).map_err(container)?;
    let spec_error = |source| ModelFileError::Spec { file: file.into(), source };
    header.training.check_ranges().map_err(spec_error)?;
    let spec = header.model.check(&header.input, &header.classes).map_err(spec_error)?;
    check_counts(file, &header)?;
    let n_params = spec.n_params();
    if n_params * 4 > bytes.len() as u128 {
        return Err(ModelFileError::Tensor {
            file: file.into(),
            problem: format!(
                "its spec asks for {n_params} parameters, more than the file can hold; save the model again"
            ),
        });
    }
    let fresh = spec.build::<f32>(0);
    check_names(file, &tensors, &*fresh, header.optim_steps.is_some())?;
    let read = |prefix: &str| -> Result<Vec<f32>, ModelFileError> {
        let mut values = Vec::with_capacity(n_params as usize);
        for param in fresh.params() {
            values.extend(read_tensor(file, &tensors, &format!("{prefix}{}", param.name), &param.shape)?);
        }
        Ok(values)
    };
    let weights = read("")?;
    let mut rest = weights.as_slice();
    let slices: Vec<&[f32]> = fresh
        .params()
        .iter()
        .map(|param| {
            let (values, after) = rest.split_at(param.values.len());
            rest = after;
            values
        })
        .collect();
    let model = spec.build_with(&slices).map_err(spec_error)?.freeze();
    let optim = match header.optim_steps {
        None => None,
        Some(t) => {
            let has_second = header.training.optimizer != OptimizerName::Sgd;
            let v = if has_second { read("optim.v.")? } else { Vec::new() };
            Some(OptimState { t, m: read("optim.m.")?.into(), v: v.into() })
        }
    };
    Ok(Checkpoint {
        trained: Trained {
            model: Arc::clone(&model),
            train: header.training,
            step: header.step,
            data: header.data,
            test_curve: header.test_curve,
            train_curve: header.train_curve,
            recent: header.recent,
        },
        optim,
    })
}

fn read_header(file: &str, bytes: &[u8]) -> Result<Header, ModelFileError> {
    let container = |problem: String| ModelFileError::Container { file: file.into(), problem };
    let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(|e| container(e.to_string()))?;
    let bad = |problem: String| ModelFileError::Metadata { file: file.into(), problem };
    let text = metadata.metadata().as_ref().and_then(|map| map.get(KEY)).ok_or_else(|| {
        bad(format!("it has no {KEY:?} metadata, so it was not saved by halfmoon; train or open another"))
    })?;
    let version = serde_json::from_str::<serde_json::Value>(text)
        .ok()
        .and_then(|json| json.get("version").and_then(serde_json::Value::as_u64));
    if version != Some(u64::from(VERSION)) {
        return Err(bad(match version {
            Some(version) => {
                format!("its format is version {version}, this program reads {VERSION}; use the newest halfmoon")
            }
            None => "its metadata has no format version; save the model again".into(),
        }));
    }
    serde_json::from_str(text).map_err(|e| bad(format!("its metadata cannot be read ({e}); save the model again")))
}

/// Numbers beyond what any training reaches would overflow where they are multiplied.
fn check_counts(file: &str, header: &Header) -> Result<(), ModelFileError> {
    let largest = [header.step, header.recent.n_steps, header.optim_steps.unwrap_or(0)].into_iter().max();
    match largest.filter(|&steps| steps > MAX_STEPS) {
        Some(steps) => Err(ModelFileError::Metadata {
            file: file.into(),
            problem: format!("its metadata speaks of {steps} steps, more than any training takes; save it again"),
        }),
        None => Ok(()),
    }
}

fn check_names(
    file: &str,
    tensors: &SafeTensors<'_>,
    fresh: &dyn Objective<f32>,
    has_optim: bool,
) -> Result<(), ModelFileError> {
    let mut known: Vec<String> = Vec::new();
    for param in fresh.params() {
        if has_optim {
            known.push(format!("optim.m.{}", param.name));
            known.push(format!("optim.v.{}", param.name));
        }
        known.push(param.name);
    }
    match tensors.names().into_iter().find(|name| !known.iter().any(|known| known == name)) {
        Some(extra) => Err(ModelFileError::Tensor {
            file: file.into(),
            problem: format!("it holds a tensor {extra:?} that its spec does not know; save the model again"),
        }),
        None => Ok(()),
    }
}

fn read_tensor(
    file: &str,
    tensors: &SafeTensors<'_>,
    name: &str,
    shape: &[usize],
) -> Result<Vec<f32>, ModelFileError> {
    let bad = |problem: String| ModelFileError::Tensor { file: file.into(), problem };
    let tensor =
        tensors.tensor(name).map_err(|_| bad(format!("the tensor {name} is missing; save the model again")))?;
    if tensor.dtype() != Dtype::F32 {
        return Err(bad(format!("the tensor {name} is of type {:?}; halfmoon reads F32", tensor.dtype())));
    }
    if tensor.shape() != shape {
        return Err(bad(format!(
            "the tensor {name} is {:?} where its spec says {shape:?}; save the model again",
            tensor.shape()
        )));
    }
    let values: Vec<f32> =
        tensor.data().chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
    match values.iter().position(|value| !value.is_finite()) {
        Some(at) => Err(bad(format!(
            "the tensor {name} holds {} at place {at}; its training diverged, train it anew",
            values[at]
        ))),
        None => Ok(values),
    }
}

#[cfg(test)]
#[path = "model_file_tests.rs"]
mod tests;
