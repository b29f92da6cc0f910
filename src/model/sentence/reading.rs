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
    /// What the encoder reads: the words, then the end.
    pub seen: Vec<u32>,
    /// What the decoder reads: the beginning, then the words.
    pub before: Vec<u32>,
    /// What it is asked for: the words, then the end.
    pub right: Vec<u32>,
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
        Self { packed, seen: right.clone(), before, right }
    }

    /// How many words (and ends) `written` [n, max_len], the longest sentence first, has wrong, and how many
    /// sentences it has whole.
    pub fn held_against(&self, written: &Array2<f32>) -> [f64; 2] {
        let (mut wrong, mut is_whole) = (0.0, vec![true; self.packed.n_sequences()]);
        let mut places = vec![0; self.packed.n_sequences()];
        self.packed.order().iter().enumerate().for_each(|(place, &sentence)| places[sentence] = place);
        self.packed.for_rows(|row, i, step| {
            // A sentence of full length ends where no column is left.
            let token = if step < written.ncols() { written[[places[i], step]] } else { 0.0 };
            if token as u32 != self.right[row] {
                wrong += 1.0;
                is_whole[i] = false;
            }
        });
        [wrong, is_whole.iter().filter(|whole| **whole).count() as f64]
    }
}
