//! Outliers as they are asked for on the command line.

use super::{EncodedSplit, FigureArgs, Report};
use crate::data::DataChoice;
use crate::train::OutlierScore;
use clap::builder::PossibleValue;
use clap::{Parser, ValueEnum};
use std::path::PathBuf;

impl ValueEnum for OutlierScore {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Reconstruction, Self::LogP, Self::Rarity, Self::Neighbours, Self::Cook]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let (name, help) = match self {
            Self::Reconstruction => ("reconstruction", "Their error of reconstruction"),
            Self::LogP => ("ln-p", "ln p(x), of models that are a density"),
            Self::Rarity => ("rarity", "How much rarer their codes are than the usual one, in tens"),
            Self::Neighbours => ("neighbours", "The mean distance to their k nearest neighbours"),
            Self::Cook => ("cook", "Cook's distance in a regression of --column"),
        };
        Some(PossibleValue::new(name).help(help))
    }
}

/// Arguments of `outliers`.
#[derive(Debug, Parser)]
pub struct OutliersArgs {
    /// The model; neighbours and a regression on columns need none.
    #[arg(long)]
    pub model: Option<PathBuf>,
    /// The data.
    #[arg(long)]
    pub data: DataChoice,
    /// What samples are outlying by.
    #[arg(long, value_enum)]
    pub by: OutlierScore,
    /// Neighbours that are looked at, by neighbours and by rarity.
    #[arg(short, value_name = "K", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub k: u16,
    /// The column that is regressed, by cook.
    #[arg(long, value_name = "NAME")]
    pub column: Option<String>,
    /// What it is regressed on: codes, or names of columns parted by commas; else all other columns.
    #[arg(long, value_name = "codes|NAMES", requires = "column")]
    pub on: Option<String>,
    /// Which split; else all by cook, train by all others.
    #[arg(long, value_enum)]
    pub split: Option<EncodedSplit>,
    /// Only samples of this class.
    #[arg(long, value_name = "L")]
    pub class: Option<String>,
    /// How many are listed.
    #[arg(short, value_name = "N", default_value_t = 20)]
    pub n: u32,
    /// Where all of them go, the most outlying first (.csv); by cook of one split also the fit and its
    /// residuals as a figure (.svg or .png).
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// The sample without which a figure shows the fit too; else the one of the greatest distance.
    #[arg(long, value_name = "INDEX", requires = "column", requires = "out")]
    pub sample: Option<u32>,
    /// How a figure looks.
    #[command(flatten)]
    pub figure: FigureArgs,
    /// How the data are read, such as data.label=species, and what a model file from elsewhere leaves open,
    /// such as model.activation=tanh.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub set: Vec<String>,
    /// How to report.
    #[arg(long, value_enum, default_value_t = Report::Text)]
    pub report: Report,
}
