//! The directions in which data vary most, exactly, for samples of any size.
//!
//! Of up to [`MOST_SQUARED`] features the whole covariance is taken apart; of more it is never written down:
//! its leading eigenvectors are found by applying it to a few directions at a time, in passes over the
//! samples.

use super::TrainError;
use super::closed_form::{EachChunk, Moments, give_up_if, not_finite};
use crate::data::Cancel;
use crate::nn::{add_product, leading_eigen, symmetric_eigen};
use ndarray::{Array1, Array2, ArrayView2, Axis, s};

/// Features whose covariance is taken apart whole, within some tenths of a second.
const MOST_SQUARED: usize = 1024;

/// The leading principal components of data.
pub struct Principal {
    /// Mean of the samples [features].
    pub mean: Array1<f64>,
    /// Directions of largest variance, one a column [features, k].
    pub components: Array2<f64>,
    /// Mean variance of what they leave out, a direction; 0 where they leave nothing.
    pub noise_variance: f64,
}

/// The leading `k` components of samples of `n_features`; it gives up soon after `cancel` is set.
pub fn principal(
    (n_features, k): (usize, usize),
    samples: EachChunk<'_>,
    cancel: &Cancel,
) -> Result<Principal, TrainError> {
    if n_features <= MOST_SQUARED {
        whole((n_features, k), samples, cancel)
    } else {
        leading((n_features, k), samples, cancel)
    }
}

fn whole(
    (n_features, k): (usize, usize),
    samples: EachChunk<'_>,
    cancel: &Cancel,
) -> Result<Principal, TrainError> {
    let mut moments = Moments::new(n_features, 0);
    samples(&mut |x| moments.add(x, None));
    give_up_if(cancel)?;
    let eigen = symmetric_eigen(moments.cov_xx().view()).ok_or_else(not_finite)?;
    let left = eigen.values.slice(s![k..]);
    let noise_variance = left.iter().map(|value| value.max(0.0)).sum::<f64>() / left.len().max(1) as f64;
    Ok(Principal {
        mean: moments.mean_x(),
        components: eigen.vectors.slice(s![.., ..k]).to_owned(),
        noise_variance,
    })
}

fn leading(
    (n_features, k): (usize, usize),
    samples: EachChunk<'_>,
    cancel: &Cancel,
) -> Result<Principal, TrainError> {
    let (mut n, mut sum) = (0, Array1::<f64>::zeros(n_features));
    samples(&mut |x| {
        n += x.nrows();
        sum += &x.mapv(f64::from).sum_axis(Axis(0));
    });
    give_up_if(cancel)?;
    let mean = sum / n.max(1) as f64;
    let centred = |x: ArrayView2<f32>| x.mapv(f64::from) - &mean;
    let mut total = 0.0;
    samples(&mut |x| total += centred(x).iter().map(|off| off * off).sum::<f64>());
    give_up_if(cancel)?;
    let mut apply = |directions: &Array2<f64>| {
        let mut sum = Array2::zeros(directions.dim());
        samples(&mut |x| {
            let off = centred(x);
            add_product(&mut sum, &off, &off.dot(directions));
        });
        sum.mapv_inplace(|value| value / n.max(1) as f64);
        (!cancel.is_set()).then_some(sum)
    };
    let eigen = leading_eigen(n_features, k, &mut apply);
    give_up_if(cancel)?;
    let eigen = eigen.ok_or_else(not_finite)?;
    let left = (total / n.max(1) as f64 - eigen.values.sum()).max(0.0);
    Ok(Principal { mean, components: eigen.vectors, noise_variance: left / (n_features - k).max(1) as f64 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_agree() {
        let (n, features, k) = (60, 90, 4);
        let x = Array2::from_shape_fn((n, features), |(i, j)| {
            let (i, j) = (i as f32, j as f32);
            (i * 0.7 + j * 0.05).sin() * 3.0 + (i * j * 0.013).cos() + 0.1 * ((3.0 * i + 7.0 * j) % 11.0)
        });
        let mut each = |see: &mut dyn FnMut(ArrayView2<f32>)| {
            for chunk in x.axis_chunks_iter(Axis(0), 25) {
                see(chunk);
            }
        };
        let cancel = Cancel::default();
        let a = whole((features, k), &mut each, &cancel).unwrap();
        let b = leading((features, k), &mut each, &cancel).unwrap();
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-7, "{a} {b}");
        a.mean.iter().zip(&b.mean).for_each(|(a, b)| close(*a, *b));
        a.components.iter().zip(&b.components).for_each(|(a, b)| close(*a, *b));
        close(a.noise_variance, b.noise_variance);
        cancel.set();
        assert!(matches!(leading((features, k), &mut each, &cancel), Err(TrainError::Cancelled)));
    }
}
