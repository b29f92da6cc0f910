//! What the name of an array says that it is.

use super::header::{Header, Type};
use crate::data::tree::TreeFile;
use std::collections::BTreeSet;

pub const SAMPLES: [&str; 13] = [
    "x", "image", "images", "img", "imgs", "data", "sample", "samples", "feature", "features", "input", "inputs",
    "pixels",
];
pub const LABELS: [&str; 11] =
    ["y", "label", "labels", "target", "targets", "class", "classes", "category", "categories", "digit", "digits"];
pub const CODES: [&str; 13] = [
    "z",
    "code",
    "codes",
    "embedding",
    "embeddings",
    "umap",
    "tsne",
    "mu",
    "coords",
    "coordinates",
    "latent",
    "latents",
    "encoded",
];
pub const CAPTIONS: [&str; 10] =
    ["name", "names", "caption", "captions", "title", "titles", "text", "texts", "file", "filenames"];
const TRAIN: [&str; 2] = ["train", "training"];
const TEST: [&str; 3] = ["test", "testing", "t10k"];
const VALIDATION: [&str; 5] = ["val", "valid", "validation", "dev", "eval"];

/// What numbers the samples or says what each is for, and is no class.
pub const ASIDE: [&str; 5] = ["index", "indices", "id", "ids", "split"];

/// What samples are for, as a name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum For {
    /// Training, or not said.
    Training,
    Testing,
    Validation,
}

/// An array by its name and header.
pub struct Named<'a> {
    pub name: String,
    pub file: &'a TreeFile,
    pub header: Header,
    pub words: BTreeSet<String>,
    pub of: For,
}

impl<'a> Named<'a> {
    pub fn new(file: &'a TreeFile, header: Header) -> Self {
        let name = file.name.strip_suffix(".npy").unwrap_or(&file.name).to_string();
        let mut words = words(&name);
        let mut of = For::Training;
        for (list, said) in [(&VALIDATION[..], For::Validation), (&TEST, For::Testing), (&TRAIN, For::Training)] {
            for word in list {
                if words.remove(*word) {
                    of = said;
                }
            }
        }
        Self { name, file, header, words, of }
    }

    pub fn is(&self, list: &[&str]) -> bool {
        list.iter().any(|word| self.words.contains(*word))
    }

    pub fn is_words(&self) -> bool {
        matches!(self.header.of, Type::Words { .. })
    }

    /// Number of samples, if it is one of as many things.
    pub fn n(&self) -> usize {
        self.header.dims.first().copied().unwrap_or(0)
    }

    /// Numbers a sample.
    pub fn width(&self) -> usize {
        self.header.dims.iter().skip(1).product()
    }

    /// Its name without the words that say its part.
    pub fn rest(&self) -> BTreeSet<&String> {
        let known = |word: &&String| SAMPLES.contains(&word.as_str()) || LABELS.contains(&word.as_str());
        self.words.iter().filter(|word| !known(word)).collect()
    }
}

/// The words of a name in small letters: parted by what is no letter, by capitals, and by `train` and `test`.
fn words(name: &str) -> BTreeSet<String> {
    let mut parts: Vec<String> = vec![String::new()];
    let mut was_small = false;
    for letter in name.chars() {
        if !letter.is_alphanumeric() || was_small && letter.is_uppercase() {
            parts.push(String::new());
        }
        was_small = letter.is_lowercase();
        if let Some(part) = parts.last_mut().filter(|_| letter.is_alphanumeric()) {
            part.extend(letter.to_lowercase());
        }
    }
    let mut words = BTreeSet::new();
    for part in parts.into_iter().filter(|part| !part.is_empty()) {
        let cut = ["train", "test", "valid"].iter().find_map(|word| {
            let rest = part.strip_prefix(word).or_else(|| part.strip_suffix(word))?;
            let is_known = SAMPLES.contains(&rest) || LABELS.contains(&rest);
            is_known.then(|| [(*word).to_string(), rest.to_string()])
        });
        match cut {
            Some(both) => words.extend(both),
            None => drop(words.insert(part)),
        }
    }
    words
}
