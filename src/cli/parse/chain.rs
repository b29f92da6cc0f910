//! A Gibbs chain as it is written on the command line.

use super::SplitName;
use crate::data::DataChoice;
use clap::Parser;
use std::path::PathBuf;

/// Arguments of `chain`.
#[derive(Debug, Parser)]
pub struct ChainArgs {
    /// The model, a Boltzmann machine.
    #[arg(long)]
    pub model: PathBuf,
    /// The data that the chain begins in.
    #[arg(long)]
    pub data: DataChoice,
    /// How the data are read, such as data.max_bytes=8000000000.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub set: Vec<String>,
    /// The sample that it begins at, counted from 0.
    #[arg(long, value_name = "I", default_value_t = 0)]
    pub sample: u32,
    /// Which split --sample counts in.
    #[arg(long, value_enum, default_value_t = SplitName::Test)]
    pub split: SplitName,
    /// Pictures after the sample's own.
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub tiles: u16,
    /// Steps of the chain from one picture to the next.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub every: u16,
    /// What the chain is drawn by.
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
    /// Pixels along a side for each of the model's.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=16))]
    pub scale: u8,
    /// Where the chain goes: a strip as .png, a film as .gif.
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}
