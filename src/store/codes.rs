//! Codes as files that other programs read: CSV, and numpy's `.npy` and `.npz`.

use super::StoreError;
use super::npz::Npz;
use crate::data::{DataSplit, Dataset};
use crate::model::{Codes, FrozenModel};
use crate::train;
use ndarray::{Array2, ArrayView2, Axis, concatenate};
use ndarray_npy::WriteNpyExt;
use serde::{Deserialize, Serialize};
use std::io::Cursor;
use std::path::Path;

/// Which samples are encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Split {
    /// Those that the model learned from.
    Train,
    /// Those that it never saw.
    Test,
    /// Both, the training samples first.
    All,
}

impl Split {
    /// How many samples of the data these are.
    pub fn n_samples(self, data: &DataSplit) -> usize {
        self.of(data).iter().map(|(_, data)| data.n_samples()).sum()
    }

    /// The parts of the data, with their names. Where the rows are codes already there is but one.
    fn of(self, data: &DataSplit) -> Vec<(&'static str, &Dataset)> {
        let (train, test) = (("train", &data.train), ("test", &data.test));
        match self {
            Self::All if data.train.are_codes() => vec![train],
            Self::All => vec![train, test],
            Self::Train => vec![train],
            Self::Test => vec![test],
        }
    }
}

/// How a table of codes is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodesFormat {
    /// Text: index, split (where there are several), label, name, z0, z1, ….
    Csv,
    /// The codes alone, [n, latent_dim].
    Npy,
    /// Arrays by name: z, log_var, label, label_names, name, split, index.
    Npz,
}

impl CodesFormat {
    /// The format that the name of a file asks for.
    pub fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_ascii_lowercase().to_str()? {
            "csv" => Some(Self::Csv),
            "npy" => Some(Self::Npy),
            "npz" => Some(Self::Npz),
            _ => None,
        }
    }
}

/// The codes of one part of the data.
pub struct CodedPart<'a> {
    /// `train` or `test`.
    pub split: &'static str,
    /// The samples.
    pub data: &'a Dataset,
    /// Their codes, in the same order.
    pub codes: Codes,
}

/// Encodes the samples of a split; none without an encoder, or once `is_cancelled` says so.
pub fn coded<'a>(
    model: &dyn FrozenModel,
    data: &'a DataSplit,
    split: Split,
    is_cancelled: &(dyn Fn() -> bool + Sync),
) -> Option<Vec<CodedPart<'a>>> {
    let encode = |(split, data): (&'static str, &'a Dataset)| {
        let indices: Vec<u32> = (0..data.n_samples() as u32).collect();
        let codes = train::encode(model, data, &indices, is_cancelled)?;
        Some(CodedPart { split, data, codes })
    };
    split.of(data).into_iter().map(encode).collect()
}

/// A table of codes in a format; with `log_var`, a CSV has the log-variances too, where there are any.
pub fn codes(parts: &[CodedPart<'_>], format: CodesFormat, log_var: bool) -> Result<Vec<u8>, StoreError> {
    match format {
        CodesFormat::Csv => csv(parts, log_var),
        CodesFormat::Npy => npy(stacked(parts, |codes| Some(&codes.mu)).unwrap_or_default().view()),
        CodesFormat::Npz => npz(parts),
    }
}

/// One of the codes' arrays, of all parts one under the other.
fn stacked(parts: &[CodedPart<'_>], of: impl Fn(&Codes) -> Option<&Array2<f32>>) -> Option<Array2<f32>> {
    let parts: Option<Vec<ArrayView2<'_, f32>>> = parts.iter().map(|part| Some(of(&part.codes)?.view())).collect();
    concatenate(Axis(0), &parts?).ok()
}

/// Every sample as its part and its place in it.
pub fn samples<'p, 'a>(parts: &'p [CodedPart<'a>]) -> impl Iterator<Item = (&'p CodedPart<'a>, usize)> {
    parts.iter().flat_map(|part| (0..part.data.n_samples()).map(move |idx| (part, idx)))
}

/// Whether the class of every sample is known.
pub fn has_labels(parts: &[CodedPart<'_>]) -> bool {
    parts.iter().all(|part| part.data.labels().is_some())
}

/// Whether every sample has a name.
pub fn has_names(parts: &[CodedPart<'_>]) -> bool {
    parts.iter().all(|part| part.data.caption(0).is_some())
}

impl CodedPart<'_> {
    /// Name of a sample's class; none without labels.
    pub fn label(&self, idx: usize) -> Option<&str> {
        self.data.class_name_of(idx as u32)
    }
}

/// A table of codes: index in its split, split (where there are several), label and name (where known), z0,
/// z1, …, and on wish log_var0, log_var1, ….
fn csv(parts: &[CodedPart<'_>], with_log_var: bool) -> Result<Vec<u8>, StoreError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let Some(first) = parts.first() else { return Ok(Vec::new()) };
    let dims = 0..first.codes.mu.ncols();
    let log_var = |part: &CodedPart<'_>| part.codes.log_var.as_ref().filter(|_| with_log_var).is_some();
    let mut header = vec!["index".to_string()];
    header.extend((parts.len() > 1).then(|| "split".to_string()));
    header.extend(has_labels(parts).then(|| "label".to_string()));
    header.extend(has_names(parts).then(|| "name".to_string()));
    header.extend(dims.clone().map(|dim| format!("z{dim}")));
    header.extend(dims.filter(|_| log_var(first)).map(|dim| format!("log_var{dim}")));
    writer.write_record(&header).map_err(StoreError::csv)?;
    for (part, idx) in samples(parts) {
        let mut record = vec![idx.to_string()];
        record.extend((parts.len() > 1).then(|| part.split.to_string()));
        record.extend(part.label(idx).filter(|_| has_labels(parts)).map(String::from));
        record.extend(part.data.caption(idx).filter(|_| has_names(parts)).map(String::from));
        record.extend(part.codes.mu.row(idx).iter().map(f32::to_string));
        let log_var = part.codes.log_var.as_ref().filter(|_| with_log_var);
        record.extend(log_var.iter().flat_map(|log_var| log_var.row(idx)).map(f32::to_string));
        writer.write_record(&record).map_err(StoreError::csv)?;
    }
    writer.into_inner().map_err(StoreError::csv)
}

/// A matrix as `.npy`, single precision, row-major.
pub fn npy(matrix: ArrayView2<f32>) -> Result<Vec<u8>, StoreError> {
    let mut bytes = Vec::new();
    matrix.write_npy(&mut bytes).map_err(|e| StoreError::Format { format: "npy", problem: e.to_string() })?;
    Ok(bytes)
}

/// Characters of a name that are kept: every one of an array takes as much room as the longest.
const MAX_CHARS: usize = 256;

/// All that is known of the codes as arrays by name.
fn npz(parts: &[CodedPart<'_>]) -> Result<Vec<u8>, StoreError> {
    let written = || -> std::io::Result<Vec<u8>> {
        let mut npz = Npz::new(Cursor::new(Vec::new()));
        for (name, values) in [
            ("z", stacked(parts, |codes| Some(&codes.mu))),
            ("log_var", stacked(parts, |codes| codes.log_var.as_ref())),
        ] {
            if let Some(values) = values {
                npz.floats(name, values.shape(), crate::nn::flat(&values))?;
            }
        }
        let of_samples: Vec<(&CodedPart<'_>, usize)> = samples(parts).collect();
        if has_labels(parts) {
            let labels = || parts.iter().filter_map(|part| part.data.labels());
            let of = labels().flat_map(|labels| labels.of.iter().map(|&of| i64::from(of)));
            npz.whole("label", &of.collect::<Vec<i64>>())?;
            let names = labels().next().map_or(&[][..], |labels| &labels.names);
            npz.words("label_names", &names.iter().map(String::as_str).collect::<Vec<_>>(), MAX_CHARS)?;
        }
        if has_names(parts) {
            let names = of_samples.iter().filter_map(|(part, idx)| part.data.caption(*idx));
            npz.words("name", &names.collect::<Vec<_>>(), MAX_CHARS)?;
        }
        npz.words("split", &of_samples.iter().map(|(part, _)| part.split).collect::<Vec<_>>(), MAX_CHARS)?;
        npz.whole("index", &of_samples.iter().map(|(_, idx)| *idx as i64).collect::<Vec<_>>())?;
        npz.finish().map(Cursor::into_inner)
    };
    written().map_err(|e| StoreError::Format { format: "npz", problem: e.to_string() })
}

#[cfg(test)]
#[path = "codes_tests.rs"]
mod tests;
