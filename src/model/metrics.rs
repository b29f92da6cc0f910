//! What is measured of a model, by name: charts, tables, reports and files all walk this list.

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

/// Every metric, in the order of [`MetricId`] and of every list.
pub const METRICS: [Metric; 22] = [
    Metric {
        id: MetricId::Loss,
        name: "loss",
        title: "Loss",
        unit: "nats",
        better: Better::Lower,
        in_loss: None,
        has_chart: false,
        decimals: 1,
        help: "What training minimises, mean over samples.",
        formula: "",
    },
    Metric {
        id: MetricId::Reconstruction,
        name: "reconstruction",
        title: "Reconstruction",
        unit: "nats",
        better: Better::Lower,
        in_loss: Some("reconstruction"),
        has_chart: true,
        decimals: 1,
        help: "How far what is decoded lies from the sample, as the likelihood says; mean over samples.",
        formula: "−ln p(x | z)",
    },
    Metric {
        id: MetricId::NegLogP,
        name: "neg_log_p",
        title: "−ln p(x)",
        unit: "nats",
        better: Better::Lower,
        in_loss: Some("−ln p(x)"),
        has_chart: true,
        decimals: 1,
        help: "How improbable the model finds samples; where it is a density, it may well be negative.",
        formula: "−ln p(x)",
    },
    Metric {
        id: MetricId::CrossEntropy,
        name: "cross_entropy",
        title: "Cross-entropy",
        unit: "nats",
        better: Better::Lower,
        in_loss: Some("cross-entropy"),
        has_chart: true,
        decimals: 3,
        help: "How improbable a classifier finds the class that is right, mean over samples.",
        formula: "−ln p(class | x)",
    },
    Metric {
        id: MetricId::Kl,
        name: "kl",
        title: "KL",
        unit: "nats",
        better: Better::Lower,
        in_loss: Some("β · KL"),
        has_chart: true,
        decimals: 1,
        help: "How far the codes stray from the prior. The lecture's Σ exp(s) − (1+s) + m², s = ln σ², is twice this.",
        formula: "½ Σ (μ² + σ² − ln σ² − 1)",
    },
    Metric {
        id: MetricId::CodeNorm,
        name: "code_norm",
        title: "Norm of the code",
        unit: "",
        better: Better::Lower,
        in_loss: Some("norm of z"),
        has_chart: true,
        decimals: 2,
        help: "What L1 and L2 on the code add to the loss.",
        formula: "λ₁ Σ |z| + λ₂ Σ z²",
    },
    Metric {
        id: MetricId::Sparsity,
        name: "sparsity",
        title: "Sparsity",
        unit: "nats",
        better: Better::Lower,
        in_loss: Some("sparsity"),
        has_chart: true,
        decimals: 2,
        help: "What the divergence of wanted from mean activations adds to the loss.",
        formula: "β Σ ρ ln(ρ/ρ̂) + (1−ρ) ln((1−ρ)/(1−ρ̂))",
    },
    Metric {
        id: MetricId::Contraction,
        name: "contraction",
        title: "Contraction",
        unit: "",
        better: Better::Lower,
        in_loss: Some("contraction"),
        has_chart: true,
        decimals: 2,
        help: "What the norm of the encoder's Jacobian adds to the loss.",
        formula: "λ ‖∂z/∂x‖²",
    },
    Metric {
        id: MetricId::WeightNorm,
        name: "weight_norm",
        title: "Norm of the weights",
        unit: "",
        better: Better::Lower,
        in_loss: Some("norm of weights"),
        has_chart: true,
        decimals: 2,
        help: "What L1 and L2 on the weights add to the loss.",
        formula: "λ₁ Σ |w| + λ₂ Σ w²",
    },
    Metric {
        id: MetricId::DiscriminatorLoss,
        name: "discriminator_loss",
        title: "Loss of D",
        unit: "nats",
        better: Better::Neither,
        in_loss: Some("D"),
        has_chart: false,
        decimals: 3,
        help: "What the discriminator makes small: how little it tells samples of the data from those of the generator.",
        formula: "−E ln D(x) − E ln(1 − D(G(z)))",
    },
    Metric {
        id: MetricId::GeneratorLoss,
        name: "generator_loss",
        title: "Loss of G",
        unit: "nats",
        better: Better::Neither,
        in_loss: Some("G"),
        has_chart: true,
        decimals: 3,
        help: "What the generator makes small: how well the discriminator sees through it.",
        formula: "−E ln D(G(z)), or E ln(1 − D(G(z)))",
    },
    Metric {
        id: MetricId::SquaredError,
        name: "squared_error",
        title: "Squared error",
        unit: "",
        better: Better::Lower,
        in_loss: None,
        has_chart: false,
        decimals: 2,
        help: "Summed over features, mean over samples.",
        formula: "Σ (x − x̂)²",
    },
    Metric {
        id: MetricId::ErrorRate,
        name: "error_rate",
        title: "Error rate",
        unit: "",
        better: Better::Lower,
        in_loss: None,
        has_chart: true,
        decimals: 4,
        help: "Share of the samples whose likeliest class by a classifier is not the right one.",
        formula: "1 − accuracy",
    },
    Metric {
        id: MetricId::Sigma,
        name: "sigma",
        title: "Mean σ",
        unit: "",
        better: Better::Neither,
        in_loss: None,
        has_chart: true,
        decimals: 3,
        help: "Posterior standard deviation, mean over dimensions and samples. With β = 0 it falls towards 0: the VAE turns into an AE.",
        formula: "σ = exp(½ ln σ²)",
    },
    Metric {
        id: MetricId::WrongWords,
        name: "wrong_words",
        title: "Wrong words",
        unit: "",
        better: Better::Lower,
        in_loss: None,
        has_chart: true,
        decimals: 2,
        help: "Words at a place where the sentence has another, its end among them; mean over sentences.",
        formula: "",
    },
    Metric {
        id: MetricId::Whole,
        name: "whole",
        title: "Written back whole",
        unit: "",
        better: Better::Neither,
        in_loss: None,
        has_chart: true,
        decimals: 3,
        help: "Share of the sentences without a wrong word.",
        formula: "",
    },
    Metric {
        id: MetricId::FreeEnergy,
        name: "free_energy",
        title: "Free energy",
        unit: "nats",
        better: Better::Neither,
        in_loss: None,
        has_chart: true,
        decimals: 1,
        help: "−ln p(v) − ln Z, mean over samples. Its height says nothing, Z being unknown; where test samples rise above training samples, the machine learns these by heart.",
        formula: "F(v) = −v·b − Σ ln(1 + exp(c + W v))",
    },
    Metric {
        id: MetricId::Words,
        name: "words",
        title: "Words",
        unit: "",
        better: Better::Neither,
        in_loss: None,
        has_chart: false,
        decimals: 1,
        help: "Words that the likelihood counts, mean over samples.",
        formula: "Σ x",
    },
    Metric {
        id: MetricId::GameValue,
        name: "game_value",
        title: "Value of the game",
        unit: "nats",
        better: Better::Neither,
        in_loss: None,
        has_chart: true,
        decimals: 3,
        help: "What the discriminator makes large and the generator small; −2 ln 2 = −1.386 where the two distributions are one.",
        formula: "E ln D(x) + E ln(1 − D(G(z)))",
    },
    Metric {
        id: MetricId::JensenShannon,
        name: "jensen_shannon",
        title: "Jensen–Shannon",
        unit: "nats",
        better: Better::Lower,
        in_loss: None,
        has_chart: true,
        decimals: 4,
        help: "How far the generator's distribution is from that of the data, by quadrature; 0 where they are one, ln 2 = .693 where they share nothing.",
        formula: "½ KL(p ‖ m) + ½ KL(q ‖ m), m = ½(p + q)",
    },
    Metric {
        id: MetricId::ModesCovered,
        name: "modes_covered",
        title: "Modes covered",
        unit: "",
        better: Better::Neither,
        in_loss: None,
        has_chart: true,
        decimals: 0,
        help: "Places at which samples of the data gather that the generator's reach as well, each with a quarter of its share at least.",
        formula: "",
    },
    Metric {
        id: MetricId::InModes,
        name: "in_modes",
        title: "Within 3 σ",
        unit: "",
        better: Better::Neither,
        in_loss: None,
        has_chart: false,
        decimals: 3,
        help: "Share of generated samples that lie within 3 σ of a place at which those of the data gather.",
        formula: "",
    },
];

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
