//! What lies at a path, told by its content: it opens as what it is, whatever its name.

use super::model_file::is_model_file;
use crate::data::{is_picture, no_file, reason};
use std::io::Read;
use std::path::Path;

/// What lies at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathKind {
    /// Data, or what may be some; their loader has the last word.
    Data,
    /// A model.
    Model,
    /// A session.
    Session,
    /// One picture.
    Picture,
}

/// Bytes within which the text of a session shows what it is.
const N_SNIFFED: u64 = 256;

/// Sees what lies at a path. The error is a sentence for the user.
pub fn recognise(path: &Path) -> Result<PathKind, String> {
    let wrong = |problem: String| format!("{}: {problem}", path.display());
    let io = |e: std::io::Error| {
        wrong(format!("it could not be read ({}); check the path and its permissions", reason(&e)))
    };
    if is_model_file(path) {
        return Ok(PathKind::Model);
    }
    match no_file(path).map_err(io)? {
        Some("a folder") => return Ok(PathKind::Data),
        Some(what) => return Err(wrong(format!("it is {what}, not a file; choose a file or a folder"))),
        None => {}
    }
    let mut head = Vec::new();
    std::fs::File::open(path).map_err(io)?.take(N_SNIFFED).read_to_end(&mut head).map_err(io)?;
    let is_json = head.trim_ascii_start().starts_with(b"{");
    Ok(match is_json {
        true => PathKind::Session,
        false if is_picture(&head) => PathKind::Picture,
        false => PathKind::Data,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_says_what_a_path_holds_and_not_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            recognise(&path)
        };
        assert_eq!(put("model.csv", b"\x10\0\0\0\0\0\0\0{}"), Ok(PathKind::Model));
        assert_eq!(put("session.txt", b" \n{\"version\":1}"), Ok(PathKind::Session));
        assert_eq!(put("table.safetensors", b"a,b\n1,2\n"), Ok(PathKind::Data));
        assert_eq!(put("health.csv", b"BMI,age\n21.5,30\n"), Ok(PathKind::Data));
        assert_eq!(put("photo.csv", b"\x89PNG\r\n\x1a\n"), Ok(PathKind::Picture));
        assert_eq!(recognise(folder.path()), Ok(PathKind::Data));
        assert!(recognise(&folder.path().join("gone")).unwrap_err().contains("check the path"));
        #[cfg(unix)]
        assert!(recognise(Path::new("/dev/null")).unwrap_err().contains("it is a device"));
    }
}
