//! Which classes a classifier takes for which.

use super::evaluate::{CHUNK, chunk_indices};
use crate::data::Dataset;
use crate::model::FrozenModel;
use crate::nn::{Scratch, largest};
use ndarray::Array2;
use rayon::prelude::*;
use std::sync::Arc;

/// What the samples of a data set are taken for.
#[derive(Clone, Debug, PartialEq)]
pub struct Confusion {
    /// Names of the classes.
    pub classes: Arc<[String]>,
    /// Class of each sample.
    truth: Arc<[u16]>,
    /// The class that each is taken for.
    taken: Vec<u16>,
    /// Number of samples by class, and by what they are taken for [classes, classes].
    counts: Array2<u32>,
}

impl Confusion {
    /// Samples of class `truth` that are taken for class `taken`.
    pub fn count(&self, truth: usize, taken: usize) -> u32 {
        self.counts[[truth, taken]]
    }

    /// Samples of class `truth`.
    pub fn n_of(&self, truth: usize) -> u32 {
        self.counts.row(truth).sum()
    }

    /// Number of samples.
    pub fn n(&self) -> u32 {
        self.counts.sum()
    }

    /// Share of samples that are taken for what they are.
    pub fn accuracy(&self) -> f64 {
        f64::from(self.counts.diag().sum()) / f64::from(self.n().max(1))
    }

    /// The samples of class `truth` that are taken for class `taken`, in order.
    pub fn samples(&self, truth: usize, taken: usize) -> Vec<u32> {
        let pairs = self.truth.iter().zip(&self.taken).zip(0..);
        let is_there =
            |((of, for_), _): &((&u16, &u16), u32)| (usize::from(**of), usize::from(**for_)) == (truth, taken);
        pairs.filter(is_there).map(|(_, sample)| sample).collect()
    }

    /// The counts, a row a class.
    pub fn rows(&self) -> Vec<Vec<u32>> {
        self.counts.rows().into_iter().map(|row| row.to_vec()).collect()
    }
}

/// What `model` takes the samples of `data` for; none if it tells no classes, the data have none or others,
/// or the work is cancelled.
pub fn confusion(
    model: &dyn FrozenModel,
    data: &Dataset,
    is_cancelled: &(dyn Fn() -> bool + Sync),
) -> Option<Confusion> {
    let classifier = model.classifier()?;
    let labels = data.labels()?;
    let classes = Arc::clone(&model.info().finds);
    if *classes != *data.classes() {
        return None;
    }
    let taken_in = |chunk: usize| {
        if is_cancelled() {
            return None;
        }
        let indices = chunk_indices(chunk, data.n_samples());
        let mut x = Array2::zeros((indices.len(), data.n_features()));
        data.gather(&indices, &mut x);
        let found = classifier.probabilities(x.view(), &mut Scratch::default());
        Some(found.rows().into_iter().map(|row| largest(row) as u16).collect::<Vec<u16>>())
    };
    let n_chunks = data.n_samples().div_ceil(CHUNK);
    let parts: Option<Vec<Vec<u16>>> = (0..n_chunks).into_par_iter().map(taken_in).collect();
    let taken = parts?.concat();
    let mut counts = Array2::zeros((classes.len(), classes.len()));
    for (&truth, &taken) in labels.of.iter().zip(&taken) {
        counts[[usize::from(truth), usize::from(taken)]] += 1;
    }
    Some(Confusion { classes, truth: Arc::clone(&labels.of), taken, counts })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Labels, SampleKind, Values};
    use crate::model::{ModelSpec, Settings};

    #[test]
    fn each_cell_counts_its_samples_and_names_them() {
        // Two numbers, of which the classifier that reads them as logits takes the larger.
        let kind = SampleKind::row(2);
        let names: Arc<[String]> = ["left", "right"].map(String::from).into();
        let rows = [[0.9f32, 0.1], [0.2, 0.7], [0.6, 0.5], [0.1, 0.3], [0.4, 0.2]];
        let labels = |of: &[u16]| Some(Labels { names: names.clone(), of: of.into() });
        let data = |of: &[u16]| {
            Dataset::new(kind.clone(), Values::Floats(rows.concat().as_slice().into()), labels(of), vec![])
                .unwrap()
        };
        let spec = ModelSpec::of_kind("classifier").unwrap().with("hidden", "").unwrap();
        let spec = spec.check(&kind, &names).unwrap();
        let one: &[f32] = &[1.0, 0.0, 0.0, 1.0];
        let model = spec.frozen(Some(&[one, &[0.0; 2], one, &[0.0; 2]])).unwrap();
        let found = confusion(&*model, &data(&[0, 1, 1, 0, 0]), &|| false).unwrap();
        assert_eq!(found.rows(), [[2, 1], [1, 1]]);
        assert_eq!(found.samples(1, 0), [2]);
        assert_eq!(found.samples(0, 1), [3]);
        assert_eq!((found.n_of(0), found.n(), found.accuracy()), (3, 5, 0.6));
        assert!(confusion(&*model, &data(&[0, 1, 1, 0, 0]), &|| true).is_none(), "cancelled");
        let others = data(&[0; 5]).with_classes(&["up", "down"].map(String::from)).unwrap();
        assert!(confusion(&*model, &others, &|| false).is_none(), "of other classes it says nothing");
    }
}
