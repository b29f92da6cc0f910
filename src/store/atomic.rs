//! Writing a file whole or not at all.

use std::io::Write;
use std::path::{Path, PathBuf};

/// Why something could not be written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The target or its folder cannot be written.
    #[error("could not write {path}: {source}; choose another place")]
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

/// Writes `bytes` to `path` by way of a temporary file in the same folder.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let io = |source| StoreError::Io { path: path.into(), source };
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    if path.is_dir() {
        return Err(io(std::io::Error::other("it is a folder")));
    }
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        // A temporary file is private by default; the target should have the permissions of any new file.
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.prefix(".halfmoon-").tempfile_in(folder).map_err(io)?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(io)?;
    file.persist(path).map_err(|e| io(e.error))?;
    Ok(())
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
}
