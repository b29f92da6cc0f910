//! `halfmoon study`: small experiments that put what is said of autoencoders to the test, each with its
//! figures.
//!
//! To add a study: a file with a function that returns its table, and one line in [`run`].

mod completion;
mod contraction;
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

use super::parse::{Report, StudyArgs, StudyName};
use crate::cli::say::say;
use anyhow::Result;
use serde_json::{Value, json};

/// What a study found: lines for people, the same figures for machines.
pub struct Findings {
    /// A table as text.
    pub text: String,
    /// Its figures.
    pub json: Value,
}

impl Findings {
    /// With what follows from the figures, in words.
    fn and_so(mut self, said: &str) -> Self {
        self.text = format!("{}\n\n{said}", self.text);
        self.json["and_so"] = json!(said);
        self
    }

    /// Findings on several sets of data, one after the other.
    fn together(all: Vec<Self>) -> Self {
        let (texts, figures): (Vec<String>, Vec<Value>) = all.into_iter().map(|of| (of.text, of.json)).unzip();
        Self { text: texts.join("\n\n"), json: json!(figures) }
    }
}

/// Makes a study and prints what it found.
pub fn run(args: &StudyArgs) -> Result<()> {
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
    Ok(())
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
