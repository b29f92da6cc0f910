//! Files that are no models, named for what they are.

use super::model_file::is_safetensors;
use crate::data::{is_picture, is_text};

/// How files begin, and what they then are.
const BEGINNINGS: [(&[u8], &str); 5] = [
    (b"\x1f\x8b", "packed data (gzip); open the folder that it is in as data"),
    (b"\x93NUMPY", "an array of NumPy; open it as data"),
    (b"\x89HDF", "an HDF5 file, as Keras writes; save the weights as .safetensors"),
    (b"{", "a text (JSON); a session is opened by --session"),
    (b"<", "a web page; fetch the file itself again"),
];
/// Bytes by which it is seen what they are.
const N_SNIFFED: usize = 512;

/// What bytes are that are no model, as a sentence about their file; none where they may be one.
pub fn wrong_kind(bytes: &[u8]) -> Option<String> {
    if bytes.is_empty() {
        return Some("it is empty; save the model again".into());
    }
    let head = &bytes[..bytes.len().min(N_SNIFFED)];
    // A model begins with the length of its header, which may spell the two letters of a picture.
    if is_safetensors(head) {
        return None;
    }
    let begins = BEGINNINGS.iter().find(|(beginning, _)| head.starts_with(beginning)).map(|(_, what)| *what);
    let seen = || match head {
        _ if is_picture(head) => Some("a picture; open the folder that it is in as data"),
        // Two zeros, a type of number, the number of axes.
        [0, 0, 8 | 9 | 11..=14, 1..=4, ..] => Some("idx data; open the folder that it is in as data"),
        _ if is_text(head) => Some("a text; a table is opened as data"),
        _ => None,
    };
    let what = begins.or_else(seen)?;
    Some(format!("it is no model but {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_whose_first_column_begins_like_a_picture_is_a_text() {
        let what = |bytes: &[u8]| wrong_kind(bytes).unwrap_or_default();
        assert!(what(b"BMI,age\n21.5,30\n").contains("a text"));
        assert!(what(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").contains("a picture"));
        assert!(what(b"\0\0\x08\x03\0\0\0\x0a").contains("idx data"));
        for length in [b"\x50\x02", b"\x50\x35", b"\x50\x36", b"BM"] {
            assert_eq!(wrong_kind(&[&length[..], b"\0\0\0\0\0\0{\"a\":"].concat()), None, "{length:?}");
        }
    }
}
