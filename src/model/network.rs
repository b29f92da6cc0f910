//! The body that the autoencoders share: trunk, heads, decoder, and the label that both halves may be told.
//!
//! A network with classes reads [x, one-hot] and decodes [z, one-hot] (Sohn, Lee and Yan 2015); one without ignores labels.
//! To convolutions the one-hot vector is told as planes, all ones or all zeros.
//! The parameters come in the order trunk, heads, decoder, under the names that a model file has.

use super::net::NetSpec;
use super::plan::{build, n_layers};
use super::{Codes, Decoder, Encoder, FrozenModel, Objective, ValidSpec};
use crate::data::SampleKind;
use crate::nn::{Activation, Dense, Layer, Likelihood, Param, Scalar, Scratch, Stack, Tape};
use ndarray::{Array2, ArrayView2, s};
use std::ops::Range;

/// Names of the heads: the mean of the code, and its log-variance where the model is variational.
const HEADS: [&str; 2] = ["mu", "log_var"];

/// Encoder, heads and decoder with their weights.
#[derive(Clone)]
pub struct Network<S: Scalar> {
    trunk: Stack<S>,
    heads: Vec<Dense<S>>,
    decoder: Stack<S>,
    /// Distribution of x given the code.
    pub likelihood: Likelihood,
    n_classes: usize,
    /// Numbers by which the encoder is told one label.
    label_len: usize,
}

/// What the encoder made of a batch, kept for the way back.
pub struct Encoded<S> {
    told: Option<Array2<S>>,
    tape: Tape<S>,
    /// Output of each head [n, latent_dim].
    pub heads: Vec<Array2<S>>,
}

/// What the decoder made of a batch, kept for the way back.
pub struct Decoded<S> {
    told: Option<Array2<S>>,
    tape: Tape<S>,
}

impl<S: Scalar> Encoded<S> {
    fn give_back(self, scratch: &mut Scratch<S>) {
        self.told.into_iter().for_each(|array| scratch.give_back(array));
        [self.tape, self.heads].into_iter().for_each(|list| scratch.give_back_list(list));
    }
}

impl<S: Scalar> Network<S> {
    /// First weights from `seed`, with the first `n_heads` heads.
    pub fn new(net: &NetSpec, input: &SampleKind, n_classes: usize, n_heads: usize, seed: u64) -> Self {
        let trunk = net.encoder(input, n_classes);
        let (first, width) = (n_layers(&trunk), net.trunk_width(input, n_classes));
        let head = |i: usize| Dense::new(width, net.latent_dim, Activation::Linear, seed, first + i as u64);
        Self {
            trunk: build(&trunk, seed, 0),
            heads: (0..n_heads.min(HEADS.len())).map(head).collect(),
            decoder: build(&net.decoder(input, n_classes), seed, first + n_heads as u64),
            likelihood: net.likelihood(),
            n_classes,
            label_len: net.label_len(input),
        }
    }

    /// Length of a code.
    pub fn latent_dim(&self) -> usize {
        self.heads[0].n_out()
    }

    /// `x` with the one-hot labels beside it, each of its numbers `len` times; none for a network that is not told any.
    fn told(&self, x: ArrayView2<S>, labels: &[u16], len: usize, scratch: &mut Scratch<S>) -> Option<Array2<S>> {
        if self.n_classes == 0 {
            return None;
        }
        let (n, width) = x.dim();
        assert_eq!(labels.len(), n, "a network that is told the label needs one for each of {n} rows");
        let mut told = scratch.array(n, width + self.n_classes * len);
        told.slice_mut(s![.., ..width]).assign(&x);
        told.slice_mut(s![.., width..]).fill(S::zero());
        for (mut row, &label) in told.rows_mut().into_iter().zip(labels) {
            let start = width + usize::from(label) * len;
            row.slice_mut(s![start..start + len]).fill(S::one());
        }
        Some(told)
    }

    /// Encodes `x` [n, features] and keeps what the way back needs.
    pub fn encode(&self, x: ArrayView2<S>, labels: &[u16], scratch: &mut Scratch<S>) -> Encoded<S> {
        let told = self.told(x, labels, self.label_len, scratch);
        let x = told.as_ref().map_or(x, |told| told.view());
        let tape = self.trunk.forward(x, scratch);
        let h = tape.last().map_or(x, |h| h.view());
        let mut heads = scratch.list();
        heads.extend(self.heads.iter().map(|head| apply(head, h, scratch)));
        Encoded { told, tape, heads }
    }

    /// As [`Self::encode`], keeping the heads' outputs alone.
    pub fn infer_heads(&self, x: ArrayView2<S>, labels: &[u16], scratch: &mut Scratch<S>) -> Vec<Array2<S>> {
        let told = self.told(x, labels, self.label_len, scratch);
        let h = self.trunk.infer(told.as_ref().map_or(x, |told| told.view()), scratch);
        let heads = self.heads.iter().map(|head| apply(head, h.view(), scratch)).collect();
        told.into_iter().chain([h]).for_each(|array| scratch.give_back(array));
        heads
    }

    /// Decodes `z` [n, latent_dim]; the second part is the decoder's output before the likelihood's link [n, features].
    pub fn decode(&self, z: ArrayView2<S>, labels: &[u16], scratch: &mut Scratch<S>) -> (Decoded<S>, Array2<S>) {
        let told = self.told(z, labels, 1, scratch);
        let mut tape = self.decoder.forward(told.as_ref().map_or(z, |told| told.view()), scratch);
        let out = tape.pop().unwrap_or_else(|| z.to_owned());
        // The output layer is linear: its backward needs no output, only an array of that shape.
        tape.push(scratch.array(out.nrows(), out.ncols()));
        (Decoded { told, tape }, out)
    }

    /// As [`Self::decode`], keeping the output alone.
    pub fn infer_out(&self, z: ArrayView2<S>, labels: &[u16], scratch: &mut Scratch<S>) -> Array2<S> {
        let told = self.told(z, labels, 1, scratch);
        let out = self.decoder.infer(told.as_ref().map_or(z, |told| told.view()), scratch);
        told.into_iter().for_each(|array| scratch.give_back(array));
        out
    }

    /// Takes the gradient at the decoder's output back to its parameters and to the code; returns the latter [n, latent_dim].
    pub fn backward_decoder(
        &self,
        z: ArrayView2<S>,
        decoded: Decoded<S>,
        d_out: Array2<S>,
        grads: &mut [S],
        scratch: &mut Scratch<S>,
    ) -> Array2<S> {
        let Decoded { told, tape } = decoded;
        let input = told.as_ref().map_or(z, |told| told.view());
        let grads = &mut grads[self.decoder_range()];
        let mut dz = scratch.array(z.nrows(), z.ncols());
        match &told {
            None => self.decoder.backward(input, &tape, d_out, Some(dz.view_mut()), grads, scratch),
            Some(told) => {
                let mut d_told = scratch.array(told.nrows(), told.ncols());
                self.decoder.backward(input, &tape, d_out, Some(d_told.view_mut()), grads, scratch);
                dz.assign(&d_told.slice(s![.., ..z.ncols()]));
                scratch.give_back(d_told);
            }
        }
        told.into_iter().for_each(|array| scratch.give_back(array));
        scratch.give_back_list(tape);
        dz
    }

    /// Takes the gradients at the heads' outputs back to the parameters of heads and trunk.
    pub fn backward_encoder(
        &self,
        x: ArrayView2<S>,
        encoded: Encoded<S>,
        mut d_heads: Vec<Array2<S>>,
        grads: &mut [S],
        scratch: &mut Scratch<S>,
    ) {
        let x = encoded.told.as_ref().map_or(x, |told| told.view());
        let h = encoded.tape.last().map_or(x, |h| h.view());
        let mut dh = scratch.array(h.nrows(), h.ncols());
        for (i, (head, d_head)) in self.heads.iter().zip(&mut d_heads).enumerate() {
            let (out, grads) = (encoded.heads[i].view(), &mut grads[self.head_range(i)]);
            if i == 0 {
                head.backward(h, out, d_head.view_mut(), Some(dh.view_mut()), grads, scratch);
            } else {
                let mut more = scratch.array(h.nrows(), h.ncols());
                head.backward(h, out, d_head.view_mut(), Some(more.view_mut()), grads, scratch);
                dh += &more;
                scratch.give_back(more);
            }
        }
        scratch.give_back_list(d_heads);
        self.trunk.backward(x, &encoded.tape, dh, None, &mut grads[..self.trunk.n_params()], scratch);
        encoded.give_back(scratch);
    }

    fn head_range(&self, i: usize) -> Range<usize> {
        let start = self.trunk.n_params() + self.heads[..i].iter().map(Layer::n_params).sum::<usize>();
        start..start + self.heads[i].n_params()
    }

    fn decoder_range(&self) -> Range<usize> {
        let start = self.head_range(self.heads.len() - 1).end;
        start..start + self.decoder.n_params()
    }

    /// The parameters, named as in a model file.
    pub fn params(&self) -> Vec<Param<'_, S>> {
        let mut params = self.trunk.params("encoder");
        for (name, head) in HEADS.iter().zip(&self.heads) {
            params.extend(
                head.params().into_iter().map(|param| Param { name: format!("{name}.{}", param.name), ..param }),
            );
        }
        params.extend(self.decoder.params("decoder"));
        params
    }

    /// Visits each parameter's values, in the order of [`Self::params`].
    pub fn visit_mut(&mut self, visit: &mut dyn FnMut(&mut [S])) {
        self.trunk.visit_mut(visit);
        self.heads.iter_mut().for_each(|head| head.visit_mut(visit));
        self.decoder.visit_mut(visit);
    }

    /// This network in `f32`.
    pub fn cast(&self) -> Network<f32> {
        Network {
            trunk: self.trunk.cast(),
            heads: self.heads.iter().map(Dense::cast).collect(),
            decoder: self.decoder.cast(),
            likelihood: self.likelihood,
            n_classes: self.n_classes,
            label_len: self.label_len,
        }
    }
}

fn apply<S: Scalar>(head: &Dense<S>, h: ArrayView2<S>, scratch: &mut Scratch<S>) -> Array2<S> {
    let mut out = scratch.array(h.nrows(), head.n_out());
    head.forward(h, out.view_mut(), scratch);
    out
}

/// A network that is no longer trained, with the spec it was built from.
pub struct Frozen {
    /// What it was built from.
    pub spec: ValidSpec,
    /// The weights.
    pub network: Network<f32>,
}

impl FrozenModel for Frozen {
    fn spec(&self) -> &ValidSpec {
        &self.spec
    }

    fn encoder(&self) -> Option<&dyn Encoder> {
        Some(&self.network)
    }

    fn decoder(&self) -> Option<&dyn Decoder> {
        Some(&self.network)
    }

    fn has_prior(&self) -> bool {
        // A second head says how far a code may lie from its mean, and the loss keeps both near N(0, I).
        self.network.heads.len() > 1
    }

    fn thaw(&self) -> Box<dyn Objective<f32>> {
        self.spec.objective(self.network.clone())
    }
}

impl Encoder for Network<f32> {
    fn encode(&self, x: ArrayView2<f32>, labels: &[u16], scratch: &mut Scratch<f32>) -> Codes {
        let mut heads = self.infer_heads(x, labels, scratch).into_iter();
        Codes { mu: heads.next().unwrap_or_default(), log_var: heads.next() }
    }
}

impl Decoder for Network<f32> {
    fn decode(&self, z: ArrayView2<f32>, labels: &[u16], scratch: &mut Scratch<f32>) -> Array2<f32> {
        // Whatever was encoded with this scratch before, `z` is a free code: no maximum of a picture belongs to it.
        scratch.forget_places();
        let mut x_hat = self.infer_out(z, labels, scratch);
        self.likelihood.mean(&mut x_hat);
        x_hat
    }
}

/// The values of an array that was made contiguous.
pub fn flat<S: Scalar>(array: &Array2<S>) -> &[S] {
    array.as_slice().unwrap_or_default()
}

/// As [`flat`], to write to.
pub fn flat_mut<S: Scalar>(array: &mut Array2<S>) -> &mut [S] {
    array.as_slice_mut().unwrap_or_default()
}
