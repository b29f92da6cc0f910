//! What files of weights leave open, asked by name with the likeliest answer first.

use crate::model::{Answers, FieldKind, ModelSpec, Question, Settings};

/// Questions as they come up, answered by what was given, by what the file's neighbours say, or by the
/// likeliest.
pub struct Asking<'a> {
    given: &'a Answers,
    /// Answers of a file beside the weights, which then are the likeliest.
    beside: Answers,
    keeps_what_fits: bool,
    questions: Vec<Question>,
}

/// A question to be.
pub struct Open {
    /// Name in commands.
    pub name: &'static str,
    /// Name in the window.
    pub title: &'static str,
    /// What it is about.
    pub help: &'static str,
    /// Answers with their titles, the likeliest first.
    pub choices: Vec<(String, String)>,
}

impl<'a> Asking<'a> {
    /// Answers `given`, and those of a file `beside` the weights; with `keeps_what_fits`, given ones that do
    /// not fit are left aside.
    pub fn new(given: &'a Answers, beside: Answers, keeps_what_fits: bool) -> Self {
        Self { given, beside, keeps_what_fits, questions: Vec::new() }
    }

    /// The answer to a question: one of its choices, or another that `accepts` takes. The error is a
    /// sentence.
    pub fn ask(&mut self, open: Open, accepts: impl Fn(&str) -> bool) -> Result<String, String> {
        let Open { name, title, help, mut choices } = open;
        if let Some(likeliest) = self.beside.get(name) {
            if choices.iter().all(|choice| choice.0 != *likeliest) && accepts(likeliest) {
                choices.push((likeliest.clone(), likeliest.clone()));
            }
            put_first(&mut choices, likeliest);
        }
        let is_choice = |text: &String| choices.iter().any(|choice| choice.0 == *text);
        let given = self.given.get(name).map(|text| text.trim().to_owned());
        let given = given.filter(|text| !self.keeps_what_fits || is_choice(text) || accepts(text));
        let chosen = given.or_else(|| choices.first().map(|choice| choice.0.clone())).unwrap_or_default();
        if !choices.iter().any(|choice| choice.0 == chosen) {
            if !accepts(&chosen) {
                let known = choices.iter().map(|choice| choice.0.as_str()).collect::<Vec<_>>().join(", ");
                let prefix = Question::PREFIX;
                return Err(format!(
                    "setting {prefix}{name}: {chosen:?} does not fit this model; choose one of {known}"
                ));
            }
            choices.push((chosen.clone(), chosen.clone()));
        }
        self.questions.push(Question { name, title, help, choices, chosen: chosen.clone() });
        Ok(chosen)
    }

    /// As [`Self::ask`], about a setting of the model `spec` that is one of some words, the `likeliest` first
    /// and those of `without` left out.
    pub fn ask_setting(
        &mut self,
        spec: &ModelSpec,
        (name, help): (&'static str, &'static str),
        likeliest: &[&str],
        without: &[&str],
    ) -> Result<String, String> {
        let field = spec.fields().into_iter().find(|field| field.path == name);
        let Some((field, FieldKind::Choice(words))) = field.map(|field| (field, field.kind)) else {
            return Err(format!("there is nothing called {name} to choose"));
        };
        let words = words.iter().filter(|word| !without.contains(&word.0));
        let mut choices: Vec<_> = words.map(|word| (word.0.to_owned(), word.1.to_owned())).collect();
        likeliest.iter().rev().for_each(|likely| put_first(&mut choices, likely));
        self.ask(Open { name, title: field.title, help, choices }, |_| false)
    }

    /// The questions that were asked. The error is a sentence about an answer to none of them.
    pub fn asked(self) -> Result<Vec<Question>, String> {
        match self.given.keys().find(|name| self.questions.iter().all(|asked| asked.name != **name)) {
            _ if self.keeps_what_fits => Ok(self.questions),
            None => Ok(self.questions),
            Some(name) => {
                let prefix = Question::PREFIX;
                let known: Vec<String> =
                    self.questions.iter().map(|asked| format!("{prefix}{}", asked.name)).collect();
                Err(format!("there is no setting {prefix}{name} of this model; known are {}", known.join(", ")))
            }
        }
    }
}

/// Brings an answer, if it is among the choices, before the others.
pub fn put_first(choices: &mut [(String, String)], value: &str) {
    if let Some(at) = choices.iter().position(|choice| choice.0 == value) {
        choices[..=at].rotate_right(1);
    }
}
