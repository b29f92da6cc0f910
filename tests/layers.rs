//! The rooms of the crate and who may use whom, held by reading every source file.
//!
//! A folder may use any folder above it in `ROOMS`; `nn` and `data` use none, `cli` and `ui` never each other, and `ui`
//! never `nn`, `train` or `store`. Both `use` lines and paths written out in the code count, and so does a `super::` that
//! leaves its folder.

#![allow(clippy::unwrap_used, reason = "in a test this is how what must not fail fails")]

use std::path::{Path, PathBuf};

/// Folders of `src`, lowest first; the last two stand side by side.
const ROOMS: [&str; 11] =
    ["nn", "data", "model", "latent", "picture", "train", "store", "worker", "session", "cli", "ui"];

/// A line of code that breaks a rule.
#[derive(Debug, PartialEq)]
struct Breach {
    line: usize,
    rule: String,
}

fn may_use(from: &str, to: &str) -> bool {
    let place = |room: &str| ROOMS.iter().position(|other| *other == room);
    match (from, to) {
        (a, b) if a == b => true,
        ("nn" | "data", _) | ("cli", "ui") | ("ui", "cli" | "nn" | "train" | "store") => false,
        (a, b) => match (place(a), place(b)) {
            (Some(a), Some(b)) => b < a,
            // `crate::something` that is no room is the crate's own root, which holds nothing but rooms.
            _ => false,
        },
    }
}

/// The first names after each `crate::` of a line, those of a group included.
fn crate_names(code: &str) -> Vec<String> {
    let name = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut names = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        // `$crate::` in a macro and `my_crate::` are other things; neither occurs, and neither is let pass.
        let rest = &code[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(group) => {
                let mut depth = 0;
                let mut start = true;
                for (i, c) in group.char_indices() {
                    match c {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => start = true,
                        c if start && (c.is_alphanumeric() || c == '_') => {
                            names.push(name(&group[i..]));
                            start = false;
                        }
                        _ => {}
                    }
                }
            }
            None => names.push(name(rest)),
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

/// Reads one file of a room; `depth` is the number of folders between `src` and the file, the room included.
fn breaches(room: &str, depth: usize, is_mod_file: bool, text: &str) -> Vec<Breach> {
    let mut found = Vec::new();
    // Levels that `super::` may climb without leaving the room.
    let levels = if is_mod_file { depth.saturating_sub(1) } else { depth };
    // A statement may run over several lines; a group of names is only read whole.
    let mut statement = String::new();
    for (i, line) in text.lines().enumerate() {
        let code = line.split("//").next().unwrap_or_default();
        let mut breach = |rule: String| found.push(Breach { line: i + 1, rule });
        statement.push_str(code.trim());
        let is_open = statement.starts_with("use ") || statement.starts_with("pub use ");
        if !is_open || statement.contains(';') {
            for to in crate_names(&statement) {
                if !may_use(room, &to) {
                    breach(format!("{room} may not use crate::{to}"));
                }
            }
            statement.clear();
        }
        let climbs = code.match_indices("super::super::").count();
        if code.contains("super::") && 1 + climbs > levels.max(usize::from(!is_mod_file && depth > 0)) {
            breach(format!("super:: leaves {room}"));
        }
        for (word, allowed) in [
            ("egui", room == "ui"),
            ("eframe", room == "ui"),
            ("thread::spawn", room == "worker"),
            ("thread::Builder", room == "worker"),
            ("ThreadPoolBuilder", room == "worker"),
            ("std::fs", !matches!(room, "nn" | "model" | "latent" | "picture")),
            ("std::io", !matches!(room, "nn" | "model" | "latent" | "picture")),
            ("std::thread", !matches!(room, "nn" | "model" | "latent" | "picture")),
            ("std::time", !matches!(room, "nn" | "model" | "latent" | "picture")),
            ("unsafe {", room == "nn"),
        ] {
            if code.contains(word) && !allowed {
                breach(format!("{word} has no place in {room}"));
            }
        }
    }
    found
}

/// The text without its test modules: what they use is their own affair.
fn without_tests(text: &str) -> &str {
    text.find("#[cfg(test)]\nmod ").or_else(|| text.find("#[cfg(test)]\n#[path")).map_or(text, |at| &text[..at])
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

#[test]
fn every_path_keeps_to_the_rooms() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut n_read = 0;
    let mut all = Vec::new();
    for path in sources(&src) {
        let relative = path.strip_prefix(&src).unwrap();
        let parts: Vec<String> = relative.iter().map(|part| part.to_string_lossy().into()).collect();
        let is_test =
            parts.iter().any(|part| part == "tests" || part.ends_with("tests.rs") || part == "gradient_check.rs");
        if parts.len() < 2 || is_test {
            continue;
        }
        n_read += 1;
        let text = std::fs::read_to_string(&path).unwrap();
        let is_mod_file = parts.last().is_some_and(|name| name == "mod.rs");
        for breach in breaches(&parts[0], parts.len() - 1, is_mod_file, without_tests(&text)) {
            all.push(format!("{}:{}: {}", relative.display(), breach.line, breach.rule));
        }
    }
    assert!(n_read > 50, "only {n_read} files were read");
    assert!(all.is_empty(), "\n{}", all.join("\n"));
}

#[test]
fn the_kinds_of_model_are_known_in_one_place() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for path in sources(&src).into_iter().filter(|path| !path.ends_with("model/spec.rs")) {
        let text = std::fs::read_to_string(&path).unwrap();
        for kind in ["ModelSpec::Ae", "ModelSpec::Vae"] {
            assert!(!without_tests(&text).contains(kind), "{} knows {kind}", path.display());
        }
    }
}

#[test]
fn breaches_are_seen() {
    let rules = |room: &str, text: &str| -> Vec<String> {
        breaches(room, 1, false, text).into_iter().map(|breach| breach.rule).collect()
    };
    assert_eq!(rules("nn", "let x = crate::data::load();"), ["nn may not use crate::data"]);
    assert_eq!(rules("latent", "use crate::{model, session::Session};"), ["latent may not use crate::session"]);
    assert_eq!(rules("ui", "use crate::{\n    data,\n    store,\n};"), ["ui may not use crate::store"]);
    assert_eq!(rules("cli", "use crate::ui::App;"), ["cli may not use crate::ui"]);
    assert_eq!(rules("nn", "use super::super::data;"), ["super:: leaves nn"]);
    assert_eq!(breaches("nn", 1, true, "use super::data;").len(), 1);
    assert_eq!(rules("store", "std::thread::spawn(f);"), ["thread::spawn has no place in store"]);
    assert_eq!(rules("picture", "use std::fs;"), ["std::fs has no place in picture"]);
    assert_eq!(rules("session", "egui::Context"), ["egui has no place in session"]);
    assert!(rules("session", "use crate::worker::Job; // crate::ui is above").is_empty());
    assert!(rules("nn", "use super::Scalar;").is_empty());
}
