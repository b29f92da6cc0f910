//! Settings of training.

use super::Schedule;
use crate::data::{Dataset, Scaling, ScalingRule};
use crate::model::{Applies, Field, FieldKind, Section, Settings};
use crate::nn::Method;
use serde::{Deserialize, Serialize};

/// How a model is trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TrainSpec {
    /// Passes over the training samples.
    pub epochs: u64,
    /// Samples in a mini-batch.
    pub batch: usize,
    /// What turns gradients into steps.
    pub optimizer: OptimizerName,
    /// Step size.
    pub learning_rate: f64,
    /// Share of the last step that SGD takes again.
    pub momentum: f64,
    /// How strongly AdamW shrinks the weights.
    pub weight_decay: f64,
    /// Course of the learning rate.
    pub schedule: Schedule,
    /// Steps over which the learning rate rises to its full height; 0 for none.
    pub warmup: u64,
    /// Greatest norm of the gradient; 0 for any.
    pub clip_norm: f64,
    /// First weights, order of the samples and noise all follow from it.
    pub seed: u64,
    /// Parts that a batch is cut into, each on a core of its own.
    pub shards: usize,
    /// How columns are scaled before they are learned from.
    pub scaling: ScalingName,
}

/// How columns are scaled, by name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScalingName {
    /// As is usual for the kind of sample.
    #[default]
    Auto,
    /// Not at all.
    None,
    /// To [0, 1].
    Unit,
    /// By mean and standard deviation.
    Standard,
}

const SCALINGS: &[(&str, &str)] =
    &[("auto", "As is usual"), ("none", "None"), ("unit", "To [0, 1]"), ("standard", "Standardised")];

/// An optimizer by name; its constants are settings of their own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OptimizerName {
    /// Adam.
    #[default]
    Adam,
    /// Adam with weight decay apart from the gradient.
    Adamw,
    /// Gradient descent with momentum.
    Sgd,
}

const OPTIMIZERS: &[(&str, &str)] = &[("adam", "Adam"), ("adamw", "AdamW"), ("sgd", "SGD")];
const SCHEDULES: &[(&str, &str)] = &[("constant", "Constant"), ("cosine", "Cosine")];

impl TrainSpec {
    /// The optimizer with its constants.
    pub fn method(&self) -> Method {
        match self.optimizer {
            OptimizerName::Adam => Method::Adam,
            OptimizerName::Adamw => Method::AdamW { decay: self.weight_decay },
            OptimizerName::Sgd => Method::Sgd { momentum: self.momentum },
        }
    }

    /// How the columns of `data` are scaled.
    pub fn scaling_of(&self, data: &Dataset) -> Option<Scaling> {
        let rule = match self.scaling {
            ScalingName::Auto => data.kind().usual_scaling(),
            ScalingName::None => ScalingRule::None,
            ScalingName::Unit => ScalingRule::Unit,
            ScalingName::Standard => ScalingRule::Standard,
        };
        Scaling::fit(rule, data)
    }

    /// The same with as many epochs, and batches as large, as suit `n_samples` to learn from; `n_before` were
    /// those that these settings were made for. Of few samples a batch takes fewer, and some thousand steps
    /// more epochs.
    pub fn fitted_to(&self, n_samples: usize, n_before: usize) -> Self {
        let usual = |n: usize| {
            let default = Self::default();
            if n >= FEW_SAMPLES {
                return (default.epochs, default.batch);
            }
            let batch = (n / 16).next_power_of_two().clamp(LEAST_BATCH, default.batch);
            let per_epoch = n.div_ceil(batch).max(1) as u64;
            (FEW_STEPS.div_ceil(per_epoch).next_multiple_of(10).max(default.epochs), batch)
        };
        let ((epochs, batch), before) = (usual(n_samples), usual(n_before));
        if (epochs, batch) == before { self.clone() } else { Self { epochs, batch, ..self.clone() } }
    }

    /// Most epochs that can be planned.
    pub const MAX_EPOCHS: u64 = 100_000;
}

/// Samples below which the usual epochs would be too few steps to learn anything.
const FEW_SAMPLES: usize = 2048;
/// Steps that so few samples are planned for.
const FEW_STEPS: u64 = 1000;
const LEAST_BATCH: usize = 16;

impl Default for TrainSpec {
    fn default() -> Self {
        Self {
            epochs: 20,
            batch: 128,
            optimizer: OptimizerName::Adam,
            learning_rate: 1e-3,
            momentum: 0.9,
            weight_decay: 0.01,
            schedule: Schedule::Constant,
            warmup: 0,
            clip_norm: 0.0,
            seed: 0,
            shards: 2,
            scaling: ScalingName::Auto,
        }
    }
}

impl Settings for TrainSpec {
    fn fields(&self) -> Vec<Field> {
        let field = |path, title, kind, help, applies| Field {
            path,
            title,
            kind,
            help,
            formula: "",
            visible_if: None,
            applies,
            section: Section::Training,
        };
        let main = |field: Field| Field { section: Section::Main, ..field };
        let expert = |field: Field| Field { section: Section::Expert, ..field };
        vec![
            main(field(
                "epochs",
                "Epochs",
                FieldKind::Int { min: 1, max: Self::MAX_EPOCHS, step: 1 },
                "Passes over the training samples; more can be added later.",
                Applies::Live,
            )),
            field(
                "batch",
                "Batch size",
                FieldKind::Int { min: 1, max: 65_536, step: 1 },
                "Samples that one step averages over.",
                Applies::Rebuild,
            ),
            Field {
                formula: "Adam: w ← w − η · m̂ / (√v̂ + ε)",
                ..field(
                    "optimizer",
                    "Optimizer",
                    FieldKind::Choice(OPTIMIZERS),
                    "What turns gradients into steps.",
                    Applies::Live,
                )
            },
            main(field(
                "learning_rate",
                "Learning rate",
                FieldKind::Float { min: 1e-8, max: 10.0 },
                "Step size η; too large diverges, too small crawls. SGD wants larger ones than Adam.",
                Applies::Live,
            )),
            Field {
                formula: "m ← μ · m + g,  w ← w − η · m",
                visible_if: Some(("optimizer", "sgd")),
                ..field(
                    "momentum",
                    "Momentum",
                    FieldKind::Float { min: 0.0, max: 0.9999 },
                    "Share μ of the last step that is taken again.",
                    Applies::Live,
                )
            },
            Field {
                formula: "w ← w − η λ w",
                visible_if: Some(("optimizer", "adamw")),
                ..field(
                    "weight_decay",
                    "Weight decay",
                    FieldKind::Float { min: 0.0, max: 10.0 },
                    "How strongly each step shrinks the weights, apart from the gradient.",
                    Applies::Live,
                )
            },
            Field {
                formula: "η · ½ (1 + cos πt)",
                ..field(
                    "schedule",
                    "Schedule",
                    FieldKind::Choice(SCHEDULES),
                    "Course of the learning rate; the cosine ends at 0 with the last planned epoch.",
                    Applies::Live,
                )
            },
            field(
                "warmup",
                "Warm-up steps",
                FieldKind::Int { min: 0, max: 1_000_000, step: 1 },
                "Steps over which the learning rate rises to its full height.",
                Applies::Live,
            ),
            Field {
                formula: "g ← g · min(1, c / ‖g‖)",
                ..field(
                    "clip_norm",
                    "Clip gradient",
                    FieldKind::Float { min: 0.0, max: 1e6 },
                    "Greatest norm c of the gradient of a step; 0 clips nothing.",
                    Applies::Live,
                )
            },
            field(
                "seed",
                "Seed",
                FieldKind::Int { min: 0, max: u32::MAX as u64, step: 1 },
                "Same seed, same weights to the last bit.",
                Applies::Rebuild,
            ),
            expert(field(
                "shards",
                "Shards",
                FieldKind::Int { min: 1, max: 64, step: 1 },
                "Parts of a batch that are worked on side by side; part of what the result depends on, unlike threads.",
                Applies::Rebuild,
            )),
            expert(Field {
                formula: "x ← (x − mean) / deviation",
                ..field(
                    "scaling",
                    "Scaling",
                    FieldKind::Choice(SCALINGS),
                    "What is done to each column before it is learned from, and undone where it is shown; usual is to standardise \
                     tables and to leave images.",
                    Applies::Rebuild,
                )
            }),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_samples_are_seen_as_often_as_it_takes() {
        let spec = TrainSpec::default();
        assert_eq!(spec.fitted_to(10_000, usize::MAX), spec);
        let few = spec.fitted_to(105, usize::MAX);
        assert_eq!((few.batch, few.epochs), (16, 150));
        assert!(few.epochs * 105_u64.div_ceil(16) >= FEW_STEPS);
        assert_eq!(few.fitted_to(60_000, 105), spec);
        // What was set by hand stays where as many samples come.
        let by_hand = TrainSpec { batch: 50, ..few };
        assert_eq!(by_hand.fitted_to(105, 105), by_hand);
        assert!((1..3000).all(|n| spec.fitted_to(n, usize::MAX).check_ranges().is_ok()));
    }
}
