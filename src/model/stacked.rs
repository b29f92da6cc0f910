//! Training layer by layer (Bengio et al. 2007): n→m→n on the samples, then m→k→m on the codes of that,
//! and so on; the layers are then put together and trained as one.
//!
//! A stage is one pair of layers: an encoder layer and the decoder layer that mirrors it. The layers below
//! the pair stand still; the bottom pair is scored under the network's likelihood, the others by squared
//! error on codes.

use super::network::Network;
use super::{Batch, MetricId, Metrics};
use crate::nn::{Layer, Likelihood, Scalar, Scratch, Stack};
use ndarray::{Array2, ArrayView2};

/// Layers of an encoder that are trained as pairs with the decoder's: the hidden ones and the code.
pub fn n_stages(n_hidden: usize) -> u64 {
    n_hidden as u64 + 1
}

/// The pair that is trained alone in an epoch, where `pretrain` epochs are given to each of `n_stages`.
pub fn stage(pretrain: u64, n_stages: u64, epoch: u64) -> Option<u64> {
    epoch.checked_div(pretrain).filter(|stage| *stage < n_stages)
}

/// The loss of one pair over a batch; with `grads` also `weight` times its gradient, 0 for every other layer.
///
/// The network has dense layers alone, and a decoder that mirrors its encoder.
pub fn loss<S: Scalar>(
    network: &Network<S>,
    stage: u64,
    batch: &Batch<'_, S>,
    mut grads: Option<&mut [S]>,
    scratch: &mut Scratch<S>,
) -> Metrics {
    let Some(decoder) = network.free_decoder() else { return Metrics::default() };
    let trunk = network.trunk();
    let n_hidden = dense(trunk).count();
    let stage = (stage as usize).min(n_hidden);
    let seen = below(trunk, stage, batch.seen, scratch);
    // The bottom pair gives samples as they are, and not as the first layer is shown them.
    let target = if stage == 0 { copied(batch.x, scratch) } else { below(trunk, stage, batch.x, scratch) };
    let (encode, encode_range): (&dyn Layer<S>, _) = match dense(trunk).nth(stage) {
        Some(i) => (&*trunk.layers()[i], trunk.param_range(i)),
        None => (network.code_head(), network.head_range(0)),
    };
    let Some(mirror) = dense(decoder).nth(n_hidden - stage) else { return Metrics::default() };
    let decode = &*decoder.layers()[mirror];
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
        Some(grads) => {
            grads.fill(S::zero());
            let loss = likelihood.gradient(&mut out, target.view(), batch.weight);
            let own = decoder.param_range(mirror);
            let start = network.decoder_range().start;
            let decode_grads = &mut grads[start + own.start..start + own.end];
            let mut dh = scratch.array(h.nrows(), h.ncols());
            decode.backward(h.view(), y.view(), out.view_mut(), Some(dh.view_mut()), decode_grads, scratch);
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
