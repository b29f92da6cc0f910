//! Model files: one `.safetensors` that PyTorch opens.
//!
//! Tensors are named and laid out as `torch.nn.Sequential` does (`encoder.0.weight` is [out, in]); the
//! optimizer's moments lie beside them under `optim.m.` and `optim.v.` unless the file is slim. One metadata
//! key, `halfmoon`, holds JSON with sorted keys: format version (files of version 1 are read too), spec,
//! training settings, step, fingerprint of the data, and the curves. There is no time, duration, thread count
//! or path in it, so equal trainings give equal bytes. The random state needs no place of its own: every draw
//! follows from seed and step.

use super::brought::{self, Beside};
use super::{StoreError, onnx, torch, wrong_kind};
use crate::data::{NotRead, ReadSettings, SampleKind, Scaling, no_file, read_whole, reason};
use crate::model::Settings;
use crate::model::{
    Answers, Brought, LearnerState, ModelSpec, Question, SpecError, StateTensor, ValidSpec, scaled,
};
use crate::train::{Checkpoint, CurvePoint, Plan, Recent, TrainSpec, Trained, learner_of};
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Why a model file cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum ModelFileError {
    /// The file could not be read at all.
    #[error("could not read {path}: {}; check the path and its permissions", reason(source))]
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
const VERSION: u32 = 2;
/// Before the names of a learner's own tensors.
const STATE: &str = "optim.";
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scaling: Option<Scaling>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    classes: Vec<String>,
    training: TrainSpec,
    step: u64,
    data: String,
    #[serde(default, skip_serializing_if = "ReadSettings::is_empty")]
    reading: ReadSettings,
    test_curve: Vec<CurvePoint>,
    train_curve: Vec<CurvePoint>,
    recent: Recent,
    optim_steps: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    origin: Option<Brought>,
}

/// The bytes of a model file; `slim` leaves the optimizer out.
pub fn to_bytes(checkpoint: &Checkpoint, slim: bool) -> Result<Vec<u8>, StoreError> {
    let format = |problem: String| StoreError::Format { format: "the model file", problem };
    let trained = &checkpoint.trained;
    let state = checkpoint.learner.as_ref().filter(|_| !slim);
    let Some(spec) = trained.model.info().spec() else {
        return Err(format("the model was not built here; keep the file that it came from".into()));
    };
    let header = Header {
        version: VERSION,
        model: spec.spec().clone(),
        input: spec.input().clone(),
        scaling: trained.model.info().scaling.clone(),
        classes: spec.classes().to_vec(),
        training: trained.train.clone(),
        step: trained.step,
        data: trained.data.clone(),
        reading: trained.reading.clone(),
        test_curve: trained.test_curve.clone(),
        train_curve: trained.train_curve.clone(),
        recent: trained.recent,
        optim_steps: state.map(|state| state.steps),
        origin: trained.brought.as_deref().cloned(),
    };
    // By way of a Value, whose objects are sorted by key.
    let header = serde_json::to_value(&header).map_err(|e| format(e.to_string()))?.to_string();
    let weights = trained.model.weights().into_iter().map(|param| (param.name, param.shape, param.values));
    let learned = state.iter().flat_map(|state| &state.tensors);
    let learned = learned.map(|tensor| (format!("{STATE}{}", tensor.name), tensor.shape.clone(), &*tensor.values));
    let tensors: Vec<(String, Vec<usize>, &[f32])> = weights.chain(learned).collect();
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

/// The JSON under the metadata key for a model that is still to be trained: what is known only afterwards is
/// empty.
pub(super) fn header_of(
    spec: &ValidSpec,
    train: &TrainSpec,
    scaling: Option<&Scaling>,
    reading: &ReadSettings,
) -> Value {
    let header = Header {
        origin: None,
        version: VERSION,
        model: spec.spec().clone(),
        input: spec.input().clone(),
        scaling: scaling.cloned(),
        classes: spec.classes().to_vec(),
        training: train.clone(),
        step: 0,
        data: String::new(),
        reading: reading.clone(),
        test_curve: Vec::new(),
        train_curve: Vec::new(),
        recent: Recent::default(),
        optim_steps: None,
    };
    serde_json::to_value(header).unwrap_or_default()
}

/// Saves a model file.
pub fn save(path: &Path, checkpoint: &Checkpoint, slim: bool) -> Result<(), StoreError> {
    super::write(path, &to_bytes(checkpoint, slim)?)
}

/// Whether what lies at a path begins as a model file does, halfmoon's own, one of PyTorch or
/// an ONNX file, or is a folder that holds one.
pub fn is_model_file(path: &Path) -> bool {
    let mut head = Vec::new();
    let is_file = no_file(path).is_ok_and(|what| what.is_none());
    let mut read = || std::fs::File::open(path)?.take(torch::HEAD).read_to_end(&mut head);
    let is_model = |head: &[u8]| is_safetensors(head) || torch::looks_like_model(head) || onnx::is_onnx(head);
    is_file && read().is_ok() && is_model(&head) || model_in(path).is_some()
}

/// The model in a folder that another program saved; none in any other folder.
fn model_in(folder: &Path) -> Option<PathBuf> {
    torch::weights_in(folder).or_else(|| onnx::network_in(folder))
}

/// Whether bytes begin as a `.safetensors` does: the length of a header, and then the header.
pub(super) fn is_safetensors(head: &[u8]) -> bool {
    head.get(4..9).is_some_and(|head| head == [0, 0, 0, 0, b'{'])
}

/// Opens a model file.
pub fn load(path: &Path) -> Result<Checkpoint, ModelFileError> {
    load_as(path, Beside { answers: &Answers::new(), data: None, keeps_what_fits: false })
}

/// Opens a model file; one from elsewhere as the answers to what it leaves open say, for such data.
fn load_as(path: &Path, beside: Beside<'_>) -> Result<Checkpoint, ModelFileError> {
    let io = |source| ModelFileError::Io { path: path.into(), source };
    let name = path.display().to_string();
    let bad = |problem: String| ModelFileError::Metadata { file: name.clone(), problem };
    let file = model_in(path).unwrap_or_else(|| path.into());
    let bytes = read_whole(&file, MAX_BYTES).map_err(|e| match e {
        NotRead::Is(what) => bad(format!("it is {what}, not a file; choose a model file")),
        NotRead::TooLong => bad(format!("it holds more than {MAX_BYTES} bytes, more than any model of ours")),
        NotRead::Io(e) => io(e),
    })?;
    if torch::is_archive(&bytes) || is_safetensors(&bytes) && !is_ours(&bytes) {
        return torch::open(path, &file, &bytes, beside).map_err(bad);
    }
    if onnx::is_onnx(&bytes) {
        return onnx::open(path, &file, &bytes, beside).map_err(bad);
    }
    if let Some(problem) = wrong_kind(&bytes) {
        return Err(bad(problem));
    }
    if let Some(answer) = beside.answers.keys().next().filter(|_| !beside.keeps_what_fits) {
        let prefix = Question::PREFIX;
        return Err(bad(format!("setting {prefix}{answer}: the file says all of its model itself; leave it out")));
    }
    from_bytes(&name, &bytes)
}

/// Whether a safetensors file has the metadata of ours. What cannot be read counts as ours, whose errors are
/// known.
fn is_ours(bytes: &[u8]) -> bool {
    SafeTensors::read_metadata(bytes)
        .map_or(true, |(_, header)| header.metadata().as_ref().is_some_and(|map| map.contains_key(KEY)))
}

/// Opens a model by path, or an embedded one by its name.
pub fn open(path: &Path) -> Result<Checkpoint, ModelFileError> {
    super::embedded(path).map_or_else(|| load(path), super::Embedded::open)
}

/// As [`open`]; a model from elsewhere by what is known beside its file, and beside codes that its decoder
/// takes as that decoder.
pub fn open_as(path: &Path, beside: Beside<'_>) -> Result<Checkpoint, ModelFileError> {
    let opened = super::embedded(path).map_or_else(|| load_as(path, beside), super::Embedded::open)?;
    Ok(match beside.data {
        Some(data) => brought::beside_codes(path, opened, data),
        None => opened,
    })
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
    if header.scaling.as_ref().is_some_and(|scaling| !scaling.is_valid(spec.n_features())) {
        let problem = format!("its scaling is not one of {} columns; save the model again", spec.n_features());
        return Err(ModelFileError::Metadata { file: file.into(), problem });
    }
    let n_params = spec.n_params();
    if n_params * 4 > bytes.len() as u128 {
        return Err(ModelFileError::Tensor {
            file: file.into(),
            problem: format!(
                "its spec asks for {n_params} parameters, more than the file can hold; save the model again"
            ),
        });
    }
    let fresh = spec.frozen(None).map_err(spec_error)?;
    let expected = match header.optim_steps {
        None => Vec::new(),
        Some(_) => expected_state(&spec, &header.training).map_err(spec_error)?,
    };
    let known = fresh.weights().into_iter().map(|param| param.name).chain(expected.iter().map(|t| t.name.clone()));
    check_names(file, &tensors, &known.collect::<Vec<_>>())?;
    let weights: Result<Vec<Vec<f32>>, _> =
        fresh.weights().iter().map(|param| read_tensor(file, &tensors, &param.name, &param.shape)).collect();
    let weights = weights?;
    let slices: Vec<&[f32]> = weights.iter().map(Vec::as_slice).collect();
    let model = scaled(spec.frozen(Some(&slices)).map_err(spec_error)?, header.scaling.as_ref());
    let learner = match header.optim_steps {
        None => None,
        Some(steps) => {
            let read = |tensor: StateTensor| -> Result<StateTensor, ModelFileError> {
                let values = read_tensor(file, &tensors, &tensor.name, &tensor.shape)?.into();
                Ok(StateTensor { name: tensor.name[STATE.len()..].into(), values, ..tensor })
            };
            Some(LearnerState { steps, tensors: expected.into_iter().map(read).collect::<Result<_, _>>()? })
        }
    };
    Ok(Checkpoint {
        trained: Trained {
            model: Arc::clone(&model),
            train: header.training,
            step: header.step,
            data: header.data,
            reading: header.reading,
            test_curve: header.test_curve,
            train_curve: header.train_curve,
            recent: header.recent,
            brought: header.origin.map(Arc::new),
        },
        learner,
    })
}

/// The tensors that a learner of such a model remembers, under the names they have in a file, with values of
/// no meaning.
fn expected_state(spec: &ValidSpec, train: &TrainSpec) -> Result<Vec<StateTensor>, SpecError> {
    let learner =
        learner_of(spec, None, Plan { train, last_step: 0, threads: 1 }).map_err(|_| SpecError::Weights)?;
    let tensors = learner.state().map(|state| state.tensors).unwrap_or_default();
    let in_file = |tensor: StateTensor| StateTensor { name: format!("{STATE}{}", tensor.name), ..tensor };
    Ok(tensors.into_iter().map(in_file).collect())
}

fn read_header(file: &str, bytes: &[u8]) -> Result<Header, ModelFileError> {
    let container = |problem: String| ModelFileError::Container { file: file.into(), problem };
    let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(|e| container(e.to_string()))?;
    let bad = |problem: String| ModelFileError::Metadata { file: file.into(), problem };
    let text = metadata.metadata().as_ref().and_then(|map| map.get(KEY)).ok_or_else(|| {
        bad(format!("it has no {KEY:?} metadata, so it was not saved by halfmoon; train or open another"))
    })?;
    let unreadable =
        |e: serde_json::Error| bad(format!("its metadata cannot be read ({e}); save the model again"));
    let mut json = serde_json::from_str::<Value>(text).map_err(unreadable)?;
    match json.get("version").and_then(Value::as_u64) {
        Some(1) => bring_up_to_date(&mut json),
        Some(version) if version == u64::from(VERSION) => {}
        Some(version) => {
            return Err(bad(format!(
                "its format is version {version}, this program reads up to {VERSION}; use the newest halfmoon"
            )));
        }
        None => return Err(bad("its metadata has no format version; save the model again".into())),
    }
    serde_json::from_value(json).map_err(unreadable)
}

/// Turns metadata of version 1 into those of version 2, which name what was measured and leave out what was
/// not.
fn bring_up_to_date(json: &mut Value) {
    let is_zero = |value: &Value| value.as_f64() == Some(0.0);
    for curve in ["test_curve", "train_curve"] {
        for point in json.get_mut(curve).and_then(Value::as_array_mut).into_iter().flatten() {
            // Version 1 wrote 0 for a model without a prior.
            if let Some(point) = point.as_object_mut() {
                point.retain(|name, value| !(matches!(name.as_str(), "kl" | "sigma") && is_zero(value)));
            }
        }
    }
    if let Some(recent) = json.get_mut("recent").and_then(Value::as_object_mut) {
        let sums = recent.get("sums").and_then(Value::as_array).cloned().unwrap_or_default();
        let sigma = recent.remove("sigma");
        let named =
            ["reconstruction", "kl", "loss"].into_iter().zip(sums).chain(sigma.map(|sigma| ("sigma", sigma)));
        let kept = named.filter(|(name, sum)| !(matches!(*name, "kl" | "sigma") && is_zero(sum)));
        let sums = kept.map(|(name, sum)| (name.to_owned(), sum)).collect();
        recent.insert("sums".into(), Value::Object(sums));
    }
    json["version"] = VERSION.into();
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

fn check_names(file: &str, tensors: &SafeTensors<'_>, known: &[String]) -> Result<(), ModelFileError> {
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
