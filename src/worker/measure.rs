//! What is worked out of the shown model beside its codes: how it mends corrupted images, and ln p(x).

use super::protocol::{CorruptedRequest, CorruptedRows};
use crate::data::{Cancel, DataSplit};
use crate::model::SharedModel;
use crate::nn::{Purpose, Scratch, flat_mut, stream};
use crate::picture::Shown;
use crate::train::{LogP, importance_weighted, quadrature};
use ndarray::{Array2, Axis, concatenate};

/// Test images that ln p(x) is the mean of: few enough to follow a training.
const N_LOG_P: usize = 64;
/// Draws that the bound is the mean of.
const K_ELBO: usize = 16;
/// Grid points a side; a step of .12, which suffices down to posteriors of σ .1.
const SIDE_LOG_P: usize = 101;

/// The evidence bound and ln p(x) by quadrature over some test images; none for a model that is no density in two
/// dimensions.
pub fn log_p(model: &SharedModel, data: &DataSplit, cancel: &Cancel) -> Option<LogP> {
    let cancelled = || cancel.is_set();
    let log_p = quadrature(&**model, &data.test, N_LOG_P, SIDE_LOG_P, &cancelled)?;
    let bound = importance_weighted(&**model, &data.test, N_LOG_P, K_ELBO, &cancelled)?;
    Some(LogP { log_p, ..bound })
}

/// Test images clean, corrupted, and as the model mends them: three rows of one picture.
pub fn corrupted(request: &CorruptedRequest) -> Option<CorruptedRows> {
    let (encoder, decoder) = (request.model.encoder()?, request.model.decoder()?);
    let (test, indices) = (&request.data.test, &request.indices);
    let mut x = Array2::zeros((indices.len(), test.n_features()));
    test.gather(indices, &mut x);
    let mut seen = x.clone();
    for (mut row, &idx) in seen.rows_mut().into_iter().zip(indices) {
        // Each image has its own draw, so that it is the same whatever stands beside it.
        let mut rng = stream(0, Purpose::Corruption, u64::from(idx));
        request.noise.corrupt(flat_mut(&mut row), &mut rng);
    }
    let (labels, mut scratch) = (test.labels_of(indices), Scratch::default());
    let codes = encoder.encode(seen.view(), &labels, &mut scratch);
    let x_hat = decoder.decode(codes.mu.view(), &labels, &mut scratch);
    let squares = |a: &Array2<f32>| (a - &x).mapv(|d| f64::from(d).powi(2)).sum() / indices.len() as f64;
    let squared_errors = [squares(&seen), squares(&x_hat)];
    let all = concatenate(Axis(0), &[x.view(), seen.view(), x_hat.view()]).ok()?;
    let pixels = Shown::decoded(&*request.model, all.view(), indices.len()).into_tiles();
    Some(CorruptedRows { stamp: request.stamp, pixels, columns: indices.len(), squared_errors })
}
