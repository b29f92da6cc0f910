//! The data by two of their columns: where each sample lies.

use super::CodeCloud;
use crate::data::{Cancel, Dataset};
use crate::latent::data_plane::DataPlane;
use crate::model::Codes;
use ndarray::Array2;
use std::sync::Arc;

/// Samples on a plane of their own columns.
pub struct DataPoints {
    /// The plane.
    pub plane: DataPlane,
    /// Where each sample lies, in plot coordinates [samples, 2]: a cloud as of codes, so that it is looked at
    /// like one.
    pub cloud: Arc<CodeCloud>,
    /// The mean of every column, at which those that are not drawn are held.
    pub means: Arc<[f32]>,
}

impl DataPoints {
    /// All samples by two of their columns; none for columns that they do not have, or once cancelled.
    pub fn of(data: &Dataset, columns: [usize; 2], cancel: &Cancel) -> Option<Self> {
        let n_columns = data.kind().drawable_columns().ok()?.len();
        if columns.iter().any(|&column| column >= n_columns) {
            return None;
        }
        let mut values: Vec<[f32; 2]> = Vec::with_capacity(data.n_samples());
        let mut sums = vec![0.0f64; n_columns];
        for (_, x) in data.chunks(data.chunk_size()) {
            if cancel.is_set() {
                return None;
            }
            values.extend(x.rows().into_iter().map(|row| columns.map(|column| row[column])));
            let rows = x.rows().into_iter();
            rows.for_each(|row| sums.iter_mut().zip(row).for_each(|(sum, x)| *sum += f64::from(*x)));
        }
        let plane = DataPlane::of(columns, &values);
        let mu = Array2::from_shape_fn((values.len(), 2), |(i, axis)| plane.plot(values[i])[axis]);
        let means = sums.iter().map(|sum| (sum / values.len().max(1) as f64) as f32).collect();
        let cloud = CodeCloud::of((0..values.len() as u32).collect(), Codes { mu, log_var: None });
        Some(Self { plane, cloud: Arc::new(cloud), means })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{SampleKind, Values};

    fn table() -> Dataset {
        let values: Vec<f32> = (0..40).flat_map(|i| [i as f32, 100.0 * (i % 7) as f32, -(i as f32)]).collect();
        Dataset::new(SampleKind::row(3), Values::Floats(values.into()), None, vec![]).unwrap()
    }

    #[test]
    fn samples_lie_where_their_columns_say() {
        let points = DataPoints::of(&table(), [2, 1], &Cancel::default()).unwrap();
        assert_eq!(points.cloud.indices.len(), 40);
        let at = points.plane.values([0, 1].map(|axis| points.cloud.codes.mu[[9, axis]]));
        assert_eq!(at[0], -9.0);
        assert!((at[1] - 200.0).abs() < 1e-3);
        assert_eq!((points.means[0], points.means[2]), (19.5, -19.5));
        let line = DataPoints::of(&table(), [2, 2], &Cancel::default()).unwrap();
        assert_eq!(line.cloud.code_of(9).unwrap(), [-9.0, 0.0], "one column alone lies on a line");
        assert!(DataPoints::of(&table(), [0, 3], &Cancel::default()).is_none());
        let given_up = Cancel::default();
        given_up.set();
        assert!(DataPoints::of(&table(), [0, 1], &given_up).is_none());
    }
}
