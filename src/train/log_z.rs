//! ln p(x) of a model with an energy: −F(x) − ln Z.
//!
//! ln Z is summed where one layer is small enough, else estimated by annealed importance sampling, from units
//! that are independent and on as often as in the data.

use super::evaluate::{CHUNK, chunk_indices, seen};
use super::log_p::LogP;
use crate::data::Dataset;
use crate::model::{Annealing, FrozenModel, LogZ};
use ndarray::{Array2, Axis};
use rayon::prelude::*;

/// Most units whose states are summed one by one: a minute or so of 784 others on two cores.
pub const MAX_SUMMED: usize = 24;
/// As many to follow a training.
const MAX_SUMMED_LIVE: usize = 17;
/// Samples that the first distribution is fitted to, and that are scored live.
const N_SEEN: usize = 5_000;

/// ln Z of a model with an energy: exactly up to [`MAX_SUMMED`] units, else by `annealing` from the means of
/// `data`; none for another model, or when cancelled. Runs on the surrounding pool.
pub fn log_z(
    model: &dyn FrozenModel,
    data: &Dataset,
    annealing: Annealing,
    is_cancelled: &(dyn Fn() -> bool + Sync),
) -> Option<LogZ> {
    log_z_up_to(MAX_SUMMED, (model, data), annealing, is_cancelled)
}

fn log_z_up_to(
    max_summed: usize,
    (model, data): (&dyn FrozenModel, &Dataset),
    annealing: Annealing,
    is_cancelled: &(dyn Fn() -> bool + Sync),
) -> Option<LogZ> {
    let energy = model.energy()?;
    if energy.n_summed() <= max_summed {
        return energy.log_z(is_cancelled).map(|value| LogZ { value, bounds: None });
    }
    let n = data.n_samples().min(N_SEEN);
    let sums = over(model, data, n, is_cancelled, |x| x.mapv(f64::from).sum_axis(Axis(0)))?;
    let sum = sums.into_iter().reduce(|sum, of| sum + of)?;
    let base: Vec<f32> = sum.iter().map(|sum| (sum / n as f64) as f32).collect();
    energy.annealed_log_z(&base, annealing, is_cancelled)
}

/// ln p(x), the mean over the first `n` samples, with ln Z at hand; none for a model without an energy, or
/// when cancelled.
///
/// Its posterior P(h | x) is exact, so that the evidence bound is ln p(x) itself.
pub fn log_p_by_energy(
    model: &dyn FrozenModel,
    data: &Dataset,
    n: usize,
    log_z: LogZ,
    is_cancelled: &(dyn Fn() -> bool + Sync),
) -> Option<LogP> {
    let energy = model.energy()?;
    let n = n.min(data.n_samples());
    let sums = over(model, data, n, is_cancelled, |x| energy.free_energy(x.view()).sum())?;
    let log_p = -sums.iter().sum::<f64>() / n as f64 - log_z.value;
    Some(LogP { elbo: log_p, log_p, n_samples: n, log_z: Some(log_z) })
}

/// The same of a few samples with a quick ln Z, to follow a training.
pub fn live_by_energy(
    model: &dyn FrozenModel,
    data: &Dataset,
    is_cancelled: &(dyn Fn() -> bool + Sync),
) -> Option<LogP> {
    let log_z = log_z_up_to(MAX_SUMMED_LIVE, (model, data), Annealing::LIVE, is_cancelled)?;
    log_p_by_energy(model, data, N_SEEN, log_z, is_cancelled)
}

/// What `of` makes of the first `n` samples as the model is scored on them, chunk by chunk.
fn over<T: Send>(
    model: &dyn FrozenModel,
    data: &Dataset,
    n: usize,
    is_cancelled: &(dyn Fn() -> bool + Sync),
    of: impl Fn(Array2<f32>) -> T + Sync,
) -> Option<Vec<T>> {
    let data = data.scaled(model.info().scaling.as_ref());
    let of_chunk = |chunk: usize| {
        if is_cancelled() {
            return None;
        }
        Some(of(seen(&data, &chunk_indices(chunk, n), model.info().samples)))
    };
    (0..n.div_ceil(CHUNK)).into_par_iter().map(of_chunk).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{SampleKind, Values};
    use crate::model::{ModelSpec, Settings, SharedModel};
    use crate::nn::flat_mut;
    use ndarray::Array1;

    fn machine(hidden: &str) -> SharedModel {
        let spec = ModelSpec::of_kind("rbm").unwrap().with("latent_dim", hidden).unwrap();
        let valid = spec.check(&SampleKind::square(1, 6), &[]).unwrap();
        let fresh = valid.frozen(None).unwrap();
        let wave = |param: &crate::nn::Param<'_, f32>| -> Vec<f32> {
            (0..param.values.len()).map(|i| 0.8 * ((i * i) as f32 * 0.21 + i as f32).sin()).collect()
        };
        let weights: Vec<Vec<f32>> = fresh.weights().iter().map(wave).collect();
        valid.frozen(Some(&weights.iter().map(Vec::as_slice).collect::<Vec<_>>())).unwrap()
    }

    fn data() -> Dataset {
        let pixels: Vec<u8> = (0..700 * 36).map(|i| ((i * 31 + i / 36 * 7) % 256) as u8).collect();
        Dataset::new(SampleKind::square(1, 6), Values::Bytes(pixels.into()), None, vec![]).unwrap()
    }

    #[test]
    fn ln_p_is_exact_for_few_units_and_near_it_when_estimated() {
        let (model, data) = (machine("16"), data());
        let exact = log_z(&*model, &data, Annealing::WHOLE, &|| false).unwrap();
        assert_eq!(exact.bounds, None, "nothing of it is estimated");
        assert_eq!(exact.value, model.energy().unwrap().log_z(&|| false).unwrap());
        let annealing = Annealing { chains: 24, temperatures: 300, seed: 0 };
        let estimate = log_z_up_to(4, (&*model, &data), annealing, &|| false).unwrap();
        assert!(estimate.bounds.is_some() && (estimate.value - exact.value).abs() < 0.5, "{estimate:?} {exact:?}");
        let found = log_p_by_energy(&*model, &data, 600, exact, &|| false).unwrap();
        // By hand, on the draw of the pixels that scores use.
        let mut x = Array2::zeros((600, 36));
        data.gather(&(0..600).collect::<Vec<_>>(), &mut x);
        for (i, mut x) in x.rows_mut().into_iter().enumerate() {
            model.info().samples.binarise(flat_mut(&mut x), i as u32);
        }
        let free: Array1<f64> = model.energy().unwrap().free_energy(x.view());
        let want = -free.mean().unwrap() - exact.value;
        assert!((found.log_p - want).abs() < 1e-9 && found.n_samples == 600, "{found:?} {want}");
        assert_eq!(live_by_energy(&*model, &data, &|| false).unwrap().log_z, Some(exact));
    }

    #[test]
    fn it_is_given_up_and_asked_of_no_other_model() {
        let (model, data) = (machine("30"), data());
        assert_eq!(live_by_energy(&*model, &data, &|| true), None);
        let vae = ModelSpec::of_kind("vae").unwrap().check(&SampleKind::square(1, 6), &[]).unwrap();
        assert_eq!(log_z(&*vae.frozen(None).unwrap(), &data, Annealing::LIVE, &|| false), None);
    }
}
