//! Files that are no models, named for what they are.

/// How files begin, and what they then are.
const BEGINNINGS: [(&[u8], &str); 12] = [
    (b"\x89PNG", PICTURE),
    (b"\xff\xd8\xff", PICTURE),
    (b"GIF8", PICTURE),
    (b"BM", PICTURE),
    (b"RIFF", PICTURE),
    (b"II*\0", PICTURE),
    (b"MM\0*", PICTURE),
    (b"\x1f\x8b", "packed data (gzip); open the folder that it is in as data"),
    (b"\x93NUMPY", "an array of NumPy; open it as data"),
    (b"\x89HDF", "an HDF5 file, as Keras writes; save the weights as .safetensors"),
    (b"{", "a text (JSON); a session is opened by --session"),
    (b"<", "a web page; fetch the file itself again"),
];
const PICTURE: &str = "a picture; open the folder that it is in as data";

/// What bytes are that are no model, as a sentence about their file; none where they may be one.
pub fn wrong_kind(bytes: &[u8]) -> Option<String> {
    if bytes.is_empty() {
        return Some("it is empty; save the model again".into());
    }
    let begins = BEGINNINGS.iter().find(|(beginning, _)| bytes.starts_with(beginning)).map(|(_, what)| *what);
    let what = begins.or_else(|| is_idx(bytes).then_some("idx data; open the folder that it is in as data"));
    let what = what.or_else(|| is_text(bytes).then_some("a text; a table is opened as data"))?;
    Some(format!("it is no model but {what}"))
}

/// Two zeros, a type of number, the number of axes.
fn is_idx(bytes: &[u8]) -> bool {
    matches!(bytes, [0, 0, 8 | 9 | 11..=14, 1..=4, ..])
}

fn is_text(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(512)];
    // A cut through a letter of several bytes is no fault.
    let valid = std::str::from_utf8(head).map_or_else(|e| e.valid_up_to() + 4 > head.len(), |_| true);
    valid && !head.iter().any(|byte| *byte < 32 && !b"\t\r\n".contains(byte))
}
