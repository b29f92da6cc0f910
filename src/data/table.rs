//! Tables of numbers as CSV: a row a sample, a column a feature, perhaps a class and a name of each row.
//!
//! Separators may be commas, semicolons or tabs, decimals a point or (where fields are not parted by commas)
//! a comma; a byte order mark is skipped. Nothing is guessed into a gap: an empty or unreadable cell is
//! refused at its row and column.

use super::file::{self, read_declared};
use super::split::split_evenly;
use super::table_layout::{Layout, Number, Role};
use super::{Column, DataError, DataSplit, Dataset, Labels, Reading, SampleKind, Values, malformed};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// Columns up to which each can also be coloured by.
const MAX_COLOURED: usize = 64;

/// Loads a table from a file and keeps a part of it, even over the classes, to test with.
pub fn load(path: &Path, reading: &Reading) -> Result<DataSplit, DataError> {
    let (file, text) = read(path, reading)?;
    let all = parse(&file, &text, reading)?;
    if is_of_codes(all.kind()) {
        codes(path, all)
    } else {
        split_evenly(&file, name(path), &all, reading.test_share)
    }
}

/// Loads a table whose rows are codes; none is kept to test with, since nothing is to be learned.
pub fn load_codes(path: &Path, reading: &Reading) -> Result<DataSplit, DataError> {
    let (file, text) = read(path, reading)?;
    codes(path, parse(&file, &text, reading)?)
}

fn codes(path: &Path, all: Dataset) -> Result<DataSplit, DataError> {
    let all = all.into_codes();
    Ok(DataSplit { notes: Vec::new(), name: name(path), train: all.clone(), test: all })
}

fn name(path: &Path) -> String {
    path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy().into()
}

/// Whether the columns are called z0, z1, …, as codes are where this program writes them.
fn is_of_codes(kind: &SampleKind) -> bool {
    (0..kind.n_features()).all(|dim| kind.feature_name(dim) == format!("z{dim}"))
}

/// A file's name to show, and its text.
pub(super) fn read(path: &Path, reading: &Reading) -> Result<(String, String), DataError> {
    let (mut from, len) = file::open(path, &reading.cancel)?;
    let name = path.display().to_string();
    if len > reading.max_bytes {
        let problem = format!(
            "it holds {len} bytes, above the limit of {}; raise it with --set data.max_bytes={len}",
            reading.max_bytes
        );
        return Err(malformed(&name, problem));
    }
    let bytes = read_declared(&mut from, len as usize, true)
        .map_err(|source| DataError::Io { path: path.into(), source })?;
    let text = String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        malformed(&name, format!("byte {} is no text in UTF-8; save the table as “CSV UTF-8”", at + 1))
    })?;
    Ok((name, text))
}

/// Reads a table out of the text of `file`.
pub fn parse(file: &str, text: &str, reading: &Reading) -> Result<Dataset, DataError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let layout = Layout::of(file, text, reading)?;
    let features = layout.columns_as(Role::Feature);
    let mut values = Vec::new();
    let n_values = layout.n_rows * features.len();
    values.try_reserve_exact(n_values).map_err(|_| {
        malformed(file, format!("its {n_values} numbers do not fit into memory; use a part of it"))
    })?;
    let (mut classes, mut captions) = (Vec::new(), Vec::new());
    layout.each_row(file, text, reading, |row, cells| {
        for &column in &features {
            match layout.number(cells.get(column).unwrap_or_default()) {
                Number::Is(value) => values.push(value),
                Number::Gap | Number::Beyond | Number::None => {
                    return Err(layout.unreadable(file, row, column, cells.get(column).unwrap_or_default()));
                }
            }
        }
        let cell = |role| layout.column_as(role).and_then(|column| cells.get(column)).map(str::trim);
        if let (Some(class), Some(column)) = (cell(Role::Label), layout.column_as(Role::Label)) {
            if class.is_empty() {
                return Err(layout.unreadable(file, row, column, class));
            }
            classes.push(class.to_string());
        }
        captions.extend(cell(Role::Caption).map(String::from));
        Ok(())
    })?;
    let names: Arc<[String]> = features.iter().map(|&column| layout.names[column].clone()).collect();
    let columns = coloured(&names, &values);
    let labels = labels(file, &classes)?;
    let data = Dataset::new(SampleKind::Vector { names }, Values::Floats(values.into()), labels, columns)?;
    if captions.is_empty() { Ok(data) } else { data.with_captions(captions) }
}

/// The columns as something to colour by, where they are few.
fn coloured(names: &[String], values: &[f32]) -> Vec<Column> {
    if names.len() > MAX_COLOURED {
        return Vec::new();
    }
    let column = |(column, name): (usize, &String)| {
        let parts = name.strip_suffix(')').and_then(|name| name.rsplit_once(" ("));
        let (name, unit) = parts.unwrap_or((name, ""));
        let values = values.iter().skip(column).step_by(names.len()).copied().collect();
        Column { name: name.into(), unit: unit.into(), values }
    };
    names.iter().enumerate().map(column).collect()
}

/// Classes by name, in the order of numbers where all are numbers, else of letters; none where there is no
/// such column.
pub(super) fn labels(file: &str, of: &[String]) -> Result<Option<Labels>, DataError> {
    if of.is_empty() {
        return Ok(None);
    }
    let mut index: BTreeMap<&str, u16> = of.iter().map(|class| (class.as_str(), 0)).collect();
    let mut names: Vec<&str> = index.keys().copied().collect();
    let numbers: Option<Vec<f64>> = names.iter().map(|name| name.parse().ok()).collect();
    if let Some(numbers) = numbers {
        let mut sorted: Vec<(f64, &str)> = numbers.into_iter().zip(names).collect();
        sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
        names = sorted.into_iter().map(|(_, name)| name).collect();
    }
    if names.len() > usize::from(u16::MAX) {
        let problem =
            format!("its label column holds {} classes; choose another with data.label=NAME", names.len());
        return Err(malformed(file, problem));
    }
    for (class, name) in names.iter().enumerate() {
        index.insert(name, class as u16);
    }
    let of = of.iter().map(|class| index[class.as_str()]).collect();
    Ok(Some(Labels { names: names.into_iter().map(String::from).collect(), of }))
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
