//! What is known of weights that were brought from elsewhere into layers of our own: where they are from, how
//! they were understood, and what their file did not say.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Answers to questions, by their names.
pub type Answers = BTreeMap<String, String>;

/// Where a model's first weights are from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Brought {
    /// Name of the file, without its folder.
    pub from: String,
    /// What the file is.
    pub what: String,
    /// How it was understood, a sentence each.
    pub notes: Vec<String>,
    /// What was taken where the file says nothing.
    pub answers: Answers,
    /// The questions that can be answered otherwise, while nothing was learned since.
    #[serde(skip)]
    pub questions: Vec<Question>,
    /// Where the file is read again for that.
    #[serde(skip)]
    pub file: PathBuf,
}

/// Something that a file of weights does not say.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Question {
    /// Name in commands, after [`Question::PREFIX`].
    pub name: &'static str,
    /// Name in the window.
    pub title: &'static str,
    /// What it is about, in one sentence.
    pub help: &'static str,
    /// Answers with their titles, the likeliest first.
    pub choices: Vec<(String, String)>,
    /// The answer that was taken.
    pub chosen: String,
}

impl Question {
    /// What the names of these settings begin with in commands.
    pub const PREFIX: &str = "model.";
}

impl Brought {
    /// The same for a model that has learned since, of which nothing can be answered otherwise.
    pub fn settled(&self) -> Self {
        Self { questions: Vec::new(), file: PathBuf::new(), ..self.clone() }
    }

    /// The answers that are not the likeliest.
    pub fn chosen(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let is_other =
            |question: &&Question| question.choices.first().is_none_or(|(value, _)| *value != question.chosen);
        self.questions.iter().filter(is_other).map(|question| (question.name, question.chosen.as_str()))
    }
}
