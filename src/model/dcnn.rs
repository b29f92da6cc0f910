//! The convolutional autoencoder of sentences (Zhang et al. 2017, "Deconvolutional paragraph representation
//! learning").
//!
//! Vectors of the words side by side are convolved along the sentence to one code; transposed convolutions
//! lead back to a vector a place, for all places at once, so that no word waits for the one before. The word
//! at a place is p(w) = softmax cos(yₜ, e_w)/τ over the vectors e_w that stand for the words, normed as the
//! decoded yₜ is. Loss = −Σ ln p(wₜ | z) over a sentence's words and its end.

mod settings;

pub use settings::DcnnSpec;

use super::sentence::{Read, n_tokens, within};
use super::{Batch, Codes, Decoder, Encoder, FrozenModel, MetricId, Metrics, ModelInfo, Objective, Scorer};
use crate::data::UNKNOWN;
use crate::nn::{
    Activation, Conv2d, Dense, Layer, Param, Purpose, Scalar, Scratch, Stack, categorical, flat, flat_mut, matmul,
    shaped, shaped_mut, standard_normal, stream,
};
use ndarray::{Array2, ArrayView2, Axis};
use settings::WINDOW;
use std::sync::Arc;

/// Places whose words are worked out at a time where no gradient is asked for.
const ROWS: usize = 256;
/// Least length of a vector that is normed: below it, directions are noise.
const LEAST: f64 = 1e-6;

/// A convolutional autoencoder of sentences with its weights.
pub struct Dcnn<S: Scalar> {
    info: Arc<ModelInfo>,
    temperature: f64,
    /// Places of a sentence, with that of its end.
    n_places: usize,
    /// A vector a token [tokens, embedding].
    embedding: Array2<S>,
    encoder: Stack<S>,
    code: Dense<S>,
    decoder: Stack<S>,
}

/// Vectors [n, embedding] brought to length 1, with the lengths that they had.
struct Normed<S> {
    unit: Array2<S>,
    /// [n, 1].
    lengths: Array2<S>,
}

impl<S: Scalar> Normed<S> {
    fn new(of: ArrayView2<S>, scratch: &mut Scratch<S>) -> Self {
        let mut unit = scratch.array(of.nrows(), of.ncols());
        unit.assign(&of);
        let norm = |row: &mut [S]| {
            let squares: S = row.iter().fold(S::zero(), |sum, &x| sum + x * x);
            let length = squares.sqrt().max(S::of(LEAST));
            row.iter_mut().for_each(|x| *x /= length);
            length
        };
        let mut lengths = scratch.array(unit.nrows(), 1);
        let rows = unit.rows_mut().into_iter().zip(flat_mut(&mut lengths));
        rows.for_each(|(mut row, length)| *length = norm(flat_mut(&mut row)));
        Self { unit, lengths }
    }

    fn give_back(self, scratch: &mut Scratch<S>) {
        [self.unit, self.lengths].into_iter().for_each(|array| scratch.give_back(array));
    }

    /// Turns gradients at the unit vectors into those at the vectors: what lengthens them is of no use.
    fn back(&self, d: &mut Array2<S>) {
        for ((mut d, unit), &length) in d.rows_mut().into_iter().zip(self.unit.rows()).zip(flat(&self.lengths)) {
            let along = d.iter().zip(unit).fold(S::zero(), |sum, (&d, &unit)| sum + d * unit);
            d.zip_mut_with(&unit, |d, &unit| *d = (*d - along * unit) / length);
        }
    }
}

impl<S: Scalar> Dcnn<S> {
    /// One with first weights from `seed`.
    pub fn new(info: Arc<ModelInfo>, settings: &DcnnSpec, seed: u64) -> Self {
        let (n_tokens, n_places) = (n_tokens(&info.input), info.n_features() + 1);
        let mut vectors = vec![S::zero(); n_tokens * settings.embedding];
        standard_normal(&mut stream(seed, Purpose::Initialisation, 0), &mut vectors);
        let maps = settings.maps(info.n_features());
        let (mut encoder, mut decoder) = (Stack::default(), Stack::default());
        for (i, pair) in maps.windows(2).enumerate() {
            let first = (seed, 1 + i as u64);
            encoder.push(Box::new(Conv2d::new(pair[0], pair[1].channels, WINDOW, None, Activation::Relu, first)));
        }
        let (last, n) = (maps[maps.len() - 1].n_features(), maps.len() as u64);
        decoder.push(Box::new(Dense::new(settings.latent_dim, last, Activation::Relu, seed, n + 1)));
        for (i, pair) in maps.windows(2).enumerate().rev() {
            // What is held against the vectors of words lies on both sides of 0.
            let activation = if i == 0 { Activation::Linear } else { Activation::Relu };
            let first = (seed, n + 2 + i as u64);
            decoder.push(Box::new(Conv2d::transposed(pair[1], pair[0], WINDOW, activation, first)));
        }
        Self {
            temperature: settings.temperature,
            n_places,
            embedding: shaped((n_tokens, settings.embedding), vectors),
            encoder,
            code: Dense::new(last, settings.latent_dim, Activation::Linear, seed, n),
            decoder,
            info,
        }
    }

    /// The vectors of each sentence's words, the end wherever no word is left [n, embedding · places].
    fn vectors(&self, read: &Read, scratch: &mut Scratch<S>) -> Array2<S> {
        let (n, e) = (read.packed.n_sequences(), self.embedding.ncols());
        let mut x = scratch.array(n, e * self.n_places);
        for (mut row, sentence) in x.rows_mut().into_iter().zip(0..) {
            let row = flat_mut(&mut row);
            for place in 0..self.n_places {
                let vector = self.embedding.row(read.token(sentence, place) as usize);
                vector.iter().enumerate().for_each(|(k, &value)| row[k * self.n_places + place] = value);
            }
        }
        x
    }

    fn encoded(&self, h: ArrayView2<S>, scratch: &mut Scratch<S>) -> Array2<S> {
        let mut z = scratch.array(h.nrows(), self.code.n_out());
        self.code.forward(h, z.view_mut(), scratch);
        z
    }

    /// What is decoded at the places that sentences have [rows, embedding], from `y` [n, embedding · places].
    fn at_places(&self, read: &Read, y: &Array2<S>, scratch: &mut Scratch<S>) -> Array2<S> {
        let e = self.embedding.ncols();
        let mut rows = scratch.array(read.packed.n_rows(), e);
        read.packed.for_rows(|row, sentence, place| {
            let (y, at) = (flat(y), sentence * e * self.n_places + place);
            let mut to = rows.row_mut(row);
            to.iter_mut().enumerate().for_each(|(k, to)| *to = y[at + k * self.n_places]);
        });
        rows
    }

    /// cos(y, e_w)/τ of each row and word [rows, tokens].
    fn logits(&self, rows: ArrayView2<S>, words: ArrayView2<S>, scratch: &mut Scratch<S>) -> Array2<S> {
        let mut out = scratch.array(rows.nrows(), words.nrows());
        matmul(out.view_mut(), rows, words.t(), scratch.threads());
        let sharper = S::of(1.0 / self.temperature);
        out.mapv_inplace(|cos| cos * sharper);
        out
    }

    /// The likeliest words of codes `z` [n, latent_dim] as rows of tokens [n, max_len].
    fn write(&self, z: ArrayView2<S>, scratch: &mut Scratch<S>) -> Array2<f32> {
        let y = self.decoder.infer(z, scratch);
        let words = Normed::new(self.embedding.view(), scratch);
        let written = self.written(&y, words.unit.view(), scratch);
        scratch.give_back(y);
        words.give_back(scratch);
        written
    }

    /// The likeliest words where `y` [n, embedding · places] was decoded, by the vectors of all `words`.
    fn written(&self, y: &Array2<S>, words: ArrayView2<S>, scratch: &mut Scratch<S>) -> Array2<f32> {
        let (n, e, max_len) = (y.nrows(), self.embedding.ncols(), self.info.n_features());
        let mut written = Array2::zeros((n, max_len));
        for sentence in 0..n {
            let mut rows = scratch.array(max_len, e);
            for ((place, k), value) in rows.indexed_iter_mut() {
                *value = y[[sentence, k * self.n_places + place]];
            }
            // The length of what is decoded does not change which word is nearest.
            let out = self.logits(rows.view(), words, scratch);
            for (place, out) in out.rows().into_iter().enumerate() {
                let of_words = out.iter().enumerate().filter(|(token, _)| *token != UNKNOWN as usize);
                let best = of_words.fold(
                    (0, S::neg_infinity()),
                    |best, (token, &p)| {
                        if p > best.1 { (token, p) } else { best }
                    },
                );
                if best.0 == 0 {
                    break;
                }
                written[[sentence, place]] = best.0 as f32;
            }
            [rows, out].into_iter().for_each(|array| scratch.give_back(array));
        }
        written
    }

    /// Where the gradients of each part begin, and where the last ends: vectors, encoder, code, decoder.
    fn bounds(&self) -> [usize; 5] {
        let mut bounds = [0; 5];
        let parts =
            [self.embedding.len(), self.encoder.n_params(), Layer::n_params(&self.code), self.decoder.n_params()];
        for (i, n) in parts.into_iter().enumerate() {
            bounds[i + 1] = bounds[i] + n;
        }
        bounds
    }
}

impl<S: Scalar> Objective<S> for Dcnn<S> {
    fn loss(&self, batch: &Batch<'_, S>, scratch: &mut Scratch<S>) -> Metrics {
        let read = Read::new(batch.x, n_tokens(&self.info.input) as u32, None, scratch);
        let x = self.vectors(&read, scratch);
        let h = self.encoder.infer(x.view(), scratch);
        let z = self.encoded(h.view(), scratch);
        let y = self.decoder.infer(z.view(), scratch);
        let rows = self.at_places(&read, &y, scratch);
        let decoded = Normed::new(rows.view(), scratch);
        let words = Normed::new(self.embedding.view(), scratch);
        let mut reconstruction = 0.0;
        for (rows, right) in decoded.unit.axis_chunks_iter(Axis(0), ROWS).zip(read.right.chunks(ROWS)) {
            let mut out = self.logits(rows, words.unit.view(), scratch);
            reconstruction -= categorical::log_p(&mut out, right).into_iter().sum::<f64>();
            scratch.give_back(out);
        }
        let written = self.written(&y, words.unit.view(), scratch);
        let [wrong, whole] = read.held_against(&written);
        let n_words = read.packed.n_rows() as f64;
        [x, h, z, y, rows].into_iter().for_each(|array| scratch.give_back(array));
        [decoded, words].into_iter().for_each(|normed| normed.give_back(scratch));
        read.give_back(scratch);
        Metrics::default()
            .with(MetricId::Loss, reconstruction)
            .with(MetricId::Reconstruction, reconstruction)
            .with(MetricId::Words, n_words)
            .with(MetricId::WrongWords, wrong)
            .with(MetricId::Whole, whole)
    }

    fn loss_and_grads(&self, batch: &Batch<'_, S>, grads: &mut [S], scratch: &mut Scratch<S>) -> Metrics {
        let read = Read::new(batch.x, n_tokens(&self.info.input) as u32, None, scratch);
        let (bounds, threads) = (self.bounds(), scratch.threads());
        let part = |part: usize| bounds[part]..bounds[part + 1];
        let x = self.vectors(&read, scratch);
        let encoded = self.encoder.forward(x.view(), scratch);
        let h = encoded.last().map_or(x.view(), |h| h.view());
        let z = self.encoded(h, scratch);
        let decoded = self.decoder.forward(z.view(), scratch);
        let (n, e) = (z.nrows(), self.embedding.ncols());
        let rows = decoded.last().map(|y| self.at_places(&read, y, scratch)).unwrap_or_default();
        let (units, words) = (Normed::new(rows.view(), scratch), Normed::new(self.embedding.view(), scratch));
        let mut out = self.logits(units.unit.view(), words.unit.view(), scratch);
        let reconstruction = categorical::gradient(&mut out, &read.right, batch.weight);

        let sharper = S::of(1.0 / self.temperature);
        out.mapv_inplace(|d| d * sharper);
        let mut d_rows = scratch.array(rows.nrows(), e);
        matmul(d_rows.view_mut(), out.view(), words.unit.view(), threads);
        units.back(&mut d_rows);
        let mut d_words = scratch.array(self.embedding.nrows(), e);
        matmul(d_words.view_mut(), out.t(), units.unit.view(), threads);
        words.back(&mut d_words);
        let mut dy = scratch.array(n, e * self.n_places);
        dy.fill(S::zero());
        read.packed.for_rows(|row, sentence, place| {
            let at = sentence * e * self.n_places + place;
            let (dy, d) = (flat_mut(&mut dy), d_rows.row(row));
            d.iter().enumerate().for_each(|(k, &d)| dy[at + k * self.n_places] = d);
        });
        let mut dz = scratch.array(n, z.ncols());
        self.decoder.backward(z.view(), &decoded, dy, Some(dz.view_mut()), &mut grads[part(3)], scratch);
        let mut dh = scratch.array(n, h.ncols());
        self.code.backward(h, z.view(), dz.view_mut(), Some(dh.view_mut()), &mut grads[part(2)], scratch);
        let mut dx = scratch.array(n, x.ncols());
        if encoded.is_empty() {
            dx.assign(&dh);
            scratch.give_back(dh);
        } else {
            self.encoder.backward(x.view(), &encoded, dh, Some(dx.view_mut()), &mut grads[part(1)], scratch);
        }
        let mut own = shaped_mut(self.embedding.dim(), &mut grads[part(0)]);
        own.assign(&d_words);
        for (dx, sentence) in dx.rows().into_iter().zip(0..) {
            let dx = flat(&dx);
            for place in 0..self.n_places {
                let mut to = own.row_mut(read.token(sentence, place) as usize);
                to.iter_mut().enumerate().for_each(|(k, to)| *to += dx[k * self.n_places + place]);
            }
        }
        [encoded, decoded].into_iter().for_each(|tape| scratch.give_back_list(tape));
        let lent = [x, z, rows, out, d_rows, d_words, dz, dx];
        lent.into_iter().for_each(|array| scratch.give_back(array));
        [units, words].into_iter().for_each(|normed| normed.give_back(scratch));
        read.give_back(scratch);
        Metrics::default().with(MetricId::Loss, reconstruction).with(MetricId::Reconstruction, reconstruction)
    }

    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn params(&self) -> Vec<Param<'_, S>> {
        let mut all = vec![Param::new("embedding.weight", self.embedding.shape(), flat(&self.embedding))];
        all.extend(self.encoder.params("encoder"));
        all.extend(within("mu", Layer::params(&self.code)));
        all.extend(self.decoder.params("decoder"));
        all
    }

    fn visit_mut(&mut self, visit: &mut dyn FnMut(&mut [S])) {
        visit(flat_mut(&mut self.embedding));
        self.encoder.visit_mut(visit);
        self.code.visit_mut(visit);
        self.decoder.visit_mut(visit);
    }

    fn freeze(&self) -> Arc<dyn FrozenModel> {
        Arc::new(Dcnn::<f32> {
            info: Arc::clone(&self.info),
            temperature: self.temperature,
            n_places: self.n_places,
            embedding: self.embedding.mapv(|w| w.as_f64() as f32),
            encoder: self.encoder.cast(),
            code: self.code.cast(),
            decoder: self.decoder.cast(),
        })
    }
}

impl Encoder for Dcnn<f32> {
    fn encode(&self, x: ArrayView2<f32>, _labels: &[u16], scratch: &mut Scratch<f32>) -> Codes {
        let read = Read::new(x, n_tokens(&self.info.input) as u32, None, scratch);
        let vectors = self.vectors(&read, scratch);
        let h = self.encoder.infer(vectors.view(), scratch);
        let mu = self.encoded(h.view(), scratch);
        [vectors, h].into_iter().for_each(|array| scratch.give_back(array));
        read.give_back(scratch);
        Codes { mu, log_var: None }
    }
}

impl Decoder for Dcnn<f32> {
    fn decode(&self, z: ArrayView2<f32>, _labels: &[u16], scratch: &mut Scratch<f32>) -> Array2<f32> {
        self.write(z, scratch)
    }
}

impl FrozenModel for Dcnn<f32> {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn encoder(&self) -> Option<&dyn Encoder> {
        Some(self)
    }

    fn decoder(&self) -> Option<&dyn Decoder> {
        Some(self)
    }

    fn scorer(&self) -> Option<&dyn Scorer> {
        Some(self)
    }

    fn weights(&self) -> Vec<Param<'_, f32>> {
        Objective::params(self)
    }
}
