//! Samples to learn from: what a data set is, where it comes from, and how mini-batches are drawn from it.
//!
//! Images stay bytes and counts sparse until a batch is gathered; an image's features are ordered channel,
//! row, column. Values lie in memory once, and parts share them. Every file is hostile until checked: sizes
//! are compared with what the file holds before anything is allocated, and what is not finite is refused at
//! its place. Pictures in files of their own are brought to one size. Deliberately not here: augmentation,
//! and anything else that changes what was stored.

mod aligned;
mod arrays;
mod batches;
mod best;
mod by_hand;
mod choice;
mod dataset;
mod drawing;
mod embedded;
mod few;
mod file;
mod idx;
mod images;
mod kind;
mod known;
mod load;
mod mean;
mod measured;
mod moons;
mod nearest;
mod npy;
mod population;
mod progress;
mod read_settings;
mod reading;
mod scaling;
mod split;
mod spread;
mod table;
mod text;
mod toys;
mod tree;
mod values;
mod words;

pub use arrays::{Array, Numbers};
pub use batches::{Batches, SampleBatch};
pub use best::Best;
pub use by_hand::{ByHand, DrawnPoint};
pub use choice::DataChoice;
pub use dataset::Dataset;
pub use drawing::{Frame, Framed, Stroke, drawn, read_picture};
pub use file::{NotRead, is_text, no_file, read_whole, reason};
pub use idx::parse as parse_idx;
pub use images::{Colours, Fit, PictureReading, is_picture};
use kind::UNKNOWN_WORD;
pub use kind::{FIRST_WORD, PADDING, SampleKind, UNKNOWN};
pub use known::{Column, Labels};
pub use load::load;
pub use mean::mean;
pub use measured::{measured, measured_until};
pub use moons::{MOON_KIND, draw_moon};
pub use nearest::{Distance, nearest, nearest_by, usual_distance};
pub use population::{Population, normal_below};
pub use progress::{Cancel, Progress};
pub use read_settings::{ReadOption, ReadSettings, Setting};
pub use reading::{Gaps, Reading};
pub use scaling::{Scaling, ScalingRule};
pub use split::DataSplit;
pub use spread::spread_evenly;
pub use values::{Count, Rows, Shared, Values};
pub use words::{MAX_SENTENCE, TfIdf, inverse_document_frequency, term_frequency, tokens_of, typed};

use std::path::PathBuf;

/// Why data cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// A file could not be read at all.
    #[error("could not read {path}: {}; check the path and its permissions", reason(source))]
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

fn malformed(file: &str, problem: impl Into<String>) -> DataError {
    DataError::Malformed { file: file.into(), problem: problem.into() }
}
