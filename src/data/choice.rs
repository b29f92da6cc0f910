//! Which data: an embedded set by name, or a folder.

use super::{DataError, DataSplit, embedded, idx, moons};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Where data comes from, as the user names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DataChoice {
    /// Drawn moons of every phase.
    Moons,
    /// Drawn moons, full and half ones only.
    FullHalf,
    /// The embedded part of MNIST.
    Mnist,
    /// The embedded drawings of Twemoji.
    Emoji,
    /// A folder of idx files.
    Folder(PathBuf),
}

/// How much a file may ask for, and for how long.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Most bytes that one file may hold when decompressed.
    pub max_bytes: u64,
    /// Gives up reading once it is set.
    pub cancel: Cancel,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_bytes: 4 << 30, cancel: Cancel::default() }
    }
}

/// Set by one thread so that another gives up what it is doing; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Asks the work to stop.
    pub fn set(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Whether the work is to stop.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

impl DataChoice {
    /// The sets that need no file.
    pub const EMBEDDED: [Self; 4] = [Self::Mnist, Self::Emoji, Self::Moons, Self::FullHalf];

    /// Name to show.
    pub fn title(&self) -> String {
        match self {
            Self::Moons => "Moons".into(),
            Self::FullHalf => "Full and half moons".into(),
            Self::Mnist => "MNIST digits".into(),
            Self::Emoji => "Emoji".into(),
            Self::Folder(path) => {
                path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into())
            }
        }
    }
}

impl FromStr for DataChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "" => Err("name a data set (mnist, emoji, moons, moons-full-half) or a folder of idx files".into()),
            "moons" => Ok(Self::Moons),
            "moons-full-half" => Ok(Self::FullHalf),
            "mnist" => Ok(Self::Mnist),
            "emoji" => Ok(Self::Emoji),
            path => Ok(Self::Folder(path.into())),
        }
    }
}

impl fmt::Display for DataChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Moons => f.write_str("moons"),
            Self::FullHalf => f.write_str("moons-full-half"),
            Self::Mnist => f.write_str("mnist"),
            Self::Emoji => f.write_str("emoji"),
            Self::Folder(path) => path.display().fmt(f),
        }
    }
}

/// Loads both splits; a folder's files are read within `limits`.
pub fn load(choice: &DataChoice, limits: &Limits) -> Result<DataSplit, DataError> {
    match choice {
        DataChoice::Moons => moons::all_phases(),
        DataChoice::FullHalf => moons::full_and_half(),
        DataChoice::Mnist => embedded::mnist(),
        DataChoice::Emoji => embedded::emoji(),
        DataChoice::Folder(path) => idx::load_folder(path, limits),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_survive_printing_and_parsing() {
        for choice in DataChoice::EMBEDDED.into_iter().chain([DataChoice::Folder("some/folder".into())]) {
            assert_eq!(choice.to_string().parse::<DataChoice>(), Ok(choice));
        }
        assert!("".parse::<DataChoice>().is_err());
    }
}
