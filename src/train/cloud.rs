//! Codes of many samples, with their statistics.

use super::encode;
use crate::data::Dataset;
use crate::latent::plane::Plane;
use crate::latent::principal::Principal;
use crate::latent::stats::{DimensionStats, dimension_stats, nearest_row};
use crate::model::{Codes, FrozenModel};

/// Codes of many samples, with what the sliders need to know of them.
pub struct CodeCloud {
    /// Which training sample each code is of.
    pub indices: Vec<u32>,
    /// The codes.
    pub codes: Codes,
    /// Spread and KL of each dimension.
    pub stats: Vec<DimensionStats>,
    /// Where codes of more than two dimensions spread most.
    pub principal: Option<Principal>,
    /// The sample whose code lies nearest to the mean of the codes.
    centre: Option<u32>,
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
        Some(Self::of(indices, codes))
    }

    /// Codes of these samples that are there already.
    pub fn of(indices: Vec<u32>, codes: Codes) -> Self {
        let stats = dimension_stats(codes.mu.view(), codes.log_var.as_ref().map(|log_var| log_var.view()));
        let mean: Vec<f32> = stats.iter().map(|stats| stats.mean).collect();
        let centre = nearest_row(codes.mu.view(), &mean).and_then(|row| indices.get(row).copied());
        let principal = Principal::of(codes.mu.view());
        Self { indices, codes, stats, principal, centre }
    }

    /// The sample whose code lies nearest to the mean of the codes; none without codes.
    pub fn centre(&self) -> Option<u32> {
        self.centre
    }

    /// Where the code of a training sample stands, if it is here: a probe holds some samples, in order.
    pub fn place_of(&self, sample: u32) -> Option<usize> {
        self.indices.binary_search(&sample).ok()
    }

    /// The plane through the codes of three training samples; none where one is not here, or they lie in a
    /// line.
    pub fn plane_through(&self, samples: [u32; 3]) -> Option<Plane> {
        let [a, b, c] = samples.map(|sample| self.code_of(sample));
        Plane::through([&a?, &b?, &c?])
    }

    /// The code of a training sample, if it is here.
    pub fn code_of(&self, sample: u32) -> Option<Vec<f32>> {
        Some(self.codes.mu.row(self.place_of(sample)?).to_vec())
    }
}
