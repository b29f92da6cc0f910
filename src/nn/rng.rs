//! Random numbers as a pure function of seed, purpose and index, so that nothing has to be remembered to
//! resume a run.

use super::Scalar;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, StandardNormal};

/// What a stream of random numbers is for; two purposes never share numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// First weights; the index counts layers.
    Initialisation = 1,
    /// Noise of the reparameterisation; the index is the training step.
    Eps = 2,
    /// Noise for evaluation; the index counts batches.
    Evaluation = 3,
    /// Samples from the prior.
    Prior = 4,
    /// Masks of dropout; the index is the step, and for the masks that grow from it the layer.
    Dropout = 5,
    /// What is done to samples before the encoder sees them; the index is the step and the shard.
    Corruption = 6,
    /// Pixels drawn as black or white; the index is the step, or the sample where one draw serves the whole
    /// training.
    Binarisation = 7,
    /// Directions in which a contractive penalty probes the encoder; the index is the step and the shard.
    Probe = 8,
    /// Draws from a posterior by which ln p(x) is estimated; the index is the sample.
    Importance = 9,
    /// Gibbs chains of a training; the index is the step and the shard.
    Gibbs = 31,
    /// Chains that ln Z is estimated by; the index counts groups of them.
    Annealing = 32,
    /// Gibbs chains that are looked at; the index is the sample.
    Chain = 33,
    /// Words that are drawn where a sentence is written; the index is the sentence.
    Writing = 10,
    /// In which order pixels come, and what units may know of them; the index counts layers.
    PixelOrder = 20,
    /// Pixels that are drawn where a picture is completed; the index is the sample.
    Completion = 21,
}

/// The stream of one purpose and index under `seed`; the same three give the same numbers on every machine.
pub fn stream(seed: u64, purpose: Purpose, index: u64) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream((purpose as u64) << 56 | (index & 0x00ff_ffff_ffff_ffff));
    rng
}

/// Fills `out` with independent draws from N(0, 1).
pub fn standard_normal<S: Scalar>(rng: &mut ChaCha8Rng, out: &mut [S]) {
    for value in out {
        let draw: f64 = StandardNormal.sample(rng);
        *value = S::of(draw);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(seed: u64, purpose: Purpose, index: u64) -> Vec<f32> {
        let mut out = vec![0.0; 4];
        standard_normal(&mut stream(seed, purpose, index), &mut out);
        out
    }

    #[test]
    fn streams_repeat_and_differ() {
        assert_eq!(draw(1, Purpose::Eps, 7), draw(1, Purpose::Eps, 7));
        assert_ne!(draw(1, Purpose::Eps, 7), draw(1, Purpose::Eps, 8));
        assert_ne!(draw(1, Purpose::Eps, 7), draw(2, Purpose::Eps, 7));
        assert_ne!(draw(1, Purpose::Eps, 7), draw(1, Purpose::Evaluation, 7));
    }
}
