//! Which files of a folder or zip are pictures, and what their folders say of them.

use super::is_picture;
use crate::data::tree::{Tree, TreeFile};
use crate::data::{DataError, Reading};
use std::collections::BTreeSet;
use std::path::Path;

/// Bytes by which an image format is known.
const N_SNIFFED: usize = 32;
/// Most names of files that are listed in a note.
const N_LISTED: usize = 3;

/// What a picture is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// To train on, or not said.
    Train,
    /// To test with.
    Test,
}

/// A file that begins as pictures do.
#[derive(Clone, Debug)]
pub struct Found<'a> {
    pub file: &'a TreeFile,
    pub part: Part,
    /// The folder that it lies in, where folders are classes.
    pub class: Option<String>,
    /// Its name without ending.
    pub caption: String,
}

/// The pictures of a folder in the order of their paths, and what was left aside.
#[derive(Default)]
pub struct Pictures<'a> {
    pub pictures: Vec<Found<'a>>,
    pub notes: Vec<String>,
}

/// Finds the pictures of a tree.
pub fn find<'a>(tree: &'a Tree, reading: &Reading) -> Result<Pictures<'a>, DataError> {
    let (mut files, mut others) = (Vec::new(), Vec::new());
    let mut opener = tree.opener(reading);
    for file in tree.files() {
        if reading.cancel.is_set() {
            return Err(reading.cancelled(tree.name()));
        }
        if is_picture(&opener.head(file, N_SNIFFED)) {
            files.push(InFolders { file, folders: &file.folders, part: Part::Train });
        } else {
            others.push(file.name.as_str());
        }
    }
    let mut found = Pictures::default();
    if files.is_empty() {
        return Ok(found);
    }
    if let Some(first) = others.first() {
        let listed = others[..others.len().min(N_LISTED)].join(", ");
        found.notes.push(match others.len() {
            1 => format!("1 file is no picture and is left aside: {first}"),
            n if n <= N_LISTED => format!("{n} files are no pictures and are left aside: {listed}"),
            n => format!("{n} files are no pictures and are left aside, among them {listed}"),
        });
    }
    descend(&mut files);
    take_parts(&mut files, &mut found.notes);
    descend(&mut files);
    let has_classes = files.iter().any(|file| !file.folders.is_empty());
    let n_before = files.len();
    files.retain(|file| !has_classes || !file.folders.is_empty());
    found.pictures = files
        .into_iter()
        .map(|file| Found {
            caption: Path::new(&file.file.name).file_stem().unwrap_or_default().to_string_lossy().into(),
            class: file.folders.first().cloned(),
            file: file.file,
            part: file.part,
        })
        .collect();
    let n_loose = n_before - found.pictures.len();
    if n_loose > 0 {
        let are = if n_loose == 1 { "1 picture lies".into() } else { format!("{n_loose} pictures lie") };
        found.notes.push(format!("{are} beside the folders of classes and belong to none: left aside"));
    }
    Ok(found)
}

/// A picture, those of its folders that may tell it from others, and what they say that it is for.
struct InFolders<'a> {
    file: &'a TreeFile,
    folders: &'a [String],
    part: Part,
}

/// Takes off folders that all pictures lie in: they tell none from another.
fn descend(files: &mut [InFolders<'_>]) {
    while let Some(first) = files.first().and_then(|file| file.folders.first()).cloned()
        && files.iter().all(|file| file.folders.first() == Some(&first))
    {
        files.iter_mut().for_each(|file| file.folders = &file.folders[1..]);
    }
}

/// What each picture is for, where the uppermost folders say so; then they are taken off.
///
/// Where there are folders for testing and for validation, those for validation are left aside.
fn take_parts(files: &mut Vec<InFolders<'_>>, notes: &mut Vec<String>) {
    #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
    enum Said {
        Train,
        Validation,
        Test,
    }
    let said = |file: &InFolders<'_>| match file.folders.first()?.to_lowercase().as_str() {
        "train" | "training" => Some(Said::Train),
        "val" | "valid" | "validation" => Some(Said::Validation),
        "test" | "testing" => Some(Said::Test),
        _ => None,
    };
    let all: Option<Vec<Said>> = files.iter().map(said).collect();
    let kinds: BTreeSet<Said> = all.iter().flatten().copied().collect();
    let Some(all) = all.filter(|_| kinds.contains(&Said::Train) && kinds.len() > 1) else {
        return;
    };
    let has_test = kinds.contains(&Said::Test);
    let n = all.iter().filter(|said| **said == Said::Validation).count();
    if has_test && n > 0 {
        notes.push(format!("{n} pictures for validation are left aside"));
    }
    for (file, said) in files.iter_mut().zip(&all) {
        file.folders = &file.folders[1..];
        file.part = if *said == Said::Train { Part::Train } else { Part::Test };
    }
    let mut all = all.into_iter();
    files.retain(|_| !(has_test && all.next() == Some(Said::Validation)));
}
