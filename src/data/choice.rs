//! Which data: an embedded set by name, or a folder.

use super::{DataError, DataSplit, PictureReading, embedded, idx, images, malformed, moons, table};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::{Path, PathBuf};
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
    /// The embedded measures of iris flowers.
    Iris,
    /// The embedded analyses of wines.
    Wine,
    /// A folder of idx files, or of pictures.
    Folder(PathBuf),
    /// A table of numbers, as CSV.
    Table(PathBuf),
    /// A table whose rows are codes already.
    Codes(PathBuf),
}

/// How data are read.
#[derive(Clone, Debug)]
pub struct Reading {
    /// Most bytes that one file may hold when decompressed.
    pub max_bytes: u64,
    /// The column of a table that holds the class; empty for none, else it is looked for by name and content.
    pub label: Option<String>,
    /// Columns of a table that are left aside.
    pub ignored: Vec<String>,
    /// Share of samples kept to test with, where the data come in one piece that is cut by seed.
    pub test_share: f64,
    /// How pictures in files of their own are brought to one shape.
    pub pictures: PictureReading,
    /// Gives up reading once it is set.
    pub cancel: Cancel,
}

impl Default for Reading {
    fn default() -> Self {
        Self {
            max_bytes: 4 << 30,
            label: None,
            ignored: Vec::new(),
            test_share: 0.2,
            pictures: PictureReading::default(),
            cancel: Cancel::default(),
        }
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
            "data.label" => self.label = Some(text.trim().into()),
            "data.ignore" => {
                self.ignored = text.split(',').map(|name| name.trim().into()).collect();
                self.ignored.retain(|name: &String| !name.is_empty());
            }
            "data.split" => {
                let share = text.trim().parse().ok().filter(|share| (0.01..=0.9).contains(share));
                self.test_share = share.ok_or_else(|| {
                    format!(
                        "setting {path}: {text:?} is no share to test with from 0.01 to 0.9; write it like 0.2"
                    )
                })?;
            }
            "data.side" | "data.fit" | "data.colour" | "data.ground" => {
                self.pictures = self.pictures.with(path, text.trim())?;
            }
            _ => {
                return Err(format!(
                    "there is no setting {path:?} of how data are read; known are data.label, data.ignore, data.split, data.side, data.fit, data.colour, data.ground, data.max_bytes"
                ));
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
    pub const EMBEDDED: [Self; 6] =
        [Self::Mnist, Self::Emoji, Self::Moons, Self::FullHalf, Self::Iris, Self::Wine];

    /// What a path is taken for, by its ending: a table, else a folder.
    pub fn of_path(path: PathBuf) -> Self {
        let ending = path.extension().map(|ending| ending.to_ascii_lowercase());
        if ending.is_some_and(|ending| ["csv", "tsv"].iter().any(|own| ending == *own)) {
            Self::Table(path)
        } else {
            Self::Folder(path)
        }
    }

    /// The data at a path: a folder or a table; none for any other file.
    pub fn at_path(path: PathBuf) -> Option<Self> {
        let is_folder = path.is_dir();
        Some(Self::of_path(path)).filter(|choice| is_folder || matches!(choice, Self::Table(_)))
    }

    /// The file or folder that the data are read from; none for an embedded set.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Folder(path) | Self::Table(path) | Self::Codes(path) => Some(path),
            Self::Moons | Self::FullHalf | Self::Mnist | Self::Emoji | Self::Iris | Self::Wine => None,
        }
    }

    /// Name to show.
    pub fn title(&self) -> String {
        match self {
            Self::Moons => "Moons".into(),
            Self::FullHalf => "Full and half moons".into(),
            Self::Mnist => "MNIST digits".into(),
            Self::Emoji => "Emoji".into(),
            Self::Iris => "Iris flowers".into(),
            Self::Wine => "Wines".into(),
            Self::Folder(path) | Self::Table(path) | Self::Codes(path) => {
                path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into())
            }
        }
    }
}

impl FromStr for DataChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "" => Err("name a data set (mnist, emoji, moons, moons-full-half, iris, wine), a folder of pictures or idx files, or a .csv".into()),
            "moons" => Ok(Self::Moons),
            "moons-full-half" => Ok(Self::FullHalf),
            "mnist" => Ok(Self::Mnist),
            "emoji" => Ok(Self::Emoji),
            "iris" => Ok(Self::Iris),
            "wine" => Ok(Self::Wine),
            path => Ok(match path.strip_prefix("codes:") {
                Some(path) => Self::Codes(path.into()),
                None => Self::of_path(path.into()),
            }),
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
            Self::Iris => f.write_str("iris"),
            Self::Wine => f.write_str("wine"),
            Self::Codes(path) => write!(f, "codes:{}", path.display()),
            Self::Folder(path) | Self::Table(path) => path.display().fmt(f),
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
        DataChoice::Iris => embedded::iris(reading),
        DataChoice::Wine => embedded::wine(reading),
        DataChoice::Folder(path) => load_folder(path, reading),
        DataChoice::Table(path) => table::load(path, reading),
        DataChoice::Codes(path) => table::load_codes(path, reading),
    }
}

/// Loads a folder by what it holds.
fn load_folder(folder: &Path, reading: &Reading) -> Result<DataSplit, DataError> {
    if let Some(loaded) = idx::load_folder(folder, reading)? {
        return Ok(loaded);
    }
    images::load_folder(folder, reading)?.ok_or_else(|| {
        malformed(
            &folder.display().to_string(),
            "there is no picture in it, and no file named like train-images-idx3-ubyte (or with .gz); choose the folder that holds some",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_survive_printing_and_parsing() {
        for choice in DataChoice::EMBEDDED.into_iter().chain([
            DataChoice::Folder("some/folder".into()),
            DataChoice::Table("some/table.CSV".into()),
            DataChoice::Codes("some/codes.csv".into()),
        ]) {
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
        let reading =
            Reading::default().with("data.ignore", "a, b,").unwrap().with("data.label", " kind ").unwrap();
        assert_eq!(
            (&*reading.ignored, reading.label.as_deref()),
            (&["a", "b"].map(String::from)[..], Some("kind"))
        );
        assert_eq!(reading.with("data.split", "0.5").unwrap().test_share, 0.5);
        for bad in ["0", "1", "nan", "half"] {
            assert!(Reading::default().with("data.split", bad).unwrap_err().contains("0.01 to 0.9"));
        }
        assert!(Reading::default().with("data.color", "red").unwrap_err().contains("data.max_bytes"));
    }
}
