//! Names of files as they are typed: where they lie, and what they end in.

use crate::session::EXTENSION;
use std::path::{Path, PathBuf};

/// A path as it is typed, where `~` is the user's folder, as in a shell.
pub fn typed(text: &str) -> PathBuf {
    let text = text.trim();
    let below = text.strip_prefix('~').filter(|below| below.is_empty() || below.starts_with(['/', '\\']));
    match (below, std::env::home_dir()) {
        (Some(below), Some(home)) => home.join(below.trim_start_matches(['/', '\\'])),
        _ => text.into(),
    }
}

/// Whether a name is one of a session.
pub fn is_session(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == EXTENSION)
}

/// What is in a file or folder, by the end of its name.
pub fn kind(path: &Path) -> &'static str {
    const MODELS: [&str; 5] = ["safetensors", "pt", "pth", "ckpt", "onnx"];
    let extension = path.extension().and_then(|extension| extension.to_str());
    match extension {
        _ if is_session(path) => "session",
        Some(extension) if MODELS.iter().any(|model| extension.eq_ignore_ascii_case(model)) => "model",
        _ => "data",
    }
}

/// A name that no file here has yet: `path.png`, `path-2.png`, ….
pub fn free_name(stem: &str, extension: &str) -> String {
    let name = |i: u32| if i == 1 { format!("{stem}.{extension}") } else { format!("{stem}-{i}.{extension}") };
    (1..1000).map(name).find(|name| !Path::new(name).exists()).unwrap_or_else(|| name(1))
}

/// Endings that say what a file is; what follows another dot belongs to the name, as in `run-beta0.5`.
const ENDINGS: [&str; 18] = [
    "safetensors",
    "halfmoon",
    "png",
    "gif",
    "jpg",
    "jpeg",
    "webp",
    "bmp",
    "tiff",
    "svg",
    "pdf",
    "csv",
    "tsv",
    "npy",
    "npz",
    "onnx",
    "py",
    "pt",
];

/// A name without an ending gets the usual one.
pub fn with_extension(path: PathBuf, extension: &str) -> PathBuf {
    if has_ending(&path) { path } else { path.with_added_extension(extension) }
}

fn has_ending(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    ending.is_some_and(|ending| ENDINGS.contains(&&*ending))
}

/// A typed name with this ending in place of the one that it has, if it has one.
pub fn ending_changed(typed: &str, extension: &str) -> String {
    let path = Path::new(typed.trim());
    let path =
        if has_ending(path) { path.with_extension(extension) } else { path.with_added_extension(extension) };
    path.display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_name_tells_what_is_in_a_file() {
        let kinds =
            ["a.safetensors", "b.PT", "c.onnx", "d.halfmoon", "e.csv", "mnist"].map(|name| kind(Path::new(name)));
        assert_eq!(kinds, ["model", "model", "model", "session", "data", "data"]);
    }

    #[test]
    fn a_dot_in_a_name_is_no_ending() {
        let with = |name: &str| with_extension(name.into(), "safetensors").display().to_string();
        assert_eq!(with("run-beta0.5"), "run-beta0.5.safetensors");
        assert_eq!(with("v2.final"), "v2.final.safetensors");
        assert_eq!(with("mine.SafeTensors"), "mine.SafeTensors");
        assert_eq!(ending_changed("run-beta0.5", "gif"), "run-beta0.5.gif");
        assert_eq!(ending_changed("path.png", "gif"), "path.gif");
    }
}
