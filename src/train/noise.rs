//! The noise of a training step: what a shard's samples suffer before the model learns from them.

use crate::model::{Draw, Draws, NoiseSpec, Scope};
use crate::nn::{Purpose, Scratch, flat_mut, standard_normal, stream};
use ndarray::{Array2, ArrayView2};

/// Random numbers of one kind, for the samples of a batch or of a shard.
pub struct Drawn {
    draw: Draw,
    numbers: Array2<f32>,
}

impl Drawn {
    /// The numbers that a model asks for, none drawn yet.
    pub fn all(draws: &[Draw], scope: Scope) -> Vec<Self> {
        let of_scope = draws.iter().filter(|draw| draw.scope == scope);
        of_scope.map(|&draw| Self { draw, numbers: Array2::zeros((0, draw.per_sample)) }).collect()
    }

    /// Draws the numbers of `n` samples from the stream `index` of `purpose` under `seed`.
    pub fn draw(&mut self, n: usize, seed: u64, purpose: Purpose, index: u64) {
        if self.numbers.nrows() != n {
            self.numbers = Array2::zeros((n, self.draw.per_sample));
        }
        standard_normal(&mut stream(seed, purpose, index), flat_mut(&mut self.numbers));
    }

    /// What the numbers are for.
    pub fn purpose(&self) -> Purpose {
        self.draw.purpose
    }
}

/// `draws` and the numbers of `drawn`.
pub fn with_drawn<'a>(draws: Draws<'a, f32>, drawn: &'a [Drawn]) -> Draws<'a, f32> {
    drawn.iter().fold(draws, |draws, drawn| draws.with(drawn.purpose(), drawn.numbers.view()))
}

/// Where a shard's random numbers come from.
#[derive(Clone, Copy)]
pub struct ShardStream {
    /// Seed of the training.
    pub seed: u64,
    /// The step.
    pub step: u64,
    /// Number of the shard, below 64.
    pub shard: u64,
}

impl ShardStream {
    /// The index of its streams.
    pub fn index(self) -> u64 {
        self.step << 6 | self.shard
    }
}

/// What noise made of a shard's samples; nothing is copied that stays as it is.
pub struct Noisy {
    target: Option<Array2<f32>>,
    seen: Option<Array2<f32>>,
}

impl Noisy {
    /// Draws what `noise` asks for; `indices` name the samples `x` [n, features] in their data set.
    pub fn new(
        noise: NoiseSpec,
        x: ArrayView2<f32>,
        indices: &[u32],
        draws: ShardStream,
        scratch: &mut Scratch<f32>,
    ) -> Self {
        let index = draws.index();
        let mut copy = |x: ArrayView2<f32>| {
            let mut copy = scratch.array(x.nrows(), x.ncols());
            copy.assign(&x);
            copy
        };
        let target = noise.binarises().then(|| {
            let mut target = copy(x);
            let mut rng = noise.is_dynamic().then(|| stream(draws.seed, Purpose::Binarisation, index));
            for (mut x, &idx) in target.rows_mut().into_iter().zip(indices) {
                let x = flat_mut(&mut x);
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
            noise.corrupt(flat_mut(&mut seen), &mut rng);
            seen
        });
        Self { target, seen }
    }

    /// What is to be reconstructed of `x`.
    pub fn target<'a>(&'a self, x: ArrayView2<'a, f32>) -> ArrayView2<'a, f32> {
        self.target.as_ref().map_or(x, |target| target.view())
    }

    /// What the encoder is shown of `x`.
    pub fn seen<'a>(&'a self, x: ArrayView2<'a, f32>) -> ArrayView2<'a, f32> {
        self.seen.as_ref().map_or_else(|| self.target(x), |seen| seen.view())
    }

    /// Gives the copies back.
    pub fn give_back(self, scratch: &mut Scratch<f32>) {
        [self.target, self.seen].into_iter().flatten().for_each(|array| scratch.give_back(array));
    }
}
