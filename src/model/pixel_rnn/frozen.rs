//! What a trained recurrent network over pixels answers: how improbable each pixel is, and how a picture goes
//! on.

use super::{PLACE, PixelRnn};
use crate::model::{Completer, FrozenModel, ModelInfo, Objective, Placed, Scorer};
use crate::nn::{Packed, Param, Reads, Scalar, Scratch, State, categorical, flat_mut};
use ndarray::{Array2, ArrayView1, ArrayView2};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

impl<S: Scalar> PixelRnn<S> {
    /// As [`Completer::complete`], in any precision.
    pub(super) fn complete_in(
        &self,
        x: &mut [f32],
        given: &[bool],
        rng: &mut ChaCha8Rng,
        each: &mut dyn FnMut(&[f32], Placed) -> bool,
        scratch: &mut Scratch<S>,
    ) -> bool {
        let packed = Packed::new(&[1]);
        let mut state = State::new(Array2::zeros((1, self.state.n_hidden())));
        let mut read = Array2::zeros((1, self.colours.n_out() + PLACE));
        let mut before = None;
        for (pixel, &is_given) in given.iter().enumerate() {
            self.read_before(flat_mut(&mut read), pixel, before);
            let reads = Reads { packed: &packed, x: read.view(), told: None, start: Some(&state) };
            let pass = self.state.forward(reads, scratch);
            let was = std::mem::replace(&mut state, pass.into_state(self.state.cell(), scratch));
            scratch.give_back(was.h);
            let mut p = self.outputs(state.h.view(), scratch);
            let log_p = if is_given {
                let colour = self.colour_at(ArrayView1::from(&*x), pixel);
                before = Some(colour);
                categorical::log_p(&mut p, &[colour])[0]
            } else {
                // What is right is not known yet: any colour turns the outputs into probabilities.
                categorical::log_p(&mut p, &[0]);
                let colour = drawn(p.row(0), rng);
                before = Some(colour);
                self.paint(x, pixel, colour);
                p[[0, colour as usize]].as_f64().ln()
            };
            scratch.give_back(p);
            if !each(x, Placed { pixel, log_p, is_given }) {
                return false;
            }
        }
        true
    }
}

/// One of the classes with these probabilities.
fn drawn<S: Scalar>(p: ArrayView1<S>, rng: &mut ChaCha8Rng) -> u32 {
    let mut left = rng.random::<f64>() * p.iter().map(|p| p.as_f64()).sum::<f64>();
    let mut last = 0;
    for (class, p) in p.iter().enumerate() {
        let p = p.as_f64();
        if p > 0.0 {
            last = class as u32;
        }
        left -= p;
        if left < 0.0 {
            break;
        }
    }
    last
}

impl Completer for PixelRnn<f32> {
    fn order(&self) -> &[u32] {
        &self.order
    }

    fn known(&self, x: &mut [f32], _sample: u32) {
        x.iter_mut().for_each(|x| *x = self.value_of(self.step_of(f64::from(*x))));
    }

    fn nats(&self, x: ArrayView2<f32>, scratch: &mut Scratch<f32>) -> Array2<f64> {
        self.nats_of(x, scratch)
    }

    fn complete(
        &self,
        x: &mut [f32],
        given: &[bool],
        rng: &mut ChaCha8Rng,
        each: &mut dyn FnMut(&[f32], Placed) -> bool,
        scratch: &mut Scratch<f32>,
    ) -> bool {
        self.complete_in(x, given, rng, each, scratch)
    }
}

impl FrozenModel for PixelRnn<f32> {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn scorer(&self) -> Option<&dyn Scorer> {
        Some(self)
    }

    fn completer(&self) -> Option<&dyn Completer> {
        Some(self)
    }

    fn weights(&self) -> Vec<Param<'_, f32>> {
        Objective::params(self)
    }
}
