//! The typeface of figures, and how wide its words are.

use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

/// Inter with figures of one width, regular.
pub const REGULAR: &[u8] = include_bytes!("../../../assets/fonts/Inter-tabular-Regular.otf");
/// The same, semibold.
pub const SEMIBOLD: &[u8] = include_bytes!("../../../assets/fonts/Inter-tabular-SemiBold.otf");

fn face(is_strong: bool) -> Option<FontRef<'static>> {
    FontRef::new(if is_strong { SEMIBOLD } else { REGULAR }).ok()
}

/// Width of a line of text of this size, in the same unit.
///
/// What the typeface does not have is counted as wide as it is high.
pub fn width(text: &str, size: f32, is_strong: bool) -> f32 {
    let Some(face) = face(is_strong) else { return size * text.chars().count() as f32 };
    let (letters, metrics) = (face.charmap(), face.glyph_metrics(Size::new(size), LocationRef::default()));
    let advance = |c: char| letters.map(c).and_then(|glyph| metrics.advance_width(glyph));
    text.chars().map(|c| advance(c).unwrap_or(size)).sum()
}

/// A text cut to a width, with … where something was left out.
pub fn shortened(text: &str, room: f32, size: f32, is_strong: bool) -> String {
    if width(text, size, is_strong) <= room {
        return text.into();
    }
    let mut cut: String = text.into();
    while !cut.is_empty() && width(&cut, size, is_strong) + width("…", size, is_strong) > room {
        cut.pop();
    }
    format!("{}…", cut.trim_end())
}

/// Words in lines that are no wider than `room`; a word that is wider stands alone.
pub fn wrapped<'a>(all: impl IntoIterator<Item = &'a str>, room: f32, size: f32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in all {
        match lines.last_mut() {
            Some(line) if width(&format!("{line} {word}"), size, false) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.into()),
        }
    }
    lines
}

/// Whether the typeface has every letter of a text.
pub fn has(text: &str) -> bool {
    let Some(face) = face(false) else { return false };
    let letters = face.charmap();
    text.chars().all(|c| c.is_whitespace() || letters.map(c).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_as_wide_as_the_typeface_says() {
        let figure = width("0", 10.0, false);
        assert!((5.0..8.0).contains(&figure), "{figure}");
        assert!((width("1111", 10.0, false) - 4.0 * figure).abs() < 1e-3, "figures are of one width");
        assert!(width("mm", 10.0, false) > 2.0 * width("ii", 10.0, false));
        assert!(width("name", 10.0, true) > width("name", 10.0, false));
        assert!(has("Ankle boot, 2σ − ½") && !has("漢"));
    }
}
