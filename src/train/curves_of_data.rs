//! One column of the data as curves: how dense the data lie, how dense the model takes them to, and what a
//! discriminator says, beside the best that it could.

use super::said_of_data::{Asking, DensityBy, codes_drawn};
use crate::data::Dataset;
use crate::latent::line_density::{bandwidth, density, histogram};
use ndarray::Array2;

/// Places along the column.
const N_PLACES: usize = 401;
/// Parts of the histogram.
const N_PARTS: usize = 60;
/// Most samples that the data's density is worked out from, and samples of the model.
const N_SAMPLES: usize = 20_000;
/// Codes whose way to a sample is drawn.
const N_WAYS: usize = 121;
/// Share of the greatest density below which nothing is known of the best discriminator.
const NOTHING: f32 = 1e-4;

/// The curves over a part of a column.
pub struct DataCurves {
    /// The part.
    pub bounds: [f32; 2],
    /// Where on the column, ascending.
    pub x: Vec<f32>,
    /// p, how dense the data lie, smoothed.
    pub data: Vec<f32>,
    /// The same as the share of samples in equal parts of `bounds`.
    pub histogram: Vec<f32>,
    /// q, how dense the model takes them to lie, and how that was come by.
    pub model: Option<(Vec<f32>, DensityBy)>,
    /// D, how probable it is that a sample there is from the data.
    pub judged: Option<Vec<f32>>,
    /// p / (p + q), the best D there is; none where hardly anything lies (Goodfellow et al. 2014,
    /// proposition 1).
    pub best: Option<Vec<Option<f32>>>,
    /// Codes of one dimension, and what each is decoded to.
    pub ways: Vec<[f32; 2]>,
}

impl Asking<'_> {
    /// The curves of the column that runs across.
    pub fn curves(&self, data: &Dataset, bounds: [f32; 2]) -> Option<DataCurves> {
        let [low, high] = bounds;
        let x: Vec<f32> = (0..N_PLACES).map(|i| low + (high - low) * i as f32 / (N_PLACES - 1) as f32).collect();
        let values = column_of(data, self.plane.columns[0]);
        if self.cancel.is_set() {
            return None;
        }
        let p = density(&values, bandwidth(&values), &x);
        let model = self.density_along(&x);
        if self.cancel.is_set() {
            return None;
        }
        let at: Vec<[f32; 2]> = x.iter().map(|x| [*x; 2]).collect();
        let judged = self.judged(&at);
        let is_all = self.means.len() == 1;
        let best = judged.as_ref().zip(model.as_ref()).filter(|_| is_all).map(|(_, (q, _))| best(&p, q));
        Some(DataCurves {
            histogram: histogram(&values, bounds, N_PARTS),
            ways: self.ways().unwrap_or_default(),
            bounds,
            x,
            data: p,
            model,
            judged,
            best,
        })
    }

    fn density_along(&self, x: &[f32]) -> Option<(Vec<f32>, DensityBy)> {
        if let Some(marginals) = self.marginals() {
            let density = |x: &f32| {
                let at = |marginal: &super::said_of_data::Marginal| {
                    marginal.weight * marginal.density_along(f64::from(*x))
                };
                marginals.iter().map(at).sum::<f64>() as f32
            };
            return Some((x.iter().map(density).collect(), DensityBy::Formula));
        }
        let at: Vec<[f32; 2]> = x.iter().map(|x| [*x; 2]).collect();
        if let Some(values) = self.given_codes(&at) {
            return Some((values, DensityBy::Codes(super::said_of_data::N_CODES)));
        }
        let made: Vec<f32> = self.made(N_SAMPLES)?.iter().map(|place| self.plane.values(*place)[0]).collect();
        Some((density(&made, bandwidth(&made), x), DensityBy::Samples(N_SAMPLES)))
    }

    /// Where codes of one dimension are decoded to, over the range of those that the model draws.
    fn ways(&self) -> Option<Vec<[f32; 2]>> {
        if self.model.info().latent_dim() != 1 {
            return None;
        }
        let drawn = codes_drawn(self.model, 512, &|| self.cancel.is_set())?;
        let (low, high) =
            drawn.iter().fold((f32::INFINITY, f32::MIN), |(low, high), z| (low.min(*z), high.max(*z)));
        let z = Array2::from_shape_fn((N_WAYS, 1), |(i, _)| low + (high - low) * i as f32 / (N_WAYS - 1) as f32);
        let x = super::decoding::decoded(self.model, self.label, z.view(), self.cancel)?;
        let column = self.plane.columns[0];
        Some(z.iter().zip(x.rows()).map(|(z, x)| [*z, x[column]]).collect())
    }
}

/// p / (p + q), where there is anything.
fn best(p: &[f32], q: &[f32]) -> Vec<Option<f32>> {
    let most = p.iter().chain(q).copied().fold(f32::MIN_POSITIVE, f32::max);
    p.iter().zip(q).map(|(p, q)| (p + q > NOTHING * most).then(|| p / (p + q))).collect()
}

fn column_of(data: &Dataset, column: usize) -> Vec<f32> {
    let samples = data.spread(N_SAMPLES);
    let mut values = Vec::with_capacity(samples.len());
    for some in samples.chunks(data.chunk_size()) {
        let mut x = Array2::zeros((some.len(), data.n_features()));
        data.gather(some, &mut x);
        values.extend(x.column(column));
    }
    values
}
