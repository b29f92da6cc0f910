//! `halfmoon encode` and `halfmoon export`: what halfmoon knows, in the formats of others.

use super::UsageError;
use super::model_commands::{check_fit, extension};
use super::opening::Settings;
use super::parse::{EncodeArgs, EncodedFormat, EncodedSplit, ExportArgs, ModelPart};
use crate::store::{self, CodesFormat, Part, Split};
use crate::worker::pool::{Priority, available_threads, compute_pool};
use anyhow::{Result, anyhow, bail};

/// Writes the code of every sample of a split.
pub fn encode(args: &EncodeArgs) -> Result<()> {
    let format = format(args)?;
    if args.log_var && format != Some(CodesFormat::Csv) {
        let said =
            "--log-var: it adds columns to a .csv; a .npz always holds the log-variances, and the others never";
        return Err(UsageError(said.into()).into());
    }
    let (data, checkpoint) = Settings::of_files(&args.set)?.open_on(&args.model, &args.data)?;
    let model = &*checkpoint.trained.model;
    check_fit(model, &data)?;
    let split = match args.split {
        EncodedSplit::Train => Split::Train,
        EncodedSplit::Test => Split::Test,
        EncodedSplit::All => Split::All,
    };
    let pool = compute_pool("encode", available_threads(), Priority::Normal)?;
    let parts = pool
        .install(|| store::coded(model, &data, split, &|| false))
        .ok_or_else(|| anyhow!("this model has no encoder, so there are no codes to write"))?;
    match format {
        Some(format) => store::write(&args.out, &store::codes(&parts, format, args.log_var)?)?,
        None => drop(store::write_folder(&args.out, &store::projector(&parts)?)?),
    }
    Ok(())
}

/// The format that is asked for, by name or by the file's ending; none for the Projector's folder.
fn format(args: &EncodeArgs) -> Result<Option<CodesFormat>> {
    Ok(match args.format {
        Some(EncodedFormat::Csv) => Some(CodesFormat::Csv),
        Some(EncodedFormat::Npy) => Some(CodesFormat::Npy),
        Some(EncodedFormat::Npz) => Some(CodesFormat::Npz),
        Some(EncodedFormat::Projector) => None,
        None => match CodesFormat::of(&args.out) {
            Some(format) => Some(format),
            None => bail!(
                "{}: codes can be written as .csv, .npy or .npz, or into a folder with --format projector",
                args.out.display()
            ),
        },
    })
}

/// Writes a model as ONNX.
pub fn export(args: &ExportArgs) -> Result<()> {
    if extension(&args.out) != "onnx" {
        bail!(
            "{}: a model can be written as .onnx; halfmoon train --out writes its own .safetensors",
            args.out.display()
        );
    }
    let checkpoint = store::open(&args.model)?;
    let part = match args.part {
        ModelPart::Encoder => Part::Encoder,
        ModelPart::Decoder => Part::Decoder,
        ModelPart::All => Part::All,
    };
    Ok(store::write(&args.out, &store::onnx(&*checkpoint.trained.model, part)?)?)
}
