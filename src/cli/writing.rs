//! Codes written out as sentences, by a model that writes any: `decode` and `interpolate` without a picture.

use super::UsageError;
use super::model_commands::extension;
use super::parse::WritingArgs;
use super::say::say;
use crate::data::tokens_of;
use crate::model::{Choose, FrozenModel, Writing};
use crate::nn::Scratch;
use crate::picture::Shown;
use crate::store;
use anyhow::{Result, anyhow};
use ndarray::ArrayView2;
use std::path::Path;

impl WritingArgs {
    /// Where a picture is to go; none where `out`, or that there is none, asks for text. What cannot be done
    /// with this model, or only with text, is refused.
    pub fn picture_at<'a>(
        &self,
        out: Option<&'a Path>,
        model: &dyn FrozenModel,
    ) -> Result<Option<&'a Path>, UsageError> {
        let refused = |said: String| Err(UsageError(said));
        let is_of_text = out.is_none_or(|out| extension(out) == "txt");
        let writes = model.writer().is_some();
        match (out, self.given()) {
            (_, Some(option)) if !writes => {
                refused(format!("--{option}: this model writes no sentences; leave it out"))
            }
            (_, Some(option)) if !is_of_text => refused(format!(
                "--{option}: it is about sentences as text; leave --out away, or let it end in .txt"
            )),
            (_, _) if is_of_text && writes => Ok(None),
            (Some(out), _) if is_of_text => refused(format!(
                "--out {}: this model writes no sentences; choose the ending of a picture, .png",
                out.display()
            )),
            (None, _) => {
                refused("--out is missing: this model writes no sentences, so say where the picture goes".into())
            }
            (Some(out), _) => Ok(Some(out)),
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

    /// How `model` is to write.
    fn writing(&self, model: &dyn FrozenModel) -> Result<Writing, UsageError> {
        let first = match &self.first {
            Some(text) => {
                tokens_of(text, &model.info().output).map_err(|e| UsageError(format!("--first: {e}")))?
            }
            None => Vec::new(),
        };
        let choose = match (self.beam, self.temperature) {
            (Some(width), _) => Choose::Beam { width: usize::from(width) },
            (None, Some(temperature)) => Choose::Drawn { temperature, seed: self.seed },
            (None, None) => Choose::Likeliest,
        };
        Ok(Writing { first, choose })
    }

    /// Writes the sentences of codes `z` [n, latent_dim], a line each, to `out` or standard output.
    pub fn write(&self, z: ArrayView2<f32>, model: &dyn FrozenModel, out: Option<&Path>) -> Result<()> {
        let writer = model.writer().ok_or_else(|| anyhow!("this model writes no sentences"))?;
        let tokens = writer.write(z, &self.writing(model)?, &mut Scratch::default());
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
