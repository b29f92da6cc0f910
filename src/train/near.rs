//! The samples nearest to a code: by what it decodes to, and by their own codes.

use super::{CodeCloud, encode};
use crate::data::{Cancel, Dataset, nearest};
use crate::latent::nearest::nearest_codes;
use crate::model::FrozenModel;
use crate::nn::Scratch;
use ndarray::ArrayView2;

/// Test samples whose distance to the nearest code gives the scale.
const N_SCALE: usize = 50;

/// The `k` samples nearest to the decoded `z`, told `labels` where the model takes any: indices and √Σ(x̂ −
/// x)², nearest first; documents by the shares that words have in them. None for a model that does not
/// decode to such samples, or when cancelled.
pub fn nearest_to_code(
    model: &dyn FrozenModel,
    (z, labels): (&[f32], &[u16]),
    data: &Dataset,
    k: usize,
    cancel: &Cancel,
) -> Option<Vec<(u32, f32)>> {
    let z = ArrayView2::from_shape((1, z.len()), z).ok()?;
    let mut x_hat = model.decoder()?.decode(z, labels, &mut Scratch::default());
    if x_hat.ncols() != data.n_features() {
        return None;
    }
    // Columns weigh as they do to the model.
    let scaling = model.info().scaling.as_ref();
    if let Some(scaling) = scaling {
        scaling.apply(x_hat.view_mut());
    }
    nearest(&data.scaled(scaling), x_hat.as_slice()?, k, cancel)
}

/// The `k` samples of a cloud whose codes are nearest to `z`: indices and ‖μ − z‖, nearest first. None
/// where the codes are of another length.
pub fn nearest_by_code(cloud: &CodeCloud, z: &[f32], k: usize) -> Option<Vec<(u32, f32)>> {
    let mu = cloud.codes.mu.view();
    let found = (mu.ncols() == z.len()).then(|| nearest_codes(mu, z, k))?;
    Some(found.into_iter().map(|(row, distance)| (cloud.indices[row], distance)).collect())
}

/// How far the code of an unseen sample lies from the nearest of a cloud: the median over some test samples;
/// none without an encoder, or if cancelled.
pub fn usual_code_distance(
    model: &dyn FrozenModel,
    cloud: &CodeCloud,
    test: &Dataset,
    cancel: &Cancel,
) -> Option<f32> {
    let codes = encode(model, test, &test.spread(N_SCALE), &|| cancel.is_set())?.mu;
    let nearest = |z: ndarray::ArrayView1<f32>| Some(nearest_by_code(cloud, &z.to_vec(), 1)?.first()?.1);
    let mut distances: Vec<f32> = codes.rows().into_iter().map(nearest).collect::<Option<_>>()?;
    distances.sort_by(f32::total_cmp);
    distances.get(distances.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Codes;
    use ndarray::array;

    #[test]
    fn by_code_samples_are_told_by_their_own_numbers() {
        let codes = Codes { mu: array![[0.0, 0.0], [3.0, 4.0], [1.0, 0.0]], log_var: None };
        let cloud = CodeCloud::of(vec![4, 7, 9], codes);
        assert_eq!(nearest_by_code(&cloud, &[3.0, 0.0], 2), Some(vec![(9, 2.0), (4, 3.0)]));
        assert_eq!(nearest_by_code(&cloud, &[3.0], 2), None);
    }
}
