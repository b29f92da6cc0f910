//! Sentences as the layers read them: words and ends of all sentences, step after step.

use crate::data::{FIRST_WORD, UNKNOWN};
use crate::nn::{Packed, Scalar, Scratch};
use ndarray::{Array2, ArrayView2};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// The tokens of some sentences, in the rows of [`Packed`]; each sentence has one more row than words.
#[derive(Default)]
pub struct Read {
    /// How the sentences lie.
    pub packed: Packed,
    /// What the decoder reads: the beginning, then the words.
    pub before: Vec<u32>,
    /// What the encoder reads and the decoder is asked for: the words, then the end.
    pub right: Vec<u32>,
    /// The words of all sentences of the batch, one sentence after another.
    words: Vec<u32>,
    /// Where each sentence begins among them, and where the last ends.
    starts: Vec<usize>,
    /// Words of each with its end.
    lens: Vec<usize>,
}

/// Where a pass keeps it until the next one, which reads into the same room: the number that words' vectors
/// have among the layers.
const PLACE: usize = 0;

impl Read {
    /// Reads rows of tokens `x` [n, max_len]; `start` stands for the beginning of a sentence, which is one
    /// above the last token. Of the words before, `dropped` makes a share unknown.
    ///
    /// Its room is lent by `scratch`, to which [`Self::give_back`] returns it.
    pub fn new<S: Scalar>(
        x: ArrayView2<S>,
        start: u32,
        dropped: Option<(f64, ChaCha8Rng)>,
        scratch: &mut Scratch<S>,
    ) -> Self {
        let mut read: Self = scratch.memory.take(PLACE);
        read.fill(x, start);
        if let Some((share, mut rng)) = dropped {
            for token in read.before.iter_mut().filter(|token| (FIRST_WORD..start).contains(token)) {
                if rng.random::<f64>() < share {
                    *token = UNKNOWN;
                }
            }
        }
        read
    }

    /// Returns the room that was lent.
    pub fn give_back<S: Scalar>(self, scratch: &mut Scratch<S>) {
        scratch.memory.keep(PLACE, self);
    }

    fn fill<S: Scalar>(&mut self, x: ArrayView2<S>, start: u32) {
        let Self { packed, before, right, words, starts, lens } = self;
        words.clear();
        lens.clear();
        starts.clear();
        starts.push(0);
        for row in x.rows() {
            let tokens = row.into_iter().map(|&x| (x.as_f64() as u32).min(start - 1));
            words.extend(tokens.take_while(|&token| token > 0));
            lens.push(words.len() - starts[starts.len() - 1] + 1);
            starts.push(words.len());
        }
        packed.fill(lens);
        [&mut *right, &mut *before].into_iter().for_each(|tokens| tokens.resize(packed.n_rows(), 0));
        packed.for_rows(|row, sentence, step| {
            let words = &words[starts[sentence]..starts[sentence + 1]];
            right[row] = words.get(step).copied().unwrap_or(0);
            before[row] = step.checked_sub(1).map_or(start, |last| words[last]);
        });
    }

    /// The words of a sentence of the batch.
    fn sentence(&self, sentence: usize) -> &[u32] {
        &self.words[self.starts[sentence]..self.starts[sentence + 1]]
    }

    /// The token at a place of a sentence of the batch, the end wherever no word is left.
    pub fn token(&self, sentence: usize, place: usize) -> u32 {
        self.sentence(sentence).get(place).copied().unwrap_or(0)
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
        let wrong_of = |(sentence, written): (usize, ndarray::ArrayView1<f32>)| {
            let sentence = self.sentence(sentence);
            // A sentence of full length ends where no column is left.
            let is_wrong = |place: &usize| {
                let token = written.get(*place).map_or(0, |&token| token as u32);
                token != sentence.get(*place).copied().unwrap_or(0)
            };
            (0..=sentence.len()).filter(is_wrong).count()
        };
        let wrong: Vec<usize> = (0..self.lens.len()).zip(written.rows()).map(wrong_of).collect();
        [wrong.iter().sum::<usize>() as f64, wrong.iter().filter(|&&wrong| wrong == 0).count() as f64]
    }
}
