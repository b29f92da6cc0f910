//! The figure of divergences as it is written on the command line.

use super::FigureArgs;
use clap::{Parser, ValueEnum};
use std::path::PathBuf;

/// What of it is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PageName {
    /// KL both ways and JS.
    Divergences,
    /// ln p(x) = ELBO + KL.
    Bound,
    /// Two estimators of a gradient.
    Gradients,
}

/// The divergence that stands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DescendsName {
    /// KL(p‖q).
    Forward,
    /// KL(q‖p).
    Reverse,
    /// JS(p, q).
    Js,
}

/// Arguments of `divergences`.
#[derive(Debug, Parser)]
pub struct DivergencesArgs {
    /// What is drawn.
    #[arg(long, value_enum, default_value_t = PageName::Divergences)]
    pub page: PageName,
    /// A bump of p: its weight, mean and standard deviation; given again, another. Else two.
    #[arg(long, value_name = "WEIGHT,MEAN,SIGMA", allow_hyphen_values = true)]
    pub bump: Vec<String>,
    /// Mean and standard deviation of q.
    #[arg(long, value_name = "MEAN,SIGMA", allow_hyphen_values = true)]
    pub q: Option<String>,
    /// The divergence that stands out.
    #[arg(long, value_enum, default_value_t = DescendsName::Forward)]
    pub descends: DescendsName,
    /// The small model of the bound before its turns: share of the second Gaussian, both means, sigma.
    #[arg(long, value_name = "SHARE,MEAN,MEAN,SIGMA", allow_hyphen_values = true)]
    pub model: Option<String>,
    /// The bound's q before the turns: slope and offset of its logit.
    #[arg(long, value_name = "SLOPE,OFFSET", allow_hyphen_values = true)]
    pub guess: Option<String>,
    /// The bound's q may not hang on x.
    #[arg(long)]
    pub blind: bool,
    /// Whom each turn improves, such as qpqp.
    #[arg(long, value_name = "TURNS", default_value = "")]
    pub turns: String,
    /// Draws by which gradients are estimated.
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub draws: usize,
    /// Seed of the draws.
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
    /// How it looks.
    #[command(flatten)]
    pub figure: FigureArgs,
    /// Where it goes (.svg or .png).
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}
