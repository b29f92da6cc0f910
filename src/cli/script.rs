//! `halfmoon script`.

use super::UsageError;
use super::parse::ScriptArgs;
use super::settings::{Asked, Start};
use crate::cli::say::say;
use crate::store::{ScriptError, write_script};
use anyhow::Result;

/// Writes a training as a program of PyTorch, with its data.
pub fn script(args: &ScriptArgs) -> Result<()> {
    let Asked { data, spec, train, .. } = Asked::read(Some(&args.kind), &args.settings, Start::default())?;
    let from = args.settings.data.path();
    let files = write_script(&args.out, (&spec, &train), &data, from).map_err(|e| match e {
        ScriptError::Store(_) | ScriptError::Template { .. } => anyhow::Error::from(e),
        asked => UsageError(asked.to_string()).into(),
    })?;
    let (program, beside) = (files.program.display(), files.data.display());
    say(format!("wrote {program} and {beside}, {:.1} MB", files.n_bytes as f64 / 1e6));
    say("start it with:");
    say("  pip install torch numpy safetensors");
    say(format!("  python {program}"));
    Ok(())
}
