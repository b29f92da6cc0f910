//! The training samples most like a given one, by what they are compared by, and how often these are of its
//! class.
//!
//! Exact: every training sample is looked at. By code, samples are as near as a model puts them; by their
//! features, as they look (documents by tf·idf); by the codes of PCA, of documents of LSA, as the best linear
//! model of that length has them. Precision at k is the share of the k nearest that have the query's class,
//! the mean over queries (Manning, Raghavan, Schütze 2008, section 8.4).

use super::{CodeCloud, Run, TrainSpec, encode};
use crate::data::{Best, Cancel, DataSplit, Dataset, Distance, SampleKind, Scaling, TfIdf, nearest_by};
use crate::latent::nearest::nearest_codes_by;
use crate::model::{FrozenModel, Kind, ModelSpec, Settings};
use crate::nn::{Scratch, matmul};
use ndarray::{Array2, ArrayView2};
use rayon::prelude::*;
use std::sync::Arc;

/// How many of the nearest are looked at for precision.
pub const KS: [usize; 6] = [1, 2, 5, 10, 20, 50];
/// The most of them.
const MOST: usize = KS[KS.len() - 1];
/// Most queries that are held against the same pictures at a time.
const AT_ONCE: usize = 128;

/// Training samples with how far they lie, nearest first.
pub type Found = Vec<(u32, f32)>;

/// Training samples as they are compared, ready to be searched.
pub struct Ranking {
    by: By,
    /// Columns weigh as they do to the model.
    scaling: Option<Scaling>,
}

enum By {
    /// The codes of a model.
    Codes(Arc<dyn FrozenModel>, Arc<CodeCloud>),
    /// The samples as they are.
    Features(Dataset),
    /// The words of documents and sentences.
    Words(SampleKind, TfIdf),
}

impl Ranking {
    /// By the codes of a model: those of `cloud` are ranked.
    pub fn by_code(model: Arc<dyn FrozenModel>, cloud: Arc<CodeCloud>) -> Self {
        Self { by: By::Codes(model, cloud), scaling: None }
    }

    /// By the codes that a model gives all samples of `train`; none without an encoder, or if cancelled.
    ///
    /// Runs on the surrounding pool.
    pub fn by_codes_of(model: Arc<dyn FrozenModel>, train: &Dataset, cancel: &Cancel) -> Option<Self> {
        let all = (0..train.n_samples() as u32).collect();
        let cloud = CodeCloud::new(&*model, train, all, &|| cancel.is_set())?;
        Some(Self::by_code(model, Arc::new(cloud)))
    }

    /// By what the samples of `train` are themselves, columns in the units of `scaling`; none if
    /// cancelled.
    pub fn by_features(train: &Dataset, scaling: Option<&Scaling>, cancel: &Cancel) -> Option<Self> {
        if train.kind().has_words() {
            let words = TfIdf::of(train, cancel)?;
            return Some(Self { by: By::Words(train.kind().clone(), words), scaling: None });
        }
        // Pixels are of one unit as they are.
        let scaling = scaling.filter(|_| !train.kind().is_unit());
        Some(Self { by: By::Features(train.scaled(scaling)), scaling: scaling.cloned() })
    }

    /// By the codes of PCA, of documents of LSA, of `latent_dim` dimensions; none where there are not as
    /// many, or if cancelled.
    ///
    /// Runs on the surrounding pool.
    pub fn by_linear(data: &DataSplit, latent_dim: usize, cancel: &Cancel) -> Option<Self> {
        let kind = Kind::solved_for(data.train.kind())?;
        let spec = ModelSpec::of_kind(kind).and_then(|spec| spec.with("latent_dim", &latent_dim.to_string()));
        let spec = spec.and_then(|spec| spec.check(data.train.kind(), data.train.classes())).ok()?;
        let mut run = Run::new(&spec, &TrainSpec::default(), data, None, rayon::current_num_threads()).ok()?;
        run.advance(cancel).ok()?;
        let model = run.trained().ok()?.model;
        Self::by_codes_of(model, &data.train, cancel)
    }

    /// The `k` training samples nearest to the first one of `sample`, of which a model that is told labels is
    /// told `told`; none for samples of another kind, or if cancelled.
    pub fn nearest(
        &self,
        (sample, told): (&Dataset, &[u16]),
        distance: Distance,
        k: usize,
        cancel: &Cancel,
    ) -> Option<Found> {
        let mut x = Array2::zeros((1, sample.n_features()));
        let kind = match &self.by {
            By::Codes(model, _) => &model.info().input,
            By::Features(train) => train.kind(),
            By::Words(kind, _) => kind,
        };
        if kind != sample.kind() {
            return None;
        }
        sample.scaled(self.scaling.as_ref()).gather(&[0], &mut x);
        if let By::Codes(model, _) = &self.by {
            let told = if model.info().classes.is_empty() { &[] } else { told };
            x = model.encoder()?.encode(x.view(), told, &mut Scratch::default()).mu;
        }
        self.nearest_to(x.row(0).as_slice()?, distance, k, cancel)
    }

    /// As [`Self::nearest`], of what is compared.
    fn nearest_to(&self, x: &[f32], distance: Distance, k: usize, cancel: &Cancel) -> Option<Found> {
        match &self.by {
            By::Codes(_, cloud) => {
                let mu = cloud.codes.mu.view();
                let found = (mu.ncols() == x.len()).then(|| nearest_codes_by(mu, x, distance, k))?;
                Some(found.into_iter().map(|(row, far)| (cloud.indices[row], far)).collect())
            }
            By::Features(train) => nearest_by(train, x, distance, k, cancel),
            By::Words(_, words) => Some(nearest_words(words, x, distance, k)),
        }
    }

    /// How often the training samples nearest to the samples `queries` of `test` are of their class; `known`
    /// are the classes of the training samples. None without classes, for other samples, or if cancelled.
    ///
    /// Runs on the surrounding pool.
    pub fn hits(
        &self,
        (test, queries): (&Dataset, &[u32]),
        known: &[u16],
        distance: Distance,
        cancel: &Cancel,
    ) -> Option<Hits> {
        let found = self.found((test, queries), distance, cancel)?;
        Hits::of(&found, &test.labels_of(queries), known)
    }

    /// The training samples nearest to each of the samples `queries` of `test`, nearest first, as many as
    /// precision asks for; none for other samples, or if cancelled.
    ///
    /// Runs on the surrounding pool.
    pub fn found(
        &self,
        (test, queries): (&Dataset, &[u32]),
        distance: Distance,
        cancel: &Cancel,
    ) -> Option<Vec<Vec<u32>>> {
        let at_once = queries.len().div_ceil(rayon::current_num_threads().max(1)).clamp(1, AT_ONCE);
        let of_block = |queries: &[u32]| {
            let x = match &self.by {
                By::Codes(model, _) => encode(&**model, test, queries, &|| cancel.is_set())?.mu,
                By::Features(_) | By::Words(..) => {
                    let mut x = Array2::zeros((queries.len(), test.n_features()));
                    test.scaled(self.scaling.as_ref()).gather(queries, &mut x);
                    x
                }
            };
            self.nearest_to_each(x.view(), distance, cancel)
        };
        let blocks: Option<Vec<Vec<Vec<u32>>>> = queries.par_chunks(at_once).map(of_block).collect();
        Some(blocks?.into_iter().flatten().collect())
    }

    /// The nearest of each row of `x`, as many as precision asks for.
    fn nearest_to_each(&self, x: ArrayView2<f32>, distance: Distance, cancel: &Cancel) -> Option<Vec<Vec<u32>>> {
        let found = self.found_of_each(x, distance, MOST, cancel)?;
        let samples = |found: Found| found.into_iter().map(|(sample, _)| sample).collect();
        Some(found.into_iter().map(samples).collect())
    }

    /// The `k` nearest of each row of `x`; of pictures by cosine distance these are in order, and no more.
    fn found_of_each(
        &self,
        x: ArrayView2<f32>,
        distance: Distance,
        k: usize,
        cancel: &Cancel,
    ) -> Option<Vec<Found>> {
        if let By::Features(train) = &self.by
            && train.kind().is_unit()
        {
            return nearest_pictures(train, x, distance, k, cancel);
        }
        let one = |x: ndarray::ArrayView1<f32>| {
            (!cancel.is_set()).then(|| self.nearest_to(&x.to_vec(), distance, k, cancel)).flatten()
        };
        x.rows().into_iter().map(one).collect()
    }

    /// How far each sample of `train`, which was ranked by its features, lies from the `k` others nearest to
    /// it, nearest first, √Σ(a − b)²; none if cancelled.
    ///
    /// Runs on the surrounding pool.
    pub(super) fn distances_within(&self, train: &Dataset, k: usize, cancel: &Cancel) -> Option<Vec<Vec<f32>>> {
        let scaled = train.scaled(self.scaling.as_ref());
        let all: Vec<u32> = (0..train.n_samples() as u32).collect();
        let of_block = |samples: &[u32]| {
            let mut x = Array2::zeros((samples.len(), train.n_features()));
            scaled.gather(samples, &mut x);
            let found = self.found_of_each(x.view(), Distance::Euclid, k + 1, cancel)?;
            let rows = samples.iter().zip(found);
            Some(rows.map(|(sample, found)| beside_itself(*sample, found, k)).collect::<Vec<_>>())
        };
        let blocks: Option<Vec<_>> = all.par_chunks(AT_ONCE).map(of_block).collect();
        blocks.map(|blocks| blocks.concat())
    }
}

/// The distances of the `k` nearest without the sample itself, which of equal ones may not be among them.
pub(super) fn beside_itself(sample: u32, found: Found, k: usize) -> Vec<f32> {
    let others = found.into_iter().filter(|(other, _)| *other != sample);
    others.map(|(_, distance)| distance).take(k).collect()
}

/// The documents nearest to one: the angle between their weights, or √Σ(a − b)² of these,
/// which have unit length.
fn nearest_words(words: &TfIdf, x: &[f32], distance: Distance, k: usize) -> Found {
    let mut best = Best::new(k);
    for (document, cosine) in words.cosines(x.into()).into_iter().enumerate() {
        best.see(document as u32, 1.0 - cosine);
    }
    let far = |off: f32| match distance {
        Distance::Cosine => off.max(0.0),
        Distance::Euclid => (2.0 * off.max(0.0)).sqrt(),
    };
    best.into_vec().into_iter().map(|(document, off)| (document, far(off))).collect()
}

/// The pictures nearest to each row of `x`, by products of whole blocks: values from 0 to 1 leave ‖s‖²
/// − 2 x·s as exact as Σ(x − s)².
fn nearest_pictures(
    train: &Dataset,
    x: ArrayView2<f32>,
    distance: Distance,
    k: usize,
    cancel: &Cancel,
) -> Option<Vec<Found>> {
    let mut best = vec![Best::new(k); x.nrows()];
    for (range, samples) in train.chunks(train.chunk_size()) {
        if cancel.is_set() {
            return None;
        }
        let squares: Vec<f32> = samples.rows().into_iter().map(|row| row.dot(&row)).collect();
        let mut products = Array2::zeros((x.nrows(), samples.nrows()));
        matmul(products.view_mut(), x, samples.t(), 1);
        for (best, products) in best.iter_mut().zip(products.rows()) {
            for ((sample, product), square) in range.clone().zip(products).zip(&squares) {
                let off = match distance {
                    Distance::Euclid => square - 2.0 * product,
                    Distance::Cosine if *square > 0.0 => -product / square.sqrt(),
                    Distance::Cosine => 0.0,
                };
                best.see(sample as u32, off);
            }
        }
    }
    let far = |(best, x): (Best<u32>, ndarray::ArrayView1<f32>)| {
        let best = best.into_vec();
        if distance != Distance::Euclid {
            return best;
        }
        let length = x.dot(&x);
        best.into_iter().map(|(sample, off)| (sample, (off + length).max(0.0).sqrt())).collect()
    };
    Some(best.into_iter().zip(x.rows()).map(far).collect())
}

/// How often the nearest are of the query's class, over some queries.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hits {
    /// Queries.
    pub n: usize,
    /// Σ of the share among the first k of [`KS`], where there are as many training samples.
    sums: [f64; KS.len()],
    /// Training samples that were ranked, as far as precision asks.
    n_ranked: usize,
}

impl Hits {
    /// Those of queries of these `classes`, to each of which the `found` are nearest; none without classes.
    pub fn of(found: &[Vec<u32>], classes: &[u16], known: &[u16]) -> Option<Self> {
        if classes.len() != found.len() || known.is_empty() {
            return None;
        }
        let mut hits = Self::default();
        found.iter().zip(classes).for_each(|(found, class)| hits.count(found, *class, known));
        Some(hits)
    }

    /// Counts one query of `class`, to which these are nearest.
    fn count(&mut self, found: &[u32], class: u16, known: &[u16]) {
        self.n += 1;
        self.n_ranked = self.n_ranked.max(found.len());
        let is_hit = |sample: &&u32| known.get(**sample as usize) == Some(&class);
        for (sum, k) in self.sums.iter_mut().zip(KS) {
            *sum += found.iter().take(k).filter(is_hit).count() as f64 / k as f64;
        }
    }

    /// These and those.
    #[must_use]
    pub fn with(&self, those: &Self) -> Self {
        let mut sum = Self { n: self.n + those.n, n_ranked: self.n_ranked.max(those.n_ranked), ..self.clone() };
        sum.sums.iter_mut().zip(those.sums).for_each(|(sum, of)| *sum += of);
        sum
    }

    /// Precision at each k for which there are enough training samples.
    pub fn precision(&self) -> Vec<(usize, f64)> {
        let of = |(k, sum): (usize, f64)| (k, sum / self.n.max(1) as f64);
        KS.into_iter().zip(self.sums).filter(|(k, _)| *k <= self.n_ranked).map(of).collect()
    }
}

#[cfg(test)]
#[path = "find_tests.rs"]
mod tests;
