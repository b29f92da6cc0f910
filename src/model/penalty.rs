//! What an autoencoder's loss adds to the reconstruction to shape its codes.
//!
//! Sums over codes and their dimensions, as every loss here: L1 and L2 norms, and the divergence of wanted
//! from actual mean activation that makes a code sparse. The contractive penalty, which looks at the encoder
//! rather than at its codes, has a file of its own.

use super::Torch;
use super::field::{Field, FieldKind, field, live, makes_kind};
use crate::nn::Scalar;
use ndarray::{Array2, ArrayView1, Axis};
use serde::{Deserialize, Serialize};

/// Weights of the penalties; each is 0 where it is not wanted.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PenaltySpec {
    /// λ of Σ z².
    pub code_l2: f64,
    /// λ of Σ |z|.
    pub code_l1: f64,
    /// β of the divergence of wanted from actual activation, for sigmoid codes.
    pub sparsity: f64,
    /// ρ, the wanted mean activation.
    pub sparsity_target: f64,
    /// λ of the squared norm of the encoder's Jacobian.
    pub contractive: f64,
}

impl Default for PenaltySpec {
    fn default() -> Self {
        Self { code_l2: 0.0, code_l1: 0.0, sparsity: 0.0, sparsity_target: 0.05, contractive: 0.0 }
    }
}

/// Penalties on codes, summed over them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct OfCodes {
    /// L1 and L2 norms.
    pub norm: f64,
    /// Divergence of wanted from actual activation.
    pub sparsity: f64,
}

/// Activations nearer to 0 or 1 than this count as that near, so that the divergence stays finite.
const LEAST_ACTIVATION: f64 = 1e-6;

impl PenaltySpec {
    /// The settings.
    pub fn fields() -> Vec<Field> {
        let weight = |path, title, help, formula| {
            makes_kind(live(field(path, title, FieldKind::Float { min: 0.0, max: 1e4 }, help, formula)))
        };
        vec![
            weight(
                "code_l2",
                "L2 on the code",
                "Keeps codes near 0; without it a plain autoencoder may put them anywhere.",
                "Loss = reconstruction + λ Σ z²",
            ),
            weight(
                "code_l1",
                "L1 on the code",
                "Pulls each code towards few dimensions that are not 0.",
                "Loss = reconstruction + λ Σ |z|",
            ),
            Field {
                visible_if: Some(("code_activation", "sigmoid")),
                ..weight(
                    "sparsity",
                    "Sparsity",
                    "Weight of the divergence between the wanted and each dimension's mean activation (Ng 2011).",
                    "β Σ ρ ln(ρ/ρ̂) + (1−ρ) ln((1−ρ)/(1−ρ̂))",
                )
            },
            Field {
                visible_if: Some(("code_activation", "sigmoid")),
                ..makes_kind(live(field(
                    "sparsity_target",
                    "Wanted activation",
                    FieldKind::Float { min: 1e-3, max: 0.999 },
                    "ρ, the mean activation that each dimension of the code is asked to have over a batch.",
                    "ρ̂ = mean of z over the batch",
                )))
            },
            weight(
                "contractive",
                "Contraction",
                "Makes codes stand still when x moves (Rifai 2011): exact for one layer, estimated by a random direction for more.",
                "Loss = reconstruction + λ ‖∂z/∂x‖²",
            ),
        ]
    }

    /// Says the penalties that count, for a program of PyTorch; `in_unit` as in [`Self::of_codes`].
    pub fn torch(&self, torch: &mut Torch, in_unit: bool) {
        torch.say("code_norm", self.code_l1 > 0.0 || self.code_l2 > 0.0);
        torch.weight("code_l1", self.code_l1, "weight of Σ |z|");
        torch.weight("code_l2", self.code_l2, "weight of Σ z²");
        if self.is_sparse(in_unit) {
            torch.weight("sparsity", self.sparsity, "weight of the divergence of wanted from mean activation");
            torch.constant("sparsity_target", self.sparsity_target, "wanted mean activation of each dimension");
        }
        torch.weight("contractive", self.contractive, "weight of the squared norm of the encoder's Jacobian");
    }

    /// Whether wanted and actual activations are compared; `in_unit` as in [`Self::of_codes`].
    pub fn is_sparse(&self, in_unit: bool) -> bool {
        in_unit && self.sparsity > 0.0
    }

    /// The penalties on the codes `z` [n, latent_dim], summed over the batch; adds `weight` times their
    /// gradient to `dz`.
    ///
    /// `in_unit` says that codes lie in (0, 1), where alone sparsity is defined. `means` are the mean
    /// activations of the whole batch, where `z` are those of a shard alone.
    pub fn of_codes<S: Scalar>(
        &self,
        z: &Array2<S>,
        in_unit: bool,
        means: &[f64],
        gradient: Option<(&mut Array2<S>, S)>,
    ) -> OfCodes {
        let mut penalty = OfCodes::default();
        if self.code_l2 > 0.0 {
            penalty.norm += self.code_l2 * z.iter().map(|z| z.as_f64().powi(2)).sum::<f64>();
        }
        if self.code_l1 > 0.0 {
            penalty.norm += self.code_l1 * z.iter().map(|z| z.as_f64().abs()).sum::<f64>();
        }
        let is_sparse = self.is_sparse(in_unit);
        if is_sparse {
            let divergence = |(j, column): (usize, ArrayView1<S>)| {
                let (wanted, actual) = (self.sparsity_target, activation(means.get(j), column));
                wanted * (wanted / actual).ln() + (1.0 - wanted) * ((1.0 - wanted) / (1.0 - actual)).ln()
            };
            let sum: f64 = z.axis_iter(Axis(1)).enumerate().map(divergence).sum();
            penalty.sparsity = self.sparsity * sum * z.nrows() as f64;
        }
        let Some((dz, weight)) = gradient else { return penalty };
        if self.code_l2 > 0.0 || self.code_l1 > 0.0 {
            let (l2, l1) = (S::of(2.0 * self.code_l2) * weight, S::of(self.code_l1) * weight);
            dz.zip_mut_with(z, |dz, &z| *dz += l2 * z + l1 * sign(z));
        }
        if is_sparse {
            for (j, (mut dz, z)) in dz.axis_iter_mut(Axis(1)).zip(z.axis_iter(Axis(1))).enumerate() {
                let (wanted, actual) = (self.sparsity_target, activation(means.get(j), z));
                let slope = S::of(self.sparsity * ((1.0 - wanted) / (1.0 - actual) - wanted / actual)) * weight;
                dz.mapv_inplace(|dz| dz + slope);
            }
        }
        penalty
    }
}

/// Mean activation ρ̂ of one dimension of the code over the batch, of which `column` is the whole where no
/// mean is given.
fn activation<S: Scalar>(mean: Option<&f64>, column: ArrayView1<S>) -> f64 {
    let of_column = || column.iter().map(|z| z.as_f64()).sum::<f64>() / column.len() as f64;
    mean.copied().unwrap_or_else(of_column).clamp(LEAST_ACTIVATION, 1.0 - LEAST_ACTIVATION)
}

/// The sign of `w`, 0 at 0.
pub fn sign<S: Scalar>(w: S) -> S {
    if w == S::zero() { w } else { w.signum() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn sparsity_is_the_divergence_of_two_coins() {
        let spec = PenaltySpec { sparsity: 2.0, sparsity_target: 0.2, ..PenaltySpec::default() };
        let z = array![[0.1, 0.2], [0.7, 0.2]];
        // The first dimension is active .4 of the time, the second as wanted.
        let want = 0.2 * (0.2f64 / 0.4).ln() + 0.8 * (0.8f64 / 0.6).ln();
        assert!((spec.of_codes(&z, true, &[], None).sparsity - 2.0 * 2.0 * want).abs() < 1e-12);
        assert_eq!(spec.of_codes(&z, false, &[], None), OfCodes::default());
        // A shard of one sample pays its share of what the batch pays.
        let shard = z.slice(ndarray::s![..1, ..]).to_owned();
        assert!((spec.of_codes(&shard, true, &[0.4, 0.2], None).sparsity - 2.0 * want).abs() < 1e-12);
    }

    #[test]
    fn norms_are_sums_over_codes_and_dimensions() {
        let spec = PenaltySpec { code_l1: 0.5, code_l2: 3.0, ..PenaltySpec::default() };
        let norm = spec.of_codes(&array![[1.0, -2.0], [0.0, 0.5]], false, &[], None).norm;
        assert!((norm - (0.5 * 3.5 + 3.0 * 5.25)).abs() < 1e-12);
    }
}
