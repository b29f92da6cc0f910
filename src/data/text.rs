//! Text of any encoding that text files have.

/// Bytes as text: UTF-8, UTF-16 with its mark, else Latin-1, in which every byte is a letter.
pub fn decoded(bytes: Vec<u8>) -> (String, Option<&'static str>) {
    let units = match &bytes[..] {
        [0xff, 0xfe, rest @ ..] => Some((rest, u16::from_le_bytes as fn([u8; 2]) -> u16)),
        [0xfe, 0xff, rest @ ..] => Some((rest, u16::from_be_bytes as fn([u8; 2]) -> u16)),
        _ => None,
    };
    if let Some((rest, unit)) = units {
        let units: Vec<u16> = rest.as_chunks().0.iter().map(|&bytes| unit(bytes)).collect();
        return (String::from_utf16_lossy(&units), Some("its text is UTF-16"));
    }
    match String::from_utf8(bytes) {
        Ok(text) => (text, None),
        Err(e) => (
            e.as_bytes().iter().map(|&byte| char::from(byte)).collect(),
            Some("its text is no UTF-8; it was read as Latin-1"),
        ),
    }
}
