//! Which of several arrays are the samples, and what the others say of them.
//!
//! Names tell: words such as `x`, `images`, `labels`, `train`; where they do not, shapes do. What is not used
//! is said.

use super::roles::{ASIDE, CAPTIONS, CODES, For, LABELS, Named, SAMPLES};
use super::{Content, MAGIC, head, parse};
use crate::data::arrays::{Array, Numbers, Part, assemble, numbers, together, whole};
use crate::data::known::labels;
use crate::data::table::is_test;
use crate::data::tree::{Opener, Tree, TreeFile};
use crate::data::{Column, DataError, DataSplit, Dataset, ReadOption, Reading, malformed};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::io::Read;

/// Folders below the one that is named are looked into this far.
const MAX_DEPTH: usize = 3;
/// Columns of an array up to which each is one to colour by.
const MAX_COLUMNS: usize = 16;

/// Loads the arrays of an `.npz`, or of a folder of `.npy`; none where there are none.
pub fn load_tree(tree: &Tree, reading: &Reading) -> Result<Option<DataSplit>, DataError> {
    for level in 0..=MAX_DEPTH {
        let mut found: Vec<Named<'_>> = Vec::new();
        let mut opener = tree.opener(reading);
        for file in tree.files().iter().filter(|file| file.folders.len() == level && file.name.ends_with(".npy")) {
            found.extend(named(tree, file, &mut opener)?);
        }
        let folders: BTreeSet<&[String]> = found.iter().map(|array| &*array.file.folders).collect();
        if folders.len() > 1 {
            let [a, b] = [0, 1].map(|i| folders.iter().nth(i).map_or(String::new(), |folder| folder.join("/")));
            return Err(malformed(tree.name(), format!("arrays lie in {a} and in {b}; choose one of them")));
        }
        if !found.is_empty() {
            return load(tree, found, reading).map(Some);
        }
    }
    Ok(None)
}

/// Loads the array of one file with those beside it that belong to it by their names; `name` is its name in
/// `tree`, which is the folder it lies in.
pub fn load_file(tree: &Tree, name: &str, reading: &Reading) -> Result<Option<DataSplit>, DataError> {
    let mut opener = tree.opener(reading);
    let Some(file) = tree.files().iter().find(|file| file.name == name) else { return Ok(None) };
    let Some(own) = named(tree, file, &mut opener)? else { return Ok(None) };
    let mut found = Vec::new();
    for file in tree.files().iter().filter(|file| file.name != name && file.name.ends_with(".npy")) {
        // What cannot be read beside it is not what was asked for.
        let other = named(tree, file, &mut opener).ok().flatten();
        let belongs = |other: &Named<'_>| {
            other.rest() == own.rest() && (other.of != own.of || other.is(&LABELS) != own.is(&LABELS))
        };
        found.extend(other.filter(belongs));
    }
    found.push(own);
    load(tree, found, reading).map(Some)
}

/// The pictures of `n` samples: of the file `own`, else the largest array of as many pictures in `tree`; none
/// where there are none.
pub fn pictures(
    tree: &Tree,
    own: Option<&OsStr>,
    n: usize,
    reading: &Reading,
) -> Result<Option<Dataset>, DataError> {
    let mut opener = tree.opener(reading);
    let is_own = |file: &&TreeFile| own.is_none_or(|own| own.to_string_lossy() == file.name || tree.is_zip());
    let mut all = Vec::new();
    for file in tree.files().iter().filter(is_own).filter(|file| file.folders.is_empty()) {
        all.extend(named(tree, file, &mut opener)?);
    }
    let fits = |array: &&Named<'_>| array.n() == n && array.header.dims.len() > 2 && !array.is_words();
    let Some(picked) = all.iter().filter(fits).max_by_key(|array| array.width()) else { return Ok(None) };
    pictures_of(tree, picked, &mut opener, reading).map(Some)
}

fn pictures_of(
    tree: &Tree,
    array: &Named<'_>,
    opener: &mut Opener<'_>,
    reading: &Reading,
) -> Result<Dataset, DataError> {
    let shown = tree.shown(array.file);
    let (from, len) = opener.open(array.file)?;
    match parse(&shown, from, len, reading)? {
        Content::Numbers(array) => assemble(&shown, array, None),
        Content::Words(_) => Err(malformed(&shown, "it holds words where pictures are expected")),
    }
}

/// An array by its header; none where the file is no array.
fn named<'a>(tree: &Tree, file: &'a TreeFile, opener: &mut Opener<'_>) -> Result<Option<Named<'a>>, DataError> {
    let (mut from, _) = opener.open(file)?;
    let mut magic = [0; MAGIC.len()];
    if !from.read_exact(&mut magic).is_ok_and(|()| magic == *MAGIC) {
        return Ok(None);
    }
    head(&tree.shown(file), &mut MAGIC.chain(from)).map(|header| Some(Named::new(file, header)))
}

/// The arrays of a part of the data, by their numbers.
struct Picked {
    samples: usize,
    labels: Option<usize>,
}

fn load(tree: &Tree, arrays: Vec<Named<'_>>, reading: &Reading) -> Result<DataSplit, DataError> {
    let all = &arrays[..];
    let samples = pick_samples(tree, all, reading)?;
    let train = Picked { samples, labels: pick_labels(tree, all, samples, reading)? };
    let test = pick_test(all, &train);
    let mut reader =
        Reader { tree, all, opener: tree.opener(reading), reading, used: BTreeSet::new(), notes: Vec::new() };
    let mut given = vec![reader.labels(&train)?];
    let mut part = reader.part(&train)?;
    let mut of_test = None;
    if let Some(test) = &test {
        given.push(reader.labels(test)?);
        of_test = Some(reader.part(test)?);
    }
    let own_names = reader.class_names(train.labels)?;
    let (numbers, names) = numbered(tree.name(), given, own_names)?;
    for (part, labels) in [Some(&mut part), of_test.as_mut()].into_iter().flatten().zip(numbers) {
        part.label(labels)?;
    }
    let array = &all[train.samples];
    let options = options(all, &train, &part, reading);
    let are_codes =
        reading.are_codes.unwrap_or_else(|| reading.shape.is_none() && array.is(&CODES) && !array.is(&SAMPLES));
    let shows = |(_, other): &(usize, &Named<'_>)| {
        other.n() == array.n() && other.of == array.of && other.header.dims.len() > 2 && !other.is_words()
    };
    let pictures = arrays.iter().enumerate().find(shows).map(|(i, _)| i).filter(|_| are_codes);
    reader.used.extend(pictures);
    let notes = reader.into_notes();
    let mut split = if are_codes {
        let mut all = together(part, names, &mut Vec::new())?.into_codes();
        if let Some(i) = pictures {
            all = all.with_pictures(pictures_of(tree, &arrays[i], &mut tree.opener(reading), reading)?)?;
        }
        DataSplit::new(tree.title().into(), all.clone(), all)
    } else {
        whole(tree.name(), tree.title().into(), part, of_test, names, reading)?
    };
    split.notes.splice(0..0, notes);
    split.options.splice(0..0, options);
    Ok(split)
}

/// The samples: those that were asked for, else those whose name says so, else the largest.
fn pick_samples(tree: &Tree, all: &[Named<'_>], reading: &Reading) -> Result<usize, DataError> {
    let names = || all.iter().map(|array| &*array.name).collect::<Vec<_>>().join(", ");
    if let Some(wanted) = &reading.array {
        let at = all.iter().position(|array| array.name == *wanted && !array.is_words());
        return at.ok_or_else(|| {
            malformed(tree.name(), format!("it has no array of numbers {wanted:?}; its arrays are {}", names()))
        });
    }
    let rank = |i: &usize| {
        let array = &all[*i];
        let n_axes = array.header.dims.len();
        let named = array.is(&SAMPLES) && n_axes > 1;
        let other = !array.is(&LABELS) && (n_axes > 2 || array.is(&CODES));
        (array.of == For::Training, named, other, n_axes > 1, array.n().saturating_mul(array.width()))
    };
    let fits = |i: &usize| !all[*i].is_words() && !all[*i].header.dims.is_empty();
    (0..all.len())
        .filter(fits)
        .max_by_key(rank)
        .ok_or_else(|| malformed(tree.name(), format!("none of its arrays holds samples; it has {}", names())))
}

/// The labels of the samples: those that were asked for, else by name, else the only words or whole numbers
/// of which there are as many.
fn pick_labels(
    tree: &Tree,
    all: &[Named<'_>],
    samples: usize,
    reading: &Reading,
) -> Result<Option<usize>, DataError> {
    let own = &all[samples];
    let fits = |array: &Named<'_>| array.n() == own.n() && array.of == own.of && array.header.dims.len() < 3;
    match reading.label.as_deref() {
        Some("") => return Ok(None),
        Some(wanted) => {
            let at = all.iter().position(|array| array.name == wanted && array.n() == own.n());
            let problem = || {
                let fitting = all.iter().filter(|array| fits(array) && array.name != own.name);
                let names: Vec<&str> = fitting.map(|array| &*array.name).collect();
                malformed(
                    tree.name(),
                    format!("it has no array {wanted:?} of {} labels; it has {}", own.n(), names.join(", ")),
                )
            };
            return at.map(Some).ok_or_else(problem);
        }
        None => {}
    }
    let others = || (0..all.len()).filter(|&i| i != samples && fits(&all[i]));
    let is_whole = |i: &usize| !all[*i].header.of.is_float() && all[*i].width() == 1;
    let named = others().filter(|&i| all[i].is(&LABELS)).min_by_key(|i| (all[*i].width(), !is_whole(i)));
    let unnamed = || {
        let mut whole = others().filter(|i| is_whole(i) && !all[*i].is(&CAPTIONS) && !all[*i].is(&ASIDE));
        whole.next().filter(|_| whole.next().is_none())
    };
    Ok(named.or_else(unnamed))
}

/// The samples to test with that go with others by name and shape, and their labels; those for validation
/// where there are no others.
fn pick_test(all: &[Named<'_>], train: &Picked) -> Option<Picked> {
    let beside = |own: &Named<'_>, of: For| {
        all.iter().position(|array| array.of == of && array.words == own.words && own.of == For::Training)
    };
    let samples =
        beside(&all[train.samples], For::Testing).or_else(|| beside(&all[train.samples], For::Validation))?;
    let labels = train.labels.and_then(|labels| beside(&all[labels], all[samples].of));
    Some(Picked { samples, labels })
}

/// One number a sample, where there are labels.
type Classed = Option<Vec<i64>>;
/// Names of classes by their numbers, where they have others than these.
type ClassNames = BTreeMap<i64, String>;

/// Labels as a file gives them.
enum Given {
    Numbers(Vec<i64>),
    Words(Vec<String>),
}

/// The labels of each part as numbers, and the names of the classes by number, where they have others.
fn numbered(
    file: &str,
    given: Vec<Option<Given>>,
    own_names: Vec<String>,
) -> Result<(Vec<Classed>, ClassNames), DataError> {
    if !given.iter().any(|given| matches!(given, Some(Given::Words(_)))) {
        let numbers = given.into_iter().map(|given| match given {
            Some(Given::Numbers(of)) => Some(of),
            _ => None,
        });
        return Ok((numbers.collect(), (0..).zip(own_names).collect()));
    }
    let as_words = |given: &Given| match given {
        Given::Numbers(of) => of.iter().map(i64::to_string).collect(),
        Given::Words(words) => words.clone(),
    };
    let words: Vec<Option<Vec<String>>> = given.iter().map(|given| given.as_ref().map(as_words)).collect();
    let all: Vec<String> = words.iter().flatten().flatten().cloned().collect();
    let Some(labels) = labels(file, &all)? else { return Ok((vec![None; given.len()], BTreeMap::new())) };
    let mut of = labels.of.iter().map(|&of| i64::from(of));
    let numbers = words.into_iter().map(|words| words.map(|words| of.by_ref().take(words.len()).collect()));
    Ok((numbers.collect(), (0..).zip(labels.names.iter().cloned()).collect()))
}

/// Reads arrays and keeps account of which were used.
struct Reader<'a> {
    tree: &'a Tree,
    all: &'a [Named<'a>],
    opener: Opener<'a>,
    reading: &'a Reading,
    used: BTreeSet<usize>,
    notes: Vec<String>,
}

impl Reader<'_> {
    fn content(&mut self, i: usize) -> Result<(String, Content), DataError> {
        self.used.insert(i);
        let shown = self.tree.shown(self.all[i].file);
        let (from, len) = self.opener.open(self.all[i].file)?;
        let content = parse(&shown, from, len, self.reading)?;
        Ok((shown, content))
    }

    fn labels(&mut self, picked: &Picked) -> Result<Option<Given>, DataError> {
        let Some(i) = picked.labels else { return Ok(None) };
        Ok(Some(match self.content(i)? {
            (shown, Content::Numbers(array)) => Given::Numbers(numbers(&shown, &array, &mut self.notes)?),
            (_, Content::Words(words)) => Given::Words(words),
        }))
    }

    /// The samples with what else is known of them; the labels are still to be set.
    fn part(&mut self, picked: &Picked) -> Result<Part, DataError> {
        let own = &self.all[picked.samples];
        let (shown, content) = self.content(picked.samples)?;
        let Content::Numbers(mut array) = content else {
            return Err(malformed(&shown, "it holds words where samples are expected"));
        };
        if array.dims.len() == 1 {
            array.dims.push(1);
        }
        let mut part = Part::new(shown, array, None)?;
        for (i, other) in self.all.iter().enumerate() {
            let is_known = other.n() == own.n() && other.of == own.of && !other.header.dims.is_empty();
            if !is_known || self.used.contains(&i) {
                continue;
            }
            if other.is_words() && other.is(&ASIDE) {
                if let (_, Content::Words(words)) = self.content(i)? {
                    part.is_test = words.iter().map(|word| is_test(word)).collect::<Option<Vec<bool>>>();
                }
            } else if other.is_words() && other.width() == 1 && part.captions.is_none() {
                if let (_, Content::Words(words)) = self.content(i)? {
                    part.captions = Some(words);
                }
            } else if !other.is_words()
                && other.width() <= MAX_COLUMNS
                && let (_, Content::Numbers(array)) = self.content(i)?
            {
                part.columns.extend(columns(&other.name, &array));
            }
        }
        Ok(part)
    }

    /// The names of the classes, where an array of words holds them that is no longer than there are classes.
    fn class_names(&mut self, labels: Option<usize>) -> Result<Vec<String>, DataError> {
        let Some(labels) = labels.filter(|&i| !self.all[i].is_words()) else { return Ok(Vec::new()) };
        let of_names = |(i, array): (usize, &Named<'_>)| {
            let is_list = array.is_words() && array.header.dims.len() == 1 && array.n() != self.all[labels].n();
            (is_list && (array.is(&LABELS) || array.is(&CAPTIONS))).then_some(i)
        };
        match self.all.iter().enumerate().find_map(of_names).map(|i| self.content(i)).transpose()? {
            Some((_, Content::Words(words))) => Ok(words),
            _ => Ok(Vec::new()),
        }
    }

    /// What was said, and which arrays were left aside.
    fn into_notes(self) -> Vec<String> {
        let left = self.all.iter().enumerate().filter(|(i, _)| !self.used.contains(i));
        let left: Vec<&str> = left.map(|(_, array)| &*array.name).collect();
        let mut notes = self.notes;
        if !left.is_empty() {
            notes.insert(0, format!("left aside: {}", left.join(", ")));
        }
        notes
    }
}

/// The columns of an array, to colour by; none where a value is not finite.
fn columns(name: &str, array: &Array) -> Vec<Column> {
    let n = array.dims[1..].iter().product::<usize>().max(1);
    let values: Vec<f32> = match &array.values {
        Numbers::Bytes(bytes) => bytes.iter().map(|&byte| f32::from(byte)).collect(),
        Numbers::Whole(whole) => whole.iter().map(|&value| value as f32).collect(),
        Numbers::Floats(floats) => floats.clone(),
    };
    let column = |column: usize| Column {
        name: if n == 1 { name.into() } else { format!("{name} {}", column + 1) },
        unit: String::new(),
        values: values.iter().skip(column).step_by(n).copied().collect(),
    };
    let is_finite = |column: &Column| column.values.iter().all(|value| value.is_finite());
    (0..n).map(column).filter(is_finite).collect()
}

/// What could be chosen otherwise.
fn options(all: &[Named<'_>], train: &Picked, part: &Part, reading: &Reading) -> Vec<ReadOption> {
    let own = &all[train.samples];
    let mut options = Vec::new();
    let arrays = all.iter().filter(|array| !array.is_words() && array.header.dims.len() > 1);
    let arrays: Vec<String> = arrays.map(|array| array.name.clone()).collect();
    if arrays.len() > 1 {
        options.push(ReadOption::new("data.array", &own.name, arrays));
    }
    let fits = |array: &&Named<'_>| array.n() == own.n() && array.name != own.name && array.header.dims.len() < 3;
    let mut labels: Vec<String> = all.iter().filter(fits).map(|array| array.name.clone()).collect();
    if !labels.is_empty() {
        labels.push(String::new());
        let label = train.labels.map_or("", |i| &all[i].name);
        options.push(ReadOption::new("data.label", label, labels));
    }
    if reading.are_codes != Some(true) {
        options.extend(part.shapes(reading));
    }
    options
}
