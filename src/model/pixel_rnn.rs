//! A recurrent network over pixels, as one draws it at first: row after row, each pixel from a state that has
//! read all before it (after van den Oord et al. 2016, "Pixel recurrent neural networks", without their two
//! dimensions).
//!
//! At each pixel the state reads the colour of the pixel before and the place that comes next; a softmax over
//! the colours says how probable each is there. Colours are few: steps of grey, or of red, green and blue.
//! −ln p(x) = −Σ ln p(xᵢ | x before i) of a picture in such colours is exact. It has no code.

mod frozen;
mod settings;

pub use settings::PixelRnnSpec;

use super::made::pixels;
use super::sentence::within;
use super::{Batch, FrozenModel, MetricId, Metrics, ModelInfo, Objective};
use crate::data::SampleKind;
use crate::nn::{
    Activation, Dense, Layer, Packed, Param, Reads, Recurrent, Scalar, Scratch, Wanted, categorical, flat_mut,
};
use ndarray::{Array2, ArrayView1, ArrayView2, Axis};
use std::sync::Arc;

/// Numbers of the state that are kept for the way back at a time, and pixels that are scored at a time.
const KEPT: usize = 1 << 24;
const SCORED: usize = 1 << 14;
/// Numbers that say where a pixel is.
const PLACE: usize = 2;

/// A recurrent network over pixels with its weights.
pub struct PixelRnn<S: Scalar> {
    info: Arc<ModelInfo>,
    /// The order of the pixels, which is always that of reading.
    order: Vec<u32>,
    levels: usize,
    channels: usize,
    /// Columns of the picture.
    width: usize,
    state: Recurrent<S>,
    colours: Dense<S>,
}

/// Some pictures as they are read: a row of each pixel, the first ones of all pictures first.
struct Read<S> {
    packed: Packed,
    x: Array2<S>,
    /// The colour of each pixel.
    right: Vec<u32>,
}

impl<S: Scalar> PixelRnn<S> {
    /// One with first weights from `seed`.
    pub fn new(info: Arc<ModelInfo>, settings: &PixelRnnSpec, seed: u64) -> Self {
        let [n_pixels, channels] = pixels(&info.input);
        let width = if let SampleKind::Image { width, .. } = info.input { width } else { n_pixels };
        let n_colours = settings.n_colours(channels);
        Self {
            order: (0..n_pixels as u32).collect(),
            levels: settings.levels,
            channels,
            width,
            state: Recurrent::new(settings.cell, [n_colours + PLACE, 0, settings.units], seed, 1),
            colours: Dense::new(settings.units, n_colours, Activation::Linear, seed, 3),
            info,
        }
    }

    /// The step from 0 on that a value lies nearest to.
    fn step_of(&self, value: f64) -> usize {
        let most = self.levels - 1;
        ((value * most as f64).round().max(0.0) as usize).min(most)
    }

    /// The value of a step.
    fn value_of(&self, step: usize) -> f32 {
        step as f32 / (self.levels - 1) as f32
    }

    /// Which colour a pixel of a picture has.
    fn colour_at<T: Scalar>(&self, x: ArrayView1<T>, pixel: usize) -> u32 {
        let n_pixels = self.order.len();
        let step = |channel: usize| self.step_of(x[channel * n_pixels + pixel].as_f64());
        (0..self.channels).fold(0, |colour, channel| colour * self.levels + step(channel)) as u32
    }

    /// Sets a pixel of a picture to a colour.
    fn paint(&self, x: &mut [f32], pixel: usize, colour: u32) {
        let mut left = colour as usize;
        for channel in (0..self.channels).rev() {
            x[channel * self.order.len() + pixel] = self.value_of(left % self.levels);
            left /= self.levels;
        }
    }

    /// Fills what is read before a pixel: the colour of the one before, none before the first, and where the
    /// pixel is, from −1 to 1.
    fn read_before(&self, row: &mut [S], pixel: usize, before: Option<u32>) {
        row.fill(S::zero());
        if let Some(colour) = before {
            row[colour as usize] = S::one();
        }
        let n_rows = self.order.len() / self.width.max(1);
        let along = |at: usize, n: usize| S::of(2.0 * at as f64 / n.saturating_sub(1).max(1) as f64 - 1.0);
        let place = row.len() - PLACE;
        row[place] = along(pixel / self.width, n_rows);
        row[place + 1] = along(pixel % self.width, self.width);
    }

    fn read(&self, pictures: ArrayView2<S>, scratch: &mut Scratch<S>) -> Read<S> {
        let (n, n_pixels) = (pictures.nrows(), self.order.len());
        let packed = Packed::new(&vec![n_pixels; n]);
        let mut x = scratch.array(packed.n_rows(), self.colours.n_out() + PLACE);
        let mut right = vec![0; packed.n_rows()];
        packed.for_rows(|row, picture, pixel| {
            right[row] = self.colour_at(pictures.row(picture), pixel);
            // The pictures are equally long, so that those of the pixel before lie a whole step back.
            let before = (pixel > 0).then(|| right[row - n]);
            self.read_before(flat_mut(&mut x.row_mut(row)), pixel, before);
        });
        Read { packed, x, right }
    }

    /// The outputs of the colours for states `h` [rows, units].
    fn outputs(&self, h: ArrayView2<S>, scratch: &mut Scratch<S>) -> Array2<S> {
        let mut out = scratch.array(h.nrows(), self.colours.n_out());
        self.colours.forward(h, out.view_mut(), scratch);
        out
    }

    /// −ln p of each pixel of `x` [n, features], given those before it: [n, pixels].
    fn nats_of(&self, x: ArrayView2<S>, scratch: &mut Scratch<S>) -> Array2<f64> {
        let n_pixels = self.order.len();
        let mut nats = Array2::zeros((x.nrows(), n_pixels));
        let at_once = (SCORED / n_pixels.max(1)).max(1);
        for (x, mut nats) in x.axis_chunks_iter(Axis(0), at_once).zip(nats.axis_chunks_iter_mut(Axis(0), at_once))
        {
            let read = self.read(x, scratch);
            let reads = Reads { packed: &read.packed, x: read.x.view(), told: None, start: None };
            let pass = self.state.forward(reads, scratch);
            let mut out = self.outputs(pass.h.view(), scratch);
            let logs = categorical::log_p(&mut out, &read.right);
            read.packed.for_rows(|row, picture, pixel| nats[[picture, pixel]] = -logs[row]);
            pass.give_back(scratch);
            [out, read.x].into_iter().for_each(|array| scratch.give_back(array));
        }
        nats
    }

    /// Sets `grads` to the gradients of `weight` times the nats of pictures `x`, which are returned.
    fn part(&self, x: ArrayView2<S>, weight: S, grads: &mut [S], scratch: &mut Scratch<S>) -> f64 {
        let read = self.read(x, scratch);
        let reads = Reads { packed: &read.packed, x: read.x.view(), told: None, start: None };
        let pass = self.state.forward(reads, scratch);
        let mut out = self.outputs(pass.h.view(), scratch);
        let nats = categorical::gradient(&mut out, &read.right, weight);
        let mut dh = scratch.array(read.packed.n_rows(), self.state.n_hidden());
        let (of_state, of_colours) = grads.split_at_mut(self.state.n_params());
        // A linear layer does not look at its outputs on the way back.
        let h = pass.h.view();
        self.colours.backward(h, h, out.view_mut(), Some(dh.view_mut()), of_colours, scratch);
        self.state.backward(reads, pass, dh, Wanted::default(), of_state, scratch);
        [out, read.x].into_iter().for_each(|array| scratch.give_back(array));
        nats
    }

    /// As [`Self::part`], so many pictures at once: a batch of large ones would not fit memory.
    fn in_parts(
        &self,
        x: ArrayView2<S>,
        at_once: usize,
        weight: S,
        grads: &mut [S],
        scratch: &mut Scratch<S>,
    ) -> f64 {
        let mut nats = 0.0;
        for (part, x) in x.axis_chunks_iter(Axis(0), at_once).enumerate() {
            if part == 0 {
                nats += self.part(x, weight, grads, scratch);
                continue;
            }
            let mut more = scratch.array(1, grads.len());
            nats += self.part(x, weight, flat_mut(&mut more), scratch);
            grads.iter_mut().zip(&more).for_each(|(sum, &d)| *sum += d);
            scratch.give_back(more);
        }
        nats
    }
}

impl<S: Scalar> Objective<S> for PixelRnn<S> {
    fn loss(&self, batch: &Batch<'_, S>, scratch: &mut Scratch<S>) -> Metrics {
        let nats = self.nats_of(batch.x, scratch).sum();
        Metrics::default().with(MetricId::Loss, nats).with(MetricId::NegLogP, nats)
    }

    fn loss_and_grads(&self, batch: &Batch<'_, S>, grads: &mut [S], scratch: &mut Scratch<S>) -> Metrics {
        let each = (self.order.len() * self.state.n_hidden()).max(1);
        let nats = self.in_parts(batch.x, (KEPT / each).max(1), batch.weight, grads, scratch);
        Metrics::default().with(MetricId::Loss, nats).with(MetricId::NegLogP, nats)
    }

    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn params(&self) -> Vec<Param<'_, S>> {
        let mut all = within("state", self.state.params());
        all.extend(within("colours", Layer::params(&self.colours)));
        all
    }

    fn visit_mut(&mut self, visit: &mut dyn FnMut(&mut [S])) {
        self.state.visit_mut(visit);
        self.colours.visit_mut(visit);
    }

    fn freeze(&self) -> Arc<dyn FrozenModel> {
        Arc::new(PixelRnn::<f32> {
            info: Arc::clone(&self.info),
            order: self.order.clone(),
            levels: self.levels,
            channels: self.channels,
            width: self.width,
            state: self.state.cast(),
            colours: self.colours.cast(),
        })
    }
}

#[cfg(test)]
mod tests;
