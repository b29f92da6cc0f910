//! Set-ups: lists of actions that bring up something worth seeing, with what they wait for.
//!
//! They are data, `assets/setups.json`, so that code names no class, no kind and no file. The same file holds
//! the steps of the first minute, in which the user does things, and not the program.

use super::{Action, Anchor, Effect, Session};
use crate::model::KINDS;
use crate::store;
use serde::Deserialize;
use std::collections::{BTreeSet, VecDeque};
use std::path::Path;
use std::sync::LazyLock;

/// A set-up: what it is called, one sentence about it, and how it comes about.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetUp {
    /// Its name; no other set-up has it.
    pub name: String,
    /// What it shows.
    pub help: String,
    steps: Vec<Step>,
}

/// One step of a set-up.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Step {
    /// Do this.
    Do(Action),
    /// Go on once this is so.
    Await(Condition),
}

/// A step of the first minute: what is to be seen, and what the user is to do.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lesson {
    /// A few words, where `{sample}` and the like stand for what is on screen.
    pub title: String,
    /// What is to be seen, and to be done, likewise.
    pub text: String,
    /// What ends it.
    until: Condition,
}

/// What a set-up or a step of the first minute waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Condition {
    /// Nothing is being loaded or set up.
    Idle,
    /// The codes of all samples are there, and nothing is being trained.
    Codes,
    /// A sample is picked.
    Picked,
    /// The kept code stands on no sample.
    Moved,
    /// A model is being trained.
    Running,
    /// None is.
    Rested,
}

/// All set-ups, and pairs of classes worth walking between where data have them.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Book {
    walks: Vec<[String; 2]>,
    first_minute: Vec<Lesson>,
    setups: Vec<SetUp>,
}

static BOOK: LazyLock<Book> = LazyLock::new(|| {
    let parsed = Book::parse(include_str!("../../assets/setups.json"));
    parsed.inspect_err(|e| log::error!("{e}")).unwrap_or_default()
});

impl Book {
    /// Reads and checks a book; the error says what is wrong where.
    fn parse(text: &str) -> Result<Self, String> {
        let book: Self = serde_json::from_str(text).map_err(|e| format!("the set-ups cannot be read: {e}"))?;
        for lesson in &book.first_minute {
            lesson.check().map_err(|problem| format!("the step {:?} {problem}", lesson.title))?;
        }
        let mut names = BTreeSet::new();
        for setup in &book.setups {
            setup.check().map_err(|problem| format!("the set-up {:?} {problem}", setup.name))?;
            if !names.insert(&setup.name) {
                return Err(format!("two set-ups are called {:?}", setup.name));
            }
        }
        Ok(book)
    }
}

impl SetUp {
    fn check(&self) -> Result<(), String> {
        if self.name.trim().is_empty() || !self.help.ends_with('.') {
            return Err("needs a name and a sentence about it".into());
        }
        if self.steps.is_empty() {
            return Err("has no steps".into());
        }
        self.steps.iter().try_for_each(Step::check)
    }
}

impl Lesson {
    /// What stands in its texts for what is on screen.
    const PLACES: [&str; 4] = ["n", "sample", "code", "features"];

    fn check(&self) -> Result<(), String> {
        if self.title.trim().is_empty() || !self.text.ends_with('.') {
            return Err("needs a title and a sentence".into());
        }
        let places = [&self.title, &self.text].into_iter().flat_map(|text| text.split('{').skip(1));
        let names = places.map(|rest| rest.split('}').next().unwrap_or_default());
        match names.into_iter().find(|name| !Self::PLACES.contains(name)) {
            Some(name) => Err(format!("speaks of {name:?}, which is not known")),
            None => Ok(()),
        }
    }
}

impl Step {
    fn check(&self) -> Result<(), String> {
        match self {
            Self::Do(Action::OpenTrained(name)) if store::embedded(Path::new(name)).is_none() => {
                Err(format!("opens {name:?}, which is no trained model"))
            }
            Self::Do(Action::SetKind(kind)) if KINDS.iter().all(|other| other.name != kind) => {
                Err(format!("asks for {kind:?}, which is no kind of model"))
            }
            Self::Do(
                Action::SaveModel(_)
                | Action::Export(_)
                | Action::ExportAs(..)
                | Action::WriteScript(_)
                | Action::SetUp(_)
                | Action::Undo
                | Action::Redo
                | Action::BeginGesture
                | Action::EndGesture,
            ) => Err("writes a file, or does what only a hand may".into()),
            Self::Do(_) | Self::Await(_) => Ok(()),
        }
    }
}

/// Every set-up, in the order of the lists.
pub fn setups() -> &'static [SetUp] {
    &BOOK.setups
}

/// The steps of the first minute.
pub fn first_minute() -> &'static [Lesson] {
    &BOOK.first_minute
}

/// Pairs of classes worth walking between, by their names.
pub(super) fn walks() -> &'static [[String; 2]] {
    &BOOK.walks
}

/// The set-up that is coming about.
#[derive(Default)]
pub(super) struct UnderWay {
    rest: VecDeque<Step>,
    /// Steps of undo that there were when it began.
    n_recorded: u64,
}

impl Session {
    /// Whether a set-up is coming about.
    pub fn is_setting_up(&self) -> bool {
        !self.setting_up.rest.is_empty()
    }

    /// Begins the set-up of this name.
    pub(super) fn set_up(&mut self, name: &str, effects: &mut Vec<Effect>) {
        if let Some(setup) = setups().iter().find(|setup| setup.name == name) {
            self.set_up_by(setup, effects);
        }
    }

    pub(super) fn set_up_by(&mut self, setup: &SetUp, effects: &mut Vec<Effect>) {
        self.setting_up =
            UnderWay { rest: setup.steps.iter().cloned().collect(), n_recorded: self.history.n_recorded() };
        self.change(|spec| spec.stage = None);
        self.go_on_setting_up(effects);
    }

    /// Gives up what is left of a set-up: something failed, or something else was asked for.
    pub(super) fn give_up_setting_up(&mut self) {
        self.setting_up.rest.clear();
    }

    /// Takes the steps of the set-up that can be taken now.
    pub(super) fn go_on_setting_up(&mut self, effects: &mut Vec<Effect>) {
        while let Some(step) = self.setting_up.rest.pop_front() {
            match step {
                Step::Await(condition) if !self.holds(condition) => {
                    self.setting_up.rest.push_front(step);
                    return;
                }
                Step::Await(_) => {}
                // What is open already need not be opened again.
                Step::Do(Action::ChooseData(choice)) if self.data.is_some() && self.spec.data == choice => {}
                Step::Do(action) => self.transition(action, effects),
            }
            // All that a set-up does is one step back.
            self.history.join_since(self.setting_up.n_recorded);
        }
    }

    /// Whether the user has done what a step of the first minute asks for.
    pub fn has_done(&self, lesson: &Lesson) -> bool {
        self.holds(lesson.until)
    }

    fn holds(&self, condition: Condition) -> bool {
        let n = self.data.as_ref().map(|data| data.train.n_samples());
        match condition {
            Condition::Idle => !self.is_busy(),
            Condition::Codes => {
                let n_codes = self.cloud().map(|cloud| cloud.indices.len());
                !self.is_busy() && !self.is_running() && n_codes.is_some() && n_codes == n
            }
            Condition::Picked => self.spec.selection.focused.is_some(),
            Condition::Moved => self.slot().anchor == Anchor::Free,
            Condition::Running => self.is_running(),
            Condition::Rested => !self.is_running() && !self.is_busy(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_book_that_comes_along_is_sound() {
        let book = Book::parse(include_str!("../../assets/setups.json")).unwrap();
        assert!(book.setups.len() >= 5 && !book.walks.is_empty());
        assert_eq!(book.first_minute.len(), 4);
        assert_eq!(setups(), book.setups);
    }

    #[test]
    fn books_with_mistakes_are_refused_with_their_place() {
        let book = |step: &str| {
            format!(
                r#"{{"walks": [], "first_minute": [], "setups": [{{"name": "A", "help": "Shows.", "steps": [{step}]}}]}}"#
            )
        };
        assert!(Book::parse(&book(r#"{"await": "codes"}"#)).is_ok());
        for (text, problem) in [
            (book(""), "has no steps"),
            (book(r#"{"do": {"open_trained": "nonsense"}}"#), "which is no trained model"),
            (book(r#"{"do": {"set_kind": "nonsense"}}"#), "which is no kind of model"),
            (book(r#"{"do": {"save_model": "x.safetensors"}}"#), "writes a file"),
            (book(r#"{"do": "conjure"}"#), "cannot be read"),
            (book(r#"{"await": "spring"}"#), "cannot be read"),
            (book(r#"{"await": "idle"}"#).replace("Shows.", ""), "needs a name and a sentence"),
            (book(r#"{"await": "idle"}"#).replace("walks", "paths"), "cannot be read"),
        ] {
            let error = Book::parse(&text).unwrap_err();
            assert!(error.contains(problem), "{text}: {error}");
        }
        let one = r#"{"name": "A", "help": "Shows.", "steps": [{"await": "idle"}]}"#;
        let twice = format!(r#"{{"walks": [], "first_minute": [], "setups": [{one}, {one}]}}"#);
        assert!(Book::parse(&twice).unwrap_err().contains("two set-ups"));
    }

    #[test]
    fn steps_of_the_first_minute_speak_of_what_there_is() {
        let book = |title: &str, text: &str, until: &str| {
            let lesson = format!(r#"{{"title": {title:?}, "text": {text:?}, "until": {until:?}}}"#);
            Book::parse(&format!(r#"{{"walks": [], "first_minute": [{lesson}], "setups": []}}"#))
                .err()
                .unwrap_or_default()
        };
        assert_eq!(book("{sample}", "Its code is {code}.", "moved"), "");
        assert!(book("{sample}", "Its code is {codes}.", "moved").contains("codes"));
        assert!(book("", "Its code.", "moved").contains("needs a title"));
        assert!(book("A", "Its code", "moved").contains("needs a title"));
        assert!(book("A", "Its code.", "spring").contains("cannot be read"));
    }
}
