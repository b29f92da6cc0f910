//! Models opened as `--set` says where their file leaves something open.

use super::UsageError;
use super::model_commands::{load_data, name_and_value};
use crate::data::{DataChoice, DataSplit, Dataset, Reading};
use crate::model::{Answers, Question};
use crate::store::{self, Beside};
use crate::train::Checkpoint;
use anyhow::Result;
use std::path::Path;

/// The settings of `--set` by what they are about.
#[derive(Default)]
pub struct Settings {
    /// How data are read, each as it was given.
    pub of_data: Vec<String>,
    /// Answers to what a model's file leaves open.
    pub answers: Answers,
    /// All others, as they were given.
    pub others: Vec<String>,
}

impl Settings {
    /// Tells settings apart by how their names begin.
    pub fn of(set: &[String]) -> Result<Self, UsageError> {
        let mut sorted = Self::default();
        for setting in set {
            let (path, text) = name_and_value(setting)?;
            if let Some(name) = path.strip_prefix(Question::PREFIX) {
                sorted.answers.insert(name.into(), text.into());
            } else if path.starts_with(Reading::PREFIX) {
                sorted.of_data.push(setting.clone());
            } else {
                sorted.others.push(setting.clone());
            }
        }
        Ok(sorted)
    }

    /// As [`Self::of`], of settings that are about data and models' files alone.
    pub fn of_files(set: &[String]) -> Result<Self, UsageError> {
        let mut sorted = Self::of(set)?;
        // Whoever reads the data knows what to say of them.
        sorted.of_data.append(&mut sorted.others);
        Ok(sorted)
    }

    /// Opens a model, for `data` where there are any; answers that do not fit are mistakes of usage.
    pub fn open(&self, path: &Path, data: Option<&Dataset>) -> Result<Checkpoint> {
        let none = Answers::new();
        let beside = |answers| Beside { answers, data, keeps_what_fits: false };
        store::open_as(path, beside(&self.answers)).map_err(|e| {
            let is_usage = !self.answers.is_empty() && store::open_as(path, beside(&none)).is_ok();
            if is_usage { UsageError(e.to_string()).into() } else { e.into() }
        })
    }

    /// Loads data and opens a model for them: data are read as the model's were, unless it is said otherwise.
    pub fn open_on(&self, path: &Path, choice: &DataChoice) -> Result<(DataSplit, Checkpoint)> {
        // A model from elsewhere may need the data to be understood; it has no way of reading them.
        let own = self.open(path, None).ok().filter(|model| model.trained.brought.is_none());
        let usual = own.as_ref().map(|model| model.trained.reading.clone()).unwrap_or_default();
        let data = load_data(choice, &usual, &self.of_data)?;
        // Beside codes a model of ours is another one too.
        let own = own.filter(|_| !data.train.are_codes());
        let model = own.map_or_else(|| self.open(path, Some(&data.train)), Ok)?;
        Ok((data, model))
    }

    /// As [`Self::open`], where there are no data that a setting could be about.
    pub fn open_alone(&self, path: &Path) -> Result<Checkpoint> {
        match self.of_data.first() {
            None => self.open(path, None),
            Some(setting) => {
                let prefix = Question::PREFIX;
                Err(UsageError(format!(
                    "--set {setting}: settings here are about the model, as {prefix}shape=1x28x28"
                ))
                .into())
            }
        }
    }
}
