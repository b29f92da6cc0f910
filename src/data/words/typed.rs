//! A text that is typed, as a sample of some data: a document or a sentence of their vocabulary, or the
//! sample of that name.

use super::each_term;
use super::sentences::words_of;
use crate::data::{Count, DataError, Dataset, FIRST_WORD, Rows, SampleKind, UNKNOWN, Values};
use std::collections::{BTreeMap, HashMap};

/// What is typed as one sample: of documents and sentences the one that it is, else the sample of `data` with
/// this name, or with the text in its name. Only words of the vocabulary count; where there are none, it is
/// said.
pub fn typed(text: &str, data: &Dataset) -> Result<Dataset, DataError> {
    let text = text.trim();
    let (nouns, noun) = (data.kind().nouns(), data.kind().noun());
    let unknown = |n_words: usize| {
        let problem = format!("no word of “{text}” is among the {n_words} of these {nouns}; try other words");
        Err(DataError::Mismatch(problem))
    };
    let one = |values: Values| Dataset::new(data.kind().clone(), values, None, Vec::new());
    match data.kind() {
        SampleKind::Bag { vocabulary } => {
            let counts = counted(text, vocabulary);
            if counts.is_empty() {
                return unknown(vocabulary.len());
            }
            return one(Values::Sparse([counts].into_iter().collect::<Rows<Count>>()));
        }
        SampleKind::Tokens { vocabulary, max_len } => {
            let index = indices(vocabulary);
            let token = |word: &String| index.get(word.as_str()).copied().filter(|token| *token >= FIRST_WORD);
            let tokens: Vec<u32> =
                words_of(text, *max_len).iter().map(|word| token(word).unwrap_or(UNKNOWN)).collect();
            if tokens.iter().all(|token| *token == UNKNOWN) {
                return unknown(vocabulary.len().saturating_sub(FIRST_WORD as usize));
            }
            return one(Values::Tokens([tokens].into_iter().collect()));
        }
        SampleKind::Image { .. } | SampleKind::Vector { .. } => {}
    }
    if data.caption(0).is_none() {
        let problem = format!("these {nouns} have neither words nor names; give the number of one of them");
        return Err(DataError::Mismatch(problem));
    }
    let found = named(text, data).ok_or_else(|| {
        DataError::Mismatch(format!("no {noun} has “{text}” in its name; try another name, or a number"))
    })?;
    data.select(&[found])
}

/// The tokens of a text's words, each of which must be one that sentences of `kind` are written with, and
/// which must find room in one.
pub fn tokens_of(text: &str, kind: &SampleKind) -> Result<Vec<u32>, DataError> {
    let SampleKind::Tokens { vocabulary, max_len } = kind else {
        return Err(DataError::Mismatch(format!("{} are not written word by word", kind.nouns())));
    };
    let words = words_of(text, usize::MAX);
    if words.len() > *max_len {
        let problem = format!("“{}” has more than the {max_len} words of a sentence; give fewer", text.trim());
        return Err(DataError::Mismatch(problem));
    }
    let index = indices(vocabulary);
    let token = |word: &String| {
        let token = index.get(word.as_str()).copied().filter(|token| *token >= FIRST_WORD);
        token.ok_or_else(|| {
            let n_words = vocabulary.len().saturating_sub(FIRST_WORD as usize);
            let problem = format!("“{word}” is none of the {n_words} words of these sentences; try other words");
            DataError::Mismatch(problem)
        })
    };
    words.iter().map(token).collect()
}

/// The words of a vocabulary by their letters.
fn indices(vocabulary: &[String]) -> HashMap<&str, u32> {
    (0..).zip(vocabulary).map(|(idx, word)| (word.as_str(), idx)).collect()
}

/// How often each word of the vocabulary occurs, by ascending word.
fn counted(text: &str, vocabulary: &[String]) -> Vec<Count> {
    let index = indices(vocabulary);
    let mut counts: BTreeMap<u32, u32> = BTreeMap::new();
    each_term(text, |term| {
        if let Some(&feature) = index.get(term) {
            *counts.entry(feature).or_default() += 1;
        }
    });
    counts.into_iter().map(|(feature, count)| Count { feature, count }).collect()
}

/// The first sample with this name, else the first that has it in its name.
fn named(text: &str, data: &Dataset) -> Option<u32> {
    let text = text.to_lowercase();
    let find = |is_it: &dyn Fn(&str) -> bool| {
        (0..data.n_samples()).find(|&idx| data.caption(idx).is_some_and(|name| is_it(&name.to_lowercase())))
    };
    let found = find(&|name| name == text).or_else(|| find(&|name| !text.is_empty() && name.contains(&text)));
    found.map(|idx| idx as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_counted_in_the_words_of_the_data_and_without_any_it_is_refused() {
        let vocabulary: Vec<String> = ["moon", "cat", "半月", "月"].map(String::from).into();
        let kind = SampleKind::documents(vocabulary);
        let rows: Rows<Count> = [vec![Count { feature: 0, count: 1 }]].into_iter().collect();
        let data = Dataset::new(kind, Values::Sparse(rows), None, Vec::new()).unwrap();
        let row = |text: &str| {
            let mut x = ndarray::Array2::zeros((1, 4));
            typed(text, &data).unwrap().gather(&[0], &mut x);
            x.into_raw_vec_and_offset().0
        };
        assert_eq!(row("The MOON, a cat; moon!"), [2.0, 1.0, 0.0, 0.0]);
        assert_eq!(row("半月"), [0.0, 0.0, 1.0, 1.0], "characters and pairs");
        let refused = typed(" dog ", &data).unwrap_err().to_string();
        assert!(refused.contains("no word of “dog” is among the 4"), "{refused}");
    }

    #[test]
    fn of_sentences_a_text_is_one_in_their_words() {
        let vocabulary = ["", "<unk>", "the", "moon", "?"].map(String::from);
        let rows: Rows<u32> = [vec![2, 3]].into_iter().collect();
        let kind = SampleKind::Tokens { vocabulary: vocabulary.into(), max_len: 4 };
        let data = Dataset::new(kind, Values::Tokens(rows), None, Vec::new()).unwrap();
        let mut x = ndarray::Array2::zeros((1, 4));
        typed("Moon the zebra? The moon", &data).unwrap().gather(&[0], &mut x);
        assert_eq!(x.into_raw_vec_and_offset().0, [3.0, 2.0, 1.0, 4.0]);
        let refused = typed("zebra", &data).unwrap_err().to_string();
        assert!(refused.contains("no word of “zebra” is among the 3 of these sentences"), "{refused}");
    }

    #[test]
    fn words_to_begin_with_are_all_known_and_find_room() {
        let vocabulary = ["", "<unk>", "the", "moon", "?"].map(String::from);
        let kind = SampleKind::Tokens { vocabulary: vocabulary.into(), max_len: 3 };
        assert_eq!(tokens_of("The moon?", &kind).unwrap(), [2, 3, 4]);
        assert_eq!(tokens_of(" ", &kind).unwrap(), [0u32; 0]);
        let refused = |text: &str, kind: &SampleKind| tokens_of(text, kind).unwrap_err().to_string();
        assert!(refused("the zebra", &kind).contains("“zebra” is none of the 3 words"));
        assert!(refused("the <unk>", &kind).contains("“unk” is none of"), "what is unknown is nothing to write");
        assert!(refused("the moon the moon", &kind).contains("more than the 3 words"));
        assert!(refused("the", &SampleKind::square(1, 2)).contains("images are not written"));
    }

    #[test]
    fn where_no_words_are_counted_a_text_is_a_name() {
        let values = Values::Bytes(vec![10, 20, 30].into());
        let data = Dataset::new(SampleKind::square(1, 1), values, None, Vec::new()).unwrap();
        let refused = typed("cat", &data).unwrap_err().to_string();
        assert!(refused.contains("neither words nor names"), "{refused}");
        let data = data.with_captions(["black cat", "Cat", "dog"].map(String::from).into()).unwrap();
        let found = |text: &str| typed(text, &data).unwrap().caption(0).unwrap().to_owned();
        assert_eq!((found("cat"), found("black"), found("Dog")), ("Cat".into(), "black cat".into(), "dog".into()));
        assert!(typed("", &data).is_err() && typed("moon", &data).is_err());
    }
}
