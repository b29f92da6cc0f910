//! What a trained model of sentences answers.

use super::{Read, Sentence, Writing};
use crate::model::{Codes, Decoder, Density, Encoder, FrozenModel, ModelInfo, Objective, Scorer, Writer};
use crate::nn::{Param, Scratch};
use ndarray::{Array2, ArrayView2, Axis};

/// Pairs of a sentence and a code that are scored at a time.
const PAIRS: usize = 256;

impl Encoder for Sentence<f32> {
    fn encode(&self, x: ArrayView2<f32>, _labels: &[u16], scratch: &mut Scratch<f32>) -> Codes {
        let read = Read::new(x, self.start(), None, scratch);
        let encoded = self.encode_read(&read, scratch);
        let mut heads = encoded.heads.iter().map(|head| read.unsorted(head));
        let (mu, log_var) = (heads.next().unwrap_or_default(), heads.next());
        drop(heads);
        encoded.give_back(scratch);
        read.give_back(scratch);
        Codes { mu, log_var }
    }
}

impl Decoder for Sentence<f32> {
    fn decode(&self, z: ArrayView2<f32>, _labels: &[u16], scratch: &mut Scratch<f32>) -> Array2<f32> {
        self.write(z, &Writing::default(), scratch)
    }
}

impl Writer for Sentence<f32> {
    fn write(&self, z: ArrayView2<f32>, writing: &Writing, scratch: &mut Scratch<f32>) -> Array2<f32> {
        // Its own, which is there in any precision.
        Self::write(self, z, writing, scratch)
    }
}

impl Density for Sentence<f32> {
    fn log_density(
        &self,
        x: ArrayView2<f32>,
        z: ArrayView2<f32>,
        _label: u16,
        scratch: &mut Scratch<f32>,
    ) -> Array2<f64> {
        let pairs: Vec<(usize, usize)> =
            (0..x.nrows()).flat_map(|row| (0..z.nrows()).map(move |code| (row, code))).collect();
        let mut all = Array2::zeros((x.nrows(), z.nrows()));
        for pairs in pairs.chunks(PAIRS) {
            let [rows, codes] =
                [pairs.iter().map(|pair| pair.0).collect(), pairs.iter().map(|pair| pair.1).collect()]
                    as [Vec<usize>; 2];
            let read = Read::new(x.select(Axis(0), &rows).view(), self.start(), None, scratch);
            let sorted: Vec<usize> = read.packed.order().iter().map(|&pair| codes[pair]).collect();
            let z = z.select(Axis(0), &sorted);
            for (log, &pair) in self.log_p(&read, z.view(), scratch).into_iter().zip(read.packed.order()) {
                all[pairs[pair]] = log;
            }
            read.give_back(scratch);
        }
        all
    }
}

impl FrozenModel for Sentence<f32> {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn encoder(&self) -> Option<&dyn Encoder> {
        Some(self)
    }

    fn decoder(&self) -> Option<&dyn Decoder> {
        Some(self)
    }

    fn writer(&self) -> Option<&dyn Writer> {
        Some(self)
    }

    fn density(&self) -> Option<&dyn Density> {
        self.is_variational.then_some(self as &dyn Density)
    }

    fn scorer(&self) -> Option<&dyn Scorer> {
        Some(self)
    }

    fn weights(&self) -> Vec<Param<'_, f32>> {
        Objective::params(self)
    }
}
