//! How sentences are written by commands, and codes written out as text: `decode` and `interpolate` without a
//! picture.

use super::UsageError;
use super::model_commands::extension;
use super::parse::WritingArgs;
use super::say::say;
use crate::model::FrozenModel;
use crate::nn::Scratch;
use crate::picture::{Shown, WordSearch, WritingSettings};
use crate::store;
use anyhow::{Result, anyhow};
use ndarray::ArrayView2;
use std::path::Path;

impl WritingArgs {
    /// Where a picture is to go; none where `out`, or that there is none, asks for text. What cannot be done
    /// with this model is refused.
    pub fn picture_at<'a>(
        &self,
        out: Option<&'a Path>,
        model: &dyn FrozenModel,
    ) -> Result<Option<&'a Path>, UsageError> {
        let refused = |said: String| Err(UsageError(said));
        let is_of_text = out.is_none_or(|out| extension(out) == "txt");
        let writes = model.writer().is_some();
        self.settings(model)?;
        match out {
            _ if is_of_text && writes => Ok(None),
            Some(out) if is_of_text => refused(format!(
                "--out {}: this model writes no sentences; choose the ending of a picture, .png",
                out.display()
            )),
            None => {
                refused("--out is missing: this model writes no sentences, so say where the picture goes".into())
            }
            Some(out) => Ok(Some(out)),
        }
    }

    /// An option that was given, by name.
    fn given(&self) -> Option<&'static str> {
        let all = [
            ("first", self.first.is_some()),
            ("beam", self.beam.is_some()),
            ("temperature", self.temperature.is_some()),
        ];
        all.into_iter().find(|(_, is_given)| *is_given).map(|(name, _)| name)
    }

    /// How `model` is to write; what it cannot do is refused.
    pub fn settings(&self, model: &dyn FrozenModel) -> Result<WritingSettings, UsageError> {
        let Some(given) = self.given() else { return Ok(WritingSettings::default()) };
        if model.writer().is_none() {
            return Err(UsageError(format!("--{given}: this model writes no sentences; leave it out")));
        }
        let usual = WritingSettings::default();
        let search = match (self.beam, self.temperature) {
            (Some(_), _) => WordSearch::Beam,
            (None, Some(_)) => WordSearch::Drawn,
            (None, None) => WordSearch::Greedy,
        };
        let settings = WritingSettings {
            first: self.first.clone().unwrap_or_default(),
            search,
            temperature: self.temperature.unwrap_or(usual.temperature),
            seed: self.seed,
            width: self.beam.map_or(usual.width, usize::from),
        };
        match settings.of(model).1 {
            Some(problem) => Err(UsageError(format!("--first: {problem}"))),
            None => Ok(settings),
        }
    }

    /// Writes the sentences of codes `z` [n, latent_dim], a line each, to `out` or standard output.
    pub fn write(&self, z: ArrayView2<f32>, model: &dyn FrozenModel, out: Option<&Path>) -> Result<()> {
        let writer = model.writer().ok_or_else(|| anyhow!("this model writes no sentences"))?;
        let tokens = writer.write(z, &self.settings(model)?.of(model).0, &mut Scratch::default());
        let said = Shown::decoded(model, tokens.view(), 1).said().unwrap_or_default();
        let lines: Vec<String> = said.words.iter().map(|words| words.join(" ")).collect();
        let text = lines.join("\n");
        match out {
            Some(out) => Ok(store::write(out, format!("{text}\n").as_bytes())?),
            None => {
                say(text);
                Ok(())
            }
        }
    }
}
