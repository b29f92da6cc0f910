//! What is measured of a model, by name: charts, tables, reports and files all walk this list.

mod table;

pub use table::METRICS;

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// Something measured of a model, as a mean over samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MetricId {
    /// What is minimised.
    Loss,
    /// Reconstruction loss under the model's likelihood.
    Reconstruction,
    /// −ln p(x), where the model knows it.
    NegLogP,
    /// −ln p(class | x) of the right class.
    CrossEntropy,
    /// KL divergence of the codes from the prior.
    Kl,
    /// Norms of the code in the loss.
    CodeNorm,
    /// Divergence of wanted from actual activations in the loss.
    Sparsity,
    /// Norm of the encoder's Jacobian in the loss.
    Contraction,
    /// Norms of the weights in the loss.
    WeightNorm,
    /// The discriminator's loss.
    DiscriminatorLoss,
    /// The generator's loss.
    GeneratorLoss,
    /// Σ (x − x̂)².
    SquaredError,
    /// Share of samples that are taken for another class.
    ErrorRate,
    /// Posterior standard deviation, mean over dimensions.
    Sigma,
    /// Words of a sentence that are written back wrongly, its end among them.
    WrongWords,
    /// Share of sentences that are written back whole.
    Whole,
    /// −ln of what is proportional to p(x), of a model with an energy.
    FreeEnergy,
    /// Words of a sample, where the likelihood is one of words.
    Words,
    /// Value of the game of two networks.
    GameValue,
    /// Divergence of the generator's distribution from that of the data.
    JensenShannon,
    /// Places at which the data gather that the generator reaches.
    ModesCovered,
    /// Share of generated samples that lie at one of them.
    InModes,
}

/// Which values are better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// Small ones.
    Lower,
    /// Neither: it says something else than how good a model is.
    Neither,
}

/// One row of [`METRICS`].
#[derive(Debug)]
pub struct Metric {
    /// Which it is.
    pub id: MetricId,
    /// Name in reports and files.
    pub name: &'static str,
    /// Title in the window.
    pub title: &'static str,
    /// Such as `nats`; empty for a plain number.
    pub unit: &'static str,
    /// Which values are better.
    pub better: Better,
    /// How it stands in the sum that is the loss; none for what is no part of it.
    pub in_loss: Option<&'static str>,
    /// Whether its development has a chart of its own.
    pub has_chart: bool,
    /// Digits after the point.
    pub decimals: usize,
    /// One sentence of help.
    pub help: &'static str,
    /// Its formula.
    pub formula: &'static str,
}

impl MetricId {
    /// The value that it has where all is learned, and how that is written, where there is one that is not 0.
    pub fn optimum(self) -> Option<(f64, &'static str)> {
        (self == Self::GameValue).then_some((-2.0 * std::f64::consts::LN_2, "−2 ln 2"))
    }

    /// Its row of [`METRICS`].
    pub fn metric(self) -> &'static Metric {
        &METRICS[self as usize]
    }
}

/// Some metrics with their values: sums over samples while they are gathered, then means.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Metrics {
    values: [Option<f64>; METRICS.len()],
}

impl Metrics {
    /// These and one more.
    pub fn with(mut self, id: MetricId, value: f64) -> Self {
        self.set(id, value);
        self
    }

    /// Sets a value.
    pub fn set(&mut self, id: MetricId, value: f64) {
        self.values[id as usize] = Some(value);
    }

    /// Adds to a value, and to the loss of which it is a part.
    pub fn add_to_loss(&mut self, id: MetricId, value: f64) {
        for id in [id, MetricId::Loss] {
            self.set(id, self.of(id) + value);
        }
    }

    /// A value, if it was measured.
    pub fn get(&self, id: MetricId) -> Option<f64> {
        self.values[id as usize]
    }

    /// A value, 0 where it was not measured.
    pub fn of(&self, id: MetricId) -> f64 {
        self.get(id).unwrap_or(0.0)
    }

    /// What is minimised; 0 where nothing was measured.
    pub fn loss(&self) -> f64 {
        self.of(MetricId::Loss)
    }

    /// Digits after the point with which the loss is written: those of the part that is written with the
    /// fewest.
    pub fn loss_decimals(&self) -> usize {
        let parts = self.iter().map(|(id, _)| id.metric()).filter(|metric| metric.in_loss.is_some());
        parts.map(|metric| metric.decimals).min().unwrap_or(MetricId::Loss.metric().decimals)
    }

    /// exp of the nats of a word: how many equally probable words the model would be as unsure between. The
    /// nats are those of reconstruction and KL, whatever weight that has in the loss; none where no words are
    /// counted.
    ///
    /// Sums over samples and means of them give the same, for both are over all words.
    pub fn perplexity(&self) -> Option<f64> {
        let words = self.get(MetricId::Words).filter(|words| *words > 0.0)?;
        let nats = self.get(MetricId::Reconstruction)? + self.of(MetricId::Kl);
        Some((nats / words).exp())
    }

    /// Adds another batch's sums.
    pub fn add(&mut self, other: &Self) {
        for (sum, value) in self.values.iter_mut().zip(other.values) {
            if let Some(value) = value {
                *sum = Some(sum.unwrap_or(0.0) + value);
            }
        }
    }

    /// The values times `factor`, as in a mean over samples.
    pub fn scaled(mut self, factor: f64) -> Self {
        self.values.iter_mut().flatten().for_each(|value| *value *= factor);
        self
    }

    /// What was measured, in the order of [`METRICS`].
    pub fn iter(&self) -> impl Iterator<Item = (MetricId, f64)> + '_ {
        METRICS.iter().filter_map(|metric| Some((metric.id, self.get(metric.id)?)))
    }

    /// The first value that is not a finite number. The loss comes last, for it only says that one of its
    /// parts is not.
    pub fn first_not_finite(&self) -> Option<(MetricId, f64)> {
        let bad = |(_, value): &(MetricId, f64)| !value.is_finite();
        let parts = self.iter().filter(|(id, _)| *id != MetricId::Loss).find(bad);
        parts.or_else(|| self.iter().find(bad))
    }
}

impl Serialize for Metrics {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (id, value) in self.iter() {
            map.serialize_entry(id.metric().name, &value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Metrics {
    /// Names that are not known are passed over: they may be those of a later version.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ByName;
        impl<'de> Visitor<'de> for ByName {
            type Value = Metrics;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("metrics by name")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Metrics, A::Error> {
                let mut metrics = Metrics::default();
                while let Some(name) = map.next_key::<String>()? {
                    match METRICS.iter().find(|metric| metric.name == name) {
                        Some(metric) => metrics.set(metric.id, map.next_value()?),
                        None => {
                            map.next_value::<IgnoredAny>()?;
                        }
                    }
                }
                Ok(metrics)
            }
        }
        deserializer.deserialize_map(ByName)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_ids_and_its_names_are_unique() {
        for (i, metric) in METRICS.iter().enumerate() {
            assert_eq!(metric.id as usize, i);
            assert!(METRICS[..i].iter().all(|other| other.name != metric.name && other.title != metric.title));
        }
    }

    #[test]
    fn sums_keep_to_what_was_measured() {
        let mut sum = Metrics::default();
        sum.add(&Metrics::default().with(MetricId::Loss, 3.0).with(MetricId::Kl, 1.0));
        sum.add(&Metrics::default().with(MetricId::Loss, 5.0));
        let mean = sum.scaled(0.5);
        assert_eq!((mean.loss(), mean.get(MetricId::Kl), mean.get(MetricId::Sigma)), (4.0, Some(0.5), None));
        let mut parts = Metrics::default().with(MetricId::Reconstruction, 2.0).with(MetricId::Loss, 2.0);
        parts.add_to_loss(MetricId::Sparsity, 0.5);
        assert_eq!((parts.loss(), parts.get(MetricId::Sparsity)), (2.5, Some(0.5)));
        assert_eq!(parts.loss_decimals(), 1);
        let of_classes = Metrics::default().with(MetricId::CrossEntropy, 0.044).with(MetricId::Loss, 0.044);
        assert_eq!(of_classes.loss_decimals(), 3, "what is small is not 0.0");
    }

    #[test]
    fn perplexity_is_of_all_words_together_and_counts_kl_whole() {
        let batch = |reconstruction, kl, words| {
            Metrics::default()
                .with(MetricId::Loss, reconstruction + 0.1 * kl)
                .with(MetricId::Reconstruction, reconstruction)
                .with(MetricId::Kl, kl)
                .with(MetricId::Words, words)
        };
        // One document of two words at 2 nats each, one of six at 4 each: 28 nats for 8 words, not exp(2) and
        // exp(4) in the mean.
        let mut sums = batch(3.0, 1.0, 2.0);
        sums.add(&batch(20.0, 4.0, 6.0));
        let want = 3.5f64.exp();
        assert!((sums.perplexity().unwrap() - want).abs() < 1e-9);
        assert!((sums.scaled(0.5).perplexity().unwrap() - want).abs() < 1e-9, "a mean gives the same");
        let plain = Metrics::default().with(MetricId::Reconstruction, 4.0f64.ln()).with(MetricId::Words, 1.0);
        assert!((plain.perplexity().unwrap() - 4.0).abs() < 1e-12, "as unsure as between four words");
        assert_eq!(Metrics::default().with(MetricId::Reconstruction, 1.0).perplexity(), None);
        assert_eq!(plain.with(MetricId::Words, 0.0).perplexity(), None);
    }

    #[test]
    fn the_part_that_is_not_finite_is_named_before_the_loss() {
        let nan = Metrics::default().with(MetricId::Loss, f64::NAN).with(MetricId::Kl, f64::INFINITY);
        assert_eq!(nan.first_not_finite(), Some((MetricId::Kl, f64::INFINITY)));
        let loss = Metrics::default().with(MetricId::Loss, f64::INFINITY).with(MetricId::Kl, 1.0);
        assert_eq!(loss.first_not_finite(), Some((MetricId::Loss, f64::INFINITY)));
        assert_eq!(Metrics::default().with(MetricId::Loss, 1.0).first_not_finite(), None);
    }

    #[test]
    fn files_hold_names_and_pass_over_what_they_do_not_know() {
        let metrics = Metrics::default().with(MetricId::Loss, 1.5).with(MetricId::CodeNorm, 0.25);
        let text = serde_json::to_string(&metrics).unwrap();
        assert_eq!(text, r#"{"loss":1.5,"code_norm":0.25}"#);
        assert_eq!(serde_json::from_str::<Metrics>(&text).unwrap(), metrics);
        let later = r#"{"loss":1.5,"of_a_later_version":[1,2],"code_norm":0.25}"#;
        assert_eq!(serde_json::from_str::<Metrics>(later).unwrap(), metrics);
        assert!(serde_json::from_str::<Metrics>(r#"{"loss":"low"}"#).is_err());
    }
}
