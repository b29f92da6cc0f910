//! The rooms of the crate and who may use whom, held by reading every source file.
//!
//! A room is a folder of `src`. It may use any room before it in [`ROOMS`], with the exceptions of
//! [`may_use`]. Sources are cut into tokens, so that comments and strings say nothing, a path over several
//! lines or in a group counts like any other, and every `super` is resolved to where it leads. Not seen: what
//! a macro makes up.

#![allow(clippy::unwrap_used, reason = "a test may")]

use std::path::{Path, PathBuf};

/// The rooms, lowest first; the last two stand side by side.
const ROOMS: [&str; 11] =
    ["nn", "data", "model", "latent", "picture", "train", "store", "worker", "session", "cli", "ui"];
/// Rooms without input, output, threads, clocks or screens.
const PURE: [&str; 4] = ["nn", "model", "latent", "picture"];

fn may_use(from: &str, to: &str) -> bool {
    let place = |room: &str| ROOMS.iter().position(|other| *other == room);
    match (from, to) {
        ("nn" | "data", _) | ("cli", "ui") | ("ui", "cli" | "nn" | "train" | "store") => from == to,
        // Nothing but rooms lies at the root: `crate::*` and the like would hide where they lead.
        _ => place(from).zip(place(to)).is_some_and(|(from, to)| to <= from),
    }
}

/// A word or sign of the source.
struct Token<'a> {
    text: &'a str,
    line: usize,
    /// Number of modules around it, the crate's root not counted.
    depth: usize,
    is_test: bool,
}

impl Token<'_> {
    fn is_word(&self) -> bool {
        self.text.starts_with(|c: char| c.is_alphanumeric() || c == '_')
    }
}

/// Bytes at the start of `rest` that mean nothing here: comments, strings, characters, lifetimes.
fn skipped(rest: &str) -> Option<usize> {
    let to = |end: &str, from: usize| rest[from..].find(end).map_or(rest.len(), |at| from + at + end.len());
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return Some(to("*/", 2));
    }
    let raw = rest.trim_start_matches(['b', 'c']).strip_prefix('r').unwrap_or_default();
    let hashes = raw.len() - raw.trim_start_matches('#').len();
    if raw[hashes..].starts_with('"') {
        return Some(to(&format!("\"{}", "#".repeat(hashes)), rest.len() - raw.len() + hashes + 1));
    }
    if let Some(string) = rest.strip_prefix('"') {
        let mut is_escaped = false;
        let end = string.find(|c| {
            let ends = c == '"' && !is_escaped;
            is_escaped = c == '\\' && !is_escaped;
            ends
        });
        return Some(end.map_or(rest.len(), |at| at + 2));
    }
    let quoted = rest.strip_prefix('\'')?;
    let first = quoted.chars().next()?;
    match first {
        '\\' => Some(to("'", 3)),
        _ if quoted[first.len_utf8()..].starts_with('\'') => Some(first.len_utf8() + 2),
        _ => Some(1 + quoted.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(quoted.len())),
    }
}

/// Cuts a file whose own module lies `depth` modules deep into tokens.
fn tokens(source: &str, depth: usize, is_test: bool) -> Vec<Token<'_>> {
    let (mut found, mut rest, mut line) = (Vec::<Token<'_>>::new(), source, 1);
    let (mut braces, mut modules) = (0, Vec::new());
    // The braces around an item marked as test code, once its attribute is read.
    let mut test_item: Option<i32> = None;
    while let Some(first) = rest.chars().next() {
        let skip = skipped(rest);
        let len = skip.unwrap_or_else(|| match first {
            c if c.is_alphanumeric() || c == '_' => {
                rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())
            }
            _ if rest.starts_with("::") => 2,
            c => c.len_utf8(),
        });
        if skip.is_none() && !first.is_whitespace() {
            let text = &rest[..len];
            let before = |n: usize| found.len().checked_sub(n).map_or("", |at| found[at].text);
            if text == "{" {
                braces += 1;
                if before(2) == "mod" || (before(3) == "mod" && before(2) == "$") {
                    modules.push(braces);
                }
            }
            let is_test = is_test || test_item.is_some();
            found.push(Token { text, line, depth: depth + modules.len(), is_test });
            if text == "}" {
                modules.retain(|opened| *opened != braces);
                braces -= 1;
            }
            if matches!(text, "}" | ";") && test_item == Some(braces) {
                test_item = None;
            }
            let last: Vec<&str> = found.iter().rev().take(7).map(|token| token.text).collect();
            if last == ["]", ")", "test", "(", "cfg", "[", "#"] {
                test_item = Some(braces);
            }
        }
        line += rest[..len].matches('\n').count();
        rest = &rest[len..];
    }
    found
}

/// Reads the path, or the tree of a `use`, that starts at `at`; calls `found` for each whole path and returns
/// its end.
fn walk<'a>(
    tokens: &[Token<'a>],
    mut at: usize,
    prefix: &[&'a str],
    found: &mut impl FnMut(&[&'a str], usize),
) -> usize {
    let mut path = prefix.to_vec();
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text);
    let start = at;
    loop {
        if text(at) == "{" && at > start {
            at += 1;
            while !matches!(text(at), "}" | "") {
                let is_start = tokens[at].is_word() || text(at) == "*";
                at = if is_start { walk(tokens, at, &path, found) } else { at + 1 };
                if text(at) == "as" {
                    at += 2;
                }
            }
            return at + 1;
        }
        if tokens.get(at).is_some_and(|token| token.is_word() || token.text == "*") {
            path.push(tokens[at].text);
            at += 1;
        }
        if text(at) != "::"
            || !(tokens.get(at + 1).is_some_and(Token::is_word) || matches!(text(at + 1), "{" | "*"))
        {
            found(&path, start);
            return at;
        }
        at += 1;
    }
}

/// Where `path`, read `depth` modules deep, enters the crate from its root: a room, or nothing where it stays
/// inside.
fn entered<'a>(path: &[&'a str], depth: usize) -> Option<&'a str> {
    let path = path.strip_prefix(&["self"]).unwrap_or(path);
    let climbs = path.iter().take_while(|part| **part == "super").count();
    match path.first() {
        Some(&"crate") => path.get(1).copied(),
        _ if climbs > 0 && climbs >= depth => path.get(climbs).copied(),
        _ => None,
    }
}

/// The breaches of one file, each as `file:line: rule`; `file` is relative to `src` and parted by `/`.
fn breaches(file: &str, source: &str) -> Vec<String> {
    let parts: Vec<&str> = file.trim_end_matches(".rs").split('/').collect();
    let (room, name) = (parts[0], parts[parts.len() - 1]);
    // `x_tests.rs` is the module `tests` inside `x`.
    let depth = parts.len() - usize::from(name == "mod") + usize::from(name.ends_with("_tests"));
    let is_root = parts.len() == 1;
    let is_test = parts.contains(&"tests") || name.ends_with("_tests");
    let tokens = tokens(source, depth, is_test);
    let mut all = Vec::new();
    if !is_root && !ROOMS.contains(&room) {
        all.push(format!("{file}:1: {room} is no room of the table"));
    }
    let mut at = 0;
    while at < tokens.len() {
        let Token { text, line, depth, is_test } = tokens[at];
        if !tokens[at].is_word() {
            at += 1;
            continue;
        }
        if text == "unsafe" {
            all.push(format!("{file}:{line}: nothing is unsafe"));
        }
        at = walk(&tokens, at, &[], &mut |path, start| {
            let mut breach = |rule: String| all.push(format!("{file}:{}: {rule}", tokens[start].line));
            let shown = path.join("::");
            let has = |a: &str, b: &[&str]| path.windows(2).any(|pair| pair[0] == a && b.contains(&pair[1]));
            if let Some(to) = entered(path, depth).filter(|to| !is_root && !may_use(room, to)) {
                breach(format!("{room} may not use {to} ({shown})"));
            }
            if room != "ui" && path.iter().any(|part| part.starts_with("egui") || *part == "eframe") {
                breach(format!("only ui knows egui ({shown})"));
            }
            let is_variant = |part: &str| {
                part == "*" || part.starts_with(char::is_uppercase) && part.contains(char::is_lowercase)
            };
            if file != "model/spec.rs" && path.windows(2).any(|pair| pair[0] == "ModelSpec" && is_variant(pair[1]))
            {
                breach(format!("only model/spec.rs knows the kinds ({shown})"));
            }
            if is_test {
                return;
            }
            if PURE.contains(&room) && has("std", &["fs", "io", "thread", "time", "net", "env", "process"]) {
                breach(format!("{room} knows no files, threads or clocks ({shown})"));
            }
            let spawns = has("thread", &["spawn", "Builder", "scope", "*"]) || path.contains(&"ThreadPoolBuilder");
            if room != "worker" && spawns {
                breach(format!("only worker spawns threads ({shown})"));
            }
        });
    }
    all
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}

#[test]
fn every_file_keeps_to_the_rooms() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut all, mut read) = (Vec::new(), Vec::new());
    for path in sources(&src) {
        let relative = path.strip_prefix(&src).unwrap();
        let file = relative.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/");
        all.extend(breaches(&file, &std::fs::read_to_string(&path).unwrap()));
        read.push(file);
    }
    for room in ROOMS {
        assert!(read.contains(&format!("{room}/mod.rs")), "no room {room} was read");
    }
    assert!(all.is_empty(), "\n{}", all.join("\n"));
}

#[test]
fn breaches_are_seen() {
    for (file, source, rule) in [
        ("nn/a.rs", "fn f() { crate::data::load(); }", "nn may not use data (crate::data::load)"),
        ("data/a.rs", "use crate::nn::Scalar;", "data may not use nn (crate::nn::Scalar)"),
        ("model/a.rs", "use crate::train::Run;", "model may not use train (crate::train::Run)"),
        (
            "latent/a.rs",
            "use crate::{\n    model, session::{Session as S}\n};",
            "latent may not use session (crate::session::Session)",
        ),
        ("ui/a/b.rs", "fn f(x: Vec<crate::store::Error>) {}", "ui may not use store (crate::store::Error)"),
        ("cli/a.rs", "use crate::ui::App;", "cli may not use ui (crate::ui::App)"),
        ("ui/a.rs", "use crate::cli as c;", "ui may not use cli (crate::cli)"),
        ("store/a.rs", "use crate::*;", "store may not use * (crate::*)"),
        ("nn/a.rs", "use super::super::data;", "nn may not use data (super::super::data)"),
        ("nn/a.rs", "use super::{super::data, Scalar};", "nn may not use data (super::super::data)"),
        ("nn/mod.rs", "use super::data;", "nn may not use data (super::data)"),
        ("nn/mod.rs", "mod tests { use super::super::data; }", "nn may not use data (super::super::data)"),
        ("nn/mod.rs", "mod a { fn f() {} } use self::super::data;", "nn may not use data (self::super::data)"),
        ("store/a_tests.rs", "use super::super::super::ui;", "store may not use ui (super::super::super::ui)"),
        ("extra/mod.rs", "", "extra is no room of the table"),
        ("picture/a.rs", "use std::{fmt, fs::File};", "picture knows no files, threads or clocks (std::fs::File)"),
        (
            "nn/a.rs",
            "let t = std::time::Instant::now();",
            "nn knows no files, threads or clocks (std::time::Instant::now)",
        ),
        ("store/a.rs", "thread::spawn(f);", "only worker spawns threads (thread::spawn)"),
        (
            "train/a.rs",
            "#[cfg(test)]\nmod t {\n}\nuse rayon::{ThreadPoolBuilder};",
            "only worker spawns threads (rayon::ThreadPoolBuilder)",
        ),
        ("session/a.rs", "fn f(ui: &mut egui::Ui) {}", "only ui knows egui (egui::Ui)"),
        ("nn/a.rs", "unsafe fn f() {}", "nothing is unsafe"),
        (
            "ui/a.rs",
            "match spec { ModelSpec::Cvae(_) => {} }",
            "only model/spec.rs knows the kinds (ModelSpec::Cvae)",
        ),
        ("main.rs", "use eframe::App;", "only ui knows egui (eframe::App)"),
    ] {
        let seen = breaches(file, source);
        assert!(seen.len() == 1 && seen[0].ends_with(&format!(": {rule}")), "{file} with {source}: {seen:?}");
    }
    let over_lines = "\n/* \n */ use crate::{\n    nn,\n    ui,\n};";
    assert_eq!(breaches("latent/a.rs", over_lines), ["latent/a.rs:5: latent may not use ui (crate::ui)"]);
}

#[test]
fn what_is_allowed_passes() {
    for (file, source) in [
        ("session/a.rs", "use crate::worker::Job; // crate::ui is above\n/// [`crate::ui`]\nfn f() {}"),
        (
            "session/a.rs",
            "const A: &str = \"\\\"crate::ui::x\"; const B: &str = r#\"egui::\"crate::ui\"#; const C: char = '\"';",
        ),
        ("session/a.rs", "fn f<'a>(x: &'a str) -> char { '\\'' }"),
        ("nn/a.rs", "use super::{Scalar, math::exp}; pub(crate) fn f() {} pub(super) fn g() {}"),
        ("nn/a.rs", "mod b { mod c { use super::super::super::Scalar; } }"),
        ("nn/a.rs", "macro_rules! m { ($module:ident) => { mod $module { use super::super::Scalar; } }; }"),
        ("ui/a/b.rs", "use super::super::icons; use egui::Ui; use crate::worker::Until;"),
        ("train/a.rs", "#[cfg(test)]\nmod tests { fn f() { std::thread::spawn(g); } }"),
        ("nn/tests/a.rs", "use std::time::Instant;"),
        ("nn/a_tests.rs", "use std::time::Instant;"),
        ("store/a.rs", "use std::fs; let kinds = model::KINDS; let spec = ModelSpec::of_kind(k);"),
        ("model/spec.rs", "match spec { ModelSpec::Ae(_) => 1, ModelSpec::Vae(_) => 2 }"),
        ("main.rs", "use halfmoon::{cli, ui};"),
    ] {
        assert_eq!(breaches(file, source), Vec::<String>::new(), "{source}");
    }
}
