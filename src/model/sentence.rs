//! Autoencoders of sentences (Bowman et al. 2015, "Generating sentences from a continuous space").
//!
//! A recurrent layer reads the words and the end of the sentence; its last state makes the code, or μ and ln
//! σ². A second one writes: it begins with tanh(W z + b), and at each step reads the word before and z again,
//! so that what it writes does not lose sight of the code. Loss = −Σ ln p(wₜ | w₁ … wₜ₋₁, z),
//! the end among the words, and for the variational one β·KL. In training some of the words before are not
//! told (word dropout), for a decoder that guesses from them alone would leave the code empty.
//!
//! A sentence is a row of tokens ([`crate::data::SampleKind::Tokens`]); padding after the last word is its
//! end.

mod frozen;
mod reading;
mod settings;
mod writing;

pub(super) use reading::Read;
pub(super) use settings::{CELLS, takes as takes_sentences};
pub use settings::{SentenceSpec, SentenceVaeSpec};
pub use writing::{Choose, Writing};

use super::vae::{sum_of_sigma, warmed_up};
use super::{Batch, Draw, FrozenModel, MetricId, Metrics, ModelInfo, Objective, Scope};
use crate::data::SampleKind;
use crate::nn::{
    Activation, Dense, Layer, Param, Pass, Purpose, Reads, Recurrent, Scalar, Scratch, State, Wanted, categorical,
    flat, flat_mut, kl_divergence, reparameterize, reparameterize_gradient, shaped, standard_normal, stream,
};
use ndarray::{Array2, ArrayView2, Axis};
use std::sync::Arc;

/// Rows whose outputs are worked out at a time where no gradient is asked for.
const ROWS: usize = 256;

/// A model of sentences with its weights.
pub struct Sentence<S: Scalar> {
    info: Arc<ModelInfo>,
    settings: SentenceVaeSpec,
    /// Whether codes have a posterior, and a prior.
    is_variational: bool,
    /// A vector a token, and at last one for the beginning of a sentence [tokens + 1, embedding].
    embedding: Array2<S>,
    encoder: Recurrent<S>,
    /// The code; or its mean and log-variance.
    heads: Vec<Dense<S>>,
    /// From the code to what the decoder begins with.
    state: Dense<S>,
    decoder: Recurrent<S>,
    /// From the decoder's state to the words.
    words: Dense<S>,
}

/// Names of the parts in a model file, in the order of the parameters.
const PARTS: [&str; 4] = ["mu", "log_var", "state", "words"];

/// What the encoder made of a batch, the longest sentence first, kept for the way back.
struct Encoded<S> {
    x: Array2<S>,
    pass: Pass<S>,
    last: Array2<S>,
    heads: Vec<Array2<S>>,
}

impl<S: Scalar> Sentence<S> {
    /// One with first weights from `seed`.
    pub fn new(info: Arc<ModelInfo>, settings: SentenceVaeSpec, is_variational: bool, seed: u64) -> Self {
        let (net, n_tokens) = (&settings.net, n_tokens(&info.input));
        let (z, e, h) = (net.latent_dim, net.embedding, net.units);
        let mut vectors = vec![S::zero(); (n_tokens + 1) * e];
        standard_normal(&mut stream(seed, Purpose::Initialisation, 0), &mut vectors);
        let n_heads = 1 + usize::from(is_variational);
        let head = |i: usize| Dense::new(h, z, Activation::Linear, seed, 3 + i as u64);
        Self {
            embedding: shaped((n_tokens + 1, e), vectors),
            encoder: Recurrent::new(net.cell, [e, 0, h], seed, 1),
            heads: (0..n_heads).map(head).collect(),
            state: Dense::new(z, h, Activation::Tanh, seed, 5),
            decoder: Recurrent::new(net.cell, [e, z, h], seed, 6),
            words: Dense::new(h, n_tokens, Activation::Linear, seed, 8),
            info,
            settings,
            is_variational,
        }
    }

    /// What the decoder begins with, for codes `z` [n, latent_dim].
    fn state_of(&self, z: ArrayView2<S>, scratch: &mut Scratch<S>) -> State<S> {
        State::new(applied(&self.state, z, scratch))
    }

    /// The token that stands for the beginning of a sentence.
    fn start(&self) -> u32 {
        self.embedding.nrows() as u32 - 1
    }

    /// The vectors of tokens [tokens, embedding].
    fn vectors(&self, tokens: &[u32], scratch: &mut Scratch<S>) -> Array2<S> {
        let mut vectors = scratch.array(tokens.len(), self.embedding.ncols());
        for (mut row, &token) in vectors.rows_mut().into_iter().zip(tokens) {
            row.assign(&self.embedding.row(token as usize));
        }
        vectors
    }

    fn encode_read(&self, read: &Read, scratch: &mut Scratch<S>) -> Encoded<S> {
        let packed = &read.packed;
        let x = self.vectors(&read.right, scratch);
        let pass = self.encoder.forward(Reads { packed, x: x.view(), told: None, start: None }, scratch);
        let mut last = scratch.array(packed.n_sequences(), self.encoder.n_hidden());
        for (i, mut row) in last.rows_mut().into_iter().enumerate() {
            row.assign(&pass.h.row(packed.last_row(i)));
        }
        let mut heads = scratch.list();
        heads.extend(self.heads.iter().map(|head| applied(head, last.view(), scratch)));
        Encoded { x, pass, last, heads }
    }

    /// z of each sentence, the longest first: μ + σ·eps, or the code itself.
    fn sampled(
        &self,
        heads: &[Array2<S>],
        batch: &Batch<'_, S>,
        order: &[usize],
        scratch: &mut Scratch<S>,
    ) -> [Array2<S>; 2] {
        let (n, len) = heads[0].dim();
        let [mut z, mut eps] = [(); 2].map(|()| scratch.array(n, len));
        if !self.is_variational {
            z.assign(&heads[0]);
            return [z, eps];
        }
        let drawn = batch.draws.flat(Purpose::Eps);
        for (mut row, &sentence) in eps.rows_mut().into_iter().zip(order) {
            flat_mut(&mut row).copy_from_slice(&drawn[sentence * len..(sentence + 1) * len]);
        }
        reparameterize(flat(&heads[0]), flat(&heads[1]), flat(&eps), flat_mut(&mut z));
        [z, eps]
    }

    /// ln p of each sentence, the longest first, given its code `z`.
    fn log_p(&self, read: &Read, z: ArrayView2<S>, scratch: &mut Scratch<S>) -> Vec<f64> {
        let x = self.vectors(&read.before, scratch);
        let start = self.state_of(z, scratch);
        let reads = Reads { packed: &read.packed, x: x.view(), told: Some(z), start: Some(&start) };
        let pass = self.decoder.forward(reads, scratch);
        let mut logs = Vec::with_capacity(read.right.len());
        for (h, right) in pass.h.axis_chunks_iter(Axis(0), ROWS).zip(read.right.chunks(ROWS)) {
            let mut out = applied(&self.words, h, scratch);
            logs.extend(categorical::log_p(&mut out, right));
            scratch.give_back(out);
        }
        pass.give_back(scratch);
        [x, start.h].into_iter().for_each(|array| scratch.give_back(array));
        let mut of = vec![0.0; read.packed.n_sequences()];
        for step in 0..read.packed.n_steps() {
            for (i, row) in read.packed.rows(step).enumerate() {
                of[i] += logs[row];
            }
        }
        of
    }

    /// The loss and its parts.
    fn terms(&self, reconstruction: f64, heads: &[Array2<S>], step: Option<u64>) -> Metrics {
        let terms = Metrics::default().with(MetricId::Reconstruction, reconstruction);
        let [mu, log_var] = heads else { return terms.with(MetricId::Loss, reconstruction) };
        terms
            .with(MetricId::Loss, reconstruction + self.beta_at(step) * self.costly_kl(mu, log_var))
            .with(MetricId::Kl, kl_divergence(flat(mu), flat(log_var)))
            .with(MetricId::Sigma, sum_of_sigma(log_var))
    }

    /// Σ max(λ, KL of a dimension).
    fn costly_kl(&self, mu: &Array2<S>, log_var: &Array2<S>) -> f64 {
        let one = |(m, s): (&S, &S)| kl_divergence(&[*m], &[*s]).max(self.settings.free_bits);
        mu.iter().zip(log_var).map(one).sum()
    }

    /// β as it counts at a step.
    fn beta_at(&self, step: Option<u64>) -> f64 {
        warmed_up(self.settings.beta, self.settings.kl_warmup, step)
    }

    /// Turns `dz` into the gradients at the heads.
    fn d_heads(
        &self,
        heads: &[Array2<S>],
        (dz, eps): (Array2<S>, &Array2<S>),
        weight: S,
        scratch: &mut Scratch<S>,
    ) -> Vec<Array2<S>> {
        let mut all = scratch.list();
        let mut d_mu = dz;
        if let [mu, log_var] = heads {
            let mut d_log_var = scratch.array(mu.nrows(), mu.ncols());
            d_log_var.fill(S::zero());
            reparameterize_gradient(flat(log_var), flat(eps), flat(&d_mu), flat_mut(&mut d_log_var));
            let free = self.settings.free_bits;
            let slopes = flat_mut(&mut d_mu).iter_mut().zip(flat_mut(&mut d_log_var));
            for ((d_mu, d_log_var), (&m, &s)) in slopes.zip(flat(mu).iter().zip(flat(log_var))) {
                if free == 0.0 || kl_divergence(&[m], &[s]) > free {
                    *d_mu += weight * m;
                    *d_log_var += weight * S::of(0.5) * (s.exp_fast() - S::one());
                }
            }
            all.extend([d_mu, d_log_var]);
        } else {
            all.push(d_mu);
        }
        all
    }

    /// Where each part's gradients begin, in the order of the parameters, and where the last ends. A model
    /// without a log-variance has an empty part for it.
    fn bounds(&self) -> [usize; 8] {
        let head = |i: usize| self.heads.get(i).map_or(0, Layer::n_params);
        let (encoder, decoder) = (self.encoder.n_params(), self.decoder.n_params());
        let [state, words] = [&self.state, &self.words].map(Layer::n_params);
        let parts = [self.embedding.len(), encoder, head(0), head(1), state, decoder, words];
        let mut bounds = [0; 8];
        parts.iter().enumerate().for_each(|(i, n)| bounds[i + 1] = bounds[i] + n);
        bounds
    }
}

/// Number of tokens that sentences are made of.
pub(super) fn n_tokens(input: &SampleKind) -> usize {
    match input {
        SampleKind::Tokens { vocabulary, .. } => vocabulary.len(),
        other => unreachable!("a model of sentences was checked to read none of {other}"),
    }
}

fn applied<S: Scalar>(layer: &Dense<S>, x: ArrayView2<S>, scratch: &mut Scratch<S>) -> Array2<S> {
    let mut y = scratch.array(x.nrows(), layer.n_out());
    layer.forward(x, y.view_mut(), scratch);
    y
}

impl<S: Scalar> Objective<S> for Sentence<S> {
    fn loss(&self, batch: &Batch<'_, S>, scratch: &mut Scratch<S>) -> Metrics {
        let read = Read::new(batch.x, self.start(), self.dropped(batch, scratch), scratch);
        let encoded = self.encode_read(&read, scratch);
        let [z, eps] = self.sampled(&encoded.heads, batch, read.packed.order(), scratch);
        let reconstruction = -self.log_p(&read, z.view(), scratch).into_iter().sum::<f64>();
        let terms = self.terms(reconstruction, &encoded.heads, batch.step);
        let written = self.write(read.unsorted(&encoded.heads[0]).view(), &Writing::default(), scratch);
        let [wrong, whole] = read.held_against(&written);
        [z, eps].into_iter().for_each(|array| scratch.give_back(array));
        encoded.give_back(scratch);
        let n_words = read.packed.n_rows() as f64;
        read.give_back(scratch);
        terms.with(MetricId::Words, n_words).with(MetricId::WrongWords, wrong).with(MetricId::Whole, whole)
    }

    fn loss_and_grads(&self, batch: &Batch<'_, S>, grads: &mut [S], scratch: &mut Scratch<S>) -> Metrics {
        let read = Read::new(batch.x, self.start(), self.dropped(batch, scratch), scratch);
        let packed = &read.packed;
        let bounds = self.bounds();
        let n = packed.n_sequences();
        let encoded = self.encode_read(&read, scratch);
        let [z, eps] = self.sampled(&encoded.heads, batch, packed.order(), scratch);
        let before = self.vectors(&read.before, scratch);
        let start = self.state_of(z.view(), scratch);
        let reads = Reads { packed, x: before.view(), told: Some(z.view()), start: Some(&start) };
        let pass = self.decoder.forward(reads, scratch);
        let mut out = applied(&self.words, pass.h.view(), scratch);
        let reconstruction = categorical::gradient(&mut out, &read.right, batch.weight);

        let part = |part: usize| bounds[part]..bounds[part + 1];
        let mut dh = scratch.array(packed.n_rows(), self.decoder.n_hidden());
        // A linear layer does not look at its outputs on the way back.
        let unread = pass.h.view();
        let own = &mut grads[part(6)];
        self.words.backward(unread, unread, out.view_mut(), Some(dh.view_mut()), own, scratch);
        scratch.give_back(out);
        let [mut dz, mut dz_start] = [(); 2].map(|()| scratch.array(n, z.ncols()));
        let mut d_start = scratch.array(n, self.decoder.n_hidden());
        let mut d_before = scratch.array(packed.n_rows(), self.embedding.ncols());
        let wanted =
            Wanted { x: Some(d_before.view_mut()), told: Some(dz.view_mut()), start: Some(d_start.view_mut()) };
        self.decoder.backward(reads, pass, dh, wanted, &mut grads[part(5)], scratch);
        let own = &mut grads[part(4)];
        let dz_there = Some(dz_start.view_mut());
        self.state.backward(z.view(), start.h.view(), d_start.view_mut(), dz_there, own, scratch);
        dz += &dz_start;

        let weight = S::of(self.beta_at(batch.step)) * batch.weight;
        let mut d_heads = self.d_heads(&encoded.heads, (dz, &eps), weight, scratch);
        let terms = self.terms(reconstruction, &encoded.heads, batch.step);
        let mut d_last = scratch.array(n, self.encoder.n_hidden());
        let mut more = scratch.array(n, self.encoder.n_hidden());
        for (i, (head, d_head)) in self.heads.iter().zip(&mut d_heads).enumerate() {
            let into = if i == 0 { &mut d_last } else { &mut more };
            let (last, y) = (encoded.last.view(), encoded.heads[i].view());
            head.backward(last, y, d_head.view_mut(), Some(into.view_mut()), &mut grads[part(2 + i)], scratch);
            if i > 0 {
                d_last += &more;
            }
        }
        scratch.give_back_list(d_heads);
        let mut dh = scratch.array(packed.n_rows(), self.encoder.n_hidden());
        dh.fill(S::zero());
        for (i, d) in d_last.rows().into_iter().enumerate() {
            dh.row_mut(packed.last_row(i)).assign(&d);
        }
        let Encoded { x, pass, last, heads } = encoded;
        let mut d_seen = scratch.array(packed.n_rows(), self.embedding.ncols());
        let reads = Reads { packed, x: x.view(), told: None, start: None };
        let wanted = Wanted { x: Some(d_seen.view_mut()), ..Wanted::default() };
        self.encoder.backward(reads, pass, dh, wanted, &mut grads[part(1)], scratch);
        let own = &mut grads[part(0)];
        own.fill(S::zero());
        for (d, tokens) in [(&d_seen, &read.right), (&d_before, &read.before)] {
            for (d, &token) in d.rows().into_iter().zip(tokens) {
                let e = d.len();
                let sums = &mut own[token as usize * e..(token as usize + 1) * e];
                sums.iter_mut().zip(flat(&d)).for_each(|(sum, &d)| *sum += d);
            }
        }
        scratch.give_back_list(heads);
        let lent = [x, last, z, eps, before, start.h, dz_start, d_start, d_before, d_last, more, d_seen];
        lent.into_iter().for_each(|array| scratch.give_back(array));
        read.give_back(scratch);
        terms
    }

    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn draws(&self) -> Vec<Draw> {
        let eps = Draw { purpose: Purpose::Eps, per_sample: self.info.latent_dim(), scope: Scope::Batch };
        self.is_variational.then_some(eps).into_iter().collect()
    }

    fn params(&self) -> Vec<Param<'_, S>> {
        let mut all = vec![Param::new("embedding.weight", self.embedding.shape(), flat(&self.embedding))];
        all.extend(within("encoder", self.encoder.params()));
        self.heads.iter().zip(PARTS).for_each(|(head, part)| all.extend(within(part, Layer::params(head))));
        all.extend(within(PARTS[2], Layer::params(&self.state)));
        all.extend(within("decoder", self.decoder.params()));
        all.extend(within(PARTS[3], Layer::params(&self.words)));
        all
    }

    fn visit_mut(&mut self, visit: &mut dyn FnMut(&mut [S])) {
        visit(flat_mut(&mut self.embedding));
        self.encoder.visit_mut(visit);
        self.heads.iter_mut().for_each(|head| head.visit_mut(visit));
        self.state.visit_mut(visit);
        self.decoder.visit_mut(visit);
        self.words.visit_mut(visit);
    }

    fn freeze(&self) -> Arc<dyn FrozenModel> {
        Arc::new(Sentence::<f32> {
            info: Arc::clone(&self.info),
            settings: self.settings.clone(),
            is_variational: self.is_variational,
            embedding: self.embedding.mapv(|w| w.as_f64() as f32),
            encoder: self.encoder.cast(),
            heads: self.heads.iter().map(Dense::cast).collect(),
            state: self.state.cast(),
            decoder: self.decoder.cast(),
            words: self.words.cast(),
        })
    }
}

/// The parameters of a part under its name.
pub(super) fn within<'a, S>(part: &str, params: Vec<Param<'a, S>>) -> Vec<Param<'a, S>> {
    params.into_iter().map(|param| Param { name: format!("{part}.{}", param.name), ..param }).collect()
}

impl<S: Scalar> Encoded<S> {
    fn give_back(self, scratch: &mut Scratch<S>) {
        self.pass.give_back(scratch);
        [self.x, self.last].into_iter().for_each(|array| scratch.give_back(array));
        scratch.give_back_list(self.heads);
    }
}

#[cfg(test)]
mod tests;
