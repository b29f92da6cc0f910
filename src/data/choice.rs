//! Which data: an embedded set by name, or a path.

use super::ByHand;
use serde::{Deserialize, Serialize};
use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

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
    /// The same on 16 × 16 pixels.
    EmojiSmall,
    /// The embedded measures of iris flowers.
    Iris,
    /// The embedded analyses of wines.
    Wine,
    /// Points on two half circles.
    TwoMoons,
    /// Points of eight Gaussians on a circle.
    Ring,
    /// Points on two arms of a spiral.
    Spiral,
    /// Numbers of two Gaussians.
    Bumps,
    /// The embedded nouns with their definitions.
    Wordnet,
    /// The embedded example sentences.
    Sentences,
    /// A table that was drawn by hand.
    Drawn(ByHand),
    /// A file or folder; what it is, its content says.
    #[serde(alias = "folder", alias = "table", alias = "codes")]
    Path(PathBuf),
}

impl DataChoice {
    /// The sets that need no file.
    pub const EMBEDDED: [Self; 13] = [
        Self::Mnist,
        Self::Emoji,
        Self::EmojiSmall,
        Self::Moons,
        Self::FullHalf,
        Self::Iris,
        Self::Wine,
        Self::TwoMoons,
        Self::Ring,
        Self::Spiral,
        Self::Bumps,
        Self::Wordnet,
        Self::Sentences,
    ];

    /// The file or folder that the data are read from; none for an embedded set.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Path(path) => Some(path),
            _ => None,
        }
    }

    /// Name to show.
    pub fn title(&self) -> String {
        match self {
            Self::Moons => "Moons".into(),
            Self::FullHalf => "Full and half moons".into(),
            Self::Mnist => "MNIST digits".into(),
            Self::Emoji => "Emoji".into(),
            Self::EmojiSmall => "Emoji, 16 × 16".into(),
            Self::Iris => "Iris flowers".into(),
            Self::Wine => "Wines".into(),
            Self::TwoMoons => "Two moons".into(),
            Self::Ring => "Ring of eight".into(),
            Self::Spiral => "Spiral".into(),
            Self::Bumps => "Two bumps".into(),
            Self::Wordnet => "Nouns by definition".into(),
            Self::Sentences => "Example sentences".into(),
            Self::Drawn(_) => "Drawn by hand".into(),
            Self::Path(path) => {
                path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into())
            }
        }
    }
}

impl FromStr for DataChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "" => Err("name a data set (mnist, emoji, emoji-16, moons, moons-full-half, iris, wine, two-moons, ring, spiral, bumps, wordnet10, wordnet-sentences), or a path: a folder of pictures, arrays or texts, an .npz, a .csv".into()),
            "moons" => Ok(Self::Moons),
            "moons-full-half" => Ok(Self::FullHalf),
            "mnist" => Ok(Self::Mnist),
            "emoji" => Ok(Self::Emoji),
            "emoji-16" => Ok(Self::EmojiSmall),
            "iris" => Ok(Self::Iris),
            "wine" => Ok(Self::Wine),
            "two-moons" => Ok(Self::TwoMoons),
            "ring" => Ok(Self::Ring),
            "spiral" => Ok(Self::Spiral),
            "bumps" => Ok(Self::Bumps),
            "wordnet10" => Ok(Self::Wordnet),
            "wordnet-sentences" => Ok(Self::Sentences),
            path => Ok(Self::Path(path.into())),
        }
    }
}

impl DataChoice {
    /// As from a text; what is none, as a system may name a file, is a path.
    pub fn of_os(text: &OsStr) -> Result<Self, String> {
        text.to_str().map_or_else(|| Ok(Self::Path(text.into())), str::parse)
    }
}

impl fmt::Display for DataChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Moons => f.write_str("moons"),
            Self::FullHalf => f.write_str("moons-full-half"),
            Self::Mnist => f.write_str("mnist"),
            Self::Emoji => f.write_str("emoji"),
            Self::EmojiSmall => f.write_str("emoji-16"),
            Self::Iris => f.write_str("iris"),
            Self::Wine => f.write_str("wine"),
            Self::TwoMoons => f.write_str("two-moons"),
            Self::Ring => f.write_str("ring"),
            Self::Spiral => f.write_str("spiral"),
            Self::Bumps => f.write_str("bumps"),
            Self::Wordnet => f.write_str("wordnet10"),
            Self::Sentences => f.write_str("wordnet-sentences"),
            // No text names the points: a session keeps them.
            Self::Drawn(_) => f.write_str("drawn-by-hand"),
            Self::Path(path) => path.display().fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_survive_printing_and_parsing() {
        for choice in DataChoice::EMBEDDED.into_iter().chain([DataChoice::Path("some/table.CSV".into())]) {
            assert_eq!(choice.to_string().parse::<DataChoice>(), Ok(choice));
        }
        assert!("".parse::<DataChoice>().is_err());
    }
}
