//! What a variational model says of the sample that is looked at: a Gaussian over its codes, and draws from
//! it.

use super::{Layer, Session, SlotId};
use crate::nn::{Purpose, standard_normal, stream};
use ndarray::Array2;

/// Draws that are decoded in a strip.
pub const N_DECODED: usize = 8;

/// N(μ, diag σ²) over the codes of one sample.
#[derive(Clone, Debug, PartialEq)]
pub struct Posterior {
    /// The sample.
    pub sample: u32,
    /// μ, of the length of a code.
    pub mean: Vec<f32>,
    /// σ², of the same length.
    pub variance: Vec<f32>,
}

impl Posterior {
    /// Draws [n, latent_dim]: the same ones whenever they are asked for.
    pub fn draws(&self, n: usize) -> Array2<f32> {
        let mut eps = Array2::zeros((n, self.mean.len()));
        for (i, mut row) in eps.rows_mut().into_iter().enumerate() {
            let mut normal = vec![0.0f32; self.mean.len()];
            standard_normal(&mut stream(u64::from(self.sample), Purpose::Importance, i as u64), &mut normal);
            row.iter_mut().zip(normal).for_each(|(to, from)| *to = from);
        }
        Array2::from_shape_fn(eps.dim(), |(i, d)| self.mean[d] + self.variance[d].sqrt() * eps[[i, d]])
    }
}

impl Session {
    /// A model's posterior of the sample that is looked at; none for a model that says no variance, or while
    /// the sample has no code.
    pub fn posterior_of(&self, slot: SlotId) -> Option<Posterior> {
        let (sample, cloud) = (self.spec.selection.looked_at()?, self.cloud_of(slot)?);
        let (row, log_var) = (cloud.place_of(sample)?, cloud.codes.log_var.as_ref()?);
        let variance = log_var.row(row).iter().map(|log_var| log_var.exp()).collect();
        Some(Posterior { sample, mean: cloud.codes.mu.row(row).to_vec(), variance })
    }

    /// Whether draws from the posterior are shown.
    pub fn shows_posterior_draws(&self) -> bool {
        self.spec.layers.contains(&Layer::PosteriorSamples) && self.offers(Layer::PosteriorSamples)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_have_the_posteriors_mean_and_variance_and_stay_the_same() {
        let posterior = Posterior { sample: 7, mean: vec![2.0, -1.0], variance: vec![0.25, 4.0] };
        let draws = posterior.draws(4000);
        for d in 0..2 {
            let mean = draws.column(d).mean().unwrap();
            let variance = draws.column(d).mapv(|z| (z - mean).powi(2)).mean().unwrap();
            assert!((mean - posterior.mean[d]).abs() < 0.1, "{mean}");
            assert!((variance / posterior.variance[d] - 1.0).abs() < 0.08, "{variance}");
        }
        assert_eq!(posterior.draws(8), draws.slice(ndarray::s![..8, ..]));
        assert_ne!(Posterior { sample: 8, ..posterior }.draws(8), draws.slice(ndarray::s![..8, ..]));
    }
}
