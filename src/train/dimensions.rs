//! What each dimension of a model's codes does: how far it moves what is decoded, and what it goes with.

use super::CodeCloud;
use crate::data::{Cancel, Column, Dataset, measured};
use crate::latent::factors::{Association, Variable, information_gap};
use crate::model::FrozenModel;
use crate::nn::Scratch;
use ndarray::{Array2, Axis};

/// Variance of E[z | x] over samples above which a dimension is used (Burda et al. 2016, section 4.3).
pub const ACTIVE_VARIANCE: f32 = 0.01;
/// Samples that are held against the factors.
const N_HELD: usize = 10_000;
/// Codes whose decoding is compared.
const N_DECODED: usize = 32;

/// What the dimensions of a model's codes do.
#[derive(Clone, Debug, PartialEq)]
pub struct DimensionTable {
    /// √Σ (Δx̂)² as each dimension goes from its 5 % to its 95 % quantile, mean over codes, in the
    /// units that the model learns from; none without a decoder.
    pub effects: Option<Vec<f64>>,
    /// What the dimensions are held against.
    pub factors: Vec<Factor>,
    /// Whether the factors were measured of the pictures, and are not known otherwise.
    pub is_measured: bool,
}

/// Something known of each sample.
#[derive(Clone, Debug, PartialEq)]
pub struct Factor {
    /// What it is called.
    pub name: String,
    /// How each dimension goes with it.
    pub of: Vec<Association>,
    /// Its mutual information gap.
    pub gap: f64,
}

/// The table of a model whose training codes are known; none when cancelled.
pub fn dimension_table(
    model: &dyn FrozenModel,
    cloud: &CodeCloud,
    data: &Dataset,
    cancel: &Cancel,
) -> Option<DimensionTable> {
    let held = data.spread(N_HELD);
    let places: Vec<usize> = held.iter().filter_map(|&sample| cloud.place_of(sample)).collect();
    let samples: Vec<u32> = places.iter().map(|&place| cloud.indices[place]).collect();
    let codes = cloud.codes.mu.select(Axis(0), &places);
    if !codes.iter().all(|value| value.is_finite()) {
        return None;
    }
    let is_measured = data.columns().is_empty();
    let columns = if is_measured { measured(data, &samples) } else { picked(data, &samples) };
    let dimension = |column: ndarray::ArrayView1<f32>| (!cancel.is_set()).then(|| Variable::new(&column.to_vec()));
    let dimensions: Vec<Variable> = codes.columns().into_iter().map(dimension).collect::<Option<_>>()?;
    let factor = |column: Column| {
        let known = Variable::new(&column.values);
        let of: Vec<Association> = dimensions.iter().map(|dimension| known.association(dimension)).collect();
        Factor { name: column.name, gap: information_gap(&of), of }
    };
    let factors = columns.into_iter().map(factor).collect();
    let effects = effects(model, cloud, data, cancel);
    (!cancel.is_set()).then_some(DimensionTable { effects, factors, is_measured })
}

/// The known factors of some samples.
fn picked(data: &Dataset, samples: &[u32]) -> Vec<Column> {
    let of = |column: &Column| Column {
        values: samples.iter().map(|&sample| column.values[sample as usize]).collect(),
        ..column.clone()
    };
    data.columns().iter().map(of).collect()
}

/// How far each dimension moves what is decoded of some samples' codes.
fn effects(model: &dyn FrozenModel, cloud: &CodeCloud, data: &Dataset, cancel: &Cancel) -> Option<Vec<f64>> {
    let decoder = model.decoder()?;
    let chosen: Vec<u32> = data.spread(N_DECODED).into_iter().filter(|&i| cloud.place_of(i).is_some()).collect();
    let places: Vec<usize> = chosen.iter().filter_map(|&sample| cloud.place_of(sample)).collect();
    let (labels, mut scratch) = (data.labels_of(&chosen), Scratch::default());
    let codes = cloud.codes.mu.select(Axis(0), &places);
    let mut decode = |dim: usize, value: f32| -> Array2<f32> {
        let mut moved = codes.clone();
        moved.column_mut(dim).fill(value);
        let mut x_hat = decoder.decode(moved.view(), &labels, &mut scratch);
        // Columns weigh as they do to the model, whatever they are measured in.
        if let Some(scaling) = &model.info().scaling {
            scaling.apply(x_hat.view_mut());
        }
        x_hat
    };
    let effect = |(dim, stats): (usize, &crate::latent::stats::DimensionStats)| {
        if cancel.is_set() {
            return 0.0;
        }
        let change = decode(dim, stats.q95) - decode(dim, stats.q05);
        let length = |row: ndarray::ArrayView1<f32>| row.iter().map(|d| f64::from(*d).powi(2)).sum::<f64>().sqrt();
        change.rows().into_iter().map(length).sum::<f64>() / places.len().max(1) as f64
    };
    Some(cloud.stats.iter().enumerate().map(effect).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{SampleKind, Values};
    use crate::model::{ModelSpec, Settings, SharedModel};

    /// Samples of two numbers each, the second in a unit so many times smaller, of which the first may be
    /// known.
    fn data(unit: f32, known: bool) -> Dataset {
        let values: Vec<f32> =
            (0..400).flat_map(|i| [(i as f32 * 0.37).sin() * 3.0, (i as f32 * 0.91).cos() * unit]).collect();
        let first: Vec<f32> = values.iter().step_by(2).copied().collect();
        let columns = Column { name: "first".into(), unit: String::new(), values: first.into() };
        let kind = SampleKind::row(2);
        Dataset::new(kind, Values::Floats(values.into()), None, if known { vec![columns] } else { vec![] })
            .unwrap()
    }

    /// The principal components of data that are scaled so, with the codes of all samples.
    fn pca(data: &Dataset, scaling: &str) -> (SharedModel, CodeCloud) {
        let spec = ModelSpec::of_kind("pca").unwrap().with("latent_dim", "2").unwrap();
        let spec = spec.fitted_to(data.kind()).check(data.kind(), &[]).unwrap();
        let train = crate::train::TrainSpec::default().with("scaling", scaling).unwrap();
        let split = crate::data::DataSplit::new("Numbers".into(), data.clone(), data.clone());
        let mut run = crate::train::Run::new(&spec, &train, &split, None, 1).unwrap();
        while run.step() < run.last_step() {
            run.advance(&Cancel::default()).unwrap();
        }
        let model = run.trained().unwrap().model;
        let cloud = CodeCloud::new(&*model, data, (0..400).collect(), &|| false).unwrap();
        (model, cloud)
    }

    #[test]
    fn effects_do_not_hang_on_what_a_column_is_measured_in() {
        let effects = |unit: f32| {
            let data = data(unit, false);
            let (model, cloud) = pca(&data, "standard");
            dimension_table(&*model, &cloud, &data, &Cancel::default()).unwrap().effects.unwrap()
        };
        let (metres, millimetres) = (effects(1.0), effects(1000.0));
        let sum = |effects: &[f64]| effects.iter().sum::<f64>();
        assert!((sum(&metres) - sum(&millimetres)).abs() < 0.05 * sum(&metres), "{metres:?} {millimetres:?}");
    }

    #[test]
    fn a_linear_model_has_the_effects_of_its_axes_and_finds_the_factor() {
        let data = data(1.0, true);
        // Standardised, two columns would be of one spread, and any axes would do.
        let (model, cloud) = pca(&data, "none");
        let table = dimension_table(&*model, &cloud, &data, &Cancel::default()).unwrap();
        // Principal axes have length 1 where nothing is scaled: what is decoded moves as far as the code.
        let scale = |dim: usize| f64::from(cloud.stats[dim].q95 - cloud.stats[dim].q05);
        let effects = table.effects.unwrap();
        assert!((0..2).all(|dim| (effects[dim] - scale(dim)).abs() < 1e-3), "{effects:?}");
        assert!(effects[0] > effects[1], "{effects:?}");
        let [factor] = &table.factors[..] else { panic!("{:?}", table.factors) };
        assert!(
            factor.of[0].pearson.abs() > 0.9 && factor.of[1].pearson.abs() < 0.3 && factor.gap > 0.3,
            "{factor:?}"
        );
        assert!(!table.is_measured);
        let cancelled = Cancel::default();
        cancelled.set();
        assert!(dimension_table(&*model, &cloud, &data, &cancelled).is_none());
    }
}
