//! `halfmoon study`: small experiments that put what is said of autoencoders to the test, each with its
//! figures.
//!
//! To add a study: a file with a function that returns its table, and one line in [`run`]; where its rows are
//! steps along an axis, its curves and one line in [`StudyName::has_curves`].

mod completion;
mod contraction;
mod curves;
mod deep;
mod denoising;
mod divergences;
mod halfway;
mod labels;
mod labels_known;
mod linear;
mod mixtures;
mod pretraining;
mod search;
mod sentences;
mod sigma;
mod table;
mod words;

use super::UsageError;
use super::figures::check_format;
use super::parse::{Report, StudyArgs, StudyName};
use crate::cli::say::say;
use crate::picture::figure::{Sheet, sheet};
use anyhow::{Result, anyhow};
use clap::ValueEnum;
use serde_json::{Value, json};

/// What a study found: lines for people, the same figures for machines.
pub struct Findings {
    /// A table as text.
    pub text: String,
    /// Its figures.
    pub json: Value,
    /// The same as curves, where rows are steps along an axis.
    pub curves: Option<Sheet>,
}

impl Findings {
    /// Of a table.
    fn new(text: String, json: Value) -> Self {
        Self { text, json, curves: None }
    }

    /// With the same as curves.
    fn drawn(self, curves: Sheet) -> Self {
        Self { curves: Some(curves), ..self }
    }

    /// With what follows from the figures, in words.
    fn and_so(mut self, said: &str) -> Self {
        self.text = format!("{}\n\n{said}", self.text);
        self.json["and_so"] = json!(said);
        self
    }

    /// Findings on several sets of data, one after the other.
    fn together(all: Vec<Self>) -> Self {
        let (texts, figures): (Vec<String>, Vec<Value>) = all.into_iter().map(|of| (of.text, of.json)).unzip();
        Self::new(texts.join("\n\n"), json!(figures))
    }
}

impl StudyName {
    /// Whether what it finds can be drawn as curves.
    pub fn has_curves(self) -> bool {
        matches!(self, Self::LabelsKnown | Self::Mixtures | Self::Sentences)
    }
}

/// Makes a study, prints what it found and writes it as a figure where one is asked for.
pub fn run(args: &StudyArgs) -> Result<()> {
    check_figure(args)?;
    let findings = match args.name {
        StudyName::Halfway => halfway::study(args)?,
        StudyName::Labels => labels::study(args)?,
        StudyName::LabelsKnown => labels_known::study(args)?,
        StudyName::Linear => linear::study(args)?,
        StudyName::Deep => deep::study(args)?,
        StudyName::Denoising => denoising::study(args)?,
        StudyName::Contraction => contraction::study(args)?,
        StudyName::Sigma => sigma::study(args)?,
        StudyName::Mixtures => mixtures::study(args)?,
        StudyName::Words => words::study(args)?,
        StudyName::Pretraining => pretraining::study(args)?,
        StudyName::Search => search::study(args)?,
        StudyName::Completion => completion::study(args)?,
        StudyName::Divergences => divergences::study(args),
        StudyName::Sentences => sentences::study(args)?,
    };
    match args.report {
        Report::Text => say(findings.text),
        Report::Json => say(findings.json),
    }
    let Some(out) = &args.out else { return Ok(()) };
    let of = findings.curves.ok_or_else(|| anyhow!("{}: nothing that was found can be drawn", out.display()))?;
    args.figure.write(Some(sheet(&of, &args.figure.look()?)), out)
}

/// Checks what is asked for as a figure, before hours are spent on what would be in it.
fn check_figure(args: &StudyArgs) -> Result<()> {
    let Some(out) = &args.out else { return Ok(args.figure.check_none()?) };
    if !args.name.has_curves() {
        let name = |study: &StudyName| Some(study.to_possible_value()?.get_name().to_owned());
        let drawn = StudyName::value_variants().iter().filter(|study| study.has_curves()).filter_map(name);
        let said = format!(
            "--out: rows of this study are no steps along an axis; those of {} are",
            drawn.collect::<Vec<_>>().join(", ")
        );
        return Err(UsageError(said).into());
    }
    args.figure.look()?;
    check_format(out)
}

/// Mean and standard deviation over seeds.
fn mean_and_spread(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0).max(1.0);
    (mean, variance.sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spread_is_that_of_a_sample() {
        let (mean, spread) = mean_and_spread(&[1.0, 2.0, 3.0]);
        assert!((mean - 2.0).abs() < 1e-12 && (spread - 1.0).abs() < 1e-12);
        assert_eq!(mean_and_spread(&[4.0]), (4.0, 0.0));
    }
}
