//! A training as a program of PyTorch: one readable file for machines that halfmoon is not on, and its data
//! beside it.
//!
//! The model says what its network and loss are ([`crate::model::Torch`]); here it meets the settings of
//! training, what is to be known of the data, and the template of the program. The program saves a model file
//! with the header that [`super::model_file`] writes. First weights and noise follow from the same seed by
//! other random numbers, so losses agree as those of two seeds do; that is deliberate, for a reader of the
//! program would have to read a generator of random numbers first.

mod data;
mod python;
mod template;

use super::model_file::header_of;
use super::{StoreError, atomic, check_target};
use crate::data::{DataSplit, Scaling};
use crate::model::{METRICS, MetricId, SpecError, Torch, TorchConstant, TrainError, ValidSpec};
use crate::nn::Method;
use crate::train::{Schedule, TrainSpec, scaling_for};
use data::write_data;
use std::path::{Path, PathBuf};

const TEMPLATE: &str = include_str!("train.py.in");

/// Why there is no script.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    /// The model is not trained by gradients.
    #[error("{0}")]
    Spec(#[from] SpecError),
    /// The data are not what it learns from.
    #[error("{0}")]
    Data(#[from] TrainError),
    /// The name is none of a script.
    #[error("{0}: a script's name ends in .py, and its data lie beside it under the same name")]
    Name(PathBuf),
    /// The data of the script would take the place of those it is made of.
    #[error("{0} holds the data themselves, which the script's would take the place of; choose another name")]
    OverData(PathBuf),
    /// It could not be written.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The template is broken.
    #[error("line {line} of the script's template: {problem}; please report it")]
    Template {
        /// Its line, counted from 1; 0 for its end.
        line: usize,
        /// What is wrong.
        problem: String,
    },
}

/// The files of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptFiles {
    /// The program.
    pub program: PathBuf,
    /// Its data.
    pub data: PathBuf,
    /// Bytes of both.
    pub n_bytes: u64,
}

/// What the data of a script are called.
pub fn script_data(program: &Path) -> PathBuf {
    program.with_extension("npz")
}

/// The program that trains a model on `data` as [`crate::train::Run`] does; `stem` is its name without an
/// ending.
pub fn script(stem: &str, spec: &ValidSpec, train: &TrainSpec, data: &DataSplit) -> Result<String, ScriptError> {
    text(stem, (spec, train), data, scaling_for(spec, train, &data.train)?.as_ref())
}

fn text(
    stem: &str,
    (spec, train): (&ValidSpec, &TrainSpec),
    data: &DataSplit,
    scaling: Option<&Scaling>,
) -> Result<String, ScriptError> {
    // It stands between the quotes of what the program says of itself.
    let stem = stem.replace(['"', '\\'], "_");
    template::fill(TEMPLATE, &Script { stem, spec, train, data, scaling, torch: spec.torch()? })
}

/// Writes the program to `path`, and its data beside it; `from` is where the data were read, which is not
/// written over.
pub fn write_script(
    path: &Path,
    (spec, train): (&ValidSpec, &TrainSpec),
    data: &DataSplit,
    from: Option<&Path>,
) -> Result<ScriptFiles, ScriptError> {
    let stem = path.file_stem().and_then(|stem| stem.to_str());
    let Some(stem) = stem.filter(|_| path.extension().is_some_and(|extension| extension == "py")) else {
        return Err(ScriptError::Name(path.into()));
    };
    let beside = script_data(path);
    let whole = |path: &Path| path.canonicalize().ok();
    if whole(&beside).is_some_and(|beside| from.and_then(whole) == Some(beside)) {
        return Err(ScriptError::OverData(beside));
    }
    let scaling = scaling_for(spec, train, &data.train)?;
    let text = text(stem, (spec, train), data, scaling.as_ref())?;
    check_target(path)?;
    // The program comes last, so that it never stands beside data of another.
    atomic::write_with(&beside, |file| write_data(file, data, scaling.as_ref()))?;
    super::write(path, text.as_bytes())?;
    let n_bytes = std::fs::metadata(&beside).map_or(0, |file| file.len()) + text.len() as u64;
    Ok(ScriptFiles { program: path.into(), data: beside, n_bytes })
}

/// What the template is filled from.
struct Script<'a> {
    stem: String,
    spec: &'a ValidSpec,
    train: &'a TrainSpec,
    data: &'a DataSplit,
    scaling: Option<&'a Scaling>,
    torch: Torch,
}

impl template::Fill for Script<'_> {
    fn holds(&self, word: &str) -> bool {
        let (warmup, cosine) = (self.train.warmup > 0, self.train.schedule == Schedule::Cosine);
        match word {
            "warmup" => warmup,
            "cosine" => cosine,
            "schedule" => warmup || cosine,
            "clip" => self.train.clip_norm > 0.0,
            "sgd" => matches!(self.train.method(), Method::Sgd { .. }),
            "nats" => !self.torch.says("mse"),
            "functional" => ["bernoulli", "multinomial", "told", "tied"].iter().any(|word| self.torch.says(word)),
            "scaled" => self.scaling.is_some(),
            "bytes" => self.data.train.image(0).is_some(),
            word => self.torch.says(word),
        }
    }

    fn text(&self, name: &str) -> Option<String> {
        Some(match name {
            "title" => self.spec.spec().title().into(),
            "stem" => self.stem.clone(),
            "constants" => self.constants_text(),
            "terms" => self.terms(),
            "optimizer" => self.optimizer(),
            "header" => self.header(),
            name => self.torch.text(name)?.into(),
        })
    }
}

impl Script<'_> {
    /// The settings of training that have a name of their own, then the model's.
    fn constants(&self) -> Vec<TorchConstant> {
        let train = self.train;
        let mut own = Torch::default();
        own.constant("epochs", train.epochs, "passes over the training samples");
        own.constant("batch", train.batch, "samples a step, over all processes together");
        own.constant("learning_rate", train.learning_rate, "step size");
        match train.method() {
            Method::Adam => {}
            Method::AdamW { decay } => {
                own.constant("weight_decay", decay, "how strongly each step shrinks the weights");
            }
            Method::Sgd { momentum } => {
                own.constant("momentum", momentum, "share of the last step that is taken again");
            }
        }
        if train.warmup > 0 {
            own.constant("warmup", train.warmup, "steps over which the learning rate rises to its full height");
        }
        if train.clip_norm > 0.0 {
            own.constant("clip_norm", train.clip_norm, "greatest norm of the gradient of a step");
        }
        own.constant("seed", train.seed, "of first weights, order and noise");
        own.constants().iter().chain(self.torch.constants()).cloned().collect()
    }

    fn constants_text(&self) -> String {
        let constants = self.constants();
        let line = |constant: &TorchConstant| format!("{} = {}", constant.name(), constant.value);
        let width = constants.iter().map(|constant| line(constant).len()).max().unwrap_or(0);
        let lines: Vec<String> =
            constants.iter().map(|constant| format!("{:width$}  # {}", line(constant), constant.about)).collect();
        lines.join("\n")
    }

    /// Names of what the program measures, in the order of every list.
    fn terms(&self) -> String {
        let measures = |id: MetricId| match id {
            MetricId::Loss | MetricId::Reconstruction | MetricId::SquaredError => true,
            MetricId::Kl | MetricId::Sigma => self.torch.says("log_var"),
            MetricId::CodeNorm => self.torch.says("code_norm"),
            MetricId::Sparsity => self.torch.says("sparsity"),
            MetricId::Contraction => self.torch.says("contractive"),
            MetricId::WeightNorm => self.torch.says("weight_norm"),
            MetricId::NegLogP
            | MetricId::CrossEntropy
            | MetricId::ErrorRate
            | MetricId::FreeEnergy
            | MetricId::Words
            | MetricId::WrongWords
            | MetricId::Whole => false,
            // No program is written of a game.
            MetricId::DiscriminatorLoss | MetricId::GeneratorLoss | MetricId::GameValue => false,
            MetricId::JensenShannon | MetricId::ModesCovered | MetricId::InModes => false,
        };
        let named = METRICS.iter().filter(|metric| measures(metric.id));
        named.map(|metric| format!("{:?}", metric.name)).collect::<Vec<_>>().join(", ")
    }

    fn optimizer(&self) -> String {
        let (name, constant) = match self.train.method() {
            Method::Adam => ("Adam", ""),
            Method::AdamW { .. } => ("AdamW", ", weight_decay=WEIGHT_DECAY"),
            Method::Sgd { .. } => ("SGD", ", momentum=MOMENTUM"),
        };
        format!("torch.optim.{name}(model.parameters(), lr=args.lr{constant})")
    }

    /// What the model file will say, as Python: settings that have a name stand under it, and what is known
    /// only after the training under its variable.
    fn header(&self) -> String {
        let constants = self.constants();
        let expression = |path: &str| {
            let known = match path {
                "training.epochs" => "args.epochs",
                "training.batch" => "args.batch",
                "training.learning_rate" => "args.lr",
                "input" => "json.loads(str(data[\"input\"]))",
                "classes" => "[str(name) for name in data[\"classes\"]]",
                "data" => "str(data[\"fingerprint\"])",
                "scaling.shift" => "data[\"shift\"].tolist()",
                "scaling.scale" => "data[\"scale\"].tolist()",
                "step" | "train_curve" | "test_curve" | "optim_steps" => path,
                _ => {
                    let (_, setting) = path.split_once('.')?;
                    return constants.iter().find(|constant| constant.path == setting).map(TorchConstant::name);
                }
            };
            Some(known.to_owned())
        };
        python::literal(&header_of(self.spec, self.train, self.scaling, &self.data.reading), &expression)
    }
}
