//! Training layer by layer (Bengio et al. 2007): n→m→n on the samples, then m→k→m on the codes of that,
//! and so on; the layers are then put together and trained as one.
//!
//! A stage is one pair of layers: an encoder layer and the decoder layer that mirrors it. The layers below
//! the pair stand still; the bottom pair is scored under the network's likelihood, the others by squared
//! error on codes.

mod boltzmann;

use super::network::Network;
use super::{Batch, MetricId, Metrics};
use crate::nn::{Activation, Layer, Likelihood, Scalar, Scratch, Stack};
use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// What a pair of layers is while it is trained alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PairAs {
    /// An autoencoder.
    #[default]
    Autoencoders,
    /// A restricted Boltzmann machine.
    Rbm,
}

/// A pair of layers that is trained alone.
struct Pair<'a, S: Scalar> {
    stage: usize,
    encode: &'a dyn Layer<S>,
    decode: &'a dyn Layer<S>,
    /// Of what is given back, before its link.
    likelihood: Likelihood,
    /// Whether the hidden units are those of a linear code.
    is_linear: bool,
}

/// Layers of an encoder that are trained as pairs with the decoder's: the hidden ones and the code.
pub fn n_stages(n_hidden: usize) -> u64 {
    n_hidden as u64 + 1
}

/// The pair that is trained alone in an epoch, where `pretrain` epochs are given to each of `n_stages`.
pub fn stage(pretrain: u64, n_stages: u64, epoch: u64) -> Option<u64> {
    epoch.checked_div(pretrain).filter(|stage| *stage < n_stages)
}

/// The encoder's and the decoder's layer of a stage with the ranges of their parameters; none where the
/// decoder does not mirror the encoder.
#[expect(clippy::type_complexity, reason = "two layers, each with where it lies")]
fn layers<S: Scalar>(network: &Network<S>, stage: usize) -> Option<[(&dyn Layer<S>, Range<usize>); 2]> {
    let (trunk, decoder) = (network.trunk(), network.free_decoder()?);
    let n_hidden = dense(trunk).count();
    let encode: (&dyn Layer<S>, _) = match dense(trunk).nth(stage) {
        Some(i) => (&*trunk.layers()[i], trunk.param_range(i)),
        None => (network.code_head(), network.head_range(0)),
    };
    let mirror = dense(decoder).nth(n_hidden.checked_sub(stage)?)?;
    let (start, own) = (network.decoder_range().start, decoder.param_range(mirror));
    Some([encode, (&*decoder.layers()[mirror], start + own.start..start + own.end)])
}

/// Gives both layers of a stage one weight, as a Boltzmann machine has it.
pub fn tie<S: Scalar>(network: &mut Network<S>, stage: u64) {
    let Some([(encode, from), (_, to)]) = layers(network, stage as usize) else { return };
    let (n_in, n_out) = (encode.n_in(), encode.n_out());
    let mut params: Vec<S> = Vec::new();
    network.visit_mut(&mut |values| params.extend_from_slice(values));
    boltzmann::tie(&mut params, [from, to], (n_in, n_out));
    let mut rest = &params[..];
    network.visit_mut(&mut |values| {
        let (own, others) = rest.split_at(values.len());
        values.copy_from_slice(own);
        rest = others;
    });
}

/// The loss of one pair over a batch; with `grads` also `weight` times its gradient, 0 for every other layer.
///
/// The network has dense layers alone, and a decoder that mirrors its encoder.
pub fn loss<S: Scalar>(
    network: &Network<S>,
    (stage, as_what): (u64, PairAs),
    batch: &Batch<'_, S>,
    mut grads: Option<&mut [S]>,
    scratch: &mut Scratch<S>,
) -> Metrics {
    let trunk = network.trunk();
    let stage = (stage as usize).min(dense(trunk).count());
    let Some([(encode, encode_range), (decode, decode_range)]) = layers(network, stage) else {
        return Metrics::default();
    };
    let seen = below(trunk, stage, batch.seen, scratch);
    // The bottom pair gives samples as they are, and not as the first layer is shown them.
    let target = if stage == 0 { copied(batch.x, scratch) } else { below(trunk, stage, batch.x, scratch) };
    let h = run(encode, &seen, scratch);
    let mut out = run(decode, &h, scratch);
    let mut y = scratch.array(out.nrows(), out.ncols());
    y.assign(&out);
    let likelihood = if stage == 0 { network.likelihood() } else { Likelihood::Mse };
    let terms = match &mut grads {
        None => {
            let score = likelihood.score(&mut out, target.view());
            of_loss(score.loss).with(MetricId::SquaredError, score.squared_error)
        }
        Some(grads) if as_what == PairAs::Rbm => {
            grads.fill(S::zero());
            let score = likelihood.score(&mut out, target.view());
            let is_linear =
                stage == dense(trunk).count() && network.code_head().activation() == Activation::Linear;
            let pair = Pair { stage, encode, decode, likelihood, is_linear };
            let (first, rest) = grads.split_at_mut(decode_range.start);
            let both = [&mut first[encode_range], &mut rest[..decode_range.len()]];
            boltzmann::gradient(&pair, (&seen, &h), batch.weight, both, scratch);
            of_loss(score.loss)
        }
        Some(grads) => {
            grads.fill(S::zero());
            let loss = likelihood.gradient(&mut out, target.view(), batch.weight);
            let mut dh = scratch.array(h.nrows(), h.ncols());
            decode.backward(
                h.view(),
                y.view(),
                out.view_mut(),
                Some(dh.view_mut()),
                &mut grads[decode_range],
                scratch,
            );
            encode.backward(seen.view(), h.view(), dh.view_mut(), None, &mut grads[encode_range], scratch);
            scratch.give_back(dh);
            of_loss(loss)
        }
    };
    [seen, target, h, out, y].into_iter().for_each(|array| scratch.give_back(array));
    terms
}

/// A loss that is reconstruction alone.
fn of_loss(loss: f64) -> Metrics {
    Metrics::default().with(MetricId::Loss, loss).with(MetricId::Reconstruction, loss)
}

/// Indices of the layers that have weights.
fn dense<S: Scalar>(stack: &Stack<S>) -> impl Iterator<Item = usize> {
    let layers = stack.layers();
    (0..layers.len()).filter(|&i| layers[i].weight().is_some())
}

fn copied<S: Scalar>(x: ArrayView2<S>, scratch: &mut Scratch<S>) -> Array2<S> {
    let mut copy = scratch.array(x.nrows(), x.ncols());
    copy.assign(&x);
    copy
}

/// What the encoder's first `stage` layers with weights make of `x`, and what stands before all of these.
fn below<S: Scalar>(trunk: &Stack<S>, stage: usize, x: ArrayView2<S>, scratch: &mut Scratch<S>) -> Array2<S> {
    let mut h = copied(x, scratch);
    let first = dense(trunk).next().unwrap_or(0);
    for i in (0..first).chain(dense(trunk).take(stage)) {
        let y = run(&*trunk.layers()[i], &h, scratch);
        scratch.give_back(std::mem::replace(&mut h, y));
    }
    h
}

fn run<S: Scalar>(layer: &dyn Layer<S>, x: &Array2<S>, scratch: &mut Scratch<S>) -> Array2<S> {
    let mut y = scratch.array(x.nrows(), layer.n_out());
    layer.forward(x.view(), y.view_mut(), scratch);
    y
}
