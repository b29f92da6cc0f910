//! Codes of many samples, with their statistics.

use super::encode;
use crate::data::Dataset;
use crate::latent::stats::{DimensionStats, dimension_stats};
use crate::model::{Codes, FrozenModel};

/// Codes of many samples, with what the sliders need to know of them.
pub struct CodeCloud {
    /// Which training sample each code is of.
    pub indices: Vec<u32>,
    /// The codes.
    pub codes: Codes,
    /// Spread and KL of each dimension.
    pub stats: Vec<DimensionStats>,
}

impl CodeCloud {
    /// The codes of these samples with their statistics; none without an encoder, or when cancelled.
    pub fn new(
        model: &dyn FrozenModel,
        data: &Dataset,
        indices: Vec<u32>,
        is_cancelled: &(dyn Fn() -> bool + Sync),
    ) -> Option<Self> {
        let codes = encode(model, data, &indices, is_cancelled)?;
        let stats = dimension_stats(codes.mu.view(), codes.log_var.as_ref().map(|log_var| log_var.view()));
        Some(Self { indices, codes, stats })
    }

    /// Where the code of a training sample stands, if it is here: a probe holds some samples, in order.
    pub fn place_of(&self, sample: u32) -> Option<usize> {
        self.indices.binary_search(&sample).ok()
    }

    /// The code of a training sample, if it is here.
    pub fn code_of(&self, sample: u32) -> Option<Vec<f32>> {
        Some(self.codes.mu.row(self.place_of(sample)?).to_vec())
    }
}
