//! The data and settings that a command asks for.

use super::UsageError;
use super::model_commands::{load_data, name_and_value};
use super::opening::Settings;
use super::parse::SettingsArgs;
use crate::data::{DataSplit, Dataset, ReadSettings};
use crate::model::{ClassifierSpec, ModelSpec, Question, Settings as _, ValidSpec};
use crate::train::{Checkpoint, TrainSpec, on_encoder_of};
use anyhow::Result;
use std::path::Path;

/// What is to be trained, on what, and how.
pub struct Asked {
    /// What to learn from.
    pub data: DataSplit,
    /// The model.
    pub spec: ValidSpec,
    /// How to train it.
    pub train: TrainSpec,
    /// The model that training goes on from.
    pub resumed: Option<Checkpoint>,
    /// First weights that come from another model's encoder.
    pub first: Option<Checkpoint>,
}

/// The file that a training goes on from, or that the encoder's first weights come from.
#[derive(Clone, Copy, Default)]
pub struct Start<'a> {
    /// As if it had never stopped.
    pub resume: Option<&'a Path>,
    /// With another model on top.
    pub from: Option<&'a Path>,
}

impl Asked {
    /// Loads the data and puts the settings together, on top of those of the model at `resume` where training
    /// goes on, or of the encoder of that at `from`.
    pub fn read(kind: Option<&str>, args: &SettingsArgs, Start { resume, from }: Start<'_>) -> Result<Self> {
        let set = Settings::of(&args.set)?;
        if let (None, Some(name)) = (resume.or(from), set.answers.keys().next()) {
            let prefix = Question::PREFIX;
            let said = format!("--set {prefix}{name}: it is about a file to --resume, and none is given");
            return Err(UsageError(said).into());
        }
        let (data, opened) = match resume.or(from) {
            Some(file) => set.open_on(file, &args.data).map(|(data, model)| (data, Some(model)))?,
            None => (load_data(&args.data, &ReadSettings::default(), &set.of_data)?, None),
        };
        if data.train.are_codes() {
            let message =
                format!("--data {}: these are codes, of which nothing is to be learned; give the data", args.data);
            return Err(UsageError(message).into());
        }
        let (resumed, source) = if from.is_some() { (None, opened) } else { (opened, None) };
        let (model, train) = settings(kind, args, &set.others, (resumed.as_ref(), source.as_ref()), &data.train)?;
        train.check_ranges().map_err(UsageError::from)?;
        let spec = model.check(data.train.kind(), data.train.classes()).map_err(UsageError::from)?;
        let first = match (&source, from) {
            (Some(source), Some(file)) => {
                let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy();
                let first = on_encoder_of(&spec, &train, &source.trained, &name, &data);
                Some(first.map_err(|problem| UsageError(format!("--from {}: {problem}", file.display())))?)
            }
            _ => None,
        };
        Ok(Self { data, spec, train, resumed, first })
    }
}

/// How the window reads its data, by settings of which each is `data.NAME=VALUE`.
pub fn window_reading(set: &[String]) -> Result<ReadSettings, UsageError> {
    set.iter().try_fold(ReadSettings::default(), |settings, setting| {
        let (name, text) = name_and_value(setting)?;
        settings.with(name, text).map_err(UsageError)
    })
}

/// The settings asked for, on top of the defaults, of the resumed file's own, or of the layers of the encoder
/// of `source`.
fn settings(
    kind: Option<&str>,
    args: &SettingsArgs,
    set: &[String],
    (resumed, source): (Option<&Checkpoint>, Option<&Checkpoint>),
    data: &Dataset,
) -> Result<(ModelSpec, TrainSpec), UsageError> {
    let (mut model, mut train) = match resumed {
        Some(from) => {
            let spec = from.trained.model.info().spec().map(|spec| spec.spec().clone());
            (spec.unwrap_or_default(), from.trained.train.clone())
        }
        None => (ModelSpec::default(), TrainSpec::default().fitted_to(data.n_samples(), usize::MAX)),
    };
    if let Some(kind) = kind {
        if resumed.is_none() {
            model = ModelSpec::of_kind(kind)?.fitted_to(data.kind());
        } else if kind != model.kind() {
            return Err(UsageError(format!("--kind {kind}: the resumed model is of kind {}", model.kind())));
        }
    }
    if let Some(source) = source {
        if !model.finds_the_label() {
            let said = "--from: an encoder is the first weights of a classifier; use --kind classifier";
            return Err(UsageError(said.into()));
        }
        let theirs = source.trained.model.info().spec().map(ValidSpec::spec);
        let on_it = theirs.and_then(|theirs| ClassifierSpec::on_encoder_of(&model, theirs, data.kind()));
        model = on_it.unwrap_or(model);
    }
    let named = [
        (model.length_setting(), &args.latent_dim),
        ("hidden", &args.hidden),
        ("beta", &args.beta),
        ("epochs", &args.epochs),
        ("batch", &args.batch),
        ("learning_rate", &args.lr),
        ("seed", &args.seed),
    ];
    let named = named.into_iter().filter_map(|(path, text)| Some((path.to_string(), text.clone()?)));
    let free = set.iter().map(|setting| name_and_value(setting).map(|(path, text)| (path.into(), text.into())));
    for setting in named.map(Ok).chain(free) {
        let (path, text) = setting?;
        if train.fields().iter().any(|field| field.path == path) {
            train = train.with(&path, &text)?;
        } else {
            model = model.with(&path, &text)?;
        }
    }
    Ok((model, train))
}
