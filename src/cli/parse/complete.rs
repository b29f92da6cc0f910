//! A completion as it is written on the command line.

use super::{Report, SplitName};
use crate::data::DataChoice;
use clap::Parser;
use std::path::PathBuf;

/// Arguments of `complete`.
#[derive(Debug, Parser)]
pub struct CompleteArgs {
    /// The model, one that learns pictures pixel by pixel.
    #[arg(long)]
    pub model: PathBuf,
    /// The data of the sample.
    #[arg(long)]
    pub data: DataChoice,
    /// The sample, counted from 0.
    #[arg(long, value_name = "I")]
    pub sample: usize,
    /// Which split --sample counts in.
    #[arg(long, value_enum, default_value_t = SplitName::Test)]
    pub split: SplitName,
    /// How many of its rows are given; the rest is drawn. Where a model has an order of its own, as many of
    /// its first pixels as these rows have.
    #[arg(long, value_name = "N")]
    pub given: usize,
    /// Same seed, same ending; further endings have the seeds that follow.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// How many endings are drawn, side by side.
    #[arg(long, value_name = "K", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=100))]
    pub endings: u16,
    /// How the data are read, such as data.max_bytes=8000000000.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub set: Vec<String>,
    /// Pixels along a side for each of the model's.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=16))]
    pub scale: u8,
    /// Where the endings go: .png, or .npy (a row an ending).
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// How to report.
    #[arg(long, value_enum, default_value_t = Report::Text)]
    pub report: Report,
}
