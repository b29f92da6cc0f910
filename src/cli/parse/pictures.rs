//! Decoded pictures as they are written on the command line.

use super::{FigureArgs, SplitName};
use crate::cli::values::{parse_spacing, parse_temperature, parse_walk};
use crate::data::DataChoice;
use crate::latent::grid::Spacing;
use crate::latent::path::Walk;
use clap::Parser;
use std::path::PathBuf;

/// How a model of sentences writes.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Sentences")]
pub struct WritingArgs {
    /// The words that a sentence begins with.
    #[arg(long, value_name = "WORDS")]
    pub first: Option<String>,
    /// Keep so many beginnings at each word, and write the likeliest sentence that they lead to (beam
    /// search); else always the likeliest word is next.
    #[arg(long, value_name = "N", conflicts_with = "temperature", value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub beam: Option<u16>,
    /// Draw each word from p^(1/T): below 1 likely words are likelier still.
    #[arg(long, value_name = "T", value_parser = parse_temperature, allow_hyphen_values = true)]
    pub temperature: Option<f32>,
    /// Same seed, same draws.
    #[arg(long, value_name = "N", requires = "temperature", default_value_t = 0)]
    pub seed: u64,
}

/// Arguments of `decode`.
#[derive(Debug, Parser)]
pub struct DecodeArgs {
    /// The model.
    #[arg(long)]
    pub model: PathBuf,
    /// The code, such as 0.5,-1.2.
    #[arg(long, allow_hyphen_values = true)]
    pub z: String,
    /// Class that a cvae is told; `all` decodes every class in a row.
    #[arg(long, value_name = "L")]
    pub label: Option<String>,
    /// What a model file from elsewhere leaves open, such as model.shape=1x28x28.
    #[arg(long = "set", value_name = "model.NAME=VALUE")]
    pub set: Vec<String>,
    /// Pixels along a side for each of the model's, where no figure is asked for.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=16))]
    pub scale: u8,
    /// How a figure looks.
    #[command(flatten)]
    pub figure: FigureArgs,
    /// How a sentence is written.
    #[command(flatten)]
    pub writing: WritingArgs,
    /// Where it goes: .png, .npy or .csv (a column a feature, in the data's own units), or a figure, .svg; a
    /// sentence also as .txt, or without --out to standard output.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Arguments of `grid`.
#[derive(Debug, Parser)]
pub struct GridArgs {
    /// The model.
    #[arg(long)]
    pub model: PathBuf,
    /// The two dimensions to sweep, across and up.
    #[arg(long, default_value = "0,1")]
    pub dims: String,
    /// Bounds of the sweep, LOW:HIGH for both or LOW:HIGH,LOW:HIGH.
    #[arg(long, default_value = "-3:3", allow_hyphen_values = true)]
    pub range: String,
    /// Images a side; each shows the code at the centre of its cell.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=200))]
    pub steps: u16,
    /// The code whose other dimensions stay fixed; else zero.
    #[arg(long, allow_hyphen_values = true)]
    pub z: Option<String>,
    /// Even steps, or steps of equal prior probability.
    #[arg(long, value_parser = parse_spacing, default_value = "linear")]
    pub spacing: Spacing,
    /// Class that a cvae is told.
    #[arg(long, value_name = "L")]
    pub label: Option<String>,
    /// What a model file from elsewhere leaves open, such as model.shape=1x28x28.
    #[arg(long = "set", value_name = "model.NAME=VALUE")]
    pub set: Vec<String>,
    /// Pixels along a side for each of the model's, where no figure is asked for.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=16))]
    pub scale: u8,
    /// How a figure looks.
    #[command(flatten)]
    pub figure: FigureArgs,
    /// How sentences are written.
    #[command(flatten)]
    pub writing: WritingArgs,
    /// Where the picture goes: .png, or a figure, .svg.
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}

/// Arguments of `interpolate`.
#[derive(Debug, Parser)]
pub struct InterpolateArgs {
    /// The model.
    #[arg(long)]
    pub model: PathBuf,
    /// Data that --from and --to count in, and past whose codes --path knn goes.
    #[arg(long)]
    pub data: Option<DataChoice>,
    /// How the data are read, such as data.max_bytes=8000000000, and what a model file from elsewhere leaves
    /// open, such as model.activation=tanh.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub set: Vec<String>,
    /// Which split of the data.
    #[arg(long, value_enum, default_value_t = SplitName::Train, requires = "data")]
    pub split: SplitName,
    /// Sample to start from, counted from 0.
    #[arg(long, value_name = "I", requires = "data", conflicts_with = "from_z")]
    pub from: Option<usize>,
    /// Sample to end at, counted from 0.
    #[arg(long, value_name = "J", requires = "data", conflicts_with = "to_z")]
    pub to: Option<usize>,
    /// Code to start from, such as 0.5,-1.2.
    #[arg(
        long,
        value_name = "Z",
        requires = "to_z",
        required_unless_present = "from",
        allow_hyphen_values = true
    )]
    pub from_z: Option<String>,
    /// Code to end at.
    #[arg(
        long,
        value_name = "Z",
        requires = "from_z",
        required_unless_present = "to",
        allow_hyphen_values = true
    )]
    pub to_z: Option<String>,
    /// Pictures along the path, both ends among them.
    #[arg(long, default_value_t = 9, value_parser = clap::value_parser!(u16).range(2..=1000))]
    pub steps: u16,
    /// Straight (linear), along the arc (slerp), from code to code of the training samples (knn), or where
    /// the picture changes least (geodesic).
    #[arg(long, value_parser = parse_walk, default_value = "linear")]
    pub path: Walk,
    /// Class that a cvae is told.
    #[arg(long, value_name = "L")]
    pub label: Option<String>,
    /// Pixels along a side for each of the model's, where no figure is asked for.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=16))]
    pub scale: u8,
    /// How a figure looks.
    #[command(flatten)]
    pub figure: FigureArgs,
    /// How sentences are written.
    #[command(flatten)]
    pub writing: WritingArgs,
    /// Where the walk goes: a strip as .png, an animation there and back as .gif; sentences also as .txt, or
    /// without --out to standard output, a line a step.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}
