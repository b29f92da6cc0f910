//! Samples made of arrays, with labels of any numbers.

use super::pixels::{Pixels, Range, range_of};
use super::shape::Shape;
use super::{Array, Numbers};
use crate::data::split::test_indices;
use crate::data::table::coloured;
use crate::data::{
    Column, DataError, DataSplit, Dataset, Labels, ReadOption, Reading, SampleKind, Values, malformed,
};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Most classes that labels can tell apart.
const MAX_CLASSES: usize = 1 << 16;

/// Samples and all that is known of each.
pub struct Part {
    /// What the values lie in, to show.
    pub file: String,
    /// The values: a row a sample.
    pub array: Array,
    /// One number a sample, which labels it.
    pub labels: Option<Vec<i64>>,
    /// Further known factors.
    pub columns: Vec<Column>,
    /// A name a sample.
    pub captions: Option<Vec<String>>,
    /// Names of the features, where rows of numbers have any.
    pub names: Arc<[String]>,
    /// Whether rows of numbers are known to be pixels.
    pub is_pixels: bool,
    /// Which samples are to test with, where that is said.
    pub is_test: Option<Vec<bool>>,
}

impl Part {
    /// Samples with the labels of another file, which must be as many.
    pub fn new(file: String, array: Array, labels: Option<(String, Vec<i64>)>) -> Result<Self, DataError> {
        let n = array.dims[0];
        if let Some((labels, of)) = labels.as_ref().filter(|(_, of)| of.len() != n) {
            let problem = format!(
                "it holds {} labels, but {file} holds {n} images; the two do not belong together",
                of.len()
            );
            return Err(malformed(labels, problem));
        }
        let labels = labels.map(|(_, of)| of);
        let (columns, captions, names, is_test) = (Vec::new(), None, [].into(), None);
        Ok(Self { file, array, labels, columns, captions, names, is_pixels: false, is_test })
    }

    /// Sets the labels, which must be as many as the samples.
    pub fn label(&mut self, of: Option<Vec<i64>>) -> Result<(), DataError> {
        if let Some(of) = of.as_ref().filter(|of| of.len() != self.n_samples()) {
            let problem = format!("it holds {} samples, but there are {} labels", self.n_samples(), of.len());
            return Err(malformed(&self.file, problem));
        }
        self.labels = of;
        Ok(())
    }

    /// The shapes that a sample can be taken for, where there is a choice.
    pub fn shapes(&self, reading: &Reading) -> Option<ReadOption> {
        let dims = &self.array.dims[1..];
        let shapes = Shape::of(dims, &self.array.values);
        let current = reading.shape.or_else(|| shapes.first().copied())?;
        let mut choices: Vec<String> = shapes.iter().map(Shape::to_string).collect();
        if !choices.contains(&current.to_string()) {
            choices.insert(0, current.to_string());
        }
        (choices.len() > 1).then(|| ReadOption::new("data.shape", &current.to_string(), choices))
    }

    fn n_samples(&self) -> usize {
        self.array.dims[0]
    }

    /// Brings the samples marked to the end, in place; either side keeps its order.
    fn put_last(&mut self, is_last: &[bool]) {
        let row = self.array.dims[1..].iter().product();
        match &mut self.array.values {
            Numbers::Bytes(values) => put_last(values, row, is_last),
            Numbers::Whole(values) => put_last(values, row, is_last),
            Numbers::Floats(values) => put_last(values, row, is_last),
        }
        if let Some(labels) = &mut self.labels {
            put_last(labels, 1, is_last);
        }
        self.columns.par_iter_mut().for_each(|column| {
            let mut values = column.values.to_vec();
            put_last(&mut values, 1, is_last);
            column.values = values.into();
        });
        if let Some(captions) = self.captions.take() {
            let mut marked = is_last.iter();
            let (last, kept): (Vec<String>, Vec<String>) =
                captions.into_iter().partition(|_| marked.next() == Some(&true));
            self.captions = Some([kept, last].concat());
        }
    }
}

/// Brings the rows marked to the end of `values`; only they are held twice meanwhile.
fn put_last<T: Copy>(values: &mut [T], row: usize, is_last: &[bool]) {
    let mut last = Vec::new();
    let mut n_kept = 0;
    for (i, &is_last) in is_last.iter().enumerate() {
        let range = i * row..(i + 1) * row;
        if is_last {
            last.extend_from_slice(&values[range]);
        } else {
            values.copy_within(range, n_kept * row);
            n_kept += 1;
        }
    }
    values[n_kept * row..].copy_from_slice(&last);
}

/// How the samples of both parts are read.
struct Understood {
    shape: Shape,
    range: Option<Range>,
    classes: Option<Vec<i64>>,
    /// Names of classes that have others than their numbers.
    names: BTreeMap<i64, String>,
}

/// Makes both parts of a data set of the samples to train on and those to test with; without the latter a
/// share of the former that is even over the classes is kept.
///
/// `names` are those of classes that have others than their numbers.
pub fn whole(
    file: &str,
    name: String,
    mut train: Part,
    test: Option<Part>,
    names: BTreeMap<i64, String>,
    reading: &Reading,
) -> Result<DataSplit, DataError> {
    let mut notes = Vec::new();
    let shape = shape(&train, reading)?;
    let range = if shape == Shape::Numbers { None } else { range_of(&train.array.values) };
    let Some(test) = test else {
        let n = train.n_samples();
        if n < 2 {
            return Err(malformed(file, "one sample alone cannot be split into training and test"));
        }
        let mut options = Vec::new();
        let both = |of: &Vec<bool>| of.contains(&true) && of.contains(&false);
        let is_test = train.is_test.take().filter(both).unwrap_or_else(|| {
            notes
                .push(format!("{:.0} % are kept to test with, even over the classes", 100.0 * reading.test_share));
            options.push(reading.split());
            test_indices(n, train.labels.as_deref(), reading.test_share)
        });
        train.put_last(&is_test);
        let n_train = is_test.iter().filter(|is_test| !**is_test).count();
        let classes = train.labels.as_ref().map(|of| classes(file, of.iter())).transpose()?;
        let understood = Understood { shape, range, classes, names };
        let all = dataset(train, &understood, &mut notes)?;
        let (train, test) = (all.slice(0..n_train)?, all.slice(n_train..n)?);
        return Ok(DataSplit { notes, options, ..DataSplit::new(name, train, test) });
    };
    agree(file, &train, &test)?;
    let of = train.labels.as_ref().zip(test.labels.as_ref());
    let classes = of.map(|(train, test)| classes(file, train.iter().chain(test))).transpose()?;
    let understood = Understood { shape, range, classes, names };
    let train = dataset(train, &understood, &mut notes)?;
    let test = dataset(test, &understood, &mut Vec::new())?;
    Ok(DataSplit { notes, ..DataSplit::new(name, train, test) })
}

/// Makes one data set of samples that are rows of numbers, such as codes.
pub fn together(part: Part, names: BTreeMap<i64, String>, notes: &mut Vec<String>) -> Result<Dataset, DataError> {
    let classes = part.labels.as_ref().map(|of| classes(&part.file, of.iter())).transpose()?;
    dataset(part, &Understood { shape: Shape::Numbers, range: None, classes, names }, notes)
}

/// Makes a data set of parsed images and their labels; each with its file's name.
pub fn assemble(file: &str, images: Array, labels: Option<(&str, &Array)>) -> Result<Dataset, DataError> {
    let mut notes = Vec::new();
    let labels =
        labels.map(|(file, labels)| Ok((file.to_owned(), numbers(file, labels, &mut notes)?))).transpose()?;
    let part = Part::new(file.into(), images, labels)?;
    let understood = Understood {
        shape: shape(&part, &Reading::default())?,
        range: range_of(&part.array.values),
        classes: part.labels.as_ref().map(|of| classes(file, of.iter())).transpose()?,
        names: BTreeMap::new(),
    };
    dataset(part, &understood, &mut notes)
}

fn agree(file: &str, train: &Part, test: &Part) -> Result<(), DataError> {
    let (a, b) = (&train.array.dims[1..], &test.array.dims[1..]);
    if a != b {
        let problem = format!("training images are {a:?} but test images {b:?}; they must agree");
        return Err(malformed(file, problem));
    }
    let (of, other) = match (&train.labels, &test.labels) {
        (Some(_), None) => ("training", "testing"),
        (None, Some(_)) => ("testing", "training"),
        _ => return Ok(()),
    };
    Err(malformed(file, format!("there are labels for {of} but none for {other}; add or remove one")))
}

/// One number a sample, out of an array of labels: a number each, one of several columns marked, or the first
/// column.
pub fn numbers(file: &str, labels: &Array, notes: &mut Vec<String>) -> Result<Vec<i64>, DataError> {
    let whole = whole_numbers(file, &labels.values)?;
    match labels.dims[..] {
        [_] => Ok(whole),
        [_, columns] => {
            let marked = |row: &[i64]| {
                let mut of = row.iter().enumerate().filter(|(_, value)| **value != 0);
                of.next().filter(|(_, value)| **value == 1 && of.next().is_none()).map(|(column, _)| column as i64)
            };
            let rows = whole.chunks_exact(columns);
            if columns > 1
                && let Some(of) = rows.clone().map(marked).collect::<Option<Vec<i64>>>()
            {
                notes.push(format!("{file}: the class is the one of {columns} columns that is marked"));
                return Ok(of);
            }
            if columns > 1 {
                notes.push(format!("{file}: the class is the first of {columns} columns; the rest is left aside"));
            }
            Ok(rows.map(|row| row[0]).collect())
        }
        _ => Err(malformed(file, "it holds images where labels are expected; are two files swapped?")),
    }
}

fn whole_numbers(file: &str, values: &Numbers) -> Result<Vec<i64>, DataError> {
    match values {
        Numbers::Bytes(bytes) => Ok(bytes.iter().map(|&byte| i64::from(byte)).collect()),
        Numbers::Whole(whole) => Ok(whole.iter().map(|&value| i64::from(value)).collect()),
        Numbers::Floats(floats) => {
            let whole = |(i, &value): (usize, &f32)| {
                let is_whole = value.fract() == 0.0 && value.abs() < 1e9;
                is_whole.then_some(value as i64).ok_or_else(|| {
                    malformed(file, format!("label {} is {value}, no whole number; is it the right file?", i + 1))
                })
            };
            floats.iter().enumerate().map(whole).collect()
        }
    }
}

/// The classes that occur, in ascending order.
fn classes<'a>(file: &str, of: impl Iterator<Item = &'a i64>) -> Result<Vec<i64>, DataError> {
    let classes: BTreeSet<i64> = of.copied().collect();
    if classes.len() > MAX_CLASSES {
        return Err(malformed(
            file,
            format!("its labels tell {} classes apart, more than {MAX_CLASSES}", classes.len()),
        ));
    }
    Ok(classes.into_iter().collect())
}

/// The shape of a sample: the one that was asked for, else the likeliest.
fn shape(part: &Part, reading: &Reading) -> Result<Shape, DataError> {
    let file = &part.file;
    let dims = &part.array.dims[1..];
    let shapes = Shape::of(dims, &part.array.values);
    match (reading.shape, shapes.first()) {
        (Some(wanted), _) if wanted.holds(dims.iter().product()) => Ok(wanted),
        (Some(wanted), _) => {
            let problem = format!("its samples are {}, which data.shape={wanted} does not hold", sizes(dims));
            Err(malformed(file, problem))
        }
        (None, Some(Shape::Numbers)) if dims.len() == 3 => {
            let problem = format!(
                "its images are {}, and neither the first nor the last axis has 1 to 4 channels; say which they are with data.shape",
                sizes(dims)
            );
            Err(malformed(file, problem))
        }
        (None, Some(&likeliest)) => Ok(likeliest),
        (None, None) => Err(malformed(file, format!("its samples are {}; give pictures or rows", sizes(dims)))),
    }
}

fn sizes(dims: &[usize]) -> String {
    dims.iter().map(usize::to_string).collect::<Vec<_>>().join(" × ")
}

fn dataset(part: Part, understood: &Understood, notes: &mut Vec<String>) -> Result<Dataset, DataError> {
    let Part { array, labels, mut columns, captions, names, .. } = part;
    let n_axes = array.dims.len();
    let (kind, values) = match understood.shape {
        Shape::Numbers => {
            let n = array.dims[1..].iter().product();
            let unnamed = || (1..=n).map(|column| format!("column {column}")).collect();
            let names: Arc<[String]> = if names.len() == n { names } else { unnamed() };
            let values = floats(array.values);
            let own = coloured(&names, &values);
            columns.splice(0..0, own);
            (SampleKind::Vector { names }, Values::Floats(values.into()))
        }
        Shape::Picture { channels, height, width, is_interleaved } => {
            if n_axes == 2 {
                let n = array.dims[1];
                notes.push(format!(
                    "rows of {n} numbers are taken for pictures of {width} × {height} (data.shape)"
                ));
            }
            let n_pixels = height * width;
            let mut pixels = Pixels::new(array.values, understood.range, notes);
            if is_interleaved {
                pixels.turn(n_pixels, channels);
            }
            let has_alpha = channels.is_multiple_of(2);
            if has_alpha {
                notes.push("what is transparent is laid over white".into());
                pixels = pixels.over_paper(n_pixels, channels);
            }
            let channels = channels - usize::from(has_alpha);
            (SampleKind::Image { channels, height, width }, pixels.into_values())
        }
    };
    let labels =
        labels.zip(understood.classes.as_ref()).map(|(of, classes)| labelled(&of, classes, &understood.names));
    let data = Dataset::new(kind, values, labels, columns)?;
    captions.map_or(Ok(data.clone()), |captions| data.with_captions(captions))
}

/// Numbers in the units that they have.
fn floats(values: Numbers) -> Vec<f32> {
    match values {
        Numbers::Bytes(bytes) => bytes.into_iter().map(f32::from).collect(),
        Numbers::Whole(whole) => whole.into_iter().map(|value| value as f32).collect(),
        Numbers::Floats(floats) => floats,
    }
}

/// Each label by the number of its class, in the order of `classes`, which were gathered from them.
fn labelled(of: &[i64], classes: &[i64], names: &BTreeMap<i64, String>) -> Labels {
    let number = |label: &i64| classes.binary_search(label).unwrap_or(0) as u16;
    let name = |class: &i64| names.get(class).cloned().unwrap_or_else(|| class.to_string());
    Labels { names: classes.iter().map(name).collect(), of: of.iter().map(number).collect() }
}
