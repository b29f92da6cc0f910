//! Tables as CSV: a row a sample, a column a feature, perhaps a class, a name and a part of each row.
//!
//! Separators may be commas, semicolons or tabs, decimals a point or (where cells are not parted by commas) a
//! comma; a byte order mark is skipped. Columns of pixels are pictures. Rows with gaps are left aside, or
//! their gaps filled with the column's mean, as the settings say; a word among numbers is refused at its
//! place.

mod cells;
mod number;
mod roles;

use super::arrays::{Array, Numbers, Part, Shape, together, whole};
use super::file::{read_declared, reason};
use super::known::labels;
use super::text::decoded;
use super::tree::{Opener, Tree, TreeFile};
use super::words::Documents;
use super::{Column as Factor, DataError, DataSplit, Gaps, ReadOption, Reading, malformed};
use cells::{Cells, Column};
use rayon::prelude::*;
use roles::Role;
pub(super) use roles::is_test;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Rows that one thread lays out at a time.
const ROWS_AT_ONCE: usize = 4096;
/// Columns up to which each can also be coloured by.
const MAX_COLOURED: usize = 64;
/// Columns up to which each may be offered as the class.
const MAX_OFFERED: usize = 64;
/// Folders below the one that is named are looked into this far.
const MAX_DEPTH: usize = 3;
/// Grey levels of pixels.
const LEVELS: std::ops::RangeInclusive<f32> = 0.0..=255.0;

/// Loads a table from the file that `tree` is, and keeps a part of it, even over the classes, to test with.
pub fn load_file(tree: &Tree, reading: &Reading) -> Result<DataSplit, DataError> {
    load(tree, &tree.files()[0], None, reading)
}

/// Loads the table of a folder or zip: the only one, or one to train on beside one to test with; none where
/// there are none.
pub fn load_tree(tree: &Tree, reading: &Reading) -> Result<Option<DataSplit>, DataError> {
    let is_table = |file: &&TreeFile| {
        let name = file.name.to_lowercase();
        [".csv", ".tsv"].iter().any(|ending| name.ends_with(ending))
    };
    let level = tree.files().iter().filter(is_table).map(|file| file.folders.len()).min();
    let Some(level) = level.filter(|&level| level <= MAX_DEPTH) else { return Ok(None) };
    let files: Vec<&TreeFile> =
        tree.files().iter().filter(is_table).filter(|file| file.folders.len() == level).collect();
    let says = |file: &TreeFile, word: &str| file.name.to_lowercase().contains(word);
    let one = |word: &str| {
        let mut of = files.iter().filter(|file| says(file, word));
        of.next().filter(|_| of.next().is_none()).copied()
    };
    let (train, test) = match (&files[..], one("train"), one("test")) {
        ([only], ..) => (*only, None),
        (_, Some(train), test) => (train, test),
        _ => {
            let names: Vec<&str> = files.iter().take(5).map(|file| &*file.name).collect();
            let problem = format!("it holds {} tables ({} …); choose one of them", files.len(), names.join(", "));
            return Err(malformed(tree.name(), problem));
        }
    };
    load(tree, train, test, reading).map(Some)
}

/// Loads the table of a file, and that of another to test with.
fn load(
    tree: &Tree,
    train: &TreeFile,
    test: Option<&TreeFile>,
    reading: &Reading,
) -> Result<DataSplit, DataError> {
    let mut opener = tree.opener(reading);
    let (train, note) = Text::read(tree, train, &mut opener, reading)?;
    let test = test.map(|test| Text::read(tree, test, &mut opener, reading)).transpose()?;
    let mut split = parse_both(tree.title().into(), &train, test.as_ref().map(|(test, _)| test), reading)?;
    split.notes.splice(0..0, note.map(String::from));
    Ok(split)
}

/// The text of a table, without a byte order mark.
struct Text {
    /// The file's name, to show.
    file: String,
    text: String,
}

impl Text {
    fn new(file: &str, text: &str) -> Self {
        Self { file: file.into(), text: text.strip_prefix('\u{feff}').unwrap_or(text).into() }
    }

    /// The text of a file, and what was noticed of how it is encoded.
    fn read(
        tree: &Tree,
        file: &TreeFile,
        opener: &mut Opener<'_>,
        reading: &Reading,
    ) -> Result<(Self, Option<&'static str>), DataError> {
        let shown = tree.shown(file);
        let (mut from, len) = opener.open(file)?;
        reading.check_size(&shown, len.unwrap_or(0))?;
        // One byte more than may be tells that there are more.
        let declared = len.unwrap_or(reading.max_bytes.saturating_add(1)) as usize;
        let bytes = read_declared(&mut from, declared, len.is_some())
            .map_err(|e| malformed(&shown, format!("it cannot be read to its end ({})", reason(&e))))?;
        reading.check_size(&shown, bytes.len() as u64)?;
        let (mut text, note) = decoded(bytes);
        if text.starts_with('\u{feff}') {
            text.drain(..'\u{feff}'.len_utf8());
        }
        Ok((Self { file: shown, text }, note))
    }
}

/// Reads a table out of the text of `file`.
pub fn parse(file: &str, name: String, text: &str, reading: &Reading) -> Result<DataSplit, DataError> {
    parse_both(name, &Text::new(file, text), None, reading)
}

/// As [`parse`], with the rows of another table to test with.
fn parse_both(name: String, of: &Text, test: Option<&Text>, reading: &Reading) -> Result<DataSplit, DataError> {
    let file = of.file.as_str();
    let mut notes = Vec::new();
    let read = |of: &Text| cells::read(&of.file, &of.text, reading, |name| roles::is_known(name, reading));
    let Cells { mut columns, has_header } = read(of)?;
    let n_train = columns[0].numbers.len();
    if let Some(test) = test {
        match beside(columns, read(test)?.columns) {
            Ok(both) => columns = both,
            Err(alone) => {
                columns = alone;
                notes.push(format!("{} has other columns and is left aside", test.file));
            }
        }
    }
    let place = |row: usize| match test {
        Some(test) if row >= n_train => (test.file.as_str(), cells::line(&test.text, has_header, row - n_train)),
        _ => (file, cells::line(&of.text, has_header, row)),
    };
    let roles = roles::assign(file, &columns, reading, place)?;
    let mut options = options(&columns, &roles, reading);
    let table = Table { file, columns, roles, reading };
    if table.roles.contains(&Role::Text) {
        let mut split = table.into_documents(&mut notes)?.into_split(name, reading)?;
        split.notes.splice(0..0, notes);
        split.options.splice(0..0, options.into_iter().filter(|option| option.name != "data.as"));
        return Ok(split);
    }
    let (part, names) = table.into_part(&mut notes)?;
    options.extend(part.shapes(reading).filter(|_| part.is_pixels || reading.shape.is_some()));
    let shape = match reading.shape {
        None if !part.is_pixels => Some(Shape::Numbers),
        shape => shape,
    };
    let reading = &Reading { shape, ..reading.clone() };
    let mut split = if reading.are_codes.unwrap_or_else(|| is_of_codes(&part.names)) {
        let all = together(part, names, &mut Vec::new())?.into_codes();
        DataSplit::new(name, all.clone(), all)
    } else {
        whole(file, name, part, None, names, reading)?
    };
    split.notes.splice(0..0, notes);
    split.options.splice(0..0, options);
    Ok(split)
}

/// The rows of two tables with the same columns, and which are to test with; `Err` is the first table alone,
/// where the other has other columns.
fn beside(mut train: Vec<Column>, test: Vec<Column>) -> Result<Vec<Column>, Vec<Column>> {
    if !train.iter().map(|column| &column.name).eq(test.iter().map(|column| &column.name)) {
        return Err(train);
    }
    let (n_train, n_test) = (train[0].numbers.len(), test[0].numbers.len());
    train.iter_mut().zip(test).for_each(|(column, more)| column.append(more));
    train.push(Column::of_parts(n_train, n_test));
    Ok(train)
}

/// Whether the columns are called z0, z1, …, as codes are where this program writes them.
fn is_of_codes(names: &[String]) -> bool {
    names.iter().enumerate().all(|(dim, name)| *name == format!("z{dim}"))
}

/// A table that was read, with what each column is taken for.
struct Table<'a> {
    file: &'a str,
    columns: Vec<Column>,
    roles: Vec<Role>,
    reading: &'a Reading,
}

impl Table<'_> {
    /// Its rows as samples, and the names of their classes by number.
    fn into_part(mut self, notes: &mut Vec<String>) -> Result<(Part, BTreeMap<i64, String>), DataError> {
        self.mend_gaps(notes)?;
        let features: Vec<&Column> = self.with(Role::Feature);
        let names: Arc<[String]> = features.iter().map(|column| column.name.clone()).collect();
        let n_rows = features[0].numbers.len();
        let is_pixels = are_pixels(&features);
        let values = self.values(&features, is_pixels)?;
        let array = Array { dims: vec![n_rows, names.len()], values };
        let mut part = Part::new(self.file.into(), array, None)?;
        (part.names, part.is_pixels) = (names, is_pixels);
        part.columns =
            self.with(Role::Colour).into_iter().map(|column| factor(&column.name, &column.numbers)).collect();
        let of_words: Vec<&str> = self.with(Role::Words).into_iter().map(|column| column.name.as_str()).collect();
        if let [first, ..] = of_words[..] {
            notes.push(format!(
                "left aside, for nothing is learned from words: {} (data.label={first} would make classes of them)",
                of_words.join(", ")
            ));
        }
        part.is_test = self.split(notes);
        part.captions = self.take(Role::Caption).map(Column::into_texts);
        let mut names = BTreeMap::new();
        if let Some(column) = self.take(Role::Label)
            && let Some(labels) = labels(self.file, &column.into_texts())?
        {
            names = (0..).zip(labels.names.iter().cloned()).collect();
            part.label(Some(labels.of.iter().map(|&of| i64::from(of)).collect()))?;
        }
        Ok((part, names))
    }

    /// Its rows as documents.
    fn into_documents(mut self, notes: &mut Vec<String>) -> Result<Documents, DataError> {
        self.mend_gaps(notes)?;
        let colours = self.with(Role::Colour).into_iter().filter(|column| column.words.is_empty());
        let columns = colours.map(|column| factor(&column.name, &column.numbers)).collect();
        let is_test = self.split(notes);
        let text = self.take(Role::Text).unwrap_or_default();
        notes.push(format!("column {:?} holds the documents (data.text)", text.name));
        let label = self.take(Role::Label).map(Column::into_texts).unwrap_or_default();
        let caption = self.take(Role::Caption);
        Ok(Documents {
            file: self.file.into(),
            counts_titles: caption.as_ref().is_some_and(|caption| roles::is_title(&caption.name)),
            titles: caption.map(Column::into_texts),
            texts: text.into_texts(),
            labels: labels(self.file, &label)?,
            columns,
            is_test,
        })
    }

    /// Which rows are to test with, where a column says it.
    fn split(&mut self, notes: &mut Vec<String>) -> Option<Vec<bool>> {
        let column = self.take(Role::Split)?;
        if !column.is_unnamed {
            notes.push(format!("column {:?} says which rows are to test with", column.name));
        }
        column.into_texts().iter().map(|word| is_test(word)).collect()
    }

    fn with(&self, role: Role) -> Vec<&Column> {
        self.columns.iter().zip(&self.roles).filter(|(_, own)| **own == role).map(|(column, _)| column).collect()
    }

    fn take(&mut self, role: Role) -> Option<Column> {
        let at = self.roles.iter().position(|own| *own == role)?;
        Some(std::mem::take(&mut self.columns[at]))
    }

    /// Fills gaps among numbers, or takes out the rows that have any; a row without its class is taken out.
    fn mend_gaps(&mut self, notes: &mut Vec<String>) -> Result<(), DataError> {
        let fills = self.reading.gaps == Gaps::Mean;
        let mut dropped = BTreeSet::new();
        let (mut n_gaps, mut worst) = (0, (String::new(), 0));
        for (column, role) in self.columns.iter_mut().zip(&self.roles) {
            let is_number = matches!(role, Role::Feature | Role::Colour);
            if !is_number && *role != Role::Label || column.gaps.is_empty() {
                continue;
            }
            n_gaps += column.gaps.len();
            if is_number && fills {
                let known = column.numbers.iter().filter(|number| !number.is_nan());
                let n_known = known.clone().count();
                let mean = known.map(|&number| f64::from(number)).sum::<f64>() / n_known.max(1) as f64;
                column.gaps.iter().for_each(|&row| column.numbers[row] = mean as f32);
            } else {
                dropped.extend(column.gaps.iter().copied());
                if column.gaps.len() > worst.1 {
                    worst = (column.name.clone(), column.gaps.len());
                }
            }
        }
        if n_gaps == 0 {
            return Ok(());
        }
        let gaps = if n_gaps == 1 { "1 cell is empty".into() } else { format!("{n_gaps} cells are empty") };
        if dropped.is_empty() {
            notes.push(format!("{gaps} and filled with the mean of their column (data.gaps)"));
            return Ok(());
        }
        let (n_rows, n_dropped) = (self.columns[0].numbers.len(), dropped.len());
        if n_dropped == n_rows {
            let problem = format!(
                "every row has an empty cell, most of them in column {:?}; fill them with data.gaps=mean, or leave the column aside with data.ignore={}",
                worst.0, worst.0
            );
            return Err(malformed(self.file, problem));
        }
        let rows =
            if n_dropped == 1 { "1 row with one is".into() } else { format!("{n_dropped} rows with some are") };
        notes.push(format!("{gaps}: {rows} left aside (data.gaps)"));
        let keeps: Vec<bool> = (0..n_rows).map(|row| !dropped.contains(&row)).collect();
        self.columns.iter_mut().for_each(|column| column.retain(&keeps));
        Ok(())
    }

    /// The values of the features, row by row.
    fn values(&self, features: &[&Column], is_pixels: bool) -> Result<Numbers, DataError> {
        let n_rows = features[0].numbers.len();
        let n_values = n_rows * features.len();
        let too_many =
            |_| malformed(self.file, format!("its {n_values} numbers do not fit into memory; use a part of it"));
        if is_pixels {
            let mut bytes = Vec::new();
            bytes.try_reserve_exact(n_values).map_err(too_many)?;
            bytes.resize(n_values, 0);
            laid_out(features, &mut bytes, |value| value as u8);
            return Ok(Numbers::Bytes(bytes));
        }
        let mut floats = Vec::new();
        floats.try_reserve_exact(n_values).map_err(too_many)?;
        floats.resize(n_values, 0.0);
        laid_out(features, &mut floats, |value| value);
        Ok(Numbers::Floats(floats))
    }
}

/// Lays columns out row by row, on all cores.
fn laid_out<T: Send>(columns: &[&Column], rows: &mut [T], of: impl Fn(f32) -> T + Sync) {
    rows.par_chunks_mut(columns.len() * ROWS_AT_ONCE).enumerate().for_each(|(chunk, rows)| {
        let first = chunk * ROWS_AT_ONCE;
        for (row, values) in rows.chunks_exact_mut(columns.len()).enumerate() {
            values.iter_mut().zip(columns).for_each(|(value, column)| *value = of(column.numbers[first + row]));
        }
    });
}

/// Whether columns are those of pixels: as many as a square picture has, or named so, and all of grey levels.
fn are_pixels(features: &[&Column]) -> bool {
    let n = features.len();
    let is_named = |column: &&Column| {
        let name = column.name.to_lowercase();
        let rest = ["pixel", "px", "p"].iter().find_map(|word| name.strip_prefix(word)).unwrap_or(&name);
        !rest.is_empty()
            && rest.chars().all(|letter| letter.is_ascii_digit() || ['x', '_', '.', '-'].contains(&letter))
    };
    let are_unnamed = features.iter().all(|column| column.name.starts_with("column "));
    let likely = Shape::of(&[n], &Numbers::Bytes(Vec::new()));
    let is_picture = matches!(likely.first(), Some(Shape::Picture { height, .. }) if *height >= 4);
    let is_level = |value: &f32| LEVELS.contains(value) && value.fract() == 0.0;
    is_picture
        && (are_unnamed || features.iter().all(is_named))
        && features.iter().all(|column| column.numbers.iter().all(is_level))
}

/// Columns as something to colour by, where they are few.
pub(super) fn coloured(names: &[String], values: &[f32]) -> Vec<Factor> {
    if names.len() > MAX_COLOURED {
        return Vec::new();
    }
    let column = |(column, name): (usize, &String)| {
        factor(name, &values.iter().skip(column).step_by(names.len()).copied().collect::<Vec<f32>>())
    };
    names.par_iter().enumerate().map(column).collect()
}

/// A column to colour by; what stands in brackets behind its name is its unit.
fn factor(name: &str, values: &[f32]) -> Factor {
    let parts = name.strip_suffix(')').and_then(|name| name.rsplit_once(" ("));
    let (name, unit) = parts.unwrap_or((name, ""));
    Factor { name: name.into(), unit: unit.into(), values: values.into() }
}

/// What could be chosen otherwise.
fn options(columns: &[Column], roles: &[Role], reading: &Reading) -> Vec<ReadOption> {
    let as_codes = match reading.are_codes {
        None => "auto",
        Some(true) => "codes",
        Some(false) => "samples",
    };
    let list = |choices: &[&str]| choices.iter().map(|choice| (*choice).to_string()).collect();
    let mut options = vec![ReadOption::new("data.as", as_codes, list(&["auto", "samples", "codes"]))];
    if columns.len() <= MAX_OFFERED {
        let label = roles.iter().position(|role| *role == Role::Label);
        let label = label.map_or("", |column| columns[column].name.as_str());
        let mut choices: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
        choices.push(String::new());
        if let Some(text) = roles.iter().position(|role| *role == Role::Text) {
            options.push(ReadOption::new("data.text", &columns[text].name, choices.clone()));
        } else if roles.contains(&Role::Words) {
            options.push(ReadOption::new("data.text", "", choices.clone()));
        }
        options.push(ReadOption::new("data.label", label, choices));
    }
    if columns.iter().any(|column| !column.gaps.is_empty()) {
        options.push(ReadOption::new("data.gaps", reading.gaps.as_str(), list(&Gaps::ALL.map(Gaps::as_str))));
    }
    options
}

#[cfg(test)]
mod tests;
