//! Endings of a sample of which the first pixels are given, and how improbable each pixel is.

use crate::data::{Cancel, Dataset, SampleKind};
use crate::model::{Completer, FrozenModel, Placed};
use crate::nn::{Purpose, Scratch, stream};
use ndarray::{Array2, Axis};

/// A sample of which the first pixels stand and the rest was drawn.
#[derive(Clone, Debug)]
pub struct Ending {
    /// The sample as the model knows it, its own colours \[features\].
    pub known: Vec<f32>,
    /// The same with the drawn ending \[features\].
    pub x: Vec<f32>,
    /// The pixels in the order in which they came to stand.
    pub placed: Vec<Placed>,
    /// −ln p of each pixel of the sample itself, given those before it, in nats, row after row.
    pub nats: Vec<f64>,
}

impl Ending {
    /// −ln p of the ending that was drawn, given what was given, in nats.
    pub fn drawn_nats(&self) -> f64 {
        -self.placed.iter().filter(|placed| !placed.is_given).map(|placed| placed.log_p).sum::<f64>()
    }

    /// −ln p of the ending that the sample has, given the same, in nats.
    pub fn true_nats(&self) -> f64 {
        self.placed.iter().filter(|placed| !placed.is_given).map(|placed| self.nats[placed.pixel]).sum()
    }

    /// How many pixels were drawn.
    pub fn n_drawn(&self) -> usize {
        self.placed.iter().filter(|placed| !placed.is_given).count()
    }

    /// Share of the drawn pixels that are another than the sample's; none where none was drawn.
    pub fn share_off(&self) -> Option<f64> {
        let n_pixels = self.placed.len();
        let is_off = |pixel: usize| (pixel..self.x.len()).step_by(n_pixels).any(|at| self.x[at] != self.known[at]);
        let drawn = self.placed.iter().filter(|placed| !placed.is_given);
        let off = drawn.filter(|placed| is_off(placed.pixel)).count();
        (self.n_drawn() > 0).then(|| off as f64 / self.n_drawn() as f64)
    }
}

/// Rows and columns of a picture; what is none is a row.
pub fn sides(kind: &SampleKind) -> [usize; 2] {
    kind.sides().map_or([1, kind.n_features()], |[_, height, width]| [height, width])
}

/// Which pixels are given where the first of a model's order are, as many as `rows` rows have: in the order
/// of reading, those rows.
pub fn given(completer: &dyn Completer, kind: &SampleKind, rows: usize) -> Vec<bool> {
    let order = completer.order();
    let mut given = vec![false; order.len()];
    let n = rows.saturating_mul(sides(kind)[1]).min(order.len());
    order[..n].iter().for_each(|&pixel| given[pixel as usize] = true);
    given
}

/// An ending of a sample whose first `rows` rows of pixels are given; the same one for the same seed.
///
/// None for a model that completes nothing, for a sample that is not there, or once cancelled.
pub fn ending(
    model: &dyn FrozenModel,
    data: &Dataset,
    (sample, rows): (u32, usize),
    seed: u64,
    cancel: &Cancel,
) -> Option<Ending> {
    let completer = model.completer().filter(|_| (sample as usize) < data.n_samples())?;
    let mut scratch = Scratch::default();
    let mut known = Array2::zeros((1, data.n_features()));
    data.gather(&[sample], &mut known);
    completer.known(known.as_slice_mut()?, sample);
    let nats = completer.nats(known.view(), &mut scratch).index_axis_move(Axis(0), 0).to_vec();
    let known = known.into_raw_vec_and_offset().0;
    let (mut x, mut placed) = (known.clone(), Vec::with_capacity(nats.len()));
    let mut each = |_: &[f32], one: Placed| {
        placed.push(one);
        !cancel.is_set()
    };
    let given = given(completer, data.kind(), rows);
    let mut rng = stream(seed, Purpose::Completion, u64::from(sample));
    let is_whole = completer.complete(&mut x, &given, &mut rng, &mut each, &mut scratch);
    is_whole.then_some(Ending { known, x, placed, nats })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Values;
    use crate::model::{ModelSpec, Settings};
    use std::sync::Arc;

    fn model(kind: &str, input: &SampleKind) -> Arc<dyn FrozenModel> {
        ModelSpec::of_kind(kind).unwrap().check(input, &[]).unwrap().frozen(None).unwrap()
    }

    #[test]
    fn the_first_rows_stand_and_endings_hang_on_the_seed_alone() {
        let input = SampleKind::square(1, 4);
        let grey: Vec<u8> = (0..32).map(|i| (i * 37 % 256) as u8).collect();
        let data = Dataset::new(input.clone(), Values::Bytes(grey.into()), None, vec![]).unwrap();
        for kind in ["made", "pixel-rnn"] {
            let model = model(kind, &input);
            let with = |rows, seed| ending(&*model, &data, (1, rows), seed, &Cancel::default()).unwrap();
            let first = with(2, 5);
            // Grey becomes black and white, or the steps that the model knows, once and for all.
            let (mut grey, mut known) = (Array2::zeros((1, 16)), first.known.clone());
            data.gather(&[1], &mut grey);
            model.completer().unwrap().known(&mut known, 1);
            assert!(known == first.known && known.iter().zip(&grey).any(|(known, grey)| known != grey), "{kind}");
            assert_eq!(first.x[..8], first.known[..8]);
            assert!(first.placed[..8].iter().all(|placed| placed.is_given) && first.n_drawn() == 8);
            assert_eq!((with(2, 5).x, with(2, 5).placed), (first.x.clone(), first.placed.clone()));
            assert!((6..20).any(|seed| with(2, seed).x != first.x), "{kind}: always the same ending");
            let off = (8..16).filter(|&at| first.x[at] != first.known[at]).count();
            assert_eq!(first.share_off(), Some(off as f64 / 8.0));
            let all = with(4, 5);
            assert_eq!((all.share_off(), all.drawn_nats(), all.true_nats()), (None, 0.0, 0.0));
            let sum: f64 = all.placed.iter().map(|placed| placed.log_p).sum();
            assert!((sum + all.nats.iter().sum::<f64>()).abs() < 1e-3, "{kind}");
            let cancel = Cancel::default();
            cancel.set();
            assert!(ending(&*model, &data, (1, 2), 5, &cancel).is_none());
            assert!(ending(&*model, &data, (2, 2), 5, &Cancel::default()).is_none());
        }
    }

    #[test]
    fn in_another_order_as_many_pixels_are_given_as_the_rows_have() {
        let input = SampleKind::square(1, 4);
        let spec = ModelSpec::of_kind("made").unwrap().with("order", "random").unwrap();
        let model = spec.check(&input, &[]).unwrap().frozen(None).unwrap();
        let completer = model.completer().unwrap();
        let given = given(completer, &input, 1);
        let first: Vec<usize> = completer.order()[..4].iter().map(|&pixel| pixel as usize).collect();
        assert!((0..16).all(|pixel| given[pixel] == first.contains(&pixel)));
        assert_ne!(given[..4], [true; 4]);
    }
}
