//! Writing sentences from codes: always the likeliest word, drawn words, or the likeliest of several
//! beginnings at a time.

use super::{Sentence, applied};
use crate::data::{FIRST_WORD, UNKNOWN};
use crate::model::Batch;
use crate::nn::{Packed, Purpose, Reads, Scalar, Scratch, State, categorical, flat, largest, stream};
use ndarray::{Array2, ArrayView2, Axis, s};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// How sentences are written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Writing {
    /// The words that a sentence begins with, as tokens.
    pub first: Vec<u32>,
    /// How the next word is chosen.
    pub choose: Choose,
}

/// How the next word is chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Choose {
    /// The likeliest.
    #[default]
    Likeliest,
    /// Drawn from p^(1/temperature). The same random numbers draw every sentence of a seed, so that two of
    /// them differ by their codes alone.
    Drawn {
        /// Below 1 likely words are likelier still, above 1 less so.
        temperature: f32,
        /// Of the random numbers.
        seed: u64,
    },
    /// The likeliest sentence among those that so many beginnings lead to (beam search).
    Beam {
        /// Beginnings that are kept at each step.
        width: usize,
    },
}

/// A beginning of a sentence.
#[derive(Clone, Copy)]
struct Beginning {
    /// Where its last word stands among those that were written; none before the first.
    last: Option<usize>,
    log_p: f64,
    /// Its row among the states.
    state: usize,
}

/// The words that any beginning was ever continued by, each with the one before it, so that beginnings share
/// what they have in common.
#[derive(Default)]
struct Trail {
    words: Vec<(u32, Option<usize>)>,
}

impl Trail {
    /// Continues what ends at `last` by a word, and returns where that stands.
    fn push(&mut self, token: u32, last: Option<usize>) -> usize {
        self.words.push((token, last));
        self.words.len() - 1
    }

    /// The words that lead to that at `last`, the first one first.
    fn read_back(&self, last: Option<usize>) -> Vec<u32> {
        let of = |at: Option<usize>| at.map(|at| self.words[at]);
        let mut tokens: Vec<u32> =
            std::iter::successors(of(last), |(_, before)| of(*before)).map(|(token, _)| token).collect();
        tokens.reverse();
        tokens
    }
}

impl<S: Scalar> Sentence<S> {
    /// The share of words that the decoder is not told in this pass, with their random numbers; none but in
    /// training.
    pub(super) fn dropped(&self, batch: &Batch<'_, S>, scratch: &Scratch<S>) -> Option<(f64, ChaCha8Rng)> {
        let share = self.settings.net.word_dropout;
        let seed = scratch.noise_seed.filter(|_| share > 0.0 && batch.step.is_some())?;
        Some((share, stream(seed, Purpose::Dropout, 0)))
    }

    /// The sentences of codes `z` [n, latent_dim] as rows of tokens [n, max_len], padding after the last
    /// word.
    pub fn write(&self, z: ArrayView2<S>, writing: &Writing, scratch: &mut Scratch<S>) -> Array2<f32> {
        let max_len = self.info.n_features();
        let mut all = Array2::zeros((z.nrows(), max_len));
        let sentences: Vec<Vec<u32>> = match writing.choose {
            Choose::Beam { width } => z
                .axis_iter(Axis(0))
                .map(|z| self.searched(z.insert_axis(Axis(0)), &writing.first, width.max(1), scratch))
                .collect(),
            Choose::Likeliest | Choose::Drawn { .. } => self.chosen(z, writing, scratch),
        };
        for (mut row, sentence) in all.rows_mut().into_iter().zip(sentences) {
            row.iter_mut().zip(sentence).for_each(|(to, token)| *to = token as f32);
        }
        all
    }

    /// One step: what follows `tokens`, and p of each word [n, tokens]. What no sentence is written with has
    /// none.
    pub(super) fn step(
        &self,
        tokens: &[u32],
        z: ArrayView2<S>,
        state: &mut State<S>,
        scratch: &mut Scratch<S>,
    ) -> Array2<S> {
        let packed = Packed::new(&vec![1; tokens.len()]);
        let x = self.vectors(tokens, scratch);
        let reads = Reads { packed: &packed, x: x.view(), told: Some(z), start: Some(state) };
        let pass = self.decoder.forward(reads, scratch);
        *state = pass.into_state(self.decoder.cell(), scratch);
        scratch.give_back(x);
        let mut out = applied(&self.words, state.h.view(), scratch);
        // "Some word or other" is nothing to write.
        out.column_mut(UNKNOWN as usize).fill(S::of(f64::from(f32::MIN)));
        out
    }

    fn chosen(&self, z: ArrayView2<S>, writing: &Writing, scratch: &mut Scratch<S>) -> Vec<Vec<u32>> {
        let (n, max_len) = (z.nrows(), self.info.n_features());
        let mut state = self.state_of(z, scratch);
        let mut sentences: Vec<Vec<u32>> = vec![Vec::new(); n];
        let mut last = vec![self.start(); n];
        let mut is_open = vec![true; n];
        // Each sentence reads them from the start, so that it does not hang on those beside it.
        let mut drawing = match writing.choose {
            Choose::Drawn { temperature, seed } => {
                let rngs = vec![stream(seed, Purpose::Writing, 0); n];
                Some((temperature.max(1e-3), rngs))
            }
            Choose::Likeliest | Choose::Beam { .. } => None,
        };
        for step in 0..max_len {
            let mut out = self.step(&last, z, &mut state, scratch);
            for i in 0..n {
                let row = out.slice_mut(s![i, ..]);
                let next = match (writing.first.get(step), &mut drawing) {
                    (Some(&given), _) => given,
                    (None, None) => largest(flat(&row)) as u32,
                    (None, Some((temperature, rngs))) => drawn(flat(&row), *temperature, &mut rngs[i]),
                };
                // Whoever comes after the end is not written, but goes on for the others' sake.
                is_open[i] &= next > 0;
                if is_open[i] {
                    sentences[i].push(next);
                }
                last[i] = next;
            }
            scratch.give_back(out);
            if !is_open.contains(&true) {
                break;
            }
        }
        sentences
    }

    /// Beam search for one code.
    fn searched(&self, z: ArrayView2<S>, first: &[u32], width: usize, scratch: &mut Scratch<S>) -> Vec<u32> {
        let max_len = self.info.n_features();
        let mut state = self.state_of(z, scratch);
        let mut trail = Trail::default();
        let mut open = vec![Beginning { last: None, log_p: 0.0, state: 0 }];
        let mut ended: Option<Beginning> = None;
        for step in 0..=max_len {
            let rows: Vec<usize> = open.iter().map(|beginning| beginning.state).collect();
            state = State { h: state.h.select(Axis(0), &rows), c: state.c.select(Axis(0), &rows) };
            let z = z.select(Axis(0), &vec![0; open.len()]);
            let token = |of: &Beginning| of.last.map_or(self.start(), |at| trail.words[at].0);
            let last: Vec<u32> = open.iter().map(token).collect();
            let mut out = self.step(&last, z.view(), &mut state, scratch);
            let ends = vec![0; open.len()];
            categorical::log_p(&mut out, &ends);
            // Each with the word that it goes on by.
            let mut next: Vec<(u32, Beginning)> = Vec::new();
            for (row, beginning) in open.iter().enumerate() {
                for (token, p) in out.row(row).iter().enumerate() {
                    let token = token as u32;
                    let is_given = first.get(step).is_none_or(|&given| given == token);
                    // A sentence of full length can only end.
                    if token == UNKNOWN || !is_given || (step == max_len && token >= FIRST_WORD) {
                        continue;
                    }
                    let log_p = beginning.log_p + p.as_f64().ln();
                    if token == 0 {
                        if ended.as_ref().is_none_or(|best| log_p > best.log_p) {
                            ended = Some(Beginning { log_p, ..*beginning });
                        }
                        continue;
                    }
                    next.push((token, Beginning { last: beginning.last, log_p, state: row }));
                }
            }
            scratch.give_back(out);
            next.sort_by(|(_, a), (_, b)| b.log_p.total_cmp(&a.log_p));
            next.truncate(width);
            // What can no longer become likelier than what has ended is given up.
            next.retain(|(_, of)| ended.as_ref().is_none_or(|best| of.log_p > best.log_p));
            if next.is_empty() {
                break;
            }
            open.clear();
            for (token, of) in next {
                open.push(Beginning { last: Some(trail.push(token, of.last)), ..of });
            }
        }
        ended.map(|best| trail.read_back(best.last)).unwrap_or_default()
    }
}

/// A word drawn from the softmax of outputs over the temperature.
fn drawn<S: Scalar>(out: &[S], temperature: f32, rng: &mut ChaCha8Rng) -> u32 {
    let most = out.iter().fold(f64::NEG_INFINITY, |most, p| most.max(p.as_f64()));
    let p = |out: &S| ((out.as_f64() - most) / f64::from(temperature)).exp();
    let mut left = rng.random::<f64>() * out.iter().map(p).sum::<f64>();
    for (token, out) in out.iter().enumerate() {
        left -= p(out);
        if left < 0.0 {
            return token as u32;
        }
    }
    largest(out) as u32
}
