//! How sentences are written, as it is set in words and numbers.

use crate::data::tokens_of;
use crate::model::{Choose, FrozenModel, Writing};
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// How models that write sentences write them; for others it says nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WritingSettings {
    /// The words that every sentence begins with.
    pub first: String,
    /// How the next word is found.
    pub search: WordSearch,
    /// Of drawn words: p^(1/temperature).
    pub temperature: f32,
    /// Of drawn words: same seed, same draws.
    pub seed: u64,
    /// Of beam search: how many beginnings are kept.
    pub width: usize,
}

/// How the next word of a sentence is found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WordSearch {
    /// It is the likeliest.
    #[default]
    Greedy,
    /// It is drawn.
    Drawn,
    /// The likeliest sentence is looked for among several beginnings.
    Beam,
}

impl WordSearch {
    /// All of them, with their names.
    pub const ALL: [(Self, &str); 3] = [(Self::Greedy, "Greedy"), (Self::Drawn, "Drawn"), (Self::Beam, "Beam")];
}

impl Default for WritingSettings {
    fn default() -> Self {
        Self { first: String::new(), search: WordSearch::Greedy, temperature: 1.0, seed: 0, width: 5 }
    }
}

impl WritingSettings {
    /// Most words that a sentence can be made to begin with.
    pub const MAX_FIRST: usize = 10;
    /// Most bytes of these.
    const MAX_BYTES: usize = 1000;
    /// Temperatures that words are drawn at.
    pub const TEMPERATURES: RangeInclusive<f32> = 0.01..=100.0;
    /// Beginnings that can be kept.
    pub const WIDTHS: RangeInclusive<usize> = 1..=1000;

    /// Whether sentences are written as a decoder writes them without being told how.
    pub fn is_plain(&self) -> bool {
        self.search == WordSearch::Greedy && self.first.trim().is_empty()
    }

    /// Whether all of it can be done by some model.
    pub fn is_sound(&self) -> bool {
        Self::is_beginning(&self.first)
            && Self::TEMPERATURES.contains(&self.temperature)
            && Self::WIDTHS.contains(&self.width)
    }

    /// Whether a text is no longer than a beginning may be.
    pub fn is_beginning(text: &str) -> bool {
        text.len() <= Self::MAX_BYTES && text.split_whitespace().count() <= Self::MAX_FIRST
    }

    /// How the next word is chosen.
    pub const fn choose(&self) -> Choose {
        match self.search {
            WordSearch::Greedy => Choose::Likeliest,
            WordSearch::Drawn => Choose::Drawn { temperature: self.temperature, seed: self.seed },
            WordSearch::Beam => Choose::Beam { width: self.width },
        }
    }

    /// How `model` is to write: by the words that its sentences are made of. Where it cannot begin with what
    /// is asked, it begins as it likes, and the second says why.
    pub fn of(&self, model: &dyn FrozenModel) -> (Writing, Option<String>) {
        let (first, problem) = match tokens_of(&self.first, &model.info().output) {
            Ok(first) => (first, None),
            Err(error) => (Vec::new(), Some(error.to_string())),
        };
        (Writing { first, choose: self.choose() }, problem)
    }

    /// The options by which a command is told so.
    pub fn options(&self) -> Vec<(&'static str, String)> {
        let mut all = Vec::new();
        if !self.first.trim().is_empty() {
            all.push(("first", self.first.trim().to_owned()));
        }
        match self.search {
            WordSearch::Greedy => {}
            WordSearch::Drawn => {
                all.push(("temperature", self.temperature.to_string()));
                all.push(("seed", self.seed.to_string()));
            }
            WordSearch::Beam => all.push(("beam", self.width.to_string())),
        }
        all
    }
}
