//! The settings of how data are read, by name: what each is, what could be chosen, and which were made.

use super::words::StopWords;
use super::{Cancel, Reading};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The setting that may name a file.
const STOP_WORDS: &str = "data.stop_words";

/// A setting of how data are read.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Its name, such as `data.side`.
    pub name: &'static str,
    /// What it is called on screen.
    pub title: &'static str,
    /// What it does, in a sentence.
    pub help: &'static str,
}

impl Setting {
    pub(super) const fn new(name: &'static str, title: &'static str, help: &'static str) -> Self {
        Self { name, title, help }
    }
}

/// Something that could be read otherwise, with the values that make sense for these data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadOption {
    /// The setting's name.
    pub name: &'static str,
    /// The value that the data were read by.
    pub value: String,
    /// Values to choose from; an empty one stands for nothing.
    pub choices: Vec<String>,
}

impl ReadOption {
    pub(super) fn new(name: &'static str, value: &str, choices: Vec<String>) -> Self {
        Self { name, value: value.into(), choices }
    }

    /// A choice among the usual values, and the present one where it is none of them.
    pub(super) fn among(name: &'static str, value: &str, usual: &[&str]) -> Self {
        let other = Some(value).filter(|value| !usual.contains(value));
        Self::new(name, value, usual.iter().copied().chain(other).map(String::from).collect())
    }

    /// What it is called, and what it does.
    pub fn setting(&self) -> Option<&'static Setting> {
        Reading::SETTINGS.iter().find(|setting| setting.name == self.name)
    }
}

/// Settings of [`Reading`] that were made, by name; each is known to be one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<String, String>")]
pub struct ReadSettings(BTreeMap<String, String>);

impl ReadSettings {
    /// The same with one more, which takes the place of one of its name.
    pub fn with(mut self, name: &str, text: &str) -> Result<Self, String> {
        Reading::default().with(name, text)?;
        self.insert(name, text.trim());
        Ok(self)
    }

    /// Notes one that was checked.
    pub(super) fn insert(&mut self, name: &str, text: &str) {
        self.0.insert(name.into(), text.into());
    }

    /// How data are read by them.
    pub fn reading(&self, cancel: &Cancel) -> Reading {
        let start = Reading { cancel: cancel.clone(), ..Reading::default() };
        // Each was checked when it was made.
        self.0.iter().fold(start, |reading, (name, text)| reading.clone().with(name, text).unwrap_or(reading))
    }

    /// Names and values, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, text)| (name.as_str(), text.as_str()))
    }

    /// The same where the files that they name lie elsewhere.
    #[must_use]
    pub fn moved(&self, to: impl Fn(&Path) -> PathBuf) -> Self {
        let elsewhere = |(name, text): (&String, &String)| {
            let text = match StopWords::of(text) {
                StopWords::File(path) if name == STOP_WORDS => to(&path).display().to_string(),
                _ => text.clone(),
            };
            (name.clone(), text)
        };
        Self(self.0.iter().map(elsewhere).collect())
    }

    /// Whether none was made.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl TryFrom<BTreeMap<String, String>> for ReadSettings {
    type Error = String;

    fn try_from(made: BTreeMap<String, String>) -> Result<Self, String> {
        made.iter().try_fold(Self::default(), |settings, (name, text)| settings.with(name, text))
    }
}
