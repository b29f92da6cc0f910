//! Samples to learn from: what a data set is, where it comes from, and how mini-batches are drawn from it.
//!
//! Images stay bytes until a batch is gathered; features are ordered channel, row, column. Every file is hostile until
//! checked: sizes are compared with what the file holds before anything is allocated. Deliberately not here: resizing,
//! augmentation, and anything that changes what was stored.

mod batches;
mod choice;
mod embedded;
mod idx;
mod moons;
mod nearest;

pub use batches::{Batches, SampleBatch};
pub use choice::{Cancel, DataChoice, Limits, load};
pub use idx::{Idx, parse as parse_idx};
pub use moons::{MOON_SIDE, draw_moon};
pub use nearest::{nearest, usual_distance};

use ndarray::{Array2, ArrayViewMut2};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

/// What one sample is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SampleKind {
    /// Pixels in [0, 1], ordered channel, row, column.
    Image {
        /// 1 for grey, 3 for red, green, blue.
        channels: usize,
        /// Rows.
        height: usize,
        /// Columns.
        width: usize,
    },
    /// Named numbers.
    Vector {
        /// One name a feature.
        names: Vec<String>,
    },
}

impl std::fmt::Display for SampleKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Image { channels: 1, height, width } => write!(f, "grey images of {width} × {height}"),
            Self::Image { channels: 3, height, width } => write!(f, "colour images of {width} × {height}"),
            Self::Image { channels, height, width } => write!(f, "images of {width} × {height} × {channels}"),
            Self::Vector { names } => write!(f, "{} named numbers", names.len()),
        }
    }
}

impl SampleKind {
    /// Number of features of a sample.
    pub fn n_features(&self) -> usize {
        match self {
            Self::Image { channels, height, width } => channels.saturating_mul(*height).saturating_mul(*width),
            Self::Vector { names } => names.len(),
        }
    }
}

/// The stored values of all samples, sample after sample.
#[derive(Clone, Debug)]
pub enum Values {
    /// Grey levels 0 to 255; read as [0, 1].
    Bytes(Arc<[u8]>),
    /// Numbers as they are.
    Floats(Arc<[f32]>),
}

/// The class of each sample.
#[derive(Clone, Debug)]
pub struct Labels {
    /// Names of the classes.
    pub names: Arc<[String]>,
    /// Class index of each sample.
    pub of: Arc<[u16]>,
}

/// A further known factor of each sample, to colour by.
#[derive(Clone, Debug)]
pub struct Column {
    /// Such as `phase`.
    pub name: String,
    /// Such as `degrees`; empty for a plain number.
    pub unit: String,
    /// One value a sample.
    pub values: Arc<[f32]>,
}

/// Why data cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// A file could not be read at all.
    #[error("could not read {path}: {source}; check the path and its permissions")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file does not hold what it should.
    #[error("{file}: {problem}")]
    Malformed {
        /// The file.
        file: String,
        /// What was seen, what was wanted, and what to do.
        problem: String,
    },
    /// The parts of a data set do not fit together.
    #[error("{0}")]
    Mismatch(String),
}

/// Samples of one kind with optional labels and columns; cheap to clone.
#[derive(Clone, Debug)]
pub struct Dataset {
    kind: SampleKind,
    values: Values,
    labels: Option<Labels>,
    columns: Vec<Column>,
    n_samples: usize,
    checksum: Arc<OnceLock<u32>>,
}

impl Dataset {
    /// Puts the parts together after checking that their lengths agree.
    pub fn new(
        kind: SampleKind,
        values: Values,
        labels: Option<Labels>,
        columns: Vec<Column>,
    ) -> Result<Self, DataError> {
        let n_values = match &values {
            Values::Bytes(bytes) => bytes.len(),
            Values::Floats(floats) => floats.len(),
        };
        let n_features = kind.n_features();
        if n_features == 0 || n_values == 0 || n_values % n_features != 0 {
            return Err(DataError::Mismatch(format!(
                "{n_values} values do not make whole samples of {n_features} features"
            )));
        }
        let n_samples = n_values / n_features;
        if let Some(labels) = &labels {
            if labels.of.len() != n_samples {
                return Err(DataError::Mismatch(format!(
                    "there are {} labels for {n_samples} samples; each sample needs one",
                    labels.of.len()
                )));
            }
            if let Some(bad) = labels.of.iter().find(|&&label| usize::from(label) >= labels.names.len()) {
                return Err(DataError::Mismatch(format!(
                    "label {bad} is beyond the {} class names",
                    labels.names.len()
                )));
            }
        }
        if let Some(column) = columns.iter().find(|column| column.values.len() != n_samples) {
            return Err(DataError::Mismatch(format!(
                "column {} has {} values for {n_samples} samples",
                column.name,
                column.values.len()
            )));
        }
        Ok(Self { kind, values, labels, columns, n_samples, checksum: Arc::default() })
    }

    /// Number of samples; at least one.
    pub fn n_samples(&self) -> usize {
        self.n_samples
    }

    /// Number of features of a sample.
    pub fn n_features(&self) -> usize {
        self.kind.n_features()
    }

    /// What a sample is.
    pub fn kind(&self) -> &SampleKind {
        &self.kind
    }

    /// The classes, if known.
    pub fn labels(&self) -> Option<&Labels> {
        self.labels.as_ref()
    }

    /// Names of the classes; none without labels.
    pub fn classes(&self) -> &[String] {
        self.labels.as_ref().map_or(&[], |labels| &labels.names)
    }

    /// The same samples with other names for their classes, at least as many as are used.
    pub fn with_classes(self, names: &[String]) -> Result<Self, DataError> {
        let labels = self.labels.map(|labels| Labels { names: names.into(), of: labels.of });
        Self::new(self.kind, self.values, labels, self.columns)
    }

    /// The classes of the samples `indices`; none without labels.
    pub fn labels_of(&self, indices: &[u32]) -> Vec<u16> {
        let of = self.labels.as_ref().map_or(&[][..], |labels| &labels.of);
        indices.iter().filter_map(|&idx| of.get(idx as usize).copied()).collect()
    }

    /// Further known factors.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Copies the samples `indices` into `out` [indices, features]; bytes are scaled to [0, 1].
    pub fn gather(&self, indices: &[u32], out: &mut Array2<f32>) {
        self.gather_rows(indices, out.view_mut());
    }

    /// As [`Self::gather`], into a part of a larger buffer.
    fn gather_rows(&self, indices: &[u32], mut out: ArrayViewMut2<'_, f32>) {
        let n = self.n_features();
        assert_eq!(out.dim(), (indices.len(), n), "gather: out is {:?}", out.dim());
        for (&idx, mut row) in indices.iter().zip(out.rows_mut()) {
            let start = idx as usize * n;
            match &self.values {
                Values::Bytes(bytes) => {
                    for (out, &byte) in row.iter_mut().zip(&bytes[start..start + n]) {
                        *out = f32::from(byte) / 255.0;
                    }
                }
                Values::Floats(floats) => {
                    for (out, &value) in row.iter_mut().zip(&floats[start..start + n]) {
                        *out = value;
                    }
                }
            }
        }
    }

    /// The stored bytes of an image, channel, row, column; none for other kinds.
    pub fn image(&self, idx: usize) -> Option<&[u8]> {
        let n = self.n_features();
        match (&self.kind, &self.values) {
            (SampleKind::Image { .. }, Values::Bytes(bytes)) => bytes.get(idx * n..(idx + 1) * n),
            _ => None,
        }
    }

    /// The samples from `range`, labels and columns included.
    pub fn slice(&self, range: std::ops::Range<usize>) -> Result<Self, DataError> {
        let n = self.n_features();
        let range = range.start.min(self.n_samples)..range.end.min(self.n_samples);
        let values = match &self.values {
            Values::Bytes(bytes) => Values::Bytes(bytes[range.start * n..range.end * n].into()),
            Values::Floats(floats) => Values::Floats(floats[range.start * n..range.end * n].into()),
        };
        let labels = self
            .labels
            .as_ref()
            .map(|labels| Labels { names: labels.names.clone(), of: labels.of[range.clone()].into() });
        let columns = self
            .columns
            .iter()
            .map(|column| Column { values: column.values[range.clone()].into(), ..column.clone() })
            .collect();
        Self::new(self.kind.clone(), values, labels, columns)
    }

    /// Address and size in bytes of the values.
    pub fn heap(&self) -> (usize, usize) {
        match &self.values {
            Values::Bytes(bytes) => (bytes.as_ptr() as usize, bytes.len()),
            Values::Floats(floats) => (floats.as_ptr() as usize, floats.len() * 4),
        }
    }

    /// A checksum (CRC-32) over the kind, the values and the labels, to recognise the data a model was trained on.
    pub fn checksum(&self) -> u32 {
        *self.checksum.get_or_init(|| {
            let mut hasher = crc32fast::Hasher::new();
            hasher.update(serde_json::to_string(&self.kind).unwrap_or_default().as_bytes());
            match &self.values {
                Values::Bytes(bytes) => hasher.update(bytes),
                Values::Floats(floats) => floats.iter().for_each(|value| hasher.update(&value.to_le_bytes())),
            }
            if let Some(labels) = &self.labels {
                labels.of.iter().for_each(|label| hasher.update(&label.to_le_bytes()));
            }
            hasher.finalize()
        })
    }

    /// The checksum as model files hold it.
    pub fn fingerprint(&self) -> String {
        format!("crc32:{:08x}", self.checksum())
    }
}

/// Samples to train on and samples to test with.
#[derive(Clone, Debug)]
pub struct DataSplit {
    /// Name to show.
    pub name: String,
    /// Samples to train on.
    pub train: Dataset,
    /// Samples the model never learns from.
    pub test: Dataset,
}

/// Class names "0", "1", … up to the largest label used.
fn numbered_classes(of: &[u16]) -> Arc<[String]> {
    let n = of.iter().max().map_or(0, |&label| usize::from(label) + 1);
    (0..n).map(|class| class.to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PIXELS: SampleKind = SampleKind::Image { channels: 1, height: 1, width: 2 };

    fn labels(of: &[u16]) -> Option<Labels> {
        Some(Labels { names: numbered_classes(of), of: of.into() })
    }

    #[test]
    fn parts_must_agree() {
        let values = || Values::Bytes([0, 255, 51, 102].as_slice().into());
        assert!(Dataset::new(PIXELS, values(), labels(&[0, 1]), vec![]).is_ok());
        assert!(Dataset::new(PIXELS, values(), labels(&[0]), vec![]).is_err());
        assert!(Dataset::new(PIXELS, Values::Bytes([1, 2, 3].as_slice().into()), None, vec![]).is_err());
        assert!(Dataset::new(PIXELS, Values::Bytes([].as_slice().into()), None, vec![]).is_err());
        let beyond = Some(Labels { names: ["a".to_string()].into(), of: [0, 1].as_slice().into() });
        assert!(Dataset::new(PIXELS, values(), beyond, vec![]).is_err());
        let column = Column { name: "tilt".into(), unit: String::new(), values: [1.0].as_slice().into() };
        assert!(Dataset::new(PIXELS, values(), None, vec![column]).is_err());
    }

    #[test]
    fn gather_scales_and_slice_keeps_everything_together() {
        let data =
            Dataset::new(PIXELS, Values::Bytes([0, 255, 51, 102].as_slice().into()), labels(&[1, 0]), vec![]);
        let data = data.unwrap();
        let mut out = Array2::zeros((2, 2));
        data.gather(&[1, 0], &mut out);
        assert_eq!(out, ndarray::array![[0.2, 0.4], [0.0, 1.0]]);
        let second = data.slice(1..2).unwrap();
        assert_eq!(second.image(0), Some([51, 102].as_slice()));
        assert_eq!(*second.labels().unwrap().of, [0]);
        assert_ne!(second.fingerprint(), data.fingerprint());
    }
}
