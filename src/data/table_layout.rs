//! How a table is written: what parts its fields, whether it names its columns, and what each column holds.

use super::{DataError, Reading, malformed};
use csv::StringRecord;
use std::collections::HashSet;

/// Names of columns that hold a class or a name, compared in small letters.
const LABELS: [&str; 9] =
    ["label", "labels", "class", "species", "target", "category", "klasse", "cultivar", "kind"];
const CAPTIONS: [&str; 7] = ["name", "names", "caption", "title", "id", "index", "file"];
/// What stands in a cell that holds nothing, in small letters.
const GAPS: [&str; 8] = ["", "na", "n/a", "nan", "null", "none", "?", "-"];
/// Most columns.
const MAX_COLUMNS: usize = 1 << 20;
/// Rows between two looks at whether to stop, and those that the separator is judged by.
const ROWS_AT_ONCE: u64 = 1024;
const ROWS_JUDGED: usize = 20;

/// What a column is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A number that is learned from.
    Feature,
    /// The class.
    Label,
    /// The row's name.
    Caption,
    /// Left aside, as the settings ask.
    Ignored,
}

/// A cell read as a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// It is one.
    Is(f32),
    /// Nothing is there.
    Gap,
    /// A number that single precision cannot hold, or infinity.
    Beyond,
    /// Something else.
    None,
}

/// How a table is written.
#[derive(Clone, Debug)]
pub struct Layout {
    delimiter: u8,
    decimal_comma: bool,
    has_header: bool,
    /// Names of all columns.
    pub names: Vec<String>,
    roles: Vec<Role>,
    /// Rows below the header; at least one.
    pub n_rows: usize,
}

/// What was seen in a column.
#[derive(Clone, Default)]
struct Seen {
    n_numbers: usize,
    /// First row that holds something else, and how many do.
    text: Option<(u64, String)>,
    n_text: usize,
    distinct: HashSet<String>,
    /// Whether its numbers count the rows from 0 or 1.
    counts: bool,
}

impl Layout {
    /// Looks through the whole of a table's text.
    pub fn of(file: &str, text: &str, reading: &Reading) -> Result<Self, DataError> {
        let delimiter = delimiter(text);
        let mut layout = Self {
            delimiter,
            decimal_comma: false,
            has_header: false,
            names: Vec::new(),
            roles: Vec::new(),
            n_rows: 0,
        };
        layout.decimal_comma = delimiter != b',' && layout.has_decimal_commas(text);
        let mut first = None;
        let mut seen: Vec<Seen> = Vec::new();
        let mut n_rows = 0;
        layout.each_row(file, text, reading, |row, cells| {
            if first.is_none() {
                if cells.len() > MAX_COLUMNS {
                    return Err(malformed(file, format!("it has {} columns, above {MAX_COLUMNS}", cells.len())));
                }
                first = Some((row, cells.clone()));
                seen = vec![Seen { counts: true, ..Seen::default() }; cells.len()];
                return Ok(());
            }
            n_rows += 1;
            for (seen, cell) in seen.iter_mut().zip(cells) {
                seen.take(layout.number(cell), cell, row, n_rows);
            }
            Ok(())
        })?;
        let Some((first_row, first)) = first else {
            return Err(malformed(file, "it holds no rows; use a table of numbers"));
        };
        let is_text = |cell: &str| layout.number(cell) == Number::None;
        // A name stands above numbers; where there is but one row, it is a row.
        layout.has_header = first.iter().zip(&seen).any(|(cell, seen)| is_text(cell) && seen.n_numbers > 0);
        if !layout.has_header {
            n_rows += 1;
            for (seen, cell) in seen.iter_mut().zip(&first) {
                seen.counts = false;
                seen.take(layout.number(cell), cell, first_row, n_rows);
            }
        }
        layout.n_rows = n_rows;
        let name = |(column, cell): (usize, &str)| match cell.trim() {
            name if layout.has_header && !name.is_empty() => name.to_string(),
            _ => format!("column {}", column + 1),
        };
        layout.names = first.iter().enumerate().map(name).collect();
        let unnamed: Vec<bool> = first.iter().map(|cell| layout.has_header && cell.trim().is_empty()).collect();
        layout.assign(file, &seen, &unnamed, reading)?;
        Ok(layout)
    }

    /// Decides what each column is taken for.
    fn assign(&mut self, file: &str, seen: &[Seen], unnamed: &[bool], reading: &Reading) -> Result<(), DataError> {
        let wanted = |name: &str| {
            let at = self.names.iter().position(|own| own == name);
            at.ok_or_else(|| {
                let known: Vec<&str> = self.names.iter().take(20).map(String::as_str).collect();
                malformed(file, format!("it has no column {name:?}; it has {}", known.join(", ")))
            })
        };
        let mut roles = vec![Role::Feature; seen.len()];
        for name in &reading.ignored {
            roles[wanted(name)?] = Role::Ignored;
        }
        beside_codes(&self.names).for_each(|column| roles[column] = Role::Ignored);
        let named = |list: &[&str], column: usize| list.contains(&self.names[column].to_lowercase().as_str());
        let is_text = |column: usize| seen[column].n_text > seen[column].n_numbers;
        // Names may repeat now and then; classes do as a rule.
        let is_unique = |column: usize| seen[column].distinct.len() * 10 > self.n_rows * 9 && self.n_rows > 2;
        let free = |roles: &[Role], fits: &dyn Fn(usize) -> bool| -> Option<usize> {
            let mut columns: Vec<usize> =
                (0..seen.len()).filter(|&column| roles[column] == Role::Feature).collect();
            // The last one first, where a class is wont to stand.
            columns.reverse();
            columns.into_iter().find(|&column| fits(column))
        };
        match reading.label.as_deref() {
            Some("") => {}
            Some(name) => roles[wanted(name)?] = Role::Label,
            None => {
                let label = free(&roles, &|column| named(&LABELS, column)).or_else(|| {
                    free(&roles, &|column| is_text(column) && !is_unique(column) && !named(&CAPTIONS, column))
                });
                if let Some(column) = label {
                    roles[column] = Role::Label;
                }
            }
        }
        let caption = free(&roles, &|column| named(&CAPTIONS, column))
            .or_else(|| free(&roles, &|column| is_text(column) && is_unique(column)))
            .or_else(|| free(&roles, &|column| unnamed[column] && seen[column].counts));
        if let Some(column) = caption {
            roles[column] = Role::Caption;
        }
        if let Some(column) = free(&roles, &|column| seen[column].text.is_some())
            && let Some((row, cell)) = &seen[column].text
        {
            let problem = format!(
                "row {row}, column {:?}: {cell:?} is no number; mend it, or leave the column aside with data.ignore={}",
                self.names[column], self.names[column]
            );
            return Err(malformed(file, problem));
        }
        if !roles.contains(&Role::Feature) {
            return Err(malformed(file, "it has no column of numbers to learn from; use a table that has some"));
        }
        self.roles = roles;
        Ok(())
    }

    /// Calls `visit` with the number of each row below the header, counted in the file's lines, and its
    /// cells.
    pub fn each_row(
        &self,
        file: &str,
        text: &str,
        reading: &Reading,
        mut visit: impl FnMut(u64, &StringRecord) -> Result<(), DataError>,
    ) -> Result<(), DataError> {
        let mut reader = reader(text, self.delimiter);
        let (mut record, mut width, mut is_header) = (StringRecord::new(), None, self.has_header);
        let mut n = 0;
        while reader
            .read_record(&mut record)
            .map_err(|e| malformed(file, format!("it is no table ({e}); save it as CSV in UTF-8")))?
        {
            n += 1;
            if n % ROWS_AT_ONCE == 0 && reading.cancel.is_set() {
                return Err(malformed(file, "reading was cancelled"));
            }
            let row = record.position().map_or(n, csv::Position::line);
            let wanted = *width.get_or_insert(record.len());
            if record.len() != wanted {
                let problem = format!(
                    "row {row} has {} cells where the first has {wanted}; give every row as many",
                    record.len()
                );
                return Err(malformed(file, problem));
            }
            if !std::mem::take(&mut is_header) {
                visit(row, &record)?;
            }
        }
        Ok(())
    }

    /// A cell read as a number: either minus, and the table's decimal mark.
    pub fn number(&self, cell: &str) -> Number {
        number(cell, self.decimal_comma)
    }

    /// The columns taken for `role`, from the left.
    pub fn columns_as(&self, role: Role) -> Vec<usize> {
        (0..self.roles.len()).filter(|&column| self.roles[column] == role).collect()
    }

    /// The column taken for `role`, if there is one.
    pub fn column_as(&self, role: Role) -> Option<usize> {
        self.roles.iter().position(|own| *own == role)
    }

    /// Why a cell cannot be taken.
    pub fn unreadable(&self, file: &str, row: u64, column: usize, cell: &str) -> DataError {
        let what = match self.number(cell) {
            Number::Beyond => format!("{:?} is beyond single precision", cell.trim()),
            _ if cell.trim().is_empty() => "it is empty".into(),
            _ => format!("{:?} is no number", cell.trim()),
        };
        malformed(
            file,
            format!("row {row}, column {:?}: {what}; fill it or leave the row out", self.names[column]),
        )
    }

    fn has_decimal_commas(&self, text: &str) -> bool {
        let mut rows = reader(text, self.delimiter).into_records();
        let judged = rows.by_ref().take(ROWS_JUDGED).filter_map(Result::ok);
        let is_decimal = |cell: &str| cell.contains(',') && matches!(number(cell, true), Number::Is(_));
        judged.into_iter().any(|record| record.iter().any(is_decimal))
    }
}

impl Seen {
    fn take(&mut self, number: Number, cell: &str, row: u64, n_rows: usize) {
        match number {
            Number::Is(value) => {
                self.n_numbers += 1;
                self.counts &= value == n_rows as f32 || value == (n_rows - 1) as f32;
            }
            Number::Beyond => self.n_numbers += 1,
            Number::Gap => {}
            Number::None => {
                self.n_text += 1;
                self.text.get_or_insert_with(|| (row, cell.trim().into()));
                if !self.distinct.contains(cell.trim()) {
                    self.distinct.insert(cell.trim().into());
                }
            }
        }
    }
}

/// The columns that are nothing to learn from in a table of codes as this program writes it.
fn beside_codes(names: &[String]) -> impl Iterator<Item = usize> {
    let numbered =
        |name: &str, stem: &str| name.strip_prefix(stem).is_some_and(|number| number.parse::<usize>().is_ok());
    let is_aside = move |name: &str| matches!(name, "index" | "split") || numbered(name, "log_var");
    let is_code = |name: &str| is_aside(name) || matches!(name, "label" | "name") || numbered(name, "z");
    let are_codes = names.iter().any(|name| name == "z0") && names.iter().all(|name| is_code(name));
    // Where samples have no name they go by their number.
    let has_names = names.iter().any(|name| name == "name");
    let aside = move |name: &String| are_codes && is_aside(name) && (has_names || name != "index");
    names.iter().enumerate().filter(move |(_, name)| aside(name)).map(|(column, _)| column)
}

fn reader(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(text.as_bytes())
}

/// The separator with which the first rows have equally many cells, most of all; a comma where none has.
fn delimiter(text: &str) -> u8 {
    let cells = |delimiter: u8| {
        let mut widths = reader(text, delimiter).into_records().take(ROWS_JUDGED).filter_map(Result::ok);
        let first = widths.next().map_or(0, |record| record.len());
        if widths.all(|record| record.len() == first) { first } else { 0 }
    };
    // Of equals the last wins: commas also stand inside numbers, so that they come first.
    let counted = [b',', b'\t', b';'].map(|delimiter| (cells(delimiter), delimiter));
    counted.into_iter().filter(|counted| counted.0 > 1).max_by_key(|counted| counted.0).map_or(b',', |best| best.1)
}

fn number(cell: &str, decimal_comma: bool) -> Number {
    let cell = cell.trim();
    if GAPS.contains(&cell.to_lowercase().as_str()) {
        return Number::Gap;
    }
    let plain = cell.replace('\u{2212}', "-");
    let plain = match (decimal_comma, plain.contains('.')) {
        (true, true) => return Number::None,
        (true, false) => plain.replacen(',', ".", 1),
        (false, _) => plain,
    };
    match plain.parse::<f32>() {
        Ok(value) if value.is_finite() => Number::Is(value),
        Ok(_) => Number::Beyond,
        Err(_) => Number::None,
    }
}
