//! Dropout (Srivastava et al. 2014) as a layer: in training each value is zero with probability p, else
//! divided by 1 − p.

use super::flat::{flat, flat_mut};
use super::rng::{Purpose, stream};
use super::{Layer, Op, Scalar, Scratch};
use ndarray::{ArrayView2, ArrayViewMut2};
use rand::Rng;

/// Dropout; where the [`Scratch`] has no seed for it, it hands its input on.
#[derive(Clone, Copy, Debug)]
pub struct Dropout {
    n: usize,
    p: f64,
    number: usize,
    stream: u64,
}

/// Which values of a pass are kept, 1 or 0; empty where nothing was dropped.
type Mask = Vec<u8>;

impl Dropout {
    /// A layer of `n` values, each dropped with probability `p` below 1.
    ///
    /// `number` is the layer's own in its model, and `stream` tells its masks from those of other layers.
    pub fn new(n: usize, p: f64, number: usize, stream: u64) -> Self {
        Self { n, p, number, stream }
    }

    /// Draws the mask of a pass over `n_values`, where the scratch has a seed.
    fn draw<S: Scalar>(&self, n_values: usize, scratch: &mut Scratch<S>) -> Mask {
        let mut mask: Mask = scratch.memory.take(self.number);
        mask.clear();
        if let Some(seed) = scratch.noise_seed {
            let mut rng = stream(seed, Purpose::Dropout, self.stream);
            let dropped = (self.p * f64::from(u32::MAX)) as u32;
            mask.extend((0..n_values).map(|_| u8::from(rng.next_u32() >= dropped)));
        }
        mask
    }

    /// Sets `to` to `from` under a mask, and keeps that.
    fn apply<S: Scalar>(
        &self,
        mask: Mask,
        from: ArrayView2<S>,
        mut to: ArrayViewMut2<S>,
        scratch: &mut Scratch<S>,
    ) {
        if mask.is_empty() {
            to.assign(&from);
        } else {
            let (from, scale) = (from.as_standard_layout(), S::of(1.0 / (1.0 - self.p)));
            for ((to, &from), &kept) in flat_mut(&mut to).iter_mut().zip(flat(&from)).zip(&mask) {
                *to = if kept == 0 { S::zero() } else { from * scale };
            }
        }
        scratch.memory.keep(self.number, mask);
    }
}

impl<S: Scalar> Layer<S> for Dropout {
    fn n_in(&self) -> usize {
        self.n
    }

    fn n_out(&self) -> usize {
        self.n
    }

    fn n_torch_modules(&self) -> usize {
        1
    }

    fn ops(&self) -> Vec<Op<'_, S>> {
        Vec::new()
    }

    fn forward(&self, x: ArrayView2<S>, y: ArrayViewMut2<S>, scratch: &mut Scratch<S>) {
        let mask = self.draw(x.len(), scratch);
        self.apply(mask, x, y, scratch);
    }

    fn backward(
        &self,
        _x: ArrayView2<S>,
        _y: ArrayView2<S>,
        dy: ArrayViewMut2<S>,
        dx: Option<ArrayViewMut2<S>>,
        _grads: &mut [S],
        scratch: &mut Scratch<S>,
    ) {
        if let Some(dx) = dx {
            let mask = scratch.memory.take(self.number);
            self.apply(mask, dy.view(), dx, scratch);
        }
    }

    fn boxed(&self) -> Box<dyn Layer<S>> {
        Box::new(*self)
    }

    fn to_f32(&self) -> Box<dyn Layer<f32>> {
        Box::new(*self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    #[test]
    fn drops_its_share_keeps_the_mean_and_remembers_its_mask() {
        let (x, layer) = (Array2::from_elem((50, 400), 1.0f64), Dropout::new(400, 0.3, 0, 2));
        let (mut y, mut again, mut dx) = (x.clone(), x.clone(), x.clone());
        let mut scratch = Scratch::default();
        layer.forward(x.view(), y.view_mut(), &mut scratch);
        assert_eq!(y, x, "nothing is dropped unless a mask is asked for");
        scratch.noise_seed = Some(7);
        layer.forward(x.view(), y.view_mut(), &mut scratch);
        layer.forward(x.view(), again.view_mut(), &mut scratch);
        layer.backward(x.view(), y.view(), x.clone().view_mut(), Some(dx.view_mut()), &mut [], &mut scratch);
        assert!(y == again && y == dx, "the same seed draws the same mask, and the way back knows it");
        let dropped = y.iter().filter(|&&y| y == 0.0).count() as f64 / y.len() as f64;
        assert!((dropped - 0.3).abs() < 0.01 && (y.mean().unwrap() - 1.0).abs() < 0.02);
        scratch.noise_seed = Some(8);
        layer.forward(x.view(), again.view_mut(), &mut scratch);
        assert_ne!(y, again);
    }
}
