//! The command line as it is written.

mod chain;
mod complete;
mod divergences;
mod figures;
mod find;
mod outliers;
mod pictures;
mod train;

use super::help;
use super::values::parse_seconds;
use crate::data::DataChoice;
use clap::{Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

pub use chain::ChainArgs;
pub use complete::CompleteArgs;
pub use divergences::{DescendsName, DivergencesArgs, PageName};
pub use figures::{CurvesArgs, FigureArgs, FigureTheme, PlaneArgs, TraverseArgs};
pub use find::{FindArgs, RankBy, RankMetric};
pub use outliers::OutliersArgs;
pub use pictures::{DecodeArgs, GridArgs, InterpolateArgs, WritingArgs};
pub use train::{ScriptArgs, SettingsArgs, TrainArgs};

/// See and feel what an autoencoder has learned.
///
/// Without a subcommand the window opens, on the embedded MNIST model unless told otherwise.
#[derive(Debug, Parser)]
#[command(version, after_help = help::PROGRAM)]
pub struct Args {
    /// The work to do without a window.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Model to open in the window.
    #[arg(long, value_name = "FILE")]
    pub model: Option<PathBuf>,
    /// Data to open in the window.
    #[arg(long)]
    pub data: Option<DataChoice>,
    /// How --data are read, such as data.label=species or data.side=32; `help inspect` lists what there is.
    #[arg(long = "set", value_name = "data.NAME=VALUE", requires = "data")]
    pub set: Vec<String>,
    /// Session to open in the window, with its data and models.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["model", "data", "set"])]
    pub session: Option<PathBuf>,
    /// How the window is drawn; auto takes a real GPU, else OpenGL in software.
    #[arg(long, value_enum, default_value_t = Renderer::Auto)]
    pub renderer: Renderer,
}

/// What draws the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Renderer {
    /// wgpu on a real GPU, else OpenGL.
    Auto,
    /// wgpu (Vulkan, Metal, DirectX).
    Wgpu,
    /// OpenGL.
    Glow,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Train a model and save it.
    #[command(after_help = help::TRAIN)]
    Train(TrainArgs),
    /// Write the same training as a program of PyTorch, for other machines.
    #[command(after_help = help::SCRIPT)]
    Script(ScriptArgs),
    /// Score a model on data.
    #[command(after_help = help::EVAL)]
    Eval(EvalArgs),
    /// Write the code of every sample.
    #[command(after_help = help::ENCODE)]
    Encode(EncodeArgs),
    /// Decode one code.
    #[command(after_help = help::DECODE)]
    Decode(DecodeArgs),
    /// Write a model as ONNX, for other programs.
    #[command(after_help = help::EXPORT)]
    Export(ExportArgs),
    /// Decode a grid of codes into one picture.
    #[command(after_help = help::GRID)]
    Grid(GridArgs),
    /// Walk from one code to another and decode the steps.
    #[command(after_help = help::INTERPOLATE)]
    Interpolate(InterpolateArgs),
    /// Follow the Gibbs chain of a Boltzmann machine from a sample.
    #[command(after_help = help::CHAIN)]
    Chain(ChainArgs),
    /// Find the training samples most like a text, a picture or a sample.
    #[command(after_help = help::FIND)]
    Find(FindArgs),
    /// Draw the rest of a picture of which some rows are given, pixel by pixel.
    #[command(after_help = help::COMPLETE)]
    Complete(CompleteArgs),

    /// List the samples that are unlike the others, or on which a regression hangs.
    #[command(after_help = help::OUTLIERS)]
    Outliers(OutliersArgs),
    /// Draw the plane of the codes as a figure for print.
    #[command(after_help = help::PLANE)]
    Plane(PlaneArgs),
    /// Draw what each dimension does as a figure for print.
    #[command(after_help = help::TRAVERSE)]
    Traverse(TraverseArgs),
    /// Draw the loss curves of models as a figure for print.
    #[command(after_help = help::CURVES)]
    Curves(CurvesArgs),
    /// Draw KL both ways, the evidence bound or two estimators of a gradient as a figure for print.
    #[command(after_help = help::DIVERGENCES)]
    Divergences(DivergencesArgs),
    /// Say what a data or model file is understood as.
    #[command(after_help = help::INSPECT)]
    Inspect(InspectArgs),
    /// Put what is said of autoencoders to the test.
    #[command(after_help = help::STUDY)]
    Study(StudyArgs),
    /// Measure how fast this machine trains and decodes.
    #[command(after_help = help::BENCH)]
    Bench(BenchArgs),
}

/// How results are reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Report {
    /// For people.
    Text,
    /// The last line of standard output is one JSON object.
    Json,
}

/// One of the two splits of data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SplitName {
    /// What the model learned from.
    Train,
    /// What it never saw.
    Test,
}

/// Which samples are encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum EncodedSplit {
    /// What the model learned from.
    Train,
    /// What it never saw.
    Test,
    /// Both, with a column that says which.
    All,
}

/// How codes are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum EncodedFormat {
    /// A table with labels and names.
    Csv,
    /// The codes alone, for numpy.
    Npy,
    /// Codes, log-variances, labels and names, for numpy.
    Npz,
    /// A folder for the Embedding Projector.
    Projector,
}

/// The part of a model that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ModelPart {
    /// From samples to codes.
    Encoder,
    /// From codes to samples.
    Decoder,
    /// Both in one.
    All,
}

/// Arguments of `inspect`.
#[derive(Debug, Parser)]
pub struct InspectArgs {
    /// A data folder or file, a model file, or the name of an embedded one.
    pub path: PathBuf,
    /// How data are read, such as data.label=species, and what a model file from elsewhere leaves open, such
    /// as model.activation=tanh.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub set: Vec<String>,
    /// How to report.
    #[arg(long, value_enum, default_value_t = Report::Text)]
    pub report: Report,
}

/// Arguments of `eval`.
#[derive(Debug, Parser)]
pub struct EvalArgs {
    /// The model.
    #[arg(long)]
    pub model: PathBuf,
    /// What to score it on.
    #[arg(long)]
    pub data: DataChoice,
    /// How the data are read, such as data.max_bytes=8000000000, and what a model file from elsewhere leaves
    /// open, such as model.activation=tanh.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub set: Vec<String>,
    /// Only this split; else both.
    #[arg(long, value_enum)]
    pub split: Option<SplitName>,
    /// Also estimate ln p(x) with so many importance samples an image, in two dimensions by quadrature too;
    /// of a Boltzmann machine with ln Z summed up to 24 units of a layer, beyond that by so many annealed
    /// chains.
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub samples: Option<u32>,
    /// How to report.
    #[arg(long, value_enum, default_value_t = Report::Text)]
    pub report: Report,
}

/// Arguments of `encode`.
#[derive(Debug, Parser)]
pub struct EncodeArgs {
    /// The model.
    #[arg(long)]
    pub model: PathBuf,
    /// What to encode.
    #[arg(long)]
    pub data: DataChoice,
    /// How the data are read, such as data.max_bytes=8000000000, and what a model file from elsewhere leaves
    /// open, such as model.activation=tanh.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub set: Vec<String>,
    /// Which split.
    #[arg(long, value_enum, default_value_t = EncodedSplit::Test)]
    pub split: EncodedSplit,
    /// Where the codes go: .csv (index, split, label, name, z0, z1, …), .npy, .npz, or a folder for the
    /// Projector.
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// How they are written; else as the file's ending says.
    #[arg(long, value_enum)]
    pub format: Option<EncodedFormat>,
    /// A .csv also holds the log-variances of the codes, where the model has any.
    #[arg(long)]
    pub log_var: bool,
}

/// Arguments of `export`.
#[derive(Debug, Parser)]
pub struct ExportArgs {
    /// The model.
    #[arg(long)]
    pub model: PathBuf,
    /// Which part of it.
    #[arg(long, value_enum, default_value_t = ModelPart::All)]
    pub part: ModelPart,
    /// Where it goes (.onnx).
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}

/// Arguments of `bench`.
#[derive(Debug, Parser)]
pub struct BenchArgs {
    /// Seconds for each measurement.
    #[arg(long, default_value_t = 4.0, value_parser = parse_seconds)]
    pub seconds: f64,
    /// Cores to use.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// How to report.
    #[arg(long, value_enum, default_value_t = Report::Text)]
    pub report: Report,
}

/// The studies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StudyName {
    /// Trains AE and VAE on drawn moons and measures how far the decode halfway between a full and a half
    /// moon lies from the nearest true moon.
    Halfway,
    /// Draws from the prior of a cvae, each told a class, and lets the nearest training images say what it
    /// shows.
    Labels,
    /// What few known labels are worth: a classifier from scratch, and on an encoder that saw all samples
    /// without their labels.
    LabelsKnown,
    /// Whether a linear autoencoder learns the plane of PCA.
    Linear,
    /// PCA against a deep autoencoder at 2 and 30 dimensions.
    Deep,
    /// Plain and denoising autoencoders on corrupted images.
    Denoising,
    /// How far codes move under noise, with a contractive penalty and without.
    Contraction,
    /// What becomes of the posterior's σ with the KL term off.
    Sigma,
    /// ln p(x) of unseen digits under mixtures of 1 to 100 Gaussians, beside a VAE.
    Mixtures,
    /// Whether codes of an autoencoder tell documents apart where those of LSA do not.
    Words,
    /// What is found by pixels, by PCA, and by the codes of an autoencoder.
    Search,
    /// How far what is drawn for the rest of a picture lies from the rest that it has, with 0, 5 and 10 rows
    /// given.
    Completion,
    /// Where descents of KL both ways end, and how far two estimators of a gradient scatter.
    Divergences,
    /// How many words of a sentence come back from its code, by the length of the sentence.
    Sentences,
    /// Whether a deep autoencoder must begin as a stack of Boltzmann machines: these, stacked autoencoders,
    /// and none, at equal steps.
    Pretraining,
}

/// Arguments of `study`.
#[derive(Debug, Parser)]
pub struct StudyArgs {
    /// Which study.
    #[arg(value_enum)]
    pub name: StudyName,
    /// The model of a study that needs one; else an embedded one.
    #[arg(long)]
    pub model: Option<PathBuf>,
    /// The data of a study that needs some; else embedded ones.
    #[arg(long)]
    pub data: Option<DataChoice>,
    /// How --data are read, such as data.words=in_order; `help inspect` lists what there is.
    #[arg(long = "set", value_name = "data.NAME=VALUE", requires = "data")]
    pub set: Vec<String>,
    /// Trainings of each kind, with seeds 0, 1, ….
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=50))]
    pub seeds: u8,
    /// Where its curves go, .svg or .png, of a study whose rows are steps along an axis: labels-known,
    /// mixtures, sentences.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// How to report.
    #[arg(long, value_enum, default_value_t = Report::Text)]
    pub report: Report,
    /// How a figure looks.
    #[command(flatten)]
    pub figure: FigureArgs,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clap_finds_no_fault() {
        use clap::CommandFactory;
        Args::command().debug_assert();
    }
}
