//! A folder of IDX files: which of them belong together, and which are for training.
//!
//! A file is one because of how it begins, so endings do not matter. Its name says three things: whether it
//! holds images or labels, whether it is for testing, and what it belongs to.

use super::pictures::{Labelled, Named, both, numbers, range_of};
use super::{Idx, Numbers, n_axes, read};
use crate::data::split::test_indices;
use crate::data::{DataError, DataSplit, Reading, malformed};
use std::path::{Path, PathBuf};

/// Folders below the one that is named are looked into this far.
const MAX_DEPTH: usize = 3;
/// Most entries of folders that are looked at.
const MAX_ENTRIES: usize = 20_000;

/// A file that begins as IDX files do.
struct Found {
    path: PathBuf,
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
pub fn load_folder(folder: &Path, reading: &Reading) -> Result<Option<DataSplit>, DataError> {
    let folder_name = folder.display().to_string();
    let all = find(folder, reading)?;
    let (labels, images): (Vec<Found>, Vec<Found>) = all.into_iter().partition(|found| found.is_labels);
    if images.is_empty() {
        return Ok(None);
    }
    let (test, train): (Vec<Found>, Vec<Found>) = images.into_iter().partition(|found| found.is_test);
    let train = only(&folder_name, "training", &train)?.ok_or_else(|| {
        malformed(
            &folder_name,
            "there is no file named like train-images-idx3-ubyte (or with .gz); choose the folder that holds it",
        )
    })?;
    let test = only(&folder_name, "test", &test)?;
    let mut notes = Vec::new();
    let loaded = load(train, &labels, reading, &mut notes)?;
    let range = range_of(&loaded.images.idx.values);
    let name = folder.file_name().map_or(folder_name.clone(), |name| name.to_string_lossy().into());
    let mut split = match test {
        Some(test) => {
            let test = load(test, &labels, reading, &mut notes)?;
            agree(&folder_name, &loaded, &test)?;
            both(name, range, loaded, test)?
        }
        None => {
            let (train, test) = cut(&folder_name, loaded, reading.test_share)?;
            notes
                .push(format!("{:.0} % are kept to test with, even over the classes", 100.0 * reading.test_share));
            both(name, range, train, test)?
        }
    };
    split.notes.splice(0..0, notes);
    Ok(Some(split))
}

/// The one file there is, or none.
fn only<'a>(folder: &str, what: &str, found: &'a [Found]) -> Result<Option<&'a Found>, DataError> {
    match found {
        [] => Ok(None),
        [one] => Ok(Some(one)),
        [a, b, ..] => Err(malformed(
            folder,
            format!("both {} and {} could be the {what} images; keep one", shown(&a.path), shown(&b.path)),
        )),
    }
}

fn shown(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into())
}

/// The IDX files of a folder or, where it has no images among them, of the one folder further down that has.
fn find(folder: &Path, reading: &Reading) -> Result<Vec<Found>, DataError> {
    let mut level = vec![folder.to_path_buf()];
    let mut n_seen = 0;
    for _ in 0..=MAX_DEPTH {
        let mut with_images = Vec::new();
        let mut below = Vec::new();
        for folder in &level {
            let (found, folders) = list(folder, reading, &mut n_seen)?;
            if found.iter().any(|found| !found.is_labels) {
                with_images.push((folder.clone(), found));
            }
            below.extend(folders);
        }
        match with_images.len() {
            0 => level = below,
            1 => return Ok(with_images.remove(0).1),
            _ if is_one_set(&with_images) => {
                return Ok(with_images.into_iter().flat_map(|(_, found)| found).collect());
            }
            _ => {
                let [a, b] = [0, 1].map(|i| with_images[i].0.display().to_string());
                let problem = format!("images lie in {a} and in {b}; choose one of them");
                return Err(malformed(&folder.display().to_string(), problem));
            }
        }
    }
    Ok(Vec::new())
}

/// Whether the files of several folders are the parts of one set: a folder a file, as some unpackers leave
/// them.
fn is_one_set(folders: &[(PathBuf, Vec<Found>)]) -> bool {
    let images = || folders.iter().flat_map(|(_, found)| found).filter(|found| !found.is_labels);
    let n_test = images().filter(|found| found.is_test).count();
    folders.iter().all(|(_, found)| found.len() == 1) && n_test <= 1 && images().count() - n_test == 1
}

/// The IDX files of one folder, and the folders in it, each in the order of their names.
fn list(folder: &Path, reading: &Reading, n_seen: &mut usize) -> Result<(Vec<Found>, Vec<PathBuf>), DataError> {
    let io = |source| DataError::Io { path: folder.into(), source };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(io)? {
        if reading.cancel.is_set() {
            return Err(io(std::io::Error::other("cancelled")));
        }
        *n_seen += 1;
        if *n_seen > MAX_ENTRIES {
            break;
        }
        paths.push(entry.map_err(io)?.path());
    }
    paths.sort();
    let (folders, files): (Vec<PathBuf>, Vec<PathBuf>) = paths.into_iter().partition(|path| path.is_dir());
    let mut found: Vec<Found> = files.into_iter().filter_map(|path| recognise(path, reading)).collect();
    // A file that is there both plain and compressed is one.
    found.dedup_by(|b, a| (&a.stem, a.is_labels) == (&b.stem, b.is_labels));
    Ok((found, folders))
}

/// What a file is by its name, if it begins as an IDX file does.
fn recognise(path: PathBuf, reading: &Reading) -> Option<Found> {
    let name = path.file_name()?.to_string_lossy().to_lowercase();
    let is_labels = name.contains("label");
    let is_named = is_labels || name.contains("image") || name.contains("idx");
    if !is_named || n_axes(&path, reading).is_none() && !name.contains("-ubyte") {
        return None;
    }
    let stem = name.split("idx").next().unwrap_or(&name);
    let stem = stem.replace("images", "*").replace("labels", "*").replace("image", "*").replace("label", "*");
    let stem = stem.trim_end_matches(['-', '.', '_']).to_owned();
    let is_test = stem.split(['-', '_', '.', ' ']).any(|word| ["t10k", "test", "val", "valid"].contains(&word));
    Some(Found { path, stem, is_labels, is_test })
}

/// Reads images and the labels that go with them: those of the same stem, which may lose trailing parts
/// (`emoji32-rgb` finds `emoji32`).
fn load(
    images: &Found,
    labels: &[Found],
    reading: &Reading,
    notes: &mut Vec<String>,
) -> Result<Labelled, DataError> {
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
    let file = images.path.display().to_string();
    let idx = read(&images.path, reading)?;
    let labels = found.map(|found| {
        let file = found.path.display().to_string();
        let of = read(&found.path, reading)?;
        Ok((file.clone(), numbers(&file, &of, notes)?))
    });
    Labelled::new(Named { file, idx }, labels.transpose()?)
}

fn agree(folder: &str, train: &Labelled, test: &Labelled) -> Result<(), DataError> {
    let (a, b) = (&train.images.idx.dims[1..], &test.images.idx.dims[1..]);
    if a != b {
        let problem = format!("training images are {a:?} but test images {b:?}; they must agree");
        return Err(malformed(folder, problem));
    }
    match (&train.labels, &test.labels) {
        (Some(_), None) => {
            Err(malformed(folder, "there are labels for training but none for testing; add or remove one"))
        }
        (None, Some(_)) => {
            Err(malformed(folder, "there are labels for testing but none for training; add or remove one"))
        }
        _ => Ok(()),
    }
}

/// Cuts one set in two, even over the classes; samples keep their order, and only those to test with are
/// copied.
fn cut(folder: &str, mut all: Labelled, test_share: f64) -> Result<(Labelled, Labelled), DataError> {
    let n = all.images.idx.dims[0];
    if n < 2 {
        return Err(malformed(folder, "one image alone cannot be split into training and test"));
    }
    let is_test = test_indices(n, all.labels.as_ref().map(|(_, of)| &**of), test_share);
    let Idx { dims, values } = &mut all.images.idx;
    let row = dims[1..].iter().product();
    let values = match values {
        Numbers::Bytes(values) => Numbers::Bytes(take(values, row, &is_test)),
        Numbers::Whole(values) => Numbers::Whole(take(values, row, &is_test)),
        Numbers::Floats(values) => Numbers::Floats(take(values, row, &is_test)),
    };
    let n_test = is_test.iter().filter(|is_test| **is_test).count();
    dims[0] = n - n_test;
    let dims = [&[n_test], &dims[1..]].concat();
    let labels = all.labels.as_mut().map(|(file, of)| (file.clone(), take(of, 1, &is_test)));
    let images = Named { file: all.images.file.clone(), idx: Idx { dims, values } };
    Ok((all, Labelled { images, labels }))
}

/// Takes the rows that are marked out of `values`, and closes the gaps.
fn take<T: Copy>(values: &mut Vec<T>, row: usize, is_taken: &[bool]) -> Vec<T> {
    let n_taken = is_taken.iter().filter(|is_taken| **is_taken).count();
    let (mut taken, mut n_left) = (Vec::with_capacity(n_taken * row), 0);
    for (i, &is_taken) in is_taken.iter().enumerate() {
        let range = i * row..(i + 1) * row;
        if is_taken {
            taken.extend_from_slice(&values[range]);
        } else {
            values.copy_within(range, n_left * row);
            n_left += 1;
        }
    }
    values.truncate(n_left * row);
    values.shrink_to_fit();
    taken
}
