//! The files of a folder and of those below it, or of a zip: listed once, opened one by one.
//!
//! Every loader of several files works on a [`Tree`], so that what lies in a zip is read as if it lay in a
//! folder. What is hidden is passed over, and what is no regular file is not opened.

use super::file::{open, read_declared, reason};
use super::{DataError, Reading, Shared, malformed};
use flate2::bufread::MultiGzDecoder;
use std::collections::HashSet;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};
use zip::ZipArchive;

/// Folders below the one that is named are looked into this far.
const MAX_DEPTH: usize = 6;
/// Most files that are looked at.
const MAX_FILES: usize = 1_000_000;

/// A zip in memory; clones share it.
type Zip = ZipArchive<Cursor<Shared<u8>>>;

/// The files in and below a folder, or in a zip, in the order of their paths.
pub struct Tree {
    name: String,
    title: String,
    files: Vec<TreeFile>,
    zip: Option<Zip>,
}

/// A file of a [`Tree`].
#[derive(Clone, Debug)]
pub struct TreeFile {
    /// The folders from the named one down to it.
    pub folders: Vec<String>,
    /// Its name.
    pub name: String,
    at: At,
}

#[derive(Clone, Debug)]
enum At {
    Path(PathBuf),
    /// Its number among the zip's.
    Zip(usize),
}

/// A file of a [`Tree`] that is being read, unpacked.
pub type Opened<'a> = Box<dyn Read + 'a>;

/// How gzip-compressed data begin.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Opens the files of a [`Tree`]; one a thread.
pub struct Opener<'a> {
    tree: &'a Tree,
    zip: Option<Zip>,
    reading: &'a Reading,
}

impl Tree {
    /// The files in and below a folder.
    pub fn of_folder(folder: &Path, reading: &Reading) -> Result<Self, DataError> {
        Self::down_to(MAX_DEPTH, folder, reading)
    }

    /// The files in a folder, and none below it.
    pub fn of_one_folder(folder: &Path, reading: &Reading) -> Result<Self, DataError> {
        Self::down_to(0, folder, reading)
    }

    fn down_to(max_depth: usize, folder: &Path, reading: &Reading) -> Result<Self, DataError> {
        let mut walk = Walk { reading, max_depth, files: Vec::new(), linked: HashSet::new() };
        walk.enter(folder, &mut Vec::new())?;
        let name = folder.display().to_string();
        let title = folder.file_name().map_or(name.clone(), |name| name.to_string_lossy().into());
        Ok(Self { name, title, files: walk.files, zip: None })
    }

    /// One file alone.
    pub fn of_file(path: &Path) -> Self {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let file = TreeFile { folders: Vec::new(), name, at: At::Path(path.into()) };
        let title = path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy().into();
        Self { name: path.display().to_string(), title, files: vec![file], zip: None }
    }

    /// The files in a zip.
    pub fn of_zip(path: &Path, reading: &Reading) -> Result<Self, DataError> {
        let name = path.display().to_string();
        let (mut from, len) = open(path, &reading.cancel)?;
        reading.check_size(&name, len)?;
        let bytes = read_declared(&mut from, len as usize, true)
            .map_err(|source| DataError::Io { path: path.into(), source })?;
        let broken =
            |e: zip::result::ZipError| malformed(&name, format!("it is no whole zip ({e}); fetch it again"));
        let zip = ZipArchive::new(Cursor::new(Shared::from(bytes))).map_err(broken)?;
        if zip.len() > MAX_FILES {
            return Err(malformed(&name, format!("it holds more than {MAX_FILES} files; unpack a part of it")));
        }
        let mut files = Vec::new();
        for (number, path) in zip.file_names().enumerate() {
            let path = path.map_err(broken)?;
            let mut parts: Vec<String> = path.split(['/', '\\']).map(String::from).collect();
            let file = parts.pop().unwrap_or_default();
            let is_hidden = |part: &String| part.starts_with('.') || part == "__MACOSX";
            // A folder's own entry ends in a slash.
            if !file.is_empty() && !is_hidden(&file) && !parts.iter().any(is_hidden) && parts.len() <= MAX_DEPTH {
                files.push(TreeFile { folders: parts, name: file, at: At::Zip(number) });
            }
        }
        files.sort_by(|a, b| (&a.folders, &a.name).cmp(&(&b.folders, &b.name)));
        let title = path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy().into();
        Ok(Self { name, title, files, zip: Some(zip) })
    }

    /// The folder or zip, as the user named it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its own name, without the folders above it.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Whether they lie in a zip.
    pub fn is_zip(&self) -> bool {
        self.zip.is_some()
    }

    /// The files.
    pub fn files(&self) -> &[TreeFile] {
        &self.files
    }

    /// Where a file lies, to show.
    pub fn shown(&self, file: &TreeFile) -> String {
        match &file.at {
            At::Path(path) => path.display().to_string(),
            At::Zip(_) => {
                let path: Vec<&str> = file.folders.iter().map(String::as_str).chain([&*file.name]).collect();
                format!("{} in {}", path.join("/"), self.name)
            }
        }
    }

    /// What opens the files, for one thread.
    pub fn opener<'a>(&'a self, reading: &'a Reading) -> Opener<'a> {
        Opener { tree: self, zip: self.zip.clone(), reading }
    }
}

impl Opener<'_> {
    /// Opens a file, and says its length where the length is sure; one that is packed by gzip, which its
    /// content says and not its name, is unpacked as it is read.
    pub fn open(&mut self, file: &TreeFile) -> Result<(Opened<'_>, Option<u64>), DataError> {
        if self.reading.cancel.is_set() {
            return Err(self.reading.cancelled(&self.tree.name));
        }
        let shown = || self.tree.shown(file);
        let (from, len): (Opened<'_>, Option<u64>) = match (&file.at, &mut self.zip) {
            (At::Path(path), _) => {
                let (from, len) = open(path, &self.reading.cancel)?;
                (Box::new(from), Some(len))
            }
            (At::Zip(number), Some(zip)) => {
                let unpacked = zip.by_index(*number);
                let broken = |e| malformed(&shown(), format!("it cannot be unpacked ({e})"));
                (Box::new(unpacked.map_err(broken)?), None)
            }
            (At::Zip(_), None) => return Err(malformed(&self.tree.name, "the zip was closed")),
        };
        let mut from = BufReader::new(from);
        let head =
            from.fill_buf().map_err(|e| malformed(&shown(), format!("it cannot be read ({})", reason(&e))))?;
        let is_packed = head.starts_with(&GZIP);
        Ok(if is_packed { (Box::new(MultiGzDecoder::new(from)), None) } else { (Box::new(from), len) })
    }

    /// The first bytes of a file, at most `n`; none where it cannot be read.
    pub fn head(&mut self, file: &TreeFile, n: usize) -> Vec<u8> {
        let mut head = Vec::new();
        if let Ok((from, _)) = self.open(file) {
            // What breaks off early has a short head, which is told then.
            from.take(n as u64).read_to_end(&mut head).ok();
        }
        head
    }

    /// All of a file; more than `most` bytes are refused. The error is a reason without the file's name.
    pub fn read(&mut self, file: &TreeFile, most: u64) -> Result<Vec<u8>, String> {
        let (mut from, len) = self.open(file).map_err(|e| e.to_string())?;
        if let Some(len) = len.filter(|&len| len > most) {
            return Err(format!("it takes {len} bytes, above {most}"));
        }
        let declared = len.unwrap_or(most + 1) as usize;
        let bytes = read_declared(&mut from, declared, len.is_some()).map_err(|e| reason(&e))?;
        if bytes.len() as u64 > most { Err(format!("it takes more than {most} bytes")) } else { Ok(bytes) }
    }
}

/// A folder being gone through.
struct Walk<'a> {
    reading: &'a Reading,
    max_depth: usize,
    files: Vec<TreeFile>,
    /// Folders that links led to: each is entered once, since links can lead round in a circle.
    linked: HashSet<PathBuf>,
}

impl Walk<'_> {
    fn enter(&mut self, folder: &Path, folders: &mut Vec<String>) -> Result<(), DataError> {
        let io = |source| DataError::Io { path: folder.into(), source };
        let mut entries = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(io)? {
            entries.push(entry.map_err(io)?);
        }
        entries.sort_by_key(std::fs::DirEntry::file_name);
        let mut below = Vec::new();
        for entry in entries {
            if self.reading.cancel.is_set() {
                return Err(io(io::Error::other("cancelled")));
            }
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') || name == "__MACOSX" {
                continue;
            }
            let kind = entry.file_type().map_err(io)?;
            let path = entry.path();
            if kind.is_dir() || kind.is_symlink() && path.is_dir() && self.is_new(&path) {
                below.push((name, path));
            } else if kind.is_file() || std::fs::metadata(&path).is_ok_and(|found| found.is_file()) {
                if self.files.len() >= MAX_FILES {
                    let problem =
                        format!("more than {MAX_FILES} files lie in and below it; choose a folder further down");
                    return Err(malformed(&folder.display().to_string(), problem));
                }
                self.files.push(TreeFile { folders: folders.clone(), name, at: At::Path(path) });
            }
        }
        if folders.len() == self.max_depth {
            return Ok(());
        }
        for (name, path) in below {
            folders.push(name);
            // One that may not be read is passed over, unless it is the one that was asked for.
            let entered = self.enter(&path, folders);
            folders.pop();
            match entered {
                Err(DataError::Io { source, .. }) if source.kind() == io::ErrorKind::PermissionDenied => {}
                entered => entered?,
            }
        }
        Ok(())
    }

    /// Whether the folder that a link leads to was not entered by a link before.
    fn is_new(&mut self, link: &Path) -> bool {
        std::fs::canonicalize(link).is_ok_and(|real| self.linked.insert(real))
    }
}
