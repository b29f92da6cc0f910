//! The words of the commands that make again what the window shows.

use crate::data::ReadSettings;
use crate::picture::figure::Look;
use crate::picture::palette::Mode;
use std::path::PathBuf;

/// A command of this program, word by word.
pub(super) struct CommandWords(Vec<String>);

impl CommandWords {
    /// Its name alone.
    pub fn of(command: &str) -> Self {
        Self(vec!["halfmoon".into(), command.into()])
    }

    /// Adds `--name value`.
    pub fn option(&mut self, name: &str, value: impl Into<String>) {
        self.0.extend([format!("--{name}"), value.into()]);
    }

    /// Adds `--name` where it holds.
    pub fn flag(&mut self, name: &str, holds: bool) {
        self.0.extend(holds.then(|| format!("--{name}")));
    }

    /// Adds the files of models.
    pub fn models(&mut self, files: &[PathBuf]) {
        files.iter().for_each(|file| self.option("model", file.display().to_string()));
    }

    /// Adds data and how they are read.
    pub fn data(&mut self, name: &str, reading: &ReadSettings) {
        self.option("data", name);
        reading.iter().for_each(|(name, text)| self.option("set", format!("{name}={text}")));
    }

    /// Adds options that there are any number of.
    pub fn options<'a>(&mut self, all: impl IntoIterator<Item = (&'a str, String)>) {
        all.into_iter().for_each(|(name, value)| self.option(name, value));
    }

    /// Adds how a figure looks, and where it goes.
    pub fn look(&mut self, look: &Look, out: &str) {
        self.option("width", look.width_cm().to_string());
        self.option("dpi", look.dpi.to_string());
        if look.mode == Mode::Dark {
            self.option("theme", "dark");
        }
        self.flag("no-names", !look.has_names);
        self.flag("no-axes", !look.has_axes);
        self.option("out", out);
    }

    /// The words.
    pub fn words(self) -> Vec<String> {
        self.0
    }

    /// The command as one line for a shell, words quoted where they must be.
    pub fn line(self) -> String {
        self.0.into_iter().map(quoted).collect::<Vec<_>>().join(" ")
    }
}

/// A word as a shell takes it.
fn quoted(word: String) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_.,:/+=".contains(c);
    if !word.is_empty() && word.chars().all(plain) { word } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

/// Numbers as an option takes them.
pub(super) fn list(z: &[f32]) -> String {
    z.iter().map(f32::to_string).collect::<Vec<_>>().join(",")
}

/// A stretch across and one up as an option takes them.
pub(super) fn ranges([x, y]: [[f32; 2]; 2]) -> String {
    format!("{}:{},{}:{}", x[0], x[1], y[0], y[1])
}
