//! Trainings as they are written on the command line.

use super::Report;
use crate::cli::kinds::KindParser;
use crate::data::DataChoice;
use clap::Parser;
use std::path::PathBuf;

/// What is learned from, and the settings of model and training, as `train` and `script` take them.
#[derive(Debug, clap::Args)]
pub struct SettingsArgs {
    /// What to learn from.
    #[arg(long)]
    pub data: DataChoice,
    /// Length of a code.
    #[arg(long, value_name = "N")]
    pub latent_dim: Option<String>,
    /// Widths of the hidden layers, such as 512,256.
    #[arg(long, value_name = "LIST")]
    pub hidden: Option<String>,
    /// Passes over the training samples, counted from the first one also when resuming.
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub epochs: Option<String>,
    /// Samples in a mini-batch.
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub batch: Option<String>,
    /// Learning rate.
    #[arg(long, value_name = "F", allow_hyphen_values = true)]
    pub lr: Option<String>,
    /// Same seed, same model to the last bit.
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub seed: Option<String>,
    /// Weight of the KL divergence (vae, cvae).
    #[arg(long, value_name = "F", allow_hyphen_values = true)]
    pub beta: Option<String>,
    /// Any further setting, such as activation=tanh, likelihood=mse, code_l2=0.01, decoder_hidden=256,512;
    /// data.max_bytes=N lets a file hold more, model.NAME=VALUE is about the file to resume.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub set: Vec<String>,
}

/// Arguments of `train`.
#[derive(Debug, Parser)]
pub struct TrainArgs {
    /// Kind of model, such as pca, ae, denoising, vae; `help` lists every kind and its settings.
    #[arg(long, required_unless_present = "resume", value_parser = KindParser)]
    pub kind: Option<String>,
    /// Where the model goes (.safetensors).
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Data and settings.
    #[command(flatten)]
    pub settings: SettingsArgs,
    /// Also write the losses of training and test split (.csv), a row a point of the charts.
    #[arg(long, value_name = "FILE")]
    pub losses: Option<PathBuf>,
    /// Cores to use; the result does not depend on it.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Go on from this model file, exactly as if it had never stopped; from weights of PyTorch, with a new
    /// optimizer.
    #[arg(long, value_name = "FILE")]
    pub resume: Option<PathBuf>,
    /// Begin with the encoder of this model file and a softmax of its own (classifier); the settings of its
    /// layers are the encoder's, unless others are given.
    #[arg(long, value_name = "FILE", conflicts_with = "resume")]
    pub from: Option<PathBuf>,
    /// Leave the optimizer out of the file: a third of the size, but no exact resuming.
    #[arg(long)]
    pub slim: bool,
    /// How to report.
    #[arg(long, value_enum, default_value_t = Report::Text)]
    pub report: Report,
}

/// Arguments of `script`.
#[derive(Debug, Parser)]
pub struct ScriptArgs {
    /// Kind of model, such as ae, denoising, vae; `help` lists every kind and its settings.
    #[arg(long, value_parser = KindParser)]
    pub kind: String,
    /// Where the program goes (.py); its data lie beside it (.npz).
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Data and settings.
    #[command(flatten)]
    pub settings: SettingsArgs,
}
