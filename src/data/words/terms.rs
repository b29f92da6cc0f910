//! Text as terms: what a document is counted in.

/// Calls `visit` with each term of a text, in order: words of at least two letters in small letters, and of
/// Chinese and Japanese, which put no spaces, each character and each pair of neighbours.
pub fn each_term(text: &str, mut visit: impl FnMut(&str)) {
    let mut word = String::new();
    let mut before: Option<char> = None;
    for letter in text.chars().flat_map(char::to_lowercase) {
        if is_ideographic(letter) {
            end_word(&mut word, &mut visit);
            let mut term = String::from(letter);
            visit(&term);
            if let Some(before) = before {
                term.insert(0, before);
                visit(&term);
            }
            before = Some(letter);
            continue;
        }
        before = None;
        if letter.is_alphabetic() || is_mark(letter) && !word.is_empty() {
            word.push(letter);
        } else {
            end_word(&mut word, &mut visit);
        }
    }
    end_word(&mut word, &mut visit);
}

fn end_word(word: &mut String, visit: &mut impl FnMut(&str)) {
    if word.chars().nth(1).is_some() {
        visit(word);
    }
    word.clear();
}

/// Whether words in its writing stand without spaces between them.
pub(super) fn is_ideographic(letter: char) -> bool {
    matches!(letter,
        '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3134f}')
}

/// Marks above and below letters that stand as characters of their own.
pub(super) fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(text: &str) -> Vec<String> {
        let mut terms = Vec::new();
        each_term(text, |term| terms.push(term.into()));
        terms
    }

    #[test]
    fn words_are_runs_of_letters_of_any_script() {
        assert_eq!(
            terms("The veins, in HIS temple-throbbed; a x9y"),
            ["the", "veins", "in", "his", "temple", "throbbed"]
        );
        assert_eq!(terms("Ångström Éclair cafe\u{301}"), ["ångström", "éclair", "cafe\u{301}"]);
        assert_eq!(terms("быстрый ωμέγα"), ["быстрый", "ωμέγα"]);
        assert!(terms(" \u{0} 123 ,;").is_empty());
    }

    #[test]
    fn chinese_is_counted_in_characters_and_pairs() {
        assert_eq!(terms("我爱半月。"), ["我", "爱", "我爱", "半", "爱半", "月", "半月"]);
        assert_eq!(terms("月 moon月"), ["月", "moon", "月"]);
    }
}
