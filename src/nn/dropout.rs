//! Dropout (Srivastava et al. 2014) as a layer: in training each value is zero with probability p, else divided by 1 − p.

use super::rng::{Purpose, stream};
use super::{Layer, Scalar, Scratch};
use ndarray::{ArrayView2, ArrayViewMut2};
use rand::Rng;

/// Dropout; without a seed for its masks in the [`Scratch`] it hands its input on.
///
/// Masks are never kept: seed and layer draw the same one forward and backward.
#[derive(Clone, Copy, Debug)]
pub struct Dropout {
    n: usize,
    p: f64,
    layer: u64,
}

impl Dropout {
    /// A layer of `n` values, each dropped with probability `p` below 1; `layer` tells its masks from those of others.
    pub fn new(n: usize, p: f64, layer: u64) -> Self {
        Self { n, p, layer }
    }

    /// Sets `to` to `from` under the mask of this pass.
    fn mask<S: Scalar>(&self, from: ArrayView2<S>, to: &mut ArrayViewMut2<S>, scratch: &Scratch<S>) {
        let Some(seed) = scratch.mask_seed else { return to.assign(&from) };
        let mut rng = stream(seed, Purpose::Dropout, self.layer);
        let dropped = (self.p * f64::from(u32::MAX)) as u32;
        let scale = S::of(1.0 / (1.0 - self.p));
        ndarray::Zip::from(to).and(from).for_each(|to, &from| {
            *to = if rng.next_u32() < dropped { S::zero() } else { from * scale };
        });
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

    fn forward(&self, x: ArrayView2<S>, mut y: ArrayViewMut2<S>, scratch: &mut Scratch<S>) {
        self.mask(x, &mut y, scratch);
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
        if let Some(mut dx) = dx {
            self.mask(dy.view(), &mut dx, scratch);
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
    fn drops_its_share_keeps_the_mean_and_draws_the_same_mask_again() {
        let (x, layer) = (Array2::from_elem((50, 400), 1.0f64), Dropout::new(400, 0.3, 2));
        let (mut y, mut again, mut dx) = (x.clone(), x.clone(), x.clone());
        let mut scratch = Scratch::default();
        layer.forward(x.view(), y.view_mut(), &mut scratch);
        assert_eq!(y, x, "nothing is dropped unless a mask is asked for");
        scratch.mask_seed = Some(7);
        layer.forward(x.view(), y.view_mut(), &mut scratch);
        layer.forward(x.view(), again.view_mut(), &mut scratch);
        layer.backward(x.view(), y.view(), x.clone().view_mut(), Some(dx.view_mut()), &mut [], &mut scratch);
        assert!(y == again && y == dx);
        let dropped = y.iter().filter(|&&y| y == 0.0).count() as f64 / y.len() as f64;
        assert!((dropped - 0.3).abs() < 0.01 && (y.mean().unwrap() - 1.0).abs() < 0.02);
        scratch.mask_seed = Some(8);
        layer.forward(x.view(), again.view_mut(), &mut scratch);
        assert_ne!(y, again);
    }
}
