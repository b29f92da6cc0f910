//! A text whose lines depend on words.
//!
//! `#? WORDS` begins lines that are kept where the words hold, `#!` those that are kept where they do not,
//! and `#.` ends either; they nest. Words with spaces between them must all hold, of those with `|` between
//! them one. Within a line `[[WORDS:text|otherwise]]` does the same, and `{{name}}` is a text of any number
//! of lines, each indented as the first. A line that comes to nothing is left out.

use super::ScriptError;

/// What a template is filled from.
pub trait Fill {
    /// Whether a word holds.
    fn holds(&self, word: &str) -> bool;
    /// The text of a name.
    fn text(&self, name: &str) -> Option<String>;
}

/// The text that `template` makes of `fill`. An error is one of the template itself.
pub fn fill(template: &str, fill: &dyn Fill) -> Result<String, ScriptError> {
    let mut out = String::new();
    // Whether the lines of each open block are kept.
    let mut kept: Vec<bool> = Vec::new();
    for (number, line) in template.lines().enumerate() {
        let broken = |what: &str| ScriptError::Template { line: number + 1, problem: what.into() };
        if let Some(words) = line.strip_prefix("#? ") {
            kept.push(all_hold(words, fill));
        } else if line == "#!" {
            let last = kept.last_mut().ok_or_else(|| broken("#! without #?"))?;
            *last = !*last;
        } else if line == "#." {
            kept.pop().ok_or_else(|| broken("#. without #?"))?;
        } else if kept.iter().all(|kept| *kept) {
            let filled = with_texts(&with_choices(line, fill).map_err(broken)?, fill).map_err(|e| broken(&e))?;
            if line.trim().is_empty() || !filled.trim().is_empty() {
                out.push_str(filled.trim_end());
                out.push('\n');
            }
        }
    }
    match kept.len() {
        0 => Ok(out),
        n => Err(ScriptError::Template { line: 0, problem: format!("{n} blocks are not ended") }),
    }
}

fn all_hold(words: &str, fill: &dyn Fill) -> bool {
    words.split_whitespace().all(|either| either.split('|').any(|word| fill.holds(word)))
}

/// The line with each `[[WORDS:text|otherwise]]` decided.
fn with_choices(line: &str, fill: &dyn Fill) -> Result<String, &'static str> {
    let (mut out, mut rest) = (String::new(), line);
    while let Some((before, after)) = rest.split_once("[[") {
        let (choice, after) = after.split_once("]]").ok_or("[[ without ]]")?;
        let (words, texts) = choice.split_once(':').ok_or("[[ ]] without a colon")?;
        let (text, otherwise) = texts.split_once('|').unwrap_or((texts, ""));
        out.push_str(before);
        out.push_str(if all_hold(words, fill) { text } else { otherwise });
        rest = after;
    }
    Ok(out + rest)
}

/// The line with each `{{name}}` replaced by its text.
fn with_texts(line: &str, fill: &dyn Fill) -> Result<String, String> {
    let indent = &line[..line.len() - line.trim_start().len()];
    let (mut out, mut rest) = (String::new(), line);
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, after) = after.split_once("}}").ok_or("{{ without }}")?;
        let text = fill.text(name).ok_or_else(|| format!("there is no text {name:?}"))?;
        out.push_str(before);
        out.push_str(&text.replace('\n', &format!("\n{indent}")));
        rest = after;
    }
    Ok(out + rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Given;

    impl Fill for Given {
        fn holds(&self, word: &str) -> bool {
            matches!(word, "a" | "b")
        }

        fn text(&self, name: &str) -> Option<String> {
            (name == "two").then(|| "one\ntwo".into())
        }
    }

    #[test]
    fn lines_and_words_are_kept_where_their_words_hold() {
        let template =
            "#? a\nkept\n#? x|b\nboth [[a b:yes|no]][[x:never]]\n#!\nnever\n#.\n#.\n  {{two}}!\n[[x:gone]]\n\nend";
        assert_eq!(fill(template, &Given).unwrap(), "kept\nboth yes\n  one\n  two!\n\nend\n");
        for broken in ["#.", "#!", "#? a", "[[a", "[[a]]", "{{two", "{{three}}"] {
            assert!(fill(broken, &Given).is_err(), "{broken}");
        }
    }
}
