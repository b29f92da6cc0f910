//! The variational parts: reparameterisation and the KL divergence from the standard normal prior.
//!
//! The lecture multiplies the noise by exp(σ), a standard deviation, while its penalty Σ exp(σ) − (1+σ) +
//! m² takes exp(σ) as the variance. Read with s = ln σ², the penalty is exactly 2·KL, and the other
//! printed form Σ (1+s) − m² − exp(s) is −2·KL, to be maximised. Only `kl_divergence` is trained; a test
//! pins both.

use super::Scalar;

/// Sets z = mu + exp(log_var / 2)·eps, elementwise (Kingma and Welling 2014, equation 10).
pub fn reparameterize<S: Scalar>(mu: &[S], log_var: &[S], eps: &[S], z: &mut [S]) {
    let half = S::of(0.5);
    for i in 0..z.len() {
        z[i] = mu[i] + (half * log_var[i]).exp_fast() * eps[i];
    }
}

/// Adds to `d_log_var` what flows back through [`reparameterize`] from `dz`; mu's share is `dz` itself.
pub fn reparameterize_gradient<S: Scalar>(log_var: &[S], eps: &[S], dz: &[S], d_log_var: &mut [S]) {
    let half = S::of(0.5);
    for i in 0..dz.len() {
        d_log_var[i] += dz[i] * eps[i] * half * (half * log_var[i]).exp_fast();
    }
}

/// KL(N(mu, exp(log_var)) ‖ N(0, I)) = ½ Σ (mu² + exp(log_var) − log_var − 1), in nats, summed over all
/// elements.
pub fn kl_divergence<S: Scalar>(mu: &[S], log_var: &[S]) -> f64 {
    mu.iter().zip(log_var).map(|(&m, &s)| 0.5 * (m * m + s.exp_fast() - s - S::one()).as_f64()).sum()
}

/// ln(1 + eˣ), without overflow.
pub fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

/// The place of the largest value, the first of several.
pub fn largest<'a, S: Scalar>(values: impl IntoIterator<Item = &'a S>) -> usize {
    let better = |best: (usize, S), (i, &value): (usize, &S)| if value > best.1 { (i, value) } else { best };
    values.into_iter().enumerate().fold((0, S::neg_infinity()), better).0
}

/// Adds `weight`·∂KL/∂mu and ∂KL/∂log_var: mu and ½(exp(log_var) − 1).
pub fn kl_gradient<S: Scalar>(mu: &[S], log_var: &[S], weight: S, d_mu: &mut [S], d_log_var: &mut [S]) {
    for i in 0..mu.len() {
        d_mu[i] += weight * mu[i];
        d_log_var[i] += weight * S::of(0.5) * (log_var[i].exp_fast() - S::one());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn kl_is_never_negative_and_both_printed_forms_are_twice_it(m in -5.0f64..5.0, s in -8.0f64..8.0) {
            let kl = kl_divergence(&[m], &[s]);
            prop_assert!(kl >= -1e-12);
            prop_assert!((s.exp() - (1.0 + s) + m * m - 2.0 * kl).abs() < 1e-9);
            prop_assert!(((1.0 + s) - m * m - s.exp() + 2.0 * kl).abs() < 1e-9);
        }
    }

    #[test]
    fn the_prior_itself_costs_nothing() {
        assert_eq!(kl_divergence(&[0.0f32; 3], &[0.0f32; 3]), 0.0);
    }
}
