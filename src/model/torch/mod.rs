//! What a training of a model in PyTorch must know of it, as plain text: which parts its program has, the
//! layers written out, and the settings that stand at its top.
//!
//! Each model's own file says its part ([`super::describe::Describe::torch`]); the program itself is a
//! template in `store/script`, whose lines depend on the words said here. A setting that changes nothing of
//! the program would be lost in silence, so a test changes every setting of every kind.

mod layers;
mod net;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

/// A model as the text of a PyTorch program needs it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Torch {
    words: BTreeSet<&'static str>,
    texts: BTreeMap<&'static str, String>,
    constants: Vec<TorchConstant>,
}

/// A setting that stands at the top of the program under a name of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TorchConstant {
    /// The setting.
    pub path: &'static str,
    /// Its value as Python writes it.
    pub value: String,
    /// What it is, in a few words.
    pub about: &'static str,
}

impl TorchConstant {
    /// Its name in the program.
    pub fn name(&self) -> String {
        self.path.to_ascii_uppercase()
    }
}

impl Torch {
    /// Says that the program has a part, where `holds` is so.
    pub fn say(&mut self, word: &'static str, holds: bool) {
        if holds {
            self.words.insert(word);
        }
    }

    /// Gives a text its place in the program.
    pub fn put(&mut self, name: &'static str, text: impl Into<String>) {
        self.texts.insert(name, text.into());
    }

    /// Puts a number at the top of the program; returns the name that stands for it there.
    pub fn constant(&mut self, path: &'static str, value: impl Debug, about: &'static str) -> String {
        // What Rust writes of a finite number to read it back, Python reads too.
        let constant = TorchConstant { path, value: format!("{value:?}"), about };
        let name = constant.name();
        self.constants.push(constant);
        name
    }

    /// As [`Self::constant`], for a weight that counts where it is above 0, which `word` says.
    pub fn weight(&mut self, word: &'static str, value: f64, about: &'static str) {
        if value > 0.0 {
            self.say(word, true);
            self.constant(word, value, about);
        }
    }

    /// Whether the program has a part.
    pub fn says(&self, word: &str) -> bool {
        self.words.contains(word)
    }

    /// The text of a place.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.texts.get(name).map(String::as_str)
    }

    /// The settings at the top, in the order in which they were put there.
    pub fn constants(&self) -> &[TorchConstant] {
        &self.constants
    }
}
