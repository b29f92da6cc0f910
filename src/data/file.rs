//! How a file is opened and read: what is no file is refused beforehand, and memory is taken for what really
//! arrives.

use super::{Cancel, DataError};
use std::fmt::Display;
use std::fs::{File, FileType};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

/// Memory taken at first for a file whose length nobody vouches for.
const FIRST_CHUNK: usize = 1 << 20;

/// A reader that breaks off once it is told to.
pub struct Cancellable<R> {
    from: R,
    cancel: Cancel,
}

impl<R: Read> Read for Cancellable<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.cancel.is_set() {
            return Err(io::Error::other("cancelled"));
        }
        self.from.read(buffer)
    }
}

/// Opens a file and says its length.
///
/// Pipes, devices and folders are refused before they are opened: that alone could wait for ever.
pub fn open(path: &Path, cancel: &Cancel) -> Result<(Cancellable<File>, u64), DataError> {
    let io = |source| DataError::Io { path: path.into(), source };
    if let Some(what) = no_file(path).map_err(io)? {
        return Err(DataError::Malformed {
            file: path.display().to_string(),
            problem: format!("it is {what}, not a file; save what it holds to a file, and choose that"),
        });
    }
    let from = File::open(path).map_err(io)?;
    let len = from.metadata().map_err(io)?.len();
    Ok((Cancellable { from, cancel: cancel.clone() }, len))
}

/// What the system said, in its words and without its number.
pub fn reason(e: &impl Display) -> String {
    let mut said = e.to_string();
    said.truncate(said.rfind(" (os error").unwrap_or(said.len()));
    said
}

/// Whether bytes may be the beginning of a text: no control characters but those that part lines and cells.
///
/// In which encoding is left open, for tables come in several.
pub fn is_text(head: &[u8]) -> bool {
    head.iter().all(|byte| *byte >= 32 || b"\t\r\n".contains(byte))
}

/// What lies at `path` where it is no regular file, such as `a pipe`; links are followed.
pub fn no_file(path: &Path) -> io::Result<Option<&'static str>> {
    let kind = std::fs::metadata(path)?.file_type();
    Ok((!kind.is_file()).then(|| name(kind)))
}

#[cfg(unix)]
fn name(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    match kind {
        _ if kind.is_dir() => "a folder",
        _ if kind.is_fifo() => "a pipe",
        _ if kind.is_socket() => "a socket",
        _ => "a device",
    }
}

#[cfg(not(unix))]
fn name(kind: FileType) -> &'static str {
    if kind.is_dir() { "a folder" } else { "a pipe or device" }
}

/// Why a file was not read whole.
#[derive(Debug)]
pub enum NotRead {
    /// It is no regular file but this, such as `a pipe`.
    Is(&'static str),
    /// It holds more bytes than asked for.
    TooLong,
    /// The system said so.
    Io(io::Error),
}

impl From<io::Error> for NotRead {
    fn from(e: io::Error) -> Self {
        Self::Io(e)
    }
}

/// All of a regular file of up to `most` bytes.
pub fn read_whole(path: &Path, most: u64) -> Result<Vec<u8>, NotRead> {
    if let Some(what) = no_file(path)? {
        return Err(NotRead::Is(what));
    }
    let mut bytes = Vec::new();
    // One byte more than may be tells that there are more.
    File::open(path)?.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most { Err(NotRead::TooLong) } else { Ok(bytes) }
}

/// Reads up to `declared` bytes, fewer where the data end before.
///
/// The buffer never holds room for more than `declared`. Where the length is not `known` to be there, it
/// grows with what arrived, so that a header that lies costs nothing; a size beyond the memory is an error,
/// not the end of the program.
pub fn read_declared(from: &mut impl Read, declared: usize, known: bool) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    while bytes.len() < declared {
        let sure = if known { declared } else { (2 * bytes.len()).max(FIRST_CHUNK).min(declared) };
        let more = sure - bytes.len();
        bytes.try_reserve_exact(more).map_err(|_| io::Error::from(ErrorKind::OutOfMemory))?;
        if from.by_ref().take(more as u64).read_to_end(&mut bytes)? < more {
            break;
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn pipes_devices_and_folders_are_told_from_files() {
        let folder = tempfile::tempdir().unwrap();
        let [file, pipe, socket, link] = ["file", "pipe", "socket", "link"].map(|name| folder.path().join(name));
        std::fs::write(&file, "text").unwrap();
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        std::os::unix::fs::symlink(&pipe, &link).unwrap();
        assert_eq!(no_file(&file).unwrap(), None);
        assert_eq!(no_file(folder.path()).unwrap(), Some("a folder"));
        assert_eq!(no_file(&link).unwrap(), Some("a pipe"));
        assert_eq!(no_file(&socket).unwrap(), Some("a socket"));
        assert_eq!(no_file(Path::new("/dev/null")).unwrap(), Some("a device"));
        assert!(no_file(&folder.path().join("gone")).is_err());
    }

    #[test]
    fn memory_is_taken_for_what_arrives_and_no_more() {
        let declared = 5 * FIRST_CHUNK + 3;
        for known in [false, true] {
            let all = read_declared(&mut io::repeat(7), declared, known).unwrap();
            assert_eq!((all.len(), all.capacity()), (declared, declared), "known: {known}");
        }
        let short = read_declared(&mut io::repeat(7).take(10), usize::MAX / 2, false).unwrap();
        assert!(short.len() == 10 && short.capacity() <= FIRST_CHUNK, "{}", short.capacity());
        let cut = read_declared(&mut io::repeat(7).take(3 * FIRST_CHUNK as u64), usize::MAX / 2, false).unwrap();
        assert!(cut.len() == 3 * FIRST_CHUNK && cut.capacity() <= 4 * FIRST_CHUNK, "{}", cut.capacity());
        let beyond = read_declared(&mut io::repeat(7), usize::MAX / 2, true).unwrap_err();
        assert_eq!(beyond.kind(), ErrorKind::OutOfMemory);
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_and_a_folder_are_refused_without_waiting() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().is_ok_and(|status| status.success()));
        for path in [&*pipe, folder.path()] {
            let error = open(path, &Cancel::default()).err().expect("it was opened").to_string();
            assert!(error.contains("not a file") && error.contains("save what it holds"), "{error}");
        }
    }
}
