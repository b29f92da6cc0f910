//! The body that the autoencoders share: trunk, heads, decoder, and the label that both halves may be told.
//!
//! A network with classes reads [x, one-hot] and decodes [z, one-hot] (Sohn, Lee and Yan 2015); one without
//! ignores labels. To convolutions the one-hot vector is told as planes, all ones or all zeros. The
//! parameters come in the order trunk, heads, decoder, under the names that a model file has.

mod ops;
mod weights;

use super::net::NetSpec;
use super::plan::{build, n_layers};
use super::tied::TiedDecoder;
use crate::data::SampleKind;
use crate::nn::{Activation, Dense, Layer, Likelihood, Scalar, Scratch, Stack, Tape, flat_mut};
use ndarray::{Array2, ArrayView2, s};
use std::ops::Range;

/// Names of the heads: the mean of the code, and its log-variance where the model is variational.
const HEADS: [&str; 2] = ["mu", "log_var"];
/// Name of the learned noise of a Gaussian likelihood.
const LOG_SIGMA: &str = "log_sigma";

/// Encoder, heads and decoder with their weights.
#[derive(Clone)]
pub struct Network<S: Scalar> {
    trunk: Stack<S>,
    heads: Vec<Dense<S>>,
    decoder: NetDecoder<S>,
    output: Activation,
    likelihood: Likelihood,
    /// ln σ of a Gaussian likelihood whose noise is learned.
    log_sigma: Option<[S; 1]>,
    weight_l1: f64,
    weight_l2: f64,
    n_classes: usize,
    /// Numbers by which the encoder is told one label.
    label_len: usize,
}

/// A decoder with weights of its own, or with the encoder's.
#[derive(Clone)]
enum NetDecoder<S: Scalar> {
    Free(Stack<S>),
    Tied(TiedDecoder<S>),
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

/// Whether a backward pass sets its gradients or adds to what is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Write {
    /// It sets them; those of weights that a tied decoder has used are added to all the same.
    Set,
    /// It adds to them.
    Add,
}

impl<S: Scalar> Encoded<S> {
    /// Gives everything back to `scratch`.
    pub fn give_back(self, scratch: &mut Scratch<S>) {
        self.told.into_iter().for_each(|array| scratch.give_back(array));
        [self.tape, self.heads].into_iter().for_each(|list| scratch.give_back_list(list));
    }
}

impl<S: Scalar> Network<S> {
    /// First weights from `seed`, with the first `n_heads` heads, whose outputs pass through `code`.
    pub fn new(
        net: &NetSpec,
        input: &SampleKind,
        n_classes: usize,
        (n_heads, code): (usize, Activation),
        seed: u64,
    ) -> Self {
        let trunk = net.encoder(input, n_classes);
        let (first, width) = (n_layers(&trunk), net.trunk_width(input, n_classes));
        let head = |i: usize| Dense::new(width, net.latent_dim, code, seed, first + i as u64);
        let decoder = match net.is_tied() {
            false => NetDecoder::Free(build(
                &net.decoder(input, n_classes),
                seed,
                (trunk.len(), first + n_heads as u64),
            )),
            true => {
                let mut widths = net.decoder_widths();
                widths.push(input.n_features());
                NetDecoder::Tied(TiedDecoder::new(&widths, net.activation, net.output_activation()))
            }
        };
        Self {
            trunk: build(&trunk, seed, (0, 0)),
            heads: (0..n_heads.min(HEADS.len())).map(head).collect(),
            decoder,
            output: net.output_activation(),
            likelihood: net.likelihood(),
            log_sigma: net.learns_sigma().then(|| [S::of(net.sigma.ln())]),
            weight_l1: net.weight_l1,
            weight_l2: net.weight_l2,
            n_classes,
            label_len: net.label_len(input),
        }
    }

    /// Distribution of x given the code, its noise as learned so far.
    pub fn likelihood(&self) -> Likelihood {
        match self.log_sigma {
            Some([log_sigma]) => Likelihood::Gaussian { sigma: log_sigma.as_f64().exp() },
            None => self.likelihood,
        }
    }

    /// The head of the code, or of its mean.
    pub fn code_head(&self) -> &Dense<S> {
        &self.heads[0]
    }

    /// The layers before the heads.
    pub fn trunk(&self) -> &Stack<S> {
        &self.trunk
    }

    /// The decoder's layers; none where it has no weights of its own.
    pub fn free_decoder(&self) -> Option<&Stack<S>> {
        match &self.decoder {
            NetDecoder::Free(stack) => Some(stack),
            NetDecoder::Tied(_) => None,
        }
    }

    /// `x` with the one-hot labels beside it, each of its numbers `len` times; none for a network that is not
    /// told any.
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

    /// The weight that layer `i` of a tied decoder turns round: that of the code's head, then of the trunk
    /// from its end.
    fn tied_weight(&self, i: usize) -> ArrayView2<'_, S> {
        let layers = self.trunk.layers();
        let weight = if i == 0 { self.heads[0].weight() } else { layers[layers.len() - i].weight() };
        weight.unwrap_or_else(|| unreachable!("a spec with tied weights has dense layers alone"))
    }

    /// Where the gradient of [`Self::tied_weight`] lies.
    fn tied_range(&self, i: usize) -> Range<usize> {
        let n_layers = self.trunk.layers().len();
        let start = if i == 0 { self.head_range(0).start } else { self.trunk.param_range(n_layers - i).start };
        start..start + self.tied_weight(i).len()
    }

    /// Decodes `z` [n, latent_dim]; the second part is the decoder's output before the likelihood's link [n,
    /// features].
    pub fn decode(&self, z: ArrayView2<S>, labels: &[u16], scratch: &mut Scratch<S>) -> (Decoded<S>, Array2<S>) {
        let told = self.told(z, labels, 1, scratch);
        let input = told.as_ref().map_or(z, |told| told.view());
        let mut tape = match &self.decoder {
            NetDecoder::Free(stack) => stack.forward(input, scratch),
            NetDecoder::Tied(tied) => tied.forward(input, |i| self.tied_weight(i), scratch),
        };
        let out = tape.pop().unwrap_or_else(|| z.to_owned());
        // The caller turns the output into its gradient; the way back through a sigmoid wants it as it was.
        let mut kept = scratch.array(out.nrows(), out.ncols());
        if self.output_is_bounded() {
            kept.assign(&out);
        }
        tape.push(kept);
        (Decoded { told, tape }, out)
    }

    /// Whether the last layer has a nonlinearity of its own.
    fn output_is_bounded(&self) -> bool {
        self.output != Activation::Linear
    }

    /// As [`Self::decode`], keeping the output alone.
    pub fn infer_out(&self, z: ArrayView2<S>, labels: &[u16], scratch: &mut Scratch<S>) -> Array2<S> {
        let told = self.told(z, labels, 1, scratch);
        let input = told.as_ref().map_or(z, |told| told.view());
        let out = match &self.decoder {
            NetDecoder::Free(stack) => stack.infer(input, scratch),
            NetDecoder::Tied(tied) => {
                let mut tape = tied.forward(input, |i| self.tied_weight(i), scratch);
                let out = tape.pop().unwrap_or_else(|| z.to_owned());
                scratch.give_back_list(tape);
                out
            }
        };
        told.into_iter().for_each(|array| scratch.give_back(array));
        out
    }

    /// Turns the decoder's output into the gradient of `weight`·loss against `x`, sets the gradient of the
    /// learned noise, and returns the reconstruction loss, summed over features and samples.
    pub fn reconstruction_gradient(
        &self,
        out: &mut Array2<S>,
        x: ArrayView2<S>,
        weight: S,
        grads: &mut [S],
    ) -> f64 {
        let (likelihood, n) = (self.likelihood(), out.len() as f64);
        let loss = likelihood.gradient(out, x, weight);
        if let (Some(_), Likelihood::Gaussian { sigma }, Some(d_log_sigma)) =
            (self.log_sigma, likelihood, grads.last_mut())
        {
            // loss = SE/(2σ²) + n/2·ln(2πσ²), so its derivative in ln σ is n − SE/σ².
            let scaled_error = 2.0 * loss - n * (2.0 * std::f64::consts::PI * sigma * sigma).ln();
            *d_log_sigma = S::of(n - scaled_error) * weight;
        }
        loss
    }

    /// Takes the gradient at the decoder's output back to its parameters and to the code; returns the latter
    /// [n, latent_dim].
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
        let range = self.decoder_range();
        let dz = match &self.decoder {
            NetDecoder::Tied(tied) => {
                let (encoder_grads, rest) = grads.split_at_mut(range.start);
                encoder_grads.fill(S::zero());
                let biases = &mut rest[..range.len()];
                let ranges = |i| self.tied_range(i);
                tied.backward(z, &tape, d_out, |i| self.tied_weight(i), ranges, encoder_grads, biases, scratch)
            }
            NetDecoder::Free(stack) => {
                let mut d_input = scratch.array(input.nrows(), input.ncols());
                stack.backward(input, &tape, d_out, Some(d_input.view_mut()), &mut grads[range], scratch);
                if told.is_none() {
                    d_input
                } else {
                    let mut dz = scratch.array(z.nrows(), z.ncols());
                    dz.assign(&d_input.slice(s![.., ..z.ncols()]));
                    scratch.give_back(d_input);
                    dz
                }
            }
        };
        told.into_iter().for_each(|array| scratch.give_back(array));
        scratch.give_back_list(tape);
        dz
    }

    /// Takes the gradients at the heads' outputs back to the parameters of heads and trunk.
    pub fn backward_encoder(
        &self,
        x: ArrayView2<S>,
        encoded: Encoded<S>,
        d_heads: Vec<Array2<S>>,
        (grads, write): (&mut [S], Write),
        scratch: &mut Scratch<S>,
    ) {
        let grads = &mut grads[..self.decoder_range().start];
        if write == Write::Set && matches!(self.decoder, NetDecoder::Free(_)) {
            return self.set_encoder_grads(x, encoded, d_heads, grads, scratch);
        }
        let mut own = scratch.array(1, grads.len());
        self.set_encoder_grads(x, encoded, d_heads, flat_mut(&mut own), scratch);
        grads.iter_mut().zip(&own).for_each(|(sum, &own)| *sum += own);
        scratch.give_back(own);
    }

    fn set_encoder_grads(
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
}

fn apply<S: Scalar>(head: &Dense<S>, h: ArrayView2<S>, scratch: &mut Scratch<S>) -> Array2<S> {
    let mut out = scratch.array(h.nrows(), head.n_out());
    head.forward(h, out.view_mut(), scratch);
    out
}
