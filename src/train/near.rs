//! The samples nearest to what a code decodes to.

use crate::data::{Cancel, Dataset, nearest};
use crate::model::FrozenModel;
use crate::nn::Scratch;
use ndarray::ArrayView2;

/// The `k` samples nearest to the decoded `z`, told `labels` where the model takes any: indices and √Σ(x̂ −
/// x)², nearest first. None for a model that does not decode to such samples, or when cancelled.
pub fn nearest_to_code(
    model: &dyn FrozenModel,
    (z, labels): (&[f32], &[u16]),
    data: &Dataset,
    k: usize,
    cancel: &Cancel,
) -> Option<Vec<(u32, f32)>> {
    let z = ArrayView2::from_shape((1, z.len()), z).ok()?;
    let mut x_hat = match model.decoder() {
        Some(decoder) => decoder.decode(z, labels, &mut Scratch::default()),
        // Codes have their neighbours among themselves.
        None if data.are_codes() => z.to_owned(),
        None => return None,
    };
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
