//! How good a model is beside others: its error, its divergence, and how well its codes tell classes apart.

use super::{CodeCloud, encode, evaluate};
use crate::data::{Cancel, DataSplit, Labels};
use crate::latent::knn::knn_accuracy;
use crate::model::{FrozenModel, MetricId};
use ndarray::Axis;

/// Neighbours that vote on a code's class.
const K: usize = 5;
/// Most codes that are voted on, and most that vote; as many of larger sets, spread evenly.
const MAX_VOTED_ON: usize = 2_000;
const MAX_VOTERS: usize = 10_000;

/// How good a model is, on test samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scores {
    /// Σ (x − x̂)², mean over samples; none of sentences.
    pub squared_error: Option<f64>,
    /// Words that are written back wrongly, mean over sentences; none of other samples.
    pub wrong_words: Option<f64>,
    /// KL divergence, nats; none for a model without a prior.
    pub kl: Option<f64>,
    /// Perplexity of a word; none where no words are counted.
    pub perplexity: Option<f64>,
    /// Number of parameters.
    pub n_params: usize,
    /// Seconds of training, where they are known.
    pub secs: Option<f32>,
    /// Share of test codes whose class the 5 nearest training codes vote for; none without classes.
    pub accuracy: Option<f64>,
}

/// The scores of a model whose training codes are known, but for the seconds of its training; none when
/// cancelled.
///
/// Runs on the surrounding pool.
pub fn score(model: &dyn FrozenModel, cloud: &CodeCloud, data: &DataSplit, cancel: &Cancel) -> Option<Scores> {
    let terms = evaluate(model, &data.test, usize::MAX, &|| cancel.is_set())?;
    Some(Scores {
        squared_error: terms.get(MetricId::SquaredError),
        wrong_words: terms.get(MetricId::WrongWords),
        kl: terms.get(MetricId::Kl).filter(|_| model.info().has_prior()),
        perplexity: terms.perplexity(),
        n_params: model.info().n_params,
        secs: None,
        accuracy: accuracy(model, cloud, data, cancel),
    })
}

/// The share of test codes whose class their nearest training codes vote for; none without classes.
fn accuracy(model: &dyn FrozenModel, cloud: &CodeCloud, data: &DataSplit, cancel: &Cancel) -> Option<f64> {
    let (known, of) = (data.train.labels()?, data.test.labels()?);
    let (voters, voted) = (data.train.spread(MAX_VOTERS), data.test.spread(MAX_VOTED_ON));
    let codes = encode(model, &data.test, &voted, &|| cancel.is_set())?.mu;
    let places: Vec<usize> = voters.iter().filter_map(|&idx| cloud.place_of(idx)).collect();
    let references = cloud.codes.mu.select(Axis(0), &places);
    let class = |labels: &Labels, indices: &[u32]| -> Vec<u16> {
        indices.iter().map(|&idx| labels.of[idx as usize]).collect()
    };
    Some(knn_accuracy(references.view(), &class(known, &voters), codes.view(), &class(of, &voted), K))
}
