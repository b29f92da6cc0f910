//! How much of a sentence fits into a code? Words that come back at their place, by the length of the
//! sentence.
//!
//! Each unseen sentence is encoded and its mean code written out, always the likeliest word next. Only words
//! of the vocabulary count, for no other can be written. Beside the models stands what needs no code: at each
//! place the word that most training sentences have there.

use super::Findings;
use super::curves::curves;
use super::table::{Row, Study, held_against};
use crate::cli::UsageError;
use crate::cli::parse::StudyArgs;
use crate::data::{DataChoice, Dataset, FIRST_WORD};
use crate::model::{FrozenModel, KINDS, Kind, ModelSpec};
use crate::nn::Scratch;
use crate::train::{TrainSpec, encode};
use anyhow::{Result, anyhow};
use ndarray::{Array2, ArrayView1, Axis, s};
use rayon::prelude::*;
use std::cmp::Ordering;
use std::collections::HashMap;

const EPOCHS: u64 = 15;
/// Most lines of the table.
const MAX_GROUPS: usize = 7;
/// Sentences that are written at a time.
const AT_ONCE: usize = 256;
const WITHOUT_CODE: &str = "no code";

/// The share of words that are right, for each length of sentence and each kind of model.
pub fn study(args: &StudyArgs) -> Result<Findings> {
    let choice = args.data.as_ref().unwrap_or(&DataChoice::Sentences);
    // How many kinds there are to train depends on the data, which are read once.
    let study = Study::begin_on(choice, args, 0)?;
    let kinds = kinds_for(&study.data.train)?;
    study.expect(kinds.len() as u64);
    let data = &study.data;
    let [train, test] = [&data.train, &data.test].map(all_of);
    let groups = Groups::of(&test);
    let columns: Vec<&str> = kinds.iter().map(|(kind, _)| kind.title).chain([WITHOUT_CODE]).collect();
    let row = |(name, (place, lengths))| Row::new(name, columns.len()).at(place, lengths);
    let mut rows: Vec<Row> = groups.names(&test).into_iter().zip(groups.places(&test)).map(row).collect();
    let mut push = |column: usize, written: &Array2<f32>| {
        rows.iter_mut()
            .zip(groups.accuracy(&test, written))
            .for_each(|(row, share)| row.values[column].push(share));
    };
    for (column, (_, spec)) in kinds.iter().enumerate() {
        for seed in 0..study.seeds {
            let model =
                study.train(spec, &TrainSpec { epochs: EPOCHS, seed, ..TrainSpec::default() }, |_, _| {})?;
            push(column, &study.on_all_cores(|| written_back(&*model, &data.test))?);
        }
    }
    push(kinds.len(), &repeated(&commonest(&train), test.nrows()));
    let said = concluded(&columns, &rows);
    let drawn = curves("Words at their place, %", "words of the sentence", &columns, &rows);
    let title = "Words of test sentences that their code gives back at their place, %";
    Ok(study.end(title, &columns, &rows).and_so(&said).drawn(drawn))
}

/// Every kind that reads such samples and writes them again.
fn kinds_for(data: &Dataset) -> Result<Vec<(&'static Kind, ModelSpec)>> {
    let kind = data.kind();
    let refused = || UsageError(format!("--data: this study is about sentences, which {} are not", kind.nouns()));
    if kind.is_dense() {
        return Err(refused().into());
    }
    let mut all = Vec::new();
    for entry in KINDS.iter().filter(|entry| entry.takes(kind).is_ok()) {
        let spec = ModelSpec::of_kind(entry.name)?.fitted_to(kind);
        let model = spec.check(kind, data.classes())?.frozen(None)?;
        if model.encoder().is_some() && model.decoder().is_some() {
            all.push((entry, spec));
        }
    }
    if all.is_empty() { Err(refused().into()) } else { Ok(all) }
}

/// Rows of tokens, padding after the last word [n, max_len].
fn all_of(data: &Dataset) -> Array2<f32> {
    let all: Vec<u32> = (0..data.n_samples() as u32).collect();
    let mut x = Array2::zeros((all.len(), data.n_features()));
    data.gather(&all, &mut x);
    x
}

/// What a model makes of the mean code of each sample.
fn written_back(model: &dyn FrozenModel, data: &Dataset) -> Result<Array2<f32>> {
    let all: Vec<u32> = (0..data.n_samples() as u32).collect();
    let codes = encode(model, data, &all, &|| false).ok_or_else(|| anyhow!("the model has no encoder"))?.mu;
    let decoder = model.decoder().ok_or_else(|| anyhow!("the model has no decoder"))?;
    let is_told = !model.info().classes.is_empty();
    let mut written = Array2::zeros((all.len(), data.n_features()));
    let chunks: Vec<_> = written.axis_chunks_iter_mut(Axis(0), AT_ONCE).zip(all.chunks(AT_ONCE)).collect();
    chunks.into_par_iter().enumerate().for_each(|(chunk, (mut written, samples))| {
        let first = chunk * AT_ONCE;
        let z = codes.slice(s![first..first + samples.len(), ..]);
        let told = if is_told { data.labels_of(samples) } else { Vec::new() };
        written.assign(&decoder.decode(z, &told, &mut Scratch::default()));
    });
    Ok(written)
}

/// At each place the word that most sentences have there.
fn commonest(x: &Array2<f32>) -> Vec<f32> {
    let at_place = |tokens: ArrayView1<f32>| {
        let mut counts: HashMap<u32, usize> = HashMap::new();
        words(tokens).for_each(|(_, token)| *counts.entry(token).or_default() += 1);
        let most = counts.into_iter().max_by_key(|(token, count)| (*count, std::cmp::Reverse(*token)));
        most.map_or(0.0, |(token, _)| token as f32)
    };
    x.columns().into_iter().map(at_place).collect()
}

/// The words of the vocabulary with their places.
fn words(tokens: ArrayView1<f32>) -> impl Iterator<Item = (usize, u32)> {
    tokens.to_vec().into_iter().map(|token| token as u32).enumerate().filter(|(_, token)| *token >= FIRST_WORD)
}

fn repeated(row: &[f32], n: usize) -> Array2<f32> {
    Array2::from_shape_fn((n, row.len()), |(_, at)| row[at])
}

/// Sentences by their length.
struct Groups {
    /// Lengths that each group spans.
    width: usize,
    /// The group of each sentence.
    of: Vec<usize>,
    /// The groups that there are, the shortest first.
    there: Vec<usize>,
}

impl Groups {
    fn of(x: &Array2<f32>) -> Self {
        let width = x.ncols().div_ceil(MAX_GROUPS).max(1);
        let n_words = |tokens: ArrayView1<f32>| tokens.iter().take_while(|token| **token > 0.0).count();
        let of: Vec<usize> =
            x.rows().into_iter().map(|tokens| n_words(tokens).saturating_sub(1) / width).collect();
        let mut there = of.clone();
        there.sort_unstable();
        there.dedup();
        Self { width, of, there }
    }

    /// The first and the last length of a group.
    fn ends(&self, group: usize, x: &Array2<f32>) -> [usize; 2] {
        [group * self.width + 1, ((group + 1) * self.width).min(x.ncols())]
    }

    /// The middle of each group's lengths, and the lengths.
    fn places(&self, x: &Array2<f32>) -> Vec<(f64, String)> {
        let place = |group: &usize| {
            let [first, last] = self.ends(*group, x);
            let lengths = if first == last { first.to_string() } else { format!("{first}–{last}") };
            ((first + last) as f64 / 2.0, lengths)
        };
        self.there.iter().map(place).collect()
    }

    fn names(&self, x: &Array2<f32>) -> Vec<String> {
        let name = |group: &usize| {
            let [first, last] = self.ends(*group, x);
            let lengths = if first == last { first.to_string() } else { format!("{first} to {last}") };
            let n = self.of.iter().filter(|of| *of == group).count();
            format!("{lengths} words ({n} of them)")
        };
        self.there.iter().map(name).collect()
    }

    /// The share of words that `written` has at their place, in percent, a group each.
    fn accuracy(&self, x: &Array2<f32>, written: &Array2<f32>) -> Vec<f64> {
        let share = |group: &usize| {
            let (mut n, mut n_right) = (0u32, 0u32);
            for (i, _) in self.of.iter().enumerate().filter(|(_, of)| *of == group) {
                for (at, token) in words(x.row(i)) {
                    n += 1;
                    n_right += u32::from(written[[i, at]] as u32 == token);
                }
            }
            if n == 0 { f64::NAN } else { 100.0 * f64::from(n_right) / f64::from(n) }
        };
        self.there.iter().map(share).collect()
    }
}

/// What becomes of each model from the shortest sentences to the longest, and at how many lengths its code is
/// worth anything.
fn concluded(columns: &[&str], rows: &[Row]) -> String {
    let (Some(shortest), Some(longest)) = (rows.first(), rows.last()) else { return String::new() };
    let mean = |values: &[f64]| super::mean_and_spread(values).0;
    let n_models = columns.len() - 1;
    let of_model = |(column, title): (usize, &&str)| {
        let helps =
            |row: &&Row| held_against(&row.values[column], &row.values[n_models]) == Some(Ordering::Greater);
        let n = rows.iter().filter(helps).count();
        format!(
            "of “{title}” {:.0} % of the words of the shortest and {:.0} % of the longest, more than without a \
             code at {n} of {} lengths",
            mean(&shortest.values[column]),
            mean(&longest.values[column]),
            rows.len()
        )
    };
    let all: Vec<String> = columns.iter().take(n_models).enumerate().map(of_model).collect();
    format!("So sentences come back from the code {}.", all.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn words_count_at_their_place_and_by_the_length_of_their_sentence() {
        // Of up to 14 words groups are two wide.
        let mut x = Array2::zeros((3, 14));
        for (mut row, tokens) in x.rows_mut().into_iter().zip([&[2.0, 3.0][..], &[2.0, 1.0, 4.0, 5.0], &[6.0]]) {
            row.iter_mut().zip(tokens).for_each(|(to, token)| *to = *token);
        }
        let groups = Groups::of(&x);
        assert_eq!(groups.names(&x), ["1 to 2 words (2 of them)", "3 to 4 words (1 of them)"]);
        assert_eq!(groups.places(&x), [(1.5, "1–2".into()), (3.5, "3–4".into())]);
        assert_eq!(groups.accuracy(&x, &x), [100.0, 100.0], "what is unknown does not count");
        let mut written = x.clone();
        written[[0, 1]] = 2.0;
        written[[1, 1]] = 7.0;
        written[[1, 3]] = 4.0;
        let share = groups.accuracy(&x, &written);
        assert!((share[0] - 200.0 / 3.0).abs() < 1e-9 && (share[1] - 200.0 / 3.0).abs() < 1e-9, "{share:?}");
    }

    #[test]
    fn without_a_code_each_place_has_its_commonest_word() {
        let x = array![[3.0, 4.0, 0.0], [3.0, 5.0, 0.0], [2.0, 5.0, 1.0], [6.0, 4.0, 0.0]];
        assert_eq!(commonest(&x), [3.0, 4.0, 0.0], "of equals the first of the vocabulary");
    }

    #[test]
    fn what_is_concluded_follows_from_the_table() {
        let row = |values: [&[f64]; 2]| Row { values: values.map(<[f64]>::to_vec).into(), ..Row::default() };
        let rows = [row([&[50.0, 60.0], &[20.0]]), row([&[19.0, 23.0], &[20.0]])];
        let said = concluded(&["A", WITHOUT_CODE], &rows);
        assert!(said.contains("“A” 55 % of the words of the shortest and 21 % of the longest"), "{said}");
        assert!(said.ends_with("at 1 of 2 lengths."), "{said}");
    }
}
