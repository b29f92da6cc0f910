//! A search as it is written on the command line.

use super::{Report, SplitName};
use crate::data::DataChoice;
use clap::{Parser, ValueEnum};
use std::path::PathBuf;

/// What samples are compared by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RankBy {
    /// The model's codes.
    Code,
    /// The samples themselves: pixels, columns, of documents their words by tf·idf.
    Input,
    /// The codes of LSA, as long as the model's.
    Lsa,
    /// The codes of PCA, as long as the model's.
    Pca,
}

/// How far apart two samples are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RankMetric {
    /// √Σ(a − b)².
    Euclid,
    /// 1 − a·b / (‖a‖ ‖b‖).
    Cosine,
}

/// Arguments of `find`.
#[derive(Debug, Parser)]
#[command(group = clap::ArgGroup::new("query").required(true))]
pub struct FindArgs {
    /// The model.
    #[arg(long)]
    pub model: PathBuf,
    /// The data whose training samples are ranked.
    #[arg(long)]
    pub data: DataChoice,
    /// Words to look for: of documents and sentences a text, of other data a part of a sample's name.
    #[arg(long, value_name = "WORDS", group = "query")]
    pub text: Option<String>,
    /// A picture to look for.
    #[arg(long, value_name = "FILE", group = "query")]
    pub image: Option<PathBuf>,
    /// A sample to look for, counted from 0; it is left out of its own lists.
    #[arg(long, value_name = "I", group = "query")]
    pub sample: Option<usize>,
    /// Which split --sample counts in.
    #[arg(long, value_enum, default_value_t = SplitName::Train, requires = "sample")]
    pub split: SplitName,
    /// How many are found.
    #[arg(short, value_name = "K", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub k: u16,
    /// What samples are compared by; given again, another list. Else all that there are.
    #[arg(long, value_enum)]
    pub by: Vec<RankBy>,
    /// How far apart two samples are.
    #[arg(long, value_enum, default_value_t = RankMetric::Euclid)]
    pub metric: RankMetric,
    /// Also how often the nearest 1, 2, 5, 10, 20 and 50 are of the class of a test sample, over all of
    /// these.
    #[arg(long)]
    pub precision: bool,
    /// Class that a cvae is told; else that of --sample.
    #[arg(long, value_name = "L")]
    pub label: Option<String>,
    /// How the data are read, such as data.max_bytes=8000000000, and what a model file from elsewhere leaves
    /// open, such as model.activation=tanh.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub set: Vec<String>,
    /// How to report.
    #[arg(long, value_enum, default_value_t = Report::Text)]
    pub report: Report,
}
