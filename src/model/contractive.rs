//! The contractive penalty: the squared Frobenius norm of the encoder's Jacobian, ‖∂z/∂x‖² (Rifai et al.
//! 2011).
//!
//! One layer z = f(W x + b) has it in closed form, Σⱼ f′ⱼ² Σᵢ Wⱼᵢ². Deeper encoders are probed:
//! for v ~ N(0, I), E‖J v‖² = ‖J‖², and J v ≈ (z(x + δv) − z(x)) / δ; one draw of v a sample and
//! step.

use super::Batch;
use super::network::{Encoded, Network, Write};
use crate::nn::{Activation, Layer, Memory, Purpose, Scalar, Scratch, flat, flat_mut, shaped_view};
use ndarray::Array2;

/// Length δ of the probing step, in units of a pixel's full range: short against any pattern, long against
/// rounding.
pub const PROBE: f64 = 1e-2;

/// Whether the penalty is exact for the network: its encoder is one layer whose nonlinearity is known here.
pub fn is_exact<S: Scalar>(network: &Network<S>) -> bool {
    network.trunk().layers().is_empty() && is_known(network.code_head().activation())
}

/// Whether the slope of a nonlinearity is known here.
pub fn is_known(activation: Activation) -> bool {
    slope(activation, 0.0f32).is_some()
}

/// f′ of a nonlinearity from its output z, for a program of PyTorch; none where it is not known here.
pub fn torch_slope(activation: Activation) -> Option<&'static str> {
    match activation {
        Activation::Linear => Some("torch.ones_like(z)"),
        Activation::Sigmoid => Some("z * (1 - z)"),
        Activation::Tanh => Some("1 - z**2"),
        _ => None,
    }
}

/// f′ of a nonlinearity and its derivative by the output, both from the output.
fn slope<S: Scalar>(activation: Activation, z: S) -> Option<(S, S)> {
    let (one, two) = (S::one(), S::of(2.0));
    match activation {
        Activation::Linear => Some((one, S::zero())),
        Activation::Sigmoid => Some((z * (one - z), one - two * z)),
        Activation::Tanh => Some((one - z * z, -two * z)),
        _ => None,
    }
}

/// Σ over samples of ‖∂z/∂x‖² for a one-layer encoder with codes `z`; adds `factor` times its gradient
/// to `dz`.
///
/// What reaches the weights directly is left to [`add_weight_gradient`], since the encoder's backward pass
/// sets theirs.
pub fn exact<S: Scalar>(
    network: &Network<S>,
    z: &Array2<S>,
    gradient: Option<(&mut Array2<S>, S)>,
    scratch: &mut Scratch<S>,
) -> f64 {
    let norms = weight_norms(network, scratch);
    let activation = network.code_head().activation();
    let mut sum = 0.0;
    for row in z.rows() {
        for (&z, &norm) in row.iter().zip(&norms) {
            let (slope, _) = slope(activation, z).unwrap_or_default();
            sum += (slope * slope * norm).as_f64();
        }
    }
    if let Some((dz, factor)) = gradient {
        for (mut dz, z) in dz.rows_mut().into_iter().zip(z.rows()) {
            for ((dz, &z), &norm) in dz.iter_mut().zip(z).zip(&norms) {
                let (slope, bend) = slope(activation, z).unwrap_or_default();
                *dz += factor * S::of(2.0) * slope * bend * norm;
            }
        }
    }
    scratch.give_back(norms);
    sum
}

/// Adds what [`exact`] owes the weights: factor · 2 Wⱼᵢ Σ f′ⱼ², the sum over samples.
pub fn add_weight_gradient<S: Scalar>(network: &Network<S>, z: &Array2<S>, factor: S, grads: &mut [S]) {
    let activation = network.code_head().activation();
    let head = network.code_head();
    let (range, n_in) = (network.head_range(0), head.n_in());
    for (j, (row, z)) in Layer::weights(head).chunks_exact(n_in).zip(z.columns()).enumerate() {
        let squared = |z: &S| slope(activation, *z).map_or(S::zero(), |(slope, _)| slope * slope);
        let squares = z.iter().map(squared).fold(S::zero(), |sum, square| sum + square);
        let factor = factor * S::of(2.0) * squares;
        let d_row = &mut grads[range.start + j * n_in..][..n_in];
        d_row.iter_mut().zip(row).for_each(|(d, &w)| *d += factor * w);
    }
}

/// Σᵢ Wⱼᵢ² of each dimension j of the code: [1, latent_dim].
fn weight_norms<S: Scalar>(network: &Network<S>, scratch: &mut Scratch<S>) -> Array2<S> {
    let head = network.code_head();
    let mut norms = scratch.array(1, head.n_out());
    let weight = shaped_view((head.n_out(), head.n_in()), Layer::weights(head));
    norms.iter_mut().zip(weight.rows()).for_each(|(norm, row)| *norm = row.dot(&row));
    norms
}

/// What a probe found, kept for the way back.
pub struct Probe<S> {
    x: Array2<S>,
    encoded: Encoded<S>,
    /// What the layers remember of this pass, beside that of x itself.
    memory: Memory,
    /// z(x + δv) − z(x).
    moved: Array2<S>,
}

/// Encodes the batch a step away in the directions of its probe; none where it brings no probe.
pub fn probe<S: Scalar>(
    network: &Network<S>,
    batch: &Batch<'_, S>,
    z: &Array2<S>,
    scratch: &mut Scratch<S>,
) -> Option<Probe<S>> {
    let directions = batch.draws.get(Purpose::Probe)?;
    let mut x = scratch.array(batch.seen.nrows(), batch.seen.ncols());
    x.assign(&batch.seen);
    x.scaled_add(S::of(PROBE), &directions);
    let first = scratch.set_memory_aside();
    let encoded = network.encode(x.view(), batch.labels, scratch);
    let memory = scratch.put_memory(first);
    let mut moved = scratch.array(z.nrows(), z.ncols());
    ndarray::Zip::from(&mut moved).and(&encoded.heads[0]).and(z).for_each(|moved, &to, &from| *moved = to - from);
    Some(Probe { x, encoded, memory, moved })
}

impl<S: Scalar> Probe<S> {
    /// The estimate of Σ ‖∂z/∂x‖² over the samples.
    pub fn estimate(&self) -> f64 {
        flat(&self.moved).iter().map(|d| d.as_f64().powi(2)).sum::<f64>() / (PROBE * PROBE)
    }

    /// Adds `factor` times the estimate's gradient at z(x) to `dz`.
    pub fn add_code_gradient(&self, factor: S, dz: &mut Array2<S>) {
        dz.scaled_add(-factor * S::of(2.0 / (PROBE * PROBE)), &self.moved);
    }

    /// Adds what flows back through z(x + δv) to `grads`.
    pub fn backward(self, network: &Network<S>, factor: S, grads: &mut [S], scratch: &mut Scratch<S>) {
        let mut dz = self.moved;
        let factor = factor * S::of(2.0 / (PROBE * PROBE));
        flat_mut(&mut dz).iter_mut().for_each(|d| *d *= factor);
        let mut d_heads = scratch.list();
        d_heads.push(dz);
        let first = scratch.put_memory(self.memory);
        network.backward_encoder(self.x.view(), self.encoded, d_heads, (grads, Write::Add), scratch);
        let memory = scratch.put_memory(first);
        scratch.give_back_memory(memory);
        scratch.give_back(self.x);
    }

    /// Gives everything back unused.
    pub fn give_back(self, scratch: &mut Scratch<S>) {
        self.encoded.give_back(scratch);
        scratch.give_back_memory(self.memory);
        [self.x, self.moved].into_iter().for_each(|array| scratch.give_back(array));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::SampleKind;
    use crate::model::Draws;
    use crate::model::net::NetSpec;
    use crate::nn::{Purpose, standard_normal, stream};
    use ndarray::array;

    fn network(hidden: Vec<usize>, code: Activation) -> Network<f64> {
        let input = SampleKind::Image { channels: 1, height: 1, width: 3 };
        let net = NetSpec { hidden, activation: Activation::Tanh, ..NetSpec::default() };
        Network::new(&net, &input, 0, (1, code), 5)
    }

    /// ‖∂z/∂x‖² at one x by central differences.
    fn norm_by_differences(network: &Network<f64>, x: &Array2<f64>) -> f64 {
        let code = |x: &Array2<f64>| network.infer_heads(x.view(), &[], &mut Scratch::default()).remove(0);
        let step = 1e-5;
        let along = |i: usize| {
            let (mut right, mut left) = (x.clone(), x.clone());
            right[[0, i]] += step;
            left[[0, i]] -= step;
            ((code(&right) - code(&left)) / (2.0 * step)).mapv(|d| d * d).sum()
        };
        (0..x.ncols()).map(along).sum()
    }

    #[test]
    fn slopes_that_are_known_here_are_known_to_programs() {
        for name in ["linear", "relu", "leaky_relu", "elu", "tanh", "sigmoid", "softplus"] {
            let activation: Activation = serde_json::from_value(name.into()).unwrap();
            assert_eq!(torch_slope(activation).is_some(), is_known(activation), "{name}");
        }
    }

    #[test]
    fn one_layer_is_exact() {
        let x = array![[0.2, 0.9, 0.4]];
        for code in [Activation::Linear, Activation::Sigmoid, Activation::Tanh] {
            let network = network(vec![], code);
            assert!(is_exact(&network));
            let z = network.infer_heads(x.view(), &[], &mut Scratch::default()).remove(0);
            let (found, want) =
                (exact(&network, &z, None, &mut Scratch::default()), norm_by_differences(&network, &x));
            assert!((found / want - 1.0).abs() < 1e-8, "{code:?}: {found} {want}");
        }
    }

    #[test]
    fn probes_of_a_deep_encoder_have_the_norm_as_their_mean() {
        let network = network(vec![4], Activation::Linear);
        assert!(!is_exact(&network));
        let (n, x) = (20_000, array![[0.2, 0.9, 0.4]]);
        let many = x.broadcast((n, 3)).unwrap().to_owned();
        let mut directions = Array2::zeros((n, 3));
        standard_normal(&mut stream(1, Purpose::Probe, 0), directions.as_slice_mut().unwrap());
        let draws = Draws::default().with(Purpose::Probe, directions.view());
        let batch = Batch::new(many.view(), draws, &[], 1.0);
        let mut scratch = Scratch::default();
        let z = network.infer_heads(many.view(), &[], &mut scratch).remove(0);
        let mean = probe(&network, &batch, &z, &mut scratch).unwrap().estimate() / n as f64;
        let want = norm_by_differences(&network, &x);
        assert!((mean / want - 1.0).abs() < 0.02, "{mean} {want}");
    }
}
