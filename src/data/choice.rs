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

/// How data are read.
#[derive(Clone, Debug)]
pub struct Reading {
    /// Most bytes that one file may hold when decompressed.
    pub max_bytes: u64,
    /// Gives up reading once it is set.
    pub cancel: Cancel,
}

impl Default for Reading {
    fn default() -> Self {
        Self { max_bytes: 4 << 30, cancel: Cancel::default() }
    }
}

impl Reading {
    /// What the names of these settings begin with.
    pub const PREFIX: &str = "data.";

    /// The same with one setting changed, such as `data.max_bytes` to a number of bytes.
    pub fn with(mut self, path: &str, text: &str) -> Result<Self, String> {
        match path {
            "data.max_bytes" => {
                let bytes = text.trim().parse().ok().filter(|&bytes| bytes > 0);
                self.max_bytes = bytes.ok_or_else(|| {
                    format!("setting {path}: {text:?} is no number of bytes above 0; write it like 8000000000")
                })?;
            }
            _ => {
                return Err(format!("there is no setting {path:?} of how data are read; known is data.max_bytes"));
            }
        }
        Ok(self)
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

    /// Takes the wish back, for a thread that is asked again and again.
    pub fn clear(&self) {
        self.0.store(false, Ordering::Release);
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

/// Loads both splits; a folder's files are read as `reading` says.
pub fn load(choice: &DataChoice, reading: &Reading) -> Result<DataSplit, DataError> {
    match choice {
        DataChoice::Moons => moons::all_phases(),
        DataChoice::FullHalf => moons::full_and_half(),
        DataChoice::Mnist => embedded::mnist(),
        DataChoice::Emoji => embedded::emoji(),
        DataChoice::Folder(path) => idx::load_folder(path, reading),
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

    #[test]
    fn settings_of_reading_are_checked() {
        assert_eq!(Reading::default().with("data.max_bytes", "12").unwrap().max_bytes, 12);
        for bad in ["0", "-1", "4 GB", ""] {
            assert!(Reading::default().with("data.max_bytes", bad).unwrap_err().contains("number of bytes"));
        }
        assert!(Reading::default().with("data.colour", "red").unwrap_err().contains("data.max_bytes"));
    }
}
