//! Sentences as the layers read them: words and ends of all sentences, step after step.

use crate::data::{FIRST_WORD, UNKNOWN};
use crate::nn::{Packed, Scalar};
use ndarray::{Array2, ArrayView2};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// The tokens of some sentences, in the rows of [`Packed`]; each sentence has one more row than words.
pub struct Read {
    /// How the sentences lie.
    pub packed: Packed,
    /// What the decoder reads: the beginning, then the words.
    pub before: Vec<u32>,
    /// What the encoder reads and the decoder is asked for: the words, then the end.
    pub right: Vec<u32>,
    sentences: Vec<Vec<u32>>,
}

impl Read {
    /// Reads rows of tokens `x` [n, max_len]; `start` stands for the beginning of a sentence, which is one
    /// above the last token. Of the words before, `dropped` makes a share unknown.
    pub fn new<S: Scalar>(x: ArrayView2<S>, start: u32, dropped: Option<(f64, ChaCha8Rng)>) -> Self {
        let token = |x: S| (x.as_f64() as u32).min(start - 1);
        let sentences: Vec<Vec<u32>> = x
            .rows()
            .into_iter()
            .map(|row| row.iter().map(|&x| token(x)).take_while(|&token| token > 0).collect())
            .collect();
        let lens: Vec<usize> = sentences.iter().map(|sentence| sentence.len() + 1).collect();
        let packed = Packed::new(&lens);
        let [mut right, mut before] = [(); 2].map(|()| vec![0; packed.n_rows()]);
        packed.for_rows(|row, sentence, step| {
            let words = &sentences[sentence];
            right[row] = words.get(step).copied().unwrap_or(0);
            before[row] = step.checked_sub(1).map_or(start, |last| words[last]);
        });
        if let Some((share, mut rng)) = dropped {
            for token in before.iter_mut().filter(|token| (FIRST_WORD..start).contains(token)) {
                if rng.random::<f64>() < share {
                    *token = UNKNOWN;
                }
            }
        }
        Self { packed, before, right, sentences }
    }

    /// The token at a place of a sentence of the batch, the end wherever no word is left.
    pub fn token(&self, sentence: usize, place: usize) -> u32 {
        self.sentences[sentence].get(place).copied().unwrap_or(0)
    }

    /// Rows [sentences, columns], the longest sentence first, in the order of the batch.
    pub fn unsorted<S: Scalar>(&self, sorted: &Array2<S>) -> Array2<S> {
        let mut all = Array2::zeros(sorted.dim());
        for (row, &sentence) in sorted.rows().into_iter().zip(self.packed.order()) {
            all.row_mut(sentence).assign(&row);
        }
        all
    }

    /// How many words (and ends) `written` [n, max_len] has wrong, and how many sentences it has whole.
    pub fn held_against(&self, written: &Array2<f32>) -> [f64; 2] {
        let wrong_of = |(sentence, written): (&Vec<u32>, ndarray::ArrayView1<f32>)| {
            // A sentence of full length ends where no column is left.
            let is_wrong = |place: &usize| {
                let token = written.get(*place).map_or(0, |&token| token as u32);
                token != sentence.get(*place).copied().unwrap_or(0)
            };
            (0..=sentence.len()).filter(is_wrong).count()
        };
        let wrong: Vec<usize> = self.sentences.iter().zip(written.rows()).map(wrong_of).collect();
        [wrong.iter().sum::<usize>() as f64, wrong.iter().filter(|&&wrong| wrong == 0).count() as f64]
    }
}
