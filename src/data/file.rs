//! How a file is opened and read: what is no file is refused beforehand, and memory is taken for what really arrives.

use super::{Cancel, DataError};
use std::fs::File;
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
    let metadata = std::fs::metadata(path).map_err(io)?;
    if !metadata.is_file() {
        return Err(DataError::Malformed {
            file: path.display().to_string(),
            problem: format!("it is {}; save what it holds to a file, and choose that", kind_of(&metadata)),
        });
    }
    let from = File::open(path).map_err(io)?;
    let len = from.metadata().map_err(io)?.len();
    Ok((Cancellable { from, cancel: cancel.clone() }, len))
}

/// What something is that is no regular file.
fn kind_of(metadata: &std::fs::Metadata) -> &'static str {
    if metadata.is_dir() { "a folder, not a file" } else { "a pipe or a device, not a file" }
}

/// Reads up to `declared` bytes, fewer where the data end before.
///
/// The buffer never holds room for more than `declared`. Where the length is not `known` to be there, it grows with what
/// arrived, so that a header that lies costs nothing; a size beyond the memory is an error, not the end of the program.
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
