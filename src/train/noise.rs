//! The noise of a training step: what a shard's samples suffer before the model learns from them.

use crate::model::ValidSpec;
use crate::nn::{Purpose, Scratch, standard_normal, stream};
use ndarray::{Array2, ArrayView2};

/// Where a shard's random numbers come from.
#[derive(Clone, Copy)]
pub struct Draws {
    /// Seed of the training.
    pub seed: u64,
    /// The step.
    pub step: u64,
    /// Number of the shard, below 64.
    pub shard: u64,
}

/// What noise made of a shard's samples; nothing is copied that stays as it is.
pub struct Noisy {
    target: Option<Array2<f32>>,
    seen: Option<Array2<f32>>,
    probe: Option<Array2<f32>>,
}

impl Noisy {
    /// Draws all that the model asks for; `indices` name the samples `x` [n, features] in their data set.
    pub fn new(
        spec: &ValidSpec,
        x: ArrayView2<f32>,
        indices: &[u32],
        draws: Draws,
        scratch: &mut Scratch<f32>,
    ) -> Self {
        let noise = spec.samples();
        let index = draws.step << 6 | draws.shard;
        let mut copy = |x: ArrayView2<f32>| {
            let mut copy = scratch.array(x.nrows(), x.ncols());
            copy.assign(&x);
            copy
        };
        let target = noise.binarises().then(|| {
            let mut target = copy(x);
            let mut rng = noise.is_dynamic().then(|| stream(draws.seed, Purpose::Binarisation, index));
            for (mut x, &idx) in target.rows_mut().into_iter().zip(indices) {
                let x = x.as_slice_mut().unwrap_or_default();
                match &mut rng {
                    Some(rng) => crate::model::draw_binary(x, rng),
                    None => noise.binarise(x, idx),
                }
            }
            target
        });
        let seen = noise.corrupts().then(|| {
            let mut seen = copy(target.as_ref().map_or(x, |target| target.view()));
            let mut rng = stream(draws.seed, Purpose::Corruption, index);
            noise.corrupt(seen.as_slice_mut().unwrap_or_default(), &mut rng);
            seen
        });
        let probe = spec.needs_probe().then(|| {
            let mut probe = copy(x);
            let mut rng = stream(draws.seed, Purpose::Probe, index);
            standard_normal(&mut rng, probe.as_slice_mut().unwrap_or_default());
            probe
        });
        Self { target, seen, probe }
    }

    /// What is to be reconstructed of `x`.
    pub fn target<'a>(&'a self, x: ArrayView2<'a, f32>) -> ArrayView2<'a, f32> {
        self.target.as_ref().map_or(x, |target| target.view())
    }

    /// What the encoder is shown of `x`.
    pub fn seen<'a>(&'a self, x: ArrayView2<'a, f32>) -> ArrayView2<'a, f32> {
        self.seen.as_ref().map_or_else(|| self.target(x), |seen| seen.view())
    }

    /// Directions in which the encoder is probed.
    pub fn probe(&self) -> Option<ArrayView2<'_, f32>> {
        self.probe.as_ref().map(|probe| probe.view())
    }

    /// Gives the copies back.
    pub fn give_back(self, scratch: &mut Scratch<f32>) {
        [self.target, self.seen, self.probe].into_iter().flatten().for_each(|array| scratch.give_back(array));
    }
}
