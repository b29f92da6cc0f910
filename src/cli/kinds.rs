//! `--kind help`: every kind of model with its settings, out of the same descriptions that the window's form
//! is drawn from.

use crate::cli::say::print;
use crate::model::{Field, FieldKind, KINDS, ModelSpec, Settings};
use crate::train::TrainSpec;
use clap::builder::TypedValueParser;
use std::ffi::OsStr;
use std::fmt::Write;

/// Takes any kind's name, and answers `help` with the whole list.
#[derive(Clone)]
pub struct KindParser;

impl TypedValueParser for KindParser {
    type Value = String;

    fn parse_ref(
        &self,
        _command: &clap::Command,
        _arg: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<String, clap::Error> {
        match value.to_string_lossy() {
            // At once, as `--help` does: whatever else the command needs is not asked for, and clap has no
            // error that prints a text as it is.
            word if word == "help" => {
                print(listing());
                std::process::exit(0)
            }
            word => Ok(word.into_owned()),
        }
    }
}

/// Every kind and every setting, for people.
pub fn listing() -> String {
    let mut out = String::from("Kinds for --kind:\n");
    for kind in KINDS {
        let made: Vec<String> = kind.settings.iter().map(|(path, text)| format!("{path}={text}")).collect();
        let made =
            if made.is_empty() { String::new() } else { format!("  ({} with {})", kind.base, made.join(" ")) };
        let _ = write!(
            out,
            "\n  {:12} {}{made}\n{:15}{}\n{:15}{}\n",
            kind.name, kind.title, "", kind.help, "", kind.formula
        );
    }
    out.push_str("\nSettings for --set NAME=VALUE, each with its default:\n");
    for (bases, fields) in groups() {
        let _ = write!(out, "\nOf {}:\n", bases.join(", "));
        for (field, text) in fields {
            setting(&mut out, &field, &text);
        }
    }
    out.push_str("\nOf training (all but the closed forms pca and mda):\n");
    for field in TrainSpec::default().fields() {
        setting(&mut out, &field, &TrainSpec::default().text(field.path));
    }
    out
}

/// Settings that the same kinds have, each with its default.
type SharedSettings = (Vec<&'static str>, Vec<(Field, String)>);

/// The settings by the kinds that have them.
fn groups() -> Vec<SharedSettings> {
    let mut groups: Vec<SharedSettings> = Vec::new();
    let specs: Vec<ModelSpec> = KINDS
        .iter()
        .filter(|kind| kind.name.replace('-', "_") == kind.base)
        .filter_map(|kind| ModelSpec::of_kind(kind.name).ok())
        .collect();
    let mut seen = Vec::new();
    for spec in &specs {
        for field in spec.fields() {
            if seen.contains(&field.path) {
                continue;
            }
            seen.push(field.path);
            let has = |spec: &&ModelSpec| spec.fields().iter().any(|other| other.path == field.path);
            let bases: Vec<&str> = specs.iter().filter(has).map(ModelSpec::kind).collect();
            let entry = (field, spec.text(field.path));
            match groups.iter_mut().find(|(of, _)| *of == bases) {
                Some((_, fields)) => fields.push(entry),
                None => groups.push((bases, vec![entry])),
            }
        }
    }
    groups
}

fn setting(out: &mut String, field: &Field, default: &str) {
    let values = match field.kind {
        FieldKind::Choice(choices) => choices.iter().map(|choice| choice.0).collect::<Vec<_>>().join("|"),
        _ => field.expected(),
    };
    let default = if default.is_empty() { "none" } else { default };
    let _ = write!(out, "  {}={default}   {values}\n      {}\n", field.path, field.help);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_and_setting_is_listed_once() {
        let text = listing();
        for kind in KINDS {
            assert!(text.contains(&format!("\n  {:12} ", kind.name)), "{}", kind.name);
            for field in ModelSpec::of_kind(kind.name).unwrap().fields() {
                assert_eq!(text.matches(&format!("\n  {}=", field.path)).count(), 1, "{}", field.path);
            }
        }
        assert!(text.contains("\n  optimizer=adam   adam|adamw|sgd\n"));
    }
}
