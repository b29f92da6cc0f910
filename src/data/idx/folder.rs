//! IDX files in a folder or zip: which of them belong together, and which are for training.
//!
//! A file is one because of how it begins, so endings do not matter. Its name says three things: whether it
//! holds images or labels, whether it is for testing, and what it belongs to.

use super::{n_axes, read};
use crate::data::arrays::{Part, numbers, whole};
use crate::data::tree::{Opener, Tree, TreeFile};
use crate::data::{DataError, DataSplit, Reading, malformed};
use std::collections::BTreeMap;

/// Folders below the one that is named are looked into this far.
const MAX_DEPTH: usize = 3;

/// A file that begins as IDX files do.
struct Found<'a> {
    file: &'a TreeFile,
    /// Its name without endings, in small letters, where "images" and "labels" are one word.
    stem: String,
    is_labels: bool,
    is_test: bool,
}

/// Loads a folder that holds `train-images-idx3-ubyte` and so on: with or without endings, compressed or not,
/// in the folder itself or, where there are none in it, further down. None where there are no images at all.
///
/// Test files are those with `t10k`, `test` or `val` in their name. Labels may be missing, but not on one
/// side alone. Where there is only one set of images, a part of it that is even over the classes becomes the
/// test split.
pub fn load_tree(tree: &Tree, reading: &Reading) -> Result<Option<DataSplit>, DataError> {
    load(tree, find(tree, reading)?, reading)
}

/// Loads the images of one file, or of those that belong to it; `name` is its name in `tree`, which is the
/// folder it lies in.
pub fn load_file(tree: &Tree, name: &str, reading: &Reading) -> Result<Option<DataSplit>, DataError> {
    let mut opener = tree.opener(reading);
    let beside = tree.files().iter().filter(|file| file.folders.is_empty());
    let mut all: Vec<Found<'_>> = beside.filter_map(|file| recognise(file, &mut opener)).collect();
    let Some(own) = all.iter().position(|found| found.file.name == name) else {
        let Some(file) = tree.files().iter().find(|file| file.folders.is_empty() && file.name == name) else {
            return Ok(None);
        };
        // No name says what it holds, so that it stands alone.
        let stem = name.to_lowercase();
        return load(tree, vec![Found { file, stem, is_labels: false, is_test: false }], reading);
    };
    if all[own].is_labels {
        let problem = "it holds labels; choose the file of the images that they belong to, or the folder of both";
        return Err(malformed(&tree.shown(all[own].file), problem));
    }
    let own = (all[own].file.name.clone(), all[own].is_test);
    all.retain(|found| found.is_labels || found.is_test != own.1 || found.file.name == own.0);
    load(tree, all, reading)
}

fn load(tree: &Tree, all: Vec<Found<'_>>, reading: &Reading) -> Result<Option<DataSplit>, DataError> {
    let (labels, images): (Vec<Found<'_>>, Vec<Found<'_>>) = all.into_iter().partition(|found| found.is_labels);
    if images.is_empty() {
        return Ok(None);
    }
    let (test, train): (Vec<Found<'_>>, Vec<Found<'_>>) = images.into_iter().partition(|found| found.is_test);
    // Images for testing alone are as good as any.
    let (test, train) = if train.is_empty() { (train, test) } else { (test, train) };
    let (train, test) = (only(tree, "training", &train)?, only(tree, "test", &test)?);
    let Some(train) = train else { return Ok(None) };
    let mut notes = Vec::new();
    let mut opener = tree.opener(reading);
    let loaded = read_labelled(tree, train, &labels, &mut opener, reading, &mut notes)?;
    let test =
        test.map(|test| read_labelled(tree, test, &labels, &mut opener, reading, &mut notes)).transpose()?;
    let mut split = whole(tree.name(), tree.title().into(), loaded, test, BTreeMap::new(), reading)?;
    split.notes.splice(0..0, notes);
    Ok(Some(split))
}

/// The one file there is, or none.
fn only<'a, 'b>(tree: &Tree, what: &str, found: &'a [Found<'b>]) -> Result<Option<&'a Found<'b>>, DataError> {
    match found {
        [] => Ok(None),
        [one] => Ok(Some(one)),
        [a, b, ..] => Err(malformed(
            tree.name(),
            format!("both {} and {} could be the {what} images; keep one", a.file.name, b.file.name),
        )),
    }
}

/// The IDX files of a folder or, where it has no images among them, of the one folder further down that has.
fn find<'a>(tree: &'a Tree, reading: &Reading) -> Result<Vec<Found<'a>>, DataError> {
    let mut opener = tree.opener(reading);
    for level in 0..=MAX_DEPTH {
        let mut folders: BTreeMap<&[String], Vec<Found<'a>>> = BTreeMap::new();
        for file in tree.files().iter().filter(|file| file.folders.len() == level) {
            if let Some(found) = recognise(file, &mut opener) {
                folders.entry(&file.folders).or_default().push(found);
            }
        }
        folders.retain(|_, found| found.iter().any(|found| !found.is_labels));
        // A file that is there both plain and compressed is one.
        let alike = |b: &mut Found<'_>, a: &mut Found<'_>| (&a.stem, a.is_labels) == (&b.stem, b.is_labels);
        folders.values_mut().for_each(|found| found.dedup_by(alike));
        let mut all: Vec<Vec<Found<'a>>> = folders.into_values().collect();
        match all.len() {
            0 => {}
            1 => return Ok(all.remove(0)),
            _ if is_one_set(&all) => return Ok(all.into_iter().flatten().collect()),
            _ => {
                let [a, b] = [0, 1].map(|i| all[i][0].file.folders.join("/"));
                return Err(malformed(tree.name(), format!("images lie in {a} and in {b}; choose one of them")));
            }
        }
    }
    Ok(Vec::new())
}

/// Whether the files of several folders are the parts of one set: a folder a file, as some unpackers leave
/// them.
fn is_one_set(folders: &[Vec<Found<'_>>]) -> bool {
    let images = || folders.iter().flatten().filter(|found| !found.is_labels);
    let n_test = images().filter(|found| found.is_test).count();
    folders.iter().all(|found| found.len() == 1) && n_test <= 1 && images().count() - n_test == 1
}

/// What a file is by its name, if it begins as an IDX file does.
fn recognise<'a>(file: &'a TreeFile, opener: &mut Opener<'_>) -> Option<Found<'a>> {
    let name = file.name.to_lowercase();
    let is_labels = name.contains("label");
    let is_named = is_labels || name.contains("image") || name.contains("idx");
    if !is_named || n_axes(file, opener).is_none() && !name.contains("-ubyte") {
        return None;
    }
    let stem = name.split("idx").next().unwrap_or(&name);
    let stem = stem.replace("images", "*").replace("labels", "*").replace("image", "*").replace("label", "*");
    let stem = stem.trim_end_matches(['-', '.', '_']).to_owned();
    let is_test = stem.split(['-', '_', '.', ' ']).any(|word| ["t10k", "test", "val", "valid"].contains(&word));
    Some(Found { file, stem, is_labels, is_test })
}

/// Reads images and the labels that go with them: those of the same stem, which may lose trailing parts
/// (`emoji32-rgb` finds `emoji32`).
fn read_labelled(
    tree: &Tree,
    images: &Found<'_>,
    labels: &[Found<'_>],
    opener: &mut Opener<'_>,
    reading: &Reading,
    notes: &mut Vec<String>,
) -> Result<Part, DataError> {
    let mut stem = images.stem.trim_end_matches('*').trim_end_matches(['-', '.', '_']);
    let of = |stem: &str| {
        labels.iter().find(|labels| labels.stem.trim_end_matches('*').trim_end_matches(['-', '.', '_']) == stem)
    };
    let found = loop {
        if let Some(found) = of(stem) {
            break Some(found);
        }
        match stem.rfind(['-', '_', '.']) {
            Some(at) => stem = &stem[..at],
            None => break None,
        }
    };
    let file = tree.shown(images.file);
    let array = read(tree, images.file, opener, reading)?;
    let labels = found.map(|found| {
        let file = tree.shown(found.file);
        let of = read(tree, found.file, opener, reading)?;
        Ok((file.clone(), numbers(&file, &of, notes)?))
    });
    Part::new(file, array, labels.transpose()?)
}
