//! Which files of a folder are pictures, and what their folders say of them.

use crate::data::{DataError, Reading, malformed};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Folders below the one that is named are looked into this far.
const MAX_DEPTH: usize = 6;
/// Most files that are looked at.
const MAX_FILES: usize = 1_000_000;
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
pub struct Found {
    pub path: PathBuf,
    pub part: Part,
    /// The folder that it lies in, where folders are classes.
    pub class: Option<String>,
    /// Its name without ending.
    pub caption: String,
}

/// The pictures of a folder in the order of their paths, and what was left aside.
#[derive(Default)]
pub struct Pictures {
    pub pictures: Vec<Found>,
    pub notes: Vec<String>,
}

/// Finds the pictures in a folder and below it.
pub fn find(folder: &Path, reading: &Reading) -> Result<Pictures, DataError> {
    let (mut files, mut others) = (Vec::new(), Vec::new());
    walk(folder, &mut Vec::new(), reading, &mut files, &mut others)?;
    let mut found = Pictures::default();
    if files.is_empty() {
        return Ok(found);
    }
    if let Some(first) = others.first() {
        let listed = others.iter().take(N_LISTED).map(String::as_str).collect::<Vec<_>>().join(", ");
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
            caption: file.path.file_stem().unwrap_or_default().to_string_lossy().into(),
            class: file.folders.into_iter().next(),
            path: file.path,
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

/// A picture's path, the folders from the named one down to it, and what they say that it is for.
struct InFolders {
    path: PathBuf,
    folders: Vec<String>,
    part: Part,
}

/// Gathers the pictures in and below `folder`, and the names of other files; what is hidden is passed over.
fn walk(
    folder: &Path,
    folders: &mut Vec<String>,
    reading: &Reading,
    files: &mut Vec<InFolders>,
    others: &mut Vec<String>,
) -> Result<(), DataError> {
    let io = |source| DataError::Io { path: folder.into(), source };
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(io)? {
        entries.push(entry.map_err(io)?);
    }
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        if reading.cancel.is_set() {
            return Err(io(std::io::Error::other("cancelled")));
        }
        if files.len() + others.len() >= MAX_FILES {
            let problem = format!("more than {MAX_FILES} files lie in and below it; choose a folder further down");
            return Err(malformed(&folder.display().to_string(), problem));
        }
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') || name == "__MACOSX" {
            continue;
        }
        let path = entry.path();
        // Links are followed, except to folders, which could lead round in a circle.
        let kind = entry.file_type().map_err(io)?;
        if kind.is_dir() {
            if folders.len() < MAX_DEPTH {
                folders.push(name);
                walk(&path, folders, reading, files, others)?;
                folders.pop();
            }
        } else if is_picture(&path) {
            files.push(InFolders { path, folders: folders.clone(), part: Part::Train });
        } else {
            others.push(name);
        }
    }
    Ok(())
}

/// Whether a file begins as pictures do; what is no regular file is not opened.
fn is_picture(path: &Path) -> bool {
    if !std::fs::metadata(path).is_ok_and(|found| found.is_file()) {
        return false;
    }
    let mut first = [0; N_SNIFFED];
    let n = File::open(path).and_then(|mut file| file.read(&mut first)).unwrap_or(0);
    image::guess_format(&first[..n]).is_ok()
}

/// Takes off folders that all pictures lie in: they tell none from another.
fn descend(files: &mut [InFolders]) {
    while let Some(first) = files.first().and_then(|file| file.folders.first()).cloned()
        && files.iter().all(|file| file.folders.first() == Some(&first))
    {
        files.iter_mut().for_each(|file| drop(file.folders.remove(0)));
    }
}

/// What each picture is for, where the uppermost folders say so; then they are taken off.
///
/// Where there are folders for testing and for validation, those for validation are left aside.
fn take_parts(files: &mut Vec<InFolders>, notes: &mut Vec<String>) {
    #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
    enum Said {
        Train,
        Validation,
        Test,
    }
    let said = |file: &InFolders| match file.folders.first()?.to_lowercase().as_str() {
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
        file.folders.remove(0);
        file.part = if *said == Said::Train { Part::Train } else { Part::Test };
    }
    let mut all = all.into_iter();
    files.retain(|_| !(has_test && all.next() == Some(Said::Validation)));
}
