//! Texts as documents, which are bags of words: how often each word of a vocabulary occurs in each; or as
//! sentences, word by word.
//!
//! The vocabulary is that of the documents to train on: the words that occur in most of them. What is no word
//! of it is left out; a document of which nothing stays is left aside, and that is said.

mod folder;
mod sentences;
mod stop;
mod terms;
mod tf_idf;
mod typed;

use super::split::test_indices;
use super::{
    Column, Count, DataError, DataSplit, Dataset, Labels, ReadOption, Reading, Rows, SampleKind, Values, malformed,
};
pub use folder::load_tree;
use rayon::prelude::*;
pub use sentences::{MAX_LEN, MAX_SENTENCE};
use std::collections::{HashMap, HashSet};
pub use stop::StopWords;
pub use terms::each_term;
pub use tf_idf::{TfIdf, counted, inverse_document_frequency, term_frequency};
pub use typed::{tokens_of, typed};

/// Words of a vocabulary, unless it is said otherwise.
pub const N_WORDS: usize = 2000;
/// Most words that a vocabulary may have.
pub const MAX_WORDS: usize = 1 << 16;
/// Documents that one thread counts at a time.
const AT_ONCE: usize = 256;
/// Words of a text that stand for its title.
const TITLE_WORDS: usize = 8;

/// Documents that were read, with all that is known of each.
pub struct Documents {
    /// The file or folder, for messages.
    pub file: String,
    /// A title each; none where there are none.
    pub titles: Option<Vec<String>>,
    /// Whether titles are text too, whose words count; names of files and numbers are none.
    pub counts_titles: bool,
    /// The texts.
    pub texts: Vec<String>,
    /// Their classes.
    pub labels: Option<Labels>,
    /// What else is known of each, to colour by.
    pub columns: Vec<Column>,
    /// Which are to test with; none where that is not said.
    pub is_test: Option<Vec<bool>>,
}

impl Documents {
    /// Which texts are to test with, and whether that was not said but decided here.
    fn cut(&self, reading: &Reading) -> (Vec<bool>, bool) {
        let both = |of: &Vec<bool>| of.contains(&true) && of.contains(&false);
        let said = self.is_test.clone().filter(both);
        let is_split_here = said.is_none();
        let of: Option<Vec<i64>> =
            self.labels.as_ref().map(|labels| labels.of.iter().map(|&class| i64::from(class)).collect());
        let is_test = said.unwrap_or_else(|| test_indices(self.texts.len(), of.as_deref(), reading.test_share));
        (is_test, is_split_here)
    }

    /// The documents as bags of words, or as sentences, those to test with apart.
    pub fn into_split(self, name: String, reading: &Reading) -> Result<DataSplit, DataError> {
        let n = self.texts.len();
        if n < 2 {
            let problem = format!("it holds {n} documents, which are too few to train on and to test with");
            return Err(malformed(&self.file, problem));
        }
        if reading.keeps_order {
            return self.into_sentences(name, reading);
        }
        let (is_test, is_split_here) = self.cut(reading);
        let stop = reading.stop_words.words(&reading.cancel)?;
        let vocabulary = self.vocabulary(&is_test, &stop, reading)?;
        let counts = self.counted(&vocabulary, reading)?;
        let kept: Vec<u32> = (0..n as u32).filter(|&idx| !counts[idx as usize].is_empty()).collect();
        let notes = self.notes(&vocabulary, n - kept.len(), reading);
        let file = self.file.clone();
        let all = self.into_dataset(vocabulary, counts)?;
        let part = |of_test: bool| -> Result<Dataset, DataError> {
            let of: Vec<u32> = kept.iter().copied().filter(|&idx| is_test[idx as usize] == of_test).collect();
            if of.is_empty() {
                let part = if of_test { "to test with" } else { "to train on" };
                let problem =
                    format!("no document {part} has any of the words that are counted; raise data.vocabulary");
                return Err(malformed(&file, problem));
            }
            all.select(&of)
        };
        let mut split = DataSplit::new(name, part(false)?, part(true)?);
        split.notes.extend(notes);
        split.options = options(reading);
        if is_split_here {
            split
                .notes
                .push(format!("{:.0} % are kept to test with, even over the classes", 100.0 * reading.test_share));
            split.options.push(reading.split());
        }
        Ok(split)
    }

    /// All that is counted of a document: its title's words too.
    fn each_term(&self, document: usize, mut visit: impl FnMut(&str)) {
        if let Some(titles) = self.titles.as_ref().filter(|_| self.counts_titles) {
            each_term(&titles[document], &mut visit);
        }
        each_term(&self.texts[document], visit);
    }

    /// The words of most documents to train on, the most frequent first and of equals by the letters.
    fn vocabulary(
        &self,
        is_test: &[bool],
        stop: &HashSet<String>,
        reading: &Reading,
    ) -> Result<Vec<String>, DataError> {
        let of_part = |part: &[usize]| {
            let mut n_documents: HashMap<String, u32> = HashMap::new();
            for &document in part.iter().filter(|_| !reading.cancel.is_set()) {
                let mut seen = HashSet::new();
                self.each_term(document, |term| {
                    if !stop.contains(term) && !seen.contains(term) {
                        seen.insert(term.to_owned());
                    }
                });
                seen.into_iter().for_each(|term| *n_documents.entry(term).or_default() += 1);
            }
            n_documents
        };
        let merge = |mut a: HashMap<String, u32>, b: HashMap<String, u32>| {
            b.into_iter().for_each(|(term, n)| *a.entry(term).or_default() += n);
            a
        };
        let train: Vec<usize> = (0..self.texts.len()).filter(|&document| !is_test[document]).collect();
        let n_documents = train.par_chunks(AT_ONCE).map(of_part).reduce(HashMap::new, merge);
        if reading.cancel.is_set() {
            return Err(reading.cancelled(&self.file));
        }
        let mut words: Vec<(String, u32)> = n_documents.into_iter().collect();
        words.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        words.truncate(reading.n_words);
        if words.is_empty() {
            let problem = "its texts hold no words to count; choose another column with data.text=NAME, or data.stop_words=none";
            return Err(malformed(&self.file, problem));
        }
        Ok(words.into_iter().map(|(word, _)| word).collect())
    }

    /// How often each word of the vocabulary occurs in each document.
    fn counted(&self, vocabulary: &[String], reading: &Reading) -> Result<Vec<Vec<Count>>, DataError> {
        let index: HashMap<&str, u32> = (0..).zip(vocabulary).map(|(idx, word)| (word.as_str(), idx)).collect();
        let counted = |document: usize| {
            let mut counts: HashMap<u32, u32> = HashMap::new();
            if !reading.cancel.is_set() {
                self.each_term(document, |term| {
                    if let Some(&feature) = index.get(term) {
                        *counts.entry(feature).or_default() += 1;
                    }
                });
            }
            let mut counts: Vec<Count> =
                counts.into_iter().map(|(feature, count)| Count { feature, count }).collect();
            counts.sort_unstable_by_key(|count| count.feature);
            counts
        };
        let counts = (0..self.texts.len()).into_par_iter().with_min_len(AT_ONCE).map(counted).collect();
        if reading.cancel.is_set() { Err(reading.cancelled(&self.file)) } else { Ok(counts) }
    }

    fn notes(&self, vocabulary: &[String], n_empty: usize, reading: &Reading) -> Vec<String> {
        let of = match &reading.stop_words {
            StopWords::English => "English stop words left out",
            StopWords::None => "no stop words left out",
            StopWords::File(_) => "the stop words of a file left out",
        };
        let mut notes = vec![format!(
            "documents as counts of the {} words that most of those to train on have, {of} (data.vocabulary, data.stop_words)",
            vocabulary.len()
        )];
        if n_empty > 0 {
            let documents =
                if n_empty == 1 { "1 document has".into() } else { format!("{n_empty} documents have") };
            notes.push(format!(
                "{documents} none of these words and {} left aside",
                if n_empty == 1 { "is" } else { "are" }
            ));
        }
        notes
    }

    fn into_dataset(self, vocabulary: Vec<String>, counts: Vec<Vec<Count>>) -> Result<Dataset, DataError> {
        let kind = SampleKind::documents(vocabulary);
        let rows: Rows<Count> = counts.into_iter().collect();
        let data = Dataset::new(kind, Values::Sparse(rows), self.labels, self.columns)?;
        let titles = self.titles.unwrap_or_else(|| self.texts.iter().map(|text| title_of(text)).collect());
        data.with_captions(titles)?.with_texts(self.texts)
    }
}

/// The first words of a text, to call it by.
fn title_of(text: &str) -> String {
    let mut words = text.split_whitespace();
    let title: Vec<&str> = words.by_ref().take(TITLE_WORDS).collect();
    let more = if words.next().is_some() { " …" } else { "" };
    format!("{}{more}", title.join(" "))
}

/// What could be read otherwise.
fn options(reading: &Reading) -> Vec<ReadOption> {
    let (n, stop) = (reading.n_words.to_string(), reading.stop_words.written());
    vec![
        ReadOption::among("data.words", "counted", &["counted", "in_order"]),
        ReadOption::among("data.vocabulary", &n, &["500", "1000", "2000", "5000", "10000"]),
        ReadOption::among("data.stop_words", &stop, &["english", "none"]),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn documents(texts: &[&str], is_test: &[bool]) -> Documents {
        Documents {
            file: "texts".into(),
            titles: None,
            counts_titles: true,
            texts: texts.iter().map(ToString::to_string).collect(),
            labels: None,
            columns: Vec::new(),
            is_test: Some(is_test.to_vec()),
        }
    }

    fn words(data: &Dataset) -> Vec<String> {
        match data.kind() {
            SampleKind::Bag { vocabulary } => vocabulary.to_vec(),
            kind => panic!("{kind}"),
        }
    }

    #[test]
    fn the_vocabulary_is_that_of_most_documents_to_train_on() {
        let texts = ["cat cat cat dog", "dog sun", "dog cat the", "moon moon sun", "moon", "a dog"];
        let of = documents(&texts, &[false, false, false, true, true, true]);
        let reading = Reading { n_words: 2, ..Reading::default() };
        let split = of.into_split("texts".into(), &reading).unwrap();
        assert_eq!(words(&split.train), ["dog", "cat"], "by documents, not by how often");
        assert_eq!(split.train.n_samples(), 3);
        let row = |data: &Dataset, idx: u32| {
            let mut x = ndarray::Array2::zeros((1, 2));
            data.gather(&[idx], &mut x);
            x.into_raw_vec_and_offset().0
        };
        assert_eq!([row(&split.train, 0), row(&split.train, 1)], [[1.0, 3.0], [1.0, 0.0]]);
        assert!(split.notes.iter().any(|note| note.contains("2 documents have none")), "{:?}", split.notes);
    }

    #[test]
    fn documents_that_say_nothing_are_left_aside_and_of_nothing_but_such_it_is_said() {
        let of = documents(&["the of", "and"], &[false, true]);
        let problem = of.into_split("texts".into(), &Reading::default()).unwrap_err().to_string();
        assert!(problem.contains("data.stop_words"), "{problem}");
        let reading = Reading::default().with("data.stop_words", "none").unwrap();
        let of = documents(&["the of", "and the"], &[false, true]);
        let split = of.into_split("texts".into(), &reading).unwrap();
        assert_eq!(words(&split.train), ["of", "the"]);
        assert_eq!(split.test.text(0), Some("and the"));
    }

    #[test]
    fn a_text_without_a_title_is_called_by_its_first_words() {
        assert_eq!(title_of("one two"), "one two");
        assert_eq!(title_of("1 2 3 4 5 6 7 8 9"), "1 2 3 4 5 6 7 8 …");
    }
}
