//! Settings of training.

use crate::model::{Applies, Field, FieldKind, Settings};
use serde::{Deserialize, Serialize};

/// How a model is trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainSpec {
    /// Passes over the training samples.
    pub epochs: u64,
    /// Samples in a mini-batch.
    pub batch: usize,
    /// Adam's step size.
    pub learning_rate: f64,
    /// First weights, order of the samples and noise all follow from it.
    pub seed: u64,
    /// Parts that a batch is cut into, each on a core of its own.
    pub shards: usize,
}

impl TrainSpec {
    /// Most epochs that can be planned.
    pub const MAX_EPOCHS: u64 = 100_000;
}

impl Default for TrainSpec {
    fn default() -> Self {
        Self { epochs: 20, batch: 128, learning_rate: 1e-3, seed: 0, shards: 2 }
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
        };
        vec![
            field(
                "epochs",
                "Epochs",
                FieldKind::Int { min: 1, max: Self::MAX_EPOCHS },
                "Passes over the training samples; more can be added later.",
                Applies::Live,
            ),
            field(
                "batch",
                "Batch size",
                FieldKind::Int { min: 1, max: 65_536 },
                "Samples that one step averages over.",
                Applies::Rebuild,
            ),
            Field {
                formula: "Adam: w ← w − η · m̂ / (√v̂ + ε)",
                ..field(
                    "learning_rate",
                    "Learning rate",
                    FieldKind::Float { min: 1e-8, max: 10.0 },
                    "Step size η of Adam; too large diverges, too small crawls.",
                    Applies::Live,
                )
            },
            field(
                "seed",
                "Seed",
                FieldKind::Int { min: 0, max: u32::MAX as u64 },
                "Same seed, same weights to the last bit.",
                Applies::Rebuild,
            ),
            field(
                "shards",
                "Shards",
                FieldKind::Int { min: 1, max: 64 },
                "Parts of a batch that are worked on side by side; part of what the result depends on, unlike threads.",
                Applies::Rebuild,
            ),
        ]
    }
}
