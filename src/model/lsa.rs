//! Latent semantic analysis (Deerwester et al. 1990): documents by the leading singular vectors of their
//! words.
//!
//! A document's counts become t = tf·idf of unit length, with tf = 1 + ln x of the words that occur and
//! idf = ln (1 + n)/(1 + n_w) + 1 of a word that n_w of n documents have (Salton and Buckley 1988, smoothed).
//! z = Vᵀ t, where V holds the right singular vectors with the largest singular values of all t, found
//! exactly and without the matrix of their squares. Centred, it is PCA of t. What a code decodes to are
//! shares of words: what is positive of V z, undone its idf.

use super::closed_form::{each_chunk, give_up_if};
use super::describe::Describe;
use super::field::{Field, FieldKind, field};
use super::info::{Latent, ModelInfo, Prior};
use super::net::NetSpec;
use super::{
    Batch, Codes, Decoder, Draw, Encoder, FrozenModel, Learner, MetricId, Metrics, Scorer, SpecError, TrainError,
};
use crate::data::{Batches, Cancel, Dataset, SampleKind, inverse_document_frequency, term_frequency};
use crate::nn::{Param, Scratch, add_product, flat, leading_eigen};
use ndarray::{Array1, Array2, ArrayView2, Axis};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Settings of a latent semantic analysis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LsaSpec {
    /// Number of singular vectors.
    pub latent_dim: usize,
    /// Whether the mean of all documents is taken off first.
    pub centre: Centre,
}

/// Whether the mean of all documents is taken off first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Centre {
    /// Nothing is taken off, as is usual.
    #[default]
    None,
    /// It is taken off, as PCA does.
    Mean,
}

impl Default for LsaSpec {
    fn default() -> Self {
        Self { latent_dim: 2, centre: Centre::None }
    }
}

const CENTRES: &[(&str, &str)] = &[("none", "As they are"), ("mean", "Without their mean")];

/// Names of the tensors.
const NAMES: [&str; 3] = ["idf", "mean", "components"];

impl Describe for LsaSpec {
    fn fields(&self) -> Vec<Field> {
        vec![
            NetSpec::latent_dim_field(),
            field(
                "centre",
                "Documents",
                FieldKind::Choice(CENTRES),
                "Taken as they are, the first direction is mostly what all documents share; without their mean it is PCA.",
                "z = Vᵀ (t − t̄)",
            ),
        ]
    }

    fn latent(&self, _n_features: usize) -> Option<Latent> {
        Some(Latent::new(self.latent_dim, Prior::None))
    }

    fn takes(&self, input: &SampleKind) -> Result<(), String> {
        if input.counts_words() {
            return Ok(());
        }
        Err(format!("it analyses the words of documents, which {} are not", input.nouns()))
    }

    fn is_in_nats(&self) -> bool {
        false
    }

    fn decodes_shares(&self) -> bool {
        true
    }

    fn n_params(&self, input: &SampleKind) -> u128 {
        (self.latent_dim as u128 + 2) * input.n_features() as u128
    }

    fn takes_all_samples(&self) -> bool {
        true
    }

    fn is_solved_at_once(&self) -> bool {
        true
    }

    fn uses_training(&self, _path: &str) -> bool {
        false
    }

    fn learner(
        &self,
        info: Arc<ModelInfo>,
        weights: Option<&[&[f32]]>,
        _seed: u64,
    ) -> Option<Result<Box<dyn Learner>, SpecError>> {
        let lsa = match weights {
            Some(weights) => Lsa::with(info, weights),
            None => Ok(Lsa::fresh(info)),
        };
        let centre = self.centre;
        Some(lsa.map(|lsa| -> Box<dyn Learner> { Box::new(Solver { lsa, centre }) }))
    }
}

/// An analysis with its weights.
#[derive(Clone)]
struct Lsa {
    info: Arc<ModelInfo>,
    /// Weight of each word [words].
    idf: Array1<f32>,
    /// What is taken off each document [words].
    mean: Array1<f32>,
    /// Vᵀ [codes, words].
    components: Array2<f32>,
}

impl Lsa {
    /// One that has learned nothing: the first words alone.
    fn fresh(info: Arc<ModelInfo>) -> Self {
        let (k, n) = (info.latent_dim(), info.n_features());
        let components = Array2::from_shape_fn((k, n), |(row, word)| f32::from(row == word));
        Self { info, idf: Array1::ones(n), mean: Array1::zeros(n), components }
    }

    /// One with given tensors, in the order of their names.
    fn with(info: Arc<ModelInfo>, tensors: &[&[f32]]) -> Result<Self, SpecError> {
        let (k, n) = (info.latent_dim(), info.n_features());
        let [idf, mean, components] = tensors else { return Err(SpecError::Weights) };
        let row = |values: &[f32]| {
            let row = Array1::from(values.to_vec());
            if row.len() == n { Ok(row) } else { Err(SpecError::Weights) }
        };
        let components = Array2::from_shape_vec((k, n), components.to_vec()).map_err(|_| SpecError::Weights)?;
        Ok(Self { idf: row(idf)?, mean: row(mean)?, components, info })
    }

    /// Counts [n, words] as t, less the mean.
    fn weighed(&self, x: ArrayView2<f32>) -> Array2<f64> {
        weighed(x, &self.idf.mapv(f64::from)) - self.mean.mapv(f64::from)
    }

    /// z = Vᵀ (t − t̄) of each row, and Σ of the squares that it leaves out.
    fn project(&self, x: ArrayView2<f32>) -> (Array2<f64>, f64) {
        let t = self.weighed(x);
        let components = self.components.mapv(f64::from);
        let z = t.dot(&components.t());
        let left = t - z.dot(&components);
        (z, left.iter().map(|off| off * off).sum())
    }
}

/// Counts [n, words] as tf·idf of unit length; a document without words stays zero.
fn weighed(x: ArrayView2<f32>, idf: &Array1<f64>) -> Array2<f64> {
    let mut t = x.mapv(term_frequency) * idf;
    for mut row in t.rows_mut() {
        let length = row.dot(&row).sqrt();
        if length > 0.0 {
            row /= length;
        }
    }
    t
}

impl FrozenModel for Lsa {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn encoder(&self) -> Option<&dyn Encoder> {
        Some(self)
    }

    fn decoder(&self) -> Option<&dyn Decoder> {
        Some(self)
    }

    fn scorer(&self) -> Option<&dyn Scorer> {
        Some(self)
    }

    fn weights(&self) -> Vec<Param<'_, f32>> {
        let (k, n) = self.components.dim();
        vec![
            Param::new(NAMES[0], &[n], flat(&self.idf)),
            Param::new(NAMES[1], &[n], flat(&self.mean)),
            Param::new(NAMES[2], &[k, n], flat(&self.components)),
        ]
    }
}

impl Encoder for Lsa {
    fn encode(&self, x: ArrayView2<f32>, _labels: &[u16], _scratch: &mut Scratch<f32>) -> Codes {
        Codes { mu: self.project(x).0.mapv(|z| z as f32), log_var: None }
    }
}

impl Decoder for Lsa {
    fn decode(&self, z: ArrayView2<f32>, _labels: &[u16], _scratch: &mut Scratch<f32>) -> Array2<f32> {
        let mut shares = z.dot(&self.components) + &self.mean;
        shares /= &self.idf;
        for mut row in shares.rows_mut() {
            row.mapv_inplace(|share| share.max(0.0));
            let sum = row.sum();
            if sum > 0.0 {
                row /= sum;
            }
        }
        shares
    }
}

impl Scorer for Lsa {
    fn draws(&self) -> Vec<Draw> {
        Vec::new()
    }

    fn score(&self, batch: &Batch<'_, f32>, _scratch: &mut Scratch<f32>) -> Metrics {
        let left = self.project(batch.x).1;
        Metrics::default()
            .with(MetricId::Loss, left)
            .with(MetricId::Reconstruction, left)
            .with(MetricId::SquaredError, left)
    }
}

/// Finds the singular vectors, in one step.
struct Solver {
    lsa: Lsa,
    centre: Centre,
}

/// Calls `see` with the samples, a chunk at a time, until it is given up.
fn each(data: &Dataset, cancel: &Cancel, see: impl FnMut(ArrayView2<f32>)) -> Result<(), TrainError> {
    each_chunk(data, cancel, see);
    give_up_if(cancel)
}

impl Solver {
    fn solve(&self, data: &Dataset, cancel: &Cancel) -> Result<Lsa, TrainError> {
        let (k, n_words) = self.lsa.components.dim();
        let n = data.n_samples() as f64;
        let mut n_with = Array1::<f64>::zeros(n_words);
        each(data, cancel, |x| n_with += &x.map(|x| f64::from(*x > 0.0)).sum_axis(Axis(0)))?;
        // As a file holds it, so that a model that was opened encodes as the one that was saved.
        let idf = n_with.mapv(|n_with| inverse_document_frequency(n, n_with) as f32);
        let weights = idf.mapv(f64::from);
        let mut mean = Array1::<f64>::zeros(n_words);
        if self.centre == Centre::Mean {
            each(data, cancel, |x| mean += &weighed(x, &weights).sum_axis(Axis(0)))?;
            mean /= n;
        }
        let mut apply = |directions: &Array2<f64>| {
            let mut sum = Array2::zeros(directions.dim());
            let seen = each(data, cancel, |x| {
                let t = weighed(x, &weights) - &mean;
                add_product(&mut sum, &t, &t.dot(directions));
            });
            seen.ok().map(|()| sum)
        };
        let eigen = leading_eigen(n_words, k, &mut apply);
        give_up_if(cancel)?;
        let no_words = || TrainError::Data("the documents hold no finite counts".into());
        let components = eigen.ok_or_else(no_words)?.vectors;
        let components = components.t().mapv(|value| value as f32).as_standard_layout().into_owned();
        Ok(Lsa { info: Arc::clone(&self.lsa.info), idf, mean: mean.mapv(|value| value as f32), components })
    }
}

impl Learner for Solver {
    fn advance(&mut self, batches: &mut Batches, cancel: &Cancel) -> Result<Metrics, TrainError> {
        let data = batches.data().clone();
        let lsa = self.solve(&data, cancel)?;
        let mut left = 0.0;
        each(&data, cancel, |x| left += lsa.project(x).1)?;
        self.lsa = lsa;
        batches.seek(batches.step() + 1);
        let left = left / data.n_samples() as f64;
        let terms = [MetricId::Loss, MetricId::Reconstruction, MetricId::SquaredError];
        Ok(terms.into_iter().fold(Metrics::default(), |terms, id| terms.with(id, left)))
    }

    fn freeze(&self) -> Result<Arc<dyn FrozenModel>, TrainError> {
        Ok(Arc::new(self.lsa.clone()))
    }

    fn takes_all_samples(&self) -> bool {
        true
    }

    fn n_steps(&self) -> Option<u64> {
        Some(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Count, Rows, Values};
    use crate::model::{ModelSpec, Settings};
    use crate::nn::symmetric_eigen;

    /// Ten documents of six words.
    fn documents() -> Dataset {
        let row = |i: u32| {
            let count = |word: u32| (i * 7 + word * word * 3) % 5;
            (0..6)
                .filter(|&word| count(word) > 1)
                .map(|word| Count { feature: word, count: count(word) - 1 })
                .collect()
        };
        let rows: Rows<Count> = (0..10).map(row).collect::<Vec<Vec<Count>>>().into_iter().collect();
        let vocabulary = ["a", "b", "c", "d", "e", "f"].map(String::from).into();
        Dataset::new(SampleKind::Bag { vocabulary }, Values::Sparse(rows), None, vec![]).unwrap()
    }

    fn solved(centre: &str) -> Lsa {
        let data = documents();
        let spec = ModelSpec::of_kind("lsa").unwrap().with("centre", centre).unwrap();
        let info = Arc::new(spec.check(data.kind(), &[]).unwrap().info());
        let centre = if centre == "mean" { Centre::Mean } else { Centre::None };
        Solver { lsa: Lsa::fresh(info), centre }.solve(&data, &Cancel::default()).unwrap()
    }

    #[test]
    fn codes_are_the_leading_singular_vectors_of_the_weighed_counts() {
        let data = documents();
        let mut x = Array2::zeros((10, 6));
        data.gather(&(0..10).collect::<Vec<u32>>(), &mut x);
        for centre in ["none", "mean"] {
            // By the book: the whole matrix, its squares, all their eigenvectors.
            let mut t = Array2::<f64>::zeros((10, 6));
            for word in 0..6 {
                let n_with = x.column(word).iter().filter(|x| **x > 0.0).count() as f64;
                for row in 0..10 {
                    let tf = if x[[row, word]] > 0.0 { 1.0 + f64::from(x[[row, word]]).ln() } else { 0.0 };
                    t[[row, word]] = tf * ((11.0 / (1.0 + n_with)).ln() + 1.0);
                }
            }
            t.rows_mut().into_iter().for_each(|mut row| {
                let length = row.dot(&row).sqrt();
                row /= length;
            });
            if centre == "mean" {
                t = &t - &t.mean_axis(Axis(0)).unwrap();
            }
            let eigen = symmetric_eigen(t.t().dot(&t).view()).unwrap();
            let lsa = solved(centre);
            let codes = lsa.encode(x.view(), &[], &mut Scratch::default()).mu;
            for dim in 0..2 {
                let wanted = t.dot(&eigen.vectors.column(dim));
                let sign = if (wanted[0] > 0.0) == (codes[[0, dim]] > 0.0) { 1.0 } else { -1.0 };
                for row in 0..10 {
                    let found = f64::from(codes[[row, dim]]) * sign;
                    assert!(
                        (found - wanted[row]).abs() < 1e-6,
                        "{centre} {row} {dim}: {found} for {}",
                        wanted[row]
                    );
                }
            }
            let shares = lsa.decode(codes.view(), &[], &mut Scratch::default());
            assert!(shares.rows().into_iter().all(|row| (row.sum() - 1.0).abs() < 1e-5));
        }
    }

    #[test]
    fn the_setting_centres_and_what_is_left_out_is_that_of_one_document() {
        let data = documents();
        let n = data.n_samples();
        let mut x = Array2::zeros((n, 6));
        data.gather(&(0..n as u32).collect::<Vec<_>>(), &mut x);
        for (centre, word) in [(Centre::None, "none"), (Centre::Mean, "mean")] {
            let spec = ModelSpec::of_kind("lsa").unwrap().with("centre", word).unwrap();
            let info = Arc::new(spec.check(data.kind(), &[]).unwrap().info());
            let mut learner = LsaSpec { latent_dim: 2, centre }.learner(info, None, 0).unwrap().unwrap();
            let loss = learner.advance(&mut Batches::new(data.clone(), n, 0), &Cancel::default()).unwrap().loss();
            let solved = solved(word);
            assert_eq!(learner.freeze().unwrap().weights()[1].values, flat(&solved.mean), "{word}");
            let left = solved.project(x.view()).1 / n as f64;
            assert!((loss / left - 1.0).abs() < 1e-9 && left < 1.0, "{word}: {loss} for {left}");
        }
    }

    #[test]
    fn with_as_many_dimensions_as_words_a_code_gives_back_the_shares_of_its_words() {
        let data = documents();
        let mut x = Array2::zeros((10, 6));
        data.gather(&(0..10).collect::<Vec<u32>>(), &mut x);
        for centre in [Centre::None, Centre::Mean] {
            let spec = ModelSpec::of_kind("lsa").unwrap().with("latent_dim", "6").unwrap();
            let info = Arc::new(spec.check(data.kind(), &[]).unwrap().info());
            let solver = Solver { lsa: Lsa::fresh(info), centre };
            let lsa = solver.solve(&data, &Cancel::default()).unwrap();
            let z = lsa.encode(x.view(), &[], &mut Scratch::default()).mu;
            let shares = lsa.decode(z.view(), &[], &mut Scratch::default());
            let mut wanted = x.mapv(|x| term_frequency(x) as f32);
            wanted.rows_mut().into_iter().for_each(|mut row| row /= row.sum());
            let off = (&shares - &wanted).mapv(f32::abs).fold(0.0, |most: f32, off| most.max(*off));
            assert!(off < 1e-3, "{centre:?}: {off}");
        }
    }

    #[test]
    fn only_documents_are_analysed() {
        let image = SampleKind::Image { channels: 1, height: 4, width: 4 };
        let refused = ModelSpec::of_kind("lsa").unwrap().check(&image, &[]).unwrap_err().to_string();
        assert!(refused.contains("words of documents, which images are not"), "{refused}");
    }
}
