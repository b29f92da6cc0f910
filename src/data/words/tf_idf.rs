//! Documents and sentences by how much each word says of them (Salton and Buckley 1988): t = tf·idf of unit
//! length.

use crate::data::{Cancel, Count, Dataset, PADDING, SampleKind, Values};
use ndarray::ArrayView1;

/// How much a word says by how often it occurs in a document: 1 + ln x, and nothing where it does not.
pub fn term_frequency(count: f32) -> f64 {
    if count > 0.0 { 1.0 + f64::from(count).ln() } else { 0.0 }
}

/// How much a word says that `n_with` of `n` documents have: ln (1 + n)/(1 + n_with) + 1, smoothed.
pub fn inverse_document_frequency(n: f64, n_with: f64) -> f64 {
    ((1.0 + n) / (1.0 + n_with)).ln() + 1.0
}

/// Documents by their words: for each word those that have it, so that a search looks only at what it shares
/// words with.
pub struct TfIdf {
    n_documents: usize,
    /// Whether a sample is a row of tokens, and not of counts.
    are_tokens: bool,
    idf: Vec<f64>,
    /// Where the documents of each word begin in `documents`, and one more for the end.
    starts: Vec<usize>,
    /// A document and the weight that the word has in it.
    documents: Vec<(u32, f32)>,
}

impl TfIdf {
    /// All documents or sentences of some data; none for other samples, or if cancelled.
    pub fn of(data: &Dataset, cancel: &Cancel) -> Option<Self> {
        let (n, are_tokens) = (data.n_samples(), matches!(data.kind(), SampleKind::Tokens { .. }));
        let (SampleKind::Bag { vocabulary } | SampleKind::Tokens { vocabulary, .. }) = data.kind() else {
            return None;
        };
        let n_words = vocabulary.len();
        let counts = counts(data, are_tokens, cancel)?;
        let mut n_with = vec![0usize; n_words];
        counts.iter().for_each(|&(_, word, _)| n_with[word as usize] += 1);
        let of_word = |&n_with: &usize| inverse_document_frequency(n as f64, n_with as f64);
        let idf: Vec<f64> = n_with.iter().map(of_word).collect();
        let mut lengths = vec![0.0; n];
        for &(document, word, count) in &counts {
            lengths[document as usize] += (term_frequency(count) * idf[word as usize]).powi(2);
        }
        let mut starts = vec![0; n_words + 1];
        for word in 0..n_words {
            starts[word + 1] = starts[word] + n_with[word];
        }
        let (mut next, mut documents) = (starts.clone(), vec![(0, 0.0); counts.len()]);
        for (document, word, count) in counts {
            let weight = term_frequency(count) * idf[word as usize] / lengths[document as usize].sqrt();
            let place = &mut next[word as usize];
            documents[*place] = (document, weight as f32);
            *place += 1;
        }
        Some(Self { n_documents: n, are_tokens, idf, starts, documents })
    }

    /// Number of documents.
    pub fn n_documents(&self) -> usize {
        self.n_documents
    }

    /// The cosine of the angle between a sample `x`, as it is gathered, and each document; 0 where they share
    /// no word.
    pub fn cosines(&self, x: ArrayView1<f32>) -> Vec<f32> {
        let weight = |(word, count): (u32, f32)| (word as usize, term_frequency(count) * self.idf[word as usize]);
        let weights: Vec<(usize, f64)> = words_of(x, self.are_tokens).into_iter().map(weight).collect();
        let length = weights.iter().map(|(_, weight)| weight * weight).sum::<f64>().sqrt();
        let mut cosines = vec![0.0f32; self.n_documents];
        for (word, weight) in weights {
            let weight = (weight / length) as f32;
            for &(document, of) in &self.documents[self.starts[word]..self.starts[word + 1]] {
                cosines[document as usize] += weight * of;
            }
        }
        cosines
    }
}

/// How often each token occurs, by ascending token; padding is none.
pub fn counted(tokens: impl Iterator<Item = u32>) -> Vec<Count> {
    let mut tokens: Vec<u32> = tokens.filter(|token| *token != PADDING).collect();
    tokens.sort_unstable();
    let same = tokens.chunk_by(|a, b| a == b);
    same.map(|same| Count { feature: same[0], count: same.len() as u32 }).collect()
}

/// The words of a sample as it is gathered, each with how often it occurs.
fn words_of(x: ArrayView1<f32>, are_tokens: bool) -> Vec<(u32, f32)> {
    if are_tokens {
        let counts = counted(x.iter().map(|&token| token as u32)).into_iter();
        return counts.map(|count| (count.feature, count.count as f32)).collect();
    }
    (0..).zip(x.iter().copied()).filter(|(_, count)| *count > 0.0).collect()
}

/// Each count with its document and word, in their order.
fn counts(data: &Dataset, are_tokens: bool, cancel: &Cancel) -> Option<Vec<(u32, u32, f32)>> {
    let mut all = Vec::new();
    if let Values::Sparse(rows) = data.values() {
        for (document, row) in rows.iter().enumerate() {
            all.extend(row.iter().map(|count| (document as u32, count.feature, count.count as f32)));
        }
        return Some(all);
    }
    for (range, x) in data.chunks(data.chunk_size()).take_while(|_| !cancel.is_set()) {
        for (document, row) in range.zip(x.rows()) {
            let words = words_of(row, are_tokens).into_iter();
            all.extend(words.map(|(word, count)| (document as u32, word, count)));
        }
    }
    (!cancel.is_set()).then_some(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Count, Rows, SampleKind};
    use ndarray::Array2;

    #[test]
    fn cosines_are_those_of_the_weighed_counts() {
        let count = |document: u32, word: u32| (document * 5 + word * word * 3) % 4;
        let row = |document: u32| {
            let counts = (0..7).map(|word| Count { feature: word, count: count(document, word) });
            counts.filter(|count| count.count > 0).collect::<Vec<_>>()
        };
        let rows: Rows<Count> = (0..12).map(row).collect();
        let kind = SampleKind::Bag { vocabulary: (0..7).map(|i| i.to_string()).collect() };
        let data = Dataset::new(kind, Values::Sparse(rows), None, vec![]).unwrap();
        // By the book: all weights, then all products.
        let idf = |word: u32| {
            let n_with = (0..12).filter(|document| count(*document, word) > 0).count();
            (13.0 / (1.0 + n_with as f64)).ln() + 1.0
        };
        let t = |document: u32| -> Vec<f64> {
            let tf = |x: u32| if x > 0 { 1.0 + f64::from(x).ln() } else { 0.0 };
            let t: Vec<f64> = (0..7).map(|word| tf(count(document, word)) * idf(word)).collect();
            let length = t.iter().map(|t| t * t).sum::<f64>().sqrt();
            t.iter().map(|t| t / length).collect()
        };
        let index = TfIdf::of(&data, &Cancel::default()).unwrap();
        let mut x = Array2::zeros((12, 7));
        data.gather(&(0..12).collect::<Vec<u32>>(), &mut x);
        for document in 0..12 {
            let found = index.cosines(x.row(document as usize));
            for (other, found) in (0..12).zip(found) {
                let wanted: f64 = t(document).iter().zip(t(other)).map(|(a, b)| a * b).sum();
                assert!((f64::from(found) - wanted).abs() < 1e-6, "{document} {other}: {found} for {wanted}");
            }
        }
        assert!(index.cosines(Array2::zeros((1, 7)).row(0)).iter().all(|cosine| *cosine == 0.0));
        let moons = Dataset::new(SampleKind::square(1, 1), Values::Bytes(vec![1].into()), None, vec![]).unwrap();
        assert!(TfIdf::of(&moons, &Cancel::default()).is_none());
    }
    #[test]
    fn sentences_are_compared_by_their_words_wherever_these_stand() {
        let vocabulary = ["", "<unk>", "the", "moon", "cat"].map(String::from);
        let rows: Rows<u32> = [vec![2, 3], vec![2, 4, 4], vec![3, 2], vec![4]].into_iter().collect();
        let kind = SampleKind::Tokens { vocabulary: vocabulary.into(), max_len: 3 };
        let data = Dataset::new(kind, Values::Tokens(rows), None, vec![]).unwrap();
        let index = TfIdf::of(&data, &Cancel::default()).unwrap();
        let mut x = Array2::zeros((4, 3));
        data.gather(&[0, 1, 2, 3], &mut x);
        let cosines = index.cosines(x.row(0));
        assert!((cosines[0] - 1.0).abs() < 1e-6 && (cosines[2] - 1.0).abs() < 1e-6, "{cosines:?}");
        assert!(cosines[1] > 0.0 && cosines[1] < 0.9 && cosines[3] == 0.0, "{cosines:?}");
    }
}
