//! Writing a file whole or not at all.

use crate::data::{no_file, reason};
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Why something could not be written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The target or its folder cannot be written.
    #[error("could not write {path}: {}; choose another place", reason(source))]
    Io {
        /// The target.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The contents do not fit the format.
    #[error("could not write {format}: {problem}")]
    Format {
        /// Such as `PNG`.
        format: &'static str,
        /// What does not fit.
        problem: String,
    },
}

impl StoreError {
    /// What was wrong with a table.
    pub(super) fn csv(e: impl std::fmt::Display) -> Self {
        Self::Format { format: "CSV", problem: e.to_string() }
    }
}

/// Most links that lead from one to another.
const MAX_LINKS: usize = 32;

/// Writes `bytes` to `path` by way of a temporary file in the same folder.
///
/// Of a link the file that it leads to is written. A file that is there keeps its permissions; what is no
/// file, or is read-only, is refused.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    write_with(path, |file| file.write_all(bytes))
}

/// As [`write()`], what `work` writes, a part after another.
pub fn write_with(path: &Path, work: impl FnOnce(&mut File) -> std::io::Result<()>) -> Result<(), StoreError> {
    let (target, mut file) = begin(path)?;
    let io = |e: std::io::Error| StoreError::Io { path: path.into(), source: plain(&e) };
    work(file.as_file_mut()).and_then(|()| file.as_file().sync_all()).map_err(io)?;
    file.persist(&target).map_err(|e| io(e.error))?;
    sync(folder_of(&target));
    Ok(())
}

/// Whether a file could be written, as [`write()`] would find.
pub fn check_target(path: &Path) -> Result<(), StoreError> {
    begin(path).map(drop)
}

/// The file that is to be written, and a temporary one beside it.
fn begin(path: &Path) -> Result<(PathBuf, tempfile::NamedTempFile), StoreError> {
    let io = |source| StoreError::Io { path: path.into(), source };
    let target = resolved(path).map_err(io)?;
    let before = match std::fs::metadata(&target) {
        Ok(there) => Some(there),
        Err(e) if e.kind() == ErrorKind::NotFound => None,
        Err(e) => return Err(io(e)),
    };
    if let Some(before) = &before {
        if let Some(what) = no_file(&target).map_err(io)? {
            return Err(io(std::io::Error::other(format!("it is {what}"))));
        }
        if before.permissions().readonly() {
            return Err(io(std::io::Error::other("it is read-only")));
        }
    }
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        // A temporary file is private by default; the target should have the permissions of any new file.
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let file = builder.prefix(".halfmoon-").tempfile_in(folder_of(&target)).map_err(|e| io(plain(&e)))?;
    if let Some(before) = before {
        file.as_file().set_permissions(before.permissions()).map_err(io)?;
    }
    Ok((target, file))
}

/// What the system said without the temporary file's name, which means nothing to anyone.
pub(super) fn plain(e: &std::io::Error) -> std::io::Error {
    let said = match e.kind() {
        ErrorKind::NotFound => "its folder is not there".to_owned(),
        ErrorKind::PermissionDenied => "its folder may not be written to".to_owned(),
        ErrorKind::StorageFull => "the disk is full".to_owned(),
        kind => kind.to_string(),
    };
    std::io::Error::new(e.kind(), said)
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."))
}

/// The file that links lead to, whether it is there or not.
fn resolved(path: &Path) -> std::io::Result<PathBuf> {
    let mut path = path.to_path_buf();
    for _ in 0..MAX_LINKS {
        if !std::fs::symlink_metadata(&path).is_ok_and(|there| there.is_symlink()) {
            return Ok(path);
        }
        // What a link says is seen from its own folder.
        let to = std::fs::read_link(&path)?;
        path = path.parent().map_or_else(|| to.clone(), |folder| folder.join(&to));
    }
    Err(std::io::Error::other("its links lead round in a circle"))
}

/// Makes a folder's new entry last, where the system can.
fn sync(folder: &Path) {
    #[cfg(unix)]
    if let Err(e) = File::open(folder).and_then(|folder| folder.sync_all()) {
        log::debug!("{}: {e}", folder.display());
    }
    #[cfg(not(unix))]
    let _ = folder;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_the_target_and_leaves_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        write(&path, b"one").unwrap();
        write(&path, b"two").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"two");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_vanished_folder_or_a_folder_as_target_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let gone = folder.path().join("gone").join("file");
        let error = write(&gone, b"x").unwrap_err().to_string();
        assert!(error.contains("gone") && error.contains("choose another place"), "{error}");
        assert!(write(folder.path(), b"x").unwrap_err().to_string().contains("it is a folder"));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_permissions_kept_and_what_is_no_file_is_left_alone() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("private"), "one").unwrap();
        std::fs::set_permissions(at("private"), std::fs::Permissions::from_mode(0o600)).unwrap();
        std::fs::create_dir(at("below")).unwrap();
        symlink("../private", at("below/link")).unwrap();
        write(&at("below/link"), b"two").unwrap();
        assert_eq!(std::fs::read(at("private")).unwrap(), b"two");
        assert!(at("below/link").symlink_metadata().unwrap().is_symlink(), "the link stays one");
        assert_eq!(at("private").metadata().unwrap().permissions().mode() & 0o777, 0o600);
        symlink("new", at("to nowhere")).unwrap();
        write(&at("to nowhere"), b"three").unwrap();
        assert_eq!(std::fs::read(at("new")).unwrap(), b"three");
        symlink("a", at("b")).unwrap();
        symlink("b", at("a")).unwrap();
        assert!(write(&at("a"), b"x").unwrap_err().to_string().contains("in a circle"));
        assert!(std::process::Command::new("mkfifo").arg(at("pipe")).status().unwrap().success());
        let said = write(&at("pipe"), b"x").unwrap_err().to_string();
        assert!(said.contains("it is a pipe") && said.contains("choose another place"), "{said}");
        std::fs::set_permissions(at("new"), std::fs::Permissions::from_mode(0o400)).unwrap();
        assert!(write(&at("new"), b"x").unwrap_err().to_string().contains("it is read-only"));
        assert_eq!(std::fs::read(at("new")).unwrap(), b"three");
        let said = write(&at("gone/file"), b"x").unwrap_err().to_string();
        assert!(!said.contains(".halfmoon-") && !said.contains("os error"), "{said}");
    }
}
