//! Data that are looked at before they are taken: what was understood of them, and how else they could be
//! read.

use super::{Effect, Session, ToastKind};
use crate::data::{DataChoice, DataSplit, Progress, ReadSettings};
use std::path::PathBuf;

/// Data that are looked at before they are taken.
pub struct Preview {
    /// Where they lie.
    choice: DataChoice,
    /// How they are read, or being read.
    settings: ReadSettings,
    /// What was read last.
    found: Option<DataSplit>,
    /// Training samples of each of its classes, counted once.
    counts: Vec<usize>,
    /// Why they cannot be read as is asked.
    error: Option<String>,
}

impl Preview {
    /// What they are called.
    pub fn title(&self) -> String {
        self.choice.title()
    }

    /// What was read last; none while the first reading is under way.
    pub fn found(&self) -> Option<&DataSplit> {
        self.found.as_ref()
    }

    /// Training samples of each class of what was read.
    pub fn class_counts(&self) -> &[usize] {
        &self.counts
    }

    /// Why the last change of a setting came to nothing.
    pub fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }
}

impl Session {
    /// The data that are looked at before they are taken.
    pub fn preview(&self) -> Option<&Preview> {
        self.preview.as_ref()
    }

    /// How far what is being loaded has come.
    pub fn progress(&self) -> &Progress {
        &self.loads.progress
    }

    /// Looks at what lies at a path.
    pub(super) fn preview_path(&mut self, path: PathBuf, effects: &mut Vec<Effect>) {
        self.preview_data(DataChoice::Path(path), ReadSettings::default(), effects);
    }

    /// Looks at the data that are shown once more, to read them otherwise.
    pub(super) fn review_data(&mut self, effects: &mut Vec<Effect>) {
        if self.data.is_some() {
            self.preview_data(self.spec.data.clone(), self.spec.reading.clone(), effects);
        }
    }

    fn preview_data(&mut self, choice: DataChoice, settings: ReadSettings, effects: &mut Vec<Effect>) {
        let (found, counts, error) = (None, Vec::new(), None);
        self.preview = Some(Preview { choice: choice.clone(), settings: settings.clone(), found, counts, error });
        self.start_loading(choice, settings, true, effects);
    }

    /// Reads the data that are looked at by another setting.
    pub(super) fn read_otherwise(&mut self, name: &str, text: &str, effects: &mut Vec<Effect>) {
        let Some(preview) = &mut self.preview else { return };
        match preview.settings.clone().with(name, text) {
            Ok(settings) => {
                (preview.settings, preview.error) = (settings.clone(), None);
                let choice = preview.choice.clone();
                self.start_loading(choice, settings, true, effects);
            }
            Err(e) => preview.error = Some(e),
        }
    }

    /// What was read arrived; the first time that nothing can be read, there is nothing to look at.
    pub(super) fn preview_loaded(&mut self, loaded: Result<Box<DataSplit>, String>) {
        let Some(preview) = &mut self.preview else { return };
        match loaded {
            Ok(data) => {
                preview.counts = data.train.class_counts();
                preview.found = Some(*data);
            }
            Err(e) => match &preview.found {
                Some(found) => (preview.settings, preview.error) = (found.reading.clone(), Some(e)),
                None => {
                    self.preview = None;
                    self.toast(ToastKind::Bad, e, self.still_open());
                }
            },
        }
    }

    /// Takes the data that were looked at.
    pub(super) fn take_data(&mut self, effects: &mut Vec<Effect>) {
        let is_read =
            self.preview.as_ref().is_some_and(|preview| preview.found.is_some()) && self.loads.data.is_none();
        if let Some(preview) = self.preview.take_if(|_| is_read)
            && let Some(found) = preview.found
        {
            self.data_loaded(preview.choice, Ok(Box::new(found)), effects);
        }
    }

    /// What stays where data could not be opened.
    pub(super) fn still_open(&self) -> String {
        match &self.data {
            Some(data) => format!("Nothing was changed; {} is still open.", data.name),
            None => "Choose other data.".into(),
        }
    }
}
