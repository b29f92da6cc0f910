//! Where what a session file names lies: weights, data and pictures, in relation to the file's own folder.

use super::Query;
use crate::data::DataChoice;
use crate::model::Answers;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Where weights are; nowhere for those that follow from the seed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WeightsAt {
    /// A trained model inside the program, by its name.
    Trained(String),
    /// A model file.
    File(PathBuf),
    /// A file of another program, with what it does not say.
    Foreign {
        /// The file.
        file: PathBuf,
        /// What was chosen.
        answers: Answers,
    },
}

impl WeightsAt {
    /// What [`crate::store::open`] opens.
    pub fn path(&self) -> PathBuf {
        match self {
            Self::Trained(name) => name.into(),
            Self::File(path) | Self::Foreign { file: path, .. } => path.clone(),
        }
    }

    /// What is chosen where the file says nothing.
    pub fn answers(&self) -> Answers {
        match self {
            Self::Foreign { answers, .. } => answers.clone(),
            Self::Trained(_) | Self::File(_) => Answers::new(),
        }
    }

    /// The same weights elsewhere; those inside the program stay where they are.
    pub fn moved(&self, to: impl Fn(&Path) -> PathBuf) -> Self {
        match self {
            trained @ Self::Trained(_) => trained.clone(),
            Self::File(path) => Self::File(to(path)),
            Self::Foreign { file, answers } => Self::Foreign { file: to(file), answers: answers.clone() },
        }
    }
}

/// A path as it is written in a file in `folder`: relative where it lies below, else whole.
pub fn from_folder(path: &Path, folder: &Path) -> PathBuf {
    let whole = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.into());
    let (path, folder) = (whole(path), whole(folder));
    path.strip_prefix(&folder).map_or_else(|_| path.clone(), Path::to_path_buf)
}

/// The same query elsewhere; what is drawn or typed needs no file.
pub fn moved_query(query: &Query, to: impl Fn(&Path) -> PathBuf) -> Query {
    match query {
        Query::File(path) => Query::File(to(path)),
        other => other.clone(),
    }
}

/// The same data elsewhere; what needs no file stays what it is.
///
/// By way of the names that data have in files, so that any kind of data with a path is moved.
pub fn moved(data: &DataChoice, to: impl Fn(&Path) -> PathBuf) -> Result<DataChoice, String> {
    let unwritable =
        |e: serde_json::Error| format!("the path of the data cannot be written down ({e}); rename it");
    let mut named = serde_json::to_value(data).map_err(unwritable)?;
    for path in named.as_object_mut().into_iter().flat_map(|named| named.values_mut()) {
        if let Some(text) = path.as_str() {
            *path = serde_json::to_value(to(Path::new(text))).map_err(unwritable)?;
        }
    }
    serde_json::from_value(named).map_err(unwritable)
}
