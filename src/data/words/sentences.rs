//! Sentences word by word: each word a token of a vocabulary.

use super::Documents;
use crate::data::{
    DataError, DataSplit, Dataset, FIRST_WORD, ReadOption, Reading, Rows, SampleKind, UNKNOWN, UNKNOWN_WORD,
    Values, malformed,
};
use std::collections::HashMap;

/// Words of a vocabulary, unless it is said otherwise.
const N_WORDS: usize = 3000;
/// Words of a sentence that are read, unless it is said otherwise.
pub const MAX_LEN: usize = 14;
/// Most words of a sentence that can be read.
pub const MAX_SENTENCE: usize = 200;

impl Documents {
    /// The texts as sentences, those to test with apart.
    pub(super) fn into_sentences(self, name: String, reading: &Reading) -> Result<DataSplit, DataError> {
        let is_said = reading.made.iter().any(|(name, _)| name == "data.vocabulary");
        let n_words = if is_said { reading.n_words } else { N_WORDS };
        let words: Vec<Vec<String>> = self.texts.iter().map(|text| words_of(text, reading.max_words)).collect();
        let (is_test, is_split_here) = self.cut(reading);
        let mut counts: HashMap<&str, (usize, usize)> = HashMap::new();
        for (at, word) in
            words.iter().zip(&is_test).filter(|(_, is_test)| !**is_test).flat_map(|(words, _)| words).enumerate()
        {
            counts.entry(word).or_insert((0, at)).0 += 1;
        }
        // The most frequent first, of equals the one that comes first.
        let mut counted: Vec<(&str, (usize, usize))> = counts.into_iter().collect();
        counted.sort_by_key(|(_, (count, first))| (std::cmp::Reverse(*count), *first));
        counted.truncate(n_words);
        if counted.is_empty() {
            let problem = "its texts hold no words; choose another column with data.text=NAME";
            return Err(malformed(&self.file, problem));
        }
        let index: HashMap<&str, u32> = counted.iter().map(|(word, _)| *word).zip(FIRST_WORD..).collect();
        let token = |word: &String| index.get(word.as_str()).copied().unwrap_or(UNKNOWN);
        let rows: Rows<u32> = words.iter().map(|words| words.iter().map(token).collect::<Vec<u32>>()).collect();
        let kind = SampleKind::sentences(counted.iter().map(|(word, _)| *word), reading.max_words);
        let n_known = counted.len();
        let is_empty: Vec<bool> = words.iter().map(Vec::is_empty).collect();
        let file = self.file.clone();
        let data = Dataset::new(kind, Values::Tokens(rows), self.labels, self.columns)?;
        let data = data.with_captions(self.texts)?;
        let part = |of_test: bool| -> Result<Dataset, DataError> {
            let all = is_test.iter().zip(&is_empty).zip(0..);
            let of: Vec<u32> = all
                .filter(|((is_test, is_empty), _)| **is_test == of_test && !**is_empty)
                .map(|(_, idx)| idx)
                .collect();
            if of.is_empty() {
                let part = if of_test { "to test with" } else { "to train on" };
                return Err(malformed(&file, format!("no sentence {part} has any words; give more texts")));
            }
            data.select(&of)
        };
        let mut split = DataSplit::new(name, part(false)?, part(true)?);
        split.notes.push(format!(
            "sentences of up to {} words out of the {n_known} most frequent of those to train on; any other reads {UNKNOWN_WORD} (data.vocabulary, data.max_words)",
            reading.max_words
        ));
        let n_empty = is_empty.iter().filter(|is_empty| **is_empty).count();
        if n_empty > 0 {
            split.notes.push(format!("texts without a word are left aside: {n_empty}"));
        }
        split.options = vec![
            ReadOption::among("data.words", "in_order", &["counted", "in_order"]),
            ReadOption::among(
                "data.vocabulary",
                &n_words.to_string(),
                &["500", "1000", "2000", "3000", "5000", "10000"],
            ),
            ReadOption::among("data.max_words", &reading.max_words.to_string(), &["8", "14", "20", "30"]),
        ];
        if is_split_here {
            split.options.push(reading.split());
        }
        Ok(split)
    }
}

/// The words of a text in small letters, at most `max_len`: runs of letters, digits and apostrophes, single
/// marks that part a sentence, and of Chinese and Japanese each character.
pub fn words_of(text: &str, max_len: usize) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut is_inside = false;
    for letter in text.chars().flat_map(char::to_lowercase) {
        let letter = if letter == '’' { '\'' } else { letter };
        let is_alone = super::terms::is_ideographic(letter) || ".,;:!?。，、；：！？".contains(letter);
        let is_letter = letter.is_alphanumeric() || letter == '\'' || is_inside && super::terms::is_mark(letter);
        if is_alone {
            words.push(letter.into());
        } else if is_letter && is_inside {
            words.iter_mut().last().into_iter().for_each(|word| word.push(letter));
        } else if is_letter {
            words.push(letter.into());
        }
        is_inside = is_letter && !is_alone;
    }
    words.truncate(max_len);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_their_order_and_marks_stand_alone() {
        let words = |text| words_of(text, 8).join("|");
        assert_eq!(words("It's a \"Half\"-moon, no? 7th"), "it's|a|half|moon|,|no|?|7th");
        assert_eq!(words("我爱 the 月。"), "我|爱|the|月|。");
        assert_eq!(words("a b c d e f g h i"), "a|b|c|d|e|f|g|h");
        assert_eq!(words(" — … "), "");
        assert_eq!(words("it’s"), "it's", "an apostrophe is the same however it is typed");
    }

    /// Texts without a class, some of them to test with.
    fn documents(texts: &[&str], is_test: &[bool]) -> Documents {
        Documents {
            file: "texts".into(),
            titles: None,
            counts_titles: false,
            texts: texts.iter().map(|text| (*text).to_owned()).collect(),
            labels: None,
            columns: Vec::new(),
            is_test: Some(is_test.to_vec()),
        }
    }

    #[test]
    fn as_many_words_are_read_of_a_sentence_as_is_set() {
        let texts = ["one two three four", "two one", "five four three two one", "one"];
        let documents = || documents(&texts, &[false, false, true, true]);
        let reading = Reading::default().with("data.words", "in_order").unwrap();
        let split = documents().into_split("texts".into(), &reading).unwrap();
        let option = split.options.iter().find(|option| option.name == "data.vocabulary").unwrap();
        assert_eq!(option.value.to_string(), N_WORDS.to_string());
        let split = documents().into_split("texts".into(), &reading.with("data.max_words", "3").unwrap()).unwrap();
        let SampleKind::Tokens { vocabulary, max_len } = split.train.kind() else { panic!("no sentences") };
        assert_eq!((vocabulary.join("|").as_str(), *max_len), ("|<unk>|one|two|three", 3));
        let Values::Tokens(rows) = split.test.values() else { panic!("no tokens") };
        assert_eq!(rows.iter().collect::<Vec<_>>(), [&[1, 1, 4][..], &[2]]);
    }

    #[test]
    fn a_vocabulary_is_that_of_the_sentences_to_train_on() {
        let texts = ["the cat sat", "the cat", "...", "a dog sat", "-"];
        let documents = documents(&texts, &[false, false, true, true, false]);
        let reading =
            Reading::default().with("data.vocabulary", "3").unwrap().with("data.words", "in_order").unwrap();
        let split = documents.into_split("texts".into(), &reading).unwrap();
        let SampleKind::Tokens { vocabulary, max_len } = split.train.kind() else { panic!("no sentences") };
        assert_eq!((vocabulary.join("|").as_str(), *max_len), ("|<unk>|the|cat|sat", MAX_LEN));
        let Values::Tokens(rows) = split.train.values() else { panic!("no tokens") };
        assert_eq!(
            rows.iter().collect::<Vec<_>>(),
            [&[2, 3, 4][..], &[2, 3]],
            "a text without words is no sentence"
        );
        let Values::Tokens(rows) = split.test.values() else { panic!("no tokens") };
        assert_eq!(rows.iter().collect::<Vec<_>>(), [&[1, 1, 1][..], &[1, 1, 4]]);
        assert_eq!(split.test.caption(1), Some("a dog sat"));
        assert!(split.notes.iter().any(|note| note.contains("left aside: 1")), "{:?}", split.notes);
    }
}
