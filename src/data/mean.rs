//! The mean of some samples.

use super::{Cancel, Dataset};
use ndarray::Array2;

/// The mean of the samples `indices`, [1, features], in the units in which `data` are gathered; none of no
/// samples, of sentences, which have none, or if cancelled.
pub fn mean(data: &Dataset, indices: &[u32], cancel: &Cancel) -> Option<Array2<f32>> {
    if indices.is_empty() || !data.kind().is_dense() {
        return None;
    }
    let n_features = data.n_features();
    let mut sums = vec![0.0f64; n_features];
    for indices in indices.chunks(data.chunk_size()) {
        if cancel.is_set() {
            return None;
        }
        let mut x = Array2::zeros((indices.len(), n_features));
        data.gather(indices, &mut x);
        for row in x.rows() {
            sums.iter_mut().zip(row).for_each(|(sum, x)| *sum += f64::from(*x));
        }
    }
    let n = indices.len() as f64;
    Array2::from_shape_vec((1, n_features), sums.into_iter().map(|sum| (sum / n) as f32).collect()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{SampleKind, Values};

    #[test]
    fn each_feature_is_its_own_mean_over_the_samples_that_are_asked_for() {
        let kind = SampleKind::Image { channels: 1, height: 1, width: 2 };
        let values = Values::Bytes([0, 255, 51, 102, 255, 0].as_slice().into());
        let data = Dataset::new(kind, values, None, vec![]).unwrap();
        let of = |indices: &[u32]| mean(&data, indices, &Cancel::default());
        assert_eq!(of(&[1]).unwrap().as_slice().unwrap(), [0.2, 0.4]);
        let all = of(&[0, 1, 2]).unwrap();
        assert!((all[[0, 0]] - 0.4).abs() < 1e-6 && (all[[0, 1]] - 1.4 / 3.0).abs() < 1e-6, "{all}");
        assert_eq!(of(&[]), None);
        let cancel = Cancel::default();
        cancel.set();
        assert_eq!(mean(&data, &[1], &cancel), None);
    }
}
