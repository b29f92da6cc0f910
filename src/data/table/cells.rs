//! A table's text as columns: numbers, gaps, and words where cells are no numbers.
//!
//! Text without quotes is cut at line ends and read on all cores, since then every line end parts two rows.

use super::number::{Number, number};
use crate::data::{DataError, Reading, malformed};
use csv::StringRecord;
use memchr::memchr_iter;
use rayon::prelude::*;

/// Most columns.
const MAX_COLUMNS: usize = 1 << 20;
/// Rows between two looks at whether to stop, and those that the way of writing is judged by.
const ROWS_AT_ONCE: usize = 1024;
const ROWS_JUDGED: usize = 20;
/// Bytes of a short cell with its separator, by which memory is put aside.
const CELL: usize = 6;
/// Bytes of text that one thread reads at a time.
const CHUNK: usize = 1 << 20;

/// A column as it was read.
#[derive(Clone, Debug, Default)]
pub struct Column {
    /// Its name; "column 1" where it has none.
    pub name: String,
    /// Whether its name is an empty cell.
    pub is_unnamed: bool,
    /// One number a row; NaN where the cell holds none.
    pub numbers: Vec<f32>,
    /// Rows whose cell is empty, or says that nothing is known.
    pub gaps: Vec<usize>,
    /// Rows whose cell is neither a number nor a gap, with what stands there.
    pub words: Vec<(usize, String)>,
    /// Every cell as it is written, in columns that may hold classes or names.
    pub texts: Option<Vec<String>>,
}

impl Column {
    fn take(&mut self, cell: &str, decimal_comma: bool) {
        let row = self.numbers.len();
        let read = number(cell, decimal_comma);
        self.numbers.push(if let Number::Is(value) = read { value } else { f32::NAN });
        match read {
            Number::Is(_) => {}
            Number::Gap => self.gaps.push(row),
            Number::Beyond | Number::None => self.words.push((row, cell.trim().into())),
        }
        if let Some(texts) = &mut self.texts {
            texts.push(cell.trim().into());
        }
    }

    /// Whether none of its words is a number, not even one that cannot be held.
    pub fn is_of_words(&self) -> bool {
        self.words.iter().all(|(_, word)| number(word, false) == Number::None)
    }

    /// A column that says of rows of two files which are to test with.
    pub fn of_parts(n_train: usize, n_test: usize) -> Self {
        let texts: Vec<String> =
            (0..n_train + n_test).map(|row| if row < n_train { "train" } else { "test" }.into()).collect();
        let numbers = vec![f32::NAN; texts.len()];
        let words = texts.iter().cloned().enumerate().collect();
        Self { name: "split".into(), is_unnamed: true, numbers, gaps: Vec::new(), words, texts: Some(texts) }
    }

    /// Pieces of one column, one below the other.
    fn joined(pieces: Vec<Self>) -> Self {
        let n = pieces.iter().map(|piece| piece.numbers.len()).sum::<usize>();
        let mut pieces = pieces.into_iter();
        let mut column = pieces.next().unwrap_or_default();
        column.numbers.reserve_exact(n - column.numbers.len());
        pieces.for_each(|piece| column.append(piece));
        column
    }

    /// Puts the rows of another column below its own.
    pub fn append(&mut self, other: Self) {
        let before = self.numbers.len();
        self.numbers.extend(other.numbers);
        self.gaps.extend(other.gaps.into_iter().map(|row| before + row));
        self.words.extend(other.words.into_iter().map(|(row, cell)| (before + row, cell)));
        if let (Some(texts), Some(more)) = (&mut self.texts, other.texts) {
            texts.extend(more);
        }
    }

    /// Takes out the rows that are not kept.
    pub fn retain(&mut self, keeps: &[bool]) {
        let mut row = 0;
        self.numbers.retain(|_| {
            row += 1;
            keeps[row - 1]
        });
        if let Some(texts) = &mut self.texts {
            row = 0;
            texts.retain(|_| {
                row += 1;
                keeps[row - 1]
            });
        }
        let mut n_kept = 0;
        let place = |is_kept: &bool| {
            n_kept += usize::from(*is_kept);
            n_kept - usize::from(*is_kept)
        };
        let places: Vec<usize> = keeps.iter().map(place).collect();
        self.gaps.retain(|&row| keeps[row]);
        self.gaps.iter_mut().for_each(|row| *row = places[*row]);
        self.words.retain(|(row, _)| keeps[*row]);
        self.words.iter_mut().for_each(|(row, _)| *row = places[*row]);
    }

    /// Its cells as they are written, or as their numbers are.
    pub fn into_texts(mut self) -> Vec<String> {
        self.texts.take().unwrap_or_else(|| {
            let mut texts: Vec<String> = self.numbers.iter().map(f32::to_string).collect();
            self.words.into_iter().for_each(|(row, cell)| texts[row] = cell);
            self.gaps.into_iter().for_each(|row| texts[row] = String::new());
            texts
        })
    }
}

/// A table as it was read.
pub struct Cells {
    /// The columns, at least one.
    pub columns: Vec<Column>,
    /// Whether the first row names them.
    pub has_header: bool,
}

/// Reads all of a text as columns of equally many rows, at least one; those whose name `is_known` keep the
/// text of their cells.
pub fn read(
    file: &str,
    text: &str,
    reading: &Reading,
    is_known: impl Fn(&str) -> bool,
) -> Result<Cells, DataError> {
    let delimiter = delimiter(text);
    let mut rows = reader(text, delimiter).into_records();
    let first = match rows.next() {
        Some(first) => first.map_err(|e| no_table(file, &e))?,
        None => return Err(malformed(file, "it holds no rows; use a table of numbers")),
    };
    if first.len() > MAX_COLUMNS {
        return Err(malformed(file, format!("it has {} columns, above {MAX_COLUMNS}", first.len())));
    }
    let judged: Vec<StringRecord> = rows.take(ROWS_JUDGED).filter_map(Result::ok).collect();
    let is_decimal = |cell: &str| cell.contains(',') && matches!(number(cell, true), Number::Is(_));
    let decimal_comma = delimiter != b',' && judged.iter().chain([&first]).any(|row| row.iter().any(is_decimal));
    let is_text = |cell: &str| matches!(number(cell, decimal_comma), Number::None);
    let below = |column: usize| judged.iter().filter_map(move |row| row.get(column));
    // A name stands above numbers; where there is but one row, it is a row.
    let is_name = |(column, cell): (usize, &str)| {
        is_text(cell) && below(column).any(|cell| matches!(number(cell, decimal_comma), Number::Is(_)))
    };
    // Where there are no numbers, names are told by what they say.
    let is_said = |cell: &str| is_known(cell.trim()) && !judged.is_empty();
    let has_header = first.iter().enumerate().any(is_name) || first.iter().any(is_said);
    let empty: Vec<Column> = first
        .iter()
        .enumerate()
        .map(|(column, cell)| {
            let is_unnamed = has_header && cell.trim().is_empty();
            let is_named = has_header && !is_unnamed;
            let name = if is_named { cell.trim().into() } else { format!("column {}", column + 1) };
            let keeps = is_known(&name) || is_unnamed || below(column).any(is_text);
            Column { is_unnamed, texts: keeps.then(Vec::new), name, ..Column::default() }
        })
        .collect();
    let body = Body { file, text, delimiter, decimal_comma, empty: &empty, reading };
    let columns = body.read(has_header)?;
    match columns.first() {
        Some(column) if !column.numbers.is_empty() => Ok(Cells { columns, has_header }),
        _ => Err(malformed(file, "it holds the names of columns and no rows; use a table that has some")),
    }
}

/// The line of a text that a row below the header stands in, counted from 1.
pub fn line(text: &str, has_header: bool, row: usize) -> u64 {
    let mut rows = reader(text, delimiter(text)).into_records();
    let record = rows.nth(row + usize::from(has_header)).and_then(Result::ok);
    record.and_then(|record| record.position().map(csv::Position::line)).unwrap_or(row as u64 + 1)
}

/// A table's text and how it is written.
struct Body<'a> {
    file: &'a str,
    text: &'a str,
    delimiter: u8,
    decimal_comma: bool,
    empty: &'a [Column],
    reading: &'a Reading,
}

impl Body<'_> {
    fn read(&self, has_header: bool) -> Result<Vec<Column>, DataError> {
        let has_quotes = self.text.contains('"');
        let chunks = if has_quotes { vec![self.text] } else { chunks(self.text) };
        let part = |(i, chunk): (usize, &&str)| {
            let is_header = has_header && i == 0;
            if has_quotes || ends_oddly(chunk) {
                self.quoted(chunk, is_header)
            } else {
                self.plain(chunk, is_header)
            }
        };
        let parts: Vec<Vec<Column>> = chunks.par_iter().enumerate().map(part).collect::<Result<_, DataError>>()?;
        let mut by_column: Vec<Vec<Column>> = self.empty.iter().map(|_| Vec::new()).collect();
        for part in parts {
            by_column.iter_mut().zip(part).for_each(|(all, column)| all.push(column));
        }
        Ok(by_column.into_par_iter().map(Column::joined).collect())
    }

    /// Reads a piece without quotes, in which every separator parts two cells.
    fn plain(&self, text: &str, mut is_header: bool) -> Result<Vec<Column>, DataError> {
        let mut columns = self.empty.to_vec();
        let guess = text.len() / (self.empty.len() * CELL);
        columns.iter_mut().for_each(|column| column.numbers.reserve(guess));
        for (n, line) in text.lines().enumerate().filter(|(_, line)| !line.is_empty()) {
            if n % ROWS_AT_ONCE == 0 && self.reading.cancel.is_set() {
                return Err(self.reading.cancelled(self.file));
            }
            let n_cells = if std::mem::take(&mut is_header) {
                memchr_iter(self.delimiter, line.as_bytes()).count() + 1
            } else {
                self.take_line(line, &mut columns)
            };
            if n_cells != columns.len() {
                return Err(self.uneven(n_cells, n as u64 + 1, text));
            }
        }
        Ok(columns)
    }

    /// Takes the cells of a line, as far as there are columns for them, and says how many there are.
    fn take_line(&self, line: &str, columns: &mut [Column]) -> usize {
        let (mut start, mut n) = (0, 0);
        let ends = memchr_iter(self.delimiter, line.as_bytes()).chain([line.len()]);
        for end in ends {
            if let Some(column) = columns.get_mut(n) {
                column.take(&line[start..end], self.decimal_comma);
            }
            (start, n) = (end + 1, n + 1);
        }
        n
    }

    /// Reads a piece as CSV may be written.
    fn quoted(&self, text: &str, mut is_header: bool) -> Result<Vec<Column>, DataError> {
        let mut columns = self.empty.to_vec();
        let mut reader = reader(text, self.delimiter);
        let mut record = StringRecord::new();
        let mut n = 0;
        while reader.read_record(&mut record).map_err(|e| no_table(self.file, &e))? {
            if record.len() != columns.len() {
                return Err(self.uneven(record.len(), record.position().map_or(1, csv::Position::line), text));
            }
            n += 1;
            if n % ROWS_AT_ONCE == 0 && self.reading.cancel.is_set() {
                return Err(self.reading.cancelled(self.file));
            }
            if !std::mem::take(&mut is_header) {
                columns.iter_mut().zip(&record).for_each(|(column, cell)| column.take(cell, self.decimal_comma));
            }
        }
        Ok(columns)
    }

    /// The error of a row of so many cells in a line of a piece.
    fn uneven(&self, cells: usize, line: u64, part: &str) -> DataError {
        // A part is a piece of the whole text, whose lines before it count.
        let before = part.as_ptr() as usize - self.text.as_ptr() as usize;
        let lines = memchr_iter(b'\n', &self.text.as_bytes()[..before]).count() as u64;
        let (row, wanted) = (lines + line, self.empty.len());
        let problem = format!("row {row} has {cells} cells where the first has {wanted}; give every row as many");
        malformed(self.file, problem)
    }
}

/// Whether a line ends with a carriage return alone, as on old machines.
fn ends_oddly(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr_iter(b'\r', bytes).any(|at| bytes.get(at + 1) != Some(&b'\n'))
}

/// A text in pieces that end with a line, of about [`CHUNK`] bytes.
fn chunks(mut text: &str) -> Vec<&str> {
    let mut chunks = Vec::new();
    while text.len() > CHUNK {
        let Some(end) = text.as_bytes()[CHUNK..].iter().position(|&byte| byte == b'\n') else { break };
        let (chunk, rest) = text.split_at(CHUNK + end + 1);
        chunks.push(chunk);
        text = rest;
    }
    chunks.push(text);
    chunks
}

fn no_table(file: &str, e: &csv::Error) -> DataError {
    malformed(file, format!("it is no table ({e}); save it as CSV in UTF-8"))
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
