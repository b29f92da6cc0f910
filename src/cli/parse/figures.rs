//! Figures for print as they are written on the command line.

use super::pictures::WritingArgs;
use crate::cli::values::parse_walk;
use crate::data::DataChoice;
use crate::latent::path::Walk;
use crate::picture::figure::Look;
use clap::{Parser, ValueEnum};
use std::ops::RangeInclusive;
use std::path::PathBuf;

/// Fewest and most pixels an inch, as the parser takes them.
const DPI: RangeInclusive<i64> = *Look::DPI.start() as i64..=*Look::DPI.end() as i64;

/// The theme of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FigureTheme {
    /// On white.
    Light,
    /// On the dark plane.
    Dark,
}

/// How a figure for print looks.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Figure for print")]
pub struct FigureArgs {
    /// Width in centimetres, which makes a figure of a .png too; one column of a paper is 8.5.
    #[arg(long, value_name = "CM")]
    pub width: Option<f32>,
    /// Pixels an inch of a .png, and of what a .svg holds as a picture.
    #[arg(long, default_value_t = Look::default().dpi, value_parser = clap::value_parser!(u16).range(DPI))]
    pub dpi: u16,
    /// Light on white, or dark.
    #[arg(long, value_enum, default_value_t = FigureTheme::Light)]
    pub theme: FigureTheme,
    /// Leave names away.
    #[arg(long)]
    pub no_names: bool,
    /// Leave axes away.
    #[arg(long)]
    pub no_axes: bool,
}

/// What only a plane of codes has.
const OF_CODES: [&str; 8] = ["z", "dims", "grid", "from_z", "to_z", "steps", "path", "no_rings"];

/// Arguments of `plane`.
#[derive(Debug, Parser)]
pub struct PlaneArgs {
    /// A model; given again, another beside it.
    #[arg(long, required = true)]
    pub model: Vec<PathBuf>,
    /// The data whose training samples are drawn.
    #[arg(long)]
    pub data: DataChoice,
    /// How the data are read, such as data.side=32, and what a model file from elsewhere leaves open.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub set: Vec<String>,
    /// Draw the data themselves in the place of codes: by two columns parted by a comma, or one as curves.
    #[arg(long, value_name = "NAMES", conflicts_with_all = OF_CODES)]
    pub columns: Option<String>,
    /// What models say of the data, parted by commas: density, discriminator, samples, reconstructions,
    /// gaussians, grid.
    #[arg(long, value_name = "WHAT", requires = "columns")]
    pub says: Option<String>,
    /// What stands above a model's plane; given once a model, as all that follow.
    #[arg(long)]
    pub title: Vec<String>,
    /// The code that the plane goes through; else the one nearest to the mean of the codes.
    #[arg(long, allow_hyphen_values = true)]
    pub z: Vec<String>,
    /// The dimensions across and up, `principal` for the directions along which the codes spread most, or
    /// `samples:A,B,C` for the plane through the codes of three training samples.
    #[arg(long)]
    pub dims: Vec<String>,
    /// What is seen, LOW:HIGH,LOW:HIGH; else, or as `codes`, what the codes take.
    #[arg(long, allow_hyphen_values = true)]
    pub range: Vec<String>,
    /// The edge of a grid, LOW:HIGH,LOW:HIGH.
    #[arg(long, allow_hyphen_values = true)]
    pub grid: Vec<String>,
    /// Where a path begins.
    #[arg(long, value_name = "Z", allow_hyphen_values = true)]
    pub from_z: Vec<String>,
    /// Where it ends.
    #[arg(long, value_name = "Z", allow_hyphen_values = true)]
    pub to_z: Vec<String>,
    /// Its steps.
    #[arg(long, requires = "from_z", default_value_t = 9, value_parser = clap::value_parser!(u16).range(2..=1000))]
    pub steps: u16,
    /// How it runs: linear, slerp, knn or geodesic, as `interpolate` has them.
    #[arg(long, requires = "from_z", value_parser = parse_walk, default_value = "linear")]
    pub path: Walk,
    /// The column that codes are coloured by; else their class.
    #[arg(long, value_name = "COLUMN")]
    pub colour_by: Option<String>,
    /// A class that is left away.
    #[arg(long, value_name = "CLASS")]
    pub hide: Vec<String>,
    /// Leave the names of classes on the plane away; the legend has them.
    #[arg(long)]
    pub no_class_names: bool,
    /// Leave the rings of the prior away.
    #[arg(long)]
    pub no_rings: bool,
    /// How it looks.
    #[command(flatten)]
    pub figure: FigureArgs,
    /// Where it goes (.svg or .png).
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}

/// Arguments of `traverse`.
#[derive(Debug, Parser)]
pub struct TraverseArgs {
    /// The model.
    #[arg(long)]
    pub model: PathBuf,
    /// The code whose other dimensions stay; else zero.
    #[arg(long, allow_hyphen_values = true)]
    pub z: Option<String>,
    /// The dimensions, from the top, such as 0,4,7; else all.
    #[arg(long, value_name = "LIST")]
    pub dims: Option<String>,
    /// Bounds of the sweep, LOW:HIGH for all, or one for each with commas between.
    #[arg(long, default_value = "-3:3", allow_hyphen_values = true)]
    pub range: String,
    /// Pictures in a row.
    #[arg(long, default_value_t = 9, value_parser = clap::value_parser!(u16).range(2..=33))]
    pub steps: u16,
    /// Class that a cvae is told.
    #[arg(long, value_name = "L")]
    pub label: Option<String>,
    /// What a model file from elsewhere leaves open, such as model.shape=1x28x28.
    #[arg(long = "set", value_name = "model.NAME=VALUE")]
    pub set: Vec<String>,
    /// How it looks.
    #[command(flatten)]
    pub figure: FigureArgs,
    /// How sentences are written.
    #[command(flatten)]
    pub writing: WritingArgs,
    /// Where it goes (.svg or .png).
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}

/// Arguments of `curves`.
#[derive(Debug, Parser)]
pub struct CurvesArgs {
    /// A model that was trained here; given again, another in the same charts.
    #[arg(long, required = true)]
    pub model: Vec<PathBuf>,
    /// What a model is called; given once a model, else its file's name.
    #[arg(long)]
    pub title: Vec<String>,
    /// What a model file from elsewhere leaves open.
    #[arg(long = "set", value_name = "model.NAME=VALUE")]
    pub set: Vec<String>,
    /// How it looks.
    #[command(flatten)]
    pub figure: FigureArgs,
    /// Where it goes (.svg or .png).
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}
