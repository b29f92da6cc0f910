//! What each column of a table is taken for.

use super::cells::Column;
use super::number::{Number, number};
use crate::data::words::each_term;
use crate::data::{DataError, Reading, malformed};
use std::collections::HashSet;

/// Names of columns that hold a class, a name, or what a row is for, compared in small letters.
const LABELS: [&str; 9] =
    ["label", "labels", "class", "species", "target", "category", "klasse", "cultivar", "kind"];
const CAPTIONS: [&str; 7] = ["name", "names", "caption", "title", "id", "index", "file"];
const TEXTS: [&str; 11] = [
    "text",
    "texts",
    "document",
    "abstract",
    "body",
    "content",
    "comment",
    "review",
    "message",
    "sentence",
    "description",
];
const SPLITS: [&str; 5] = ["split", "subset", "partition", "fold", "set"];
/// What a row that is to test with says.
const TEST: [&str; 6] = ["test", "testing", "val", "valid", "validation", "dev"];
const TRAIN: [&str; 2] = ["train", "training"];

/// Words of a cell, as a rule, that say more than a name does, and those of prose.
const MIN_WORDS: usize = 3;
const MIN_PROSE: usize = 5;

/// What a column is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A number that is learned from.
    Feature,
    /// A number to colour by.
    Colour,
    /// The class.
    Label,
    /// The row's name.
    Caption,
    /// Whether the row is to train on or to test with.
    Split,
    /// A document, whose words are counted.
    Text,
    /// Left aside, as the settings ask.
    Ignored,
    /// Words, of which nothing is learned.
    Words,
}

/// Whether a column of this name may hold a class, a name, a text or a part, so that its text is wanted.
pub fn is_known(name: &str, reading: &Reading) -> bool {
    let named = |list: &[&str]| list.contains(&name.to_lowercase().as_str());
    let asked = [&reading.label, &reading.text].into_iter().any(|asked| asked.as_deref() == Some(name));
    asked || [&LABELS[..], &CAPTIONS, &TEXTS, &SPLITS].into_iter().any(named)
}

/// Whether a column of this name holds titles, which are text, and not names of files or numbers.
pub fn is_title(name: &str) -> bool {
    matches!(name.to_lowercase().as_str(), "title" | "titles" | "headline" | "caption")
}

/// Whether what a row is for is to test with; none where a word says neither.
pub fn is_test(word: &str) -> Option<bool> {
    let word = word.to_lowercase();
    match word.as_str() {
        word if TEST.contains(&word) => Some(true),
        word if TRAIN.contains(&word) => Some(false),
        _ => None,
    }
}

/// Decides what each column is taken for; `place` says in which file and line a row stands.
pub fn assign<'a>(
    file: &str,
    columns: &[Column],
    reading: &Reading,
    place: impl Fn(usize) -> (&'a str, u64),
) -> Result<Vec<Role>, DataError> {
    let wanted = |name: &str| find(file, columns, name);
    let mut roles = vec![Role::Feature; columns.len()];
    for name in &reading.ignored {
        roles[wanted(name)?] = Role::Ignored;
    }
    for name in &reading.colour_by {
        roles[wanted(name)?] = Role::Colour;
    }
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    beside_codes(&names).for_each(|column| roles[column] = Role::Ignored);
    let n_rows = columns[0].numbers.len();
    let named = |list: &[&str], column: usize| list.contains(&columns[column].name.to_lowercase().as_str());
    let is_text = |column: usize| columns[column].words.len() * 2 > n_rows - columns[column].gaps.len();
    // Names may repeat now and then; classes do as a rule.
    let is_unique = |column: usize| {
        let distinct: HashSet<&str> = columns[column].words.iter().map(|(_, word)| word.as_str()).collect();
        distinct.len() * 10 > n_rows * 9 && n_rows > 2
    };
    let says_parts = |column: usize| {
        let of: Option<HashSet<bool>> = columns[column].words.iter().map(|(_, word)| is_test(word)).collect();
        columns[column].words.len() == n_rows && of.is_some_and(|of| of.len() == 2)
    };
    // The last one first, where a class is wont to stand.
    let free = |roles: &[Role], fits: &dyn Fn(usize) -> bool| -> Option<usize> {
        (0..columns.len()).rev().find(|&column| roles[column] == Role::Feature && fits(column))
    };
    if let Some(column) = free(&roles, &|column| named(&SPLITS, column) && says_parts(column)) {
        roles[column] = Role::Split;
    }
    // What is a class or a name by its own name is nothing to learn from.
    let asked = reading.label.as_deref().filter(|name| !name.is_empty()).map(wanted).transpose()?;
    let is_said = |column: usize| asked == Some(column) || named(&LABELS, column) || named(&CAPTIONS, column);
    let text = match reading.text.as_deref() {
        Some("") => None,
        Some(name) if asked == Some(wanted(name)?) => {
            let problem =
                format!("column {name:?} cannot be both the text (data.text) and the class (data.label)");
            return Err(malformed(file, problem));
        }
        Some(name) => Some(wanted(name)?),
        None => {
            // Beside numbers words are as a rule names and remarks: only prose is what such a table is about.
            let has_numbers =
                (0..columns.len()).any(|at| roles[at] == Role::Feature && !is_text(at) && !is_said(at));
            let is_prose = |at: usize| is_text(at) && is_unique(at) && !named(&CAPTIONS, at);
            let is_free = |at: usize| roles[at] == Role::Feature && asked != Some(at);
            let least = if has_numbers { MIN_PROSE } else { MIN_WORDS };
            longest_text(columns, least, |at| is_free(at) && (!has_numbers || is_prose(at)))
        }
    };
    if let Some(column) = text {
        roles[column] = Role::Text;
    }
    let label = match reading.label.as_deref() {
        Some(_) => asked,
        None => free(&roles, &|column| named(&LABELS, column)).or_else(|| {
            free(&roles, &|column| is_text(column) && !is_unique(column) && !named(&CAPTIONS, column))
        }),
    };
    if let Some(column) = label {
        roles[column] = Role::Label;
    }
    let caption = free(&roles, &|column| named(&CAPTIONS, column))
        .or_else(|| free(&roles, &|column| is_text(column) && is_unique(column)))
        .or_else(|| free(&roles, &|column| columns[column].is_unnamed && counts(&columns[column])));
    if let Some(column) = caption {
        roles[column] = Role::Caption;
    }
    // A word among numbers is a mistake; a column of nothing but words is not.
    for (column, role) in columns.iter().zip(&mut roles).filter(|(_, role)| **role == Role::Feature) {
        if !column.words.is_empty() && column.words.len() + column.gaps.len() == n_rows && column.is_of_words() {
            *role = Role::Words;
        }
    }
    if text.is_some() {
        // Documents are learned from by their words; numbers beside them are known of each.
        roles.iter_mut().filter(|role| **role == Role::Feature).for_each(|role| *role = Role::Colour);
        return Ok(roles);
    }
    let has_numbers = |column: &Column| column.numbers.iter().any(|number| !number.is_nan());
    if !columns.iter().zip(&roles).any(|(column, role)| *role == Role::Feature && has_numbers(column)) {
        let problem = "it has no column of numbers to learn from; choose a table that has some, a model, or a folder of pictures or arrays";
        return Err(malformed(file, problem));
    }
    for (column, role) in columns.iter().zip(&roles) {
        let is_number = matches!(role, Role::Feature | Role::Colour);
        if let Some((row, cell)) = column.words.first().filter(|_| is_number) {
            let name = &column.name;
            let what = match number(cell, false) {
                Number::Beyond => "is beyond single precision",
                _ => "is no number",
            };
            let (file, line) = place(*row);
            let problem = format!(
                "row {line}, column {name:?}: {cell:?} {what}; mend it, or leave the column aside with data.ignore={name}"
            );
            return Err(malformed(file, problem));
        }
    }
    Ok(roles)
}

/// The column that says most of those that fit, where its cells have at least so many words as a rule.
fn longest_text(columns: &[Column], least: usize, fits: impl Fn(usize) -> bool) -> Option<usize> {
    let said = |column: &Column| -> [usize; 2] {
        let mut n_words = 0;
        column.words.iter().for_each(|(_, text)| each_term(text, |_| n_words += 1));
        [n_words, column.words.len()]
    };
    let fitting = (0..columns.len()).filter(|&at| fits(at));
    let (column, [n_words, n]) =
        fitting.map(|at| (at, said(&columns[at]))).max_by_key(|(_, [n_words, _])| *n_words)?;
    (n > 1 && n_words >= least * n).then_some(column)
}

/// The column of a name, or of a number counted from 1.
fn find(file: &str, columns: &[Column], name: &str) -> Result<usize, DataError> {
    let by_name = columns.iter().position(|column| column.name == name);
    let by_number = || name.parse::<usize>().ok()?.checked_sub(1).filter(|&column| column < columns.len());
    by_name.or_else(by_number).ok_or_else(|| {
        let known: Vec<&str> = columns.iter().take(20).map(|column| column.name.as_str()).collect();
        malformed(file, format!("it has no column {name:?}; it has {}", known.join(", ")))
    })
}

/// The columns that are nothing to learn from in a table of codes as this program writes it.
fn beside_codes(names: &[&str]) -> impl Iterator<Item = usize> {
    let numbered =
        |name: &str, stem: &str| name.strip_prefix(stem).is_some_and(|number| number.parse::<usize>().is_ok());
    let is_aside = move |name: &str| matches!(name, "index" | "split") || numbered(name, "log_var");
    let is_code = |name: &str| is_aside(name) || matches!(name, "label" | "name") || numbered(name, "z");
    let are_codes = names.contains(&"z0") && names.iter().all(|name| is_code(name));
    // Where samples have no name they go by their number.
    let has_names = names.contains(&"name");
    let aside = move |name: &str| are_codes && is_aside(name) && (has_names || name != "index");
    names.iter().enumerate().filter(move |(_, name)| aside(name)).map(|(column, _)| column)
}

/// Whether its numbers count the rows from 0 or 1.
fn counts(column: &Column) -> bool {
    let from =
        |start: usize| column.numbers.iter().enumerate().all(|(row, &number)| number == (row + start) as f32);
    from(0) || from(1)
}
